/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/nested_market.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"

enum { MOST_ROUNDS = 5000 };

static const double tiny = 1e-13; /* of world income: a producer that makes nothing */

/* ---- The point on the way ---- */

static double kappa_log(const kn__nested_work *w, int64_t at)
{
    const kn__nested_shock *shock = w->shock;
    double log_kappa = 0;
    if (shock->tariff)
        log_kappa += log1p(shock->tariff[at]) - log1p(w->model->cp->tariff[at]);
    if (shock->iceberg)
        log_kappa += log(shock->iceberg[at]);
    return log_kappa;
}

static double tariff_at(const kn__nested_work *w, int64_t at)
{
    double before = w->model->cp->tariff[at];
    if (!w->shock->tariff)
        return before;
    return expm1((1 - w->s) * log1p(before) + w->s * log1p(w->shock->tariff[at]));
}

static void set_pull(kn__nested_work *w)
{
    const kn__cp *m = w->model->cp;
    int64_t square = (int64_t)w->N * w->N;
    w->tariffs = false;
    for (int32_t j = 0; j < w->J; j++)
        for (int64_t at = j * square; at < (j + 1) * square; at++) {
            double share = m->share[at], kappa = share > 0 ? kappa_log(w, at) : 0;
            if (w->worlds.cut[at % square])
                kappa = INFINITY;
            /* a ban lets 1 - s of the pull through */
            w->pull[at] = isinf(kappa) && kappa > 0
                              ? share * (1 - w->s)
                              : share * exp(-w->theta[j] * w->s * kappa);
            w->tariffs |= share > 0 && tariff_at(w, at) != 0;
        }
}

void kn__nested_cut_worlds(kn__nested_work *w)
{
    kn__nested_set_point(w, 1);
    kn__worlds_cut(&w->worlds, w->pull, w->deficit, w->N, w->J);
    w->state->cuts = w->worlds.cuts;
}

void kn__nested_set_point(kn__nested_work *w, double s)
{
    const kn__cp *m = w->model->cp;
    const kn__nested_shock *shock = w->shock;
    int32_t N = w->N, J = w->J;
    w->s = s;
    set_pull(w);
    kn__worlds_group(&w->worlds, w->pull, N, J);
    for (int32_t n = 0; n < N; n++) {
        double sum = 0;
        w->deficit[n] = m->deficit[n];
        if (shock->deficit)
            w->deficit[n] += s * (shock->deficit[n] - m->deficit[n]);
        for (int32_t j = 0; j < J; j++) {
            int64_t at = (int64_t)j * N + n, k = (int64_t)n * J + j;
            w->supply[at] =
                w->value[at] * (shock->capacity ? pow(shock->capacity[k], s) : 1);
            w->taste[k] =
                m->final_share[k] * (shock->demand ? pow(shock->demand[k], s) : 1);
            sum += w->taste[k];
        }
        for (int32_t k = 0; k < J; k++)
            w->taste[(int64_t)n * J + k] /= sum;
    }
}

/* ---- Prices: a fixed point at given factor prices ---- */

/* log of the CES mean of two: a with weight s, b with 1 - s, exponent e = 1 - elasticity.
 */
static double mean_of_two(double s, double a, double b, double e)
{
    if (e == 0 || s >= 1)
        return s * a + (1 - s) * b;
    double top = e > 0 ? fmax(a, b) : fmin(a, b);
    return top + log(s * exp(e * (a - top)) + (1 - s) * exp(e * (b - top))) / e;
}

/* Price of intermediates by producer: CES over sectors with exponent e. */
static void input_prices(kn__nested_work *w, int32_t n, double e)
{
    int32_t N = w->N, J = w->J;
    double sum[KN__CP_SECTORS] = {0}, top = w->price[n];
    for (int32_t k = 1; k < J; k++) {
        double p = w->price[(int64_t)k * N + n];
        top = e > 0 ? fmax(top, p) : fmin(top, p);
    }
    for (int32_t k = 0; k < J; k++) {
        double p = w->price[(int64_t)k * N + n], x = e == 0 ? p : exp(e * (p - top));
        const double *g = w->model->cp->input_share + ((int64_t)n * J + k) * J;
        for (int32_t j = 0; j < J; j++)
            sum[j] += g[j] * x;
    }
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N + n;
        double part = 1 - w->beta[at];
        w->inputs[at] = !(part > 0) ? 0
                        : e == 0    ? sum[j] / part
                                    : top + log(sum[j] / part) / e;
    }
}

static void costs(kn__nested_work *w)
{
    double e = 1 - w->model->input_elasticity, d = 1 - w->model->value_elasticity;
    for (int32_t n = 0; n < w->N; n++) {
        input_prices(w, n, e);
        for (int32_t j = 0; j < w->J; j++) {
            int64_t at = (int64_t)j * w->N + n;
            w->cost[at] = mean_of_two(w->beta[at], w->wage[at], w->inputs[at], d);
        }
    }
}

/* P = [sum_i B c^(1 - sigma_s)]^(1 / (1 - sigma_s)); returns the largest change. */
static double sector_prices(kn__nested_work *w, int32_t j)
{
    int32_t N = w->N;
    double theta = w->theta[j], top = w->cost[(int64_t)j * N], moved = 0;
    const double *c = w->cost + (int64_t)j * N;
    double *p = w->price + (int64_t)j * N, *power = w->bought + (int64_t)j * N;
    for (int32_t i = 1; i < N; i++)
        top = theta > 0 ? fmin(top, c[i]) : fmax(top, c[i]);
    for (int32_t i = 0; i < N; i++)
        power[i] = exp(-theta * (c[i] - top));
    for (int32_t n = 0; n < N; n++) {
        const double *pull = w->pull + ((int64_t)j * N + n) * N;
        double sum = 0, next;
        for (int32_t i = 0; i < N; i++)
            sum += pull[i] * power[i];
        if (sum < 1e-250) { /* the cheap origins do not deliver here */
            double best = -INFINITY;
            for (int32_t i = 0; i < N; i++)
                if (pull[i] > 0)
                    best = fmax(best, log(pull[i]) - theta * c[i]);
            sum = 0;
            for (int32_t i = 0; i < N; i++)
                if (pull[i] > 0)
                    sum += exp(log(pull[i]) - theta * c[i] - best);
            next = sum > 0 ? -(best + log(sum)) / theta : INFINITY;
        } else {
            next = top - log(sum) / theta;
        }
        moved = fmax(moved, fabs(next - p[n]));
        p[n] = next;
    }
    return moved;
}

static kn_status prices(kn__nested_work *w)
{
    double before = INFINITY;
    for (int32_t k = 0; k < MOST_ROUNDS; k++) {
        double moved = 0;
        costs(w);
        for (int32_t j = 0; j < w->J; j++)
            moved = fmax(moved, sector_prices(w, j));
        if (moved <= 1e-15 || (moved < 1e-12 && moved >= before))
            return KN_OK;
        if (!isfinite(moved))
            break;
        before = moved;
    }
    return KN_NOTE_NOT_CONVERGED;
}

/* ---- Shares at these prices ---- */

static void origin_shares(kn__nested_work *w)
{
    int32_t N = w->N;
    for (int64_t row = 0; row < (int64_t)w->J * N; row++) {
        int64_t j = row / N;
        double sum = 0, net = 0, *share = w->state->share + row * N;
        for (int32_t i = 0; i < N; i++) {
            double pull = w->pull[row * N + i];
            double gap = w->cost[j * N + i] - w->price[row];
            share[i] = pull > 0 ? pull * exp(-w->theta[j] * gap) : 0;
            sum += share[i];
        }
        for (int32_t i = 0; i < N; i++) {
            share[i] /= sum;
            w->net[row * N + i] =
                w->tariffs ? share[i] / (1 + tariff_at(w, row * N + i)) : share[i];
            net += w->net[row * N + i];
        }
        w->net_sum[row] = w->tariffs ? net : 1;
    }
}

static void cost_shares(kn__nested_work *w, int32_t n)
{
    int32_t N = w->N, J = w->J;
    double e = 1 - w->model->input_elasticity, d = 1 - w->model->value_elasticity;
    double user[KN__CP_SECTORS];
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N + n;
        w->state->value_share[at] = w->beta[at] * exp(d * (w->wage[at] - w->cost[at]));
        user[j] = d * (w->inputs[at] - w->cost[at]);
    }
    for (int32_t k = 0; k < J; k++)
        for (int32_t j = 0; j < J; j++) {
            int64_t cell = ((int64_t)n * J + k) * J + j;
            double gap = w->price[(int64_t)k * N + n] - w->inputs[(int64_t)j * N + n];
            double share = w->model->cp->input_share[cell];
            w->state->input_share[cell] = share > 0 ? share * exp(e * gap + user[j]) : 0;
        }
}

static void final_shares(kn__nested_work *w, int32_t n)
{
    int32_t N = w->N, J = w->J;
    double e = 1 - w->model->final_elasticity, sum = 0, mean = 0, kept = 0;
    double *share = w->final_share + (int64_t)n * J;
    const double *taste = w->taste + (int64_t)n * J;
    for (int32_t k = 0; k < J; k++) {
        share[k] = taste[k] * exp(e * w->price[(int64_t)k * N + n]);
        sum += share[k];
        mean += taste[k] * w->price[(int64_t)k * N + n];
    }
    w->state->price_index[n] = exp(e == 0 ? mean : log(sum) / e);
    for (int32_t k = 0; k < J; k++) {
        share[k] /= sum;
        kept += share[k] * (1 - w->net_sum[(int64_t)k * N + n]);
    }
    w->keep[n] = 1 - kept;
}

/* ---- Goods: spending from revenue, sales from spending ---- */

/* X_kn = sum_j gamma'_n,kj R_nj + alpha'_kn I_n, tariff revenue in I solved for. */
static void spending(kn__nested_work *w, int32_t n)
{
    int32_t N = w->N, J = w->J;
    double income = w->deficit[n], made[KN__CP_SECTORS];
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N + n;
        income += exp(w->wage[at]) * w->supply[at];
        made[j] = w->revenue[at];
    }
    for (int32_t k = 0; k < J; k++) {
        const double *g = w->state->input_share + ((int64_t)n * J + k) * J;
        double sum = 0;
        for (int32_t j = 0; j < J; j++)
            sum += g[j] * made[j];
        w->bought[(int64_t)k * N + n] = sum;
        income += sum * (1 - w->net_sum[(int64_t)k * N + n]);
    }
    w->state->income[n] = income / w->keep[n];
    for (int32_t k = 0; k < J; k++)
        w->state->spend[(int64_t)k * N + n] =
            w->bought[(int64_t)k * N + n] +
            w->final_share[(int64_t)n * J + k] * w->state->income[n];
}

static void sales(kn__nested_work *w)
{
    for (int32_t n = 0; n < w->N; n++)
        spending(w, n);
    for (int32_t j = 0; j < w->J; j++) {
        int64_t at = (int64_t)j * w->N;
        kn__dense_times_transposed(w->net + at * w->N, w->N, w->N, w->state->spend + at,
                                   w->sales + at);
    }
}

/* Specific factors: revenue is what pays the factor its price. */
static kn_status goods_residual(kn__nested_work *w, double *f)
{
    int64_t cells = (int64_t)w->N * w->J;
    for (int64_t at = 0; at < cells; at++)
        w->revenue[at] = w->value[at] > 0 ? exp(w->wage[at]) * w->supply[at] /
                                                w->state->value_share[at]
                                          : 0;
    sales(w);
    for (int64_t at = 0; at < cells; at++) {
        f[at] = w->value[at] > 0 ? log(w->sales[at] / w->revenue[at]) : 0;
        if (!isfinite(f[at]))
            return KN_NOTE_NOT_CONVERGED;
    }
    return KN_OK;
}

/* Mobile factors: revenue is what is sold; a fixed point of spending. */
static kn_status factor_residual(kn__nested_work *w, double *f)
{
    int64_t cells = (int64_t)w->N * w->J;
    double before = INFINITY, moved = INFINITY, scale = 0;
    for (int32_t k = 0; k < MOST_ROUNDS && moved > 1e-15 * scale; k++) {
        sales(w);
        moved = scale = 0;
        for (int64_t at = 0; at < cells; at++) {
            moved = fmax(moved, fabs(w->sales[at] - w->revenue[at]));
            scale = fmax(scale, w->sales[at]);
        }
        memcpy(w->revenue, w->sales, (size_t)cells * sizeof *w->sales);
        if (!isfinite(moved) || (moved < 1e-12 * scale && moved >= before))
            break;
        before = moved;
    }
    for (int32_t n = 0; n < w->N; n++) {
        double paid = 0, owned = 0;
        for (int64_t at = n; at < cells; at += w->N) {
            paid += w->state->value_share[at] * w->revenue[at];
            owned += exp(w->wage[at]) * w->supply[at];
        }
        f[n] = log(paid / owned);
        if (!isfinite(f[n]))
            return KN_NOTE_NOT_CONVERGED;
    }
    return moved <= 1e-10 * scale ? KN_OK : KN_NOTE_NOT_CONVERGED;
}

kn_status kn__nested_residual(kn__nested_work *w, const double *u, double *f)
{
    if (kn__cancelled(w->ctx))
        return kn__fail(w->ctx, KN_ERR_CANCELLED, "interrupted while solving for prices");
    for (int64_t at = 0; at < (int64_t)w->N * w->J; at++)
        w->wage[at] = u[w->model->mobile ? at % w->N : at];
    kn_status status = prices(w);
    if (status != KN_OK)
        return status;
    origin_shares(w);
    for (int32_t n = 0; n < w->N; n++) {
        cost_shares(w, n);
        final_shares(w, n);
    }
    return w->model->mobile ? factor_residual(w, f) : goods_residual(w, f);
}

/* ---- Memory ---- */

static void set_base(kn__nested_work *w)
{
    const kn__cp *m = w->model->cp;
    const kn__cp_state *base = w->model->base;
    int32_t N = w->N, J = w->J;
    double world = 0;
    for (int32_t j = 0; j < J; j++) {
        w->theta[j] = w->model->origin_elasticity ? w->model->origin_elasticity[j] - 1
                                                  : m->elasticity[j];
        for (int32_t n = 0; n < N; n++) {
            int64_t at = (int64_t)j * N + n;
            for (int32_t i = 0; i < N; i++)
                w->revenue[(int64_t)j * N + i] +=
                    m->share[at * N + i] * base->spend[at] / (1 + m->tariff[at * N + i]);
        }
        for (int32_t n = 0; n < N; n++) {
            w->beta[(int64_t)j * N + n] = m->value_share[n * J + j];
            world += w->revenue[(int64_t)j * N + n];
        }
    }
    for (int64_t at = 0; at < (int64_t)N * J; at++)
        w->value[at] = w->revenue[at] > tiny * world ? w->beta[at] * w->revenue[at] : 0;
}

kn_status kn__nested_work_new(kn__nested_work *w, kn__arena *arena)
{
    w->N = w->model->cp->economies;
    w->J = w->model->cp->sectors;
    int64_t N = w->N, cells = N * w->J;
    w->unknowns = w->model->mobile ? w->N : w->N * w->J;
    double **const tables[] = {&w->beta,       &w->value,   &w->supply, &w->taste,
                               &w->net_sum,    &w->wage,    &w->cost,   &w->price,
                               &w->inputs,     &w->revenue, &w->sales,  &w->bought,
                               &w->final_share};
    enum { TABLES = sizeof tables / sizeof *tables };
    double *room = KN__ARRAY(arena, w->ctx, TABLES * cells + 2 * N + w->J, double);
    w->pull = KN__ARRAY(arena, w->ctx, cells * N, double);
    w->net = KN__ARRAY(arena, w->ctx, cells * N, double);
    KN__TRY(kn__worlds_new(&w->worlds, w->ctx, arena, w->N));
    if (!room || !w->pull || !w->net)
        return KN_ERR_MEMORY;
    for (int k = 0; k < TABLES; k++)
        *tables[k] = room + k * cells;
    w->deficit = room + TABLES * cells;
    w->keep = w->deficit + N;
    w->theta = w->keep + N;
    set_base(w);
    return KN_OK;
}
