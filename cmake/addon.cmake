# The Node addon. Node-API headers come from npm (node-api-headers, node-addon-api); no Node source is needed.
file(GLOB bridge_sources CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/native/bridge/*.cpp)
set(node_modules ${CMAKE_SOURCE_DIR}/node_modules)
if(bridge_sources AND EXISTS ${node_modules}/node-addon-api AND EXISTS ${node_modules}/node-api-headers)
  add_library(data_sync_node MODULE ${bridge_sources})
  set_target_properties(data_sync_node PROPERTIES PREFIX "" SUFFIX ".node" OUTPUT_NAME data_sync)
  target_include_directories(data_sync_node SYSTEM PRIVATE
    ${node_modules}/node-addon-api ${node_modules}/node-api-headers/include)
  target_compile_definitions(data_sync_node PRIVATE NAPI_VERSION=8 NODE_ADDON_API_CPP_EXCEPTIONS)
  target_link_libraries(data_sync_node PRIVATE engine)
  target_link_options(data_sync_node PRIVATE -Wl,--exclude-libs,ALL -Wl,-z,now -Wl,--gc-sections)
endif()
