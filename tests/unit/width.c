/* SPDX-License-Identifier: Apache-2.0 */
/* Terminal tables with names in Japanese and Korean: every line is equally wide, whatever
   the characters and however narrow the terminal. */
#include "support.h"

#include <string.h>

#include "kaname/report.h"
#include "kernel/table.h"
#include "network/network.h"
#include "report/write.h"

static void characters_have_their_columns(void **state)
{
    static const struct {
        const char *text;
        int32_t columns;
    } known[] = {
        {"gallium", 7},
        {"日本", 4},
        {"갈륨", 4},
        {"ガリウム", 8},
        {"ｶﾞﾘｳﾑ", 5},                                /* half width */
        {"Ｇａ", 4},                                 /* full width */
        {"か\xE3\x82\x99", 2},                       /* が in two pieces */
        {"\xE1\x84\x80\xE1\x85\xA1\xE1\x86\xA8", 2}, /* 각 in three pieces */
        {"e\xCC\x81", 1},                            /* é in two pieces */
        {"𠮷", 2},                                   /* outside of the basic plane */
        {"葛\xF3\xA0\x84\x80", 2},                   /* with a variation selector */
        {"（株）、・「」", 14},                      /* wide marks */
        {"… – → ± α", 9},                            /* narrow marks */
        {"\x1b[31m", 5},                             /* an escape becomes a "?" */
        {"\xFF\xFE", 2},                             /* no UTF-8 at all */
        {"", 0},
    };
    (void)state;
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (kn__display_width(known[k].text) != known[k].columns)
            fail_msg("%s takes %d columns, not %d", known[k].text,
                     (int)kn__display_width(known[k].text), (int)known[k].columns);
}

/* A cut never splits a character, never takes more room than there is, and is the longest
   that fits. */
static void cuts_fit(void **state)
{
    static const char *const texts[] = {"先端ロジック半導体(10nm未満)",
                                        "첨단 로직 반도체", "か\xE3\x82\x99らす",
                                        "mixed 日本 text"};
    (void)state;
    for (size_t t = 0; t < sizeof texts / sizeof *texts; t++)
        for (int32_t room = 0; room < 40; room++) {
            char part[64];
            size_t bytes = kn__display_cut(texts[t], room);
            snprintf(part, sizeof part, "%.*s", (int)bytes, texts[t]);
            assert_int_equal(kn__utf8_valid(part, bytes), bytes);
            int32_t width = kn__display_width(part);
            assert_true(width <= room);
            assert_true(texts[t][bytes] == '\0' || width >= room - 1);
        }
}

static const kn_column columns[] = {
    {"holder", "", KN_COLUMN_TEXT, ""},
    {"product", "", KN_COLUMN_TEXT, ""},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""},
    {"importer", "", KN_COLUMN_TEXT, ""},
};
static const kn_table_decl decl = {"chokepoints", "ranked", columns, 4};

static kn__economy economies[] = {
    {.code = "ZAF", .name = {"South Africa", "南アフリカ", "남아프리카공화국"}},
    {.code = "JPN", .name = {"Japan", "日本", "일본"}}};
static kn__product products[] = {
    {.id = "logic", .name = {"Leading-edge logic", "先端ロジック半導体(10nm未満)", ""}},
    {.id = "mn", .name = {"Manganese ore", "マンガン鉱", "망간 광석"}}};
static kn_network network = {.name = "names",
                             .edition = "test",
                             .economy_count = 2,
                             .product_count = 2,
                             .economies = economies,
                             .products = products};

static char *table(kn_context *ctx, kn_lang lang, int32_t width)
{
    static const kn_cell rows[][4] = {
        {{.text = "ZAF"}, {.text = "logic"}, {.number = 23357.6}, {.text = "JPN"}},
        {{.text = "JPN"}, {.text = "mn"}, {.number = -1}, {.text = "ZAF"}},
        {{.text = "*"},
         {.text = "가나다라마바사아자차"},
         {.number = NAN},
         {.text = "ZAF"}},
    };
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    kn_result *result;
    kn_table *made;
    char *text;
    int64_t length;
    options.labels = true;
    options.lang = lang;
    options.width = width;
    assert_int_equal(kn_result_new(&result, ctx), KN_OK);
    assert_int_equal(kn_result_add(result, ctx, &decl, &made), KN_OK);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        assert_int_equal(kn_table_append(made, ctx, rows[r]), KN_OK);
    assert_int_equal(kn_output_write(&text, &length, ctx, result, &network, &options),
                     KN_OK);
    kn_result_free(result);
    return text;
}

/* Where a column begins: in display columns from the left, on every line. */
static void starts_at(const char *line, const char *cell, int32_t column)
{
    const char *found = strstr(line, cell);
    char before[512];
    assert_non_null(found);
    snprintf(before, sizeof before, "%.*s", (int)(found - line), line);
    assert_int_equal(kn__display_width(before), column);
}

static void columns_stand_below_each_other(void **state)
{
    char *text = table(*state, KN_LANG_JA, 0);
    char *lines[6], *rest = text;
    for (int k = 0; k < 5; k++)
        lines[k] = strtok_r(k ? NULL : text, "\n", &rest);
    starts_at(lines[0], "holder_name", 8);
    starts_at(lines[2], "南アフリカ", 8);
    starts_at(lines[3], "日本", 8);
    starts_at(lines[0], "product ", 21);
    starts_at(lines[2], "logic", 21);
    starts_at(lines[0], "product_name", 43);
    starts_at(lines[2], "先端ロジック", 43);
    starts_at(lines[3], "マンガン鉱", 43);
    starts_at(lines[0], "importer_name", 94);
    starts_at(lines[2], "日本", 94);
    starts_at(lines[3], "南アフリカ", 94);
    kn_output_free(*state, text);
}

static void lines_fit_the_terminal(void **state)
{
    for (int lang = 0; lang < KN_LANG_COUNT; lang++)
        for (int32_t width = 75; width < 120; width++) {
            char *text = table(*state, (kn_lang)lang, width), *rest = text;
            for (char *line = strtok_r(text, "\n", &rest); line;
                 line = strtok_r(NULL, "\n", &rest))
                if (kn__display_width(line) > width)
                    fail_msg("%d columns in %d: %s", (int)kn__display_width(line),
                             (int)width, line);
            kn_output_free(*state, text);
        }
}

/* Without a name in the language the English one stands; without any, nothing. */
static void missing_names_fall_back(void **state)
{
    char *text = table(*state, KN_LANG_KO, 0);
    assert_non_null(strstr(text, "logic                 Leading-edge logic"));
    assert_non_null(strstr(text, "남아프리카공화국"));
    kn_output_free(*state, text);
}

/* ---- What of a table is shown ---- */

static const kn_column wide_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, ""},         {"mode", "", KN_COLUMN_TEXT, ""},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""}, {"days", "", KN_COLUMN_INTEGER, ""},
    {"loss_share", "", KN_COLUMN_NUMBER, ""},
};
static const kn_table_decl wide = {"losses", "", wide_columns, 5};

static char *losses(kn_context *ctx, const bool *main_columns,
                    const kn_output_options *options)
{
    static const kn_cell rows[][5] = {
        {{.text = "JPN"},
         {.text = "stop"},
         {.number = 5},
         {.number = 360},
         {.number = 1}},
        {{.text = "KOR"},
         {.text = "stop"},
         {.number = 0},
         {.number = 360},
         {.number = 2}},
        {{.text = "USA"},
         {.text = "stop"},
         {.number = NAN},
         {.number = 360},
         {.number = 3}},
    };
    kn_result *result;
    kn_table *made;
    char *text;
    int64_t length;
    assert_int_equal(kn_result_new(&result, ctx), KN_OK);
    assert_int_equal(kn_result_add(result, ctx, &wide, &made), KN_OK);
    kn__table_set_main(made, main_columns);
    for (size_t r = 0; r < sizeof rows / sizeof *rows; r++)
        assert_int_equal(kn_table_append(made, ctx, rows[r]), KN_OK);
    assert_int_equal(kn_output_write(&text, &length, ctx, result, NULL, options), KN_OK);
    kn_result_free(result);
    return text;
}

/* First goes what is the same in every row, then what stands at the right. */
static void narrow_terminals_lose_columns_and_say_which(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.width = 30;
    char *text = losses(*state, NULL, &options);
    assert_string_equal(text, "economy  loss_musd  loss_share\n"
                              "              MUSD            \n"
                              "JPN              5           1\n"
                              "KOR              0           2\n"
                              "USA              –           3\n"
                              "In every row: mode stop,\n  days 360\n");
    kn_output_free(*state, text);
    options.width = 20;
    text = losses(*state, NULL, &options);
    assert_non_null(strstr(text, "economy  loss_musd\n"));
    assert_non_null(strstr(text, "In every row: mode\n  stop, days 360\n"
                                 "No room for:\n  loss_share\n  (--format csv has\n"
                                 "  all columns)\n"));
    kn_output_free(*state, text);
}

/* Undefined is not zero. Programs get everything. */
static void columns_that_matter_are_for_people(void **state)
{
    static const bool matters[] = {true, false, true, false, false};
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    char *text = losses(*state, matters, &options);
    assert_string_equal(text, "economy  loss_musd\n"
                              "              MUSD\n"
                              "JPN              5\n"
                              "USA              –\n"
                              "Not shown: 3 more columns, 1 row of zeros (csv, json and "
                              "xlsx have all)\n");
    kn_output_free(*state, text);
    options.format = KN_OUTPUT_MARKDOWN;
    text = losses(*state, matters, &options);
    assert_null(strstr(text, "KOR"));
    assert_non_null(strstr(text, "| USA | – |\n\nNot shown: 3 more columns, 1 row"));
    kn_output_free(*state, text);
    options.format = KN_OUTPUT_CSV;
    text = losses(*state, matters, &options);
    assert_non_null(strstr(text, "\nKOR,stop,0,360,2\n"));
    kn_output_free(*state, text);
}

/* A finding is read to its end: the last text of a row, and notes. */
static void sentences_go_on_below(void **state)
{
    static const kn_column finding[] = {{"where", "", KN_COLUMN_TEXT, ""},
                                        {"what", "", KN_COLUMN_TEXT, ""}};
    static const kn_table_decl findings = {"findings", "", finding, 2};
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    kn_result *result;
    kn_table *made;
    char *text;
    int64_t length;
    options.width = 28;
    assert_int_equal(kn_result_new(&result, *state), KN_OK);
    assert_int_equal(kn_result_add(result, *state, &findings, &made), KN_OK);
    kn_cell row[] = {{.text = "a.csv:7"}, {.text = "shares of JPN sum to 1.25, not 1"}};
    assert_int_equal(kn_table_append(made, *state, row), KN_OK);
    assert_int_equal(
        kn_result_note(result, *state, "one word and anotherverylongwordxyz"), KN_OK);
    assert_int_equal(kn_output_write(&text, &length, *state, result, NULL, &options),
                     KN_OK);
    assert_string_equal(text, "where    what\n"
                              "         \n"
                              "a.csv:7  shares of JPN sum\n"
                              "         to 1.25, not 1\n"
                              "\n"
                              "- one word and\n"
                              "  anotherverylongwordxyz\n");
    kn_output_free(*state, text);
    kn_result_free(result);
}

static void long_tables_end_on_a_terminal(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.rows = 1;
    char *text = losses(*state, NULL, &options);
    assert_non_null(strstr(text, "JPN"));
    assert_null(strstr(text, "KOR"));
    assert_non_null(strstr(text, "\n… and 2 more (--table losses shows all)\n"));
    kn_output_free(*state, text);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(characters_have_their_columns),
        cmocka_unit_test(cuts_fit),
        TEST(columns_stand_below_each_other),
        TEST(lines_fit_the_terminal),
        TEST(missing_names_fall_back),
        TEST(narrow_terminals_lose_columns_and_say_which),
        TEST(columns_that_matter_are_for_people),
        TEST(sentences_go_on_below),
        TEST(long_tables_end_on_a_terminal),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
