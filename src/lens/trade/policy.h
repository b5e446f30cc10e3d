/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_POLICY_H
#define KN_LENS_TRADE_POLICY_H

#include "lens/trade/nested.h"

/* What governments do, for either model; an array is NULL where nothing is done. Cells
   are (j N + n) N + i: sector, importer, exporter. */
typedef struct kn__policy {
    double *tariff;   /* rate in force after, by cell */
    double *iceberg;  /* factor on delivery costs, by cell; INFINITY: a ban */
    double *capacity; /* factor supply hat: [n], of the nested network [n J + j] */
    double *demand;   /* weight hat of final demand, [n J + k] */
    double *keep; /* share of the baseline quantity allowed, > 0, by cell; INFINITY: no
                     quota */
    bool *to_importer; /* by cell: who gets the rent of its quota, else the exporter */
    double *push; /* log price over cost, <= 0, of all that i makes of j: [j N + i]; its
                     budget pays the difference */
} kn__policy;

/* A model at its solved baseline and what solving it again needs. */
typedef struct kn__market {
    kn__cp *cp;                     /* rebased to the solved baseline */
    const kn__cp_state *before;     /* all hats 1 */
    const kn__nested *nested;       /* NULL: Caliendo and Parro */
    kn__nested_state *nested_after; /* with nested */
    kn__cp_state *after;            /* also the first guess */
} kn__market;

/* The charges that make a policy hold; arrays of cells, NULL where there is none. */
typedef struct kn__charges {
    double *tariff; /* rate in force after, with the rents of importers */
    double *levy;   /* log price at the border over cost: rents of exporters and pushes */
    double *quota;  /* log wedge >= 0 of quotas, whoever gets it; 0 where not binding */
    double *final_share; /* after a change of demand, [n J + k]; NULL: as before */
    int32_t rounds;      /* of the outer loop */
    double residual; /* largest move that is left: of a log wedge, which misses its quota
                        by 1 + theta as much, or of a transfer over world value added */
} kn__charges;

/* Solves for the equilibrium under a policy. A quota of cell (j, n, i) is met by a charge
   between the price its exporter gets and the price at the border, complementary to it:
     quantity = pi' X' / ((1 + t') (1 + e) c') <= keep of the baseline's,  e >= 0
   with = where e > 0. The rent e c' quantity belongs to the exporter's budget, or to the
   importer's, where it is a tariff on top of the one in force. A push lets i sell at
   exp(push) c, its budget pays the rest. Money of exporters' budgets travels as a
   transfer between economies: tariffs of (1 + t')(1 + e) - 1 with transfers in place of
   deficits are solved by the model, wedges and transfers by an accelerated fixed point
   around it. Null policies leave market->after as it is. What is returned in `charges`
   lives in `arena`. Errors: those of kn__cp_solve and kn__nested_solve;
   KN_NOTE_NOT_CONVERGED with charges->residual and after->residual. */
kn_status kn__policy_solve(kn__charges *charges, kn_context *ctx, kn__arena *arena,
                           const kn__market *market, const kn__policy *policy);

/* Whether nothing is done at all. */
bool kn__policy_is_null(const kn__policy *policy);

/* The hat of the quantity of a cell, NaN where nothing was sold: value at the producer's
   gate over its cost. levy may be NULL. */
double kn__quantity_hat(const kn__market *market, const kn__charges *charges, int64_t at);

#endif
