/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_UNCERTAINTY_H
#define KN_STUDY_UNCERTAINTY_H

#include "lens/cascade/denial_matrix.h"
#include "lens/cascade/denial_scenario.h"
#include "study/moved.h"

/* The parts of the lens `uncertainty`: one set of draws for the largest chokepoints, the
   exposures behind them and the losses of a scenario. */

/* Of a chokepoint; the concentration is that of its product for its victim. */
typedef enum kn__figure {
    KN__FIGURE_LOSS,
    KN__FIGURE_SHARE,
    KN__FIGURE_THROUGH,
    KN__FIGURE_HHI,
    KN__FIGURE_COUNT
} kn__figure;

typedef struct kn__uncertainty_options {
    kn_ids of, holder, product;
    int32_t mode;
    int64_t days, samples, seed, top;
    double share;
    bool exposure;
} kn__uncertainty_options;

/* A worker's own model, network and scratch. */
typedef struct kn__drawer {
    kn_context *ctx;
    kn__perturbed model;
    kn__denial_work *work;
    kn__moved moved;
    double *loss; /* [slice][economy] */
    double *b, *x;
} kn__drawer;

typedef struct kn__uncertain {
    kn_context *ctx;
    kn__arena *arena;
    kn__denial_matrix matrix;
    const kn_network *net;
    const kn__uncertainty_options *o;
    const kn__shock *shock; /* of the scenario, or NULL */
    kn__choke_row **rows;   /* the largest first */
    kn__choke_task **tasks;
    int32_t row_count;
    /* Runs: the draws, then two for each factor alone, then one with nothing moved. */
    int32_t run_count, samples, level_count;
    double *levels;   /* [run][level] */
    double *figure;   /* [figure][row][run] */
    double *scenario; /* [slice][economy][run] */
    kn__drawer *drawer;
    int drawers;
} kn__uncertain;

/* Where the figures of a row, or of a slice and economy, start; one for each run. */
double *kn__uncertain_figure(const kn__uncertain *u, kn__figure figure, int32_t row);
double *kn__uncertain_scenario(const kn__uncertain *u, int32_t slice, int32_t economy);
/* The first row of the same product and victim. */
int32_t kn__uncertain_first(const kn__uncertain *u, int32_t row);

/* Allocates runs and drawers and draws the levels. */
kn_status kn__uncertain_prepare(kn__uncertain *u);
/* Runs everything. Errors: KN_ERR_CANCELLED, KN_ERR_NUMERIC, KN_ERR_INTERNAL when a run
   without measures is not zero. */
kn_status kn__uncertain_run(kn__uncertain *u);

/* Tables quantiles, drivers and, with a scenario, scenario. */
extern const kn_table_decl kn__table_quantiles, kn__table_drivers, kn__table_scenario;
kn_status kn__uncertain_write(kn__uncertain *u, kn_result *result);

#endif
