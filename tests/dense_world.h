/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_DENSE_WORLD_H
#define KN_TESTS_DENSE_WORLD_H

/* Small dense networks, rules and shocks for tests of the daily engine. */
#include <string.h>

#include "lens/cascade/engine.h"
#include "support.h"

enum {
    PRODUCTS = 4,
    MOST = 60,
    FINALS = 3,
    USERS = MOST + FINALS,
    GROUPS = USERS * PRODUCTS,
    LINKS = USERS * MOST,
    DAYS = 30,
    SHOCKS = 11 /* more than go side by side, and no multiple of it */
};

/* Producers of a product stand together; users buy from all of them or from none. */
typedef struct world {
    kn__engine_net net;
    int64_t group_start[USERS + 1], link_start[GROUPS + 1];
    int32_t first[GROUPS], supplier[LINKS], market[USERS];
    double flow[LINKS], weight[GROUPS], target[GROUPS];
    unsigned char rank[3 * MOST];
    double capacity[SHOCKS][MOST], wanted[SHOCKS][GROUPS], open[SHOCKS][3 * MOST];
    uint64_t seed, draw;
} world;

static inline double draw(world *w)
{
    return kn__random_uniform(w->seed, 9, w->draw++);
}

static inline void add_group(world *w, int64_t *groups, int32_t first, int32_t count,
                             bool final)
{
    int64_t at = w->link_start[*groups];
    for (int32_t k = 0; k < count; k++) {
        w->supplier[at + k] = first + k;
        w->flow[at + k] = final ? 5 + 10 * draw(w) : draw(w) < 0.2 ? 0 : draw(w);
    }
    double kind = draw(w);
    w->first[*groups] = first;
    w->weight[*groups] = kind < 0.5 ? 1 : kind < 0.8 ? 0.5 : 0;
    w->target[*groups] = 3 + 20 * draw(w);
    w->link_start[++*groups] = at + count;
}

/* Shock 0 is none at all; shock 1 closes no door. */
static inline void make_shocks(world *w, int32_t n, int64_t finals)
{
    for (int s = 0; s < SHOCKS; s++) {
        for (int32_t i = 0; i < n; i++)
            w->capacity[s][i] = s && draw(w) < 0.3 ? draw(w) : 1;
        for (int64_t g = 0; g < finals; g++)
            w->wanted[s][g] = s ? 0.8 + 0.3 * draw(w) : 1;
        for (int32_t k = 0; k < 3 * n; k++)
            w->open[s][k] = s > 1 && draw(w) < 0.2 ? draw(w) : 1;
    }
}

/* Some buy no second product, some no last one. */
static inline void make(world *w, uint64_t seed)
{
    memset(w, 0, sizeof *w);
    w->seed = seed;
    int32_t begin[PRODUCTS + 1] = {0};
    for (int p = 0; p < PRODUCTS; p++)
        begin[p + 1] = begin[p] + 1 + (int32_t)(draw(w) * (MOST / PRODUCTS - 1));
    int32_t n = begin[PRODUCTS];
    int64_t groups = 0;
    for (int32_t j = 0; j < n + FINALS; j++) {
        for (int p = 0; p < PRODUCTS; p++)
            if (j >= n || p % 2 == 0 || draw(w) < 0.8)
                add_group(w, &groups, begin[p], begin[p + 1] - begin[p], j >= n);
        w->group_start[j + 1] = groups;
        w->market[j] = j >= n ? 2 : draw(w) < 0.4;
    }
    for (int32_t k = 0; k < 3 * n; k++)
        w->rank[k] = draw(w) < 0.5;
    w->net = (kn__engine_net){.producers = n,
                              .users = n + FINALS,
                              .group_start = w->group_start,
                              .link_start = w->link_start,
                              .first = w->first,
                              .flow = w->flow,
                              .weight = w->weight,
                              .target = w->target};
    make_shocks(w, n, groups - w->group_start[n]);
}

/* A mix of choices for each number, from `kinds` ways to ration and to adapt. */
static inline kn__engine_rule rule_of(uint64_t k, uint64_t kinds)
{
    static const char *const names[] = {"kaname", "ario", "pichler", "guan"};
    kn__engine_rule rule;
    assert_true(kn__engine_preset(&rule, names[k % 4]));
    rule.boario_tolerance = false;
    if (k < 4)
        return rule;
    rule.make = (kn__make)(k % 6);
    rule.flow_on = (kn__basis)(k / 6 % 4);
    rule.target_on = (kn__basis)(k / 24 % 4);
    rule.rationing = (kn__rationing)(k % kinds);
    if (rule.rationing == KN__RATION_WATER)
        rule.rationing = KN__RATION_FIRMS;
    rule.adaptation = (kn__adaptation)(k / 3 % kinds);
    rule.sourcing = (kn__sourcing)(k / 5 % 3);
    rule.final_fixed = k % 7 == 0;
    rule.gap_only_up = k % 2 == 0;
    rule.search_steps = 20;
    return rule;
}

/* With ranks come three markets. */
static inline void set_ranks(world *w, const kn__engine_rule *rule, bool want)
{
    bool ranks = want || rule->rationing == KN__RATION_DOMESTIC ||
                 rule->rationing == KN__RATION_ALLIANCE;
    w->net.markets = ranks ? 3 : 0;
    w->net.market = ranks ? w->market : NULL;
    w->net.rank = ranks ? w->rank : NULL;
    w->net.ranks = ranks ? 2 : 0;
}

static inline kn__engine_drive drive_of(const world *w, int s, int t)
{
    kn__engine_drive none = {0};
    if (t < 3 || t > 20 || s == 0)
        return none;
    return (kn__engine_drive){
        .capacity = w->capacity[s], .wanted = w->wanted[s], .open = w->open[s]};
}

#endif
