/* SPDX-License-Identifier: Apache-2.0 */
/* The brief of an input-output table: what each model plays of a scenario, and the
   pictures of the trade equilibrium. */
#include "support.h"

#include <math.h>
#include <string.h>
#include <unistd.h>

#include "kaname/report.h"
#include "network/build.h"
#include "report/brief.h"

static const char table_path[] = "tests/golden/data/wiot-bom.csv";
static const char tariff_path[] = "tests/data/trade/tariff.yaml";

static kn_status world(kn_network **net, kn_context *ctx)
{
    kn__io_raw *raw;
    kn_status status = kn__read_wiod(&raw, ctx, table_path);
    if (status < 0)
        return status;
    status = kn__network_from_io(net, ctx, raw);
    kn__io_raw_free(ctx, raw);
    return status;
}

static kn_status brief_against(char **html, kn_context *ctx, const char *scenario,
                               const char *against, kn_lang lang)
{
    kn_network *net = NULL;
    int64_t length = 0;
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = "JPN";
    options.scenario = scenario;
    options.against = against;
    options.lang = lang;
    *html = NULL;
    kn_status status = world(&net, ctx);
    if (status >= 0)
        status = kn_brief_write(html, &length, ctx, net, &options);
    kn_network_free(net);
    return status;
}

static kn_status brief(char **html, kn_context *ctx, const char *scenario, kn_lang lang)
{
    return brief_against(html, ctx, scenario, NULL, lang);
}

static kn_result *trade(kn_context *ctx)
{
    kn_network *net;
    kn_scenario *scenario;
    kn_result *result;
    assert_int_equal(world(&net, ctx), KN_OK);
    assert_int_equal(kn_scenario_read(&scenario, ctx, net, tariff_path), KN_OK);
    assert_int_equal(
        kn_lens_run(&result, ctx, kn_lens_find("trade"), net, scenario, NULL, 0), KN_OK);
    kn_scenario_free(scenario);
    kn_network_free(net);
    return result;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    for (const char *at = strstr(text, word); at; at = strstr(at + 1, word))
        n++;
    return n;
}

/* Real income, exact and first order, and each pair's imports as the lens has them. */
static void the_section_says_what_the_lens_found(void **state)
{
    char *html, words[KN__WORDS], cell[64];
    kn_result *result = trade(*state);
    const kn_table *changes = kn_result_find(result, "economies");
    const kn_table *flows = kn_result_find(result, "flows");
    assert_int_equal(brief(&html, *state, tariff_path, KN_LANG_EN), KN_OK);
    const char *section = strstr(html, "After everything has adjusted");
    assert_non_null(section);
    for (int64_t r = 0; r < kn_table_rows(changes); r++)
        if (!strcmp(kn_table_text(changes, r, 0), "JPN")) {
            kn__brief_change(words, KN_LANG_EN,
                             kn__cell(changes, r, "real_income_exact"));
            assert_true(strstr(html, words) && strstr(html, words) < section);
            kn__brief_change(words, KN_LANG_EN,
                             kn__cell(changes, r, "welfare_first_order"));
            assert_true(strstr(html, words) && strstr(html, words) < section);
        }
    int seen = 0;
    for (int64_t r = 0; r < kn_table_rows(flows); r++) {
        double change = kn__cell(flows, r, "imports_change");
        if (!isfinite(change))
            continue;
        snprintf(cell, sizeof cell, ">%s%.*f</td>", change > 0 ? "+" : "",
                 fabs(change) < 0.0995 ? 1 : 0, 100 * change);
        assert_non_null(strstr(section, cell));
        seen++;
    }
    assert_true(seen >= 2);
    assert_int_equal(count(section, "<td class=\"n\" style=\"background:#"), seen);
    kn_output_free(*state, html);
    kn_result_free(result);
}

/* What two models refuse and the third plays is a sentence each, in every language. */
static void a_refusal_is_a_sentence(void **state)
{
    static const kn__msg said[] = {KN__MSG_SCEN_NOT, KN__MSG_DAILY_NOT};
    for (int lang = 0; lang < KN_LANG_COUNT; lang++) {
        char *html;
        assert_int_equal(brief(&html, *state, tariff_path, (kn_lang)lang), KN_OK);
        for (int k = 0; k < 2; k++)
            assert_non_null(strstr(html, kn__message((kn_lang)lang, said[k])));
        assert_int_equal(count(html, "4: cascade does not understand the operation"), 2);
        assert_null(strstr(html, "it knows"));
        assert_null(strstr(html, kn__message((kn_lang)lang, KN__MSG_TRADE_NOT)));
        kn_output_free(*state, html);
    }
}

/* A scenario that no model plays is an error, which says why of each. */
static void what_nobody_plays_is_refused(void **state)
{
    char path[] = "/tmp/kaname-brief-XXXXXX", *html;
    static const char text[] =
        "kaname: scenario/1\ntitle: both\nmeasures:\n"
        "  - {op: tariff, from: CHN, to: JPN, rate: 0.1}\n"
        "  - {op: route_closure, passage: suez, start: 0, days: 10}\n";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, sizeof text - 1), sizeof text - 1);
    close(file);
    assert_int_equal(brief(&html, *state, path, KN_LANG_EN), KN_ERR_USAGE);
    assert_null(html);
    const char *error = kn_context_error(*state);
    assert_non_null(
        strstr(error, ":4: cascade does not understand the operation tariff"));
    assert_non_null(
        strstr(error, "trade does not understand the operation route_closure"));
    kn_context_clear(*state);
    unlink(path);
}

/* A scenario and itself, day by day: the same line twice, no difference; and what trade
   alone plays is compared after it has adjusted. */
static void sides_are_compared(void **state)
{
    static const char ban[] = "kaname: scenario/1\ntitle: one ban\nmeasures:\n"
                              "  - {op: export_ban, from: CHN, to: JPN}\n";
    char path[] = "/tmp/kaname-brief-XXXXXX", *html;
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, ban, sizeof ban - 1), sizeof ban - 1);
    close(file);
    assert_int_equal(brief_against(&html, *state, path, path, KN_LANG_EN), KN_OK);
    const char *section = strstr(html, "Two scenarios side by side");
    assert_non_null(section);
    assert_non_null(strstr(section, "sides-p"));
    assert_non_null(strstr(section, "<td class=\"n\">0.0</td></tr>"));
    kn_output_free(*state, html);
    assert_int_equal(brief_against(&html, *state, path, tariff_path, KN_LANG_EN), KN_OK);
    section = strstr(html, "Two scenarios side by side");
    assert_non_null(section);
    assert_null(strstr(section, "sides-p"));
    kn_result *result = trade(*state);
    const kn_table *changes = kn_result_find(result, "economies");
    for (int64_t r = 0; r < kn_table_rows(changes); r++) {
        kn__text cell;
        kn__text_init(&cell, *state, 0);
        kn__html_percent(&cell, kn__cell(changes, r, "real_income_exact"));
        assert_non_null(strstr(section, cell.data));
        kn__text_release(&cell);
    }
    kn_result_free(result);
    kn_output_free(*state, html);
    assert_int_equal(brief_against(&html, *state, NULL, path, KN_LANG_EN), KN_ERR_USAGE);
    kn_context_clear(*state);
    unlink(path);
}

static void tints_diverge(void **state)
{
    char a[8], b[8];
    (void)state;
    kn__brief_tint(a, -1, 1);
    assert_string_equal(a, "#B35806");
    kn__brief_tint(a, 2, 1);
    assert_string_equal(a, "#2166AC");
    kn__brief_tint(a, 0, 1);
    kn__brief_tint(b, 0, 0);
    assert_string_equal(a, b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_section_says_what_the_lens_found,
                                        context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(a_refusal_is_a_sentence, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(what_nobody_plays_is_refused, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(sides_are_compared, context_setup,
                                        context_teardown),
        cmocka_unit_test(tints_diverge),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
