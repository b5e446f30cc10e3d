/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_WRITE_H
#define KN_REPORT_WRITE_H

#include "kaname/report.h"
#include "kernel/memory.h"
#include "kernel/text.h"
#include "kernel/workbook.h"

/* ---- Escaping. Labels come from files: every one passes through here. Bytes that are
   not UTF-8 become U+FFFD. ---- */

/* Text of an HTML or XML element or attribute: & < > " ' and control characters. */
void kn__write_html(kn__text *out, const char *s);
/* A JSON string with its quotes. */
void kn__write_json(kn__text *out, const char *s);
/* A CSV field, quoted when it holds a comma, a quote or a line end. */
void kn__write_csv(kn__text *out, const char *s);
/* A cell of a pipe table. */
void kn__write_markdown(kn__text *out, const char *s);
/* For a terminal: control characters become '?', so a label cannot send escapes. */
void kn__write_plain(kn__text *out, const char *s);

/* Columns of a terminal that the text takes (wide CJK characters count 2). */
int32_t kn__display_width(const char *s);
/* The longest prefix of at most `columns` columns, in bytes. */
size_t kn__display_cut(const char *s, int32_t columns);

/* ---- Numbers for people ---- */

/* Writes `value` with thousands separators and `decimals` digits after the point into
   buffer (at least 64 bytes); "–" when not finite. Returns the length in bytes. */
int kn__write_fixed(char *buffer, double value, int decimals);
/* Decimals that show `digits` significant digits of the largest of a column (0..6). */
int kn__decimals_for(double largest, int digits);

/* ---- Labels ---- */

/* Sorted codes of a network, for looking up names without touching the error channel. */
typedef struct kn__label {
    const char *code;
    int32_t id;
} kn__label;

typedef struct kn__labels {
    const kn_network *network;
    kn__label *economies, *products;
    int32_t economy_count, product_count;
} kn__labels;

/* network may be NULL: then nothing is found. */
kn_status kn__labels_new(kn__labels *labels, kn_context *ctx, kn__arena *arena,
                         const kn_network *network);
/* The id, or -1. */
int32_t kn__labels_economy(const kn__labels *labels, const char *code);
int32_t kn__labels_product(const kn__labels *labels, const char *id);
/* What kind of code a column of that name holds: 'e' economy, 'p' product, 0 neither. */
char kn__labels_kind(const char *column);
/* The name of a code of that kind, or "" when unknown. */
const char *kn__labels_name(const kn__labels *labels, char kind, const char *code,
                            kn_lang lang);

/* ---- One writer per format (output.c chooses) ---- */

typedef struct kn__sheet {
    kn_context *ctx;
    const kn_result *result;
    const kn_network *network;
    const kn_output_options *options;
    kn__labels labels;
    kn__arena *arena;
} kn__sheet;

/* A column as it is written: one of the table, or the names of one. */
typedef struct kn__view {
    int32_t column;
    char names; /* 0: the column itself; 'e' or 'p': the names of its codes */
    const kn_column *decl;
} kn__view;

/* The columns to write for a table, names beside codes where asked. *views is NULL on
   failure. */
kn_status kn__sheet_views(kn__view **views, int32_t *count, const kn__sheet *sheet,
                          const kn_table *table);
/* Writes a view's header name ("holder", "holder_name") with the given escape. */
void kn__sheet_head(kn__text *out, const kn__view *view,
                    void (*escape)(kn__text *, const char *));
/* The text of a text cell under a view. */
const char *kn__sheet_text(const kn__sheet *sheet, const kn_table *table,
                           const kn__view *view, int64_t row);
bool kn__sheet_is_text(const kn__view *view);
/* Whether options->table lets this table through. */
bool kn__sheet_wants(const kn__sheet *sheet, const kn_table *table);

kn_status kn__output_table(kn__text *out, const kn__sheet *sheet);
kn_status kn__output_csv(kn__text *out, const kn__sheet *sheet);
kn_status kn__output_json(kn__text *out, const kn__sheet *sheet);
kn_status kn__output_markdown(kn__text *out, const kn__sheet *sheet);
kn_status kn__output_xlsx(kn__book *book, const kn__sheet *sheet);

/* Hands the text's block over to the caller, or releases it and returns its error. */
kn_status kn__write_take(kn__text *out, char **text, int64_t *length);

#endif
