/* SPDX-License-Identifier: Apache-2.0 */
#include "esri_ref.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Λd and Λu, each first filled with W. */
static int fill(ref_esri *t)
{
    const kn__esri_input *in = t->in;
    size_t n = (size_t)t->n;
    double *of_sector = calloc((size_t)t->sectors, sizeof(double));
    if (!of_sector)
        return -1;
    for (int64_t k = 0; k < in->edges; k++) {
        size_t i = (size_t)in->supplier[k], j = (size_t)in->buyer[k];
        t->up[i * n + j] += in->weight[k];
        t->down[j * n + i] += in->weight[k];
        t->edge_class[j * n + i] = in->edge_class[k];
        t->sales[i] += in->weight[k];
        t->purchases[j] += in->weight[k];
    }
    for (size_t j = 0; j < n; j++) {
        double *w = t->down + j * n, cost = in->cost ? in->cost[j] : t->purchases[j];
        memset(of_sector, 0, (size_t)t->sectors * sizeof(double));
        for (size_t i = 0; i < n; i++)
            of_sector[in->sector[i]] += w[i];
        for (size_t i = 0; i < n; i++) {
            if (t->edge_class[j * n + i] == KN__EDGE_ESSENTIAL)
                w[i] /= of_sector[in->sector[i]];
            else if (t->edge_class[j * n + i] == KN__EDGE_LINEAR)
                w[i] /= cost;
            else
                w[i] = 0;
        }
    }
    for (size_t i = 0; i < n; i++) {
        double revenue = in->revenue ? in->revenue[i] : t->sales[i];
        for (size_t j = 0; j < n && revenue > 0; j++)
            t->up[i * n + j] /= revenue;
    }
    free(of_sector);
    return 0;
}

int ref_esri_new(ref_esri *t, const kn__esri_input *in)
{
    size_t n = (size_t)in->firms;
    *t = (ref_esri){.n = in->firms, .sectors = in->sectors, .in = in};
    t->down = calloc(n * n, sizeof(double));
    t->up = calloc(n * n, sizeof(double));
    t->edge_class = calloc(n * n, 1);
    t->sales = calloc(n, sizeof(double));
    t->purchases = calloc(n, sizeof(double));
    if (t->down && t->up && t->edge_class && t->sales && t->purchases && !fill(t))
        return 0;
    ref_esri_free(t);
    return -1;
}

void ref_esri_free(ref_esri *t)
{
    free(t->down);
    free(t->up);
    free(t->edge_class);
    free(t->sales);
    free(t->purchases);
}

static double size_of(const ref_esri *t, int32_t i)
{
    return t->in->size ? t->in->size[i] : t->sales[i];
}

/* σ_i = min(1, out_i / Σ_{l in market(i)} h_l out_l) */
static void shares(const ref_esri *t, const kn__esri_rule *rule, const double *h,
                   double *capacity, double *sigma)
{
    const int32_t *market = t->in->market ? t->in->market : t->in->sector;
    memset(capacity, 0, (size_t)t->sectors * sizeof(double));
    for (int32_t l = 0; l < t->n; l++)
        capacity[market[l]] += h[l] * size_of(t, l);
    for (int32_t i = 0; i < t->n; i++) {
        double left = capacity[market[i]] > 1e-10 ? capacity[market[i]] : 1;
        sigma[i] = rule->replaceable ? fmin(1, size_of(t, i) / left) : 1;
    }
}

/* One Jacobi step into next_d and next_u; gap[k] = Σ of essential inputs of sector k. */
static void step(const ref_esri *t, const double *psi, const double *sigma,
                 const double *h_d, const double *h_u, double *next_d, double *next_u,
                 double *gap)
{
    size_t n = (size_t)t->n;
    for (size_t j = 0; j < n; j++) {
        double linear = 0, worst = 0;
        memset(gap, 0, (size_t)t->sectors * sizeof(double));
        for (size_t i = 0; i < n; i++) {
            double loss = sigma[i] * t->down[j * n + i] * (1 - h_d[i]);
            if (t->edge_class[j * n + i] == KN__EDGE_ESSENTIAL)
                gap[t->in->sector[i]] += loss;
            else
                linear += loss;
        }
        for (int32_t k = 0; k < t->sectors; k++)
            worst = fmax(worst, gap[k]);
        next_d[j] = fmax(0, fmin(1 - psi[j], fmin(1 - worst, 1 - linear)));
    }
    for (size_t i = 0; i < n; i++) {
        double lost = 0;
        for (size_t j = 0; j < n; j++)
            lost += t->up[i * n + j] * (1 - h_u[j]);
        next_u[i] = fmax(0, fmin(1 - psi[i], 1 - lost));
    }
}

static void sum_up(const ref_esri *t, const double *h_d, const double *h_u, double out[3])
{
    double all = 0, sum[3] = {0};
    for (int32_t i = 0; i < t->n; i++) {
        double w = t->in->importance ? t->in->importance[i] : t->sales[i];
        all += w;
        sum[0] += w * (1 - fmin(h_d[i], h_u[i]));
        sum[1] += w * (1 - h_d[i]);
        sum[2] += w * (1 - h_u[i]);
    }
    for (int k = 0; k < 3; k++)
        out[k] = all > 0 ? sum[k] / all : 0;
}

int32_t ref_esri_run(const ref_esri *t, const kn__esri_rule *rule, const double *psi,
                     double out[3], double *loss_down, double *loss_up)
{
    size_t n = (size_t)t->n, room = 6 * n + 2 * (size_t)t->sectors;
    double *all = calloc(room, sizeof(double));
    if (!all)
        return -1;
    double *h_d = all, *h_u = all + n, *next_d = all + 2 * n, *next_u = all + 3 * n;
    double *sigma = all + 4 * n, *gap = all + 5 * n, *capacity = gap + t->sectors;
    double eps = rule->eps > 1e-13 ? rule->eps : 1e-13, drop = INFINITY;
    int32_t steps = 0;
    for (size_t i = 0; i < n; i++)
        h_d[i] = h_u[i] = rule->start_full ? 1 : 1 - psi[i];
    while (drop > eps && steps < rule->most_steps) {
        shares(t, rule, h_d, capacity, sigma);
        step(t, psi, sigma, h_d, h_u, next_d, next_u, gap);
        drop = 0;
        for (size_t i = 0; i < n; i++)
            drop = fmax(drop, fmax(h_d[i] - next_d[i], h_u[i] - next_u[i]));
        memcpy(h_d, next_d, n * sizeof(double));
        memcpy(h_u, next_u, n * sizeof(double));
        steps++;
    }
    sum_up(t, h_d, h_u, out);
    for (size_t i = 0; i < n; i++) {
        if (loss_down)
            loss_down[i] = 1 - h_d[i];
        if (loss_up)
            loss_up[i] = 1 - h_u[i];
    }
    free(all);
    return drop > eps ? rule->most_steps + 1 : steps;
}
