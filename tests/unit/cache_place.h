/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_CACHE_PLACE_H
#define KN_TESTS_CACHE_PLACE_H

/* A kaname file in a folder of its own, open with its cache. */
#include <dirent.h>
#include <sqlite3.h>
#include <string.h>
#include <unistd.h>

#include "kaname/store.h"
#include "kernel/memory.h"
#include "network/network.h"
#include "support.h"
#include "unit/denial_network.h"

typedef struct place {
    char folder[64], file[96];
    kn_context *ctx;
    kn_network *net; /* as it was read from the file */
    kn_file_cache *cache;
    const kn_cache *use;
    int warnings;
} place;

static inline void count_warnings(void *user, kn_log_level level, const char *message)
{
    place *p = user;
    p->warnings += level <= KN_LOG_WARN && strstr(message, "computed anew");
}

static inline void place_open(place *p)
{
    must(p->ctx, kn_network_load(&p->net, p->ctx, p->file));
    must(p->ctx, kn_file_cache_open(&p->cache, p->ctx, p->net, p->file));
    p->use = kn__cache(p->ctx);
    assert_non_null(p->use);
}

static inline void place_close(place *p)
{
    kn_file_cache_close(p->cache);
    assert_null(kn__cache(p->ctx));
    kn_network_free(p->net);
}

static inline void place_new(place *p)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_network *net;
    *p = (place){0};
    options.log = count_warnings;
    options.log_user = p;
    snprintf(p->folder, sizeof p->folder, "/tmp/kaname-cache-XXXXXX");
    assert_non_null(mkdtemp(p->folder));
    snprintf(p->file, sizeof p->file, "%s/a.kn", p->folder);
    assert_int_equal(kn_context_new(&p->ctx, &options), KN_OK);
    must(p->ctx, case_network(&net, p->ctx, false));
    must(p->ctx, kn_network_save(p->ctx, net, p->file));
    kn_network_free(net);
    place_open(p);
}

static inline int files_of(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *d; (d = readdir(dir));)
        count += d->d_name[0] != '.';
    closedir(dir);
    return count;
}

static inline void place_free(place *p)
{
    place_close(p);
    assert_int_equal(files_of(p->folder), 1);
    kn_context_free(p->ctx);
    unlink(p->file);
    rmdir(p->folder);
}

static inline void change(const place *p, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

#endif
