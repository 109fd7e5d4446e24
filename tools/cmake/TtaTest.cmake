# tta_suite(NAME LABEL SOURCES ... DEPENDS ... [TIMEOUT s]): a Criterion program.
function(tta_suite name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 60)
  endif()
  add_executable(test_${name} ${arg_SOURCES})
  target_link_libraries(test_${name} PRIVATE
    ${arg_DEPENDS} tta_flags tta_test_support PkgConfig::criterion)
  add_test(NAME ${arg_LABEL}.${name} COMMAND test_${name})
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES
    LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT}
    ENVIRONMENT
      "TTA_ATTACH=lazy;ASAN_OPTIONS=handle_segv=0:handle_sigbus=0:detect_leaks=1")
endfunction()

# tta_plain_test(NAME LABEL SOURCES ... DEPENDS ... [ARGS ...] [TIMEOUT s]): a program of
# its own; exit 0 passed, 77 skipped (said aloud), anything else failed.
function(tta_plain_test name)
  cmake_parse_arguments(arg "" "LABEL;TIMEOUT" "SOURCES;DEPENDS;ARGS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  add_executable(${name} ${arg_SOURCES})
  target_link_libraries(${name} PRIVATE ${arg_DEPENDS} tta_flags tta_test_support)
  add_test(NAME ${arg_LABEL}.${name} COMMAND ${name} ${arg_ARGS})
  set_tests_properties(${arg_LABEL}.${name} PROPERTIES
    LABELS ${arg_LABEL} TIMEOUT ${arg_TIMEOUT} SKIP_RETURN_CODE 77
    ENVIRONMENT "TTA_ATTACH=lazy")
endfunction()
