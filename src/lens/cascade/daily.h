/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_H
#define KN_LENS_CASCADE_DAILY_H

#include "kaname/lens.h"
#include "lens/cascade/engine.h"
#include "network/measure.h"
#include "network/route.h"

/* The daily engine on a network under a scenario. */

#define KN__DAILY_OPERATIONS                                                             \
    (1u << KN__EXPORT_BAN | 1u << KN__EXPORT_QUOTA | 1u << KN__EXPORT_LICENCE |          \
     1u << KN__CAPACITY_LOSS | 1u << KN__CAPACITY_GAIN | 1u << KN__DEMAND_CHANGE |       \
     1u << KN__STOCK_RELEASE | 1u << KN__ENTITY_DENIAL | 1u << KN__ROUTE_CLOSURE)

/* Choices of the user; -1, NaN or empty where the model's own holds. */
typedef struct kn__daily_options {
    const char *model; /* a preset of the engine */
    int64_t days, slice_days;
    int32_t production, ordering, target, sourcing, rationing, adaptation;
    double stock_days, restore_days, need, search_days, search_share, spare, adapt_days,
        elasticity;
    double leak, leak_days; /* of a targeted ban: share that gets round it, and when */
    kn_ids allies;
    const char *checkpoint; /* NULL: an interrupted run cannot go on */
} kn__daily_options;

/* What the declaration of cascade says when nothing is chosen. */
kn__daily_options kn__daily_defaults(const char *model, int64_t days);

/* Fills the result. Errors: KN_ERR_USAGE, KN_ERR_MEMORY, KN_ERR_INTERNAL (goods do not
   balance). KN_NOTE_INTERRUPTED with the days done so far when the caller wants to stop.
 */
kn_status kn__daily_run(kn_context *ctx, kn__arena *arena, const kn_network *net,
                        const kn_scenario *scenario, const kn__daily_options *options,
                        kn_result *result);

/* ---- Network ---- */

enum { KN__DAILY_LOW, KN__DAILY_MID, KN__DAILY_HIGH, KN__DAILY_ENDS };

/* Days of use that a stock is kept at, at the least: what is used on a day must be there
   when it begins. */
enum { KN__LEAST_STOCK = 2 };

/* Producers in the order of products, then economies: those of one product stand
   together. Economies that the scenario treats alike make a zone; producers of zone z are
   market z, its final users market zones + z. */
typedef struct kn__daily_net {
    const kn_network *net;
    kn__engine_rule rule;
    kn__engine_net engine;
    int32_t n, zones, allied;
    int32_t *producer, *place;      /* ours → the network's, and back */
    int32_t *economy, *product;     /* of each of ours */
    int32_t *product_start;         /* products + 1: where its producers stand */
    int32_t *zone;                  /* of each economy */
    int32_t *group_product;         /* of each group */
    double *weight[KN__DAILY_ENDS]; /* of each group; mid is in use */
    double *now;                    /* weights of today: substitutes come in */
    double *on_way;                 /* of each group: see kn__engine_net */
    double *value_musd;             /* value added a day at normal output */
    const kn__detour **detour;      /* of each measure; NULL: no closed route */
    int32_t *tool_start;            /* products + 1: rows of equipment by user */
    bool own;                       /* kaname's model: what the network knows counts */
    double clipped_musd;            /* negative flows and final demand left out, a year */
    int64_t short_groups;           /* stocks below two days, counted as two */
    int32_t open_passages;          /* closures that no pair of economies feels */
    bool unknown_inputs;            /* no recipes where classes are asked for */
} kn__daily_net;

/* What a user buys is grouped by product; flows are a day. */
kn_status kn__daily_from_network(kn__daily_net *daily, kn_context *ctx, kn__arena *arena,
                                 const kn_network *net, const kn_scenario *scenario,
                                 const kn__daily_options *options);

/* Zones and markets for another scenario, in the arena. */
kn_status kn__daily_rezone(kn__daily_net *daily, kn_context *ctx, kn__arena *arena,
                           const kn_scenario *scenario, const kn__daily_options *options);

/* Who supplies link `link` of a group. */
int32_t kn__daily_supplier(const kn__daily_net *daily, int64_t group, int64_t link);
/* The group of a user that buys a product, or -1. */
int64_t kn__daily_group(const kn__daily_net *daily, int32_t user, int32_t product);

/* ---- Scenario ---- */

typedef struct kn__daily_purchase {
    int32_t user;
    int64_t group;
} kn__daily_purchase;

typedef struct kn__daily_day {
    kn__engine_drive drive;
    double *capacity, *wanted, *open;
    double *renew; /* of each group of final users: orders that fleets call for */
    /* Room of the lists of the drive: first those that measures name. */
    int32_t *held, *asked, named_held, named_asked;
    kn__daily_purchase *replaced; /* those whose weights substitutes move */
    int32_t replaced_count;
    const kn__daily_options *options;
    bool *all;                   /* of each measure: it meets everybody but the senders */
    double **leak_most;          /* [measure]: share by producer that may leak, or NULL */
    struct kn__daily_late *late; /* goods on the way */
    struct kn__daily_tools *tools; /* fleets of equipment */
    double *substitute_from; /* of each product: when its scarcity starts; NaN never */
} kn__daily_day;

kn_status kn__daily_day_new(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                            const kn__daily_net *daily, const kn_scenario *scenario,
                            const kn__daily_options *options);
/* The doors' part of it. */
kn_status kn__daily_doors_new(kn__daily_day *day, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *daily, const kn_scenario *scenario);

/* What a trade measure lets through of the normal deliveries of producer i on day t, and
   the part of that which goes round it through third countries. */
typedef struct kn__daily_door {
    double open, leak;
} kn__daily_door;
kn__daily_door kn__daily_door_of(const kn__daily_day *day, const kn_scenario *scenario,
                                 int32_t measure, int32_t i, double t);
/* Doors on a day, into day->open. */
void kn__daily_doors(kn__daily_day *day, const kn__daily_net *daily,
                     const kn_scenario *scenario, double t);
/* Everything that measures do in the step of day t; doors are those of t + 1. */
void kn__daily_set(kn__daily_day *day, const kn__daily_net *daily,
                   const kn_scenario *scenario, double t);
/* Stocks released on day t; returns the amount. */
double kn__daily_release(kn__engine *engine, const kn__daily_net *daily,
                         const kn_scenario *scenario, double t);
/* What is still needed of a product that measures make scarce, where substitutes come in:
   1 - z min(1, days since scarcity / tau). */
double kn__daily_needed(const kn__daily_day *day, const kn__daily_net *daily,
                        int32_t product, double t);
/* Weights on day t of one end, with what substitutes do; those they change are woken. */
void kn__daily_weights(kn__engine *engine, const kn__daily_day *day,
                       const kn__daily_net *daily, int end, double t);
/* The same where the weights are those of the day before. */
void kn__daily_reweigh(kn__engine *engine, const kn__daily_day *day,
                       const kn__daily_net *daily, int end, double t);

/* ---- One run ---- */

/* The rule of an end. */
kn__engine_rule kn__daily_rule(const kn__daily_net *daily, int end);
/* The weights, doors and books of day 0. */
void kn__daily_open(kn__engine *engine, kn__daily_day *day, const kn__daily_net *daily,
                    const kn_scenario *scenario, int end);
/* The same, and the engine back to the normal state. */
kn_status kn__daily_begin(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                          const kn__daily_net *daily, const kn_scenario *scenario,
                          int end);
/* Day t, the one after the last. Errors: KN_ERR_INTERNAL when goods do not balance. */
kn_status kn__daily_step(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                         const kn__daily_net *daily, const kn_scenario *scenario, int end,
                         int64_t t, kn__engine_view *view);

/* Whether a day left everything exactly as normal. After KN__DAILY_REST days without any
   measure that holds for ever: adaptation begins with the third. */
enum { KN__DAILY_REST = 4 };
bool kn__daily_rests(const kn__daily_net *daily, const kn__engine_view *view);

/* The halves of it, for who steps the engine: what comes before, with what was in the
   books then, and what comes after. */
typedef struct kn__daily_ledger {
    double stocks, late, released; /* amounts; late: on the way */
} kn__daily_ledger;
kn__daily_ledger kn__daily_before(kn__engine *engine, kn__daily_day *day,
                                  const kn__daily_net *daily, const kn_scenario *scenario,
                                  int64_t t);
kn_status kn__daily_after(kn__engine *engine, kn_context *ctx, kn__daily_day *day,
                          const kn__daily_net *daily, int end, int64_t t,
                          kn__daily_ledger was, kn__engine_view *view);

#endif
