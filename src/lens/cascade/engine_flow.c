/* SPDX-License-Identifier: Apache-2.0 */
/* The one pass over the flows that a step needs: what a user receives, its stocks, its
   new orders and their part of every supplier's demand all touch the same flows. */
#include <math.h>
#include <string.h>

#include "lens/cascade/engine_state.h"

enum { LANES = 8 };

typedef struct slice {
    const double *z;
    const int32_t *supplier; /* NULL: the block that starts at first */
    int64_t first, count;
} slice;

static slice slice_of(const kn__engine *e, int64_t g)
{
    const kn__engine_net *net = e->net;
    int64_t at = net->link_start[g];
    return (slice){.z = net->flow + at,
                   .supplier = net->supplier ? net->supplier + at : NULL,
                   .first = net->supplier ? 0 : net->first[g],
                   .count = net->link_start[g + 1] - at};
}

/* Sums run in LANES fixed lanes, so that vectors of any width give the same bits. */
static double add_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

static double dot(const slice *s, const double *v)
{
    double lane[LANES] = {0}, rest = 0;
    int64_t k = 0;
    if (s->supplier) {
        for (; k < s->count; k++)
            rest += s->z[k] * v[s->supplier[k]];
        return rest;
    }
    const double *z = s->z, *from = v + s->first;
    for (; k + LANES <= s->count; k += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += z[k + l] * from[k + l];
    for (; k < s->count; k++)
        rest += z[k] * from[k];
    return add_lanes(lane) + rest;
}

double kn__engine_weigh(const kn__engine *e, int64_t g, const double *v)
{
    slice s = slice_of(e, g);
    return dot(&s, v);
}

static void send(const slice *s, double scale, double *sent)
{
    if (s->supplier) {
        for (int64_t k = 0; k < s->count; k++)
            sent[s->supplier[k]] += scale * s->z[k];
        return;
    }
    double *restrict to = sent + s->first;
    const double *restrict z = s->z;
    for (int64_t k = 0; k < s->count; k++)
        to[k] += scale * z[k];
}

/* ---- Orders ---- */

static double basis(const kn__engine *e, kn__basis on, int32_t j, double otherwise)
{
    if (on == KN__BASIS_NONE || !(e->normal[j] > 0))
        return otherwise;
    if (on == KN__BASIS_OUTPUT)
        return e->output[j] / e->normal[j];
    double demand = e->demand[j];
    if (on == KN__BASIS_FEASIBLE)
        demand = fmin(demand, e->capacity[j]);
    return demand / e->normal[j];
}

static double target_of(const kn__engine *e, int32_t j, int64_t g)
{
    double steps = e->net->target ? e->net->target[g] : e->rule.stock_steps;
    return steps * basis(e, e->rule.target_on, j, 1);
}

double kn__engine_wish(const kn__engine *e, int32_t j, int64_t g, double stock,
                       bool close_gap)
{
    double gap = (target_of(e, j, g) - stock) / e->rule.restore_steps;
    if (!close_gap || (e->rule.gap_only_up && gap < 0))
        gap = 0;
    return fmax(0, basis(e, e->rule.flow_on, j, 0) + gap);
}

/* What final users want at today's prices. */
static double final_wish(const kn__engine *e, int64_t g, const slice *s)
{
    double wish = e->wanted[g - e->final_group];
    if (e->rule.adaptation != KN__ADAPT_PRICE || !(e->use[g] > 0))
        return wish;
    double mean = dot(s, e->price) / e->use[g];
    return mean > 1 ? wish * pow(mean, -e->rule.price_elasticity) : wish;
}

static void order_group(kn__engine *e, const kn__engine_block *b, int32_t j, int64_t g,
                        double *sent, bool close_gap)
{
    slice s = slice_of(e, g);
    double base = e->use[g];
    double wish = b->is_final ? final_wish(e, g, &s)
                              : base * kn__engine_wish(e, j, g, e->stock[g], close_gap);
    if (e->doors ||
        (e->rule.sourcing != KN__SOURCE_FIXED && !(b->is_final && e->rule.final_fixed)))
        base = dot(&s, e->lean + (int64_t)b->market * e->n);
    e->scale[g] = base > 0 ? wish / base : 0;
    if (e->scale[g] > 0)
        send(&s, e->scale[g], sent);
}

/* ---- Stocks ---- */

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-8 + 1e-5 * fabs(b);
}

static void move_group(kn__engine *e, kn__engine_sum *sum, int32_t j, int64_t g,
                       bool hold)
{
    double share = e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
    double before = e->stock[g], use = e->use[g];
    if (!hold && use > 0)
        e->stock[g] = fmax(0, before + (e->received[g] / use - share));
    sum->before += use * before;
    sum->after += use * e->stock[g];
    sum->used += e->received[g] - use * (e->stock[g] - before);
    if (e->rule.boario_tolerance &&
        !is_close(use * target_of(e, j, g), use * e->stock[g]))
        sum->gap_differs = true;
}

static void receive_group(kn__engine *e, const kn__engine_block *b, kn__engine_sum *sum,
                          int32_t j, int64_t g)
{
    slice s = slice_of(e, g);
    e->received[g] = 0;
    if (e->scale[g] > 0)
        e->received[g] = e->scale[g] * dot(&s, e->deliver + (int64_t)b->market * e->n);
    sum->delivered += e->received[g];
    if (b->is_final) {
        e->met[g - e->final_group] = e->received[g];
        sum->used += e->received[g];
    } else if (e->rule.boario_tolerance && e->normal[j] > 0 &&
               !is_close(e->received[g], e->use[g] * (e->output[j] / e->normal[j]))) {
        sum->received_differs = true;
    }
}

/* ---- Pass ---- */

void kn__engine_pass(kn__engine *e, int32_t block, int stages)
{
    const kn__engine_block *b = &e->blocks[block];
    kn__engine_sum *sum = &e->sums[block];
    double *sent = e->sent + (int64_t)block * e->n;
    if (stages & KN__STAGE_RECEIVE)
        *sum = (kn__engine_sum){0};
    if (stages & KN__STAGE_ORDER)
        memset(sent, 0, (size_t)e->n * sizeof *sent);
    for (int64_t m = b->begin; m < b->end; m++) {
        int32_t j = e->member[m];
        int64_t begin = e->net->group_start[j], end = e->net->group_start[j + 1];
        for (int64_t g = begin; g < end; g++) {
            if (stages & KN__STAGE_RECEIVE)
                receive_group(e, b, sum, j, g);
            if ((stages & KN__STAGE_MOVE) && !b->is_final)
                move_group(e, sum, j, g, stages & KN__STAGE_HOLD);
            if (stages & KN__STAGE_ORDER)
                order_group(e, b, j, g, sent, !(stages & KN__STAGE_NO_GAP));
        }
        if ((stages & KN__STAGE_MOVE) && !b->is_final)
            kn__engine_limit(e, j);
    }
}
