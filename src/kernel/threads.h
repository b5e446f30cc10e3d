/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_THREADS_H
#define KN_KERNEL_THREADS_H

#include <stdint.h>

#include "kaname/context.h"

/* Works on items [begin, end); worker is 0 .. kn__workers() - 1 and owns its scratch. The
   body must not touch the context (errors, allocation): it computes into what was
   prepared, and each item's result must not depend on the others, so that the number of
   threads cannot show. */
typedef kn_status (*kn__body)(void *arg, int worker, int64_t begin, int64_t end);

/* Runs body over [0, count) in chunks of `chunk` items, on up to kn_context_threads
   threads (the calling one included). Returns the failure of the lowest chunk,
   KN_ERR_CANCELLED when the caller wants to stop (chunks then are left out), or KN_OK. If
   no thread can be started the calling one does all. `work` names the work for progress,
   or NULL for none. */
kn_status kn__parallel_for(kn_context *ctx, const char *work, int64_t count,
                           int64_t chunk, kn__body body, void *arg);

/* How many workers a loop of `count` items in chunks of `chunk` uses at most. */
int kn__workers(const kn_context *ctx, int64_t count, int64_t chunk);

#endif
