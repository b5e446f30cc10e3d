/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_STORE_H
#define KANAME_STORE_H

#include "kaname/network.h"

/* A kaname file is an SQLite database (docs/formats.md). Saving replaces the file at once
   or not at all. Loading gives back every bit or refuses: KN_ERR_DATA for a damaged or
   foreign file with the reason, KN_ERR_NOT_FOUND, KN_ERR_IO. */
kn_status kn_network_save(kn_context *context, const kn_network *network,
                          const char *path);
kn_status kn_network_load(kn_network **network, kn_context *context, const char *path);

typedef enum kn_export_format {
    KN_EXPORT_CSV,
    KN_EXPORT_PYMRIO,
    KN_EXPORT_XLSX,
    KN_EXPORT_ZIP
} kn_export_format;

typedef struct kn_export_options {
    int version; /* 1 */
    kn_export_format format;
    bool labels; /* names in `lang` beside codes, as in results */
    kn_lang lang;
    bool bom;                   /* csv for spreadsheets: UTF-8 mark and CRLF line ends */
    const char *const *command; /* the command line, for metadata.json */
    int32_t command_count;
} kn_export_options;

#define KN_EXPORT_OPTIONS_INIT                                                           \
    {                                                                                    \
        .version = 1                                                                     \
    }

/* Writes a network for other programs. `path` is a folder, made when it is not there,
   into which goes also metadata.json (sources and their grades, edition, SHA-256,
   command, version). The same network and command give the same bytes.

   csv: economies, products, producers, flows, final, recipes, equipment, links, stocks,
   sources, notes .csv; codes first, one fact a row, unknown is empty, zero flows are left
   out; numbers read back to the same double.

   pymrio: the folder pymrio.load_all reads, value added as an extension; producers stand
   by economy.

   xlsx: network.xlsx, the tables of csv as sheets; a path that ends in .xlsx is the file
   itself, without metadata.json.

   zip: `path` is one file with all three, which pymrio.load_all reads too; tables too
   long for a sheet leave the workbook out, which metadata.json and a warning in the log
   say.

   Errors: KN_ERR_IO, KN_ERR_CANCELLED, KN_ERR_LIMIT (xlsx: more rows than a sheet holds),
   KN_ERR_USAGE (version). */
kn_status kn_network_export(kn_context *context, const kn_network *network,
                            const char *path, const kn_export_options *options);

/* "atlas", or the path of a kaname file. */
kn_status kn_network_open(kn_network **network, kn_context *context, const char *name);

/* Keeps dear results of a network that kn_network_open has given under `name` between
   runs: in the kaname file itself; those of the atlas in kaname/atlas.kn under
   $XDG_CACHE_HOME, or ~/.cache without it. From now on lenses of the context use it
   (kn_context_set_cache). A kept result is used again only for the same content of the
   network by the same build, when its SHA-256 fits; a damaged one is reported to the log
   and computed anew. A file changes at once or not at all, never in place; one that may
   not be written is left as it is. network must outlive the cache. Errors: KN_ERR_MEMORY.
   Closing ends the use; NULL does nothing. */
typedef struct kn_file_cache kn_file_cache;
kn_status kn_file_cache_open(kn_file_cache **cache, kn_context *context,
                             const kn_network *network, const char *name);
void kn_file_cache_close(kn_file_cache *cache);

/* A file that holds the state of an interrupted run (kn_context_set_checkpoint), from now
   on the checkpoint of the context. The file appears when a run stops before its end and
   goes when it is done; it is replaced at once or not at all. One of another run, of
   another program, or a damaged one is refused when the run wants it, with the reason
   (KN_ERR_DATA). Errors: KN_ERR_MEMORY, KN_ERR_LIMIT. Closing ends the use; NULL does
   nothing. */
typedef struct kn_checkpoint kn_checkpoint;
kn_status kn_checkpoint_open(kn_checkpoint **checkpoint, kn_context *context,
                             const char *path);
void kn_checkpoint_close(kn_checkpoint *checkpoint);

#endif
