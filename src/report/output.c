/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/report.h"

#include "report/write.h"

bool kn__sheet_wants(const kn__sheet *sheet, const kn_table *table)
{
    const char *only = sheet->options->table;
    return !only || kn__text_equal(only, kn_table_declaration(table)->name);
}

kn_status kn__sheet_views(kn__view **views, int32_t *count, const kn__sheet *sheet,
                          const kn_table *table)
{
    const kn_table_decl *decl = kn_table_declaration(table);
    *count = 0;
    *views =
        KN__ARRAY(sheet->arena, sheet->ctx, 2 * (int64_t)decl->column_count, kn__view);
    if (!*views)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < decl->column_count; c++) {
        const kn_column *column = &decl->columns[c];
        (*views)[(*count)++] = (kn__view){c, 0, column};
        char kind = column->type == KN_COLUMN_TEXT ? kn__labels_kind(column->name) : 0;
        if (kind && sheet->options->labels && sheet->network)
            (*views)[(*count)++] = (kn__view){c, kind, column};
    }
    return KN_OK;
}

void kn__sheet_head(kn__text *out, const kn__view *view,
                    void (*escape)(kn__text *, const char *))
{
    escape(out, view->decl->name);
    if (view->names)
        escape(out, "_name");
}

bool kn__sheet_is_text(const kn__view *view)
{
    return view->decl->type == KN_COLUMN_TEXT;
}

const char *kn__sheet_text(const kn__sheet *sheet, const kn_table *table,
                           const kn__view *view, int64_t row)
{
    const char *code = kn_table_text(table, row, view->column);
    return view->names
               ? kn__labels_name(&sheet->labels, view->names, code, sheet->options->lang)
               : code;
}

static kn_status unknown_table(kn_context *ctx, const kn_result *result, const char *name)
{
    kn__text known;
    kn__text_init(&known, ctx, 4096);
    for (int32_t t = 0; t < kn_result_tables(result); t++)
        kn__text_addf(&known, "%s%s", t ? ", " : "; it has ",
                      kn_table_declaration(kn_result_table(result, t))->name);
    kn_status status =
        kn__fail(ctx, KN_ERR_NOT_FOUND, "there is no table \"%.80s\" in this result%s",
                 name, known.length ? known.data : "");
    kn__text_release(&known);
    return status;
}

static kn_status check(kn_context *ctx, const kn_result *result,
                       const kn_output_options *options)
{
    if (options->version != 1)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "output options of version %d, this library knows version 1",
                        options->version);
    if (options->table && !kn_result_find(result, options->table))
        return unknown_table(ctx, result, options->table);
    return KN_OK;
}

static kn_status write(kn__text *out, kn__sheet *sheet)
{
    KN__TRY(kn__labels_new(&sheet->labels, sheet->ctx, sheet->arena, sheet->network));
    switch (sheet->options->format) {
    case KN_OUTPUT_TABLE:
        return kn__output_table(out, sheet);
    case KN_OUTPUT_CSV:
        return kn__output_csv(out, sheet);
    case KN_OUTPUT_JSON:
        return kn__output_json(out, sheet);
    case KN_OUTPUT_MARKDOWN:
        return kn__output_markdown(out, sheet);
    case KN_OUTPUT_XLSX:
        return kn__fail(sheet->ctx, KN_ERR_USAGE, "a workbook (xlsx) is a file, no text");
    }
    return kn__fail(sheet->ctx, KN_ERR_USAGE, "unknown output format %d",
                    (int)sheet->options->format);
}

kn_status kn_output_write(char **text, int64_t *length, kn_context *context,
                          const kn_result *result, const kn_network *network,
                          const kn_output_options *options)
{
    *text = NULL;
    *length = 0;
    KN__TRY(check(context, result, options));
    kn__sheet sheet = {
        .ctx = context, .result = result, .network = network, .options = options};
    KN__TRY(kn__arena_new(&sheet.arena, context));
    kn__text out;
    kn__text_init(&out, context, (size_t)4 << 30);
    kn_status status = write(&out, &sheet);
    if (status < 0)
        kn__text_release(&out);
    else
        status = kn__write_take(&out, text, length);
    kn__arena_free(sheet.arena);
    return status;
}

static kn_status write_book(kn__sheet *sheet, const char *path)
{
    kn__book *book;
    KN__TRY(kn__labels_new(&sheet->labels, sheet->ctx, sheet->arena, sheet->network));
    KN__TRY(kn__book_new(&book, sheet->ctx, path));
    kn_status status = kn__output_xlsx(book, sheet);
    kn_status closed = kn__book_close(book, status >= 0);
    return status < 0 ? status : closed;
}

kn_status kn_output_xlsx(kn_context *context, const char *path, const kn_result *result,
                         const kn_network *network, const kn_output_options *options)
{
    KN__TRY(check(context, result, options));
    kn__sheet sheet = {
        .ctx = context, .result = result, .network = network, .options = options};
    KN__TRY(kn__arena_new(&sheet.arena, context));
    kn_status status = write_book(&sheet, path);
    kn__arena_free(sheet.arena);
    return status;
}

void kn_output_free(kn_context *context, char *text)
{
    if (text)
        kn__release(context, text);
}
