/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_GMRES_H
#define KN_KERNEL_GMRES_H

#include "kernel/solve.h"

/* A x = b for a general A known by its products, with an approximation M of A. */
typedef struct kn__gmres {
    int32_t n;
    kn__operator product; /* y = A x */
    kn__operator inverse; /* y = M^-1 x; NULL: none */
    void *arg;            /* of both */
} kn__gmres;

/* Solves by GMRES without restarts, preconditioned from the right (Saad and Schultz, SIAM
   Journal on Scientific and Statistical Computing 7, 1986), from x = 0: at most
   `max_iterations` products and as many kept vectors. Stops when |b - A x| <= tolerance
   |b| (Euclidean). KN_NOTE_NOT_CONVERGED with the best x found; info may be NULL, its
   residual is Euclidean here. Errors: KN_ERR_MEMORY. */
kn_status kn__solve_gmres(kn_context *ctx, const kn__gmres *system, const double *b,
                          double *x, double tolerance, int32_t max_iterations,
                          kn__solve_info *info);

#endif
