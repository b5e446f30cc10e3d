/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario day by day: who loses when, what is not made, how far making falls. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/brief.h"

enum {
    HEIGHT = 230,
    TOP = 26,
    BASE = 200,
    LINES = 6,   /* in a picture */
    HEATED = 12, /* products of the heat map */
    SPAN = 30,   /* days of one of its columns */
    COLUMNS = 12,
    SLICES = 400
};

/* Okabe and Ito's colours, told apart by colour-blind readers too. */
static const char *const colour[LINES] = {"#D55E00", "#0072B2", "#009E73",
                                          "#CC79A7", "#56B4E9", "#E69F00"};

typedef struct series {
    int32_t id; /* economy or product */
    double sum, at[SLICES], lowest[COLUMNS];
} series;

typedef struct course {
    const kn__brief *b;
    char kind; /* 'e' or 'p' */
    series *all;
    int32_t count, slices; /* series and slices so far */
    int32_t day[SLICES];   /* ends of slices */
} course;

/* The slice that ends on a day; days only grow, -1 when there are too many. */
static int32_t slice_of(course *c, int32_t day)
{
    for (int32_t k = c->slices - 1; k >= 0; k--)
        if (c->day[k] == day)
            return k;
    if (c->slices == SLICES)
        return -1;
    c->day[c->slices] = day;
    return c->slices++;
}

static int by_sum(const void *a, const void *b)
{
    const series *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum > y->sum ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

static kn_status course_new(course **made, const kn__brief *b, char kind)
{
    course *c = KN__NEW(b->arena, b->ctx, course);
    int32_t count = kind == 'e' ? b->network->economy_count : b->network->product_count;
    *made = c;
    if (!c)
        return KN_ERR_MEMORY;
    *c = (course){.b = b, .kind = kind, .count = count};
    c->all = KN__ARRAY(b->arena, b->ctx, count, series);
    if (!c->all)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        c->all[k].id = k;
        for (int32_t d = 0; d < COLUMNS; d++)
            c->all[k].lowest[d] = 1;
    }
    return KN_OK;
}

/* Losses up to a day become those of its slice. */
static void read_economies(course *c, const kn_table *table)
{
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        int32_t k = slice_of(c, (int32_t)kn__cell(table, r, "day"));
        int32_t e = kn__labels_economy(&c->b->labels, kn__word(table, r, "economy"));
        if (k < 0 || e < 0)
            continue;
        double up_to = kn__cell(table, r, "loss_musd");
        c->all[e].at[k] = up_to - c->all[e].sum;
        c->all[e].sum = up_to;
    }
}

static void read_products(course *c, const kn_table *table)
{
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        if (!kn__text_equal(kn__word(table, r, "economy"), c->b->options->economy))
            continue;
        int32_t day = (int32_t)kn__cell(table, r, "day");
        int32_t k = slice_of(c, day), column = (day - 1) / SPAN;
        int32_t p = kn__labels_product(&c->b->labels, kn__word(table, r, "product"));
        if (k < 0 || p < 0)
            continue;
        series *s = &c->all[p];
        double loss = kn__cell(table, r, "loss_musd");
        s->at[k] += loss;
        s->sum += loss;
        if (column >= 0 && column < COLUMNS)
            s->lowest[column] =
                fmin(s->lowest[column], kn__cell(table, r, "output_share"));
    }
}

/* ---- Lines ---- */

static int32_t days_of(const course *c, int32_t slice)
{
    return c->day[slice] - (slice ? c->day[slice - 1] : 0);
}

static void number(char buffer[64], double value)
{
    kn__write_fixed(buffer, value, 2);
}

static void curve(kn__text *out, const course *c, const series *s, double most,
                  const char *look)
{
    double x = 0, y = BASE, last = c->day[c->slices - 1];
    for (int32_t k = 0; k < c->slices; k++) {
        char a[64], b[64], x2[64], y2[64];
        double to = 100 * c->day[k] / last;
        double down = BASE - (BASE - TOP) * fmax(0, s->at[k] / days_of(c, k) / most);
        number(a, x);
        number(b, y);
        number(x2, to);
        number(y2, down);
        kn__text_addf(out,
                      "<line x1=\"%s%%\" y1=\"%s\" x2=\"%s%%\" y2=\"%s\" "
                      "stroke=\"%s\" stroke-width=\"1.8\" stroke-linecap=\"round\"/>\n",
                      a, b, x2, y2, look);
        x = to;
        y = down;
    }
}

static double largest(const course *c, int32_t lines)
{
    double most = 0;
    for (int32_t n = 0; n < lines; n++)
        for (int32_t k = 0; k < c->slices; k++)
            most = fmax(most, c->all[n].at[k] / days_of(c, k));
    return most;
}

static void axes(kn__text *out, const course *c, double most)
{
    char value[KN__WORDS];
    kn__words_money(value, c->b->lang, most, 2);
    kn__text_addf(out,
                  "<line x1=\"0\" y1=\"%d\" x2=\"100%%\" y2=\"%d\" stroke=\"#9b9b97\"/>\n"
                  "<line x1=\"0\" y1=\"%d\" x2=\"100%%\" y2=\"%d\" stroke=\"#d4d4d4\"/>\n"
                  "<text x=\"0\" y=\"%d\" font-size=\"13\">",
                  BASE, BASE, TOP, TOP, TOP - 7);
    kn__write_html(out, value);
    kn__text_addf(out,
                  "</text>\n<text x=\"0\" y=\"%d\" font-size=\"13\">0</text>\n"
                  "<text x=\"50%%\" y=\"%d\" font-size=\"13\" "
                  "text-anchor=\"middle\">%d</text>\n"
                  "<text x=\"100%%\" y=\"%d\" font-size=\"13\" text-anchor=\"end\">%d",
                  BASE + 20, BASE + 20, c->day[c->slices - 1] / 2, BASE + 20,
                  c->day[c->slices - 1]);
    kn__text_add(out, c->b->lang == KN_LANG_JA ? "" : " ");
    kn__say(out, c->b->lang, KN__MSG_UNIT_DAYS, 0);
    kn__text_add(out, "</text>\n");
}

static const char *name_of(const course *c, const series *s)
{
    return c->kind == 'e' ? kn__brief_economy(c->b, s->id) : c->b->short_name[s->id];
}

static void legend(kn__text *out, const course *c, int32_t lines)
{
    for (int32_t n = 0; n < lines; n++) {
        char total[KN__WORDS];
        kn__words_money(total, c->b->lang, c->all[n].sum, 2);
        kn__text_addf(out,
                      "%s<span style=\"display:inline-block\"><b style=\"color:%s\">",
                      n ? " \xE2\x80\x83 " : "<br>", colour[n]);
        kn__text_add(out, "\xE2\x94\x81</b> ");
        kn__write_html(out, name_of(c, &c->all[n]));
        kn__text_add(out, " (");
        kn__write_html(out, total);
        kn__text_add(out, ")</span>");
    }
}

/* The brief's own economy is shown also where others lose more. */
static void show_own(course *c)
{
    series own;
    for (int32_t k = LINES; k < c->count; k++)
        if (c->all[k].id == c->b->economy && c->all[k].sum > 0) {
            own = c->all[k];
            c->all[k] = c->all[LINES - 1];
            c->all[LINES - 1] = own;
        }
}

/* The first series, which are the largest; nothing where nothing is lost. */
static void lines(kn__text *out, const course *c, const char *id, kn__msg title)
{
    int32_t count = 0;
    while (count < c->count && count < LINES && c->all[count].sum > 0)
        count++;
    double most = largest(c, count);
    if (!(most > 0))
        return;
    kn__text_addf(out,
                  "<figure>\n<svg height=\"%d\" role=\"img\" aria-labelledby=\"%s\">"
                  "<title id=\"%s\">",
                  HEIGHT, id, id);
    kn__say(out, c->b->lang, title, 1, c->b->inside);
    kn__text_add(out, "</title>\n");
    axes(out, c, most);
    for (int32_t n = count; n-- > 0;)
        curve(out, c, &c->all[n], most, colour[n]);
    kn__text_add(out, "</svg>\n<figcaption>");
    kn__say(out, c->b->lang, title, 1, c->b->inside);
    legend(out, c, count);
    kn__text_add(out, "</figcaption>\n</figure>\n");
}

/* ---- Heat map: a table whose cells are coloured by what they say ---- */

static void heat_cell(kn__text *out, double share)
{
    double lost = fmin(1, fmax(0, 1 - share));
    kn__text_addf(out, "<td class=\"n\" style=\"background:rgba(213,94,0,%.2f)\">",
                  round(70 * lost) / 100);
    char value[64];
    kn__write_fixed(value, 100 * share, 0);
    kn__text_addf(out, "%s</td>", value);
}

static void heat(kn__text *out, const course *c)
{
    const kn__brief *b = c->b;
    if (!(c->all[0].sum > 0))
        return;
    kn__text_add(out, "<div class=\"wide\"><table>\n<caption>");
    kn__say(out, b->lang, KN__MSG_DAILY_HEAT, 1, b->inside);
    kn__text_add(out, "</caption>\n<thead><tr><th scope=\"col\">");
    kn__say(out, b->lang, KN__MSG_COL_PRODUCT, 0);
    kn__text_add(out, "</th>");
    for (int32_t k = 0; k < COLUMNS; k++)
        kn__text_addf(out, "<th scope=\"col\" class=\"n\">%d</th>", (k + 1) * SPAN);
    kn__text_add(out, "</tr></thead>\n<tbody>\n");
    for (int32_t n = 0; n < c->count && n < HEATED && c->all[n].sum > 0; n++) {
        kn__html_row(out);
        kn__html_row_head(out, name_of(c, &c->all[n]));
        for (int32_t k = 0; k < COLUMNS; k++)
            heat_cell(out, c->all[n].lowest[k]);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

/* ---- Section ---- */

static void made_up(kn__text *out, const kn__brief *b)
{
    const kn_table *table = kn_result_find(b->daily, "recapture");
    for (int64_t r = 0; table && r < kn_table_rows(table); r++) {
        double value = kn__cell(table, r, "recaptured_musd");
        char words[KN__WORDS];
        if (!kn__text_equal(kn__word(table, r, "economy"), b->options->economy) ||
            !(value > 0))
            continue;
        kn__words_money(words, b->lang, value, 2);
        kn__text_add(out, "<p>");
        kn__say(out, b->lang, KN__MSG_DAILY_MADE_UP, 2, b->inside, words);
        kn__text_add(out, "</p>\n");
    }
}

static kn_status pictures(kn__text *out, const kn__brief *b)
{
    const kn_table *losses = kn_result_find(b->daily, "course");
    const kn_table *path = kn_result_find(b->daily, "path");
    course *economies, *products;
    if (!losses || !path)
        return KN_OK;
    KN__TRY(course_new(&economies, b, 'e'));
    KN__TRY(course_new(&products, b, 'p'));
    read_economies(economies, losses);
    read_products(products, path);
    qsort(economies->all, (size_t)economies->count, sizeof(series), by_sum);
    qsort(products->all, (size_t)products->count, sizeof(series), by_sum);
    show_own(economies);
    lines(out, economies, "daily-e", KN__MSG_DAILY_ECONOMIES);
    lines(out, products, "daily-p", KN__MSG_DAILY_PRODUCTS);
    heat(out, products);
    return KN_OK;
}

kn_status kn__brief_daily(kn__text *out, const kn__brief *b)
{
    if (!b->daily && !b->no_daily)
        return KN_OK;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_DAILY_HEAD);
    if (!b->daily)
        kn__brief_refusal(out, b, KN__MSG_DAILY_NOT, b->no_daily);
    if (b->daily) {
        kn__html_line(out, b, "p", KN__MSG_DAILY_TEXT);
        KN__TRY(pictures(out, b));
        made_up(out, b);
        kn__brief_first_out(out, b, kn_result_find(b->daily, "first_out"));
    }
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
