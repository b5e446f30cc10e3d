/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_tools.h"

#include <math.h>

#include "lens/cascade/daily_measure.h"

static const double DAYS_A_YEAR = 365;
static const double CATCH_UP = 365; /* days in which a gap in a fleet is to be closed */

typedef struct fleet {
    double installed, uptime, expansion; /* over normal; the last lost */
    double missed; /* days that parts and service have been missed */
    int64_t group; /* of the final users who buy the tool, or -1 */
} fleet;

/* What a row of equipment says, known or assumed. */
typedef struct pace {
    double life_days, service_days, service, growth;
} pace;

struct kn__daily_tools {
    const kn__daily_net *net;
    pace *pace; /* of each row */
    int32_t rows, economies;
    fleet *fleet;              /* [row of equipment][economy] */
    bool *barred;              /* of each row: a measure may close doors to the tool */
    int32_t *live, live_count; /* fleets of a tool that somebody buys */
    int32_t *worn, worn_count; /* those that are not whole */
};

static double known(double value, double otherwise)
{
    return isnan(value) ? otherwise : value;
}

static pace pace_of(const kn__equipment *row)
{
    return (pace){
        .life_days = fmax(1, known(row->life_years, INFINITY) * DAYS_A_YEAR),
        .service_days = known(row->service_months, INFINITY) * DAYS_A_YEAR / 12,
        .service = known(row->service_dependence, 0),
        .growth = known(row->growth, 0),
    };
}

static bool is_barred(const kn_scenario *scenario, int32_t tool)
{
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        if ((kn__measure_is_trade(m) || m->op == KN__ROUTE_CLOSURE) &&
            kn__ids_has(m->products, tool))
            return true;
    }
    return false;
}

kn_status kn__daily_tools_new(kn__daily_tools **tools, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *daily, const kn_scenario *scenario)
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
    t->live = KN__ARRAY(arena, ctx, (int64_t)t->rows * t->economies, int32_t);
    t->worn = KN__ARRAY(arena, ctx, (int64_t)t->rows * t->economies, int32_t);
    t->barred = KN__ARRAY(arena, ctx, t->rows, bool);
    t->pace = KN__ARRAY(arena, ctx, t->rows, pace);
    if (!t->fleet || !t->live || !t->worn || !t->barred || !t->pace)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < t->rows; k++) {
        t->barred[k] = is_barred(scenario, daily->net->equipment[k].tool);
        t->pace[k] = pace_of(&daily->net->equipment[k]);
    }
    for (int32_t at = 0; at < t->rows * t->economies; at++) {
        int32_t user = daily->n + at % t->economies;
        int32_t tool = daily->net->equipment[at / t->economies].tool;
        t->fleet[at].group = kn__daily_group(daily, user, tool);
        if (t->fleet[at].group >= 0)
            t->live[t->live_count++] = at;
    }
    *tools = t;
    return KN_OK;
}

void kn__daily_tools_start(kn__daily_tools *t)
{
    for (int64_t at = 0; at < (int64_t)t->rows * t->economies; at++)
        t->fleet[at] = (fleet){.installed = 1, .uptime = 1, .group = t->fleet[at].group};
    t->worn_count = 0;
}

static void list_worn(kn__daily_tools *t)
{
    t->worn_count = 0;
    for (int32_t k = 0; k < t->live_count; k++) {
        const fleet *f = &t->fleet[t->live[k]];
        if (f->installed < 1 || f->uptime < 1)
            t->worn[t->worn_count++] = t->live[k];
    }
}

/* ---- A day ---- */

/* Orders over normal that a fleet calls for. */
static double renewal(const fleet *f, const pace *row)
{
    double missing = 1 - f->installed;
    return missing > 0 ? 1 + fmin(1, missing * row->life_days / CATCH_UP) : 1;
}

static double capacity_left(const kn__daily_tools *t, const fleet *f,
                            const kn__equipment *row)
{
    bool industry = t->net->net->products[row->product].kind == KN__INDUSTRY;
    double dependent = industry ? known(row->service_dependence, 1) : 1;
    return f->uptime * (1 - dependent * (1 - f->installed));
}

/* The scarcest tool of product q in economy d holds its producers down. */
static void hold_down(const kn__daily_tools *t, kn__daily_day *day, int32_t q, int32_t d)
{
    const kn__daily_net *net = t->net;
    double left = 1;
    for (int32_t k = net->tool_start[q]; k < net->tool_start[q + 1]; k++)
        left = fmin(left, capacity_left(t, &t->fleet[k * t->economies + d],
                                        &net->net->equipment[k]));
    for (int32_t i = net->product_start[q]; i < net->product_start[q + 1]; i++)
        if (net->economy[i] == d) {
            day->capacity[i] *= left;
            day->held[day->drive.held_count++] = i;
        }
}

/* Whether an earlier row of the same product is worn in that economy, too. */
static bool comes_later(const kn__daily_tools *t, int32_t q, int32_t row, int32_t d)
{
    for (int32_t k = t->net->tool_start[q]; k < row; k++) {
        const fleet *f = &t->fleet[k * t->economies + d];
        if (f->installed < 1 || f->uptime < 1)
            return true;
    }
    return false;
}

/* The fleet in most need orders. */
static void order_tools(const kn__daily_tools *t, kn__daily_day *day)
{
    int64_t first = t->net->engine.group_start[t->net->n];
    for (int32_t k = 0; k < t->worn_count; k++) {
        const fleet *f = &t->fleet[t->worn[k]];
        double more = renewal(f, &t->pace[t->worn[k] / t->economies]);
        int64_t g = f->group - first;
        if (f->group < 0 || !(more > day->renew[g]))
            continue;
        if (day->renew[g] == 1)
            day->asked[day->drive.asked_count++] = (int32_t)g;
        day->renew[g] = more;
    }
    for (int32_t k = day->named_asked; k < day->drive.asked_count; k++)
        day->wanted[day->asked[k]] *= day->renew[day->asked[k]];
}

void kn__daily_tools_set(const kn__daily_tools *t, kn__daily_day *day)
{
    for (int32_t k = 0; k < t->worn_count; k++) {
        int32_t row = t->worn[k] / t->economies, d = t->worn[k] % t->economies;
        int32_t q = t->net->net->equipment[row].product;
        if (!comes_later(t, q, row, d))
            hold_down(t, day, q, d);
    }
    order_tools(t, day);
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

static void age(fleet *f, const pace *row, double received, double cut)
{
    double lack = 1 - received;
    double installed = f->installed + (received - f->installed) / row->life_days;
    f->installed = installed < 1 ? installed : 1;
    f->missed = cut > 0 ? f->missed + 1 : 0;
    f->uptime = f->missed > row->service_days ? 1 - cut * row->service : 1;
    if (lack > 0)
        f->expansion += row->growth * lack / DAYS_A_YEAR;
}

static void age_fleet(kn__daily_tools *t, int32_t live, const kn__daily_day *day,
                      const double *met, const double *wanted, int64_t stride)
{
    int32_t row = live / t->economies, d = live % t->economies;
    fleet *f = &t->fleet[live];
    int64_t g = f->group - t->net->engine.group_start[t->net->n], at = stride * g;
    if (!(wanted[at] > 0))
        return;
    bool whole = f->installed == 1 && f->missed == 0;
    double cut = t->barred[row] ? stopped(t->net, day, f->group, d) : 0;
    if (whole && !(cut > 0) && day->wanted[g] == 1 && met[at] == wanted[at])
        return;
    /* What is received over normal: met / wanted × wanted / normal. */
    double received = met[at] / wanted[at] * day->wanted[g];
    age(f, &t->pace[row], received, cut);
}

void kn__daily_tools_age(kn__daily_tools *t, const kn__daily_day *day, const double *met,
                         const double *wanted, int64_t stride)
{
    for (int32_t k = 0; k < t->live_count; k++)
        age_fleet(t, t->live[k], day, met, wanted, stride);
    list_worn(t);
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
    list_worn(t);
}
