/* SPDX-License-Identifier: Apache-2.0 */
#include "report/layout.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/table.h"

enum { DIGITS = 4, NARROWEST = 10, READABLE = 18, GAP = 2 };
static const double LOST = 0.05; /* a number may lose this part of it by rounding */

/* ---- Cells ---- */

int32_t kn__layout_set_in(const kn__layout *layout, const kn__shown *shown, int64_t row)
{
    enum { STEP = 2, DEEPEST = 12 };
    double depth =
        shown->depth < 0 ? 0 : kn_table_number(layout->table, row, shown->depth);
    return depth > 0 ? STEP * (int32_t)fmin(depth, DEEPEST) : 0;
}

static void number_text(char *buffer, double value, const kn__shown *shown)
{
    if (shown->view.decl->type == KN_COLUMN_FLAG && isfinite(value)) {
        snprintf(buffer, KN__CELL, "%s", value != 0 ? "yes" : "no");
        return;
    }
    int decimals = shown->decimals;
    if (!shown->view.decl->unit) /* each row has its own */
        decimals = value == floor(value) ? 0 : kn__decimals_for(value, DIGITS);
    kn__write_fixed(buffer, value, decimals);
    /* something that is not zero must not look like zero, nor 0.6 like 1 */
    double step = pow(10, -decimals), rounded = round(value / step) * step;
    if (value != 0 && isfinite(value) && fabs(rounded - value) > LOST * fabs(value))
        kn__write_fixed(buffer, value, kn__decimals_for(value, 2));
}

const char *kn__layout_cell(char *buffer, const kn__layout *layout,
                            const kn__shown *shown, int64_t row)
{
    if (kn__sheet_is_text(&shown->view))
        return kn__sheet_text(layout->sheet, layout->table, &shown->view, row);
    number_text(buffer, kn_table_number(layout->table, row, shown->view.column), shown);
    return buffer;
}

const char *kn__shown_unit(const kn__shown *shown)
{
    return shown->view.decl->unit && !shown->view.names ? shown->view.decl->unit : "";
}

/* ---- What the table leaves to the formats for programs ---- */

/* Rows without a number are no rows of zeros. */
bool kn__layout_skips(const kn__layout *layout, int64_t row)
{
    const bool *main = kn__table_main(layout->table);
    const kn_table_decl *decl = kn_table_declaration(layout->table);
    bool zeros = false;
    for (int32_t c = 0; main && c < decl->column_count; c++) {
        if (!main[c] || decl->columns[c].type != KN_COLUMN_NUMBER)
            continue;
        zeros = kn_table_number(layout->table, row, c) == 0;
        if (!zeros)
            return false;
    }
    return zeros;
}

static void set_aside(kn__layout *l)
{
    const bool *main = kn__table_main(l->table);
    int32_t kept = 0;
    for (int32_t c = 0; main && c < l->count; c++)
        if (main[l->shown[c].view.column])
            l->shown[kept++] = l->shown[c];
    if (!main)
        return;
    l->aside_columns = l->count - kept;
    l->count = kept;
    for (int64_t r = 0; r < kn_table_rows(l->table); r++)
        l->aside_rows += kn__layout_skips(l, r);
}

/* ---- Widths ---- */

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

static void measure(const kn__layout *l, kn__shown *shown)
{
    char buffer[KN__CELL], first[KN__CELL];
    const char *unit = kn__shown_unit(shown);
    shown->decimals = column_decimals(l->table, &shown->view);
    shown->width =
        kn__display_width(shown->view.decl->name) + (shown->view.names ? 5 : 0);
    if (kn__display_width(unit) > shown->width)
        shown->width = kn__display_width(unit);
    shown->constant = kn_table_rows(l->table) > 1;
    const char *head = shown->constant ? kn__layout_cell(first, l, shown, 0) : "";
    for (int64_t r = 0; r < kn_table_rows(l->table); r++) {
        const char *cell = kn__layout_cell(buffer, l, shown, r);
        int32_t width = kn__display_width(cell) + kn__layout_set_in(l, shown, r);
        shown->width = width > shown->width ? width : shown->width;
        shown->constant = shown->constant && !strcmp(cell, head);
    }
}

/* The width of the table when no text is wider than `most`. */
static int32_t width_of(const kn__layout *l, int32_t most)
{
    int32_t total = GAP * (l->count - 1);
    for (int32_t c = 0; c < l->count; c++) {
        bool cut = kn__sheet_is_text(&l->shown[c].view) && l->shown[c].width > most;
        total += cut ? most : l->shown[c].width;
    }
    return total;
}

/* Takes out the last column that says the same in every row, or else the last one. */
static void take_out(kn__layout *l)
{
    int32_t at = l->count - 1;
    while (at > 0 && !l->shown[at].constant)
        at--;
    if (!l->shown[at].constant)
        at = l->count - 1;
    memmove(l->rest + 1, l->rest, (size_t)l->rest_count * sizeof *l->rest);
    l->rest[0] = l->shown[at];
    l->rest_count++;
    l->count--;
    memmove(l->shown + at, l->shown + at + 1, (size_t)(l->count - at) * sizeof *l->shown);
}

static void fit(kn__layout *l, int32_t width)
{
    while (l->count > 1 && width_of(l, READABLE) > width)
        take_out(l);
    for (int32_t over = width_of(l, INT32_MAX) - width; over > 0; over--) {
        int32_t widest = -1;
        for (int32_t c = 0; c < l->count; c++)
            if (kn__sheet_is_text(&l->shown[c].view) && l->shown[c].width > NARROWEST &&
                (widest < 0 || l->shown[c].width > l->shown[widest].width))
                widest = c;
        if (widest < 0)
            return;
        l->shown[widest].width--;
    }
}

kn_status kn__layout_new(kn__layout *layout, const kn__sheet *sheet,
                         const kn_table *table, int32_t width)
{
    kn__view *views;
    *layout = (kn__layout){.sheet = sheet, .table = table};
    KN__TRY(kn__sheet_views(&views, &layout->count, sheet, table));
    layout->shown = KN__ARRAY(sheet->arena, sheet->ctx, layout->count, kn__shown);
    layout->rest = KN__ARRAY(sheet->arena, sheet->ctx, layout->count, kn__shown);
    if (!layout->shown || !layout->rest)
        return KN_ERR_MEMORY;
    for (int32_t c = 0; c < layout->count; c++) {
        layout->shown[c].view = views[c];
        layout->shown[c].depth = c == 0 ? kn_table_column(table, "depth") : -1;
    }
    set_aside(layout);
    for (int32_t c = 0; c < layout->count; c++)
        measure(layout, &layout->shown[c]);
    if (width > 0)
        fit(layout, width);
    return KN_OK;
}
