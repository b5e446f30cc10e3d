/* SPDX-License-Identifier: Apache-2.0 */
#include "read/eto.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "read/csv.h"
#include "read/io_labels.h"
#include "read/labels.h"

/* The chip supply chain of the Emerging Technology Observatory (CSET): inputs.csv,
   stages.csv, sequence.csv, providers.csv, provision.csv. */

enum { FILES = 5, MOST_ROWS = 1000000 };

static const char *const file_names[FILES] = {"inputs.csv", "stages.csv", "sequence.csv",
                                              "providers.csv", "provision.csv"};

typedef kn_status (*row_reader)(kn__eto *eto, kn__csv *csv, const kn__field *f,
                                const int32_t *at);

static char *keep(kn__eto *eto, const kn__field *field)
{
    return kn__arena_textn(eto->raw->arena, eto->ctx, field->text, (size_t)field->length);
}

/* The text of an optional column. */
static const kn__field *optional(const kn__field *f, int32_t at)
{
    static const kn__field none = {"", 0, 1, 0};
    return at >= 0 ? &f[at] : &none;
}

static kn_status room(kn__eto *eto, void **items, int64_t *capacity, int64_t count,
                      size_t size)
{
    if (count < *capacity)
        return KN_OK;
    if (count >= MOST_ROWS)
        return kn__fail(eto->ctx, KN_ERR_LIMIT, "%smore than %d rows in one file",
                        eto->raw->file_prefix, MOST_ROWS);
    int64_t wider = *capacity ? 2 * *capacity : 64;
    void *moved = kn__arena_alloc(eto->raw->arena, eto->ctx, wider, size);
    if (!moved)
        return KN_ERR_MEMORY;
    if (count)
        memcpy(moved, *items, (size_t)count * size);
    *items = moved;
    *capacity = wider;
    return KN_OK;
}

/* ---- Looking up ids ---- */

static int by_node_id(const void *a, const void *b)
{
    return strcmp(((const kn__eto_node *)a)->id, ((const kn__eto_node *)b)->id);
}

static int by_provider_id(const void *a, const void *b)
{
    return strcmp(((const kn__eto_provider *)a)->id, ((const kn__eto_provider *)b)->id);
}

static kn_status unknown_id(kn__csv *csv, const kn__field *field, const char *file)
{
    return kn__csv_fail(csv, field, "\"%.40s\" does not stand in %s", field->text, file);
}

/* bsearch, also where there is nothing to search in. */
static const void *find(const void *key, const void *items, int64_t count, size_t size,
                        int (*order)(const void *, const void *))
{
    return count ? bsearch(key, items, (size_t)count, size, order) : NULL;
}

static kn_status find_node(kn__eto *eto, kn__csv *csv, const kn__field *field,
                           int32_t *node)
{
    const kn__eto_node key = {.id = field->text};
    const kn__eto_node *found =
        find(&key, eto->nodes, eto->node_count, sizeof *eto->nodes, by_node_id);
    if (!found)
        return unknown_id(csv, field, "inputs.csv or stages.csv");
    *node = (int32_t)(found - eto->nodes);
    return KN_OK;
}

/* ---- Rows ---- */

/* "$574.1 billion (2022)" in millions; other words may follow the amount. */
static bool read_value(const char *s, double *musd, int32_t *year)
{
    static const struct {
        const char *word;
        double millions;
    } units[] = {{" million", 1}, {" billion", 1e3}, {" trillion", 1e6}};
    const char *end = s + 1 + (*s ? strspn(s + 1, "0123456789.") : 0);
    double amount;
    if (*s != '$' || !kn__parse_number(s + 1, (size_t)(end - s - 1), &amount))
        return false;
    for (size_t u = 0; u < sizeof units / sizeof *units; u++)
        if (strncmp(end, units[u].word, strlen(units[u].word)) == 0) {
            *musd = amount * units[u].millions;
            const char *bracket = strrchr(s, '(');
            int64_t number;
            if (bracket && strlen(bracket) == 6 && kn__parse_int(bracket + 1, 4, &number))
                *year = (int32_t)number;
            return true;
        }
    return false;
}

static kn_status read_type(kn__csv *csv, const kn__field *field, kn__eto_type *type)
{
    static const char *const names[] = {"tool_resource", "material_resource",
                                        "design_resource", "process", "ultimate_output"};
    for (int k = 0; k < 5; k++)
        if (kn__text_equal(field->text, names[k])) {
            *type = (kn__eto_type)k;
            return KN_OK;
        }
    return kn__csv_fail(csv, field,
                        "type \"%.40s\" is not known; expected are tool_resource, "
                        "material_resource, design_resource, process, ultimate_output",
                        field->text);
}

static kn_status add_node(kn__eto *eto, kn__csv *csv, const kn__field *id,
                          const kn__field *name, const kn__field *stage,
                          const kn__field *value, kn__eto_type type)
{
    void *items = eto->nodes;
    KN__TRY(room(eto, &items, &eto->node_room, eto->node_count, sizeof *eto->nodes));
    eto->nodes = items;
    if (!id->length || !name->length)
        return kn__csv_fail(csv, id->length ? name : id,
                            "an id and a name were expected");
    kn__eto_node *node = &eto->nodes[eto->node_count];
    *node = (kn__eto_node){.id = keep(eto, id),
                           .name = keep(eto, name),
                           .stage = keep(eto, stage),
                           .type = type,
                           .value_musd = NAN,
                           .line = (int32_t)kn__csv_line(csv),
                           .parent = -1};
    if (!node->id || !node->name || !node->stage)
        return KN_ERR_MEMORY;
    if (value->length && !read_value(value->text, &node->value_musd, &node->value_year))
        eto->odd_values++;
    eto->node_count++;
    return KN_OK;
}

enum { IN_ID, IN_NAME, IN_TYPE, IN_STAGE, IN_VALUE };

static kn_status input_row(kn__eto *eto, kn__csv *csv, const kn__field *f,
                           const int32_t *at)
{
    kn__eto_type type = KN__ETO_TOOL;
    KN__TRY(read_type(csv, &f[at[IN_TYPE]], &type));
    return add_node(eto, csv, &f[at[IN_ID]], &f[at[IN_NAME]], &f[at[IN_STAGE]],
                    optional(f, at[IN_VALUE]), type);
}

static kn_status stage_row(kn__eto *eto, kn__csv *csv, const kn__field *f,
                           const int32_t *at)
{
    return add_node(eto, csv, &f[at[0]], &f[at[1]], optional(NULL, -1),
                    optional(f, at[2]), KN__ETO_STAGE);
}

enum { SEQ_INPUT, SEQ_GOES, SEQ_TYPE };

static kn_status sequence_row(kn__eto *eto, kn__csv *csv, const kn__field *f,
                              const int32_t *at)
{
    const kn__field *goes = &f[at[SEQ_GOES]], *variant = &f[at[SEQ_TYPE]];
    int32_t input = -1, target = -1;
    KN__TRY(find_node(eto, csv, &f[at[SEQ_INPUT]], &input));
    if (!goes->length == !variant->length)
        return kn__csv_fail(csv, goes,
                            "either goes_into_id or is_type_of_id was expected");
    KN__TRY(find_node(eto, csv, goes->length ? goes : variant, &target));
    kn__eto_node *node = &eto->nodes[input];
    /* A tool that goes into a tool is a part of that market, so another taxonomy edge. */
    bool parts = node->type == KN__ETO_TOOL && eto->nodes[target].type == KN__ETO_TOOL;
    if (variant->length || parts) {
        if (node->parent >= 0 && node->parent != target)
            return kn__csv_fail(csv, variant->length ? variant : goes,
                                "\"%s\" is a variant of two things", node->id);
        node->parent = target;
        eto->nodes[target].has_children = true;
        return KN_OK;
    }
    void *items = eto->edges;
    KN__TRY(room(eto, &items, &eto->edge_room, eto->edge_count, sizeof *eto->edges));
    eto->edges = items;
    eto->edges[eto->edge_count++] =
        (kn__eto_edge){input, target, (int32_t)kn__csv_line(csv)};
    node->feeds = true;
    return KN_OK;
}

enum { PRO_ID, PRO_NAME, PRO_TYPE, PRO_COUNTRY };

static kn_status provider_row(kn__eto *eto, kn__csv *csv, const kn__field *f,
                              const int32_t *at)
{
    const kn__field *type = &f[at[PRO_TYPE]];
    bool country = kn__text_equal(type->text, "country");
    if (!country && !kn__text_equal(type->text, "organization"))
        return kn__csv_fail(csv, type, "\"%.40s\": country or organization was expected",
                            type->text);
    const kn__field *place = &f[at[country ? PRO_NAME : PRO_COUNTRY]];
    /* Regions and "Various countries" are suppliers that cannot be told apart. */
    bool region = kn__text_equal(place->text, "EUR") || !place->length ||
                  kn__text_equal(place->text, "Various countries");
    const char *code = region ? "ZZU" : kn__economy_code(place->text);
    if (!code)
        return kn__unknown_economy(csv, place, place->text);
    void *items = eto->providers;
    KN__TRY(room(eto, &items, &eto->provider_room, eto->provider_count,
                 sizeof *eto->providers));
    eto->providers = items;
    kn__eto_provider *provider = &eto->providers[eto->provider_count++];
    *provider = (kn__eto_provider){keep(eto, &f[at[PRO_ID]]), code, country};
    return provider->id ? KN_OK : KN_ERR_MEMORY;
}

enum { GIVE_PROVIDER, GIVE_NODE, GIVE_SHARE, GIVE_YEAR };

static kn_status provision_row(kn__eto *eto, kn__csv *csv, const kn__field *f,
                               const int32_t *at)
{
    const kn__field *id = &f[at[GIVE_PROVIDER]], *share = &f[at[GIVE_SHARE]],
                    *year = optional(f, at[GIVE_YEAR]);
    void *items = eto->provisions;
    KN__TRY(room(eto, &items, &eto->provision_room, eto->provision_count,
                 sizeof *eto->provisions));
    eto->provisions = items;
    kn__eto_provision p = {.line = (int32_t)kn__csv_line(csv)};
    const kn__eto_provider key = {.id = id->text};
    const kn__eto_provider *found = find(&key, eto->providers, eto->provider_count,
                                         sizeof *eto->providers, by_provider_id);
    if (!found)
        return unknown_id(csv, id, "providers.csv");
    p.provider = (int32_t)(found - eto->providers);
    KN__TRY(find_node(eto, csv, &f[at[GIVE_NODE]], &p.node));
    KN__TRY(kn__csv_number(csv, share, true, &p.share));
    if (p.share < 0 || p.share > 100)
        return kn__csv_fail(csv, share, "a share from 0 to 100 (percent) was expected");
    p.share /= 100;
    int64_t number = 0;
    if (year->length &&
        (year->length != 4 || !kn__parse_int(year->text, 4, &number) || number < 1900))
        return kn__csv_fail(csv, year, "a year was expected, found \"%.40s\"",
                            year->text);
    p.year = (int32_t)number;
    eto->regions += kn__text_equal(found->economy, "ZZU");
    eto->provisions[eto->provision_count++] = p;
    return KN_OK;
}

/* ---- Files ---- */

/* Columns that are read come first, in the order of the enums above. */
static const char *const input_columns[] = {"input_id",
                                            "input_name",
                                            "type",
                                            "stage_id",
                                            "?market_share_chart_global_market_size_info",
                                            "?stage_name",
                                            "?description",
                                            "?year",
                                            "?market_share_chart_caption",
                                            "?market_share_chart_source"};
static const char *const stage_columns[] = {"stage_id",
                                            "stage_name",
                                            "?market_share_chart_global_market_size_info",
                                            "?description",
                                            "?market_share_chart_caption",
                                            "?market_share_chart_source"};
static const char *const sequence_columns[] = {"input_id",        "goes_into_id",
                                               "is_type_of_id",   "?input_name",
                                               "?goes_into_name", "?is_type_of_name"};
static const char *const provider_columns[] = {"provider_id", "provider_name",
                                               "provider_type", "country", "?alias"};
static const char *const provision_columns[] = {
    "provider_id",    "provided_id",    "share_provided", "?year",
    "?provider_name", "?provided_name", "?source",        "?minor_share"};

enum { MOST_COLUMNS = 10 };

static const struct {
    const char *const *columns;
    int32_t count;
    row_reader read;
} files[FILES] = {
    {input_columns, 10, input_row},        {stage_columns, 6, stage_row},
    {sequence_columns, 6, sequence_row},   {provider_columns, 5, provider_row},
    {provision_columns, 8, provision_row},
};

static kn_status sort_nodes(kn__eto *eto)
{
    if (eto->node_count)
        qsort(eto->nodes, (size_t)eto->node_count, sizeof *eto->nodes, by_node_id);
    for (int64_t i = 1; i < eto->node_count; i++)
        if (strcmp(eto->nodes[i - 1].id, eto->nodes[i].id) == 0)
            return kn__fail(
                eto->ctx, KN_ERR_DATA, "%sinputs.csv:%d:1: input \"%s\" stands twice",
                eto->raw->file_prefix, (int)eto->nodes[i].line, eto->nodes[i].id);
    return KN_OK;
}

/* A provider stands once for each of its aliases. */
static kn_status merge_providers(kn__eto *eto)
{
    int64_t kept = 0;
    if (eto->provider_count)
        qsort(eto->providers, (size_t)eto->provider_count, sizeof *eto->providers,
              by_provider_id);
    for (int64_t i = 0; i < eto->provider_count; i++) {
        const kn__eto_provider *p = &eto->providers[i],
                               *last = kept ? &eto->providers[kept - 1] : NULL;
        if (!last || strcmp(last->id, p->id) != 0) {
            eto->providers[kept++] = *p;
            continue;
        }
        if (strcmp(last->economy, p->economy) != 0 || last->is_country != p->is_country)
            return kn__fail(eto->ctx, KN_ERR_DATA,
                            "%sproviders.csv: provider \"%s\" stands twice, with "
                            "different countries (%s, %s)",
                            eto->raw->file_prefix, p->id, last->economy, p->economy);
    }
    eto->provider_count = kept;
    return KN_OK;
}

/* Reads one file and closes it. */
static kn_status read_file(kn__eto *eto, kn__csv *csv, int file)
{
    int32_t at[MOST_COLUMNS], count;
    const kn__field *f;
    kn_status status = kn__csv_header(csv, files[file].columns, files[file].count, at);
    while (status == KN_OK) {
        status = kn__csv_next(csv, &f, &count);
        if (status < 0 || !count)
            break;
        status = files[file].read(eto, csv, f, at);
    }
    kn__csv_close(csv);
    if (status == KN_OK && file == 1)
        status = sort_nodes(eto);
    if (status == KN_OK && file == 3)
        status = merge_providers(eto);
    return status;
}

/* ---- Entry ---- */

static kn_status new_chain(kn__chain_raw **raw, kn_context *ctx, const char *prefix)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn__chain_raw *made = KN__NEW(arena, ctx, kn__chain_raw);
    char *copy = kn__arena_text(arena, ctx, prefix);
    if (!made || !copy) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    made->arena = arena;
    made->file_prefix = copy;
    *raw = made;
    return KN_OK;
}

typedef struct eto_input {
    const char *folder; /* or NULL: from memory */
    const char *const *names, *const *bytes;
    const size_t *lengths;
    int32_t count;
} eto_input;

static kn_status open_file(kn__csv **csv, kn__eto *eto, const eto_input *input, int file)
{
    char *path = kn__arena_format(eto->raw->arena, eto->ctx, "%s%s",
                                  eto->raw->file_prefix, file_names[file]);
    *csv = NULL;
    if (!path)
        return KN_ERR_MEMORY;
    if (input->folder)
        return kn__csv_open(csv, eto->ctx, path);
    for (int32_t k = 0; k < input->count; k++)
        if (strcmp(input->names[k], file_names[file]) == 0)
            return kn__csv_open_bytes(csv, eto->ctx, path, input->bytes[k],
                                      input->lengths[k]);
    return kn__fail(eto->ctx, KN_ERR_NOT_FOUND, "%s: no such file", path);
}

static kn_status read_all(kn__chain_raw **raw, kn_context *ctx, const char *prefix,
                          const eto_input *input)
{
    kn__chain_raw *made;
    KN__TRY(new_chain(&made, ctx, prefix));
    kn__eto eto = {.ctx = ctx, .raw = made};
    kn_status status = KN_OK;
    for (int file = 0; file < FILES && status == KN_OK; file++) {
        kn__csv *csv;
        status = open_file(&csv, &eto, input, file);
        if (status == KN_OK)
            status = read_file(&eto, csv, file);
    }
    if (status == KN_OK)
        status = kn__eto_chain(&eto);
    if (status < 0)
        kn__chain_raw_free(made);
    else
        *raw = made;
    return status;
}

kn_status kn__read_eto(kn__chain_raw **raw, kn_context *ctx, const char *folder)
{
    char prefix[4096];
    *raw = NULL;
    size_t n = strlen(folder);
    if (n + 2 > sizeof prefix)
        return kn__fail(ctx, KN_ERR_NOT_FOUND, "%.80s…: the path is too long", folder);
    snprintf(prefix, sizeof prefix, "%s%s", folder, n && folder[n - 1] != '/' ? "/" : "");
    const eto_input input = {.folder = folder};
    return read_all(raw, ctx, prefix, &input);
}

kn_status kn__read_eto_bytes(kn__chain_raw **raw, kn_context *ctx,
                             const char *const *names, const char *const *bytes,
                             const size_t *lengths, int32_t count)
{
    *raw = NULL;
    const eto_input input = {NULL, names, bytes, lengths, count};
    return read_all(raw, ctx, "", &input);
}
