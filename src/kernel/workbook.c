/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/workbook.h"

#include <errno.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <xlsxwriter.h>

#include "kernel/text.h"

enum { MOST_COLUMNS = 256, NARROWEST = 8, WIDEST = 60, LONGEST = 32000 };

const int64_t kn__book_rows = LXW_ROW_MAX - 1;

/* Any fixed day: the file must not depend on the clock. */
static const time_t MADE = 315532800; /* 1980-01-01, as inside of zip files */

struct kn__book {
    kn_context *ctx;
    char *path;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *bold;
    locale_t plain, before; /* libxlsxwriter prints the point of the locale */
    kn_status status;
    lxw_row_t row;
    lxw_col_t column, columns;
    int width[MOST_COLUMNS];
};

/* ---- What libxlsxwriter says ---- */

static void check(kn__book *book, lxw_error error)
{
    if (book->status < 0 || error == LXW_NO_ERROR)
        return;
    if (error == LXW_ERROR_MEMORY_MALLOC_FAILED)
        book->status = kn__fail(book->ctx, KN_ERR_MEMORY, "out of memory");
    else
        book->status = kn__fail(book->ctx, KN_ERR_IO, "%s: could not be written: %s",
                                book->path, lxw_strerror(error));
}

static kn_status no_memory(kn__book *book)
{
    if (book->status >= 0)
        book->status = kn__fail(book->ctx, KN_ERR_MEMORY, "out of memory");
    return book->status;
}

/* ---- Life ---- */

/* libxlsxwriter complains on stderr when the file cannot be made: so look first. */
static kn_status try_path(kn_context *ctx, const char *path)
{
    FILE *file = fopen(path, "wb");
    if (!file || fclose(file) != 0)
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    return KN_OK;
}

static kn_status start(kn__book *book, const char *path)
{
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_doc_properties properties = {.created = MADE};
    size_t length = strlen(path) + 1;
    book->path = kn__alloc(book->ctx, (int64_t)length, 1);
    if (!book->path)
        return KN_ERR_MEMORY;
    memcpy(book->path, path, length);
    KN__TRY(try_path(book->ctx, path));
    book->plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    book->workbook = workbook_new_opt(path, &options);
    if (!book->plain || !book->workbook)
        return no_memory(book);
    book->before = uselocale(book->plain);
    book->bold = workbook_add_format(book->workbook);
    if (!book->bold)
        return no_memory(book);
    format_set_bold(book->bold);
    check(book, workbook_set_properties(book->workbook, &properties));
    return book->status;
}

kn_status kn__book_new(kn__book **book, kn_context *ctx, const char *path)
{
    *book = kn__alloc(ctx, 1, sizeof **book);
    if (!*book)
        return KN_ERR_MEMORY;
    (*book)->ctx = ctx;
    kn_status status = start(*book, path);
    if (status < 0) {
        kn__book_close(*book, false);
        *book = NULL;
    }
    return status;
}

static void set_widths(kn__book *book)
{
    for (lxw_col_t c = 0; book->sheet && c < book->columns; c++) {
        int width = book->width[c] + 2;
        width = width < NARROWEST ? NARROWEST : width > WIDEST ? WIDEST : width;
        check(book, worksheet_set_column(book->sheet, c, c, width, NULL));
    }
}

/* Closing is what writes the file; a book that failed is closed too, to free it. */
static void finish(kn__book *book)
{
    set_widths(book);
    if (!book->sheet)
        workbook_add_worksheet(book->workbook, NULL);
    check(book, workbook_close(book->workbook));
    if (book->before)
        uselocale(book->before);
}

/* A file that is not whole goes; a device stays where it is. */
static void remove_file(const char *path)
{
    struct stat about;
    if (lstat(path, &about) == 0 && S_ISREG(about.st_mode))
        remove(path);
}

kn_status kn__book_close(kn__book *book, bool keep)
{
    if (!book)
        return KN_OK;
    if (book->workbook)
        finish(book);
    if (book->workbook && (!keep || book->status < 0))
        remove_file(book->path);
    if (book->plain)
        freelocale(book->plain);
    kn_status status = book->status;
    kn_context *ctx = book->ctx;
    kn__release(ctx, book->path);
    kn__release(ctx, book);
    return status;
}

/* ---- Sheets ---- */

kn_status kn__book_sheet(kn__book *book, const char *name, const char *const *heads,
                         int32_t columns, int64_t rows)
{
    KN__TRY(book->status);
    if (rows > kn__book_rows || columns > MOST_COLUMNS)
        return book->status = kn__fail(
                   book->ctx, KN_ERR_LIMIT,
                   "%s has %lld rows; a sheet of a spreadsheet holds %lld: write csv",
                   name, (long long)rows, (long long)kn__book_rows);
    set_widths(book);
    memset(book->width, 0, sizeof book->width);
    book->sheet = workbook_add_worksheet(book->workbook, name);
    book->columns = (lxw_col_t)columns;
    book->row = book->column = 0;
    if (!book->sheet)
        return no_memory(book);
    worksheet_freeze_panes(book->sheet, 1, 0);
    for (int32_t c = 0; c < columns; c++)
        kn__book_text(book, heads[c]);
    kn__book_end_row(book);
    return book->status;
}

/* ---- Cells ---- */

/* Columns that a text takes: CJK counts double. */
static int width_of(const char *text)
{
    int width = 0;
    for (; *text && width < WIDEST; text++) {
        unsigned char c = (unsigned char)*text;
        width += c < 0x80 ? 1 : c < 0xC0 ? 0 : c < 0xE1 ? 1 : 2;
    }
    return width;
}

static void widen(kn__book *book, int width)
{
    if (book->column < book->columns && width > book->width[book->column])
        book->width[book->column] = width;
}

/* Control characters, which XML does not allow. */
static bool is_control(char c)
{
    return (unsigned char)c < 0x20 && c != '\t' && c != '\n';
}

static bool is_plain(const char *text)
{
    size_t length = strlen(text);
    for (const char *at = text; *at; at++)
        if (is_control(*at))
            return false;
    return length <= LONGEST && kn__utf8_valid(text, length) == length;
}

/* A copy that XML and the cell can hold. */
static void clean(kn__text *out, const char *text)
{
    size_t left = strlen(text);
    for (size_t used; left && out->length < LONGEST; text += used, left -= used) {
        unsigned char c = (unsigned char)*text;
        used = c < 0x80 ? 1 : c < 0xE0 ? 2 : c < 0xF0 ? 3 : 4;
        if (used <= left && kn__utf8_valid(text, used) == used) {
            kn__text_addn(out, is_control(*text) ? " " : text, used);
        } else {
            kn__text_add(out, "\xEF\xBF\xBD");
            used = 1;
        }
    }
    if (left)
        kn__text_add(out, "…");
}

void kn__book_text(kn__book *book, const char *text)
{
    kn__text copy;
    if (book->status < 0)
        return;
    kn__text_init(&copy, book->ctx, 0);
    if (!is_plain(text)) {
        clean(&copy, text);
        text = copy.data;
        if (kn__text_status(&copy) < 0)
            book->status = kn__text_status(&copy);
    }
    widen(book, width_of(text));
    if (*text && book->status >= 0)
        check(book, worksheet_write_string(book->sheet, book->row, book->column, text,
                                           book->row ? NULL : book->bold));
    kn__text_release(&copy);
    book->column++;
}

void kn__book_number(kn__book *book, double value)
{
    char digits[32];
    if (book->status < 0)
        return;
    if (isfinite(value)) {
        int width = kn__format_number(digits, value);
        widen(book, width > 12 ? 12 : width);
        check(book,
              worksheet_write_number(book->sheet, book->row, book->column, value, NULL));
    }
    book->column++;
}

void kn__book_flag(kn__book *book, bool value)
{
    if (book->status < 0)
        return;
    check(book,
          worksheet_write_boolean(book->sheet, book->row, book->column, value, NULL));
    book->column++;
}

void kn__book_end_row(kn__book *book)
{
    book->row++;
    book->column = 0;
}
