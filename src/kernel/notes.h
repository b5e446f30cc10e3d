/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_NOTES_H
#define KN_KERNEL_NOTES_H

#include "kernel/memory.h"

/* What was found on the way and is no error; texts lie in the arena of their owner. */
typedef struct kn__notes {
    const char **at;
    int32_t count, room;
} kn__notes;

/* Adds a note, printf style, at most 1,023 bytes long. Errors: KN_ERR_MEMORY. */
kn_status kn__notes_add(kn__notes *notes, kn_context *ctx, kn__arena *arena,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));
/* Adds the notes of another owner. Errors: KN_ERR_MEMORY. */
kn_status kn__notes_copy(kn__notes *notes, kn_context *ctx, kn__arena *arena,
                         const kn__notes *from);

/* Adds a note to what has `notes` and an `arena`. */
#define KN__NOTE(owner, ctx, ...)                                                        \
    kn__notes_add(&(owner)->notes, (ctx), (owner)->arena, __VA_ARGS__)

#endif
