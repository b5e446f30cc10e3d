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
    int32_t *range_of;    /* of the producer a range begins with; else -1 */
    int64_t cells, spill; /* groups in tiles; numbers behind the flows that rows read */
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

/* Flows of a group; a copy where whole lanes would lead past the end of all flows. */
static const double *flows_of(planner *b, int64_t g)
{
    const kn__engine_net *net = b->e->net;
    int64_t at = net->link_start[g], count = net->link_start[g + 1] - at;
    if (at + kn__padded(count) <= b->e->links)
        return net->flow + at;
    int64_t spill = b->spill;
    b->spill += kn__padded(count);
    if (b->count_only)
        return NULL;
    return memcpy(b->p->end + spill, net->flow + at, (size_t)count * sizeof(double));
}

static void put_cell(planner *b, int lane, int64_t g)
{
    const kn__engine *e = b->e;
    kn__dense_plan *p = b->p;
    int64_t cell = p->rows * LANES + lane;
    const double *z = flows_of(b, g);
    b->cells++;
    if (b->count_only)
        return;
    kn__dense_row *row = p->row + p->rows;
    row->z[lane] = z;
    row->input[lane] = (int32_t)(g - kn__engine_first_group(e, b->tile->unit[lane]));
    p->place[g] = cell;
}

static void begin_row(planner *b, int32_t range)
{
    if (b->count_only)
        return;
    kn__dense_row *row = b->p->row + b->p->rows;
    row->range = range;
    for (int l = 0; l < LANES; l++) {
        row->z[l] = b->p->zeros;
        row->input[l] = -1;
    }
}

/* ---- Tiles ---- */

static void begin_tile(planner *b)
{
    if (!b->count_only)
        b->tile = b->p->tiles + b->p->tile_count;
    *b->tile = (kn__dense_tile){.begin = b->p->rows};
    b->p->tile_count++;
}

/* Eight producers, the ranges any of them buys from in order. */
static void add_producers(planner *b, const int32_t *unit, int count)
{
    const kn__engine *e = b->e;
    int64_t next[LANES];
    begin_tile(b);
    b->tile->units = count;
    for (int l = 0; l < count; l++) {
        b->tile->unit[l] = unit[l];
        next[l] = kn__engine_first_group(e, unit[l]);
    }
    for (;;) {
        int32_t least = e->n;
        for (int l = 0; l < count; l++)
            if (next[l] < kn__engine_first_group(e, unit[l] + 1) &&
                e->net->first[next[l]] < least)
                least = e->net->first[next[l]];
        if (least == e->n)
            break;
        begin_row(b, b->range_of[least]);
        for (int l = 0; l < count; l++)
            if (next[l] < kn__engine_first_group(e, unit[l] + 1) &&
                e->net->first[next[l]] == least)
                put_cell(b, l, next[l]++);
        b->p->rows++;
    }
    b->tile->end = b->p->rows;
}

/* Groups of final users: eight that buy from one range make a tile of one row. */
static void add_finals(planner *b, const kn__engine_block *block, int32_t range)
{
    const kn__engine *e = b->e;
    int lane = 0;
    for (int64_t m = block->begin; m < block->end; m++) {
        int64_t g = kn__engine_first_group(e, e->member[m]);
        if (b->range_of[e->net->first[g]] != range)
            continue;
        if (lane == 0) {
            begin_tile(b);
            begin_row(b, range);
        }
        b->tile->unit[lane] = e->member[m];
        put_cell(b, lane, g);
        b->tile->units = ++lane;
        if (lane == LANES || m + 1 == block->end)
            lane = 0;
        if (lane == 0)
            b->tile->end = ++b->p->rows;
    }
    if (lane > 0)
        b->tile->end = ++b->p->rows;
}

static void add_tiles(planner *b, bool count_only)
{
    const kn__engine *e = b->e;
    b->count_only = count_only;
    b->tile = &b->counted;
    b->cells = b->spill = b->p->rows = 0;
    b->p->tile_count = 0;
    for (int32_t k = 0; k < e->block_count; k++) {
        const kn__engine_block *block = e->blocks + k;
        if (!count_only)
            b->p->block_tile[k] = b->p->tile_count;
        for (int32_t r = 0; block->is_final && r < b->p->range_count; r++)
            add_finals(b, block, r);
        for (int64_t m = block->begin; !block->is_final && m < block->end; m += LANES)
            add_producers(b, e->member + m,
                          (int)(block->end - m < LANES ? block->end - m : LANES));
    }
    if (!count_only)
        b->p->block_tile[e->block_count] = b->p->tile_count;
}

/* ---- Plan ---- */

static kn_status make_rows(planner *b, kn_context *ctx)
{
    kn__engine *e = b->e;
    kn__dense_plan *p = b->p;
    double **const cells[] = {&p->use, &p->target, &p->need, &p->weight, &p->free};
    bool ok = true;
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        ok = (*cells[k] = room(e, ctx, p->rows * LANES)) && ok;
    ok = (p->zeros = room(e, ctx, KN__RANGE_MOST)) && ok;
    ok = (p->end = room(e, ctx, b->spill)) && ok;
    ok = (p->row = KN__ARRAY(e->arena, ctx, p->rows, kn__dense_row)) && ok;
    ok = (p->tiles = KN__ARRAY(e->arena, ctx, p->tile_count, kn__dense_tile)) && ok;
    ok = (p->block_tile = KN__ARRAY(e->arena, ctx, e->block_count + 1, int32_t)) && ok;
    ok = (p->place = KN__ARRAY(e->arena, ctx, e->groups, int64_t)) && ok;
    e->bytes += p->rows * (int64_t)sizeof *p->row +
                p->tile_count * (int64_t)sizeof *p->tiles +
                e->groups * (int64_t)sizeof *p->place;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__dense_plan_new(kn__dense_plan **plan, kn_context *ctx, kn__engine *e)
{
    *plan = NULL;
    if (!is_dense(e))
        return KN_OK;
    planner b = {.e = e, .p = KN__NEW(e->arena, ctx, kn__dense_plan)};
    b.range_of = KN__ARRAY(e->arena, ctx, e->n, int32_t);
    if (!b.p || !b.range_of)
        return KN_ERR_MEMORY;
    if (!note_ranges(e, b.range_of))
        return KN_OK;
    KN__TRY(list_ranges(&b, ctx));
    add_tiles(&b, true);
    if (b.p->rows * LANES > 2 * b.cells + e->block_count * LANES * b.p->range_count)
        return KN_OK; /* users that buy from few ranges: mostly empty tiles */
    KN__TRY(make_rows(&b, ctx));
    add_tiles(&b, false);
    *plan = b.p;
    return KN_OK;
}

/* ---- State ---- */

/* What the rule and the network say of each group. */
void kn__dense_fill(kn__dense *d)
{
    kn__dense_plan *p = d->plan;
    const kn__engine *e = d->engines[0];
    const kn__engine_rule *rule = &e->rule;
    for (int64_t k = 0; k < p->rows * LANES; k++) {
        p->need[k] = 1;
        p->free[k] = INFINITY;
    }
    for (int64_t g = 0; g < e->groups; g++) {
        int64_t at = p->place[g];
        double target =
            e->net->target && g < e->final_group ? e->net->target[g] : rule->stock_steps;
        p->use[at] = e->use[g];
        p->target[at] = target;
        p->need[at] = rule->need > 0 ? rule->need * target : rule->need_steps;
        p->weight[at] = 1;
        p->free[at] = e->use[g] > 0 ? 0 : INFINITY;
    }
}

static kn_status make_state(kn__dense *d, kn_context *ctx)
{
    kn__engine *e = d->engines[0];
    const kn__dense_plan *p = d->plan;
    int64_t cells = p->rows * LANES * d->shocks;
    int64_t lanes = (int64_t)p->tile_count * LANES * d->shocks;
    int64_t set = p->width * d->shocks;
    int64_t flags = (int64_t)e->markets * p->range_count * 2 * d->shocks;
    double **const by_cell[] = {&d->stock, &d->scale, &d->received};
    double **const by_tile[] = {&d->flow,    &d->aim,    &d->share,
                                &d->moves,   &d->closes, &d->delivered,
                                &d->laid_up, &d->least,  &d->binding};
    bool ok = true;
    for (size_t k = 0; k < sizeof by_cell / sizeof *by_cell; k++)
        ok = (*by_cell[k] = room(e, ctx, cells)) && ok;
    for (size_t k = 0; k < sizeof by_tile / sizeof *by_tile; k++)
        ok = (*by_tile[k] = room(e, ctx, lanes)) && ok;
    ok = (d->columns = room(e, ctx, 2 * set * e->markets)) && ok;
    ok = (d->sent = room(e, ctx, set * e->block_count)) && ok;
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
    *d = (kn__dense){.plan = plan, .engines = list, .shocks = shocks};
    KN__TRY(make_state(d, ctx));
    for (int32_t s = 0; s < shocks; s++) {
        kn__engine *e = engines[s];
        e->dense = d;
        e->shock = s;
        e->stock = d->stock + (int64_t)s * LANES;
        e->scale = d->scale + (int64_t)s * LANES;
        e->received = d->received + (int64_t)s * LANES;
    }
    return KN_OK;
}

int64_t kn__dense_cell(const kn__dense *d, int64_t group)
{
    int64_t place = d->plan->place[group], lane = place % LANES;
    return (place - lane) * d->shocks + lane;
}
