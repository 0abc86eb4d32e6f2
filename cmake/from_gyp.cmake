# Builds the addon for node-gyp and puts it where gyp expects it. Run by binding.gyp as a script (cmake -P) with
#   ADDON_BUILD_DIR    folder for the build, absolute
#   ADDON_OUTPUT_DIR   folder to put data_sync.node into, absolute
#   ADDON_BUILD_TYPE   Release or Debug
foreach(name ADDON_BUILD_DIR ADDON_OUTPUT_DIR ADDON_BUILD_TYPE)
  if(NOT ${name})
    message(FATAL_ERROR "from_gyp.cmake: -D${name}=... is missing")
  endif()
endforeach()
get_filename_component(project_dir ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
cmake_host_system_information(RESULT processors QUERY NUMBER_OF_LOGICAL_CORES)

execute_process(
  COMMAND ${CMAKE_COMMAND} -S ${project_dir} -B ${ADDON_BUILD_DIR} -G Ninja
          -DCMAKE_BUILD_TYPE=${ADDON_BUILD_TYPE} -DDATA_SYNC_TESTS=OFF
  COMMAND_ERROR_IS_FATAL ANY)
execute_process(
  COMMAND ${CMAKE_COMMAND} --build ${ADDON_BUILD_DIR} --target data_sync_node --parallel ${processors}
  COMMAND_ERROR_IS_FATAL ANY)
file(COPY ${ADDON_BUILD_DIR}/data_sync.node DESTINATION ${ADDON_OUTPUT_DIR})
