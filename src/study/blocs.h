/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_BLOCS_H
#define KN_STUDY_BLOCS_H

#include "network/network.h"
#include "study/yaml.h"

/* The blocs a scenario defines under `blocs`, next to those of the network: a list of
   economies and blocs, or the economies near to or far from one of them:
     blocs:
       west: [USA, JPN, KOR]
       near: {to: USA, below: 1.0, distances: ideal-points.csv}
       far:  {to: USA, above: 2.0, distances: ideal-points.csv}
   `below` includes the economy itself; who is not in the file belongs to neither. The
   path of `distances` (see kn__distances_read) is seen from the scenario's folder.
   *extended is the network with these blocs; all but them belongs to net, which must
   outlive it, they lie in file->arena. Errors: KN_ERR_DATA and KN_ERR_NOT_FOUND with the
   place; a bloc that has the name of another or of an economy, or no members. */
kn_status kn__blocs_read(kn_network *extended, const kn__yaml_file *file,
                         const kn_network *net);

#endif
