# SPDX-License-Identifier: Apache-2.0
# Everything that checks kaname: unit and property tests, case files, golden runs of the
# command line, benchmarks, fuzz targets.
enable_testing()

# Slow, obviously right twins of what src does fast.
file(GLOB REF_SOURCES CONFIGURE_DEPENDS tests/ref/*.c)
set(KANAME_REF)
if(REF_SOURCES)
    add_library(kaname_ref STATIC ${REF_SOURCES})
    target_include_directories(kaname_ref PUBLIC src tests/ref)
    target_link_libraries(kaname_ref PUBLIC kaname kaname_warnings)
    set(KANAME_REF kaname_ref)
endif()

# A program that may look inside src.
function(kaname_program target)
    add_executable(${target} ${ARGN})
    target_include_directories(${target} PRIVATE src tests)
    target_link_libraries(${target} PRIVATE ${KANAME_REF} kaname kaname_warnings
        PkgConfig::jansson PkgConfig::openblas PkgConfig::lapacke PkgConfig::zlib
        PkgConfig::sqlite3 Threads::Threads m)
endfunction()

# tests/fuzz/fuzz_NAME.c: what ./run fuzz runs; such a build has nothing else.
if(KANAME_FUZZ)
    file(GLOB FUZZ_SOURCES CONFIGURE_DEPENDS tests/fuzz/fuzz_*.c)
    foreach(source IN LISTS FUZZ_SOURCES)
        get_filename_component(name ${source} NAME_WE)
        kaname_program(${name} ${source})
        target_link_options(${name} PRIVATE -fsanitize=fuzzer)
    endforeach()
    return()
endif()

# tests/unit/NAME.c and tests/property/NAME.c: one cmocka program each. Those that set
# the number of threads are run again under the thread sanitizer.
if(cmocka_FOUND)
    file(GLOB UNIT_SOURCES CONFIGURE_DEPENDS tests/unit/*.c tests/property/*.c)
    foreach(source IN LISTS UNIT_SOURCES)
        get_filename_component(name ${source} NAME_WE)
        kaname_program(test_${name} ${source})
        target_link_libraries(test_${name} PRIVATE PkgConfig::cmocka)
        add_test(NAME ${name} COMMAND test_${name} WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
        file(STRINGS ${source} threaded REGEX
             "\\.threads|kn__parallel_for|faults_context\\([^,]*, [2-9]" LIMIT_COUNT 1)
        if(threaded)
            set_tests_properties(${name} PROPERTIES LABELS threads)
        endif()
    endforeach()
endif()

file(GLOB CASE_SOURCES CONFIGURE_DEPENDS tests/run_case/*.c)
if(CASE_SOURCES)
    kaname_program(run-case ${CASE_SOURCES})
endif()

add_test(NAME layers COMMAND sh tests/layers.sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
add_test(NAME run_script COMMAND sh tests/run_script.sh WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
if(TARGET run-case AND NOT KANAME_SANITIZE)
    add_test(NAME cascade_oracle COMMAND sh tests/oracle/cascade.sh $<TARGET_FILE:run-case>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(cascade_oracle PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endif()
if(TARGET kaname_cli)
    add_test(NAME golden COMMAND sh tests/golden/run.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    add_test(NAME docs COMMAND sh tests/docs.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    add_test(NAME terminal COMMAND sh tests/terminal.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(terminal PROPERTIES SKIP_RETURN_CODE 77)
    add_test(NAME completion COMMAND sh tests/completion.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    add_test(NAME tutorial COMMAND sh tests/tutorial.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    if(NOT KANAME_SANITIZE) # it tests what files say, and takes its time
        add_test(NAME pymrio_export COMMAND sh tests/pymrio_check.sh $<TARGET_FILE:kaname_cli>
            WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
        set_tests_properties(pymrio_export PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
    endif()
endif()
if(TARGET run-case AND TARGET kaname_cli AND NOT KANAME_SANITIZE) # two of the variants; all take a minute
    add_test(NAME caliendo_parro_oracle
        COMMAND sh tests/oracle/caliendo_parro.sh $<TARGET_FILE:run-case> no-io one-sector
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    add_test(NAME nested_oracle COMMAND sh tests/oracle/nested.sh $<TARGET_FILE:kaname_cli>
        WORKING_DIRECTORY ${CMAKE_SOURCE_DIR})
    set_tests_properties(caliendo_parro_oracle nested_oracle
        PROPERTIES SKIP_RETURN_CODE 77 TIMEOUT 600)
endif()

# bench/NAME.c: what ./run bench runs.
file(GLOB BENCH_SOURCES CONFIGURE_DEPENDS bench/*.c)
foreach(source IN LISTS BENCH_SOURCES)
    get_filename_component(name ${source} NAME_WE)
    kaname_program(bench_${name} ${source})
endforeach()
