/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernel/text.h"
#include "read/flows_raw.h"
#include "read/io_labels.h"
#include "read/labels.h"

/* UN Comtrade: csv of the old web page ("Reporter ISO", "Trade Value (US$)") and of the
   API ("reporterISO", "primaryValue"); US dollars. What the importer reports counts; what
   only the exporter reports counts where the importer reports nothing. Of nested codes
   (85, 8505, 850511) only the longest level is kept. */

enum {
    YEAR,
    FLOW,
    REPORTER,
    REPORTER_CODE,
    PARTNER,
    PARTNER_CODE,
    PRODUCT,
    VALUE,
    ROLES
};

static const char *const names[ROLES][4] = {
    {"Year", "refYear", "yr", NULL},       {"Trade Flow", "flowCode", "flowDesc", NULL},
    {"Reporter ISO", "reporterISO", NULL}, {"Reporter Code", "reporterCode", NULL},
    {"Partner ISO", "partnerISO", NULL},   {"Partner Code", "partnerCode", NULL},
    {"Commodity Code", "cmdCode", NULL},   {"Trade Value (US$)", "primaryValue", NULL},
};

typedef struct comtrade {
    kn_context *ctx;
    kn__flow_reader flows;
    size_t longest; /* HS level kept */
    int64_t coarser, exports, other_ways;
    bool classic;
} comtrade;

static kn_status read_header(comtrade *c, kn__csv *csv, int32_t at[ROLES])
{
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(csv, &f, &count));
    for (int k = 0; k < ROLES; k++)
        at[k] = kn__column_of(f, count, names[k]);
    for (int k = 0; k < ROLES; k++) {
        bool other = (k == REPORTER && at[REPORTER_CODE] >= 0) ||
                     (k == REPORTER_CODE && at[REPORTER] >= 0) ||
                     (k == PARTNER && at[PARTNER_CODE] >= 0) ||
                     (k == PARTNER_CODE && at[PARTNER] >= 0);
        if (at[k] < 0 && !other)
            return kn__csv_fail(csv, NULL,
                                "this is not a csv of UN Comtrade: column \"%s\" (or "
                                "\"%s\") is missing",
                                names[k][0], names[k][1]);
    }
    c->classic = strcmp(f[at[VALUE]].text, names[VALUE][0]) == 0;
    kn__csv_expect(csv, count);
    return KN_OK;
}

/* Areas are "F49", "X1", "_X"; three letters are an economy. */
static bool is_alpha3(const char *word)
{
    return strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3 && !word[3];
}

/* NULL: the world; ZZU: an area that is no economy. */
static kn_status economy(kn__csv *csv, const kn__field *f, int32_t iso, int32_t code,
                         const char **found)
{
    const char *word = iso >= 0 ? f[iso].text : "";
    int64_t number = -1;
    *found = NULL;
    if (strcmp(word, "WLD") == 0 || strcmp(word, "W00") == 0)
        return KN_OK;
    if (*word)
        *found = kn__economy_code(word);
    if (!*found && code >= 0 &&
        kn__parse_int(f[code].text, (size_t)f[code].length, &number)) {
        if (number == 0)
            return KN_OK;
        *found = kn__economy_of_number(number);
    }
    if (!*found && number < 0 && is_alpha3(word))
        return kn__unknown_economy(csv, &f[iso], word);
    *found = *found ? *found : "ZZU";
    return KN_OK;
}

/* 'M', 'X', or 0 for re-exports and the like, which are part of the two. */
static char direction(const char *word)
{
    if (kn__text_equal_i(word, "M") || kn__text_equal_i(word, "Import") ||
        kn__text_equal_i(word, "Imports"))
        return 'M';
    if (kn__text_equal_i(word, "X") || kn__text_equal_i(word, "Export") ||
        kn__text_equal_i(word, "Exports"))
        return 'X';
    return 0;
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

/* "850511", "9999AA", or a sum such as TOTAL and AG6. */
static bool is_commodity(const char *code)
{
    return strlen(code) <= KN__HS_LONGEST &&
           (is_digit(*code) || !strcmp(code, "TOTAL") || !strncmp(code, "AG", 2));
}

static kn_status read_row(comtrade *c, kn__csv *csv, const kn__field *f,
                          const int32_t at[ROLES])
{
    const kn__field *product = &f[at[PRODUCT]], *year = &f[at[YEAR]];
    char way = direction(f[at[FLOW]].text);
    const char *reporter, *partner;
    int64_t number;
    double value;
    bool want;
    if (year->length != 4 || !kn__parse_int(year->text, 4, &number) || number < 1900)
        return kn__csv_fail(csv, year, "a year was expected, found \"%.20s\"",
                            year->text);
    KN__TRY(kn__csv_number(csv, &f[at[VALUE]], false, &value));
    if (value < 0)
        return kn__csv_fail(csv, &f[at[VALUE]], "a flow cannot be negative: %s",
                            f[at[VALUE]].text);
    KN__TRY(economy(csv, f, at[REPORTER], at[REPORTER_CODE], &reporter));
    KN__TRY(economy(csv, f, at[PARTNER], at[PARTNER_CODE], &partner));
    if (!is_commodity(product->text))
        return kn__csv_fail(csv, product,
                            "a commodity code was expected, found \"%.20s\"",
                            product->text);
    c->other_ways += !way;
    if (!way || !reporter || !partner || !is_digit(*product->text))
        return KN_OK;
    KN__TRY(kn__flows_want(&want, &c->flows, product->text));
    if (!want)
        return KN_OK;
    size_t n = (size_t)product->length;
    c->longest = n > c->longest ? n : c->longest;
    int32_t line = (int32_t)kn__csv_line(csv);
    /* The exporter's word waits as a negative line until it is known to be needed. */
    return way == 'M' ? kn__flows_add(&c->flows, partner, reporter, product->text,
                                      (int32_t)number, value * 1e-6, line)
                      : kn__flows_add(&c->flows, reporter, partner, product->text,
                                      (int32_t)number, value * 1e-6, -line);
}

static kn_status read_file(comtrade *c, kn__csv *csv)
{
    int32_t at[ROLES], count;
    const kn__field *f;
    KN__TRY(read_header(c, csv, at));
    for (;;) {
        KN__TRY(kn__csv_next(csv, &f, &count));
        if (!count)
            return KN_OK;
        KN__TRY(read_row(c, csv, f, at));
    }
}

static uint64_t key_of(const kn__flow_row *r)
{
    return ((uint64_t)(uint32_t)r->product << 32) ^ ((uint64_t)(uint32_t)r->from << 20) ^
           ((uint64_t)(uint32_t)r->to << 8) ^ (uint64_t)(r->year - 1900);
}

static bool same(const kn__flow_row *a, const kn__flow_row *b)
{
    return a->product == b->product && a->from == b->from && a->to == b->to &&
           a->year == b->year;
}

/* Numbers only the labels of rows that stay. */
static kn_status renumber(comtrade *c)
{
    kn__flows_raw *raw = c->flows.raw;
    kn__intern products = {0}, economies = {0};
    for (int64_t k = 0; k < raw->row_count; k++) {
        kn__flow_row *r = &raw->rows[k];
        KN__TRY(kn__intern_add(&products, c->ctx, raw->arena,
                               c->flows.products.texts[r->product], &r->product));
        KN__TRY(kn__intern_add(&economies, c->ctx, raw->arena,
                               c->flows.economies.texts[r->from], &r->from));
        KN__TRY(kn__intern_add(&economies, c->ctx, raw->arena,
                               c->flows.economies.texts[r->to], &r->to));
    }
    c->flows.products = products;
    c->flows.economies = economies;
    return KN_OK;
}

/* Leaves out coarser codes, and the exporter's word where the importer has one. */
static kn_status choose(comtrade *c)
{
    kn__flows_raw *raw = c->flows.raw;
    int64_t kept = 0, slots = 2 * raw->row_count + 1;
    int64_t *slot = kn__alloc(c->ctx, slots, sizeof *slot);
    if (!slot)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < raw->row_count; k++) {
        const kn__flow_row *r = &raw->rows[k];
        if (r->line < 0)
            continue;
        uint64_t at = key_of(r) * UINT64_C(0x9E3779B97F4A7C15) % (uint64_t)slots;
        while (slot[at] && !same(&raw->rows[slot[at] - 1], r))
            at = (at + 1) % (uint64_t)slots;
        slot[at] = slot[at] ? slot[at] : k + 1;
    }
    /* Decide first, move afterwards: slots point into the rows. */
    for (int64_t k = 0; k < raw->row_count; k++) {
        kn__flow_row *r = &raw->rows[k];
        bool coarse = strlen(c->flows.products.texts[r->product]) < c->longest;
        bool told = false;
        uint64_t at = key_of(r) * UINT64_C(0x9E3779B97F4A7C15) % (uint64_t)slots;
        for (; r->line < 0 && slot[at]; at = (at + 1) % (uint64_t)slots)
            told |= same(&raw->rows[slot[at] - 1], r);
        c->coarser += coarse;
        c->exports += r->line < 0 && !coarse && !told;
        r->value_musd = coarse || told ? -1 : r->value_musd;
    }
    for (int64_t k = 0; k < raw->row_count; k++)
        if (raw->rows[k].value_musd >= 0) {
            raw->rows[kept] = raw->rows[k];
            raw->rows[kept].line =
                raw->rows[k].line < 0 ? -raw->rows[k].line : raw->rows[k].line;
            kept++;
        }
    raw->row_count = kept;
    kn__release(c->ctx, slot);
    return renumber(c);
}

static kn_status fill(comtrade *c, kn__csv *const *files, int32_t count)
{
    for (int32_t k = 0; k < count; k++)
        KN__TRY(read_file(c, files[k]));
    KN__TRY(choose(c));
    KN__TRY(kn__flows_finish(&c->flows, kn__csv_name(files[0])));
    if (c->coarser)
        KN__TRY(KN__NOTE(c->flows.raw, c->ctx, "%lld rows of coarser codes are left out",
                         (long long)c->coarser));
    if (c->exports)
        KN__TRY(KN__NOTE(c->flows.raw, c->ctx,
                         "%lld flows are as the exporter reports them; the others "
                         "as the importer does",
                         (long long)c->exports));
    if (c->other_ways)
        KN__TRY(KN__NOTE(c->flows.raw, c->ctx,
                         "%lld rows are neither imports nor exports (re-exports, "
                         "say, which are part of exports) and are left out",
                         (long long)c->other_ways));
    kn__flows_raw *raw = c->flows.raw;
    raw->name =
        kn__arena_format(raw->arena, c->ctx, "UN Comtrade %d", (int)raw->source_year);
    raw->edition = kn__arena_format(
        raw->arena, c->ctx, "UN Comtrade, %s csv, %d, %d codes",
        c->classic ? "classic" : "API", (int)raw->source_year, (int)raw->product_count);
    raw->source_title = "UN Comtrade database";
    return raw->name && raw->edition ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__read_comtrade_csv(kn__flows_raw **raw, kn_context *ctx,
                                kn__csv *const *files, int32_t count,
                                const kn__hs_list *only)
{
    comtrade c = {.ctx = ctx};
    *raw = NULL;
    kn_status status = kn__flows_new(&c.flows, ctx, only);
    if (status >= 0)
        status = fill(&c, files, count);
    if (status < 0)
        kn__flows_raw_free(ctx, c.flows.raw);
    else
        *raw = c.flows.raw;
    return status;
}

kn_status kn__read_comtrade(kn__flows_raw **raw, kn_context *ctx,
                            const char *const *paths, int32_t count,
                            const kn__hs_list *only)
{
    enum { MOST_FILES = 64 };
    kn__csv *files[MOST_FILES] = {NULL};
    int32_t open = 0;
    kn_status status = KN_OK;
    *raw = NULL;
    if (count > MOST_FILES)
        return kn__fail(ctx, KN_ERR_LIMIT, "more than %d files", MOST_FILES);
    while (open < count && status >= 0) {
        status = kn__csv_open(&files[open], ctx, paths[open]);
        open += status >= 0;
    }
    if (status >= 0)
        status = kn__read_comtrade_csv(raw, ctx, files, count, only);
    while (open > 0)
        kn__csv_close(files[--open]);
    return status;
}
