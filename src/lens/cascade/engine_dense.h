/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_DENSE_H
#define KN_LENS_CASCADE_ENGINE_DENSE_H

#include "lens/cascade/engine_state.h"

/* Dense networks: suppliers of a product stand together, and a group buys from all of
   them (a range). Eight units are a tile; what they buy from a range is a row. Range by
   range a block works on the rows of its tiles, for one shock or for a panel of eight at
   a time, so that a flow is read from memory once a step, and in the order it lies there.

   The plan keeps a copy of the flows in that order, [row][supplier][8]: 8 bytes a link
   and 8 for each place of a tile that no unit takes. */

enum { KN__SHOCKS_MOST = 64, KN__RANGE_MOST = 512 };

typedef struct kn__dense_range {
    int32_t first, count;
    int64_t at; /* where its columns begin, for one shock */
} kn__dense_range;

typedef struct kn__dense_row {
    int32_t tile, part;
    int32_t input[KN__LANES]; /* which of the unit's groups it is; -1 none */
} kn__dense_row;

/* The rows of a block in a range. */
typedef struct kn__dense_part {
    int32_t range;
    int64_t begin, end; /* rows */
    const double *z;    /* of all of them */
} kn__dense_part;

typedef struct kn__dense_tile {
    int32_t unit[KN__LANES], units;
} kn__dense_tile;

/* The same for every shock. */
typedef struct kn__dense_plan {
    int32_t range_count, tile_count, part_count;
    int64_t width, rows, lines; /* of a set of columns; lines of flows */
    kn__dense_range *ranges;
    kn__dense_row *row;
    kn__dense_part *parts;
    kn__dense_tile *tiles;
    int32_t *block_tile, *block_part; /* first of each block, and the end */
    int64_t *place;                   /* of each group: row times eight, plus its place */
    double *z;
    double *fixed;               /* [row][KN__CELL_FIXED][8] */
    bool *outdated;              /* groups of which the net may say something else */
    bool *any_outdated, changed; /* of each producer; of all */
} kn__dense_plan;

struct kn__dense {
    kn__dense_plan *plan;
    kn__engine **engines;
    int32_t shocks;
    int32_t wide, panels; /* shocks of a panel: 1, or 8 some of which may be none */
    double *moving;       /* [part][panel][row][shock][KN__CELL_MOVING][8] */
    double *sums;         /* [block][panel][shock][KN__SUM_NUMBERS][8] */
    double *active;       /* [tile][8], see kn__engine_cells */
    double *unit;         /* [block][panel][tile][shock][KN__UNIT_NUMBERS][8] */
    /* [market][delivered, leaned to][panel] sets of columns, and whether those of a range
       are 1 all over. */
    double *columns;
    bool *rests;
    double *sent;    /* [block][panel] sets of columns: orders above the normal state */
    double *ordered; /* [market][panel] the same, added up */
};

/* Whether the rule and the network go with it; then a plan, else *plan is NULL.
   KN_ERR_MEMORY. */
kn_status kn__dense_plan_new(kn__dense_plan **plan, kn_context *ctx, kn__engine *e);

/* The state of up to KN__SHOCKS_MOST engines that share a plan; from now on it is where
   they keep what they know by group. KN_ERR_MEMORY. */
kn_status kn__dense_new(kn__dense_plan *plan, kn_context *ctx, kn__engine *const *engines,
                        int32_t shocks);

/* The normal state of the one engine there is: use by group, orders by market. */
void kn__dense_normal(kn__dense *d);
/* The net may say something else about a group of a producer. */
void kn__dense_outdate(kn__dense *d, int32_t producer, int64_t group);
/* About any group. */
void kn__dense_outdate_all(kn__dense *d);
/* Looks up again what is outdated, before a step. */
void kn__dense_renew(kn__dense *d);

/* Takes over what the engines of a panel deliver and lean to, before a pass. */
void kn__dense_listen(kn__dense *d, int32_t panel);
/* Orders (KN__STAGE_ORDER) at the start or of final users, receipts of final users
   (KN__STAGE_RECEIVE), or all that producers do in a step. */
void kn__dense_pass(kn__dense *d, int32_t block, int stages);
/* Forgets all that was sent. */
void kn__dense_forget(kn__dense *d);
/* Adds up what the blocks of each market sent to producers from begin to before end. */
void kn__dense_gather(kn__dense *d, int32_t panel, int64_t begin, int64_t end);
/* What a market sent to producers begin .. end - 1, once gathered. */
void kn__dense_take(const kn__dense *d, int32_t shock, int32_t market, int64_t begin,
                    int64_t end, double *total);

#endif
