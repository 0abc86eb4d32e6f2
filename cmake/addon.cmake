# The Node addon. Node-API headers come from npm (node-api-headers, node-addon-api); no Node source is needed.
# Nothing but the two functions of Node-API is public, so that two versions of the addon, and other addons with the same
# libraries inside, can live in one process.
file(GLOB bridge_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/native/bridge/*.cpp)
set(node_modules ${CMAKE_SOURCE_DIR}/node_modules)
if(bridge_sources AND EXISTS ${node_modules}/node-addon-api AND EXISTS ${node_modules}/node-api-headers)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/package.json)
  file(READ ${CMAKE_SOURCE_DIR}/package.json manifest)
  string(JSON version GET ${manifest} version)

  add_library(data_sync_node MODULE ${bridge_sources})
  set_target_properties(data_sync_node PROPERTIES PREFIX "" SUFFIX ".node" OUTPUT_NAME data_sync)
  target_include_directories(data_sync_node SYSTEM PRIVATE
    ${node_modules}/node-addon-api ${node_modules}/node-api-headers/include)
  target_compile_definitions(data_sync_node PRIVATE
    NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS NODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS
    DATA_SYNC_VERSION="${version}")
  target_link_libraries(data_sync_node PRIVATE engine)
  target_link_options(data_sync_node PRIVATE
    -Wl,--version-script=${CMAKE_CURRENT_LIST_DIR}/addon.map -Wl,-z,now -Wl,--gc-sections)
  set_property(TARGET data_sync_node APPEND PROPERTY LINK_DEPENDS ${CMAKE_CURRENT_LIST_DIR}/addon.map)
endif()
