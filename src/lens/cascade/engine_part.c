/* SPDX-License-Identifier: Apache-2.0 */
/* What others do to the goods of single groups between two steps. */
#include <math.h>

#include "lens/cascade/engine_state.h"

/* The user a group belongs to. */
static int32_t user_of(const kn__engine *e, int64_t group)
{
    int32_t low = 0;
    for (int32_t high = e->net->users; high - low > 1;) {
        int32_t mid = low + (high - low) / 2;
        if (e->net->group_start[mid] <= group)
            low = mid;
        else
            high = mid;
    }
    return low;
}

void kn__engine_add_stock(kn__engine *e, int64_t group, double steps)
{
    int64_t begin = e->net->link_start[group], end = e->net->link_start[group + 1];
    int64_t cell = kn__engine_cell(e, group);
    double before = e->stock[cell], after = fmax(fmin(0, before), before + steps);
    int32_t user = user_of(e, group);
    for (int64_t k = begin; e->link_stock && k < end; k++)
        if (steps >= 0)
            e->link_stock[k] += steps;
        else
            e->link_stock[k] *= before > 0 ? after / before : 0;
    e->stock[cell] = after;
    if (user >= e->n)
        return;
    e->stocks += e->use[group] * (after - before);
    kn__engine_limit(e, user);
    kn__engine_wake(e, user);
}

double kn__engine_use(const kn__engine *e, int64_t group)
{
    return e->use[group];
}

double kn__engine_stock(const kn__engine *e, int64_t group)
{
    return e->stock[kn__engine_cell(e, group)] * e->use[group];
}

/* Links of one group share what came in by flow times what was delivered. */
double kn__engine_received_part(const kn__engine *e, int64_t group, const double *part)
{
    const kn__engine_net *net = e->net;
    int32_t user = user_of(e, group);
    int64_t market = e->market ? e->market[user] : user >= e->n;
    const double *deliver = e->deliver + market * e->n;
    double all = 0, some = 0;
    for (int64_t k = net->link_start[group]; k < net->link_start[group + 1]; k++) {
        int64_t i = net->supplier ? net->supplier[k]
                                  : net->first[group] + (k - net->link_start[group]);
        double came = net->flow[k] * deliver[i];
        all += came;
        some += came * part[i];
    }
    return all > 0 ? e->received[kn__engine_cell(e, group)] * (some / all) : 0;
}
