/* SPDX-License-Identifier: Apache-2.0 */
#include "study/sweep.h"

#include <math.h>
#include <string.h>

#include "kernel/sample.h"
#include "kernel/text.h"
#include "kernel/threads.h"
#include "study/run.h"

enum { BATCH = 8 }; /* samples of a worker between two reports of progress */

double *kn__sweep_values(const kn__sweep *s, int64_t sample)
{
    return s->value + sample * s->row_count * s->number_count;
}

/* ---- One sample ---- */

/* Takes the numbers out of the first table of a run; rows are found by their keys. */
static kn_status take_numbers(const kn__sweep *s, double *to, const kn_table *table)
{
    if (kn_table_rows(table) != s->row_count)
        return KN_ERR_INTERNAL;
    for (int64_t r = 0; r < s->row_count; r++) {
        kn__row own = {table, r};
        int64_t low = 0, high = s->row_count;
        while (low < high) {
            int64_t mid = (low + high) / 2;
            if (kn__row_compare(&s->rows[mid], &own) < 0)
                low = mid + 1;
            else
                high = mid;
        }
        if (low == s->row_count || kn__row_compare(&s->rows[low], &own) != 0)
            return KN_ERR_INTERNAL;
        for (int32_t k = 0; k < s->number_count; k++)
            to[s->rows[low].row * s->number_count + k] =
                kn_table_number(table, r, s->column[k]);
    }
    return KN_OK;
}

static void move(const kn__sweep *s, kn__sweeper *w, int64_t sample)
{
    int32_t at = s->o->setting_count;
    if (s->scenario->count)
        memcpy(w->scenario.measures, s->scenario->measures,
               (size_t)s->scenario->count * sizeof *s->scenario->measures);
    for (int32_t k = 0; k < s->o->over_count; k++) {
        double value = s->drawn[sample * s->o->over_count + k];
        kn__parameter_apply(&s->parameter[k], &w->scenario, value);
        if (!s->parameter[k].option)
            continue;
        kn__format_number(w->text[k], value);
        w->settings[at++] = (kn_setting){s->parameter[k].key, w->text[k]};
    }
}

static kn_status run_sample(const kn__sweep *s, kn__sweeper *w, int64_t sample)
{
    int32_t settings = s->o->setting_count;
    kn_result *result;
    for (int32_t k = 0; k < s->o->over_count; k++)
        settings += s->parameter[k].option != NULL;
    move(s, w, sample);
    kn_status found = kn_lens_run(&result, w->ctx, s->lens, s->net, &w->scenario,
                                  w->settings, settings);
    if (found == KN_NOTE_INTERRUPTED)
        found = KN_ERR_CANCELLED;
    if (found >= 0) {
        kn_status status =
            take_numbers(s, kn__sweep_values(s, sample), kn_result_table(result, 0));
        if (status < 0)
            found = kn__fail(w->ctx, status, "the rows of its table changed");
        s->done[sample] = found == KN_NOTE_NOT_CONVERGED ? 2 : found >= 0;
    }
    kn_result_free(result);
    return found;
}

static kn_status run_samples(void *arg, int worker, int64_t begin, int64_t end)
{
    const kn__sweep *s = arg;
    kn__sweeper *w = &s->worker[worker];
    for (int64_t k = s->first + begin; k < s->first + end; k++) {
        kn_status status = s->done[k] ? KN_OK : run_sample(s, w, k);
        if (status < 0) {
            w->failed = k;
            return status;
        }
    }
    return KN_OK;
}

/* ---- Preparation ---- */

static kn_status draw(kn__sweep *s)
{
    int32_t n = (int32_t)s->o->samples, m = s->o->over_count;
    int32_t *order = KN__ARRAY(s->arena, s->ctx, n, int32_t);
    s->drawn = KN__ARRAY(s->arena, s->ctx, (int64_t)n * m, double);
    if (!order || !s->drawn)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < m; k++) {
        kn__latin_levels(s->drawn + k, m, order, n, s->seed, (uint64_t)k);
        for (int64_t i = 0; i < n; i++)
            s->drawn[i * m + k] = kn__parameter_at(&s->parameter[k], s->drawn[i * m + k]);
    }
    return KN_OK;
}

/* The run with nothing moved tells which rows and numbers there are. */
static kn_status run_centre(kn__sweep *s)
{
    kn_status found = kn_lens_run(&s->centre, s->ctx, s->lens, s->net, s->scenario,
                                  s->o->settings, s->o->setting_count);
    if (found == KN_NOTE_INTERRUPTED)
        return kn__fail(s->ctx, KN_ERR_CANCELLED, "interrupted before the first draw");
    KN__TRY(found);
    s->table = kn_result_table(s->centre, 0);
    s->decl = kn_table_declaration(s->table);
    s->keys = kn__key_columns(s->decl);
    s->row_count = kn_table_rows(s->table);
    s->rows = kn__rows_sorted(s->ctx, s->arena, s->table);
    s->column = KN__ARRAY(s->arena, s->ctx, s->decl->column_count, int32_t);
    if (!s->rows || !s->column)
        return KN_ERR_MEMORY;
    for (int32_t c = s->keys; c < s->decl->column_count; c++)
        if (s->decl->columns[c].type == KN_COLUMN_NUMBER)
            s->column[s->number_count++] = c;
    int64_t cells = s->row_count * s->number_count;
    s->value = KN__ARRAY(s->arena, s->ctx, s->o->samples * cells, double);
    s->done = KN__ARRAY(s->arena, s->ctx, s->o->samples, unsigned char);
    s->saved = KN__ARRAY(s->arena, s->ctx, s->o->samples, unsigned char);
    return s->value && s->done && s->saved ? KN_OK : KN_ERR_MEMORY;
}

static kn_status prepare_worker(kn__sweep *s, kn__sweeper *w)
{
    int64_t settings = (int64_t)s->o->setting_count + s->o->over_count;
    if (kn__context_worker(&w->ctx, s->ctx) < 0)
        return kn__fail(s->ctx, KN_ERR_MEMORY, "out of memory");
    w->failed = -1;
    w->scenario = *s->scenario;
    w->scenario.measures = KN__ARRAY(s->arena, s->ctx, s->scenario->count, kn__measure);
    w->settings = KN__ARRAY(s->arena, s->ctx, settings, kn_setting);
    w->text = kn__arena_alloc(s->arena, s->ctx, s->o->over_count, sizeof *w->text);
    if (!w->scenario.measures || !w->settings || !w->text)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->o->setting_count; k++)
        w->settings[k] = s->o->settings[k];
    return KN_OK;
}

static kn_status prepare(kn__sweep *s)
{
    KN__TRY(kn__sweep_parameters(s));
    KN__TRY(draw(s));
    KN__TRY(run_centre(s));
    s->worker = KN__ARRAY(s->arena, s->ctx, kn_context_threads(s->ctx), kn__sweeper);
    if (!s->worker)
        return KN_ERR_MEMORY;
    int workers = kn__workers(s->ctx, s->o->samples, 1);
    while (s->workers < workers)
        KN__TRY(prepare_worker(s, &s->worker[s->workers++]));
    return KN_OK;
}

/* ---- All samples ---- */

/* Says which sample failed, with what and why: that of the lowest number. */
static kn_status explain_failure(kn__sweep *s, kn_status status)
{
    const kn__sweeper *first = NULL;
    for (int k = 0; k < s->workers; k++)
        if (s->worker[k].failed >= 0 && (!first || s->worker[k].failed < first->failed))
            first = &s->worker[k];
    if (!first || status == KN_ERR_CANCELLED)
        return status;
    kn__text moved;
    kn__text_init(&moved, s->ctx, 4096);
    for (int32_t k = 0; k < s->o->over_count; k++) {
        kn__text_addf(&moved, "%s%s=", k ? ", " : "", s->parameter[k].key);
        kn__text_number(&moved, s->drawn[first->failed * s->o->over_count + k]);
    }
    kn_context_clear(s->ctx);
    kn__fail(s->ctx, status, "sample %lld (%s): %s", (long long)first->failed + 1,
             moved.data, kn_context_error(first->ctx));
    kn__text_release(&moved);
    return status;
}

static kn_status run_all(kn__sweep *s)
{
    int64_t n = s->o->samples, batch = (int64_t)BATCH * s->workers;
    kn_status status = KN_OK;
    for (s->first = 0; status >= 0 && s->first < n; s->first += batch) {
        int64_t count = n - s->first < batch ? n - s->first : batch;
        KN__TRY(kn__progress(s->ctx, "sweep", (double)s->first / (double)n));
        status = kn__parallel_for(s->ctx, NULL, count, 1, run_samples, s);
        kn_status saved = kn__sweep_save(s, s->first, s->first + count);
        status = status < 0 ? explain_failure(s, status) : saved;
    }
    return status;
}

static int64_t count_done(const kn__sweep *s, unsigned char least)
{
    int64_t count = 0;
    for (int64_t k = 0; k < s->o->samples; k++)
        count += s->done[k] >= least;
    return count;
}

static kn_status describe(kn__sweep *s, kn_result *result)
{
    KN__TRY(kn_result_info(result, s->ctx, "lens", s->lens->name, 0));
    KN__TRY(kn_result_info(result, s->ctx, "scenario", s->scenario->title, 0));
    KN__TRY(kn_result_info(result, s->ctx, "scenario_sha256", s->scenario->sha256, 0));
    KN__TRY(kn_result_info(result, s->ctx, "samples", NULL, (double)count_done(s, 1)));
    KN__TRY(kn_result_info(result, s->ctx, "seed", NULL, (double)s->seed));
    for (int32_t k = 0; k < s->o->over_count; k++) {
        char *key = kn__arena_format(s->arena, s->ctx, "over.%s", s->parameter[k].key);
        if (!key)
            return KN_ERR_MEMORY;
        KN__TRY(kn_result_info(result, s->ctx, key, s->o->over[k].value, 0));
    }
    KN__TRY(kn_result_info(result, s->ctx, "null_shock", "exactly zero", 0));
    return kn__note_options(result, s->ctx, s->arena, s->lens, s->o->settings,
                            s->o->setting_count);
}

/* What is left to say when all runs are over, or some: the note to return. */
static kn_status finish(kn__sweep *s, kn_result *result, kn_status status)
{
    kn_status found = KN_OK;
    int64_t loose = count_done(s, 2), done = count_done(s, 1);
    if (status == KN_ERR_CANCELLED && done > 0) {
        kn_context_clear(s->ctx);
        found = KN_NOTE_INTERRUPTED;
        KN__TRY(kn_result_note(result, s->ctx, "Interrupted: %lld of %lld draws.",
                               (long long)done, (long long)s->o->samples));
    } else {
        KN__TRY(status);
    }
    if (loose) {
        found = found ? found : KN_NOTE_NOT_CONVERGED;
        KN__TRY(kn_result_note(result, s->ctx, "%lld of %lld draws did not converge.",
                               (long long)loose, (long long)done));
    }
    KN__TRY(describe(s, result));
    KN__TRY(kn__sweep_write(s, result));
    return found;
}

static kn_status check(kn_context *ctx, const kn_lens *lens, const kn_sweep_options *o)
{
    if (o->version != 1)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "sweep options of version %d, this library knows version 1",
                        o->version);
    if (!lens->operations)
        return kn__fail(ctx, KN_ERR_USAGE, "%s takes no scenario to sweep over",
                        lens->name);
    if (o->samples < 2 || o->samples > 1000000)
        return kn__fail(ctx, KN_ERR_USAGE, "--samples: expected 2 to 1000000");
    return KN_OK;
}

kn_status kn_sweep(kn_result **result, kn_context *context, const kn_lens *lens,
                   const kn_network *network, const kn_scenario *scenario,
                   const kn_sweep_options *options)
{
    kn__sweep s = {.ctx = context,
                   .lens = lens,
                   .net = network,
                   .scenario = scenario,
                   .o = options,
                   .seed = options->seed < 0 ? scenario->seed : (uint64_t)options->seed};
    kn_result *made = NULL;
    *result = NULL;
    KN__TRY(check(context, lens, options));
    KN__TRY(kn__arena_new(&s.arena, context));
    kn_status status = kn_result_new(&made, context);
    if (status >= 0)
        status = prepare(&s);
    if (status >= 0)
        status = kn__sweep_load(&s);
    if (status >= 0)
        status = finish(&s, made, run_all(&s));
    for (int k = 0; k < s.workers; k++)
        kn_context_free(s.worker[k].ctx);
    kn_result_free(s.centre);
    kn__arena_free(s.arena);
    if (status < 0)
        kn_result_free(made);
    else
        *result = made;
    return status;
}
