/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_POWER_H
#define KN_NETWORK_POWER_H

#include "kaname/table.h"
#include "network/network.h"

/* Geoeconomic power of a holder (Clayton, Maggiori and Schreger 2024): the log rise of a
   buyer's price index when the holder withdraws from all sectors, nested CES:
   1/(1-rho) log sum_J Omega_J (1-omega_J)^((rho-1)/(sigma_J-1)), and at rho = 1
   sum_J Omega_J/(sigma_J-1) log 1/(1-omega_J). share: Omega_J, the sectors' shares in
   spending (what is left to 1 is not touched); held: omega_J, the holder's shares within
   them; sigma_J > 1. Infinite where a share of 1 cannot be replaced. */
double kn__power(int32_t sectors, const double *share, const double *held,
                 const double *sigma, double rho);

enum { KN__HELD_CENTRE, KN__HELD_LOW, KN__HELD_HIGH, KN__HELD_COUNT };

/* What one buyer buys and what holders hold of it, on the network's own shares. */
typedef struct kn__purchases {
    const kn_network *net;
    kn__pools pools;
    int32_t products;             /* that the buyer buys */
    int32_t *product;             /* their ids */
    double *share;                /* Omega: of what it buys of them */
    double *held[KN__HELD_COUNT]; /* omega: the holders' */
    double total_musd;            /* what the buyer buys of them */
} kn__purchases;

kn_status kn__purchases_new(kn__purchases *purchases, kn_context *ctx, kn__arena *arena,
                            const kn_network *net);

/* Takes a buyer: its purchases of `products`, of everything where the list is empty. */
void kn__purchases_of(kn__purchases *purchases, int32_t buyer, kn_ids products);

/* What `holders` together hold of them: from the flows; at least and at most what margins
   and links allow (kn__pools_share_bounds, summed over holders), at most with the unseen
   supply of what one of them is known to make. */
void kn__purchases_held(kn__purchases *purchases, int32_t buyer, kn_ids holders);

/* The id of a product of which the holders hold all (at KN__HELD_CENTRE), or -1. */
int32_t kn__purchases_monopoly(const kn__purchases *purchases);

/* Adds a finding that says why `power` and `power_high` of a table are undefined in some
   rows, where they are; `monopoly` is such a product, or "". Errors: KN_ERR_MEMORY. */
kn_status kn__power_note(kn_result *result, kn_context *ctx, const kn_table *table,
                         const char *monopoly);

#endif
