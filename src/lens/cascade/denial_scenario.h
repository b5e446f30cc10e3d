/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_SCENARIO_H
#define KN_LENS_CASCADE_DENIAL_SCENARIO_H

#include "lens/cascade/denial.h"
#include "network/measure.h"

#define KN__DENIAL_OPERATIONS                                                            \
    (1u << KN__EXPORT_BAN | 1u << KN__EXPORT_QUOTA | 1u << KN__CAPACITY_LOSS |           \
     1u << KN__STOCK_RELEASE)

/* The measures of a scenario as one joint shock. A ban or quota to everyone ("*") is a
   stop: goods cannot be passed on, and the senders go on trading with each other. To
   named economies it is targeted; it then also holds between senders that are named.
   Errors: KN_ERR_USAGE for other operations, KN_ERR_MEMORY. */
kn_status kn__shock_from_scenario(kn__shock *shock, kn_context *ctx, kn__arena *arena,
                                  const kn__denial_model *model,
                                  const kn_scenario *scenario);

#endif
