/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trouble.h"

#include <math.h>
#include <string.h>

void kn__trouble_misses(kn__trouble *t, const double *miss, int64_t n)
{
    t->misses = 0;
    for (int64_t at = 0; at < n; at++) {
        int32_t k = t->misses;
        while (k > 0 && !(fabs(t->miss[k - 1]) >= fabs(miss[at])))
            k--;
        if (k == KN__MISSES)
            continue;
        t->misses += t->misses < KN__MISSES;
        size_t later = (size_t)(t->misses - k - 1);
        memmove(t->miss + k + 1, t->miss + k, later * sizeof *t->miss);
        memmove(t->market + k + 1, t->market + k, later * sizeof *t->market);
        t->miss[k] = miss[at];
        t->market[k] = at;
    }
}

bool kn__trouble_broke(kn__trouble *t, const double *income, const double *deficit,
                       int32_t economies, double part)
{
    int32_t poorest = -1;
    for (int32_t n = 0; n < economies; n++)
        if (!(income[n] > part * fmax(0, -deficit[n])) &&
            (poorest < 0 || income[n] < income[poorest]))
            poorest = n;
    if (poorest < 0)
        return false;
    t->unpaid = KN__UNPAID_INCOME;
    t->debtor = poorest;
    t->debt = -deficit[poorest];
    return true;
}
