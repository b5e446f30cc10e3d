/* SPDX-License-Identifier: Apache-2.0 */
/* Published models as settings of the engine, and kaname's own. */
#include <string.h>

#include "lens/cascade/engine.h"

typedef struct preset {
    const char *name;
    kn__engine_rule rule;
} preset;

/* What a model does not speak of, for those who mix choices. */
#define COMMON                                                                           \
    .elasticity = 0.1, .search_steps = 90, .search_share = 0.5, .adapt_after = 2,        \
    .adapt_base = 1, .price_steps = 30, .price_most = 3, .price_elasticity = 0.5

static const preset presets[] = {
    /* Stocks are there to be used: output falls when one is used up, not before. Orders
       follow what can be made, so that a shortage makes no phantom demand; the stock
       target stays at normal use: one that follows demand makes each tier's orders swing
       by 1 + n / restore of those of the tier before. */
    {"kaname",
     {COMMON, .make = KN__MAKE_HALF, .need_steps = 1, .flow_on = KN__BASIS_FEASIBLE,
      .restore_steps = 30, .sourcing = KN__SOURCE_SEARCH,
      .rationing = KN__RATION_PROPORTIONAL, .adaptation = KN__ADAPT_OVERPRODUCE,
      .adapt_steps = 90, .adapt_most = 1.05, .stock_steps = 30}},
    /* Hallegatte 2008, 2014, as in BoARIO 0.6.4. */
    {"ario",
     {COMMON, .make = KN__MAKE_LEONTIEF, .need = 0.8, .flow_on = KN__BASIS_OUTPUT,
      .target_on = KN__BASIS_FEASIBLE, .restore_steps = 60, .gap_only_up = true,
      .sourcing = KN__SOURCE_CAPACITY, .final_fixed = true,
      .rationing = KN__RATION_PROPORTIONAL, .adaptation = KN__ADAPT_OVERPRODUCE,
      .adapt_steps = 365, .adapt_most = 1.25, .stock_steps = 90, .idle_stops = true,
      .boario_tolerance = true}},
    /* Inoue and Todo 2019. */
    {"inoue-todo",
     {COMMON, .make = KN__MAKE_LEONTIEF, .need_steps = 1, .flow_on = KN__BASIS_OUTPUT,
      .target_on = KN__BASIS_OUTPUT, .restore_steps = 6, .by_supplier = true,
      .sourcing = KN__SOURCE_FIXED, .rationing = KN__RATION_PROPORTIONAL,
      .adapt_steps = 90, .adapt_most = 1, .stock_steps = 15}},
    /* The same with the rationing of their program, which loses goods: for checks. */
    {"inoue-todo-code",
     {COMMON, .make = KN__MAKE_LEONTIEF, .need_steps = 1, .flow_on = KN__BASIS_OUTPUT,
      .target_on = KN__BASIS_OUTPUT, .restore_steps = 6, .by_supplier = true,
      .sourcing = KN__SOURCE_FIXED, .rationing = KN__RATION_WATER, .in_rounds = true,
      .adapt_steps = 90, .adapt_most = 1, .stock_steps = 15}},
    /* Pichler et al. 2022. */
    {"pichler",
     {COMMON, .make = KN__MAKE_HALF, .need_steps = 1, .flow_on = KN__BASIS_DEMAND,
      .restore_steps = 14, .sourcing = KN__SOURCE_FIXED,
      .rationing = KN__RATION_PROPORTIONAL, .adaptation = KN__ADAPT_HIRE,
      .adapt_steps = 7, .adapt_most = 1, .stock_steps = 30, .returns = true,
      .idle_stops = true}},
    /* Guan et al. 2020: the whole gap is ordered at once. */
    {"guan",
     {COMMON, .make = KN__MAKE_LEONTIEF, .need_steps = 1, .restore_steps = 1,
      .gap_only_up = true, .sourcing = KN__SOURCE_FIXED,
      .rationing = KN__RATION_PROPORTIONAL, .adapt_steps = 90, .adapt_most = 1,
      .stock_steps = 5, .start_steps = 4, .debts = true, .idle_stops = true}},
};

bool kn__engine_preset(kn__engine_rule *rule, const char *name)
{
    for (size_t k = 0; k < sizeof presets / sizeof *presets; k++)
        if (!strcmp(name, presets[k].name)) {
            *rule = presets[k].rule;
            return true;
        }
    return false;
}
