/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix by the daily engine: every denial is the run that `cascade --model
   kaname` makes of it, bit by bit. Denials between the same two economies share zones,
   and with them an engine. */
#include <math.h>
#include <stdlib.h>

#include "kernel/threads.h"
#include "lens/cascade/daily_tables.h"
#include "lens/cascade/denial_matrix.h"

enum { CHUNK = 4 };

typedef struct worker {
    kn_context *ctx;
    kn__arena *arena; /* of the engines */
    kn__daily_net net;
    kn__engine *engine[KN__DAILY_ENDS];
    int32_t holder, victim; /* whom the zones are for; -1: nobody */
} worker;

typedef struct daily_matrix {
    kn__denial_matrix *x;
    kn__daily_options options;
    kn__daily_net net;
    int32_t *everybody;
    bool ordered; /* weights: low <= mid <= high */
    worker *workers;
} daily_matrix;

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
    const kn__engine_net *e = &d->engine;
    int32_t victim = victim_of(m, t), users = d->n + m->x->model.economies;
    for (int32_t j = 0; j < users; j++) {
        int32_t economy = j < d->n ? d->economy[j] : j - d->n;
        int64_t g =
            victim < 0 || economy == victim ? kn__daily_group(d, j, t->product) : -1;
        for (int64_t k = g < 0 ? 0 : e->link_start[g]; g >= 0 && k < e->link_start[g + 1];
             k++)
            if (e->flow[k] > 0 && d->economy[kn__daily_supplier(d, g, k)] == t->holder)
                return true;
    }
    return false;
}

/* ---- Runs ---- */

/* The weights of a day are a worker's own. */
static kn_status new_engines(const daily_matrix *m, worker *w,
                             const kn_scenario *scenario, const kn__choke_task *t)
{
    kn__arena_free(w->arena);
    w->arena = NULL;
    w->holder = -1;
    w->net = m->net;
    KN__TRY(kn__arena_new(&w->arena, w->ctx));
    w->net.now = KN__ARRAY(w->arena, w->ctx, m->net.engine.group_start[m->net.n], double);
    if (!w->net.now)
        return KN_ERR_MEMORY;
    w->net.engine.weight = w->net.now;
    KN__TRY(kn__daily_rezone(&w->net, w->ctx, w->arena, scenario, &m->options));
    bool one = w->net.rule.make != KN__MAKE_CES; /* then ends differ by weights only */
    for (int end = 0; end < KN__DAILY_ENDS; end++) {
        kn__engine_rule rule = kn__daily_rule(&w->net, end);
        w->engine[end] = w->engine[0];
        if (end == 0 || !one)
            KN__TRY(
                kn__engine_new(&w->engine[end], w->ctx, w->arena, &w->net.engine, &rule));
    }
    w->holder = t->holder;
    w->victim = victim_of(m, t);
    return KN_OK;
}

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

/* All days of one end, told as those of `as`. *bound: stocks held some output down. */
static kn_status play_end(const daily_matrix *m, worker *w, const kn_scenario *scenario,
                          kn__daily_day *day, int end, kn__daily_story *story, int as,
                          bool *bound)
{
    kn__engine *e = w->engine[end];
    kn__engine_view view;
    *bound = false;
    KN__TRY(kn__daily_begin(e, w->ctx, day, &w->net, scenario, end));
    for (int64_t t = 0; t < m->options.days; t++) {
        if (kn__cancelled(w->ctx))
            return KN_ERR_CANCELLED;
        KN__TRY(kn__daily_step(e, w->ctx, day, &w->net, scenario, end, t, &view));
        KN__TRY(kn__daily_take(story, w->ctx, NULL, as, t, &view));
        *bound = *bound || is_bound(e, &view, w->net.n);
    }
    return KN_OK;
}

/* The high end first. Ends differ in how much an empty stock holds output down, least of
   all in the low one: where even the high end has no output held down, all are one. */
static kn_status play(const daily_matrix *m, worker *w, kn__arena *arena,
                      const kn_scenario *scenario, kn__daily_story *story)
{
    kn__daily_day day;
    kn__daily_story high;
    bool bound;
    KN__TRY(kn__daily_day_new(&day, w->ctx, arena, &w->net, scenario, &m->options));
    KN__TRY(kn__daily_story_new(&high, w->ctx, arena, &w->net, &m->options));
    KN__TRY(kn__daily_story_new(story, w->ctx, arena, &w->net, &m->options));
    KN__TRY(play_end(m, w, scenario, &day, KN__DAILY_HIGH, &high, KN__DAILY_MID, &bound));
    double *lost = high.lost[KN__DAILY_MID];
    if (!bound && m->ordered) {
        *story = high;
        story->lost[KN__DAILY_LOW] = story->lost[KN__DAILY_HIGH] = lost;
        return KN_OK;
    }
    story->lost[KN__DAILY_HIGH] = lost;
    KN__TRY(play_end(m, w, scenario, &day, KN__DAILY_MID, story, KN__DAILY_MID, &bound));
    return play_end(m, w, scenario, &day, KN__DAILY_LOW, story, KN__DAILY_LOW, &bound);
}

static kn_status run_task(const daily_matrix *m, worker *w, kn__choke_task *t)
{
    kn__measure measure = measure_of(m, t);
    kn_scenario scenario = {.path = "", .measures = &measure, .count = 1};
    kn__daily_story story;
    kn__arena *arena;
    if (w->holder != t->holder || w->victim != victim_of(m, t))
        KN__TRY(new_engines(m, w, &scenario, t));
    KN__TRY(kn__arena_new(&arena, w->ctx));
    kn_status status = play(m, w, arena, &scenario, &story);
    if (status >= 0)
        fill_rows(m, t, &story);
    kn__arena_free(arena);
    return status;
}

static void fill_zero(const daily_matrix *m, const kn__choke_task *t)
{
    for (int32_t k = 0; k < t->count; k++)
        m->x->rows[t->first + k].bite = NAN;
}

static kn_status run_tasks(void *arg, int index, int64_t begin, int64_t end)
{
    daily_matrix *m = arg;
    for (int64_t k = begin; k < end; k++) {
        kn__choke_task *t = &m->x->tasks[m->x->due[k]];
        if (m->x->o->mode != KN__OUTAGE && !is_supplied(m, t))
            fill_zero(m, t);
        else
            KN__TRY(run_task(m, &m->workers[index], t));
        t->done = true;
    }
    return KN_OK;
}

/* ---- All of them ---- */

static int by_pair(const void *a, const void *b, void *arg)
{
    const daily_matrix *m = arg;
    const kn__choke_task *t = &m->x->tasks[*(const int64_t *)a];
    const kn__choke_task *u = &m->x->tasks[*(const int64_t *)b];
    int32_t p[] = {t->holder, victim_of(m, t), t->product};
    int32_t q[] = {u->holder, victim_of(m, u), u->product};
    for (int k = 0; k < 3; k++)
        if (p[k] != q[k])
            return p[k] < q[k] ? -1 : 1;
    return 0;
}

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

static kn_status prepare(daily_matrix *m, kn_context *ctx, kn__arena *arena, int workers)
{
    kn__denial_matrix *x = m->x;
    kn_scenario nothing = {.path = ""};
    m->everybody = x->ids;
    m->workers = KN__ARRAY(arena, ctx, workers, worker);
    if (!m->workers)
        return KN_ERR_MEMORY;
    KN__TRY(kn__daily_from_network(&m->net, ctx, arena, x->net, &nothing, &m->options));
    m->ordered = is_ordered(&m->net);
    for (int k = 0; k < workers; k++) {
        m->workers[k].holder = -1;
        KN__TRY(kn__context_worker(&m->workers[k].ctx, ctx));
    }
    qsort_r(x->due, (size_t)x->due_count, sizeof *x->due, by_pair, m);
    return KN_OK;
}

static void clean(daily_matrix *m, int workers)
{
    for (int k = 0; m->workers && k < workers; k++) {
        kn__arena_free(m->workers[k].arena);
        kn_context_free(m->workers[k].ctx);
    }
}

/* Nothing denied, nothing lost. */
static kn_status check_null(daily_matrix *m, kn_context *ctx, kn__arena *arena)
{
    const kn__choke_task nobody = {.holder = -1};
    kn_scenario nothing = {.path = ""};
    kn__daily_story story;
    worker *w = &m->workers[0];
    KN__TRY(new_engines(m, w, &nothing, &nobody));
    KN__TRY(play(m, w, arena, &nothing, &story));
    for (int32_t e = 0; e < m->x->model.economies; e++)
        for (int end = 0; end < KN__DAILY_ENDS; end++)
            if (kn__daily_loss(&story, end, e) != 0)
                return kn__fail(ctx, KN_ERR_INTERNAL,
                                "the daily run without any denial does not give zero");
    return KN_OK;
}

kn_status kn__matrix_run_daily(kn__denial_matrix *x, kn_context *ctx)
{
    daily_matrix m = {.x = x, .options = kn__daily_defaults("kaname", x->o->days)};
    int workers = kn__workers(ctx, x->due_count, CHUNK);
    kn__arena *arena;
    if (!x->due_count)
        return KN_OK;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = prepare(&m, ctx, arena, workers);
    if (status >= 0)
        status = check_null(&m, ctx, arena);
    if (status >= 0)
        status = kn__parallel_for(ctx, "denials, day by day", x->due_count, CHUNK,
                                  run_tasks, &m);
    clean(&m, workers);
    kn__arena_free(arena);
    return status == KN_ERR_MEMORY ? kn__fail(ctx, status, "out of memory") : status;
}
