/* SPDX-License-Identifier: Apache-2.0 */
/* Denials eight at a time: every shock of a panel is one denial at one end. */
#include <math.h>
#include <string.h>

#include "lens/cascade/daily_tools.h"
#include "lens/cascade/denial_daily.h"

enum { LANES = KN__PANEL_SHOCKS };

/* One denial of a lot. */
typedef struct shock {
    kn__lot_denial denial;
    int left; /* ends that are to be played */
} shock;

/* What is counted of all shocks of a panel; [economy][8]. */
typedef struct tally {
    double *today, *slice, *lost, *made_up, *bite;
    int32_t *counted, count; /* producers of economies that rows tell of */
    double bound[LANES];     /* 1: stocks held some output down */
} tally;

typedef struct table {
    const kn__daily_matrix *m;
    kn__hand *w;
    kn__arena *arena;
    shock *seat[LANES]; /* NULL: nobody */
    int end[LANES];
    kn__daily_day day[LANES]; /* of each seat */
    tally tally;
} table;

/* ---- Counting ---- */

static kn_status tally_new(table *p)
{
    int64_t e = p->m->x->model.economies;
    tally *c = &p->tally;
    double **const sums[] = {&c->today, &c->slice, &c->lost, &c->made_up, &c->bite};
    bool ok = (c->counted = KN__ARRAY(p->arena, p->w->ctx, p->w->net.n, int32_t));
    for (int k = 0; k < 5; k++)
        ok = (*sums[k] = KN__ARRAY(p->arena, p->w->ctx, LANES * e, double)) && ok;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

static bool is_told_of(const table *p, int32_t economy)
{
    for (int l = 0; l < LANES; l++) {
        const kn__choke_task *t = p->seat[l] ? p->seat[l]->denial.task : NULL;
        if (t && t->holder == economy)
            return true;
        for (int32_t k = 0; t && k < t->count; k++)
            if (p->m->x->rows[t->first + k].victim == economy)
                return true;
    }
    return false;
}

static void tally_start(table *p)
{
    tally *c = &p->tally;
    int32_t economies = p->m->x->model.economies;
    size_t bytes = LANES * sizeof(double) * (size_t)economies;
    double *const sums[] = {c->slice, c->lost, c->made_up};
    for (int k = 0; k < 3; k++)
        memset(sums[k], 0, bytes);
    for (int64_t k = 0; k < LANES * (int64_t)economies; k++)
        c->bite[k] = NAN;
    memset(c->bound, 0, sizeof c->bound);
    c->count = 0;
    for (int32_t e = 0; e < economies; e++)
        c->today[e] = is_told_of(p, e);
    for (int32_t i = 0; i < p->w->net.n; i++)
        if (c->today[p->w->net.economy[i]] > 0)
            c->counted[c->count++] = i;
}

/* Value added that a producer lost or made above normal, as kn__daily_take() has it. */
static void count_producer(tally *c, const kn__panel_view *v, int32_t i, int32_t economy,
                           double value_musd, int64_t t)
{
    double normal = v->normal[i];
    int64_t at = LANES * (int64_t)i, to = LANES * (int64_t)economy;
    for (int l = 0; normal > 0 && l < LANES; l++) {
        double cut = 1 - v->output[at + l] / normal, value = value_musd * cut;
        if (v->output[at + l] == normal)
            continue;
        c->today[to + l] += value > 0 ? value : 0;
        c->made_up[to + l] += value < 0 ? -value : 0;
        if (isnan(c->bite[to + l]) &&
            kn__daily_bites(cut, v->limit[at + l], v->capacity[at + l],
                            v->demand[at + l]))
            c->bite[to + l] = (double)t;
    }
}

/* Whether a stock holds some output down. */
static void find_bound(tally *c, const kn__panel_view *v, int64_t producers)
{
    for (int64_t at = 0; at < LANES * producers; at += LANES)
        for (int l = 0; l < LANES; l++) {
            bool less = v->limit[at + l] < v->capacity[at + l];
            bool bound = less & (v->limit[at + l] < v->demand[at + l]);
            c->bound[l] = bound ? 1 : c->bound[l];
        }
}

static void add(double *to, double *from, int32_t economies)
{
    for (int64_t k = 0; k < LANES * (int64_t)economies; k++) {
        to[k] += from[k];
        from[k] = 0;
    }
}

/* Days add up to slices and these to the whole, as in a story. */
static void count_day(table *p, const kn__panel_view *v, int64_t t)
{
    const kn__daily_net *net = &p->w->net;
    const kn__daily_options *o = &p->m->options;
    tally *c = &p->tally;
    int32_t economies = p->m->x->model.economies;
    memset(c->today, 0, LANES * sizeof(double) * (size_t)economies);
    for (int32_t k = 0; k < c->count; k++) {
        int32_t i = c->counted[k];
        count_producer(c, v, i, net->economy[i], net->value_musd[i], t);
    }
    find_bound(c, v, net->n);
    add(c->slice, c->today, economies);
    if ((t + 1) % o->slice_days == 0 || t + 1 == o->days)
        add(c->lost, c->slice, economies);
}

/* ---- Rows ---- */

/* The high end is told as if it were the centre and the low one: it may be all. */
static void fill_row(kn__choke_row *row, int end, double loss, double made_up,
                     double bite, double cost)
{
    if (end != KN__DAILY_MID)
        row->loss[end == KN__DAILY_LOW ? KN__END_LOW : KN__END_HIGH] = loss;
    if (end == KN__DAILY_LOW)
        return;
    row->loss[KN__END_MID] = loss;
    if (end == KN__DAILY_HIGH)
        row->loss[KN__END_LOW] = loss;
    row->made_up = made_up;
    row->bite = bite;
    row->cost = cost;
}

static void fill_rows(const table *p, int seat)
{
    const tally *c = &p->tally;
    shock *s = p->seat[seat];
    kn__choke_task *t = s->denial.task;
    double cost = c->lost[LANES * (int64_t)t->holder + seat];
    for (int32_t k = 0; k < t->count; k++) {
        kn__choke_row *row = &p->m->x->rows[t->first + k];
        int64_t at = LANES * (int64_t)row->victim + seat;
        fill_row(row, p->end[seat], c->lost[at], c->made_up[at], c->bite[at], cost);
    }
    bool same = p->m->ordered && !(c->bound[seat] > 0);
    s->left = p->end[seat] != KN__DAILY_HIGH ? s->left - 1 : same ? 0 : 2;
    t->done = !s->left;
}

/* ---- Days ---- */

/* Of the product it makes scarce a shock needs less from day to day. */
static void set_need(table *p, int seat, int64_t t)
{
    const kn__measure *m = &p->seat[seat]->denial.measure;
    for (int32_t k = 0; k < m->products.count; k++) {
        int32_t q = m->products.id[k];
        kn__panel_set_factor(p->w->panel, seat, q,
                             kn__daily_needed(&p->day[seat], &p->w->net, q, (double)t));
    }
}

static kn_status begin(table *p)
{
    const kn__daily_net *net = &p->w->net;
    const double *open[LANES] = {NULL};
    for (int l = 0; l < LANES; l++) {
        kn__daily_day *day = &p->day[l];
        shock *s = p->seat[l];
        if (!s)
            continue;
        KN__TRY(kn__daily_day_new(day, p->w->ctx, p->arena, net, &s->denial.scenario,
                                  &p->m->options));
        kn__daily_doors(day, net, &s->denial.scenario, 0);
        kn__daily_tools_start(day->tools);
        open[l] = day->open;
    }
    kn__panel_start(p->w->panel, p->end, open);
    for (int l = 0; l < LANES; l++)
        if (p->seat[l])
            set_need(p, l, 0);
    kn__panel_begin(p->w->panel);
    tally_start(p);
    return KN_OK;
}

static kn_status play_day(table *p, int64_t t)
{
    const kn__engine_drive *drives[LANES] = {NULL};
    const kn__daily_net *net = &p->w->net;
    for (int l = 0; l < LANES; l++) {
        if (!p->seat[l])
            continue;
        kn__daily_set(&p->day[l], net, &p->seat[l]->denial.scenario, (double)t);
        kn__daily_tools_set(p->day[l].tools, &p->day[l]);
        drives[l] = &p->day[l].drive;
    }
    KN__TRY(kn__panel_step(p->w->panel, p->w->ctx, drives));
    kn__panel_view v = kn__panel_look(p->w->panel);
    for (int l = 0; l < LANES; l++) {
        if (!p->seat[l])
            continue;
        kn__daily_tools_age(p->day[l].tools, &p->day[l], v.final_met + l,
                            v.final_wanted + l, LANES);
        set_need(p, l, t + 1);
    }
    count_day(p, &v, t);
    return KN_OK;
}

static kn_status play_days(table *p)
{
    KN__TRY(tally_new(p));
    KN__TRY(begin(p));
    for (int64_t t = 0; t < p->m->options.days; t++) {
        if (kn__cancelled(p->w->ctx))
            return KN_ERR_CANCELLED;
        KN__TRY(play_day(p, t));
    }
    for (int l = 0; l < LANES; l++)
        if (p->seat[l])
            fill_rows(p, l);
    return KN_OK;
}

static kn_status play_table(table *p)
{
    KN__TRY(kn__arena_new(&p->arena, p->w->ctx));
    kn_status status = play_days(p);
    kn__arena_free(p->arena);
    memset(p->seat, 0, sizeof p->seat);
    return status;
}

/* ---- Lots ---- */

/* All at the ends first to last; a full table is played. */
static kn_status play_ends(const kn__daily_matrix *m, kn__hand *w, shock *shocks,
                           int32_t count, int first, int last)
{
    table p = {.m = m, .w = w};
    int taken = 0;
    for (int32_t k = 0; k < count; k++)
        for (int end = first; shocks[k].left && end <= last; end++) {
            p.seat[taken] = &shocks[k];
            p.end[taken++] = end;
            if (taken < LANES)
                continue;
            KN__TRY(play_table(&p));
            taken = 0;
        }
    return taken ? play_table(&p) : KN_OK;
}

/* The high end first. Ends differ in how much an empty stock holds output down, least of
   all in the low one: where even the high end has no output held down, all are one. */
kn_status kn__lot_play_panels(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                              const kn__lot *lot)
{
    shock *shocks = KN__ARRAY(arena, w->ctx, lot->count, shock);
    if (!shocks)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < lot->count; k++) {
        kn__lot_denial_set(&shocks[k].denial, m, lot, k);
        shocks[k].left = 1;
    }
    KN__TRY(play_ends(m, w, shocks, lot->count, KN__DAILY_HIGH, KN__DAILY_HIGH));
    return play_ends(m, w, shocks, lot->count, KN__DAILY_LOW, KN__DAILY_MID);
}
