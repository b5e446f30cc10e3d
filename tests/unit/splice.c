/* SPDX-License-Identifier: Apache-2.0 */
#include "network/splice.h"
#include "kaname/read.h"
#include "lens/cascade/denial_net.h"
#include "mini.h"
#include "network/aggregate.h"

static const char small_table[] = "tests/golden/data/wiot-splice.csv";

static kn_network *table_of(kn_context *ctx, const char *path)
{
    kn_network *net = NULL;
    if (kn_network_import(&net, ctx, kn_format_find("wiod"), &path, 1) < 0)
        fail_msg("%s", kn_context_error(ctx));
    return net;
}

static kn_network *spliced(kn_context *ctx, const kn_network *atlas,
                           const kn_network *table)
{
    kn_network *net = NULL;
    if (kn_network_splice(&net, ctx, atlas, table) < 0)
        fail_msg("%s", kn_context_error(ctx));
    return net;
}

static const kn__producer *maker(const kn_network *net, const char *product,
                                 const char *economy)
{
    int32_t p = kn__network_product(net, product), e = kn__network_economy(net, economy);
    assert_true(p >= 0 && e >= 0);
    int32_t i = net->producer_at[(int64_t)p * net->economy_count + e];
    assert_true(i >= 0);
    return &net->producers[i];
}

static const kn__recipe *recipe(const kn_network *net, const char *user,
                                const char *input)
{
    int32_t p = kn__network_product(net, user), q = kn__network_product(net, input);
    for (int32_t k = net->recipe_start[p]; k < net->recipe_start[p + 1]; k++)
        if (net->recipes[k].input == q)
            return &net->recipes[k];
    return NULL;
}

/* ---- Undoing gives the table back ---- */

/* Chain products into their industries, ZZU into ROW. */
static kn_network *undone(kn_context *ctx, const kn_network *net, const kn_network *table)
{
    kn_network *out = NULL;
    int32_t *economy = calloc((size_t)net->economy_count, sizeof *economy);
    int32_t *product = calloc((size_t)net->product_count, sizeof *product);
    const char **code = calloc((size_t)table->economy_count, sizeof *code);
    const char **id = calloc((size_t)table->product_count, sizeof *id);
    assert_true(economy && product && code && id);
    for (int32_t e = 0; e < net->economy_count; e++)
        economy[e] = e == net->zzu ? net->row_economy : e;
    for (int32_t p = 0; p < net->product_count; p++)
        product[p] = net->products[p].industry;
    for (int32_t e = 0; e < table->economy_count; e++)
        code[e] = table->economies[e].code;
    for (int32_t p = 0; p < table->product_count; p++)
        id[p] = table->products[p].id;
    kn__grouping economies = {economy, code, table->economy_count};
    kn__grouping products = {product, id, table->product_count};
    if (kn__network_aggregate(&out, ctx, net, &economies, &products) < 0)
        fail_msg("%s", kn_context_error(ctx));
    free(economy);
    free(product);
    free(code);
    free(id);
    return out;
}

static void near(double a, double b, double scale)
{
    if (!(fabs(a - b) <= 1e-9 * fmax(fabs(b), scale)))
        fail_msg("%.17g and %.17g differ", a, b);
}

static void same_accounts(const kn_network *a, const kn_network *b)
{
    assert_int_equal(a->producer_count, b->producer_count);
    assert_int_equal(a->final_count, b->final_count);
    for (int32_t i = 0; i < b->producer_count; i++) {
        const kn__producer *x = &a->producers[i], *y = &b->producers[i];
        assert_int_equal(x->economy, y->economy);
        assert_int_equal(x->product, y->product);
        near(x->output, y->output, 1e-6);
        near(x->value_added, y->value_added, 1e-6);
        for (int32_t j = 0; j < b->producer_count; j++)
            near(kn__flows_at(&a->flows, i, j), kn__flows_at(&b->flows, i, j), 1e-6);
        for (int32_t k = 0; k < b->final_count; k++)
            near(a->final_demand[(int64_t)i * a->final_count + k],
                 b->final_demand[(int64_t)i * b->final_count + k], 1e-6);
    }
}

/* Of every chain: inputs and value added make its output, sales take it; of every
   producer that remains: off by no more than its industry was; nothing new below 0. */
static void same_balance(const kn_network *net, const kn_network *table)
{
    int32_t n = net->producer_count, F = net->final_count;
    double *row_off = calloc((size_t)n, sizeof *row_off);
    double *column_off = calloc((size_t)n, sizeof *column_off);
    assert_true(row_off && column_off);
    for (int32_t i = 0; i < n; i++) {
        row_off[i] += net->producers[i].output;
        column_off[i] += net->producers[i].output - net->producers[i].value_added;
        for (int32_t j = 0; j < n; j++) {
            double z = kn__flows_at(&net->flows, i, j);
            assert_true(z >= 0);
            row_off[i] -= z;
            column_off[j] -= z;
        }
        for (int32_t k = 0; k < F; k++)
            row_off[i] -= net->final_demand[(int64_t)i * F + k];
        for (int32_t k = 0; i >= table->producer_count && k < F; k++)
            assert_true(net->final_demand[(int64_t)i * F + k] >= 0);
    }
    for (int32_t i = 0; i < n; i++) {
        double x = net->producers[i].output;
        assert_true(x >= 0);
        if (i >= table->producer_count)
            assert_true(fabs(row_off[i]) <= 1e-9 * x + 1e-9);
        if (i >= table->producer_count)
            assert_true(fabs(column_off[i]) <= 1e-9 * x + 1e-9);
    }
    for (int32_t t = 0; t < table->producer_count; t++) {
        double off = table->producers[t].output;
        for (int32_t j = 0; j < table->producer_count; j++)
            off -= kn__flows_at(&table->flows, t, j);
        for (int32_t k = 0; k < F; k++)
            off -= table->final_demand[(int64_t)t * F + k];
        near(row_off[t], off, fmax(1, table->producers[t].output));
    }
    free(row_off);
    free(column_off);
}

static void undo_small(void **state)
{
    kn_network *atlas = mini_make(*state), *table = table_of(*state, small_table);
    kn_network *net = spliced(*state, atlas, table), *back = undone(*state, net, table);
    same_accounts(back, table);
    same_balance(net, table);
    kn_network_free(back);
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

static void undo_wiod(void **state)
{
    static const char path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";
    if (!shared_exists(path))
        skip();
    kn_network *atlas = NULL, *table = table_of(*state, path);
    if (kn_network_atlas(&atlas, *state) < 0)
        fail_msg("%s", kn_context_error(*state));
    kn_network *net = spliced(*state, atlas, table), *back = undone(*state, net, table);
    assert_true(net->producer_count > table->producer_count + 1000);
    same_accounts(back, table);
    same_balance(net, table);
    kn_network_free(back);
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

/* ---- What comes over ---- */

static void producers_by_hand(void **state)
{
    kn_network *atlas = mini_make(*state), *table = table_of(*state, small_table);
    kn_network *net = spliced(*state, atlas, table);
    assert_true(net->has_recipes);
    assert_close(maker(net, "gallium", "CHN")->output, 80, 1e-12);
    assert_close(maker(net, "c12", "CHN")->output, 3018 - 80, 1e-12);
    assert_close(maker(net, "c12", "CHN")->value_added, 1366 - 40, 1e-12);
    /* Korea is not in the table: its wafers and chips are made in ROW; the unseen keeps
       its own economy and comes out of ROW too */
    assert_close(maker(net, "wafers", "ROW")->output, 300, 1e-12);
    assert_close(maker(net, "wafers", "ZZU")->output, 100, 1e-12);
    assert_close(maker(net, "c14", "ROW")->output, 4997 - 1400, 1e-12);
    /* Japan's chips, wafers and tools, 1300, against 90 % of 1205 */
    double factor = 0.9 * 1205 / 1300;
    assert_close(maker(net, "chips", "JPN")->output, 500 * factor, 1e-12);
    assert_close(maker(net, "c14", "JPN")->output, 0.1 * 1205, 1e-9);
    /* value added is scaled further where that binds: 640 against 90 % of 548 */
    assert_close(maker(net, "c14", "JPN")->value_added, 0.1 * 548, 1e-9);
    assert_true(isnan(maker(net, "chips", "CHN")->spare)); /* unknown stays unknown */
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

/* The recipe of c14 is that of isic:26 times its part of c14. */
static void recipes_by_hand(void **state)
{
    kn_network *atlas = mini_make(*state), *table = table_of(*state, small_table);
    kn_network *net = spliced(*state, atlas, table);
    const kn__recipe *wafers = recipe(net, "wafers", "gallium");
    assert_non_null(wafers);
    assert_true(wafers->dependent[1] == 1 && wafers->criticality == KN__ESSENTIAL);
    assert_close(wafers->cost_share, 0.05, 1e-15);
    const kn__recipe *chips = recipe(net, "c14", "chips");
    assert_non_null(chips);
    /* GDP of the small atlas, 1750, is below the value added of its isic:26: all of c14
     */
    assert_int_equal(chips->criticality, KN__IMPORTANT);
    assert_close(chips->dependent[1], 0.2, 1e-12);
    assert_close(recipe(net, "c14", "gallium")->cost_share, 0.0001, 1e-12);
    assert_null(recipe(net, "c12", "chips"));
    assert_null(recipe(net, "c30", "chips"));
    assert_close(net->products[kn__network_product(net, "c14")].reroute_share, 0.5,
                 1e-12);
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

/* Codes of both revisions, in notes and in ids. */
static void industries(void **state)
{
    kn_context *ctx = *state;
    static const struct {
        const char *id, *note, *isic;
        bool holds;
    } cases[] = {
        {"c12", "ISIC rev. 3: 27-28", "isic:24", true},
        {"c12", "ISIC rev. 3: 27-28", "isic:25", true},
        {"c12", "ISIC rev. 3: 27-28", "isic:26", false},
        {"c14", "ISIC rev. 3: 30-33", "isic:27", true},
        {"c2", "ISIC rev. 3: C", "isic:B", true},
        {"c17", "ISIC rev. 3: E", "isic:35", true},
        {"c1", "ISIC rev. 3: AtB", "isic:B", false},
        {"c26", "ISIC rev. 3: 26", "isic:26", false},
        {"C26", "", "isic:26", true},
        {"C20", "", "isic:26", false},
        {"B07_08", "", "isic:B", true},
        {"05T06", "", "isic:B", false},
        {"07T08", "", "isic:B", true},
        {"C24A", "", "isic:24", true},
        {"D", "", "isic:35", true},
        {"62T63", "", "isic:62", true},
        {"isic:26", "", "isic:26", true},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kn_network *table = table_of(ctx, small_table);
        kn__product *p = table->products;
        p->id = cases[k].id;
        p->note = cases[k].note;
        p[1].id = "other1";
        p[2].id = "other2";
        p[1].note = p[2].note = "";
        assert_int_equal(kn__network_index(table, ctx), KN_OK);
        if (kn__splice_industry(table, cases[k].isic) != (cases[k].holds ? 0 : -1))
            fail_msg("%s (%s) and %s", cases[k].id, cases[k].note, cases[k].isic);
        kn_network_free(table);
    }
}

/* ---- Denial: recipes where there are, CES for the rest ---- */

static kn__denial_model model_of(kn_context *ctx, kn__arena *arena, const kn_network *net)
{
    kn__denial_model model;
    if (kn__denial_from_network(&model, ctx, arena, net, true, 360) < 0)
        fail_msg("%s", kn_context_error(ctx));
    return model;
}

static void denial_of_both(void **state)
{
    kn_context *ctx = *state;
    kn_network *atlas = mini_make(ctx), *table = table_of(ctx, small_table);
    kn_network *net = spliced(ctx, atlas, table);
    kn__arena *arena;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    assert_null(model_of(ctx, arena, atlas).ces);
    assert_int_equal(model_of(ctx, arena, table).input_count, 0);
    kn__denial_model m = model_of(ctx, arena, net);
    assert_non_null(m.ces);
    int64_t P = m.products;
    int32_t c12 = kn__network_product(net, "c12"), c14 = kn__network_product(net, "c14");
    for (int64_t at = 0; at < P * m.economies * P; at++)
        if (net->products[at % P].kind != KN__INDUSTRY)
            assert_true(m.ces->cost_share[at] == 0);
    assert_true(m.ces->cost_share[(c14 * (int64_t)m.economies) * P + c12] > 0);

    /* flows of industries are the table's; those of gallium are known by margins only */
    int64_t E = m.economies, cells = E * E;
    int32_t ga = kn__network_product(net, "gallium");
    bool apart = false;
    for (int64_t at = c12 * cells; at < (c12 + 1) * cells; at++)
        assert_true(m.share_low[at] == m.share_high[at]);
    for (int64_t at = ga * cells; at < (ga + 1) * cells; at++)
        apart = apart || m.share_low[at] < m.share_high[at];
    assert_true(apart);

    kn__denial_work *work;
    assert_int_equal(kn__denial_work_new(&work, ctx, arena, &m), KN_OK);
    double *loss = KN__ARRAY(arena, ctx, (int64_t)m.slices * m.economies, double);
    const double *last = loss + (int64_t)(m.slices - 1) * m.economies;
    kn__denial_run(work, &(kn__shock){0}, KN__END_MID,
                   &(kn__denial_result){.loss = loss});
    for (int32_t e = 0; e < m.economies; e++)
        assert_true(last[e] == 0);
    /* gallium stops: wafers by recipe, then chips, then c14, then by cost all others */
    int32_t chn = kn__network_economy(net, "CHN"), jpn = kn__network_economy(net, "JPN");
    kn__denial ban = {.product = kn__network_product(net, "gallium"),
                      .holders = &chn,
                      .victims = &jpn,
                      .holder_count = 1,
                      .victim_count = 1,
                      .share = 1,
                      .end_day = INFINITY};
    double chains = 0;
    kn__denial_run(work, &(kn__shock){.denials = &ban, .denial_count = 1}, KN__END_HIGH,
                   &(kn__denial_result){.loss = loss});
    for (int32_t i = 0; i < net->producer_count; i++)
        if (net->producers[i].economy == jpn && i >= table->producer_count)
            chains += net->producers[i].value_added;
    assert_true(last[jpn] > 0 && last[kn__network_economy(net, "ROW")] > 0);
    assert_true(last[net->zzu] == 0);
    /* value added of chains and what remains adds up to the table's, not more */
    assert_true(last[jpn] < chains + 682 + 1799 + 54.8);
    kn__arena_free(arena);
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

/* ---- What does not fit ---- */

static void refuse(kn_context *ctx, const kn_network *atlas, const kn_network *table,
                   kn_status status, const char *words)
{
    kn_network *net = (kn_network *)1;
    kn_context_clear(ctx);
    assert_int_equal(kn_network_splice(&net, ctx, atlas, table), status);
    assert_null(net);
    if (!strstr(kn_context_error(ctx), words))
        fail_msg("\"%s\" lacks \"%s\"", kn_context_error(ctx), words);
    kn_context_clear(ctx);
}

static void refusals(void **state)
{
    kn_context *ctx = *state;
    kn_network *atlas = mini_make(ctx), *table = table_of(ctx, small_table);
    kn_network *net = spliced(ctx, atlas, table);
    refuse(ctx, table, table, KN_ERR_USAGE, "is not an atlas");
    refuse(ctx, atlas, atlas, KN_ERR_USAGE, "is not an input-output table");
    refuse(ctx, atlas, net, KN_ERR_USAGE, "recipes already");
    table->products[1].note = "";
    refuse(ctx, atlas, table, KN_ERR_DATA, "no industry for isic:26");
    table->row_economy = -1;
    refuse(ctx, atlas, table, KN_ERR_DATA, "no economy ROW");
    kn_network_free(net);
    kn_network_free(table);
    kn_network_free(atlas);
}

typedef struct pair {
    const kn_network *atlas, *table;
} pair;

static kn_status splice_once(kn_context *ctx, void *arg)
{
    const pair *p = arg;
    kn_network *net;
    kn_status status = kn_network_splice(&net, ctx, p->atlas, p->table);
    assert_true((net != NULL) == (status >= 0));
    kn_network_free(net);
    return status;
}

static void allocations(void **state)
{
    kn_network *atlas = mini_make(*state), *table = table_of(*state, small_table);
    pair both = {atlas, table};
    assert_true(every_allocation_fails(splice_once, &both) > 20);
    kn_network_free(table);
    kn_network_free(atlas);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(undo_small, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(undo_wiod, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(producers_by_hand, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(recipes_by_hand, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(industries, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(denial_of_both, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(refusals, context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(allocations, context_setup, context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
