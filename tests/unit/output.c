/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include <jansson.h>

#include "kaname.h"
#include "network/network.h"
#include "report/write.h"

static const kn_column columns[] = {
    {"holder", "", KN_COLUMN_TEXT, ""},
    {"product", "", KN_COLUMN_TEXT, ""},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""},
    {"bite_day", "days", KN_COLUMN_INTEGER, ""},
    {"dependent", "", KN_COLUMN_FLAG, ""},
};
static const kn_table_decl decl = {"chokepoints", "ranked", columns, 5};
static const kn_table_decl other = {"other", "second", columns, 2};

static kn__economy economies[] = {{.code = "JPN", .name = {"Japan", "日本", "일본"}},
                                  {.code = "CHN", .name = {"China", "中国", "중국"}}};
static kn__product products[] = {
    {.id = "gallium", .name = {"Gallium, refined", "ガリウム", "갈륨"}}};
static kn_network network = {.name = "tiny",
                             .edition = "test",
                             .sha256 = "00ff",
                             .economy_count = 2,
                             .product_count = 1,
                             .economies = economies,
                             .products = products};

static kn_status sample(kn_result **result, kn_context *ctx)
{
    kn_table *table;
    KN__TRY(kn_result_new(result, ctx));
    kn_cell rows[3][5] = {
        {{.text = "CHN"},
         {.text = "gallium"},
         {.number = 12345.678901234567},
         {.number = 30},
         {.number = 1}},
        {{.text = "Z\"x,\x1b[31m"},
         {.text = "a|b"},
         {.number = NAN},
         {.number = 0},
         {.number = 0}},
        {{.text = "JPN"},
         {.text = "=1+1\nnext"},
         {.number = 0.1},
         {.number = INFINITY},
         {.number = NAN}},
    };
    kn_status status = kn_result_add(*result, ctx, &decl, &table);
    for (int r = 0; r < 3 && status >= 0; r++)
        status = kn_table_append(table, ctx, rows[r]);
    if (status >= 0)
        status = kn_result_info(*result, ctx, "null_loss", NULL, 0);
    if (status >= 0)
        status = kn_result_info(*result, ctx, "model", "denial", 0);
    if (status >= 0)
        status = kn_result_note(*result, ctx, "%s is \"quoted\"", "this");
    if (status < 0) {
        kn_result_free(*result);
        *result = NULL;
    }
    return status;
}

static char *written(kn_context *ctx, const kn_output_options *options)
{
    kn_result *result;
    char *text;
    int64_t length;
    assert_int_equal(sample(&result, ctx), KN_OK);
    assert_int_equal(kn_output_write(&text, &length, ctx, result, &network, options),
                     KN_OK);
    assert_int_equal(length, strlen(text));
    kn_result_free(result);
    return text;
}

static void csv_is_rfc4180_and_exact(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.format = KN_OUTPUT_CSV;
    char *text = written(*state, &options);
    assert_string_equal(text, "holder,product,loss_musd,bite_day,dependent\n"
                              "CHN,gallium,12345.678901234567,30,1\n"
                              "\"Z\"\"x,\x1b[31m\",a|b,,0,0\n"
                              "JPN,\"=1+1\nnext\",0.1,,\n");
    kn_output_free(*state, text);
    options.labels = options.bom = true;
    options.lang = KN_LANG_JA;
    text = written(*state, &options);
    const char *head = "\xEF\xBB\xBFholder,holder_name,product,product_name,loss_musd,"
                       "bite_day,dependent\r\nCHN,中国,gallium,ガリウム,12345";
    assert_int_equal(strncmp(text, head, strlen(head)), 0);
    kn_output_free(*state, text);
}

static void json_parses_and_round_trips(void **state)
{
    const char *command[] = {"kaname", "chokepoints", "--of", "JPN \"x\""};
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.format = KN_OUTPUT_JSON;
    options.command = command;
    options.command_count = 4;
    char *text = written(*state, &options);
    json_error_t error;
    json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, &error);
    if (!root)
        fail_msg("line %d: %s", error.line, error.text);
    assert_string_equal(json_string_value(json_object_get(root, "kaname")), KN_VERSION);
    json_t *table = json_object_get(json_object_get(root, "tables"), "chokepoints");
    json_t *rows = json_object_get(table, "rows");
    assert_int_equal(json_array_size(rows), 3);
    assert_int_equal(json_array_size(json_object_get(table, "columns")), 5);
    json_t *row = json_array_get(rows, 0);
    assert_true(json_number_value(json_array_get(row, 2)) == 12345.678901234567);
    assert_true(json_is_true(json_array_get(row, 4)));
    assert_true(json_is_null(json_array_get(json_array_get(rows, 1), 2)));
    assert_true(json_is_null(json_array_get(json_array_get(rows, 2), 3)));
    json_t *of = json_array_get(json_object_get(root, "command"), 3);
    assert_string_equal(json_string_value(of), "JPN \"x\"");
    json_t *info = json_object_get(root, "info");
    assert_string_equal(json_string_value(json_object_get(info, "model")), "denial");
    assert_int_equal(json_array_size(json_object_get(info, "findings")), 1);
    json_decref(root);
    kn_output_free(*state, text);
}

static void table_aligns_wide_characters_and_hides_escapes(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.labels = true;
    options.lang = KN_LANG_JA;
    char *text = written(*state, &options);
    assert_null(strchr(text, '\x1b'));
    assert_non_null(strstr(text, "MUSD"));
    assert_non_null(strstr(text, "12,346"));
    int32_t width = -1;
    char *line = text;
    for (int i = 0; i < 5; i++) { /* header, units, three rows: all equally wide */
        char *end = strchr(line, '\n');
        *end = '\0';
        if (width < 0)
            width = kn__display_width(line);
        assert_int_equal(kn__display_width(line), width);
        line = end + 1;
    }
    kn_output_free(*state, text);
    options.color = true;
    options.width = 60;
    text = written(*state, &options);
    assert_non_null(strstr(text, "\x1b[1m"));
    kn_output_free(*state, text);
}

static void markdown_escapes_pipes(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.format = KN_OUTPUT_MARKDOWN;
    char *text = written(*state, &options);
    assert_non_null(strstr(text, "| a\\|b |"));
    assert_non_null(strstr(text, "|---:|"));
    kn_output_free(*state, text);
}

static void unknown_tables_and_versions_are_refused(void **state)
{
    kn_result *result;
    char *text;
    int64_t length;
    assert_int_equal(sample(&result, *state), KN_OK);
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.table = "nothing";
    assert_int_equal(kn_output_write(&text, &length, *state, result, NULL, &options),
                     KN_ERR_NOT_FOUND);
    assert_null(text);
    kn_context_clear(*state);
    options.version = 7;
    assert_int_equal(kn_output_write(&text, &length, *state, result, NULL, &options),
                     KN_ERR_USAGE);
    kn_context_clear(*state);
    kn_result_free(result);
}

static void numbers_for_people(void **state)
{
    (void)state;
    char b[64];
    kn__write_fixed(b, -1234567.891, 1);
    assert_string_equal(b, "-1,234,567.9");
    kn__write_fixed(b, -0.0001, 1);
    assert_string_equal(b, "0.0");
    kn__write_fixed(b, 999.96, 1);
    assert_string_equal(b, "1,000.0");
    kn__write_fixed(b, NAN, 1);
    assert_string_equal(b, "–");
    assert_int_equal(kn__decimals_for(12345, 4), 0);
    assert_int_equal(kn__decimals_for(12.3, 4), 2);
    assert_int_equal(kn__decimals_for(0.012, 2), 3);
    assert_int_equal(kn__display_width("中国 ok"), 7);
    assert_int_equal(kn__display_cut("中国", 3), 3);
}

static kn_status write_all(kn_context *ctx, void *arg)
{
    (void)arg;
    static const kn_output_format formats[] = {KN_OUTPUT_TABLE, KN_OUTPUT_CSV,
                                               KN_OUTPUT_JSON, KN_OUTPUT_MARKDOWN};
    kn_result *result;
    kn_table *table;
    KN__TRY(sample(&result, ctx));
    kn_status status = kn_result_add(result, ctx, &other, &table);
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    options.labels = true;
    options.width = 30;
    for (int i = 0; i < 4 && status >= 0; i++) {
        char *text;
        int64_t length;
        options.format = formats[i];
        status = kn_output_write(&text, &length, ctx, result, &network, &options);
        assert_true((text != NULL) == (status >= 0));
        kn_output_free(ctx, text);
    }
    kn_result_free(result);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(write_all, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(csv_is_rfc4180_and_exact, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(json_parses_and_round_trips, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(table_aligns_wide_characters_and_hides_escapes,
                                        context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(markdown_escapes_pipes, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(unknown_tables_and_versions_are_refused,
                                        context_setup, context_teardown),
        cmocka_unit_test(numbers_for_people),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
