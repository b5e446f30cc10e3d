/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_ATLAS_H
#define KANAME_ATLAS_H

#include "kaname/network.h"

/* Reads an atlas folder strictly and says what does not fit. Table `findings`: severity
   ("warning", "info"), check, where, what. Checks: unseen (more than half of a product's
   supply has no known maker), sources (a measured or derived figure without a source, a
   source nobody cites), recipes (what is made of nothing or used by nobody), values (a
   recipe that costs more than the product is worth, inputs asked for beyond world
   output), carve-out and links (what the builder bent), compare (shares that differ by
   more than 10 points from reference data). `data` is a folder that may hold usgs
   (Mineral Commodity Summaries), bgs (World Mineral Statistics csv) and iea (iea.json);
   what is absent is left out; NULL: compare nothing. Key figures: `warnings`,
   `compared`, figures by grade. Errors: KN_ERR_NOT_FOUND, KN_ERR_IO, KN_ERR_DATA with
   file, line and column, KN_ERR_MEMORY. */
kn_status kn_atlas_check(kn_result **result, kn_context *context, const char *folder,
                         const char *data);

/* What an atlas folder covers. Table `coverage`: by chain, products, figures, share of
   each grade, median year, unseen share of supply. Table `weakest`: the twenty figures
   with the most value added hanging on what is not known of them: for a share of supply,
   value added of direct users × dependent share × share × the spread of its grade (2, 5,
   15, 40 % for A to D); for a dependent share, the same × half its range. Errors: as
   above. */
kn_status kn_atlas_figures(kn_result **result, kn_context *context, const char *folder);

#endif
