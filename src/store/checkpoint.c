/* SPDX-License-Identifier: Apache-2.0 */
/* The checkpoint of a run: a line of magic, the lines that name the run, a line with the
   length of the state and the SHA-256 of names and state, then the state. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kaname/store.h"
#include "kernel/hash.h"
#include "kernel/text.h"
#include "store/file.h"

static const char magic[] = "kaname: checkpoint/1\n";
static const char head[] = "state ";
enum { HEX = 64, PATH_SIZE = 4096 };

struct kn_checkpoint {
    kn_context *ctx;
    char path[PATH_SIZE];
    kn_cache cache;
};

static void checksum(char hex[HEX + 1], const char *key, size_t length, const void *bytes,
                     int64_t count)
{
    kn__sha256 hash;
    kn__sha256_init(&hash);
    kn__sha256_add(&hash, key, length);
    kn__sha256_add(&hash, bytes, (size_t)count);
    kn__sha256_finish(&hash, hex);
}

/* ---- Reading ---- */

/* A file taken apart. */
typedef struct parts {
    const char *key;
    size_t key_length;
    const char *bytes;
    int64_t count;
    const char *hex;
} parts;

static bool take_apart(parts *p, const kn__text *text)
{
    const char *end = text->data + text->length;
    *p = (parts){.key = text->data + sizeof magic - 1};
    const char *at = p->key;
    while (at < end && strncmp(at, head, sizeof head - 1) != 0) {
        const char *line = memchr(at, '\n', (size_t)(end - at));
        if (!line)
            return false;
        at = line + 1;
    }
    p->key_length = (size_t)(at - p->key);
    const char *line = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
    const char *digits = at + sizeof head - 1;
    if (!line || line - digits < HEX + 2 || line[-HEX - 1] != ' ' ||
        !kn__parse_int(digits, (size_t)(line - HEX - 1 - digits), &p->count))
        return false;
    p->hex = line - HEX;
    p->bytes = line + 1;
    return p->count == end - p->bytes;
}

/* The first word of the first line in which the names of two runs differ. */
static void first_difference(char word[32], const char *a, const char *b)
{
    while (*a && *b) {
        size_t line = strcspn(a, "\n") + 1;
        if (strncmp(a, b, line) != 0)
            break;
        a += line;
        b += line;
    }
    snprintf(word, 32, "%.*s", (int)strcspn(*a ? a : b, " \n"), *a ? a : b);
}

static kn_status check(const kn_checkpoint *c, kn_context *ctx, const parts *p,
                       const char *key)
{
    char hex[HEX + 1], word[32];
    checksum(hex, p->key, p->key_length, p->bytes, p->count);
    if (strncmp(hex, p->hex, HEX) != 0)
        return kn__fail(ctx, KN_ERR_DATA,
                        "%s: damaged: what it holds does not match its checksum",
                        c->path);
    if (p->key_length == strlen(key) && !strncmp(p->key, key, p->key_length))
        return KN_OK;
    first_difference(word, p->key, key);
    return kn__fail(ctx, KN_ERR_DATA,
                    "%s: of another run: its %s differs; name another file, or remove "
                    "this one to start anew",
                    c->path, word);
}

static kn_status read_text(const kn_checkpoint *c, kn_context *ctx, kn__text *text,
                           bool *found)
{
    char block[1 << 16];
    size_t got;
    FILE *file = fopen(c->path, "rb");
    *found = file != NULL;
    if (!file && errno == ENOENT)
        return KN_OK;
    if (!file)
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", c->path, strerror(errno));
    while ((got = fread(block, 1, sizeof block, file)) > 0)
        kn__text_addn(text, block, got);
    int bad = ferror(file) ? errno : 0;
    fclose(file);
    if (!bad)
        return kn__text_status(text);
    return kn__fail(ctx, bad == EISDIR ? KN_ERR_DATA : KN_ERR_IO,
                    "%s: could not be read: %s", c->path, strerror(bad));
}

static kn_status copy_out(const kn_checkpoint *c, kn_context *ctx, const kn__text *text,
                          const char *key, void **bytes, int64_t *count)
{
    parts p;
    if (strncmp(text->data, magic, sizeof magic - 1) != 0)
        return kn__fail(ctx, KN_ERR_DATA, "%s: not a checkpoint of this kaname", c->path);
    if (!take_apart(&p, text))
        return kn__fail(ctx, KN_ERR_DATA, "%s: damaged: it ends too early", c->path);
    KN__TRY(check(c, ctx, &p, key));
    *bytes = kn__alloc(ctx, p.count, 1);
    if (!*bytes)
        return KN_ERR_MEMORY;
    memcpy(*bytes, p.bytes, (size_t)p.count);
    *count = p.count;
    return KN_OK;
}

static kn_status get(void *user, kn_context *ctx, const struct kn_network *network,
                     const char *key, void **bytes, int64_t *count)
{
    const kn_checkpoint *c = user;
    kn__text text;
    bool found;
    (void)network; /* the key names it */
    *bytes = NULL;
    *count = 0;
    kn__text_init(&text, ctx, (size_t)1 << 36);
    kn_status status = read_text(c, ctx, &text, &found);
    if (status >= 0 && found)
        status = copy_out(c, ctx, &text, key, bytes, count);
    kn__text_release(&text);
    return status;
}

/* ---- Writing ---- */

static bool write_all(FILE *file, const char *key, const void *bytes, int64_t count)
{
    char hex[HEX + 1];
    checksum(hex, key, strlen(key), bytes, count);
    return fputs(magic, file) >= 0 && fputs(key, file) >= 0 &&
           fprintf(file, "%s%lld %s\n", head, (long long)count, hex) > 0 &&
           fwrite(bytes, 1, (size_t)count, file) == (size_t)count;
}

/* Whole or not at all. */
static kn_status put(void *user, kn_context *ctx, const struct kn_network *network,
                     const char *key, const void *bytes, int64_t count)
{
    const kn_checkpoint *c = user;
    char part[PATH_SIZE + 64];
    (void)network;
    if (!bytes)
        return unlink(c->path) == 0 || errno == ENOENT
                   ? KN_OK
                   : kn__fail(ctx, KN_ERR_IO, "%s: %s", c->path, strerror(errno));
    KN__TRY(kn__file_beside(ctx, c->path, part, sizeof part));
    FILE *file = fopen(part, "wb");
    bool ok = file && write_all(file, key, bytes, count);
    int error = errno;
    if (file && fclose(file) != 0) {
        ok = false;
        error = errno;
    }
    kn_status status =
        ok ? kn__file_replace(ctx, part, c->path)
           : kn__fail(ctx, KN_ERR_IO, "%s cannot be written: %s", part, strerror(error));
    if (status < 0)
        unlink(part);
    return status;
}

/* ---- Opening ---- */

kn_status kn_checkpoint_open(kn_checkpoint **checkpoint, kn_context *context,
                             const char *path)
{
    *checkpoint = NULL;
    if (strlen(path) >= PATH_SIZE)
        return kn__fail(context, KN_ERR_LIMIT, "%.80s…: a path longer than %d bytes",
                        path, PATH_SIZE - 1);
    kn_checkpoint *c = kn__alloc(context, 1, sizeof *c);
    if (!c)
        return KN_ERR_MEMORY;
    c->ctx = context;
    snprintf(c->path, sizeof c->path, "%s", path);
    c->cache = (kn_cache){.get = get, .put = put, .user = c};
    kn_context_set_checkpoint(context, &c->cache);
    *checkpoint = c;
    return KN_OK;
}

void kn_checkpoint_close(kn_checkpoint *c)
{
    if (!c)
        return;
    kn_context_set_checkpoint(c->ctx, NULL);
    kn__release(c->ctx, c);
}
