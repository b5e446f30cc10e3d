/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/anderson.h"

#include <math.h>
#include <string.h>

enum { DEPTH = KN__ANDERSON_DEPTH };

static const double ridge =
    1e-14; /* of the largest difference: parallel steps count once */

kn_status kn__anderson_new(kn__anderson *a, kn_context *ctx, kn__arena *arena, int32_t n)
{
    *a = (kn__anderson){.n = n};
    double *room = KN__ARRAY(arena, ctx, (int64_t)n * (2 + 2 * DEPTH), double);
    if (!room)
        return KN_ERR_MEMORY;
    a->x = room;
    a->r = room + n;
    a->dx = room + 2 * (int64_t)n;
    a->dr = a->dx + (int64_t)n * DEPTH;
    return KN_OK;
}

void kn__anderson_forget(kn__anderson *a)
{
    a->steps = 0;
}

static double dot(const double *a, const double *b, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += a[i] * b[i];
    return sum;
}

/* Solves the symmetric m × m system by elimination; a pivot that vanishes drops its
   unknown. */
static void solve(double s[DEPTH][DEPTH], double *b, int32_t m)
{
    for (int32_t k = 0; k < m; k++)
        for (int32_t i = k + 1; s[k][k] > 0 && i < m; i++) {
            double factor = s[i][k] / s[k][k];
            for (int32_t j = k; j < m; j++)
                s[i][j] -= factor * s[k][j];
            b[i] -= factor * b[k];
        }
    for (int32_t k = m - 1; k >= 0; k--) {
        for (int32_t j = k + 1; j < m; j++)
            b[k] -= s[k][j] * b[j];
        b[k] = s[k][k] > 0 ? b[k] / s[k][k] : 0;
    }
}

/* gamma = argmin |r - dR gamma|, from the normal equations. */
static void weights(const kn__anderson *a, int32_t m, double *gamma)
{
    double s[DEPTH][DEPTH], most = 0;
    int32_t n = a->n;
    for (int32_t i = 0; i < m; i++) {
        for (int32_t j = 0; j <= i; j++)
            s[i][j] = s[j][i] = dot(a->dr + (int64_t)i * n, a->dr + (int64_t)j * n, n);
        gamma[i] = dot(a->dr + (int64_t)i * n, a->r, n);
        most = fmax(most, s[i][i]);
    }
    for (int32_t i = 0; i < m; i++)
        s[i][i] += ridge * most;
    solve(s, gamma, m);
}

void kn__anderson_step(kn__anderson *a, double *x, const double *g)
{
    int32_t n = a->n, held = a->steps < DEPTH ? (int32_t)a->steps : DEPTH;
    int64_t oldest = (a->steps + DEPTH - 1) % DEPTH;
    double gamma[DEPTH], *dx = a->dx + oldest * n, *dr = a->dr + oldest * n;
    for (int32_t i = 0; i < n; i++) {
        dx[i] = x[i] - a->x[i];
        dr[i] = g[i] - x[i] - a->r[i];
        a->x[i] = x[i];
        a->r[i] = g[i] - x[i];
    }
    a->steps++;
    weights(a, held, gamma);
    memcpy(x, g, (size_t)n * sizeof *x);
    for (int64_t k = 0; k < held; k++)
        for (int32_t i = 0; i < n; i++)
            x[i] -= gamma[k] * (a->dx[k * n + i] + a->dr[k * n + i]);
}
