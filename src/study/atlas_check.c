/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "kaname/atlas.h"
#include "kernel/text.h"
#include "network/atlas_check.h"
#include "study/yaml.h"

static const kn_column columns[] = {
    {"severity", "", KN_COLUMN_TEXT, "warning, or info"},
    {"check", "", KN_COLUMN_TEXT,
     "unseen, sources, recipes, values, carve-out, build or compare"},
    {"where", "", KN_COLUMN_TEXT, "product, source, or file and line"},
    {"what", "", KN_COLUMN_TEXT, "what does not fit"}};
static const kn_table_decl declaration = {"findings", "What an atlas folder lacks",
                                          columns, 4};

/* ---- International Energy Agency: JSON is YAML ---- */

static const struct {
    const char *mineral, *stage, *product;
} stages[] = {
    {"Cobalt", "mining", "cobalt-ore"},
    {"Cobalt", "refining", "cobalt"},
    {"Copper", "refining", "copper-refined"},
    {"Graphite", "mining", "graphite-natural"},
    {"Graphite", "refining", "graphite-spherical"},
    {"Lithium", "mining", "lithium-ore"},
    {"Lithium", "refining", "lithium"},
    {"Nickel", "mining", "nickel-ore"},
    {"Nickel", "refining", "nickel"},
    {"Rare Earth Elements", "mining", "rare-earth-ore"},
    {"Rare Earth Elements", "refining", "rare-earths-light"},
};

static const char year[] = "2024",
                  reference[] = "IEA Critical Minerals Dataset, year 2024";

static const kn__yaml *get(const kn__yaml *map, const char *key)
{
    return map && map->kind == KN__YAML_MAP ? kn__yaml_get(map, key) : NULL;
}

static bool number(double *value, const kn__yaml *node)
{
    return node && node->kind == KN__YAML_SCALAR &&
           kn__parse_number(node->text, strlen(node->text), value);
}

/* The code of an economy by its English name; NULL: not in the atlas. */
static const char *code_of(const kn_network *net, const char *name)
{
    if (kn__text_equal(name, "Democratic Republic of Congo"))
        return "COD";
    for (int32_t k = 0; k < net->economy_count; k++)
        if (kn__text_equal(net->economies[k].name[KN_LANG_EN], name))
            return net->economies[k].code;
    return NULL;
}

static kn_status compare_stage(kn__atlas_check *c, const kn__yaml *stage,
                               const char *product)
{
    double total, amount;
    const kn__yaml *countries = get(stage, "countries");
    if (!countries || countries->kind != KN__YAML_MAP ||
        !number(&total, get(get(stage, "total"), year)) || !(total > 0))
        return KN_OK;
    for (const kn__yaml *one = countries->first; one; one = one->next) {
        const char *code = code_of(c->net, one->key);
        if (code && number(&amount, get(one, year)))
            KN__TRY(kn__atlas_compare_share(c, product, code, amount / total, reference));
    }
    return KN_OK;
}

static kn_status compare_iea(kn__atlas_check *c, const char *data)
{
    kn__arena *arena;
    kn__yaml_file file;
    char path[4096];
    snprintf(path, sizeof path, "%s/iea/iea.json", data);
    KN__TRY(kn__arena_new(&arena, c->ctx));
    kn_status status = kn__yaml_read(&file, c->ctx, arena, path);
    bool absent = status == KN_ERR_NOT_FOUND;
    for (size_t k = 0; status >= 0 && k < sizeof stages / sizeof *stages; k++) {
        const kn__yaml *mineral = get(get(file.root, "supply"), stages[k].mineral);
        status = compare_stage(c, get(mineral, stages[k].stage), stages[k].product);
    }
    kn__arena_free(arena);
    if (!absent)
        return status;
    kn_context_clear(c->ctx);
    return KN_OK;
}

/* ---- All ---- */

static kn_status check(kn__atlas_check *c, const char *data)
{
    KN__TRY(kn_result_add(c->result, c->ctx, &declaration, &c->table));
    KN__TRY(kn__atlas_check_figures(c));
    if (data) {
        KN__TRY(kn__atlas_compare_usgs(c, data));
        KN__TRY(kn__atlas_compare_bgs(c, data));
        KN__TRY(compare_iea(c, data));
        KN__TRY(kn_result_info(c->result, c->ctx, "compared", NULL, (double)c->compared));
    }
    return kn_result_info(c->result, c->ctx, "warnings", NULL, (double)c->warnings);
}

/* Reads the folder and lets `work` fill the result. */
static kn_status open_folder(kn_result **result, kn_context *ctx, const char *folder,
                             const char *data,
                             kn_status (*work)(kn__atlas_check *c, const char *data))
{
    kn__chain_raw *raw;
    kn_network *net = NULL;
    kn_result *made = NULL;
    *result = NULL;
    KN__TRY(kn__read_atlas(&raw, ctx, folder));
    kn_status status = kn__network_from_chain(&net, ctx, raw);
    if (status >= 0)
        status = kn_result_new(&made, ctx);
    kn__atlas_check c = {.ctx = ctx, .raw = raw, .net = net, .result = made};
    if (status >= 0)
        status = work(&c, data);
    kn_network_free(net);
    kn__chain_raw_free(raw);
    if (status >= 0)
        *result = made;
    else
        kn_result_free(made);
    return status;
}

kn_status kn_atlas_check(kn_result **result, kn_context *context, const char *folder,
                         const char *data)
{
    return open_folder(result, context, folder, data, check);
}

static kn_status figures(kn__atlas_check *c, const char *data)
{
    (void)data;
    return kn__atlas_figures(c);
}

kn_status kn_atlas_figures(kn_result **result, kn_context *context, const char *folder)
{
    return open_folder(result, context, folder, NULL, figures);
}
