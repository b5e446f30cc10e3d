/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/hash.h"
#include "network/schema.h"

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__,
               "hash and kaname file hold numbers in little-endian order");

/* What goes into the hash: texts with their terminator, whole numbers as 8 bytes, numbers
   as 8 bytes (every NaN alike). A version leads, so that a new rule gives new hashes. */
static void add_text(kn__sha256 *hash, const char *text)
{
    kn__sha256_add(hash, text, strlen(text) + 1);
}

static void add_int(kn__sha256 *hash, int64_t value)
{
    kn__sha256_add(hash, &value, sizeof value);
}

static void add_number(kn__sha256 *hash, double value)
{
    if (isnan(value))
        value = NAN;
    kn__sha256_add(hash, &value, sizeof value);
}

static void add_field(kn__sha256 *hash, const kn__record_field *field, const char *record)
{
    const char *at = record + field->offset;
    const char *text;
    double number;
    int32_t whole;
    int16_t year;
    switch (field->type) {
    case KN__FIELD_TEXT:
        memcpy(&text, at, sizeof text);
        add_text(hash, text);
        break;
    case KN__FIELD_NUMBER:
        memcpy(&number, at, sizeof number);
        add_number(hash, number);
        break;
    case KN__FIELD_YEAR:
        memcpy(&year, at, sizeof year);
        add_int(hash, year);
        break;
    case KN__FIELD_GRADE:
        add_int(hash, *at);
        break;
    default:
        memcpy(&whole, at, sizeof whole);
        add_int(hash, whole);
    }
}

static void add_records(kn__sha256 *hash, const kn_network *net, kn__records table)
{
    const kn__record_table *t = &kn__record_tables[table];
    const char *record = kn__record_first(net, table);
    int32_t count = kn__record_count(net, table);
    add_int(hash, count);
    for (int32_t k = 0; k < count; k++, record += t->record_size)
        for (int32_t f = 0; f < t->field_count; f++)
            add_field(hash, &t->fields[f], record);
}

static void add_small(kn__sha256 *hash, const kn_network *net)
{
    add_int(hash, net->bloc_count);
    for (int32_t b = 0; b < net->bloc_count; b++) {
        add_text(hash, net->blocs[b].name);
        add_int(hash, net->blocs[b].members.count);
        for (int32_t k = 0; k < net->blocs[b].members.count; k++)
            add_int(hash, net->blocs[b].members.id[k]);
    }
    int64_t at = 0;
    kn__stock stock;
    while (kn__stock_next(net, &at, &stock)) {
        add_int(hash, stock.product);
        add_int(hash, stock.economy);
        add_number(hash, stock.days);
        add_int(hash, stock.origin.source);
        add_int(hash, stock.origin.grade);
        add_int(hash, stock.origin.year);
    }
    add_int(hash, net->notes.count);
    for (int32_t k = 0; k < net->notes.count; k++)
        add_text(hash, net->notes.at[k]);
    add_int(hash, net->tariff_count);
    int64_t pairs = (int64_t)net->economy_count * net->economy_count;
    for (int32_t k = 0; k < net->tariff_count; k++) {
        add_text(hash, net->tariffs[k].name);
        kn__sha256_add(hash, net->tariffs[k].rate,
                       (size_t)(net->product_count * pairs) * sizeof(double));
    }
}

/* Row by row: how many cells are not zero, their columns and values. */
static void add_flows(kn__sha256 *hash, const kn__flows *flows)
{
    for (int32_t i = 0; i < flows->n; i++) {
        const double *value = flows->is_dense ? flows->dense + (int64_t)i * flows->n
                                              : flows->rows.value + flows->rows.start[i];
        const int32_t *index =
            flows->is_dense ? NULL : flows->rows.index + flows->rows.start[i];
        int64_t count =
            flows->is_dense ? flows->n : flows->rows.start[i + 1] - flows->rows.start[i];
        for (int64_t k = 0; k < count; k++) {
            if (value[k] == 0)
                continue;
            struct {
                int64_t column;
                double value;
            } cell = {index ? index[k] : k, value[k]};
            kn__sha256_add(hash, &cell, sizeof cell);
        }
        add_int(hash, -1);
    }
}

void kn__network_hash(const kn_network *net, char hex[65])
{
    kn__sha256 hash;
    kn__sha256_init(&hash);
    add_text(&hash, "kaname network 1");
    add_text(&hash, net->name);
    add_text(&hash, net->edition);
    add_int(&hash, net->has_recipes);
    for (int t = 0; t < KN__RECORDS_COUNT; t++)
        add_records(&hash, net, (kn__records)t);
    add_small(&hash, net);
    if (net->producer_count && net->final_count)
        kn__sha256_add(&hash, net->final_demand,
                       (size_t)((int64_t)net->producer_count * net->final_count) *
                           sizeof(double));
    add_flows(&hash, &net->flows);
    kn__sha256_finish(&hash, hex);
}
