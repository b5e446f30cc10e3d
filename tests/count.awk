# SPDX-License-Identifier: Apache-2.0
# LastTest.log of ctest -> "PASSED FAILED SKIPPED", counting the tests inside of cmocka
# programs one by one and every other test as one.
/ Testing: / { inner = bad = 0 }
/^\[  PASSED  \]/ { passed += $4; inner = 1 }
/^\[  FAILED  \] [0-9]+ test/ { failed += $4; bad = 1 }
/^\[  SKIPPED \] [0-9]+ test/ { skipped += $4 }
/^Test Passed\./ { if (!inner) passed++ }
/^Test Skipped/ { skipped++ }
/^Test (Failed|Timeout)/ { if (!bad) failed++ }
END { print passed + 0, failed + 0, skipped + 0 }
