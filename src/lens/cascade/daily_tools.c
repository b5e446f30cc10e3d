/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_tools.h"

#include <math.h>

static const double DAYS_A_YEAR = 365;
static const double CATCH_UP = 365; /* days in which a gap in a fleet is to be closed */

typedef struct fleet {
    double installed, uptime, expansion; /* over normal; the last lost */
    double missed; /* days that parts and service have been missed */
    int64_t group; /* of the final users who buy the tool, or -1 */
} fleet;

struct kn__daily_tools {
    const kn__daily_net *net;
    int32_t rows, economies;
    fleet *fleet;  /* [row of equipment][economy] */
    double *renew; /* [row][economy]: orders over normal that a fleet calls for */
};

static double known(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

kn_status kn__daily_tools_new(kn__daily_tools **tools, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *daily)
{
    kn__daily_tools *t = KN__NEW(arena, ctx, kn__daily_tools);
    *tools = NULL;
    if (!t)
        return KN_ERR_MEMORY;
    t->net = daily;
    /* The published models know no equipment. */
    t->rows = daily->own ? daily->net->equipment_count : 0;
    t->economies = daily->net->economy_count;
    t->fleet = KN__ARRAY(arena, ctx, (int64_t)t->rows * t->economies, fleet);
    if (!t->fleet)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < t->rows; k++)
        for (int32_t d = 0; d < t->economies; d++)
            t->fleet[k * t->economies + d].group =
                kn__daily_group(daily, daily->n + d, daily->net->equipment[k].tool);
    *tools = t;
    return KN_OK;
}

void kn__daily_tools_start(kn__daily_tools *t)
{
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++)
        t->fleet[at] = (fleet){.installed = 1, .uptime = 1, .group = t->fleet[at].group};
}

/* ---- A day ---- */

static double life_days(const kn__equipment *row)
{
    return fmax(1, known(row->life_years, INFINITY) * DAYS_A_YEAR);
}

/* Orders over normal that a fleet calls for. */
static double renewal(const fleet *f, const kn__equipment *row)
{
    double missing = 1 - f->installed;
    return missing > 0 ? 1 + fmin(1, missing * life_days(row) / CATCH_UP) : 1;
}

static double capacity_left(const kn__daily_tools *t, const fleet *f,
                            const kn__equipment *row)
{
    bool industry = t->net->net->products[row->product].kind == KN__INDUSTRY;
    double dependent = industry ? known(row->service_dependence, 1) : 1;
    return f->uptime * (1 - dependent * (1 - f->installed));
}

/* The scarcest tool of a product in each economy; the fleet in most need orders. */
void kn__daily_tools_set(const kn__daily_tools *t, kn__daily_day *day)
{
    const kn__daily_net *net = t->net;
    int64_t first = net->engine.group_start[net->n];
    for (int32_t i = 0; i < net->n; i++) {
        double left = 1;
        for (int32_t k = net->tool_start[net->product[i]];
             t->rows && k < net->tool_start[net->product[i] + 1]; k++)
            left =
                fmin(left, capacity_left(t, &t->fleet[k * t->economies + net->economy[i]],
                                         &net->net->equipment[k]));
        day->capacity[i] *= left;
    }
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++) {
        const fleet *f = &t->fleet[at];
        double more = renewal(f, &net->net->equipment[at / t->economies]);
        if (f->group >= 0)
            day->renew[f->group - first] = fmax(day->renew[f->group - first], more);
    }
    int64_t finals = net->engine.group_start[net->engine.users] - first;
    for (int64_t g = 0; t->rows && g < finals; g++)
        day->wanted[g] *= day->renew[g];
}

/* The share of normal purchases that closed doors stop. */
static double stopped(const kn__daily_net *net, const kn__daily_day *day, int64_t group,
                      int32_t d)
{
    if (!day->open)
        return 0;
    const double *open = day->open + ((int64_t)net->zones + net->zone[d]) * net->n;
    double all = 0, lost = 0;
    for (int64_t l = net->engine.link_start[group]; l < net->engine.link_start[group + 1];
         l++) {
        double flow = net->engine.flow[l];
        all += flow;
        lost += flow * fmax(0, 1 - open[kn__daily_supplier(net, group, l)]);
    }
    return all > 0 ? lost / all : 0;
}

static void age(fleet *f, const kn__equipment *row, double received, double cut)
{
    double lack = 1 - received;
    f->installed = fmin(1, f->installed + (received - f->installed) / life_days(row));
    f->missed = cut > 0 ? f->missed + 1 : 0;
    bool bites = f->missed > known(row->service_months, INFINITY) * DAYS_A_YEAR / 12;
    f->uptime = bites ? 1 - cut * known(row->service_dependence, 0) : 1;
    if (lack > 0)
        f->expansion += known(row->growth, 0) * lack / DAYS_A_YEAR;
}

void kn__daily_tools_age(kn__daily_tools *t, const kn__daily_day *day,
                         const kn__engine_view *view)
{
    int64_t first = t->net->engine.group_start[t->net->n];
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++) {
        fleet *f = &t->fleet[at];
        int64_t g = f->group - first;
        if (f->group < 0 || !(view->final_wanted[g] > 0))
            continue;
        /* What is received over normal: met / wanted × wanted / normal. */
        double received = view->final_met[g] / view->final_wanted[g] * day->wanted[g];
        age(f, &t->net->net->equipment[at / t->economies], received,
            stopped(t->net, day, f->group, (int32_t)(at % t->economies)));
    }
}

/* ---- Table and state ---- */

kn_status kn__daily_tools_write(const kn__daily_tools *t, kn_context *ctx,
                                kn_table *table)
{
    const kn_network *net = t->net->net;
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++) {
        const fleet *f = &t->fleet[at];
        const kn__equipment *row = &net->equipment[at / t->economies];
        int32_t d = (int32_t)(at % t->economies);
        kn_cell cells[] = {{.text = net->economies[d].code},
                           {.text = net->products[row->product].id},
                           {.text = net->products[row->tool].id},
                           {.number = f->uptime},
                           {.number = f->installed},
                           {.number = f->expansion}};
        bool makes =
            net->producer_at[(int64_t)row->product * net->economy_count + d] >= 0;
        if (makes && (f->uptime < 1 || f->installed < 1 || f->expansion > 0))
            KN__TRY(kn_table_append(table, ctx, cells));
    }
    return KN_OK;
}

void kn__daily_tools_state(kn__daily_tools *t, kn__state *state)
{
    kn__state_expect(state, t->rows);
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++) {
        fleet *f = &t->fleet[at];
        KN__STATE(state, &f->installed, 1);
        KN__STATE(state, &f->uptime, 1);
        KN__STATE(state, &f->expansion, 1);
        KN__STATE(state, &f->missed, 1);
    }
}
