/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_WORLDS_H
#define KN_LENS_TRADE_WORLDS_H

#include "kernel/memory.h"
#include "lens/trade/trouble.h"

/* Economies that trade with each other, each group a world with a numeraire of its own.
 */
typedef struct kn__worlds {
    int32_t *group; /* [n]: the lowest economy of its group */
    bool *cut;      /* [n N + i]: n does not buy from i any more, for want of exports */
    int32_t cuts;   /* pairs that traded and are cut */
} kn__worlds;

kn_status kn__worlds_new(kn__worlds *worlds, kn_context *ctx, kn__arena *arena,
                         int32_t economies);

/* What bans leave nobody to pay for; pull[(j N + n) N + i] > 0 where i can deliver after
   them. Where trade must be balanced (`deficit` is 0 for all), who sells nothing to the
   rest, over any chain of partners, cannot pay for anything from it: its wages fall, in
   units of the rest, until it buys nothing. In that limit the trade is cut. With deficits
   nothing is cut. */
void kn__worlds_cut(kn__worlds *worlds, const double *pull, const double *deficit,
                    int32_t economies, int32_t sectors);

/* Groups of economies linked by trade, in any direction and over any chain. */
void kn__worlds_group(kn__worlds *worlds, const double *pull, int32_t economies,
                      int32_t sectors);

/* Refuses deficits that nobody can pay for: those of a group that do not add up to 0, a
   surplus of an economy that sells nothing abroad, a deficit of one that buys nothing.
   income[n] is what an economy's factors earn. KN_ERR_DATA with the debtor in `trouble`,
   for the caller who knows its name. */
kn_status kn__worlds_check(const kn__worlds *worlds, kn__trouble *trouble,
                           kn_context *ctx, const double *pull, const double *deficit,
                           const double *income, int32_t economies, int32_t sectors);

#endif
