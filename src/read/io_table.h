/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_IO_TABLE_H
#define KN_READ_IO_TABLE_H

#include "read/io_labels.h"

/* One csv that is a whole input-output table: a header of labels ECONOMY_INDUSTRY for
   flows, ECONOMY_CATEGORY for final demand, totals; rows of the same producers in the
   same order, then accounts (value added, taxes, output). Labels that stand for one
   producer (CN1 and CN2) are added up. */

typedef enum kn__io_account {
    KN__ACCOUNT_VALUE_ADDED,
    KN__ACCOUNT_TAX, /* on products, and other rows between inputs and value added */
    KN__ACCOUNT_OUTPUT,
    KN__ACCOUNTS
} kn__io_account;

typedef struct kn__io_layout {
    const char *what; /* "an OECD ICIO table", for messages */
    struct {
        const char *label, *category;
    } finals[16]; /* ended by NULL */
    struct {
        const char *label;
        kn__io_account account;
    } accounts[16]; /* alone, or after ECONOMY_ */
    const char *totals[8];
} kn__io_layout;

typedef struct kn__io_column {
    int32_t flow, final; /* or -1; a total has neither */
    const char *label;
} kn__io_column;

typedef struct kn__io_table {
    kn_context *ctx;
    kn__csv *csv;
    kn__io_raw *raw;
    const kn__io_layout *layout;
    kn__io_labels labels;
    kn__io_column *columns; /* of the header, without the first */
    int32_t column_count, total_column, merged, missing;
    int64_t z_room;
    double *accounts[KN__ACCOUNTS]; /* by producer; NULL: no such row */
    double *total;                  /* the total column, by producer; NULL: none */
    double worst_total;             /* largest relative gap of the total column */
} kn__io_table;

/* Reads header and rows into raw: labels, z, final_demand, output. Errors: KN_ERR_DATA
   with file, line, column; KN_ERR_LIMIT; KN_ERR_MEMORY. */
kn_status kn__io_table_read(kn__io_table *table, kn_context *ctx, kn__io_raw *raw,
                            kn__csv *csv, const kn__io_layout *layout);

/* Notes on merged labels, missing cells and totals that do not fit. */
kn_status kn__io_table_notes(kn__io_table *table);

/* "isic:10-12" for the industry codes of ICIO and FIGARO (01T02, C10T12, C17_18, D). */
void kn__isic_id(char id[48], const char *code);

/* Room for rows 0 .. row of z, zeroed: the matrix grows with the file, so that a header
   alone cannot ask for much memory. */
kn_status kn__io_grow(kn_context *ctx, kn__io_raw *raw, int64_t *room, int32_t row);

#endif
