/* SPDX-License-Identifier: Apache-2.0 */
/* Uncertain denial losses: distributions, draws, moved models, and the lens itself. */
#include <string.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "lens/cascade/uncertainty.h"
#include "mini.h"

/* ---- Distributions and draws ---- */

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

/* Each factor meets each of N strata once; the draw depends on the seed alone. */
static void hypercube(void **state)
{
    enum { N = 57 };
    static kn__levels one[N], again[N], other[N];
    int32_t order[N];
    (void)state;
    kn__latin_hypercube(one, order, N, 7);
    kn__latin_hypercube(again, order, N, 7);
    kn__latin_hypercube(other, order, N, 8);
    assert_memory_equal(one, again, sizeof one);
    assert_memory_not_equal(one, other, sizeof one);
    for (int f = 0; f < KN__FACTOR_COUNT; f++) {
        int seen[N] = {0};
        for (int k = 0; k < N; k++)
            seen[(int)(one[k].at[f] * N)]++;
        for (int k = 0; k < N; k++)
            assert_int_equal(seen[k], 1);
    }
}

/* ---- A model that moves ---- */

typedef struct bench {
    kn_network *net;
    kn__arena *arena;
    kn__denial_model model;
    kn__perturbed moved;
} bench;

static bench bench_make(kn_context *ctx)
{
    bench b = {.net = mini_make(ctx)};
    assert_int_equal(kn__arena_new(&b.arena, ctx), KN_OK);
    assert_int_equal(kn__denial_from_network(&b.model, ctx, b.arena, b.net, true, 360),
                     KN_OK);
    assert_int_equal(kn__perturbed_new(&b.moved, ctx, b.arena, b.net, &b.model), KN_OK);
    return b;
}

static void bench_free(bench *b)
{
    kn__arena_free(b->arena);
    kn_network_free(b->net);
}

static kn__levels all_at(double level)
{
    kn__levels levels;
    for (int f = 0; f < KN__FACTOR_COUNT; f++)
        levels.at[f] = level;
    return levels;
}

static void nothing_moved_is_the_same(void **state)
{
    bench b = bench_make(*state);
    const kn__denial_model *m = &b.moved.model, *n = &b.model;
    size_t pairs = (size_t)n->products * (size_t)n->economies * sizeof(double);
    kn__levels still = all_at(NAN);
    kn__perturb(&b.moved, &still);
    kn__perturb_shares(&b.moved, &still, 0, 0);
    assert_memory_equal(m->stock_days, n->stock_days, pairs);
    assert_memory_equal(m->value_added, n->value_added, pairs);
    assert_memory_equal(m->share, n->share, pairs * (size_t)n->economies);
    for (int32_t k = 0; k < n->input_count; k++)
        assert_true(m->inputs[k].weight[1] == n->inputs[k].weight[1]);
    bench_free(&b);
}

/* Shares of a buyer sum to what they were, none is negative, and come back bit by bit. */
static void shares_stay_shares(void **state)
{
    bench b = bench_make(*state);
    int32_t q = kn__network_product(b.net, "gallium");
    int32_t chn = kn__network_economy(b.net, "CHN");
    int64_t e = b.model.economies, block = e * e;
    for (double level = 0.01; level < 1; level += 0.07) {
        kn__levels levels = all_at(level);
        kn__perturb_shares(&b.moved, &levels, q, chn);
        for (int64_t d = 0; d < e; d++) {
            double sum = 0;
            for (int64_t s = 0; s < e; s++) {
                double share = b.moved.model.share[q * block + s * e + d];
                assert_true(share >= 0 && share <= 1 + 1e-12);
                sum += share;
            }
            if (b.model.use[q * e + d] > 0)
                assert_close(sum, 1, 1e-9);
        }
        kn__restore_shares(&b.moved, q);
    }
    assert_memory_equal(b.moved.model.share, b.model.share,
                        (size_t)(b.model.products * block) * sizeof(double));
    bench_free(&b);
}

/* Of the unseen gallium (10 % of the world) some goes to the holder, never more. */
static void unseen_supply_moves(void **state)
{
    bench b = bench_make(*state);
    int32_t q = kn__network_product(b.net, "gallium");
    int32_t chn = kn__network_economy(b.net, "CHN"),
            d = kn__network_economy(b.net, "KOR");
    int64_t e = b.model.economies, at = q * e * e + d;
    kn__levels levels = all_at(NAN);
    levels.at[KN__FACTOR_UNSEEN] = 0.75; /* 1 - √0.25 = half of it */
    kn__perturb_shares(&b.moved, &levels, q, chn);
    double before = b.model.share[at + chn * e],
           unseen = b.model.share[at + b.net->zzu * e];
    assert_true(unseen > 0);
    assert_close(b.moved.model.share[at + chn * e], before + unseen / 2, 1e-12);
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

/* The centre is what chokepoints prints; quantiles rise; a driver's ends are real runs.
 */
static void the_atlas(void **state)
{
    kn_network *net;
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    kn_result *loss = ask(*state, net, "chokepoints", japan, 1);
    kn_result *range = ask(*state, net, "uncertainty", japan, 3);
    const kn_table *choke = kn_result_find(loss, "chokepoints");
    const kn_table *table = kn_result_find(range, "quantiles");
    assert_int_equal(kn_table_rows(table), 6);
    for (int64_t r = 0; r < 6; r++) {
        assert_string_equal(kn_table_text(table, r, 1), kn_table_text(choke, r / 2, 0));
        assert_string_equal(kn_table_text(table, r, 2), kn_table_text(choke, r / 2, 1));
        assert_true(kn_table_number(table, r, 4) ==
                    kn_table_number(choke, r / 2, r % 2 ? 5 : 7));
        for (int32_t c = 6; c < 10; c++)
            assert_true(kn_table_number(table, r, c) >= kn_table_number(table, r, c - 1));
    }
    const kn_table *drivers = kn_result_find(range, "drivers");
    assert_int_equal(kn_table_rows(drivers), KN__FACTOR_COUNT);
    assert_true(kn_table_number(drivers, 0, 3) > 0);
    kn_result_free(loss);
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

static kn_status ask_once(kn_context *ctx, void *arg)
{
    const kn_setting few[] = {{"samples", "10"}, {"top", "2"}};
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find("uncertainty"), arg, NULL, few, 2);
    kn_result_free(result);
    return status;
}

static void memory_fails(void **state)
{
    kn_network *net = mini_make(*state);
    assert_true(every_allocation_fails(ask_once, net) > 20);
    kn_network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(triangular),
        cmocka_unit_test(hypercube),
        cmocka_unit_test(nothing_moved_is_the_same),
        cmocka_unit_test(shares_stay_shares),
        cmocka_unit_test(unseen_supply_moves),
        cmocka_unit_test(the_atlas),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(tables_move_elasticities),
        cmocka_unit_test(no_denial_no_rows),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
