/* SPDX-License-Identifier: Apache-2.0 */
/* Measures day by day, followed with a pencil. */
#include "unit/daily_network.h"

static const double NEAR = 1e-9;

/* Runs measures; the caller frees the result. */
static kn_result *play_all(const fixture *f, kn__measure *m, int32_t count,
                           const kn__daily_options *o)
{
    kn_scenario scenario = {.path = "", .measures = m, .count = count};
    kn__arena *arena;
    kn_result *result;
    assert_int_equal(kn__arena_new(&arena, f->ctx), KN_OK);
    assert_int_equal(kn_result_new(&result, f->ctx), KN_OK);
    kn_status status = kn__daily_run(f->ctx, arena, f->net, &scenario, o, result);
    if (status != KN_OK)
        fail_msg("%d: %s", status, kn_context_error(f->ctx));
    kn__arena_free(arena);
    return result;
}

static kn_result *play(const fixture *f, kn__measure m, const kn__daily_options *o)
{
    return play_all(f, &m, 1, o);
}

static double info(const kn_result *result, const char *key)
{
    for (int32_t k = 0; k < kn_result_infos(result); k++)
        if (!strcmp(kn_result_info_key(result, k), key))
            return kn_result_info_number(result, k);
    return NAN;
}

/* Value added lost: chips are worth 1 a day. */
static double loss_of_all(const fixture *f, kn__measure *m, int32_t count,
                          const kn__daily_options *o)
{
    kn_result *result = play_all(f, m, count, o);
    double lost = info(result, "loss_musd");
    kn_result_free(result);
    return lost;
}

static double loss(const fixture *f, kn__measure m, const kn__daily_options *o)
{
    return loss_of_all(f, &m, 1, o);
}

static kn__daily_options plain(int64_t days)
{
    kn__daily_options o = kn__daily_defaults("kaname", days);
    o.sourcing = KN__SOURCE_FIXED;
    return o;
}

/* ---- Late goods ---- */

/* Ten days of stock carry days 0 to 9; nothing comes in until day 20, and is used from
   day 21 on: eleven days are lost. */
static void licences_hold_goods_back(void **state)
{
    kn__daily_options o = plain(60);
    kn__measure m = measure(KN__EXPORT_LICENCE, CHN, DEU, ORE);
    m.value = 20;
    assert_float_equal(loss(*state, m, &o), 11, NEAR);
    m.value = 9; /* the stock is just enough: one day of it is left */
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
    m.value = 20;
    m.days = 5; /* nobody waits longer than the measure lasts */
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
}

/* What is on its way counts as held: nobody makes more while it waits, nor less when it
   comes. */
static void late_goods_are_not_ordered_again(void **state)
{
    kn__daily_options o = plain(120);
    kn__measure m = measure(KN__EXPORT_LICENCE, CHN, DEU, ORE);
    m.value = 8; /* two days of ten are left */
    m.days = 30;
    kn_result *result = play(*state, m, &o);
    const kn_table *path = kn_result_find(result, "path");
    int32_t share = kn_table_column(path, "output_share");
    for (int64_t r = 0; r < kn_table_rows(path); r++)
        assert_float_equal(kn_table_number(path, r, share), 1, NEAR);
    kn_result_free(result);
}

/* What comes in on day 10: chips order 1 + gap / 30 of normal and leave out what waits,
   up to the least stock; China fills orders as it can, those of others are 0.2. */
static double comes_in_on_day_10(void)
{
    double in = 1, waits = 0;
    for (int t = 0; t < 10; t++) {
        double counted = fmin(10 - fmax(KN__LEAST_STOCK, 10 - t), waits);
        double stock = 10 - t + in - 1, order = 1 + (10 - counted - stock) / 30;
        waits += in;
        in = order * 0.4 / (0.2 * order + 0.2);
    }
    return in;
}

/* Suez: 10.2 days more from China to Germany. Day 10 is lost; all but 0.2 of what comes
   in on it is used on day 11. */
static void closed_passages_make_goods_late(void **state)
{
    kn__daily_options o = plain(60);
    kn__measure m = measure(KN__ROUTE_CLOSURE, CHN, DEU, ORE);
    m.name = "suez";
    double day_11 = 0.8 * comes_in_on_day_10();
    assert_float_equal(loss(*state, m, &o), 1 + (1 - day_11), NEAR);
    m.name = "panama"; /* not on the way */
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
    m.name = "suez";
    m.products = one(CHIPS);
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
}

/* ---- Bans ---- */

static void ramps_and_recovery(void **state)
{
    kn__daily_options o = plain(60);
    kn__measure m = measure(KN__CAPACITY_LOSS, DEU, DEU, CHIPS);
    (void)o;
    m.value = 1;
    m.days = 10;
    m.ramp_days = 4;
    m.recover_days = 5;
    /* 1/4 + 2/4 + 3/4, seven full days, then 1, 4/5, 3/5, 2/5, 1/5 */
    assert_float_equal(loss(*state, m, &o), 1.5 + 7 + 3, NEAR);
    m.op = KN__ENTITY_DENIAL;
    m.name = "nobody";
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
}

/* China makes a quarter less ore, 0.3 a day. Shared by all who order 0.4, it is not
   enough for Germany; what Japan may not buy is. */
static void two_measures_may_cost_less(void **state)
{
    kn__daily_options o = plain(120);
    o.adaptation = KN__ADAPT_NONE;
    kn__measure m[2] = {measure(KN__CAPACITY_LOSS, CHN, CHN, ORE),
                        measure(KN__EXPORT_BAN, CHN, JPN, ORE)};
    m[0].value = 0.25;
    assert_true(loss(*state, m[0], &o) > 1);
    assert_true(loss(*state, m[1], &o) == 0);
    assert_float_equal(loss_of_all(*state, m, 2, &o), 0, NEAR);
}

/* A firm that delivers nothing is a ban of what it makes: its stock carries ten days. */
static void denied_firms_deliver_nothing(void **state)
{
    kn__daily_options o = plain(30);
    kn__measure m = measure(KN__ENTITY_DENIAL, CHN, DEU, ORE);
    m.name = "Ore of China";
    m.to = (kn_ids){.id = every, .count = 3};
    assert_float_equal(loss(*state, m, &o), 20, NEAR);
}

/* Japan buys 0.1 a day of China, Germany 0.2: no more than half of it can go through
   Japan. */
static void leaks_go_through_third_countries(void **state)
{
    kn__daily_options o = plain(1);
    kn__measure m = measure(KN__EXPORT_BAN, CHN, DEU, ORE);
    static const double leak[] = {0.3, 1}, amount[] = {0.06, 0.1};
    o.leak_days = 0;
    for (int k = 0; k < 2; k++) {
        o.leak = leak[k];
        kn_result *result = play(*state, m, &o);
        const kn_table *table = kn_result_find(result, "leaks");
        assert_int_equal(kn_table_rows(table), 1);
        assert_string_equal(kn_table_text(table, 0, 0), "ore");
        assert_string_equal(kn_table_text(table, 0, 1), "CHN");
        assert_string_equal(kn_table_text(table, 0, 2), "JPN");
        assert_string_equal(kn_table_text(table, 0, 3), "DEU");
        assert_float_equal(kn_table_number(table, 0, 4), amount[k], NEAR);
        assert_float_equal(info(result, "leaked_musd"), amount[k], NEAR);
        kn_result_free(result);
    }
    m.to = (kn_ids){.id = every, .count = 3}; /* nobody is left to pass it on */
    kn_result *result = play(*state, m, &o);
    assert_int_equal(kn_table_rows(kn_result_find(result, "leaks")), 0);
    kn_result_free(result);
}

/* ---- Equipment ---- */

/* A tenth of the fleet a year is not renewed; from day 92 on half of it stands still. */
static void fleets_age_without_tools(void **state)
{
    kn__daily_options o = plain(100);
    kn__measure m = measure(KN__EXPORT_BAN, JPN, DEU, TOOLS);
    double lost = 0, installed = 1;
    for (int t = 0; t < 100; t++) {
        lost += 1 - (t < 92 ? 1 : 0.5) * installed;
        installed -= installed / 3650;
    }
    kn_result *result = play(*state, m, &o);
    const kn_table *fleets = kn_result_find(result, "fleets");
    assert_float_equal(info(result, "loss_musd"), lost, 1e-9);
    assert_int_equal(kn_table_rows(fleets), 1);
    assert_float_equal(kn_table_number(fleets, 0, 3), 0.5, NEAR);
    assert_float_equal(kn_table_number(fleets, 0, 4), installed, NEAR);
    assert_float_equal(kn_table_number(fleets, 0, 5), 0.365 * 100 / 365, NEAR);
    kn_result_free(result);
    o.model = "ario"; /* the published models know no equipment */
    assert_float_equal(loss(*state, m, &o), 0, NEAR);
}

/* After the ban parts come at once, and tools that were not bought are bought on top. */
static void fleets_recover(void **state)
{
    kn__measure m = measure(KN__EXPORT_BAN, JPN, DEU, TOOLS);
    double installed[2];
    ((fixture *)*state)->net->producers[JPN_TOOLS].spare = 1;
    for (int k = 0; k < 2; k++) {
        kn__daily_options o = plain(k ? 400 : 200);
        m.days = 200;
        kn_result *result = play(*state, m, &o);
        const kn_table *fleets = kn_result_find(result, "fleets");
        installed[k] = kn_table_number(fleets, 0, 4);
        if (k)
            assert_true(kn_table_number(fleets, 0, 3) == 1);
        kn_result_free(result);
    }
    ((fixture *)*state)->net->producers[JPN_TOOLS].spare = NAN;
    assert_true(installed[1] > installed[0]);
    assert_true(installed[1] <= 1);
}

/* ---- Who is served, and stocks ---- */

/* Stock of ore in days after one day of a measure. */
static double stock_after(const fixture *f, kn__measure m, const kn__daily_options *o)
{
    kn_scenario scenario = {.path = "", .measures = &m, .count = 1};
    kn__daily_net daily;
    kn__daily_day day;
    kn__engine_view view;
    kn__engine *engine;
    kn__arena *arena;
    assert_int_equal(kn__arena_new(&arena, f->ctx), KN_OK);
    assert_int_equal(kn__daily_from_network(&daily, f->ctx, arena, f->net, &scenario, o),
                     KN_OK);
    assert_int_equal(kn__daily_day_new(&day, f->ctx, arena, &daily, &scenario, o), KN_OK);
    assert_int_equal(kn__engine_new(&engine, f->ctx, arena, &daily.engine, &daily.rule),
                     KN_OK);
    assert_int_equal(
        kn__daily_begin(engine, f->ctx, &day, &daily, &scenario, KN__DAILY_MID), KN_OK);
    assert_int_equal(
        kn__daily_step(engine, f->ctx, &day, &daily, &scenario, KN__DAILY_MID, 0, &view),
        KN_OK);
    int64_t group = kn__daily_group(&daily, daily.place[DEU_CHIPS], ORE);
    double stock = kn__engine_stock(engine, group) / kn__engine_use(engine, group);
    kn__arena_free(arena);
    return stock;
}

/* China makes half, 0.2: all get half; or China its 0.1 and others a third; or China and
   Germany 0.2 of 0.3. */
static void rationing_decides_who_is_served(void **state)
{
    kn__daily_options o = plain(10);
    kn__measure m = measure(KN__CAPACITY_LOSS, CHN, CHN, ORE);
    static int32_t allies[] = {CHN, DEU};
    m.value = 0.5;
    assert_float_equal(stock_after(*state, m, &o), 9 + 1.0 / 2, NEAR);
    o.rationing = KN__RATION_DOMESTIC;
    assert_float_equal(stock_after(*state, m, &o), 9 + 1.0 / 3, NEAR);
    o.rationing = KN__RATION_ALLIANCE;
    o.allies = (kn_ids){.id = allies, .count = 2};
    assert_float_equal(stock_after(*state, m, &o), 9 + 2.0 / 3, NEAR);
    o.rationing = KN__RATION_FIRMS;
    assert_float_equal(stock_after(*state, m, &o), 10, NEAR);
}

static void released_stocks_last(void **state)
{
    kn__daily_options o = plain(10);
    kn__measure m = measure(KN__STOCK_RELEASE, DEU, DEU, ORE);
    m.value = 5;
    assert_float_equal(stock_after(*state, m, &o), 15, NEAR);
}

/* ---- What ran out first ---- */

static void first_out_is_a_tree(void **state)
{
    kn__daily_options o = plain(30);
    kn__measure m = measure(KN__CAPACITY_LOSS, CHN, CHN, ORE);
    m.value = 1;
    kn_result *result = play(*state, m, &o);
    const kn_table *t = kn_result_find(result, "first_out");
    assert_int_equal(kn_table_rows(t), 2);
    assert_string_equal(kn_table_text(t, 0, 1), "ore");
    assert_string_equal(kn_table_text(t, 0, 3), "capacity");
    assert_true(kn_table_number(t, 0, 5) == 0 && isnan(kn_table_number(t, 0, 6)));
    assert_string_equal(kn_table_text(t, 1, 1), "chips");
    assert_string_equal(kn_table_text(t, 1, 3), "ore");
    assert_true(kn_table_number(t, 1, 2) == 10);
    assert_true(kn_table_number(t, 1, 5) == 1 && kn_table_number(t, 1, 6) == 1);
    kn_result_free(result);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(licences_hold_goods_back),
        cmocka_unit_test(late_goods_are_not_ordered_again),
        cmocka_unit_test(closed_passages_make_goods_late),
        cmocka_unit_test(ramps_and_recovery),
        cmocka_unit_test(two_measures_may_cost_less),
        cmocka_unit_test(denied_firms_deliver_nothing),
        cmocka_unit_test(leaks_go_through_third_countries),
        cmocka_unit_test(fleets_age_without_tools),
        cmocka_unit_test(fleets_recover),
        cmocka_unit_test(rationing_decides_who_is_served),
        cmocka_unit_test(released_stocks_last),
        cmocka_unit_test(first_out_is_a_tree),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
