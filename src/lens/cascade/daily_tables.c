/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_tables.h"

#include <math.h>
#include <string.h>

#include "lens/cascade/cascade_tables.h"

static const double SMALLEST_CUT = 1e-12; /* below is rounding */
static const double FELT = 1e-3;

kn_status kn__daily_story_new(kn__daily_story *s, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *net, const kn__daily_options *o)
{
    int64_t e = net->net->economy_count, pairs = e * net->net->product_count;
    *s = (kn__daily_story){.net = net, .days = o->days, .slice_days = o->slice_days};
    s->slices = (s->days + s->slice_days - 1) / s->slice_days;
    bool ok = true;
    for (int end = 0; end < KN__DAILY_ENDS; end++)
        ok = (s->lost[end] = KN__ARRAY(arena, ctx, s->slices * e, double)) && ok;
    double **const by_economy[] = {&s->made_up, &s->peak, &s->peak_day, &s->today};
    for (int k = 0; k < 4; k++)
        ok = (*by_economy[k] = KN__ARRAY(arena, ctx, e, double)) && ok;
    double **const by_pair[] = {&s->pair_made, &s->pair_normal, &s->pair_lost};
    for (int k = 0; k < 3; k++)
        ok = (*by_pair[k] = KN__ARRAY(arena, ctx, pairs, double)) && ok;
    s->first = KN__ARRAY(arena, ctx, net->n, kn__first);
    s->bite = KN__ARRAY(arena, ctx, e, double);
    for (int64_t k = 0; s->bite && k < e; k++)
        s->bite[k] = NAN;
    for (int32_t i = 0; s->first && i < net->n; i++)
        s->first[i] = (kn__first){
            .day = NAN, .economy = net->economy[i], .product = net->product[i]};
    return ok && s->first && s->bite ? KN_OK : KN_ERR_MEMORY;
}

void kn__daily_story_state(kn__daily_story *s, kn__state *state)
{
    int64_t e = s->net->net->economy_count, pairs = e * s->net->net->product_count;
    double *const by_economy[] = {s->made_up, s->peak, s->peak_day, s->bite};
    double *const by_pair[] = {s->pair_made, s->pair_normal, s->pair_lost};
    KN__STATE(state, &s->done, 1);
    for (int end = 0; end < KN__DAILY_ENDS; end++)
        KN__STATE(state, s->lost[end], s->slices * e);
    for (size_t k = 0; k < sizeof by_economy / sizeof *by_economy; k++)
        KN__STATE(state, by_economy[k], e);
    for (size_t k = 0; k < sizeof by_pair / sizeof *by_pair; k++)
        KN__STATE(state, by_pair[k], pairs);
    for (int32_t i = 0; i < s->net->n; i++) {
        KN__STATE(state, &s->first[i].day, 1);
        KN__STATE(state, &s->first[i].value, 1);
        KN__STATE(state, &s->first[i].cause, 1);
    }
}

/* ---- Days ---- */

/* What held output down: the stock that sets the limit, capacity, or buyers. */
static int32_t cause_of(const kn__daily_net *net, const kn__engine_view *v, int32_t i)
{
    if (v->limit[i] <= v->capacity[i] && v->limit[i] <= v->demand[i] &&
        v->binding[i] >= 0)
        return net->group_product[net->engine.group_start[i] + v->binding[i]];
    return v->capacity[i] <= v->demand[i] ? KN__CAUSE_CAPACITY : KN__CAUSE_DEMAND;
}

static void take_producer(kn__daily_story *s, int32_t i, int64_t t, bool mid,
                          const kn__engine_view *v)
{
    const kn__daily_net *net = s->net;
    double normal = v->normal[i], made = v->output[i];
    if (!(normal > 0))
        return;
    double cut = made == normal ? 0 : 1 - made / normal;
    double value = net->value_musd[i] * cut;
    int32_t e = net->economy[i];
    s->today[e] += fmax(value, 0);
    if (!mid)
        return;
    int64_t pair = (int64_t)net->product[i] * net->net->economy_count + e;
    s->made_up[e] += fmax(-value, 0);
    s->pair_made[pair] += made;
    s->pair_normal[pair] += normal;
    s->pair_lost[pair] += fmax(value, 0);
    if (isnan(s->bite[e]) &&
        kn__daily_bites(cut, v->limit[i], v->capacity[i], v->demand[i]))
        s->bite[e] = (double)t;
    if (cut >= FELT && isnan(s->first[i].day)) {
        s->first[i].day = (double)t;
        s->first[i].value = value;
        s->first[i].cause = cause_of(net, v, i);
    }
}

static kn_status write_slice(kn__daily_story *s, kn_context *ctx, kn_table *path,
                             int64_t t)
{
    const kn_network *net = s->net->net;
    int64_t economies = net->economy_count;
    for (int64_t at = 0; at < economies * net->product_count; at++) {
        double share = s->pair_made[at] / s->pair_normal[at];
        bool cut = s->pair_normal[at] > 0 && fabs(1 - share) > SMALLEST_CUT;
        kn_cell cells[] = {{.number = (double)t + 1},
                           {.text = net->economies[at % economies].code},
                           {.text = net->products[at / economies].id},
                           {.number = share},
                           {.number = s->pair_lost[at]}};
        if (cut)
            KN__TRY(kn_table_append(path, ctx, cells));
        s->pair_made[at] = s->pair_normal[at] = s->pair_lost[at] = 0;
    }
    return KN_OK;
}

kn_status kn__daily_take(kn__daily_story *s, kn_context *ctx, kn_table *path, int end,
                         int64_t t, const kn__engine_view *v)
{
    int32_t economies = s->net->net->economy_count;
    bool mid = end == KN__DAILY_MID;
    memset(s->today, 0, (size_t)economies * sizeof *s->today);
    for (int32_t i = 0; i < s->net->n; i++)
        take_producer(s, i, t, mid, v);
    for (int32_t e = 0; e < economies; e++) {
        s->lost[end][t / s->slice_days * economies + e] += s->today[e];
        if (mid && s->today[e] > s->peak[e]) {
            s->peak[e] = s->today[e];
            s->peak_day[e] = (double)t;
        }
    }
    if (!mid)
        return KN_OK;
    s->done = t + 1;
    if (!path)
        return KN_OK;
    return s->done % s->slice_days == 0 || s->done == s->days
               ? write_slice(s, ctx, path, t)
               : KN_OK;
}

/* ---- Tables ---- */

static double up_to(const kn__daily_story *s, int end, int64_t slice, int32_t e)
{
    double sum = 0;
    for (int64_t t = 0; t <= slice; t++)
        sum += s->lost[end][t * s->net->net->economy_count + e];
    return sum;
}

double kn__daily_loss(const kn__daily_story *s, int end, int32_t e)
{
    return up_to(s, end, s->slices - 1, e);
}

/* The interval always holds the centre; without ends it is not known. */
static double low_of(const kn__daily_story *s, bool ends, int64_t slice, int32_t e)
{
    return ends ? fmin(up_to(s, KN__DAILY_LOW, slice, e),
                       up_to(s, KN__DAILY_MID, slice, e))
                : NAN;
}

static double high_of(const kn__daily_story *s, bool ends, int64_t slice, int32_t e)
{
    return ends ? fmax(up_to(s, KN__DAILY_HIGH, slice, e),
                       up_to(s, KN__DAILY_MID, slice, e))
                : NAN;
}

static kn_status write_losses(const kn__daily_story *s, kn_context *ctx, bool ends,
                              kn_table *losses, kn_result *result)
{
    const kn_network *net = s->net->net;
    double total[KN__DAILY_ENDS] = {0};
    for (int32_t e = 0; e < net->economy_count; e++) {
        double value = 0, mid = up_to(s, KN__DAILY_MID, s->slices - 1, e);
        for (int32_t i = 0; i < s->net->n; i++)
            value += s->net->economy[i] == e ? s->net->value_musd[i] : 0;
        if (!(value > 0))
            continue;
        double low = low_of(s, ends, s->slices - 1, e);
        double high = high_of(s, ends, s->slices - 1, e);
        total[KN__DAILY_LOW] += low;
        total[KN__DAILY_MID] += mid;
        total[KN__DAILY_HIGH] += high;
        kn_cell cells[] = {{.text = net->economies[e].code},
                           {.number = mid},
                           {.number = mid / (value * (double)s->days)},
                           {.number = s->peak[e] > 0 ? s->peak_day[e] : NAN},
                           {.number = s->peak[e] / value},
                           {.number = low},
                           {.number = high}};
        KN__TRY(kn_table_append(losses, ctx, cells));
    }
    KN__TRY(kn_table_sort_down(losses, ctx, 1));
    KN__TRY(kn_result_info(result, ctx, "loss_musd", NULL, total[KN__DAILY_MID]));
    KN__TRY(kn_result_info(result, ctx, "loss_low", NULL, total[KN__DAILY_LOW]));
    return kn_result_info(result, ctx, "loss_high", NULL, total[KN__DAILY_HIGH]);
}

static kn_status write_course(const kn__daily_story *s, kn_context *ctx, bool ends,
                              kn_table *course)
{
    const kn_network *net = s->net->net;
    for (int32_t e = 0; e < net->economy_count; e++) {
        double all = up_to(s, KN__DAILY_MID, s->slices - 1, e);
        all = fmax(all, high_of(s, ends, s->slices - 1, e)); /* leaves NaN out */
        for (int64_t t = 0; all > 0 && t < s->slices; t++) {
            int64_t day = (t + 1) * s->slice_days;
            kn_cell cells[] = {{.number = (double)(day < s->days ? day : s->days)},
                               {.text = net->economies[e].code},
                               {.number = up_to(s, KN__DAILY_MID, t, e)},
                               {.number = low_of(s, ends, t, e)},
                               {.number = high_of(s, ends, t, e)}};
            KN__TRY(kn_table_append(course, ctx, cells));
        }
    }
    return KN_OK;
}

/* Below: its input ran out, and the supplier fell before it; or above: its buyers went
   away, and the user of this link fell before it. */
static void hang_link(const kn__daily_story *s, int32_t user, int32_t supplier,
                      double flow, double *most)
{
    const kn__first *u = &s->first[user], *i = &s->first[supplier];
    if (!isnan(u->day) && u->cause == s->net->product[supplier])
        kn__first_hang(s->first, user, supplier, flow, &most[user]);
    if (!isnan(i->day) && i->cause == KN__CAUSE_DEMAND)
        kn__first_hang(s->first, supplier, user, flow, &most[supplier]);
}

static kn_status write_first(const kn__daily_story *s, kn_context *ctx, kn__arena *arena,
                             kn_table *table)
{
    const kn__engine_net *e = &s->net->engine;
    double *most = KN__ARRAY(arena, ctx, s->net->n, double);
    int64_t *order, fallen;
    KN__TRY(kn__first_rank(s->first, s->net->n, ctx, arena, &order, &fallen));
    if (!most)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; fallen && j < s->net->n; j++)
        for (int64_t g = e->group_start[j]; g < e->group_start[j + 1]; g++)
            for (int64_t l = e->link_start[g]; l < e->link_start[g + 1]; l++)
                hang_link(s, j, kn__daily_supplier(s->net, g, l), e->flow[l], most);
    return kn__first_write(s->first, order, fallen, ctx, s->net->net, table);
}

static kn_status write_recapture(const kn__daily_story *s, kn_context *ctx,
                                 kn_table *table, kn_result *result)
{
    double total = 0;
    for (int32_t e = 0; e < s->net->net->economy_count; e++) {
        double lost = up_to(s, KN__DAILY_MID, s->slices - 1, e);
        kn_cell cells[] = {{.text = s->net->net->economies[e].code},
                           {.number = s->made_up[e]},
                           {.number = lost - s->made_up[e]}};
        total += s->made_up[e];
        if (s->made_up[e] > 0)
            KN__TRY(kn_table_append(table, ctx, cells));
    }
    KN__TRY(kn_table_sort_down(table, ctx, 1));
    return kn_result_info(result, ctx, "recaptured_musd", NULL, total);
}

kn_status kn__daily_write(const kn__daily_story *s, kn_context *ctx, kn__arena *arena,
                          bool ends, kn_table *losses, kn_result *result)
{
    kn_table *course, *first, *recapture;
    KN__TRY(write_losses(s, ctx, ends, losses, result));
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.course, &course));
    KN__TRY(write_course(s, ctx, ends, course));
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.first_out, &first));
    KN__TRY(write_first(s, ctx, arena, first));
    KN__TRY(kn_result_add(result, ctx, kn__cascade_made.recapture, &recapture));
    return write_recapture(s, ctx, recapture, result);
}
