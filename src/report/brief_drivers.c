/* SPDX-License-Identifier: Apache-2.0 */
/* How sure the first chokepoint is: quantiles in a sentence, a tornado, its numbers. */
#include <math.h>

#include "report/brief.h"

enum { ROW = 30, BAR = 10 };

/* A factor of table drivers in the brief's language. */
static const char *factor_name(const kn__brief *b, const char *factor)
{
    static const struct {
        const char *factor;
        kn__msg name;
    } names[] = {{"supplier share", KN__MSG_FACTOR_SHARE},
                 {"unseen supply", KN__MSG_FACTOR_UNSEEN},
                 {"dependent shares", KN__MSG_FACTOR_DEPENDENT},
                 {"stocks", KN__MSG_FACTOR_STOCK},
                 {"spare capacity", KN__MSG_FACTOR_SPARE},
                 {"substitution", KN__MSG_FACTOR_SUBSTITUTE},
                 {"rerouting", KN__MSG_FACTOR_REROUTE},
                 {"delays", KN__MSG_FACTOR_DELAY},
                 {"service of tools", KN__MSG_FACTOR_SERVICE},
                 {"value added", KN__MSG_FACTOR_VALUE}};
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (kn__text_equal(names[k].factor, factor))
            return kn__message(b->lang, names[k].name);
    return factor;
}

/* Factors that move anything; the table is sorted by swing. */
static int64_t moving(const kn_table *drivers)
{
    int64_t count = 0;
    while (count < kn_table_rows(drivers) && kn__cell(drivers, count, "swing") > 0)
        count++;
    return count;
}

static void bar(kn__text *out, const kn__brief *b, const kn_table *drivers, int64_t r,
                double most)
{
    double low = kn__cell(drivers, r, "low"), high = kn__cell(drivers, r, "high");
    char x[64], w[64], range[KN__WORDS];
    int y = (int)r * ROW;
    kn__write_fixed(x, 100 * fmin(low, high) / most, 2);
    kn__write_fixed(w, 100 * fabs(high - low) / most, 2);
    kn__words_money_range(range, b->lang, fmin(low, high), fmax(low, high));
    kn__text_addf(out, "<text x=\"0\" y=\"%d\" font-size=\"13\">", y + 12);
    kn__write_html(out, factor_name(b, kn__word(drivers, r, "factor")));
    kn__text_addf(out,
                  "</text><text x=\"100%%\" y=\"%d\" font-size=\"13\" "
                  "text-anchor=\"end\">",
                  y + 12);
    kn__write_html(out, range);
    kn__text_addf(out,
                  "</text><rect x=\"%s%%\" y=\"%d\" width=\"%s%%\" height=\"%d\" "
                  "fill=\"%s\"/>\n",
                  x, y + 16, w, BAR, r ? "#9b9b97" : "#a63a1e");
}

/* Each bar spans the loss between the factor's ends; the line is the loss as calculated.
 */
static void picture(kn__text *out, const kn__brief *b, const kn_table *drivers,
                    double centre)
{
    int64_t count = moving(drivers);
    double most = centre;
    char x[64];
    for (int64_t r = 0; r < count; r++)
        most =
            fmax(most, fmax(kn__cell(drivers, r, "low"), kn__cell(drivers, r, "high")));
    if (!count || !(most > 0))
        return;
    kn__text_addf(out,
                  "<figure>\n<svg class=\"rank\" height=\"%d\" role=\"img\" "
                  "aria-labelledby=\"drive-t drive-d\"><title id=\"drive-t\">",
                  (int)count * ROW);
    kn__say(out, b->lang, KN__MSG_DRIVE_HEAD, 0);
    kn__text_add(out, "</title><desc id=\"drive-d\">");
    kn__say(out, b->lang, KN__MSG_DRIVE_PICTURE, 0);
    kn__text_add(out, "</desc>\n");
    for (int64_t r = 0; r < count; r++)
        bar(out, b, drivers, r, most);
    kn__write_fixed(x, 100 * centre / most, 2);
    for (int64_t r = 0; r < count; r++)
        kn__text_addf(out,
                      "<line x1=\"%s%%\" x2=\"%s%%\" y1=\"%d\" y2=\"%d\" "
                      "stroke=\"#1b1b1b\" stroke-width=\"1.5\"/>",
                      x, x, (int)r * ROW + 14, (int)r * ROW + 18 + BAR);
    kn__text_add(out, "</svg>\n");
    kn__html_line(out, b, "figcaption", KN__MSG_DRIVE_PICTURE);
    kn__text_add(out, "</figure>\n");
}

static void table(kn__text *out, const kn__brief *b, const kn_table *drivers)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_FACTOR, KN__MSG_COUNT, false},
        {KN__MSG_COL_AT_5, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_AT_95, KN__MSG_UNIT_MUSD, true},
    };
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int64_t r = 0; r < kn_table_rows(drivers); r++) {
        kn__html_row(out);
        kn__html_row_head(out, factor_name(b, kn__word(drivers, r, "factor")));
        kn__html_number(out, kn__cell(drivers, r, "low"), 1);
        kn__html_number(out, kn__cell(drivers, r, "high"), 1);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

void kn__brief_drivers(kn__text *out, const kn__brief *b)
{
    const kn_table *quantiles = b->range ? kn_result_find(b->range, "quantiles") : NULL;
    const kn_table *drivers = b->range ? kn_result_find(b->range, "drivers") : NULL;
    if (!quantiles || !drivers || !kn_table_rows(quantiles))
        return;
    char half[KN__WORDS], most[KN__WORDS];
    kn__words_money_range(half, b->lang, kn__cell(quantiles, 0, "q25"),
                          kn__cell(quantiles, 0, "q75"));
    kn__words_money_range(most, b->lang, kn__cell(quantiles, 0, "q05"),
                          kn__cell(quantiles, 0, "q95"));
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_DRIVE_HEAD);
    kn__text_add(out, "<p>");
    kn__say(out, b->lang, KN__MSG_DRIVE_TEXT, 4, b->threat[0].holder_name,
            b->threat[0].short_name, half, most);
    kn__text_add(out, "</p>\n");
    picture(out, b, drivers, kn__cell(quantiles, 0, "centre"));
    table(out, b, drivers);
    kn__text_add(out, "</section>\n");
}
