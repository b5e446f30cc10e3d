/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/cascade/daily.h"

static bool listed(kn_ids ids, int32_t id)
{
    for (int32_t k = 0; k < ids.count; k++)
        if (ids.id[k] == id)
            return true;
    return false;
}

static double end_of(const kn__measure *m)
{
    return m->days < 0 ? INFINITY : (double)m->start_day + m->days;
}

static bool is_trade(const kn__measure *m)
{
    return m->op == KN__EXPORT_BAN || m->op == KN__EXPORT_QUOTA;
}

/* 1 while the measure lasts, then a straight line back to 0. */
static double force(const kn__measure *m, double t)
{
    double over = t - end_of(m);
    if (t < m->start_day)
        return 0;
    return over < 0 ? 1 : m->recover_days > 0 ? fmax(0, 1 - over / m->recover_days) : 0;
}

/* ---- Doors ---- */

/* Whether nobody outside the senders is left to pass goods on. */
static bool meets_all(const kn_network *net, const kn__measure *m)
{
    for (int32_t d = 0; d < net->economy_count; d++)
        if (d != net->zzu && !listed(m->from, d) && !listed(m->to, d))
            return false;
    return true;
}

/* The share of normal deliveries that a trade measure lets through. A targeted ban leaks
   through third countries, more and more until leak_days. */
static double let_through(const kn__daily_day *day, const kn_network *net,
                          const kn__measure *m, double t)
{
    const kn__daily_options *o = day->options;
    double keep = m->op == KN__EXPORT_BAN ? 0 : m->value;
    if (o->leak > 0 && !meets_all(net, m)) {
        double passed = t - m->start_day + 1;
        double ramp = o->leak_days > 0 ? fmin(1, passed / o->leak_days) : 1;
        keep += (1 - keep) * o->leak * ramp;
    }
    return keep;
}

static void close_doors(kn__daily_day *day, const kn__daily_net *daily,
                        const kn__measure *m, double keep)
{
    const kn_network *net = daily->net;
    bool stop = meets_all(net, m);
    for (int32_t d = 0; d < net->economy_count; d++) {
        bool hit = stop ? !listed(m->from, d) : listed(m->to, d);
        for (int32_t k = 0; hit && k < m->products.count; k++) {
            int32_t q = m->products.id[k];
            for (int32_t i = daily->product_start[q]; i < daily->product_start[q + 1];
                 i++) {
                if (daily->economy[i] == d || !listed(m->from, daily->economy[i]))
                    continue;
                int64_t z = daily->zone[d];
                double *door = day->open + z * daily->n + i;
                double *final = door + (int64_t)daily->zones * daily->n;
                *door = *final = fmin(*door, keep);
            }
        }
    }
}

void kn__daily_doors(kn__daily_day *day, const kn__daily_net *daily,
                     const kn_scenario *scenario, double t)
{
    if (!day->open)
        return;
    for (int64_t k = 0; k < (int64_t)daily->engine.markets * daily->n; k++)
        day->open[k] = 1;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (is_trade(m) && t >= m->start_day && t < end_of(m))
            close_doors(day, daily, m, let_through(day, daily->net, m, t));
    }
}

/* ---- Capacity, demand, stocks ---- */

static void change_capacity(kn__daily_day *day, const kn__daily_net *daily,
                            const kn__measure *m, double t)
{
    double times = m->op == KN__CAPACITY_LOSS ? 1 - m->value * force(m, t)
                                              : 1 + m->value * force(m, t);
    for (int32_t k = 0; k < m->products.count; k++) {
        int32_t q = m->products.id[k];
        for (int32_t i = daily->product_start[q]; i < daily->product_start[q + 1]; i++)
            if (listed(m->from, daily->economy[i]))
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
                day->wanted[g - first] *= fmax(0, 1 + m->value * force(m, t));
        }
}

void kn__daily_set(kn__daily_day *day, const kn__daily_net *daily,
                   const kn_scenario *scenario, double t)
{
    int64_t first = daily->engine.group_start[daily->n];
    int64_t finals = daily->engine.group_start[daily->engine.users] - first;
    for (int32_t i = 0; i < daily->n; i++)
        day->capacity[i] = 1;
    for (int64_t g = 0; g < finals; g++)
        day->wanted[g] = 1;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (m->op == KN__CAPACITY_LOSS || m->op == KN__CAPACITY_GAIN)
            change_capacity(day, daily, m, t);
        else if (m->op == KN__DEMAND_CHANGE)
            change_demand(day, daily, m, t);
    }
    kn__daily_doors(day, daily, scenario, t + 1);
}

void kn__daily_release(kn__engine *engine, const kn__daily_net *daily,
                       const kn_scenario *scenario, double t)
{
    for (int32_t s = 0; s < scenario->count; s++) {
        const kn__measure *m = &scenario->measures[s];
        if (m->op != KN__STOCK_RELEASE || m->start_day != t)
            continue;
        for (int32_t j = 0; j < daily->n; j++)
            for (int32_t k = 0;
                 listed(m->from, daily->economy[j]) && k < m->products.count; k++) {
                int64_t g = kn__daily_group(daily, j, m->products.id[k]);
                if (g >= 0)
                    kn__engine_add_stock(engine, g, m->value);
            }
    }
}

/* ---- Substitutes ---- */

/* w (1 - z min(1, days since scarcity / tau)) for inputs that a measure names. */
void kn__daily_weights(const kn__daily_day *day, const kn__daily_net *daily, int end,
                       double t)
{
    int64_t groups = daily->engine.group_start[daily->n];
    for (int64_t g = 0; g < groups; g++) {
        const kn__product *p = &daily->net->products[daily->group_product[g]];
        double from = day->substitute_from[daily->group_product[g]], got = 0;
        if (t >= from && p->substitute_share > 0)
            got = p->substitute_share *
                  (p->substitute_days > 0 ? fmin(1, (t - from) / p->substitute_days) : 1);
        daily->now[g] = daily->weight[end][g] * (1 - got);
    }
}

kn_status kn__daily_day_new(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                            const kn__daily_net *daily, const kn_scenario *scenario,
                            const kn__daily_options *options)
{
    const kn__engine_net *e = &daily->engine;
    int64_t finals = e->group_start[e->users] - e->group_start[daily->n];
    bool trade = false;
    *day = (kn__daily_day){.options = options};
    for (int32_t k = 0; k < scenario->count; k++)
        trade = trade || is_trade(&scenario->measures[k]);
    day->capacity = KN__ARRAY(arena, ctx, daily->n, double);
    day->wanted = KN__ARRAY(arena, ctx, finals, double);
    day->substitute_from = KN__ARRAY(arena, ctx, daily->net->product_count, double);
    if (trade)
        day->open = KN__ARRAY(arena, ctx, (int64_t)e->markets * daily->n, double);
    if (!day->capacity || !day->wanted || !day->substitute_from || (trade && !day->open))
        return KN_ERR_MEMORY;
    for (int32_t q = 0; q < daily->net->product_count; q++)
        day->substitute_from[q] = NAN;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        for (int32_t q = 0;
             (is_trade(m) || m->op == KN__CAPACITY_LOSS) && q < m->products.count; q++) {
            double *from = &day->substitute_from[m->products.id[q]];
            *from = fmin(*from, m->start_day); /* fmin leaves NaN out */
        }
    }
    day->drive = (kn__engine_drive){day->capacity, day->wanted, day->open};
    return KN_OK;
}
