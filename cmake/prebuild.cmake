# Toolchain of a prebuilt binary: the compiler named by the environment (CC, CXX, AR, RANLIB), or the machine's own.
#   DATA_SYNC_PREFIX      folder with the static libraries and headers; nothing else is looked into
#   DATA_SYNC_PROCESSOR   x86_64 or aarch64 when the binary is for another kind of machine or libc, otherwise empty
# What the node program brings itself (OpenSSL, zlib, libuv) lies in the prefix as headers and empty archives.
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES DATA_SYNC_PREFIX DATA_SYNC_PROCESSOR)
if(DATA_SYNC_PROCESSOR)
  set(CMAKE_SYSTEM_NAME Linux)
  set(CMAKE_SYSTEM_PROCESSOR ${DATA_SYNC_PROCESSOR})
endif()
foreach(tool AR RANLIB)
  if(DEFINED ENV{${tool}})
    set(CMAKE_${tool} $ENV{${tool}})
    set(CMAKE_C_COMPILER_${tool} $ENV{${tool}})
    set(CMAKE_CXX_COMPILER_${tool} $ENV{${tool}})
  endif()
endforeach()

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(BUILD_SHARED_LIBS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_CXX_VISIBILITY_PRESET hidden)
set(CMAKE_VISIBILITY_INLINES_HIDDEN ON)
# One section for each function, so that the linker can leave out what nobody calls.
set(CMAKE_C_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_CXX_FLAGS_INIT "-ffunction-sections -fdata-sections")
set(CMAKE_MODULE_LINKER_FLAGS_INIT "-s")

set(CMAKE_FIND_ROOT_PATH ${DATA_SYNC_PREFIX})
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_PREFIX_PATH ${DATA_SYNC_PREFIX})
set(ENV{PKG_CONFIG_LIBDIR} ${DATA_SYNC_PREFIX}/lib/pkgconfig)
