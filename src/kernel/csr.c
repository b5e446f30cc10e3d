/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/csr.h"

#include <stdlib.h>
#include <string.h>

static kn_status shape(kn__csr *csr, kn_context *ctx, kn__arena *arena, int32_t rows,
                       int32_t columns, int64_t count)
{
    csr->rows = rows;
    csr->columns = columns;
    csr->start = KN__ARRAY(arena, ctx, (int64_t)rows + 1, int64_t);
    csr->index = KN__ARRAY(arena, ctx, count, int32_t);
    csr->value = KN__ARRAY(arena, ctx, count, double);
    return csr->start && csr->index && csr->value ? KN_OK : KN_ERR_MEMORY;
}

/* Two stable counting passes (by column, then by row) leave the triplets sorted with
   duplicates in the order given. */
static void place(int64_t *order, int64_t *start, int32_t keys,
                  const kn__triplet *triplets, const int64_t *from, int64_t count,
                  int by_row)
{
    memset(start, 0, ((size_t)keys + 1) * sizeof *start);
    for (int64_t k = 0; k < count; k++)
        start[(by_row ? triplets[k].row : triplets[k].column) + 1]++;
    for (int32_t i = 0; i < keys; i++)
        start[i + 1] += start[i];
    for (int64_t k = 0; k < count; k++) {
        int64_t at = from ? from[k] : k;
        order[start[by_row ? triplets[at].row : triplets[at].column]++] = at;
    }
}

static void merge(kn__csr *csr, const kn__triplet *triplets, const int64_t *order,
                  int64_t count)
{
    int64_t filled = 0;
    int32_t row = 0;
    for (int64_t k = 0; k < count; k++) {
        const kn__triplet *t = &triplets[order[k]];
        while (row < t->row)
            csr->start[++row] = filled;
        if (filled > csr->start[row] && csr->index[filled - 1] == t->column) {
            csr->value[filled - 1] += t->value;
        } else {
            csr->index[filled] = t->column;
            csr->value[filled++] = t->value;
        }
    }
    while (row < csr->rows)
        csr->start[++row] = filled;
}

kn_status kn__csr_from_triplets(kn__csr *csr, kn_context *ctx, kn__arena *arena,
                                int32_t rows, int32_t columns,
                                const kn__triplet *triplets, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        if (triplets[k].row < 0 || triplets[k].row >= rows || triplets[k].column < 0 ||
            triplets[k].column >= columns)
            return kn__fail(ctx, KN_ERR_DATA,
                            "matrix entry (%d, %d) is outside of %d × %d",
                            triplets[k].row, triplets[k].column, rows, columns);
    KN__TRY(shape(csr, ctx, arena, rows, columns, count));
    int64_t keys = (rows > columns ? rows : columns) + (int64_t)1;
    int64_t *by_column = kn__alloc(ctx, count, sizeof *by_column);
    int64_t *order = kn__alloc(ctx, count, sizeof *order);
    int64_t *start = kn__alloc(ctx, keys, sizeof *start);
    kn_status status = by_column && order && start ? KN_OK : KN_ERR_MEMORY;
    if (status == KN_OK) {
        place(by_column, start, columns, triplets, NULL, count, 0);
        place(order, start, rows, triplets, by_column, count, 1);
        merge(csr, triplets, order, count);
    }
    kn__release(ctx, by_column);
    kn__release(ctx, order);
    kn__release(ctx, start);
    return status;
}

kn_status kn__csr_transpose(kn__csr *out, kn_context *ctx, kn__arena *arena,
                            const kn__csr *in)
{
    KN__TRY(shape(out, ctx, arena, in->columns, in->rows, in->start[in->rows]));
    for (int64_t k = 0; k < in->start[in->rows]; k++)
        out->start[in->index[k] + 1]++;
    for (int32_t j = 0; j < out->rows; j++)
        out->start[j + 1] += out->start[j];
    for (int32_t i = 0; i < in->rows; i++)
        for (int64_t k = in->start[i]; k < in->start[i + 1]; k++) {
            int64_t at = out->start[in->index[k]]++;
            out->index[at] = i;
            out->value[at] = in->value[k];
        }
    memmove(out->start + 1, out->start, (size_t)out->rows * sizeof *out->start);
    out->start[0] = 0;
    return KN_OK;
}

bool kn__csr_whole(const kn__csr *csr, int64_t entries)
{
    if (csr->start[0] != 0 || csr->start[csr->rows] != entries)
        return false;
    for (int32_t i = 0; i < csr->rows; i++) {
        int64_t begin = csr->start[i], end = csr->start[i + 1];
        if (end < begin || end > entries)
            return false;
        for (int64_t k = begin; k < end; k++)
            if (csr->index[k] < 0 || csr->index[k] >= csr->columns ||
                (k > begin && csr->index[k] <= csr->index[k - 1]))
                return false;
    }
    return true;
}

void kn__csr_times(const kn__csr *csr, const double *x, double *y)
{
    for (int32_t i = 0; i < csr->rows; i++) {
        double sum = 0;
        for (int64_t k = csr->start[i]; k < csr->start[i + 1]; k++)
            sum += csr->value[k] * x[csr->index[k]];
        y[i] = sum;
    }
}

double kn__csr_at(const kn__csr *csr, int32_t row, int32_t column)
{
    int64_t low = csr->start[row], high = csr->start[row + 1];
    while (low < high) {
        int64_t middle = low + (high - low) / 2;
        if (csr->index[middle] < column)
            low = middle + 1;
        else
            high = middle;
    }
    return low < csr->start[row + 1] && csr->index[low] == column ? csr->value[low] : 0;
}
