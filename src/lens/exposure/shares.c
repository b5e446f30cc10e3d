/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/threads.h"
#include "lens/exposure/exposure.h"
#include "lens/exposure/measures.h"

static const kn_column exposure_columns[] = {
    {"of", "", KN_COLUMN_TEXT, "who buys"},
    {"product", "", KN_COLUMN_TEXT, "what it buys"},
    {"holder", "", KN_COLUMN_TEXT, "whose share it is"},
    {"direct", "share", KN_COLUMN_NUMBER, "of the purchases, bought from the holder"},
    {"through", "share", KN_COLUMN_NUMBER,
     "of the value added in the purchases, made by the holder, over all tiers"},
    {"through_low", "share", KN_COLUMN_NUMBER,
     "the same when unseen suppliers are those with the least of it"},
    {"through_high", "share", KN_COLUMN_NUMBER,
     "the same when unseen suppliers are those with the most of it"},
    {"reach", "share", KN_COLUMN_NUMBER,
     "of the purchases, that need the holder in kind somewhere upstream; only where "
     "recipes are known"},
};

const kn_table_decl kn__table_exposure = {
    "exposure", "who depends on whom for what it buys, directly and over all tiers",
    exposure_columns, sizeof exposure_columns / sizeof *exposure_columns};

static const kn_column dependency_columns[] = {
    {"of", "", KN_COLUMN_TEXT, "who buys"},
    {"product", "", KN_COLUMN_TEXT, "what it buys"},
    {"hhi", "", KN_COLUMN_NUMBER,
     "sum of squared supplier shares; unseen suppliers count as many and small"},
    {"effective_suppliers", "", KN_COLUMN_NUMBER, "1 / hhi"},
    {"unseen", "share", KN_COLUMN_NUMBER, "of the purchases, from unknown suppliers"},
    {"cdi1", "", KN_COLUMN_NUMBER, "hhi of imports from outside; above 0.4"},
    {"cdi2", "share", KN_COLUMN_NUMBER,
     "outside share of imports; above 0.5; always 1 for a single economy"},
    {"cdi3", "", KN_COLUMN_NUMBER, "imports from outside over exports; above 1"},
    {"dependent", "", KN_COLUMN_FLAG, "all three above"},
    {"hhi_high", "", KN_COLUMN_NUMBER,
     "hhi when all unseen supply is the largest supplier's"},
};

const kn_table_decl kn__table_dependency = {
    "dependency", "concentration of suppliers, and the European Commission's indicators",
    dependency_columns, sizeof dependency_columns / sizeof *dependency_columns};

/* ---- Work ---- */

typedef struct holding {
    int32_t holder;
    double direct, through, low, high, reach;
} holding;

typedef struct work {
    kn__exposure *e;
    kn_table *exposure, *dependency;
    int32_t n, economies;
    int32_t *start, *of; /* producers of product q are of[start[q] .. start[q + 1]) */
    int32_t *holders, holder_count;
    double *content;    /* economies × n; NULL: solve forward */
    double *all;        /* n: content of all economies together */
    double *low, *high; /* holder_count × n, NULL without unseen suppliers */
    kn__pools pools;
    double *reach;   /* holder_count × products × economies; NULL: no recipes */
    double *scratch; /* of each worker */
    double *b, *x;   /* n: purchases; output they need */
    double *direct, *by_holder, *extra; /* economies */
    holding *holdings;                  /* holder_count: rows of one purchase */
} work;

static kn_status list_products(work *w)
{
    const kn_network *net = w->e->net;
    w->start = KN__ARRAY(w->e->arena, w->e->ctx, net->product_count + 1, int32_t);
    w->of = KN__ARRAY(w->e->arena, w->e->ctx, w->n, int32_t);
    if (!w->start || !w->of)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < w->n; i++)
        w->start[net->producers[i].product + 1]++;
    for (int32_t q = 0; q < net->product_count; q++)
        w->start[q + 1] += w->start[q];
    int32_t *at = KN__ARRAY(w->e->arena, w->e->ctx, net->product_count, int32_t);
    if (!at)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < w->n; i++) {
        int32_t q = net->producers[i].product;
        w->of[w->start[q] + at[q]++] = i;
    }
    return KN_OK;
}

static kn_status find_content(work *w)
{
    kn__exposure *e = w->e;
    int64_t n = w->n;
    w->content = kn__alloc(e->ctx, n * w->economies, sizeof *w->content);
    w->all = KN__ARRAY(e->arena, e->ctx, n, double);
    if (!w->content || !w->all)
        return KN_ERR_MEMORY;
    KN__TRY(kn__exposure_content(e, e->unit_value, w->content));
    for (int64_t h = 0; h < w->economies; h++)
        for (int64_t i = 0; i < n; i++)
            w->all[i] += w->content[h * n + i];
    return KN_OK;
}

/* Bounds and reach of holders [begin, end), each for itself. */
static kn_status bound_holders(void *arg, int worker, int64_t begin, int64_t end)
{
    const work *w = arg;
    const kn_network *net = w->e->net;
    int64_t n = w->n, cells = (int64_t)net->product_count * w->economies;
    double *scratch = w->scratch + worker * (n + net->product_count);
    for (int64_t k = begin; k < end; k++) {
        if (w->low)
            kn__exposure_content_bounds(w->e, w->holders[k],
                                        w->content + w->holders[k] * n, w->low + k * n,
                                        w->high + k * n, scratch);
        if (w->reach)
            kn__exposure_reach(w->e, &w->pools, w->holders[k], w->reach + k * cells);
    }
    return KN_OK;
}

static kn_status find_bounds(work *w)
{
    kn__exposure *e = w->e;
    int64_t n = w->n, products = e->net->product_count;
    if (e->net->zzu >= 0) {
        w->low = kn__alloc(e->ctx, n * w->holder_count, sizeof *w->low);
        w->high = kn__alloc(e->ctx, n * w->holder_count, sizeof *w->high);
        if (!w->low || !w->high)
            return KN_ERR_MEMORY;
    }
    if (e->net->has_recipes) {
        KN__TRY(kn__pools_new(&w->pools, e->ctx, e->arena, e->net));
        w->reach = kn__alloc(e->ctx, products * w->economies * w->holder_count,
                             sizeof *w->reach);
        if (!w->reach)
            return KN_ERR_MEMORY;
    }
    int workers = kn__workers(e->ctx, w->holder_count, 1);
    w->scratch = KN__ARRAY(e->arena, e->ctx, workers * (n + products), double);
    return w->scratch ? kn__parallel_for(e->ctx, "bounds of exposure", w->holder_count, 1,
                                         bound_holders, w)
                      : KN_ERR_MEMORY;
}

static kn_status prepare(work *w, int64_t vectors)
{
    kn__exposure *e = w->e;
    kn__arena *a = e->arena;
    w->n = e->net->producer_count;
    w->economies = e->net->economy_count;
    w->holders = KN__ARRAY(a, e->ctx, w->economies, int32_t);
    w->holdings = KN__ARRAY(a, e->ctx, w->economies, holding);
    w->b = KN__ARRAY(a, e->ctx, w->n, double);
    w->x = KN__ARRAY(a, e->ctx, 2 * (int64_t)w->n, double);
    w->direct = KN__ARRAY(a, e->ctx, w->economies, double);
    w->by_holder = KN__ARRAY(a, e->ctx, w->economies, double);
    w->extra = KN__ARRAY(a, e->ctx, w->economies, double);
    if (!w->holders || !w->holdings || !w->b || !w->x || !w->direct || !w->by_holder ||
        !w->extra)
        return KN_ERR_MEMORY;
    for (int32_t h = 0; h < w->economies; h++)
        if (kn__exposure_wants(&e->options->to, h))
            w->holders[w->holder_count++] = h;
    KN__TRY(list_products(w));
    if (vectors > 2 || e->net->zzu >= 0)
        KN__TRY(find_content(w));
    return w->holder_count ? find_bounds(w) : KN_OK;
}

/* ---- One purchase: buyer and product ---- */

/* Direct purchases by supplying economy; returns their sum. */
static double sum_direct(work *w, int32_t q)
{
    double sum = 0;
    memset(w->direct, 0, (size_t)w->economies * sizeof *w->direct);
    for (int32_t k = w->start[q]; k < w->start[q + 1]; k++) {
        int32_t i = w->of[k];
        w->direct[w->e->net->producers[i].economy] += w->b[i];
        sum += w->b[i];
    }
    return sum;
}

/* sum_i content_i b_i over the makers of q. */
static double weigh(const work *w, int32_t q, const double *content)
{
    double sum = 0;
    for (int32_t k = w->start[q]; k < w->start[q + 1]; k++)
        sum += content[w->of[k]] * w->b[w->of[k]];
    return sum;
}

/* Value added by holder in the purchases of q, and its sum. */
static kn_status sum_through(work *w, int32_t q, double *total)
{
    const kn_network *net = w->e->net;
    int64_t n = w->n;
    *total = 0;
    memset(w->by_holder, 0, (size_t)w->economies * sizeof *w->by_holder);
    if (w->content) {
        *total = weigh(w, q, w->all);
        for (int64_t k = 0; k < w->holder_count; k++)
            w->by_holder[w->holders[k]] = weigh(w, q, w->content + w->holders[k] * n);
        return KN_OK;
    }
    double *only = w->x + n;
    memset(only, 0, (size_t)n * sizeof *only);
    for (int32_t k = w->start[q]; k < w->start[q + 1]; k++)
        only[w->of[k]] = w->b[w->of[k]];
    KN__TRY(kn__exposure_output_for(w->e, only, w->x));
    for (int64_t i = 0; i < n; i++) {
        double value = w->e->unit_value[i] * w->x[i];
        w->by_holder[net->producers[i].economy] += value;
        *total += value;
    }
    return KN_OK;
}

/* What the buyer reaches in kind: its members' purchases weighed. */
static double buyer_reach(const work *w, const kn__buyer *buyer, int32_t q, int64_t k)
{
    int64_t products = w->e->net->product_count, economies = w->economies;
    double sum = 0, use = 0;
    if (!w->reach)
        return NAN;
    for (int64_t d = 0; d < economies; d++) {
        if (!buyer->inside[d])
            continue;
        int64_t at = (int64_t)q * economies + d;
        sum += w->pools.use[at] * w->reach[k * products * economies + at];
        use += w->pools.use[at];
    }
    return use > 0 ? sum / use : NAN;
}

static int larger_first(const void *a, const void *b)
{
    const holding *x = a, *y = b;
    if (x->through != y->through)
        return x->through > y->through ? -1 : 1;
    return x->holder - y->holder;
}

/* One row for each holder, largest first; who holds nothing is left out unless asked for.
 */
static kn_status add_exposure(work *w, const kn__buyer *buyer, int32_t q, double bought)
{
    const kn_network *net = w->e->net;
    holding *rows = w->holdings;
    double total;
    KN__TRY(sum_through(w, q, &total));
    for (int64_t k = 0; k < w->holder_count; k++) {
        int32_t h = w->holders[k];
        double through = w->by_holder[h] / total;
        rows[k] = (holding){h,       w->direct[h] / bought,      through, through,
                            through, buyer_reach(w, buyer, q, k)};
        if (!w->low)
            continue;
        rows[k].low = fmin(through, weigh(w, q, w->low + k * w->n) / total);
        rows[k].high = fmax(through, fmin(1, weigh(w, q, w->high + k * w->n) / total));
    }
    qsort(rows, (size_t)w->holder_count, sizeof *rows, larger_first);
    for (int64_t k = 0; k < w->holder_count; k++) {
        const holding *r = &rows[k];
        bool holds = r->direct > 0 || r->high > 0 || r->reach > 0;
        if (!holds && !w->e->options->to.count)
            continue;
        kn_cell row[] = {{.text = buyer->label},
                         {.text = net->products[q].id},
                         {.text = net->economies[r->holder].code},
                         {.number = r->direct},
                         {.number = r->through},
                         {.number = r->low},
                         {.number = r->high},
                         {.number = r->reach}};
        KN__TRY(kn_table_append(w->exposure, w->e->ctx, row));
    }
    return KN_OK;
}

/* Sales of the makers of q inside the buyer to everybody outside. */
static double exports_of(const work *w, const kn__buyer *buyer, int32_t q)
{
    const kn_network *net = w->e->net;
    double sum = 0;
    for (int32_t k = w->start[q]; k < w->start[q + 1]; k++) {
        int64_t i = w->of[k];
        if (!buyer->inside[net->producers[i].economy])
            continue;
        const kn__flows *z = &net->flows;
        if (z->is_dense)
            for (int64_t j = 0; j < w->n; j++)
                sum +=
                    buyer->inside[net->producers[j].economy] ? 0 : z->dense[i * w->n + j];
        else
            for (int64_t at = z->rows.start[i]; at < z->rows.start[i + 1]; at++)
                sum += buyer->inside[net->producers[z->rows.index[at]].economy]
                           ? 0
                           : z->rows.value[at];
        for (int32_t f = 0; f < net->final_count; f++)
            sum += buyer->inside[net->finals[f].economy]
                       ? 0
                       : net->final_demand[i * net->final_count + f];
    }
    return sum;
}

/* What the members of a bloc buy from each other: not seen in a single buyer's sums. */
static kn_status intra_imports(work *w, const kn__buyer *buyer, double *intra)
{
    const kn_network *net = w->e->net;
    memset(intra, 0, (size_t)net->product_count * sizeof *intra);
    for (int32_t m = 0; m < w->economies && buyer->members > 1; m++) {
        if (!buyer->inside[m])
            continue;
        unsigned char *one = kn__alloc(w->e->ctx, w->economies, 1);
        if (!one)
            return KN_ERR_MEMORY;
        one[m] = 1;
        kn__buyer member = {.label = "", .inside = one, .members = 1};
        kn_status status = kn__exposure_purchases(w->e, &member, w->b);
        kn__release(w->e->ctx, one);
        KN__TRY(status);
        for (int32_t i = 0; i < w->n; i++) {
            int32_t home = net->producers[i].economy;
            if (home != m && buyer->inside[home])
                intra[net->producers[i].product] += w->b[i];
        }
    }
    return KN_OK;
}

static kn_status add_dependency(work *w, const kn__buyer *buyer, int32_t q, double intra)
{
    kn__exposure *e = w->e;
    int32_t zzu = e->net->zzu;
    double unseen = zzu >= 0 ? fmax(w->direct[zzu], 0) : 0, bought = 0, low, high, cdi1,
           ignored, outside = unseen;
    for (int32_t h = 0; h < w->economies; h++) {
        w->direct[h] = h == zzu ? 0 : fmax(w->direct[h], 0);
        w->extra[h] = buyer->inside[h] ? 0 : w->direct[h];
        bought += w->direct[h];
        outside += w->extra[h];
    }
    kn__hhi_bounds(w->direct, w->economies, unseen, &low, &high);
    kn__hhi_bounds(w->extra, w->economies, unseen, &cdi1, &ignored);
    kn__cdi cdi = kn__ec_cdi(&outside, 1, intra, exports_of(w, buyer, q));
    bool dependent = cdi1 > 0.4 && cdi.extra_share > 0.5 && cdi.import_export > 1;
    kn_cell row[] = {{.text = buyer->label},
                     {.text = e->net->products[q].id},
                     {.number = low},
                     {.number = 1 / low},
                     {.number = unseen / (bought + unseen)},
                     {.number = cdi1},
                     {.number = cdi.extra_share},
                     {.number = cdi.import_export},
                     {.number = dependent},
                     {.number = high}};
    return kn_table_append(w->dependency, e->ctx, row);
}

static kn_status add_buyer(work *w, const kn__buyer *buyer)
{
    kn__exposure *e = w->e;
    double *intra = kn__alloc(e->ctx, e->net->product_count, sizeof *intra);
    if (!intra)
        return KN_ERR_MEMORY;
    kn_status status = intra_imports(w, buyer, intra);
    if (status == KN_OK)
        status = kn__exposure_purchases(e, buyer, w->b);
    for (int32_t q = 0; q < e->net->product_count && status == KN_OK; q++) {
        if (!kn__exposure_wants(&e->options->product, q))
            continue;
        double bought = sum_direct(w, q);
        if (!(bought > 0))
            continue;
        status = add_exposure(w, buyer, q, bought);
        if (status == KN_OK)
            status = add_dependency(w, buyer, q, intra[q]);
    }
    kn__release(e->ctx, intra);
    return status;
}

static kn_status run(work *w)
{
    kn__exposure *e = w->e;
    kn__buyer *buyers;
    int32_t count;
    int64_t products =
        e->options->product.count ? e->options->product.count : e->net->product_count;
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_exposure, &w->exposure));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_dependency, &w->dependency));
    KN__TRY(kn__exposure_buyers(e, &buyers, &count));
    KN__TRY(prepare(w, count * products));
    for (int32_t k = 0; k < count; k++) {
        KN__TRY(kn__progress(e->ctx, "exposure", (double)k / count));
        KN__TRY(add_buyer(w, &buyers[k]));
    }
    return count && buyers->members == 1
               ? kn_result_note(e->result, e->ctx,
                                "cdi2 is always 1 for a single economy (all its imports "
                                "come from outside): read \"dependent\" as two of two")
               : KN_OK;
}

kn_status kn__exposure_shares(kn__exposure *e)
{
    work w = {.e = e};
    kn_status status = run(&w);
    kn__release(e->ctx, w.content);
    kn__release(e->ctx, w.low);
    kn__release(e->ctx, w.high);
    kn__release(e->ctx, w.reach);
    return status;
}
