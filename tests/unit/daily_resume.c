/* SPDX-License-Identifier: Apache-2.0 */
/* Daily runs that lack memory, are stopped, and go on. */
#include "unit/daily_network.h"

/* All that there is at once. */
static int32_t make_all(kn__measure m[5])
{
    m[0] = measure(KN__EXPORT_BAN, CHN, DEU, ORE);
    m[0].start_day = 20;
    m[0].days = 30;
    m[0].ramp_days = 10;
    m[1] = measure(KN__EXPORT_LICENCE, CHN, DEU, ORE);
    m[1].value = 8;
    m[1].days = 40;
    m[2] = measure(KN__ROUTE_CLOSURE, CHN, DEU, ORE);
    m[2].name = "suez";
    m[2].start_day = 5;
    m[2].days = 30;
    m[3] = measure(KN__EXPORT_BAN, JPN, DEU, TOOLS);
    m[4] = measure(KN__STOCK_RELEASE, DEU, DEU, ORE);
    m[4].value = 1;
    m[4].start_day = 15;
    return 5;
}

static kn_status run_all(kn_result **result, kn_context *ctx, const kn_network *net,
                         const char *model, const char *checkpoint)
{
    kn__measure m[5];
    kn_scenario scenario = {.path = "", .measures = m, .count = make_all(m)};
    kn__daily_options o = kn__daily_defaults(model, 120);
    kn__arena *arena;
    o.leak = 0.2;
    o.checkpoint = checkpoint;
    *result = NULL;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn_result_new(result, ctx);
    if (status >= 0)
        status = kn__daily_run(ctx, arena, net, &scenario, &o, *result);
    kn__arena_free(arena);
    return status;
}

static kn_status run_all_once(kn_context *ctx, void *arg)
{
    const fixture *f = arg;
    kn_result *result;
    kn_status status = run_all(&result, ctx, f->net, "kaname", NULL);
    kn_result_free(result);
    return status;
}

static void failing_memory(void **state)
{
    assert_true(every_allocation_fails(run_all_once, *state) > 20);
}

static void assert_same(const kn_result *a, const kn_result *b)
{
    assert_int_equal(kn_result_tables(a), kn_result_tables(b));
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        kn_table *x = kn_result_table(a, t);
        const kn_table_decl *decl = kn_table_declaration(x);
        kn_table *y = kn_result_find(b, decl->name);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < decl->column_count; c++)
                if (decl->columns[c].type == KN_COLUMN_TEXT) {
                    assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
                } else {
                    double p = kn_table_number(x, r, c), q = kn_table_number(y, r, c);
                    assert_true(p == q || (isnan(p) && isnan(q)));
                }
    }
}

typedef struct patience {
    int asked, until;
    void *bytes; /* the checkpoint */
    int64_t count;
} patience;

static int lost(void *user)
{
    patience *p = user;
    return ++p->asked == p->until;
}

static kn_status get(void *user, kn_context *ctx, const struct kn_network *net,
                     const char *key, void **bytes, int64_t *count)
{
    const patience *p = user;
    assert_true(net && strstr(key, "options "));
    *count = p->count;
    *bytes = NULL;
    if (!p->bytes)
        return KN_OK;
    *bytes = kn__alloc(ctx, p->count, 1);
    if (*bytes)
        memcpy(*bytes, p->bytes, (size_t)p->count);
    return *bytes ? KN_OK : KN_ERR_MEMORY;
}

static kn_status put(void *user, kn_context *ctx, const struct kn_network *net,
                     const char *key, const void *bytes, int64_t count)
{
    patience *p = user;
    assert_true(ctx && net && key);
    free(p->bytes);
    p->bytes = bytes ? malloc((size_t)count) : NULL;
    p->count = count;
    if (p->bytes)
        memcpy(p->bytes, bytes, (size_t)count);
    return KN_OK;
}

/* Stopped again and again, after `patience` more questions each time. */
static void go_on(const fixture *f, const char *model, int questions)
{
    patience p = {.until = questions};
    const kn_cache checkpoint = {get, put, &p};
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    kn_result *whole, *part;
    kn_status status;
    int stops = 0;
    options.cancel = lost;
    options.cancel_user = &p;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    kn_context_set_checkpoint(ctx, &checkpoint);
    assert_int_equal(run_all(&whole, f->ctx, f->net, model, NULL), KN_OK);
    while ((status = run_all(&part, ctx, f->net, model, "x")) == KN_NOTE_INTERRUPTED) {
        assert_non_null(p.bytes);
        kn_result_free(part);
        p.asked = 0;
        stops++;
    }
    assert_int_equal(status, KN_OK);
    assert_true(stops > 0);
    assert_null(p.bytes);
    assert_same(whole, part);
    kn_result_free(whole);
    kn_result_free(part);
    kn_context_free(ctx);
}

static void interrupted_runs_go_on_to_the_same_bits(void **state)
{
    static const char *const models[] = {"kaname", "ario", "inoue-todo", "pichler",
                                         "guan"};
    for (size_t k = 0; k < sizeof models / sizeof *models; k++)
        go_on(*state, models[k], k ? 7 : 50);
}

/* Bytes that end too early or go on too long. */
static void damaged_states_are_refused(void **state)
{
    const fixture *f = *state;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    patience p = {.until = 40};
    const kn_cache checkpoint = {get, put, &p};
    kn_context *ctx;
    kn_result *result;
    options.cancel = lost;
    options.cancel_user = &p;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    kn_context_set_checkpoint(ctx, &checkpoint);
    assert_int_equal(run_all(&result, ctx, f->net, "kaname", "x"), KN_NOTE_INTERRUPTED);
    kn_result_free(result);
    int64_t count = p.count;
    for (int k = 1; k < 50; k++) {
        p.count = count * k / 50;
        kn_context_clear(ctx);
        assert_int_equal(run_all(&result, ctx, f->net, "kaname", "x"), KN_ERR_DATA);
        kn_result_free(result);
    }
    free(p.bytes);
    kn_context_set_checkpoint(ctx, NULL);
    kn_context_clear(ctx);
    assert_int_equal(run_all(&result, ctx, f->net, "kaname", "x"), KN_ERR_USAGE);
    kn_result_free(result);
    kn_context_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(failing_memory),
        cmocka_unit_test(interrupted_runs_go_on_to_the_same_bits),
        cmocka_unit_test(damaged_states_are_refused),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
