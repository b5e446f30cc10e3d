/* SPDX-License-Identifier: Apache-2.0 */
/* Dear results kept in kaname files: they come back to the bit, and whatever happens to
   the file, no number is ever wrong. */
#include <sys/stat.h>
#include <sys/wait.h>

#include "unit/cache_place.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
