/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernel/dense.h"
#include "lens/exposure/leontief.h"

typedef struct decomposition {
    kn_context *ctx;
    kn__arena *arena; /* of the whole; each economy has its own scratch */
    const kn__accounts *in;
    double *a, *b;       /* input coefficients; global inverse B = (I - A)^-1 */
    double *share;       /* V: value added per unit of output */
    double *absorbed;    /* (B Y): n × groups, output of i used up in g */
    double *home;        /* (I - A_rr)^-1 Y_rr on the rows of r: n */
    int32_t *start, *of; /* producers of group g are of[start[g] .. start[g + 1]) */
} decomposition;

static kn_status allocate(decomposition *d)
{
    int64_t n = d->in->n, g = d->in->groups;
    d->a = KN__ARRAY(d->arena, d->ctx, n * n, double);
    d->b = KN__ARRAY(d->arena, d->ctx, n * n, double);
    d->share = KN__ARRAY(d->arena, d->ctx, n, double);
    d->absorbed = KN__ARRAY(d->arena, d->ctx, n * g, double);
    d->home = KN__ARRAY(d->arena, d->ctx, n, double);
    d->start = KN__ARRAY(d->arena, d->ctx, g + 1, int32_t);
    d->of = KN__ARRAY(d->arena, d->ctx, n, int32_t);
    return d->a && d->b && d->share && d->absorbed && d->home && d->start && d->of
               ? KN_OK
               : KN_ERR_MEMORY;
}

static void list_groups(decomposition *d)
{
    const kn__accounts *in = d->in;
    int32_t at = 0;
    for (int32_t g = 0; g < in->groups; g++) {
        d->start[g] = at;
        for (int32_t i = 0; i < in->n; i++)
            if (in->group[i] == g)
                d->of[at++] = i;
    }
    d->start[in->groups] = at;
}

static void multiply_final(decomposition *d)
{
    int64_t n = d->in->n, g = d->in->groups;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) {
            double b = d->b[i * n + j];
            for (int64_t k = 0; b != 0 && k < g; k++)
                d->absorbed[i * g + k] += b * d->in->y[j * g + k];
        }
}

/* ---- One economy ---- */

/* What belongs to economy s; vectors run over its producers. */
typedef struct economy {
    int32_t s, count;
    const int32_t *of;
    kn__lu local;         /* of I - A_ss */
    double *own;          /* V_s B_ss */
    double *others;       /* sum over t != s of V_t B_ts */
    double *once;         /* V_s (I - A_ss)^-1 */
    double *foreign_once; /* sum over t != s of V_t B_ts without the loops through s */
} economy;

/* The block of m on the producers of one economy; `identity` times I minus it. */
static double *block(decomposition *d, kn__arena *arena, const economy *e,
                     const double *m, bool minus)
{
    double *out = KN__ARRAY(arena, d->ctx, (int64_t)e->count * e->count, double);
    for (int64_t i = 0; out && i < e->count; i++)
        for (int64_t j = 0; j < e->count; j++) {
            double value = m[(int64_t)e->of[i] * d->in->n + e->of[j]];
            out[i * e->count + j] = minus ? (i == j) - value : value;
        }
    return out;
}

static kn_status factor_home(decomposition *d, kn__arena *arena, economy *e, int32_t s)
{
    *e = (economy){
        .s = s, .count = d->start[s + 1] - d->start[s], .of = d->of + d->start[s]};
    double *m = block(d, arena, e, d->a, true);
    return m ? kn__lu_factor(&e->local, d->ctx, arena, m, e->count) : KN_ERR_MEMORY;
}

/* home_r = (I - A_rr)^-1 Y_rr. */
static kn_status serve_home(decomposition *d, kn__arena *arena, int32_t r)
{
    economy e;
    KN__TRY(factor_home(d, arena, &e, r));
    double *y = KN__ARRAY(arena, d->ctx, e.count, double);
    if (!y)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < e.count; k++)
        y[k] = d->in->y[(int64_t)e.of[k] * d->in->groups + r];
    KN__TRY(kn__lu_solve(&e.local, d->ctx, false, y, 1));
    for (int32_t k = 0; k < e.count; k++)
        d->home[e.of[k]] = y[k];
    return KN_OK;
}

static kn_status contents(decomposition *d, kn__arena *arena, economy *e)
{
    int64_t n = d->in->n;
    double **parts[] = {&e->own, &e->others, &e->once, &e->foreign_once};
    for (int k = 0; k < 4; k++) {
        *parts[k] = KN__ARRAY(arena, d->ctx, e->count, double);
        if (!*parts[k])
            return KN_ERR_MEMORY;
    }
    for (int64_t i = 0; i < n; i++) {
        double *to = d->in->group[i] == e->s ? e->own : e->others;
        for (int32_t k = 0; k < e->count; k++)
            to[k] += d->share[i] * d->b[i * n + e->of[k]];
    }
    /* once = V_s (I - A_ss)^-1 */
    for (int32_t k = 0; k < e->count; k++)
        e->once[k] = d->share[e->of[k]];
    KN__TRY(kn__lu_solve(&e->local, d->ctx, true, e->once, 1));
    /* With A_sj = 0 for j != s, output of t is B_ts f with B_ss f = (I - A_ss)^-1 E: so
       V_t B^{\s}_ts = V_t B_ts B_ss^-1 (I - A_ss)^-1 */
    kn__lu loops;
    double *m = block(d, arena, e, d->b, false);
    if (!m)
        return KN_ERR_MEMORY;
    KN__TRY(kn__lu_factor(&loops, d->ctx, arena, m, e->count));
    memcpy(e->foreign_once, e->others, (size_t)e->count * sizeof *e->others);
    KN__TRY(kn__lu_solve(&loops, d->ctx, true, e->foreign_once, 1));
    return kn__lu_solve(&e->local, d->ctx, true, e->foreign_once, 1);
}

/* Exports of producer i to r: for use by producers, and final. */
static double sales(const decomposition *d, int64_t i, int32_t r)
{
    const kn__accounts *in = d->in;
    double sum = in->y[i * in->groups + r];
    for (int32_t k = d->start[r]; k < d->start[r + 1]; k++)
        sum += in->z[i * in->n + d->of[k]];
    return sum;
}

/* (A_sr w_r)_i for a vector w over all producers with stride. */
static double through(const decomposition *d, int64_t i, int32_t r, const double *w,
                      int32_t stride)
{
    double sum = 0;
    for (int32_t k = d->start[r]; k < d->start[r + 1]; k++)
        sum += d->a[i * d->in->n + d->of[k]] * w[(int64_t)d->of[k] * stride];
    return sum;
}

static void decompose_pair(const decomposition *d, const economy *e, int32_t r,
                           kn__gvc *out)
{
    const kn__accounts *in = d->in;
    for (int32_t k = 0; k < e->count; k++) {
        int64_t i = e->of[k];
        double exports = sales(d, i, r);
        out->exports += exports;
        out->dc += e->own[k] * exports;
        out->fc += e->others[k] * exports;
        out->dva += e->once[k] * exports;
        out->fva += e->foreign_once[k] * exports;
        /* REF_sr = V_s (I - A_ss)^-1 A_sr (B Y)_rs */
        out->ref += e->once[k] * through(d, i, r, d->absorbed + e->s, in->groups);
        /* DAVAX_sr = V_s (I - A_ss)^-1 [Y_sr + A_sr (I - A_rr)^-1 Y_rr] */
        out->davax +=
            e->once[k] * (in->y[i * in->groups + r] + through(d, i, r, d->home, 1));
    }
    out->ddc = out->dc - out->dva;
    out->fdc = out->fc - out->fva;
    out->vax = out->dva - out->ref;
    out->gvc = out->exports - out->davax;
}

static void add_pair(kn__gvc *total, const kn__gvc *pair)
{
    total->exports += pair->exports;
    total->dc += pair->dc;
    total->dva += pair->dva;
    total->ddc += pair->ddc;
    total->fc += pair->fc;
    total->fva += pair->fva;
    total->fdc += pair->fdc;
    total->davax += pair->davax;
    total->gvc += pair->gvc;
}

static kn_status decompose(decomposition *d, kn__arena *arena, int32_t s, kn__gvc *pairs)
{
    const kn__accounts *in = d->in;
    economy e;
    KN__TRY(factor_home(d, arena, &e, s));
    KN__TRY(contents(d, arena, &e));
    kn__gvc *total = &pairs[(int64_t)s * in->groups + s];
    for (int32_t r = 0; r < in->groups; r++) {
        if (r == s)
            continue;
        decompose_pair(d, &e, r, &pairs[(int64_t)s * in->groups + r]);
        add_pair(total, &pairs[(int64_t)s * in->groups + r]);
    }
    /* VAX_s = V_s sum_j B_sj sum_{r != s} Y_jr (Johnson and Noguera 2012) */
    for (int32_t k = 0; k < e.count; k++)
        for (int32_t r = 0; r < in->groups; r++)
            if (r != s)
                total->vax +=
                    d->share[e.of[k]] * d->absorbed[(int64_t)e.of[k] * in->groups + r];
    total->ref = total->dva - total->vax;
    return KN_OK;
}

/* VS1_s = sum over t != s of V_s B_st E_t. */
static void forward_content(const decomposition *d, double *forward)
{
    const kn__accounts *in = d->in;
    for (int64_t j = 0; j < in->n; j++) {
        double exports = 0;
        for (int32_t r = 0; r < in->groups; r++)
            exports += r == in->group[j] ? 0 : sales(d, j, r);
        for (int64_t i = 0; exports != 0 && i < in->n; i++)
            if (in->group[i] != in->group[j])
                forward[in->group[i]] += d->share[i] * d->b[i * in->n + j] * exports;
    }
}

static kn_status each_economy(decomposition *d, kn__gvc *pairs)
{
    for (int pass = 0; pass < 2; pass++)
        for (int32_t s = 0; s < d->in->groups; s++) {
            kn__arena *arena;
            KN__TRY(kn__arena_new(&arena, d->ctx));
            kn_status status =
                pass == 0 ? serve_home(d, arena, s) : decompose(d, arena, s, pairs);
            kn__arena_free(arena);
            KN__TRY(status);
        }
    return KN_OK;
}

static kn_status run(decomposition *d, kn__gvc *pairs, double *forward)
{
    const kn__accounts *in = d->in;
    KN__TRY(allocate(d));
    list_groups(d);
    kn__input_coefficients(d->a, in->z, in->x, in->n);
    KN__TRY(kn__leontief_inverse(d->b, d->ctx, d->a, in->n));
    for (int32_t i = 0; i < in->n; i++)
        d->share[i] = in->x[i] != 0 ? in->v[i] / in->x[i] : 0;
    multiply_final(d);
    KN__TRY(each_economy(d, pairs));
    if (forward)
        forward_content(d, forward);
    return KN_OK;
}

kn_status kn__value_added_in_exports(kn__gvc *pairs, double *forward, kn_context *ctx,
                                     const kn__accounts *accounts)
{
    decomposition d = {.ctx = ctx, .in = accounts};
    size_t groups = (size_t)accounts->groups;
    memset(pairs, 0, groups * groups * sizeof *pairs);
    if (forward)
        memset(forward, 0, groups * sizeof *forward);
    KN__TRY(kn__arena_new(&d.arena, ctx));
    kn_status status = run(&d, pairs, forward);
    kn__arena_free(d.arena);
    return status;
}
