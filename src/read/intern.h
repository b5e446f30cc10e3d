/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_INTERN_H
#define KN_READ_INTERN_H

#include "kernel/memory.h"

/* Texts numbered in the order in which they first come, found by hash. */
typedef struct kn__intern {
    const char **texts;
    int32_t count;
    int64_t room, slots;
    int32_t *slot; /* id + 1 */
} kn__intern;

/* The number of a text, a new one for a new text. Errors: KN_ERR_MEMORY. */
kn_status kn__intern_add(kn__intern *intern, kn_context *ctx, kn__arena *arena,
                         const char *text, int32_t *id);

#endif
