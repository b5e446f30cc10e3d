/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_RUN_H
#define KN_LENS_CASCADE_DENIAL_RUN_H

#include "kaname/lens.h"
#include "kernel/memory.h"

/* `cascade --model denial`: a scenario through the slices of the headline measure.
   intervals: supplier shares that are not known carry their bounds. Errors: KN_ERR_USAGE
   for operations that this model lacks, KN_ERR_MEMORY. */
kn_status kn__cascade_denial(kn_context *ctx, kn__arena *arena, const kn_network *net,
                             const kn_scenario *scenario, bool intervals, int64_t days,
                             kn_result *result);

#endif
