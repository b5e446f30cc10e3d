/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_USGS_H
#define KN_READ_USGS_H

#include "read/csv.h"
#include "read/raw.h"

/* World production and capacity of the Mineral Commodity Summaries as read, before they
   become a chain. */

typedef struct kn__usgs_series {
    const char *commodity, *detail,
        *unit; /* "Gallium", "primary production", "kilograms" */
    bool is_capacity;
    bool has_total;
    int32_t line;
} kn__usgs_series;

enum { KN__USGS_OTHER = -1, KN__USGS_TOTAL = -2 };

typedef struct kn__usgs_figure {
    int32_t series, economy; /* economy: of codes, or one of the two above */
    int32_t year, line;
    double value; /* NaN: withheld or not known */
} kn__usgs_figure;

typedef struct kn__usgs {
    kn_context *ctx;
    kn__arena *arena;
    kn__usgs_series *series;
    kn__usgs_figure *figures;
    const char **codes; /* kaname's economies, in the order of their first row */
    int64_t series_count, series_room, figure_count, figure_room, code_count, code_room;
    int32_t withheld; /* cells with W, NA and the like */
} kn__usgs;

/* Reads rows of either layout into usgs (grown by kn__alloc). */
kn_status kn__usgs_rows(kn__usgs *usgs, kn__csv *csv);
void kn__usgs_release(kn__usgs *usgs);

/* Series and figures as products and shares. */
kn_status kn__usgs_chain(kn__usgs *usgs, kn__chain_raw *raw, const char *name);

/* The same from memory. */
kn_status kn__read_usgs_bytes(kn__chain_raw **raw, kn_context *ctx, const char *name,
                              const void *bytes, size_t length);

#endif
