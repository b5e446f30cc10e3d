/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/ras.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

static bool open_at(const unsigned char *closed, int64_t cell)
{
    return !closed || !closed[cell];
}

/* One pass: rows, then columns. Returns how far the rows were off before. */
static double pass(double *f, int32_t rows, int32_t columns, const double *row_sum,
                   const double *column_sum, const unsigned char *closed, double *sum)
{
    double off = 0;
    for (int64_t i = 0; i < rows; i++) {
        double have = 0;
        for (int64_t c = i * columns; c < (i + 1) * columns; c++)
            have += open_at(closed, c) ? f[c] : 0;
        off = fmax(off, fabs(have - row_sum[i]));
        double scale = have > 0 ? row_sum[i] / have : 0;
        for (int64_t c = i * columns; c < (i + 1) * columns; c++)
            f[c] = open_at(closed, c) ? f[c] * scale : f[c];
    }
    memset(sum, 0, (size_t)columns * sizeof *sum);
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            sum[j] += open_at(closed, i * columns + j) ? f[i * columns + j] : 0;
    for (int64_t j = 0; j < columns; j++) {
        off = sum[j] > 0 ? off : fmax(off, column_sum[j]);
        sum[j] = sum[j] > 0 ? column_sum[j] / sum[j] : 0;
    }
    for (int64_t i = 0; i < rows; i++)
        for (int64_t j = 0; j < columns; j++)
            f[i * columns + j] *= open_at(closed, i * columns + j) ? sum[j] : 1;
    return off;
}

kn_status kn__ras(kn_context *ctx, double *f, int32_t rows, int32_t columns,
                  const double *row_sum, const double *column_sum,
                  const unsigned char *closed, double tolerance, int32_t max_iterations,
                  kn__solve_info *info)
{
    double *sum = kn__alloc(ctx, columns, sizeof *sum), total = 0, off = 0;
    if (!sum)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < rows; i++)
        total += row_sum[i];
    int32_t k = 0;
    do {
        off = pass(f, rows, columns, row_sum, column_sum, closed, sum);
        k++;
    } while (off > tolerance * total && k < max_iterations);
    kn__release(ctx, sum);
    if (info)
        *info = (kn__solve_info){k, total > 0 ? off / total : off};
    return off <= tolerance * total ? KN_OK : KN_NOTE_NOT_CONVERGED;
}
