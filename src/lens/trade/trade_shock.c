/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trade_shock.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"

typedef struct shock_build {
    kn_context *ctx;
    kn__arena *arena;
    const kn__trade_model *model;
    kn__trade_kind kind;
    const kn_network *net;
    const kn_scenario *scenario;
    kn__policy *policy;
} shock_build;

static bool by_sector(const shock_build *b)
{
    return b->kind == KN__TRADE_NETWORK;
}

static kn_status need(double **array, const shock_build *b, int64_t count,
                      const double *from, double otherwise)
{
    if (*array)
        return KN_OK;
    *array = KN__ARRAY(b->arena, b->ctx, count, double);
    for (int64_t k = 0; *array && k < count; k++)
        (*array)[k] = from ? from[k] : otherwise;
    return *array ? KN_OK : KN_ERR_MEMORY;
}

static bool is_all_products(const shock_build *b, const kn__measure *m)
{
    return m->products.count == b->net->product_count;
}

static kn_status refuse(const shock_build *b, const kn__measure *m, const char *why)
{
    return kn__fail(b->ctx, KN_ERR_DATA, "%s:%d: %s %s", b->scenario->path, m->line,
                    kn__op_name(m->op), why);
}

/* The schedule's rate of cell (j, n, i), which are indices of the model. */
static kn_status schedule_of(const double **rate, const shock_build *b,
                             const kn__measure *m)
{
    for (int32_t k = 0; k < b->net->tariff_count; k++)
        if (kn__text_equal(b->net->tariffs[k].name, m->name)) {
            *rate = b->net->tariffs[k].rate;
            return KN_OK;
        }
    return kn__fail(b->ctx, KN_ERR_NOT_FOUND, "%s:%d: %s keeps no tariff schedule \"%s\"",
                    b->scenario->path, m->line, b->net->name, m->name);
}

/* Of two limits on a flow the tighter one holds; keeping nothing is a ban. */
static void limit_cell(kn__policy *policy, const kn__measure *m, int64_t at)
{
    if (m->value >= policy->keep[at])
        return;
    if (m->value == 0)
        policy->iceberg[at] = INFINITY;
    policy->keep[at] = m->value > 0 ? m->value : INFINITY;
    policy->to_importer[at] = m->to_importer;
}

static void apply_cell(const shock_build *b, const kn__measure *m, const double *schedule,
                       int32_t j, int32_t n, int32_t i)
{
    const kn__trade_model *model = b->model;
    kn__policy *policy = b->policy;
    int64_t N = model->cp.economies, at = (j * N + n) * N + i;
    if (m->op == KN__TARIFF)
        policy->tariff[at] = m->set ? m->value : policy->tariff[at] + m->value;
    else if (m->op == KN__TARIFF_SCHEDULE)
        policy->tariff[at] = kn__trade_rate(model, b->net, schedule, j, n, i);
    else if (m->op == KN__TRADE_COST)
        policy->iceberg[at] *= m->value;
    else if (m->op == KN__EXPORT_QUOTA)
        limit_cell(policy, m, at);
    else
        policy->iceberg[at] = INFINITY;
}

static kn_status apply_to_pairs(const shock_build *b, const kn__measure *m)
{
    const kn__trade_model *model = b->model;
    const double *schedule = NULL;
    bool one = model->product[0] < 0;
    if (one && !is_all_products(b, m))
        return refuse(b, m, "on single products needs sectors; this variant has one");
    if (m->op == KN__TARIFF_SCHEDULE)
        KN__TRY(schedule_of(&schedule, b, m));
    int32_t products = one ? 1 : m->products.count;
    for (int32_t p = 0; p < products; p++)
        for (int32_t t = 0; t < m->to.count; t++)
            for (int32_t f = 0; f < m->from.count; f++) {
                int32_t n = model->economy_at[m->to.id[t]];
                int32_t i = model->economy_at[m->from.id[f]];
                if (n >= 0 && i >= 0 && n != i)
                    apply_cell(b, m, schedule, one ? 0 : m->products.id[p], n, i);
            }
    return KN_OK;
}

/* A factor by sector; the one-sector variant takes only measures on all products. */
static void scale_sectors(const shock_build *b, const kn__measure *m, double *hat,
                          int32_t n, double factor)
{
    int32_t J = b->model->cp.sectors;
    bool one = b->model->product[0] < 0;
    for (int32_t p = 0; p < (one ? J : m->products.count); p++)
        hat[(int64_t)n * J + (one ? p : m->products.id[p])] *= factor;
}

/* The price over cost at which buyers take 1 + push times the quantity, others' prices
   and their own spending given. */
static void push_sectors(const shock_build *b, const kn__measure *m, int32_t n)
{
    const kn__cp *cp = &b->model->cp;
    bool one = b->model->product[0] < 0;
    for (int32_t p = 0; p < (one ? cp->sectors : m->products.count); p++) {
        int32_t j = one ? p : m->products.id[p];
        b->policy->push[(int64_t)j * cp->economies + n] -=
            log1p(m->value) / (1 + cp->elasticity[j]);
    }
}

/* What gravity has no place for: it has no budgets, and its economies have one sector and
   one factor that are the same thing. */
static kn_status check_gravity(const shock_build *b, const kn__measure *m)
{
    if (m->op == KN__EXPORT_QUOTA || m->op == KN__OVERCAPACITY)
        return refuse(b, m,
                      "needs a budget that gets or pays the difference between price and "
                      "cost, which gravity does not have: use --model caliendo-parro");
    if (m->op == KN__CAPACITY_LOSS || m->op == KN__CAPACITY_GAIN)
        return refuse(b, m, "needs factors: use --model caliendo-parro");
    return KN_OK;
}

static kn_status check_places(const shock_build *b, const kn__measure *m)
{
    bool demand = m->op == KN__DEMAND_CHANGE, all = is_all_products(b, m);
    bool capacity = m->op == KN__CAPACITY_LOSS || m->op == KN__CAPACITY_GAIN;
    if (demand && all)
        return refuse(b, m,
                      "on all products changes nothing: income is spent all the same; "
                      "name products");
    if (!all && b->model->product[0] < 0)
        return refuse(b, m, "on single products needs sectors; this variant has one");
    if (!all && capacity && !by_sector(b))
        return refuse(
            b, m,
            "on single products: factors here move between sectors, so that only "
            "the whole economy's capacity can change (or use --model network)");
    if ((m->op == KN__CAPACITY_LOSS && m->value >= 1) || (demand && m->value <= -1))
        return refuse(b, m, "of everything leaves no economy to solve for");
    return KN_OK;
}

static kn_status apply_to_places(const shock_build *b, const kn__measure *m)
{
    double factor = m->op == KN__CAPACITY_LOSS ? 1 - m->value : 1 + m->value;
    KN__TRY(check_places(b, m));
    for (int32_t e = 0; e < m->from.count; e++) {
        int32_t n = b->model->economy_at[m->from.id[e]];
        if (n < 0)
            continue;
        if (m->op == KN__OVERCAPACITY)
            push_sectors(b, m, n);
        else if (m->op == KN__DEMAND_CHANGE)
            scale_sectors(b, m, b->policy->demand, n, factor);
        else if (by_sector(b))
            scale_sectors(b, m, b->policy->capacity, n, factor);
        else
            b->policy->capacity[n] *= factor;
    }
    return KN_OK;
}

/* The arrays a measure writes to. */
static kn_status need_arrays(const shock_build *b, const kn__measure *m)
{
    kn__policy *p = b->policy;
    const kn__cp *cp = &b->model->cp;
    int64_t N = cp->economies, places = N * cp->sectors, cells = places * N;
    switch (m->op) {
    case KN__TARIFF:
    case KN__TARIFF_SCHEDULE:
        return need(&p->tariff, b, cells, cp->tariff, 0);
    case KN__EXPORT_QUOTA:
        KN__TRY(need(&p->keep, b, cells, NULL, INFINITY));
        if (!p->to_importer)
            p->to_importer = KN__ARRAY(b->arena, b->ctx, cells, bool);
        if (!p->to_importer)
            return KN_ERR_MEMORY;
        return need(&p->iceberg, b, cells, NULL, 1);
    case KN__TRADE_COST:
    case KN__EXPORT_BAN:
        return need(&p->iceberg, b, cells, NULL, 1);
    case KN__DEMAND_CHANGE:
        return need(&p->demand, b, places, NULL, 1);
    case KN__OVERCAPACITY:
        return need(&p->push, b, places, NULL, 0);
    default:
        return need(&p->capacity, b, by_sector(b) ? places : N, NULL, 1);
    }
}

/* Forgets an array that says what holds anyway: `from`, or `otherwise` everywhere. */
static void drop_same(double **array, int64_t count, const double *from, double otherwise)
{
    for (int64_t k = 0; *array && k < count; k++)
        if ((*array)[k] != (from ? from[k] : otherwise))
            return;
    *array = NULL;
}

/* What changes nothing is not there, so that nothing gives exactly nothing. A quota of
   all that is sold can bind only where something else happens. */
static void drop_nothing(const shock_build *b)
{
    kn__policy *p = b->policy;
    const kn__cp *cp = &b->model->cp;
    int64_t N = cp->economies, places = N * cp->sectors, cells = places * N;
    bool limits = false;
    drop_same(&p->tariff, cells, cp->tariff, 0);
    drop_same(&p->iceberg, cells, NULL, 1);
    drop_same(&p->demand, places, NULL, 1);
    drop_same(&p->push, places, NULL, 0);
    drop_same(&p->capacity, by_sector(b) ? places : N, NULL, 1);
    for (int64_t at = 0; p->keep && at < cells; at++)
        limits |= p->keep[at] < 1;
    if (!limits && !p->tariff && !p->iceberg && !p->demand && !p->push && !p->capacity)
        p->keep = NULL;
}

kn_status kn__trade_policy_of(kn__policy *policy, kn_context *ctx, kn__arena *arena,
                              const kn__trade_model *model, kn__trade_kind kind,
                              const kn_network *net, const kn_scenario *scenario)
{
    shock_build b = {ctx, arena, model, kind, net, scenario, policy};
    *policy = (kn__policy){0};
    for (int32_t k = 0; scenario && k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        bool pairs = m->op == KN__TARIFF || m->op == KN__TARIFF_SCHEDULE ||
                     m->op == KN__TRADE_COST || m->op == KN__EXPORT_BAN ||
                     m->op == KN__EXPORT_QUOTA;
        if (kind == KN__TRADE_GRAVITY)
            KN__TRY(check_gravity(&b, m));
        KN__TRY(need_arrays(&b, m));
        KN__TRY(pairs ? apply_to_pairs(&b, m) : apply_to_places(&b, m));
    }
    drop_nothing(&b);
    return KN_OK;
}
