/* SPDX-License-Identifier: Apache-2.0 */
/* Eight shocks side by side are eight engines, step by step and bit by bit. */
#include "lens/cascade/engine_panel.h"

#include <string.h>

#include "support.h"

enum {
    KINDS = 5,
    EACH = 6,
    N = KINDS * EACH,
    FINALS = 3,
    USERS = N + FINALS,
    GROUPS = USERS * KINDS,
    LINKS = GROUPS * EACH,
    MARKETS = 4,
    SHOCKS = KN__PANEL_SHOCKS,
    STEPS = 60
};

static double uniform(uint64_t *draws)
{
    return kn__random_uniform(1, 0, (*draws)++);
}

typedef struct world {
    kn__engine_net net;
    kn__engine_rule rule;
    kn__panel_model model;
    int64_t group_start[USERS + 1], link_start[GROUPS + 1];
    int32_t supplier[LINKS], kind[GROUPS], kind_start[KINDS + 1], market[USERS];
    double flow[LINKS], target[GROUPS], sets[KN__PANEL_WEIGHTS][GROUPS];
    const double *weight[KN__PANEL_WEIGHTS];
    double most[N], adapt[N], search[N], share[N];
} world;

/* What the world does to one shock, and the engine that plays it alone. */
typedef struct shock {
    kn__engine *engine;
    kn__engine_net net;
    kn__engine_drive drive;
    double weight[GROUPS], capacity[N], wanted[GROUPS], open[MARKETS * N];
    int32_t held[1], asked[1], kind;
    int set;
} shock;

static void add_group(world *w, uint64_t *draws, int32_t kind, int64_t *groups,
                      int64_t *links)
{
    int64_t before = *links;
    for (int32_t i = kind * EACH; i < (kind + 1) * EACH; i++)
        if (uniform(draws) < 0.6) {
            w->supplier[*links] = i;
            w->flow[(*links)++] = 0.1 + uniform(draws);
        }
    if (*links == before)
        return;
    w->kind[*groups] = kind;
    w->target[*groups] = 2 + 10 * uniform(draws);
    double weight = uniform(draws);
    for (int k = 0; k < KN__PANEL_WEIGHTS; k++)
        w->sets[k][*groups] = weight < 0.2 ? 0 : weight > 0.6 ? 1 : weight * (k + 1) / 2;
    w->link_start[++*groups] = *links;
}

static void make_world(world *w, uint64_t seed)
{
    uint64_t draws = seed << 32;
    int64_t groups = 0, links = 0;
    memset(w, 0, sizeof *w);
    assert_true(kn__engine_preset(&w->rule, "kaname"));
    for (int32_t u = 0; u < USERS; u++) {
        w->market[u] = (u >= N) * 2 + u % 2;
        for (int32_t kind = 0; kind < KINDS; kind++)
            if (u >= N || uniform(&draws) < 0.5)
                add_group(w, &draws, kind, &groups, &links);
        w->group_start[u + 1] = groups;
    }
    for (int32_t i = 0; i < N; i++) {
        w->most[i] = 1 + 0.2 * uniform(&draws);
        w->adapt[i] = 5 + 50 * uniform(&draws);
        w->search[i] = 1 + 30 * uniform(&draws);
        w->share[i] = uniform(&draws);
    }
    for (int32_t k = 0; k <= KINDS; k++)
        w->kind_start[k] = k * EACH;
    for (int k = 0; k < KN__PANEL_WEIGHTS; k++)
        w->weight[k] = w->sets[k];
    w->net = (kn__engine_net){.producers = N,
                              .users = USERS,
                              .group_start = w->group_start,
                              .link_start = w->link_start,
                              .supplier = w->supplier,
                              .flow = w->flow,
                              .target = w->target,
                              .adapt_most = w->most,
                              .adapt_steps = w->adapt,
                              .search_steps = w->search,
                              .search_share = w->share,
                              .markets = MARKETS,
                              .market = w->market};
    w->model =
        (kn__panel_model){&w->net, &w->rule, KINDS, w->kind_start, w->kind, w->weight};
}

/* Of a kind's inputs the shock needs less and less. */
static double factor_of(const shock *s, int64_t t)
{
    return s->set == 1 ? 1 : 1 - 0.3 * fmin(1, (double)t / 20);
}

static void set_weights(const world *w, shock *s, int64_t t)
{
    int64_t groups = w->group_start[N];
    for (int64_t g = 0; g < groups; g++)
        s->weight[g] = w->sets[s->set][g] * (w->kind[g] == s->kind ? factor_of(s, t) : 1);
    for (int32_t j = 0; j < N; j++)
        for (int64_t g = w->group_start[j]; g < w->group_start[j + 1]; g++)
            kn__engine_renew(s->engine, j, g);
}

/* Doors, a capacity and a wish, each in some of the shocks; the last is none. */
static void make_shock(const world *w, shock *s, uint64_t *draws, int k, kn__arena *arena,
                       kn_context *ctx)
{
    *s = (shock){.net = w->net, .set = k % KN__PANEL_WEIGHTS, .kind = k % KINDS};
    s->net.weight = s->weight;
    for (int32_t i = 0; i < N; i++)
        s->capacity[i] = 1;
    for (int64_t g = 0; g < GROUPS; g++)
        s->wanted[g] = 1;
    for (int64_t at = 0; at < MARKETS * N; at++)
        s->open[at] = 1;
    s->held[0] = (int32_t)(N * uniform(draws));
    s->asked[0] = (int32_t)(KINDS * uniform(draws));
    double door = k % 2 ? 0 : 0.4;
    for (int m = 0; m < MARKETS && k + 1 < SHOCKS; m += 2)
        s->open[m * N + s->held[0]] = door;
    s->drive = (kn__engine_drive){.capacity = s->capacity,
                                  .wanted = s->wanted,
                                  .open = s->open,
                                  .held = s->held,
                                  .asked = s->asked,
                                  .held_count = 1,
                                  .asked_count = 1};
    assert_int_equal(kn__engine_new(&s->engine, ctx, arena, &s->net, &w->rule), KN_OK);
    set_weights(w, s, 0);
    assert_int_equal(kn__engine_start(s->engine, ctx, s->open), KN_OK);
}

static void same(const char *what, double panel, double alone, int place, int64_t t)
{
    if (memcmp(&panel, &alone, sizeof panel) != 0 && panel != alone)
        fail_msg("%s of shock %d on day %d: %.17g in the panel, %.17g alone", what, place,
                 (int)t, panel, alone);
}

static void same_state(const kn__panel_view *p, const shock *s, int l, int64_t t)
{
    kn__engine_view v = kn__engine_look(s->engine);
    for (int32_t i = 0; i < N; i++) {
        int at = SHOCKS * i + l;
        same("output", p->output[at], v.output[i], l, t);
        same("demand", p->demand[at], v.demand[i], l, t);
        same("capacity", p->capacity[at], v.capacity[i], l, t);
        same("limit", p->limit[at], v.limit[i], l, t);
    }
    int64_t finals = s->net.group_start[USERS] - s->net.group_start[N];
    for (int64_t g = 0; g < finals; g++) {
        same("met", p->final_met[SHOCKS * g + l], v.final_met[g], l, t);
        same("wanted", p->final_wanted[SHOCKS * g + l], v.final_wanted[g], l, t);
    }
}

static void step_all(const world *w, kn__panel *panel, shock *shocks, bool quiet,
                     int64_t t, kn_context *ctx)
{
    const kn__engine_drive *drives[SHOCKS];
    for (int l = 0; l < SHOCKS; l++) {
        shock *s = &shocks[l];
        bool hit = l % 3 == 1 && t < STEPS / 2;
        s->capacity[s->held[0]] = hit ? 0.3 : 1;
        s->wanted[s->asked[0]] = l % 3 == 2 && t > 10 ? 1.2 : 1;
        drives[l] = quiet || l + 1 == SHOCKS ? NULL : &s->drive;
        assert_int_equal(kn__engine_step(s->engine, ctx, drives[l]), KN_OK);
    }
    assert_int_equal(kn__panel_step(panel, ctx, drives), KN_OK);
    kn__panel_view view = kn__panel_look(panel);
    for (int l = 0; l < SHOCKS; l++) {
        same_state(&view, &shocks[l], l, t);
        kn__panel_set_factor(panel, l, shocks[l].kind, factor_of(&shocks[l], t + 1));
        set_weights(w, &shocks[l], t + 1);
    }
}

/* Again and again in one panel, each time with other shocks; once at rest. */
static void eight_are_eight_alone(void **state)
{
    static world w;
    static shock shocks[SHOCKS];
    uint64_t draws = 0;
    make_world(&w, 7);
    assert_true(kn__panel_takes(&w.net, &w.rule));
    kn__arena *arena;
    kn__panel *panel;
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__panel_new(&panel, *state, arena, &w.model), KN_OK);
    for (int turn = 0; turn < 4; turn++) {
        const double *open[SHOCKS];
        bool quiet = turn == 2;
        int sets[SHOCKS];
        for (int l = 0; l < SHOCKS; l++) {
            make_shock(&w, &shocks[l], &draws, l, arena, *state);
            open[l] = quiet || l + 1 == SHOCKS ? NULL : shocks[l].open;
            sets[l] = shocks[l].set;
            if (!open[l])
                assert_int_equal(kn__engine_start(shocks[l].engine, *state, NULL), KN_OK);
            shocks[l].drive.open = open[l];
        }
        kn__panel_start(panel, sets, open);
        for (int l = 0; l < SHOCKS; l++)
            kn__panel_set_factor(panel, l, shocks[l].kind, factor_of(&shocks[l], 0));
        kn__panel_begin(panel);
        for (int64_t t = 0; t < STEPS; t++)
            step_all(&w, panel, shocks, quiet, t, *state);
    }
    kn__arena_free(arena);
}

/* Other rules are not its own. */
static void other_rules_are_refused(void **state)
{
    static const char *const others[] = {"ario", "inoue-todo", "pichler", "guan"};
    static world w;
    (void)state;
    make_world(&w, 3);
    for (int k = 0; k < 4; k++) {
        kn__engine_rule rule;
        assert_true(kn__engine_preset(&rule, others[k]));
        assert_false(kn__panel_takes(&w.net, &rule));
    }
    w.net.supplier = NULL;
    assert_false(kn__panel_takes(&w.net, &w.rule));
}

static kn_status make_panel(kn_context *ctx, void *arg)
{
    kn__arena *arena;
    kn__panel *panel;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__panel_new(&panel, ctx, arena, &((world *)arg)->model);
    kn__arena_free(arena);
    return status;
}

static void failing_memory(void **state)
{
    static world w;
    (void)state;
    make_world(&w, 5);
    assert_true(every_allocation_fails(make_panel, &w) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(eight_are_eight_alone),
        cmocka_unit_test(other_rules_are_refused),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
