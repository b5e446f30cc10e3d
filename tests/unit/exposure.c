/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "exposure_ref.h"
#include "kaname/lens.h"
#include "lens/exposure/leontief.h"
#include "lens/exposure/measures.h"
#include "network/build.h"
#include "network/power.h"

/* ---- Networks to look at ---- */

static const char *const codes[] = {"JPN", "CHN", "NLD", "ROW"};

/* A random table of 4 economies and 3 industries as the text of a WIOD file. */
static void random_table(char *text, size_t size, uint64_t seed)
{
    size_t n = (size_t)snprintf(text, size, "row");
    for (int c = 0; c < 12; c++)
        n += (size_t)snprintf(text + n, size - n, ",%s_c%d", codes[c / 3], c % 3 + 1);
    for (int c = 0; c < 8; c++)
        n += (size_t)snprintf(text + n, size - n, ",%s_F%d", codes[c / 2], c % 2 * 4 + 1);
    n += (size_t)snprintf(text + n, size - n, ",output\n");
    for (int i = 0; i < 12; i++) {
        int sum = 0;
        n += (size_t)snprintf(text + n, size - n, "%s_c%d", codes[i / 3], i % 3 + 1);
        for (int c = 0; c < 20; c++) {
            int value =
                (int)kn__random_below(seed, (uint64_t)i, (uint64_t)c, c < 12 ? 20 : 60);
            value = c < 12 && value < 8 ? 0 : c >= 12 && c % 2 ? value / 4 - 5 : value;
            sum += value;
            n += (size_t)snprintf(text + n, size - n, ",%d", value);
        }
        n += (size_t)snprintf(text + n, size - n, ",%d\n", i == 7 ? sum + 1 : sum);
    }
}

static kn_network *table_network(kn_context *ctx, uint64_t seed)
{
    char text[8192];
    kn__io_raw *raw = NULL;
    kn_network *net = NULL;
    random_table(text, sizeof text, seed);
    if (kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", text, strlen(text)) < 0 ||
        kn__network_from_io(&net, ctx, raw) < 0)
        fail_msg("%s", kn_context_error(ctx));
    kn__io_raw_free(ctx, raw);
    return net;
}

static kn_network *chain_network(kn_context *ctx)
{
    kn__chain_raw *raw = NULL;
    kn_network *net = NULL;
    if (kn__read_eto(&raw, ctx, "tests/data/eto-mini") < 0 ||
        kn__network_from_chain(&net, ctx, raw) < 0)
        fail_msg("%s", kn_context_error(ctx));
    kn__chain_raw_free(raw);
    return net;
}

static kn_result *run(kn_context *ctx, const kn_network *net, int count, ...)
{
    kn_setting settings[8];
    va_list args;
    va_start(args, count);
    for (int k = 0; k < count; k++) {
        settings[k].key = va_arg(args, const char *);
        settings[k].value = va_arg(args, const char *);
    }
    va_end(args);
    kn_result *result;
    if (kn_lens_run(&result, ctx, kn_lens_find("exposure"), net, NULL, settings, count) <
        0)
        fail_msg("%s", kn_context_error(ctx));
    return result;
}

static double cell(const kn_table *table, int64_t row, const char *column)
{
    return kn_table_number(table, row, kn_table_column(table, column));
}

/* ---- Shares over all tiers ---- */

static void shares_equal_the_twin(void **state)
{
    for (uint64_t seed = 1; seed <= 5; seed++) {
        kn_network *net = table_network(*state, seed);
        kn_result *result = run(*state, net, 0);
        const kn_table *t = kn_result_find(result, "exposure");
        double *a = ref_coefficients(net), *l = ref_inverse(a, net->producer_count);
        assert_int_equal(kn_table_rows(t), 4 * 3 * 4);
        for (int64_t r = 0; r < kn_table_rows(t); r++) {
            int32_t of = kn__network_economy(net, kn_table_text(t, r, 0));
            int32_t q = kn__network_product(net, kn_table_text(t, r, 1));
            int32_t h = kn__network_economy(net, kn_table_text(t, r, 2));
            double *b = ref_purchases(net, of, q), held = 0, all = 0;
            for (int32_t i = 0; i < net->producer_count; i++) {
                all += b[i];
                held += net->producers[i].economy == h ? b[i] : 0;
            }
            assert_close(cell(t, r, "direct"), held / all, 1e-12);
            assert_close(cell(t, r, "through"), ref_through(net, l, b, h), 1e-11);
            assert_true(cell(t, r, "through_low") == cell(t, r, "through"));
            assert_true(cell(t, r, "through_high") == cell(t, r, "through"));
            free(b);
        }
        free(a);
        free(l);
        kn_result_free(result);
        kn_network_free(net);
    }
}

/* One purchase alone is solved by a series, many by one LU: the same numbers. */
static void one_purchase_equals_many(void **state)
{
    kn_network *net = table_network(*state, 3);
    kn_result *all = run(*state, net, 1, "of", "JPN");
    kn_result *one = run(*state, net, 2, "of", "JPN", "product", "c2");
    const kn_table *a = kn_result_find(all, "exposure"),
                   *b = kn_result_find(one, "exposure");
    assert_int_equal(kn_table_rows(a), 12);
    assert_int_equal(kn_table_rows(b), 4);
    for (int64_t h = 0; h < 4; h++)
        assert_close(cell(a, 4 + h, "through"), cell(b, h, "through"), 1e-12);
    kn_result_free(all);
    kn_result_free(one);
    kn_network_free(net);
}

static void threads_do_not_show(void **state)
{
    (void)state;
    double first[64];
    for (int threads = 1; threads <= 4; threads++) {
        kn_context *ctx;
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = threads;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        kn_network *net = table_network(ctx, 9);
        kn_result *result = run(ctx, net, 0);
        const kn_table *t = kn_result_find(result, "exposure");
        for (int64_t r = 0; r < 48; r++) {
            double got = cell(t, r, "through");
            if (threads == 1)
                first[r] = got;
            assert_memory_equal(&got, &first[r], sizeof got);
        }
        kn_result_free(result);
        kn_network_free(net);
        kn_context_free(ctx);
    }
}

/* Whoever the unseen maker of a product is, the share lies in the interval: all makers of
   one unseen product are put to one economy, and the table is made again. */
static void unseen_suppliers_stay_in_bounds(void **state)
{
    kn_network *net = chain_network(*state);
    kn_result *result = run(*state, net, 0);
    const kn_table *t = kn_result_find(result, "exposure");
    double *a = ref_coefficients(net), *l = ref_inverse(a, net->producer_count);
    int64_t wide = 0;
    for (int64_t r = 0; r < kn_table_rows(t); r++) {
        double low = cell(t, r, "through_low"), high = cell(t, r, "through_high"),
               through = cell(t, r, "through");
        int32_t of = kn__network_economy(net, kn_table_text(t, r, 0));
        int32_t q = kn__network_product(net, kn_table_text(t, r, 1));
        int32_t h = kn__network_economy(net, kn_table_text(t, r, 2));
        assert_true(low <= through && through <= high && high <= 1 && low >= 0);
        wide += high > low + 1e-6;
        if (h == net->zzu)
            continue;
        for (int32_t k = 0; k < net->product_count; k++) {
            double *b = ref_purchases(net, of, q);
            for (int32_t i = 0; i < net->producer_count; i++)
                if (net->producers[i].product == k &&
                    net->producers[i].economy == net->zzu) {
                    net->producers[i].economy = h;
                    assert_true(ref_through(net, l, b, h) <= high + 1e-12);
                    net->producers[i].economy = net->zzu;
                }
            free(b);
        }
    }
    assert_true(wide > 10);
    free(a);
    free(l);
    kn_result_free(result);
    kn_network_free(net);
}

/* The mini chain by hand: JPN makes 0.7 of the resist and 0.5 of the step; the step needs
   resist and gas, and gas is unseen. */
static void reach_and_structure(void **state)
{
    kn_network *net = chain_network(*state);
    kn_result *result = run(*state, net, 2, "product", "resist", "to", "JPN");
    const kn_table *t = kn_result_find(result, "exposure");
    for (int64_t r = 0; r < kn_table_rows(t); r++)
        assert_close(cell(t, r, "reach"), cell(t, r, "direct"), 1e-12);
    kn_result_free(result);
    result = run(*state, net, 3, "measure", "structure", "product", "scanners", "rest",
                 "0.11");
    t = kn_result_find(result, "structure");
    assert_int_equal(kn_table_rows(t), 1);
    assert_true(cell(t, 0, "needed") == 2);
    assert_string_equal(kn_table_text(t, 0, 2), "NLD+JPN");
    assert_close(cell(t, 0, "left"), 0.1, 1e-9);
    assert_close(cell(t, 0, "unseen"), 0.1, 1e-9);
    kn_result_free(result);
    kn_network_free(net);
}

/* ---- Dependency ---- */

static void dependency_of_one_and_of_a_bloc(void **state)
{
    kn_network *net = table_network(*state, 2);
    kn_result *one = run(*state, net, 2, "of", "JPN", "product", "c1");
    const kn_table *t = kn_result_find(one, "dependency");
    int32_t jpn = kn__network_economy(net, "JPN"), nld = kn__network_economy(net, "NLD");
    double *b = ref_purchases(net, jpn, kn__network_product(net, "c1"));
    double extra[4] = {0}, all = 0, squares = 0;
    for (int32_t i = 0; i < net->producer_count; i++) {
        all += b[i];
        if (net->producers[i].economy != jpn)
            extra[net->producers[i].economy] += b[i];
    }
    for (int32_t i = 0; i < net->producer_count; i++)
        squares += b[i] / all * b[i] / all; /* one producer an economy */
    assert_close(cell(t, 0, "hhi"), squares, 1e-12);
    assert_close(cell(t, 0, "cdi1"), kn__hhi(extra, 4), 1e-12);
    assert_true(cell(t, 0, "cdi2") == 1);
    assert_true(strstr(kn_result_note_text(one, 0), "two of two") != NULL);
    kn_result_free(one);
    kn_result *both =
        run(*state, net, 3, "of", "JPN,NLD", "product", "c1", "together", "true");
    t = kn_result_find(both, "dependency");
    assert_string_equal(kn_table_text(t, 0, 0), "JPN+NLD");
    assert_int_equal(kn_table_rows(t), 1);
    double *c = ref_purchases(net, nld, kn__network_product(net, "c1"));
    double outside = 0, inside = 0;
    for (int32_t i = 0; i < net->producer_count; i++) {
        int32_t home = net->producers[i].economy;
        outside += home != jpn && home != nld ? b[i] + c[i] : 0;
        inside += home == nld ? b[i] : home == jpn ? c[i] : 0;
    }
    assert_close(cell(t, 0, "cdi2"), outside / (outside + inside), 1e-12);
    kn_result_free(both);
    free(b);
    free(c);
    kn_network_free(net);
}

/* ---- The other tables ---- */

static void streams_equal_the_dense_solution(void **state)
{
    kn_network *net = table_network(*state, 4);
    int32_t n = net->producer_count;
    kn_result *result = run(*state, net, 1, "measure", "producers");
    const kn_table *t = kn_result_find(result, "producers");
    double z[144], x[12], up[12], down[12];
    for (int32_t i = 0; i < n; i++) {
        x[i] = net->producers[i].output;
        for (int32_t j = 0; j < n; j++)
            z[i * n + j] = kn__flows_at(&net->flows, i, j);
    }
    assert_int_equal(kn__streams(up, down, *state, z, x, n), KN_OK);
    for (int32_t i = 0; i < n; i++) {
        assert_close(cell(t, i, "upstreamness"), up[i], 1e-11);
        assert_close(cell(t, i, "downstreamness"), down[i], 1e-11);
        assert_true(up[i] >= 1 && down[i] >= 1);
    }
    kn_result_free(result);
    kn_network_free(net);
}

static void fpem_equals_the_inverse(void **state)
{
    kn_network *net = table_network(*state, 8);
    int32_t n = net->producer_count;
    kn_result *result = run(*state, net, 1, "measure", "fpem");
    const kn_table *t = kn_result_find(result, "fpem");
    double *a = ref_coefficients(net), *l = ref_inverse(a, n);
    assert_int_equal(kn_table_rows(t), n * 4);
    for (int64_t r = 0; r < kn_table_rows(t); r++) {
        int64_t j = r / 4, h = r % 4;
        double deep = 0, face = 0, all = 0;
        for (int64_t i = 0; i < n; i++) {
            bool held = net->producers[i].economy == h;
            all += l[i * n + j];
            deep += held ? l[i * n + j] : 0;
            face += held ? a[i * n + j] + (i == j) : 0;
        }
        assert_close(cell(t, r, "fpem"), deep / all, 1e-12);
        assert_close(cell(t, r, "face_value"), face / all, 1e-12);
        assert_true(cell(t, r, "hidden") >= -1e-15);
    }
    free(a);
    free(l);
    kn_result_free(result);
    kn_network_free(net);
}

/* Output of a producer is needed by the final sales of somebody. */
static void fpex_adds_up_to_one(void **state)
{
    kn_network *net = table_network(*state, 1);
    kn_result *result = run(*state, net, 1, "measure", "fpex");
    const kn_table *t = kn_result_find(result, "fpex");
    assert_int_equal(kn_table_rows(t), 48);
    for (int64_t r = 0; r < 48; r += 4) {
        double sum = 0;
        for (int64_t g = 0; g < 4; g++)
            sum += cell(t, r + g, "fpex");
        assert_close(sum, 1, 0.01); /* one row of the table is off by 1 */
    }
    kn_result_free(result);
    kn_network_free(net);
}

/* Parts of exports add up, partners add up, and value added in exports is never above
   them. */
static void exports_add_up(void **state)
{
    kn_network *net = table_network(*state, 6);
    kn_result *result = run(*state, net, 1, "measure", "gvc");
    const kn_table *t = kn_result_find(result, "gvc");
    assert_int_equal(kn_table_rows(t), 16);
    double exports = 0, dva = 0;
    for (int64_t r = 15; r >= 0; r--) {
        double e = cell(t, r, "exports");
        assert_close(cell(t, r, "dva") + cell(t, r, "fva") + cell(t, r, "ddc") +
                         cell(t, r, "fdc"),
                     e, 1e-10);
        assert_true(cell(t, r, "davax") <= cell(t, r, "dva") + 1e-9);
        if (r % 4) {
            exports += e;
            dva += cell(t, r, "dva");
            continue;
        }
        assert_string_equal(kn_table_text(t, r, 1), "*");
        assert_close(exports, e, 1e-12);
        assert_close(dva, cell(t, r, "dva"), 1e-12);
        exports = dva = 0;
    }
    kn_result_free(result);
    kn_network_free(net);
}

static void every_measure_runs(void **state)
{
    static const char *const measures[] = {"tiva",  "upstreamness", "complexity",
                                           "power", "fragility",    "structure"};
    kn_network *nets[] = {table_network(*state, 5), chain_network(*state)};
    for (int n = 0; n < 2; n++)
        for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
            kn_result *result = run(*state, nets[n], 1, "measure", measures[k]);
            const kn_table *t = kn_result_find(result, measures[k]);
            assert_non_null(t);
            assert_true(kn_table_rows(t) > 0);
            kn_result_free(result);
        }
    kn_network_free(nets[0]);
    kn_network_free(nets[1]);
}

static void power_grows_with_the_share(void **state)
{
    (void)state;
    double share[2] = {0.4, 0.6}, held[2] = {0.1, 0.2}, sigma[2] = {4, 3}, before = 0;
    for (double rho = 0.5; rho < 3; rho += 0.25) {
        before = 0;
        for (held[0] = 0.05; held[0] < 1; held[0] += 0.05) {
            double now = kn__power(2, share, held, sigma, rho);
            assert_true(now > before);
            before = now;
        }
    }
    held[0] = held[1] = 0;
    assert_true(kn__power(2, share, held, sigma, 1.5) == 0);
    assert_true(kn__power(2, share, held, sigma, 1) == 0);
    held[0] = 0.3;
    assert_close(kn__power(2, share, held, sigma, 1),
                 kn__power(2, share, held, sigma, 1 + 1e-7), 1e-6);
}

static void concentration_bounds(void **state)
{
    (void)state;
    const double amount[] = {6, 3};
    double low, high;
    kn__hhi_bounds(amount, 2, 1, &low, &high);
    assert_close(low, 0.45, 1e-12);
    assert_close(high, 0.09 + 0.49, 1e-12);
    assert_close(kn__hhi(amount, 2), 5.0 / 9, 1e-12);
    kn__hhi_bounds(amount, 0, 0, &low, &high);
    assert_true(isnan(low) && isnan(high));
}

/* ---- Failing allocations ---- */

typedef struct job {
    const char *measure;
    const kn_network *net;
} job;

static kn_status run_job(kn_context *ctx, void *arg)
{
    const job *j = arg;
    const kn_setting setting = {"measure", j->measure};
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find("exposure"), j->net, NULL, &setting, 1);
    kn_result_free(result);
    return status;
}

static void every_allocation(void **state)
{
    static const char *const measures[] = {
        "exposure",   "producers", "gvc",       "tiva", "power",
        "complexity", "fragility", "structure", "fpem", "fpex"};
    kn_network *nets[] = {table_network(*state, 7), chain_network(*state)};
    for (int n = 0; n < 2; n++)
        for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
            job j = {measures[k], nets[n]};
            assert_true(every_allocation_fails(run_job, &j) > 3);
        }
    kn_network_free(nets[0]);
    kn_network_free(nets[1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_equal_the_twin),
        cmocka_unit_test(one_purchase_equals_many),
        cmocka_unit_test(threads_do_not_show),
        cmocka_unit_test(unseen_suppliers_stay_in_bounds),
        cmocka_unit_test(reach_and_structure),
        cmocka_unit_test(dependency_of_one_and_of_a_bloc),
        cmocka_unit_test(streams_equal_the_dense_solution),
        cmocka_unit_test(fpem_equals_the_inverse),
        cmocka_unit_test(fpex_adds_up_to_one),
        cmocka_unit_test(exports_add_up),
        cmocka_unit_test(every_measure_runs),
        cmocka_unit_test(power_grows_with_the_share),
        cmocka_unit_test(concentration_bounds),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
