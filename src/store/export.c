/* SPDX-License-Identifier: Apache-2.0 */
#include "store/export.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "kaname.h"
#include "kernel/text.h"
#include "store/tables.h"

/* ---- Files ---- */

kn_status kn__export_path(char *path, kn_context *ctx, const char *folder,
                          const char *name)
{
    int length = snprintf(path, KN__PATH_SIZE, "%s/%s", folder, name);
    return length > 0 && length < KN__PATH_SIZE
               ? KN_OK
               : kn__fail(ctx, KN_ERR_LIMIT, "the name of the folder is too long");
}

kn_status kn__export_folder(kn_context *ctx, const char *folder)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", folder, strerror(errno));
    return KN_OK;
}

kn_status kn__export_file(const kn__export *export, const char *folder, const char *name,
                          kn__export_writer write, void *arg)
{
    char path[KN__PATH_SIZE];
    KN__TRY(kn__export_path(path, export->ctx, folder, name));
    FILE *out = fopen(path, "wb");
    if (!out)
        return kn__fail(export->ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    kn_status status = write(out, export, arg);
    bool bad = ferror(out) != 0;
    bad |= fclose(out) != 0;
    if (status >= 0 && bad)
        return kn__fail(export->ctx, KN_ERR_IO, "%s: could not be written: %s", path,
                        strerror(errno));
    return status;
}

/* ---- Tidy tables ---- */

/* The names of a table's columns, those of names beside codes included. */
typedef struct heads {
    const char *name[32];
    char made[32][40];
    int32_t count;
} heads;

static void make_heads(heads *h, const kn__tidy_table *table, bool labels)
{
    h->count = 0;
    for (int32_t c = 0; c < table->column_count; c++) {
        const kn__tidy_column *column = &table->columns[c];
        h->name[h->count++] = column->name;
        if (!labels || column->kind == KN__COLUMN_PLAIN)
            continue;
        snprintf(h->made[h->count], sizeof *h->made, "%s_name", column->name);
        h->name[h->count] = h->made[h->count];
        h->count++;
    }
}

static kn_status write_csv(FILE *out, const kn__export *export, void *arg)
{
    const kn__tidy_table *table = arg;
    const kn_export_options *options = export->options;
    kn__cells cells = {.csv = out,
                       .end = options->bom ? "\r\n" : "\n",
                       .labels = options->labels,
                       .lang = options->lang};
    heads h;
    make_heads(&h, table, options->labels);
    if (options->bom)
        fputs("\xEF\xBB\xBF", out);
    for (int32_t c = 0; c < h.count; c++)
        fprintf(out, "%s%s", c ? "," : "", h.name[c]);
    fputs(cells.end, out);
    return table->write(&cells, export->ctx, export->net);
}

kn_status kn__export_csv(const kn__export *export, const char *folder)
{
    for (int32_t t = 0; t < kn__tidy_table_count; t++) {
        char name[64];
        kn__tidy_table table = kn__tidy_tables[t];
        snprintf(name, sizeof name, "%s.csv", table.name);
        KN__TRY(kn__export_file(export, folder, name, write_csv, &table));
    }
    return KN_OK;
}

/* ---- Workbook ---- */

const char *kn__export_too_long(const kn_network *net, int64_t *rows)
{
    for (int32_t t = 0; t < kn__tidy_table_count; t++) {
        *rows = kn__tidy_tables[t].rows(net);
        if (*rows > kn__book_rows)
            return kn__tidy_tables[t].name;
    }
    return NULL;
}

static void about_row(kn__book *book, const char *key, const char *value)
{
    kn__book_text(book, key);
    kn__book_text(book, value);
    kn__book_end_row(book);
}

static kn_status about(kn__book *book, const kn__export *export)
{
    static const char *const names[] = {"key", "value"};
    const kn_export_options *options = export->options;
    kn__text command;
    KN__TRY(kn__book_sheet(book, "about", names, 2, 6));
    kn__text_init(&command, export->ctx, 0);
    for (int32_t k = 0; k < options->command_count; k++) {
        kn__text_add(&command, k ? " " : "");
        kn__text_add(&command, options->command[k]);
    }
    about_row(book, "network", export->net->name);
    about_row(book, "edition", export->net->edition);
    about_row(book, "sha256", export->net->sha256);
    about_row(book, "money", "MUSD a year, base prices");
    about_row(book, "kaname", KN_VERSION);
    about_row(book, "command", command.data);
    kn_status status = kn__text_status(&command);
    kn__text_release(&command);
    return status;
}

static kn_status sheets(kn__book *book, const kn__export *export)
{
    kn__cells cells = {
        .book = book, .labels = export->options->labels, .lang = export->options->lang};
    for (int32_t t = 0; t < kn__tidy_table_count; t++) {
        const kn__tidy_table *table = &kn__tidy_tables[t];
        heads h;
        make_heads(&h, table, cells.labels);
        KN__TRY(
            kn__book_sheet(book, table->name, h.name, h.count, table->rows(export->net)));
        KN__TRY(table->write(&cells, export->ctx, export->net));
    }
    return about(book, export);
}

kn_status kn__export_xlsx(const kn__export *export, const char *path)
{
    kn__book *book;
    KN__TRY(kn__book_new(&book, export->ctx, path));
    kn_status status = sheets(book, export);
    kn_status closed = kn__book_close(book, status >= 0);
    return status < 0 ? status : closed;
}

/* ---- All formats ---- */

static bool ends_in(const char *path, const char *ending)
{
    size_t length = strlen(path), own = strlen(ending);
    return length > own && !strcmp(path + length - own, ending);
}

static kn_status xlsx(const kn__export *export, const char *path)
{
    char file[KN__PATH_SIZE];
    int64_t rows;
    const char *table = kn__export_too_long(export->net, &rows);
    if (table)
        return kn__fail(export->ctx, KN_ERR_LIMIT,
                        "%s: table %s of %s has %lld rows; a sheet of a spreadsheet "
                        "holds %lld: export csv or pymrio",
                        path, table, export->net->name, (long long)rows,
                        (long long)kn__book_rows);
    if (ends_in(path, ".xlsx"))
        return kn__export_xlsx(export, path);
    KN__TRY(kn__export_folder(export->ctx, path));
    KN__TRY(kn__export_path(file, export->ctx, path, "network.xlsx"));
    KN__TRY(kn__export_xlsx(export, file));
    return kn__export_metadata(export, path);
}

static kn_status folder(const kn__export *export, const char *path,
                        kn_status (*write)(const kn__export *export, const char *folder))
{
    KN__TRY(kn__export_folder(export->ctx, path));
    KN__TRY(write(export, path));
    return kn__export_metadata(export, path);
}

kn_status kn_network_export(kn_context *context, const kn_network *network,
                            const char *path, const kn_export_options *options)
{
    kn__export export = {.ctx = context, .net = network, .options = options};
    if (options->version != 1)
        return kn__fail(context, KN_ERR_USAGE,
                        "export options of version %d, this library knows version 1",
                        options->version);
    switch (options->format) {
    case KN_EXPORT_CSV:
        return folder(&export, path, kn__export_csv);
    case KN_EXPORT_PYMRIO:
        return folder(&export, path, kn__export_pymrio);
    case KN_EXPORT_XLSX:
        return xlsx(&export, path);
    case KN_EXPORT_ZIP:
        return kn__export_zip(&export, path);
    }
    return kn__fail(context, KN_ERR_USAGE, "unknown export format %d",
                    (int)options->format);
}
