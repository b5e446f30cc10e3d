/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TROUBLE_H
#define KN_LENS_TRADE_TROUBLE_H

#include <stdbool.h>
#include <stdint.h>

/* Who cannot pay, where trade deficits are kept. */
typedef enum kn__unpaid {
    KN__UNPAID_NOTHING,
    KN__UNPAID_GROUP,  /* deficits of the group the debtor trades in do not add up to 0 */
    KN__UNPAID_SELLER, /* has a surplus and nothing to sell abroad */
    KN__UNPAID_BUYER,  /* has a deficit and nothing to buy abroad */
    KN__UNPAID_INCOME  /* its surplus is more than it earns: nothing is left to spend */
} kn__unpaid;

enum { KN__MISSES = 3 };

/* Why there is no equilibrium, or none was found, as far as that is known. A market is
   j N + n: producer of sector j in economy n, or its composite; of factors just n. */
typedef struct kn__trouble {
    int64_t lost;    /* a composite a ban leaves without any supplier; -1: none */
    int64_t highest; /* where prices cannot be finite: a producer that needs more of its
                        own product, over all its inputs, than it makes; -1: none */
    int32_t through; /* and the sector of inputs that comes through most */
    kn__unpaid unpaid;
    int32_t debtor;
    double debt;    /* in the unit of the baseline */
    double reached; /* share of the shock up to which it was solved: 1 where all was */
    int32_t misses; /* the markets furthest from clearing, where that failed */
    int64_t market[KN__MISSES];
    double miss[KN__MISSES]; /* log(demand / supply) */
    bool factors;            /* they are markets of factors by economy */
} kn__trouble;

#define KN__TROUBLE_NONE                                                                 \
    ((kn__trouble){.lost = -1, .highest = -1, .through = -1, .debtor = -1})

/* The KN__MISSES largest |miss| of n markets. */
void kn__trouble_misses(kn__trouble *trouble, const double *miss, int64_t n);

/* Whether kept deficits leave an economy with next to nothing to spend: its income is not
   above `part` of its surplus. */
bool kn__trouble_broke(kn__trouble *trouble, const double *income, const double *deficit,
                       int32_t economies, double part);

#endif
