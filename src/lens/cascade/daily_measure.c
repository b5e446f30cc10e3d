/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/daily_measure.h"

#include <math.h>
#include <string.h>

double kn__measure_force(const kn__measure *m, double t)
{
    double in = t - m->start_day + 1, over = t - kn__measure_end(m);
    if (in <= 0)
        return 0;
    if (over < 0)
        return in < m->ramp_days ? in / m->ramp_days : 1;
    return m->recover_days > 0 ? fmax(0, 1 - over / m->recover_days) : 0;
}

bool kn__measure_is_trade(const kn__measure *m)
{
    return m->op == KN__EXPORT_BAN || m->op == KN__EXPORT_QUOTA ||
           m->op == KN__ENTITY_DENIAL;
}

bool kn__measure_between(const kn__measure *m, bool all, const kn__daily_net *daily,
                         int32_t i, int32_t d)
{
    int32_t s = daily->economy[i];
    if (m->op == KN__ENTITY_DENIAL)
        return !strcmp(daily->net->producers[daily->producer[i]].firm, m->name) &&
               kn__ids_has(m->to, d);
    if (s == d || !kn__ids_has(m->from, s))
        return false;
    return all ? !kn__ids_has(m->from, d) : kn__ids_has(m->to, d);
}
