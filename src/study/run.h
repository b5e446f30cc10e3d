/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_RUN_H
#define KN_STUDY_RUN_H

#include "kaname/lens.h"
#include "kernel/memory.h"

/* Whether a column must be exactly zero when nothing happens: losses and changes. */
bool kn__column_vanishes(const kn_column *column);

/* Key figures option.NAME: what the lens was asked with, defaults included. */
kn_status kn__note_options(kn_result *result, kn_context *ctx, kn__arena *arena,
                           const kn_lens *lens, const kn_setting *settings,
                           int32_t count);

#endif
