/* SPDX-License-Identifier: Apache-2.0 */
/* Production functions and adaptation: one producer each. */
#include <math.h>

#include "lens/cascade/engine_state.h"

/* ---- Production ---- */

double kn__engine_class_weight(kn__make make, int class_of)
{
    static const double weight[][3] = {
        [KN__MAKE_LEONTIEF] = {1, 1, 1}, [KN__MAKE_STRONG] = {1, 1, 0},
        [KN__MAKE_HALF] = {1, 0.5, 0},   [KN__MAKE_WEAK] = {1, 0, 0},
        [KN__MAKE_LINEAR] = {1, 1, 1},   [KN__MAKE_CES] = {1, 1, 1},
    };
    return weight[make][class_of];
}

/* Stock of a group over what normal output wants to see of it. */
static double cover(const kn__engine *e, int64_t g)
{
    double steps = e->rule.need_steps;
    if (e->rule.need > 0)
        steps = e->rule.need * (e->net->target ? e->net->target[g] : e->rule.stock_steps);
    return e->stock[kn__engine_cell(e, g)] / steps;
}

static bool counts(const kn__engine *e, int64_t g)
{
    return e->use[g] > 0 && (!e->net->weight || e->net->weight[g] > 0);
}

/* min over inputs of x0 ((1 - w) + w q) */
static double least(kn__engine *e, int32_t j, int64_t begin, int64_t end)
{
    double least_share = INFINITY;
    e->binding[j] = -1;
    for (int64_t g = begin; g < end; g++) {
        if (!counts(e, g))
            continue;
        double w = e->net->weight ? e->net->weight[g] : 1;
        double q = cover(e, g), share = w == 1 ? q : 1 - w * (1 - q);
        if (share < least_share) {
            least_share = share;
            e->binding[j] = (int32_t)(g - begin);
        }
    }
    return least_share;
}

/* sum of stocks over sum of uses */
static double linear(kn__engine *e, int32_t j, int64_t begin, int64_t end)
{
    double stocks = 0, uses = 0, lowest = INFINITY;
    e->binding[j] = -1;
    for (int64_t g = begin; g < end; g++) {
        if (!counts(e, g))
            continue;
        double q = cover(e, g);
        stocks += q * e->use[g];
        uses += e->use[g];
        if (q < lowest) {
            lowest = q;
            e->binding[j] = (int32_t)(g - begin);
        }
    }
    return uses > 0 ? stocks / uses : INFINITY;
}

/* (1 + sum over short inputs of w (q^rho - 1))^(1/rho), rho = (sigma - 1) / sigma */
static double ces(kn__engine *e, int32_t j, int64_t begin, int64_t end)
{
    double rho = (e->rule.elasticity - 1) / e->rule.elasticity, sum = 1, worst = 0;
    e->binding[j] = -1;
    for (int64_t g = begin; g < end; g++) {
        double q = counts(e, g) ? cover(e, g) : 1;
        if (q >= 1)
            continue;
        double more = (e->net->weight ? e->net->weight[g] : 1) * (pow(q, rho) - 1);
        sum += more;
        if (more > worst) {
            worst = more;
            e->binding[j] = (int32_t)(g - begin);
        }
    }
    return sum > 1 ? pow(sum, 1 / rho) : INFINITY;
}

void kn__engine_limit(kn__engine *e, int32_t j)
{
    int64_t begin = e->net->group_start[j], end = e->net->group_start[j + 1];
    double share;
    if (e->rule.make == KN__MAKE_LINEAR)
        share = linear(e, j, begin, end);
    else if (e->rule.make == KN__MAKE_CES)
        share = ces(e, j, begin, end);
    else
        share = least(e, j, begin, end);
    kn__engine_set_limit(e, j, share);
}

void kn__engine_set_limit(kn__engine *e, int32_t j, double share)
{
    e->limit[j] = share * e->normal[j];
    if (!(e->limit[j] >= 0)) /* nothing made, nothing limits */
        e->limit[j] = INFINITY;
}

/* ---- Adaptation ---- */

static double own(const double *of_each, int32_t i, double otherwise)
{
    return of_each ? of_each[i] : otherwise;
}

/* Overproduction: towards its most by unmet demand, back when demand was met
   (Hallegatte 2008, equation for alpha). */
static void overproduce(kn__engine *e, int32_t i)
{
    const kn__engine_net *net = e->net;
    double most = own(net->adapt_most, i, e->rule.adapt_most);
    double steps = own(net->adapt_steps, i, e->rule.adapt_steps);
    double unmet = e->demand[i] > 0 ? (e->demand[i] - e->output[i]) / e->demand[i] : 0;
    e->adapted[i] += (most - e->adapted[i]) * unmet / steps;
    if (unmet == 0)
        e->adapted[i] += (e->rule.adapt_base - e->adapted[i]) / steps;
    if (e->adapted[i] < 1)
        e->adapted[i] = 1;
}

/* A price rises by the excess of demand over output, and falls back without one. */
static void set_price(kn__engine *e, int32_t i)
{
    double speed = 1 / e->rule.price_steps, excess = 0;
    if (e->output[i] > 0)
        excess = e->demand[i] / e->output[i] - 1;
    else if (e->demand[i] > 0)
        excess = 1;
    if (excess > 0)
        e->price[i] *= 1 + speed * fmin(excess, 1);
    else
        e->price[i] += (1 - e->price[i]) * speed;
    e->price[i] = fmin(fmax(e->price[i], 1), e->rule.price_most);
}

void kn__engine_adapt_before(kn__engine *e, int32_t i)
{
    bool price = e->rule.adaptation == KN__ADAPT_PRICE;
    if (e->steps < e->rule.adapt_after ||
        !(price || e->rule.adaptation == KN__ADAPT_OVERPRODUCE))
        return;
    overproduce(e, i);
    if (price)
        set_price(e, i);
}

/* Hiring and firing: labour follows what stocks and demand would allow (Pichler et al.
   2022, section 2.6), never above what is available. */
void kn__engine_adapt_after(kn__engine *e, int32_t i, double available)
{
    if (e->rule.adaptation != KN__ADAPT_HIRE || !(e->normal[i] > 0))
        return;
    double could = fmin(e->limit[i], e->demand[i]);
    e->adapted[i] += (could - e->capacity[i]) / e->normal[i] / e->rule.adapt_steps;
    e->adapted[i] = fmax(0, fmin(e->adapted[i], available));
}
