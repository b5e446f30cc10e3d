/* SPDX-License-Identifier: Apache-2.0 */
/* Family "formulas": each key of the file is one measure with its inputs and outputs.
   Outputs that a file does not state are not compared; outputs that are not known here
   make the case fail. */
#include <math.h>
#include <string.h>

#include "lens/exposure/leontief.h"
#include "lens/exposure/measures.h"
#include "network/power.h"
#include "run_case.h"

typedef struct formula {
    rc *r;
    const json_t *in, *out;
    size_t known; /* outputs that were compared */
} formula;

static void compare(formula *f, const char *key, const double *got, int64_t count)
{
    const json_t *expected = json_object_get(f->out, key);
    if (!expected)
        return;
    f->known++;
    rc_compare_json(f->r, key, got, count, expected);
}

static void compare_one(formula *f, const char *key, double got)
{
    compare(f, key, &got, 1);
}

/* An input as numbers with their count; NULL (reported) when it is not there. */
static double *numbers(formula *f, const char *key, int32_t *count)
{
    const json_t *value = rc_get(f->r, f->in, key);
    if (value)
        *count = (int32_t)rc_count(value);
    return value ? rc_numbers(f->r, key, value, -1) : NULL;
}

static double *room(formula *f, int64_t count)
{
    double *block = KN__ARRAY(f->r->arena, f->r->ctx, count, double);
    if (!block)
        rc_error(f->r, "out of memory");
    return block;
}

/* ---- Concentration and power ---- */

static void ec_cdi(formula *f)
{
    json_t *imports = json_object_get(f->in, "extra_EU_imports"), *value;
    int32_t count = (int32_t)json_object_size(imports), k = 0;
    double *amounts = room(f, count);
    const char *partner;
    if (!amounts)
        return;
    json_object_foreach(imports, partner, value) amounts[k++] = json_number_value(value);
    kn__cdi cdi = kn__ec_cdi(amounts, count, rc_number_or(f->in, "intra_EU_imports", 0),
                             rc_number_or(f->in, "EU_exports", 0));
    compare_one(f, "CDI1_hhi", cdi.hhi);
    compare_one(f, "CDI2", cdi.extra_share);
    compare_one(f, "CDI3", cdi.import_export);
    compare_one(f, "dependent", cdi.dependent);
}

static void geodep(formula *f)
{
    int32_t years = 0, world_years = 0, ratio_years = 0;
    double *hhi = numbers(f, "import_hhi", &years);
    double *world = numbers(f, "world_export_hhi", &world_years);
    double *ratio = numbers(f, "import_export_ratio", &ratio_years);
    if (!hhi || !world || !ratio || world_years != years || ratio_years != years ||
        years > 64)
        return;
    bool flags[64], dependent;
    double as_numbers[64];
    kn__geodep(years, hhi, world, ratio, flags, &dependent);
    for (int32_t t = 0; t < years; t++)
        as_numbers[t] = flags[t];
    compare(f, "flags", as_numbers, years);
    compare_one(f, "dependent", dependent);
}

static void power(formula *f)
{
    int32_t n = 0, n_held = 0, n_sigma = 0;
    double *share = numbers(f, "Omega_sector_share", &n);
    double *held = numbers(f, "omega_hegemon_share_in_sector", &n_held);
    double *sigma = numbers(f, "sigma_within", &n_sigma);
    double rho = rc_number_or(f->in, "rho_across", 1), sum = 0;
    double *single = room(f, share ? n : 0);
    if (!share || !held || !sigma || !single || n_held != n || n_sigma != n)
        return;
    for (int32_t j = 0; j < n; j++) {
        single[j] = kn__power(1, &share[j], &held[j], &sigma[j], rho);
        sum += single[j];
    }
    double joint = kn__power(n, share, held, sigma, rho);
    compare_one(f, "power_log_loss", joint);
    compare_one(f, "power_cobb_douglas_rho1", kn__power(n, share, held, sigma, 1));
    compare(f, "power_single_sector_threats", single, n);
    compare_one(f, "joint_minus_sum", joint - sum);
}

static void convexity(formula *f)
{
    int32_t n;
    double *held = numbers(f, "omega", &n);
    double sigma = rc_number_or(f->in, "sigma", NAN), whole = 1;
    double *loss = room(f, held ? n : 0);
    if (!held || !loss)
        return;
    for (int32_t j = 0; j < n; j++)
        loss[j] = kn__power(1, &whole, &held[j], &sigma, 1);
    compare(f, "log_loss", loss, n);
}

/* ---- Input-output tables: Z and final demand by economy ---- */

typedef struct table {
    kn__accounts accounts;
    double *z, *y, *x, *v;
    int32_t *group;
    int32_t n, groups;
} table;

static bool read_table(formula *f, table *t)
{
    rc *r = f->r;
    *t = (table){.n = (int32_t)json_array_size(json_object_get(f->in, "Z"))};
    const json_t *final = rc_get(r, f->in, "F");
    t->groups = (int32_t)json_array_size(json_array_get(final, 0));
    int64_t n = t->n, g = t->groups;
    if (n == 0 || g == 0 || n % g != 0) {
        rc_error(r, "Z and F do not fit together");
        return false;
    }
    t->z = rc_numbers(r, "Z", json_object_get(f->in, "Z"), n * n);
    t->y = rc_numbers(r, "F", final, n * g);
    t->x = room(f, n);
    t->v = room(f, n);
    t->group = KN__ARRAY(r->arena, r->ctx, n, int32_t);
    if (!t->z || !t->y || !t->x || !t->v || !t->group)
        return false;
    for (int64_t i = 0; i < n; i++) {
        t->group[i] = (int32_t)(i / (n / g));
        for (int64_t j = 0; j < n; j++)
            t->x[i] += t->z[i * n + j];
        for (int64_t k = 0; k < g; k++)
            t->x[i] += t->y[i * g + k];
    }
    for (int64_t j = 0; j < n; j++) {
        t->v[j] = t->x[j];
        for (int64_t i = 0; i < n; i++)
            t->v[j] -= t->z[i * n + j];
    }
    t->accounts = (kn__accounts){t->n, t->groups, t->group, t->z, t->x, t->v, t->y};
    return true;
}

static kn__gvc *decompose(formula *f, table *t, double *forward)
{
    kn__gvc *pairs =
        KN__ARRAY(f->r->arena, f->r->ctx, (int64_t)t->groups * t->groups, kn__gvc);
    bool ok = pairs && rc_ok(f->r, kn__value_added_in_exports(pairs, forward, f->r->ctx,
                                                              &t->accounts));
    return ok ? pairs : NULL;
}

static void compare_country(formula *f, const kn__gvc *g)
{
    compare_one(f, "exports", g->exports);
    compare_one(f, "DC", g->dc);
    compare_one(f, "DVA", g->dva);
    compare_one(f, "VAX", g->vax);
    compare_one(f, "REF", g->ref);
    compare_one(f, "DDC", g->ddc);
    compare_one(f, "FC", g->fc);
    compare_one(f, "FVA", g->fva);
    compare_one(f, "FDC", g->fdc);
    compare_one(f, "DAVAX", g->davax);
    compare_one(f, "GVC", g->gvc);
    compare_one(f, "GVC_backward", g->exports - g->dva);
    compare_one(f, "GVC_forward", g->dva - g->davax);
    compare_one(f, "GVC_participation", g->gvc / g->exports);
}

static void check_all_known(formula *f)
{
    size_t stated = json_object_size(f->out);
    stated -= json_object_get(f->out, "cross_check") != NULL;
    if (f->known != stated)
        rc_error(f->r, "%zu of %zu outputs are known", f->known, stated);
}

static void gvc(formula *f)
{
    table t;
    kn__gvc *pairs = read_table(f, &t) ? decompose(f, &t, NULL) : NULL;
    for (int32_t s = 0; pairs && s < t.groups; s++) {
        char key[32];
        snprintf(key, sizeof key, "country%d", (int)s + 1);
        formula one = {f->r, f->in, json_object_get(f->out, key), 0};
        if (!one.out)
            continue;
        compare_country(&one, &pairs[(int64_t)s * t.groups + s]);
        check_all_known(&one);
        f->known++;
    }
}

static void tiva(formula *f)
{
    table t;
    if (!read_table(f, &t))
        return;
    double *forward = room(f, t.groups), *vax = room(f, t.groups),
           *backward = room(f, t.groups);
    kn__gvc *pairs = forward && vax && backward ? decompose(f, &t, forward) : NULL;
    for (int32_t s = 0; pairs && s < t.groups; s++) {
        const kn__gvc *total = &pairs[(int64_t)s * t.groups + s];
        vax[s] = total->vax / total->exports;
        backward[s] = total->fc / total->exports;
        forward[s] /= total->exports;
    }
    if (!pairs)
        return;
    compare(f, "VAX_ratio", vax, t.groups);
    compare(f, "backward_FC_share", backward, t.groups);
    compare(f, "forward_DVX_share", forward, t.groups);
}

static void fpem(formula *f)
{
    table t;
    if (!read_table(f, &t))
        return;
    int64_t n = t.n, g = t.groups;
    double *a = room(f, n * n), *l = room(f, n * n), *all = room(f, n * n);
    double *deep = room(f, g * n), *face = room(f, g * n), *hidden = room(f, g * n);
    if (!a || !l || !all || !deep || !face || !hidden)
        return;
    kn__input_coefficients(a, t.z, t.x, t.n);
    if (!rc_ok(f->r, kn__leontief_inverse(l, f->r->ctx, a, t.n)))
        return;
    memcpy(all, a, (size_t)(n * n) * sizeof *all);
    if (!rc_ok(f->r, kn__fpem(all, f->r->ctx, t.n)))
        return;
    kn__group_rows(deep, all, t.group, t.groups, t.n, t.n);
    for (int64_t i = 0; i < n; i++)
        a[i * n + i] += 1;
    kn__group_rows(face, a, t.group, t.groups, t.n, t.n);
    kn__divide_by_column_sums(face, t.groups, l, t.n, t.n);
    for (int64_t k = 0; k < g * n; k++)
        hidden[k] = deep[k] - face[k];
    compare(f, "FPEM_by_source_country_x_buyer", deep, g * n);
    compare(f, "FPEM_face_value", face, g * n);
    compare(f, "hidden_exposure", hidden, g * n);
    double *use = room(f, n * g);
    if (!use)
        return;
    kn__fpex(use, l, &t.accounts);
    compare(f, "FPEX_row_shares_to_country", use, n * g);
}

static void streams(formula *f)
{
    table t;
    if (!read_table(f, &t))
        return;
    double *up = room(f, t.n), *down = room(f, t.n);
    if (!up || !down || !rc_ok(f->r, kn__streams(up, down, f->r->ctx, t.z, t.x, t.n)))
        return;
    compare(f, "upstreamness_U", up, t.n);
    compare(f, "downstreamness_D", down, t.n);
}

/* ---- Complexity and fragility ---- */

static void complexity(formula *f)
{
    const json_t *exports = rc_get(f->r, f->in, "exports_country_x_product");
    int32_t n = (int32_t)json_array_size(exports), count;
    double *x = exports ? numbers(f, "exports_country_x_product", &count) : NULL;
    kn__complexity c;
    if (!x || !n || count % n ||
        !rc_ok(f->r,
               kn__economic_complexity(&c, f->r->ctx, f->r->arena, x, n, count / n, 200)))
        return;
    compare(f, "RCA", c.rca, count);
    compare(f, "M", c.m, count);
    compare(f, "diversity", c.diversity, n);
    compare(f, "ubiquity", c.ubiquity, c.products);
    compare_one(f, "second_eigenvalue", c.eigenvalue[1]);
    compare(f, "ECI", c.eci, n);
    compare(f, "PCI", c.pci, c.products);
    compare(f, "fitness_200it", c.fitness, n);
}

static void fragility(formula *f)
{
    const json_t *trade = rc_get(f->r, f->in, "product_trade_matrix");
    int32_t n = (int32_t)json_array_size(trade);
    double *x = rc_numbers(f->r, "product_trade_matrix", trade, (int64_t)n * n);
    double *share = room(f, n);
    kn__fragility made;
    if (!x || !share || !rc_ok(f->r, kn__trade_fragility(&made, f->r->ctx, x, n, share)))
        return;
    compare(f, "outdegree_share", share, n);
    compare_one(f, "sd_outdegree_share", made.deviation);
    compare_one(f, "world_export_hhi", made.world_export_hhi);
    compare_one(f, "avg_clustering", made.clustering);
}

static const struct {
    const char *key;
    void (*evaluate)(formula *f);
} measures[] = {
    {"ec_cdi", ec_cdi},
    {"cepii_geodep", geodep},
    {"cms_power_nested_ces", power},
    {"power_convexity", convexity},
    {"gvc_borin_mancini", gvc},
    {"tiva_basic", tiva},
    {"fpem_fpex", fpem},
    {"upstreamness", streams},
    {"economic_complexity", complexity},
    {"trade_network_fragility_components", fragility},
};

bool rc_exposure_formula(rc *r, const char *key, const json_t *item)
{
    for (size_t k = 0; k < sizeof measures / sizeof *measures; k++) {
        if (strcmp(key, measures[k].key) != 0)
            continue;
        rc_begin(r, "%s", key);
        formula f = {r, rc_get(r, item, "inputs"), rc_get(r, item, "outputs"), 0};
        if (f.in && f.out) {
            measures[k].evaluate(&f);
            check_all_known(&f);
        }
        rc_end(r);
        return true;
    }
    return false;
}

void rc_formulas(rc *r)
{
    const char *key;
    json_t *item;
    json_object_foreach((json_t *)(uintptr_t)r->root, key, item)
    {
        if (!json_is_object(item) || rc_exposure_formula(r, key, item) ||
            rc_trade_formula(r, key, item))
            continue;
        rc_begin(r, "%s", key);
        rc_error(r, "no such measure is known");
        rc_end(r);
    }
}
