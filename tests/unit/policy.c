/* SPDX-License-Identifier: Apache-2.0 */
/* Quotas, pushes and changes of demand on made-up worlds: equivalences, limits, a twin.
 */
#include "lens/trade/policy.h"
#include "cp_world.h"

/* A settled world as a market; policies are solved into w->after. */
typedef struct stage {
    world w;
    kn__market market;
    kn__charges charges;
    kn__nested nested;
    kn__nested_state nested_after;
} stage;

static int64_t cells(const stage *s)
{
    return (int64_t)s->w.model.sectors * s->w.model.economies * s->w.model.economies;
}

static int64_t cell(const stage *s, int32_t j, int32_t n, int32_t i)
{
    return ((int64_t)j * s->w.model.economies + n) * s->w.model.economies + i;
}

/* The k-th cell across a border in which something is sold. */
static int64_t sold_cell(const stage *s, int32_t k)
{
    int32_t N = s->w.model.economies;
    int64_t at = 0;
    for (; at < cells(s); at++)
        if (at / N % N != at % N && s->w.before.share[at] > 0 && k-- == 0)
            break;
    assert_true(at < cells(s));
    return at;
}

/* The solved baseline becomes the state before, all hats 1. */
static void stage_rest(stage *s)
{
    world *w = &s->w;
    settle(w);
    s->market = (kn__market){.cp = &w->model, .before = &w->before, .after = &w->after};
}

static void stage_new(stage *s, int32_t N, int32_t J, double theta_low, double theta_high)
{
    *s = (stage){0};
    world_new(&s->w, N, J);
    random_model(&s->w.model, 77, theta_low, theta_high);
    stage_rest(s);
}

/* Goes over to the nested network. */
static void stage_nest(stage *s, double value, double input, double final, bool mobile)
{
    world *w = &s->w;
    s->nested = (kn__nested){.cp = &w->model,
                             .base = &w->before,
                             .value_elasticity = value,
                             .input_elasticity = input,
                             .final_elasticity = final,
                             .mobile = mobile};
    assert_int_equal(kn__nested_state_new(&s->nested_after, w->ctx, w->arena, &w->model),
                     KN_OK);
    s->market.nested = &s->nested;
    s->market.nested_after = &s->nested_after;
}

static void stage_solve(stage *s, const kn__policy *policy)
{
    kn_status status =
        kn__policy_solve(&s->charges, s->w.ctx, s->w.arena, &s->market, policy);
    if (status != KN_OK)
        fail_msg("status %d, residual %.3g, rounds %d: %s", (int)status,
                 s->charges.residual, (int)s->charges.rounds, kn_context_error(s->w.ctx));
}

static double *numbers(stage *s, int64_t count, double value)
{
    double *x = KN__ARRAY(s->w.arena, s->w.ctx, count, double);
    for (int64_t k = 0; x && k < count; k++)
        x[k] = value;
    assert_non_null(x);
    return x;
}

static kn__policy quota_policy(stage *s)
{
    kn__policy p = {.keep = filled(&s->w, INFINITY)};
    p.to_importer = KN__ARRAY(s->w.arena, s->w.ctx, cells(s), bool);
    assert_non_null(p.to_importer);
    return p;
}

static double income_sum(const stage *s)
{
    double sum = 0;
    for (int32_t n = 0; n < s->w.model.economies; n++)
        sum += s->w.after.income[n];
    return sum;
}

/* A quota whose rent the importer gets is a tariff: same quantity, same revenue, same
   everything. */
static void a_quota_is_the_tariff_of_the_same_quantity(void **state)
{
    (void)state;
    stage s;
    stage_new(&s, 5, 4, 2, 9);
    kn__policy p = quota_policy(&s);
    int64_t one = sold_cell(&s, 3), two = sold_cell(&s, 20);
    p.keep[one] = 0.6;
    p.keep[two] = 0.2;
    p.to_importer[one] = p.to_importer[two] = true;
    stage_solve(&s, &p);
    assert_true(s.charges.residual <= 1e-10 && s.w.after.walras < 1e-10);
    assert_close(kn__quantity_hat(&s.market, &s.charges, one), 0.6, 1e-9);
    assert_close(kn__quantity_hat(&s.market, &s.charges, two), 0.2, 1e-9);
    assert_true(s.charges.quota[one] > 0 && s.charges.quota[two] > s.charges.quota[one]);
    double *tariff = filled(&s.w, 0);
    memcpy(tariff, s.charges.tariff, (size_t)cells(&s) * sizeof *tariff);
    assert_close(tariff[one], (1 + s.w.model.tariff[one]) * exp(s.charges.quota[one]) - 1,
                 1e-12);
    double income[5], price[20];
    memcpy(income, s.w.after.income, sizeof income);
    memcpy(price, s.w.after.price, sizeof price);
    kn__cp_shock same = {.tariff = tariff};
    memset(s.w.after.wage, 0, sizeof income);
    assert_int_equal(kn__cp_solve(&s.w.after, s.w.ctx, &s.w.model, &same), KN_OK);
    for (int k = 0; k < 5; k++)
        assert_close(s.w.after.income[k], income[k], 1e-10);
    for (int k = 0; k < 20; k++)
        assert_close(s.w.after.price[k], price[k], 1e-10);
    world_free(&s.w);
}

/* Whoever gets the rent, the quantity is the same; the budget that gets it gains by it,
   and world income is counted once. */
static void the_rent_goes_where_it_is_said_to_go(void **state)
{
    (void)state;
    double real[2][2];
    for (int importer = 0; importer < 2; importer++) {
        stage s;
        stage_new(&s, 4, 3, 3, 6);
        kn__policy p = quota_policy(&s);
        for (int32_t j = 0; j < 2; j++) {
            int64_t at = cell(&s, j, 1, 0);
            p.keep[at] = 0.5;
            p.to_importer[at] = importer;
        }
        stage_solve(&s, &p);
        for (int32_t j = 0; j < 2; j++)
            if (s.w.before.share[cell(&s, j, 1, 0)] > 0)
                assert_close(kn__quantity_hat(&s.market, &s.charges, cell(&s, j, 1, 0)),
                             0.5, 1e-9);
        kn__cp_shock shock = {.tariff = s.charges.tariff};
        kn__cp_effects_of(&s.w.effects, &s.w.model, &s.w.before, &s.w.after, &shock);
        for (int n = 0; n < 2; n++)
            real[importer][n] = s.w.effects.real_income_exact[n];
        double spent = 0, made = 0;
        for (int64_t at = 0; at < cells(&s); at++)
            spent += s.w.after.share[at] * s.w.after.spend[at / 4];
        for (int32_t n = 0; n < 4; n++)
            for (int32_t j = 0; j < 3; j++)
                for (int32_t m = 0; m < 4; m++) {
                    int64_t at = cell(&s, j, m, n);
                    double gate = s.w.after.share[at] * s.w.after.spend[j * 4 + m] /
                                  (1 + s.charges.tariff[at]);
                    if (s.charges.levy)
                        gate *= exp(-s.charges.levy[at]);
                    made += gate * (1 - s.w.model.value_share[n * 3 + j]);
                }
        /* spending is inputs of producers and income of economies, rents included */
        assert_close(spent, made + income_sum(&s), 1e-9);
        world_free(&s.w);
    }
    assert_true(real[0][0] >
                real[1][0] + 1e-6); /* the exporter prefers its own licence */
    assert_true(real[0][1] < real[1][1] - 1e-6);
}

/* Two economies, one good, no inputs, labour only: the wage that balances trade under an
   export tax e of economy 0, by bisection. share[n][i] at the baseline. */
static double twin_wage(double share[2][2], const double *value, double theta, double e,
                        double income[2], double sold[2])
{
    double low = 0.1, high = 10, w[2] = {1, 1};
    for (int k = 0; k < 200; k++) {
        w[0] = sqrt(low * high);
        double cost[2][2] = {{w[0], w[1]}, {w[0] * (1 + e), w[1]}}, now[2][2];
        for (int n = 0; n < 2; n++) {
            double a = share[n][0] * pow(cost[n][0], -theta);
            double b = share[n][1] * pow(cost[n][1], -theta);
            now[n][0] = a / (a + b);
            now[n][1] = b / (a + b);
        }
        income[1] = w[1] * value[1];
        sold[0] = now[1][0] * income[1]; /* with the tax, which 0 collects */
        income[0] = w[0] * value[0] + sold[0] * e / (1 + e);
        sold[1] = now[0][1] * income[0];
        if (sold[0] > sold[1])
            low = w[0];
        else
            high = w[0];
    }
    return w[0];
}

static void two_economies_by_hand(void **state)
{
    (void)state;
    const double theta = 4, value[2] = {100, 100};
    double share[2][2] = {{0.8, 0.2}, {0.2, 0.8}}, income[2], sold[2];
    stage s = {0};
    world_new(&s.w, 2, 1);
    kn__cp *m = &s.w.model;
    m->traded[0] = true;
    m->elasticity[0] = theta;
    memcpy(m->share, share, sizeof share);
    for (int n = 0; n < 2; n++) {
        m->value_share[n] = m->final_share[n] = 1;
        m->value_added[n] = value[n];
    }
    stage_rest(&s);
    kn__policy p = quota_policy(&s);
    p.keep[cell(&s, 0, 1, 0)] = 0.7;
    stage_solve(&s, &p);
    double e = expm1(s.charges.quota[cell(&s, 0, 1, 0)]);
    double wage = twin_wage(share, value, theta, e, income, sold);
    assert_true(e > 0.05 && e < 0.5);
    assert_close(s.w.after.wage[0] / s.w.after.wage[1], wage, 1e-9);
    assert_close(s.w.after.income[0] / s.w.after.income[1], income[0] / income[1], 1e-9);
    assert_close(sold[0] / (1 + e) / wage / 20, 0.7, 1e-9);
    world_free(&s.w);
}

static void real_incomes(stage *s, double *real)
{
    kn__cp_shock shock = {.tariff = s->charges.tariff};
    kn__cp_effects_of(&s->w.effects, &s->w.model, &s->w.before, &s->w.after, &shock);
    memcpy(real, s->w.effects.real_income_exact,
           (size_t)s->w.model.economies * sizeof *real);
}

/* Keeping all is nothing; keeping ever less comes ever nearer to the ban. */
static void a_quota_lies_between_nothing_and_a_ban(void **state)
{
    (void)state;
    stage s;
    double real[5], banned[5], before = INFINITY;
    stage_new(&s, 5, 3, 3, 8);
    kn__policy ban = {.iceberg = filled(&s.w, 1)}, p = quota_policy(&s);
    int64_t at = sold_cell(&s, 7);
    ban.iceberg[at] = INFINITY;
    stage_solve(&s, &ban);
    real_incomes(&s, banned);
    for (double keep = 1e-2; keep > 1e-9; keep /= 100) {
        double gap = 0;
        p.keep[at] = keep;
        stage_solve(&s, &p);
        real_incomes(&s, real);
        for (int n = 0; n < 5; n++)
            gap = fmax(gap, fabs(real[n] - banned[n]));
        assert_true(gap < before);
        before = gap;
    }
    assert_true(before < 1e-6);
    p.keep[at] = 1;
    stage_solve(&s, &p);
    real_incomes(&s, real);
    for (int n = 0; n < 5; n++)
        assert_true(fabs(real[n]) < 1e-11);
    assert_true(s.charges.quota[at] < 1e-11);
    world_free(&s.w);
}

/* A quota that other measures fill by themselves charges nothing. */
static void a_slack_quota_does_nothing(void **state)
{
    (void)state;
    stage s;
    double with[5], without[5];
    stage_new(&s, 5, 3, 3, 8);
    int64_t at = sold_cell(&s, 9);
    double *tariff = filled(&s.w, 0);
    memcpy(tariff, s.w.model.tariff, (size_t)cells(&s) * sizeof *tariff);
    tariff[at] += 0.5;
    kn__policy only = {.tariff = tariff}, both = quota_policy(&s);
    both.tariff = tariff;
    both.keep[at] = 0.9;
    stage_solve(&s, &only);
    real_incomes(&s, without);
    stage_solve(&s, &both);
    real_incomes(&s, with);
    assert_true(s.charges.quota[at] == 0);
    assert_true(kn__quantity_hat(&s.market, &s.charges, at) < 0.9);
    for (int n = 0; n < 5; n++)
        assert_true(fabs(with[n] - without[n]) < 1e-12);
    world_free(&s.w);
}

/* Quotas on everything that crosses a border: all hold, and only those that bind charge.
 */
static void many_quotas_are_complementary(void **state)
{
    (void)state;
    for (int nested = 0; nested < 2; nested++) {
        stage s;
        int32_t bind = 0, slack = 0;
        stage_new(&s, 6, 4, 1, 12);
        if (nested)
            stage_nest(&s, 0.5, 0.5, 0.9, false);
        kn__policy p = quota_policy(&s);
        for (int64_t at = 0; at < cells(&s); at++)
            if (at / 6 % 6 != at % 6 && s.w.before.share[at] > 0) {
                p.keep[at] = 0.5 + 0.6 * draw(5, at);
                p.to_importer[at] = draw(6, at) < 0.5;
            }
        stage_solve(&s, &p);
        for (int64_t at = 0; at < cells(&s); at++) {
            if (!isfinite(p.keep[at]))
                continue;
            double quantity = kn__quantity_hat(&s.market, &s.charges, at);
            bool binds = s.charges.quota[at] > 0;
            assert_true(s.charges.quota[at] >= 0);
            assert_true(quantity <= p.keep[at] * (1 + 1e-9));
            if (binds)
                assert_close(quantity, p.keep[at], 1e-9);
            bind += binds;
            slack += !binds;
        }
        printf("%s: %d quotas bind, %d do not, %d rounds\n",
               nested ? "network" : "sectors", (int)bind, (int)slack,
               (int)s.charges.rounds);
        assert_true(bind > 0 && s.w.after.walras < 1e-9);
        world_free(&s.w);
    }
}

/* One sector without inputs: at home 1/2 to 2/3, the rest from everybody. */
static void one_good(stage *s, int32_t N)
{
    *s = (stage){0};
    world_new(&s->w, N, 1);
    kn__cp *m = &s->w.model;
    m->traded[0] = true;
    m->elasticity[0] = 4;
    for (int32_t n = 0; n < N; n++) {
        double sum = 0;
        for (int32_t i = 0; i < N; i++)
            sum += m->share[n * N + i] =
                i == n ? N + draw(8, n) : draw(9, n * N + i) + 0.5;
        for (int32_t i = 0; i < N; i++)
            m->share[n * N + i] /= sum;
        m->value_share[n] = m->final_share[n] = 1;
        m->value_added[n] = 50 + 100 * draw(10, n);
    }
    stage_rest(s);
}

/* With one factor and no inputs a push on all that an economy makes only raises its wage:
   what its budget pays it takes from the same people. */
static void a_push_on_everything_is_a_veil(void **state)
{
    (void)state;
    stage s;
    double real[4];
    one_good(&s, 4);
    kn__policy p = {.push = numbers(&s, 4, 0)};
    p.push[2] = -log(1.3) / 5;
    stage_solve(&s, &p);
    real_incomes(&s, real);
    for (int n = 0; n < 4; n++)
        assert_true(fabs(real[n]) < 1e-10);
    assert_close(s.w.after.wage[2] / s.w.after.wage[0], pow(1.3, 0.2), 1e-9);
    world_free(&s.w);
}

/* What the operation says: relative to a rival's, buyers take 1 + push times as much, but
   for what costs did. */
static void a_push_sells_so_much_more(void **state)
{
    (void)state;
    const double push = 0.25;
    for (int nested = 0; nested < 2; nested++) {
        stage s;
        stage_new(&s, 5, 3, 2, 6);
        if (nested)
            stage_nest(&s, 0.2, 0.2, 0.9, false);
        double theta = s.w.model.elasticity[1];
        kn__policy p = {.push = numbers(&s, 15, 0)};
        p.push[1 * 5 + 3] = -log1p(push) / (1 + theta);
        stage_solve(&s, &p);
        for (int32_t n = 0; n < 5; n++) {
            double mine = kn__quantity_hat(&s.market, &s.charges, cell(&s, 1, n, 3));
            double rival = kn__quantity_hat(&s.market, &s.charges, cell(&s, 1, n, 0));
            double costs = s.w.after.cost[5 + 3] / s.w.after.cost[5 + 0];
            if (isfinite(mine / rival))
                assert_close(mine / rival, (1 + push) * pow(costs, -1 - theta), 1e-9);
        }
        assert_true(s.w.after.walras < 1e-9 && s.charges.residual < 1e-10);
        world_free(&s.w);
    }
}

/* The nested network with elasticities of 1 and mobile factors is the sector model, also
   under quotas, pushes and other tastes. */
static void both_models_agree(void **state)
{
    (void)state;
    double income[2][5], price[2][15];
    for (int nested = 0; nested < 2; nested++) {
        stage s;
        stage_new(&s, 5, 3, 2, 6);
        if (nested)
            stage_nest(&s, 1, 1, 1, true);
        kn__policy p = quota_policy(&s);
        p.push = numbers(&s, 15, 0);
        p.demand = numbers(&s, 15, 1);
        p.push[1 * 5 + 1] = -0.03;
        p.demand[2 * 3 + 0] = 1.2;
        p.keep[cell(&s, 0, 4, 1)] = 0.4;
        p.keep[cell(&s, 1, 2, 1)] = 0.8;
        p.to_importer[cell(&s, 1, 2, 1)] = true;
        stage_solve(&s, &p);
        memcpy(income[nested], s.w.after.income, sizeof income[0]);
        memcpy(price[nested], s.w.after.price, sizeof price[0]);
        world_free(&s.w);
    }
    for (int k = 0; k < 5; k++)
        assert_close(income[0][k], income[1][k], 1e-8);
    for (int k = 0; k < 15; k++)
        assert_close(price[0][k], price[1][k], 1e-8);
}

static void no_policy_is_exactly_nothing(void **state)
{
    (void)state;
    stage s;
    stage_new(&s, 4, 3, 2, 6);
    kn__policy p = {0};
    s.w.after.wage[0] = 42; /* not touched */
    stage_solve(&s, &p);
    assert_true(s.w.after.wage[0] == 42 && s.charges.rounds == 0);
    world_free(&s.w);
}

typedef struct fragile {
    stage *s;
    kn__policy policy;
} fragile;

static kn_status solve_again(kn_context *ctx, void *arg)
{
    fragile *f = arg;
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status =
        kn__policy_solve(&f->s->charges, ctx, arena, &f->s->market, &f->policy);
    kn__arena_free(arena);
    return status;
}

static void memory_may_fail(void **state)
{
    (void)state;
    stage s;
    stage_new(&s, 3, 2, 3, 3);
    fragile f = {&s, quota_policy(&s)};
    f.policy.keep[cell(&s, 0, 1, 0)] = f.policy.keep[cell(&s, 0, 0, 2)] = 0.9;
    f.policy.demand = numbers(&s, 6, 1);
    f.policy.demand[0] = 1.1;
    assert_true(every_allocation_fails(solve_again, &f) > 5);
    world_free(&s.w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_quota_is_the_tariff_of_the_same_quantity),
        cmocka_unit_test(the_rent_goes_where_it_is_said_to_go),
        cmocka_unit_test(two_economies_by_hand),
        cmocka_unit_test(a_quota_lies_between_nothing_and_a_ban),
        cmocka_unit_test(a_slack_quota_does_nothing),
        cmocka_unit_test(many_quotas_are_complementary),
        cmocka_unit_test(a_push_on_everything_is_a_veil),
        cmocka_unit_test(a_push_sells_so_much_more),
        cmocka_unit_test(both_models_agree),
        cmocka_unit_test(no_policy_is_exactly_nothing),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
