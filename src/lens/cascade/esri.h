/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ESRI_H
#define KN_LENS_CASCADE_ESRI_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory.h"

/* Economic systemic risk index (Diem, Borsos, Reisch, Kertesz and Thurner, "Quantifying
   firm-level economic systemic risk from nation-wide supply networks", Scientific Reports
   12, 2022): the share of output that is lost when firms fail and the failure runs down
   to customers (generalised Leontief) and up to suppliers (linear).

     Λd_ij = W_ij / Σ_{i' of the sector of i} W_i'j (essential), W_ij / cost_j (not)
     Λu_ij = W_ij / revenue_i
     σ_i   = min(1, out_i / Σ_{l in market of i} h_d,l out_l), 1 unless replaceable
     h_d,j ← max(0, min(1 − ψ_j, min_k 1 − Σ_{i of k, essential} σ_i Λd_ij (1 − h_d,i),
                        1 − Σ_{i not essential} σ_i Λd_ij (1 − h_d,i)))
     h_u,i ← max(0, min(1 − ψ_i, 1 − Σ_j Λu_ij (1 − h_u,j)))

   All right-hand sides use the previous h (Jacobi); it stops when no h falls by more than
   eps. ESRI = Σ w (1 − min(h_d, h_u)) / Σ w. */
typedef enum kn__edge_class {
    KN__EDGE_NONE, /* no effect downstream */
    KN__EDGE_LINEAR,
    KN__EDGE_ESSENTIAL
} kn__edge_class;

typedef struct kn__esri_input {
    int32_t firms, sectors; /* sectors also counts markets */
    int64_t edges;
    const int32_t *supplier, *buyer;
    const double *weight;               /* > 0 */
    const unsigned char *edge_class;    /* kn__edge_class */
    const int32_t *sector;              /* of a firm */
    const int32_t *market;              /* of a firm; NULL: its sector */
    const double *cost;                 /* of a firm; NULL: sum of its inputs */
    const double *revenue, *importance; /* NULL: sum of sales; w, NULL: sum of sales */
    const double *size;                 /* out, for market shares; NULL: sum of sales */
} kn__esri_input;

typedef struct kn__esri_rule {
    bool replaceable; /* firms of one market stand in for one another */
    bool start_full;  /* start from h = 1 instead of 1 − ψ: one step more */
    double eps;       /* 0: to the fixed point */
    int32_t most_steps;
} kn__esri_rule;

typedef struct kn__esri kn__esri;

/* Takes what it needs from the input into the arena. Errors: KN_ERR_DATA (an index out of
   range, a weight that is not positive), KN_ERR_MEMORY. */
kn_status kn__esri_new(kn__esri **esri, kn_context *ctx, kn__arena *arena,
                       const kn__esri_input *input, const kn__esri_rule *rule);

/* Initial losses ψ of shock k: entries [start[k], start[k+1]) of firm and loss. */
typedef struct kn__esri_shocks {
    int64_t count;
    const int64_t *start;
    const int32_t *firm;
    const double *loss;
} kn__esri_shocks;

/* By shock; arrays may be NULL. loss_down and loss_up are [shock][firm]. */
typedef struct kn__esri_result {
    double *total, *down, *up;
    int32_t *steps; /* most_steps + 1: did not converge */
    double *loss_down, *loss_up;
} kn__esri_result;

/* Runs all shocks, threads over shocks; the same to the last bit for any number of them.
   Returns KN_NOTE_NOT_CONVERGED when some shock needed more than most_steps. Errors:
   KN_ERR_MEMORY, KN_ERR_CANCELLED. */
kn_status kn__esri_run(const kn__esri *esri, kn_context *ctx,
                       const kn__esri_shocks *shocks, const kn__esri_result *result);

/* Every firm fails alone (loss 1): fills shocks of `firms` entries in the arena. */
kn_status kn__esri_each(kn__esri_shocks *shocks, kn_context *ctx, kn__arena *arena,
                        int32_t firms);

#endif
