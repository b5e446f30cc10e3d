/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily.h"

#include <math.h>
#include <string.h>

#include "lens/cascade/cascade_tables.h"
#include "lens/cascade/daily_late.h"
#include "lens/cascade/daily_leak.h"
#include "lens/cascade/daily_resume.h"
#include "lens/cascade/daily_tools.h"

/* Largest imbalance of goods in a step, over what is made. */
static const double BALANCE = 1e-9;
/* Elasticity of CES inputs at the ends; the centre is the rule's. */
static const double SIGMA_LOW_LOSS = 0.2, SIGMA_HIGH_LOSS = 0.05;

typedef struct run {
    kn_context *ctx;
    const kn_scenario *scenario;
    const kn__daily_net *net;
    kn__daily_day day;
    kn__daily_leak *leak;
    kn__daily_story story;
    kn_table *path;
    kn_context *steady; /* does not ask whether to stop: no day is broken off */
    kn__daily_stand stand;
    bool stopped;
} run;

/* What is made is delivered; what is delivered is used or laid up. */
static kn_status check_goods(kn_context *ctx, const kn__engine_view *v, int64_t t)
{
    double room = BALANCE * (v->made + v->stocks) + 1e-300;
    if (fabs(v->made - v->delivered) > room ||
        fabs(v->delivered - v->used - v->laid_up) > room)
        return kn__fail(ctx, KN_ERR_INTERNAL,
                        "day %lld: %.17g made, %.17g delivered, %.17g used, %.17g laid "
                        "up: goods do not balance",
                        (long long)t, v->made, v->delivered, v->used, v->laid_up);
    return KN_OK;
}

static kn__daily_ledger take_stock(const kn__engine *engine, const kn__daily_day *day)
{
    return (kn__daily_ledger){.stocks = kn__engine_look(engine).stocks,
                              .late = kn__daily_late_held(day->late)};
}

/* What is released, laid up and no longer on the way is in the stocks. */
static kn_status check_stocks(kn_context *ctx, const kn__engine_view *v,
                              kn__daily_ledger was, kn__daily_ledger is, double arrived,
                              int64_t t)
{
    double released = was.released;
    double room = BALANCE * (v->made + was.stocks + was.late + released) + 1e-300;
    if (fabs(is.stocks - was.stocks - released - v->laid_up - arrived) > room ||
        fabs(was.late - is.late - arrived) > room)
        return kn__fail(ctx, KN_ERR_INTERNAL,
                        "day %lld: %.17g in stock and %.17g on the way, %.17g released, "
                        "%.17g laid up, %.17g arrived late, then %.17g in stock and "
                        "%.17g on the way: goods do not balance",
                        (long long)t, was.stocks, was.late, released, v->laid_up, arrived,
                        is.stocks, is.late);
    return KN_OK;
}

kn__daily_options kn__daily_defaults(const char *model, int64_t days)
{
    return (kn__daily_options){.model = model,
                               .days = days,
                               .slice_days = 10,
                               .production = -1,
                               .ordering = -1,
                               .target = -1,
                               .sourcing = -1,
                               .rationing = -1,
                               .adaptation = -1,
                               .stock_days = NAN,
                               .restore_days = NAN,
                               .need = NAN,
                               .search_days = NAN,
                               .search_share = NAN,
                               .spare = NAN,
                               .adapt_days = NAN,
                               .elasticity = NAN,
                               .leak_days = 60};
}

kn__engine_rule kn__daily_rule(const kn__daily_net *net, int end)
{
    kn__engine_rule rule = net->rule;
    if (end == KN__DAILY_LOW)
        rule.elasticity = fmax(rule.elasticity, SIGMA_LOW_LOSS);
    else if (end == KN__DAILY_HIGH)
        rule.elasticity = fmin(rule.elasticity, SIGMA_HIGH_LOSS);
    return rule;
}

void kn__daily_open(kn__engine *engine, kn__daily_day *day, const kn__daily_net *net,
                    const kn_scenario *scenario, int end)
{
    kn__daily_weights(engine, day, net, end, 0);
    kn__daily_doors(day, net, scenario, 0);
    kn__daily_late_start(day->late, engine);
    kn__daily_tools_start(day->tools);
}

kn_status kn__daily_begin(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                          const kn__daily_net *net, const kn_scenario *scenario, int end)
{
    kn__daily_open(engine, day, net, scenario, end);
    return kn__engine_start(engine, ctx, day->open);
}

kn__daily_ledger kn__daily_before(kn__engine *engine, kn__daily_day *day,
                                  const kn__daily_net *net, const kn_scenario *scenario,
                                  int64_t t)
{
    kn__daily_set(day, net, scenario, (double)t);
    kn__daily_tools_set(day->tools, day);
    kn__daily_ledger was = take_stock(engine, day);
    was.released = kn__daily_release(engine, net, scenario, (double)t);
    return was;
}

kn_status kn__daily_after(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                          const kn__daily_net *net, int end, int64_t t,
                          kn__daily_ledger was, kn__engine_view *view)
{
    *view = kn__engine_look(engine);
    KN__TRY(check_goods(ctx, view, t));
    kn__daily_tools_age(day->tools, day, view->final_met, view->final_wanted, 1);
    double arrived = kn__daily_late_move(day->late, engine, t);
    KN__TRY(check_stocks(ctx, view, was, take_stock(engine, day), arrived, t));
    kn__daily_reweigh(engine, day, net, end, (double)t + 1);
    return KN_OK;
}

kn_status kn__daily_step(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                         const kn__daily_net *net, const kn_scenario *scenario, int end,
                         int64_t t, kn__engine_view *view)
{
    kn__daily_ledger was = kn__daily_before(engine, day, net, scenario, t);
    KN__TRY(kn__engine_step(engine, ctx, &day->drive));
    return kn__daily_after(engine, ctx, day, net, end, t, was, view);
}

bool kn__daily_rests(const kn__daily_net *net, const kn__engine_view *v)
{
    for (int32_t i = 0; i < net->n; i++)
        if (v->output[i] != v->normal[i] || v->demand[i] != v->normal[i] ||
            v->capacity[i] != v->normal[i])
            return false;
    return v->laid_up == 0;
}

static kn_status one_day(run *r, kn__engine *engine, int end, int64_t t)
{
    kn__engine_view v;
    kn_status status =
        kn__daily_step(engine, r->steady, &r->day, r->net, r->scenario, end, t, &v);
    if (status < 0)
        return kn__fail(r->ctx, status, "%s", kn_context_error(r->steady));
    if (end == KN__DAILY_MID)
        kn__daily_leak_take(r->leak, engine, t);
    return kn__daily_take(&r->story, r->ctx, r->path, end, t, &v);
}

/* Whether nothing will happen any more. */
static bool is_over(const run *r, const kn__engine *engine, int64_t day)
{
    kn__engine_view v = kn__engine_look(engine);
    return day == KN__DAILY_REST && !r->scenario->count && kn__daily_rests(r->net, &v);
}

/* The days of an end that are left. When the caller wants to stop, what is done so far
   counts, and is kept where there is a checkpoint. */
static kn_status run_days(run *r, kn__engine *engine, int end, int64_t from)
{
    for (int64_t t = from; t < r->story.days; t++) {
        double turns = r->stand.turn + (double)t / (double)r->story.days;
        kn_status status =
            kn__progress(r->ctx, "days", turns / (r->net->own ? KN__DAILY_ENDS : 1));
        if (status >= 0)
            status = one_day(r, engine, end, t);
        r->stopped = status == KN_ERR_CANCELLED;
        if (r->stopped) {
            kn_context_clear(r->ctx);
            r->stand.next_day = t;
            return kn__daily_keep(&r->stand, engine);
        }
        KN__TRY(status);
        if (is_over(r, engine, t + 1)) {
            r->story.done = r->story.days;
            break;
        }
    }
    return KN_OK;
}

static kn_status run_end(run *r, int end)
{
    kn__arena *arena;
    kn__engine *engine;
    int64_t from = r->stand.found ? r->stand.next_day : 0;
    KN__TRY(kn__arena_new(&arena, r->ctx));
    kn__engine_rule rule = kn__daily_rule(r->net, end);
    kn_status status = kn__engine_new(&engine, r->ctx, arena, &r->net->engine, &rule);
    if (status >= 0)
        status = kn__daily_begin(engine, r->ctx, &r->day, r->net, r->scenario, end);
    if (status >= 0 && r->stand.found)
        status = kn__daily_go_on(&r->stand, engine, end);
    if (status >= 0)
        status = run_days(r, engine, end, from);
    kn__arena_free(arena);
    return status;
}

/* ---- What is said about a run ---- */

static kn_status warn(const run *r, const kn__daily_options *o, kn_result *result)
{
    const kn__daily_net *net = r->net;
    const kn__engine_rule *rule = &net->rule;
    bool own = !strcmp(o->model, "kaname");
    if (net->short_groups)
        KN__TRY(kn_result_note(
            result, r->ctx,
            "%lld stocks are shorter than two days of use; they count as two days.",
            (long long)net->short_groups));
    if (net->clipped_musd > 0)
        KN__TRY(kn_result_note(result, r->ctx,
                               "Negative flows and final demand of %.6g MUSD a year are "
                               "left out; normal output is what is sold.",
                               net->clipped_musd));
    if (net->unknown_inputs)
        KN__TRY(kn_result_note(result, r->ctx,
                               "This network has no recipes: every input counts as "
                               "essential, so this is an upper case."));
    if (!own && (rule->stock_steps < 15 || rule->restore_steps < 3))
        KN__TRY(kn_result_note(result, r->ctx,
                               "Model %s with stocks of %.4g days restored in %.4g days: "
                               "short inventories and fast restoration make this model "
                               "oscillate or collapse without cause; compare --model "
                               "kaname.",
                               o->model, rule->stock_steps, rule->restore_steps));
    if (net->open_passages)
        KN__TRY(kn_result_note(result, r->ctx,
                               "A closed passage lengthens no way between economies of "
                               "this network by a day or more."));
    if (r->stopped)
        KN__TRY(kn_result_note(result, r->ctx, "Interrupted after %lld of %lld days.",
                               (long long)r->story.done, (long long)r->story.days));
    return KN_OK;
}

static kn_status write_extras(const run *r, kn_result *result)
{
    kn_table *leaks, *fleets;
    KN__TRY(kn_result_add(result, r->ctx, kn__cascade_made.leaks, &leaks));
    KN__TRY(kn__daily_leak_write(r->leak, r->ctx, leaks, result));
    KN__TRY(kn_result_add(result, r->ctx, kn__cascade_made.fleets, &fleets));
    return kn__daily_tools_write(r->day.tools, r->ctx, fleets);
}

static kn_status describe(const run *r, const kn__daily_options *o, kn_result *result)
{
    static const char *const make[] = {
#define NAME(code, name) name,
        KN__MAKE_LIST(NAME)};
    static const char *const source[] = {KN__SOURCE_LIST(NAME)};
    static const char *const ration[] = {KN__RATION_LIST(NAME)};
    static const char *const adapt[] = {KN__ADAPT_LIST(NAME)
#undef NAME
    };
    const kn__engine_rule *rule = &r->net->rule;
    KN__TRY(kn_result_info(result, r->ctx, "model", o->model, 0));
    KN__TRY(kn_result_info(result, r->ctx, "production", make[rule->make], 0));
    KN__TRY(kn_result_info(result, r->ctx, "sourcing", source[rule->sourcing], 0));
    KN__TRY(kn_result_info(result, r->ctx, "rationing", ration[rule->rationing], 0));
    KN__TRY(kn_result_info(result, r->ctx, "adaptation", adapt[rule->adaptation], 0));
    KN__TRY(kn_result_info(result, r->ctx, "horizon_days", NULL, (double)r->story.days));
    return warn(r, o, result);
}

/* ---- Run ---- */

/* The centre first: it is what an interrupted run shows. */
static kn_status run_ends(run *r, bool ends)
{
    static const int order[KN__DAILY_ENDS] = {KN__DAILY_MID, KN__DAILY_LOW,
                                              KN__DAILY_HIGH};
    int32_t first = r->stand.found ? r->stand.turn : 0;
    for (int32_t turn = first; turn < (ends ? KN__DAILY_ENDS : 1) && !r->stopped;
         turn++) {
        r->stand.turn = turn;
        KN__TRY(run_end(r, order[turn]));
    }
    return r->stopped ? KN_OK : kn__daily_forget(&r->stand);
}

static kn_status prepare(run *r, kn__arena *arena, const kn__daily_net *daily,
                         const kn__daily_options *o, kn_result *result)
{
    if (kn__context_steady(&r->steady, r->ctx) < 0)
        return kn__fail(r->ctx, KN_ERR_MEMORY, "out of memory");
    KN__TRY(kn__daily_day_new(&r->day, r->ctx, arena, daily, r->scenario, o));
    KN__TRY(kn__daily_leak_new(&r->leak, r->ctx, arena, daily, &r->day, r->scenario));
    KN__TRY(kn__daily_story_new(&r->story, r->ctx, arena, daily, o));
    KN__TRY(kn_result_add(result, r->ctx, kn__cascade_made.path, &r->path));
    r->stand = (kn__daily_stand){.ctx = r->ctx,
                                 .scenario = r->scenario,
                                 .net = daily,
                                 .options = o,
                                 .day = &r->day,
                                 .leak = r->leak,
                                 .story = &r->story,
                                 .path = r->path};
    return kn__daily_find(&r->stand);
}

static kn_status play(run *r, kn__arena *arena, const kn__daily_options *o,
                      kn_result *result)
{
    kn_table *losses;
    bool ends = !strcmp(o->model, "kaname");
    KN__TRY(kn_result_add(result, r->ctx, kn__cascade_made.losses, &losses));
    KN__TRY(prepare(r, arena, r->net, o, result));
    KN__TRY(run_ends(r, ends));
    KN__TRY(
        kn__daily_write(&r->story, r->ctx, arena, ends && !r->stopped, losses, result));
    KN__TRY(write_extras(r, result));
    return describe(r, o, result);
}

kn_status kn__daily_run(kn_context *ctx, kn__arena *arena, const kn_network *net,
                        const kn_scenario *scenario, const kn__daily_options *o,
                        kn_result *result)
{
    kn__daily_net daily;
    run r = {.ctx = ctx, .scenario = scenario, .net = &daily, .stand = {.ctx = ctx}};
    KN__TRY(kn__daily_from_network(&daily, ctx, arena, net, scenario, o));
    kn_status status = play(&r, arena, o, result);
    kn__daily_stand_release(&r.stand);
    kn_context_free(r.steady);
    return status < 0 ? status : r.stopped ? KN_NOTE_INTERRUPTED : KN_OK;
}
