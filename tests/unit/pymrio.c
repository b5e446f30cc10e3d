/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/io_format.h"

static void saved_by_pymrio(void **state)
{
    kn__io_raw *raw;
    if (kn__read_pymrio(&raw, *state, "tests/data/pymrio") != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_string_equal(raw->edition, "pymrio table, year unknown, 2 regions, 2 sectors, "
                                      "unit Mill USD");
    const double z[] = {1, 2, 3, 4, 5, 6, 7, 8, 2, 0, 1, 0, 0, 3, 0, 2.5};
    const double y[] = {10, 1, 0, 0, 20, -2, 5, 0, 1, 0, 12, 0, 2, 0, 30, 1};
    const double x[] = {21, 49, 16, 38.5};
    assert_memory_equal(raw->z, z, sizeof z);
    assert_memory_equal(raw->final_demand, y, sizeof y);
    assert_memory_equal(raw->output, x, sizeof x);
    assert_string_equal(raw->industries[1], "machines-n-e-c");
    assert_string_equal(raw->industry_names[1][0], "Machines, n.e.c.");
    assert_string_equal(raw->final_category[0], "households");
    assert_int_equal(raw->notes.count, 0);
    kn__io_raw_free(*state, raw);
}

/* Coefficients, euros, a zip with files of the same name below. */
static void exiobase_zip(void **state)
{
    kn__io_raw *raw;
    if (kn__read_exiobase(&raw, *state, "tests/data/exiobase/IOT_2019_ixi.zip") != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_string_equal(raw->edition,
                        "EXIOBASE 3, industry by industry, 2019, 2 regions, "
                        "2 sectors, unit M.EUR");
    assert_string_equal(raw->economies[0], "JPN");
    assert_string_equal(raw->economies[1], "XAF");
    assert_close(raw->z[1], 0.2 * 200 * 1.1195, 1e-12);
    assert_close(raw->output[3], 80 * 1.1195, 1e-12);
    for (int64_t i = 0; i < 4; i++) {
        double sold = 0;
        for (int64_t k = 0; k < 4; k++)
            sold += raw->z[i * 4 + k] + raw->final_demand[i * 4 + k];
        assert_close(sold, raw->output[i], 1e-12);
    }
    assert_non_null(strstr(raw->notes.at[0], "EUR turned into USD at 1.1195"));
    kn__io_raw_free(*state, raw);
}

enum { FILES = 4 };
static const char *const names[FILES] = {"Z.txt", "Y.txt", "x.txt", "unit.txt"};
static const char *const good[FILES] = {
    "region\t\tr1\tr1\nsector\t\ta\tb\nr1\ta\t1\t2\nr1\tb\t3\t4\n",
    "region\t\tr1\ncategory\t\tf\nregion\tsector\t\nr1\ta\t5\nr1\tb\t6\n",
    "region\tsector\tindout\nr1\ta\t8\nr1\tb\t13\n",
    "region\tsector\tunit\nr1\ta\tEUR\nr1\tb\tEUR\n"};

static kn_status read_files(kn__io_raw **raw, kn_context *ctx, const char *const *texts)
{
    const char *present[FILES], *blocks[FILES];
    size_t lengths[FILES];
    int32_t count = 0;
    for (int k = 0; k < FILES; k++) {
        if (!texts[k])
            continue;
        present[count] = names[k];
        blocks[count] = texts[k];
        lengths[count++] = strlen(texts[k]);
    }
    return kn__io_read_memory(raw, ctx, present, blocks, lengths, count, kn__pymrio_fill);
}

static void refuses(void **state, int file, const char *text, kn_status expected,
                    const char *message)
{
    const char *texts[FILES];
    kn__io_raw *raw;
    memcpy(texts, good, sizeof texts);
    texts[file] = text;
    assert_refused(*state, read_files(&raw, *state, texts), expected, message);
    assert_null(raw);
}

static void wrong_tables(void **state)
{
    const kn_status D = KN_ERR_DATA, N = KN_ERR_NOT_FOUND;
    refuses(state, 0, NULL, N, "there is no Z.txt or A.txt");
    refuses(state, 1, NULL, N, "there is no Y.txt");
    refuses(state, 0, "", D, "Z.txt:1:1: this is not a pymrio table");
    refuses(state, 0, "region\t\tr1\tr1\n", D, "a second header row, of sectors");
    refuses(state, 0, "region\t\tr1\tr1\nsector\t\ta\ta\n", D, "\"r1 a\" stands twice");
    refuses(state, 0, "region\t\tr1\tr1\nsector\t\ta\tb\nr1\tb\t1\t2\n", D,
            "Z.txt:3:1: row \"r1 b\" where \"r1 a\" was expected");
    refuses(state, 0, "region\t\tr1\tr1\nsector\t\ta\tb\nr1\ta\t1\t2\n", D,
            "the table ends after 1 rows, 2 were");
    refuses(state, 0, "region\t\tr1\tr1\nsector\t\ta\tb\nr1\ta\t1\n", D,
            "3 fields, but the header has 4");
    refuses(state, 0, "region\t\tr1\tr1\nsector\t\ta\tb\nr1\ta\t1\tx\n", D,
            "Z.txt:3:8: a number was expected");
    refuses(state, 2, "region\tsector\tindout\nr1\ta\t8\nr1\tb\t13\nr1\tb\t1\n", D,
            "x.txt:4:1: one row too many");
    refuses(state, 2, "region\tsector\tindout\nr1\ta\t-8\n", D, "cannot be negative");
    refuses(state, 3, "region\tsector\tunit\nr1\ta\tEUR\nr1\tb\tt\n", D,
            "unit.txt:3:6: units differ");
}

static void year_unknown(void **state)
{
    kn__io_raw *raw;
    assert_int_equal(read_files(&raw, *state, good), KN_OK);
    assert_non_null(strstr(raw->notes.at[0], "the year is not known"));
    assert_true(raw->z[3] == 4 && raw->output[1] == 13);
    kn__io_raw_free(*state, raw);
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__io_raw *raw;
    KN__TRY(read_files(&raw, ctx, arg));
    kn__io_raw_free(ctx, raw);
    return KN_OK;
}

static kn_status read_zip(kn_context *ctx, void *arg)
{
    kn__io_raw *raw;
    KN__TRY(kn__read_exiobase(&raw, ctx, arg));
    kn__io_raw_free(ctx, raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    static char path[] = "tests/data/exiobase/IOT_2019_ixi.zip";
    assert_true(every_allocation_fails(read_zip, path) > 5);
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)good) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(saved_by_pymrio),  cmocka_unit_test(exiobase_zip),
        cmocka_unit_test(wrong_tables),     cmocka_unit_test(year_unknown),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
