/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "network/build.h"
#include "network/schema.h"
#include "network/splice.h"

/* Weight of a criticality: an important input counts half. */
static double strength(kn__criticality criticality)
{
    return criticality == KN__ESSENTIAL ? 1 : criticality == KN__IMPORTANT ? 0.5 : 0;
}

static kn__origin moved(const kn__splice *s, kn__origin origin)
{
    origin.source += origin.source >= 0 ? s->table->source_count : 0;
    return origin;
}

/* A row of the table's industry from the rows of its parts, each weighed by its part of
   the industry; a part without a row needs none of the input. */
static void merge_recipe(kn__recipe *to, const kn__recipe *from, double weight)
{
    double old = strength(to->criticality), more = strength(from->criticality);
    double base = old > more ? old : more;
    for (int end = 0; end < 3; end++) {
        double share = isnan(from->dependent[end]) ? 1 : from->dependent[end];
        to->dependent[end] =
            base > 0 ? (old * to->dependent[end] + more * share * weight) / base : 0;
    }
    if (more > old || (more == old && !(to->cost_share > 0)))
        to->origin = from->origin;
    to->criticality = base == 1 ? KN__ESSENTIAL : base > 0 ? KN__IMPORTANT : KN__MINOR;
    to->cost_share += isnan(from->cost_share) ? 0 : weight * from->cost_share;
}

static kn_status add_recipes(kn__splice *s)
{
    const kn_network *atlas = s->atlas;
    kn_network *net = s->net;
    int32_t count = net->product_count;
    int32_t *at = KN__ARRAY(s->scratch, s->ctx, (int64_t)count * count, int32_t);
    net->recipes = KN__ARRAY(net->arena, s->ctx, atlas->recipe_count, kn__recipe);
    if (!at || !net->recipes)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < atlas->recipe_count; k++) {
        kn__recipe r = atlas->recipes[k];
        double weight = s->coverage[r.product];
        r.product = s->to[r.product];
        r.input = s->to[r.input];
        r.origin = moved(s, r.origin);
        int32_t *row = &at[(int64_t)r.product * count + r.input]; /* 1-based */
        if (!*row) {
            net->recipes[net->recipe_count] = (kn__recipe){.product = r.product,
                                                           .input = r.input,
                                                           .criticality = KN__MINOR,
                                                           .origin = r.origin};
            *row = ++net->recipe_count;
        }
        merge_recipe(&net->recipes[*row - 1], &r, weight);
    }
    return KN_OK;
}

/* Months, life and growth are means over the parts that use the tool; the dependence on
   service is that of the whole industry. */
static void merge_tool(kn__equipment *to, const kn__equipment *from, double weight,
                       double *sum)
{
    *sum += weight;
    double part = weight / *sum;
    to->service_months += part * (from->service_months - to->service_months);
    to->life_years += part * (from->life_years - to->life_years);
    to->growth += part * (from->growth - to->growth);
    to->service_dependence += weight * from->service_dependence;
}

static kn_status add_equipment(kn__splice *s)
{
    const kn_network *atlas = s->atlas;
    kn_network *net = s->net;
    double *sum = KN__ARRAY(s->scratch, s->ctx, atlas->equipment_count, double);
    net->equipment = KN__ARRAY(net->arena, s->ctx, atlas->equipment_count, kn__equipment);
    if (!sum || !net->equipment)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < atlas->equipment_count; k++) {
        kn__equipment from = atlas->equipment[k];
        double weight = s->coverage[from.product];
        from.product = s->to[from.product];
        from.tool = s->to[from.tool];
        from.origin = moved(s, from.origin);
        int32_t row = 0;
        while (row < net->equipment_count &&
               (net->equipment[row].product != from.product ||
                net->equipment[row].tool != from.tool))
            row++;
        kn__equipment *to = &net->equipment[row];
        if (row == net->equipment_count) {
            *to = from;
            to->service_dependence = 0;
            net->equipment_count++;
        }
        merge_tool(to, &from, weight, &sum[row]);
    }
    return KN_OK;
}

static kn_status add_links(kn__splice *s)
{
    kn_network *net = s->net;
    net->links = KN__ARRAY(net->arena, s->ctx, s->atlas->link_count, kn__link);
    if (!net->links)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->atlas->link_count; k++) {
        kn__link l = s->atlas->links[k];
        l.product = s->to[l.product];
        l.origin = moved(s, l.origin);
        if (l.product >= s->table->product_count)
            net->links[net->link_count++] = l;
    }
    return KN_OK;
}

/* Stocks of the atlas; those of industries are means weighed by their parts. */
static kn_status add_stocks(kn__splice *s)
{
    kn_network *net = s->net;
    int64_t at = 0, E = net->economy_count;
    kn__stock stock;
    KN__TRY(kn__network_stocks(net, s->ctx));
    double *weight = KN__ARRAY(s->scratch, s->ctx, net->product_count * E, double);
    if (!weight)
        return KN_ERR_MEMORY;
    while (kn__stock_next(s->atlas, &at, &stock)) {
        int64_t to = s->to[stock.product] * E + stock.economy;
        double part = s->coverage[stock.product], old = net->stock_days[to];
        weight[to] += part;
        double share = weight[to] > 0 ? part / weight[to] : 1;
        net->stock_days[to] = isnan(old) ? stock.days : old + share * (stock.days - old);
        net->stock_origin[to] = moved(s, stock.origin);
    }
    for (at = 0; kn__stock_next(s->table, &at, &stock);) {
        net->stock_days[stock.product * E + stock.economy] = stock.days;
        net->stock_origin[stock.product * E + stock.economy] = stock.origin;
    }
    return KN_OK;
}

/* Industries that the atlas does not have get the mean of those it has. */
static void fill_parameters(kn__splice *s, const double *weight)
{
    kn__product *products = s->net->products, mean = {0};
    int32_t count = s->table->product_count, known = 0;
    for (int32_t k = 0; k < count; k++) {
        if (!(weight[k] > 0))
            continue;
        double part = 1.0 / ++known;
        mean.reroute_share += part * (products[k].reroute_share - mean.reroute_share);
        mean.reroute_days += part * (products[k].reroute_days - mean.reroute_days);
    }
    for (int32_t k = 0; known && k < count; k++)
        if (!(weight[k] > 0)) {
            products[k].reroute_share = mean.reroute_share;
            products[k].reroute_days = mean.reroute_days;
        }
}

/* What a table does not know of its industries, from those of the atlas. */
static kn_status add_parameters(kn__splice *s)
{
    kn_network *net = s->net;
    double *weight = KN__ARRAY(s->scratch, s->ctx, net->product_count, double);
    if (!weight)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < s->atlas->product_count; p++) {
        const kn__product *from = &s->atlas->products[p];
        kn__product *to = &net->products[s->to[p]];
        if (from->kind != KN__INDUSTRY || !(s->coverage[p] > 0))
            continue;
        double *sum = &weight[s->to[p]];
        double *const mine[] = {&to->substitute_share, &to->substitute_days,
                                &to->reroute_share, &to->reroute_days, &to->spare_days};
        const double theirs[] = {from->substitute_share, from->substitute_days,
                                 from->reroute_share, from->reroute_days,
                                 from->spare_days};
        bool first = *sum == 0;
        *sum += s->coverage[p];
        for (int k = 0; k < 5; k++)
            *mine[k] = first ? theirs[k]
                             : *mine[k] + s->coverage[p] / *sum * (theirs[k] - *mine[k]);
        to->param_origin = moved(s, from->param_origin);
    }
    fill_parameters(s, weight);
    return KN_OK;
}

kn_status kn__splice_records(kn__splice *s)
{
    KN__TRY(add_recipes(s));
    KN__TRY(add_equipment(s));
    KN__TRY(add_links(s));
    KN__TRY(add_stocks(s));
    KN__TRY(add_parameters(s));
    s->net->has_recipes = true;
    return KN_OK;
}
