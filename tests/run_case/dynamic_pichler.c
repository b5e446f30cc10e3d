/* SPDX-License-Identifier: Apache-2.0 */
/* Family "pichler". */
#include <string.h>

#include "dynamic.h"
#include "network/network.h"

typedef struct pichler {
    dynamic d;
    double *flow, *consumption, *other, *labour, *essential, *days, *labour_shock,
        *household_shock;
    double *capacity, *wanted;
} pichler;

static bool read_pichler(pichler *p, rc *r)
{
    static const char *const keys[] = {"Z",
                                       "c0",
                                       "f0",
                                       "l0",
                                       "essential",
                                       "target_days_by_buyer",
                                       "labour_shock",
                                       "household_shock",
                                       "results",
                                       NULL};
    const json_t *root = r->root;
    if (!rc_known(r, root, keys))
        return false;
    p->d = (dynamic){
        .r = r, .n = (int32_t)json_array_size(rc_get(r, root, "Z")), .finals = 1};
    int64_t n = p->d.n;
    const struct {
        const char *key;
        double **to;
        int64_t count;
    } part[] = {{"Z", &p->flow, n * n},
                {"c0", &p->consumption, n},
                {"f0", &p->other, n},
                {"l0", &p->labour, n},
                {"essential", &p->essential, n * n},
                {"target_days_by_buyer", &p->days, n},
                {"labour_shock", &p->labour_shock, n},
                {"household_shock", &p->household_shock, n}};
    for (size_t k = 0; k < sizeof part / sizeof *part; k++)
        if (!(*part[k].to = rc_numbers(r, part[k].key, json_object_get(root, part[k].key),
                                       part[k].count)))
            return false;
    p->capacity = dynamic_room(&p->d, n);
    p->wanted = dynamic_room(&p->d, n);
    return p->capacity && p->wanted;
}

/* Households cut what they are kept from buying, save a part of it and spend the rest on
   everything else: c = (1 - e) theta sum c0. */
static void set_wanted(pichler *p)
{
    const double saved = 0.75;
    double total = 0, kept = 0;
    for (int32_t i = 0; i < p->d.n; i++) {
        total += p->consumption[i];
        kept += (1 - p->household_shock[i]) * p->consumption[i];
    }
    double theta = total > 0 ? kept / total : 1, less = saved * (1 - theta);
    for (int32_t i = 0; i < p->d.n; i++) {
        double c = kept > 0 ? (1 - less) * (1 - p->household_shock[i]) *
                                  p->consumption[i] / kept * total
                            : 0;
        double normal = p->consumption[i] + p->other[i];
        p->wanted[i] = normal > 0 ? (c + p->other[i]) / normal : 1;
        p->capacity[i] = 1 - p->labour_shock[i];
    }
}

static bool start_pichler(pichler *p, const char *make)
{
    static const char *const names[] = {
#define NAME(code, name) name,
        KN__MAKE_LIST(NAME)
#undef NAME
    };
    dynamic *d = &p->d;
    int64_t n = d->n;
    int32_t *class_of = KN__ARRAY(d->r->arena, d->r->ctx, n * n, int32_t);
    double *final = dynamic_room(d, n);
    char *name = kn__arena_text(d->r->arena, d->r->ctx, make);
    if (!class_of || !final || !name)
        return rc_ok(d->r, KN_ERR_MEMORY);
    for (char *c = name; *c; c++)
        *c = *c == '_' ? '-' : *c;
    kn__engine_preset(&d->rule, "pichler");
    int32_t k = 0;
    while (k <= KN__MAKE_CES && strcmp(names[k], name))
        k++;
    if (k > KN__MAKE_CES) {
        rc_error(d->r, "unknown production function \"%s\"", make);
        return false;
    }
    d->rule.make = (kn__make)k;
    d->classes = d->n;
    for (int64_t i = 0; i < n; i++)
        final[i] = p->consumption[i] + p->other[i];
    for (int64_t at = 0; at < n * n; at++)
        class_of[at] = (int32_t)(at / n);
    if (!dynamic_build(d, p->flow, class_of, final))
        return false;
    for (int64_t j = 0; j < n; j++)
        for (int64_t g = d->net.group_start[j]; g < d->net.group_start[j + 1]; g++) {
            double e = p->essential[d->class_of[g] * n + j];
            int class = e == 1 ? KN__ESSENTIAL : e == 0.5 ? KN__IMPORTANT : KN__MINOR;
            if (e != 0 && e != 0.5 && e != 1) {
                rc_error(d->r, "essential holds %g, not 0, 0.5 or 1", e);
                return false;
            }
            d->weight[g] = kn__engine_class_weight(d->rule.make, class);
            d->target[g] = p->days[j];
        }
    return dynamic_start(d);
}

static void run_pichler(pichler *p, const json_t *result)
{
    static const char *const keys[] = {"x", "labour", "demand", NULL};
    rc *r = p->d.r;
    int64_t rows = rc_rows(result, keys), n = p->d.n;
    double *x = dynamic_room(&p->d, rows * n), *l = dynamic_room(&p->d, rows * n),
           *demand = dynamic_room(&p->d, rows * n);
    bool ok = x && l && demand;
    set_wanted(p);
    for (int64_t t = 0; ok && t < rows; t++) {
        /* The first row is the normal state. */
        if (t)
            ok = dynamic_step(
                &p->d, &(kn__engine_drive){.capacity = p->capacity, .wanted = p->wanted});
        kn__engine_view v = kn__engine_look(p->d.engine);
        for (int64_t i = 0; i < n; i++) {
            x[t * n + i] = v.output[i];
            l[t * n + i] = v.adapted[i] * p->labour[i];
            demand[t * n + i] = v.demand[i];
        }
    }
    const double *const got[] = {x, l, demand};
    ok = ok && rc_known(r, result, keys);
    for (int k = 0; ok && k < 3; k++)
        if (json_object_get(result, keys[k]))
            rc_compare_json(r, keys[k], got[k], rows * n,
                            json_object_get(result, keys[k]));
}

void rc_pichler(rc *r)
{
    pichler p;
    const char *make;
    json_t *result, *results = json_object_get(r->root, "results");
    if (!rc_get(r, r->root, "results") || !read_pichler(&p, r))
        return;
    json_object_foreach(results, make, result)
    {
        rc_begin(r, "%s", make);
        if (start_pichler(&p, make))
            run_pichler(&p, result);
        rc_end(r);
    }
}
