/* SPDX-License-Identifier: Apache-2.0 */
/* The brief's section on how sure the first chokepoint is. */
#include <string.h>

#include "kaname/read.h"
#include "kaname/report.h"
#include "support.h"

static char *brief_of(kn_context *ctx, const char *economy, const char *scenario,
                      kn_lang lang)
{
    kn_network *net;
    char *html;
    int64_t length;
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = economy;
    options.lang = lang;
    options.scenario = scenario;
    assert_int_equal(kn_network_atlas(&net, ctx), KN_OK);
    if (kn_brief_write(&html, &length, ctx, net, &options) < 0)
        fail_msg("%s", kn_context_error(ctx));
    kn_network_free(net);
    return html;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    while ((text = strstr(text, word)) != NULL)
        n++, text++;
    return n;
}

/* Picture and table: every factor stands in the table, those that move the loss in the
   picture too, the strongest first; no placeholder is left. */
static void picture_and_table(void **state)
{
    static const char *const factors[] = {
        "supplier share", "unseen supply",  "dependent shares",
        "stocks",         "spare capacity", "substitution",
        "rerouting",      "delays",         "value added"};
    char *html = brief_of(*state, "JPN", NULL, KN_LANG_EN);
    char *start = strstr(html, "aria-labelledby=\"drive-t drive-d\"");
    assert_non_null(start);
    char *end = strstr(start, "</section>");
    assert_non_null(end);
    *end = '\0';
    int drawn = count(start, "<rect");
    assert_true(drawn >= 3 && drawn <= 10);
    for (size_t k = 0; k < sizeof factors / sizeof *factors; k++)
        assert_true(count(start, factors[k]) >= 1);
    assert_int_equal(count(start, "#a63a1e"), 1); /* the first bar */
    assert_null(strstr(start, "{1}"));
    assert_null(strstr(start, "nan"));
    kn_output_free(*state, html);
}

static void every_language(void **state)
{
    static const char *const heads[] = {"How sure the largest chokepoint is",
                                        "最大のチョークポイントの確からしさ",
                                        "최대 초크포인트의 확실성"};
    for (int lang = 0; lang < KN_LANG_COUNT; lang++) {
        char *html = brief_of(*state, "KOR", NULL, (kn_lang)lang);
        assert_true(count(html, heads[lang]) == 2);
        kn_output_free(*state, html);
    }
}

/* The largest chokepoint and the scenario say what nine of ten draws lie between, each in
   its tile and its sentence; the scenario's table has both ends at every horizon. */
static void draws_in_every_language(void **state)
{
    static const char *const words[] = {"; 5–95 % of draws: ", "、抽出の5～95％は",
                                        "; 추출의 5~95%: "};
    static const char *const heads[] = {"95 % of draws below", "抽出の95％点",
                                        "추출의 95% 지점"};
    for (int lang = 0; lang < KN_LANG_COUNT; lang++) {
        char *html =
            brief_of(*state, "JPN", "data/scenarios/china-denies-critical-minerals.yaml",
                     (kn_lang)lang);
        assert_int_equal(count(html, words[lang]), 4);
        assert_int_equal(count(html, heads[lang]), 1);
        kn_output_free(*state, html);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(picture_and_table),
        cmocka_unit_test(every_language),
        cmocka_unit_test(draws_in_every_language),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
