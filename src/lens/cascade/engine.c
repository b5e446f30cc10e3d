/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine.h"

#include <math.h>
#include <string.h>

#include "kernel/threads.h"
#include "lens/cascade/engine_dense.h"

enum { CHUNK = KN__ENGINE_CHUNK, MOST_RANKS = 8 };

/* Share of its normal orders below which a producer has none. */
static const double NOTHING = 1e-12;

typedef struct step {
    kn__engine *e;
    const kn__engine_drive *drive;
    int stages, final_stages; /* of blocks of producers, of final users */
    bool gap;                 /* what is looked for */
    atomic_bool found;
} step;

/* ---- Doors and weights ---- */

static double own(const double *of_each, int32_t i, double otherwise)
{
    return of_each ? of_each[i] : otherwise;
}

/* What buyers count on of a door that is not fully open: with fixed shares all of it,
   else less and less until the search has found what it can find elsewhere. */
static double count_on(const kn__engine *e, int32_t i, double now, double open)
{
    if (e->rule.sourcing == KN__SOURCE_FIXED)
        return 1;
    if (e->rule.sourcing == KN__SOURCE_CAPACITY || open >= 1)
        return open;
    double share = own(e->net->search_share, i, e->rule.search_share);
    double steps = own(e->net->search_steps, i, e->rule.search_steps);
    double end = 1 - share * (1 - open);
    return fmax(open, fmax(end, now - share * (1 - open) / fmax(1, steps)));
}

/* Which suppliers buyers lean to: their capacity over normal, at once or after a search.
 */
static void lean_to(kn__engine *e, int32_t i)
{
    if (e->rule.sourcing == KN__SOURCE_FIXED || !(e->normal[i] > 0))
        return;
    double share = e->capacity[i] / e->normal[i];
    if (e->rule.sourcing == KN__SOURCE_SEARCH) {
        double steps = fmax(1, own(e->net->search_steps, i, e->rule.search_steps));
        e->choice[i] += (share - e->choice[i]) / steps;
    } else {
        e->choice[i] = share;
    }
}

static void set_doors(kn__engine *e, int32_t i, const double *open)
{
    for (int32_t m = 0; m < e->markets; m++) {
        int64_t at = (int64_t)m * e->n + i;
        bool fixed = e->rule.final_fixed && e->final_market[m];
        double door = open ? open[at] : 1, choice = fixed ? 1 : e->choice[i];
        if (e->rule.adaptation == KN__ADAPT_PRICE)
            choice /= e->price[i];
        e->memory[at] = count_on(e, i, e->memory[at], door);
        e->open[at] = door * choice;
        e->lean[at] = e->memory[at] * choice;
    }
}

/* ---- One producer ---- */

static int rank_of(const kn__engine *e, int32_t market, int32_t i)
{
    if (e->rank)
        return e->rank[(int64_t)market * e->n + i];
    return e->rule.rationing == KN__RATION_FIRMS ? market : 0;
}

/* What a market orders of each producer: the normal state and what its blocks sent, from
   `block` on. Returns the next market's first block. */
static int32_t add_market(kn__engine *e, int32_t market, int32_t block, int64_t begin,
                          int64_t end, double *total)
{
    int64_t n = e->n, count = end - begin;
    const double *base = e->base + market * n + begin;
    memset(total, 0, (size_t)count * sizeof *total);
    if (e->dense)
        kn__dense_take(e->dense, e->shock, market, begin, end, total);
    for (; !e->dense && block < e->block_count && e->blocks[block].market == market;
         block++) {
        double *sent = e->sent + block * n + begin;
        for (int64_t k = 0; k < count; k++)
            total[k] += sent[k];
        memset(sent, 0, (size_t)count * sizeof *sent);
    }
    for (int64_t k = 0; k < count; k++) {
        double all = base[k] + total[k];
        total[k] = fabs(all) > NOTHING * base[k] ? all : 0;
    }
    return block;
}

/* Orders of each rank; their sum is demand. */
static void add_demand(kn__engine *e, int64_t begin, int64_t end)
{
    double total[CHUNK];
    int64_t n = e->n;
    int32_t block = 0;
    for (int r = 0; r < e->ranks; r++)
        memset(e->ask + r * n + begin, 0, (size_t)(end - begin) * sizeof(double));
    for (int32_t m = 0; m < e->markets; m++) {
        const double *open = e->open + m * n;
        block = add_market(e, m, block, begin, end, total);
        for (int64_t i = begin; i < end; i++)
            e->ask[rank_of(e, m, (int32_t)i) * n + i] +=
                total[i - begin] * (e->by_link ? 1 : open[i]);
    }
    for (int64_t i = begin; i < end && e->extra_now; i++)
        e->ask[(e->ranks - 1) * n + i] += e->extra_now[i];
    for (int64_t i = begin; i < end; i++) {
        e->demand[i] = 0;
        for (int r = 0; r < e->ranks; r++)
            e->demand[i] += e->ask[r * n + i];
    }
}

/* Ranks are served one after the other, buyers of one rank in proportion. */
static void ration(kn__engine *e, int32_t i, double *extra_met)
{
    double fill[MOST_RANKS] = {1}, left = e->output[i];
    for (int r = 0; r < e->ranks; r++) {
        double ask = e->ask[(int64_t)r * e->n + i];
        bool all = left >= ask;
        fill[r] = all ? 1 : left / ask;
        left = all ? left - ask : 0;
    }
    for (int32_t m = 0; m < e->markets; m++) {
        int64_t at = (int64_t)m * e->n + i;
        e->deliver[at] = fill[rank_of(e, m, i)];
        if (!e->by_link)
            e->deliver[at] *= e->open[at];
    }
    if (e->extra_now) {
        extra_met[i] = e->extra_now[i] * fill[e->ranks - 1];
        e->demand[i] -= extra_met[i];
    }
}

/* Returns whether something about the producer itself deviates, or still moves. */
static bool produce(kn__engine *e, int32_t i, const kn__engine_drive *drive)
{
    double available = drive->capacity ? drive->capacity[i] : 1;
    double adapted = e->adapted[i];
    kn__engine_adapt_before(e, i);
    /* Labour reacts with the step, other capacity at once. */
    double share = e->adapted[i];
    if (e->rule.adaptation != KN__ADAPT_HIRE)
        share *= available;
    e->capacity[i] = e->normal[i] * share;
    e->output[i] = fmin(fmin(e->capacity[i], e->demand[i]), e->limit[i]);
    ration(e, i, drive->extra_met);
    kn__engine_adapt_after(e, i, available);
    lean_to(e, i);
    if (e->doors || e->rule.sourcing != KN__SOURCE_FIXED ||
        e->rule.adaptation == KN__ADAPT_PRICE)
        set_doors(e, i, drive->open);
    return available != 1 || e->demand[i] != e->normal[i] ||
           e->output[i] != e->normal[i] || e->adapted[i] != adapted;
}

/* ---- Loops ---- */

typedef struct tally {
    double made; /* over normal output */
    int64_t spread;
} tally;

static void produce_one(const step *s, int32_t i, tally *sum)
{
    kn__engine *e = s->e;
    bool restless = produce(e, i, s->drive);
    sum->made += e->output[i] - e->normal[i];
    if (!e->awake.slots)
        return;
    bool deviates = kn__engine_deviates(e, i);
    kn__engine_set_bit(e->awake.producers, i, restless || deviates);
    if (restless || deviates)
        kn__engine_wake_bit(e->awake.slots, e->awake.slot[i]);
    if (deviates)
        sum->spread += e->awake.buyer_start[i + 1] - e->awake.buyer_start[i];
}

/* Those of a word that are awake. */
static void produce_word(const step *s, int64_t word, tally *sum)
{
    uint64_t bits = kn__engine_bits(s->e->awake.producers, word);
    for (; bits; bits &= bits - 1) {
        int32_t i = (int32_t)word + __builtin_ctzll(bits);
        add_demand(s->e, i, i + 1);
        produce_one(s, i, sum);
    }
}

static void produce_all(const step *s, int64_t begin, int64_t end, tally *sum)
{
    add_demand(s->e, begin, end);
    for (int64_t i = begin; i < end; i++)
        produce_one(s, (int32_t)i, sum);
}

void kn__engine_produce(kn__engine *e, const kn__engine_drive *drive, int64_t chunk)
{
    step s = {.e = e, .drive = drive};
    tally sum = {0};
    int64_t begin = chunk * CHUNK, end = begin + CHUNK < e->n ? begin + CHUNK : e->n;
    if (e->awake.all)
        produce_all(&s, begin, end, &sum);
    for (int64_t w = begin; w < end && !e->awake.all; w += 64)
        produce_word(&s, w, &sum);
    e->chunk_made[chunk] = sum.made;
    if (e->awake.slots)
        e->awake.chunk_spread[chunk] = sum.spread;
}

static kn_status produce_chunk(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    (void)worker;
    for (int64_t chunk = begin; chunk < end; chunk++) {
        if (s->e->dense)
            kn__dense_gather(s->e->dense, 0, chunk * CHUNK, (chunk + 1) * CHUNK);
        kn__engine_produce(s->e, s->drive, chunk);
    }
    return KN_OK;
}

static kn_status pass_chunk(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    (void)worker;
    for (int64_t b = begin; b < end; b++) {
        int stages = s->e->blocks[b].is_final ? s->final_stages : s->stages;
        if (stages)
            kn__engine_pass(s->e, (int32_t)b, stages);
    }
    return KN_OK;
}

/* Little work is done by the calling thread alone. */
static kn_status loop(step *s, kn_context *ctx, int64_t count, int64_t chunk,
                      kn__body body)
{
    const kn__engine *e = s->e;
    int64_t links = e->links;
    if (!e->awake.all)
        links = kn__engine_awake_count(e) * (e->links / e->units + 1);
    if (links >= e->alone)
        return kn__parallel_for(ctx, NULL, count, chunk, body, s);
    for (int64_t begin = 0; begin < count; begin += chunk)
        body(s, 0, begin, begin + chunk < count ? begin + chunk : count);
    return KN_OK;
}

static kn_status pass_all(step *s, kn_context *ctx, int stages, int final_stages)
{
    s->stages = stages;
    s->final_stages = final_stages;
    return loop(s, ctx, s->e->block_count, 1, pass_chunk);
}

static kn_status look_chunk(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    (void)worker;
    for (int64_t b = begin; b < end; b++)
        if (!atomic_load(&s->found) && kn__engine_differs(s->e, (int32_t)b, s->gap))
            atomic_store(&s->found, true);
    return KN_OK;
}

static kn_status look_for(step *s, kn_context *ctx, bool gap)
{
    s->gap = gap;
    atomic_store(&s->found, false);
    return loop(s, ctx, s->e->block_count, 1, look_chunk);
}

/* As one program has it: differences that are small everywhere are no differences. */
static kn_status look_with_tolerance(step *s, kn_context *ctx)
{
    KN__TRY(look_for(s, ctx, false));
    s->e->holds = !s->found;
    KN__TRY(look_for(s, ctx, true));
    s->e->ignores_gaps = !s->found;
    return KN_OK;
}

/* Of the producers that are held, or of all. */
static bool any_closed(const kn__engine *e, const kn__engine_drive *drive)
{
    int64_t count = drive->held ? drive->held_count : e->n;
    for (int64_t m = 0; drive->open && m < e->markets; m++)
        for (int64_t k = 0; k < count; k++)
            if (drive->open[m * e->n + (drive->held ? drive->held[k] : k)] != 1)
                return true;
    return false;
}

void kn__engine_begin(kn__engine *e, const kn__engine_drive *drive)
{
    if (e->dense)
        kn__dense_renew(e->dense);
    e->wanted_now = drive->wanted;
    e->extra_now = drive->extra_met ? drive->extra : NULL;
    kn__engine_wake_driven(e, drive);
    /* Doors that close now are seen by the orders that producers place in this step. */
    e->doors = e->doors || any_closed(e, drive);
}

void kn__engine_end(kn__engine *e)
{
    for (int32_t b = 0; b < e->block_count; b++)
        e->stocks += e->sums[b].laid_up;
    e->steps++;
}

kn_status kn__engine_step(kn__engine *e, kn_context *ctx, const kn__engine_drive *drive)
{
    static const kn__engine_drive nothing;
    step s = {.e = e, .drive = drive ? drive : &nothing};
    kn__engine_begin(e, s.drive);
    KN__TRY(pass_all(&s, ctx, 0, KN__STAGE_ORDER));
    KN__TRY(loop(&s, ctx, (e->n + CHUNK - 1) / CHUNK, 1, produce_chunk));
    if (e->rule.rationing == KN__RATION_WATER)
        kn__engine_water(e);
    kn__engine_wake_buyers(e);
    if (e->dense)
        kn__dense_listen(e->dense, 0);
    if (e->rule.boario_tolerance)
        KN__TRY(look_with_tolerance(&s, ctx));
    KN__TRY(pass_all(&s, ctx, KN__STAGE_RECEIVE | KN__STAGE_MOVE | KN__STAGE_ORDER,
                     KN__STAGE_RECEIVE));
    kn__engine_end(e);
    return KN_OK;
}

/* ---- Start ---- */

static void fill(double *to, int64_t count, double value)
{
    for (int64_t k = 0; k < count; k++)
        to[k] = value;
}

static double start_steps(const kn__engine *e, int64_t g)
{
    if (e->net->start)
        return e->net->start[g];
    if (e->rule.start_steps > 0)
        return e->rule.start_steps;
    return e->net->target ? e->net->target[g] : e->rule.stock_steps;
}

static void set_normal(kn__engine *e)
{
    fill(e->choice, e->n, 1);
    for (int64_t k = 0; k < (int64_t)e->markets * e->n; k++)
        e->open[k] = e->lean[k] = e->memory[k] = 1;
    fill(e->price, e->n, 1);
    fill(e->adapted, e->n, e->rule.adaptation ? e->rule.adapt_base : 1);
    for (int32_t j = 0; j < e->net->users; j++)
        for (int64_t g = e->net->group_start[j]; g < e->net->group_start[j + 1]; g++)
            e->stock[kn__engine_cell(e, g)] = j < e->n ? start_steps(e, g) : 0;
    for (int64_t g = 0; g < e->groups; g++)
        e->received[kn__engine_cell(e, g)] = e->use[g];
    e->stocks = 0;
    for (int64_t g = 0; g < e->final_group; g++)
        e->stocks += e->use[g] * e->stock[kn__engine_cell(e, g)];
    for (int64_t g = 0; e->link_stock && g < e->groups; g++)
        for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++)
            e->link_stock[k] = e->stock[g];
}

/* Each producer orders its normal use; final users order when a step begins. */
static void order_normal(kn__engine *e)
{
    kn__engine_rule rule = e->rule;
    e->awake.all = true;
    e->rule.flow_on = KN__BASIS_OUTPUT;
    e->rule.restore_steps = INFINITY;
    e->rule.idle_stops = false;
    for (int32_t b = 0; b < e->block_count; b++)
        if (!e->blocks[b].is_final)
            kn__engine_pass(e, b, KN__STAGE_ORDER);
    e->rule = rule;
}

void kn__engine_rest(kn__engine *e, const double *open)
{
    e->steps = 0;
    e->made = 0;
    e->wanted_now = e->extra_now = NULL;
    e->holds = e->ignores_gaps = false;
    set_normal(e);
    fill(e->output, e->n, 1);
    fill(e->normal, e->n, 1);
    memcpy(e->wanted, e->use + e->final_group,
           (size_t)(e->groups - e->final_group) * sizeof *e->wanted);
    if (e->dense)
        kn__dense_outdate_all(e->dense);
    else
        memset(e->sent, 0, (size_t)(e->n * e->block_count) * sizeof *e->sent);
    for (int64_t begin = 0; begin < e->n; begin += CHUNK)
        add_demand(e, begin, begin + CHUNK < e->n ? begin + CHUNK : e->n);
    for (int32_t i = 0; i < e->n; i++) {
        e->normal[i] = e->output[i] = e->capacity[i] = e->demand[i];
        e->limit[i] = INFINITY;
        e->made += e->normal[i];
    }
    e->doors = any_closed(e, &(kn__engine_drive){.open = open});
    if (e->doors) {
        for (int32_t i = 0; i < e->n; i++)
            set_doors(e, i, open);
    }
}

void kn__engine_limits(kn__engine *e)
{
    for (int32_t i = 0; i < e->n; i++)
        kn__engine_limit(e, i);
}

kn_status kn__engine_start(kn__engine *e, kn_context *ctx, const double *open)
{
    (void)ctx;
    if (e->dense)
        kn__dense_forget(e->dense);
    kn__engine_rest(e, open);
    if (e->dense)
        kn__dense_listen(e->dense, 0);
    order_normal(e);
    kn__engine_limits(e);
    return KN_OK;
}

kn__engine_view kn__engine_look(const kn__engine *e)
{
    kn__engine_view v = {.normal = e->normal,
                         .output = e->output,
                         .demand = e->demand,
                         .capacity = e->capacity,
                         .limit = e->limit,
                         .adapted = e->adapted,
                         .binding = e->binding,
                         .final_met = e->met,
                         .final_wanted = e->wanted,
                         .made = e->made,
                         .delivered = e->made,
                         .used = e->made,
                         .stocks = e->stocks,
                         .steps = e->steps};
    for (int64_t k = 0; k < (e->n + CHUNK - 1) / CHUNK; k++)
        v.made += e->chunk_made[k];
    for (int32_t b = 0; b < e->block_count; b++) {
        v.delivered += e->sums[b].delivered;
        v.used += e->sums[b].used;
        v.laid_up += e->sums[b].laid_up;
    }
    return v;
}

int64_t kn__engine_bytes(const kn__engine *e)
{
    return e->bytes;
}
