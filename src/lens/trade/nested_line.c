/* SPDX-License-Identifier: Apache-2.0 */
/* The model linearised where it was last evaluated: d log of everything. */
#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "lens/trade/nested_market.h"

static const double vanishing = 1e-4;
static const double longest_cost = 1, longest_wage = 20, longest_vanished = 40;

void kn__nested_line_prices(const kn__nested_work *w, const double *cost,
                            kn__nested_line *line)
{
    int32_t N = w->N, J = w->J;
    /* dP = sum_i pi' dc */
    for (int64_t at = 0; at < (int64_t)J * N; at += N)
        kn__dense_times(w->state->share + at * N, N, N, cost + at, line->price + at);
    /* dP_M = sum_k gamma'_kj dP_k / (1 - beta') */
    for (int32_t n = 0; n < N; n++) {
        double sum[KN__CP_SECTORS] = {0};
        for (int32_t k = 0; k < J; k++) {
            const double *g = w->state->input_share + ((int64_t)n * J + k) * J;
            double p = line->price[(int64_t)k * N + n];
            for (int32_t j = 0; j < J; j++)
                sum[j] += g[j] * p;
        }
        for (int32_t j = 0; j < J; j++) {
            int64_t at = (int64_t)j * N + n;
            double part = 1 - w->state->value_share[at];
            line->inputs[at] = part > 0 ? sum[j] / part : 0;
        }
    }
}

/* dX of economy n, from dlogOmega = (1-epsilon)(P_k - P_M) + (1-theta)(P_M - c). */
static void line_spending(const kn__nested_work *w, int32_t n, const double *cost,
                          const double *wage, const double *revenue, kn__nested_line *l)
{
    const kn__nested *m = w->model;
    int32_t N = w->N, J = w->J;
    double theta = m->value_elasticity, epsilon = m->input_elasticity;
    double made[KN__CP_SECTORS], mean = 0, income = 0;
    const double *alpha = w->final_share + (int64_t)n * J;
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N + n;
        made[j] = w->revenue[at] * ((epsilon - theta) * l->inputs[at] -
                                    (1 - theta) * cost[at] + revenue[at]);
        mean += alpha[j] * l->price[at];
        income += exp(w->wage[at]) * w->supply[at] * wage[at];
    }
    for (int32_t k = 0; k < J; k++) {
        int64_t at = (int64_t)k * N + n;
        const double *g = w->state->input_share + ((int64_t)n * J + k) * J;
        double sum = (1 - epsilon) * w->bought[at] * l->price[at] +
                     alpha[k] * w->state->income[n] * (1 - m->final_elasticity) *
                         (l->price[at] - mean);
        for (int32_t j = 0; j < J; j++)
            sum += g[j] * made[j];
        l->spend[at] = sum;
        /* tariff revenue, from spending and from where it goes */
        income +=
            (1 - w->net_sum[at]) * sum + w->state->spend[at] * w->theta[k] *
                                             (l->net[at] - w->net_sum[at] * l->price[at]);
    }
    for (int32_t k = 0; k < J; k++) {
        int64_t at = (int64_t)k * N + n;
        l->spend[at] += alpha[k] * income / w->keep[n] +
                        w->theta[k] * w->state->spend[at] * l->price[at];
    }
}

void kn__nested_line_sales(const kn__nested_work *w, const double *cost,
                           const double *wage, const double *revenue,
                           kn__nested_line *line, double *sales)
{
    int32_t N = w->N, J = w->J;
    for (int64_t at = 0; at < (int64_t)J * N; at += N) {
        if (w->tariffs)
            kn__dense_times(w->net + at * N, N, N, cost + at, line->net + at);
        else
            memcpy(line->net + at, line->price + at, (size_t)N * sizeof *line->net);
    }
    for (int32_t n = 0; n < N; n++)
        line_spending(w, n, cost, wage, revenue, line);
    /* dR_ji = sum_n net (dX - theta X (dc_i - dP_n)) */
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N;
        kn__dense_times_transposed(w->net + at * N, N, N, line->spend + at, sales + at);
        for (int64_t i = at; i < at + N; i++)
            sales[i] =
                w->sales[i] > 0 ? sales[i] / w->sales[i] - w->theta[j] * cost[i] : 0;
    }
}

/* ---- Products of the Jacobian with a vector ---- */

static void scratch(const kn__nested_linear *c, kn__nested_line *line, double **rest)
{
    int64_t cells = (int64_t)c->w->N * c->w->J;
    double *room = c->room;
    *line = (kn__nested_line){room, room + cells, room + 2 * cells, room + 3 * cells};
    for (int k = 0; k < 4; k++)
        rest[k] = room + (4 + k) * cells;
}

/* The factor price that makes a cost: c = beta' w + (1 - beta') P_M. */
static double wage_of(const kn__nested_work *w, const kn__nested_line *line,
                      const double *cost, int64_t at)
{
    double beta = w->state->value_share[at];
    return (cost[at] - (1 - beta) * line->inputs[at]) / beta;
}

/* d log of each group's factor income, by its lowest economy; `total` is scratch. */
static void money_of(const kn__nested_work *w, const double *wage, double *money,
                     double *total)
{
    for (int32_t n = 0; n < w->N; n++)
        money[n] = total[n] = 0;
    for (int64_t at = 0; at < (int64_t)w->N * w->J; at++) {
        double own = exp(w->wage[at]) * w->supply[at];
        money[w->worlds.group[at % w->N]] += own * wage[at];
        total[w->worlds.group[at % w->N]] += own;
    }
    for (int32_t n = 0; n < w->N; n++)
        money[n] = total[n] > 0 ? money[n] / total[n] : 0;
}

bool kn__nested_vanished(const kn__nested_work *w, int64_t at)
{
    return w->state->value_share[at] < vanishing * w->beta[at];
}

/* Costs, prices and factor prices of a vector: the first half log costs, log factor
   prices where they have vanished; there the second half has the costs. */
static void unfold(const kn__nested_work *w, const double *vector, kn__nested_line *line,
                   double *cost, double *wage)
{
    int64_t cells = (int64_t)w->N * w->J;
    for (int64_t at = 0; at < cells; at++)
        cost[at] = kn__nested_vanished(w, at) ? vector[cells + at] : vector[at];
    kn__nested_line_prices(w, cost, line);
    for (int64_t at = 0; at < cells; at++)
        wage[at] = kn__nested_vanished(w, at) ? vector[at] : wage_of(w, line, cost, at);
}

/* c - beta' w - (1 - beta') dP_M(c): 0 where costs follow from factor prices. */
static double cost_miss(const kn__nested_work *w, const kn__nested_line *line,
                        const double *cost, const double *wage, int64_t at)
{
    double beta = w->state->value_share[at];
    return cost[at] - beta * wage[at] - (1 - beta) * line->inputs[at];
}

/* Specific factors: sales less revenues; and what costs miss, where they are unknowns. */
static void specific_product(const kn__nested_linear *c, const double *vector,
                             double *out)
{
    const kn__nested_work *w = c->w;
    int64_t cells = (int64_t)w->N * w->J;
    double theta = w->model->value_elasticity, *rest[4];
    kn__nested_line line;
    scratch(c, &line, rest);
    double *cost = rest[0], *wage = rest[1], *revenue = rest[2], *money = rest[3];
    unfold(w, vector, &line, cost, wage);
    for (int64_t at = 0; at < cells; at++) {
        revenue[at] = theta * wage[at] + (1 - theta) * cost[at];
        out[cells + at] = kn__nested_vanished(w, at) ? cost_miss(w, &line, cost, wage, at)
                                                     : vector[cells + at];
    }
    kn__nested_line_sales(w, cost, wage, revenue, &line, out);
    money_of(w, wage, money, line.net);
    for (int64_t at = 0; at < cells; at++)
        out[at] = w->value[at] > 0
                      ? out[at] - revenue[at] - money[w->worlds.group[at % w->N]]
                      : wage[at];
}

/* Mobile factors, the vector log costs, log revenues and the wages of economies: what
   costs and revenues miss, and the excess demand for factors. */
static void mobile_product(const kn__nested_linear *c, const double *vector, double *out)
{
    const kn__nested_work *w = c->w;
    int64_t cells = (int64_t)w->N * w->J;
    const double *cost = vector, *revenue = vector + cells, *price = vector + 2 * cells;
    double theta = w->model->value_elasticity, *rest[4];
    kn__nested_line line;
    scratch(c, &line, rest);
    double *wage = rest[0], *money = rest[1];
    kn__nested_line_prices(w, cost, &line);
    for (int64_t at = 0; at < cells; at++) {
        wage[at] = price[at % w->N];
        out[at] = cost_miss(w, &line, cost, wage, at);
    }
    kn__nested_line_sales(w, cost, wage, revenue, &line, out + cells);
    for (int64_t at = cells; at < 2 * cells; at++)
        out[at] = vector[at] - out[at];
    money_of(w, wage, money, line.net);
    for (int32_t n = 0; n < w->N; n++) {
        double sum = 0, paid = 0;
        for (int64_t at = n; at < cells; at += w->N) {
            double part = w->state->value_share[at] * w->revenue[at];
            sum += part * ((1 - theta) * (wage[at] - cost[at]) + revenue[at]);
            paid += part;
        }
        out[2 * cells + n] = sum / paid - price[n] - money[w->worlds.group[n]];
    }
}

void kn__nested_product(void *arg, const double *vector, double *out)
{
    const kn__nested_linear *c = arg;
    if (c->w->model->mobile)
        mobile_product(c, vector, out);
    else
        specific_product(c, vector, out);
}

kn_status kn__nested_step(kn__nested_work *w, const double *solution, double *step,
                          double *length)
{
    int64_t cells = (int64_t)w->N * w->J;
    double longest = 0;
    if (w->model->mobile) {
        memcpy(step, solution + 2 * cells, (size_t)w->N * sizeof *step);
        for (int32_t n = 0; n < w->N; n++)
            longest = fmax(longest, fabs(step[n]));
        *length = longest > longest_wage ? longest_wage / longest : 1;
        return KN_OK;
    }
    kn__nested_linear c = {w, kn__alloc(w->ctx, KN__NESTED_ROOM * cells, sizeof(double))};
    if (!c.room)
        return KN_ERR_MEMORY;
    double *rest[4];
    kn__nested_line line;
    scratch(&c, &line, rest);
    unfold(w, solution, &line, rest[0], step);
    for (int64_t at = 0; at < cells; at++) {
        double allowed = kn__nested_vanished(w, at) ? longest_vanished : longest_cost;
        longest = fmax(longest, fabs(solution[at]) / allowed);
        step[at] = w->value[at] > 0 ? step[at] : 0;
    }
    *length = longest > 1 ? 1 / longest : 1;
    kn__release(w->ctx, c.room);
    return KN_OK;
}
