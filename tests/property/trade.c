/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for the trade equilibrium whatever the data. */
#include "cp_world.h"
#include "lens/trade/gravity.h"

static kn_status shock(world *w, const kn__cp_shock *s)
{
    kn_status status = kn__cp_solve(&w->after, w->ctx, &w->model, s);
    if (status >= 0)
        kn__cp_effects_of(&w->effects, &w->model, &w->before, &w->after, s);
    return status;
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    world w;
    world_new(&w, 7, 5);
    random_model(&w.model, 11, 1, 20);
    settle(&w);
    kn__cp_shock same = {.tariff = w.model.tariff, .iceberg = filled(&w, 1)};
    assert_int_equal(shock(&w, &same), KN_OK);
    for (int32_t n = 0; n < 7; n++) {
        assert_true(fabs(w.effects.real_income_exact[n]) < 1e-11);
        assert_true(fabs(w.effects.welfare_first_order[n]) < 1e-11);
        assert_close(w.after.wage[n], 1, 1e-11);
    }
    world_free(&w);
}

static void walras_holds_and_money_is_a_veil(void **state)
{
    (void)state;
    double income[2][6];
    for (int round = 0; round < 2; round++) {
        world w;
        world_new(&w, 6, 4);
        random_model(&w.model, 21, 2, 9);
        for (int32_t n = 0; n < 6; n++)
            w.model.value_added[n] *= round ? 1000 : 1;
        settle(&w);
        kn__cp_shock s = {.tariff = world_tariff(&w, 0.3)};
        assert_int_equal(shock(&w, &s), KN_OK);
        assert_true(w.after.walras < 1e-11);
        assert_true(w.after.residual < 1e-10);
        double before = 0, now = 0;
        for (int32_t n = 0; n < 6; n++) {
            income[round][n] = w.effects.real_income_exact[n];
            before += w.model.value_added[n];
            now += w.model.value_added[n] * w.after.wage[n];
        }
        assert_close(before, now, 1e-12);
        world_free(&w);
    }
    for (int n = 0; n < 6; n++)
        assert_true(fabs(income[0][n] - income[1][n]) < 1e-10);
}

/* The order of economies is a matter of labels. */
static void a_permutation_permutes_the_result(void **state)
{
    (void)state;
    enum { N = 5, J = 3 };
    const int32_t to[N] = {3, 0, 4, 1, 2};
    world a, b;
    world_new(&a, N, J);
    world_new(&b, N, J);
    random_model(&a.model, 31, 3, 8);
    for (int32_t n = 0; n < N; n++) {
        b.model.value_added[to[n]] = a.model.value_added[n];
        for (int32_t j = 0; j < J; j++) {
            b.model.traded[j] = a.model.traded[j];
            b.model.elasticity[j] = a.model.elasticity[j];
            b.model.value_share[to[n] * J + j] = a.model.value_share[n * J + j];
            b.model.final_share[to[n] * J + j] = a.model.final_share[n * J + j];
            for (int32_t k = 0; k < J; k++)
                b.model.input_share[(to[n] * J + k) * J + j] =
                    a.model.input_share[(n * J + k) * J + j];
            for (int32_t i = 0; i < N; i++) {
                b.model.share[(j * N + to[n]) * N + to[i]] =
                    a.model.share[(j * N + n) * N + i];
                b.model.tariff[(j * N + to[n]) * N + to[i]] =
                    a.model.tariff[(j * N + n) * N + i];
            }
        }
    }
    settle(&a);
    settle(&b);
    kn__cp_shock one = {.tariff = world_tariff(&a, 0.25)};
    kn__cp_shock two = {.tariff = world_tariff(&b, 0.25)};
    assert_int_equal(shock(&a, &one), KN_OK);
    assert_int_equal(shock(&b, &two), KN_OK);
    for (int32_t n = 0; n < N; n++)
        assert_true(fabs(a.effects.real_income_exact[n] -
                         b.effects.real_income_exact[to[n]]) < 1e-10);
    world_free(&a);
    world_free(&b);
}

/* Economy 0 imports nothing in sector 1; in sector 2, economy 2 makes nothing. */
static void empty_some(kn__cp *m)
{
    int32_t N = m->economies;
    for (int32_t n = 0; n < N; n++) {
        double sum = 0, *share = m->share + ((int64_t)2 * N + n) * N;
        for (int32_t i = 0; i < N; i++)
            sum += share[i] = i == 2 ? 0 : share[i] + (i == 3) * 0.1;
        for (int32_t i = 0; i < N; i++) {
            share[i] /= sum;
            m->share[(int64_t)N * N + i] = i == 0;
        }
    }
}

/* Delivery costs times `factor` between the first four and the others; `back` from them
   alone. */
static double *across(world *w, double factor, bool back)
{
    double *iceberg = filled(w, 1);
    int32_t N = w->model.economies;
    for (int64_t at = 0; at < (int64_t)w->model.sectors * N * N; at++) {
        int32_t n = (int32_t)(at / N % N), i = (int32_t)(at % N);
        if ((n < 4) != (i < 4) && (back || i < 4))
            iceberg[at] = factor;
    }
    return iceberg;
}

/* Every one of it has an equilibrium in Caliendo and Parro's model: elasticities from 0.2
   to 65, zero flows, a producer that makes nothing, an economy that imports nothing of a
   sector; doubled world-wide tariffs, delivery costs of 2 and 10 between two blocs, bans
   one way and both ways. */
static void hard_shocks_converge(void **state)
{
    (void)state;
    static const double range[][2] = {{0.2, 0.2}, {0.76, 0.76}, {0.2, 65}, {65, 65}};
    for (uint64_t seed = 0; seed < 3; seed++)
        for (int r = 0; r < 4; r++) {
            world w;
            world_new(&w, 8, 6);
            random_model(&w.model, 41 + seed, range[r][0], range[r][1]);
            if (seed == 2)
                empty_some(&w.model);
            settle(&w);
            const kn__cp_shock shocks[] = {{.tariff = world_tariff(&w, 1)},
                                           {.iceberg = across(&w, 2, true)},
                                           {.iceberg = across(&w, 10, true)},
                                           {.iceberg = across(&w, INFINITY, true)},
                                           {.iceberg = across(&w, INFINITY, false)}};
            for (int k = 0; k < 5; k++) {
                kn_status status = shock(&w, &shocks[k]);
                if (status != KN_OK)
                    fail_msg("seed %d, elasticities %g to %g, shock %d: status %d, "
                             "residual %g: %s",
                             (int)seed, range[r][0], range[r][1], k, status,
                             w.after.residual, kn_context_error(w.ctx));
                assert_true(w.after.residual < 1e-10 && w.after.walras < 1e-10);
                assert_true(w.after.trouble.reached == 1);
                for (int32_t n = 0; n < 8 && k > 2; n++)
                    assert_true(w.effects.real_income_exact[n] < 1e-9);
            }
            world_free(&w);
        }
}

/* Who may not sell to the rest cannot pay for anything from it: a ban one way is, where
   trade is balanced, a ban both ways; it is the limit of ever dearer exports. */
static void a_ban_one_way_ends_all_trade(void **state)
{
    (void)state;
    world w;
    double both[8];
    world_new(&w, 8, 4);
    random_model(&w.model, 47, 3, 9);
    settle(&w);
    assert_int_equal(shock(&w, &(kn__cp_shock){.iceberg = across(&w, INFINITY, true)}),
                     KN_OK);
    assert_int_equal(w.after.cuts, 0);
    memcpy(both, w.effects.real_income_exact, sizeof both);
    assert_int_equal(shock(&w, &(kn__cp_shock){.iceberg = across(&w, INFINITY, false)}),
                     KN_OK);
    assert_true(w.after.cuts > 0);
    for (int32_t n = 0; n < 8; n++)
        assert_true(fabs(w.effects.real_income_exact[n] - both[n]) < 1e-10);
    assert_int_equal(shock(&w, &(kn__cp_shock){.iceberg = across(&w, 1e4, false)}),
                     KN_OK);
    for (int32_t n = 0; n < 8; n++)
        assert_true(fabs(w.effects.real_income_exact[n] - both[n]) < 1e-3);
    world_free(&w);
}

/* A surplus cannot be earned by who sells nothing abroad, nor a deficit be run by who
   buys nothing. */
static void deficits_need_trade(void **state)
{
    (void)state;
    for (int surplus = 0; surplus < 2; surplus++) {
        world w;
        world_new(&w, 5, 3);
        random_model(&w.model, 53, 4, 6);
        w.model.deficit[1] = surplus ? -2 : 2;
        w.model.deficit[3] = surplus ? 2 : -2;
        settle(&w);
        double *ban = filled(&w, 1);
        for (int64_t at = 0; at < 3 * 5 * 5; at++)
            if ((surplus ? at % 5 : at / 5 % 5) == 1 && at % 5 != at / 5 % 5)
                ban[at] = INFINITY;
        assert_int_equal(shock(&w, &(kn__cp_shock){.iceberg = ban}), KN_ERR_DATA);
        assert_int_equal(w.after.trouble.unpaid,
                         surplus ? KN__UNPAID_SELLER : KN__UNPAID_BUYER);
        assert_int_equal(w.after.trouble.debtor, 1);
        world_free(&w);
    }
}

static void a_buyer_without_supplier_is_refused(void **state)
{
    (void)state;
    world w;
    world_new(&w, 5, 3);
    random_model(&w.model, 51, 4, 4);
    settle(&w);
    kn__cp_shock s = {.iceberg = filled(&w, INFINITY)};
    assert_int_equal(shock(&w, &s), KN_ERR_DATA);
    assert_true(w.after.trouble.lost >= 0);
    kn_context_clear(w.ctx);
    w.model.elasticity[0] = -1;
    assert_int_equal(kn__cp_check(&w.model, w.ctx), KN_ERR_DATA);
    world_free(&w);
}

/* One sector, no inputs, no tariffs: the gravity solver and the sector model are two ways
   to the same numbers. */
static void gravity_is_the_one_sector_case(void **state)
{
    (void)state;
    enum { N = 6 };
    world w;
    world_new(&w, N, 1);
    double trade[N * N], change[N * N], *iceberg = filled(&w, 1);
    const double theta = 5;
    for (int32_t i = 0; i < N; i++)
        for (int32_t n = i; n < N; n++) /* symmetric: no deficits */
            trade[i * N + n] = trade[n * N + i] =
                i == n ? 80 : 1 + 9 * draw(61, i * N + n);
    w.model.traded[0] = true;
    w.model.elasticity[0] = theta;
    for (int32_t n = 0; n < N; n++) {
        double spent = 0;
        for (int32_t i = 0; i < N; i++)
            spent += trade[i * N + n];
        w.model.value_share[n] = w.model.final_share[n] = 1;
        w.model.value_added[n] = spent;
        for (int32_t i = 0; i < N; i++) {
            w.model.share[n * N + i] = trade[i * N + n] / spent;
            iceberg[n * N + i] = i != n && (i < 3) != (n < 3) ? 1.4 : 1;
            change[i * N + n] = pow(iceberg[n * N + i], -theta);
        }
    }
    settle(&w);
    assert_int_equal(shock(&w, &(kn__cp_shock){.iceberg = iceberg}), KN_OK);
    kn__gravity_state g;
    assert_int_equal(kn__gravity_state_new(&g, w.ctx, w.arena, N), KN_OK);
    assert_int_equal(kn__gravity_solve(&g, w.ctx,
                                       &(kn__gravity){.economies = N,
                                                      .trade = trade,
                                                      .change = change,
                                                      .theta = theta,
                                                      .multiplicative = true}),
                     KN_OK);
    for (int32_t n = 0; n < N; n++)
        assert_close(g.welfare[n], 1 + w.effects.real_income_exact[n], 1e-10);
    world_free(&w);
}

/* Gravity has an equilibrium, too, where its steps take for ever: high elasticities and
   dear trade with fixed deficits, and bans one way; the limit of high costs is the ban.
 */
static void gravity_bears_hard_shocks(void **state)
{
    (void)state;
    enum { N = 6 };
    const double thetas[] = {0.2, 4, 65};
    for (int k = 0; k < 9; k++) {
        world w;
        kn__gravity_state g, limit;
        double trade[N * N], cost[N * N], ban[N * N], theta = thetas[k % 3];
        world_new(&w, N, 1);
        for (int32_t at = 0; at < N * N; at++) {
            int32_t i = at / N, n = at % N;
            bool across = (i < 3) != (n < 3) && (k >= 6 ? i < 3 : true);
            trade[at] = i == n ? 80 : 1 + kn__random_uniform(7, 8, (uint64_t)at);
            ban[at] = across && k >= 3 ? 0 : 1;
            cost[at] = pow(across ? (k < 3 ? 2 : 1e3) : 1, -theta);
        }
        assert_int_equal(kn__gravity_state_new(&g, w.ctx, w.arena, N), KN_OK);
        assert_int_equal(kn__gravity_state_new(&limit, w.ctx, w.arena, N), KN_OK);
        kn__gravity m = {.economies = N,
                         .trade = trade,
                         .change = k < 3 ? cost : ban,
                         .theta = theta,
                         .balanced = k >= 3};
        assert_int_equal(kn__gravity_solve(&g, w.ctx, &m), KN_OK);
        assert_true(g.residual < 1e-10 && (g.cuts > 0) == (k >= 6));
        m.change = cost;
        if (k >= 3 && theta > 1) {
            assert_int_equal(kn__gravity_solve(&limit, w.ctx, &m), KN_OK);
            for (int32_t n = 0; n < N; n++)
                assert_true(fabs(g.welfare[n] - limit.welfare[n]) < 1e-3);
        }
        world_free(&w);
    }
}

/* Kept deficits that somebody could not pay are refused, and whose they are is known. */
static void who_cannot_pay_is_known(void **state)
{
    (void)state;
    world w;
    kn__gravity_state g;
    double trade[] = {50, 30, 1, 60}, change[] = {1, 0, 0, 1};
    world_new(&w, 2, 1);
    assert_int_equal(kn__gravity_state_new(&g, w.ctx, w.arena, 2), KN_OK);
    kn__gravity m = {.economies = 2, .trade = trade, .change = change, .theta = 4};
    assert_int_equal(kn__gravity_solve(&g, w.ctx, &m), KN_ERR_DATA);
    assert_int_equal(g.trouble.unpaid, KN__UNPAID_GROUP);
    assert_int_equal(g.trouble.debtor, 0);
    kn_context_clear(w.ctx);
    m.balanced = true;
    assert_int_equal(kn__gravity_solve(&g, w.ctx, &m), KN_OK);
    world_free(&w);
}

static void the_worst_markets_are_kept(void **state)
{
    (void)state;
    const double miss[] = {0.1, -3, 2, 0, -2.5, 4, 1};
    kn__trouble t = KN__TROUBLE_NONE;
    kn__trouble_misses(&t, miss, 2);
    assert_true(t.misses == 2 && t.market[0] == 1 && t.market[1] == 0);
    kn__trouble_misses(&t, miss, 7);
    assert_true(t.misses == 3 && t.market[0] == 5 && t.market[1] == 1 &&
                t.market[2] == 4 && t.miss[2] == -2.5);
}

static kn_status everything(kn_context *ctx, void *arg)
{
    (void)arg;
    kn__arena *arena;
    kn__cp m;
    kn__cp_state s;
    kn__cp_effects e;
    kn__friends f;
    const double trade[] = {5, 1, 2, 1, 6, 1, 2, 1, 7};
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__cp_new(&m, ctx, arena, 3, 2);
    if (status >= 0)
        random_model(&m, 71, 3, 5);
    if (status >= 0)
        status = kn__cp_state_new(&s, ctx, arena, &m);
    if (status >= 0)
        status = kn__cp_effects_new(&e, ctx, arena, &m);
    if (status >= 0)
        status = kn__cp_solve(&s, ctx, &m, &(kn__cp_shock){0});
    if (status >= 0)
        status = kn__friends_new(&f, ctx, arena, 3);
    if (status >= 0)
        status = kn__friends_solve(&f, ctx, 3, trade, 4);
    kn__arena_free(arena);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(everything, NULL) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(walras_holds_and_money_is_a_veil),
        cmocka_unit_test(a_permutation_permutes_the_result),
        cmocka_unit_test(hard_shocks_converge),
        cmocka_unit_test(a_ban_one_way_ends_all_trade),
        cmocka_unit_test(deficits_need_trade),
        cmocka_unit_test(a_buyer_without_supplier_is_refused),
        cmocka_unit_test(gravity_is_the_one_sector_case),
        cmocka_unit_test(gravity_bears_hard_shocks),
        cmocka_unit_test(who_cannot_pay_is_known),
        cmocka_unit_test(the_worst_markets_are_kept),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
