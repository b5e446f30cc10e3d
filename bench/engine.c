/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine. Dense: 77 economies x 45 products, time a step against a vectorised
   sum of the same flows in the same run. Sparse: firms and links, time a link. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/random.h"
#include "kernel/threads.h"
#include "lens/cascade/engine.h"

enum { ECONOMIES = 77, PRODUCTS = 45, STEPS = 12, ROUNDS = 12, LANES = 8 };

typedef struct made {
    kn__engine_net net;
    int64_t *group_start, *link_start;
    int32_t *first, *supplier;
    double *flow;
    int64_t links;
} made;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- The floor: reading the flows once ---- */

typedef struct adder {
    const double *flow;
    double part[4096];
    int64_t chunk;
} adder;

static kn_status add_chunk(void *arg, int worker, int64_t begin, int64_t end)
{
    adder *a = arg;
    double lane[2 * LANES] = {0};
    int64_t k = begin;
    (void)worker;
    for (; k + 2 * LANES <= end; k += 2 * LANES)
        for (int l = 0; l < 2 * LANES; l++)
            lane[l] += a->flow[k + l];
    for (; k < end; k++)
        lane[0] += a->flow[k];
    for (int l = 1; l < 2 * LANES; l++)
        lane[0] += lane[l];
    a->part[begin / a->chunk] = lane[0];
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

/* Ten suppliers a firm, two of a kind; one final user that buys from all. */
static void make_sparse(made *m, kn_context *ctx, kn__arena *arena, int32_t firms)
{
    enum { GROUPS = 5, PAIR = 2 };
    int64_t groups = (int64_t)firms * GROUPS + firms;
    m->links = (int64_t)firms * GROUPS * PAIR + firms;
    m->group_start = KN__ARRAY(arena, ctx, firms + 2, int64_t);
    m->link_start = KN__ARRAY(arena, ctx, groups + 1, int64_t);
    m->supplier = KN__ARRAY(arena, ctx, m->links, int32_t);
    m->flow = KN__ARRAY(arena, ctx, m->links, double);
    if (!m->group_start || !m->link_start || !m->supplier || !m->flow)
        exit(1);
    int64_t in = (int64_t)firms * GROUPS * PAIR;
    for (int64_t k = 0; k < m->links; k++) {
        double u = kn__random_uniform(2, 1, (uint64_t)k);
        m->supplier[k] = (int32_t)(k < in ? u * firms : (double)(k - in));
        m->flow[k] = k < in ? 0.1 + kn__random_uniform(2, 2, (uint64_t)k) : 5;
    }
    for (int64_t g = 0; g < groups; g++)
        m->link_start[g + 1] =
            g < (int64_t)firms * GROUPS ? (g + 1) * PAIR : in + g + 1 - firms * GROUPS;
    for (int64_t j = 0; j < firms; j++)
        m->group_start[j + 1] = (j + 1) * GROUPS;
    m->group_start[firms + 1] = groups;
    m->net = (kn__engine_net){.producers = firms,
                              .users = firms + 1,
                              .group_start = m->group_start,
                              .link_start = m->link_start,
                              .supplier = m->supplier,
                              .flow = m->flow};
}

/* ---- Runs ---- */

/* Seconds of the best step; *floor: of reading the flows once, at best. */
static double time_steps(kn_context *ctx, const made *m, const char *preset, int steps,
                         double *floor, int64_t *bytes)
{
    kn__arena *arena;
    kn__engine *engine;
    kn__engine_rule rule;
    double best = 1e9, *capacity;
    kn__engine_preset(&rule, preset);
    rule.boario_tolerance = false;
    if (kn__arena_new(&arena, ctx) < 0 ||
        kn__engine_new(&engine, ctx, arena, &m->net, &rule) < 0 ||
        !(capacity = KN__ARRAY(arena, ctx, m->net.producers, double)))
        exit(1);
    for (int32_t i = 0; i < m->net.producers; i++)
        capacity[i] = i % 50 ? 1 : 0.5;
    kn__engine_drive drive = {.capacity = capacity};
    *floor = 1e9;
    for (int round = 0; round < ROUNDS; round++) {
        double read = read_once(ctx, m);
        *floor = read < *floor ? read : *floor;
        for (int t = 0; t < steps; t++) {
            double start = now();
            kn__engine_step(engine, ctx, &drive);
            double step = now() - start;
            best = step < best ? step : best;
        }
    }
    *bytes = kn__engine_bytes(engine);
    kn__arena_free(arena);
    return best;
}

static void dense(kn_context *ctx)
{
    static const char *const presets[] = {"kaname", "ario", "pichler", "guan"};
    made m = {0};
    kn__arena *arena;
    if (kn__arena_new(&arena, ctx) < 0)
        exit(1);
    make_dense(&m, ctx, arena);
    for (size_t k = 0; k < sizeof presets / sizeof *presets; k++) {
        double floor;
        int64_t bytes;
        double step = time_steps(ctx, &m, presets[k], STEPS, &floor, &bytes);
        printf("dense %d x %d %-8s %7.3f ms a step, one read of the flows %7.3f ms: "
               "%.0f %% of its bandwidth\n",
               ECONOMIES, PRODUCTS, presets[k], 1e3 * step, 1e3 * floor,
               100 * floor / step);
    }
    kn__arena_free(arena);
}

static void sparse(kn_context *ctx, int32_t firms)
{
    made m = {0};
    kn__arena *arena;
    double floor;
    int64_t bytes;
    if (kn__arena_new(&arena, ctx) < 0)
        exit(1);
    make_sparse(&m, ctx, arena, firms);
    double step = time_steps(ctx, &m, "kaname", 3, &floor, &bytes);
    bytes += kn__arena_used(arena);
    printf("sparse %8d firms %9lld links: %8.2f ms a step, %.1f ns a link, %.1f bytes a "
           "link\n",
           firms, (long long)m.links, 1e3 * step, 1e9 * step / (double)m.links,
           (double)bytes / (double)m.links);
    kn__arena_free(arena);
}

int main(void)
{
    static const int32_t firms[] = {10000, 100000, 1000000};
    kn_context *ctx;
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    printf("%d threads\n", kn_context_threads(ctx));
    dense(ctx);
    for (int k = 0; k < 3; k++)
        sparse(ctx, firms[k]);
    kn_context_free(ctx);
    return 0;
}
