/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/usgs.h"

static const kn__chain_supply *supply(const kn__chain_raw *raw, const char *product,
                                      const char *economy)
{
    for (int64_t k = 0; k < raw->supply_count; k++)
        if (strcmp(raw->supplies[k].product, product) == 0 &&
            strcmp(raw->supplies[k].economy, economy) == 0)
            return &raw->supplies[k];
    fail_msg("no %s in %s", product, economy);
    return NULL;
}

static kn__chain_raw *read_file(kn_context *ctx, const char *path)
{
    kn__chain_raw *raw;
    if (kn__read_usgs(&raw, ctx, path) != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
    return raw;
}

/* Countries sum to a little more or less than the rounded world total. */
#define ROUNDED 0.02

/* The checks of SOURCE.md, in both files. */
static void known_shares(void **state, const char *path)
{
    if (!shared_exists(path))
        skip();
    kn__chain_raw *raw = read_file(*state, path);
    const kn__chain_supply *gallium = supply(raw, "gallium-primary", "CHN");
    assert_close(gallium->share, 900.0 / 909, 1e-12); /* 900 of 900 as rounded */
    assert_close(gallium->spare, 1600.0 / 900 - 1, 1e-12);
    assert_int_equal(gallium->year, 2025);
    assert_close(supply(raw, "rare-earths-mine", "CHN")->share, 270.0 / 390, ROUNDED);
    assert_close(supply(raw, "cobalt-mine", "COD")->share, 230.0 / 310, ROUNDED);
    assert_close(supply(raw, "tungsten-mine", "CHN")->share, 67.0 / 85, ROUNDED);
    assert_close(supply(raw, "magnesium-metal-smelter", "CHN")->share, 950.0 / 1100,
                 ROUNDED);
    assert_true(raw->product_count > 65);
    for (int64_t k = 0; k < raw->product_count; k++) {
        double sum = 0;
        for (int64_t s = 0; s < raw->supply_count; s++)
            if (strcmp(raw->supplies[s].product, raw->products[k].id) == 0)
                sum += raw->supplies[s].share;
        assert_true(sum > 0 && sum < 1 + 1e-9);
    }
    kn__chain_raw_free(raw);
}

static void data_release(void **state)
{
    known_shares(state, "../shared/data/usgs/MCS2026_Commodities_Data.csv");
}

static void cleaned_table(void **state)
{
    known_shares(state, "../shared/data/usgs/usgs_mcs2026_world.csv");
}

/* Years in column names, one with a stray space; a misspelt commodity; cp1252; W. */
static void wide_table(void **state)
{
    kn__chain_raw *raw = read_file(*state, "tests/data/usgs/MCS2025_World_Data.csv");
    assert_int_equal(raw->product_count, 2);
    assert_string_equal(raw->products[0].id, "germanium-refinery");
    assert_close(supply(raw, "germanium-refinery", "CHN")->share, 0.6, 1e-12);
    assert_close(supply(raw, "germanium-refinery", "CIV")->share, 0.1, 1e-12);
    assert_close(supply(raw, "gallium-primary", "CHN")->share, 700.0 / 720, 1e-12);
    assert_close(supply(raw, "gallium-primary", "CHN")->spare, 1000.0 / 700 - 1, 1e-12);
    assert_int_equal(supply(raw, "gallium-primary", "CHN")->year, 2024);
    assert_string_equal(raw->products[0].note,
                        "world refinery production 2024: 200000 kilograms");
    kn__chain_raw_free(raw);
}

static const char TABLE[] =
    "Commodity,Country,Statistics,Statistics_detail,Unit,Year,Value\n"
    "Tin,China,Production,Mine production,metric tons,2025,\"1,000\"\n"
    "Tin,Peru,Production,Mine production,metric tons,2025,W\n"
    "Tin,Other countries,Production,Mine production,metric tons,2025,\"100 - 300\"\n"
    "Tin,Peru,Reserves,Reserves,metric tons,2025,nobody knows\n"
    "Tin,World total,Production,\"Mine production, rounded\",metric tons,2025,2000\n";

static kn_status read_text(kn__chain_raw **raw, kn_context *ctx, const char *text)
{
    return kn__read_usgs_bytes(raw, ctx, "mcs.csv", text, strlen(text));
}

static void cells(void **state)
{
    kn__chain_raw *raw;
    assert_int_equal(read_text(&raw, *state, TABLE), KN_OK);
    assert_int_equal(raw->supply_count, 1);
    assert_close(raw->supplies[0].share, 0.5, 1e-12);
    assert_true(isnan(raw->supplies[0].spare));
    assert_int_equal(raw->notes.count, 2);
    assert_non_null(strstr(raw->notes.at[1], "1 figures are withheld"));
    kn__chain_raw_free(raw);
}

static void refuses(void **state, const char *from, const char *to, const char *message)
{
    char text[1024];
    kn__chain_raw *raw;
    changed_text(text, sizeof text, TABLE, from, to);
    assert_refused(*state, read_text(&raw, *state, text), KN_ERR_DATA, message);
    assert_null(raw);
}

static void wrong_tables(void **state)
{
    refuses(state, "Country,", "Place,",
            "mcs.csv:1:1: this is not a table of the Mineral "
            "Commodity Summaries: column \"Country\"");
    refuses(state, "Tin,China", "Tin,Chnia",
            "2:5: unknown economy \"Chnia\"; did you mean \"China\"");
    refuses(state, "\"1,000\"", "many", "2:55: a number, a dash");
    refuses(state, "2025,\"1,000\"", "25,7", "2:50: a year was expected, found \"25\"");
    refuses(state, "Tin,World total", "Tin,Peru", "no series of world production");
    refuses(state, TABLE, "", "the file is empty");
    refuses(state, "Tin,China", ",China", "2:1: the name of a commodity");
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__chain_raw *raw;
    KN__TRY(read_text(&raw, ctx, arg));
    kn__chain_raw_free(raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    assert_true(every_allocation_fails(read_and_free, (void *)(uintptr_t)TABLE) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(data_release), cmocka_unit_test(cleaned_table),
        cmocka_unit_test(wide_table),   cmocka_unit_test(cells),
        cmocka_unit_test(wrong_tables), cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
