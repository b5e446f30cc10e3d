/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ESRI_MODEL_H
#define KN_LENS_CASCADE_ESRI_MODEL_H

#include "lens/cascade/esri.h"

/* An edge as its failing end sees it. slot: the sum of the buyer's inputs that it belongs
   to, or -1 when it is alone there. */
typedef struct kn__esri_edge {
    int32_t firm, slot;
    double weight;
} kn__esri_edge;

struct kn__esri {
    kn__esri_rule rule;
    int32_t firms, markets;
    int64_t slots;
    int64_t *down_start, *up_start; /* by supplier; by buyer */
    kn__esri_edge *down;            /* Λd to buyers */
    int32_t *up_firm;               /* Λu to suppliers */
    double *up_weight;
    int64_t *slot_start; /* by buyer, its shared sums */
    int64_t *in_start;   /* by buyer, into in_firm and in_weight: */
    int32_t *in_firm;    /* suppliers that are alone in their sum */
    double *in_weight;
    int32_t *market;
    int64_t *member_start;
    int32_t *member; /* firms of a market */
    double *size, *market_size, *importance, all_importance;
};

#endif
