/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix by the daily engine: every denial is the run that `cascade --model
   kaname` makes of it, bit by bit. Denials that share zones share an engine's network; on
   networks whose flows are a table they are played together, in lots. */
#include <math.h>
#include <stdlib.h>

#include "kernel/threads.h"
#include "lens/cascade/daily_tables.h"
#include "lens/cascade/denial_matrix.h"
#include "lens/cascade/engine_batch.h"

/* Denials that are played together, at most: 6 MB each for 77 economies x 45 products, on
   every thread. */
enum { LOT_MOST = 32 };

/* due[first], due[first + 1], ...: denials that share zones and weights. */
typedef struct lot {
    int64_t first;
    int32_t count, alike;
} lot;

typedef struct crew {
    kn__arena *arena;
    kn__engine_batch *batch;
    int32_t count;
} crew;

typedef struct worker {
    kn_context *ctx;
    kn__arena *arena; /* of zones and weights */
    kn__daily_net net;
    crew crew[KN__DAILY_ENDS];
    int32_t alike; /* whom the zones are for; see alike_of */
} worker;

enum { NOBODY = -1, NOT_YET = -2 };

typedef struct daily_matrix {
    kn__denial_matrix *x;
    kn__daily_options options;
    kn__daily_net net;
    int32_t *everybody;
    bool ordered; /* weights: low <= mid <= high */
    worker *workers;
    lot *lots;
    int64_t lot_count;
} daily_matrix;

/* One denial of a lot. */
typedef struct shock {
    kn__measure measure;
    kn_scenario scenario;
    kn__daily_day day;
    kn__daily_story high, story;
    bool bound; /* stocks held some output down */
} shock;

/* Those of a lot that play an end. */
typedef struct party {
    const daily_matrix *m;
    worker *w;
    kn__engine_batch *batch;
    shock *shock[LOT_MOST];
    int32_t count;
    int end;
} party;

/* ---- Denials as scenarios ---- */

static int32_t victim_of(const daily_matrix *m, const kn__choke_task *t)
{
    return m->x->o->mode == KN__TARGETED && t->count ? m->x->rows[t->first].victim : -1;
}

static kn__measure measure_of(const daily_matrix *m, const kn__choke_task *t)
{
    const kn__choke_options *o = m->x->o;
    bool targeted = o->mode == KN__TARGETED, all = !(o->share < 1);
    kn__measure measure = {.op = all ? KN__EXPORT_BAN : KN__EXPORT_QUOTA,
                           .from = {&t->holder, 1},
                           .to = {m->everybody, m->x->model.economies},
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

/* Whether the victim buys anything of the holder: without, nothing can happen. */
static bool is_supplied(const daily_matrix *m, const kn__choke_task *t)
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
static int32_t alike_of(const daily_matrix *m, const kn__choke_task *t)
{
    kn__denial_mode mode = m->x->o->mode;
    return mode == KN__TARGETED ? victim_of(m, t) : mode == KN__STOP ? t->holder : 0;
}

/* ---- Engines ---- */

static void release(worker *w)
{
    for (int end = 0; end < KN__DAILY_ENDS; end++) {
        kn__arena_free(w->crew[end].arena);
        w->crew[end] = (crew){0};
    }
    kn__arena_free(w->arena);
    w->arena = NULL;
    w->alike = NOT_YET;
}

/* The weights of a day are a worker's own. */
static kn_status set_zones(const daily_matrix *m, worker *w, const kn_scenario *scenario,
                           int32_t alike)
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
    return KN_OK;
}

/* Engines for an end, those that are there if as many are wanted. */
static kn_status find_engines(party *p)
{
    worker *w = p->w;
    bool one = w->net.rule.make != KN__MAKE_CES; /* then ends differ by weights only */
    crew *c = &w->crew[one ? 0 : p->end];
    kn__engine_rule rule = kn__daily_rule(&w->net, p->end);
    kn_status status = KN_OK;
    if (c->count != p->count) {
        kn__arena_free(c->arena);
        *c = (crew){0};
        KN__TRY(kn__arena_new(&c->arena, w->ctx));
        status = kn__engine_batch_new(&c->batch, w->ctx, c->arena, &w->net.engine, &rule,
                                      p->count);
        c->count = status < 0 ? 0 : p->count;
    }
    p->batch = c->batch;
    return status;
}

/* ---- Runs ---- */

static void fill_rows(const daily_matrix *m, const kn__choke_task *t,
                      const kn__daily_story *story)
{
    static const kn__denial_end ends[] = {[KN__DAILY_LOW] = KN__END_LOW,
                                          [KN__DAILY_MID] = KN__END_MID,
                                          [KN__DAILY_HIGH] = KN__END_HIGH};
    for (int32_t k = 0; k < t->count; k++) {
        kn__choke_row *row = &m->x->rows[t->first + k];
        for (int end = 0; end < KN__DAILY_ENDS; end++)
            row->loss[ends[end]] = kn__daily_loss(story, end, row->victim);
        row->made_up = story->made_up[row->victim];
        row->cost = kn__daily_loss(story, KN__DAILY_MID, t->holder);
        row->bite = NAN;
        for (int32_t i = 0; i < m->net.n; i++)
            if (m->net.economy[i] == row->victim) /* fmin leaves NaN out */
                row->bite = fmin(row->bite, story->first[i].day);
    }
}

/* Whether a stock holds some output down. */
static bool is_bound(const kn__engine *e, const kn__engine_view *v, int32_t n)
{
    for (int32_t i = kn__engine_next(e, -1); i < n; i = kn__engine_next(e, i))
        if (v->limit[i] < v->capacity[i] && v->limit[i] < v->demand[i])
            return true;
    return false;
}

static kn_status begin(party *p)
{
    const double *open[LOT_MOST];
    KN__TRY(find_engines(p));
    for (int32_t k = 0; k < p->count; k++) {
        shock *s = p->shock[k];
        kn__daily_open(kn__engine_batch_at(p->batch, k), &s->day, &p->w->net,
                       &s->scenario, p->end);
        open[k] = s->day.open;
        s->bound = false;
    }
    return kn__engine_batch_start(p->batch, p->w->ctx, open);
}

/* What the high end is like is told as if it were the centre: it may be both. */
static kn_status take_day(party *p, int32_t k, int64_t t, kn__daily_ledger was)
{
    worker *w = p->w;
    shock *s = p->shock[k];
    kn__engine *e = kn__engine_batch_at(p->batch, k);
    kn__engine_view view;
    bool high = p->end == KN__DAILY_HIGH;
    KN__TRY(kn__daily_after(e, w->ctx, &s->day, &w->net, p->end, t, was, &view));
    s->bound = s->bound || is_bound(e, &view, w->net.n);
    return kn__daily_take(high ? &s->high : &s->story, w->ctx, NULL,
                          high ? KN__DAILY_MID : p->end, t, &view);
}

static kn_status play_day(party *p, int64_t t)
{
    kn__engine_drive drives[LOT_MOST];
    kn__daily_ledger was[LOT_MOST];
    for (int32_t k = 0; k < p->count; k++) {
        shock *s = p->shock[k];
        was[k] = kn__daily_before(kn__engine_batch_at(p->batch, k), &s->day, &p->w->net,
                                  &s->scenario, t);
        drives[k] = s->day.drive;
    }
    KN__TRY(kn__engine_batch_step(p->batch, p->w->ctx, drives));
    for (int32_t k = 0; k < p->count; k++)
        KN__TRY(take_day(p, k, t, was[k]));
    return KN_OK;
}

static kn_status play_end(party *p, int end)
{
    p->end = end;
    KN__TRY(begin(p));
    for (int64_t t = 0; t < p->m->options.days; t++) {
        if (kn__cancelled(p->w->ctx))
            return KN_ERR_CANCELLED;
        KN__TRY(play_day(p, t));
    }
    return KN_OK;
}

/* Keeps those of the party whose ends may differ; of the others all ends are the high
   one. */
static void keep_bound(party *p)
{
    int32_t kept = 0;
    for (int32_t k = 0; k < p->count; k++) {
        shock *s = p->shock[k];
        double *lost = s->high.lost[KN__DAILY_MID];
        bool same = !s->bound && p->m->ordered;
        if (same) {
            s->story = s->high;
            s->story.lost[KN__DAILY_LOW] = lost;
        }
        s->story.lost[KN__DAILY_HIGH] = lost;
        if (!same)
            p->shock[kept++] = s;
    }
    p->count = kept;
}

/* The high end first. Ends differ in how much an empty stock holds output down, least of
   all in the low one: where even the high end has no output held down, all are one. */
static kn_status play(const daily_matrix *m, worker *w, kn__arena *arena, shock *shocks,
                      int32_t count)
{
    party p = {.m = m, .w = w, .count = count};
    for (int32_t k = 0; k < count; k++) {
        shock *s = p.shock[k] = &shocks[k];
        KN__TRY(kn__daily_day_new(&s->day, w->ctx, arena, &w->net, &s->scenario,
                                  &m->options));
        KN__TRY(kn__daily_story_new(&s->high, w->ctx, arena, &w->net, &m->options));
        KN__TRY(kn__daily_story_new(&s->story, w->ctx, arena, &w->net, &m->options));
    }
    KN__TRY(play_end(&p, KN__DAILY_HIGH));
    keep_bound(&p);
    if (!p.count)
        return KN_OK;
    KN__TRY(play_end(&p, KN__DAILY_MID));
    return play_end(&p, KN__DAILY_LOW);
}

static kn_status play_lot(const daily_matrix *m, worker *w, kn__arena *arena,
                          const lot *of)
{
    shock *shocks = KN__ARRAY(arena, w->ctx, of->count, shock);
    const int64_t *due = m->x->due + of->first;
    if (!shocks)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < of->count; k++) {
        shocks[k].measure = measure_of(m, &m->x->tasks[due[k]]);
        shocks[k].scenario =
            (kn_scenario){.path = "", .measures = &shocks[k].measure, .count = 1};
    }
    KN__TRY(set_zones(m, w, &shocks[0].scenario, of->alike));
    KN__TRY(play(m, w, arena, shocks, of->count));
    for (int32_t k = 0; k < of->count; k++) {
        kn__choke_task *t = &m->x->tasks[due[k]];
        fill_rows(m, t, &shocks[k].story);
        t->done = true;
    }
    return KN_OK;
}

static kn_status run_lots(void *arg, int index, int64_t begin, int64_t end)
{
    daily_matrix *m = arg;
    worker *w = &m->workers[index];
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

/* Whether all that are alike have the same weights, and flows are read for all at once.
 */
static bool is_shared(const daily_matrix *m, const kn__choke_task *t)
{
    return !m->net.engine.supplier &&
           !(m->x->net->products[t->product].substitute_share > 0);
}

static int by_zones(const void *a, const void *b, void *arg)
{
    const daily_matrix *m = arg;
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
static void leave_out_idle(daily_matrix *m)
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

/* Small enough that every thread has one. */
static kn_status make_lots(daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    kn__denial_matrix *x = m->x;
    int64_t threads = kn_context_threads(ctx);
    int64_t most = (x->due_count + threads - 1) / threads;
    most = most > LOT_MOST ? LOT_MOST : most;
    m->lots = KN__ARRAY(arena, ctx, x->due_count, lot);
    if (!m->lots)
        return KN_ERR_MEMORY;
    qsort_r(x->due, (size_t)x->due_count, sizeof *x->due, by_zones, m);
    for (int64_t k = 0; k < x->due_count; k++) {
        const kn__choke_task *t = &x->tasks[x->due[k]];
        const kn__choke_task *before = k ? &x->tasks[x->due[k - 1]] : t;
        int32_t alike = alike_of(m, t);
        lot *last = k ? &m->lots[m->lot_count - 1] : NULL;
        if (last && last->count < most && last->alike == alike && is_shared(m, before) &&
            is_shared(m, t))
            last->count++;
        else
            m->lots[m->lot_count++] = (lot){.first = k, .count = 1, .alike = alike};
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

static kn_status prepare(daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    kn__denial_matrix *x = m->x;
    kn_scenario nothing = {.path = ""};
    m->everybody = x->ids;
    KN__TRY(kn__daily_from_network(&m->net, ctx, arena, x->net, &nothing, &m->options));
    m->ordered = is_ordered(&m->net);
    leave_out_idle(m);
    return make_lots(m, ctx, arena);
}

static kn_status hire(daily_matrix *m, kn_context *ctx, kn__arena *arena, int workers)
{
    m->workers = KN__ARRAY(arena, ctx, workers, worker);
    if (!m->workers)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++) {
        m->workers[k].alike = NOT_YET;
        KN__TRY(kn__context_worker(&m->workers[k].ctx, ctx));
    }
    return KN_OK;
}

static void dismiss(daily_matrix *m, int workers)
{
    for (int k = 0; m->workers && k < workers; k++) {
        release(&m->workers[k]);
        kn_context_free(m->workers[k].ctx);
    }
}

/* Nothing denied, nothing lost. */
static kn_status check_null(daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    shock nothing = {.scenario = {.path = ""}};
    worker *w = &m->workers[0];
    KN__TRY(set_zones(m, w, &nothing.scenario, NOBODY));
    KN__TRY(play(m, w, arena, &nothing, 1));
    for (int32_t e = 0; e < m->x->model.economies; e++)
        for (int end = 0; end < KN__DAILY_ENDS; end++)
            if (kn__daily_loss(&nothing.story, end, e) != 0)
                return kn__fail(ctx, KN_ERR_INTERNAL,
                                "the daily run without any denial does not give zero");
    return KN_OK;
}

static kn_status run_all(daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    int workers = kn__workers(ctx, m->lot_count, 1);
    kn_status status = hire(m, ctx, arena, workers);
    if (status >= 0)
        status = check_null(m, ctx, arena);
    if (status >= 0)
        status =
            kn__parallel_for(ctx, "denials, day by day", m->lot_count, 1, run_lots, m);
    dismiss(m, workers);
    return status;
}

kn_status kn__matrix_run_daily(kn__denial_matrix *x, kn_context *ctx)
{
    daily_matrix m = {.x = x, .options = kn__daily_defaults("kaname", x->o->days)};
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
