/* SPDX-License-Identifier: Apache-2.0 */
#include "read/flows_raw.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- Rows ---- */

kn_status kn__flows_new(kn__flow_reader *r, kn_context *ctx, const kn__hs_list *only)
{
    kn__arena *arena;
    *r = (kn__flow_reader){.ctx = ctx, .only = only};
    KN__TRY(kn__arena_new(&arena, ctx));
    r->raw = KN__NEW(arena, ctx, kn__flows_raw);
    if (!r->raw) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    r->raw->arena = arena;
    return KN_OK;
}

void kn__flows_raw_free(kn_context *ctx, kn__flows_raw *raw)
{
    if (!raw)
        return;
    kn__release(ctx, raw->rows);
    kn__arena_free(raw->arena);
}

/* Looks each product up in the list once, not once a row. */
kn_status kn__flows_want(bool *want, kn__flow_reader *r, const char *product)
{
    int32_t id, known = r->goods.count;
    kn__arena *arena = r->raw->arena;
    *want = true;
    if (!r->only)
        return KN_OK;
    KN__TRY(kn__intern_add(&r->goods, r->ctx, arena, product, &id));
    if (r->wanted_room < r->goods.room) {
        bool *more = KN__ARRAY(arena, r->ctx, r->goods.room, bool);
        if (!more)
            return KN_ERR_MEMORY;
        if (known)
            memcpy(more, r->wanted, (size_t)known * sizeof *more);
        r->wanted = more;
        r->wanted_room = r->goods.room;
    }
    if (id == known)
        r->wanted[id] = kn__hs_has(r->only, product);
    *want = r->wanted[id];
    return KN_OK;
}

kn_status kn__flows_add(kn__flow_reader *r, const char *from, const char *to,
                        const char *product, int32_t year, double value_musd,
                        int32_t line)
{
    kn__flows_raw *raw = r->raw;
    kn__flow_row row = {.year = year, .line = line, .value_musd = value_musd};
    if (strcmp(from, to) == 0) {
        r->skipped_self++;
        return KN_OK;
    }
    r->unseen += strcmp(from, "ZZU") == 0 || strcmp(to, "ZZU") == 0;
    KN__TRY(kn__intern_add(&r->economies, r->ctx, raw->arena, from, &row.from));
    KN__TRY(kn__intern_add(&r->economies, r->ctx, raw->arena, to, &row.to));
    KN__TRY(kn__intern_add(&r->products, r->ctx, raw->arena, product, &row.product));
    void *rows = raw->rows;
    KN__TRY(kn__grow(r->ctx, &rows, &r->row_room, raw->row_count + 1, sizeof row));
    raw->rows = rows;
    raw->rows[raw->row_count++] = row;
    return KN_OK;
}

/* ---- Order ---- */

typedef struct label {
    const char *text;
    int32_t id;
} label;

static int by_text(const void *a, const void *b)
{
    return strcmp(((const label *)a)->text, ((const label *)b)->text);
}

/* Sorted texts, and where each went. */
static kn_status sort_labels(kn__flow_reader *r, const kn__intern *t, const char ***texts,
                             int32_t **to)
{
    kn__arena *arena = r->raw->arena;
    label *order = KN__ARRAY(arena, r->ctx, t->count, label);
    *texts = KN__ARRAY(arena, r->ctx, t->count, const char *);
    *to = KN__ARRAY(arena, r->ctx, t->count, int32_t);
    if (!order || !*texts || !*to)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < t->count; k++)
        order[k] = (label){t->texts[k], k};
    if (t->count)
        qsort(order, (size_t)t->count, sizeof *order, by_text);
    for (int32_t k = 0; k < t->count; k++) {
        (*texts)[k] = order[k].text;
        (*to)[order[k].id] = k;
    }
    return KN_OK;
}

static int by_key(const void *a, const void *b)
{
    const kn__flow_row *x = a, *y = b;
    if (x->product != y->product)
        return x->product < y->product ? -1 : 1;
    if (x->from != y->from)
        return x->from < y->from ? -1 : 1;
    if (x->to != y->to)
        return x->to < y->to ? -1 : 1;
    if (x->year != y->year)
        return x->year < y->year ? -1 : 1;
    if (x->value_musd != y->value_musd)
        return x->value_musd < y->value_musd ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static bool same_key(const kn__flow_row *a, const kn__flow_row *b)
{
    return a->product == b->product && a->from == b->from && a->to == b->to &&
           a->year == b->year;
}

static void merge_rows(kn__flow_reader *r)
{
    kn__flows_raw *raw = r->raw;
    int64_t kept = 0;
    double last = 0;
    for (int64_t k = 0; k < raw->row_count; k++) {
        kn__flow_row row = raw->rows[k];
        if (kept && same_key(&raw->rows[kept - 1], &row)) {
            r->repeated++;
            if (row.value_musd != last)
                raw->rows[kept - 1].value_musd += row.value_musd;
        } else {
            raw->rows[kept++] = row;
        }
        last = row.value_musd;
    }
    raw->row_count = kept;
}

kn_status kn__flows_finish(kn__flow_reader *r, const char *file)
{
    kn__flows_raw *raw = r->raw;
    int32_t *economy, *product;
    if (r->only)
        KN__TRY(kn__hs_check(r->only, r->ctx, file, r->goods.texts, r->goods.count));
    if (!raw->row_count)
        return kn__fail(r->ctx, KN_ERR_DATA, "%s: there is no flow between economies%s",
                        file, r->only ? " of the goods looked for" : "");
    KN__TRY(sort_labels(r, &r->economies, &raw->economies, &economy));
    KN__TRY(sort_labels(r, &r->products, &raw->products, &product));
    raw->economy_count = r->economies.count;
    raw->product_count = r->products.count;
    for (int64_t k = 0; k < raw->row_count; k++) {
        kn__flow_row *row = &raw->rows[k];
        row->from = economy[row->from];
        row->to = economy[row->to];
        row->product = product[row->product];
        raw->source_year = row->year > raw->source_year ? row->year : raw->source_year;
    }
    qsort(raw->rows, (size_t)raw->row_count, sizeof *raw->rows, by_key);
    merge_rows(r);
    if (r->skipped_self)
        KN__TRY(KN__NOTE(raw, r->ctx, "%lld flows inside one economy are left out",
                         (long long)r->skipped_self));
    if (r->repeated)
        KN__TRY(KN__NOTE(raw, r->ctx,
                         "%lld rows repeat economies, product and year: the same "
                         "value counts once, others are added up",
                         (long long)r->repeated));
    return r->unseen ? KN__NOTE(raw, r->ctx,
                                "%lld flows name no single economy (areas not "
                                "elsewhere specified); they count as unseen (ZZU)",
                                (long long)r->unseen)
                     : KN_OK;
}

int32_t kn__column_of(const kn__field *header, int32_t count, const char *const *names)
{
    for (; *names; names++)
        for (int32_t c = 0; c < count; c++)
            if (strcmp(header[c].text, *names) == 0)
                return c;
    return -1;
}
