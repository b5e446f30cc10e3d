/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_HS_H
#define KN_READ_HS_H

#include <stdbool.h>

#include "kernel/memory.h"

/* The goods a reader of bilateral trade keeps: those whose HS code begins with one of
   these chapters, headings or codes ("85", "8542", "854231"). */
enum { KN__HS_LONGEST = 12 }; /* digits */

typedef struct kn__hs_list {
    const char *const *code;
    int32_t count;
    bool each; /* whether a code that no flow bears is an error */
} kn__hs_list;

/* Reads codes parted by commas or semicolons; `each` is left alone. Errors: KN_ERR_USAGE
   naming the word that is no code; KN_ERR_MEMORY. */
kn_status kn__hs_parse(kn__hs_list *list, kn_context *ctx, kn__arena *arena,
                       const char *text);

/* Whether a product's code begins with one of the list. */
bool kn__hs_has(const kn__hs_list *list, const char *product);

/* Refuses a list with a code that none of the products of a file begins with. Errors:
   KN_ERR_NOT_FOUND naming the code and the nearest ones of the file; KN_ERR_MEMORY. */
kn_status kn__hs_check(const kn__hs_list *list, kn_context *ctx, const char *file,
                       const char *const *products, int32_t product_count);

#endif
