/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_EXPOSURE_LEONTIEF_H
#define KN_LENS_EXPOSURE_LEONTIEF_H

#include "kernel/memory.h"

/* Input-output algebra on dense row-major matrices. Z_ij: what j buys from i; x: output.
   Producers without output have zero coefficients. */

/* A_ij = Z_ij / x_j. */
void kn__input_coefficients(double *a, const double *z, const double *x, int32_t n);
/* B_ij = Z_ij / x_i (Ghosh). */
void kn__allocation_coefficients(double *b, const double *z, const double *x, int32_t n);

/* (I - M)^-1, dense. Errors: KN_ERR_NUMERIC when I - M is singular. m may be the output.
 */
kn_status kn__leontief_inverse(double *inverse, kn_context *ctx, const double *m,
                               int32_t n);

/* Rows of `to` are sums of the rows of the n × columns matrix `from` by group. */
void kn__group_rows(double *to, const double *from, const int32_t *group, int32_t groups,
                    int32_t n, int32_t columns);

/* Divides every column of the rows × columns matrix by its sum over `weight` (a matrix of
   w_rows rows with as many columns): FPEM_gj = L_gj / sum_i L_ij (Baldwin, Freeman and
   Theodorakopoulos 2022). */
void kn__divide_by_column_sums(double *m, int32_t rows, const double *weight,
                               int32_t w_rows, int32_t columns);

/* Foreign production exposure of all producers: m becomes (I - A)^-1 with columns divided
   by their sums, for given A in m. */
kn_status kn__fpem(double *m, kn_context *ctx, int32_t n);

/* Accounts: n producers in `groups` economies; final demand y is n × groups, by the
   economy that uses it. */
typedef struct kn__accounts {
    int32_t n, groups;
    const int32_t *group;
    const double *z, *x, *v, *y;
} kn__accounts;

/* Foreign production exposure on the selling side: FPEX_ig = sum over the producers j of
   g of L_ij F_j / x_i, F_j the final demand for j; share is n × groups. */
void kn__fpex(double *share, const double *l, const kn__accounts *accounts);

/* Upstreamness U = (I - Delta)^-1 1, Delta_ij = Z_ij / x_i, and downstreamness
   D = (I - A')^-1 1 (Antras, Chor, Fally and Hillberry 2012). NaN for producers without
   output. */
kn_status kn__streams(double *up, double *down, kn_context *ctx, const double *z,
                      const double *x, int32_t n);

/* ---- Value added in exports (Borin and Mancini 2019, source-based) ---- */

/* Exports of s to r and what they contain; in total (r summed) where `r` is the total. */
typedef struct kn__gvc {
    double exports;
    double dc, dva, ddc; /* domestic content, of it value added once, counted again */
    double fc, fva, fdc; /* foreign content, of it once, counted again */
    double vax, ref;     /* domestic value added used abroad; coming home */
    double davax, gvc;   /* used by the direct importer; what crosses more borders */
} kn__gvc;

/* pairs: groups × groups, [s * groups + r]; entry [s][s] holds the total of s, in which
   VAX is that of Johnson and Noguera and REF = DVA - VAX. forward (groups; may be NULL):
   VS1, value added of s in the exports of others. */
kn_status kn__value_added_in_exports(kn__gvc *pairs, double *forward, kn_context *ctx,
                                     const kn__accounts *accounts);

#endif
