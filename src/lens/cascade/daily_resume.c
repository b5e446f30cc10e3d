/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_resume.h"

#include <math.h>
#include <stdio.h>

#include "kernel/text.h"
#include "lens/cascade/daily_late.h"
#include "lens/cascade/daily_tools.h"
#include "lens/cascade/engine_keep.h"

enum { LONGEST_LABEL = 256 };

/* ---- Which run ---- */

static void add_options(kn__text *text, const kn__daily_options *o)
{
    const int64_t whole[] = {o->days,   o->slice_days, o->production, o->ordering,
                             o->target, o->sourcing,   o->rationing,  o->adaptation};
    const double number[] = {
        o->stock_days, o->restore_days, o->need,       o->search_days, o->search_share,
        o->spare,      o->adapt_days,   o->elasticity, o->leak,        o->leak_days};
    kn__text_addf(text, "options %s", o->model);
    for (size_t k = 0; k < sizeof whole / sizeof *whole; k++)
        kn__text_addf(text, " %lld", (long long)whole[k]);
    for (size_t k = 0; k < sizeof number / sizeof *number; k++) {
        kn__text_add(text, " ");
        if (isnan(number[k]))
            kn__text_add(text, "-");
        else
            kn__text_number(text, number[k]);
    }
    for (int32_t k = 0; k < o->allies.count; k++)
        kn__text_addf(text, " %d", (int)o->allies.id[k]);
    kn__text_add(text, "\n");
}

/* Everything the bits of a run follow from, a line each. */
static kn_status name_run(kn__text *text, const kn__daily_stand *s)
{
    kn__text_init(text, s->ctx, 0);
    kn__text_addf(text, "program %s\nnetwork %s\nscenario %s\n", kn__build_id,
                  s->net->net->sha256, s->scenario->sha256);
    add_options(text, s->options);
    return kn__text_status(text);
}

/* The checkpoint of this run; none without measures: the check that must give zero. */
static const kn_cache *checkpoint_of(const kn__daily_stand *s)
{
    return s->options->checkpoint && s->scenario->count ? kn__checkpoint(s->ctx) : NULL;
}

/* ---- What is kept ---- */

static void keep_path_row(kn__daily_stand *s, int64_t row)
{
    char label[2][LONGEST_LABEL] = {"", ""};
    double number[3] = {0};
    static const int32_t text_at[] = {1, 2}, number_at[] = {0, 3, 4};
    for (int k = 0; k < 2; k++) {
        if (!s->state.loads)
            snprintf(label[k], LONGEST_LABEL, "%s",
                     kn_table_text(s->path, row, text_at[k]));
        kn__state_text(&s->state, label[k], LONGEST_LABEL);
    }
    for (int k = 0; k < 3; k++) {
        if (!s->state.loads)
            number[k] = kn_table_number(s->path, row, number_at[k]);
        KN__STATE(&s->state, &number[k], 1);
    }
    kn_cell cells[] = {{.number = number[0]},
                       {.text = label[0]},
                       {.text = label[1]},
                       {.number = number[1]},
                       {.number = number[2]}};
    if (s->state.loads && s->state.status >= 0)
        s->state.status = kn_table_append(s->path, s->ctx, cells);
}

static void keep_before(kn__daily_stand *s)
{
    int64_t rows = kn_table_rows(s->path);
    KN__STATE(&s->state, &s->turn, 1);
    KN__STATE(&s->state, &s->next_day, 1);
    kn__daily_story_state(s->story, &s->state);
    kn__daily_leak_state(s->leak, &s->state);
    KN__STATE(&s->state, &rows, 1);
    for (int64_t row = 0; row < rows && s->state.status >= 0; row++)
        keep_path_row(s, row);
}

static void keep_after(kn__daily_stand *s, kn__engine *engine)
{
    kn__engine_keep(engine, &s->state);
    kn__daily_late_state(s->day->late, engine, &s->state);
    kn__daily_tools_state(s->day->tools, &s->state);
}

/* ---- Loading and saving ---- */

kn_status kn__daily_find(kn__daily_stand *s)
{
    const kn_cache *checkpoint = checkpoint_of(s);
    kn__text key;
    int64_t count = 0;
    if (s->options->checkpoint && !kn__checkpoint(s->ctx))
        return kn__fail(s->ctx, KN_ERR_USAGE,
                        "a checkpoint needs a place to be kept: "
                        "kn_context_set_checkpoint");
    if (!checkpoint)
        return KN_OK;
    kn_status status = name_run(&key, s);
    if (status >= 0)
        status = checkpoint->get(checkpoint->user, s->ctx, s->net->net, key.data,
                                 &s->bytes, &count);
    kn__text_release(&key);
    if (status < 0 || !s->bytes)
        return status;
    kn__state_load(&s->state, s->ctx, s->bytes, count);
    keep_before(s);
    s->found = true;
    return s->state.status;
}

kn_status kn__daily_go_on(kn__daily_stand *s, kn__engine *engine, int end)
{
    keep_after(s, engine);
    kn__state_end(&s->state);
    kn__daily_weights(engine, s->day, s->net, end, (double)s->next_day);
    s->found = false;
    return s->state.status;
}

kn_status kn__daily_keep(kn__daily_stand *s, kn__engine *engine)
{
    const kn_cache *checkpoint = checkpoint_of(s);
    kn__text key;
    if (!checkpoint)
        return KN_OK;
    kn_status status = name_run(&key, s);
    kn__state_save(&s->state, s->ctx);
    keep_before(s);
    keep_after(s, engine);
    if (status >= 0)
        status = s->state.status;
    if (status >= 0)
        status = checkpoint->put(checkpoint->user, s->ctx, s->net->net, key.data,
                                 s->state.byte, s->state.count);
    kn__state_release(&s->state);
    kn__text_release(&key);
    return status;
}

kn_status kn__daily_forget(kn__daily_stand *s)
{
    const kn_cache *checkpoint = checkpoint_of(s);
    return checkpoint
               ? checkpoint->put(checkpoint->user, s->ctx, s->net->net, "", NULL, 0)
               : KN_OK;
}

void kn__daily_stand_release(kn__daily_stand *s)
{
    kn__release(s->ctx, s->bytes);
    s->bytes = NULL;
}
