/* SPDX-License-Identifier: Apache-2.0 */
/* Every small source file and scenario, damaged at random places in ways that happen: cut
   off, lines lost or doubled, cells swapped, emptied or of the wrong kind. Reading ends
   well or says what is wrong; it never leaks and never blames itself. */
#include <dirent.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kaname/lens.h"
#include "kaname/read.h"
#include "kaname/scenario.h"
#include "support.h"

enum { MOST_FILES = 16, ROUNDS = 150, ROOM = 256 };

typedef struct source {
    const char *format, *folder, *first, *second; /* files; NULL: the folder itself */
} source;

static const source sources[] = {
    {"atlas", "tests/data/atlas-mini", NULL, NULL},
    {"eto", "tests/data/eto-mini", NULL, NULL},
    {"wiod", "tests/data/tutorial", "wiot-small.csv", NULL},
    {"icio", "tests/data/icio", "2020.csv", NULL},
    {"icio", "tests/data/icio", "2022_SML.csv", NULL},
    {"figaro", "tests/data/figaro", "flatfile_eu-ic-io_ind-by-ind_24ed_2020.csv", NULL},
    {"figaro", "tests/data/figaro", "matrix_eu-ic-io_ind-by-ind_24ed_2020.csv", NULL},
    {"exiobase", "tests/data/exiobase", "IOT_2019_ixi.zip", NULL},
    {"pymrio", "tests/data/pymrio", NULL, NULL},
    {"eora26", "tests/data/eora26", NULL, NULL},
    {"usgs", "tests/data/usgs", "MCS2025_World_Data.csv", NULL},
    {"baci", "tests/data/baci", "BACI_HS17_Y2022_V202601.csv",
     "country_codes_V202601.csv"},
    {"comtrade", "tests/data/comtrade", "classic.csv", NULL},
    {"comtrade", "tests/data/comtrade", "api.csv", NULL},
    {NULL, "tests/data/runs", "shock.yaml", NULL}, /* scenarios, on the small atlas */
    {NULL, "tests/data/tutorial", "gallium.yaml", NULL},
};

typedef struct text {
    char name[ROOM], *bytes;
    size_t length;
} text;

typedef struct copy {
    char folder[ROOM];
    text file[MOST_FILES];
    int files;
} copy;

/* ---- Files ---- */

static void path_in(char *path, const char *folder, const char *name)
{
    assert_true(snprintf(path, 2 * ROOM, "%s/%s", folder, name) < 2 * ROOM);
}

static void put(const copy *c, const char *name, const char *bytes, size_t length)
{
    char path[2 * ROOM];
    path_in(path, c->folder, name);
    FILE *f = fopen(path, "wb");
    assert_non_null(f);
    assert_int_equal(fwrite(bytes, 1, length, f), length);
    fclose(f);
}

static void take(copy *c, const char *folder, const char *name)
{
    char path[2 * ROOM];
    struct stat info;
    path_in(path, folder, name);
    assert_int_equal(stat(path, &info), 0);
    if (!S_ISREG(info.st_mode))
        return;
    assert_true(c->files < MOST_FILES);
    text *t = &c->file[c->files++];
    snprintf(t->name, sizeof t->name, "%s", name);
    t->bytes = malloc((size_t)info.st_size + 1);
    assert_non_null(t->bytes);
    FILE *f = fopen(path, "rb");
    assert_non_null(f);
    t->length = fread(t->bytes, 1, (size_t)info.st_size, f);
    fclose(f);
    put(c, name, t->bytes, t->length);
}

static void copy_source(copy *c, const source *s)
{
    *c = (copy){.folder = "/tmp/kaname-damaged-XXXXXX"};
    assert_non_null(mkdtemp(c->folder));
    if (s->first) {
        take(c, s->folder, s->first);
        if (s->second)
            take(c, s->folder, s->second);
        return;
    }
    DIR *dir = opendir(s->folder);
    assert_non_null(dir);
    for (struct dirent *e = readdir(dir); e; e = readdir(dir))
        if (e->d_name[0] != '.')
            take(c, s->folder, e->d_name);
    closedir(dir);
}

static void drop(copy *c)
{
    char path[2 * ROOM];
    for (int k = 0; k < c->files; k++) {
        path_in(path, c->folder, c->file[k].name);
        unlink(path);
        free(c->file[k].bytes);
    }
    rmdir(c->folder);
}

/* ---- Damage ---- */

typedef struct dice {
    uint64_t seed, thrown;
} dice;

static size_t below(dice *d, size_t n)
{
    return n ? (size_t)kn__random_below(d->seed, 0, d->thrown++, n) : 0;
}

/* The piece around a random place that ends at one of `ends`: [*from, *to). */
static void piece(dice *r, const text *t, const char *ends, size_t *from, size_t *to)
{
    size_t at = below(r, t->length);
    for (*from = at; *from > 0 && !strchr(ends, t->bytes[*from - 1]); --*from)
        ;
    for (*to = at; *to < t->length && !strchr(ends, t->bytes[*to]); ++*to)
        ;
}

/* A copy of the text with [from, to) replaced. */
static char *replaced(const text *t, size_t from, size_t to, const char *by, size_t size,
                      size_t *length)
{
    char *out = malloc(t->length + size + 1);
    assert_non_null(out);
    memcpy(out, t->bytes, from);
    memcpy(out + from, by, size);
    memcpy(out + from + size, t->bytes + to, t->length - to);
    *length = from + size + t->length - to;
    return out;
}

static char *damage(dice *r, const text *t, size_t *length)
{
    static const char *const cells[] = {
        "",    "x",   "-1",  "1e999", "nan", "0",      "\"",    "NA",  "W", "1,5", "ZZZ",
        "JPN", "CHN", "2.5", "E",     "**",  "[1, 2]", "99999", "1.5", " ", "\xff"};
    size_t from = 0, to = 0, a = 0, z = 0;
    switch (below(r, 7)) {
    case 0: /* cut off */
        return replaced(t, below(r, t->length), t->length, "", 0, length);
    case 1: /* a line is lost */
        piece(r, t, "\n", &from, &to);
        return replaced(t, from, to < t->length ? to + 1 : to, "", 0, length);
    case 2: /* a line stands twice */
        piece(r, t, "\n", &a, &z);
        z += z < t->length;
        return replaced(t, z, z, t->bytes + a, z - a, length);
    case 3: /* a cell of another place */
        piece(r, t, ",;\t\n:{}", &from, &to);
        piece(r, t, ",;\t\n:{}", &a, &z);
        return replaced(t, from, to, t->bytes + a, z - a, length);
    case 4: /* a separator is lost */
        piece(r, t, ",;\t\n", &from, &to);
        return replaced(t, to, to < t->length ? to + 1 : to, "", 0, length);
    default: { /* a cell of another kind */
        const char *cell = cells[below(r, sizeof cells / sizeof *cells)];
        piece(r, t, ",;\t\n:{}", &from, &to);
        return replaced(t, from, to, cell, strlen(cell), length);
    }
    }
}

/* ---- Reading ---- */

static kn_status read_copy(kn_context *ctx, const source *s, const copy *c,
                           const kn_network *mini)
{
    char first[2 * ROOM], second[2 * ROOM];
    path_in(first, c->folder, s->first ? s->first : "");
    path_in(second, c->folder, s->second ? s->second : "");
    if (!s->format) {
        kn_scenario *scenario;
        kn_status status = kn_scenario_read(&scenario, ctx, mini, first);
        assert_true((status < 0) == !scenario);
        kn_scenario_free(scenario);
        return status;
    }
    const char *paths[] = {first, second};
    kn_network *net;
    kn_status status =
        kn_network_import(&net, ctx, kn_format_find(s->format), paths, s->second ? 2 : 1);
    assert_true((status < 0) == !net);
    kn_network_free(net);
    return status;
}

static void check(const source *s, const copy *c, const kn_network *mini, int round)
{
    faults f = {.fail_at = 0};
    kn_context *ctx = faults_context(&f, 1);
    assert_non_null(ctx);
    kn_status status = read_copy(ctx, s, c, mini);
    if (status < 0) {
        bool told = status == KN_ERR_DATA || status == KN_ERR_NOT_FOUND ||
                    status == KN_ERR_USAGE || status == KN_ERR_LIMIT ||
                    status == KN_ERR_IO;
        if (!told || !*kn_context_error(ctx))
            fail_msg("%s, round %d: %s: %s", s->folder, round, kn_status_text(status),
                     kn_context_error(ctx));
    }
    kn_context_free(ctx);
    assert_int_equal(f.live, 0);
}

static void damaged_files_are_read_or_refused(void **state)
{
    kn_network *mini = NULL;
    const char *folder = "tests/data/atlas-mini";
    assert_int_equal(
        kn_network_import(&mini, *state, kn_format_find("atlas"), &folder, 1), KN_OK);
    for (size_t k = 0; k < sizeof sources / sizeof *sources; k++) {
        copy c;
        copy_source(&c, &sources[k]);
        check(&sources[k], &c, mini, -1);
        dice r = {20260101 + k, 0};
        for (int round = 0; round < ROUNDS * (c.files > 4 ? 2 : 1); round++) {
            const text *t = &c.file[below(&r, (size_t)c.files)];
            size_t length;
            char *bytes = damage(&r, t, &length);
            put(&c, t->name, bytes, length);
            free(bytes);
            check(&sources[k], &c, mini, round);
            put(&c, t->name, t->bytes, t->length);
        }
        drop(&c);
    }
    kn_network_free(mini);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(damaged_files_are_read_or_refused, context_setup,
                                        context_teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
