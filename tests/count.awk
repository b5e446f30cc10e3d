# SPDX-License-Identifier: Apache-2.0
# The report of ctest --output-junit -> "PASSED FAILED SKIPPED", counting the tests inside
# of cmocka programs one by one and every other test as one. A program that dies counts
# as one failure; one that was not built, too.
/<testcase / {
    status = $0
    sub(/.* status="/, "", status)
    sub(/".*/, "", status)
    inner = bad = 0
}
/<skipped message="SKIP/ { status = "skip" }
/\[  PASSED  \] [0-9]+ test/ { passed += number("PASSED  "); inner = 1 }
/\[  FAILED  \] [0-9]+ test/ { failed += number("FAILED  "); bad = 1 }
/\[  SKIPPED \] [0-9]+ test/ { skipped += number("SKIPPED ") }
/<\/testcase>/ {
    if (status == "skip")
        skipped++
    else if (status == "run")
        passed += !inner
    else
        failed += !bad
}
END { print passed + 0, failed + 0, skipped + 0 }

function number(word, rest) {
    rest = $0
    sub(".*\\[  " word "\\] ", "", rest)
    return rest + 0
}
