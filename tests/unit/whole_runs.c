/* SPDX-License-Identifier: Apache-2.0 */
/* Every format and every lens from end to end on small data: the same bits with one
   thread and three, no run that ends wrongly when memory fails or the caller cancels. */
#include <string.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "kaname/scenario.h"
#include "kaname/store.h"
#include "support.h"

#define MINI "tests/data/atlas-mini"
#define TABLE "tests/data/tutorial/wiot-small.csv"
#define SHOCK "tests/data/runs/shock.yaml"
#define DENIAL "tests/data/runs/denial.yaml"
#define POLICIES "tests/data/trade/policies.yaml"
#define TRADE "tests/data/runs/trade.yaml"

/* ---- The runs ---- */

typedef struct source {
    const char *format, *paths[2];
} source;

static const source sources[] = {
    {"atlas", {MINI}},
    {"wiod", {TABLE}},
    {"eto", {"tests/data/eto-mini"}},
    {"icio", {"tests/data/icio/2020.csv"}},
    {"icio", {"tests/data/icio/2022_SML.csv"}},
    {"icio", {"tests/data/icio/ICIO2021_2018.csv"}},
    {"figaro", {"tests/data/figaro/flatfile_eu-ic-io_ind-by-ind_24ed_2020.csv"}},
    {"figaro", {"tests/data/figaro/matrix_eu-ic-io_ind-by-ind_24ed_2020.csv"}},
    {"exiobase", {"tests/data/exiobase/IOT_2019_ixi.zip"}},
    {"pymrio", {"tests/data/pymrio"}},
    {"eora26", {"tests/data/eora26"}},
    {"usgs", {"tests/data/usgs/MCS2025_World_Data.csv"}},
    {"baci",
     {"tests/data/baci/BACI_HS17_Y2022_V202601.csv",
      "tests/data/baci/country_codes_V202601.csv"}},
    {"comtrade", {"tests/data/comtrade/classic.csv"}},
    {"comtrade", {"tests/data/comtrade/api.csv"}},
};

typedef struct job {
    const char *lens, *scenario;
    kn_setting settings[3];
} job;

static const job on_mini[] = {
    {"exposure", NULL, {{"measure", "exposure"}}},
    {"exposure",
     NULL,
     {{"measure", "exposure"}, {"together", "true"}, {"of", "JPN,KOR"}}},
    {"exposure", NULL, {{"measure", "producers"}}},
    {"exposure", NULL, {{"measure", "gvc"}}},
    {"exposure", NULL, {{"measure", "tiva"}}},
    {"exposure", NULL, {{"measure", "complexity"}}},
    {"exposure", NULL, {{"measure", "power"}}},
    {"exposure", NULL, {{"measure", "fragility"}}},
    {"exposure", NULL, {{"measure", "structure"}}},
    {"chokepoints", NULL, {{"mode", "targeted"}}},
    {"chokepoints", NULL, {{"mode", "stop"}, {"links", "centre"}}},
    {"chokepoints", NULL, {{"mode", "outage"}, {"holder", "CHN"}, {"share", "0.5"}}},
    {"systemic", NULL, {{"inputs", "recipe"}}},
    {"power", NULL, {{"of", "JPN"}, {"rho", "2"}}},
    {"cascade", DENIAL, {{"model", "denial"}}},
    {"cascade", DENIAL, {{"links", "centre"}}},
    {"cascade", SHOCK, {{"model", "kaname"}, {"leak", "0.2"}}},
};

static const job on_table[] = {
    {"exposure", NULL, {{"measure", "exposure"}}},
    {"exposure", NULL, {{"measure", "gvc"}}},
    {"exposure", NULL, {{"measure", "tiva"}}},
    {"exposure", NULL, {{"measure", "upstreamness"}}},
    {"exposure", NULL, {{"measure", "fpem"}}},
    {"exposure", NULL, {{"measure", "fpex"}}},
    {"systemic", NULL, {{"inputs", "linear"}}},
    {"systemic", NULL, {{"inputs", "essential"}, {"market", "off"}, {"leakage", "none"}}},
    {"cascade", DENIAL, {{"model", "denial"}}},
    {"cascade", SHOCK, {{"model", "kaname"}}},
    {"cascade", SHOCK, {{"model", "ario"}, {"rationing", "domestic-first"}}},
    {"cascade", SHOCK, {{"model", "inoue-todo"}}},
    {"cascade", SHOCK, {{"model", "pichler"}, {"production", "half-critical"}}},
    {"cascade", SHOCK, {{"model", "guan"}, {"stock_days", "20"}, {"spare", "0.1"}}},
    {"cascade", SHOCK, {{"sourcing", "search"}, {"model", "kaname"}, {"need", "0.5"}}},
    {"cascade", SHOCK, {{"model", "kaname"}, {"production", "ces"}}},
    {"cascade",
     SHOCK,
     {{"model", "kaname"}, {"rationing", "alliance-first"}, {"allies", "JPN,USA"}}},
    {"trade", TRADE, {{"model", "caliendo-parro"}}},
    {"trade", "tests/data/tutorial/tariff.yaml", {{"model", "caliendo-parro"}}},
    {"trade", TRADE, {{"variant", "no-io"}, {"deficits", "keep"}}},
    {"trade", TRADE, {{"variant", "no-materials"}, {"horizon", "medium"}}},
    {"trade", TRADE, {{"variant", "one-sector"}}},
    {"trade", POLICIES, {{"model", "caliendo-parro"}}},
    {"trade", POLICIES, {{"model", "network"}}},
    {"tariff-war", NULL, {{"of", "USA"}, {"alone", "true"}}},
    {"power", NULL, {{"holder", "CHN,USA"}, {"together", "true"}}},
    {"friends", NULL, {{"check", "true"}}},
    {"friends", NULL, {{"horizon", "long"}}},
};

enum {
    SOURCES = sizeof sources / sizeof *sources,
    ON_MINI = sizeof on_mini / sizeof *on_mini,
    ON_TABLE = sizeof on_table / sizeof *on_table
};

/* ---- How they run ---- */

static kn_status import_source(kn_network **net, kn_context *ctx, const source *s)
{
    return kn_network_import(net, ctx, kn_format_find(s->format), s->paths,
                             s->paths[1] ? 2 : 1);
}

static kn_status import_once(kn_context *ctx, void *arg)
{
    kn_network *net;
    kn_status status = import_source(&net, ctx, arg);
    kn_network_free(net);
    return status;
}

typedef struct run {
    const job *job;
    const kn_network *net;
    bool brief; /* a horizon of 60 days */
} run;

static kn_status run_job(kn_result **result, kn_context *ctx, const run *r)
{
    const job *j = r->job;
    kn_scenario *scenario = NULL;
    kn_status status = KN_OK;
    kn_setting setting[4];
    int32_t settings = 0;
    for (; settings < 3 && j->settings[settings].key; settings++)
        setting[settings] = j->settings[settings];
    if (r->brief && (!strcmp(j->lens, "cascade") || !strcmp(j->lens, "chokepoints")))
        setting[settings++] = (kn_setting){"days", "60"};
    *result = NULL;
    if (j->scenario)
        status = kn_scenario_read(&scenario, ctx, r->net, j->scenario);
    if (status >= 0)
        status = kn_lens_run(result, ctx, kn_lens_find(j->lens), r->net, scenario,
                             setting, settings);
    kn_scenario_free(scenario);
    return status;
}

static kn_status run_once(kn_context *ctx, void *arg)
{
    kn_result *result;
    kn_status status = run_job(&result, ctx, arg);
    kn_result_free(result);
    return status;
}

static kn_network *import_with(kn_context *ctx, const source *s)
{
    kn_network *net;
    if (import_source(&net, ctx, s) < 0)
        fail_msg("%s: %s", s->paths[0], kn_context_error(ctx));
    return net;
}

static const char *name_of(const job *j)
{
    static char name[160];
    snprintf(name, sizeof name, "%s %s=%s", j->lens,
             j->settings[0].key ? j->settings[0].key : "",
             j->settings[0].key ? j->settings[0].value : "");
    return name;
}

/* ---- The same bits ---- */

static void assert_same_table(const kn_table *a, const kn_table *b)
{
    const kn_table_decl *decl = kn_table_declaration(a);
    assert_int_equal(kn_table_rows(a), kn_table_rows(b));
    for (int64_t row = 0; row < kn_table_rows(a); row++)
        for (int32_t c = 0; c < decl->column_count; c++) {
            double x = kn_table_number(a, row, c), y = kn_table_number(b, row, c);
            assert_memory_equal(&x, &y, sizeof x);
            assert_string_equal(kn_table_text(a, row, c), kn_table_text(b, row, c));
        }
}

static void same_for_any_threads(const run *r)
{
    kn_result *result[2];
    kn_context *ctx[2];
    for (int k = 0; k < 2; k++) {
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.threads = 1 + 2 * k;
        assert_int_equal(kn_context_new(&ctx[k], &options), KN_OK);
        if (run_job(&result[k], ctx[k], r) < 0)
            fail_msg("%s: %s", name_of(r->job), kn_context_error(ctx[k]));
    }
    assert_int_equal(kn_result_tables(result[0]), kn_result_tables(result[1]));
    for (int32_t t = 0; t < kn_result_tables(result[0]); t++)
        assert_same_table(kn_result_table(result[0], t), kn_result_table(result[1], t));
    for (int k = 0; k < 2; k++) {
        kn_result_free(result[k]);
        kn_context_free(ctx[k]);
    }
}

static void the_same_bits_for_any_threads(void **state)
{
    kn_network *mini = import_with(*state, &sources[0]);
    kn_network *table = import_with(*state, &sources[1]);
    for (int k = 0; k < ON_MINI; k++)
        same_for_any_threads(&(run){&on_mini[k], mini, false});
    for (int k = 0; k < ON_TABLE; k++)
        same_for_any_threads(&(run){&on_table[k], table, false});
    kn_network_free(table);
    kn_network_free(mini);
}

/* ---- The caller cancels ---- */

typedef struct patience {
    int64_t asked, until;
} patience;

static int lost(void *user)
{
    patience *p = user;
    return ++p->asked >= p->until;
}

/* Cancels at the first, second, fourth … question; until the work is done before. */
static void ends_when_cancelled(kn_status (*work)(kn_context *ctx, void *arg), void *arg,
                                const char *name)
{
    for (int64_t until = 1; until < 1000000; until *= 2) {
        patience p = {0, until};
        faults f = {.fail_at = 0};
        kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
        options.allocator =
            (kn_allocator){faults_alloc, faults_resize, faults_release, &f};
        options.threads = 1;
        options.cancel = lost;
        options.cancel_user = &p;
        kn_context *ctx;
        assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
        kn_status status = work(ctx, arg);
        if (status < 0 && status != KN_ERR_CANCELLED)
            fail_msg("%s: %s", name, kn_context_error(ctx));
        if (p.asked > until && status >= 0 && status != KN_NOTE_INTERRUPTED)
            fail_msg("%s goes on: cancelled at question %d, it asked %d", name,
                     (int)until, (int)p.asked);
        kn_context_free(ctx);
        assert_int_equal(f.live, 0);
        if (p.asked < until)
            return;
    }
}

static void a_cancelled_run_ends(void **state)
{
    kn_network *mini = import_with(*state, &sources[0]);
    kn_network *table = import_with(*state, &sources[1]);
    for (int k = 0; k < SOURCES; k++)
        ends_when_cancelled(import_once, (void *)(uintptr_t)&sources[k],
                            sources[k].paths[0]);
    for (int k = 0; k < ON_MINI; k++)
        ends_when_cancelled(run_once, &(run){&on_mini[k], mini, false},
                            name_of(&on_mini[k]));
    for (int k = 0; k < ON_TABLE; k++)
        ends_when_cancelled(run_once, &(run){&on_table[k], table, false},
                            name_of(&on_table[k]));
    kn_network_free(table);
    kn_network_free(mini);
}

/* ---- Memory fails ---- */

static void memory_fails_in_imports(void **state)
{
    (void)state;
    for (int k = 0; k < SOURCES; k++)
        assert_true(every_allocation_fails(import_once, (void *)(uintptr_t)&sources[k]) >
                    5);
}

static void memory_fails_in_runs(void **state)
{
    kn_network *mini = import_with(*state, &sources[0]);
    kn_network *table = import_with(*state, &sources[1]);
    for (int k = 0; k < ON_MINI; k++)
        assert_true(every_allocation_fails(run_once, &(run){&on_mini[k], mini, true}) >
                    3);
    for (int k = 0; k < ON_TABLE; k++)
        assert_true(every_allocation_fails(run_once, &(run){&on_table[k], table, true}) >
                    3);
    kn_network_free(table);
    kn_network_free(mini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(the_same_bits_for_any_threads, context_setup,
                                        context_teardown),
        cmocka_unit_test_setup_teardown(a_cancelled_run_ends, context_setup,
                                        context_teardown),
        cmocka_unit_test(memory_fails_in_imports),
        cmocka_unit_test_setup_teardown(memory_fails_in_runs, context_setup,
                                        context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
