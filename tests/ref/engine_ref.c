/* SPDX-License-Identifier: Apache-2.0 */
#include "engine_ref.h"

#include <math.h>
#include <stdlib.h>

static int market_of(const ref_engine *e, int64_t k)
{
    return e->user[k] >= e->net->producers;
}

/* ---- Start ---- */

static void name_links(ref_engine *e)
{
    const kn__engine_net *net = e->net;
    for (int32_t j = 0; j < net->users; j++)
        for (int64_t g = net->group_start[j]; g < net->group_start[j + 1]; g++)
            for (int64_t k = net->link_start[g]; k < net->link_start[g + 1]; k++) {
                e->group[k] = g;
                e->user[k] = j;
                e->from[k] = net->supplier
                                 ? net->supplier[k]
                                 : net->first[g] + (int32_t)(k - net->link_start[g]);
                e->use[g] += net->flow[k];
                e->normal[e->from[k]] += net->flow[k];
                e->order[k] = net->flow[k];
            }
}

static double target_steps(const ref_engine *e, int64_t g)
{
    return e->net->target ? e->net->target[g] : e->rule.stock_steps;
}

static void set_limits(ref_engine *e)
{
    const kn__engine_net *net = e->net;
    const kn__engine_rule *r = &e->rule;
    for (int32_t j = 0; j < net->producers; j++) {
        double lowest = INFINITY, stocks = 0, uses = 0, sum = 1;
        double rho = (r->elasticity - 1) / r->elasticity;
        for (int64_t g = net->group_start[j]; g < net->group_start[j + 1]; g++) {
            double w = net->weight ? net->weight[g] : 1;
            double steps = r->need > 0 ? r->need * target_steps(e, g) : r->need_steps;
            double q = e->stock[g] / (e->use[g] * steps);
            if (!(e->use[g] > 0 && w > 0))
                continue;
            lowest = fmin(lowest, 1 - w + w * q);
            stocks += e->stock[g] / steps;
            uses += e->use[g];
            if (q < 1)
                sum += w * (pow(q, rho) - 1);
        }
        if (r->make == KN__MAKE_LINEAR)
            lowest = uses > 0 ? stocks / uses : INFINITY;
        else if (r->make == KN__MAKE_CES)
            lowest = sum > 1 ? pow(sum, 1 / rho) : INFINITY;
        e->limit[j] = isinf(lowest) ? INFINITY : lowest * e->normal[j];
    }
}

int ref_engine_new(ref_engine *e, const kn__engine_net *net, const kn__engine_rule *rule)
{
    int64_t n = net->producers, groups = net->group_start[net->users];
    int64_t links = net->link_start[groups];
    *e = (ref_engine){.net = net, .rule = *rule, .groups = groups, .links = links};
    double **const by_link[] = {&e->order, &e->got, &e->link_stock};
    double **const by_group[] = {&e->use, &e->stock, &e->received, &e->before};
    double **const by_producer[] = {&e->normal, &e->output,  &e->demand, &e->capacity,
                                    &e->limit,  &e->adapted, &e->choice};
    int ok = (e->memory = calloc((size_t)(2 * n), sizeof(double))) != NULL;
    for (int k = 0; k < 3; k++)
        ok = (*by_link[k] = calloc((size_t)links, sizeof(double))) && ok;
    for (int k = 0; k < 4; k++)
        ok = (*by_group[k] = calloc((size_t)groups, sizeof(double))) && ok;
    for (int k = 0; k < 7; k++)
        ok = (*by_producer[k] = calloc((size_t)n, sizeof(double))) && ok;
    ok = (e->group = calloc((size_t)links, sizeof *e->group)) && ok;
    ok = (e->user = calloc((size_t)links, sizeof *e->user)) && ok;
    ok = (e->from = calloc((size_t)links, sizeof *e->from)) && ok;
    if (!ok)
        return -1;
    name_links(e);
    for (int64_t k = 0; k < links; k++) {
        double steps =
            rule->start_steps > 0 ? rule->start_steps : target_steps(e, e->group[k]);
        e->link_stock[k] = steps * net->flow[k];
        if (!market_of(e, k))
            e->stock[e->group[k]] += e->link_stock[k];
    }
    for (int64_t i = 0; i < n; i++) {
        e->output[i] = e->demand[i] = e->capacity[i] = e->normal[i];
        e->adapted[i] = e->choice[i] = e->memory[i] = e->memory[n + i] = 1;
    }
    set_limits(e);
    return 0;
}

void ref_engine_free(ref_engine *e)
{
    void *all[] = {e->order,    e->got,   e->link_stock, e->group,  e->user,   e->from,
                   e->use,      e->stock, e->received,   e->normal, e->output, e->demand,
                   e->capacity, e->limit, e->adapted,    e->choice, e->memory, e->before};
    for (size_t k = 0; k < sizeof all / sizeof *all; k++)
        free(all[k]);
}

/* ---- Step ---- */

static void adapt(ref_engine *e, int32_t i)
{
    const kn__engine_rule *r = &e->rule;
    if (r->adaptation != KN__ADAPT_OVERPRODUCE || e->steps < r->adapt_after)
        return;
    double unmet = e->demand[i] > 0 ? (e->demand[i] - e->output[i]) / e->demand[i] : 0;
    double a = e->adapted[i];
    a += (r->adapt_most - a) * unmet / r->adapt_steps;
    if (unmet == 0)
        a += (r->adapt_base - a) / r->adapt_steps;
    e->adapted[i] = fmax(1, a);
}

static void produce(ref_engine *e, const double *capacity)
{
    for (int32_t i = 0; i < e->net->producers; i++) {
        double c = capacity ? capacity[i] : 1;
        bool hire = e->rule.adaptation == KN__ADAPT_HIRE;
        e->demand[i] = 0;
        for (int64_t k = 0; k < e->links; k++)
            e->demand[i] += e->from[k] == i ? e->order[k] : 0;
        adapt(e, i);
        e->capacity[i] = e->normal[i] * e->adapted[i] * (hire ? 1 : c);
        e->output[i] = fmin(fmin(e->capacity[i], e->demand[i]), e->limit[i]);
        if (hire && e->normal[i] > 0)
            e->adapted[i] =
                fmax(0, fmin(c, e->adapted[i] +
                                    (fmin(e->limit[i], e->demand[i]) - e->capacity[i]) /
                                        e->normal[i] / e->rule.adapt_steps));
    }
}

/* The level at which min(order, level x flow) adds up to output, by bisection. */
static double water_level(const ref_engine *e, int32_t i)
{
    double low = 0, high = 1e9;
    for (int round = 0; round < 200; round++) {
        double level = (low + high) / 2, sum = 0;
        for (int64_t k = 0; k < e->links; k++)
            if (e->from[k] == i)
                sum += fmin(e->order[k], level * e->net->flow[k]);
        if (sum < e->output[i])
            low = level;
        else
            high = level;
    }
    return high;
}

static void deliver(ref_engine *e)
{
    for (int32_t i = 0; i < e->net->producers; i++) {
        double firms = 0, x = e->output[i], d = e->demand[i];
        for (int64_t k = 0; k < e->links; k++)
            firms += e->from[k] == i && !market_of(e, k) ? e->order[k] : 0;
        double level =
            e->rule.rationing == KN__RATION_WATER && x < d ? water_level(e, i) : INFINITY;
        for (int64_t k = 0; k < e->links; k++) {
            if (e->from[k] != i)
                continue;
            double fill = d != 0 ? x / d : 0;
            if (e->rule.rationing == KN__RATION_FIRMS && market_of(e, k))
                fill = d > firms ? fmax(0, x - firms) / (d - firms) : 0;
            else if (e->rule.rationing == KN__RATION_FIRMS)
                fill = firms > 0 ? fmin(1, x / firms) : 1;
            e->got[k] = e->order[k] * fill;
            if (e->rule.rationing == KN__RATION_WATER)
                e->got[k] = isinf(level) ? e->order[k]
                                         : fmin(e->order[k], level * e->net->flow[k]);
        }
    }
}

static void move_stocks(ref_engine *e)
{
    for (int64_t g = 0; g < e->groups; g++) {
        e->received[g] = 0;
        double pooled = e->stock[g], sum = 0;
        for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++) {
            int32_t j = e->user[k];
            e->received[g] += e->got[k];
            if (market_of(e, k))
                continue;
            double used = e->use[g] * e->output[j] / e->normal[j];
            if (e->rule.by_supplier)
                e->link_stock[k] = fmax(0, e->link_stock[k] + e->got[k] -
                                               (pooled > 1e-12 * e->use[g]
                                                    ? e->link_stock[k] / pooled
                                                    : e->net->flow[k] / e->use[g]) *
                                                   used);
            sum += e->link_stock[k];
            e->stock[g] = pooled + e->received[g] - used;
            if (!(e->rule.debts && e->net->weight && e->net->weight[g] == 0))
                e->stock[g] = fmax(0, e->stock[g]);
        }
        if (e->rule.by_supplier && sum > 0)
            e->stock[g] = sum;
    }
    set_limits(e);
}

/* ---- Orders ---- */

static double basis(const ref_engine *e, kn__basis on, int32_t j, double otherwise)
{
    double of[] = {otherwise * e->normal[j], e->output[j], e->demand[j],
                   fmin(e->demand[j], e->capacity[j])};
    return of[on] / e->normal[j];
}

static double wish(const ref_engine *e, int32_t j, int64_t g, double stock, double use)
{
    const kn__engine_rule *r = &e->rule;
    double gap = use * target_steps(e, g) * basis(e, r->target_on, j, 1) - stock;
    if (e->ignores_gaps)
        gap = 0;
    if (r->gap_only_up)
        gap = fmax(gap, 0);
    double all = use * basis(e, r->flow_on, j, 0) + gap / r->restore_steps;
    return r->returns ? all : fmax(0, all);
}

/* numpy.allclose(a, b) with its own tolerances, one number. */
static bool is_close(double a, double b)
{
    return fabs(a - b) <= 1e-8 + 1e-5 * fabs(b);
}

/* As BoARIO has it: where all that came in is close to what was used, stocks stay; where
   all stocks are close to their targets, there are no gaps. */
static void tolerate(ref_engine *e)
{
    bool same = true;
    e->ignores_gaps = true;
    for (int64_t k = 0; k < e->links; k++) {
        int64_t g = e->group[k];
        int32_t j = e->user[k];
        if (!market_of(e, k))
            same =
                same && is_close(e->received[g], e->use[g] * e->output[j] / e->normal[j]);
    }
    for (int64_t g = 0; same && g < e->groups; g++)
        e->stock[g] = e->before[g];
    set_limits(e);
    for (int64_t k = 0; k < e->links; k++) {
        int64_t g = e->group[k];
        double target = e->use[g] * target_steps(e, g);
        if (!market_of(e, k) &&
            !is_close(e->stock[g], target * basis(e, e->rule.target_on, e->user[k], 1)))
            e->ignores_gaps = false;
    }
}

static void search(ref_engine *e, const double *open)
{
    const kn__engine_rule *r = &e->rule;
    int32_t n = e->net->producers;
    for (int32_t i = 0; i < n; i++) {
        double share = e->normal[i] > 0 ? e->capacity[i] / e->normal[i] : 1;
        if (r->sourcing == KN__SOURCE_CAPACITY)
            e->choice[i] = share;
        else if (r->sourcing == KN__SOURCE_SEARCH)
            e->choice[i] += (share - e->choice[i]) / r->search_steps;
        for (int32_t m = 0; m < 2; m++) {
            double door = open ? open[m * n + i] : 1, *memory = &e->memory[m * n + i];
            double end = 1 - r->search_share * (1 - door);
            if (r->sourcing == KN__SOURCE_CAPACITY)
                *memory = door;
            else if (r->sourcing == KN__SOURCE_SEARCH && door < 1)
                *memory = fmax(fmax(door, end),
                               *memory - r->search_share * (1 - door) / r->search_steps);
            else
                *memory = 1;
        }
    }
}

static double choice_of(const ref_engine *e, int64_t k)
{
    return market_of(e, k) && e->rule.final_fixed ? 1 : e->choice[e->from[k]];
}

static void order(ref_engine *e, const double *open)
{
    int32_t n = e->net->producers;
    for (int64_t k = 0; k < e->links; k++) {
        int64_t g = e->group[k];
        int32_t j = e->user[k], i = e->from[k];
        double weights = 0, all = e->use[g];
        int64_t side = (int64_t)market_of(e, k) * n;
        double door = open ? open[side + i] : 1;
        for (int64_t l = e->net->link_start[g]; l < e->net->link_start[g + 1]; l++)
            weights += e->net->flow[l] * choice_of(e, l) * e->memory[side + e->from[l]];
        if (!market_of(e, k))
            all = wish(e, j, g, e->stock[g], e->use[g]);
        e->order[k] =
            weights > 0 ? all * e->net->flow[k] * choice_of(e, k) * door / weights : 0;
        if (e->rule.by_supplier && !market_of(e, k))
            e->order[k] = wish(e, j, g, e->link_stock[k], e->net->flow[k]) * door;
    }
}

void ref_engine_step(ref_engine *e, const kn__engine_drive *drive)
{
    int64_t first = e->net->group_start[e->net->producers];
    /* Final users order today what they want today. */
    for (int64_t k = 0; k < e->links; k++)
        if (market_of(e, k) && drive->wanted)
            e->order[k] *= drive->wanted[e->group[k] - first];
    produce(e, drive->capacity);
    deliver(e);
    for (int64_t g = 0; g < e->groups; g++)
        e->before[g] = e->stock[g];
    move_stocks(e);
    if (e->rule.boario_tolerance)
        tolerate(e);
    search(e, drive->open);
    order(e, drive->open);
    e->steps++;
}
