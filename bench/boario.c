/* SPDX-License-Identifier: Apache-2.0 */
/* ARIO, 77 economies x 45 products, daily: BoARIO 0.6.4 and the daily engine on the same
   table and event. bench/boario_twin.py makes the table and runs BoARIO. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "lens/cascade/engine.h"

enum { REGIONS = 77, SECTORS = 45, N = REGIONS * SECTORS, STEPS = 20, ROUNDS = 3 };

static const char python[] = "build/venv-boario/bin/python";
static const char make_table[] = "../shared/cases/cascade/gen_mrio.py";
static const char prefix[] = "build/boario-77x45";

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void *need(void *block)
{
    if (!block)
        exit(1);
    return block;
}

static double *read_doubles(const char *part, int64_t count)
{
    char path[100];
    snprintf(path, sizeof path, "%s.%s.f64", prefix, part);
    FILE *file = need(fopen(path, "rb"));
    double *values = need(calloc((size_t)count, sizeof *values));
    if (fread(values, sizeof *values, (size_t)count, file) != (size_t)count)
        exit(1);
    fclose(file);
    return values;
}

/* Seconds a step of BoARIO; 0 when it cannot run. */
static double run_boario(double *memory_mb)
{
    char command[400];
    double seconds = 0;
    snprintf(command, sizeof command,
             "OPENBLAS_NUM_THREADS=2 %s bench/boario_twin.py %s %d %d 20240602 %d %s "
             "2>/dev/null",
             python, make_table, REGIONS, SECTORS, STEPS, prefix);
    FILE *pipe = popen(command, "r");
    bool ok = pipe && fscanf(pipe, "%lf %lf", &seconds, memory_mb) == 2;
    if (pipe)
        pclose(pipe);
    return ok ? seconds : 0;
}

/* ---- Our network: producers by product, so that the suppliers of an input are one
   block. Industry r S + s of the table is producer s R + r. ---- */

static int32_t industry_of(int32_t producer)
{
    return producer % REGIONS * SECTORS + producer / REGIONS;
}

typedef struct made {
    kn__engine_net net;
    int64_t group_start[N + REGIONS + 1];
    int64_t *link_start;
    int32_t *first;
    double *flow, *weight;
} made;

/* What user u buys, day by day; as in BoARIO an input of less than 1e-5 of a day's output
   in a year sets no limit. */
static void add_user(made *m, int32_t u, const double *column, int64_t width,
                     const double *output)
{
    for (int32_t s = 0; s < SECTORS; s++) {
        int64_t g = (int64_t)u * SECTORS + s;
        double yearly = 0;
        for (int32_t r = 0; r < REGIONS; r++) {
            double z = column[(r * SECTORS + s) * width];
            m->flow[g * REGIONS + r] = z / 365;
            yearly += z;
        }
        m->first[g] = s * REGIONS;
        m->link_start[g + 1] = (g + 1) * REGIONS;
        m->weight[g] = u >= N || yearly > 1e-5 * output[industry_of(u)] / 365;
    }
    m->group_start[u + 1] = (u + 1) * SECTORS;
}

static made *read_network(void)
{
    enum { USERS = N + REGIONS, GROUPS = USERS * SECTORS };
    made *m = need(calloc(1, sizeof *m));
    double *z = read_doubles("Z", (int64_t)N * N);
    double *y = read_doubles("Y", (int64_t)N * REGIONS), *x = read_doubles("x", N);
    m->link_start = need(calloc(GROUPS + 1, sizeof *m->link_start));
    m->first = need(calloc(GROUPS, sizeof *m->first));
    m->weight = need(calloc(GROUPS, sizeof *m->weight));
    m->flow = need(calloc((size_t)GROUPS * REGIONS, sizeof *m->flow));
    for (int32_t u = 0; u < N; u++)
        add_user(m, u, z + industry_of(u), N, x);
    for (int32_t c = 0; c < REGIONS; c++)
        add_user(m, N + c, y + c, REGIONS, x);
    m->net = (kn__engine_net){.producers = N,
                              .users = USERS,
                              .group_start = m->group_start,
                              .link_start = m->link_start,
                              .first = m->first,
                              .flow = m->flow,
                              .weight = m->weight};
    free(z);
    free(y);
    free(x);
    return m;
}

static void free_network(made *m)
{
    free(m->link_start);
    free(m->first);
    free(m->weight);
    free(m->flow);
    free(m);
}

/* ---- Runs ---- */

typedef struct result {
    double step, deviation;
    int64_t bytes;
} result;

/* Day 1: every 50th industry loses half; it comes back from day 7 on, by a 30th a day. */
static void set_capacity(double *capacity, int t)
{
    double lost = t < 1 ? 0 : t <= 7 ? 0.5 : 0.5 * fmax(0, 1 - (t - 7) / 30.0);
    for (int32_t i = 0; i < N; i++)
        capacity[i] = industry_of(i) % 50 ? 1 : 1 - lost;
}

static void run_once(kn_context *ctx, const made *m, const kn__engine_rule *rule,
                     const double *expected, result *best)
{
    static double capacity[N];
    kn__arena *arena;
    kn__engine *engine;
    double largest = 0;
    if (kn__arena_new(&arena, ctx) < 0 ||
        kn__engine_new(&engine, ctx, arena, &m->net, rule) < 0)
        exit(1);
    for (int t = 0; t < STEPS; t++) {
        set_capacity(capacity, t);
        double start = now();
        kn__engine_step(engine, ctx, &(kn__engine_drive){.capacity = capacity});
        if (t > 2) /* before, much is at rest, and left out */
            best->step = fmin(best->step, now() - start);
        kn__engine_view v = kn__engine_look(engine);
        for (int32_t i = 0; i < N; i++) {
            double theirs = expected[t * N + industry_of(i)];
            largest = fmax(largest, theirs);
            best->deviation = fmax(best->deviation, fabs(v.output[i] - theirs));
        }
    }
    best->deviation /= largest;
    best->bytes = kn__engine_bytes(engine);
    kn__arena_free(arena);
}

static void compare(kn_context *ctx, const made *m, bool tolerance, double boario)
{
    kn__engine_rule rule;
    result best = {1e9, 0, 0};
    double *expected = read_doubles("production", (int64_t)STEPS * N);
    kn__engine_preset(&rule, "ario");
    rule.boario_tolerance = tolerance;
    for (int k = 0; k < ROUNDS; k++) {
        best.deviation = 0;
        run_once(ctx, m, &rule, expected, &best);
    }
    printf("ario%s %7.2f ms a step, 1/%.0f of BoARIO; production differs by %.1e of the "
           "largest; %.0f MB and flows of %.0f MB\n",
           tolerance ? ", its tolerance as well" : ", stocks as they are",
           1e3 * best.step, boario / best.step, best.deviation, (double)best.bytes / 1e6,
           (double)(N + REGIONS) * N * sizeof(double) / 1e6);
    free(expected);
}

int main(void)
{
    kn_context *ctx;
    double memory = 0, boario = run_boario(&memory);
    if (!(boario > 0)) {
        printf("skipped: BoARIO is not installed (%s), or %s is not here\n", python,
               make_table);
        return 0;
    }
    if (kn_context_new(&ctx, NULL) < 0)
        return 1;
    printf("BoARIO 0.6.4, %d x %d: %.1f ms a step, %.0f MB; ours with %d threads\n",
           REGIONS, SECTORS, 1e3 * boario, memory, kn_context_threads(ctx));
    made *m = read_network();
    compare(ctx, m, true, boario);
    compare(ctx, m, false, boario);
    free_network(m);
    kn_context_free(ctx);
    return 0;
}
