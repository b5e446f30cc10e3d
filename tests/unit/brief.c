/* SPDX-License-Identifier: Apache-2.0 */
/* The brief on a made-up network and made-up results: the page is well formed, loads
   nothing, escapes labels, says the numbers of its tables, and is the same each time. */
#include "support.h"

#include <string.h>

#include "kernel/csr.h"
#include "report/brief.h"
#include "report/map.h"
#include "unit/well_formed.h"

/* ---- A small world ---- */

enum { CHN, JPN, KOR, TWN, SGP, USA, MLT, ZZU, E };
enum { GAL, WAF, LOG, RF, TOOL, GRA, ANO, CEL, NEO, ISIC26, ISIC29, P };

static kn__economy economies[E] = {
    [CHN] = {"CHN", {"China", "中国", "중국"}, 35, 105, 1.78e7, {0, 'A', 2023}},
    [JPN] = {"JPN", {"Japan", "日本", "일본"}, 36, 138, 4.2e6, {0, 'A', 2023}},
    [KOR] = {"KOR", {"South Korea", "韓国", "한국"}, 36.5, 128, 1.8e6, {0, 'A', 2023}},
    [TWN] = {"TWN", {"Taiwan", "台湾", "대만"}, 23.7, 121, 7.5e5, {0, 'A', 2023}},
    [SGP] = {"SGP",
             {"Singapore", "シンガポール", "싱가포르"},
             1.35,
             103.8,
             5e5,
             {0, 'A', 2023}},
    [USA] = {"USA", {"United States", "米国", "미국"}, 39, -98, 2.7e7, {0, 'A', 2023}},
    [MLT] = {"MLT", {"Malta", "マルタ", "몰타"}, 35.9, 14.4, 2e4, {0, 'A', 2023}},
    [ZZU] = {"ZZU", {"unseen", "不明", "미상"}, NAN, NAN, NAN, {-1, 0, 0}},
};

#define PRODUCT(id_, kind_, en, ja, ko)                                                  \
    {                                                                                    \
        .id = id_, .name = {en, ja, ko}, .hs = "", .unit = "MUSD", .note = "",           \
        .kind = kind_, .industry = -1, .value_musd = 1234.5, .value_added_share = 0.4,   \
        .substitute_share = 0.1, .substitute_days = 180, .reroute_share = 0.3,           \
        .reroute_days = 90, .spare_days = 120, .value_origin = {1, 'B', 2024},           \
        .param_origin = {                                                                \
            2,                                                                           \
            'D',                                                                         \
            2026                                                                         \
        }                                                                                \
    }
static kn__product products[P] = {
    [GAL] = PRODUCT("gallium", KN__MINERAL, "Gallium, refined", "ガリウム", "갈륨"),
    [WAF] =
        PRODUCT("wafer-gan-gaas", KN__MATERIAL, "GaN and GaAs wafers",
                "化合物半導体ウエハー（GaN・GaAs）", "화합물 반도체 웨이퍼(GaN·GaAs)"),
    [LOG] = PRODUCT("logic-mature", KN__COMPONENT, "Logic chips, mature nodes",
                    "成熟プロセスロジック半導体", "성숙 공정 로직 반도체"),
    [RF] = PRODUCT("rf-gan-gaas", KN__COMPONENT, "Radio-frequency front ends",
                   "高周波フロントエンド", "RF 프런트엔드"),
    [TOOL] = PRODUCT("etch-tools", KN__EQUIPMENT, "Semiconductor etch equipment",
                     "半導体エッチング装置", "반도체 식각 장비"),
    [GRA] = PRODUCT("graphite-synthetic", KN__MATERIAL, "Synthetic graphite <electrode>",
                    "合成黒鉛", "인조흑연"),
    [ANO] = PRODUCT("graphite-anode", KN__MATERIAL, "Graphite anode material",
                    "黒鉛系負極材", "흑연 음극재"),
    [CEL] = PRODUCT("battery-cells", KN__COMPONENT, "Lithium-ion battery cells",
                    "リチウムイオン電池セル", "리튬이온 배터리 셀"),
    [NEO] = PRODUCT("neon", KN__MATERIAL, "Neon", "ネオン", "네온"),
    [ISIC26] = PRODUCT("isic:26", KN__INDUSTRY, "Computer, electronic & optical products",
                       "電子・光学機器", "컴퓨터·전자·광학기기"),
    [ISIC29] = PRODUCT("isic:29", KN__INDUSTRY, "Motor vehicles", "自動車", "자동차"),
};

static kn__source sources[] = {
    {"wb", "World Development Indicators", "World Bank", "https://data.worldbank.org/",
     "CC BY 4.0", 2024},
    {"mcs", "Mineral Commodity Summaries \"2026\"", "U.S. Geological Survey", "", "",
     2026},
    {"assumed", "kaname assumption", "kaname", "javascript:alert(1)", "", 2026},
};

#define RECIPE(product, input, theta, low, mid, high, crit)                              \
    {                                                                                    \
        product, input, theta, {low, mid, high}, crit,                                   \
        {                                                                                \
            1, 'C', 2024                                                                 \
        }                                                                                \
    }
/* sorted by product; etch tools need radio parts and make logic: a cycle */
static kn__recipe recipes[] = {
    RECIPE(WAF, GAL, 0.10, 0.9, 1.0, 1.0, KN__ESSENTIAL),
    RECIPE(LOG, GAL, 0.001, 0.02, 0.05, 0.1, KN__ESSENTIAL),
    RECIPE(LOG, TOOL, 0.01, 0.1, 0.2, 0.3, KN__IMPORTANT),
    RECIPE(LOG, NEO, 0.001, 0.1, 0.2, 0.3, KN__IMPORTANT),
    RECIPE(RF, WAF, 0.2, 0.6, 0.8, 0.9, KN__ESSENTIAL),
    RECIPE(TOOL, LOG, 0.05, 0.2, 0.3, 0.5, KN__IMPORTANT),
    RECIPE(TOOL, RF, 0.01, 0.1, 0.2, 0.3, KN__ESSENTIAL),
    RECIPE(ANO, GRA, 0.3, 0.8, 0.9, 1.0, KN__ESSENTIAL),
    RECIPE(CEL, ANO, 0.1, 0.8, 0.9, 1.0, KN__ESSENTIAL),
    RECIPE(ISIC26, GAL, 1e-5, 0.0, 0.0, 0.0, KN__MINOR),
    RECIPE(ISIC26, LOG, 0.05, 0.2, 0.4, 0.6, KN__ESSENTIAL),
    RECIPE(ISIC26, RF, 0.01, 0.05, 0.1, 0.2, KN__IMPORTANT),
    RECIPE(ISIC29, LOG, 0.01, 0.2, 0.3, 0.5, KN__ESSENTIAL),
    RECIPE(ISIC29, CEL, 0.02, 0.1, 0.2, 0.3, KN__ESSENTIAL),
};

typedef struct world {
    kn_network net;
    kn__producer producers[E * P];
    int32_t recipe_start[P + 1];
    double stock[P * E];
    kn__origin stock_origin[P * E];
    double flows[E * P * E * P];
} world;

static void make_world(world *w)
{
    memset(w, 0, sizeof *w);
    int32_t n = 0;
    for (int32_t q = 0; q < P; q++)
        for (int32_t e = 0; e < E; e++) {
            if (e == MLT || (e == ZZU && q >= ISIC26))
                continue;
            double x = q >= ISIC26 ? 4e5 : 800 + 37 * q + (e == CHN ? 9000 : 10 * e);
            w->producers[n++] = (kn__producer){
                e, q, "", x, 0.4 * x, 0.05, {e == ZZU ? -1 : 1, 'B', 2024}};
        }
    for (int32_t i = 0; i < n; i++)
        for (int32_t j = 0; j < n; j++)
            for (size_t r = 0; r < sizeof recipes / sizeof *recipes; r++)
                if (recipes[r].product == w->producers[j].product &&
                    recipes[r].input == w->producers[i].product)
                    w->flows[i * n + j] = 1 + (w->producers[i].economy == CHN ? 20 : 1);
    for (int32_t k = 0; k < P * E; k++) {
        w->stock[k] = 45;
        w->stock_origin[k] = (kn__origin){2, 'D', 2026};
    }
    for (int32_t p = 0, r = 0; p <= P; p++) {
        while (r < (int32_t)(sizeof recipes / sizeof *recipes) && recipes[r].product < p)
            r++;
        w->recipe_start[p] = r;
    }
    w->net = (kn_network){.name = "fake",
                          .edition = "made-up atlas",
                          .sha256 = "0123456789abcdef",
                          .economy_count = E,
                          .product_count = P,
                          .producer_count = n,
                          .recipe_count = sizeof recipes / sizeof *recipes,
                          .source_count = 3,
                          .economies = economies,
                          .products = products,
                          .producers = w->producers,
                          .recipes = recipes,
                          .recipe_start = w->recipe_start,
                          .sources = sources,
                          .flows = {.n = n, .is_dense = true, .dense = w->flows},
                          .stock_days = w->stock,
                          .stock_origin = w->stock_origin,
                          .zzu = ZZU,
                          .row_economy = -1,
                          .has_recipes = true};
}

/* ---- Made-up results in the shape of the contract ---- */

#define TEXT(n)                                                                          \
    {                                                                                    \
        n, "", KN_COLUMN_TEXT, ""                                                        \
    }
#define NUMBER(n)                                                                        \
    {                                                                                    \
        n, "MUSD", KN_COLUMN_NUMBER, ""                                                  \
    }
static const kn_column choke_columns[] = {
    TEXT("holder"),      TEXT("product"),        TEXT("victim"),
    TEXT("mode"),        NUMBER("horizon_days"), NUMBER("share"),
    NUMBER("bite_day"),  NUMBER("loss_musd"),    NUMBER("loss_low"),
    NUMBER("loss_high"), NUMBER("loss_share"),   NUMBER("sender_cost_musd")};
static const kn_table_decl choke_decl = {"chokepoints", "", choke_columns, 12};
static const kn_column loss_columns[] = {TEXT("economy"),           NUMBER("loss_musd"),
                                         NUMBER("loss_share"),      NUMBER("peak_day"),
                                         NUMBER("peak_loss_share"), NUMBER("loss_low"),
                                         NUMBER("loss_high")};
static const kn_table_decl loss_decl = {"losses", "", loss_columns, 7};
static const kn_column first_columns[] = {TEXT("economy"), TEXT("product"), NUMBER("day"),
                                          TEXT("cause")};
static const kn_table_decl first_decl = {"first_out", "", first_columns, 4};
static const kn_column seen_columns[] = {TEXT("of"), TEXT("product"), NUMBER("unseen")};
static const kn_table_decl seen_decl = {"dependency", "", seen_columns, 3};

static kn_status ranking(kn_result **result, kn_context *ctx, double scale)
{
    static const int holders[] = {CHN, CHN, TWN, CHN, USA, SGP, KOR,
                                  CHN, CHN, TWN, USA, CHN, MLT};
    static const int goods[] = {GAL, GRA, LOG, ANO, TOOL, NEO, CEL,
                                WAF, RF,  WAF, NEO, CEL,  NEO};
    kn_table *t;
    KN__TRY(kn_result_new(result, ctx));
    KN__TRY(kn_result_info(*result, ctx, "null_shock", "exactly zero", 0));
    KN__TRY(kn_result_add(*result, ctx, &choke_decl, &t));
    for (int i = 0; i < 13; i++) {
        double loss = scale * 12345.678 / (1 + i * 0.7);
        kn_cell row[12] = {{.text = economies[holders[i]].code},
                           {.text = products[goods[i]].id},
                           {.text = "JPN"},
                           {.text = "targeted"},
                           {.number = 360},
                           {.number = 0.9 - 0.05 * i},
                           {.number = 45.6 + 3 * i},
                           {.number = loss},
                           {.number = 0.4 * loss},
                           {.number = 1.5 * loss},
                           {.number = loss / 4.2e6},
                           {.number = 12.5 * i}};
        KN__TRY(kn_table_append(t, ctx, row));
    }
    return KN_OK;
}

static kn_status losses(kn_result **result, kn_context *ctx, double scale)
{
    static const char *const codes[] = {"JPN", "KOR", "CHN"};
    kn_table *t;
    KN__TRY(kn_result_new(result, ctx));
    KN__TRY(kn_result_info(*result, ctx, "null_shock", "exactly zero", 0));
    KN__TRY(kn_result_note(*result, ctx, "%s", "a <note> & more"));
    KN__TRY(kn_result_add(*result, ctx, &loss_decl, &t));
    for (int i = 0; i < 3; i++) {
        double loss = scale * 23456.789 / (1 + i);
        kn_cell row[7] = {{.text = codes[i]},     {.number = loss},
                          {.number = loss / 4e6}, {.number = 210},
                          {.number = 0.031},      {.number = 0.5 * loss},
                          {.number = 1.9 * loss}};
        KN__TRY(kn_table_append(t, ctx, row));
    }
    KN__TRY(kn_result_add(*result, ctx, &first_decl, &t));
    for (int i = 0; i < 4; i++) {
        kn_cell row[4] = {{.text = "JPN"},
                          {.text = products[WAF + i].id},
                          {.number = 45 + 30 * i},
                          {.text = products[i].id}};
        KN__TRY(kn_table_append(t, ctx, row));
    }
    return KN_OK;
}

static kn_status dependency(kn_result **result, kn_context *ctx)
{
    kn_table *t;
    KN__TRY(kn_result_new(result, ctx));
    KN__TRY(kn_result_add(*result, ctx, &seen_decl, &t));
    for (int q = 0; q < P; q++) {
        kn_cell row[3] = {
            {.text = "JPN"}, {.text = products[q].id}, {.number = 0.02 + 0.01 * q}};
        KN__TRY(kn_table_append(t, ctx, row));
    }
    return KN_OK;
}

/* ---- The page ---- */

static int32_t from_ids[] = {CHN}, to_ids[] = {JPN, KOR}, product_ids[] = {GAL, GRA};
static kn__measure the_measures[] = {{.op = KN__EXPORT_BAN,
                                      .from = {from_ids, 1},
                                      .to = {to_ids, 2},
                                      .products = {product_ids, 2},
                                      .name = "",
                                      .days = 360}};
static kn_scenario the_scenario = {.title = "China stops <gallium> & graphite",
                                   .network = "",
                                   .path = "fake.yaml",
                                   .sha256 = "fedcba9876543210",
                                   .measures = the_measures,
                                   .count = 1};

typedef struct wish {
    kn_lang lang;
    bool scenario, results, table;
    char *page; /* result */
} wish;

static kn_status fill(kn__brief *b, const wish *w)
{
    static const double scale[KN__HORIZONS] = {0.11, 0.42, 1};
    static const kn__msg labels[] = {KN__MSG_SENS_BASE, KN__MSG_SENS_NO_ESSENTIAL,
                                     KN__MSG_SENS_PHI_HIGH};
    KN__TRY(kn__labels_new(&b->labels, b->ctx, b->arena, b->network));
    b->name = kn__brief_economy(b, b->economy);
    if (w->results) {
        KN__TRY(ranking(&b->ranking, b->ctx, 1));
        KN__TRY(dependency(&b->dependency, b->ctx));
    }
    for (int k = 0; b->scenario && k < KN__HORIZONS; k++)
        KN__TRY(losses(&b->cascade[k], b->ctx, scale[k]));
    KN__TRY(kn__brief_digest(b));
    for (int k = 0; b->scenario && k < 3; k++)
        b->sensitivity[b->case_count++] =
            (kn__case){labels[k], 23456.789 / (1 + k), 1000, 30000, k < 2};
    return KN_OK;
}

static kn_status write_page(kn_context *ctx, void *arg)
{
    static const char *const command[] = {"kaname", "brief",      "--for",
                                          "JPN",    "--scenario", "it's <mine>.yaml"};
    static world w;
    wish *wanted = arg;
    make_world(&w);
    w.net.has_recipes = !wanted->table;
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = "JPN";
    options.lang = wanted->lang;
    options.command = command;
    options.command_count = 6;
    kn__brief *b = calloc(1, sizeof *b);
    *b = (kn__brief){.ctx = ctx,
                     .network = &w.net,
                     .options = &options,
                     .scenario = wanted->scenario ? &the_scenario : NULL,
                     .lang = wanted->lang,
                     .economy = JPN};
    kn__text out;
    kn__text_init(&out, ctx, 0);
    kn_status status = kn__arena_new(&b->arena, ctx);
    if (status >= 0)
        status = fill(b, wanted);
    if (status >= 0)
        status = kn__brief_page(&out, b);
    free(wanted->page);
    wanted->page = status >= 0 ? strdup(out.data) : NULL;
    kn__text_release(&out);
    kn__brief_release(b);
    kn__arena_free(b->arena);
    free(b);
    return status;
}

static void every_variant_is_well_formed_and_loads_nothing(void **state)
{
    for (int lang = 0; lang < KN_LANG_COUNT; lang++)
        for (int variant = 0; variant < 4; variant++) {
            wish w = {
                .lang = (kn_lang)lang, .scenario = variant == 1, .results = variant < 2};
            assert_int_equal(write_page(*state, &w), KN_OK);
            assert_well_formed(w.page);
            assert_loads_nothing(w.page);
            const char *folder = getenv("KANAME_BRIEF_FOLDER");
            if (folder) {
                char path[512];
                snprintf(path, sizeof path, "%s/brief-%s-%d.html", folder,
                         kn__lang_tag((kn_lang)lang), variant);
                FILE *f = fopen(path, "wb");
                assert_non_null(f);
                fputs(w.page, f);
                fclose(f);
            }
            free(w.page);
        }
}

static void the_text_says_the_numbers_of_the_tables(void **state)
{
    wish w = {.lang = KN_LANG_EN, .scenario = true, .results = true};
    assert_int_equal(write_page(*state, &w), KN_OK);
    /* worst single: 12345.678 MUSD, 4938.3 to 18518.5 */
    assert_non_null(strstr(w.page, "<td class=\"n\">12,345.7</td>"));
    assert_non_null(strstr(w.page, "<td class=\"n\">4,938.3</td>"));
    assert_non_null(strstr(w.page, "<td class=\"n\">18,518.5</td>"));
    assert_non_null(strstr(w.page, "about US$ 12 billion of value added within 360 days "
                                   "(range US$ 4.9–19 billion)"));
    /* joint: 23456.789 MUSD of a GDP of 4.2e6 */
    assert_non_null(strstr(w.page, "<td class=\"n\">23,456.8</td>"));
    assert_non_null(strstr(w.page, "US$ 23 billion within 360 days"));
    assert_non_null(strstr(w.page, "0.56 % of yearly GDP"));
    assert_non_null(strstr(w.page, "Of the 12 largest chokepoints, China holds 6."));
    assert_non_null(strstr(w.page, "Cumulative loss of Japan"));
    free(w.page);
    w = (wish){.lang = KN_LANG_JA, .scenario = true, .results = true};
    assert_int_equal(write_page(*state, &w), KN_OK);
    assert_non_null(strstr(w.page, "約120億ドル（範囲 49億～190億ドル）"));
    free(w.page);
}

static void labels_are_escaped(void **state)
{
    wish w = {.lang = KN_LANG_EN, .scenario = true, .results = true};
    assert_int_equal(write_page(*state, &w), KN_OK);
    assert_non_null(strstr(w.page, "Synthetic graphite &lt;electrode&gt;"));
    assert_non_null(strstr(w.page, "China stops &lt;gallium&gt; &amp; graphite"));
    assert_non_null(strstr(w.page, "&#39;it&#39;\\&#39;&#39;s &lt;mine&gt;.yaml&#39;"));
    free(w.page);
}

static void the_same_input_gives_the_same_bytes(void **state)
{
    wish a = {.lang = KN_LANG_JA, .scenario = true, .results = true}, b = a;
    assert_int_equal(write_page(*state, &a), KN_OK);
    assert_int_equal(write_page(*state, &b), KN_OK);
    assert_string_equal(a.page, b.page);
    free(a.page);
    free(b.page);
}

static void every_message_has_every_language(void **state)
{
    (void)state;
    for (int id = 0; id < KN__MSG_COUNT; id++)
        for (int lang = 1; lang < KN_LANG_COUNT; lang++) {
            const char *en = kn__message(KN_LANG_EN, (kn__msg)id);
            const char *other = kn__message((kn_lang)lang, (kn__msg)id);
            assert_true(other && other[0]);
            for (char digit = '1'; digit <= '9'; digit++) {
                char slot[4] = {'{', digit, '}', '\0'};
                if (!strstr(en, slot) != !strstr(other, slot))
                    fail_msg("%s: \"%s\" and \"%s\" differ", slot, en, other);
            }
        }
}

static void money_is_said_in_the_unit_of_the_language(void **state)
{
    static const struct {
        kn_lang lang;
        double musd;
        int digits;
        const char *said;
    } cases[] = {
        {KN_LANG_EN, 12345.6, 2, "US$ 12 billion"},
        {KN_LANG_EN, 1234567, 3, "US$ 1.23 trillion"},
        {KN_LANG_EN, 0.0456, 2, "US$ 0.046 million"},
        {KN_LANG_EN, 999.7, 2, "US$ 1.0 billion"},
        {KN_LANG_JA, 12345.6, 2, "120億ドル"},
        {KN_LANG_JA, 123.4, 2, "1.2億ドル"},
        {KN_LANG_JA, 42.4, 2, "42百万米ドル"},
        {KN_LANG_KO, 2345678, 2, "2.3조 달러"},
        {KN_LANG_EN, 0, 2, "US$ 0 million"},
        {KN_LANG_EN, NAN, 2, "–"},
    };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char buffer[KN__WORDS];
        kn__words_money(buffer, cases[i].lang, cases[i].musd, cases[i].digits);
        assert_string_equal(buffer, cases[i].said);
    }
    char range[KN__WORDS];
    kn__words_money_range(range, KN_LANG_EN, 0, 83000);
    assert_string_equal(range, "US$ 0–83 billion");
    kn__words_money_range(range, KN_LANG_EN, 0.5, 290000);
    assert_string_equal(range, "US$ 0.50 million – US$ 290 billion");
    kn__words_money_range(range, KN_LANG_JA, 49, 1234);
    assert_string_equal(range, "0.49億～12億ドル");
}

/* Equal Earth: symmetric, and at the values of its polynomial. */
static void the_map_is_the_equal_earth_projection(void **state)
{
    double x, y, north, south, east, unused;
    (void)state;
    kn__map_project(0, 0, 0, &x, &y);
    assert_close(x, KN__MAP_WIDTH / 2.0, 1e-12);
    kn__map_project(0, 180, 0, &east, &unused);
    assert_close(east, KN__MAP_WIDTH, 1e-12);
    kn__map_project(0, 0, 45, &unused, &north);
    kn__map_project(0, 0, -45, &unused, &south);
    assert_close(y - north, south - y, 1e-9);
    kn__map_project(150, 150, 0, &x, &unused);
    assert_close(x, KN__MAP_WIDTH / 2.0, 1e-12);
    /* the pole's line is 0.5919 of the equator's length (Šavrič et al., table 1: 59 %) */
    kn__map_project(0, 180, 90, &x, &unused);
    assert_true(fabs((x - 500) / 500 - 0.59) < 0.01);
}

static void every_failing_allocation_is_survived(void **state)
{
    (void)state;
    for (int table = 0; table < 2; table++) {
        wish w = {.scenario = true, .results = true, .table = table};
        assert_true(every_allocation_fails(write_page, &w) > 20);
        free(w.page);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(every_variant_is_well_formed_and_loads_nothing,
                                        context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(the_text_says_the_numbers_of_the_tables,
                                        context_setup, context_teardown),
        cmocka_unit_test_setup_teardown(labels_are_escaped, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(the_same_input_gives_the_same_bytes,
                                        context_setup, context_teardown),
        cmocka_unit_test(every_message_has_every_language),
        cmocka_unit_test(money_is_said_in_the_unit_of_the_language),
        cmocka_unit_test(the_map_is_the_equal_earth_projection),
        cmocka_unit_test(every_failing_allocation_is_survived),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
