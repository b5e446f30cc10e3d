/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_CALIENDO_PARRO_H
#define KN_LENS_TRADE_CALIENDO_PARRO_H

#include "kernel/memory.h"
#include "lens/trade/trouble.h"

/* The model of Caliendo and Parro, "Estimates of the trade and welfare effects of NAFTA",
   Review of Economic Studies 82 (2015), in exact hat algebra on plain arrays.
   n importer, i exporter (0 .. N-1), j sector, k input sector (0 .. J-1). */
enum { KN__CP_SECTORS = 512 }; /* the most sectors a model may have */

typedef struct kn__cp {
    int32_t economies, sectors;
    double *share;  /* pi[(j N + n) N + i]: of n's spending on j, the part from i */
    double *tariff; /* tau[(j N + n) N + i]: ad-valorem rate in force at the baseline */
    double *elasticity;  /* theta[j] > 0 */
    double *value_share; /* gamma[n J + j]: value added over gross output */
    double *input_share; /* gamma[(n J + k) J + j]: input k over gross output of j; with
                            value_share, each (n, j) sums to 1 */
    double *final_share; /* alpha[n J + k]: sums to 1 for each n */
    double *value_added; /* VA[n] > 0 */
    double *deficit;     /* D[n]: sums to 0 */
    bool *traded;        /* per sector: false where every economy buys only at home */
} kn__cp;

/* What changes; all relative to the baseline of the kn__cp it is applied to. */
typedef struct kn__cp_shock {
    const double *tariff; /* tau', shape of kn__cp.tariff; NULL: as in force */
    const double
        *iceberg; /* factor on delivery costs, >= 1 or below; INFINITY: a ban; NULL: 1 */
    const double *deficit;  /* D'[n]; NULL: as in force */
    const double *capacity; /* factor supply hat of n; NULL: 1 */
} kn__cp_shock;

/* An equilibrium; arrays are allocated by kn__cp_state_new. */
typedef struct kn__cp_state {
    double *wage;   /* w[n], hat; sum of w VA stays what it was (the numeraire), in each
                       group of economies that trade with each other */
    double *cost;   /* c[j N + n], hat */
    double *price;  /* P[j N + n], hat */
    double *share;  /* pi'[(j N + n) N + i] */
    double *spend;  /* X'[j N + n], tariffs included */
    double *income; /* I'[n] */
    int32_t evaluations;
    int32_t cuts;    /* pairs whose trade ends because the buyer sells nothing for it */
    double residual; /* largest |excess demand for factors| over their income */
    double walras; /* |sum of trade balances - sum of deficits| over world value added */
    kn__trouble trouble; /* where there is no equilibrium */
} kn__cp_state;

kn_status kn__cp_new(kn__cp *model, kn_context *ctx, kn__arena *arena, int32_t economies,
                     int32_t sectors);
kn_status kn__cp_state_new(kn__cp_state *state, kn_context *ctx, kn__arena *arena,
                           const kn__cp *model);

/* Refuses a model whose shares do not add up or that has an elasticity, value added or
   share out of range: KN_ERR_DATA. */
kn_status kn__cp_check(const kn__cp *model, kn_context *ctx);

/* Solves for the equilibrium after the shock, from state->wage as first guess (zeros
   count as ones). Prices and spending are solved exactly inside; wages by Broyden's
   method from the Jacobian of the model without input-output feedback, with continuation
   in the shock where that fails. Returns KN_NOTE_NOT_CONVERGED with the last residual in
   state. Errors: KN_ERR_MEMORY, KN_ERR_DATA (deficits that cannot be paid, a ban that
   leaves a buyer without any supplier: see state->trouble, the caller has the labels),
   KN_ERR_CANCELLED. */
kn_status kn__cp_solve(kn__cp_state *state, kn_context *ctx, const kn__cp *model,
                       const kn__cp_shock *shock);

/* How far from an equilibrium the model is as it stands, every hat 1: the largest |excess
   demand for factors| over their income, infinite where prices are not found. Prices,
   shares and spending are solved for it in `state`. Errors: KN_ERR_MEMORY,
   KN_ERR_CANCELLED. */
kn_status kn__cp_at_rest(double *residual, kn__cp_state *state, kn_context *ctx,
                         const kn__cp *model);

/* Makes the solved state the baseline of `model`: shares, value added, deficits, tariffs.
 */
void kn__cp_rebase(kn__cp *model, const kn__cp_state *state, const kn__cp_shock *shock);

/* Per economy n, fractions: exact real income (I'/I) / prod P^alpha - 1; the paper's
   first-order welfare = terms of trade + volume of trade; real wage w / prod P^alpha - 1.
   `before` must be the solved baseline state of the same model (all hats 1). */
typedef struct kn__cp_effects {
    double *real_income_exact, *welfare_first_order, *terms_of_trade, *volume_of_trade;
    double *real_wage, *price_index, *exports_change, *imports_change; /* n */
    double *terms_by_partner, *volume_by_partner;                      /* [n N + i] */
    double *imports_by_partner; /* [n N + i], growth of imports; NaN if none */
    double *terms_by_sector, *volume_by_sector; /* [n J + j] */
} kn__cp_effects;

kn_status kn__cp_effects_new(kn__cp_effects *effects, kn_context *ctx, kn__arena *arena,
                             const kn__cp *model);
void kn__cp_effects_of(kn__cp_effects *effects, const kn__cp *model,
                       const kn__cp_state *before, const kn__cp_state *after,
                       const kn__cp_shock *shock);

#endif
