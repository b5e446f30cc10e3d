/* SPDX-License-Identifier: Apache-2.0 */
#include "network/network.h"

#include <math.h>

#include "network/build.h"

static const int64_t MOST_PAIRS = 50000000;

kn_status kn__network_new(kn_network **net, kn_context *ctx)
{
    kn__arena *arena;
    *net = NULL;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_network *made = KN__NEW(arena, ctx, kn_network);
    if (!made) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    made->arena = arena;
    made->memory = *kn__allocator(ctx);
    made->name = made->edition = "";
    made->zzu = made->row_economy = -1;
    *net = made;
    return KN_OK;
}

kn_status kn__network_stocks(kn_network *net, kn_context *ctx)
{
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    if (pairs > MOST_PAIRS)
        return kn__fail(
            ctx, KN_ERR_LIMIT,
            "network %s: %d products in %d economies are more than %lld pairs", net->name,
            (int)net->product_count, (int)net->economy_count, (long long)MOST_PAIRS);
    net->stock_days = KN__ARRAY(net->arena, ctx, pairs, double);
    net->stock_origin = KN__ARRAY(net->arena, ctx, pairs, kn__origin);
    if (!net->stock_days || !net->stock_origin)
        return KN_ERR_MEMORY;
    for (int64_t c = 0; c < pairs; c++) {
        net->stock_days[c] = NAN;
        net->stock_origin[c] = (kn__origin){.source = -1, .grade = 'D'};
    }
    return KN_OK;
}

void kn_network_free(kn_network *network)
{
    if (!network)
        return;
    if (network->flows.dense)
        network->memory.release(network->memory.user, network->flows.dense);
    kn__arena_free(network->arena);
}

const char *kn_network_name(const kn_network *network)
{
    return network->name;
}

const char *kn_network_edition(const kn_network *network)
{
    return network->edition;
}

const char *kn_network_sha256(const kn_network *network)
{
    return network->sha256;
}

int32_t kn_network_economies(const kn_network *network)
{
    return network->economy_count;
}

int32_t kn_network_products(const kn_network *network)
{
    return network->product_count;
}

int32_t kn_network_producers(const kn_network *network)
{
    return network->producer_count;
}

const char *kn_network_economy_code(const kn_network *network, int32_t economy)
{
    return economy >= 0 && economy < network->economy_count
               ? network->economies[economy].code
               : "";
}

const char *kn_network_economy_name(const kn_network *network, int32_t economy,
                                    kn_lang lang)
{
    bool known = economy >= 0 && economy < network->economy_count && lang >= 0 &&
                 lang < KN_LANG_COUNT;
    return known ? network->economies[economy].name[lang] : "";
}

const char *kn_network_product_id(const kn_network *network, int32_t product)
{
    return product >= 0 && product < network->product_count
               ? network->products[product].id
               : "";
}

const char *kn_network_product_name(const kn_network *network, int32_t product,
                                    kn_lang lang)
{
    bool known = product >= 0 && product < network->product_count && lang >= 0 &&
                 lang < KN_LANG_COUNT;
    return known ? network->products[product].name[lang] : "";
}
