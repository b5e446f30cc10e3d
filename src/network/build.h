/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_BUILD_H
#define KN_NETWORK_BUILD_H

#include "network/network.h"
#include "read/raw.h"

/* Raw shapes → network. The io builder takes over raw->z. Errors: KN_ERR_DATA naming the
   file and line of the row that does not fit, KN_ERR_MEMORY. */
kn_status kn__network_from_io(kn_network **net, kn_context *ctx, kn__io_raw *raw);
kn_status kn__network_from_chain(kn_network **net, kn_context *ctx,
                                 const kn__chain_raw *raw);
kn_status kn__network_from_firms(kn_network **net, kn_context *ctx,
                                 const kn__firms_raw *raw);
kn_status kn__network_from_flows(kn_network **net, kn_context *ctx,
                                 const kn__flows_raw *raw);

/* Of a figure nobody tells. */
#define KN__NO_ORIGIN ((kn__origin){-1, 'D', 0})
/* An economy of which only the code is known, with its names as kaname has them, and all
   those of a list of codes. Errors: KN_ERR_MEMORY. */
kn_status kn__network_economy_of(kn__economy *economy, kn_context *ctx, kn__arena *arena,
                                 const char *code);
kn_status kn__network_economies(kn_network *net, kn_context *ctx,
                                const char *const *codes, int32_t count);
/* A product of which nothing else is known; its id and names are to be set. */
kn__product kn__network_product_of(kn__kind kind, const char *unit, int32_t industry);

/* An empty network with its arena, ids -1, counts 0; used by builders and the store. */
kn_status kn__network_new(kn_network **net, kn_context *ctx);
/* Makes the matrix of stocks for the products and economies there are, all unknown.
   Errors: KN_ERR_MEMORY; KN_ERR_LIMIT for more than 50 million pairs. */
kn_status kn__network_stocks(kn_network *net, kn_context *ctx);
/* Puts recipes, equipment and links in order and counts recipe_start; part of
   kn__network_finish. Errors: KN_ERR_DATA when a row stands twice. */
kn_status kn__network_sort(kn_network *net, kn_context *ctx);
/* Sorts the labels for look-ups; part of kn__network_finish. Errors: KN_ERR_DATA when a
   code or id stands twice. */
kn_status kn__network_index(kn_network *net, kn_context *ctx);
/* After the fields are filled: lookup tables, recipe offsets, producer_at, ZZU and ROW,
   checks of every index, and the content hash. */
kn_status kn__network_finish(kn_network *net, kn_context *ctx);

#endif
