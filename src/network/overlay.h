/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_OVERLAY_H
#define KN_NETWORK_OVERLAY_H

#include "read/raw.h"

/* Turns bilateral trade of the latest year into known links of a chain, before its
   network is built. A product takes part when the flows hold every HS code it names and
   none of them is a basket, and economies that make it sell at least half of what is
   imported. For a buyer d with imports I, exports X and own output H
   (share of supply times value of the world), all in MUSD,

       home share h = max(0, H - X) / (I + max(0, H - X))
       share of partner s = imports of d from s / I * (1 - h)

   for every partner s that makes the product; these replace the links of that product and
   buyer, grade B. What d makes itself, and what it imports from economies without output
   of the product (they resell), stays open: supply and demand decide. Economies outside
   the chain count as ROW when it has one. What was replaced and what was left alone is
   added to raw->notes. Errors: KN_ERR_DATA when no product takes part, KN_ERR_MEMORY; raw
   is then only fit to be freed. */
kn_status kn__chain_overlay(kn__chain_raw *raw, kn_context *ctx,
                            const kn__flows_raw *flows);

#endif
