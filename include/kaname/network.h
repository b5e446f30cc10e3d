/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_NETWORK_H
#define KANAME_NETWORK_H

#include <stdbool.h>
#include <stdint.h>

#include "kaname/context.h"
#include "kaname/table.h"

/* One labelled supply network (DESIGN, section 2): economies, products, producers (a pair
   of both, or a firm), flows between producers, final demand, recipes, stocks, sources.
   Immutable once built. */
typedef struct kn_network kn_network;

/* A set of economies, products or producers by id (0-based); owned by whoever made it. */
typedef struct kn_ids {
    const int32_t *id;
    int32_t count;
} kn_ids;

/* Trade elasticities by product of a network: NaN where nothing is said; none at all when
   count is 0. */
typedef struct kn_elasticities {
    const double *theta, *error; /* error: standard error, 0 where not known */
    const char *const *source;
    int32_t count;
} kn_elasticities;

/* The languages of labels; KN_LANG_COUNT of them. */
typedef enum kn_lang { KN_LANG_EN, KN_LANG_JA, KN_LANG_KO, KN_LANG_COUNT } kn_lang;

void kn_network_free(kn_network *network);

const char *kn_network_name(const kn_network *network);
const char *
kn_network_edition(const kn_network *network); /* what the reader recognised */
/* Hex SHA-256 of the network's content, as saved; 64 characters. */
const char *kn_network_sha256(const kn_network *network);

int32_t kn_network_economies(const kn_network *network);
int32_t kn_network_products(const kn_network *network);
int32_t kn_network_producers(const kn_network *network);
const char *kn_network_economy_code(const kn_network *network, int32_t economy);
const char *kn_network_economy_name(const kn_network *network, int32_t economy,
                                    kn_lang lang);
const char *kn_network_product_id(const kn_network *network, int32_t product);
const char *kn_network_product_name(const kn_network *network, int32_t product,
                                    kn_lang lang);

/* The id of an economy by code, or of a product by id. Errors: KN_ERR_NOT_FOUND with the
   three nearest labels. *id is -1 on failure. */
kn_status kn_network_find_economy(int32_t *id, kn_context *context,
                                  const kn_network *network, const char *code);
kn_status kn_network_find_product(int32_t *id, kn_context *context,
                                  const kn_network *network, const char *product);

/* Table `network` (figure, value, unit, where): counts, totals, what does not balance and
   where, negative cells, zero-output producers, spectral radius of A = Z/x, the unseen
   share, figures by grade. Key figures are the checks among them; findings what the
   builder noted. Table `producers` is the exposure lens's. */
kn_status kn_network_describe(kn_result **result, kn_context *context,
                              const kn_network *network);

/* Puts the chain products of an atlas into an input-output table (docs/splice.md): each
   producer is carved out of its ISIC industry in its economy, of which the rest remains
   under the table's label; no total and no cell changes, value added counts once.
   Economies the table does not have go to ROW; unseen supply stays with ZZU and is carved
   out of ROW. Merging chain products into their industries and ZZU into ROW gives the
   table back. What was scaled is said in notes. Errors: KN_ERR_USAGE (an atlas without
   recipes, a table with them), KN_ERR_DATA (no ROW, or no industry for a product),
   KN_ERR_MEMORY, KN_ERR_CANCELLED. */
kn_status kn_network_splice(kn_network **network, kn_context *context,
                            const kn_network *atlas, const kn_network *table);

#endif
