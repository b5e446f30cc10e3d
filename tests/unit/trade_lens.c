/* SPDX-License-Identifier: Apache-2.0 */
/* The lenses trade and friends as a user runs them, on a small table. */
#include <string.h>

#include "kaname/lens.h"
#include "network/build.h"
#include "support.h"

static const char table_path[] = "tests/golden/data/wiot-bom.csv";
static const char tariff_path[] = "tests/data/trade/tariff.yaml";

typedef struct world {
    kn_context *ctx;
    kn_network *net;
    kn_scenario *scenario;
} world;

static int setup(void **state)
{
    static world w;
    kn__io_raw *raw;
    *state = &w;
    if (kn_context_new(&w.ctx, NULL) < 0 || kn__read_wiod(&raw, w.ctx, table_path) < 0 ||
        kn__network_from_io(&w.net, w.ctx, raw) < 0)
        return -1;
    kn__io_raw_free(w.ctx, raw);
    return kn_scenario_read(&w.scenario, w.ctx, w.net, tariff_path) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    world *w = *state;
    kn_scenario_free(w->scenario);
    kn_network_free(w->net);
    kn_context_free(w->ctx);
    return 0;
}

static kn_result *run(world *w, const char *lens, const char *keys[][2], int32_t count)
{
    kn_setting settings[4];
    kn_result *result;
    const kn_lens *found = kn_lens_find(lens);
    assert_non_null(found);
    for (int32_t k = 0; k < count; k++)
        settings[k] = (kn_setting){keys[k][0], keys[k][1]};
    kn_status status =
        kn_lens_run(&result, w->ctx, found, w->net,
                    found->operations ? w->scenario : NULL, settings, count);
    if (status != KN_OK)
        fail_msg("%s: %s", lens, kn_context_error(w->ctx));
    return result;
}

static double info(const kn_result *result, const char *key)
{
    for (int32_t k = 0; k < kn_result_infos(result); k++)
        if (!strcmp(kn_result_info_key(result, k), key))
            return kn_result_info_number(result, k);
    fail_msg("no %s", key);
    return 0;
}

/* Trade costs without revenue hurt the world; every closure is solved. */
static void gravity_in_every_closure(void **state)
{
    static const char *const closures[] = {"remove", "keep", "scale"};
    for (int k = 0; k < 3; k++) {
        const char *keys[][2] = {{"model", "gravity"}, {"deficits", closures[k]}};
        kn_result *result = run(*state, "trade", keys, 2);
        const kn_table *t = kn_result_find(result, "economies");
        double worst = 0;
        assert_null(kn_result_find(result, "sectors"));
        for (int64_t r = 0; r < kn_table_rows(t); r++) {
            double real = kn_table_number(t, r, kn_table_column(t, "real_income_exact"));
            assert_true(isfinite(real));
            worst = fmin(worst, real);
        }
        assert_true(worst < 0);
        assert_true(info(result, "residual") < 1e-11);
        kn_result_free(result);
    }
}

static void horizons_set_the_elasticity(void **state)
{
    world *w = *state;
    const char *by_horizon[][2] = {{"horizon", "short"}};
    const char *by_number[][2] = {{"elasticity", "0.76"}};
    kn_result *a = run(w, "trade", by_horizon, 1), *b = run(w, "trade", by_number, 1);
    const kn_table *s = kn_result_find(a, "economies"),
                   *t = kn_result_find(b, "economies");
    for (int64_t r = 0; r < kn_table_rows(s); r++)
        assert_true(kn_table_number(s, r, 1) == kn_table_number(t, r, 1));
    kn_result_free(a);
    kn_result_free(b);
    const kn_setting both[] = {{"horizon", "long"}, {"elasticity", "3"}};
    assert_int_equal(
        kn_lens_run(&a, w->ctx, kn_lens_find("trade"), w->net, w->scenario, both, 2),
        KN_ERR_USAGE);
    kn_context_clear(w->ctx);
}

/* The closed form against central differences of the exact model. */
static void friends_are_the_derivative(void **state)
{
    const char *keys[][2] = {{"check", "true"}, {"elasticity", "4"}};
    kn_result *result = run(*state, "friends", keys, 2);
    const kn_table *t = kn_result_find(result, "friends");
    assert_true(kn_table_rows(t) >= 4);
    assert_true(info(result, "deviation_income") < 1e-6);
    assert_true(info(result, "deviation_welfare") < 1e-6);
    for (int64_t r = 0; r < kn_table_rows(t); r++)
        if (!strcmp(kn_table_text(t, r, 0), kn_table_text(t, r, 1)))
            assert_true(kn_table_number(t, r, 3) > 0);
    kn_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gravity_in_every_closure),
        cmocka_unit_test(horizons_set_the_elasticity),
        cmocka_unit_test(friends_are_the_derivative),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
