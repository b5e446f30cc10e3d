/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/scenario.h"

#include <string.h>
#include <unistd.h>

#include "network/measure.h"
#include "support.h"
#include "unit/tiny_network.h"

#define HEADER "kaname: scenario/1\n"
#define ONE HEADER "measures:\n  - "

typedef struct fixture {
    kn_context *ctx;
    kn_network *net;
    char path[64];
} fixture;

static int setup(void **state)
{
    static fixture f;
    f = (fixture){.path = "/tmp/kaname-scenario-XXXXXX"};
    int fd = mkstemp(f.path);
    if (fd < 0 || close(fd) != 0 || kn_context_new(&f.ctx, NULL) < 0)
        return -1;
    *state = &f;
    return tiny_network(&f.net, f.ctx) < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    unlink(f->path);
    kn_network_free(f->net);
    kn_context_free(f->ctx);
    return 0;
}

static void put_bytes(const fixture *f, const char *bytes, size_t length)
{
    FILE *out = fopen(f->path, "wb");
    assert_non_null(out);
    assert_int_equal(fwrite(bytes, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
}

static kn_scenario *read_text(fixture *f, const char *text)
{
    kn_scenario *scenario;
    put_bytes(f, text, strlen(text));
    kn_context_clear(f->ctx);
    kn_status status = kn_scenario_read(&scenario, f->ctx, f->net, f->path);
    if (status < 0)
        fail_msg("%s", kn_context_error(f->ctx));
    return scenario;
}

static void refused(fixture *f, const char *text, kn_status expected, const char *said)
{
    kn_scenario *scenario;
    put_bytes(f, text, strlen(text));
    kn_context_clear(f->ctx);
    assert_int_equal(kn_scenario_read(&scenario, f->ctx, f->net, f->path), expected);
    assert_null(scenario);
    if (!strstr(kn_context_error(f->ctx), said))
        fail_msg("\"%s\" does not say \"%s\"", kn_context_error(f->ctx), said);
}

static void header_and_nothing(void **state)
{
    kn_scenario *s = read_text(*state, HEADER "title: Nothing\nnetwork: x.kaname\n"
                                              "seed: 20260101\nmeasures: []\n");
    assert_string_equal(kn_scenario_title(s), "Nothing");
    assert_int_equal(kn_scenario_measures(s), 0);
    assert_int_equal(s->seed, 20260101);
    assert_string_equal(s->network, "x.kaname");
    assert_int_equal(strlen(s->sha256), 64);
    kn_scenario_free(s);
    kn_scenario_free(NULL);
}

/* One of each operation, with every key it has. */
static void every_operation(void **state)
{
    kn_scenario *s = read_text(
        *state, HEADER
        "measures:\n"
        "  - {op: export_ban, from: CHN, to: [KOR, JPN], product: [germanium, gallium],"
        " start: 5, days: 365}\n"
        "  - {op: export_quota, from: CHN, to: \"*\", product: gallium, keep: 0.4}\n"
        "  - {op: tariff, from: CHN, to: JPN, product: chips, rate: 0.25}\n"
        "  - {op: tariff, from: CHN, to: JPN, set: 10 %}\n"
        "  - {op: trade_cost, from: CHN, to: JPN, factor: 1.5}\n"
        "  - {op: capacity_loss, economy: JPN, product: chips, lose: 0.5, days: 180,"
        " recover: 90}\n"
        "  - {op: capacity_gain, economy: KOR, product: chips, add: 0.1}\n"
        "  - {op: demand_change, economy: JPN, product: \"*\", change: -0.02}\n"
        "  - {op: stock_release, economy: JPN, product: gallium, start: 10, days: 30}\n"
        "  - {op: entity_denial, firm: Chips of Japan, to: KOR}\n"
        "  - {op: route_closure, passage: malacca, start: 0, days: 60}\n"
        "  - {op: overcapacity, economy: CHN, product: gallium, push: 0.3}\n");
    const kn__measure *m = s->measures;
    assert_int_equal(s->count, 12);
    assert_int_equal(m[0].op, KN__EXPORT_BAN);
    assert_int_equal(m[0].from.count, 1);
    assert_int_equal(m[0].to.count, 2); /* ascending, whatever the file's order */
    assert_int_equal(m[0].to.id[0], 1);
    assert_int_equal(m[0].to.id[1], 2);
    assert_int_equal(m[0].products.id[0], 0);
    assert_int_equal(m[0].start_day, 5);
    assert_int_equal(m[0].days, 365);
    assert_int_equal(m[0].line, 3);
    assert_true(m[1].value == 0.4);
    assert_int_equal(m[1].to.count, 3); /* "*" leaves the unseen out */
    assert_int_equal(m[1].days, -1);
    assert_true(m[2].value == 0.25 && !m[2].set);
    assert_true(m[3].value == 0.1 && m[3].set);
    assert_int_equal(m[3].products.count, 3);
    assert_true(m[4].value == 1.5);
    assert_true(m[5].value == 0.5);
    assert_int_equal(m[5].recover_days, 90);
    assert_int_equal(m[5].from.id[0], 1);
    assert_true(m[7].value == -0.02);
    assert_true(m[8].value == 30);
    assert_int_equal(m[8].days, -1);
    assert_string_equal(m[9].name, "Chips of Japan");
    assert_int_equal(m[9].from.id[0], 1);
    assert_string_equal(m[10].name, "malacca");
    assert_int_equal(m[11].op, KN__OVERCAPACITY);
    kn_scenario_free(s);
}

static void blocs_and_amounts(void **state)
{
    kn_scenario *s = read_text(
        *state, ONE "{op: export_quota, from: CHN, to: allies, product: [gallium, "
                    "germanium], keep: 20 MUSD}\n");
    assert_int_equal(s->measures[0].to.count, 2);
    assert_close(s->measures[0].value, 0.4, 1e-12); /* 20 of 50 */
    kn_scenario_free(s);
}

/* Where it is wrong, what is wrong, what was meant. */
static void errors_name_the_place(void **state)
{
    fixture *f = *state;
    refused(f, ONE "{op: export_bann, from: CHN}\n", KN_ERR_DATA,
            ":3:10: there is no operation \"export_bann\"; did you mean \"export_ban\"?");
    refused(f, ONE "{op: export_ban, from: CHN, too: JPN}\n", KN_ERR_DATA,
            ":3:33: export_ban has no key \"too\"; did you mean \"to\"");
    refused(f, ONE "{op: export_ban, from: CHM}\n", KN_ERR_NOT_FOUND, ":3:28: ");
    refused(f, ONE "{op: export_ban, from: CHN, to: [JPN, JPX]}\n", KN_ERR_NOT_FOUND,
            ":3:43: ");
    refused(f, ONE "{op: export_ban, from: CHN, product: galium}\n", KN_ERR_NOT_FOUND,
            "\"gallium\"");
    refused(f, ONE "{op: export_ban, to: JPN}\n", KN_ERR_DATA, "needs \"from\"");
    refused(f, ONE "{op: export_ban, from: CHN, days: 0}\n", KN_ERR_DATA,
            "days is \"0\"; expected a whole number from 1 to 36500");
    refused(f, ONE "{op: export_ban, from: CHN, days: 1.5}\n", KN_ERR_DATA, ":3:39: ");
    refused(f, ONE "{op: tariff, from: CHN, rate: 0.1, recover: 3}\n", KN_ERR_DATA,
            "no key \"recover\"");
    refused(f, ONE "{op: export_ban, from: CHN, ramp: -1}\n", KN_ERR_DATA,
            ":3:39: ramp is \"-1\"");
    refused(f, ONE "{op: export_licence, from: CHN}\n", KN_ERR_DATA, "needs \"wait\"");
    refused(f, ONE "{op: export_licence, from: CHN, wait: 2 weeks}\n", KN_ERR_DATA,
            "has the unit \"weeks\"; expected days");
    refused(f, ONE "{op: export_licence, from: CHN, wait: -2}\n", KN_ERR_DATA,
            "expected days from 0 to 36500");
    refused(f, ONE "{op: export_quota, from: CHN}\n", KN_ERR_DATA, "needs \"keep\"");
    refused(f, ONE "{op: export_quota, from: CHN, keep: 500}\n", KN_ERR_DATA,
            "an absolute amount needs its unit");
    refused(f, ONE "{op: export_quota, from: CHN, keep: 5 t}\n", KN_ERR_DATA,
            "has the unit \"t\"");
    refused(f, ONE "{op: export_quota, from: KOR, to: JPN, keep: 5 MUSD}\n", KN_ERR_DATA,
            "nothing it is a share of");
    refused(f, ONE "{op: export_quota, from: CHN, keep: \"0,5\"}\n", KN_ERR_DATA,
            "expected a number");
    refused(f, ONE "{op: tariff, from: CHN, rate: 0.1, set: 0.2}\n", KN_ERR_DATA,
            "not both");
    refused(f, ONE "{op: trade_cost, from: CHN, factor: 0.9}\n", KN_ERR_DATA,
            "from 1 to 1000");
    refused(f, ONE "{op: route_closure, passage: malaca}\n", KN_ERR_NOT_FOUND,
            "\"malacca\"");
    refused(f, ONE "{op: entity_denial, firm: Chips of Japn}\n", KN_ERR_NOT_FOUND,
            "\"Chips of Japan\"");
    refused(f, ONE "export_ban\n", KN_ERR_DATA, ":3:5: a measure looks like");
    refused(f, HEADER "measures: {}\n", KN_ERR_DATA, "must be a list");
    refused(f, HEADER "measure: []\n", KN_ERR_DATA, "did you mean \"measures\"?");
    refused(f, HEADER, KN_ERR_DATA, "needs \"measures\"");
    refused(f, "kaname: scenario/2\n", KN_ERR_DATA, "expected \"scenario/1\"");
    refused(f, "a: b\n", KN_ERR_DATA, "is missing");
    refused(f, "- a\n", KN_ERR_DATA, "not a scenario");
}

static void yaml_errors(void **state)
{
    fixture *f = *state;
    refused(f, ONE "{op: export_ban, from: *}\n", KN_ERR_DATA, "in quotes");
    refused(f, ONE "{op: export_ban, from: CHN\n", KN_ERR_DATA, "not YAML");
    refused(f, HEADER "measures: []\nmeasures: []\n", KN_ERR_DATA,
            ":3:1: key \"measures\" stands twice; first in line 2");
    refused(f, HEADER "title: &a x\nmeasures: *a\n", KN_ERR_DATA, "anchors");
    refused(f, HEADER "title: !!str x\nmeasures: []\n", KN_ERR_DATA, "tags");
    refused(f, HEADER "measures: []\n---\na: 1\n", KN_ERR_DATA, "second document");
    refused(f, "", KN_ERR_DATA, "empty");
    refused(f, HEADER "title: \"\xff\"\n", KN_ERR_DATA, ":2:9: byte 0xff is not UTF-8");
    refused(f, HEADER "title: [[[[[[[[[[[[[[[[[[1]]]]]]]]]]]]]]]]]]\n", KN_ERR_LIMIT,
            "nested deeper");
}

static void hostile_files(void **state)
{
    fixture *f = *state;
    enum { BIG = (4 << 20) + 1, LONG = 70000 };
    kn_scenario *s;
    char *bytes = malloc(BIG);
    assert_non_null(bytes);
    memset(bytes, '\n', BIG);
    put_bytes(f, bytes, BIG);
    assert_int_equal(kn_scenario_read(&s, f->ctx, f->net, f->path), KN_ERR_LIMIT);
    kn_context_clear(f->ctx);
    memset(bytes, 'a', LONG);
    put_bytes(f, bytes, LONG);
    assert_int_equal(kn_scenario_read(&s, f->ctx, f->net, f->path), KN_ERR_LIMIT);
    kn_context_clear(f->ctx);
    put_bytes(f, HEADER "title: a\0b\n", sizeof HEADER - 1 + 11);
    assert_int_equal(kn_scenario_read(&s, f->ctx, f->net, f->path), KN_ERR_DATA);
    assert_non_null(strstr(kn_context_error(f->ctx), ":2:9: control character 0x00"));
    kn_context_clear(f->ctx);
    assert_int_equal(kn_scenario_read(&s, f->ctx, f->net, "/tmp"), KN_ERR_DATA);
    kn_context_clear(f->ctx);
    assert_int_equal(kn_scenario_read(&s, f->ctx, f->net, "/tmp/not/there.yaml"),
                     KN_ERR_NOT_FOUND);
    free(bytes);
}

static void byte_order_mark_and_crlf(void **state)
{
    kn_scenario *s = read_text(*state, "\xEF\xBB\xBFkaname: scenario/1\r\n"
                                       "title: 半導体\r\nmeasures: []\r\n");
    assert_string_equal(kn_scenario_title(s), "半導体");
    kn_scenario_free(s);
}

static void names_its_network(void **state)
{
    fixture *f = *state;
    char name[16];
    static const char text[] = HEADER "network: wiod.kaname\nmeasures: []\n";
    put_bytes(f, text, sizeof text - 1);
    kn_context_clear(f->ctx);
    assert_int_equal(kn_scenario_network_name(name, sizeof name, f->ctx, f->path), KN_OK);
    assert_string_equal(name, "wiod.kaname");
    assert_int_equal(kn_scenario_network_name(name, 4, f->ctx, f->path), KN_ERR_LIMIT);
}

/* ---- Findings ---- */

static kn_result *findings(fixture *f, const char *text)
{
    kn_scenario *scenario = read_text(f, text);
    kn_result *result;
    assert_int_equal(kn_result_new(&result, f->ctx), KN_OK);
    assert_int_equal(kn_scenario_check(result, f->ctx, scenario, f->net), KN_OK);
    kn_scenario_free(scenario);
    return result;
}

/* The only finding is this one; NULL: there is none. */
static void finds(fixture *f, const char *text, const char *expected)
{
    kn_result *result = findings(f, text);
    assert_int_equal(kn_result_notes(result), expected ? 1 : 0);
    if (expected && !strstr(kn_result_note_text(result, 0), expected))
        fail_msg("\"%s\" does not say \"%s\"", kn_result_note_text(result, 0), expected);
    kn_result_free(result);
}

/* China sells gallium and germanium to Japan, nothing else is sold. */
static void measures_without_effect(void **state)
{
    finds(*state, ONE "{op: export_ban, from: CHN, to: JPN, product: gallium}\n", NULL);
    finds(*state, ONE "{op: export_ban, from: CHN, to: KOR}\n",
          ":3: export_ban changes nothing: this network has no such flow");
    finds(*state, ONE "{op: export_ban, from: JPN, to: CHN, product: gallium}\n",
          ":3: export_ban changes nothing");
    finds(*state, ONE "{op: export_ban, from: CHN, to: JPN, product: [gallium, chips]}\n",
          ":3: export_ban changes nothing for chips: this network has no such flow");
    finds(*state, ONE "{op: export_ban, from: '*', to: '*'}\n",
          "changes nothing in cascade: everybody is a sender");
    finds(*state, ONE "{op: tariff, from: CHN, to: JPN, rate: 0}\n", "leaves all as");
    finds(*state, ONE "{op: tariff, from: CHN, to: JPN, set: 0}\n", NULL);
    finds(*state, ONE "{op: stock_release, economy: JPN, product: gallium, days: 3}\n",
          NULL);
    finds(*state, ONE "{op: stock_release, economy: KOR, product: gallium, days: 3}\n",
          "nobody there buys that");
    finds(*state, ONE "{op: route_closure, passage: panama}\n", "go that way");
    finds(*state, HEADER "measures: []\n", "the scenario has no measures");
}

static void measures_cut_short(void **state)
{
    finds(*state, ONE "{op: capacity_loss, economy: CHN, lose: 0.1, days: 9, ramp: 10}\n",
          "its ramp takes 10 days and it lasts 9");
    finds(*state, ONE "{op: capacity_loss, economy: CHN, lose: 0.1, days: 9, ramp: 9}\n",
          NULL);
    finds(*state, ONE "{op: export_licence, from: CHN, to: JPN, wait: 9, days: 8}\n",
          ":3: export_licence lasts 8 days");
}

#define BAN                                                                              \
    "{op: export_ban, from: CHN, to: JPN, product: gallium, start: 10, days: 20}\n"

static void measures_that_meet(void **state)
{
    finds(*state, ONE BAN "  - {op: export_quota, from: CHN, keep: 0.4, start: 29}\n",
          ":4: export_quota meets export_ban of line 3 from day 29 to day 30 on 1 flow "
          "(gallium from CHN to JPN): the tighter one acts, that is line 3");
    finds(*state, ONE BAN "  - {op: export_quota, from: CHN, keep: 0.4, start: 30}\n",
          NULL);
    finds(*state, ONE BAN "  - {op: export_ban, from: CHN, product: germanium}\n", NULL);
    finds(*state, ONE BAN "  - {op: export_ban, from: CHN}\n",
          "both keep the same share, and only one of them acts");
    finds(*state,
          ONE
          "{op: capacity_loss, economy: CHN, lose: 0.1, days: 9, recover: 5}\n"
          "  - {op: capacity_gain, economy: CHN, product: chips, add: 1, start: 13}\n",
          "from day 13 to day 14 on 1 place (chips of CHN): both act");
    finds(*state,
          ONE "{op: tariff, from: CHN, rate: 0.1}\n"
              "  - {op: tariff, from: CHN, to: JPN, rate: 0.2}\n",
          "from day 0 on 2 flows (gallium from CHN to JPN, germanium from CHN to JPN): "
          "rates add up");
    finds(*state,
          ONE "{op: export_licence, from: CHN, to: JPN, product: gallium, wait: 9}\n"
              "  - {op: export_licence, from: CHN, wait: 5}\n",
          "goods wait as long as one of them");
    finds(*state, ONE "{op: tariff, from: CHN, rate: 25}\n",
          ":3: tariff has a rate of 2500 %; if 25 % is meant, write \"25 %\"");
}

/* Fifty are listed, the others counted: 66 pairs of them. */
static void many_findings(void **state)
{
    char text[4096] = HEADER "measures:\n";
    for (int k = 0; k < 12; k++)
        strcat(text, "  - {op: export_ban, from: CHN, to: JPN}\n");
    kn_result *result = findings(*state, text);
    assert_int_equal(kn_result_notes(result), 51);
    assert_string_equal(kn_result_note_text(result, 50),
                        "16 more findings are not listed");
    kn_result_free(result);
}

static kn_status read_once(kn_context *ctx, void *arg)
{
    const fixture *f = arg;
    kn_scenario *scenario;
    kn_result *result = NULL;
    kn_status status = kn_scenario_read(&scenario, ctx, f->net, f->path);
    if (status >= 0)
        status = kn_result_new(&result, ctx);
    if (status >= 0)
        status = kn_scenario_check(result, ctx, scenario, f->net);
    kn_result_free(result);
    kn_scenario_free(scenario);
    return status;
}

static void survives_failing_allocations(void **state)
{
    fixture *f = *state;
    static const char text[] = ONE "{op: export_quota, from: CHN, to: [JPN, allies], "
                                   "product: gallium, keep: 10 MUSD}\n"
                                   "  - {op: export_ban, from: CHN, to: JPN, "
                                   "product: [gallium, chips]}\n"
                                   "  - {op: route_closure, passage: suez}\n"
                                   "  - {op: entity_denial, firm: Chips of Japan}\n";
    put_bytes(f, text, sizeof text - 1);
    assert_true(every_allocation_fails(read_once, f) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(header_and_nothing),
        cmocka_unit_test(every_operation),
        cmocka_unit_test(blocs_and_amounts),
        cmocka_unit_test(errors_name_the_place),
        cmocka_unit_test(yaml_errors),
        cmocka_unit_test(hostile_files),
        cmocka_unit_test(byte_order_mark_and_crlf),
        cmocka_unit_test(names_its_network),
        cmocka_unit_test(measures_without_effect),
        cmocka_unit_test(measures_cut_short),
        cmocka_unit_test(measures_that_meet),
        cmocka_unit_test(many_findings),
        cmocka_unit_test(survives_failing_allocations),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
