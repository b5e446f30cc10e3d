/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario does, in words and as a table. */
#include <math.h>
#include <stdio.h>

#include "report/brief.h"

static const kn__msg op_message[KN__OP_COUNT] = {
    [KN__EXPORT_BAN] = KN__MSG_OP_BAN,           [KN__EXPORT_QUOTA] = KN__MSG_OP_QUOTA,
    [KN__EXPORT_LICENCE] = KN__MSG_OP_LICENCE,   [KN__TARIFF] = KN__MSG_OP_TARIFF,
    [KN__TARIFF_SCHEDULE] = KN__MSG_OP_SCHEDULE, [KN__TRADE_COST] = KN__MSG_OP_COST,
    [KN__CAPACITY_LOSS] = KN__MSG_OP_CAPACITY,   [KN__CAPACITY_GAIN] = KN__MSG_OP_GAIN,
    [KN__DEMAND_CHANGE] = KN__MSG_OP_DEMAND,     [KN__STOCK_RELEASE] = KN__MSG_OP_STOCK,
    [KN__ENTITY_DENIAL] = KN__MSG_OP_ENTITY,     [KN__ROUTE_CLOSURE] = KN__MSG_OP_ROUTE,
    [KN__OVERCAPACITY] = KN__MSG_OP_PUSH,
};

/* Names, not yet escaped, parted as the language does. */
static void names(kn__text *plain, const kn__brief *b, kn_ids ids, int32_t all,
                  const char *(*name)(const kn__brief *, int32_t))
{
    if (ids.count >= all)
        kn__text_add(plain, kn__message(b->lang, KN__MSG_ALL));
    for (int32_t i = 0; i < ids.count && ids.count < all; i++) {
        if (i)
            kn__text_add(plain, kn__message(b->lang, KN__MSG_LIST_COMMA));
        kn__text_add(plain, name(b, ids.id[i]));
    }
}

static const char *short_name(const kn__brief *b, int32_t product)
{
    return b->short_name[product];
}

/* "*" leaves ZZU and ROW out or in: both count as all. */
static int32_t all_economies(const kn__brief *b)
{
    return b->network->economy_count > 4 ? b->network->economy_count - 2
                                         : b->network->economy_count;
}

static void cell(kn__text *out, const kn__brief *b, kn_ids ids, int32_t all,
                 const char *(*name)(const kn__brief *, int32_t))
{
    kn__text plain;
    kn__text_init(&plain, out->ctx, 0);
    names(&plain, b, ids, all, name);
    kn__html_text(out, plain.data);
    if (kn__text_status(&plain) < 0)
        out->status = kn__text_status(&plain);
    kn__text_release(&plain);
}

static void summary(kn__text *out, const kn__brief *b, const kn__measure *m)
{
    kn__text from, to, products, days;
    char number[16], more[16];
    kn__text *all[] = {&from, &to, &products, &days};
    for (int i = 0; i < 4; i++)
        kn__text_init(all[i], out->ctx, 0);
    names(&from, b, m->from, all_economies(b), kn__brief_economy);
    names(&to, b, m->to, all_economies(b), kn__brief_economy);
    names(&products, b, m->products, b->network->product_count, short_name);
    snprintf(number, sizeof number, "%d", (int)m->days);
    if (m->days < 0)
        kn__text_add(&days, kn__message(b->lang, KN__MSG_UNTIL_END));
    else
        kn__say(&days, b->lang, KN__MSG_FOR_DAYS, 1, number);
    kn__say(out, b->lang, KN__MSG_MEASURE_SUMMARY, 5, from.data,
            kn__message(b->lang, op_message[m->op]), to.data, products.data, days.data);
    snprintf(more, sizeof more, "%d", (int)b->scenario->count - 1);
    if (b->scenario->count > 1)
        kn__say(out, b->lang, KN__MSG_AND_MORE, 1, more);
    for (int i = 0; i < 4; i++) {
        if (kn__text_status(all[i]) < 0)
            out->status = kn__text_status(all[i]);
        kn__text_release(all[i]);
    }
}

void kn__brief_scenario_name(kn__text *out, const kn__brief *b)
{
    const kn_scenario *s = b->scenario;
    bool plain = s->count > 0 && (s->measures[0].op == KN__EXPORT_BAN ||
                                  s->measures[0].op == KN__EXPORT_QUOTA);
    if (b->lang == KN_LANG_EN || !plain)
        kn__write_html(out, kn_scenario_title(s));
    else
        summary(out, b, &s->measures[0]);
}

static bool has_value(kn__op op)
{
    return op != KN__EXPORT_BAN && op != KN__ENTITY_DENIAL && op != KN__ROUTE_CLOSURE &&
           op != KN__TARIFF_SCHEDULE;
}

void kn__brief_measures(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_MEASURE, KN__MSG_COUNT, false},
        {KN__MSG_COL_HOLDER, KN__MSG_COUNT, false},
        {KN__MSG_COL_AGAINST, KN__MSG_COUNT, false},
        {KN__MSG_COL_PRODUCT, KN__MSG_COUNT, false},
        {KN__MSG_COL_VALUE, KN__MSG_COUNT, true},
        {KN__MSG_COL_START, KN__MSG_COUNT, true},
        {KN__MSG_COL_DAYS, KN__MSG_COUNT, true},
    };
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_MEASURES);
    for (int32_t i = 0; i < b->scenario->count; i++) {
        const kn__measure *m = &b->scenario->measures[i];
        kn__html_row(out);
        kn__text_add(out, "<th scope=\"row\">");
        kn__say(out, b->lang, op_message[m->op], 0);
        if (m->name[0]) { /* of a passage, firm or schedule */
            kn__text_add(out, ": ");
            kn__write_html(out, m->name);
        }
        kn__text_add(out, "</th>");
        cell(out, b, m->from, all_economies(b), kn__brief_economy);
        cell(out, b, m->to, all_economies(b), kn__brief_economy);
        cell(out, b, m->products, b->network->product_count, kn__brief_product);
        kn__html_number(out, has_value(m->op) ? m->value : NAN,
                        m->value == floor(m->value) ? 0 : 3);
        kn__html_number(out, m->start_day, 0);
        if (m->days < 0)
            kn__html_text(out, kn__message(b->lang, KN__MSG_UNTIL_END));
        else
            kn__html_number(out, m->days, 0);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}
