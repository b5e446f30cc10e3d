/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaname/read.h"
#include "kaname/store.h"
#include "mini.h"
#include "network/network.h"

/* A folder of its own for each test; removed with all that is in it. */
typedef struct place {
    char folder[64], file[96];
} place;

static place place_new(void)
{
    place p;
    snprintf(p.folder, sizeof p.folder, "/tmp/kaname-store-XXXXXX");
    assert_non_null(mkdtemp(p.folder));
    snprintf(p.file, sizeof p.file, "%s/a %%?#.kaname", p.folder);
    return p;
}

/* How many files are in the folder. */
static int place_files(const place *p)
{
    int count = 0;
    DIR *dir = opendir(p->folder);
    assert_non_null(dir);
    for (struct dirent *d; (d = readdir(dir));)
        count += d->d_name[0] != '.';
    closedir(dir);
    return count;
}

static void place_free(const place *p)
{
    DIR *dir = opendir(p->folder);
    for (struct dirent *d; dir && (d = readdir(dir));) {
        char path[512];
        snprintf(path, sizeof path, "%s/%s", p->folder, d->d_name);
        if (d->d_name[0] != '.')
            unlink(path);
    }
    closedir(dir);
    rmdir(p->folder);
}

static void write_file(const char *path, const void *bytes, size_t length)
{
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    fclose(f);
}

/* ---- Round trip ---- */

static void same_bits(const double *a, const double *b, int64_t count)
{
    if (count)
        assert_memory_equal(a, b, (size_t)count * sizeof *a);
}

static void same_network(const kn_network *a, const kn_network *b)
{
    assert_string_equal(a->sha256, b->sha256);
    assert_string_equal(a->name, b->name);
    assert_string_equal(a->edition, b->edition);
    assert_int_equal(a->has_recipes, b->has_recipes);
    assert_int_equal(a->producer_count, b->producer_count);
    assert_int_equal(a->notes.count, b->notes.count);
    assert_int_equal(a->bloc_count, b->bloc_count);
    assert_int_equal(a->flows.is_dense, b->flows.is_dense);
    assert_int_equal(a->zzu, b->zzu);
    int64_t n = a->producer_count;
    same_bits(a->final_demand, b->final_demand, n * a->final_count);
    for (int32_t i = 0; i < n; i++) {
        same_bits(&a->producers[i].output, &b->producers[i].output, 1);
        same_bits(&a->producers[i].spare, &b->producers[i].spare, 1);
    }
    if (a->flows.is_dense) {
        same_bits(a->flows.dense, b->flows.dense, n * n);
    } else {
        same_bits(a->flows.rows.value, b->flows.rows.value, a->flows.rows.start[n]);
        same_bits(a->flows.columns.value, b->flows.columns.value, a->flows.rows.start[n]);
    }
    for (int64_t c = 0; c < (int64_t)a->product_count * a->economy_count; c++)
        assert_int_equal(a->stock_origin[c].source, b->stock_origin[c].source);
    for (int32_t k = 0; k < a->tariff_count; k++)
        assert_string_equal(a->tariffs[k].name, b->tariffs[k].name);
}

static void round_trip(kn_context *ctx, kn_network *net)
{
    place p = place_new();
    kn_network *back;
    must(ctx, kn_network_save(ctx, net, p.file));
    must(ctx, kn_network_load(&back, ctx, p.file));
    same_network(net, back);
    /* saving over the file, and loading, leave nothing beside it */
    must(ctx, kn_network_save(ctx, back, p.file));
    assert_int_equal(place_files(&p), 1);
    kn_network_free(back);
    must(ctx, kn_network_open(&back, ctx, p.file));
    same_network(net, back);
    kn_network_free(back);
    kn_network_free(net);
    place_free(&p);
}

static void small_atlas(void **state)
{
    round_trip(*state, mini_make(*state));
}

static void whole_atlas(void **state)
{
    kn_network *net;
    must(*state, kn_network_open(&net, *state, "atlas"));
    round_trip(*state, net);
}

static void world_table(void **state)
{
    const char *path = "../shared/data/wiod2011/wiot_2011.csv.gz";
    kn_network *net;
    if (!shared_exists(path))
        skip();
    must(*state, kn_network_import(&net, *state, kn_format_find("wiod"), &path, 1));
    round_trip(*state, net);
}

static void tariffs(void **state)
{
    const char *path = "../shared/data/caliendo_parro";
    kn_network *net;
    char probe[128];
    snprintf(probe, sizeof probe, "%s/SOURCE.md", path);
    if (!shared_exists(probe))
        skip();
    must(*state,
         kn_network_import(&net, *state, kn_format_find("caliendo-parro"), &path, 1));
    assert_true(net->tariff_count > 0);
    round_trip(*state, net);
}

/* A table dense enough to be kept as one block. */
static void dense(void **state)
{
    kn_context *ctx = *state;
    static const char csv[] =
        "row,AUS_c1,AUS_c2,AUS_F1,AUS_F2,AUS_F3,AUS_F4,AUS_F5,"
        "output\nAUS_c1,1,2,3,0,0,0,-1,5\nAUS_c2,3,4,0,0,9,0,0,16\n";
    kn__io_raw *raw;
    kn_network *net;
    kn_status status =
        kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", csv, sizeof csv - 1);
    must(ctx, status);
    must(ctx, kn__network_from_io(&net, ctx, raw));
    kn__io_raw_free(ctx, raw);
    assert_true(net->flows.is_dense);
    round_trip(ctx, net);
}

/* ---- Files that are refused ---- */

static void refuse(kn_context *ctx, const char *path, kn_status wanted, const char *says)
{
    kn_network *net;
    kn_context_clear(ctx);
    assert_refused(ctx, kn_network_load(&net, ctx, path), wanted, says);
    assert_null(net);
}

static void foreign_files(void **state)
{
    kn_context *ctx = *state;
    place p = place_new();
    char other[96];
    snprintf(other, sizeof other, "%s/other", p.folder);
    refuse(ctx, other, KN_ERR_NOT_FOUND, "no such file");
    refuse(ctx, p.folder, KN_ERR_DATA, "is a folder");
    write_file(other, "", 0);
    refuse(ctx, other, KN_ERR_DATA, "is not a kaname file");
    write_file(other, "economy,name_en\n", 16);
    refuse(ctx, other, KN_ERR_DATA, "is not a kaname file; source data become one");
    unlink(other);
    sqlite3 *db;
    assert_int_equal(sqlite3_open(other, &db), SQLITE_OK);
    sqlite3_exec(db, "CREATE TABLE t(x)", NULL, NULL, NULL);
    sqlite3_close(db);
    refuse(ctx, other, KN_ERR_DATA, "but not a kaname file");
    place_free(&p);
}

/* Runs SQL on a saved network and expects it to be refused. */
static void tampered(kn_context *ctx, const kn_network *net, const char *sql,
                     const char *says)
{
    place p = place_new();
    sqlite3 *db;
    char *error = NULL;
    must(ctx, kn_network_save(ctx, net, p.file));
    assert_int_equal(sqlite3_open(p.file, &db), SQLITE_OK);
    if (sqlite3_exec(db, sql, NULL, NULL, &error) != SQLITE_OK)
        fail_msg("%s: %s", sql, error);
    sqlite3_close(db);
    refuse(ctx, p.file, KN_ERR_DATA, says);
    place_free(&p);
}

static void changed_content(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx);
    tampered(ctx, net, "PRAGMA user_version = 3", "has version 3 of the kaname file");
    tampered(ctx, net, "PRAGMA user_version = 2", "tables are missing");
    tampered(ctx, net, "CREATE TABLE more(x)", "its tables are not those");
    tampered(ctx, net, "DROP TABLE notes", "its tables are not those");
    tampered(ctx, net, "DELETE FROM meta WHERE key = 'sha256'", "sha256 is missing");
    tampered(ctx, net, "UPDATE producers SET output = output + 1 WHERE nr = 3",
             "does not match its checksum");
    tampered(ctx, net, "UPDATE producers SET product = 77 WHERE nr = 3",
             "row 4 of producers: product does not fit");
    tampered(ctx, net, "UPDATE producers SET product = -1 WHERE nr = 3", "product");
    tampered(ctx, net, "DELETE FROM producers WHERE nr = 3", "row 3 of producers");
    tampered(ctx, net, "UPDATE products SET kind = 'thing'", "a kind is not known");
    tampered(ctx, net, "UPDATE links SET grade = 'X'", "grade does not fit");
    tampered(ctx, net, "UPDATE links SET year = 99999", "a year is out of range");
    tampered(ctx, net, "UPDATE economies SET code = x'ff00'", "code is not a text");
    tampered(ctx, net, "UPDATE economies SET gdp_musd = 'rich'", "gdp_musd is not a num");
    tampered(ctx, net, "UPDATE blocs SET economy = 9", "bloc JK are not in order");
    tampered(ctx, net, "UPDATE stocks SET product = 9", "a stock is nobody's");
    tampered(ctx, net, "UPDATE arrays SET crc32 = 0", "does not match its checksum");
    tampered(ctx, net, "DELETE FROM arrays WHERE name = 'flows_value'",
             "do not fit each");
    tampered(ctx, net, "DELETE FROM arrays WHERE name = 'final_demand'", "wrong size");
    tampered(ctx, net, "UPDATE arrays SET data = zeroblob(length(data)), crc32 = 1",
             "does not match its checksum");
    kn_network_free(net);
}

/* ---- Saving that fails ---- */

static void unwritable(void **state)
{
    kn_context *ctx = *state;
    kn_network *net = mini_make(ctx);
    place p = place_new();
    assert_int_equal(kn_network_save(ctx, net, p.folder), KN_ERR_IO);
    kn_context_clear(ctx);
    assert_int_equal(kn_network_save(ctx, net, "/nowhere/x.kaname"), KN_ERR_IO);
    assert_non_null(strstr(kn_context_error(ctx), "cannot be written"));
    kn_network_free(net);
    place_free(&p);
}

typedef struct saving {
    const kn_network *net;
    const char *path;
} saving;

static kn_status save(kn_context *ctx, void *arg)
{
    const saving *s = arg;
    return kn_network_save(ctx, s->net, s->path);
}

static kn_status load(kn_context *ctx, void *arg)
{
    const saving *s = arg;
    kn_network *net;
    kn_status status = kn_network_load(&net, ctx, s->path);
    kn_network_free(net);
    return status;
}

static int stop(void *user)
{
    (void)user;
    return 1;
}

/* A save that fails leaves the old file as it was and nothing beside it. */
static void out_of_memory(void **state)
{
    kn_network *net = mini_make(*state), *back;
    place p = place_new();
    saving s = {net, p.file};
    must(*state, kn_network_save(*state, net, p.file));
    every_allocation_fails(save, &s);
    assert_int_equal(place_files(&p), 1);
    assert_true(every_allocation_fails(load, &s) > 10);
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    options.cancel = stop;
    assert_int_equal(kn_context_new(&ctx, &options), KN_OK);
    assert_int_equal(kn_network_save(ctx, net, p.file), KN_ERR_CANCELLED);
    kn_context_free(ctx);
    assert_int_equal(place_files(&p), 1);
    must(*state, kn_network_load(&back, *state, p.file));
    same_network(net, back);
    kn_network_free(back);
    kn_network_free(net);
    place_free(&p);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)
    const struct CMUnitTest tests[] = {
        TEST(small_atlas),     TEST(whole_atlas), TEST(world_table),
        TEST(tariffs),         TEST(dense),       TEST(foreign_files),
        TEST(changed_content), TEST(unwritable),  TEST(out_of_memory)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
