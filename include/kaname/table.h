/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_TABLE_H
#define KANAME_TABLE_H

#include <stdbool.h>
#include <stdint.h>

#include "kaname/context.h"

/* Everything kaname says is a table: named columns with units, rows of text and numbers.
 */
typedef enum kn_column_type {
    KN_COLUMN_TEXT,
    KN_COLUMN_NUMBER,  /* NaN or infinite: undefined (null in JSON, empty in CSV) */
    KN_COLUMN_INTEGER, /* carried as a double that holds a whole number */
    KN_COLUMN_FLAG     /* 0 or 1; false/true in JSON */
} kn_column_type;

typedef struct kn_column {
    const char *name; /* lower case, part of the contract of DESIGN section 7 */
    const char *unit; /* "MUSD", "days", "share", "" ...; NULL: each row has its own */
    kn_column_type type;
    const char *help; /* one line for people */
} kn_column;

typedef struct kn_table_decl {
    const char *name;
    const char *help;
    const kn_column *columns;
    int32_t column_count;
} kn_table_decl;

typedef union kn_cell {
    const char *text;
    double number;
} kn_cell;

typedef struct kn_table kn_table;

/* An empty table of the declared shape; decl must outlive it. Errors: KN_ERR_MEMORY. */
kn_status kn_table_new(kn_table **table, kn_context *context, const kn_table_decl *decl);
void kn_table_free(kn_table *table);

/* Adds a row of decl->column_count cells; texts are copied (NULL counts as ""). */
kn_status kn_table_append(kn_table *table, kn_context *context, const kn_cell *cells);

const kn_table_decl *kn_table_declaration(const kn_table *table);
int64_t kn_table_rows(const kn_table *table);
const char *kn_table_text(const kn_table *table, int64_t row, int32_t column);
double kn_table_number(const kn_table *table, int64_t row, int32_t column);

/* The column of that name, or -1. */
int32_t kn_table_column(const kn_table *table, const char *name);

/* Sorts the rows by a numeric column, largest first; undefined last; ties keep their
 * order. */
kn_status kn_table_sort_down(kn_table *table, kn_context *context, int32_t column);

/* Keeps the first `rows` rows. */
void kn_table_truncate(kn_table *table, int64_t rows);

/* What a lens or a command gives back: tables, key figures ("info") and findings, which
   are sentences for people (English; the report translates by key). */
typedef struct kn_result kn_result;

kn_status kn_result_new(kn_result **result, kn_context *context);
void kn_result_free(kn_result *result);

/* Adds an empty table to the result, which owns it. */
kn_status kn_result_add(kn_result *result, kn_context *context, const kn_table_decl *decl,
                        kn_table **table);
/* Adds a key figure. Exactly one of text and number counts: text == NULL means number. */
kn_status kn_result_info(kn_result *result, kn_context *context, const char *key,
                         const char *text, double number);
/* Adds a finding, printf style. */
kn_status kn_result_note(kn_result *result, kn_context *context, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

int32_t kn_result_tables(const kn_result *result);
kn_table *kn_result_table(const kn_result *result, int32_t index);
kn_table *kn_result_find(const kn_result *result, const char *name); /* or NULL */
int32_t kn_result_infos(const kn_result *result);
const char *kn_result_info_key(const kn_result *result, int32_t index);
const char *kn_result_info_text(const kn_result *result, int32_t index); /* or NULL */
double kn_result_info_number(const kn_result *result, int32_t index);
int32_t kn_result_notes(const kn_result *result);
const char *kn_result_note_text(const kn_result *result, int32_t index);

#endif
