/* SPDX-License-Identifier: Apache-2.0 */
/* The formats for people: terminal tables and markdown. Numbers are rounded. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include <utf8proc.h>

#include "report/write.h"

enum { DIGITS = 4, NARROWEST = 10 };
static const double LOST = 0.05; /* a number may lose this part of it by rounding */

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

/* What a column needs to be laid out. */
typedef struct layout {
    kn__view view;
    int32_t width;
    int decimals;
    int32_t depth; /* column that says how far a row is set in, or -1 */
} layout;

/* A table with a depth is a tree: its first column steps to the right. */
static int32_t set_in(const kn_table *table, const layout *l, int64_t row)
{
    enum { STEP = 2, DEEPEST = 12 };
    double depth = l->depth < 0 ? 0 : kn_table_number(table, row, l->depth);
    return depth > 0 ? STEP * (int32_t)fmin(depth, DEEPEST) : 0;
}

static void number_text(char *buffer, double value, const layout *l)
{
    if (l->view.decl->type == KN_COLUMN_FLAG && isfinite(value)) {
        snprintf(buffer, 64, "%s", value != 0 ? "yes" : "no");
        return;
    }
    int decimals = l->decimals;
    if (!l->view.decl->unit) /* each row has its own */
        decimals = value == floor(value) ? 0 : kn__decimals_for(value, DIGITS);
    kn__write_fixed(buffer, value, decimals);
    /* something that is not zero must not look like zero, nor 0.6 like 1 */
    double step = pow(10, -decimals), shown = round(value / step) * step;
    if (value != 0 && isfinite(value) && fabs(shown - value) > LOST * fabs(value))
        kn__write_fixed(buffer, value, kn__decimals_for(value, 2));
}

static int column_decimals(const kn_table *table, const kn__view *view)
{
    double largest = 0;
    bool whole = true;
    if (view->decl->type != KN_COLUMN_NUMBER)
        return 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        double value = fabs(kn_table_number(table, r, view->column));
        if (!isfinite(value))
            continue;
        whole = whole && value == floor(value) && value < 1e15;
        largest = value > largest ? value : largest;
    }
    return whole ? 0 : kn__decimals_for(largest, DIGITS);
}

static const char *unit_of(const layout *l)
{
    return l->view.decl->unit && !l->view.names ? l->view.decl->unit : "";
}

static void measure(layout *l, const kn__sheet *sheet, const kn_table *table)
{
    char buffer[64];
    l->decimals = column_decimals(table, &l->view);
    l->width = kn__display_width(l->view.decl->name) + (l->view.names ? 5 : 0);
    int32_t unit = kn__display_width(unit_of(l));
    l->width = unit > l->width ? unit : l->width;
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        const char *cell = buffer;
        if (kn__sheet_is_text(&l->view))
            cell = kn__sheet_text(sheet, table, &l->view, r);
        else
            number_text(buffer, kn_table_number(table, r, l->view.column), l);
        int32_t width = kn__display_width(cell) + set_in(table, l, r);
        l->width = width > l->width ? width : l->width;
    }
}

/* Takes columns from the widest text until the table fits. */
static void fit(layout *l, int32_t count, int32_t width)
{
    int32_t total = 2 * (count - 1);
    for (int32_t c = 0; c < count; c++)
        total += l[c].width;
    while (width > 0 && total > width) {
        int32_t widest = -1;
        for (int32_t c = 0; c < count; c++)
            if (kn__sheet_is_text(&l[c].view) && l[c].width > NARROWEST &&
                (widest < 0 || l[c].width > l[widest].width))
                widest = c;
        if (widest < 0)
            return;
        l[widest].width--;
        total--;
    }
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

static void put_heads(kn__text *out, const layout *l, int32_t count, bool color)
{
    for (int line = 0; line < 2; line++) {
        kn__text_add(out, !color ? "" : line ? "\x1b[2m" : "\x1b[1m");
        for (int32_t c = 0; c < count; c++) {
            char name[128];
            bool last = c == count - 1;
            snprintf(name, sizeof name, "%s%s", l[c].view.decl->name,
                     l[c].view.names ? "_name" : "");
            put_cell(out, line ? unit_of(&l[c]) : name, l[c].width,
                     !kn__sheet_is_text(&l[c].view), last);
            kn__text_add(out, last ? "" : "  ");
        }
        kn__text_add(out, color ? "\x1b[0m\n" : "\n");
    }
}

static const char *cell_text(char *buffer, const kn__sheet *sheet, const kn_table *table,
                             const layout *l, int64_t row)
{
    if (kn__sheet_is_text(&l->view))
        return kn__sheet_text(sheet, table, &l->view, row);
    number_text(buffer, kn_table_number(table, row, l->view.column), l);
    return buffer;
}

/* One layout for every column that will be written. */
static kn_status lay_out(layout **columns, int32_t *count, const kn__sheet *sheet,
                         const kn_table *table)
{
    kn__view *views;
    KN__TRY(kn__sheet_views(&views, count, sheet, table));
    layout *l = *columns = KN__ARRAY(sheet->arena, sheet->ctx, *count, layout);
    if (!l)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < *count; c++) {
        l[c].view = views[c];
        l[c].depth = c == 0 ? kn_table_column(table, "depth") : -1;
        measure(&l[c], sheet, table);
    }
    return KN_OK;
}

static kn_status put_table(kn__text *out, const kn__sheet *sheet, const kn_table *table)
{
    layout *l;
    int32_t count;
    KN__TRY(lay_out(&l, &count, sheet, table));
    fit(l, count, sheet->options->width);
    put_heads(out, l, count, sheet->options->color);
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        for (int32_t c = 0; c < count; c++) {
            char buffer[64];
            const char *cell = cell_text(buffer, sheet, table, &l[c], r);
            bool last = c == count - 1;
            int32_t in = set_in(table, &l[c], r), room = l[c].width - in;
            pad(out, in);
            put_cell(out, cell, room, !kn__sheet_is_text(&l[c].view), last);
            kn__text_add(out, last ? "\n" : "  ");
        }
    }
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
    for (int32_t i = 0; i < kn_result_notes(result); i++) {
        kn__text_add(out, "- ");
        escape(out, kn_result_note_text(result, i));
        kn__text_add(out, "\n");
    }
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
            kn__text_addf(out, "%s: %s\n", decl->name, decl->help ? decl->help : "");
        KN__TRY(put_table(out, sheet, table));
    }
    if (anything_to_say(sheet->result) && !sheet->options->table) {
        kn__text_add(out, written ? "\n" : "");
        put_infos(out, sheet->result, "", ": ", kn__write_plain);
    }
    return kn__text_status(out);
}

/* ---- markdown ---- */

static void markdown_heads(kn__text *out, const layout *l, int32_t count)
{
    for (int32_t c = 0; c < count; c++) {
        kn__text_add(out, c ? " | " : "| ");
        kn__sheet_head(out, &l[c].view, kn__write_markdown);
        if (!unit_of(&l[c])[0])
            continue;
        kn__text_add(out, " (");
        kn__write_markdown(out, unit_of(&l[c]));
        kn__text_add(out, ")");
    }
    kn__text_add(out, " |\n");
    for (int32_t c = 0; c < count; c++)
        kn__text_add(out, kn__sheet_is_text(&l[c].view) ? "|---" : "|---:");
    kn__text_add(out, "|\n");
}

static kn_status markdown_table(kn__text *out, const kn__sheet *sheet,
                                const kn_table *table)
{
    layout *l;
    int32_t count;
    KN__TRY(lay_out(&l, &count, sheet, table));
    markdown_heads(out, l, count);
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        for (int32_t c = 0; c < count; c++) {
            char buffer[64];
            kn__text_add(out, c ? " | " : "| ");
            kn__write_markdown(out, cell_text(buffer, sheet, table, &l[c], r));
        }
        kn__text_add(out, " |\n");
    }
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
    }
    return kn__text_status(out);
}
