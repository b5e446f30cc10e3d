/* SPDX-License-Identifier: Apache-2.0 */
/* Which share of a supplier's normal deliveries reaches the users of an economy. */
#include <math.h>

#include "lens/cascade/daily_measure.h"
#include "network/route.h"

/* ---- Leakage ---- */

/* The share of a ban that gets round it: more and more until leak_days, no more than what
   third countries normally buy of that producer. */
static double leaked(const kn__daily_day *day, int32_t k, const kn__measure *m, int32_t i,
                     double t)
{
    const kn__daily_options *o = day->options;
    double passed = t - m->start_day + 1;
    if (!day->leak_most[k])
        return 0;
    return day->leak_most[k][i] * (o->leak_days > 0 ? fmin(1, passed / o->leak_days) : 1);
}

kn__daily_door kn__daily_door_of(const kn__daily_day *day, const kn_scenario *scenario,
                                 int32_t k, int32_t i, double t)
{
    const kn__measure *m = &scenario->measures[k];
    double keep = m->op == KN__EXPORT_QUOTA ? m->value : 0;
    double closed = (1 - keep) * kn__measure_force(m, t);
    double leak = closed * leaked(day, k, m, i, t);
    return (kn__daily_door){.open = 1 - closed + leak, .leak = leak};
}

/* Normal deliveries of each producer that the measure stops, and those to bystanders. */
static void add_flows(const kn__daily_net *daily, const kn__measure *m, bool all,
                      double *stopped, double *bystanders)
{
    const kn__engine_net *e = &daily->engine;
    for (int32_t u = 0; u < e->users; u++) {
        int32_t d = u < daily->n ? daily->economy[u] : u - daily->n;
        bool party =
            kn__ids_has(m->from, d) || kn__ids_has(m->to, d) || d == daily->net->zzu;
        for (int64_t g = e->group_start[u]; g < e->group_start[u + 1]; g++) {
            if (!kn__ids_has(m->products, daily->group_product[g]))
                continue;
            for (int64_t l = e->link_start[g]; l < e->link_start[g + 1]; l++) {
                int32_t i = kn__daily_supplier(daily, g, l);
                if (kn__measure_between(m, all, daily, i, d))
                    stopped[i] += e->flow[l];
                else if (!party)
                    bystanders[i] += e->flow[l];
            }
        }
    }
}

static kn_status bound_leaks(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                             const kn__daily_net *daily, const kn__measure *m, int32_t k)
{
    double *most = KN__ARRAY(arena, ctx, daily->n, double);
    double *bystanders = KN__ARRAY(arena, ctx, daily->n, double);
    if (!most || !bystanders)
        return KN_ERR_MEMORY;
    add_flows(daily, m, day->all[k], most, bystanders);
    for (int32_t i = 0; i < daily->n; i++)
        most[i] = most[i] > 0 ? fmin(day->options->leak, bystanders[i] / most[i]) : 0;
    day->leak_most[k] = most;
    return KN_OK;
}

/* ---- Doors ---- */

static void close_doors(kn__daily_day *day, const kn__daily_net *daily,
                        const kn_scenario *scenario, int32_t k, double t)
{
    const kn__measure *m = &scenario->measures[k];
    for (int32_t d = 0; d < daily->net->economy_count; d++)
        for (int32_t p = 0; p < m->products.count; p++) {
            int32_t q = m->products.id[p];
            for (int32_t i = daily->product_start[q]; i < daily->product_start[q + 1];
                 i++) {
                if (!kn__measure_between(m, day->all[k], daily, i, d))
                    continue;
                int64_t at = (int64_t)daily->zone[d] * daily->n + i;
                int64_t final = at + (int64_t)daily->zones * daily->n;
                double open = kn__daily_door_of(day, scenario, k, i, t).open;
                day->open[at] = day->open[final] = fmin(day->open[at], open);
            }
        }
}

/* What no ship can carry while a passage is closed. */
static void close_routes(kn__daily_day *day, const kn__daily_net *daily,
                         const kn__measure *m, const kn__detour *detour)
{
    int64_t economies = daily->net->economy_count;
    for (int32_t d = 0; d < economies; d++)
        for (int32_t p = 0; p < m->products.count; p++) {
            int32_t q = m->products.id[p];
            for (int32_t i = daily->product_start[q]; i < daily->product_start[q + 1];
                 i++) {
                int64_t at = (int64_t)daily->zone[d] * daily->n + i;
                int64_t final = at + (int64_t)daily->zones * daily->n;
                double open = 1 - detour[daily->economy[i] * economies + d].cut;
                day->open[at] = day->open[final] = fmin(day->open[at], open);
            }
        }
}

void kn__daily_doors(kn__daily_day *day, const kn__daily_net *daily,
                     const kn_scenario *scenario, double t)
{
    if (!day->open)
        return;
    for (int64_t m = 0; m < daily->engine.markets; m++)
        for (int32_t k = 0; k < day->named_held; k++)
            day->open[m * daily->n + day->held[k]] = 1;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (!(kn__measure_force(m, t) > 0))
            continue;
        if (kn__measure_is_trade(m))
            close_doors(day, daily, scenario, k, t);
        else if (m->op == KN__ROUTE_CLOSURE)
            close_routes(day, daily, m, daily->detour[k]);
    }
}

kn_status kn__daily_doors_new(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *daily, const kn_scenario *scenario)
{
    bool closes = false;
    day->all = KN__ARRAY(arena, ctx, scenario->count, bool);
    day->leak_most = KN__ARRAY(arena, ctx, scenario->count, double *);
    if (!day->all || !day->leak_most)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        bool trade = kn__measure_is_trade(m);
        closes = closes || trade || m->op == KN__ROUTE_CLOSURE;
        day->all[k] =
            kn__measure_meets_all(m, daily->net->economy_count, daily->net->zzu);
        if (trade && day->options->leak > 0)
            KN__TRY(bound_leaks(day, ctx, arena, daily, m, k));
    }
    if (!closes)
        return KN_OK;
    int64_t doors = (int64_t)daily->engine.markets * daily->n;
    day->open = KN__ARRAY(arena, ctx, doors, double);
    if (!day->open)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < doors; k++)
        day->open[k] = 1;
    return KN_OK;
}
