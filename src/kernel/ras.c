/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/ras.h"

#include <math.h>
#include <string.h>

/* One pass: rows, then columns. Returns how far the sums were off before. */
static double pass(double *f, int32_t rows, int32_t columns, const double *row_sum,
                   const double *column_sum, double *sum)
{
    double off = 0;
    memset(sum, 0, (size_t)columns * sizeof *sum);
    for (int32_t i = 0; i < rows; i++) {
        double have = 0, *row = f + (int64_t)i * columns;
        for (int32_t j = 0; j < columns; j++)
            have += row[j];
        off = fmax(off, fabs(have - row_sum[i]));
        double scale = have > 0 ? row_sum[i] / have : 0;
        for (int32_t j = 0; j < columns; j++) {
            row[j] *= scale;
            sum[j] += row[j];
        }
    }
    for (int32_t j = 0; j < columns; j++) {
        off = sum[j] > 0 ? off : fmax(off, column_sum[j]);
        sum[j] = sum[j] > 0 ? column_sum[j] / sum[j] : 0;
    }
    for (int32_t i = 0; i < rows; i++)
        for (int32_t j = 0; j < columns; j++)
            f[(int64_t)i * columns + j] *= sum[j];
    return off;
}

kn_status kn__ras(kn_context *ctx, double *f, int32_t rows, int32_t columns,
                  const double *row_sum, const double *column_sum,
                  const unsigned char *closed, double tolerance, int32_t max_iterations,
                  kn__solve_info *info)
{
    int64_t cells = (int64_t)rows * columns;
    double *sum = kn__alloc(ctx, columns + cells, sizeof *sum), total = 0, off = 0;
    if (!sum)
        return KN_ERR_MEMORY;
    double *kept = sum + columns; /* closed cells count as 0 meanwhile */
    for (int64_t c = 0; closed && c < cells; c++)
        if (closed[c]) {
            kept[c] = f[c];
            f[c] = 0;
        }
    for (int32_t i = 0; i < rows; i++)
        total += row_sum[i];
    int32_t k = 0;
    do {
        off = pass(f, rows, columns, row_sum, column_sum, sum);
        k++;
    } while (off > tolerance * total && k < max_iterations);
    for (int64_t c = 0; closed && c < cells; c++)
        f[c] = closed[c] ? kept[c] : f[c];
    kn__release(ctx, sum);
    if (info)
        *info = (kn__solve_info){k, total > 0 ? off / total : off};
    return off <= tolerance * total ? KN_OK : KN_NOTE_NOT_CONVERGED;
}
