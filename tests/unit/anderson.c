/* SPDX-License-Identifier: Apache-2.0 */
/* Anderson's acceleration on fixed points whose answer is known. */
#include "kernel/anderson.h"
#include "support.h"

enum { N = 9 };

/* g(x) = r x + 1 by component, r from 0.5 to 0.98; the point is 1 / (1 - r). */
static double slope(int32_t i)
{
    return 0.5 + 0.06 * i;
}

static void linear(const double *x, double *g)
{
    for (int32_t i = 0; i < N; i++)
        g[i] = 1 + slope(i) * x[i];
}

static int32_t rounds_until(kn__anderson *mix, double *x, double tolerance)
{
    double g[N];
    for (int32_t k = 1; k <= 2000; k++) {
        double most = 0;
        linear(x, g);
        for (int32_t i = 0; i < N; i++)
            most = fmax(most, fabs(g[i] - x[i]));
        if (most < tolerance)
            return k;
        if (mix)
            kn__anderson_step(mix, x, g);
        for (int32_t i = 0; !mix && i < N; i++)
            x[i] = g[i];
    }
    return 2001;
}

static void faster_to_the_same_point(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    kn__anderson mix;
    double plain[N] = {0}, mixed[N] = {0};
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__anderson_new(&mix, ctx, arena, N), KN_OK);
    int32_t slow = rounds_until(NULL, plain, 1e-11);
    int32_t fast = rounds_until(&mix, mixed, 1e-11);
    printf("rounds: %d plain, %d mixed\n", (int)slow, (int)fast);
    assert_true(fast < slow / 4);
    for (int32_t i = 0; i < N; i++)
        assert_close(mixed[i], 1 / (1 - slope(i)), 1e-8);
    kn__arena_free(arena);
}

static void the_first_step_is_the_map(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    kn__anderson mix;
    double x[N] = {1, 2, 3}, g[N];
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__anderson_new(&mix, ctx, arena, N), KN_OK);
    for (int round = 0; round < 2; round++) {
        linear(x, g);
        kn__anderson_step(&mix, x, g);
        for (int32_t i = 0; i < N; i++)
            assert_true(x[i] == g[i]);
        kn__anderson_forget(&mix);
    }
    kn__arena_free(arena);
}

/* At the fixed point nothing moves, also with steps of no length in memory. */
static void rest_stays_rest(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    kn__anderson mix;
    double x[N] = {0.5}, g[N] = {0.5};
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__anderson_new(&mix, ctx, arena, N), KN_OK);
    for (int round = 0; round < 9; round++) {
        kn__anderson_step(&mix, x, g);
        for (int32_t i = 0; i < N; i++)
            assert_true(x[i] == g[i]);
    }
    kn__arena_free(arena);
}

static kn_status make(kn_context *ctx, void *arg)
{
    kn__arena *arena;
    kn__anderson mix;
    (void)arg;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__anderson_new(&mix, ctx, arena, 100000);
    kn__arena_free(arena);
    return status;
}

static void memory_may_fail(void **state)
{
    (void)state;
    every_allocation_fails(make, NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(faster_to_the_same_point),
        cmocka_unit_test(the_first_step_is_the_map),
        cmocka_unit_test(rest_stays_rest),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
