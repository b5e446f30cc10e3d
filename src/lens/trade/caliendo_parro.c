/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/caliendo_parro.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "lens/trade/cp_market.h"

enum { MOST_STEPS = 80 };

static const double wage_tolerance = 1e-12, wage_accept = 1e-10;
static const double accept_underway = 1e-7, shortest = 1.0 / 32; /* on the way */
static const double inner_share = 1e-4; /* of the residual: enough for the next step */
/* on the diagonal, where two blocs hardly trade any more and nothing says what the wages
   of one are worth in the other */
static const double loose = 1e-6;

/* ---- Wages ---- */

/* In each group the sum of w L VA stays its baseline value added. */
static void normalise(const kn__cp_work *w, double *u)
{
    const kn__cp *m = w->model;
    for (int32_t g = 0; g < m->economies; g++) {
        double now = 0, fixed = 0;
        if (w->worlds.group[g] != g)
            continue;
        for (int32_t n = g; n < m->economies; n++)
            if (w->worlds.group[n] == g) {
                now += exp(u[n]) * w->endowment[n];
                fixed += m->value_added[n];
            }
        for (int32_t n = g; n < m->economies; n++)
            if (w->worlds.group[n] == g)
                u[n] += log(fixed / now);
    }
}

/* The Jacobian of f were costs to move one for one with wages and spending with income
   (no input-output feedback), inverted. The numeraire takes the place of the singular
   direction. */
static kn_status invert_with(kn__cp_work *w, double slack)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies, J = m->sectors;
    double *a = w->inverse, *world = w->trial_u; /* value added of a group */
    memset(a, 0, (size_t)N * (size_t)N * sizeof *a);
    memset(world, 0, (size_t)N * sizeof *world);
    for (int32_t n = 0; n < N; n++)
        world[w->worlds.group[n]] += w->endowment[n];
    for (int32_t n = 0; n < N; n++) {
        double *row = a + (int64_t)n * N, income = 0;
        for (int32_t j = 0; j < J; j++)
            income += m->value_share[n * J + j] * w->revenue[(int64_t)j * N + n];
        for (int32_t j = 0; j < J; j++) {
            double theta = m->elasticity[j], part = m->value_share[n * J + j] / income;
            for (int32_t b = 0; b < N; b++) {
                int64_t at = ((int64_t)j * N + b) * N;
                double weight =
                    part * w->net[at + n] * w->state->spend[(int64_t)j * N + b];
                if (weight == 0)
                    continue;
                row[b] += weight;
                row[n] -= theta * weight;
                for (int32_t i = 0; i < N; i++)
                    row[i] += theta * weight * w->state->share[at + i];
            }
        }
        row[n] -= 1 + slack;
        for (int32_t i = 0; i < N; i++)
            if (w->worlds.group[i] == w->worlds.group[n])
                row[i] -= w->endowment[i] / world[w->worlds.group[n]];
    }
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, w->ctx));
    kn__lu lu;
    kn_status status = kn__lu_factor(&lu, w->ctx, arena, a, N);
    if (status == KN_OK)
        status = kn__lu_invert(&lu, w->ctx);
    kn__arena_free(arena);
    return status;
}

static kn_status approximate_inverse(kn__cp_work *w)
{
    kn_status status = invert_with(w, 0);
    if (status != KN_ERR_NUMERIC)
        return status;
    kn_context_clear(w->ctx);
    return invert_with(w, loose);
}

/* Good Broyden update of the inverse: H += (d - H y) d'H / (d'H y). */
static void broyden(kn__cp_work *w, const double *d, const double *y)
{
    int32_t N = w->model->economies;
    double *hy = w->change, scale = 0;
    kn__dense_times(w->inverse, N, N, y, hy);
    for (int32_t i = 0; i < N; i++)
        scale += d[i] * hy[i];
    if (fabs(scale) < 1e-300)
        return;
    double *dh = w->trial_f; /* the caller has copied it */
    kn__dense_times_transposed(w->inverse, N, N, d, dh);
    for (int32_t i = 0; i < N; i++)
        for (int32_t k = 0; k < N; k++)
            w->inverse[(int64_t)i * N + k] += (d[i] - hy[i]) / scale * dh[k];
}

/* Tries steps of falling length along -H f; leaves the accepted point in u and f. */
static kn_status step_along(kn__cp_work *w, double *size)
{
    int32_t N = w->model->economies;
    double before = kn__cp_largest(w->f, N), length = 1;
    kn__dense_times(w->inverse, N, N, w->f, w->step);
    double longest = kn__cp_largest(w->step, N);
    if (longest > 1.5)
        length = 1.5 / longest;
    for (int attempt = 0; attempt < 8; attempt++, length *= 0.4) {
        for (int32_t i = 0; i < N; i++)
            w->trial_u[i] = w->u[i] - length * w->step[i];
        normalise(w, w->trial_u);
        kn_status status = kn__cp_excess(w, w->trial_u, w->trial_f);
        if (status < 0)
            return status;
        *size = status == KN_OK ? kn__cp_largest(w->trial_f, N) : INFINITY;
        if (*size < before || (*size < 1e-11 && before < 1e-11))
            break;
    }
    if (!(*size < INFINITY))
        return KN_NOTE_NOT_CONVERGED;
    for (int32_t i = 0; i < N; i++) {
        double d = w->trial_u[i] - w->u[i], y = w->trial_f[i] - w->f[i];
        w->u[i] = w->trial_u[i];
        w->f[i] = w->trial_f[i];
        w->trial_u[i] = d;
        w->step[i] = y;
    }
    broyden(w, w->trial_u, w->step);
    return *size < before ? KN_OK : KN_NOTE_NOT_CONVERGED;
}

/* Wages at the point s of the way, from the guess in w->u. */
static kn_status wages(kn__cp_work *w)
{
    int32_t N = w->model->economies;
    normalise(w, w->u);
    w->inner = 0;
    kn_status status = kn__cp_excess(w, w->u, w->f);
    if (status != KN_OK)
        return status;
    double size = kn__cp_largest(w->f, N);
    KN__TRY(approximate_inverse(w));
    int stuck = 0;
    for (int k = 0; k < MOST_STEPS && size > wage_tolerance; k++) {
        w->inner = inner_share * fmin(size, 1e-3);
        status = step_along(w, &size);
        if (status < 0)
            return status;
        if (status == KN_OK) {
            stuck = 0;
            continue;
        }
        if (size <= wage_accept || stuck++)
            break;
        KN__TRY(kn__cp_excess(w, w->u,
                              w->f)); /* the spending of u again, for a fresh Jacobian */
        KN__TRY(approximate_inverse(w));
    }
    w->inner = 0;
    KN__TRY(kn__cp_excess(w, w->u, w->f));
    w->state->residual = kn__cp_largest(w->f, N);
    return w->state->residual <= (w->s < 1 ? accept_underway : wage_accept)
               ? KN_OK
               : KN_NOTE_NOT_CONVERGED;
}

/* Straight at the shock first; where that fails, in steps that shrink and grow. */
static kn_status follow(kn__cp_work *w)
{
    int32_t N = w->model->economies;
    double *good = w->change + N;
    double reached = 0, stride = 1;
    memcpy(good, w->u, (size_t)N * sizeof *good);
    while (reached < 1) {
        double target = fmin(1, reached + stride);
        kn__cp_set_point(w, target);
        kn_status status = wages(w);
        if (status < 0)
            return status;
        if (status == KN_OK) {
            w->state->trouble.reached = reached = target;
            stride *= 2;
            memcpy(good, w->u, (size_t)N * sizeof *good);
            continue;
        }
        stride = (target - reached) / 4;
        kn__trouble_misses(&w->state->trouble, w->f, N);
        memcpy(w->u, good, (size_t)N * sizeof *good);
        memset(w->log_price, 0, (size_t)w->model->sectors * (size_t)N * sizeof *good);
        if (stride < shortest)
            return KN_NOTE_NOT_CONVERGED;
    }
    return KN_OK;
}

/* A buyer that loses its last supplier has no price. */
static int64_t buyer_without_supplier(const kn__cp_work *w)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies;
    for (int64_t row = 0; row < (int64_t)m->sectors * N; row++) {
        double sum = 0;
        for (int32_t i = 0; i < N; i++)
            sum += w->pull[row * N + i];
        if (!(sum > 0))
            return row;
    }
    return -1;
}

static void finish(kn__cp_work *w)
{
    const kn__cp *m = w->model;
    kn__cp_state *state = w->state;
    int32_t N = m->economies, J = m->sectors;
    double world = 0, off = 0;
    for (int32_t n = 0; n < N; n++) {
        double own = exp(w->u[n]) * w->endowment[n], tariffs = 0, balance = w->deficit[n];
        for (int32_t j = 0; j < J; j++) {
            int64_t at = (int64_t)j * N + n;
            tariffs += state->spend[at] * (1 - w->net_sum[at]);
            balance += w->revenue[at] - state->spend[at] * w->net_sum[at];
        }
        state->wage[n] = exp(w->u[n]);
        state->income[n] = own + tariffs + w->deficit[n];
        world += own;
        off = fmax(off, fabs(balance));
    }
    state->walras = off / world;
    for (int64_t k = 0; k < (int64_t)N * J; k++) {
        state->price[k] = exp(w->log_price[k]);
        state->cost[k] = exp(w->log_cost[k]);
    }
}

static kn_status work_new(kn__cp_work *w, kn__arena *arena)
{
    const kn__cp *m = w->model;
    kn_context *ctx = w->ctx;
    int64_t N = m->economies, cells = N * m->sectors;
    w->pull = KN__ARRAY(arena, ctx, cells * N, double);
    w->net = KN__ARRAY(arena, ctx, cells * N, double);
    double *room = KN__ARRAY(arena, ctx, 8 * cells, double);
    double *wide = KN__ARRAY(arena, ctx, (9 + N) * N, double);
    if (!w->pull || !w->net || !room || !wide)
        return KN_ERR_MEMORY;
    double **const tables[] = {&w->net_sum, &w->log_cost, &w->log_price,  &w->power,
                               &w->revenue, &w->right,    &w->correction, &w->scaled};
    for (int k = 0; k < 8; k++)
        *tables[k] = room + k * cells;
    double **const lines[] = {&w->endowment, &w->deficit, &w->u,       &w->f,
                              &w->step,      &w->trial_u, &w->trial_f, &w->change};
    for (int k = 0; k < 8; k++)
        *lines[k] = wide + k * N; /* change has room for two lines */
    w->inverse = wide + 9 * N;
    return kn__worlds_new(&w->worlds, ctx, arena, m->economies);
}

/* First guesses, and what can be refused before anything is solved. */
static kn_status start(kn__cp_work *w)
{
    const kn__cp *m = w->model;
    kn__cp_state *state = w->state;
    int64_t cells = (int64_t)m->economies * m->sectors;
    state->evaluations = 0;
    state->residual = INFINITY;
    state->trouble = KN__TROUBLE_NONE;
    state->trouble.factors = true;
    for (int32_t n = 0; n < m->economies; n++)
        w->u[n] = state->wage[n] > 0 ? log(state->wage[n]) : 0;
    for (int64_t at = 0; at < cells; at++)
        state->spend[at] = isfinite(state->spend[at]) ? state->spend[at] : 0;
    kn__cp_cut_worlds(w);
    kn__cp_set_point(w, 1);
    state->trouble.lost = buyer_without_supplier(w);
    if (state->trouble.lost >= 0)
        return kn__fail(w->ctx, KN_ERR_DATA, "a ban leaves a buyer without any supplier");
    return kn__worlds_check(&w->worlds, &state->trouble, w->ctx, w->pull, w->deficit,
                            w->endowment, m->economies, m->sectors);
}

kn_status kn__cp_solve(kn__cp_state *state, kn_context *ctx, const kn__cp *model,
                       const kn__cp_shock *shock)
{
    kn__cp_work w = {.ctx = ctx, .model = model, .shock = shock, .state = state};
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = work_new(&w, arena);
    if (status == KN_OK)
        status = start(&w);
    if (status == KN_OK)
        status = follow(&w);
    if (status >= 0)
        finish(&w);
    if (status == KN_OK &&
        kn__trouble_broke(&state->trouble, state->income, w.deficit, model->economies, 0))
        status = kn__fail(ctx, KN_ERR_DATA, "a surplus is more than an economy earns");
    kn__arena_free(arena);
    return status;
}

kn_status kn__cp_at_rest(double *residual, kn__cp_state *state, kn_context *ctx,
                         const kn__cp *model)
{
    const kn__cp_shock none = {0};
    kn__cp_work w = {.ctx = ctx, .model = model, .shock = &none, .state = state};
    kn__arena *arena;
    *residual = INFINITY;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = work_new(&w, arena);
    if (status == KN_OK) {
        kn__cp_set_point(&w, 1);
        w.inner = wage_accept;
        status = kn__cp_excess(&w, w.u, w.f);
    }
    if (status == KN_OK)
        *residual = kn__cp_largest(w.f, model->economies);
    kn__arena_free(arena);
    return status < 0 ? status : KN_OK;
}
