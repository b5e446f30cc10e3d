/* SPDX-License-Identifier: Apache-2.0 */
/* Options from a declaration, refusals, the null check: with a lens made for the test. */
#include <string.h>

#include "network/measure.h"
#include "study/options.h"
#include "support.h"
#include "unit/tiny_network.h"

typedef struct probe {
    double share, gap;
    int64_t days, top;
    bool deep;
    int32_t mode;
    const char *text;
    kn_ids of, product;
} probe;

static const kn_option options[] = {
    {"share", KN_OPTION_NUMBER, "0.5", "share", NULL, 0, 1, "", "",
     offsetof(probe, share)},
    {"gap", KN_OPTION_NUMBER, NULL, "", NULL, 0, 0, "", "", offsetof(probe, gap)},
    {"days", KN_OPTION_INTEGER, "360", "days", NULL, 1, 3600, "", "",
     offsetof(probe, days)},
    {"top", KN_OPTION_INTEGER, NULL, "", NULL, 0, 0, "", "", offsetof(probe, top)},
    {"deep", KN_OPTION_FLAG, NULL, "", NULL, 0, 0, "", "", offsetof(probe, deep)},
    {"mode", KN_OPTION_CHOICE, "stop", "", "targeted|stop|outage", 0, 0, "", "",
     offsetof(probe, mode)},
    {"text", KN_OPTION_TEXT, NULL, "", NULL, 0, 0, "", "", offsetof(probe, text)},
    {"of", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0, "", "", offsetof(probe, of)},
    {"product", KN_OPTION_PRODUCTS, "*", "", NULL, 0, 0, "", "",
     offsetof(probe, product)},
};

static const kn_column columns[] = {{"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""},
                                    {"output_share", "share", KN_COLUMN_NUMBER, ""}};
static const kn_table_decl decl = {"losses", "", columns, 2};
static const kn_table_decl *const tables[] = {&decl};

/* Loses --share for each measure; with --deep it loses something without any, too. */
static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    const probe *p = opts;
    kn_table *table;
    (void)net;
    KN__TRY(kn_result_add(result, ctx, &decl, &table));
    double loss = scenario ? p->share * scenario->count : 0;
    kn_cell row[] = {{.number = p->deep ? 1e-300 : loss}, {.number = 1}};
    KN__TRY(kn_table_append(table, ctx, row));
    return p->top == 7 ? KN_NOTE_NOT_CONVERGED : KN_OK;
}

static const kn_lens lens = {.name = "probe",
                             .options_size = sizeof(probe),
                             .options = options,
                             .option_count = sizeof options / sizeof *options,
                             .tables = tables,
                             .table_count = 1,
                             .operations = 1u << KN__EXPORT_BAN,
                             .run = run};

typedef struct fixture {
    kn_context *ctx;
    kn_network *net;
    kn__arena *arena;
} fixture;

static int setup(void **state)
{
    static fixture f;
    *state = &f;
    return kn_context_new(&f.ctx, NULL) < 0 || tiny_network(&f.net, f.ctx) < 0 ||
           kn__arena_new(&f.arena, f.ctx) < 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    kn__arena_free(f->arena);
    kn_network_free(f->net);
    kn_context_free(f->ctx);
    return 0;
}

static kn_status fill(probe *p, fixture *f, const kn_setting *settings, int32_t count)
{
    memset(p, 0, sizeof *p);
    kn_context_clear(f->ctx);
    return kn__options_fill(p, f->ctx, f->arena, &lens, f->net, settings, count);
}

static void defaults(void **state)
{
    probe p;
    assert_int_equal(fill(&p, *state, NULL, 0), KN_OK);
    assert_true(p.share == 0.5 && isnan(p.gap));
    assert_true(p.days == 360 && p.top == INT64_MIN);
    assert_true(!p.deep && p.mode == 1 && !p.text);
    assert_int_equal(p.of.count, 0);
    assert_int_equal(p.product.count, 3);
}

static void settings_replace_defaults(void **state)
{
    const kn_setting settings[] = {
        {"share", "25%"},   {"days", "90"},    {"days", "30"},  {"deep", "true"},
        {"mode", "outage"}, {"of", "KOR,JPN"}, {"text", "a b"}, {"product", "chips"}};
    probe p;
    assert_int_equal(fill(&p, *state, settings, 8), KN_OK);
    assert_true(p.share == 0.25 && p.days == 30 && p.deep && p.mode == 2);
    assert_string_equal(p.text, "a b");
    assert_int_equal(p.of.count, 2);
    assert_int_equal(p.of.id[0], 1);
    assert_int_equal(p.product.id[0], 2);
}

static void wrong(fixture *f, const char *key, const char *value, kn_status expected,
                  const char *said)
{
    const kn_setting setting = {key, value};
    probe p;
    assert_int_equal(fill(&p, f, &setting, 1), expected);
    if (!strstr(kn_context_error(f->ctx), said))
        fail_msg("\"%s\" does not say \"%s\"", kn_context_error(f->ctx), said);
}

static void wrong_settings(void **state)
{
    wrong(*state, "dayz", "3", KN_ERR_USAGE, "did you mean \"days\"?");
    wrong(*state, "days", "3x", KN_ERR_USAGE, "expected a whole number");
    wrong(*state, "days", "0", KN_ERR_USAGE, "from 1 to 3600");
    wrong(*state, "share", "1.5", KN_ERR_USAGE, "from 0 to 1");
    wrong(*state, "share", "", KN_ERR_USAGE, "a number");
    wrong(*state, "share", "nan", KN_ERR_USAGE, "a number");
    wrong(*state, "deep", "maybe", KN_ERR_USAGE, "true or false");
    wrong(*state, "mode", "stopp", KN_ERR_USAGE, "targeted|stop|outage");
    wrong(*state, "of", "JPM", KN_ERR_NOT_FOUND, "--of: ");
    wrong(*state, "product", "chip", KN_ERR_NOT_FOUND, "\"chips\"");
}

static kn_scenario ban(const fixture *f, kn__measure *measure, kn__op op)
{
    *measure = (kn__measure){.op = op, .name = "", .line = 12};
    return (kn_scenario){.arena = f->arena,
                         .title = "t",
                         .path = "s.yaml",
                         .sha256 = "x",
                         .measures = measure,
                         .count = 1};
}

static void runs_and_notes_what_was_asked(void **state)
{
    fixture *f = *state;
    kn__measure measure;
    kn_scenario scenario = ban(f, &measure, KN__EXPORT_BAN);
    const kn_setting settings[] = {{"share", "0.75"}, {"top", "7"}};
    kn_result *result;
    assert_int_equal(kn_lens_run(&result, f->ctx, &lens, f->net, &scenario, settings, 2),
                     KN_NOTE_NOT_CONVERGED);
    assert_true(kn_table_number(kn_result_find(result, "losses"), 0, 0) == 0.75);
    bool share = false, zero = false;
    for (int32_t k = 0; k < kn_result_infos(result); k++) {
        share |= !strcmp(kn_result_info_key(result, k), "option.share") &&
                 !strcmp(kn_result_info_text(result, k), "0.75");
        zero |= !strcmp(kn_result_info_key(result, k), "null_shock");
    }
    assert_true(share && zero);
    kn_result_free(result);
}

static void refuses_unknown_operations(void **state)
{
    fixture *f = *state;
    kn__measure measure;
    kn_scenario scenario = ban(f, &measure, KN__TARIFF);
    kn_result *result;
    kn_context_clear(f->ctx);
    assert_int_equal(kn_lens_run(&result, f->ctx, &lens, f->net, &scenario, NULL, 0),
                     KN_ERR_USAGE);
    assert_null(result);
    assert_non_null(strstr(kn_context_error(f->ctx),
                           "s.yaml:12: probe does not understand the operation tariff; "
                           "it knows export_ban"));
}

/* The smallest loss without a measure is an error of the lens. */
static void null_scenario_must_be_zero(void **state)
{
    fixture *f = *state;
    kn__measure measure;
    kn_scenario scenario = ban(f, &measure, KN__EXPORT_BAN);
    const kn_setting deep = {"deep", "yes"};
    kn_result *result;
    kn_context_clear(f->ctx);
    assert_int_equal(kn_lens_run(&result, f->ctx, &lens, f->net, &scenario, &deep, 1),
                     KN_ERR_INTERNAL);
    assert_null(result);
    assert_non_null(strstr(kn_context_error(f->ctx), "losses.loss_musd is not zero"));
    kn_context_clear(f->ctx);
}

static kn_status run_once(kn_context *ctx, void *arg)
{
    const fixture *f = arg;
    const kn_setting of = {"of", "JPN"};
    kn_result *result;
    kn_status status = kn_lens_run(&result, ctx, &lens, f->net, NULL, &of, 1);
    kn_result_free(result);
    return status;
}

static void survives_failing_allocations(void **state)
{
    assert_true(every_allocation_fails(run_once, *state) > 5);
}

static void every_lens_is_well_declared(void **state)
{
    (void)state;
    for (int32_t k = 0; k < kn_lens_count(); k++) {
        const kn_lens *l = kn_lens_at(k);
        assert_ptr_equal(kn_lens_find(l->name), l);
        assert_true(*l->summary && *l->formula && *l->source && l->table_count > 0);
        for (int32_t o = 0; o < l->option_count; o++) {
            const kn_option *option = &l->options[o];
            assert_true(*option->help && option->offset < l->options_size);
            if (option->type == KN_OPTION_CHOICE && option->default_text)
                assert_true(kn_choice_find(option->choices, option->default_text) >= 0);
        }
        for (int32_t t = 0; t < l->table_count; t++)
            for (int32_t c = 0; c < l->tables[t]->column_count; c++)
                assert_true(*l->tables[t]->columns[c].help);
    }
    assert_null(kn_lens_at(kn_lens_count()));
    assert_null(kn_lens_find("nothing"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults),
        cmocka_unit_test(settings_replace_defaults),
        cmocka_unit_test(wrong_settings),
        cmocka_unit_test(runs_and_notes_what_was_asked),
        cmocka_unit_test(refuses_unknown_operations),
        cmocka_unit_test(null_scenario_must_be_zero),
        cmocka_unit_test(survives_failing_allocations),
        cmocka_unit_test(every_lens_is_well_declared),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
