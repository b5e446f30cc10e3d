/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <jansson.h>

#include "export_folder.h"
#include "kaname/read.h"
#include "kernel/text.h"
#include "tiny_network.h"

/* ---- Numbers come back to the last bit ---- */

static double field(const char *line, char comma, int index)
{
    double value = NAN;
    for (; index > 0; index--)
        line = strchr(line, comma) + 1;
    const char end[] = {comma, '\n', '\0'};
    assert_true(kn__parse_number(line, strcspn(line, end), &value));
    return value;
}

static const char *line_at(const char *text, int line)
{
    for (; line > 0; line--)
        text = strchr(text, '\n') + 1;
    return text;
}

static void csv_keeps_every_bit(void **state)
{
    kn_network *net = small(*state);
    export_to(*state, net, KN_EXPORT_CSV, "csv");
    char *flows = content("csv/flows.csv", NULL), *final = content("csv/final.csv", NULL);
    int line = 1;
    for (int32_t i = 0; i < 4; i++)
        for (int32_t j = 0; j < 4; j++)
            if (kn__flows_at(&net->flows, i, j) != 0)
                assert_true(field(line_at(flows, line++), ',', 6) ==
                            kn__flows_at(&net->flows, i, j));
    assert_int_equal(*line_at(flows, line), '\0');
    assert_true(field(line_at(final, 2), ',', 5) == -0.30000000000000004);
    free(flows);
    free(final);
    kn_network_free(net);
}

static void pymrio_keeps_every_bit(void **state)
{
    kn_network *net = small(*state);
    export_to(*state, net, KN_EXPORT_PYMRIO, "pymrio");
    char *z = content("pymrio/Z.txt", NULL), *y = content("pymrio/Y.txt", NULL);
    char *x = content("pymrio/x.txt", NULL),
         *f = content("pymrio/value_added/F.txt", NULL);
    for (int32_t i = 0; i < 4; i++) {
        for (int32_t j = 0; j < 4; j++)
            assert_true(field(line_at(z, 3 + i), '\t', 2 + j) ==
                        kn__flows_at(&net->flows, i, j));
        for (int32_t k = 0; k < 2; k++)
            assert_true(field(line_at(y, 3 + i), '\t', 2 + k) ==
                        net->final_demand[2 * i + k]);
        assert_true(field(line_at(x, 1 + i), '\t', 2) == net->producers[i].output);
        assert_true(field(line_at(f, 3), '\t', 1 + i) == net->producers[i].value_added);
    }
    free(z);
    free(y);
    free(x);
    free(f);
    kn_network_free(net);
}

/* Producers by economy, firms beside their product, an empty column for buyers of
   economies that have none. */
static void pymrio_orders_by_economy(void **state)
{
    kn_network *net;
    assert_int_equal(tiny_network(&net, *state), KN_OK);
    export_to(*state, net, KN_EXPORT_PYMRIO, "tiny");
    char *x = content("tiny/x.txt", NULL), *y = content("tiny/Y.txt", NULL);
    const char *head = "region\tsector\tindout\nCHN\tgallium\t100\nCHN\tgermanium\t100\n"
                       "CHN\tchips\t100\nJPN\tgallium\t100\nJPN\tgermanium\t100\n"
                       "JPN\tchips / Chips of Japan\t100\n";
    assert_int_equal(strncmp(x, head, strlen(head)), 0);
    head = "region\t\tCHN\tJPN\tKOR\tZZU\ncategory\t\tfinal demand\tfinal demand";
    assert_int_equal(strncmp(y, head, strlen(head)), 0);
    holds("tiny/value_added/unit.txt", "inputtype\tunit\nvalue added\tMUSD\n");
    char *z = content("tiny/Z.txt", NULL);
    assert_true(field(line_at(z, 3), '\t', 2 + 5) == 40); /* CHN gallium → JPN chips */
    free(x);
    free(y);
    free(z);
    kn_network_free(net);
}

/* ---- Names, marks, provenance ---- */

static void names_and_marks_for_spreadsheets(void **state)
{
    kn_network *net = small(*state);
    kn_export_options options = options_for(KN_EXPORT_CSV);
    options.labels = options.bom = true;
    options.lang = KN_LANG_JA;
    assert_int_equal(kn_network_export(*state, net, at("ja"), &options), KN_OK);
    char *flows = content("ja/flows.csv", NULL);
    const char *head = "\xEF\xBB\xBF"
                       "from_economy,from_economy_name,from_product,from_product_name,"
                       "from_firm,to_economy,to_economy_name,to_product,to_product_name,"
                       "to_firm,value_musd\r\nJPN,日本,c1,";
    assert_int_equal(strncmp(flows, head, strlen(head)), 0);
    free(flows);
    kn_network_free(net);
}

static void metadata_names_the_sources(void **state)
{
    kn_network *net = small(*state);
    export_to(*state, net, KN_EXPORT_PYMRIO, "about");
    json_error_t error;
    json_t *root = json_load_file(at("about/metadata.json"), 0, &error);
    if (!root)
        fail_msg("line %d: %s", error.line, error.text);
    json_t *network = json_object_get(root, "network");
    assert_string_equal(json_string_value(json_object_get(network, "sha256")),
                        kn_network_sha256(net));
    json_t *command = json_object_get(root, "command");
    assert_string_equal(json_string_value(json_array_get(command, 2)), "a \"b\"");
    assert_int_equal(json_array_size(json_object_get(root, "history")), 0);
    json_t *source = json_array_get(json_object_get(root, "sources"), 0);
    assert_string_equal(json_string_value(json_object_get(source, "id")), "table");
    int64_t rows = 0;
    json_t *grades = json_object_get(source, "rows_by_grade"), *count;
    const char *grade;
    json_object_foreach(grades, grade, count) rows += json_integer_value(count);
    assert_true(rows >= 4); /* every producer rests on the table */
    json_decref(root);
    kn_network_free(net);
}

/* ---- xlsx and zip ---- */

static void xlsx_has_a_sheet_for_each_table(void **state)
{
    static const char *const names[] = {"economies", "products", "producers",
                                        "flows",     "final",    "recipes",
                                        "sources",   "notes",    "about"};
    kn_network *net = small(*state);
    export_to(*state, net, KN_EXPORT_XLSX, "net.xlsx");
    char *book = zipped("net.xlsx", "xl/workbook.xml");
    for (size_t k = 0; k < sizeof names / sizeof *names; k++) {
        char sheet[64];
        snprintf(sheet, sizeof sheet, "<sheet name=\"%s\"", names[k]);
        contains(book, sheet);
    }
    char *economies = zipped("net.xlsx", "xl/worksheets/sheet1.xml");
    contains(economies, "state=\"frozen\"");
    contains(economies, "日本");
    contains(economies, "대한민국");
    char *flows = zipped("net.xlsx", "xl/worksheets/sheet4.xml");
    contains(flows, "<v>0.1</v>");
    contains(flows, "<v>2.333333333333333</v>"); /* a spreadsheet has 16 digits */
    free(book);
    free(economies);
    free(flows);
    kn_network_free(net);
}

static void same_bytes_every_time(void **state)
{
    kn_network *net = small(*state);
    size_t lengths[2];
    char *bytes[2];
    export_to(*state, net, KN_EXPORT_ZIP, "a.zip");
    setenv("TZ", "Asia/Tokyo", 1);
    sleep(2); /* a step of the clock in zip files */
    export_to(*state, net, KN_EXPORT_ZIP, "b.zip");
    bytes[0] = content("a.zip", &lengths[0]);
    bytes[1] = content("b.zip", &lengths[1]);
    assert_int_equal(lengths[0], lengths[1]);
    assert_memory_equal(bytes[0], bytes[1], lengths[0]);
    char *flows = zipped("a.zip", "csv/flows.csv");
    export_to(*state, net, KN_EXPORT_CSV, "plain");
    holds("plain/flows.csv", flows);
    free(flows);
    free(bytes[0]);
    free(bytes[1]);
    kn_network_free(net);
}

/* A network with one flow more than a sheet has rows. */
static kn_network *large(kn_context *ctx)
{
    enum { N = 1025 };
    kn_network *net;
    assert_int_equal(kn__network_new(&net, ctx), KN_OK);
    net->name = "large";
    net->edition = "made for tests";
    net->economy_count = net->product_count = 1;
    net->producer_count = N;
    net->economies = KN__NEW(net->arena, ctx, kn__economy);
    net->products = KN__NEW(net->arena, ctx, kn__product);
    net->producers = KN__ARRAY(net->arena, ctx, N, kn__producer);
    net->stock_days = KN__NEW(net->arena, ctx, double);
    net->stock_origin = KN__NEW(net->arena, ctx, kn__origin);
    net->flows = (kn__flows){.n = N, .is_dense = true};
    net->flows.dense = kn__alloc(ctx, (int64_t)N * N, sizeof(double));
    kn__origin none = {-1, 'D', 0};
    *net->economies = (kn__economy){.code = "JPN", .name = {"", "", ""}, .origin = none};
    *net->products = (kn__product){.id = "chips",
                                   .name = {"", "", ""},
                                   .hs = "",
                                   .unit = "MUSD",
                                   .note = "",
                                   .industry = -1,
                                   .value_origin = none,
                                   .param_origin = none};
    *net->stock_days = NAN;
    *net->stock_origin = none;
    for (int32_t i = 0; i < N; i++) {
        char *firm = kn__arena_format(net->arena, ctx, "firm %d", i);
        net->producers[i] = (kn__producer){.firm = firm, .output = 2e3, .origin = none};
    }
    for (int64_t k = 0; k < (int64_t)N * N; k++)
        net->flows.dense[k] = 1;
    assert_int_equal(kn__network_finish(net, ctx), KN_OK);
    return net;
}

static void sheets_have_an_end(void **state)
{
    kn_network *net = large(*state);
    kn_export_options options = options_for(KN_EXPORT_XLSX);
    assert_int_equal(kn_network_export(*state, net, at("x.xlsx"), &options),
                     KN_ERR_LIMIT);
    contains(kn_context_error(*state), "flows of large has 1050625 rows");
    contains(kn_context_error(*state), "holds 1048575");
    assert_int_not_equal(access(at("x.xlsx"), F_OK), 0);
    kn_context_clear(*state);
    assert_int_equal(kn_network_export(*state, net, at("x"), &options), KN_ERR_LIMIT);
    assert_int_not_equal(access(at("x"), F_OK), 0); /* no empty folder */
    kn_context_clear(*state);
    export_to(*state, net, KN_EXPORT_ZIP, "large.zip");
    char *metadata = zipped("large.zip", "metadata.json");
    contains(metadata, "network.xlsx: table flows has 1050625 rows");
    free(metadata);
    kn_network_free(net);
}

/* Compressed rows give the files that dense ones give. */
static void sparse_and_dense_are_the_same(void **state)
{
    kn_network *net = small(*state);
    export_to(*state, net, KN_EXPORT_PYMRIO, "dense");
    export_to(*state, net, KN_EXPORT_CSV, "dense");
    kn__triplet filled[16];
    int64_t count = 0;
    for (int32_t i = 0; i < 4; i++)
        for (int32_t j = 0; j < 4; j++)
            if (kn__flows_at(&net->flows, i, j) != 0)
                filled[count++] = (kn__triplet){i, j, kn__flows_at(&net->flows, i, j)};
    bool was_dense = net->flows.is_dense;
    assert_int_equal(
        kn__csr_from_triplets(&net->flows.rows, *state, net->arena, 4, 4, filled, count),
        KN_OK);
    net->flows.is_dense = false;
    export_to(*state, net, KN_EXPORT_PYMRIO, "sparse");
    export_to(*state, net, KN_EXPORT_CSV, "sparse");
    char *z = content("dense/Z.txt", NULL), *flows = content("dense/flows.csv", NULL);
    holds("sparse/Z.txt", z);
    holds("sparse/flows.csv", flows);
    free(z);
    free(flows);
    net->flows.is_dense = was_dense;
    kn_network_free(net);
}

static int32_t rows_in(const char *name)
{
    int32_t rows = -1; /* the header is none */
    char *text = content(name, NULL);
    for (const char *at_line = text; *at_line; at_line++)
        rows += *at_line == '\n';
    free(text);
    return rows;
}

static void the_atlas_keeps_every_row(void **state)
{
    kn_network *net;
    assert_int_equal(kn_network_atlas(&net, *state), KN_OK);
    kn_export_options options = options_for(KN_EXPORT_CSV);
    options.labels = true;
    options.lang = KN_LANG_KO;
    assert_int_equal(kn_network_export(*state, net, at("atlas"), &options), KN_OK);
    assert_int_equal(rows_in("atlas/economies.csv"), net->economy_count);
    assert_int_equal(rows_in("atlas/products.csv"), net->product_count);
    assert_int_equal(rows_in("atlas/producers.csv"), net->producer_count);
    assert_int_equal(rows_in("atlas/recipes.csv"), net->recipe_count);
    assert_int_equal(rows_in("atlas/equipment.csv"), net->equipment_count);
    assert_int_equal(rows_in("atlas/links.csv"), net->link_count);
    assert_int_equal(rows_in("atlas/sources.csv"), net->source_count);
    assert_true(rows_in("atlas/stocks.csv") > 0);
    export_to(*state, net, KN_EXPORT_XLSX, "atlas.xlsx");
    char *equipment = zipped("atlas.xlsx", "xl/worksheets/sheet7.xml");
    contains(equipment, ">service_months<");
    free(equipment);
    kn_network_free(net);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(csv_keeps_every_bit),
        cmocka_unit_test(pymrio_keeps_every_bit),
        cmocka_unit_test(pymrio_orders_by_economy),
        cmocka_unit_test(names_and_marks_for_spreadsheets),
        cmocka_unit_test(metadata_names_the_sources),
        cmocka_unit_test(xlsx_has_a_sheet_for_each_table),
        cmocka_unit_test(same_bytes_every_time),
        cmocka_unit_test(sheets_have_an_end),
        cmocka_unit_test(the_atlas_keeps_every_row),
        cmocka_unit_test(sparse_and_dense_are_the_same),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
