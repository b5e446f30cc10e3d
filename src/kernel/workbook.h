/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_WORKBOOK_H
#define KN_KERNEL_WORKBOOK_H

#include <stdbool.h>

#include "kernel/memory.h"

/* A spreadsheet file (xlsx), written row by row: a bold header that stays when the sheet
   scrolls, columns as wide as what is in them. Numbers are numbers (16 digits, which is
   more than a spreadsheet shows), unknown ones are empty cells; texts are never formulas.
   The same cells give the same bytes. Errors stick: kn__book_close tells. */
typedef struct kn__book kn__book;

/* The rows a sheet can hold below its header. */
extern const int64_t kn__book_rows;

/* Starts a workbook that kn__book_close writes to `path`. *book is NULL on failure.
   Errors: KN_ERR_IO when the file cannot be made, KN_ERR_MEMORY. */
kn_status kn__book_new(kn__book **book, kn_context *ctx, const char *path);

/* Starts a sheet; the cells that follow go there. `name`: at most 31 letters, digits, _.
   Errors: KN_ERR_LIMIT, naming the sheet, when `rows` are more than a sheet holds. */
kn_status kn__book_sheet(kn__book *book, const char *name, const char *const *heads,
                         int32_t columns, int64_t rows);

/* The next cell of the row. Text: what is not UTF-8 becomes U+FFFD, the 32,767 characters
   of a cell end with "…" when there are more. Not finite: empty. */
void kn__book_text(kn__book *book, const char *text);
void kn__book_number(kn__book *book, double value);
void kn__book_flag(kn__book *book, bool value);
void kn__book_end_row(kn__book *book);

/* Writes the file when `keep`, else removes it; frees the book either way (NULL:
   nothing). Errors: KN_ERR_IO, KN_ERR_MEMORY, or what stuck. */
kn_status kn__book_close(kn__book *book, bool keep);

#endif
