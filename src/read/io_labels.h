/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_IO_LABELS_H
#define KN_READ_IO_LABELS_H

#include <stdbool.h>

#include "read/csv.h"
#include "read/raw.h"

/* Labels of an input-output table as they turn up in a header: economies, industries,
   producers and final columns become numbers, each found or added, several labels may
   stand for one (CN1 and CN2 are CHN). Everything hangs on the arena of `raw`. */
typedef struct kn__io_labels {
    kn_context *ctx;
    kn__io_raw *raw;
    int64_t economy_room, industry_room, producer_room, final_room;
    int32_t *slot; /* open addressing over producers: id + 1 */
    int64_t slots;
    int32_t last_economy, last_industry;
} kn__io_labels;

void kn__io_labels_init(kn__io_labels *labels, kn_context *ctx, kn__io_raw *raw);

/* Fails at the field with the nearest codes or, for a longer label, English names. */
kn_status kn__unknown_economy(kn__csv *csv, const kn__field *field, const char *label);

/* The id of an economy by the label a file uses. With `any`, a label that is no known
   economy stands for itself. Errors: KN_ERR_DATA at the field, with the nearest codes. */
kn_status kn__io_economy(kn__io_labels *labels, kn__csv *csv, const kn__field *field,
                         const char *label, bool any, int32_t *id);
/* The id of an industry by its id; name and code count when it is new. */
kn_status kn__io_industry(kn__io_labels *labels, const char *id, const char *name,
                          const char *code, int32_t *index);
/* The id of a producer; *is_new tells whether it was there before. */
kn_status kn__io_producer(kn__io_labels *labels, int32_t economy, int32_t industry,
                          int32_t *id, bool *is_new);
/* The producer of that pair, or -1. */
int32_t kn__io_producer_at(const kn__io_labels *labels, int32_t economy,
                           int32_t industry);
/* The final column of that economy and category, found or added. */
kn_status kn__io_final(kn__io_labels *labels, int32_t economy, const char *category,
                       int32_t *id);

/* An id for a free text: lower case, everything but letters and digits a hyphen, at most
   90 bytes ("Cultivation of paddy rice" → "cultivation-of-paddy-rice"). */
const char *kn__io_slug(kn__io_labels *labels, const char *text);

/* US dollars for one euro (ECU before 1999), mean of a year, as the European Central Bank
   publishes it, 1995 to 2024; 0 for other years. */
double kn__usd_per_eur(int32_t year);

#endif
