/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_YAML_H
#define KN_STUDY_YAML_H

#include "kernel/memory.h"

/* A YAML 1.2 document as a tree with exact positions, for files people write: scenarios.
   Limits keep hostile files harmless: 4 MiB, 16 levels, 100,000 nodes, 64 keys a map; no
   aliases, anchors, tags or second documents; no key twice. */
typedef enum kn__yaml_kind { KN__YAML_SCALAR, KN__YAML_LIST, KN__YAML_MAP } kn__yaml_kind;

typedef struct kn__yaml {
    kn__yaml_kind kind;
    int32_t line, column; /* 1-based */
    const char *text;     /* of a scalar; terminated, "" when the file says nothing */
    const char *key;      /* of a map's entry, else NULL */
    int32_t key_line, key_column;
    int32_t count;                 /* items of a list, entries of a map */
    struct kn__yaml *first, *next; /* first child; next sibling */
} kn__yaml;

typedef struct kn__yaml_file {
    kn_context *ctx;
    kn__arena *arena;
    const char *path; /* for messages */
    const char *bytes;
    size_t length;
    kn__yaml *root;
} kn__yaml_file;

/* Reads a file into `arena`. Errors: KN_ERR_NOT_FOUND, KN_ERR_IO, KN_ERR_LIMIT and
   KN_ERR_DATA with "PATH:LINE:COLUMN: …". */
kn_status kn__yaml_read(kn__yaml_file *file, kn_context *ctx, kn__arena *arena,
                        const char *path);
/* The same over bytes in memory; `path` only names them. */
kn_status kn__yaml_parse(kn__yaml_file *file, kn_context *ctx, kn__arena *arena,
                         const char *path, const char *bytes, size_t length);

/* The entry of a map with that key, or NULL. */
const kn__yaml *kn__yaml_get(const kn__yaml *map, const char *key);

/* Fails with "PATH:LINE:COLUMN: message" (KN_ERR_DATA unless status says otherwise). */
kn_status kn__yaml_fail(const kn__yaml_file *file, const kn__yaml *at, kn_status status,
                        const char *format, ...) __attribute__((format(printf, 4, 5)));

/* Refuses keys of a map that are not among `names`, naming the nearest. `what` names the
   map ("a scenario"). */
kn_status kn__yaml_only(const kn__yaml_file *file, const kn__yaml *map, const char *what,
                        const char *const *names, int32_t count);

#endif
