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

static double received(const kn__engine *e, const double *deliver, int64_t g, int64_t k)
{
    int32_t i = supplier_of(e, g, k);
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
static double move_links(kn__engine *e, const double *deliver, int64_t g, double share)
{
    double pooled = e->stock[g];
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
        double own = e->link_stock[k], flow = e->net->flow[k];
        if (flow > 0)
            e->link_stock[k] =
                fmax(0, own + (received(e, deliver, g, k) / flow -
                               (pooled > EMPTY ? own / pooled : 1) * share));
    }
    return mean_stock(e, g);
}

static void take_group(kn__engine *e, const kn__engine_block *b, kn__engine_sum *sum,
                       int32_t j, int64_t g)
{
    const double *deliver = e->deliver + (int64_t)b->market * e->n;
    double in = 0;
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++)
        in += received(e, deliver, g, k);
    e->received[g] = in;
    sum->delivered += in;
    if (b->is_final) {
        e->met[g - e->final_group] = in;
        sum->used += in;
        return;
    }
    double share = e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
    double before = e->stock[g], use = e->use[g];
    if (e->rule.by_supplier)
        e->stock[g] = move_links(e, deliver, g, share);
    else if (use > 0)
        e->stock[g] = fmax(0, before + (in / use - share));
    sum->before += use * before;
    sum->after += use * e->stock[g];
    sum->used += in - use * (e->stock[g] - before);
}

/* ---- Orders ---- */

static void order_links(kn__engine *e, const kn__engine_block *b, int32_t j, int64_t g,
                        double *sent)
{
    int64_t market = (int64_t)b->market * e->n;
    const double *open = e->open + market;
    bool each = e->rule.by_supplier && !b->is_final;
    kn__engine_aim aim = {0, 0};
    double wish = 0, base = 0;
    if (!b->is_final)
        aim = kn__engine_aim_of(e, j);
    if (b->is_final)
        wish = e->wanted[g - e->final_group];
    else if (!each)
        wish = e->use[g] * kn__engine_wish(e, aim, g, e->stock[g], true);
    if (!each)
        base = kn__engine_weigh(e, g, e->lean + market);
    double scale = base > 0 ? wish / base : 0;
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
        int32_t i = supplier_of(e, g, k);
        double times = each ? kn__engine_wish(e, aim, g, e->link_stock[k], true) : scale;
        e->link_order[k] = times * e->net->flow[k] * open[i];
        sent[i] += (times * open[i] - 1) * e->net->flow[k];
    }
}

void kn__engine_pass_links(kn__engine *e, int32_t block, int stages)
{
    const kn__engine_block *b = &e->blocks[block];
    double *sent = e->sent + (int64_t)block * e->n;
    if (stages & KN__STAGE_RECEIVE)
        e->sums[block] = (kn__engine_sum){0};
    for (int64_t m = b->begin; m < b->end; m++) {
        int32_t j = e->member[m];
        for (int64_t g = e->net->group_start[j]; g < e->net->group_start[j + 1]; g++) {
            if (stages & KN__STAGE_RECEIVE)
                take_group(e, b, &e->sums[block], j, g);
            if (stages & KN__STAGE_ORDER)
                order_links(e, b, j, g, sent);
        }
        if ((stages & KN__STAGE_MOVE) && !b->is_final)
            kn__engine_limit(e, j);
    }
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

/* sum over buyers of min(order, level x normal flow) = output. The level only rises from
   one round to the next, each round meets at least one more order in full, and so it
   ends. */
void kn__engine_water(kn__engine *e)
{
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
