/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/dense.h"
#include "network/network.h"

void kn__flows_times(const kn__flows *flows, const double *x, double *y)
{
    if (flows->is_dense)
        kn__dense_times(flows->dense, flows->n, flows->n, x, y);
    else
        kn__csr_times(&flows->rows, x, y);
}

void kn__flows_times_transposed(const kn__flows *flows, const double *x, double *y)
{
    if (flows->is_dense)
        kn__dense_times_transposed(flows->dense, flows->n, flows->n, x, y);
    else
        kn__csr_times(&flows->columns, x, y);
}

double kn__flows_at(const kn__flows *flows, int32_t i, int32_t j)
{
    return flows->is_dense ? flows->dense[(int64_t)i * flows->n + j]
                           : kn__csr_at(&flows->rows, i, j);
}
