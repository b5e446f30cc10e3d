/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_MEASURE_H
#define KN_NETWORK_MEASURE_H

#include "kaname/scenario.h"
#include "network/network.h"

/* The operations of a scenario (DESIGN, section 3). Columns: enum, name in the file, name
   of its value key, unit. */
#define KN__OP_LIST(X)                                                                   \
    X(KN__EXPORT_BAN, "export_ban", "", "")                                              \
    X(KN__EXPORT_QUOTA, "export_quota", "keep", "share")                                 \
    X(KN__EXPORT_LICENCE, "export_licence", "wait", "days")                              \
    X(KN__TARIFF, "tariff", "rate", "share")                                             \
    X(KN__TARIFF_SCHEDULE, "tariff_schedule", "", "")                                    \
    X(KN__TRADE_COST, "trade_cost", "factor", "factor")                                  \
    X(KN__CAPACITY_LOSS, "capacity_loss", "lose", "share")                               \
    X(KN__CAPACITY_GAIN, "capacity_gain", "add", "share")                                \
    X(KN__DEMAND_CHANGE, "demand_change", "change", "share")                             \
    X(KN__STOCK_RELEASE, "stock_release", "days", "days")                                \
    X(KN__ENTITY_DENIAL, "entity_denial", "", "")                                        \
    X(KN__ROUTE_CLOSURE, "route_closure", "", "")                                        \
    X(KN__OVERCAPACITY, "overcapacity", "push", "share")

typedef enum kn__op {
#define KN__OP_ENUM(code, name, key, unit) code,
    KN__OP_LIST(KN__OP_ENUM)
#undef KN__OP_ENUM
        KN__OP_COUNT
} kn__op;

/* One measure, its labels resolved against a network. */
typedef struct kn__measure {
    kn__op op;
    kn_ids from; /* sending economies; of capacity_loss and demand_change: `economy` */
    kn_ids to;   /* receiving economies; all where the file says "*" or nothing */
    kn_ids products; /* all where the file says "*" or nothing */
    double value;    /* keep, rate, factor, lose, add, change, push; days of normal use */
    bool set;        /* tariff: `set` replaces the rate in force */
    bool to_importer;        /* export_quota: who gets the rent; else the exporter */
    const char *name;        /* passage, firm or schedule, else "" */
    int32_t start_day, days; /* days: -1 until the end */
    int32_t ramp_days, recover_days; /* until it is in full force; back to none */
    int32_t line;                    /* in the scenario file, for messages */
} kn__measure;

struct kn_scenario {
    kn__arena *arena;
    kn_allocator memory;
    const char *title, *network, *path;
    char sha256[65];
    uint64_t seed;
    kn__measure *measures;
    int32_t count;
};

/* "export_ban"; never NULL. */
const char *kn__op_name(kn__op op);

bool kn__ids_has(kn_ids ids, int32_t id);

/* The day from which a measure no longer holds; infinite without an end. */
double kn__measure_end(const kn__measure *m);

/* Whether a measure meets every economy but the senders and the unseen (-1: nobody is).
 */
bool kn__measure_meets_all(const kn__measure *m, int32_t economies, int32_t unseen);

/* The straits and canals a route_closure may name, each once. */
extern const char *const kn__passages[];
extern const int32_t kn__passage_count;

#endif
