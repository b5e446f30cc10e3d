/* SPDX-License-Identifier: Apache-2.0 */
#include "report/lines.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { HEIGHT = 230, TOP = 26, BASE = 200, LINES = KN__LINES };

/* Okabe and Ito's colours, told apart by colour-blind readers too. */
static const char *const colour[LINES] = {"#D55E00", "#0072B2", "#009E73",
                                          "#CC79A7", "#56B4E9", "#E69F00"};

int32_t kn__course_slice(kn__course *c, int32_t day)
{
    for (int32_t k = c->slices - 1; k >= 0; k--)
        if (c->day[k] == day)
            return k;
    if (c->slices == KN__SLICES)
        return -1;
    c->day[c->slices] = day;
    return c->slices++;
}

void kn__course_up_to(kn__course *c, int32_t series, int32_t slice, double musd)
{
    kn__series *s = &c->all[series];
    if (slice < 0)
        return;
    s->at[slice] = musd - s->sum;
    s->sum = musd;
}

static int by_sum(const void *a, const void *b)
{
    const kn__series *x = a, *y = b;
    if (x->sum != y->sum)
        return x->sum > y->sum ? -1 : 1;
    return (x->id > y->id) - (x->id < y->id);
}

void kn__course_sort(kn__course *c)
{
    qsort(c->all, (size_t)c->count, sizeof *c->all, by_sum);
}

kn_status kn__course_new(kn__course **made, const kn__brief *b, int32_t count,
                         kn__series_name name)
{
    kn__course *c = KN__NEW(b->arena, b->ctx, kn__course);
    *made = c;
    if (!c)
        return KN_ERR_MEMORY;
    *c = (kn__course){.b = b, .name = name, .count = count};
    c->all = KN__ARRAY(b->arena, b->ctx, count, kn__series);
    if (!c->all)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        c->all[k].id = k;
        for (int32_t d = 0; d < KN__COLUMNS; d++)
            c->all[k].lowest[d] = 1;
    }
    return KN_OK;
}

static int32_t days_of(const kn__course *c, int32_t slice)
{
    return c->day[slice] - (slice ? c->day[slice - 1] : 0);
}

static void number(char buffer[64], double value)
{
    kn__write_fixed(buffer, value, 2);
}

static void curve(kn__text *out, const kn__course *c, const kn__series *s, double most,
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

static double largest(const kn__course *c, int32_t lines)
{
    double most = 0;
    for (int32_t n = 0; n < lines; n++)
        for (int32_t k = 0; k < c->slices; k++)
            most = fmax(most, c->all[n].at[k] / days_of(c, k));
    return most;
}

static void axes(kn__text *out, const kn__course *c, double most)
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

static void legend(kn__text *out, const kn__course *c, int32_t lines)
{
    for (int32_t n = 0; n < lines; n++) {
        char total[KN__WORDS];
        kn__words_money(total, c->b->lang, c->all[n].sum, 2);
        kn__text_addf(out,
                      "%s<span style=\"display:inline-block\"><b style=\"color:%s\">",
                      n ? " \xE2\x80\x83 " : "<br>", colour[n]);
        kn__text_add(out, "\xE2\x94\x81</b> ");
        kn__write_html(out, c->name(c->b, c->all[n].id));
        kn__text_add(out, " (");
        kn__write_html(out, total);
        kn__text_add(out, ")</span>");
    }
}

void kn__course_lines(kn__text *out, const kn__course *c, const char *id, kn__msg title)
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
