/* SPDX-License-Identifier: Apache-2.0 */
/* The ranking: bars with ranges, then the same numbers as a table. */
#include <math.h>
#include <stdio.h>

#include "report/brief.h"

enum { ROW = 33, BAR = 8, PHONE = 38 };

static double widest(const kn__brief *b)
{
    double most = 0;
    for (int32_t i = 0; i < b->threat_count; i++) {
        most = fmax(most, b->threat[i].loss);
        if (isfinite(b->threat[i].high))
            most = fmax(most, b->threat[i].high);
    }
    return most;
}

/* "1 China: gallium", cut for narrow screens where it would meet the value. */
static void label(kn__text *out, const kn__brief *b, int32_t i, int y)
{
    const kn__threat *t = &b->threat[i];
    kn__text full;
    kn__text_init(&full, out->ctx, 0);
    kn__text_addf(&full, "%d  ", (int)i + 1);
    kn__text_add(&full, t->holder_name);
    kn__text_add(&full, kn__message(b->lang, KN__MSG_COLON));
    kn__text_add(&full, t->short_name);
    kn__brief_fit(out, &full, 0, y, PHONE);
    kn__text_release(&full);
}

/* Coordinates across are percentages, so the text keeps its size on every screen. */
static void bar(kn__text *out, const kn__brief *b, int32_t i, double most)
{
    const kn__threat *t = &b->threat[i];
    char value[KN__WORDS], w[64], x1[64], x2[64];
    int y = i * ROW;
    kn__words_money(value, b->lang, t->loss, kn__words_digits(t->loss, t->low, t->high));
    label(out, b, i, y + 12);
    kn__text_addf(out,
                  "<text x=\"100%%\" y=\"%d\" font-size=\"13\" "
                  "text-anchor=\"end\" font-weight=\"600\">",
                  y + 12);
    kn__write_html(out, value);
    kn__write_fixed(w, 100 * t->loss / most, 2);
    kn__text_addf(out,
                  "</text><rect x=\"0\" y=\"%d\" width=\"%s%%\" height=\"%d\" "
                  "fill=\"%s\"/>\n",
                  y + 17, w, BAR, i ? "#9b9b97" : "#a63a1e");
    if (!isfinite(t->low) || !isfinite(t->high))
        return;
    kn__write_fixed(x1, 100 * t->low / most, 2);
    kn__write_fixed(x2, 100 * t->high / most, 2);
    int middle = y + 17 + BAR / 2;
    kn__text_addf(out,
                  "<line x1=\"%s%%\" x2=\"%s%%\" y1=\"%d\" y2=\"%d\" "
                  "stroke=\"#1b1b1b\" stroke-width=\"1.5\"/>",
                  x1, x2, middle, middle);
    for (int end = 0; end < 2; end++)
        kn__text_addf(out,
                      "<line x1=\"%s%%\" x2=\"%s%%\" y1=\"%d\" y2=\"%d\" "
                      "stroke=\"#1b1b1b\" stroke-width=\"1.5\"/>",
                      end ? x2 : x1, end ? x2 : x1, middle - 4, middle + 4);
    kn__text_add(out, "\n");
}

static void picture(kn__text *out, const kn__brief *b)
{
    kn__text_addf(out,
                  "<figure>\n<svg class=\"rank\" height=\"%d\" role=\"img\" "
                  "aria-labelledby=\"rank-t rank-d\"><title id=\"rank-t\">",
                  (int)b->threat_count * ROW);
    kn__say(out, b->lang, KN__MSG_RANK_HEAD, 0);
    kn__text_add(out, "</title><desc id=\"rank-d\">");
    kn__say(out, b->lang, KN__MSG_RANK_PICTURE, 0);
    kn__text_add(out, "</desc>\n");
    double most = widest(b);
    for (int32_t i = 0; i < b->threat_count; i++)
        bar(out, b, i, most);
    kn__text_add(out, "</svg>\n");
    kn__html_line(out, b, "figcaption", KN__MSG_RANK_PICTURE);
    kn__text_add(out, "</figure>\n");
}

static void table(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_RANK, KN__MSG_COUNT, true},
        {KN__MSG_COL_HOLDER, KN__MSG_COUNT, false},
        {KN__MSG_COL_PRODUCT, KN__MSG_COUNT, false},
        {KN__MSG_COL_SHARE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_BITE, KN__MSG_COUNT, true},
        {KN__MSG_COL_LOSS, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOW, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_HIGH, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOSS_SHARE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_SENDER, KN__MSG_UNIT_MUSD, true},
    };
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int32_t i = 0; i < b->threat_count; i++) {
        const kn__threat *t = &b->threat[i];
        kn__html_row(out);
        kn__html_number(out, i + 1, 0);
        kn__html_row_head(out, t->holder_name);
        kn__html_text(out, t->product_name);
        kn__html_percent(out, t->share);
        kn__html_number(out, floor(t->bite_day), 0);
        kn__html_number(out, t->loss, 1);
        kn__html_number(out, t->low, 1);
        kn__html_number(out, t->high, 1);
        kn__html_percent(out, t->loss_share);
        kn__html_number(out, t->sender_cost, 1);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

void kn__brief_ranking(kn__text *out, const kn__brief *b)
{
    char days[16];
    snprintf(days, sizeof days, "%d", (int)b->days);
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_RANK_HEAD);
    if (!b->threat_count) {
        kn__html_line(out, b, "p", KN__MSG_RANK_NOTHING);
        kn__text_add(out, "</section>\n");
        return;
    }
    kn__text_add(out, "<p>");
    kn__say(out, b->lang, KN__MSG_RANK_TEXT, 2, b->inside, days);
    kn__text_add(out, b->lang == KN_LANG_JA ? "" : " ");
    kn__say(out, b->lang, KN__MSG_RANK_ADD, 0);
    kn__text_add(out, "</p>\n");
    picture(out, b);
    table(out, b);
    kn__text_add(out, "</section>\n");
}
