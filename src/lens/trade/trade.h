/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TRADE_H
#define KN_LENS_TRADE_TRADE_H

#include "kaname/lens.h"
#include "lens/trade/trade_shock.h"

/* What happens to an economy's trade deficit. */
typedef enum kn__trade_deficits {
    KN__DEFICITS_REMOVE,
    KN__DEFICITS_KEEP
} kn__trade_deficits;

/* Options of the lens `trade`; `kn_lens_run` fills them from the declaration. */
typedef struct kn__trade_options {
    int32_t variant;  /* kn__trade_variant */
    int32_t deficits; /* kn__trade_deficits */
    double elasticity, scale;
} kn__trade_options;

/* A counterfactual with everything needed to report it. */
typedef struct kn__trade_run {
    kn__trade_model model; /* rebased to the solved baseline */
    kn__cp_shock shock;
    kn__cp_state before, after;
    kn__cp_effects effects;
    double baseline_residual;
} kn__trade_run;

/* Network and scenario → baseline solved, counterfactual solved, effects. A scenario
   without measures gives exactly zero effects. Returns KN_NOTE_NOT_CONVERGED with the
   residual in run->after.residual. Errors: those of the parts; a buyer left without any
   supplier is named. */
kn_status kn__trade_solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn_network *net, const kn_scenario *scenario,
                          const kn__trade_options *options);

#endif
