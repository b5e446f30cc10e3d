/* SPDX-License-Identifier: Apache-2.0 */
#include "store/load.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kaname/read.h"
#include "kaname/store.h"

/* ---- Records ---- */

static kn_status read_number(kn__reader *r, double *value, sqlite3_stmt *s, int column,
                             const char *what)
{
    int type = sqlite3_column_type(s, column);
    if (type != SQLITE_NULL && type != SQLITE_FLOAT)
        return kn__reader_damaged(r, "%s is not a number", what);
    *value = type == SQLITE_NULL ? NAN : sqlite3_column_double(s, column);
    return KN_OK;
}

static kn_status read_word(kn__reader *r, int32_t *value, sqlite3_stmt *s, int column,
                           const kn__record_field *field)
{
    *value = kn__word_find(field->words, field->word_count,
                           (const char *)sqlite3_column_text(s, column));
    return *value >= 0 ? KN_OK : kn__reader_damaged(r, "a %s is not known", field->name);
}

static kn_status read_grade(kn__reader *r, char *grade, sqlite3_stmt *s, int column)
{
    const char *text = (const char *)sqlite3_column_text(s, column);
    if (!text || !*text || text[1])
        return kn__reader_damaged(r, "a grade is not one letter");
    *grade = *text;
    return KN_OK;
}

/* Ranges of references and grades are checked by kn__network_finish. */
static kn_status read_field(kn__reader *r, char *to, sqlite3_stmt *s, int column,
                            const kn__record_field *field)
{
    const char *text;
    double number = NAN;
    int32_t whole = 0;
    int16_t year;
    switch (field->type) {
    case KN__FIELD_TEXT:
        KN__TRY(kn__reader_text(r, &text, s, column, field->name));
        memcpy(to, &text, sizeof text);
        return KN_OK;
    case KN__FIELD_NUMBER:
        KN__TRY(read_number(r, &number, s, column, field->name));
        memcpy(to, &number, sizeof number);
        return KN_OK;
    case KN__FIELD_GRADE:
        return read_grade(r, to, s, column);
    case KN__FIELD_WORD:
        KN__TRY(read_word(r, &whole, s, column, field));
        break;
    case KN__FIELD_YEAR:
        KN__TRY(kn__reader_int(r, &whole, s, column, 0, field->name));
        year = (int16_t)whole;
        if (year != whole)
            return kn__reader_damaged(r, "a year is out of range");
        memcpy(to, &year, sizeof year);
        return KN_OK;
    default:
        KN__TRY(kn__reader_int(r, &whole, s, column,
                               field->type == KN__FIELD_REF_ANY ? -1 : 0, field->name));
    }
    memcpy(to, &whole, sizeof whole);
    return KN_OK;
}

static kn_status read_rows(kn__reader *r, const kn__record_table *t, char *record,
                           int64_t count, sqlite3_stmt *s)
{
    bool more;
    for (int64_t k = 0; k < count; k++, record += t->record_size) {
        KN__TRY(kn__reader_step(r, s, &more));
        if (!more || sqlite3_column_int64(s, 0) != k)
            return kn__reader_damaged(r, "row %lld of %s is missing", (long long)k,
                                      t->name);
        for (int32_t f = 0; f < t->field_count; f++)
            KN__TRY(read_field(r, record + t->fields[f].offset, s, f + 1, &t->fields[f]));
    }
    return KN_OK;
}

static kn_status read_records(kn__reader *r, kn__records table)
{
    const kn__record_table *t = &kn__record_tables[table];
    int64_t rows;
    KN__TRY(kn__reader_count(r, &rows, t->name));
    char *records = kn__arena_alloc(r->net->arena, r->ctx, rows, t->record_size);
    if (!records)
        return KN_ERR_MEMORY;
    int32_t count = (int32_t)rows;
    memcpy((char *)r->net + t->records_at, &records, sizeof records);
    memcpy((char *)r->net + t->count_at, &count, sizeof count);
    kn__text sql;
    sqlite3_stmt *s = NULL;
    kn__text_init(&sql, r->ctx, 0);
    kn__text_add(&sql, "SELECT ");
    kn__file_columns(&sql, t, false);
    kn__text_addf(&sql, " FROM %s ORDER BY nr", t->name);
    kn_status status = kn__text_status(&sql);
    if (status == KN_OK)
        status = kn__reader_prepare(r, &s, sql.data);
    if (status == KN_OK)
        status = read_rows(r, t, records, rows, s);
    sqlite3_finalize(s);
    kn__text_release(&sql);
    return status;
}

/* ---- The other tables ---- */

static kn_status read_meta(kn__reader *r, const char **value, const char *key)
{
    sqlite3_stmt *s = NULL;
    bool more = false;
    kn_status status = kn__reader_prepare(r, &s, "SELECT value FROM meta WHERE key = ?");
    if (status == KN_OK) {
        sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
        status = kn__reader_step(r, s, &more);
    }
    if (status == KN_OK)
        status = more ? kn__reader_text(r, value, s, 0, key)
                      : kn__reader_damaged(r, "%s is missing", key);
    sqlite3_finalize(s);
    return status;
}

static kn_status read_bloc_rows(kn__reader *r, int64_t rows, sqlite3_stmt *s)
{
    kn_network *net = r->net;
    int32_t *members = KN__ARRAY(net->arena, r->ctx, rows, int32_t);
    net->blocs = KN__ARRAY(net->arena, r->ctx, rows, kn__bloc);
    if (!members || !net->blocs)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < rows; k++) {
        bool more;
        const char *name;
        KN__TRY(kn__reader_step(r, s, &more));
        if (!more)
            return kn__reader_damaged(r, "blocs are missing");
        KN__TRY(kn__reader_text(r, &name, s, 0, "bloc"));
        KN__TRY(kn__reader_int(r, &members[k], s, 1, -1, "economy of a bloc"));
        if (!k || strcmp(net->blocs[net->bloc_count - 1].name, name) != 0)
            net->blocs[net->bloc_count++] = (kn__bloc){name, {&members[k], 0}};
        net->blocs[net->bloc_count - 1].members.count++;
    }
    return KN_OK;
}

static kn_status read_blocs(kn__reader *r)
{
    int64_t rows;
    sqlite3_stmt *s = NULL;
    KN__TRY(kn__reader_count(r, &rows, "blocs"));
    kn_status status =
        kn__reader_prepare(r, &s, "SELECT bloc, economy FROM blocs ORDER BY nr");
    if (status == KN_OK)
        status = read_bloc_rows(r, rows, s);
    sqlite3_finalize(s);
    return status;
}

static kn_status read_stock(kn__reader *r, sqlite3_stmt *s)
{
    kn_network *net = r->net;
    kn__stock stock;
    int32_t year;
    KN__TRY(kn__reader_int(r, &stock.product, s, 0, -1, "product of a stock"));
    KN__TRY(kn__reader_int(r, &stock.economy, s, 1, -1, "economy of a stock"));
    KN__TRY(read_number(r, &stock.days, s, 2, "a stock"));
    KN__TRY(kn__reader_int(r, &stock.origin.source, s, 3, -1, "source of a stock"));
    KN__TRY(read_grade(r, &stock.origin.grade, s, 4));
    KN__TRY(kn__reader_int(r, &year, s, 5, 0, "year of a stock"));
    stock.origin.year = (int16_t)year;
    if (stock.product < 0 || stock.product >= net->product_count || stock.economy < 0 ||
        stock.economy >= net->economy_count || stock.origin.year != year)
        return kn__reader_damaged(r, "a stock is nobody's");
    int64_t at = (int64_t)stock.product * net->economy_count + stock.economy;
    net->stock_days[at] = stock.days;
    net->stock_origin[at] = stock.origin;
    return KN_OK;
}

static kn_status read_stocks(kn__reader *r)
{
    kn_network *net = r->net;
    sqlite3_stmt *s = NULL;
    bool more = true;
    KN__TRY(kn__network_stocks(net, r->ctx));
    kn_status status = kn__reader_prepare(
        r, &s, "SELECT product, economy, days, source, grade, year FROM stocks");
    while (status == KN_OK) {
        status = kn__reader_step(r, s, &more);
        if (status != KN_OK || !more)
            break;
        status = read_stock(r, s);
    }
    sqlite3_finalize(s);
    return status;
}

/* The texts of a table with one text column, in order. */
static kn_status read_list(kn__reader *r, const char ***list, int32_t *count,
                           const char *table, const char *sql)
{
    int64_t rows;
    sqlite3_stmt *s = NULL;
    KN__TRY(kn__reader_count(r, &rows, table));
    *list = KN__ARRAY(r->net->arena, r->ctx, rows, const char *);
    kn_status status = *list ? kn__reader_prepare(r, &s, sql) : KN_ERR_MEMORY;
    for (int64_t k = 0; status == KN_OK && k < rows; k++) {
        bool more;
        status = kn__reader_step(r, s, &more);
        if (status == KN_OK)
            status = more ? kn__reader_text(r, &(*list)[k], s, 0, table)
                          : kn__reader_damaged(r, "rows of %s are missing", table);
    }
    sqlite3_finalize(s);
    *count = (int32_t)rows;
    return status;
}

/* ---- Arrays ---- */

static kn_status read_tariffs(kn__reader *r)
{
    kn_network *net = r->net;
    const char **names;
    int64_t cells = (int64_t)net->product_count * net->economy_count * net->economy_count;
    KN__TRY(read_list(r, &names, &net->tariff_count, "tariffs",
                      "SELECT name FROM tariffs ORDER BY nr"));
    net->tariffs = KN__ARRAY(net->arena, r->ctx, net->tariff_count, kn__tariff);
    if (!net->tariffs)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->tariff_count; k++) {
        char name[32];
        int64_t bytes;
        snprintf(name, sizeof name, "tariff_%d", (int)k);
        KN__TRY(kn__reader_array_size(r, &bytes, name));
        if (bytes != cells * (int64_t)sizeof(double))
            return kn__reader_damaged(r, "%s has the wrong size", name);
        double *rate = KN__ARRAY(net->arena, r->ctx, cells, double);
        if (!rate)
            return KN_ERR_MEMORY;
        net->tariffs[k] = (kn__tariff){names[k], rate};
        KN__TRY(kn__reader_array(r, rate, bytes, name));
    }
    return KN_OK;
}

static kn_status read_final_demand(kn__reader *r)
{
    kn_network *net = r->net;
    int64_t bytes, cells = (int64_t)net->producer_count * net->final_count;
    KN__TRY(kn__reader_array_size(r, &bytes, "final_demand"));
    if (bytes != cells * (int64_t)sizeof(double))
        return kn__reader_damaged(r, "final_demand has the wrong size");
    net->final_demand = KN__ARRAY(net->arena, r->ctx, cells, double);
    return net->final_demand
               ? kn__reader_array(r, net->final_demand, bytes, "final_demand")
               : KN_ERR_MEMORY;
}

static kn_status read_dense(kn__reader *r)
{
    kn__flows *z = &r->net->flows;
    int64_t bytes, cells = (int64_t)z->n * z->n;
    KN__TRY(kn__reader_array_size(r, &bytes, "flows"));
    if (bytes != cells * (int64_t)sizeof(double))
        return kn__reader_damaged(r, "flows has the wrong size");
    z->is_dense = true;
    z->dense = kn__alloc(r->ctx, cells, sizeof *z->dense);
    return z->dense ? kn__reader_array(r, z->dense, bytes, "flows") : KN_ERR_MEMORY;
}

static kn_status read_sparse(kn__reader *r)
{
    kn__flows *z = &r->net->flows;
    kn__arena *arena = r->net->arena;
    int64_t starts, indices, values, n = z->n;
    KN__TRY(kn__reader_array_size(r, &starts, "flows_start"));
    KN__TRY(kn__reader_array_size(r, &indices, "flows_index"));
    KN__TRY(kn__reader_array_size(r, &values, "flows_value"));
    int64_t entries = indices / (int64_t)sizeof *z->rows.index;
    if (starts != (n + 1) * (int64_t)sizeof *z->rows.start ||
        values != entries * (int64_t)sizeof *z->rows.value ||
        indices != entries * (int64_t)sizeof *z->rows.index)
        return kn__reader_damaged(r, "the arrays of flows do not fit each other");
    z->rows = (kn__csr){.rows = z->n,
                        .columns = z->n,
                        .start = KN__ARRAY(arena, r->ctx, n + 1, int64_t),
                        .index = KN__ARRAY(arena, r->ctx, entries, int32_t),
                        .value = KN__ARRAY(arena, r->ctx, entries, double)};
    if (!z->rows.start || !z->rows.index || !z->rows.value)
        return KN_ERR_MEMORY;
    KN__TRY(kn__reader_array(r, z->rows.start, starts, "flows_start"));
    KN__TRY(kn__reader_array(r, z->rows.index, indices, "flows_index"));
    KN__TRY(kn__reader_array(r, z->rows.value, values, "flows_value"));
    if (!kn__csr_whole(&z->rows, entries))
        return kn__reader_damaged(r, "the arrays of flows are not a matrix");
    return kn__csr_transpose(&z->columns, r->ctx, arena, &z->rows);
}

/* ---- All of it ---- */

static kn_status read_content(kn__reader *r)
{
    kn_network *net = r->net;
    const char *recipes = NULL, *flows = NULL;
    KN__TRY(read_meta(r, &net->name, "name"));
    KN__TRY(read_meta(r, &net->edition, "edition"));
    KN__TRY(read_meta(r, &recipes, "recipes"));
    KN__TRY(read_meta(r, &flows, "flows"));
    net->has_recipes = kn__text_equal(recipes, "yes");
    for (int t = 0; t < KN__RECORDS_COUNT; t++)
        KN__TRY(read_records(r, (kn__records)t));
    KN__TRY(read_blocs(r));
    KN__TRY(read_stocks(r));
    KN__TRY(read_list(r, &net->notes.at, &net->notes.count, "notes",
                      "SELECT note FROM notes ORDER BY nr"));
    KN__TRY(read_tariffs(r));
    KN__TRY(read_final_demand(r));
    net->flows.n = net->producer_count;
    return kn__text_equal(flows, "dense") ? read_dense(r) : read_sparse(r);
}

/* The content must be what was saved, to the last bit. */
static kn_status check_content(kn__reader *r)
{
    const char *saved = NULL;
    KN__TRY(read_meta(r, &saved, "sha256"));
    KN__TRY(kn__network_finish(r->net, r->ctx));
    return kn__text_equal(saved, r->net->sha256)
               ? KN_OK
               : kn__reader_damaged(r, "its content does not match its checksum");
}

kn_status kn_network_load(kn_network **network, kn_context *context, const char *path)
{
    kn__reader r = {.ctx = context, .path = path};
    *network = NULL;
    kn_status status = kn__network_new(&r.net, context);
    if (status == KN_OK)
        status = kn__reader_open(&r);
    if (status == KN_OK)
        status = read_content(&r);
    if (status == KN_OK)
        status = check_content(&r);
    kn__reader_close(&r);
    if (status < 0)
        kn_network_free(r.net);
    else
        *network = r.net;
    return status;
}

kn_status kn_network_open(kn_network **network, kn_context *context, const char *name)
{
    return kn__text_equal(name, "atlas") ? kn_network_atlas(network, context)
                                         : kn_network_load(network, context, name);
}
