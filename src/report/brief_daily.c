/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario day by day: who loses when, what is not made, how far making falls. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/lines.h"

enum { LINES = KN__LINES, SPAN = KN__SPAN, COLUMNS = KN__COLUMNS, HEATED = 12 };

static const char *product(const kn__brief *b, int32_t id)
{
    return b->short_name[id];
}

static void read_economies(kn__course *c, const kn_table *table)
{
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        int32_t k = kn__course_slice(c, (int32_t)kn__cell(table, r, "day"));
        int32_t e = kn__labels_economy(&c->b->labels, kn__word(table, r, "economy"));
        if (e >= 0)
            kn__course_up_to(c, e, k, kn__cell(table, r, "loss_musd"));
    }
}

static void read_products(kn__course *c, const kn_table *table)
{
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        if (!kn__text_equal(kn__word(table, r, "economy"), c->b->options->economy))
            continue;
        int32_t day = (int32_t)kn__cell(table, r, "day");
        int32_t k = kn__course_slice(c, day), column = (day - 1) / SPAN;
        int32_t p = kn__labels_product(&c->b->labels, kn__word(table, r, "product"));
        if (k < 0 || p < 0)
            continue;
        kn__series *s = &c->all[p];
        double loss = kn__cell(table, r, "loss_musd");
        s->at[k] += loss;
        s->sum += loss;
        if (column >= 0 && column < COLUMNS)
            s->lowest[column] =
                fmin(s->lowest[column], kn__cell(table, r, "output_share"));
    }
}

/* The brief's own economy is shown also where others lose more. */
static void show_own(kn__course *c)
{
    kn__series own;
    for (int32_t k = LINES; k < c->count; k++)
        if (c->all[k].id == c->b->economy && c->all[k].sum > 0) {
            own = c->all[k];
            c->all[k] = c->all[LINES - 1];
            c->all[LINES - 1] = own;
        }
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

static void heat(kn__text *out, const kn__course *c)
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
        kn__html_row_head(out, product(c->b, c->all[n].id));
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
    kn__course *economies, *products;
    if (!losses || !path)
        return KN_OK;
    KN__TRY(kn__course_new(&economies, b, b->network->economy_count, kn__brief_economy));
    KN__TRY(kn__course_new(&products, b, b->network->product_count, product));
    read_economies(economies, losses);
    read_products(products, path);
    kn__course_sort(economies);
    kn__course_sort(products);
    show_own(economies);
    kn__course_lines(out, economies, "daily-e", KN__MSG_DAILY_ECONOMIES);
    kn__course_lines(out, products, "daily-p", KN__MSG_DAILY_PRODUCTS);
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
