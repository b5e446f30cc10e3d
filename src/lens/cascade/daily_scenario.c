/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/cascade/daily_late.h"
#include "lens/cascade/daily_measure.h"
#include "lens/cascade/daily_tools.h"

/* ---- Capacity, demand, stocks ---- */

static void change_capacity(kn__daily_day *day, const kn__daily_net *daily,
                            const kn__measure *m, double t)
{
    double times = m->op == KN__CAPACITY_LOSS ? 1 - m->value * kn__measure_force(m, t)
                                              : 1 + m->value * kn__measure_force(m, t);
    for (int32_t k = 0; k < m->products.count; k++) {
        int32_t q = m->products.id[k];
        for (int32_t i = daily->product_start[q]; i < daily->product_start[q + 1]; i++)
            if (kn__ids_has(m->from, daily->economy[i]))
                day->capacity[i] *= times;
    }
}

static void change_demand(kn__daily_day *day, const kn__daily_net *daily,
                          const kn__measure *m, double t)
{
    int64_t first = daily->engine.group_start[daily->n];
    for (int32_t e = 0; e < m->from.count; e++)
        for (int32_t k = 0; k < m->products.count; k++) {
            int64_t g =
                kn__daily_group(daily, daily->n + m->from.id[e], m->products.id[k]);
            if (g >= 0)
                day->wanted[g - first] *= fmax(0, 1 + m->value * kn__measure_force(m, t));
        }
}

void kn__daily_set(kn__daily_day *day, const kn__daily_net *daily,
                   const kn_scenario *scenario, double t)
{
    for (int32_t k = 0; k < day->drive.held_count; k++)
        day->capacity[day->held[k]] = 1;
    for (int32_t k = 0; k < day->drive.asked_count; k++)
        day->wanted[day->asked[k]] = day->renew[day->asked[k]] = 1;
    day->drive.held_count = day->named_held;
    day->drive.asked_count = day->named_asked;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (m->op == KN__CAPACITY_LOSS || m->op == KN__CAPACITY_GAIN)
            change_capacity(day, daily, m, t);
        else if (m->op == KN__DEMAND_CHANGE)
            change_demand(day, daily, m, t);
    }
    kn__daily_doors(day, daily, scenario, t + 1);
}

double kn__daily_release(kn__engine *engine, const kn__daily_net *daily,
                         const kn_scenario *scenario, double t)
{
    double added = 0;
    for (int32_t s = 0; s < scenario->count; s++) {
        const kn__measure *m = &scenario->measures[s];
        if (m->op != KN__STOCK_RELEASE || m->start_day != t)
            continue;
        for (int32_t j = 0; j < daily->n; j++)
            for (int32_t k = 0;
                 kn__ids_has(m->from, daily->economy[j]) && k < m->products.count; k++) {
                int64_t g = kn__daily_group(daily, j, m->products.id[k]);
                if (g < 0)
                    continue;
                kn__engine_add_stock(engine, g, m->value);
                added += m->value * kn__engine_use(engine, g);
            }
    }
    return added;
}

/* ---- Substitutes ---- */

double kn__daily_needed(const kn__daily_day *day, const kn__daily_net *daily,
                        int32_t product, double t)
{
    const kn__product *p = &daily->net->products[product];
    double from = day->substitute_from[product], got = 0;
    if (t >= from && p->substitute_share > 0)
        got = p->substitute_share *
              (p->substitute_days > 0 ? fmin(1, (t - from) / p->substitute_days) : 1);
    return 1 - got;
}

static void weigh(kn__engine *engine, const kn__daily_day *day,
                  const kn__daily_net *daily, int end, double t, int32_t j, int64_t g)
{
    double weight =
        daily->weight[end][g] * kn__daily_needed(day, daily, daily->group_product[g], t);
    if (weight != daily->now[g])
        kn__engine_renew(engine, j, g);
    daily->now[g] = weight;
}

void kn__daily_weights(kn__engine *engine, const kn__daily_day *day,
                       const kn__daily_net *daily, int end, double t)
{
    const int64_t *start = daily->engine.group_start;
    for (int32_t j = 0; j < daily->n; j++)
        for (int64_t g = start[j]; g < start[j + 1]; g++)
            weigh(engine, day, daily, end, t, j, g);
}

void kn__daily_reweigh(kn__engine *engine, const kn__daily_day *day,
                       const kn__daily_net *daily, int end, double t)
{
    for (int32_t k = 0; k < day->replaced_count; k++)
        weigh(engine, day, daily, end, t, day->replaced[k].user, day->replaced[k].group);
}

/* ---- What measures may touch ---- */

/* Groups of producers that use a product for which substitutes come in. */
static kn_status list_replaced(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                               const kn__daily_net *daily)
{
    const int64_t *start = daily->engine.group_start;
    day->replaced = KN__ARRAY(arena, ctx, start[daily->n], kn__daily_purchase);
    if (!day->replaced)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < daily->n; j++)
        for (int64_t g = start[j]; g < start[j + 1]; g++) {
            int32_t q = daily->group_product[g];
            if (!isnan(day->substitute_from[q]) &&
                daily->net->products[q].substitute_share > 0)
                day->replaced[day->replaced_count++] = (kn__daily_purchase){j, g};
        }
    return KN_OK;
}

/* Producers and final users' groups of the products that measures name. */
static kn_status list_named(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                            const kn__daily_net *daily, const kn_scenario *scenario)
{
    int64_t first = daily->engine.group_start[daily->n];
    int64_t finals = daily->engine.group_start[daily->engine.users] - first;
    bool *named = KN__ARRAY(arena, ctx, daily->net->product_count, bool);
    /* Fleets add some, each once. */
    day->held = KN__ARRAY(arena, ctx, 2 * (int64_t)daily->n, int32_t);
    day->asked = KN__ARRAY(arena, ctx, 2 * finals, int32_t);
    if (!named || !day->held || !day->asked)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++)
        for (int32_t p = 0; p < scenario->measures[k].products.count; p++)
            named[scenario->measures[k].products.id[p]] = true;
    for (int32_t i = 0; i < daily->n; i++)
        if (named[daily->product[i]])
            day->held[day->named_held++] = i;
    for (int64_t g = 0; g < finals; g++)
        if (named[daily->group_product[first + g]])
            day->asked[day->named_asked++] = (int32_t)g;
    return KN_OK;
}

static void set_rest(kn__daily_day *day, const kn__daily_net *daily)
{
    int64_t first = daily->engine.group_start[daily->n];
    int64_t finals = daily->engine.group_start[daily->engine.users] - first;
    for (int32_t i = 0; i < daily->n; i++)
        day->capacity[i] = 1;
    for (int64_t g = 0; g < finals; g++)
        day->wanted[g] = day->renew[g] = 1;
}

kn_status kn__daily_day_new(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                            const kn__daily_net *daily, const kn_scenario *scenario,
                            const kn__daily_options *options)
{
    const kn__engine_net *e = &daily->engine;
    int64_t finals = e->group_start[e->users] - e->group_start[daily->n];
    *day = (kn__daily_day){.options = options};
    KN__TRY(kn__daily_doors_new(day, ctx, arena, daily, scenario));
    KN__TRY(kn__daily_late_new(&day->late, ctx, arena, daily, scenario));
    KN__TRY(kn__daily_tools_new(&day->tools, ctx, arena, daily, scenario));
    KN__TRY(list_named(day, ctx, arena, daily, scenario));
    day->capacity = KN__ARRAY(arena, ctx, daily->n, double);
    day->wanted = KN__ARRAY(arena, ctx, finals, double);
    day->substitute_from = KN__ARRAY(arena, ctx, daily->net->product_count, double);
    day->renew = KN__ARRAY(arena, ctx, finals, double);
    if (!day->capacity || !day->wanted || !day->substitute_from || !day->renew)
        return KN_ERR_MEMORY;
    for (int32_t q = 0; q < daily->net->product_count; q++)
        day->substitute_from[q] = NAN;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        for (int32_t q = 0; (kn__measure_is_trade(m) || m->op == KN__CAPACITY_LOSS) &&
                            q < m->products.count;
             q++) {
            double *from = &day->substitute_from[m->products.id[q]];
            *from = fmin(*from, m->start_day); /* fmin leaves NaN out */
        }
    }
    set_rest(day, daily);
    day->drive = (kn__engine_drive){.capacity = day->capacity,
                                    .wanted = day->wanted,
                                    .open = day->open,
                                    .held = day->held,
                                    .asked = day->asked};
    return list_replaced(day, ctx, arena, daily);
}
