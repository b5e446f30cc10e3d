/* SPDX-License-Identifier: Apache-2.0 */
#include <stdatomic.h>
#include <string.h>

#include "kernel/csr.h"
#include "kernel/dense.h"
#include "kernel/graph.h"
#include "kernel/memory.h"
#include "kernel/solve.h"
#include "kernel/threads.h"
#include "support.h"

static double uniform(uint64_t stream, uint64_t index)
{
    return kn__random_uniform(20260101, stream, index);
}

/* Known answers published with Random123 (kat_vectors, philox4x32 10 rounds). */
static void philox_gives_the_published_vectors(void **state)
{
    (void)state;
    const uint32_t zero[4] = {0}, ones[4] = {~0u, ~0u, ~0u, ~0u};
    const uint32_t pi[4] = {0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344};
    const uint32_t pi_key[2] = {0xa4093822, 0x299f31d0};
    const uint32_t expected[3][4] = {{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8},
                                     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd},
                                     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}};
    uint32_t out[4];
    kn__philox(out, zero, zero);
    assert_memory_equal(out, expected[0], 16);
    kn__philox(out, ones, ones);
    assert_memory_equal(out, expected[1], 16);
    kn__philox(out, pi, pi_key);
    assert_memory_equal(out, expected[2], 16);
}

static void uniforms_fill_the_interval(void **state)
{
    (void)state;
    double sum = 0, squares = 0;
    const int n = 100000;
    for (int i = 0; i < n; i++) {
        double u = uniform(1, (uint64_t)i);
        assert_true(u > 0 && u < 1);
        sum += u;
        squares += u * u;
    }
    assert_true(fabs(sum / n - 0.5) < 0.005);
    assert_true(fabs(squares / n - 1.0 / 3) < 0.005);
}

typedef struct counted {
    int64_t n;
    atomic_int hits[1000];
} counted;

static kn_status count_body(void *arg, int worker, int64_t begin, int64_t end)
{
    (void)worker;
    counted *c = arg;
    for (int64_t i = begin; i < end; i++)
        atomic_fetch_add(&c->hits[i], 1);
    return begin <= 700 && 700 < end && c->n == 1000 ? KN_ERR_NUMERIC : KN_OK;
}

static int always(void *user)
{
    (void)user;
    return 1;
}

static void parallel_loops_do_each_item_once(void **state)
{
    (void)state;
    for (int threads = 1; threads <= 4; threads++) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = threads;
        kn_context *ctx;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        static counted c;
        memset(&c, 0, sizeof c);
        c.n = 999;
        assert_int_equal(kn__parallel_for(ctx, NULL, 999, 7, count_body, &c), KN_OK);
        for (int i = 0; i < 999; i++)
            assert_int_equal(atomic_load(&c.hits[i]), 1);
        c.n = 1000;
        assert_int_equal(kn__parallel_for(ctx, "counting", 1000, 7, count_body, &c),
                         KN_ERR_NUMERIC);
        assert_string_equal(kn_context_error(ctx), "counting: numerical failure");
        kn_context_free(ctx);
        options.cancel = always;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        assert_int_equal(kn__parallel_for(ctx, NULL, 10, 1, count_body, &c),
                         KN_ERR_CANCELLED);
        kn_context_free(ctx);
    }
}

enum { N = 60 };

/* A random matrix as triplets and as a plain dense twin. */
static int64_t random_matrix(kn__triplet *t, double *dense, uint64_t stream, int per_row)
{
    int64_t count = 0;
    memset(dense, 0, N * N * sizeof *dense);
    for (int i = 0; i < N; i++)
        for (int k = 0; k < per_row; k++, count++) {
            int j = (int)kn__random_below(9, stream, (uint64_t)count, N);
            t[count] =
                (kn__triplet){i, j, uniform(stream + 1, (uint64_t)count) / per_row * 0.9};
            dense[i * N + j] += t[count].value;
        }
    return count;
}

static void csr_agrees_with_its_dense_twin(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    static kn__triplet t[N * 8];
    static double dense[N * N];
    int64_t count = random_matrix(t, dense, 100, 8);
    kn__csr a, transposed;
    assert_int_equal(kn__csr_from_triplets(&a, ctx, arena, N, N, t, count), KN_OK);
    assert_int_equal(kn__csr_transpose(&transposed, ctx, arena, &a), KN_OK);
    double x[N], y[N], z[N];
    for (int i = 0; i < N; i++) {
        x[i] = uniform(3, (uint64_t)i) - 0.5;
        for (int j = 0; j < N; j++) {
            assert_true(kn__csr_at(&a, i, j) == dense[i * N + j]);
            assert_true(kn__csr_at(&transposed, j, i) == dense[i * N + j]);
        }
        for (int64_t k = a.start[i] + 1; k < a.start[i + 1]; k++)
            assert_true(a.index[k - 1] < a.index[k]);
    }
    kn__csr_times(&a, x, y);
    kn__dense_times(dense, N, N, x, z);
    for (int i = 0; i < N; i++)
        assert_true(fabs(y[i] - z[i]) < 1e-15);
    kn__csr_times(&transposed, x, y);
    kn__dense_times_transposed(dense, N, N, x, z);
    for (int i = 0; i < N; i++)
        assert_true(fabs(y[i] - z[i]) < 1e-15);
    t[5].column = N;
    assert_int_equal(kn__csr_from_triplets(&a, ctx, arena, N, N, t, count), KN_ERR_DATA);
    kn_context_clear(ctx);
    kn__arena_free(arena);
}

static void dense_operator(void *arg, const double *x, double *y)
{
    kn__dense_times(arg, N, N, x, y);
}

static void solvers_agree(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    static kn__triplet t[N * 8];
    static double a[N * N], m[N * N], inverse[N * N];
    random_matrix(t, a, 200, 8);
    for (int k = 0; k < N * N; k++)
        inverse[k] = m[k] = (k % (N + 1) == 0) - a[k];
    double b[N], direct[N], other[N], transposed[N];
    for (int i = 0; i < N; i++)
        direct[i] = transposed[i] = b[i] = uniform(4, (uint64_t)i);
    kn__lu lu, second;
    assert_int_equal(kn__lu_factor(&lu, ctx, arena, m, N), KN_OK);
    assert_int_equal(kn__lu_solve(&lu, ctx, false, direct, 1), KN_OK);
    assert_int_equal(kn__lu_solve(&lu, ctx, true, transposed, 1), KN_OK);
    kn__dense_times(a, N, N, direct, other);
    for (int i = 0; i < N; i++)
        assert_close(direct[i] - other[i], b[i], 1e-13);
    kn__dense_times_transposed(a, N, N, transposed, other);
    for (int i = 0; i < N; i++)
        assert_close(transposed[i] - other[i], b[i], 1e-13);
    kn__solve_info info;
    assert_int_equal(
        kn__solve_neumann(ctx, dense_operator, a, N, b, other, 1e-14, 1000, &info),
        KN_OK);
    for (int i = 0; i < N; i++)
        assert_close(direct[i], other[i], 1e-12);
    assert_int_equal(
        kn__solve_bicgstab(ctx, dense_operator, a, N, b, other, 1e-13, 200, &info),
        KN_OK);
    for (int i = 0; i < N; i++)
        assert_close(direct[i], other[i], 1e-11);
    assert_int_equal(
        kn__solve_neumann(ctx, dense_operator, a, N, b, other, 1e-14, 2, &info),
        KN_NOTE_NOT_CONVERGED);
    assert_int_equal(kn__lu_factor(&second, ctx, arena, inverse, N), KN_OK);
    assert_int_equal(kn__lu_invert(&second, ctx), KN_OK);
    kn__dense_times(inverse, N, N, b, other);
    for (int i = 0; i < N; i++)
        assert_close(direct[i], other[i], 1e-12);
    static double zero[N * N];
    assert_int_equal(kn__lu_factor(&lu, ctx, arena, zero, N), KN_ERR_NUMERIC);
    kn_context_clear(ctx);
    kn__arena_free(arena);
}

static void many_sides_do_not_depend_on_threads(void **state)
{
    (void)state;
    static double results[3][N * 150];
    for (int threads = 1; threads <= 3; threads++) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = threads;
        kn_context *ctx;
        kn__arena *arena;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
        static kn__triplet t[N * 8];
        static double m[N * N];
        random_matrix(t, m, 200, 8);
        for (int k = 0; k < N * N; k++)
            m[k] = (k % (N + 1) == 0) - m[k];
        kn__lu lu;
        assert_int_equal(kn__lu_factor(&lu, ctx, arena, m, N), KN_OK);
        for (int k = 0; k < N * 150; k++)
            results[threads - 1][k] = uniform(7, (uint64_t)k);
        assert_int_equal(kn__lu_solve(&lu, ctx, false, results[threads - 1], 150), KN_OK);
        kn__arena_free(arena);
        kn_context_free(ctx);
    }
    assert_memory_equal(results[0], results[1], sizeof results[0]);
    assert_memory_equal(results[0], results[2], sizeof results[0]);
}

static void the_spectral_radius_is_found(void **state)
{
    kn_context *ctx = *state;
    static double a[N * N];
    /* rank one: u v' has the radius v'u */
    double expected = 0, radius;
    for (int i = 0; i < N; i++) {
        double u = uniform(11, (uint64_t)i);
        expected += u * uniform(12, (uint64_t)i);
        for (int j = 0; j < N; j++)
            a[i * N + j] = u * uniform(12, (uint64_t)j);
    }
    assert_int_equal(kn__spectral_radius(&radius, ctx, dense_operator, a, N, 1e-13, 1000),
                     KN_OK);
    assert_close(radius, expected, 1e-12);
    memset(a, 0, sizeof a);
    assert_int_equal(kn__spectral_radius(&radius, ctx, dense_operator, a, N, 1e-13, 10),
                     KN_OK);
    assert_true(radius == 0);
}

static void reach(const double *a, int from, int without, char *seen)
{
    if (seen[from] || from == without)
        return;
    seen[from] = 1;
    for (int j = 0; j < N; j++)
        if (a[from * N + j] > 0)
            reach(a, j, without, seen);
}

static void components_and_dominators_agree_with_reachability(void **state)
{
    kn_context *ctx = *state;
    for (int per_row = 1; per_row <= 3; per_row++) {
        kn__arena *arena;
        assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
        static kn__triplet t[N * 8];
        static double a[N * N];
        static char from[N], without[N];
        int64_t count = random_matrix(t, a, 300 + (uint64_t)per_row, per_row);
        kn__csr graph;
        assert_int_equal(kn__csr_from_triplets(&graph, ctx, arena, N, N, t, count),
                         KN_OK);
        int32_t dominator[N];
        assert_int_equal(kn__graph_dominators(dominator, ctx, &graph, 0), KN_OK);
        memset(from, 0, sizeof from);
        reach(a, 0, -1, from);
        /* d dominates i when removing d cuts i off from the root: check the whole tree */
        for (int d = 1; d < N; d++) {
            memset(without, 0, sizeof without);
            reach(a, 0, d, without);
            for (int i = 1; i < N; i++) {
                int on_tree = 0;
                for (int k = i; from[i] && k != 0; k = dominator[k])
                    on_tree |= k == d;
                assert_int_equal(on_tree, from[i] && !without[i]);
            }
        }
        for (int i = 0; i < N; i++)
            assert_int_equal(dominator[i] < 0, !from[i]);
        kn__arena_free(arena);
    }
}

static kn_status use_everything(kn_context *ctx, void *arg)
{
    (void)arg;
    static kn__triplet t[N * 8];
    static double a[N * N], b[N], x[N];
    int64_t count = random_matrix(t, a, 400, 3);
    int32_t ids[N];
    double radius;
    kn__csr graph;
    kn__lu lu;
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__csr_from_triplets(&graph, ctx, arena, N, N, t, count);
    if (status >= 0)
        status = kn__graph_dominators(ids, ctx, &graph, 0);
    if (status >= 0)
        status = kn__solve_neumann(ctx, dense_operator, a, N, b, x, 1e-9, 10, NULL);
    if (status >= 0)
        status = kn__solve_bicgstab(ctx, dense_operator, a, N, b, x, 1e-9, 10, NULL);
    if (status >= 0)
        status = kn__spectral_radius(&radius, ctx, dense_operator, a, N, 1e-9, 10000);
    for (int k = 0; k < N; k++)
        a[k * N + k] += 3;
    if (status >= 0)
        status = kn__lu_factor(&lu, ctx, arena, a, N);
    if (status >= 0)
        status = kn__lu_invert(&lu, ctx);
    kn__arena_free(arena);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(use_everything, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_published_vectors),
        cmocka_unit_test(uniforms_fill_the_interval),
        cmocka_unit_test(parallel_loops_do_each_item_once),
        cmocka_unit_test(csr_agrees_with_its_dense_twin),
        cmocka_unit_test(solvers_agree),
        cmocka_unit_test(many_sides_do_not_depend_on_threads),
        cmocka_unit_test(the_spectral_radius_is_found),
        cmocka_unit_test(components_and_dominators_agree_with_reachability),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
