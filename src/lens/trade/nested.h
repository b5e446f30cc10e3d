/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_NESTED_H
#define KN_LENS_TRADE_NESTED_H

#include "lens/trade/caliendo_parro.h"

/* The nested CES production network of Baqaee and Farhi ("Networks, barriers, and trade",
   Econometrica 92, 2024) in exact hats. Producer (n, j) makes a unit from value added and
   intermediates (elasticity theta), intermediates from sectors (epsilon), consumers buy
   from sectors (sigma), and each sector's composite in n from origins (sigma_s). A
   producer has one factor: its own, or the one of its economy; an elasticity among
   primary factors therefore has nothing to act on. With every elasticity but sigma_s at 1
   and mobile factors this is kn__cp_solve with theta_j = sigma_s - 1. */
typedef struct kn__nested {
    const kn__cp *cp;                /* its cost shares add up to 1 to 1e-9 */
    const kn__cp_state *base;        /* share and spend of a solved baseline of cp */
    double value_elasticity;         /* theta >= 0 */
    double input_elasticity;         /* epsilon >= 0 */
    double final_elasticity;         /* sigma >= 0 */
    const double *origin_elasticity; /* sigma_s > 0, not 1, per sector; NULL: cp's
                                        trade elasticity + 1 */
    bool mobile; /* factors move between the sectors of an economy; else specific */
} kn__nested;

/* What changes; relative to the baseline. */
typedef struct kn__nested_shock {
    const double *tariff, *iceberg, *deficit; /* as in kn__cp_shock */
    const double *capacity; /* factor supply hat, [n J + j] of the factor's sector */
    const double *demand;   /* weight hat of final demand, [n J + k]; shares add to 1 */
} kn__nested_shock;

/* An equilibrium: hats, and levels in the unit of the baseline. [j N + n] unless said. */
typedef struct kn__nested_state {
    double *wage, *cost, *price;    /* hats; factor income keeps its baseline sum in each
                                      group of economies that trade with each other */
    double *revenue, *spend;        /* net of tariffs; with tariffs */
    double *share;                  /* [(j N + n) N + i] */
    double *input_share;            /* of cost, [(n J + k) J + j] */
    double *value_share;            /* of cost */
    double *income, *income_before; /* [n]: national expenditure */
    double *price_index;            /* [n]: hat of the consumption price */
    double *real;                   /* [n]: hat of real national expenditure */
    double residual; /* largest |log(demand / supply)|; infinite: no finite prices */
    double walras;   /* largest |trade balance + deficit| over world factor income */
    int32_t steps, products; /* of Newton; of the linearised model with a vector */
    int32_t cuts; /* pairs whose trade ends because the buyer sells nothing for it */
    kn__trouble trouble; /* where there is no equilibrium */
} kn__nested_state;

kn_status kn__nested_state_new(kn__nested_state *state, kn_context *ctx, kn__arena *arena,
                               const kn__cp *cp);

/* Newton on log factor prices, from state->wage as first guess (zeros count as ones):
   prices are solved inside as a fixed point, steps come from products of the linearised
   model with vectors; with continuation in the shock where the straight way fails.
   Errors: KN_ERR_DATA (an elasticity out of range; a ban in a sector with sigma_s
   <= 1: its price has no limit, only a part can be denied; a buyer without supplier
   or a deficit that cannot be paid, see state->trouble), KN_ERR_MEMORY, KN_ERR_CANCELLED;
   KN_NOTE_NOT_CONVERGED with state->residual. */
kn_status kn__nested_solve(kn__nested_state *state, kn_context *ctx,
                           const kn__nested *model, const kn__nested_shock *shock);

/* How far from an equilibrium the baseline of the model is: the largest |log(demand /
   supply)| with every hat 1. Errors: KN_ERR_MEMORY, KN_ERR_CANCELLED. */
kn_status kn__nested_at_rest(double *residual, kn__nested_state *state, kn_context *ctx,
                             const kn__nested *model);

/* Price hat of a nest whose origins of baseline share `lambda` are denied: (1 -
   lambda)^(1 / (1 - sigma)); infinite for sigma <= 1, where nothing replaces them. */
double kn__denied_price(double lambda, double sigma);

#endif
