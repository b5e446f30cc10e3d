/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_NET_H
#define KN_LENS_CASCADE_DENIAL_NET_H

#include "lens/cascade/denial.h"
#include "network/network.h"

/* What is assumed where a network does not say (grade D unless a source is named). */
#define KN__UNKNOWN_STOCK_DAYS 30.0 /* about one month of use */
#define KN__TABLE_REROUTE_SHARE 0.5
#define KN__TABLE_REROUTE_DAYS 90.0

/* Spare capacity that a network does not know counts as none. Of a whole industry only
   the part kappa (the share of uptime that hangs on a tool's service) is taken to be made
   with the tool: no industry stands or falls with one machine. */

/* The denial model of a network. With recipes (the atlas): pools, recipes, equipment and
   parameters as they stand there; with `interval` also the bounds of supplier shares that
   are not known. Without (tables): CES inputs by cost share. A spliced network has both:
   the recipe where a user has one for an input, CES for what it buys of industries
   besides; a producer's cut is the worse of the two. Negative value added counts as 0.
   Errors: KN_ERR_MEMORY, KN_ERR_DATA. */
kn_status kn__denial_from_network(kn__denial_model *model, kn_context *ctx,
                                  kn__arena *arena, const kn_network *net, bool interval,
                                  double days);

/* What the model says about itself, for a result: slices, how inputs act, what was
   assumed, and that the null shock was run and gave zero. Errors: KN_ERR_INTERNAL when it
   did not. */
kn_status kn__denial_describe(kn_context *ctx, kn_result *result,
                              const kn__denial_model *model, const kn_network *net);

#endif
