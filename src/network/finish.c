/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "network/build.h"
#include "network/schema.h"

/* ---- Every field of every record ---- */

static kn_status out_of_range(kn_context *ctx, const kn_network *net,
                              const kn__record_table *t, int32_t record,
                              const kn__record_field *field)
{
    return kn__fail(ctx, KN_ERR_DATA, "network %s: row %d of %s: %s does not fit",
                    net->name, (int)record + 1, t->name, field->name);
}

/* Does the field hold what its type allows? A negative zero and odd NaN are made plain,
   so that equal networks are equal to the last bit. */
static bool check_field(const kn_network *net, const kn__record_field *field, char *at)
{
    const char *text;
    double number;
    int32_t whole;
    switch (field->type) {
    case KN__FIELD_TEXT:
        memcpy(&text, at, sizeof text);
        return text != NULL;
    case KN__FIELD_NUMBER:
        memcpy(&number, at, sizeof number);
        number = isnan(number) ? NAN : number + 0.0;
        memcpy(at, &number, sizeof number);
        return !isinf(number);
    case KN__FIELD_GRADE:
        return *at >= 'A' && *at <= 'D';
    case KN__FIELD_WORD:
        memcpy(&whole, at, sizeof whole);
        return whole >= 0 && whole < field->word_count;
    case KN__FIELD_REF:
    case KN__FIELD_REF_ANY:
        memcpy(&whole, at, sizeof whole);
        return whole >= (field->type == KN__FIELD_REF ? 0 : -1) &&
               whole < kn__record_count(net, field->refers_to);
    default:
        return true;
    }
}

static kn_status check_records(const kn_network *net, kn_context *ctx)
{
    for (int table = 0; table < KN__RECORDS_COUNT; table++) {
        const kn__record_table *t = &kn__record_tables[table];
        char *record = kn__record_first(net, (kn__records)table);
        int32_t count = kn__record_count(net, (kn__records)table);
        for (int32_t k = 0; k < count; k++, record += t->record_size)
            for (int32_t f = 0; f < t->field_count; f++)
                if (!check_field(net, &t->fields[f], record + t->fields[f].offset))
                    return out_of_range(ctx, net, t, k, &t->fields[f]);
    }
    return KN_OK;
}

static kn_status check_blocs(const kn_network *net, kn_context *ctx)
{
    for (int32_t b = 0; b < net->bloc_count; b++) {
        const kn_ids *m = &net->blocs[b].members;
        for (int32_t k = 0; k < m->count; k++)
            if (m->id[k] < 0 || m->id[k] >= net->economy_count ||
                (k && m->id[k] <= m->id[k - 1]))
                return kn__fail(ctx, KN_ERR_DATA,
                                "network %s: the members of bloc %s are not in order",
                                net->name, net->blocs[b].name);
    }
    return KN_OK;
}

static kn_status check_stocks(const kn_network *net, kn_context *ctx)
{
    int64_t at = 0;
    kn__stock s;
    while (kn__stock_next(net, &at, &s))
        if (!isfinite(s.days) || s.days < 0 || s.origin.source < -1 ||
            s.origin.source >= net->source_count || s.origin.grade < 'A' ||
            s.origin.grade > 'D')
            return kn__fail(ctx, KN_ERR_DATA, "network %s: the stock of %s in %s is %g",
                            net->name, net->products[s.product].id,
                            net->economies[s.economy].code, s.days);
    return KN_OK;
}

/* ---- Numbers in bulk ---- */

static bool all_finite(const double *value, int64_t count)
{
    double sum = 0; /* 0 · x is NaN for NaN and infinite x */
    for (int64_t k = 0; k < count; k++)
        sum += 0 * value[k];
    return sum == 0;
}

static kn_status check_flows(const kn_network *net, kn_context *ctx)
{
    const kn__flows *f = &net->flows;
    int64_t n = net->producer_count;
    bool fits = f->n == n;
    if (fits && f->is_dense)
        fits = f->dense && all_finite(f->dense, n * n);
    else if (fits)
        fits = f->rows.rows == n && f->columns.rows == n &&
               kn__csr_whole(&f->rows, f->rows.start[n]) &&
               kn__csr_whole(&f->columns, f->rows.start[n]) &&
               all_finite(f->rows.value, f->rows.start[n]);
    if (!fits)
        return kn__fail(ctx, KN_ERR_DATA, "network %s: the flows are not whole",
                        net->name);
    if (!all_finite(net->final_demand, n * net->final_count))
        return kn__fail(ctx, KN_ERR_DATA,
                        "network %s: a figure of final demand is not a number",
                        net->name);
    for (int32_t i = 0; i < n; i++)
        if (isnan(net->producers[i].output) || isnan(net->producers[i].value_added))
            return kn__fail(ctx, KN_ERR_DATA,
                            "network %s: output or value added of %s in %s is not known",
                            net->name, net->products[net->producers[i].product].id,
                            net->economies[net->producers[i].economy].code);
    return KN_OK;
}

/* ---- Order ---- */

static int compare(int32_t a, int32_t b)
{
    return (a > b) - (a < b);
}

static int by_recipe(const void *a, const void *b)
{
    const kn__recipe *x = a, *y = b;
    int order = compare(x->product, y->product);
    return order ? order : compare(x->input, y->input);
}

static int by_equipment(const void *a, const void *b)
{
    const kn__equipment *x = a, *y = b;
    int order = compare(x->product, y->product);
    return order ? order : compare(x->tool, y->tool);
}

static int by_link(const void *a, const void *b)
{
    const kn__link *x = a, *y = b;
    int order = compare(x->product, y->product);
    order = order ? order : compare(x->to, y->to);
    return order ? order : compare(x->from, y->from);
}

/* Sorts the records of a table and refuses two of one key. */
static kn_status sort_records(kn_network *net, kn_context *ctx, kn__records table,
                              int (*order)(const void *, const void *))
{
    const kn__record_table *t = &kn__record_tables[table];
    char *first = kn__record_first(net, table);
    int32_t count = kn__record_count(net, table);
    if (count < 2)
        return KN_OK;
    qsort(first, (size_t)count, t->record_size, order);
    for (int32_t k = 1; k < count; k++, first += t->record_size)
        if (order(first, first + t->record_size) == 0)
            return kn__fail(ctx, KN_ERR_DATA, "network %s: a row of %s stands twice",
                            net->name, t->name);
    return KN_OK;
}

kn_status kn__network_sort(kn_network *net, kn_context *ctx)
{
    KN__TRY(sort_records(net, ctx, KN__RECIPES, by_recipe));
    KN__TRY(sort_records(net, ctx, KN__EQUIPMENTS, by_equipment));
    KN__TRY(sort_records(net, ctx, KN__LINKS, by_link));
    net->recipe_start =
        KN__ARRAY(net->arena, ctx, (int64_t)net->product_count + 1, int32_t);
    if (!net->recipe_start)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->recipe_count; k++)
        net->recipe_start[net->recipes[k].product + 1]++;
    for (int32_t p = 0; p < net->product_count; p++)
        net->recipe_start[p + 1] += net->recipe_start[p];
    return KN_OK;
}

static kn_status place_producers(kn_network *net, kn_context *ctx)
{
    int64_t cells = (int64_t)net->product_count * net->economy_count;
    net->producer_at = KN__ARRAY(net->arena, ctx, cells, int32_t);
    if (!net->producer_at)
        return KN_ERR_MEMORY;
    for (int64_t c = 0; c < cells; c++)
        net->producer_at[c] = -1;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        int32_t *at =
            &net->producer_at[(int64_t)p->product * net->economy_count + p->economy];
        if (*at < 0)
            *at = i;
        else if (!*p->firm)
            return kn__fail(
                ctx, KN_ERR_DATA, "network %s: producer %s in %s stands twice", net->name,
                net->products[p->product].id, net->economies[p->economy].code);
    }
    return KN_OK;
}

kn_status kn__network_finish(kn_network *net, kn_context *ctx)
{
    KN__TRY(check_records(net, ctx));
    KN__TRY(check_blocs(net, ctx));
    KN__TRY(check_stocks(net, ctx));
    KN__TRY(check_flows(net, ctx));
    KN__TRY(kn__network_sort(net, ctx));
    KN__TRY(place_producers(net, ctx));
    KN__TRY(kn__network_index(net, ctx));
    net->zzu = kn__network_economy(net, "ZZU");
    net->row_economy = kn__network_economy(net, "ROW");
    kn__network_hash(net, net->sha256);
    return KN_OK;
}
