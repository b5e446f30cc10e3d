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

double kn__nested_tariff(const kn__nested_work *w, int64_t at)
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
            w->tariffs |= share > 0 && kn__nested_tariff(w, at) != 0;
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

/* ---- Shares at the prices found ---- */

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
    kn_status status = kn__nested_prices(w);
    if (status != KN_OK)
        return status;
    kn__nested_shares(w);
    for (int32_t n = 0; n < w->N; n++)
        final_shares(w, n);
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
    w->linear = 2 * w->N * w->J + (w->model->mobile ? w->N : 0);
    double **const tables[] = {&w->beta,        &w->value,   &w->supply, &w->taste,
                               &w->net_sum,     &w->wage,    &w->cost,   &w->price,
                               &w->inputs,      &w->revenue, &w->sales,  &w->bought,
                               &w->final_share, &w->guess,   &w->miss,   &w->step};
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
