# How everything is compiled: C++20, strict warnings, sanitizers by preset, ccache and mold where present.

option(TRUNKLINE_TESTS "build the tests" ON)
set(TRUNKLINE_SANITIZE "" CACHE STRING "comma separated: address,undefined or thread")

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
# Programs share the precompiled header of a library, so both must be compiled alike.
set(CMAKE_CXX_COMPILE_OPTIONS_PIE -fPIC)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(THREADS_PREFER_PTHREAD_FLAG ON)
find_package(Threads REQUIRED)

find_program(CCACHE ccache)
if(CCACHE)
  # It only trusts a precompiled header when it may ignore time macros and defines in it; without the folder's name in
  # the hash a second checkout finds what the first one compiled.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
    CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
    CCACHE_BASEDIR=${CMAKE_SOURCE_DIR} CCACHE_NOHASHDIR=1 ${CCACHE})
endif()

add_library(tl_compile INTERFACE)
target_include_directories(tl_compile INTERFACE ${CMAKE_SOURCE_DIR})
target_compile_options(tl_compile INTERFACE -Wall -Wextra -Wpedantic -Werror -fpch-preprocess -fstack-protector-strong)
target_compile_definitions(tl_compile INTERFACE
  _GLIBCXX_ASSERTIONS TRUNKLINE_VERSION="${PROJECT_VERSION}"
  # Debian builds SOCI and fmt with std::string, RapidJSON needs to be told.
  RAPIDJSON_HAS_STDSTRING=1)
target_link_libraries(tl_compile INTERFACE Threads::Threads)

find_program(MOLD mold)
if(MOLD)
  target_link_options(tl_compile INTERFACE -fuse-ld=mold)
endif()
if(TRUNKLINE_SANITIZE)
  # Not vptr: CAF 0.17.6 walks its queues to a sentinel that is no element, and Debian's SOCI hides its type information.
  target_compile_options(tl_compile INTERFACE -fsanitize=${TRUNKLINE_SANITIZE} -fno-sanitize=vptr -fno-omit-frame-pointer
    -fno-sanitize-recover=undefined)
  target_link_options(tl_compile INTERFACE -fsanitize=${TRUNKLINE_SANITIZE})
  if(TRUNKLINE_SANITIZE MATCHES thread)
    # TSan does not model the fences in asio; what they order it sees by asio's mutexes.
    target_compile_options(tl_compile INTERFACE -Wno-tsan)
  endif()
else()
  target_compile_definitions(tl_compile INTERFACE $<$<CONFIG:Release>:_FORTIFY_SOURCE=2>)
endif()
if(NOT TRUNKLINE_SANITIZE MATCHES address)
  # g++ 12 sees overruns in std::string and unset members of std::optional that are none as soon as it inlines (its bugs
  # 105651, 80635 and relatives).
  target_compile_options(tl_compile INTERFACE -Wno-array-bounds -Wno-maybe-uninitialized -Wno-restrict
    -Wno-stringop-overread -Wno-stringop-overflow)
endif()
message(STATUS "trunkline: ${CMAKE_BUILD_TYPE}, sanitizers '${TRUNKLINE_SANITIZE}', ccache ${CCACHE}, mold ${MOLD}")
