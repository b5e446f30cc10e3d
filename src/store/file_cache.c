/* SPDX-License-Identifier: Apache-2.0 */
/* Dear results beside the network they belong to. A file is never changed in place: a
   copy with the new result takes its place when it is whole, so that readers at the same
   time, a second writer or a cut in power can do no harm. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaname/store.h"
#include "kernel/hash.h"
#include "store/load.h"

enum { MOST_RESULTS = 8, PATH_SIZE = 4096 };

struct kn_file_cache {
    kn_context *ctx;
    const kn_network *net;
    bool own_file; /* of the atlas: made and made anew here */
    char path[PATH_SIZE];
    kn_cache cache;
};

/* What fails here costs time, not results. */
static kn_status forgive(kn_context *ctx, kn_status status, kn_log_level level,
                         const char *then)
{
    if (status >= 0 || status == KN_ERR_MEMORY || status == KN_ERR_CANCELLED)
        return status;
    kn__log(ctx, level, "%s; %s", kn_context_error(ctx), then);
    kn_context_clear(ctx);
    return KN_OK;
}

/* Key and data, so that none stands in for another. */
static void checksum(char hex[65], const char *key, const void *data, int64_t count)
{
    kn__sha256 hash;
    kn__sha256_init(&hash);
    kn__sha256_add(&hash, key, strlen(key) + 1);
    kn__sha256_add(&hash, data, (size_t)count);
    kn__sha256_finish(&hash, hex);
}

/* ---- Reading ---- */

static kn_status copy_out(kn__reader *r, sqlite3_stmt *s, const char *key, void **bytes,
                          int64_t *count)
{
    char hex[65];
    const void *data = sqlite3_column_blob(s, 1);
    int64_t size = sqlite3_column_bytes(s, 1);
    checksum(hex, key, data, size);
    if (!data || !kn__text_equal(hex, (const char *)sqlite3_column_text(s, 0)))
        return kn__reader_damaged(r, "a kept result does not match its checksum");
    *bytes = kn__alloc(r->ctx, size, 1);
    if (!*bytes)
        return KN_ERR_MEMORY;
    memcpy(*bytes, data, (size_t)size);
    *count = size;
    return KN_OK;
}

static kn_status read_result(kn__reader *r, const char *key, void **bytes, int64_t *count)
{
    sqlite3_stmt *s = NULL;
    bool found = false;
    kn_status status =
        kn__reader_prepare(r, &s, "SELECT sha256, data FROM results WHERE key = ?");
    if (status == KN_OK) {
        sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
        status = kn__reader_step(r, s, &found);
    }
    if (status == KN_OK && found)
        status = copy_out(r, s, key, bytes, count);
    sqlite3_finalize(s);
    return status;
}

static kn_status get(void *user, kn_context *ctx, const kn_network *network,
                     const char *key, void **bytes, int64_t *count)
{
    kn_file_cache *c = user;
    kn__reader r = {.ctx = ctx, .path = c->path};
    *bytes = NULL;
    *count = 0;
    if (network != c->net || access(c->path, F_OK) != 0)
        return KN_OK;
    kn_status status = kn__reader_open(&r);
    if (status == KN_OK && r.version == KN__FILE_WITH_RESULTS)
        status = read_result(&r, key, bytes, count);
    kn__reader_close(&r);
    return forgive(ctx, status, KN_LOG_WARN, "what it kept is computed anew");
}

/* ---- Writing ---- */

/* Read-only by its mode, whoever runs this. */
static bool is_protected(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 &&
           (!S_ISREG(info.st_mode) || !(info.st_mode & (S_IWUSR | S_IWGRP | S_IWOTH)) ||
            access(path, W_OK) != 0);
}

static kn_status holds_network(kn__reader *r, const kn_network *net, bool *same)
{
    sqlite3_stmt *s = NULL;
    kn_status status = kn__reader_prepare(
        r, &s, "SELECT 1 FROM meta WHERE key = 'sha256' AND value = ?");
    if (status == KN_OK) {
        sqlite3_bind_text(s, 1, kn_network_sha256(net), -1, SQLITE_STATIC);
        status = kn__reader_step(r, s, same);
    }
    sqlite3_finalize(s);
    return status;
}

/* *same: the file still holds the network, and `part` is a copy of it. */
static kn_status copy_file(const kn_file_cache *c, kn_context *ctx, const char *part,
                           bool *same)
{
    kn__reader r = {.ctx = ctx, .path = c->path};
    sqlite3_stmt *s = NULL;
    bool more;
    *same = false;
    kn_status status = kn__reader_open(&r);
    if (status == KN_OK)
        status = holds_network(&r, c->net, same);
    if (status == KN_OK && *same) {
        status = kn__reader_prepare(&r, &s, "VACUUM INTO ?");
        if (status == KN_OK) {
            sqlite3_bind_text(s, 1, part, -1, SQLITE_STATIC);
            status = kn__reader_step(&r, s, &more);
        }
        sqlite3_finalize(s);
    }
    kn__reader_close(&r);
    return status;
}

static int insert(sqlite3 *db, const char *key, const void *bytes, int64_t count)
{
    char hex[65];
    sqlite3_stmt *s = NULL;
    checksum(hex, key, bytes, count);
    int code = sqlite3_prepare_v2(
        db, "REPLACE INTO results(key, sha256, data) VALUES(?, ?, ?)", -1, &s, NULL);
    if (code == SQLITE_OK) {
        sqlite3_bind_text(s, 1, key, -1, SQLITE_STATIC);
        sqlite3_bind_text(s, 2, hex, -1, SQLITE_STATIC);
        sqlite3_bind_blob64(s, 3, bytes, (sqlite3_uint64)count, SQLITE_STATIC);
        code = sqlite3_step(s);
    }
    sqlite3_finalize(s);
    return code == SQLITE_DONE ? SQLITE_OK : code;
}

static int64_t version_of(sqlite3 *db)
{
    sqlite3_stmt *s = NULL;
    int64_t version = 0;
    if (sqlite3_prepare_v2(db, "PRAGMA user_version", -1, &s, NULL) == SQLITE_OK &&
        sqlite3_step(s) == SQLITE_ROW)
        version = sqlite3_column_int64(s, 0);
    sqlite3_finalize(s);
    return version;
}

/* The newest results stay, in one transaction. */
static int add_result(sqlite3 *db, const char *table, const char *key, const void *bytes,
                      int64_t count)
{
    char end[160];
    snprintf(end, sizeof end,
             "DELETE FROM results WHERE nr NOT IN (SELECT nr FROM results ORDER BY nr "
             "DESC LIMIT %d); PRAGMA user_version = %d; COMMIT",
             MOST_RESULTS, KN__FILE_WITH_RESULTS);
    int code =
        sqlite3_exec(db, "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; BEGIN",
                     NULL, NULL, NULL);
    if (code == SQLITE_OK && version_of(db) < KN__FILE_WITH_RESULTS)
        code = sqlite3_exec(db, table, NULL, NULL, NULL);
    if (code == SQLITE_OK)
        code = insert(db, key, bytes, count);
    return code == SQLITE_OK ? sqlite3_exec(db, end, NULL, NULL, NULL) : code;
}

static kn_status write_result(kn_context *ctx, const char *part, const char *key,
                              const void *bytes, int64_t count)
{
    sqlite3 *db = NULL;
    kn__text table;
    kn__text_init(&table, ctx, 0);
    kn_status status =
        kn__file_table_sql(&table, kn__file_tables(KN__FILE_WITH_RESULTS) - 1);
    if (status == KN_OK) {
        int code =
            sqlite3_open_v2(part, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL);
        if (code == SQLITE_OK)
            code = add_result(db, table.data, key, bytes, count);
        if (code != SQLITE_OK)
            status = kn__file_fail(ctx, part, db, code);
    }
    sqlite3_close(db);
    kn__text_release(&table);
    return status;
}

/* Folders on the way to a file. */
static void make_folders(const char *path)
{
    char folder[PATH_SIZE];
    for (const char *at = path; (at = strchr(at + 1, '/')) != NULL;) {
        snprintf(folder, sizeof folder, "%.*s", (int)(at - path), path);
        mkdir(folder, 0700);
    }
}

/* The file as it is, with the result, in `part`; the atlas anew where the file is not of
   today's. *whole: there is something to put in place. */
static kn_status fill_part(const kn_file_cache *c, kn_context *ctx, const char *part,
                           bool *whole)
{
    kn_status status = KN_OK;
    *whole = false;
    if (access(c->path, F_OK) == 0)
        status = copy_file(c, ctx, part, whole);
    if (c->own_file)
        status = forgive(ctx, status, KN_LOG_INFO, "it is made anew");
    if (status == KN_OK && !*whole && c->own_file) {
        status = kn_network_save(ctx, c->net, part);
        *whole = status == KN_OK;
    }
    return status;
}

static kn_status put(void *user, kn_context *ctx, const kn_network *network,
                     const char *key, const void *bytes, int64_t count)
{
    const kn_file_cache *c = user;
    char part[PATH_SIZE + 64];
    struct stat info;
    bool whole;
    if (network != c->net || is_protected(c->path))
        return KN_OK;
    if (c->own_file)
        make_folders(c->path);
    kn_status status = kn__file_beside(ctx, c->path, part, sizeof part);
    if (status < 0)
        return forgive(ctx, status, KN_LOG_INFO, "nothing is kept");
    status = fill_part(c, ctx, part, &whole);
    if (status == KN_OK && whole)
        status = write_result(ctx, part, key, bytes, count);
    if (status == KN_OK && whole && stat(c->path, &info) == 0)
        chmod(part, info.st_mode & 0777);
    if (status == KN_OK && whole)
        status = kn__file_replace(ctx, part, c->path);
    if (status < 0 || !whole)
        unlink(part);
    return forgive(ctx, status, KN_LOG_INFO, "nothing is kept");
}

/* ---- Where ---- */

/* $XDG_CACHE_HOME/kaname/atlas.kn, else ~/.cache/kaname/atlas.kn. */
static bool atlas_path(char path[PATH_SIZE])
{
    const char *base = getenv("XDG_CACHE_HOME"), *under = "";
    if (!base || base[0] != '/') {
        base = getenv("HOME");
        under = "/.cache";
    }
    int length = base && base[0] == '/'
                     ? snprintf(path, PATH_SIZE, "%s%s/kaname/atlas.kn", base, under)
                     : 0;
    return length > 0 && length < PATH_SIZE;
}

static bool file_path(char path[PATH_SIZE], const char *name)
{
    char *full = realpath(name, NULL);
    int length = full ? snprintf(path, PATH_SIZE, "%s", full) : 0;
    free(full);
    return length > 0 && length < PATH_SIZE;
}

kn_status kn_file_cache_open(kn_file_cache **cache, kn_context *context,
                             const kn_network *network, const char *name)
{
    *cache = NULL;
    kn_file_cache *c = kn__alloc(context, 1, sizeof *c);
    if (!c)
        return KN_ERR_MEMORY;
    *c = (kn_file_cache){.ctx = context,
                         .net = network,
                         .own_file = kn__text_equal(name, "atlas"),
                         .cache = {get, put, c}};
    if (c->own_file ? atlas_path(c->path) : file_path(c->path, name))
        kn_context_set_cache(context, &c->cache);
    *cache = c;
    return KN_OK;
}

void kn_file_cache_close(kn_file_cache *cache)
{
    if (!cache)
        return;
    kn_context_set_cache(cache->ctx, NULL);
    kn__release(cache->ctx, cache);
}
