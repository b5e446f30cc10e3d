/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/table.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"

struct kn_table {
    const kn_table_decl *decl;
    kn__arena *arena;
    kn_allocator memory;
    kn_cell *cells; /* rows × columns */
    int64_t rows, capacity;
    const bool *main; /* columns for people; NULL: all */
};

typedef struct info {
    const char *key, *text;
    double number;
} info;

struct kn_result {
    kn__arena *arena;
    kn_allocator memory;
    kn_table **tables;
    info *infos;
    const char **notes;
    int64_t table_count, table_room, info_count, info_room, note_count, note_room;
};

kn_status kn_table_new(kn_table **table, kn_context *context, const kn_table_decl *decl)
{
    *table = NULL;
    kn_table *t = kn__alloc(context, 1, sizeof *t);
    if (!t)
        return KN_ERR_MEMORY;
    t->decl = decl;
    t->memory = *kn__allocator(context);
    if (kn__arena_new(&t->arena, context) < 0) {
        kn_table_free(t);
        return KN_ERR_MEMORY;
    }
    *table = t;
    return KN_OK;
}

void kn_table_free(kn_table *table)
{
    if (!table)
        return;
    kn_allocator a = table->memory;
    kn__arena_free(table->arena);
    if (table->cells)
        a.release(a.user, table->cells);
    a.release(a.user, table);
}

static bool is_text(const kn_table *table, int32_t column)
{
    return table->decl->columns[column].type == KN_COLUMN_TEXT;
}

kn_status kn_table_append(kn_table *table, kn_context *context, const kn_cell *cells)
{
    int32_t n = table->decl->column_count;
    void *room = table->cells;
    KN__TRY(kn__grow(context, &room, &table->capacity, table->rows + 1,
                     (size_t)n * sizeof *cells));
    table->cells = room;
    kn_cell *row = table->cells + table->rows * n;
    memcpy(row, cells, (size_t)n * sizeof *cells);
    for (int32_t c = 0; c < n; c++) {
        if (!is_text(table, c))
            continue;
        row[c].text = kn__arena_text(table->arena, context, cells[c].text);
        if (!row[c].text)
            return KN_ERR_MEMORY;
    }
    table->rows++;
    return KN_OK;
}

void kn__table_set_main(kn_table *table, const bool *columns)
{
    table->main = columns;
}

const bool *kn__table_main(const kn_table *table)
{
    return table->main;
}

const kn_table_decl *kn_table_declaration(const kn_table *table)
{
    return table->decl;
}

int64_t kn_table_rows(const kn_table *table)
{
    return table->rows;
}

const char *kn_table_text(const kn_table *table, int64_t row, int32_t column)
{
    return is_text(table, column)
               ? table->cells[row * table->decl->column_count + column].text
               : "";
}

double kn_table_number(const kn_table *table, int64_t row, int32_t column)
{
    return is_text(table, column)
               ? NAN
               : table->cells[row * table->decl->column_count + column].number;
}

int32_t kn_table_column(const kn_table *table, const char *name)
{
    for (int32_t c = 0; c < table->decl->column_count; c++)
        if (kn__text_equal(table->decl->columns[c].name, name))
            return c;
    return -1;
}

typedef struct sort_key {
    double value;
    int64_t row;
} sort_key;

static int larger_first(const void *a, const void *b)
{
    const sort_key *x = a, *y = b;
    if (isnan(x->value) != isnan(y->value))
        return isnan(x->value) ? 1 : -1;
    if (x->value != y->value && !isnan(x->value))
        return x->value > y->value ? -1 : 1;
    return (x->row > y->row) - (x->row < y->row);
}

kn_status kn_table_sort_down(kn_table *table, kn_context *context, int32_t column)
{
    int32_t n = table->decl->column_count;
    sort_key *keys = kn__alloc(context, table->rows, sizeof *keys);
    kn_cell *sorted = kn__alloc(context, table->rows * n, sizeof *sorted);
    kn_status status = keys && sorted ? KN_OK : KN_ERR_MEMORY;
    if (status == KN_OK) {
        for (int64_t r = 0; r < table->rows; r++)
            keys[r] = (sort_key){kn_table_number(table, r, column), r};
        qsort(keys, (size_t)table->rows, sizeof *keys, larger_first);
        for (int64_t r = 0; r < table->rows; r++)
            memcpy(sorted + r * n, table->cells + keys[r].row * n,
                   (size_t)n * sizeof *sorted);
        if (table->rows)
            memcpy(table->cells, sorted, (size_t)(table->rows * n) * sizeof *sorted);
    }
    kn__release(context, keys);
    kn__release(context, sorted);
    return status;
}

void kn_table_truncate(kn_table *table, int64_t rows)
{
    if (rows >= 0 && rows < table->rows)
        table->rows = rows;
}

/* ---- Results ---- */

kn_status kn_result_new(kn_result **result, kn_context *context)
{
    *result = NULL;
    kn_result *r = kn__alloc(context, 1, sizeof *r);
    if (!r)
        return KN_ERR_MEMORY;
    r->memory = *kn__allocator(context);
    if (kn__arena_new(&r->arena, context) < 0) {
        kn_result_free(r);
        return KN_ERR_MEMORY;
    }
    *result = r;
    return KN_OK;
}

static void release(const kn_allocator *a, void *block)
{
    if (block)
        a->release(a->user, block);
}

void kn_result_free(kn_result *result)
{
    if (!result)
        return;
    kn_allocator a = result->memory;
    for (int64_t i = 0; i < result->table_count; i++)
        kn_table_free(result->tables[i]);
    release(&a, result->tables);
    release(&a, result->infos);
    release(&a, result->notes);
    kn__arena_free(result->arena);
    release(&a, result);
}

kn__arena *kn__result_arena(const kn_result *result)
{
    return result->arena;
}

kn_status kn_result_add(kn_result *result, kn_context *context, const kn_table_decl *decl,
                        kn_table **table)
{
    *table = NULL;
    void *room = result->tables;
    KN__TRY(kn__grow(context, &room, &result->table_room, result->table_count + 1,
                     sizeof *result->tables));
    result->tables = room;
    KN__TRY(kn_table_new(table, context, decl));
    result->tables[result->table_count++] = *table;
    return KN_OK;
}

kn_status kn_result_info(kn_result *result, kn_context *context, const char *key,
                         const char *text, double number)
{
    void *room = result->infos;
    KN__TRY(kn__grow(context, &room, &result->info_room, result->info_count + 1,
                     sizeof *result->infos));
    result->infos = room;
    info added = {.key = kn__arena_text(result->arena, context, key), .number = number};
    if (text)
        added.text = kn__arena_text(result->arena, context, text);
    if (!added.key || (text && !added.text))
        return KN_ERR_MEMORY;
    result->infos[result->info_count++] = added;
    return KN_OK;
}

kn_status kn_result_note(kn_result *result, kn_context *context, const char *format, ...)
{
    char line[2048];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    void *room = result->notes;
    KN__TRY(kn__grow(context, &room, &result->note_room, result->note_count + 1,
                     sizeof *result->notes));
    result->notes = room;
    const char *copy = kn__arena_text(result->arena, context, line);
    if (!copy)
        return KN_ERR_MEMORY;
    result->notes[result->note_count++] = copy;
    return KN_OK;
}

int32_t kn_result_tables(const kn_result *result)
{
    return (int32_t)result->table_count;
}

kn_table *kn_result_table(const kn_result *result, int32_t index)
{
    return result->tables[index];
}

kn_table *kn_result_find(const kn_result *result, const char *name)
{
    for (int64_t i = 0; i < result->table_count; i++)
        if (kn__text_equal(result->tables[i]->decl->name, name))
            return result->tables[i];
    return NULL;
}

int32_t kn_result_infos(const kn_result *result)
{
    return (int32_t)result->info_count;
}

const char *kn_result_info_key(const kn_result *result, int32_t index)
{
    return result->infos[index].key;
}

const char *kn_result_info_text(const kn_result *result, int32_t index)
{
    return result->infos[index].text;
}

double kn_result_info_number(const kn_result *result, int32_t index)
{
    return result->infos[index].number;
}

int32_t kn_result_notes(const kn_result *result)
{
    return (int32_t)result->note_count;
}

const char *kn_result_note_text(const kn_result *result, int32_t index)
{
    return result->notes[index];
}
