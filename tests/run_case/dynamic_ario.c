/* SPDX-License-Identifier: Apache-2.0 */
/* Family "ario": BoARIO 0.6.4. Parameters have the names of its constructors. */
#include <math.h>
#include <string.h>

#include "dynamic.h"

typedef struct ario {
    dynamic d;
    double *flow, *final;   /* a day */
    double *loss, *capital; /* by industry: share lost; in the unit of the table */
    double *days;           /* held of each input sector */
    double digits;          /* after the point, to which the program rounds capital */
    double begin, length, recover;
} ario;

/* ---- Parameters ---- */

static const char *const known[] = {
    "main_inv_dur", "inventory_dict",  "psi_param",  "inventory_restoration_tau",
    "alpha_base",   "alpha_max",       "alpha_tau",  "productive_capital_to_VA_dict",
    "order_type",   "monetary_factor", "rebuild_tau"};

static bool check_params(rc *r, const json_t *params)
{
    const char *key;
    json_t *value;
    json_object_foreach((json_t *)params, key, value)
    {
        size_t k = 0;
        while (k < sizeof known / sizeof *known && strcmp(known[k], key))
            k++;
        if (k == sizeof known / sizeof *known) {
            rc_error(r, "parameter \"%s\" is not known", key);
            return false;
        }
    }
    return true;
}

/* One number for each sector: all alike, a list, or an object in the order of its keys,
   as the program sorts them. */
static bool by_sector(ario *a, double *to, const json_t *value, double otherwise)
{
    rc *r = a->d.r;
    int32_t count = a->d.classes, k = 0;
    const char *key, *other;
    json_t *each, *unused;
    for (k = 0; k < count; k++)
        to[k] = json_is_number(value) ? json_number_value(value) : otherwise;
    if (json_is_array(value)) {
        double *list = rc_numbers(r, "a parameter by sector", value, count);
        if (list)
            memcpy(to, list, (size_t)count * sizeof *to);
        return list;
    }
    if (!json_is_object(value))
        return true;
    if ((int32_t)json_object_size(value) != count) {
        rc_error(r, "a parameter by sector needs %d of them", (int)count);
        return false;
    }
    json_object_foreach((json_t *)value, key, each)
    {
        k = 0;
        json_object_foreach((json_t *)value, other, unused) k += strcmp(other, key) < 0;
        if (!json_is_number(each)) {
            rc_error(r, "sector \"%s\" needs a number", key);
            return false;
        }
        to[k] = json_number_value(each);
    }
    return true;
}

static void set_rule(ario *a, const json_t *params)
{
    const json_t *root = a->d.r->root;
    const char *model = json_string_value(json_object_get(root, "model"));
    const char *order = json_string_value(json_object_get(root, "order"));
    kn__engine_rule *rule = &a->d.rule;
    if (!order)
        order = json_string_value(json_object_get(params, "order_type"));
    rule->need = rc_number_or(params, "psi_param", rule->need);
    rule->restore_steps =
        rc_number_or(params, "inventory_restoration_tau", rule->restore_steps);
    rule->adapt_most = rc_number_or(params, "alpha_max", rule->adapt_most);
    rule->adapt_base = rc_number_or(params, "alpha_base", rule->adapt_base);
    rule->adapt_steps = rc_number_or(params, "alpha_tau", rule->adapt_steps);
    if (model && !strcmp(model, "ARIOBaseModel"))
        rule->restore_steps = rule->need = 1;
    if (order && !strcmp(order, "noalt"))
        rule->sourcing = KN__SOURCE_FIXED;
}

static bool read_params(ario *a)
{
    rc *r = a->d.r;
    const json_t *params = json_object_get(r->root, "params");
    const json_t *days = json_object_get(params, "inventory_dict");
    kn__engine_preset(&a->d.rule, "ario");
    a->days = dynamic_room(&a->d, a->d.classes);
    if (!a->days || !check_params(r, params) ||
        !by_sector(a, a->days, days ? days : json_object_get(params, "main_inv_dur"),
                   a->d.rule.stock_steps))
        return false;
    /* The program takes one day and less for a slip, and 2 instead. */
    for (int32_t k = 0; k < a->d.classes; k++)
        if (a->days[k] <= 1)
            a->days[k] = 2;
    a->digits = floor(log10(rc_number_or(params, "monetary_factor", 1e6))) + 1;
    set_rule(a, params);
    return true;
}

/* ---- Table and event ---- */

/* Capital is a multiple of yearly value added. */
static bool read_capital(ario *a)
{
    rc *r = a->d.r;
    int64_t n = a->d.n;
    const json_t *params = json_object_get(r->root, "params");
    double *ratio = dynamic_room(&a->d, a->d.classes);
    a->capital = dynamic_room(&a->d, n);
    if (!ratio || !a->capital ||
        !by_sector(a, ratio, json_object_get(params, "productive_capital_to_VA_dict"), 4))
        return false;
    for (int64_t i = 0; i < n; i++) {
        double added = 0;
        for (int64_t j = 0; j < n; j++)
            added += a->flow[i * n + j] - a->flow[j * n + i];
        for (int64_t k = 0; k < a->d.finals; k++)
            added += a->final[i * a->d.finals + k];
        a->capital[i] = fmax(0, added) * ratio[i % a->d.classes];
    }
    return true;
}

static bool read_event(ario *a)
{
    rc *r = a->d.r;
    const json_t *event = rc_get(r, r->root, "event");
    const json_t *losses = json_object_get(event, "loss");
    const char *type = json_string_value(json_object_get(event, "type"));
    if (!event || (type && strcmp(type, "recovery"))) {
        rc_error(r, "the event must be of type recovery");
        return false;
    }
    a->begin = rc_number_or(event, "t0", 0);
    a->length = rc_number_or(event, "dur", 0);
    a->recover = rc_number_or(event, "tau", 1);
    a->loss = dynamic_room(&a->d, a->d.n);
    for (size_t k = 0; a->loss && k < json_array_size(losses); k++) {
        double *pair = rc_numbers(r, "loss", json_array_get(losses, k), 2);
        if (!pair || !(pair[0] >= 0 && pair[0] < a->d.n)) {
            rc_error(r, "a loss names no industry");
            return false;
        }
        a->loss[(int64_t)pair[0]] += pair[1];
    }
    return a->loss;
}

static bool read_table(ario *a, rc *r)
{
    const json_t *root = r->root;
    a->d = (dynamic){.r = r, .n = (int32_t)json_array_size(rc_get(r, root, "Z"))};
    int64_t n = a->d.n;
    a->d.finals = n ? (int32_t)(rc_count(json_object_get(root, "Y")) / n) : 0;
    double sectors = rc_number_or(root, "sectors", 0);
    a->flow = rc_numbers(r, "Z", json_object_get(root, "Z"), n * n);
    a->final = rc_numbers(r, "Y", json_object_get(root, "Y"), n * a->d.finals);
    if (!a->flow || !a->final)
        return false;
    if (!(sectors >= 1 && sectors <= (double)n) || fmod((double)n, sectors) != 0) {
        rc_error(r, "sectors must divide the %lld industries", (long long)n);
        return false;
    }
    a->d.classes = (int32_t)sectors;
    return true;
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
                yearly += net->flow[k] * 365;
            a->d.weight[g] = yearly > 1e-5 * v.normal[j];
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
        a->flow[at] /= 365;
        class_of[at] = (int32_t)(at / n % d->classes);
    }
    for (int64_t at = 0; at < n * d->finals; at++)
        a->final[at] /= 365;
    if (!dynamic_build(d, a->flow, class_of, a->final))
        return false;
    for (int64_t g = 0; g < d->net.group_start[n]; g++)
        d->target[g] = a->days[d->class_of[g]];
    if (!dynamic_start(d))
        return false;
    set_groups(a);
    return true;
}

/* ---- Run ---- */

/* Full for begin <= t <= begin + length + 1, then a straight line. */
static double lost(const ario *a, double t)
{
    double end = a->begin + a->length + 1;
    return t < a->begin ? 0 : t <= end ? 1 : fmax(0, 1 - (t - end) / a->recover);
}

/* Share of its capacity an industry has left. What it lost is an amount of capital,
   rounded from the end of the event on. */
static double left(const ario *a, int64_t i, double t)
{
    double share = lost(a, t), capital = a->loss[i] * a->capital[i] * share;
    double unit = pow(10, a->digits);
    if (!(a->capital[i] > 0))
        return 1;
    if (t > a->begin + a->length)
        capital = rint(capital * unit) / unit;
    return fmax(0, 1 - capital / a->capital[i]);
}

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

static void compare_unmet(ario *a, double *unmet, int64_t count)
{
    rc *r = a->d.r;
    const json_t *expected = json_object_get(r->root, "final_demand_unmet");
    double *wanted =
        expected ? rc_numbers(r, "final_demand_unmet", expected, count) : NULL;
    if (!wanted)
        return;
    drop_rounding(a, unmet, count);
    drop_rounding(a, wanted, count);
    rc_compare(r, "final_demand_unmet", unmet, wanted, count);
}

static void run(ario *a)
{
    dynamic *d = &a->d;
    rc *r = d->r;
    const json_t *production = rc_get(r, r->root, "production");
    const json_t *limit = json_object_get(r->root, "capacity");
    int64_t rows = (int64_t)json_array_size(production), n = d->n, finals = d->finals;
    double *made = dynamic_room(d, rows * n), *capacity = dynamic_room(d, rows * n);
    double *unmet = dynamic_room(d, rows * finals), *share = dynamic_room(d, n);
    bool ok = made && capacity && unmet && share;
    for (int64_t t = 0; ok && t < rows; t++) {
        for (int64_t i = 0; i < n; i++)
            share[i] = left(a, i, (double)t);
        ok = dynamic_step(d, &(kn__engine_drive){.capacity = share});
        kn__engine_view v = kn__engine_look(d->engine);
        memcpy(made + t * n, v.output, (size_t)n * sizeof *made);
        memcpy(capacity + t * n, v.capacity, (size_t)n * sizeof *made);
        for (int64_t k = 0; k < n * finals; k++)
            unmet[t * finals + k / n] += v.final_wanted[k] - v.final_met[k];
    }
    if (!ok || !production)
        return;
    rc_compare_json(r, "production", made, rows * n, production);
    if (limit)
        rc_compare_json(r, "capacity", capacity, rows * n, limit);
    compare_unmet(a, unmet, rows * finals);
}

void rc_ario(rc *r)
{
    ario a = {0};
    rc_begin(r, "%s", "path");
    if (read_table(&a, r) && read_params(&a) && read_capital(&a) && read_event(&a) &&
        build(&a))
        run(&a);
    rc_end(r);
}
