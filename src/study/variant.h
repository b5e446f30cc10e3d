/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_VARIANT_H
#define KN_STUDY_VARIANT_H

#include "network/network.h"

/* The same network under another assumption about its recipes: one class of inputs stops
   mattering, or every dependent share takes one end of its range. */
typedef enum kn__variant {
    KN__WITHOUT_ESSENTIAL,
    KN__WITHOUT_IMPORTANT,
    KN__WITHOUT_MINOR,
    KN__DEPENDENT_LOW,
    KN__DEPENDENT_MID,
    KN__DEPENDENT_HIGH
} kn__variant;

/* Fills *copy; all but its recipes belongs to net, which must outlive it. The copy is not
   freed by kn_network_free: its recipes go with the arena. Errors: KN_ERR_MEMORY. */
kn_status kn__network_variant(kn_network *copy, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, kn__variant variant);

#endif
