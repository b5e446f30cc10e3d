/* SPDX-License-Identifier: Apache-2.0 */
#include "support.h"

#include <string.h>

#include "read/raw.h"

static const char FOLDER[] = "tests/data/eto-mini";
static const char REAL[] = "../shared/data/eto_chips";

static const kn__chain_product *product(const kn__chain_raw *raw, const char *id)
{
    for (int64_t k = 0; k < raw->product_count; k++)
        if (strcmp(raw->products[k].id, id) == 0)
            return &raw->products[k];
    return NULL;
}

/* The share of an economy in a product; 0 when there is no row. */
static double share(const kn__chain_raw *raw, const char *id, const char *economy)
{
    for (int64_t k = 0; k < raw->supply_count; k++)
        if (strcmp(raw->supplies[k].product, id) == 0 &&
            strcmp(raw->supplies[k].economy, economy) == 0)
            return raw->supplies[k].share;
    return 0;
}

static bool uses(const kn__chain_raw *raw, const char *id, const char *input)
{
    bool found = false;
    for (int64_t k = 0; k < raw->recipe_count; k++)
        found = found || (strcmp(raw->recipes[k].product, id) == 0 &&
                          strcmp(raw->recipes[k].input, input) == 0);
    for (int64_t k = 0; k < raw->equipment_count; k++)
        found = found || (strcmp(raw->equipments[k].product, id) == 0 &&
                          strcmp(raw->equipments[k].tool, input) == 0);
    return found;
}

static bool has_note(const kn__chain_raw *raw, const char *part)
{
    for (int32_t k = 0; k < raw->notes.count; k++)
        if (strstr(raw->notes.at[k], part))
            return true;
    return false;
}

static kn__chain_raw *read_mini(kn_context *ctx)
{
    kn__chain_raw *raw;
    if (kn__read_eto(&raw, ctx, FOLDER) != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
    return raw;
}

static void variants_are_folded(void **state)
{
    kn__chain_raw *raw = read_mini(*state);
    assert_string_equal(raw->edition, "ETO semiconductor supply chain, shares of 2019 to "
                                      "2025");
    assert_int_equal(raw->product_count, 6);
    assert_null(product(raw, "deep-scanners"));
    assert_null(product(raw, "deepest-scanners"));
    assert_null(product(raw, "dry-etchers"));
    assert_string_equal(product(raw, "scanners")->kind, "equipment");
    assert_string_equal(product(raw, "fabrication-step")->kind, "service");
    assert_string_equal(product(raw, "finished-thing")->kind, "good");
    /* 3 and 1 billion; shares weighted by them; Europe is nobody's share */
    assert_close(product(raw, "scanners")->value_musd, 4000, 1e-12);
    assert_close(share(raw, "scanners", "NLD"), 0.75, 1e-12);
    assert_close(share(raw, "scanners", "JPN"), 0.15, 1e-12);
    assert_close(share(raw, "etchers", "JPN"), 0.8, 1e-12);
    /* a heading whose only variant feeds the chain itself */
    assert_null(product(raw, "special-materials"));
    assert_true(uses(raw, "fabrication-step", "resist"));
    assert_true(uses(raw, "fabrication-step", "scanners"));
    assert_int_equal(raw->recipe_count, 3);
    assert_int_equal(raw->equipment_count, 2);
    kn__chain_raw_free(raw);
}

static void shares_of_the_latest_year(void **state)
{
    kn__chain_raw *raw = read_mini(*state);
    assert_close(share(raw, "resist", "JPN"), 0.7, 1e-12);
    assert_close(share(raw, "resist", "USA"), 0.2, 1e-12);
    assert_close(product(raw, "resist")->value_musd, 2500, 1e-12);
    assert_true(product(raw, "resist")->value_grade == 'B');
    /* an empty share is unseen, not zero and not everything */
    assert_true(share(raw, "gas", "JPN") == 0);
    assert_true(product(raw, "gas")->value_musd == 1000);
    assert_true(product(raw, "gas")->value_grade == 'D');
    /* a process takes its stage's shares: 102 % scaled down */
    assert_close(share(raw, "fabrication-step", "JPN"), 0.5, 1e-12);
    assert_true(has_note(raw, "up to 102.0 %"));
    assert_true(has_note(raw, "1 processes take the shares of their stage"));
    assert_true(has_note(raw, "2 provisions by a region"));
    assert_true(has_note(raw, "1 market sizes are not written"));
    assert_true(has_note(raw, "4 variants are folded"));
    for (int64_t k = 0; k < raw->economy_count; k++)
        assert_string_not_equal(raw->economies[k].code, "EUR");
    kn__chain_raw_free(raw);
}

/* ---- Wrong input: one file changed in one place ---- */

typedef struct folder {
    char text[5][8192];
    size_t length[5];
} folder;

static const char *const names[5] = {"inputs.csv", "stages.csv", "sequence.csv",
                                     "providers.csv", "provision.csv"};

static void load(folder *f)
{
    for (int k = 0; k < 5; k++) {
        char path[128];
        snprintf(path, sizeof path, "%s/%s", FOLDER, names[k]);
        FILE *file = fopen(path, "rb");
        assert_non_null(file);
        f->length[k] = fread(f->text[k], 1, sizeof f->text[k] - 1, file);
        f->text[k][f->length[k]] = '\0';
        fclose(file);
    }
}

static kn_status read_folder(kn__chain_raw **raw, kn_context *ctx, const folder *f)
{
    const char *bytes[5];
    for (int k = 0; k < 5; k++)
        bytes[k] = f->text[k];
    return kn__read_eto_bytes(raw, ctx, names, bytes, f->length, 5);
}

static const char *error_after(int file, const char *from, const char *to)
{
    static char message[1024];
    static folder f;
    load(&f);
    char *at = strstr(f.text[file], from);
    assert_non_null(at);
    size_t rest = strlen(at + strlen(from)) + 1;
    memmove(at + strlen(to), at + strlen(from), rest);
    memcpy(at, to, strlen(to));
    f.length[file] = strlen(f.text[file]);
    kn_context *ctx = NULL;
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    kn__chain_raw *raw;
    if (read_folder(&raw, ctx, &f) != KN_ERR_DATA)
        fail_msg("\"%s\" for \"%s\" was taken", to, from);
    assert_null(raw);
    snprintf(message, sizeof message, "%s", kn_context_error(ctx));
    kn_context_free(ctx);
    return message;
}

static void wrong_input(void **state)
{
    (void)state;
    enum { INPUTS, STAGES, SEQUENCE, PROVIDERS, PROVISION };
    assert_has(error_after(INPUTS, "process", "proces"),
               "inputs.csv:2:21: type \"proces\" is not known");
    assert_has(error_after(INPUTS, "N3,", "N2,"), "input \"N2\" stands twice");
    assert_has(error_after(INPUTS, "input_id", "inputid"),
               "unknown column \"inputid\"; did you mean \"input_id\"?");
    assert_has(error_after(SEQUENCE, ",N1,,", ",N99,,"),
               "sequence.csv:2:30: \"N99\" does not stand in");
    assert_has(error_after(SEQUENCE, "N9,,,Deep scanners,N3", "N9,,,,"),
               "either goes_into_id or is_type_of_id was expected");
    assert_has(error_after(SEQUENCE, "Scanners,N2,Fabrication step,N1,,",
                           "Scanners,N2,,,Deepest scanners,N9"),
               "is a variant of itself");
    assert_has(error_after(SEQUENCE, "Gas,N6,Fabrication step,N1,,", "Gas,N6,Gas,N6,,"),
               "sequence.csv:9:1: \"Gas\" goes into itself");
    assert_has(error_after(PROVIDERS, "Maker Works,P5,organization,NLD",
                           "Maker Works,P5,organization,DEU"),
               "provider \"P5\" stands twice, with different countries");
    assert_has(error_after(PROVIDERS, "organization,JPN", "organization,JPX"),
               "unknown economy \"JPX\"; did you mean");
    assert_has(error_after(PROVISION, "N5,20,", "N5,34,"), "sum to 104.0 %");
    assert_has(error_after(PROVISION, "N5,20,", "N5,\"1,234\","), "thousands separators");
    assert_has(error_after(PROVISION, "N5,20,", "N5,-1,"), "a share from 0 to 100");
    assert_has(error_after(PROVISION, "N5,99,2019", "N5,99,2025"),
               "provider \"P1\" stands twice for \"Resist\" in 2025");
    assert_has(error_after(PROVISION, "USA,P2,Resist", "USA,P22,Resist"),
               "\"P22\" does not stand in providers.csv");
}

static void missing_folder(void **state)
{
    kn__chain_raw *raw;
    assert_int_equal(kn__read_eto(&raw, *state, "tests/no-such"), KN_ERR_NOT_FOUND);
    assert_string_equal(kn_context_error(*state),
                        "tests/no-such/inputs.csv: no such file");
    kn_context_clear(*state);
}

static kn_status read_and_free(kn_context *ctx, void *arg)
{
    kn__chain_raw *raw;
    KN__TRY(read_folder(&raw, ctx, arg));
    kn__chain_raw_free(raw);
    return KN_OK;
}

static void every_allocation(void **state)
{
    (void)state;
    static folder f;
    load(&f);
    assert_true(every_allocation_fails(read_and_free, &f) > 10);
}

/* The August 2026 edition: what its SOURCE.md says. */
static void real_folder(void **state)
{
    if (!shared_exists("../shared/data/eto_chips/inputs.csv"))
        skip();
    kn__chain_raw *raw;
    if (kn__read_eto(&raw, *state, REAL) != KN_OK)
        fail_msg("%s", kn_context_error(*state));
    assert_string_equal(raw->edition,
                        "ETO semiconductor supply chain, shares of 2019 to 2025");
    assert_null(product(raw, "euv-lithography-tools"));
    assert_close(product(raw, "lithography-tools")->value_musd, 32600, 1e-12);
    assert_true(share(raw, "lithography-tools", "NLD") > 0.7);
    assert_true(uses(raw, "photolithography", "lithography-tools"));
    assert_null(product(raw, "process-specific-fabrication-materials"));
    assert_close(share(raw, "photolithography", "CHN"), 0.24 / 1.01, 1e-3);
    /* 53 supply edges: two are tools within a tool's market, one leaves a heading */
    assert_int_equal(raw->recipe_count + raw->equipment_count, 50);
    assert_true(has_note(raw, "(up to 102.0 %)"));
    double sum = 0;
    for (int64_t k = 0; k < raw->supply_count; k++) {
        bool same = k && raw->supplies[k].product == raw->supplies[k - 1].product;
        sum = (same ? sum : 0) + raw->supplies[k].share;
        assert_true(sum <= 1 + 1e-12);
    }
    kn__chain_raw_free(raw);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(variants_are_folded),
        cmocka_unit_test(shares_of_the_latest_year),
        cmocka_unit_test(wrong_input),
        cmocka_unit_test(missing_folder),
        cmocka_unit_test(every_allocation),
        cmocka_unit_test(real_folder),
    };
    return cmocka_run_group_tests(tests, context_setup, context_teardown);
}
