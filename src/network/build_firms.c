/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "network/build.h"

typedef struct firm_builder {
    kn_context *ctx;
    kn_network *net;
    const kn__firms_raw *raw;
} firm_builder;

static bool keep(firm_builder *b, const char **to, const char *text)
{
    *to = kn__arena_text(b->net->arena, b->ctx, text);
    return *to != NULL;
}

/* ---- Labels ---- */

/* Economies in the order in which firms first name them; ROW where they name none.
   economy_of[i] is the one of firm i. */
static kn_status add_economies(firm_builder *b, int32_t *economy_of)
{
    kn_network *net = b->net;
    int32_t known = 0;
    kn__economy *list = NULL;
    int64_t room = 0;
    for (int32_t i = 0; i < b->raw->firm_count; i++) {
        const char *code = b->raw->firm_economy ? b->raw->firm_economy[i] : "";
        code = code && *code ? code : "ROW";
        int32_t e = i && economy_of[i - 1] < known &&
                            strcmp(list[economy_of[i - 1]].code, code) == 0
                        ? economy_of[i - 1]
                        : 0;
        while (e < known && strcmp(list[e].code, code) != 0)
            e++;
        economy_of[i] = e;
        if (e < known)
            continue;
        if (known == room) {
            room = room ? 2 * room : 64;
            kn__economy *more = KN__ARRAY(net->arena, b->ctx, room, kn__economy);
            if (!more)
                return KN_ERR_MEMORY;
            if (known)
                memcpy(more, list, (size_t)known * sizeof *more);
            list = more;
        }
        KN__TRY(kn__network_economy_of(&list[known++], b->ctx, net->arena, code));
    }
    net->economies = list;
    net->economy_count = known;
    return KN_OK;
}

static kn_status add_sectors(firm_builder *b)
{
    kn_network *net = b->net;
    net->product_count = b->raw->sector_count;
    net->products = KN__ARRAY(net->arena, b->ctx, net->product_count, kn__product);
    if (!net->products)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < net->product_count; p++) {
        kn__product *to = &net->products[p];
        *to = kn__network_product_of(KN__INDUSTRY, "weight", p);
        if (!keep(b, &to->id, b->raw->sectors[p]))
            return KN_ERR_MEMORY;
        for (int l = 0; l < KN_LANG_COUNT; l++)
            to->name[l] = l == KN_LANG_EN ? to->id : "";
    }
    return KN_OK;
}

/* ---- Accounts ---- */

static kn_status add_flows(firm_builder *b)
{
    const kn__firms_raw *raw = b->raw;
    kn__flows *flows = &b->net->flows;
    kn__triplet *z = kn__alloc(b->ctx, raw->edge_count, sizeof *z);
    if (!z)
        return KN_ERR_MEMORY;
    for (int64_t e = 0; e < raw->edge_count; e++)
        z[e] = (kn__triplet){raw->supplier[e], raw->buyer[e], raw->weight[e]};
    flows->n = raw->firm_count;
    kn_status status = kn__csr_from_triplets(&flows->rows, b->ctx, b->net->arena,
                                             flows->n, flows->n, z, raw->edge_count);
    kn__release(b->ctx, z);
    return status < 0
               ? status
               : kn__csr_transpose(&flows->columns, b->ctx, b->net->arena, &flows->rows);
}

static double sum_row(const kn__csr *csr, int32_t i)
{
    double sum = 0;
    for (int64_t k = csr->start[i]; k < csr->start[i + 1]; k++)
        sum += csr->value[k];
    return sum;
}

/* Weights are all that is known: x is the larger of what a firm sells and buys; what it
   does not sell to firms is final demand at home, what it does not buy value added. */
static kn_status add_firms(firm_builder *b, const int32_t *economy_of)
{
    kn_network *net = b->net;
    int32_t n = b->raw->firm_count;
    net->producer_count = n;
    net->final_count = net->economy_count;
    net->producers = KN__ARRAY(net->arena, b->ctx, n, kn__producer);
    net->finals = KN__ARRAY(net->arena, b->ctx, net->final_count, kn__final);
    net->final_demand =
        KN__ARRAY(net->arena, b->ctx, (int64_t)n * net->final_count, double);
    if (!net->producers || !net->finals || !net->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < net->final_count; e++)
        net->finals[e] = (kn__final){e, ""};
    for (int32_t i = 0; i < n; i++) {
        kn__producer *p = &net->producers[i];
        double sold = sum_row(&net->flows.rows, i);
        double bought = sum_row(&net->flows.columns, i);
        double x = fmax(sold, bought);
        *p = (kn__producer){.economy = economy_of[i],
                            .product = b->raw->sector[i],
                            .output = x,
                            .value_added = x - bought,
                            .spare = NAN,
                            .origin = KN__NO_ORIGIN};
        net->final_demand[(int64_t)i * net->final_count + p->economy] = x - sold;
        net->products[p->product].value_musd += x;
        net->products[p->product].value_added_share += p->value_added;
        if (!keep(b, &p->firm, b->raw->firms[i]))
            return KN_ERR_MEMORY;
    }
    for (int32_t p = 0; p < net->product_count; p++)
        net->products[p].value_added_share =
            net->products[p].value_musd > 0
                ? net->products[p].value_added_share / net->products[p].value_musd
                : NAN;
    return KN_OK;
}

/* ---- Recipes ---- */

/* How much of sector q the sectors buy, as a share of their output. */
static double *sector_costs(firm_builder *b)
{
    const kn_network *net = b->net;
    int64_t S = net->product_count;
    double *cost = kn__alloc(b->ctx, S * S, sizeof *cost);
    const kn__csr *rows = &net->flows.rows;
    for (int32_t i = 0; cost && i < net->producer_count; i++)
        for (int64_t k = rows->start[i]; k < rows->start[i + 1]; k++)
            cost[net->producers[i].product * S +
                 net->producers[rows->index[k]].product] += rows->value[k];
    return cost;
}

/* A recipe for each pair of sectors with purchases: class 2 essential, 1 important, 0
   minor; what an essential input carries is all of the user's value added. */
static kn_status add_recipes(firm_builder *b)
{
    kn_network *net = b->net;
    int64_t S = net->product_count, count = 0;
    static const kn__criticality classes[] = {KN__MINOR, KN__IMPORTANT, KN__ESSENTIAL};
    double *cost = sector_costs(b);
    if (!cost)
        return KN_ERR_MEMORY;
    for (int64_t c = 0; c < S * S; c++)
        count += cost[c] > 0;
    net->recipes = KN__ARRAY(net->arena, b->ctx, count, kn__recipe);
    for (int64_t c = 0; net->recipes && c < S * S; c++) {
        int64_t user = c % S;
        unsigned char class = b->raw->essential[c];
        if (cost[c] > 0)
            net->recipes[net->recipe_count++] =
                (kn__recipe){.product = (int32_t)user,
                             .input = (int32_t)(c / S),
                             .cost_share = cost[c] / net->products[user].value_musd,
                             .dependent = {1, 1, 1},
                             .criticality = classes[class < 3 ? class : 2],
                             .origin = KN__NO_ORIGIN};
    }
    kn__release(b->ctx, cost);
    net->has_recipes = true;
    return net->recipes ? KN_OK : KN_ERR_MEMORY;
}

static kn_status fill(firm_builder *b, int32_t *economy_of)
{
    if (!keep(b, &b->net->name, b->raw->name) ||
        !keep(b, &b->net->edition, b->raw->edition))
        return KN_ERR_MEMORY;
    KN__TRY(add_economies(b, economy_of));
    KN__TRY(add_sectors(b));
    KN__TRY(add_flows(b));
    KN__TRY(add_firms(b, economy_of));
    if (b->raw->essential)
        KN__TRY(add_recipes(b));
    KN__TRY(kn__network_stocks(b->net, b->ctx));
    return kn__network_finish(b->net, b->ctx);
}

kn_status kn__network_from_firms(kn_network **net, kn_context *ctx,
                                 const kn__firms_raw *raw)
{
    firm_builder b = {.ctx = ctx, .raw = raw};
    *net = NULL;
    KN__TRY(kn__network_new(&b.net, ctx));
    int32_t *economy_of = kn__alloc(ctx, raw->firm_count, sizeof *economy_of);
    kn_status status = economy_of ? fill(&b, economy_of) : KN_ERR_MEMORY;
    kn__release(ctx, economy_of);
    if (status < 0)
        kn_network_free(b.net);
    else
        *net = b.net;
    return status;
}
