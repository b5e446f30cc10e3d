/* SPDX-License-Identifier: Apache-2.0 */
/* GMRES against matrices whose solution is known. */
#include <string.h>

#include "kernel/gmres.h"
#include "support.h"

enum { N = 40 };

typedef struct matrix {
    double a[N * N];
    int32_t products;
} matrix;

static double draw(uint64_t stream, int64_t index)
{
    return kn__random_uniform(17, stream, (uint64_t)index);
}

/* Not symmetric, with a diagonal that grows a thousandfold. */
static void fill(matrix *m)
{
    for (int32_t i = 0; i < N; i++)
        for (int32_t k = 0; k < N; k++)
            m->a[i * N + k] = draw(1, i * N + k) - 0.5 + (i == k ? 5 + 100 * i : 0);
    m->products = 0;
}

static void product(void *arg, const double *x, double *y)
{
    matrix *m = arg;
    m->products++;
    for (int32_t i = 0; i < N; i++) {
        y[i] = 0;
        for (int32_t k = 0; k < N; k++)
            y[i] += m->a[i * N + k] * x[k];
    }
}

static void divide(void *arg, const double *x, double *y)
{
    const matrix *m = arg;
    for (int32_t i = 0; i < N; i++)
        y[i] = x[i] / m->a[i * N + i];
}

static void finds_the_solution_with_and_without_help(void **state)
{
    (void)state;
    kn_context *ctx;
    matrix m;
    double b[N], x[N], known[N];
    int32_t steps[2];
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    fill(&m);
    for (int32_t k = 0; k < N; k++)
        known[k] = draw(2, k) - 0.5;
    product(&m, known, b);
    for (int helped = 0; helped < 2; helped++) {
        kn__gmres system = {N, product, helped ? divide : NULL, &m};
        kn__solve_info info;
        m.products = 0;
        assert_int_equal(kn__solve_gmres(ctx, &system, b, x, 1e-13, N, &info), KN_OK);
        assert_true(info.residual <= 1e-13 && info.iterations == m.products);
        for (int32_t k = 0; k < N; k++)
            assert_true(fabs(x[k] - known[k]) < 1e-9);
        steps[helped] = info.iterations;
    }
    assert_true(steps[1] < steps[0] / 2);
    kn_context_free(ctx);
}

/* Too few steps: the best there is, and said so. Nothing to solve: 0. A singular matrix:
   a solution where there is one. */
static void says_how_far_it_got(void **state)
{
    (void)state;
    kn_context *ctx;
    matrix m;
    double b[N] = {0}, x[N];
    kn__solve_info info;
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    fill(&m);
    kn__gmres system = {N, product, NULL, &m};
    assert_int_equal(kn__solve_gmres(ctx, &system, b, x, 1e-12, N, &info), KN_OK);
    for (int32_t k = 0; k < N; k++)
        assert_true(x[k] == 0);
    b[0] = b[N - 1] = 1;
    assert_int_equal(kn__solve_gmres(ctx, &system, b, x, 1e-12, 3, &info),
                     KN_NOTE_NOT_CONVERGED);
    assert_true(info.iterations == 3 && info.residual < 1 && info.residual > 1e-12);
    memset(m.a, 0, sizeof m.a);
    for (int32_t k = 1; k < N; k++)
        m.a[k * N + k] = k;
    b[0] = 0;
    assert_int_equal(kn__solve_gmres(ctx, &system, b, x, 1e-12, N, &info), KN_OK);
    assert_true(fabs(x[N - 1] * (N - 1) - 1) < 1e-12);
    kn_context_free(ctx);
}

static kn_status once(kn_context *ctx, void *arg)
{
    double b[N] = {1}, x[N];
    kn__gmres system = {N, product, NULL, arg};
    kn_status status = kn__solve_gmres(ctx, &system, b, x, 1e-10, N, NULL);
    return status < 0 ? status : KN_OK;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    matrix m;
    fill(&m);
    assert_true(every_allocation_fails(once, &m) >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_solution_with_and_without_help),
        cmocka_unit_test(says_how_far_it_got),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
