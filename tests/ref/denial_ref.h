/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_DENIAL_REF_H
#define KN_TESTS_DENIAL_REF_H

#include "lens/cascade/denial.h"

/* The denial loss as its equations are printed, dense, nothing skipped: the slow twin of
   kn__denial_run. loss: [slice][economy]; bite: [economy]. Returns 0, or -1 without
   memory. Stock releases and recovery are left to their own tests. */
int ref_denial(const kn__denial_model *m, const kn__shock *shock, kn__denial_end end,
               double *loss, double *bite);

#endif
