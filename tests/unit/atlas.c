/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "mini.h"
#include "network/network.h"

static int64_t cell(const kn_network *net, const char *product, const char *economy)
{
    int32_t p = kn__network_product(net, product), e = kn__network_economy(net, economy);
    assert_true(p >= 0 && e >= 0);
    return (int64_t)p * net->economy_count + e;
}

static const kn__producer *maker(const kn_network *net, const char *product,
                                 const char *economy)
{
    int32_t i = net->producer_at[cell(net, product, economy)];
    assert_true(i >= 0);
    return &net->producers[i];
}

static double z_of(const kn_network *net, const char *product, const char *from,
                   const char *user, const char *to)
{
    return kn__flows_at(&net->flows,
                        (int32_t)(maker(net, product, from) - net->producers),
                        (int32_t)(maker(net, user, to) - net->producers));
}

static kn__pools pools_of(kn_context *ctx, const kn_network *net, kn__arena **arena)
{
    kn__pools pools;
    assert_int_equal(kn__arena_new(arena, ctx), KN_OK);
    assert_int_equal(kn__pools_new(&pools, ctx, *arena, net), KN_OK);
    return pools;
}

/* ---- The small atlas, by hand ---- */

static void producers(void **state)
{
    kn_network *net = mini_make(*state);
    assert_int_equal(net->economy_count, 4);
    assert_int_equal(net->product_count, 6);
    assert_int_equal(net->producer_count, 15); /* 8 listed, 2 of ZZU, 5 industries */
    assert_close(maker(net, "gallium", "CHN")->output, 80, 1e-14);
    assert_close(maker(net, "gallium", "CHN")->value_added, 40, 1e-14);
    assert_close(maker(net, "gallium", "CHN")->spare, 0.2, 1e-14);
    assert_close(maker(net, "gallium", "ZZU")->output, 10, 1e-12);
    assert_close(maker(net, "wafers", "ZZU")->output, 100, 1e-12);
    assert_int_equal(net->producer_at[cell(net, "chips", "ZZU")], -1);
    assert_true(isnan(maker(net, "chips", "CHN")->spare));
    /* what remains of industries: 900 − 40; 3000 − 300; 1000 − 240 − 300 − 100 */
    assert_close(maker(net, "isic:24", "CHN")->value_added, 860, 1e-14);
    assert_close(maker(net, "isic:26", "CHN")->value_added, 2700, 1e-14);
    assert_close(maker(net, "isic:26", "JPN")->value_added, 360, 1e-14);
    assert_close(maker(net, "isic:26", "CHN")->output, 9000, 1e-14);
    /* 500 − 120 − 600 < 0: nothing remains, and that is said */
    assert_true(maker(net, "isic:26", "KOR")->value_added == 0);
    assert_int_equal(net->notes.count, 1);
    assert_non_null(strstr(net->notes.at[0], "isic:26 in KOR is 720.0 MUSD, 220.0 MUSD"));
    assert_true(net->has_recipes);
    assert_int_equal(net->zzu, kn__network_economy(net, "ZZU"));
    assert_int_equal(net->row_economy, -1);
    kn_network_free(net);
}

static void use_and_links(void **state)
{
    kn_network *net = mini_make(*state);
    kn__arena *arena;
    kn__pools pools = pools_of(*state, net, &arena);
    /* recipes ask for gallium: 0.05 · wafers + 0.0001 · electronics */
    double asked[4] = {0.9, 30 + 0.3, 15 + 0.16, 5}, sum = 51.36;
    static const char *const code[] = {"CHN", "JPN", "KOR", "ZZU"};
    for (int d = 0; d < 4; d++)
        assert_close(pools.use[cell(net, "gallium", code[d])], 100 * asked[d] / sum,
                     1e-9);
    /* KOR is listed with half of the wafers; the rest goes by chips: 500 to 500 */
    assert_close(pools.use[cell(net, "wafers", "KOR")], 500, 1e-9);
    assert_close(pools.use[cell(net, "wafers", "JPN")], 250, 1e-9);
    assert_close(pools.use[cell(net, "wafers", "CHN")], 250, 1e-9);
    /* tools go where they are used: to makers of chips */
    assert_close(pools.use[cell(net, "litho", "KOR")], 100, 1e-9);
    /* nothing asks for industries: by GDP */
    assert_close(pools.use[cell(net, "isic:24", "JPN")], 5000.0 * 500 / 1750, 1e-9);
    /* the link, and margins that hold around it */
    int32_t chn = kn__network_economy(net, "CHN"), jpn = kn__network_economy(net, "JPN");
    int64_t E = net->economy_count, q = kn__network_product(net, "gallium");
    double known = pools.flow[(q * E + chn) * E + jpn];
    assert_close(known, 0.7 * pools.use[q * E + jpn], 1e-9);
    for (int64_t s = 0; s < E; s++) {
        double sold = 0;
        for (int64_t d = 0; d < E; d++)
            sold += pools.flow[(q * E + s) * E + d];
        assert_close(sold, pools.output[q * E + s], 1e-9);
    }
    kn__arena_free(arena);
    kn_network_free(net);
}

static void flows(void **state)
{
    kn_network *net = mini_make(*state);
    kn__arena *arena;
    kn__pools pools = pools_of(*state, net, &arena);
    for (int32_t i = 0; i < net->producer_count; i++) { /* x = Σ Z + Σ Y */
        double sold = 0;
        for (int32_t j = 0; j < net->producer_count; j++)
            sold += kn__flows_at(&net->flows, i, j);
        for (int32_t k = 0; k < net->final_count; k++) {
            double y = net->final_demand[(int64_t)i * net->final_count + k];
            bool tool = net->products[net->producers[i].product].kind == KN__EQUIPMENT;
            sold += y;
            if (strcmp(net->finals[k].category, tool ? "final" : "investment") == 0)
                assert_true(y == 0);
        }
        assert_close(sold, net->producers[i].output, 1e-9);
    }
    /* gallium CHN sells JPN goes to wafers and electronics as 30 to 0.3 */
    double to_wafers = z_of(net, "gallium", "CHN", "wafers", "JPN");
    double to_industry = z_of(net, "gallium", "CHN", "isic:26", "JPN");
    assert_close(to_wafers / to_industry, 100, 1e-9);
    /* recipes ask for 30.3 of what JPN uses, CHN sells 0.7 of it; the rest is final */
    assert_close(to_wafers + to_industry, 0.7 * 30.3, 1e-9);
    /* chips need 0.2 · 1000 of wafers in KOR, 500 are used there: 300 are final */
    assert_close(z_of(net, "wafers", "KOR", "chips", "KOR"),
                 0.4 * pools.flow[cell(net, "wafers", "KOR") * net->economy_count +
                                  kn__network_economy(net, "KOR")],
                 1e-9);
    kn__arena_free(arena);
    kn_network_free(net);
}

static void stocks_and_records(void **state)
{
    kn_network *net = mini_make(*state);
    assert_close(net->stock_days[cell(net, "gallium", "JPN")], 90, 1e-14);
    assert_close(net->stock_days[cell(net, "gallium", "ZZU")], 60, 1e-14);
    assert_true(isnan(net->stock_days[cell(net, "chips", "JPN")]));
    assert_int_equal(net->bloc_count, 1);
    assert_int_equal(net->blocs[0].members.count, 2);
    int32_t wafers = kn__network_product(net, "wafers");
    assert_int_equal(net->recipe_start[wafers + 1] - net->recipe_start[wafers], 1);
    const kn__recipe *r = &net->recipes[net->recipe_start[wafers]];
    assert_string_equal(net->products[r->input].id, "gallium");
    assert_int_equal(r->criticality, KN__ESSENTIAL);
    assert_string_equal(net->products[wafers].note, "made, up");
    assert_string_equal(net->products[net->products[wafers].industry].id, "isic:26");
    kn_network_free(net);
}

/* ---- Shares that are not known ---- */

static void bounds(void **state)
{
    kn_network *net = mini_make(*state);
    kn__arena *arena;
    kn__pools pools = pools_of(*state, net, &arena);
    int64_t E = net->economy_count;
    for (int32_t q = 0; q < net->product_count; q++)
        for (int32_t d = 0; d < E; d++) {
            double low_sum = 0, high_sum = 0, low, high;
            for (int32_t s = 0; s < E; s++) {
                double use = pools.use[q * E + d];
                double share = use > 0 ? pools.flow[(q * E + s) * E + d] / use : 0;
                kn__pools_share_bounds(&pools, net, q, s, d, &low, &high);
                assert_true(low >= 0 && low <= share && share <= high);
                assert_true(high <= 1 + 1e-12);
                low_sum += low;
                high_sum += high;
            }
            if (pools.use[q * E + d] > 0)
                assert_true(low_sum <= 1 + 1e-9 && high_sum >= 1 - 1e-9);
        }
    int32_t q = kn__network_product(net, "gallium"),
            chn = kn__network_economy(net, "CHN");
    int32_t jpn = kn__network_economy(net, "JPN"), kor = kn__network_economy(net, "KOR");
    double low, high;
    kn__pools_share_bounds(&pools, net, q, chn, jpn, &low, &high);
    assert_close(low, 0.7, 1e-9);
    assert_close(high, 0.7, 1e-9);
    /* CHN has 80 − 0.7 · M_JPN left for 100 − M_JPN of the others' use */
    double m_jpn = 100 * 30.3 / 51.36, m_kor = 100 * 15.16 / 51.36;
    double left = 80 - 0.7 * m_jpn, others = 100 - m_jpn - m_kor;
    kn__pools_share_bounds(&pools, net, q, chn, kor, &low, &high);
    assert_close(low, fmax(0, left - others) / m_kor, 1e-9);
    assert_close(high, 1, 1e-9);
    kn__arena_free(arena);
    kn_network_free(net);
}

/* ---- Names ---- */

static void resolve(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx);
    kn__arena *arena;
    kn_ids ids;
    assert_int_equal(kn__arena_new(&arena, ctx), KN_OK);
#define COUNT(kind, list, n)                                                             \
    assert_int_equal(kn__network_resolve_##kind(&ids, ctx, arena, net, list), KN_OK);    \
    assert_int_equal(ids.count, n)
    COUNT(economies, "*", 3); /* not the unseen supplier */
    COUNT(economies, "ZZU", 1);
    COUNT(economies, "KOR, JPN,KOR", 2);
    assert_true(ids.id[0] < ids.id[1]);
    COUNT(economies, "JK,CHN", 3);
    COUNT(products, "*", 6);
    COUNT(products, "isic:26", 4); /* with wafers, chips and tools */
    COUNT(products, "gallium,chips", 2);
    assert_int_equal(kn__network_resolve_economies(&ids, ctx, arena, net, "JPN,KRO"),
                     KN_ERR_NOT_FOUND);
    assert_non_null(strstr(kn_context_error(ctx), "did you mean \"KOR\""));
    kn_context_clear(ctx);
    assert_int_equal(kn__network_resolve_products(&ids, ctx, arena, net, "galium"),
                     KN_ERR_NOT_FOUND);
    assert_non_null(strstr(kn_context_error(ctx), "did you mean \"gallium\""));
    kn_context_clear(ctx);
    assert_int_equal(kn__network_resolve_products(&ids, ctx, arena, net, "chips,,"),
                     KN_ERR_USAGE);
    int32_t id;
    kn_context_clear(ctx);
    assert_int_equal(kn_network_find_economy(&id, ctx, net, "jpn"), KN_ERR_NOT_FOUND);
    assert_int_equal(id, -1);
    assert_int_equal(kn_network_find_product(&id, ctx, net, "litho"), KN_OK);
    assert_string_equal(kn_network_product_name(net, id, KN_LANG_JA), "露光装置");
    assert_string_equal(kn_network_product_id(net, 99), "");
    kn__arena_free(arena);
    kn_network_free(net);
}

/* ---- Files that do not fit ---- */

static void refuse(kn_context *ctx, const char *file, const char *from, const char *to,
                   const char *says)
{
    mini m = mini_load();
    kn_network *net;
    mini_edit(&m, file, from, to);
    kn_context_clear(ctx);
    kn_status status = mini_network(&net, ctx, &m);
    if (status != KN_ERR_DATA || !strstr(kn_context_error(ctx), says))
        fail_msg("%s \"%s\" gave %s: %s\n(expected: %s)", file, to,
                 kn_status_name(status), kn_context_error(ctx), says);
    assert_null(net);
    mini_free(&m);
}

static void damaged_cells(void **state)
{
    kn_context *c = *state;
    refuse(c, "supply.csv", "0.8", "1.8",
           "supply.csv:2:13: share: 1.8 is outside 0 to 1");
    refuse(c, "supply.csv", "0.8", "0,8", "supply.csv:2");
    refuse(c, "supply.csv", "A,D,made-up", "E,D,made-up", "\"E\" is not a grade");
    refuse(c, "supply.csv", "2023", "20233", "\"20233\" is not a year");
    refuse(c, "supply.csv", "gallium,CHN", "gallium,China",
           "economy: \"China\" is not an ISO 3166 alpha-3 code");
    refuse(c, "supply.csv", "gallium,CHN", "Gallium!,CHN", "is not a product id");
    refuse(c, "supply.csv", "gallium,CHN", ",CHN", "supply.csv:2:1: product is empty");
    refuse(c, "recipes.csv", "essential", "esential", "did you mean \"essential\"");
    refuse(c, "recipes.csv", "0.8,0.9,1", "0.9,0.8,1", "not in rising order");
    refuse(c, "recipes.csv", "chips,wafers", "wafers,wafers", "is an input of itself");
    refuse(c, "products.csv", "811292", "81129a", "is not HS codes");
    refuse(c, "products.csv", "mineral", "minerals", "did you mean \"mineral\"");
    refuse(c, "economies.csv", "gdp_musd", "gdp", "economies.csv:1");
    refuse(c, "industries.csv", "900,4000", "9000,4000", "above its output");
    refuse(c, "equipment.csv", ",10,", ",0,", "life_years: 0 is outside");
}

static void rows_that_do_not_fit(void **state)
{
    kn_context *c = *state;
    refuse(c, "supply.csv", "gallium,JPN", "galium,JPN",
           "supply.csv:3: product \"galium\" is not in products.csv; did you mean "
           "\"gallium\"");
    refuse(c, "supply.csv", "gallium,JPN", "gallium,CHN",
           "supply.csv:3: gallium in CHN stands already in line 2");
    refuse(c, "supply.csv", "JPN,0.1", "JPN,0.3", "shares of gallium sum to 1.1");
    refuse(c, "supply.csv", "gallium,JPN", "isic:26,JPN", "stand in industries.csv");
    refuse(c, "supply.csv", "gallium,JPN", "gallium,ZZU", "ZZU is not listed");
    refuse(c, "supply.csv", "made-up", "made-op", "did you mean \"made-up\"");
    refuse(c, "recipes.csv", "isic:26,gallium", "isic:26,chips", "stands in line 4");
    refuse(c, "recipes.csv", "chips,wafers,0.2", "chips,wafers,0.5",
           "more than its value");
    refuse(c, "recipes.csv", "chips,wafers", "chips,litho", "stands in equipment.csv");
    refuse(c, "equipment.csv", "chips,litho", "chips,wafers", "not of kind equipment");
    refuse(c, "products.csv", "isic:24,t", "isic:25,t", "isic:25\" is not in products");
    refuse(c, "products.csv", "chips,comp", "wafers,comp", "stands already in line 3");
    refuse(c, "demand.csv", "0.5", "0.5,2023,B,made-up\nwafers,KOR,0.1", "stands twice");
    refuse(c, "links.csv", "made-up", "made-up\ngallium,ZZU,JPN,0.4,2023,A,made-up",
           "links.csv:3: the links of gallium to JPN sum to 1.1");
    refuse(c, "stocks.csv", "gallium,*", "gallium,JPN", "gallium in JPN stands twice");
    refuse(c, "blocs.csv", "JK,JPN", "JPN,JPN", "has the code of an economy");
    refuse(c, "blocs.csv", "JK,JPN", "JK,KOR", "stands twice in bloc JK");
    refuse(c, "industries.csv", "CHN,isic:24", "CHN,gallium", "not of kind industry");
}

/* A link for more than its seller makes: shares of supply and demand stand, the link
   bends, and its bounds reach from the share used to the share given. */
static void links_bend(void **state)
{
    kn_context *ctx = *state;
    mini m = mini_load();
    kn_network *net;
    mini_edit(&m, "links.csv", "gallium,CHN,JPN,0.7", "wafers,KOR,KOR,0.9");
    assert_int_equal(mini_network(&net, ctx, &m), KN_OK);
    assert_int_equal(net->notes.count, 2);
    assert_non_null(strstr(net->notes.at[1], "KOR to KOR"));
    kn__arena *arena;
    kn__pools pools = pools_of(ctx, net, &arena);
    int32_t q = kn__network_product(net, "wafers"), kor = kn__network_economy(net, "KOR");
    int64_t E = net->economy_count;
    double low, high, sold = 0;
    for (int32_t d = 0; d < E; d++)
        sold += pools.flow[(q * E + kor) * E + d];
    assert_close(sold, 300, 1e-9);
    kn__pools_share_bounds(&pools, net, q, kor, kor, &low, &high);
    assert_true(low < 0.6 + 1e-9);
    assert_close(high, 0.9, 1e-12);
    kn__arena_free(arena);
    kn_network_free(net);
    mini_free(&m);
}

static void missing_file(void **state)
{
    kn_context *ctx = *state;
    mini m = mini_load();
    kn__chain_raw *raw;
    assert_int_equal(kn__read_atlas_bytes(&raw, ctx, m.name, (const char *const *)m.bytes,
                                          m.length, MINI_FILES - 1),
                     KN_ERR_NOT_FOUND);
    assert_null(raw);
    kn_context_clear(ctx);
    assert_int_equal(kn__read_atlas(&raw, ctx, "tests/data/nowhere"), KN_ERR_NOT_FOUND);
    kn_context_clear(ctx);
    assert_int_equal(kn__read_atlas(&raw, ctx, "tests/data/atlas-mini/demand.csv"),
                     KN_ERR_USAGE);
    mini_free(&m);
}

/* ---- The embedded atlas ---- */

static void embedded(void **state)
{
    kn_context *ctx = *state;
    kn_network *net, *folder;
    const char *path = "data/atlas";
    assert_int_equal(kn_network_atlas(&net, ctx), KN_OK);
    assert_int_equal(kn_network_import(&folder, ctx, kn_format_find("atlas"), &path, 1),
                     KN_OK);
    assert_string_equal(net->sha256, folder->sha256);
    assert_true(net->economy_count >= 40 && net->product_count >= 40);
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        double sold = 0;
        for (int64_t k = net->flows.rows.start[i]; k < net->flows.rows.start[i + 1]; k++)
            sold += net->flows.rows.value[k];
        for (int32_t k = 0; k < net->final_count; k++)
            sold += net->final_demand[(int64_t)i * net->final_count + k];
        if (fabs(sold - p->output) > 1e-9 * net->products[p->product].value_musd)
            fail_msg("%s %s: sold %.17g of %.17g", net->economies[p->economy].code,
                     net->products[p->product].id, sold, p->output);
        assert_true(p->value_added >= 0 && p->value_added <= p->output);
        assert_true(p->economy == net->zzu || p->origin.source >= 0);
    }
    for (int32_t k = 0; k < net->recipe_count; k++)
        assert_true(net->recipes[k].origin.source >= 0);
    kn_network_free(net);
    kn_network_free(folder);
}

/* ---- Memory ---- */

static kn_status make(kn_context *ctx, void *arg)
{
    kn_network *net;
    kn_status status = mini_network(&net, ctx, arg);
    if (status == KN_OK) {
        kn__arena *arena;
        status = kn__arena_new(&arena, ctx);
        if (status == KN_OK) {
            kn__pools pools;
            kn_ids ids;
            status = kn__pools_new(&pools, ctx, arena, net);
            if (status == KN_OK)
                status = kn__network_resolve_economies(&ids, ctx, arena, net, "*");
            kn__arena_free(arena);
        }
    }
    kn_network_free(net);
    return status;
}

static void out_of_memory(void **state)
{
    (void)state;
    mini m = mini_load();
    assert_true(every_allocation_fails(make, &m) > 20);
    mini_free(&m);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)
    const struct CMUnitTest tests[] = {TEST(producers),
                                       TEST(use_and_links),
                                       TEST(flows),
                                       TEST(bounds),
                                       TEST(stocks_and_records),
                                       TEST(resolve),
                                       TEST(damaged_cells),
                                       TEST(rows_that_do_not_fit),
                                       TEST(links_bend),
                                       TEST(missing_file),
                                       TEST(embedded),
                                       cmocka_unit_test(out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
