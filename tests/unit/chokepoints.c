/* SPDX-License-Identifier: Apache-2.0 */
/* The lenses chokepoints and cascade on a network with published answers. */
#include <string.h>

#include "kaname/lens.h"
#include "network/measure.h"
#include "support.h"
#include "unit/denial_network.h"

static kn_result *run(kn_context *ctx, const kn_network *net, const char *lens,
                      const kn_scenario *scenario, const kn_setting *settings,
                      int32_t count)
{
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find(lens), net, scenario, settings, count);
    if (status < 0)
        fail_msg("%s: %s", lens, kn_context_error(ctx));
    return result;
}

static int64_t row_of(const kn_table *t, const char *a, const char *b, const char *c)
{
    for (int64_t r = 0; r < kn_table_rows(t); r++)
        if (!strcmp(kn_table_text(t, r, 0), a) &&
            (!b || !strcmp(kn_table_text(t, r, 1), b)) &&
            (!c || !strcmp(kn_table_text(t, r, 2), c)))
            return r;
    return -1;
}

static double cell(const kn_table *t, int64_t row, const char *column)
{
    int32_t c = kn_table_column(t, column);
    assert_true(c >= 0 && row >= 0);
    return kn_table_number(t, row, c);
}

typedef struct known {
    const char *holder, *product, *victim;
    double share, bite, loss, low, high, cost;
} known;

/* Of cases/denial/denial_3x3.json. */
static const known targeted[] = {
    {"CHN", "GA", "JPN", 0.65, 165, 87.84246575342472, 0, 509.3013698630135,
     17.383561643835616},
    {"CHN", "GA", "KOR", 0.7, 42.85714285714286, 23.30136986301371, 0, 384.72739726027396,
     6.041095890410959},
    {"JPN", "WF", "KOR", 0.6, 34.375, 219.74168297455964, 14.653620352250488,
     559.7808219178081, 96.31232876712329},
    {"JPN", "WF", "CHN", 1.0 / 7, NAN, 0, 0, 61.643835616438395, 22.931506849315067},
    {"KOR", "WF", "JPN", 0.2, NAN, 0, 0, 76.95205479452052, 25.22465753424658},
};
static const known stopped[] = {
    {"CHN", "GA", "KOR", 0.7, 42.85714285714286, 269.8002480293911, 70.58944399677685,
     768.593591562849, 29.589041095890412},
    {"CHN", "GA", "CHN", NAN, NAN, 0, 0, 46.80915176836322, 29.589041095890412},
    {"JPN", "WF", "CHN", 1.0 / 7, 252.8571428571429, 42.33779918711424, 0,
     152.9241306638567, 153.86301369863014},
};

static void check_rows(const kn_table *t, const known *rows, size_t count)
{
    for (size_t k = 0; k < count; k++) {
        int64_t r = row_of(t, rows[k].holder, rows[k].product, rows[k].victim);
        const struct {
            const char *column;
            double value;
        } cells[] = {{"share", rows[k].share},    {"bite_day", rows[k].bite},
                     {"loss_musd", rows[k].loss}, {"loss_low", rows[k].low},
                     {"loss_high", rows[k].high}, {"sender_cost_musd", rows[k].cost}};
        for (size_t c = 0; c < sizeof cells / sizeof *cells; c++) {
            double got = cell(t, r, cells[c].column);
            if (isnan(cells[c].value))
                assert_true(isnan(got));
            else
                assert_true(fabs(got - cells[c].value) <= 1e-9 * (1 + cells[c].value));
        }
    }
}

static void test_matrix(void **state)
{
    kn_network *net;
    kn_setting settings[] = {{"links", "centre"}, {"mode", "targeted"}};
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    for (int stop = 0; stop < 2; stop++) {
        settings[1].value = stop ? "stop" : "targeted";
        kn_result *result = run(*state, net, "chokepoints", NULL, settings, 2);
        const kn_table *t = kn_result_find(result, "chokepoints");
        if (stop)
            check_rows(t, stopped, sizeof stopped / sizeof *stopped);
        else
            check_rows(t, targeted, sizeof targeted / sizeof *targeted);
        for (int64_t r = 1; r < kn_table_rows(t); r++)
            assert_true(cell(t, r - 1, "loss_musd") >= cell(t, r, "loss_musd"));
        kn_result_free(result);
    }
    kn_network_free(net);
}

/* Unknown bilateral shares widen the interval and leave the centre. */
static void test_interval(void **state)
{
    kn_network *net;
    kn_setting settings[] = {{"links", "interval"}};
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn_result *result = run(*state, net, "chokepoints", NULL, settings, 1);
    const kn_table *t = kn_result_find(result, "chokepoints");
    for (size_t k = 0; k < sizeof targeted / sizeof *targeted; k++) {
        const known *row = &targeted[k];
        int64_t r = row_of(t, row->holder, row->product, row->victim);
        assert_close(cell(t, r, "loss_musd"), row->loss, 1e-9);
        assert_true(cell(t, r, "loss_low") <= row->low + 1e-9);
        assert_true(cell(t, r, "loss_high") >= row->high - 1e-9);
    }
    kn_result_free(result);
    kn_network_free(net);
}

static void test_filters(void **state)
{
    kn_network *net;
    kn_setting settings[] = {
        {"of", "KOR"}, {"holder", "JPN"}, {"product", "WF"}, {"links", "centre"}};
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn_result *result = run(*state, net, "chokepoints", NULL, settings, 4);
    const kn_table *t = kn_result_find(result, "chokepoints");
    assert_int_equal(kn_table_rows(t), 1);
    check_rows(t, &targeted[2], 1);
    assert_close(cell(t, 0, "loss_share"), 0.13028868467464955, 1e-9);
    kn_result_free(result);
    kn_network_free(net);
}

/* uptime 1 − s κ, replacement 1 − s (1 − exp(−T/life)), expansion growth s T. */
static void test_equipment(void **state)
{
    kn_network *net;
    kn_setting settings[] = {{"product", "TOOL"}, {"links", "centre"}};
    assert_int_equal(case_network(&net, *state, true), KN_OK);
    kn_result *result = run(*state, net, "chokepoints", NULL, settings, 2);
    const kn_table *t = kn_result_find(result, "equipment");
    int64_t r = row_of(t, "JPN", "WF", "TOOL");
    assert_true(r >= 0);
    for (; r < kn_table_rows(t); r++) {
        const char *victim = kn_table_text(t, r, 3);
        double s = !strcmp(victim, "KOR") ? 0.7 : 1, years = 360 / 365.0;
        if (strcmp(kn_table_text(t, r, 0), "JPN") || !strcmp(victim, "JPN"))
            continue;
        assert_close(cell(t, r, "uptime"), 1 - 0.4 * s, 1e-9);
        assert_close(cell(t, r, "replacement"), 1 - s * (1 - exp(-years / 8)), 1e-9);
        assert_close(cell(t, r, "expansion"), 0.05 * s * years, 1e-9);
    }
    t = kn_result_find(result, "chokepoints");
    assert_true(cell(t, row_of(t, "JPN", "TOOL", "KOR"), "loss_musd") > 0);
    kn_result_free(result);
    kn_network_free(net);
}

/* ---- Scenarios ---- */

static const int32_t chn[] = {0}, jpn_kor[] = {1, 2}, jpn[] = {1}, gallium[] = {0},
                     wafers[] = {1}, everyone[] = {0, 1, 2, 3};

static kn__measure ban(kn_ids to)
{
    return (kn__measure){.op = KN__EXPORT_BAN,
                         .from = {chn, 1},
                         .to = to,
                         .products = {gallium, 1},
                         .name = "",
                         .days = -1,
                         .line = 4};
}

static kn_result *cascade(kn_context *ctx, const kn_network *net, kn__measure *measures,
                          int32_t count)
{
    kn_setting settings[] = {{"links", "centre"}};
    kn_scenario scenario = {.title = "test",
                            .network = "",
                            .path = "test.yaml",
                            .measures = measures,
                            .count = count};
    return run(ctx, net, "cascade", &scenario, settings, 1);
}

static double loss_of(const kn_result *result, const char *economy, const char *column)
{
    const kn_table *t = kn_result_find(result, "losses");
    return cell(t, row_of(t, economy, NULL, NULL), column);
}

static void test_joint_ban(void **state)
{
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn__measure m = ban((kn_ids){jpn_kor, 2});
    kn_result *result = cascade(*state, net, &m, 1);
    assert_close(loss_of(result, "JPN", "loss_musd"), 225.56807638495482, 1e-9);
    assert_close(loss_of(result, "KOR", "loss_musd"), 269.8002480293911, 1e-9);
    assert_close(loss_of(result, "JPN", "loss_low"), 41.59123186946013, 1e-9);
    assert_close(loss_of(result, "KOR", "loss_high"), 768.593591562849, 1e-9);
    assert_close(loss_of(result, "JPN", "loss_share"), 0.12649389730904084, 1e-9);
    /* The path adds up to the losses, the course ends in them. */
    const kn_table *path = kn_result_find(result, "path");
    const kn_table *course = kn_result_find(result, "course");
    double sum = 0, last = 0;
    for (int64_t r = 0; r < kn_table_rows(path); r++)
        if (!strcmp(kn_table_text(path, r, 1), "JPN"))
            sum += cell(path, r, "loss_musd");
    for (int64_t r = 0; r < kn_table_rows(course); r++)
        if (!strcmp(kn_table_text(course, r, 1), "JPN"))
            last = cell(course, r, "loss_musd");
    assert_close(sum, 225.56807638495482, 1e-9);
    assert_close(last, 225.56807638495482, 1e-9);
    /* KOR's makers fall first, on the day its gallium is used up; electronics lose more
       than wafers, so they come first. */
    const kn_table *first = kn_result_find(result, "first_out");
    for (int64_t r = 0; r < 2; r++) {
        assert_string_equal(kn_table_text(first, r, 0), "KOR");
        assert_string_equal(kn_table_text(first, r, 1), r ? "WF" : "EL");
        assert_string_equal(kn_table_text(first, r, 3), "GA");
        assert_close(cell(first, r, "day"), 42.85714285714286, 1e-9);
    }
    kn_result_free(result);
    kn_network_free(net);
}

/* A ban to "*" is a stop, whether the list holds the sender or not. */
static void test_stop(void **state)
{
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn__measure m = ban((kn_ids){everyone, 4});
    kn_result *result = cascade(*state, net, &m, 1);
    assert_close(loss_of(result, "KOR", "loss_musd"), 269.8002480293911, 1e-9);
    assert_close(loss_of(result, "CHN", "loss_high"), 46.80915176836322, 1e-9);
    kn_result_free(result);
    kn_network_free(net);
}

static void test_other_measures(void **state)
{
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn__measure m[] = {ban((kn_ids){jpn, 1}), ban((kn_ids){jpn, 1})};
    kn_result *full = cascade(*state, net, m, 1);
    /* A quota that keeps a quarter: the published curve at a denial of 0.75. */
    m[0].op = KN__EXPORT_QUOTA;
    m[0].value = 0.25;
    kn_result *quota = cascade(*state, net, m, 1);
    assert_close(loss_of(quota, "JPN", "loss_musd"), 13.869863013698643, 1e-9);
    /* Stocks released in time mend part of a ban. */
    m[0] = m[1];
    m[1].op = KN__STOCK_RELEASE;
    m[1].from = (kn_ids){jpn, 1};
    m[1].value = 60;
    m[1].start_day = 45;
    kn_result *mended = cascade(*state, net, m, 2);
    assert_true(loss_of(mended, "JPN", "loss_musd") < loss_of(full, "JPN", "loss_musd"));
    /* Half of JPN's wafers gone for 90 days, then 60 days of recovery. */
    m[0] = (kn__measure){.op = KN__CAPACITY_LOSS,
                         .from = {jpn, 1},
                         .products = {wafers, 1},
                         .value = 0.5,
                         .name = "",
                         .days = 90,
                         .recover_days = 60};
    kn_result *loss = cascade(*state, net, m, 1);
    const kn_table *path = kn_result_find(loss, "path");
    double wafer = 0;
    for (int64_t r = 0; r < kn_table_rows(path); r++)
        if (!strcmp(kn_table_text(path, r, 1), "JPN") &&
            !strcmp(kn_table_text(path, r, 2), "WF"))
            wafer += cell(path, r, "loss_musd");
    assert_close(wafer, 300 * 0.5 * (90 + 30) / 365, 1e-9);
    kn_result_free(full);
    kn_result_free(quota);
    kn_result_free(mended);
    kn_result_free(loss);
    kn_network_free(net);
}

static void test_refuses(void **state)
{
    kn_network *net;
    kn_result *result;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    assert_int_equal(
        kn_lens_run(&result, *state, kn_lens_find("cascade"), net, NULL, NULL, 0),
        KN_ERR_USAGE);
    assert_null(result);
    kn_context_clear(*state);
    kn__measure m = ban((kn_ids){jpn, 1});
    kn_scenario scenario = {
        .title = "", .network = "", .path = "test.yaml", .measures = &m, .count = 1};
    m.op = KN__TARIFF;
    assert_int_equal(
        kn_lens_run(&result, *state, kn_lens_find("cascade"), net, &scenario, NULL, 0),
        KN_ERR_USAGE);
    assert_non_null(strstr(kn_context_error(*state), "tariff"));
    kn_context_clear(*state);
    /* The unseen supplier is nobody who could deny. */
    kn_setting setting = {"holder", "ZZU"};
    assert_int_equal(
        kn_lens_run(&result, *state, kn_lens_find("chokepoints"), net, NULL, &setting, 1),
        KN_ERR_USAGE);
    assert_non_null(strstr(kn_context_error(*state), "ZZU"));
    kn_network_free(net);
}

/* ---- Memory and threads ---- */

static kn_status attempt(kn_context *ctx, void *arg)
{
    const char *lens = arg;
    kn_network *net;
    kn_result *result;
    kn__measure m = ban((kn_ids){jpn_kor, 2});
    kn_scenario scenario = {
        .title = "", .network = "", .path = "test.yaml", .measures = &m, .count = 1};
    KN__TRY(case_network(&net, ctx, true));
    kn_status status = kn_lens_run(&result, ctx, kn_lens_find(lens), net,
                                   strcmp(lens, "cascade") ? NULL : &scenario, NULL, 0);
    kn_result_free(result);
    kn_network_free(net);
    return status;
}

static void test_memory(void **state)
{
    (void)state;
    every_allocation_fails(attempt, "chokepoints");
    every_allocation_fails(attempt, "cascade");
}

static void test_threads(void **state)
{
    (void)state;
    kn_result *results[2];
    kn_context *contexts[2];
    for (int k = 0; k < 2; k++) {
        kn_network *net;
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = k ? 4 : 1;
        assert_int_equal(kn_context_new(&contexts[k], &options), KN_OK);
        assert_int_equal(case_network(&net, contexts[k], true), KN_OK);
        results[k] = run(contexts[k], net, "chokepoints", NULL, NULL, 0);
        kn_network_free(net);
    }
    const kn_table *a = kn_result_find(results[0], "chokepoints");
    const kn_table *b = kn_result_find(results[1], "chokepoints");
    assert_int_equal(kn_table_rows(a), kn_table_rows(b));
    for (int64_t r = 0; r < kn_table_rows(a); r++)
        for (int32_t c = 4; c < 12; c++) {
            double x = kn_table_number(a, r, c), y = kn_table_number(b, r, c);
            assert_true(x == y || (isnan(x) && isnan(y)));
        }
    for (int k = 0; k < 2; k++) {
        kn_result_free(results[k]);
        kn_context_free(contexts[k]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_matrix),         cmocka_unit_test(test_interval),
        cmocka_unit_test(test_filters),        cmocka_unit_test(test_equipment),
        cmocka_unit_test(test_joint_ban),      cmocka_unit_test(test_stop),
        cmocka_unit_test(test_other_measures), cmocka_unit_test(test_refuses),
        cmocka_unit_test(test_memory),         cmocka_unit_test(test_threads),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
