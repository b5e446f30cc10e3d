/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_CHAIN_H
#define KN_NETWORK_CHAIN_H

#include "kernel/text.h"
#include "network/build.h"

/* What the parts of the chain builder share. P products, E economies; pairs are
   [product * E + economy]. */

/* A label of a file, sorted for look-ups. */
typedef struct kn__name {
    const char *label;
    int32_t id, line;
} kn__name;

typedef struct kn__names {
    kn__name *at;
    int32_t count;
    const char *file, *what; /* "products.csv", "product" */
} kn__names;

typedef struct kn__chain_build {
    kn_context *ctx;
    kn_network *net;
    const kn__chain_raw *raw;
    kn__arena *scratch;
    kn__names sources, economies, products;
    int32_t *carved_line; /* line of the industry of a pair in industries.csv, 0: none */
    int32_t *pair_start;  /* producers of a pair: [pair_start[at], pair_start[at + 1]) */
    double *output;       /* of a pair */
    double *use;          /* purchases of product q by economy d */
    double *wanted;       /* what recipes ask for of q in d */
    int32_t *by_input;    /* recipes in order of input */
    int32_t *input_start; /* P + 1 offsets into by_input */
    kn__triplet *z;
    int64_t z_count, z_room;
} kn__chain_build;

/* Fails with "PREFIXfile:line: message". */
kn_status kn__chain_fail(kn__chain_build *b, const char *file, int32_t line,
                         const char *format, ...) __attribute__((format(printf, 4, 5)));
/* The id of a label a row of `file` uses; an unknown one is refused with the nearest. */
kn_status kn__chain_lookup(int32_t *id, kn__chain_build *b, const kn__names *names,
                           const char *label, const char *file, int32_t line);
kn_status kn__chain_origin(kn__origin *origin, kn__chain_build *b, const char *source,
                           char grade, int32_t year, const char *file, int32_t line);

/* Sources, economies, products, recipes, equipment, blocs, stocks. */
kn_status kn__chain_labels(kn__chain_build *b);
kn_status kn__chain_records(kn__chain_build *b);
/* Producers with output and value added; what remains of industries. */
kn_status kn__chain_producers(kn__chain_build *b);
/* Use by economy, bilateral flows, Z and final demand. */
kn_status kn__chain_flows(kn__chain_build *b);

#endif
