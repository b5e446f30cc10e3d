/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "network/build.h"
#include "read/flows_raw.h"

static double flow(const kn__flows_raw *raw, const char *product, const char *from,
                   const char *to)
{
    for (int64_t k = 0; k < raw->row_count; k++) {
        const kn__flow_row *r = &raw->rows[k];
        if (strcmp(raw->products[r->product], product) == 0 &&
            strcmp(raw->economies[r->from], from) == 0 &&
            strcmp(raw->economies[r->to], to) == 0)
            return r->value_musd;
    }
    return -1;
}

static void baci_with_codes(void **state)
{
    const char *paths[] = {"tests/data/baci/BACI_HS17_Y2022_V202601.csv",
                           "tests/data/baci/country_codes_V202601.csv"};
    for (int32_t count = 1; count <= 2; count++) {
        kn__flows_raw *raw;
        assert_int_equal(kn__read_baci(&raw, *state, paths, count, NULL), KN_OK);
        assert_int_equal(raw->row_count, 4);
        assert_string_equal(raw->edition, "BACI, 2022, 3 HS codes");
        assert_close(flow(raw, "850511", "CHN", "JPN"), 1.0005, 1e-12);
        assert_close(flow(raw, "854232", "TWN", "JPN"), 3, 1e-12);
        kn__flows_raw_free(*state, raw);
    }
}

/* The figures of SOURCE.md, and the network made of them. */
static void baci_2024(void **state)
{
    const char *path = "../shared/data/baci/baci_2024.csv";
    kn__flows_raw *raw;
    kn_network *net;
    if (!shared_exists(path))
        skip();
    if (kn__read_baci(&raw, *state, &path, 1, NULL) != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_int_equal(raw->row_count, 21723);
    assert_int_equal(raw->product_count, 30);
    double total = 0, magnets = 0, china = 0;
    for (int64_t k = 0; k < raw->row_count; k++) {
        const kn__flow_row *r = &raw->rows[k];
        bool magnet = strcmp(raw->products[r->product], "850511") == 0;
        total += r->value_musd;
        magnets += magnet ? r->value_musd : 0;
        china +=
            magnet && strcmp(raw->economies[r->from], "CHN") == 0 ? r->value_musd : 0;
    }
    assert_close(total, 297.6e3, 1e-3);
    assert_close(magnets, 4.96e3, 1e-2);
    assert_close(china / magnets, 0.627, 1e-3);
    assert_int_equal(kn__network_from_flows(&net, *state, raw), KN_OK);
    assert_int_equal(net->product_count, 30);
    double output = 0, bought = 0;
    for (int64_t i = 0; i < net->producer_count; i++) {
        output += net->producers[i].output;
        for (int64_t k = 0; k < net->final_count; k++)
            bought += net->final_demand[i * net->final_count + k];
    }
    assert_close(output, total, 1e-9);
    assert_close(bought, total, 1e-9);
    kn_network_free(net);
    kn__flows_raw_free(*state, raw);
}

/* The importer's word counts before the exporter's; the world and coarser codes do not.
 */
static void comtrade_classic(void **state)
{
    const char *path = "tests/data/comtrade/classic.csv";
    kn__flows_raw *raw;
    assert_int_equal(kn__read_comtrade(&raw, *state, &path, 1, NULL), KN_OK);
    assert_string_equal(raw->edition, "UN Comtrade, classic csv, 2021, 1 codes");
    assert_int_equal(raw->row_count, 3);
    assert_close(flow(raw, "850511", "CHN", "JPN"), 2, 1e-12);
    assert_close(flow(raw, "850511", "CHN", "USA"), 0.7, 1e-12);
    assert_close(flow(raw, "850511", "ZZU", "JPN"), 1, 1e-12);
    assert_int_equal(raw->notes.count, 3);
    kn__flows_raw_free(*state, raw);
}

static void comtrade_api(void **state)
{
    const char *path = "tests/data/comtrade/api.csv";
    kn__flows_raw *raw;
    assert_int_equal(kn__read_comtrade(&raw, *state, &path, 1, NULL), KN_OK);
    assert_string_equal(raw->edition, "UN Comtrade, API csv, 2023, 1 codes");
    assert_int_equal(raw->row_count, 1);
    assert_close(flow(raw, "811292", "CHN", "KOR"), 1.5, 1e-12);
    kn__flows_raw_free(*state, raw);
}

typedef struct text_case {
    const char *text;
    bool comtrade;
} text_case;

static kn_status read_text(kn__flows_raw **raw, kn_context *ctx, const text_case *c)
{
    kn__csv *csv;
    *raw = NULL;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, "flows_2020.csv", c->text, strlen(c->text)));
    kn_status status = c->comtrade ? kn__read_comtrade_csv(raw, ctx, &csv, 1, NULL)
                                   : kn__read_baci_csv(raw, ctx, csv, NULL, NULL);
    kn__csv_close(csv);
    return status;
}

static void repeated_rows(void **state)
{
    kn__flows_raw *raw;
    const text_case c = {"i,j,cmd,value\nCHN,JPN,1011,5\nCHN,JPN,1011,5\nCHN,JPN,1011,7\n"
                         "JPN,JPN,1011,9\nCHN,JPN,81129,1\n",
                         false};
    assert_int_equal(read_text(&raw, *state, &c), KN_OK);
    assert_int_equal(raw->row_count, 2);
    assert_close(flow(raw, "1011", "CHN", "JPN"), 12e-6, 1e-12);
    assert_close(flow(raw, "081129", "CHN", "JPN"), 1e-6, 1e-12);
    assert_int_equal(raw->source_year, 2020);
    assert_int_equal(raw->notes.count, 2);
    kn__flows_raw_free(*state, raw);
}

static void refuses(void **state, bool comtrade, const char *text, const char *message)
{
    kn__flows_raw *raw;
    const text_case c = {text, comtrade};
    assert_refused(*state, read_text(&raw, *state, &c), KN_ERR_DATA, message);
    assert_null(raw);
}

static void wrong_tables(void **state)
{
    refuses(state, false, "", "this is not a BACI table");
    refuses(state, false, "t,i,j,k,q\n", "column \"v\" is missing");
    refuses(state, false, "i,j,cmd,value\n", "there is no flow");
    refuses(state, false, "i,j,cmd,value\nCHM,JPN,1,1\n",
            "2:1: unknown economy \"CHM\"; did");
    refuses(state, false, "t,i,j,k,v\n2020,156,7,1,1\n", "2:10: unknown economy \"7\"");
    refuses(state, false, "t,i,j,k,v\n20,156,392,1,1\n", "2:1: a year was expected");
    refuses(state, false, "i,j,cmd,value\nCHN,JPN,x,1\n", "2:9: an HS code");
    refuses(state, false, "i,j,cmd,value\nCHN,JPN,1,-1\n", "2:11: a flow cannot be neg");
    refuses(state, false, "i,j,cmd,value\nCHN,JPN,1,NA\n", "2:11: a number was expected");
    refuses(state, true, "Year,Trade Flow\n", "column \"Reporter ISO\" (or");
    refuses(state, true,
            "refYear,flowCode,reporterISO,partnerISO,cmdCode,primaryValue\n"
            "2020,M,JPN,CHN,1011,many\n",
            "2:21: a number was expected");
    refuses(state, true,
            "refYear,flowCode,reporterISO,partnerISO,cmdCode,primaryValue\n"
            "2020,M,JPN,W00,1011,5\n",
            "there is no flow");
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__flows_raw *raw;
    kn_network *net;
    KN__TRY(read_text(&raw, ctx, arg));
    kn_status status = kn__network_from_flows(&net, ctx, raw);
    kn__flows_raw_free(ctx, raw);
    kn_network_free(net);
    return status;
}

static void every_allocation(void **state)
{
    (void)state;
    text_case baci = {"i,j,cmd,value\nCHN,JPN,1,1\nCHN,JPN,1,2\n", false};
    text_case comtrade = {"refYear,flowCode,reporterISO,partnerISO,cmdCode,primaryValue\n"
                          "2020,M,JPN,CHN,1011,5\n2020,X,JPN,CHN,1011,5\n",
                          true};
    assert_true(every_allocation_fails(read_and_free, &baci) > 5);
    assert_true(every_allocation_fails(read_and_free, &comtrade) > 5);
}

/* ---- Some goods of a file ---- */

static const char three_goods[] =
    "i,j,cmd,value\nCHN,JPN,850511,1\nCHN,ZZU,850519,2\nCHN,JPN,854231,3\n"
    "TWN,JPN,854232,4\nCHN,ZZU,811292,5\n";

static kn_status read_only(kn__flows_raw **raw, kn_context *ctx, const char *text,
                           bool comtrade, const char *codes)
{
    kn__hs_list only = {.each = true};
    kn__arena *arena;
    kn__csv *csv = NULL;
    *raw = NULL;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__hs_parse(&only, ctx, arena, codes);
    if (status >= 0)
        status = kn__csv_open_bytes(&csv, ctx, "flows_2020.csv", text, strlen(text));
    if (status >= 0)
        status = comtrade ? kn__read_comtrade_csv(raw, ctx, &csv, 1, &only)
                          : kn__read_baci_csv(raw, ctx, csv, NULL, &only);
    kn__csv_close(csv);
    kn__arena_free(arena);
    return status;
}

/* A chapter, a heading and a code; what is left out makes neither labels nor notes. */
static void only_some_goods(void **state)
{
    static const struct {
        const char *codes;
        int32_t rows, goods, economies, notes;
    } cases[] = {
        {"85", 4, 4, 4, 1},     {"8542", 2, 2, 3, 0},
        {"854231", 1, 1, 2, 0}, {"8505,81,850511", 3, 3, 3, 1},
        {"8", 5, 5, 4, 1},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kn__flows_raw *raw;
        assert_int_equal(read_only(&raw, *state, three_goods, false, cases[k].codes),
                         KN_OK);
        assert_int_equal(raw->row_count, cases[k].rows);
        assert_int_equal(raw->product_count, cases[k].goods);
        assert_int_equal(raw->economy_count, cases[k].economies);
        assert_int_equal(raw->notes.count, cases[k].notes);
        kn__flows_raw_free(*state, raw);
    }
}

/* The longest level is that of the goods asked for, not of the whole file. */
static void only_some_levels(void **state)
{
    static const char text[] =
        "refYear,flowCode,reporterISO,partnerISO,cmdCode,primaryValue\n"
        "2020,M,JPN,CHN,8505,5\n2020,M,JPN,CHN,85,6\n2020,M,JPN,CHN,811292,7\n";
    kn__flows_raw *raw;
    assert_int_equal(read_only(&raw, *state, text, true, "8505"), KN_OK);
    assert_int_equal(raw->row_count, 1);
    assert_close(flow(raw, "8505", "CHN", "JPN"), 5e-6, 1e-12);
    kn__flows_raw_free(*state, raw);
    assert_int_equal(read_only(&raw, *state, text, true, "85,81"), KN_OK);
    assert_close(flow(raw, "811292", "CHN", "JPN"), 7e-6, 1e-12);
    kn__flows_raw_free(*state, raw);
}

static void wrong_goods(void **state)
{
    static const struct {
        const char *codes;
        kn_status status;
        const char *message;
    } cases[] = {
        {"85x", KN_ERR_USAGE, "\"85x\" is no HS code: 1 to 12 digits"},
        {"85,", KN_ERR_USAGE, "\"\" is no HS code"},
        {"", KN_ERR_USAGE, "\"\" is no HS code"},
        {"85;1234567890123", KN_ERR_USAGE, "\"1234567890123\" is no HS code"},
        {"8542,8506", KN_ERR_NOT_FOUND,
         "flows_2020.csv: there is no flow of HS 8506; did you mean \"8505\""},
        {"854239", KN_ERR_NOT_FOUND, "did you mean \"854231\", \"854232\" or"},
        {"99", KN_ERR_NOT_FOUND, "there is no flow of HS 99"},
    };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        kn__flows_raw *raw;
        assert_refused(*state,
                       read_only(&raw, *state, three_goods, false, cases[k].codes),
                       cases[k].status, cases[k].message);
        assert_null(raw);
    }
}

/* More goods than the tables of a reader hold at first. */
static void many_goods(void **state)
{
    enum { GOODS = 300 };
    char text[GOODS * 24 + 16] = "i,j,cmd,value\n";
    size_t used = strlen(text);
    for (int k = 0; k < GOODS; k++)
        used += (size_t)snprintf(text + used, sizeof text - used, "CHN,JPN,%d,1\n",
                                 100000 + 1000 * k);
    kn__flows_raw *raw;
    assert_int_equal(read_only(&raw, *state, text, false, "15,399"), KN_OK);
    assert_int_equal(raw->product_count, 11);
    kn__flows_raw_free(*state, raw);
}

static kn_status read_some(kn_context *ctx, void *arg)
{
    kn__flows_raw *raw;
    kn_status status = read_only(&raw, ctx, three_goods, false, arg);
    kn__flows_raw_free(ctx, raw);
    return status;
}

static kn_status read_missing(kn_context *ctx, void *arg)
{
    kn_status status = read_some(ctx, arg);
    return status == KN_ERR_NOT_FOUND ? KN_OK : status;
}

static void every_allocation_of_goods(void **state)
{
    (void)state;
    char some[] = "85,811292", missing[] = "8506";
    assert_true(every_allocation_fails(read_some, some) > 5);
    assert_true(every_allocation_fails(read_missing, missing) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baci_with_codes),  cmocka_unit_test(baci_2024),
        cmocka_unit_test(comtrade_classic), cmocka_unit_test(comtrade_api),
        cmocka_unit_test(repeated_rows),    cmocka_unit_test(wrong_tables),
        cmocka_unit_test(every_allocation), cmocka_unit_test(only_some_goods),
        cmocka_unit_test(only_some_levels), cmocka_unit_test(wrong_goods),
        cmocka_unit_test(many_goods),       cmocka_unit_test(every_allocation_of_goods),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
