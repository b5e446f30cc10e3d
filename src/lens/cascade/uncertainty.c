/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/uncertainty.h"

#include <math.h>
#include <stdlib.h>

#include "kaname/lens.h"
#include "kernel/threads.h"

enum { CHUNK = 2, QUANTILES = 5, METRICS = 2 };
static const double quantile_at[QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};
static const char *const metrics[METRICS] = {"loss_musd", "share"};

/* ---- Declaration ---- */

typedef struct uncertainty_options {
    kn_ids of, holder, product;
    int32_t mode;
    int64_t days, samples, seed, top;
    double share;
} uncertainty_options;

#define OPTION(name, type, value, unit, choices, low, high, help, field)                 \
    {                                                                                    \
        name, type, value, unit, choices, low, high, help, NULL,                         \
            offsetof(uncertainty_options, field)                                         \
    }

static const kn_option options[] = {
    OPTION("of", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "victims, each for itself (default: all economies)", of),
    OPTION("holder", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "holders, each for itself (default: as for chokepoints)", holder),
    OPTION("product", KN_OPTION_PRODUCTS, NULL, "", NULL, 0, 0,
           "denied products (default: all)", product),
    OPTION("mode", KN_OPTION_CHOICE, "targeted", "", "targeted|stop|outage", 0, 0,
           "as for chokepoints", mode),
    OPTION("days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
           "horizon, in slices of 30 days", days),
    OPTION("share", KN_OPTION_NUMBER, "1", "share", NULL, 0, 1,
           "denied share of the holder's deliveries", share),
    OPTION("samples", KN_OPTION_INTEGER, "200", "", NULL, 10, 100000,
           "draws of the Latin hypercube", samples),
    OPTION("seed", KN_OPTION_INTEGER, "20260101", "", NULL, 0, 9e15,
           "seed of the draws; the same seed gives the same numbers", seed),
    OPTION("top", KN_OPTION_INTEGER, "10", "", NULL, 1, 1000,
           "chokepoints looked at, largest loss first", top),
};

static const kn_column quantile_columns[] = {
    {"metric", "", KN_COLUMN_TEXT,
     "loss_musd: value added the victim loses; share: of "
     "its purchases that the holder has"},
    {"holder", "", KN_COLUMN_TEXT, "economy that denies"},
    {"product", "", KN_COLUMN_TEXT, "what it denies"},
    {"victim", "", KN_COLUMN_TEXT, "economy that loses"},
    {"centre", "", KN_COLUMN_NUMBER, "with all figures as the network has them"},
    {"q05", "", KN_COLUMN_NUMBER, "5 % of draws lie below"},
    {"q25", "", KN_COLUMN_NUMBER, "25 %"},
    {"q50", "", KN_COLUMN_NUMBER, "half"},
    {"q75", "", KN_COLUMN_NUMBER, "75 %"},
    {"q95", "", KN_COLUMN_NUMBER, "95 %"}};
static const kn_column driver_columns[] = {
    {"factor", "", KN_COLUMN_TEXT, "kind of figure, moved alone"},
    {"low", "MUSD", KN_COLUMN_NUMBER, "loss at the factor's 5 % level"},
    {"high", "MUSD", KN_COLUMN_NUMBER, "loss at its 95 % level"},
    {"swing", "MUSD", KN_COLUMN_NUMBER, "distance of the two"}};
static const kn_table_decl quantile_table = {
    "quantiles", "how sure the largest chokepoints are", quantile_columns, 10};
static const kn_table_decl driver_table = {
    "drivers", "what drives the loss of the first chokepoint", driver_columns, 4};
static const kn_table_decl *const tables[] = {&quantile_table, &driver_table};

static const char formula[] =
    "The loss of chokepoints, run at draws of ten factors: supplier share, unseen "
    "supply,\ndependent shares, stocks, spare capacity, substitution, rerouting, delays, "
    "service of\ntools, value added. All figures of a kind move together, each over its "
    "own range:\n"
    "amounts x      triangular on x (1 - w), x, x (1 + w); w = 0.05, 0.1, 0.3, 0.6 for "
    "grade A, B, C, D\n"
    "shares s       the same with w min(s, 1 - s)\n"
    "supplier share between its bounds where it is not a known link\n"
    "unseen supply  the holder's part: triangular on 0, 0, 1\n"
    "dependent      triangular on low, mid, high of the recipe, or of the elasticities "
    "where there is none\n"
    "Latin hypercube (McKay, Beckman and Conover 1979), numbers by Philox from the "
    "seed;\nquantiles by linear interpolation of the sorted draws. drivers: one factor "
    "at its 5 and\n95 % level, the others as the network has them.\n";

/* ---- Work ---- */

typedef struct uncertain {
    kn__denial_matrix matrix;
    const kn_network *net;
    const uncertainty_options *o;
    kn__choke_row **rows; /* the largest first */
    kn__choke_task **tasks;
    int32_t row_count, run_count; /* draws, then two runs a factor */
    kn__levels *levels;
    double *value; /* [metric][row][run] */
    kn__perturbed *worker;
    kn__denial_work **work;
    double **loss;
} uncertain;

static double *value_at(const uncertain *x, int metric, int32_t row, int32_t run)
{
    return &x->value[((int64_t)metric * x->row_count + row) * x->run_count + run];
}

static int by_loss(const void *a, const void *b)
{
    const kn__choke_row *x = *(kn__choke_row *const *)a, *y = *(kn__choke_row *const *)b;
    double p = x->loss[KN__END_MID], q = y->loss[KN__END_MID];
    return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

/* The rows with the largest loss, and the task of each. */
static kn_status choose(uncertain *x, kn_context *ctx, kn__arena *arena)
{
    kn__denial_matrix *m = &x->matrix;
    kn__choke_row **all = KN__ARRAY(arena, ctx, m->row_count, kn__choke_row *);
    if (!all)
        return KN_ERR_MEMORY;
    int64_t found = 0;
    for (int64_t k = 0; k < m->row_count; k++)
        if (m->rows[k].loss[KN__END_MID] > 0)
            all[found++] = &m->rows[k];
    if (found)
        qsort(all, (size_t)found, sizeof *all, by_loss);
    x->rows = all;
    x->row_count = (int32_t)(found < x->o->top ? found : x->o->top);
    x->tasks = KN__ARRAY(arena, ctx, x->row_count, kn__choke_task *);
    if (!x->tasks)
        return KN_ERR_MEMORY;
    for (int32_t r = 0; r < x->row_count; r++)
        for (int64_t t = 0; t < m->task_count; t++) {
            int64_t at = x->rows[r] - m->rows - m->tasks[t].first;
            if (at >= 0 && at < m->tasks[t].count)
                x->tasks[r] = &m->tasks[t];
        }
    return KN_OK;
}

static void set_levels(uncertain *x, int32_t *order)
{
    int32_t n = (int32_t)x->o->samples;
    kn__latin_hypercube(x->levels, order, n, (uint64_t)x->o->seed);
    for (int32_t k = n; k < x->run_count; k++)
        for (int f = 0; f < KN__FACTOR_COUNT; f++)
            x->levels[k].at[f] =
                f == (k - n) / 2 ? quantile_at[(k - n) % 2 ? QUANTILES - 1 : 0] : NAN;
}

static kn_status prepare(uncertain *x, kn_context *ctx, kn__arena *arena)
{
    const kn__denial_model *m = &x->matrix.model;
    int64_t cells = (int64_t)m->slices * m->economies;
    x->run_count = (int32_t)x->o->samples + 2 * KN__FACTOR_COUNT;
    int workers = kn__workers(ctx, x->run_count, CHUNK);
    int32_t *order = KN__ARRAY(arena, ctx, x->o->samples, int32_t);
    x->levels = KN__ARRAY(arena, ctx, x->run_count, kn__levels);
    x->value =
        KN__ARRAY(arena, ctx, (int64_t)METRICS * x->row_count * x->run_count, double);
    x->worker = KN__ARRAY(arena, ctx, workers, kn__perturbed);
    x->work = KN__ARRAY(arena, ctx, workers, kn__denial_work *);
    x->loss = KN__ARRAY(arena, ctx, workers, double *);
    if (!order || !x->levels || !x->value || !x->worker || !x->work || !x->loss)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++) {
        KN__TRY(kn__perturbed_new(&x->worker[k], ctx, arena, x->net, m));
        KN__TRY(kn__denial_work_new(&x->work[k], ctx, arena, &x->worker[k].model));
        x->loss[k] = KN__ARRAY(arena, ctx, cells, double);
        if (!x->loss[k])
            return KN_ERR_MEMORY;
    }
    set_levels(x, order);
    return KN_OK;
}

static void run_row(uncertain *x, int worker, int32_t row, int32_t run)
{
    const kn__choke_row *r = x->rows[row];
    kn__perturbed *p = &x->worker[worker];
    kn__denial denial = kn__matrix_denial(&x->matrix, x->tasks[row]);
    double *loss = x->loss[worker];
    int64_t last = (int64_t)(p->model.slices - 1) * p->model.economies;
    kn__perturb_shares(p, &x->levels[run], r->product, r->holder);
    kn__denial_run(x->work[worker], &(kn__shock){.denials = &denial, .denial_count = 1},
                   KN__END_MID, &(kn__denial_result){.loss = loss});
    *value_at(x, 0, row, run) = loss[last + r->victim];
    *value_at(x, 1, row, run) =
        kn__denial_share(&p->model, r->product, &r->holder, 1, r->victim);
    kn__restore_shares(p, r->product);
}

static kn_status run_draws(void *arg, int worker, int64_t begin, int64_t end)
{
    uncertain *x = arg;
    for (int64_t k = begin; k < end; k++) {
        kn__perturb(&x->worker[worker], &x->levels[k]);
        for (int32_t r = 0; r < x->row_count; r++)
            run_row(x, worker, r, (int32_t)k);
    }
    return KN_OK;
}

/* ---- Tables ---- */

static int by_value(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

static double quantile(const double *sorted, int32_t count, double level)
{
    double at = level * (count - 1), below = floor(at);
    int32_t k = (int32_t)below;
    return k + 1 < count ? sorted[k] + (at - below) * (sorted[k + 1] - sorted[k])
                         : sorted[count - 1];
}

static kn_status write_quantiles(uncertain *x, kn_context *ctx, kn_result *result)
{
    kn_table *table;
    int32_t n = (int32_t)x->o->samples;
    KN__TRY(kn_result_add(result, ctx, &quantile_table, &table));
    for (int32_t r = 0; r < x->row_count; r++)
        for (int m = 0; m < METRICS; m++) {
            const kn__choke_row *row = x->rows[r];
            double *draws = value_at(x, m, r, 0);
            kn_cell cells[5 + QUANTILES] = {
                {.text = metrics[m]},
                {.text = x->net->economies[row->holder].code},
                {.text = x->net->products[row->product].id},
                {.text = x->net->economies[row->victim].code},
                {.number = m ? row->share : row->loss[KN__END_MID]}};
            qsort(draws, (size_t)n, sizeof *draws, by_value);
            for (int k = 0; k < QUANTILES; k++)
                cells[5 + k].number = quantile(draws, n, quantile_at[k]);
            KN__TRY(kn_table_append(table, ctx, cells));
        }
    return KN_OK;
}

static kn_status write_drivers(const uncertain *x, kn_context *ctx, kn_result *result)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &driver_table, &table));
    for (int32_t f = 0; x->row_count && f < KN__FACTOR_COUNT; f++) {
        const double *pair = value_at(x, 0, 0, (int32_t)x->o->samples + 2 * f);
        KN__TRY(kn_table_append(table, ctx,
                                (kn_cell[]){{.text = kn__factor_names[f]},
                                            {.number = pair[0]},
                                            {.number = pair[1]},
                                            {.number = fabs(pair[1] - pair[0])}}));
    }
    return kn_table_sort_down(table, ctx, kn_table_column(table, "swing"));
}

static kn_status measure(uncertain *x, kn_context *ctx, kn__arena *arena,
                         kn_result *result)
{
    kn__denial_matrix *m = &x->matrix;
    KN__TRY(
        kn__denial_from_network(&m->model, ctx, arena, x->net, true, (double)x->o->days));
    KN__TRY(kn__matrix_prepare(m, ctx, arena));
    KN__TRY(kn__denial_describe(ctx, result, &m->model, x->net));
    KN__TRY(kn__matrix_run(m, ctx));
    KN__TRY(choose(x, ctx, arena));
    KN__TRY(prepare(x, ctx, arena));
    KN__TRY(kn__parallel_for(ctx, "draws", x->run_count, CHUNK, run_draws, x));
    KN__TRY(write_quantiles(x, ctx, result));
    return write_drivers(x, ctx, result);
}

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    const uncertainty_options *o = opts;
    kn__choke_options choke = {.of = o->of,
                               .holder = o->holder,
                               .product = o->product,
                               .mode = o->mode,
                               .days = o->days,
                               .share = o->share};
    uncertain x = {.matrix = {.net = net, .o = &choke}, .net = net, .o = o};
    kn__arena *arena;
    (void)scenario;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = measure(&x, ctx, arena, result);
    kn__arena_free(arena);
    return status;
}

extern const kn_lens kn__lens_uncertainty;
const kn_lens kn__lens_uncertainty = {
    .name = "uncertainty",
    .summary = "how sure the largest chokepoints are, and what drives them",
    .formula = formula,
    .source = "McKay, Beckman and Conover 1979 (Technometrics 21); ranges by grade: "
              "assumption of kaname, docs/uncertainty.md",
    .options_size = sizeof(uncertainty_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .run = run,
};
