/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix by the daily engine: each cell is the run of the cascade. */
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "kaname/scenario.h"
#include "kernel/memory.h"
#include "support.h"
#include "unit/denial_network.h"

static kn_result *run(kn_context *ctx, const kn_network *net, const char *lens,
                      const kn_scenario *scenario, const kn_setting *settings,
                      int32_t count)
{
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find(lens), net, scenario, settings, count);
    if (status < 0)
        fail_msg("%s: %s", lens, kn_context_error(ctx));
    return result;
}

/* The row whose first columns are these texts, or -1. */
static int64_t row_of(const kn_table *t, const char *const *texts, int32_t count)
{
    for (int64_t r = 0; r < kn_table_rows(t); r++) {
        int32_t same = 0;
        while (same < count && !strcmp(kn_table_text(t, r, same), texts[same]))
            same++;
        if (same == count)
            return r;
    }
    return -1;
}

static double cell(const kn_table *t, int64_t row, const char *column)
{
    int32_t c = kn_table_column(t, column);
    assert_true(c >= 0);
    return row < 0 ? 0 : kn_table_number(t, row, c);
}

/* ---- Cells against cascades ---- */

static kn_scenario *scenario_of(kn_context *ctx, const kn_network *net,
                                const char *measure)
{
    char path[] = "/tmp/kaname-denial-XXXXXX";
    int fd = mkstemp(path);
    kn_scenario *scenario;
    FILE *file = fdopen(fd, "w");
    assert_non_null(file);
    fprintf(file, "kaname: scenario/1\ntitle: t\nmeasures:\n  - {%s}\n", measure);
    fclose(file);
    kn_status status = kn_scenario_read(&scenario, ctx, net, path);
    unlink(path);
    if (status < 0)
        fail_msg("%s", kn_context_error(ctx));
    return scenario;
}

static void same_loss(const kn_table *matrix, int64_t row, const kn_table *losses,
                      const char *victim, const char *holder)
{
    int64_t at = row_of(losses, &victim, 1), sender = row_of(losses, &holder, 1);
    static const char *const columns[] = {"loss_musd", "loss_low", "loss_high"};
    for (int k = 0; k < 3; k++) {
        double a = cell(matrix, row, columns[k]), b = cell(losses, at, columns[k]);
        if (a != b)
            fail_msg("%s of %s by %s, row %d: %.17g in the matrix, %.17g in the cascade",
                     columns[k], victim, holder, (int)row, a, b);
    }
    if (row >= 0)
        assert_true(cell(matrix, row, "sender_cost_musd") ==
                    cell(losses, sender, "loss_musd"));
}

static double made_up(const kn_result *result, const char *const *texts, int32_t count)
{
    const kn_table *t = kn_result_find(result, "recapture");
    return cell(t, row_of(t, texts, count), "recaptured_musd");
}

typedef struct denial {
    const char *mode, *share, *days, *measure; /* %s: holder, product, victim */
} denial;

static void check_cell(kn_context *ctx, const kn_network *net, const denial *d,
                       const kn_result *matrix, const char *const *texts)
{
    char measure[256];
    const kn_setting settings[] = {{"model", "kaname"}, {"days", d->days}};
    snprintf(measure, sizeof measure, d->measure, texts[0], texts[1], texts[2]);
    kn_scenario *scenario = scenario_of(ctx, net, measure);
    kn_result *played = run(ctx, net, "cascade", scenario, settings, 2);
    const kn_table *t = kn_result_find(matrix, "chokepoints");
    same_loss(t, row_of(t, texts, 3), kn_result_find(played, "losses"), texts[2],
              texts[0]);
    assert_true(made_up(matrix, texts, 3) == made_up(played, &texts[2], 1));
    kn_result_free(played);
    kn_scenario_free(scenario);
}

static kn_result *matrix_of(kn_context *ctx, const kn_network *net, const denial *d)
{
    const kn_setting settings[] = {{"model", "kaname"}, {"mode", d->mode},
                                   {"share", d->share}, {"days", d->days},
                                   {"top", "0"},        {"screen", "0"}};
    return run(ctx, net, "chokepoints", NULL, settings, 6);
}

/* All holders, products and victims, those without a row in the matrix too. */
static void cells_are_cascades(void **state)
{
    static const denial denials[] = {
        {"targeted", "1", "360", "op: export_ban, from: %s, product: %s, to: %s"},
        {"targeted", "0.5", "200",
         "op: export_quota, keep: 0.5, from: %s, product: %s, to: %s"},
        {"stop", "1", "360", "op: export_ban, from: %s, product: %s, to: \"*\""},
        {"outage", "0.75", "360",
         "op: capacity_loss, lose: 0.75, economy: %s, product: %s"}};
    static const char *const products[] = {"GA", "WF"};
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    for (size_t k = 0; k < sizeof denials / sizeof *denials; k++) {
        kn_result *matrix = matrix_of(*state, net, &denials[k]);
        int32_t count = kn_network_economies(net), cells = 0;
        for (int32_t h = 0; h < count; h++)
            for (int32_t q = 0; q < 2; q++)
                for (int32_t v = 0; v < count; v++) {
                    const char *texts[] = {kn_network_economy_code(net, h), products[q],
                                           kn_network_economy_code(net, v)};
                    if (h == v || !strcmp(texts[0], "ZZU") || !strcmp(texts[2], "ZZU"))
                        continue;
                    check_cell(*state, net, &denials[k], matrix, texts);
                    cells++;
                }
        assert_true(cells >= 12);
        kn_result_free(matrix);
    }
    kn_network_free(net);
}

static void atlas_cells_are_cascades(void **state)
{
    static const denial d = {"targeted", "1", "120",
                             "op: export_ban, from: %s, product: %s, to: %s"};
    const kn_setting settings[] = {{"model", "kaname"},
                                   {"days", d.days},
                                   {"of", "JPN"},
                                   {"holder", "CHN"},
                                   {"product", "gallium"}};
    const char *texts[] = {"CHN", "gallium", "JPN"};
    kn_network *net;
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    kn_result *matrix = run(*state, net, "chokepoints", NULL, settings, 5);
    const kn_table *t = kn_result_find(matrix, "chokepoints");
    assert_int_equal(kn_table_rows(t), 1);
    assert_true(cell(t, 0, "loss_high") > 0);
    check_cell(*state, net, &d, matrix, texts);
    kn_result_free(matrix);
    kn_network_free(net);
}

/* The first rows of a holder's denials on the atlas, which are played eight at a time:
   more than one panel, each of many products with substitutes, equipment among them. */
static void panels_are_cascades(void **state)
{
    static const denial denials[] = {
        {"targeted", "1", "60", "op: export_ban, from: %s, product: %s, to: %s"},
        {"stop", "0.75", "40",
         "op: export_quota, keep: 0.25, from: %s, product: %s, to: \"*\""},
        {"outage", "1", "40", "op: capacity_loss, lose: 1, economy: %s, product: %s"}};
    enum { CHECKED = 10 };
    kn_network *net;
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    for (size_t k = 0; k < sizeof denials / sizeof *denials; k++) {
        const denial *d = &denials[k];
        const kn_setting settings[] = {{"model", "kaname"}, {"mode", d->mode},
                                       {"share", d->share}, {"days", d->days},
                                       {"of", "KOR"},       {"holder", "JPN"},
                                       {"screen", "0"}};
        kn_result *matrix = run(*state, net, "chokepoints", NULL, settings, 7);
        const kn_table *t = kn_result_find(matrix, "chokepoints");
        int64_t rows = kn_table_rows(t), step = rows / CHECKED;
        assert_true(rows > 2 * CHECKED);
        for (int64_t row = 0; row < rows; row += step) {
            const char *texts[] = {"JPN", kn_table_text(t, row, 1), "KOR"};
            check_cell(*state, net, d, matrix, texts);
        }
        kn_result_free(matrix);
    }
    kn_network_free(net);
}

/* ---- Threads, stopping, memory ---- */

static void same_tables(const kn_result *a, const kn_result *b)
{
    assert_int_equal(kn_result_tables(a), kn_result_tables(b));
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        const kn_table *x = kn_result_table(a, t), *y = kn_result_table(b, t);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < kn_table_declaration(x)->column_count; c++) {
                double u = kn_table_number(x, r, c), v = kn_table_number(y, r, c);
                assert_true(u == v || (isnan(u) && isnan(v)));
                assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
            }
    }
}

/* Holds one result in memory, under its key; asks to stop at a call of its cancel
   function. */
typedef struct shelf {
    atomic_int calls;
    int64_t stop_at; /* 0: never */
    char key[512];
    void *bytes;
    int64_t count;
} shelf;

static int stop_sometime(void *user)
{
    shelf *s = user;
    return atomic_fetch_add(&s->calls, 1) + 1 >= s->stop_at && s->stop_at;
}

static kn_status shelf_get(void *user, kn_context *ctx, const kn_network *net,
                           const char *key, void **bytes, int64_t *count)
{
    const shelf *s = user;
    (void)net;
    *bytes = NULL;
    *count = 0;
    if (!s->bytes || strcmp(s->key, key) != 0)
        return KN_OK;
    *count = s->count;
    *bytes = kn__alloc(ctx, s->count, 1);
    memcpy(*bytes, s->bytes, (size_t)s->count);
    return KN_OK;
}

static kn_status shelf_put(void *user, kn_context *ctx, const kn_network *net,
                           const char *key, const void *bytes, int64_t count)
{
    shelf *s = user;
    (void)net;
    if (kn__cancelled(ctx)) /* as writing a file would */
        return KN_ERR_CANCELLED;
    snprintf(s->key, sizeof s->key, "%s", key);
    free(s->bytes);
    s->bytes = malloc((size_t)count + 1);
    assert_non_null(s->bytes);
    memcpy(s->bytes, bytes, (size_t)count);
    s->count = count;
    return KN_OK;
}

static kn_context *context_of(shelf *s, int threads)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    options.threads = threads;
    options.cancel = s ? stop_sometime : NULL;
    options.cancel_user = s;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    return ctx;
}

static const denial year_of_stops = {"stop", "1", "360", ""};
static const denial short_one = {"stop", "1", "60", ""};

/* Everybody buys of everybody, and nothing has a substitute: denials are played together,
   those of all holders where they share zones. */
static kn_network *table_network(kn_context *ctx)
{
    kn_network *net;
    assert_int_equal(case_network(&net, ctx, false), KN_OK);
    for (int32_t q = 0; q < net->product_count; q++)
        net->products[q].substitute_share = 0;
    for (int32_t i = 0; i < net->producer_count; i++)
        for (int32_t j = 0; j < net->producer_count; j++)
            if (net->producers[i].output > 0 && net->producers[j].output > 0)
                net->flows.dense[i * net->producer_count + j] = 1 + (i * 7 + j * 3) % 5;
    return net;
}

static void same_cells(kn_context *ctx, const kn_network *net, const denial *d,
                       const kn_result *matrix)
{
    const kn_table *t = kn_result_find(matrix, "chokepoints");
    assert_true(kn_table_rows(t) > 12);
    for (int64_t r = 0; r < kn_table_rows(t); r++) {
        const char *texts[] = {kn_table_text(t, r, 0), kn_table_text(t, r, 1),
                               kn_table_text(t, r, 2)};
        if (strcmp(texts[0], texts[2]) != 0)
            check_cell(ctx, net, d, matrix, texts);
    }
}

static void together_as_alone(void **state)
{
    static const denial denials[] = {
        {"targeted", "1", "120", "op: export_ban, from: %s, product: %s, to: %s"},
        {"stop", "1", "120", "op: export_ban, from: %s, product: %s, to: \"*\""},
        {"outage", "1", "120", "op: capacity_loss, lose: 1, economy: %s, product: %s"}};
    kn_context *one = context_of(NULL, 1), *four = context_of(NULL, 4);
    kn_network *net = table_network(one);
    (void)state;
    for (size_t k = 0; k < sizeof denials / sizeof *denials; k++) {
        kn_result *a = matrix_of(one, net, &denials[k]);
        kn_result *b = matrix_of(four, net, &denials[k]);
        same_cells(one, net, &denials[k], a);
        same_tables(a, b);
        kn_result_free(a);
        kn_result_free(b);
    }
    kn_network_free(net);
    kn_context_free(one);
    kn_context_free(four);
}

static void any_number_of_threads(void **state)
{
    kn_context *one = context_of(NULL, 1), *four = context_of(NULL, 4);
    kn_network *net;
    (void)state;
    assert_int_equal(case_network(&net, one, false), KN_OK);
    kn_result *a = matrix_of(one, net, &short_one), *b = matrix_of(four, net, &short_one);
    assert_true(kn_table_rows(kn_result_find(a, "chokepoints")) > 0);
    same_tables(a, b);
    kn_result_free(a);
    kn_result_free(b);
    kn_network_free(net);
    kn_context_free(one);
    kn_context_free(four);
}

/* Stopped again and again, each time a little later, and gone on from what was kept. */
static void interrupted_and_resumed(void **state)
{
    const kn_setting settings[] = {{"model", "kaname"},
                                   {"mode", "stop"},
                                   {"days", "60"},
                                   {"top", "0"},
                                   {"screen", "0"}};
    shelf s = {.stop_at = 0};
    const kn_cache cache = {shelf_get, shelf_put, &s};
    kn_context *ctx = context_of(&s, 1);
    kn_network *net;
    kn_status status = KN_NOTE_INTERRUPTED;
    int64_t done = 0, stops = 0, tries = 0;
    (void)state;
    assert_int_equal(case_network(&net, ctx, false), KN_OK);
    kn_result *whole = matrix_of(ctx, net, &short_one);
    kn_context_set_cache(ctx, &cache);
    while (status == KN_NOTE_INTERRUPTED) {
        kn_result *part;
        atomic_store(&s.calls, 0);
        s.stop_at = 200 * ++tries;
        status =
            kn_lens_run(&part, ctx, kn_lens_find("chokepoints"), net, NULL, settings, 4);
        assert_true(status >= 0);
        int64_t rows = kn_table_rows(kn_result_find(part, "chokepoints"));
        assert_true(rows >= done);
        done = rows;
        stops += status == KN_NOTE_INTERRUPTED;
        if (status == KN_OK)
            same_tables(whole, part);
        kn_result_free(part);
    }
    assert_true(stops >= 2);
    kn_result_free(whole);
    kn_network_free(net);
    kn_context_free(ctx);
    free(s.bytes);
}

/* Loss of one denial of those that a question brings. */
static double loss_of(kn_context *ctx, const kn_network *net, const char *const *texts,
                      const kn_setting *settings, int32_t count)
{
    kn_result *result = run(ctx, net, "chokepoints", NULL, settings, count);
    const kn_table *t = kn_result_find(result, "chokepoints");
    double loss = cell(t, row_of(t, texts, 3), "loss_musd");
    kn_result_free(result);
    return loss;
}

/* Puts another loss wherever the bytes hold this one; returns how often. */
static int forge(const shelf *s, double was, double is)
{
    int found = 0;
    char *bytes = s->bytes;
    for (int64_t at = 0; at + (int64_t)sizeof was <= s->count; at += sizeof was)
        if (!memcmp(bytes + at, &was, sizeof was)) {
            memcpy(bytes + at, &is, sizeof is);
            found++;
        }
    return found;
}

/* A cell that was played for one question answers the next; with other options it does
   not. What was kept stays when more comes to it. */
static void cells_are_kept(void **state)
{
    shelf s = {.stop_at = 0};
    const kn_cache cache = {shelf_get, shelf_put, &s};
    kn_context *ctx = context_of(&s, 1);
    kn_network *net;
    (void)state;
    assert_int_equal(case_network(&net, ctx, false), KN_OK);
    kn_result *whole = matrix_of(ctx, net, &year_of_stops);
    const kn_table *t = kn_result_find(whole, "chokepoints");
    const char *texts[] = {kn_table_text(t, 0, 0), kn_table_text(t, 0, 1),
                           kn_table_text(t, 0, 2)};
    const kn_setting all[] = {{"model", "kaname"}, {"mode", "stop"}, {"screen", "0"}};
    const kn_setting one[] = {{"model", "kaname"},
                              {"mode", "stop"},
                              {"of", texts[2]},
                              {"holder", texts[0]},
                              {"product", texts[1]}};
    const kn_setting other[] = {
        {"model", "kaname"}, {"mode", "stop"}, {"screen", "0"}, {"days", "300"}};
    double loss = cell(t, 0, "loss_musd"), less = loss_of(ctx, net, texts, other, 4);
    assert_true(loss > less && less > 0);
    kn_context_set_cache(ctx, &cache);
    assert_true(loss_of(ctx, net, texts, one, 5) == loss);
    assert_true(forge(&s, loss, 12345) >= 1);
    int64_t few = s.count;
    assert_true(loss_of(ctx, net, texts, one, 5) == 12345 && s.count == few);
    assert_true(loss_of(ctx, net, texts, one, 4) == 12345 && s.count > few);
    /* A run that shows more victims than were kept is played again. */
    assert_true(loss_of(ctx, net, texts, all, 3) == loss);
    assert_true(loss_of(ctx, net, texts, one, 5) == loss);
    assert_true(loss_of(ctx, net, texts, other, 4) == less);
    kn_result_free(whole);
    kn_network_free(net);
    kn_context_free(ctx);
    free(s.bytes);
}

/* The denials with the largest loss in the denial model are the ones played. */
static void screened(void **state)
{
    const kn_setting some[] = {{"model", "kaname"}, {"screen", "2"}};
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    kn_result *part = run(*state, net, "chokepoints", NULL, some, 2);
    kn_result *slices = run(*state, net, "chokepoints", NULL, NULL, 0);
    const kn_table *t = kn_result_find(part, "chokepoints");
    kn_table *all = kn_result_find(slices, "chokepoints");
    assert_true(kn_table_rows(all) > 2);
    assert_int_equal(kn_table_rows(t), 2);
    assert_int_equal(kn_table_sort_down(all, *state, kn_table_column(all, "loss_musd")),
                     KN_OK);
    for (int64_t r = 0; r < 2; r++) {
        const char *texts[] = {kn_table_text(all, r, 0), kn_table_text(all, r, 1),
                               kn_table_text(all, r, 2)};
        assert_true(row_of(t, texts, 3) >= 0);
    }
    kn_result_free(part);
    kn_result_free(slices);
    kn_network_free(net);
}

static kn_status one_cell(kn_context *ctx, void *arg)
{
    const kn_setting settings[] = {{"model", "kaname"},
                                   {"days", "30"},
                                   {"of", "JPN"},
                                   {"holder", "CHN"},
                                   {"product", "GA"}};
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), arg, NULL, settings, 5);
    kn_result_free(result);
    return status;
}

static kn_status all_outages(kn_context *ctx, void *arg)
{
    const kn_setting settings[] = {
        {"model", "kaname"}, {"days", "30"}, {"mode", "outage"}, {"screen", "0"}};
    kn_result *result;
    kn_status status =
        kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), arg, NULL, settings, 4);
    kn_result_free(result);
    return status;
}

static void failing_memory(void **state)
{
    kn_network *net;
    assert_int_equal(case_network(&net, *state, false), KN_OK);
    assert_true(every_allocation_fails(one_cell, net) > 10);
    kn_network_free(net);
    net = table_network(*state);
    assert_true(every_allocation_fails(all_outages, net) > 10);
    kn_network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_cascades),
        cmocka_unit_test(atlas_cells_are_cascades),
        cmocka_unit_test(panels_are_cascades),
        cmocka_unit_test(together_as_alone),
        cmocka_unit_test(any_number_of_threads),
        cmocka_unit_test(interrupted_and_resumed),
        cmocka_unit_test(cells_are_kept),
        cmocka_unit_test(screened),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
