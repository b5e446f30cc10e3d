/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_KERNEL_H
#define KN_LENS_CASCADE_ENGINE_KERNEL_H

#include <stdint.h>

/* The inner loops over flows that stand together. Sums run in fixed lanes, so that every
   set of vector instructions gives the same bits. */
typedef struct kn__engine_kernel {
    double (*dot)(const double *z, const double *v, int64_t count);
    /* to += scale z */
    void (*send)(double *to, const double *z, double scale, int64_t count);
} kn__engine_kernel;

/* The fastest that this machine can run. */
const kn__engine_kernel *kn__engine_kernel_best(void);

#endif
