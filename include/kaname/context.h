/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_CONTEXT_H
#define KANAME_CONTEXT_H

#include <stddef.h>
#include <stdint.h>

#include "kaname/status.h"

/* A context carries what every call needs and no call may keep globally: where memory
   comes from, where messages, log and progress go, whether to stop, how many threads to
   use. One context per thread; it outlives everything that was made with it. */
typedef struct kn_context kn_context;

/* Memory functions; all three or none. alloc and resize return NULL on failure. */
typedef struct kn_allocator {
    void *(*alloc)(void *user, size_t bytes);
    void *(*resize)(void *user, void *block, size_t bytes);
    void (*release)(void *user, void *block);
    void *user;
} kn_allocator;

typedef enum kn_log_level {
    KN_LOG_ERROR,
    KN_LOG_WARN,
    KN_LOG_INFO,
    KN_LOG_DEBUG
} kn_log_level;

typedef void (*kn_log_fn)(void *user, kn_log_level level, const char *message);

/* Called now and then during long work with the share done (0..1, or negative if
 * unknown). */
typedef void (*kn_progress_fn)(void *user, const char *work, double share);

/* Returns nonzero when the caller wants the work to end (it then returns
   KN_ERR_CANCELLED, or KN_NOTE_INTERRUPTED with what is done so far). May be called from
   any worker thread. */
typedef int (*kn_cancel_fn)(void *user);

typedef struct kn_context_options {
    int version;            /* 1 */
    kn_allocator allocator; /* zero: malloc, realloc, free */
    kn_log_fn log;
    void *log_user;
    kn_progress_fn progress;
    void *progress_user;
    kn_cancel_fn cancel;
    void *cancel_user;
    int threads; /* 0: one per processor; results do not depend on it */
} kn_context_options;

#define KN_CONTEXT_OPTIONS_INIT                                                          \
    {                                                                                    \
        .version = 1                                                                     \
    }

/* Makes a context. options may be NULL. Errors: KN_ERR_MEMORY, KN_ERR_USAGE (version,
   half an allocator, threads < 0). *context is NULL on failure. */
kn_status kn_context_new(kn_context **context, const kn_context_options *options);
void kn_context_free(kn_context *context);

/* The message of the last failed call: what, where (file, line, labels) and a hint. Empty
   string if nothing failed since the last kn_context_clear. Valid until the next call. */
const char *kn_context_error(const kn_context *context);
kn_status kn_context_error_status(const kn_context *context);
void kn_context_clear(kn_context *context);

int kn_context_threads(const kn_context *context);

/* Where dear results of a network stay between runs, as bytes under a key. `get` gives
   back what `put` was given last for that network and key, in a block of the context's
   allocator, or NULL; a cache that cannot be read counts as empty. `put` may keep the
   bytes or not. Both return KN_OK, KN_ERR_MEMORY or KN_ERR_CANCELLED. A network is known
   by its address: a copy with other figures is none of the cache's. */
struct kn_network;
typedef struct kn_cache {
    kn_status (*get)(void *user, kn_context *context, const struct kn_network *network,
                     const char *key, void **bytes, int64_t *count);
    kn_status (*put)(void *user, kn_context *context, const struct kn_network *network,
                     const char *key, const void *bytes, int64_t count);
    void *user;
} kn_cache;

/* What lenses of this context use; NULL: none. It must outlive its use. */
void kn_context_set_cache(kn_context *context, const kn_cache *cache);

/* Where a long run that is interrupted leaves its state, and finds it to go on; NULL:
   nowhere. `put` is called with the state when a run stops before its end, and with NULL
   and 0 bytes when it is done. `get` may refuse what is there: KN_ERR_DATA when it is of
   another run (another key) or damaged, KN_ERR_IO. */
void kn_context_set_checkpoint(kn_context *context, const kn_cache *checkpoint);

#endif
