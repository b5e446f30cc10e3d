/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "kaname/read.h"
#include "mini.h"
#include "network/network.h"
#include "network/overlay.h"

static const char trade_file[] = "tests/data/overlay/baci_2024.csv";

/* The small atlas with clean codes for wafers, a link that trade replaces, and one code
   of litho that the file lacks. */
static mini edited(void)
{
    mini m = mini_load();
    mini_edit(&m, "products.csv", "381800", "280461");
    mini_edit(&m, "products.csv", "848620", "848610;848611");
    mini_edit(&m, "links.csv", "gallium,CHN",
              "wafers,KOR,JPN,0.9,2020,C,made-up\ngallium,CHN");
    return m;
}

static kn_status overlay_network(kn_network **net, kn_context *ctx, const mini *m)
{
    kn__chain_raw *raw;
    kn__flows_raw *flows = NULL;
    const char *path = trade_file;
    *net = NULL;
    KN__TRY(kn__read_atlas_bytes(&raw, ctx, m->name, (const char *const *)m->bytes,
                                 m->length, MINI_FILES));
    kn_status status = kn__read_baci(&flows, ctx, &path, 1, NULL);
    if (status >= 0)
        status = kn__chain_overlay(raw, ctx, flows);
    if (status >= 0)
        status = kn__network_from_chain(net, ctx, raw);
    kn__flows_raw_free(ctx, flows);
    kn__chain_raw_free(raw);
    return status;
}

static const kn__link *link_of(const kn_network *net, const char *product,
                               const char *from, const char *to)
{
    int32_t q = kn__network_product(net, product);
    int32_t s = kn__network_economy(net, from), d = kn__network_economy(net, to);
    for (int32_t k = 0; k < net->link_count; k++)
        if (net->links[k].product == q && net->links[k].from == s &&
            net->links[k].to == d)
            return &net->links[k];
    return NULL;
}

static double share_of(const kn_network *net, const char *from, const char *to)
{
    const kn__link *link = link_of(net, "wafers", from, to);
    assert_non_null(link);
    assert_int_equal(link->origin.grade, 'B');
    assert_int_equal(link->origin.year, 2024);
    assert_non_null(strstr(net->sources[link->origin.source].title, "BACI"));
    return link->share;
}

static bool has_note(const kn_network *net, const char *text)
{
    for (int32_t k = 0; k < net->notes.count; k++)
        if (strstr(net->notes.at[k], text))
            return true;
    return false;
}

/* JPN makes 600, sells 400 abroad and buys 110: 200 of 310 are its own. KOR makes 300,
   sells 150, buys 200: 150 of 350. CHN makes none and buys 300, 100 of it from outside
   the atlas. */
static void shares_by_hand(void **state)
{
    mini m = edited();
    kn_network *net;
    assert_int_equal(overlay_network(&net, *state, &m), KN_OK);
    assert_int_equal(net->link_count, 5);
    assert_close(share_of(net, "KOR", "JPN"), 100.0 / 310, 1e-14);
    assert_close(share_of(net, "JPN", "KOR"), 200.0 / 350, 1e-14);
    assert_close(share_of(net, "JPN", "CHN"), 150.0 / 300, 1e-14);
    assert_close(share_of(net, "KOR", "CHN"), 50.0 / 300, 1e-14);
    assert_null(link_of(net, "wafers", "CHN", "JPN")); /* resold: CHN makes none */
    assert_close(link_of(net, "gallium", "CHN", "JPN")->share, 0.7, 1e-14);
    /* 10 + 100 of 610 */
    assert_true(has_note(net, "trade of wafers: 4 links to 3 buyers from BACI 2024, in "
                              "place of 1; 18.0 % of imports"));
    kn_network_free(net);
    mini_free(&m);
}

static void what_is_refused(void **state)
{
    mini m = edited();
    kn_network *net;
    assert_int_equal(overlay_network(&net, *state, &m), KN_OK);
    assert_true(has_note(net, "trade of gallium is not used: HS 811292 holds other"));
    assert_true(has_note(net, "trade of litho is not used: the file lacks HS 848611"));
    assert_true(has_note(net, "links of 1 products; 1 products have no HS code"));
    kn_network_free(net);
    /* a code that two products share is one product's only when it is nearly all of it */
    mini_edit(&m, "products.csv", "848610;848611", "280461");
    assert_int_equal(overlay_network(&net, *state, &m), KN_ERR_DATA);
    assert_non_null(strstr(kn_context_error(*state), "none be a basket"));
    kn_context_clear(*state);
    mini_free(&m);
    /* what mostly comes from economies that make none says nothing about makers */
    m = edited();
    mini_edit(&m, "products.csv", "848610;848611", "281111");
    assert_int_equal(overlay_network(&net, *state, &m), KN_OK);
    assert_true(has_note(net, "trade of litho is not used: 100.0 % of imports come"));
    kn_network_free(net);
    mini_free(&m);
}

static void files(void **state)
{
    kn_network *net;
    const char *folder = "tests/data/atlas-mini";
    assert_int_equal(kn_network_atlas_trade(&net, *state, folder, NULL), KN_OK);
    assert_int_equal(net->link_count, 1);
    kn_network_free(net);
    assert_int_equal(kn_network_atlas_trade(&net, *state, folder, trade_file),
                     KN_ERR_DATA);
    assert_null(net);
    kn_context_clear(*state);
    assert_int_equal(
        kn_network_atlas_trade(&net, *state, folder, "tests/data/icio/2020.csv"),
        KN_ERR_DATA);
    assert_non_null(strstr(kn_context_error(*state), "not bilateral trade"));
    assert_non_null(strstr(kn_context_error(*state), "found icio"));
    kn_context_clear(*state);
    assert_int_equal(kn_network_atlas_trade(&net, *state, folder, "none.csv"),
                     KN_ERR_NOT_FOUND);
    kn_context_clear(*state);
}

/* The default atlas under BACI 2024: Japan's magnets come from China. */
static void baci(void **state)
{
    static const char path[] = "../shared/data/baci/baci_2024.csv";
    struct stat info;
    kn_network *net;
    if (stat(path, &info) != 0) {
        print_message("skipped: %s is not there\n", path);
        skip();
    }
    assert_int_equal(kn_network_atlas_trade(&net, *state, NULL, path), KN_OK);
    const kn__link *link = link_of(net, "magnets-ndfeb", "CHN", "JPN");
    assert_non_null(link);
    assert_int_equal(link->origin.grade, 'B');
    assert_true(link->share > 0.05 && link->share < 1);
    assert_true(has_note(net, "trade of gallium is not used: HS 811292"));
    assert_true(has_note(net, "trade of beryllium is not used"));
    double sum = 0; /* links stand in order of product and buyer */
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *l = &net->links[k];
        bool same = k && l->product == l[-1].product && l->to == l[-1].to;
        sum = (same ? sum : 0) + l->share;
        assert_true(sum <= 1 + 1e-6);
    }
    kn_network_free(net);
}

static kn_status work(kn_context *ctx, void *arg)
{
    kn_network *net;
    KN__TRY(overlay_network(&net, ctx, arg));
    kn_network_free(net);
    return KN_OK;
}

static void allocations(void **state)
{
    (void)state;
    mini m = edited();
    assert_true(every_allocation_fails(work, &m) > 20);
    mini_free(&m);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_by_hand), cmocka_unit_test(what_is_refused),
        cmocka_unit_test(files),          cmocka_unit_test(baci),
        cmocka_unit_test(allocations),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
