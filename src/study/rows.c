/* SPDX-License-Identifier: Apache-2.0 */
#include "study/rows.h"

#include <stdlib.h>
#include <string.h>

bool kn__runs_over_time(const kn_table_decl *decl)
{
    return decl->column_count > 0 && !strcmp(decl->columns[0].name, "day");
}

int32_t kn__key_columns(const kn_table_decl *decl)
{
    int32_t keys = kn__runs_over_time(decl);
    while (keys < decl->column_count && decl->columns[keys].type == KN_COLUMN_TEXT)
        keys++;
    return keys;
}

int kn__row_compare(const kn__row *a, const kn__row *b)
{
    const kn_table_decl *decl = kn_table_declaration(a->table);
    int32_t keys = kn__key_columns(decl), c = 0;
    if (kn__runs_over_time(decl)) {
        double x = kn_table_number(a->table, a->row, 0),
               y = kn_table_number(b->table, b->row, 0);
        if (x != y)
            return x < y ? -1 : 1;
        c = 1;
    }
    for (int order; c < keys; c++)
        if ((order = strcmp(kn_table_text(a->table, a->row, c),
                            kn_table_text(b->table, b->row, c))) != 0)
            return order;
    return 0;
}

static int by_key(const void *a, const void *b)
{
    const kn__row *x = a, *y = b;
    int order = kn__row_compare(x, y);
    return order ? order : (x->row > y->row) - (x->row < y->row);
}

kn__row *kn__rows_sorted(kn_context *ctx, kn__arena *arena, const kn_table *table)
{
    int64_t count = kn_table_rows(table);
    kn__row *rows = KN__ARRAY(arena, ctx, count, kn__row);
    if (!rows)
        return NULL;
    for (int64_t r = 0; r < count; r++)
        rows[r] = (kn__row){table, r};
    qsort(rows, (size_t)count, sizeof *rows, by_key);
    return rows;
}
