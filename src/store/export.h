/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STORE_EXPORT_H
#define KN_STORE_EXPORT_H

#include <stdio.h>

#include "kaname/store.h"
#include "network/network.h"

/* What an export works on. */
typedef struct kn__export {
    kn_context *ctx;
    const kn_network *net;
    const kn_export_options *options;
    const char *no_workbook; /* why a zip has no workbook, or NULL */
} kn__export;

enum { KN__PATH_SIZE = 4096 };

/* "FOLDER/NAME" into a buffer of KN__PATH_SIZE. Errors: KN_ERR_LIMIT. */
kn_status kn__export_path(char *path, kn_context *ctx, const char *folder,
                          const char *name);
/* Makes a folder unless it is there. */
kn_status kn__export_folder(kn_context *ctx, const char *folder);

/* Makes a file of a folder and lets `write` fill it. Errors: KN_ERR_IO, those of write.
 */
typedef kn_status (*kn__export_writer)(FILE *out, const kn__export *export, void *arg);
kn_status kn__export_file(const kn__export *export, const char *folder, const char *name,
                          kn__export_writer write, void *arg);

/* The parts; each writes into a folder that is there. */
kn_status kn__export_csv(const kn__export *export, const char *folder);
kn_status kn__export_pymrio(const kn__export *export, const char *folder);
kn_status kn__export_metadata(const kn__export *export, const char *folder);
/* A workbook at `path`. */
kn_status kn__export_xlsx(const kn__export *export, const char *path);
/* The name of the first table that is too long for a sheet, or NULL; *rows it has. */
const char *kn__export_too_long(const kn_network *net, int64_t *rows);
/* All of it in one zip file at `path`. */
kn_status kn__export_zip(kn__export *export, const char *path);

/* The files kn__export_pymrio writes, "/" between folder and file. */
extern const char *const kn__pymrio_files[];
extern const int32_t kn__pymrio_file_count;

#endif
