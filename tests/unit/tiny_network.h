/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_TINY_NETWORK_H
#define KN_TESTS_TINY_NETWORK_H

/* CHN, JPN, KOR and ZZU; gallium, germanium and chips; a bloc and a firm. Only what
   labels and options need. */
#include <math.h>

#include "network/build.h"

static inline kn_status tiny_fill(kn_network *net, kn_context *ctx)
{
    static const char *const codes[] = {"CHN", "JPN", "KOR", "ZZU"};
    static const char *const ids[] = {"gallium", "germanium", "chips"};
    kn__arena *arena = net->arena;
    net->name = "tiny";
    net->edition = "made for tests";
    net->economy_count = 4;
    net->product_count = 3;
    net->producer_count = 12;
    net->bloc_count = 1;
    net->economies = KN__ARRAY(arena, ctx, 4, kn__economy);
    net->products = KN__ARRAY(arena, ctx, 3, kn__product);
    net->producers = KN__ARRAY(arena, ctx, 12, kn__producer);
    net->blocs = KN__ARRAY(arena, ctx, 1, kn__bloc);
    net->flows.n = 12;
    net->flows.is_dense = true;
    net->flows.dense = kn__alloc(ctx, 144, sizeof(double));
    net->stock_days = KN__ARRAY(arena, ctx, 12, double);
    net->stock_origin = KN__ARRAY(arena, ctx, 12, kn__origin);
    int32_t *members = KN__ARRAY(arena, ctx, 2, int32_t);
    if (!net->economies || !net->products || !net->producers || !net->blocs || !members ||
        !net->flows.dense || !net->stock_days || !net->stock_origin)
        return KN_ERR_MEMORY;
    kn__origin unknown = {.source = -1, .grade = 'D'};
    for (int32_t e = 0; e < 4; e++)
        net->economies[e] = (kn__economy){
            .code = codes[e], .name = {codes[e], "", ""}, .origin = unknown};
    for (int32_t p = 0; p < 3; p++)
        net->products[p] = (kn__product){.id = ids[p],
                                         .name = {ids[p], "", ""},
                                         .hs = "",
                                         .unit = "MUSD",
                                         .note = "",
                                         .industry = -1,
                                         .value_origin = unknown,
                                         .param_origin = unknown};
    for (int32_t i = 0; i < 12; i++)
        net->producers[i] = (kn__producer){.economy = i % 4,
                                           .product = i / 4,
                                           .firm = i == 9 ? "Chips of Japan" : "",
                                           .output = 100,
                                           .value_added = 50,
                                           .origin = unknown};
    net->flows.dense[0 * 12 + 9] = 40; /* CHN gallium → JPN chips */
    net->flows.dense[4 * 12 + 9] = 10; /* CHN germanium → JPN chips */
    for (int32_t k = 0; k < 12; k++) {
        net->stock_days[k] = NAN;
        net->stock_origin[k] = unknown;
    }
    members[0] = 1;
    members[1] = 2;
    net->blocs[0] = (kn__bloc){.name = "allies", .members = {members, 2}};
    return kn__network_finish(net, ctx);
}

static inline kn_status tiny_network(kn_network **net, kn_context *ctx)
{
    kn_status status = kn__network_new(net, ctx);
    if (status >= 0)
        status = tiny_fill(*net, ctx);
    if (status < 0) {
        kn_network_free(*net);
        *net = NULL;
    }
    return status;
}

#endif
