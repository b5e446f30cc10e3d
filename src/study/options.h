/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_OPTIONS_H
#define KN_STUDY_OPTIONS_H

#include "kaname/lens.h"
#include "kernel/memory.h"

/* Fills a lens's option struct (options_size bytes, zeroed) from the declaration's
   defaults, then the settings; the last of one key wins. What is not given and has no
   default is NaN, INT64_MIN, false, -1, NULL or an empty list, by type. Lists and texts
   lie in `arena`. Errors: KN_ERR_USAGE (unknown option with the nearest, a value that
   does not fit), KN_ERR_NOT_FOUND (labels), KN_ERR_MEMORY. */
kn_status kn__options_fill(void *options, kn_context *ctx, kn__arena *arena,
                           const kn_lens *lens, const kn_network *network,
                           const kn_setting *settings, int32_t count);

#endif
