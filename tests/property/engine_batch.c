/* SPDX-License-Identifier: Apache-2.0 */
/* The daily engine on dense networks: against its slow twin, with every set of vector
   instructions, and many shocks at once against each alone. */
#include <string.h>

#include "dense_world.h"
#include "engine_ref.h"
#include "lens/cascade/engine_batch.h"
#include "lens/cascade/engine_keep.h"
#include "lens/cascade/engine_state.h"
#include "support.h"

/* ---- Against the twin ---- */

static void check_twin(kn_context *ctx, const world *w, const kn__engine_rule *rule)
{
    kn__arena *arena;
    kn__engine *engine;
    ref_engine twin;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&engine, ctx, arena, &w->net, rule), KN_OK);
    assert_true(w->net.supplier || engine->dense);
    assert_int_equal(ref_engine_new(&twin, &w->net, rule), 0);
    for (int t = 0; t < DAYS; t++) {
        kn__engine_drive drive = drive_of(w, 2, t);
        assert_int_equal(kn__engine_step(engine, ctx, &drive), KN_OK);
        ref_engine_step(&twin, &drive);
        kn__engine_view v = kn__engine_look(engine);
        for (int32_t i = 0; i < w->net.producers; i++) {
            assert_true(fabs(v.output[i] - twin.output[i]) <= 1e-9 * v.normal[i]);
            assert_true(fabs(v.demand[i] - twin.demand[i]) <=
                        1e-9 * (1 + fabs(v.demand[i])));
        }
        for (int64_t g = 0; g < w->group_start[w->net.producers]; g++)
            assert_true(fabs(kn__engine_stock(engine, g) - twin.stock[g]) <=
                        1e-8 * (1 + fabs(twin.stock[g])));
        assert_true(fabs(v.made - v.delivered) <= 1e-9 * (1 + v.made));
    }
    ref_engine_free(&twin);
    kn__arena_free(arena);
}

static void test_twin(void **state)
{
    static world w;
    for (uint64_t k = 0; k < 96; k++) {
        kn__engine_rule rule = rule_of(k, 3);
        make(&w, k + 1);
        check_twin(*state, &w, &rule);
    }
}

/* Losses of a share of `most`: small ones differ from the normal state, but not by more
   than the tolerance. */
static void shrink_shocks(world *w, double most)
{
    for (int s = 1; s < SHOCKS; s++) {
        for (int32_t i = 0; i < w->net.producers; i++)
            w->capacity[s][i] = 1 - most * draw(w) * (s + 1) / SHOCKS;
        for (int64_t g = 0; g < GROUPS; g++)
            w->wanted[s][g] = 1;
        for (int32_t k = 0; k < 3 * MOST; k++)
            w->open[s][k] = 1;
    }
}

/* Smallest losses change nothing, larger ones only what comes in, the next ones all. */
static void test_tolerance(void **state)
{
    static world w;
    static const double most[] = {1e-6, 1e-5, 3e-5, 1e-4, 1e-3, 0.5};
    for (uint64_t k = 0; k < 36; k++) {
        kn__engine_rule rule = rule_of(4 * (k % 12) + 1, 3);
        rule.boario_tolerance = true;
        make(&w, k + 700);
        shrink_shocks(&w, most[k % 6]);
        check_twin(*state, &w, &rule);
        w.net.supplier = w.supplier;
        check_twin(*state, &w, &rule);
    }
}

/* ---- What the network says changes ---- */

/* Weights that others get from a day on, as a measure would, and those they had. */
static void reweigh(world *w, kn__engine *e, double *before)
{
    for (int32_t j = 0; j < w->net.producers; j += 2) {
        for (int64_t g = w->group_start[j]; g < w->group_start[j + 1]; g++) {
            double was = w->weight[g];
            w->weight[g] = before[g];
            before[g] = was;
            kn__engine_renew(e, j, g);
        }
    }
}

/* Groups that name their suppliers look weights up whenever they need them. */
static void test_weights(void **state)
{
    static world w;
    for (uint64_t k = 0; k < 12; k++) {
        kn__engine_rule rule = rule_of(k, 3);
        kn__arena *arena;
        kn__engine *e[2];
        double other[GROUPS];
        make(&w, k + 900);
        for (int64_t g = 0; g < GROUPS; g++)
            other[g] = 0.5 * (double)(g % 3);
        kn__engine_net named = w.net;
        named.supplier = w.supplier;
        assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
        assert_int_equal(kn__engine_new(&e[0], *state, arena, &w.net, &rule), KN_OK);
        assert_int_equal(kn__engine_new(&e[1], *state, arena, &named, &rule), KN_OK);
        for (int t = 0; t < DAYS; t++) {
            kn__engine_drive drive = drive_of(&w, 2, t);
            if (t == 6)
                reweigh(&w, e[0], other);
            assert_int_equal(kn__engine_step(e[0], *state, &drive), KN_OK);
            assert_int_equal(kn__engine_step(e[1], *state, &drive), KN_OK);
            const double *a = kn__engine_look(e[0]).output;
            const double *b = kn__engine_look(e[1]).output;
            for (int32_t i = 0; i < w.net.producers; i++)
                assert_true(fabs(a[i] - b[i]) <= 1e-9 * (1 + fabs(b[i])));
        }
        kn__arena_free(arena);
    }
}

/* ---- Everything there is to see ---- */

typedef struct trace {
    double output[DAYS][MOST], demand[MOST], limit[MOST], adapted[MOST], stock[GROUPS],
        met[GROUPS], sum[5];
    int32_t binding[MOST];
} trace;

static void see(trace *to, const kn__engine *e, const kn__engine_net *net, int t)
{
    kn__engine_view v = kn__engine_look(e);
    size_t size = (size_t)net->producers * sizeof(double);
    int64_t first = net->group_start[net->producers];
    memcpy(to->output[t], v.output, size);
    memcpy(to->demand, v.demand, size);
    memcpy(to->limit, v.limit, size);
    memcpy(to->adapted, v.adapted, size);
    memcpy(to->binding, v.binding, (size_t)net->producers * sizeof(int32_t));
    for (int64_t g = 0; g < first; g++)
        to->stock[g] = kn__engine_stock(e, g);
    for (int64_t g = first; g < net->group_start[net->users]; g++)
        to->met[g - first] = v.final_met[g - first];
    double sum[5] = {v.made, v.delivered, v.used, v.laid_up, v.stocks};
    memcpy(to->sum, sum, sizeof sum);
}

/* Stocks that come from outside on day 5. */
static void help(kn__engine *e, int s, int t)
{
    if (t == 5 && s == 3)
        kn__engine_add_stock(e, 1, 4.5);
}

static void run_alone(kn_context *ctx, const world *w, const kn__engine_rule *rule, int s,
                      const kn__engine_kernel *kernel, trace *to)
{
    kn__arena *arena;
    kn__engine *e;
    memset(to, 0, sizeof *to);
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_int_equal(kn__engine_new(&e, ctx, arena, &w->net, rule), KN_OK);
    e->kernel = kernel ? kernel : e->kernel;
    assert_int_equal(kn__engine_start(e, ctx, s % 2 ? NULL : w->open[s]), KN_OK);
    for (int t = 0; t < DAYS; t++) {
        kn__engine_drive drive = drive_of(w, s, t);
        help(e, s, t);
        assert_int_equal(kn__engine_step(e, ctx, &drive), KN_OK);
        see(to, e, &w->net, t);
    }
    kn__arena_free(arena);
}

static void test_kernels(void **state)
{
    static world w;
    static trace plain, other;
    for (uint64_t k = 0; k < 24; k++) {
        kn__engine_rule rule = rule_of(k, 4);
        make(&w, k + 100);
        set_ranks(&w, &rule, k % 3 == 0);
        run_alone(*state, &w, &rule, 2, kn__engine_kernel_at(0), &plain);
        for (int v = 1; v < KN__ENGINE_KERNELS; v++) {
            if (!kn__engine_kernel_at(v))
                continue;
            run_alone(*state, &w, &rule, 2, kn__engine_kernel_at(v), &other);
            assert_memory_equal(&plain, &other, sizeof plain);
        }
    }
}

/* ---- Together ---- */

static kn_status run_together(kn_context *ctx, const world *w,
                              const kn__engine_rule *rule, trace *to, bool *shares)
{
    kn__arena *arena;
    kn__engine_batch *b;
    const double *open[SHOCKS];
    memset(to, 0, SHOCKS * sizeof *to);
    for (int s = 0; s < SHOCKS; s++)
        open[s] = s % 2 ? NULL : w->open[s];
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__engine_batch_new(&b, ctx, arena, &w->net, rule, SHOCKS);
    if (status >= 0)
        status = kn__engine_batch_start(b, ctx, open);
    for (int t = 0; status >= 0 && t < DAYS; t++) {
        kn__engine_drive drives[SHOCKS];
        for (int s = 0; s < SHOCKS; s++) {
            drives[s] = drive_of(w, s, t);
            help(kn__engine_batch_at(b, s), s, t);
        }
        status = kn__engine_batch_step(b, ctx, drives);
        for (int s = 0; s < SHOCKS; s++)
            see(&to[s], kn__engine_batch_at(b, s), &w->net, t);
    }
    if (status >= 0) {
        *shares = kn__engine_batch_shares(b);
        assert_true(kn__engine_batch_bytes(b) > 0);
    }
    kn__arena_free(arena);
    return status;
}

static void compare(kn_context *ctx, const world *w, const kn__engine_rule *rule,
                    bool expect_shares)
{
    static trace together[SHOCKS], alone;
    bool shares = !expect_shares;
    assert_int_equal(run_together(ctx, w, rule, together, &shares), KN_OK);
    assert_true(shares == expect_shares);
    for (int s = 0; s < SHOCKS; s++) {
        run_alone(ctx, w, rule, s, NULL, &alone);
        assert_memory_equal(&together[s], &alone, sizeof alone);
    }
}

static void test_together(void **state)
{
    static world w;
    for (uint64_t k = 0; k < 60; k++) {
        kn__engine_rule rule = rule_of(k, 5);
        if (rule.adaptation > KN__ADAPT_PRICE)
            rule.adaptation = KN__ADAPT_PRICE;
        make(&w, k + 200);
        set_ranks(&w, &rule, k % 3 == 0);
        compare(*state, &w, &rule, true);
        rule.boario_tolerance = true;
        shrink_shocks(&w, k % 2 ? 1e-4 : 1e-2);
        compare(*state, &w, &rule, true);
    }
}

static void test_one_by_one(void **state)
{
    static world w;
    kn__engine_rule rule;
    make(&w, 300);
    assert_true(kn__engine_preset(&rule, "inoue-todo"));
    compare(*state, &w, &rule, false);
    assert_true(kn__engine_preset(&rule, "kaname"));
    rule.rationing = KN__RATION_WATER;
    compare(*state, &w, &rule, false);
    rule.rationing = KN__RATION_PROPORTIONAL;
    w.net.supplier = w.supplier;
    compare(*state, &w, &rule, false);
}

/* The shock that is none stays exactly normal, whatever the others do. */
static void test_null_shock(void **state)
{
    static world w;
    static trace together[SHOCKS];
    for (uint64_t k = 0; k < 40; k++) {
        kn__engine_rule rule = rule_of(k, 3);
        bool shares;
        if (rule.flow_on == KN__BASIS_NONE)
            continue;
        rule.start_steps = 0;
        make(&w, k + 400);
        assert_int_equal(run_together(*state, &w, &rule, together, &shares), KN_OK);
        for (int t = 1; t < DAYS; t++)
            assert_memory_equal(together[0].output[t], together[0].output[0],
                                sizeof together[0].output[0]);
        assert_true(together[0].sum[3] == 0);
    }
}

static void test_threads(void **state)
{
    static world w;
    static trace one[SHOCKS], four[SHOCKS];
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    options.threads = 4;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    for (uint64_t k = 0; k < 8; k++) {
        kn__engine_rule rule = rule_of(k, 3);
        bool shares;
        make(&w, k + 500);
        assert_int_equal(run_together(*state, &w, &rule, one, &shares), KN_OK);
        assert_int_equal(run_together(ctx, &w, &rule, four, &shares), KN_OK);
        assert_memory_equal(one, four, sizeof one);
    }
    kn_context_free(ctx);
}

/* Saved on day 8 and loaded into another engine, which goes on to the same bits. */
static void test_keep(void **state)
{
    static world w;
    static trace whole, rest;
    kn__arena *arena;
    kn__engine *e, *other;
    kn__engine_rule rule = rule_of(0, 3);
    make(&w, 650);
    run_alone(*state, &w, &rule, 3, NULL, &whole);
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__engine_new(&e, *state, arena, &w.net, &rule), KN_OK);
    assert_int_equal(kn__engine_new(&other, *state, arena, &w.net, &rule), KN_OK);
    memset(&rest, 0, sizeof rest);
    for (int t = 0; t < DAYS; t++) {
        kn__engine_drive drive = drive_of(&w, 3, t);
        kn__state save, load;
        if (t == 8) {
            kn__state_save(&save, *state);
            kn__engine_keep(e, &save);
            kn__state_load(&load, *state, save.byte, save.count);
            kn__engine_keep(other, &load);
            kn__state_end(&load);
            assert_int_equal(load.status, KN_OK);
            kn__state_release(&save);
            e = other;
        }
        help(e, 3, t);
        assert_int_equal(kn__engine_step(e, *state, &drive), KN_OK);
        see(&rest, e, &w.net, t);
    }
    assert_memory_equal(&rest, &whole, sizeof rest);
    kn__arena_free(arena);
}

/* ---- Refusals ---- */

static kn_status work(kn_context *ctx, void *arg)
{
    static trace together[SHOCKS];
    kn__engine_rule rule;
    bool shares;
    kn__engine_preset(&rule, "kaname");
    return run_together(ctx, arg, &rule, together, &shares);
}

static void test_memory(void **state)
{
    static world w;
    (void)state;
    make(&w, 600);
    assert_true(every_allocation_fails(work, &w) > 3);
}

static void test_size(void **state)
{
    static world w;
    kn__arena *arena;
    kn__engine_batch *b;
    kn__engine_rule rule;
    make(&w, 700);
    kn__engine_preset(&rule, "kaname");
    assert_int_equal(kn__arena_new(&arena, *state), KN_OK);
    assert_int_equal(kn__engine_batch_new(&b, *state, arena, &w.net, &rule, 0),
                     KN_ERR_USAGE);
    assert_int_equal(
        kn__engine_batch_new(&b, *state, arena, &w.net, &rule, KN__BATCH_MOST + 1),
        KN_ERR_USAGE);
    assert_null(b);
    kn__arena_free(arena);
}

/* Groups that overlap, or come out of order, are worked on one by one. */
static void test_irregular(void **state)
{
    static world w;
    kn__engine_rule rule;
    kn__engine_preset(&rule, "kaname");
    for (int kind = 0; kind < 2; kind++) {
        make(&w, 800);
        int64_t g = w.group_start[1] - 1;
        w.first[g] = kind ? w.first[0] : w.first[g] - 1;
        compare(*state, &w, &rule, false);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_twin),       cmocka_unit_test(test_tolerance),
        cmocka_unit_test(test_kernels),    cmocka_unit_test(test_together),
        cmocka_unit_test(test_one_by_one), cmocka_unit_test(test_null_shock),
        cmocka_unit_test(test_threads),    cmocka_unit_test(test_memory),
        cmocka_unit_test(test_size),       cmocka_unit_test(test_irregular),
        cmocka_unit_test(test_keep),       cmocka_unit_test(test_weights),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
