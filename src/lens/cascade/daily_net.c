/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "lens/cascade/daily.h"

static const double DAYS_A_YEAR = 365;
/* Flows over cells from which on links are kept as a table. */
static const double DENSE_FILL = 0.15;
/* Where a table does not say (grade D), as the denial model has it. */
static const double TABLE_SPARE = 0.05, TABLE_SPARE_DAYS = 90;
static const double TABLE_SEARCH_SHARE = 0.5, TABLE_SEARCH_DAYS = 90;
/* CES between inputs at once: centre and ends (Boehm, Flaaen and Pandalai-Nayar 2019). */
static const double SIGMA_DAILY = 0.1;

typedef struct entry {
    int32_t place;
    double value;
} entry;

typedef struct builder {
    kn__daily_net *d;
    kn_context *ctx;
    kn__arena *arena;
    const kn__daily_options *o;
    double *column; /* of one user, dense: by place */
    entry *entries; /* the same, sparse */
    bool dense, count_only;
    int64_t groups, links;
    int64_t *link_start, *group_start;
    int32_t *supplier, *first;
    double *flow, *target;
} builder;

static double known(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

/* ---- Order of producers ---- */

static kn_status sort_producers(builder *b)
{
    kn__daily_net *d = b->d;
    const kn_network *net = d->net;
    int64_t n = d->n, products = net->product_count;
    d->producer = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    d->place = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    d->economy = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    d->product = KN__ARRAY(b->arena, b->ctx, n, int32_t);
    d->value_musd = KN__ARRAY(b->arena, b->ctx, n, double);
    d->product_start = KN__ARRAY(b->arena, b->ctx, products + 2, int32_t);
    if (!d->producer || !d->place || !d->economy || !d->product || !d->value_musd ||
        !d->product_start)
        return KN_ERR_MEMORY;
    int32_t *next = d->product_start + 1;
    for (int64_t i = 0; i < n; i++)
        next[net->producers[i].product + 1]++;
    for (int64_t q = 0; q < products; q++)
        next[q + 1] += next[q];
    for (int32_t i = 0; i < n; i++) {
        int32_t at = next[net->producers[i].product]++;
        d->producer[at] = i;
        d->place[i] = at;
        d->economy[at] = net->producers[i].economy;
        d->product[at] = net->producers[i].product;
        d->value_musd[at] =
            fmax(0, known(net->producers[i].value_added, 0)) / DAYS_A_YEAR;
    }
    return KN_OK;
}

/* ---- Groups ---- */

static double positive(builder *b, double value)
{
    if (value < 0 && b->count_only)
        b->d->clipped_musd -= value;
    return value > 0 ? value / DAYS_A_YEAR : 0;
}

static void add_link(builder *b, int32_t place, double value)
{
    if (!b->count_only) {
        b->flow[b->links] = value;
        if (b->supplier)
            b->supplier[b->links] = place;
    }
    b->links++;
}

static void end_group(builder *b, int32_t first)
{
    if (!b->count_only) {
        b->first[b->groups] = first;
        b->d->group_product[b->groups] = b->d->product[first];
        b->link_start[b->groups + 1] = b->links;
    }
    b->groups++;
}

/* A product's producers stand together: a group is all of them. */
static void add_dense(builder *b)
{
    const kn__daily_net *d = b->d;
    for (int32_t q = 0; q < d->net->product_count; q++) {
        int32_t begin = d->product_start[q], end = d->product_start[q + 1];
        bool any = false;
        for (int32_t i = begin; i < end; i++)
            any = any || b->column[i] > 0;
        for (int32_t i = begin; any && i < end; i++)
            add_link(b, i, b->column[i]);
        if (any)
            end_group(b, begin);
    }
}

static int by_place(const void *a, const void *b)
{
    const entry *x = a, *y = b;
    return (x->place > y->place) - (x->place < y->place);
}

static void add_sparse(builder *b, int64_t count)
{
    qsort(b->entries, (size_t)count, sizeof *b->entries, by_place);
    for (int64_t k = 0; k < count; k++) {
        add_link(b, b->entries[k].place, b->entries[k].value);
        if (k + 1 == count ||
            b->d->product[b->entries[k].place] != b->d->product[b->entries[k + 1].place])
            end_group(b, b->entries[k].place);
    }
}

/* Returns how many entries there are now. */
static int64_t note(builder *b, int32_t place, double value, int64_t count)
{
    if (b->dense)
        b->column[place] = value;
    else if (value > 0)
        b->entries[count++] = (entry){place, value};
    return count;
}

/* What a producer buys, or what the final users of an economy do. */
static int64_t take(builder *b, int32_t user)
{
    const kn__daily_net *d = b->d;
    const kn__flows *z = &d->net->flows;
    int64_t count = 0, n = d->n;
    bool final = user >= n;
    int32_t j = final ? -1 : d->producer[user];
    if (b->dense)
        memset(b->column, 0, (size_t)n * sizeof *b->column);
    if (final || z->is_dense) {
        for (int32_t i = 0; i < n; i++) {
            double value = final ? 0 : positive(b, z->dense[i * n + j]);
            for (int32_t c = 0; final && c < d->net->final_count; c++)
                if (d->net->finals[c].economy == user - n)
                    value += positive(
                        b, d->net->final_demand[(int64_t)i * d->net->final_count + c]);
            count = note(b, d->place[i], value, count);
        }
        return count;
    }
    for (int64_t k = z->columns.start[j]; k < z->columns.start[j + 1]; k++) {
        double value = positive(b, z->columns.value[k]);
        count = note(b, d->place[z->columns.index[k]], value, count);
    }
    return count;
}

static void add_users(builder *b)
{
    int32_t users = b->d->n + b->d->net->economy_count;
    b->groups = b->links = 0;
    for (int32_t u = 0; u < users; u++) {
        int64_t count = take(b, u);
        if (b->dense)
            add_dense(b);
        else
            add_sparse(b, count);
        if (!b->count_only)
            b->group_start[u + 1] = b->groups;
    }
}

/* Reading zeros in order is faster than looking up who supplies what. */
static bool is_dense(const kn__flows *z)
{
    return z->is_dense || (double)(z->n ? z->columns.start[z->n] : 0) >
                              DENSE_FILL * (double)z->n * (double)z->n;
}

static kn_status make_groups(builder *b)
{
    kn__daily_net *d = b->d;
    int64_t users = d->n + d->net->economy_count;
    bool dense = b->dense = is_dense(&d->net->flows);
    b->column = KN__ARRAY(b->arena, b->ctx, dense ? d->n : 0, double);
    b->entries = KN__ARRAY(b->arena, b->ctx, dense ? 0 : d->n, entry);
    if (!b->column || !b->entries)
        return KN_ERR_MEMORY;
    b->count_only = true;
    add_users(b);
    b->count_only = false;
    bool ok = (b->group_start = KN__ARRAY(b->arena, b->ctx, users + 1, int64_t));
    ok = (b->link_start = KN__ARRAY(b->arena, b->ctx, b->groups + 1, int64_t)) && ok;
    ok = (b->first = KN__ARRAY(b->arena, b->ctx, b->groups, int32_t)) && ok;
    ok = (b->flow = KN__ARRAY(b->arena, b->ctx, b->links, double)) && ok;
    ok = (b->target = KN__ARRAY(b->arena, b->ctx, b->groups, double)) && ok;
    ok = (d->group_product = KN__ARRAY(b->arena, b->ctx, b->groups, int32_t)) && ok;
    if (!dense)
        ok = (b->supplier = KN__ARRAY(b->arena, b->ctx, b->links, int32_t)) && ok;
    if (!ok)
        return KN_ERR_MEMORY;
    add_users(b);
    d->engine.producers = d->n;
    d->engine.users = (int32_t)users;
    d->engine.group_start = b->group_start;
    d->engine.link_start = b->link_start;
    d->engine.supplier = b->supplier;
    d->engine.first = b->first;
    d->engine.flow = b->flow;
    d->engine.target = b->target;
    return KN_OK;
}

int32_t kn__daily_supplier(const kn__daily_net *d, int64_t group, int64_t link)
{
    const kn__engine_net *e = &d->engine;
    return e->supplier ? e->supplier[link]
                       : e->first[group] + (int32_t)(link - e->link_start[group]);
}

int64_t kn__daily_group(const kn__daily_net *d, int32_t user, int32_t product)
{
    int64_t low = d->engine.group_start[user], end = d->engine.group_start[user + 1];
    for (int64_t high = end; low < high;) {
        int64_t mid = low + (high - low) / 2;
        if (d->group_product[mid] < product)
            low = mid + 1;
        else
            high = mid;
    }
    return low < end && d->group_product[low] == product ? low : -1;
}

/* ---- Stocks and weights ---- */

static void set_target(builder *b, int32_t j, int64_t g)
{
    kn__daily_net *d = b->d;
    int64_t at = (int64_t)d->group_product[g] * d->net->economy_count + d->economy[j];
    double days = d->rule.stock_steps;
    if (d->own && isnan(b->o->stock_days))
        days = known(d->net->stock_days[at], days);
    if (days < KN__LEAST_STOCK) {
        days = KN__LEAST_STOCK;
        d->short_groups++;
    }
    b->target[g] = days;
}

static const kn__recipe *recipe_of(const kn_network *net, int32_t product, int32_t input)
{
    for (int32_t k = net->recipe_start[product]; k < net->recipe_start[product + 1]; k++)
        if (net->recipes[k].input == input)
            return &net->recipes[k];
    return NULL;
}

/* Cost share of a group in what the user sells. */
static double cost_share(builder *b, int32_t j, int64_t g)
{
    double sum = 0, x = b->d->net->producers[b->d->producer[j]].output / DAYS_A_YEAR;
    for (int64_t k = b->link_start[g]; k < b->link_start[g + 1]; k++)
        sum += b->flow[k];
    return x > 0 ? fmin(1, sum / x) : 0;
}

static double weight_of(builder *b, int32_t j, int64_t g, int end)
{
    kn__daily_net *d = b->d;
    kn__make make = d->rule.make;
    if (make == KN__MAKE_CES)
        return cost_share(b, j, g);
    if (!d->net->has_recipes)
        return 1;
    const kn__recipe *r = recipe_of(d->net, d->product[j], d->group_product[g]);
    double w = kn__engine_class_weight(make, r ? (int)r->criticality : KN__MINOR);
    if (!d->own)
        return w;
    if (!r || r->criticality == KN__MINOR)
        return cost_share(b, j, g);
    return w * known(r->dependent[end], 1);
}

static kn_status set_groups(builder *b)
{
    kn__daily_net *d = b->d;
    int64_t groups = d->engine.group_start[d->n];
    for (int end = 0; end < KN__DAILY_ENDS; end++) {
        d->weight[end] = KN__ARRAY(b->arena, b->ctx, groups, double);
        if (!d->weight[end])
            return KN_ERR_MEMORY;
    }
    d->now = KN__ARRAY(b->arena, b->ctx, groups, double);
    d->on_way = KN__ARRAY(b->arena, b->ctx, b->groups, double);
    if (!d->now || !d->on_way)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < d->n; j++)
        for (int64_t g = b->group_start[j]; g < b->group_start[j + 1]; g++) {
            set_target(b, j, g);
            for (int end = 0; end < KN__DAILY_ENDS; end++)
                d->weight[end][g] = weight_of(b, j, g, end);
        }
    d->engine.weight = d->now;
    d->engine.on_way = d->on_way;
    d->unknown_inputs = !d->net->has_recipes && d->rule.make != KN__MAKE_CES &&
                        d->rule.make != KN__MAKE_LINEAR;
    return KN_OK;
}

/* ---- Equipment ---- */

static kn_status index_tools(builder *b)
{
    kn__daily_net *d = b->d;
    d->tool_start = KN__ARRAY(b->arena, b->ctx, d->net->product_count + 1, int32_t);
    if (!d->tool_start)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < d->net->equipment_count; k++)
        d->tool_start[d->net->equipment[k].product + 1]++;
    for (int32_t q = 0; q < d->net->product_count; q++)
        d->tool_start[q + 1] += d->tool_start[q];
    return KN_OK;
}

/* ---- What single producers can do ---- */

static kn_status set_producers(builder *b)
{
    kn__daily_net *d = b->d;
    bool table = !d->net->has_recipes;
    double *part[4];
    if (!d->own)
        return KN_OK;
    for (int k = 0; k < 4; k++)
        if (!(part[k] = KN__ARRAY(b->arena, b->ctx, d->n, double)))
            return KN_ERR_MEMORY;
    for (int32_t i = 0; i < d->n; i++) {
        const kn__product *p = &d->net->products[d->product[i]];
        double spare = known(d->net->producers[d->producer[i]].spare, 0);
        if (table && !(spare > 0))
            spare = TABLE_SPARE;
        part[0][i] = 1 + known(b->o->spare, spare);
        part[1][i] = fmax(1, known(b->o->adapt_days,
                                   known(p->spare_days, table ? TABLE_SPARE_DAYS
                                                              : d->rule.adapt_steps)));
        part[2][i] = known(b->o->search_days,
                           known(p->reroute_days, table ? TABLE_SEARCH_DAYS : 1));
        part[3][i] = known(b->o->search_share,
                           known(p->reroute_share, table ? TABLE_SEARCH_SHARE : 0));
    }
    d->engine.adapt_most = part[0];
    d->engine.adapt_steps = part[1];
    d->engine.search_steps = part[2];
    d->engine.search_share = part[3];
    return KN_OK;
}

/* ---- Rule ---- */

static void set_rule(builder *b)
{
    const kn__daily_options *o = b->o;
    kn__engine_rule *r = &b->d->rule;
    b->d->own = !strcmp(o->model, "kaname");
    if (b->d->own && !b->d->net->has_recipes) {
        r->make = KN__MAKE_CES;
        r->elasticity = SIGMA_DAILY;
    }
    r->make = o->production >= 0 ? (kn__make)o->production : r->make;
    r->flow_on = o->ordering >= 0 ? (kn__basis)o->ordering : r->flow_on;
    r->target_on = o->target >= 0 ? (kn__basis)o->target : r->target_on;
    r->sourcing = o->sourcing >= 0 ? (kn__sourcing)o->sourcing : r->sourcing;
    r->rationing = o->rationing >= 0 ? (kn__rationing)o->rationing : r->rationing;
    r->adaptation = o->adaptation >= 0 ? (kn__adaptation)o->adaptation : r->adaptation;
    r->stock_steps = known(o->stock_days, r->stock_steps);
    r->restore_steps = known(o->restore_days, r->restore_steps);
    r->need = known(o->need, r->need);
    r->search_steps = known(o->search_days, r->search_steps);
    r->search_share = known(o->search_share, r->search_share);
    r->adapt_most = isnan(o->spare) ? r->adapt_most : 1 + o->spare;
    r->adapt_steps = known(o->adapt_days, r->adapt_steps);
    r->elasticity = known(o->elasticity, r->elasticity);
}

kn_status kn__daily_from_network(kn__daily_net *d, kn_context *ctx, kn__arena *arena,
                                 const kn_network *net, const kn_scenario *scenario,
                                 const kn__daily_options *options)
{
    builder b = {.d = d, .ctx = ctx, .arena = arena, .o = options};
    *d = (kn__daily_net){.net = net, .n = net->producer_count};
    if (!kn__engine_preset(&d->rule, options->model))
        return kn__fail(ctx, KN_ERR_USAGE, "there is no model \"%s\"", options->model);
    set_rule(&b);
    KN__TRY(sort_producers(&b));
    KN__TRY(kn__daily_rezone(d, ctx, arena, scenario, options));
    KN__TRY(make_groups(&b));
    KN__TRY(set_groups(&b));
    KN__TRY(index_tools(&b));
    return set_producers(&b);
}
