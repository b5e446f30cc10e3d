/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine on firms and links: memory and time a link when everything moves, and
   what a step costs when one firm loses half of its capacity. */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "kernel/random.h"
#include "lens/cascade/engine.h"

/* Ten suppliers a firm, two of a kind. */
enum { GROUPS = 5, PAIR = 2, ROUNDS = 5, REST = 4, AFTER = 10 };

typedef struct made {
    kn__engine_net net;
    int64_t *group_start, *link_start;
    int32_t *supplier;
    double *flow;
    int64_t links;
} made;

static double read_clock(clockid_t clock)
{
    struct timespec t;
    clock_gettime(clock, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* ---- Networks ---- */

static void make_room(made *m, kn_context *ctx, kn__arena *arena, int32_t firms)
{
    int64_t groups = (int64_t)firms * (GROUPS + 1);
    m->links = (int64_t)firms * (GROUPS * PAIR + 1);
    m->group_start = KN__ARRAY(arena, ctx, firms + 2, int64_t);
    m->link_start = KN__ARRAY(arena, ctx, groups + 1, int64_t);
    m->supplier = KN__ARRAY(arena, ctx, m->links, int32_t);
    m->flow = KN__ARRAY(arena, ctx, m->links, double);
    if (!m->group_start || !m->link_start || !m->supplier || !m->flow)
        exit(1);
}

/* Suppliers are among the `reach` firms before one, as in a ring; one final user buys
   from all. */
static void make(made *m, kn_context *ctx, kn__arena *arena, int32_t firms, int32_t reach)
{
    int64_t in = (int64_t)firms * GROUPS * PAIR, inputs = (int64_t)firms * GROUPS;
    make_room(m, ctx, arena, firms);
    for (int64_t k = 0; k < m->links; k++) {
        double u = kn__random_uniform(2, 1, (uint64_t)k);
        int64_t buyer = k / (GROUPS * PAIR), back = 1 + (int64_t)(u * reach);
        m->supplier[k] = (int32_t)(k < in ? (buyer + firms - back) % firms : k - in);
        m->flow[k] = k < in ? 0.1 + kn__random_uniform(2, 2, (uint64_t)k) : 5;
    }
    for (int64_t g = 0; g < inputs + firms; g++)
        m->link_start[g + 1] = g < inputs ? (g + 1) * PAIR : in + g + 1 - inputs;
    for (int64_t j = 0; j < firms; j++)
        m->group_start[j + 1] = (j + 1) * GROUPS;
    m->group_start[firms + 1] = inputs + firms;
    m->net = (kn__engine_net){.producers = firms,
                              .users = firms + 1,
                              .group_start = m->group_start,
                              .link_start = m->link_start,
                              .supplier = m->supplier,
                              .flow = m->flow};
}

/* ---- Runs ---- */

/* Seconds of one step. */
static double step(kn__engine *engine, kn_context *ctx, const kn__engine_drive *drive)
{
    double start = read_clock(CLOCK_MONOTONIC);
    if (kn__engine_step(engine, ctx, drive) < 0)
        exit(1);
    return read_clock(CLOCK_MONOTONIC) - start;
}

static int32_t count_moved(const kn__engine *engine, int32_t firms)
{
    int32_t count = 0;
    for (int32_t i = kn__engine_next(engine, -1); i < firms;
         i = kn__engine_next(engine, i))
        count++;
    return count;
}

/* Best times of a step at rest and of each step after one firm lost half. */
typedef struct local {
    double rest, after[AFTER];
    int32_t moved[AFTER];
} local;

static void run_local(local *l, kn__engine *engine, kn_context *ctx, double *capacity,
                      int32_t firms)
{
    const int32_t held[] = {firms / 2};
    kn__engine_drive drive = {.capacity = capacity, .held = held, .held_count = 1};
    capacity[held[0]] = 0.5;
    *l = (local){.rest = 1e9};
    for (int round = 0; round < ROUNDS; round++) {
        kn__engine_start(engine, ctx, NULL);
        for (int t = 0; t < REST; t++) {
            double time = step(engine, ctx, NULL);
            l->rest = time < l->rest ? time : l->rest;
        }
        for (int t = 0; t < AFTER; t++) {
            double time = step(engine, ctx, &drive);
            l->after[t] = round && l->after[t] < time ? l->after[t] : time;
            l->moved[t] = count_moved(engine, firms);
        }
    }
}

/* Best time of a step that leaves nothing at rest: each fiftieth firm loses half;
 *processor: of all threads together, which other programs disturb less. */
static double run_all(kn__engine *engine, kn_context *ctx, double *capacity,
                      int32_t firms, double *processor)
{
    kn__engine_drive drive = {.capacity = capacity};
    double best = *processor = 1e9;
    for (int32_t i = 0; i < firms; i += 50)
        capacity[i] = 0.5;
    kn__engine_start(engine, ctx, NULL);
    for (int t = 0; t < REST + 3 * ROUNDS; t++) {
        double start = read_clock(CLOCK_PROCESS_CPUTIME_ID);
        double time = step(engine, ctx, &drive);
        double busy = read_clock(CLOCK_PROCESS_CPUTIME_ID) - start;
        best = t >= REST && time < best ? time : best;
        *processor = t >= REST && busy < *processor ? busy : *processor;
    }
    return best;
}

static void print_local(const local *l, double all)
{
    printf("  at rest %.3f ms; one firm:", 1e3 * l->rest);
    for (int t = 0; t < AFTER; t += 3)
        printf(" day %d %d moved %.3f ms 1/%.0f%s", t + 1, l->moved[t], 1e3 * l->after[t],
               all / l->after[t], t + 3 < AFTER ? "," : "\n");
}

static void run(kn_context *ctx, int32_t firms, int32_t reach)
{
    made m = {0};
    local l;
    kn__arena *arena, *own;
    kn__engine *engine;
    kn__engine_rule rule;
    kn__engine_preset(&rule, "kaname");
    if (kn__arena_new(&arena, ctx) < 0 || kn__arena_new(&own, ctx) < 0)
        exit(1);
    make(&m, ctx, arena, firms, reach);
    double *capacity = KN__ARRAY(own, ctx, firms, double);
    if (!capacity || kn__engine_new(&engine, ctx, own, &m.net, &rule) < 0)
        exit(1);
    for (int32_t i = 0; i < firms; i++)
        capacity[i] = 1;
    run_local(&l, engine, ctx, capacity, firms);
    double busy, all = run_all(engine, ctx, capacity, firms, &busy);
    double links = (double)m.links;
    printf("%7d firms, %8.0f links, suppliers within %7d: %8.2f ms a step = %.1f ns a "
           "link (%.1f of processor), %.1f bytes a link\n",
           firms, links, reach, 1e3 * all, 1e9 * all / links, 1e9 * busy / links,
           (double)(kn__engine_bytes(engine) + kn__arena_used(arena)) / links);
    print_local(&l, all);
    kn__arena_free(own);
    kn__arena_free(arena);
}

int main(void)
{
    static const int32_t firms[] = {10000, 100000, 1000000};
    kn_context *ctx;
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    printf("%d threads\n", kn_context_threads(ctx));
    for (int k = 0; k < 3; k++) {
        run(ctx, firms[k], 50);
        run(ctx, firms[k], firms[k] - 1);
    }
    kn_context_free(ctx);
    return 0;
}
