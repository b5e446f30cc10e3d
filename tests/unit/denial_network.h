/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_DENIAL_NETWORK_H
#define KN_TESTS_DENIAL_NETWORK_H

/* The case denial_3x3 (CHN, JPN, KOR; gallium, wafers, electronics) as a network with
   recipes; all flows are final demand, which pools do not tell from sales to makers. A
   fourth product, a tool, makes wafers; nobody buys it in the case. */
#include <math.h>

#include "network/build.h"

static const double case_flow[4][4][3] = {
    {{40, 26, 14}, {0, 10, 0}, {0, 0, 0}, {0, 4, 6}},
    {{300, 0, 0}, {50, 240, 210}, {0, 60, 140}, {0, 0, 0}},
    {{15, 10, 0}, {0, 15, 0}, {0, 0, 10}, {0, 0, 0}},
    {{0, 0, 0}, {30, 50, 70}, {0, 0, 30}, {0, 0, 0}},
};
static const double case_output[4][3] = {
    {80, 10, 0}, {300, 500, 200}, {8000, 4000, 5000}, {0, 150, 30}};
static const double case_value[4][3] = {
    {60, 8, 0}, {150, 300, 110}, {2500, 1500, 1600}, {0, 0, 0}};
static const double case_spare[4][3] = {
    {0, 0.5, 0}, {0.1, 0.05, 0.1}, {0.05, 0.05, 0.05}, {0, 0, 0}};
static const double case_stock[4][3] = {
    {30, 90, 30}, {30, 30, 20}, {30, 30, 30}, {0, 0, 0}};
/* z and days, rho and days, days of spare capacity */
static const double case_param[4][5] = {
    {0.1, 180, 0.5, 60, 90}, {0, 0, 0.3, 90, 30}, {0.5, 60, 1, 30, 30}, {0, 0, 0, 0, 0}};
static const kn__recipe case_recipes[] = {
    {1, 0, 0.1, {0.8, 1, 1}, KN__ESSENTIAL, {-1, 'D', 0}},
    {1, 2, 0.05, {0.05, 0.05, 0.05}, KN__MINOR, {-1, 'D', 0}},
    {2, 0, 0.1, {0.1, 0.2, 0.4}, KN__IMPORTANT, {-1, 'D', 0}},
    {2, 1, 0.1, {0.3, 0.5, 0.7}, KN__ESSENTIAL, {-1, 'D', 0}},
};
static const char *const case_economies[] = {"CHN", "JPN", "KOR", "ZZU"};
static const char *const case_products[] = {"GA", "WF", "EL", "TOOL"};

static inline void case_fill_records(kn_network *net)
{
    kn__origin unknown = {.source = -1, .grade = 'D'};
    for (int32_t e = 0; e < 4; e++) {
        net->economies[e] = (kn__economy){.code = case_economies[e],
                                          .name = {case_economies[e], "", ""},
                                          .origin = unknown};
        net->finals[e] = (kn__final){e, "final"};
    }
    for (int32_t q = 0; q < 4; q++) {
        const double *p = case_param[q];
        net->products[q] = (kn__product){.id = case_products[q],
                                         .name = {case_products[q], "", ""},
                                         .hs = "",
                                         .unit = "MUSD",
                                         .note = "",
                                         .kind = q == 3 ? KN__EQUIPMENT : KN__MATERIAL,
                                         .industry = -1,
                                         .substitute_share = p[0],
                                         .substitute_days = p[1],
                                         .reroute_share = p[2],
                                         .reroute_days = p[3],
                                         .spare_days = p[4],
                                         .value_origin = unknown,
                                         .param_origin = unknown};
        for (int32_t e = 0; e < 4; e++) {
            int32_t i = q * 4 + e;
            net->producers[i] =
                (kn__producer){.economy = e,
                               .product = q,
                               .firm = "",
                               .output = e < 3 ? case_output[q][e] : 0,
                               .value_added = e < 3 ? case_value[q][e] : 0,
                               .spare = e < 3 ? case_spare[q][e] : 0,
                               .origin = unknown};
            net->stock_days[i] = e < 3 ? case_stock[q][e] : NAN;
            net->stock_origin[i] = unknown;
            for (int32_t d = 0; d < 3; d++)
                net->final_demand[i * 4 + d] = case_flow[q][e][d];
        }
    }
}

static inline kn_status case_fill(kn_network *net, kn_context *ctx, bool tool)
{
    kn__arena *arena = net->arena;
    net->name = "denial_3x3";
    net->edition = "made for tests";
    net->economy_count = net->product_count = net->final_count = 4;
    net->producer_count = 16;
    net->recipe_count = 4;
    net->equipment_count = tool;
    net->has_recipes = true;
    net->economies = KN__ARRAY(arena, ctx, 4, kn__economy);
    net->products = KN__ARRAY(arena, ctx, 4, kn__product);
    net->producers = KN__ARRAY(arena, ctx, 16, kn__producer);
    net->finals = KN__ARRAY(arena, ctx, 4, kn__final);
    net->recipes = KN__ARRAY(arena, ctx, 4, kn__recipe);
    net->equipment = KN__ARRAY(arena, ctx, 1, kn__equipment);
    net->final_demand = KN__ARRAY(arena, ctx, 64, double);
    net->stock_days = KN__ARRAY(arena, ctx, 16, double);
    net->stock_origin = KN__ARRAY(arena, ctx, 16, kn__origin);
    net->flows.n = 16;
    net->flows.is_dense = true;
    net->flows.dense = kn__alloc(ctx, 256, sizeof(double));
    if (!net->economies || !net->products || !net->producers || !net->finals ||
        !net->recipes || !net->equipment || !net->final_demand || !net->stock_days ||
        !net->stock_origin || !net->flows.dense)
        return KN_ERR_MEMORY;
    case_fill_records(net);
    for (int32_t k = 0; k < 4; k++)
        net->recipes[k] = case_recipes[k];
    net->equipment[0] = (kn__equipment){1, 3, 6, 0.4, 8, 0.05, {-1, 'D', 0}};
    return kn__network_finish(net, ctx);
}

static inline kn_status case_network(kn_network **net, kn_context *ctx, bool tool)
{
    kn_status status = kn__network_new(net, ctx);
    if (status >= 0)
        status = case_fill(*net, ctx, tool);
    if (status < 0) {
        kn_network_free(*net);
        *net = NULL;
    }
    return status;
}

#endif
