/* SPDX-License-Identifier: Apache-2.0 */
/* Denials in a batch: each has engines of its own, which step together where the flows of
   the network are a table. */
#include <math.h>

#include "lens/cascade/denial_daily.h"

/* One denial of a lot. */
typedef struct shock {
    kn__lot_denial denial;
    kn__daily_day day;
    kn__daily_story high, story;
    bool bound; /* stocks held some output down */
} shock;

/* Those of a lot that play an end. */
typedef struct party {
    const kn__daily_matrix *m;
    kn__hand *w;
    kn__engine_batch *batch;
    shock *shock[KN__LOT_MOST];
    int32_t count;
    int end;
} party;

/* Engines for an end, those that are there if as many are wanted. */
static kn_status find_engines(party *p)
{
    kn__hand *w = p->w;
    bool one = w->net.rule.make != KN__MAKE_CES; /* then ends differ by weights only */
    kn__crew *c = &w->crew[one ? 0 : p->end];
    kn__engine_rule rule = kn__daily_rule(&w->net, p->end);
    kn_status status = KN_OK;
    if (c->count != p->count) {
        kn__arena_free(c->arena);
        *c = (kn__crew){0};
        KN__TRY(kn__arena_new(&c->arena, w->ctx));
        status = kn__engine_batch_new(&c->batch, w->ctx, c->arena, &w->net.engine, &rule,
                                      p->count);
        c->count = status < 0 ? 0 : p->count;
    }
    p->batch = c->batch;
    return status;
}

/* ---- Runs ---- */

/* All ends are known. */
static void end_shock(const kn__daily_matrix *m, shock *s)
{
    kn__choke_task *t = s->denial.task;
    const kn__daily_story *story = &s->story;
    static const kn__denial_end ends[] = {[KN__DAILY_LOW] = KN__END_LOW,
                                          [KN__DAILY_MID] = KN__END_MID,
                                          [KN__DAILY_HIGH] = KN__END_HIGH};
    for (int32_t k = 0; k < t->count; k++) {
        kn__choke_row *row = &m->x->rows[t->first + k];
        for (int end = 0; end < KN__DAILY_ENDS; end++)
            row->loss[ends[end]] = kn__daily_loss(story, end, row->victim);
        row->made_up = story->made_up[row->victim];
        row->cost = kn__daily_loss(story, KN__DAILY_MID, t->holder);
        row->bite = story->bite[row->victim];
    }
    t->done = true;
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
    const double *open[KN__LOT_MOST];
    KN__TRY(find_engines(p));
    for (int32_t k = 0; k < p->count; k++) {
        shock *s = p->shock[k];
        kn__daily_open(kn__engine_batch_at(p->batch, k), &s->day, &p->w->net,
                       &s->denial.scenario, p->end);
        open[k] = s->day.open;
        s->bound = false;
    }
    return kn__engine_batch_start(p->batch, p->w->ctx, open);
}

/* What the high end is like is told as if it were the centre: it may be both. */
static kn_status take_day(party *p, int32_t k, int64_t t, kn__daily_ledger was)
{
    kn__hand *w = p->w;
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
    kn__engine_drive drives[KN__LOT_MOST];
    kn__daily_ledger was[KN__LOT_MOST];
    for (int32_t k = 0; k < p->count; k++) {
        shock *s = p->shock[k];
        was[k] = kn__daily_before(kn__engine_batch_at(p->batch, k), &s->day, &p->w->net,
                                  &s->denial.scenario, t);
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
        if (same)
            end_shock(p->m, s);
        else
            p->shock[kept++] = s;
    }
    p->count = kept;
}

/* The high end first. Ends differ in how much an empty stock holds output down, least of
   all in the low one: where even the high end has no output held down, all are one. */
static kn_status play(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                      shock *shocks, int32_t count)
{
    party p = {.m = m, .w = w, .count = count};
    for (int32_t k = 0; k < count; k++) {
        shock *s = p.shock[k] = &shocks[k];
        KN__TRY(kn__daily_day_new(&s->day, w->ctx, arena, &w->net, &s->denial.scenario,
                                  &m->options));
        KN__TRY(kn__daily_story_new(&s->high, w->ctx, arena, &w->net, &m->options));
        KN__TRY(kn__daily_story_new(&s->story, w->ctx, arena, &w->net, &m->options));
    }
    KN__TRY(play_end(&p, KN__DAILY_HIGH));
    keep_bound(&p);
    if (!p.count)
        return KN_OK;
    KN__TRY(play_end(&p, KN__DAILY_MID));
    KN__TRY(play_end(&p, KN__DAILY_LOW));
    for (int32_t k = 0; k < p.count; k++)
        end_shock(m, p.shock[k]);
    return KN_OK;
}

kn_status kn__lot_play_batch(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                             const kn__lot *lot)
{
    shock *shocks = KN__ARRAY(arena, w->ctx, lot->count, shock);
    if (!shocks)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < lot->count; k++)
        kn__lot_denial_set(&shocks[k].denial, m, lot, k);
    return play(m, w, arena, shocks, lot->count);
}
