/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_BATCH_H
#define KN_LENS_CASCADE_ENGINE_BATCH_H

#include "lens/cascade/engine.h"

/* Many shocks to one network, step by step together: each is an engine of its own, but on
   dense networks a flow is read once for all of them. Every shock's path is the same, to
   the last bit, as that of an engine that runs alone. Orders kept by link, the tolerance
   of BoARIO and networks whose links name their suppliers run one by one.

   Memory of a shock, on a dense network of n producers, m markets, g groups and b <= 32 +
   m blocks: about 8 (14 + 7 m + b) n + 24 g bytes; 6 MB for 77 economies x 45 products.
   Shocks go eight side by side, and what is left over counts as eight; the copy of the
   flows that a dense engine keeps is there once for all of them.
 */
typedef struct kn__engine_batch kn__engine_batch;

enum { KN__BATCH_MOST = 64 };

/* Engines for 1 to KN__BATCH_MOST shocks, in the normal state. Errors: as
   kn__engine_new. The batch lives in the arena; the network must outlive it. */
kn_status kn__engine_batch_new(kn__engine_batch **batch, kn_context *ctx,
                               kn__arena *arena, const kn__engine_net *net,
                               const kn__engine_rule *rule, int32_t shocks);

/* Back to the normal state; open[s] holds for the first step of shock s, NULL: all. */
kn_status kn__engine_batch_start(kn__engine_batch *batch, kn_context *ctx,
                                 const double *const *open);
/* One step; drives[s] is what the world does to shock s. */
kn_status kn__engine_batch_step(kn__engine_batch *batch, kn_context *ctx,
                                const kn__engine_drive *drives);

/* The engine of a shock, to look at and to add stocks to; only the batch steps it. */
kn__engine *kn__engine_batch_at(const kn__engine_batch *batch, int32_t shock);
/* Whether the shocks share the flows, and the bytes of all of them. */
bool kn__engine_batch_shares(const kn__engine_batch *batch);
int64_t kn__engine_batch_bytes(const kn__engine_batch *batch);

#endif
