/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_STATE_H
#define KN_LENS_CASCADE_ENGINE_STATE_H

#include <stdatomic.h>

#include "lens/cascade/engine.h"
#include "lens/cascade/engine_kernel.h"

/* Units that are worked on together, all of one market; the cut does not depend on the
   number of threads. A unit is a producer with all it buys, or one group of a final user.
   Each has a slot; those of a block start at a multiple of 64, so that blocks share no
   word of slots. */
typedef struct kn__engine_block {
    int64_t begin, end; /* into member */
    int64_t slot;       /* of begin */
    int32_t market;
    bool is_final;
} kn__engine_block;

/* Producers are worked on in chunks of so many. */
enum { KN__ENGINE_CHUNK = 2048 };

/* What a block adds up in a step. */
typedef struct kn__engine_sum {
    double delivered, used, laid_up; /* the first two over the normal state */
} kn__engine_sum;

/* What is not exactly at rest. What is, neither sends nor changes anything, so that a
   pass may leave it out and give the same bits. Kept where links name their suppliers. */
typedef struct kn__engine_awake {
    int64_t
        *buyer_start; /* [producers + 1]; NULL: everything is looked at in each step */
    int32_t *buyer;   /* slots of the units that buy from a producer */
    int32_t *slot;    /* of each producer as a unit */
    _Atomic uint64_t *producers, *slots; /* a bit each */
    int64_t *chunk_spread;               /* buyers of those that deviate, by chunk */
    int64_t words, most; /* of slots; units that a pass over some may look at */
    bool all;            /* look at all */
} kn__engine_awake;

typedef struct kn__dense kn__dense;

/* A supplier while it shares out its output in rounds. */
typedef struct kn__engine_round {
    double left;         /* of its output */
    double met, next;    /* over normal: orders up to here are met; the smallest above */
    double level;        /* what all others get */
    double open, finals; /* normal orders of firms that are not met, of final users */
    double unasked;      /* normal orders of firms that order nothing */
    double credit;       /* what these get, over normal */
    bool finals_open, first, done;
} kn__engine_round;

struct kn__engine {
    const kn__engine_net *net;
    const kn__engine_kernel *kernel;
    kn__engine_rule rule;
    kn__arena *arena;
    int64_t bytes, steps, groups, links, final_group; /* first group of final users */
    int64_t units;
    int64_t alone; /* links below which a loop is not worth a thread */
    int32_t n, markets, ranks, block_count;
    bool by_link;    /* orders are kept link by link */
    int32_t *member; /* units in the order of markets: producers, and from n on the groups
                        of final users */
    const int32_t *market; /* of each user */
    int64_t *market_end;   /* of each market's units among members */
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
    kn__engine_round *round; /* in_rounds: by producer */
    bool doors;              /* a door was not fully open once: u, m matter */
    double made, stocks;     /* normal output and all stocks together */
    const double *wanted_now, *extra_now; /* of the drive of this step */
    /* In this step stocks of producers stay, orders close no gaps: boario_tolerance. */
    bool holds, ignores_gaps;

    kn__engine_awake awake;
    kn__dense *dense; /* NULL: groups are worked on one by one */
    int32_t shock;    /* which of its shocks this is */
};

/* Where the stock, scale and received of a group are: in engine_dense.h. */
int64_t kn__dense_cell(const kn__dense *dense, int32_t shock, int64_t group);
static inline int64_t kn__engine_cell(const kn__engine *e, int64_t group)
{
    return e->dense ? kn__dense_cell(e->dense, e->shock, group) : group;
}

/* The pass over the flows of a block. Stages of one user touch the same flows, so that
   they are done together where they may be. */
enum {
    KN__STAGE_RECEIVE = 1, /* what arrives */
    KN__STAGE_MOVE = 2,    /* stocks move by what arrived and what was used; the limit */
    KN__STAGE_ORDER = 4    /* new orders, added up by supplier */
};
void kn__engine_pass(kn__engine *e, int32_t block, int stages);

/* Whether anything that producers of a block receive is not close to what they use; or,
   with `gap`, any of their stocks after this step to its target. Nothing changes; most
   blocks are done with their first producer. */
bool kn__engine_differs(const kn__engine *e, int32_t block, bool gap);

/* The first group of a unit; it ends where the next unit's begin. */
static inline int64_t kn__engine_first_group(const kn__engine *e, int32_t unit)
{
    return unit < e->n ? e->net->group_start[unit] : e->final_group + (unit - e->n);
}

/* What the orders of a user follow, over normal output. Who is idle buys and makes
   nothing: it orders what it always did, and its stocks stay. */
typedef struct kn__engine_aim {
    double flow, target;
    bool idle;
} kn__engine_aim;

/* A unit while it is worked on. */
typedef struct kn__engine_turn {
    kn__engine *e;
    kn__engine_sum *sum;
    const double *deliver, *open, *lean; /* of its market */
    double *sent;
    kn__engine_aim aim;
    double share; /* output over normal */
    int stages;
    bool is_final, leans; /* lean: shares may not be normal */
    bool restless;        /* something about the unit deviates */
} kn__engine_turn;

kn__engine_aim kn__engine_aim_of(const kn__engine *e, int32_t user);

/* A stock moves to `after` steps of use, or to none. */
void kn__engine_move(kn__engine *e, int64_t group, double after);

/* The same for a group whose orders are kept by link. */
void kn__engine_take_links(kn__engine_turn *turn, int64_t group);
void kn__engine_order_links(kn__engine_turn *turn, int64_t group);

/* Sum of flow times v over the links of a group, as every stage adds it up. */
double kn__engine_weigh(const kn__engine *e, int64_t group, const double *v);

/* sent[supplier] += excess times flow, over the links of a group. */
void kn__engine_send(const kn__engine *e, int64_t group, double excess, double *sent);

/* What final users want of a group at today's prices. */
double kn__engine_final_wish(kn__engine *e, int64_t group);

/* What a user orders of a group with `stock`, over normal use:
   flow + (target - stock) / time. */
double kn__engine_wish(const kn__engine *e, kn__engine_aim aim, int64_t group,
                       double stock);

/* ---- Parts of a step, for engines that go together ---- */

/* An engine for another shock of the same network: room of its own by producer, nothing
   by group. KN_ERR_MEMORY. */
kn_status kn__engine_copy(kn__engine **copy, kn_context *ctx, const kn__engine *model);
/* To the normal state; then producers order (KN__STAGE_ORDER), then stocks set limits. */
void kn__engine_rest(kn__engine *e, const double *open);
void kn__engine_limits(kn__engine *e);
/* Final users order after `begin`, then producers produce (chunk by chunk), then all
   passes go over the flows, then `end`. */
void kn__engine_begin(kn__engine *e, const kn__engine_drive *drive);
void kn__engine_produce(kn__engine *e, const kn__engine_drive *drive, int64_t chunk);
void kn__engine_end(kn__engine *e);

/* ---- What is awake ---- */

/* Makes room for it, after the cut into blocks. */
kn_status kn__engine_awake_new(kn__engine *e, kn_context *ctx);

static inline uint64_t kn__engine_bits(_Atomic uint64_t *bits, int64_t at)
{
    return atomic_load_explicit(bits + (at >> 6), memory_order_relaxed);
}

static inline void kn__engine_wake_bit(_Atomic uint64_t *bits, int64_t at)
{
    uint64_t mask = (uint64_t)1 << (at & 63);
    if (!(kn__engine_bits(bits, at) & mask))
        atomic_fetch_or_explicit(bits + (at >> 6), mask, memory_order_relaxed);
}

/* For a word that nobody else writes to at the time. */
static inline void kn__engine_set_bit(_Atomic uint64_t *bits, int64_t at, bool on)
{
    uint64_t word = kn__engine_bits(bits, at), mask = (uint64_t)1 << (at & 63);
    atomic_store_explicit(bits + (at >> 6), on ? word | mask : word & ~mask,
                          memory_order_relaxed);
}

/* A producer for the next step, its purchases for this one. */
void kn__engine_wake(kn__engine *e, int32_t producer);
/* What a drive says wakes those it names. */
void kn__engine_wake_driven(kn__engine *e, const kn__engine_drive *drive);
/* Suppliers of a group that sends. */
void kn__engine_wake_suppliers(kn__engine *e, int64_t group);
/* Wakes the buyers of producers that deviate, once all outputs are known; or decides to
   look at all, where that is not dearer. */
void kn__engine_wake_buyers(kn__engine *e);
/* Whether buyers of a producer see that it deviates. */
bool kn__engine_deviates(const kn__engine *e, int32_t i);
/* Units that are awake. */
int64_t kn__engine_awake_count(const kn__engine *e);

/* How much of its relative order each supplier fills at most, so that all is given out:
   level[i], infinite where every order is met. */
void kn__engine_water(kn__engine *e);

/* The limit the stocks of a producer set; the same from what they allow over normal. */
void kn__engine_limit(kn__engine *e, int32_t user);
void kn__engine_set_limit(kn__engine *e, int32_t user, double share);

/* Capacity over normal after what was seen; before output is known, and after. */
void kn__engine_adapt_before(kn__engine *e, int32_t i);
void kn__engine_adapt_after(kn__engine *e, int32_t i, double available);

#endif
