/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_SAMPLE_H
#define KN_KERNEL_SAMPLE_H

#include <stdint.h>

/* Draws and what is said about them. */

/* One dimension of a Latin hypercube (McKay, Beckman and Conover, Technometrics 21,
   1979): level[k * stride], k < count, each in (0, 1) and each in another one of `count`
   strata of equal width, in an order and at places that seed and dimension alone decide.
   order[count] is scratch. */
void kn__latin_levels(double *level, int64_t stride, int32_t *order, int32_t count,
                      uint64_t seed, uint64_t dimension);

/* Sorts numbers, smallest first. No NaN. */
void kn__sort_numbers(double *values, int32_t count);

/* The quantile of sorted values at a level in [0, 1], linear between neighbours (type 7
   of Hyndman and Fan 1996); NaN without values. */
double kn__quantile(const double *sorted, int32_t count, double level);

/* A value and where it stood; scratch of kn__rank_correlation. */
typedef struct kn__ranked {
    double value;
    int32_t at;
} kn__ranked;

/* Spearman's rank correlation of x and y; equal values share their mean rank. NaN where
   one of the two does not vary. ranks[2 * count] and order[count] are scratch. No NaN. */
double kn__rank_correlation(const double *x, const double *y, int32_t count,
                            double *ranks, kn__ranked *order);

#endif
