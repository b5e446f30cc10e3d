/* SPDX-License-Identifier: Apache-2.0 */
#include "read/bytes.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

#include "kernel/text.h"

enum { CHUNK = 64 * 1024 };

struct kn__bytes {
    kn_context *ctx;
    char *name;
    FILE *file;              /* or NULL: memory or source */
    kn__bytes_source source; /* or nothing */
    char *packed;            /* CHUNK bytes read from the file */
    const char *next;        /* not yet handed out or unpacked */
    size_t left;             /* bytes at next */
    bool file_ended;         /* nothing more to come after them */
    bool gzip;               /* the stream is gzip */
    bool in_member;          /* inside a gzip member */
    bool inflate_open;       /* z must be ended */
    z_stream z;
};

static void *zlib_alloc(void *user, unsigned items, unsigned size)
{
    return kn__alloc(user, items, size);
}

static void zlib_free(void *user, void *block)
{
    kn__release(user, block);
}

static kn_status new_stream(kn__bytes **bytes, kn_context *ctx, const char *name)
{
    *bytes = NULL;
    kn__bytes *b = kn__alloc(ctx, 1, sizeof *b);
    if (!b)
        return KN_ERR_MEMORY;
    b->ctx = ctx;
    size_t length = strlen(name) + 1;
    b->name = kn__alloc(ctx, (int64_t)length, 1);
    if (!b->name) {
        kn__release(ctx, b);
        return KN_ERR_MEMORY;
    }
    memcpy(b->name, name, length);
    *bytes = b;
    return KN_OK;
}

static kn_status refill(kn__bytes *b)
{
    if (b->left || b->file_ended)
        return KN_OK;
    b->next = b->packed;
    if (b->source.read) {
        KN__TRY(b->source.read(b->source.user, b->packed, CHUNK, &b->left));
        b->file_ended = b->left == 0;
        return KN_OK;
    }
    b->left = fread(b->packed, 1, CHUNK, b->file);
    if (b->left < CHUNK) {
        if (ferror(b->file))
            return kn__fail(b->ctx, KN_ERR_IO, "%s: reading failed: %s", b->name,
                            strerror(errno));
        b->file_ended = true;
    }
    return KN_OK;
}

static kn_status start_member(kn__bytes *b)
{
    int code =
        b->inflate_open ? inflateReset(&b->z) : inflateInit2(&b->z, 16 + MAX_WBITS);
    if (code != Z_OK)
        return kn__fail(b->ctx, KN_ERR_MEMORY, "out of memory: unpacking %s", b->name);
    b->inflate_open = b->in_member = true;
    return KN_OK;
}

/* Finds out what the first bytes are. */
static kn_status begin(kn__bytes *b)
{
    KN__TRY(refill(b));
    b->gzip = b->left >= 2 && memcmp(b->next, "\x1f\x8b", 2) == 0;
    if (!b->gzip)
        return KN_OK;
    b->z.zalloc = zlib_alloc;
    b->z.zfree = zlib_free;
    b->z.opaque = b->ctx;
    return start_member(b);
}

static bool is_table(const char *name)
{
    static const char *const endings[] = {".csv", ".gz", ".zip"};
    size_t length = strlen(name);
    for (size_t k = 0; k < sizeof endings / sizeof *endings; k++) {
        size_t tail = strlen(endings[k]);
        if (name[0] != '.' && length > tail &&
            kn__text_equal_i(name + length - tail, endings[k]))
            return true;
    }
    return false;
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static int is_source(const struct dirent *entry)
{
    return is_table(entry->d_name);
}

/* Names what in the folder may have been meant. */
static kn_status refuse_folder(kn__bytes *b, const char *path)
{
    enum { MOST = 5 };
    struct dirent **entries = NULL;
    int count = scandir(path, &entries, is_source, by_name);
    kn__text names;
    kn__text_init(&names, b->ctx, 4096);
    for (int k = 0; k < count; k++) {
        if (k < MOST)
            kn__text_addf(&names, "%s%s", k ? ", " : "; in it are ", entries[k]->d_name);
        free(entries[k]);
    }
    free(entries);
    kn__text_add(&names, count > MOST ? ", …" : "");
    kn_status status = kn__text_status(&names);
    if (status >= 0)
        status =
            kn__fail(b->ctx, KN_ERR_DATA, "%s: this is a folder; a file was expected%s",
                     path, names.length ? names.data : "");
    kn__text_release(&names);
    return status;
}

static kn_status open_file(kn__bytes *b, const char *path)
{
    struct stat info;
    if (stat(path, &info) != 0)
        return errno == ENOENT || errno == ENOTDIR
                   ? kn__fail(b->ctx, KN_ERR_NOT_FOUND, "%s: no such file", path)
                   : kn__fail(b->ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    if (S_ISDIR(info.st_mode))
        return refuse_folder(b, path);
    b->file = fopen(path, "rb");
    if (!b->file)
        return kn__fail(b->ctx, KN_ERR_IO, "%s: cannot be opened: %s", path,
                        strerror(errno));
    b->packed = kn__alloc(b->ctx, CHUNK, 1);
    return b->packed ? begin(b) : KN_ERR_MEMORY;
}

kn_status kn__bytes_open(kn__bytes **bytes, kn_context *ctx, const char *path)
{
    KN__TRY(new_stream(bytes, ctx, path));
    kn_status status = open_file(*bytes, path);
    if (status < 0) {
        kn__bytes_close(*bytes);
        *bytes = NULL;
    }
    return status;
}

kn_status kn__bytes_open_memory(kn__bytes **bytes, kn_context *ctx, const char *name,
                                const void *block, size_t length)
{
    KN__TRY(new_stream(bytes, ctx, name));
    (*bytes)->next = block;
    (*bytes)->left = length;
    (*bytes)->file_ended = true;
    kn_status status = begin(*bytes);
    if (status < 0) {
        kn__bytes_close(*bytes);
        *bytes = NULL;
    }
    return status;
}

kn_status kn__bytes_open_source(kn__bytes **bytes, kn_context *ctx, const char *name,
                                kn__bytes_source source)
{
    kn_status status = new_stream(bytes, ctx, name);
    if (status < 0) {
        source.close(source.user);
        return status;
    }
    (*bytes)->source = source;
    (*bytes)->packed = kn__alloc(ctx, CHUNK, 1);
    status = (*bytes)->packed ? begin(*bytes) : KN_ERR_MEMORY;
    if (status < 0) {
        kn__bytes_close(*bytes);
        *bytes = NULL;
    }
    return status;
}

void kn__bytes_close(kn__bytes *b)
{
    if (!b)
        return;
    if (b->source.close)
        b->source.close(b->source.user);
    if (b->inflate_open)
        inflateEnd(&b->z);
    if (b->file)
        fclose(b->file);
    kn__release(b->ctx, b->packed);
    kn__release(b->ctx, b->name);
    kn__release(b->ctx, b);
}

const char *kn__bytes_name(const kn__bytes *b)
{
    return b->name;
}

/* After a member: another one, or only zero bytes up to the end. */
static kn_status after_member(kn__bytes *b)
{
    for (;;) {
        KN__TRY(refill(b));
        if (!b->left)
            return KN_OK;
        if (*b->next == '\x1f')
            return start_member(b);
        if (*b->next != '\0')
            return kn__fail(b->ctx, KN_ERR_DATA,
                            "%s: something else follows the gzip data; the file is "
                            "damaged",
                            b->name);
        b->next++;
        b->left--;
    }
}

static kn_status unpack(kn__bytes *b, char *to, size_t room, size_t *got)
{
    const size_t most = 1u << 30;
    *got = 0;
    while (b->in_member && *got == 0) {
        KN__TRY(refill(b));
        b->z.next_in = (unsigned char *)(uintptr_t)b->next;
        b->z.avail_in = (unsigned)(b->left < most ? b->left : most);
        b->z.next_out = (unsigned char *)to;
        b->z.avail_out = (unsigned)(room < most ? room : most);
        size_t given = b->z.avail_in, asked = b->z.avail_out;
        int code = inflate(&b->z, Z_NO_FLUSH);
        b->next += given - b->z.avail_in;
        b->left -= given - b->z.avail_in;
        *got = asked - b->z.avail_out;
        if (code == Z_STREAM_END) {
            b->in_member = false;
            KN__TRY(after_member(b));
        } else if (code == Z_MEM_ERROR) {
            return kn__fail(b->ctx, KN_ERR_MEMORY, "out of memory: unpacking %s",
                            b->name);
        } else if (code != Z_OK && code != Z_BUF_ERROR) {
            return kn__fail(b->ctx, KN_ERR_DATA,
                            "%s: the gzip data are damaged; fetch the file again",
                            b->name);
        } else if (*got == 0 && b->left == 0 && b->file_ended) {
            return kn__fail(b->ctx, KN_ERR_DATA,
                            "%s: the gzip data end too early; the file is cut off, fetch "
                            "it again",
                            b->name);
        }
    }
    return KN_OK;
}

kn_status kn__bytes_read(kn__bytes *b, char *to, size_t room, size_t *got)
{
    if (b->gzip)
        return unpack(b, to, room, got);
    *got = 0;
    KN__TRY(refill(b));
    *got = room < b->left ? room : b->left;
    if (*got)
        memcpy(to, b->next, *got);
    b->next += *got;
    b->left -= *got;
    return KN_OK;
}
