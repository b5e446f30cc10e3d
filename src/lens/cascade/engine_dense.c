/* SPDX-License-Identifier: Apache-2.0 */
/* The pass over the flows of a dense network, for one shock or for many. */
#include "lens/cascade/engine_dense.h"

#include <math.h>
#include <string.h>

enum { LANES = KN__LANES, UNIT = KN__UNIT_NUMBERS * LANES };

/* A block while it is worked on, for the shocks of a panel. */
typedef struct work {
    kn__dense *d;
    kn__engine *const *engines; /* of the panel */
    const kn__engine_kernel *kernel;
    const kn__dense_part *part;
    kn__engine_cells cells; /* of the row that is worked on */
    int32_t shocks, panel, block;
    int64_t suppliers;
    int stages;
    bool is_final;
    const double *deliver, *lean; /* columns; NULL where they are 1 all over */
    double *sent, *sums, *units;
    /* [shock][8] what arrives by flow, what orders may count on, what they exceed. */
    _Alignas(64) double arrives[LANES * LANES], base[LANES * LANES],
        excess[LANES * LANES];
} work;

/* ---- Columns ---- */

enum { DELIVERED, LEANED, KINDS };

static int64_t set_of(const kn__dense *d, int64_t market, int kind, int32_t panel)
{
    return (market * KINDS + kind) * d->panels + panel;
}

/* The columns of a range in one of `sets`. */
static double *columns_of(const kn__dense *d, double *sets, int64_t set,
                          const kn__dense_range *r)
{
    return sets + (set * d->plan->width + r->at) * d->wide;
}

static int32_t shocks_of(const kn__dense *d, int32_t panel)
{
    int32_t left = d->shocks - panel * d->wide;
    return left < d->wide ? left : d->wide;
}

/* Copies the parts of `all` in a range to columns; whether they are 1. */
static bool listen(double *to, const kn__dense_range *r, int32_t wide,
                   const double *const *all, int32_t shocks)
{
    bool rests = true;
    for (int32_t k = 0; k < r->count; k++, to += wide)
        for (int32_t s = 0; s < shocks; s++) {
            to[s] = all[s][r->first + k];
            rests &= to[s] == 1;
        }
    return rests;
}

void kn__dense_listen(kn__dense *d, int32_t panel)
{
    const kn__dense_plan *p = d->plan;
    int32_t shocks = shocks_of(d, panel);
    const double *all[LANES];
    for (int64_t m = 0; m < d->engines[0]->markets; m++)
        for (int kind = 0; kind < KINDS; kind++) {
            int64_t set = set_of(d, m, kind, panel);
            for (int32_t s = 0; s < shocks; s++) {
                const kn__engine *e = d->engines[panel * d->wide + s];
                all[s] = (kind == LEANED ? e->lean : e->deliver) + m * e->n;
            }
            for (int32_t k = 0; k < p->range_count; k++)
                d->rests[set * p->range_count + k] =
                    listen(columns_of(d, d->columns, set, p->ranges + k), p->ranges + k,
                           d->wide, all, shocks);
        }
}

/* Adds numbers `begin` to before `end` of what a block sent to a range. */
static void gather(kn__dense *d, int32_t block, int32_t panel, const kn__dense_range *r,
                   int64_t begin, int64_t end)
{
    const kn__engine *e = d->engines[0];
    int32_t market = e->blocks[block].market;
    int64_t ahead = d->panels * d->plan->width * d->wide; /* the next block */
    double *to = columns_of(d, d->ordered, (int64_t)market * d->panels + panel, r);
    const double *from = columns_of(d, d->sent, (int64_t)block * d->panels + panel, r);
    if (!block || market != e->blocks[block - 1].market)
        memset(to + begin, 0, (size_t)(end - begin) * sizeof *to);
    for (int64_t k = begin; k < end; k += LANES)
        __builtin_prefetch(from + ahead + k);
    for (int64_t k = begin; k < end; k++)
        to[k] += from[k];
}

/* The part of a range among producers, as places in it. */
typedef struct span {
    int64_t begin, end;
} span;

static span span_of(const kn__dense_range *r, int64_t begin, int64_t end)
{
    int64_t from = begin - r->first, to = end - r->first;
    return (span){from > 0 ? from : 0, to < r->count ? to : r->count};
}

void kn__dense_gather(kn__dense *d, int32_t panel, int64_t begin, int64_t end)
{
    const kn__dense_plan *p = d->plan;
    for (int32_t k = 0; k < p->range_count; k++) {
        span in = span_of(p->ranges + k, begin, end);
        for (int32_t b = 0; b < d->engines[0]->block_count && in.begin < in.end; b++)
            gather(d, b, panel, p->ranges + k, in.begin * d->wide, in.end * d->wide);
    }
}

void kn__dense_take(const kn__dense *d, int32_t shock, int32_t market, int64_t begin,
                    int64_t end, double *total)
{
    const kn__dense_plan *p = d->plan;
    int32_t wide = d->wide;
    int64_t set = (int64_t)market * d->panels + shock / wide;
    for (int32_t k = 0; k < p->range_count; k++) {
        const kn__dense_range *r = p->ranges + k;
        const double *ordered = columns_of(d, d->ordered, set, r) + shock % wide;
        span in = span_of(r, begin, end);
        for (int64_t i = in.begin; i < in.end; i++)
            total[r->first + i - begin] = ordered[i * wide];
    }
}

void kn__dense_forget(kn__dense *d)
{
    int64_t sets = (int64_t)d->engines[0]->markets * d->panels;
    memset(d->ordered, 0, (size_t)(sets * d->plan->width * d->wide) * sizeof(double));
}

/* ---- One row ---- */

static const double *fixed_of(const work *w, int64_t row, int which)
{
    return w->d->plan->fixed + (row * KN__CELL_FIXED + which) * LANES;
}

static const double *flows_of(const work *w, int64_t row)
{
    return w->part->z + (row - w->part->begin) * w->suppliers * LANES;
}

/* Normal use, exactly, where a column is 1 all over. */
static void rest(const work *w, int64_t row, double *sums)
{
    for (int32_t s = 0; s < w->d->wide; s++)
        memcpy(sums + s * LANES, fixed_of(w, row, KN__CELL_USE), LANES * sizeof *sums);
}

/* Flows times the columns that the stages want. */
static void weigh(work *w, int64_t row)
{
    const double *z = flows_of(w, row), *deliver = w->deliver, *lean = w->lean;
    if (!deliver)
        rest(w, row, w->arrives);
    if (!lean)
        rest(w, row, w->base);
    if (w->d->wide > 1) {
        if (deliver)
            w->kernel->weigh_eight(w->arrives, z, w->suppliers, deliver);
        if (lean)
            w->kernel->weigh_eight(w->base, z, w->suppliers, lean);
    } else if (deliver) {
        w->kernel->weigh(w->arrives, w->base, z, w->suppliers, deliver, lean);
    } else if (lean) {
        w->kernel->weigh(w->base, NULL, z, w->suppliers, lean, NULL);
    }
}

static void spread(const work *w, int64_t row)
{
    const double *z = flows_of(w, row);
    if (w->d->wide > 1)
        w->kernel->spread_eight(w->sent, z, w->suppliers, w->excess);
    else
        w->kernel->spread(w->sent, z, w->suppliers, w->excess);
}

/* The group of a place in a row; -1: none. */
static int64_t group_at(const work *w, int64_t row, int lane)
{
    const kn__dense_row *r = w->d->plan->row + row;
    if (r->input[lane] < 0)
        return -1;
    int32_t unit = w->d->plan->tiles[r->tile].unit[lane];
    return kn__engine_first_group(w->engines[0], unit) + r->input[lane];
}

/* Orders alone: of the normal state, or of final users. */
static bool order_row(work *w, int64_t row)
{
    bool moves = false;
    memset(w->excess, 0, sizeof w->excess);
    for (int l = 0; l < LANES; l++) {
        int64_t g = group_at(w, row, l);
        double use = fixed_of(w, row, KN__CELL_USE)[l];
        for (int32_t s = 0; s < w->shocks && g >= 0; s++) {
            int at = s * LANES + l;
            double *scale =
                w->cells.moving + (s * KN__CELL_MOVING + KN__CELL_SCALE) * LANES + l;
            double wish = w->is_final ? kn__engine_final_wish(w->engines[s], g) : use;
            *scale = w->base[at] > 0 ? wish / w->base[at] : 0;
            w->excess[at] = use > 0 ? *scale - 1 : 0;
            moves |= w->excess[at] != 0;
        }
    }
    return moves;
}

static void receive_row(work *w, int64_t row)
{
    for (int l = 0; l < LANES; l++) {
        int64_t g = group_at(w, row, l);
        double use = fixed_of(w, row, KN__CELL_USE)[l];
        for (int32_t s = 0; s < w->shocks && g >= 0; s++) {
            kn__engine *e = w->engines[s];
            double *moving = w->cells.moving + s * KN__CELL_MOVING * LANES + l;
            double in = moving[KN__CELL_SCALE * LANES] * w->arrives[s * LANES + l];
            moving[KN__CELL_RECEIVED * LANES] = in;
            e->met[g - e->final_group] = in;
            w->cells.sums[(s * KN__SUM_NUMBERS + KN__SUM_DELIVERED) * LANES + l] +=
                in - use;
        }
    }
}

/* Numbers of the tiles of a block. */
static double *units_of(const kn__dense *d, int32_t block, int32_t panel)
{
    int64_t first = d->plan->block_tile[block];
    int64_t count = d->plan->block_tile[block + 1] - first;
    return d->unit + (first * d->panels + panel * count) * d->wide * UNIT;
}

/* Rows of one shock that memory is asked for ahead of a turn; of eight it is one row. */
enum { ROWS_AHEAD = 4 };

/* Inline: compilers drop calls of functions that do nothing but this. */
static inline __attribute__((always_inline)) void fetch_cells(const work *w)
{
    int32_t rows = w->d->wide > 1 ? 1 : ROWS_AHEAD, lines = w->d->wide * KN__CELL_MOVING;
    const double *fixed = w->cells.fixed + rows * KN__CELL_FIXED * LANES;
    const double *moving = w->cells.moving + rows * lines * LANES;
    for (int k = 0; k < KN__CELL_FIXED; k++)
        __builtin_prefetch(fixed + k * LANES);
    for (int k = 0; k < lines; k++)
        __builtin_prefetch(moving + k * LANES, 1);
}

static void take_row(work *w, int64_t row)
{
    const kn__dense_plan *p = w->d->plan;
    int64_t tile = p->row[row].tile;
    bool moves = false;
    w->cells.fixed = fixed_of(w, row, 0);
    w->cells.active = w->d->active + tile * LANES;
    w->cells.unit = w->units + (tile - p->block_tile[w->block]) * w->d->wide * UNIT;
    fetch_cells(w);
    weigh(w, row);
    w->cells.row = (double)row;
    if (w->stages & KN__STAGE_MOVE)
        moves = w->kernel->turn(&w->cells);
    else if (w->stages & KN__STAGE_ORDER)
        moves = order_row(w, row);
    else
        receive_row(w, row);
    if (moves)
        spread(w, row);
    w->cells.moving += w->d->wide * KN__CELL_MOVING * LANES;
}

/* ---- Tiles ---- */

static void begin_unit(const kn__engine *e, int32_t j, double *unit)
{
    kn__engine_aim aim = kn__engine_aim_of(e, j);
    unit[KN__UNIT_FLOW * LANES] = aim.idle ? 1 : aim.flow;
    unit[KN__UNIT_AIM * LANES] = aim.target;
    unit[KN__UNIT_SHARE * LANES] = e->normal[j] > 0 ? e->output[j] / e->normal[j] : 0;
    unit[KN__UNIT_LEAST * LANES] = INFINITY;
    unit[KN__UNIT_BINDING * LANES] = -1;
}

static void begin_units(const kn__dense *d, int32_t block, int32_t shock)
{
    const kn__dense_plan *p = d->plan;
    double *unit = units_of(d, block, shock / d->wide) + shock % d->wide * UNIT;
    for (int64_t t = p->block_tile[block]; t < p->block_tile[block + 1]; t++) {
        for (int l = 0; l < p->tiles[t].units; l++)
            begin_unit(d->engines[shock], p->tiles[t].unit[l], unit + l);
        unit += d->wide * UNIT;
    }
}

/* Who is idle is so for every shock. */
static void begin_block(const kn__dense *d, int32_t block)
{
    const kn__dense_plan *p = d->plan;
    for (int64_t t = p->block_tile[block]; t < p->block_tile[block + 1]; t++)
        for (int l = 0; l < p->tiles[t].units; l++)
            d->active[t * LANES + l] =
                !kn__engine_aim_of(d->engines[0], p->tiles[t].unit[l]).idle;
    for (int32_t s = 0; s < d->shocks; s++)
        begin_units(d, block, s);
}

static void limit_unit(const kn__dense *d, kn__engine *e, int32_t j, const double *unit,
                       int lane)
{
    if (e->rule.make == KN__MAKE_LINEAR || e->rule.make == KN__MAKE_CES) {
        kn__engine_limit(e, j);
        return;
    }
    int64_t row = (int64_t)unit[KN__UNIT_BINDING * LANES];
    e->binding[j] = row < 0 ? -1 : d->plan->row[row].input[lane];
    kn__engine_set_limit(e, j, unit[KN__UNIT_LEAST * LANES]);
}

static void limit_units(const kn__dense *d, int32_t block, int32_t shock)
{
    const kn__dense_plan *p = d->plan;
    const double *unit = units_of(d, block, shock / d->wide) + shock % d->wide * UNIT;
    for (int64_t t = p->block_tile[block]; t < p->block_tile[block + 1]; t++) {
        for (int l = 0; l < p->tiles[t].units; l++)
            limit_unit(d, d->engines[shock], p->tiles[t].unit[l], unit + l, l);
        unit += d->wide * UNIT;
    }
}

/* What the rows of a block add up to, in a fixed order. */
static void end_block(const kn__dense *d, int32_t block, int stages, const double *sums)
{
    for (int32_t s = 0; s < d->shocks; s++, sums += KN__SUM_NUMBERS * LANES) {
        if (stages & KN__STAGE_MOVE)
            limit_units(d, block, s);
        kn__engine_sum sum = {0};
        for (int l = 0; l < LANES; l++) {
            sum.delivered += sums[KN__SUM_DELIVERED * LANES + l];
            sum.laid_up += sums[KN__SUM_LAID_UP * LANES + l];
        }
        sum.used = sum.delivered - sum.laid_up;
        d->engines[s]->sums[block] = sum;
    }
}

/* ---- Blocks ---- */

/* NULL where the stages want none, or all of it is 1. */
static const double *column_of(const work *w, int kind, int stage)
{
    const kn__dense *d = w->d;
    int64_t market = w->engines[0]->blocks[w->block].market;
    int64_t set = set_of(d, market, kind, w->panel);
    bool rests = d->rests[set * d->plan->range_count + w->part->range];
    return w->stages & stage && !rests
               ? columns_of(d, d->columns, set, d->plan->ranges + w->part->range)
               : NULL;
}

static void take_part(work *w, const kn__dense_part *part, int32_t panel)
{
    kn__dense *d = w->d;
    const kn__dense_range *r = d->plan->ranges + part->range;
    int64_t at = part->begin * d->panels + panel * (part->end - part->begin);
    w->part = part;
    w->panel = panel;
    w->engines = d->engines + panel * d->wide;
    w->shocks = w->cells.shocks = shocks_of(d, panel);
    w->suppliers = r->count;
    w->deliver = column_of(w, DELIVERED, KN__STAGE_RECEIVE);
    w->lean = column_of(w, LEANED, KN__STAGE_ORDER);
    w->sent = columns_of(d, d->sent, (int64_t)w->block * d->panels + panel, r);
    w->units = units_of(d, w->block, panel);
    w->cells.sums = w->sums + (int64_t)panel * d->wide * KN__SUM_NUMBERS * LANES;
    for (int32_t s = 0; s < w->shocks; s++) {
        w->cells.moves[s] = !w->engines[s]->holds;
        w->cells.rate[s] =
            w->engines[s]->ignores_gaps ? 0 : 1 / w->engines[s]->rule.restore_steps;
    }
    w->cells.moving = d->moving + at * d->wide * KN__CELL_MOVING * LANES;
    if (w->stages & KN__STAGE_ORDER)
        memset(w->sent, 0, (size_t)(kn__padded(r->count) * d->wide) * sizeof(double));
    for (int64_t row = part->begin; row < part->end; row++)
        take_row(w, row);
}

void kn__dense_pass(kn__dense *d, int32_t block, int stages)
{
    const kn__dense_plan *p = d->plan;
    const kn__engine *first = d->engines[0];
    const kn__engine_rule *rule = &first->rule;
    work w;
    memset(&w, 0, sizeof w);
    w.d = d;
    w.kernel = first->kernel;
    w.block = block;
    w.stages = stages;
    w.is_final = first->blocks[block].is_final;
    w.cells = (kn__engine_cells){.arrives = w.arrives,
                                 .base = w.base,
                                 .excess = w.excess,
                                 .least_gap = rule->gap_only_up ? 0 : -INFINITY,
                                 .least_order = rule->returns ? -INFINITY : 0,
                                 .debts = rule->debts};
    int64_t count = (int64_t)d->panels * d->wide * KN__SUM_NUMBERS * LANES;
    w.sums = memset(d->sums + block * count, 0, (size_t)count * sizeof *d->sums);
    if (!w.is_final)
        begin_block(d, block);
    for (int32_t k = p->block_part[block]; k < p->block_part[block + 1]; k++)
        for (int32_t panel = 0; panel < d->panels; panel++)
            take_part(&w, p->parts + k, panel);
    if (stages & KN__STAGE_RECEIVE)
        end_block(d, block, stages, w.sums);
}

/* ---- The normal state ---- */

static void normal_row(work *w, int64_t row)
{
    kn__engine *e = w->engines[0];
    double *use = w->d->plan->fixed + row * KN__CELL_FIXED * LANES;
    w->kernel->weigh(use, NULL, flows_of(w, row), w->suppliers, w->deliver, NULL);
    w->kernel->spread(w->sent, flows_of(w, row), w->suppliers, w->excess);
    for (int l = 0; l < LANES; l++)
        if (group_at(w, row, l) >= 0)
            e->use[group_at(w, row, l)] = use[l];
}

static void normal_part(work *w, const kn__dense_part *part)
{
    kn__dense *d = w->d;
    kn__engine *e = w->engines[0];
    const kn__dense_range *r = d->plan->ranges + part->range;
    double *base = e->base + (int64_t)e->blocks[w->block].market * e->n + r->first;
    w->part = part;
    w->suppliers = r->count;
    w->sent = columns_of(d, d->sent, w->block, r);
    for (int64_t row = part->begin; row < part->end; row++)
        normal_row(w, row);
    for (int32_t k = 0; k < r->count; k++)
        base[k] += w->sent[k];
}

void kn__dense_normal(kn__dense *d)
{
    const kn__dense_plan *p = d->plan;
    double ones[KN__RANGE_MOST];
    work w = {
        .d = d, .engines = d->engines, .kernel = d->engines[0]->kernel, .deliver = ones};
    for (int k = 0; k < KN__RANGE_MOST; k++)
        ones[k] = 1;
    for (int l = 0; l < LANES; l++)
        w.excess[l] = 1;
    for (w.block = 0; w.block < d->engines[0]->block_count; w.block++)
        for (int32_t k = p->block_part[w.block]; k < p->block_part[w.block + 1]; k++)
            normal_part(&w, p->parts + k);
}
