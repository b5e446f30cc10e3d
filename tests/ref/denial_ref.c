/* SPDX-License-Identifier: Apache-2.0 */
#include "denial_ref.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

typedef struct twin {
    const kn__denial_model *m;
    const kn__shock *shock;
    int end;
    int64_t Q, E;
    double *share, *den, *a, *g, *n, *u, *W, *r, *capacity, *installed;
    unsigned char *holder, *victim, *denied, *open;
} twin;

#define S(q, s, d) (((q)*w->E + (s)) * w->E + (d))
#define P(q, d) ((q)*w->E + (d))

static double ramp(const twin *w, int t, double delay)
{
    return fmin(1, fmax(0, (t * w->m->slice_days - delay) / w->m->slice_days));
}

static void mark(twin *w)
{
    for (int k = 0; k < w->shock->denial_count; k++) {
        const kn__denial *d = &w->shock->denials[k];
        if (!(d->share > 0) || !d->holder_count || !d->victim_count)
            continue;
        if (!w->denied[d->product])
            w->open[d->product] = 1;
        w->denied[d->product] = 1;
        w->open[d->product] = w->open[d->product] && d->targeted;
        for (int h = 0; h < d->holder_count; h++)
            for (int v = 0; v < d->victim_count; v++) {
                double *den = &w->den[S(d->product, d->holders[h], d->victims[v])];
                *den = fmax(*den, d->share);
                w->holder[P(d->product, d->holders[h])] = 1;
                w->victim[P(d->product, d->victims[v])] = 1;
            }
    }
}

/* The largest holder gets the unseen supply, then shares go to their bounds. */
static void change_shares(twin *w, int64_t q)
{
    const kn__denial_model *m = w->m;
    int64_t best = -1;
    double most = -1;
    for (int64_t s = 0; s < w->E; s++) {
        double sum = 0;
        for (int64_t d = 0; d < w->E; d++)
            sum += m->share[S(q, s, d)] * m->use[P(q, d)];
        if (w->holder[P(q, s)] && s != m->unseen && sum > most) {
            most = sum;
            best = s;
        }
    }
    if (m->rule[w->end].unseen && m->unseen >= 0 && best >= 0) {
        for (int64_t d = 0; d < w->E; d++) {
            w->share[S(q, best, d)] += w->share[S(q, m->unseen, d)];
            w->share[S(q, m->unseen, d)] = 0;
        }
        w->holder[P(q, m->unseen)] = 1;
    }
}

static void set_reroute(twin *w, int64_t q)
{
    const kn__denial_model *m = w->m;
    double R = 0, D = 0;
    for (int64_t s = 0; s < w->E; s++)
        for (int64_t d = 0; d < w->E; d++) {
            double f = w->share[S(q, s, d)] * m->use[P(q, d)];
            if (!w->holder[P(q, s)] && !w->victim[P(q, d)])
                R += f;
            if (w->holder[P(q, s)])
                D += w->den[S(q, s, d)] * f;
        }
    double rho =
        isnan(m->rule[w->end].reroute) ? m->reroute_share[q] : m->rule[w->end].reroute;
    for (int64_t d = 0; d < w->E; d++) {
        double cutoff = 0;
        for (int64_t s = 0; s < w->E; s++)
            if (w->holder[P(q, s)])
                cutoff += w->den[S(q, s, d)] * w->share[S(q, s, d)];
        w->r[P(q, d)] = w->open[q] && D > 0 ? rho * cutoff * fmin(1, R / D) : 0;
    }
}

static void one_product(twin *w, int t, int64_t q)
{
    const kn__denial_model *m = w->m;
    double total = 0, E = 0;
    for (int64_t d = 0; d < w->E; d++) {
        double g = 0;
        for (int64_t s = 0; s < w->E; s++)
            g += w->share[S(q, s, d)] * (1 - (1 - w->den[S(q, s, d)]) * w->a[P(q, s)]);
        w->g[P(q, d)] = g;
        w->n[P(q, d)] =
            fmax(0, g - ramp(w, t, m->reroute_days[q]) * w->r[P(q, d)] -
                        ramp(w, t, m->substitute_days[q]) * m->substitute_share[q]);
        total += w->n[P(q, d)] * m->use[P(q, d)];
    }
    for (int64_t s = 0; s < w->E; s++)
        if (!w->holder[P(q, s)])
            E += m->output[P(q, s)] *
                 fmax(0, m->spare[P(q, s)] * m->rule[w->end].spare - (1 - w->a[P(q, s)]));
    E *= ramp(w, t, m->spare_days[q]);
    for (int64_t d = 0; d < w->E; d++) {
        if (total > 0)
            w->n[P(q, d)] *= fmax(0, 1 - E / total);
        double need = w->n[P(q, d)] * m->slice_days, draw = fmin(need, w->W[P(q, d)]);
        w->W[P(q, d)] -= draw;
        w->u[P(q, d)] = need > draw ? w->n[P(q, d)] - draw / m->slice_days : 0;
    }
}

static double cut_of(const twin *w, int t, int64_t p, int64_t d)
{
    const kn__denial_model *m = w->m;
    double essential = 0, important = 0, minor = 0, by_cost = 0;
    if (m->ces) {
        double done = fmin(1, t * m->slice_days / m->ces->days);
        double sigma = m->ces->start[w->end] * (1 - done) + m->ces->later[w->end] * done;
        double sum = 1;
        for (int64_t q = 0; q < w->Q; q++) {
            double theta = m->ces->cost_share[P(p, d) * w->Q + q];
            sum += theta * (pow(1 - w->u[P(q, d)], (sigma - 1) / sigma) - 1);
        }
        by_cost = 1 - pow(sum, sigma / (sigma - 1));
    }
    for (int32_t k = 0; k < m->input_count; k++) {
        const kn__denial_input *in = &m->inputs[k];
        double part = in->weight[w->end] * w->u[P(in->input, d)];
        if (in->user != p)
            continue;
        if (in->class == KN__CLASS_ESSENTIAL)
            essential = fmax(essential, part);
        else if (in->class == KN__CLASS_IMPORTANT)
            important = fmax(important, part / 2);
        else
            minor += part;
    }
    return fmax(fmax(fmax(essential, important), minor), by_cost);
}

static void set_capacity(twin *w, int t)
{
    const kn__denial_model *m = w->m;
    for (int64_t i = 0; i < w->Q * w->E; i++)
        w->capacity[i] = 1;
    for (int32_t k = 0; k < w->shock->loss_count; k++)
        w->capacity[P(w->shock->losses[k].product, w->shock->losses[k].economy)] *=
            1 - w->shock->losses[k].share;
    for (int32_t k = 0; k < m->tool_count; k++)
        for (int64_t d = 0; d < w->E; d++) {
            const kn__denial_tool *tool = &m->tools[k];
            double direct = 0, keep = exp(-m->slice_days / tool->life_days);
            for (int64_t s = 0; s < w->E; s++)
                if (w->holder[P(tool->tool, s)])
                    direct += w->den[S(tool->tool, s, d)] * w->share[S(tool->tool, s, d)];
            double *k_d = &w->installed[k * w->E + d];
            *k_d = *k_d * keep + (1 - w->g[P(tool->tool, d)]) * (1 - keep);
            double uptime =
                1 - tool->service_dependence * direct * ramp(w, t, tool->service_days);
            double *capacity = &w->capacity[P(tool->user, d)];
            *capacity = fmin(*capacity, uptime * (1 - tool->dependent * (1 - *k_d)));
        }
}

static void one_slice(twin *w, int t, double *sum, double *bite)
{
    const kn__denial_model *m = w->m;
    double *begin = malloc(sizeof(double) * (size_t)(w->Q * w->E));
    if (!begin)
        return;
    memcpy(begin, w->W, sizeof(double) * (size_t)(w->Q * w->E));
    for (int64_t q = 0; q < w->Q; q++)
        one_product(w, t, q);
    set_capacity(w, t);
    for (int64_t d = 0; d < w->E; d++) {
        double day = INFINITY;
        int stopped = 0;
        for (int64_t p = 0; p < w->Q; p++) {
            double a = fmin(fmax(0, 1 - cut_of(w, t, p, d)), w->capacity[P(p, d)]);
            if (m->always[d] || (m->makes && !m->makes[P(p, d)]))
                a = 1;
            w->a[P(p, d)] = a;
            sum[d] += m->slice_days / 365 * m->value_added[P(p, d)] * (1 - a);
            stopped = stopped || a < 1 - 1e-12;
            if (a < 1 && a == w->capacity[P(p, d)])
                day = (t - 1) * m->slice_days;
        }
        for (int64_t q = 0; q < w->Q; q++)
            if (w->u[P(q, d)] > 0 && m->is_input[q])
                day = fmin(day, (t - 1) * m->slice_days + begin[P(q, d)] / w->n[P(q, d)]);
        if (stopped && isnan(bite[d]))
            bite[d] = day;
    }
    free(begin);
}

static int set_up(twin *w)
{
    const kn__denial_model *m = w->m;
    size_t pairs = (size_t)(w->Q * w->E), cells = pairs * (size_t)w->E;
    w->share = calloc(cells, sizeof(double));
    w->den = calloc(cells, sizeof(double));
    double **rows[] = {&w->a, &w->g, &w->n, &w->u, &w->W, &w->r, &w->capacity};
    int ok = w->share && w->den;
    for (size_t k = 0; k < sizeof rows / sizeof *rows; k++)
        ok = (*rows[k] = calloc(pairs, sizeof(double))) && ok;
    w->installed = calloc((size_t)m->tool_count * (size_t)w->E + 1, sizeof(double));
    w->holder = calloc(pairs, 1);
    w->victim = calloc(pairs, 1);
    w->denied = calloc((size_t)w->Q, 1);
    w->open = calloc((size_t)w->Q, 1);
    if (!ok || !w->installed || !w->holder || !w->victim || !w->denied || !w->open)
        return -1;
    memcpy(w->share, m->share, cells * sizeof(double));
    for (size_t k = 0; k < pairs; k++) {
        w->a[k] = 1;
        w->W[k] = m->stock_days[k] * m->rule[w->end].stock;
    }
    for (int64_t k = 0; k < m->tool_count * w->E; k++)
        w->installed[k] = 1;
    return 0;
}

int ref_denial(const kn__denial_model *m, const kn__shock *shock, kn__denial_end end,
               double *loss, double *bite)
{
    twin t0 = {.m = m, .shock = shock, .end = end, .Q = m->products, .E = m->economies};
    twin *w = &t0;
    int failed = set_up(w);
    double *sum = calloc((size_t)w->E, sizeof(double));
    if (!failed && sum) {
        mark(w);
        for (int64_t d = 0; d < w->E; d++)
            bite[d] = NAN;
        for (int64_t q = 0; q < w->Q; q++)
            if (w->denied[q]) {
                change_shares(w, q);
                set_reroute(w, q);
            }
        for (int t = 1; t <= m->slices; t++) {
            one_slice(w, t, sum, bite);
            memcpy(loss + (t - 1) * w->E, sum, (size_t)w->E * sizeof(double));
        }
    }
    void *all[] = {w->share,  w->den,    w->a,      w->g,        w->n,
                   w->u,      w->W,      w->r,      w->capacity, w->installed,
                   w->holder, w->victim, w->denied, w->open,     sum};
    failed = failed || !sum;
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
    return failed ? -1 : 0;
}
