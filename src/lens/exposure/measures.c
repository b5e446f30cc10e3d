/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/exposure/measures.h"

#include <math.h>

double kn__hhi(const double *amount, int32_t count)
{
    double sum = 0, squares = 0;
    for (int32_t i = 0; i < count; i++)
        sum += amount[i];
    for (int32_t i = 0; i < count; i++)
        squares += (amount[i] / sum) * (amount[i] / sum);
    return sum > 0 ? squares : NAN;
}

void kn__hhi_bounds(const double *amount, int32_t count, double unseen, double *low,
                    double *high)
{
    double sum = unseen, largest = 0, squares = 0;
    for (int32_t i = 0; i < count; i++) {
        sum += amount[i];
        largest = amount[i] > largest ? amount[i] : largest;
    }
    *low = *high = NAN;
    if (!(sum > 0))
        return;
    for (int32_t i = 0; i < count; i++)
        squares += (amount[i] / sum) * (amount[i] / sum);
    double s = largest / sum, u = unseen / sum;
    *low = squares;
    *high = squares - s * s + (s + u) * (s + u);
}

kn__cdi kn__ec_cdi(const double *extra_imports, int32_t count, double intra_imports,
                   double exports)
{
    double extra = 0;
    for (int32_t i = 0; i < count; i++)
        extra += extra_imports[i];
    kn__cdi cdi = {.hhi = kn__hhi(extra_imports, count),
                   .extra_share = extra / (extra + intra_imports),
                   .import_export = extra / exports};
    cdi.dependent = cdi.hhi > 0.4 && cdi.extra_share > 0.5 && cdi.import_export > 1;
    return cdi;
}

void kn__geodep(int32_t years, const double *import_hhi, const double *world_export_hhi,
                const double *import_export, bool *flags, bool *dependent)
{
    int32_t flagged = 0;
    for (int32_t t = 0; t < years; t++) {
        flags[t] =
            import_hhi[t] > 0.4 && world_export_hhi[t] > 0.4 && import_export[t] > 1;
        flagged += flags[t];
    }
    *dependent = years > 0 && 3 * flagged >= 2 * years;
}

/* The share of pairs of neighbours of i that are neighbours of each other. */
static double local_clustering(const unsigned char *linked, int32_t n, int32_t i)
{
    const unsigned char *mine = linked + (int64_t)i * n;
    int64_t degree = 0, closed = 0;
    for (int32_t j = 0; j < n; j++) {
        if (!mine[j])
            continue;
        degree++;
        for (int32_t k = j + 1; k < n; k++)
            closed += mine[k] && linked[(int64_t)j * n + k];
    }
    return degree < 2 ? 0 : 2.0 * (double)closed / (double)(degree * (degree - 1));
}

kn_status kn__trade_fragility(kn__fragility *out, kn_context *ctx, const double *trade,
                              int32_t n, double *share)
{
    unsigned char *linked = kn__alloc(ctx, (int64_t)n * n, 1);
    double *sales = kn__alloc(ctx, n, sizeof *sales), total = 0, squares = 0;
    kn_status status = linked && sales ? KN_OK : KN_ERR_MEMORY;
    *out = (kn__fragility){NAN, NAN, NAN};
    if (status == KN_OK && n > 0) {
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++) {
                sales[i] += trade[i * n + j];
                linked[i * n + j] =
                    i != j && (trade[i * n + j] > 0 || trade[j * n + i] > 0);
            }
        for (int32_t i = 0; i < n; i++)
            total += sales[i];
        out->clustering = 0;
        for (int32_t i = 0; i < n; i++) {
            double s = sales[i] / total;
            squares += (s - 1.0 / n) * (s - 1.0 / n);
            if (share)
                share[i] = s;
            out->clustering += local_clustering(linked, n, i) / n;
        }
        out->deviation = sqrt(squares / n);
        out->world_export_hhi = kn__hhi(sales, n);
    }
    kn__release(ctx, linked);
    kn__release(ctx, sales);
    return status;
}
