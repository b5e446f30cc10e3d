/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "kernel/sample.h"
#include "kernel/threads.h"
#include "study/uncertainty.h"

enum { CHUNK = 2 };
static const double LOW_LEVEL = 0.05, HIGH_LEVEL = 0.95;

double *kn__uncertain_figure(const kn__uncertain *u, kn__figure figure, int32_t row)
{
    return u->figure + ((int64_t)figure * u->row_count + row) * u->run_count;
}

double *kn__uncertain_scenario(const kn__uncertain *u, int32_t slice, int32_t economy)
{
    return u->scenario +
           ((int64_t)slice * u->net->economy_count + economy) * u->run_count;
}

int32_t kn__uncertain_first(const kn__uncertain *u, int32_t row)
{
    int32_t first = 0;
    while (u->rows[first]->product != u->rows[row]->product ||
           u->rows[first]->victim != u->rows[row]->victim)
        first++;
    return first;
}

/* ---- Preparation ---- */

/* One factor alone at its low, then its high level; of suppliers the first holder. */
static void set_alone(kn__uncertain *u, int32_t factor)
{
    int32_t at = factor;
    if (factor == KN__FACTOR_SUPPLIER && u->row_count)
        at += u->rows[0]->holder;
    for (int end = 0; end < 2; end++) {
        double *level =
            u->levels + (int64_t)(u->samples + 2 * factor + end) * u->level_count;
        level[at] = end ? HIGH_LEVEL : LOW_LEVEL;
    }
}

static kn_status draw_levels(kn__uncertain *u)
{
    int32_t *order = KN__ARRAY(u->arena, u->ctx, u->samples, int32_t);
    int64_t cells = (int64_t)u->run_count * u->level_count;
    u->levels = KN__ARRAY(u->arena, u->ctx, cells, double);
    if (!order || !u->levels)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < cells; k++)
        u->levels[k] = NAN;
    for (int32_t k = 0; k < u->level_count; k++)
        kn__latin_levels(u->levels + k, u->level_count, order, u->samples,
                         (uint64_t)u->o->seed, (uint64_t)k);
    for (int32_t f = 0; f < KN__FACTOR_COUNT; f++)
        set_alone(u, f);
    return KN_OK;
}

static kn_status prepare_drawer(kn__uncertain *u, kn__drawer *d, const char *grades)
{
    const kn__denial_model *m = &u->matrix.model;
    int64_t cells = (int64_t)m->slices * m->economies, n = u->net->producer_count;
    if (kn__context_worker(&d->ctx, u->ctx) < 0)
        return kn__fail(u->ctx, KN_ERR_MEMORY, "out of memory");
    KN__TRY(kn__perturbed_new(&d->model, u->ctx, u->arena, u->net, m, grades));
    KN__TRY(kn__denial_work_new(&d->work, u->ctx, u->arena, &d->model.model));
    d->loss = KN__ARRAY(u->arena, u->ctx, cells, double);
    if (!d->loss)
        return KN_ERR_MEMORY;
    if (!u->o->exposure)
        return KN_OK;
    d->b = KN__ARRAY(u->arena, u->ctx, n, double);
    d->x = KN__ARRAY(u->arena, u->ctx, n, double);
    if (!d->b || !d->x)
        return KN_ERR_MEMORY;
    return kn__moved_new(&d->moved, u->ctx, u->arena, u->net);
}

kn_status kn__uncertain_prepare(kn__uncertain *u)
{
    const kn__denial_model *m = &u->matrix.model;
    u->samples = (int32_t)u->o->samples;
    u->run_count = u->samples + 2 * KN__FACTOR_COUNT + 1;
    u->level_count = kn__level_count(m->economies);
    int64_t shown = u->shock ? (int64_t)m->slices * m->economies : 0;
    int workers = kn__workers(u->ctx, u->run_count, CHUNK);
    u->figure =
        KN__ARRAY(u->arena, u->ctx,
                  (int64_t)KN__FIGURE_COUNT * u->row_count * u->run_count, double);
    u->scenario = KN__ARRAY(u->arena, u->ctx, shown * u->run_count, double);
    u->drawer = KN__ARRAY(u->arena, u->ctx, workers, kn__drawer);
    const char *grades = kn__share_grades(u->ctx, u->arena, u->net, m);
    if (!u->figure || !u->scenario || !u->drawer || !grades)
        return KN_ERR_MEMORY;
    KN__TRY(draw_levels(u));
    while (u->drawers < workers)
        KN__TRY(prepare_drawer(u, &u->drawer[u->drawers++], grades));
    return KN_OK;
}

/* ---- One run ---- */

static const double *run_shock(kn__drawer *d, const kn__shock *shock)
{
    kn__denial_run(d->work, shock, KN__END_MID, &(kn__denial_result){.loss = d->loss});
    return d->loss;
}

/* Unseen suppliers count as many and small. */
static double concentration(const kn__denial_model *m, int32_t q, int32_t victim)
{
    int64_t e = m->economies;
    double sum = 0;
    for (int64_t s = 0; s < e; s++) {
        double share = m->share[(q * e + s) * e + victim];
        sum += s == m->unseen ? 0 : share * share;
    }
    return sum;
}

static kn_status run_row(kn__uncertain *u, kn__drawer *d, int32_t row, int64_t run)
{
    const kn__choke_row *r = u->rows[row];
    const kn__denial_model *m = &d->model.model;
    kn__denial denial = kn__matrix_denial(&u->matrix, u->tasks[row]);
    const double *loss =
        run_shock(d, &(kn__shock){.denials = &denial, .denial_count = 1});
    double *through = &kn__uncertain_figure(u, KN__FIGURE_THROUGH, row)[run];
    kn__uncertain_figure(u, KN__FIGURE_LOSS, row)[run] =
        loss[(int64_t)(m->slices - 1) * m->economies + r->victim];
    kn__uncertain_figure(u, KN__FIGURE_SHARE, row)[run] =
        kn__denial_share(m, r->product, &r->holder, 1, r->victim);
    kn__uncertain_figure(u, KN__FIGURE_HHI, row)[run] =
        concentration(m, r->product, r->victim);
    return u->o->exposure ? kn__moved_through(through, d->ctx, &d->moved, r->holder,
                                              r->product, r->victim, d->b, d->x)
                          : KN_OK;
}

/* Without measures nothing may be lost, whatever the figures are. */
static kn_status run_scenario(kn__uncertain *u, kn__drawer *d, int64_t run)
{
    const kn__denial_model *m = &d->model.model;
    const double *loss = run_shock(d, &(kn__shock){0});
    for (int64_t k = 0; k < (int64_t)m->slices * m->economies; k++)
        if (loss[k] != 0)
            return kn__fail(d->ctx, KN_ERR_INTERNAL,
                            "without any measure a draw loses something");
    loss = run_shock(d, u->shock);
    for (int32_t t = 0; t < m->slices; t++)
        for (int32_t e = 0; e < m->economies; e++)
            kn__uncertain_scenario(u, t, e)[run] = loss[(int64_t)t * m->economies + e];
    return KN_OK;
}

static kn_status run_one(kn__uncertain *u, kn__drawer *d, int64_t run)
{
    const double *levels = u->levels + run * u->level_count;
    kn_status status = KN_OK;
    kn__perturb(&d->model, levels);
    if (u->o->exposure)
        kn__moved_set(&d->moved, &d->model, levels[KN__FACTOR_VALUE]);
    for (int32_t r = 0; status >= 0 && r < u->row_count; r++)
        status = run_row(u, d, r, run);
    if (status >= 0 && u->shock)
        status = run_scenario(u, d, run);
    return status;
}

static kn_status run_some(void *arg, int worker, int64_t begin, int64_t end)
{
    kn__uncertain *u = arg;
    for (int64_t k = begin; k < end; k++)
        KN__TRY(run_one(u, &u->drawer[worker], k));
    return KN_OK;
}

kn_status kn__uncertain_run(kn__uncertain *u)
{
    kn_status status =
        kn__parallel_for(u->ctx, "draws", u->run_count, CHUNK, run_some, u);
    for (int k = 0; status < 0 && status != KN_ERR_CANCELLED && k < u->drawers; k++)
        if (kn_context_error_status(u->drawer[k].ctx) == status) {
            kn_context_clear(u->ctx);
            return kn__fail(u->ctx, status, "%s", kn_context_error(u->drawer[k].ctx));
        }
    return status;
}
