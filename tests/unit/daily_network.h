/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_DAILY_NETWORK_H
#define KN_TESTS_DAILY_NETWORK_H

/* A network small enough to follow with a pencil. A day's flows: ore of China 0.2 to
   chips of Germany, 0.1 to final users in Japan and in China; chips 1 to Germany; tools
   of Japan 0.1 to Germany, which makes chips with them. Chips hold 10 days of ore. */
#include <string.h>

#include "lens/cascade/cascade_tables.h"
#include "lens/cascade/daily.h"
#include "network/build.h"
#include "support.h"

enum { CHN, DEU, JPN, ECONOMIES };
enum { ORE, CHIPS, TOOLS, PRODUCTS };
enum { CHN_ORE, DEU_CHIPS, JPN_TOOLS, PRODUCERS };

static const double YEAR = 365;

static inline kn_status fill_labels(kn_network *net, kn_context *ctx)
{
    static const char *const codes[] = {"CHN", "DEU", "JPN"};
    static const char *const ids[] = {"ore", "chips", "tools"};
    static const int32_t home[] = {CHN, DEU, JPN};
    const kn__origin unknown = {.source = -1, .grade = 'D'};
    for (int32_t k = 0; k < 3; k++) {
        net->economies[k] = (kn__economy){
            .code = codes[k], .name = {codes[k], "", ""}, .origin = unknown};
        net->products[k] =
            (kn__product){.id = ids[k],
                          .name = {ids[k], "", ""},
                          .hs = "",
                          .unit = "MUSD",
                          .note = "",
                          .kind = k == TOOLS ? KN__EQUIPMENT : KN__MATERIAL,
                          .industry = -1,
                          .value_origin = unknown,
                          .param_origin = unknown};
        net->producers[k] = (kn__producer){.economy = home[k],
                                           .product = k,
                                           .firm = k == CHN_ORE ? "Ore of China" : "",
                                           .output = YEAR * (k == CHN_ORE     ? 0.4
                                                             : k == DEU_CHIPS ? 1
                                                                              : 0.1),
                                           .value_added = k == DEU_CHIPS ? YEAR : 0,
                                           .origin = unknown};
        net->finals[k] = (kn__final){.economy = k, .category = ""};
    }
    net->recipes[0] = (kn__recipe){.product = CHIPS,
                                   .input = ORE,
                                   .cost_share = 0.2,
                                   .dependent = {1, 1, 1},
                                   .origin = unknown};
    net->equipment[0] = (kn__equipment){.product = CHIPS,
                                        .tool = TOOLS,
                                        .service_months = 3,
                                        .service_dependence = 0.5,
                                        .life_years = 10,
                                        .growth = 0.365,
                                        .origin = unknown};
    return kn__network_stocks(net, ctx);
}

static inline kn_status fill(kn_network *net, kn_context *ctx)
{
    kn__arena *arena = net->arena;
    net->name = "pencil";
    net->edition = "made for tests";
    net->economy_count = net->product_count = net->producer_count = net->final_count = 3;
    net->recipe_count = net->equipment_count = 1;
    net->economies = KN__ARRAY(arena, ctx, 3, kn__economy);
    net->products = KN__ARRAY(arena, ctx, 3, kn__product);
    net->producers = KN__ARRAY(arena, ctx, 3, kn__producer);
    net->finals = KN__ARRAY(arena, ctx, 3, kn__final);
    net->recipes = KN__ARRAY(arena, ctx, 1, kn__recipe);
    net->equipment = KN__ARRAY(arena, ctx, 1, kn__equipment);
    net->final_demand = KN__ARRAY(arena, ctx, 9, double);
    net->flows.n = 3;
    net->flows.is_dense = true;
    net->flows.dense = kn__alloc(ctx, 9, sizeof(double));
    if (!net->economies || !net->products || !net->producers || !net->finals ||
        !net->recipes || !net->equipment || !net->final_demand || !net->flows.dense)
        return KN_ERR_MEMORY;
    KN__TRY(fill_labels(net, ctx));
    net->flows.dense[CHN_ORE * 3 + DEU_CHIPS] = 0.2 * YEAR;
    net->final_demand[CHN_ORE * 3 + JPN] = 0.1 * YEAR;
    net->final_demand[CHN_ORE * 3 + CHN] = 0.1 * YEAR;
    net->final_demand[DEU_CHIPS * 3 + DEU] = YEAR;
    net->final_demand[JPN_TOOLS * 3 + DEU] = 0.1 * YEAR;
    net->stock_days[ORE * 3 + DEU] = 10;
    net->has_recipes = true;
    return kn__network_finish(net, ctx);
}

/* ---- Scenarios ---- */

static int32_t every[] = {0, 1, 2};

static inline kn_ids one(int32_t k)
{
    return (kn_ids){.id = &every[k], .count = 1};
}

static inline kn__measure measure(kn__op op, int32_t from, int32_t to, int32_t product)
{
    return (kn__measure){.op = op,
                         .from = one(from),
                         .to = one(to),
                         .products = one(product),
                         .name = "",
                         .days = -1};
}

typedef struct fixture {
    kn_context *ctx;
    kn_network *net;
} fixture;

static inline int setup(void **state)
{
    static fixture f;
    if (kn_context_new(&f.ctx, NULL) < 0 || kn__network_new(&f.net, f.ctx) < 0 ||
        fill(f.net, f.ctx) < 0)
        return -1;
    *state = &f;
    return 0;
}

static inline int teardown(void **state)
{
    fixture *f = *state;
    kn_network_free(f->net);
    kn_context_free(f->ctx);
    return 0;
}

#endif
