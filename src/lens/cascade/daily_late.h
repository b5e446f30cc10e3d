/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_LATE_H
#define KN_LENS_CASCADE_DAILY_LATE_H

#include "kernel/state.h"
#include "lens/cascade/daily_measure.h"

/* Goods that are made and sent but come late: they wait for a licence, or take the long
   way around a closed passage. A delay of L days holds back what would come in on the
   first L days, and gives it back over L days once the measure ends; in between goods
   come as they are ordered. Orders do not replace what is on its way. */
typedef struct kn__daily_late kn__daily_late;

/* Errors: KN_ERR_MEMORY. */
kn_status kn__daily_late_new(kn__daily_late **late, kn_context *ctx, kn__arena *arena,
                             const kn__daily_net *daily, const kn_scenario *scenario);
/* Before the first day of a run. */
void kn__daily_late_start(kn__daily_late *late, kn__engine *engine);
/* After the step of day t. Returns what it added to stocks, in amounts; below 0 when more
   was held back. */
double kn__daily_late_move(kn__daily_late *late, kn__engine *engine, int64_t t);
/* What is on the way, in amounts. */
double kn__daily_late_held(const kn__daily_late *late);
void kn__daily_late_state(kn__daily_late *late, kn__engine *engine, kn__state *state);

#endif
