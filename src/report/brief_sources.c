/* SPDX-License-Identifier: Apache-2.0 */
/* The sources behind the figures of the brief, and how many figures of which grade each
   gave. */
#include <stdio.h>
#include <string.h>

#include "report/brief.h"

typedef struct tally {
    const kn__brief *b;
    int32_t *count; /* sources × 4 grades */
    int32_t total;
} tally;

static void add(tally *t, kn__origin origin)
{
    if (origin.source < 0 || origin.source >= t->b->network->source_count)
        return;
    if (origin.grade < 'A' || origin.grade > 'D')
        return;
    t->count[4 * origin.source + origin.grade - 'A']++;
    t->total++;
}

static void count_product(tally *t, int32_t q)
{
    const kn_network *net = t->b->network;
    int32_t economy = t->b->economy;
    add(t, net->products[q].value_origin);
    add(t, net->products[q].param_origin);
    for (int32_t i = 0; i < net->producer_count; i++)
        if (net->producers[i].product == q)
            add(t, net->producers[i].origin);
    for (int32_t i = 0; i < net->recipe_count; i++)
        if (net->recipes[i].input == q)
            add(t, net->recipes[i].origin);
    for (int32_t i = 0; i < net->equipment_count; i++)
        if (net->equipment[i].tool == q)
            add(t, net->equipment[i].origin);
    for (int32_t i = 0; i < net->link_count; i++)
        if (net->links[i].product == q && net->links[i].to == economy)
            add(t, net->links[i].origin);
    if (net->stock_origin)
        add(t, net->stock_origin[(int64_t)q * net->economy_count + economy]);
}

/* Products shown: those ranked and those the scenario names. */
static kn_status count_all(tally *t)
{
    const kn__brief *b = t->b;
    const kn_network *net = b->network;
    bool *shown = KN__ARRAY(b->arena, b->ctx, net->product_count, bool);
    if (!shown)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < b->threat_count; i++)
        shown[b->threat[i].product] = true;
    for (int32_t i = 0; b->scenario && i < b->scenario->count; i++) {
        kn_ids products = b->scenario->measures[i].products;
        for (int32_t k = 0; k < products.count && products.count < net->product_count;
             k++)
            shown[products.id[k]] = true;
    }
    for (int32_t q = 0; q < net->product_count; q++)
        if (shown[q])
            count_product(t, q);
    add(t, net->economies[b->economy].origin);
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        if (p->economy == b->economy && net->products[p->product].kind == KN__INDUSTRY)
            add(t, p->origin);
    }
    return KN_OK;
}

static void grades(kn__text *out, const int32_t *count)
{
    kn__text_add(out, "<td>");
    for (int g = 0, n = 0; g < 4; g++)
        if (count[g])
            kn__text_addf(out, "%s%c&#160;%d", n++ ? ", " : "", 'A' + g, (int)count[g]);
    kn__text_add(out, "</td>");
}

/* A link only where the address is plainly one of the web. */
static void source_title(kn__text *out, const kn__source *s)
{
    bool link = !strncmp(s->url, "https://", 8) || !strncmp(s->url, "http://", 7);
    kn__text_add(out, "<th scope=\"row\">");
    if (link) {
        kn__text_add(out, "<a href=\"");
        kn__write_html(out, s->url);
        kn__text_add(out, "\">");
    }
    kn__write_html(out, s->title[0] ? s->title : s->id);
    kn__text_add(out, link ? "</a></th>" : "</th>");
}

static void table(kn__text *out, const tally *t)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_TITLE, KN__MSG_COUNT, false},
        {KN__MSG_COL_PUBLISHER, KN__MSG_COUNT, false},
        {KN__MSG_COL_YEAR, KN__MSG_COUNT, true},
        {KN__MSG_COL_FIGURES, KN__MSG_COUNT, false},
    };
    kn__html_table(out, t->b, heads, sizeof heads / sizeof *heads, KN__MSG_COUNT);
    for (int32_t i = 0; i < t->b->network->source_count; i++) {
        const int32_t *count = &t->count[4 * i];
        const kn__source *s = &t->b->network->sources[i];
        char year[16] = "";
        if (!(count[0] + count[1] + count[2] + count[3]))
            continue;
        if (s->year > 0)
            snprintf(year, sizeof year, "%d", (int)s->year);
        kn__html_row(out);
        source_title(out, s);
        kn__html_text(out, s->publisher);
        kn__text_addf(out, "<td class=\"n\">%s</td>", year);
        grades(out, count);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

kn_status kn__brief_sources(kn__text *out, const kn__brief *b)
{
    tally t = {.b = b};
    t.count = KN__ARRAY(b->arena, b->ctx, 4 * (int64_t)b->network->source_count, int32_t);
    if (!t.count)
        return KN_ERR_MEMORY;
    KN__TRY(count_all(&t));
    if (!t.total)
        return KN_OK;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_SOURCE_HEAD);
    kn__html_line(out, b, "p", KN__MSG_SOURCE_TEXT);
    table(out, &t);
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
