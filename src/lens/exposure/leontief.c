/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/exposure/leontief.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"

void kn__input_coefficients(double *a, const double *z, const double *x, int32_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            a[i * n + j] = x[j] != 0 ? z[i * n + j] / x[j] : 0;
}

void kn__allocation_coefficients(double *b, const double *z, const double *x, int32_t n)
{
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            b[i * n + j] = x[i] != 0 ? z[i * n + j] / x[i] : 0;
}

/* I - M, in place when the same. */
static void subtract_from_identity(double *to, const double *m, int64_t n)
{
    for (int64_t k = 0; k < n * n; k++)
        to[k] = -m[k];
    for (int64_t i = 0; i < n; i++)
        to[i * n + i] += 1;
}

kn_status kn__leontief_inverse(double *inverse, kn_context *ctx, const double *m,
                               int32_t n)
{
    kn__arena *arena;
    kn__lu lu;
    KN__TRY(kn__arena_new(&arena, ctx));
    subtract_from_identity(inverse, m, n);
    kn_status status = kn__lu_factor(&lu, ctx, arena, inverse, n);
    if (status == KN_OK)
        status = kn__lu_invert(&lu, ctx);
    kn__arena_free(arena);
    return status;
}

void kn__group_rows(double *to, const double *from, const int32_t *group, int32_t groups,
                    int32_t n, int32_t columns)
{
    memset(to, 0, (size_t)groups * (size_t)columns * sizeof *to);
    for (int64_t i = 0; i < n; i++) {
        double *row = to + (int64_t)group[i] * columns;
        for (int64_t j = 0; j < columns; j++)
            row[j] += from[i * columns + j];
    }
}

enum { STRIP = 64 }; /* columns at once, so that their sums stay in the cache */

void kn__divide_by_column_sums(double *m, int32_t rows, const double *weight,
                               int32_t w_rows, int32_t columns)
{
    for (int64_t from = 0; from < columns; from += STRIP) {
        int64_t count = columns - from < STRIP ? columns - from : STRIP;
        double sum[STRIP] = {0};
        for (int64_t i = 0; i < w_rows; i++)
            for (int64_t j = 0; j < count; j++)
                sum[j] += weight[i * columns + from + j];
        for (int64_t j = 0; j < count; j++)
            sum[j] = 1 / sum[j];
        for (int64_t i = 0; i < rows; i++)
            for (int64_t j = 0; j < count; j++)
                m[i * columns + from + j] *= sum[j];
    }
}

kn_status kn__fpem(double *m, kn_context *ctx, int32_t n)
{
    KN__TRY(kn__leontief_inverse(m, ctx, m, n));
    kn__divide_by_column_sums(m, n, m, n, n);
    return KN_OK;
}

void kn__fpex(double *share, const double *l, const kn__accounts *in)
{
    int64_t n = in->n, groups = in->groups;
    memset(share, 0, (size_t)(n * groups) * sizeof *share);
    for (int64_t j = 0; j < n; j++) {
        double final = 0;
        for (int64_t r = 0; r < groups; r++)
            final += in->y[j * groups + r];
        for (int64_t i = 0; i < n; i++)
            share[i * groups + in->group[j]] += l[i * n + j] * final;
    }
    for (int64_t i = 0; i < n; i++)
        for (int64_t g = 0; g < groups; g++)
            share[i * groups + g] /= in->x[i];
}

/* Solves (I - M) u = 1, or its transpose. */
static kn_status solve_ones(double *u, kn_context *ctx, double *m, const double *x,
                            int32_t n, bool transposed)
{
    kn__arena *arena;
    kn__lu lu;
    KN__TRY(kn__arena_new(&arena, ctx));
    subtract_from_identity(m, m, n);
    for (int32_t i = 0; i < n; i++)
        u[i] = 1;
    kn_status status = kn__lu_factor(&lu, ctx, arena, m, n);
    if (status == KN_OK)
        status = kn__lu_solve(&lu, ctx, transposed, u, 1);
    for (int32_t i = 0; i < n; i++)
        u[i] = x[i] != 0 ? u[i] : NAN;
    kn__arena_free(arena);
    return status;
}

kn_status kn__streams(double *up, double *down, kn_context *ctx, const double *z,
                      const double *x, int32_t n)
{
    double *m = kn__alloc(ctx, (int64_t)n * n, sizeof *m);
    if (!m)
        return KN_ERR_MEMORY;
    kn__allocation_coefficients(m, z, x, n);
    kn_status status = solve_ones(up, ctx, m, x, n, false);
    if (status == KN_OK) {
        kn__input_coefficients(m, z, x, n);
        status = solve_ones(down, ctx, m, x, n, true);
    }
    kn__release(ctx, m);
    return status;
}
