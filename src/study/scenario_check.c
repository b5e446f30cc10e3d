/* SPDX-License-Identifier: Apache-2.0 */
/* What a scenario that can be read still may not mean: measures that meet each other,
   never come into full force, or change nothing. */
#include <math.h>
#include <stdio.h>

#include "kernel/text.h"
#include "network/measure.h"
#include "network/route.h"

enum { MOST_FINDINGS = 50, MOST_NAMES = 5, MOST_CELLS = 3 };

/* Measures of one family meet where they act on the same goods. */
typedef enum family {
    DOORS,
    WAITS,

    RATES,
    COSTS,
    CAPACITY,
    DEMAND,
    STOCKS,
    PUSH
} family;

static const struct trait {
    family family;
    bool place;     /* it acts on an economy, not on flows */
    double nothing; /* the value that changes nothing; NaN: every value does */
} traits[KN__OP_COUNT] = {
    [KN__EXPORT_BAN] = {DOORS, false, NAN},
    [KN__EXPORT_QUOTA] = {DOORS, false, 1},
    [KN__EXPORT_LICENCE] = {WAITS, false, 0},
    [KN__TARIFF] = {RATES, false, 0},
    [KN__TARIFF_SCHEDULE] = {RATES, false, NAN},
    [KN__TRADE_COST] = {COSTS, false, 1},
    [KN__CAPACITY_LOSS] = {CAPACITY, true, 0},
    [KN__CAPACITY_GAIN] = {CAPACITY, true, 0},
    [KN__DEMAND_CHANGE] = {DEMAND, true, 0},
    [KN__STOCK_RELEASE] = {STOCKS, true, 0},
    [KN__ENTITY_DENIAL] = {DOORS, false, NAN},
    [KN__ROUTE_CLOSURE] = {WAITS, false, NAN},
    [KN__OVERCAPACITY] = {PUSH, true, 0},
};

typedef struct check {
    kn_context *ctx;
    kn_result *result;
    const kn_scenario *scenario;
    const kn_network *net;
    kn__pools pools;
    const kn__detour **detour; /* of each measure; NULL: no closed route */
    int32_t found;
} check;

/* A product, who sells and who buys it; of what acts on a place both are the economy. */
typedef struct cell {
    int32_t product, from, to;
} cell;

/* ---- What a measure acts on ---- */

static bool is_buying(kn__op op)
{
    return op == KN__DEMAND_CHANGE || op == KN__STOCK_RELEASE;
}

/* Whether there is something in a cell that measure k changes. */
static bool touches(const check *c, int32_t k, cell at)
{
    const kn__measure *m = &c->scenario->measures[k];
    int64_t economies = c->pools.economies, row = at.product * economies + at.from;
    if (!kn__ids_has(m->from, at.from) || !kn__ids_has(m->products, at.product))
        return false;
    if (traits[m->op].place)
        return (is_buying(m->op) ? c->pools.use : c->pools.output)[row] > 0;
    if (!kn__ids_has(m->to, at.to) || !(c->pools.flow[row * economies + at.to] > 0))
        return false;
    if (at.from == at.to)
        return m->op == KN__ENTITY_DENIAL; /* it meets buyers at home, too */
    if (!c->detour[k])
        return true;
    const kn__detour *detour = &c->detour[k][at.from * economies + at.to];
    return detour->extra_days > 0 || detour->cut > 0;
}

/* The first cell of a product that both measures change. */
static bool find_cell_of(cell *at, const check *c, int32_t a, int32_t b, int32_t product)
{
    const kn__measure *m = &c->scenario->measures[a];
    bool place = traits[m->op].place;
    for (int32_t s = 0; s < m->from.count; s++)
        for (int32_t d = 0; d < (place ? 1 : m->to.count); d++) {
            int32_t from = m->from.id[s];
            *at = (cell){product, from, place ? from : m->to.id[d]};
            if (touches(c, a, *at) && touches(c, b, *at))
                return true;
        }
    return false;
}

/* How many cells both measures change; `first` are the first MOST_CELLS of them. */
static int64_t meeting_cells(cell *first, const check *c, int32_t a, int32_t b)
{
    const kn__measure *m = &c->scenario->measures[a];
    bool place = traits[m->op].place;
    int64_t count = 0;
    for (int32_t q = 0; q < m->products.count; q++)
        for (int32_t s = 0; s < m->from.count; s++)
            for (int32_t d = 0; d < (place ? 1 : m->to.count); d++) {
                int32_t from = m->from.id[s];
                cell at = {m->products.id[q], from, place ? from : m->to.id[d]};
                if (!touches(c, a, at) || !touches(c, b, at))
                    continue;
                if (count++ < MOST_CELLS)
                    first[count - 1] = at;
            }
    return count;
}

static bool find_cell(cell *at, const check *c, int32_t a, int32_t b)
{
    kn_ids products = c->scenario->measures[a].products;
    for (int32_t q = 0; q < products.count; q++)
        if (find_cell_of(at, c, a, b, products.id[q]))
            return true;
    return false;
}

/* ---- What is said ---- */

static kn_status say(check *c, const kn__measure *m, const char *what, const char *why)
{
    if (++c->found > MOST_FINDINGS)
        return KN_OK;
    return kn_result_note(c->result, c->ctx, "%s:%d: %s %s%s", c->scenario->path, m->line,
                          kn__op_name(m->op), what, why);
}

static const char *why_nothing(kn__op op)
{
    if (op == KN__ROUTE_CLOSURE)
        return "none of these goods go that way in this network";
    if (!traits[op].place)
        return "this network has no such flow";
    return is_buying(op) ? "nobody there buys that in this network"
                         : "nobody there makes that in this network";
}

/* What a measure does nothing for: all of its products, or some of a list. */
static kn_status check_products(check *c, int32_t k)
{
    const kn__measure *m = &c->scenario->measures[k];
    bool listed = m->products.count < c->net->product_count;
    int32_t idle = 0;
    kn__text text;
    cell at;
    if (!find_cell(&at, c, k, k))
        return say(c, m, "changes nothing: ", why_nothing(m->op));
    kn__text_init(&text, c->ctx, 4096);
    for (int32_t q = 0; listed && q < m->products.count; q++)
        if (!find_cell_of(&at, c, k, k, m->products.id[q]) && ++idle <= MOST_NAMES)
            kn__text_addf(&text, "%s%s", idle > 1 ? ", " : "changes nothing for ",
                          c->net->products[m->products.id[q]].id);
    if (idle > MOST_NAMES)
        kn__text_addf(&text, " and %d more", idle - MOST_NAMES);
    kn__text_add(&text, ": ");
    kn_status status = kn__text_status(&text);
    if (status >= 0 && idle)
        status = say(c, m, text.data, why_nothing(m->op));
    kn__text_release(&text);
    return status;
}

/* Bans, quotas and licences of everybody to everybody. */
static bool everybody_sends(const check *c, const kn__measure *m)
{
    if (m->op != KN__EXPORT_BAN && m->op != KN__EXPORT_QUOTA &&
        m->op != KN__EXPORT_LICENCE)
        return false;
    for (int32_t e = 0; e < c->net->economy_count; e++)
        if (e != c->net->zzu && !kn__ids_has(m->from, e))
            return false;
    return kn__measure_meets_all(m, c->net->economy_count, c->net->zzu);
}

static kn_status check_effect(check *c, int32_t k)
{
    const kn__measure *m = &c->scenario->measures[k];
    if (!m->set && m->value == traits[m->op].nothing)
        return say(c, m, "changes nothing: ", "its value leaves all as it is");
    if (everybody_sends(c, m))
        return say(c, m, "changes nothing in cascade: ",
                   "everybody is a sender, and those go on trading with each other when "
                   "all others are meant");
    return check_products(c, k);
}

/* What starts slowly and ends early. */
static kn_status check_length(check *c, const kn__measure *m)
{
    char what[128];
    if (m->days < 0)
        return KN_OK;
    if (m->ramp_days > m->days)
        snprintf(what, sizeof what,
                 "never comes into full force: its ramp takes %d days and it lasts %d",
                 m->ramp_days, m->days);
    else if (m->op == KN__EXPORT_LICENCE && m->value > m->days)
        snprintf(what, sizeof what, "lasts %d days: nobody waits longer than that",
                 m->days);
    else
        return KN_OK;
    return say(c, m, what, "");
}

/* A rate in percent is easily written as if it were a share. */
static kn_status check_rate(check *c, const kn__measure *m)
{
    enum { UNLIKELY = 5 };
    char what[128], rate[32];
    if (m->op != KN__TARIFF || m->value <= UNLIKELY)
        return KN_OK;
    kn__format_number(rate, m->value);
    snprintf(what, sizeof what,
             "has a rate of %.0f %%; if %s %% is meant, write \"%s %%\"", 100 * m->value,
             rate, rate);
    return say(c, m, what, "");
}

/* ---- Measures that meet ---- */

static double keep_of(const kn__measure *m)
{
    return m->op == KN__EXPORT_QUOTA ? m->value : 0;
}

static void add_verdict(kn__text *text, const kn__measure *a, const kn__measure *b)
{
    const kn__measure *tight = keep_of(a) < keep_of(b) ? a : b;
    switch (traits[a->op].family) {
    case DOORS:
        if (keep_of(a) == keep_of(b))
            kn__text_add(text, "both keep the same share, and only one of them acts");
        else
            kn__text_addf(text, "the tighter one acts, that is line %d", tight->line);
        break;
    case WAITS:
        kn__text_add(text, "goods wait as long as one of them holds them back; of the "
                           "parts that are cut off the larger counts");
        break;
    case RATES:
        kn__text_add(text, "rates add up in the order of the file; \"set\" and schedules "
                           "replace what stands before them");
        break;
    default:
        kn__text_add(text, "both act: their factors are multiplied");
    }
}

/* "from day 30 to day 90 on 2 flows (gallium from CHN to JPN, gallium from CHN to KOR)"
 */
static void add_where(kn__text *text, const check *c, int32_t a, int32_t b, double first,
                      double last)
{
    cell at[MOST_CELLS];
    bool place = traits[c->scenario->measures[a].op].place;
    int64_t count = meeting_cells(at, c, a, b);
    kn__text_addf(text, "from day %.0f", first);
    if (isfinite(last))
        kn__text_addf(text, " to day %.0f", last);
    kn__text_addf(text, " on %lld %s%s (", (long long)count, place ? "place" : "flow",
                  count == 1 ? "" : "s");
    for (int64_t k = 0; k < count && k < MOST_CELLS; k++) {
        kn__text_addf(text, "%s%s %s %s", k ? ", " : "",
                      c->net->products[at[k].product].id, place ? "of" : "from",
                      c->net->economies[at[k].from].code);
        if (!place)
            kn__text_addf(text, " to %s", c->net->economies[at[k].to].code);
    }
    kn__text_add(text, count > MOST_CELLS ? ", …)" : ")");
}

static double force_ends(const kn__measure *m)
{
    return kn__measure_end(m) + m->recover_days;
}

static bool can_meet(const kn__measure *a, const kn__measure *b)
{
    bool firms = a->op == KN__ENTITY_DENIAL && b->op == KN__ENTITY_DENIAL;
    return traits[a->op].family == traits[b->op].family && a->line != b->line &&
           a->op != KN__STOCK_RELEASE && (!firms || kn__text_equal(a->name, b->name)) &&
           a->start_day < force_ends(b) && b->start_day < force_ends(a);
}

static kn_status check_pair(check *c, int32_t k, int32_t other)
{
    const kn__measure *a = &c->scenario->measures[k], *b = &c->scenario->measures[other];
    kn__text text;
    cell at;
    if (!can_meet(a, b) || !find_cell(&at, c, k, other))
        return KN_OK;
    if (c->found >= MOST_FINDINGS)
        return say(c, b, "", "");
    kn__text_init(&text, c->ctx, 4096);
    kn__text_addf(&text, "meets %s of line %d ", kn__op_name(a->op), a->line);
    add_where(&text, c, k, other, fmax(a->start_day, b->start_day),
              fmin(force_ends(a), force_ends(b)));
    kn__text_add(&text, ": ");
    add_verdict(&text, a, b);
    kn_status status = kn__text_status(&text);
    if (status >= 0)
        status = say(c, b, text.data, "");
    kn__text_release(&text);
    return status;
}

/* ---- All of it ---- */

static kn_status prepare(check *c, kn__arena *arena)
{
    const kn_scenario *s = c->scenario;
    KN__TRY(kn__pools_new(&c->pools, c->ctx, arena, c->net));
    c->detour = KN__ARRAY(arena, c->ctx, s->count, const kn__detour *);
    if (!c->detour)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->count; k++) {
        kn__detour *detour;
        int64_t pairs;
        if (s->measures[k].op != KN__ROUTE_CLOSURE)
            continue;
        KN__TRY(
            kn__detours_of(&detour, &pairs, c->ctx, arena, c->net, s->measures[k].name));
        c->detour[k] = detour;
    }
    return KN_OK;
}

static kn_status check_all(check *c, kn__arena *arena)
{
    KN__TRY(prepare(c, arena));
    for (int32_t k = 0; k < c->scenario->count; k++) {
        KN__TRY(check_effect(c, k));
        KN__TRY(check_length(c, &c->scenario->measures[k]));
        KN__TRY(check_rate(c, &c->scenario->measures[k]));
        for (int32_t before = 0; before < k; before++)
            KN__TRY(check_pair(c, before, k));
    }
    if (c->found <= MOST_FINDINGS)
        return KN_OK;
    return kn_result_note(c->result, c->ctx, "%d more findings are not listed",
                          c->found - MOST_FINDINGS);
}

kn_status kn_scenario_check(kn_result *result, kn_context *context,
                            const kn_scenario *scenario, const kn_network *network)
{
    check c = {.ctx = context, .result = result, .scenario = scenario, .net = network};
    kn__arena *arena;
    if (!scenario->count)
        return kn_result_note(result, context, "the scenario has no measures");
    KN__TRY(kn__arena_new(&arena, context));
    kn_status status = check_all(&c, arena);
    kn__arena_free(arena);
    return status;
}
