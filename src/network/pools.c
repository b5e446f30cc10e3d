/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "network/network.h"

static kn_status pools_allocate(kn__pools *pools, kn_context *ctx, kn__arena *arena)
{
    int64_t pairs = (int64_t)pools->products * pools->economies;
    pools->flow = KN__ARRAY(arena, ctx, pairs * pools->economies, double);
    pools->known = KN__ARRAY(arena, ctx, pairs * pools->economies, unsigned char);
    double **vectors[] = {&pools->use,        &pools->output,       &pools->value_added,
                          &pools->spare,      &pools->free_supply,  &pools->free_use,
                          &pools->closed_use, &pools->closed_supply};
    bool all = pools->flow && pools->known;
    for (size_t k = 0; k < sizeof vectors / sizeof *vectors; k++) {
        *vectors[k] = KN__ARRAY(arena, ctx, pairs, double);
        all = all && *vectors[k];
    }
    pools->free_total = KN__ARRAY(arena, ctx, pools->products, double);
    pools->measured = KN__ARRAY(arena, ctx, pools->products, unsigned char);
    return all && pools->free_total && pools->measured ? KN_OK : KN_ERR_MEMORY;
}

/* x, v and spare of the pairs (product, economy); spare weighed by output. */
static void add_producers(kn__pools *pools, const kn_network *net)
{
    int64_t E = pools->economies;
    double *known_output = pools->free_supply; /* scratch until the margins are filled */
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        int64_t at = p->product * E + p->economy;
        pools->output[at] += p->output;
        pools->value_added[at] += p->value_added;
        if (!isnan(p->spare)) {
            pools->spare[at] += p->spare * p->output;
            known_output[at] += p->output;
        }
    }
    for (int64_t at = 0; at < pools->products * E; at++) {
        pools->spare[at] =
            known_output[at] > 0 ? pools->spare[at] / known_output[at] : NAN;
        known_output[at] = 0;
    }
}

static void add_flow(kn__pools *pools, const kn_network *net, int32_t i, int32_t buyer,
                     double value)
{
    const kn__producer *p = &net->producers[i];
    int64_t E = pools->economies;
    pools->flow[(p->product * E + p->economy) * E + buyer] += value;
}

bool kn__network_has_input(const kn_network *net, int32_t user, int32_t input)
{
    for (int32_t k = net->recipe_start[user]; k < net->recipe_start[user + 1]; k++)
        if (net->recipes[k].input == input)
            return true;
    return false;
}

static void mark_measured(kn__pools *pools, const kn_network *net, int32_t i, int32_t j,
                          double value)
{
    int32_t q = net->producers[i].product;
    if (value > 0 && net->has_recipes && !pools->measured[q] &&
        net->products[q].kind == KN__INDUSTRY)
        pools->measured[q] = !kn__network_has_input(net, net->producers[j].product, q);
}

/* f[q][s][d] = Σ Z over makers of q in s and users in d, and final demand above 0. */
static void add_flows(kn__pools *pools, const kn_network *net)
{
    const kn__flows *z = &net->flows;
    for (int32_t i = 0; i < z->n; i++) {
        int64_t begin = z->is_dense ? (int64_t)i * z->n : z->rows.start[i];
        int64_t end = z->is_dense ? begin + z->n : z->rows.start[i + 1];
        for (int64_t k = begin; k < end; k++) {
            int32_t j = z->is_dense ? (int32_t)(k - begin) : z->rows.index[k];
            double value = z->is_dense ? z->dense[k] : z->rows.value[k];
            add_flow(pools, net, i, net->producers[j].economy, value);
            mark_measured(pools, net, i, j, value);
        }
        for (int32_t c = 0; c < net->final_count; c++) {
            double y = net->final_demand[(int64_t)i * net->final_count + c];
            if (y > 0)
                add_flow(pools, net, i, net->finals[c].economy, y);
        }
    }
    int64_t E = pools->economies;
    for (int64_t q = 0; q < pools->products; q++)
        for (int64_t s = 0; s < E; s++)
            for (int64_t d = 0; d < E; d++)
                pools->use[q * E + d] += pools->flow[(q * E + s) * E + d];
}

/* What known links leave of supply S, use M and their total W; and for each seller
   (buyer) the free use (supply) on the other side of its known links. */
static void add_margins(kn__pools *pools, const kn_network *net)
{
    int64_t E = pools->economies;
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *l = &net->links[k];
        pools->known[(l->product * E + l->from) * E + l->to] = 1;
    }
    for (int64_t at = 0; at < pools->products * E * E; at++) {
        if (pools->known[at])
            continue;
        pools->free_supply[at / E] += pools->flow[at];
        pools->free_use[at / (E * E) * E + at % E] += pools->flow[at];
        pools->free_total[at / (E * E)] += pools->flow[at];
    }
    for (int32_t k = 0; k < net->link_count; k++) {
        int64_t s = (int64_t)net->links[k].product * E + net->links[k].from;
        int64_t d = (int64_t)net->links[k].product * E + net->links[k].to;
        pools->closed_use[s] += pools->free_use[d];
        pools->closed_supply[d] += pools->free_supply[s];
    }
}

kn_status kn__pools_new(kn__pools *pools, kn_context *ctx, kn__arena *arena,
                        const kn_network *net)
{
    *pools = (kn__pools){.products = net->product_count, .economies = net->economy_count};
    KN__TRY(pools_allocate(pools, ctx, arena));
    add_producers(pools, net);
    add_flows(pools, net);
    add_margins(pools, net);
    return KN_OK;
}

/* The share that a link gives; links are in order of product, buyer, seller. */
static double link_share(const kn_network *net, int32_t q, int32_t s, int32_t d)
{
    int32_t low = 0, high = net->link_count;
    while (low < high) {
        int32_t middle = low + (high - low) / 2;
        const kn__link *l = &net->links[middle];
        bool before = l->product != q ? l->product < q
                      : l->to != d    ? l->to < d
                                      : l->from < s;
        if (before)
            low = middle + 1;
        else
            high = middle;
    }
    return net->links[low].share;
}

void kn__pools_share_bounds(const kn__pools *pools, const kn_network *net, int32_t q,
                            int32_t s, int32_t d, double *low, double *high)
{
    int64_t E = pools->economies, at_s = q * E + s, at_d = q * E + d;
    int64_t cell = at_s * E + d;
    double use = pools->use[at_d];
    *low = *high = use > 0 ? pools->flow[cell] / use : 0;
    if (!(use > 0) || !net->has_recipes || pools->measured[q])
        return;
    if (pools->known[cell]) {
        double given = link_share(net, q, s, d);
        *low = fmin(*low, given);
        *high = fmax(*high, given);
        return;
    }
    double S = pools->free_supply[at_s], M = pools->free_use[at_d];
    /* the other open buyers take at most their use from s; the rest goes to d */
    double others_buy = pools->free_total[q] - M - pools->closed_use[at_s];
    /* the other open sellers sell at most their supply to d; s sells the rest */
    double others_sell = pools->free_total[q] - S - pools->closed_supply[at_d];
    double least = fmax(0, fmax(S - others_buy, M - others_sell));
    double most = fmin(S, M);
    *low = fmin(*low, least / use);
    *high = fmax(*high, most / use);
}
