/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "kernel/dense.h"
#include "read/csv.h"
#include "read/io_format.h"

static const char USE[] = "../shared/data/bea/bea_use_domestic.csv";
static const char TOTAL[] = "../shared/data/bea/bea_cxc_total_requirements.csv";

/* (I − A)⁻¹ of what was read is the published table, to its seven digits. */
static void total_requirements(void **state)
{
    kn_context *ctx = *state;
    kn__io_raw *raw;
    kn__csv *csv;
    const kn__field *f;
    kn__lu lu;
    if (!shared_exists(TOTAL))
        skip();
    assert_int_equal(kn__read_bea(&raw, ctx, TOTAL), KN_OK);
    assert_int_equal(raw->producer_count, 73);
    assert_string_equal(raw->economies[0], "USA");
    static double m[73 * 73];
    for (int i = 0; i < 73; i++)
        for (int j = 0; j < 73; j++)
            m[i * 73 + j] = (i == j) - raw->z[i * 73 + j] / raw->output[j];
    assert_int_equal(kn__lu_factor(&lu, ctx, raw->arena, m, 73), KN_OK);
    assert_int_equal(kn__lu_invert(&lu, ctx), KN_OK);
    int32_t count;
    assert_int_equal(kn__csv_open(&csv, ctx, TOTAL), KN_OK);
    assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
    for (int i = 0; i < 73; i++) {
        assert_int_equal(kn__csv_next(csv, &f, &count), KN_OK);
        for (int j = 0; j < 73; j++) {
            double published;
            assert_int_equal(kn__csv_number(csv, &f[j + 1], false, &published), KN_OK);
            assert_true(fabs(published - m[i * 73 + j]) < 1e-12);
        }
    }
    kn__csv_close(csv);
    kn__io_raw_free(ctx, raw);
}

static void domestic_use(void **state)
{
    kn__io_raw *raw;
    if (!shared_exists(USE))
        skip();
    assert_int_equal(kn__read_bea(&raw, *state, USE), KN_OK);
    assert_string_equal(raw->edition, "BEA summary, use of commodities by industries");
    assert_int_equal(raw->producer_count, 73);
    assert_true(raw->z[0] == 142140 && raw->z[1] == 132);
    for (int64_t i = 0; i < 73; i++) {
        double sold = raw->final_demand[i], bought = 0;
        for (int64_t j = 0; j < 73; j++) {
            sold += raw->z[i * 73 + j];
            bought += raw->z[j * 73 + i];
        }
        assert_close(sold, raw->output[i], 1e-12);
        assert_true(bought <= raw->output[i] * (1 + 1e-12));
    }
    kn__io_raw_free(*state, raw);
}

static kn_status read_text(kn__io_raw **raw, kn_context *ctx, const char *text)
{
    const char *names[] = {"bea.csv"};
    const size_t length = strlen(text);
    return kn__io_read_memory(raw, ctx, names, &text, &length, 1, kn__bea_fill);
}

static void refuses(void **state, const char *text, const char *message)
{
    kn__io_raw *raw;
    assert_refused(*state, read_text(&raw, *state, text), KN_ERR_DATA, message);
    assert_null(raw);
}

static const char SMALL[] = "bea_code,11,21\n11,1.5,0.5\n21,0.25,1.25\n";

static void wrong_tables(void **state)
{
    refuses(state, "", "this is not a BEA table");
    refuses(state, "code,11\n11,1\n", "bea.csv:1:1: this is not a BEA table: the header");
    refuses(state, "bea_code,11,11\n", "1:13: column \"11\" stands twice");
    refuses(state, "bea_code,11,21\n", "there is no row of numbers");
    refuses(state, "bea_code,11,21\n11,1\n", "2 fields, but the header has 3");
    refuses(state, "bea_code,11,21\n11,1,x\n", "2:6: a number was expected");
    refuses(state, "bea_code,11\n11,1\n11,2\n", "3:1: row \"11\" stands twice");
    refuses(state, "bea_code,11,21\n11,100,5\n", "column \"21\" has no row");
    refuses(state, "bea_code,11\n11,0.5\n21,0.5\n",
            "coefficients whose rows and columns");
    refuses(state, "bea_code,11,21\n11,1,1\n21,1,1\n",
            "bea.csv:3:1: these cannot be total req");
}

static void small_table(void **state)
{
    kn__io_raw *raw;
    assert_int_equal(read_text(&raw, *state, SMALL), KN_OK);
    assert_close(raw->output[0], 2, 1e-15);
    /* L⁻¹ = [[1.25, -0.5], [-0.25, 1.5]] / 1.75 */
    assert_close(raw->z[0], (1 - 1.25 / 1.75) * 2, 1e-14);
    assert_close(raw->z[1], 0.5 / 1.75 * 1.5, 1e-14);
    kn__io_raw_free(*state, raw);
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__io_raw *raw;
    KN__TRY(read_text(&raw, ctx, arg));
    kn__io_raw_free(ctx, raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)SMALL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(total_requirements), cmocka_unit_test(domestic_use),
        cmocka_unit_test(wrong_tables),       cmocka_unit_test(small_table),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
