/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_STATE_H
#define KN_KERNEL_STATE_H

#include <stdbool.h>

#include "kernel/memory.h"

/* The state of a long run as bytes, so that it can go on later. One function names the
   fields of a thing; it serves both ways. The bytes are of this machine's numbers. */
typedef struct kn__state {
    kn_context *ctx;
    bool loads;          /* else it saves */
    unsigned char *byte; /* of kn__alloc when it saves; see kn__state_release */
    int64_t count, at, room;
    kn_status status; /* the first error; later calls do nothing */
} kn__state;

void kn__state_save(kn__state *state, kn_context *ctx);
void kn__state_load(kn__state *state, kn_context *ctx, const void *bytes, int64_t count);
void kn__state_release(kn__state *state);

/* A field: count × size bytes at data, saved or loaded. Fails with KN_ERR_DATA when the
   bytes end too early, KN_ERR_MEMORY. */
void kn__state_field(kn__state *state, void *data, int64_t count, size_t size);
#define KN__STATE(state, data, count) kn__state_field(state, data, count, sizeof *(data))

/* A length or kind that must be the same when loading, or KN_ERR_DATA. */
void kn__state_expect(kn__state *state, int64_t value);

/* Loading is done: KN_ERR_DATA when bytes are left over. */
void kn__state_end(kn__state *state);

/* A text, saved or loaded into `room` bytes; KN_ERR_DATA when it is longer. */
void kn__state_text(kn__state *state, char *text, int32_t room);

#endif
