/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/denial_matrix.h"

#include <math.h>
#include <stdlib.h>

#include "kernel/threads.h"

enum { CHUNK = 8 };

static bool is_holder(const kn__denial_matrix *x, int32_t e)
{
    return e != x->net->zzu && e != x->net->row_economy;
}

static bool in(kn_ids ids, int32_t id, bool when_empty)
{
    for (int32_t k = 0; k < ids.count; k++)
        if (ids.id[k] == id)
            return true;
    return !ids.count && when_empty;
}

/* Of every economy in the world's supply of q. */
static void world_shares(const kn__denial_matrix *x, int32_t q, double *share)
{
    int64_t e = x->model.economies;
    double all = 0;
    for (int64_t s = 0; s < e; s++) {
        share[s] = 0;
        for (int64_t d = 0; d < e; d++)
            share[s] += x->model.flow[(q * e + s) * e + d];
        all += share[s];
    }
    for (int64_t s = 0; s < e; s++)
        share[s] = all > 0 ? share[s] / all : 0;
}

enum { PERCENT_OF_NOTE = 5 };

/* Whether h counts as a holder of q (against d, or with d = -1 against the world). */
static bool holds(const kn__denial_matrix *x, int32_t q, int32_t h, int32_t d,
                  double world)
{
    double least = PERCENT_OF_NOTE / 100.0;
    if (x->o->holder.count)
        return in(x->o->holder, h, false);
    if (!is_holder(x, h))
        return false;
    if (world >= least)
        return true;
    for (int32_t v = 0; v < x->model.economies; v++)
        if ((d < 0 ? v != h && v != x->net->zzu : v == d) &&
            kn__denial_share(&x->model, q, &h, 1, v) >= least)
            return true;
    return false;
}

/* The rest of the world and the unseen hold nothing together. */
static kn_status check_holders(const kn__denial_matrix *x, kn_context *ctx)
{
    for (int32_t k = 0; k < x->o->holder.count; k++)
        if (!is_holder(x, x->o->holder.id[k]))
            return kn__fail(ctx, KN_ERR_USAGE, "%s is not one holder: it cannot deny",
                            x->net->economies[x->o->holder.id[k]].code);
    return KN_OK;
}

static bool is_wanted(const kn__denial_matrix *x, int32_t q)
{
    return in(x->o->product, q, true) &&
           (x->model.is_input[q] || x->model.is_installed[q]);
}

static bool is_victim(const kn__denial_matrix *x, int32_t d)
{
    return d != x->net->zzu && in(x->o->of, d, true);
}

/* Calls the builder twice: first to count, then to fill. */
static void add_task(kn__denial_matrix *x, int32_t h, int32_t q, int32_t d, bool fill)
{
    int32_t count = 0;
    for (int32_t v = 0; v < x->model.economies; v++) {
        if (!is_victim(x, v) || (d >= 0 && v != d))
            continue;
        if (fill)
            x->rows[x->row_count + count] =
                (kn__choke_row){.holder = h, .product = q, .victim = v};
        count++;
    }
    if (!count)
        return;
    if (fill)
        x->tasks[x->task_count] = (kn__choke_task){
            .holder = h, .product = q, .first = x->row_count, .count = count};
    x->row_count += count;
    x->task_count++;
}

static void list_tasks(kn__denial_matrix *x, bool fill)
{
    int32_t economies = x->model.economies;
    x->row_count = x->task_count = 0;
    for (int32_t q = 0; q < x->model.products; q++) {
        if (!is_wanted(x, q))
            continue;
        world_shares(x, q, x->world);
        for (int32_t h = 0; h < economies; h++) {
            double world = x->world[h];
            if (x->o->mode != KN__TARGETED) {
                if (holds(x, q, h, -1, world))
                    add_task(x, h, q, -1, fill);
                continue;
            }
            for (int32_t d = 0; d < economies; d++)
                if (d != h && is_victim(x, d) &&
                    x->model.use[(int64_t)q * economies + d] > 0 &&
                    holds(x, q, h, d, world))
                    add_task(x, h, q, d, fill);
        }
    }
}

/* Victims of a stop are all but the holder, of an outage all; a targeted one is single.
 */
static kn_status set_victims(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena)
{
    int32_t e = x->model.economies;
    x->ids = KN__ARRAY(arena, ctx, e, int32_t);
    int32_t *others =
        x->o->mode == KN__TARGETED ? NULL : KN__ARRAY(arena, ctx, e * e, int32_t);
    if (!x->ids || (x->o->mode != KN__TARGETED && !others))
        return KN_ERR_MEMORY;
    for (int32_t d = 0; d < e; d++)
        x->ids[d] = d;
    for (int32_t h = 0; others && h < e; h++)
        for (int32_t d = 0, n = 0; d < e; d++)
            if (x->o->mode == KN__OUTAGE || d != h)
                others[(int64_t)h * e + n++] = d;
    for (int64_t k = 0; k < x->task_count; k++) {
        kn__choke_task *t = &x->tasks[k];
        t->victims =
            others ? others + (int64_t)t->holder * e : x->ids + x->rows[t->first].victim;
        t->victim_count = !others ? 1 : x->o->mode == KN__OUTAGE ? e : e - 1;
    }
    return KN_OK;
}

kn__denial kn__matrix_denial(const kn__denial_matrix *x, const kn__choke_task *t)
{
    return (kn__denial){.product = t->product,
                        .holders = &t->holder,
                        .holder_count = 1,
                        .victims = t->victims,
                        .victim_count = t->victim_count,
                        .share = x->o->share,
                        .targeted = x->o->mode == KN__TARGETED,
                        .end_day = INFINITY};
}

static void run_task(kn__denial_matrix *x, int worker, kn__choke_task *t)
{
    const kn__denial_model *m = &x->model;
    int64_t e = m->economies, cells = m->slices * e, last = cells - e;
    double *loss = x->scratch[worker], *sales = loss + cells, *bite = sales + cells;
    kn__denial denial = kn__matrix_denial(x, t);
    kn__shock shock = {.denials = &denial, .denial_count = 1};
    for (int end = 0; end < KN__END_COUNT; end++) {
        bool mid = end == KN__END_MID;
        kn__denial_run(x->work[worker], &shock, (kn__denial_end)end,
                       &(kn__denial_result){.loss = loss,
                                            .sales = mid ? sales : NULL,
                                            .bite_day = mid ? bite : NULL});
        for (int32_t k = 0; k < t->count; k++) {
            kn__choke_row *row = &x->rows[t->first + k];
            row->loss[end] = loss[last + row->victim];
            if (!mid)
                continue;
            row->bite = bite[row->victim];
            row->cost = sales[last + t->holder];
        }
    }
    t->done = true;
}

static kn_status run_tasks(void *arg, int worker, int64_t begin, int64_t end)
{
    kn__denial_matrix *x = arg;
    for (int64_t k = begin; k < end; k++)
        run_task(x, worker, &x->tasks[x->due[k]]);
    return KN_OK;
}

static void set_shares(kn__denial_matrix *x)
{
    for (int64_t k = 0; k < x->row_count; k++) {
        kn__choke_row *r = &x->rows[k];
        r->share = r->victim == r->holder ? NAN
                                          : kn__denial_share(&x->model, r->product,
                                                             &r->holder, 1, r->victim);
    }
}

kn_status kn__matrix_prepare(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena)
{
    KN__TRY(check_holders(x, ctx));
    x->world = KN__ARRAY(arena, ctx, x->model.economies, double);
    if (!x->world)
        return KN_ERR_MEMORY;
    list_tasks(x, false);
    x->rows = KN__ARRAY(arena, ctx, x->row_count, kn__choke_row);
    x->tasks = KN__ARRAY(arena, ctx, x->task_count, kn__choke_task);
    x->due = KN__ARRAY(arena, ctx, x->task_count, int64_t);
    if (!x->rows || !x->tasks || !x->due)
        return KN_ERR_MEMORY;
    list_tasks(x, true);
    KN__TRY(set_victims(x, ctx, arena));
    set_shares(x);
    if (x->o->model == KN__BY_DAYS)
        return KN_OK;
    int workers = kn__workers(ctx, x->task_count, CHUNK);
    int64_t cells = (int64_t)x->model.slices * x->model.economies;
    x->work = KN__ARRAY(arena, ctx, workers, kn__denial_work *);
    x->scratch = KN__ARRAY(arena, ctx, workers, double *);
    if (!x->work || !x->scratch)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++) {
        KN__TRY(kn__denial_work_new(&x->work[k], ctx, arena, &x->model));
        x->scratch[k] = KN__ARRAY(arena, ctx, 2 * cells + x->model.economies, double);
        if (!x->scratch[k])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

kn_status kn__matrix_run(kn__denial_matrix *x, kn_context *ctx)
{
    x->due_count = 0;
    for (int64_t k = 0; k < x->task_count; k++)
        if (!x->tasks[k].done && !x->tasks[k].out)
            x->due[x->due_count++] = k;
    return x->o->model == KN__BY_DAYS
               ? kn__matrix_run_daily(x, ctx)
               : kn__parallel_for(ctx, "denials", x->due_count, CHUNK, run_tasks, x);
}

typedef struct candidate {
    double loss, most; /* of the victim who loses most: centre, upper end */
    int64_t task;
} candidate;

static int by_loss(const void *a, const void *b)
{
    const candidate *x = a, *y = b;
    if (x->loss != y->loss)
        return x->loss > y->loss ? -1 : 1;
    if (x->most != y->most)
        return x->most > y->most ? -1 : 1;
    return x->task < y->task ? -1 : x->task > y->task;
}

kn_status kn__matrix_screen(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                            const kn__denial_matrix *by, int64_t most)
{
    candidate *list = KN__ARRAY(arena, ctx, x->task_count, candidate);
    if (!list)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < x->task_count; k++) {
        const kn__choke_task *t = &by->tasks[k];
        list[k].task = k;
        for (int32_t v = 0; v < t->count; v++) {
            const double *loss = by->rows[t->first + v].loss;
            list[k].loss = fmax(list[k].loss, loss[KN__END_MID]);
            list[k].most = fmax(list[k].most, loss[KN__END_HIGH]);
        }
    }
    qsort(list, (size_t)x->task_count, sizeof *list, by_loss);
    for (int64_t k = most; k < x->task_count; k++)
        x->tasks[list[k].task].out = true;
    return KN_OK;
}
