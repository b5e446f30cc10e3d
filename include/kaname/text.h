/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_TEXT_H
#define KANAME_TEXT_H

#include <stddef.h>
#include <stdint.h>

#include "kaname/context.h"

/* Writes `did you mean "x", "y" or "z"?` for the labels nearest to a misspelt word into
   buffer (cut at size), or "" when none is near. Errors: KN_ERR_MEMORY. */
kn_status kn_nearest(char *buffer, size_t size, kn_context *context, const char *word,
                     const char *const *labels, int32_t count);

#endif
