/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "kernel/text.h"
#include "read/flows_raw.h"
#include "read/io_labels.h"
#include "read/io_raw.h"
#include "read/labels.h"

/* BACI (CEPII): t year, i exporter, j importer (M49 numbers), k HS 6 digits, v thousand
   US dollars, q tonnes; country_codes_V*.csv says what the numbers mean. Also extracts
   with i, j as alpha-3, cmd and value in US dollars. */
enum { MOST_CODES = 2000 };

typedef struct baci {
    kn_context *ctx;
    kn__csv *csv;
    kn__flow_reader flows;
    int32_t number[MOST_CODES];
    const char *code[MOST_CODES];
    int32_t code_count;
    int32_t at[5]; /* t (or -1), i, j, product, value */
    double to_musd;
} baci;

static kn_status read_codes(baci *b, kn__csv *csv)
{
    static const char *const columns[] = {"country_code", "country_iso3", "?country_name",
                                          "?country_iso2"};
    int32_t at[4], count;
    const kn__field *f;
    KN__TRY(kn__csv_header(csv, columns, 4, at));
    for (;;) {
        KN__TRY(kn__csv_next(csv, &f, &count));
        if (!count)
            return KN_OK;
        int64_t number;
        const kn__field *n = &f[at[0]];
        if (!kn__parse_int(n->text, (size_t)n->length, &number) || number < 0 ||
            number > 99999)
            return kn__csv_fail(csv, n, "a country number was expected, found \"%.20s\"",
                                n->text);
        if (b->code_count == MOST_CODES)
            return kn__csv_fail(csv, NULL, "more than %d countries", MOST_CODES);
        const char *code = kn__economy_code(f[at[1]].text);
        code = code ? code : kn__economy_of_number(number);
        b->number[b->code_count] = (int32_t)number;
        b->code[b->code_count++] = code ? code : "ZZU";
    }
}

static kn_status find_economy(baci *b, const kn__field *field, const char **code)
{
    int64_t number;
    if (!kn__parse_int(field->text, (size_t)field->length, &number)) {
        *code = kn__economy_code(field->text);
    } else {
        *code = NULL;
        for (int32_t k = 0; k < b->code_count && !*code; k++)
            *code = b->number[k] == number ? b->code[k] : NULL;
        if (!*code && !b->code_count)
            *code = kn__economy_of_number(number);
    }
    return *code ? KN_OK : kn__unknown_economy(b->csv, field, field->text);
}

static kn_status read_header(baci *b)
{
    static const char *const names[][3] = {
        {"t", NULL}, {"i", NULL}, {"j", NULL}, {"k", "cmd", NULL}, {"v", "value", NULL}};
    const kn__field *f;
    int32_t count;
    KN__TRY(kn__csv_next(b->csv, &f, &count));
    for (int k = 0; k < 5; k++) {
        b->at[k] = kn__column_of(f, count, names[k]);
        if (b->at[k] < 0 && k > 0)
            return kn__csv_fail(b->csv, NULL,
                                "this is not a BACI table: column \"%s\" is missing "
                                "(t,i,j,k,v,q or i,j,cmd,value)",
                                names[k][0]);
    }
    b->to_musd = strcmp(f[b->at[4]].text, "v") == 0 ? 1e-3 : 1e-6;
    kn__csv_expect(b->csv, count);
    return KN_OK;
}

static kn_status read_row(baci *b, const kn__field *f, int32_t year_of_name)
{
    const kn__field *product = &f[b->at[3]], *cell = &f[b->at[4]];
    const char *from, *to;
    char code[16];
    int64_t year = year_of_name;
    double value;
    bool want;
    if (b->at[0] >= 0) {
        const kn__field *t = &f[b->at[0]];
        if (t->length != 4 || !kn__parse_int(t->text, 4, &year) || year < 1900)
            return kn__csv_fail(b->csv, t, "a year was expected, found \"%.20s\"",
                                t->text);
    }
    KN__TRY(find_economy(b, &f[b->at[1]], &from));
    KN__TRY(find_economy(b, &f[b->at[2]], &to));
    if (product->length < 1 || product->length > 10 ||
        strspn(product->text, "0123456789") != (size_t)product->length)
        return kn__csv_fail(b->csv, product, "an HS code was expected, found \"%.20s\"",
                            product->text);
    /* Spreadsheets eat leading zeros. */
    int zeros = product->length == 5 ? 1 : 0;
    code[0] = '0';
    memcpy(code + zeros, product->text, (size_t)product->length + 1);
    KN__TRY(kn__csv_number(b->csv, cell, false, &value));
    if (value < 0)
        return kn__csv_fail(b->csv, cell, "a flow cannot be negative: %s", cell->text);
    KN__TRY(kn__flows_want(&want, &b->flows, code));
    if (!want)
        return KN_OK;
    return kn__flows_add(&b->flows, from, to, code, (int32_t)year, value * b->to_musd,
                         (int32_t)kn__csv_line(b->csv));
}

static kn_status fill(baci *b, kn__csv *codes)
{
    const kn__field *f;
    int32_t count;
    int32_t year = kn__year_in_name(kn__csv_name(b->csv));
    kn__flows_raw *raw = b->flows.raw;
    if (codes)
        KN__TRY(read_codes(b, codes));
    KN__TRY(read_header(b));
    for (int64_t row = 0;; row++) {
        KN__TRY(kn__csv_next(b->csv, &f, &count));
        if (!count)
            break;
        KN__TRY(read_row(b, f, year));
        if (row % 65536 == 0)
            KN__TRY(kn__progress(b->ctx, "reading BACI", -1));
    }
    KN__TRY(kn__flows_finish(&b->flows, kn__csv_name(b->csv)));
    raw->name = kn__arena_format(raw->arena, b->ctx, "BACI %d", (int)raw->source_year);
    raw->edition = kn__arena_format(raw->arena, b->ctx, "BACI, %d, %d HS codes%s",
                                    (int)raw->source_year, (int)raw->product_count,
                                    b->at[0] < 0 ? ", an extract" : "");
    raw->source_title = "BACI: international trade database at the product level (CEPII)";
    return raw->name && raw->edition ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__read_baci_csv(kn__flows_raw **raw, kn_context *ctx, kn__csv *flows,
                            kn__csv *codes, const kn__hs_list *only)
{
    *raw = NULL;
    baci *b = kn__alloc(ctx, 1, sizeof *b);
    if (!b)
        return KN_ERR_MEMORY;
    b->ctx = ctx;
    b->csv = flows;
    kn_status status = kn__flows_new(&b->flows, ctx, only);
    if (status >= 0)
        status = fill(b, codes);
    if (status < 0)
        kn__flows_raw_free(ctx, b->flows.raw);
    else
        *raw = b->flows.raw;
    kn__release(ctx, b);
    return status;
}

kn_status kn__read_baci(kn__flows_raw **raw, kn_context *ctx, const char *const *paths,
                        int32_t count, const kn__hs_list *only)
{
    kn__csv *flows = NULL, *codes = NULL;
    *raw = NULL;
    kn_status status = kn__csv_open(&flows, ctx, paths[0]);
    if (status >= 0 && count > 1)
        status = kn__csv_open(&codes, ctx, paths[1]);
    if (status >= 0)
        status = kn__read_baci_csv(raw, ctx, flows, codes, only);
    kn__csv_close(flows);
    kn__csv_close(codes);
    return status;
}
