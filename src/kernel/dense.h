/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_DENSE_H
#define KN_KERNEL_DENSE_H

#include <stdbool.h>

#include "kernel/memory.h"

/* Dense row-major matrices and their LU factors by LAPACK. LAPACK runs on one thread, and
   many right-hand sides are cut into blocks of fixed size that threads share: so the last
   bit does not depend on the number of threads. */
typedef struct kn__lu {
    int32_t n;
    double *factors; /* n * n */
    int32_t *pivots;
} kn__lu;

/* Factors the row-major n × n matrix m in place (dgetrf); lu keeps pointing to m, which
   must stay. Errors: KN_ERR_NUMERIC when singular or not finite, KN_ERR_MEMORY. */
kn_status kn__lu_factor(kn__lu *lu, kn_context *ctx, kn__arena *arena, double *m,
                        int32_t n);

/* Solves M x = b, or M' x = b when transposed, in place for `count` right-hand sides,
   each of n contiguous numbers. */
kn_status kn__lu_solve(const kn__lu *lu, kn_context *ctx, bool transposed, double *b,
                       int64_t count);

/* Replaces the factors by the row-major inverse (dgetri); lu cannot be solved with after.
 */
kn_status kn__lu_invert(kn__lu *lu, kn_context *ctx);

/* y = M x for row-major rows × columns M (fixed order of summation). */
void kn__dense_times(const double *m, int32_t rows, int32_t columns, const double *x,
                     double *y);
/* y = M' x. */
void kn__dense_times_transposed(const double *m, int32_t rows, int32_t columns,
                                const double *x, double *y);

#endif
