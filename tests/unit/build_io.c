/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "kernel/solve.h"
#include "network/build.h"

static const char TABLE[] = "row,JPN_c1,JPN_c14,RoW_c1,RoW_c14,JPN_F1,RoW_F5,output\n"
                            "JPN_c1,1,2,3,4,5,-6,10\n"
                            "JPN_c14,0,1,0,2,3,4,10\n"
                            "RoW_c1,5,0,1,0,2,2,10\n"
                            "RoW_c14,0,0,0,0,0,0,0\n";

static kn_status build(kn_network **net, kn_context *ctx, const char *text)
{
    kn__io_raw *raw;
    *net = NULL;
    KN__TRY(kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", text, strlen(text)));
    kn_status status = kn__network_from_io(net, ctx, raw);
    kn__io_raw_free(ctx, raw);
    return status;
}

static bool has_note(const kn_network *net, const char *part)
{
    for (int32_t k = 0; k < net->notes.count; k++)
        if (strstr(net->notes.at[k], part))
            return true;
    return false;
}

static void small_table(void **state)
{
    kn_network *net;
    assert_int_equal(build(&net, *state, TABLE), KN_OK);
    assert_int_equal(net->producer_count, 4);
    assert_true(net->flows.is_dense); /* half of the cells are filled */
    assert_false(net->has_recipes);
    assert_true(net->row_economy == 1 && net->zzu == -1);
    assert_true(net->producers[0].output == 10);
    assert_true(net->producers[0].value_added == 10 - 6);
    assert_true(net->producers[2].value_added == 10 - 4);
    assert_true(net->producers[3].value_added == -6);
    assert_true(net->products[0].value_musd == 20);
    assert_true(net->products[0].substitute_share == 0);
    assert_true(isnan(net->products[0].reroute_share));
    assert_string_equal(net->economies[0].name[KN_LANG_JA], "日本");
    assert_string_equal(net->products[1].name[KN_LANG_KO], "전기·광학기기");
    assert_string_equal(net->finals[1].category, "inventories");
    assert_true(net->final_demand[1] == -6);
    assert_true(kn__flows_at(&net->flows, 0, 3) == 4);
    assert_true(has_note(net, "1 cells of final demand are negative"));
    assert_true(has_note(net, "1 producers have no output, for example ROW c14"));
    assert_true(has_note(net, "1 producers have negative value added"));
    assert_true(has_note(net, "differ by 3.333 % of output in all; 1 rows, 33.3 %"));
    kn_network_free(net);
}

/* The same table with few entries is compressed, and holds the same numbers. */
static void sparse_table(void **state)
{
    static const char text[] = "row,JPN_c1,JPN_c14,RoW_c1,JPN_F1,output\n"
                               "JPN_c1,0,2,0,5,7\n"
                               "JPN_c14,0,0,3,1,4\n"
                               "RoW_c1,0,0,0,9,9\n";
    const double ones[] = {1, 2, 3};
    double y[3];
    kn_network *net;
    assert_int_equal(build(&net, *state, text), KN_OK);
    assert_false(net->flows.is_dense);
    assert_int_equal(net->flows.rows.start[3], 2);
    assert_true(kn__flows_at(&net->flows, 1, 2) == 3);
    kn__flows_times(&net->flows, ones, y);
    assert_true(y[0] == 4 && y[1] == 9 && y[2] == 0);
    kn__flows_times_transposed(&net->flows, ones, y);
    assert_true(y[0] == 0 && y[1] == 2 && y[2] == 6);
    kn_network_free(net);
}

static kn_status build_and_free(kn_context *ctx, void *arg)
{
    kn_network *net;
    KN__TRY(build(&net, ctx, arg));
    kn_network_free(net);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(build_and_free, (void *)(uintptr_t)TABLE) > 10);
}

static void input_shares(void *arg, const double *x, double *y)
{
    const kn_network *net = arg;
    kn__flows_times_transposed(&net->flows, x, y);
    for (int32_t j = 0; j < net->producer_count; j++)
        y[j] = net->producers[j].output > 0 ? y[j] / net->producers[j].output : 0;
}

/* The figures of SOURCE.md that need the network. */
static void wiod_2011(void **state)
{
    static const char path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";
    if (!shared_exists(path))
        skip();
    kn__io_raw *raw;
    kn_network *net;
    assert_int_equal(kn__read_wiod(&raw, *state, path), KN_OK);
    assert_int_equal(kn__network_from_io(&net, *state, raw), KN_OK);
    kn__io_raw_free(*state, raw);
    assert_false(net->flows.is_dense); /* 20 % */
    double output = 0, value_added = 0, largest = 0, radius;
    for (int32_t i = 0; i < net->producer_count; i++) {
        output += net->producers[i].output;
        value_added += net->producers[i].value_added;
    }
    assert_close(output, 141.77e6, 1e-4);
    assert_close(value_added, 69.33e6, 1e-4);
    assert_true(has_note(net, "differ by 0.042 % of output in all; 312 rows, 0.4 %"));
    assert_true(has_note(net, "352 cells of final demand are negative"));
    assert_true(has_note(net, "22 producers have no output"));
    double *ones = calloc(1435, sizeof *ones), *sums = calloc(1435, sizeof *sums);
    for (int i = 0; i < 1435; i++)
        ones[i] = 1;
    input_shares(net, ones, sums);
    for (int i = 0; i < 1435; i++)
        largest = fmax(largest, sums[i]);
    assert_close(largest, 0.910, 1e-3);
    assert_int_equal(
        kn__spectral_radius(&radius, *state, input_shares, net, 1435, 1e-10, 10000),
        KN_OK);
    assert_close(radius, 0.610, 1e-3);
    free(ones);
    free(sums);
    kn_network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_table),
        cmocka_unit_test(sparse_table),
        cmocka_unit_test(every_allocation),
        cmocka_unit_test(wiod_2011),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
