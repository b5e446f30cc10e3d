/* SPDX-License-Identifier: Apache-2.0 */
#include "store/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* Tables that are no records of the schema. */
static const char *const others[] = {
    "CREATE TABLE meta(key TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL)",
    "CREATE TABLE blocs(nr INTEGER PRIMARY KEY, bloc TEXT NOT NULL, economy INTEGER NOT "
    "NULL REFERENCES economies)",
    "CREATE TABLE stocks(nr INTEGER PRIMARY KEY, product INTEGER NOT NULL REFERENCES "
    "products, economy INTEGER NOT NULL REFERENCES economies, days REAL NOT NULL, source "
    "INTEGER REFERENCES sources, grade TEXT NOT NULL, year INTEGER)",
    "CREATE TABLE notes(nr INTEGER PRIMARY KEY, note TEXT NOT NULL)",
    "CREATE TABLE tariffs(nr INTEGER PRIMARY KEY, name TEXT NOT NULL)",
    "CREATE TABLE arrays(name TEXT NOT NULL, part INTEGER NOT NULL, crc32 INTEGER NOT "
    "NULL, data BLOB NOT NULL, PRIMARY KEY(name, part))",
    "CREATE TABLE results(nr INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, sha256 TEXT "
    "NOT NULL, data BLOB NOT NULL)"};
enum { OTHERS = sizeof others / sizeof *others };

static const char *column_type(kn__field_type type)
{
    switch (type) {
    case KN__FIELD_NUMBER:
        return "REAL";
    case KN__FIELD_INT:
    case KN__FIELD_YEAR:
    case KN__FIELD_REF_ANY:
        return "INTEGER";
    case KN__FIELD_REF:
        return "INTEGER NOT NULL";
    default:
        return "TEXT NOT NULL";
    }
}

int32_t kn__file_tables(int version)
{
    return KN__RECORDS_COUNT + OTHERS - (version < KN__FILE_WITH_RESULTS);
}

kn_status kn__file_table_sql(kn__text *sql, int32_t k)
{
    if (k >= KN__RECORDS_COUNT) {
        kn__text_add(sql, others[k - KN__RECORDS_COUNT]);
        return kn__text_status(sql);
    }
    const kn__record_table *table = &kn__record_tables[k];
    kn__text_addf(sql, "CREATE TABLE %s(nr INTEGER PRIMARY KEY", table->name);
    for (int32_t f = 0; f < table->field_count; f++) {
        const kn__record_field *field = &table->fields[f];
        kn__text_addf(sql, ", %s %s", field->name, column_type(field->type));
        if (field->type == KN__FIELD_REF || field->type == KN__FIELD_REF_ANY)
            kn__text_addf(sql, " REFERENCES %s",
                          kn__record_tables[field->refers_to].name);
    }
    kn__text_add(sql, ")");
    return kn__text_status(sql);
}

void kn__file_columns(kn__text *sql, const kn__record_table *table, bool marks)
{
    kn__text_add(sql, marks ? "?" : "nr");
    for (int32_t f = 0; f < table->field_count; f++)
        kn__text_addf(sql, ", %s", marks ? "?" : table->fields[f].name);
}

kn_status kn__file_fail(kn_context *ctx, const char *path, sqlite3 *db, int code)
{
    const char *says = db ? sqlite3_errmsg(db) : sqlite3_errstr(code);
    switch (code & 0xff) {
    case SQLITE_NOMEM:
        return kn__fail(ctx, KN_ERR_MEMORY, "%s: out of memory", path);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_FORMAT:
    case SQLITE_ERROR:
    case SQLITE_SCHEMA:
    case SQLITE_TOOBIG:
        return kn__fail(ctx, KN_ERR_DATA, "%s: damaged kaname file: %s", path, says);
    default:
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", path, says);
    }
}

kn_status kn__file_beside(kn_context *ctx, const char *path, char *name, size_t size)
{
    for (int k = 0; k < 1000; k++) {
        int length = snprintf(name, size, "%s.%ld-%d.part", path, (long)getpid(), k);
        int fd = length > 0 && (size_t)length < size
                     ? open(name, O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, 0666)
                     : -1;
        if (fd >= 0) {
            close(fd);
            return KN_OK;
        }
        if (errno != EEXIST)
            break;
    }
    return kn__fail(ctx, KN_ERR_IO, "%s cannot be written: %s", path, strerror(errno));
}

/* On the disk before it takes the old file's place. */
kn_status kn__file_replace(kn_context *ctx, const char *part, const char *path)
{
    int fd = open(part, O_RDONLY | O_CLOEXEC);
    bool ok = fd >= 0 && fsync(fd) == 0;
    if (fd >= 0)
        close(fd);
    ok = ok && rename(part, path) == 0;
    return ok ? KN_OK
              : kn__fail(ctx, KN_ERR_IO, "%s cannot be written: %s", path,
                         strerror(errno));
}
