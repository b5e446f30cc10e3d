/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>
#include <unistd.h>

#include "kaname/doctor.h"
#include "read/csv.h"
#include "read/encoding.h"
#include "read/recognise.h"

/* ---- Encodings ---- */

/* 国,値 / 日本,1 / ソ,"表" in CP932: 0x5C and 0x7C as second bytes. */
static const char CP932[] =
    "\x8D\x91,\x92\x6C\n\x93\xFA\x96\x7B,1\n\x83\x5C,\"\x95\x5C\"\n";
/* 나라,값 / 한국,2 */
static const char CP949[] = "\xB3\xAA\xB6\xF3,\xB0\xAA\n\xC7\xD1\xB1\xB9,2\n";

static void reads_as(void **state, const char *text, const char *encoding,
                     const char *const *cells, int32_t rows)
{
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    assert_int_equal(kn__csv_open_bytes(&csv, *state, "t.csv", text, strlen(text)),
                     KN_OK);
    for (int32_t r = 0; r < rows; r++) {
        if (kn__csv_next(csv, &f, &count) != KN_OK)
            fail_msg("%s", kn_context_error(*state));
        assert_int_equal(count, 2);
        assert_string_equal(f[0].text, cells[2 * r]);
        assert_string_equal(f[1].text, cells[2 * r + 1]);
    }
    assert_string_equal(kn__csv_encoding(csv), encoding);
    kn__csv_close(csv);
}

static void east_asian_files(void **state)
{
    static const char *const japanese[] = {"国", "値", "日本", "1", "ソ", "表"};
    static const char *const korean[] = {"나라", "값", "한국", "2"};
    static const char *const utf8[] = {"国", "1", "é", "2"};
    reads_as(state, CP932, "CP932", japanese, 3);
    reads_as(state, CP949, "CP949", korean, 2);
    reads_as(state, "国,1\né,2\n", "UTF-8", utf8, 2);
}

/* Columns count characters, also after turning. */
static void positions(void **state)
{
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    const char *text = "\x93\xFA\x96\x7B,\x93\xFA,1\n";
    assert_int_equal(kn__csv_open_bytes(&csv, *state, "t.csv", text, strlen(text)),
                     KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(f[1].column, 4);
    assert_int_equal(f[2].column, 6);
    kn__csv_close(csv);
}

static void refused(void **state, const char *text, const char *message)
{
    kn__csv *csv;
    const kn__field *f;
    int32_t count = 1;
    kn_status status = kn__csv_open_bytes(&csv, *state, "t.csv", text, strlen(text));
    while (status == KN_OK && count)
        status = kn__csv_next(csv, &f, &count);
    assert_refused(*state, status, KN_ERR_DATA, message);
    kn__csv_close(csv);
}

static void mixed_files(void **state)
{
    refused(state, "国,1\n\x93\xFA,2\n", "t.csv:2:1: byte 0x93 is not UTF-8");
    refused(state, "\xEF\xBB\xBF\x93\xFA,2\n", "byte 0x93 is not UTF-8");
    refused(state, "a,\xE9\n", "byte 0xE9 is not UTF-8");
    refused(state, "\x93\xFA,1\n\x93,2\n", "t.csv:2:1: byte 0x93 is not CP932");
}

static kn_status read_cp932(kn_context *ctx, void *arg)
{
    kn__csv *csv;
    const kn__field *f;
    int32_t count = 1;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, "t.csv", arg, strlen(arg)));
    kn_status status = KN_OK;
    while (status >= 0 && count)
        status = kn__csv_next(csv, &f, &count);
    kn__csv_close(csv);
    return status;
}

static void encoding_allocations(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_cp932, (void *)(uintptr_t)CP932) > 5);
}

/* ---- What is it? ---- */

static void recognises(void **state)
{
    static const char *const known[][2] = {
        {"tests/data/icio/2020.csv", "icio"},
        {"tests/data/icio/ICIO2021_2018.csv", "icio"},
        {"tests/data/figaro/matrix_eu-ic-io_ind-by-ind_24ed_2020.csv", "figaro"},
        {"tests/data/figaro/flatfile_eu-ic-io_ind-by-ind_24ed_2020.csv", "figaro"},
        {"tests/data/pymrio", "pymrio"},
        {"tests/data/exiobase/IOT_2019_ixi.zip", "exiobase"},
        {"tests/data/eora26", "eora26"},
        {"tests/data/baci/BACI_HS17_Y2022_V202601.csv", "baci"},
        {"tests/data/comtrade/classic.csv", "comtrade"},
        {"tests/data/comtrade/api.csv", "comtrade"},
        {"tests/data/usgs/MCS2025_World_Data.csv", "usgs"},
        {"tests/data/atlas-mini", "atlas"},
        {"tests/data/eto-mini", "eto"},
    };
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        const char *format, *encoding;
        assert_int_equal(kn__recognise(&format, &encoding, *state, known[k][0]), KN_OK);
        if (!format || strcmp(format, known[k][1]) != 0)
            fail_msg("%s is taken for %s", known[k][0], format ? format : "nothing");
    }
}

static bool finds(const kn_result *result, const char *severity, const char *what)
{
    const kn_table *t = kn_result_find(result, "findings");
    for (int64_t k = 0; k < kn_table_rows(t); k++)
        if (strcmp(kn_table_text(t, k, 0), severity) == 0 &&
            (strstr(kn_table_text(t, k, 2), what) ||
             strstr(kn_table_text(t, k, 1), what)))
            return true;
    return false;
}

static void healthy_files(void **state)
{
    kn_result *result;
    assert_int_equal(kn_doctor(&result, *state, "tests/data/icio/2020.csv"), KN_OK);
    assert_true(finds(result, "info", "1 cells are empty or NA"));
    assert_false(kn_doctor_found_errors(result));
    kn_result_free(result);
    assert_int_equal(kn_doctor(&result, *state, "tests/data/eora26"), KN_OK);
    assert_true(finds(result, "warning", "a purchase above the buyer's output"));
    kn_result_free(result);
}

static void broken_file(void **state)
{
    char path[] = "/tmp/kaname-doctor-XXXXXX";
    static const char text[] = "bea_code,11,21\n11,1.5,0.5\n21,x,1\n";
    kn_result *result;
    int fd = mkstemp(path);
    assert_true(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
    close(fd);
    assert_int_equal(kn_doctor(&result, *state, path), KN_OK);
    assert_true(kn_doctor_found_errors(result));
    assert_true(finds(result, "error", ":3:4"));
    assert_true(finds(result, "error", "a number was expected, found \"x\""));
    assert_string_equal(kn_context_error(*state), "");
    kn_result_free(result);
    unlink(path);
    assert_int_equal(kn_doctor(&result, *state, path), KN_ERR_NOT_FOUND);
    assert_null(result);
    kn_context_clear(*state);
}

static kn_status look(kn_context *ctx, void *arg)
{
    kn_result *result;
    KN__TRY(kn_doctor(&result, ctx, arg));
    kn_result_free(result);
    return KN_OK;
}

static void doctor_allocations(void **state)
{
    (void)state;
    static char path[] = "tests/data/icio/2020.csv";
    assert_true(every_allocation_fails(look, path) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(east_asian_files), cmocka_unit_test(positions),
        cmocka_unit_test(mixed_files),      cmocka_unit_test(encoding_allocations),
        cmocka_unit_test(recognises),       cmocka_unit_test(healthy_files),
        cmocka_unit_test(broken_file),      cmocka_unit_test(doctor_allocations),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
