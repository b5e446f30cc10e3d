/* SPDX-License-Identifier: Apache-2.0 */
/* What remains of the scenario when everything has adjusted: a map and a table of real
   income, and a matrix of bilateral imports. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "report/brief.h"
#include "report/map.h"

enum { ROWS = 15, SIDE = 12, LAND = 0xF4F3F0, GAIN = 0x2166AC, FALL = 0xB35806 };

void kn__brief_tint(char colour[8], double change, double most)
{
    double part = most > 0 ? fmin(1, fabs(change) / most) : 0;
    int full = change < 0 ? FALL : GAIN;
    snprintf(colour, 8, "#%06X",
             (unsigned)kn__map_mix(LAND, full, isfinite(part) ? part : 0) & 0xFFFFFFu);
}

void kn__brief_change(char *buffer, kn_lang lang, double change)
{
    char words[KN__WORDS];
    kn__words_percent(words, lang, change, 2);
    snprintf(buffer, KN__WORDS, "%s%.150s", change > 0 ? "+" : "", words);
}

/* ---- Map ---- */

typedef struct world {
    kn__text *out;
    const kn__brief *b;
    const double *income; /* of each economy of the network; NaN not in the table */
    double most, centre;
} world;

static void country(void *arg, const char *code, const char *shape, size_t length)
{
    const world *w = arg;
    int32_t economy = kn__labels_economy(&w->b->labels, code);
    char fill[8];
    if (economy < 0 || isnan(w->income[economy])) {
        kn__map_country(w->out, code, shape, length, w->centre, "url(#trade-none)");
        return;
    }
    kn__brief_tint(fill, w->income[economy], w->most);
    kn__map_country(w->out, code, shape, length, w->centre, fill);
}

/* A line around the own country, above its neighbours. */
static void outline(void *arg, const char *code, const char *shape, size_t length)
{
    const world *w = arg;
    if (!kn__text_equal(code, w->b->network->economies[w->b->economy].code))
        return;
    kn__text_add(w->out, "<path fill=\"none\" stroke=\"#1b1b1b\" stroke-width=\"2\" "
                         "d=\"");
    kn__map_outline(w->out, shape, length, w->centre);
    kn__text_add(w->out, "\"/>\n");
}

/* Five steps of the scale with their numbers. */
static void scale(const world *w)
{
    kn__text_add(w->out, "<p class=\"note\">");
    for (int k = -2; k <= 2; k++) {
        char words[KN__WORDS], colour[8];
        kn__brief_tint(colour, k, 2);
        kn__brief_change(words, w->b->lang, w->most * k / 2);
        kn__text_addf(w->out,
                      "<span style=\"white-space:nowrap\"><span "
                      "style=\"display:inline-block;width:1.4em;height:.8em;border:1px "
                      "solid #9b9b97;background:%s\"></span> %s</span> \xE2\x80\x83 ",
                      colour, words);
    }
    kn__text_add(w->out, "</p>\n");
}

static void map(const world *w)
{
    kn__text *out = w->out;
    kn_lang lang = w->b->lang;
    kn__text_addf(out,
                  "<figure>\n<svg class=\"map\" viewBox=\"0 0 %d %d\" role=\"img\" "
                  "aria-labelledby=\"trade-t trade-d\"><title id=\"trade-t\">",
                  KN__MAP_WIDTH, KN__MAP_HEIGHT);
    kn__say(out, lang, KN__MSG_TRADE_MAP, 0);
    kn__text_add(out, "</title><desc id=\"trade-d\">");
    kn__say(out, lang, KN__MSG_TRADE_MAP_TEXT, 1, w->b->name);
    kn__text_add(out,
                 "</desc>\n<pattern id=\"trade-none\" width=\"5\" height=\"5\" "
                 "patternUnits=\"userSpaceOnUse\"><path d=\"M0 5L5 0\" "
                 "stroke=\"#b5b4ae\"/></pattern>\n<clipPath id=\"trade-c\"><path d=\"");
    kn__map_frame(out);
    kn__text_add(out, "\"/></clipPath>\n<g clip-path=\"url(#trade-c)\" "
                      "stroke-width=\"0.5\" stroke-linejoin=\"round\">\n");
    kn__map_each(country, (void *)w);
    kn__map_each(outline, (void *)w);
    kn__text_add(out, "</g>\n</svg>\n");
    scale(w);
    kn__text_add(out, "<figcaption>");
    kn__say(out, lang, KN__MSG_TRADE_MAP, 0);
    kn__text_add(out, lang == KN_LANG_JA ? "。" : ". ");
    kn__say(out, lang, KN__MSG_TRADE_MAP_TEXT, 1, w->b->name);
    kn__text_add(out, lang == KN_LANG_JA ? "" : " ");
    kn__say(out, lang, KN__MSG_MAP_BORDERS, 0);
    kn__text_add(out, "</figcaption>\n</figure>\n");
}

/* ---- Table: the own economy first, then the largest changes ---- */

typedef struct rank {
    int64_t row;
    double size;
} rank;

static int by_size(const void *a, const void *b)
{
    const rank *x = a, *y = b;
    if (x->size != y->size)
        return x->size > y->size ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

static void income_row(kn__text *out, const kn__brief *b, const kn_table *changes,
                       const kn_table *draws, int64_t row)
{
    static const char *const columns[] = {"welfare_first_order", "terms_of_trade",
                                          "volume_of_trade",     "real_wage",
                                          "exports_change",      "imports_change"};
    const char *code = kn__word(changes, row, "economy");
    int64_t drawn = kn__row_of(draws, code);
    kn__html_row(out);
    kn__html_row_head(out, kn__brief_named(b, 'e', code));
    kn__html_percent(out, kn__cell(changes, row, "real_income_exact"));
    kn__html_percent(out, drawn < 0 ? NAN : kn__cell(draws, drawn, "p05"));
    kn__html_percent(out, drawn < 0 ? NAN : kn__cell(draws, drawn, "p95"));
    for (size_t k = 0; k < sizeof columns / sizeof *columns; k++)
        kn__html_percent(out, kn__cell(changes, row, columns[k]));
    kn__html_row_end(out);
}

static kn_status incomes(kn__text *out, const kn__brief *b, const kn_table *changes)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_ECONOMY, KN__MSG_COUNT, false},
        {KN__MSG_COL_EXACT, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_DRAWS_5, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_DRAWS_95, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_FIRST_ORDER, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_TERMS, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_VOLUME, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_REAL_WAGE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_EXPORTS, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_IMPORTS, KN__MSG_UNIT_PERCENT, true},
    };
    int64_t rows = kn_table_rows(changes), shown = rows < ROWS ? rows : ROWS;
    rank *ranks = KN__ARRAY(b->arena, b->ctx, rows, rank);
    if (!ranks)
        return KN_ERR_MEMORY;
    for (int64_t r = 0; r < rows; r++) {
        bool own = kn__text_equal(kn__word(changes, r, "economy"), b->options->economy);
        double change = kn__cell(changes, r, "real_income_exact");
        ranks[r] = (rank){r, own ? INFINITY : isfinite(change) ? fabs(change) : -1};
    }
    qsort(ranks, (size_t)rows, sizeof *ranks, by_size);
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int64_t k = 0; k < shown; k++)
        income_row(out, b, changes, kn_result_find(b->trade, "sensitivity"),
                   ranks[k].row);
    kn__html_table_end(out);
    if (rows > shown) {
        char more[16];
        snprintf(more, sizeof more, "%d", (int)(rows - shown));
        kn__text_add(out, "<p class=\"note\">");
        kn__say(out, b->lang, KN__MSG_TRADE_REST, 1, more);
        kn__text_add(out, "</p>\n");
    }
    return KN_OK;
}

/* ---- Matrix: the own economy, those the measures name, then the largest ---- */

static bool named(const kn__brief *b, int32_t economy)
{
    for (int32_t k = 0; k < b->scenario->count; k++) {
        const kn__measure *m = &b->scenario->measures[k];
        if ((m->from.count <= SIDE / 2 && kn__ids_has(m->from, economy)) ||
            (m->to.count <= SIDE / 2 && kn__ids_has(m->to, economy)))
            return true;
    }
    return false;
}

/* Sets the economies of the rows and columns; returns their number. */
static int32_t choose(int32_t chosen[SIDE], const world *w, rank *ranks)
{
    const kn_network *net = w->b->network;
    int32_t count = 0;
    for (int32_t e = 0; e < net->economy_count; e++)
        ranks[e] = (rank){e, 0};
    for (int32_t i = 0; i < net->producer_count; i++)
        ranks[net->producers[i].economy].size += net->producers[i].value_added;
    for (int32_t e = 0; e < net->economy_count; e++)
        if (e == w->b->economy || named(w->b, e))
            ranks[e].size += e == w->b->economy ? 2e12 : 1e12;
    qsort(ranks, (size_t)net->economy_count, sizeof *ranks, by_size);
    for (int32_t k = 0; k < net->economy_count && count < SIDE; k++)
        if (isfinite(w->income[ranks[k].row]))
            chosen[count++] = (int32_t)ranks[k].row;
    return count;
}

static int32_t place(const int32_t *chosen, int32_t count, int32_t economy)
{
    for (int32_t k = 0; k < count; k++)
        if (chosen[k] == economy)
            return k;
    return -1;
}

static void matrix_cell(kn__text *out, double change, double most)
{
    char value[64], colour[8];
    if (!isfinite(change)) {
        kn__text_add(out, "<td class=\"n\">–</td>");
        return;
    }
    kn__brief_tint(colour, 0.6 * change, most); /* pale enough for black digits */
    kn__write_fixed(value, 100 * change, fabs(change) < 0.0995 ? 1 : 0);
    kn__text_addf(out, "<td class=\"n\" style=\"background:%s\">%s%s</td>", colour,
                  change > 0 ? "+" : "", value);
}

static void matrix_head(kn__text *out, const kn__brief *b, const int32_t *chosen,
                        int32_t count)
{
    kn__text_add(out, "<div class=\"wide\"><table>\n");
    kn__html_line(out, b, "caption", KN__MSG_TRADE_MATRIX);
    kn__text_add(out, "<thead><tr><th scope=\"col\"></th>");
    for (int32_t k = 0; k < count; k++) {
        kn__text_add(out, "<th scope=\"col\" class=\"n\">");
        kn__write_html(out, b->network->economies[chosen[k]].code);
        kn__text_add(out, "</th>");
    }
    kn__text_add(out, "</tr></thead>\n<tbody>\n");
}

static kn_status matrix(const world *w)
{
    const kn__brief *b = w->b;
    const kn_table *flows = kn_result_find(b->trade, "flows");
    rank *ranks = KN__ARRAY(b->arena, b->ctx, b->network->economy_count, rank);
    int32_t chosen[SIDE];
    double cell[SIDE][SIDE];
    if (!ranks)
        return KN_ERR_MEMORY;
    int32_t count = choose(chosen, w, ranks);
    for (int32_t i = 0; i < SIDE * SIDE; i++)
        cell[i / SIDE][i % SIDE] = NAN;
    double most = 0;
    for (int64_t r = 0; flows && r < kn_table_rows(flows); r++) {
        int32_t row =
            place(chosen, count,
                  kn__labels_economy(&b->labels, kn__word(flows, r, "importer")));
        int32_t column =
            place(chosen, count,
                  kn__labels_economy(&b->labels, kn__word(flows, r, "exporter")));
        if (row < 0 || column < 0)
            continue;
        cell[row][column] = kn__cell(flows, r, "imports_change");
        if (isfinite(cell[row][column]))
            most = fmax(most, fabs(cell[row][column]));
    }
    matrix_head(w->out, b, chosen, count);
    for (int32_t i = 0; i < count; i++) {
        kn__html_row(w->out);
        kn__html_row_head(w->out, kn__brief_economy(b, chosen[i]));
        for (int32_t k = 0; k < count; k++)
            matrix_cell(w->out, cell[i][k], fmin(1, most));
        kn__html_row_end(w->out);
    }
    kn__html_table_end(w->out);
    return KN_OK;
}

/* ---- Section ---- */

static void draws_text(kn__text *out, const kn__brief *b)
{
    char low[KN__WORDS], high[KN__WORDS], draws[64] = "";
    double income[4];
    if (!kn__brief_income(income, b) || !isfinite(income[2]))
        return;
    for (int32_t k = 0; k < kn_result_infos(b->trade); k++)
        if (kn__text_equal(kn_result_info_key(b->trade, k), "draws"))
            kn__write_fixed(draws, kn_result_info_number(b->trade, k), 0);
    kn__brief_change(low, b->lang, income[2]);
    kn__brief_change(high, b->lang, income[3]);
    kn__text_add(out, "<p>");
    kn__say(out, b->lang, KN__MSG_TRADE_DRAWS, 4, draws, b->inside, low, high);
    kn__text_add(out, "</p>\n");
}

static kn_status pictures(kn__text *out, const kn__brief *b)
{
    const kn_table *changes = kn_result_find(b->trade, "economies");
    double *income = KN__ARRAY(b->arena, b->ctx, b->network->economy_count, double);
    world w = {.out = out, .b = b, .income = income};
    if (!income)
        return KN_ERR_MEMORY;
    w.centre = kn__map_centre(b->network->economies[b->economy].longitude);
    for (int32_t e = 0; e < b->network->economy_count; e++)
        income[e] = NAN;
    for (int64_t r = 0; r < kn_table_rows(changes); r++) {
        int32_t e = kn__labels_economy(&b->labels, kn__word(changes, r, "economy"));
        double change = kn__cell(changes, r, "real_income_exact");
        if (e < 0 || !isfinite(change))
            continue;
        income[e] = change;
        w.most = fmax(w.most, fabs(change));
    }
    map(&w);
    KN__TRY(incomes(out, b, changes));
    return matrix(&w);
}

kn_status kn__brief_trade(kn__text *out, const kn__brief *b)
{
    if (!b->trade && !b->no_trade)
        return KN_OK;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_TRADE_HEAD);
    if (b->trade) {
        kn__html_line(out, b, "p", KN__MSG_TRADE_TEXT);
        kn__html_line(out, b, "p", KN__MSG_TRADE_TWO);
        draws_text(out, b);
        KN__TRY(pictures(out, b));
    } else {
        kn__brief_refusal(out, b, KN__MSG_TRADE_NOT, b->no_trade);
    }
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
