/* SPDX-License-Identifier: Apache-2.0 */
/* Family caliendo-parro: the replication data, a scenario, the tables of the paper. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kaname/scenario.h"
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
    kn__trade_options options;
    kn__trade_run run;
    kn__trade_run *given; /* what the file's `given` does alone; NULL without it */
    bool *group; /* economies of the model that `group` or a measure's `to` names */
} paper;

static const char *code_of(const char *name)
{
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        if (!strcmp(name, names[k][0]))
            return names[k][1];
    return name;
}

static int32_t economy(paper *p, const char *name)
{
    int32_t id;
    if (!rc_ok(p->r, kn_network_find_economy(&id, p->r->ctx, p->net, code_of(name))))
        return -1;
    return p->run.model.economy_at[id];
}

/* ---- Options ---- */

static bool choice(rc *r, const char *key, const char *const *words, int32_t count,
                   int32_t *chosen)
{
    const json_t *value = json_object_get(r->root, key);
    const char *word = json_string_value(value);
    for (int32_t k = 0; word && k < count; k++)
        if (!strcmp(word, words[k])) {
            *chosen = k;
            return true;
        }
    if (value)
        rc_error(r, "%s is not a word it may be", key);
    return !value;
}

static bool number(rc *r, const char *key, double *to)
{
    const json_t *value = json_object_get(r->root, key);
    if (value && !json_is_number(value)) {
        rc_error(r, "%s is not a number", key);
        return false;
    }
    *to = value ? json_number_value(value) : *to;
    return true;
}

static bool read_options(paper *p)
{
    static const char *const variants[] = {"full", "no-io", "no-materials", "one-sector"};
    static const char *const deficits[] = {"remove", "keep"};
    static const char *const known[] = {"data",
                                        "variant",
                                        "deficits",
                                        "elasticity",
                                        "scale",
                                        "given",
                                        "group",

                                        "measures",
                                        "computed_percent",
                                        "published_percent",
                                        NULL};
    rc *r = p->r;
    kn__trade_options *o = &p->options;
    o->scale = 1;
    return rc_known(r, r->root, known) &&
           choice(r, "variant", variants, 4, &o->variant) &&
           choice(r, "deficits", deficits, 2, &o->deficits) &&
           number(r, "elasticity", &o->elasticity) && number(r, "scale", &o->scale);
}

/* ---- Measures ---- */

/* Names of economies to codes, wherever they stand in a measure. */
static void use_codes(json_t *measure)
{
    const char *key;
    json_t *value, *item;
    size_t k;
    json_object_foreach(measure, key, value)
    {
        if (json_is_string(value))
            json_string_set(value, code_of(json_string_value(value)));
        json_array_foreach(value, k, item) if (json_is_string(item))
            json_string_set(item, code_of(json_string_value(item)));
    }
}

/* JSON is YAML: the measures go through the reader of scenarios, which refuses what is
   malformed. */
static kn_scenario *read_measures(paper *p, const char *key)
{
    char path[] = "/tmp/kaname-case-XXXXXX";
    json_t *list = json_deep_copy(rc_get(p->r, p->r->root, key)), *item;
    json_t *root = json_pack("{s:s, s:o*}", "kaname", "scenario/1", "measures", list);
    kn_scenario *scenario = NULL;
    size_t k;
    int file = root && json_is_array(list) ? mkstemp(path) : -1;
    if (file >= 0) {
        json_array_foreach(list, k, item) use_codes(item);
        bool written = json_dumpfd(root, file, 0) == 0;
        close(file);
        if (written)
            rc_ok(p->r, kn_scenario_read(&scenario, p->r->ctx, p->net, path));
        remove(path);
    } else {
        rc_error(p->r, "%s is not a list of measures", key);
    }
    json_decref(root);
    return scenario;
}

static bool solve(paper *p, kn__trade_run *run, const kn_scenario *scenario)
{
    rc *r = p->r;
    kn_status status =
        kn__trade_solve(run, r->ctx, r->arena, p->net, scenario, &p->options);
    if (status > 0)
        rc_error(r, "not converged: residual %g", run->after.residual);
    return status == KN_OK || (status < 0 && rc_ok(r, status));
}

static bool set_group(paper *p, const kn_scenario *scenario)
{
    const json_t *list = json_object_get(p->r->root, "group"), *item;
    size_t k;
    p->group = KN__ARRAY(p->r->arena, p->r->ctx, p->run.model.cp.economies, bool);
    if (!p->group)
        return false;
    json_array_foreach((json_t *)list, k, item)
    {
        const char *name = json_string_value(item);
        int32_t n = name ? economy(p, name) : -1;
        if (n < 0) {
            rc_error(p->r, "group is not a list of economies");
            return false;
        }
        p->group[n] = true;
    }
    for (int32_t m = 0; !list && m < scenario->count; m++)
        for (int32_t e = 0; e < scenario->measures[m].to.count; e++)
            p->group[p->run.model.economy_at[scenario->measures[m].to.id[e]]] = true;
    return true;
}

/* The same measures without what the file asks about: the paper's "given world tariff
   changes" compares the two. */
static bool solve_given(paper *p)
{
    if (!json_object_get(p->r->root, "given"))
        return true;
    kn_scenario *scenario = read_measures(p, "given");
    p->given = KN__ARRAY(p->r->arena, p->r->ctx, 1, kn__trade_run);
    bool ok = scenario && p->given && solve(p, p->given, scenario);
    kn_scenario_free(scenario);
    return ok;
}

static bool solve_all(paper *p)
{
    kn_scenario *scenario = read_measures(p, "measures");
    bool ok = scenario && solve(p, &p->run, scenario) && set_group(p, scenario) &&
              solve_given(p);
    kn_scenario_free(scenario);
    return ok;
}

/* ---- Tables ---- */

static void compare_pp(rc *r, const char *what, double got, const json_t *expected)
{
    double wanted = json_number_value(expected);
    if (!json_is_number(expected))
        rc_error(r, "%s is not a number", what);
    else
        rc_compare(r, what, &got, &wanted, 1);
}

/* An effect of economy n in percent; over what is given: (1 + all) / (1 + given) - 1. */
static double effect(const paper *p, const double *all, const double *given, int32_t n)
{
    return 100 * (p->given ? (1 + all[n]) / (1 + given[n]) - 1 : all[n]);
}

/* Welfare, terms of trade, volume of trade, real wage, exact real income. */
enum { EFFECTS = 5 };

static void effects_of(const paper *p, int32_t n, double effects[EFFECTS])
{
    const kn__cp_effects *e = &p->run.effects, *g = p->given ? &p->given->effects : e;
    effects[1] = effect(p, e->terms_of_trade, g->terms_of_trade, n);
    effects[2] = effect(p, e->volume_of_trade, g->volume_of_trade, n);
    effects[0] = effects[1] + effects[2];
    effects[3] = effect(p, e->real_wage, g->real_wage, n);
    effects[4] = effect(p, e->real_income_exact, g->real_income_exact, n);
}

static void compare_effects(paper *p, const char *who, const json_t *expected)
{
    static const char *const keys[EFFECTS] = {"W", "ToT", "VoT", "RW", "exactRI"};
    int32_t n = economy(p, who);
    double effects[EFFECTS];
    const char *key;
    json_t *value;
    if (n < 0)
        return;
    effects_of(p, n, effects);
    json_object_foreach((json_t *)expected, key, value)
    {
        int32_t k = 0;
        while (k < EFFECTS && strcmp(key, keys[k]))
            k++;
        if (k < EFFECTS)
            compare_pp(p->r, key, effects[k], value);
        else
            rc_error(p->r, "%s: unknown effect %s", who, key);
    }
}

/* [terms of trade inside the group, outside, volume inside, outside] */
static void compare_split(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who), N = p->run.model.cp.economies;
    double sums[4] = {0};
    if (json_array_size(expected) != 4 || p->given)
        rc_error(p->r, "%s: a split has four values and nothing given", who);
    for (int32_t i = 0; n >= 0 && i < N; i++) {
        int outside = !p->group[i];
        sums[outside] += p->run.effects.terms_by_partner[n * N + i];
        sums[2 + outside] += p->run.effects.volume_by_partner[n * N + i];
    }
    for (size_t k = 0; n >= 0 && k < 4; k++)
        compare_pp(p->r, "split", 100 * sums[k], json_array_get(expected, k));
}

/* What n buys from i in sector j, net of tariff. */
static double flow(const kn__trade_run *run, const kn__cp_state *state,
                   const double *tariff, int32_t j, int32_t n, int32_t i)
{
    int64_t row = (int64_t)j * run->model.cp.economies + n;
    int64_t at = row * run->model.cp.economies + i;
    return state->share[at] * state->spend[row] / (1 + tariff[at]);
}

static const double *tariff_after(const kn__trade_run *run)
{
    return run->shock.tariff ? run->shock.tariff : run->model.cp.tariff;
}

/* Growth of n's imports from i in percent; over what is given, growth by sector beyond it
   applied to the flows of the baseline. */
static double import_growth(const paper *p, int32_t n, int32_t i)
{
    const kn__cp *m = &p->run.model.cp;
    double before = 0, after = 0;
    if (!p->given)
        return 100 * p->run.effects.imports_by_partner[n * m->economies + i];
    for (int32_t j = 0; j < m->sectors; j++) {
        double base = flow(&p->run, &p->run.before, m->tariff, j, n, i);
        double all = flow(&p->run, &p->run.after, tariff_after(&p->run), j, n, i);
        double given = flow(p->given, &p->given->after, tariff_after(p->given), j, n, i);
        before += base;
        after += given > 0 ? base * all / given : base;
    }
    return 100 * (after / before - 1);
}

static void compare_growth(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who);
    const char *partner;
    json_t *value;
    json_object_foreach((json_t *)expected, partner, value)
    {
        int32_t i = economy(p, partner);
        if (n >= 0 && i >= 0)
            compare_pp(p->r, partner, import_growth(p, n, i), value);
    }
}

/* [[before by sector], [after]] in percent */
static void compare_shares(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who), J = p->run.model.cp.sectors;
    for (int after = 0; n >= 0 && after < 2; after++) {
        const json_t *values = json_array_get(expected, (size_t)after);
        double all = 0;
        if (rc_count(values) != J) {
            rc_error(p->r, "%s: export shares are two lists of %d", who, J);
            return;
        }
        for (int32_t j = 0; j < J; j++)
            all += kn__trade_exports(&p->run, after, j, n);
        for (int32_t j = 0; j < J; j++)
            compare_pp(p->r, "export share",
                       100 * kn__trade_exports(&p->run, after, j, n) / all,
                       json_array_get(values, (size_t)j));
    }
}

/* [before, after]: the paper's normalised index */
static void compare_hhi(paper *p, const char *who, const json_t *expected)
{
    int32_t n = economy(p, who);
    if (json_array_size(expected) != 2)
        rc_error(p->r, "%s: an index has two values", who);
    for (int after = 0; n >= 0 && after < 2; after++)
        compare_pp(p->r, "concentration",
                   kn__trade_normalised(kn__trade_concentration(&p->run, after, n),
                                        p->run.model.cp.sectors),
                   json_array_get(expected, (size_t)after));
}

static bool ends_with(const char *text, const char *end)
{
    size_t n = strlen(text), m = strlen(end);
    return n >= m && !strcmp(text + n - m, end);
}

static void compare_row(paper *p, const char *table, const char *who, const json_t *value)
{
    if (ends_with(table, "_impgrowth"))
        compare_growth(p, who, value);
    else if (ends_with(table, "_export_shares"))
        compare_shares(p, who, value);
    else if (ends_with(table, "_hhi"))
        compare_hhi(p, who, value);
    else if (json_is_array(value))
        compare_split(p, who, value);
    else if (json_is_object(value))
        compare_effects(p, who, value);
    else
        rc_error(p->r, "%s: %s is neither a list nor an object", table, who);
}

/* One table of full-precision values: economy → columns, split or growth by partner. */
static void compare_table(paper *p, const char *key, const json_t *table)
{
    const char *who;
    json_t *value;
    rc_begin(p->r, "%s", key);
    if (!json_is_object(table))
        rc_error(p->r, "a table is an object of economies");
    json_object_foreach((json_t *)table, who, value) compare_row(p, key, who, value);
    rc_end(p->r);
}

/* Welfare and its two terms, then the real wage, if the table prints it. */
static void compare_printed(paper *p, const char *who, const json_t *values)
{
    int32_t n = economy(p, who);
    double effects[EFFECTS];
    if (n < 0)
        return;
    effects_of(p, n, effects);
    for (size_t k = 0; k < json_array_size(values) && k < EFFECTS; k++)
        compare_pp(p->r, who, effects[k], json_array_get(values, k));
}

/* A table as printed, at half a unit of the last printed place; what its columns are says
   "cols": total or W first, or a split of terms and volume; else growth by partner. */
static void compare_published(paper *p, const char *key, const json_t *table)
{
    const char *who, *number = key + strspn(key, "Tt");
    const char *first =
        json_string_value(json_array_get(json_object_get(table, "cols"), 0));
    json_t *value;
    p->r->tolerance = 0.0051;
    rc_begin(p->r, "table_%s_as_printed", number);
    json_object_foreach((json_t *)table, who, value)
    {
        if (!strcmp(who, "cols") || !strcmp(who, "source"))
            continue;
        if (json_is_object(value))
            compare_growth(p, who, value);
        else if (first && (!strcmp(first, "total") || !strcmp(first, "W")))
            compare_printed(p, who, value);
        else
            compare_split(p, who, value);
    }
    rc_end(p->r);
}

static void compare_all(paper *p)
{
    rc *r = p->r;
    const json_t *computed = json_object_get(r->root, "computed_percent");
    const json_t *published = json_object_get(r->root, "published_percent");
    const char *key;
    json_t *table;
    if (!r->points)
        r->tolerance = 1e-6;
    r->points = true;
    if ((computed && !json_is_object(computed)) ||
        (published && !json_is_object(published))) {
        rc_error(r, "what is expected is an object of tables");
        return;
    }
    json_object_foreach((json_t *)computed, key, table) compare_table(p, key, table);
    json_object_foreach((json_t *)published, key, table) if (json_is_object(table))
        compare_published(p, key, table);
}

void rc_caliendo_parro(rc *r)
{
    char path[4096];
    const char *data = rc_text(r, r->root, "data"), *slash = strrchr(r->file, '/');
    paper p = {.r = r};
    kn__io_raw *raw = NULL;
    if (!data || !read_options(&p))
        return;
    snprintf(path, sizeof path, "%.*s%s",
             slash && data[0] != '/' ? (int)(slash - r->file) + 1 : 0, r->file, data);
    if (rc_ok(r, kn__read_caliendo_parro(&raw, r->ctx, path)) &&
        rc_ok(r, kn__network_from_io(&p.net, r->ctx, raw)) && solve_all(&p))
        compare_all(&p);
    kn__io_raw_free(r->ctx, raw);
    kn_network_free(p.net);
}
