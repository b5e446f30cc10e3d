/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_RAS_H
#define KN_KERNEL_RAS_H

#include "kernel/solve.h"

/* Iterative proportional fitting (Deming and Stephan 1940; RAS): scales the rows and
   columns of f >= 0 (row-major) in turn until they sum to row_sum and column_sum. Cells
   with closed[cell] != 0 count as 0 and are left alone; closed may be NULL. Stops when no
   sum is off by more than `tolerance` times the total. Returns KN_NOTE_NOT_CONVERGED
   after max_iterations; then the margins contradict the cells that are open. info may be
   NULL. Errors: KN_ERR_MEMORY. */
kn_status kn__ras(kn_context *ctx, double *f, int32_t rows, int32_t columns,
                  const double *row_sum, const double *column_sum,
                  const unsigned char *closed, double tolerance, int32_t max_iterations,
                  kn__solve_info *info);

#endif
