/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>
#include <stdlib.h>

#include "kaname/lens.h"
#include "lens/cascade/daily.h"
#include "lens/cascade/denial_net.h"
#include "lens/cascade/denial_scenario.h"

/* ---- Declaration ---- */

typedef struct cascade_options {
    int32_t model, links;
    kn__daily_options daily; /* its days hold for the denial model, too */
} cascade_options;

#define DAILY(field) offsetof(cascade_options, daily.field)
#define NUMBER(name, value, unit, low, high, help, field)                                \
    {                                                                                    \
        name, KN_OPTION_NUMBER, value, unit, NULL, low, high, help, NULL, DAILY(field)   \
    }
#define CHOICE(name, choices, help, field)                                               \
    {                                                                                    \
        name, KN_OPTION_CHOICE, NULL, "", choices, 0, 0, help, NULL, DAILY(field)        \
    }

static const char *const models[] = {"denial",     "kaname",  "ario",
                                     "inoue-todo", "pichler", "guan"};

static const kn_option options[] = {
    {"model", KN_OPTION_CHOICE, "denial", "",
     "denial|kaname|ario|inoue-todo|pichler|guan", 0, 0,
     "denial: the time slices of the headline measure; the others play out day by day, "
     "with kaname's own choices or as published",
     NULL, offsetof(cascade_options, model)},
    {"days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
     "horizon; of the denial model in slices of 30 days", NULL, DAILY(days)},
    {"links", KN_OPTION_CHOICE, "interval", "", "interval|centre", 0, 0,
     "supplier shares that are not known: carry their bounds into the low and high loss, "
     "or take the centre as known",
     NULL, offsetof(cascade_options, links)},
    {"slice", KN_OPTION_INTEGER, "10", "days", NULL, 1, 360,
     "daily models: rows of path and course stand for so many days", NULL,
     DAILY(slice_days)},
    CHOICE("production",
           "leontief|strongly-critical|half-critical|weakly-critical|linear|ces",
           "daily models: how stocks limit output", production),
    CHOICE("ordering", "none|output|demand|feasible",
           "daily models: what an order repeats besides closing the gap in stocks",
           ordering),
    CHOICE("target", "none|output|demand|feasible",
           "daily models: what the stock target follows; none: normal use", target),
    CHOICE("sourcing", "fixed|capacity|search",
           "daily models: suppliers in fixed shares, by their capacity, or by it after a "
           "search",
           sourcing),
    CHOICE("rationing",
           "proportional|water-filling|firms-first|domestic-first|alliance-first",
           "daily models: who is served when there is not enough", rationing),
    {"allies", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
     "daily models: who serve each other first under alliance-first", NULL,
     DAILY(allies)},
    CHOICE("adaptation", "none|overproduction|hiring|price",
           "daily models: how capacity, or prices, answer", adaptation),
    NUMBER("stock_days", NULL, "days", 0, 3600,
           "daily models: stock target of every input, instead of what is known",
           stock_days),
    NUMBER("restore_days", NULL, "days", 1, 3600,
           "daily models: time in which a gap in stocks is made good", restore_days),
    NUMBER("need", NULL, "share", 0, 1,
           "daily models: of its stock target that full output wants to see; 0: one day "
           "of use",
           need),
    NUMBER("search_days", NULL, "days", 1, 3600,
           "daily models: until new suppliers are qualified", search_days),
    NUMBER("search_share", NULL, "share", 0, 1,
           "daily models: of lost purchases that may be bought elsewhere in the end",
           search_share),
    NUMBER("spare", NULL, "share", 0, 10,
           "daily models: capacity that can be added above normal", spare),
    NUMBER("adapt_days", NULL, "days", 1, 3600,
           "daily models: time constant of adaptation", adapt_days),
    NUMBER("elasticity", NULL, "", 0.001, 0.999,
           "daily models: between inputs, with production ces", elasticity),
    NUMBER("leak", "0", "share", 0, 1,
           "daily models: of a targeted ban that gets round it through third countries",
           leak),
    NUMBER("leak_days", "60", "days", 0, 3600, "daily models: until all of it does",
           leak_days),
};

static const kn_column loss_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "who loses"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost up to the horizon"},
    {"loss_share", "share", KN_COLUMN_NUMBER, "of the value added of that time"},
    {"peak_day", "days", KN_COLUMN_NUMBER, "end of the slice with the largest loss"},
    {"peak_loss_share", "share", KN_COLUMN_NUMBER, "of value added, in that slice"},
    {"loss_low", "MUSD", KN_COLUMN_NUMBER, "loss, everything uncertain at its best"},
    {"loss_high", "MUSD", KN_COLUMN_NUMBER, "loss, everything uncertain at its worst"},
};
static const kn_column path_columns[] = {
    {"day", "days", KN_COLUMN_INTEGER, "end of the slice"},
    {"economy", "", KN_COLUMN_TEXT, "where"},
    {"product", "", KN_COLUMN_TEXT, "whose making falls"},
    {"output_share", "share", KN_COLUMN_NUMBER, "of normal output"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost in this slice"},
};
static const kn_column course_columns[] = {
    {"day", "days", KN_COLUMN_INTEGER, "end of the slice"},
    {"economy", "", KN_COLUMN_TEXT, "who loses"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added lost up to this day"},
    {"loss_low", "MUSD", KN_COLUMN_NUMBER, "the same, everything uncertain at its best"},
    {"loss_high", "MUSD", KN_COLUMN_NUMBER,
     "the same, everything uncertain at its worst"},
};
static const kn_column first_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where"},
    {"product", "", KN_COLUMN_TEXT, "whose making falls"},
    {"day", "days", KN_COLUMN_NUMBER, "on which it first falls"},
    {"cause", "", KN_COLUMN_TEXT, "the input that ran out, or the capacity"},
};
static const kn_column recapture_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "who makes up for it"},
    {"recaptured_musd", "MUSD", KN_COLUMN_NUMBER, "value added made later above normal"},
    {"net_musd", "MUSD", KN_COLUMN_NUMBER, "loss less what is made up"},
};

#define COLUMNS(x) x, sizeof x / sizeof *x
static const kn_table_decl loss_table = {"losses", "value added lost by economy",
                                         COLUMNS(loss_columns)};
static const kn_table_decl path_table = {"path", "output over time",
                                         COLUMNS(path_columns)};
static const kn_table_decl course_table = {"course", "losses over time, with interval",
                                           COLUMNS(course_columns)};
static const kn_table_decl first_table = {"first_out", "what ran out first",
                                          COLUMNS(first_columns)};
static const kn_table_decl recapture_table = {
    "recapture", "output made up later (daily models)", COLUMNS(recapture_columns)};
static const kn_table_decl *const tables[] = {&loss_table, &path_table, &course_table,
                                              &first_table, &recapture_table};

static const char formula[] =
    "model denial: the equations of `chokepoints --explain`, all measures in one run\n"
    "export_ban     den = 1 while it lasts; to \"*\": a stop, else targeted\n"
    "export_quota   den = 1 - keep\n"
    "capacity_loss  a <= 1 - lose while it lasts, then a straight line back\n"
    "stock_release  W += days of normal use on its first day\n"
    "first_out      per producer: the first slice with a < 0.999, day (t-1) 30 + W / n "
    "of "
    "the input that binds\n"
    "\n"
    "daily models, one step a day (S stock by input product, in days of normal use; n "
    "its target; x0 normal output; w weight of an input; o what orders follow)\n"
    "demand      D = orders + final demand\n"
    "capacity    C = x0 (1 - loss) alpha\n"
    "output      x = min(D, C, x0 min_k (1 - w_k + w_k S_k)); linear: x0 sum S U / sum "
    "U; ces: x0 (1 + sum theta (S^rho - 1))^(1/rho) over short inputs, rho = 1 - "
    "1/sigma\n"
    "stock       S <- max(0, S + received / U - x / x0)\n"
    "order       max(0, o/x0 + (n o/x0 - S) / restore) U, split by normal shares times "
    "what suppliers can make\n"
    "capacity    alpha <- alpha + ((most - alpha) (D - x)/D + (1 - alpha) [D = x]) / "
    "adapt\n"
    "price       p <- p (1 + min(1, D/x - 1) / 30), back by 1/30 of the excess a day, at "
    "most 3; buyers lean by 1/p, final users buy less by p^-0.5\n"
    "kaname      w from recipes: class (1, 1/2, cost share) times dependent share, or "
    "ces without recipes; orders follow min(D, C), so that a shortage makes neither "
    "phantom demand nor a death spiral; the stock target stays n (n o/x0 in ario and "
    "inoue-todo), so that orders do not swing up the chain\n"
    "ario        BoARIO 0.6.4 with its quirk: differences close to zero everywhere "
    "count as none (rtol 1e-5, atol 1e-8); full output wants 0.8 of the stock target; "
    "final users keep their suppliers\n"
    "inoue-todo  stocks by supplier, pooled in use; orders follow the last output\n"
    "pichler     labour is hired and fired within 7 days; a loss acts one day late\n"
    "guan        starts with 4 days of stock, wants 5, orders the whole gap each day\n"
    "leak        of a targeted ban: deliveries come back up to this share";

static const char source[] = "docs/lens/cascade";

/* ---- What the observer keeps ---- */

/* When and why a producer's output first fell by at least FELT. */
typedef struct record {
    double day;       /* NaN: never */
    double value;     /* value added lost in that slice */
    int64_t producer; /* product × economies + economy */
    int32_t cause;    /* product; -1: capacity */
} record;

typedef struct story {
    const kn_network *net;
    kn_context *ctx;
    const kn__denial_model *model;
    kn_table *losses, *path;
    record *first;               /* [product][economy] */
    double *loss[KN__END_COUNT]; /* [slice][economy] */
    kn_status status;
} story;

static const double SMALLEST_CUT = 1e-12; /* below is rounding */
static const double FELT = 1e-3;

/* The input whose shortage cuts p in d most; -1 when it is capacity. */
static record cause_of(const story *s, const kn__denial_view *view, int32_t p, int32_t d)
{
    const kn__denial_model *m = s->model;
    record found = {.day = (view->slice - 1) * m->slice_days, .cause = -1};
    double worst = 0;
    for (int32_t q = 0; m->ces && q < m->products; q++) {
        const double *theta =
            m->ces->cost_share + ((int64_t)p * m->economies + d) * m->products;
        double u = kn__denial_unmet(view, q, d);
        if (theta[q] > 0 && theta[q] * u / (1 - u) > worst) {
            worst = theta[q] * u / (1 - u);
            found = (record){.day = kn__denial_day_out(view, q, d), .cause = q};
        }
    }
    for (int32_t k = m->input_start[p]; !m->ces && k < m->input_start[p + 1]; k++) {
        const kn__denial_input *in = &m->inputs[k];
        double cut = in->weight[KN__END_MID] * kn__denial_unmet(view, in->input, d) *
                     (in->class == KN__CLASS_IMPORTANT ? 0.5 : 1);
        if (cut > worst) {
            worst = cut;
            found = (record){.day = kn__denial_day_out(view, in->input, d),
                             .cause = in->input};
        }
    }
    /* Capacity binds when no input cuts as deep as output fell. */
    if (!m->ces && worst < (1 - kn__denial_output(view, p, d)) * (1 - 1e-9) &&
        kn__denial_capacity(view, p, d) < 1)
        found = (record){.day = (view->slice - 1) * m->slice_days, .cause = -1};
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
    KN__TRY(kn_result_add(result, ctx, &course_table, &table));
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

static int by_day(const void *x, const void *y)
{
    const record *a = x, *b = y;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    return a->producer < b->producer ? -1 : a->producer > b->producer;
}

/* Earliest first; on the same day the larger loss first. Sorts the records in place. */
static kn_status write_first(const story *s, kn_context *ctx, kn_result *result)
{
    const kn__denial_model *m = s->model;
    int64_t pairs = (int64_t)m->products * m->economies, count = 0;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &first_table, &table));
    for (int64_t k = 0; k < pairs; k++)
        if (!isnan(s->first[k].day)) {
            s->first[count] = s->first[k];
            s->first[count++].producer = k;
        }
    qsort(s->first, (size_t)count, sizeof *s->first, by_day);
    for (int64_t k = 0; k < count; k++) {
        const record *r = &s->first[k];
        kn_cell cells[] = {
            {.text = s->net->economies[r->producer % m->economies].code},
            {.text = s->net->products[r->producer / m->economies].id},
            {.number = r->day},
            {.text = r->cause < 0 ? "capacity" : s->net->products[r->cause].id}};
        KN__TRY(kn_table_append(table, ctx, cells));
    }
    return KN_OK;
}

/* ---- Run ---- */

static kn_status prepare(story *s, kn_context *ctx, kn__arena *arena)
{
    int64_t e = s->model->economies, pairs = s->model->products * e;
    s->first = KN__ARRAY(arena, ctx, pairs, record);
    bool ok = s->first;
    for (int end = 0; end < KN__END_COUNT; end++) {
        s->loss[end] = KN__ARRAY(arena, ctx, s->model->slices * e, double);
        ok = ok && s->loss[end];
    }
    for (int64_t k = 0; ok && k < pairs; k++)
        s->first[k].day = NAN;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

static kn_status run_denial(kn_context *ctx, kn__arena *arena, const kn_network *net,
                            const kn_scenario *scenario, const cascade_options *o,
                            kn_result *result)
{
    kn__denial_model model;
    kn__denial_work *work;
    kn__shock shock;
    KN__TRY(kn__denial_from_network(&model, ctx, arena, net, o->links == 0,
                                    (double)o->daily.days));
    story s = {.net = net, .ctx = ctx, .model = &model};
    KN__TRY(prepare(&s, ctx, arena));
    KN__TRY(kn__denial_work_new(&work, ctx, arena, &model));
    KN__TRY(kn__shock_from_scenario(&shock, ctx, arena, &model, scenario));
    KN__TRY(kn__denial_describe(ctx, result, &model, net));
    KN__TRY(kn_result_add(result, ctx, &loss_table, &s.losses));
    KN__TRY(kn_result_add(result, ctx, &path_table, &s.path));
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
    return write_first(&s, ctx, result);
}

static kn_status run_daily(kn_context *ctx, kn__arena *arena, const kn_network *net,
                           const kn_scenario *scenario, const cascade_options *o,
                           kn_result *result)
{
    static const kn__daily_tables made = {&loss_table, &path_table, &course_table,
                                          &first_table, &recapture_table};
    kn__daily_options daily = o->daily;
    daily.model = models[o->model];
    return kn__daily_run(ctx, arena, net, scenario, &daily, &made, result);
}

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    const cascade_options *o = opts;
    if (!scenario)
        return kn__fail(ctx, KN_ERR_USAGE, "cascade needs a scenario");
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = o->model == 0 ? run_denial(ctx, arena, net, scenario, o, result)
                                     : run_daily(ctx, arena, net, scenario, o, result);
    kn__arena_free(arena);
    return status;
}

_Static_assert((KN__DENIAL_OPERATIONS & ~KN__DAILY_OPERATIONS) == 0,
               "the daily models know every operation of the denial model");

extern const kn_lens kn__lens_cascade;
const kn_lens kn__lens_cascade = {
    .name = "cascade",
    .summary = "what stops, where and when, under a scenario",
    .formula = formula,
    .source = source,
    .options_size = sizeof(cascade_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .operations = KN__DAILY_OPERATIONS,
    .run = run,
};
