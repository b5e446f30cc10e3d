/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_MEMORY_H
#define KN_KERNEL_MEMORY_H

#include <stdarg.h>
#include <stdint.h>

#include "kaname/context.h"

/* Reports a failure in the context and returns `status`, so that a caller can write
   `return kn__fail(ctx, KN_ERR_DATA, "...")`. The first failure since kn_context_clear
   wins: it is the cause, what follows is consequence. */
kn_status kn__fail(kn_context *ctx, kn_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
kn_status kn__failv(kn_context *ctx, kn_status status, const char *format, va_list args);

void kn__log(kn_context *ctx, kn_log_level level, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A context for one worker thread: the same memory and the same wish to stop, one thread,
   nobody to report to. Errors: KN_ERR_MEMORY, not reported in ctx. */
kn_status kn__context_worker(kn_context **worker, const kn_context *ctx);
/* A context for what is not to be broken off, such as keeping what an interrupted run has
   done: as ctx, but it never wants to stop, and it tells of no progress. Errors: the
   same. */
kn_status kn__context_steady(kn_context **steady, const kn_context *ctx);

/* Says how far the work is; returns KN_ERR_CANCELLED (reported) when the caller wants to
   stop, else KN_OK. `work` is a short name ("reading wiot_2011.csv"). */
kn_status kn__progress(kn_context *ctx, const char *work, double share);

/* Nonzero when the caller wants to stop; safe in worker threads. */
int kn__cancelled(const kn_context *ctx);

/* What kn_context_set_cache was given, or NULL. */
const kn_cache *kn__cache(const kn_context *ctx);
/* What kn_context_set_checkpoint was given, or NULL. */
const kn_cache *kn__checkpoint(const kn_context *ctx);

/* Names the sources, the compiler and its flags: the same name gives the same bits. */
extern const char kn__build_id[];

/* count × size bytes, zeroed; NULL (reported) on failure or overflow. A count of 0 gives
   a valid block. */
void *kn__alloc(kn_context *ctx, int64_t count, size_t size);
/* Grows or shrinks a block of kn__alloc; NULL (reported) on failure, the block then
 * stays. */
void *kn__resize(kn_context *ctx, void *block, int64_t count, size_t size);
void kn__release(kn_context *ctx, void *block);
const kn_allocator *kn__allocator(const kn_context *ctx);

/* Room for at least `need` items in a growing array: doubles *capacity. */
kn_status kn__grow(kn_context *ctx, void **items, int64_t *capacity, int64_t need,
                   size_t size);

/* ---- Arena: many blocks, one release. Every object of kaname owns one; a run draws its
   scratch from one. Blocks are zeroed and aligned to 64 bytes when larger than 256. ----
 */
typedef struct kn__arena kn__arena;

kn_status kn__arena_new(kn__arena **arena, kn_context *ctx);
void kn__arena_free(kn__arena *arena);
/* NULL (reported in ctx) on failure or overflow. */
void *kn__arena_alloc(kn__arena *arena, kn_context *ctx, int64_t count, size_t size);
char *kn__arena_text(kn__arena *arena, kn_context *ctx, const char *text);
char *kn__arena_textn(kn__arena *arena, kn_context *ctx, const char *text, size_t length);
char *kn__arena_format(kn__arena *arena, kn_context *ctx, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Bytes handed out so far. */
int64_t kn__arena_used(const kn__arena *arena);

#define KN__NEW(arena, ctx, type)                                                        \
    ((type *)kn__arena_alloc((arena), (ctx), 1, sizeof(type)))
#define KN__ARRAY(arena, ctx, count, type)                                               \
    ((type *)kn__arena_alloc((arena), (ctx), (count), sizeof(type)))

/* Returns from the calling function with the status of `call` if it failed. */
#define KN__TRY(call)                                                                    \
    do {                                                                                 \
        kn_status kn__try_status = (call);                                               \
        if (kn__try_status < 0)                                                          \
            return kn__try_status;                                                       \
    } while (0)

#endif
