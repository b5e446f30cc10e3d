/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_GRAPH_H
#define KN_KERNEL_GRAPH_H

#include "kernel/csr.h"

/* Graph algorithms on the pattern of a square CSR matrix: entry (i, j) is an edge i → j;
   the values do not matter. */

/* Immediate dominators from `root` (Cooper, Harvey and Kennedy, "A simple, fast dominance
   algorithm", 2001): dominator[i] is the last node that every path root → i passes before
   i; root dominates itself; -1 where i cannot be reached. */
kn_status kn__graph_dominators(int32_t *dominator, kn_context *ctx, const kn__csr *graph,
                               int32_t root);

#endif
