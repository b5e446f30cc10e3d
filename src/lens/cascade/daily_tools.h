/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_TOOLS_H
#define KN_LENS_CASCADE_DAILY_TOOLS_H

#include "kernel/state.h"
#include "lens/cascade/daily.h"

/* Fleets of equipment, one for each row of the network's equipment and each economy.
   Tools are bought by final users (investment). With r what they receive over normal and
   s the share of normal deliveries that closed doors stop:
   installed  k <- min(1, k + (r - k) / life), which for a constant lack g = 1 - r is
              1 - g (1 - exp(-t / life)); never above what the output needs
   uptime     1 - s kappa once s has lasted the service interval
   expansion  lost growth += growth (1 - r) a year
   capacity   uptime (1 - dependent (1 - k)), of the scarcest tool
   orders     1 + min(1, (1 - k) life / catch-up) of normal: what was not renewed is
              bought within a year, at most at double pace, if makers can.
   Equations of the denial model (docs/lens/chokepoints), one step a day. */
typedef struct kn__daily_tools kn__daily_tools;

/* Errors: KN_ERR_MEMORY. */
kn_status kn__daily_tools_new(kn__daily_tools **tools, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *daily, const kn_scenario *scenario);
void kn__daily_tools_start(kn__daily_tools *tools);
/* Before a step: what fleets leave of capacity, what is ordered to renew them. */
void kn__daily_tools_set(const kn__daily_tools *tools, kn__daily_day *day);
/* After a step: fleets age by what came in. Of each group of final users what they got
   and wanted stands at every `stride`-th place. */
void kn__daily_tools_age(kn__daily_tools *tools, const kn__daily_day *day,
                         const double *met, const double *wanted, int64_t stride);
/* Rows of the table `fleets`: those that suffered. */
kn_status kn__daily_tools_write(const kn__daily_tools *tools, kn_context *ctx,
                                kn_table *table);
void kn__daily_tools_state(kn__daily_tools *tools, kn__state *state);

#endif
