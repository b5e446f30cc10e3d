/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/solve.h"

#include <math.h>
#include <string.h>

static double largest(const double *x, int32_t n)
{
    double most = 0;
    for (int32_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

static double dot(const double *x, const double *y, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static kn_status finish(kn__solve_info *info, int32_t iterations, double residual,
                        double tolerance)
{
    if (info)
        *info = (kn__solve_info){iterations, residual};
    return residual <= tolerance ? KN_OK : KN_NOTE_NOT_CONVERGED;
}

kn_status kn__solve_neumann(kn_context *ctx, kn__operator a, void *arg, int32_t n,
                            const double *b, double *x, double tolerance,
                            int32_t max_iterations, kn__solve_info *info)
{
    double *room = kn__alloc(ctx, 2 * (int64_t)n, sizeof *room);
    if (!room)
        return KN_ERR_MEMORY;
    double *term = room, *next = room + n, scale = largest(b, n), residual = scale > 0;
    memcpy(x, b, (size_t)n * sizeof *x);
    memcpy(term, b, (size_t)n * sizeof *term);
    int32_t k = 0;
    while (residual > tolerance && k < max_iterations) {
        /* the next term of the series is the residual of what is summed so far */
        a(arg, term, next);
        residual = largest(next, n) / scale;
        for (int32_t i = 0; i < n; i++)
            x[i] += next[i];
        double *swap = term;
        term = next;
        next = swap;
        k++;
        if (!isfinite(residual))
            break;
    }
    kn__release(ctx, room);
    return finish(info, k, residual, tolerance);
}

/* y = (I - A) x */
static void apply(kn__operator a, void *arg, int32_t n, const double *x, double *y)
{
    a(arg, x, y);
    for (int32_t i = 0; i < n; i++)
        y[i] = x[i] - y[i];
}

kn_status kn__solve_bicgstab(kn_context *ctx, kn__operator a, void *arg, int32_t n,
                             const double *b, double *x, double tolerance,
                             int32_t max_iterations, kn__solve_info *info)
{
    double *room = kn__alloc(ctx, 5 * (int64_t)n, sizeof *room);
    if (!room)
        return KN_ERR_MEMORY;
    double *r = room, *shadow = r + n, *p = shadow + n, *v = p + n, *t = v + n;
    double scale = largest(b, n), residual = scale > 0;
    double rho = 1, alpha = 1, omega = 1;
    memset(x, 0, (size_t)n * sizeof *x);
    memcpy(r, b, (size_t)n * sizeof *r);
    memcpy(shadow, b, (size_t)n * sizeof *r);
    int32_t k = 0;
    for (; residual > tolerance && k < max_iterations; k++) {
        double rho_next = dot(shadow, r, n);
        double beta = rho_next / rho * (alpha / omega);
        if (!isfinite(beta) || rho_next == 0)
            break;
        rho = rho_next;
        for (int32_t i = 0; i < n; i++)
            p[i] = r[i] + beta * (p[i] - omega * v[i]);
        apply(a, arg, n, p, v);
        alpha = rho / dot(shadow, v, n);
        for (int32_t i = 0; i < n; i++)
            r[i] -= alpha * v[i];
        apply(a, arg, n, r, t);
        double tt = dot(t, t, n);
        omega = tt > 0 ? dot(t, r, n) / tt : 0;
        for (int32_t i = 0; i < n; i++) {
            x[i] += alpha * p[i] + omega * r[i];
            r[i] -= omega * t[i];
        }
        residual = largest(r, n) / scale;
        if (!isfinite(residual) || omega == 0)
            break;
    }
    /* the recursion drifts from the truth: what is reported is b - (I - A) x itself */
    apply(a, arg, n, x, t);
    for (int32_t i = 0; i < n; i++)
        t[i] = b[i] - t[i];
    residual = scale > 0 ? largest(t, n) / scale : 0;
    kn__release(ctx, room);
    return finish(info, k, residual, tolerance);
}

kn_status kn__spectral_radius(double *radius, kn_context *ctx, kn__operator a, void *arg,
                              int32_t n, double tolerance, int32_t max_iterations)
{
    *radius = 0;
    double *x = kn__alloc(ctx, 2 * (int64_t)n, sizeof *x);
    if (!x)
        return KN_ERR_MEMORY;
    double *y = x + n, before = -1;
    kn_status status = n ? KN_NOTE_NOT_CONVERGED : KN_OK;
    for (int32_t i = 0; i < n; i++)
        x[i] = 1;
    for (int32_t k = 0; k < max_iterations && status == KN_NOTE_NOT_CONVERGED; k++) {
        a(arg, x, y);
        *radius = largest(y, n);
        if (*radius == 0 || fabs(*radius - before) <= tolerance * *radius)
            status = KN_OK;
        before = *radius;
        for (int32_t i = 0; i<n && * radius> 0; i++)
            x[i] = y[i] / *radius;
    }
    kn__release(ctx, x);
    return status;
}
