/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/trade/trade.h"

/* Tables miss a cost share of 1 by rounding; the nests need it exactly. */
static void close_costs(kn__cp *m)
{
    int32_t N = m->economies, J = m->sectors;
    for (int32_t n = 0; n < N; n++)
        for (int32_t j = 0; j < J; j++) {
            double sum = 0, *input = m->input_share + (int64_t)n * J * J + j;
            for (int32_t k = 0; k < J; k++)
                sum += input[(int64_t)k * J];
            double scale = sum > 0 ? (1 - m->value_share[n * J + j]) / sum : 0;
            if (!(sum > 0))
                m->value_share[n * J + j] = 1;
            for (int32_t k = 0; k < J; k++)
                input[(int64_t)k * J] *= scale;
        }
}

/* The nested equilibrium as a state of the sector model, for its tables. */
static void copy_after(kn__trade_run *run, const kn__nested_state *s)
{
    const kn__cp *m = &run->model.cp;
    size_t N = (size_t)m->economies, cells = N * (size_t)m->sectors;
    kn__cp_state *after = &run->after;
    memcpy(after->cost, s->cost, cells * sizeof(double));
    memcpy(after->price, s->price, cells * sizeof(double));
    memcpy(after->spend, s->spend, cells * sizeof(double));
    memcpy(after->share, s->share, cells * N * sizeof(double));
    memcpy(after->income, s->income, N * sizeof(double));
    for (size_t n = 0; n < N; n++) {
        double now = 0;
        for (size_t at = n; at < cells; at += N)
            now += s->value_share[at] * s->revenue[at];
        after->wage[n] = now / m->value_added[n];
    }
    after->residual = s->residual;
    after->walras = s->walras;
    after->evaluations = s->steps;
}

/* The sector model's effects, with the indices that the nests mean. */
static void set_effects(kn__trade_run *run, const kn__nested_state *s)
{
    kn__cp_effects *e = &run->effects;
    kn__cp_effects_of(e, &run->model.cp, &run->before, &run->after, &run->shock);
    for (int32_t n = 0; s && n < run->model.cp.economies; n++) {
        e->price_index[n] = s->price_index[n] - 1;
        e->real_income_exact[n] = s->real[n] - 1;
        e->real_wage[n] = run->after.wage[n] / s->price_index[n] - 1;
    }
}

kn_status kn__trade_solve_network(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                                  const kn_network *net, const kn_scenario *scenario,
                                  const kn__trade_options *options)
{
    *run = (kn__trade_run){0};
    double theta = kn__trade_horizon_elasticity(options->horizon);
    kn__trade_setup setup = {(kn__trade_variant)options->variant,
                             theta > 0 ? theta : options->elasticity, options->scale};
    kn__cp *cp = &run->model.cp;
    kn__nested nested = {.cp = cp,
                         .base = &run->before,
                         .value_elasticity = options->value_elasticity,
                         .input_elasticity = options->input_elasticity,
                         .final_elasticity = options->final_elasticity,
                         .mobile = options->factors == 1};
    kn__nested_shock shock;
    kn__nested_state state;
    KN__TRY(kn__trade_check_options(ctx, options));
    KN__TRY(kn__progress(ctx, "solving the baseline", 0));
    KN__TRY(kn__trade_model_new(&run->model, ctx, arena, net, &setup));
    KN__TRY(kn__trade_nested_shock_of(&shock, ctx, arena, &run->model, net, scenario));
    run->shock = (kn__cp_shock){.tariff = shock.tariff, .iceberg = shock.iceberg};
    close_costs(cp);
    kn_status found = kn__trade_baseline(run, ctx, arena, options);
    if (found < 0)
        return found;
    if (!shock.tariff && !shock.iceberg && !shock.capacity && !shock.demand) {
        set_effects(run, NULL);
        return found;
    }
    KN__TRY(kn__progress(ctx, "solving the counterfactual", 0.5));
    KN__TRY(kn__nested_state_new(&state, ctx, arena, cp));
    kn_status status = kn__nested_solve(&state, ctx, &nested, &shock);
    if (status == KN_ERR_DATA && state.lost >= 0)
        return kn__trade_lost_buyer(ctx, run, net, state.lost);
    if (status < 0)
        return status;
    copy_after(run, &state);
    set_effects(run, &state);
    return found ? found : status;
}
