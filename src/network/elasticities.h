/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_ELASTICITIES_H
#define KN_NETWORK_ELASTICITIES_H

#include "network/network.h"

/* A trade elasticity and what is known about it. */
typedef struct kn__elasticity {
    double theta, error; /* error: standard error of the estimate, 0 where not known */
    const char *source;
} kn__elasticity;

/* What is used for a product where nobody says better: the network's own, else by ISIC
   division the estimates of Caliendo and Parro (2015, table 1, full sample; metals and
   electrical equipment as grouped by Costinot and Rodriguez-Clare, Handbook of
   International Economics 4, 2014, table 3); 5 for services and what is not known. The
   error of the network's own is taken to be that of its division. */
kn__elasticity kn__elasticity_of(const kn__product *product);

/* That of all traded goods together: 4.55, standard error 0.35 (Caliendo and Parro 2015,
   table 1). */
kn__elasticity kn__elasticity_of_all(void);

/* Reads a csv with the columns product, theta and, if known, error and source. A product
   is an id of the network or an industry such as isic:26 (all products of it), or an ISIC
   division or range of divisions of the industries' own codes: isic3:24, isic4:26-27.
   Errors: KN_ERR_IO, KN_ERR_DATA and KN_ERR_NOT_FOUND with file and line (a code nothing
   answers to, a product twice, theta not above 0, an error below 0). */
kn_status kn__elasticities_read(kn_elasticities *elasticities, kn_context *ctx,
                                kn__arena *arena, const kn_network *net,
                                const char *path);

#endif
