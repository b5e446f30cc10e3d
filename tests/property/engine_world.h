/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_ENGINE_WORLD_H
#define KN_TESTS_ENGINE_WORLD_H

/* Random networks, rules and shocks for the daily engine. */
#include <string.h>

#include "lens/cascade/engine.h"
#include "support.h"

enum { MOST = 24, CLASSES = 4, FINALS = 2, LINKS = MOST * (MOST + FINALS), DAYS = 60 };

typedef struct world {
    kn__engine_net net;
    int64_t group_start[MOST + FINALS + 1], link_start[LINKS + 1];
    int32_t supplier[LINKS];
    double flow[LINKS], weight[LINKS], target[LINKS];
    double capacity[MOST], wanted[LINKS], open[2 * MOST];
    uint64_t seed, draw;
} world;

static inline double world_draw(world *w)
{
    return kn__random_uniform(w->seed, 5, w->draw++);
}

/* Producer i makes product i % CLASSES; place says where it stands. Each buys from each
   with probability `fill`. */
static inline void world_fill(world *w, uint64_t seed, const int32_t *place, double fill)
{
    memset(w, 0, sizeof *w);
    w->seed = seed;
    int32_t n = 6 + (int32_t)(world_draw(w) * (MOST - 6));
    double z[MOST][MOST + FINALS] = {{0}};
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n + FINALS; j++) {
            double some = world_draw(w), size = world_draw(w);
            z[i][j] = j >= n ? 2 + 10 * size : some < fill && i != j ? size : 0;
        }
    int64_t groups = 0, links = 0;
    for (int32_t u = 0; u < n + FINALS; u++) {
        int32_t j = u;
        for (int32_t k = 0; place && u < n && k < n; k++)
            if (place[k] % n == u)
                j = k;
        for (int32_t c = 0; c < CLASSES; c++) {
            int64_t before = links;
            for (int32_t i = 0; i < n; i++)
                if (i % CLASSES == c && z[i][j] > 0) {
                    w->supplier[links] = place ? place[i] % n : i;
                    w->flow[links++] = z[i][j];
                }
            if (links == before)
                continue;
            uint64_t at = (uint64_t)(j * CLASSES + c);
            double kind = kn__random_uniform(seed, 6, at);
            w->weight[groups] = kind < 0.5 ? 1 : kind < 0.8 ? 0.5 : 0;
            w->target[groups] = 3 + 20 * kn__random_uniform(seed, 7, at);
            w->link_start[++groups] = links;
        }
        w->group_start[u + 1] = groups;
    }
    w->net = (kn__engine_net){.producers = n,
                              .users = n + FINALS,
                              .group_start = w->group_start,
                              .link_start = w->link_start,
                              .supplier = w->supplier,
                              .flow = w->flow,
                              .weight = w->weight,
                              .target = w->target};
    for (int32_t i = 0; i < n; i++) {
        int32_t at = place ? place[i] % n : i;
        w->capacity[at] = world_draw(w) < 0.3 ? world_draw(w) : 1;
        w->open[at] = world_draw(w) < 0.2 ? world_draw(w) : 1;
        w->open[n + at] = world_draw(w) < 0.2 ? 0 : 1;
    }
    for (int64_t g = 0; g < groups - w->group_start[n]; g++)
        w->wanted[g] = 0.8 + 0.3 * kn__random_uniform(seed, 8, (uint64_t)g);
}

static inline void world_make(world *w, uint64_t seed, const int32_t *place)
{
    world_fill(w, seed, place, 0.4);
}

/* A mix of choices for each number. */
static inline kn__engine_rule world_rule(uint64_t k)
{
    static const char *const names[] = {"kaname", "ario", "inoue-todo", "pichler",
                                        "guan"};
    kn__engine_rule rule;
    assert_true(kn__engine_preset(&rule, names[k % 5]));
    rule.boario_tolerance = false;
    if (k < 5)
        return rule;
    rule.make = (kn__make)(k % 6);
    rule.flow_on = (kn__basis)(k / 6 % 4);
    rule.target_on = (kn__basis)(k / 24 % 4);
    rule.rationing = (kn__rationing)(k % 3);
    rule.adaptation = (kn__adaptation)(k / 3 % 3);
    rule.sourcing = rule.by_supplier ? KN__SOURCE_FIXED : (kn__sourcing)(k / 5 % 3);
    rule.search_steps = 20;
    return rule;
}

/* The shock of day t: from day 3, over after day 40. */
static inline kn__engine_drive world_drive(const world *w, int t)
{
    kn__engine_drive none = {0};
    if (t < 3 || t > 40)
        return none;
    return (kn__engine_drive){
        .capacity = w->capacity, .wanted = w->wanted, .open = w->open};
}

#endif
