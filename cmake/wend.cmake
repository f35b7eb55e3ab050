# Shared build rules: one library per folder, so that the layer rule is a link error.

find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(ZLIB REQUIRED)
find_package(OpenSSL REQUIRED)
find_package(GTest REQUIRED)
find_package(ICU REQUIRED COMPONENTS i18n uc)
find_package(PkgConfig REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(simdjson REQUIRED)
find_package(CLI11 REQUIRED)
find_package(date REQUIRED)
find_package(tomlplusplus REQUIRED)
pkg_check_modules(ROCKSDB REQUIRED IMPORTED_TARGET rocksdb)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(RE2 REQUIRED IMPORTED_TARGET re2)
pkg_check_modules(XXHASH REQUIRED IMPORTED_TARGET libxxhash)
pkg_check_modules(GIT2 REQUIRED IMPORTED_TARGET libgit2)

# Our own code is warning-free; generated and third-party code is not held to it.
add_library(wend_warnings INTERFACE)
if(NOT WEND_FUZZ)
  target_compile_options(wend_warnings INTERFACE -Wall -Wextra -Werror -Wno-missing-field-initializers)
  # libstdc++ 12 uses a function of its own that it calls deprecated (std::stable_sort); clang says so at our call.
  target_compile_options(wend_warnings INTERFACE $<$<CXX_COMPILER_ID:Clang>:-Wno-deprecated-declarations>)
  # g++ 12 sees overlapping copies in std::string's own operator+ when it optimises (GCC bug 105651).
  target_compile_options(wend_warnings INTERFACE $<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>)
endif()

add_library(wend_sanitizers INTERFACE)
if(WEND_SANITIZE)
  target_compile_options(wend_sanitizers INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(wend_sanitizers INTERFACE -fsanitize=address,undefined)
elseif(WEND_FUZZ)
  target_compile_options(wend_sanitizers INTERFACE -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined -fno-omit-frame-pointer)
  target_link_options(wend_sanitizers INTERFACE -fsanitize=address,undefined)
endif()

# wend_library(NAME DEPS <libraries it may include from>)
# Sources are every .cpp of the calling folder. The library's name is the folder path with underscores.
# DEPS is also the layer rule: tests/tidy checks that no file includes a folder that is not listed here.
function(wend_library name)
  cmake_parse_arguments(arg "" "" "DEPS;PRIVATE_DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")  # belongs to the folder's wend_program
  if(sources)
    add_library(${name} STATIC ${sources})
    target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(${name} PUBLIC ${arg_DEPS} fmt::fmt wend_sanitizers PRIVATE wend_warnings ${arg_PRIVATE_DEPS})
  else()
    add_library(${name} INTERFACE)
    target_include_directories(${name} INTERFACE ${CMAKE_SOURCE_DIR} ${CMAKE_BINARY_DIR}/generated)
    target_link_libraries(${name} INTERFACE ${arg_DEPS} fmt::fmt wend_sanitizers)
  endif()
endfunction()

# wend_program(NAME OUTPUT <file name> DEPS <libraries>): an executable from main.cpp of the calling folder.
function(wend_program name)
  cmake_parse_arguments(arg "" "OUTPUT" "DEPS" ${ARGN})
  add_executable(${name} main.cpp)
  target_link_libraries(${name} PRIVATE ${arg_DEPS} wend_warnings wend_sanitizers)
  set_target_properties(${name} PROPERTIES OUTPUT_NAME ${arg_OUTPUT})
endfunction()

# wend_test(NAME DEPS <libraries>): one GoogleTest program from every .cpp of the calling folder.
function(wend_test name)
  cmake_parse_arguments(arg "" "" "DEPS" ${ARGN})
  file(GLOB sources CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/*.cpp)
  if(NOT sources)
    return()
  endif()
  add_executable(${name} ${sources})
  target_link_libraries(${name} PRIVATE ${arg_DEPS} GTest::gmock GTest::gtest_main wend_warnings wend_sanitizers)
  target_include_directories(${name} PRIVATE ${CMAKE_BINARY_DIR}/generated)  # tests/paths.h
  # Tests are compiled far more often than they are waited for.
  target_compile_options(${name} PRIVATE $<$<CONFIG:Release>:-O1>)
  if(WEND_SANITIZE)
    # Instrumented, libstdc++'s own std::regex looks uninitialised to g++ 12 (GCC bug 105562).
    target_compile_options(${name} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized>)
  endif()
  add_test(NAME ${name} COMMAND ${name})
endfunction()
