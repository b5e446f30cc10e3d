/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/trade/gravity.h"
#include "lens/trade/trade.h"

enum { DEFAULT_THETA = 5 };

static const double at_rest = 1e-8; /* real income without any measure */
static const double close = 1e-6;   /* residual of figures worth telling */

static void add(double *trade, const kn_network *net, const kn__trade_model *model,
                int32_t seller, int32_t buyer_economy, double value)
{
    int32_t i = model->economy_at[net->producers[seller].economy];
    int32_t n = model->economy_at[buyer_economy];
    if (i >= 0 && n >= 0)
        trade[(int64_t)i * model->cp.economies + n] += value;
}

kn_status kn__trade_aggregate(double **trade, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn__trade_model *model)
{
    int64_t square = (int64_t)model->cp.economies * model->cp.economies;
    const kn__flows *z = &net->flows;
    double *sum = *trade = KN__ARRAY(arena, ctx, square, double);
    if (!sum)
        return KN_ERR_MEMORY;
    for (int32_t s = 0; s < z->n; s++) {
        if (z->is_dense)
            for (int32_t u = 0; u < z->n; u++)
                add(sum, net, model, s, net->producers[u].economy,
                    z->dense[(int64_t)s * z->n + u]);
        else
            for (int64_t e = z->rows.start[s]; e < z->rows.start[s + 1]; e++)
                add(sum, net, model, s, net->producers[z->rows.index[e]].economy,
                    z->rows.value[e]);
        for (int32_t c = 0; c < net->final_count; c++)
            add(sum, net, model, s, net->finals[c].economy,
                net->final_demand[(int64_t)s * net->final_count + c]);
    }
    for (int64_t k = 0; k < square; k++)
        sum[k] = fmax(0, sum[k]);
    return KN_OK;
}

/* B = ((1 + tau') iceberg)^-theta, exporter by importer. */
static kn_status cost_change(double **change, kn_context *ctx, kn__arena *arena,
                             const kn__cp_shock *shock, int32_t N, double theta)
{
    *change = KN__ARRAY(arena, ctx, (int64_t)N * N, double);
    if (!*change)
        return KN_ERR_MEMORY;
    for (int32_t n = 0; n < N; n++)
        for (int32_t i = 0; i < N; i++) {
            int64_t at = (int64_t)n * N + i;
            double factor = (shock->tariff ? 1 + shock->tariff[at] : 1) *
                            (shock->iceberg ? shock->iceberg[at] : 1);
            (*change)[(int64_t)i * N + n] = pow(factor, -theta);
        }
    return KN_OK;
}

static double growth(double after, double before)
{
    return before > 0 ? after / before - 1 : NAN;
}

/* Changes between two sets of flows; `g` is NULL where nothing happened. */
static void fill_effects(kn__trade_run *run, const double *before, const double *after,
                         const kn__gravity_state *g)
{
    kn__cp_effects *e = &run->effects;
    int32_t N = run->model.cp.economies;
    for (int32_t n = 0; n < N; n++) {
        double flows[4] = {0};
        for (int32_t i = 0; i < N; i++) {
            int64_t bought = (int64_t)i * N + n, sold = (int64_t)n * N + i;
            e->terms_by_partner[n * N + i] = e->volume_by_partner[n * N + i] = NAN;
            e->imports_by_partner[n * N + i] = growth(after[bought], before[bought]);
            flows[0] += i == n ? 0 : before[bought];
            flows[1] += i == n ? 0 : after[bought];
            flows[2] += i == n ? 0 : before[sold];
            flows[3] += i == n ? 0 : after[sold];
        }
        e->imports_change[n] = growth(flows[1], flows[0]);
        e->exports_change[n] = growth(flows[3], flows[2]);
        e->welfare_first_order[n] = e->terms_of_trade[n] = e->volume_of_trade[n] = NAN;
        e->real_income_exact[n] = g ? g->welfare[n] - 1 : 0;
        e->real_wage[n] = g ? g->wage[n] / g->price[n] - 1 : 0;
        e->price_index[n] = g ? g->price[n] - 1 : 0;
    }
}

/* No figures where there is no equilibrium. */
static void forget(kn__gravity_state *g, int32_t N)
{
    for (int64_t k = 0; k < (int64_t)N * N; k++)
        g->trade[k] = NAN;
    for (int32_t n = 0; n < N; n++)
        g->wage[n] = g->price[n] = g->welfare[n] = NAN;
}

/* The null test: what the model starts from is its own solution without any change. */
static kn_status check_null(kn__gravity_state *g, kn_context *ctx,
                            const kn__gravity *model)
{
    double off = 0;
    kn__gravity rest = *model;
    rest.change = NULL;
    KN__TRY(kn__gravity_solve(g, ctx, &rest));
    for (int32_t n = 0; n < model->economies; n++)
        off = fmax(off, fabs(g->welfare[n] - 1));
    if (off <= at_rest)
        return KN_OK;
    return kn__fail(ctx, KN_ERR_INTERNAL,
                    "gravity: without any measure, real income is off by %.3g", off);
}

static kn_status solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                       const kn_network *net, const double *trade,
                       const kn__trade_options *options)
{
    int32_t N = run->model.cp.economies;
    kn__gravity_state base, after;
    kn__gravity model = {.economies = N,
                         .trade = trade,
                         .theta = run->model.cp.elasticity[0],
                         .balanced = options->deficits == KN__DEFICITS_REMOVE};
    double *change;
    kn_status found = KN_OK;
    KN__TRY(kn__gravity_state_new(&base, ctx, arena, N));
    KN__TRY(kn__gravity_state_new(&after, ctx, arena, N));
    KN__TRY(cost_change(&change, ctx, arena, &run->shock, N, model.theta));
    if (model.balanced) {
        KN__TRY(found = kn__gravity_solve(&base, ctx, &model));
        run->baseline_residual = base.residual;
        model.trade = base.trade;
    }
    if (!run->shock.tariff && !run->shock.iceberg) {
        fill_effects(run, model.trade, model.trade, NULL);
        return found;
    }
    model.change = change;
    model.multiplicative = options->deficits == KN__DEFICITS_SCALE;
    KN__TRY(check_null(&base, ctx, &model));
    kn_status status = kn__gravity_solve(&after, ctx, &model);
    run->after.trouble = after.trouble;
    if (status == KN_ERR_DATA)
        return kn__trade_explain(ctx, &run->model, net, &after.trouble);
    if (status < 0)
        return status;
    run->after.residual = after.residual;
    run->after.cuts = after.cuts;
    if (!(after.residual <= close))
        forget(&after, N);
    fill_effects(run, model.trade, after.trade, &after);
    return found ? found : status;
}

kn_status kn__trade_solve_gravity(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                                  const kn_network *net, const kn_scenario *scenario,
                                  const kn__trade_options *options)
{
    *run = (kn__trade_run){0};
    double theta = kn__trade_horizon_elasticity(options->horizon);
    theta = theta > 0 ? theta : options->elasticity;
    kn__trade_setup setup = {.variant = KN__TRADE_ONE_SECTOR,
                             .elasticity = theta > 0 ? theta : DEFAULT_THETA,
                             .scale = options->scale};
    double *trade;
    KN__TRY(kn__trade_check_options(ctx, options));
    KN__TRY(kn__trade_model_new(&run->model, ctx, arena, net, &setup));
    KN__TRY(kn__trade_policy_of(&run->policy, ctx, arena, &run->model, KN__TRADE_GRAVITY,
                                net, scenario));
    run->shock =
        (kn__cp_shock){.tariff = run->policy.tariff, .iceberg = run->policy.iceberg};
    KN__TRY(kn__trade_aggregate(&trade, ctx, arena, net, &run->model));
    KN__TRY(kn__cp_effects_new(&run->effects, ctx, arena, &run->model.cp));
    return solve(run, ctx, arena, net, trade, options);
}
