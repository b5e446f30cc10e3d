/* SPDX-License-Identifier: Apache-2.0 */
/* The systemic lens on a small network with accounts. */
#include <string.h>

#include "kaname/lens.h"
#include "support.h"
#include "unit/denial_network.h"

/* CHN gallium 60 → JPN wafers → 80 KOR electronics; the rest is final demand. */
static void connect_makers(kn_network *net)
{
    net->flows.dense[0 * 16 + 5] = 60;
    net->flows.dense[5 * 16 + 10] = 80;
}

static kn_status systemic(kn_context *ctx, kn_result **result, const char *inputs,
                          const char *leakage)
{
    kn_setting settings[] = {{"inputs", inputs}, {"leakage", leakage}};
    kn_network *net;
    KN__TRY(case_network(&net, ctx, false));
    connect_makers(net);
    kn_status status =
        kn_lens_run(result, ctx, kn_lens_find("systemic"), net, NULL, settings, 2);
    kn_network_free(net);
    return status;
}

static double of(const kn_table *t, const char *producer, const char *column)
{
    for (int64_t r = 0; r < kn_table_rows(t); r++)
        if (!strcmp(kn_table_text(t, r, 0), producer))
            return kn_table_number(t, r, kn_table_column(t, column));
    fail_msg("%s is not in the table", producer);
    return NAN;
}

/* Sales: CHN GA 60 to makers and 80 to others, JPN WF 80 + 500, KOR EL 10, and those that
   sell to final demand only. Essential all the way down: gallium stops wafers, wafers
   stop electronics. Upstream: electronics take 80 of 580 of wafers' sales with them, and
   those as much of 60 of 140 of gallium's. */
static void test_by_hand(void **state)
{
    kn_result *result;
    assert_int_equal(systemic(*state, &result, "recipe", "accounts"), KN_OK);
    const kn_table *t = kn_result_find(result, "systemic");
    double all = 140 + 10 + 10 + 300 + 580 + 200 + 25 + 15 + 10 + 150 + 30;
    assert_int_equal(kn_table_rows(t), 16);
    assert_close(of(t, "CHN GA", "esri_down"), (140 + 580 + 10) / all, 1e-12);
    assert_close(of(t, "CHN GA", "esri"), (140 + 580 + 10) / all, 1e-12);
    assert_close(of(t, "CHN GA", "esri_up"), 140 / all, 1e-12);
    double wafers = 80.0 / 580, gallium = wafers * 60 / 140;
    assert_close(of(t, "KOR EL", "esri_up"), (10 + wafers * 580 + gallium * 140) / all,
                 1e-12);
    assert_close(of(t, "KOR EL", "esri_down"), 10 / all, 1e-12);
    for (int64_t r = 1; r < kn_table_rows(t); r++)
        assert_true(kn_table_number(t, r - 1, 3) >= kn_table_number(t, r, 3));
    kn_result_free(result);
}

/* Linear inputs over output: 60 of 500, then 80 of 5,000. */
static void test_linear(void **state)
{
    kn_result *result;
    assert_int_equal(systemic(*state, &result, "linear", "accounts"), KN_OK);
    const kn_table *t = kn_result_find(result, "systemic");
    double all = 140 + 10 + 10 + 300 + 580 + 200 + 25 + 15 + 10 + 150 + 30;
    double fall = 60.0 / 500; /* 140 of gallium's market gone, 20 left: share 1 */
    double left = 300 + 580 * (1 - fall) + 200, share = 580 / left;
    double next = share * fall * 80 / 5000;
    assert_close(of(t, "CHN GA", "esri_down"), (140 + 580 * fall + 10 * next) / all,
                 1e-12);
    kn_result_free(result);
}

static kn_status attempt(kn_context *ctx, void *arg)
{
    kn_result *result = NULL;
    kn_status status = systemic(ctx, &result, arg, "none");
    kn_result_free(result);
    return status;
}

static void test_memory(void **state)
{
    (void)state;
    every_allocation_fails(attempt, "essential");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_by_hand),
        cmocka_unit_test(test_linear),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
