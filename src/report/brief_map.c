/* SPDX-License-Identifier: Apache-2.0 */
/* The map of holders, and the same as a table. */
#include <math.h>
#include <stdio.h>

#include "report/brief.h"
#include "report/map.h"

enum {
    LABELS = KN__TOP + 1,
    TEXT = 30,
    LAND = 0xE3E2DE,
    PALE = 0xE9C2B6,
    DARK = 0xA63A1E
};

typedef struct holder {
    int32_t economy, count, first; /* first: index of its worst threat */
    double largest;
} holder;

typedef struct box {
    double x, y, w, h;
} box;

typedef struct drawing {
    kn__text *out;
    const kn__brief *b;
    holder holders[KN__TOP];
    int32_t count, most;
    double centre;
    box taken[3 * LABELS];
    int32_t taken_count;
} drawing;

static void collect(drawing *d)
{
    for (int32_t i = 0; i < d->b->threat_count; i++) {
        const kn__threat *t = &d->b->threat[i];
        int32_t k = 0;
        while (k < d->count && d->holders[k].economy != t->holder)
            k++;
        if (k == d->count)
            d->holders[d->count++] = (holder){t->holder, 0, i, t->loss};
        d->holders[k].count++;
        d->most = d->holders[k].count > d->most ? d->holders[k].count : d->most;
    }
}

static const holder *holder_of(const drawing *d, int32_t economy)
{
    for (int32_t k = 0; k < d->count; k++)
        if (d->holders[k].economy == economy)
            return &d->holders[k];
    return NULL;
}

static void country(void *arg, const char *code, const char *shape, size_t length)
{
    drawing *d = arg;
    int32_t economy = kn__labels_economy(&d->b->labels, code);
    const holder *h = economy < 0 ? NULL : holder_of(d, economy);
    double part = h && d->most > 1 ? (double)(h->count - 1) / (d->most - 1) : 1;
    char fill[8];
    snprintf(fill, sizeof fill, "#%06X",
             (unsigned)(h ? kn__map_mix(PALE, DARK, part) : LAND) & 0xFFFFFFu);
    kn__map_country(d->out, code, shape, length, d->centre, fill);
}

static bool place(const drawing *d, int32_t economy, double *x, double *y)
{
    const kn__economy *e = &d->b->network->economies[economy];
    bool nowhere = e->latitude == 0 && e->longitude == 0; /* open sea: not given */
    if (!isfinite(e->latitude) || !isfinite(e->longitude) || nowhere)
        return false;
    kn__map_project(d->centre, e->longitude, e->latitude, x, y);
    return true;
}

static void dot(drawing *d, double x, double y, double r, const char *look)
{
    char a[64], b[64], c[64];
    kn__write_fixed(a, x, 1);
    kn__write_fixed(b, y, 1);
    kn__write_fixed(c, r, 1);
    kn__text_addf(d->out, "<circle cx=\"%s\" cy=\"%s\" r=\"%s\" %s/>\n", a, b, c, look);
}

/* ---- Labels: the first of sixteen places that is free of dots and other labels ---- */

static bool free_of(const drawing *d, const box *b)
{
    if (b->x < 0 || b->y < 0 || b->x + b->w > KN__MAP_WIDTH ||
        b->y + b->h > KN__MAP_HEIGHT)
        return false;
    for (int32_t i = 0; i < d->taken_count; i++) {
        const box *t = &d->taken[i];
        if (b->x < t->x + t->w && t->x < b->x + b->w && b->y < t->y + t->h &&
            t->y < b->y + b->h)
            return false;
    }
    return true;
}

static void take(drawing *d, box b)
{
    if (d->taken_count < 3 * LABELS)
        d->taken[d->taken_count++] = b;
}

static void label(drawing *d, double x, double y, const char *name)
{
    static const int dx[] = {1, -1, 1, -1, 1, -1, 0, 0};
    static const int dy[] = {0, 0, -1, -1, 1, 1, -1, 1};
    double w = 0.58 * TEXT * kn__display_width(name);
    for (int k = 0; k < 24; k++) {
        double far = k < 8 ? 10 : k < 16 ? 34 : 62;
        int sx = dx[k % 8], sy = dy[k % 8];
        double px = x + sx * far, py = y + sy * (k < 8 ? 15 : far);
        box b = {sx > 0 ? px : sx < 0 ? px - w : px - w / 2, py - TEXT / 2.0, w, TEXT};
        if (!free_of(d, &b))
            continue;
        take(d, b);
        char a[64], c[64], x1[64], y1[64];
        kn__write_fixed(a, px, 1);
        kn__write_fixed(c, py, 1);
        kn__write_fixed(x1, x, 1);
        kn__write_fixed(y1, y, 1);
        if (k >= 8)
            kn__text_addf(d->out,
                          "<line x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\" "
                          "stroke=\"#1b1b1b\" stroke-width=\"0.8\"/>",
                          x1, y1, a, c);
        kn__text_addf(d->out,
                      "<text x=\"%s\" y=\"%s\" text-anchor=\"%s\" "
                      "dominant-baseline=\"central\" stroke=\"#fff\" stroke-width=\"3\" "
                      "stroke-linejoin=\"round\" paint-order=\"stroke\">",
                      a, c,
                      sx > 0   ? "start"
                      : sx < 0 ? "end"
                               : "middle");
        kn__write_html(d->out, name);
        kn__text_add(d->out, "</text>\n");
        return;
    }
}

static void dots(drawing *d)
{
    static const char *const small[] = {"SGP", "HKG", "TWN", "MLT"};
    double x, y;
    for (size_t i = 0; i < sizeof small / sizeof *small; i++) {
        int32_t economy = kn__labels_economy(&d->b->labels, small[i]);
        if (economy >= 0 && !holder_of(d, economy) && place(d, economy, &x, &y))
            dot(d, x, y, 2.4, "fill=\"#8a8984\" stroke=\"#fff\" stroke-width=\"0.8\"");
    }
    for (int32_t k = 0; k < d->count; k++)
        if (place(d, d->holders[k].economy, &x, &y)) {
            dot(d, x, y, 4.5, "fill=\"#a63a1e\" stroke=\"#fff\" stroke-width=\"1.2\"");
            take(d, (box){x - 6, y - 6, 12, 12});
        }
    if (place(d, d->b->economy, &x, &y)) {
        dot(d, x, y, 7, "fill=\"none\" stroke=\"#fff\" stroke-width=\"4\"");
        dot(d, x, y, 7, "fill=\"none\" stroke=\"#1b1b1b\" stroke-width=\"2\"");
        take(d, (box){x - 9, y - 9, 18, 18});
        label(d, x, y, d->b->name);
    }
    for (int32_t k = 0; k < d->count; k++)
        if (place(d, d->holders[k].economy, &x, &y))
            label(d, x, y, kn__brief_economy(d->b, d->holders[k].economy));
}

static void picture(drawing *d, const char *count)
{
    kn__text_addf(d->out,
                  "<figure>\n<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-labelledby=\"map-t map-d\" font-size=\"17\">"
                  "<title id=\"map-t\">",
                  KN__MAP_WIDTH, KN__MAP_HEIGHT);
    kn__say(d->out, d->b->lang, KN__MSG_MAP_HEAD, 0);
    kn__text_add(d->out, "</title><desc id=\"map-d\">");
    kn__say(d->out, d->b->lang, KN__MSG_MAP_TEXT, 2, count, d->b->name);
    kn__text_addf(d->out, "</desc>\n<clipPath id=\"map-c\"><path d=\"");
    kn__map_frame(d->out);
    kn__text_add(d->out, "\"/></clipPath>\n<g clip-path=\"url(#map-c)\" "
                         "stroke-width=\"0.5\" stroke-linejoin=\"round\">\n");
    kn__map_each(country, d);
    kn__text_add(d->out, "</g>\n");
    dots(d);
    kn__text_add(d->out, "</svg>\n<figcaption>");
    kn__say(d->out, d->b->lang, KN__MSG_MAP_TEXT, 2, count, d->b->name);
    kn__text_add(d->out, d->b->lang == KN_LANG_JA ? "" : " ");
    kn__say(d->out, d->b->lang, KN__MSG_MAP_BORDERS, 0);
    kn__text_add(d->out, "</figcaption>\n</figure>\n");
}

static void table(const drawing *d)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_HOLDER, KN__MSG_COUNT, false},
        {KN__MSG_COL_COUNT, KN__MSG_COUNT, true},
        {KN__MSG_COL_LARGEST, KN__MSG_UNIT_MUSD, true},
        {KN__MSG_COL_PRODUCTS, KN__MSG_COUNT, false},
    };
    const kn__brief *b = d->b;
    kn__html_table(d->out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int32_t k = 0; k < d->count; k++) {
        const holder *h = &d->holders[k];
        kn__html_row(d->out);
        kn__html_row_head(d->out, kn__brief_economy(b, h->economy));
        kn__html_number(d->out, h->count, 0);
        kn__html_number(d->out, h->largest, 1);
        kn__text_add(d->out, "<td>");
        for (int32_t i = 0, n = 0; i < b->threat_count; i++) {
            if (b->threat[i].holder != h->economy)
                continue;
            if (n++)
                kn__say(d->out, b->lang, KN__MSG_LIST_COMMA, 0);
            kn__write_html(d->out, b->threat[i].short_name);
        }
        kn__text_add(d->out, "</td>");
        kn__html_row_end(d->out);
    }
    kn__html_table_end(d->out);
}

kn_status kn__brief_map(kn__text *out, const kn__brief *b)
{
    char count[16];
    if (!b->threat_count)
        return KN_OK;
    drawing *d = KN__NEW(b->arena, b->ctx, drawing);
    if (!d)
        return KN_ERR_MEMORY;
    d->out = out;
    d->b = b;
    d->centre = kn__map_centre(b->network->economies[b->economy].longitude);
    collect(d);
    snprintf(count, sizeof count, "%d", (int)b->threat_count);
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_MAP_HEAD);
    picture(d, count);
    table(d);
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
