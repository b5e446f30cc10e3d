/* SPDX-License-Identifier: Apache-2.0 */
/* The scenario: its measures, the loss over time, the losses by economy, what stops
   first, and how the loss moves with the assumptions. */
#include <math.h>
#include <stdio.h>

#include "report/brief.h"

enum { HEIGHT = 250, TOP = 26, BASE = 214, MOST_ECONOMIES = 12 };

/* ---- Loss over time ---- */

static double y_of(double value, double most)
{
    return BASE - (BASE - TOP) * (most > 0 ? value / most : 0);
}

static int x_of(int32_t days)
{
    return 16 + 78 * days / 360; /* percent of the width; the text needs the left */
}

static void line(kn__text *out, int x1, double y1, int x2, double y2, const char *look)
{
    char a[64], b[64];
    kn__write_fixed(a, y1, 1);
    kn__write_fixed(b, y2, 1);
    kn__text_addf(out, "<line x1=\"%d%%\" y1=\"%s\" x2=\"%d%%\" y2=\"%s\" %s/>\n", x1, a,
                  x2, b, look);
}

static void horizon(kn__text *out, const kn__brief *b, int32_t k, double most)
{
    static const char range[] = "stroke=\"#1b1b1b\" stroke-width=\"1.5\"";
    const kn__horizon *h = &b->horizon[k];
    char value[KN__WORDS], y[64];
    int x = x_of(h->days);
    if (isfinite(h->low) && isfinite(h->high))
        line(out, x, y_of(h->low, most), x, y_of(h->high, most), range);
    kn__write_fixed(y, y_of(h->loss, most), 1);
    kn__text_addf(out, "<circle cx=\"%d%%\" cy=\"%s\" r=\"5\" fill=\"#a63a1e\"/>\n", x,
                  y);
    kn__words_money(value, b->lang, h->loss, kn__words_digits(h->loss, h->low, h->high));
    kn__text_addf(out,
                  "<text x=\"%d%%\" y=\"%s\" dx=\"-8\" dy=\"-7\" font-size=\"13\" "
                  "font-weight=\"600\" text-anchor=\"end\">",
                  x, y);
    kn__write_html(out, value);
    kn__text_addf(out,
                  "</text>\n<text x=\"%d%%\" y=\"%d\" font-size=\"13\" "
                  "text-anchor=\"middle\">%d",
                  x, BASE + 20, (int)h->days);
    if (k == b->horizon_count - 1) {
        kn__text_add(out, b->lang == KN_LANG_JA ? "" : " ");
        kn__say(out, b->lang, KN__MSG_UNIT_DAYS, 0);
    }
    kn__text_add(out, "</text>\n");
}

static void over_time(kn__text *out, const kn__brief *b)
{
    double most = 0;
    for (int32_t k = 0; k < b->horizon_count; k++)
        most = fmax(most, fmax(b->horizon[k].loss,
                               isfinite(b->horizon[k].high) ? b->horizon[k].high : 0));
    kn__text_addf(out,
                  "<figure>\n<svg height=\"%d\" role=\"img\" aria-labelledby=\"time-t\">"
                  "<title id=\"time-t\">",
                  HEIGHT);
    kn__say(out, b->lang, KN__MSG_SCEN_PICTURE, 1, b->inside);
    kn__text_add(out, "</title>\n");
    line(out, x_of(0), BASE, 100, BASE, "stroke=\"#9b9b97\"");
    int x = x_of(0);
    double y = BASE;
    for (int32_t k = 0; k < b->horizon_count; k++) {
        double next = y_of(b->horizon[k].loss, most);
        line(out, x, y, x_of(b->horizon[k].days), next,
             "stroke=\"#a63a1e\" stroke-width=\"1.5\"");
        x = x_of(b->horizon[k].days);
        y = next;
    }
    for (int32_t k = 0; k < b->horizon_count; k++)
        horizon(out, b, k, most);
    kn__text_addf(out,
                  "<text x=\"%d%%\" y=\"%d\" font-size=\"13\" text-anchor=\"middle\">0",
                  x_of(0), BASE + 20);
    kn__text_add(out, "</text>\n</svg>\n<figcaption>");
    kn__say(out, b->lang, KN__MSG_SCEN_PICTURE, 1, b->inside);
    kn__text_add(out, "</figcaption>\n</figure>\n");
}

static void horizons(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_DAYS, KN__MSG_COUNT, true},
        {KN__MSG_COL_LOSS, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOW, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_HIGH, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_DRAWS_5, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_DRAWS_95, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOSS_SHARE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_GDP, KN__MSG_UNIT_PERCENT, true},
    };
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int32_t k = 0; k < b->horizon_count; k++) {
        const kn__horizon *h = &b->horizon[k];
        kn__html_row(out);
        kn__html_number(out, h->days, 0);
        kn__html_number(out, h->loss, 1);
        kn__html_number(out, h->low, 1);
        kn__html_number(out, h->high, 1);
        kn__html_number(out, h->likely[0], 1);
        kn__html_number(out, h->likely[1], 1);
        kn__html_percent(out, h->loss_share);
        kn__html_percent(out, h->loss / b->gdp);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

static void heading(kn__text *out, const kn__brief *b, kn__msg id, const char *value)
{
    kn__text_add(out, "<h3>");
    kn__say(out, b->lang, id, 1, value);
    kn__text_add(out, "</h3>\n");
}

static void by_economy(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_ECONOMY, KN__MSG_COUNT, false},
        {KN__MSG_COL_LOSS, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOW, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_HIGH, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOSS_SHARE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_PEAK, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_PEAK_DAY, KN__MSG_COUNT, true},
    };
    const kn__horizon *last = &b->horizon[b->horizon_count - 1];
    char days[16];
    snprintf(days, sizeof days, "%d", (int)last->days);
    heading(out, b, KN__MSG_BY_ECONOMY, days);
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    int64_t rows = last->losses ? kn_table_rows(last->losses) : 0;
    for (int64_t r = 0, n = 0; r < rows && n < MOST_ECONOMIES; r++) {
        double loss = kn__cell(last->losses, r, "loss_musd");
        const char *code = kn__word(last->losses, r, "economy");
        if (!(loss > 0))
            continue;
        n++;
        kn__html_row(out);
        kn__html_row_head(out, kn__brief_named(b, 'e', code));
        kn__html_number(out, loss, 1);
        kn__html_number(out, kn__cell(last->losses, r, "loss_low"), 1);
        kn__html_number(out, kn__cell(last->losses, r, "loss_high"), 1);
        kn__html_percent(out, kn__cell(last->losses, r, "loss_share"));
        kn__html_percent(out, kn__cell(last->losses, r, "peak_loss_share"));
        kn__html_number(out, kn__cell(last->losses, r, "peak_day"), 0);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

static void losses(kn__text *out, const kn__brief *b)
{
    heading(out, b, KN__MSG_BY_HORIZON, b->name);
    over_time(out, b);
    horizons(out, b);
    by_economy(out, b);
    if (!b->daily)
        kn__brief_first_out(out, b, b->horizon[b->horizon_count - 1].first_out);
}

void kn__brief_scenario(kn__text *out, const kn__brief *b)
{
    if (!b->scenario)
        return;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_SCEN_HEAD);
    kn__text_add(out, "<p>");
    kn__brief_scenario_name(out, b);
    kn__text_add(out, b->lang == KN_LANG_JA ? "。" : ". ");
    if (b->horizon_count)
        kn__say(out, b->lang, KN__MSG_SCEN_TEXT, 0);
    kn__text_add(out, "</p>\n");
    kn__brief_measures(out, b);
    if (b->lang != KN_LANG_EN) {
        kn__text_add(out, "<p class=\"note\">");
        kn__say(out, b->lang, KN__MSG_SCEN_FILE, 1, kn_scenario_title(b->scenario));
        kn__text_add(out, "</p>\n");
    }
    if (b->horizon_count)
        losses(out, b);
    else
        kn__brief_refusal(out, b, KN__MSG_SCEN_NOT, b->no_losses);
    kn__text_add(out, "</section>\n");
}

/* ---- Sensitivity ---- */

void kn__brief_sensitivity(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_CASE, KN__MSG_COUNT, false},
        {KN__MSG_COL_LOSS, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_LOW, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_HIGH, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_AGAINST_BASE, KN__MSG_UNIT_PERCENT, true},
    };
    char days[16];
    if (!b->case_count)
        return;
    snprintf(days, sizeof days, "%d", (int)b->days);
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_SENS_HEAD);
    kn__text_add(out, "<p>");
    kn__say(out, b->lang, KN__MSG_SENS_TEXT, 3, b->inside, days,
            kn__message(b->lang,
                        b->horizon_count ? KN__MSG_SENS_SCENARIO : KN__MSG_SENS_WORST));
    kn__text_add(out, "</p>\n");
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int32_t k = 0; k < b->case_count; k++) {
        const kn__case *c = &b->sensitivity[k];
        kn__html_row(out);
        kn__html_row_head(out, kn__message(b->lang, c->label));
        kn__html_number(out, c->known ? c->loss : NAN, 1);
        kn__html_number(out, c->known ? c->low : NAN, 1);
        kn__html_number(out, c->known ? c->high : NAN, 1);
        kn__html_percent(out, c->known ? c->loss / b->sensitivity[0].loss : NAN);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
    kn__text_add(out, "</section>\n");
}
