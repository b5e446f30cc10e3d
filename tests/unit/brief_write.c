/* SPDX-License-Identifier: Apache-2.0 */
/* kn_brief_write from end to end on the network of case denial_3x3: real lenses, a real
   scenario file. */
#include "support.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "denial_network.h"
#include "kaname/report.h"

static const char scenario_text[] = "kaname: scenario/1\n"
                                    "title: China stops GA\n"
                                    "measures:\n"
                                    "  - {op: export_ban, from: CHN, to: [JPN, KOR], "
                                    "product: GA, start: 0, days: 360}\n";
static char scenario_path[] = "/tmp/kaname-brief-XXXXXX";

static int write_scenario(void **state)
{
    (void)state;
    int file = mkstemp(scenario_path);
    size_t length = sizeof scenario_text - 1;
    return file < 0 || write(file, scenario_text, length) != (ssize_t)length ||
           close(file);
}

static int remove_scenario(void **state)
{
    (void)state;
    return unlink(scenario_path);
}

static kn_brief_options wish(const char *economy, const char *scenario, kn_lang lang)
{
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = economy;
    options.scenario = scenario;
    options.lang = lang;
    return options;
}

static kn_status brief(char **html, kn_context *ctx, const kn_brief_options *options)
{
    kn_network *net = NULL;
    int64_t length = 0;
    *html = NULL;
    kn_status status = case_network(&net, ctx, false);
    if (status >= 0)
        status = kn_brief_write(html, &length, ctx, net, options);
    if (status >= 0)
        assert_int_equal(length, strlen(*html));
    kn_network_free(net);
    return status;
}

/* The largest loss of the lens stands in the page as it stands in its table. */
static void the_page_says_what_the_lens_found(void **state)
{
    kn_network *net;
    kn_result *result;
    char *html, number[64];
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn_setting of = {"of", "JPN"};
    assert_true(kn_lens_run(&result, *state, kn_lens_find("chokepoints"), net, NULL, &of,
                            1) >= 0);
    const kn_table *table = kn_result_find(result, "chokepoints");
    assert_true(kn_table_rows(table) > 0);
    double loss = kn_table_number(table, 0, kn_table_column(table, "loss_musd"));
    assert_true(loss > 0 && loss < 1000);
    snprintf(number, sizeof number, "<td class=\"n\">%.1f</td>", loss);
    kn_brief_options options = wish("JPN", scenario_path, KN_LANG_EN);
    assert_int_equal(brief(&html, *state, &options), KN_OK);
    assert_non_null(strstr(html, number));
    assert_non_null(strstr(html, "China stops GA"));
    assert_non_null(strstr(html, "exactly 0"));
    kn_output_free(*state, html);
    kn_result_free(result);
    kn_network_free(net);
}

/* Each cell of the heat map is the lowest output share of 30 days of the daily model. */
static void days_are_those_of_the_daily_model(void **state)
{
    enum { SPAN = 30, DAYS = 360 };
    kn_network *net;
    kn_result *result;
    kn_scenario *scenario;
    char *html, cell[64];
    kn_setting settings[] = {{"model", "kaname"}, {"days", "360"}};
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    assert_int_equal(kn_scenario_read(&scenario, *state, net, scenario_path), KN_OK);
    assert_true(kn_lens_run(&result, *state, kn_lens_find("cascade"), net, scenario,
                            settings, 2) >= 0);
    const kn_table *path = kn_result_find(result, "path");
    kn_brief_options options = wish("CHN", scenario_path, KN_LANG_EN);
    assert_int_equal(brief(&html, *state, &options), KN_OK);
    const char *at = strstr(html, "<th scope=\"col\" class=\"n\">360</th>");
    assert_non_null(at);
    at = strstr(at, "<tr><th scope=\"row\">");
    assert_non_null(at);
    at += strlen("<tr><th scope=\"row\">");
    const char *row = at;
    size_t length = strcspn(row, "<");
    for (int end = SPAN; end <= DAYS; end += SPAN) {
        double lowest = 1;
        for (int64_t r = 0; r < kn_table_rows(path); r++) {
            double day = kn_table_number(path, r, kn_table_column(path, "day"));
            const char *made = kn_table_text(path, r, kn_table_column(path, "product"));
            int32_t product;
            assert_int_equal(kn_network_find_product(&product, *state, net, made), KN_OK);
            const char *name = kn_network_product_name(net, product, KN_LANG_EN);
            if (day > end - SPAN && day <= end &&
                !strcmp(kn_table_text(path, r, kn_table_column(path, "economy")),
                        "CHN") &&
                strlen(name) == length && !strncmp(name, row, length))
                lowest =
                    fmin(lowest,
                         kn_table_number(path, r, kn_table_column(path, "output_share")));
        }
        snprintf(cell, sizeof cell, ">%.0f</td>", 100 * lowest);
        at = strstr(at, "<td class=\"n\" style=");
        assert_non_null(at);
        at = strchr(at, '>');
        assert_int_equal(strncmp(at, cell, strlen(cell)), 0);
    }
    kn_output_free(*state, html);
    kn_result_free(result);
    kn_scenario_free(scenario);
    kn_network_free(net);
}

static void threads_do_not_change_a_byte(void **state)
{
    (void)state;
    char *page[2];
    kn_context *ctx[2];
    for (int k = 0; k < 2; k++) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = k ? 4 : 1;
        assert_int_equal(kn_context_new(&ctx[k], &options), KN_OK);
        kn_brief_options wanted = wish("JPN", scenario_path, KN_LANG_JA);
        assert_int_equal(brief(&page[k], ctx[k], &wanted), KN_OK);
    }
    assert_string_equal(page[0], page[1]);
    for (int k = 0; k < 2; k++) {
        kn_output_free(ctx[k], page[k]);
        kn_context_free(ctx[k]);
    }
}

static void wrong_wishes_are_refused_in_words(void **state)
{
    char *html;
    kn_brief_options options = wish("JPM", NULL, KN_LANG_EN);
    assert_int_equal(brief(&html, *state, &options), KN_ERR_NOT_FOUND);
    assert_null(html);
    assert_non_null(strstr(kn_context_error(*state), "JPN"));
    kn_context_clear(*state);
    options = wish(NULL, NULL, KN_LANG_EN);
    assert_int_equal(brief(&html, *state, &options), KN_ERR_USAGE);
    kn_context_clear(*state);
    options = wish("JPN", "no/such/file.yaml", KN_LANG_EN);
    assert_true(brief(&html, *state, &options) < 0);
    assert_non_null(strstr(kn_context_error(*state), "no/such/file.yaml"));
    kn_context_clear(*state);
    options = wish("JPN", NULL, KN_LANG_EN);
    options.version = 2;
    assert_int_equal(brief(&html, *state, &options), KN_ERR_USAGE);
    kn_context_clear(*state);
}

static kn_status write_and_free(kn_context *ctx, void *arg)
{
    char *html;
    kn_status status = brief(&html, ctx, arg);
    kn_output_free(ctx, html);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    kn_brief_options options = wish("JPN", scenario_path, KN_LANG_EN);
    assert_true(every_allocation_fails(write_and_free, &options) > 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_page_says_what_the_lens_found, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(days_are_those_of_the_daily_model, context_setup,
                                        context_teardown),
        cmocka_unit_test(threads_do_not_change_a_byte),
        cmocka_unit_test_setup_teardown(wrong_wishes_are_refused_in_words, context_setup,
                                        context_teardown),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, write_scenario, remove_scenario);
}
