/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine against its slow twin, and its laws, on random networks. */
#include <string.h>

#include "engine_ref.h"
#include "engine_world.h"
#include "lens/cascade/engine_state.h"

static void check_twin(kn_context *ctx, world *w, const kn__engine_rule *rule)
{
    kn__arena *arena;
    kn__engine *engine;
    ref_engine twin;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&engine, ctx, arena, &w->net, rule), KN_OK);
    assert_int_equal(ref_engine_new(&twin, &w->net, rule), 0);
    for (int t = 0; t < DAYS; t++) {
        kn__engine_drive drive = world_drive(w, t);
        assert_int_equal(kn__engine_step(engine, ctx, &drive), KN_OK);
        ref_engine_step(&twin, &drive);
        kn__engine_view v = kn__engine_look(engine);
        for (int32_t i = 0; i < w->net.producers; i++) {
            double room = 1e-9 * v.normal[i];
            assert_true(fabs(v.output[i] - twin.output[i]) <= room);
            assert_true(fabs(v.demand[i] - twin.demand[i]) <=
                        1e-9 * (1 + fabs(v.demand[i])));
        }
        for (int64_t g = 0; g < w->group_start[w->net.producers]; g++)
            assert_true(fabs(kn__engine_stock(engine, g) - twin.stock[g]) <=
                        1e-8 * (1 + fabs(twin.stock[g])));
        /* Goods: what is made is delivered, and used or laid up. */
        assert_true(fabs(v.made - v.delivered) <= 1e-9 * (1 + v.made));
        assert_true(fabs(v.delivered - v.used - v.laid_up) <=
                    1e-9 * (1 + v.made + v.stocks));
    }
    ref_engine_free(&twin);
    kn__arena_free(arena);
}

static void test_twin(void **state)
{
    static world w;
    for (uint64_t k = 0; k < 120; k++) {
        kn__engine_rule rule = world_rule(k);
        world_make(&w, k + 1, NULL);
        check_twin(*state, &w, &rule);
    }
}

/* ---- Laws ---- */

typedef struct path {
    double output[DAYS][MOST], normal[MOST], total;
    int64_t n;
} path;

static kn_status run(kn_context *ctx, const world *w, const kn__engine_rule *rule,
                     double times, path *out)
{
    kn__arena *arena;
    kn__engine *engine;
    double capacity[MOST];
    memset(out, 0, sizeof *out);
    for (int32_t i = 0; i < w->net.producers; i++)
        capacity[i] = 1 - times * (1 - w->capacity[i]);
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__engine_new(&engine, ctx, arena, &w->net, rule);
    if (status >= 0)
        engine->alone = 0; /* as small as it is, by all threads */
    for (int t = 0; status >= 0 && t < DAYS; t++) {
        kn__engine_drive drive = {.capacity = t >= 3 ? capacity : NULL};
        status = kn__engine_step(engine, ctx, &drive);
        kn__engine_view v = kn__engine_look(engine);
        for (int32_t i = 0; i < w->net.producers; i++) {
            out->output[t][i] = v.output[i];
            out->normal[i] = v.normal[i];
            out->total += v.output[i];
        }
    }
    kn__arena_free(arena);
    return status;
}

static void test_nothing_happens(void **state)
{
    static world w;
    static path p;
    for (uint64_t k = 0; k < 120; k++) {
        kn__engine_rule rule = world_rule(k);
        /* Orders that repeat nothing need a gap as large as a day's use. */
        if (rule.flow_on == KN__BASIS_NONE && k >= 5)
            continue;
        if (rule.start_steps > 0 && k >= 5)
            rule.start_steps = 0;
        world_make(&w, k + 1, NULL);
        if (k == 4)
            w.net.target = NULL;
        assert_int_equal(run(*state, &w, &rule, 0, &p), KN_OK);
        for (int t = 0; t < DAYS; t++)
            for (int32_t i = 0; i < w.net.producers; i++)
                assert_true(p.output[t][i] == p.normal[i]);
    }
}

static void test_threads(void **state)
{
    static world w;
    static path one, four;
    (void)state;
    for (uint64_t k = 0; k < 20; k++) {
        kn__engine_rule rule = world_rule(k);
        faults f = {0};
        kn_context *single = faults_context(&f, 1), *many = faults_context(&f, 4);
        world_make(&w, k + 77, NULL);
        assert_int_equal(run(single, &w, &rule, 1, &one), KN_OK);
        assert_int_equal(run(many, &w, &rule, 1, &four), KN_OK);
        assert_memory_equal(one.output, four.output, sizeof one.output);
        kn_context_free(single);
        kn_context_free(many);
    }
}

/* Producers in another order: the same but for rounding. */
static void test_order(void **state)
{
    static world a, b;
    static path p, q;
    for (uint64_t k = 0; k < 20; k++) {
        kn__engine_rule rule = world_rule(k);
        world_make(&a, k + 300, NULL);
        int32_t n = a.net.producers, place[MOST];
        for (int32_t i = 0; i < n; i++)
            place[i] = n - 1 - i;
        world_make(&b, k + 300, place);
        assert_int_equal(run(*state, &a, &rule, 1, &p), KN_OK);
        assert_int_equal(run(*state, &b, &rule, 1, &q), KN_OK);
        for (int t = 0; t < DAYS; t++)
            for (int32_t i = 0; i < n; i++)
                assert_true(fabs(p.output[t][i] - q.output[t][n - 1 - i]) <=
                            1e-9 * p.normal[i]);
    }
}

/* Where orders repeat the normal state, a larger loss never makes more. */
static void test_monotone(void **state)
{
    static world w;
    static path small, large;
    for (uint64_t k = 0; k < 40; k++) {
        kn__engine_rule rule = world_rule(0);
        rule.make = KN__MAKE_LEONTIEF;
        rule.sourcing = KN__SOURCE_FIXED;
        rule.adaptation = KN__ADAPT_NONE;
        world_make(&w, k + 500, NULL);
        assert_int_equal(run(*state, &w, &rule, 0.3, &small), KN_OK);
        assert_int_equal(run(*state, &w, &rule, 0.8, &large), KN_OK);
        assert_true(large.total <= small.total * (1 + 1e-9));
    }
}

/* ---- Faults ---- */

static kn_status all_of_it(kn_context *ctx, void *arg)
{
    static path p;
    kn__engine_rule rule = world_rule(2);
    rule.rationing = KN__RATION_WATER;
    return run(ctx, arg, &rule, 1, &p);
}

static void test_memory(void **state)
{
    static world w;
    (void)state;
    world_make(&w, 9, NULL);
    assert_true(every_allocation_fails(all_of_it, &w) > 0);
}

static void test_refusals(void **state)
{
    static world w;
    static path p;
    kn_context *ctx = *state;
    kn__engine_rule rule = world_rule(0), bad = rule;
    assert_false(kn__engine_preset(&rule, "nobody"));
    world_make(&w, 9, NULL);
    bad.rationing = KN__RATION_DOMESTIC;
    assert_int_equal(run(ctx, &w, &bad, 1, &p), KN_ERR_USAGE);
    kn_context_clear(ctx);
    bad = rule;
    bad.by_supplier = true;
    assert_int_equal(run(ctx, &w, &bad, 1, &p), KN_ERR_USAGE);
    kn_context_clear(ctx);
    w.flow[3] = NAN;
    assert_int_equal(run(ctx, &w, &rule, 1, &p), KN_ERR_DATA);
    kn_context_clear(ctx);
}

/* ---- A loss that is repaired ---- */

/* Two economies with two industries each; industry 1 loses 60 % for 20 days. Ten days of
   stock are too few for the published model, which never recovers. */
static double after_repair(kn_context *ctx, const char *name)
{
    static const double z[4][6] = {{30, 20, 5, 4, 90, 11},
                                   {25, 60, 6, 9, 150, 20},
                                   {4, 3, 40, 22, 12, 120},
                                   {6, 8, 18, 70, 15, 210}};
    static const int64_t group_start[] = {0, 2, 4, 6, 8, 12, 16};
    int64_t link_start[17] = {0};
    int32_t supplier[24];
    double flow[24], capacity[4] = {1, 1, 1, 1}, share = 0;
    for (int k = 0; k < 8; k++)
        link_start[k + 1] = 2 * k + 2;
    for (int k = 8; k < 16; k++)
        link_start[k + 1] = 16 + k - 7;
    for (int k = 0; k < 16; k++) {
        supplier[k] = k / 2 % 2 + 2 * (k % 2);
        flow[k] = z[supplier[k]][k / 4] / 365;
    }
    for (int k = 16; k < 24; k++) {
        supplier[k] = k % 4;
        flow[k] = z[k % 4][k / 4] / 365;
    }
    kn__engine_net net = {.producers = 4,
                          .users = 6,
                          .group_start = group_start,
                          .link_start = link_start,
                          .supplier = supplier,
                          .flow = flow};
    kn__engine_rule rule;
    kn__arena *arena;
    kn__engine *engine;
    assert_true(kn__engine_preset(&rule, name));
    rule.make = KN__MAKE_LEONTIEF;
    rule.stock_steps = 10;
    rule.restore_steps = 20;
    rule.need = rule.need > 0 ? 0.9 : 0;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&engine, ctx, arena, &net, &rule), KN_OK);
    for (int t = 0; t < 365; t++) {
        double lost = t < 5 ? 0 : t <= 26 ? 1 : fmax(0, 1 - (t - 26) / 40.0);
        capacity[1] = 1 - 0.6 * lost;
        kn__engine_drive drive = {.capacity = capacity};
        assert_int_equal(kn__engine_step(engine, ctx, &drive), KN_OK);
    }
    kn__engine_view v = kn__engine_look(engine);
    share = v.output[0] / v.normal[0];
    kn__arena_free(arena);
    return share;
}

static void test_repair(void **state)
{
    assert_true(after_repair(*state, "ario") < 0.5);
    assert_true(after_repair(*state, "kaname") > 0.95);
}

/* Two percent less final demand costs about two percent of output: kaname's own model
   does not swing. */
static void test_calm(void **state)
{
    static world w;
    for (uint64_t k = 0; k < 20; k++) {
        kn__engine_rule rule = world_rule(0);
        kn__arena *arena;
        kn__engine *engine;
        world_make(&w, k + 900, NULL);
        for (int64_t g = 0; g < LINKS; g++)
            w.wanted[g] = 0.98;
        assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
        assert_int_equal(kn__engine_new(&engine, *state, arena, &w.net, &rule), KN_OK);
        for (int t = 0; t < 200; t++) {
            kn__engine_drive drive = {.wanted = w.wanted};
            assert_int_equal(kn__engine_step(engine, *state, &drive), KN_OK);
            kn__engine_view v = kn__engine_look(engine);
            for (int32_t i = 0; i < w.net.producers; i++)
                assert_true(v.output[i] > 0.97 * v.normal[i]);
        }
        kn__arena_free(arena);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_twin, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_nothing_happens, context_setup,
                                        context_teardown),
        cmocka_unit_test(test_threads),
        cmocka_unit_test_setup_teardown(test_order, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_monotone, context_setup, context_teardown),
        cmocka_unit_test(test_memory),
        cmocka_unit_test_setup_teardown(test_refusals, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_repair, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(test_calm, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
