/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/sample.h"
#include "study/uncertainty.h"

enum { QUANTILES = 5 };
static const double quantile_at[QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

#define QUANTILE_COLUMNS(unit)                                                           \
    {"centre", unit, KN_COLUMN_NUMBER, "with all figures as the network has them"},      \
        {"q05", unit, KN_COLUMN_NUMBER, "5 % of draws lie below"},                       \
        {"q25", unit, KN_COLUMN_NUMBER, "25 %"},                                         \
        {"q50", unit, KN_COLUMN_NUMBER, "half"},                                         \
        {"q75", unit, KN_COLUMN_NUMBER, "75 %"},                                         \
    {                                                                                    \
        "q95", unit, KN_COLUMN_NUMBER, "95 %"                                            \
    }

static const kn_column quantile_columns[] = {
    {"metric", "", KN_COLUMN_TEXT,
     "loss_musd: value added the victim loses; share: of its purchases that the holder "
     "has; through: the same of the value added in them, over all tiers; hhi: "
     "concentration of the victim's suppliers, holder *"},
    {"holder", "", KN_COLUMN_TEXT, "economy that denies"},
    {"product", "", KN_COLUMN_TEXT, "what it denies"},
    {"victim", "", KN_COLUMN_TEXT, "economy that loses"},
    QUANTILE_COLUMNS("")};
static const kn_column driver_columns[] = {
    {"factor", "", KN_COLUMN_TEXT, "kind of figure, moved alone"},
    {"low", "MUSD", KN_COLUMN_NUMBER, "loss at the factor's 5 % level"},
    {"high", "MUSD", KN_COLUMN_NUMBER, "loss at its 95 % level"},
    {"swing", "MUSD", KN_COLUMN_NUMBER, "distance of the two"}};
static const kn_column scenario_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "who loses value added; * all that are listed"},
    {"day", "days", KN_COLUMN_NUMBER, "losses are summed up to this day"},
    QUANTILE_COLUMNS("MUSD")};

#define COLUMNS(x) x, sizeof x / sizeof *x
const kn_table_decl kn__table_quantiles = {
    "quantiles", "how sure the largest chokepoints are", COLUMNS(quantile_columns)};
const kn_table_decl kn__table_drivers = {
    "drivers", "what drives the loss of the first chokepoint", COLUMNS(driver_columns)};
const kn_table_decl kn__table_scenario = {
    "scenario", "how sure the losses of the scenario are", COLUMNS(scenario_columns)};

/* centre and quantiles of a figure over all runs; draws are sorted in place. */
static void set_quantiles(const kn__uncertain *u, double *runs, kn_cell *cells)
{
    cells[0].number = runs[u->run_count - 1];
    int32_t known = 0;
    for (int32_t k = 0; k < u->samples; k++)
        if (!isnan(runs[k]))
            runs[known++] = runs[k];
    kn__sort_numbers(runs, known);
    for (int k = 0; k < QUANTILES; k++)
        cells[1 + k].number = kn__quantile(runs, known, quantile_at[k]);
}

static kn_status write_figure(kn__uncertain *u, kn_table *table, kn__figure figure,
                              int32_t row)
{
    static const char *const names[] = {"loss_musd", "share", "through", "hhi"};
    const kn__choke_row *r = u->rows[row];
    bool of_all = figure == KN__FIGURE_HHI;
    kn_cell cells[5 + QUANTILES] = {
        {.text = names[figure]},
        {.text = of_all ? "*" : u->net->economies[r->holder].code},
        {.text = u->net->products[r->product].id},
        {.text = u->net->economies[r->victim].code}};
    set_quantiles(u, kn__uncertain_figure(u, figure, row), cells + 4);
    return kn_table_append(table, u->ctx, cells);
}

static kn_status write_quantiles(kn__uncertain *u, kn_result *result)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, u->ctx, &kn__table_quantiles, &table));
    for (int32_t r = 0; r < u->row_count; r++)
        for (int f = 0; f < KN__FIGURE_COUNT; f++) {
            if (f == KN__FIGURE_THROUGH && !u->o->exposure)
                continue;
            if (f == KN__FIGURE_HHI && kn__uncertain_first(u, r) != r)
                continue;
            KN__TRY(write_figure(u, table, (kn__figure)f, r));
        }
    return KN_OK;
}

/* The runs of one factor alone stand behind the draws. */
static kn_status write_drivers(const kn__uncertain *u, kn_result *result)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, u->ctx, &kn__table_drivers, &table));
    for (int32_t f = 0; u->row_count && f < KN__FACTOR_COUNT; f++) {
        const double *pair =
            kn__uncertain_figure(u, KN__FIGURE_LOSS, 0) + u->samples + 2 * f;
        KN__TRY(kn_table_append(table, u->ctx,
                                (kn_cell[]){{.text = kn__factor_names[f]},
                                            {.number = pair[0]},
                                            {.number = pair[1]},
                                            {.number = fabs(pair[1] - pair[0])}}));
    }
    return kn_table_sort_down(table, u->ctx, kn_table_column(table, "swing"));
}

/* ---- The scenario ---- */

static bool wanted(const kn__uncertain *u, int32_t economy)
{
    bool listed = u->o->of.count == 0;
    for (int32_t k = 0; k < u->o->of.count; k++)
        listed = listed || u->o->of.id[k] == economy;
    return listed;
}

/* Whether any run loses anything in the end. */
static bool loses(const kn__uncertain *u, int32_t economy)
{
    const double *runs = kn__uncertain_scenario(u, u->matrix.model.slices - 1, economy);
    for (int32_t k = 0; k < u->run_count; k++)
        if (runs[k] > 0)
            return true;
    return false;
}

static kn_status write_days(kn__uncertain *u, kn_table *table, const char *label,
                            double *runs, int64_t stride)
{
    const kn__denial_model *m = &u->matrix.model;
    for (int32_t t = 0; t < m->slices; t++) {
        kn_cell cells[3 + QUANTILES] = {{.text = label},
                                        {.number = (t + 1) * m->slice_days}};
        set_quantiles(u, runs + t * stride, cells + 2);
        KN__TRY(kn_table_append(table, u->ctx, cells));
    }
    return KN_OK;
}

typedef struct loser {
    double loss;
    int32_t economy;
} loser;

static int larger_first(const void *a, const void *b)
{
    const loser *x = a, *y = b;
    if (x->loss != y->loss)
        return x->loss > y->loss ? -1 : 1;
    return x->economy - y->economy;
}

/* The economies that are asked for and lose, the largest loss at the centre first; their
   sum goes to total[slice][run]. */
static int32_t list_losers(const kn__uncertain *u, loser *losers, double *total)
{
    const kn__denial_model *m = &u->matrix.model;
    int32_t count = 0;
    for (int32_t e = 0; e < m->economies; e++) {
        if (!wanted(u, e) || !loses(u, e))
            continue;
        double *end = kn__uncertain_scenario(u, m->slices - 1, e);
        losers[count++] = (loser){end[u->run_count - 1], e};
        for (int32_t t = 0; t < m->slices; t++)
            for (int64_t k = 0; k < u->run_count; k++)
                total[t * (int64_t)u->run_count + k] +=
                    kn__uncertain_scenario(u, t, e)[k];
    }
    if (count)
        qsort(losers, (size_t)count, sizeof *losers, larger_first);
    return count;
}

static kn_status write_scenario(kn__uncertain *u, kn_result *result)
{
    const kn__denial_model *m = &u->matrix.model;
    int64_t cells = (int64_t)m->slices * u->run_count;
    kn_table *table;
    loser *losers = KN__ARRAY(u->arena, u->ctx, m->economies, loser);
    double *total = KN__ARRAY(u->arena, u->ctx, cells, double);
    if (!losers || !total)
        return KN_ERR_MEMORY;
    KN__TRY(kn_result_add(result, u->ctx, &kn__table_scenario, &table));
    int32_t count = list_losers(u, losers, total);
    if (count > 1)
        KN__TRY(write_days(u, table, "*", total, u->run_count));
    for (int32_t k = 0; k < count; k++)
        KN__TRY(write_days(u, table, u->net->economies[losers[k].economy].code,
                           kn__uncertain_scenario(u, 0, losers[k].economy),
                           (int64_t)m->economies * u->run_count));
    return KN_OK;
}

kn_status kn__uncertain_write(kn__uncertain *u, kn_result *result)
{
    KN__TRY(write_quantiles(u, result));
    KN__TRY(write_drivers(u, result));
    return u->shock ? write_scenario(u, result) : KN_OK;
}
