/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_MEASURE_READ_H
#define KN_STUDY_MEASURE_READ_H

#include "network/measure.h"
#include "study/yaml.h"

/* One entry of `measures`, its labels resolved against the network; what it points to
   lies in file->arena. Errors: KN_ERR_DATA and KN_ERR_NOT_FOUND with the place. */
kn_status kn__measure_read(kn__measure *measure, const kn__yaml_file *file,
                           const kn__yaml *node, const kn_network *net);

/* Scalars of a map: a text ("" when absent), a whole number (`absent` when absent). */
kn_status kn__yaml_text(const char **text, const kn__yaml_file *file, const kn__yaml *map,
                        const char *key);
kn_status kn__yaml_integer(int64_t *value, const kn__yaml_file *file, const kn__yaml *map,
                           const char *key, int64_t absent, int64_t low, int64_t high);

#endif
