/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_MEASURE_H
#define KN_LENS_CASCADE_DAILY_MEASURE_H

#include "lens/cascade/daily.h"

/* What the parts of the daily model ask of a measure. */

/* How far a measure is in force on day t, 0 to 1: (t - start + 1) / ramp at first, 1
   while it lasts, then a straight line back to 0 over its recovery. */
double kn__measure_force(const kn__measure *m, double t);

/* Bans, quotas, denied firms: what closes doors between pairs. */
bool kn__measure_is_trade(const kn__measure *m);

/* Whether it stands between producer i (of daily) and users in economy d; `all` is what
   kn__measure_meets_all says of it. Products are not looked at. */
bool kn__measure_between(const kn__measure *m, bool all, const kn__daily_net *daily,
                         int32_t i, int32_t d);

#endif
