/* SPDX-License-Identifier: Apache-2.0 */
#include "read/folder.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zip.h>

#include "kernel/text.h"

enum { MOST_FILES = 10000, DEEPEST = 3, LONGEST_PATH = 4096 };

typedef struct member {
    const char *name;
    const char *block; /* in memory */
    size_t length;
    int64_t place; /* in the archive */
} member;

struct kn__folder {
    kn_context *ctx;
    kn__arena *arena;
    const char *path;
    zip_t *archive; /* or NULL */
    bool is_file, in_memory;
    member *members;
    int64_t count, room;
};

static kn_status add_member(kn__folder *f, member m)
{
    if (f->count == MOST_FILES)
        return kn__fail(f->ctx, KN_ERR_LIMIT, "%s: more than %d files", f->path,
                        MOST_FILES);
    void *members = f->members;
    KN__TRY(kn__grow(f->ctx, &members, &f->room, f->count + 1, sizeof *f->members));
    f->members = members;
    m.name = kn__arena_text(f->arena, f->ctx, m.name);
    f->members[f->count++] = m;
    return m.name ? KN_OK : KN_ERR_MEMORY;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const member *)a)->name, ((const member *)b)->name);
}

/* ---- Folders ---- */

static kn_status list_folder(kn__folder *f, const char *below, int depth);

static kn_status list_entry(kn__folder *f, const char *below, const char *entry,
                            int depth)
{
    char name[LONGEST_PATH], path[2 * LONGEST_PATH];
    struct stat info;
    if (entry[0] == '.')
        return KN_OK;
    int n = snprintf(name, sizeof name, "%s%s%s", below, *below ? "/" : "", entry);
    int m = snprintf(path, sizeof path, "%s/%s", f->path, name);
    if (n >= (int)sizeof name || m >= (int)sizeof path || stat(path, &info) != 0)
        return KN_OK;
    if (S_ISDIR(info.st_mode))
        return depth < DEEPEST ? list_folder(f, name, depth + 1) : KN_OK;
    return S_ISREG(info.st_mode) ? add_member(f, (member){.name = name}) : KN_OK;
}

static kn_status list_folder(kn__folder *f, const char *below, int depth)
{
    char path[2 * LONGEST_PATH];
    snprintf(path, sizeof path, "%s%s%s", f->path, *below ? "/" : "", below);
    DIR *dir = opendir(path);
    if (!dir)
        return kn__fail(f->ctx, KN_ERR_IO, "%s: cannot be read: %s", path,
                        strerror(errno));
    kn_status status = KN_OK;
    for (struct dirent *e = readdir(dir); e && status == KN_OK; e = readdir(dir))
        status = list_entry(f, below, e->d_name, depth);
    closedir(dir);
    return status;
}

/* ---- Archives ---- */

static kn_status bad_archive(kn__folder *f, const char *why)
{
    return kn__fail(f->ctx, KN_ERR_DATA, "%s: this zip archive cannot be read: %s",
                    f->path, why);
}

static kn_status list_archive(kn__folder *f)
{
    zip_int64_t count = zip_get_num_entries(f->archive, 0);
    for (zip_int64_t k = 0; k < count; k++) {
        const char *name = zip_get_name(f->archive, (zip_uint64_t)k, 0);
        size_t n = name ? strlen(name) : 0;
        if (n && name[n - 1] != '/')
            KN__TRY(add_member(f, (member){.name = name, .place = k}));
    }
    return KN_OK;
}

/* Takes the source over. */
static kn_status open_archive(kn__folder *f, zip_source_t *source, zip_error_t *error)
{
    if (!source)
        return bad_archive(f, zip_error_strerror(error));
    f->archive = zip_open_from_source(source, ZIP_RDONLY, error);
    if (!f->archive) {
        zip_source_free(source);
        return bad_archive(f, zip_error_strerror(error));
    }
    return list_archive(f);
}

static kn_status open_zip(kn__folder *f, const char *path, const void *block,
                          size_t length)
{
    zip_error_t error;
    zip_error_init(&error);
    zip_source_t *source = path ? zip_source_file_create(path, 0, 0, &error)
                                : zip_source_buffer_create(block, length, 0, &error);
    kn_status status = open_archive(f, source, &error);
    zip_error_fini(&error);
    return status;
}

static bool starts_as_zip(const char *path)
{
    char head[4] = "";
    FILE *file = fopen(path, "rb");
    size_t got = file ? fread(head, 1, 4, file) : 0;
    if (file)
        fclose(file);
    return got == 4 && memcmp(head, "PK\x03\x04", 4) == 0;
}

/* ---- Opening ---- */

static kn_status new_folder(kn__folder **out, kn_context *ctx, const char *path)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn__folder *f = KN__NEW(arena, ctx, kn__folder);
    const char *copy = kn__arena_text(arena, ctx, path);
    if (!f || !copy) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    *f = (kn__folder){.ctx = ctx, .arena = arena, .path = copy};
    *out = f;
    return KN_OK;
}

static kn_status fill_folder(kn__folder *f, const char *path)
{
    struct stat info;
    if (strlen(path) >= LONGEST_PATH)
        return kn__fail(f->ctx, KN_ERR_NOT_FOUND, "%.80s…: the path is too long", path);
    if (stat(path, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? kn__fail(f->ctx, KN_ERR_NOT_FOUND, "%s: no such file or folder",
                              path)
                   : kn__fail(f->ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return list_folder(f, "", 0);
    if (starts_as_zip(path))
        return open_zip(f, path, NULL, 0);
    const char *slash = strrchr(path, '/');
    f->is_file = true;
    return add_member(f, (member){.name = slash ? slash + 1 : path});
}

static kn_status finish(kn__folder **out, kn__folder *f, kn_status status)
{
    if (status < 0) {
        kn__folder_close(f);
        return status;
    }
    if (f->count)
        qsort(f->members, (size_t)f->count, sizeof *f->members, by_name);
    *out = f;
    return KN_OK;
}

kn_status kn__folder_open(kn__folder **out, kn_context *ctx, const char *path)
{
    kn__folder *f;
    *out = NULL;
    KN__TRY(new_folder(&f, ctx, path));
    return finish(out, f, fill_folder(f, path));
}

kn_status kn__folder_open_memory(kn__folder **out, kn_context *ctx,
                                 const char *const *names, const char *const *blocks,
                                 const size_t *lengths, int32_t count)
{
    kn__folder *f;
    *out = NULL;
    KN__TRY(new_folder(&f, ctx, count == 1 ? names[0] : "memory"));
    kn_status status = KN_OK;
    if (count == 1 && lengths[0] >= 4 && memcmp(blocks[0], "PK\x03\x04", 4) == 0) {
        status = open_zip(f, NULL, blocks[0], lengths[0]);
    } else {
        f->in_memory = true;
        for (int32_t k = 0; k < count && status == KN_OK; k++)
            status = add_member(f, (member){names[k], blocks[k], lengths[k], 0});
    }
    return finish(out, f, status);
}

void kn__folder_close(kn__folder *f)
{
    if (!f)
        return;
    if (f->archive)
        zip_discard(f->archive);
    kn__release(f->ctx, f->members);
    kn__arena_free(f->arena);
}

const char *kn__folder_path(const kn__folder *f)
{
    return f->path;
}

int32_t kn__folder_count(const kn__folder *f)
{
    return (int32_t)f->count;
}

const char *kn__folder_name(const kn__folder *f, int32_t index)
{
    return f->members[index].name;
}

int32_t kn__folder_find(const kn__folder *f, const char *ending)
{
    size_t m = strlen(ending), shortest = SIZE_MAX;
    int32_t found = -1;
    for (int32_t k = 0; k < f->count; k++) {
        const char *name = f->members[k].name;
        size_t n = strlen(name);
        if (n >= m && n < shortest && kn__text_equal_i(name + n - m, ending) &&
            (n == m || strchr("/_-", name[n - m - 1]))) {
            found = k;
            shortest = n;
        }
    }
    return found;
}

/* ---- Files ---- */

typedef struct zip_stream {
    kn_context *ctx;
    zip_file_t *file;
    char name[512];
} zip_stream;

static kn_status zip_pull(void *user, char *to, size_t room, size_t *got)
{
    zip_stream *s = user;
    zip_int64_t n = zip_fread(s->file, to, room);
    *got = n > 0 ? (size_t)n : 0;
    return n >= 0 ? KN_OK
                  : kn__fail(s->ctx, KN_ERR_DATA,
                             "%s: the packed data are damaged (%s); fetch the file again",
                             s->name, zip_file_strerror(s->file));
}

static void zip_stop(void *user)
{
    zip_stream *s = user;
    zip_fclose(s->file);
    kn__release(s->ctx, s);
}

static kn_status open_packed(kn__bytes **bytes, kn_context *ctx, kn__folder *f,
                             const member *m, const char *name)
{
    zip_stream *s = kn__alloc(ctx, 1, sizeof *s);
    if (!s)
        return KN_ERR_MEMORY;
    s->ctx = ctx;
    snprintf(s->name, sizeof s->name, "%s", name);
    s->file = zip_fopen_index(f->archive, (zip_uint64_t)m->place, 0);
    if (!s->file) {
        kn__release(ctx, s);
        return kn__fail(ctx, KN_ERR_DATA, "%s: cannot be unpacked: %s", name,
                        zip_strerror(f->archive));
    }
    return kn__bytes_open_source(bytes, ctx, name,
                                 (kn__bytes_source){zip_pull, zip_stop, s});
}

kn_status kn__folder_bytes(kn__bytes **bytes, kn_context *ctx, kn__folder *f,
                           int32_t index)
{
    *bytes = NULL;
    const member *m = &f->members[index];
    const char *name = f->in_memory || f->is_file
                           ? (f->is_file ? f->path : m->name)
                           : kn__arena_format(f->arena, ctx, "%s/%s", f->path, m->name);
    if (!name)
        return KN_ERR_MEMORY;
    if (f->archive)
        return open_packed(bytes, ctx, f, m, name);
    return f->in_memory ? kn__bytes_open_memory(bytes, ctx, name, m->block, m->length)
                        : kn__bytes_open(bytes, ctx, name);
}

kn_status kn__folder_csv(kn__csv **csv, kn_context *ctx, kn__folder *f, int32_t index)
{
    kn__bytes *bytes;
    *csv = NULL;
    KN__TRY(kn__folder_bytes(&bytes, ctx, f, index));
    return kn__csv_open_stream(csv, ctx, bytes);
}
