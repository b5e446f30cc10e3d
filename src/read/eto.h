/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_ETO_H
#define KN_READ_ETO_H

#include <stdbool.h>

#include "read/raw.h"

/* The files of the ETO semiconductor supply chain data set as read, before they become a
   chain. Texts live in the arena of `raw`. */

typedef enum kn__eto_type {
    KN__ETO_TOOL,
    KN__ETO_MATERIAL,
    KN__ETO_DESIGN,
    KN__ETO_PROCESS,
    KN__ETO_OUTPUT,
    KN__ETO_STAGE /* not a product: shares of a whole stage */
} kn__eto_type;

typedef struct kn__eto_node {
    const char *id, *name, *stage; /* stage: id, "" where the file says nothing */
    kn__eto_type type;
    double value_musd; /* NaN: none given, or not understood */
    int32_t value_year, line;
    int32_t parent;    /* what it is a variant of, or -1 */
    bool has_children; /* something is a variant of it */
    bool feeds;        /* it goes into something */
} kn__eto_node;

typedef struct kn__eto_provider {
    const char *id;
    const char *economy; /* kaname's code; "ZZU" for regions and "Various countries" */
    bool is_country;
} kn__eto_provider;

typedef struct kn__eto_provision {
    int32_t node, provider, year, line;
    double share; /* 0..1; NaN: provides, share unknown */
} kn__eto_provision;

typedef struct kn__eto_edge {
    int32_t input, target, line;
} kn__eto_edge;

typedef struct kn__eto {
    kn_context *ctx;
    kn__chain_raw *raw;
    kn__eto_node *nodes;         /* sorted by id, as strcmp orders */
    kn__eto_provider *providers; /* sorted by id, each once */
    kn__eto_provision
        *provisions;     /* sorted by node, countries first, latest year first */
    kn__eto_edge *edges; /* supply edges in the file's order */
    int64_t node_count, provider_count, provision_count, edge_count;
    int64_t node_room, provider_room, provision_room, edge_room;
    int32_t regions; /* provisions by regions or "Various countries" */
    int32_t odd_values;
} kn__eto;

/* Shares of one node by economy, in the order of work->codes. */
typedef struct kn__eto_shares {
    const double *of; /* economies; NULL: nothing known */
    int32_t year, line;
    char grade;
} kn__eto_shares;

typedef struct kn__eto_family {
    int32_t waiting;  /* variants not yet added up */
    int32_t folded;   /* variants that are no products of their own */
    int32_t separate; /* variants that are */
    double value;     /* sum of known market sizes; 0: none */
    double weight;    /* sum of weights of the mean below */
    double *weighted; /* shares times weights; NULL: nothing known */
} kn__eto_family;

typedef struct kn__eto_work {
    kn__eto *eto;
    kn_context *ctx;
    kn__chain_raw *raw;
    const char **codes; /* economies that provide anything, sorted; ZZU is not one */
    int32_t code_count, scaled, borrowed, valued, folded;
    double largest_sum;
    const char **slug;        /* product id of node i, or NULL: not a product */
    kn__eto_shares *share;    /* of node i */
    kn__eto_family *families; /* of node i: what its variants add up to */
} kn__eto_work;

/* A market size not given counts as this much when variants are weighed, and as a
   product's value (grade D). */
#define KN__ETO_DEFAULT_MUSD 1000.0

/* Economies that provide, shares of every node (the latest year, countries before
   organizations), then variants folded into their parents. Errors: KN_ERR_DATA for shares
   above 103 %, a provider twice, variants in a circle. */
kn_status kn__eto_shares_of_nodes(kn__eto_work *work);

/* Fills eto->raw from the tables. */
kn_status kn__eto_chain(kn__eto *eto);

#endif
