/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STORE_TABLES_H
#define KN_STORE_TABLES_H

#include <stdio.h>

#include "kernel/workbook.h"
#include "network/network.h"

/* A network as tidy tables: codes first, one fact a row, unknown is empty, zero flows are
   left out. The same rows go to csv files and to the sheets of a workbook. */

/* Where the cells of a row go: a csv file or a workbook. */
typedef struct kn__cells {
    FILE *csv;       /* or NULL */
    kn__book *book;  /* or NULL */
    const char *end; /* of a csv line */
    bool labels;     /* names in `lang` beside the codes of other tables */
    kn_lang lang;
    bool started; /* the row has a cell already */
} kn__cells;

typedef enum kn__column_kind {
    KN__COLUMN_PLAIN,
    KN__COLUMN_ECONOMY, /* a code that gets a name beside it where names are asked for */
    KN__COLUMN_PRODUCT
} kn__column_kind;

typedef struct kn__tidy_column {
    const char *name;
    kn__column_kind kind;
} kn__tidy_column;

typedef struct kn__tidy_table {
    const char *name;
    const kn__tidy_column *columns;
    int32_t column_count;
    int64_t (*rows)(const kn_network *net);
    kn_status (*write)(kn__cells *cells, kn_context *ctx, const kn_network *net);
} kn__tidy_table;

extern const kn__tidy_table kn__tidy_tables[];
extern const int32_t kn__tidy_table_count;

/* A field of a file whose fields are parted by `comma`: in quotes where it must be. */
void kn__put_field(FILE *out, const char *text, char comma);

#endif
