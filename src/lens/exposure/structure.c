/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/graph.h"
#include "kernel/text.h"
#include "lens/exposure/exposure.h"

/* Structural chokepoints: the smallest set of holders without whom a product is not made,
   found by trying every set of the twelve largest; and the one maker that every route to
   the product passes (dominator). A set stops a product when the makers that are left and
   can still get all essential inputs supply less than `rest` of it. Trying sets sees what
   minimum cuts do not: one holder behind several inputs. */

enum { MOST_CANDIDATES = 12 }; /* 4,095 sets, each seen in microseconds */

static const kn_column structure_columns[] = {
    {"product", "", KN_COLUMN_TEXT, "what would stop"},
    {"needed", "", KN_COLUMN_INTEGER,
     "holders that must act together; empty: the twelve largest cannot stop it"},
    {"holders", "", KN_COLUMN_TEXT, "one smallest set of them"},
    {"left", "share", KN_COLUMN_NUMBER, "of world supply that could still be made"},
    {"sets", "", KN_COLUMN_INTEGER, "sets of that size among the twelve largest holders"},
    {"unseen", "share", KN_COLUMN_NUMBER,
     "of world supply, by unknown suppliers: they are never part of a set"},
    {"dominator", "", KN_COLUMN_TEXT,
     "last maker that every route to the product passes"},
};

const kn_table_decl kn__table_structure = {
    "structure", "smallest sets of holders that stop a product", structure_columns,
    sizeof structure_columns / sizeof *structure_columns};

typedef struct search {
    kn__exposure *e;
    kn__pools pools;
    int64_t economies;
    int32_t *maker_start, *maker; /* economies that make product q */
    int32_t *cone, cone_size;     /* the product and its essential inputs, all tiers */
    unsigned char *in_cone, *up;  /* up[q * economies + s]: can still make q */
    unsigned char *held;          /* economies in the set that is tried */
    int32_t candidate[MOST_CANDIDATES], candidates;
    int32_t best[MOST_CANDIDATES], size;
    double left;
    int64_t sets;
} search;

static kn_status prepare(search *s)
{
    kn__exposure *e = s->e;
    const kn_network *net = e->net;
    int64_t cells = (int64_t)net->product_count * net->economy_count;
    s->economies = net->economy_count;
    KN__TRY(kn__pools_new(&s->pools, e->ctx, e->arena, net));
    s->maker_start = KN__ARRAY(e->arena, e->ctx, net->product_count + 1, int32_t);
    s->maker = KN__ARRAY(e->arena, e->ctx, cells, int32_t);
    s->cone = KN__ARRAY(e->arena, e->ctx, net->product_count, int32_t);
    s->in_cone = KN__ARRAY(e->arena, e->ctx, net->product_count, unsigned char);
    s->up = KN__ARRAY(e->arena, e->ctx, cells, unsigned char);
    s->held = KN__ARRAY(e->arena, e->ctx, s->economies, unsigned char);
    if (!s->maker_start || !s->maker || !s->cone || !s->in_cone || !s->up || !s->held)
        return KN_ERR_MEMORY;
    int32_t at = 0;
    for (int32_t q = 0; q < net->product_count; q++) {
        s->maker_start[q] = at;
        for (int32_t r = 0; r < s->economies; r++)
            if (s->pools.output[q * s->economies + r] > 0)
                s->maker[at++] = r;
    }
    s->maker_start[net->product_count] = at;
    return KN_OK;
}

static void find_cone(search *s, int32_t product)
{
    const kn_network *net = s->e->net;
    memset(s->in_cone, 0, (size_t)net->product_count);
    s->cone[0] = product;
    s->cone_size = 1;
    s->in_cone[product] = 1;
    for (int32_t k = 0; k < s->cone_size; k++)
        for (int32_t r = net->recipe_start[s->cone[k]];
             r < net->recipe_start[s->cone[k] + 1]; r++) {
            int32_t input = net->recipes[r].input;
            if (net->recipes[r].criticality != KN__ESSENTIAL || s->in_cone[input])
                continue;
            s->in_cone[input] = 1;
            s->cone[s->cone_size++] = input;
        }
}

/* Can economy d still get product k: at least `rest` of what it normally buys? */
static bool can_get(const search *s, int32_t k, int32_t d)
{
    double use = s->pools.use[k * s->economies + d], got = 0;
    for (int32_t m = s->maker_start[k]; m < s->maker_start[k + 1]; m++) {
        int64_t at = k * s->economies + s->maker[m];
        if (s->up[at])
            got += s->pools.flow[at * s->economies + d];
    }
    return !(use > 0) || got >= s->e->options->rest * use;
}

static bool can_make(const search *s, int32_t q, int32_t maker)
{
    const kn_network *net = s->e->net;
    for (int32_t r = net->recipe_start[q]; r < net->recipe_start[q + 1]; r++)
        if (net->recipes[r].criticality == KN__ESSENTIAL &&
            !can_get(s, net->recipes[r].input, maker))
            return false;
    return true;
}

/* The share of the product that is still made without the held economies: from all makers
   up, makers fall until none falls any more. */
static double supply_left(search *s)
{
    int32_t product = s->cone[0];
    for (int32_t c = 0; c < s->cone_size; c++) {
        int32_t q = s->cone[c];
        for (int32_t m = s->maker_start[q]; m < s->maker_start[q + 1]; m++)
            s->up[q * s->economies + s->maker[m]] = !s->held[s->maker[m]];
    }
    for (bool fell = true; fell;) {
        fell = false;
        for (int32_t c = s->cone_size - 1; c >= 0; c--) {
            int32_t q = s->cone[c];
            for (int32_t m = s->maker_start[q]; m < s->maker_start[q + 1]; m++) {
                unsigned char *up = &s->up[q * s->economies + s->maker[m]];
                if (*up && !can_make(s, q, s->maker[m])) {
                    *up = 0;
                    fell = true;
                }
            }
        }
    }
    double left = 0, all = 0;
    for (int32_t m = s->maker_start[product]; m < s->maker_start[product + 1]; m++) {
        int64_t at = product * s->economies + s->maker[m];
        all += s->pools.output[at];
        left += s->up[at] ? s->pools.output[at] : 0;
    }
    return all > 0 ? left / all : NAN;
}

/* The economies with the largest share in any product of the cone. */
static void choose_candidates(search *s)
{
    const kn_network *net = s->e->net;
    double share[MOST_CANDIDATES] = {0};
    s->candidates = 0;
    for (int32_t h = 0; h < s->economies; h++) {
        double most = 0;
        for (int32_t c = 0; c < s->cone_size; c++) {
            int32_t q = s->cone[c];
            double all = 0;
            for (int32_t m = s->maker_start[q]; m < s->maker_start[q + 1]; m++)
                all += s->pools.output[q * s->economies + s->maker[m]];
            if (all > 0)
                most = fmax(most, s->pools.output[q * s->economies + h] / all);
        }
        if (h == net->zzu || h == net->row_economy || !(most > 0) ||
            !kn__exposure_wants(&s->e->options->to, h))
            continue;
        int32_t at = s->candidates < MOST_CANDIDATES ? s->candidates++ : MOST_CANDIDATES;
        for (; at > 0 && share[at - 1] < most; at--)
            if (at < MOST_CANDIDATES) {
                share[at] = share[at - 1];
                s->candidate[at] = s->candidate[at - 1];
            }
        if (at < MOST_CANDIDATES) {
            share[at] = most;
            s->candidate[at] = h;
        }
    }
}

/* Tries all sets that extend chosen[0 .. depth) by later candidates up to `size`. */
static void try_sets(search *s, int32_t *chosen, int32_t depth, int32_t next,
                     int32_t size)
{
    if (depth == size) {
        double left = supply_left(s);
        if (!(left < s->e->options->rest))
            return;
        if (s->sets++ == 0 || left < s->left) {
            memcpy(s->best, chosen, (size_t)size * sizeof *chosen);
            s->left = left;
        }
        return;
    }
    for (int32_t k = next; k < s->candidates; k++) {
        chosen[depth] = s->candidate[k];
        s->held[s->candidate[k]] = 1;
        try_sets(s, chosen, depth + 1, k + 1, size);
        s->held[s->candidate[k]] = 0;
    }
}

static void find_smallest(search *s)
{
    int32_t chosen[MOST_CANDIDATES];
    s->sets = 0;
    s->left = NAN;
    choose_candidates(s);
    /* more holders never leave more supply: what all of them cannot stop no set can */
    for (int32_t k = 0; k < s->candidates; k++)
        s->held[s->candidate[k]] = 1;
    bool possible = supply_left(s) < s->e->options->rest;
    for (int32_t k = 0; k < s->candidates; k++)
        s->held[s->candidate[k]] = 0;
    for (s->size = 1; possible && s->size <= MOST_CANDIDATES; s->size++) {
        try_sets(s, chosen, 0, 0, s->size);
        if (s->sets)
            return;
    }
}

/* ---- Dominators ---- */

/* Routes: a root to every maker that needs no essential input, makers to the makers that
   buy an essential input from them, makers of q to a node that stands for q. */
typedef struct routes {
    kn__triplet *edges; /* NULL: only count, at most */
    int64_t count;
} routes;

static void add_route(routes *r, int64_t from, int64_t to)
{
    if (r->edges)
        r->edges[r->count] = (kn__triplet){(int32_t)from, (int32_t)to, 1};
    r->count++;
}

/* Routes into maker d of q; false when it needs no essential input. */
static bool routes_to_maker(const search *s, routes *out, int32_t q, int32_t d)
{
    const kn_network *net = s->e->net;
    bool essential = false;
    for (int32_t r = net->recipe_start[q]; r < net->recipe_start[q + 1]; r++) {
        int64_t k = net->recipes[r].input;
        if (net->recipes[r].criticality != KN__ESSENTIAL)
            continue;
        essential = true;
        double least = s->e->options->rest * s->pools.use[k * s->economies + d];
        for (int32_t m = s->maker_start[k]; m < s->maker_start[k + 1]; m++) {
            int64_t from = k * s->economies + s->maker[m];
            if (!out->edges || s->pools.flow[from * s->economies + d] > least)
                add_route(out, from, q * s->economies + d);
        }
    }
    return essential;
}

static void find_routes(const search *s, routes *out)
{
    const kn_network *net = s->e->net;
    int64_t root = net->product_count * s->economies;
    out->count = 0;
    for (int32_t q = 0; q < net->product_count; q++)
        for (int32_t m = s->maker_start[q]; m < s->maker_start[q + 1]; m++) {
            int64_t maker = q * s->economies + s->maker[m];
            if (!routes_to_maker(s, out, q, s->maker[m]))
                add_route(out, root, maker);
            add_route(out, maker, root + 1 + q);
        }
}

static kn_status find_dominators(search *s, int32_t **dominator)
{
    kn__exposure *e = s->e;
    const kn_network *net = e->net;
    int64_t nodes = (int64_t)net->product_count * s->economies + 1 + net->product_count;
    routes r = {NULL, 0};
    kn__csr graph;
    if (nodes > INT32_MAX) {
        kn__fail(e->ctx, KN_ERR_LIMIT, "too many products and economies");
        return KN_ERR_LIMIT;
    }
    find_routes(s, &r);
    r.edges = KN__ARRAY(e->arena, e->ctx, r.count, kn__triplet);
    *dominator = KN__ARRAY(e->arena, e->ctx, nodes, int32_t);
    if (!r.edges || !*dominator)
        return KN_ERR_MEMORY;
    find_routes(s, &r);
    KN__TRY(kn__csr_from_triplets(&graph, e->ctx, e->arena, (int32_t)nodes,
                                  (int32_t)nodes, r.edges, r.count));
    return kn__graph_dominators(*dominator, e->ctx, &graph,
                                (int32_t)(nodes - 1 - net->product_count));
}

/* ---- Table ---- */

static double unseen_share(const search *s, int32_t q)
{
    double all = 0;
    for (int32_t r = 0; r < s->economies; r++)
        all += s->pools.output[q * s->economies + r];
    int32_t zzu = s->e->net->zzu;
    return zzu >= 0 && all > 0 ? s->pools.output[q * s->economies + zzu] / all : 0;
}

static kn_status add_product(search *s, kn_table *table, int32_t q, int32_t dominator)
{
    const kn_network *net = s->e->net;
    int32_t pairs = (int32_t)(net->product_count * s->economies);
    kn__text holders, maker;
    kn__text_init(&holders, s->e->ctx, 0);
    kn__text_init(&maker, s->e->ctx, 0);
    for (int32_t k = 0; s->sets && k < s->size; k++)
        kn__text_addf(&holders, "%s%s", k ? "+" : "", net->economies[s->best[k]].code);
    if (dominator >= 0 && dominator < pairs)
        kn__text_addf(&maker, "%s %s", net->economies[dominator % s->economies].code,
                      net->products[dominator / s->economies].id);
    kn_cell row[] = {
        {.text = net->products[q].id}, {.number = s->sets ? (double)s->size : NAN},
        {.text = holders.data},        {.number = s->left},
        {.number = (double)s->sets},   {.number = unseen_share(s, q)},
        {.text = maker.data}};
    kn_status status = kn__text_status(&holders) < 0 || kn__text_status(&maker) < 0
                           ? KN_ERR_MEMORY
                           : kn_table_append(table, s->e->ctx, row);
    kn__text_release(&holders);
    kn__text_release(&maker);
    return status;
}

kn_status kn__exposure_structure(kn__exposure *e)
{
    const kn_network *net = e->net;
    search s = {.e = e};
    int32_t *dominator = NULL, more = 0;
    kn_table *table;
    KN__TRY(prepare(&s));
    KN__TRY(find_dominators(&s, &dominator));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_structure, &table));
    for (int32_t q = 0; q < net->product_count; q++) {
        if (!kn__exposure_wants(&e->options->product, q) ||
            s.maker_start[q] == s.maker_start[q + 1])
            continue;
        KN__TRY(kn__progress(e->ctx, "structure", (double)q / net->product_count));
        find_cone(&s, q);
        find_smallest(&s);
        more += s.sets == 0;
        int64_t node = net->product_count * s.economies + 1 + q;
        KN__TRY(add_product(&s, table, q, dominator[node]));
    }
    return more ? kn_result_note(
                      e->result, e->ctx,
                      "%d products cannot be stopped by their %d largest "
                      "holders together, or are partly made by unseen suppliers",
                      (int)more, MOST_CANDIDATES)
                : KN_OK;
}
