/* SPDX-License-Identifier: Apache-2.0 */
#include "exposure_ref.h"

#include <math.h>
#include <stdlib.h>

double *ref_inverse(const double *m, int32_t n)
{
    double *a = malloc((size_t)n * (size_t)n * sizeof *a);
    double *inverse = calloc((size_t)n * (size_t)n, sizeof *inverse);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++) {
            a[i * n + j] = (i == j) - m[i * n + j];
            inverse[i * n + j] = i == j;
        }
    for (int k = 0; k < n; k++) {
        int pivot = k;
        for (int i = k + 1; i < n; i++)
            if (fabs(a[i * n + k]) > fabs(a[pivot * n + k]))
                pivot = i;
        for (int j = 0; j < n; j++) {
            double t = a[k * n + j], u = inverse[k * n + j];
            a[k * n + j] = a[pivot * n + j];
            a[pivot * n + j] = t;
            inverse[k * n + j] = inverse[pivot * n + j];
            inverse[pivot * n + j] = u;
        }
        double scale = a[k * n + k];
        for (int j = 0; j < n; j++) {
            a[k * n + j] /= scale;
            inverse[k * n + j] /= scale;
        }
        for (int i = 0; i < n; i++) {
            double factor = a[i * n + k];
            for (int j = 0; i != k && j < n; j++) {
                a[i * n + j] -= factor * a[k * n + j];
                inverse[i * n + j] -= factor * inverse[k * n + j];
            }
        }
    }
    free(a);
    return inverse;
}

double *ref_coefficients(const kn_network *net)
{
    int n = net->producer_count;
    double *a = calloc((size_t)n * (size_t)n, sizeof *a);
    for (int i = 0; i < n; i++)
        for (int j = 0; j < n; j++)
            if (net->producers[j].output != 0)
                a[i * n + j] = kn__flows_at(&net->flows, i, j) / net->producers[j].output;
    return a;
}

double *ref_purchases(const kn_network *net, int32_t of, int32_t q)
{
    int n = net->producer_count;
    double *b = calloc((size_t)n, sizeof *b);
    for (int i = 0; i < n; i++) {
        if (net->producers[i].product != q)
            continue;
        for (int j = 0; j < n; j++)
            if (net->producers[j].economy == of)
                b[i] += kn__flows_at(&net->flows, i, j);
        for (int k = 0; k < net->final_count; k++)
            if (net->finals[k].economy == of)
                b[i] += net->final_demand[i * net->final_count + k];
    }
    return b;
}

double ref_through(const kn_network *net, const double *l, const double *b, int32_t h)
{
    int n = net->producer_count;
    double held = 0, all = 0;
    for (int i = 0; i < n; i++) {
        double x = 0, output = net->producers[i].output;
        for (int j = 0; j < n; j++)
            x += l[i * n + j] * b[j];
        double value = output != 0 ? net->producers[i].value_added / output * x : 0;
        all += value;
        held += net->producers[i].economy == h ? value : 0;
    }
    return held / all;
}
