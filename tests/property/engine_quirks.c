/* SPDX-License-Identifier: Apache-2.0 */
/* What the daily engine takes over from published programs, one property each. Producers:
   0 sells to 1, 2 and final use; 1 sells to final use; 2 buys and makes nothing. */
#include <math.h>

#include "kernel/memory.h"
#include "lens/cascade/engine.h"
#include "support.h"

enum { PRODUCERS = 3, STEPS = 30 };

static const int64_t group_start[] = {0, 0, 1, 2, 4}, link_start[] = {0, 1, 2, 3, 4};
static const int32_t supplier[] = {0, 0, 0, 1};
static const double flow[] = {4, 2, 5, 8}, minor[] = {0, 0, 0, 0};

typedef struct run {
    kn__arena *arena;
    kn__engine *engine;
    kn__engine_net net;
    kn__engine_rule rule;
} run;

/* Suppliers by name, or in blocks as dense networks have them. */
static void begin(run *r, kn_context *ctx, const char *preset, bool dense)
{
    r->net = (kn__engine_net){.producers = PRODUCERS,
                              .users = PRODUCERS + 1,
                              .group_start = group_start,
                              .link_start = link_start,
                              .supplier = dense ? NULL : supplier,
                              .first = dense ? supplier : NULL,
                              .flow = flow,
                              .weight = r->net.weight};
    assert_true(kn__engine_preset(&r->rule, preset));
    assert_int_equal(kn__arena_new(&r->arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&r->engine, ctx, r->arena, &r->net, &r->rule), KN_OK);
}

static kn__engine_view step(run *r, kn_context *ctx, const double *capacity)
{
    assert_int_equal(
        kn__engine_step(r->engine, ctx, &(kn__engine_drive){.capacity = capacity}),
        KN_OK);
    return kn__engine_look(r->engine);
}

/* Who makes nothing goes on buying: nothing happens, nothing changes. */
static void test_idle_goes_on(void **state)
{
    static const char *const presets[] = {"kaname", "inoue-todo"};
    for (int k = 0; k < 3; k++) {
        run r = {0};
        begin(&r, *state, presets[k % 2], k == 2);
        for (int t = 0; t < STEPS; t++) {
            kn__engine_view v = step(&r, *state, NULL);
            assert_true(v.output[0] == 11 && v.output[1] == 8 && v.output[2] == 0);
        }
        kn__arena_free(r.arena);
    }
}

/* In BoARIO its orders end with the first step. */
static void test_idle_stops(void **state)
{
    run r = {0};
    begin(&r, *state, "ario", false);
    assert_true(step(&r, *state, NULL).output[0] == 11);
    for (int t = 1; t < STEPS; t++)
        assert_true(fabs(step(&r, *state, NULL).output[0] - 9) < 1e-12);
    kn__arena_free(r.arena);
}

/* Guan: an input that does not bind is owed. After n steps without it, all that was due
   is missing from the stock, and is ordered at once. */
static void check_debts(kn_context *ctx, bool dense)
{
    static const double nothing[] = {0, 1, 1};
    run r = {.net.weight = minor};
    begin(&r, ctx, "guan", dense);
    for (int t = 0; t < 10; t++)
        assert_true(step(&r, ctx, nothing).output[1] == 8);
    assert_true(fabs(kn__engine_stock(r.engine, 0) - 4 * (4 - 10)) < 1e-12);
    /* And 2 for producer 2, whose stock is a step below its target. */
    assert_true(fabs(step(&r, ctx, NULL).demand[0] - (4 * (5 + 6) + 2 + 5)) < 1e-9);
    kn__arena_free(r.arena);
}

static void test_debts(void **state)
{
    check_debts(*state, false);
    check_debts(*state, true);
}

/* Pichler: with more in stock than is wanted, goods go back. */
static void check_returns(kn_context *ctx, bool dense)
{
    run r = {0};
    begin(&r, ctx, "pichler", dense);
    kn__engine_add_stock(r.engine, 0, 10 * r.rule.restore_steps);
    step(&r, ctx, NULL);
    /* Producer 2 keeps what came in one step, and sends a 14th of it back. */
    double order = 4 * (1 - 10) - 2 / 14.0;
    assert_true(fabs(step(&r, ctx, NULL).demand[0] - (order + 5)) < 1e-9);
    kn__arena_free(r.arena);
}

static void test_returns(void **state)
{
    check_returns(*state, false);
    check_returns(*state, true);
}

/* What is asked for besides shares in what there is, and orders count on what was
   delivered of it no more. Nothing asked for is nothing changed. */
static void check_extras(kn_context *ctx, bool dense)
{
    static const double seven[] = {7, 0, 0}, nothing[] = {0, 0, 0};
    double met[] = {-1, -1, -1};
    run r = {0};
    begin(&r, ctx, "kaname", dense);
    for (int t = 0; t < STEPS; t++) {
        kn__engine_drive drive = {.extra = t == STEPS - 1 ? seven : nothing,
                                  .extra_met = met};
        assert_int_equal(kn__engine_step(r.engine, ctx, &drive), KN_OK);
        kn__engine_view v = kn__engine_look(r.engine);
        assert_true(v.output[1] == 8 && met[1] == 0 && met[2] == 0);
        assert_true(t == STEPS - 1 ||
                    (v.output[0] == 11 && met[0] == 0 && v.final_met[0] == 5));
    }
    kn__engine_view v = kn__engine_look(r.engine);
    double part = v.output[0] / (4 + 2 + 5 + 7);
    assert_true(part < 1 && fabs(met[0] - 7 * part) < 1e-12);
    assert_true(fabs(v.demand[0] - (18 - met[0])) < 1e-12);
    assert_true(fabs(v.final_met[0] - 5 * part) < 1e-12);
    kn__arena_free(r.arena);
}

static void test_extras(void **state)
{
    check_extras(*state, false);
    check_extras(*state, true);
}

/* Producer 0 sells 4 to each of three firms and 2 to final users. They order 0.4, 4.8, 12
   and 2 of 14, in rounds up to 0.1, 1, 1.2 of normal orders: 1.4 + 9 + 2 with the 0.4
   that final users are charged again; the last firm gets 1.2 x 4 + 1.6. */
static void test_rounds(void **state)
{
    static const int64_t groups[] = {0, 0, 1, 2, 3, 7};
    static const int64_t links[] = {0, 1, 2, 3, 4, 5, 6, 7};
    static const int32_t from[] = {0, 0, 0, 0, 1, 2, 3};
    static const double flows[] = {4, 4, 4, 2, 8, 8, 8};
    static const double stocks[] = {81.6, 55.2, 12}, gets[] = {0.4, 4.8, 6.4};
    run r = {.net = {.producers = 4,
                     .users = 5,
                     .group_start = groups,
                     .link_start = links,
                     .supplier = from,
                     .flow = flows}};
    assert_true(kn__engine_preset(&r.rule, "inoue-todo-code"));
    assert_int_equal(kn__arena_new(&r.arena, *state), KN_OK);
    assert_int_equal(kn__engine_new(&r.engine, *state, r.arena, &r.net, &r.rule), KN_OK);
    for (int t = 0; t < STEPS; t++)
        assert_true(step(&r, *state, NULL).made == 38);
    for (int g = 0; g < 3; g++) {
        assert_true(kn__engine_stock(r.engine, g) == 60);
        kn__engine_add_stock(r.engine, g, stocks[g] / 4 - 15);
    }
    step(&r, *state, NULL);
    kn__engine_view v = step(&r, *state, NULL);
    assert_true(fabs(v.demand[0] - 19.2) < 1e-12 && v.output[0] == 14);
    assert_true(fabs(v.final_met[0] - 2) < 1e-12);
    for (int g = 0; g < 3; g++)
        assert_true(fabs(kn__engine_stock(r.engine, g) - (stocks[g] + gets[g] - 4)) <
                    1e-12);
    kn__arena_free(r.arena);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_idle_goes_on), cmocka_unit_test(test_idle_stops),
        cmocka_unit_test(test_debts),        cmocka_unit_test(test_returns),
        cmocka_unit_test(test_extras),       cmocka_unit_test(test_rounds),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
