/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TRADE_SHOCK_H
#define KN_LENS_TRADE_TRADE_SHOCK_H

#include "lens/trade/policy.h"
#include "lens/trade/trade_model.h"
#include "network/measure.h"

/* The operations that have a meaning after all has adjusted, as bits of
 * kn_lens.operations. */
enum {
    KN__TRADE_OPERATIONS =
        1 << KN__TARIFF | 1 << KN__TARIFF_SCHEDULE | 1 << KN__TRADE_COST |
        1 << KN__EXPORT_BAN | 1 << KN__EXPORT_QUOTA | 1 << KN__CAPACITY_LOSS |
        1 << KN__CAPACITY_GAIN | 1 << KN__DEMAND_CHANGE | 1 << KN__OVERCAPACITY
};

typedef enum kn__trade_kind {
    KN__TRADE_CALIENDO_PARRO,
    KN__TRADE_GRAVITY,
    KN__TRADE_NETWORK
} kn__trade_kind;

/* A scenario as a policy of the model. Days do not matter: what a measure says holds for
   good. Measures on the same pair add up (tariff), multiply (trade_cost, capacity,
   demand, push) or the tightest holds (export_ban, export_quota). A demand_change changes
   the weight of a product in final demand; what it gains the others lose, so that one on
   all products is refused. An overcapacity `push` lets buyers take 1 + push times the
   quantity, relative to what rivals sell, at unchanged costs: by a price of (1 +
   push)^(-1 / (1 + theta)) of the cost. An array stays NULL where the measures change
   nothing. Errors: KN_ERR_DATA for what the model has no place for: measures on single
   products with one sector; of factor supply by sector, which only the nested network
   has; budgets and factors in gravity; KN_ERR_NOT_FOUND for a tariff schedule the network
   does not keep. */
kn_status kn__trade_policy_of(kn__policy *policy, kn_context *ctx, kn__arena *arena,
                              const kn__trade_model *model, kn__trade_kind kind,
                              const kn_network *net, const kn_scenario *scenario);

#endif
