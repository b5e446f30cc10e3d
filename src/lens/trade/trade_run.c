/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/trade/trade.h"

static const double at_rest = 1e-8; /* residual of a baseline, every hat 1 */
static const double close = 1e-6;   /* residual of figures worth telling */

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

kn__trade_setup kn__trade_setup_of(const kn__trade_options *options)
{
    double theta = kn__trade_horizon_elasticity(options->horizon);
    return (kn__trade_setup){.variant = (kn__trade_variant)options->variant,
                             .elasticity = theta > 0 ? theta : options->elasticity,
                             .scale = options->scale,
                             .given = &options->elasticities,
                             .drawn = options->drawn};
}

kn_status kn__trade_check_options(kn_context *ctx, const kn__trade_options *options)
{
    if (options->horizon != KN__HORIZON_SECTORS && options->elasticity > 0)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--horizon and --elasticity both set the trade elasticity; give "
                        "one of them");
    bool one =
        options->model == KN__TRADE_GRAVITY || options->variant == KN__TRADE_ONE_SECTOR;
    if (one && options->elasticities.count)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--elasticities are by sector; a model of one sector takes "
                        "--elasticity");
    if (options->model == KN__TRADE_GRAVITY && options->draws)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--draws needs --model caliendo-parro or network: the elasticity "
                        "of gravity has no standard error; sweep --over "
                        "elasticity=LOW:HIGH instead");
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

/* Deficits nobody pays for, with the name of the debtor. */
static kn_status fail_unpaid(kn_context *ctx, const kn__trouble *trouble,
                             const char *debtor)
{
    switch (trouble->unpaid) {
    case KN__UNPAID_GROUP:
        return kn__fail(ctx, KN_ERR_DATA,
                        "the bans cut the world into groups; the trade deficits where "
                        "%s trades, the largest of them, add up to %.4g, and nobody "
                        "there can pay for them (--deficits remove)",
                        debtor, trouble->debt);
    case KN__UNPAID_INCOME:
        if (!(trouble->debt > 0))
            return kn__fail(ctx, KN_ERR_DATA,
                            "%s would pay more for tariffs below 0 than it earns: "
                            "nothing is left for it to spend",
                            debtor);
        return kn__fail(ctx, KN_ERR_DATA,
                        "%s keeps a trade surplus of %.4g and would earn less than "
                        "that: nothing is left for it to spend (--deficits remove)",
                        debtor, trouble->debt);
    default:
        return kn__fail(
            ctx, KN_ERR_DATA,
            "the bans leave %s, with a trade %s of %.4g, nothing to %s abroad "
            "(--deficits remove)",
            debtor, trouble->unpaid == KN__UNPAID_SELLER ? "surplus" : "deficit",
            trouble->debt, trouble->unpaid == KN__UNPAID_SELLER ? "sell" : "buy");
    }
}

kn_status kn__trade_explain(kn_context *ctx, const kn__trade_model *model,
                            const kn_network *net, const kn__trouble *trouble)
{
    int32_t N = model->cp.economies;
    if (trouble->lost < 0 && trouble->unpaid == KN__UNPAID_NOTHING)
        return KN_ERR_DATA; /* it has been explained already */
    kn_context_clear(ctx);
    if (trouble->unpaid != KN__UNPAID_NOTHING)
        return fail_unpaid(ctx, trouble,
                           net->economies[model->economy[trouble->debtor]].code);
    return kn__fail(ctx, KN_ERR_DATA,
                    "the bans leave %s without any supplier of %s: an equilibrium has no "
                    "price for it; ban a part, or raise trade_cost instead",
                    net->economies[model->economy[trouble->lost % N]].code,
                    kn__trade_sector(model, net, (int32_t)(trouble->lost / N)));
}

/* The baseline of `options` solved and taken as the base; the state before, all hats 1.
 */
static kn_status solve_baseline(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
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

kn_status kn__trade_prepare(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn_scenario *scenario,
                            const kn__trade_options *options)
{
    *run = (kn__trade_run){0};
    kn__trade_setup setup = kn__trade_setup_of(options);
    KN__TRY(kn__trade_check_options(ctx, options));
    KN__TRY(kn__progress(ctx, "solving the baseline", 0));
    KN__TRY(kn__trade_model_new(&run->model, ctx, arena, net, &setup));
    KN__TRY(kn__trade_policy_of(&run->policy, ctx, arena, &run->model,
                                (kn__trade_kind)options->model, net, scenario));
    run->market =
        (kn__market){.cp = &run->model.cp, .before = &run->before, .after = &run->after};
    if (options->model == KN__TRADE_NETWORK)
        KN__TRY(kn__trade_nests(run, ctx, arena, options));
    kn_status status = solve_baseline(run, ctx, arena, options);
    return status == KN_ERR_DATA
               ? kn__trade_explain(ctx, &run->model, net, &run->before.trouble)
               : status;
}

/* What the price at the border above cost adds to the first-order formula: exports gain
   it, imports pay it. */
static void add_levies(kn__trade_run *run)
{
    const kn__cp *m = &run->model.cp;
    kn__cp_effects *e = &run->effects;
    int64_t N = m->economies, J = m->sectors;
    for (int64_t at = 0; run->charges.levy && at < J * N * N; at++) {
        int64_t row = at / N, j = row / N, n = row % N, i = at % N;
        if (n == i || run->charges.levy[at] == 0)
            continue;
        double bought =
            run->before.share[at] * run->before.spend[row] / (1 + m->tariff[at]);
        double rise = bought * run->after.cost[j * N + i] * expm1(run->charges.levy[at]);
        double gain = rise / run->before.income[i], loss = rise / run->before.income[n];
        double fewer = m->tariff[at] * loss;
        e->terms_by_partner[i * N + n] += gain;
        e->terms_by_sector[i * J + j] += gain;
        e->terms_of_trade[i] += gain;
        e->welfare_first_order[i] += gain;
        e->terms_by_partner[n * N + i] -= loss;
        e->terms_by_sector[n * J + j] -= loss;
        e->terms_of_trade[n] -= loss;
        e->volume_by_partner[n * N + i] -= fewer;
        e->volume_by_sector[n * J + j] -= fewer;
        e->volume_of_trade[n] -= fewer;
        e->welfare_first_order[n] -= loss + fewer;
    }
}

/* The effects of run->after; price indices as the nests or the new tastes mean them. */
static void set_effects(kn__trade_run *run)
{
    kn__cp_effects *e = &run->effects;
    kn__cp model = run->model.cp;
    size_t N = (size_t)model.economies, J = (size_t)model.sectors;
    if (run->charges.final_share)
        model.final_share = run->charges.final_share;
    /* contributions by sector and partner are added up in place */
    memset(e->terms_by_partner, 0, N * N * sizeof(double));
    memset(e->volume_by_partner, 0, N * N * sizeof(double));
    memset(e->terms_by_sector, 0, N * J * sizeof(double));
    memset(e->volume_by_sector, 0, N * J * sizeof(double));
    kn__cp_effects_of(e, &model, &run->before, &run->after, &run->shock);
    add_levies(run);
    if (!run->market.nested || kn__policy_is_null(&run->policy))
        return;
    const kn__nested_state *s = &run->nested_after;
    for (size_t n = 0; n < N; n++) {
        e->price_index[n] = s->price_index[n] - 1;
        e->real_income_exact[n] = s->real[n] - 1;
        e->real_wage[n] = run->after.wage[n] / s->price_index[n] - 1;
    }
}

/* No figures where there is no equilibrium. */
static void forget(kn__trade_run *run)
{
    kn__cp_state *s = &run->after;
    int64_t N = run->model.cp.economies, cells = N * run->model.cp.sectors;
    double *const by_cell[] = {s->cost, s->price, s->spend};
    double *const by_economy[] = {s->wage, s->income, run->nested_after.price_index,
                                  run->nested_after.real};
    for (int k = 0; k < 3; k++)
        for (int64_t at = 0; at < cells; at++)
            by_cell[k][at] = NAN;
    for (int k = 0; k < (run->market.nested ? 4 : 2); k++)
        for (int64_t n = 0; n < N; n++)
            by_economy[k][n] = NAN;
    for (int64_t at = 0; at < cells * N; at++)
        s->share[at] = NAN;
    s->walras = s->trouble.reached == 1 ? s->walras : NAN;
}

kn_status kn__trade_counterfactual(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                                   const kn_network *net)
{
    kn_status status =
        kn__policy_solve(&run->charges, ctx, arena, &run->market, &run->policy);
    if (status == KN_ERR_DATA)
        return kn__trade_explain(ctx, &run->model, net, &run->after.trouble);
    if (status < 0)
        return status;
    if (status == KN_OK && !(run->after.walras <= close))
        status = KN_NOTE_NOT_CONVERGED;
    if (status > 0 && !(run->after.trouble.reached == 1 && run->after.residual <= close &&
                        run->after.walras <= close && run->charges.residual <= close))
        forget(run);
    run->shock = (kn__cp_shock){.tariff = run->charges.tariff};
    set_effects(run);
    return status;
}

/* ---- The null scenario ---- */

static bool all_zero(const double *x, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        if (x[k] != 0 && !isnan(x[k]))
            return false;
    return true;
}

/* The effects of no measure at all, every one of them. */
static kn_status check_zero(kn__trade_run *run, kn_context *ctx)
{
    const kn__cp_effects *e = &run->effects;
    int64_t N = run->model.cp.economies, J = run->model.cp.sectors;
    const struct {
        const char *name;
        const double *of;
        int64_t count;
    } effects[] = {{"real_income_exact", e->real_income_exact, N},
                   {"welfare_first_order", e->welfare_first_order, N},
                   {"real_wage", e->real_wage, N},
                   {"price_index", e->price_index, N},
                   {"exports_change", e->exports_change, N},
                   {"imports_change", e->imports_change, N},
                   {"flows.imports_change", e->imports_by_partner, N * N},
                   {"flows.terms_of_trade", e->terms_by_partner, N * N},
                   {"flows.volume_of_trade", e->volume_by_partner, N * N},
                   {"sectors.terms_of_trade", e->terms_by_sector, N * J},
                   {"sectors.volume_of_trade", e->volume_by_sector, N * J}};
    for (size_t k = 0; k < sizeof effects / sizeof *effects; k++)
        if (!all_zero(effects[k].of, effects[k].count))
            return kn__fail(ctx, KN_ERR_INTERNAL,
                            "trade: without any measure, %s is not zero",
                            effects[k].name);
    return KN_OK;
}

kn_status kn__trade_check_null(kn__trade_run *run, kn_context *ctx)
{
    kn__policy policy = run->policy;
    double residual;
    run->policy = (kn__policy){0};
    run->shock = (kn__cp_shock){0};
    set_effects(run);
    run->policy = policy;
    KN__TRY(check_zero(run, ctx));
    if (run->market.nested)
        KN__TRY(kn__nested_at_rest(&residual, &run->nested_after, ctx, &run->nested));
    else
        KN__TRY(kn__cp_at_rest(&residual, &run->after, ctx, &run->model.cp));
    copy_state(&run->after, &run->before, &run->model.cp);
    if (residual <= at_rest)
        return KN_OK;
    return kn__fail(ctx, KN_ERR_INTERNAL,
                    "trade: the baseline misses the equilibrium of its own model by %.3g "
                    "of factor income",
                    residual);
}

kn_status kn__trade_solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn_network *net, const kn_scenario *scenario,
                          const kn__trade_options *options)
{
    kn_status found = kn__trade_prepare(run, ctx, arena, net, scenario, options);
    if (found < 0)
        return found;
    if (found == KN_OK)
        KN__TRY(kn__trade_check_null(run, ctx));
    KN__TRY(kn__progress(ctx, "solving the counterfactual", 0.5));
    kn_status status = kn__trade_counterfactual(run, ctx, arena, net);
    return status < 0 || !found ? status : found;
}
