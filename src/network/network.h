/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_NETWORK_NETWORK_H
#define KN_NETWORK_NETWORK_H

#include "kaname/network.h"
#include "kernel/csr.h"
#include "kernel/memory.h"
#include "kernel/notes.h"

/* The network as the lenses see it. Built by network/build_*.c, then never changed.
   Everything hangs on `arena`; texts are never NULL ("" where unknown); numbers that are
   not known are NaN. Money is MUSD a year at base prices. */

typedef enum kn__kind {
    KN__MINERAL,
    KN__MATERIAL,
    KN__COMPONENT,
    KN__EQUIPMENT,
    KN__SERVICE,
    KN__GOOD,
    KN__INDUSTRY,
    KN__KIND_COUNT
} kn__kind;

typedef enum kn__criticality { KN__ESSENTIAL, KN__IMPORTANT, KN__MINOR } kn__criticality;

/* Where a figure comes from: index into sources (-1 unknown), grade 'A'..'D', year (0
 * unknown). */
typedef struct kn__origin {
    int32_t source;
    char grade;
    int16_t year;
} kn__origin;

typedef struct kn__source {
    const char *id, *title, *publisher, *url, *licence;
    int32_t year;
} kn__source;

typedef struct kn__economy {
    const char *code; /* ISO 3166 alpha-3, ROW, ZZU */
    const char *name[KN_LANG_COUNT];
    double latitude, longitude, gdp_musd;
    kn__origin origin;
} kn__economy;

typedef struct kn__product {
    const char *id;
    const char *name[KN_LANG_COUNT];
    const char *hs;   /* codes separated by ; */
    const char *unit; /* "MUSD" in tables */
    const char *note;
    kn__kind kind;
    int32_t industry;  /* product id of the ISIC industry it belongs to, or -1 */
    double value_musd; /* world output a year */
    double value_added_share;
    double substitute_share, substitute_days; /* z, tau_substitute */
    double reroute_share, reroute_days;       /* rho, tau_reroute */
    double spare_days;                        /* tau_spare */
    double trade_elasticity;                  /* theta; 0: not known */
    kn__origin value_origin, param_origin;
} kn__product;

typedef struct kn__producer {
    int32_t economy, product;
    const char *firm;   /* "" unless a firm inside the pair */
    double output;      /* x, MUSD a year */
    double value_added; /* v, MUSD a year */
    double spare;       /* usable spare capacity, share of output */
    kn__origin origin;
} kn__producer;

/* One input of a product's recipe. */
typedef struct kn__recipe {
    int32_t product, input;
    double cost_share;   /* theta */
    double dependent[3]; /* phi low, mid, high: never negative */
    kn__criticality criticality;
    kn__origin origin;
} kn__recipe;

typedef struct kn__equipment {
    int32_t product, tool;
    double service_months, service_dependence, life_years, growth;
    kn__origin origin;
} kn__equipment;

/* A known bilateral share: of what `to` buys of `product`, `share` comes from `from`. */
typedef struct kn__link {
    int32_t product, from, to;
    double share;
    kn__origin origin;
} kn__link;

/* A tariff schedule: rate[(product E + importer) E + exporter], fractions. The first of a
   network is in force. */
typedef struct kn__tariff {
    const char *name;
    const double *rate; /* product_count × economy_count² */
} kn__tariff;

typedef struct kn__bloc {
    const char *name;
    kn_ids members;
} kn__bloc;

/* Final demand column: who, and which category ("" when there is one). */
typedef struct kn__final {
    int32_t economy;
    const char *category;
} kn__final;

/* Flows between producers: dense row-major n × n, or compressed rows and columns; both
   views of a sparse matrix hold the same numbers, indices ascending. Z[i][j] = what j
   buys from i. */
typedef struct kn__flows {
    int32_t n;
    bool is_dense;
    double *dense;   /* n*n when is_dense, owned by kn__alloc (see kn_network_free) */
    kn__csr rows;    /* row i: the buyers of i */
    kn__csr columns; /* row j: the suppliers of j */
} kn__flows;

struct kn_network {
    kn__arena *arena;
    kn_allocator memory;
    const char *name, *edition;
    char sha256[65];
    int32_t economy_count, product_count, producer_count, final_count;
    int32_t recipe_count, equipment_count, link_count, bloc_count, source_count,
        tariff_count;
    kn__economy *economies;
    kn__product *products;
    kn__producer *producers;
    kn__final *finals;
    kn__recipe *recipes;      /* sorted by product, then input */
    int32_t *recipe_start;    /* product_count + 1 offsets into recipes */
    kn__equipment *equipment; /* sorted by product, then tool */
    kn__link *links;          /* sorted by product, to, from */
    kn__bloc *blocs;
    kn__tariff *tariffs; /* none: all rates are 0 */
    kn__source *sources;
    kn__notes notes; /* what the builder found and did: carve-outs, scalings, traps */
    kn__flows flows;
    double *final_demand; /* producer_count × final_count, row-major; may be negative */
    double *stock_days;   /* product_count × economy_count; NaN unknown */
    kn__origin *stock_origin;
    int32_t
        *producer_at; /* product_count × economy_count: producer or -1 (firms: first) */
    int32_t *economy_order, *product_order; /* ids sorted by code, by id */
    int32_t zzu, row_economy;               /* ids of ZZU and ROW, or -1 */
    bool has_recipes; /* false for plain tables: CES inputs, see the denial lens */
};

/* y = Z x and y = Z' x over either storage, in a fixed order of summation. */
void kn__flows_times(const kn__flows *flows, const double *x, double *y);
void kn__flows_times_transposed(const kn__flows *flows, const double *x, double *y);
/* Z[i][j], 0 where nothing is stored. */
double kn__flows_at(const kn__flows *flows, int32_t i, int32_t j);

/* The id of an economy or product of exactly that code, or -1; reports nothing. */
int32_t kn__network_economy(const kn_network *net, const char *code);
int32_t kn__network_product(const kn_network *net, const char *id);

/* Resolves "JPN", "JPN,KOR", a bloc's name or "*" into economies (ascending, each once,
   ZZU only when named). Errors: KN_ERR_NOT_FOUND with the three nearest codes or blocs.
 */
kn_status kn__network_resolve_economies(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                                        const kn_network *net, const char *list);
/* The same for products: ids, "*", or an industry such as "isic:26", which stands for
   itself and for the products carved out of it. */
kn_status kn__network_resolve_products(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                                       const kn_network *net, const char *list);

/* Purchases by product, supplying and using economy: f[q][s][d] = sum over producers of
   (s,q) and users of d of Z plus positive final demand. product_count × economy_count².
 */
typedef struct kn__pools {
    int32_t products, economies;
    double *flow;   /* f[(q * economies + s) * economies + d] */
    double *use;    /* use[q * economies + d] = sum_s f */
    double *output; /* x[q * economies + s] */
    double *value_added;
    double *spare; /* output-weighted over firms of the pair; NaN: not known */
    /* What the bounds need: known[cell of flow], and margins less what is known. */
    unsigned char *known;
    unsigned char *measured; /* [q]: its flows are those of a table, see kn__pools_new */
    double *free_supply, *free_use; /* [q * economies + s], [q * economies + d] */
    double *free_total;             /* [q] */
    double *closed_use;    /* [q, s]: free use of buyers whose share from s is known */
    double *closed_supply; /* [q, d]: free supply of sellers whose share at d is known */
} kn__pools;

/* A flow of an industry's goods that no recipe asks for can only come from a table: then
   all flows of that product are measured. */
kn_status kn__pools_new(kn__pools *pools, kn_context *ctx, kn__arena *arena,
                        const kn_network *net);

/* Whether the recipe of product `user` lists `input`. */
bool kn__network_has_input(const kn_network *net, int32_t user, int32_t input);

/* The interval of the share of d's purchases of q that come from s, given only the
   world's supply and use margins and the known links: f in [max(0, S + M - W), min(S, M)]
   over use (DESIGN, section 2), where S, M and W are what known links leave and W counts
   only cells that are not known. A known link gives low = high (where the builder had to
   bend it, the interval from the share given to the share used), and so does every cell
   of a network without recipes and of a measured product. Both are 0 where d uses
   nothing. */
void kn__pools_share_bounds(const kn__pools *pools, const kn_network *net, int32_t q,
                            int32_t s, int32_t d, double *low, double *high);

#endif
