/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/sample.h"

#include <math.h>
#include <stdlib.h>

#include "kernel/random.h"

void kn__latin_levels(double *level, int64_t stride, int32_t *order, int32_t count,
                      uint64_t seed, uint64_t dimension)
{
    for (int32_t k = 0; k < count; k++)
        order[k] = k;
    for (int32_t k = count - 1; k > 0; k--) { /* Fisher and Yates */
        int32_t j =
            (int32_t)kn__random_below(seed, 2 * dimension, (uint64_t)k, (uint64_t)k + 1);
        int32_t swap = order[k];
        order[k] = order[j];
        order[j] = swap;
    }
    for (int32_t k = 0; k < count; k++) /* (stratum + u) / N */
        level[k * stride] =
            (order[k] + kn__random_uniform(seed, 2 * dimension + 1, (uint64_t)k)) / count;
}

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

void kn__sort_numbers(double *values, int32_t count)
{
    if (count > 1)
        qsort(values, (size_t)count, sizeof *values, by_value);
}

double kn__quantile(const double *sorted, int32_t count, double level)
{
    if (count < 1)
        return NAN;
    double at = level * (count - 1), below = floor(at);
    int32_t k = (int32_t)below;
    return k + 1 < count ? sorted[k] + (at - below) * (sorted[k + 1] - sorted[k])
                         : sorted[count - 1];
}

static int by_rank(const void *a, const void *b)
{
    const kn__ranked *x = a, *y = b;
    if (x->value != y->value)
        return x->value < y->value ? -1 : 1;
    return (x->at > y->at) - (x->at < y->at);
}

/* Ranks from 0, their mean taken off; equal values share the mean of their ranks. */
static void rank(double *ranks, const double *x, int32_t count, kn__ranked *order)
{
    for (int32_t k = 0; k < count; k++)
        order[k] = (kn__ranked){x[k], k};
    qsort(order, (size_t)count, sizeof *order, by_rank);
    for (int32_t first = 0, next; first < count; first = next) {
        next = first + 1;
        while (next < count && order[next].value == order[first].value)
            next++;
        for (int32_t k = first; k < next; k++)
            ranks[order[k].at] = 0.5 * (first + next - 1) - 0.5 * (count - 1);
    }
}

double kn__rank_correlation(const double *x, const double *y, int32_t count,
                            double *ranks, kn__ranked *order)
{
    double xy = 0, xx = 0, yy = 0;
    if (count < 2)
        return NAN;
    rank(ranks, x, count, order);
    rank(ranks + count, y, count, order);
    for (int32_t k = 0; k < count; k++) {
        xy += ranks[k] * ranks[count + k];
        xx += ranks[k] * ranks[k];
        yy += ranks[count + k] * ranks[count + k];
    }
    return xx > 0 && yy > 0 ? xy / sqrt(xx * yy) : NAN;
}
