/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_FIRST_OUT_H
#define KN_LENS_CASCADE_FIRST_OUT_H

#include "kaname/table.h"
#include "network/network.h"

/* What ran out first, as a tree: a producer that fell for want of an input hangs below
   the supplier of that input that fell before it, one whose buyers went away below the
   buyer; what a measure hit is a root. */
enum { KN__CAUSE_CAPACITY = -1, KN__CAUSE_DEMAND = -2 };

typedef struct kn__first {
    double day;   /* on which output first fell; NaN: never */
    double value; /* value added lost at first: of one day, the larger loss comes first */
    int32_t economy, product;
    int32_t cause;  /* the product that ran out, or KN__CAUSE_… */
    int64_t parent; /* into the same array, or -1 */
    int64_t rank;   /* place in the order of time; set by kn__first_rank */
    int64_t depth, child, sibling;
} kn__first;

/* Ranks those that fell; their number goes to *fallen and they stand in *order, which
   lies in the arena, earliest first. Errors: KN_ERR_MEMORY. */
kn_status kn__first_rank(kn__first *first, int64_t count, kn_context *ctx,
                         kn__arena *arena, int64_t **order, int64_t *fallen);

/* Makes `above` the parent of `below` when it fell before it and weighs more than the
   parent so far, whose weight is in *weight. */
void kn__first_hang(kn__first *first, int64_t below, int64_t above, double weight,
                    double *so_far);

/* Rows of the table first_out: parents before children, both by time. */
kn_status kn__first_write(kn__first *first, const int64_t *order, int64_t fallen,
                          kn_context *ctx, const kn_network *net, kn_table *table);

#endif
