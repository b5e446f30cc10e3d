/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/chain.h"

/* Shares are rounded in their sources; a sum above 1 by less than this is 1. */
static const double ROUNDING = 1e-6;

static int64_t pair(const kn__chain_build *b, int32_t product, int32_t economy)
{
    return (int64_t)product * b->net->economy_count + economy;
}

/* ---- Shares of world supply ---- */

static kn_status add_supply(kn__chain_build *b, const kn__chain_supply *s, double *listed,
                            int32_t *line_at)
{
    static const char file[] = "supply.csv";
    kn_network *net = b->net;
    kn__producer *to = &net->producers[net->producer_count++];
    KN__TRY(kn__chain_lookup(&to->product, b, &b->products, s->product, file, s->line));
    KN__TRY(kn__chain_lookup(&to->economy, b, &b->economies, s->economy, file, s->line));
    KN__TRY(
        kn__chain_origin(&to->origin, b, s->source, s->grade, s->year, file, s->line));
    const kn__product *p = &net->products[to->product];
    if (p->kind == KN__INDUSTRY)
        return kn__chain_fail(b, file, s->line,
                              "%s is an industry: its makers stand in industries.csv",
                              p->id);
    if (strcmp(s->economy, "ZZU") == 0)
        return kn__chain_fail(b, file, s->line,
                              "ZZU is not listed: it takes what is left of %s", p->id);
    int32_t *line = &line_at[pair(b, to->product, to->economy)];
    if (*line && !*s->firm)
        return kn__chain_fail(b, file, s->line, "%s in %s stands already in line %d",
                              s->product, s->economy, (int)*line);
    *line = s->line;
    listed[to->product] += s->share;
    if (listed[to->product] > 1 + ROUNDING)
        return kn__chain_fail(b, file, s->line,
                              "the shares of %s sum to %.6f with this row, above 1",
                              s->product, listed[to->product]);
    to->firm = kn__arena_text(net->arena, b->ctx, s->firm);
    to->output = s->share * p->value_musd;
    to->value_added = p->value_added_share * to->output;
    to->spare = s->spare;
    return to->firm ? KN_OK : KN_ERR_MEMORY;
}

/* What nobody is listed for comes from the unseen supplier. */
static void add_unseen(kn__chain_build *b, const double *listed)
{
    kn_network *net = b->net;
    for (int32_t p = 0; p < net->product_count; p++) {
        const kn__product *product = &net->products[p];
        double output = (1 - listed[p]) * product->value_musd;
        if (product->kind == KN__INDUSTRY || listed[p] >= 1 - ROUNDING ||
            !(product->value_musd > 0))
            continue;
        net->producers[net->producer_count++] =
            (kn__producer){.economy = net->zzu,
                           .product = p,
                           .firm = "",
                           .output = output,
                           .value_added = product->value_added_share * output,
                           .spare = 0,
                           .origin = {-1, 'D', 0}};
    }
}

/* ---- Industries ---- */

static kn_status add_industry(kn__chain_build *b, const kn__chain_industry *from)
{
    static const char file[] = "industries.csv";
    kn_network *net = b->net;
    kn__producer *to = &net->producers[net->producer_count++];
    KN__TRY(kn__chain_lookup(&to->product, b, &b->products, from->industry, file,
                             from->line));
    KN__TRY(kn__chain_lookup(&to->economy, b, &b->economies, from->economy, file,
                             from->line));
    KN__TRY(kn__chain_origin(&to->origin, b, from->source, from->grade, from->year, file,
                             from->line));
    if (net->products[to->product].kind != KN__INDUSTRY)
        return kn__chain_fail(b, file, from->line, "%s is not of kind industry",
                              from->industry);
    int32_t *line = &b->carved_line[pair(b, to->product, to->economy)];
    if (*line)
        return kn__chain_fail(b, file, from->line, "%s in %s stands already in line %d",
                              from->industry, from->economy, (int)*line);
    *line = from->line;
    to->firm = "";
    to->output = from->output;
    to->value_added = from->value_added;
    to->spare = NAN;
    return KN_OK;
}

/* v_rem = v_industry − Σ v of the chain products of that industry made there, so that
   value added counts once; never below 0. */
static kn_status carve(kn__chain_build *b, const double *carved)
{
    kn_network *net = b->net;
    for (int32_t i = 0; i < net->producer_count; i++) {
        kn__producer *p = &net->producers[i];
        if (net->products[p->product].kind != KN__INDUSTRY)
            continue;
        double rest = p->value_added - carved[pair(b, p->product, p->economy)];
        if (rest < 0)
            KN__TRY(KN__NOTE(
                b->net, b->ctx,
                "value added of products carved out of %s in %s is %.1f MUSD, %.1f MUSD "
                "above the industry's; what remains of the industry counts 0",
                net->products[p->product].id, net->economies[p->economy].code,
                carved[pair(b, p->product, p->economy)], -rest));
        p->value_added = rest > 0 ? rest : 0;
    }
    return KN_OK;
}

static kn_status carve_products(kn__chain_build *b)
{
    kn_network *net = b->net;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    double *carved = KN__ARRAY(b->scratch, b->ctx, pairs, double);
    if (!carved)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        int32_t industry = net->products[p->product].industry;
        if (industry >= 0 && industry != p->product)
            carved[pair(b, industry, p->economy)] += p->value_added;
    }
    return carve(b, carved);
}

/* ---- Order ---- */

static int by_pair(const void *x, const void *y)
{
    const kn__producer *a = x, *b = y;
    if (a->product != b->product)
        return a->product < b->product ? -1 : 1;
    if (a->economy != b->economy)
        return a->economy < b->economy ? -1 : 1;
    return strcmp(a->firm, b->firm);
}

static kn_status sort_producers(kn__chain_build *b)
{
    kn_network *net = b->net;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    b->pair_start = KN__ARRAY(b->scratch, b->ctx, pairs + 1, int32_t);
    b->output = KN__ARRAY(b->scratch, b->ctx, pairs, double);
    if (!b->pair_start || !b->output)
        return KN_ERR_MEMORY;
    if (net->producer_count)
        qsort(net->producers, (size_t)net->producer_count, sizeof *net->producers,
              by_pair);
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        if (i && by_pair(p - 1, p) == 0)
            return kn__chain_fail(b, "supply.csv", 1, "firm %s of %s in %s stands twice",
                                  p->firm, net->products[p->product].id,
                                  net->economies[p->economy].code);
        b->pair_start[pair(b, p->product, p->economy) + 1]++;
        b->output[pair(b, p->product, p->economy)] += p->output;
    }
    for (int64_t at = 0; at < pairs; at++)
        b->pair_start[at + 1] += b->pair_start[at];
    return KN_OK;
}

kn_status kn__chain_producers(kn__chain_build *b)
{
    kn_network *net = b->net;
    const kn__chain_raw *raw = b->raw;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    int64_t most = raw->supply_count + raw->industry_count + net->product_count;
    net->producers = KN__ARRAY(net->arena, b->ctx, most, kn__producer);
    double *listed = KN__ARRAY(b->scratch, b->ctx, net->product_count, double);
    int32_t *line_at = KN__ARRAY(b->scratch, b->ctx, pairs, int32_t);
    b->carved_line = KN__ARRAY(b->scratch, b->ctx, pairs, int32_t);
    if (!net->producers || !listed || !line_at || !b->carved_line)
        return KN_ERR_MEMORY;
    KN__TRY(kn__chain_lookup(&net->zzu, b, &b->economies, "ZZU", "economies.csv", 1));
    for (int64_t k = 0; k < raw->supply_count; k++)
        KN__TRY(add_supply(b, &raw->supplies[k], listed, line_at));
    add_unseen(b, listed);
    for (int64_t k = 0; k < raw->industry_count; k++)
        KN__TRY(add_industry(b, &raw->industries[k]));
    KN__TRY(carve_products(b));
    return sort_producers(b);
}
