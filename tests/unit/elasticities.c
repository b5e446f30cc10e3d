/* SPDX-License-Identifier: Apache-2.0 */
/* Trade elasticities: where they come from, files of them, and what their errors do to
   results. */
#include <string.h>
#include <unistd.h>

#include "kaname/lens.h"
#include "network/build.h"
#include "network/elasticities.h"
#include "support.h"

static const char table_path[] = "tests/golden/data/wiot-bom.csv";
static const char tariff_path[] = "tests/data/trade/tariff.yaml";

typedef struct world {
    kn_context *ctx;
    kn__arena *arena;
    kn_network *net;
    kn_scenario *scenario;
} world;

static int setup(void **state)
{
    static world w;
    kn__io_raw *raw;
    *state = &w;
    if (kn_context_new(&w.ctx, NULL) < 0 || kn__arena_new(&w.arena, w.ctx) < 0 ||
        kn__read_wiod(&raw, w.ctx, table_path) < 0 ||
        kn__network_from_io(&w.net, w.ctx, raw) < 0)
        return -1;
    kn__io_raw_free(w.ctx, raw);
    return kn_scenario_read(&w.scenario, w.ctx, w.net, tariff_path) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    world *w = *state;
    kn_scenario_free(w->scenario);
    kn_network_free(w->net);
    kn__arena_free(w->arena);
    kn_context_free(w->ctx);
    return 0;
}

static kn_status read_text(kn_elasticities *e, world *w, const char *text)
{
    char path[] = "/tmp/kaname-theta-XXXXXX";
    int file = mkstemp(path);
    assert_true(file >= 0);
    assert_int_equal(write(file, text, strlen(text)), (ssize_t)strlen(text));
    close(file);
    kn_context_clear(w->ctx);
    kn_status status = kn__elasticities_read(e, w->ctx, w->arena, w->net, path);
    remove(path);
    return status;
}

/* The estimates as the paper prints them. */
static void divisions_have_published_estimates(void **state)
{
    (void)state;
    const struct {
        const char *note;
        double theta, error;
    } known[] = {{"ISIC rev. 3: 15-16", 2.55, 0.61},
                 {"ISIC rev. 4: 10", 2.55, 0.61},
                 {"ISIC rev. 3: 23", 51.08, 18.05},
                 {"ISIC rev. 4: 26", 10.6, 1.38},
                 {"ISIC rev. 3: 36-37", 5, 0.92},
                 {"ISIC rev. 3: 65-67", 5, 0},
                 {"ISIC rev. 3: AtB", 8.11, 1.86},
                 {"ISIC rev. 3: C", 15.72, 2.76},
                 {"ISIC rev. 4: B", 15.72, 2.76},
                 {"ISIC rev. 4: A", 8.11, 1.86},
                 {"ISIC rev. 3: E", 5, 0}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++) {
        kn__product product = {.id = "x", .note = known[k].note};
        kn__elasticity e = kn__elasticity_of(&product);
        assert_true(e.theta == known[k].theta && e.error == known[k].error);
        assert_true(strlen(e.source) > 10);
        product.trade_elasticity = 7;
        assert_true(kn__elasticity_of(&product).theta == 7);
    }
    assert_true(kn__elasticity_of_all().theta == 4.55);
}

static void files_name_products_and_divisions(void **state)
{
    world *w = *state;
    kn_elasticities e;
    const char *id = w->net->products[0].id;
    char text[256];
    snprintf(text, sizeof text,
             "\xEF\xBB\xBFproduct,theta,error,source\n%s,3.5,0.5,a paper\n", id);
    assert_int_equal(read_text(&e, w, text), KN_OK);
    assert_int_equal(e.count, w->net->product_count);
    assert_true(e.theta[0] == 3.5 && e.error[0] == 0.5);
    assert_string_equal(e.source[0], "a paper");
    for (int32_t p = 1; p < e.count; p++)
        assert_true(isnan(e.theta[p]));
    assert_int_equal(read_text(&e, w, "product,theta\nisic3:1-99,2\n"), KN_OK);
    int32_t found = 0;
    for (int32_t p = 0; p < e.count; p++)
        found += e.theta[p] == 2 && e.error[p] == 0;
    assert_true(found > 0);
}

static void wrong_files_are_refused_by_line(void **state)
{
    world *w = *state;
    const char *id = w->net->products[0].id;
    static const char *const rows[] = {"%s,0",       "%s,-1",      "%s,x",
                                       "%s,1\n%s,2", "nothing,1",  "isic3:x,1",
                                       "isic3:98,1", "isic4:1-,1", "%s,2000"};
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++) {
        kn_elasticities e;
        char row[128], text[256];
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(row, sizeof row, rows[k], id, id);
#pragma GCC diagnostic pop
        snprintf(text, sizeof text, "product,theta\n%s\n", row);
        kn_status status = read_text(&e, w, text);
        if (status >= 0)
            fail_msg("%s was read", row);
        assert_int_equal(e.count, 0);
        assert_non_null(strstr(kn_context_error(w->ctx), k == 3 ? ":3:" : ":2:"));
    }
    kn_elasticities e;
    assert_true(read_text(&e, w, "product,elasticity\nx,1\n") < 0);
    kn_context_clear(w->ctx);
}

static kn_status run_draws(kn_result **result, kn_context *ctx, const world *w,
                           const char *draws, const char *seed)
{
    const kn_setting settings[] = {{"draws", draws}, {"seed", seed}};
    return kn_lens_run(result, ctx, kn_lens_find("trade"), w->net, w->scenario, settings,
                       2);
}

/* Quantiles in order around the central figure, the same for any number of threads, and
   others for another seed. */
static void draws_depend_on_the_seed_alone(void **state)
{
    world *w = *state;
    kn_result *result[3];
    for (int k = 0; k < 3; k++) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = k ? 3 : 1;
        kn_context *ctx;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        assert_int_equal(run_draws(&result[k], ctx, w, "9", k == 2 ? "5" : "4"), KN_OK);
        kn_context_free(ctx);
    }
    const kn_table *t[3];
    bool differs = false;
    for (int k = 0; k < 3; k++)
        assert_non_null(t[k] = kn_result_find(result[k], "sensitivity"));
    for (int64_t r = 0; r < kn_table_rows(t[0]); r++)
        for (int32_t c = 1; c < 7; c++) {
            double one = kn_table_number(t[0], r, c), two = kn_table_number(t[1], r, c);
            assert_memory_equal(&one, &two, sizeof one);
            differs |= one != kn_table_number(t[2], r, c);
            assert_true(c < 3 || kn_table_number(t[0], r, c - 1) <= one);
        }
    assert_true(differs);
    for (int k = 0; k < 3; k++)
        kn_result_free(result[k]);
}

static void draws_need_errors(void **state)
{
    world *w = *state;
    kn_result *result;
    const kn_setting settings[] = {{"draws", "3"}, {"elasticity", "4"}};
    assert_int_equal(kn_lens_run(&result, w->ctx, kn_lens_find("trade"), w->net,
                                 w->scenario, settings, 2),
                     KN_ERR_USAGE);
    assert_non_null(strstr(kn_context_error(w->ctx), "standard error"));
    kn_context_clear(w->ctx);
}

static kn_status once(kn_context *ctx, void *arg)
{
    kn_result *result = NULL;
    kn_status status = run_draws(&result, ctx, arg, "2", "4");
    kn_result_free(result);
    return status;
}

static void every_failing_allocation_is_survived(void **state)
{
    assert_true(every_allocation_fails(once, *state) > 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(divisions_have_published_estimates),
        cmocka_unit_test(files_name_products_and_divisions),
        cmocka_unit_test(wrong_files_are_refused_by_line),
        cmocka_unit_test(draws_depend_on_the_seed_alone),
        cmocka_unit_test(draws_need_errors),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
