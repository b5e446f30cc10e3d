/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "kernel/text.h"
#include "read/io_format.h"
#include "read/io_labels.h"
#include "read/io_raw.h"

/* Input-output tables of the US Bureau of Economic Analysis at summary level, as csv with
   the header "bea_code". Two kinds:
   - total requirements, commodity by commodity: L = (I − A)⁻¹, so A = I − L⁻¹; the
   network is what one million dollars of final demand for each commodity needs: x = L 1,
     Z = A x̂. Entries of A below zero (by-products) stay.
   - use of commodities by industries: Z alone; a code's output is at least what it sells
     and at least what it buys. */
enum { MOST_CODES = 2000 };

typedef struct bea {
    kn_context *ctx;
    kn__csv *csv;
    kn__io_raw *raw;
    int32_t columns, rows;
    const char *column[MOST_CODES], *row[MOST_CODES];
    double *cells; /* rows × columns, by kn__alloc */
    int64_t room;
} bea;

static kn_status keep(bea *b, const char **to, const kn__field *field)
{
    if (!field->length || field->length > 40)
        return kn__csv_fail(b->csv, field, "a BEA code was expected");
    *to = kn__arena_text(b->raw->arena, b->ctx, field->text);
    return *to ? KN_OK : KN_ERR_MEMORY;
}

static kn_status read_header(bea *b)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(b->csv, &f, &count));
    if (count < 2 || !kn__text_equal(f[0].text, "bea_code"))
        return kn__csv_fail(b->csv, count ? &f[0] : NULL,
                            "this is not a BEA table: the header starts with \"%.40s\", "
                            "\"bea_code\" was expected",
                            count ? f[0].text : "");
    if (count - 1 > MOST_CODES)
        return kn__csv_fail(b->csv, NULL, "more than %d columns", MOST_CODES);
    for (b->columns = 0; b->columns < count - 1; b->columns++) {
        const kn__field *field = &f[b->columns + 1];
        KN__TRY(keep(b, &b->column[b->columns], field));
        for (int32_t c = 0; c < b->columns; c++)
            if (strcmp(b->column[c], field->text) == 0)
                return kn__csv_fail(b->csv, field, "column \"%s\" stands twice",
                                    field->text);
    }
    kn__csv_expect(b->csv, count);
    return KN_OK;
}

static kn_status read_rows(bea *b)
{
    const kn__field *f;
    int32_t count;
    for (;;) {
        KN__TRY(kn__csv_next(b->csv, &f, &count));
        if (!count)
            return b->rows ? KN_OK
                           : kn__csv_fail(b->csv, NULL, "there is no row of numbers");
        if (b->rows == MOST_CODES)
            return kn__csv_fail(b->csv, NULL, "more than %d rows", MOST_CODES);
        for (int32_t r = 0; r < b->rows; r++)
            if (strcmp(b->row[r], f[0].text) == 0)
                return kn__csv_fail(b->csv, &f[0], "row \"%.40s\" stands twice",
                                    f[0].text);
        KN__TRY(keep(b, &b->row[b->rows], &f[0]));
        int64_t at = (int64_t)b->rows * b->columns;
        void *cells = b->cells;
        KN__TRY(kn__grow(b->ctx, &cells, &b->room, at + b->columns, sizeof *b->cells));
        b->cells = cells;
        for (int32_t c = 0; c < b->columns; c++)
            KN__TRY(kn__csv_number(b->csv, &f[c + 1], false, &b->cells[at + c]));
        b->rows++;
    }
}

/* Rows and columns carry the same codes, and each good needs at least most of itself. */
static bool is_requirements(const bea *b)
{
    bool same = b->rows == b->columns;
    for (int32_t i = 0; i < b->rows && same; i++)
        same = strcmp(b->row[i], b->column[i]) == 0;
    double largest = 0;
    for (int64_t k = 0; k < (int64_t)b->rows * b->columns; k++)
        largest = fmax(largest, fabs(b->cells[k]));
    return same && largest > 0 && largest < 20;
}

static kn_status add_labels(bea *b)
{
    kn__io_raw *raw = b->raw;
    kn__io_labels labels;
    int32_t economy, industry, id;
    bool is_new;
    kn__io_labels_init(&labels, b->ctx, raw);
    KN__TRY(kn__io_economy(&labels, b->csv, NULL, "USA", false, &economy));
    for (int32_t i = 0; i < b->rows; i++) {
        KN__TRY(kn__io_industry(&labels, b->row[i], b->row[i], "BEA summary", &industry));
        KN__TRY(kn__io_producer(&labels, economy, industry, &id, &is_new));
    }
    KN__TRY(kn__io_final(&labels, economy, "final", &id));
    int64_t n = raw->producer_count;
    raw->z = kn__alloc(b->ctx, n * n, sizeof *raw->z);
    raw->final_demand = KN__ARRAY(raw->arena, b->ctx, n, double);
    raw->output = KN__ARRAY(raw->arena, b->ctx, n, double);
    return raw->z && raw->final_demand && raw->output ? KN_OK : KN_ERR_MEMORY;
}

static kn_status fill_requirements(bea *b)
{
    kn__io_raw *raw = b->raw;
    int64_t n = b->rows;
    kn__lu lu;
    for (int64_t i = 0; i < n; i++) {
        raw->final_demand[i] = 1;
        for (int64_t j = 0; j < n; j++) /* x = L 1 */
            raw->output[i] += b->cells[i * n + j];
    }
    kn_status status = kn__lu_factor(&lu, b->ctx, raw->arena, b->cells, b->rows);
    if (status == KN_ERR_NUMERIC) {
        kn_context_clear(b->ctx);
        return kn__csv_fail(b->csv, NULL,
                            "these cannot be total requirements: the matrix has no "
                            "inverse");
    }
    KN__TRY(status);
    KN__TRY(kn__lu_invert(&lu, b->ctx));
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++) /* Z = (I − L⁻¹) x̂ */
            raw->z[i * n + j] = ((i == j) - b->cells[i * n + j]) * raw->output[j];
    raw->edition = "BEA summary, total requirements, commodity by commodity";
    return KN__NOTE(raw, b->ctx,
                    "a table of coefficients: amounts are what one MUSD of final "
                    "demand for each commodity needs");
}

/* The row of each column's code, or a failure. */
static kn_status place_columns(bea *b, int32_t *place)
{
    for (int32_t c = 0; c < b->columns; c++) {
        place[c] = -1;
        for (int32_t r = 0; r < b->rows && place[c] < 0; r++)
            place[c] = strcmp(b->row[r], b->column[c]) == 0 ? r : -1;
        if (place[c] < 0)
            return kn__csv_fail(b->csv, NULL,
                                "column \"%s\" has no row; a table of use or of total "
                                "requirements, commodity by commodity, was expected",
                                b->column[c]);
    }
    return KN_OK;
}

static kn_status fill_use(bea *b)
{
    kn__io_raw *raw = b->raw;
    int64_t n = b->rows, negative = 0;
    double largest = 0;
    int32_t *place = KN__ARRAY(raw->arena, b->ctx, b->columns, int32_t);
    double *bought = KN__ARRAY(raw->arena, b->ctx, n, double);
    if (!place || !bought)
        return KN_ERR_MEMORY;
    KN__TRY(place_columns(b, place));
    for (int64_t i = 0; i < n; i++)
        for (int32_t c = 0; c < b->columns; c++) {
            double value = b->cells[i * b->columns + c];
            raw->z[i * n + place[c]] = value;
            raw->output[i] += value; /* so far: sales to industries */
            bought[place[c]] += value;
            negative += value < 0;
            largest = fmax(largest, fabs(value));
        }
    if (largest < 20)
        return kn__csv_fail(b->csv, NULL,
                            "coefficients whose rows and columns differ: the table of "
                            "total requirements commodity by commodity was expected");
    for (int64_t i = 0; i < n; i++) {
        raw->final_demand[i] = fmax(0, bought[i] - raw->output[i]);
        raw->output[i] += raw->final_demand[i];
    }
    raw->edition = "BEA summary, use of commodities by industries";
    KN__TRY(KN__NOTE(raw, b->ctx,
                     "the file holds neither output nor final demand: output is "
                     "at least what is sold and what is bought, so shares of "
                     "output are upper bounds (grade D)"));
    return negative ? KN__NOTE(raw, b->ctx,
                               "%lld flows are negative (scrap and used goods); "
                               "they are kept",
                               (long long)negative)
                    : KN_OK;
}

static kn_status fill(bea *b)
{
    KN__TRY(read_header(b));
    KN__TRY(read_rows(b));
    KN__TRY(add_labels(b));
    b->raw->name = "BEA USA";
    b->raw->source_year = kn__year_in_name(kn__csv_name(b->csv));
    b->raw->source_title = "US Bureau of Economic Analysis, input-output accounts, "
                           "summary level";
    return is_requirements(b) ? fill_requirements(b) : fill_use(b);
}

kn_status kn__bea_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    kn__csv *csv;
    int32_t total = kn__folder_find(folder, "cxc_total_requirements.csv");
    KN__TRY(total >= 0 ? kn__folder_csv(&csv, ctx, folder, total)
                       : kn__folder_only_csv(&csv, ctx, folder));
    bea *b = KN__NEW(raw->arena, ctx, bea);
    kn_status status = KN_ERR_MEMORY;
    if (b) {
        b->ctx = ctx;
        b->csv = csv;
        b->raw = raw;
        status = fill(b);
        kn__release(ctx, b->cells);
    }
    kn__csv_close(csv);
    return status;
}

kn_status kn__read_bea(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__bea_fill);
}
