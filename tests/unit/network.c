/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "kernel/ras.h"
#include "mini.h"
#include "network/aggregate.h"
#include "network/schema.h"

/* ---- Iterative proportional fitting ---- */

/* Deming and Stephan keep the cross-product ratio of the prior. */
static void ras_keeps_ratios(void **state)
{
    double f[4] = {1, 2, 3, 4};
    const double rows[2] = {10, 20}, columns[2] = {12, 18};
    kn__solve_info info;
    assert_int_equal(kn__ras(*state, f, 2, 2, rows, columns, NULL, 1e-13, 1000, &info),
                     KN_OK);
    assert_close(f[0] + f[1], 10, 1e-12);
    assert_close(f[2] + f[3], 20, 1e-12);
    assert_close(f[0] + f[2], 12, 1e-12);
    assert_close(f[0] * f[3] / (f[1] * f[2]), 4.0 / 6, 1e-10);
}

static void ras_contradiction(void **state)
{
    double f[4] = {5, 1, 1, 1}, rows[2] = {10, 1}, columns[2] = {1, 10};
    const unsigned char closed[4] = {0, 1, 0, 0};
    assert_int_equal(kn__ras(*state, f, 2, 2, rows, columns, closed, 1e-12, 200, NULL),
                     KN_NOTE_NOT_CONVERGED);
    assert_true(f[1] == 1); /* closed cells are left alone */
}

/* ---- Key figures ---- */

static double figure(const kn_result *result, const char *name)
{
    const kn_table *t = kn_result_find(result, "network");
    for (int64_t r = 0; r < kn_table_rows(t); r++)
        if (strcmp(kn_table_text(t, r, 0), name) == 0)
            return kn_table_number(t, r, 1);
    fail_msg("no figure %s", name);
    return NAN;
}

static void describe(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx);
    kn_result *result;
    assert_int_equal(kn_network_describe(&result, ctx, net), KN_OK);
    assert_true(figure(result, "producers") == 15);
    assert_close(figure(result, "output"), 100 + 1000 + 2000 + 200 + 5000 + 13600, 1e-12);
    /* chain products, and what remains of industries */
    assert_close(figure(result, "value_added"),
                 50 + 400 + 1200 + 100 + 860 + 295 + 2700 + 360, 1e-12);
    assert_true(fabs(figure(result, "largest_row_imbalance")) < 1e-6);
    assert_true(figure(result, "rows_off_by_1_percent") == 0);
    assert_close(figure(result, "unseen"), 110.0 / 3300, 1e-9);
    assert_true(figure(result, "grade_a") == 3 + 5 + 5 + 1);
    assert_true(kn_result_notes(result) == 2);
    kn_result_free(result);
    kn_network_free(net);
}

/* A = ((0.1, 0.4), (0.2, 0.3)): column sums 0.3 and 0.7, spectral radius 0.5. */
static kn_status two_by_two(kn_network **net, kn_context *ctx, double gap)
{
    static const char *economies[] = {"JPN"}, *industries[] = {"a", "b"};
    static const char *const names[2][3] = {{"A", "", ""}, {"B", "", ""}};
    static const char *codes[] = {"", ""}, *category[] = {""};
    static int32_t economy[] = {0, 0}, industry[] = {0, 1}, final[] = {0};
    double final_demand[] = {10 - 1 - 8 + gap, 20 - 2 - 6}, output[] = {10, 20};
    kn__io_raw raw = {.name = "two",
                      .edition = "test",
                      .economy_count = 1,
                      .industry_count = 2,
                      .producer_count = 2,
                      .final_count = 1,
                      .economies = economies,
                      .industries = industries,
                      .industry_codes = codes,
                      .economy = economy,
                      .industry = industry,
                      .final_demand = final_demand,
                      .final_economy = final,
                      .final_category = category,
                      .output = output,
                      .source_title = "two by two"};
    const char *(*texts)[3] = malloc(sizeof names);
    memcpy(texts, names, sizeof names);
    raw.industry_names = texts;
    kn_status status = kn__arena_new(&raw.arena, ctx);
    raw.z = status == KN_OK ? kn__alloc(ctx, 4, sizeof *raw.z) : NULL;
    *net = NULL;
    if (raw.z) {
        memcpy(raw.z, (double[]){1, 8, 2, 6}, 4 * sizeof *raw.z);
        status = kn__network_from_io(net, ctx, &raw);
    } else {
        status = KN_ERR_MEMORY;
    }
    kn__release(ctx, raw.z);
    kn__arena_free(raw.arena);
    free(texts);
    return status;
}

static void describe_table(void **state)
{
    kn_context *ctx = *state;
    kn_network *net;
    kn_result *result;
    assert_int_equal(two_by_two(&net, ctx, 0.5), KN_OK);
    assert_true(net->flows.is_dense);
    assert_int_equal(kn_network_describe(&result, ctx, net), KN_OK);
    assert_close(figure(result, "spectral_radius_of_a"), 0.5, 1e-5);
    assert_close(figure(result, "largest_column_sum_of_a"), 0.7, 1e-12);
    assert_close(figure(result, "largest_row_imbalance"), 0.5, 1e-12);
    assert_true(figure(result, "rows_off_by_1_percent") == 1);
    assert_close(figure(result, "row_imbalance"), 0.5 / 30, 1e-12);
    assert_close(figure(result, "value_added"), 7 + 6, 1e-12);
    kn_result_free(result);
    kn_network_free(net);
}

/* ---- Flows ---- */

/* Both storages multiply alike, and the hash does not see which one it is. */
static void storages(void **state)
{
    kn_context *ctx = *state;
    kn_network *dense;
    assert_int_equal(two_by_two(&dense, ctx, 0), KN_OK);
    double x[2] = {1, 10}, y[2], t[2];
    kn__flows_times(&dense->flows, x, y);
    kn__flows_times_transposed(&dense->flows, x, t);
    assert_true(y[0] == 81 && y[1] == 62 && t[0] == 21 && t[1] == 68);
    int64_t start[] = {0, 2, 4};
    int32_t index[] = {0, 1, 0, 1};
    double rows[] = {1, 8, 2, 6}, columns[] = {1, 2, 8, 6};
    kn_network sparse = *dense;
    sparse.flows = (kn__flows){.n = 2,
                               .rows = {2, 2, start, index, rows},
                               .columns = {2, 2, start, index, columns}};
    kn__flows_times(&sparse.flows, x, y);
    kn__flows_times_transposed(&sparse.flows, x, t);
    assert_true(y[0] == 81 && y[1] == 62 && t[0] == 21 && t[1] == 68);
    assert_true(kn__flows_at(&sparse.flows, 0, 1) == kn__flows_at(&dense->flows, 0, 1));
    char hex[65];
    kn__network_hash(&sparse, hex);
    assert_string_equal(hex, dense->sha256);
    rows[3] = nextafter(6, 7);
    kn__network_hash(&sparse, hex);
    assert_string_not_equal(hex, dense->sha256);
    kn_network_free(dense);
}

/* A matrix from outside is looked at before it is used. */
static void whole_matrices(void **state)
{
    (void)state;
    int64_t start[] = {0, 1, 3};
    int32_t index[] = {1, 0, 1};
    const kn__csr csr = {2, 2, start, index, NULL};
    assert_true(kn__csr_whole(&csr, 3));
    assert_false(kn__csr_whole(&csr, 2));
    index[1] = 1; /* twice */
    assert_false(kn__csr_whole(&csr, 3));
    index[1] = -1;
    assert_false(kn__csr_whole(&csr, 3));
    index[1] = 0;
    start[1] = 7;
    assert_false(kn__csr_whole(&csr, 3));
}

/* ---- Firms ---- */

static kn_status firms(kn_network **net, kn_context *ctx)
{
    static const char *names[] = {"f1", "f2", "f3"}, *sectors[] = {"s1", "s2"};
    static const char *economy[] = {"JPN", "", "JPN"};
    static int32_t sector[] = {0, 1, 1}, supplier[] = {0, 0, 1}, buyer[] = {1, 2, 2};
    static double weight[] = {3, 2, 4};
    static unsigned char essential[] = {0, 2, 1, 1}; /* [input, user] */
    const kn__firms_raw raw = {.name = "firms",
                               .edition = "test",
                               .firm_count = 3,
                               .sector_count = 2,
                               .edge_count = 3,
                               .firms = names,
                               .sectors = sectors,
                               .firm_economy = economy,
                               .sector = sector,
                               .supplier = supplier,
                               .buyer = buyer,
                               .weight = weight,
                               .essential = essential};
    return kn__network_from_firms(net, ctx, &raw);
}

static void firm_network(void **state)
{
    kn_network *net;
    assert_int_equal(firms(&net, *state), KN_OK);
    assert_int_equal(net->producer_count, 3);
    assert_string_equal(net->economies[net->producers[1].economy].code, "ROW");
    assert_string_equal(net->producers[2].firm, "f3");
    /* f1 sells 5 and buys nothing; f2 buys 3 and sells 4; f3 buys 6 */
    assert_true(net->producers[0].output == 5 && net->producers[0].value_added == 5);
    assert_true(net->producers[1].output == 4 && net->producers[1].value_added == 1);
    assert_true(net->producers[2].output == 6 && net->producers[2].value_added == 0);
    assert_true(net->final_demand[2 * net->final_count + 0] == 6);
    assert_int_equal(net->recipe_count, 2); /* pairs of sectors with purchases */
    assert_int_equal(net->recipes[0].criticality, KN__ESSENTIAL);
    assert_close(net->recipes[0].cost_share, 5.0 / 10, 1e-14);
    assert_int_equal(net->recipes[1].criticality, KN__IMPORTANT);
    kn_network_free(net);
}

/* ---- Merging ---- */

static double sum_flows(const kn_network *net)
{
    double sum = 0;
    for (int32_t i = 0; i < net->producer_count; i++)
        for (int32_t j = 0; j < net->producer_count; j++)
            sum += kn__flows_at(&net->flows, i, j);
    for (int64_t c = 0; c < (int64_t)net->producer_count * net->final_count; c++)
        sum += net->final_demand[c];
    return sum;
}

static double sum_output(const kn_network *net)
{
    double sum = 0;
    for (int32_t i = 0; i < net->producer_count; i++)
        sum += net->producers[i].output + 1e6 * net->producers[i].value_added;
    return sum;
}

static const int32_t jk_group[] = {0, 1, 1, 2};
static const char *const jk_label[] = {"CHN", "JAK", "ZZU"};
static const kn__grouping jk = {jk_group, jk_label, 3};
static const int32_t two_group[] = {0, 1, 1, 1, 0, 1};
static const char *const two_label[] = {"metal", "electronics"};
static const kn__grouping two = {two_group, two_label, 2};

static void merge_economies(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx), *merged;
    assert_int_equal(kn__network_aggregate(&merged, ctx, net, &jk, NULL), KN_OK);
    assert_close(sum_flows(merged), sum_flows(net), 1e-12);
    assert_close(sum_output(merged), sum_output(net), 1e-12);
    assert_int_equal(merged->economy_count, 3);
    assert_string_equal(merged->economies[1].code, "JAK");
    assert_string_equal(merged->economies[0].name[KN_LANG_JA], "中国");
    assert_close(merged->economies[1].gdp_musd, 750, 1e-14);
    assert_int_equal(merged->final_count, 6);
    assert_int_equal(merged->recipe_count, net->recipe_count);
    assert_int_equal(merged->link_count, 0); /* its buyer is merged */
    assert_int_equal(merged->bloc_count, 1); /* JK is the whole group */
    assert_int_equal(merged->blocs[0].members.count, 1);
    assert_true(merged->has_recipes && merged->zzu == 2);
    /* spare of wafers in JPN and KOR: 5 % each */
    int32_t p = kn__network_product(merged, "wafers");
    assert_close(merged->producers[merged->producer_at[p * 3 + 1]].spare, 0.05, 1e-12);
    /* stocks of gallium, 90 and 60 days, weighed by use 30.3 to 15.16 */
    int32_t q = kn__network_product(merged, "gallium");
    assert_close(merged->stock_days[q * 3 + 1], (90 * 30.3 + 60 * 15.16) / 45.46, 1e-9);
    kn_network_free(merged);
    kn_network_free(net);
}

static void merge_both(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx), *merged;
    assert_int_equal(kn__network_aggregate(&merged, ctx, net, &jk, &two), KN_OK);
    assert_close(sum_flows(merged), sum_flows(net), 1e-12);
    assert_close(sum_output(merged), sum_output(net), 1e-12);
    assert_int_equal(merged->product_count, 2);
    assert_false(merged->has_recipes);
    assert_int_equal(merged->recipe_count, 0);
    kn_network_free(merged);
    /* merging into themselves changes nothing that counts */
    assert_int_equal(kn__network_aggregate(&merged, ctx, net, NULL, NULL), KN_OK);
    assert_int_equal(merged->producer_count, net->producer_count);
    assert_int_equal(merged->link_count, net->link_count);
    for (int32_t i = 0; i < net->producer_count; i++)
        for (int32_t j = 0; j < net->producer_count; j++)
            assert_true(kn__flows_at(&net->flows, i, j) ==
                        kn__flows_at(&merged->flows, i, j));
    kn_network_free(merged);
    int32_t wrong[] = {0, 1, 5, 2};
    const kn__grouping bad = {wrong, jk_label, 3};
    assert_int_equal(kn__network_aggregate(&merged, ctx, net, &bad, NULL), KN_ERR_USAGE);
    assert_null(merged);
    kn_network_free(net);
}

/* ---- Formats ---- */

static void formats(void **state)
{
    kn_context *ctx = *state;
    kn_network *net;
    assert_non_null(kn_format_find("wiod"));
    assert_null(kn_format_find("wiot"));
    assert_null(kn_format_at(kn_format_count()));
    assert_int_equal(kn_network_import(&net, ctx, kn_format_find("wiod"), NULL, 0),
                     KN_ERR_USAGE);
    kn_context_clear(ctx);
    assert_int_equal(kn_network_import(&net, ctx, NULL, NULL, 0), KN_ERR_USAGE);
    kn_context_clear(ctx);
    const char *path = "tests/data/atlas-mini";
    assert_int_equal(kn_network_import(&net, ctx, kn_format_find("atlas"), &path, 1),
                     KN_OK);
    kn_network *other = mini_make(ctx);
    assert_string_equal(net->sha256, other->sha256);
    kn_network_free(net);
    kn_network_free(other);
}

/* ---- Memory ---- */

static kn_status everything(kn_context *ctx, void *arg)
{
    kn_network *net, *merged = NULL;
    kn_result *result = NULL;
    (void)arg;
    KN__TRY(firms(&net, ctx));
    kn_status status = kn_network_describe(&result, ctx, net);
    kn_result_free(result);
    if (status == KN_OK)
        status = kn__network_aggregate(&merged, ctx, net, NULL,
                                       &(kn__grouping){(int32_t[]){0, 0}, two_label, 1});
    kn_network_free(merged);
    kn_network_free(net);
    if (status == KN_OK)
        status = two_by_two(&net, ctx, 0);
    if (status == KN_OK)
        kn_network_free(net);
    return status;
}

static kn_status merge_mini(kn_context *ctx, void *arg)
{
    kn_network *merged;
    kn_status status = kn__network_aggregate(&merged, ctx, arg, &jk, NULL);
    kn_network_free(merged);
    return status;
}

static void out_of_memory(void **state)
{
    every_allocation_fails(everything, NULL);
    kn_network *net = mini_make(*state);
    every_allocation_fails(merge_mini, net);
    kn_network_free(net);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)
    const struct CMUnitTest tests[] = {
        TEST(ras_keeps_ratios), TEST(ras_contradiction), TEST(describe),
        TEST(describe_table),   TEST(storages),          TEST(whole_matrices),
        TEST(firm_network),     TEST(merge_economies),   TEST(merge_both),
        TEST(formats),          TEST(out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
