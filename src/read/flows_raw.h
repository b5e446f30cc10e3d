/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_FLOWS_RAW_H
#define KN_READ_FLOWS_RAW_H

#include "read/csv.h"
#include "read/hs.h"
#include "read/intern.h"
#include "read/raw.h"

/* Bilateral flows while they are read. */
typedef struct kn__flow_reader {
    kn_context *ctx;
    kn__flows_raw *raw;
    kn__intern economies, products;
    int64_t row_room, skipped_self, repeated, unseen;
    const kn__hs_list *only; /* NULL: all goods */
    kn__intern goods;        /* of the file, with `only` */
    bool *wanted;            /* of each */
    int64_t wanted_room;
} kn__flow_reader;

kn_status kn__flows_new(kn__flow_reader *reader, kn_context *ctx,
                        const kn__hs_list *only);
/* Whether the flows of a product are to be added. Errors: KN_ERR_MEMORY. */
kn_status kn__flows_want(bool *want, kn__flow_reader *reader, const char *product);
/* Adds a flow; from and to are kaname's codes. Flows inside one economy are left out. */
kn_status kn__flows_add(kn__flow_reader *reader, const char *from, const char *to,
                        const char *product, int32_t year, double value_musd,
                        int32_t line);
/* Sorts labels and rows, adds up rows of one key (the same value twice counts once),
   makes notes. Errors: KN_ERR_DATA when there is no row; those of kn__hs_check. */
kn_status kn__flows_finish(kn__flow_reader *reader, const char *file);
/* The position of the first column of that name (NULL-ended list), or -1. */
int32_t kn__column_of(const kn__field *header, int32_t count, const char *const *names);

/* From memory, for tests: files as paths. */
kn_status kn__read_baci_csv(kn__flows_raw **raw, kn_context *ctx, kn__csv *flows,
                            kn__csv *codes, const kn__hs_list *only);
kn_status kn__read_comtrade_csv(kn__flows_raw **raw, kn_context *ctx,
                                kn__csv *const *files, int32_t count,
                                const kn__hs_list *only);
/* Files: edges, nodes, classes; the last two may be left out. */
kn_status kn__read_firms_csv(kn__firms_raw **raw, kn_context *ctx, kn__csv *const *files,
                             int32_t count);

#endif
