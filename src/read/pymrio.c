/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/io_format.h"
#include "read/io_labels.h"
#include "read/io_raw.h"
#include "read/io_table.h"

/* The layout in which pymrio saves a table, and in which EXIOBASE 3 is published: Z (or A
   and x), Y, x, unit as tab or comma separated text. Z and Y carry two header rows
   (region; sector or category), sometimes a third with the names of the index; x and unit
   carry one. Pickled files are not read. */
enum { MOST_COLUMNS = 60000 };

typedef struct pymrio {
    kn_context *ctx;
    kn__folder *folder;
    kn__io_raw *raw;
    kn__io_labels labels;
    int32_t *final; /* of the columns of Y, as final columns */
    int64_t z_room;
    bool any_region; /* a region need not be an economy */
    const char *unit;
} pymrio;

static int32_t find(const pymrio *p, const char *stem)
{
    char name[32];
    static const char *const endings[] = {".txt", ".csv", ".tsv"};
    for (int k = 0; k < 3; k++) {
        snprintf(name, sizeof name, "%s%s", stem, endings[k]);
        int32_t at = kn__folder_find(p->folder, name);
        if (at >= 0)
            return at;
    }
    return -1;
}

static kn_status region(pymrio *p, kn__csv *csv, const kn__field *field, int32_t *id)
{
    /* EXIOBASE means the rest of Africa, not Wallis and Futuna. */
    const char *label = kn__text_equal(field->text, "WF") ? "XAF" : field->text;
    return kn__io_economy(&p->labels, csv, field, label, p->any_region, id);
}

static kn_status sector(pymrio *p, const kn__field *field, int32_t *id)
{
    const char *slug = kn__io_slug(&p->labels, field->text);
    if (!slug)
        return KN_ERR_MEMORY;
    return kn__io_industry(&p->labels, slug, field->text, "", id);
}

static const char *category_of(pymrio *p, const char *text)
{
    static const struct {
        const char *part, *category;
    } known[] = {{"households (NPISH)", "nonprofit"},
                 {"by households", "households"},
                 {"by government", "government"},
                 {"fixed capital", "investment"},
                 {"inventories", "inventories"},
                 {"valuables", "valuables"},
                 {"Exports", "exports"}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (strstr(text, known[k].part))
            return known[k].category;
    return kn__io_slug(&p->labels, text);
}

/* ---- Headers ---- */

/* The first header row: regions of the columns behind the two label columns. */
static kn_status read_regions(pymrio *p, kn__csv *csv, int32_t **economy, int32_t *count)
{
    const kn__field *f;
    int32_t fields;
    KN__TRY(kn__csv_next(csv, &f, &fields));
    if (fields < 3)
        return kn__csv_fail(csv, NULL,
                            "this is not a pymrio table: a header row of regions was "
                            "expected");
    if (fields > MOST_COLUMNS + 2)
        return kn__csv_fail(csv, NULL, "more than %d columns", MOST_COLUMNS);
    *count = fields - 2;
    *economy = KN__ARRAY(p->raw->arena, p->ctx, *count, int32_t);
    if (!*economy)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < *count; c++)
        KN__TRY(region(p, csv, &f[c + 2], &(*economy)[c]));
    kn__csv_expect(csv, fields);
    return KN_OK;
}

/* The second header row; a file without one goes on with the names of the labels. */
static kn_status second_header(kn__csv *csv, const kn__field **f, const char *of)
{
    int32_t count;
    KN__TRY(kn__csv_next(csv, f, &count));
    if (!count || kn__text_equal((*f)[0].text, "region"))
        return kn__csv_fail(csv, NULL, "a second header row, of %s, was expected", of);
    return KN_OK;
}

static kn_status head_producers(pymrio *p, kn__csv *csv)
{
    const kn__field *f;
    int32_t *economy, count, industry, id;
    KN__TRY(read_regions(p, csv, &economy, &count));
    KN__TRY(second_header(csv, &f, "sectors"));
    for (int32_t c = 0; c < count; c++) {
        bool is_new;
        KN__TRY(sector(p, &f[c + 2], &industry));
        KN__TRY(kn__io_producer(&p->labels, economy[c], industry, &id, &is_new));
        if (!is_new)
            return kn__csv_fail(csv, &f[c + 2], "column \"%s %.60s\" stands twice",
                                p->raw->economies[economy[c]], f[c + 2].text);
    }
    return KN_OK;
}

static kn_status head_finals(pymrio *p, kn__csv *csv, int32_t *count)
{
    const kn__field *f;
    int32_t *economy;
    KN__TRY(read_regions(p, csv, &economy, count));
    KN__TRY(second_header(csv, &f, "categories"));
    p->final = KN__ARRAY(p->raw->arena, p->ctx, *count, int32_t);
    if (!p->final)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < *count; c++) {
        const char *category = category_of(p, f[c + 2].text);
        if (!category)
            return KN_ERR_MEMORY;
        KN__TRY(kn__io_final(&p->labels, economy[c], category, &p->final[c]));
    }
    return KN_OK;
}

/* ---- Rows ---- */

/* The next row of numbers, which must be producer i; *f is NULL at the right end. */
static kn_status next_row(pymrio *p, kn__csv *csv, int32_t i, const kn__field **f)
{
    const kn__io_raw *raw = p->raw;
    int32_t count, economy, industry;
    KN__TRY(kn__csv_next(csv, f, &count));
    if (i == 0 && count && kn__text_equal((*f)[0].text, "region") &&
        kn__text_equal((*f)[1].text, "sector"))
        KN__TRY(kn__csv_next(csv, f, &count));
    if (!count) {
        *f = NULL;
        return i == raw->producer_count
                   ? KN_OK
                   : kn__csv_fail(csv, NULL,
                                  "the table ends after %d rows, %d were expected",
                                  (int)i, (int)raw->producer_count);
    }
    if (i == raw->producer_count)
        return kn__csv_fail(csv, &(*f)[0], "one row too many");
    KN__TRY(region(p, csv, &(*f)[0], &economy));
    KN__TRY(sector(p, &(*f)[1], &industry));
    if (raw->economy[i] != economy || raw->industry[i] != industry)
        return kn__csv_fail(csv, &(*f)[0],
                            "row \"%.20s %.60s\" where \"%s %s\" was expected; rows "
                            "stand in the order of the columns of Z",
                            (*f)[0].text, (*f)[1].text, raw->economies[raw->economy[i]],
                            raw->industry_names[raw->industry[i]][0]);
    return KN_OK;
}

static kn_status read_flows(pymrio *p, kn__csv *csv)
{
    kn__io_raw *raw = p->raw;
    const kn__field *f;
    KN__TRY(head_producers(p, csv));
    int64_t n = raw->producer_count;
    for (int32_t i = 0;; i++) {
        KN__TRY(next_row(p, csv, i, &f));
        if (!f)
            return KN_OK;
        KN__TRY(kn__io_grow(p->ctx, raw, &p->z_room, i));
        for (int64_t j = 0; j < n; j++)
            KN__TRY(kn__csv_number(csv, &f[j + 2], false, &raw->z[i * n + j]));
        if (i % 64 == 0)
            KN__TRY(kn__progress(p->ctx, "reading flows", (double)i / (double)n));
    }
}

static kn_status read_finals(pymrio *p, kn__csv *csv)
{
    static const int64_t MOST_CELLS = 100000000;
    kn__io_raw *raw = p->raw;
    const kn__field *f;
    int32_t count;
    KN__TRY(head_finals(p, csv, &count));
    int64_t m = raw->final_count;
    if (m * raw->producer_count > MOST_CELLS)
        return kn__csv_fail(csv, NULL, "more than %lld cells of final demand",
                            (long long)MOST_CELLS);
    raw->final_demand = KN__ARRAY(raw->arena, p->ctx, raw->producer_count * m, double);
    if (!raw->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t i = 0;; i++) {
        KN__TRY(next_row(p, csv, i, &f));
        if (!f)
            return KN_OK;
        for (int32_t c = 0; c < count; c++) {
            double value;
            KN__TRY(kn__csv_number(csv, &f[c + 2], false, &value));
            raw->final_demand[i * m + p->final[c]] += value;
        }
    }
}

static kn_status read_output(pymrio *p, kn__csv *csv)
{
    kn__io_raw *raw = p->raw;
    const kn__field *f;
    int32_t count;
    raw->output = KN__ARRAY(raw->arena, p->ctx, raw->producer_count, double);
    if (!raw->output)
        return KN_ERR_MEMORY;
    KN__TRY(kn__csv_next(csv, &f, &count));
    if (count != 3)
        return kn__csv_fail(csv, NULL, "region, sector and output were expected");
    kn__csv_expect(csv, count);
    for (int32_t i = 0;; i++) {
        KN__TRY(next_row(p, csv, i, &f));
        if (!f)
            return KN_OK;
        KN__TRY(kn__csv_number(csv, &f[2], false, &raw->output[i]));
        if (raw->output[i] < 0)
            return kn__csv_fail(csv, &f[2], "output cannot be negative: %s", f[2].text);
    }
}

/* All producers must be counted in one unit. */
static kn_status read_unit(pymrio *p, kn__csv *csv)
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(csv, &f, &count));
    if (count < 2)
        return kn__csv_fail(csv, NULL, "region, sector and unit were expected");
    kn__csv_expect(csv, count);
    for (;;) {
        KN__TRY(kn__csv_next(csv, &f, &count));
        if (!count)
            return KN_OK;
        const kn__field *unit = &f[count - 1];
        if (!p->unit)
            p->unit = kn__arena_text(p->raw->arena, p->ctx, unit->text);
        if (!p->unit)
            return KN_ERR_MEMORY;
        if (strcmp(p->unit, unit->text) != 0)
            return kn__csv_fail(csv, unit,
                                "units differ (\"%.20s\", before \"%.20s\"); hybrid "
                                "tables are not read",
                                unit->text, p->unit);
    }
}

/* ---- Files ---- */

typedef kn_status (*part_reader)(pymrio *p, kn__csv *csv);

static kn_status read_part(pymrio *p, int32_t at, part_reader read)
{
    kn__csv *csv;
    KN__TRY(kn__folder_csv(&csv, p->ctx, p->folder, at));
    kn_status status = read(p, csv);
    kn__csv_close(csv);
    return status;
}

static kn_status missing(pymrio *p, const char *what)
{
    for (int32_t k = 0; k < kn__folder_count(p->folder); k++)
        if (strstr(kn__folder_name(p->folder, k), ".pkl") ||
            strstr(kn__folder_name(p->folder, k), ".parquet"))
            return kn__fail(p->ctx, KN_ERR_DATA,
                            "%s: pickled or parquet files are not read; save the table "
                            "with table_format=\"txt\"",
                            kn__folder_path(p->folder));
    return kn__fail(p->ctx, KN_ERR_NOT_FOUND, "%s: there is no %s",
                    kn__folder_path(p->folder), what);
}

/* Money of the file in million US dollars: how many a unit is worth. */
static kn_status to_musd(pymrio *p, int32_t year, double *factor)
{
    const char *unit = p->unit ? p->unit : "";
    bool eur = strstr(unit, "EUR") || strstr(unit, "Euro") || strstr(unit, "€");
    bool usd = strstr(unit, "USD") || strstr(unit, "US$");
    bool thousand =
        unit[0] == 'k' || strncmp(unit, "1000", 4) == 0 || strncmp(unit, "'000", 4) == 0;
    *factor = thousand ? 1e-3 : 1;
    if (!eur && !usd)
        return KN__NOTE(p->raw, p->ctx,
                        "the unit \"%s\" is not known; amounts are taken as MUSD", unit);
    if (!eur)
        return KN_OK;
    double rate = kn__usd_per_eur(year);
    if (rate == 0)
        return KN__NOTE(p->raw, p->ctx,
                        "amounts are in EUR and the year is not known (no rate "
                        "for %d): they are not turned into USD",
                        (int)year);
    *factor *= rate;
    return KN__NOTE(p->raw, p->ctx, "EUR turned into USD at %.4f, the mean of %d (ECB)",
                    rate, (int)year);
}

static void scale(kn__io_raw *raw, double factor)
{
    int64_t n = raw->producer_count;
    for (int64_t k = 0; factor != 1 && k < n * n; k++)
        raw->z[k] *= factor;
    for (int64_t k = 0; k < n * raw->final_count; k++)
        raw->final_demand[k] *= factor;
    for (int64_t i = 0; raw->output && i < n; i++)
        raw->output[i] *= factor;
}

/* Z = A x̂ where only coefficients are given. */
static void flows_from_coefficients(kn__io_raw *raw)
{
    int64_t n = raw->producer_count;
    for (int64_t i = 0; i < n; i++)
        for (int64_t j = 0; j < n; j++)
            raw->z[i * n + j] *= raw->output[j];
}

static int32_t year_of(const pymrio *p, int32_t z)
{
    char folder[256];
    const char *name = kn__folder_name(p->folder, z), *slash = strrchr(name, '/');
    int32_t year = kn__year_in_name(kn__folder_path(p->folder));
    if (year || !slash)
        return year;
    snprintf(folder, sizeof folder, "%.*s", (int)(slash - name), name);
    return kn__year_in_name(folder);
}

static kn_status read_all(pymrio *p, int32_t *year)
{
    int32_t z = find(p, "Z"), a = find(p, "A"), y = find(p, "Y"), x = find(p, "x"),
            unit = find(p, "unit");
    double factor;
    if (z < 0 && a < 0)
        return missing(p, "Z.txt or A.txt");
    if (y < 0)
        return missing(p, "Y.txt");
    if (z < 0 && x < 0)
        return missing(p, "x.txt, which A.txt needs");
    *year = year_of(p, z >= 0 ? z : a);
    KN__TRY(read_part(p, z >= 0 ? z : a, read_flows));
    KN__TRY(read_part(p, y, read_finals));
    if (x >= 0)
        KN__TRY(read_part(p, x, read_output));
    if (unit >= 0)
        KN__TRY(read_part(p, unit, read_unit));
    if (z < 0)
        flows_from_coefficients(p->raw);
    KN__TRY(to_musd(p, *year, &factor));
    scale(p->raw, factor);
    return KN_OK;
}

static kn_status name(pymrio *p, const char *what, int32_t year)
{
    kn__io_raw *raw = p->raw;
    char when[16] = "year unknown";
    if (year)
        snprintf(when, sizeof when, "%d", (int)year);
    raw->source_year = year;
    raw->name = kn__arena_format(raw->arena, p->ctx, "%s %s", what, when);
    raw->edition =
        kn__arena_format(raw->arena, p->ctx, "%s, %s, %d regions, %d sectors, unit %s",
                         what, when, (int)raw->economy_count, (int)raw->industry_count,
                         p->unit ? p->unit : "not given");
    raw->source_title = what;
    return raw->name && raw->edition ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__pymrio_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    pymrio p = {.ctx = ctx, .folder = folder, .raw = raw, .any_region = true};
    int32_t year = 0;
    kn__io_labels_init(&p.labels, ctx, raw);
    KN__TRY(read_all(&p, &year));
    return name(&p, "pymrio table", year);
}

kn_status kn__exiobase_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    pymrio p = {.ctx = ctx, .folder = folder, .raw = raw};
    int32_t year = 0;
    kn__io_labels_init(&p.labels, ctx, raw);
    KN__TRY(read_all(&p, &year));
    bool products = strstr(kn__folder_path(folder), "pxp") ||
                    strstr(kn__folder_name(folder, 0), "pxp") ||
                    raw->industry_count == 200;
    return name(&p,
                products ? "EXIOBASE 3, product by product"
                         : "EXIOBASE 3, industry by industry",
                year);
}

kn_status kn__read_pymrio(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__pymrio_fill);
}

kn_status kn__read_exiobase(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__exiobase_fill);
}
