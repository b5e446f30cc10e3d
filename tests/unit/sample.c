/* SPDX-License-Identifier: Apache-2.0 */
/* Latin hypercubes, quantiles, rank correlations. */
#include "kernel/sample.h"

#include <string.h>

#include "support.h"

enum { N = 57, DIMENSIONS = 4 };

static void draw(double level[N * DIMENSIONS], uint64_t seed)
{
    int32_t order[N];
    for (int f = 0; f < DIMENSIONS; f++)
        kn__latin_levels(level + f, DIMENSIONS, order, N, seed, (uint64_t)f);
}

/* Each dimension meets each of N strata once; the draw depends on the seed alone, and
   dimensions are permuted apart. */
static void hypercube(void **state)
{
    static double one[N * DIMENSIONS], again[N * DIMENSIONS], other[N * DIMENSIONS];
    (void)state;
    draw(one, 7);
    draw(again, 7);
    draw(other, 8);
    assert_memory_equal(one, again, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    for (int f = 0; f < DIMENSIONS; f++) {
        int seen[N] = {0}, moved = 0;
        for (int k = 0; k < N; k++) {
            double level = one[k * DIMENSIONS + f];
            assert_true(level > 0 && level < 1);
            seen[(int)(level * N)]++;
            moved += (int)(level * N) != (int)(one[k * DIMENSIONS] * N);
        }
        for (int k = 0; k < N; k++)
            assert_int_equal(seen[k], 1);
        assert_true(f == 0 || moved > N / 2);
    }
}

/* Type 7: the k-th of n values stands at (k - 1) / (n - 1). */
static void quantiles(void **state)
{
    double values[] = {4, 1, 3, 2, 5};
    (void)state;
    kn__sort_numbers(values, 5);
    for (int k = 0; k < 5; k++)
        assert_true(kn__quantile(values, 5, k / 4.0) == k + 1);
    assert_close(kn__quantile(values, 5, 0.3), 2.2, 1e-15);
    assert_true(kn__quantile(values, 1, 0.95) == 1);
    assert_true(isnan(kn__quantile(values, 0, 0.5)));
}

/* 1 and -1 for monotone functions of any shape; ties by hand; NaN without variation. */
static void correlation(void **state)
{
    double x[] = {3, 1, 4, 1.5, 9}, up[5], down[5], flat[] = {2, 2, 2, 2, 2};
    double tied[] = {1, 2, 2, 3}, straight[] = {1, 2, 3, 4}, ranks[10];
    kn__ranked order[5];
    (void)state;
    for (int k = 0; k < 5; k++) {
        up[k] = exp(x[k]);
        down[k] = -x[k] * x[k];
    }
    assert_close(kn__rank_correlation(x, up, 5, ranks, order), 1, 1e-15);
    assert_close(kn__rank_correlation(x, down, 5, ranks, order), -1, 1e-15);
    assert_true(isnan(kn__rank_correlation(x, flat, 5, ranks, order)));
    assert_true(isnan(kn__rank_correlation(x, up, 1, ranks, order)));
    /* ranks 1 2.5 2.5 4 against 1 2 3 4: 4.5 / sqrt(4.5 * 5) */
    assert_close(kn__rank_correlation(tied, straight, 4, ranks, order), sqrt(0.9), 1e-15);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hypercube),
        cmocka_unit_test(quantiles),
        cmocka_unit_test(correlation),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
