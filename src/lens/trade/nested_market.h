/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_NESTED_MARKET_H
#define KN_LENS_TRADE_NESTED_MARKET_H

#include "lens/trade/nested.h"
#include "lens/trade/worlds.h"

/* The model at one point `s` of the way from the baseline (0) to the shock (1), and at
   one vector of log factor prices. Arrays are [j N + n] unless said. */
typedef struct kn__nested_work {
    kn_context *ctx;
    const kn__nested *model;
    const kn__nested_shock *shock;
    kn__nested_state *state;
    int32_t N, J, unknowns; /* economies or producers */
    int32_t linear;         /* unknowns of the linearised model */
    double s;
    bool tariffs;    /* some rate is not 0 */
    double *theta;   /* [j]: sigma_s - 1 */
    double *beta;    /* value added over cost at the baseline */
    double *value;   /* factor income at the baseline; 0 where nothing is made */
    double *supply;  /* value × hat of factor supply at s */
    double *deficit; /* [n] */
    double *taste;   /* final shares at baseline prices, [n J + k] */
    double *pull;    /* pi kappa^(1 - sigma_s), [(j N + n) N + i] */
    double *net;     /* pi' / (1 + tau'), the same shape */
    double *net_sum; /* sum_i net */
    double *wage, *cost, *price, *inputs; /* logs; inputs: price of intermediates */
    double *revenue;                      /* what producers sell, supplied */
    double *sales;                        /* what is bought from them */
    double *bought;      /* composite bought by producers: spend less final demand */
    double *final_share; /* alpha', [n J + k] */
    double *guess, *miss, *step; /* of log costs, while prices are solved for */
    kn__worlds worlds;           /* groups at s, what is cut under the shock */
    double *keep;                /* [n]: 1 - sum_k alpha'_k (1 - net_sum_k) */
} kn__nested_work;

kn_status kn__nested_work_new(kn__nested_work *w, kn__arena *arena);

/* What the shock leaves nobody to pay for; once, before the points of the way. */
void kn__nested_cut_worlds(kn__nested_work *w);

/* Puts the share `s` of the shock in force. */
void kn__nested_set_point(kn__nested_work *w, double s);

/* The tariff in force at the point. */
double kn__nested_tariff(const kn__nested_work *w, int64_t at);

/* Whether there are finite prices under the shock, whatever factors cost. If not,
   `highest` and `through` of state->trouble name whose inputs need more of itself than it
   makes, `reached` is the share of the shock up to which there were. */
bool kn__nested_is_finite(kn__nested_work *w);

/* Prices of the costs in w->guess, and of intermediates at these: w->price, w->inputs. */
void kn__nested_inputs(kn__nested_work *w);

/* w->price and w->cost at the factor prices w->wage, from w->price as first guess.
   KN_NOTE_NOT_CONVERGED where none were found; KN_ERR_MEMORY. */
kn_status kn__nested_prices(kn__nested_work *w);

/* Shares of origins and of costs at these prices, what reaches sellers in w->net. */
void kn__nested_shares(kn__nested_work *w);

/* Log factor prices u (by unknown) → everything, and the residual f by unknown:
   log(demand / supply), of goods where factors are specific, of factors where they move.
   KN_NOTE_NOT_CONVERGED where there is no finite answer. */
kn_status kn__nested_residual(kn__nested_work *w, const double *u, double *f);

/* Linearised model at the last point of kn__nested_residual. Scratch of one thread: */
typedef struct kn__nested_line {
    double *price, *inputs, *net, *spend; /* [j N + n] */
} kn__nested_line;

/* Changes of prices and of intermediates' prices with costs, left in `line`. */
void kn__nested_line_prices(const kn__nested_work *w, const double *cost,
                            kn__nested_line *line);
/* d log sales from d log costs (prices in `line`), wages and revenues. */
void kn__nested_line_sales(const kn__nested_work *w, const double *cost,
                           const double *wage, const double *revenue,
                           kn__nested_line *line, double *sales);

/* A factor price that has all but vanished no longer shows in the cost: there the step is
   taken in the price itself, the cost follows from the inputs. */
bool kn__nested_vanished(const kn__nested_work *w, int64_t at);

/* The linearised model, by its products. Factors specific: f by log costs (log factor
   prices where they have vanished, and there the costs of producers are unknowns of
   their own, in a second half). Factors mobile: costs, revenues, and f by log wages; the
   costs and revenues are unknowns. The numeraire takes the place of the singular
   direction. */
enum { KN__NESTED_ROOM = 8 };
typedef struct kn__nested_linear {
    const kn__nested_work *w;
    double *room; /* KN__NESTED_ROOM lines of N J */
} kn__nested_linear;

/* out = that times vector, w->linear numbers each; arg: a kn__nested_linear. */
void kn__nested_product(void *arg, const double *vector, double *out);

/* Solves it for `right` to the relative `tolerance` by GMRES, preconditioned by the
   blocks of sectors where factors are specific. KN_NOTE_NOT_CONVERGED with the best
   found; KN_ERR_NUMERIC when a block is singular; KN_ERR_MEMORY. */
kn_status kn__nested_solve_linear(kn__nested_work *w, const double *right, double *x,
                                  double tolerance);

/* The step in log factor prices that a solution of that system means, and how much of it
   may be taken: costs move by a factor e at most. */
kn_status kn__nested_step(kn__nested_work *w, const double *solution, double *step,
                          double *length);

#endif
