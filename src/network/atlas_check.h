/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_ATLAS_CHECK_H
#define KN_NETWORK_ATLAS_CHECK_H

#include "network/build.h"

/* What is found while an atlas folder is looked over. */
typedef struct kn__atlas_check {
    kn_context *ctx;
    const kn__chain_raw *raw;
    const kn_network *net;
    kn_result *result;
    kn_table *table;
    int64_t warnings, compared;
} kn__atlas_check;

typedef enum kn__severity { KN__WARNING, KN__INFO } kn__severity;

/* Adds a row of `findings`. */
kn_status kn__atlas_find(kn__atlas_check *c, kn__severity severity, const char *check,
                         const char *where, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

/* All checks of the folder itself; the caller set ctx, raw and net. */
kn_status kn__atlas_check_figures(kn__atlas_check *c);

/* Adds tables `coverage` and `weakest`. Errors: KN_ERR_MEMORY. */
kn_status kn__atlas_figures(kn__atlas_check *c);

/* Compares the share of an economy in the supply of a product with a reference; a
   difference above 10 points is a finding, with the reason where the product's note says
   one behind "differs: ". What the atlas does not know is passed over. */
kn_status kn__atlas_compare_share(kn__atlas_check *c, const char *product,
                                  const char *economy, double share,
                                  const char *reference);

/* Compares with data/usgs and data/bgs where they are. */
kn_status kn__atlas_compare_usgs(kn__atlas_check *c, const char *data);
kn_status kn__atlas_compare_bgs(kn__atlas_check *c, const char *data);

#endif
