/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TRADE_H
#define KN_LENS_TRADE_TRADE_H

#include "kaname/lens.h"
#include "lens/trade/trade_shock.h"

/* What happens to an economy's trade deficit. */
typedef enum kn__trade_deficits {
    KN__DEFICITS_REMOVE,
    KN__DEFICITS_KEEP,
    KN__DEFICITS_SCALE /* with income: one-sector gravity only */
} kn__trade_deficits;

/* Which trade elasticity: by sector, or one for all after so long. */
typedef enum kn__trade_horizon {
    KN__HORIZON_SECTORS,
    KN__HORIZON_SHORT,
    KN__HORIZON_MEDIUM,
    KN__HORIZON_LONG
} kn__trade_horizon;

/* Options of the lens `trade`; `kn_lens_run` fills them from the declaration. */
typedef struct kn__trade_options {
    int32_t variant;  /* kn__trade_variant */
    int32_t deficits; /* kn__trade_deficits */
    double elasticity, scale;
    int32_t model;   /* kn__trade_kind */
    int32_t horizon; /* kn__trade_horizon */
    int32_t factors; /* network: 0 specific to a sector, 1 mobile in an economy */
    double value_elasticity, input_elasticity, final_elasticity; /* network */
    kn_elasticities elasticities; /* from a file, by product */
    int64_t draws, seed;          /* of the elasticities; draws 0: none */
    const double *drawn; /* by product, one draw in place of all the above; NULL */
} kn__trade_options;

/* The trade elasticity of a horizon: 0.76 after a year, 2 after seven to ten (Boehm,
   Levchenko and Pandalai-Nayar, American Economic Review 2023), their geometric mean
   between; 0 for KN__HORIZON_SECTORS. */
double kn__trade_horizon_elasticity(int32_t horizon);

/* The part of the options that makes a model of a network. */
kn__trade_setup kn__trade_setup_of(const kn__trade_options *options);

/* A counterfactual with everything needed to report it. Its parts point to each other: it
   must stay where it was made. */
typedef struct kn__trade_run {
    kn__trade_model model; /* rebased to the solved baseline */
    kn__policy policy;
    kn__charges charges;
    kn__cp_shock shock; /* tariffs after; what else the model was told is in `policy` */
    kn__cp_state before, after;
    kn__nested nested; /* --model network */
    kn__nested_state nested_after;
    kn__market market;
    kn__cp_effects effects;
    double baseline_residual;
} kn__trade_run;

/* Network and scenario → baseline solved, counterfactual solved, effects; by the model of
   Caliendo and Parro or by the nested CES network, whose baseline is the same with cost
   shares that add up exactly. A scenario that changes nothing gives exactly zero effects.
   Returns KN_NOTE_NOT_CONVERGED with the residual in run->after.residual and
   run->charges.residual. Errors: those of the parts; a buyer left without any supplier is
   named. */
kn_status kn__trade_solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn_network *net, const kn_scenario *scenario,
                          const kn__trade_options *options);

/* The first half of it: the model at its solved baseline, the scenario as run->policy. */
kn_status kn__trade_prepare(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn_scenario *scenario,
                            const kn__trade_options *options);
/* After it: without any measure every effect is exactly zero, and the baseline, every hat
   1, is an equilibrium of the model to 1e-8. KN_ERR_INTERNAL where not. */
kn_status kn__trade_check_null(kn__trade_run *run, kn_context *ctx);
/* The second half: the equilibrium under run->policy and its effects. May be repeated
   with other policies; the last equilibrium is the first guess of the next. */
kn_status kn__trade_counterfactual(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                                   const kn_network *net);

/* Before the baseline is solved: cost shares that add up to 1 exactly, and the nests. */
kn_status kn__trade_nests(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn__trade_options *options);

/* What n sells abroad of sector j, net of tariffs, before or after. */
double kn__trade_exports(const kn__trade_run *run, bool after, int32_t j, int32_t n);
/* Sum of squared shares of sectors in n's exports; NaN without exports. */
double kn__trade_concentration(const kn__trade_run *run, bool after, int32_t n);
/* (hhi - 1/J) / (1 - 1/J), the index of Caliendo and Parro; NaN for one sector. */
double kn__trade_normalised(double hhi, int32_t sectors);

/* Table `concentration` of exports over sectors. */
extern const kn_table_decl kn__table_concentration;
kn_status kn__trade_add_concentration(const kn__trade_run *run, kn_context *ctx,
                                      const kn_network *net, kn_result *result);

/* Table `elasticities`: those in use, with their sources. */
extern const kn_table_decl kn__table_elasticities;
kn_status kn__trade_add_elasticities(const kn__trade_run *run, kn_context *ctx,
                                     const kn_network *net,
                                     const kn__trade_options *options, kn_result *result);

/* Table `sensitivity`: solves baseline and counterfactual again for options->draws draws
   of the elasticities, each lognormal around its estimate with its standard error, and
   tells quantiles of exact real income. The same for any number of threads. Errors:
   KN_ERR_USAGE where no elasticity has an error; those of kn__trade_solve. */
extern const kn_table_decl kn__table_sensitivity;
kn_status kn__trade_add_draws(const kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn_scenario *scenario,
                              const kn__trade_options *options, kn_result *result);

/* Table `wedges` of quotas and overcapacity, where the scenario has any. */
extern const kn_table_decl kn__table_wedges;
kn_status kn__trade_add_wedges(const kn__trade_run *run, kn_context *ctx,
                               const kn_network *net, kn_result *result);

/* Reports again, with labels, what a solver refused for KN_ERR_DATA. */
kn_status kn__trade_explain(kn_context *ctx, const kn__trade_model *model,
                            const kn_network *net, const kn__trouble *trouble);

/* The same by the one-sector model: fills run->model, run->effects (terms and volume of
   trade are NaN: the model has none) and run->after.residual. Tariffs are costs without
   revenue. Errors: KN_ERR_DATA for measures on single products or on capacity. */
kn_status kn__trade_solve_gravity(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                                  const kn_network *net, const kn_scenario *scenario,
                                  const kn__trade_options *options);

/* All trade of a network between the economies of `model`, as kn__gravity wants it:
   trade[i N + n] = flows and final demand that n buys from i; sums below 0 become 0. */
kn_status kn__trade_aggregate(double **trade, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn__trade_model *model);

/* Shared by the models: refuses what cannot go together. */
kn_status kn__trade_check_options(kn_context *ctx, const kn__trade_options *options);

#endif
