/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STORE_LOAD_H
#define KN_STORE_LOAD_H

#include "network/build.h"
#include "store/file.h"

/* A kaname file being read. Everything in it is doubted: types, sizes, order, checksums.
 */
typedef struct kn__reader {
    kn_context *ctx;
    kn_network *net;
    const char *path;
    sqlite3 *db;
    int version; /* of the file */
} kn__reader;

/* "PATH: damaged kaname file: message" */
kn_status kn__reader_damaged(kn__reader *r, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* Opens for reading only, without a journal or lock, after a look at the first bytes;
   refuses files that are no kaname file, of a newer version, cut off, or whose tables are
   not exactly ours. kn__reader_close is due in any case. */
kn_status kn__reader_open(kn__reader *r);
void kn__reader_close(kn__reader *r);

kn_status kn__reader_prepare(kn__reader *r, sqlite3_stmt **s, const char *sql);
/* The next row; *more is false at the end. */
kn_status kn__reader_step(kn__reader *r, sqlite3_stmt *s, bool *more);
/* How many rows a table has. */
kn_status kn__reader_count(kn__reader *r, int64_t *count, const char *table);

/* Columns, checked; `what` is for messages. The text lies in the network's arena. A whole
   number that is NULL becomes `absent`. */
kn_status kn__reader_text(kn__reader *r, const char **text, sqlite3_stmt *s, int column,
                          const char *what);
kn_status kn__reader_int(kn__reader *r, int32_t *value, sqlite3_stmt *s, int column,
                         int32_t absent, const char *what);

/* Bytes of the array of that name, over all its parts. */
kn_status kn__reader_array_size(kn__reader *r, int64_t *bytes, const char *name);
/* Reads it into `bytes` bytes at `to`; its size must be exactly that. */
kn_status kn__reader_array(kn__reader *r, void *to, int64_t bytes, const char *name);

#endif
