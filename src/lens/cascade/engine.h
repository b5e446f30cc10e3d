/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_H
#define KN_LENS_CASCADE_ENGINE_H

#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory.h"

/* The daily engine: producers hold stocks of their inputs, make what demand, capacity and
   stocks allow, share it out among buyers, and order again. One step is a day, or what
   the flows are given for. The published models are settings of it (presets.c). */

/* ---- Five choices ---- */

/* How stocks limit output. With q = stock over use in one step, w the weight of an input,
   x0 normal output: x <= x0 ((1 - w) + w q) for each input; w comes from its class. */
#define KN__MAKE_LIST(X)                                                                 \
    X(KN__MAKE_LEONTIEF, "leontief")        /* all inputs binding */                     \
    X(KN__MAKE_STRONG, "strongly-critical") /* essential and important binding */        \
    X(KN__MAKE_HALF, "half-critical")       /* important ones by half */                 \
    X(KN__MAKE_WEAK, "weakly-critical")     /* only essential ones */                    \
    X(KN__MAKE_LINEAR, "linear")            /* sum of stocks over sum of use */          \
    X(KN__MAKE_CES, "ces")                  /* cost shares and an elasticity */

/* What an order repeats besides closing the gap to the stock target. */
#define KN__BASIS_LIST(X)                                                                \
    X(KN__BASIS_NONE, "none")         /* nothing, or the normal state */                 \
    X(KN__BASIS_OUTPUT, "output")     /* what was used up for the last output */         \
    X(KN__BASIS_DEMAND, "demand")     /* what the last demand would use up */            \
    X(KN__BASIS_FEASIBLE, "feasible") /* the same, no more than capacity allows */

#define KN__SOURCE_LIST(X)                                                               \
    X(KN__SOURCE_FIXED, "fixed") /* normal shares; a closed door is not replaced */      \
    X(KN__SOURCE_CAPACITY, "capacity") /* normal shares times capacity over normal */    \
    X(KN__SOURCE_SEARCH, "search")     /* the same, after a search that takes time */

#define KN__RATION_LIST(X)                                                               \
    X(KN__RATION_PROPORTIONAL, "proportional") /* all buyers alike */                    \
    X(KN__RATION_WATER, "water-filling")       /* small relative orders are met first */ \
    X(KN__RATION_FIRMS, "firms-first")         /* producers before final users */        \
    X(KN__RATION_DOMESTIC, "domestic-first")                                             \
    X(KN__RATION_ALLIANCE, "alliance-first") /* the own economy counts as an ally */

#define KN__ADAPT_LIST(X)                                                                \
    X(KN__ADAPT_NONE, "none")                                                            \
    X(KN__ADAPT_OVERPRODUCE, "overproduction") /* capacity grows with unmet demand */    \
    X(KN__ADAPT_HIRE, "hiring")                /* capacity follows what could be made */ \
    X(KN__ADAPT_PRICE, "price") /* overproduction, and dear goods are bought less */

#define KN__ENGINE_ENUM(code, name) code,
typedef enum kn__make { KN__MAKE_LIST(KN__ENGINE_ENUM) } kn__make;
typedef enum kn__basis { KN__BASIS_LIST(KN__ENGINE_ENUM) } kn__basis;
typedef enum kn__sourcing { KN__SOURCE_LIST(KN__ENGINE_ENUM) } kn__sourcing;
typedef enum kn__rationing { KN__RATION_LIST(KN__ENGINE_ENUM) } kn__rationing;
typedef enum kn__adaptation { KN__ADAPT_LIST(KN__ENGINE_ENUM) } kn__adaptation;
#undef KN__ENGINE_ENUM

typedef struct kn__engine_rule {
    kn__make make;
    double elasticity; /* CES, below 1 */
    double need;       /* stock that full output wants: this share of its target, */
    double need_steps; /* or these steps of use when need is 0 */
    /* Order = flow + (target - stock) / restore_steps, never below 0; flow and target are
       those of the normal state times the basis over normal output. */
    kn__basis flow_on, target_on;
    double restore_steps;
    bool gap_only_up; /* a stock above its target does not lower the order */
    /* Quirks of published programs. */
    bool returns;     /* an order may fall below 0: goods go back */
    bool debts;       /* a stock that does not limit output may fall below 0 */
    bool idle_stops;  /* who buys and makes nothing orders once, not for ever */
    bool by_supplier; /* stocks and orders are kept for each supplier apart */
    bool in_rounds;   /* water filling charges final demand again once it is met, and
                         gives to buyers that ordered nothing */
    kn__sourcing sourcing;
    bool final_fixed;    /* final users never change supplier */
    double search_steps; /* until the search has found what can be found, */
    double search_share; /* this share of closed purchases; where the net is silent */
    kn__rationing rationing;
    kn__adaptation adaptation;
    int64_t adapt_after; /* steps that have nothing to look back on */
    double adapt_steps;  /* time constant of overproduction; steps to hire and fire */
    double adapt_base;   /* capacity over normal at rest */
    double adapt_most;   /* largest capacity over normal, where the net says nothing */
    double price_steps, price_most, price_elasticity; /* of final demand, see price */
    double stock_steps, start_steps; /* stock target and start, where the net is silent */
    bool boario_tolerance; /* quirk: stocks and gaps that are all close to equal count as
                              equal (rtol 1e-5, atol 1e-8), over the whole system */
} kn__engine_rule;

/* ---- Network ---- */

/* Users are producers 0 .. producers-1, then final users. A user's purchases are groups
   (one input product each), a group's links lead to suppliers. Flows are amounts a step;
   a producer's normal output is what it sells. The arrays must outlive the engine. */
typedef struct kn__engine_net {
    int32_t producers, users;
    const int64_t *group_start; /* users + 1 */
    const int64_t *link_start;  /* groups + 1 */
    const int32_t *supplier; /* of each link; NULL: of group g first[g], first[g]+1, … */
    const int32_t *first;
    const double *flow;       /* of each link, >= 0 */
    const double *weight;     /* w of each group, 0 to 1, or NULL: 1 */
    const double *target;     /* of each group: steps of use held, or NULL: by the rule */
    const double *start;      /* the same at the start, or NULL: target, or by the rule */
    const double *on_way;     /* of each group: steps of use that come later and that
                                 orders leave out, or NULL: none */
    const double *adapt_most; /* of each producer: capacity over normal; NULL: rule */
    const double *adapt_steps, *search_steps, *search_share; /* same, or NULL */
    /* Users of one market have the same suppliers open to them and the same rank. A
       market holds producers or final users, not both. NULL: one for each kind. */
    int32_t markets;
    const int32_t *market;     /* of each user */
    const unsigned char *rank; /* [market][producer], 0 served first; NULL: by the rule */
    int32_t ranks;             /* how many */
} kn__engine_net;

/* ---- Running ---- */

typedef struct kn__engine kn__engine;

/* What the outside world does in one step; NULL: nothing. A step costs what is not at
   rest where links name their suppliers, and the lists spare it looking through these
   arrays.
 */
typedef struct kn__engine_drive {
    const double *capacity; /* of each producer: share of normal capacity it can use */
    const double *wanted;   /* of each group of final users: over normal */
    /* Of each producer: amounts that are asked for besides, as for rebuilding. The last
       rank is served with them, in proportion (water filling knows nothing of them); what
       is delivered of them goes to extra_met, and orders count on it no more. */
    const double *extra;
    double *extra_met;
    /* [market][producer], 0 closed to 1 open: for the orders placed at the end of this
       step, which are delivered in the next. */
    const double *open;
    /* The producers whose capacity or doors are not 1 or that have extras, and the groups
       of final users, counted from their first, that want another amount; NULL: any. */
    const int32_t *held, *asked;
    int32_t held_count, asked_count;
} kn__engine_drive;

/* Where the engine stands after a step; all of [producers]. */
typedef struct kn__engine_view {
    const double *normal, *output, *demand, *capacity, *limit, *adapted;
    const int32_t *binding; /* group, counted from the producer's first, whose stock gives
                               the limit; -1 none */
    const double *final_met, *final_wanted; /* by group of final users, in amounts */
    double made, delivered, used, laid_up;  /* sums: goods balance */
    double stocks;                          /* all together */
    int64_t steps;
} kn__engine_view;

/* Errors: KN_ERR_MEMORY, KN_ERR_DATA (a producer that buys but sells nothing is fine: it
   rests). The engine lives in the arena. */
kn_status kn__engine_new(kn__engine **engine, kn_context *ctx, kn__arena *arena,
                         const kn__engine_net *net, const kn__engine_rule *rule);

/* Back to the normal state; `open` holds for the first step. */
kn_status kn__engine_start(kn__engine *engine, kn_context *ctx, const double *open);
kn_status kn__engine_step(kn__engine *engine, kn_context *ctx,
                          const kn__engine_drive *drive);
kn__engine_view kn__engine_look(const kn__engine *engine);

/* The first producer after `after` (-1: of all) that may not be in its normal state, or
   the number of producers. */
int32_t kn__engine_next(const kn__engine *engine, int32_t after);

/* To be called where what the net says about a group of a producer (weight, target, on
   the way) changes: the next step looks at both again, also where they are at rest. */
void kn__engine_renew(kn__engine *engine, int32_t producer, int64_t group);
/* Between two steps: adds steps of normal use to the stock of a group, or takes them out,
   down to an empty one. */
void kn__engine_add_stock(kn__engine *engine, int64_t group, double steps);
/* Use of a group in the normal state, and its stock, in amounts. */
double kn__engine_use(const kn__engine *engine, int64_t group);
double kn__engine_stock(const kn__engine *engine, int64_t group);
/* Of what a group received in the last step, the part of each supplier that `part` [of
   each producer] says, in amounts; where orders are kept by link, by normal shares. */
double kn__engine_received_part(const kn__engine *engine, int64_t group,
                                const double *part);
/* Bytes the engine holds itself. */
int64_t kn__engine_bytes(const kn__engine *engine);

/* ---- Presets ---- */

/* "kaname", "ario", "inoue-todo", "inoue-todo-code", "pichler", "guan"; false when there
   is no such name. */
bool kn__engine_preset(kn__engine_rule *rule, const char *name);
/* The weight of an input of a class under a production function. */
double kn__engine_class_weight(kn__make make, int class_of); /* kn__criticality */

#endif
