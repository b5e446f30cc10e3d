/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/denial.h"

#include <math.h>
#include <string.h>

#include "lens/cascade/denial_work.h"

/* A cut below this share of output is rounding, not a day on which something stopped. */
static const double SMALLEST_CUT = 1e-12;

static void fill_row(double *matrix, int64_t row, int32_t width, double value)
{
    for (int32_t d = 0; d < width; d++)
        matrix[row * width + d] = value;
}

void kn__denial_touch(kn__denial_work *w, int32_t q)
{
    int32_t e = w->model->economies;
    if (w->dirty.has[q])
        return;
    kn__set_add(&w->dirty, q);
    const double *days = w->model->stock_days + (int64_t)q * e;
    for (int32_t d = 0; d < e; d++)
        w->stock[(int64_t)q * e + d] = days[d] * w->rule.stock;
    memcpy(w->begin + (int64_t)q * e, w->stock + (int64_t)q * e,
           (size_t)e * sizeof(double));
}

static void reset(kn__denial_work *w)
{
    int32_t e = w->model->economies;
    for (int32_t k = 0; k < w->dirty.count; k++) {
        int32_t q = w->dirty.item[k];
        fill_row(w->output, q, e, 1);
        fill_row(w->capacity, q, e, 1);
        fill_row(w->gap, q, e, 0);
        fill_row(w->need, q, e, 0);
        fill_row(w->unmet, q, e, 0);
    }
    kn__set_clear(&w->dirty);
    kn__set_clear(&w->touched);
    kn__set_clear(&w->lacking);
    kn__set_clear(&w->cut);
    for (int32_t d = 0; d < e; d++) {
        w->lost[d] = w->forgone[d] = 0;
        w->bite[d] = NAN;
    }
    for (int64_t k = 0; k < (int64_t)w->model->tool_count * e; k++) {
        w->installed[k] = w->uptime[k] = 1;
        w->expansion[k] = 0;
    }
    memset(w->tool_on, 0, (size_t)w->model->tool_count * sizeof *w->tool_on);
}

/* g = sum over s of m (1 − (1 − den) a) */
static void gap_row(kn__denial_work *w, int32_t q)
{
    int64_t e = w->model->economies;
    bool denied = w->denied.has[q];
    const double *pool = (denied ? w->pool : w->model->share) + q * e * e;
    const double *a = w->output + q * e;
    double *g = w->gap + q * e;
    for (int64_t s = 0; s < e; s++) {
        const double *m = pool + s * e, *den = w->denial + (q * e + s) * e;
        if (denied && w->holder[q * e + s])
            for (int64_t d = 0; d < e; d++)
                g[d] += m[d] * (1 - (1 - den[d]) * a[s]);
        else if (a[s] < 1)
            for (int64_t d = 0; d < e; d++)
                g[d] += m[d] * (1 - a[s]);
    }
}

/* E = ramp · sum over s of x max(0, e − (1 − a)), holders left out. */
static double spare_volume(const kn__denial_work *w, int32_t q)
{
    const kn__denial_model *m = w->model;
    int64_t at = (int64_t)q * m->economies;
    double volume = 0;
    for (int64_t s = at; s < at + m->economies; s++) {
        double free = m->spare[s] * w->rule.spare - (1 - w->output[s]);
        if (free > 0 && !(w->denied.has[q] && w->holder[s]))
            volume += m->output[s] * free;
    }
    return volume;
}

/* n = max(0, g − ramp r − ramp z), then n ← n max(0, 1 − E / sum n use) */
static void need_row(kn__denial_work *w, int32_t q, double day)
{
    const kn__denial_model *m = w->model;
    int64_t at = (int64_t)q * m->economies;
    bool denied = w->denied.has[q];
    double since = day - w->first_day;
    double thrift = kn__denial_ramp(since, m->substitute_days[q], m->slice_days) *
                    m->substitute_share[q];
    double passed = denied ? kn__denial_ramp(day - w->denied_day[q], m->reroute_days[q],
                                             m->slice_days)
                           : 0;
    double total = 0;
    for (int64_t d = at; d < at + m->economies; d++) {
        double n = w->gap[d] - thrift - (denied ? passed * w->reroute[d] : 0);
        w->need[d] = n > 0 ? n : 0;
        total += w->need[d] * m->use[d];
    }
    double ramp = kn__denial_ramp(since, m->spare_days[q], m->slice_days);
    if (!(total > 0) || !(ramp > 0))
        return;
    double left = 1 - ramp * spare_volume(w, q) / total;
    for (int64_t d = at; d < at + m->economies; d++)
        w->need[d] *= left > 0 ? left : 0;
}

/* draw = min(nΔ, W); W −= draw; u = n − draw / Δ */
static void stock_row(kn__denial_work *w, int32_t q)
{
    int64_t e = w->model->economies, at = q * e;
    double slice = w->model->slice_days;
    bool short_of_it = false;
    for (int64_t d = at; d < at + e; d++) {
        double days = w->need[d] * slice;
        w->begin[d] = w->stock[d];
        if (days <= w->stock[d]) {
            w->stock[d] -= days;
            continue;
        }
        w->unmet[d] = w->need[d] - w->stock[d] / slice;
        w->stock[d] = 0;
        short_of_it = short_of_it || w->unmet[d] > 0;
    }
    if (short_of_it)
        kn__set_add(&w->lacking, q);
}

static void supply(kn__denial_work *w, double day)
{
    int32_t e = w->model->economies;
    for (int32_t k = 0; k < w->touched.count; k++) {
        fill_row(w->gap, w->touched.item[k], e, 0);
        fill_row(w->need, w->touched.item[k], e, 0);
        fill_row(w->unmet, w->touched.item[k], e, 0);
    }
    kn__set_clear(&w->touched);
    kn__set_clear(&w->lacking);
    for (int32_t k = 0; k < w->denied.count; k++)
        kn__set_add(&w->touched, w->denied.item[k]);
    for (int32_t k = 0; k < w->cut.count; k++)
        kn__set_add(&w->touched, w->cut.item[k]);
    for (int32_t k = 0; k < w->touched.count; k++) {
        int32_t q = w->touched.item[k];
        kn__denial_touch(w, q);
        gap_row(w, q);
        need_row(w, q, day);
        stock_row(w, q);
    }
}

/* 1 − a of recipe users: max(max_essential φu, max_important ½φu, sum_minor θu) */
static void recipe_cut(kn__denial_work *w, int32_t p)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    memset(w->worst, 0, (size_t)e * sizeof(double));
    memset(w->minor, 0, (size_t)e * sizeof(double));
    for (int32_t k = m->input_start[p]; k < m->input_start[p + 1]; k++) {
        const kn__denial_input *in = &m->inputs[k];
        if (!w->lacking.has[in->input])
            continue;
        double weight = in->weight[w->end] * (in->class == KN__CLASS_IMPORTANT ? 0.5 : 1);
        const double *u = w->unmet + in->input * e;
        for (int64_t d = 0; d < e; d++) {
            double cut = weight * u[d];
            if (in->class == KN__CLASS_MINOR)
                w->minor[d] += cut;
            else if (cut > w->worst[d])
                w->worst[d] = cut;
        }
    }
    for (int64_t d = 0; d < e; d++)
        if (w->minor[d] > w->worst[d])
            w->worst[d] = w->minor[d];
}

/* 1 − y, y = [1 − sum θ (1 − (1 − u)^κ)]^(1/κ), κ = (σ − 1) / σ; the worse of this and
   of what the recipe says */
static void ces_cut(kn__denial_work *w, int32_t p, double kappa)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies, q = m->products;
    for (int64_t d = 0; d < e; d++) {
        const double *theta = m->ces->cost_share + (p * e + d) * q;
        double sum = 0;
        for (int32_t k = 0; k < w->lacking.count; k++) {
            int32_t input = w->lacking.item[k];
            if (theta[input] > 0)
                sum += theta[input] * w->bent[input * e + d];
        }
        /* sum is negative or zero: κ < 0 */
        double cut = sum < 0 ? 1 - pow(1 - sum, 1 / kappa) : 0;
        if (cut > w->worst[d])
            w->worst[d] = cut;
    }
}

static double ces_kappa(kn__denial_work *w, double day)
{
    const kn__denial_ces *ces = w->model->ces;
    int64_t e = w->model->economies;
    double done = (day - w->first_day) / ces->days;
    done = done > 1 ? 1 : done > 0 ? done : 0;
    double sigma = ces->start[w->end] + done * (ces->later[w->end] - ces->start[w->end]);
    double kappa = (sigma - 1) / sigma;
    for (int32_t k = 0; k < w->lacking.count; k++) {
        int64_t at = w->lacking.item[k] * e;
        for (int64_t d = at; d < at + e; d++)
            w->bent[d] = w->unmet[d] > 0 ? 1 - pow(1 - w->unmet[d], kappa) : 0;
    }
    return kappa;
}

/* a = max(0, 1 − cut), at most the capacity. */
static void output_row(kn__denial_work *w, int32_t p, double kappa)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    recipe_cut(w, p);
    if (m->ces)
        ces_cut(w, p, kappa);
    bool below = false;
    for (int64_t d = 0; d < e; d++) {
        int64_t at = p * e + d;
        double a = w->worst[d] > 0 ? 1 - w->worst[d] : 1;
        a = a > 0 ? a : 0;
        a = a < w->capacity[at] ? a : w->capacity[at];
        if (m->always[d] || (m->makes && !m->makes[at]))
            a = 1;
        w->output[at] = a;
        below = below || a < 1;
    }
    if (below)
        kn__set_add(&w->cut, p);
}

/* The producers that something short or missing may touch, and those touched before. */
static void produce(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    kn__product_set *reach = &w->cut;
    for (int32_t k = 0; k < reach->count; k++)
        fill_row(w->output, reach->item[k], m->economies, 1);
    kn__set_clear(reach);
    kn__shock_capacity(w, t);
    for (int32_t k = 0; k < w->lacking.count; k++) {
        int32_t q = w->lacking.item[k];
        for (int32_t i = m->user_start[q]; i < m->user_start[q + 1]; i++)
            kn__set_add(reach, m->user_of[i]);
    }
    for (int32_t p = 0; m->ces && w->lacking.count && p < m->products; p++)
        kn__set_add(reach, p);
    double kappa = m->ces ? ces_kappa(w, t * m->slice_days) : 0;
    int32_t count = reach->count;
    reach->count = 0;
    for (int32_t k = 0; k < count; k++) {
        int32_t p = reach->item[k];
        reach->has[p] = 0;
        kn__denial_touch(w, p);
        output_row(w, p, kappa);
    }
}

/* min over short inputs of (t − 1)Δ + W_begin / n; lost capacity bites at once. */
static double bite_day(const kn__denial_work *w, double begin, int64_t d)
{
    int64_t e = w->model->economies;
    double day = INFINITY;
    for (int32_t k = 0; k < w->cut.count; k++) {
        int64_t at = w->cut.item[k] * e + d;
        if (w->capacity[at] < 1 && w->output[at] >= w->capacity[at])
            day = begin;
    }
    for (int32_t k = 0; k < w->lacking.count; k++) {
        int64_t at = w->lacking.item[k] * e + d;
        double out = begin + w->begin[at] / w->need[at];
        if (w->unmet[at] > 0 && w->model->is_input[w->lacking.item[k]] && out < day)
            day = out;
    }
    return day;
}

/* D += Δ/365 · sum over p of v (1 − a) */
static void account(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    memset(w->rate, 0, (size_t)e * sizeof(double));
    memset(w->worst, 0, (size_t)e * sizeof(double));
    for (int32_t k = 0; k < w->cut.count; k++) {
        int64_t at = w->cut.item[k] * e;
        for (int64_t d = 0; d < e; d++) {
            double cut = 1 - w->output[at + d];
            w->rate[d] += m->value_added[at + d] * cut;
            w->worst[d] = cut > w->worst[d] ? cut : w->worst[d];
        }
    }
    for (int64_t d = 0; d < e; d++) {
        w->lost[d] += m->slice_days / 365 * w->rate[d];
        if (w->worst[d] > SMALLEST_CUT && isnan(w->bite[d]))
            w->bite[d] = bite_day(w, (t - 1) * m->slice_days, d);
    }
}

static void copy_row(double *to, int64_t row, const double *from, int32_t width)
{
    if (to)
        memcpy(to + row * width, from, (size_t)width * sizeof(double));
}

void kn__denial_run(kn__denial_work *w, const kn__shock *shock, kn__denial_end end,
                    const kn__denial_result *result)
{
    const kn__denial_model *m = w->model;
    int32_t e = m->economies;
    w->shock = shock;
    w->end = end;
    w->rule = m->rule[end];
    reset(w);
    kn__shock_begin(w);
    for (int32_t t = 1; t <= m->slices; t++) {
        kn__shock_slice(w, t);
        kn__shock_release(w, t);
        supply(w, t * m->slice_days);
        produce(w, t);
        account(w, t);
        kn__shock_sales(w, t);
        copy_row(result->loss, t - 1, w->lost, e);
        copy_row(result->sales, t - 1, w->forgone, e);
        if (result->observe)
            result->observe(result->arg, &(kn__denial_view){m, w, t});
    }
    copy_row(result->bite_day, 0, w->bite, e);
    for (int32_t k = 0; k < m->tool_count; k++) {
        copy_row(result->uptime, k, w->uptime + (int64_t)k * e, e);
        copy_row(result->replacement, k, w->installed + (int64_t)k * e, e);
        copy_row(result->expansion, k, w->expansion + (int64_t)k * e, e);
    }
}

static int64_t place(const kn__denial_view *view, int32_t q, int32_t d)
{
    return (int64_t)q * view->model->economies + d;
}

double kn__denial_gap(const kn__denial_view *view, int32_t q, int32_t d)
{
    return view->work->gap[place(view, q, d)];
}

double kn__denial_need(const kn__denial_view *view, int32_t q, int32_t d)
{
    return view->work->need[place(view, q, d)];
}

double kn__denial_stock(const kn__denial_view *view, int32_t q, int32_t d)
{
    const kn__denial_work *w = view->work;
    int64_t at = place(view, q, d);
    return w->dirty.has[q] ? w->stock[at] : view->model->stock_days[at] * w->rule.stock;
}

double kn__denial_unmet(const kn__denial_view *view, int32_t q, int32_t d)
{
    return view->work->unmet[place(view, q, d)];
}

double kn__denial_output(const kn__denial_view *view, int32_t p, int32_t d)
{
    return view->work->output[place(view, p, d)];
}

double kn__denial_capacity(const kn__denial_view *view, int32_t p, int32_t d)
{
    return view->work->capacity[place(view, p, d)];
}

double kn__denial_day_out(const kn__denial_view *view, int32_t q, int32_t d)
{
    const kn__denial_work *w = view->work;
    int64_t at = place(view, q, d);
    if (!(w->unmet[at] > 0))
        return NAN;
    return (view->slice - 1) * view->model->slice_days + w->begin[at] / w->need[at];
}
