/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/dense.h"

#include <cblas.h>
#include <lapacke.h>
#include <math.h>
#include <string.h>

#include "kernel/threads.h"

enum { SIDES = 64 }; /* right-hand sides a block: fixed, so that threads cannot show */

kn_status kn__lu_factor(kn__lu *lu, kn_context *ctx, kn__arena *arena, double *m,
                        int32_t n)
{
    *lu = (kn__lu){.n = n, .factors = m, .pivots = KN__ARRAY(arena, ctx, n, int32_t)};
    if (!lu->pivots)
        return KN_ERR_MEMORY;
    if (n == 0)
        return KN_OK;
    for (int64_t k = 0; k < (int64_t)n * n; k++)
        if (!isfinite(m[k]))
            return kn__fail(ctx, KN_ERR_NUMERIC, "a matrix to factor holds %g in row %d",
                            m[k], (int)(k / n) + 1);
    openblas_set_num_threads(1);
    /* LAPACK reads columns: it factors M'. */
    lapack_int info = LAPACKE_dgetrf_work(LAPACK_COL_MAJOR, n, n, m, n, lu->pivots);
    if (info != 0)
        return kn__fail(ctx, KN_ERR_NUMERIC,
                        "a matrix of %d rows is singular (pivot %d is zero)", n,
                        (int)info);
    return KN_OK;
}

typedef struct sides {
    const kn__lu *lu;
    double *b;
    char trans;
} sides;

static kn_status solve_block(void *arg, int worker, int64_t begin, int64_t end)
{
    (void)worker;
    const sides *s = arg;
    int32_t n = s->lu->n;
    lapack_int info =
        LAPACKE_dgetrs_work(LAPACK_COL_MAJOR, s->trans, n, (lapack_int)(end - begin),
                            s->lu->factors, n, s->lu->pivots, s->b + begin * n, n);
    return info == 0 ? KN_OK : KN_ERR_INTERNAL;
}

kn_status kn__lu_solve(const kn__lu *lu, kn_context *ctx, bool transposed, double *b,
                       int64_t count)
{
    sides s = {.lu = lu, .b = b, .trans = transposed ? 'N' : 'T'};
    if (lu->n == 0)
        return KN_OK;
    openblas_set_num_threads(1);
    return kn__parallel_for(ctx, NULL, count, SIDES, solve_block, &s);
}

/* Rows [begin, end) blocks of the inverse: X L = U^-1, then columns back in place. */
typedef struct inversion {
    const kn__lu *lu;
    double *x; /* by columns: U^-1 with zeros below, becomes the inverse */
} inversion;

static kn_status invert_rows(void *arg, int worker, int64_t begin, int64_t end)
{
    (void)worker;
    const inversion *v = arg;
    int64_t n = v->lu->n, from = begin * SIDES, to = end * SIDES < n ? end * SIDES : n;
    cblas_dtrsm(CblasColMajor, CblasRight, CblasLower, CblasNoTrans, CblasUnit,
                (blasint)(to - from), (blasint)n, 1, v->lu->factors, (blasint)n,
                v->x + from, (blasint)n);
    for (int64_t j = n - 1; j >= 0; j--) {
        int64_t k = v->lu->pivots[j] - 1;
        for (int64_t i = from; k != j && i < to; i++) {
            double t = v->x[j * n + i];
            v->x[j * n + i] = v->x[k * n + i];
            v->x[k * n + i] = t;
        }
    }
    return KN_OK;
}

/* The steps of dgetri, with the large one (X L = U^-1) cut into blocks of rows. */
kn_status kn__lu_invert(kn__lu *lu, kn_context *ctx)
{
    int64_t n = lu->n;
    if (n == 0)
        return KN_OK;
    openblas_set_num_threads(1);
    if (LAPACKE_dtrtri_work(LAPACK_COL_MAJOR, 'U', 'N', (lapack_int)n, lu->factors,
                            (lapack_int)n) != 0)
        return kn__fail(ctx, KN_ERR_NUMERIC, "a matrix has no inverse");
    inversion v = {lu, kn__alloc(ctx, n * n, sizeof *v.x)};
    if (!v.x)
        return KN_ERR_MEMORY;
    for (int64_t j = 0; j < n; j++)
        memcpy(v.x + j * n, lu->factors + j * n, (size_t)(j + 1) * sizeof *v.x);
    kn_status status =
        kn__parallel_for(ctx, NULL, (n + SIDES - 1) / SIDES, 1, invert_rows, &v);
    if (status == KN_OK)
        memcpy(lu->factors, v.x, (size_t)(n * n) * sizeof *v.x);
    kn__release(ctx, v.x);
    return status;
}

void kn__dense_times(const double *m, int32_t rows, int32_t columns, const double *x,
                     double *y)
{
    for (int32_t i = 0; i < rows; i++) {
        const double *row = m + (int64_t)i * columns;
        double part[8] = {0};
        int32_t j = 0;
        for (; j + 8 <= columns; j += 8)
            for (int k = 0; k < 8; k++)
                part[k] += row[j + k] * x[j + k];
        for (; j < columns; j++)
            part[j & 7] += row[j] * x[j];
        y[i] = ((part[0] + part[4]) + (part[1] + part[5])) +
               ((part[2] + part[6]) + (part[3] + part[7]));
    }
}

void kn__dense_times_transposed(const double *m, int32_t rows, int32_t columns,
                                const double *x, double *y)
{
    memset(y, 0, (size_t)columns * sizeof *y);
    for (int32_t i = 0; i < rows; i++) {
        const double *row = m + (int64_t)i * columns;
        double xi = x[i];
        for (int32_t j = 0; j < columns; j++)
            y[j] += row[j] * xi;
    }
}
