/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine. Dense: 77 economies x 45 products, time a step against a vectorised
   sum of the same flows in the same run, and 64 shocks together against some of them one
   by one on the same days. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/random.h"
#include "kernel/threads.h"
#include "lens/cascade/engine_batch.h"
#include "lens/cascade/engine_state.h"

/* READS in a row: like steps, sums find some of the flows in a cache. ALONE: every so
   many of the shocks also go one by one. */
enum {
    ECONOMIES = 77,
    PRODUCTS = 45,
    STEPS = 12,
    ROUNDS = 12,
    SHOCKS = 64,
    READS = 4,
    ALONE = 16
};

typedef struct made {
    kn__engine_net net;
    int64_t *group_start, *link_start;
    int32_t *first, *supplier;
    double *flow;
    int64_t links;
} made;

static double read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static double now(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

/* Of all processors together: what other programs take does not count. */
static double worked(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

/* Seconds of a step at best, by the clock and of the processors. */
typedef struct timing {
    double step, work;
} timing;

static void keep_best(timing *best, double step, double work)
{
    best->step = step < best->step ? step : best->step;
    best->work = work < best->work ? work : best->work;
}

/* ---- The floor: reading the flows once ---- */

typedef struct adder {
    const double *flow;
    double part[4096];
    int64_t chunk;
} adder;

/* As fast as this machine can: whole vectors, four sums at a time. */
typedef double vector __attribute__((vector_size(64)));
typedef double loose __attribute__((vector_size(64), aligned(8), may_alias));

__attribute__((target_clones("avx512f", "avx2", "default"))) static double
add_all(const double *flow, int64_t count)
{
    enum { WIDE = 8, SUMS = 4 };
    vector sum[SUMS] = {{0}};
    double all = 0;
    int64_t k = 0;
    for (; k + SUMS * WIDE <= count; k += SUMS * WIDE)
        for (int s = 0; s < SUMS; s++)
            sum[s] += *(const loose *)(flow + k + WIDE * s);
    for (; k < count; k++)
        all += flow[k];
    for (int s = 0; s < SUMS; s++)
        for (int l = 0; l < WIDE; l++)
            all += sum[s][l];
    return all;
}

static kn_status add_chunk(void *arg, int worker, int64_t begin, int64_t end)
{
    adder *a = arg;
    (void)worker;
    a->part[begin / a->chunk] = add_all(a->flow + begin, end - begin);
    return KN_OK;
}

static double read_once(kn_context *ctx, const made *m)
{
    static adder a;
    a.flow = m->flow;
    a.chunk = m->links / 64 + 1;
    double start = now();
    kn__parallel_for(ctx, NULL, m->links, a.chunk, add_chunk, &a);
    return now() - start;
}

/* ---- Networks ---- */

static void make_dense(made *m, kn_context *ctx, kn__arena *arena)
{
    int32_t n = ECONOMIES * PRODUCTS, users = n + ECONOMIES;
    m->links = (int64_t)users * n;
    m->group_start = KN__ARRAY(arena, ctx, users + 1, int64_t);
    m->link_start = KN__ARRAY(arena, ctx, (int64_t)users * PRODUCTS + 1, int64_t);
    m->first = KN__ARRAY(arena, ctx, (int64_t)users * PRODUCTS, int32_t);
    m->flow = KN__ARRAY(arena, ctx, m->links, double);
    if (!m->group_start || !m->link_start || !m->first || !m->flow)
        exit(1);
    for (int64_t k = 0; k < m->links; k++) {
        double u = kn__random_uniform(1, 1, (uint64_t)k);
        m->flow[k] = u * u * u * (k / n < n ? 1 : 1000);
    }
    for (int64_t g = 0; g < (int64_t)users * PRODUCTS; g++) {
        m->first[g] = (int32_t)(g % PRODUCTS) * ECONOMIES;
        m->link_start[g + 1] = (g + 1) * ECONOMIES;
    }
    for (int64_t j = 0; j < users; j++)
        m->group_start[j + 1] = (j + 1) * PRODUCTS;
    m->net = (kn__engine_net){.producers = n,
                              .users = users,
                              .group_start = m->group_start,
                              .link_start = m->link_start,
                              .first = m->first,
                              .flow = m->flow};
}

/* ---- Runs ---- */

/* A shock that leaves nothing at rest: each fiftieth producer loses half. */
static double *halve(kn_context *ctx, kn__arena *arena, int32_t producers, int32_t from)
{
    double *capacity = KN__ARRAY(arena, ctx, producers, double);
    if (!capacity)
        exit(1);
    for (int32_t i = 0; i < producers; i++)
        capacity[i] = i % 50 == from % 50 ? 0.5 : 1;
    return capacity;
}

/* *floor: seconds of reading the flows once, at best. */
static timing time_steps(kn_context *ctx, const made *m, const kn__engine_rule *rule,
                         int steps, bool shock, double *floor, int64_t *bytes)
{
    kn__arena *arena;
    kn__engine *engine;
    timing best = {1e9, 1e9};
    if (kn__arena_new(&arena, ctx) < 0 ||
        kn__engine_new(&engine, ctx, arena, &m->net, rule) < 0)
        exit(1);
    kn__engine_drive drive = {0};
    if (shock)
        drive.capacity = halve(ctx, arena, m->net.producers, 0);
    *floor = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        for (int k = 0; k < READS; k++) {
            double read = read_once(ctx, m);
            *floor = read < *floor ? read : *floor;
        }
        for (int t = 0; t < steps; t++) {
            double start = now(), work = worked();
            kn__engine_step(engine, ctx, &drive);
            /* The first steps are at rest for most. */
            if (round || !shock)
                keep_best(&best, now() - start, worked() - work);
        }
    }
    *bytes = kn__engine_bytes(engine);
    kn__arena_free(arena);
    return best;
}

/* ---- Many shocks ---- */

/* Some shocks one by one, on the days that time_batch looks at. */
static timing time_alone(kn_context *ctx, const made *m, const kn__engine_rule *rule)
{
    timing best = {1e9, 1e9};
    for (int32_t s = 0; s < SHOCKS; s += ALONE) {
        kn__arena *arena;
        kn__engine *engine;
        if (kn__arena_new(&arena, ctx) < 0 ||
            kn__engine_new(&engine, ctx, arena, &m->net, rule) < 0)
            exit(1);
        kn__engine_drive drive = {.capacity = halve(ctx, arena, m->net.producers, s)};
        for (int t = 0; t < 2 * STEPS; t++) {
            double start = now(), work = worked();
            kn__engine_step(engine, ctx, &drive);
            if (t >= STEPS)
                keep_best(&best, now() - start, worked() - work);
        }
        kn__arena_free(arena);
    }
    return best;
}

/* A kernel without products, or without turns as well: what is left without them. */
static void weigh_nothing(double *sums, const double *z, int64_t count,
                          const double *panel)
{
    (void)sums, (void)z, (void)count, (void)panel;
}

static void spread_nothing(double *panel, const double *z, int64_t count,
                           const double *excess)
{
    (void)panel, (void)z, (void)count, (void)excess;
}

static bool turn_nothing(const kn__engine_cells *cells)
{
    return cells->shocks > 0;
}

/* SHOCKS shocks together, and the parts of the work: all, without products, without
   products and turns. The shares of suppliers that do not deliver all they are asked for,
   and that buyers lean to otherwise than in the normal state. */
typedef struct together {
    timing all, no_products, no_turns;
    double delivers, leans;
    int64_t bytes;
} together;

static timing time_batch(kn_context *ctx, kn__engine_batch *batch,
                         const kn__engine_drive *drives)
{
    timing best = {1e9, 1e9};
    for (int t = 0; t < STEPS; t++) {
        double start = now(), work = worked();
        kn__engine_batch_step(batch, ctx, drives);
        keep_best(&best, now() - start, worked() - work);
    }
    return best;
}

static void count_moved(together *result, kn__engine_batch *batch)
{
    int64_t delivers = 0, leans = 0, all = 0;
    for (int32_t s = 0; s < SHOCKS; s++) {
        const kn__engine *e = kn__engine_batch_at(batch, s);
        for (int32_t i = 0; i < e->n; i++, all++) {
            delivers += e->deliver[i] != 1;
            leans += e->lean[i] != 1;
        }
    }
    result->delivers = (double)delivers / (double)all;
    result->leans = (double)leans / (double)all;
}

static together time_together(kn_context *ctx, const made *m, const kn__engine_rule *rule)
{
    kn__arena *arena;
    kn__engine_batch *batch;
    kn__engine_drive drives[SHOCKS] = {{0}};
    together result;
    if (kn__arena_new(&arena, ctx) < 0 ||
        kn__engine_batch_new(&batch, ctx, arena, &m->net, rule, SHOCKS) < 0)
        exit(1);
    for (int32_t s = 0; s < SHOCKS; s++)
        drives[s].capacity = halve(ctx, arena, m->net.producers, s);
    time_batch(ctx, batch, drives);
    result.all = time_batch(ctx, batch, drives);
    count_moved(&result, batch);
    kn__engine *first = kn__engine_batch_at(batch, 0);
    kn__engine_kernel less = *first->kernel;
    first->kernel = &less;
    less.weigh_eight = weigh_nothing;
    less.spread_eight = spread_nothing;
    result.no_products = time_batch(ctx, batch, drives);
    less.turn = turn_nothing;
    result.no_turns = time_batch(ctx, batch, drives);
    result.bytes = kn__engine_batch_bytes(batch);
    kn__arena_free(arena);
    return result;
}

static void print_together(const together *r, timing alone)
{
    double each = 1e3 / SHOCKS;
    printf("    %d together: %.2f ms a shock, 1/%.1f of one alone (%.2f ms); processors "
           "%.2f ms, 1/%.1f; %.1f MB a shock\n",
           SHOCKS, each * r->all.step, alone.step / r->all.step * SHOCKS,
           1e3 * alone.step, each * r->all.work, alone.work / r->all.work * SHOCKS,
           1e-6 * (double)r->bytes / SHOCKS);
    printf("    of it products %.2f ms, turns %.2f ms, the rest %.2f ms; %.0f %% of "
           "suppliers deliver less, %.0f %% are leaned to otherwise\n",
           each * (r->all.work - r->no_products.work),
           each * (r->no_products.work - r->no_turns.work), each * r->no_turns.work,
           100 * r->delivers, 100 * r->leans);
}

/* Seconds of one product and sum for one shock, of a panel and a row that stay near. */
static double time_product(void)
{
    enum { TIMES = 20000 };
    static _Alignas(64) double z[KN__LANES * ECONOMIES], panel[KN__LANES * ECONOMIES],
        sums[KN__LANES * KN__LANES];
    const kn__engine_kernel *kernel = kn__engine_kernel_best();
    double best = 1e9;
    for (int round = 0; round < 8; round++) {
        double start = now();
        for (int t = 0; t < TIMES; t++)
            kernel->weigh_eight(sums, z, ECONOMIES, panel);
        double time =
            (now() - start) / ((double)TIMES * KN__LANES * KN__LANES * ECONOMIES);
        best = time < best ? time : best;
    }
    return best;
}

/* ---- Presets ---- */

static void dense_preset(const made *m, const char *preset, int threads)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    kn__engine_rule rule;
    double floor, again, giga = 8e-9 * (double)m->links;
    int64_t bytes;
    options.threads = threads;
    kn__engine_preset(&rule, preset);
    rule.boario_tolerance = false;
    if (kn_context_new(&ctx, &options) < 0)
        exit(1);
    timing rest = time_steps(ctx, m, &rule, STEPS, false, &again, &bytes);
    timing one = time_steps(ctx, m, &rule, STEPS, true, &floor, &bytes);
    together many = time_together(ctx, m, &rule);
    floor = again < floor ? again : floor;
    printf("dense %d x %d %-8s %d threads: read %.2f ms = %.1f GB/s; step %.2f ms = %.1f "
           "GB/s, %.0f %%; at rest %.2f ms; %.0f MB\n",
           ECONOMIES, PRODUCTS, preset, threads, 1e3 * floor, giga / floor,
           1e3 * one.step, giga / one.step, 100 * floor / one.step, 1e3 * rest.step,
           1e-6 * (double)bytes);
    print_together(&many, time_alone(ctx, m, &rule));
    kn_context_free(ctx);
}

static void dense(kn_context *ctx)
{
    static const char *const presets[] = {"kaname", "ario", "pichler", "guan"};
    made m = {0};
    kn__arena *arena;
    if (kn__arena_new(&arena, ctx) < 0)
        exit(1);
    make_dense(&m, ctx, arena);
    printf("kernel %s; products alone: %.2f ms a step and thread, of received, counted "
           "on and sent\n",
           kn__engine_kernel_best()->name, 3e3 * (double)m.links * time_product());
    for (size_t k = 0; k < sizeof presets / sizeof *presets; k++)
        for (int threads = 1; threads <= kn_context_threads(ctx); threads *= 2)
            dense_preset(&m, presets[k], threads);
    kn__arena_free(arena);
}

int main(void)
{
    kn_context *ctx;
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    printf("%d threads\n", kn_context_threads(ctx));
    dense(ctx);
    kn_context_free(ctx);
    return 0;
}
