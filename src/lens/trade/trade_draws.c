/* SPDX-License-Identifier: Apache-2.0 */
/* How results move with the trade elasticities: which ones are used, and draws of them.
 */
#include <math.h>
#include <string.h>

#include "kernel/random.h"
#include "kernel/sample.h"
#include "kernel/threads.h"
#include "lens/trade/trade.h"

static const double levels[] = {0.05, 0.25, 0.5, 0.75, 0.95};
enum { LEVELS = sizeof levels / sizeof *levels };

static const kn_column elasticities_columns[] = {
    {"product", "", KN_COLUMN_TEXT,
     "sector; traded or not-traded in the one-sector variant"},
    {"theta", "", KN_COLUMN_NUMBER, "trade elasticity in use, scaled"},
    {"error", "", KN_COLUMN_NUMBER, "standard error of the estimate, scaled; 0: unknown"},
    {"source", "", KN_COLUMN_TEXT, "where it is from"},
};
static const kn_column sensitivity_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"central", "fraction", KN_COLUMN_NUMBER, "real_income_exact of table economies"},
    {"p05", "fraction", KN_COLUMN_NUMBER, "5 % of the draws are below"},
    {"p25", "fraction", KN_COLUMN_NUMBER, "25 %"},
    {"p50", "fraction", KN_COLUMN_NUMBER, "half"},
    {"p75", "fraction", KN_COLUMN_NUMBER, "75 %"},
    {"p95", "fraction", KN_COLUMN_NUMBER, "95 %"},
};

const kn_table_decl kn__table_elasticities = {
    "elasticities", "the trade elasticities in use", elasticities_columns,
    sizeof elasticities_columns / sizeof *elasticities_columns};
const kn_table_decl kn__table_sensitivity = {
    "sensitivity", "exact real income over draws of the trade elasticities",
    sensitivity_columns, sizeof sensitivity_columns / sizeof *sensitivity_columns};

static bool is_one_sector(const kn__trade_options *options)
{
    return options->variant == KN__TRADE_ONE_SECTOR;
}

kn_status kn__trade_add_elasticities(const kn__trade_run *run, kn_context *ctx,
                                     const kn_network *net,
                                     const kn__trade_options *options, kn_result *result)
{
    kn__trade_setup setup = kn__trade_setup_of(options);
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &kn__table_elasticities, &table));
    for (int32_t j = 0; j < run->model.cp.sectors; j++) {
        kn__elasticity e = kn__trade_elasticity(net, &setup, j);
        kn_cell row[] = {{.text = kn__trade_sector(&run->model, net, j)},
                         {.number = e.theta * setup.scale},
                         {.number = e.error * setup.scale},
                         {.text = e.source}};
        KN__TRY(kn_table_append(table, ctx, row));
    }
    return KN_OK;
}

/* ---- Draws ---- */

typedef struct draws {
    const kn_network *net;
    const kn_scenario *scenario;
    const kn__trade_options *options;
    int32_t N;
    kn__elasticity *central; /* by product */
    double **theta;          /* by worker: of one draw, by product */
    kn_context **worker;
    double *income; /* [n draws + d], NaN where the draw did not converge */
} draws;

/* Standard normal (Box and Muller 1958). */
static double normal(uint64_t seed, uint64_t stream, uint64_t index)
{
    double u = kn__random_uniform(seed, stream, 2 * index);
    double v = kn__random_uniform(seed, stream, 2 * index + 1);
    return sqrt(-2 * log(u)) * cos(2 * acos(-1) * v);
}

/* Lognormal with the estimate as its mean and the error as its standard deviation: an
   elasticity stays above 0. One sector has one draw for all. */
static void draw(const draws *d, double *theta, int64_t index)
{
    for (int32_t p = 0; p < d->net->product_count; p++) {
        const kn__elasticity *e = &d->central[p];
        double variance = log1p(e->error * e->error / (e->theta * e->theta));
        double z = normal((uint64_t)d->options->seed,
                          is_one_sector(d->options) ? 0 : (uint64_t)p, (uint64_t)index);
        theta[p] = e->theta * exp(sqrt(variance) * z - variance / 2);
    }
}

static kn_status run_draw(const draws *d, int worker, int64_t index)
{
    kn_context *ctx = d->worker[worker];
    kn__trade_options options = *d->options;
    kn__trade_run run;
    kn__arena *arena;
    draw(d, d->theta[worker], index);
    options.elasticities = (kn_elasticities){0};
    options.elasticity = is_one_sector(&options) ? d->theta[worker][0] : 0;
    if (!is_one_sector(&options)) {
        options.drawn = d->theta[worker];
        options.horizon = KN__HORIZON_SECTORS;
    }
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__trade_solve(&run, ctx, arena, d->net, d->scenario, &options);
    for (int32_t n = 0; status >= 0 && n < d->N; n++)
        d->income[n * d->options->draws + index] =
            status == KN_OK ? run.effects.real_income_exact[n] : NAN;
    kn__arena_free(arena);
    return status < 0 ? status : KN_OK;
}

static kn_status run_draws(void *arg, int worker, int64_t begin, int64_t end)
{
    const draws *d = arg;
    for (int64_t k = begin; k < end; k++)
        KN__TRY(run_draw(d, worker, k));
    return KN_OK;
}

static kn_status add_quantiles(const draws *d, const kn__trade_run *run, kn_context *ctx,
                               kn_result *result)
{
    kn_table *table;
    int32_t good = 0;
    KN__TRY(kn_result_add(result, ctx, &kn__table_sensitivity, &table));
    for (int32_t n = 0; n < d->N; n++) {
        double *income = d->income + n * d->options->draws;
        kn_cell row[2 + LEVELS] = {
            {.text = d->net->economies[run->model.economy[n]].code},
            {.number = run->effects.real_income_exact[n]}};
        good = 0;
        for (int64_t k = 0; k < d->options->draws; k++)
            if (!isnan(income[k]))
                income[good++] = income[k];
        kn__sort_numbers(income, good);
        for (int k = 0; k < LEVELS; k++)
            row[2 + k].number = kn__quantile(income, good, levels[k]);
        KN__TRY(kn_table_append(table, ctx, row));
    }
    KN__TRY(kn_result_info(result, ctx, "draws", NULL, good));
    if (good == d->options->draws)
        return KN_OK;
    return kn_result_note(result, ctx,
                          "%d of %d draws did not converge and are left out of table "
                          "sensitivity",
                          (int)(d->options->draws - good), (int)d->options->draws);
}

/* The draws' elasticities and each worker's room. */
static kn_status prepare(draws *d, kn_context *ctx, kn__arena *arena, int workers)
{
    kn__trade_setup setup = kn__trade_setup_of(d->options);
    int64_t products = d->net->product_count;
    bool any = false;
    d->central = KN__ARRAY(arena, ctx, products, kn__elasticity);
    d->theta = KN__ARRAY(arena, ctx, workers, double *);
    d->worker = KN__ARRAY(arena, ctx, workers, kn_context *);
    d->income = KN__ARRAY(arena, ctx, d->N * d->options->draws, double);
    if (!d->central || !d->theta || !d->worker || !d->income)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < products; p++) {
        d->central[p] = kn__trade_elasticity(d->net, &setup, p);
        any |= d->central[p].error > 0;
    }
    if (!any)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--draws: no elasticity in use has a standard error; give them "
                        "in --elasticities, or sweep --over elasticity=LOW:HIGH");
    for (int k = 0; k < workers; k++) {
        d->theta[k] = KN__ARRAY(arena, ctx, products, double);
        if (!d->theta[k])
            return KN_ERR_MEMORY;
        if (kn__context_worker(&d->worker[k], ctx) < 0)
            return kn__fail(ctx, KN_ERR_MEMORY, "out of memory");
    }
    return KN_OK;
}

/* The message of the first worker that has one. */
static kn_status explain(const draws *d, kn_context *ctx, int workers, kn_status status)
{
    for (int k = 0; k < workers && status != KN_ERR_CANCELLED; k++)
        if (*kn_context_error(d->worker[k]))
            return kn__fail(ctx, status, "a draw of elasticities: %s",
                            kn_context_error(d->worker[k]));
    return status;
}

kn_status kn__trade_add_draws(const kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn_scenario *scenario,
                              const kn__trade_options *options, kn_result *result)
{
    draws d = {.net = net,
               .scenario = scenario,
               .options = options,
               .N = run->model.cp.economies};
    int workers = kn__workers(ctx, options->draws, 1);
    kn_status status = prepare(&d, ctx, arena, workers);
    if (status >= 0)
        status = kn__parallel_for(ctx, "drawing elasticities", options->draws, 1,
                                  run_draws, &d);
    if (status < 0 && d.worker && d.worker[workers - 1])
        status = explain(&d, ctx, workers, status);
    for (int k = 0; d.worker && k < workers; k++)
        kn_context_free(d.worker[k]);
    return status < 0 ? status : add_quantiles(&d, run, ctx, result);
}
