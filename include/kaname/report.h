/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_REPORT_H
#define KANAME_REPORT_H

#include <stdio.h>

#include "kaname/lens.h"

typedef enum kn_output_format {
    KN_OUTPUT_TABLE,
    KN_OUTPUT_CSV,
    KN_OUTPUT_JSON,
    KN_OUTPUT_MARKDOWN,
    KN_OUTPUT_XLSX /* a file: kn_output_xlsx */
} kn_output_format;

typedef struct kn_output_options {
    int version; /* 1 */
    kn_output_format format;
    bool color;    /* table only */
    int32_t width; /* of the terminal; 0: no limit */
    int64_t rows;  /* of each table that format table shows; 0: all */
    bool labels;   /* add columns with names in `lang` beside codes */
    kn_lang lang;
    bool bom;          /* csv only, for spreadsheets: UTF-8 mark and CRLF line ends */
    const char *table; /* only the table of that name; NULL: all */
    const char *const *command; /* the command line, for JSON */
    int32_t command_count;
} kn_output_options;

#define KN_OUTPUT_OPTIONS_INIT                                                           \
    {                                                                                    \
        .version = 1                                                                     \
    }

/* Writes a result as text. *text is allocated with the context's allocator and freed with
   kn_output_free. network may be NULL (no names then).
   table: for people; units under the names, numbers rounded, key figures and findings
   after the tables; below a table stands what of it is not shown. csv: RFC 4180 quoting,
   full precision, undefined is empty; several tables are parted by an empty line, each
   with its own header. json: one object as in DESIGN section 7; undefined is null;
   findings stand in info.findings. markdown: pipe tables. Errors: KN_ERR_MEMORY,
   KN_ERR_USAGE (version), KN_ERR_NOT_FOUND (table). */
kn_status kn_output_write(char **text, int64_t *length, kn_context *context,
                          const kn_result *result, const kn_network *network,
                          const kn_output_options *options);
void kn_output_free(kn_context *context, char *text);

/* Writes a result as a workbook (xlsx) to `path`: a sheet for each table, header row
   fixed, numbers as numbers (16 digits), then sheets `columns` (units and meaning),
   `info` (key figures, command, version, network) and `notes` (findings). network may be
   NULL. The same result gives the same bytes. Errors: KN_ERR_IO, KN_ERR_MEMORY,
   KN_ERR_USAGE (version), KN_ERR_NOT_FOUND (table), KN_ERR_LIMIT (a table longer than a
   sheet). */
kn_status kn_output_xlsx(kn_context *context, const char *path, const kn_result *result,
                         const kn_network *network, const kn_output_options *options);

typedef struct kn_brief_options {
    int version;          /* 1 */
    const char *economy;  /* for whom, alpha-3 */
    const char *scenario; /* path, or NULL: only the chokepoints */
    const char *against;  /* path of another one to compare it with, or NULL */
    kn_lang lang;
    const char *const *command; /* printed for reproduction */
    int32_t command_count;
} kn_brief_options;

#define KN_BRIEF_OPTIONS_INIT                                                            \
    {                                                                                    \
        .version = 1                                                                     \
    }

/* The brief: one HTML file, no script, no external request. Same text for the same input.
 */
kn_status kn_brief_write(char **html, int64_t *length, kn_context *context,
                         const kn_network *network, const kn_brief_options *options);

#endif
