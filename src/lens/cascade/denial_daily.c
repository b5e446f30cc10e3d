/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix by the daily engine: every denial is the run that `cascade --model
   kaname` makes of it, bit by bit. Denials that share zones are played together, in lots:
   by panels where links name their suppliers, in batches where flows are a table. */
#include <math.h>
#include <stdlib.h>

#include "kernel/threads.h"
#include "lens/cascade/denial_daily.h"

enum { NOBODY = -1, NOT_YET = -2 };

/* ---- Denials as scenarios ---- */

static int32_t victim_of(const kn__daily_matrix *m, const kn__choke_task *t)
{
    return m->x->o->mode == KN__TARGETED && t->count ? m->x->rows[t->first].victim : -1;
}

static kn__measure measure_of(const kn__daily_matrix *m, const kn__choke_task *t)
{
    const kn__choke_options *o = m->x->o;
    bool targeted = o->mode == KN__TARGETED, all = !(o->share < 1);
    kn__measure measure = {.op = all ? KN__EXPORT_BAN : KN__EXPORT_QUOTA,
                           .from = {&t->holder, 1},
                           .to = m->everybody,
                           .products = {&t->product, 1},
                           .value = 1 - o->share,
                           .name = "",
                           .days = -1};
    if (targeted)
        measure.to = (kn_ids){&m->x->rows[t->first].victim, 1};
    if (o->mode == KN__OUTAGE) {
        measure.op = KN__CAPACITY_LOSS;
        measure.value = o->share;
        measure.to = (kn_ids){NULL, 0};
    }
    return measure;
}

void kn__lot_denial_set(kn__lot_denial *denial, const kn__daily_matrix *m,
                        const kn__lot *lot, int32_t k)
{
    denial->task = &m->x->tasks[m->x->due[lot->first + k]];
    denial->measure = measure_of(m, denial->task);
    denial->scenario =
        (kn_scenario){.path = "", .measures = &denial->measure, .count = 1};
}

/* Whether the victim buys anything of the holder: without, nothing can happen. */
static bool is_supplied(const kn__daily_matrix *m, const kn__choke_task *t)
{
    const kn__daily_net *d = &m->net;
    const int64_t *start = d->engine.link_start;
    int32_t victim = victim_of(m, t);
    int32_t users = start ? d->n + m->x->model.economies : 0;
    for (int32_t j = 0; j < users; j++) {
        int32_t economy = j < d->n ? d->economy[j] : j - d->n;
        bool buys = victim < 0 || economy == victim;
        int64_t g = buys ? kn__daily_group(d, j, t->product) : -1;
        if (g < 0)
            continue;
        for (int64_t k = start[g]; k < start[g + 1]; k++)
            if (d->engine.flow[k] > 0 &&
                d->economy[kn__daily_supplier(d, g, k)] == t->holder)
                return true;
    }
    return false;
}

/* Denials with the same number have the same zones: those to one victim; those of one
   holder, whom its own measure spares; all outages. */
static int32_t alike_of(const kn__daily_matrix *m, const kn__choke_task *t)
{
    kn__denial_mode mode = m->x->o->mode;
    return mode == KN__TARGETED ? victim_of(m, t) : mode == KN__STOP ? t->holder : 0;
}

/* ---- Engines ---- */

static void release(kn__hand *w)
{
    for (int end = 0; end < KN__DAILY_ENDS; end++) {
        kn__arena_free(w->crew[end].arena);
        w->crew[end] = (kn__crew){0};
    }
    kn__arena_free(w->arena);
    w->arena = NULL;
    w->alike = NOT_YET;
}

static kn_status set_panel(const kn__daily_matrix *m, kn__hand *w)
{
    w->model = (kn__panel_model){.net = &w->net.engine,
                                 .rule = &w->net.rule,
                                 .kinds = m->x->model.products,
                                 .kind_start = w->net.product_start,
                                 .kind = w->net.group_product,
                                 .weight = (const double *const *)w->net.weight};
    return kn__panel_new(&w->panel, w->ctx, w->arena, &w->model);
}

/* The weights of a day are a hand's own. */
static kn_status set_zones(const kn__daily_matrix *m, kn__hand *w,
                           const kn_scenario *scenario, int32_t alike)
{
    if (w->alike == alike)
        return KN_OK;
    release(w);
    KN__TRY(kn__arena_new(&w->arena, w->ctx));
    w->net = m->net;
    w->net.now = KN__ARRAY(w->arena, w->ctx, m->net.engine.group_start[m->net.n], double);
    if (!w->net.now)
        return KN_ERR_MEMORY;
    w->net.engine.weight = w->net.now;
    KN__TRY(kn__daily_rezone(&w->net, w->ctx, w->arena, scenario, &m->options));
    w->alike = alike;
    return m->panels ? set_panel(m, w) : KN_OK;
}

/* ---- Runs ---- */

/* With the zones of the first of them, which are those of all. */
static kn_status play_lot(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                          const kn__lot *lot)
{
    kn__lot_denial first;
    kn__lot_denial_set(&first, m, lot, 0);
    KN__TRY(set_zones(m, w, &first.scenario, lot->alike));
    return m->panels ? kn__lot_play_panels(m, w, arena, lot)
                     : kn__lot_play_batch(m, w, arena, lot);
}

static kn_status run_lots(void *arg, int index, int64_t begin, int64_t end)
{
    kn__daily_matrix *m = arg;
    kn__hand *w = &m->hands[index];
    for (int64_t k = begin; k < end; k++) {
        kn__arena *arena;
        KN__TRY(kn__arena_new(&arena, w->ctx));
        kn_status status = play_lot(m, w, arena, &m->lots[k]);
        kn__arena_free(arena);
        KN__TRY(status);
    }
    return KN_OK;
}

/* ---- Lots ---- */

/* Whether a denial goes into a lot with others that are alike: in a batch, whose weights
   are the same for all, where nothing stands in for the product. */
static bool is_shared(const kn__daily_matrix *m, const kn__choke_task *t)
{
    bool replaced = m->x->net->products[t->product].substitute_share > 0;
    return m->panels || (!m->net.engine.supplier && !replaced);
}

static int by_zones(const void *a, const void *b, void *arg)
{
    const kn__daily_matrix *m = arg;
    const kn__choke_task *t = &m->x->tasks[*(const int64_t *)a];
    const kn__choke_task *u = &m->x->tasks[*(const int64_t *)b];
    int32_t p[] = {alike_of(m, t), is_shared(m, t), t->holder, t->product};
    int32_t q[] = {alike_of(m, u), is_shared(m, u), u->holder, u->product};
    for (int k = 0; k < 4; k++)
        if (p[k] != q[k])
            return p[k] < q[k] ? -1 : 1;
    return *(const int64_t *)a < *(const int64_t *)b ? -1 : 1;
}

/* Those whose victims buy nothing of the holder are done. */
static void leave_out_idle(kn__daily_matrix *m)
{
    kn__denial_matrix *x = m->x;
    int64_t kept = 0;
    for (int64_t k = 0; k < x->due_count; k++) {
        kn__choke_task *t = &x->tasks[x->due[k]];
        t->done = x->o->mode != KN__OUTAGE && !is_supplied(m, t);
        for (int32_t v = 0; t->done && v < t->count; v++)
            x->rows[t->first + v].bite = NAN;
        if (!t->done)
            x->due[kept++] = x->due[k];
    }
    x->due_count = kept;
}

/* Small enough that every thread has one, but no panel is cut. */
static kn_status make_lots(kn__daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    kn__denial_matrix *x = m->x;
    int64_t threads = kn_context_threads(ctx);
    int64_t most = (x->due_count + threads - 1) / threads, whole = KN__PANEL_SHOCKS;
    if (m->panels)
        most = (most + whole - 1) / whole * whole;
    most = most > KN__LOT_MOST ? KN__LOT_MOST : most;
    m->lots = KN__ARRAY(arena, ctx, x->due_count, kn__lot);
    if (!m->lots)
        return KN_ERR_MEMORY;
    qsort_r(x->due, (size_t)x->due_count, sizeof *x->due, by_zones, m);
    for (int64_t k = 0; k < x->due_count; k++) {
        const kn__choke_task *t = &x->tasks[x->due[k]];
        const kn__choke_task *before = k ? &x->tasks[x->due[k - 1]] : t;
        int32_t alike = alike_of(m, t);
        kn__lot *last = k ? &m->lots[m->lot_count - 1] : NULL;
        if (last && last->count < most && last->alike == alike && is_shared(m, before) &&
            is_shared(m, t))
            last->count++;
        else
            m->lots[m->lot_count++] = (kn__lot){.first = k, .count = 1, .alike = alike};
    }
    return KN_OK;
}

/* ---- All of them ---- */

static bool is_ordered(const kn__daily_net *d)
{
    const int64_t *start = d->engine.group_start;
    int64_t groups = start ? start[d->n] : 0;
    for (int64_t g = 0; g < groups; g++)
        if (d->weight[KN__DAILY_LOW][g] > d->weight[KN__DAILY_MID][g] ||
            d->weight[KN__DAILY_MID][g] > d->weight[KN__DAILY_HIGH][g])
            return false;
    return true;
}

/* As "*" has it: all but the unseen. */
static kn_status list_everybody(kn__daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    int32_t *id = KN__ARRAY(arena, ctx, m->x->model.economies, int32_t);
    if (!id)
        return KN_ERR_MEMORY;
    m->everybody = (kn_ids){.id = id};
    for (int32_t e = 0; e < m->x->model.economies; e++)
        if (e != m->x->net->zzu)
            id[m->everybody.count++] = e;
    return KN_OK;
}

static kn_status prepare(kn__daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    kn__denial_matrix *x = m->x;
    kn_scenario nothing = {.path = ""};
    KN__TRY(list_everybody(m, ctx, arena));
    KN__TRY(kn__daily_from_network(&m->net, ctx, arena, x->net, &nothing, &m->options));
    m->ordered = is_ordered(&m->net);
    m->panels = kn__panel_takes(&m->net.engine, &m->net.rule);
    leave_out_idle(m);
    return make_lots(m, ctx, arena);
}

static kn_status hire(kn__daily_matrix *m, kn_context *ctx, kn__arena *arena, int workers)
{
    m->hands = KN__ARRAY(arena, ctx, workers, kn__hand);
    if (!m->hands)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++) {
        m->hands[k].alike = NOT_YET;
        KN__TRY(kn__context_worker(&m->hands[k].ctx, ctx));
    }
    return KN_OK;
}

static void dismiss(kn__daily_matrix *m, int workers)
{
    for (int k = 0; m->hands && k < workers; k++) {
        release(&m->hands[k]);
        kn_context_free(m->hands[k].ctx);
    }
}

/* Some days of an end at exact rest: all that follow are the same. */
static kn_status rest(const kn__hand *w, kn_context *ctx, kn__arena *arena, int end,
                      const kn__daily_options *options)
{
    kn_scenario nothing = {.path = ""};
    kn__daily_day day;
    kn__engine *engine;
    kn__engine_rule rule = kn__daily_rule(&w->net, end);
    KN__TRY(kn__daily_day_new(&day, ctx, arena, &w->net, &nothing, options));
    KN__TRY(kn__engine_new(&engine, ctx, arena, &w->net.engine, &rule));
    KN__TRY(kn__daily_begin(engine, ctx, &day, &w->net, &nothing, end));
    for (int64_t t = 0; t < KN__DAILY_REST; t++) {
        kn__engine_view v;
        KN__TRY(kn__daily_step(engine, ctx, &day, &w->net, &nothing, end, t, &v));
        if (!kn__daily_rests(&w->net, &v))
            return kn__fail(ctx, KN_ERR_INTERNAL,
                            "the daily run without any denial does not give zero");
    }
    return KN_OK;
}

/* Nothing denied, nothing lost. */
static kn_status check_null(kn__daily_matrix *m, kn_context *ctx)
{
    kn_scenario nothing = {.path = ""};
    kn__hand *w = &m->hands[0];
    KN__TRY(set_zones(m, w, &nothing, NOBODY));
    for (int end = 0; end < KN__DAILY_ENDS; end++) {
        kn__arena *arena;
        KN__TRY(kn__arena_new(&arena, ctx));
        kn_status status = rest(w, ctx, arena, end, &m->options);
        kn__arena_free(arena);
        KN__TRY(status);
    }
    return KN_OK;
}

static kn_status run_all(kn__daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    int workers = kn__workers(ctx, m->lot_count, 1);
    kn_status status = hire(m, ctx, arena, workers);
    if (status >= 0)
        status = check_null(m, ctx);
    if (status >= 0)
        status =
            kn__parallel_for(ctx, "denials, day by day", m->lot_count, 1, run_lots, m);
    dismiss(m, workers);
    return status;
}

kn_status kn__matrix_run_daily(kn__denial_matrix *x, kn_context *ctx)
{
    kn__daily_matrix m = {.x = x, .options = kn__daily_defaults("kaname", x->o->days)};
    kn__arena *arena;
    if (!x->due_count)
        return KN_OK;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = prepare(&m, ctx, arena);
    if (status >= 0 && m.lot_count)
        status = run_all(&m, ctx, arena);
    kn__arena_free(arena);
    return status == KN_ERR_MEMORY ? kn__fail(ctx, status, "out of memory") : status;
}
