/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_KEEP_H
#define KN_LENS_CASCADE_ENGINE_KEEP_H

#include "kernel/state.h"
#include "lens/cascade/engine.h"

/* Saves where an engine stands between two steps, or loads it into one of the same net
   and rule after kn__engine_start. Steps after loading give the bits they would have
   given without it. Not for engines of a batch. */
void kn__engine_keep(kn__engine *engine, kn__state *state);

#endif
