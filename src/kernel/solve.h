/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_SOLVE_H
#define KN_KERNEL_SOLVE_H

#include "kernel/memory.h"

/* y = A x; x and y do not overlap. */
typedef void (*kn__operator)(void *arg, const double *x, double *y);

typedef struct kn__solve_info {
    int32_t iterations;
    double residual; /* max |b - (I - A) x| / max |b| */
} kn__solve_info;

/* Solves (I - A) x = b by the series x = b + A b + A² b + …; for A >= 0 with spectral
   radius below 1 every partial sum is a lower bound. x may not overlap b. Stops when the
   relative residual (max norm) is <= tolerance. Returns KN_NOTE_NOT_CONVERGED after
   max_iterations; info may be NULL. */
kn_status kn__solve_neumann(kn_context *ctx, kn__operator a, void *arg, int32_t n,
                            const double *b, double *x, double tolerance,
                            int32_t max_iterations, kn__solve_info *info);

/* The same by BiCGSTAB (van der Vorst 1992) for A of any sign; converges where the series
   is slow. Breakdown counts as not converged. */
kn_status kn__solve_bicgstab(kn_context *ctx, kn__operator a, void *arg, int32_t n,
                             const double *b, double *x, double tolerance,
                             int32_t max_iterations, kn__solve_info *info);

/* The spectral radius of A >= 0 by power iteration from the all-ones vector, to relative
   `tolerance`. Returns
   KN_NOTE_NOT_CONVERGED after max_iterations with the last estimate. */
kn_status kn__spectral_radius(double *radius, kn_context *ctx, kn__operator a, void *arg,
                              int32_t n, double tolerance, int32_t max_iterations);

#endif
