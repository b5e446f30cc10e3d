/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "kaname/store.h"
#include "store/file.h"

typedef struct writer {
    kn_context *ctx;
    const kn_network *net;
    const char *path;
    sqlite3 *db;
} writer;

/* ---- Statements ---- */

static kn_status check(writer *w, int code)
{
    return code == SQLITE_OK || code == SQLITE_DONE || code == SQLITE_ROW
               ? KN_OK
               : kn__file_fail(w->ctx, w->path, w->db, code);
}

static kn_status run(writer *w, const char *sql)
{
    return check(w, sqlite3_exec(w->db, sql, NULL, NULL, NULL));
}

/* Runs a statement with its bindings once; it can be bound again. */
static kn_status step(writer *w, sqlite3_stmt *s)
{
    kn_status status = check(w, sqlite3_step(s));
    sqlite3_reset(s);
    sqlite3_clear_bindings(s);
    return status;
}

static kn_status prepare(writer *w, sqlite3_stmt **s, const char *sql)
{
    return check(w, sqlite3_prepare_v2(w->db, sql, -1, s, NULL));
}

static void bind_text(sqlite3_stmt *s, int at, const char *text)
{
    sqlite3_bind_text(s, at, text, -1, SQLITE_STATIC);
}

/* ---- Records ---- */

static void bind_field(sqlite3_stmt *s, int at, const kn__record_field *field,
                       const char *from)
{
    const char *text;
    double number;
    int32_t whole = 0;
    int16_t year;
    switch (field->type) {
    case KN__FIELD_TEXT:
        memcpy(&text, from, sizeof text);
        bind_text(s, at, text);
        return;
    case KN__FIELD_NUMBER: /* NaN is NULL */
        memcpy(&number, from, sizeof number);
        sqlite3_bind_double(s, at, number);
        return;
    case KN__FIELD_GRADE:
        sqlite3_bind_text(s, at, from, 1, SQLITE_TRANSIENT);
        return;
    case KN__FIELD_YEAR:
        memcpy(&year, from, sizeof year);
        whole = year;
        break;
    default:
        memcpy(&whole, from, sizeof whole);
    }
    bool year_like = field->type == KN__FIELD_YEAR || field->type == KN__FIELD_INT;
    if (field->type == KN__FIELD_WORD)
        bind_text(s, at, field->words[whole]);
    else if (year_like ? whole != 0 : whole >= 0) /* not known is NULL */
        sqlite3_bind_int(s, at, whole);
}

static kn_status write_records(writer *w, kn__records table)
{
    const kn__record_table *t = &kn__record_tables[table];
    const char *record = kn__record_first(w->net, table);
    int32_t count = kn__record_count(w->net, table);
    kn__text sql;
    sqlite3_stmt *s = NULL;
    kn__text_init(&sql, w->ctx, 0);
    kn__text_addf(&sql, "INSERT INTO %s(", t->name);
    kn__file_columns(&sql, t, false);
    kn__text_add(&sql, ") VALUES(");
    kn__file_columns(&sql, t, true);
    kn__text_add(&sql, ")");
    kn_status status = kn__text_status(&sql);
    if (status == KN_OK)
        status = prepare(w, &s, sql.data);
    for (int32_t k = 0; status == KN_OK && k < count; k++, record += t->record_size) {
        sqlite3_bind_int(s, 1, k);
        for (int32_t f = 0; f < t->field_count; f++)
            bind_field(s, f + 2, &t->fields[f], record + t->fields[f].offset);
        status = step(w, s);
    }
    sqlite3_finalize(s);
    kn__text_release(&sql);
    return status;
}

/* ---- The other tables ---- */

static kn_status write_meta(writer *w)
{
    const kn_network *net = w->net;
    const char *const rows[][2] = {{"name", net->name},
                                   {"edition", net->edition},
                                   {"sha256", net->sha256},
                                   {"recipes", net->has_recipes ? "yes" : "no"},
                                   {"flows", net->flows.is_dense ? "dense" : "sparse"}};
    sqlite3_stmt *s = NULL;
    kn_status status = prepare(w, &s, "INSERT INTO meta(key, value) VALUES(?, ?)");
    for (size_t k = 0; status == KN_OK && k < sizeof rows / sizeof *rows; k++) {
        bind_text(s, 1, rows[k][0]);
        bind_text(s, 2, rows[k][1]);
        status = step(w, s);
    }
    sqlite3_finalize(s);
    return status;
}

static kn_status write_blocs(writer *w)
{
    sqlite3_stmt *s = NULL;
    kn_status status = prepare(w, &s, "INSERT INTO blocs(bloc, economy) VALUES(?, ?)");
    for (int32_t b = 0; status == KN_OK && b < w->net->bloc_count; b++) {
        const kn__bloc *bloc = &w->net->blocs[b];
        for (int32_t k = 0; status == KN_OK && k < bloc->members.count; k++) {
            bind_text(s, 1, bloc->name);
            sqlite3_bind_int(s, 2, bloc->members.id[k]);
            status = step(w, s);
        }
    }
    sqlite3_finalize(s);
    return status;
}

static kn_status write_stocks(writer *w)
{
    sqlite3_stmt *s = NULL;
    kn_status status =
        prepare(w, &s,
                "INSERT INTO stocks(product, economy, days, source, grade, "
                "year) VALUES(?, ?, ?, ?, ?, ?)");
    int64_t at = 0;
    kn__stock stock;
    while (status == KN_OK && kn__stock_next(w->net, &at, &stock)) {
        sqlite3_bind_int(s, 1, stock.product);
        sqlite3_bind_int(s, 2, stock.economy);
        sqlite3_bind_double(s, 3, stock.days);
        if (stock.origin.source >= 0)
            sqlite3_bind_int(s, 4, stock.origin.source);
        sqlite3_bind_text(s, 5, &stock.origin.grade, 1, SQLITE_TRANSIENT);
        if (stock.origin.year)
            sqlite3_bind_int(s, 6, stock.origin.year);
        status = step(w, s);
    }
    sqlite3_finalize(s);
    return status;
}

static kn_status write_names(writer *w)
{
    sqlite3_stmt *s = NULL;
    kn_status status = prepare(w, &s, "INSERT INTO notes(nr, note) VALUES(?, ?)");
    for (int32_t k = 0; status == KN_OK && k < w->net->notes.count; k++) {
        sqlite3_bind_int(s, 1, k);
        bind_text(s, 2, w->net->notes.at[k]);
        status = step(w, s);
    }
    sqlite3_finalize(s);
    s = NULL;
    if (status == KN_OK)
        status = prepare(w, &s, "INSERT INTO tariffs(nr, name) VALUES(?, ?)");
    for (int32_t k = 0; status == KN_OK && k < w->net->tariff_count; k++) {
        sqlite3_bind_int(s, 1, k);
        bind_text(s, 2, w->net->tariffs[k].name);
        status = step(w, s);
    }
    sqlite3_finalize(s);
    return status;
}

/* ---- Arrays ---- */

static kn_status write_array(writer *w, const char *name, const void *data, int64_t bytes)
{
    sqlite3_stmt *s = NULL;
    kn_status status =
        prepare(w, &s, "INSERT INTO arrays(name, part, crc32, data) VALUES(?, ?, ?, ?)");
    for (int64_t at = 0; status == KN_OK && at < bytes; at += KN__FILE_PART) {
        const unsigned char *part = (const unsigned char *)data + at;
        int size = (int)(bytes - at < KN__FILE_PART ? bytes - at : KN__FILE_PART);
        bind_text(s, 1, name);
        sqlite3_bind_int64(s, 2, at / KN__FILE_PART);
        sqlite3_bind_int64(s, 3, (int64_t)crc32(0, part, (unsigned)size));
        sqlite3_bind_blob(s, 4, part, size, SQLITE_STATIC);
        status = step(w, s);
        if (status == KN_OK)
            status = kn__progress(w->ctx, "saving", (double)(at + size) / (double)bytes);
    }
    sqlite3_finalize(s);
    return status;
}

static kn_status write_arrays(writer *w)
{
    const kn_network *net = w->net;
    const kn__flows *z = &net->flows;
    int64_t n = net->producer_count, number = sizeof(double);
    KN__TRY(
        write_array(w, "final_demand", net->final_demand, n * net->final_count * number));
    if (z->is_dense)
        KN__TRY(write_array(w, "flows", z->dense, n * n * number));
    else {
        int64_t entries = z->rows.start[n];
        KN__TRY(write_array(w, "flows_start", z->rows.start,
                            (n + 1) * (int64_t)sizeof *z->rows.start));
        KN__TRY(write_array(w, "flows_index", z->rows.index,
                            entries * (int64_t)sizeof *z->rows.index));
        KN__TRY(write_array(w, "flows_value", z->rows.value, entries * number));
    }
    int64_t cells = (int64_t)net->product_count * net->economy_count * net->economy_count;
    for (int32_t k = 0; k < net->tariff_count; k++) {
        char name[32];
        snprintf(name, sizeof name, "tariff_%d", (int)k);
        KN__TRY(write_array(w, name, net->tariffs[k].rate, cells * number));
    }
    return KN_OK;
}

/* ---- The file ---- */

static kn_status make_tables(writer *w)
{
    char pragma[128];
    snprintf(pragma, sizeof pragma,
             "PRAGMA application_id = %d; PRAGMA user_version = %d", KN__FILE_APPLICATION,
             KN__FILE_VERSION);
    /* the file is new and replaces the old one only when whole: no journal is needed */
    KN__TRY(run(w, "PRAGMA page_size = 16384; PRAGMA journal_mode = OFF; PRAGMA "
                   "synchronous = OFF; PRAGMA locking_mode = EXCLUSIVE"));
    KN__TRY(run(w, pragma));
    KN__TRY(run(w, "BEGIN"));
    for (int32_t k = 0; k < kn__file_tables(KN__FILE_VERSION); k++) {
        kn__text sql;
        kn__text_init(&sql, w->ctx, 0);
        kn_status status = kn__file_table_sql(&sql, k);
        if (status == KN_OK)
            status = run(w, sql.data);
        kn__text_release(&sql);
        KN__TRY(status);
    }
    return KN_OK;
}

static kn_status write_all(writer *w)
{
    KN__TRY(make_tables(w));
    KN__TRY(write_meta(w));
    for (int t = 0; t < KN__RECORDS_COUNT; t++)
        KN__TRY(write_records(w, (kn__records)t));
    KN__TRY(write_blocs(w));
    KN__TRY(write_stocks(w));
    KN__TRY(write_names(w));
    KN__TRY(write_arrays(w));
    return run(w, "COMMIT");
}

static kn_status write_file(writer *w, const char *file)
{
    int code =
        sqlite3_open_v2(file, &w->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
    kn_status status = code == SQLITE_OK ? write_all(w) : check(w, code);
    code = sqlite3_close(w->db);
    w->db = NULL;
    return status == KN_OK ? check(w, code) : status;
}

kn_status kn_network_save(kn_context *context, const kn_network *network,
                          const char *path)
{
    struct stat info;
    size_t size = strlen(path) + 64;
    if (stat(path, &info) == 0 && !S_ISREG(info.st_mode))
        return kn__fail(context, KN_ERR_IO, "%s is not a plain file", path);
    char *part = kn__alloc(context, (int64_t)size, 1);
    if (!part)
        return KN_ERR_MEMORY;
    writer w = {.ctx = context, .net = network, .path = path};
    kn_status status = kn__file_beside(context, path, part, size);
    if (status == KN_OK) {
        status = write_file(&w, part);
        if (status == KN_OK)
            status = kn__file_replace(context, part, path);
        if (status < 0)
            unlink(part);
    }
    kn__release(context, part);
    return status;
}
