/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "read/io_format.h"
#include "read/io_raw.h"
#include "read/io_table.h"

/* OECD Inter-Country Input-Output tables, one csv a year. Labels of final demand and of
   the last rows differ between editions; all are known here, and the industries tell the
   edition. Taxes less subsidies on products stand between inputs and value added; here
   value added is what output leaves after inputs, so that accounts close. */
static const kn__io_layout layout = {
    .what = "an OECD ICIO table",
    .finals = {{"HFCE", "households"},
               {"NPISH", "nonprofit"},
               {"GGFC", "government"},
               {"GFCF", "investment"},
               {"INVNT", "inventories"},
               {"DPABR", "purchases-abroad"},
               {"DIRP", "purchases-abroad"},
               {"CONS_ABR", "purchases-abroad"},
               {"NONRES", "non-residents"},
               {"CONS_NONRES", "non-residents"},
               {"FD", "final"}},
    .accounts = {{"TLS", KN__ACCOUNT_TAX},
                 {"TAXSUB", KN__ACCOUNT_TAX},
                 {"VA", KN__ACCOUNT_VALUE_ADDED},
                 {"VALU", KN__ACCOUNT_VALUE_ADDED},
                 {"OUT", KN__ACCOUNT_OUTPUT},
                 {"OUTPUT", KN__ACCOUNT_OUTPUT},
                 {"TOTAL", KN__ACCOUNT_OUTPUT}},
    .totals = {"OUT", "OUTPUT", "TOTAL"},
};

static bool has_industry(const kn__io_raw *raw, const char *name)
{
    for (int32_t p = 0; p < raw->industry_count; p++)
        if (strcmp(raw->industry_names[p][0], name) == 0)
            return true;
    return false;
}

/* The release whose industries these are, or NULL. */
static const char *release(const kn__io_raw *raw)
{
    if (has_industry(raw, "A02") || has_industry(raw, "C24A") ||
        has_industry(raw, "C301"))
        return "2025";
    if (has_industry(raw, "A01_02") || has_industry(raw, "B05_06") ||
        has_industry(raw, "J62_63"))
        return "2023";
    return has_industry(raw, "01T02") || has_industry(raw, "62T63") ||
                   has_industry(raw, "45T47")
               ? "2021"
               : NULL;
}

static kn_status name_edition(kn__io_table *t)
{
    kn__io_raw *raw = t->raw;
    const char *edition = release(raw);
    char year[16] = "year unknown";
    raw->source_year = kn__year_in_name(kn__csv_name(t->csv));
    if (raw->source_year)
        snprintf(year, sizeof year, "%d", (int)raw->source_year);
    if (!edition)
        KN__TRY(
            KN__NOTE(raw, t->ctx, "the industries are those of no edition known here"));
    raw->edition = kn__arena_format(
        raw->arena, t->ctx, "OECD ICIO %s%s, %s%s, %d economies, %d industries",
        edition ? edition : "unknown", " edition", year, t->merged ? ", extended" : "",
        (int)raw->economy_count, (int)raw->industry_count);
    raw->name = kn__arena_format(raw->arena, t->ctx, "ICIO %s", year);
    raw->source_title = kn__arena_format(
        raw->arena, t->ctx, "OECD Inter-Country Input-Output Tables, %s edition, %s",
        edition ? edition : "unknown", year);
    return raw->edition && raw->name && raw->source_title ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__icio_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder)
{
    kn__io_table table;
    kn__csv *csv;
    KN__TRY(kn__folder_only_csv(&csv, ctx, folder));
    kn_status status = kn__io_table_read(&table, ctx, raw, csv, &layout);
    if (status >= 0)
        status = name_edition(&table);
    if (status >= 0)
        status = kn__io_table_notes(&table);
    kn__csv_close(csv);
    return status;
}

kn_status kn__read_icio(kn__io_raw **raw, kn_context *ctx, const char *path)
{
    return kn__io_read(raw, ctx, path, kn__icio_fill);
}
