/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/io_format.h"

static double sum(const double *x, int64_t n)
{
    double total = 0;
    for (int64_t i = 0; i < n; i++)
        total += x[i];
    return total;
}

static kn__io_raw *read_file(kn_context *ctx, const char *path)
{
    kn__io_raw *raw;
    if (kn__read_icio(&raw, ctx, path) != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
    return raw;
}

/* Sales equal output in the small files, whatever was merged. */
static void assert_balanced(const kn__io_raw *raw)
{
    int64_t n = raw->producer_count, m = raw->final_count;
    for (int64_t i = 0; i < n; i++)
        assert_close(sum(raw->z + i * n, n) + sum(raw->final_demand + i * m, m),
                     raw->output[i], 1e-12);
}

static void edition_2021(void **state)
{
    kn__io_raw *raw = read_file(*state, "tests/data/icio/ICIO2021_2018.csv");
    assert_string_equal(raw->edition, "OECD ICIO 2021 edition, 2018, extended, 4 "
                                      "economies, 2 industries");
    assert_int_equal(raw->producer_count, 8);
    assert_int_equal(raw->final_count, 24);
    assert_string_equal(raw->economies[2], "MEX");
    assert_string_equal(raw->economies[3], "CHN");
    assert_string_equal(raw->industries[0], "isic:01-02");
    assert_int_equal(raw->source_year, 2018);
    assert_balanced(raw);
    kn__io_raw_free(*state, raw);
}

static void edition_2023(void **state)
{
    kn__io_raw *raw = read_file(*state, "tests/data/icio/2020.csv");
    assert_string_equal(raw->edition, "OECD ICIO 2023 edition, 2020, extended, 3 "
                                      "economies, 2 industries");
    assert_string_equal(raw->industries[1], "isic:26");
    assert_string_equal(raw->final_category[5], "purchases-abroad");
    assert_int_equal(raw->notes.count, 2);
    assert_non_null(strstr(raw->notes.at[0], "2 columns"));
    assert_non_null(strstr(raw->notes.at[1], "empty or NA"));
    assert_balanced(raw);
    kn__io_raw_free(*state, raw);
}

static void edition_2025(void **state)
{
    kn__io_raw *raw = read_file(*state, "tests/data/icio/2022_SML.csv");
    assert_string_equal(raw->edition, "OECD ICIO 2025 edition, 2022, 3 economies, 3 "
                                      "industries");
    assert_int_equal(raw->notes.count, 0);
    assert_balanced(raw);
    kn__io_raw_free(*state, raw);
}

static const char TABLE[] = "V1,AUS_A01_02,AUS_C26,JPN_C26,AUS_HFCE,OUT\n"
                            "AUS_A01_02,1,2,3,4,10\n"
                            "AUS_C26,0,1,NA,1,2\n"
                            "JPN_C26,,1,1,6,8\n"
                            "TLS,1,0,1,0,0\n"
                            "VA,8,-2,3,0,0\n"
                            "OUT,10,2,8,0,0\n";

static kn_status read_text(kn__io_raw **raw, kn_context *ctx, const char *text)
{
    const char *names[] = {"2019.csv"};
    const size_t length = strlen(text);
    return kn__io_read_memory(raw, ctx, names, &text, &length, 1, kn__icio_fill);
}

static void cells(void **state)
{
    kn__io_raw *raw;
    assert_int_equal(read_text(&raw, *state, TABLE), KN_OK);
    const double z[] = {1, 2, 3, 0, 1, 0, 0, 1, 1};
    assert_memory_equal(raw->z, z, sizeof z);
    const double y[] = {4, 1, 6}, x[] = {10, 2, 8};
    assert_memory_equal(raw->final_demand, y, sizeof y);
    assert_memory_equal(raw->output, x, sizeof x);
    kn__io_raw_free(*state, raw);
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
    refuses(state, ",JPN_C26,AUS_HFCE", ",JPM_C26,AUS_HFCE",
            "2019.csv:1:23: unknown economy \"JPM\"; did you mean");
    refuses(state, ",JPN_C26,AUS_HFCE", ",AUS_C26,AUS_HFCE", "\"AUS_C26\" stands twice");
    refuses(state, ",AUS_HFCE", ",households", "1:31: \"households\" is no label of an");
    refuses(state, "\nAUS_C26", "\nJPN_C26",
            "3:1: row \"JPN_C26\" where \"AUS_C26\" was expected");
    refuses(state, "1,2,3,4,10", "1,2,-3,4,10", "2:16: a flow between producers cannot");
    refuses(state, "1,2,3,4,10", "1,\"2,000\",3,4,10", "thousands separators");
    refuses(state, "1,2,3,4,10", "1,2,3,4", "5 fields, but the header has 6");
    refuses(state, "TLS,", "Taxes,", "5:1: row \"Taxes\" where");
    refuses(state, strstr(TABLE, "JPN_C26,,"), "", "row \"JPN_C26\" was expected next");
    refuses(state, TABLE, "", "this is not an OECD ICIO table");
    refuses(state, "V1,AUS_A01_02,AUS_C26,JPN_C26,AUS_HFCE,OUT", "V1,AUS_HFCE",
            "no column of flows");
}

static void totals_that_do_not_fit(void **state)
{
    char text[sizeof TABLE + 8];
    memcpy(text, TABLE, sizeof TABLE);
    memcpy(strstr(text, "4,10\n"), "4,15\n", 5);
    kn__io_raw *raw;
    assert_int_equal(read_text(&raw, *state, text), KN_OK);
    assert_int_equal(raw->notes.count, 3);
    assert_non_null(strstr(raw->notes.at[1],
                           "the total column differs from its row by up "
                           "to 33.3 %"));
    assert_non_null(strstr(raw->notes.at[2], "differ from output by up to 33.3 %"));
    kn__io_raw_free(*state, raw);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(edition_2021),     cmocka_unit_test(edition_2023),
        cmocka_unit_test(edition_2025),     cmocka_unit_test(cells),
        cmocka_unit_test(wrong_tables),     cmocka_unit_test(totals_that_do_not_fit),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
