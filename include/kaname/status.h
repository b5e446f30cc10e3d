/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_STATUS_H
#define KANAME_STATUS_H

/* Every outcome a call can have: code, name, exit status of the command line, text.
   Negative = the call failed, 0 = ok, positive = ok, with a finding worth saying. */
#define KN_STATUS_LIST(X)                                                                \
    X(KN_OK, 0, 0, "ok")                                                                 \
    X(KN_NOTE_NOT_CONVERGED, 1, 4, "not converged")                                      \
    X(KN_NOTE_INFEASIBLE, 2, 4, "no feasible plan")                                      \
    X(KN_NOTE_THRESHOLD, 3, 10, "threshold reached")                                     \
    X(KN_NOTE_INTERRUPTED, 4, 130, "interrupted, partial result")                        \
    X(KN_ERR_MEMORY, -1, 1, "out of memory")                                             \
    X(KN_ERR_IO, -2, 1, "input or output failed")                                        \
    X(KN_ERR_USAGE, -3, 2, "wrong use")                                                  \
    X(KN_ERR_DATA, -4, 3, "bad data")                                                    \
    X(KN_ERR_NOT_FOUND, -5, 5, "not found")                                              \
    X(KN_ERR_LIMIT, -6, 3, "a limit was exceeded")                                       \
    X(KN_ERR_NUMERIC, -7, 1, "numerical failure")                                        \
    X(KN_ERR_CANCELLED, -8, 130, "interrupted")                                          \
    X(KN_ERR_INTERNAL, -9, 1, "internal error")

typedef enum kn_status {
#define KN_STATUS_ENUM(code, value, exit_status, text) code = value,
    KN_STATUS_LIST(KN_STATUS_ENUM)
#undef KN_STATUS_ENUM
} kn_status;

/* The name of a status ("KN_ERR_DATA"); "KN_?" for an unknown value. Never NULL. */
const char *kn_status_name(kn_status status);

/* The text of a status ("bad data"); never NULL. */
const char *kn_status_text(kn_status status);

/* The exit status a command line should end with for this status (DESIGN, section 7). */
int kn_status_exit(kn_status status);

#endif
