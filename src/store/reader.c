/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "store/load.h"

kn_status kn__reader_damaged(kn__reader *r, const char *format, ...)
{
    char message[512];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return kn__fail(r->ctx, KN_ERR_DATA, "%s: damaged kaname file: %s", r->path, message);
}

/* ---- Opening ---- */

static uint32_t big_endian(const unsigned char *b)
{
    return (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3];
}

/* The header of an SQLite file is documented byte by byte: page size at 16, pages at 28,
   user version at 60, application at 68. */
static kn_status check_header(kn__reader *r, const unsigned char *head, int64_t size)
{
    if (size < 100 || memcmp(head, "SQLite format 3", 16) != 0)
        return kn__fail(r->ctx, KN_ERR_DATA,
                        "%s is not a kaname file; source data become one with \"kaname "
                        "import FORMAT ... -o FILE\"",
                        r->path);
    if (big_endian(head + 68) != KN__FILE_APPLICATION)
        return kn__fail(r->ctx, KN_ERR_DATA,
                        "%s is an SQLite database, but not a kaname file", r->path);
    uint32_t version = big_endian(head + 60);
    if (version != KN__FILE_VERSION && version != KN__FILE_WITH_RESULTS)
        return kn__fail(r->ctx, KN_ERR_DATA,
                        "%s has version %u of the kaname file; this program reads %d and "
                        "%d",
                        r->path, (unsigned)version, KN__FILE_VERSION,
                        KN__FILE_WITH_RESULTS);
    r->version = (int)version;
    uint32_t page = (uint32_t)head[16] << 8 | head[17];
    page = page == 1 ? 65536 : page;
    if ((int64_t)page * big_endian(head + 28) != size)
        return kn__reader_damaged(r, "%lld bytes, %lld were written", (long long)size,
                                  (long long)page * big_endian(head + 28));
    return KN_OK;
}

static kn_status look_at_file(kn__reader *r, FILE **file)
{
    struct stat info = {0};
    unsigned char head[100] = {0};
    *file = fopen(r->path, "rb");
    if (!*file || fstat(fileno(*file), &info) != 0)
        return kn__fail(r->ctx, errno == ENOENT ? KN_ERR_NOT_FOUND : KN_ERR_IO, "%s: %s",
                        r->path, errno == ENOENT ? "no such file" : strerror(errno));
    if (S_ISDIR(info.st_mode))
        return kn__fail(r->ctx, KN_ERR_DATA, "%s is a folder, not a kaname file",
                        r->path);
    size_t got = fread(head, 1, sizeof head, *file);
    return check_header(r, head, got < sizeof head ? 0 : (int64_t)info.st_size);
}

/* Whether the path still leads to the open file: writers put new ones there. */
static bool is_there(const kn__reader *r, FILE *file)
{
    struct stat open_one, there;
    return fstat(fileno(file), &open_one) == 0 && stat(r->path, &there) == 0 &&
           open_one.st_ino == there.st_ino && open_one.st_dev == there.st_dev;
}

/* file:PATH?immutable=1: no lock, no journal, nothing written beside the file. */
static kn_status open_database(kn__reader *r)
{
    kn__text uri;
    kn__text_init(&uri, r->ctx, 0);
    kn__text_add(&uri, "file:");
    for (const char *p = r->path; *p; p++)
        if (*p == '%' || *p == '?' || *p == '#')
            kn__text_addf(&uri, "%%%02X", (unsigned)*p);
        else
            kn__text_addn(&uri, p, 1);
    kn__text_add(&uri, "?immutable=1");
    kn_status status = kn__text_status(&uri);
    if (status == KN_OK) {
        int code = sqlite3_open_v2(
            uri.data, &r->db,
            SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL);
        if (code != SQLITE_OK)
            status = kn__file_fail(r->ctx, r->path, r->db, code);
    }
    kn__text_release(&uri);
    if (status == KN_OK) {
        sqlite3_db_config(r->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
        sqlite3_db_config(r->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
        sqlite3_exec(r->db, "PRAGMA cell_size_check = ON", NULL, NULL, NULL);
    }
    return status;
}

/* Every statement of the schema must be one of ours, in our order. */
static kn_status check_schema(kn__reader *r)
{
    sqlite3_stmt *s = NULL;
    bool more = true;
    int32_t k = 0;
    kn_status status = kn__reader_prepare(
        r, &s, "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
    while (status == KN_OK) {
        kn__text wanted;
        status = kn__reader_step(r, s, &more);
        if (status != KN_OK || !more)
            break;
        kn__text_init(&wanted, r->ctx, 0);
        if (k < kn__file_tables(r->version))
            status = kn__file_table_sql(&wanted, k++);
        if (status == KN_OK && !kn__text_equal(wanted.length ? wanted.data : "",
                                               (const char *)sqlite3_column_text(s, 0)))
            status = kn__reader_damaged(r, "its tables are not those of a kaname file");
        kn__text_release(&wanted);
    }
    sqlite3_finalize(s);
    if (status == KN_OK && k < kn__file_tables(r->version))
        status = kn__reader_damaged(r, "tables are missing");
    return status;
}

/* The header is read from the file that SQLite opens: it stays open meanwhile, so that no
   other file can take its number. */
kn_status kn__reader_open(kn__reader *r)
{
    enum { TRIES = 100 };
    bool same = false;
    for (int k = 0; !same && k < TRIES; k++) {
        FILE *file;
        kn__reader_close(r);
        kn_status status = look_at_file(r, &file);
        if (status == KN_OK)
            status = open_database(r);
        same = file && is_there(r, file);
        if (file)
            fclose(file);
        KN__TRY(status);
    }
    return same ? check_schema(r)
                : kn__fail(r->ctx, KN_ERR_IO, "%s is replaced all the time", r->path);
}

void kn__reader_close(kn__reader *r)
{
    sqlite3_close(r->db);
    r->db = NULL;
}

/* ---- Rows ---- */

kn_status kn__reader_prepare(kn__reader *r, sqlite3_stmt **s, const char *sql)
{
    int code = sqlite3_prepare_v2(r->db, sql, -1, s, NULL);
    return code == SQLITE_OK ? KN_OK : kn__file_fail(r->ctx, r->path, r->db, code);
}

kn_status kn__reader_step(kn__reader *r, sqlite3_stmt *s, bool *more)
{
    int code = sqlite3_step(s);
    *more = code == SQLITE_ROW;
    return code == SQLITE_ROW || code == SQLITE_DONE
               ? KN_OK
               : kn__file_fail(r->ctx, r->path, r->db, code);
}

kn_status kn__reader_count(kn__reader *r, int64_t *count, const char *table)
{
    char sql[128];
    sqlite3_stmt *s = NULL;
    bool more = false;
    snprintf(sql, sizeof sql, "SELECT count(*) FROM %s", table);
    kn_status status = kn__reader_prepare(r, &s, sql);
    if (status == KN_OK)
        status = kn__reader_step(r, s, &more);
    *count = more ? sqlite3_column_int64(s, 0) : 0;
    sqlite3_finalize(s);
    if (status == KN_OK && *count > INT32_MAX)
        status = kn__reader_damaged(r, "%s has too many rows", table);
    return status;
}

kn_status kn__reader_text(kn__reader *r, const char **text, sqlite3_stmt *s, int column,
                          const char *what)
{
    const char *found = sqlite3_column_type(s, column) == SQLITE_TEXT
                            ? (const char *)sqlite3_column_text(s, column)
                            : NULL;
    size_t length = (size_t)sqlite3_column_bytes(s, column);
    if (!found || strlen(found) != length || kn__utf8_valid(found, length) != length)
        return kn__reader_damaged(r, "%s is not a text", what);
    *text = length ? kn__arena_textn(r->net->arena, r->ctx, found, length) : "";
    return *text ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__reader_int(kn__reader *r, int32_t *value, sqlite3_stmt *s, int column,
                         int32_t absent, const char *what)
{
    int type = sqlite3_column_type(s, column);
    int64_t found = type == SQLITE_NULL ? absent : sqlite3_column_int64(s, column);
    if ((type != SQLITE_NULL && type != SQLITE_INTEGER) || found < INT32_MIN ||
        found > INT32_MAX)
        return kn__reader_damaged(r, "%s is not a whole number", what);
    *value = (int32_t)found;
    return KN_OK;
}

/* ---- Arrays ---- */

kn_status kn__reader_array_size(kn__reader *r, int64_t *bytes, const char *name)
{
    sqlite3_stmt *s = NULL;
    bool more = false;
    *bytes = 0;
    kn_status status =
        kn__reader_prepare(r, &s, "SELECT sum(length(data)) FROM arrays WHERE name = ?");
    if (status == KN_OK) {
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
        status = kn__reader_step(r, s, &more);
    }
    if (status == KN_OK && more)
        *bytes = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return status;
}

static kn_status read_parts(kn__reader *r, sqlite3_stmt *s, char *to, int64_t bytes,
                            const char *name)
{
    int64_t at = 0;
    bool more = true;
    for (int64_t part = 0;; part++) {
        KN__TRY(kn__reader_step(r, s, &more));
        if (!more)
            break;
        const void *data = sqlite3_column_blob(s, 2);
        int64_t size = sqlite3_column_bytes(s, 2);
        if (sqlite3_column_int64(s, 0) != part || size > bytes - at || !data)
            return kn__reader_damaged(r, "part %lld of %s does not fit", (long long)part,
                                      name);
        if (sqlite3_column_int64(s, 1) != (int64_t)crc32(0, data, (unsigned)size))
            return kn__reader_damaged(r, "part %lld of %s does not match its checksum",
                                      (long long)part, name);
        memcpy(to + at, data, (size_t)size);
        at += size;
        KN__TRY(kn__progress(r->ctx, "loading", (double)at / (double)bytes));
    }
    return at == bytes ? KN_OK
                       : kn__reader_damaged(r, "%s has %lld bytes instead of %lld", name,
                                            (long long)at, (long long)bytes);
}

kn_status kn__reader_array(kn__reader *r, void *to, int64_t bytes, const char *name)
{
    sqlite3_stmt *s = NULL;
    kn_status status = kn__reader_prepare(
        r, &s, "SELECT part, crc32, data FROM arrays WHERE name = ? ORDER BY part");
    if (status == KN_OK) {
        sqlite3_bind_text(s, 1, name, -1, SQLITE_STATIC);
        status = read_parts(r, s, to, bytes, name);
    }
    sqlite3_finalize(s);
    return status;
}
