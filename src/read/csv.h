/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_CSV_H
#define KN_READ_CSV_H

#include <stdbool.h>

#include "kernel/memory.h"
#include "read/bytes.h"

/* Streaming CSV (RFC 4180): plain or gzip (recognised by its first bytes), UTF-8 with or
   without BOM, CP932 or CP949, LF or CRLF, quoted fields; separator ',' ';' or tab as
   found in the header. Fields point into the reader's buffer and are valid until the next
   row. Locale-free, positions exact, limits on the length of lines and fields; NUL bytes,
   bad UTF-8, text after a closing quote and an open quote at the end are refused with
   file, line and column. */
typedef struct kn__csv kn__csv;

typedef struct kn__field {
    const char *text; /* terminated */
    int32_t length;
    int32_t column; /* 1-based, in characters of the line */
    int32_t below;  /* lines below the first one of the row (after a quoted LF) */
} kn__field;

kn_status kn__csv_open(kn__csv **csv, kn_context *ctx, const char *path);
/* The same over bytes in memory (tests, fuzzing, the embedded atlas); name for messages.
 */
kn_status kn__csv_open_bytes(kn__csv **csv, kn_context *ctx, const char *name,
                             const void *bytes, size_t length);
/* The same over an open stream, which it takes over (also on failure). */
kn_status kn__csv_open_stream(kn__csv **csv, kn_context *ctx, kn__bytes *bytes);
void kn__csv_close(kn__csv *csv);

/* The next row. *count is 0 at the end. Empty lines and lines of nothing but separators
   are skipped. After kn__csv_header a row with another number of fields is refused. */
kn_status kn__csv_next(kn__csv *csv, const kn__field **fields, int32_t *count);

/* The encoding of rows that are not UTF-8 ("CP1252"), for formats known to use it.
   Without it CP932 or CP949 is recognised by its bytes, in files without a BOM and
   without a row that is UTF-8. */
void kn__csv_fallback(kn__csv *csv, const char *encoding);
/* What the rows so far were read as: "UTF-8", "CP932" ... */
const char *kn__csv_encoding(const kn__csv *csv);

kn_context *kn__csv_context(const kn__csv *csv);
const char *kn__csv_name(const kn__csv *csv);
int64_t kn__csv_line(const kn__csv *csv); /* of the row last read, 1-based */

/* The separator that stands most often in a row, outside quotes. */
char kn__csv_separator(const char *row);
/* From now on a row with another number of fields is refused. */
void kn__csv_expect(kn__csv *csv, int32_t fields);

/* Fails with "NAME:LINE:COLUMN: message". field may be NULL (whole row). */
kn_status kn__csv_fail(kn__csv *csv, const kn__field *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* A field as a number; refuses text, thousands separators (with a hint), inf, nan. An
   empty field gives NaN when allow_empty. */
kn_status kn__csv_number(kn__csv *csv, const kn__field *field, bool allow_empty,
                         double *value);

/* Matches the header against the expected column names in any order: at[k] = position of
   names[k], -1 for an absent optional one (name prefixed by '?'). Unknown and missing
   columns are refused with the nearest name. */
kn_status kn__csv_header(kn__csv *csv, const char *const *names, int32_t count,
                         int32_t *at);

#endif
