/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/cascade/denial_work.h"

/* The share of slice t that lies in [start, end). */
static double overlap(double start, double end, double slice, int32_t t)
{
    double from = (t - 1) * slice, to = t * slice;
    from = start > from ? start : from;
    to = end < to ? end : to;
    return to > from ? (to - from) / slice : 0;
}

static void mark_denied(kn__denial_work *w, const kn__denial *d)
{
    int64_t e = w->model->economies, at = d->product * e;
    int32_t q = d->product;
    if (!w->denied.has[q]) {
        kn__set_add(&w->denied, q);
        memset(w->holder + at, 0, (size_t)e);
        memset(w->victim + at, 0, (size_t)e);
        memcpy(w->pool + at * e, w->model->share + at * e,
               (size_t)(e * e) * sizeof(double));
        w->open[q] = true;
        w->denied_day[q] = INFINITY;
    }
    for (int32_t k = 0; k < d->holder_count; k++)
        w->holder[at + d->holders[k]] = 1;
    for (int32_t k = 0; k < d->victim_count; k++)
        w->victim[at + d->victims[k]] = 1;
    w->open[q] = w->open[q] && d->targeted;
    if (d->start_day < w->denied_day[q])
        w->denied_day[q] = d->start_day;
    if (d->start_day > 0 || isfinite(d->end_day))
        w->timed = true;
}

/* The holder with the largest sales of q, who is given the unseen supply. */
static int32_t largest_holder(const kn__denial_work *w, int32_t q)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    int32_t best = -1;
    double most = -1;
    for (int32_t s = 0; s < e; s++) {
        double sales = 0;
        if (!w->holder[q * e + s] || s == m->unseen)
            continue;
        for (int64_t d = 0; d < e; d++)
            sales += m->share[(q * e + s) * e + d] * m->use[q * e + d];
        if (sales > most) {
            most = sales;
            best = s;
        }
    }
    return best;
}

/* m_h ← m_h + m_unseen in every pool; the unseen then sells nothing of its own. */
static void give_unseen(kn__denial_work *w, int32_t q)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    int32_t holder = largest_holder(w, q);
    if (!w->rule.unseen || m->unseen < 0 || holder < 0)
        return;
    double *own = w->pool + (q * e + holder) * e;
    double *unseen = w->pool + (q * e + m->unseen) * e;
    for (int64_t d = 0; d < e; d++) {
        own[d] += unseen[d];
        unseen[d] = 0;
    }
    w->holder[q * e + m->unseen] = 1;
}

/* Moves the holders' joint share of d's purchases to its bound at this end; the other
   suppliers keep their proportions. Bounds of several holders add up to outer bounds. */
static void bound_share(kn__denial_work *w, int32_t q, int64_t d)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    const double *bound = w->end == KN__END_LOW ? m->share_low : m->share_high;
    double old = 0, goal = 0;
    for (int64_t s = 0; s < e; s++)
        if (w->holder[q * e + s]) {
            old += w->pool[(q * e + s) * e + d];
            goal += bound[(q * e + s) * e + d];
        }
    goal = goal > 1 ? 1 : goal;
    bool worse = w->end == KN__END_LOW ? goal < old : goal > old;
    if (!worse || !(old > 0 || goal > 0))
        return;
    double rest = 1 - old;
    for (int64_t s = 0; s < e; s++) {
        double *m_sd = &w->pool[(q * e + s) * e + d];
        if (!w->holder[q * e + s])
            *m_sd *= rest > 1e-12 ? (1 - goal) / rest : 0;
        else if (old > 0)
            *m_sd *= goal / old;
    }
    if (!(old > 0))
        w->pool[(q * e + largest_holder(w, q)) * e + d] = goal;
    if (!(rest > 1e-12) && m->unseen >= 0)
        w->pool[(q * e + m->unseen) * e + d] += 1 - goal;
}

void kn__shock_begin(kn__denial_work *w)
{
    const kn__denial_model *m = w->model;
    const kn__shock *shock = w->shock;
    int64_t e = m->economies;
    kn__set_clear(&w->denied);
    w->timed = false;
    w->first_day = INFINITY;
    for (int32_t k = 0; k < shock->denial_count; k++) {
        const kn__denial *d = &shock->denials[k];
        if (!(d->share > 0) || !d->holder_count || !d->victim_count)
            continue;
        mark_denied(w, d);
        w->first_day = d->start_day < w->first_day ? d->start_day : w->first_day;
    }
    for (int32_t k = 0; k < shock->loss_count; k++)
        if (shock->losses[k].share > 0 && shock->losses[k].start_day < w->first_day)
            w->first_day = shock->losses[k].start_day;
    for (int32_t k = 0; k < w->denied.count; k++) {
        int32_t q = w->denied.item[k];
        give_unseen(w, q);
        for (int64_t d = 0; m->share_low && w->end != KN__END_MID && d < e; d++)
            if (w->victim[q * e + d] && m->use[q * e + d] > 0)
                bound_share(w, q, d);
    }
}

/* den = the largest share denied by any measure that is in force. */
static void set_denial(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    for (int32_t k = 0; k < w->denied.count; k++) {
        int64_t at = w->denied.item[k] * e * e;
        memset(w->denial + at, 0, (size_t)(e * e) * sizeof(double));
    }
    for (int32_t k = 0; k < w->shock->denial_count; k++) {
        const kn__denial *d = &w->shock->denials[k];
        double level = d->share * overlap(d->start_day, d->end_day, m->slice_days, t);
        for (int32_t h = 0; level > 0 && h < d->holder_count; h++)
            for (int32_t v = 0; v < d->victim_count; v++) {
                int64_t at = (d->product * e + d->holders[h]) * e + d->victims[v];
                w->denial[at] = level > w->denial[at] ? level : w->denial[at];
            }
    }
}

/* cutoff = sum over s of den m; R = what others sell to others;
   r = ρ cutoff min(1, R / sum over victims of denied sales), targeted only. */
static void set_reroute(kn__denial_work *w, int32_t q)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    double elsewhere = 0, denied = 0, *cutoff = w->cutoff + q * e;
    memset(cutoff, 0, (size_t)e * sizeof(double));
    for (int64_t s = 0; s < e; s++) {
        const double *pool = w->pool + (q * e + s) * e;
        bool holder = w->holder[q * e + s];
        for (int64_t d = 0; d < e; d++) {
            if (holder)
                cutoff[d] += w->denial[(q * e + s) * e + d] * pool[d];
            else if (!w->victim[q * e + d])
                elsewhere += pool[d] * m->use[q * e + d];
        }
    }
    for (int64_t d = 0; d < e; d++)
        denied += cutoff[d] * m->use[q * e + d];
    double share = isnan(w->rule.reroute) ? m->reroute_share[q] : w->rule.reroute;
    if (!w->open[q] || !(denied > 0))
        share = 0;
    else if (elsewhere < denied)
        share *= elsewhere / denied;
    for (int64_t d = 0; d < e; d++)
        w->reroute[q * e + d] = share * cutoff[d];
}

void kn__shock_slice(kn__denial_work *w, int32_t t)
{
    if (t > 1 && !w->timed)
        return;
    set_denial(w, t);
    for (int32_t k = 0; k < w->denied.count; k++)
        set_reroute(w, w->denied.item[k]);
}

/* v/x of each holder · (denied sales − ramp · what reaches the victims by detours) */
void kn__shock_sales(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    for (int32_t k = 0; k < w->denied.count; k++) {
        int32_t q = w->denied.item[k];
        double passed = kn__denial_ramp(t * m->slice_days - w->denied_day[q],
                                        m->reroute_days[q], m->slice_days);
        for (int64_t s = 0; s < e; s++) {
            double x = m->output[q * e + s], sales = 0;
            if (!w->holder[q * e + s] || !(x > 0))
                continue;
            for (int64_t d = 0; d < e; d++) {
                double cutoff = w->cutoff[q * e + d];
                double denied =
                    w->denial[(q * e + s) * e + d] * w->pool[(q * e + s) * e + d];
                if (denied > 0)
                    sales += m->use[q * e + d] * denied *
                             (1 - passed * w->reroute[q * e + d] / cutoff);
            }
            w->forgone[s] += m->slice_days / 365 * m->value_added[q * e + s] / x * sales;
        }
    }
}

void kn__shock_release(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    for (int32_t k = 0; k < w->shock->release_count; k++) {
        const kn__stock_release *r = &w->shock->releases[k];
        double from = (t - 1) * m->slice_days;
        if (r->start_day < from || r->start_day >= from + m->slice_days)
            continue;
        kn__denial_touch(w, r->product);
        w->stock[(int64_t)r->product * m->economies + r->economy] += r->days;
    }
}

/* Days lost up to `day`: full from start to end, then falling to zero over recover. */
static double days_lost(const kn__capacity_loss *loss, double day)
{
    if (day <= loss->start_day)
        return 0;
    if (day <= loss->end_day)
        return day - loss->start_day;
    double lost = loss->end_day - loss->start_day, y = day - loss->end_day;
    if (!(loss->recover_days > 0))
        return lost;
    y = y < loss->recover_days ? y : loss->recover_days;
    return lost + y - y * y / (2 * loss->recover_days);
}

/* Uptime 1 − s κ once parts and service are missed; installed capacity k follows
   k ← k ε + (1 − g)(1 − ε), ε = exp(−Δ/life), which for a constant gap s is
   1 − s (1 − exp(−t/life)); expansion lost = growth ∫ g dt. Capacity left is uptime ×
   (1 − dependent (1 − k)), of the scarcest tool. */
static void run_tool(kn__denial_work *w, int32_t k, int32_t t)
{
    const kn__denial_model *m = w->model;
    const kn__denial_tool *tool = &m->tools[k];
    int64_t e = m->economies;
    double keep = tool->life_days > 0 ? exp(-m->slice_days / tool->life_days) : 0;
    bool denied = w->denied.has[tool->tool];
    double served = denied ? overlap(w->denied_day[tool->tool] + tool->service_days,
                                     INFINITY, m->slice_days, t)
                           : 0;
    for (int64_t d = 0; d < e; d++) {
        double lack = w->gap[tool->tool * e + d];
        double direct = denied ? w->cutoff[tool->tool * e + d] : 0;
        int64_t at = k * e + d;
        w->installed[at] -= (1 - keep) * (w->installed[at] - (1 - lack));
        w->uptime[at] = 1 - served * tool->service_dependence * direct;
        w->expansion[at] += tool->growth * lack * m->slice_days / 365;
        double left = w->uptime[at] * (1 - tool->dependent * (1 - w->installed[at]));
        double *capacity = &w->capacity[tool->user * e + d];
        *capacity = left < *capacity ? left : *capacity;
    }
}

void kn__shock_capacity(kn__denial_work *w, int32_t t)
{
    const kn__denial_model *m = w->model;
    int64_t e = m->economies;
    double from = (t - 1) * m->slice_days;
    for (int32_t k = 0; k < w->shock->loss_count; k++)
        for (int64_t d = 0; d < e; d++)
            w->capacity[w->shock->losses[k].product * e + d] = 1;
    for (int32_t k = 0; k < m->tool_count; k++) {
        w->tool_on[k] = w->tool_on[k] || w->touched.has[m->tools[k].tool];
        for (int64_t d = 0; w->tool_on[k] && d < e; d++)
            w->capacity[m->tools[k].user * e + d] = 1;
    }
    for (int32_t k = 0; k < w->shock->loss_count; k++) {
        const kn__capacity_loss *l = &w->shock->losses[k];
        double lost = days_lost(l, from + m->slice_days) - days_lost(l, from);
        kn__denial_touch(w, l->product);
        w->capacity[l->product * e + l->economy] *= 1 - l->share * lost / m->slice_days;
        kn__set_add(&w->cut, l->product);
    }
    for (int32_t k = 0; k < m->tool_count; k++)
        if (w->tool_on[k]) {
            kn__denial_touch(w, m->tools[k].user);
            run_tool(w, k, t);
            kn__set_add(&w->cut, m->tools[k].user);
        }
}
