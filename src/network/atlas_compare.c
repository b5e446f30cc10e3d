/* SPDX-License-Identifier: Apache-2.0 */
/* Production shares of two surveys beside those of the atlas. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "network/atlas_check.h"
#include "read/folder.h"

enum { PATH_SIZE = 4096, MOST_ECONOMIES = 300, CODE_SIZE = 4 };

typedef struct pair {
    const char *theirs, *ours;
} pair;

/* Opens data/NAME; *folder stays NULL where it is not there. */
static kn_status open_part(kn__folder **folder, kn_context *ctx, const char *data,
                           const char *name)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", data, name);
    kn_status status = kn__folder_open(folder, ctx, path);
    if (status != KN_ERR_NOT_FOUND)
        return status;
    kn_context_clear(ctx);
    return KN_OK;
}

/* ---- US Geological Survey ---- */

static const pair usgs_minerals[] = {
    {"aluminum-smelter", "aluminium-primary"},
    {"antimony-mine", "antimony-ore"},
    {"arsenic-arsenic-trioxide-gross-weight", "arsenic"},
    {"bauxite-bauxite-mine", "bauxite"},
    {"beryllium-mine", "beryllium"},
    {"bismuth-refinery", "bismuth"},
    {"bromine", "bromine"},
    {"cobalt-mine", "cobalt-ore"},
    {"copper-refinery", "copper-refined"},
    {"fluorspar-mine", "fluorspar"},
    {"gallium-primary", "gallium"},
    {"graphite-natural-mine", "graphite-natural"},
    {"helium-helium", "helium"},
    {"indium-refinery", "indium"},
    {"lithium-mine", "lithium-ore"},
    {"magnesium-metal-smelter", "magnesium"},
    {"manganese-mine", "manganese-ore"},
    {"molybdenum-mine", "molybdenum"},
    {"neon-rare-gases-million-liters", "neon"},
    {"nickel-mine", "nickel-ore"},
    {"niobium-columbium-mine", "niobium"},
    {"nitrogen-fixed-ammonia-plant", "ammonia"},
    {"palladium-mine-palladium", "palladium"},
    {"phosphate-rock-mine", "phosphate-rock"},
    {"platinum-mine-platinum", "platinum"},
    {"potash-mine", "fertiliser-potash"},
    {"rare-earths-mine", "rare-earth-ore"},
    {"rhenium-mine", "rhenium"},
    {"silicon-silicon-metal", "silicon-metal"},
    {"tantalum-mine", "tantalum"},
    {"tellurium-refinery", "tellurium"},
    {"tin-mine", "tin"},
    {"titanium-sponge-metal-titanium-sponge-metal", "titanium-sponge"},
    {"tungsten-mine", "tungsten"},
    {"vanadium-mine", "vanadium"},
};

static const char *ours(const pair *pairs, size_t count, const char *theirs)
{
    for (size_t k = 0; k < count; k++)
        if (kn__text_equal(pairs[k].theirs, theirs))
            return pairs[k].ours;
    return NULL;
}

static kn_status compare_minerals(kn__atlas_check *c, const kn__chain_raw *raw)
{
    for (int64_t k = 0; k < raw->supply_count; k++) {
        const kn__chain_supply *s = &raw->supplies[k];
        const char *product =
            ours(usgs_minerals, sizeof usgs_minerals / sizeof(pair), s->product);
        char reference[80];
        snprintf(reference, sizeof reference, "USGS Mineral Commodity Summaries, year %d",
                 (int)s->year);
        if (product)
            KN__TRY(kn__atlas_compare_share(c, product, s->economy, s->share, reference));
    }
    return KN_OK;
}

kn_status kn__atlas_compare_usgs(kn__atlas_check *c, const char *data)
{
    kn__folder *folder;
    kn__chain_raw *raw = NULL;
    char path[2 * PATH_SIZE];
    KN__TRY(open_part(&folder, c->ctx, data, "usgs"));
    if (!folder)
        return KN_OK;
    int32_t at = kn__folder_find(folder, "commodities_data.csv");
    if (at >= 0)
        snprintf(path, sizeof path, "%s/%s", kn__folder_path(folder),
                 kn__folder_name(folder, at));
    kn__folder_close(folder);
    if (at < 0)
        return KN_OK;
    kn_status status = kn__read_usgs(&raw, c->ctx, path);
    if (status >= 0)
        status = compare_minerals(c, raw);
    kn__chain_raw_free(raw);
    return status;
}

/* ---- British Geological Survey ---- */

static const pair bgs_minerals[] = {
    {"antimony, mine", "antimony-ore"},     {"cobalt, mine", "cobalt-ore"},
    {"cobalt, refined", "cobalt"},          {"copper, refined", "copper-refined"},
    {"gallium, primary", "gallium"},        {"germanium metal", "germanium"},
    {"graphite", "graphite-natural"},       {"magnesium metal, primary", "magnesium"},
    {"manganese ore", "manganese-ore"},     {"nickel, mine", "nickel-ore"},
    {"nickel, smelter/refinery", "nickel"}, {"rare earth oxides", "rare-earth-ore"},
    {"tungsten, mine", "tungsten"},
};

enum { BGS_MINERALS = sizeof bgs_minerals / sizeof(pair) };

typedef enum bgs_column { CODE, MINERAL, YEAR, QUANTITY, BGS_COLUMNS } bgs_column;

/* Quantities of the latest year, by mineral and economy. */
typedef struct bgs {
    char code[MOST_ECONOMIES][CODE_SIZE];
    double amount[BGS_MINERALS][MOST_ECONOMIES];
    int32_t year[BGS_MINERALS];
    int32_t economies;
} bgs;

static int32_t economy_of(bgs *b, const char *code)
{
    int32_t k = 0;
    while (k < b->economies && strcmp(b->code[k], code) != 0)
        k++;
    if (k == MOST_ECONOMIES || strlen(code) != 3)
        return -1;
    if (k == b->economies)
        snprintf(b->code[b->economies++], CODE_SIZE, "%s", code);
    return k;
}

static void see_row(bgs *b, const kn__field *field, const int32_t *at)
{
    double quantity = 0;
    int64_t year = 0;
    int32_t m = 0, e = economy_of(b, field[at[CODE]].text);
    const kn__field *amount = &field[at[QUANTITY]], *when = &field[at[YEAR]];
    while (m < BGS_MINERALS &&
           !kn__text_equal(bgs_minerals[m].theirs, field[at[MINERAL]].text))
        m++;
    if (m == BGS_MINERALS || e < 0 || when->length < 4 ||
        !kn__parse_int(when->text, 4, &year) ||
        !kn__parse_number(amount->text, (size_t)amount->length, &quantity))
        return;
    if (year > b->year[m]) {
        b->year[m] = (int32_t)year;
        memset(b->amount[m], 0, sizeof b->amount[m]);
    }
    if (year == b->year[m])
        b->amount[m][e] += quantity;
}

static kn_status find_columns(kn__csv *csv, int32_t *at)
{
    static const char *const names[] = {"country_iso3_code", "bgs_commodity_trans",
                                        "year", "quantity"};
    const kn__field *field;
    int32_t count;
    KN__TRY(kn__csv_next(csv, &field, &count));
    for (int k = 0; k < BGS_COLUMNS; k++) {
        for (at[k] = 0; at[k] < count; at[k]++)
            if (kn__text_equal(field[at[k]].text, names[k]))
                break;
        if (at[k] == count)
            return kn__csv_fail(csv, NULL, "there is no column %s", names[k]);
    }
    kn__csv_expect(csv, count);
    return KN_OK;
}

static kn_status read_bgs(bgs *b, kn_context *ctx, kn__folder *folder, int32_t index)
{
    kn__csv *csv;
    const kn__field *field;
    int32_t at[BGS_COLUMNS] = {0}, count = 1;
    KN__TRY(kn__folder_csv(&csv, ctx, folder, index));
    kn_status status = find_columns(csv, at);
    while (status >= 0 && count) {
        status = kn__csv_next(csv, &field, &count);
        if (status >= 0 && count)
            see_row(b, field, at);
    }
    kn__csv_close(csv);
    return status;
}

static kn_status compare_bgs(kn__atlas_check *c, const bgs *b)
{
    for (int m = 0; m < BGS_MINERALS; m++) {
        double world = 0;
        char reference[80];
        snprintf(reference, sizeof reference, "BGS World Mineral Statistics, year %d",
                 (int)b->year[m]);
        for (int32_t e = 0; e < b->economies; e++)
            world += b->amount[m][e];
        for (int32_t e = 0; e < b->economies; e++)
            if (b->amount[m][e] > 0)
                KN__TRY(kn__atlas_compare_share(c, bgs_minerals[m].ours, b->code[e],
                                                b->amount[m][e] / world, reference));
    }
    return KN_OK;
}

kn_status kn__atlas_compare_bgs(kn__atlas_check *c, const char *data)
{
    kn__folder *folder;
    kn__arena *arena = NULL;
    bgs *b = NULL;
    KN__TRY(open_part(&folder, c->ctx, data, "bgs"));
    if (!folder)
        return KN_OK;
    kn_status status = kn__arena_new(&arena, c->ctx);
    if (status >= 0 && !(b = KN__ARRAY(arena, c->ctx, 1, bgs)))
        status = KN_ERR_MEMORY;
    for (int32_t k = 0; status >= 0 && k < kn__folder_count(folder); k++) {
        const char *name = kn__folder_name(folder, k), *end = strrchr(name, '.');
        if (end && kn__text_equal(end, ".csv"))
            status = read_bgs(b, c->ctx, folder, k);
    }
    if (status >= 0)
        status = compare_bgs(c, b);
    kn__arena_free(arena);
    kn__folder_close(folder);
    return status;
}
