/* SPDX-License-Identifier: Apache-2.0 */
/* The inner loops of a panel: each statement is that of one engine (engine.c,
   engine_flow.c, engine_make.c) for eight shocks. */
#include <math.h>
#include <string.h>

#include "lens/cascade/engine_panel_state.h"

enum { LANES = KN__PANEL_SHOCKS };

#define INLINE static inline __attribute__((always_inline))

/* Eight numbers; wherever they stand in memory; eight times yes (-1) or no (0). */
typedef double v8 __attribute__((vector_size(64)));
typedef double loose __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64)));

#define AT(p) (*(const loose *)(p))
#define PUT(p) (*(loose *)(p))
#define ALL(x) ((v8){(x), (x), (x), (x), (x), (x), (x), (x)})
/* Of one comparison: compilers take masks of several apart. */
#define PICK(mask, yes, no) ((v8)(((m8)(yes) & (mask)) | ((m8)(no) & ~(mask))))
#define LEAST(a, b) PICK((a) < (b), (a), (b))
#define MOST(a, b) PICK((a) > (b), (a), (b))

static const double NOTHING = 1e-12; /* as in engine.c */

static double own(const double *of_each, int32_t i, double otherwise)
{
    return of_each ? of_each[i] : otherwise;
}

/* ---- Producers ---- */

INLINE void add_orders(kn__panel *p, int32_t i, int32_t kind, v8 *demand)
{
    const kn__engine *e = p->engine;
    v8 choice = AT(p->choice + LANES * (int64_t)i), zero = ALL(0.0);
    *demand = zero;
    for (int32_t m = 0; m < e->markets; m++) {
        int64_t at = (int64_t)m * e->n + i;
        int64_t door = (int64_t)p->column[m] * e->n + i;
        v8 base = ALL(e->base[at]), all = base;
        if (p->ordered[(int64_t)m * p->model->kinds + kind]) {
            all = base + AT(p->total + LANES * at);
            PUT(p->total + LANES * at) = zero;
        }
        v8 size = PICK(all < zero, -all, all);
        all = PICK(size > ALL(NOTHING) * base, all, zero);
        v8 open = AT(p->open + LANES * door);
        *demand += all * (p->shut[door] ? open : choice);
    }
}

/* Overproduction, as overproduce() has it. */
INLINE void adapt(const kn__panel *p, int32_t i, const v8 *demand, v8 *adapted)
{
    const kn__engine *e = p->engine;
    v8 most = ALL(own(e->net->adapt_most, i, e->rule.adapt_most));
    v8 steps = ALL(own(e->net->adapt_steps, i, e->rule.adapt_steps));
    v8 zero = ALL(0.0), one = ALL(1.0);
    v8 unmet = (*demand - AT(p->output + LANES * (int64_t)i)) / *demand;
    unmet = PICK(*demand > zero, unmet, zero);
    *adapted += (most - *adapted) * unmet / steps;
    v8 back = *adapted + (ALL(e->rule.adapt_base) - *adapted) / steps;
    *adapted = PICK(unmet == zero, back, *adapted);
    *adapted = PICK(*adapted < one, one, *adapted);
}

/* A door that is not open all the way: what buyers count on of it, as count_on(). */
INLINE void set_door(kn__panel *p, int32_t i, int64_t at, const v8 *choice)
{
    const kn__engine *e = p->engine;
    double given = own(e->net->search_share, i, e->rule.search_share);
    v8 share = ALL(given), one = ALL(1.0);
    v8 steps = ALL(fmax(1, own(e->net->search_steps, i, e->rule.search_steps)));
    v8 door = AT(p->door + at), now = AT(p->memory + at);
    v8 end = one - share * (one - door);
    v8 less = now - share * (one - door) / steps;
    v8 counted = MOST(end, less);
    counted = MOST(door, counted);
    counted = PICK(door >= one, door, counted);
    PUT(p->memory + at) = counted;
    PUT(p->open + at) = door * *choice;
    PUT(p->lean + at) = counted * *choice;
}

/* What column c sees of a producer; how far that is from normal adds up. */
INLINE void show(kn__panel *p, int32_t c, int32_t i, const v8 *fill, const v8 *was,
                 const v8 *choice)
{
    int64_t cell = (int64_t)c * p->engine->n + i, at = LANES * cell;
    bool shut = p->shut[cell];
    v8 open = AT(p->open + at);
    v8 deliver = *fill * (shut ? open : *was);
    PUT(p->deliver + at) = deliver;
    if (shut)
        set_door(p, i, at, choice);
    else
        PUT(p->lean + at) = *choice;
    v8 more = deliver - ALL(1.0), leans = AT(p->lean + at) - ALL(1.0);
    PUT(p->moved + LANES * c) += more * more + leans * leans;
}

INLINE void produce_one(kn__panel *p, int32_t i, int32_t kind, v8 *made)
{
    const kn__engine *e = p->engine;
    int64_t at = LANES * (int64_t)i;
    v8 normal = ALL(e->normal[i]), one = ALL(1.0);
    v8 demand, adapted = AT(p->adapted + at), was = AT(p->choice + at), choice = was;
    add_orders(p, i, kind, &demand);
    if (p->steps >= e->rule.adapt_after)
        adapt(p, i, &demand, &adapted);
    v8 capacity = normal * (adapted * AT(p->available + at));
    v8 output = AT(p->limit + at);
    output = LEAST(output, demand);
    output = LEAST(output, capacity);
    v8 fill = output / demand;
    fill = PICK(output >= demand, one, fill);
    if (e->normal[i] > 0) {
        double steps = own(e->net->search_steps, i, e->rule.search_steps);
        choice += (capacity / normal - choice) / ALL(fmax(1, steps));
    }
    for (int32_t c = 0; c < p->columns; c++)
        show(p, c, i, &fill, &was, &choice);
    PUT(p->demand + at) = demand;
    PUT(p->adapted + at) = adapted;
    PUT(p->capacity + at) = capacity;
    PUT(p->output + at) = output;
    PUT(p->choice + at) = choice;
    *made += output - normal;
}

INLINE bool are_zero(const double *eight)
{
    bool zero = true;
    for (int l = 0; l < LANES; l++)
        zero &= eight[l] == 0;
    return zero;
}

INLINE void produce_kind(kn__panel *p, int32_t kind, v8 *made)
{
    const kn__panel_model *model = p->model;
    memset(p->moved, 0, LANES * sizeof(double) * (size_t)p->columns);
    for (int32_t i = model->kind_start[kind]; i < model->kind_start[kind + 1]; i++)
        produce_one(p, i, kind, made);
    for (int32_t m = 0; m < p->engine->markets; m++)
        p->ordered[(int64_t)m * model->kinds + kind] = false;
    for (int32_t c = 0; c < p->columns; c++)
        p->rests[(int64_t)c * model->kinds + kind] = are_zero(p->moved + LANES * c);
}

INLINE void any_produce(kn__panel *p)
{
    v8 made = ALL(0.0);
    for (int32_t kind = 0; kind < p->model->kinds; kind++)
        produce_kind(p, kind, &made);
    PUT(p->made) = made;
}

/* The doors of the start. */
INLINE void any_open(kn__panel *p)
{
    int64_t cells = (int64_t)p->columns * p->engine->n;
    v8 one = ALL(1.0);
    for (int64_t cell = 0; cell < cells; cell++) {
        PUT(p->lean + LANES * cell) = one;
        PUT(p->memory + LANES * cell) = one;
        if (p->shut[cell])
            set_door(p, (int32_t)(cell % p->engine->n), LANES * cell, &one);
    }
}

/* ---- Groups ---- */

/* A block while it is worked on. */
typedef struct work {
    kn__panel *p;
    const double *deliver, *lean;
    const bool *rests;
    v8 delivered;
} work;

INLINE void weigh(const kn__panel *p, int64_t g, const double *column, v8 *sum)
{
    const kn__engine_net *net = p->model->net;
    *sum = ALL(0.0);
    for (int64_t k = net->link_start[g]; k < net->link_start[g + 1]; k++)
        *sum += ALL(net->flow[k]) * AT(column + LANES * (int64_t)net->supplier[k]);
}

INLINE void weigh_both(const work *w, int64_t g, v8 *arrives, v8 *base)
{
    const kn__engine_net *net = w->p->model->net;
    *arrives = *base = ALL(0.0);
    for (int64_t k = net->link_start[g]; k < net->link_start[g + 1]; k++) {
        v8 flow = ALL(net->flow[k]);
        int64_t at = LANES * (int64_t)net->supplier[k];
        *arrives += flow * AT(w->deliver + at);
        *base += flow * AT(w->lean + at);
    }
}

/* Orders `wish`, where shares of normal purchases add up to `base`. */
INLINE void order(kn__panel *p, int64_t g, const v8 *wish, const v8 *base)
{
    const kn__engine_net *net = p->model->net;
    v8 zero = ALL(0.0), scale = *wish / *base;
    scale = PICK(*base > zero, scale, zero);
    v8 excess = scale - ALL(1.0);
    PUT(p->scale + LANES * g) = scale;
    if (!(p->engine->use[g] > 0))
        return;
    p->sends[p->model->kind[g]] = true;
    for (int64_t k = net->link_start[g]; k < net->link_start[g + 1]; k++) {
        double *sent = p->sent + LANES * (int64_t)net->supplier[k];
        PUT(sent) += excess * ALL(net->flow[k]);
    }
}

/* The weight of an input to each shock. */
INLINE void weight_of(const kn__panel *p, int64_t g, v8 *weight)
{
    const double *const *sets = p->model->weight;
    v8 zero = ALL(0.0), sum = zero;
    for (int k = 0; k < KN__PANEL_WEIGHTS; k++)
        sum += ALL(sets[k][g]) * AT(p->chosen[k]);
    *weight = sum * AT(p->factor + LANES * (int64_t)p->model->kind[g]);
}

/* The share of normal output that the stock of a group allows: (1 - w) + w q. */
INLINE void limit_by(const kn__panel *p, int64_t g, const v8 *stock, v8 *least)
{
    v8 weight, zero = ALL(0.0), one = ALL(1.0), none = ALL(INFINITY);
    if (!(p->engine->use[g] > 0))
        return;
    weight_of(p, g, &weight);
    v8 share = one - weight * (one - *stock);
    share = PICK(weight == one, *stock, share);
    share = PICK(weight > zero, share, none);
    *least = LEAST(share, *least);
}

INLINE void set_limit(kn__panel *p, int32_t j, const v8 *least)
{
    v8 limit = *least * ALL(p->engine->normal[j]), zero = ALL(0.0);
    v8 none = ALL(INFINITY);
    limit = PICK(limit >= zero, limit, none);
    PUT(p->limit + LANES * (int64_t)j) = limit;
}

/* A group of a producer: what arrives moves its stock, and orders follow. */
INLINE void turn_group(work *w, int64_t g, const v8 *flow, const v8 *share, v8 *least)
{
    kn__panel *p = w->p;
    const kn__engine *e = p->engine;
    int64_t at = LANES * g;
    v8 use = ALL(e->use[g]), zero = ALL(0.0), arrives = use, base = use;
    if (!w->rests[p->model->kind[g]])
        weigh_both(w, g, &arrives, &base);
    v8 in = AT(p->scale + at) * arrives, stock = AT(p->stock + at);
    w->delivered += in - use;
    if (e->use[g] > 0) {
        stock += in / use - *share;
        stock = MOST(stock, zero);
        PUT(p->stock + at) = stock;
    }
    limit_by(p, g, &stock, least);
    v8 gap = (ALL(e->net->target[g]) - stock) / ALL(e->rule.restore_steps);
    v8 wish = *flow + gap;
    wish = MOST(wish, zero);
    wish *= use;
    order(p, g, &wish, &base);
}

INLINE void turn_producer(work *w, int32_t j)
{
    kn__panel *p = w->p;
    const int64_t *start = p->model->net->group_start;
    int64_t at = LANES * (int64_t)j;
    double normal = p->engine->normal[j];
    v8 zero = ALL(0.0), flow = zero, share = zero, least = ALL(INFINITY);
    if (normal > 0) {
        v8 capacity = AT(p->capacity + at), demand = AT(p->demand + at);
        demand = LEAST(capacity, demand);
        flow = demand / ALL(normal);
        share = AT(p->output + at) / ALL(normal);
    }
    for (int64_t g = start[j]; g < start[j + 1]; g++)
        turn_group(w, g, &flow, &share, &least);
    set_limit(p, j, &least);
}

/* Orders of the normal state, whatever is open. */
INLINE void begin_producer(work *w, int32_t j)
{
    kn__panel *p = w->p;
    const int64_t *start = p->model->net->group_start;
    bool makes = p->engine->normal[j] > 0;
    v8 least = ALL(INFINITY);
    for (int64_t g = start[j]; g < start[j + 1]; g++) {
        v8 base, wish = ALL(makes ? p->engine->use[g] : 0.0);
        weigh(p, g, w->lean, &base);
        order(p, g, &wish, &base);
        v8 stock = AT(p->stock + LANES * g);
        limit_by(p, g, &stock, &least);
    }
    set_limit(p, j, &least);
}

/* ---- Final users ---- */

INLINE void order_final(work *w, int64_t g)
{
    kn__panel *p = w->p;
    const kn__engine *e = p->engine;
    int64_t final = g - e->final_group, at = LANES * final;
    bool rests = w->rests[p->model->kind[g]], asks = p->asks[final];
    if (rests && !asks && p->plain[final])
        return;
    p->plain[final] = rests && !asks;
    v8 base = ALL(e->use[g]), wish = base * AT(p->asked + at);
    PUT(p->wanted + at) = wish;
    if (!rests)
        weigh(p, g, w->lean, &base);
    order(p, g, &wish, &base);
}

INLINE void receive_final(work *w, int64_t g)
{
    kn__panel *p = w->p;
    int64_t at = LANES * (g - p->engine->final_group);
    v8 use = ALL(p->engine->use[g]), arrives = use;
    if (!w->rests[p->model->kind[g]])
        weigh(p, g, w->deliver, &arrives);
    v8 in = AT(p->scale + LANES * g) * arrives;
    PUT(p->met + at) = in;
    w->delivered += in - use;
}

/* ---- Blocks ---- */

/* What the block sent goes to the orders of its market. */
INLINE void fold(kn__panel *p, int32_t market)
{
    const kn__panel_model *model = p->model;
    double *total = p->total + LANES * (int64_t)market * p->engine->n;
    bool *ordered = p->ordered + (int64_t)market * model->kinds;
    v8 zero = ALL(0.0);
    for (int32_t kind = 0; kind < model->kinds; kind++) {
        if (!p->sends[kind])
            continue;
        p->sends[kind] = false;
        ordered[kind] = true;
        for (int64_t i = model->kind_start[kind]; i < model->kind_start[kind + 1]; i++) {
            PUT(total + LANES * i) += AT(p->sent + LANES * i);
            PUT(p->sent + LANES * i) = zero;
        }
    }
}

INLINE void work_on(work *w, kn__panel_stage stage, int32_t unit)
{
    const kn__engine *e = w->p->engine;
    if (stage == KN__PANEL_TURN)
        turn_producer(w, unit);
    else if (stage == KN__PANEL_BEGIN)
        begin_producer(w, unit);
    else if (stage == KN__PANEL_ORDER)
        order_final(w, e->final_group + (unit - e->n));
    else
        receive_final(w, e->final_group + (unit - e->n));
}

INLINE void any_block(kn__panel *p, kn__panel_stage stage, int32_t block)
{
    const kn__engine *e = p->engine;
    const kn__engine_block *b = &e->blocks[block];
    int64_t column = p->column[b->market], at = LANES * column * e->n;
    work w = {.p = p,
              .deliver = p->deliver + at,
              .lean = p->lean + at,
              .rests = p->rests + column * p->model->kinds,
              .delivered = ALL(0.0)};
    for (int64_t m = b->begin; m < b->end; m++)
        work_on(&w, stage, e->member[m]);
    PUT(p->delivered) += w.delivered;
    fold(p, b->market);
}

INLINE void any_work(kn__panel *p, kn__panel_stage stage, int32_t block)
{
    if (stage == KN__PANEL_OPEN)
        any_open(p);
    else if (stage == KN__PANEL_PRODUCE)
        any_produce(p);
    else if (stage == KN__PANEL_TURN)
        any_block(p, KN__PANEL_TURN, block);
    else if (stage == KN__PANEL_BEGIN)
        any_block(p, KN__PANEL_BEGIN, block);
    else if (stage == KN__PANEL_ORDER)
        any_block(p, KN__PANEL_ORDER, block);
    else
        any_block(p, KN__PANEL_RECEIVE, block);
}

/* ---- Variants ---- */

static void plain_work(kn__panel *p, kn__panel_stage stage, int32_t block)
{
    any_work(p, stage, block);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void avx2_work(kn__panel *p, kn__panel_stage stage,
                                                      int32_t block)
{
    any_work(p, stage, block);
}

__attribute__((target("avx512f,avx512dq"))) static void
avx512_work(kn__panel *p, kn__panel_stage stage, int32_t block)
{
    any_work(p, stage, block);
}
#endif

void kn__panel_work(kn__panel *p, kn__panel_stage stage, int32_t block)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")) {
        avx512_work(p, stage, block);
        return;
    }
    if (__builtin_cpu_supports("avx2")) {
        avx2_work(p, stage, block);
        return;
    }
#endif
    plain_work(p, stage, block);
}
