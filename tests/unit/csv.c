/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>
#include <zlib.h>

#include "read/csv.h"

static faults no_faults;

/* Everything a file says, as one text: fields in <>, rows ended by a bar; or the error.
 */
static const char *dump(const void *bytes, size_t length)
{
    static char out[4096];
    kn_context *ctx = faults_context(&no_faults, 1);
    kn__csv *csv;
    size_t n = 0;
    out[0] = '\0';
    kn_status status = kn__csv_open_bytes(&csv, ctx, "t.csv", bytes, length);
    const kn__field *f;
    int32_t count = 1;
    while (status == KN_OK && count) {
        status = kn__csv_next(csv, &f, &count);
        for (int32_t i = 0; i < count; i++) {
            assert_int_equal(strlen(f[i].text), f[i].length);
            n += (size_t)snprintf(out + n, sizeof out - n, "<%s>", f[i].text);
        }
        if (count)
            n += (size_t)snprintf(out + n, sizeof out - n, "|");
    }
    if (status < 0) {
        assert_int_equal(status, kn_context_error_status(ctx));
        snprintf(out + n, sizeof out - n, "%s", kn_context_error(ctx));
    }
    kn__csv_close(csv);
    kn_context_free(ctx);
    return out;
}

static const char *dumps(const char *text)
{
    return dump(text, strlen(text));
}

static void assert_starts(const char *text, const char *start)
{
    if (strncmp(text, start, strlen(start)) != 0)
        fail_msg("\"%s\" does not start with \"%s\"", text, start);
}

static void rows_and_fields(void **state)
{
    (void)state;
    assert_string_equal(dumps("a,b\n1,2\n"), "<a><b>|<1><2>|");
    assert_string_equal(dumps("a,b\r\n1,2\r\n"), "<a><b>|<1><2>|");
    assert_string_equal(dumps("a,b\n1,2"), "<a><b>|<1><2>|");
    assert_string_equal(dumps("\xEF\xBB\xBF"
                              "a,b\n"),
                        "<a><b>|");
    assert_string_equal(dumps("\n\na,\n\r\n,b\n\n"), "<a><>|<><b>|");
    assert_string_equal(dumps(""), "");
    assert_string_equal(dumps("\xEF\xBB\xBF"), "");
    assert_string_equal(dumps("a;b,c;d\n1;2;3\n"), "<a><b,c><d>|<1><2><3>|");
    assert_string_equal(dumps("a\tb,c\td\n1\t2\t3\n"), "<a><b,c><d>|<1><2><3>|");
    assert_string_equal(dumps("a,b,c\n1,2,3\n,,\n,,\n"), "<a><b><c>|<1><2><3>|");
}

static void quotes(void **state)
{
    (void)state;
    assert_string_equal(dumps("\"a\",\"b,c\"\n\"\",x\n"), "<a><b,c>|<><x>|");
    assert_string_equal(dumps("\"a\"\"b\",\"\"\"\"\n"), "<a\"b><\">|");
    assert_string_equal(dumps("\"a\nb\",c\n\"d\r\ne\",f\r\n"), "<a\nb><c>|<d\r\ne><f>|");
    assert_string_equal(dumps("a,b\n1,\"x\"y\n"),
                        "<a><b>|t.csv:2:6: text after the closing quote of a field; a "
                        "quote inside a quoted field is written twice");
    assert_starts(dumps("a,b\n1,x\"y\n"), "<a><b>|t.csv:2:4: a quote inside a field");
    assert_starts(dumps("a,b\n1,\"x\n2,3\n4,5\n"),
                  "<a><b>|t.csv:2:3: the quote opened here is never closed");
    assert_starts(dumps("\"x\ny\",\"a\"b\n"), "t.csv:2:7: text after the closing quote");
}

static void bytes_that_are_not_text(void **state)
{
    (void)state;
    assert_starts(dump("a,b\n1,\0,2\n", 11), "<a><b>|t.csv:2:3: a NUL byte");
    assert_starts(dumps("a,b\n\xC3\xA9\xC3\xA9,\x93\n"),
                  "<a><b>|t.csv:2:4: byte 0x93 is not UTF-8");
    assert_starts(dumps("\xFF\xFE"
                        "a"),
                  "t.csv:1:1: this is UTF-16");
    assert_starts(dumps("PK\x03\x04"), "t.csv:1:1: this is a zip archive or a workbook");
    assert_starts(dumps("a,b\rc,d\re,f\r"), "t.csv:1:4: a carriage return inside a line");
    assert_starts(dumps("a,\"b\"\rc,d\r"), "t.csv:1:6: text after the closing quote");
}

/* Columns count characters, lines count LF, also those inside quotes. */
static void positions(void **state)
{
    (void)state;
    kn_context *ctx = faults_context(&no_faults, 1);
    const char *text = "\xEF\xBB\xBFn,\xE8\xA6\x81,x\n"
                       "\"\xE8\xA6\x81\nb\",\"c\"\"\",d\n\nlast,1,2\n";
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    assert_int_equal(kn__csv_open_bytes(&csv, ctx, "t.csv", text, strlen(text)), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(count, 3);
    assert_int_equal(f[1].column, 3);
    assert_int_equal(f[2].column, 5);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(kn__csv_line(csv), 2);
    assert_int_equal(f[1].column, 4);
    assert_int_equal(f[2].column, 10);
    kn__csv_fail(csv, &f[1], "wrong %s", "thing");
    assert_string_equal(kn_context_error(ctx), "t.csv:3:4: wrong thing");
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(kn__csv_line(csv), 5);
    kn__csv_close(csv);
    kn_context_free(ctx);
}

/* Rows longer than the first buffer, in plain and in quoted form, come out whole. */
static void long_lines(void **state)
{
    (void)state;
    enum { FIELDS = 300000 };
    char *text = malloc(FIELDS * 4 + 64);
    size_t n = 0;
    for (int i = 0; i < FIELDS; i++)
        n += (size_t)sprintf(text + n, "%s%d", i ? "," : "", i % 100);
    n += (size_t)sprintf(text + n, "\n\"");
    for (int i = 0; i < 200000; i++)
        text[n++] = i % 1000 ? 'x' : '\n';
    n += (size_t)sprintf(text + n, "\",end\n");
    kn_context *ctx = faults_context(&no_faults, 1);
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    assert_int_equal(kn__csv_open_bytes(&csv, ctx, "t.csv", text, n), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(count, FIELDS);
    assert_string_equal(f[FIELDS - 1].text, "99");
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(count, 2);
    assert_int_equal(f[0].length, 200000);
    kn__csv_close(csv);
    kn_context_free(ctx);
    free(text);
}

static void limits(void **state)
{
    (void)state;
    size_t n = (64u << 20) + 10;
    char *text = malloc(n);
    memset(text, 'x', n);
    assert_has(dump(text, n), "t.csv:1: a line longer than 64 MiB");
    memset(text, ',', 1000001);
    text[1000001] = 'x';
    assert_has(dump(text, 1000002), "t.csv:1: more than 1000000 fields in a row");
    free(text);
}

static const char *number_error(const char *field)
{
    static char message[512];
    char text[256];
    snprintf(text, sizeof text, "a\tb\nx\t%s\n", field);
    kn_context *ctx = faults_context(&no_faults, 1);
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    double value;
    assert_int_equal(kn__csv_open_bytes(&csv, ctx, "t.csv", text, strlen(text)), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(kn__csv_number(csv, &f[1], false, &value), KN_ERR_DATA);
    snprintf(message, sizeof message, "%s", kn_context_error(ctx));
    assert_starts(message, "t.csv:2:3: ");
    kn__csv_close(csv);
    kn_context_free(ctx);
    return message + 11;
}

static void wrong_numbers(void **state)
{
    (void)state;
    assert_starts(number_error("1,234"),
                  "\"1,234\": thousands separators are not read; write 1234");
    assert_has(number_error("-12,345,678.5"), "write -12345678.5");
    assert_has(number_error("1 234"), "write 1234");
    assert_has(number_error("1\xC2\xA0"
                            "234.5"),
               "write 1234.5");
    assert_has(number_error("1\xE2\x80\xAF"
                            "234"),
               "write 1234");
    assert_has(number_error("1'234"), "write 1234");
    assert_has(number_error("1,5"), "a comma is not read as a decimal point; write 1.5");
    assert_has(number_error(" 12"), "remove the spaces");
    assert_has(number_error("5%"), "without the percent sign");
    assert_has(number_error("nan"), "a number was expected, found \"nan\"");
    assert_has(number_error("0x10"), "a number was expected");
    assert_has(number_error("1e999"), "a number was expected");
    assert_has(number_error("1.234,56"), "a number was expected");
    assert_has(number_error("\"\""), "the field is empty");
}

static void right_numbers(void **state)
{
    (void)state;
    const char *text = "0;12;123456789;1234567890;-5;+7;0.1;1e-3;.5;5.;;"
                       "17976931348623157e292\n";
    const double want[] = {0,   12,   123456789, 1234567890, -5,  7,
                           0.1, 1e-3, 0.5,       5,          NAN, 1.7976931348623157e308};
    kn_context *ctx = faults_context(&no_faults, 1);
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    assert_int_equal(kn__csv_open_bytes(&csv, ctx, "t.csv", text, strlen(text)), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(count, 12);
    for (int i = 0; i < 12; i++) {
        double value;
        assert_int_equal(kn__csv_number(csv, &f[i], true, &value), KN_OK);
        assert_true(value == want[i] || (isnan(value) && isnan(want[i])));
    }
    kn__csv_close(csv);
    kn_context_free(ctx);
}

static kn_status header(kn_context *ctx, const char *text, int32_t *at)
{
    static const char *const names[] = {"product", "economy", "?share"};
    kn__csv *csv;
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, "t.csv", text, strlen(text)));
    kn_status status = kn__csv_header(csv, names, 3, at);
    if (status == KN_OK)
        status = kn__csv_next(csv, &f, &count);
    kn__csv_close(csv);
    return status;
}

static const char *header_error(const char *text)
{
    static char message[512];
    kn_context *ctx = faults_context(&no_faults, 1);
    int32_t at[3];
    assert_int_equal(header(ctx, text, at), KN_ERR_DATA);
    snprintf(message, sizeof message, "%s", kn_context_error(ctx));
    kn_context_free(ctx);
    return message;
}

static void headers(void **state)
{
    (void)state;
    kn_context *ctx = faults_context(&no_faults, 1);
    int32_t at[3];
    assert_int_equal(header(ctx, "share,economy,product\n1,2,3\n", at), KN_OK);
    assert_int_equal(at[0], 2);
    assert_int_equal(at[1], 1);
    assert_int_equal(at[2], 0);
    assert_int_equal(header(ctx, "economy,product\n", at), KN_OK);
    assert_int_equal(at[2], -1);
    kn_context_free(ctx);
    assert_string_equal(header_error("product,economi\n"),
                        "t.csv:1:9: unknown column \"economi\"; did you mean "
                        "\"economy\"?");
    assert_has(header_error("product,zzzzzz,economy\n"),
               "expected are product, economy, share");
    assert_string_equal(header_error("product\n"),
                        "t.csv:1:1: column \"economy\" is missing");
    assert_has(header_error("product,economy,product\n"), "stands twice");
    assert_has(header_error(""), "t.csv:1:1: the file is empty");
    assert_has(header_error("product,economy\na,b,c\n"),
               "t.csv:2:1: 3 fields, but the header has 2");
}

/* ---- gzip and files ---- */

static size_t gzip(const void *from, size_t length, unsigned char *to, size_t room)
{
    z_stream z = {0};
    deflateInit2(&z, 9, Z_DEFLATED, 16 + MAX_WBITS, 8, Z_DEFAULT_STRATEGY);
    z.next_in = (unsigned char *)(uintptr_t)from;
    z.avail_in = (unsigned)length;
    z.next_out = to;
    z.avail_out = (unsigned)room;
    assert_int_equal(deflate(&z, Z_FINISH), Z_STREAM_END);
    size_t n = room - z.avail_out;
    deflateEnd(&z);
    return n;
}

static void packed(void **state)
{
    (void)state;
    unsigned char gz[512];
    size_t n = gzip("a,b\n1,2\n", 8, gz, sizeof gz);
    assert_string_equal(dump(gz, n), "<a><b>|<1><2>|");
    size_t two = n + gzip("3,4\n", 4, gz + n, sizeof gz - n);
    assert_string_equal(dump(gz, two), "<a><b>|<1><2>|<3><4>|");
    for (size_t cut = 2; cut < n; cut++)
        assert_has(dump(gz, cut), "t.csv: the gzip data end too early");
    memset(gz + n, 0, 20);
    assert_string_equal(dump(gz, n + 20), "<a><b>|<1><2>|");
    gz[n + 3] = 'x';
    assert_has(dump(gz, n + 20), "something else follows the gzip data");
    gz[n - 6] ^= 1;
    assert_has(dump(gz, n), "the gzip data are damaged");
}

static void files(void **state)
{
    (void)state;
    kn_context *ctx = faults_context(&no_faults, 1);
    kn__csv *csv;
    assert_int_equal(kn__csv_open(&csv, ctx, "tests/no-such.csv"), KN_ERR_NOT_FOUND);
    assert_null(csv);
    assert_string_equal(kn_context_error(ctx), "tests/no-such.csv: no such file");
    kn_context_clear(ctx);
    assert_int_equal(kn__csv_open(&csv, ctx, "tests"), KN_ERR_DATA);
    assert_string_equal(kn_context_error(ctx),
                        "tests: this is a folder; a file was expected");
    kn_context_clear(ctx);
    assert_int_equal(kn__csv_open(&csv, ctx, "tests/golden/data"), KN_ERR_DATA);
    assert_string_equal(
        kn_context_error(ctx),
        "tests/golden/data: this is a folder; a file was expected; in it are "
        "wiot-bom.csv, wiot-commas.csv, wiot-short.csv, wiot-splice.csv, "
        "wiot-spreadsheet.csv, …");
    kn_context_clear(ctx);
    char path[] = "/tmp/kaname-csv-XXXXXX";
    int fd = mkstemp(path);
    FILE *file = fdopen(fd, "wb");
    fputs("a,b\n1,2\n", file);
    fclose(file);
    const kn__field *f;
    int32_t count;
    assert_int_equal(kn__csv_open(&csv, ctx, path), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    assert_int_equal(count, 2);
    assert_string_equal(kn__csv_name(csv), path);
    kn__csv_close(csv);
    remove(path);
    kn_context_free(ctx);
}

typedef struct blob {
    const void *bytes;
    size_t length;
} blob;

static kn_status read_all(kn_context *ctx, void *data)
{
    const blob *b = data;
    kn__csv *csv;
    const kn__field *f;
    int32_t count = 1;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, "t.csv", b->bytes, b->length));
    kn_status status = KN_OK;
    while (status == KN_OK && count)
        status = kn__csv_next(csv, &f, &count);
    kn__csv_close(csv);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static char text[200000];
    static unsigned char gz[20000];
    memset(text, ',', sizeof text);
    text[0] = 'a';
    blob plain = {text, sizeof text};
    assert_true(every_allocation_fails(read_all, &plain) > 10);
    blob packed_text = {gz, gzip(text, sizeof text, gz, sizeof gz)};
    assert_true(every_allocation_fails(read_all, &packed_text) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(rows_and_fields),
        cmocka_unit_test(quotes),
        cmocka_unit_test(bytes_that_are_not_text),
        cmocka_unit_test(positions),
        cmocka_unit_test(long_lines),
        cmocka_unit_test(limits),
        cmocka_unit_test(wrong_numbers),
        cmocka_unit_test(right_numbers),
        cmocka_unit_test(headers),
        cmocka_unit_test(packed),
        cmocka_unit_test(files),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
