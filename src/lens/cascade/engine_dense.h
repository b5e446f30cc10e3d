/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_DENSE_H
#define KN_LENS_CASCADE_ENGINE_DENSE_H

#include "lens/cascade/engine_state.h"

/* Dense networks: suppliers of a product stand together, and a group buys from all of
   them (a range). Eight units are worked on at a time (a tile), range by range, for all
   the shocks that share the flows, so that a flow is read from memory once a step. Cells
   are [row][shock][8], columns [range][shock][supplier]. */

enum { KN__SHOCKS_MOST = 64, KN__RANGE_MOST = 512 };

typedef struct kn__dense_range {
    int32_t first, count;
    int64_t at; /* where its columns begin, for one shock */
} kn__dense_range;

/* What the units of a tile buy from a range. */
typedef struct kn__dense_row {
    int32_t range;
    int32_t input[KN__LANES];   /* which of the unit's groups it is; -1 none */
    const double *z[KN__LANES]; /* flows, or zeros; readable to whole lanes */
} kn__dense_row;

typedef struct kn__dense_tile {
    int32_t unit[KN__LANES], units;
    int64_t begin, end; /* rows */
    int64_t next;       /* row to take next, where ranges come first */
} kn__dense_tile;

/* The same for every shock. */
typedef struct kn__dense_plan {
    int32_t range_count, tile_count;
    int64_t width, rows; /* of a set of columns */
    kn__dense_range *ranges;
    kn__dense_row *row;
    kn__dense_tile *tiles;
    int32_t *block_tile; /* first tile of each block, and the end */
    int64_t *place;      /* of each group: row times eight, plus its place there */
    double *use, *target, *need, *weight, *free; /* [row][8], see kn__engine_cells */
    double *zeros, *end; /* what rows without flows, or at the end of them, point to */
} kn__dense_plan;

struct kn__dense {
    kn__dense_plan *plan;
    kn__engine **engines;
    int32_t shocks;
    double *stock, *scale, *received; /* cells */
    /* [tile][shock][8] */
    double *flow, *aim, *share, *moves, *closes, *delivered, *laid_up, *least, *binding;
    /* [market] sets of columns: of each shock what is delivered, then of each what it
       leans to; whether a column is 1 all over. */
    double *columns;
    bool *rests;
    double *sent; /* [block] sets of columns, one of each shock */
};

/* Whether the rule and the network go with it; then a plan, else *plan is NULL.
   KN_ERR_MEMORY. */
kn_status kn__dense_plan_new(kn__dense_plan **plan, kn_context *ctx, kn__engine *e);

/* The state of up to KN__SHOCKS_MOST engines that share a plan; from now on it is where
   they keep what they know by group. KN_ERR_MEMORY. */
kn_status kn__dense_new(kn__dense_plan *plan, kn_context *ctx, kn__engine *const *engines,
                        int32_t shocks);

/* Puts what rule and network say of each group, and its normal use, into the plan. */
void kn__dense_fill(kn__dense *d);

/* Takes over what an engine delivers and leans to, before a pass. */
void kn__dense_listen(kn__dense *d, int32_t shock);
/* Orders (KN__STAGE_ORDER) at the start or of final users, receipts of final users
   (KN__STAGE_RECEIVE), or all that producers do in a step. */
void kn__dense_pass(kn__dense *d, int32_t block, int stages);
/* Forgets all that was sent. */
void kn__dense_forget(kn__dense *d, int32_t shock);
/* Adds what a block sent to producers begin .. end - 1, and forgets it. */
void kn__dense_take(kn__dense *d, int32_t shock, int32_t block, int64_t begin,
                    int64_t end, double *total);

#endif
