/* SPDX-License-Identifier: Apache-2.0 */
/* Prices and costs at given factor prices: a fixed point, by rounds while they are quick,
   else by Newton's method on log costs. */
#include <math.h>
#include <string.h>

#include "kernel/solve.h"
#include "lens/trade/nested_market.h"

enum { MOST_ROUNDS = 400, FIRST_ROUNDS = 4, MOST_CUTS = 8, MOST_PRODUCTS = 400 };

static const double enough = 1e-15, accept = 1e-12;
static const double rounds_worth = 10; /* about what a step of Newton's costs */
static const double longest = 20;      /* log cost a step may move by */

/* ---- Costs from prices, prices from costs ---- */

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
static void input_prices(kn__nested_work *w, int32_t n)
{
    int32_t N = w->N, J = w->J;
    double e = 1 - w->model->input_elasticity;
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
    double d = 1 - w->model->value_elasticity;
    for (int32_t n = 0; n < w->N; n++) {
        input_prices(w, n);
        for (int32_t j = 0; j < w->J; j++) {
            int64_t at = (int64_t)j * w->N + n;
            w->cost[at] = mean_of_two(w->beta[at], w->wage[at], w->inputs[at], d);
        }
    }
}

/* P = [sum_i B c^(1 - sigma_s)]^(1 / (1 - sigma_s)) */
static void sector_prices(kn__nested_work *w, int32_t j)
{
    int32_t N = w->N;
    double theta = w->theta[j], top = w->cost[(int64_t)j * N];
    const double *c = w->cost + (int64_t)j * N;
    double *p = w->price + (int64_t)j * N, *power = w->bought + (int64_t)j * N;
    for (int32_t i = 1; i < N; i++)
        top = theta > 0 ? fmin(top, c[i]) : fmax(top, c[i]);
    for (int32_t i = 0; i < N; i++)
        power[i] = exp(-theta * (c[i] - top));
    for (int32_t n = 0; n < N; n++) {
        const double *pull = w->pull + ((int64_t)j * N + n) * N;
        double sum = 0;
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
            p[n] = sum > 0 ? -(best + log(sum)) / theta : INFINITY;
        } else {
            p[n] = top - log(sum) / theta;
        }
    }
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
            w->net[row * N + i] = w->tariffs
                                      ? share[i] / (1 + kn__nested_tariff(w, row * N + i))
                                      : share[i];
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

/* ---- The fixed point ---- */

void kn__nested_inputs(kn__nested_work *w)
{
    memcpy(w->cost, w->guess, (size_t)w->N * (size_t)w->J * sizeof *w->cost);
    for (int32_t j = 0; j < w->J; j++)
        sector_prices(w, j);
    for (int32_t n = 0; n < w->N; n++)
        input_prices(w, n);
}

/* One round: prices from the costs in w->guess, costs from these prices. Returns the
   largest change of a cost. */
static double round_of_prices(kn__nested_work *w)
{
    size_t cells = (size_t)w->N * (size_t)w->J;
    double moved = 0;
    memcpy(w->cost, w->guess, cells * sizeof *w->cost);
    for (int32_t j = 0; j < w->J; j++)
        sector_prices(w, j);
    costs(w);
    for (size_t at = 0; at < cells; at++)
        moved = fmax(moved, fabs(w->cost[at] - w->guess[at]));
    return moved;
}

/* dc = (1 - beta') dP_M(dc) */
static void cost_feedback(void *arg, const double *x, double *y)
{
    const kn__nested_work *w = arg;
    kn__nested_line line = {.price = w->sales, .inputs = w->bought};
    kn__nested_line_prices(w, x, &line);
    for (int64_t at = 0; at < (int64_t)w->N * w->J; at++)
        y[at] = (1 - w->state->value_share[at]) * line.inputs[at];
}

/* Shares at prices just found; what they say of the last round is its derivative. */
void kn__nested_shares(kn__nested_work *w)
{
    origin_shares(w);
    for (int32_t n = 0; n < w->N; n++)
        cost_shares(w, n);
}

/* Newton's step of the costs w->guess whose round has just moved them by `moved`; shorter
   where the whole one would not bring them nearer to what their round makes of them. */
static kn_status newton_step(kn__nested_work *w, double *moved)
{
    int64_t cells = (int64_t)w->N * w->J;
    double before = *moved, length = 1, most = 0;
    kn__solve_info info;
    for (int64_t at = 0; at < cells; at++)
        w->miss[at] = w->cost[at] - w->guess[at];
    kn__nested_shares(w);
    kn_status status =
        kn__solve_bicgstab(w->ctx, cost_feedback, w, (int32_t)cells, w->miss, w->step,
                           fmax(1e-10, fmin(1e-3, before)), MOST_PRODUCTS, &info);
    if (status < 0)
        return status;
    for (int64_t at = 0; at < cells; at++)
        most = fmax(most, fabs(w->step[at]));
    if (!isfinite(most))
        return KN_NOTE_NOT_CONVERGED;
    if (most > longest)
        length = longest / most;
    memcpy(w->miss, w->guess, (size_t)cells * sizeof *w->miss);
    for (int k = 0; k < MOST_CUTS; k++, length *= 0.4) {
        for (int64_t at = 0; at < cells; at++)
            w->guess[at] = w->miss[at] + length * w->step[at];
        *moved = round_of_prices(w);
        if (*moved < before)
            return KN_OK;
    }
    memcpy(w->guess, w->miss, (size_t)cells * sizeof *w->miss);
    return KN_NOTE_NOT_CONVERGED;
}

/* Whether rounds alone would take more of them than a step of Newton's is worth. */
static bool rounds_are_slow(double moved, double before)
{
    double rate = moved / before;
    return rate >= 1 || log(enough / moved) / log(rate) > rounds_worth;
}

kn_status kn__nested_prices(kn__nested_work *w)
{
    size_t bytes = (size_t)w->N * (size_t)w->J * sizeof *w->guess;
    double before = INFINITY, moved = INFINITY;
    costs(w);
    memcpy(w->guess, w->cost, bytes);
    moved = round_of_prices(w);
    for (int32_t k = 1; k < MOST_ROUNDS && isfinite(moved); k++) {
        if (moved <= enough || (moved < accept && moved >= before))
            return KN_OK;
        bool slow = k >= FIRST_ROUNDS && moved > accept && rounds_are_slow(moved, before);
        before = moved;
        if (slow) {
            kn_status status = newton_step(w, &moved);
            if (status < 0)
                return status;
            if (status == KN_OK)
                continue;
            round_of_prices(w);
        }
        memcpy(w->guess, w->cost, bytes);
        moved = round_of_prices(w);
    }
    return KN_NOTE_NOT_CONVERGED;
}
