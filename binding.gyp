# A doorbell for node-gyp and "npm rebuild": one action that calls CMake, where sources, flags and libraries stand.
# The inputs let "node-gyp build" notice edits.
{
  'targets': [{
    'target_name': 'data_sync',
    'type': 'none',
    'actions': [{
      'action_name': 'cmake',
      'inputs': ['CMakeLists.txt', '<!@(node scripts/native_sources.mjs)'],
      'outputs': ['<(PRODUCT_DIR)/data_sync.node'],
      'action': [
        'cmake',
        '-DADDON_BUILD_DIR=<(INTERMEDIATE_DIR)/cmake',
        '-DADDON_OUTPUT_DIR=<(PRODUCT_DIR)',
        '-DADDON_BUILD_TYPE=<(CONFIGURATION_NAME)',
        '-P', 'cmake/from_gyp.cmake',
      ],
    }],
  }],
}
