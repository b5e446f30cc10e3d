/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_SCENARIO_H
#define KANAME_SCENARIO_H

#include "kaname/network.h"

/* A scenario: a list of measures on a timeline, read from YAML (DESIGN, section 3), its
   labels resolved against one network. */
typedef struct kn_scenario kn_scenario;

/* Reads and resolves. Errors: KN_ERR_IO, KN_ERR_DATA with file, line, column and what was
   expected, KN_ERR_NOT_FOUND with the three nearest labels. */
kn_status kn_scenario_read(kn_scenario **scenario, kn_context *context,
                           const kn_network *network, const char *path);
/* The network the file names, or "" (needed before the network is loaded). */
kn_status kn_scenario_network_name(char *name, int32_t size, kn_context *context,
                                   const char *path);
/* Adds to the result, a note each and with its line, what may not be meant: measures that
   change nothing in this network, never come into full force, or meet others on the same
   goods, and then which of them acts. Errors: KN_ERR_MEMORY. */
kn_status kn_scenario_check(kn_result *result, kn_context *context,
                            const kn_scenario *scenario, const kn_network *network);
void kn_scenario_free(kn_scenario *scenario);
const char *kn_scenario_title(const kn_scenario *scenario);
int32_t kn_scenario_measures(const kn_scenario *scenario);

#endif
