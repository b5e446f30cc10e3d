/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_LAYOUT_H
#define KN_REPORT_LAYOUT_H

#include "report/write.h"

/* How a table is laid out for people: which of its columns and rows, how wide, how many
   decimals. */

enum { KN__CELL = 64 }; /* room for a number as text */

typedef struct kn__shown {
    kn__view view;
    int32_t width; /* in columns of a terminal */
    int decimals;
    int32_t depth; /* column that says how far a row is set in, or -1 */
    bool constant; /* says the same in every row, of which there are several */
} kn__shown;

typedef struct kn__layout {
    const kn__sheet *sheet;
    const kn_table *table;
    kn__shown *shown; /* the columns to write, from the left */
    kn__shown *rest;  /* those for which a terminal has no room */
    int32_t count, rest_count;
    int32_t aside_columns; /* that the table itself leaves to the formats for programs */
    int64_t aside_rows;
} kn__layout;

/* Lays a table out, once for every column that will be written. Where it is wider than
   `width` (0: no limit), columns that say the same in every row go first, then columns
   from the right, then the widest texts are cut. Errors: KN_ERR_MEMORY. */
kn_status kn__layout_new(kn__layout *layout, const kn__sheet *sheet,
                         const kn_table *table, int32_t width);
/* Whether the table leaves this row to the formats for programs. */
bool kn__layout_skips(const kn__layout *layout, int64_t row);
/* A table with a depth is a tree: how far a cell is set in. */
int32_t kn__layout_set_in(const kn__layout *layout, const kn__shown *shown, int64_t row);
/* The text of a cell; buffer has room for KN__CELL bytes. */
const char *kn__layout_cell(char *buffer, const kn__layout *layout,
                            const kn__shown *shown, int64_t row);
/* The unit to write under or behind the name, "" where there is none. */
const char *kn__shown_unit(const kn__shown *shown);

#endif
