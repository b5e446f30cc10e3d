/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/exposure/measures.h"

enum { SWEEPS = 60 };

/* Turns rows and columns p and q of the symmetric s so that s[p][q] vanishes, and the
   columns of the eigenvectors with it. */
static void rotate(double *s, double *vectors, int32_t n, int32_t p, int32_t q)
{
    double spq = s[(int64_t)p * n + q];
    double theta = (s[(int64_t)q * n + q] - s[(int64_t)p * n + p]) / (2 * spq);
    double t = (theta >= 0 ? 1 : -1) / (fabs(theta) + sqrt(theta * theta + 1));
    double c = 1 / sqrt(t * t + 1), d = t * c;
    for (int64_t k = 0; k < n; k++) {
        double a = s[k * n + p], b = s[k * n + q];
        s[k * n + p] = c * a - d * b;
        s[k * n + q] = d * a + c * b;
    }
    for (int64_t k = 0; k < n; k++) {
        double *sp = s + (int64_t)p * n + k, *sq = s + (int64_t)q * n + k, a = *sp;
        *sp = c * a - d * *sq;
        *sq = d * a + c * *sq;
        double *vp = vectors + k * n + p, *vq = vectors + k * n + q, v = *vp;
        *vp = c * v - d * *vq;
        *vq = d * v + c * *vq;
    }
}

/* Eigenvalues on the diagonal of s, eigenvectors in the columns of `vectors`: Jacobi's
   method (Golub and Van Loan, section 8.5). */
static void jacobi(double *s, double *vectors, int32_t n)
{
    memset(vectors, 0, (size_t)n * (size_t)n * sizeof *vectors);
    for (int64_t i = 0; i < n; i++)
        vectors[i * n + i] = 1;
    for (int sweep = 0; sweep < SWEEPS; sweep++) {
        double off = 0, all = 0;
        for (int64_t i = 0; i < n; i++)
            for (int64_t j = 0; j < n; j++) {
                double square = s[i * n + j] * s[i * n + j];
                all += square;
                off += i == j ? 0 : square;
            }
        if (off <= 1e-30 * all)
            return;
        for (int32_t p = 0; p < n; p++)
            for (int32_t q = p + 1; q < n; q++)
                if (s[(int64_t)p * n + q] != 0)
                    rotate(s, vectors, n, p, q);
    }
}

/* Mean 0, population standard deviation 1, over the entries that are defined. */
static void standardise(double *x, int32_t n)
{
    double sum = 0, squares = 0;
    int32_t count = 0;
    for (int32_t i = 0; i < n; i++)
        if (!isnan(x[i])) {
            sum += x[i];
            count++;
        }
    for (int32_t i = 0; i < n; i++)
        if (!isnan(x[i]))
            squares += (x[i] - sum / count) * (x[i] - sum / count);
    for (int32_t i = 0; i < n; i++)
        x[i] = (x[i] - sum / count) / sqrt(squares / count);
}

/* RCA = (X_cp / X_c) / (X_p / X), M = RCA >= 1, its row and column sums. */
static kn_status advantages(kn__complexity *o, kn_context *ctx, kn__arena *arena,
                            const double *x)
{
    int64_t n = o->economies, m = o->products;
    double *row = KN__ARRAY(arena, ctx, n, double),
           *column = KN__ARRAY(arena, ctx, m, double);
    if (!row || !column)
        return KN_ERR_MEMORY;
    double total = 0;
    for (int64_t c = 0; c < n; c++)
        for (int64_t p = 0; p < m; p++) {
            row[c] += x[c * m + p];
            column[p] += x[c * m + p];
            total += x[c * m + p];
        }
    for (int64_t c = 0; c < n; c++)
        for (int64_t p = 0; p < m; p++) {
            double rca = (x[c * m + p] / row[c]) / (column[p] / total);
            double has = rca >= 1;
            o->rca[c * m + p] = rca;
            o->m[c * m + p] = has;
            o->diversity[c] += has;
            o->ubiquity[p] += has;
        }
    return KN_OK;
}

/* The second eigenvector of M~ = sum_p M_cp M_c'p / (k_c k_p), found on the symmetric
   matrix D^(1/2) M~ D^(-1/2) over the `count` economies `use` with k_c > 0. */
static void second_vector(kn__complexity *o, const int32_t *use, int32_t count, double *s,
                          double *vectors)
{
    int64_t m = o->products;
    for (int64_t i = 0; i < count; i++)
        for (int64_t j = 0; j <= i; j++) {
            double sum = 0;
            for (int64_t p = 0; p < m; p++)
                if (o->ubiquity[p] > 0)
                    sum += o->m[use[i] * m + p] * o->m[use[j] * m + p] / o->ubiquity[p];
            s[i * count + j] = s[j * count + i] =
                sum / sqrt(o->diversity[use[i]] * o->diversity[use[j]]);
        }
    jacobi(s, vectors, count);
    int64_t first = 0, second = -1;
    for (int64_t k = 1; k < count; k++)
        if (s[k * count + k] > s[first * count + first])
            first = k;
    for (int64_t k = 0; k < count; k++)
        if (k != first && (second < 0 || s[k * count + k] > s[second * count + second]))
            second = k;
    o->eigenvalue[0] = s[first * count + first];
    if (second < 0)
        return;
    o->eigenvalue[1] = s[second * count + second];
    for (int64_t i = 0; i < count; i++)
        o->eci[use[i]] = vectors[i * count + second] / sqrt(o->diversity[use[i]]);
}

/* ECI: standardised, its sign that of its correlation with diversity. PCI: the mean ECI
   of a product's makers, standardised. */
static void indices(kn__complexity *o, const int32_t *use, int32_t count)
{
    int64_t m = o->products;
    double mean = 0, moment = 0;
    standardise(o->eci, o->economies);
    for (int32_t i = 0; i < count; i++)
        mean += o->diversity[use[i]] / count;
    for (int32_t i = 0; i < count; i++)
        moment += o->eci[use[i]] * (o->diversity[use[i]] - mean);
    for (int32_t i = 0; i < count && moment < 0; i++)
        o->eci[use[i]] = -o->eci[use[i]];
    for (int64_t p = 0; p < m; p++) {
        double sum = 0;
        for (int32_t i = 0; i < count; i++)
            if (o->m[use[i] * m + p] > 0)
                sum += o->eci[use[i]];
        o->pci[p] = o->ubiquity[p] > 0 ? sum / o->ubiquity[p] : NAN;
    }
    standardise(o->pci, o->products);
}

static void divide_by_mean(double *x, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += x[i];
    for (int32_t i = 0; i < n; i++)
        x[i] = sum > 0 ? x[i] * n / sum : x[i];
}

/* F = M Q, Q = 1 / (M' (1/F)), both from the values before, each divided by its mean. */
static void iterate_fitness(kn__complexity *o, double *quality, double *old,
                            int32_t iterations)
{
    int64_t n = o->economies, m = o->products;
    for (int64_t c = 0; c < n; c++)
        o->fitness[c] = 1;
    for (int64_t p = 0; p < m; p++)
        quality[p] = 1;
    for (int32_t k = 0; k < iterations; k++) {
        memcpy(old, o->fitness, (size_t)n * sizeof *old);
        for (int64_t c = 0; c < n; c++) {
            o->fitness[c] = 0;
            for (int64_t p = 0; p < m; p++)
                o->fitness[c] += o->m[c * m + p] * quality[p];
        }
        for (int64_t p = 0; p < m; p++) {
            double sum = 0;
            for (int64_t c = 0; c < n; c++)
                sum += o->m[c * m + p] > 0 ? 1 / old[c] : 0;
            quality[p] = sum > 0 ? 1 / sum : 0;
        }
        divide_by_mean(o->fitness, o->economies);
        divide_by_mean(quality, o->products);
    }
}

static kn_status allocate(kn__complexity *o, kn_context *ctx, kn__arena *arena)
{
    int64_t n = o->economies, m = o->products;
    o->rca = KN__ARRAY(arena, ctx, n * m, double);
    o->m = KN__ARRAY(arena, ctx, n * m, double);
    o->diversity = KN__ARRAY(arena, ctx, n, double);
    o->ubiquity = KN__ARRAY(arena, ctx, m, double);
    o->eci = KN__ARRAY(arena, ctx, n, double);
    o->pci = KN__ARRAY(arena, ctx, m, double);
    o->fitness = KN__ARRAY(arena, ctx, n, double);
    return o->rca && o->m && o->diversity && o->ubiquity && o->eci && o->pci && o->fitness
               ? KN_OK
               : KN_ERR_MEMORY;
}

kn_status kn__economic_complexity(kn__complexity *out, kn_context *ctx, kn__arena *arena,
                                  const double *exports, int32_t economies,
                                  int32_t products, int32_t iterations)
{
    *out = (kn__complexity){
        .economies = economies, .products = products, .eigenvalue = {NAN, NAN}};
    int64_t square = (int64_t)economies * economies;
    int32_t *use = KN__ARRAY(arena, ctx, economies, int32_t), count = 0;
    double *s = KN__ARRAY(arena, ctx, square, double);
    double *vectors = KN__ARRAY(arena, ctx, square, double);
    double *quality = KN__ARRAY(arena, ctx, products, double);
    double *old = KN__ARRAY(arena, ctx, economies, double);
    if (!use || !s || !vectors || !quality || !old)
        return KN_ERR_MEMORY;
    KN__TRY(allocate(out, ctx, arena));
    KN__TRY(advantages(out, ctx, arena, exports));
    for (int32_t c = 0; c < economies; c++) {
        out->eci[c] = NAN;
        if (out->diversity[c] > 0)
            use[count++] = c;
    }
    if (count)
        second_vector(out, use, count, s, vectors);
    indices(out, use, count);
    iterate_fitness(out, quality, old, iterations);
    return KN_OK;
}
