/* SPDX-License-Identifier: Apache-2.0 */
/* How a dense network is cut into tiles. */
#include <math.h>
#include <string.h>

#include "lens/cascade/engine_dense.h"

enum { LANES = KN__LANES };

/* A plan while it is made; first its rows are only counted. */
typedef struct planner {
    kn__engine *e;
    kn__dense_plan *p;
    kn__dense_tile *tile, counted;
    kn__dense_part *part, counted_part;
    int32_t *range_of; /* of the producer a range begins with; else -1 */
    int64_t *next;     /* group of each unit that comes next */
    int64_t cells;     /* groups in rows */
    bool count_only;
} planner;

static double *room(kn__engine *e, kn_context *ctx, int64_t count)
{
    e->bytes += (count + LANES) * (int64_t)sizeof(double);
    char *block = (char *)KN__ARRAY(e->arena, ctx, count + LANES, double);
    uintptr_t past = (uintptr_t)block % (LANES * sizeof(double));
    return block ? (double *)(void *)(block + (past ? LANES * sizeof(double) - past : 0))
                 : NULL;
}

/* ---- Ranges ---- */

static bool is_dense(const kn__engine *e)
{
    return !e->net->supplier && !e->by_link;
}

/* Notes how long the range is that begins with each producer. False where two groups do
   not agree, a range is too long, or the inputs of a user are out of order. */
static bool note_ranges(const kn__engine *e, int32_t *length)
{
    const kn__engine_net *net = e->net;
    for (int32_t j = 0; j < net->users; j++)
        for (int64_t g = net->group_start[j]; g < net->group_start[j + 1]; g++) {
            int64_t count = net->link_start[g + 1] - net->link_start[g];
            int32_t first = net->first[g];
            if (count < 1 || count > KN__RANGE_MOST ||
                (length[first] && length[first] != count) ||
                (g > net->group_start[j] && first <= net->first[g - 1]))
                return false;
            length[first] = (int32_t)count;
        }
    int32_t end = 0;
    for (int32_t i = 0; i < e->n; i++) {
        if (i < end && length[i])
            return false;
        end = length[i] ? i + length[i] : end;
    }
    return true;
}

/* Turns lengths into numbers of ranges. */
static kn_status list_ranges(planner *b, kn_context *ctx)
{
    kn__dense_plan *p = b->p;
    for (int32_t i = 0; i < b->e->n; i++)
        p->range_count += b->range_of[i] > 0;
    p->ranges = KN__ARRAY(b->e->arena, ctx, p->range_count, kn__dense_range);
    if (!p->ranges)
        return KN_ERR_MEMORY;
    int32_t k = 0;
    for (int32_t i = 0; i < b->e->n; i++) {
        int32_t count = b->range_of[i];
        b->range_of[i] = count ? k : -1;
        if (!count)
            continue;
        p->ranges[k++] = (kn__dense_range){i, count, p->width};
        p->width += kn__padded(count);
    }
    return KN_OK;
}

/* ---- Rows ---- */

/* Puts the flows of a group where a row has them. */
static void put_flows(planner *b, int lane, int64_t g)
{
    const kn__engine_net *net = b->e->net;
    double *z = b->p->z + b->p->lines * LANES + lane;
    const double *from = net->flow + net->link_start[g];
    int64_t count = net->link_start[g + 1] - net->link_start[g];
    for (int64_t k = 0; k < count; k++)
        z[k * LANES] = from[k];
}

static void put_cell(planner *b, int lane, int32_t unit, int64_t g)
{
    kn__dense_plan *p = b->p;
    b->cells++;
    if (b->count_only)
        return;
    put_flows(b, lane, g);
    p->row[p->rows].input[lane] = (int32_t)(g - kn__engine_first_group(b->e, unit));
    p->place[g] = p->rows * LANES + lane;
}

static void begin_row(planner *b, int32_t tile)
{
    if (b->count_only)
        return;
    kn__dense_row *row = b->p->row + b->p->rows;
    row->tile = tile;
    row->part = b->p->part_count;
    for (int l = 0; l < LANES; l++)
        row->input[l] = -1;
}

static void end_row(planner *b, int32_t range)
{
    b->p->rows++;
    b->p->lines += b->p->ranges[range].count;
}

/* ---- Tiles ---- */

static void add_unit(planner *b, int32_t unit, int lane)
{
    kn__dense_plan *p = b->p;
    if (lane == 0) {
        b->tile = b->count_only ? &b->counted : p->tiles + p->tile_count;
        *b->tile = (kn__dense_tile){0};
        p->tile_count++;
    }
    b->tile->unit[lane] = unit;
    b->tile->units = lane + 1;
}

static bool buys(const planner *b, int32_t unit, int32_t range)
{
    int64_t g = b->next[unit];
    return g < kn__engine_first_group(b->e, unit + 1) &&
           b->range_of[b->e->net->first[g]] == range;
}

/* What eight producers buy from a range, if anything. */
static void add_row(planner *b, const int32_t *unit, int count, int32_t range,
                    int32_t tile)
{
    bool any = false;
    for (int l = 0; l < count; l++)
        any |= buys(b, unit[l], range);
    if (!any)
        return;
    begin_row(b, tile);
    for (int l = 0; l < count; l++)
        if (buys(b, unit[l], range))
            put_cell(b, l, unit[l], b->next[unit[l]]++);
    end_row(b, range);
}

static void add_producers(planner *b, const kn__engine_block *block, int32_t range,
                          int32_t tile)
{
    for (int64_t m = block->begin; m < block->end; m += LANES, tile++)
        add_row(b, b->e->member + m,
                (int)(block->end - m < LANES ? block->end - m : LANES), range, tile);
}

/* Groups of final users: eight that buy from one range make a tile of one row. */
static void add_finals(planner *b, const kn__engine_block *block, int32_t range)
{
    int lane = 0;
    for (int64_t m = block->begin; m < block->end; m++) {
        int32_t unit = b->e->member[m];
        if (!buys(b, unit, range))
            continue;
        if (lane == 0)
            begin_row(b, b->p->tile_count);
        add_unit(b, unit, lane);
        put_cell(b, lane, unit, b->next[unit]++);
        lane = (lane + 1) % LANES;
        if (lane == 0)
            end_row(b, range);
    }
    if (lane > 0)
        end_row(b, range);
}

static void add_part(planner *b, const kn__engine_block *block, int32_t range,
                     int32_t tile)
{
    kn__dense_plan *p = b->p;
    kn__dense_part part = {.range = range,
                           .begin = p->rows,
                           .z = b->count_only ? NULL : p->z + p->lines * LANES};
    if (block->is_final)
        add_finals(b, block, range);
    else
        add_producers(b, block, range, tile);
    part.end = p->rows;
    if (part.end == part.begin)
        return;
    if (!b->count_only)
        p->parts[p->part_count] = part;
    p->part_count++;
}

static void add_block(planner *b, int32_t k)
{
    kn__dense_plan *p = b->p;
    const kn__engine_block *block = b->e->blocks + k;
    int32_t tile = p->tile_count;
    if (!b->count_only) {
        p->block_tile[k] = tile;
        p->block_part[k] = p->part_count;
    }
    for (int64_t m = block->begin; m < block->end; m++) {
        b->next[b->e->member[m]] = kn__engine_first_group(b->e, b->e->member[m]);
        if (!block->is_final)
            add_unit(b, b->e->member[m], (int)((m - block->begin) % LANES));
    }
    for (int32_t r = 0; r < p->range_count; r++)
        add_part(b, block, r, tile);
}

static void add_blocks(planner *b, bool count_only)
{
    kn__dense_plan *p = b->p;
    int32_t count = b->e->block_count;
    b->count_only = count_only;
    b->cells = p->rows = p->lines = 0;
    p->tile_count = p->part_count = 0;
    for (int32_t k = 0; k < count; k++)
        add_block(b, k);
    if (count_only)
        return;
    p->block_tile[count] = p->tile_count;
    p->block_part[count] = p->part_count;
}

/* ---- Plan ---- */

static kn_status make_rows(planner *b, kn_context *ctx)
{
    kn__engine *e = b->e;
    kn__dense_plan *p = b->p;
    bool ok = true;
    /* Rows are read to whole lanes of suppliers. */
    ok = (p->z = room(e, ctx, (p->lines + LANES) * LANES)) && ok;
    ok = (p->fixed = room(e, ctx, p->rows * KN__CELL_FIXED * LANES)) && ok;
    ok = (p->row = KN__ARRAY(e->arena, ctx, p->rows, kn__dense_row)) && ok;
    ok = (p->parts = KN__ARRAY(e->arena, ctx, p->part_count, kn__dense_part)) && ok;
    ok = (p->tiles = KN__ARRAY(e->arena, ctx, p->tile_count, kn__dense_tile)) && ok;
    ok = (p->block_tile = KN__ARRAY(e->arena, ctx, e->block_count + 1, int32_t)) && ok;
    ok = (p->block_part = KN__ARRAY(e->arena, ctx, e->block_count + 1, int32_t)) && ok;
    ok = (p->place = KN__ARRAY(e->arena, ctx, e->groups, int64_t)) && ok;
    ok = (p->outdated = KN__ARRAY(e->arena, ctx, e->groups, bool)) && ok;
    ok = (p->any_outdated = KN__ARRAY(e->arena, ctx, e->n, bool)) && ok;
    e->bytes +=
        p->rows * (int64_t)sizeof *p->row + p->part_count * (int64_t)sizeof *p->parts +
        p->tile_count * (int64_t)sizeof *p->tiles + e->groups * (int64_t)sizeof *p->place;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

/* Nobody needs 0, as one divides by it; all that the net says is looked up later. */
static void set_fixed(planner *b)
{
    const kn__dense_plan *p = b->p;
    for (int64_t k = 0; k < p->rows * LANES; k++)
        p->fixed[(k / LANES * KN__CELL_FIXED + KN__CELL_NEED) * LANES + k % LANES] = 1;
}

kn_status kn__dense_plan_new(kn__dense_plan **plan, kn_context *ctx, kn__engine *e)
{
    *plan = NULL;
    if (!is_dense(e))
        return KN_OK;
    planner b = {.e = e, .p = KN__NEW(e->arena, ctx, kn__dense_plan)};
    b.range_of = KN__ARRAY(e->arena, ctx, e->n, int32_t);
    b.next = KN__ARRAY(e->arena, ctx, e->units, int64_t);
    if (!b.p || !b.range_of || !b.next)
        return KN_ERR_MEMORY;
    if (!note_ranges(e, b.range_of))
        return KN_OK;
    KN__TRY(list_ranges(&b, ctx));
    add_blocks(&b, true);
    if (b.p->rows * LANES > 2 * b.cells + e->block_count * LANES * b.p->range_count)
        return KN_OK; /* users that buy from few ranges: mostly empty rows */
    KN__TRY(make_rows(&b, ctx));
    add_blocks(&b, false);
    set_fixed(&b);
    *plan = b.p;
    return KN_OK;
}

/* ---- State ---- */

static double *fixed_of(const kn__dense_plan *p, int64_t group, int which)
{
    int64_t lane = p->place[group] % LANES, row = p->place[group] / LANES;
    return p->fixed + (row * KN__CELL_FIXED + which) * LANES + lane;
}

static void look_up(const kn__dense *d, int64_t g)
{
    const kn__engine_net *net = d->engines[0]->net;
    const kn__engine_rule *rule = &d->engines[0]->rule;
    double target = net->target ? net->target[g] : rule->stock_steps;
    *fixed_of(d->plan, g, KN__CELL_TARGET) = target - (net->on_way ? net->on_way[g] : 0);
    *fixed_of(d->plan, g, KN__CELL_NEED) =
        rule->need > 0 ? rule->need * target : rule->need_steps;
    *fixed_of(d->plan, g, KN__CELL_WEIGHT) = net->weight ? net->weight[g] : 1;
}

void kn__dense_outdate(kn__dense *d, int32_t producer, int64_t group)
{
    kn__dense_plan *p = d->plan;
    p->outdated[group] = p->any_outdated[producer] = p->changed = true;
}

void kn__dense_outdate_all(kn__dense *d)
{
    const int64_t *start = d->engines[0]->net->group_start;
    for (int32_t j = 0; j < d->engines[0]->n; j++)
        for (int64_t g = start[j]; g < start[j + 1]; g++)
            kn__dense_outdate(d, j, g);
}

void kn__dense_renew(kn__dense *d)
{
    kn__dense_plan *p = d->plan;
    const int64_t *start = d->engines[0]->net->group_start;
    for (int32_t j = 0; j < d->engines[0]->n && p->changed; j++) {
        for (int64_t g = start[j]; g < start[j + 1] && p->any_outdated[j]; g++)
            if (p->outdated[g]) {
                look_up(d, g);
                p->outdated[g] = false;
            }
        p->any_outdated[j] = false;
    }
    p->changed = false;
}

static kn_status make_state(kn__dense *d, kn_context *ctx)
{
    kn__engine *e = d->engines[0];
    const kn__dense_plan *p = d->plan;
    int64_t shocks = (int64_t)d->panels * d->wide;
    int64_t set = p->width * shocks;
    int64_t flags = 2 * (int64_t)e->markets * d->panels * p->range_count;
    bool ok = true;
    ok = (d->moving = room(e, ctx, p->rows * shocks * KN__CELL_MOVING * LANES)) && ok;
    ok =
        (d->unit = room(e, ctx, p->tile_count * shocks * KN__UNIT_NUMBERS * LANES)) && ok;
    ok =
        (d->sums = room(e, ctx, e->block_count * shocks * KN__SUM_NUMBERS * LANES)) && ok;
    ok = (d->active = room(e, ctx, (int64_t)p->tile_count * LANES)) && ok;
    ok = (d->columns = room(e, ctx, 2 * set * e->markets)) && ok;
    ok = (d->sent = room(e, ctx, set * e->block_count)) && ok;
    ok = (d->ordered = room(e, ctx, set * e->markets)) && ok;
    ok = (d->rests = KN__ARRAY(e->arena, ctx, flags, bool)) && ok;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__dense_new(kn__dense_plan *plan, kn_context *ctx, kn__engine *const *engines,
                        int32_t shocks)
{
    kn__arena *arena = engines[0]->arena;
    kn__dense *d = KN__NEW(arena, ctx, kn__dense);
    kn__engine **list = KN__ARRAY(arena, ctx, shocks, kn__engine *);
    if (!d || !list)
        return KN_ERR_MEMORY;
    memcpy(list, engines, (size_t)shocks * sizeof *list);
    int32_t wide = shocks == 1 ? 1 : LANES;
    *d = (kn__dense){.plan = plan,
                     .engines = list,
                     .shocks = shocks,
                     .wide = wide,
                     .panels = (shocks + wide - 1) / wide};
    KN__TRY(make_state(d, ctx));
    for (int32_t s = 0; s < shocks; s++) {
        kn__engine *e = engines[s];
        e->dense = d;
        e->shock = s;
        e->stock = d->moving + KN__CELL_STOCK * LANES;
        e->scale = d->moving + KN__CELL_SCALE * LANES;
        e->received = d->moving + KN__CELL_RECEIVED * LANES;
    }
    return KN_OK;
}

int64_t kn__dense_cell(const kn__dense *d, int32_t shock, int64_t group)
{
    int64_t place = d->plan->place[group], lane = place % LANES, row = place / LANES;
    const kn__dense_part *part = d->plan->parts + d->plan->row[row].part;
    int64_t panel = shock / d->wide;
    int64_t line =
        part->begin * d->panels + panel * (part->end - part->begin) + (row - part->begin);
    return (line * d->wide + shock % d->wide) * KN__CELL_MOVING * LANES + lane;
}
