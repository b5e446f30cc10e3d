/* SPDX-License-Identifier: Apache-2.0 */
/* kn_atlas_check on the small made-up atlas, on damaged folders and on real surveys. */
#include "kaname/atlas.h"

#include <string.h>

#include "support.h"

static const char mini[] = "tests/data/atlas-mini";

static double info_of(const kn_result *result, const char *key)
{
    for (int32_t k = 0; k < kn_result_infos(result); k++)
        if (strcmp(kn_result_info_key(result, k), key) == 0)
            return kn_result_info_number(result, k);
    fail_msg("no key figure %s", key);
    return NAN;
}

/* Whether there is a finding of that check at that place; its sentence. */
static const char *find(const kn_result *result, const char *check, const char *where)
{
    const kn_table *table = kn_result_find(result, "findings");
    assert_non_null(table);
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        if (strcmp(kn_table_text(table, r, 1), check) == 0 &&
            strcmp(kn_table_text(table, r, 2), where) == 0)
            return kn_table_text(table, r, 3);
    return NULL;
}

static kn_result *check(kn_context *ctx, const char *folder, const char *data)
{
    kn_result *result;
    kn_status status = kn_atlas_check(&result, ctx, folder, data);
    if (status < 0)
        fail_msg("%s", kn_context_error(ctx));
    return result;
}

static void folder_alone(void **state)
{
    kn_result *result = check(*state, mini, NULL);
    assert_non_null(find(result, "recipes", "litho"));
    assert_null(find(result, "recipes", "gallium")); /* minerals come from the ground */
    assert_non_null(strstr(find(result, "carve-out", ""), "isic:26 in KOR"));
    assert_true(info_of(result, "warnings") == 1);
    assert_true(info_of(result, "figures_grade_c") == 3);
    kn_result_free(result);
}

/* BGS: 60 of 100 t in 2023, the latest year; the atlas has 80 %. USGS: 85 %, close. */
static void other_surveys(void **state)
{
    kn_result *result = check(*state, mini, "tests/data/surveys");
    assert_string_equal(find(result, "compare", "CHN gallium"),
                        "80.0 % here, 60.0 % in BGS World Mineral Statistics, year 2023");
    assert_null(find(result, "compare", "JPN gallium"));
    assert_true(info_of(result, "compared") == 3);
    assert_true(info_of(result, "warnings") == 2);
    kn_result_free(result);
}

static void absent_surveys_are_passed_over(void **state)
{
    kn_result *result = check(*state, mini, "tests/data/nowhere");
    assert_true(info_of(result, "compared") == 0);
    assert_int_equal(kn_context_error_status(*state), KN_OK);
    kn_result_free(result);
    assert_int_equal(kn_atlas_check(&result, *state, "tests/data/nowhere", NULL),
                     KN_ERR_NOT_FOUND);
    assert_null(result);
}

/* The real folder: no figure of grade A to C lacks its source, no recipe costs more than
   its product is worth or asks for more than the world makes. */
static void the_atlas_itself(void **state)
{
    kn_result *result = check(*state, "data/atlas", NULL);
    const kn_table *table = kn_result_find(result, "findings");
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        bool warning = strcmp(kn_table_text(table, r, 0), "warning") == 0;
        const char *check = kn_table_text(table, r, 1);
        if (warning && (!strcmp(check, "sources") || !strcmp(check, "values")))
            fail_msg("%s: %s", kn_table_text(table, r, 2), kn_table_text(table, r, 3));
    }
    kn_result_free(result);
}

/* Against the surveys themselves: hundreds of shares, few of them far off, and for all of
   those the atlas says why. */
static void real_surveys(void **state)
{
    if (!shared_exists("../shared/data/iea/iea.json"))
        skip();
    kn_result *result = check(*state, "data/atlas", "../shared/data");
    const kn_table *table = kn_result_find(result, "findings");
    int64_t far = 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        if (strcmp(kn_table_text(table, r, 1), "compare") == 0) {
            far++;
            assert_string_equal(kn_table_text(table, r, 0), "info");
        }
    assert_true(info_of(result, "compared") > 400);
    assert_true(far <= 10);
    assert_has(find(result, "compare", "MMR rare-earth-ore"),
               "year 2023: BGS has 72 kt for MMR in 2023, three times");
    assert_true(info_of(result, "warnings") == 0);
    kn_result_free(result);
}

/* Coverage counts every row once in "all"; the weakest figures come largest first, and a
   dependent share without a range is not weak. */
static void figures(void **state)
{
    kn_result *result;
    assert_int_equal(kn_atlas_figures(&result, *state, mini), KN_OK);
    const kn_table *table = kn_result_find(result, "coverage");
    assert_int_equal(kn_table_rows(table), 1); /* none of the known chains */
    assert_string_equal(kn_table_text(table, 0, 0), "all");
    assert_true(kn_table_number(table, 0, 1) == 4);
    double grades = 0;
    for (int k = 3; k < 7; k++)
        grades += kn_table_number(table, 0, k);
    assert_close(grades, 1, 1e-12);
    assert_string_equal(kn_table_text(table, 0, 7), "2023");
    table = kn_result_find(result, "weakest");
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        assert_string_not_equal(kn_table_text(table, r, 0), "wafers needs gallium");
        if (r)
            assert_true(kn_table_number(table, r, 5) <= kn_table_number(table, r - 1, 5));
    }
    /* chips need wafers: (1 - 0.8) / 2 of the value added of chips, as it stands in the
     * table */
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        if (strcmp(kn_table_text(table, r, 0), "chips needs wafers") == 0)
            assert_close(kn_table_number(table, r, 5),
                         kn_table_number(table, r, 4) / 0.9 * 0.1, 1e-12);
    kn_result_free(result);
}

static kn_status figures_once(kn_context *ctx, void *arg)
{
    kn_result *result;
    (void)arg;
    kn_status status = kn_atlas_figures(&result, ctx, mini);
    assert_true((status < 0) == !result);
    kn_result_free(result);
    return status;
}

static kn_status check_once(kn_context *ctx, void *arg)
{
    kn_result *result;
    (void)arg;
    kn_status status = kn_atlas_check(&result, ctx, mini, "tests/data/surveys");
    assert_true((status < 0) == !result);
    kn_result_free(result);
    return status;
}

static void memory_fails(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(check_once, NULL) > 20);
    assert_true(every_allocation_fails(figures_once, NULL) > 20);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folder_alone),
        cmocka_unit_test(other_surveys),
        cmocka_unit_test(absent_surveys_are_passed_over),
        cmocka_unit_test(the_atlas_itself),
        cmocka_unit_test(real_surveys),
        cmocka_unit_test(figures),
        cmocka_unit_test(memory_fails),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
