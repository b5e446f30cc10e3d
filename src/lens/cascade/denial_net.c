/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/denial_net.h"

#include <math.h>

/* CES: elasticity between an input and all others, at once and after a year. Firms hit by
   the 2011 earthquake used inputs in almost fixed proportions for months (Boehm, Flaaen
   and Pandalai-Nayar 2019: 0.03 to 0.2); a year: near 0.1 for intermediates by Atalay
   2017, 0.2 to 0.9 across the layers in Baqaee and Farhi 2024. */
static const double SIGMA_START[KN__END_COUNT] = {0.20, 0.10, 0.05};
static const double SIGMA_LATER[KN__END_COUNT] = {0.90, 0.50, 0.20};
static const double SIGMA_DAYS = 360;

static double known(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

/* ---- Parameters ---- */

static kn_status set_products(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                              const kn_network *net)
{
    int64_t q_count = m->products;
    double *columns[5];
    bool table = !net->has_recipes;
    for (int k = 0; k < 5; k++) {
        columns[k] = KN__ARRAY(arena, ctx, q_count, double);
        if (!columns[k])
            return KN_ERR_MEMORY;
    }
    for (int64_t q = 0; q < q_count; q++) {
        const kn__product *p = &net->products[q];
        columns[0][q] = known(p->substitute_share, 0);
        columns[1][q] = known(p->substitute_days, 0);
        columns[2][q] = known(p->reroute_share, table ? KN__TABLE_REROUTE_SHARE : 0);
        columns[3][q] = known(p->reroute_days, table ? KN__TABLE_REROUTE_DAYS : 0);
        columns[4][q] = known(p->spare_days, 0);
    }
    m->substitute_share = columns[0];
    m->substitute_days = columns[1];
    m->reroute_share = columns[2];
    m->reroute_days = columns[3];
    m->spare_days = columns[4];
    return KN_OK;
}

static kn_status set_pairs(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                           const kn_network *net, const kn__pools *pools)
{
    int64_t cells = (int64_t)m->products * m->economies;
    double *stock = KN__ARRAY(arena, ctx, cells, double);
    double *spare = KN__ARRAY(arena, ctx, cells, double);
    double *value = KN__ARRAY(arena, ctx, cells, double);
    unsigned char *makes = KN__ARRAY(arena, ctx, cells, unsigned char);
    unsigned char *always = KN__ARRAY(arena, ctx, m->economies, unsigned char);
    if (!stock || !spare || !value || !makes || !always)
        return KN_ERR_MEMORY;
    for (int64_t at = 0; at < cells; at++) {
        stock[at] = known(net->stock_days[at], KN__UNKNOWN_STOCK_DAYS);
        spare[at] = known(pools->spare[at], 0);
        value[at] = pools->value_added[at] > 0 ? pools->value_added[at] : 0;
        makes[at] = pools->output[at] > 0;
    }
    if (net->zzu >= 0)
        always[net->zzu] = 1;
    m->stock_days = stock;
    m->spare = spare;
    m->value_added = value;
    m->makes = makes;
    m->always = always;
    m->unseen = net->zzu;
    m->flow = pools->flow;
    m->use = pools->use;
    m->output = pools->output;
    return KN_OK;
}

/* ---- Recipes and equipment ---- */

static kn_status set_inputs(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                            const kn_network *net)
{
    static const kn__denial_class class_of[] = {[KN__ESSENTIAL] = KN__CLASS_ESSENTIAL,
                                                [KN__IMPORTANT] = KN__CLASS_IMPORTANT,
                                                [KN__MINOR] = KN__CLASS_MINOR};
    kn__denial_input *inputs = KN__ARRAY(arena, ctx, net->recipe_count, kn__denial_input);
    if (!inputs)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *r = &net->recipes[k];
        inputs[k] = (kn__denial_input){
            .user = r->product, .input = r->input, .class = class_of[r->criticality]};
        for (int end = 0; end < KN__END_COUNT; end++)
            inputs[k].weight[end] = r->criticality == KN__MINOR
                                        ? known(r->cost_share, 0)
                                        : known(r->dependent[end], 1);
    }
    m->inputs = inputs;
    m->input_count = net->recipe_count;
    return KN_OK;
}

static kn_status set_tools(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                           const kn_network *net)
{
    kn__denial_tool *tools = KN__ARRAY(arena, ctx, net->equipment_count, kn__denial_tool);
    if (!tools)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->equipment_count; k++) {
        const kn__equipment *e = &net->equipment[k];
        tools[k] = (kn__denial_tool){
            .user = e->product,
            .tool = e->tool,
            .service_days = known(e->service_months, INFINITY) * 365 / 12,
            .service_dependence = known(e->service_dependence, 0),
            .life_days = known(e->life_years, INFINITY) * 365,
            .growth = known(e->growth, 0),
            .dependent = net->products[e->product].kind == KN__INDUSTRY
                             ? known(e->service_dependence, 1)
                             : 1};
    }
    m->tools = tools;
    m->tool_count = net->equipment_count;
    return KN_OK;
}

/* ---- Tables: CES inputs ---- */

/* Of a spliced network: the goods of an industry that a user's recipe does not list. A
   chain product acts by recipes alone: with an elasticity below 1 an input that runs out
   stops everybody who bought the smallest amount of it. */
static bool acts_by_cost(const kn_network *net, int32_t user, int32_t input)
{
    if (!net->has_recipes)
        return true;
    return net->products[input].kind == KN__INDUSTRY &&
           !kn__network_has_input(net, user, input);
}

/* θ[p][d][q] += Z / x over producers i of q that sell to j, a maker of p in d. */
static void add_cost(double *theta, const kn_network *net, int32_t i, int32_t j, double z)
{
    int64_t q_count = net->product_count, e_count = net->economy_count;
    const kn__producer *from = &net->producers[i], *to = &net->producers[j];
    theta[(to->product * e_count + to->economy) * q_count + from->product] += z;
}

static void add_costs(double *theta, const kn_network *net)
{
    const kn__flows *flows = &net->flows;
    for (int32_t i = 0; i < flows->n; i++) {
        if (flows->is_dense)
            for (int32_t j = 0; j < flows->n; j++)
                add_cost(theta, net, i, j, flows->dense[(int64_t)i * flows->n + j]);
        else
            for (int64_t k = flows->rows.start[i]; k < flows->rows.start[i + 1]; k++)
                add_cost(theta, net, i, flows->rows.index[k], flows->rows.value[k]);
    }
}

static kn_status set_ces(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                         const kn_network *net)
{
    int64_t q_count = m->products, cells = q_count * m->economies;
    kn__denial_ces *ces = KN__NEW(arena, ctx, kn__denial_ces);
    double *theta = KN__ARRAY(arena, ctx, cells * q_count, double);
    if (!ces || !theta)
        return KN_ERR_MEMORY;
    bool any = !net->has_recipes;
    add_costs(theta, net);
    for (int64_t at = 0; at < cells; at++)
        for (int64_t q = 0; q < q_count; q++) {
            double *share = &theta[at * q_count + q];
            bool acts = m->output[at] > 0 && *share > 0 &&
                        acts_by_cost(net, (int32_t)(at / m->economies), (int32_t)q);
            *share = acts ? *share / m->output[at] : 0;
            any = any || acts;
        }
    if (!any)
        return KN_OK;
    ces->cost_share = theta;
    ces->days = SIGMA_DAYS;
    for (int end = 0; end < KN__END_COUNT; end++) {
        ces->start[end] = SIGMA_START[end];
        ces->later[end] = SIGMA_LATER[end];
    }
    m->ces = ces;
    return KN_OK;
}

/* ---- Bounds of shares that are not known ---- */

static kn_status set_bounds(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn__pools *pools)
{
    int64_t e = m->economies, cells = m->products * e * e;
    double *low = KN__ARRAY(arena, ctx, cells, double);
    double *high = KN__ARRAY(arena, ctx, cells, double);
    if (!low || !high)
        return KN_ERR_MEMORY;
    for (int64_t at = 0; at < cells; at++)
        if (pools->use[at / (e * e) * e + at % e] > 0)
            kn__pools_share_bounds(pools, net, (int32_t)(at / (e * e)),
                                   (int32_t)(at / e % e), (int32_t)(at % e), &low[at],
                                   &high[at]);
    m->share_low = low;
    m->share_high = high;
    return KN_OK;
}

kn_status kn__denial_from_network(kn__denial_model *m, kn_context *ctx, kn__arena *arena,
                                  const kn_network *net, bool interval, double days)
{
    kn__pools pools;
    *m = (kn__denial_model){.products = net->product_count,
                            .economies = net->economy_count,
                            .slice_days = 30,
                            .slices = (int32_t)(days / 30)};
    KN__TRY(kn__pools_new(&pools, ctx, arena, net));
    KN__TRY(set_products(m, ctx, arena, net));
    KN__TRY(set_pairs(m, ctx, arena, net, &pools));
    if (net->has_recipes)
        KN__TRY(set_inputs(m, ctx, arena, net));
    KN__TRY(set_ces(m, ctx, arena, net));
    KN__TRY(set_tools(m, ctx, arena, net));
    if (net->has_recipes && interval)
        KN__TRY(set_bounds(m, ctx, arena, net, &pools));
    kn__denial_rules(m);
    return kn__denial_prepare(m, ctx, arena);
}

/* ---- What is said about a run ---- */

static kn_status check_null(kn_context *ctx, kn__arena *arena, const kn__denial_model *m)
{
    kn__denial_work *w;
    KN__TRY(kn__denial_work_new(&w, ctx, arena, m));
    int64_t cells = (int64_t)m->slices * m->economies;
    double *loss = KN__ARRAY(arena, ctx, cells, double);
    if (!loss)
        return KN_ERR_MEMORY;
    for (int end = 0; end < KN__END_COUNT; end++) {
        kn__denial_run(w, &(kn__shock){0}, (kn__denial_end)end,
                       &(kn__denial_result){.loss = loss});
        for (int64_t k = 0; k < cells; k++)
            if (loss[k] != 0)
                return kn__fail(ctx, KN_ERR_INTERNAL,
                                "the run without any denial does not give zero");
    }
    return KN_OK;
}

kn_status kn__denial_describe(kn_context *ctx, kn_result *result,
                              const kn__denial_model *m, const kn_network *net)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = check_null(ctx, arena, m);
    kn__arena_free(arena);
    KN__TRY(status);
    KN__TRY(kn_result_info(result, ctx, "null_shock", "exactly zero", 0));
    KN__TRY(kn_result_info(result, ctx, "slice_days", NULL, m->slice_days));
    KN__TRY(kn_result_info(result, ctx, "horizon_days", NULL, m->slices * m->slice_days));
    KN__TRY(kn_result_info(result, ctx, "inputs_act_by",
                           !m->ces            ? "recipe"
                           : net->has_recipes ? "recipe; CES cost shares outside recipes"
                                              : "CES cost shares",
                           0));
    if (net->has_recipes && m->ces)
        return kn_result_note(
            result, ctx,
            "Chain products act by recipes; what industries buy of each other outside "
            "recipes acts by its cost share (CES, elasticity %.2f at once, %.2f after a "
            "year; %.2f to %.2f in the low end, %.2f to %.2f in the high end).",
            SIGMA_START[1], SIGMA_LATER[1], SIGMA_START[0], SIGMA_LATER[0],
            SIGMA_START[2], SIGMA_LATER[2]);
    if (net->has_recipes)
        return KN_OK;
    return kn_result_note(
        result, ctx,
        "This network has no recipes: an input acts by its cost share (CES, elasticity "
        "%.2f at once, %.2f after a year; %.2f to %.2f in the low end, %.2f to %.2f in "
        "the high end). What an industry cannot do without is not known here, so the "
        "figures are central cases of a wide range. Assumed: stocks of %.0f days, no "
        "spare "
        "capacity, no substitutes beyond that elasticity; %.0f %% of a ban on single "
        "economies is bought elsewhere after %.0f days.",
        SIGMA_START[1], SIGMA_LATER[1], SIGMA_START[0], SIGMA_LATER[0], SIGMA_START[2],
        SIGMA_LATER[2], KN__UNKNOWN_STOCK_DAYS, KN__TABLE_REROUTE_SHARE * 100,
        KN__TABLE_REROUTE_DAYS);
}
