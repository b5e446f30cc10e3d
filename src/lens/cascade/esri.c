/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/esri.h"

#include <string.h>

#include "kernel/threads.h"
#include "lens/cascade/esri_model.h"

/* At the fixed point no loss moves by more than this. */
static const double FIXED_POINT = 1e-13;
static const double EMPTY_MARKET = 1e-10;

enum { IN_DOWN = 1, IN_UP = 2, TOUCHED = 4, LOSSY = 8, RECHECK = 16, PUSHED = 32 };

typedef struct list {
    int32_t *item, count;
} list;

/* The state of one shock. Losses are 1 − h; only firms in `touched` differ from zero. */
typedef struct run {
    const kn__esri *m;
    double *down, *up, *psi;
    double *rise;          /* of `up` in the last step */
    double *worst;         /* largest of a buyer's input losses */
    double *acting;        /* σ (1 − h_d) as its buyers know it */
    double *slot, *up_sum; /* Σ σ Λd (1 − h_d) of a slot, Σ Λu (1 − h_u) */
    double *capacity;      /* of a market: Σ h_d out */
    unsigned char *flag, *market_flag;
    int32_t *lossy_next, *lossy_first; /* firms with a loss, by market */
    list touched, down_changed, up_changed, down_seen, up_seen, recheck, markets,
        markets_used;
    int64_t pushed; /* edges so far, to choose how to clean up */
    bool up_all;    /* this step, any firm may have lost orders */
    double drop;
} run;

static void add(list *l, int32_t item)
{
    l->item[l->count++] = item;
}

static void touch(run *r, int32_t firm)
{
    if (!(r->flag[firm] & TOUCHED))
        add(&r->touched, firm);
    r->flag[firm] |= TOUCHED;
}

static void see(run *r, list *l, int32_t firm, int flag)
{
    if (r->flag[firm] & flag)
        return;
    touch(r, firm);
    r->flag[firm] |= (unsigned char)flag;
    add(l, firm);
}

/* ---- Downstream ---- */

/* Buyers learn that what i withholds is now `value`. */
static void push_down(run *r, int32_t i, double value)
{
    const kn__esri *m = r->m;
    double change = value - r->acting[i];
    r->acting[i] = value;
    r->flag[i] |= PUSHED;
    r->pushed += m->down_start[i + 1] - m->down_start[i];
    for (int64_t k = m->down_start[i]; k < m->down_start[i + 1]; k++) {
        const kn__esri_edge *edge = &m->down[k];
        double sum = edge->slot < 0 ? edge->weight * value
                                    : (r->slot[edge->slot] += edge->weight * change);
        if (sum > r->worst[edge->firm]) {
            r->worst[edge->firm] = sum;
            see(r, &r->down_seen, edge->firm, IN_DOWN);
        } else if (change < 0)
            see(r, &r->recheck, edge->firm, RECHECK);
    }
}

/* A market that has emptied counts as size 1: shares can fall back then, and with them
   the losses of buyers. */
static void recheck(run *r, int32_t j)
{
    const kn__esri *m = r->m;
    double worst = 0;
    for (int64_t k = m->slot_start[j]; k < m->slot_start[j + 1]; k++)
        worst = r->slot[k] > worst ? r->slot[k] : worst;
    for (int64_t k = m->in_start[j]; k < m->in_start[j + 1]; k++) {
        double part = m->in_weight[k] * r->acting[m->in_firm[k]];
        worst = part > worst ? part : worst;
    }
    r->flag[j] &= (unsigned char)~RECHECK;
    r->worst[j] = worst;
    see(r, &r->down_seen, j, IN_DOWN);
}

/* Σ h_d out, from scratch once little is left, so that empty means empty. */
static double market_capacity(run *r, int32_t market)
{
    const kn__esri *m = r->m;
    if (r->capacity[market] > 1e-6 * m->market_size[market])
        return r->capacity[market];
    double sum = 0;
    for (int64_t k = m->member_start[market]; k < m->member_start[market + 1]; k++)
        sum += (1 - r->down[m->member[k]]) * m->size[m->member[k]];
    r->capacity[market] = sum;
    return sum;
}

/* σ of a market's failing firms goes up as the market shrinks. */
static void push_market(run *r, int32_t market)
{
    double left = market_capacity(r, market);
    left = left > EMPTY_MARKET ? left : 1;
    for (int32_t i = r->lossy_first[market]; i >= 0; i = r->lossy_next[i]) {
        double share = r->m->size[i] / left;
        double value = (share < 1 ? share : 1) * r->down[i];
        if (value != r->acting[i])
            push_down(r, i, value);
    }
    r->market_flag[market] = 0;
}

static void step_down(run *r)
{
    if (r->m->rule.replaceable)
        for (int32_t k = 0; k < r->markets.count; k++)
            push_market(r, r->markets.item[k]);
    else
        for (int32_t k = 0; k < r->down_changed.count; k++)
            push_down(r, r->down_changed.item[k], r->down[r->down_changed.item[k]]);
    r->markets.count = r->down_changed.count = 0;
    for (int32_t k = 0; k < r->recheck.count; k++)
        recheck(r, r->recheck.item[k]);
    r->recheck.count = 0;
}

static void set_down(run *r, int32_t i, double loss)
{
    int32_t market = r->m->market[i];
    r->capacity[market] -= (loss - r->down[i]) * r->m->size[i];
    r->down[i] = loss;
    add(&r->down_changed, i);
    if (!r->m->rule.replaceable)
        return;
    if (!(r->flag[i] & LOSSY)) {
        if (r->lossy_first[market] < 0)
            add(&r->markets_used, market);
        r->flag[i] |= LOSSY;
        r->lossy_next[i] = r->lossy_first[market];
        r->lossy_first[market] = i;
    }
    if (!r->market_flag[market]) {
        r->market_flag[market] = 1;
        add(&r->markets, market);
    }
}

/* ---- Upstream ---- */

/* Suppliers lose the orders of the firms that fell in the last step. Few orders: the
   suppliers are noted one by one; many: all firms are looked through afterwards. */
static void step_up(run *r)
{
    const kn__esri *m = r->m;
    int64_t orders = 0;
    for (int32_t c = 0; c < r->up_changed.count; c++) {
        int32_t j = r->up_changed.item[c];
        orders += m->up_start[j + 1] - m->up_start[j];
    }
    r->up_all = orders > m->firms / 4;
    for (int32_t c = 0; c < r->up_changed.count; c++) {
        int32_t j = r->up_changed.item[c];
        double rise = r->rise[j];
        for (int64_t k = m->up_start[j]; k < m->up_start[j + 1]; k++)
            r->up_sum[m->up_firm[k]] += m->up_weight[k] * rise;
        for (int64_t k = m->up_start[j]; !r->up_all && k < m->up_start[j + 1]; k++)
            see(r, &r->up_seen, m->up_firm[k], IN_UP);
    }
    r->up_changed.count = 0;
}

/* ---- One step ---- */

static double bounded(double loss, double least)
{
    loss = loss < 1 ? loss : 1;
    return loss > least ? loss : least;
}

/* h_d from the largest input loss; it can rise again, see recheck. */
static void apply_down(run *r)
{
    for (int32_t k = 0; k < r->down_seen.count; k++) {
        int32_t j = r->down_seen.item[k];
        double loss = bounded(r->worst[j], r->psi[j]), rise = loss - r->down[j];
        r->flag[j] &= (unsigned char)~IN_DOWN;
        r->drop = rise > r->drop ? rise : r->drop;
        if (loss != r->down[j])
            set_down(r, j, loss);
    }
    r->down_seen.count = 0;
}

static void set_up(run *r, int32_t i)
{
    double loss = bounded(r->up_sum[i], r->psi[i]), rise = loss - r->up[i];
    if (!(rise > 0))
        return;
    r->drop = rise > r->drop ? rise : r->drop;
    r->up[i] = loss;
    r->rise[i] = rise;
    add(&r->up_changed, i);
}

static void apply_up(run *r)
{
    for (int32_t i = 0; r->up_all && i < r->m->firms; i++)
        if (r->up_sum[i] > r->up[i]) {
            touch(r, i);
            set_up(r, i);
        }
    for (int32_t k = 0; k < r->up_seen.count; k++) {
        r->flag[r->up_seen.item[k]] &= (unsigned char)~IN_UP;
        set_up(r, r->up_seen.item[k]);
    }
    r->up_seen.count = 0;
}

/* All right-hand sides are known: the new losses, and the largest fall of h. */
static void apply(run *r)
{
    r->drop = 0;
    apply_down(r);
    apply_up(r);
}

/* h = 1 − ψ */
static void begin(run *r, const kn__esri_shocks *shocks, int64_t shock)
{
    for (int64_t k = shocks->start[shock]; k < shocks->start[shock + 1]; k++) {
        int32_t i = shocks->firm[k];
        double loss = shocks->loss[k];
        if (!(loss > 0))
            continue;
        see(r, &r->down_seen, i, IN_DOWN);
        see(r, &r->up_seen, i, IN_UP);
        r->psi[i] = loss < 1 ? loss : 1;
    }
    r->up_all = false;
    apply(r);
}

/* Steps done, or most_steps + 1 when it did not stop. */
static int32_t iterate(run *r)
{
    const kn__esri_rule *rule = &r->m->rule;
    double eps = rule->eps > FIXED_POINT ? rule->eps : FIXED_POINT;
    int32_t step = 0;
    if (rule->start_full) {
        step = 1;
        if (r->drop <= eps)
            return step;
    }
    while (step++ < rule->most_steps) {
        step_down(r);
        step_up(r);
        apply(r);
        if (r->drop <= eps)
            return step;
    }
    return rule->most_steps + 1;
}

/* ESRI = Σ w (1 − min(h_d, h_u)) / Σ w, and the same of each side. */
static void sum_up(const run *r, const kn__esri_result *result, int64_t shock)
{
    const kn__esri *m = r->m;
    double total = 0, down = 0, up = 0;
    if (result->loss_down)
        memset(result->loss_down + shock * m->firms, 0,
               (size_t)m->firms * sizeof(double));
    if (result->loss_up)
        memset(result->loss_up + shock * m->firms, 0, (size_t)m->firms * sizeof(double));
    for (int32_t k = 0; k < r->touched.count; k++) {
        int32_t i = r->touched.item[k];
        double larger = r->down[i] > r->up[i] ? r->down[i] : r->up[i];
        total += m->importance[i] * larger;
        down += m->importance[i] * r->down[i];
        up += m->importance[i] * r->up[i];
        if (result->loss_down)
            result->loss_down[shock * m->firms + i] = r->down[i];
        if (result->loss_up)
            result->loss_up[shock * m->firms + i] = r->up[i];
    }
    double all = m->all_importance > 0 ? m->all_importance : 1;
    if (result->total)
        result->total[shock] = total / all;
    if (result->down)
        result->down[shock] = down / all;
    if (result->up)
        result->up[shock] = up / all;
}

/* Back to no loss anywhere, at the cost of what was touched. */
static void clean(run *r)
{
    const kn__esri *m = r->m;
    bool few = 2 * r->pushed < m->slots;
    if (!few)
        memset(r->slot, 0, (size_t)m->slots * sizeof(double));
    for (int32_t k = 0; k < r->touched.count; k++) {
        int32_t i = r->touched.item[k];
        for (int64_t e = m->down_start[i];
             few && r->flag[i] & PUSHED && e < m->down_start[i + 1]; e++)
            if (m->down[e].slot >= 0)
                r->slot[m->down[e].slot] = 0;
        r->capacity[m->market[i]] = m->market_size[m->market[i]];
        r->down[i] = r->up[i] = r->psi[i] = r->worst[i] = r->acting[i] = 0;
        r->up_sum[i] = 0;
        r->flag[i] = 0;
    }
    for (int32_t k = 0; k < r->markets_used.count; k++)
        r->lossy_first[r->markets_used.item[k]] = -1;
    for (int32_t k = 0; k < r->markets.count; k++)
        r->market_flag[r->markets.item[k]] = 0;
    r->markets_used.count = r->markets.count = r->touched.count = 0;
    r->down_changed.count = r->up_changed.count = 0;
    r->pushed = 0;
}

/* ---- All shocks ---- */

static kn_status run_new(run *r, kn_context *ctx, kn__arena *arena, const kn__esri *m)
{
    int64_t n = m->firms;
    double **of_firms[] = {&r->down,  &r->up,     &r->psi,   &r->rise,
                           &r->worst, &r->acting, &r->up_sum};
    list *lists[] = {&r->touched, &r->down_changed, &r->up_changed, &r->down_seen,
                     &r->up_seen, &r->recheck,      &r->markets,    &r->markets_used};
    bool ok = true;
    r->m = m;
    for (size_t k = 0; k < sizeof of_firms / sizeof *of_firms; k++)
        ok = (*of_firms[k] = KN__ARRAY(arena, ctx, n, double)) && ok;
    for (size_t k = 0; k < sizeof lists / sizeof *lists; k++)
        ok = (lists[k]->item = KN__ARRAY(arena, ctx, n + m->markets, int32_t)) && ok;
    r->slot = KN__ARRAY(arena, ctx, m->slots, double);
    r->capacity = KN__ARRAY(arena, ctx, m->markets, double);
    r->lossy_first = KN__ARRAY(arena, ctx, m->markets, int32_t);
    r->lossy_next = KN__ARRAY(arena, ctx, n, int32_t);
    r->flag = KN__ARRAY(arena, ctx, n, unsigned char);
    r->market_flag = KN__ARRAY(arena, ctx, m->markets, unsigned char);
    if (!ok || !r->slot || !r->capacity || !r->lossy_first || !r->lossy_next ||
        !r->flag || !r->market_flag)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < m->markets; k++) {
        r->capacity[k] = m->market_size[k];
        r->lossy_first[k] = -1;
    }
    return KN_OK;
}

typedef struct batch {
    run *runs; /* by worker */
    const kn__esri_shocks *shocks;
    const kn__esri_result *result;
    int32_t *steps;
} batch;

static kn_status run_shocks(void *arg, int worker, int64_t first, int64_t end)
{
    batch *b = arg;
    run *r = &b->runs[worker];
    for (int64_t k = first; k < end; k++) {
        begin(r, b->shocks, k);
        b->steps[k] = iterate(r);
        sum_up(r, b->result, k);
        clean(r);
    }
    return KN_OK;
}

enum { CHUNK = 16 };

static kn_status run_batch(const kn__esri *esri, kn_context *ctx, kn__arena *arena,
                           batch *b)
{
    int workers = kn__workers(ctx, b->shocks->count, CHUNK);
    b->runs = KN__ARRAY(arena, ctx, workers, run);
    b->steps = b->result->steps ? b->result->steps
                                : KN__ARRAY(arena, ctx, b->shocks->count, int32_t);
    if (!b->runs || !b->steps)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++)
        KN__TRY(run_new(&b->runs[k], ctx, arena, esri));
    KN__TRY(kn__parallel_for(ctx, "failures", b->shocks->count, CHUNK, run_shocks, b));
    for (int64_t k = 0; k < b->shocks->count; k++)
        if (b->steps[k] > esri->rule.most_steps)
            return KN_NOTE_NOT_CONVERGED;
    return KN_OK;
}

kn_status kn__esri_run(const kn__esri *esri, kn_context *ctx,
                       const kn__esri_shocks *shocks, const kn__esri_result *result)
{
    batch b = {.shocks = shocks, .result = result};
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = run_batch(esri, ctx, arena, &b);
    kn__arena_free(arena);
    return status;
}
