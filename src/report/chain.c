/* SPDX-License-Identifier: Apache-2.0 */
#include "report/chain.h"

#include <math.h>

enum { PER_TIER = 4, TIERS = 3, INDUSTRIES = 5, INPUTS_EACH = 3, OTHERS = 2 };
static const double negligible = 0.02; /* of the weightiest user: left out */

typedef struct search {
    const kn__brief *b;
    const kn_network *net;
    kn__chain *chain;
    double *score; /* per product: reach × value added, 0 where chosen or unreachable */
    double *reach; /* per product: the largest chain of dependent shares from the start */
    double *value_added; /* per product, in the economy */
    int32_t *node_of;    /* per product: its node, or -1 */
} search;

static int32_t add_node(kn__chain *c, kn__node node)
{
    if (c->node_count == KN__NODES)
        return -1;
    c->node[c->node_count] = node;
    return c->node_count++;
}

static void add_edge(kn__chain *c, int32_t from, int32_t to, int32_t recipe)
{
    if (from < 0 || to < 0 || from == to || c->edge_count == KN__EDGES)
        return;
    bool back = c->node[to].layer <= c->node[from].layer;
    c->edge[c->edge_count++] =
        (kn__edge){.from = from, .to = to, .recipe = recipe, .back = back, .share = NAN};
}

/* How much of the user's output hangs on an input (equation `output` of the denial). */
static double effect(const kn__recipe *r)
{
    switch (r->criticality) {
    case KN__ESSENTIAL:
        return r->dependent[1];
    case KN__IMPORTANT:
        return r->dependent[1] / 2;
    case KN__MINOR:
        return r->cost_share;
    }
    return 0;
}

/* ---- Suppliers ---- */

/* What the economy buys of product q from producer i a year. */
static double purchases(const kn_network *net, int32_t i, int32_t economy)
{
    double sum = 0;
    for (int32_t j = 0; j < net->producer_count; j++)
        if (net->producers[j].economy == economy)
            sum += kn__flows_at(&net->flows, i, j);
    for (int32_t k = 0; k < net->final_count; k++)
        if (net->finals[k].economy == economy)
            sum += fmax(0, net->final_demand[(int64_t)i * net->final_count + k]);
    return sum;
}

static kn_status suppliers(search *s)
{
    const kn__threat *t = &s->b->threat[0];
    const kn_network *net = s->net;
    double *share = KN__ARRAY(s->b->arena, s->b->ctx, net->economy_count, double);
    double total = 0;
    if (!share)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < net->producer_count; i++)
        if (net->producers[i].product == t->product) {
            double bought = purchases(net, i, s->b->economy);
            share[net->producers[i].economy] += bought;
            total += bought;
        }
    for (int32_t e = 0; e < net->economy_count; e++)
        share[e] = total > 0 ? share[e] / total : 0;
    add_node(s->chain, (kn__node){.kind = KN__NODE_SUPPLIER,
                                  .id = t->holder,
                                  .value = t->share,
                                  .name = t->holder_name});
    share[t->holder] = 0;
    for (int32_t k = 0; k <= OTHERS; k++) {
        int32_t best = k == OTHERS ? net->zzu : -1; /* the unseen comes last */
        for (int32_t e = 0; e < net->economy_count && k < OTHERS; e++)
            if (e != net->zzu && share[e] > 0.005 && (best < 0 || share[e] > share[best]))
                best = e;
        if (best < 0 || !(share[best] > 0.005))
            continue;
        const char *name = best == net->zzu ? kn__message(s->b->lang, KN__MSG_UNSEEN)
                                            : kn__brief_economy(s->b, best);
        add_node(s->chain, (kn__node){.kind = KN__NODE_SUPPLIER,
                                      .id = best,
                                      .value = share[best],
                                      .name = name});
        share[best] = 0;
    }
    return KN_OK;
}

/* ---- Users ---- */

static bool is_industry(const search *s, int32_t p)
{
    return s->net->products[p].kind == KN__INDUSTRY;
}

static int32_t add_product(search *s, int32_t p, int32_t layer)
{
    s->node_of[p] = add_node(s->chain, (kn__node){.kind = KN__NODE_PRODUCT,
                                                  .id = p,
                                                  .layer = layer,
                                                  .value = s->value_added[p],
                                                  .name = s->b->short_name[p]});
    return s->node_of[p];
}

/* Scores products that use something chosen for the layer before, or industries that use
   anything chosen. */
static void score_users(search *s, bool industries, int32_t layer)
{
    for (int32_t p = 0; p < s->net->product_count; p++)
        s->score[p] = 0;
    for (int32_t i = 0; i < s->net->recipe_count; i++) {
        const kn__recipe *r = &s->net->recipes[i];
        int32_t p = r->product;
        if (s->node_of[r->input] < 0 || s->node_of[p] >= 0 || !(s->value_added[p] > 0) ||
            is_industry(s, p) != industries)
            continue;
        if (!industries && s->chain->node[s->node_of[r->input]].layer != layer - 1)
            continue;
        double reach = s->reach[r->input] * effect(r);
        s->reach[p] = fmax(s->reach[p], reach);
        s->score[p] = fmax(s->score[p], reach * s->value_added[p]);
    }
}

/* Chooses the best scored; returns how many. */
static int32_t choose(search *s, int32_t most, int32_t layer)
{
    int32_t chosen = 0;
    double first = 0;
    for (; chosen < most; chosen++) {
        int32_t best = -1;
        for (int32_t p = 0; p < s->net->product_count; p++)
            if (s->score[p] > 0 && s->node_of[p] < 0 &&
                (best < 0 || s->score[p] > s->score[best]))
                best = p;
        if (best < 0 || s->score[best] < negligible * first ||
            add_product(s, best, layer) < 0)
            break;
        first = chosen ? first : s->score[best];
    }
    return chosen;
}

/* The strongest inputs of a node among the nodes chosen. */
static void inputs_of(search *s, int32_t p)
{
    int32_t from = s->net->recipe_start[p], end = s->net->recipe_start[p + 1];
    double below = INFINITY;
    int32_t last = -1;
    for (int32_t k = 0; k < INPUTS_EACH; k++) {
        int32_t best = -1;
        double most = 0;
        for (int32_t i = from; i < end; i++) {
            const kn__recipe *r = &s->net->recipes[i];
            double size = s->reach[r->input] * effect(r);
            bool later = size < below || (size == below && i > last);
            if (s->node_of[r->input] >= 0 && later && size > most) {
                best = i;
                most = size;
            }
        }
        if (best < 0)
            return;
        add_edge(s->chain, s->node_of[s->net->recipes[best].input], s->node_of[p], best);
        below = most;
        last = best;
    }
}

/* Tables without recipes: the largest users by value added times cost share. */
static kn_status users_by_flow(search *s, int32_t q)
{
    const kn_network *net = s->net;
    double *cost = KN__ARRAY(s->b->arena, s->b->ctx, net->product_count, double);
    double *output = KN__ARRAY(s->b->arena, s->b->ctx, net->product_count, double);
    if (!cost || !output)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < net->producer_count; j++) {
        const kn__producer *user = &net->producers[j];
        if (user->economy != s->b->economy || user->product == q)
            continue;
        output[user->product] += user->output;
        for (int32_t i = 0; i < net->producer_count; i++)
            if (net->producers[i].product == q)
                cost[user->product] += kn__flows_at(&net->flows, i, j);
    }
    for (int32_t p = 0; p < net->product_count; p++) {
        cost[p] = output[p] > 0 ? cost[p] / output[p] : 0;
        s->score[p] = cost[p] * fmax(0, s->value_added[p]);
    }
    int32_t first = s->chain->node_count, count = choose(s, INDUSTRIES, 2);
    for (int32_t k = 0; k < count; k++) {
        add_edge(s->chain, s->node_of[q], first + k, -1);
        s->chain->edge[s->chain->edge_count - 1].share =
            cost[s->chain->node[first + k].id];
    }
    return KN_OK;
}

static int32_t users_by_recipe(search *s)
{
    int32_t layer = 2;
    for (int32_t tier = 0; tier < TIERS; tier++) {
        score_users(s, false, layer);
        if (!choose(s, PER_TIER, layer))
            break;
        layer++;
    }
    score_users(s, true, layer);
    if (choose(s, INDUSTRIES, layer))
        layer++;
    int32_t nodes = s->chain->node_count;
    for (int32_t k = 0; k < nodes; k++)
        if (s->chain->node[k].kind == KN__NODE_PRODUCT)
            inputs_of(s, s->chain->node[k].id);
    return layer;
}

static void economy(search *s, int32_t layer)
{
    kn__chain *c = s->chain;
    double sum = 0;
    for (int32_t p = 0; p < s->net->product_count; p++)
        sum += s->value_added[p];
    int32_t edges = c->edge_count;
    int32_t whole =
        add_node(c, (kn__node){.kind = KN__NODE_ECONOMY,
                               .id = s->b->economy,
                               .layer = layer,
                               .value = sum,
                               .name = kn__message(s->b->lang, KN__MSG_CHAIN_WHOLE)});
    for (int32_t k = 0; k < whole; k++) {
        bool ends = c->node[k].layer >= 2;
        for (int32_t e = 0; e < edges; e++)
            ends = ends && (c->edge[e].from != k || c->edge[e].back);
        if (ends)
            add_edge(c, k, whole, -1);
    }
    c->layers = layer + 1;
}

kn_status kn__chain_find(kn__chain *chain, const kn__brief *b)
{
    const kn_network *net = b->network;
    int32_t n = net->product_count, q = b->threat[0].product;
    search s = {.b = b, .net = net, .chain = chain};
    s.score = KN__ARRAY(b->arena, b->ctx, n, double);
    s.reach = KN__ARRAY(b->arena, b->ctx, n, double);
    s.value_added = KN__ARRAY(b->arena, b->ctx, n, double);
    s.node_of = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    if (!s.score || !s.reach || !s.value_added || !s.node_of)
        return KN_ERR_MEMORY;
    *chain = (kn__chain){.node_count = 0};
    for (int32_t p = 0; p < n; p++)
        s.node_of[p] = -1;
    for (int32_t i = 0; i < net->producer_count; i++)
        if (net->producers[i].economy == b->economy && net->producers[i].output > 0)
            s.value_added[net->producers[i].product] += net->producers[i].value_added;
    KN__TRY(suppliers(&s));
    int32_t sources = chain->node_count, layer = 3;
    s.reach[q] = 1;
    int32_t start = add_product(&s, q, 1);
    for (int32_t k = 0; k < sources; k++)
        add_edge(chain, k, start, -1);
    if (net->has_recipes)
        layer = users_by_recipe(&s);
    else
        KN__TRY(users_by_flow(&s, q));
    economy(&s, layer);
    return KN_OK;
}

/* ---- Order ---- */

/* Edges that pass a layer share one way through it when they come from the same node, or
   lead to the economy: a bundle instead of a hundred parallel lines. */
static void pass_through(kn__chain *c)
{
    int32_t shared[KN__NODES][KN__LAYERS] = {{0}}; /* by the node that bundles; 0: none */
    for (int32_t e = 0; e < c->edge_count; e++) {
        kn__edge *edge = &c->edge[e];
        bool whole = c->node[edge->to].kind == KN__NODE_ECONOMY;
        int32_t *way = shared[whole ? edge->to : edge->from];
        for (int32_t l = c->node[edge->from].layer + 1;
             !edge->back && l < c->node[edge->to].layer; l++) {
            if (!way[l])
                way[l] = add_node(c, (kn__node){.kind = KN__NODE_WAY, .layer = l});
            if (way[l] < 0)
                return;
            edge->way[edge->way_count++] = way[l];
        }
    }
}

/* The k-th node on an edge: its start, what it passes, its end. */
static int32_t step(const kn__edge *edge, int32_t k)
{
    return k == 0 ? edge->from : k <= edge->way_count ? edge->way[k - 1] : edge->to;
}

/* The mean place of a node's neighbours in the layer before (or after); itself if none.
 */
static double barycentre(const kn__chain *c, int32_t node, bool before)
{
    double sum = 0;
    int32_t count = 0;
    for (int32_t e = 0; e < c->edge_count; e++) {
        const kn__edge *edge = &c->edge[e];
        for (int32_t k = 0; !edge->back && k <= edge->way_count; k++) {
            int32_t a = step(edge, k), b = step(edge, k + 1);
            if ((before ? b : a) != node)
                continue;
            sum += c->node[before ? a : b].place;
            count++;
        }
    }
    return count ? sum / count : c->node[node].place;
}

/* Gives the nodes of a layer the places 0, 1, 2 … in the order of their keys, centred. */
static void settle(kn__chain *c, int32_t layer, const double *key)
{
    int32_t members[KN__NODES], count = 0;
    for (int32_t i = 0; i < c->node_count; i++) {
        if (c->node[i].layer != layer)
            continue;
        int32_t at = count++;
        for (; at > 0 && key[members[at - 1]] > key[i]; at--)
            members[at] = members[at - 1];
        members[at] = i;
    }
    for (int32_t k = 0; k < count; k++)
        c->node[members[k]].place = k - (count - 1) / 2.0;
}

void kn__chain_order(kn__chain *c)
{
    double key[KN__NODES] = {0};
    pass_through(c);
    for (int32_t i = 0; i < c->node_count; i++)
        key[i] = i;
    for (int32_t l = 0; l < c->layers; l++)
        settle(c, l, key);
    for (int sweep = 0; sweep < 6; sweep++)
        for (int32_t l = 0; l < c->layers; l++) {
            int32_t layer = sweep % 2 ? c->layers - 1 - l : l;
            for (int32_t i = 0; i < c->node_count; i++)
                if (c->node[i].layer == layer)
                    key[i] = barycentre(c, i, sweep % 2 == 0);
            settle(c, layer, key);
        }
}
