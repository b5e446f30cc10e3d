/* SPDX-License-Identifier: Apache-2.0 */
/* Blocs that a scenario defines, and tariffs that answer tariffs. */
#include "kaname/read.h"
#include "kaname/scenario.h"

#include <string.h>
#include <unistd.h>

#include "network/build.h"
#include "network/distance.h"
#include "network/measure.h"
#include "support.h"

#define HEADER "kaname: scenario/1\n"
#define BAN "measures:\n  - {op: export_ban, from: CHN, to: "

static const char table[] = "row,JPN_c1,CHN_c1,USA_c1,JPN_F1,CHN_F1,USA_F1,output\n"
                            "JPN_c1,1,2,3,4,5,5,20\n"
                            "CHN_c1,6,7,2,7,8,10,40\n"
                            "USA_c1,3,1,9,2,2,13,30\n";

typedef struct fixture {
    kn_context *ctx;
    kn_network *net;
    char folder[64], path[96], csv[96];
} fixture;

static int setup(void **state)
{
    static fixture f;
    kn__io_raw *raw;
    f = (fixture){.folder = "/tmp/kaname-blocs-XXXXXX"};
    *state = &f;
    if (!mkdtemp(f.folder) || kn_context_new(&f.ctx, NULL) < 0)
        return -1;
    snprintf(f.path, sizeof f.path, "%s/s.yaml", f.folder);
    snprintf(f.csv, sizeof f.csv, "%s/points.csv", f.folder);
    if (kn__read_wiod_bytes(&raw, f.ctx, "wiot.csv", table, sizeof table - 1) < 0)
        return -1;
    kn_status status = kn__network_from_io(&f.net, f.ctx, raw);
    kn__io_raw_free(f.ctx, raw);
    return status < 0 ? -1 : 0;
}

static int teardown(void **state)
{
    fixture *f = *state;
    unlink(f->path);
    unlink(f->csv);
    rmdir(f->folder);
    kn_network_free(f->net);
    kn_context_free(f->ctx);
    return 0;
}

static void put(const char *path, const char *text)
{
    FILE *out = fopen(path, "wb");
    assert_non_null(out);
    assert_true(fputs(text, out) >= 0);
    assert_int_equal(fclose(out), 0);
}

static kn_scenario *read_text(fixture *f, const char *text)
{
    kn_scenario *scenario;
    put(f->path, text);
    kn_context_clear(f->ctx);
    if (kn_scenario_read(&scenario, f->ctx, f->net, f->path) < 0)
        fail_msg("%s", kn_context_error(f->ctx));
    return scenario;
}

static void refused(fixture *f, const char *text, kn_status expected, const char *said)
{
    kn_scenario *scenario;
    put(f->path, text);
    kn_context_clear(f->ctx);
    assert_int_equal(kn_scenario_read(&scenario, f->ctx, f->net, f->path), expected);
    assert_null(scenario);
    if (!strstr(kn_context_error(f->ctx), said))
        fail_msg("\"%s\" does not say \"%s\"", kn_context_error(f->ctx), said);
}

/* Whether a list is exactly the economies of "JPN USA". */
static bool are(const fixture *f, kn_ids ids, const char *codes)
{
    char seen[64] = "";
    for (int32_t k = 0; k < ids.count; k++) {
        strcat(seen, k ? " " : "");
        strcat(seen, f->net->economies[ids.id[k]].code);
    }
    return !strcmp(seen, codes);
}

static void a_bloc_may_be_a_list(void **state)
{
    fixture *f = *state;
    kn_scenario *s = read_text(f, HEADER "blocs:\n  allies: [USA, JPN]\n"
                                         "  all: [allies, CHN]\n" BAN "allies}\n"
                                         "  - {op: export_ban, from: all, to: JPN}\n");
    assert_true(are(f, s->measures[0].to, "JPN USA"));
    assert_int_equal(s->measures[1].from.count, 3);
    assert_int_equal(f->net->bloc_count, 0); /* the network is not touched */
    kn_scenario_free(s);
}

static void a_bloc_may_be_who_is_near(void **state)
{
    fixture *f = *state;
    put(f->csv, "economy,ideal_point\nUSA,2.5\nJPN,1.25\nCHN,-0.75\nGBR,1.6\n");
    kn_scenario *s = read_text(
        f, HEADER "blocs:\n  near: {to: USA, below: 1.5, distances: points.csv}\n"
                  "  far: {to: USA, above: 1.5, distances: points.csv}\n" BAN
                  "near}\n  - {op: export_ban, from: far, to: near}\n");
    assert_true(are(f, s->measures[0].to, "JPN USA"));
    assert_true(are(f, s->measures[1].from, "CHN"));
    kn_scenario_free(s);
}

static void distances_may_be_pairs(void **state)
{
    fixture *f = *state;
    double distance[3];
    int32_t usa = kn__network_economy(f->net, "USA");
    put(f->csv, "economy,partner,distance\nUSA,Japan,1.25\nCHN,US,3.25\nCHN,JPN,2\n"
                "GBR,FRA,1\n");
    assert_int_equal(kn__distances_read(distance, f->ctx, f->net, f->csv, usa), KN_OK);
    assert_true(distance[usa] == 0);
    assert_true(distance[kn__network_economy(f->net, "JPN")] == 1.25);
    assert_true(distance[kn__network_economy(f->net, "CHN")] == 3.25);
    put(f->csv, "economy,partner,distance\nUSA,JPN,1.25\n");
    assert_int_equal(kn__distances_read(distance, f->ctx, f->net, f->csv, usa), KN_OK);
    assert_true(isnan(distance[kn__network_economy(f->net, "CHN")]));
}

static void distances_are_refused_with_their_line(void **state)
{
    fixture *f = *state;
    static const char scenario[] = HEADER
        "blocs:\n  near: {to: USA, below: 1.5, distances: points.csv}\n" BAN "near}\n";
    const char *cases[][2] = {
        {"economy,ideal_point\nUSA,1\nUSA,2\n", "points.csv:3"},
        {"economy,ideal_point\nUSA,1\nXYZZY,2\n", "XYZZY"},
        {"economy,ideal_point\nUSA,x\n", "points.csv:2"},
        {"economy,ideal_point\nJPN,1\n", "nothing about USA"},
        {"economy,ideal_point\nUSA,1\n", "nothing about USA"},
        {"economy,partner,distance\nUSA,JPN,-1\n", "below 0"},
        {"economy\nUSA\n", "ideal_point"},
        {"economy,ideal_point,partner,distance\nUSA,1,JPN,1\n", "expected the columns"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        put(f->csv, cases[k][0]);
        refused(f, scenario, KN_ERR_DATA, cases[k][1]);
        assert_non_null(strstr(kn_context_error(f->ctx), "s.yaml:3:"));
    }
    unlink(f->csv);
    refused(f, scenario, KN_ERR_NOT_FOUND, "points.csv");
}

static void blocs_are_refused_with_their_place(void **state)
{
    fixture *f = *state;
    put(f->csv, "economy,ideal_point\nUSA,2.5\nJPN,1.25\n");
    refused(f, HEADER "blocs: [a]\n" BAN "JPN}\n", KN_ERR_DATA, "must be a map");
    refused(f, HEADER "blocs:\n  USA: [JPN]\n" BAN "JPN}\n", KN_ERR_DATA,
            "s.yaml:3:8: \"USA\" cannot be");
    refused(f, HEADER "blocs:\n  a: [JPX]\n" BAN "JPN}\n", KN_ERR_NOT_FOUND, "JPN");
    refused(f, HEADER "blocs:\n  a: {to: USA, distances: points.csv}\n" BAN "a}\n",
            KN_ERR_DATA, "below");
    refused(f,
            HEADER
            "blocs:\n  a: {to: USA, below: 1, above: 2, distances: points.csv}\n" BAN
            "a}\n",
            KN_ERR_DATA, "one of them");
    refused(f, HEADER "blocs:\n  a: {to: USA, below: 1}\n" BAN "a}\n", KN_ERR_DATA,
            "needs \"distances\"");
    refused(f, HEADER "blocs:\n  a: {below: 1, distances: points.csv}\n" BAN "a}\n",
            KN_ERR_DATA, "needs \"to\"");
    refused(f,
            HEADER "blocs:\n  a: {to: [USA, JPN], below: 1, distances: points.csv}\n" BAN
                   "a}\n",
            KN_ERR_DATA, "to one economy");
    refused(f,
            HEADER "blocs:\n  a: {to: USA, below: far, distances: points.csv}\n" BAN
                   "a}\n",
            KN_ERR_DATA, "expected a distance");
    refused(f,
            HEADER "blocs:\n  a: {to: USA, above: 9, distances: points.csv}\n" BAN "a}\n",
            KN_ERR_DATA, "no members");
}

static const kn__measure *answer_to(kn_scenario **s, fixture *f, const char *retaliate,
                                    int32_t measures)
{
    char text[512];
    snprintf(text, sizeof text,
             HEADER "measures:\n  - {op: tariff, from: CHN, to: [JPN, USA], rate: 0.1, "
                    "start: 3, days: 30, retaliate: %s}\n",
             retaliate);
    *s = read_text(f, text);
    assert_int_equal((*s)->count, measures);
    return (*s)->measures;
}

/* CHN sells 13 to JPN and 12 to USA, and buys 7 and 3 from them. */
static void tariffs_are_answered(void **state)
{
    fixture *f = *state;
    kn_scenario *s;
    const kn__measure *m = answer_to(&s, f, "in-kind", 3);
    for (int k = 1; k < 3; k++) {
        assert_int_equal(m[k].op, KN__TARIFF);
        assert_true(are(f, m[k].from, k == 1 ? "JPN" : "USA"));
        assert_true(are(f, m[k].to, "CHN") && m[k].value == 0.1);
        assert_int_equal(m[k].start_day, 3);
        assert_int_equal(m[k].days, 30);
        assert_int_equal(m[k].line, m[0].line);
    }
    kn_scenario_free(s);
    m = answer_to(&s, f, "{proportional: 1}", 3);
    assert_close(m[1].value, 0.1 * 13 / 7, 1e-12);
    assert_close(m[2].value, 0.1 * 12 / 3, 1e-12);
    kn_scenario_free(s);
    m = answer_to(&s, f, "{proportional: 0}", 3);
    assert_true(m[1].value == 0 && m[2].value == 0);
    kn_scenario_free(s);
    m = answer_to(&s, f, "{proportional: 50 %, by: [CHN, JPN]}", 3);
    assert_close(m[1].value, 0.5 * 0.1 * 13 / 7, 1e-12); /* JPN does not answer itself */
    assert_close(m[2].value, 0.5 * 0.1 * 12 / (3 + 5), 1e-12);
    kn_scenario_free(s);
    m = answer_to(&s, f, "{rate: 20 %, product: c1, by: [CHN, USA]}", 3);
    assert_true(m[1].value == 0.2 && are(f, m[1].to, "CHN USA"));
    kn_scenario_free(s);
}

static void answers_are_refused_with_their_place(void **state)
{
    fixture *f = *state;
    const char *cases[][2] = {
        {"rate: 0.1, retaliate: twice", "in-kind"},
        {"rate: 0.1, retaliate: {}", "one of them"},
        {"rate: 0.1, retaliate: {rate: 0.1, proportional: 1}", "one of them"},
        {"rate: 0.1, retaliate: {rate: high}", "expected a share"},
        {"rate: 0.1, retaliate: {rate: 1 MUSD}", "expected a share"},
        {"rate: 0.1, retaliate: {rates: 0.1}", "rate"},
        {"set: 0.1, retaliate: {proportional: 1}", "not known"},
        {"rate: 0.1, retaliate: {proportional: 1, by: USA}", "nothing of these"}};
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        char text[512];
        snprintf(text, sizeof text,
                 HEADER "measures:\n  - {op: tariff, from: CHN, to: USA, %s}\n",
                 cases[k][0]);
        refused(f, text, KN_ERR_DATA, cases[k][1]);
        assert_non_null(strstr(kn_context_error(f->ctx), "s.yaml:3:"));
    }
    refused(f, HEADER BAN "JPN, retaliate: in-kind}\n", KN_ERR_DATA, "retaliate");
}

static void a_quota_says_who_gets_its_rent(void **state)
{
    fixture *f = *state;
    kn_scenario *s = read_text(
        f,
        HEADER "measures:\n"
               "  - {op: export_quota, from: CHN, to: JPN, keep: 0.5}\n"
               "  - {op: export_quota, from: CHN, to: JPN, keep: 0.5, rent: exporter}\n"
               "  - {op: export_quota, from: CHN, to: JPN, keep: 0.5, rent: "
               "importer}\n");
    assert_false(s->measures[0].to_importer);
    assert_false(s->measures[1].to_importer);
    assert_true(s->measures[2].to_importer);
    kn_scenario_free(s);
    refused(f,
            HEADER
            "measures:\n  - {op: export_quota, from: CHN, to: JPN, keep: 0.5, rent: "
            "nobody}\n",
            KN_ERR_DATA, "exporter or importer");
    refused(f, HEADER BAN "JPN, rent: importer}\n", KN_ERR_DATA, "rent");
}

/* The files in data/scenarios, on networks that have their labels. */
static void scenarios_that_come_along_can_be_read(void **state)
{
    fixture *f = *state;
    kn_scenario *s;
    kn_network *atlas;
    kn_context_clear(f->ctx);
    assert_int_equal(
        kn_scenario_read(&s, f->ctx, f->net, "data/scenarios/us-china-tariffs.yaml"),
        KN_OK);
    assert_int_equal(s->count, 2);
    assert_close(s->measures[1].value, 0.25 * 12 / 3, 1e-12);
    kn_scenario_free(s);
    assert_int_equal(kn_network_atlas(&atlas, f->ctx), KN_OK);
    static const char *const names[] = {"chip-quota", "two-blocs"};
    for (int k = 0; k < 2; k++) {
        char path[96];
        snprintf(path, sizeof path, "data/scenarios/%s.yaml", names[k]);
        if (kn_scenario_read(&s, f->ctx, atlas, path) < 0)
            fail_msg("%s", kn_context_error(f->ctx));
        kn_scenario_free(s);
    }
    kn_network_free(atlas);
}

static kn_status read_again(kn_context *ctx, void *arg)
{
    const fixture *f = arg;
    kn_scenario *s;
    kn_status status = kn_scenario_read(&s, ctx, f->net, f->path);
    kn_scenario_free(s);
    return status;
}

static void memory_may_fail(void **state)
{
    fixture *f = *state;
    put(f->csv, "economy,ideal_point\nUSA,2.5\nJPN,1.25\nCHN,-0.75\n");
    put(f->path, HEADER "blocs:\n  near: {to: USA, below: 1.5, distances: points.csv}\n"
                        "measures:\n  - {op: tariff, from: CHN, to: near, rate: 0.1, "
                        "retaliate: {proportional: 1}}\n");
    every_allocation_fails(read_again, f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bloc_may_be_a_list),
        cmocka_unit_test(a_bloc_may_be_who_is_near),
        cmocka_unit_test(distances_may_be_pairs),
        cmocka_unit_test(distances_are_refused_with_their_line),
        cmocka_unit_test(blocs_are_refused_with_their_place),
        cmocka_unit_test(tariffs_are_answered),
        cmocka_unit_test(answers_are_refused_with_their_place),
        cmocka_unit_test(a_quota_says_who_gets_its_rent),
        cmocka_unit_test(scenarios_that_come_along_can_be_read),
        cmocka_unit_test(memory_may_fail),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
