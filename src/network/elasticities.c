/* SPDX-License-Identifier: Apache-2.0 */
#include "network/elasticities.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "read/csv.h"

static const char source_by_isic[] =
    "Caliendo and Parro 2015, table 1, by ISIC division (Costinot and Rodriguez-Clare "
    "2014, table 3)";
static const char source_services[] = "Costinot and Rodriguez-Clare 2014: services";

/* ISIC revision 3 and revision 4 divisions, first to last, with estimate and error. */
static const struct {
    int first[2], last[2];
    double theta, error;
} defaults[] = {{{1, 1}, {5, 3}, 8.11, 1.86},       {{10, 5}, {14, 9}, 15.72, 2.76},
                {{15, 10}, {16, 12}, 2.55, 0.61},   {{17, 13}, {19, 15}, 5.56, 1.14},
                {{20, 16}, {20, 16}, 10.83, 2.53},  {{21, 17}, {22, 18}, 9.07, 1.69},
                {{23, 19}, {23, 19}, 51.08, 18.05}, {{24, 20}, {24, 21}, 4.75, 1.77},
                {{25, 22}, {25, 22}, 1.66, 1.41},   {{26, 23}, {26, 23}, 2.76, 1.44},
                {{27, 24}, {28, 25}, 7.99, 2.53},   {{29, 28}, {29, 28}, 1.52, 1.81},
                {{30, 26}, {33, 27}, 10.6, 1.38},   {{34, 29}, {35, 30}, 0.37, 1.08},
                {{36, 31}, {37, 33}, 5, 0.92}};
static const double services = 5;

/* The text after "ISIC rev. 3:" (*revision 0) or "rev. 4:" (1), or after "isic:" in the
   id; "" where there is none. */
static const char *code_of(const kn__product *product, int *revision)
{
    const char *at = strstr(product->note, "rev. 3:");
    *revision = at ? 0 : 1;
    if (!at)
        at = strstr(product->note, "rev. 4:");
    at = at ? at + 7 : strncmp(product->id, "isic:", 5) == 0 ? product->id + 5 : "";
    while (*at == ' ')
        at++;
    return at;
}

/* The first division named, by number or by the letter of its section. */
static int division(const kn__product *product, int *revision)
{
    const char *at = code_of(product, revision);
    int number = 0;
    if (*at == 'A') /* agriculture; B: fishing, in revision 4 mining; C: mining */
        return 1;
    if (*at == 'B')
        return 5;
    if (*at == 'C' && *revision == 0)
        return 10;
    while (*at >= '0' && *at <= '9' && number < 1000)
        number = number * 10 + (*at++ - '0');
    return number;
}

kn__elasticity kn__elasticity_of(const kn__product *product)
{
    kn__elasticity found = {services, 0, source_services};
    int revision, number = division(product, &revision);
    for (size_t k = 0; k < sizeof defaults / sizeof *defaults; k++)
        if (number >= defaults[k].first[revision] && number <= defaults[k].last[revision])
            found =
                (kn__elasticity){defaults[k].theta, defaults[k].error, source_by_isic};
    double own = product->trade_elasticity;
    if (!(own > 0))
        return found;
    return (kn__elasticity){own, found.error, "the network's own"};
}

kn__elasticity kn__elasticity_of_all(void)
{
    return (kn__elasticity){4.55, 0.35, "Caliendo and Parro 2015, table 1, all sectors"};
}

/* ---- From a file ---- */

enum { PRODUCT, THETA, ERROR, SOURCE, COLUMNS };

typedef struct reader {
    kn__csv *csv;
    kn_context *ctx;
    kn__arena *arena;
    const kn_network *net;
    int32_t at[COLUMNS];
    double *theta, *error;
    const char **source;
} reader;

/* "24" or "26-27" → 24, 24 or 26, 27. */
static bool read_range(const char *text, int64_t range[2])
{
    const char *dash = strchr(text, '-');
    size_t length = dash ? (size_t)(dash - text) : strlen(text);
    if (!kn__parse_int(text, length, &range[0]))
        return false;
    range[1] = range[0];
    return !dash || kn__parse_int(dash + 1, strlen(dash + 1), &range[1]);
}

static kn_status put(reader *r, const kn__field *row, int32_t p, double theta,
                     double error)
{
    if (!isnan(r->theta[p]))
        return kn__csv_fail(r->csv, &row[r->at[PRODUCT]],
                            "%s has an elasticity already, from a line before",
                            r->net->products[p].id);
    r->theta[p] = theta;
    r->error[p] = error;
    r->source[p] = "the file of --elasticities";
    if (r->at[SOURCE] >= 0 && *row[r->at[SOURCE]].text)
        r->source[p] = kn__arena_text(r->arena, r->ctx, row[r->at[SOURCE]].text);
    return r->source[p] ? KN_OK : KN_ERR_MEMORY;
}

static kn_status put_divisions(reader *r, const kn__field *row, int wanted, double theta,
                               double error)
{
    const kn__field *field = &row[r->at[PRODUCT]];
    int64_t range[2];
    bool any = false;
    if (!read_range(field->text + 6, range))
        return kn__csv_fail(r->csv, field,
                            "\"%.40s\": expected divisions such as isic%d:24 or "
                            "isic%d:26-27",
                            field->text, wanted + 3, wanted + 3);
    for (int32_t p = 0; p < r->net->product_count; p++) {
        int revision, number = division(&r->net->products[p], &revision);
        if (revision != wanted || number < range[0] || number > range[1] || number == 0)
            continue;
        KN__TRY(put(r, row, p, theta, error));
        any = true;
    }
    return any ? KN_OK
               : kn__csv_fail(r->csv, field, "%.40s: no product of %s begins there",
                              field->text, r->net->name);
}

static kn_status put_products(reader *r, const kn__field *row, double theta, double error)
{
    const kn__field *field = &row[r->at[PRODUCT]];
    kn_ids ids;
    kn_status status =
        kn__network_resolve_products(&ids, r->ctx, r->arena, r->net, field->text);
    if (status < 0 && status != KN_ERR_MEMORY) {
        const char *why = kn__arena_text(r->arena, r->ctx, kn_context_error(r->ctx));
        kn_context_clear(r->ctx);
        return kn__csv_fail(r->csv, field, "%s", why ? why : "unknown product");
    }
    for (int32_t k = 0; status >= 0 && k < ids.count; k++)
        status = put(r, row, ids.id[k], theta, error);
    return status;
}

static kn_status add_row(reader *r, const kn__field *row)
{
    double theta, error = NAN;
    const char *code = row[r->at[PRODUCT]].text;
    KN__TRY(kn__csv_number(r->csv, &row[r->at[THETA]], false, &theta));
    if (r->at[ERROR] >= 0)
        KN__TRY(kn__csv_number(r->csv, &row[r->at[ERROR]], true, &error));
    if (!(theta > 0) || !(theta <= 1000))
        return kn__csv_fail(r->csv, &row[r->at[THETA]],
                            "a trade elasticity lies above 0 and not above 1000");
    if (error < 0)
        return kn__csv_fail(r->csv, &row[r->at[ERROR]], "a standard error below 0");
    error = isnan(error) ? 0 : error;
    if (!strncmp(code, "isic3:", 6) || !strncmp(code, "isic4:", 6))
        return put_divisions(r, row, code[4] - '3', theta, error);
    return put_products(r, row, theta, error);
}

static kn_status read_rows(reader *r)
{
    static const char *const names[COLUMNS] = {"product", "theta", "?error", "?source"};
    const kn__field *row;
    int32_t count;
    KN__TRY(kn__csv_header(r->csv, names, COLUMNS, r->at));
    for (;;) {
        KN__TRY(kn__csv_next(r->csv, &row, &count));
        if (count == 0)
            return KN_OK;
        KN__TRY(add_row(r, row));
    }
}

kn_status kn__elasticities_read(kn_elasticities *elasticities, kn_context *ctx,
                                kn__arena *arena, const kn_network *net, const char *path)
{
    int64_t products = net->product_count;
    reader r = {.ctx = ctx,
                .arena = arena,
                .net = net,
                .theta = KN__ARRAY(arena, ctx, products, double),
                .error = KN__ARRAY(arena, ctx, products, double),
                .source = KN__ARRAY(arena, ctx, products, const char *)};
    *elasticities = (kn_elasticities){0};
    if (!r.theta || !r.error || !r.source)
        return KN_ERR_MEMORY;
    for (int64_t p = 0; p < products; p++)
        r.theta[p] = NAN;
    KN__TRY(kn__csv_open(&r.csv, ctx, path));
    kn_status status = read_rows(&r);
    kn__csv_close(r.csv);
    if (status >= 0)
        *elasticities = (kn_elasticities){r.theta, r.error, r.source, net->product_count};
    return status;
}
