/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_CHAIN_H
#define KN_REPORT_CHAIN_H

#include "report/brief.h"

/* What hangs on one product in one economy, as a small layered graph: suppliers, the
   product, its users, their users, industries, the economy. Layers are the shortest way
   from the product; an edge that does not lead to a later layer runs back. */
enum { KN__NODES = 96, KN__EDGES = 48, KN__LAYERS = 7 };

typedef enum kn__node_kind {
    KN__NODE_SUPPLIER,
    KN__NODE_PRODUCT,
    KN__NODE_ECONOMY,
    KN__NODE_WAY /* where a long edge passes through a layer */
} kn__node_kind;

typedef struct kn__node {
    kn__node_kind kind;
    int32_t id; /* economy (suppliers; -1 for the others together) or product */
    int32_t layer;
    double place;  /* order within the layer */
    double value;  /* share of purchases, or value added a year */
    double weight; /* how much hangs on it, for choosing and ordering */
    const char *name;
} kn__node;

typedef struct kn__edge {
    int32_t from, to;
    int32_t recipe; /* index into the network's recipes, or -1 */
    bool back;
    double share; /* of the user's output that the input costs; NaN where not by flow */
    int32_t way[KN__LAYERS]; /* nodes passed between, for layers from + 1 … to - 1 */
    int32_t way_count;
} kn__edge;

typedef struct kn__chain {
    kn__node node[KN__NODES];
    kn__edge edge[KN__EDGES];
    int32_t node_count, edge_count;
    int32_t layers; /* used */
} kn__chain;

/* Chooses nodes and edges for the worst threat of the brief. Errors: KN_ERR_MEMORY. */
kn_status kn__chain_find(kn__chain *chain, const kn__brief *brief);
/* Lets long edges pass and orders each layer so that few edges cross (barycentres,
   Sugiyama et al. 1981). */
void kn__chain_order(kn__chain *chain);

/* The picture for broad screens and paper (layers from left to right), and the one for
   narrow screens (one node a line, arcs at the left). */
void kn__chain_draw_broad(kn__text *out, const kn__brief *brief, const kn__chain *chain);
void kn__chain_draw_narrow(kn__text *out, const kn__brief *brief, const kn__chain *chain);

#endif
