/* SPDX-License-Identifier: Apache-2.0 */
/* The one pass over the flows that a step needs: what a user receives, its stocks, its
   new orders and their part of every supplier's demand all touch the same flows. */
#include <math.h>

#include "lens/cascade/engine_dense.h"

typedef struct slice {
    const double *z;
    const int32_t *supplier; /* NULL: the block that starts at first */
    int64_t first, count;
} slice;

typedef kn__engine_turn turn;

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
    if (!s->supplier && !e->by_link)
        return e->kernel->dot(s->z, v + s->first, s->count);
    for (int64_t k = 0; k < s->count; k++)
        sum += s->z[k] * v[s->supplier ? s->supplier[k] : s->first + k];
    return sum;
}

/* Two of them: what arrives of a group, and what its orders count on. */
typedef struct both {
    double arrives, base;
} both;

static both dot_both(const slice *s, const double *deliver, const double *lean)
{
    both sum = {0, 0};
    for (int64_t k = 0; k < s->count; k++) {
        int32_t i = s->supplier[k];
        sum.arrives += s->z[k] * deliver[i];
        sum.base += s->z[k] * lean[i];
    }
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
                            basis(e, e->rule.target_on, j, 1),
                            !e->rule.idle_stops && !(e->normal[j] > 0)};
}

static double target_of(const kn__engine *e, kn__engine_aim aim, int64_t g)
{
    double steps = e->net->target ? e->net->target[g] : e->rule.stock_steps;
    return (steps - (e->net->on_way ? e->net->on_way[g] : 0)) * aim.target;
}

double kn__engine_wish(const kn__engine *e, kn__engine_aim aim, int64_t g, double stock)
{
    double gap = (target_of(e, aim, g) - stock) / e->rule.restore_steps;
    if (e->ignores_gaps || (e->rule.gap_only_up && gap < 0))
        gap = 0;
    if (aim.idle)
        return 1;
    return aim.flow + gap > 0 || e->rule.returns ? aim.flow + gap : 0;
}

double kn__engine_final_wish(kn__engine *e, int64_t g)
{
    int64_t at = g - e->final_group;
    double wish = e->use[g] * (e->wanted_now ? e->wanted_now[at] : 1);
    e->wanted[at] = wish;
    if (e->rule.adaptation != KN__ADAPT_PRICE || !(e->use[g] > 0))
        return wish;
    double mean = kn__engine_weigh(e, g, e->price) / e->use[g];
    return mean > 1 ? wish * pow(mean, -e->rule.price_elasticity) : wish;
}

/* base: normal flow weighted by what buyers count on. */
static void order_group(turn *t, int64_t g, const slice *s, double base)
{
    kn__engine *e = t->e;
    double wish = t->is_final ? kn__engine_final_wish(e, g)
                              : e->use[g] * kn__engine_wish(e, t->aim, g, e->stock[g]);
    e->scale[g] = base > 0 ? wish / base : 0;
    t->restless |= base != e->use[g];
    if (e->scale[g] == 1 || !(e->use[g] > 0))
        return;
    t->restless = true;
    send(e, s, e->scale[g] - 1, t->sent);
    if (!e->awake.all)
        kn__engine_wake_suppliers(e, g);
}

/* ---- Stocks ---- */

static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-8 + 1e-5 * fabs(b);
}

static bool gap_differs(const kn__engine *e, kn__engine_aim aim, int64_t g, double stock)
{
    return !is_close(e->use[g] * stock, e->use[g] * target_of(e, aim, g));
}

/* A stock, or none where it may not fall below 0. */
static double kept(const kn__engine *e, int64_t g, double stock)
{
    bool free = e->rule.debts && e->net->weight && !(e->net->weight[g] > 0);
    return stock > 0 || free ? stock : 0;
}

void kn__engine_move(kn__engine *e, int64_t g, double after)
{
    e->stock[g] = kept(e, g, after);
}

/* Whether the stock of a group follows what comes in and is used in this step. */
static bool moves(const kn__engine *e, kn__engine_aim aim, int64_t g)
{
    return !e->holds && e->use[g] > 0 && !aim.idle;
}

static void move_group(const turn *t, int64_t g)
{
    kn__engine *e = t->e;
    double before = e->stock[g], use = e->use[g];
    if (moves(e, t->aim, g))
        kn__engine_move(e, g, before + (e->received[g] / use - t->share));
    double more = use * (e->stock[g] - before);
    t->sum->laid_up += more;
    t->sum->used += e->received[g] - use - more;
}

static void receive_group(turn *t, int64_t g, double arrives)
{
    kn__engine *e = t->e;
    double in = e->scale[g] * arrives;
    e->received[g] = in;
    t->sum->delivered += in - e->use[g];
    if (t->is_final) {
        e->met[g - e->final_group] = in;
        t->sum->used += in - e->use[g];
    }
}

/* ---- Pass ---- */

/* Links from now that are fetched ahead: suppliers lie anywhere. What is kept of so many
   producers stays near a processor anyway. */
enum { FETCH_AHEAD = 64, NEAR = 32768 };

/* Inline: compilers drop calls of functions that do nothing but this. */
static inline __attribute__((always_inline)) void fetch_ahead(const turn *t, int64_t g)
{
    const kn__engine_net *net = t->e->net;
    int64_t k = net->link_start[g] + FETCH_AHEAD;
    int64_t end = net->link_start[g + 1] + FETCH_AHEAD;
    for (end = end < t->e->links ? end : t->e->links; k < end; k++) {
        int32_t i = net->supplier[k];
        __builtin_prefetch(t->deliver + i);
        if (t->leans)
            __builtin_prefetch(t->lean + i);
        __builtin_prefetch(t->sent + i, 1);
    }
}

/* What the stages want of them. */
static both weigh_both(const turn *t, int64_t g, const slice *s)
{
    bool receives = t->stages & KN__STAGE_RECEIVE;
    bool orders = t->leans && (t->stages & KN__STAGE_ORDER);
    if (receives && orders && s->supplier)
        return dot_both(s, t->deliver, t->lean);
    return (both){.arrives = receives ? dot(t->e, s, t->deliver) : 0,
                  .base = orders ? dot(t->e, s, t->lean) : t->e->use[g]};
}

static void pass_group(turn *t, int64_t g)
{
    kn__engine *e = t->e;
    slice s = slice_of(e, g);
    if (s.supplier && e->awake.all && e->n > NEAR)
        fetch_ahead(t, g);
    both sum = weigh_both(t, g, &s);
    if (t->stages & KN__STAGE_RECEIVE)
        receive_group(t, g, sum.arrives);
    if ((t->stages & KN__STAGE_MOVE) && !t->is_final)
        move_group(t, g);
    if (t->stages & KN__STAGE_ORDER)
        order_group(t, g, &s, sum.base);
    t->restless |= e->received[g] != e->use[g];
    if (e->rule.boario_tolerance && !t->is_final)
        t->restless |= gap_differs(e, t->aim, g, e->stock[g]);
}

static void pass_links(turn *t, int64_t g)
{
    if (t->stages & KN__STAGE_RECEIVE)
        kn__engine_take_links(t, g);
    if (t->stages & KN__STAGE_ORDER)
        kn__engine_order_links(t, g);
    t->restless |= t->e->received[g] != t->e->use[g];
}

static double share_of(const kn__engine *e, int32_t j)
{
    return e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
}

/* What a producer as a buyer does in this step; none of it deviates at rest. */
static void begin_turn(turn *t, int32_t j)
{
    const kn__engine *e = t->e;
    t->aim = kn__engine_aim_of(e, j);
    t->share = share_of(e, j);
    t->restless =
        !t->aim.idle && (t->share != 1 || t->aim.target != 1 ||
                         t->aim.flow != (e->rule.flow_on == KN__BASIS_NONE ? 0 : 1));
}

/* The unit is looked at in the next step if anything about it deviates. */
static void end_turn(const turn *t, int32_t unit, int64_t slot)
{
    kn__engine_awake *awake = &t->e->awake;
    kn__engine_set_bit(awake->slots, slot, t->restless);
    if (t->restless && !t->is_final)
        kn__engine_wake_bit(awake->producers, unit);
}

static void take_turn(turn *t, const kn__engine_block *b, int64_t place)
{
    kn__engine *e = t->e;
    int32_t unit = e->member[b->begin + place];
    int64_t end = kn__engine_first_group(e, unit + 1);
    t->restless = false;
    if (!t->is_final)
        begin_turn(t, unit);
    for (int64_t g = kn__engine_first_group(e, unit); g < end; g++)
        if (e->by_link)
            pass_links(t, g);
        else
            pass_group(t, g);
    if ((t->stages & KN__STAGE_MOVE) && !t->is_final)
        kn__engine_limit(e, unit);
    if ((t->stages & KN__STAGE_ORDER) && e->awake.slots)
        end_turn(t, unit, b->slot + place);
}

static turn turn_of(kn__engine *e, int32_t block, int stages)
{
    const kn__engine_block *b = &e->blocks[block];
    int64_t market = (int64_t)b->market * e->n;
    bool leans =
        e->doors ||
        (e->rule.sourcing != KN__SOURCE_FIXED && !(b->is_final && e->rule.final_fixed)) ||
        e->rule.adaptation == KN__ADAPT_PRICE;
    return (turn){.e = e,
                  .sum = &e->sums[block],
                  .deliver = e->deliver + market,
                  .open = e->open + market,
                  .lean = e->lean + market,
                  .leans = leans,
                  .sent = e->sent + (int64_t)block * e->n,
                  .stages = stages,
                  .is_final = b->is_final};
}

void kn__engine_pass(kn__engine *e, int32_t block, int stages)
{
    if (e->dense) {
        kn__dense_pass(e->dense, block, stages);
        return;
    }
    const kn__engine_block *b = &e->blocks[block];
    int64_t count = b->end - b->begin;
    turn t = turn_of(e, block, stages);
    if (stages & KN__STAGE_RECEIVE)
        *t.sum = (kn__engine_sum){0};
    for (int64_t place = 0; e->awake.all && place < count; place++)
        take_turn(&t, b, place);
    for (int64_t word = 0; !e->awake.all && word < count; word += 64) {
        uint64_t bits = kn__engine_bits(e->awake.slots, b->slot + word);
        for (; bits; bits &= bits - 1)
            take_turn(&t, b, word + __builtin_ctzll(bits));
    }
}

/* ---- Tolerance ---- */

static double received(const kn__engine *e, int64_t g, const double *deliver)
{
    return e->scale[kn__engine_cell(e, g)] * kn__engine_weigh(e, g, deliver);
}

static double stock_after(const kn__engine *e, kn__engine_aim aim, int64_t g,
                          const double *deliver, double share)
{
    double before = e->stock[kn__engine_cell(e, g)];
    if (!moves(e, aim, g))
        return before;
    return kept(e, g, before + (received(e, g, deliver) / e->use[g] - share));
}

static bool unit_differs(const kn__engine *e, int32_t j, const double *deliver, bool gap)
{
    kn__engine_aim aim = kn__engine_aim_of(e, j);
    double share = share_of(e, j);
    for (int64_t g = kn__engine_first_group(e, j); g < kn__engine_first_group(e, j + 1);
         g++)
        if (gap ? gap_differs(e, aim, g, stock_after(e, aim, g, deliver, share))
                : !is_close(received(e, g, deliver), e->use[g] * share))
            return true;
    return false;
}

bool kn__engine_differs(const kn__engine *e, int32_t block, bool gap)
{
    const kn__engine_block *b = &e->blocks[block];
    const double *deliver = e->deliver + (int64_t)b->market * e->n;
    bool differs = false;
    for (int64_t m = b->begin; !b->is_final && !differs && m < b->end; m++) {
        int64_t slot = b->slot + m - b->begin;
        bool looks =
            e->awake.all || kn__engine_bits(e->awake.slots, slot) >> (slot & 63) & 1;
        differs = looks && unit_differs(e, e->member[m], deliver, gap);
    }
    return differs;
}
