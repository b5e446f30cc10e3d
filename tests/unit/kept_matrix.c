/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix kept in a kaname file: what comes back is what was computed. */
#include <string.h>

#include "kaname/lens.h"
#include "unit/cache_place.h"

static kn_result *chokepoints(place *p, const kn_setting *settings, int32_t count)
{
    kn_result *result;
    must(p->ctx, kn_lens_run(&result, p->ctx, kn_lens_find("chokepoints"), p->net, NULL,
                             settings, count));
    return result;
}

static void same_tables(const kn_result *a, const kn_result *b)
{
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        const kn_table *x = kn_result_table(a, t), *y = kn_result_table(b, t);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < kn_table_declaration(x)->column_count; c++) {
                double u = kn_table_number(x, r, c), v = kn_table_number(y, r, c);
                assert_memory_equal(&u, &v, sizeof u);
                assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
            }
    }
}

/* Counts what passes through, and may change what is found. */
typedef struct spy {
    const kn_cache *inner;
    int puts, found;
    bool lie;
    char key[512];
} spy;

static kn_status spy_get(void *user, kn_context *ctx, const kn_network *net,
                         const char *key, void **bytes, int64_t *count)
{
    spy *s = user;
    kn_status status = s->inner->get(s->inner->user, ctx, net, key, bytes, count);
    s->found += *bytes != NULL;
    if (*bytes && s->lie) /* four whole numbers and seven others a row; the loss is the
                             fourth of those */
        for (int64_t at = 0; at < *count; at += 16 + 7 * 8)
            memset((char *)*bytes + at + 16 + 3 * 8, 0, 8);
    return status;
}

static kn_status spy_put(void *user, kn_context *ctx, const kn_network *net,
                         const char *key, const void *bytes, int64_t count)
{
    spy *s = user;
    s->puts++;
    snprintf(s->key, sizeof s->key, "%s", key);
    return s->inner->put(s->inner->user, ctx, net, key, bytes, count);
}

static double largest(const kn_result *result)
{
    const kn_table *t = kn_result_find(result, "chokepoints");
    return kn_table_number(t, 0, kn_table_column(t, "loss_musd"));
}

static void matrix_comes_back(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    spy s = {.inner = p.use};
    const kn_cache watched = {spy_get, spy_put, &s};
    const kn_setting mode[] = {{"mode", "stop"}},
                     of[] = {{"mode", "stop"}, {"of", "JPN"}};
    const kn_setting days[] = {{"mode", "stop"}, {"days", "180"}};
    kn_context_set_cache(p.ctx, NULL);
    kn_result *computed = chokepoints(&p, mode, 1), *part = chokepoints(&p, of, 2);
    kn_context_set_cache(p.ctx, &watched);
    kn_result_free(chokepoints(&p, of, 2)); /* a part is not kept */
    assert_int_equal(s.puts, 0);
    for (int k = 0; k < 2; k++) {
        kn_result *kept = chokepoints(&p, mode, 1);
        assert_int_equal(s.puts, 1);
        assert_int_equal(s.found, k);
        same_tables(computed, kept);
        kn_result_free(kept);
    }
    kn_result *kept = chokepoints(&p, of, 2); /* a part comes out of the whole */
    same_tables(part, kept);
    assert_int_equal(s.found, 2);
    kn_result_free(kept);
    s.lie = true; /* what is found is what is said */
    kept = chokepoints(&p, mode, 1);
    assert_true(largest(computed) > 0);
    assert_true(largest(kept) == 0);
    kn_result_free(kept);
    kn_result_free(chokepoints(&p, days, 2)); /* another horizon is another matrix */
    assert_int_equal(s.puts, 2);
    assert_non_null(strstr(s.key, kn__build_id));
    assert_non_null(strstr(s.key, p.net->sha256));
    kn_result_free(computed);
    kn_result_free(part);
    place_free(&p);
}

static kn_status run_kept(kn_context *ctx, void *arg)
{
    const place *p = arg;
    kn_network *net = NULL;
    kn_file_cache *cache = NULL;
    kn_result *result = NULL;
    kn_status status = kn_network_load(&net, ctx, p->file);
    if (status >= 0)
        status = kn_file_cache_open(&cache, ctx, net, p->file);
    if (status >= 0)
        status =
            kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), net, NULL, NULL, 0);
    kn_result_free(result);
    kn_file_cache_close(cache);
    kn_network_free(net);
    return status;
}

/* First runs that compute and keep, until one gets that far; then runs that find it. */
static void failing_memory(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    assert_true(every_allocation_fails(run_kept, &p) > 0);
    change(&p, "DELETE FROM results");
    assert_true(every_allocation_fails(run_kept, &p) > 0);
    place_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(matrix_comes_back),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
