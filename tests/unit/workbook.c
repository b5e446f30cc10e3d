/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <locale.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "kaname/report.h"
#include "kernel/workbook.h"
#include "tiny_network.h"

/* ---- A file of our own, and what is in it ---- */

static char path[64];

static int make_file(void **state)
{
    strcpy(path, "/tmp/kaname-book-XXXXXX");
    int file = mkstemp(path);
    return file < 0 || close(file) != 0 ? -1 : context_setup(state);
}

static int remove_file(void **state)
{
    unlink(path);
    return context_teardown(state);
}

static char *part_of(const char *file, const char *part)
{
    int error;
    zip_stat_t about;
    zip_t *zip = zip_open(file, ZIP_RDONLY, &error);
    assert_non_null(zip);
    assert_int_equal(zip_stat(zip, part, 0, &about), 0);
    char *text = malloc(about.size + 1);
    zip_file_t *in = zip_fopen(zip, part, 0);
    assert_true(text && in);
    assert_int_equal(zip_fread(in, text, about.size), about.size);
    text[about.size] = '\0';
    zip_fclose(in);
    zip_discard(zip);
    return text;
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in\n%s", part, text);
}

/* ---- The workbook ---- */

static const char *const heads[] = {"text", "number", "flag"};

static kn_status write_book(kn_context *ctx, void *arg)
{
    static const char *const texts[] = {"日本 <&>", "=1+1", "bad \xFF byte\x01",
                                        "cut \xE6\x97", "a\tb\nc"};
    (void)arg;
    kn__book *book;
    KN__TRY(kn__book_new(&book, ctx, path));
    kn_status status = kn__book_sheet(book, "cells", heads, 3, 5);
    for (int k = 0; k < 5 && status >= 0; k++) {
        kn__book_text(book, texts[k]);
        kn__book_number(book, k == 1 ? NAN : k == 2 ? -INFINITY : k / 10.0);
        kn__book_flag(book, k % 2);
        kn__book_end_row(book);
    }
    if (status >= 0)
        status = kn__book_sheet(book, "empty", heads, 1, 0);
    kn_status closed = kn__book_close(book, status >= 0);
    return status < 0 ? status : closed;
}

static void cells_are_what_they_were(void **state)
{
    assert_int_equal(write_book(*state, NULL), KN_OK);
    char *cells = part_of(path, "xl/worksheets/sheet1.xml");
    contains(cells, ">日本 &lt;&amp;&gt;</t>");
    contains(cells, ">=1+1</t>"); /* a text, not a formula */
    assert_null(strstr(cells, "<f>"));
    contains(cells, ">bad \xEF\xBF\xBD byte </t>");
    contains(cells, ">cut \xEF\xBF\xBD\xEF\xBF\xBD</t>");
    contains(cells, "<c r=\"B5\"><v>0.3</v></c>");
    contains(cells, "<c r=\"C3\" t=\"b\"><v>1</v></c>");
    assert_null(strstr(cells, "r=\"B3\"")); /* unknown: no cell */
    assert_null(strstr(cells, "r=\"B4\""));
    contains(cells, "ySplit=\"1\"");
    free(cells);
}

/* Wide characters widen a column twice; long texts stop at a ceiling. */
static void columns_are_wide_enough(void **state)
{
    kn__book *book;
    char *text = malloc(40001);
    assert_non_null(text);
    memset(text, 'x', 40000);
    text[40000] = '\0';
    assert_int_equal(kn__book_new(&book, *state, path), KN_OK);
    assert_int_equal(kn__book_sheet(book, "wide", heads, 2, 2), KN_OK);
    kn__book_text(book, "希土類永久磁石の焼結工程");
    kn__book_text(book, text);
    kn__book_end_row(book);
    assert_int_equal(kn__book_close(book, true), KN_OK);
    char *cells = part_of(path, "xl/worksheets/sheet1.xml");
    contains(cells, "min=\"1\" max=\"1\" width=\"26.7109375\"");
    contains(cells, "min=\"2\" max=\"2\" width=\"60.7109375\"");
    contains(cells, "xxx…</t>");
    assert_true(strlen(cells) < 34000);
    free(cells);
    free(text);
}

static void too_many_rows_are_refused(void **state)
{
    kn__book *book;
    assert_int_equal(kn__book_new(&book, *state, path), KN_OK);
    assert_int_equal(kn__book_sheet(book, "flows", heads, 3, kn__book_rows + 1),
                     KN_ERR_LIMIT);
    kn__book_text(book, "nothing happens any more");
    assert_int_equal(kn__book_close(book, true), KN_ERR_LIMIT);
    contains(kn_context_error(*state), "flows has 1048576 rows");
    assert_int_not_equal(access(path, F_OK), 0); /* no half a file */
}

/* A locale with a decimal comma, made where none is installed. */
static bool set_comma(void)
{
    char command[256], places[80];
    if (setlocale(LC_NUMERIC, "de_DE.UTF-8"))
        return true;
    snprintf(places, sizeof places, "%s.locale", path);
    snprintf(command, sizeof command,
             "mkdir %s && localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 >/dev/null 2>&1",
             places, places);
    int made = system(command);
    setenv("LOCPATH", places, 1);
    bool set = made == 0 && setlocale(LC_NUMERIC, "de_DE.UTF-8");
    unsetenv("LOCPATH");
    snprintf(command, sizeof command, "rm -rf %s", places);
    return system(command) == 0 && set;
}

/* The point stays a point where people write a comma. */
static void the_locale_has_no_say(void **state)
{
    if (!set_comma()) {
        printf("skipped: there is no locale with a decimal comma\n");
        skip();
    }
    cells_are_what_they_were(state);
    char number[16];
    snprintf(number, sizeof number, "%.1f", 0.5);
    assert_string_equal(number, "0,5"); /* and the caller keeps his own */
    setlocale(LC_NUMERIC, "C");
}

static void no_leak_when_memory_ends(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(write_book, NULL) > 2);
}

/* ---- Results ---- */

static const kn_column columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "who can stop it"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost"},
    {"dependent", "", KN_COLUMN_FLAG, ""},
};
static const kn_table_decl decl = {"chokepoints", "ranked", columns, 3};

static kn_status write_result(kn_context *ctx, void *arg)
{
    static const char *const command[] = {"kaname", "chokepoints"};
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    kn_network *net = NULL;
    kn_result *result;
    kn_table *table;
    (void)arg;
    options.format = KN_OUTPUT_XLSX;
    options.labels = true;
    options.lang = KN_LANG_JA;
    options.command = command;
    options.command_count = 2;
    KN__TRY(kn_result_new(&result, ctx));
    kn_status status = kn_result_add(result, ctx, &decl, &table);
    const kn_cell row[] = {{.text = "CHN"}, {.number = 12.5}, {.number = 1}};
    if (status >= 0)
        status = kn_table_append(table, ctx, row);
    if (status >= 0)
        status = kn_result_info(result, ctx, "null_loss", NULL, 0);
    if (status >= 0)
        status = kn_result_note(result, ctx, "this is a finding");
    if (status >= 0)
        status = tiny_network(&net, ctx);
    if (status >= 0)
        status = kn_output_xlsx(ctx, path, result, net, &options);
    kn_network_free(net);
    kn_result_free(result);
    return status;
}

static void results_have_a_sheet_for_each_table(void **state)
{
    assert_int_equal(write_result(*state, NULL), KN_OK);
    char *book = part_of(path, "xl/workbook.xml");
    contains(book, "<sheet name=\"chokepoints\" sheetId=\"1\"");
    contains(book, "<sheet name=\"columns\"");
    contains(book, "<sheet name=\"info\"");
    contains(book, "<sheet name=\"notes\"");
    free(book);
    char *table = part_of(path, "xl/worksheets/sheet1.xml");
    contains(table, ">holder_name<");
    contains(table, "<c r=\"C2\"><v>12.5</v></c>");
    contains(table, "<c r=\"D2\" t=\"b\"><v>1</v></c>");
    free(table);
    char *info = part_of(path, "xl/worksheets/sheet3.xml");
    contains(info, ">kaname chokepoints<");
    contains(info, ">null_loss<");
    free(info);
}

static void results_say_what_is_wrong(void **state)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    kn_result *result;
    char *text;
    int64_t length;
    assert_int_equal(kn_result_new(&result, *state), KN_OK);
    assert_int_equal(kn_output_xlsx(*state, "/no/such/x.xlsx", result, NULL, &options),
                     KN_ERR_IO);
    contains(kn_context_error(*state), "/no/such/x.xlsx: No such file");
    kn_context_clear(*state);
    options.format = KN_OUTPUT_XLSX; /* is no text */
    assert_int_equal(kn_output_write(&text, &length, *state, result, NULL, &options),
                     KN_ERR_USAGE);
    assert_null(text);
    kn_context_clear(*state);
    options.table = "nothing";
    assert_int_equal(kn_output_xlsx(*state, path, result, NULL, &options),
                     KN_ERR_NOT_FOUND);
    kn_result_free(result);
}

static void no_leak_when_memory_ends_in_results(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(write_result, NULL) > 5);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_file, remove_file)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(cells_are_what_they_were),  TEST(columns_are_wide_enough),
        TEST(too_many_rows_are_refused), TEST(the_locale_has_no_say),
        TEST(no_leak_when_memory_ends),  TEST(results_have_a_sheet_for_each_table),
        TEST(results_say_what_is_wrong), TEST(no_leak_when_memory_ends_in_results),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
