/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/cascade/engine_dense.h"

enum { MOST_BLOCKS = 32, CHUNK = KN__ENGINE_CHUNK, ALONE = 20000 };

/* ---- Checks ---- */

static kn_status check(kn_context *ctx, const kn__engine_net *net,
                       const kn__engine_rule *rule)
{
    bool ally =
        rule->rationing == KN__RATION_DOMESTIC || rule->rationing == KN__RATION_ALLIANCE;
    bool firms = rule->rationing == KN__RATION_FIRMS && net->market;
    if ((ally || firms) && !net->rank)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "this rationing needs to know who belongs to whom");
    if (rule->by_supplier && rule->sourcing != KN__SOURCE_FIXED)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "stocks by supplier go with fixed sourcing only");
    if (rule->boario_tolerance &&
        (rule->by_supplier || rule->rationing == KN__RATION_WATER))
        return kn__fail(ctx, KN_ERR_USAGE,
                        "the tolerance of BoARIO goes with pooled stocks and orders");
    if (rule->make == KN__MAKE_CES && !(rule->elasticity > 0 && rule->elasticity < 1))
        return kn__fail(ctx, KN_ERR_USAGE, "elasticity must lie between 0 and 1");
    if (!(rule->restore_steps >= 1))
        return kn__fail(ctx, KN_ERR_USAGE, "stocks take at least one step to restore");
    for (int64_t k = 0; k < net->link_start[net->group_start[net->users]]; k++)
        if (!(net->flow[k] >= 0) || isinf(net->flow[k]))
            return kn__fail(ctx, KN_ERR_DATA, "a flow is negative or not a number");
    return KN_OK;
}

/* ---- Memory ---- */

static double *room(kn__engine *e, kn_context *ctx, int64_t count)
{
    e->bytes += count * (int64_t)sizeof(double);
    return KN__ARRAY(e->arena, ctx, count, double);
}

/* What each engine keeps for itself, by producer and final user. */
static kn_status make_own_room(kn__engine *e, kn_context *ctx)
{
    int64_t n = e->n, cells = n * e->markets, finals = e->groups - e->final_group;
    double **const by_producer[] = {&e->normal, &e->output, &e->demand,  &e->capacity,
                                    &e->limit,  &e->price,  &e->adapted, &e->choice};
    double **const by_market[] = {&e->open, &e->deliver, &e->memory, &e->lean};
    bool ok = true;
    for (size_t k = 0; k < sizeof by_producer / sizeof *by_producer; k++)
        ok = (*by_producer[k] = room(e, ctx, n)) && ok;
    for (size_t k = 0; k < sizeof by_market / sizeof *by_market; k++)
        ok = (*by_market[k] = room(e, ctx, cells)) && ok;
    e->met = room(e, ctx, finals);
    e->wanted = room(e, ctx, finals);
    e->ask = room(e, ctx, n * e->ranks);
    e->chunk_made = room(e, ctx, n / CHUNK + 1);
    e->binding = KN__ARRAY(e->arena, ctx, n, int32_t);
    e->sums = KN__ARRAY(e->arena, ctx, e->block_count, kn__engine_sum);
    e->bytes += n * (int64_t)sizeof *e->binding;
    ok = ok && e->met && e->wanted && e->ask && e->chunk_made && e->binding && e->sums;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

static kn_status make_room(kn__engine *e, kn_context *ctx, bool dense)
{
    int64_t n = e->n;
    double **const by_group[] = {&e->stock, &e->received, &e->scale};
    bool ok = make_own_room(e, ctx) == KN_OK;
    ok = (e->use = room(e, ctx, e->groups)) && ok;
    ok = (e->base = room(e, ctx, n * e->markets)) && ok;
    for (size_t k = 0; k < sizeof by_group / sizeof *by_group && !dense; k++)
        ok = (*by_group[k] = room(e, ctx, e->groups)) && ok;
    if (!dense)
        ok = (e->sent = room(e, ctx, n * e->block_count)) && ok;
    if (e->by_link)
        ok = (e->link_order = room(e, ctx, e->links)) && ok;
    if (e->rule.by_supplier)
        ok = (e->link_stock = room(e, ctx, e->links)) && ok;
    if (e->rule.rationing == KN__RATION_WATER)
        ok = (e->level = room(e, ctx, n)) && (e->scratch = room(e, ctx, 2 * n)) && ok;
    if (e->rule.in_rounds && e->rule.rationing == KN__RATION_WATER)
        ok = (e->round = KN__ARRAY(e->arena, ctx, n, kn__engine_round)) && ok;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

/* ---- Blocks ---- */

static int32_t market_of(const kn__engine *e, int32_t user)
{
    return e->market ? e->market[user] : user >= e->n;
}

/* Units in the order of markets, as they come inside one. */
static kn_status sort_members(kn__engine *e, kn_context *ctx)
{
    const int64_t *start = e->net->group_start;
    e->units = e->n + (e->groups - e->final_group);
    e->member = KN__ARRAY(e->arena, ctx, e->units, int32_t);
    int64_t *place = KN__ARRAY(e->arena, ctx, e->markets + 1, int64_t);
    e->market_end = place;
    e->final_market = KN__ARRAY(e->arena, ctx, e->markets, bool);
    if (!e->member || !place || !e->final_market)
        return KN_ERR_MEMORY;
    e->bytes += e->units * (int64_t)sizeof *e->member;
    for (int32_t j = 0; j < e->net->users; j++)
        place[market_of(e, j) + 1] += j < e->n ? 1 : start[j + 1] - start[j];
    for (int32_t m = 0; m < e->markets; m++)
        place[m + 1] += place[m];
    for (int32_t j = 0; j < e->n; j++)
        e->member[place[market_of(e, j)]++] = j;
    for (int32_t j = e->n; j < e->net->users; j++) {
        e->final_market[market_of(e, j)] = true;
        for (int64_t g = start[j]; g < start[j + 1]; g++)
            e->member[place[market_of(e, j)]++] = (int32_t)(e->n + g - e->final_group);
    }
    return KN_OK;
}

/* The cut while it is made. */
typedef struct cutter {
    kn__engine *e;
    int64_t size, filled, slot; /* links of a block, at most; of the last one */
} cutter;

static void add_unit(cutter *c, int64_t at, int32_t market)
{
    kn__engine *e = c->e;
    const int64_t *start = e->net->link_start;
    int32_t unit = e->member[at];
    kn__engine_block *last = e->blocks + e->block_count - 1;
    if (!e->block_count || last->market != market || c->filled >= c->size) {
        last = e->blocks + e->block_count++;
        *last = (kn__engine_block){at, at, c->slot, market, unit >= e->n};
        c->filled = 0;
    }
    last->end = at + 1;
    c->slot = (last->slot + last->end - last->begin + 63) / 64 * 64;
    c->filled += start[kn__engine_first_group(e, unit + 1)] -
                 start[kn__engine_first_group(e, unit)];
}

/* Blocks of about as many links each, none across markets. The sums of a block need a
   number for each producer: no more blocks than the links can carry. */
static kn_status cut(kn__engine *e, kn_context *ctx)
{
    int64_t most = e->n > 0 ? e->links / (2 * (int64_t)e->n) : 1, at = 0;
    most = most < 2 ? 2 : most > MOST_BLOCKS ? MOST_BLOCKS : most;
    cutter c = {.e = e, .size = e->links / most + 1};
    e->blocks = KN__ARRAY(e->arena, ctx, most + e->markets, kn__engine_block);
    if (!e->blocks)
        return KN_ERR_MEMORY;
    for (int32_t m = 0; m < e->markets; m++)
        for (; at < e->market_end[m]; at++)
            add_unit(&c, at, m);
    return KN_OK;
}

/* ---- The normal state ---- */

static void add_block(kn__engine *e, int32_t block)
{
    const kn__engine_block *b = &e->blocks[block];
    double *base = e->base + (int64_t)b->market * e->n;
    double *sent = e->sent + (int64_t)block * e->n;
    for (int64_t m = b->begin; m < b->end; m++) {
        int64_t end = kn__engine_first_group(e, e->member[m] + 1);
        for (int64_t g = kn__engine_first_group(e, e->member[m]); g < end; g++)
            kn__engine_send(e, g, 1, sent);
    }
    for (int32_t i = 0; i < e->n; i++)
        base[i] += sent[i];
    memset(sent, 0, (size_t)e->n * sizeof *sent);
}

/* The normal state: use by group and orders by market, added up as the pass adds, so that
   an order of normal size is exactly one times the flows and orders that all fall away
   leave nothing. */
static void add_normal(kn__engine *e)
{
    for (int64_t k = 0; k < (int64_t)e->markets * e->n; k++)
        e->deliver[k] = 1;
    if (e->dense) {
        kn__dense_normal(e->dense);
        return;
    }
    for (int64_t g = 0; g < e->groups; g++)
        e->use[g] = kn__engine_weigh(e, g, e->deliver);
    for (int32_t b = 0; b < e->block_count; b++)
        add_block(e, b);
}

kn_status kn__engine_new(kn__engine **engine, kn_context *ctx, kn__arena *arena,
                         const kn__engine_net *net, const kn__engine_rule *rule)
{
    *engine = NULL;
    KN__TRY(check(ctx, net, rule));
    kn__engine *e = KN__NEW(arena, ctx, kn__engine);
    if (!e)
        return KN_ERR_MEMORY;
    int64_t groups = net->group_start[net->users];
    *e =
        (kn__engine){.net = net,
                     .kernel = kn__engine_kernel_best(),
                     .rule = *rule,
                     .arena = arena,
                     .groups = groups,
                     .links = net->link_start[groups],
                     .final_group = net->group_start[net->producers],
                     .n = net->producers,
                     .markets = net->market ? net->markets : 2,
                     .market = net->market,
                     .alone = ALONE,
                     .rank = net->rank,
                     .ranks = net->rank                             ? net->ranks
                              : rule->rationing == KN__RATION_FIRMS ? 2
                                                                    : 1,
                     .by_link = rule->by_supplier || rule->rationing == KN__RATION_WATER};
    KN__TRY(sort_members(e, ctx));
    KN__TRY(cut(e, ctx));
    kn__dense_plan *plan;
    KN__TRY(kn__dense_plan_new(&plan, ctx, e));
    KN__TRY(make_room(e, ctx, plan));
    KN__TRY(kn__engine_awake_new(e, ctx));
    if (plan)
        KN__TRY(kn__dense_new(plan, ctx, &e, 1));
    add_normal(e);
    KN__TRY(kn__engine_start(e, ctx, NULL));
    *engine = e;
    return KN_OK;
}

kn_status kn__engine_copy(kn__engine **copy, kn_context *ctx, const kn__engine *model)
{
    *copy = NULL;
    kn__engine *e = KN__NEW(model->arena, ctx, kn__engine);
    if (!e)
        return KN_ERR_MEMORY;
    *e = *model;
    e->bytes = 0;
    KN__TRY(make_own_room(e, ctx));
    *copy = e;
    return KN_OK;
}
