/* SPDX-License-Identifier: Apache-2.0 */
/* Family caliendo-parro: the replication data, a scenario, the tables of the paper. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lens/trade/trade.h"
#include "network/build.h"
#include "run_case.h"

static const char *const names[][2] = {
    {"Argentina", "ARG"},   {"Australia", "AUS"}, {"Austria", "AUT"},
    {"Brazil", "BRA"},      {"Canada", "CAN"},    {"Chile", "CHL"},
    {"China", "CHN"},       {"Denmark", "DNK"},   {"Finland", "FIN"},
    {"France", "FRA"},      {"Germany", "DEU"},   {"Greece", "GRC"},
    {"Hungary", "HUN"},     {"India", "IND"},     {"Indonesia", "IDN"},
    {"Ireland", "IRL"},     {"Italy", "ITA"},     {"Japan", "JPN"},
    {"Korea", "KOR"},       {"Mexico", "MEX"},    {"Netherlands", "NLD"},
    {"NewZealand", "NZL"},  {"Norway", "NOR"},    {"Portugal", "PRT"},
    {"SouthAfrica", "ZAF"}, {"Spain", "ESP"},     {"Sweden", "SWE"},
    {"Turkey", "TUR"},      {"UK", "GBR"},        {"USA", "USA"},
    {"US", "USA"},          {"ROW", "ROW"},       {"New Zealand", "NZL"},
    {"South Africa", "ZAF"}};

typedef struct paper {
    rc *r;
    kn_network *net;
    kn__trade_run run;
    bool *group; /* economies of the model that a measure names, if not "*" */
} paper;

static int32_t economy(paper *p, const char *name)
{
    const char *code = name;
    int32_t id;
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(name, names[k][0]))
            code = names[k][1];
    if (!rc_ok(p->r, kn_network_find_economy(&id, p->r->ctx, p->net, code)))
        return -1;
    return p->run.model.economy_at[id];
}

/* "CAN", ["CAN", "MEX"], "*" or nothing (all) → a list for the resolver. */
static const char *list_of(paper *p, const json_t *value)
{
    const char *list = NULL;
    const json_t *item;
    size_t k;
    if (!value)
        return "*";
    if (json_is_string(value))
        return json_string_value(value);
    json_array_foreach((json_t *)value, k, item) list =
        list ? kn__arena_format(p->r->arena, p->r->ctx, "%s,%s", list,
                                json_string_value(item))
             : json_string_value(item);
    return list ? list : "*";
}

static bool find_op(kn__op *op, const char *name)
{
    for (int32_t k = 0; name && k < KN__OP_COUNT; k++)
        if (!strcmp(name, kn__op_name((kn__op)k))) {
            *op = (kn__op)k;
            return true;
        }
    return false;
}

static bool read_measure(paper *p, const json_t *item, kn__measure *m)
{
    rc *r = p->r;
    const char *from = json_object_get(item, "economy") ? "economy" : "from";
    *m = (kn__measure){.name = "", .days = -1};
    if (!find_op(&m->op, rc_text(r, item, "op"))) {
        rc_error(r, "unknown operation");
        return false;
    }
    if (json_object_get(item, "schedule"))
        m->name = rc_text(r, item, "schedule");
    static const char *const values[] = {"rate", "factor", "lose", "add", "set"};
    for (int k = 0; k < 5; k++)
        if (json_object_get(item, values[k])) {
            m->value = rc_number_or(item, values[k], NAN);
            m->set = k == 4;
        }
    return rc_ok(r, kn__network_resolve_economies(
                        &m->from, r->ctx, r->arena, p->net,
                        list_of(p, json_object_get(item, from)))) &&
           rc_ok(r, kn__network_resolve_economies(
                        &m->to, r->ctx, r->arena, p->net,
                        list_of(p, json_object_get(item, "to")))) &&
           rc_ok(r, kn__network_resolve_products(
                        &m->products, r->ctx, r->arena, p->net,
                        list_of(p, json_object_get(item, "product"))));
}

static int32_t choice(const json_t *root, const char *key, const char *const *words,
                      int32_t count)
{
    const char *word = json_string_value(json_object_get(root, key));
    for (int32_t k = 0; word && k < count; k++)
        if (!strcmp(word, words[k]))
            return k;
    return 0;
}

static bool solve(paper *p)
{
    static const char *const variants[] = {"full", "no-io", "no-materials", "one-sector"};
    static const char *const deficits[] = {"remove", "keep"};
    rc *r = p->r;
    const json_t *list = rc_get(r, r->root, "measures"), *item;
    size_t k, count = json_array_size(list);
    kn_scenario scenario = {.title = "", .path = r->file};
    scenario.measures = KN__ARRAY(r->arena, r->ctx, (int64_t)count, kn__measure);
    json_array_foreach((json_t *)list, k, item)
    {
        if (!scenario.measures || !read_measure(p, item, &scenario.measures[k]))
            return false;
        scenario.count++;
    }
    kn__trade_options options = {.variant = choice(r->root, "variant", variants, 4),
                                 .deficits = choice(r->root, "deficits", deficits, 2),
                                 .scale = 1};
    kn_status status =
        kn__trade_solve(&p->run, r->ctx, r->arena, p->net, &scenario, &options);
    if (status > 0)
        rc_error(r, "not converged");
    if (status != KN_OK)
        return rc_ok(r, status) && false;
    p->group = KN__ARRAY(r->arena, r->ctx, p->run.model.cp.economies, bool);
    for (int32_t m = 0; p->group && m < scenario.count; m++) {
        const kn__measure *measure = &scenario.measures[m];
        for (int32_t e = 0; e < measure->to.count; e++)
            p->group[p->run.model.economy_at[measure->to.id[e]]] = true;
    }
    return p->group != NULL;
}

/* Deviations are in percentage points, not relative. */
static void compare_pp(rc *r, const char *what, double got, const json_t *expected)
{
    double off = got - json_number_value(expected), none = 0;
    if (!json_is_number(expected))
        rc_error(r, "%s is not a number", what);
    else
        rc_compare(r, what, &off, &none, 1);
}

static void compare_effects(paper *p, const char *who, const json_t *expected)
{
    const kn__cp_effects *e = &p->run.effects;
    const struct {
        const char *key;
        const double *value;
    } known[] = {{"W", e->welfare_first_order},
                 {"ToT", e->terms_of_trade},
                 {"VoT", e->volume_of_trade},
                 {"RW", e->real_wage},
                 {"exactRI", e->real_income_exact}};
    int32_t n = economy(p, who);
    for (size_t k = 0; n >= 0 && k < sizeof known / sizeof *known; k++) {
        const json_t *value = json_object_get(expected, known[k].key);
        if (value)
            compare_pp(p->r, known[k].key, 100 * known[k].value[n], value);
    }
}

/* [terms of trade inside the group, outside, volume inside, outside] */
static void compare_split(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who), N = p->run.model.cp.economies;
    double sums[4] = {0};
    for (int32_t i = 0; n >= 0 && i < N; i++) {
        int outside = !p->group[i];
        sums[outside] += p->run.effects.terms_by_partner[n * N + i];
        sums[2 + outside] += p->run.effects.volume_by_partner[n * N + i];
    }
    for (size_t k = 0; n >= 0 && k < 4 && k < json_array_size(expected); k++)
        compare_pp(p->r, "split", 100 * sums[k], json_array_get(expected, k));
}

static void compare_growth(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who), N = p->run.model.cp.economies;
    const char *partner;
    json_t *value;
    json_object_foreach((json_t *)expected, partner, value)
    {
        int32_t i = economy(p, partner);
        if (n >= 0 && i >= 0)
            compare_pp(p->r, partner, 100 * p->run.effects.imports_by_partner[n * N + i],
                       value);
    }
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

/* One table of full-precision values: economy → columns, split or growth by partner. */
static void compare_table(paper *p, const char *key, const json_t *table)
{
    const char *who;
    json_t *value;
    rc_begin(p->r, "%s", key);
    json_object_foreach((json_t *)table, who, value)
    {
        if (ends_with(key, "_impgrowth"))
            compare_growth(p, who, value);
        else if (json_is_array(value))
            compare_split(p, who, value);
        else
            compare_effects(p, who, value);
    }
    rc_end(p->r);
}

/* The tables as printed, at half a unit of the last printed place. */
static void compare_published(paper *p, const json_t *tables)
{
    const kn__cp_effects *e = &p->run.effects;
    const double *columns[] = {e->welfare_first_order, e->terms_of_trade,
                               e->volume_of_trade, e->real_wage};
    const char *who;
    json_t *value;
    p->r->tolerance = 0.0051;
    rc_begin(p->r, "table_2_as_printed");
    json_object_foreach(json_object_get(tables, "T2"), who, value)
    {
        int32_t n = json_is_array(value) && strcmp(who, "cols") ? economy(p, who) : -1;
        for (size_t k = 0; n >= 0 && k < 4; k++)
            compare_pp(p->r, who, 100 * columns[k][n], json_array_get(value, k));
    }
    rc_end(p->r);
    rc_begin(p->r, "table_3_as_printed");
    json_object_foreach(json_object_get(tables, "T3"), who,
                        value) if (strcmp(who, "cols")) compare_split(p, who, value);
    rc_end(p->r);
    rc_begin(p->r, "table_5_as_printed");
    json_object_foreach(json_object_get(tables, "T5"), who, value)
        compare_growth(p, who, value);
    rc_end(p->r);
}

void rc_caliendo_parro(rc *r)
{
    char path[4096];
    const char *data = rc_text(r, r->root, "data"), *slash = strrchr(r->file, '/');
    paper p = {.r = r};
    kn__io_raw *raw = NULL;
    if (!data)
        return;
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - r->file) + 1 : 0, r->file,
             data);
    if (rc_ok(r, kn__read_caliendo_parro(&raw, r->ctx, path)) &&
        rc_ok(r, kn__network_from_io(&p.net, r->ctx, raw)) && solve(&p)) {
        const char *key;
        json_t *table;
        r->tolerance = rc_number_or(r->root, "tolerance_pp", 1e-6);
        json_object_foreach(json_object_get(r->root, "computed_percent"), key, table)
            compare_table(&p, key, table);
        if (json_object_get(r->root, "published_percent"))
            compare_published(&p, json_object_get(r->root, "published_percent"));
    }
    kn__io_raw_free(r->ctx, raw);
    kn_network_free(p.net);
}
