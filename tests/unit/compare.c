/* SPDX-License-Identifier: Apache-2.0 */
/* Two scenarios side by side. */
#include "kaname/scenario.h"
#include "kaname/study.h"
#include "unit/linear_lens.h"

#include "mini.h"

static kn_result *compare(kn_context *ctx, const linear_world *w, const kn_scenario *two,
                          const kn_setting *settings, int32_t count, kn_status expected)
{
    kn_result *result;
    kn_status status = kn_compare(&result, ctx, &linear_lens, w->net, &w->scenario, two,
                                  settings, count);
    if (status != expected)
        fail_msg("%s: %s", kn_status_name(status), kn_context_error(ctx));
    return result;
}

static double info(const kn_result *result, const char *key)
{
    for (int32_t k = 0; k < kn_result_infos(result); k++)
        if (!strcmp(kn_result_info_key(result, k), key))
            return kn_result_info_number(result, k);
    return NAN;
}

/* JPN 0.6 → 0.9 and KOR 6 → 3: the larger difference first, texts without one. */
static void by_hand(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    kn__measure other = w.measures[0];
    other.value = 0.9;
    kn_scenario two = w.scenario;
    two.measures = &other;
    two.count = 1;
    kn_result *r = compare(*state, &w, &two, NULL, 0, KN_OK);
    const kn_table *losses = kn_result_find(r, "losses");
    assert_int_equal(kn_table_declaration(losses)->column_count, 9);
    assert_string_equal(linear_text(r, "losses", 0, "economy"), "KOR");
    assert_true(linear_cell(r, "losses", 0, "loss_musd_1") == 6);
    assert_true(linear_cell(r, "losses", 0, "loss_musd_2") == 3);
    assert_true(linear_cell(r, "losses", 0, "loss_musd_difference") == -3);
    assert_close(linear_cell(r, "losses", 1, "loss_musd_difference"), 0.3, 1e-12);
    assert_string_equal(linear_text(r, "losses", 1, "cause_2"), "measures");
    assert_true(kn_table_column(losses, "cause_difference") < 0);
    int32_t unit = kn_table_column(losses, "loss_musd_difference");
    assert_string_equal(kn_table_declaration(losses)->columns[unit].unit, "MUSD");
    assert_close(info(r, "loss_musd_difference"), -2.7, 1e-12);
    assert_true(info(r, "version") == 1 && isnan(info(r, "version_1")));
    assert_int_equal(kn_result_notes(r), 1); /* both runs say the same */
    kn_result_free(r);
    kn_network_free(w.net);
}

/* Other days: each run has rows the other has not. Their losses are 0, their output is
   undefined; the table runs by day. */
static void rows_of_one_run(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    kn__measure other[2] = {w.measures[0], w.measures[1]};
    other[0].start_day = 20;
    kn_scenario two = w.scenario;
    two.measures = other;
    kn_result *r = compare(*state, &w, &two, NULL, 0, KN_OK);
    assert_int_equal(kn_table_rows(kn_result_find(r, "path")), 4);
    for (int64_t k = 0; k < 4; k++) {
        bool first = k >= 2; /* the first scenario starts on day 30 */
        assert_true(linear_cell(r, "path", k, "day") == (first ? 30 : 20));
        assert_true(isnan(linear_cell(r, "path", k, "output_share_difference")));
        assert_true(linear_cell(r, "path", k,
                                first ? "output_share_1" : "output_share_2") == 0.5);
        assert_true(linear_cell(r, "path", k, first ? "loss_musd_2" : "loss_musd_1") ==
                    0);
        double lost = linear_cell(r, "path", k, first ? "loss_musd_1" : "loss_musd_2");
        assert_true(linear_cell(r, "path", k, "loss_musd_difference") ==
                    (first ? -lost : lost));
    }
    kn_result_free(r);
    kn_network_free(w.net);
}

/* Equal scenarios differ by exactly nothing, in the real lens too. */
static void equal_scenarios(void **state)
{
    kn_network *net = mini_make(*state);
    kn_scenario *scenario;
    kn_result *r;
    assert_int_equal(
        kn_scenario_read(&scenario, *state, net, "tests/data/runs/denial.yaml"), KN_OK);
    for (int model = 0; model < 2; model++) {
        const kn_setting setting = {"model", model ? "kaname" : "denial"};
        assert_int_equal(kn_compare(&r, *state, kn_lens_find("cascade"), net, scenario,
                                    scenario, &setting, 1),
                         KN_OK);
        int64_t looked = 0;
        for (int32_t t = 0; t < kn_result_tables(r); t++) {
            const kn_table *table = kn_result_table(r, t);
            const kn_table_decl *decl = kn_table_declaration(table);
            for (int32_t c = 0; c < decl->column_count; c++)
                for (int64_t k = 0; strstr(decl->columns[c].name, "_difference") &&
                                    k < kn_table_rows(table);
                     k++) {
                    double d = kn_table_number(table, k, c);
                    assert_true(d == 0 || isnan(d));
                    looked += d == 0;
                }
        }
        assert_true(looked > 10);
        kn_result_free(r);
    }
    kn_scenario_free(scenario);
    kn_network_free(net);
}

/* A run that does not converge is told by the status; both failures are passed on. */
static void notes_and_failures(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    const kn_setting loose = {"mode", "loose"}, stopped = {"mode", "stopped"},
                     wrong = {"gain", "2"}, limit[] = {{"limit", "1"}, wrong};
    kn_result_free(compare(*state, &w, &w.scenario, &loose, 1, KN_NOTE_NOT_CONVERGED));
    assert_null(compare(*state, &w, &w.scenario, &stopped, 1, KN_ERR_CANCELLED));
    kn_context_clear(*state);
    assert_null(compare(*state, &w, &w.scenario, limit, 2, KN_ERR_NUMERIC));
    assert_string_equal(kn_context_error(*state), "too much");
    kn_context_clear(*state);
    kn_result *r;
    assert_int_equal(kn_compare(&r, *state, kn_lens_find("systemic"), w.net, &w.scenario,
                                &w.scenario, NULL, 0),
                     KN_ERR_USAGE);
    assert_null(r);
    kn_context_clear(*state);
    kn_network_free(w.net);
}

static kn_status compare_once(kn_context *ctx, void *arg)
{
    const linear_world *w = arg;
    kn_result *result;
    kn_status status = kn_compare(&result, ctx, &linear_lens, w->net, &w->scenario,
                                  &w->scenario, NULL, 0);
    kn_result_free(result);
    return status;
}

static void memory_fails(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    assert_true(every_allocation_fails(compare_once, &w) > 20);
    kn_network_free(w.net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(by_hand),         cmocka_unit_test(rows_of_one_run),
        cmocka_unit_test(equal_scenarios), cmocka_unit_test(notes_and_failures),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
