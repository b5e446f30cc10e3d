/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over the flows of a dense network, for one shock or for many. */
#include "lens/cascade/engine_dense.h"

#include <math.h>
#include <string.h>

enum { LANES = KN__LANES, MOST = KN__SHOCKS_MOST };

/* A row that is worked on: its flows, once loaded, and what its units order. */
typedef struct turned {
    const kn__dense_row *row;
    bool loaded;
    _Alignas(64) double excess[MOST * LANES];
    _Alignas(64) double flows[KN__RANGE_MOST * LANES];
} turned;

/* A block while it is worked on. What a row sends follows after the turn of the next row,
   whose long chains of operations it fills. */
typedef struct work {
    kn__dense *d;
    const kn__engine *first; /* of the engines: what they have in common */
    const kn__engine_kernel *kernel;
    const kn__dense_row *row, *ahead;
    turned *now, *before; /* before NULL: nothing left to send */
    kn__dense_tile *tile;
    int64_t at; /* of the row */
    int32_t block;
    int stages;
    bool is_final;
    int32_t list[2 * MOST];
    /* [shock][8] what arrives by flow, then what orders may count on. */
    _Alignas(64) double sums[2 * MOST * LANES];
    turned side[2];
} work;

/* ---- Columns ---- */

/* The columns of a range, of which a set has `each`. */
static double *columns_of(const kn__dense *d, double *sets, int64_t set,
                          const kn__dense_range *r, int32_t each)
{
    return sets + (set * d->plan->width + r->at) * each;
}

static double *sent_of(const kn__dense *d, int64_t block, const kn__dense_range *r)
{
    return columns_of(d, d->sent, block, r, d->shocks);
}

/* Copies the part of `all` in a range to column c, and notes whether it is 1. */
static void listen(kn__dense *d, int64_t market, int32_t range, int32_t c,
                   const double *all)
{
    const kn__dense_range *r = d->plan->ranges + range;
    double *to =
        columns_of(d, d->columns, market, r, 2 * d->shocks) + c * kn__padded(r->count);
    bool rests = true;
    for (int32_t k = 0; k < r->count; k++) {
        to[k] = all[r->first + k];
        rests &= to[k] == 1;
    }
    d->rests[(market * d->plan->range_count + range) * 2 * d->shocks + c] = rests;
}

void kn__dense_listen(kn__dense *d, int32_t shock)
{
    const kn__engine *e = d->engines[shock];
    for (int64_t m = 0; m < e->markets; m++)
        for (int32_t k = 0; k < d->plan->range_count; k++) {
            listen(d, m, k, shock, e->deliver + m * e->n);
            listen(d, m, k, d->shocks + shock, e->lean + m * e->n);
        }
}

void kn__dense_take(kn__dense *d, int32_t shock, int32_t block, int64_t begin,
                    int64_t end, double *total)
{
    const kn__dense_plan *p = d->plan;
    for (int32_t k = 0; k < p->range_count; k++) {
        const kn__dense_range *r = p->ranges + k;
        int64_t from = r->first > begin ? r->first : begin;
        int64_t to = r->first + r->count < end ? r->first + r->count : end;
        double *sent = sent_of(d, block, r) + shock * kn__padded(r->count);
        for (int64_t i = from; i < to; i++) {
            total[i - begin] += sent[i - r->first];
            sent[i - r->first] = 0;
        }
    }
}

void kn__dense_forget(kn__dense *d, int32_t shock)
{
    const kn__dense_plan *p = d->plan;
    for (int64_t b = 0; b < d->engines[shock]->block_count; b++)
        for (int32_t k = 0; k < p->range_count; k++) {
            int64_t padded = kn__padded(p->ranges[k].count);
            memset(sent_of(d, b, p->ranges + k) + shock * padded, 0,
                   (size_t)padded * sizeof(double));
        }
}

/* ---- One row ---- */

static void load(const work *w, turned *t)
{
    if (!t->loaded)
        w->kernel->load(t->flows, t->row->z, w->d->plan->ranges[t->row->range].count,
                        w->ahead->z);
    t->loaded = true;
}

/* Flows times the columns that the stages want; normal use, exactly, where a column is 1
   all over. */
static void weigh(work *w)
{
    const kn__dense *d = w->d;
    const kn__dense_range *r = d->plan->ranges + w->row->range;
    int64_t market = w->first->blocks[w->block].market;
    const bool *rests =
        d->rests + (market * d->plan->range_count + w->row->range) * 2 * d->shocks;
    int32_t begin = w->stages & KN__STAGE_RECEIVE ? 0 : d->shocks;
    int32_t end = w->stages & KN__STAGE_ORDER ? 2 * d->shocks : d->shocks, count = 0;
    for (int32_t c = begin; c < end; c++)
        if (rests[c])
            memcpy(w->sums + c * LANES, d->plan->use + w->at * LANES,
                   LANES * sizeof(double));
        else
            w->list[count++] = c;
    if (!count)
        return;
    load(w, w->now);
    w->kernel->weigh(w->sums, w->now->flows, kn__padded(r->count),
                     columns_of(d, d->columns, market, r, 2 * d->shocks), w->list, count);
}

static bool any_moves(const double *excess)
{
    double sum = 0;
    for (int l = 0; l < LANES; l++)
        sum += fabs(excess[l]);
    return sum != 0;
}

/* Sends what is left to send. */
static void spread(work *w)
{
    const kn__dense *d = w->d;
    turned *t = w->before;
    int32_t count = 0;
    if (!t)
        return;
    const kn__dense_range *r = d->plan->ranges + t->row->range;
    for (int32_t s = 0; s < d->shocks; s++)
        if (any_moves(t->excess + s * LANES))
            w->list[count++] = s;
    if (!count)
        return;
    load(w, t);
    w->kernel->spread(sent_of(d, w->block, r), t->flows, kn__padded(r->count), t->excess,
                      w->list, count, w->ahead->z);
}

static int64_t group_of(const work *w, int lane)
{
    return kn__engine_first_group(w->first, w->tile->unit[lane]) + w->row->input[lane];
}

/* The weight of an input may be another every step. */
static void renew_weights(work *w)
{
    const kn__engine_net *net = w->first->net;
    double *weight = w->d->plan->weight + w->at * LANES;
    double *free = w->d->plan->free + w->at * LANES;
    const double *use = w->d->plan->use + w->at * LANES;
    for (int l = 0; l < w->tile->units; l++)
        if (w->row->input[l] >= 0) {
            weight[l] = net->weight[group_of(w, l)];
            free[l] = use[l] > 0 && weight[l] > 0 ? 0 : INFINITY;
        }
}

/* All that producers do with what arrives. */
static void turn_row(work *w)
{
    const kn__dense *d = w->d;
    const kn__dense_plan *p = d->plan;
    const kn__engine_rule *rule = &w->first->rule;
    int64_t cell = w->at * LANES, shared = cell * d->shocks;
    int64_t tile = (w->tile - p->tiles) * d->shocks * LANES;
    if (w->first->net->weight)
        renew_weights(w);
    kn__engine_cells c = {.shocks = d->shocks,
                          .use = p->use + cell,
                          .target = p->target + cell,
                          .need = p->need + cell,
                          .weight = p->weight + cell,
                          .free = p->free + cell,
                          .restore = rule->restore_steps,
                          .least_gap = rule->gap_only_up ? 0 : -INFINITY,
                          .least_order = rule->returns ? -INFINITY : 0,
                          .debts = rule->debts,
                          .row = (double)(w->at - w->tile->begin),
                          .arrives = w->sums,
                          .base = w->sums + d->shocks * LANES,
                          .flow = d->flow + tile,
                          .aim = d->aim + tile,
                          .share = d->share + tile,
                          .moves = d->moves + tile,
                          .closes = d->closes + tile,
                          .stock = d->stock + shared,
                          .scale = d->scale + shared,
                          .received = d->received + shared,
                          .excess = w->now->excess,
                          .ahead = (w->ahead - w->row) * LANES * d->shocks,
                          .delivered = d->delivered + tile,
                          .laid_up = d->laid_up + tile,
                          .least = d->least + tile,
                          .binding = d->binding + tile};
    w->kernel->turn(&c);
}

/* Orders alone: of the normal state, or of final users. */
static void order_row(work *w)
{
    const kn__dense *d = w->d;
    double *scale = d->scale + w->at * LANES * d->shocks;
    memset(w->now->excess, 0, sizeof w->now->excess);
    for (int32_t s = 0; s < d->shocks; s++)
        for (int l = 0; l < w->tile->units; l++) {
            kn__engine *e = d->engines[s];
            int32_t at = s * LANES + l;
            double use = d->plan->use[w->at * LANES + l];
            if (w->row->input[l] < 0)
                continue;
            double wish = w->is_final ? kn__engine_final_wish(e, group_of(w, l)) : use;
            double base = w->sums[d->shocks * LANES + at];
            scale[at] = base > 0 ? wish / base : 0;
            w->now->excess[at] = use > 0 ? scale[at] - 1 : 0;
        }
}

static void receive_row(work *w)
{
    const kn__dense *d = w->d;
    int64_t cells = w->at * LANES * d->shocks;
    double *delivered = d->delivered + (w->tile - d->plan->tiles) * d->shocks * LANES;
    for (int32_t s = 0; s < d->shocks; s++)
        for (int l = 0; l < w->tile->units; l++) {
            kn__engine *e = d->engines[s];
            int32_t at = s * LANES + l;
            if (w->row->input[l] < 0)
                continue;
            double in = d->scale[cells + at] * w->sums[at];
            d->received[cells + at] = in;
            e->met[group_of(w, l) - e->final_group] = in;
            delivered[at] += in - d->plan->use[w->at * LANES + l];
        }
}

static void take_row(work *w, kn__dense_tile *tile, int64_t row, int64_t ahead)
{
    kn__dense *d = w->d;
    w->tile = tile;
    w->at = row;
    w->row = d->plan->row + row;
    w->ahead = d->plan->row + (ahead < d->plan->rows ? ahead : row);
    w->now->row = w->row;
    w->now->loaded = false;
    weigh(w);
    if (w->stages & KN__STAGE_MOVE)
        turn_row(w);
    else if (w->stages & KN__STAGE_ORDER)
        order_row(w);
    else
        receive_row(w);
    spread(w);
    w->before = w->stages & KN__STAGE_ORDER ? w->now : NULL;
    w->now = &w->side[w->now == w->side];
}

/* ---- Tiles ---- */

static void begin_tile(work *w, const kn__dense_tile *t)
{
    kn__dense *d = w->d;
    int64_t first = (t - d->plan->tiles) * d->shocks * LANES;
    int64_t count = (int64_t)d->shocks * LANES;
    memset(d->delivered + first, 0, (size_t)count * sizeof(double));
    memset(d->laid_up + first, 0, (size_t)count * sizeof(double));
    for (int64_t k = first; k < first + count; k++) {
        d->least[k] = INFINITY;
        d->binding[k] = -1;
    }
    for (int32_t s = 0; s < d->shocks && !w->is_final; s++)
        for (int l = 0; l < t->units; l++) {
            const kn__engine *e = d->engines[s];
            int32_t j = t->unit[l];
            int64_t at = first + s * LANES + l;
            kn__engine_aim aim = kn__engine_aim_of(e, j);
            d->flow[at] = aim.idle ? 1 : aim.flow;
            d->moves[at] = !aim.idle && !e->holds;
            d->closes[at] = !aim.idle && !e->ignores_gaps;
            d->aim[at] = aim.target;
            d->share[at] = e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
        }
}

static void limit_unit(const work *w, const kn__dense_tile *t, int32_t s, int l)
{
    const kn__dense *d = w->d;
    kn__engine *e = d->engines[s];
    int32_t j = t->unit[l];
    int64_t at = ((t - d->plan->tiles) * d->shocks + s) * LANES + l;
    if (e->rule.make == KN__MAKE_LINEAR || e->rule.make == KN__MAKE_CES) {
        kn__engine_limit(e, j);
        return;
    }
    int32_t row = (int32_t)d->binding[at];
    e->binding[j] = row < 0 ? -1 : d->plan->row[t->begin + row].input[l];
    kn__engine_set_limit(e, j, d->least[at]);
}

/* What the tiles of a block add up to, in a fixed order. */
static void end_block(const work *w, const kn__dense_tile *begin,
                      const kn__dense_tile *end)
{
    const kn__dense *d = w->d;
    for (int32_t s = 0; s < d->shocks; s++) {
        kn__engine_sum *sum = &d->engines[s]->sums[w->block];
        *sum = (kn__engine_sum){0};
        for (const kn__dense_tile *t = begin; t < end; t++)
            for (int l = 0; l < t->units; l++) {
                int64_t at = ((t - d->plan->tiles) * d->shocks + s) * LANES + l;
                sum->delivered += d->delivered[at];
                sum->laid_up += d->laid_up[at];
                if (w->stages & KN__STAGE_MOVE)
                    limit_unit(w, t, s, l);
            }
        sum->used = sum->delivered - sum->laid_up;
    }
}

/* ---- Blocks ---- */

/* Rows ahead that memory is asked for. */
enum { AHEAD = 2 };

/* One shock: as the flows lie in memory. */
static void take_tiles(work *w, kn__dense_tile *begin, kn__dense_tile *end)
{
    for (kn__dense_tile *t = begin; t < end; t++)
        for (int64_t row = t->begin; row < t->end; row++)
            take_row(w, t, row, row + AHEAD);
}

/* Many: range by range, so that the columns of all shocks stay near. */
static void take_ranges(work *w, kn__dense_tile *begin, kn__dense_tile *end)
{
    const kn__dense_plan *p = w->d->plan;
    for (kn__dense_tile *t = begin; t < end; t++)
        t->next = t->begin;
    for (int32_t r = 0; r < p->range_count; r++)
        for (kn__dense_tile *t = begin; t < end; t++)
            if (t->next < t->end && p->row[t->next].range == r) {
                const kn__dense_tile *after = t + 1 < end ? t + 1 : begin;
                take_row(w, t, t->next, after->next < after->end ? after->next : t->next);
                t->next++;
            }
}

void kn__dense_pass(kn__dense *d, int32_t block, int stages)
{
    const kn__dense_plan *p = d->plan;
    const kn__engine *first = d->engines[0];
    kn__dense_tile *begin = p->tiles + p->block_tile[block];
    kn__dense_tile *end = p->tiles + p->block_tile[block + 1];
    work w;
    memset(w.sums, 0, sizeof w.sums);
    w.d = d;
    w.now = w.side;
    w.before = NULL;
    w.first = first;
    w.kernel = first->kernel;
    w.block = block;
    w.stages = stages;
    w.is_final = first->blocks[block].is_final;
    for (const kn__dense_tile *t = begin; t < end; t++)
        begin_tile(&w, t);
    if (d->shocks == 1)
        take_tiles(&w, begin, end);
    else
        take_ranges(&w, begin, end);
    spread(&w);
    if (stages & KN__STAGE_RECEIVE)
        end_block(&w, begin, end);
}
