/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_CSR_H
#define KN_KERNEL_CSR_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory.h"

/* Compressed sparse rows: entries of row i are [start[i], start[i+1]), columns ascending.
 */
typedef struct kn__csr {
    int32_t rows, columns;
    int64_t *start; /* rows + 1 */
    int32_t *index;
    double *value;
} kn__csr;

typedef struct kn__triplet {
    int32_t row, column;
    double value;
} kn__triplet;

/* Builds from triplets in any order; duplicates are summed in the order given. Errors:
   KN_ERR_MEMORY; KN_ERR_DATA when an index is out of range. */
kn_status kn__csr_from_triplets(kn__csr *csr, kn_context *ctx, kn__arena *arena,
                                int32_t rows, int32_t columns,
                                const kn__triplet *triplets, int64_t count);
kn_status kn__csr_transpose(kn__csr *out, kn_context *ctx, kn__arena *arena,
                            const kn__csr *in);
/* Whether the three arrays are a matrix of that shape: starts rise from 0 to `entries`,
   columns are in range and rise within each row. For arrays from outside. */
bool kn__csr_whole(const kn__csr *csr, int64_t entries);
/* y = A x. */
void kn__csr_times(const kn__csr *csr, const double *x, double *y);
/* A[i][j] by binary search; 0 where nothing is stored. */
double kn__csr_at(const kn__csr *csr, int32_t row, int32_t column);

#endif
