/* SPDX-License-Identifier: Apache-2.0 */
#include "read/eto.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "read/labels.h"

/* From the tables of the data set to a chain. A variant (is_type_of) that feeds nothing
   itself is folded into what it is a variant of; the other nodes are products. The data
   set has market shares and few market sizes, nothing else: what a chain needs beyond
   that is assumed here and marked grade D. */

static const double VALUE_ADDED_SHARE = 0.4, SPARE = 0.05;
static const double INPUT_COST_SHARE = 0.5; /* of a product's value, over all inputs */
static const double STOCK_DAYS = 30, WAIT_DAYS = 90;
static const double DEPENDENT[3] = {0.5, 0.75, 1.0};

/* A node with nothing of its own but variants that all feed the chain themselves is a
   heading: flows over it would count twice. */
static bool is_product(const kn__eto_work *c, int32_t i)
{
    const kn__eto_node *node = &c->eto->nodes[i];
    const kn__eto_family *f = &c->families[i];
    bool heading =
        f->separate && !f->folded && !c->share[i].of && isnan(node->value_musd);
    return node->type != KN__ETO_STAGE && (node->feeds || node->parent < 0) && !heading;
}

/* ---- Products ---- */

/* "EUV lithography tools" → "euv-lithography-tools". */
static char *make_slug(const kn__eto_work *c, const char *name)
{
    char *slug = kn__arena_text(c->raw->arena, c->ctx, name), *out = slug;
    if (!slug)
        return NULL;
    for (const char *p = name; *p; p++) {
        bool upper = *p >= 'A' && *p <= 'Z';
        bool plain = upper || (*p >= 'a' && *p <= 'z') || (*p >= '0' && *p <= '9');
        if (plain)
            *out++ = upper ? (char)(*p + ('a' - 'A')) : *p;
        else if (out > slug && out[-1] != '-')
            *out++ = '-';
    }
    while (out > slug && out[-1] == '-')
        out--;
    *out = '\0';
    return slug;
}

static int by_slug(const void *a, const void *b)
{
    return strcmp(**(const char **const *)a, **(const char **const *)b);
}

/* Ids of all products; equal ones get the node's own id behind them. */
static kn_status name_products(kn__eto_work *c, int64_t *count)
{
    int32_t n = (int32_t)c->eto->node_count;
    const char ***order = KN__ARRAY(c->raw->arena, c->ctx, n, const char **);
    if (!order)
        return KN_ERR_MEMORY;
    *count = 0;
    for (int32_t i = 0; i < n; i++) {
        if (!is_product(c, i))
            continue;
        c->slug[i] = make_slug(c, c->eto->nodes[i].name);
        if (!c->slug[i])
            return KN_ERR_MEMORY;
        order[(*count)++] = &c->slug[i];
    }
    if (*count)
        qsort(order, (size_t)*count, sizeof *order, by_slug);
    for (int64_t k = *count - 1; k >= 0; k--) {
        bool same = (k > 0 && strcmp(*order[k - 1], *order[k]) == 0) || !**order[k];
        const char *id = c->eto->nodes[order[k] - c->slug].id;
        if (same)
            *order[k] = kn__arena_format(c->raw->arena, c->ctx, "%s-%s", *order[k], id);
        if (!*order[k])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

static kn_status add_product(kn__eto_work *c, int32_t i)
{
    static const char *const kinds[] = {"equipment", "material", "service", "service",
                                        "good"};
    kn__eto_node *node = &c->eto->nodes[i];
    kn__chain_raw *raw = c->raw;
    bool given = !isnan(node->value_musd);
    c->valued += !given;
    kn__chain_product *p = &raw->products[raw->product_count++];
    *p =
        (kn__chain_product){.id = c->slug[i],
                            .kind = kinds[node->type],
                            .name_en = node->name,
                            .name_ja = "",
                            .name_ko = "",
                            .hs = "",
                            .isic = "",
                            .unit = "MUSD",
                            .value_source = given ? "eto-chips" : "assumed",
                            .param_source = "assumed",
                            .value_musd = given ? node->value_musd : KN__ETO_DEFAULT_MUSD,
                            .value_added_share = VALUE_ADDED_SHARE,
                            .substitute_days = WAIT_DAYS,
                            .reroute_days = WAIT_DAYS,
                            .spare_days = WAIT_DAYS,
                            .value_year = node->value_year,
                            .line = node->line,
                            .value_grade = given ? 'B' : 'D',
                            .param_grade = 'D'};
    p->note = kn__arena_format(raw->arena, c->ctx, "ETO node %s", node->id);
    return p->note ? KN_OK : KN_ERR_MEMORY;
}

/* Where a process has no shares of its own, its stage's are used. */
static const kn__eto_shares *shares_of(kn__eto_work *c, int32_t i)
{
    const kn__eto_node *node = &c->eto->nodes[i];
    if (c->share[i].of || !*node->stage)
        return &c->share[i];
    const kn__eto_node key = {.id = node->stage};
    for (int64_t low = 0, high = c->eto->node_count - 1; low <= high;) {
        int64_t middle = (low + high) / 2;
        int order = strcmp(key.id, c->eto->nodes[middle].id);
        if (order == 0) {
            c->borrowed += c->share[middle].of != NULL;
            return c->share[middle].of ? &c->share[middle] : &c->share[i];
        }
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return &c->share[i];
}

static void add_supplies(kn__eto_work *c, int32_t i)
{
    const kn__eto_shares *share = shares_of(c, i);
    kn__chain_raw *raw = c->raw;
    for (int32_t e = 0; share->of && e < c->code_count; e++) {
        if (share->of[e] <= 0)
            continue;
        raw->supplies[raw->supply_count++] =
            (kn__chain_supply){.product = c->slug[i],
                               .economy = c->codes[e],
                               .firm = "",
                               .source = "eto-chips",
                               .share = share->of[e],
                               .spare = SPARE,
                               .year = share->year,
                               .line = share->line ? share->line : c->eto->nodes[i].line,
                               .grade = share == &c->share[i] ? share->grade : 'C',
                               .spare_grade = 'D'};
    }
}

/* ---- Recipes ---- */

static void add_recipe(kn__eto_work *c, const kn__eto_edge *edge, int32_t inputs)
{
    kn__chain_raw *raw = c->raw;
    if (c->eto->nodes[edge->input].type == KN__ETO_TOOL) {
        raw->equipments[raw->equipment_count++] =
            (kn__chain_equipment){.product = c->slug[edge->target],
                                  .tool = c->slug[edge->input],
                                  .source = "assumed",
                                  .service_months = 6,
                                  .service_dependence = 0.3,
                                  .life_years = 10,
                                  .growth = 0.05,
                                  .line = edge->line,
                                  .grade = 'D'};
        return;
    }
    kn__chain_recipe *r = &raw->recipes[raw->recipe_count++];
    *r = (kn__chain_recipe){.product = c->slug[edge->target],
                            .input = c->slug[edge->input],
                            .criticality = "essential",
                            .source = "assumed",
                            .cost_share = INPUT_COST_SHARE / inputs,
                            .line = edge->line,
                            .grade = 'D'};
    memcpy(r->dependent, DEPENDENT, sizeof r->dependent);
}

static kn_status add_recipes(kn__eto_work *c)
{
    const kn__eto *eto = c->eto;
    int32_t *inputs = KN__ARRAY(c->raw->arena, c->ctx, eto->node_count, int32_t);
    if (!inputs)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < eto->edge_count; k++) {
        const kn__eto_edge *edge = &eto->edges[k];
        if (c->slug[edge->input] && eto->nodes[edge->input].type != KN__ETO_TOOL)
            inputs[edge->target]++;
    }
    for (int64_t k = 0; k < eto->edge_count; k++) {
        const kn__eto_edge *edge = &eto->edges[k];
        if (c->slug[edge->input] && c->slug[edge->target])
            add_recipe(c, edge, inputs[edge->target]);
    }
    return KN_OK;
}

static int by_edge(const void *a, const void *b)
{
    const kn__eto_edge *x = a, *y = b;
    if (x->target != y->target)
        return x->target < y->target ? -1 : 1;
    if (x->input != y->input)
        return x->input < y->input ? -1 : 1;
    return (x->line > y->line) - (x->line < y->line);
}

static kn_status check_edges(kn__eto_work *c)
{
    kn__eto *eto = c->eto;
    if (eto->edge_count)
        qsort(eto->edges, (size_t)eto->edge_count, sizeof *eto->edges, by_edge);
    for (int64_t k = 0; k < eto->edge_count; k++) {
        const kn__eto_edge *e = &eto->edges[k];
        if (e->input == e->target)
            return kn__fail(c->ctx, KN_ERR_DATA,
                            "%ssequence.csv:%d:1: \"%s\" goes into "
                            "itself",
                            c->raw->file_prefix, (int)e->line, eto->nodes[e->input].name);
        if (k && e[-1].input == e->input && e[-1].target == e->target)
            return kn__fail(c->ctx, KN_ERR_DATA,
                            "%ssequence.csv:%d:1: \"%s\" goes into \"%s\" twice",
                            c->raw->file_prefix, (int)e->line, eto->nodes[e->input].name,
                            eto->nodes[e->target].name);
        if (eto->nodes[e->target].type == KN__ETO_STAGE ||
            eto->nodes[e->input].type == KN__ETO_STAGE)
            return kn__fail(c->ctx, KN_ERR_DATA,
                            "%ssequence.csv:%d:1: a stage takes part in the sequence",
                            c->raw->file_prefix, (int)e->line);
    }
    return KN_OK;
}

/* ---- The rest ---- */

static kn_status reserve(kn__eto_work *c, int64_t products)
{
    kn__chain_raw *raw = c->raw;
    kn__arena *a = raw->arena;
    int64_t economies = (int64_t)c->code_count + 1;
    raw->economies = KN__ARRAY(a, c->ctx, economies, kn__chain_economy);
    raw->products = KN__ARRAY(a, c->ctx, products, kn__chain_product);
    raw->supplies = KN__ARRAY(a, c->ctx, products * economies, kn__chain_supply);
    raw->recipes = KN__ARRAY(a, c->ctx, c->eto->edge_count, kn__chain_recipe);
    raw->equipments = KN__ARRAY(a, c->ctx, c->eto->edge_count, kn__chain_equipment);
    raw->stocks = KN__ARRAY(a, c->ctx, products, kn__chain_stock);
    raw->sources = KN__ARRAY(a, c->ctx, 3, kn__chain_source);
    return raw->economies && raw->products && raw->supplies && raw->recipes &&
                   raw->equipments && raw->stocks && raw->sources
               ? KN_OK
               : KN_ERR_MEMORY;
}

static void add_frame(kn__eto_work *c)
{
    static const kn__chain_source own = {
        .id = "eto-chips",
        .title = "Advanced Semiconductor Supply Chain Dataset",
        .publisher = "Emerging Technology Observatory, CSET, Georgetown University",
        .url = "https://eto.tech/dataset-docs/chipexplorer/",
        .licence = "CC BY-NC 4.0"};
    kn__chain_frame(c->raw, c->codes, c->code_count, &own);
}

static kn_status add_notes(kn__eto_work *c)
{
    const kn__eto *eto = c->eto;
    KN__TRY(KN__NOTE(c->raw, c->ctx,
                     "%d variants are folded into what they are variants of; nothing "
                     "flows over is_type_of",
                     (int)c->folded));
    KN__TRY(KN__NOTE(c->raw, c->ctx,
                     "cost shares, dependent shares, stocks, spare capacity and the "
                     "constants of equipment are not in the data set: grade D"));
    if (c->valued)
        KN__TRY(KN__NOTE(c->raw, c->ctx,
                         "%d products without a market size are taken as "
                         "%.0f MUSD, grade D",
                         (int)c->valued, KN__ETO_DEFAULT_MUSD));
    if (c->borrowed)
        KN__TRY(KN__NOTE(c->raw, c->ctx, "%d processes take the shares of their stage",
                         (int)c->borrowed));
    if (c->scaled)
        KN__TRY(KN__NOTE(c->raw, c->ctx,
                         "%d sets of shares sum above 100 %% by rounding "
                         "(up to %.1f %%) and are scaled down",
                         (int)c->scaled, 100 * c->largest_sum));
    if (eto->regions)
        KN__TRY(KN__NOTE(c->raw, c->ctx,
                         "%d provisions by a region or by \"Various "
                         "countries\" count as unseen (ZZU)",
                         (int)eto->regions));
    return eto->odd_values ? KN__NOTE(c->raw, c->ctx,
                                      "%d market sizes are not written as \"$12.3 "
                                      "billion\" and are not used",
                                      (int)eto->odd_values)
                           : KN_OK;
}

static kn_status name_edition(kn__eto_work *c)
{
    int32_t first = 9999, last = 0;
    for (int64_t k = 0; k < c->eto->provision_count; k++) {
        int32_t year = c->eto->provisions[k].year;
        first = year && year < first ? year : first;
        last = year > last ? year : last;
    }
    c->raw->name = "ETO chips";
    c->raw->edition =
        last ? kn__arena_format(c->raw->arena, c->ctx,
                                "ETO semiconductor supply chain, shares of %d to %d",
                                (int)first, (int)last)
             : "ETO semiconductor supply chain, without years (2022)";
    return c->raw->edition ? KN_OK : KN_ERR_MEMORY;
}

static kn_status build(kn__eto_work *c)
{
    kn__chain_raw *raw = c->raw;
    int32_t n = (int32_t)c->eto->node_count;
    int64_t products;
    KN__TRY(check_edges(c));
    KN__TRY(kn__eto_shares_of_nodes(c));
    KN__TRY(name_products(c, &products));
    KN__TRY(reserve(c, products));
    add_frame(c);
    for (int32_t i = 0; i < n; i++) {
        if (!c->slug[i])
            continue;
        KN__TRY(add_product(c, i));
        add_supplies(c, i);
        raw->stocks[raw->stock_count++] = (kn__chain_stock){.product = c->slug[i],
                                                            .economy = "*",
                                                            .source = "assumed",
                                                            .days = STOCK_DAYS,
                                                            .line = c->eto->nodes[i].line,
                                                            .grade = 'D'};
    }
    KN__TRY(add_recipes(c));
    KN__TRY(name_edition(c));
    return add_notes(c);
}

kn_status kn__eto_chain(kn__eto *eto)
{
    kn__eto_work c = {.eto = eto, .ctx = eto->ctx, .raw = eto->raw};
    kn__arena *a = eto->raw->arena;
    c.slug = KN__ARRAY(a, eto->ctx, eto->node_count, const char *);
    c.share = KN__ARRAY(a, eto->ctx, eto->node_count, kn__eto_shares);
    c.families = KN__ARRAY(a, eto->ctx, eto->node_count, kn__eto_family);
    return c.slug && c.share && c.families ? build(&c) : KN_ERR_MEMORY;
}
