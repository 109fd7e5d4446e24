# Flags and helpers for the project's own targets. Nothing here leaks to consumers.

set(CMAKE_C_STANDARD 17)
set(CMAKE_C_STANDARD_REQUIRED ON)
set(CMAKE_C_EXTENSIONS OFF)
set(CMAKE_C_VISIBILITY_PRESET hidden)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/bin)
set(CMAKE_LIBRARY_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${PROJECT_BINARY_DIR}/lib)

add_library(tta_flags INTERFACE)
target_compile_definitions(tta_flags INTERFACE _GNU_SOURCE)
target_compile_options(tta_flags INTERFACE
  -Wall -Wextra -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wconversion
  -Wcast-align -Wpointer-arith -Wundef -Wformat=2 -Wimplicit-fallthrough)
if(TTA_SANITIZE)
  list(JOIN TTA_SANITIZE "," sanitizers)
  target_compile_options(tta_flags INTERFACE
    -fsanitize=${sanitizers} -fno-omit-frame-pointer -fno-sanitize-recover=all
    $<$<IN_LIST:thread,${TTA_SANITIZE}>:-Wno-tsan>)
  target_link_options(tta_flags INTERFACE -fsanitize=${sanitizers})
endif()

# tta_layer(NAME SOURCES ... DEPENDS ...): one static library per layer. A layer sees its
# own folder and, through DEPENDS, the folders below it; nothing else.
function(tta_layer name)
  cmake_parse_arguments(arg "" "" "SOURCES;DEPENDS" ${ARGN})
  add_library(${name} STATIC ${arg_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC ${arg_DEPENDS} PRIVATE tta_flags)
endfunction()
