/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/esri.h"

#include <string.h>

#include "kernel/threads.h"
#include "lens/cascade/esri_run.h"

/* At the fixed point no loss moves by more than this. */
static const double FIXED_POINT = 1e-13;

/* h = 1 − ψ */
static void begin(kn__esri_state *r, const kn__esri_shocks *shocks, int64_t shock)
{
    for (int64_t k = shocks->start[shock]; k < shocks->start[shock + 1]; k++) {
        int32_t i = shocks->firm[k];
        double loss = shocks->loss[k];
        if (!(loss > 0))
            continue;
        kn__esri_see(r, &r->down_seen, i, IN_DOWN);
        kn__esri_see(r, &r->up_seen, i, IN_UP);
        r->psi[i] = loss < 1 ? loss : 1;
    }
    r->up_all = false;
    kn__esri_apply(r);
}

/* Steps done, or most_steps + 1 when it did not stop. */
static int32_t iterate(kn__esri_state *r)
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
        r->held = 0;
        kn__esri_step_down(r);
        kn__esri_step_up(r);
        kn__esri_apply(r);
        if (r->drop <= eps && r->held <= eps)
            return step;
    }
    return rule->most_steps + 1;
}

/* ESRI = Σ w (1 − min(h_d, h_u)) / Σ w, and the same of each side. */
static void sum_up(const kn__esri_state *r, const kn__esri_result *result, int64_t shock)
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
static void clean(kn__esri_state *r)
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
        r->up_sum[i] = r->rise[i] = 0;
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

static kn_status run_new(kn__esri_state *r, kn_context *ctx, kn__arena *arena,
                         const kn__esri *m)
{
    int64_t n = m->firms;
    double **of_firms[] = {&r->down,  &r->up,     &r->psi,   &r->rise,
                           &r->worst, &r->acting, &r->up_sum};
    kn__firm_list *lists[] = {&r->touched,   &r->down_changed, &r->up_changed,
                              &r->down_seen, &r->up_seen,      &r->up_now,
                              &r->recheck,   &r->markets,      &r->markets_used};
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
    kn__esri_state *runs; /* by worker */
    const kn__esri_shocks *shocks;
    const kn__esri_result *result;
    int32_t *steps;
} batch;

static kn_status run_shocks(void *arg, int worker, int64_t first, int64_t end)
{
    batch *b = arg;
    kn__esri_state *r = &b->runs[worker];
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
    b->runs = KN__ARRAY(arena, ctx, workers, kn__esri_state);
    b->steps = b->result->steps ? b->result->steps
                                : KN__ARRAY(arena, ctx, b->shocks->count, int32_t);
    if (!b->runs || !b->steps)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++)
        KN__TRY(run_new(&b->runs[k], ctx, arena, esri));
    KN__TRY(kn__parallel_for(ctx, "letting every producer fail", b->shocks->count, CHUNK,
                             run_shocks, b));
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
    kn_status status = kn__esri_is_dense(esri)
                           ? kn__esri_sweep(esri, ctx, arena, shocks, result)
                           : run_batch(esri, ctx, arena, &b);
    kn__arena_free(arena);
    return status;
}
