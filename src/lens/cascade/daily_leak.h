/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_LEAK_H
#define KN_LENS_CASCADE_DAILY_LEAK_H

#include "kernel/state.h"
#include "lens/cascade/daily.h"

/* Which way leaked goods go. What gets round a ban is bought by third countries, who are
   no party to it, in proportion to what they normally buy of the same producer, and is
   passed on: the holder makes it, the victim uses it, nobody in between does. */
typedef struct kn__daily_leak kn__daily_leak;

/* Errors: KN_ERR_MEMORY. */
kn_status kn__daily_leak_new(kn__daily_leak **leak, kn_context *ctx, kn__arena *arena,
                             const kn__daily_net *daily, const kn__daily_day *day,
                             const kn_scenario *scenario);
/* Counts what leaked in the step of day t. */
void kn__daily_leak_take(kn__daily_leak *leak, const kn__engine *engine, int64_t t);
/* Rows of the table `leaks`, largest first, and the info leaked_musd. */
kn_status kn__daily_leak_write(const kn__daily_leak *leak, kn_context *ctx,
                               kn_table *table, kn_result *result);
void kn__daily_leak_state(kn__daily_leak *leak, kn__state *state);

#endif
