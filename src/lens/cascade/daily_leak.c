/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_leak.h"

#include <math.h>

#include "lens/cascade/daily_measure.h"

/* One measure's leaks. */
typedef struct way {
    int32_t measure, producers;
    int32_t *slot;     /* [producer]: place in what follows, or -1 */
    double *bystander; /* [slot][economy]: normal purchases of third countries a day */
    double *passed;    /* [slot][economy]: what leaked to it, MUSD */
} way;

struct kn__daily_leak {
    const kn__daily_net *net;
    const kn__daily_day *day;
    const kn_scenario *scenario;
    way *way;
    int32_t count;
    double *part; /* of each producer's deliveries that leaked */
};

/* ---- Setup ---- */

static bool is_party(const kn__daily_leak *l, const kn__measure *m, int32_t e)
{
    return kn__ids_has(m->from, e) || kn__ids_has(m->to, e) || e == l->net->net->zzu;
}

static void add_bystanders(kn__daily_leak *l, way *w)
{
    const kn__engine_net *e = &l->net->engine;
    const kn__measure *m = &l->scenario->measures[w->measure];
    int64_t economies = l->net->net->economy_count;
    for (int32_t u = 0; u < e->users; u++) {
        int32_t d = u < l->net->n ? l->net->economy[u] : u - l->net->n;
        if (is_party(l, m, d))
            continue;
        for (int64_t k = e->link_start[e->group_start[u]], g = e->group_start[u];
             g < e->group_start[u + 1]; g++)
            for (; k < e->link_start[g + 1]; k++) {
                int32_t slot = w->slot[kn__daily_supplier(l->net, g, k)];
                if (slot >= 0)
                    w->bystander[slot * economies + d] += e->flow[k];
            }
    }
}

static kn_status way_new(way *w, kn_context *ctx, kn__arena *arena, kn__daily_leak *l,
                         int32_t measure)
{
    const double *most = l->day->leak_most[measure];
    *w = (way){.measure = measure};
    w->slot = KN__ARRAY(arena, ctx, l->net->n, int32_t);
    if (!w->slot)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < l->net->n; i++) {
        bool named =
            kn__ids_has(l->scenario->measures[measure].products, l->net->product[i]);
        w->slot[i] = named && most[i] > 0 ? w->producers++ : -1;
    }
    int64_t cells = (int64_t)w->producers * l->net->net->economy_count;
    w->bystander = KN__ARRAY(arena, ctx, cells, double);
    w->passed = KN__ARRAY(arena, ctx, cells, double);
    if (!w->bystander || !w->passed)
        return KN_ERR_MEMORY;
    add_bystanders(l, w);
    return KN_OK;
}

kn_status kn__daily_leak_new(kn__daily_leak **leak, kn_context *ctx, kn__arena *arena,
                             const kn__daily_net *daily, const kn__daily_day *day,
                             const kn_scenario *scenario)
{
    kn__daily_leak *l = KN__NEW(arena, ctx, kn__daily_leak);
    *leak = NULL;
    if (!l)
        return KN_ERR_MEMORY;
    *l = (kn__daily_leak){.net = daily, .day = day, .scenario = scenario};
    l->way = KN__ARRAY(arena, ctx, scenario->count, way);
    l->part = KN__ARRAY(arena, ctx, daily->n, double);
    if (!l->way || !l->part)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++)
        if (day->leak_most[k])
            KN__TRY(way_new(&l->way[l->count++], ctx, arena, l, k));
    *leak = l;
    return KN_OK;
}

/* ---- Days ---- */

/* Whether another measure keeps that door shut further, or as far and counts first. */
static bool is_overruled(const kn__daily_leak *l, const way *w, int32_t i, int32_t d,
                         double open, double t)
{
    for (int32_t k = 0; k < l->scenario->count; k++) {
        const kn__measure *m = &l->scenario->measures[k];
        if (k == w->measure || !kn__measure_is_trade(m) ||
            !kn__ids_has(m->products, l->net->product[i]) ||
            !kn__measure_between(m, l->day->all[k], l->net, i, d))
            continue;
        double other = kn__daily_door_of(l->day, l->scenario, k, i, t).open;
        if (other < open || (other == open && k < w->measure))
            return true;
    }
    return false;
}

static double leaked_part(const kn__daily_leak *l, const way *w, int32_t i, int32_t d,
                          double t)
{
    const kn__measure *m = &l->scenario->measures[w->measure];
    if (w->slot[i] < 0 || !kn__measure_between(m, l->day->all[w->measure], l->net, i, d))
        return 0;
    kn__daily_door door = kn__daily_door_of(l->day, l->scenario, w->measure, i, t);
    if (!(door.leak > 0) || is_overruled(l, w, i, d, door.open, t))
        return 0;
    return door.leak / door.open;
}

/* What leaked to a group: of each producer apart. */
static void take_group(kn__daily_leak *l, way *w, const kn__engine *engine, int64_t g,
                       int32_t d, double t)
{
    int32_t q = l->net->group_product[g];
    for (int32_t i = l->net->product_start[q]; i < l->net->product_start[q + 1]; i++) {
        double part = leaked_part(l, w, i, d, t);
        if (!(part > 0))
            continue;
        l->part[i] = part;
        w->passed[(int64_t)w->slot[i] * l->net->net->economy_count + d] +=
            kn__engine_received_part(engine, g, l->part);
        l->part[i] = 0;
    }
}

void kn__daily_leak_take(kn__daily_leak *l, const kn__engine *engine, int64_t t)
{
    const kn__engine_net *e = &l->net->engine;
    for (int32_t k = 0; k < l->count; k++) {
        way *w = &l->way[k];
        const kn__measure *m = &l->scenario->measures[w->measure];
        if (!w->producers || !(kn__measure_force(m, (double)t) > 0))
            continue;
        for (int32_t u = 0; u < e->users; u++) {
            int32_t d = u < l->net->n ? l->net->economy[u] : u - l->net->n;
            for (int64_t g = e->group_start[u]; g < e->group_start[u + 1]; g++)
                if (kn__ids_has(m->products, l->net->group_product[g]))
                    take_group(l, w, engine, g, d, (double)t);
        }
    }
}

/* ---- Table and state ---- */

/* What leaked of one producer to d, by who passed it on. */
static kn_status write_ways(const kn__daily_leak *l, kn_context *ctx, kn_table *table,
                            const way *w, int32_t i, int32_t d)
{
    const kn_network *net = l->net->net;
    const double *bystander = w->bystander + (int64_t)w->slot[i] * net->economy_count;
    double amount = w->passed[(int64_t)w->slot[i] * net->economy_count + d], all = 0;
    for (int32_t c = 0; c < net->economy_count; c++)
        all += bystander[c];
    for (int32_t c = 0; amount > 0 && c < net->economy_count; c++) {
        kn_cell cells[] = {{.text = net->products[l->net->product[i]].id},
                           {.text = net->economies[l->net->economy[i]].code},
                           {.text = net->economies[c].code},
                           {.text = net->economies[d].code},
                           {.number = amount * bystander[c] / all}};
        if (bystander[c] > 0)
            KN__TRY(kn_table_append(table, ctx, cells));
    }
    return KN_OK;
}

kn_status kn__daily_leak_write(const kn__daily_leak *l, kn_context *ctx, kn_table *table,
                               kn_result *result)
{
    double total = 0;
    for (int32_t k = 0; k < l->count; k++) {
        const way *w = &l->way[k];
        int64_t cells = (int64_t)w->producers * l->net->net->economy_count;
        for (int64_t at = 0; at < cells; at++)
            total += w->passed[at];
        for (int32_t i = 0; i < l->net->n; i++)
            for (int32_t d = 0; w->slot[i] >= 0 && d < l->net->net->economy_count; d++)
                KN__TRY(write_ways(l, ctx, table, w, i, d));
    }
    KN__TRY(kn_table_sort_down(table, ctx, 4));
    return l->count ? kn_result_info(result, ctx, "leaked_musd", NULL, total) : KN_OK;
}

void kn__daily_leak_state(kn__daily_leak *l, kn__state *state)
{
    kn__state_expect(state, l->count);
    for (int32_t k = 0; k < l->count; k++)
        KN__STATE(state, l->way[k].passed,
                  (int64_t)l->way[k].producers * l->net->net->economy_count);
}
