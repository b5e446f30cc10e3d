/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_ESRI_REF_H
#define KN_TESTS_ESRI_REF_H

#include "lens/cascade/esri.h"

/* The index as its equations are printed: dense matrices, every firm in every step. */
typedef struct ref_esri {
    int32_t n, sectors;
    double *down;              /* Λd_ij at [j][i] */
    double *up;                /* Λu_ij at [i][j] */
    unsigned char *edge_class; /* at [j][i] */
    const kn__esri_input *in;
    double *sales, *purchases;
} ref_esri;

/* 0, or -1 without memory (n² numbers twice). */
int ref_esri_new(ref_esri *twin, const kn__esri_input *in);
void ref_esri_free(ref_esri *twin);

/* One shock ψ[n]; out: ESRI, down, up; losses may be NULL. Returns the steps. */
int32_t ref_esri_run(const ref_esri *twin, const kn__esri_rule *rule, const double *psi,
                     double out[3], double *loss_down, double *loss_up);

#endif
