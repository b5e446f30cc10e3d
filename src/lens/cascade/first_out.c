/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/first_out.h"

#include <math.h>
#include <stdlib.h>

typedef struct fall {
    double day, value;
    int64_t at;
} fall;

static int by_day(const void *x, const void *y)
{
    const fall *a = x, *b = y;
    if (a->day != b->day)
        return a->day < b->day ? -1 : 1;
    if (a->value != b->value)
        return a->value > b->value ? -1 : 1;
    return a->at < b->at ? -1 : a->at > b->at;
}

kn_status kn__first_rank(kn__first *first, int64_t count, kn_context *ctx,
                         kn__arena *arena, int64_t **order, int64_t *fallen)
{
    fall *falls = KN__ARRAY(arena, ctx, count, fall);
    *order = KN__ARRAY(arena, ctx, count, int64_t);
    *fallen = 0;
    if (!falls || !*order)
        return KN_ERR_MEMORY;
    for (int64_t at = 0; at < count; at++) {
        first[at].parent = first[at].child = first[at].sibling = -1;
        if (!isnan(first[at].day))
            falls[(*fallen)++] = (fall){first[at].day, first[at].value, at};
    }
    qsort(falls, (size_t)*fallen, sizeof *falls, by_day);
    for (int64_t k = 0; k < *fallen; k++) {
        (*order)[k] = falls[k].at;
        first[falls[k].at].rank = k;
    }
    return KN_OK;
}

void kn__first_hang(kn__first *first, int64_t below, int64_t above, double weight,
                    double *so_far)
{
    if (isnan(first[above].day) || first[above].rank >= first[below].rank ||
        weight <= *so_far)
        return;
    first[below].parent = above;
    *so_far = weight;
}

static kn_status write_row(const kn__first *f, double row, double parent_row,
                           kn_context *ctx, const kn_network *net, kn_table *table)
{
    kn_cell cells[] = {{.text = net->economies[f->economy].code},
                       {.text = net->products[f->product].id},
                       {.number = f->day},
                       {.text = f->cause == KN__CAUSE_CAPACITY ? "capacity"
                                : f->cause == KN__CAUSE_DEMAND
                                    ? "demand"
                                    : net->products[f->cause].id},
                       {.number = row},
                       {.number = (double)f->depth},
                       {.number = parent_row}};
    return kn_table_append(table, ctx, cells);
}

/* Depth first; `rank` is no longer needed and takes the number of the row. */
static kn_status write_tree(kn__first *first, int64_t root, int64_t *row, kn_context *ctx,
                            const kn_network *net, kn_table *table)
{
    for (int64_t at = root; at >= 0;) {
        kn__first *f = &first[at];
        bool below = f->parent >= 0;
        f->rank = ++*row;
        f->depth = below ? first[f->parent].depth + 1 : 0;
        double parent_row = below ? (double)first[f->parent].rank : NAN;
        KN__TRY(write_row(f, (double)f->rank, parent_row, ctx, net, table));
        if (f->child >= 0) {
            at = f->child;
            continue;
        }
        while (at != root && first[at].sibling < 0)
            at = first[at].parent;
        at = at == root ? -1 : first[at].sibling;
    }
    return KN_OK;
}

kn_status kn__first_write(kn__first *first, const int64_t *order, int64_t fallen,
                          kn_context *ctx, const kn_network *net, kn_table *table)
{
    int64_t row = 0;
    /* From the last on, so that earlier siblings come first. */
    for (int64_t k = fallen - 1; k >= 0; k--) {
        kn__first *f = &first[order[k]];
        if (f->parent < 0)
            continue;
        f->sibling = first[f->parent].child;
        first[f->parent].child = order[k];
    }
    for (int64_t k = 0; k < fallen; k++)
        if (first[order[k]].parent < 0)
            KN__TRY(write_tree(first, order[k], &row, ctx, net, table));
    return KN_OK;
}
