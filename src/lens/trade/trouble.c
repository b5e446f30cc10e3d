/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trouble.h"

#include <math.h>

void kn__trouble_misses(kn__trouble *t, const double *miss, int64_t n)
{
    t->misses = 0;
    for (int64_t at = 0; at < n; at++) {
        double size = fabs(miss[at]);
        int32_t k = t->misses < KN__MISSES ? t->misses++ : KN__MISSES;
        for (; k > 0 && !(fabs(t->miss[k - 1]) >= size); k--) {
            if (k == KN__MISSES)
                continue;
            t->miss[k] = t->miss[k - 1];
            t->market[k] = t->market[k - 1];
        }
        if (k == KN__MISSES)
            continue;
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
