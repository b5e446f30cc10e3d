/* SPDX-License-Identifier: Apache-2.0 */
#include "read/atlas_columns.h"

#include <string.h>

static const char *const kinds[] = {"mineral", "material", "component", "equipment",
                                    "service", "good",     "industry",  NULL};
static const char *const classes[] = {"essential", "important", "minor", NULL};

#define CELL(record, column, member, kind, ...)                                          \
    {                                                                                    \
        column, kind, .offset = offsetof(kn__chain_##record, member), __VA_ARGS__        \
    }
#define TEXT(record, column, member) CELL(record, column, member, KN__CELL_TEXT, 0)
#define MAY_TEXT(record, column, member)                                                 \
    CELL(record, column, member, KN__CELL_TEXT, .empty = true)
#define CODE(record, column, member) CELL(record, column, member, KN__CELL_ECONOMY, 0)
#define PRODUCT(record, column, member) CELL(record, column, member, KN__CELL_PRODUCT, 0)
#define NUMBER(record, column, member, least, most)                                      \
    CELL(record, column, member, KN__CELL_NUMBER, .low = least, .high = most)
#define MAY_NUMBER(record, column, member, least, most)                                  \
    CELL(record, column, member, KN__CELL_NUMBER, .empty = true, .low = least,           \
         .high = most)
#define YEAR(record, column, member)                                                     \
    CELL(record, column, member, KN__CELL_YEAR, .empty = true, .low = 1900, .high = 2100)
#define GRADE(record, column, member) CELL(record, column, member, KN__CELL_GRADE, 0)
#define SOURCE(record, column, member) CELL(record, column, member, KN__CELL_SOURCE, 0)
#define WORD(record, column, member, list)                                               \
    CELL(record, column, member, KN__CELL_WORD, .words = list)

static const kn__cell_rule economies[] = {
    CODE(economy, "economy", code),
    TEXT(economy, "name_en", name_en),
    MAY_TEXT(economy, "name_ja", name_ja),
    MAY_TEXT(economy, "name_ko", name_ko),
    MAY_NUMBER(economy, "lat", latitude, -90, 90),
    MAY_NUMBER(economy, "lon", longitude, -180, 180),
    MAY_NUMBER(economy, "gdp_musd", gdp_musd, 0, 1e12),
    YEAR(economy, "gdp_year", gdp_year),
    CELL(economy, "grade", grade, KN__CELL_GRADE, .empty = true),
    CELL(economy, "source", source, KN__CELL_SOURCE, .empty = true)};

static const kn__cell_rule products[] = {
    PRODUCT(product, "product", id),
    WORD(product, "kind", kind, kinds),
    TEXT(product, "name_en", name_en),
    MAY_TEXT(product, "name_ja", name_ja),
    MAY_TEXT(product, "name_ko", name_ko),
    CELL(product, "hs", hs, KN__CELL_HS, .empty = true),
    CELL(product, "isic", isic, KN__CELL_PRODUCT, .empty = true),
    MAY_TEXT(product, "unit", unit),
    NUMBER(product, "value_musd", value_musd, 0, 1e12),
    YEAR(product, "value_year", value_year),
    NUMBER(product, "value_added_share", value_added_share, 0, 1),
    GRADE(product, "value_grade", value_grade),
    SOURCE(product, "value_source", value_source),
    NUMBER(product, "substitute_share", substitute_share, 0, 1),
    NUMBER(product, "substitute_days", substitute_days, 0, 36500),
    NUMBER(product, "reroute_share", reroute_share, 0, 1),
    NUMBER(product, "reroute_days", reroute_days, 0, 36500),
    NUMBER(product, "spare_days", spare_days, 0, 36500),
    GRADE(product, "param_grade", param_grade),
    SOURCE(product, "param_source", param_source),
    MAY_TEXT(product, "note", note)};

static const kn__cell_rule supply[] = {
    PRODUCT(supply, "product", product),
    CODE(supply, "economy", economy),
    CELL(supply, "?firm", firm, KN__CELL_TEXT, .empty = true),
    NUMBER(supply, "share", share, 0, 1),
    MAY_NUMBER(supply, "spare", spare, 0, 10),
    YEAR(supply, "year", year),
    GRADE(supply, "grade", grade),
    CELL(supply, "spare_grade", spare_grade, KN__CELL_GRADE, .empty = true),
    SOURCE(supply, "source", source)};

static const kn__cell_rule recipes[] = {
    PRODUCT(recipe, "product", product),
    PRODUCT(recipe, "input", input),
    NUMBER(recipe, "cost_share", cost_share, 0, 1),
    WORD(recipe, "criticality", criticality, classes),
    NUMBER(recipe, "dependent_low", dependent[0], 0, 1),
    NUMBER(recipe, "dependent_mid", dependent[1], 0, 1),
    NUMBER(recipe, "dependent_high", dependent[2], 0, 1),
    GRADE(recipe, "grade", grade),
    SOURCE(recipe, "source", source)};

static const kn__cell_rule equipment[] = {
    PRODUCT(equipment, "product", product),
    PRODUCT(equipment, "tool", tool),
    NUMBER(equipment, "service_months", service_months, 0, 1200),
    NUMBER(equipment, "service_dependence", service_dependence, 0, 1),
    NUMBER(equipment, "life_years", life_years, 0.01, 200),
    NUMBER(equipment, "growth", growth, -1, 10),
    GRADE(equipment, "grade", grade),
    SOURCE(equipment, "source", source)};

static const kn__cell_rule demand[] = {
    PRODUCT(demand, "product", product),  CODE(demand, "economy", economy),
    NUMBER(demand, "share", share, 0, 1), YEAR(demand, "year", year),
    GRADE(demand, "grade", grade),        SOURCE(demand, "source", source)};

static const kn__cell_rule stocks[] = {
    PRODUCT(stock, "product", product),
    CELL(stock, "economy", economy, KN__CELL_ECONOMY, .star = "*"),
    NUMBER(stock, "days", days, 0, 36500), GRADE(stock, "grade", grade),
    SOURCE(stock, "source", source)};

static const kn__cell_rule links[] = {PRODUCT(link, "product", product),
                                      CODE(link, "from", from),
                                      CODE(link, "to", to),
                                      NUMBER(link, "share", share, 0, 1),
                                      YEAR(link, "year", year),
                                      GRADE(link, "grade", grade),
                                      SOURCE(link, "source", source)};

static const kn__cell_rule industries[] = {
    CODE(industry, "economy", economy),
    PRODUCT(industry, "industry", industry),
    NUMBER(industry, "value_added_musd", value_added, 0, 1e12),
    NUMBER(industry, "output_musd", output, 0, 1e12),
    YEAR(industry, "year", year),
    GRADE(industry, "grade", grade),
    SOURCE(industry, "source", source)};

static const kn__cell_rule blocs[] = {CELL(bloc, "bloc", bloc, KN__CELL_NAME, 0),
                                      CODE(bloc, "economy", economy)};

static const kn__cell_rule sources[] = {
    SOURCE(source, "source", id),         TEXT(source, "title", title),
    TEXT(source, "publisher", publisher), YEAR(source, "year", year),
    MAY_TEXT(source, "url", url),         MAY_TEXT(source, "licence", licence)};

/* ---- Rows ---- */

static kn_status check_recipe(kn__csv *csv, const void *record)
{
    const kn__chain_recipe *r = record;
    if (strcmp(r->product, r->input) == 0)
        return kn__csv_fail(csv, NULL, "%s is an input of itself", r->product);
    if (!(r->dependent[0] <= r->dependent[1] && r->dependent[1] <= r->dependent[2]))
        return kn__csv_fail(csv, NULL,
                            "dependent_low, dependent_mid and dependent_high of %s for "
                            "%s are not in rising order",
                            r->input, r->product);
    return KN_OK;
}

static kn_status check_industry(kn__csv *csv, const void *record)
{
    const kn__chain_industry *r = record;
    return r->value_added <= r->output
               ? KN_OK
               : kn__csv_fail(csv, NULL, "value added of %s in %s is above its output",
                              r->industry, r->economy);
}

#define FILE_OF(one, many, file, rules, check)                                           \
    {                                                                                    \
        file, rules, sizeof rules / sizeof *rules, sizeof(kn__chain_##one),              \
            offsetof(kn__chain_##one, line), offsetof(kn__chain_raw, many),              \
            offsetof(kn__chain_raw, one##_count),                                        \
            offsetof(kn__chain_raw, one##_capacity), check                               \
    }

const kn__atlas_file kn__atlas_files[KN__ATLAS_FILES] = {
    FILE_OF(economy, economies, "economies.csv", economies, NULL),
    FILE_OF(product, products, "products.csv", products, NULL),
    FILE_OF(supply, supplies, "supply.csv", supply, NULL),
    FILE_OF(recipe, recipes, "recipes.csv", recipes, check_recipe),
    FILE_OF(equipment, equipments, "equipment.csv", equipment, NULL),
    FILE_OF(demand, demands, "demand.csv", demand, NULL),
    FILE_OF(stock, stocks, "stocks.csv", stocks, NULL),
    FILE_OF(link, links, "links.csv", links, NULL),
    FILE_OF(industry, industries, "industries.csv", industries, check_industry),
    FILE_OF(bloc, blocs, "blocs.csv", blocs, NULL),
    FILE_OF(source, sources, "sources.csv", sources, NULL)};
