/* SPDX-License-Identifier: Apache-2.0 */
/* Results as a workbook: a sheet for each table, then what the columns mean, the key
   figures and the findings. */
#include <math.h>
#include <stdio.h>

#include "kaname.h"
#include "network/network.h"
#include "report/write.h"

static void put_cell(kn__book *book, const kn__sheet *sheet, const kn_table *table,
                     const kn__view *view, int64_t row)
{
    double value = kn_table_number(table, row, view->column);
    if (kn__sheet_is_text(view))
        kn__book_text(book, kn__sheet_text(sheet, table, view, row));
    else if (view->decl->type == KN_COLUMN_FLAG && isfinite(value))
        kn__book_flag(book, value != 0);
    else
        kn__book_number(book, value);
}

/* Names of the columns as they stand in the other formats. */
static kn_status make_heads(const char ***heads, const kn__sheet *sheet,
                            const kn__view *views, int32_t count)
{
    *heads = KN__ARRAY(sheet->arena, sheet->ctx, count, const char *);
    if (!*heads)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < count; c++) {
        const char *name = views[c].decl->name;
        (*heads)[c] = views[c].names
                          ? kn__arena_format(sheet->arena, sheet->ctx, "%s_name", name)
                          : name;
        if (!(*heads)[c])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

static kn_status put_table(kn__book *book, const kn__sheet *sheet, const kn_table *table)
{
    kn__view *views;
    int32_t count;
    const char **heads;
    KN__TRY(kn__sheet_views(&views, &count, sheet, table));
    KN__TRY(make_heads(&heads, sheet, views, count));
    KN__TRY(kn__book_sheet(book, kn_table_declaration(table)->name, heads, count,
                           kn_table_rows(table)));
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        for (int32_t c = 0; c < count; c++)
            put_cell(book, sheet, table, &views[c], r);
        kn__book_end_row(book);
    }
    return KN_OK;
}

static kn_status put_columns(kn__book *book, const kn__sheet *sheet)
{
    static const char *const heads[] = {"table", "column", "unit", "meaning"};
    KN__TRY(kn__book_sheet(book, "columns", heads, 4, 0));
    for (int32_t t = 0; t < kn_result_tables(sheet->result); t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        const kn_table_decl *decl = kn_table_declaration(table);
        for (int32_t c = 0; c < decl->column_count && kn__sheet_wants(sheet, table);
             c++) {
            const kn_column *column = &decl->columns[c];
            kn__book_text(book, decl->name);
            kn__book_text(book, column->name);
            kn__book_text(book, column->unit ? column->unit : "");
            kn__book_text(book, column->help ? column->help : "");
            kn__book_end_row(book);
        }
    }
    return KN_OK;
}

static void put_pair(kn__book *book, const char *key, const char *value)
{
    kn__book_text(book, key);
    kn__book_text(book, value);
    kn__book_end_row(book);
}

static kn_status put_command(kn__book *book, const kn__sheet *sheet)
{
    kn__text command;
    kn__text_init(&command, sheet->ctx, 0);
    for (int32_t i = 0; i < sheet->options->command_count; i++) {
        kn__text_add(&command, i ? " " : "");
        kn__text_add(&command, sheet->options->command[i]);
    }
    put_pair(book, "command", command.data);
    kn_status status = kn__text_status(&command);
    kn__text_release(&command);
    return status;
}

static kn_status put_info(kn__book *book, const kn__sheet *sheet)
{
    static const char *const heads[] = {"key", "value"};
    const kn_result *result = sheet->result;
    KN__TRY(kn__book_sheet(book, "info", heads, 2, 0));
    put_pair(book, "kaname", KN_VERSION);
    KN__TRY(put_command(book, sheet));
    if (sheet->network) {
        put_pair(book, "network", sheet->network->name);
        put_pair(book, "sha256", sheet->network->sha256);
    }
    for (int32_t i = 0; i < kn_result_infos(result); i++) {
        const char *text = kn_result_info_text(result, i);
        kn__book_text(book, kn_result_info_key(result, i));
        if (text)
            kn__book_text(book, text);
        else
            kn__book_number(book, kn_result_info_number(result, i));
        kn__book_end_row(book);
    }
    return KN_OK;
}

static kn_status put_notes(kn__book *book, const kn__sheet *sheet)
{
    static const char *const heads[] = {"note"};
    KN__TRY(kn__book_sheet(book, "notes", heads, 1, 0));
    for (int32_t i = 0; i < kn_result_notes(sheet->result); i++) {
        kn__book_text(book, kn_result_note_text(sheet->result, i));
        kn__book_end_row(book);
    }
    return KN_OK;
}

kn_status kn__output_xlsx(kn__book *book, const kn__sheet *sheet)
{
    for (int32_t t = 0; t < kn_result_tables(sheet->result); t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        if (kn__sheet_wants(sheet, table))
            KN__TRY(put_table(book, sheet, table));
    }
    KN__TRY(put_columns(book, sheet));
    KN__TRY(put_info(book, sheet));
    return put_notes(book, sheet);
}
