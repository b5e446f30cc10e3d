/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/io_format.h"
#include "read/io_labels.h"
#include "read/io_raw.h"
#include "read/io_table.h"

/* Eora26: T (flows), FD (final demand) and VA (value added) without headers, tab
   separated, thousand US dollars; labels_T and labels_FD name rows and columns: name,
   alpha-3, "Industries" or "Final demand", sector. The last producer, ROW TOTAL, holds
   statistical discrepancies; it is kept. */
typedef struct eora {
    kn_context *ctx;
    kn__folder *folder;
    kn__io_raw *raw;
    kn__io_labels labels;
    int32_t *final;                /* of the columns of FD */
    int32_t final_columns, inputs; /* inputs: rows of VA, where labels_VA is there */
    int64_t z_room, negative;
} eora;

static const double TO_MUSD = 1e-3;

/* The table of that name ("T.txt"), which is no file of labels; -1 if there is none. */
static int32_t find_table(const kn__folder *folder, const char *ending)
{
    size_t m = strlen(ending);
    for (int32_t k = 0; k < kn__folder_count(folder); k++) {
        const char *name = kn__folder_name(folder, k);
        size_t n = strlen(name);
        if (n >= m && strcmp(name + n - m, ending) == 0 && !strstr(name, "label") &&
            (n == m || name[n - m - 1] == '_' || name[n - m - 1] == '/'))
            return k;
    }
    return -1;
}

static kn_status open_part(eora *e, kn__csv **csv, const char *ending)
{
    int32_t at = strncmp(ending, "labels", 6) == 0 ? kn__folder_find(e->folder, ending)
                                                   : find_table(e->folder, ending);
    *csv = NULL;
    if (at < 0)
        return kn__fail(e->ctx, KN_ERR_NOT_FOUND,
                        "%s: there is no %s; tables and labels (T, FD, labels_T, "
                        "labels_FD) must be in one folder or zip",
                        kn__folder_path(e->folder), ending);
    return kn__folder_csv(csv, e->ctx, e->folder, at);
}

/* Name, code, kind, sector; a trailing separator gives one empty field more. */
static kn_status next_label(eora *e, kn__csv *csv, const kn__field **f, bool *more)
{
    int32_t count;
    KN__TRY(kn__csv_next(csv, f, &count));
    *more = count > 0;
    if (!count || count == 4 || (count == 5 && !(*f)[4].length))
        return KN_OK;
    (void)e;
    return kn__csv_fail(csv, NULL, "%d fields; a label needs name, code, kind and sector",
                        (int)count);
}

static kn_status read_producers(eora *e, kn__csv *csv)
{
    const kn__field *f;
    bool more, is_new;
    int32_t economy, industry, id;
    for (;;) {
        KN__TRY(next_label(e, csv, &f, &more));
        if (!more)
            break;
        KN__TRY(kn__io_economy(&e->labels, csv, &f[1], f[1].text, false, &economy));
        const char *slug = kn__io_slug(&e->labels, f[3].text);
        if (!slug)
            return KN_ERR_MEMORY;
        KN__TRY(kn__io_industry(&e->labels, slug, f[3].text, "Eora26", &industry));
        KN__TRY(kn__io_producer(&e->labels, economy, industry, &id, &is_new));
        if (!is_new)
            return kn__csv_fail(csv, &f[3], "\"%.20s %.60s\" stands twice", f[1].text,
                                f[3].text);
    }
    return e->raw->producer_count
               ? KN_OK
               : kn__csv_fail(csv, NULL, "there are no labels of producers");
}

static const char *category_of(eora *e, const char *text)
{
    static const struct {
        const char *part, *category;
    } known[] = {{"Household", "households"},    {"Non-profit", "nonprofit"},
                 {"Government", "government"},   {"fixed capital", "investment"},
                 {"inventories", "inventories"}, {"valuables", "valuables"}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strstr(text, known[k].part))
            return known[k].category;
    return kn__io_slug(&e->labels, text);
}

static kn_status read_final_labels(eora *e, kn__csv *csv)
{
    enum { MOST_COLUMNS = 20000 };
    const kn__field *f;
    bool more;
    int32_t economy;
    e->final = KN__ARRAY(e->raw->arena, e->ctx, MOST_COLUMNS, int32_t);
    if (!e->final)
        return KN_ERR_MEMORY;
    for (;;) {
        KN__TRY(next_label(e, csv, &f, &more));
        if (!more)
            return KN_OK;
        if (e->final_columns == MOST_COLUMNS)
            return kn__csv_fail(csv, NULL, "more than %d columns", MOST_COLUMNS);
        KN__TRY(kn__io_economy(&e->labels, csv, &f[1], f[1].text, false, &economy));
        const char *category = category_of(e, f[3].text);
        if (!category)
            return KN_ERR_MEMORY;
        KN__TRY(
            kn__io_final(&e->labels, economy, category, &e->final[e->final_columns++]));
    }
}

/* A row of `columns` numbers; a trailing separator is let through. */
static kn_status next_row(kn__csv *csv, int32_t columns, const kn__field **f, bool *more)
{
    int32_t count;
    KN__TRY(kn__csv_next(csv, f, &count));
    *more = count > 0;
    if (!count || count == columns || (count == columns + 1 && !(*f)[columns].length))
        return KN_OK;
    return kn__csv_fail(csv, NULL, "%d numbers; the labels name %d columns", (int)count,
                        (int)columns);
}

static kn_status check_rows(kn__csv *csv, int32_t rows, int32_t expected)
{
    return rows == expected ? KN_OK
                            : kn__csv_fail(csv, NULL, "%d rows; the labels name %d",
                                           (int)rows, (int)expected);
}

static kn_status read_flows(eora *e, kn__csv *csv)
{
    kn__io_raw *raw = e->raw;
    const kn__field *f;
    int32_t n = raw->producer_count;
    bool more;
    for (int32_t i = 0;; i++) {
        KN__TRY(next_row(csv, n, &f, &more));
        if (!more)
            return check_rows(csv, i, n);
        if (i == n)
            return check_rows(csv, i + 1, n);
        KN__TRY(kn__io_grow(e->ctx, raw, &e->z_room, i));
        double *z = raw->z + (int64_t)i * n;
        for (int32_t j = 0; j < n; j++) {
            KN__TRY(kn__csv_number(csv, &f[j], false, &z[j]));
            e->negative += z[j] < 0;
            z[j] *= TO_MUSD;
        }
        if (i % 64 == 0)
            KN__TRY(kn__progress(e->ctx, "reading flows", (double)i / n));
    }
}

static kn_status read_finals(eora *e, kn__csv *csv)
{
    static const int64_t MOST_CELLS = 100000000;
    kn__io_raw *raw = e->raw;
    const kn__field *f;
    int32_t n = raw->producer_count;
    int64_t m = raw->final_count;
    bool more;
    if (m * n > MOST_CELLS)
        return kn__csv_fail(csv, NULL, "more than %lld cells of final demand",
                            (long long)MOST_CELLS);
    raw->final_demand = KN__ARRAY(raw->arena, e->ctx, n * m, double);
    if (!raw->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t i = 0;; i++) {
        KN__TRY(next_row(csv, e->final_columns, &f, &more));
        if (!more)
            return check_rows(csv, i, n);
        if (i == n)
            return check_rows(csv, i + 1, n);
        for (int32_t c = 0; c < e->final_columns; c++) {
            double value;
            KN__TRY(kn__csv_number(csv, &f[c], false, &value));
            raw->final_demand[i * m + e->final[c]] += TO_MUSD * value;
        }
    }
}

static kn_status count_inputs(eora *e, kn__csv *csv)
{
    const kn__field *f;
    int32_t fields;
    KN__TRY(kn__csv_next(csv, &f, &fields));
    for (; fields; e->inputs++)
        KN__TRY(kn__csv_next(csv, &f, &fields));
    return KN_OK;
}

/* Rows of primary inputs add up to value added; columns are the producers. */
static kn_status read_value_added(eora *e, kn__csv *csv)
{
    kn__io_raw *raw = e->raw;
    const kn__field *f;
    int32_t n = raw->producer_count;
    bool more;
    raw->value_added = KN__ARRAY(raw->arena, e->ctx, n, double);
    if (!raw->value_added)
        return KN_ERR_MEMORY;
    for (int32_t row = 0;; row++) {
        KN__TRY(next_row(csv, n, &f, &more));
        if (!more)
            return e->inputs ? check_rows(csv, row, e->inputs) : KN_OK;
        for (int32_t j = 0; j < n; j++) {
            double value;
            KN__TRY(kn__csv_number(csv, &f[j], false, &value));
            raw->value_added[j] += TO_MUSD * value;
        }
    }
}

static kn_status read_part(eora *e, const char *ending,
                           kn_status (*read)(eora *e, kn__csv *csv))
{
    kn__csv *csv;
    KN__TRY(open_part(e, &csv, ending));
    kn_status status = read(e, csv);
    kn__csv_close(csv);
    return status;
}

static kn_status name_edition(eora *e)
{
    kn__io_raw *raw = e->raw;
    const char *file = kn__folder_name(e->folder, find_table(e->folder, "T.txt"));
    char when[16] = "year unknown";
    raw->source_year = kn__year_in_name(file);
    if (!raw->source_year)
        raw->source_year = kn__year_in_name(kn__folder_path(e->folder));
    if (raw->source_year)
        snprintf(when, sizeof when, "%d", (int)raw->source_year);
    raw->name = kn__arena_format(raw->arena, e->ctx, "Eora26 %s", when);
    raw->edition = kn__arena_format(raw->arena, e->ctx,
                                    "Eora26, %s, %s prices, %d economies, %d sectors",
                                    when, strstr(file, "_pp_") ? "purchasers'" : "basic",
                                    (int)raw->economy_count, (int)raw->industry_count);
    raw->source_title = "Eora26 multi-region input-output table";
    return raw->name && raw->edition ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__eora26_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    eora e = {.ctx = ctx, .folder = folder, .raw = raw};
    kn__io_labels_init(&e.labels, ctx, raw);
    KN__TRY(read_part(&e, "labels_T.txt", read_producers));
    KN__TRY(read_part(&e, "labels_FD.txt", read_final_labels));
    KN__TRY(read_part(&e, "T.txt", read_flows));
    KN__TRY(read_part(&e, "FD.txt", read_finals));
    if (kn__folder_find(folder, "labels_VA.txt") >= 0)
        KN__TRY(read_part(&e, "labels_VA.txt", count_inputs));
    if (find_table(folder, "VA.txt") >= 0)
        KN__TRY(read_part(&e, "VA.txt", read_value_added));
    if (e.negative)
        KN__TRY(KN__NOTE(raw, ctx, "%lld flows are negative; they are kept",
                         (long long)e.negative));
    return name_edition(&e);
}

kn_status kn__read_eora26(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__eora26_fill);
}
