/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_RETALIATE_H
#define KN_STUDY_RETALIATE_H

#include "study/measure_read.h"

/* The answers to a tariff, under its key `retaliate`: the economies it is on put tariffs
   on what they buy from those that charge it, each of which is answered by itself.
     retaliate: in-kind              the same rate on the same products
     retaliate: {rate: 0.1, product: [...], by: [...]}
                                     that rate; products and answering economies (default:
                                     those of the tariff)
     retaliate: {proportional: 1, product: [...], by: [...]}
                                     the rate whose duty on the baseline's trade is that
                                     many times the duty charged on it
   The answers are tariffs with the days and the line of the tariff. *answers lies in
   file->arena; *count is 0 without the key. Errors: KN_ERR_DATA and KN_ERR_NOT_FOUND with
   the place; nothing is bought that could be charged. */
kn_status kn__retaliation_read(kn__measure **answers, int32_t *count,
                               const kn__yaml_file *file, const kn__yaml *map,
                               const kn__measure *tariff, const kn_network *net);

#endif
