/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_IO_FORMAT_H
#define KN_READ_IO_FORMAT_H

#include "read/folder.h"
#include "read/raw.h"

/* Formats of input-output tables: each fills an empty raw table from the files of a
   folder. */
typedef kn_status (*kn__io_fill)(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);

kn_status kn__icio_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);
kn_status kn__figaro_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);
kn_status kn__pymrio_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);
kn_status kn__exiobase_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);
kn_status kn__eora26_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);
kn_status kn__bea_fill(kn__io_raw *raw, kn_context *ctx, kn__folder *folder);

/* Opens the path (a file, folder or zip), fills, closes; *raw is NULL on failure. */
kn_status kn__io_read(kn__io_raw **raw, kn_context *ctx, const char *path,
                      kn__io_fill fill);
/* The same over blocks in memory. */
kn_status kn__io_read_memory(kn__io_raw **raw, kn_context *ctx, const char *const *names,
                             const char *const *blocks, const size_t *lengths,
                             int32_t count, kn__io_fill fill);

/* The only csv or txt of a folder (hidden files and __MACOSX aside), opened. Errors:
   KN_ERR_DATA when there are none or several. */
kn_status kn__folder_only_csv(kn__csv **csv, kn_context *ctx, kn__folder *folder);

#endif
