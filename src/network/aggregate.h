/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_AGGREGATE_H
#define KN_NETWORK_AGGREGATE_H

#include "network/network.h"

/* Which group each item goes to, and the groups' labels. */
typedef struct kn__grouping {
    const int32_t *group; /* of item k; 0 .. count - 1 */
    const char *const *label;
    int32_t count;
} kn__grouping;

/* The network with economies and products merged into groups; NULL leaves them as they
   are. Outputs, value added, flows and final demand (by economy and category) add up, so
   totals are kept to rounding; spare capacity is weighed by output, stocks by use. Firms
   of a pair merge. What does not survive merging is left out and noted: links and blocs
   that cut through a group, tariffs, and, when products merge, recipes and equipment.
   Errors: KN_ERR_DATA (two labels alike), KN_ERR_USAGE (a group out of range),
   KN_ERR_MEMORY. */
kn_status kn__network_aggregate(kn_network **out, kn_context *ctx, const kn_network *net,
                                const kn__grouping *economies,
                                const kn__grouping *products);

#endif
