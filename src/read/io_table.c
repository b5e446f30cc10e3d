/* SPDX-License-Identifier: Apache-2.0 */
#include "read/io_table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "read/io_raw.h"

static const int64_t MOST_FINAL_CELLS = 100000000;

/* ---- Labels ---- */

void kn__isic_id(char id[48], const char *code)
{
    const char *p = code;
    bool letter = *p >= 'A' && *p <= 'Z';
    if (letter && p[1] >= '0' && p[1] <= '9')
        p++;
    int n = snprintf(id, 48, "isic:");
    for (; *p && n < 46; p++)
        id[n++] = (*p == 'T' && p > code) || *p == '_' ? '-' : *p;
    id[n] = '\0';
}

static bool is_total(const kn__io_layout *layout, const char *label)
{
    for (int k = 0; layout->totals[k]; k++)
        if (strcmp(layout->totals[k], label) == 0)
            return true;
    return false;
}

static const char *category_of(const kn__io_layout *layout, const char *word)
{
    for (int k = 0; layout->finals[k].label; k++)
        if (strcmp(layout->finals[k].label, word) == 0)
            return layout->finals[k].category;
    return NULL;
}

/* The account a row label stands for, or -1. */
static int account_of(const kn__io_layout *layout, const char *label)
{
    const char *bar = strchr(label, '_');
    for (int k = 0; layout->accounts[k].label; k++)
        if (strcmp(layout->accounts[k].label, label) == 0 ||
            (bar && strcmp(layout->accounts[k].label, bar + 1) == 0))
            return (int)layout->accounts[k].account;
    return -1;
}

static kn_status bad_label(kn__io_table *t, const kn__field *field)
{
    return kn__csv_fail(t->csv, field,
                        "\"%.40s\" is no label of %s: an economy, an underscore and an "
                        "industry or a category of final demand were expected",
                        field->text, t->layout->what);
}

static kn_status add_column(kn__io_table *t, const kn__field *field, kn__io_column *c)
{
    char economy[16], id[48];
    const char *bar = strchr(field->text, '_');
    int32_t e, s;
    bool is_new;
    if (!bar || bar == field->text || bar - field->text > 8 || !bar[1] ||
        field->length > 40)
        return bad_label(t, field);
    snprintf(economy, sizeof economy, "%.*s", (int)(bar - field->text), field->text);
    KN__TRY(kn__io_economy(&t->labels, t->csv, field, economy, false, &e));
    const char *category = category_of(t->layout, bar + 1);
    if (category)
        return kn__io_final(&t->labels, e, category, &c->final);
    kn__isic_id(id, bar + 1);
    KN__TRY(kn__io_industry(&t->labels, id, bar + 1, id + 5, &s));
    KN__TRY(kn__io_producer(&t->labels, e, s, &c->flow, &is_new));
    t->merged += !is_new;
    return KN_OK;
}

static int by_label(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static kn_status check_twice(kn__io_table *t)
{
    const char **sorted = KN__ARRAY(t->raw->arena, t->ctx, t->column_count, const char *);
    if (!sorted)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < t->column_count; c++)
        sorted[c] = t->columns[c].label;
    qsort(sorted, (size_t)t->column_count, sizeof *sorted, by_label);
    for (int32_t c = 1; c < t->column_count; c++)
        if (strcmp(sorted[c - 1], sorted[c]) == 0)
            return kn__csv_fail(t->csv, NULL, "column \"%s\" stands twice", sorted[c]);
    return KN_OK;
}

static kn_status read_header(kn__io_table *t)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(t->csv, &f, &count));
    if (count < 2)
        return kn__csv_fail(t->csv, NULL,
                            "this is not %s: a header of labels was expected",
                            t->layout->what);
    kn__arena *arena = t->raw->arena;
    t->column_count = count - 1;
    t->total_column = -1;
    t->columns = KN__ARRAY(arena, t->ctx, count - 1, kn__io_column);
    if (!t->columns)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < count - 1; c++) {
        kn__io_column *column = &t->columns[c];
        *column = (kn__io_column){-1, -1, NULL};
        column->label = kn__arena_text(arena, t->ctx, f[c + 1].text);
        if (!column->label)
            return KN_ERR_MEMORY;
        if (is_total(t->layout, column->label))
            t->total_column = c;
        else
            KN__TRY(add_column(t, &f[c + 1], column));
    }
    if (!t->raw->producer_count)
        return kn__csv_fail(t->csv, NULL, "there is no column of flows");
    kn__csv_expect(t->csv, count);
    return check_twice(t);
}

/* ---- Rows ---- */

kn_status kn__io_grow(kn_context *ctx, kn__io_raw *raw, int64_t *room, int32_t row)
{
    int64_t n = raw->producer_count, rows = *room;
    if (row < rows)
        return KN_OK;
    while (rows <= row)
        rows = rows ? 4 * rows : 64;
    rows = rows < n ? rows : n;
    double *z = kn__resize(ctx, raw->z, rows * n, sizeof *z);
    if (!z)
        return KN_ERR_MEMORY;
    memset(z + *room * n, 0, (size_t)((rows - *room) * n) * sizeof *z);
    raw->z = z;
    *room = rows;
    return KN_OK;
}

/* A cell: empty and NA count as 0. */
static kn_status cell(kn__io_table *t, const kn__field *field, double *value)
{
    if (field->length == 0 || kn__text_equal(field->text, "NA")) {
        t->missing++;
        *value = 0;
        return KN_OK;
    }
    return kn__csv_number(t->csv, field, false, value);
}

static kn_status read_row(kn__io_table *t, const kn__field *f, int32_t row)
{
    kn__io_raw *raw = t->raw;
    int64_t n = raw->producer_count, m = raw->final_count;
    KN__TRY(kn__io_grow(t->ctx, raw, &t->z_room, row));
    double *z = raw->z + row * n, *y = raw->final_demand + row * m, value, sum = 0,
           total = 0;
    for (int32_t c = 0; c < t->column_count; c++) {
        const kn__io_column *column = &t->columns[c];
        KN__TRY(cell(t, &f[c + 1], &value));
        if (column->flow >= 0) {
            if (value < 0 && value > -1e-3)
                value = 0; /* the residue of rounding and balancing */
            if (value < 0)
                return kn__csv_fail(t->csv, &f[c + 1],
                                    "a flow between producers cannot be negative: %s",
                                    f[c + 1].text);
            z[column->flow] += value;
        } else if (column->final >= 0) {
            y[column->final] += value;
        } else if (c == t->total_column) {
            t->total[row] += value;
            total += value;
            continue;
        }
        sum += value;
    }
    if (t->total_column >= 0 && t->total[row] > 0) {
        double gap = fabs(sum - total) / t->total[row];
        t->worst_total = fmax(t->worst_total, gap);
    }
    return KN_OK;
}

static kn_status read_account(kn__io_table *t, const kn__field *f, int account)
{
    double **to = &t->accounts[account], value;
    if (!*to)
        *to = KN__ARRAY(t->raw->arena, t->ctx, t->raw->producer_count, double);
    if (!*to)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < t->column_count; c++) {
        KN__TRY(cell(t, &f[c + 1], &value));
        if (t->columns[c].flow >= 0)
            (*to)[t->columns[c].flow] += value;
    }
    return KN_OK;
}

static kn_status wrong_row(kn__io_table *t, const kn__field *field, const char *expected)
{
    return kn__csv_fail(t->csv, field,
                        "row \"%.40s\" where \"%s\" was expected; rows stand in the "
                        "order of the columns",
                        field->text, expected);
}

static kn_status read_rows(kn__io_table *t)
{
    const kn__field *f;
    int32_t count, at = 0;
    char work[160];
    snprintf(work, sizeof work, "reading %.140s", kn__csv_name(t->csv));
    for (int64_t row = 0;; row++) {
        while (at < t->column_count && t->columns[at].flow < 0)
            at++;
        KN__TRY(kn__csv_next(t->csv, &f, &count));
        if (!count)
            break;
        if (row % 64 == 0)
            KN__TRY(kn__progress(t->ctx, work, (double)at / t->column_count));
        if (at < t->column_count) {
            if (strcmp(f[0].text, t->columns[at].label) != 0)
                return wrong_row(t, &f[0], t->columns[at].label);
            KN__TRY(read_row(t, f, t->columns[at++].flow));
            continue;
        }
        int account = account_of(t->layout, f[0].text);
        if (account < 0)
            return wrong_row(t, &f[0], "value added or another account");
        KN__TRY(read_account(t, f, account));
    }
    return at < t->column_count
               ? kn__csv_fail(t->csv, NULL,
                              "the table ends too early; row \"%s\" was expected next",
                              t->columns[at].label)
               : KN_OK;
}

kn_status kn__io_table_read(kn__io_table *t, kn_context *ctx, kn__io_raw *raw,
                            kn__csv *csv, const kn__io_layout *layout)
{
    *t = (kn__io_table){.ctx = ctx, .csv = csv, .raw = raw, .layout = layout};
    kn__io_labels_init(&t->labels, ctx, raw);
    KN__TRY(read_header(t));
    int64_t n = raw->producer_count, cells = n * raw->final_count;
    if (cells > MOST_FINAL_CELLS)
        return kn__fail(ctx, KN_ERR_LIMIT,
                        "%s: final demand has %lld cells, at most %lld",
                        kn__csv_name(csv), (long long)cells, (long long)MOST_FINAL_CELLS);
    raw->final_demand = KN__ARRAY(raw->arena, ctx, cells, double);
    if (t->total_column >= 0)
        t->total = KN__ARRAY(raw->arena, ctx, n, double);
    if (!raw->final_demand || (t->total_column >= 0 && !t->total))
        return KN_ERR_MEMORY;
    KN__TRY(read_rows(t));
    raw->output = t->total ? t->total : t->accounts[KN__ACCOUNT_OUTPUT];
    return KN_OK;
}

/* ---- Notes ---- */

/* The largest gap between output and inputs, taxes and value added, as a share. */
static double worst_column(kn__io_table *t)
{
    const kn__io_raw *raw = t->raw;
    const double *v = t->accounts[KN__ACCOUNT_VALUE_ADDED],
                 *tax = t->accounts[KN__ACCOUNT_TAX];
    double worst = 0;
    int64_t n = raw->producer_count;
    double *sum = KN__ARRAY(raw->arena, t->ctx, n, double);
    if (!sum || !v || !raw->output)
        return sum ? 0 : -1;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            sum[j] += raw->z[i * n + j];
    for (int64_t j = 0; j < n; j++)
        if (raw->output[j] > 0) {
            double gap = raw->output[j] - sum[j] - v[j] - (tax ? tax[j] : 0);
            worst = fmax(worst, fabs(gap) / raw->output[j]);
        }
    return worst;
}

kn_status kn__io_table_notes(kn__io_table *t)
{
    const double PRINTED = 1e-4; /* what rounding of printed cells explains */
    double worst = worst_column(t);
    if (worst < 0)
        return KN_ERR_MEMORY;
    if (t->merged)
        KN__TRY(KN__NOTE(t->raw, t->ctx,
                         "%d columns stand for parts of an economy and were added "
                         "to it",
                         (int)t->merged));
    if (t->missing)
        KN__TRY(KN__NOTE(t->raw, t->ctx, "%d cells are empty or NA; they count as 0",
                         (int)t->missing));
    if (t->worst_total > PRINTED)
        KN__TRY(KN__NOTE(t->raw, t->ctx,
                         "the total column differs from its row by up to %.3g %%",
                         100 * t->worst_total));
    if (worst > PRINTED)
        KN__TRY(KN__NOTE(t->raw, t->ctx,
                         "inputs, taxes and value added differ from output by up "
                         "to %.3g %% of it",
                         100 * worst));
    return KN_OK;
}
