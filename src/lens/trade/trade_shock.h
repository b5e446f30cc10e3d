/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TRADE_SHOCK_H
#define KN_LENS_TRADE_TRADE_SHOCK_H

#include "lens/trade/nested.h"
#include "lens/trade/trade_model.h"
#include "network/measure.h"

/* The operations that have a meaning after all has adjusted, as bits of
 * kn_lens.operations. */
enum {
    KN__TRADE_OPERATIONS = 1 << KN__TARIFF | 1 << KN__TARIFF_SCHEDULE |
                           1 << KN__TRADE_COST | 1 << KN__EXPORT_BAN |
                           1 << KN__CAPACITY_LOSS | 1 << KN__CAPACITY_GAIN |
                           1 << KN__DEMAND_CHANGE
};

/* A scenario as a shock of the model. Days do not matter: what a measure says holds for
   good. Measures on the same pair add up (tariff), multiply (trade_cost, capacity) or are
   joined (export_ban). An array stays NULL where no measure touches it. Errors:
   KN_ERR_DATA for a measure on single products where the model has one sector or factor
   supply is by economy, and for a tariff schedule the network does not keep. */
kn_status kn__trade_shock_of(kn__cp_shock *shock, kn_context *ctx, kn__arena *arena,
                             const kn__trade_model *model, const kn_network *net,
                             const kn_scenario *scenario);

/* The same for the nested network, where factor supply and final demand are by sector: a
   demand_change changes the weight of a product in final demand; what it gains the others
   lose, so that one on all products is refused. */
kn_status kn__trade_nested_shock_of(kn__nested_shock *shock, kn_context *ctx,
                                    kn__arena *arena, const kn__trade_model *model,
                                    const kn_network *net, const kn_scenario *scenario);

#endif
