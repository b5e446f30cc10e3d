/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_ANDERSON_H
#define KN_KERNEL_ANDERSON_H

#include "kernel/memory.h"

/* Anderson's acceleration of a fixed point x = g(x): the next x is the mix of the last
   steps whose residual g(x) - x is smallest in the least-squares sense (Anderson 1965;
   Walker and Ni, SIAM Journal on Numerical Analysis 49, 2011). */
enum { KN__ANDERSON_DEPTH = 6 };

typedef struct kn__anderson {
    int32_t n;
    int64_t steps;   /* since the start */
    double *x, *r;   /* n: the last point and its residual */
    double *dx, *dr; /* depth × n: the last differences of both */
} kn__anderson;

/* Errors: KN_ERR_MEMORY. */
kn_status kn__anderson_new(kn__anderson *a, kn_context *ctx, kn__arena *arena, int32_t n);

/* From x and g(x), n numbers each, to the next x, in place. */
void kn__anderson_step(kn__anderson *a, double *x, const double *g);

/* Forgets the steps so far: the next one is x = g(x). */
void kn__anderson_forget(kn__anderson *a);

#endif
