/* SPDX-License-Identifier: Apache-2.0 */
/* What stops first: the tree of table first_out. Each row hangs below what made it fall;
   its bar runs from the day on which that fell to its own. */
#include <math.h>
#include <stdlib.h>

#include "report/brief.h"

enum {
    MOST = 20, /* rows */
    ROW = 36,  /* pixels */
    HEAD = 24, /* for the days */
    INDENT = 14,
    DEEP = 5,   /* deeper rows are indented no further */
    PHONE = 46, /* columns of text that a phone shows */
    LEFT = 22,  /* the time axis in percent of the width */
    WIDE = 66
};

/* How something fell; the looks of the marks. */
typedef enum why { HIT, SHORT, UNSOLD, WHYS } why;

static const struct {
    const char *stroke, *fill;
    kn__msg words;
} looks[WHYS] = {[HIT] = {"#1b1b1b", "#1b1b1b", KN__MSG_FIRST_HIT},
                 [SHORT] = {"#D55E00", "#D55E00", KN__MSG_FIRST_SHORT},
                 [UNSOLD] = {"#0072B2", "#fff", KN__MSG_FIRST_UNSOLD}};

typedef struct tree {
    const kn__brief *b;
    const kn_table *table;
    int64_t *drawn; /* rows, in the order of the table */
    int32_t count;
    int64_t more; /* rows of the economy that are not drawn */
} tree;

/* ---- Which rows ---- */

static bool is_own(const tree *t, int64_t row)
{
    return kn__text_equal(kn__word(t->table, row, "economy"), t->b->options->economy);
}

static double day_of(const tree *t, int64_t row)
{
    return floor(kn__cell(t->table, row, "day"));
}

/* The row that made this one fall, which stands above it; -1: a measure did. */
static int64_t above(const tree *t, int64_t row)
{
    double parent = kn__cell(t->table, row, "parent");
    return parent >= 1 && parent <= (double)row ? (int64_t)parent - 1 : -1;
}

typedef struct fall {
    double day;
    int64_t row;
} fall;

static int by_day(const void *a, const void *b)
{
    const fall *x = a, *y = b;
    if (x->day != y->day)
        return x->day > y->day ? 1 : -1;
    return (x->row > y->row) - (x->row < y->row);
}

/* Shows a row and what is above it, unless these are too many. */
static bool show(tree *t, bool *shown, int64_t row)
{
    int32_t missing = 0;
    for (int64_t r = row; r >= 0 && !shown[r]; r = above(t, r))
        missing++;
    if (t->count + missing > MOST)
        return false;
    t->count += missing;
    for (int64_t r = row; r >= 0 && !shown[r]; r = above(t, r))
        shown[r] = true;
    return true;
}

/* The economy's rows, the earliest first while there is room, and what is above them. */
static kn_status choose(tree *t)
{
    int64_t rows = kn_table_rows(t->table), own = 0, k = 0;
    fall *falls = KN__ARRAY(t->b->arena, t->b->ctx, rows, fall);
    bool *shown = KN__ARRAY(t->b->arena, t->b->ctx, rows, bool);
    t->drawn = KN__ARRAY(t->b->arena, t->b->ctx, MOST, int64_t);
    if (!falls || !shown || !t->drawn)
        return KN_ERR_MEMORY;
    for (int64_t r = 0; r < rows; r++)
        if (is_own(t, r))
            falls[own++] = (fall){day_of(t, r), r};
    qsort(falls, (size_t)own, sizeof *falls, by_day);
    while (k < own && show(t, shown, falls[k].row))
        k++;
    t->more = own;
    t->count = 0;
    for (int64_t r = 0; r < rows; r++)
        if (shown[r]) {
            t->drawn[t->count++] = r;
            t->more -= is_own(t, r);
        }
    return KN_OK;
}

/* The place among the drawn rows; -1: none. */
static int32_t place(const tree *t, int64_t row)
{
    int32_t k = t->count - 1;
    while (k >= 0 && t->drawn[k] != row)
        k--;
    return k;
}

/* ---- Words ---- */

static why why_of(const tree *t, int64_t row)
{
    const char *cause = kn__word(t->table, row, "cause");
    return kn__text_equal(cause, "capacity") ? HIT
           : kn__text_equal(cause, "demand") ? UNSOLD
                                             : SHORT;
}

static const char *product_name(const tree *t, const char *id)
{
    int32_t product = kn__labels_product(&t->b->labels, id);
    return product < 0 ? id : t->b->short_name[product];
}

static const char *economy_name(const tree *t, int64_t row)
{
    return kn__brief_named(t->b, 'e', kn__word(t->table, row, "economy"));
}

static const char *cause_name(const tree *t, int64_t row)
{
    why w = why_of(t, row);
    return w == SHORT ? product_name(t, kn__word(t->table, row, "cause"))
                      : kn__message(t->b->lang, looks[w].words);
}

/* ---- Picture ---- */

static int left_of(const tree *t, int64_t row)
{
    double depth = kn__cell(t->table, row, "depth");
    return INDENT * (depth > 0 ? (int)fmin(depth, DEEP) : 0);
}

static void x_of(char buffer[64], const tree *t, double day)
{
    kn__write_fixed(buffer, LEFT + WIDE * fmin(1, day / t->b->days), 2);
}

static void axis_day(kn__text *out, const tree *t, int32_t day, bool last)
{
    char x[64];
    x_of(x, t, day);
    kn__text_addf(out,
                  "<line x1=\"%s%%\" y1=\"%d\" x2=\"%s%%\" y2=\"%d\" "
                  "stroke=\"#e6e6e3\"/>\n<text x=\"%s%%\" y=\"13\" font-size=\"13\" "
                  "text-anchor=\"middle\">%d",
                  x, HEAD - 5, x, HEAD + ROW * t->count, x, (int)day);
    if (last) {
        kn__text_add(out, t->b->lang == KN_LANG_JA ? "" : " ");
        kn__say(out, t->b->lang, KN__MSG_UNIT_DAYS, 0);
    }
    kn__text_add(out, "</text>\n");
}

/* A corner from below the text of the row above to before the own text. */
static void branch(kn__text *out, const tree *t, int32_t k)
{
    int32_t from = place(t, above(t, t->drawn[k]));
    if (from < 0)
        return;
    int x = left_of(t, t->drawn[from]) + 4, y = HEAD + ROW * k + 10;
    kn__text_addf(out, "<path d=\"M%d %dV%dH%d\" fill=\"none\" stroke=\"#9b9b97\"/>\n", x,
                  HEAD + ROW * from + 18, y, left_of(t, t->drawn[k]) - 3);
}

/* "China: Gallium"; the economy of the brief goes without saying. What hangs nowhere
   says why it fell. */
static void label(kn__text *out, const tree *t, int32_t k)
{
    int64_t row = t->drawn[k];
    int left = left_of(t, row);
    kn__text words;
    kn__text_init(&words, out->ctx, 0);
    if (!is_own(t, row)) {
        kn__text_add(&words, economy_name(t, row));
        kn__text_add(&words, kn__message(t->b->lang, KN__MSG_COLON));
    }
    kn__text_add(&words, product_name(t, kn__word(t->table, row, "product")));
    if (above(t, row) < 0) {
        kn__text_add(&words, " \xE2\x86\x90 ");
        kn__text_add(&words, cause_name(t, row));
    }
    kn__brief_fit(out, &words, left, HEAD + ROW * k + 14, PHONE - left / 7);
    kn__text_release(&words);
}

static void mark(kn__text *out, const tree *t, int32_t k)
{
    int64_t row = t->drawn[k], before = above(t, row);
    why w = why_of(t, row);
    int y = HEAD + ROW * k + 24;
    char from[64], to[64];
    x_of(from, t, before < 0 ? 0 : day_of(t, before));
    x_of(to, t, day_of(t, row));
    kn__text_addf(out,
                  "<line x1=\"%s%%\" y1=\"%d\" x2=\"%s%%\" y2=\"%d\" stroke=\"%s\" "
                  "stroke-width=\"2\"/><circle cx=\"%s%%\" cy=\"%d\" r=\"4.5\" "
                  "fill=\"%s\" stroke=\"%s\" stroke-width=\"2\"/>"
                  "<text x=\"%s%%\" y=\"%d\" dx=\"10\" font-size=\"13\" "
                  "font-weight=\"600\">%d</text>\n",
                  from, y, to, y, looks[w].stroke, to, y, looks[w].fill, looks[w].stroke,
                  to, y + 5, (int)day_of(t, row));
}

static void legend(kn__text *out, const tree *t)
{
    for (int w = 0; w < WHYS; w++) {
        kn__text_addf(
            out, "%s<span style=\"white-space:nowrap\"><b style=\"color:%s\">%s</b> ",
            w ? " \xE2\x80\x83 " : "<br>", looks[w].stroke,
            w == UNSOLD ? "\xE2\x97\x8B" : "\xE2\x97\x8F");
        kn__say(out, t->b->lang, looks[w].words, 0);
        kn__text_add(out, "</span>");
    }
}

static void picture(kn__text *out, const tree *t)
{
    kn__text_addf(out,
                  "<figure>\n<svg height=\"%d\" role=\"img\" aria-labelledby=\"first-t "
                  "first-d\"><title id=\"first-t\">",
                  HEAD + ROW * t->count);
    kn__say(out, t->b->lang, KN__MSG_FIRST_OUT, 1, t->b->inside);
    kn__text_add(out, "</title><desc id=\"first-d\">");
    kn__say(out, t->b->lang, KN__MSG_FIRST_OUT_NOTE, 0);
    kn__text_add(out, "</desc>\n");
    for (int k = 0; k <= 2; k++)
        axis_day(out, t, t->b->days * k / 2, k == 2);
    for (int32_t k = 0; k < t->count; k++)
        branch(out, t, k);
    for (int32_t k = 0; k < t->count; k++) {
        mark(out, t, k);
        label(out, t, k);
    }
    kn__text_add(out, "</svg>\n<figcaption>");
    kn__say(out, t->b->lang, KN__MSG_FIRST_OUT_NOTE, 0);
    legend(out, t);
    kn__text_add(out, "</figcaption>\n</figure>\n");
}

/* ---- The same in a table ---- */

static void numbers(kn__text *out, const tree *t)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_DAY, KN__MSG_COUNT, true},
        {KN__MSG_COL_ECONOMY, KN__MSG_COUNT, false},
        {KN__MSG_COL_PRODUCT, KN__MSG_COUNT, false},
        {KN__MSG_COL_CAUSE, KN__MSG_COUNT, false},
    };
    kn__text_add(out, "<details class=\"note\">\n");
    kn__html_line(out, t->b, "summary", KN__MSG_NUMBERS);
    kn__html_table(out, t->b, heads, sizeof heads / sizeof *heads, KN__MSG_COUNT);
    for (int32_t k = 0; k < t->count; k++) {
        int64_t row = t->drawn[k];
        kn__html_row(out);
        kn__html_number(out, day_of(t, row), 0);
        kn__html_text(out, economy_name(t, row));
        kn__html_row_head(out, product_name(t, kn__word(t->table, row, "product")));
        kn__html_text(out, cause_name(t, row));
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
    kn__text_add(out, "</details>\n");
    if (t->more) {
        char more[64];
        kn__write_fixed(more, (double)t->more, 0);
        kn__text_add(out, "<p class=\"note\">");
        kn__say(out, t->b->lang, KN__MSG_FIRST_REST, 2, more, t->b->inside);
        kn__text_add(out, "</p>\n");
    }
}

void kn__brief_first_out(kn__text *out, const kn__brief *b, const kn_table *table)
{
    tree t = {.b = b, .table = table};
    kn_status status = table ? choose(&t) : KN_OK;
    if (status < 0)
        out->status = status;
    if (status < 0 || !t.count)
        return;
    kn__text_add(out, "<h3>");
    kn__say(out, b->lang, KN__MSG_FIRST_OUT, 1, b->inside);
    kn__text_add(out, "</h3>\n");
    picture(out, &t);
    numbers(out, &t);
}
