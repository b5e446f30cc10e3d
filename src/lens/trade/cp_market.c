/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/cp_market.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "kernel/solve.h"

enum { MOST_PRICE_STEPS = 5000, MOST_SPEND_STEPS = 600 };

static const double inner_tolerance = 2e-15;

/* ---- Shares before the price step ---- */

static double kappa_log(const kn__cp_work *w, int64_t at)
{
    const kn__cp_shock *shock = w->shock;
    double log_kappa = 0;
    if (shock->tariff)
        log_kappa += log1p(shock->tariff[at]) - log1p(w->model->tariff[at]);
    if (shock->iceberg)
        log_kappa += log(shock->iceberg[at]);
    return log_kappa;
}

/* B = pi (kappa^s)^-theta; a ban (kappa infinite), and what a ban leaves nobody to pay
   for, let 1 - s of the pull through. */
static void set_pull(kn__cp_work *w)
{
    const kn__cp *m = w->model;
    int64_t square = (int64_t)m->economies * m->economies;
    for (int32_t j = 0; j < m->sectors; j++)
        for (int64_t k = j * square; k < (j + 1) * square; k++) {
            double share = m->share[k], kappa = share > 0 ? kappa_log(w, k) : 0;
            if (w->worlds.cut[k % square])
                kappa = INFINITY;
            w->pull[k] = isinf(kappa) && kappa > 0
                             ? share * (1 - w->s)
                             : share * exp(-m->elasticity[j] * w->s * kappa);
        }
}

static double tariff_at(const kn__cp_work *w, int64_t at)
{
    double before = w->model->tariff[at];
    if (!w->shock->tariff)
        return before;
    double after = w->shock->tariff[at];
    return w->s == 1 ? after : expm1((1 - w->s) * log1p(before) + w->s * log1p(after));
}

/* ---- Prices: P = [sum_i B c^-theta]^(-1/theta), c = w^gamma prod P^gamma ---- */

static void costs(kn__cp_work *w, const double *u)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies, J = m->sectors;
    for (int32_t n = 0; n < N; n++) {
        double sum[KN__CP_SECTORS];
        for (int32_t j = 0; j < J; j++)
            sum[j] = m->value_share[n * J + j] * u[n];
        for (int32_t k = 0; k < J; k++) {
            double p = w->log_price[(int64_t)k * N + n];
            const double *g = m->input_share + ((int64_t)n * J + k) * J;
            for (int32_t j = 0; j < J; j++)
                sum[j] += g[j] * p;
        }
        for (int32_t j = 0; j < J; j++)
            w->log_cost[(int64_t)j * N + n] = sum[j];
    }
}

/* log of sum_i B exp(-theta c_i) with the largest term taken out: for sums that
 * underflow. */
static double careful_log_sum(const double *pull, const double *log_cost, double theta,
                              int32_t N)
{
    double most = -INFINITY, sum = 0;
    for (int32_t i = 0; i < N; i++)
        if (pull[i] > 0)
            most = fmax(most, log(pull[i]) - theta * log_cost[i]);
    if (isinf(most))
        return -INFINITY;
    for (int32_t i = 0; i < N; i++)
        if (pull[i] > 0)
            sum += exp(log(pull[i]) - theta * log_cost[i] - most);
    return most + log(sum);
}

/* One sector's prices from its costs; returns the largest change. */
static double sector_prices(kn__cp_work *w, int32_t j)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies;
    double theta = m->elasticity[j], lowest = INFINITY, moved = 0;
    double *c = w->log_cost + (int64_t)j * N, *a = w->power + (int64_t)j * N;
    double *p = w->log_price + (int64_t)j * N;
    for (int32_t i = 0; i < N; i++)
        lowest = fmin(lowest, c[i]);
    for (int32_t i = 0; i < N; i++)
        a[i] = exp(-theta * (c[i] - lowest));
    for (int32_t n = 0; n < N; n++) {
        const double *pull = w->pull + ((int64_t)j * N + n) * N;
        double sum = 0, next;
        for (int32_t i = 0; i < N; i++)
            sum += pull[i] * a[i];
        next = sum > 1e-200 ? lowest - log(sum) / theta
                            : -careful_log_sum(pull, c, theta, N) / theta;
        moved = fmax(moved, fabs(next - p[n]));
        p[n] = next;
    }
    return moved;
}

static kn_status prices(kn__cp_work *w, const double *u)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies, J = m->sectors;
    double moved = 1, before = INFINITY;
    for (int32_t k = 0; k < MOST_PRICE_STEPS; k++) {
        costs(w, u);
        moved = 0;
        for (int32_t j = 0; j < J; j++) {
            if (m->traded[j]) {
                moved = fmax(moved, sector_prices(w, j));
                continue;
            }
            for (int64_t at = (int64_t)j * N; at < (int64_t)(j + 1) * N; at++) {
                moved = fmax(moved, fabs(w->log_cost[at] - w->log_price[at]));
                w->log_price[at] = w->log_cost[at];
            }
        }
        /* rounding makes the last changes cycle: stop when they no longer fall */
        if (moved <= fmax(inner_tolerance, w->inner) ||
            (moved < 1e-13 && moved >= before))
            return KN_OK;
        if (!isfinite(moved))
            return KN_NOTE_NOT_CONVERGED;
        before = moved;
    }
    return KN_NOTE_NOT_CONVERGED;
}

/* pi' = B c^-theta / sum, and what reaches the seller: pi' / (1 + tau'). */
static void shares(kn__cp_work *w)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies;
    for (int32_t j = 0; j < m->sectors; j++)
        for (int32_t n = 0; n < N; n++) {
            int64_t row = ((int64_t)j * N + n) * N;
            double sum = 0, theta = m->elasticity[j];
            double p = w->log_price[(int64_t)j * N + n];
            for (int32_t i = 0; i < N; i++) {
                double pull = w->pull[row + i];
                double share =
                    pull > 0 ? pull * exp(-theta * (w->log_cost[(int64_t)j * N + i] - p))
                             : 0;
                w->state->share[row + i] = share;
                sum += share;
            }
            double net_sum = 0;
            for (int32_t i = 0; i < N; i++) {
                w->state->share[row + i] /= sum;
                w->net[row + i] = w->state->share[row + i] / (1 + tariff_at(w, row + i));
                net_sum += w->net[row + i];
            }
            w->net_sum[(int64_t)j * N + n] = net_sum;
        }
}

/* ---- Spending: X = gamma R(X) + alpha I(X), linear in X ---- */

/* R_jn = sum_m pi'_jmn X_jm / (1 + tau'_jmn) */
static void revenues(const kn__cp_work *w, const double *spend, double *revenue)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies;
    for (int32_t j = 0; j < m->sectors; j++) {
        int64_t at = (int64_t)j * N;
        if (m->traded[j]) {
            kn__dense_times_transposed(w->net + at * N, N, N, spend + at, revenue + at);
            continue;
        }
        for (int32_t n = 0; n < N; n++)
            revenue[at + n] = spend[at + n] * w->net[(at + n) * N + n];
    }
}

/* out = the part of X'_kn that depends on X: inputs bought from revenue, and the final
   demand that tariff revenue pays for. */
static void spend_operator(void *arg, const double *spend, double *out)
{
    kn__cp_work *w = arg;
    const kn__cp *m = w->model;
    int32_t N = m->economies, J = m->sectors;
    revenues(w, spend, w->revenue);
    for (int32_t n = 0; n < N; n++) {
        double tariffs = 0, made[KN__CP_SECTORS];
        for (int32_t j = 0; j < J; j++) {
            int64_t at = (int64_t)j * N + n;
            made[j] = w->revenue[at];
            tariffs += spend[at] * (1 - w->net_sum[at]);
        }
        for (int32_t k = 0; k < J; k++) {
            const double *g = m->input_share + ((int64_t)n * J + k) * J;
            double sum = m->final_share[n * J + k] * tariffs;
            for (int32_t j = 0; j < J; j++)
                sum += g[j] * made[j];
            out[(int64_t)k * N + n] = sum;
        }
    }
}

double kn__cp_largest(const double *x, int64_t n)
{
    double most = 0;
    for (int64_t i = 0; i < n; i++)
        most = fmax(most, fabs(x[i]));
    return most;
}

/* The same for spending over each economy's value added: a tiny economy's counts as much
   as a large one's. */
static void scaled_operator(void *arg, const double *x, double *out)
{
    kn__cp_work *w = arg;
    const double *size = w->model->value_added;
    int64_t N = w->model->economies, cells = N * w->model->sectors;
    for (int64_t row = 0; row < cells; row += N)
        for (int64_t n = 0; n < N; n++)
            w->scaled[row + n] = x[row + n] * size[n];
    spend_operator(w, w->scaled, out);
    for (int64_t row = 0; row < cells; row += N)
        for (int64_t n = 0; n < N; n++)
            out[row + n] /= size[n];
}

/* What w->state->spend misses, over each economy's value added; returns the scale of
   spending in that unit. */
static double spending_misses(kn__cp_work *w, const double *u)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies, J = m->sectors;
    double *x = w->state->spend, *r = w->right, scale = 0;
    spend_operator(w, x, r);
    for (int32_t k = 0; k < J; k++)
        for (int32_t n = 0; n < N; n++) {
            int64_t at = (int64_t)k * N + n;
            double own =
                m->final_share[n * J + k] * (exp(u[n]) * w->endowment[n] + w->deficit[n]);
            r[at] = (r[at] + own - x[at]) / m->value_added[n];
            scale = fmax(scale, fabs(x[at]) / m->value_added[n]);
        }
    return scale;
}

/* Solves for X by correcting the X of the last evaluation. */
static kn_status spending(kn__cp_work *w, const double *u)
{
    int32_t N = w->model->economies, size = N * w->model->sectors;
    double *x = w->state->spend;
    for (int round = 0; round < 4; round++) {
        double scale = spending_misses(w, u), left = kn__cp_largest(w->right, size);
        if (scale > 0 && left <= fmax(4 * inner_tolerance, w->inner) * scale)
            break;
        kn__solve_info info;
        double tolerance =
            scale > 0 ? fmax(fmax(1e-15, w->inner / 2) * scale / left, 1e-13) : 1e-13;
        kn_status status =
            kn__solve_bicgstab(w->ctx, scaled_operator, w, size, w->right, w->correction,
                               tolerance, MOST_SPEND_STEPS, &info);
        if (status > 0 && !(info.residual < 1e-3))
            status =
                kn__solve_neumann(w->ctx, scaled_operator, w, size, w->right,
                                  w->correction, tolerance, 20 * MOST_SPEND_STEPS, &info);
        if (status < 0)
            return status;
        for (int32_t k = 0; k < size; k++)
            x[k] += w->correction[k] * w->model->value_added[k % N];
    }
    revenues(w, x, w->revenue);
    return KN_OK;
}

/* f_n = log(1 + (exports + deficit - imports) / factor income): by Walras' law of each
   economy the excess demand for its factors. The trade balance is used because its sum
   over the world is zero even where cost shares add up to 1 only within rounding. */
kn_status kn__cp_excess(kn__cp_work *w, const double *u, double *f)
{
    const kn__cp *m = w->model;
    int32_t N = m->economies;
    w->state->evaluations++;
    if (kn__cancelled(w->ctx))
        return kn__fail(w->ctx, KN_ERR_CANCELLED, "interrupted while solving for wages");
    kn_status status = prices(w, u);
    if (status != KN_OK)
        return status;
    shares(w);
    status = spending(w, u);
    if (status < 0)
        return status;
    for (int32_t n = 0; n < N; n++) {
        double balance = w->deficit[n];
        for (int32_t j = 0; j < m->sectors; j++) {
            int64_t at = (int64_t)j * N + n;
            balance += w->revenue[at] - w->state->spend[at] * w->net_sum[at];
        }
        f[n] = log1p(balance / (exp(u[n]) * w->endowment[n]));
        if (!isfinite(f[n]))
            return KN_NOTE_NOT_CONVERGED;
    }
    return KN_OK;
}

void kn__cp_cut_worlds(kn__cp_work *w)
{
    const kn__cp *m = w->model;
    kn__cp_set_point(w, 1);
    kn__worlds_cut(&w->worlds, w->pull, w->deficit, m->economies, m->sectors);
    w->state->cuts = w->worlds.cuts;
}

void kn__cp_set_point(kn__cp_work *w, double s)
{
    const kn__cp *m = w->model;
    w->s = s;
    set_pull(w);
    kn__worlds_group(&w->worlds, w->pull, m->economies, m->sectors);
    for (int32_t n = 0; n < m->economies; n++) {
        double capacity = w->shock->capacity ? w->shock->capacity[n] : 1;
        w->endowment[n] = m->value_added[n] * pow(capacity, s);
        w->deficit[n] = m->deficit[n];
        if (w->shock->deficit)
            w->deficit[n] += s * (w->shock->deficit[n] - m->deficit[n]);
    }
}
