/* SPDX-License-Identifier: Apache-2.0 */
/* Uncertain figures: distributions, moved models and networks, and the lens itself. */
#include <string.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "kaname/scenario.h"
#include "lens/cascade/perturb.h"
#include "mini.h"
#include "study/moved.h"

/* ---- Distributions ---- */

/* Mean (a + b + c) / 3 by the midpoint rule over levels; ends; mode at its level. */
static void triangular(void **state)
{
    enum { STEPS = 20000 };
    static const double cases[][3] = {{0, 0, 1}, {0.2, 0.5, 0.6}, {1, 1, 1}, {3, 7, 7}};
    (void)state;
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        double low = cases[c][0], mode = cases[c][1], high = cases[c][2], sum = 0,
               before = low;
        for (int k = 0; k < STEPS; k++) {
            double x = kn__triangular(low, mode, high, (k + 0.5) / STEPS);
            assert_true(x >= before && x <= high);
            before = x;
            sum += x / STEPS;
        }
        assert_close(sum, (low + mode + high) / 3, 1e-4);
        double at_mode = high > low ? (mode - low) / (high - low) : 0.5;
        assert_close(kn__triangular(low, mode, high, at_mode), mode, 1e-7);
    }
}

/* ---- A model that moves ---- */

typedef struct bench {
    kn_network *net;
    kn__arena *arena;
    kn__denial_model model;
    kn__perturbed moved;
} bench;

/* In place: the moved model points to the other one. */
static void bench_make(bench *b, kn_context *ctx)
{
    b->net = mini_make(ctx);
    assert_int_equal(kn__arena_new(&b->arena, ctx), KN_OK);
    assert_int_equal(kn__denial_from_network(&b->model, ctx, b->arena, b->net, true, 360),
                     KN_OK);
    const char *grades = kn__share_grades(ctx, b->arena, b->net, &b->model);
    assert_non_null(grades);
    assert_int_equal(
        kn__perturbed_new(&b->moved, ctx, b->arena, b->net, &b->model, grades), KN_OK);
}

static void bench_free(bench *b)
{
    kn__arena_free(b->arena);
    kn_network_free(b->net);
}

/* All levels at one value. */
static double *all_at(bench *b, kn_context *ctx, double level)
{
    int32_t count = kn__level_count(b->model.economies);
    double *levels = KN__ARRAY(b->arena, ctx, count, double);
    assert_non_null(levels);
    for (int32_t k = 0; k < count; k++)
        levels[k] = level;
    return levels;
}

static void nothing_moved_is_the_same(void **state)
{
    bench b;
    bench_make(&b, *state);
    const kn__denial_model *m = &b.moved.model, *n = &b.model;
    size_t pairs = (size_t)n->products * (size_t)n->economies * sizeof(double);
    kn__moved moved;
    kn__perturb(&b.moved, all_at(&b, *state, NAN));
    assert_memory_equal(m->stock_days, n->stock_days, pairs);
    assert_memory_equal(m->value_added, n->value_added, pairs);
    assert_memory_equal(m->share, n->share, pairs * (size_t)n->economies);
    assert_memory_equal(m->flow, n->flow, pairs * (size_t)n->economies);
    for (int32_t k = 0; k < n->input_count; k++)
        assert_true(m->inputs[k].weight[1] == n->inputs[k].weight[1]);
    assert_int_equal(kn__moved_new(&moved, *state, b.arena, b.net), KN_OK);
    kn__moved_set(&moved, &b.moved, NAN);
    for (int32_t i = 0; i < b.net->producer_count; i++) {
        assert_true(moved.net.producers[i].value_added ==
                    b.net->producers[i].value_added);
        for (int32_t j = 0; j < b.net->producer_count; j++)
            assert_true(kn__flows_at(&moved.net.flows, i, j) ==
                        kn__flows_at(&b.net->flows, i, j));
    }
    bench_free(&b);
}

/* Shares of a buyer sum to what they were and none is negative, at levels that differ
   from supplier to supplier; the moved network buys what the moved model buys. */
static void shares_stay_shares(void **state)
{
    bench b;
    bench_make(&b, *state);
    int64_t e = b.model.economies, block = e * e;
    double *levels = all_at(&b, *state, 0.5);
    kn__moved moved;
    assert_int_equal(kn__moved_new(&moved, *state, b.arena, b.net), KN_OK);
    for (int round = 0; round < 12; round++) {
        for (int32_t k = 0; k < kn__level_count((int32_t)e); k++)
            levels[k] = kn__random_uniform(5, (uint64_t)round, (uint64_t)k);
        kn__perturb(&b.moved, levels);
        for (int64_t at = 0; at < b.model.products * e; at++) {
            double sum = 0, before = 0;
            for (int64_t s = 0; s < e; s++) {
                int64_t cell = at / e * block + s * e + at % e;
                assert_true(b.moved.model.share[cell] >= 0);
                sum += b.moved.model.share[cell];
                before += b.model.share[cell];
            }
            assert_close(sum, before, 1e-12);
        }
        kn__moved_set(&moved, &b.moved, NAN);
        kn__pools pools;
        assert_int_equal(kn__pools_new(&pools, *state, b.arena, &moved.net), KN_OK);
        for (int64_t k = 0; k < b.model.products * block; k++)
            assert_true(fabs(pools.flow[k] - b.moved.model.flow[k]) <=
                        1e-9 * (1 + fabs(pools.flow[k])));
    }
    bench_free(&b);
}

/* A higher level of a supplier alone gives it more, and others less in proportion. */
static void a_supplier_moves_alone(void **state)
{
    bench b;
    bench_make(&b, *state);
    int32_t q = kn__network_product(b.net, "gallium");
    int32_t chn = kn__network_economy(b.net, "CHN"),
            d = kn__network_economy(b.net, "KOR");
    int64_t e = b.model.economies, at = q * e * e + d;
    double last = 0, others = NAN;
    for (double level = 0.05; level < 1; level += 0.1) {
        double *levels = all_at(&b, *state, NAN);
        levels[KN__FACTOR_SUPPLIER + chn] = level;
        kn__perturb(&b.moved, levels);
        const double *share = b.moved.model.share;
        assert_true(share[at + chn * e] > last);
        last = share[at + chn * e];
        double ratio = share[at + b.net->zzu * e] / (1 - last);
        assert_true(isnan(others) || fabs(ratio - others) < 1e-12);
        others = ratio;
    }
    bench_free(&b);
}

/* Of the unseen gallium (10 % of the world) some goes to the known suppliers, as they
   share the rest. */
static void unseen_supply_moves(void **state)
{
    bench b;
    bench_make(&b, *state);
    int32_t q = kn__network_product(b.net, "gallium");
    int32_t chn = kn__network_economy(b.net, "CHN"),
            d = kn__network_economy(b.net, "KOR");
    int64_t e = b.model.economies, at = q * e * e + d;
    double *levels = all_at(&b, *state, NAN);
    levels[KN__FACTOR_UNSEEN] = 0.75; /* 1 - √0.25 = half of it */
    kn__perturb(&b.moved, levels);
    double before = b.model.share[at + chn * e],
           unseen = b.model.share[at + b.net->zzu * e];
    assert_true(unseen > 0);
    double scale = 1 / (1 - unseen / 2);
    assert_close(b.moved.model.share[at + chn * e], before * scale, 1e-12);
    assert_close(b.moved.model.share[at + b.net->zzu * e], unseen / 2 * scale, 1e-12);
    bench_free(&b);
}

/* ---- The lens ---- */

static kn_result *ask(kn_context *ctx, const kn_network *net, const char *name,
                      const kn_setting *settings, int32_t count)
{
    kn_result *result;
    if (kn_lens_run(&result, ctx, kn_lens_find(name), net, NULL, settings, count) < 0)
        fail_msg("%s", kn_context_error(ctx));
    return result;
}

static void assert_same_tables(const kn_result *a, const kn_result *b)
{
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        const kn_table *x = kn_result_table(a, t), *y = kn_result_table(b, t);
        const kn_table_decl *decl = kn_table_declaration(x);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < decl->column_count; c++)
                if (decl->columns[c].type == KN_COLUMN_TEXT)
                    assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
                else
                    assert_true(kn_table_number(x, r, c) == kn_table_number(y, r, c));
    }
}

static const kn_setting japan[] = {{"of", "JPN"}, {"samples", "40"}, {"top", "3"}};

/* The figure of a table in the row that has these two texts. */
static double look_up(const kn_table *table, const char *one, const char *two,
                      const char *column)
{
    const kn_table_decl *decl = kn_table_declaration(table);
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        int found = 0;
        for (int32_t c = 0; c < decl->column_count; c++)
            found += !strcmp(kn_table_text(table, r, c), one) ||
                     !strcmp(kn_table_text(table, r, c), two);
        if (found == 2)
            return kn_table_number(table, r, kn_table_column(table, column));
    }
    fail_msg("no row of %s and %s", one, two);
    return NAN;
}

/* The centre is what chokepoints and exposure print; quantiles rise; a driver's ends are
   real runs. */
static void the_atlas(void **state)
{
    kn_network *net;
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    kn_result *loss = ask(*state, net, "chokepoints", japan, 1);
    kn_result *share = ask(*state, net, "exposure", japan, 1);
    kn_result *range = ask(*state, net, "uncertainty", japan, 3);
    const kn_table *choke = kn_result_find(loss, "chokepoints");
    const kn_table *table = kn_result_find(range, "quantiles");
    int rank = -1, seen = 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        const char *metric = kn_table_text(table, r, 0);
        const char *holder = kn_table_text(table, r, 1),
                   *product = kn_table_text(table, r, 2);
        double centre = kn_table_number(table, r, 4), expected;
        rank += !strcmp(metric, "loss_musd");
        seen++;
        if (!strcmp(metric, "hhi"))
            expected =
                look_up(kn_result_find(share, "dependency"), "JPN", product, "hhi");
        else if (!strcmp(metric, "through"))
            expected =
                look_up(kn_result_find(share, "exposure"), holder, product, "through");
        else
            expected = kn_table_number(choke, rank, kn_table_column(choke, metric));
        assert_close(centre, expected, strcmp(metric, "loss_musd") ? 1e-8 : 0);
        for (int32_t c = 6; c < 10; c++)
            assert_true(kn_table_number(table, r, c) >= kn_table_number(table, r, c - 1));
    }
    assert_int_equal(rank, 2);
    assert_true(seen >= 11 && seen <= 12);
    const kn_table *drivers = kn_result_find(range, "drivers");
    assert_int_equal(kn_table_rows(drivers), KN__FACTOR_COUNT);
    assert_true(kn_table_number(drivers, 0, 3) > 0);
    kn_result_free(loss);
    kn_result_free(share);
    kn_result_free(range);
    kn_network_free(net);
}

/* ---- With a scenario ---- */

static kn_result *ask_scenario(kn_context *ctx, const kn_network *net, const char *lens,
                               const char *path, const kn_setting *settings,
                               int32_t count)
{
    kn_scenario *scenario;
    kn_result *result;
    assert_int_equal(kn_scenario_read(&scenario, ctx, net, path), KN_OK);
    if (kn_lens_run(&result, ctx, kn_lens_find(lens), net, scenario, settings, count) < 0)
        fail_msg("%s", kn_context_error(ctx));
    kn_scenario_free(scenario);
    return result;
}

/* The centre is what cascade says at every slice; losses only grow; the last day of the
   table is the horizon. */
static void the_scenario(void **state)
{
    kn_network *net;
    const char *path = "data/scenarios/china-denies-critical-minerals.yaml";
    const kn_setting of[] = {
        {"of", "JPN"}, {"samples", "20"}, {"top", "1"}, {"exposure", "false"}};
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    kn_result *cascade = ask_scenario(*state, net, "cascade", path, NULL, 0);
    kn_result *range = ask_scenario(*state, net, "uncertainty", path, of, 4);
    const kn_table *table = kn_result_find(range, "scenario");
    const kn_table *course = kn_result_find(cascade, "course");
    assert_int_equal(kn_table_rows(table), 12);
    for (int64_t r = 0; r < 12; r++) {
        double day = kn_table_number(table, r, 1), centre = kn_table_number(table, r, 2);
        assert_true(day == 30.0 * (double)(r + 1));
        for (int64_t k = 0; k < kn_table_rows(course); k++)
            if (kn_table_number(course, k, 0) == day &&
                !strcmp(kn_table_text(course, k, 1), "JPN"))
                assert_close(centre, kn_table_number(course, k, 2), 0);
        assert_true(r == 0 ||
                    kn_table_number(table, r, 7) >= kn_table_number(table, r - 1, 7));
    }
    assert_true(kn_table_number(table, 11, 3) < kn_table_number(table, 11, 7));
    kn_result_free(cascade);
    kn_result_free(range);
    kn_network_free(net);
}

static void threads_do_not_show(void **state)
{
    kn_network *net;
    kn_context *many;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.threads = 4;
    assert_int_equal(kn_context_new(&many, &options), KN_OK);
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    options.threads = 1;
    kn_context *one;
    assert_int_equal(kn_context_new(&one, &options), KN_OK);
    kn_result *a = ask(one, net, "uncertainty", japan, 3);
    kn_result *b = ask(many, net, "uncertainty", japan, 3);
    assert_same_tables(a, b);
    kn_result_free(a);
    kn_result_free(b);
    kn_network_free(net);
    kn_context_free(one);
    kn_context_free(many);
}

/* In a table without recipes the elasticities move instead: less of it, more loss. */
static void tables_move_elasticities(void **state)
{
    kn_network *net;
    const char *path = "tests/golden/data/wiot-bom.csv";
    const kn_setting few[] = {{"samples", "10"}, {"top", "1"}};
    assert_int_equal(kn_network_import(&net, *state, kn_format_find("wiod"), &path, 1),
                     KN_OK);
    kn_result *result = ask(*state, net, "uncertainty", few, 2);
    const kn_table *drivers = kn_result_find(result, "drivers");
    int found = 0;
    for (int64_t r = 0; r < kn_table_rows(drivers); r++)
        if (strcmp(kn_table_text(drivers, r, 0), "dependent shares") == 0) {
            assert_true(kn_table_number(drivers, r, 2) > kn_table_number(drivers, r, 1));
            found++;
        }
    assert_int_equal(found, 1);
    kn_result_free(result);
    kn_network_free(net);
}

/* A denial of nothing loses nothing in any draw, so nothing is listed. */
static void no_denial_no_rows(void **state)
{
    kn_network *net = mini_make(*state);
    const kn_setting none[] = {{"share", "0"}, {"samples", "10"}};
    kn_result *result = ask(*state, net, "uncertainty", none, 2);
    assert_int_equal(kn_table_rows(kn_result_find(result, "quantiles")), 0);
    assert_int_equal(kn_table_rows(kn_result_find(result, "drivers")), 0);
    kn_result_free(result);
    kn_network_free(net);
}

typedef struct question {
    kn_network *net;
    kn_scenario *scenario;
} question;

static kn_status ask_once(kn_context *ctx, void *arg)
{
    const kn_setting few[] = {{"samples", "10"}, {"top", "2"}};
    const question *q = arg;
    kn_result *result;
    kn_status status = kn_lens_run(&result, ctx, kn_lens_find("uncertainty"), q->net,
                                   q->scenario, few, 2);
    kn_result_free(result);
    return status;
}

static void memory_fails(void **state)
{
    question q = {.net = mini_make(*state)};
    assert_int_equal(
        kn_scenario_read(&q.scenario, *state, q.net, "tests/data/runs/denial.yaml"),
        KN_OK);
    assert_true(every_allocation_fails(ask_once, &q) > 40);
    kn_scenario_free(q.scenario);
    kn_network_free(q.net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triangular),
        cmocka_unit_test(nothing_moved_is_the_same),
        cmocka_unit_test(shares_stay_shares),
        cmocka_unit_test(a_supplier_moves_alone),
        cmocka_unit_test(unseen_supply_moves),
        cmocka_unit_test(the_atlas),
        cmocka_unit_test(the_scenario),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(tables_move_elasticities),
        cmocka_unit_test(no_denial_no_rows),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
