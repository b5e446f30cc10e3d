/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_ATLAS_COLUMNS_H
#define KN_READ_ATLAS_COLUMNS_H

#include "read/csv.h"
#include "read/raw.h"

/* The files of the atlas folder and their columns as data: the reader and its messages
   are made from this. */
typedef enum kn__cell_kind {
    KN__CELL_TEXT,
    KN__CELL_ECONOMY, /* alpha-3, ROW or ZZU; other codes of the same economy become it */
    KN__CELL_PRODUCT, /* lower case, digits and "-", or "isic:26", "isic:B" */
    KN__CELL_SOURCE,  /* id of a source */
    KN__CELL_NAME,    /* letters, digits, "-", ".", "_" */
    KN__CELL_HS,      /* "811292;811299" */
    KN__CELL_NUMBER,  /* low..high */
    KN__CELL_YEAR,    /* int32_t; 0 where empty */
    KN__CELL_GRADE,   /* char */
    KN__CELL_WORD     /* one of `words` */
} kn__cell_kind;

typedef struct kn__cell_rule {
    const char *column; /* "?firm": may be absent */
    kn__cell_kind kind;
    bool empty; /* may be empty: "", NaN, 0, grade D */
    size_t offset;
    double low, high;
    const char *const *words; /* NULL at the end */
    const char *star;         /* what stands beside codes: "*" or NULL */
} kn__cell_rule;

enum { KN__ATLAS_FILES = 11, KN__ATLAS_COLUMNS = 21 };

typedef struct kn__atlas_file {
    const char *name;
    const kn__cell_rule *rules;
    int32_t rule_count;
    size_t record_size, line_at;
    size_t records_at, count_at, capacity_at; /* offsets in kn__chain_raw */
    /* Looks at a whole row; NULL: nothing to look at. */
    kn_status (*check)(kn__csv *csv, const void *record);
} kn__atlas_file;

extern const kn__atlas_file kn__atlas_files[KN__ATLAS_FILES];

#endif
