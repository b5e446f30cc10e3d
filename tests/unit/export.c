/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>
#include <zip.h>

#include "kaname/store.h"
#include "kernel/text.h"
#include "network/build.h"
#include "tiny_network.h"

/* Two economies, two industries; numbers that need all their digits. */
static const char TABLE[] =
    "row,JPN_c1,JPN_c14,KOR_c1,KOR_c14,JPN_F1,KOR_F5,output\n"
    "JPN_c1,0.1,2.3333333333333335,3,4.7,5,-0.30000000000000004,14.833333333333332\n"
    "JPN_c14,0,1e-7,0,2,3,4,9.0000001\n"
    "KOR_c1,5,0,1,0,2,2,10\n"
    "KOR_c14,0,0,0,0,0,0,0\n";

static kn_network *small(kn_context *ctx)
{
    kn__io_raw *raw;
    kn_network *net;
    assert_int_equal(
        kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", TABLE, strlen(TABLE)), KN_OK);
    assert_int_equal(kn__network_from_io(&net, ctx, raw), KN_OK);
    kn__io_raw_free(ctx, raw);
    return net;
}

/* ---- A folder of our own ---- */

static char folder[64];

static int make_folder(void **state)
{
    strcpy(folder, "/tmp/kaname-export-XXXXXX");
    return mkdtemp(folder) ? context_setup(state) : -1;
}

static int remove_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    int removed = system(command);
    return context_teardown(state) + removed;
}

static char *at(const char *name)
{
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static char *content(const char *name, size_t *length)
{
    FILE *file = fopen(at(name), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    fclose(file);
    text[size] = '\0';
    if (length)
        *length = size;
    return text;
}

static void holds(const char *name, const char *expected)
{
    char *text = content(name, NULL);
    if (strcmp(text, expected) != 0)
        fail_msg("%s is\n%s\nand not\n%s", name, text, expected);
    free(text);
}

static kn_export_options options_for(kn_export_format format)
{
    static const char *const command[] = {"kaname", "export", "a \"b\""};
    kn_export_options options = KN_EXPORT_OPTIONS_INIT;
    options.format = format;
    options.command = command;
    options.command_count = 3;
    return options;
}

static void export_to(kn_context *ctx, const kn_network *net, kn_export_format format,
                      const char *name)
{
    kn_export_options options = options_for(format);
    kn_status status = kn_network_export(ctx, net, at(name), &options);
    if (status != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
}

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

static char *zipped(const char *name, const char *part)
{
    int error;
    zip_stat_t about;
    zip_t *zip = zip_open(at(name), ZIP_RDONLY, &error);
    assert_non_null(zip);
    assert_int_equal(zip_stat(zip, part, 0, &about), 0);
    char *text = malloc(about.size + 1);
    zip_file_t *file = zip_fopen(zip, part, 0);
    assert_true(text && file);
    assert_int_equal(zip_fread(file, text, about.size), about.size);
    text[about.size] = '\0';
    zip_fclose(file);
    zip_discard(zip);
    return text;
}

static void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in\n%s", part, text);
}

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

/* ---- When it cannot be done ---- */

static void says_where_it_failed(void **state)
{
    static const kn_export_format formats[] = {KN_EXPORT_CSV, KN_EXPORT_PYMRIO,
                                               KN_EXPORT_XLSX, KN_EXPORT_ZIP};
    static const char *const paths[] = {"no/a", "no/a", "no/a.xlsx", "no/a.zip"};
    kn_network *net = small(*state);
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        kn_export_options options = options_for(formats[k]);
        assert_int_equal(kn_network_export(*state, net, at(paths[k]), &options),
                         KN_ERR_IO);
        contains(kn_context_error(*state), at(paths[k]));
        contains(kn_context_error(*state), "No such file or directory");
        kn_context_clear(*state);
    }
    kn_export_options options = options_for(KN_EXPORT_CSV);
    options.version = 7;
    assert_int_equal(kn_network_export(*state, net, at("v"), &options), KN_ERR_USAGE);
    kn_context_clear(*state);
    kn_network_free(net);
}

static int now(void *user)
{
    (void)user;
    return 1;
}

static void stops_when_asked(void **state)
{
    kn_context_options wanted = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    wanted.cancel = now;
    assert_int_equal(kn_context_new(&ctx, &wanted), KN_OK);
    kn_network *net = small(*state);
    kn_export_options options = options_for(KN_EXPORT_ZIP);
    assert_int_equal(kn_network_export(ctx, net, at("stopped.zip"), &options),
                     KN_ERR_CANCELLED);
    char command[128];
    snprintf(command, sizeof command, "ls %s | grep -q '^stopped'", folder);
    assert_int_not_equal(system(command), 0); /* no file, no folder of parts */
    kn_network_free(net);
    kn_context_free(ctx);
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

/* Files that lead to a full device. */
static void a_full_disk_is_reported(void **state)
{
    static const char *const files[] = {"full/flows.csv", "full/Z.txt",
                                        "full/value_added/F.txt", "full/metadata.json"};
    static const kn_export_format formats[] = {KN_EXPORT_CSV, KN_EXPORT_PYMRIO,
                                               KN_EXPORT_PYMRIO, KN_EXPORT_CSV};
    kn_network *net = small(*state);
    assert_int_equal(mkdir(at("full"), 0777) | mkdir(at("full/value_added"), 0777), 0);
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        kn_export_options options = options_for(formats[k]);
        unlink(at(files[k]));
        assert_int_equal(symlink("/dev/full", at(files[k])), 0);
        assert_int_equal(kn_network_export(*state, net, at("full"), &options), KN_ERR_IO);
        contains(kn_context_error(*state), at(files[k]));
        contains(kn_context_error(*state), "No space left on device");
        kn_context_clear(*state);
        unlink(at(files[k]));
    }
    kn_network_free(net);
}

static kn_status one_export(kn_context *ctx, void *arg)
{
    kn_export_format *format = arg;
    kn_export_options options = options_for(*format);
    kn_network *net;
    kn_status status = tiny_network(&net, ctx);
    if (status >= 0)
        status = kn_network_export(
            ctx, net, at(*format == KN_EXPORT_ZIP ? "faults.zip" : "faults"), &options);
    kn_network_free(net);
    return status;
}

static void no_leak_when_memory_ends(void **state)
{
    (void)state;
    for (int format = KN_EXPORT_CSV; format <= KN_EXPORT_ZIP; format++) {
        kn_export_format asked = (kn_export_format)format;
        assert_true(every_allocation_fails(one_export, &asked) > 0);
    }
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
        cmocka_unit_test(says_where_it_failed),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(sparse_and_dense_are_the_same),
        cmocka_unit_test(no_leak_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
