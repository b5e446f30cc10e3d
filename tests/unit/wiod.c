/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/io_raw.h"
#include "read/labels.h"

/* Two economies, two industries; RoW and ROM are how the release writes them. */
static const char TABLE[] = "row,ROM_c1,ROM_c14,RoW_c1,RoW_c14,ROM_F1,RoW_F5,output\n"
                            "ROM_c1,1,2,3,4,5,-6,9\n"
                            "ROM_c14,0,1,0,2,3,4,10\n"
                            "RoW_c1,5,0,1,0,2,2,10\n"
                            "RoW_c14,0,0,0,0,0,0,0\n";

static kn_status read_text(kn__io_raw **raw, kn_context *ctx, const char *text)
{
    return kn__read_wiod_bytes(raw, ctx, "some/wiot_2011.csv", text, strlen(text));
}

static void small_table(void **state)
{
    kn__io_raw *raw;
    assert_int_equal(read_text(&raw, *state, TABLE), KN_OK);
    assert_string_equal(raw->edition,
                        "WIOD 2013 release, 2011, a part: 2 economies, 2 industries");
    assert_string_equal(raw->name, "WIOD 2011");
    assert_int_equal(raw->source_year, 2011);
    assert_int_equal(raw->producer_count, 4);
    assert_int_equal(raw->final_count, 2);
    assert_string_equal(raw->economies[0], "ROU");
    assert_string_equal(raw->economies[1], "ROW");
    assert_string_equal(raw->industries[1], "c14");
    assert_string_equal(raw->industry_codes[1], "ISIC rev. 3: 30-33");
    assert_string_equal(raw->industry_names[1][0], "Electrical and optical equipment");
    assert_string_equal(raw->industry_names[1][1], "電気・光学機器");
    assert_string_equal(raw->final_category[1], "inventories");
    assert_int_equal(raw->final_economy[1], 1);
    const double z[] = {1, 2, 3, 4, 0, 1, 0, 2, 5, 0, 1, 0, 0, 0, 0, 0};
    assert_memory_equal(raw->z, z, sizeof z);
    assert_true(raw->final_demand[1] == -6 && raw->output[2] == 10);
    kn__io_raw_free(*state, raw);
}

static void years_in_names(void **state)
{
    (void)state;
    assert_int_equal(kn__year_in_name("x/wiot_2011.csv.gz"), 2011);
    assert_int_equal(kn__year_in_name("1999/wiot.csv"), 0);
    assert_int_equal(kn__year_in_name("wiot_nov13_1995_row.csv"), 1995);
    assert_int_equal(kn__year_in_name("a20111.csv"), 0);
}

static void label_table(void **state)
{
    (void)state;
    int32_t count;
    const char *const *codes = kn__economy_codes(&count);
    assert_true(count > 80);
    for (int32_t k = 0; k < count; k++) {
        assert_true(k == 0 || strcmp(codes[k - 1], codes[k]) < 0);
        for (int l = 0; l < KN__LABEL_LANGUAGES; l++)
            assert_true(kn__economy_name(codes[k], l)[0]);
    }
    assert_string_equal(kn__economy_code("CN2"), "CHN");
    assert_null(kn__economy_code("XYZ"));
    assert_string_equal(kn__economy_name("JPN", 1), "日本");
}

static void refuses(void **state, const char *from, const char *to, const char *message)
{
    char text[1024];
    kn__io_raw *raw;
    changed_text(text, sizeof text, TABLE, from, to);
    assert_refused(*state, read_text(&raw, *state, text), KN_ERR_DATA, message);
    assert_null(raw);
}

static void wrong_tables(void **state)
{
    refuses(state, "row,", "country,", "1:1: this is not a WIOD table");
    refuses(state, "ROM_c14,", "ROM_c1,", "1:12: column \"ROM_c1\" stands twice");
    refuses(state, "RoW_c1,", "JPM_c1,", "1:20: unknown economy \"JPM\"; did you mean");
    refuses(state, "ROM_c14,", "ROM_c36,", "1:12: column \"ROM_c36\": expected are");
    refuses(state, "RoW_F5,output", "output,RoW_F5", "column \"output\": expected are");
    refuses(state, ",output", ",RoW_F4", "the last column must be \"output\"");
    refuses(state, "\nROM_c14", "\nRoW_c14",
            "3:1: row \"RoW_c14\" where \"ROM_c14\" was expected");
    refuses(state, "RoW_c14,0,0,0,0,0,0,0\n", "", "the table ends after 3 rows");
    refuses(state, "RoW_c14,0,0,0,0,0,0,0\n",
            "RoW_c14,0,0,0,0,0,0,0\nJPN_c1,0,0,0,0,0,0,0\n", "one too many");
    refuses(state, "1,2,3,4,5", "1,2,3,4", "7 fields, but the header has 8");
    refuses(state, "1,2,3,4,5", "1,2,-3,4,5", "2:12: a flow between producers cannot");
    refuses(state, "1,2,3,4,5", "1,2,,4,5", "2:12: a number was expected");
    refuses(state, "1,2,3,4,5", "1,2,\"1,234\",4,5", "2:12: \"1,234\": thousands");
    refuses(state, "-6,9\n", "-6,-9\n", "output cannot be negative");
    refuses(state, TABLE, "", "the file is empty");
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__io_raw *raw;
    KN__TRY(read_text(&raw, ctx, arg));
    kn__io_raw_free(ctx, raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)TABLE) > 5);
}

/* The figures of SOURCE.md that need no network. */
static void wiod_2011(void **state)
{
    static const char path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";
    if (!shared_exists(path))
        skip();
    kn__io_raw *raw;
    if (kn__read_wiod(&raw, *state, path) != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_string_equal(raw->edition, "WIOD 2013 release, 2011");
    assert_int_equal(raw->producer_count, 1435);
    assert_int_equal(raw->final_count, 205);
    double output = 0, inputs = 0, final = 0;
    int64_t negative = 0, filled = 0;
    for (int64_t i = 0; i < 1435; i++) {
        output += raw->output[i];
        for (int64_t j = 0; j < 1435; j++) {
            inputs += raw->z[i * 1435 + j];
            filled += raw->z[i * 1435 + j] != 0;
        }
        for (int64_t k = 0; k < 205; k++) {
            final += raw->final_demand[i * 205 + k];
            negative += raw->final_demand[i * 205 + k] < 0;
        }
    }
    assert_close(output, 141.77e6, 1e-4);
    assert_close(output - inputs, 69.33e6, 1e-4);
    assert_close(final, 69.27e6, 1e-4);
    assert_int_equal(negative, 352);
    assert_close((double)filled / (1435.0 * 1435), 0.20, 0.03);
    kn__io_raw_free(*state, raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_table),      cmocka_unit_test(years_in_names),
        cmocka_unit_test(label_table),      cmocka_unit_test(wrong_tables),
        cmocka_unit_test(every_allocation), cmocka_unit_test(wiod_2011),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
