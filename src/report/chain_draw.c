/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/chain.h"

enum { WIDTH = 800, GUTTER = 28, LINE = 15, LINES = 3, PASS = 12, GAP = 12, UNDER = 14 };

typedef struct placed {
    double x, y, w, h;
    size_t from[LINES], to[LINES]; /* lines of the name */
    int lines;
    bool cut;
} placed;

typedef struct plan {
    kn__text *out;
    const kn__brief *b;
    const kn__chain *c;
    placed at[KN__NODES];
    double height;
} plan;

static void put(kn__text *out, double x)
{
    char buffer[64];
    kn__write_fixed(buffer, x, 1);
    kn__text_add(out, buffer);
}

static void value_words(char *buffer, const plan *p, const kn__node *n)
{
    if (!(n->value > 0)) /* nothing made at home */
        snprintf(buffer, KN__WORDS, "–");
    else if (n->kind == KN__NODE_SUPPLIER)
        kn__words_percent(buffer, p->b->lang, n->value, 2);
    else
        kn__words_money(buffer, p->b->lang, n->value, 2);
}

/* Breaks a name into lines of at most `columns`: at spaces, else anywhere. */
static void wrap(placed *p, const char *name, int32_t columns)
{
    size_t at = 0, length = strlen(name);
    p->lines = 0;
    while (at < length && p->lines < LINES) {
        size_t take = kn__display_cut(name + at, columns), end = at + take;
        if (take == 0)
            end = length;
        if (end < length && name[end] != ' ' && (unsigned char)name[end] < 0x80) {
            size_t space = end;
            while (space > at && name[space - 1] != ' ' && name[space - 1] != '-')
                space--;
            end = space > at ? space : end;
        }
        static const char closing[] = "）"; /* never begins a line */
        if (!strncmp(name + end, closing, sizeof closing - 1))
            end += sizeof closing - 1;
        p->from[p->lines] = at;
        p->to[p->lines++] = end;
        for (at = end; at < length && name[at] == ' ';)
            at++;
    }
    p->cut = at < length;
}

static void lay_out(plan *p)
{
    const kn__chain *c = p->c;
    double pitch = (double)(WIDTH + GUTTER) / c->layers, width = pitch - GUTTER;
    double heights[KN__LAYERS] = {0};
    if (width > 150)
        width = 150;
    for (int32_t i = 0; i < c->node_count; i++) {
        const kn__node *n = &c->node[i];
        placed *box = &p->at[i];
        *box = (placed){.x = n->layer * pitch, .w = width, .h = PASS};
        if (n->kind != KN__NODE_WAY) {
            wrap(box, n->name, (int32_t)((width - 12) / 6.3));
            box->h = LINE * (box->lines + 1) + 8;
        }
        heights[n->layer] += box->h + GAP;
    }
    for (int32_t l = 0; l < c->layers; l++)
        p->height = fmax(p->height, heights[l] - GAP);
    for (int32_t l = 0; l < c->layers; l++) {
        double y = (p->height - (heights[l] - GAP)) / 2;
        for (int half = -2 * KN__NODES; half < 2 * KN__NODES; half++)
            for (int32_t i = 0; i < c->node_count; i++)
                if (c->node[i].layer == l && 2 * c->node[i].place == half) {
                    p->at[i].y = y;
                    y += p->at[i].h + GAP;
                }
    }
}

/* How an edge looks: width by kind of input, dashed when it runs back. */
static void look(kn__text *out, const plan *p, const kn__edge *e)
{
    const kn__recipe *r = e->recipe < 0 ? NULL : &p->b->network->recipes[e->recipe];
    const char *width = !r                                ? "1.2"
                        : r->criticality == KN__ESSENTIAL ? "2.4"
                        : r->criticality == KN__IMPORTANT ? "1.5"
                                                          : "0.8";
    bool ours = p->c->node[e->from].kind == KN__NODE_SUPPLIER && e->from == 0;
    kn__text_addf(out, "fill=\"none\" stroke=\"%s\" stroke-width=\"%s\"%s",
                  ours || e->back ? "#a63a1e" : "#8a8984", width,
                  e->back ? " stroke-dasharray=\"4 3\"" : "");
}

static void curve(kn__text *out, double x1, double y1, double x2, double y2)
{
    double middle = (x1 + x2) / 2;
    double c[6] = {middle, y1, middle, y2, x2, y2};
    kn__text_add(out, "C");
    for (int i = 0; i < 6; i++) {
        kn__text_add(out, i ? " " : "");
        put(out, c[i]);
    }
}

static double middle_of(const placed *box)
{
    return box->y + box->h / 2;
}

static void forward(plan *p, const kn__edge *e)
{
    const placed *a = &p->at[e->from], *z = &p->at[e->to];
    double x = a->x + a->w, y = middle_of(a);
    kn__text_add(p->out, "<path d=\"M");
    put(p->out, x);
    kn__text_add(p->out, " ");
    put(p->out, y);
    for (int32_t k = 0; k < e->way_count; k++) { /* straight through a layer */
        const placed *way = &p->at[e->way[k]];
        curve(p->out, x, y, way->x, middle_of(way));
        x = way->x + way->w;
        y = middle_of(way);
        kn__text_add(p->out, "H");
        put(p->out, x);
    }
    curve(p->out, x, y, z->x - 1, middle_of(z));
    kn__text_add(p->out, "\" marker-end=\"url(#tip)\" ");
    look(p->out, p, e);
    kn__text_add(p->out, "/>\n");
}

/* Path data: every letter of `commands` with as many of the numbers as it takes. */
static void trace(kn__text *out, const char *commands, const double *number)
{
    for (; *commands; commands++) {
        int count = *commands == 'Q' ? 4 : *commands == 'M' ? 2 : 1;
        kn__text_addn(out, commands, 1);
        for (int i = 0; i < count; i++) {
            kn__text_add(out, i ? " " : "");
            put(out, *number++);
        }
    }
}

/* Out at the right, down between the layers, under everything, up and in at the left: it
   never crosses a box. `rank` keeps several apart. */
static void backward(plan *p, const kn__edge *e, int32_t rank)
{
    const placed *a = &p->at[e->from], *z = &p->at[e->to];
    double right = a->x + a->w, out = right + 9 + 3 * (rank % 4), in = z->x - 12;
    double under = p->height + UNDER * (rank + 1), r = 6;
    double y1 = middle_of(a) + 5, y2 = middle_of(z) + 5;
    double points[] = {right,     y1,                        /* M */
                       out - r,                              /* H */
                       out,       y1,    out,     y1 + r,    /* Q */
                       under - r,                            /* V */
                       out,       under, out - r, under,     /* Q */
                       in + r,                               /* H */
                       in,        under, in,      under - r, /* Q */
                       y2 + r,                               /* V */
                       in,        y2,    in + r,  y2,        /* Q */
                       z->x - 1};                            /* H */
    kn__text_add(p->out, "<path d=\"");
    trace(p->out, "MHQVQHQVQH", points);
    kn__text_add(p->out, "\" marker-end=\"url(#tip)\" ");
    look(p->out, p, e);
    kn__text_add(p->out, "/>\n");
}

static void text_line(plan *p, double x, double y, const char *s, size_t length,
                      const char *after, const char *style)
{
    kn__text part;
    kn__text_init(&part, p->out->ctx, 0);
    kn__text_addn(&part, s, length);
    kn__text_add(&part, after);
    kn__text_add(p->out, "<text text-anchor=\"middle\" x=\"");
    put(p->out, x);
    kn__text_add(p->out, "\" y=\"");
    put(p->out, y);
    kn__text_addf(p->out, "\"%s>", style);
    kn__write_html(p->out, part.data);
    kn__text_add(p->out, "</text>");
    if (kn__text_status(&part) < 0)
        p->out->status = kn__text_status(&part);
    kn__text_release(&part);
}

static void box(plan *p, int32_t i)
{
    const kn__node *n = &p->c->node[i];
    const placed *at = &p->at[i];
    char value[KN__WORDS];
    bool worst = i == 0;
    kn__text_add(p->out, "<g><title>");
    kn__write_html(p->out, n->name);
    kn__text_add(p->out, "</title><rect rx=\"2\" x=\"");
    put(p->out, at->x);
    kn__text_add(p->out, "\" y=\"");
    put(p->out, at->y);
    kn__text_add(p->out, "\" width=\"");
    put(p->out, at->w);
    kn__text_add(p->out, "\" height=\"");
    put(p->out, at->h);
    kn__text_addf(p->out, "\" fill=\"%s\" stroke=\"%s\"/>", worst ? "#f8ebe7" : "#fff",
                  worst ? "#a63a1e" : "#8a8984");
    double x = at->x + at->w / 2, y = at->y + LINE;
    for (int k = 0; k < at->lines; k++, y += LINE)
        text_line(p, x, y, n->name + at->from[k], at->to[k] - at->from[k],
                  at->cut && k == at->lines - 1 ? "…" : "", "");
    value_words(value, p, n);
    text_line(p, x, y, value, strlen(value), "", " class=\"v\"");
    kn__text_add(p->out, "</g>\n");
}

static void describe(kn__text *out, const kn__brief *b, const char *id)
{
    kn__text_addf(out, "<title id=\"%s\">", id);
    kn__say(out, b->lang, KN__MSG_CHAIN_HEAD, 2, b->threat[0].short_name,
            b->threat[0].holder_inside);
    kn__text_add(out, "</title>\n");
}

void kn__chain_draw_broad(kn__text *out, const kn__brief *b, const kn__chain *c)
{
    plan p = {.out = out, .b = b, .c = c};
    int32_t back = 0;
    lay_out(&p);
    for (int32_t e = 0; e < c->edge_count; e++)
        back += c->edge[e].back;
    kn__text_addf(out,
                  "<svg class=\"broad chain\" viewBox=\"-16 -2 %d %d\" role=\"img\" "
                  "aria-labelledby=\"chain-b\" font-size=\"12\">",
                  WIDTH + 20, (int)ceil(p.height) + 4 + UNDER * back + (back ? 8 : 0));
    describe(out, b, "chain-b");
    kn__text_add(out,
                 "<defs><marker id=\"tip\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
                 "markerWidth=\"7\" markerHeight=\"7\" "
                 "markerUnits=\"userSpaceOnUse\" orient=\"auto\">"
                 "<path d=\"M0 0L8 4L0 8z\" fill=\"#6b6a66\"/></marker></defs>\n");
    for (int32_t e = 0, rank = 0; e < c->edge_count; e++)
        if (c->edge[e].back)
            backward(&p, &c->edge[e], rank++);
        else
            forward(&p, &c->edge[e]);
    for (int32_t i = 0; i < c->node_count; i++)
        if (c->node[i].kind != KN__NODE_WAY)
            box(&p, i);
    kn__text_add(out, "</svg>\n");
}

/* ---- One node a line, arcs at the left ---- */

enum { ROW = 40, LEFT = 62, COLUMNS = 29 };

static void arc(plan *p, const kn__edge *e, const int32_t *row, int32_t rows)
{
    int y1 = row[e->from] * ROW + ROW / 2, y2 = row[e->to] * ROW + ROW / 2;
    int span =
        row[e->to] > row[e->from] ? row[e->to] - row[e->from] : row[e->from] - row[e->to];
    int reach = LEFT - 22 - 58 * span / (rows > 1 ? rows - 1 : 1);
    kn__text_addf(p->out,
                  "<path d=\"M%d %dC%d %d %d %d %d %d\" marker-end=\"url(#tip-n)\" ",
                  LEFT, y1, reach, y1, reach, y2, LEFT - 5, y2);
    look(p->out, p, e);
    kn__text_add(p->out, "/>\n");
}

static void row_of(plan *p, int32_t i, int32_t row)
{
    const kn__node *n = &p->c->node[i];
    char value[KN__WORDS];
    placed name;
    int y = row * ROW + ROW / 2;
    wrap(&name, n->name, COLUMNS);
    value_words(value, p, n);
    kn__text_addf(p->out,
                  "<g><circle cx=\"%d\" cy=\"%d\" r=\"4\" "
                  "fill=\"%s\"/><text x=\"%d\" y=\"%d\" "
                  "dominant-baseline=\"central\"%s>",
                  LEFT, y, i ? "#6b6a66" : "#a63a1e", LEFT + 12, y,
                  i ? "" : " font-weight=\"600\"");
    kn__text part;
    kn__text_init(&part, p->out->ctx, 0);
    kn__text_addn(&part, n->name, name.lines ? name.to[0] : 0);
    kn__text_add(&part, name.lines > 1 ? "…" : "");
    kn__write_html(p->out, part.data);
    if (kn__text_status(&part) < 0)
        p->out->status = kn__text_status(&part);
    kn__text_release(&part);
    kn__text_addf(p->out,
                  "</text><text class=\"v\" x=\"100%%\" y=\"%d\" text-anchor=\"end\" "
                  "dominant-baseline=\"central\">",
                  y);
    kn__write_html(p->out, value);
    kn__text_add(p->out, "</text></g>\n");
}

void kn__chain_draw_narrow(kn__text *out, const kn__brief *b, const kn__chain *c)
{
    plan p = {.out = out, .b = b, .c = c};
    int32_t row[KN__NODES] = {0}, rows = 0;
    for (int32_t l = 0; l < c->layers; l++)
        for (int half = -2 * KN__NODES; half < 2 * KN__NODES; half++)
            for (int32_t i = 0; i < c->node_count; i++)
                if (c->node[i].kind != KN__NODE_WAY && c->node[i].layer == l &&
                    2 * c->node[i].place == half)
                    row[i] = rows++;
    kn__text_addf(out,
                  "<svg class=\"narrow chain\" height=\"%d\" role=\"img\" "
                  "aria-labelledby=\"chain-n\" font-size=\"13\">",
                  (int)rows * ROW);
    describe(out, b, "chain-n");
    kn__text_add(out,
                 "<defs><marker id=\"tip-n\" viewBox=\"0 0 8 8\" refX=\"7\" refY=\"4\" "
                 "markerWidth=\"7\" markerHeight=\"7\" markerUnits=\"userSpaceOnUse\" "
                 "orient=\"auto\"><path d=\"M0 0L8 4L0 8z\" fill=\"#6b6a66\"/></marker>"
                 "</defs>\n");
    for (int32_t e = 0; e < c->edge_count; e++)
        arc(&p, &c->edge[e], row, rows);
    for (int32_t i = 0; i < c->node_count; i++)
        if (c->node[i].kind != KN__NODE_WAY)
            row_of(&p, i, row[i]);
    kn__text_add(out, "</svg>\n");
}
