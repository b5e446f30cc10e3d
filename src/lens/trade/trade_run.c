/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/trade/trade.h"

double kn__trade_horizon_elasticity(int32_t horizon)
{
    static const double after_a_year = 0.76, after_ten = 2;
    switch (horizon) {
    case KN__HORIZON_SHORT:
        return after_a_year;
    case KN__HORIZON_MEDIUM:
        return sqrt(after_a_year * after_ten);
    case KN__HORIZON_LONG:
        return after_ten;
    default:
        return 0;
    }
}

kn_status kn__trade_check_options(kn_context *ctx, const kn__trade_options *options)
{
    if (options->horizon != KN__HORIZON_SECTORS && options->elasticity > 0)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--horizon and --elasticity both set the trade elasticity; give "
                        "one of them");
    if (options->model != KN__TRADE_GRAVITY && options->deficits == KN__DEFICITS_SCALE)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--deficits scale needs --model gravity; with sectors deficits "
                        "are kept or removed");
    if (options->model == KN__TRADE_GRAVITY && options->variant != KN__TRADE_FULL)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--variant needs --model caliendo-parro; gravity has one sector "
                        "without inputs");
    return KN_OK;
}

/* The solved baseline as a state of the rebased model: every hat is 1. */
static void set_before(kn__cp_state *state, const kn__cp *model)
{
    int32_t N = model->economies;
    for (int32_t n = 0; n < N; n++)
        state->wage[n] = 1;
    for (int64_t k = 0; k < (int64_t)model->sectors * N; k++)
        state->cost[k] = state->price[k] = 1;
}

static void copy_state(kn__cp_state *to, const kn__cp_state *from, const kn__cp *model)
{
    size_t N = (size_t)model->economies, cells = N * (size_t)model->sectors;
    memcpy(to->wage, from->wage, N * sizeof(double));
    memcpy(to->income, from->income, N * sizeof(double));
    memcpy(to->cost, from->cost, cells * sizeof(double));
    memcpy(to->price, from->price, cells * sizeof(double));
    memcpy(to->spend, from->spend, cells * sizeof(double));
    memcpy(to->share, from->share, cells * N * sizeof(double));
    to->residual = from->residual;
    to->walras = from->walras;
}

kn_status kn__trade_lost_buyer(kn_context *ctx, const kn__trade_run *run,
                               const kn_network *net, int64_t row)
{
    int32_t N = run->model.cp.economies, j = (int32_t)(row / N), n = (int32_t)(row % N);
    int32_t product = run->model.product[j];
    kn_context_clear(ctx);
    return kn__fail(ctx, KN_ERR_DATA,
                    "the bans leave %s without any supplier of %s: an equilibrium has no "
                    "price for it; ban a part, or raise trade_cost instead",
                    net->economies[run->model.economy[n]].code,
                    product < 0 ? "goods" : net->products[product].id);
}

kn_status kn__trade_baseline(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                             const kn__trade_options *options)
{
    kn__cp *cp = &run->model.cp;
    KN__TRY(kn__cp_state_new(&run->before, ctx, arena, cp));
    KN__TRY(kn__cp_state_new(&run->after, ctx, arena, cp));
    KN__TRY(kn__cp_effects_new(&run->effects, ctx, arena, cp));
    double *none = KN__ARRAY(arena, ctx, cp->economies, double);
    if (!none)
        return KN_ERR_MEMORY;
    kn__cp_shock start = {.deficit =
                              options->deficits == KN__DEFICITS_REMOVE ? none : NULL};
    kn_status status = kn__cp_solve(&run->before, ctx, cp, &start);
    if (status < 0)
        return status;
    run->baseline_residual = run->before.residual;
    kn__cp_rebase(cp, &run->before, &start);
    set_before(&run->before, cp);
    copy_state(&run->after, &run->before, cp);
    return status;
}

static bool is_null(const kn__cp_shock *shock)
{
    return !shock->tariff && !shock->iceberg && !shock->deficit && !shock->capacity;
}

kn_status kn__trade_solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn_network *net, const kn_scenario *scenario,
                          const kn__trade_options *options)
{
    *run = (kn__trade_run){0};
    double theta = kn__trade_horizon_elasticity(options->horizon);
    kn__trade_setup setup = {(kn__trade_variant)options->variant,
                             theta > 0 ? theta : options->elasticity, options->scale};
    kn__cp *cp = &run->model.cp;
    KN__TRY(kn__trade_check_options(ctx, options));
    KN__TRY(kn__progress(ctx, "solving the baseline", 0));
    KN__TRY(kn__trade_model_new(&run->model, ctx, arena, net, &setup));
    KN__TRY(kn__trade_shock_of(&run->shock, ctx, arena, &run->model, net, scenario));
    kn_status status = kn__trade_baseline(run, ctx, arena, options);
    if (status < 0)
        return status;
    kn_status found = status;
    if (!is_null(&run->shock)) {
        KN__TRY(kn__progress(ctx, "solving the counterfactual", 0.5));
        status = kn__cp_solve(&run->after, ctx, cp, &run->shock);
        if (status == KN_ERR_DATA && run->after.evaluations < 0)
            return kn__trade_lost_buyer(ctx, run, net,
                                        -(int64_t)run->after.evaluations - 1);
        if (status < 0)
            return status;
        found = found ? found : status;
    }
    kn__cp_effects_of(&run->effects, cp, &run->before, &run->after, &run->shock);
    return found;
}
