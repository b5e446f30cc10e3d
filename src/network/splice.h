/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_SPLICE_H
#define KN_NETWORK_SPLICE_H

#include "network/network.h"

/* What the parts of splice share (docs/splice.md). A chain is one producer of the atlas
   (economy, product) that is carved out of its parent, the producer of the table for the
   same economy and industry. Chain c is producer n + c of the spliced network. */
typedef struct kn__splice {
    kn_context *ctx;
    kn_network *net;
    const kn_network *table;
    kn_network *atlas; /* merged to the table's economies and ZZU: ids are the net's */
    double atlas_gdp;  /* of all its economies */
    kn__arena *scratch;
    int32_t *to;      /* product of the net that a product of the atlas becomes */
    double *coverage; /* [atlas product] of an industry: its part of the table's */
    int32_t n, chain_count;
    int32_t *chain_of;     /* of producer i of the atlas, or -1 */
    int32_t *origin;       /* producer of the atlas of chain c */
    int32_t *parent;       /* producer of the table of chain c */
    int32_t *kid_start;    /* n + 1 offsets: the chains of a parent are neighbours */
    double *output_factor; /* [chain] carved output / output in the atlas */
    const double *z;       /* the table's flows, n × n */
    double *sales;   /* chain × (n + final_count): what c takes of its row's cells */
    double *inputs;  /* chain × n: what c takes of its column's cells */
    double *between; /* chain × chain: flows of the atlas, scaled */
} kn__splice;

/* The most that chains take of any cell, output or value added of the table. */
#define KN__SPLICE_MOST 0.9

/* The product of the table that holds `isic`, a product id such as "isic:26" (rev. 4), by
   its own id or by the codes in its note ("ISIC rev. 3: 30-33"); -1: none. */
int32_t kn__splice_industry(const kn_network *table, const char *isic);

/* Chains with parent, output and value added; what remains of the parents. */
kn_status kn__splice_chains(kn__splice *s);
/* What chains take of the cells of their parents' rows and columns. */
kn_status kn__splice_margins(kn__splice *s);
/* Z and final demand of the net. */
kn_status kn__splice_flows(kn__splice *s);
/* Recipes, equipment, links, stocks and the parameters of industries. */
kn_status kn__splice_records(kn__splice *s);

#endif
