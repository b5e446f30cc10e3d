/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine looks only at what is not at rest, and says the same to the last bit
   as when it looks at everything. */
#include <string.h>

#include "engine_world.h"
#include "lens/cascade/engine_state.h"

enum { ZONES = 2, RULES = 600, EVENTS = 6 };

/* A world of two zones, where neighbours are served first in many ways. */
typedef struct zoned {
    world w;
    int32_t market[MOST + FINALS];
    unsigned char rank[2 * ZONES * MOST];
    double open[2 * ZONES * MOST];
} zoned;

static void make_zoned(zoned *z, uint64_t seed)
{
    static const double fill[] = {0.03, 0.1, 0.4};
    world_fill(&z->w, seed, NULL, fill[(int)(3 * kn__random_uniform(seed, 10, 0))]);
    int32_t n = z->w.net.producers;
    for (int32_t j = 0; j < z->w.net.users; j++)
        z->market[j] = j < n ? j % ZONES : ZONES + (j - n) % ZONES;
    for (int32_t k = 0; k < 2 * ZONES * n; k++)
        z->rank[k] = world_draw(&z->w) < 0.5;
    for (int32_t k = 0; k < 2 * ZONES * n; k++)
        z->open[k] = 1;
    z->w.net.markets = 2 * ZONES;
    z->w.net.market = z->market;
    z->w.net.rank = z->rank;
    z->w.net.ranks = 2;
}

/* All rationing types and prices too; by_supplier and tolerance as the presets have it.
 */
static kn__engine_rule rule_of(uint64_t k)
{
    kn__engine_rule rule = world_rule(k);
    if (k % 5 == 1)
        rule.boario_tolerance = k % 2 && !rule.by_supplier;
    if (k % 7 == 0 && k > 4)
        rule.rationing = k % 2 ? KN__RATION_DOMESTIC : KN__RATION_ALLIANCE;
    if (k % 11 == 0 && k > 4)
        rule.adaptation = KN__ADAPT_PRICE;
    if (rule.rationing == KN__RATION_WATER)
        rule.boario_tolerance = false;
    /* From a target that is held, so that the start is at rest. */
    if (rule.flow_on == KN__BASIS_NONE && k > 4)
        rule.flow_on = KN__BASIS_OUTPUT;
    if (k > 4)
        rule.start_steps = 0;
    /* Stocks above their target that nobody draws down. */
    if (k % 13 == 0 && k > 4) {
        rule.start_steps = 25;
        rule.gap_only_up = true;
    }
    return rule;
}

/* What happens: one thing to one producer or one group of final users for a while, by the
   number of the world; or nothing. */
typedef struct shock {
    double capacity[MOST], wanted[LINKS], *open, stock;
    int32_t held[1], asked[1];
} shock;

static void strike(shock *s, zoned *z, int t)
{
    const kn__engine_net *net = &z->w.net;
    int kind = (int)(EVENTS * kn__random_uniform(z->w.seed, 9, 0));
    bool on = t >= 4 && t < 12;
    for (int32_t i = 0; i < net->producers; i++)
        s->capacity[i] = 1;
    for (int64_t g = 0; g < LINKS; g++)
        s->wanted[g] = 1;
    s->open = z->open;
    s->held[0] = (int32_t)(z->w.seed % (uint64_t)net->producers);
    s->asked[0] = 1;
    s->capacity[s->held[0]] = !on || kind > 1 ? 1 : kind ? 1.3 : 0.4;
    s->wanted[1] = on && kind == 2 ? 1.1 : 1;
    s->open[net->producers + s->held[0]] = on && kind == 3 ? 0.3 : 1;
    s->stock = t == 8 && kind == 4 ? 1.5 : 0;
}

typedef struct runner {
    kn__arena *arena;
    kn__engine *engine;
    bool lists;
} runner;

static void begin(runner *r, kn_context *ctx, const zoned *z, const kn__engine_rule *rule,
                  int64_t most)
{
    assert_int_equal(kn__arena_new(&r->arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&r->engine, ctx, r->arena, &z->w.net, rule), KN_OK);
    r->engine->awake.most = most;
    r->engine->alone = 0;
}

static void step(runner *r, kn_context *ctx, const shock *s)
{
    kn__engine_drive drive = {
        .capacity = s->capacity, .wanted = s->wanted, .open = s->open};
    if (r->lists) {
        drive.held = s->held;
        drive.asked = s->asked;
        drive.held_count = drive.asked_count = 1;
    }
    if (s->stock != 0)
        kn__engine_add_stock(r->engine, 2, s->stock);
    assert_int_equal(kn__engine_step(r->engine, ctx, &drive), KN_OK);
}

/* Everything a caller can see, and the stocks. */
static void check_same(const runner *a, const runner *b, const kn__engine_net *net)
{
    kn__engine_view v = kn__engine_look(a->engine), w = kn__engine_look(b->engine);
    const double *const of_v[] = {v.output, v.demand, v.capacity, v.limit, v.adapted};
    const double *const of_w[] = {w.output, w.demand, w.capacity, w.limit, w.adapted};
    int64_t finals = net->group_start[net->users] - net->group_start[net->producers];
    for (int k = 0; k < 5; k++)
        assert_memory_equal(of_v[k], of_w[k], (size_t)net->producers * sizeof **of_v);
    assert_memory_equal(v.binding, w.binding, (size_t)net->producers * sizeof *v.binding);
    assert_memory_equal(v.final_met, w.final_met, (size_t)finals * sizeof(double));
    assert_memory_equal(v.final_wanted, w.final_wanted, (size_t)finals * sizeof(double));
    assert_memory_equal(a->engine->stock, b->engine->stock,
                        (size_t)net->group_start[net->producers] * sizeof(double));
    assert_true(v.made == w.made && v.delivered == w.delivered && v.used == w.used);
    assert_true(v.laid_up == w.laid_up && v.stocks == w.stocks);
}

/* Who is not in the list of what may deviate, does not. */
static void check_list(const runner *r, int32_t n)
{
    kn__engine_view v = kn__engine_look(r->engine);
    for (int32_t i = -1; i < n;) {
        int32_t next = kn__engine_next(r->engine, i);
        assert_true(next > i && next <= n);
        for (int32_t k = i + 1; k < next; k++)
            assert_true(v.output[k] == v.normal[k] && v.demand[k] == v.normal[k]);
        i = next;
    }
}

static void compare(kn_context *one, kn_context *four, zoned *z,
                    const kn__engine_rule *rule)
{
    runner all, some, threads;
    shock s;
    begin(&all, one, z, rule, -1);
    begin(&some, one, z, rule, INT64_MAX);
    begin(&threads, four, z, rule, INT64_MAX);
    all.lists = some.lists = false;
    threads.lists = true;
    for (int t = 0; t < DAYS; t++) {
        strike(&s, z, t);
        step(&all, one, &s);
        step(&some, one, &s);
        step(&threads, four, &s);
        assert_true(all.engine->awake.all && some.engine->awake.all == (t < 2));
        check_same(&all, &some, &z->w.net);
        check_same(&all, &threads, &z->w.net);
        check_list(&some, z->w.net.producers);
        check_list(&all, z->w.net.producers);
    }
    kn__arena_free(all.arena);
    kn__arena_free(some.arena);
    kn__arena_free(threads.arena);
}

static void test_same_bits(void **state)
{
    static zoned z;
    faults f = {0};
    kn_context *one = faults_context(&f, 1), *four = faults_context(&f, 4);
    (void)state;
    for (uint64_t k = 0; k < RULES; k++) {
        kn__engine_rule rule = rule_of(k);
        make_zoned(&z, k + 1);
        compare(one, four, &z, &rule);
    }
    kn_context_free(one);
    kn_context_free(four);
}

/* ---- A chain of many ---- */

enum { LONG = 5000 };

typedef struct chain {
    kn__engine_net net;
    int64_t group_start[LONG + 2], link_start[2 * LONG + 1];
    int32_t supplier[2 * LONG];
    double flow[2 * LONG];
} chain;

/* Each buys from the one before; a final user buys from each. */
static void make_chain(chain *c)
{
    for (int32_t i = 0; i < LONG; i++) {
        c->supplier[i] = (i + LONG - 1) % LONG;
        c->flow[i] = 1;
        c->supplier[LONG + i] = i;
        c->flow[LONG + i] = 1;
        c->group_start[i + 1] = i + 1;
    }
    for (int32_t g = 0; g < 2 * LONG; g++)
        c->link_start[g + 1] = g + 1;
    c->group_start[LONG + 1] = 2 * LONG;
    c->net = (kn__engine_net){.producers = LONG,
                              .users = LONG + 1,
                              .group_start = c->group_start,
                              .link_start = c->link_start,
                              .supplier = c->supplier,
                              .flow = c->flow};
}

static int64_t count_listed(const kn__engine *e)
{
    int64_t count = 0;
    for (int32_t i = kn__engine_next(e, -1); i < LONG; i = kn__engine_next(e, i))
        count++;
    return count;
}

/* A shock goes one link a step, and so many producers are looked at; nobody when nothing
   happens. */
static void test_reach(void **state)
{
    static chain c;
    static double capacity[LONG];
    kn__engine_rule rule;
    kn__arena *arena;
    kn__engine *e;
    const int32_t held[] = {LONG / 2};
    make_chain(&c);
    for (int32_t i = 0; i < LONG; i++)
        capacity[i] = i == held[0] ? 0.5 : 1;
    assert_true(kn__engine_preset(&rule, "kaname"));
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__engine_new(&e, *state, arena, &c.net, &rule), KN_OK);
    for (int t = 0; t < 10; t++)
        assert_int_equal(kn__engine_step(e, *state, NULL), KN_OK);
    assert_false(e->awake.all);
    assert_int_equal(count_listed(e), 0);
    kn__engine_drive drive = {.capacity = capacity, .held = held, .held_count = 1};
    for (int t = 0; t < 40; t++) {
        assert_int_equal(kn__engine_step(e, *state, &drive), KN_OK);
        assert_false(e->awake.all);
        assert_in_range(count_listed(e), 1, 2 * (t + 2) + 1);
    }
    kn__arena_free(arena);
}

/* What wakes too many is looked at as a whole. */
static void test_all(void **state)
{
    static chain c;
    static double capacity[LONG];
    kn__engine_rule rule;
    kn__arena *arena;
    kn__engine *e;
    make_chain(&c);
    assert_true(kn__engine_preset(&rule, "kaname"));
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__engine_new(&e, *state, arena, &c.net, &rule), KN_OK);
    kn__engine_drive drive = {.capacity = capacity};
    for (int t = 0; t < 6; t++) {
        for (int32_t i = 0; i < LONG; i++)
            capacity[i] = t == 4 ? 0.9 : 1;
        assert_int_equal(kn__engine_step(e, *state, &drive), KN_OK);
        assert_true(e->awake.all == (t < 2 || t >= 4));
    }
    kn__arena_free(arena);
}

static kn_status of_a_chain(kn_context *ctx, void *arg)
{
    kn__engine_rule rule;
    kn__arena *arena;
    kn__engine *e;
    kn__engine_preset(&rule, "kaname");
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__engine_new(&e, ctx, arena, arg, &rule);
    assert_true((status == KN_OK) == (e != NULL));
    kn__arena_free(arena);
    return status;
}

static void test_memory(void **state)
{
    static chain c;
    (void)state;
    make_chain(&c);
    assert_true(every_allocation_fails(of_a_chain, &c.net) > 4);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_same_bits),
        cmocka_unit_test_setup_teardown(test_reach, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_all, context_setup, context_teardown),
        cmocka_unit_test(test_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
