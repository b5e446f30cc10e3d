/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_EXPOSURE_EXPOSURE_H
#define KN_LENS_EXPOSURE_EXPOSURE_H

#include "kaname/lens.h"
#include "network/network.h"

/* Options of the lens `exposure`; kn_lens_run fills them from the declaration. */
typedef struct kn__exposure_options {
    kn_ids of, to, product; /* empty: all */
    int32_t measure;
    bool together;     /* `of` is one buyer, as a bloc */
    double sigma, rho; /* elasticities of `power` */
    double rest;       /* `structure`: supply that still counts as none */
} kn__exposure_options;

/* One run: what every table needs. */
typedef struct kn__exposure {
    kn_context *ctx;
    kn__arena *arena; /* scratch of the run */
    const kn_network *net;
    const kn__exposure_options *options;
    kn_result *result;
    double *unit_value; /* v_i / x_i, 0 where x_i = 0 */
} kn__exposure;

/* Is the id in the list? An empty list has all. */
bool kn__exposure_wants(const kn_ids *ids, int32_t id);

/* A buyer: an economy, or all of `of` together. inside[e] tells its members. */
typedef struct kn__buyer {
    const char *label;
    unsigned char *inside;
    int32_t members;
} kn__buyer;

/* Each economy of `of` (all but ZZU when none is given) for itself; one buyer when they
   are the members of a bloc or are asked for together. */
kn_status kn__exposure_buyers(kn__exposure *e, kn__buyer **buyers, int32_t *count);

/* b_i = sum over the buyer's producers j of Z_ij + its final demand for i (n). */
kn_status kn__exposure_purchases(kn__exposure *e, const kn__buyer *buyer, double *b);

/* What one unit of output of i holds of every economy h, over all tiers:
   content[h * n + i] = sum over makers k in h of weight_k L_ki, C = (I - A')^-1 (weight
   on h). weight = unit_value gives value added. One LU for all holders or an iteration
   for each, whichever costs less. */
kn_status kn__exposure_content(kn__exposure *e, const double *weight, double *content);

/* The interval of the content of holder h when unseen suppliers may be anybody: value
   iteration on C_j = own_j + sum over known i of A_ij C_i + sum over unseen i of A_ij max
   (min) over r of C_r (DESIGN, section 2); r: the known makers of the same product, and
   one with the inputs of the unseen maker that stands in the holder (for min: elsewhere).
   start: row h of the content matrix. low, high: n each; scratch: n + products. */
void kn__exposure_content_bounds(const kn__exposure *e, int32_t holder,
                                 const double *start, double *low, double *high,
                                 double *scratch);

/* x = L b by products with A: cheap for one vector. */
kn_status kn__exposure_output_for(kn__exposure *e, const double *b, double *x);

/* Z as a dense block: the network's own, or a copy in memory of kn__alloc that *made
   points to (NULL otherwise). Errors: KN_ERR_LIMIT for networks above 12,000 producers.
 */
kn_status kn__exposure_dense(kn__exposure *e, const double **z, double **made);

/* reach[q * economies + d]: share of d's supply of product q that depends in kind on
   holder h: sum_s m_s max(1[s = h], max over essential inputs k of q of reach_ks). */
void kn__exposure_reach(const kn__exposure *e, const kn__pools *pools, int32_t holder,
                        double *reach);

/* FPEM and its face value of all producers by source economy, [h * n + j]. */
kn_status kn__exposure_fpem_shares(kn__exposure *e, double *deep, double *face);

/* ---- Tables ---- */

extern const kn_table_decl kn__table_exposure, kn__table_dependency, kn__table_producers,
    kn__table_upstreamness, kn__table_gvc, kn__table_tiva, kn__table_complexity,
    kn__table_power, kn__table_fragility, kn__table_structure, kn__table_fpem,
    kn__table_fpex;

kn_status kn__exposure_shares(kn__exposure *e); /* tables exposure and dependency */
kn_status kn__exposure_streams(kn__exposure *e, const kn_table_decl *decl);
kn_status kn__exposure_gvc(kn__exposure *e, bool basic); /* basic: table tiva */
kn_status kn__exposure_fpem(kn__exposure *e);
kn_status kn__exposure_fpex(kn__exposure *e);
kn_status kn__exposure_complexity(kn__exposure *e);
kn_status kn__exposure_power(kn__exposure *e);
kn_status kn__exposure_fragility(kn__exposure *e);
kn_status kn__exposure_structure(kn__exposure *e);

#endif
