/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_RECOGNISE_H
#define KN_READ_RECOGNISE_H

#include "kernel/memory.h"

/* What a path holds: the name of a format ("icio"), "kaname" for a kaname file, NULL
   where nothing fits. encoding is that of a single csv ("UTF-8", "CP932", "CP1252"), ""
   where there is none or it could not be read to its end. Errors: KN_ERR_NOT_FOUND,
   KN_ERR_IO, KN_ERR_MEMORY, KN_ERR_DATA for a damaged archive. */
kn_status kn__recognise(const char **format, const char **encoding, kn_context *ctx,
                        const char *path);

#endif
