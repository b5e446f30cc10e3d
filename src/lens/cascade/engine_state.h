/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_STATE_H
#define KN_LENS_CASCADE_ENGINE_STATE_H

#include "lens/cascade/engine.h"
#include "lens/cascade/engine_kernel.h"

/* Users that are worked on together, all of one market; the cut does not depend on the
   number of threads. */
typedef struct kn__engine_block {
    int64_t begin, end; /* into member */
    int32_t market;
    bool is_final;
} kn__engine_block;

/* Producers are worked on in chunks of so many. */
enum { KN__ENGINE_CHUNK = 2048 };

/* What a block adds up in a step. */
typedef struct kn__engine_sum {
    double delivered, used, before, after;
    bool received_differs, gap_differs; /* see boario_tolerance */
} kn__engine_sum;

struct kn__engine {
    const kn__engine_net *net;
    const kn__engine_kernel *kernel;
    kn__engine_rule rule;
    kn__arena *arena;
    int64_t bytes, steps, groups, links, final_group; /* first group of final users */
    int32_t n, markets, ranks, block_count;
    bool by_link;          /* orders are kept link by link */
    int32_t *member;       /* users in the order of markets */
    const int32_t *market; /* of each user */
    bool *final_market;    /* whether final users are in it */
    const unsigned char *rank;
    kn__engine_block *blocks;
    kn__engine_sum *sums;

    /* By group: use in the normal state; stock, in steps of that use (so that what is at
       rest stays there to the last bit); what is received a step. Orders are per unit of
       normal flow: link order = scale x flow x u. */
    double *use, *stock, *received, *scale;
    double *link_order, *link_stock; /* by link, where kept: an amount; steps of flow */
    double *met, *wanted;            /* by group of final users */

    /* By producer. */
    double *normal, *output, *demand, *capacity, *limit, *adapted, *price, *choice,
        *level, *chunk_made;
    int32_t *binding;
    /* [market][producer]: u open now, v = u times what is delivered of an order, m what
       buyers still count on, w = m times choice. */
    double *open, *deliver, *memory, *lean;
    double *base;    /* [market][producer]: orders of the normal state */
    double *sent;    /* [block][producer]: orders above those of the normal state, over u;
                        what is at rest sends exactly nothing. 0 once demand is known. */
    double *ask;     /* [rank][producer]: orders of buyers of that rank */
    double *scratch; /* for water filling: two numbers a producer */
    bool doors;      /* a door was not fully open once: u, m matter */
};

/* The pass over the flows of a block. Stages of one user touch the same flows, so that
   they are done together where they may be. */
enum {
    KN__STAGE_RECEIVE = 1, /* what arrives */
    KN__STAGE_MOVE = 2,    /* stocks move by what arrived and what was used; the limit */
    KN__STAGE_ORDER = 4,   /* new orders, added up by supplier */
    KN__STAGE_HOLD = 8,    /* stocks stay (quirk) */
    KN__STAGE_NO_GAP = 16  /* orders do not close gaps (quirk) */
};
void kn__engine_pass(kn__engine *e, int32_t block, int stages);

/* The same where orders are kept by link. */
void kn__engine_pass_links(kn__engine *e, int32_t block, int stages);

/* Sum of flow times v over the links of a group, as every stage adds it up. */
double kn__engine_weigh(const kn__engine *e, int64_t group, const double *v);

/* sent[supplier] += excess times flow, over the links of a group. */
void kn__engine_send(const kn__engine *e, int64_t group, double excess, double *sent);

/* What the orders of a user follow, over normal output. */
typedef struct kn__engine_aim {
    double flow, target;
} kn__engine_aim;
kn__engine_aim kn__engine_aim_of(const kn__engine *e, int32_t user);

/* What a user orders of a group with `stock`, over normal use:
   flow + (target - stock) / time. */
double kn__engine_wish(const kn__engine *e, kn__engine_aim aim, int64_t group,
                       double stock, bool close_gap);

/* How much of its relative order each supplier fills at most, so that all is given out:
   level[i], infinite where every order is met. */
void kn__engine_water(kn__engine *e);

/* The limit the stocks of a producer set. */
void kn__engine_limit(kn__engine *e, int32_t user);

/* Capacity over normal after what was seen; before output is known, and after. */
void kn__engine_adapt_before(kn__engine *e, int32_t i);
void kn__engine_adapt_after(kn__engine *e, int32_t i, double available);

#endif
