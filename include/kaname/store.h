/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_STORE_H
#define KANAME_STORE_H

#include "kaname/network.h"

/* A kaname file is an SQLite database (docs/formats.md). Saving replaces the file at once
   or not at all. Loading gives back every bit or refuses: KN_ERR_DATA for a damaged or
   foreign file with the reason, KN_ERR_NOT_FOUND, KN_ERR_IO. */
kn_status kn_network_save(kn_context *context, const kn_network *network,
                          const char *path);
kn_status kn_network_load(kn_network **network, kn_context *context, const char *path);

/* Writes a network as tidy tables into a folder, made when it is not there: economies,
   products, producers, flows, final, recipes and sources .csv; codes first, one fact a
   row, unknown is empty, zero flows are left out. Errors: KN_ERR_IO, KN_ERR_CANCELLED. */
kn_status kn_network_export_csv(kn_context *context, const kn_network *network,
                                const char *folder);

/* "atlas", or the path of a kaname file. */
kn_status kn_network_open(kn_network **network, kn_context *context, const char *name);

#endif
