/* SPDX-License-Identifier: Apache-2.0 */
/* The formats for people: terminal tables and markdown. Numbers are rounded. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "report/layout.h"

enum { DIGITS = 4 };

/* Vowels and final consonants of Hangul in pieces are drawn over the first one. */
static int32_t columns_of(int32_t c)
{
    bool joins = (c >= 0x1160 && c <= 0x11FF) || (c >= 0xD7B0 && c <= 0xD7FB);
    return c < 0x20 || c == 0x7F ? 1 : joins ? 0 : utf8proc_charwidth(c);
}

int32_t kn__display_width(const char *s)
{
    int32_t width = 0, c;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(s), used;
    const utf8proc_uint8_t *at = (const utf8proc_uint8_t *)s;
    for (; left > 0; at += used, left -= used) {
        used = utf8proc_iterate(at, left, &c);
        if (used <= 0)
            used = 1, width++;
        else
            width += columns_of(c);
    }
    return width;
}

size_t kn__display_cut(const char *s, int32_t columns)
{
    int32_t c;
    utf8proc_ssize_t left = (utf8proc_ssize_t)strlen(s), used, done = 0;
    for (; done < left; done += used) {
        used = utf8proc_iterate((const utf8proc_uint8_t *)s + done, left - done, &c);
        if (used <= 0)
            used = 1, columns--;
        else
            columns -= columns_of(c);
        if (columns < 0)
            break;
    }
    return (size_t)done;
}

int kn__decimals_for(double largest, int digits)
{
    int decimals = digits - 1;
    for (double x = fabs(largest); x >= 10 && decimals > 0; x /= 10)
        decimals--;
    for (double x = fabs(largest); x > 0 && x < 1 && decimals < 6; x *= 10)
        decimals++;
    return decimals;
}

int kn__write_fixed(char *buffer, double value, int decimals)
{
    if (!isfinite(value))
        return snprintf(buffer, 64, "–");
    if (fabs(value) >= 1e18)
        return kn__format_number(buffer, value);
    char digits[40];
    int length = snprintf(digits, sizeof digits, "%.*f", decimals, fabs(value));
    bool zero = strspn(digits, "0.,") == (size_t)length;
    int whole = length - (decimals ? decimals + 1 : 0), n = 0;
    if (value < 0 && !zero)
        n += snprintf(buffer, 8, "-");
    for (int i = 0; i < whole; i++) {
        buffer[n++] = digits[i];
        if ((whole - i - 1) % 3 == 0 && i + 1 < whole)
            buffer[n++] = ',';
    }
    if (decimals) { /* the point is written by us: the locale has no say */
        buffer[n++] = '.';
        memcpy(buffer + n, digits + whole + 1, (size_t)decimals);
        n += decimals;
    }
    buffer[n] = '\0';
    return n;
}

static void pad(kn__text *out, int32_t columns)
{
    for (; columns > 0; columns--)
        kn__text_addn(out, " ", 1);
}

static void put_cell(kn__text *out, const char *cell, int32_t width, bool right,
                     bool last)
{
    int32_t own = kn__display_width(cell);
    kn__text part;
    kn__text_init(&part, out->ctx, 0);
    if (own > width) {
        kn__text_addn(&part, cell, kn__display_cut(cell, width - 1));
        kn__text_add(&part, "…");
        cell = part.data;
        own = kn__display_width(cell);
    }
    if (right)
        pad(out, width - own);
    kn__write_plain(out, cell);
    if (!right && !last)
        pad(out, width - own);
    if (kn__text_status(&part) < 0 && out->status >= 0)
        out->status = kn__text_status(&part);
    kn__text_release(&part);
}

/* Writes text that may go on, at words, in lines below, each behind `indent` columns;
   width 0: it does not. */
static void put_lines(kn__text *out, const char *text, int32_t width, int32_t indent)
{
    kn__text line;
    kn__text_init(&line, out->ctx, 0);
    while (width > 0 && kn__display_width(text) > width) {
        size_t fits = kn__display_cut(text, width), length = fits;
        while (length > 0 && text[length] != ' ')
            length--;
        length = length ? length : fits ? fits : strlen(text);
        line.length = 0;
        kn__text_addn(&line, text, length);
        kn__write_plain(out, line.data ? line.data : "");
        text += length + strspn(text + length, " ");
        kn__text_add(out, *text ? "\n" : "");
        pad(out, *text ? indent : 0);
    }
    kn__write_plain(out, text);
    if (kn__text_status(&line) < 0 && out->status >= 0)
        out->status = kn__text_status(&line);
    kn__text_release(&line);
}

static void put_heads(kn__text *out, const kn__layout *l, bool color)
{
    for (int line = 0; line < 2; line++) {
        kn__text_add(out, !color ? "" : line ? "\x1b[2m" : "\x1b[1m");
        for (int32_t c = 0; c < l->count; c++) {
            char name[128];
            bool last = c == l->count - 1;
            snprintf(name, sizeof name, "%s%s", l->shown[c].view.decl->name,
                     l->shown[c].view.names ? "_name" : "");
            put_cell(out, line ? kn__shown_unit(&l->shown[c]) : name, l->shown[c].width,
                     !kn__sheet_is_text(&l->shown[c].view), last);
            kn__text_add(out, last ? "" : "  ");
        }
        kn__text_add(out, color ? "\x1b[0m\n" : "\n");
    }
}

/* The last column goes on below where it is a text; others are cut. */
static void put_row(kn__text *out, const kn__layout *l, int64_t row)
{
    int32_t at = 0;
    for (int32_t c = 0; c < l->count; c++) {
        char buffer[KN__CELL];
        const kn__shown *shown = &l->shown[c];
        const char *cell = kn__layout_cell(buffer, l, shown, row);
        bool last = c == l->count - 1;
        int32_t in = kn__layout_set_in(l, shown, row);
        bool words = kn__sheet_is_text(&shown->view);
        pad(out, in);
        if (last && words)
            put_lines(out, cell, shown->width - in, at + in);
        else
            put_cell(out, cell, shown->width - in, !words, last);
        kn__text_add(out, last ? "\n" : "  ");
        at += shown->width + 2;
    }
}

/* "HEAD: a 1, b 2": columns left out, either the constant ones with what they say. */
static void put_left_out(kn__text *out, const kn__layout *l, bool constant,
                         const char *head, const char *tail)
{
    kn__text names;
    bool any = false;
    kn__text_init(&names, out->ctx, 0);
    for (int32_t c = 0; c < l->rest_count; c++) {
        char buffer[KN__CELL];
        if (l->rest[c].constant != constant)
            continue;
        kn__text_addf(&names, "%s%s", any ? ", " : head, l->rest[c].view.decl->name);
        if (constant)
            kn__text_addf(&names, " %s", kn__layout_cell(buffer, l, &l->rest[c], 0));
        any = true;
    }
    kn__text_add(&names, any ? tail : "");
    if (any && names.data)
        put_lines(out, names.data, l->sheet->options->width - 2, 2);
    kn__text_add(out, any ? "\n" : "");
    if (kn__text_status(&names) < 0 && out->status >= 0)
        out->status = kn__text_status(&names);
    kn__text_release(&names);
}

static void put_aside(kn__text *out, const kn__layout *l)
{
    if (!l->aside_columns)
        return;
    kn__text_addf(out, "Not shown: %d more columns", l->aside_columns);
    if (l->aside_rows)
        kn__text_addf(out, ", %lld row%s of zeros", (long long)l->aside_rows,
                      l->aside_rows == 1 ? "" : "s");
    kn__text_add(out, " (csv, json and xlsx have all)\n");
}

static kn_status put_table(kn__text *out, const kn__sheet *sheet, const kn_table *table)
{
    kn__layout layout;
    KN__TRY(kn__layout_new(&layout, sheet, table, sheet->options->width));
    put_heads(out, &layout, sheet->options->color);
    int64_t most = sheet->options->rows, written = 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        if (!kn__layout_skips(&layout, r) && (written++ < most || !most))
            put_row(out, &layout, r);
    kn__text_add(out, written || layout.aside_rows ? "" : "(no rows)\n");
    if (most && written > most)
        kn__text_addf(out, "… and %lld more (--table %s shows all)\n",
                      (long long)(written - most), kn_table_declaration(table)->name);
    put_left_out(out, &layout, true, "In every row: ", "");
    put_left_out(out, &layout, false, "No room for: ", " (--format csv has all columns)");
    put_aside(out, &layout);
    return kn__text_status(out);
}

static void info_value(char *buffer, double value)
{
    bool whole = isfinite(value) && value == floor(value) && fabs(value) < 1e15;
    if (isfinite(value) && value != 0 && (fabs(value) < 1e-4 || fabs(value) >= 1e15))
        kn__format_number(buffer, value);
    else
        kn__write_fixed(buffer, value, whole ? 0 : kn__decimals_for(value, DIGITS));
}

static void put_infos(kn__text *out, const kn_result *result, const char *before,
                      const char *between, void (*escape)(kn__text *, const char *))
{
    for (int32_t i = 0; i < kn_result_infos(result); i++) {
        char buffer[64];
        const char *value = kn_result_info_text(result, i);
        if (!value) {
            info_value(buffer, kn_result_info_number(result, i));
            value = buffer;
        }
        kn__text_add(out, before);
        escape(out, kn_result_info_key(result, i));
        kn__text_add(out, between);
        escape(out, value);
        kn__text_add(out, "\n");
    }
}

static void put_title(kn__text *out, const kn_table_decl *decl, int32_t width)
{
    kn__text title;
    kn__text_init(&title, out->ctx, 0);
    kn__text_addf(&title, "%s: %s", decl->name, decl->help ? decl->help : "");
    if (title.data)
        put_lines(out, title.data, width - 2, 2);
    kn__text_add(out, "\n");
    if (kn__text_status(&title) < 0 && out->status >= 0)
        out->status = kn__text_status(&title);
    kn__text_release(&title);
}

static bool anything_to_say(const kn_result *result)
{
    return kn_result_infos(result) || kn_result_notes(result);
}

kn_status kn__output_table(kn__text *out, const kn__sheet *sheet)
{
    int32_t tables = kn_result_tables(sheet->result), written = 0;
    bool titles = tables > 1 && !sheet->options->table;
    for (int32_t t = 0; t < tables; t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        const kn_table_decl *decl = kn_table_declaration(table);
        if (!kn__sheet_wants(sheet, table))
            continue;
        kn__text_add(out, written++ ? "\n" : "");
        if (titles)
            put_title(out, decl, sheet->options->width);
        KN__TRY(put_table(out, sheet, table));
    }
    if (anything_to_say(sheet->result) && !sheet->options->table) {
        kn__text_add(out, written ? "\n" : "");
        put_infos(out, sheet->result, "", ": ", kn__write_plain);
        for (int32_t i = 0; i < kn_result_notes(sheet->result); i++) {
            kn__text_add(out, "- ");
            put_lines(out, kn_result_note_text(sheet->result, i),
                      sheet->options->width - 2, 2);
            kn__text_add(out, "\n");
        }
    }
    return kn__text_status(out);
}

/* ---- markdown ---- */

static void markdown_heads(kn__text *out, const kn__layout *l)
{
    for (int32_t c = 0; c < l->count; c++) {
        kn__text_add(out, c ? " | " : "| ");
        kn__sheet_head(out, &l->shown[c].view, kn__write_markdown);
        if (!kn__shown_unit(&l->shown[c])[0])
            continue;
        kn__text_add(out, " (");
        kn__write_markdown(out, kn__shown_unit(&l->shown[c]));
        kn__text_add(out, ")");
    }
    kn__text_add(out, " |\n");
    for (int32_t c = 0; c < l->count; c++)
        kn__text_add(out, kn__sheet_is_text(&l->shown[c].view) ? "|---" : "|---:");
    kn__text_add(out, "|\n");
}

static void markdown_row(kn__text *out, const kn__layout *l, int64_t row)
{
    for (int32_t c = 0; c < l->count; c++) {
        char buffer[KN__CELL];
        kn__text_add(out, c ? " | " : "| ");
        kn__write_markdown(out, kn__layout_cell(buffer, l, &l->shown[c], row));
    }
    kn__text_add(out, " |\n");
}

static kn_status markdown_table(kn__text *out, const kn__sheet *sheet,
                                const kn_table *table)
{
    kn__layout layout;
    KN__TRY(kn__layout_new(&layout, sheet, table, 0));
    markdown_heads(out, &layout);
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        if (!kn__layout_skips(&layout, r))
            markdown_row(out, &layout, r);
    kn__text_add(out, layout.aside_columns ? "\n" : "");
    put_aside(out, &layout);
    return kn__text_status(out);
}

kn_status kn__output_markdown(kn__text *out, const kn__sheet *sheet)
{
    int32_t written = 0;
    for (int32_t t = 0; t < kn_result_tables(sheet->result); t++) {
        const kn_table *table = kn_result_table(sheet->result, t);
        if (!kn__sheet_wants(sheet, table))
            continue;
        kn__text_add(out, written++ ? "\n## " : "## ");
        kn__write_markdown(out, kn_table_declaration(table)->name);
        kn__text_add(out, "\n\n");
        KN__TRY(markdown_table(out, sheet, table));
    }
    if (anything_to_say(sheet->result) && !sheet->options->table) {
        kn__text_add(out, written ? "\n" : "");
        put_infos(out, sheet->result, "- ", ": ", kn__write_markdown);
        for (int32_t i = 0; i < kn_result_notes(sheet->result); i++) {
            kn__text_add(out, "- ");
            kn__write_markdown(out, kn_result_note_text(sheet->result, i));
            kn__text_add(out, "\n");
        }
    }
    return kn__text_status(out);
}
