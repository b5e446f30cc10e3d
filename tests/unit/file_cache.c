/* SPDX-License-Identifier: Apache-2.0 */
/* Dear results kept in kaname files: they come back to the bit, and whatever happens to
   the file, no number is ever wrong. */
#include <dirent.h>
#include <sqlite3.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kaname/lens.h"
#include "kaname/store.h"
#include "kernel/memory.h"
#include "network/network.h"
#include "support.h"
#include "unit/denial_network.h"

/* ---- A file of its own for each test ---- */

typedef struct place {
    char folder[64], file[96];
    kn_context *ctx;
    kn_network *net; /* as it was read from the file */
    kn_file_cache *cache;
    const kn_cache *use;
    int warnings;
} place;

static void count_warnings(void *user, kn_log_level level, const char *message)
{
    place *p = user;
    p->warnings += level <= KN_LOG_WARN && strstr(message, "computed anew");
}

static void must(kn_context *ctx, kn_status status)
{
    if (status < 0)
        fail_msg("%s: %s", kn_status_name(status), kn_context_error(ctx));
}

static void place_open(place *p)
{
    must(p->ctx, kn_network_load(&p->net, p->ctx, p->file));
    must(p->ctx, kn_file_cache_open(&p->cache, p->ctx, p->net, p->file));
    p->use = kn__cache(p->ctx);
    assert_non_null(p->use);
}

static void place_close(place *p)
{
    kn_file_cache_close(p->cache);
    assert_null(kn__cache(p->ctx));
    kn_network_free(p->net);
}

static void place_new(place *p)
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

static int files_of(const char *folder)
{
    int count = 0;
    DIR *dir = opendir(folder);
    assert_non_null(dir);
    for (struct dirent *d; (d = readdir(dir));)
        count += d->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void place_free(place *p)
{
    place_close(p);
    assert_int_equal(files_of(p->folder), 1);
    kn_context_free(p->ctx);
    unlink(p->file);
    rmdir(p->folder);
}

static void keep(place *p, const char *key, const char *text)
{
    must(p->ctx,
         p->use->put(p->use->user, p->ctx, p->net, key, text, (int64_t)strlen(text) + 1));
}

/* What is kept under a key is this text; NULL: nothing is. */
static void expect(place *p, const char *key, const char *text)
{
    void *bytes;
    int64_t count;
    must(p->ctx, p->use->get(p->use->user, p->ctx, p->net, key, &bytes, &count));
    if (text) {
        assert_non_null(bytes);
        assert_int_equal(count, strlen(text) + 1);
        assert_string_equal(bytes, text);
    } else {
        assert_null(bytes);
    }
    kn__release(p->ctx, bytes);
}

static void change(const place *p, const char *sql)
{
    sqlite3 *db;
    assert_int_equal(sqlite3_open(p->file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, NULL) != SQLITE_OK)
        fail_msg("%s: %s", sql, sqlite3_errmsg(db));
    assert_int_equal(sqlite3_close(db), SQLITE_OK);
}

/* ---- Bytes ---- */

static void round_trip(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    char before[65];
    snprintf(before, sizeof before, "%s", p.net->sha256);
    expect(&p, "a", NULL);
    keep(&p, "a", "first");
    keep(&p, "b", "second");
    keep(&p, "a", "third");
    expect(&p, "a", "third");
    expect(&p, "b", "second");
    expect(&p, "c", NULL);
    place_close(&p);
    place_open(&p); /* the network is what it was, and the results are still there */
    assert_string_equal(p.net->sha256, before);
    expect(&p, "b", "second");
    place_free(&p);
}

static void only_the_newest_stay(void **state)
{
    place p;
    char key[8];
    (void)state;
    place_new(&p);
    for (int k = 0; k < 10; k++) {
        snprintf(key, sizeof key, "%d", k);
        keep(&p, key, key);
    }
    for (int k = 0; k < 10; k++) {
        snprintf(key, sizeof key, "%d", k);
        expect(&p, key, k < 2 ? NULL : key);
    }
    place_free(&p);
}

/* Saving the network again is a new file without results. */
static void saving_forgets(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    keep(&p, "a", "old");
    must(p.ctx, kn_network_save(p.ctx, p.net, p.file));
    expect(&p, "a", NULL);
    place_free(&p);
}

/* A copy of the network with other figures has the same checksum in its struct. */
static void another_network_gets_nothing(void **state)
{
    place p;
    void *bytes;
    int64_t count;
    (void)state;
    place_new(&p);
    keep(&p, "a", "of the file");
    kn_network other = *p.net;
    must(p.ctx, p.use->get(p.use->user, p.ctx, &other, "a", &bytes, &count));
    assert_null(bytes);
    must(p.ctx, p.use->put(p.use->user, p.ctx, &other, "a", "x", 2));
    expect(&p, "a", "of the file");
    place_free(&p);
}

/* The file was replaced by another network while a result was computed. */
static void replaced_file_is_left_alone(void **state)
{
    place p;
    kn_network *other;
    (void)state;
    place_new(&p);
    must(p.ctx, case_network(&other, p.ctx, true));
    must(p.ctx, kn_network_save(p.ctx, other, p.file));
    keep(&p, "a", "of the old one");
    expect(&p, "a", NULL);
    kn_network_free(other);
    place_free(&p);
}

/* ---- Damage ---- */

static void damage_is_seen(void **state)
{
    static const char *const damages[] = {
        "UPDATE results SET data = CAST('Result' AS BLOB) || x'00'",
        "UPDATE results SET data = CAST('resul' AS BLOB)",
        "UPDATE results SET data = x''",
        "UPDATE results SET sha256 = replace(sha256, '0', '1')",
        "UPDATE results SET sha256 = 7",
        "UPDATE results SET key = 'b' WHERE key = 'a'"};
    (void)state;
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
        place p;
        bool moved = k + 1 == sizeof damages / sizeof *damages;
        place_new(&p);
        keep(&p, "a", "result");
        change(&p, damages[k]);
        expect(&p, moved ? "b" : "a", NULL);
        assert_int_equal(p.warnings, 1);
        assert_string_equal(kn_context_error(p.ctx), "");
        if (!moved) { /* the next one replaces it */
            keep(&p, "a", "result");
            expect(&p, "a", "result");
        }
        place_free(&p);
    }
}

/* Other tables than ours, a newer version, no database at all. */
static void foreign_files_are_not_used(void **state)
{
    static const char *const damages[] = {"CREATE TABLE more(a)", "DROP TABLE results",
                                          "PRAGMA user_version = 3"};
    (void)state;
    for (size_t k = 0; k < sizeof damages / sizeof *damages; k++) {
        place p;
        place_new(&p);
        keep(&p, "a", "result");
        change(&p, damages[k]);
        expect(&p, "a", NULL);
        keep(&p, "a", "result");
        expect(&p, "a", NULL);
        assert_int_equal(p.warnings, 2);
        place_free(&p);
    }
}

static void read_only_file_stays(void **state)
{
    place p;
    struct stat before, after;
    (void)state;
    place_new(&p);
    keep(&p, "a", "kept");
    assert_int_equal(chmod(p.file, 0444), 0);
    assert_int_equal(stat(p.file, &before), 0);
    keep(&p, "b", "not kept");
    expect(&p, "a", "kept");
    expect(&p, "b", NULL);
    assert_int_equal(stat(p.file, &after), 0);
    assert_int_equal(before.st_ino, after.st_ino);
    place_free(&p);
}

static void mode_stays(void **state)
{
    place p;
    struct stat after;
    (void)state;
    place_new(&p);
    assert_int_equal(chmod(p.file, 0600), 0);
    keep(&p, "a", "kept");
    assert_int_equal(stat(p.file, &after), 0);
    assert_int_equal(after.st_mode & 0777, 0600);
    place_free(&p);
}

/* ---- Two writers ---- */

enum { ROUNDS = 40 };

static void write_on(place *p, const char *key)
{
    for (int k = 0; k < ROUNDS; k++)
        if (p->use->put(p->use->user, p->ctx, p->net, key, key,
                        (int64_t)strlen(key) + 1) < 0)
            _exit(1);
    _exit(0);
}

static void two_writers(void **state)
{
    static const char *const keys[] = {"left", "right"};
    place p;
    pid_t child[2];
    int status;
    (void)state;
    place_new(&p);
    for (int k = 0; k < 2; k++)
        if ((child[k] = fork()) == 0)
            write_on(&p, keys[k]);
    for (int k = 0; k < ROUNDS; k++) { /* a reader sees a whole file at any time */
        kn_network *seen;
        void *bytes;
        int64_t count;
        must(p.ctx, kn_network_load(&seen, p.ctx, p.file));
        kn_network_free(seen);
        must(p.ctx, p.use->get(p.use->user, p.ctx, p.net, keys[k % 2], &bytes, &count));
        if (bytes)
            assert_string_equal(bytes, keys[k % 2]);
        kn__release(p.ctx, bytes);
    }
    for (int k = 0; k < 2; k++) {
        assert_int_equal(waitpid(child[k], &status, 0), child[k]);
        assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 0);
    }
    assert_int_equal(p.warnings, 0);
    keep(&p, "last", "word");
    expect(&p, "last", "word");
    place_free(&p);
}

/* ---- The atlas ---- */

static void atlas_has_a_file_of_its_own(void **state)
{
    place p = {0};
    char folder[80];
    (void)state;
    snprintf(p.folder, sizeof p.folder, "/tmp/kaname-cache-XXXXXX");
    assert_non_null(mkdtemp(p.folder));
    snprintf(folder, sizeof folder, "%s/kaname", p.folder);
    snprintf(p.file, sizeof p.file, "%s/atlas.kn", folder);
    setenv("XDG_CACHE_HOME", p.folder, 1);
    assert_int_equal(kn_context_new(&p.ctx, NULL), KN_OK);
    must(p.ctx, case_network(&p.net, p.ctx, false)); /* stands for the atlas */
    must(p.ctx, kn_file_cache_open(&p.cache, p.ctx, p.net, "atlas"));
    p.use = kn__cache(p.ctx);
    expect(&p, "a", NULL);
    assert_int_equal(files_of(p.folder), 0); /* asking makes nothing */
    keep(&p, "a", "result");
    expect(&p, "a", "result");
    change(&p, "UPDATE meta SET value = 'of yesterday' WHERE key = 'sha256'");
    keep(&p, "b", "of today");
    expect(&p, "a", NULL);
    expect(&p, "b", "of today");
    assert_int_equal(truncate(p.file, 5000), 0);
    expect(&p, "b", NULL);
    keep(&p, "b", "again");
    expect(&p, "b", "again");
    assert_int_equal(files_of(folder), 1);
    place_close(&p);
    kn_context_free(p.ctx);
    unlink(p.file);
    rmdir(folder);
    assert_int_equal(rmdir(p.folder), 0);
}

/* ---- The denial matrix ---- */

static kn_result *chokepoints(place *p, const kn_setting *settings, int32_t count)
{
    kn_result *result;
    must(p->ctx, kn_lens_run(&result, p->ctx, kn_lens_find("chokepoints"), p->net, NULL,
                             settings, count));
    return result;
}

static void same_tables(const kn_result *a, const kn_result *b)
{
    for (int32_t t = 0; t < kn_result_tables(a); t++) {
        const kn_table *x = kn_result_table(a, t), *y = kn_result_table(b, t);
        assert_int_equal(kn_table_rows(x), kn_table_rows(y));
        for (int64_t r = 0; r < kn_table_rows(x); r++)
            for (int32_t c = 0; c < kn_table_declaration(x)->column_count; c++) {
                double u = kn_table_number(x, r, c), v = kn_table_number(y, r, c);
                assert_memory_equal(&u, &v, sizeof u);
                assert_string_equal(kn_table_text(x, r, c), kn_table_text(y, r, c));
            }
    }
}

/* Counts what passes through, and may change what is found. */
typedef struct spy {
    const kn_cache *inner;
    int puts, found;
    bool lie;
    char key[512];
} spy;

static kn_status spy_get(void *user, kn_context *ctx, const kn_network *net,
                         const char *key, void **bytes, int64_t *count)
{
    spy *s = user;
    kn_status status = s->inner->get(s->inner->user, ctx, net, key, bytes, count);
    s->found += *bytes != NULL;
    if (*bytes && s->lie) /* four whole numbers and seven others a row; the loss is the
                             fourth of those */
        for (int64_t at = 0; at < *count; at += 16 + 7 * 8)
            memset((char *)*bytes + at + 16 + 3 * 8, 0, 8);
    return status;
}

static kn_status spy_put(void *user, kn_context *ctx, const kn_network *net,
                         const char *key, const void *bytes, int64_t count)
{
    spy *s = user;
    s->puts++;
    snprintf(s->key, sizeof s->key, "%s", key);
    return s->inner->put(s->inner->user, ctx, net, key, bytes, count);
}

static double largest(const kn_result *result)
{
    const kn_table *t = kn_result_find(result, "chokepoints");
    return kn_table_number(t, 0, kn_table_column(t, "loss_musd"));
}

static void matrix_comes_back(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    spy s = {.inner = p.use};
    const kn_cache watched = {spy_get, spy_put, &s};
    const kn_setting mode[] = {{"mode", "stop"}},
                     of[] = {{"mode", "stop"}, {"of", "JPN"}};
    const kn_setting days[] = {{"mode", "stop"}, {"days", "180"}};
    kn_context_set_cache(p.ctx, NULL);
    kn_result *computed = chokepoints(&p, mode, 1), *part = chokepoints(&p, of, 2);
    kn_context_set_cache(p.ctx, &watched);
    kn_result_free(chokepoints(&p, of, 2)); /* a part is not kept */
    assert_int_equal(s.puts, 0);
    for (int k = 0; k < 2; k++) {
        kn_result *kept = chokepoints(&p, mode, 1);
        assert_int_equal(s.puts, 1);
        assert_int_equal(s.found, k);
        same_tables(computed, kept);
        kn_result_free(kept);
    }
    kn_result *kept = chokepoints(&p, of, 2); /* a part comes out of the whole */
    same_tables(part, kept);
    assert_int_equal(s.found, 2);
    kn_result_free(kept);
    s.lie = true; /* what is found is what is said */
    kept = chokepoints(&p, mode, 1);
    assert_true(largest(computed) > 0);
    assert_true(largest(kept) == 0);
    kn_result_free(kept);
    kn_result_free(chokepoints(&p, days, 2)); /* another horizon is another matrix */
    assert_int_equal(s.puts, 2);
    assert_non_null(strstr(s.key, kn__build_id));
    assert_non_null(strstr(s.key, p.net->sha256));
    kn_result_free(computed);
    kn_result_free(part);
    place_free(&p);
}

static kn_status run_kept(kn_context *ctx, void *arg)
{
    const place *p = arg;
    kn_network *net = NULL;
    kn_file_cache *cache = NULL;
    kn_result *result = NULL;
    kn_status status = kn_network_load(&net, ctx, p->file);
    if (status >= 0)
        status = kn_file_cache_open(&cache, ctx, net, p->file);
    if (status >= 0)
        status =
            kn_lens_run(&result, ctx, kn_lens_find("chokepoints"), net, NULL, NULL, 0);
    kn_result_free(result);
    kn_file_cache_close(cache);
    kn_network_free(net);
    return status;
}

/* First runs that compute and keep, until one gets that far; then runs that find it. */
static void failing_memory(void **state)
{
    place p;
    (void)state;
    place_new(&p);
    assert_true(every_allocation_fails(run_kept, &p) > 0);
    change(&p, "DELETE FROM results");
    assert_true(every_allocation_fails(run_kept, &p) > 0);
    place_free(&p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(round_trip),
        cmocka_unit_test(only_the_newest_stay),
        cmocka_unit_test(saving_forgets),
        cmocka_unit_test(another_network_gets_nothing),
        cmocka_unit_test(replaced_file_is_left_alone),
        cmocka_unit_test(damage_is_seen),
        cmocka_unit_test(foreign_files_are_not_used),
        cmocka_unit_test(read_only_file_stays),
        cmocka_unit_test(mode_stays),
        cmocka_unit_test(two_writers),
        cmocka_unit_test(atlas_has_a_file_of_its_own),
        cmocka_unit_test(matrix_comes_back),
        cmocka_unit_test(failing_memory),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
