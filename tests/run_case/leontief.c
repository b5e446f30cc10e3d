/* SPDX-License-Identifier: Apache-2.0 */
/* Family "leontief": the matrices of an input-output system with satellite accounts,
   named as in pymrio. A file states some of them; what it gives as Z, Y, x, F, F_Y is the
   input, what follows from these is compared. */
#include <string.h>

#include "lens/exposure/leontief.h"
#include "run_case.h"

typedef struct mrio {
    rc *r;
    int32_t n, regions, extensions, sectors;
    double *z, *y, *x, *a, *l, *b, *g; /* y: n × regions */
    double *f, *s, *m;                 /* extensions × n */
} mrio;

static double *room(mrio *t, int64_t count)
{
    double *block = KN__ARRAY(t->r->arena, t->r->ctx, count, double);
    if (!block)
        rc_error(t->r, "out of memory");
    return block;
}

static void compare(mrio *t, const char *key, const double *got, int64_t count)
{
    const json_t *expected = json_object_get(t->r->root, key);
    if (expected && got)
        rc_compare_json(t->r, key, got, count, expected);
}

/* to = a b for p × q and q × r matrices. */
static void multiply(double *to, const double *a, const double *b, int64_t p, int64_t q,
                     int64_t r)
{
    memset(to, 0, (size_t)(p * r) * sizeof *to);
    for (int64_t i = 0; i < p; i++)
        for (int64_t k = 0; k < q; k++)
            for (int64_t j = 0; j < r; j++)
                to[i * r + j] += a[i * q + k] * b[k * r + j];
}

static int32_t columns_of(const json_t *matrix)
{
    const json_t *first = json_array_get(matrix, 0);
    return json_is_array(first) ? (int32_t)json_array_size(first) : 1;
}

/* Z = A x for x = (I - A)^-1 Y, where a file has no flows. */
static bool flows_of_shares(mrio *t)
{
    int64_t n = t->n;
    double *a = rc_numbers(t->r, "A", json_object_get(t->r->root, "A"), n * n);
    double *l = room(t, n * n), *x = room(t, n);
    t->z = room(t, n * n);
    if (!a || !l || !x || !t->z || !t->y ||
        !rc_ok(t->r, kn__leontief_inverse(l, t->r->ctx, a, t->n)))
        return false;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t k = 0; k < t->regions; k++)
                x[i] += l[i * n + j] * t->y[j * t->regions + k];
    for (int64_t k = 0; k < n * n; k++)
        t->z[k] = a[k] * x[k % n];
    return true;
}

/* What is not sold to industries, where a file has output but no final demand. */
static double *rest_of_output(mrio *t)
{
    int64_t n = t->n;
    double *y = rc_numbers(t->r, "x", rc_get(t->r, t->r->root, "x"), n);
    for (int64_t k = 0; y && t->z && k < n * n; k++)
        y[k / n] -= t->z[k];
    return t->z ? y : NULL;
}

static bool read_flows(mrio *t, const json_t *z, const json_t *y)
{
    int64_t n = t->n;
    if (z)
        t->z = rc_numbers(t->r, "Z", z, n * n);
    t->y = y ? rc_numbers(t->r, "Y", y, n * t->regions) : rest_of_output(t);
    return z || flows_of_shares(t);
}

/* Two of Z (or A), Y and x. */
static bool read_system(mrio *t)
{
    const json_t *root = t->r->root, *y = json_object_get(root, "Y");
    const json_t *z = json_object_get(root, "Z");
    t->n = (int32_t)json_array_size(z ? z : rc_get(t->r, root, "A"));
    t->regions = y ? columns_of(y) : 1;
    int64_t n = t->n, g = t->regions;
    if (!read_flows(t, z, y))
        return false;
    t->x = room(t, n);
    t->a = room(t, n * n);
    t->l = room(t, n * n);
    t->b = room(t, n * n);
    t->g = room(t, n * n);
    if (!t->z || !t->y || !t->x || !t->a || !t->l || !t->b || !t->g || !n || !g)
        return false;
    t->sectors = g > 1 && n % g == 0 ? (int32_t)(n / g) : t->n;
    for (int64_t i = 0; i < n; i++) {
        for (int64_t j = 0; j < n; j++)
            t->x[i] += t->z[i * n + j];
        for (int64_t k = 0; k < g; k++)
            t->x[i] += t->y[i * g + k];
    }
    compare(t, "x", t->x, n);
    return true;
}

static bool solve_system(mrio *t)
{
    int64_t n = t->n;
    kn__input_coefficients(t->a, t->z, t->x, t->n);
    kn__allocation_coefficients(t->b, t->z, t->x, t->n);
    if (!rc_ok(t->r, kn__leontief_inverse(t->l, t->r->ctx, t->a, t->n)) ||
        !rc_ok(t->r, kn__leontief_inverse(t->g, t->r->ctx, t->b, t->n)))
        return false;
    compare(t, "A", t->a, n * n);
    compare(t, "L", t->l, n * n);
    compare(t, "B", t->b, n * n);
    compare(t, "G", t->g, n * n);
    return true;
}

/* Output and labour for another final demand. */
static void new_demand(mrio *t)
{
    const json_t *demand = json_object_get(t->r->root, "new_demand");
    const json_t *labour = json_object_get(t->r->root, "labour_coef");
    double *y = demand ? rc_numbers(t->r, "new_demand", demand, t->n) : NULL;
    double *x = room(t, t->n);
    if (!y || !x)
        return;
    multiply(x, t->l, y, t->n, t->n, 1);
    compare(t, "new_x", x, t->n);
    double *per_unit = labour ? rc_numbers(t->r, "labour_coef", labour, t->n) : NULL;
    if (!per_unit)
        return;
    for (int32_t i = 0; i < t->n; i++)
        x[i] *= per_unit[i];
    compare(t, "labour_total", x, t->n);
}

/* ---- Satellite accounts ---- */

/* S = F x^-1, M = S L, M_down = S G' - S. */
static bool multipliers(mrio *t)
{
    const json_t *f = json_object_get(t->r->root, "F");
    t->extensions = (int32_t)json_array_size(f);
    int64_t n = t->n, e = t->extensions;
    t->f = f ? rc_numbers(t->r, "F", f, e * n) : NULL;
    if (!t->f)
        return false;
    t->s = room(t, e * n);
    t->m = room(t, e * n);
    double *down = room(t, e * n);
    if (!t->s || !t->m || !down)
        return false;
    for (int64_t k = 0; k < e; k++)
        for (int64_t j = 0; j < n; j++)
            t->s[k * n + j] = t->x[j] != 0 ? t->f[k * n + j] / t->x[j] : 0;
    multiply(t->m, t->s, t->l, e, n, n);
    for (int64_t k = 0; k < e; k++)
        for (int64_t i = 0; i < n; i++) {
            for (int64_t j = 0; j < n; j++)
                down[k * n + i] += t->s[k * n + j] * t->g[i * n + j];
            down[k * n + i] -= t->s[k * n + i];
        }
    compare(t, "S", t->s, e * n);
    compare(t, "M", t->m, e * n);
    compare(t, "M_down", down, e * n);
    return true;
}

/* Output of i caused by what region r uses of sector p: x_i,(r,p) = sum over the makers j
   of p of L_ij Y_jr. Accounts add up the satellites in it: by use (cba), by use over
   borders (imp), by maker over borders (exp), by maker (pba). */
static void accounts(mrio *t)
{
    int64_t n = t->n, e = t->extensions, sectors = t->sectors;
    double *cba = room(t, e * n), *imports = room(t, e * n), *exports = room(t, e * n),
           *made = room(t, e * n);
    if (!cba || !imports || !exports || !made)
        return;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            for (int64_t r = 0; r < t->regions; r++) {
                double x = t->l[i * n + j] * t->y[j * t->regions + r];
                int64_t use = r * sectors + j % sectors;
                for (int64_t k = 0; k < e; k++) {
                    double amount = t->s[k * n + i] * x;
                    cba[k * n + use] += amount;
                    made[k * n + i] += amount;
                    if (i / sectors != r) {
                        imports[k * n + use] += amount;
                        exports[k * n + i] += amount;
                    }
                }
            }
    compare(t, "D_cba", cba, e * n);
    compare(t, "D_pba", made, e * n);
    compare(t, "D_imp", imports, e * n);
    compare(t, "D_exp", exports, e * n);
}

/* S_Y = F_Y over the final demand of the region. */
static void final_intensity(mrio *t)
{
    const json_t *f = json_object_get(t->r->root, "F_Y");
    int64_t e = (int64_t)json_array_size(f), g = t->regions;
    double *amount = f ? rc_numbers(t->r, "F_Y", f, e * g) : NULL;
    for (int64_t r = 0; amount && r < g; r++) {
        double sum = 0;
        for (int64_t i = 0; i < t->n; i++)
            sum += t->y[i * g + r];
        for (int64_t k = 0; k < e; k++)
            amount[k * g + r] /= sum;
    }
    compare(t, "S_Y", amount, e * g);
}

void rc_leontief(rc *r)
{
    static const char *const keys[] = {
        "Z",     "Y",     "x",     "A",          "L",     "B",           "G",
        "F",     "F_Y",   "S",     "S_Y",        "M",     "M_down",      "D_cba",
        "D_pba", "D_imp", "D_exp", "new_demand", "new_x", "labour_coef", "labour_total",
        NULL};
    mrio t = {.r = r};
    rc_begin(r, "system");
    if (rc_known(r, r->root, keys) && read_system(&t) && solve_system(&t)) {
        new_demand(&t);
        if (multipliers(&t) && t.n == t.regions * t.sectors)
            accounts(&t);
        final_intensity(&t);
    }
    rc_end(r);
}
