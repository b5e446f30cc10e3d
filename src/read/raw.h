/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_RAW_H
#define KN_READ_RAW_H

#include <stdbool.h>

#include "kernel/memory.h"
#include "kernel/notes.h"
#include "read/hs.h"

/* What readers hand to the network's builders: three shapes, whatever the format. Each
   owns an arena; codes are normalised (RoW → ROW, ROM → ROU, CN1 → CHN). */

/* Ad-valorem tariff rates rate[(industry E + importer) E + exporter], as fractions. */
typedef struct kn__tariff_schedule {
    const char *name;
    const double *rate;
} kn__tariff_schedule;

/* An input-output table: producers (economy × industry), final demand, output. */
typedef struct kn__io_raw {
    kn__arena *arena;
    const char *name, *edition;
    int32_t economy_count, industry_count, producer_count, final_count;
    const char **economies; /* alpha-3, each once, in the file's order */
    const char *
        *industries; /* ids, each once ("c14"; "isic:26" where the edition says so) */
    const char *(*industry_names)[3]; /* en, ja, ko; "" where not known */
    const char **industry_codes;      /* "ISIC rev. 3: 30-33", or "" */
    int32_t *economy, *industry;      /* of producer i */
    double *z;              /* row-major n × n by kn__alloc; the builder takes it over */
    double *final_demand;   /* n × final_count, row-major */
    int32_t *final_economy; /* of final column k */
    const char **final_category;
    double *output;               /* n, as printed; NULL where the edition prints none */
    double *value_added;          /* n, as printed; NULL: output less inputs */
    const double *elasticity;     /* trade elasticity by industry; NULL: not known */
    kn__tariff_schedule *tariffs; /* the first is in force */
    int32_t tariff_count;
    const char *source_title;
    int32_t source_year;
    kn__notes notes;
} kn__io_raw;

/* Rows of the atlas folder (DESIGN, section 8), checked one by one but not yet against
   each other; `line` is where the row stands, for messages of the builder. Also what the
   eto reader gives. */
typedef struct kn__chain_economy {
    const char *code, *name_en, *name_ja, *name_ko, *source;
    double latitude, longitude, gdp_musd;
    int32_t gdp_year, line;
    char grade;
} kn__chain_economy;

typedef struct kn__chain_product {
    const char *id, *kind, *name_en, *name_ja, *name_ko, *hs, *isic, *unit, *note;
    const char *value_source, *param_source;
    double value_musd, value_added_share, substitute_share, substitute_days,
        reroute_share;
    double reroute_days, spare_days;
    int32_t value_year, line;
    char value_grade, param_grade;
} kn__chain_product;

typedef struct kn__chain_supply {
    const char *product, *economy, *firm, *source;
    double share, spare;
    int32_t year, line;
    char grade, spare_grade;
} kn__chain_supply;

typedef struct kn__chain_recipe {
    const char *product, *input, *criticality, *source;
    double cost_share, dependent[3];
    int32_t line;
    char grade;
} kn__chain_recipe;

typedef struct kn__chain_equipment {
    const char *product, *tool, *source;
    double service_months, service_dependence, life_years, growth;
    int32_t line;
    char grade;
} kn__chain_equipment;

typedef struct kn__chain_demand {
    const char *product, *economy, *source;
    double share;
    int32_t year, line;
    char grade;
} kn__chain_demand;

typedef struct kn__chain_stock {
    const char *product, *economy, *source; /* economy may be "*" */
    double days;
    int32_t line;
    char grade;
} kn__chain_stock;

typedef struct kn__chain_link {
    const char *product, *from, *to, *source;
    double share;
    int32_t year, line;
    char grade;
} kn__chain_link;

typedef struct kn__chain_industry {
    const char *economy, *industry, *source;
    double value_added, output;
    int32_t year, line;
    char grade;
} kn__chain_industry;

typedef struct kn__chain_bloc {
    const char *bloc, *economy;
    int32_t line;
} kn__chain_bloc;

typedef struct kn__chain_source {
    const char *id, *title, *publisher, *url, *licence;
    int32_t year, line;
} kn__chain_source;

#define KN__CHAIN_LIST(X)                                                                \
    X(economy, economies)                                                                \
    X(product, products)                                                                 \
    X(supply, supplies)                                                                  \
    X(recipe, recipes)                                                                   \
    X(equipment, equipments)                                                             \
    X(demand, demands)                                                                   \
    X(stock, stocks)                                                                     \
    X(link, links)                                                                       \
    X(industry, industries)                                                              \
    X(bloc, blocs)                                                                       \
    X(source, sources)

typedef struct kn__chain_raw {
    kn__arena *arena;
    const char *name, *edition;
#define KN__CHAIN_FIELD(one, many)                                                       \
    kn__chain_##one *many;                                                               \
    int64_t one##_count, one##_capacity;
    KN__CHAIN_LIST(KN__CHAIN_FIELD)
#undef KN__CHAIN_FIELD
    const char
        *file_prefix; /* "data/atlas/": messages say file_prefix + "supply.csv:12" */
    kn__notes notes;
} kn__chain_raw;

/* Firms: nodes with a sector, weighted edges, class of an input sector for a using
 * sector. */
typedef struct kn__firms_raw {
    kn__arena *arena;
    const char *name, *edition;
    int32_t firm_count, sector_count;
    int64_t edge_count;
    const char **firms, **sectors, **firm_economy;
    int32_t *sector;           /* of firm i */
    int32_t *supplier, *buyer; /* of edge e */
    double *weight;
    unsigned char *essential; /* sector_count²: [input * sector_count + user]: 0 minor, 1
                                 important, 2 essential; or NULL */
} kn__firms_raw;

/* Bilateral trade: who sold what to whom in a year, thousand or plain US dollars turned
   into million. */
typedef struct kn__flow_row {
    int32_t from, to, product, year, line;
    double value_musd;
} kn__flow_row;

typedef struct kn__flows_raw {
    kn__arena *arena;
    const char *name, *edition;
    const char **economies; /* alpha-3, each once, sorted */
    const char **products;  /* HS codes as written ("850511"), each once, sorted */
    int32_t economy_count, product_count;
    kn__flow_row *rows; /* by kn__alloc; sorted by product, from, to, year; each once */
    int64_t row_count;
    const char *source_title;
    int32_t source_year; /* the latest */
    kn__notes notes;
} kn__flows_raw;

/* Readers. Each gives *raw NULL on failure and says file, line, column, what was
 * expected. */
kn_status kn__read_wiod(kn__io_raw **raw, kn_context *ctx, const char *path);
kn_status kn__read_caliendo_parro(kn__io_raw **raw, kn_context *ctx, const char *folder);
kn_status kn__read_atlas(kn__chain_raw **raw, kn_context *ctx, const char *folder);
kn_status kn__read_eto(kn__chain_raw **raw, kn_context *ctx, const char *folder);

/* The eto folder from memory: files[k] named names[k] ("inputs.csv"). */
kn_status kn__read_eto_bytes(kn__chain_raw **raw, kn_context *ctx,
                             const char *const *names, const char *const *files,
                             const size_t *lengths, int32_t count);

/* A WIOD table from memory; name is for messages and the year. */
kn_status kn__read_wiod_bytes(kn__io_raw **raw, kn_context *ctx, const char *name,
                              const void *bytes, size_t length);

/* The atlas from memory: files[k] named names[k] ("supply.csv"). */
kn_status kn__read_atlas_bytes(kn__chain_raw **raw, kn_context *ctx,
                               const char *const *names, const char *const *files,
                               const size_t *lengths, int32_t count);

/* OECD ICIO, editions 2021, 2023 and 2025, one csv. */
kn_status kn__read_icio(kn__io_raw **raw, kn_context *ctx, const char *path);
/* Eurostat FIGARO, industry by industry: the matrix or the flat csv, also in a zip. */
kn_status kn__read_figaro(kn__io_raw **raw, kn_context *ctx, const char *path);
/* A pymrio folder or zip (Z or A, Y, x, unit as txt or csv); EXIOBASE 3 is one, in EUR.
 */
kn_status kn__read_pymrio(kn__io_raw **raw, kn_context *ctx, const char *path);
kn_status kn__read_exiobase(kn__io_raw **raw, kn_context *ctx, const char *path);
/* Eora26: a folder or zip with T, FD, VA and their labels; thousand US dollars. */
kn_status kn__read_eora26(kn__io_raw **raw, kn_context *ctx, const char *path);
/* BEA summary tables as csv: use of commodities by industries, or total requirements. */
kn_status kn__read_bea(kn__io_raw **raw, kn_context *ctx, const char *path);
/* BACI (t,i,j,k,v,q with M49 numbers, or i,j,cmd,value with alpha-3), paths: the flows
   and, for the first, the country codes file; only the goods of `only` unless NULL. */
kn_status kn__read_baci(kn__flows_raw **raw, kn_context *ctx, const char *const *paths,
                        int32_t count, const kn__hs_list *only);
/* UN Comtrade csv of the web page (classic) and of the API (new). */
kn_status kn__read_comtrade(kn__flows_raw **raw, kn_context *ctx,
                            const char *const *paths, int32_t count,
                            const kn__hs_list *only);
/* USGS Mineral Commodity Summaries: the data release, or its cleaned world table. */
kn_status kn__read_usgs(kn__chain_raw **raw, kn_context *ctx, const char *path);
/* Firms: edges (supplier, buyer, weight); nodes (firm, sector, economy), without which
   all firms are of one sector; then, if given, the class of input sectors. */
kn_status kn__read_firms(kn__firms_raw **raw, kn_context *ctx, const char *const *paths,
                         int32_t count);

void kn__flows_raw_free(kn_context *ctx, kn__flows_raw *raw);
void kn__io_raw_free(kn_context *ctx, kn__io_raw *raw);
/* The row of an economy for formats that carry only codes: names and GDP as kaname knows
   them (source world-bank, grade C), else grade D. `code` is not copied. */
kn__chain_economy kn__chain_known_economy(const char *code);

/* The economies of a list of codes and the unseen, and the sources `own`, "assumed" and
   "world-bank"; there must be room for all of them. */
void kn__chain_frame(kn__chain_raw *raw, const char *const *codes, int64_t count,
                     const kn__chain_source *own);

void kn__chain_raw_free(kn__chain_raw *raw);
void kn__firms_raw_free(kn__firms_raw *raw);

#endif
