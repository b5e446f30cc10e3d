/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_MOVED_H
#define KN_STUDY_MOVED_H

#include "lens/cascade/perturb.h"
#include "network/network.h"

/* A network whose flows and value added are those of a perturbed denial model, for the
   lenses that look at flows: the same draw for all. Everything else belongs to the
   network it was made from. It is not freed by kn_network_free. */
typedef struct kn__moved {
    kn_network net;
    const kn_network *base;
    kn__producer *producers;
    double *rows, *columns, *dense; /* of the flows */
    double *final_demand;
} kn__moved;

/* Errors: KN_ERR_MEMORY. */
kn_status kn__moved_new(kn__moved *moved, kn_context *ctx, kn__arena *arena,
                        const kn_network *base);

/* Sets it after kn__perturb: who sells moves as in p, value added to its level. Negative
   final demand stays. */
void kn__moved_set(kn__moved *moved, const kn__perturbed *p, double value_level);

/* Value added of economy h over all tiers in what d buys of product q, as a share of all
   value added in it (exposure's `through`); x and b hold a number for each producer. NaN
   where nothing is bought. Errors: KN_ERR_NUMERIC, KN_ERR_MEMORY. */
kn_status kn__moved_through(double *share, kn_context *ctx, const kn__moved *moved,
                            int32_t h, int32_t q, int32_t d, double *b, double *x);

#endif
