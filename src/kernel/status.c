/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/status.h"

const char *kn_status_name(kn_status status)
{
    switch (status) {
#define NAME(code, value, exit_status, text)                                             \
    case code:                                                                           \
        return #code;
        KN_STATUS_LIST(NAME)
#undef NAME
    }
    return "KN_?";
}

const char *kn_status_text(kn_status status)
{
    switch (status) {
#define TEXT(code, value, exit_status, text)                                             \
    case code:                                                                           \
        return text;
        KN_STATUS_LIST(TEXT)
#undef TEXT
    }
    return "unknown status";
}

int kn_status_exit(kn_status status)
{
    switch (status) {
/* NOLINTBEGIN(bugprone-branch-clone): a line a status, some with the same end */
#define EXIT(code, value, exit_status, text)                                             \
    case code:                                                                           \
        return exit_status;
        KN_STATUS_LIST(EXIT)
#undef EXIT
        /* NOLINTEND(bugprone-branch-clone) */
    }
    return 1;
}
