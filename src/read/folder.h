/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_FOLDER_H
#define KN_READ_FOLDER_H

#include "read/bytes.h"
#include "read/csv.h"

/* Files that belong together: a folder with its folders below (three deep), a zip
   archive, one plain file, or blocks in memory. Names are relative, with slashes, sorted.
 */
typedef struct kn__folder kn__folder;

/* Errors: KN_ERR_NOT_FOUND, KN_ERR_IO, KN_ERR_DATA for a damaged archive, KN_ERR_LIMIT
   for more than 10,000 files. */
kn_status kn__folder_open(kn__folder **folder, kn_context *ctx, const char *path);
/* The blocks must outlive the folder. One block that is a zip archive stands for the
   files in it. */
kn_status kn__folder_open_memory(kn__folder **folder, kn_context *ctx,
                                 const char *const *names, const char *const *blocks,
                                 const size_t *lengths, int32_t count);
void kn__folder_close(kn__folder *folder);

const char *kn__folder_path(const kn__folder *folder);
int32_t kn__folder_count(const kn__folder *folder);
const char *kn__folder_name(const kn__folder *folder, int32_t index);

/* The file of the shortest name that ends with `ending` and has, in front of that,
   nothing, a slash, an underscore or a hyphen; ASCII case folded; -1 if there is none. */
int32_t kn__folder_find(const kn__folder *folder, const char *ending);

kn_status kn__folder_bytes(kn__bytes **bytes, kn_context *ctx, kn__folder *folder,
                           int32_t index);
kn_status kn__folder_csv(kn__csv **csv, kn_context *ctx, kn__folder *folder,
                         int32_t index);

#endif
