/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>

#include "kaname/study.h"
#include "kernel/table.h"
#include "kernel/text.h"
#include "network/measure.h"
#include "study/rows.h"
#include "study/run.h"

/* One table of both runs. */
typedef struct pair {
    kn_context *ctx;
    kn__arena *arena; /* scratch */
    const kn_table *table[2];
    const kn_table_decl *decl; /* of both */
    int32_t keys;
    kn_table *out;
} pair;

/* A row of the outcome; -1: that run has none. */
typedef struct match {
    int64_t row[2];
    double size; /* of the first difference */
    int64_t at;  /* in the order of keys */
} match;

/* Integers number rows or count. */
static bool has_difference(const kn_column *column)
{
    return column->type == KN_COLUMN_NUMBER;
}

/* ---- The declaration ---- */

static bool add_column(kn_table_decl *decl, kn_column *columns, kn_context *ctx,
                       kn__arena *arena, const kn_column *like, const char *ending)
{
    kn_column *added = &columns[decl->column_count++];
    *added = *like;
    added->name = kn__arena_format(arena, ctx, "%s%s", like->name, ending);
    return added->name != NULL;
}

/* Keys, then X_1, X_2 and X_difference for every other column X. */
static const kn_table_decl *declare(const pair *p, kn__arena *arena)
{
    const kn_table_decl *from = p->decl;
    kn_column *columns =
        KN__ARRAY(arena, p->ctx, 3 * (int64_t)from->column_count, kn_column);
    kn_table_decl *decl = KN__NEW(arena, p->ctx, kn_table_decl);
    bool ok = columns && decl;
    if (!ok)
        return NULL;
    *decl = (kn_table_decl){from->name, from->help, columns, 0};
    for (int32_t c = 0; ok && c < from->column_count; c++) {
        const kn_column *column = &from->columns[c];
        if (c < p->keys) {
            ok = add_column(decl, columns, p->ctx, arena, column, "");
            continue;
        }
        ok = add_column(decl, columns, p->ctx, arena, column, "_1") &&
             add_column(decl, columns, p->ctx, arena, column, "_2") &&
             (!has_difference(column) ||
              add_column(decl, columns, p->ctx, arena, column, "_difference"));
    }
    return ok ? decl : NULL;
}

/* To people: the keys, the first figure and words. The other figures of a lens say how
   sure or when, which makes a table three times as wide. */
static const bool *main_columns(const pair *p, kn__arena *arena)
{
    int32_t count = 3 * p->decl->column_count, at = p->keys;
    bool *main = KN__ARRAY(arena, p->ctx, count, bool), figure = false;
    for (int32_t c = 0; main && c < p->keys; c++)
        main[c] = true;
    for (int32_t c = p->keys; main && c < p->decl->column_count; c++) {
        const kn_column *column = &p->decl->columns[c];
        bool first = has_difference(column) && !figure;
        int32_t copies = has_difference(column) ? 3 : 2;
        for (int32_t k = 0; k < copies; k++)
            main[at++] = first || column->type == KN_COLUMN_TEXT;
        figure = figure || first;
    }
    return main;
}

/* ---- Rows ---- */

/* What a run says; losses and changes that it does not list are 0. */
static double number(const pair *p, const match *m, int run, int32_t c)
{
    if (m->row[run] >= 0)
        return kn_table_number(p->table[run], m->row[run], c);
    return kn__column_vanishes(&p->decl->columns[c]) ? 0 : NAN;
}

static double difference(const pair *p, const match *m, int32_t c)
{
    return number(p, m, 1, c) - number(p, m, 0, c);
}

static const char *text(const pair *p, const match *m, int run, int32_t c)
{
    return m->row[run] >= 0 ? kn_table_text(p->table[run], m->row[run], c) : "";
}

/* Walks both tables in the order of their keys. */
static kn_status find_matches(const pair *p, match **matches, int64_t *count)
{
    int64_t rows[2] = {kn_table_rows(p->table[0]), kn_table_rows(p->table[1])};
    kn__row *a = kn__rows_sorted(p->ctx, p->arena, p->table[0]);
    kn__row *b = kn__rows_sorted(p->ctx, p->arena, p->table[1]);
    *matches = KN__ARRAY(p->arena, p->ctx, rows[0] + rows[1], match);
    *count = 0;
    if (!a || !b || !*matches)
        return KN_ERR_MEMORY;
    int32_t first = p->keys;
    while (first < p->decl->column_count && !has_difference(&p->decl->columns[first]))
        first++;
    for (int64_t i = 0, j = 0; i < rows[0] || j < rows[1];) {
        int order = i >= rows[0] ? 1 : j >= rows[1] ? -1 : kn__row_compare(&a[i], &b[j]);
        match *m = &(*matches)[*count];
        *m = (match){{order <= 0 ? a[i++].row : -1, order >= 0 ? b[j++].row : -1}, 0, 0};
        if (first < p->decl->column_count)
            m->size = fabs(difference(p, m, first));
        m->at = (*count)++;
    }
    return KN_OK;
}

/* Largest difference first, undefined last. */
static int by_size(const void *x, const void *y)
{
    const match *a = x, *b = y;
    if (isnan(a->size) != isnan(b->size))
        return isnan(a->size) ? 1 : -1;
    if (a->size != b->size && !isnan(a->size))
        return a->size > b->size ? -1 : 1;
    return (a->at > b->at) - (a->at < b->at);
}

static kn_status write_match(const pair *p, const match *m, kn_cell *cells)
{
    int any = m->row[0] < 0, at = 0;
    for (int32_t c = 0; c < p->keys; c++, at++)
        if (p->decl->columns[c].type == KN_COLUMN_TEXT)
            cells[at].text = text(p, m, any, c);
        else
            cells[at].number = number(p, m, any, c);
    for (int32_t c = p->keys; c < p->decl->column_count; c++) {
        bool words = p->decl->columns[c].type == KN_COLUMN_TEXT;
        for (int run = 0; run < 2; run++, at++)
            if (words)
                cells[at].text = text(p, m, run, c);
            else
                cells[at].number = number(p, m, run, c);
        if (has_difference(&p->decl->columns[c]))
            cells[at++].number = difference(p, m, c);
    }
    return kn_table_append(p->out, p->ctx, cells);
}

static kn_status write_pair(const pair *p)
{
    match *matches;
    int64_t count;
    kn_cell *cells =
        KN__ARRAY(p->arena, p->ctx, kn_table_declaration(p->out)->column_count, kn_cell);
    if (!cells)
        return KN_ERR_MEMORY;
    KN__TRY(find_matches(p, &matches, &count));
    if (!kn__runs_over_time(p->decl))
        qsort(matches, (size_t)count, sizeof *matches, by_size);
    for (int64_t k = 0; k < count; k++)
        KN__TRY(write_match(p, &matches[k], cells));
    return KN_OK;
}

static kn_status add_tables(kn_result *result, kn_context *ctx, kn_result *const run[2])
{
    kn_status status = KN_OK;
    for (int32_t t = 0; status >= 0 && t < kn_result_tables(run[0]); t++) {
        pair p = {.ctx = ctx, .table = {kn_result_table(run[0], t), NULL}};
        p.decl = kn_table_declaration(p.table[0]);
        p.keys = kn__key_columns(p.decl);
        p.table[1] = kn_result_find(run[1], p.decl->name);
        if (!p.table[1] || p.keys == 0)
            continue;
        const kn_table_decl *decl = declare(&p, kn__result_arena(result));
        const bool *main = main_columns(&p, kn__result_arena(result));
        if (!decl || !main)
            return KN_ERR_MEMORY;
        KN__TRY(kn_result_add(result, ctx, decl, &p.out));
        kn__table_set_main(p.out, main);
        KN__TRY(kn__arena_new(&p.arena, ctx));
        status = write_pair(&p);
        kn__arena_free(p.arena);
    }
    return status;
}

/* ---- Key figures and findings ---- */

static kn_status add_info(kn_result *result, kn_context *ctx, kn__arena *arena,
                          const char *key, const char *ending, double value)
{
    char *name = kn__arena_format(arena, ctx, "%s%s", key, ending);
    return name ? kn_result_info(result, ctx, name, NULL, value) : KN_ERR_MEMORY;
}

/* Numbers of both runs side by side; equal ones stand once. */
static kn_status add_numbers(kn_result *result, kn_context *ctx, kn__arena *arena,
                             kn_result *const run[2])
{
    for (int32_t k = 0; k < kn_result_infos(run[0]); k++) {
        const char *key = kn_result_info_key(run[0], k);
        for (int32_t i = 0; i < kn_result_infos(run[1]); i++) {
            double a = kn_result_info_number(run[0], k),
                   b = kn_result_info_number(run[1], i);
            if (kn_result_info_text(run[0], k) || kn_result_info_text(run[1], i) ||
                !kn__text_equal(key, kn_result_info_key(run[1], i)))
                continue;
            if (a == b) {
                KN__TRY(kn_result_info(result, ctx, key, NULL, a));
                continue;
            }
            KN__TRY(add_info(result, ctx, arena, key, "_1", a));
            KN__TRY(add_info(result, ctx, arena, key, "_2", b));
            KN__TRY(add_info(result, ctx, arena, key, "_difference", b - a));
        }
    }
    return KN_OK;
}

static bool has_note(const kn_result *result, const char *note)
{
    for (int32_t k = 0; k < kn_result_notes(result); k++)
        if (kn__text_equal(kn_result_note_text(result, k), note))
            return true;
    return false;
}

/* What both runs say stands once. */
static kn_status add_notes(kn_result *result, kn_context *ctx, kn_result *const run[2])
{
    for (int r = 0; r < 2; r++)
        for (int32_t k = 0; k < kn_result_notes(run[r]); k++) {
            const char *note = kn_result_note_text(run[r], k);
            bool shared = has_note(run[1 - r], note);
            if (shared && r == 1)
                continue;
            KN__TRY(shared ? kn_result_note(result, ctx, "%s", note)
                           : kn_result_note(result, ctx, "Scenario %d: %s", r + 1, note));
        }
    return KN_OK;
}

static kn_status fill(kn_result *result, kn_context *ctx, kn__arena *arena,
                      const kn_lens *lens, const kn_scenario *const scenario[2],
                      const kn_setting *settings, int32_t count, kn_result *const run[2])
{
    KN__TRY(kn_result_info(result, ctx, "lens", lens->name, 0));
    KN__TRY(kn_result_info(result, ctx, "scenario_1", scenario[0]->title, 0));
    KN__TRY(kn_result_info(result, ctx, "scenario_1_sha256", scenario[0]->sha256, 0));
    KN__TRY(kn_result_info(result, ctx, "scenario_2", scenario[1]->title, 0));
    KN__TRY(kn_result_info(result, ctx, "scenario_2_sha256", scenario[1]->sha256, 0));
    KN__TRY(kn_result_info(result, ctx, "null_shock", "exactly zero", 0));
    KN__TRY(kn__note_options(result, ctx, arena, lens, settings, count));
    KN__TRY(add_tables(result, ctx, run));
    KN__TRY(add_numbers(result, ctx, arena, run));
    return add_notes(result, ctx, run);
}

kn_status kn_compare(kn_result **result, kn_context *context, const kn_lens *lens,
                     const kn_network *network, const kn_scenario *first,
                     const kn_scenario *second, const kn_setting *settings,
                     int32_t setting_count)
{
    const kn_scenario *const scenario[2] = {first, second};
    kn_result *run[2] = {NULL, NULL}, *made = NULL;
    kn__arena *arena = NULL;
    kn_status found = KN_OK, status = KN_OK;
    *result = NULL;
    if (!lens->operations)
        return kn__fail(context, KN_ERR_USAGE, "%s takes no scenario to compare",
                        lens->name);
    for (int k = 0; status >= 0 && k < 2; k++) {
        status = kn_lens_run(&run[k], context, lens, network, scenario[k], settings,
                             setting_count);
        found = status > 0 ? status : found;
        if (status == KN_NOTE_INTERRUPTED)
            status = kn__fail(context, KN_ERR_CANCELLED,
                              "interrupted: what does not reach the same day is not "
                              "compared");
    }
    if (status >= 0)
        status = kn__arena_new(&arena, context);
    if (status >= 0)
        status = kn_result_new(&made, context);
    if (status >= 0)
        status = fill(made, context, arena, lens, scenario, settings, setting_count, run);
    if (status < 0)
        kn_result_free(made);
    else
        *result = made;
    kn__arena_free(arena);
    kn_result_free(run[0]);
    kn_result_free(run[1]);
    return status < 0 ? status : found;
}
