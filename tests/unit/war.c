/* SPDX-License-Identifier: Apache-2.0 */
/* Best tariffs where theory says what they are, and tariff wars nobody wants to leave. */
#include "lens/trade/war.h"
#include "cp_world.h"

typedef struct ring {
    kn_context *ctx;
    kn__arena *arena;
    kn__trade_run run;
    kn__war war;
    int32_t id[2][4];
    bool taxed[4];
} ring;

/* A prepared run of N economies and J sectors, to be filled before ring_start. */
static kn__cp *ring_new(ring *r, int32_t N, int32_t J)
{
    *r = (ring){0};
    assert_int_equal(kn_context_new(&r->ctx, NULL), KN_OK);
    assert_int_equal(kn__arena_new(&r->arena, r->ctx), KN_OK);
    kn__cp *m = &r->run.model.cp;
    assert_int_equal(kn__cp_new(m, r->ctx, r->arena, N, J), KN_OK);
    assert_int_equal(kn__cp_state_new(&r->run.before, r->ctx, r->arena, m), KN_OK);
    assert_int_equal(kn__cp_state_new(&r->run.after, r->ctx, r->arena, m), KN_OK);
    assert_int_equal(kn__cp_effects_new(&r->run.effects, r->ctx, r->arena, m), KN_OK);
    return m;
}

/* Solves the baseline; the first `first` economies are player 0, the next `second` player
   1. */
static void ring_start(ring *r, int32_t first, int32_t second)
{
    kn__cp *m = &r->run.model.cp;
    kn__cp_shock none = {0};
    assert_int_equal(kn__cp_check(m, r->ctx), KN_OK);
    for (int round = 0; round < 2; round++) {
        assert_int_equal(kn__cp_solve(&r->run.before, r->ctx, m, &none), KN_OK);
        kn__cp_rebase(m, &r->run.before, &none);
        for (int32_t n = 0; n < m->economies; n++)
            r->run.before.wage[n] = 1;
    }
    size_t cells = (size_t)(m->economies * m->sectors);
    for (size_t k = 0; k < cells; k++)
        r->run.before.cost[k] = r->run.before.price[k] = 1;
    memcpy(r->run.after.spend, r->run.before.spend, cells * sizeof(double));
    r->run.market = (kn__market){m, &r->run.before, NULL, NULL, &r->run.after};
    for (int32_t j = 0; j < m->sectors; j++)
        r->taxed[j] = m->traded[j];
    for (int32_t n = 0; n < first + second; n++)
        r->id[n >= first][n >= first ? n - first : n] = n;
    r->war = (kn__war){.run = &r->run,
                       .taxed = r->taxed,
                       .player = {{.members = {r->id[0], first}, .rate = NAN},
                                  {.members = {r->id[1], second}, .rate = NAN}}};
}

static void ring_free(ring *r)
{
    kn__arena_free(r->arena);
    kn_context_free(r->ctx);
}

/* Two economies, one good, no inputs; trade is balanced. */
static void two(ring *r, double theta, double size, double import_share)
{
    kn__cp *m = ring_new(r, 2, 1);
    const double value[2] = {size, 100};
    m->traded[0] = true;
    m->elasticity[0] = theta;
    for (int n = 0; n < 2; n++) {
        double part = import_share * size / value[n];
        m->share[n * 2 + n] = 1 - part;
        m->share[n * 2 + 1 - n] = part;
        m->value_share[n] = m->final_share[n] = 1;
        m->value_added[n] = value[n];
    }
    ring_start(r, 1, 1);
}

/* The best tariff is the inverse of the elasticity of what the other supplies: 1 / (theta
   lambda), lambda what the other spends at home (Gros 1987; Costinot and Rodriguez-Clare
   2014), and 1 / theta for the small. */
static void best_tariffs_are_those_of_theory(void **state)
{
    (void)state;
    const double thetas[] = {2, 5, 8}, sizes[] = {100, 40, 0.1, 1e-3, 1e-5, 1e-7};
    for (int k = 0; k < 18; k++) {
        ring r;
        double theta = thetas[k / 6], size = sizes[k % 6];
        two(&r, theta, size, 0.3);
        assert_int_equal(kn__war_respond(&r.war, r.ctx, 0), KN_OK);
        double lambda = r.run.after.share[1 * 2 + 1], rate = r.war.player[0].rate;
        assert_close(rate, 1 / (theta * lambda), 1e-6);
        assert_true(rate >= 1 / theta);
        if (size < 1)
            assert_close(rate, 1 / theta, 2e-3);
        assert_true(r.war.player[0].worth > 1 && r.war.player[1].worth < 1);
        ring_free(&r);
    }
}

/* At the end no player gains by a little more or less; both would be better off with
   free trade when they are alike. */
static void nobody_moves_from_the_end_of_the_war(void **state)
{
    (void)state;
    ring r;
    int32_t rounds;
    kn__cp *m = ring_new(&r, 4, 3);
    random_model(m, 91, 3, 6);
    ring_start(&r, 2, 1);
    assert_int_equal(kn__war_settle(&r.war, r.ctx, &rounds), KN_OK);
    for (int p = 0; p < 2; p++) {
        double best = r.war.player[p].rate, worth;
        assert_int_equal(kn__war_play(&r.war, r.ctx), KN_OK);
        worth = r.war.player[p].worth;
        for (double move = -0.02; move < 0.03; move += 0.04) {
            r.war.player[p].rate = best + move;
            assert_int_equal(kn__war_play(&r.war, r.ctx), KN_OK);
            assert_true(r.war.player[p].worth < worth);
        }
        r.war.player[p].rate = best;
        printf("player %d: %.4f after %d rounds\n", p, best, (int)rounds);
    }
    ring_free(&r);
}

static void two_that_are_alike_lose_alike(void **state)
{
    (void)state;
    ring r;
    int32_t rounds;
    two(&r, 4, 100, 0.3);
    assert_int_equal(kn__war_settle(&r.war, r.ctx, &rounds), KN_OK);
    assert_true(fabs(r.war.player[0].rate - r.war.player[1].rate) < 2e-6);
    assert_close(r.war.player[0].worth, r.war.player[1].worth, 1e-6);
    assert_true(r.war.player[0].worth < 1);
    ring_free(&r);
}

/* A rate by sector is at least as good as one for all, and no sector's can be bettered.
 */
static void a_rate_by_sector_is_better(void **state)
{
    (void)state;
    ring r;
    double rates[3];
    kn__cp *m = ring_new(&r, 4, 3);
    random_model(m, 93, 3, 9);
    ring_start(&r, 1, 3);
    assert_int_equal(kn__war_respond(&r.war, r.ctx, 0), KN_OK);
    double common = r.war.player[0].worth;
    for (int j = 0; j < 3; j++)
        rates[j] = r.war.player[0].rate;
    r.war.player[0].rates = rates;
    assert_int_equal(kn__war_respond_by_sector(&r.war, r.ctx, 0), KN_OK);
    double best = r.war.player[0].worth;
    assert_true(best > common);
    for (int j = 0; j < 3; j++)
        for (double move = -0.01; kn__war_buys(&r.war, 0, j) && move < 0.02;
             move += 0.02) {
            rates[j] += move;
            assert_int_equal(kn__war_play(&r.war, r.ctx), KN_OK);
            assert_true(r.war.player[0].worth < best);
            rates[j] -= move;
        }
    ring_free(&r);
}

/* Sectors that are alike get the rate that one sector would. */
static void sectors_alike_have_one_rate(void **state)
{
    (void)state;
    ring r;
    double rates[2];
    kn__cp *m = ring_new(&r, 2, 2);
    for (int at = 0; at < 8; at++)
        m->share[at] = at % 4 == 0 || at % 4 == 3 ? 0.7 : 0.3;
    for (int k = 0; k < 4; k++) {
        m->value_share[k] = 1;
        m->final_share[k] = 0.5;
        m->value_added[k / 2] = 100;
        m->elasticity[k / 2] = 4;
        m->traded[k / 2] = true;
    }
    ring_start(&r, 1, 1);
    assert_int_equal(kn__war_respond(&r.war, r.ctx, 0), KN_OK);
    double common = r.war.player[0].rate;
    rates[0] = common + 0.1;
    rates[1] = common - 0.05;
    r.war.player[0].rates = rates;
    assert_int_equal(kn__war_respond_by_sector(&r.war, r.ctx, 0), KN_OK);
    for (int j = 0; j < 2; j++)
        assert_true(fabs(rates[j] - common) < 1e-3);
    ring_free(&r);
}

/* No rate of a scan, finer than the program's, is better than the best response. */
static void no_scanned_rate_is_better(void **state)
{
    (void)state;
    for (uint64_t seed = 201; seed < 206; seed++) {
        ring r;
        kn__cp *m = ring_new(&r, 4, 3);
        random_model(m, seed, 2, 8);
        ring_start(&r, 2, 2);
        assert_int_equal(kn__war_respond(&r.war, r.ctx, 0), KN_OK);
        double best = r.war.player[0].worth;
        for (int k = 0; k <= 40; k++) {
            r.war.player[0].rate = 0.5 * pow(22, k / 40.0) - 1;
            if (kn__war_play(&r.war, r.ctx) == KN_OK)
                assert_true(r.war.player[0].worth <= best + 1e-12);
        }
        ring_free(&r);
    }
}

/* A tariff of what is in force is where the war starts: nothing changes. */
static void tariffs_in_force_change_nothing(void **state)
{
    (void)state;
    ring r;
    two(&r, 4, 50, 0.2);
    assert_int_equal(kn__war_play(&r.war, r.ctx), KN_OK);
    assert_true(kn__war_rate_before(&r.war, 0) == 0);
    for (int p = 0; p < 2; p++)
        assert_true(r.war.player[p].worth == 1);
    ring_free(&r);
}

/* Where the elasticity is so low that no tariff within reach is best, it is said. */
static void a_best_tariff_out_of_reach_is_said(void **state)
{
    (void)state;
    ring r;
    two(&r, 0.05, 1, 0.3);
    assert_int_equal(kn__war_respond(&r.war, r.ctx, 0), KN_NOTE_NOT_CONVERGED);
    assert_true(isfinite(r.war.player[0].rate));
    ring_free(&r);
}

static kn_status play(kn_context *ctx, void *arg)
{
    ring *r = arg;
    return kn__war_play(&r->war, ctx);
}

static void memory_may_fail(void **state)
{
    (void)state;
    ring r;
    two(&r, 4, 50, 0.2);
    r.war.player[0].rate = 0.1;
    every_allocation_fails(play, &r);
    ring_free(&r);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(best_tariffs_are_those_of_theory),
        cmocka_unit_test(nobody_moves_from_the_end_of_the_war),
        cmocka_unit_test(two_that_are_alike_lose_alike),
        cmocka_unit_test(a_rate_by_sector_is_better),
        cmocka_unit_test(sectors_alike_have_one_rate),
        cmocka_unit_test(no_scanned_rate_is_better),
        cmocka_unit_test(tariffs_in_force_change_nothing),
        cmocka_unit_test(a_best_tariff_out_of_reach_is_said),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
