/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/flows_raw.h"
#include "read/io_format.h"
#include "read/io_raw.h"
#include "read/io_table.h"

/* Eurostat FIGARO, industry by industry, million euros. The matrix: header "rowLabels",
   AT_A01 … AT_P3_S13 …, rows the same and then W2_ accounts. The flat file: one cell a
   row (icioiRow, icioiCol, refArea, rowIi, counterpartArea, colIi, obsValue); two passes,
   so that labels stand in order of their first row. */
static const kn__io_layout layout = {
    .what = "a FIGARO table",
    .finals = {{"P3_S13", "government"},
               {"P3_S14", "households"},
               {"P3_S15", "nonprofit"},
               {"P51G", "investment"},
               {"P5M", "inventories"},
               {"P5G", "investment"},
               {"P52", "inventories"},
               {"P53", "valuables"},
               {"P52_P53", "inventories"}},
    .accounts = {{"D21X31", KN__ACCOUNT_TAX},
                 {"OP_RES", KN__ACCOUNT_TAX},
                 {"OP_NRES", KN__ACCOUNT_TAX},
                 {"D1", KN__ACCOUNT_VALUE_ADDED},
                 {"D29X39", KN__ACCOUNT_VALUE_ADDED},
                 {"B2A3G", KN__ACCOUNT_VALUE_ADDED}},
    .totals = {NULL},
};

/* ---- Flat ---- */

enum { ROW_AREA, ROW_CODE, COLUMN_AREA, COLUMN_CODE, VALUE, ROLES };

typedef struct flat {
    kn_context *ctx;
    kn__csv *csv;
    kn__io_raw *raw;
    kn__io_labels labels;
    int32_t at[ROLES];
    bool *told; /* producers × (producers + economies × categories): has it a row? */
} flat;

enum { CATEGORIES = sizeof layout.finals / sizeof *layout.finals };

/* The place of a category of final demand in the layout, or -1. */
static int final_place(const char *code)
{
    for (int k = 0; k < CATEGORIES && layout.finals[k].label; k++)
        if (strcmp(layout.finals[k].label, code) == 0)
            return k;
    return -1;
}

static bool is_account(const char *area, const char *code)
{
    for (int k = 0; layout.accounts[k].label; k++)
        if (strcmp(layout.accounts[k].label, code) == 0)
            return true;
    return strcmp(area, "W2") == 0;
}

static kn_status flat_header(flat *t)
{
    static const char *const names[ROLES][2] = {{"refArea", NULL},
                                                {"rowIi", NULL},
                                                {"counterpartArea", NULL},
                                                {"colIi", NULL},
                                                {"obsValue", NULL}};
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(t->csv, &f, &count));
    for (int k = 0; k < ROLES; k++) {
        t->at[k] = kn__column_of(f, count, names[k]);
        if (t->at[k] < 0)
            return kn__csv_fail(t->csv, NULL,
                                "this is not a FIGARO table industry by industry: column "
                                "\"%s\" is missing",
                                names[k][0]);
    }
    kn__csv_expect(t->csv, count);
    return KN_OK;
}

static kn_status flat_producer(flat *t, const kn__field *area, const kn__field *code,
                               int32_t *id)
{
    char word[48];
    int32_t economy, industry;
    bool is_new;
    if (!code->length || code->length > 20)
        return kn__csv_fail(t->csv, code, "an industry code was expected");
    KN__TRY(kn__io_economy(&t->labels, t->csv, area, area->text, false, &economy));
    kn__isic_id(word, code->text);
    KN__TRY(kn__io_industry(&t->labels, word, code->text, word + 5, &industry));
    return kn__io_producer(&t->labels, economy, industry, id, &is_new);
}

static int64_t flat_columns(const kn__io_raw *raw)
{
    return raw->producer_count + (int64_t)raw->economy_count * CATEGORIES;
}

static kn_status flat_value(flat *t, const kn__field *f, int64_t cell, bool flow,
                            double *sum)
{
    const kn__field *field = &f[t->at[VALUE]];
    double value;
    KN__TRY(kn__csv_number(t->csv, field, false, &value));
    if (flow && value < 0)
        return kn__csv_fail(t->csv, field,
                            "a flow between producers cannot be negative: %s",
                            field->text);
    if (t->told[cell])
        return kn__csv_fail(t->csv, field, "%s %s to %s %s stands twice",
                            f[t->at[ROW_AREA]].text, f[t->at[ROW_CODE]].text,
                            f[t->at[COLUMN_AREA]].text, f[t->at[COLUMN_CODE]].text);
    t->told[cell] = true;
    *sum += value;
    return KN_OK;
}

/* One row: in the first pass its labels, in the second its value. */
static kn_status flat_row(flat *t, const kn__field *f, bool labels_only)
{
    kn__io_raw *raw = t->raw;
    const kn__field *row_area = &f[t->at[ROW_AREA]], *row_code = &f[t->at[ROW_CODE]],
                    *area = &f[t->at[COLUMN_AREA]], *code = &f[t->at[COLUMN_CODE]];
    int category = final_place(code->text);
    int32_t i = -1, j = -1, economy;
    if (is_account(row_area->text, row_code->text))
        return KN_OK;
    KN__TRY(flat_producer(t, row_area, row_code, &i));
    if (category < 0) {
        KN__TRY(flat_producer(t, area, code, &j));
        return labels_only ? KN_OK
                           : flat_value(t, f, i * flat_columns(raw) + j, true,
                                        &raw->z[(int64_t)i * raw->producer_count + j]);
    }
    KN__TRY(kn__io_economy(&t->labels, t->csv, area, area->text, false, &economy));
    KN__TRY(kn__io_final(&t->labels, economy, layout.finals[category].category, &j));
    int64_t column = raw->producer_count + (int64_t)economy * CATEGORIES + category;
    return labels_only
               ? KN_OK
               : flat_value(t, f, i * flat_columns(raw) + column, false,
                            &raw->final_demand[(int64_t)i * raw->final_count + j]);
}

static kn_status flat_pass(flat *t, bool labels_only, int64_t *rows)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(flat_header(t));
    for (*rows = 0;; ++*rows) {
        KN__TRY(kn__csv_next(t->csv, &f, &count));
        if (!count)
            return KN_OK;
        KN__TRY(flat_row(t, f, labels_only));
        if (*rows % 65536 == 0)
            KN__TRY(kn__progress(t->ctx, "reading FIGARO", -1));
    }
}

/* A full table has a row for each cell; one that has far fewer is not what it says. */
static kn_status flat_room(flat *t, int64_t rows)
{
    kn__io_raw *raw = t->raw;
    int64_t n = raw->producer_count, m = raw->final_count;
    if (!n || n * (n + m) > 64 * rows + 4096)
        return kn__csv_fail(t->csv, NULL,
                            "%lld rows for %lld producers: the table is not complete",
                            (long long)rows, (long long)n);
    raw->z = kn__alloc(t->ctx, n * n, sizeof *raw->z);
    raw->final_demand = KN__ARRAY(raw->arena, t->ctx, n * m, double);
    t->told = kn__alloc(t->ctx, n * flat_columns(raw), sizeof *t->told);
    return raw->z && raw->final_demand && t->told ? KN_OK : KN_ERR_MEMORY;
}

static kn_status flat_gaps(flat *t)
{
    kn__io_raw *raw = t->raw;
    int64_t n = raw->producer_count, gaps = 0;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            gaps += !t->told[i * flat_columns(raw) + j];
    return gaps ? KN__NOTE(raw, t->ctx,
                           "%lld of %lld flows between producers have no row; "
                           "they count as 0",
                           (long long)gaps, (long long)(n * n))
                : KN_OK;
}

static kn_status flat_fill(flat *t, kn__csv *second)
{
    int64_t rows;
    KN__TRY(flat_pass(t, true, &rows));
    KN__TRY(flat_room(t, rows));
    t->csv = second;
    KN__TRY(flat_pass(t, false, &rows));
    return flat_gaps(t);
}

static kn_status read_flat(kn__io_raw *raw, kn_context *ctx, kn__csv *first,
                           kn__csv *second)
{
    flat t = {.ctx = ctx, .csv = first, .raw = raw};
    kn__io_labels_init(&t.labels, ctx, raw);
    kn_status status = flat_fill(&t, second);
    kn__release(ctx, t.told);
    return status;
}

/* ---- Both ---- */

static kn_status name_edition(kn__io_raw *raw, kn_context *ctx, const char *file,
                              bool is_flat)
{
    const char *slash = strrchr(file, '/'), *mark = strstr(slash ? slash : file, "ed_");
    char edition[32] = "", when[16] = "year unknown";
    if (mark && mark - file >= 2 && mark[-1] >= '0' && mark[-1] <= '9')
        snprintf(edition, sizeof edition, " 20%.2s edition", mark - 2);
    raw->source_year = kn__year_in_name(file);
    if (raw->source_year)
        snprintf(when, sizeof when, "%d", (int)raw->source_year);
    raw->name = kn__arena_format(raw->arena, ctx, "FIGARO %s", when);
    raw->edition =
        kn__arena_format(raw->arena, ctx, "FIGARO%s, %s, %s, %d economies, %d industries",
                         edition, when, is_flat ? "flat file" : "matrix",
                         (int)raw->economy_count, (int)raw->industry_count);
    raw->source_title = kn__arena_format(
        raw->arena, ctx, "Eurostat FIGARO, industry by industry, %s", when);
    return raw->name && raw->edition && raw->source_title ? KN_OK : KN_ERR_MEMORY;
}

static kn_status to_musd(kn__io_raw *raw, kn_context *ctx)
{
    int64_t n = raw->producer_count;
    double rate = kn__usd_per_eur(raw->source_year);
    if (rate == 0)
        return KN__NOTE(raw, ctx,
                        "amounts are in million EUR and the year is not known (no "
                        "rate for %d): they are not turned into USD",
                        (int)raw->source_year);
    for (int64_t k = 0; k < n * n; k++)
        raw->z[k] *= rate;
    for (int64_t k = 0; k < n * raw->final_count; k++)
        raw->final_demand[k] *= rate;
    return KN__NOTE(raw, ctx, "EUR turned into USD at %.4f, the mean of %d (ECB)", rate,
                    (int)raw->source_year);
}

static kn_status is_flat_file(kn__csv *csv, bool *flat_file)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(csv, &f, &count));
    *flat_file = false;
    for (int32_t c = 0; c < count; c++)
        *flat_file |= kn__text_equal(f[c].text, "obsValue");
    return KN_OK;
}

kn_status kn__figaro_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    kn__csv *probe = NULL, *first = NULL, *second = NULL;
    kn__io_table table;
    bool flat_file = false;
    kn_status status = kn__folder_only_csv(&probe, ctx, folder);
    if (status >= 0)
        status = is_flat_file(probe, &flat_file);
    if (status >= 0)
        status = kn__folder_only_csv(&first, ctx, folder);
    if (status >= 0 && flat_file)
        status = kn__folder_only_csv(&second, ctx, folder);
    if (status >= 0)
        status = flat_file ? read_flat(raw, ctx, first, second)
                           : kn__io_table_read(&table, ctx, raw, first, &layout);
    if (status >= 0 && !flat_file)
        status = kn__io_table_notes(&table);
    if (status >= 0)
        status = name_edition(raw, ctx, kn__csv_name(first), flat_file);
    if (status >= 0)
        status = to_musd(raw, ctx);
    kn__csv_close(probe);
    kn__csv_close(first);
    kn__csv_close(second);
    return status;
}

kn_status kn__read_figaro(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__figaro_fill);
}
