/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_DISTANCE_H
#define KN_NETWORK_DISTANCE_H

#include "network/network.h"

/* How far each economy of a network is from `from`, by a csv of either ideal points
   (economy, ideal_point; the distance is the difference) or pairs (economy, partner,
   distance; either order), such as those estimated from votes in the United Nations
   (Bailey, Strezhnev and Voeten, Journal of Conflict Resolution 61, 2017). distance:
   economy_count numbers, NaN where the file says nothing, 0 for `from` itself. Economies
   may be named by any code or English name kaname knows; those the network does not have
   are passed over. Errors: KN_ERR_NOT_FOUND, KN_ERR_IO, KN_ERR_DATA with file and line (a
   label nobody knows, an economy twice, `from` not in the file). */
kn_status kn__distances_read(double *distance, kn_context *ctx, const kn_network *net,
                             const char *path, int32_t from);

#endif
