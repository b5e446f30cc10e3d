/* SPDX-License-Identifier: Apache-2.0 */
#include "network/distance.h"

#include <math.h>

#include "read/csv.h"
#include "read/labels.h"

enum { ECONOMY, POINT, PARTNER, DISTANCE, COLUMNS };

typedef struct distances {
    kn__csv *csv;
    const kn_network *net;
    int32_t from;
    int32_t at[COLUMNS];
    double *value; /* ideal points, or distances to `from` */
} distances;

/* -1: the network does not have it. */
static kn_status find(int32_t *economy, const distances *d, const kn__field *field)
{
    const char *code = kn__economy_find(field->text);
    *economy = kn__network_economy(d->net, code ? code : field->text);
    if (!code && *economy < 0)
        return kn__csv_fail(d->csv, field, "\"%.40s\" is no economy kaname knows",
                            field->text);
    return KN_OK;
}

static kn_status put(distances *d, const kn__field *field, int32_t economy, double value)
{
    if (economy < 0 || isnan(value))
        return KN_OK;
    if (!isnan(d->value[economy]) && d->value[economy] != value)
        return kn__csv_fail(d->csv, field,
                            "%s stands here twice with different figures; keep the rows "
                            "of one year",
                            d->net->economies[economy].code);
    d->value[economy] = value;
    return KN_OK;
}

static kn_status add_row(distances *d, const kn__field *row)
{
    int32_t economy, partner, number = d->at[d->at[POINT] >= 0 ? POINT : DISTANCE];
    double value;
    KN__TRY(find(&economy, d, &row[d->at[ECONOMY]]));
    KN__TRY(kn__csv_number(d->csv, &row[number], true, &value));
    if (d->at[POINT] >= 0)
        return put(d, &row[d->at[ECONOMY]], economy, value);
    if (value < 0)
        return kn__csv_fail(d->csv, &row[number], "a distance below 0");
    KN__TRY(find(&partner, d, &row[d->at[PARTNER]]));
    if (economy == d->from)
        return put(d, &row[d->at[PARTNER]], partner, value);
    return partner == d->from ? put(d, &row[d->at[ECONOMY]], economy, value) : KN_OK;
}

static kn_status read_rows(distances *d)
{
    static const char *const names[COLUMNS] = {"economy", "?ideal_point", "?partner",
                                               "?distance"};
    const kn__field *row;
    int32_t count;
    KN__TRY(kn__csv_header(d->csv, names, COLUMNS, d->at));
    bool points = d->at[POINT] >= 0, pairs = d->at[PARTNER] >= 0 && d->at[DISTANCE] >= 0;
    if (points == pairs)
        return kn__csv_fail(d->csv, NULL,
                            "expected the columns economy, ideal_point or economy, "
                            "partner, distance");
    for (;;) {
        KN__TRY(kn__csv_next(d->csv, &row, &count));
        if (count == 0)
            return KN_OK;
        KN__TRY(add_row(d, row));
    }
}

/* Ideal points become distances to that of `from`, which counts as 0. */
static kn_status finish(distances *d, kn_context *ctx)
{
    bool points = d->at[POINT] >= 0, any = false;
    double own = points ? d->value[d->from] : 0;
    d->value[d->from] = own;
    for (int32_t e = 0; e < d->net->economy_count; e++) {
        any |= e != d->from && !isnan(d->value[e]);
        d->value[e] = fabs(d->value[e] - own);
    }
    if (any && !isnan(own))
        return KN_OK;
    return kn__fail(ctx, KN_ERR_DATA, "%s: nothing about %s", kn__csv_name(d->csv),
                    d->net->economies[d->from].code);
}

kn_status kn__distances_read(double *distance, kn_context *ctx, const kn_network *net,
                             const char *path, int32_t from)
{
    distances d = {.net = net, .from = from, .value = distance};
    for (int32_t e = 0; e < net->economy_count; e++)
        distance[e] = NAN;
    KN__TRY(kn__csv_open(&d.csv, ctx, path));
    kn_status status = read_rows(&d);
    if (status >= 0)
        status = finish(&d, ctx);
    kn__csv_close(d.csv);
    return status;
}
