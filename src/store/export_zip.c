/* SPDX-License-Identifier: Apache-2.0 */
/* Everything in one zip file. The files are made in a folder beside it, which goes again;
   their order and dates are fixed, so the same network gives the same bytes. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <zip.h>

#include "kernel/text.h"
#include "store/export.h"
#include "store/tables.h"

enum { MOST_FILES = 32, NAME_SIZE = 64, JANUARY_1980 = 0x21, LEVEL = 6 };

typedef struct parts {
    const kn__export *export;
    const char *path;
    char folder[KN__PATH_SIZE];
    char names[MOST_FILES][NAME_SIZE];
    int32_t count;
} parts;

static void add_name(parts *p, const char *format, const char *name)
{
    snprintf(p->names[p->count++], NAME_SIZE, format, name);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

static void list_names(parts *p)
{
    for (int32_t k = 0; k < kn__pymrio_file_count; k++)
        add_name(p, "%s", kn__pymrio_files[k]);
    for (int32_t t = 0; t < kn__tidy_table_count; t++)
        add_name(p, "csv/%s.csv", kn__tidy_tables[t].name);
    add_name(p, "%s", "metadata.json");
    add_name(p, "%s", "network.xlsx");
    qsort(p->names, (size_t)p->count, NAME_SIZE, by_name);
}

/* ---- The folder beside the zip ---- */

static void remove_parts(parts *p)
{
    char path[KN__PATH_SIZE];
    static const char *const folders[] = {"csv", "value_added"};
    for (int32_t k = 0; k < p->count; k++)
        if (kn__export_path(path, p->export->ctx, p->folder, p->names[k]) >= 0)
            unlink(path);
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++)
        if (kn__export_path(path, p->export->ctx, p->folder, folders[k]) >= 0)
            rmdir(path);
    rmdir(p->folder);
}

static kn_status write_parts(parts *p)
{
    const kn__export *export = p->export;
    char path[KN__PATH_SIZE];
    KN__TRY(kn__export_path(path, export->ctx, p->folder, "csv"));
    KN__TRY(kn__export_folder(export->ctx, path));
    KN__TRY(kn__export_csv(export, path));
    KN__TRY(kn__export_pymrio(export, p->folder));
    KN__TRY(kn__export_metadata(export, p->folder));
    if (export->no_workbook)
        return KN_OK;
    KN__TRY(kn__export_path(path, export->ctx, p->folder, "network.xlsx"));
    return kn__export_xlsx(export, path);
}

/* ---- The zip ---- */

static int is_cancelled(zip_t *zip, void *ctx)
{
    (void)zip;
    return kn__cancelled(ctx);
}

static kn_status fail_zip(const parts *p, const char *reason)
{
    return kn__fail(p->export->ctx, KN_ERR_IO, "%s: %s", p->path, reason);
}

static kn_status add_part(const parts *p, zip_t *zip, const char *name)
{
    char path[KN__PATH_SIZE];
    KN__TRY(kn__export_path(path, p->export->ctx, p->folder, name));
    zip_source_t *source = zip_source_file(zip, path, 0, -1);
    zip_int64_t at = source ? zip_file_add(zip, name, source, ZIP_FL_ENC_UTF_8) : -1;
    if (at < 0) {
        zip_source_free(source);
        return fail_zip(p, zip_strerror(zip));
    }
    zip_uint64_t index = (zip_uint64_t)at;
    if (zip_set_file_compression(zip, index, ZIP_CM_DEFLATE, LEVEL) != 0 ||
        zip_file_set_dostime(zip, index, 0, JANUARY_1980, 0) != 0 ||
        zip_file_set_external_attributes(zip, index, 0, ZIP_OPSYS_UNIX,
                                         (zip_uint32_t)0100644 << 16) != 0)
        return fail_zip(p, zip_strerror(zip));
    return KN_OK;
}

static kn_status add_parts(const parts *p, zip_t *zip)
{
    for (int32_t k = 0; k < p->count; k++)
        if (!p->export->no_workbook || !kn__text_equal(p->names[k], "network.xlsx"))
            KN__TRY(add_part(p, zip, p->names[k]));
    return KN_OK;
}

static kn_status pack(const parts *p)
{
    kn_context *ctx = p->export->ctx;
    int code;
    zip_t *zip = zip_open(p->path, ZIP_CREATE | ZIP_TRUNCATE, &code);
    if (!zip) {
        zip_error_t error;
        zip_error_init_with_code(&error, code);
        kn_status status = fail_zip(p, zip_error_strerror(&error));
        zip_error_fini(&error);
        return status;
    }
    zip_register_cancel_callback_with_state(zip, is_cancelled, NULL, ctx);
    kn_status status = add_parts(p, zip);
    if (status >= 0 && zip_close(zip) == 0)
        return KN_OK;
    if (status >= 0)
        status = kn__cancelled(ctx) ? kn__fail(ctx, KN_ERR_CANCELLED, "interrupted")
                                    : fail_zip(p, zip_strerror(zip));
    zip_discard(zip);
    return status;
}

kn_status kn__export_zip(kn__export *export, const char *path)
{
    char reason[256];
    int64_t rows;
    parts p = {.export = export, .path = path};
    int length = snprintf(p.folder, sizeof p.folder, "%s.XXXXXX", path);
    if (length < 0 || (size_t)length >= sizeof p.folder)
        return kn__fail(export->ctx, KN_ERR_LIMIT, "the name of the file is too long");
    if (!mkdtemp(p.folder))
        return fail_zip(&p, strerror(errno));
    const char *table = kn__export_too_long(export->net, &rows);
    if (table) {
        snprintf(reason, sizeof reason,
                 "network.xlsx: table %s has %lld rows; a sheet of a spreadsheet holds "
                 "%lld",
                 table, (long long)rows, (long long)kn__book_rows);
        export->no_workbook = reason;
        kn__log(export->ctx, KN_LOG_WARN, "left out: %s", reason);
    }
    list_names(&p);
    kn_status status = write_parts(&p);
    if (status >= 0)
        status = pack(&p);
    remove_parts(&p);
    return status;
}
