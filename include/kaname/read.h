/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_READ_H
#define KANAME_READ_H

#include "kaname/network.h"

/* One source format the importer understands. */
typedef struct kn_format {
    const char *name;    /* "wiod" */
    const char *summary; /* what the files are, one line */
    const char *paths;   /* "FILE.csv[.gz]" or "FOLDER" */
} kn_format;

int32_t kn_format_count(void);
const kn_format *kn_format_at(int32_t index);
const kn_format *kn_format_find(const char *name); /* or NULL */

/* Reads source files of a format into a network. Errors: KN_ERR_NOT_FOUND, KN_ERR_IO,
   KN_ERR_DATA with file, line, column, what was expected and the nearest label. */
kn_status kn_network_import(kn_network **network, kn_context *context,
                            const kn_format *format, const char *const *paths,
                            int32_t path_count);

/* The same for the formats of bilateral trade, baci and comtrade, but only goods whose HS
   code begins with one of `hs_codes`: chapters, headings or codes parted by commas
   ("81,8542,850511"). A whole year of all goods is more than a network holds. Errors:
   also KN_ERR_USAGE for a word that is no code and for a format without HS codes;
   KN_ERR_NOT_FOUND with the nearest codes of the file for one that no flow bears. */
kn_status kn_network_import_goods(kn_network **network, kn_context *context,
                                  const kn_format *format, const char *const *paths,
                                  int32_t path_count, const char *hs_codes);

/* The default network compiled into the library. */
kn_status kn_network_atlas(kn_network **network, kn_context *context);

/* An atlas (folder NULL: the default one) whose known links of products that have clean
   HS codes are replaced by shares of imports from `trade`, a csv of BACI or UN Comtrade
   (NULL: none); docs/formats.md has the formula. Notes of the network say what was
   replaced and what was left alone. Errors: as kn_network_import; KN_ERR_DATA when no
   product can be told from its HS codes. */
kn_status kn_network_atlas_trade(kn_network **network, kn_context *context,
                                 const char *folder, const char *trade);

#endif
