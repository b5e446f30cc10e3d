/* SPDX-License-Identifier: Apache-2.0 */
/* The tree of what stops first, drawn of a made-up table first_out. */
#include "support.h"

#include <string.h>

#include "report/brief.h"
#include "tiny_network.h"

static const kn_column columns[] = {
    {"economy", "", KN_COLUMN_TEXT, ""},   {"product", "", KN_COLUMN_TEXT, ""},
    {"day", "days", KN_COLUMN_NUMBER, ""}, {"cause", "", KN_COLUMN_TEXT, ""},
    {"row", "", KN_COLUMN_INTEGER, ""},    {"depth", "", KN_COLUMN_INTEGER, ""},
    {"parent", "", KN_COLUMN_INTEGER, ""}};
static const kn_table_decl decl = {"first_out", "", columns, 7};

/* Rows above and below, of which JPN's are drawn with what is above them. */
static const struct {
    const char *economy, *product, *cause;
    double day, depth, parent;
} falls[] = {{"CHN", "gallium", "demand", 0, 0, NAN},
             {"JPN", "chips", "gallium", 61.8, 1, 1},
             {"JPN", "germanium", "demand", 72, 2, 2},
             {"KOR", "chips", "gallium", 55, 1, 1},
             {"KOR", "germanium", "capacity", 10, 0, NAN},
             {"JPN", "gallium", "capacity", 5, 0, NAN}};
enum { FALLS = sizeof falls / sizeof *falls };

typedef struct wish {
    kn_lang lang;
    int copies; /* of the rows */
    char *page; /* result */
} wish;

static kn_status fill(kn_table *table, kn_context *ctx, int copies)
{
    for (int k = 0; k < copies * FALLS; k++) {
        int from = k / FALLS * FALLS, f = k % FALLS;
        kn_cell row[] = {{.text = falls[f].economy},
                         {.text = falls[f].product},
                         {.number = falls[f].day},
                         {.text = falls[f].cause},
                         {.number = k + 1},
                         {.number = falls[f].depth},
                         {.number = from + falls[f].parent}};
        KN__TRY(kn_table_append(table, ctx, row));
    }
    return KN_OK;
}

static kn_status draw(kn__text *out, kn__brief *b, const wish *w)
{
    kn_result *result;
    kn_table *table;
    KN__TRY(kn__labels_new(&b->labels, b->ctx, b->arena, b->network));
    KN__TRY(kn__brief_shorten(b));
    KN__TRY(kn_result_new(&result, b->ctx));
    kn_status status = kn_result_add(result, b->ctx, &decl, &table);
    if (status >= 0)
        status = fill(table, b->ctx, w->copies);
    if (status >= 0)
        kn__brief_first_out(out, b, table);
    kn_result_free(result);
    return status < 0 ? status : kn__text_status(out);
}

static kn_status write_tree(kn_context *ctx, void *arg)
{
    wish *w = arg;
    kn_network *net;
    kn__text out;
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = "JPN";
    KN__TRY(tiny_network(&net, ctx));
    kn__brief b = {.ctx = ctx,
                   .network = net,
                   .options = &options,
                   .lang = w->lang,
                   .economy = 1,
                   .days = 360,
                   .inside = "Japan"};
    kn__text_init(&out, ctx, 0);
    kn_status status = kn__arena_new(&b.arena, ctx);
    if (status >= 0)
        status = draw(&out, &b, w);
    free(w->page);
    w->page = status >= 0 && out.data ? strdup(out.data) : NULL;
    kn__text_release(&out);
    kn__arena_free(b.arena);
    kn_network_free(net);
    return status;
}

static int count(const char *text, const char *word)
{
    int n = 0;
    while ((text = strstr(text, word)) != NULL)
        n++, text++;
    return n;
}

/* A mark and a row for each product of JPN and for what is above it; a corner for each
   that hangs on something; the day of the table at the mark. */
static void marks_are_rows(void **state)
{
    wish w = {.copies = 1};
    assert_int_equal(write_tree(*state, &w), KN_OK);
    assert_int_equal(count(w.page, "<circle"), 4);
    assert_int_equal(count(w.page, "<tr>") - 1, 4);
    assert_int_equal(count(w.page, "<path"), 2);
    assert_int_equal(count(w.page, ">61</t"), 2);
    assert_int_equal(count(w.page, ">72</t"), 2);
    assert_int_equal(count(w.page, "KOR"), 0);
    assert_non_null(strstr(w.page, ">CHN: gallium \xE2\x86\x90 buyers fall away<"));
    assert_non_null(strstr(w.page, ">gallium \xE2\x86\x90 own capacity or equipment<"));
    assert_null(strstr(w.page, "class=\"note\">0"));
    free(w.page);
}

/* Too many rows: the earliest stand, what is left out is counted. */
static void many_rows_are_cut_and_counted(void **state)
{
    wish w = {.copies = 20};
    assert_int_equal(write_tree(*state, &w), KN_OK);
    assert_int_equal(count(w.page, "<circle"), 20);
    assert_int_equal(count(w.page, ">5</text>"), 20); /* day 5, in all 20 copies */
    assert_non_null(strstr(w.page, "40 more products of Japan fall later"));
    free(w.page);
}

static void nothing_falls_and_nothing_is_drawn(void **state)
{
    wish w = {.copies = 0};
    assert_int_equal(write_tree(*state, &w), KN_OK);
    assert_true(!w.page || !w.page[0]);
    free(w.page);
}

static void every_language_is_complete(void **state)
{
    for (int lang = 0; lang < KN_LANG_COUNT; lang++) {
        wish w = {.lang = (kn_lang)lang, .copies = 9};
        assert_int_equal(write_tree(*state, &w), KN_OK);
        assert_null(strstr(w.page, "{1}"));
        assert_null(strstr(w.page, "nan"));
        assert_int_equal(count(w.page, "<circle"), count(w.page, "<tr>") - 1);
        free(w.page);
    }
}

static void every_failing_allocation_is_survived(void **state)
{
    wish w = {.copies = 20};
    (void)state;
    assert_true(every_allocation_fails(write_tree, &w) > 10);
    free(w.page);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(marks_are_rows),
        cmocka_unit_test(many_rows_are_cut_and_counted),
        cmocka_unit_test(nothing_falls_and_nothing_is_drawn),
        cmocka_unit_test(every_language_is_complete),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
