/* SPDX-License-Identifier: Apache-2.0 */
#include "read/usgs.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "read/io_labels.h"
#include "read/labels.h"

/* Three layouts: the data release of 2026 (one row a figure, in cp1252), a cleaned table
   of the same with "statistic" and "value_raw", and the world table of 2025 (one row a
   country, years in the names of columns). Column names are compared without case, spaces
   and signs, because releases write them "PROD_EST_ 2024" or "Statistics". */

enum { MOST_SERIES = 3000, MOST_COLUMNS = 200, MOST_CODES = 400 };

typedef enum role {
    NO_ROLE,
    SECTION,
    COMMODITY,
    COUNTRY,
    STATISTIC,
    DETAIL,
    UNIT,
    YEAR,
    VALUE,
    RAW_VALUE,
    WIDE_PRODUCTION, /* the year stands in the name */
    WIDE_CAPACITY,
    ROLES
} role;

static const struct {
    const char *word;
    role role;
} words[] = {{"section", SECTION},
             {"commodity", COMMODITY},
             {"country", COUNTRY},
             {"statistics", STATISTIC},
             {"statistic", STATISTIC},
             {"detail", DETAIL},
             {"type", DETAIL},
             {"unit", UNIT},
             {"unitmeas", UNIT},
             {"year", YEAR},
             {"value", VALUE},
             {"valueraw", RAW_VALUE},
             {"statisticsdetail", DETAIL}};

typedef struct columns {
    int32_t at[ROLES];       /* position, or -1 */
    role wide[MOST_COLUMNS]; /* of each column */
    int32_t year[MOST_COLUMNS];
    int32_t count;
    bool is_wide;
} columns;

/* ---- Header ---- */

static void plain_word(char word[40], const char *text)
{
    int n = 0;
    for (; *text && n < 39; text++) {
        char c = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
        if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
            word[n++] = c;
    }
    word[n] = '\0';
}

/* "prod2023", "prodest2024", "cap2023", "capest2024" */
static role wide_role(const char *word, int32_t *year)
{
    int64_t number;
    role found = strncmp(word, "prod", 4) == 0  ? WIDE_PRODUCTION
                 : strncmp(word, "cap", 3) == 0 ? WIDE_CAPACITY
                                                : NO_ROLE;
    const char *rest = word + (found == WIDE_PRODUCTION ? 4 : 3);
    if (!found)
        return NO_ROLE;
    rest += strncmp(rest, "est", 3) == 0 ? 3 : 0;
    if (strlen(rest) != 4 || !kn__parse_int(rest, 4, &number) || number < 1900)
        return NO_ROLE;
    *year = (int32_t)number;
    return found;
}

static kn_status read_header(columns *c, kn__csv *csv)
{
    const kn__field *f;
    memset(c, 0, sizeof *c);
    for (int k = 0; k < ROLES; k++)
        c->at[k] = -1;
    KN__TRY(kn__csv_next(csv, &f, &c->count));
    if (!c->count)
        return kn__csv_fail(csv, NULL, "the file is empty; a header row was expected");
    if (c->count > MOST_COLUMNS)
        return kn__csv_fail(csv, NULL, "more than %d columns", MOST_COLUMNS);
    for (int32_t k = 0; k < c->count; k++) {
        char word[40];
        plain_word(word, f[k].text);
        for (size_t w = 0; w < sizeof words / sizeof *words; w++)
            if (strcmp(word, words[w].word) == 0 && c->at[words[w].role] < 0)
                c->at[words[w].role] = k;
        c->wide[k] = wide_role(word, &c->year[k]);
        c->is_wide |= c->wide[k] != NO_ROLE;
    }
    if (c->at[RAW_VALUE] >= 0)
        c->at[VALUE] = c->at[RAW_VALUE];
    const struct {
        role role;
        const char *name;
        bool always;
    } needed[] = {{COMMODITY, "Commodity", true},
                  {COUNTRY, "Country", true},
                  {DETAIL, "Statistics_detail", true},
                  {UNIT, "Unit", true},
                  {STATISTIC, "Statistics", false},
                  {YEAR, "Year", false},
                  {VALUE, "Value", false}};
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        if (c->at[needed[k].role] < 0 && (needed[k].always || !c->is_wide))
            return kn__csv_fail(csv, NULL,
                                "this is not a table of the Mineral Commodity "
                                "Summaries: column \"%s\" is missing",
                                needed[k].name);
    kn__csv_expect(csv, c->count);
    return KN_OK;
}

/* ---- Cells ---- */

static bool is_word(const char *text, const char *const *list)
{
    for (; *list; list++)
        if (kn__text_equal_i(text, *list))
            return true;
    return false;
}

/* "1,234", ">5,000" and a range "10,000 - 15,000" (its middle). */
static bool read_amount(const char *s, double *value)
{
    char digits[64];
    int n = 0;
    double part[2] = {0, 0};
    int parts = 0;
    for (;; s++) {
        if (*s == ',' || *s == ' ' || *s == '<' || *s == '>' || *s == '~')
            continue;
        if (*s && *s != '-') {
            if (n == 62)
                return false;
            digits[n++] = *s;
            continue;
        }
        if (parts == 2 || !kn__parse_number(digits, (size_t)n, &part[parts++]))
            return false;
        n = 0;
        if (!*s)
            break;
    }
    *value = parts == 2 ? (part[0] + part[1]) / 2 : part[0];
    return *value >= 0;
}

static kn_status read_value(kn__usgs *u, kn__csv *csv, const kn__field *field,
                            double *value)
{
    static const char *const nothing[] = {"—", "–", "-", "--", "", NULL};
    static const char *const unknown[] = {"W",     "NA",         "N/A",
                                          "XX",    "s",          "E",
                                          "Large", "Very large", "Moderate",
                                          "Small", "Very small", "Moderate to large",
                                          "(1)",   "(2)",        "Less than ½ unit",
                                          NULL};
    *value = 0;
    if (is_word(field->text, nothing) && field->length)
        return KN_OK;
    *value = NAN;
    if (!field->length || is_word(field->text, unknown)) {
        u->withheld++;
        return KN_OK;
    }
    return read_amount(field->text, value)
               ? KN_OK
               : kn__csv_fail(csv, field,
                              "a number, a dash (nothing) or W, NA (not told) was "
                              "expected, found \"%.40s\"",
                              field->text);
}

/* "Mine production: Palladium, rounded" → "mine production: palladium" */
static void plain_detail(char out[96], const char *text)
{
    int n = 0;
    for (; *text && n < 95; text++)
        out[n++] = *text >= 'A' && *text <= 'Z' ? (char)(*text - 'A' + 'a') : *text;
    if (n >= 7 && strncmp(out + n - 7, "rounded", 7) == 0)
        n -= 7;
    while (n && strchr(" ,:", out[n - 1]))
        n--;
    out[n] = '\0';
}

/* ---- Rows ---- */

static kn_status find_series(kn__usgs *u, kn__csv *csv, const kn__field *commodity,
                             const kn__field *detail, const kn__field *unit,
                             bool is_capacity, int32_t *id)
{
    char word[96];
    plain_detail(word, detail->text);
    if (!commodity->length || commodity->length > 80)
        return kn__csv_fail(csv, commodity, "the name of a commodity was expected");
    /* Germanium is misspelt in one release. */
    const char *name =
        kn__text_equal(commodity->text, "Gemanium") ? "Germanium" : commodity->text;
    for (int64_t k = u->series_count - 1; k >= 0; k--) {
        const kn__usgs_series *s = &u->series[k];
        if (s->is_capacity == is_capacity && strcmp(s->detail, word) == 0 &&
            strcmp(s->commodity, name) == 0) {
            *id = (int32_t)k;
            return KN_OK;
        }
    }
    if (u->series_count == MOST_SERIES)
        return kn__csv_fail(csv, NULL, "more than %d series", MOST_SERIES);
    void *items = u->series;
    KN__TRY(kn__grow(u->ctx, &items, &u->series_room, u->series_count + 1,
                     sizeof *u->series));
    u->series = items;
    *id = (int32_t)u->series_count;
    const char *unit_text = unit->text + strspn(unit->text, " ");
    kn__usgs_series *s = &u->series[*id];
    *s = (kn__usgs_series){.commodity = kn__arena_text(u->arena, u->ctx, name),
                           .detail = kn__arena_text(u->arena, u->ctx, word),
                           .unit = kn__arena_text(u->arena, u->ctx, unit_text),
                           .is_capacity = is_capacity,
                           .line = (int32_t)kn__csv_line(csv)};
    if (!s->commodity || !s->detail || !s->unit)
        return KN_ERR_MEMORY;
    u->series_count++;
    return KN_OK;
}

static kn_status find_economy(kn__usgs *u, kn__csv *csv, const kn__field *field,
                              int32_t *id)
{
    static const char *const totals[] = {"World total", "World total (rounded)", "World",
                                         NULL};
    char word[40];
    plain_word(word, field->text);
    *id = is_word(field->text, totals) || strncmp(word, "worldtotal", 10) == 0
              ? KN__USGS_TOTAL
              : KN__USGS_OTHER;
    if (*id == KN__USGS_TOTAL || strncmp(word, "othercount", 10) == 0)
        return KN_OK;
    const char *code = kn__economy_find(field->text);
    if (!code)
        return kn__unknown_economy(csv, field, field->text);
    if (strcmp(code, "ZZU") == 0 || strcmp(code, "ROW") == 0)
        return KN_OK; /* as other countries */
    for (*id = 0; *id < u->code_count; ++*id)
        if (strcmp(u->codes[*id], code) == 0)
            return KN_OK;
    if (u->code_count == MOST_CODES)
        return kn__csv_fail(csv, field, "more than %d economies", MOST_CODES);
    void *items = u->codes;
    KN__TRY(kn__grow(u->ctx, &items, &u->code_room, u->code_count + 1, sizeof *u->codes));
    u->codes = items;
    u->codes[u->code_count++] = code;
    return KN_OK;
}

static kn_status add_figure(kn__usgs *u, kn__csv *csv, const kn__field *f,
                            const columns *c, bool is_capacity, int32_t year,
                            const kn__field *cell)
{
    kn__usgs_figure figure = {.year = year, .line = (int32_t)kn__csv_line(csv)};
    KN__TRY(find_series(u, csv, &f[c->at[COMMODITY]], &f[c->at[DETAIL]], &f[c->at[UNIT]],
                        is_capacity, &figure.series));
    KN__TRY(find_economy(u, csv, &f[c->at[COUNTRY]], &figure.economy));
    KN__TRY(read_value(u, csv, cell, &figure.value));
    if (figure.economy == KN__USGS_TOTAL)
        u->series[figure.series].has_total = true;
    void *items = u->figures;
    KN__TRY(kn__grow(u->ctx, &items, &u->figure_room, u->figure_count + 1,
                     sizeof *u->figures));
    u->figures = items;
    u->figures[u->figure_count++] = figure;
    return KN_OK;
}

static kn_status long_row(kn__usgs *u, kn__csv *csv, const kn__field *f, const columns *c)
{
    const char *statistic = f[c->at[STATISTIC]].text;
    bool is_capacity = kn__text_equal_i(statistic, "Capacity");
    bool world = c->at[SECTION] < 0 || strncmp(f[c->at[SECTION]].text, "World", 5) == 0;
    if (!world || (!is_capacity && !kn__text_equal_i(statistic, "Production")))
        return KN_OK;
    const kn__field *year = &f[c->at[YEAR]];
    int64_t number;
    if (year->length != 4 || !kn__parse_int(year->text, 4, &number) || number < 1900)
        return kn__csv_fail(csv, year, "a year was expected, found \"%.40s\"",
                            year->text);
    return add_figure(u, csv, f, c, is_capacity, (int32_t)number, &f[c->at[VALUE]]);
}

static kn_status wide_row(kn__usgs *u, kn__csv *csv, const kn__field *f, const columns *c)
{
    for (int32_t k = 0; k < c->count; k++)
        if (c->wide[k] && f[k].length)
            KN__TRY(
                add_figure(u, csv, f, c, c->wide[k] == WIDE_CAPACITY, c->year[k], &f[k]));
    return KN_OK;
}

kn_status kn__usgs_rows(kn__usgs *u, kn__csv *csv)
{
    columns c;
    const kn__field *f;
    int32_t count;
    kn__csv_fallback(csv, "CP1252");
    KN__TRY(read_header(&c, csv));
    for (;;) {
        KN__TRY(kn__csv_next(csv, &f, &count));
        if (!count)
            return KN_OK;
        KN__TRY(c.is_wide ? wide_row(u, csv, f, &c) : long_row(u, csv, f, &c));
    }
}

void kn__usgs_release(kn__usgs *u)
{
    kn__release(u->ctx, u->series);
    kn__release(u->ctx, u->figures);
    kn__release(u->ctx, u->codes);
}

/* ---- Entry ---- */

/* Takes the csv over. */
static kn_status read_csv(kn__chain_raw **raw, kn_context *ctx, kn__csv *csv)
{
    kn__arena *arena;
    kn_status status = kn__arena_new(&arena, ctx);
    if (status < 0) {
        kn__csv_close(csv);
        return status;
    }
    kn__chain_raw *made = KN__NEW(arena, ctx, kn__chain_raw);
    kn__usgs usgs = {.ctx = ctx, .arena = arena};
    status = made ? kn__usgs_rows(&usgs, csv) : KN_ERR_MEMORY;
    if (status >= 0) {
        made->arena = arena;
        made->file_prefix = "usgs ";
        status = kn__usgs_chain(&usgs, made, kn__csv_name(csv));
    }
    kn__usgs_release(&usgs);
    kn__csv_close(csv);
    if (status < 0)
        kn__arena_free(arena);
    else
        *raw = made;
    return status;
}

kn_status kn__read_usgs(kn__chain_raw **raw, kn_context *ctx, const char *path)
{
    kn__csv *csv;
    *raw = NULL;
    KN__TRY(kn__csv_open(&csv, ctx, path));
    return read_csv(raw, ctx, csv);
}

kn_status kn__read_usgs_bytes(kn__chain_raw **raw, kn_context *ctx, const char *name,
                              const void *bytes, size_t length)
{
    kn__csv *csv;
    *raw = NULL;
    KN__TRY(kn__csv_open_bytes(&csv, ctx, name, bytes, length));
    return read_csv(raw, ctx, csv);
}
