/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STORE_FILE_H
#define KN_STORE_FILE_H

#include <sqlite3.h>

#include "kernel/text.h"
#include "network/schema.h"

/* The kaname file: an SQLite database with this application_id and user_version. Records
   are plain tables with the columns of network/schema.h and a number `nr` from 0; arrays
   are blobs in parts with a CRC-32 each; `meta` holds the SHA-256 of all content. */
#define KN__FILE_APPLICATION 0x6b616e61 /* "kana" */
#define KN__FILE_VERSION 1
#define KN__FILE_WITH_RESULTS 2 /* the same and the table `results` behind the others */
#define KN__FILE_PART (4 << 20) /* bytes of an array in one row */

/* How many statements make the tables of a version, and the k-th of them. The text is
   built into `sql`, which the caller releases. */
int32_t kn__file_tables(int version);
kn_status kn__file_table_sql(kn__text *sql, int32_t k);

/* "nr, name, …" of a table of records, or "?, ?, …". */
void kn__file_columns(kn__text *sql, const kn__record_table *table, bool marks);

/* Reports what SQLite says about `path` and returns the status that goes with it. */
kn_status kn__file_fail(kn_context *ctx, const char *path, sqlite3 *db, int code);

/* An empty file beside `path` that nobody else has; its name into name[size]. */
kn_status kn__file_beside(kn_context *ctx, const char *path, char *name, size_t size);
/* Puts a file that is whole in the place of another, at once or not at all. */
kn_status kn__file_replace(kn_context *ctx, const char *part, const char *path);

#endif
