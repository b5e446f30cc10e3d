/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/esri_model.h"

#include <stdlib.h>

/* One input of the buyer at hand; inputs with the same key are summed. */
typedef struct purchase {
    int64_t key; /* 2 × sector + 1 essential; -1 linear; -2 without effect */
    int64_t edge;
    int32_t sector;
} purchase;

typedef struct builder {
    kn_context *ctx;
    kn__arena *arena, *scratch;
    const kn__esri_input *in;
    kn__esri *m;
    double *sales, *purchases;
    int64_t *buyer_start, *buyer_edge; /* edges by buyer */
    int64_t *place;                    /* of an edge in m->down, or -1 */
    purchase *inputs;                  /* of one buyer */
} builder;

static kn_status check(const kn__esri_input *in, kn_context *ctx)
{
    if (in->firms < 1 || in->sectors < 1 || in->edges < 0)
        return kn__fail(ctx, KN_ERR_DATA, "the network has no firms or no sectors");
    for (int32_t i = 0; i < in->firms; i++)
        if (in->sector[i] < 0 || in->sector[i] >= in->sectors ||
            (in->market && (in->market[i] < 0 || in->market[i] >= in->sectors)))
            return kn__fail(ctx, KN_ERR_DATA, "firm %d has no known sector or market", i);
    for (int64_t k = 0; k < in->edges; k++)
        if (in->supplier[k] < 0 || in->supplier[k] >= in->firms || in->buyer[k] < 0 ||
            in->buyer[k] >= in->firms || !(in->weight[k] > 0) ||
            in->edge_class[k] > KN__EDGE_ESSENTIAL)
            return kn__fail(ctx, KN_ERR_DATA, "edge %lld is out of range", (long long)k);
    return KN_OK;
}

/* Offsets of `count` items by key; start has keys + 1 entries and comes back zeroed. */
static void offsets(int64_t *start, int32_t keys, const int32_t *key, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        start[key[k] + 1]++;
    for (int32_t k = 0; k < keys; k++)
        start[k + 1] += start[k];
}

static kn_status allocate(builder *b)
{
    int64_t n = b->in->firms, e = b->in->edges;
    kn__esri *m = b->m;
    b->sales = KN__ARRAY(b->scratch, b->ctx, n, double);
    b->purchases = KN__ARRAY(b->scratch, b->ctx, n, double);
    b->buyer_start = KN__ARRAY(b->scratch, b->ctx, n + 1, int64_t);
    b->buyer_edge = KN__ARRAY(b->scratch, b->ctx, e, int64_t);
    b->place = KN__ARRAY(b->scratch, b->ctx, e, int64_t);
    b->inputs = KN__ARRAY(b->scratch, b->ctx, e, purchase);
    m->down_start = KN__ARRAY(b->arena, b->ctx, n + 1, int64_t);
    m->up_start = KN__ARRAY(b->arena, b->ctx, n + 1, int64_t);
    m->slot_start = KN__ARRAY(b->arena, b->ctx, n + 1, int64_t);
    m->in_start = KN__ARRAY(b->arena, b->ctx, n + 1, int64_t);
    m->down = KN__ARRAY(b->arena, b->ctx, e, kn__esri_edge);
    m->up_firm = KN__ARRAY(b->arena, b->ctx, e, int32_t);
    m->up_weight = KN__ARRAY(b->arena, b->ctx, e, double);
    m->in_firm = KN__ARRAY(b->arena, b->ctx, e, int32_t);
    m->in_weight = KN__ARRAY(b->arena, b->ctx, e, double);
    m->market = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    m->member_start = KN__ARRAY(b->arena, b->ctx, m->markets + 1, int64_t);
    m->member = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    m->size = KN__ARRAY(b->arena, b->ctx, n, double);
    m->market_size = KN__ARRAY(b->arena, b->ctx, m->markets, double);
    m->importance = KN__ARRAY(b->arena, b->ctx, n, double);
    return b->sales && b->purchases && b->buyer_start && b->buyer_edge && b->place &&
                   b->inputs && m->down_start && m->up_start && m->slot_start &&
                   m->in_start && m->down && m->up_firm && m->up_weight && m->in_firm &&
                   m->in_weight && m->market && m->member_start && m->member && m->size &&
                   m->market_size && m->importance
               ? KN_OK
               : KN_ERR_MEMORY;
}

static void set_firms(builder *b)
{
    const kn__esri_input *in = b->in;
    kn__esri *m = b->m;
    for (int64_t k = 0; k < in->edges; k++) {
        b->sales[in->supplier[k]] += in->weight[k];
        b->purchases[in->buyer[k]] += in->weight[k];
    }
    m->all_importance = 0;
    for (int32_t i = 0; i < in->firms; i++) {
        m->market[i] = in->market ? in->market[i] : in->sector[i];
        m->size[i] = in->size ? in->size[i] : b->sales[i];
        m->market_size[m->market[i]] += m->size[i];
        m->importance[i] = in->importance ? in->importance[i] : b->sales[i];
        m->all_importance += m->importance[i];
    }
    offsets(m->member_start, m->markets, m->market, in->firms);
    for (int32_t i = in->firms - 1; i >= 0; i--)
        m->member[--m->member_start[m->market[i] + 1]] = i;
    for (int32_t k = 0; k < m->markets; k++)
        m->member_start[k] = m->member_start[k + 1];
    m->member_start[m->markets] = in->firms;
}

/* Edges by supplier (those that act downstream) and by buyer, in the order given. */
static void set_edges(builder *b)
{
    const kn__esri_input *in = b->in;
    kn__esri *m = b->m;
    int64_t *next = b->place;
    offsets(b->buyer_start, in->firms, in->buyer, in->edges);
    for (int32_t j = 0; j < in->firms; j++)
        m->up_start[j] = b->buyer_start[j];
    for (int64_t k = 0; k < in->edges; k++) {
        int64_t at = b->buyer_start[in->buyer[k]]++;
        double revenue =
            in->revenue ? in->revenue[in->supplier[k]] : b->sales[in->supplier[k]];
        b->buyer_edge[at] = k;
        m->up_firm[at] = in->supplier[k];
        m->up_weight[at] = revenue > 0 ? in->weight[k] / revenue : 0;
    }
    for (int32_t j = in->firms; j > 0; j--)
        b->buyer_start[j] = b->buyer_start[j - 1];
    b->buyer_start[0] = 0;
    m->up_start[in->firms] = in->edges;
    for (int64_t k = 0; k < in->edges; k++)
        m->down_start[in->supplier[k] + 1] += in->edge_class[k] != KN__EDGE_NONE;
    for (int32_t i = 0; i < in->firms; i++)
        m->down_start[i + 1] += m->down_start[i];
    for (int64_t k = 0; k < in->edges; k++)
        next[k] =
            in->edge_class[k] == KN__EDGE_NONE ? -1 : m->down_start[in->supplier[k]]++;
    for (int32_t i = in->firms; i > 0; i--)
        m->down_start[i] = m->down_start[i - 1];
    m->down_start[0] = 0;
}

static int by_sector(const void *x, const void *y)
{
    const purchase *a = x, *b = y;
    if (a->sector != b->sector)
        return a->sector < b->sector ? -1 : 1;
    return a->edge < b->edge ? -1 : a->edge > b->edge;
}

static int by_key(const void *x, const void *y)
{
    const purchase *a = x, *b = y;
    if (a->key != b->key)
        return a->key < b->key ? -1 : 1;
    return a->edge < b->edge ? -1 : a->edge > b->edge;
}

/* Λd of a buyer's inputs. */
static void weigh(builder *b, int32_t j, purchase *inputs, int64_t count)
{
    const kn__esri_input *in = b->in;
    double cost = in->cost ? in->cost[j] : b->purchases[j];
    qsort(inputs, (size_t)count, sizeof *inputs, by_sector);
    for (int64_t k = 0, end; k < count; k = end) {
        double sum = 0;
        for (end = k; end < count && inputs[end].sector == inputs[k].sector; end++)
            sum += in->weight[inputs[end].edge];
        for (int64_t i = k; i < end; i++) {
            int64_t edge = inputs[i].edge, at = b->place[edge];
            if (at < 0)
                continue;
            double base = in->edge_class[edge] == KN__EDGE_ESSENTIAL ? sum : cost;
            b->m->down[at].weight = base > 0 ? in->weight[edge] / base : 0;
        }
    }
}

/* Inputs with one key share a slot; who is alone needs none. */
static void group(builder *b, int32_t j)
{
    kn__esri *m = b->m;
    int64_t first = b->buyer_start[j], count = b->buyer_start[j + 1] - first;
    for (int64_t k = 0; k < count; k++) {
        int64_t edge = b->buyer_edge[first + k];
        int32_t sector = b->in->sector[b->in->supplier[edge]];
        unsigned char c = b->in->edge_class[edge];
        b->inputs[k] = (purchase){c == KN__EDGE_ESSENTIAL ? 2 * (int64_t)sector + 1
                                  : c == KN__EDGE_LINEAR  ? -1
                                                          : -2,
                                  edge, sector};
    }
    weigh(b, j, b->inputs, count);
    qsort(b->inputs, (size_t)count, sizeof *b->inputs, by_key);
    for (int64_t k = 0, end; k < count; k = end) {
        for (end = k + 1; end < count && b->inputs[end].key == b->inputs[k].key;)
            end++;
        for (int64_t i = k; i < end && b->inputs[k].key != -2; i++) {
            kn__esri_edge *edge = &m->down[b->place[b->inputs[i].edge]];
            edge->firm = j;
            edge->slot = end - k > 1 ? (int32_t)m->slots : -1;
            if (end - k > 1)
                continue;
            int64_t at = m->in_start[j + 1]++;
            m->in_firm[at] = b->in->supplier[b->inputs[i].edge];
            m->in_weight[at] = edge->weight;
        }
        m->slots += b->inputs[k].key != -2 && end - k > 1;
    }
}

static kn_status build(builder *b)
{
    kn__esri *m = b->m;
    KN__TRY(check(b->in, b->ctx));
    m->firms = b->in->firms;
    m->markets = b->in->sectors;
    KN__TRY(allocate(b));
    set_firms(b);
    set_edges(b);
    for (int32_t j = 0; j < m->firms; j++) {
        m->slot_start[j] = m->slots;
        m->in_start[j + 1] = m->in_start[j];
        group(b, j);
    }
    m->slot_start[m->firms] = m->slots;
    return KN_OK;
}

kn_status kn__esri_new(kn__esri **esri, kn_context *ctx, kn__arena *arena,
                       const kn__esri_input *input, const kn__esri_rule *rule)
{
    builder b = {.ctx = ctx, .arena = arena, .in = input};
    *esri = NULL;
    b.m = KN__NEW(arena, ctx, kn__esri);
    if (!b.m)
        return KN_ERR_MEMORY;
    b.m->rule = *rule;
    KN__TRY(kn__arena_new(&b.scratch, ctx));
    kn_status status = build(&b);
    kn__arena_free(b.scratch);
    if (status >= 0)
        *esri = b.m;
    return status;
}

kn_status kn__esri_each(kn__esri_shocks *shocks, kn_context *ctx, kn__arena *arena,
                        int32_t firms)
{
    int64_t *start = KN__ARRAY(arena, ctx, (int64_t)firms + 1, int64_t);
    int32_t *firm = KN__ARRAY(arena, ctx, firms, int32_t);
    double *loss = KN__ARRAY(arena, ctx, firms, double);
    *shocks = (kn__esri_shocks){firms, start, firm, loss};
    if (!start || !firm || !loss)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < firms; k++) {
        start[k + 1] = k + 1;
        firm[k] = k;
        loss[k] = 1;
    }
    return KN_OK;
}
