/* SPDX-License-Identifier: Apache-2.0 */
/* A scenario at draws of its numbers, with a lens that is linear in them. */
#include <unistd.h>

#include "kaname/study.h"
#include "unit/linear_lens.h"

static const kn_setting gain[] = {{"gain", "0:10"}};

static kn_sweep_options asked(const kn_setting *over, int32_t count, int64_t samples)
{
    kn_sweep_options o = KN_SWEEP_OPTIONS_INIT;
    o.over = over;
    o.over_count = count;
    o.samples = samples;
    o.keep_samples = true;
    return o;
}

static kn_result *sweep(kn_context *ctx, const linear_world *w, const kn_sweep_options *o,
                        kn_status expected)
{
    kn_result *result;
    kn_status status = kn_sweep(&result, ctx, &linear_lens, w->net, &w->scenario, o);
    if (status != expected)
        fail_msg("%s: %s", kn_status_name(status), kn_context_error(ctx));
    return result;
}

/* The row of a metric and an economy in table quantiles. */
static int64_t row_of(const kn_result *r, const char *metric, const char *economy)
{
    const kn_table *t = kn_result_find(r, "quantiles");
    for (int64_t k = 0; k < kn_table_rows(t); k++)
        if (!strcmp(linear_text(r, "quantiles", k, "metric"), metric) &&
            !strcmp(linear_text(r, "quantiles", k, "economy"), economy))
            return k;
    fail_msg("no row of %s %s", metric, economy);
    return -1;
}

static double quantile(const kn_result *r, const char *economy, const char *column)
{
    return linear_cell(r, "quantiles", row_of(r, "loss_musd", economy), column);
}

static void assert_same(const kn_result *a, const kn_result *b)
{
    assert_int_equal(kn_result_tables(a), kn_result_tables(b));
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        const kn_table *x = kn_result_table(a, t), *y = kn_result_table(b, t);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < kn_table_declaration(x)->column_count; c++) {
                double p = kn_table_number(x, r, c), q = kn_table_number(y, r, c);
                assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
                assert_true(p == q || (isnan(p) && isnan(q)));
            }
    }
}

/* JPN loses 0.6 gain: each of N strata of the gain is met once, so every quantile is
   known to a stratum; KOR does not move; money is summed. */
static void linear_quantiles(void **state)
{
    enum { N = 200 };
    static const struct {
        const char *column;
        double level;
    } at[] = {{"q05", 0.05}, {"q25", 0.25}, {"q50", 0.5}, {"q75", 0.75}, {"q95", 0.95}};
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(gain, 1, N);
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    for (size_t k = 0; k < sizeof at / sizeof *at; k++) {
        double most = 6.0 / N * 1.01;
        assert_true(fabs(quantile(r, "JPN", at[k].column) - 6 * at[k].level) < most);
        assert_true(fabs(quantile(r, "*", at[k].column) - 6 * at[k].level - 6) < most);
        assert_true(quantile(r, "KOR", at[k].column) == 6);
    }
    assert_close(quantile(r, "JPN", "centre"), 0.6, 1e-15);
    assert_string_equal(linear_text(r, "quantiles", 0, "unit"), "MUSD");
    int seen[N] = {0};
    const kn_table *samples = kn_result_find(r, "samples");
    assert_int_equal(kn_table_rows(samples), 2 * N);
    for (int64_t k = 0; k < kn_table_rows(samples); k++) {
        double moved = linear_cell(r, "samples", k, "gain");
        seen[(int)(moved / 10 * N)]++;
        if (!strcmp(linear_text(r, "samples", k, "economy"), "JPN"))
            assert_close(linear_cell(r, "samples", k, "loss_musd"),
                         moved * 0.4 + moved * 0.2, 1e-15);
    }
    for (int k = 0; k < N; k++)
        assert_int_equal(seen[k], 2);
    kn_result_free(r);
    kn_network_free(w.net);
}

/* Whole numbers are all as likely; a logarithm has its median at the geometric mean. */
static void kinds_of_ranges(void **state)
{
    const kn_setting over[] = {{"steps", "1:10"}, {"gain", "log:0.1:10"}};
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(over, 2, 200);
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    int seen[11] = {0};
    for (int64_t k = 0; k < 400; k++)
        seen[(int)linear_cell(r, "samples", k, "steps")]++;
    for (int k = 1; k <= 10; k++)
        assert_int_equal(seen[k], 40);
    assert_true(fabs(quantile(r, "JPN", "q50") - 0.6) < 0.03);
    assert_true(fabs(quantile(r, "JPN", "q25") - 0.6 / sqrt(10)) < 0.02);
    kn_result_free(r);
    kn_network_free(w.net);
}

/* Numbers of measures, by operation and by line; the scenario itself stays. */
static void numbers_of_measures(void **state)
{
    const kn_setting over[] = {{"export_quota.keep", "20%:60%"},
                               {"line6.lose", "0.1:0.3"},
                               {"export_quota.start", "1:7"}};
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(over, 3, 50);
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    for (int64_t k = 0; k < 100; k++) {
        double keep = linear_cell(r, "samples", k, "export_quota.keep");
        double lose = linear_cell(r, "samples", k, "line6.lose");
        assert_true(keep >= 0.2 && keep <= 0.6 && lose >= 0.1 && lose <= 0.3);
        assert_true(linear_cell(r, "samples", k, "peak_day") ==
                    linear_cell(r, "samples", k, "export_quota.start"));
        if (!strcmp(linear_text(r, "samples", k, "economy"), "JPN"))
            assert_close(linear_cell(r, "samples", k, "loss_musd"), keep + lose, 1e-15);
    }
    assert_true(w.measures[0].value == 0.4 && w.measures[0].start_day == 30);
    /* keep moves twice as far as lose, start nothing of the loss */
    assert_string_equal(linear_text(r, "correlations", 0, "parameter"),
                        "export_quota.keep");
    assert_true(linear_cell(r, "correlations", 0, "rank_correlation") > 0.8);
    kn_result_free(r);
    kn_network_free(w.net);
}

/* The seed is the option's, else the scenario's; the same seed gives the same bits on any
   number of threads. */
static void seeds_and_threads(void **state)
{
    const kn_setting over[] = {{"gain", "0:10"}, {"line5.keep", "0:1"}};
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(over, 2, 40);
    kn_result *own = sweep(*state, &w, &o, KN_OK);
    o.seed = 11;
    kn_result *same[3];
    for (int k = 0; k < 3; k++) {
        kn_context *ctx;
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = 1 + 2 * k;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        same[k] = sweep(ctx, &w, &o, KN_OK);
        assert_same(own, same[k]);
        kn_result_free(same[k]);
        kn_context_free(ctx);
    }
    o.seed = 12;
    kn_result *other = sweep(*state, &w, &o, KN_OK);
    assert_true(linear_cell(own, "samples", 0, "gain") !=
                linear_cell(other, "samples", 0, "gain"));
    kn_result_free(own);
    kn_result_free(other);
    kn_network_free(w.net);
}

/* Without measures every draw loses exactly nothing. */
static void null_scenario(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    w.scenario.count = 0;
    kn_sweep_options o = asked(gain, 1, 30);
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    assert_int_equal(kn_table_rows(kn_result_find(r, "quantiles")), 1);
    assert_true(quantile(r, "*", "centre") == 0 && quantile(r, "*", "q05") == 0 &&
                quantile(r, "*", "q95") == 0);
    assert_int_equal(kn_table_rows(kn_result_find(r, "correlations")), 0);
    kn_result_free(r);
    kn_network_free(w.net);
}

/* ---- What is refused ---- */

static void wrong_ranges(void **state)
{
    static const struct {
        kn_setting over;
        const char *said;
    } wrong[] = {
        {{"gian", "0:1"}, "did you mean \"gain\""},
        {{"export_quota.kep", "0:1"}, "did you mean \"export_quota.keep\""},
        {{"capacity_loss.keep", "0:1"}, "--over capacity_loss.keep: neither"},
        {{"line4.keep", "0:1"}, "--over line4.keep: neither"},
        {{"mode", "0:1"}, "--over mode: neither a number"},
        {{"gain", "5:1"}, "the low end is above the high end"},
        {{"gain", "5"}, "expected LOW:HIGH"},
        {{"gain", "a:b"}, "expected LOW:HIGH"},
        {{"gain", "0:11"}, "--gain is \"11\"; expected a number from 0 to 10"},
        {{"gain", "log:0:1"}, "a logarithm needs a low end above 0"},
        {{"steps", "1:2.5"}, "this is a whole number"},
        {{"export_quota.keep", "0:2"}, "expected ends from 0 to 1"},
        {{"export_quota.days", "0:2"}, "expected ends from 1 to 36500"},
    };
    linear_world w;
    linear_make(&w, *state);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        kn_sweep_options o = asked(&wrong[k].over, 1, 10);
        assert_null(sweep(*state, &w, &o, KN_ERR_USAGE));
        if (!strstr(kn_context_error(*state), wrong[k].said))
            fail_msg("%s", kn_context_error(*state));
        kn_context_clear(*state);
    }
    const kn_setting twice[] = {gain[0], gain[0]};
    kn_sweep_options o = asked(twice, 2, 10), none = asked(NULL, 0, 10),
                     few = asked(gain, 1, 1);
    assert_null(sweep(*state, &w, &o, KN_ERR_USAGE));
    kn_context_clear(*state);
    assert_null(sweep(*state, &w, &none, KN_ERR_USAGE));
    kn_context_clear(*state);
    assert_null(sweep(*state, &w, &few, KN_ERR_USAGE));
    kn_context_clear(*state);
    kn_network_free(w.net);
}

/* A draw that fails is named, with its numbers; draws that do not converge are told. */
static void failing_draws(void **state)
{
    const kn_setting limit = {"limit", "2"}, loose = {"mode", "loose"};
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(gain, 1, 30);
    o.settings = &limit;
    o.setting_count = 1;
    assert_null(sweep(*state, &w, &o, KN_ERR_NUMERIC));
    const char *said = kn_context_error(*state);
    assert_true(!strncmp(said, "sample ", 7) && strstr(said, " (gain=") &&
                strstr(said, "): too much"));
    kn_context_clear(*state);
    o.settings = &loose;
    kn_result *r = sweep(*state, &w, &o, KN_NOTE_NOT_CONVERGED);
    assert_string_equal(kn_result_note_text(r, 0), "30 of 30 draws did not converge.");
    kn_result_free(r);
    kn_network_free(w.net);
}

/* ---- Interrupted and resumed ---- */

typedef struct patience {
    int asked, most;
} patience;

static int out_of_patience(void *user)
{
    patience *p = user;
    return ++p->asked > p->most;
}

static kn_context *impatient(patience *p, int most)
{
    kn_context *ctx;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    *p = (patience){.most = most};
    options.cancel = out_of_patience;
    options.cancel_user = p;
    options.threads = 1;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    return ctx;
}

static void interrupted(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    patience p;
    kn_context *ctx = impatient(&p, 25);
    kn_sweep_options o = asked(gain, 1, 60);
    kn_result *r = sweep(ctx, &w, &o, KN_NOTE_INTERRUPTED);
    int64_t done = kn_table_rows(kn_result_find(r, "samples")) / 2;
    assert_true(done > 5 && done < 60);
    assert_non_null(strstr(kn_result_note_text(r, 0), "of 60 draws."));
    assert_int_equal(kn_context_error_status(ctx), KN_OK);
    kn_result_free(r);
    kn_context_free(ctx);
    ctx = impatient(&p, 0);
    assert_null(sweep(ctx, &w, &o, KN_ERR_CANCELLED));
    kn_context_free(ctx);
    kn_network_free(w.net);
}

static char file[] = "/tmp/kaname-sweep-XXXXXX";

/* Interrupted again and again, then whole: the same bits as in one go. */
static void resumed(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(gain, 1, 60);
    kn_result *whole = sweep(*state, &w, &o, KN_OK);
    o.checkpoint = file;
    remove(file);
    for (int k = 0; k < 3; k++) {
        patience p;
        kn_context *ctx = impatient(&p, 14);
        kn_result_free(sweep(ctx, &w, &o, KN_NOTE_INTERRUPTED));
        kn_context_free(ctx);
    }
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    assert_same(whole, r);
    kn_result_free(r);
    kn_result_free(whole);
    remove(file);
    kn_network_free(w.net);
}

static void write_file(const char *bytes, size_t length)
{
    FILE *f = fopen(file, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    fclose(f);
}

/* A line cut off in writing counts as not written; anything else that is wrong, or of
   another run, is refused with its place. */
static void damaged(void **state)
{
    static char bytes[65536];
    linear_world w;
    linear_make(&w, *state);
    kn_sweep_options o = asked(gain, 1, 12);
    o.checkpoint = file;
    remove(file);
    kn_result *whole = sweep(*state, &w, &o, KN_OK);
    FILE *f = fopen(file, "rb");
    assert_non_null(f);
    size_t length = fread(bytes, 1, sizeof bytes - 1, f);
    fclose(f);
    write_file(bytes, length - 5);
    kn_result *r = sweep(*state, &w, &o, KN_OK);
    assert_same(whole, r);
    kn_result_free(r);
    o.seed = 99;
    assert_null(sweep(*state, &w, &o, KN_ERR_DATA));
    assert_non_null(strstr(kn_context_error(*state), "of another run"));
    kn_context_clear(*state);
    o.seed = -1;
    char *third = strchr(strchr(bytes, '\n') + 1, '\n') + 1;
    *third = 'x';
    write_file(bytes, length);
    assert_null(sweep(*state, &w, &o, KN_ERR_DATA));
    assert_non_null(strstr(kn_context_error(*state), ":3:1: damaged"));
    kn_context_clear(*state);
    write_file("economy,loss\n", 13);
    assert_null(sweep(*state, &w, &o, KN_ERR_DATA));
    assert_non_null(strstr(kn_context_error(*state), "not a checkpoint"));
    kn_context_clear(*state);
    write_file("", 0);
    assert_null(sweep(*state, &w, &o, KN_ERR_DATA));
    kn_context_clear(*state);
    o.checkpoint = "no/such/folder/file";
    assert_null(sweep(*state, &w, &o, KN_ERR_IO));
    kn_context_clear(*state);
    kn_result_free(whole);
    remove(file);
    kn_network_free(w.net);
}

static kn_status sweep_once(kn_context *ctx, void *arg)
{
    const linear_world *w = arg;
    kn_sweep_options o = asked(gain, 1, 3);
    o.checkpoint = file;
    kn_result *result;
    remove(file);
    kn_status status = kn_sweep(&result, ctx, &linear_lens, w->net, &w->scenario, &o);
    kn_result_free(result);
    return status;
}

static void memory_fails(void **state)
{
    linear_world w;
    linear_make(&w, *state);
    assert_true(every_allocation_fails(sweep_once, &w) > 50);
    remove(file);
    kn_network_free(w.net);
}

/* A name of its own for the checkpoint. */
static int setup(void **state)
{
    int made = mkstemp(file);
    if (made >= 0)
        close(made);
    return made < 0 ? -1 : context_setup(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(linear_quantiles),
        cmocka_unit_test(kinds_of_ranges),
        cmocka_unit_test(numbers_of_measures),
        cmocka_unit_test(seeds_and_threads),
        cmocka_unit_test(null_scenario),
        cmocka_unit_test(wrong_ranges),
        cmocka_unit_test(failing_draws),
        cmocka_unit_test(interrupted),
        cmocka_unit_test(resumed),
        cmocka_unit_test(damaged),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, setup, context_teardown);
}
