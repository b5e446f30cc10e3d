/* SPDX-License-Identifier: Apache-2.0 */
/* Family "ario": BoARIO 0.6.4. Parameters have the names of its constructors. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "ario.h"
#include "kernel/text.h"

typedef struct ario {
    dynamic d;
    ario_events events;
    double *flow, *final; /* a year, then a step */
    double *days;         /* held of each input sector; infinite: never lacking */
    double digits;        /* after the point, to which the program rounds capital */
    double year;          /* time units of it */
    double step;          /* time units of it */
    double rebuild_tau;
} ario;

/* ---- Parameters ---- */

/* "0_80" stands for 0.80, too. */
static bool read_need(rc *r, const json_t *params, double *to)
{
    const char *text = json_string_value(json_object_get(params, "psi_param"));
    char number[32];
    if (!text)
        return ario_number(r, params, "psi_param", to);
    snprintf(number, sizeof number, "%s", text);
    for (char *c = number; *c; c++)
        *c = *c == '_' ? '.' : *c;
    if (kn__parse_number(number, strlen(number), to))
        return true;
    rc_error(r, "\"psi_param\" must be a number");
    return false;
}

/* The word of a setting: 0 for the first, which is what holds without one, or 1. */
static bool choose(rc *r, const char *what, const json_t *value, const char *first,
                   const char *second, bool *is_second)
{
    const char *word = json_string_value(value);
    bool none = !value || json_is_null(value);
    *is_second = word && !strcmp(word, second);
    if (none || *is_second || (word && !strcmp(word, first)))
        return true;
    rc_error(r, "%s is %s or %s", what, first, second);
    return false;
}

static bool set_rule(ario *a, const json_t *params)
{
    rc *r = a->d.r;
    kn__engine_rule *rule = &a->d.rule;
    const json_t *order = json_object_get(r->root, "order");
    bool fixed, base;
    if (!choose(r, "order", order ? order : json_object_get(params, "order_type"), "alt",
                "noalt", &fixed) ||
        !choose(r, "model", json_object_get(r->root, "model"), "ARIOPsiModel",
                "ARIOBaseModel", &base) ||
        !read_need(r, params, &rule->need) ||
        !ario_number(r, params, "inventory_restoration_tau", &rule->restore_steps) ||
        !ario_number(r, params, "alpha_max", &rule->adapt_most) ||
        !ario_number(r, params, "alpha_base", &rule->adapt_base) ||
        !ario_number(r, params, "alpha_tau", &rule->adapt_steps) ||
        !ario_number(r, params, "temporal_units_by_step", &a->step))
        return false;
    /* Times become steps. The program looks back from the first step after t = 1. */
    rule->adapt_after = a->step > 1 ? 1 : 2;
    rule->adapt_steps /= a->step;
    rule->restore_steps /= a->step;
    if (base)
        rule->restore_steps = rule->need = 1;
    if (fixed)
        rule->sourcing = KN__SOURCE_FIXED;
    if (rule->need > 0 && rule->restore_steps > 0 && rule->adapt_steps > 0 &&
        a->step >= 1)
        return true;
    rc_error(r, "psi, the restoration time, alpha_tau and a step must be above 0");
    return false;
}

/* Days held of each input sector. The program takes one day and less for a slip, and 2
   instead. */
static bool read_days(ario *a, const json_t *params)
{
    const json_t *days = json_object_get(params, "inventory_dict");
    int32_t sectors = a->d.classes;
    a->days = dynamic_room(&a->d, sectors);
    for (int32_t k = 0; a->days && k < sectors; k++)
        a->days[k] = a->d.rule.stock_steps;
    if (!a->days || !ario_by_sector(a->d.r, "inventories",
                                    days && !json_is_null(days)
                                        ? days
                                        : json_object_get(params, "main_inv_dur"),
                                    sectors, a->days))
        return false;
    for (int32_t k = 0; k < sectors; k++) {
        a->days[k] /= a->step;
        if (!(a->days[k] > 1))
            a->days[k] = 2;
    }
    return true;
}

static bool read_params(ario *a)
{
    static const char *const keys[] = {"main_inv_dur",
                                       "inventory_dict",
                                       "psi_param",
                                       "inventory_restoration_tau",
                                       "alpha_base",
                                       "alpha_max",
                                       "alpha_tau",
                                       "productive_capital_to_VA_dict",
                                       "productive_capital_vector",
                                       "order_type",
                                       "monetary_factor",
                                       "rebuild_tau",
                                       "iotable_year_to_temporal_unit_factor",
                                       "temporal_units_by_step",
                                       NULL};
    rc *r = a->d.r;
    const json_t *params = json_object_get(r->root, "params");
    double unit = 1e6;
    kn__engine_preset(&a->d.rule, "ario");
    a->year = 365;
    a->step = 1;
    a->rebuild_tau = 60;
    if (!rc_known(r, params, keys) || !set_rule(a, params) || !read_days(a, params) ||
        !ario_number(r, params, "monetary_factor", &unit) ||
        !ario_number(r, params, "rebuild_tau", &a->rebuild_tau) ||
        !ario_number(r, params, "iotable_year_to_temporal_unit_factor", &a->year))
        return false;
    a->digits = floor(log10(unit)) + 1;
    if (unit >= 1 && a->year >= 1)
        return true;
    rc_error(r, "the monetary factor and a year must be 1 or more");
    return false;
}

/* ---- Table ---- */

/* Capital is a multiple of yearly value added, or given. */
static bool read_capital(ario *a)
{
    rc *r = a->d.r;
    int64_t n = a->d.n;
    const json_t *params = json_object_get(r->root, "params");
    const json_t *given = json_object_get(params, "productive_capital_vector");
    double *ratio = dynamic_room(&a->d, a->d.classes), *capital = dynamic_room(&a->d, n);
    a->events.capital = capital;
    if (!ratio || !capital)
        return false;
    for (int32_t k = 0; k < a->d.classes; k++)
        ratio[k] = 4;
    if (given && !json_is_null(given))
        return (a->events.capital =
                    rc_numbers(r, "productive_capital_vector", given, n)) != NULL;
    if (!ario_by_sector(r, "productive_capital_to_VA_dict",
                        json_object_get(params, "productive_capital_to_VA_dict"),
                        a->d.classes, ratio))
        return false;
    for (int64_t i = 0; i < n; i++) {
        double added = 0;
        for (int64_t j = 0; j < n; j++)
            added += a->flow[i * n + j] - a->flow[j * n + i];
        for (int64_t k = 0; k < a->d.finals; k++)
            added += a->final[i * a->d.finals + k];
        capital[i] = fmax(0, added) * ratio[i % a->d.classes];
    }
    return true;
}

static bool read_table(ario *a, rc *r)
{
    static const char *const keys[] = {"Z",
                                       "Y",
                                       "regions",
                                       "sectors",
                                       "model",
                                       "order",
                                       "params",
                                       "event",
                                       "events",
                                       "production",
                                       "capacity",
                                       "overproduction",
                                       "final_demand_unmet",
                                       "rebuild_prod",
                                       NULL};
    const json_t *root = r->root;
    if (!rc_known(r, root, keys))
        return false;
    a->d = (dynamic){.r = r, .n = (int32_t)json_array_size(rc_get(r, root, "Z"))};
    int64_t n = a->d.n;
    a->d.finals = n ? (int32_t)(rc_count(json_object_get(root, "Y")) / n) : 0;
    double sectors = rc_number_or(root, "sectors", 0);
    a->flow = rc_numbers(r, "Z", json_object_get(root, "Z"), n * n);
    a->final = rc_numbers(r, "Y", json_object_get(root, "Y"), n * a->d.finals);
    if (!a->flow || !a->final)
        return false;
    double regions = rc_number_or(root, "regions", (double)n / sectors);
    if (!(sectors >= 1 && sectors == floor(sectors) && sectors * regions == (double)n)) {
        rc_error(r, "regions times sectors must be the %lld industries", (long long)n);
        return false;
    }
    a->d.classes = (int32_t)sectors;
    return true;
}

static bool read_events(ario *a)
{
    a->events.r = a->d.r;
    a->events.n = a->d.n;
    a->events.sectors = a->d.classes;
    a->events.step = a->step;
    a->events.flow = a->flow;
    return ario_events_read(&a->events, a->digits, a->rebuild_tau);
}

/* The published program compares yearly inputs with daily output here. */
static void set_groups(ario *a)
{
    kn__engine_net *net = &a->d.net;
    kn__engine_view v = kn__engine_look(a->d.engine);
    for (int32_t j = 0; j < a->d.n; j++)
        for (int64_t g = net->group_start[j]; g < net->group_start[j + 1]; g++) {
            double yearly = 0;
            for (int64_t k = net->link_start[g]; k < net->link_start[g + 1]; k++)
                yearly += net->flow[k] * (a->year / a->step);
            a->d.weight[g] =
                yearly > 1e-5 * v.normal[j] && isfinite(a->days[a->d.class_of[g]]);
        }
}

static bool build(ario *a)
{
    dynamic *d = &a->d;
    int64_t n = d->n;
    int32_t *class_of = KN__ARRAY(d->r->arena, d->r->ctx, n * n, int32_t);
    if (!class_of)
        return rc_ok(d->r, KN_ERR_MEMORY);
    for (int64_t at = 0; at < n * n; at++) {
        a->flow[at] *= a->step / a->year;
        class_of[at] = (int32_t)(at / n % d->classes);
    }
    for (int64_t at = 0; at < n * d->finals; at++)
        a->final[at] *= a->step / a->year;
    if (!dynamic_build(d, a->flow, class_of, a->final))
        return false;
    /* What never runs out is neither stocked up nor looked at. */
    for (int64_t g = 0; g < d->net.group_start[n]; g++)
        d->target[g] = isfinite(a->days[d->class_of[g]]) ? a->days[d->class_of[g]] : 0;
    if (!dynamic_start(d))
        return false;
    set_groups(a);
    return true;
}

/* ---- Run ---- */

/* Unmet demand is a difference: what is rounding of what was wanted is none. */
static void drop_rounding(const ario *a, double *unmet, int64_t count)
{
    double most = 0;
    for (int64_t c = 0; c < a->d.finals; c++) {
        double wanted = 0;
        for (int64_t i = 0; i < a->d.n; i++)
            wanted += a->final[i * a->d.finals + c];
        most = fmax(most, wanted);
    }
    for (int64_t k = 0; k < count; k++)
        if (fabs(unmet[k]) < 1e-12 * most)
            unmet[k] = 0;
}

static bool has_numbers(const json_t *value)
{
    const json_t *first = json_array_get(json_array_get(value, 0), 0);
    return first && !json_is_null(first);
}

static void compare_unmet(ario *a, double *unmet, int64_t count)
{
    rc *r = a->d.r;
    const json_t *expected = json_object_get(r->root, "final_demand_unmet");
    double *wanted =
        expected ? rc_numbers(r, "final_demand_unmet", expected, count) : NULL;
    if (!wanted || !has_numbers(expected))
        return;
    drop_rounding(a, unmet, count);
    drop_rounding(a, wanted, count);
    rc_compare(r, "final_demand_unmet", unmet, wanted, count);
}

/* Series that a file may give: by step and industry, and by step and final user. */
enum { MADE, CAPACITY, ALPHA, REBUILT, SERIES };

static const char *const series[] = {"production",         "capacity",
                                     "overproduction",     "rebuild_prod",
                                     "final_demand_unmet", NULL};

static void note(const ario *a, int64_t t, double *const *got, double *unmet)
{
    const dynamic *d = &a->d;
    size_t n = (size_t)d->n;
    int64_t finals = d->finals;
    kn__engine_view v = kn__engine_look(d->engine);
    memcpy(got[MADE] + t * d->n, v.output, n * sizeof *v.output);
    memcpy(got[CAPACITY] + t * d->n, v.capacity, n * sizeof *v.output);
    memcpy(got[ALPHA] + t * d->n, v.adapted, n * sizeof *v.output);
    if (a->events.extra)
        memcpy(got[REBUILT] + t * d->n, a->events.extra_met, n * sizeof *v.output);
    for (int64_t k = 0; k < d->n * finals; k++)
        unmet[t * finals + k / d->n] += v.final_wanted[k] - v.final_met[k];
}

static void run(ario *a)
{
    dynamic *d = &a->d;
    rc *r = d->r;
    int64_t rows = rc_rows(r->root, series), n = d->n;
    double *got[SERIES], *unmet = dynamic_room(d, rows * d->finals);
    bool ok = unmet;
    for (int k = 0; k < SERIES; k++)
        ok = (got[k] = dynamic_room(d, rows * n)) && ok;
    for (int64_t t = 0; ok && t < rows; t++) {
        ario_events_begin(&a->events, (double)t * a->step);
        ok = dynamic_step(d, &(kn__engine_drive){.capacity = a->events.left,
                                                 .extra = a->events.extra,
                                                 .extra_met = a->events.extra_met});
        note(a, t, got, unmet);
        ario_events_end(&a->events, (double)t * a->step);
    }
    for (int k = 0; ok && k < SERIES; k++)
        if (has_numbers(json_object_get(r->root, series[k])))
            rc_compare_json(r, series[k], got[k], rows * n,
                            json_object_get(r->root, series[k]));
    if (ok)
        compare_unmet(a, unmet, rows * d->finals);
}

void rc_ario(rc *r)
{
    ario a = {0};
    rc_begin(r, "%s", "path");
    if (read_table(&a, r) && read_params(&a) && read_capital(&a) && read_events(&a) &&
        build(&a))
        run(&a);
    rc_end(r);
}
