/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trade_shock.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"

typedef struct shock_build {
    kn_context *ctx;
    const kn__trade_model *model;
    const kn_network *net;
    const kn_scenario *scenario;
    bool by_sector; /* capacity and demand: [n J + j], else [n] */
    double *tariff, *iceberg, *capacity, *demand;
} shock_build;

static kn_status need(double **array, kn_context *ctx, kn__arena *arena, int64_t count,
                      const double *from)
{
    if (*array)
        return KN_OK;
    *array = KN__ARRAY(arena, ctx, count, double);
    for (int64_t k = 0; *array && k < count; k++)
        (*array)[k] = from ? from[k] : 1;
    return *array ? KN_OK : KN_ERR_MEMORY;
}

static bool is_all_products(const shock_build *b, const kn__measure *m)
{
    return m->products.count == b->net->product_count;
}

static kn_status refuse(const shock_build *b, const kn__measure *m, const char *why)
{
    return kn__fail(b->ctx, KN_ERR_DATA, "%s:%d: %s %s", b->scenario->path, m->line,
                    kn__op_name(m->op), why);
}

/* The schedule's rate of cell (j, n, i), which are indices of the model. */
static kn_status schedule_of(const double **rate, const shock_build *b,
                             const kn__measure *m)
{
    for (int32_t k = 0; k < b->net->tariff_count; k++)
        if (kn__text_equal(b->net->tariffs[k].name, m->name)) {
            *rate = b->net->tariffs[k].rate;
            return KN_OK;
        }
    return kn__fail(b->ctx, KN_ERR_NOT_FOUND, "%s:%d: %s keeps no tariff schedule \"%s\"",
                    b->scenario->path, m->line, b->net->name, m->name);
}

static void apply_cell(shock_build *b, const kn__measure *m, const double *schedule,
                       int32_t j, int32_t n, int32_t i)
{
    const kn__trade_model *model = b->model;
    int64_t N = model->cp.economies, at = (j * N + n) * N + i;
    int64_t E = b->net->economy_count;
    if (m->op == KN__TARIFF)
        b->tariff[at] = m->set ? m->value : b->tariff[at] + m->value;
    else if (m->op == KN__TARIFF_SCHEDULE)
        b->tariff[at] =
            schedule[(model->product[j] * E + model->economy[n]) * E + model->economy[i]];
    else if (m->op == KN__TRADE_COST)
        b->iceberg[at] *= m->value;
    else
        b->iceberg[at] = INFINITY;
}

static kn_status apply_to_pairs(shock_build *b, const kn__measure *m)
{
    const kn__trade_model *model = b->model;
    const double *schedule = NULL;
    bool one = model->product[0] < 0;
    if (one && !is_all_products(b, m))
        return refuse(b, m, "on single products needs sectors; this variant has one");
    if (m->op == KN__TARIFF_SCHEDULE) {
        if (one)
            return refuse(b, m, "needs sectors; this variant has one");
        KN__TRY(schedule_of(&schedule, b, m));
    }
    int32_t products = one ? 1 : m->products.count;
    for (int32_t p = 0; p < products; p++)
        for (int32_t t = 0; t < m->to.count; t++)
            for (int32_t f = 0; f < m->from.count; f++) {
                int32_t n = model->economy_at[m->to.id[t]];
                int32_t i = model->economy_at[m->from.id[f]];
                if (n >= 0 && i >= 0 && n != i)
                    apply_cell(b, m, schedule, one ? 0 : m->products.id[p], n, i);
            }
    return KN_OK;
}

/* A factor by sector; the one-sector variant takes only measures on all products. */
static void scale_sectors(const shock_build *b, const kn__measure *m, double *hat,
                          int32_t n, double factor)
{
    int32_t J = b->model->cp.sectors;
    if (b->model->product[0] < 0)
        hat[n] *= factor;
    for (int32_t p = 0; b->model->product[0] >= 0 && p < m->products.count; p++)
        hat[(int64_t)n * J + m->products.id[p]] *= factor;
}

static kn_status check_places(const shock_build *b, const kn__measure *m, double factor)
{
    bool demand = m->op == KN__DEMAND_CHANGE, all = is_all_products(b, m);
    if (demand && !b->by_sector)
        return refuse(b, m, "needs --model network");
    if (demand && all)
        return refuse(b, m,
                      "on all products changes nothing: income is spent all the same; "
                      "name products");
    if (!all && !b->by_sector)
        return refuse(
            b, m,
            "on single products: factors here move between sectors, so that only "
            "the whole economy's capacity can change (or use --model network)");
    if (!all && b->model->product[0] < 0)
        return refuse(b, m, "on single products needs sectors; this variant has one");
    return factor > 0 ? KN_OK
                      : refuse(b, m, "of everything leaves no economy to solve for");
}

static kn_status apply_to_places(shock_build *b, const kn__measure *m)
{
    double factor = m->op == KN__CAPACITY_LOSS ? 1 - m->value : 1 + m->value;
    double *hat = m->op == KN__DEMAND_CHANGE ? b->demand : b->capacity;
    KN__TRY(check_places(b, m, factor));
    for (int32_t e = 0; e < m->from.count; e++) {
        int32_t n = b->model->economy_at[m->from.id[e]];
        if (n >= 0 && b->by_sector)
            scale_sectors(b, m, hat, n, factor);
        else if (n >= 0)
            hat[n] *= factor;
    }
    return KN_OK;
}

static kn_status build_shock(shock_build *b, kn__arena *arena)
{
    const kn__trade_model *model = b->model;
    int64_t N = model->cp.economies, cells = model->cp.sectors * N * N;
    int64_t places = b->by_sector ? N * model->cp.sectors : N;
    for (int32_t k = 0; b->scenario && k < b->scenario->count; k++) {
        const kn__measure *m = &b->scenario->measures[k];
        bool tariff = m->op == KN__TARIFF || m->op == KN__TARIFF_SCHEDULE;
        bool pairs = tariff || m->op == KN__TRADE_COST || m->op == KN__EXPORT_BAN;
        if (tariff)
            KN__TRY(need(&b->tariff, b->ctx, arena, cells, model->cp.tariff));
        else if (pairs)
            KN__TRY(need(&b->iceberg, b->ctx, arena, cells, NULL));
        else if (m->op == KN__DEMAND_CHANGE)
            KN__TRY(need(&b->demand, b->ctx, arena, places, NULL));
        else
            KN__TRY(need(&b->capacity, b->ctx, arena, places, NULL));
        KN__TRY(pairs ? apply_to_pairs(b, m) : apply_to_places(b, m));
    }
    return KN_OK;
}

kn_status kn__trade_shock_of(kn__cp_shock *shock, kn_context *ctx, kn__arena *arena,
                             const kn__trade_model *model, const kn_network *net,
                             const kn_scenario *scenario)
{
    shock_build b = {.ctx = ctx, .model = model, .net = net, .scenario = scenario};
    *shock = (kn__cp_shock){0};
    KN__TRY(build_shock(&b, arena));
    *shock =
        (kn__cp_shock){.tariff = b.tariff, .iceberg = b.iceberg, .capacity = b.capacity};
    return KN_OK;
}

kn_status kn__trade_nested_shock_of(kn__nested_shock *shock, kn_context *ctx,
                                    kn__arena *arena, const kn__trade_model *model,
                                    const kn_network *net, const kn_scenario *scenario)
{
    shock_build b = {
        .ctx = ctx, .model = model, .net = net, .scenario = scenario, .by_sector = true};
    *shock = (kn__nested_shock){0};
    KN__TRY(build_shock(&b, arena));
    *shock = (kn__nested_shock){.tariff = b.tariff,
                                .iceberg = b.iceberg,
                                .capacity = b.capacity,
                                .demand = b.demand};
    return KN_OK;
}
