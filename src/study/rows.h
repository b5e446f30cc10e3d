/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_ROWS_H
#define KN_STUDY_ROWS_H

#include "kaname/table.h"
#include "kernel/memory.h"

/* Rows of result tables by what they are about: their key columns, which are the leading
   ones, first `day` where a table runs over time, then texts up to the first number. */
int32_t kn__key_columns(const kn_table_decl *decl);
/* Whether the first key is the day. */
bool kn__runs_over_time(const kn_table_decl *decl);

/* A row of one of two tables of the same declaration. */
typedef struct kn__row {
    const kn_table *table;
    int64_t row;
} kn__row;

/* Negative, 0 or positive as a's keys stand before, at or after b's. */
int kn__row_compare(const kn__row *a, const kn__row *b);

/* All rows in the order of their keys; equal keys keep their order. NULL when the memory
   fails. */
kn__row *kn__rows_sorted(kn_context *ctx, kn__arena *arena, const kn_table *table);

#endif
