/* SPDX-License-Identifier: Apache-2.0 */
/* The chain of the worst threat as a picture and as a table. */
#include <math.h>

#include "report/chain.h"

static kn__msg kind_of(const kn__brief *b, const kn__chain *c, const kn__edge *e)
{
    static const kn__msg kinds[] = {KN__MSG_ESSENTIAL, KN__MSG_IMPORTANT, KN__MSG_MINOR};
    if (e->recipe >= 0)
        return kinds[b->network->recipes[e->recipe].criticality];
    if (isfinite(e->share))
        return KN__MSG_COST_SHARE;
    return c->node[e->from].kind == KN__NODE_SUPPLIER ? KN__MSG_SUPPLIES
                                                      : KN__MSG_VALUE_ADDED;
}

static void row(kn__text *out, const kn__brief *b, const kn__chain *c, const kn__edge *e)
{
    char words[KN__WORDS], low[64], mid[64], high[64];
    const kn__node *from = &c->node[e->from], *to = &c->node[e->to];
    kn__html_row(out);
    kn__html_row_head(out, from->name);
    kn__html_text(out, to->name);
    kn__html_text(out, kn__message(b->lang, kind_of(b, c, e)));
    if (e->recipe < 0) {
        if (isfinite(e->share))
            kn__words_percent(words, b->lang, e->share, 2);
        else if (from->kind == KN__NODE_SUPPLIER)
            kn__words_percent(words, b->lang, from->value, 2);
        else
            kn__words_money(words, b->lang, from->value, 2);
        kn__text_add(out, "<td class=\"n\">");
        kn__write_html(out, words);
        kn__text_add(out, "</td><td></td>");
    } else {
        const kn__recipe *r = &b->network->recipes[e->recipe];
        bool minor = r->criticality == KN__MINOR;
        double first = minor ? r->cost_share : r->dependent[0];
        kn__write_fixed(low, first, minor ? kn__decimals_for(first, 2) : 2);
        kn__write_fixed(mid, r->dependent[1], 2);
        kn__write_fixed(high, r->dependent[2], 2);
        if (minor)
            kn__text_addf(out, "<td class=\"n\">%s</td>", low);
        else
            kn__text_addf(out, "<td class=\"n\">%s–%s–%s</td>", low, mid, high);
        kn__text_addf(out, "<td>%c</td>", r->origin.grade ? r->origin.grade : '-');
    }
    kn__html_row_end(out);
}

static void table(kn__text *out, const kn__brief *b, const kn__chain *c)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_FROM, KN__MSG_COUNT, false},
        {KN__MSG_COL_TO, KN__MSG_COUNT, false},
        {KN__MSG_COL_CRITICAL, KN__MSG_COUNT, false},
        {KN__MSG_COL_DEPENDENT, KN__MSG_COUNT, true},
        {KN__MSG_COL_GRADE, KN__MSG_COUNT, false},
    };
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int32_t e = 0; e < c->edge_count; e++)
        row(out, b, c, &c->edge[e]);
    kn__html_table_end(out);
    kn__text_add(out, "<p class=\"note\">");
    kn__say(out, b->lang, KN__MSG_CHAIN_CAPTION, 0);
    kn__text_add(out, "</p>\n");
}

kn_status kn__brief_chain(kn__text *out, const kn__brief *b)
{
    if (!b->threat_count)
        return KN_OK;
    char name[KN__WORDS];
    const kn__threat *worst = &b->threat[0];
    kn__chain *c = KN__NEW(b->arena, b->ctx, kn__chain);
    if (!c)
        return KN_ERR_MEMORY;
    KN__TRY(kn__chain_find(c, b));
    kn__chain_order(c);
    kn__text_add(out, "<section>\n<h2>");
    kn__say(out, b->lang, KN__MSG_CHAIN_HEAD, 2,
            kn__brief_inside(name, b, worst->product), worst->holder_inside);
    kn__text_add(out, "</h2>\n<p>");
    kn__say(out, b->lang, KN__MSG_CHAIN_TEXT, 2, name, b->inside);
    kn__text_add(out, "</p>\n<figure>\n");
    kn__chain_draw_broad(out, b, c);
    kn__chain_draw_narrow(out, b, c);
    kn__html_line(out, b, "figcaption", KN__MSG_CHAIN_KEY);
    kn__text_add(out, "</figure>\n");
    table(out, b, c);
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
