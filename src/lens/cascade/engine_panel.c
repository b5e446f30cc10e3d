/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine_panel.h"

#include <math.h>
#include <string.h>

#include "lens/cascade/engine_panel_state.h"

enum { LANES = KN__PANEL_SHOCKS };

/* Largest imbalance of goods in a step, over what is normally made. */
static const double BALANCE = 1e-9;

bool kn__panel_takes(const kn__engine_net *net, const kn__engine_rule *r)
{
    bool stocks = r->need == 0 && r->need_steps == 1 && r->target_on == KN__BASIS_NONE &&
                  r->flow_on == KN__BASIS_FEASIBLE && !r->gap_only_up && !r->returns &&
                  !r->debts && !r->idle_stops && !r->by_supplier && !r->boario_tolerance;
    bool weighs = r->make != KN__MAKE_LINEAR && r->make != KN__MAKE_CES;
    return net->supplier && net->market && net->target && weighs && stocks &&
           r->sourcing == KN__SOURCE_SEARCH && !r->final_fixed &&
           r->rationing == KN__RATION_PROPORTIONAL &&
           r->adaptation == KN__ADAPT_OVERPRODUCE;
}

/* ---- New ---- */

static kn_status make_room(kn__panel *p, kn_context *ctx, kn__arena *arena)
{
    const kn__engine *e = p->engine;
    int64_t n = e->n, finals = e->groups - e->final_group, kinds = p->model->kinds;
    int64_t columns = e->markets;
    const struct {
        double **array;
        int64_t count;
    } rooms[] = {{&p->available, n},
                 {&p->output, n},
                 {&p->demand, n},
                 {&p->capacity, n},
                 {&p->limit, n},
                 {&p->adapted, n},
                 {&p->choice, n},
                 {&p->stock, e->groups},
                 {&p->scale, e->groups},
                 {&p->asked, finals},
                 {&p->wanted, finals},
                 {&p->met, finals},
                 {&p->factor, kinds},
                 {&p->moved, columns},
                 {&p->sent, n},
                 {&p->total, e->markets * n},
                 {&p->door, columns * n},
                 {&p->open, columns * n},
                 {&p->memory, columns * n},
                 {&p->deliver, columns * n},
                 {&p->lean, columns * n}};
    bool ok = true;
    for (size_t k = 0; k < sizeof rooms / sizeof *rooms; k++) {
        *rooms[k].array = KN__ARRAY(arena, ctx, LANES * rooms[k].count, double);
        ok = *rooms[k].array && ok;
    }
    ok = (p->asks = KN__ARRAY(arena, ctx, finals, bool)) && ok;
    ok = (p->plain = KN__ARRAY(arena, ctx, finals, bool)) && ok;
    ok = (p->column = KN__ARRAY(arena, ctx, e->markets, int32_t)) && ok;
    ok = (p->shut = KN__ARRAY(arena, ctx, columns * n, bool)) && ok;
    ok = (p->rests = KN__ARRAY(arena, ctx, columns * kinds, bool)) && ok;
    ok = (p->sends = KN__ARRAY(arena, ctx, kinds, bool)) && ok;
    ok = (p->ordered = KN__ARRAY(arena, ctx, e->markets * kinds, bool)) && ok;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__panel_new(kn__panel **panel, kn_context *ctx, kn__arena *arena,
                        const kn__panel_model *model)
{
    kn__panel *p = KN__NEW(arena, ctx, kn__panel);
    kn__engine *engine;
    *panel = NULL;
    if (!p)
        return KN_ERR_MEMORY;
    KN__TRY(kn__engine_new(&engine, ctx, arena, model->net, model->rule));
    p->model = model;
    p->engine = engine;
    KN__TRY(make_room(p, ctx, arena));
    *panel = p;
    return KN_OK;
}

/* ---- Start ---- */

static void fill(double *to, int64_t count, double value)
{
    for (int64_t k = 0; k < LANES * count; k++)
        to[k] = value;
}

static void spread(double *to, const double *from, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        fill(to + LANES * k, 1, from[k]);
}

static double door_of(const double *const *open, int shock, int64_t at)
{
    return open[shock] ? open[shock][at] : 1;
}

static bool same_doors(const kn__panel *p, const double *const *open, int64_t a,
                       int64_t b)
{
    int64_t n = p->engine->n;
    for (int l = 0; l < LANES; l++)
        for (int64_t i = 0; open[l] && i < n; i++)
            if (open[l][a * n + i] != open[l][b * n + i])
                return false;
    return true;
}

/* The doors of a market, as a new column. */
static void add_column(kn__panel *p, const double *const *open, int64_t market)
{
    int64_t n = p->engine->n, first = n * p->columns++;
    for (int64_t i = 0; i < n; i++) {
        int64_t cell = first + i;
        p->shut[cell] = false;
        for (int l = 0; l < LANES; l++) {
            double door = door_of(open, l, market * n + i);
            p->door[LANES * cell + l] = door;
            p->shut[cell] = p->shut[cell] || door != 1;
        }
    }
}

static void set_columns(kn__panel *p, const double *const *open)
{
    p->columns = 0;
    for (int32_t m = 0; m < p->engine->markets; m++) {
        int32_t like = 0;
        while (like < m && !same_doors(p, open, like, m))
            like++;
        if (like == m)
            add_column(p, open, m);
        p->column[m] = like == m ? p->columns - 1 : p->column[like];
    }
}

static void set_normal(kn__panel *p)
{
    const kn__engine *e = p->engine;
    int64_t finals = e->groups - e->final_group;
    p->steps = 0;
    double *const normal[] = {p->output, p->demand, p->capacity};
    for (size_t k = 0; k < sizeof normal / sizeof *normal; k++)
        spread(normal[k], e->normal, e->n);
    fill(p->available, e->n, 1);
    fill(p->adapted, e->n, e->rule.adapt_base);
    fill(p->choice, e->n, 1);
    fill(p->limit, e->n, INFINITY);
    spread(p->stock, e->stock, e->groups);
    fill(p->asked, finals, 1);
    spread(p->wanted, e->use + e->final_group, finals);
    fill(p->factor, p->model->kinds, 1);
    fill(p->sent, e->n, 0);
    fill(p->total, (int64_t)e->markets * e->n, 0);
    memset(p->ordered, 0, (size_t)e->markets * (size_t)p->model->kinds);
    memset(p->rests, 0, (size_t)e->markets * (size_t)p->model->kinds);
    memset(p->asks, 0, (size_t)finals);
    memset(p->plain, 0, (size_t)finals);
}

/* All blocks of producers or of final users. */
static void work(kn__panel *p, kn__panel_stage stage, bool final)
{
    for (int32_t b = 0; b < p->engine->block_count; b++)
        if (p->engine->blocks[b].is_final == final)
            kn__panel_work(p, stage, b);
}

void kn__panel_start(kn__panel *p, const int *weights, const double *const *open)
{
    for (int k = 0; k < KN__PANEL_WEIGHTS; k++)
        for (int l = 0; l < LANES; l++)
            p->chosen[k][l] = weights[l] == k;
    set_normal(p);
    set_columns(p, open);
}

void kn__panel_set_factor(kn__panel *p, int shock, int32_t kind, double factor)
{
    p->factor[LANES * (int64_t)kind + shock] = factor;
}

void kn__panel_begin(kn__panel *p)
{
    kn__panel_work(p, KN__PANEL_OPEN, 0);
    work(p, KN__PANEL_BEGIN, false);
}

/* ---- Steps ---- */

static void drive(kn__panel *p, int shock, const kn__engine_drive *d)
{
    for (int32_t k = 0; k < d->held_count; k++)
        p->available[LANES * (int64_t)d->held[k] + shock] = d->capacity[d->held[k]];
    for (int32_t k = 0; k < d->asked_count; k++) {
        p->asked[LANES * (int64_t)d->asked[k] + shock] = d->wanted[d->asked[k]];
        p->asks[d->asked[k]] = true;
    }
}

static void let_go(kn__panel *p, int shock, const kn__engine_drive *d)
{
    for (int32_t k = 0; k < d->held_count; k++)
        p->available[LANES * (int64_t)d->held[k] + shock] = 1;
    for (int32_t k = 0; k < d->asked_count; k++) {
        p->asked[LANES * (int64_t)d->asked[k] + shock] = 1;
        p->asks[d->asked[k]] = false;
    }
}

static kn_status check_goods(const kn__panel *p, kn_context *ctx)
{
    for (int l = 0; l < LANES; l++) {
        double made = p->engine->made + p->made[l];
        double delivered = p->engine->made + p->delivered[l];
        if (fabs(made - delivered) > BALANCE * (p->engine->made + p->engine->stocks))
            return kn__fail(ctx, KN_ERR_INTERNAL,
                            "day %lld: %.17g made, %.17g delivered: goods do not balance",
                            (long long)p->steps, made, delivered);
    }
    return KN_OK;
}

kn_status kn__panel_step(kn__panel *p, kn_context *ctx,
                         const kn__engine_drive *const *drives)
{
    for (int l = 0; l < LANES; l++)
        if (drives[l])
            drive(p, l, drives[l]);
    work(p, KN__PANEL_ORDER, true);
    kn__panel_work(p, KN__PANEL_PRODUCE, 0);
    memset(p->delivered, 0, sizeof p->delivered);
    work(p, KN__PANEL_TURN, false);
    work(p, KN__PANEL_RECEIVE, true);
    for (int l = 0; l < LANES; l++)
        if (drives[l])
            let_go(p, l, drives[l]);
    p->steps++;
    return check_goods(p, ctx);
}

kn__panel_view kn__panel_look(const kn__panel *p)
{
    return (kn__panel_view){.normal = p->engine->normal,
                            .output = p->output,
                            .demand = p->demand,
                            .capacity = p->capacity,
                            .limit = p->limit,
                            .final_met = p->met,
                            .final_wanted = p->wanted};
}
