/* SPDX-License-Identifier: Apache-2.0 */
/* The systemic risk index against its dense twin, and its laws, on random networks. */
#include <string.h>

#include "esri_ref.h"
#include "lens/cascade/esri_run.h"
#include "support.h"

enum { FIRMS = 40, SECTORS = 6, EDGES = 400, NETWORKS = 30 };

typedef struct world {
    kn__esri_input in;
    int32_t supplier[EDGES], buyer[EDGES], sector[FIRMS], market[FIRMS];
    double weight[EDGES], cost[FIRMS], revenue[FIRMS];
    unsigned char edge_class[EDGES];
    uint64_t seed, draw;
} world;

static double draw(world *w)
{
    return kn__random_uniform(w->seed, 3, w->draw++);
}

static void make(world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    w->seed = seed;
    int32_t firms = 5 + (int32_t)(draw(w) * (FIRMS - 5));
    w->in = (kn__esri_input){.firms = firms,
                             .sectors = SECTORS,
                             .supplier = w->supplier,
                             .buyer = w->buyer,
                             .weight = w->weight,
                             .edge_class = w->edge_class,
                             .sector = w->sector,
                             .market = seed % 3 ? NULL : w->market};
    unsigned char has[FIRMS][FIRMS] = {{0}};
    for (int32_t i = 0; i < firms; i++) {
        w->sector[i] = (int32_t)(draw(w) * SECTORS);
        w->market[i] = (int32_t)(draw(w) * SECTORS);
    }
    double density = draw(w) * 0.4;
    for (int32_t k = 0; k < firms * firms && w->in.edges < EDGES; k++) {
        int32_t i = (int32_t)(draw(w) * firms), j = (int32_t)(draw(w) * firms);
        if (i == j || has[i][j] || draw(w) > density)
            continue;
        has[i][j] = 1;
        int64_t e = w->in.edges++;
        w->supplier[e] = i;
        w->buyer[e] = j;
        w->weight[e] = 0.01 + 10 * draw(w) * draw(w);
        w->edge_class[e] = (unsigned char)(3 * draw(w));
        w->cost[j] += w->weight[e] * 1.3;
        w->revenue[i] += w->weight[e] * 1.2;
    }
    if (seed % 2) {
        w->in.cost = w->cost;
        w->in.revenue = w->revenue;
    }
}

typedef struct outcome {
    double total[FIRMS], down[FIRMS], up[FIRMS];
    double loss_down[FIRMS * FIRMS], loss_up[FIRMS * FIRMS];
    int32_t steps[FIRMS];
} outcome;

/* Shock k: firm k fails (every third one only in part, with a neighbour). */
static kn_status run_either(kn_context *ctx, const world *w, const kn__esri_rule *rule,
                            outcome *out, bool sweeps)
{
    kn__arena *arena;
    kn__esri *esri;
    int64_t start[FIRMS + 1] = {0};
    int32_t firm[2 * FIRMS], n = 0;
    double loss[2 * FIRMS];
    for (int32_t k = 0; k < w->in.firms; k++) {
        firm[n] = k;
        loss[n++] = k % 3 ? 1 : 0.6;
        if (k % 3 == 0) {
            firm[n] = (k + 1) % w->in.firms;
            loss[n++] = 0.2;
        }
        start[k + 1] = n;
    }
    kn__esri_shocks shocks = {w->in.firms, start, firm, loss};
    kn__esri_result result = {out->total, out->down,      out->up,
                              out->steps, out->loss_down, out->loss_up};
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__esri_new(&esri, ctx, arena, &w->in, rule);
    if (status >= 0)
        status = sweeps ? kn__esri_sweep(esri, ctx, arena, &shocks, &result)
                        : kn__esri_run(esri, ctx, &shocks, &result);
    kn__arena_free(arena);
    return status;
}

static kn_status run(kn_context *ctx, const world *w, const kn__esri_rule *rule,
                     outcome *out)
{
    return run_either(ctx, w, rule, out, false);
}

static void compare(const world *w, const kn__esri_rule *rule, const outcome *got)
{
    ref_esri twin;
    assert_int_equal(ref_esri_new(&twin, &w->in), 0);
    for (int32_t k = 0; k < w->in.firms; k++) {
        double psi[FIRMS] = {0}, out[3], down[FIRMS], up[FIRMS];
        psi[k] = k % 3 ? 1 : 0.6;
        if (k % 3 == 0)
            psi[(k + 1) % w->in.firms] = 0.2;
        assert_int_equal(ref_esri_run(&twin, rule, psi, out, down, up), got->steps[k]);
        assert_true(fabs(out[0] - got->total[k]) < 1e-10);
        assert_true(fabs(out[1] - got->down[k]) < 1e-10);
        assert_true(fabs(out[2] - got->up[k]) < 1e-10);
        for (int32_t i = 0; i < w->in.firms; i++) {
            assert_true(fabs(down[i] - got->loss_down[k * w->in.firms + i]) < 1e-10);
            assert_true(fabs(up[i] - got->loss_up[k * w->in.firms + i]) < 1e-10);
        }
    }
    ref_esri_free(&twin);
}

static void test_twin(void **state)
{
    static world w;
    static outcome got;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++)
        for (int kind = 0; kind < 4; kind++) {
            kn__esri_rule rule = {kind & 1, seed % 5 == 0, kind & 2 ? 1e-2 : 1e-11,
                                  100000};
            make(&w, seed);
            assert_int_equal(run(*state, &w, &rule, &got), KN_OK);
            compare(&w, &rule, &got);
        }
}

static void close_to(const double *a, const double *b, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        assert_true(fabs(a[k] - b[k]) < 1e-10);
}

/* Sweeps over all edges find the fixed points that single failures spread to; for any
   number of threads. */
static void test_sweeps(void **state)
{
    static world w;
    static outcome spread, swept, four;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *threads;
    options.threads = 4;
    assert_int_equal(kn_context_new(&threads, &options), KN_OK);
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        kn__esri_rule rule = {seed % 4 < 2, false, 0, 100000};
        make(&w, seed);
        int32_t n = w.in.firms;
        assert_int_equal(run(*state, &w, &rule, &spread), KN_OK);
        assert_int_equal(run_either(*state, &w, &rule, &swept, true), KN_OK);
        assert_int_equal(run_either(threads, &w, &rule, &four, true), KN_OK);
        close_to(spread.total, swept.total, n);
        close_to(spread.down, swept.down, n);
        close_to(spread.up, swept.up, n);
        close_to(spread.loss_down, swept.loss_down, (int64_t)n * n);
        close_to(spread.loss_up, swept.loss_up, (int64_t)n * n);
        assert_memory_equal(four.total, swept.total, (size_t)n * sizeof *four.total);
    }
    kn_context_free(threads);
}

/* Markets of firms smaller than 1: when one empties, shares fall back. */
static void test_small_units(void **state)
{
    static world w;
    static outcome got;
    for (uint64_t seed = 1; seed <= NETWORKS; seed++) {
        kn__esri_rule rule = {true, false, 1e-11, 300};
        make(&w, seed);
        for (int64_t e = 0; e < w.in.edges; e++)
            w.weight[e] *= 0.01;
        w.in.cost = w.in.revenue = NULL;
        assert_true(run(*state, &w, &rule, &got) >= 0);
        compare(&w, &rule, &got);
    }
}

static void test_threads(void **state)
{
    (void)state;
    static world w;
    static outcome one, many;
    kn__esri_rule rule = {true, false, 1e-11, 100000};
    for (int threads = 1; threads <= 4; threads += 3) {
        kn_context *ctx;
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = threads;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        make(&w, 5);
        assert_int_equal(run(ctx, &w, &rule, threads == 1 ? &one : &many), KN_OK);
        kn_context_free(ctx);
    }
    assert_memory_equal(&one, &many, sizeof one);
}

/* Fuller leakage never makes a cascade worse; no shock gives exactly nothing. */
static void test_leakage_and_null(void **state)
{
    static world w;
    static outcome tight, leaky;
    kn__esri_rule rule = {true, false, 0, 100000};
    for (uint64_t seed = 2; seed <= NETWORKS; seed += 2) {
        make(&w, seed);
        run(*state, &w, &rule, &tight);
        w.in.cost = w.cost;
        w.in.revenue = w.revenue;
        run(*state, &w, &rule, &leaky);
        for (int32_t k = 0; k < w.in.firms; k++)
            assert_true(leaky.total[k] <= tight.total[k] + 1e-9);
    }
    kn__arena *arena;
    kn__esri *esri;
    int64_t start[2] = {0, 1};
    int32_t firm = 0, steps;
    double loss = 0, total = 1;
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__esri_new(&esri, *state, arena, &w.in, &rule), KN_OK);
    kn__esri_result result = {.total = &total, .steps = &steps};
    kn__esri_shocks shocks = {1, start, &firm, &loss};
    assert_int_equal(kn__esri_run(esri, *state, &shocks, &result), KN_OK);
    assert_true(total == 0 && steps == 1);
    kn__arena_free(arena);
}

static kn_status attempt(kn_context *ctx, void *arg)
{
    static outcome out;
    return run(ctx, arg, &(kn__esri_rule){true, false, 1e-2, 1000}, &out);
}

static void test_memory(void **state)
{
    (void)state;
    static world w;
    make(&w, 3);
    every_allocation_fails(attempt, &w);
}

static void test_bad_input(void **state)
{
    static world w;
    static outcome out;
    kn__esri_rule rule = {true, false, 1e-2, 1000};
    make(&w, 4);
    w.buyer[0] = w.in.firms;
    assert_int_equal(run(*state, &w, &rule, &out), KN_ERR_DATA);
    kn_context_clear(*state);
    make(&w, 4);
    w.weight[1] = 0;
    assert_int_equal(run(*state, &w, &rule, &out), KN_ERR_DATA);
    kn_context_clear(*state);
    make(&w, 4);
    w.sector[0] = SECTORS;
    assert_int_equal(run(*state, &w, &rule, &out), KN_ERR_DATA);
    kn_context_clear(*state);
    make(&w, 6);
    rule.most_steps = 1;
    rule.eps = 0;
    assert_int_equal(run(*state, &w, &rule, &out), KN_NOTE_NOT_CONVERGED);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twin),
        cmocka_unit_test(test_sweeps),
        cmocka_unit_test(test_small_units),
        cmocka_unit_test(test_threads),
        cmocka_unit_test(test_leakage_and_null),
        cmocka_unit_test(test_memory),
        cmocka_unit_test(test_bad_input),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
