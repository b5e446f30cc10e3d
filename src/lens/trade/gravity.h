/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_GRAVITY_H
#define KN_LENS_TRADE_GRAVITY_H

#include <stdbool.h>

#include "kernel/memory.h"
#include "lens/trade/trouble.h"

/* One-sector structural gravity in exact hats (Dekle, Eaton and Kortum 2007; Baier, Yotov
   and Zylkin 2019). trade[i N + j]: what j buys from i, domestic sales included; i
   exporter, j importer. */
typedef struct kn__gravity {
    int32_t economies;
    const double *trade;
    const double
        *change; /* B[i N + j]: hat of trade costs to the power -theta; NULL: 1 */
    double theta;
    bool multiplicative; /* deficits grow with wages; else they are fixed in the numeraire
                          */
    bool balanced;       /* deficits are removed: spending is income */
} kn__gravity;

typedef struct kn__gravity_state {
    double *wage;    /* n: hat; sum of Y w stays what it was, in each group of economies
                        that trade with each other */
    double *welfare; /* n: (E'/E) / P, a hat */
    double *price;   /* n: hat of the price index */
    double *trade;   /* N × N, new flows in the old unit */
    int32_t iterations;
    int32_t cuts;    /* pairs whose trade ends because the buyer sells nothing for it */
    double residual; /* largest relative change of a wage at the end, or where Newton's
                        method was needed largest |log(demand / supply)| */
    kn__trouble trouble; /* where there is no equilibrium */
} kn__gravity_state;

kn_status kn__gravity_state_new(kn__gravity_state *state, kn_context *ctx,
                                kn__arena *arena, int32_t economies);

/* w_i^(1+theta) = sum_j pi_ij B_ij (E'_j / P_j) / Y_i; P_j = sum_i pi_ij B_ij w_i^-theta.
   By steps of that, and by Newton's method where they take too long. Errors: KN_ERR_DATA
   (an economy without sales or purchases, theta <= 0; a buyer without any supplier left,
   deficits that cannot be paid: see state->trouble); KN_NOTE_NOT_CONVERGED. */
kn_status kn__gravity_solve(kn__gravity_state *state, kn_context *ctx,
                            const kn__gravity *model);

/* Friends and enemies (Kleinman, Liu and Redding, "International friends and enemies",
   American Economic Journal: Macroeconomics 2024): elasticities of n's income and welfare
   to productivity in i, first order, in closed form. trade as above, balanced. Each
   matrix is N × N, [n N + i]. S_ni = X_ni / E_n, T_in = X_ni /
   Y_i, M = T S - I, V = (T + theta T S) / (theta + 1) - Q, W = -theta / (theta + 1) (I -
   V)^-1 M, U = (I - S) W + S. */
typedef struct kn__friends {
    double *spending, *sales, *cross, *feedback; /* S, T, M, V */
    double *income, *welfare;                    /* W, U */
} kn__friends;

kn_status kn__friends_new(kn__friends *friends, kn_context *ctx, kn__arena *arena,
                          int32_t economies);
kn_status kn__friends_solve(kn__friends *friends, kn_context *ctx, int32_t economies,
                            const double *trade, double theta);

/* Welfare in autarky over welfare now: lambda^(1 / (theta beta)), lambda the share bought
   at home, beta value added over output (Arkolakis, Costinot and Rodriguez-Clare,
   American Economic Review 2012). */
double kn__autarky_welfare(double lambda, double theta, double beta);

/* Output hat when an input of cost share alpha falls to e_hat of its quantity, other
   inputs fixed: [alpha e^((s-1)/s) + 1 - alpha]^(s/(s-1)), s the elasticity of
   substitution (Bachmann et al., Economica 2024, eq. 1); s = 1 gives e^alpha, s -> 0
   min(1, e). */
double kn__ces_output(double alpha, double e_hat, double sigma);

/* The same loss to second order from what can be seen: share d_log + d_share d_log / 2,
   with the input's share of spending, its change, and the log change of its quantity
   (Bachmann et al. 2024, appendix). */
double kn__ces_second_order(double share, double share_change, double d_log);

#endif
