/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_GRAPH_H
#define KN_KERNEL_GRAPH_H

#include "kernel/csr.h"

/* Graph algorithms on the pattern of a square CSR matrix: entry (i, j) is an edge i → j;
   the values do not matter. */

/* Strongly connected components (Tarjan 1972, without recursion): component[i] in
   0 .. *count - 1, numbered so that every edge between components goes from a higher to a
   lower number. */
kn_status kn__graph_components(int32_t *component, int32_t *count, kn_context *ctx,
                               const kn__csr *graph);

/* Immediate dominators from `root` (Cooper, Harvey and Kennedy, "A simple, fast dominance
   algorithm", 2001): dominator[i] is the last node that every path root → i passes before
   i; root dominates itself; -1 where i cannot be reached. */
kn_status kn__graph_dominators(int32_t *dominator, kn_context *ctx, const kn__csr *graph,
                               int32_t root);

#endif
