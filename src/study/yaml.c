/* SPDX-License-Identifier: Apache-2.0 */
#include "study/yaml.h"

#include <errno.h>
#include <libfyaml.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel/text.h"

enum {
    SIZE_LIMIT = 4 << 20,
    LINE_LIMIT = 64 << 10,
    DEPTH_LIMIT = 16,
    NODE_LIMIT = 100000,
    KEY_LIMIT = 64
};

typedef struct builder {
    kn__yaml_file *file;
    struct fy_parser *parser;
    kn__yaml *open[DEPTH_LIMIT]; /* containers not yet closed */
    kn__yaml *last[DEPTH_LIMIT]; /* their last child */
    kn__yaml key[DEPTH_LIMIT];   /* the key just read; text NULL: none */
    int32_t depth, nodes;
} builder;

kn_status kn__yaml_fail(const kn__yaml_file *file, const kn__yaml *at, kn_status status,
                        const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return kn__fail(file->ctx, status, "%s:%d:%d: %s", file->path, at->line, at->column,
                    message);
}

const kn__yaml *kn__yaml_get(const kn__yaml *map, const char *key)
{
    if (!map || map->kind != KN__YAML_MAP)
        return NULL;
    for (const kn__yaml *entry = map->first; entry; entry = entry->next)
        if (!strcmp(entry->key, key))
            return entry;
    return NULL;
}

kn_status kn__yaml_only(const kn__yaml_file *file, const kn__yaml *map, const char *what,
                        const char *const *names, int32_t count)
{
    for (const kn__yaml *entry = map->first; entry; entry = entry->next) {
        int32_t k = 0;
        while (k < count && strcmp(names[k], entry->key) != 0)
            k++;
        if (k < count)
            continue;
        kn__text near;
        kn__text_init(&near, file->ctx, 4096);
        kn__text_nearest(&near, entry->key, names, count);
        kn__yaml at = {.line = entry->key_line, .column = entry->key_column};
        kn_status status =
            kn__yaml_fail(file, &at, KN_ERR_DATA, "%s has no key \"%.80s\"%s%s", what,
                          entry->key, near.length ? "; " : "", near.data);
        kn__text_release(&near);
        return status;
    }
    return KN_OK;
}

/* ---- Bytes ---- */

/* libfyaml sees only valid UTF-8 without control characters, in lines of bounded
   length. */
static kn_status check_bytes(const kn__yaml_file *file, const char *bytes, size_t length)
{
    kn__yaml at = {.line = 1, .column = 1};
    if (length > SIZE_LIMIT)
        return kn__fail(file->ctx, KN_ERR_LIMIT, "%s: %zu bytes; the limit is %d",
                        file->path, length, SIZE_LIMIT);
    size_t valid = kn__utf8_valid(bytes, length), start = 0;
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)bytes[i];
        at.column = (int32_t)(i - start) + 1;
        if (i == valid)
            return kn__yaml_fail(file, &at, KN_ERR_DATA,
                                 "byte 0x%02x is not UTF-8; save the file as UTF-8", c);
        if ((c < 0x20 && c != '\n' && c != '\r' && c != '\t') || c == 0x7F)
            return kn__yaml_fail(file, &at, KN_ERR_DATA,
                                 "control character 0x%02x in a text file", c);
        if (i - start >= LINE_LIMIT)
            return kn__yaml_fail(file, &at, KN_ERR_LIMIT,
                                 "a line longer than the limit of %d bytes", LINE_LIMIT);
        if (c == '\n') {
            at.line++;
            start = i + 1;
        }
    }
    return KN_OK;
}

kn_status kn__yaml_read(kn__yaml_file *file, kn_context *ctx, kn__arena *arena,
                        const char *path)
{
    static const char magic[] = "SQLite format 3"; /* how kaname files begin */
    *file = (kn__yaml_file){.ctx = ctx, .arena = arena, .path = path};
    struct stat info;
    if (stat(path, &info) != 0)
        return kn__fail(ctx, errno == ENOENT ? KN_ERR_NOT_FOUND : KN_ERR_IO, "%s: %s",
                        path, errno == ENOENT ? "no such file" : strerror(errno));
    if (S_ISDIR(info.st_mode))
        return kn__fail(ctx, KN_ERR_DATA, "%s: is a folder, a YAML file is needed", path);
    FILE *stream = fopen(path, "rb");
    if (!stream)
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    /* One byte more than allowed tells a file that is too long, also from a pipe. */
    size_t room = S_ISREG(info.st_mode) && info.st_size < SIZE_LIMIT
                      ? (size_t)info.st_size + 1
                      : (size_t)SIZE_LIMIT + 1;
    char *bytes = kn__arena_alloc(arena, ctx, (int64_t)room, 1);
    size_t length = bytes ? fread(bytes, 1, room, stream) : 0;
    bool broken = ferror(stream) != 0;
    fclose(stream);
    if (!bytes)
        return KN_ERR_MEMORY;
    if (broken)
        return kn__fail(ctx, KN_ERR_IO, "%s: could not be read", path);
    if (length > strlen(magic) && !memcmp(bytes, magic, strlen(magic)))
        return kn__fail(ctx, KN_ERR_DATA,
                        "%s is a network, not a scenario: name the scenario behind it",
                        path);
    return kn__yaml_parse(file, ctx, arena, path, bytes, length);
}

/* ---- Events → tree ---- */

static kn__yaml place(struct fy_token *token)
{
    const struct fy_mark *mark = token ? fy_token_start_mark(token) : NULL;
    return (kn__yaml){.line = mark ? mark->line + 1 : 0,
                      .column = mark ? mark->column + 1 : 0};
}

static kn_status append(builder *b, const kn__yaml *made, kn__yaml **node)
{
    kn__yaml_file *file = b->file;
    if (++b->nodes > NODE_LIMIT)
        return kn__yaml_fail(file, made, KN_ERR_LIMIT, "more than %d values", NODE_LIMIT);
    *node = KN__NEW(file->arena, file->ctx, kn__yaml);
    if (!*node)
        return KN_ERR_MEMORY;
    **node = *made;
    if (b->depth == 0) {
        file->root = *node;
        return KN_OK;
    }
    int32_t top = b->depth - 1;
    kn__yaml *parent = b->open[top];
    const kn__yaml *key = &b->key[top];
    (*node)->key = key->text;
    (*node)->key_line = key->line;
    (*node)->key_column = key->column;
    if (made->line == 0) { /* a value left out stands where its key stands */
        (*node)->line = key->text ? key->line : 1;
        (*node)->column = key->text ? key->column : 1;
    }
    b->key[top].text = NULL;
    if (b->last[top])
        b->last[top]->next = *node;
    else
        parent->first = *node;
    b->last[top] = *node;
    parent->count++;
    return KN_OK;
}

static kn_status take_key(builder *b, const kn__yaml *made)
{
    int32_t top = b->depth - 1;
    const kn__yaml *map = b->open[top], *before = kn__yaml_get(map, made->text);
    if (before)
        return kn__yaml_fail(b->file, made, KN_ERR_DATA,
                             "key \"%.80s\" stands twice; first in line %d", made->text,
                             before->key_line);
    if (map->count >= KEY_LIMIT)
        return kn__yaml_fail(b->file, made, KN_ERR_LIMIT, "more than %d keys", KEY_LIMIT);
    b->key[top] = *made;
    return KN_OK;
}

static bool wants_key(const builder *b)
{
    return b->depth > 0 && b->open[b->depth - 1]->kind == KN__YAML_MAP &&
           !b->key[b->depth - 1].text;
}

static kn_status add_scalar(builder *b, const struct fy_event *event)
{
    kn__yaml made = place(event->scalar.value), *node = NULL;
    size_t length = 0;
    const char *text =
        event->scalar.value ? fy_token_get_text(event->scalar.value, &length) : "";
    made.text = kn__arena_textn(b->file->arena, b->file->ctx, text ? text : "",
                                text ? length : 0);
    if (!made.text)
        return KN_ERR_MEMORY;
    if (event->scalar.anchor || event->scalar.tag)
        return kn__yaml_fail(b->file, &made, KN_ERR_DATA,
                             "anchors and tags are not used here");
    return wants_key(b) ? take_key(b, &made) : append(b, &made, &node);
}

static kn_status open_container(builder *b, kn__yaml_kind kind, struct fy_token *start,
                                bool decorated)
{
    kn__yaml made = place(start), *node = NULL;
    made.kind = kind;
    if (decorated)
        return kn__yaml_fail(b->file, &made, KN_ERR_DATA,
                             "anchors and tags are not used here");
    if (wants_key(b))
        return kn__yaml_fail(b->file, &made, KN_ERR_DATA, "a key must be a plain word");
    if (b->depth == DEPTH_LIMIT)
        return kn__yaml_fail(b->file, &made, KN_ERR_LIMIT, "nested deeper than %d levels",
                             DEPTH_LIMIT);
    KN__TRY(append(b, &made, &node));
    b->open[b->depth] = node;
    b->last[b->depth] = NULL;
    b->key[b->depth++].text = NULL;
    return KN_OK;
}

static kn_status take_event(builder *b, const struct fy_event *e)
{
    kn__yaml at;
    switch (e->type) {
    case FYET_DOCUMENT_START:
        at = place(e->document_start.document_start);
        return b->file->root ? kn__yaml_fail(b->file, &at, KN_ERR_DATA,
                                             "a second document; one file, one document")
                             : KN_OK;
    case FYET_SCALAR:
        return add_scalar(b, e);
    case FYET_SEQUENCE_START:
        return open_container(b, KN__YAML_LIST, e->sequence_start.sequence_start,
                              e->sequence_start.anchor || e->sequence_start.tag);
    case FYET_MAPPING_START:
        return open_container(b, KN__YAML_MAP, e->mapping_start.mapping_start,
                              e->mapping_start.anchor || e->mapping_start.tag);
    case FYET_SEQUENCE_END:
    case FYET_MAPPING_END:
        b->depth--;
        return KN_OK;
    case FYET_ALIAS:
        at = place(e->alias.anchor);
        return kn__yaml_fail(b->file, &at, KN_ERR_DATA,
                             "aliases are not used here; \"all\" is \"*\" in quotes");
    default:
        return KN_OK;
    }
}

/* What libfyaml found wrong, with its place. */
static kn_status parser_error(const kn__yaml_file *file, struct fy_diag *diag)
{
    void *iterator = NULL;
    struct fy_diag_error *error;
    while ((error = fy_diag_errors_iterate(diag, &iterator)) != NULL) {
        if (error->type < FYET_ERROR || !error->msg)
            continue;
        kn__yaml at = {.line = error->line > 0 ? error->line : 1,
                       .column = error->column > 0 ? error->column : 1};
        bool quotes = strstr(error->msg, "alias") || strstr(error->msg, "nested block");
        return kn__yaml_fail(file, &at, KN_ERR_DATA, "not YAML: %.200s%s", error->msg,
                             quotes ? "; put \"*\" and texts with \": \" in quotes" : "");
    }
    return kn__fail(file->ctx, KN_ERR_DATA, "%s: not a YAML document", file->path);
}

static kn_status parse_events(builder *b, struct fy_diag *diag)
{
    kn_status status = KN_OK;
    struct fy_event *event = NULL;
    while (status >= 0 && (event = fy_parser_parse(b->parser)) != NULL) {
        status = take_event(b, event);
        fy_parser_event_free(b->parser, event);
    }
    if (status >= 0 && fy_parser_get_stream_error(b->parser))
        status = parser_error(b->file, diag);
    if (status >= 0 && (!b->file->root || b->depth != 0))
        status =
            kn__fail(b->file->ctx, KN_ERR_DATA, "%s: the file is empty", b->file->path);
    return status;
}

kn_status kn__yaml_parse(kn__yaml_file *file, kn_context *ctx, kn__arena *arena,
                         const char *path, const char *bytes, size_t length)
{
    *file = (kn__yaml_file){
        .ctx = ctx, .arena = arena, .path = path, .bytes = bytes, .length = length};
    if (length >= 3 && !memcmp(bytes, "\xEF\xBB\xBF", 3)) {
        bytes += 3;
        length -= 3;
    }
    KN__TRY(check_bytes(file, bytes, length));
    struct fy_diag_cfg quiet = {.level = FYET_ERROR, .module_mask = ~0u};
    struct fy_diag *diag = fy_diag_create(&quiet);
    if (diag)
        fy_diag_set_collect_errors(diag, true);
    struct fy_parse_cfg config = {.flags = FYPCF_QUIET | FYPCF_COLLECT_DIAG |
                                           FYPCF_DEFAULT_VERSION_1_2 | FYPCF_JSON_NONE,
                                  .diag = diag};
    builder b = {.file = file, .parser = diag ? fy_parser_create(&config) : NULL};
    kn_status status = KN_OK;
    if (!b.parser || fy_parser_set_string(b.parser, bytes, length) != 0)
        status = kn__fail(ctx, KN_ERR_MEMORY, "out of memory in the YAML parser");
    else
        status = parse_events(&b, diag);
    if (b.parser)
        fy_parser_destroy(b.parser);
    if (diag)
        fy_diag_destroy(diag);
    return status;
}
