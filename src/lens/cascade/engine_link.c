/* SPDX-License-Identifier: Apache-2.0 */
/* Orders kept link by link: water filling wants to see each of them, and stocks may be
   kept by supplier. */
#include <math.h>
#include <string.h>

#include "lens/cascade/engine_state.h"

static int32_t supplier_of(const kn__engine *e, int64_t g, int64_t k)
{
    const kn__engine_net *net = e->net;
    return net->supplier ? net->supplier[k]
                         : net->first[g] + (int32_t)(k - net->link_start[g]);
}

static double in_rounds(const kn__engine *e, int64_t g, int64_t k,
                        const kn__engine_round *r)
{
    double order = e->link_order[k], flow = e->net->flow[k];
    if (order / flow > r->met)
        return r->level * flow;
    return order > 0 || g >= e->final_group ? order : r->credit * flow;
}

static double received(const kn__engine *e, const double *deliver, int64_t g, int64_t k)
{
    int32_t i = supplier_of(e, g, k);
    if (e->round)
        return in_rounds(e, g, k, &e->round[i]);
    if (e->rule.rationing == KN__RATION_WATER)
        return fmin(e->link_order[k], e->level[i] * e->net->flow[k]);
    return e->link_order[k] * deliver[i];
}

/* Mean stock of a group, from its first link's: equal stocks have exactly that mean. */
static double mean_stock(const kn__engine *e, int64_t g)
{
    int64_t begin = e->net->link_start[g], end = e->net->link_start[g + 1];
    double first = begin < end ? e->link_stock[begin] : 0, more = 0;
    for (int64_t k = begin; k < end; k++)
        more += e->net->flow[k] * (e->link_stock[k] - first);
    return e->use[g] > 0 ? first + more / e->use[g] : first;
}

/* Steps of use below which a stock is empty, whatever rounding left of it. */
static const double EMPTY = 1e-12;

/* The stock from one supplier is drawn on by its part of the pooled stock; what comes
   into an empty one, by its part of normal use. */
static double move_links(kn__engine_turn *t, int64_t g)
{
    kn__engine *e = t->e;
    double pooled = e->stock[g];
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
        double own = e->link_stock[k], flow = e->net->flow[k];
        if (flow > 0)
            e->link_stock[k] =
                fmax(0, own + (received(e, t->deliver, g, k) / flow -
                               (pooled > EMPTY ? own / pooled : 1) * t->share));
        t->restless |= e->link_stock[k] != own;
    }
    return mean_stock(e, g);
}

void kn__engine_take_links(kn__engine_turn *t, int64_t g)
{
    kn__engine *e = t->e;
    double in = 0, before = e->stock[g], use = e->use[g];
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++)
        in += received(e, t->deliver, g, k);
    e->received[g] = in;
    t->sum->delivered += in - use;
    if (t->is_final) {
        e->met[g - e->final_group] = in;
        t->sum->used += in - use;
        return;
    }
    if (e->rule.by_supplier && !t->aim.idle)
        e->stock[g] = move_links(t, g);
    else if (use > 0 && !t->aim.idle)
        kn__engine_move(e, g, before + (in / use - t->share));
    t->sum->laid_up += use * (e->stock[g] - before);
    t->sum->used += in - use - use * (e->stock[g] - before);
}

/* ---- Orders ---- */

/* What a group orders of each link over its normal flow, where links do not differ. */
static double scale_of(const kn__engine_turn *t, int64_t g)
{
    kn__engine *e = t->e;
    double wish, base = kn__engine_weigh(e, g, t->lean);
    if (t->is_final)
        wish = kn__engine_final_wish(e, g);
    else
        wish = e->use[g] * kn__engine_wish(e, t->aim, g, e->stock[g]);
    return base > 0 ? wish / base : 0;
}

void kn__engine_order_links(kn__engine_turn *t, int64_t g)
{
    kn__engine *e = t->e;
    bool each = e->rule.by_supplier && !t->is_final, deviates = false;
    double scale = each ? 0 : scale_of(t, g);
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
        int32_t i = supplier_of(e, g, k);
        double times = each ? kn__engine_wish(e, t->aim, g, e->link_stock[k]) : scale;
        double excess = times * t->open[i] - 1;
        e->link_order[k] = times * e->net->flow[k] * t->open[i];
        t->sent[i] += excess * e->net->flow[k];
        deviates |= excess != 0 && e->net->flow[k] > 0;
    }
    t->restless |= deviates;
    if (deviates && !e->awake.all)
        kn__engine_wake_suppliers(e, g);
}

/* ---- Water filling ---- */

/* Orders met in full at the present level, and the normal flow of the others. */
static void tell_apart(const kn__engine *e, double *full, double *rest)
{
    memset(full, 0, (size_t)e->n * sizeof *full);
    memset(rest, 0, (size_t)e->n * sizeof *rest);
    for (int64_t g = 0; g < e->groups; g++)
        for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
            int32_t i = supplier_of(e, g, k);
            if (e->link_order[k] <= e->level[i] * e->net->flow[k])
                full[i] += e->link_order[k];
            else
                rest[i] += e->net->flow[k];
        }
}

/* ---- The same in rounds, as in the program of Inoue and Todo ---- */

static void look_at_link(kn__engine *e, int64_t g, int64_t k)
{
    int32_t i = supplier_of(e, g, k);
    kn__engine_round *r = &e->round[i];
    double flow = e->net->flow[k], order = e->link_order[k];
    bool open = order / flow > r->met; /* as a ratio: so each round meets one more */
    if (g >= e->final_group) {
        r->finals += flow;
        r->finals_open |= open;
    } else if (open) {
        r->open += flow;
    } else if (!(order > 0)) {
        r->unasked += flow;
    }
    if (open)
        r->next = fmin(r->next, order / flow);
}

/* Orders that are not met at the present level. */
static void look_round(kn__engine *e)
{
    for (int32_t i = 0; i < e->n; i++) {
        kn__engine_round *r = &e->round[i];
        r->next = INFINITY;
        r->open = r->finals = r->unasked = 0;
        r->finals_open = false;
    }
    for (int64_t g = 0; g < e->groups; g++)
        for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++)
            look_at_link(e, g, k);
}

/* Everybody who is not met gets the same over normal, up to the smallest order. Final
   demand is charged in any case, who orders nothing in the first round; and what is left
   in the last one is shared out even beyond the orders. */
static void end_round(kn__engine_round *r)
{
    const double rounding = 1e-12;
    double who = r->open + r->finals + (r->first ? r->unasked : 0);
    double charge = (r->next - r->met) * who;
    r->done = isinf(r->next) || r->left <= charge * (1 + rounding);
    if (r->done) {
        double open = r->open + (r->finals_open ? r->finals : 0);
        r->level = r->met + (open > 0 ? fmax(0, r->left) / open : 0);
        if (fabs(r->level - r->next) < rounding * r->next) /* exactly, at rest */
            r->met = r->next;
        return;
    }
    if (r->first)
        r->credit = r->next;
    r->met = r->next;
    r->left -= charge;
    r->first = false;
}

static void share_in_rounds(kn__engine *e)
{
    for (int32_t i = 0; i < e->n; i++)
        e->round[i] = (kn__engine_round){.left = e->output[i], .first = true};
    for (bool busy = true; busy;) {
        busy = false;
        look_round(e);
        for (int32_t i = 0; i < e->n; i++)
            if (!e->round[i].done) {
                end_round(&e->round[i]);
                busy |= !e->round[i].done;
            }
    }
}

/* sum over buyers of min(order, level x normal flow) = output. The level only rises from
   one round to the next, each round meets at least one more order in full, and so it
   ends. */
void kn__engine_water(kn__engine *e)
{
    if (e->round) {
        share_in_rounds(e);
        return;
    }
    double *full = e->scratch, *rest = e->scratch + e->n;
    memset(e->level, 0, (size_t)e->n * sizeof *e->level);
    for (bool changed = true; changed;) {
        changed = false;
        tell_apart(e, full, rest);
        for (int32_t i = 0; i < e->n; i++) {
            double level = INFINITY;
            if (rest[i] > 0 && e->output[i] < e->demand[i])
                level = fmax(0, e->output[i] - full[i]) / rest[i];
            if (level > e->level[i]) {
                e->level[i] = level;
                changed = true;
            }
        }
    }
}
