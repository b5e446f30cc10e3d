/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_RESUME_H
#define KN_LENS_CASCADE_DAILY_RESUME_H

#include "kernel/state.h"
#include "lens/cascade/daily_leak.h"
#include "lens/cascade/daily_tables.h"

/* A run that stops and goes on later, through the context's checkpoint
   (kn_context_set_checkpoint). What is kept is everything that the next day follows from;
   the rest of the run has the bits of one that never stopped. */
typedef struct kn__daily_stand {
    kn_context *ctx;
    const kn_scenario *scenario;
    const kn__daily_net *net;
    const kn__daily_options *options;
    kn__daily_day *day;
    kn__daily_leak *leak;
    kn__daily_story *story;
    kn_table *path;
    /* Where it stopped: which of its ends is under way, and the next day. */
    int32_t turn;
    int64_t next_day;
    kn__state state; /* while `found`: what is not yet loaded */
    void *bytes;
    bool found;
} kn__daily_stand;

/* Loads what there is up to the engine. Without a checkpoint, or one that holds nothing,
   `found` is false. Errors: KN_ERR_USAGE (the option checkpoint without one in the
   context), KN_ERR_DATA (of another run, damaged), KN_ERR_IO, KN_ERR_MEMORY. */
kn_status kn__daily_find(kn__daily_stand *stand);
/* Loads the rest into an engine that has begun; found is false from now on. */
kn_status kn__daily_go_on(kn__daily_stand *stand, kn__engine *engine, int end);
/* Keeps the state of a run that stops before `next_day` of its turn. */
kn_status kn__daily_keep(kn__daily_stand *stand, kn__engine *engine);
/* After the last day: nothing is left to go on with. */
kn_status kn__daily_forget(kn__daily_stand *stand);
void kn__daily_stand_release(kn__daily_stand *stand);

#endif
