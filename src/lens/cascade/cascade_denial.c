/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/cascade_denial.h"

#include <math.h>

#include "lens/cascade/cascade_tables.h"
#include "lens/cascade/denial_net.h"
#include "lens/cascade/denial_scenario.h"
#include "lens/cascade/first_out.h"

/* ---- What the observer keeps ---- */

typedef struct story {
    const kn_network *net;
    kn_context *ctx;
    const kn__denial_model *model;
    kn_table *losses, *path;
    kn__first *first;            /* [product][economy] */
    double *loss[KN__END_COUNT]; /* [slice][economy] */
    kn_status status;
} story;

static const double SMALLEST_CUT = 1e-12; /* below is rounding */
static const double FELT = 1e-3;

/* The input whose shortage cuts p in d most; -1 when it is capacity. */
static kn__first cause_of(const story *s, const kn__denial_view *view, int32_t p,
                          int32_t d)
{
    const kn__denial_model *m = s->model;
    kn__first found = {.day = (view->slice - 1) * m->slice_days,
                       .cause = KN__CAUSE_CAPACITY};
    double worst = 0;
    for (int32_t q = 0; m->ces && q < m->products; q++) {
        const double *theta =
            m->ces->cost_share + ((int64_t)p * m->economies + d) * m->products;
        double u = kn__denial_unmet(view, q, d);
        if (theta[q] > 0 && theta[q] * u / (1 - u) > worst) {
            worst = theta[q] * u / (1 - u);
            found = (kn__first){.day = kn__denial_day_out(view, q, d), .cause = q};
        }
    }
    for (int32_t k = m->input_start[p]; !m->ces && k < m->input_start[p + 1]; k++) {
        const kn__denial_input *in = &m->inputs[k];
        double cut = in->weight[KN__END_MID] * kn__denial_unmet(view, in->input, d) *
                     (in->class == KN__CLASS_IMPORTANT ? 0.5 : 1);
        if (cut > worst) {
            worst = cut;
            found = (kn__first){.day = kn__denial_day_out(view, in->input, d),
                                .cause = in->input};
        }
    }
    /* Capacity binds when no input cuts as deep as output fell. */
    if (!m->ces && worst < (1 - kn__denial_output(view, p, d)) * (1 - 1e-9) &&
        kn__denial_capacity(view, p, d) < 1)
        found = (kn__first){.day = (view->slice - 1) * m->slice_days,
                            .cause = KN__CAUSE_CAPACITY};
    return found;
}

static void observe(void *arg, const kn__denial_view *view)
{
    story *s = arg;
    const kn__denial_model *m = s->model;
    double day = view->slice * m->slice_days;
    for (int32_t p = 0; p < m->products; p++)
        for (int32_t d = 0; d < m->economies; d++) {
            int64_t at = (int64_t)p * m->economies + d;
            double a = kn__denial_output(view, p, d);
            if (s->status < 0 || 1 - a <= SMALLEST_CUT)
                continue;
            double lost = m->slice_days / 365 * m->value_added[at] * (1 - a);
            if (isnan(s->first[at].day) && 1 - a >= FELT) {
                s->first[at] = cause_of(s, view, p, d);
                s->first[at].value = lost;
                s->first[at].economy = d;
                s->first[at].product = p;
            }
            kn_cell cells[] = {{.number = day},
                               {.text = s->net->economies[d].code},
                               {.text = s->net->products[p].id},
                               {.number = a},
                               {.number = lost}};
            s->status = kn_table_append(s->path, s->ctx, cells);
        }
}

/* ---- Tables ---- */

static double value_added_of(const kn__denial_model *m, int32_t d)
{
    double sum = 0;
    for (int64_t p = 0; p < m->products; p++)
        sum += m->value_added[p * m->economies + d];
    return sum;
}

static double sum_at(const story *s, int end, int32_t t, int32_t d)
{
    return t > 0 ? s->loss[end][(int64_t)(t - 1) * s->model->economies + d] : 0;
}

/* The interval always holds the centre. */
static double bound(const story *s, int end, int32_t t, int32_t d)
{
    double mid = sum_at(s, KN__END_MID, t, d), own = sum_at(s, end, t, d);
    return end == KN__END_LOW ? fmin(own, mid) : fmax(own, mid);
}

static kn_status write_losses(const story *s, kn_context *ctx, kn_result *result)
{
    const kn__denial_model *m = s->model;
    double total[KN__END_COUNT] = {0}, days = m->slices * m->slice_days;
    kn_table *table = s->losses;
    for (int32_t d = 0; d < m->economies; d++) {
        double v = value_added_of(m, d), peak = 0, peak_day = NAN;
        if (!(v > 0))
            continue;
        for (int32_t t = 1; t <= m->slices; t++) {
            double lost = sum_at(s, KN__END_MID, t, d) - sum_at(s, KN__END_MID, t - 1, d);
            if (lost > peak) {
                peak = lost;
                peak_day = t * m->slice_days;
            }
        }
        double mid = sum_at(s, KN__END_MID, m->slices, d);
        double low = bound(s, KN__END_LOW, m->slices, d);
        double high = bound(s, KN__END_HIGH, m->slices, d);
        total[KN__END_LOW] += low;
        total[KN__END_MID] += mid;
        total[KN__END_HIGH] += high;
        kn_cell cells[] = {{.text = s->net->economies[d].code},
                           {.number = mid},
                           {.number = mid / (v * days / 365)},
                           {.number = peak_day},
                           {.number = peak / (v * m->slice_days / 365)},
                           {.number = low},
                           {.number = high}};
        KN__TRY(kn_table_append(table, ctx, cells));
    }
    KN__TRY(kn_table_sort_down(table, ctx, 1));
    KN__TRY(kn_result_info(result, ctx, "loss_musd", NULL, total[KN__END_MID]));
    KN__TRY(kn_result_info(result, ctx, "loss_low", NULL, total[KN__END_LOW]));
    return kn_result_info(result, ctx, "loss_high", NULL, total[KN__END_HIGH]);
}

static kn_status write_course(const story *s, kn_context *ctx, kn_result *result)
{
    const kn__denial_model *m = s->model;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.course, &table));
    for (int32_t d = 0; d < m->economies; d++)
        for (int32_t t = 1; bound(s, KN__END_HIGH, m->slices, d) > 0 && t <= m->slices;
             t++) {
            kn_cell cells[] = {{.number = t * m->slice_days},
                               {.text = s->net->economies[d].code},
                               {.number = sum_at(s, KN__END_MID, t, d)},
                               {.number = bound(s, KN__END_LOW, t, d)},
                               {.number = bound(s, KN__END_HIGH, t, d)}};
            KN__TRY(kn_table_append(table, ctx, cells));
        }
    return KN_OK;
}

/* What ran out hangs below the largest supplier of it that fell before. */
static void hang(const story *s, int64_t below)
{
    const kn__denial_model *m = s->model;
    const kn__first *f = &s->first[below];
    double most = 0;
    for (int64_t e = 0; f->cause >= 0 && e < m->economies; e++) {
        int64_t above = f->cause * (int64_t)m->economies + e;
        kn__first_hang(s->first, below, above, m->flow[above * m->economies + f->economy],
                       &most);
    }
}

static kn_status write_first(const story *s, kn_context *ctx, kn__arena *arena,
                             kn_result *result)
{
    int64_t pairs = (int64_t)s->model->products * s->model->economies, fallen, *order;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.first_out, &table));
    KN__TRY(kn__first_rank(s->first, pairs, ctx, arena, &order, &fallen));
    for (int64_t k = 0; k < fallen; k++)
        hang(s, order[k]);
    return kn__first_write(s->first, order, fallen, ctx, s->net, table);
}

/* ---- Run ---- */

static kn_status prepare(story *s, kn_context *ctx, kn__arena *arena)
{
    int64_t e = s->model->economies, pairs = s->model->products * e;
    s->first = KN__ARRAY(arena, ctx, pairs, kn__first);
    bool ok = s->first;
    for (int end = 0; end < KN__END_COUNT; end++) {
        s->loss[end] = KN__ARRAY(arena, ctx, s->model->slices * e, double);
        ok = ok && s->loss[end];
    }
    for (int64_t k = 0; ok && k < pairs; k++)
        s->first[k].day = NAN;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__cascade_denial(kn_context *ctx, kn__arena *arena, const kn_network *net,
                             const kn_scenario *scenario, bool intervals, int64_t days,
                             kn_result *result)
{
    kn__denial_model model;
    kn__denial_work *work;
    kn__shock shock;
    KN__TRY(kn__denial_from_network(&model, ctx, arena, net, intervals, (double)days));
    story s = {.net = net, .ctx = ctx, .model = &model};
    KN__TRY(prepare(&s, ctx, arena));
    KN__TRY(kn__denial_work_new(&work, ctx, arena, &model));
    KN__TRY(kn__shock_from_scenario(&shock, ctx, arena, &model, scenario));
    KN__TRY(kn__denial_describe(ctx, result, &model, net));
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.losses, &s.losses));
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.path, &s.path));
    for (int end = 0; end < KN__END_COUNT; end++) {
        bool mid = end == KN__END_MID;
        kn__denial_run(work, &shock, (kn__denial_end)end,
                       &(kn__denial_result){.loss = s.loss[end],
                                            .observe = mid ? observe : NULL,
                                            .arg = &s});
    }
    KN__TRY(s.status);
    KN__TRY(write_losses(&s, ctx, result));
    KN__TRY(write_course(&s, ctx, result));
    return write_first(&s, ctx, arena, result);
}
