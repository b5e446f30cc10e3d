/* SPDX-License-Identifier: Apache-2.0 */
/* Fixed points of many shocks at once, for networks where most firms buy of most others:
   every step goes through all edges, and each edge read serves all shocks of a batch.
   Every shock adds up in its own lane, so that its numbers do not depend on the others.
 */
#include <string.h>

#include "kernel/threads.h"
#include "lens/cascade/esri_run.h"

enum { LANES = 16, DENSE_LINKS = 64 };

static const double FIXED_POINT = 1e-13;
static const double EMPTY_MARKET = 1e-10;

typedef struct lanes {
    double at[LANES];
} lanes;

/* Edges by the firm that feels them. Rows are sums: of a buyer one for each of its input
   sums, of a supplier one. */
typedef struct sums {
    int64_t *first; /* of each firm, into rows */
    int64_t *start; /* of each row, into edges */
    int32_t *firm;
    double *weight;
} sums;

typedef struct sweep {
    const kn__esri *m;
    const kn__esri_shocks *shocks;
    const kn__esri_result *result;
    sums down, up;
    lanes **state; /* by worker: six of each firm, one of each market */
    int32_t *steps;
} sweep;

bool kn__esri_is_dense(const kn__esri *m)
{
    return m->rule.eps <= 0 && !m->rule.start_full &&
           m->up_start[m->firms] >= (int64_t)DENSE_LINKS * m->firms;
}

/* ---- Edges ---- */

static kn_status new_sums(sums *s, kn_context *ctx, kn__arena *arena, int64_t firms,
                          int64_t rows, int64_t edges)
{
    s->first = KN__ARRAY(arena, ctx, firms + 1, int64_t);
    s->start = KN__ARRAY(arena, ctx, rows + 1, int64_t);
    s->firm = KN__ARRAY(arena, ctx, edges, int32_t);
    s->weight = KN__ARRAY(arena, ctx, edges, double);
    return s->first && s->start && s->firm && s->weight ? KN_OK : KN_ERR_MEMORY;
}

/* Counts of rows become their starts, and back after filling. */
static void add_up(int64_t *start, int64_t rows)
{
    for (int64_t r = 0; r < rows; r++)
        start[r + 1] += start[r];
}

static void shift(int64_t *start, int64_t rows)
{
    memmove(start + 1, start, (size_t)rows * sizeof *start);
    start[0] = 0;
}

/* A buyer's shared sums come first, then the inputs that are alone. */
static kn_status set_down(sums *s, const kn__esri *m, kn_context *ctx, kn__arena *arena)
{
    int64_t n = m->firms, rows = m->slots + m->in_start[n], edges = m->down_start[n];
    KN__TRY(new_sums(s, ctx, arena, n, rows, edges));
    for (int64_t j = 0; j <= n; j++)
        s->first[j] = m->slot_start[j] + m->in_start[j];
    for (int64_t e = 0; e < edges; e++)
        if (m->down[e].slot >= 0)
            s->start[m->down[e].slot + m->in_start[m->down[e].firm] + 1]++;
    for (int64_t j = 0; j < n; j++)
        for (int64_t k = m->in_start[j]; k < m->in_start[j + 1]; k++)
            s->start[k + m->slot_start[j + 1] + 1] = 1;
    add_up(s->start, rows);
    for (int32_t i = 0; i < n; i++)
        for (int64_t e = m->down_start[i]; e < m->down_start[i + 1]; e++) {
            const kn__esri_edge *edge = &m->down[e];
            if (edge->slot < 0)
                continue;
            int64_t at = s->start[edge->slot + m->in_start[edge->firm]]++;
            s->firm[at] = i;
            s->weight[at] = edge->weight;
        }
    for (int64_t j = 0; j < n; j++)
        for (int64_t k = m->in_start[j]; k < m->in_start[j + 1]; k++) {
            int64_t at = s->start[k + m->slot_start[j + 1]]++;
            s->firm[at] = m->in_firm[k];
            s->weight[at] = m->in_weight[k];
        }
    shift(s->start, rows);
    return KN_OK;
}

static kn_status set_up(sums *s, const kn__esri *m, kn_context *ctx, kn__arena *arena)
{
    int64_t n = m->firms, edges = m->up_start[n];
    KN__TRY(new_sums(s, ctx, arena, n, n, edges));
    for (int64_t i = 0; i <= n; i++)
        s->first[i] = i;
    for (int64_t e = 0; e < edges; e++)
        s->start[m->up_firm[e] + 1]++;
    add_up(s->start, n);
    for (int32_t j = 0; j < n; j++)
        for (int64_t e = m->up_start[j]; e < m->up_start[j + 1]; e++) {
            int64_t at = s->start[m->up_firm[e]]++;
            s->firm[at] = j;
            s->weight[at] = m->up_weight[e];
        }
    shift(s->start, n);
    return KN_OK;
}

/* ---- One step ---- */

/* worst = max over the rows of a firm of Σ weight x */
static inline __attribute__((always_inline)) void any_worst(lanes *worst, const sums *s,
                                                            int32_t firm, const lanes *x)
{
    for (int l = 0; l < LANES; l++)
        worst->at[l] = 0;
    for (int64_t r = s->first[firm]; r < s->first[firm + 1]; r++) {
        double sum[LANES] = {0};
        for (int64_t e = s->start[r]; e < s->start[r + 1]; e++)
            for (int l = 0; l < LANES; l++)
                sum[l] += s->weight[e] * x[s->firm[e]].at[l];
        for (int l = 0; l < LANES; l++)
            worst->at[l] = sum[l] > worst->at[l] ? sum[l] : worst->at[l];
    }
}

typedef void (*worst_of)(lanes *worst, const sums *s, int32_t firm, const lanes *x);

static void plain_worst(lanes *worst, const sums *s, int32_t firm, const lanes *x)
{
    any_worst(worst, s, firm, x);
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static void wide_worst(lanes *worst, const sums *s,
                                                       int32_t firm, const lanes *x)
{
    any_worst(worst, s, firm, x);
}

__attribute__((target("avx512f"))) static void wider_worst(lanes *worst, const sums *s,
                                                           int32_t firm, const lanes *x)
{
    any_worst(worst, s, firm, x);
}
#endif

/* All of them add up in the same order. */
static worst_of best_worst(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx512f"))
        return wider_worst;
    if (__builtin_cpu_supports("avx2"))
        return wide_worst;
#endif
    return plain_worst;
}

/* loss = min(1, worst), at least psi; notes the largest rise. */
static void settle(lanes *loss, const lanes *worst, const lanes *psi, lanes *rise)
{
    for (int l = 0; l < LANES; l++) {
        double now = worst->at[l] < 1 ? worst->at[l] : 1, before = loss->at[l];
        now = now > psi->at[l] ? now : psi->at[l];
        rise->at[l] = now - before > rise->at[l] ? now - before : rise->at[l];
        loss->at[l] = now;
    }
}

/* σ (1 − h_d), from what is left of each market: Σ h_d out. */
static void act(const kn__esri *m, const lanes *down, lanes *acting, lanes *left)
{
    memset(left, 0, (size_t)m->markets * sizeof *left);
    for (int32_t i = 0; i < m->firms; i++)
        for (int l = 0; l < LANES; l++)
            left[m->market[i]].at[l] += (1 - down[i].at[l]) * m->size[i];
    for (int32_t i = 0; i < m->firms; i++)
        for (int l = 0; l < LANES; l++) {
            double of = left[m->market[i]].at[l];
            double share = m->size[i] / (of > EMPTY_MARKET ? of : 1);
            acting[i].at[l] =
                (m->rule.replaceable && share < 1 ? share : 1) * down[i].at[l];
        }
}

/* ---- A batch ---- */

typedef struct batch {
    const sweep *s;
    int64_t first; /* shock of lane 0 */
    int32_t count;
    lanes *down, *up, *acting, *psi, *rested_down, *rested_up, *left;
} batch;

enum { BY_FIRM = 6 };

static void begin(batch *b)
{
    const kn__esri_shocks *shocks = b->s->shocks;
    size_t bytes = (size_t)b->s->m->firms * sizeof *b->psi;
    memset(b->psi, 0, bytes);
    for (int32_t l = 0; l < b->count; l++)
        for (int64_t k = shocks->start[b->first + l]; k < shocks->start[b->first + l + 1];
             k++)
            if (shocks->loss[k] > 0)
                b->psi[shocks->firm[k]].at[l] = shocks->loss[k] < 1 ? shocks->loss[k] : 1;
    memcpy(b->down, b->psi, bytes);
    memcpy(b->up, b->psi, bytes);
}

typedef void (*step_of)(batch *b, worst_of worst_in, lanes *rise);

/* From the losses of the last step. */
static void step_down(batch *b, worst_of worst_in, lanes *rise)
{
    const kn__esri *m = b->s->m;
    lanes worst;
    act(m, b->down, b->acting, b->left);
    for (int32_t j = 0; j < m->firms; j++) {
        worst_in(&worst, &b->s->down, j, b->acting);
        settle(&b->down[j], &worst, &b->psi[j], rise);
    }
}

/* In place, which has the same fixed point. */
static void step_up(batch *b, worst_of worst_in, lanes *rise)
{
    const kn__esri *m = b->s->m;
    lanes worst;
    for (int32_t i = 0; i < m->firms; i++) {
        worst_in(&worst, &b->s->up, i, b->up);
        settle(&b->up[i], &worst, &b->psi[i], rise);
    }
}

/* Each shock is read off at the step after which it rests, so that it does not depend on
   the others. */
static void iterate(batch *b, worst_of worst_in, step_of step, const lanes *loss,
                    lanes *rested, int32_t *steps)
{
    int32_t most = b->s->m->rule.most_steps, open = b->count;
    bool done[LANES] = {false};
    for (int32_t k = 1; open; k++) {
        lanes rise = {{0}};
        if (k <= most)
            step(b, worst_in, &rise);
        for (int32_t l = 0; l < b->count; l++) {
            if (done[l] || (rise.at[l] > FIXED_POINT && k <= most))
                continue;
            for (int32_t i = 0; i < b->s->m->firms; i++)
                rested[i].at[l] = loss[i].at[l];
            steps[l] = k > steps[l] ? k : steps[l];
            done[l] = true;
            open--;
        }
    }
}

static void sum_up(const batch *b, int32_t lane, int32_t steps)
{
    const kn__esri *m = b->s->m;
    const kn__esri_result *r = b->s->result;
    int64_t shock = b->first + lane;
    double total = 0, down = 0, up = 0, all = m->all_importance;
    for (int32_t i = 0; i < m->firms; i++) {
        double d = b->rested_down[i].at[lane], u = b->rested_up[i].at[lane];
        total += m->importance[i] * (d > u ? d : u);
        down += m->importance[i] * d;
        up += m->importance[i] * u;
        if (r->loss_down)
            r->loss_down[shock * m->firms + i] = d;
        if (r->loss_up)
            r->loss_up[shock * m->firms + i] = u;
    }
    all = all > 0 ? all : 1;
    if (r->total)
        r->total[shock] = total / all;
    if (r->down)
        r->down[shock] = down / all;
    if (r->up)
        r->up[shock] = up / all;
    b->s->steps[shock] = steps;
}

/* The two sides do not meet before the end. */
static void run_batch(batch *b, worst_of worst_in)
{
    int32_t steps[LANES] = {0};
    begin(b);
    iterate(b, worst_in, step_down, b->down, b->rested_down, steps);
    iterate(b, worst_in, step_up, b->up, b->rested_up, steps);
    for (int32_t l = 0; l < b->count; l++)
        sum_up(b, l, steps[l]);
}

static kn_status run_batches(void *arg, int worker, int64_t from, int64_t end)
{
    sweep *s = arg;
    int64_t n = s->m->firms;
    lanes *at = s->state[worker];
    worst_of worst_in = best_worst();
    for (int64_t k = from; k < end; k++) {
        int64_t left = s->shocks->count - k * LANES;
        batch b = {.s = s,
                   .first = k * LANES,
                   .count = left < LANES ? (int32_t)left : LANES,
                   .down = at,
                   .up = at + n,
                   .acting = at + 2 * n,
                   .psi = at + 3 * n,
                   .rested_down = at + 4 * n,
                   .rested_up = at + 5 * n,
                   .left = at + BY_FIRM * n};
        run_batch(&b, worst_in);
    }
    return KN_OK;
}

kn_status kn__esri_sweep(const kn__esri *m, kn_context *ctx, kn__arena *arena,
                         const kn__esri_shocks *shocks, const kn__esri_result *result)
{
    sweep s = {.m = m, .shocks = shocks, .result = result, .steps = result->steps};
    int64_t batches = (shocks->count + LANES - 1) / LANES;
    int workers = kn__workers(ctx, batches, 1);
    s.state = KN__ARRAY(arena, ctx, workers, lanes *);
    if (!s.steps)
        s.steps = KN__ARRAY(arena, ctx, shocks->count, int32_t);
    if (!s.state || !s.steps)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++)
        if (!(s.state[k] =
                  KN__ARRAY(arena, ctx, BY_FIRM * (int64_t)m->firms + m->markets, lanes)))
            return KN_ERR_MEMORY;
    KN__TRY(set_down(&s.down, m, ctx, arena));
    KN__TRY(set_up(&s.up, m, ctx, arena));
    KN__TRY(kn__parallel_for(ctx, "letting every producer fail", batches, 1, run_batches,
                             &s));
    for (int64_t k = 0; k < shocks->count; k++)
        if (s.steps[k] > m->rule.most_steps)
            return KN_NOTE_NOT_CONVERGED;
    return KN_OK;
}
