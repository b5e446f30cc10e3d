/* SPDX-License-Identifier: Apache-2.0 */
#include <locale.h>
#include <string.h>

#include "kaname/table.h"
#include "kernel/memory.h"
#include "kernel/text.h"
#include "support.h"

static void statuses_have_names_texts_and_exits(void **state)
{
    (void)state;
    assert_string_equal(kn_status_name(KN_ERR_DATA), "KN_ERR_DATA");
    assert_string_equal(kn_status_text(KN_OK), "ok");
    assert_int_equal(kn_status_exit(KN_ERR_USAGE), 2);
    assert_int_equal(kn_status_exit(KN_ERR_DATA), 3);
    assert_int_equal(kn_status_exit(KN_NOTE_INFEASIBLE), 4);
    assert_int_equal(kn_status_exit(KN_ERR_NOT_FOUND), 5);
    assert_int_equal(kn_status_exit(KN_NOTE_THRESHOLD), 10);
    assert_int_equal(kn_status_exit(KN_ERR_CANCELLED), 130);
    assert_string_equal(kn_status_name((kn_status)99), "KN_?");
    assert_int_equal(kn_status_exit((kn_status)99), 1);
}

static void a_context_refuses_half_an_allocator(void **state)
{
    (void)state;
    kn_context *ctx;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.allocator.alloc = faults_alloc;
    assert_int_equal(kn_context_new(&ctx, &options), KN_ERR_USAGE);
    assert_null(ctx);
    options = (kn_context_options){.version = 2};
    assert_int_equal(kn_context_new(&ctx, &options), KN_ERR_USAGE);
    kn_context_free(NULL);
}

static void the_first_failure_is_the_one_told(void **state)
{
    kn_context *ctx = *state;
    kn_context_clear(ctx);
    assert_int_equal(kn__fail(ctx, KN_ERR_DATA, "a.csv:%d: cause", 3), KN_ERR_DATA);
    assert_int_equal(kn__fail(ctx, KN_ERR_IO, "consequence"), KN_ERR_IO);
    assert_string_equal(kn_context_error(ctx), "a.csv:3: cause");
    assert_int_equal(kn_context_error_status(ctx), KN_ERR_DATA);
    kn_context_clear(ctx);
    assert_string_equal(kn_context_error(ctx), "");
}

static void impossible_sizes_are_refused(void **state)
{
    kn_context *ctx = *state;
    kn_context_clear(ctx);
    assert_null(kn__alloc(ctx, INT64_MAX, 8));
    assert_null(kn__alloc(ctx, -1, 8));
    assert_int_equal(kn_context_error_status(ctx), KN_ERR_MEMORY);
    kn_context_clear(ctx);
}

static void an_arena_gives_zeroed_aligned_blocks(void **state)
{
    kn_context *ctx = *state;
    kn__arena *arena;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
    int64_t total = 0;
    for (int i = 0; i < 3000; i++) {
        int64_t size = (int64_t)kn__random_below(1, 2, (uint64_t)i, 3000);
        unsigned char *block = kn__arena_alloc(arena, ctx, size, 1);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % (size > 256 ? 64 : 16), 0);
        for (int64_t k = 0; k < size; k++)
            assert_int_equal(block[k], 0);
        memset(block, 0xAB, (size_t)size);
        total += size;
    }
    assert_int_equal(kn__arena_used(arena), total);
    assert_string_equal(kn__arena_format(arena, ctx, "%s %d", "JPN", 7), "JPN 7");
    kn__arena_free(arena);
    kn__arena_free(NULL);
}

static void numbers_round_trip(void **state)
{
    (void)state;
    char text[40];
    double back;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t bits = kn__random_bits(5, 6, i);
        double x;
        memcpy(&x, &bits, sizeof x);
        if (!isfinite(x))
            continue;
        int n = kn__format_number(text, x);
        assert_true(kn__parse_number(text, (size_t)n, &back));
        assert_true(back == x);
    }
    kn__format_number(text, 0.1);
    assert_string_equal(text, "0.1");
    kn__format_number(text, -0.0);
    assert_string_equal(text, "0");
    kn__format_number(text, 1e14);
    assert_string_equal(text, "100000000000000");
}

static void what_is_not_a_number_is_refused(void **state)
{
    (void)state;
    static const char *const bad[] = {"",      "-",   "+",     ".",   "1e", "1e+",
                                      "0x1",   "inf", "nan",   "1,0", " 1", "1 ",
                                      "1.2.3", "--1", "1e999", "１",  "1_0"};
    static const struct {
        const char *text;
        double value;
    } good[] = {{"1", 1},
                {"-0.5", -0.5},
                {"+3.25", 3.25},
                {"1e3", 1000},
                {"1.E-2", 0.01},
                {".5", 0.5},
                {"00012", 12},
                {"12345678901234567890", 12345678901234567890.0},
                {"2.2250738585072014e-308", 2.2250738585072014e-308}};
    double value;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        if (kn__parse_number(bad[i], strlen(bad[i]), &value))
            fail_msg("\"%s\" was read as %g", bad[i], value);
    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        assert_true(kn__parse_number(good[i].text, strlen(good[i].text), &value));
        assert_true(value == good[i].value);
    }
    int64_t whole;
    assert_true(kn__parse_int("-42", 3, &whole) && whole == -42);
    assert_false(kn__parse_int("4.2", 3, &whole));
    assert_false(kn__parse_int("99999999999999999999", 20, &whole));
}

static void numbers_do_not_follow_the_locale(void **state)
{
    (void)state;
    static const char *const comma[] = {"de_DE.UTF-8", "fr_FR.UTF-8", "de_DE"};
    const char *set = NULL;
    for (size_t i = 0; i < 3 && !set; i++)
        set = setlocale(LC_ALL, comma[i]);
    if (!set) {
        printf("skipped: no locale with a decimal comma is installed\n");
        skip();
    }
    char text[40];
    double value;
    kn__format_number(text, 0.125);
    assert_string_equal(text, "0.125");
    assert_true(kn__parse_number("1.234567890123456789", 20, &value));
    assert_true(value == 1.234567890123456789);
    setlocale(LC_ALL, "C");
}

static void near_labels_are_found(void **state)
{
    kn_context *ctx = *state;
    static const char *const labels[] = {"gallium", "germanium", "graphite-natural",
                                         "helium", "galion"};
    assert_int_equal(kn__edit_distance("galium", "gallium", 3), 1);
    assert_int_equal(kn__edit_distance("gallium", "agllium", 3), 1);
    assert_int_equal(kn__edit_distance("JPN", "jpn", 3), 0);
    assert_int_equal(kn__edit_distance("abc", "xyz", 2), 3);
    kn__text text;
    kn__text_init(&text, ctx, 0);
    kn__text_nearest(&text, "galliun", labels, 5);
    assert_int_equal(kn__text_status(&text), KN_OK);
    assert_string_equal(text.data, "did you mean \"gallium\" or \"galion\"?");
    kn__text_release(&text);
}

static void a_text_has_a_ceiling(void **state)
{
    kn_context *ctx = *state;
    kn__text text;
    kn__text_init(&text, ctx, 10);
    kn__text_add(&text, "0123456789");
    assert_int_equal(kn__text_status(&text), KN_OK);
    kn__text_add(&text, "x");
    assert_int_equal(kn__text_status(&text), KN_ERR_LIMIT);
    kn__text_add(&text, "");
    assert_string_equal(text.data, "0123456789");
    kn__text_release(&text);
    kn_context_clear(ctx);
}

static void utf8_is_checked(void **state)
{
    (void)state;
    assert_int_equal(kn__utf8_valid("要kaname", 9), 9);
    assert_int_equal(kn__utf8_valid("a\xC0\x80", 3), 1);
    assert_int_equal(kn__utf8_valid("\xED\xA0\x80", 3), 0);
    assert_int_equal(kn__utf8_valid("\xF4\x90\x80\x80", 4), 0);
    assert_int_equal(kn__utf8_valid("ab\xE3\x81", 4), 2);
}

static const kn_column columns[] = {{"economy", "", KN_COLUMN_TEXT, ""},
                                    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""}};
static const kn_table_decl losses = {"losses", "", columns, 2};

static kn_status fill_result(kn_context *ctx, void *arg)
{
    (void)arg;
    kn_result *result = NULL;
    kn_table *table = NULL;
    kn_status status = kn_result_new(&result, ctx);
    if (status >= 0)
        status = kn_result_add(result, ctx, &losses, &table);
    for (int i = 0; i < 40 && status >= 0; i++)
        status =
            kn_table_append(table, ctx, (kn_cell[]){{.text = "JPN"}, {.number = i % 7}});
    if (status >= 0)
        status = kn_table_sort_down(table, ctx, 1);
    if (status >= 0)
        status = kn_result_info(result, ctx, "null_residual", NULL, 0);
    if (status >= 0)
        status = kn_result_note(result, ctx, "%d rows", 40);
    kn_result_free(result);
    return status;
}

static void tables_sort_and_survive_failing_allocations(void **state)
{
    kn_context *ctx = *state;
    kn_table *table;
    assert_int_equal(kn_table_new(&table, ctx, &losses), KN_OK);
    const double values[] = {2, NAN, 5, 2, -1};
    const char *names[] = {"a", "b", "c", "d", "e"};
    for (int i = 0; i < 5; i++)
        kn_table_append(table, ctx,
                        (kn_cell[]){{.text = names[i]}, {.number = values[i]}});
    assert_int_equal(kn_table_column(table, "loss_musd"), 1);
    assert_int_equal(kn_table_column(table, "nothing"), -1);
    assert_int_equal(kn_table_sort_down(table, ctx, 1), KN_OK);
    const char *expected = "cadeb";
    for (int i = 0; i < 5; i++)
        assert_int_equal(kn_table_text(table, i, 0)[0], expected[i]);
    kn_table_truncate(table, 2);
    assert_int_equal(kn_table_rows(table), 2);
    kn_table_free(table);
    assert_true(every_allocation_fails(fill_result, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(statuses_have_names_texts_and_exits),
        cmocka_unit_test(a_context_refuses_half_an_allocator),
        cmocka_unit_test(the_first_failure_is_the_one_told),
        cmocka_unit_test(impossible_sizes_are_refused),
        cmocka_unit_test(an_arena_gives_zeroed_aligned_blocks),
        cmocka_unit_test(numbers_round_trip),
        cmocka_unit_test(what_is_not_a_number_is_refused),
        cmocka_unit_test(numbers_do_not_follow_the_locale),
        cmocka_unit_test(near_labels_are_found),
        cmocka_unit_test(a_text_has_a_ceiling),
        cmocka_unit_test(utf8_is_checked),
        cmocka_unit_test(tables_sort_and_survive_failing_allocations),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
