/* SPDX-License-Identifier: Apache-2.0 */
/* The one pass over the flows that a step needs: what a user receives, its stocks, its
   new orders and their part of every supplier's demand all touch the same flows. */
#include <math.h>

#include "lens/cascade/engine_state.h"

typedef struct slice {
    const double *z;
    const int32_t *supplier; /* NULL: the block that starts at first */
    int64_t first, count;
} slice;

/* A user while it is worked on. */
typedef struct turn {
    kn__engine *e;
    kn__engine_sum *sum;
    const double *deliver, *lean; /* of its market; lean NULL: shares are normal */
    double *sent;
    kn__engine_aim aim;
    double share; /* output over normal */
    int stages;
    bool is_final;
} turn;

static slice slice_of(const kn__engine *e, int64_t g)
{
    const kn__engine_net *net = e->net;
    int64_t at = net->link_start[g];
    return (slice){.z = net->flow + at,
                   .supplier = net->supplier ? net->supplier + at : NULL,
                   .first = net->supplier ? 0 : net->first[g],
                   .count = net->link_start[g + 1] - at};
}

static double dot(const kn__engine *e, const slice *s, const double *v)
{
    double sum = 0;
    if (!s->supplier)
        return e->kernel->dot(s->z, v + s->first, s->count);
    for (int64_t k = 0; k < s->count; k++)
        sum += s->z[k] * v[s->supplier[k]];
    return sum;
}

double kn__engine_weigh(const kn__engine *e, int64_t g, const double *v)
{
    slice s = slice_of(e, g);
    return dot(e, &s, v);
}

static void send(const kn__engine *e, const slice *s, double excess, double *sent)
{
    if (!s->supplier) {
        e->kernel->send(sent + s->first, s->z, excess, s->count);
        return;
    }
    for (int64_t k = 0; k < s->count; k++)
        sent[s->supplier[k]] += excess * s->z[k];
}

void kn__engine_send(const kn__engine *e, int64_t g, double excess, double *sent)
{
    slice s = slice_of(e, g);
    send(e, &s, excess, sent);
}

/* ---- Orders ---- */

static double basis(const kn__engine *e, kn__basis on, int32_t j, double otherwise)
{
    if (on == KN__BASIS_NONE || !(e->normal[j] > 0))
        return otherwise;
    if (on == KN__BASIS_OUTPUT)
        return e->output[j] / e->normal[j];
    double demand = e->demand[j];
    if (on == KN__BASIS_FEASIBLE && e->capacity[j] < demand)
        demand = e->capacity[j];
    return demand / e->normal[j];
}

kn__engine_aim kn__engine_aim_of(const kn__engine *e, int32_t j)
{
    return (kn__engine_aim){basis(e, e->rule.flow_on, j, 0),
                            basis(e, e->rule.target_on, j, 1)};
}

static double target_of(const kn__engine *e, kn__engine_aim aim, int64_t g)
{
    return (e->net->target ? e->net->target[g] : e->rule.stock_steps) * aim.target;
}

double kn__engine_wish(const kn__engine *e, kn__engine_aim aim, int64_t g, double stock,
                       bool close_gap)
{
    double gap = (target_of(e, aim, g) - stock) / e->rule.restore_steps;
    if (!close_gap || (e->rule.gap_only_up && gap < 0))
        gap = 0;
    return aim.flow + gap > 0 ? aim.flow + gap : 0;
}

/* What final users want at today's prices. */
static double final_wish(const kn__engine *e, int64_t g, const slice *s)
{
    double wish = e->wanted[g - e->final_group];
    if (e->rule.adaptation != KN__ADAPT_PRICE || !(e->use[g] > 0))
        return wish;
    double mean = dot(e, s, e->price) / e->use[g];
    return mean > 1 ? wish * pow(mean, -e->rule.price_elasticity) : wish;
}

/* base: normal flow weighted by what buyers count on. */
static void order_group(const turn *t, int64_t g, const slice *s, double base)
{
    kn__engine *e = t->e;
    double wish = t->is_final
                      ? final_wish(e, g, s)
                      : e->use[g] * kn__engine_wish(e, t->aim, g, e->stock[g],
                                                    !(t->stages & KN__STAGE_NO_GAP));
    e->scale[g] = base > 0 ? wish / base : 0;
    if (e->scale[g] != 1)
        send(e, s, e->scale[g] - 1, t->sent);
}

/* ---- Stocks ---- */

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-8 + 1e-5 * fabs(b);
}

static void move_group(const turn *t, int64_t g)
{
    kn__engine *e = t->e;
    double before = e->stock[g], use = e->use[g];
    if (!(t->stages & KN__STAGE_HOLD) && use > 0) {
        double after = before + (e->received[g] / use - t->share);
        e->stock[g] = after > 0 ? after : 0;
    }
    t->sum->before += use * before;
    t->sum->after += use * e->stock[g];
    t->sum->used += e->received[g] - use * (e->stock[g] - before);
    if (e->rule.boario_tolerance &&
        !is_close(use * target_of(e, t->aim, g), use * e->stock[g]))
        t->sum->gap_differs = true;
}

static void receive_group(const turn *t, int64_t g, double arrives)
{
    kn__engine *e = t->e;
    double in = e->scale[g] > 0 ? e->scale[g] * arrives : 0;
    e->received[g] = in;
    t->sum->delivered += in;
    if (t->is_final) {
        e->met[g - e->final_group] = in;
        t->sum->used += in;
    } else if (e->rule.boario_tolerance && !is_close(in, e->use[g] * t->share)) {
        t->sum->received_differs = true;
    }
}

/* ---- Pass ---- */

static void pass_group(const turn *t, int64_t g)
{
    kn__engine *e = t->e;
    slice s = slice_of(e, g);
    bool order = t->stages & KN__STAGE_ORDER, receive = t->stages & KN__STAGE_RECEIVE;
    if (receive)
        receive_group(t, g, dot(e, &s, t->deliver));
    if ((t->stages & KN__STAGE_MOVE) && !t->is_final)
        move_group(t, g);
    if (order)
        order_group(t, g, &s, t->lean ? dot(e, &s, t->lean) : e->use[g]);
}

void kn__engine_pass(kn__engine *e, int32_t block, int stages)
{
    const kn__engine_block *b = &e->blocks[block];
    int64_t market = (int64_t)b->market * e->n;
    bool lean =
        e->doors ||
        (e->rule.sourcing != KN__SOURCE_FIXED && !(b->is_final && e->rule.final_fixed)) ||
        e->rule.adaptation == KN__ADAPT_PRICE;
    turn t = {.e = e,
              .sum = &e->sums[block],
              .deliver = e->deliver + market,
              .lean = lean ? e->lean + market : NULL,
              .sent = e->sent + (int64_t)block * e->n,
              .stages = stages,
              .is_final = b->is_final};
    if (stages & KN__STAGE_RECEIVE)
        *t.sum = (kn__engine_sum){0};
    for (int64_t m = b->begin; m < b->end; m++) {
        int32_t j = e->member[m];
        if (!b->is_final) {
            t.aim = kn__engine_aim_of(e, j);
            t.share = e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
        }
        for (int64_t g = e->net->group_start[j]; g < e->net->group_start[j + 1]; g++)
            pass_group(&t, g);
        if ((stages & KN__STAGE_MOVE) && !b->is_final)
            kn__engine_limit(e, j);
    }
}
