/* SPDX-License-Identifier: Apache-2.0 */
#include "network/schema.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "kernel/text.h"

const char *const kn__kind_words[KN__KIND_COUNT] = {
    "mineral", "material", "component", "equipment", "service", "good", "industry"};
const char *const kn__criticality_words[3] = {"essential", "important", "minor"};

#define PLAIN(record, member, type)                                                      \
    {                                                                                    \
#member, type, offsetof(record, member), 0, NULL, 0                              \
    }
#define NAMED(record, name, member, type)                                                \
    {                                                                                    \
        name, type, offsetof(record, member), 0, NULL, 0                                 \
    }
#define REF(record, member, table)                                                       \
    {                                                                                    \
#member, KN__FIELD_REF, offsetof(record, member), table, NULL, 0                 \
    }
#define TEXT(record, member) PLAIN(record, member, KN__FIELD_TEXT)
#define NUMBER(record, member) PLAIN(record, member, KN__FIELD_NUMBER)
#define ORIGIN(record, prefix, member)                                                   \
    {prefix "source",                                                                    \
     KN__FIELD_REF_ANY,                                                                  \
     offsetof(record, member.source),                                                    \
     KN__SOURCES,                                                                        \
     NULL,                                                                               \
     0},                                                                                 \
        {prefix "grade", KN__FIELD_GRADE, offsetof(record, member.grade), 0, NULL, 0},   \
    {                                                                                    \
        prefix "year", KN__FIELD_YEAR, offsetof(record, member.year), 0, NULL, 0         \
    }

static const kn__record_field source_fields[] = {
    TEXT(kn__source, id),        TEXT(kn__source, title),
    TEXT(kn__source, publisher), TEXT(kn__source, url),
    TEXT(kn__source, licence),   PLAIN(kn__source, year, KN__FIELD_INT)};

static const kn__record_field economy_fields[] = {
    TEXT(kn__economy, code),
    NAMED(kn__economy, "name_en", name[KN_LANG_EN], KN__FIELD_TEXT),
    NAMED(kn__economy, "name_ja", name[KN_LANG_JA], KN__FIELD_TEXT),
    NAMED(kn__economy, "name_ko", name[KN_LANG_KO], KN__FIELD_TEXT),
    NUMBER(kn__economy, latitude),
    NUMBER(kn__economy, longitude),
    NUMBER(kn__economy, gdp_musd),
    ORIGIN(kn__economy, "", origin)};

static const kn__record_field product_fields[] = {
    TEXT(kn__product, id),
    NAMED(kn__product, "name_en", name[KN_LANG_EN], KN__FIELD_TEXT),
    NAMED(kn__product, "name_ja", name[KN_LANG_JA], KN__FIELD_TEXT),
    NAMED(kn__product, "name_ko", name[KN_LANG_KO], KN__FIELD_TEXT),
    TEXT(kn__product, hs),
    TEXT(kn__product, unit),
    TEXT(kn__product, note),
    {"kind", KN__FIELD_WORD, offsetof(kn__product, kind), 0, kn__kind_words,
     KN__KIND_COUNT},
    {"industry", KN__FIELD_REF_ANY, offsetof(kn__product, industry), KN__PRODUCTS, NULL,
     0},
    NUMBER(kn__product, value_musd),
    NUMBER(kn__product, value_added_share),
    NUMBER(kn__product, substitute_share),
    NUMBER(kn__product, substitute_days),
    NUMBER(kn__product, reroute_share),
    NUMBER(kn__product, reroute_days),
    NUMBER(kn__product, spare_days),
    NUMBER(kn__product, trade_elasticity),
    ORIGIN(kn__product, "value_", value_origin),
    ORIGIN(kn__product, "param_", param_origin)};

static const kn__record_field producer_fields[] = {
    REF(kn__producer, economy, KN__ECONOMIES),
    REF(kn__producer, product, KN__PRODUCTS),
    TEXT(kn__producer, firm),
    NUMBER(kn__producer, output),
    NUMBER(kn__producer, value_added),
    NUMBER(kn__producer, spare),
    ORIGIN(kn__producer, "", origin)};

static const kn__record_field final_fields[] = {REF(kn__final, economy, KN__ECONOMIES),
                                                TEXT(kn__final, category)};

static const kn__record_field recipe_fields[] = {
    REF(kn__recipe, product, KN__PRODUCTS),
    REF(kn__recipe, input, KN__PRODUCTS),
    NUMBER(kn__recipe, cost_share),
    NAMED(kn__recipe, "dependent_low", dependent[0], KN__FIELD_NUMBER),
    NAMED(kn__recipe, "dependent_mid", dependent[1], KN__FIELD_NUMBER),
    NAMED(kn__recipe, "dependent_high", dependent[2], KN__FIELD_NUMBER),
    {"criticality", KN__FIELD_WORD, offsetof(kn__recipe, criticality), 0,
     kn__criticality_words, 3},
    ORIGIN(kn__recipe, "", origin)};

static const kn__record_field equipment_fields[] = {
    REF(kn__equipment, product, KN__PRODUCTS), REF(kn__equipment, tool, KN__PRODUCTS),
    NUMBER(kn__equipment, service_months),     NUMBER(kn__equipment, service_dependence),
    NUMBER(kn__equipment, life_years),         NUMBER(kn__equipment, growth),
    ORIGIN(kn__equipment, "", origin)};

static const kn__record_field link_fields[] = {
    REF(kn__link, product, KN__PRODUCTS),
    {"supplier", KN__FIELD_REF, offsetof(kn__link, from), KN__ECONOMIES, NULL, 0},
    {"buyer", KN__FIELD_REF, offsetof(kn__link, to), KN__ECONOMIES, NULL, 0},
    NUMBER(kn__link, share),
    ORIGIN(kn__link, "", origin)};

#define TABLE(name, one, records, count)                                                 \
    {                                                                                    \
        name, one##_fields, sizeof one##_fields / sizeof *one##_fields,                  \
            sizeof(kn__##one), offsetof(kn_network, records),                            \
            offsetof(kn_network, count)                                                  \
    }

const kn__record_table kn__record_tables[KN__RECORDS_COUNT] = {
    [KN__SOURCES] = TABLE("sources", source, sources, source_count),
    [KN__ECONOMIES] = TABLE("economies", economy, economies, economy_count),
    [KN__PRODUCTS] = TABLE("products", product, products, product_count),
    [KN__PRODUCERS] = TABLE("producers", producer, producers, producer_count),
    [KN__FINALS] = TABLE("finals", final, finals, final_count),
    [KN__RECIPES] = TABLE("recipes", recipe, recipes, recipe_count),
    [KN__EQUIPMENTS] = TABLE("equipment", equipment, equipment, equipment_count),
    [KN__LINKS] = TABLE("links", link, links, link_count)};

int32_t kn__record_count(const kn_network *net, kn__records table)
{
    int32_t count;
    memcpy(&count, (const char *)net + kn__record_tables[table].count_at, sizeof count);
    return count;
}

char *kn__record_first(const kn_network *net, kn__records table)
{
    char *first;
    memcpy(&first, (const char *)net + kn__record_tables[table].records_at, sizeof first);
    return first;
}

int32_t kn__word_find(const char *const *words, int32_t count, const char *word)
{
    for (int32_t k = 0; k < count; k++)
        if (kn__text_equal(words[k], word))
            return k;
    return -1;
}

bool kn__stock_next(const kn_network *net, int64_t *at, kn__stock *stock)
{
    int64_t cells = (int64_t)net->product_count * net->economy_count;
    while (*at < cells && isnan(net->stock_days[*at]))
        ++*at;
    if (*at >= cells)
        return false;
    *stock = (kn__stock){.product = (int32_t)(*at / net->economy_count),
                         .economy = (int32_t)(*at % net->economy_count),
                         .days = net->stock_days[*at],
                         .origin = net->stock_origin[*at]};
    ++*at;
    return true;
}
