/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "kernel/sample.h"
#include "kernel/table.h"
#include "kernel/text.h"
#include "study/sweep.h"

enum { QUANTILES = 5, TAIL = 2 + QUANTILES };
static const double quantile_at[QUANTILES] = {0.05, 0.25, 0.5, 0.75, 0.95};

static const kn_column metric_column = {"metric", "", KN_COLUMN_TEXT,
                                        "the figure, a column of the lens's table"};
static const kn_column quantile_columns[TAIL] = {
    {"unit", "", KN_COLUMN_TEXT, "of the figure"},
    {"centre", NULL, KN_COLUMN_NUMBER, "with nothing moved"},
    {"q05", NULL, KN_COLUMN_NUMBER, "5 % of draws lie below"},
    {"q25", NULL, KN_COLUMN_NUMBER, "25 %"},
    {"q50", NULL, KN_COLUMN_NUMBER, "half"},
    {"q75", NULL, KN_COLUMN_NUMBER, "75 %"},
    {"q95", NULL, KN_COLUMN_NUMBER, "95 %"}};
static const kn_column correlation_columns[] = {
    {"parameter", "", KN_COLUMN_TEXT, "what moves"},
    {"rank_correlation", "", KN_COLUMN_NUMBER,
     "Spearman's, over the draws: 1 the figure rises with it, -1 it falls"}};
static const kn_column sample_column = {"sample", "", KN_COLUMN_INTEGER,
                                        "number of the draw"};

/* One figure over all draws: a cell of the lens's first table, or a sum of money. */
typedef struct figure {
    int64_t row; /* -1: the sum */
    int32_t number;
    double centre;
    double *draw; /* of the samples that are done */
} figure;

typedef struct tables {
    kn__sweep *s;
    kn_result *result;
    int32_t count; /* samples that are done */
    int64_t *sample;
    figure figure;
    double *moved, *kept, *sorted, *ranks; /* scratch */
    kn__ranked *order;
    kn_cell *cells;
    unsigned char *lives; /* [row]: some number of some draw is not 0 */
    kn_table *quantiles, *correlations;
} tables;

/* ---- Declarations ---- */

/* metric, the keys of the lens's table, then `tail`. */
static kn_table_decl *declare(const tables *t, const char *name, const char *help,
                              const kn_column *tail, int32_t tail_count)
{
    kn__arena *arena = kn__result_arena(t->result);
    kn_context *ctx = t->s->ctx;
    int32_t count = 1 + t->s->keys + tail_count;
    kn_column *columns = KN__ARRAY(arena, ctx, count, kn_column);
    kn_table_decl *decl = KN__NEW(arena, ctx, kn_table_decl);
    if (!columns || !decl)
        return NULL;
    columns[0] = metric_column;
    for (int32_t k = 0; k < t->s->keys; k++)
        columns[1 + k] = t->s->decl->columns[k];
    for (int32_t k = 0; k < tail_count; k++)
        columns[1 + t->s->keys + k] = tail[k];
    *decl = (kn_table_decl){name, help, columns, count};
    return decl;
}

/* sample, the parameters, then the lens's table as far as it is keys and numbers. */
static kn_table_decl *declare_samples(const tables *t)
{
    const kn__sweep *s = t->s;
    kn__arena *arena = kn__result_arena(t->result);
    int32_t count = 1 + s->o->over_count + s->keys + s->number_count, at = 0;
    kn_column *columns = KN__ARRAY(arena, s->ctx, count, kn_column);
    kn_table_decl *decl = KN__NEW(arena, s->ctx, kn_table_decl);
    if (!columns || !decl)
        return NULL;
    columns[at++] = sample_column;
    for (int32_t k = 0; k < s->o->over_count; k++) {
        const kn_option *option = s->parameter[k].option;
        columns[at++] = (kn_column){kn__arena_text(arena, s->ctx, s->parameter[k].key),
                                    option && option->unit ? option->unit : "",
                                    KN_COLUMN_NUMBER, "drawn"};
        if (!columns[at - 1].name)
            return NULL;
    }
    for (int32_t k = 0; k < s->keys; k++)
        columns[at++] = s->decl->columns[k];
    for (int32_t k = 0; k < s->number_count; k++)
        columns[at++] = s->decl->columns[s->column[k]];
    *decl = (kn_table_decl){"samples", "every draw and what it gave", columns, count};
    return decl;
}

/* ---- Figures ---- */

static double cell(const tables *t, const double *numbers, int64_t row, int32_t number)
{
    const kn__sweep *s = t->s;
    double sum = 0;
    if (row >= 0)
        return numbers[row * s->number_count + number];
    for (int64_t r = 0; r < s->row_count; r++)
        sum += isnan(numbers[r * s->number_count + number])
                   ? 0
                   : numbers[r * s->number_count + number];
    return sum;
}

/* Fills the figure; false where it is 0 or undefined in every draw. */
static bool look_at(tables *t, int64_t row, int32_t number)
{
    const kn__sweep *s = t->s;
    figure *f = &t->figure;
    bool lives = row < 0;
    f->row = row;
    f->number = number;
    f->centre = 0;
    for (int64_t r = 0; r < s->row_count; r++)
        if (row < 0 || r == row) {
            double x = kn_table_number(s->table, r, s->column[number]);
            f->centre += row < 0 && isnan(x) ? 0 : x;
        }
    for (int32_t k = 0; k < t->count; k++) {
        f->draw[k] = cell(t, kn__sweep_values(s, t->sample[k]), row, number);
        lives = lives || (f->draw[k] != 0 && !isnan(f->draw[k]));
    }
    return lives || (f->centre != 0 && !isnan(f->centre));
}

static void put_keys(const tables *t, kn_cell *cells, int64_t row)
{
    for (int32_t k = 0; k < t->s->keys; k++)
        if (t->s->decl->columns[k].type != KN_COLUMN_TEXT)
            cells[k].number = row < 0 ? NAN : kn_table_number(t->s->table, row, k);
        else
            cells[k].text = row < 0 ? "*" : kn_table_text(t->s->table, row, k);
}

static kn_status add_quantiles(tables *t)
{
    const kn_column *column = &t->s->decl->columns[t->s->column[t->figure.number]];
    kn_cell *tail = t->cells + 1 + t->s->keys;
    int32_t known = 0;
    for (int32_t k = 0; k < t->count; k++)
        if (!isnan(t->figure.draw[k]))
            t->sorted[known++] = t->figure.draw[k];
    kn__sort_numbers(t->sorted, known);
    t->cells[0].text = column->name;
    put_keys(t, t->cells + 1, t->figure.row);
    tail[0].text = column->unit;
    tail[1].number = t->figure.centre;
    for (int k = 0; k < QUANTILES; k++)
        tail[2 + k].number = kn__quantile(t->sorted, known, quantile_at[k]);
    return kn_table_append(t->quantiles, t->s->ctx, t->cells);
}

/* Rank correlation over the draws in which the figure is defined. */
static double correlate(tables *t, int32_t parameter)
{
    int32_t known = 0, over = t->s->o->over_count;
    for (int32_t k = 0; k < t->count; k++)
        if (!isnan(t->figure.draw[k])) {
            t->moved[known] = t->s->drawn[t->sample[k] * over + parameter];
            t->kept[known++] = t->figure.draw[k];
        }
    return kn__rank_correlation(t->moved, t->kept, known, t->ranks, t->order);
}

typedef struct driver {
    double correlation;
    int32_t parameter;
} driver;

static int stronger_first(const void *a, const void *b)
{
    const driver *x = a, *y = b;
    double p = fabs(x->correlation), q = fabs(y->correlation);
    return p > q ? -1 : p < q ? 1 : x->parameter - y->parameter;
}

static kn_status add_correlations(tables *t, driver *drivers)
{
    const kn__sweep *s = t->s;
    kn_cell *tail = t->cells + 1 + s->keys;
    int32_t count = 0;
    for (int32_t k = 0; k < s->o->over_count; k++) {
        double r = correlate(t, k);
        if (!isnan(r))
            drivers[count++] = (driver){r, k};
    }
    if (count)
        qsort(drivers, (size_t)count, sizeof *drivers, stronger_first);
    t->cells[0].text = s->decl->columns[s->column[t->figure.number]].name;
    put_keys(t, t->cells + 1, t->figure.row);
    for (int32_t k = 0; k < count; k++) {
        tail[0].text = s->parameter[drivers[k].parameter].key;
        tail[1].number = drivers[k].correlation;
        KN__TRY(kn_table_append(t->correlations, s->ctx, t->cells));
    }
    return KN_OK;
}

static kn_status add_figure(tables *t, int64_t row, int32_t number, driver *drivers)
{
    if (!look_at(t, row, number))
        return KN_OK;
    if (row >= 0)
        t->lives[row] = 1;
    KN__TRY(add_quantiles(t));
    return add_correlations(t, drivers);
}

static kn_status add_samples(tables *t)
{
    const kn__sweep *s = t->s;
    const kn_table_decl *decl = declare_samples(t);
    kn_table *table;
    if (!decl)
        return KN_ERR_MEMORY;
    KN__TRY(kn_result_add(t->result, s->ctx, decl, &table));
    for (int32_t k = 0; k < t->count; k++)
        for (int64_t r = 0; r < s->row_count; r++) {
            kn_cell *cells = t->cells;
            if (!t->lives[r])
                continue;
            (cells++)->number = (double)t->sample[k] + 1;
            for (int32_t i = 0; i < s->o->over_count; i++)
                (cells++)->number = s->drawn[t->sample[k] * s->o->over_count + i];
            put_keys(t, cells, r);
            cells += s->keys;
            for (int32_t i = 0; i < s->number_count; i++)
                (cells++)->number = cell(t, kn__sweep_values(s, t->sample[k]), r, i);
            KN__TRY(kn_table_append(table, s->ctx, t->cells));
        }
    return KN_OK;
}

/* ---- All tables ---- */

static kn_status prepare(tables *t)
{
    kn__sweep *s = t->s;
    int64_t n = s->o->samples;
    int64_t cells = (int64_t)s->decl->column_count + s->o->over_count + TAIL + 1;
    double **of_draws[] = {&t->figure.draw, &t->moved, &t->kept, &t->sorted};
    bool ok = true;
    for (size_t k = 0; k < sizeof of_draws / sizeof *of_draws; k++)
        ok = (*of_draws[k] = KN__ARRAY(s->arena, s->ctx, n, double)) && ok;
    t->ranks = KN__ARRAY(s->arena, s->ctx, 2 * n, double);
    t->order = KN__ARRAY(s->arena, s->ctx, n, kn__ranked);
    t->sample = KN__ARRAY(s->arena, s->ctx, n, int64_t);
    t->cells = KN__ARRAY(s->arena, s->ctx, cells, kn_cell);
    t->lives = KN__ARRAY(s->arena, s->ctx, s->row_count, unsigned char);
    if (!ok || !t->ranks || !t->order || !t->sample || !t->cells || !t->lives)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < n; k++)
        if (s->done[k])
            t->sample[t->count++] = k;
    const kn_table_decl *quantiles = declare(
        t, "quantiles", "how the figures move with the draws", quantile_columns, TAIL);
    const kn_table_decl *correlations =
        declare(t, "correlations", "which parameter drives", correlation_columns, 2);
    if (!quantiles || !correlations)
        return KN_ERR_MEMORY;
    KN__TRY(kn_result_add(t->result, s->ctx, quantiles, &t->quantiles));
    return kn_result_add(t->result, s->ctx, correlations, &t->correlations);
}

kn_status kn__sweep_write(kn__sweep *s, kn_result *result)
{
    tables t = {.s = s, .result = result};
    KN__TRY(prepare(&t));
    driver *drivers = KN__ARRAY(s->arena, s->ctx, s->o->over_count, driver);
    if (!drivers)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->number_count; k++) {
        if (kn__text_equal(s->decl->columns[s->column[k]].unit, "MUSD"))
            KN__TRY(add_figure(&t, -1, k, drivers));
        for (int64_t r = 0; r < s->row_count; r++)
            KN__TRY(add_figure(&t, r, k, drivers));
    }
    return s->o->keep_samples ? add_samples(&t) : KN_OK;
}
