/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/exposure/exposure.h"
#include "lens/exposure/measures.h"
#include "network/power.h"

/* ---- Economic complexity ---- */

static const kn_column complexity_columns[] = {
    {"kind", "", KN_COLUMN_TEXT, "economy or product"},
    {"label", "", KN_COLUMN_TEXT, "its code"},
    {"links", "", KN_COLUMN_INTEGER,
     "products it exports with advantage; economies that do"},
    {"index", "", KN_COLUMN_NUMBER, "ECI or PCI: mean 0, standard deviation 1"},
    {"fitness", "", KN_COLUMN_NUMBER, "of economies, mean 1; 200 rounds"},
};

const kn_table_decl kn__table_complexity = {
    "complexity", "economic complexity from exports by product", complexity_columns,
    sizeof complexity_columns / sizeof *complexity_columns};

/* Exports of product q by economy s: all that others buy. ZZU and ROW are no economies
   that could be compared. */
static kn_status exports_matrix(kn__exposure *e, double *exports)
{
    const kn_network *net = e->net;
    int64_t economies = net->economy_count, products = net->product_count;
    kn__pools pools;
    KN__TRY(kn__pools_new(&pools, e->ctx, e->arena, net));
    for (int64_t q = 0; q < products; q++)
        for (int64_t s = 0; s < economies; s++)
            for (int64_t d = 0; d < economies; d++)
                if (d != s && s != net->zzu && s != net->row_economy)
                    exports[s * products + q] +=
                        pools.flow[(q * economies + s) * economies + d];
    return KN_OK;
}

static kn_status add_index(kn__exposure *e, kn_table *table, const char *kind,
                           const char *label, double links, double index, double fitness)
{
    kn_cell row[] = {{.text = kind},
                     {.text = label},
                     {.number = links},
                     {.number = index},
                     {.number = fitness}};
    return kn_table_append(table, e->ctx, row);
}

kn_status kn__exposure_complexity(kn__exposure *e)
{
    const kn_network *net = e->net;
    int64_t cells = (int64_t)net->economy_count * net->product_count;
    double *exports = KN__ARRAY(e->arena, e->ctx, cells, double);
    kn__complexity c;
    kn_table *table;
    if (!exports)
        return KN_ERR_MEMORY;
    KN__TRY(exports_matrix(e, exports));
    KN__TRY(kn__economic_complexity(&c, e->ctx, e->arena, exports, net->economy_count,
                                    net->product_count, 200));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_complexity, &table));
    for (int32_t k = 0; k < net->economy_count; k++)
        if (k != net->zzu && k != net->row_economy &&
            kn__exposure_wants(&e->options->of, k))
            KN__TRY(add_index(e, table, "economy", net->economies[k].code, c.diversity[k],
                              c.eci[k], c.fitness[k]));
    for (int32_t q = 0; q < net->product_count; q++)
        if (kn__exposure_wants(&e->options->product, q))
            KN__TRY(add_index(e, table, "product", net->products[q].id, c.ubiquity[q],
                              c.pci[q], NAN));
    KN__TRY(
        kn_result_info(e->result, e->ctx, "second_eigenvalue", NULL, c.eigenvalue[1]));
    return KN_OK;
}

/* ---- Geoeconomic power ---- */

static const kn_column power_columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "who threatens to withdraw"},
    {"of", "", KN_COLUMN_TEXT, "who would lose its goods"},
    {"power", "", KN_COLUMN_NUMBER,
     "log rise of the price of all goods bought when the holder withdraws from all"},
    {"power_low", "", KN_COLUMN_NUMBER, "the same at the lowest shares that can be"},
    {"power_high", "", KN_COLUMN_NUMBER,
     "the same at the highest shares that can be, with the unseen supply of what the "
     "holder is known to make"},
    {"largest", "", KN_COLUMN_TEXT, "product whose withdrawal alone weighs most"},
    {"largest_power", "", KN_COLUMN_NUMBER, "power of that product alone"},
};

const kn_table_decl kn__table_power = {
    "power", "geoeconomic power of holders over buyers", power_columns,
    sizeof power_columns / sizeof *power_columns};

static kn_status add_power(kn__exposure *e, const kn__purchases *p, const double *sigma,
                           kn_table *table, int32_t h, int32_t d)
{
    const kn_network *net = e->net;
    double rho = e->options->rho, level[KN__HELD_COUNT], best = 0;
    const char *largest = "";
    for (int k = 0; k < KN__HELD_COUNT; k++)
        level[k] = kn__power(p->products, p->share, p->held[k], sigma, rho);
    for (int32_t k = 0; k < p->products; k++) {
        double one = kn__power(1, &p->share[k], &p->held[KN__HELD_CENTRE][k], sigma, rho);
        if (one > best) {
            best = one;
            largest = net->products[p->product[k]].id;
        }
    }
    if (level[KN__HELD_HIGH] == 0)
        return KN_OK;
    kn_cell row[] = {{.text = net->economies[h].code},
                     {.text = net->economies[d].code},
                     {.number = level[KN__HELD_CENTRE]},
                     {.number = fmin(level[KN__HELD_CENTRE], level[KN__HELD_LOW])},
                     {.number = fmax(level[KN__HELD_CENTRE], level[KN__HELD_HIGH])},
                     {.text = largest},
                     {.number = best}};
    return kn_table_append(table, e->ctx, row);
}

kn_status kn__exposure_power(kn__exposure *e)
{
    const kn_network *net = e->net;
    kn__purchases p;
    kn_table *table;
    int32_t monopoly = -1;
    double *sigma = KN__ARRAY(e->arena, e->ctx, net->product_count, double);
    if (!sigma)
        return KN_ERR_MEMORY;
    for (int32_t q = 0; q < net->product_count; q++)
        sigma[q] = e->options->sigma;
    KN__TRY(kn__purchases_new(&p, e->ctx, e->arena, net));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_power, &table));
    for (int32_t d = 0; d < net->economy_count; d++) {
        if (d == net->zzu || !kn__exposure_wants(&e->options->of, d))
            continue;
        kn__purchases_of(&p, d, e->options->product);
        for (int32_t h = 0; h < net->economy_count; h++) {
            if (h == d || h == net->zzu || !kn__exposure_wants(&e->options->to, h))
                continue;
            kn__purchases_held(&p, d, (kn_ids){&h, 1});
            KN__TRY(add_power(e, &p, sigma, table, h, d));
            if (monopoly < 0)
                monopoly = kn__purchases_monopoly(&p);
        }
    }
    KN__TRY(kn_table_sort_down(table, e->ctx, 2));
    return kn__power_note(e->result, e->ctx, table,
                          monopoly < 0 ? "" : net->products[monopoly].id);
}

/* ---- Fragility of products ---- */

static const kn_column fragility_columns[] = {
    {"product", "", KN_COLUMN_TEXT, "what is traded"},
    {"central_players", "", KN_COLUMN_NUMBER,
     "population standard deviation of exporters' shares"},
    {"clustering", "", KN_COLUMN_NUMBER, "mean local clustering of who trades with whom"},
    {"world_export_hhi", "", KN_COLUMN_NUMBER, "concentration of exporters"},
    {"unseen", "share", KN_COLUMN_NUMBER, "of exports, by unknown suppliers"},
};

const kn_table_decl kn__table_fragility = {
    "fragility", "how fragile the trade network of each product is", fragility_columns,
    sizeof fragility_columns / sizeof *fragility_columns};

static kn_status add_fragility(kn__exposure *e, kn_table *table, const double *trade,
                               int32_t q)
{
    const kn_network *net = e->net;
    int64_t economies = net->economy_count;
    double total = 0, unseen = 0;
    kn__fragility f;
    for (int64_t s = 0; s < economies; s++)
        for (int64_t d = 0; d < economies; d++) {
            total += trade[s * economies + d];
            unseen += s == net->zzu ? trade[s * economies + d] : 0;
        }
    if (!(total > 0))
        return KN_OK;
    KN__TRY(kn__trade_fragility(&f, e->ctx, trade, net->economy_count, NULL));
    kn_cell row[] = {{.text = net->products[q].id},
                     {.number = f.deviation},
                     {.number = f.clustering},
                     {.number = f.world_export_hhi},
                     {.number = unseen / total}};
    return kn_table_append(table, e->ctx, row);
}

kn_status kn__exposure_fragility(kn__exposure *e)
{
    const kn_network *net = e->net;
    int64_t economies = net->economy_count, cells = economies * economies;
    double *trade = KN__ARRAY(e->arena, e->ctx, cells, double);
    kn__pools pools;
    kn_table *table;
    if (!trade)
        return KN_ERR_MEMORY;
    KN__TRY(kn__pools_new(&pools, e->ctx, e->arena, net));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_fragility, &table));
    for (int32_t q = 0; q < net->product_count; q++) {
        if (!kn__exposure_wants(&e->options->product, q))
            continue;
        memcpy(trade, pools.flow + q * cells, (size_t)cells * sizeof *trade);
        for (int64_t s = 0; s < economies; s++)
            trade[s * economies + s] = 0;
        KN__TRY(add_fragility(e, table, trade, q));
    }
    return kn_table_sort_down(table, e->ctx, 3);
}
