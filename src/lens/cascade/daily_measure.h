/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_MEASURE_H
#define KN_LENS_CASCADE_DAILY_MEASURE_H

#include "lens/cascade/daily.h"

/* What the parts of the daily model ask of a measure. */

bool kn__ids_has(kn_ids ids, int32_t id);

/* The day from which a measure no longer holds; infinite without an end. */
double kn__measure_end(const kn__measure *m);

/* How far a measure is in force on day t, 0 to 1: (t - start + 1) / ramp at first, 1
   while it lasts, then a straight line back to 0 over its recovery. */
double kn__measure_force(const kn__measure *m, double t);

/* Bans, quotas, denied firms: what closes doors between pairs. */
bool kn__measure_is_trade(const kn__measure *m);

/* Whether a measure meets every economy but the senders and the unseen. */
bool kn__measure_meets_all(const kn__measure *m, const kn_network *net);

/* Whether it stands between producer i (of daily) and users in economy d; `all` is what
   kn__measure_meets_all says of it. Products are not looked at. */
bool kn__measure_between(const kn__measure *m, bool all, const kn__daily_net *daily,
                         int32_t i, int32_t d);

#endif
