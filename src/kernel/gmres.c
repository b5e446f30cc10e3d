/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/gmres.h"

#include <math.h>
#include <string.h>

typedef struct work {
    const kn__gmres *system;
    int32_t most;
    double *basis;    /* (most + 1) × n, orthonormal */
    double *triangle; /* most columns of most + 1: the Hessenberg matrix, rotated */
    double *cosine, *sine, *right, *scratch;
} work;

static double dot(const double *x, const double *y, int32_t n)
{
    double sum = 0;
    for (int32_t i = 0; i < n; i++)
        sum += x[i] * y[i];
    return sum;
}

static void precondition(const work *w, const double *x, double *y)
{
    if (w->system->inverse)
        w->system->inverse(w->system->arg, x, y);
    else
        memcpy(y, x, (size_t)w->system->n * sizeof *y);
}

/* v_k+1 = A M^-1 v_k, made orthogonal to those before it (modified Gram-Schmidt). */
static void extend(work *w, int32_t k)
{
    int32_t n = w->system->n;
    double *next = w->basis + (int64_t)(k + 1) * n;
    double *column = w->triangle + (int64_t)k * (w->most + 1);
    precondition(w, w->basis + (int64_t)k * n, w->scratch);
    w->system->product(w->system->arg, w->scratch, next);
    for (int32_t l = 0; l <= k; l++) {
        const double *v = w->basis + (int64_t)l * n;
        column[l] = dot(next, v, n);
        for (int32_t i = 0; i < n; i++)
            next[i] -= column[l] * v[i];
    }
    column[k + 1] = sqrt(dot(next, next, n));
    for (int32_t i = 0; i < n && column[k + 1] > 0; i++)
        next[i] /= column[k + 1];
}

/* Givens rotations keep the matrix triangular; returns the norm of the residual. */
static double rotate(work *w, int32_t k)
{
    double *column = w->triangle + (int64_t)k * (w->most + 1);
    for (int32_t l = 0; l < k; l++) {
        double a = column[l], b = column[l + 1];
        column[l] = w->cosine[l] * a + w->sine[l] * b;
        column[l + 1] = w->cosine[l] * b - w->sine[l] * a;
    }
    double length = hypot(column[k], column[k + 1]);
    w->cosine[k] = length > 0 ? column[k] / length : 1;
    w->sine[k] = length > 0 ? column[k + 1] / length : 0;
    column[k] = length;
    w->right[k + 1] = -w->sine[k] * w->right[k];
    w->right[k] *= w->cosine[k];
    return fabs(w->right[k + 1]);
}

/* x = M^-1 sum_l y_l v_l, with the triangle solved for y. */
static void conclude(work *w, int32_t steps, double *x)
{
    int32_t n = w->system->n;
    memset(w->scratch, 0, (size_t)n * sizeof *w->scratch);
    for (int32_t k = steps - 1; k >= 0; k--) {
        double y = w->right[k];
        for (int32_t l = k + 1; l < steps; l++)
            y -= w->triangle[(int64_t)l * (w->most + 1) + k] * w->right[l];
        double pivot = w->triangle[(int64_t)k * (w->most + 1) + k];
        w->right[k] = pivot != 0 ? y / pivot : 0;
        for (int32_t i = 0; i < n; i++)
            w->scratch[i] += w->right[k] * w->basis[(int64_t)k * n + i];
    }
    precondition(w, w->scratch, x);
}

static int32_t iterate(work *w, kn_context *ctx, double target, double *residual)
{
    int32_t k = 0;
    while (*residual > target && k < w->most && !kn__cancelled(ctx)) {
        extend(w, k);
        double next = rotate(w, k);
        if (!isfinite(next))
            break;
        *residual = next;
        k++;
    }
    return k;
}

kn_status kn__solve_gmres(kn_context *ctx, const kn__gmres *system, const double *b,
                          double *x, double tolerance, int32_t max_iterations,
                          kn__solve_info *info)
{
    int64_t n = system->n, most = max_iterations;
    double *room = kn__alloc(ctx, (most + 2) * n + (most + 1) * (most + 3), sizeof *room);
    if (!room)
        return KN_ERR_MEMORY;
    work w = {.system = system, .most = max_iterations, .basis = room};
    w.scratch = w.basis + (most + 1) * n;
    w.triangle = w.scratch + n;
    w.cosine = w.triangle + most * (most + 1);
    w.sine = w.cosine + most;
    w.right = w.sine + most;
    double length = sqrt(dot(b, b, system->n)), residual = length;
    for (int64_t i = 0; i < n && length > 0; i++)
        w.basis[i] = b[i] / length;
    w.right[0] = length;
    int32_t steps = iterate(&w, ctx, tolerance * length, &residual);
    conclude(&w, steps, x);
    residual = length > 0 ? residual / length : 0;
    if (info)
        *info = (kn__solve_info){steps, residual};
    kn__release(ctx, room);
    return residual <= tolerance ? KN_OK : KN_NOTE_NOT_CONVERGED;
}
