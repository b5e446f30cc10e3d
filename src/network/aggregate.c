/* SPDX-License-Identifier: Apache-2.0 */
#include "network/aggregate.h"

#include <math.h>
#include <string.h>

#include "network/build.h"
#include "network/schema.h"

typedef struct merger {
    kn_context *ctx;
    kn_network *net;
    const kn_network *from;
    const kn__grouping *economies, *products;
    kn__arena *scratch;
    int32_t *producer; /* new id of producer i */
    int32_t *final;    /* new id of final column k */
    int32_t *members;  /* how many economies a group has */
    int32_t links_lost, blocs_lost;
} merger;

static int32_t economy(const merger *m, int32_t e)
{
    return m->economies ? m->economies->group[e] : e;
}

static int32_t product(const merger *m, int32_t p)
{
    return m->products ? m->products->group[p] : p;
}

static kn_status check_groups(merger *m, const kn__grouping *g, int32_t items)
{
    for (int32_t k = 0; g && k < items; k++)
        if (g->group[k] < 0 || g->group[k] >= g->count)
            return kn__fail(m->ctx, KN_ERR_USAGE, "a group is out of range");
    return KN_OK;
}

static const char *keep(merger *m, const char *text)
{
    return kn__arena_text(m->net->arena, m->ctx, text);
}

/* ---- Labels ---- */

static kn_status add_sources(merger *m)
{
    kn_network *net = m->net;
    net->source_count = m->from->source_count;
    net->sources = KN__ARRAY(net->arena, m->ctx, net->source_count, kn__source);
    if (!net->sources)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->source_count; k++) {
        const kn__source *s = &m->from->sources[k];
        kn__source *to = &net->sources[k];
        *to = (kn__source){keep(m, s->id),  keep(m, s->title),   keep(m, s->publisher),
                           keep(m, s->url), keep(m, s->licence), s->year};
        if (!to->id || !to->title || !to->publisher || !to->url || !to->licence)
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

/* A group of one keeps what is known of its member. */
static void merge_economies(merger *m)
{
    static const kn__economy nobody = {.name = {"", "", ""},
                                       .latitude = NAN,
                                       .longitude = NAN,
                                       .gdp_musd = NAN,
                                       .origin = {-1, 'D', 0}};
    for (int32_t e = 0; e < m->net->economy_count; e++)
        m->net->economies[e] = nobody;
    for (int32_t e = 0; e < m->from->economy_count; e++) {
        const kn__economy *from = &m->from->economies[e];
        kn__economy *to = &m->net->economies[economy(m, e)];
        if (!m->members[economy(m, e)]++) {
            *to = *from;
            continue;
        }
        double gdp = to->gdp_musd + from->gdp_musd;
        *to = nobody;
        to->gdp_musd = gdp;
    }
}

static kn_status add_economies(merger *m)
{
    kn_network *net = m->net;
    const kn__grouping *g = m->economies;
    net->economy_count = g ? g->count : m->from->economy_count;
    net->economies = KN__ARRAY(net->arena, m->ctx, net->economy_count, kn__economy);
    m->members = KN__ARRAY(m->scratch, m->ctx, net->economy_count, int32_t);
    if (!net->economies || !m->members)
        return KN_ERR_MEMORY;
    merge_economies(m);
    for (int32_t e = 0; e < net->economy_count; e++) {
        kn__economy *to = &net->economies[e];
        to->code = keep(m, g ? g->label[e] : to->code);
        for (int l = 0; l < KN_LANG_COUNT; l++)
            to->name[l] = keep(m, *to->name[l] ? to->name[l] : to->code);
        if (!to->code || !to->name[0] || !to->name[1] || !to->name[2])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

static kn_status keep_product_texts(merger *m, kn__product *p, const char *id)
{
    p->id = keep(m, id);
    for (int l = 0; l < KN_LANG_COUNT; l++)
        p->name[l] = keep(m, m->products ? p->id : p->name[l]);
    p->hs = keep(m, p->hs);
    p->unit = keep(m, p->unit);
    p->note = keep(m, p->note);
    return p->id && p->name[0] && p->name[1] && p->name[2] && p->hs && p->unit && p->note
               ? KN_OK
               : KN_ERR_MEMORY;
}

static kn_status add_products(merger *m)
{
    static const kn__product group = {.hs = "",
                                      .unit = "MUSD",
                                      .note = "",
                                      .kind = KN__INDUSTRY,
                                      .industry = -1,
                                      .value_added_share = NAN,
                                      .substitute_share = NAN,
                                      .substitute_days = NAN,
                                      .reroute_share = NAN,
                                      .reroute_days = NAN,
                                      .spare_days = NAN,
                                      .value_origin = {-1, 'D', 0},
                                      .param_origin = {-1, 'D', 0}};
    kn_network *net = m->net;
    const kn__grouping *g = m->products;
    net->product_count = g ? g->count : m->from->product_count;
    net->products = KN__ARRAY(net->arena, m->ctx, net->product_count, kn__product);
    if (!net->products)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < net->product_count; p++) {
        kn__product *to = &net->products[p];
        *to = g ? group : m->from->products[p];
        KN__TRY(keep_product_texts(m, to, g ? g->label[p] : to->id));
    }
    for (int32_t p = 0; g && p < m->from->product_count; p++)
        if (!isnan(m->from->products[p].value_musd))
            net->products[g->group[p]].value_musd += m->from->products[p].value_musd;
    return KN_OK;
}

/* ---- Accounts ---- */

static void add_producer(merger *m, int32_t i, int32_t *id_at)
{
    kn_network *net = m->net;
    const kn__producer *p = &m->from->producers[i];
    int32_t e = economy(m, p->economy), q = product(m, p->product);
    int32_t *id = &id_at[(int64_t)q * net->economy_count + e]; /* 1-based */
    if (!*id) {
        net->producers[net->producer_count] =
            (kn__producer){.economy = e, .product = q, .firm = "", .origin = p->origin};
        *id = ++net->producer_count;
    }
    kn__producer *to = &net->producers[*id - 1];
    to->output += p->output;
    to->value_added += p->value_added;
    to->spare += p->output > 0 ? p->spare * p->output : 0;
    if (to->origin.source != p->origin.source || to->origin.grade != p->origin.grade)
        to->origin = KN__NO_ORIGIN;
    m->producer[i] = *id - 1;
}

static kn_status add_producers(merger *m)
{
    kn_network *net = m->net;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    int32_t *id_at = KN__ARRAY(m->scratch, m->ctx, pairs, int32_t);
    net->producers = KN__ARRAY(net->arena, m->ctx, m->from->producer_count, kn__producer);
    m->producer = KN__ARRAY(m->scratch, m->ctx, m->from->producer_count, int32_t);
    if (!id_at || !net->producers || !m->producer)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < m->from->producer_count; i++)
        add_producer(m, i, id_at);
    for (int32_t i = 0; i < net->producer_count; i++) {
        kn__producer *p = &net->producers[i];
        p->spare = p->output > 0 ? p->spare / p->output : NAN;
    }
    return KN_OK;
}

/* Final columns merge by economy and category. */
static kn_status add_finals(merger *m)
{
    kn_network *net = m->net;
    const kn_network *from = m->from;
    net->finals = KN__ARRAY(net->arena, m->ctx, from->final_count, kn__final);
    m->final = KN__ARRAY(m->scratch, m->ctx, from->final_count, int32_t);
    if (!net->finals || !m->final)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < from->final_count; k++) {
        int32_t e = economy(m, from->finals[k].economy), at = 0;
        while (at < net->final_count &&
               (net->finals[at].economy != e ||
                strcmp(net->finals[at].category, from->finals[k].category) != 0))
            at++;
        m->final[k] = at;
        if (at < net->final_count)
            continue;
        net->finals[at] = (kn__final){e, keep(m, from->finals[k].category)};
        if (!net->finals[at].category)
            return KN_ERR_MEMORY;
        net->final_count++;
    }
    net->final_demand = KN__ARRAY(
        net->arena, m->ctx, (int64_t)net->producer_count * net->final_count, double);
    if (!net->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < from->producer_count; i++)
        for (int32_t k = 0; k < from->final_count; k++)
            net->final_demand[(int64_t)m->producer[i] * net->final_count + m->final[k]] +=
                from->final_demand[(int64_t)i * from->final_count + k];
    return KN_OK;
}

static kn_status add_flows(merger *m)
{
    const kn__flows *z = &m->from->flows;
    kn__flows *to = &m->net->flows;
    int64_t count = z->is_dense ? (int64_t)z->n * z->n : z->rows.start[z->n], at = 0;
    kn__triplet *t = kn__alloc(m->ctx, count, sizeof *t);
    if (!t)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < z->n; i++) {
        int64_t begin = z->is_dense ? (int64_t)i * z->n : z->rows.start[i];
        int64_t end = z->is_dense ? begin + z->n : z->rows.start[i + 1];
        for (int64_t k = begin; k < end; k++) {
            double value = z->is_dense ? z->dense[k] : z->rows.value[k];
            int32_t j = z->is_dense ? (int32_t)(k - begin) : z->rows.index[k];
            if (value != 0)
                t[at++] = (kn__triplet){m->producer[i], m->producer[j], value};
        }
    }
    to->n = m->net->producer_count;
    kn_status status =
        kn__csr_from_triplets(&to->rows, m->ctx, m->net->arena, to->n, to->n, t, at);
    kn__release(m->ctx, t);
    return status < 0 ? status
                      : kn__csr_transpose(&to->columns, m->ctx, m->net->arena, &to->rows);
}

/* Stocks, weighed by use. */
static kn_status add_stocks(merger *m)
{
    kn_network *net = m->net;
    const kn_network *from = m->from;
    kn__pools pools;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    double *weight = KN__ARRAY(m->scratch, m->ctx, pairs, double);
    double *days = KN__ARRAY(m->scratch, m->ctx, pairs, double);
    KN__TRY(kn__network_stocks(net, m->ctx));
    KN__TRY(kn__pools_new(&pools, m->ctx, m->scratch, from));
    if (!weight || !days)
        return KN_ERR_MEMORY;
    int64_t at = 0;
    kn__stock s;
    while (kn__stock_next(from, &at, &s)) {
        double use = pools.use[(int64_t)s.product * from->economy_count + s.economy];
        int64_t to =
            (int64_t)product(m, s.product) * net->economy_count + economy(m, s.economy);
        bool first = isnan(net->stock_days[to]);
        weight[to] += use;
        days[to] += use * s.days;
        net->stock_days[to] = first || !(weight[to] > 0) ? s.days : days[to] / weight[to];
        net->stock_origin[to] = first ? s.origin : KN__NO_ORIGIN;
    }
    return KN_OK;
}

/* ---- What hangs on single labels ---- */

static kn_status add_recipes(merger *m)
{
    kn_network *net = m->net;
    const kn_network *from = m->from;
    net->has_recipes = from->has_recipes && !m->products;
    if (m->products)
        return KN_OK;
    net->recipes = KN__ARRAY(net->arena, m->ctx, from->recipe_count, kn__recipe);
    net->equipment = KN__ARRAY(net->arena, m->ctx, from->equipment_count, kn__equipment);
    if (!net->recipes || !net->equipment)
        return KN_ERR_MEMORY;
    net->recipe_count = from->recipe_count;
    net->equipment_count = from->equipment_count;
    for (int32_t k = 0; k < from->recipe_count; k++)
        net->recipes[k] = from->recipes[k];
    for (int32_t k = 0; k < from->equipment_count; k++)
        net->equipment[k] = from->equipment[k];
    return KN_OK;
}

/* A link stays when both ends are groups of one. */
static kn_status add_links(merger *m)
{
    kn_network *net = m->net;
    net->links = KN__ARRAY(net->arena, m->ctx, m->from->link_count, kn__link);
    if (!net->links)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < m->from->link_count; k++) {
        kn__link l = m->from->links[k];
        l.from = economy(m, l.from);
        l.to = economy(m, l.to);
        bool single = !m->products && m->members[l.from] == 1 && m->members[l.to] == 1;
        if (single)
            net->links[net->link_count++] = l;
        m->links_lost += !single;
    }
    return KN_OK;
}

/* A bloc stays when it is a union of whole groups. */
static kn_status add_bloc(merger *m, const kn__bloc *bloc)
{
    kn_network *net = m->net;
    int32_t *inside = KN__ARRAY(m->scratch, m->ctx, net->economy_count, int32_t);
    int32_t *members = KN__ARRAY(net->arena, m->ctx, net->economy_count, int32_t);
    int32_t count = 0;
    bool whole = true;
    if (!inside || !members)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < bloc->members.count; k++)
        inside[economy(m, bloc->members.id[k])]++;
    for (int32_t e = 0; e < net->economy_count; e++) {
        whole = whole && (!inside[e] || inside[e] == m->members[e]) &&
                strcmp(net->economies[e].code, bloc->name) != 0;
        if (inside[e])
            members[count++] = e;
    }
    m->blocs_lost += !whole;
    if (!whole)
        return KN_OK;
    kn__bloc *to = &net->blocs[net->bloc_count++];
    *to = (kn__bloc){keep(m, bloc->name), {members, count}};
    return to->name ? KN_OK : KN_ERR_MEMORY;
}

static kn_status add_blocs(merger *m)
{
    m->net->blocs = KN__ARRAY(m->net->arena, m->ctx, m->from->bloc_count, kn__bloc);
    if (!m->net->blocs)
        return KN_ERR_MEMORY;
    for (int32_t b = 0; b < m->from->bloc_count; b++)
        KN__TRY(add_bloc(m, &m->from->blocs[b]));
    return KN_OK;
}

static kn_status add_notes(merger *m)
{
    kn_network *net = m->net;
    KN__TRY(KN__NOTE(net, m->ctx,
                     "merged from %d economies and %d products; left out: %d links, %d "
                     "blocs, %d tariff schedules, %d recipes",
                     (int)m->from->economy_count, (int)m->from->product_count,
                     (int)m->links_lost, (int)m->blocs_lost, (int)m->from->tariff_count,
                     (int)(m->from->recipe_count - net->recipe_count)));
    return kn__notes_copy(&net->notes, m->ctx, net->arena, &m->from->notes);
}

static kn_status merge(merger *m)
{
    KN__TRY(check_groups(m, m->economies, m->from->economy_count));
    KN__TRY(check_groups(m, m->products, m->from->product_count));
    m->net->name = keep(m, m->from->name);
    m->net->edition = keep(m, m->from->edition);
    if (!m->net->name || !m->net->edition)
        return KN_ERR_MEMORY;
    KN__TRY(add_sources(m));
    KN__TRY(add_economies(m));
    KN__TRY(add_products(m));
    KN__TRY(add_producers(m));
    KN__TRY(add_finals(m));
    KN__TRY(add_flows(m));
    KN__TRY(add_stocks(m));
    KN__TRY(add_recipes(m));
    KN__TRY(add_links(m));
    KN__TRY(add_blocs(m));
    KN__TRY(add_notes(m));
    return kn__network_finish(m->net, m->ctx);
}

kn_status kn__network_aggregate(kn_network **out, kn_context *ctx, const kn_network *net,
                                const kn__grouping *economies,
                                const kn__grouping *products)
{
    merger m = {.ctx = ctx, .from = net, .economies = economies, .products = products};
    *out = NULL;
    KN__TRY(kn__arena_new(&m.scratch, ctx));
    kn_status status = kn__network_new(&m.net, ctx);
    if (status == KN_OK)
        status = merge(&m);
    kn__arena_free(m.scratch);
    if (status < 0)
        kn_network_free(m.net);
    else
        *out = m.net;
    return status;
}
