/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_ROUTE_H
#define KN_NETWORK_ROUTE_H

#include "network/network.h"

/* What closing a passage does to goods that go by sea between two economies
   (data/routes/README.md says how it was found and what is assumed). */
typedef struct kn__detour {
    double extra_days; /* longer on the way */
    double cut;        /* share that no ship can carry, 0 to 1 */
} kn__detour;

/* Fills detour[a * economies + b], the same both ways; zero where nothing changes or no
   sea way is known (ZZU, ROW). *pairs counts the cells that are not zero. An unknown
   passage has none: scenarios check the name. Errors: KN_ERR_MEMORY. */
kn_status kn__detours_of(kn__detour **detour, int64_t *pairs, kn_context *ctx,
                         kn__arena *arena, const kn_network *net, const char *passage);

#endif
