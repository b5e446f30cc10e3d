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
        assert_int_equal(kn__read_baci(&raw, *state, paths, count), KN_OK);
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
    if (kn__read_baci(&raw, *state, &path, 1) != KN_OK)
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
    assert_int_equal(kn__read_comtrade(&raw, *state, &path, 1), KN_OK);
    assert_string_equal(raw->edition, "UN Comtrade, classic csv, 2021, 1 codes");
    assert_int_equal(raw->row_count, 3);
    assert_close(flow(raw, "850511", "CHN", "JPN"), 2, 1e-12);
    assert_close(flow(raw, "850511", "CHN", "USA"), 0.7, 1e-12);
    assert_close(flow(raw, "850511", "ZZU", "JPN"), 1, 1e-12);
    assert_int_equal(raw->note_count, 3);
    kn__flows_raw_free(*state, raw);
}

static void comtrade_api(void **state)
{
    const char *path = "tests/data/comtrade/api.csv";
    kn__flows_raw *raw;
    assert_int_equal(kn__read_comtrade(&raw, *state, &path, 1), KN_OK);
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
    kn_status status = c->comtrade ? kn__read_comtrade_csv(raw, ctx, &csv, 1)
                                   : kn__read_baci_csv(raw, ctx, csv, NULL);
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
    assert_int_equal(raw->note_count, 2);
    kn__flows_raw_free(*state, raw);
}

static void refuses(void **state, bool comtrade, const char *text, const char *message)
{
    kn__flows_raw *raw;
    const text_case c = {text, comtrade};
    assert_int_equal(read_text(&raw, *state, &c), KN_ERR_DATA);
    assert_null(raw);
    if (!strstr(kn_context_error(*state), message))
        fail_msg("\"%s\" does not contain \"%s\"", kn_context_error(*state), message);
    kn_context_clear(*state);
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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(baci_with_codes),  cmocka_unit_test(baci_2024),
        cmocka_unit_test(comtrade_classic), cmocka_unit_test(comtrade_api),
        cmocka_unit_test(repeated_rows),    cmocka_unit_test(wrong_tables),
        cmocka_unit_test(every_allocation),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
