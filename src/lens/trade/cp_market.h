/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_CP_MARKET_H
#define KN_LENS_TRADE_CP_MARKET_H

#include "lens/trade/caliendo_parro.h"
#include "lens/trade/worlds.h"

/* Everything an evaluation of the excess demand for factors needs, for one point `s` of
   the way from the baseline (0) to the shock (1). */
typedef struct kn__cp_work {
    kn_context *ctx;
    const kn__cp *model;
    const kn__cp_shock *shock;
    kn__cp_state *state;
    double s;
    double inner;    /* how exactly prices and spending are solved: 0 is to rounding */
    double *pull;    /* pi (kappa)^-theta: (j N + n) N + i */
    double *net;     /* pi' / (1 + tau') : (j N + n) N + i */
    double *net_sum; /* sum_i net: j N + n */
    double *log_cost, *log_price, *power; /* j N + n */
    double *revenue;                      /* R_jn */
    double *right, *correction, *scaled;  /* j N + n */
    double *endowment;                    /* L_n VA_n */
    kn__worlds worlds;                    /* groups at s, what is cut under the shock */
    double *deficit;                      /* D(s) */
    double *inverse;                      /* N × N: approximate inverse Jacobian */
    double *u, *f, *step, *trial_u, *trial_f, *change; /* N */
} kn__cp_work;

/* Puts the shock's share `s` in force: pull of each supplier, endowments, deficits,
   groups of economies that trade with each other. */
void kn__cp_set_point(kn__cp_work *w, double s);

/* What the shock leaves nobody to pay for; once, before the points of the way. */
void kn__cp_cut_worlds(kn__cp_work *w);

/* f_n = log(factor income demanded / factor income) at log wages u, with prices, shares
   and spending solved for it (left in w and w->state). Returns KN_NOTE_NOT_CONVERGED
   where they cannot be; KN_ERR_CANCELLED, KN_ERR_MEMORY. */
kn_status kn__cp_excess(kn__cp_work *w, const double *u, double *f);

/* max |x_i| */
double kn__cp_largest(const double *x, int64_t n);

#endif
