/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/chain.h"
#include "network/schema.h"

/* ---- Recipes and equipment ---- */

static kn_status no_equipment(kn__chain_build *b, int32_t product, const char *file,
                              int32_t line)
{
    const kn__product *p = &b->net->products[product];
    if (p->kind != KN__EQUIPMENT)
        return KN_OK;
    return kn__chain_fail(b, file, line,
                          "%s is equipment: it is investment and stands in equipment.csv",
                          p->id);
}

static kn_status add_recipes(kn__chain_build *b)
{
    static const char file[] = "recipes.csv";
    kn_network *net = b->net;
    int64_t count = b->raw->recipe_count;
    net->recipes = KN__ARRAY(net->arena, b->ctx, count, kn__recipe);
    if (!net->recipes)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < count; k++) {
        const kn__chain_recipe *r = &b->raw->recipes[k];
        kn__recipe *to = &net->recipes[net->recipe_count++];
        to->cost_share = r->cost_share;
        memcpy(to->dependent, r->dependent, sizeof to->dependent);
        int32_t class = kn__word_find(kn__criticality_words, 3, r->criticality);
        if (class < 0)
            return kn__chain_fail(b, file, r->line, "\"%.40s\" is not a criticality",
                                  r->criticality);
        to->criticality = (kn__criticality) class;
        KN__TRY(
            kn__chain_lookup(&to->product, b, &b->products, r->product, file, r->line));
        KN__TRY(kn__chain_lookup(&to->input, b, &b->products, r->input, file, r->line));
        KN__TRY(no_equipment(b, to->input, file, r->line));
        KN__TRY(kn__chain_origin(&to->origin, b, r->source, r->grade, 0, file, r->line));
    }
    return KN_OK;
}

/* A product's value is its inputs and its value added, and no more. */
static kn_status check_costs(kn__chain_build *b)
{
    kn_network *net = b->net;
    double *cost = KN__ARRAY(b->scratch, b->ctx, net->product_count, double);
    if (!cost)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < net->product_count; p++)
        cost[p] = net->products[p].kind == KN__INDUSTRY
                      ? 0
                      : net->products[p].value_added_share;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        double *sum = &cost[net->recipes[k].product];
        *sum += net->recipes[k].cost_share;
        if (*sum > 1 + 1e-9)
            return kn__chain_fail(b, "recipes.csv", b->raw->recipes[k].line,
                                  "inputs and value added of %s are more than its value: "
                                  "%.4f with %s",
                                  b->raw->recipes[k].product, *sum,
                                  b->raw->recipes[k].input);
    }
    return KN_OK;
}

static kn_status add_equipment(kn__chain_build *b)
{
    static const char file[] = "equipment.csv";
    kn_network *net = b->net;
    int64_t count = b->raw->equipment_count;
    net->equipment = KN__ARRAY(net->arena, b->ctx, count, kn__equipment);
    if (!net->equipment)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < count; k++) {
        const kn__chain_equipment *e = &b->raw->equipments[k];
        kn__equipment *to = &net->equipment[net->equipment_count++];
        to->service_months = e->service_months;
        to->service_dependence = e->service_dependence;
        to->life_years = e->life_years;
        to->growth = e->growth;
        KN__TRY(
            kn__chain_lookup(&to->product, b, &b->products, e->product, file, e->line));
        KN__TRY(kn__chain_lookup(&to->tool, b, &b->products, e->tool, file, e->line));
        if (net->products[to->tool].kind != KN__EQUIPMENT)
            return kn__chain_fail(b, file, e->line, "%s is not of kind equipment",
                                  e->tool);
        KN__TRY(kn__chain_origin(&to->origin, b, e->source, e->grade, 0, file, e->line));
    }
    return KN_OK;
}

/* ---- Links ---- */

static kn_status add_links(kn__chain_build *b)
{
    static const char file[] = "links.csv";
    kn_network *net = b->net;
    int64_t count = b->raw->link_count;
    net->links = KN__ARRAY(net->arena, b->ctx, count, kn__link);
    if (!net->links)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < count; k++) {
        const kn__chain_link *l = &b->raw->links[k];
        kn__link *to = &net->links[net->link_count++];
        to->share = l->share;
        KN__TRY(
            kn__chain_lookup(&to->product, b, &b->products, l->product, file, l->line));
        KN__TRY(kn__chain_lookup(&to->from, b, &b->economies, l->from, file, l->line));
        KN__TRY(kn__chain_lookup(&to->to, b, &b->economies, l->to, file, l->line));
        KN__TRY(kn__chain_origin(&to->origin, b, l->source, l->grade, l->year, file,
                                 l->line));
    }
    return KN_OK;
}

/* ---- Rows that stand twice ---- */

typedef struct row_key {
    int32_t a, b, c, line;
} row_key;

static int by_key(const void *x, const void *y)
{
    const row_key *p = x, *q = y;
    if (p->a != q->a)
        return p->a < q->a ? -1 : 1;
    if (p->b != q->b)
        return p->b < q->b ? -1 : 1;
    if (p->c != q->c)
        return p->c < q->c ? -1 : 1;
    return (p->line > q->line) - (p->line < q->line);
}

static kn_status no_row_twice(kn__chain_build *b, row_key *keys, int64_t count,
                              const char *file)
{
    if (count)
        qsort(keys, (size_t)count, sizeof *keys, by_key);
    for (int64_t k = 1; k < count; k++)
        if (keys[k].a == keys[k - 1].a && keys[k].b == keys[k - 1].b &&
            keys[k].c == keys[k - 1].c)
            return kn__chain_fail(b, file, keys[k].line, "the same row stands in line %d",
                                  (int)keys[k - 1].line);
    return KN_OK;
}

static kn_status check_twice(kn__chain_build *b)
{
    const kn_network *net = b->net;
    int64_t most = net->recipe_count + net->equipment_count + (int64_t)net->link_count;
    row_key *keys = KN__ARRAY(b->scratch, b->ctx, most, row_key);
    if (!keys)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->recipe_count; k++)
        keys[k] = (row_key){net->recipes[k].product, net->recipes[k].input, 0,
                            b->raw->recipes[k].line};
    KN__TRY(no_row_twice(b, keys, net->recipe_count, "recipes.csv"));
    for (int32_t k = 0; k < net->equipment_count; k++)
        keys[k] = (row_key){net->equipment[k].product, net->equipment[k].tool, 0,
                            b->raw->equipments[k].line};
    KN__TRY(no_row_twice(b, keys, net->equipment_count, "equipment.csv"));
    for (int32_t k = 0; k < net->link_count; k++)
        keys[k] = (row_key){net->links[k].product, net->links[k].from, net->links[k].to,
                            b->raw->links[k].line};
    return no_row_twice(b, keys, net->link_count, "links.csv");
}

/* ---- Stocks ---- */

static kn_status add_stock(kn__chain_build *b, const kn__chain_stock *s, bool rest)
{
    static const char file[] = "stocks.csv";
    kn_network *net = b->net;
    int32_t product, economy = 0, last = net->economy_count - 1;
    kn__origin origin;
    KN__TRY(kn__chain_lookup(&product, b, &b->products, s->product, file, s->line));
    if (!rest) {
        KN__TRY(kn__chain_lookup(&economy, b, &b->economies, s->economy, file, s->line));
        last = economy;
    }
    KN__TRY(kn__chain_origin(&origin, b, s->source, s->grade, 0, file, s->line));
    for (; economy <= last; economy++) {
        int64_t at = (int64_t)product * net->economy_count + economy;
        if (!rest && !isnan(net->stock_days[at]))
            return kn__chain_fail(b, file, s->line, "%s in %s stands twice", s->product,
                                  s->economy);
        if (isnan(net->stock_days[at])) {
            net->stock_days[at] = s->days;
            net->stock_origin[at] = origin;
        }
    }
    return KN_OK;
}

/* Rows for one economy first, then "*" fills the others. */
static kn_status add_stocks(kn__chain_build *b)
{
    kn_network *net = b->net;
    KN__TRY(kn__network_stocks(net, b->ctx));
    for (int rest = 0; rest < 2; rest++)
        for (int64_t k = 0; k < b->raw->stock_count; k++) {
            const kn__chain_stock *s = &b->raw->stocks[k];
            if ((strcmp(s->economy, "*") == 0) == rest)
                KN__TRY(add_stock(b, s, rest));
        }
    return KN_OK;
}

/* ---- Blocs ---- */

typedef struct bloc_row {
    const char *bloc;
    int32_t economy, line;
} bloc_row;

static int by_bloc(const void *x, const void *y)
{
    const bloc_row *a = x, *b = y;
    int order = strcmp(a->bloc, b->bloc);
    return order ? order : (a->economy > b->economy) - (a->economy < b->economy);
}

static kn_status read_bloc_rows(kn__chain_build *b, bloc_row *rows)
{
    static const char file[] = "blocs.csv";
    for (int64_t k = 0; k < b->raw->bloc_count; k++) {
        const kn__chain_bloc *from = &b->raw->blocs[k];
        int32_t economy;
        KN__TRY(kn__chain_lookup(&economy, b, &b->economies, from->economy, file,
                                 from->line));
        rows[k] = (bloc_row){from->bloc, economy, from->line};
        for (int32_t e = 0; e < b->net->economy_count; e++)
            if (strcmp(b->net->economies[e].code, from->bloc) == 0)
                return kn__chain_fail(b, file, from->line,
                                      "bloc %s has the code of an economy", from->bloc);
    }
    if (b->raw->bloc_count)
        qsort(rows, (size_t)b->raw->bloc_count, sizeof *rows, by_bloc);
    for (int64_t k = 1; k < b->raw->bloc_count; k++)
        if (by_bloc(&rows[k - 1], &rows[k]) == 0)
            return kn__chain_fail(b, file, rows[k].line, "%s stands twice in bloc %s",
                                  b->net->economies[rows[k].economy].code, rows[k].bloc);
    return KN_OK;
}

static kn_status add_blocs(kn__chain_build *b)
{
    kn_network *net = b->net;
    int64_t count = b->raw->bloc_count;
    bloc_row *rows = KN__ARRAY(b->scratch, b->ctx, count, bloc_row);
    int32_t *members = KN__ARRAY(net->arena, b->ctx, count, int32_t);
    net->blocs = KN__ARRAY(net->arena, b->ctx, count, kn__bloc);
    if (!rows || !members || !net->blocs)
        return KN_ERR_MEMORY;
    KN__TRY(read_bloc_rows(b, rows));
    for (int64_t k = 0; k < count; k++) {
        members[k] = rows[k].economy;
        if (!k || strcmp(rows[k - 1].bloc, rows[k].bloc) != 0) {
            kn__bloc *bloc = &net->blocs[net->bloc_count++];
            bloc->members = (kn_ids){&members[k], 0};
            bloc->name = kn__arena_text(net->arena, b->ctx, rows[k].bloc);
            if (!bloc->name)
                return KN_ERR_MEMORY;
        }
        net->blocs[net->bloc_count - 1].members.count++;
    }
    return KN_OK;
}

kn_status kn__chain_records(kn__chain_build *b)
{
    KN__TRY(add_recipes(b));
    KN__TRY(check_costs(b));
    KN__TRY(add_equipment(b));
    KN__TRY(add_links(b));
    KN__TRY(check_twice(b));
    KN__TRY(add_stocks(b));
    return add_blocs(b);
}
