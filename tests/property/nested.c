/* SPDX-License-Identifier: Apache-2.0 */
/* What must hold for the nested CES network whatever the data. */
#include "cp_world.h"
#include "lens/trade/nested_market.h"

enum { N = 6, J = 4, CELLS = N * J };

typedef struct nest {
    world w;
    kn__nested model;
    kn__nested_state state;
} nest;

/* A settled world with the elasticities of "What if?" and specific factors. */
static void nest_new(nest *x, uint64_t seed, bool deficits)
{
    world_new(&x->w, N, J);
    random_model(&x->w.model, seed, 1.5, 8);
    if (deficits)
        for (int32_t n = 0; n < N; n++)
            x->w.model.deficit[n] = n % 2 ? -5 : 5;
    settle(&x->w);
    x->model = (kn__nested){.cp = &x->w.model,
                            .base = &x->w.before,
                            .value_elasticity = 0.05,
                            .input_elasticity = 0.05,
                            .final_elasticity = 0.9};
    assert_int_equal(kn__nested_state_new(&x->state, x->w.ctx, x->w.arena, &x->w.model),
                     KN_OK);
}

static void solve(nest *x, const kn__nested_shock *shock)
{
    kn_status status = kn__nested_solve(&x->state, x->w.ctx, &x->model, shock);
    if (status != KN_OK)
        fail_msg("status %d, residual %g: %s", status, x->state.residual,
                 kn_context_error(x->w.ctx));
    assert_true(x->state.residual < 1e-9);
    assert_true(x->state.walras < 1e-9);
}

/* Delivery costs times `factor` from economies of `from` to those of `to` (bit masks). */
static double *dearer(nest *x, double factor, unsigned from, unsigned to)
{
    double *iceberg = filled(&x->w, 1);
    for (int64_t at = 0; at < (int64_t)CELLS * N; at++)
        if (from >> (at % N) & 1 && to >> (at / N % N) & 1 && at % N != at / N % N)
            iceberg[at] = factor;
    return iceberg;
}

/* Two economies that may not buy from each other any more. */
static double *dearer_pair(nest *x)
{
    double *iceberg = filled(&x->w, 1);
    iceberg[1] = iceberg[2] = INFINITY;
    return iceberg;
}

static void nothing_gives_nothing(void **state)
{
    (void)state;
    for (int mobile = 0; mobile < 2; mobile++) {
        nest x;
        nest_new(&x, 81, true);
        x.model.mobile = mobile;
        solve(&x, &(kn__nested_shock){0});
        for (int32_t n = 0; n < N; n++)
            assert_close(x.state.real[n], 1, 1e-10);
        for (int32_t at = 0; at < CELLS; at++)
            assert_close(x.state.wage[at], 1, 1e-9);
        world_free(&x.w);
    }
}

/* All elasticities but the origins' at 1 and mobile factors: Caliendo and Parro. */
static void cobb_douglas_is_caliendo_parro(void **state)
{
    (void)state;
    for (int k = 0; k < 3; k++) {
        nest x;
        nest_new(&x, 91, k == 2);
        x.model.mobile = true;
        x.model.value_elasticity = x.model.input_elasticity = 1;
        x.model.final_elasticity = 1;
        double *tariff = world_tariff(&x.w, 0.4), *ban = dearer(&x, INFINITY, 1, 6);
        kn__cp_shock one = {.tariff = k != 1 ? tariff : NULL,
                            .iceberg = k == 1 ? ban : NULL};
        kn__nested_shock two = {.tariff = one.tariff, .iceberg = one.iceberg};
        memcpy(x.w.after.spend, x.w.before.spend, CELLS * sizeof(double));
        assert_int_equal(kn__cp_solve(&x.w.after, x.w.ctx, &x.w.model, &one), KN_OK);
        kn__cp_effects_of(&x.w.effects, &x.w.model, &x.w.before, &x.w.after, &one);
        solve(&x, &two);
        for (int32_t n = 0; n < N; n++) {
            assert_close(x.state.real[n], 1 + x.w.effects.real_income_exact[n], 1e-8);
            assert_close(x.state.wage[n], x.w.after.wage[n], 1e-8);
        }
        for (int32_t at = 0; at < CELLS; at++)
            assert_close(x.state.price[at], x.w.after.price[at], 1e-8);
        world_free(&x.w);
    }
}

/* The unit of account does not matter: all values and deficits times 1000. */
static void money_is_a_veil(void **state)
{
    (void)state;
    double real[2][N];
    for (int round = 0; round < 2; round++) {
        nest x;
        nest_new(&x, 101, false);
        double scale = round ? 1000 : 1, owned = 0, now = 0;
        for (int32_t at = 0; at < CELLS; at++)
            x.w.before.spend[at] *= scale;
        double *iceberg = dearer(&x, 1.5, 3, 63);
        solve(&x, &(kn__nested_shock){.iceberg = iceberg});
        for (int32_t n = 0; n < N; n++) {
            real[round][n] = x.state.real[n];
            for (int32_t j = 0; j < J; j++) {
                int32_t at = j * N + n;
                double paid = x.state.value_share[at] * x.state.revenue[at];
                now += paid;
                owned += paid / x.state.wage[at];
            }
        }
        assert_close(now, owned, 1e-9); /* the numeraire */
        world_free(&x.w);
    }
    for (int32_t n = 0; n < N; n++)
        assert_close(real[0][n], real[1][n], 1e-9);
}

/* d log Omega = (1-sigma_s)(p + tau - P_s) + (1-epsilon)(P_s - P_M) + (1-theta)(P_M - P):
   central differences of the exact solution against the formula. */
static void small_shocks_follow_the_formula(void **state)
{
    (void)state;
    nest x;
    kn__nested_state up;
    const double h = 1e-4;
    nest_new(&x, 111, false);
    assert_int_equal(kn__nested_state_new(&up, x.w.ctx, x.w.arena, &x.w.model), KN_OK);
    solve(&x, &(kn__nested_shock){.iceberg = dearer(&x, exp(h), 1, 62)});
    kn__nested_state kept = x.state;
    x.state = up;
    solve(&x, &(kn__nested_shock){.iceberg = dearer(&x, exp(-h), 1, 62)});
    const kn__cp *m = &x.w.model;
    for (int32_t n = 0; n < N; n++)
        for (int32_t j = 0; j < J; j++)
            for (int32_t k = 0; k < J; k++) {
                int32_t to = j * N + n, composite = k * N + n;
                int32_t cell = (n * J + k) * J + j;
                double inputs = 0, weight = 0;
#define D(field, at) (log(kept.field[at] / x.state.field[at]) / (2 * h))
                for (int32_t l = 0; l < J; l++) {
                    double g = m->input_share[(n * J + l) * J + j];
                    inputs += g * D(price, l * N + n);
                    weight += g;
                }
                inputs /= weight;
                for (int32_t i = 0; i < N; i++) {
                    int32_t link = composite * N + i;
                    if (!(m->share[link] > 0))
                        continue;
                    double tau = i == 0 && n != 0;
                    double exact = D(share, link) + D(input_share, cell);
                    double formula = -m->elasticity[k] * (D(cost, k * N + i) + tau -
                                                          D(price, composite)) +
                                     0.95 * (D(price, composite) - inputs) +
                                     0.95 * (inputs - D(cost, to));
                    assert_true(fabs(exact - formula) < 1e-5);
                }
#undef D
            }
    world_free(&x.w);
}

static void bans_and_losses(void **state)
{
    (void)state;
    nest x;
    nest_new(&x, 121, false);
    solve(&x, &(kn__nested_shock){.iceberg = dearer(&x, INFINITY, 1, 6)});
    double product = 1;
    for (int32_t n = 1; n < 3; n++) {
        product *= x.state.real[n];
        for (int32_t j = 0; j < J; j++)
            assert_true(x.state.share[(j * N + n) * N] == 0);
    }
    assert_true(product < 1 && x.state.real[0] < 1);
    /* a tenth of every factor gone everywhere: a tenth of everything gone */
    double capacity[CELLS], demand[CELLS];
    for (int32_t k = 0; k < CELLS; k++) {
        capacity[k] = 0.9;
        demand[k] = k % J ? 1 : 1.2;
    }
    solve(&x, &(kn__nested_shock){.capacity = capacity});
    for (int32_t n = 0; n < N; n++)
        assert_close(x.state.real[n], 0.9, 1e-9);
    solve(&x, &(kn__nested_shock){.demand = demand});
    double dearer_first = 0;
    for (int32_t n = 0; n < N; n++)
        dearer_first += log(x.state.wage[n]);
    assert_true(dearer_first > 0);
    world_free(&x.w);
}

/* Elasticities from 0.2 to 65; a full ban between two blocs makes two worlds, where
   near-Leontief producers may have no finite price left: then that is said. */
static void hard_shocks_converge_or_say_so(void **state)
{
    (void)state;
    for (uint64_t seed = 161; seed < 164; seed++)
        for (int k = 0; k < 6; k++) {
            nest x;
            nest_new(&x, seed, false);
            for (int32_t j = 0; j < J; j++)
                x.w.model.elasticity[j] = 0.2 * pow(325, j / (J - 1.0));
            settle(&x.w);
            double *cut = dearer(&x, k < 2 ? 2 : INFINITY, 7, 56);
            double *back = dearer(&x, k < 2 ? 2 : INFINITY, 56, 7);
            for (int64_t at = 0; at < (int64_t)CELLS * N; at++)
                cut[at] = fmax(cut[at], back[at]);
            kn__nested_shock s = {.iceberg = cut};
            if (k >= 4)
                s = (kn__nested_shock){.tariff = world_tariff(&x.w, 1)};
            x.model.mobile = k % 2;
            kn_status status = kn__nested_solve(&x.state, x.w.ctx, &x.model, &s);
            assert_true(status >= 0);
            if (status == KN_OK)
                assert_true(x.state.residual < 1e-9 && x.state.walras < 1e-9);
            else /* only where no prices can be finite */
                assert_true(x.state.trouble.reached < 1 && x.state.trouble.highest >= 0 &&
                            x.state.trouble.through >= 0 && k > 1 && k < 4);
            for (int32_t n = 0; n < N && status == KN_OK && k < 4; n++)
                assert_true(x.state.real[n] < 1 + 1e-9 || k < 2);
            world_free(&x.w);
        }
}

/* A producer whose only input is its own sector's good, bought abroad for the most part:
   with a ban (sigma_s = 1.2) home goods must replace it at (1 - lambda)^-5 the cost.
   Prices are finite exactly while that, times the least share of inputs, is below 1. */
static void prices_end_where_goods_feed_themselves(void **state)
{
    (void)state;
    for (int k = 0; k < 2; k++) {
        nest x;
        double theta = 0.2, inputs = 0.4, home = k ? 0.9 : 0.7, part, end;
        world_new(&x.w, 2, 1);
        kn__cp *m = &x.w.model;
        m->traded[0] = true;
        m->elasticity[0] = theta;
        for (int n = 0; n < 2; n++) {
            m->share[n * 2 + n] = home;
            m->share[n * 2 + 1 - n] = 1 - home;
            m->value_share[n] = 1 - inputs;
            m->input_share[n] = inputs;
            m->final_share[n] = 1;
            m->value_added[n] = 100;
        }
        settle(&x.w);
        x.model = (kn__nested){.cp = m,
                               .base = &x.w.before,
                               .value_elasticity = 0.05,
                               .input_elasticity = 0.05,
                               .final_elasticity = 0.9};
        assert_int_equal(kn__nested_state_new(&x.state, x.w.ctx, x.w.arena, m), KN_OK);
        kn__nested_shock ban = {.iceberg = dearer_pair(&x)};
        kn_status status = kn__nested_solve(&x.state, x.w.ctx, &x.model, &ban);
        /* log: log(inputs) / (1 - theta) - log(home left) / (sigma_s - 1) = 0 */
        part = pow(inputs, theta / 0.95);
        end = (1 - part) / (1 - home);
        assert_int_equal(status, end < 1 ? KN_NOTE_NOT_CONVERGED : KN_OK);
        if (end < 1)
            assert_true(fabs(x.state.trouble.reached - end) < 1e-3 &&
                        x.state.trouble.highest >= 0 && x.state.trouble.through == 0);
        world_free(&x.w);
    }
}

/* Cobb-Douglas across a full ban between two blocs: each is a world of its own, as in
   Caliendo and Parro. */
static void two_worlds_have_two_numeraires(void **state)
{
    (void)state;
    nest x;
    nest_new(&x, 171, false);
    x.model.mobile = true;
    x.model.value_elasticity = x.model.input_elasticity = x.model.final_elasticity = 1;
    double *ban = dearer(&x, INFINITY, 7, 56), *back = dearer(&x, INFINITY, 56, 7);
    for (int64_t at = 0; at < (int64_t)CELLS * N; at++)
        ban[at] = fmax(ban[at], back[at]);
    kn__cp_shock s = {.iceberg = ban};
    assert_int_equal(kn__cp_solve(&x.w.after, x.w.ctx, &x.w.model, &s), KN_OK);
    solve(&x, &(kn__nested_shock){.iceberg = ban});
    for (int32_t n = 0; n < N; n++)
        assert_close(x.state.wage[n], x.w.after.wage[n], 1e-8);
    x.w.model.deficit[0] = 5;
    x.w.model.deficit[5] = -5;
    kn__nested_shock cut = {.iceberg = ban};
    assert_int_equal(kn__nested_solve(&x.state, x.w.ctx, &x.model, &cut), KN_ERR_DATA);
    world_free(&x.w);
}

/* Denying a part is a price; denying all is one only above 1. */
static void bans_without_a_limit_are_refused(void **state)
{
    (void)state;
    nest x;
    const double origin[J] = {0.5, 3, 3, 3};
    nest_new(&x, 131, false);
    x.model.origin_elasticity = origin;
    kn__nested_shock ban = {.iceberg = dearer(&x, INFINITY, 1, 6)};
    assert_int_equal(kn__nested_solve(&x.state, x.w.ctx, &x.model, &ban), KN_ERR_DATA);
    assert_non_null(strstr(kn_context_error(x.w.ctx), "deny a part"));
    kn_context_clear(x.w.ctx);
    solve(&x, &(kn__nested_shock){.iceberg = dearer(&x, 2, 1, 62)});
    assert_true(isinf(kn__denied_price(1, 0.5)));
    assert_close(kn__denied_price(0.5, 3), sqrt(2), 1e-15);
    ban.iceberg = filled(&x.w, INFINITY);
    x.model.origin_elasticity = NULL;
    assert_int_equal(kn__nested_solve(&x.state, x.w.ctx, &x.model, &ban), KN_ERR_DATA);
    assert_int_equal(x.state.trouble.lost, 0);
    world_free(&x.w);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    double real[2][N];
    for (int k = 0; k < 2; k++) {
        nest x;
        nest_new(&x, 141, false);
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = k ? 3 : 1;
        kn_context *ctx, *own = x.w.ctx;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        x.w.ctx = ctx;
        solve(&x, &(kn__nested_shock){.iceberg = dearer(&x, 3, 7, 56)});
        memcpy(real[k], x.state.real, sizeof real[k]);
        kn_context_free(ctx);
        x.w.ctx = own;
        world_free(&x.w);
    }
    assert_memory_equal(real[0], real[1], sizeof real[0]);
}

/* What the products solve for is what the products say, and Newton's step h of the way
   leaves 1 - h of the residual, but for the numeraire, which is the same for all. */
static void products_make_the_newton_step(void **state)
{
    (void)state;
    const double h = 1e-6;
    for (int mobile = 0; mobile < 2; mobile++) {
        nest x;
        nest_new(&x, 145, false);
        x.model.mobile = mobile;
        kn__nested_shock none = {.tariff = world_tariff(&x.w, 0.2)};
        kn__nested_work w = {
            .ctx = x.w.ctx, .model = &x.model, .shock = &none, .state = &x.state};
        double u[CELLS] = {0}, f[CELLS], ahead[CELLS], step[CELLS], length;
        double right[3 * CELLS] = {0}, found[3 * CELLS], after[3 * CELLS];
        double room[KN__NESTED_ROOM * CELLS];
        assert_int_equal(kn__nested_work_new(&w, x.w.arena), KN_OK);
        kn__nested_set_point(&w, 1);
        assert_int_equal(kn__nested_residual(&w, u, f), KN_OK);
        int32_t first = mobile ? w.linear - w.unknowns : 0;
        for (int32_t k = 0; k < w.unknowns; k++)
            right[first + k] = -f[k];
        assert_int_equal(kn__nested_solve_linear(&w, right, found, 1e-11), KN_OK);
        kn__nested_product(&(kn__nested_linear){&w, room}, found, after);
        for (int32_t k = 0; k < w.linear; k++)
            assert_true(fabs(after[k] - right[k]) < 1e-9);
        assert_int_equal(kn__nested_step(&w, found, step, &length), KN_OK);
        for (int32_t k = 0; k < w.unknowns; k++)
            u[k] += h * step[k];
        assert_int_equal(kn__nested_residual(&w, u, ahead), KN_OK);
        double money = (ahead[0] - f[0]) / h + f[0];
        for (int32_t k = 0; k < w.unknowns; k++)
            assert_true(fabs((ahead[k] - f[k]) / h + f[k] - money) < 1e-5);
        world_free(&x.w);
    }
}

static kn_status once(kn_context *ctx, void *arg)
{
    nest *x = arg;
    kn__arena *arena;
    kn__nested_state s;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__nested_state_new(&s, ctx, arena, x->model.cp);
    if (status >= 0)
        status = kn__nested_solve(
            &s, ctx, &x->model, &(kn__nested_shock){.tariff = world_tariff(&x->w, 0.2)});
    kn__arena_free(arena);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    nest x;
    nest_new(&x, 151, false);
    for (int mobile = 0; mobile < 2; mobile++) {
        x.model.mobile = mobile;
        assert_true(every_allocation_fails(once, &x) > 3);
    }
    world_free(&x.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nothing_gives_nothing),
        cmocka_unit_test(cobb_douglas_is_caliendo_parro),
        cmocka_unit_test(money_is_a_veil),
        cmocka_unit_test(small_shocks_follow_the_formula),
        cmocka_unit_test(bans_and_losses),
        cmocka_unit_test(hard_shocks_converge_or_say_so),
        cmocka_unit_test(prices_end_where_goods_feed_themselves),
        cmocka_unit_test(two_worlds_have_two_numeraires),
        cmocka_unit_test(bans_without_a_limit_are_refused),
        cmocka_unit_test(products_make_the_newton_step),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
