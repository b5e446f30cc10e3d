/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_late.h"

#include <math.h>
#include <string.h>

typedef struct delay {
    const kn__measure *m;
    const kn__detour *detour; /* NULL: a licence */
    bool all;                 /* it meets everybody but the senders */
    bool *product;            /* that it is about */
    double *longest;          /* [economy]: delay of what comes in */
    double *held;             /* [group of producers], in amounts */
} delay;

struct kn__daily_late {
    const kn__daily_net *net;
    delay *delay;
    int32_t count;
    double *part; /* of each producer's deliveries that is held back today */
};

/* How long goods of producer i to economy d take longer; no longer than the measure
   lasts. */
static double days_late(const delay *a, const kn__daily_net *net, int32_t i, int32_t d)
{
    double days = 0;
    if (a->detour) {
        int64_t row = (int64_t)net->economy[i] * net->net->economy_count;
        days = a->detour[row + d].extra_days;
    } else if (kn__measure_between(a->m, a->all, net, i, d)) {
        days = a->m->value;
    }
    return a->m->days >= 0 ? fmin(days, a->m->days) : days;
}

/* ---- Setup ---- */

static kn_status delay_new(delay *a, kn_context *ctx, kn__arena *arena,
                           const kn__daily_net *net)
{
    int32_t economies = net->net->economy_count;
    a->all = kn__measure_meets_all(a->m, economies, net->net->zzu);
    a->product = KN__ARRAY(arena, ctx, net->net->product_count, bool);
    a->longest = KN__ARRAY(arena, ctx, economies, double);
    a->held = KN__ARRAY(arena, ctx, net->engine.group_start[net->n], double);
    if (!a->product || !a->longest || !a->held)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < a->m->products.count; k++)
        a->product[a->m->products.id[k]] = true;
    for (int32_t i = 0; i < net->n; i++)
        for (int32_t d = 0; a->product[net->product[i]] && d < economies; d++)
            a->longest[d] = fmax(a->longest[d], days_late(a, net, i, d));
    return KN_OK;
}

kn_status kn__daily_late_new(kn__daily_late **late, kn_context *ctx, kn__arena *arena,
                             const kn__daily_net *daily, const kn_scenario *scenario)
{
    kn__daily_late *l = KN__NEW(arena, ctx, kn__daily_late);
    *late = NULL;
    if (!l)
        return KN_ERR_MEMORY;
    l->net = daily;
    l->delay = KN__ARRAY(arena, ctx, scenario->count, delay);
    l->part = KN__ARRAY(arena, ctx, daily->n, double);
    if (!l->delay || !l->part)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if (m->op != KN__EXPORT_LICENCE && m->op != KN__ROUTE_CLOSURE)
            continue;
        delay *a = &l->delay[l->count++];
        *a = (delay){.m = m, .detour = daily->detour[k]};
        KN__TRY(delay_new(a, ctx, arena, daily));
    }
    *late = l;
    return KN_OK;
}

/* An amount in steps of the normal use of a group. */
static double steps_of(const kn__engine *engine, int64_t g, double amount)
{
    double use = kn__engine_use(engine, g);
    return use > 0 ? amount / use : 0;
}

/* What of a gap in a stock is filled by what is on its way: orders leave it out, but for
   the least that a stock is kept at. What is more than the gap does not lower them. */
static double counted(const kn__daily_late *l, const kn__engine *engine, int64_t g)
{
    double amount = 0;
    for (int32_t k = 0; k < l->count; k++)
        amount += l->delay[k].held[g];
    double stock = steps_of(engine, g, kn__engine_stock(engine, g));
    double gap = l->net->engine.target[g] - fmax(KN__LEAST_STOCK, stock);
    return fmax(0, fmin(gap, steps_of(engine, g, amount)));
}

static void tell(const kn__daily_late *l, kn__engine *engine, int32_t j)
{
    const int64_t *start = l->net->engine.group_start;
    for (int64_t g = start[j]; g < start[j + 1]; g++) {
        double steps = counted(l, engine, g);
        if (steps != l->net->on_way[g])
            kn__engine_renew(engine, j, g);
        l->net->on_way[g] = steps;
    }
}

static void tell_all(const kn__daily_late *l, kn__engine *engine)
{
    for (int32_t j = 0; j < l->net->n && l->count; j++)
        tell(l, engine, j);
}

void kn__daily_late_start(kn__daily_late *l, kn__engine *engine)
{
    int64_t groups = l->net->engine.group_start[l->net->n];
    for (int32_t k = 0; k < l->count; k++)
        memset(l->delay[k].held, 0, (size_t)groups * sizeof(double));
    tell_all(l, engine);
}

/* ---- Days ---- */

/* The part of what comes in on day t that is held back: all of it for so many days. */
static double portion(const delay *a, const kn__daily_net *net, int32_t i, int32_t d,
                      int64_t t)
{
    double in = (double)t - a->m->start_day;
    if (in < 0 || (double)t >= kn__measure_end(a->m) || in >= a->longest[d] ||
        !a->product[net->product[i]])
        return 0;
    return fmin(1, fmax(0, days_late(a, net, i, d) - in));
}

/* What delay k holds back of a product's producers, of what those before it let pass. */
static bool set_part(kn__daily_late *l, int32_t k, int32_t product, int32_t d, int64_t t)
{
    const kn__daily_net *net = l->net;
    bool any = false;
    for (int32_t i = net->product_start[product]; i < net->product_start[product + 1];
         i++) {
        double passed = 1;
        for (int32_t b = 0; b < k; b++)
            passed *= 1 - portion(&l->delay[b], net, i, d, t);
        l->part[i] = passed * portion(&l->delay[k], net, i, d, t);
        any = any || l->part[i] > 0;
    }
    return any;
}

static double hold_back(kn__daily_late *l, int32_t k, kn__engine *engine, int32_t j,
                        int64_t t)
{
    const kn__daily_net *net = l->net;
    delay *a = &l->delay[k];
    double held = 0;
    for (int64_t g = net->engine.group_start[j]; g < net->engine.group_start[j + 1];
         g++) {
        int32_t q = net->group_product[g];
        if (!a->product[q] || !set_part(l, k, q, net->economy[j], t))
            continue;
        double amount = kn__engine_received_part(engine, g, l->part);
        /* Neither debts (guan) nor goods that go back (pichler) wait. */
        amount = fmax(0, fmin(amount, kn__engine_stock(engine, g)));
        kn__engine_add_stock(engine, g, -steps_of(engine, g, amount));
        a->held[g] += amount;
        held += amount;
    }
    return held;
}

/* An equal part of what is held on each day that is left. */
static double give_back(kn__daily_late *l, delay *a, kn__engine *engine, int32_t j,
                        double left)
{
    double given = 0;
    for (int64_t g = l->net->engine.group_start[j]; g < l->net->engine.group_start[j + 1];
         g++) {
        double amount = left > 1 ? a->held[g] / left : a->held[g];
        if (!(amount > 0))
            continue;
        kn__engine_add_stock(engine, g, steps_of(engine, g, amount));
        a->held[g] -= amount;
        given += amount;
    }
    return given;
}

double kn__daily_late_move(kn__daily_late *l, kn__engine *engine, int64_t t)
{
    double added = 0;
    for (int32_t k = 0; k < l->count; k++) {
        delay *a = &l->delay[k];
        double in = (double)t - a->m->start_day, over = (double)t - kn__measure_end(a->m);
        for (int32_t j = 0; j < l->net->n; j++) {
            double longest = a->longest[l->net->economy[j]];
            if (over >= 0 && over < longest + 1)
                added += give_back(l, a, engine, j, longest - over);
            else if (over < 0 && in >= 0 && in < longest)
                added -= hold_back(l, k, engine, j, t);
        }
    }
    tell_all(l, engine);
    return added;
}

double kn__daily_late_held(const kn__daily_late *l)
{
    double held = 0;
    for (int32_t k = 0; k < l->count; k++)
        for (int64_t g = 0; g < l->net->engine.group_start[l->net->n]; g++)
            held += l->delay[k].held[g];
    return held;
}

void kn__daily_late_state(kn__daily_late *l, kn__engine *engine, kn__state *state)
{
    kn__state_expect(state, l->count);
    for (int32_t k = 0; k < l->count; k++)
        KN__STATE(state, l->delay[k].held, l->net->engine.group_start[l->net->n]);
    tell_all(l, engine);
}
