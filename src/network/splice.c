/* SPDX-License-Identifier: Apache-2.0 */
#include "network/splice.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "network/aggregate.h"
#include "network/build.h"

static const char *keep(kn__splice *s, const char *text)
{
    return kn__arena_text(s->net->arena, s->ctx, text);
}

/* ---- The atlas in the economies of the table ---- */

/* Economies of the table in its order, then ZZU; what the table does not have is ROW. */
static kn_status merge_atlas(kn__splice *s, const kn_network *atlas)
{
    const kn_network *table = s->table;
    int32_t count = table->economy_count + (table->zzu < 0);
    int32_t *group = KN__ARRAY(s->scratch, s->ctx, atlas->economy_count, int32_t);
    const char **label = KN__ARRAY(s->scratch, s->ctx, count, const char *);
    if (!group || !label)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < count; e++)
        label[e] = e < table->economy_count ? table->economies[e].code : "ZZU";
    for (int32_t e = 0; e < atlas->economy_count; e++) {
        int32_t to = kn__network_economy(table, atlas->economies[e].code);
        group[e] = to >= 0 ? to : e == atlas->zzu ? count - 1 : table->row_economy;
        if (!isnan(atlas->economies[e].gdp_musd))
            s->atlas_gdp += atlas->economies[e].gdp_musd;
    }
    return kn__network_aggregate(&s->atlas, s->ctx, atlas,
                                 &(kn__grouping){group, label, count}, NULL);
}

static kn_status check(kn__splice *s, const kn_network *atlas)
{
    const kn_network *table = s->table;
    if (!atlas->has_recipes || atlas->zzu < 0)
        return kn__fail(s->ctx, KN_ERR_USAGE,
                        "%s is not an atlas: it has no recipes or no economy ZZU",
                        atlas->name);
    if (table->has_recipes)
        return kn__fail(s->ctx, KN_ERR_USAGE,
                        "%s is not an input-output table: it has recipes already",
                        table->name);
    if (table->row_economy < 0)
        return kn__fail(s->ctx, KN_ERR_DATA,
                        "%s has no economy ROW: nothing to take the rest of the world "
                        "and unseen supply out of",
                        table->name);
    return KN_OK;
}

/* ---- Products ---- */

/* Where the products of the atlas go: industries into those of the table, chain products
   behind them. */
static kn_status map_products(kn__splice *s)
{
    const kn_network *atlas = s->atlas;
    int32_t next = s->table->product_count;
    s->to = KN__ARRAY(s->scratch, s->ctx, atlas->product_count, int32_t);
    if (!s->to)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < atlas->product_count; p++) {
        const kn__product *q = &atlas->products[p];
        bool industry = q->kind == KN__INDUSTRY;
        if (!industry && q->industry < 0)
            return kn__fail(s->ctx, KN_ERR_DATA,
                            "%s: %s belongs to no industry, so there is nothing to carve "
                            "it out of",
                            atlas->name, q->id);
        s->to[p] = industry ? kn__splice_industry(s->table, q->id) : next++;
        if (s->to[p] < 0)
            return kn__fail(s->ctx, KN_ERR_DATA,
                            "%s has no industry for %s of %s (its products name their "
                            "codes as \"ISIC rev. 3: …\", \"ISIC rev. 4: …\" or in "
                            "their ids)",
                            s->table->name, q->id, atlas->name);
    }
    s->net->product_count = next;
    return KN_OK;
}

/* The part of a table's industry that an industry of the atlas is: its value added over
   world GDP, against the table's over its value added; at most 1 for all parts. */
static kn_status find_coverage(kn__splice *s)
{
    const kn_network *atlas = s->atlas, *table = s->table;
    int64_t A = atlas->product_count, K = table->product_count;
    double *part = KN__ARRAY(s->scratch, s->ctx, A, double);
    double *sum = KN__ARRAY(s->scratch, s->ctx, K, double);
    double *own = KN__ARRAY(s->scratch, s->ctx, K, double), world = 0;
    s->coverage = KN__ARRAY(s->scratch, s->ctx, A, double);
    if (!part || !sum || !own || !s->coverage)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < atlas->producer_count; i++)
        part[atlas->products[atlas->producers[i].product].industry] +=
            atlas->producers[i].value_added;
    for (int32_t t = 0; t < s->n; t++) {
        own[table->producers[t].product] += table->producers[t].value_added;
        world += table->producers[t].value_added;
    }
    for (int64_t p = 0; p < A; p++) {
        bool industry = atlas->products[p].kind == KN__INDUSTRY;
        s->coverage[p] = industry ? 0 : 1;
        if (industry && s->atlas_gdp > 0)
            sum[s->to[p]] += part[p] /= s->atlas_gdp;
    }
    for (int64_t p = 0; p < A; p++) {
        if (atlas->products[p].kind != KN__INDUSTRY)
            continue;
        int32_t k = s->to[p];
        double all = fmax(sum[k], world > 0 ? own[k] / world : 0);
        s->coverage[p] = all > 0 ? part[p] / all : 0;
    }
    return KN_OK;
}

static kn_status copy_product(kn__splice *s, int32_t at, const kn__product *from)
{
    kn__product *to = &s->net->products[at];
    *to = *from;
    to->id = keep(s, from->id);
    to->hs = keep(s, from->hs);
    to->unit = keep(s, from->unit);
    to->note = keep(s, from->note);
    for (int l = 0; l < KN_LANG_COUNT; l++)
        to->name[l] = keep(s, from->name[l]);
    return to->id && to->hs && to->unit && to->note && to->name[0] && to->name[1] &&
                   to->name[2]
               ? KN_OK
               : KN_ERR_MEMORY;
}

static kn_status add_products(kn__splice *s)
{
    kn_network *net = s->net;
    const int32_t offset = s->table->source_count;
    net->products = KN__ARRAY(net->arena, s->ctx, net->product_count, kn__product);
    if (!net->products)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->table->product_count; k++)
        KN__TRY(copy_product(s, k, &s->table->products[k]));
    for (int32_t p = 0; p < s->atlas->product_count; p++) {
        const kn__product *from = &s->atlas->products[p];
        if (from->kind == KN__INDUSTRY)
            continue;
        KN__TRY(copy_product(s, s->to[p], from));
        kn__product *to = &net->products[s->to[p]];
        to->industry = s->to[from->industry];
        to->value_origin.source += to->value_origin.source >= 0 ? offset : 0;
        to->param_origin.source += to->param_origin.source >= 0 ? offset : 0;
    }
    return KN_OK;
}

/* World output and the share of value added, as carved. */
static kn_status set_values(kn__splice *s)
{
    kn_network *net = s->net;
    double *v = KN__ARRAY(s->scratch, s->ctx, net->product_count, double);
    if (!v)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < net->product_count; p++)
        net->products[p].value_musd = 0;
    for (int32_t i = 0; i < net->producer_count; i++) {
        net->products[net->producers[i].product].value_musd += net->producers[i].output;
        v[net->producers[i].product] += net->producers[i].value_added;
    }
    for (int32_t p = 0; p < net->product_count; p++) {
        kn__product *q = &net->products[p];
        q->value_added_share = q->value_musd > 0 ? v[p] / q->value_musd : NAN;
    }
    return KN_OK;
}

/* ---- Economies, blocs, sources, notes ---- */

static kn_status add_economies(kn__splice *s)
{
    kn_network *net = s->net;
    net->economy_count = s->atlas->economy_count;
    net->economies = KN__ARRAY(net->arena, s->ctx, net->economy_count, kn__economy);
    if (!net->economies)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < net->economy_count; e++) {
        const kn__economy *from = &s->atlas->economies[e];
        kn__economy *to = &net->economies[e];
        *to = *from;
        bool unnamed = strcmp(from->name[0], from->code) == 0;
        if (e < s->table->economy_count && unnamed)
            from = &s->table->economies[e];
        to->code = keep(s, from->code);
        to->origin.source += to->origin.source >= 0 ? s->table->source_count : 0;
        for (int l = 0; l < KN_LANG_COUNT; l++)
            to->name[l] = keep(s, from->name[l]);
        if (!to->code || !to->name[0] || !to->name[1] || !to->name[2])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

static kn_status add_blocs(kn__splice *s)
{
    kn_network *net = s->net;
    net->blocs = KN__ARRAY(net->arena, s->ctx, s->atlas->bloc_count, kn__bloc);
    if (!net->blocs)
        return KN_ERR_MEMORY;
    for (int32_t b = 0; b < s->atlas->bloc_count; b++) {
        const kn__bloc *from = &s->atlas->blocs[b];
        int32_t *id = KN__ARRAY(net->arena, s->ctx, from->members.count, int32_t);
        const char *name = keep(s, from->name);
        if (!id || !name)
            return KN_ERR_MEMORY;
        for (int32_t k = 0; k < from->members.count; k++)
            id[k] = from->members.id[k];
        net->blocs[net->bloc_count++] = (kn__bloc){name, {id, from->members.count}};
    }
    return KN_OK;
}

static kn_status add_source(kn__splice *s, const kn__source *from)
{
    kn__source *to = &s->net->sources[s->net->source_count++];
    *to =
        (kn__source){keep(s, from->id),  keep(s, from->title),   keep(s, from->publisher),
                     keep(s, from->url), keep(s, from->licence), from->year};
    return to->id && to->title && to->publisher && to->url && to->licence ? KN_OK
                                                                          : KN_ERR_MEMORY;
}

static kn_status add_sources(kn__splice *s)
{
    kn_network *net = s->net;
    int64_t count = (int64_t)s->table->source_count + s->atlas->source_count;
    net->sources = KN__ARRAY(net->arena, s->ctx, count, kn__source);
    if (!net->sources)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->table->source_count; k++)
        KN__TRY(add_source(s, &s->table->sources[k]));
    for (int32_t k = 0; k < s->atlas->source_count; k++)
        KN__TRY(add_source(s, &s->atlas->sources[k]));
    return KN_OK;
}

static kn_status add_notes(kn__splice *s)
{
    kn__notes *notes = &s->net->notes;
    KN__TRY(kn__notes_copy(notes, s->ctx, s->net->arena, &s->table->notes));
    KN__TRY(kn__notes_copy(notes, s->ctx, s->net->arena, &s->atlas->notes));
    if (s->table->tariff_count)
        KN__TRY(KN__NOTE(s->net, s->ctx, "tariffs of the table are left out"));
    return KN__NOTE(s->net, s->ctx,
                    "what supplier is unseen stays with ZZU; its supply is carved "
                    "out of the industries of ROW");
}

static kn_status add_labels(kn__splice *s)
{
    kn_network *net = s->net;
    net->name = kn__arena_format(net->arena, s->ctx, "%s with the chains of %s",
                                 s->table->name, s->atlas->name);
    net->edition = kn__arena_format(net->arena, s->ctx, "%s; %s", s->table->edition,
                                    s->atlas->edition);
    if (!net->name || !net->edition)
        return KN_ERR_MEMORY;
    KN__TRY(add_sources(s));
    KN__TRY(add_economies(s));
    KN__TRY(map_products(s));
    KN__TRY(add_products(s));
    KN__TRY(add_blocs(s));
    return add_notes(s);
}

/* ---- All of it ---- */

static kn_status spread_table(kn__splice *s)
{
    const kn__flows *flows = &s->table->flows;
    s->n = s->table->producer_count;
    s->z = flows->dense;
    if (flows->is_dense)
        return KN_OK;
    double *z = KN__ARRAY(s->scratch, s->ctx, (int64_t)s->n * s->n, double);
    if (!z)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < s->n; i++)
        for (int64_t k = flows->rows.start[i]; k < flows->rows.start[i + 1]; k++)
            z[i * s->n + flows->rows.index[k]] = flows->rows.value[k];
    s->z = z;
    return KN_OK;
}

static kn_status splice(kn__splice *s, const kn_network *atlas)
{
    KN__TRY(check(s, atlas));
    KN__TRY(merge_atlas(s, atlas));
    KN__TRY(spread_table(s));
    KN__TRY(add_labels(s));
    KN__TRY(find_coverage(s));
    KN__TRY(kn__splice_chains(s));
    KN__TRY(kn__splice_margins(s));
    KN__TRY(kn__splice_flows(s));
    KN__TRY(set_values(s));
    KN__TRY(kn__splice_records(s));
    return kn__network_finish(s->net, s->ctx);
}

kn_status kn_network_splice(kn_network **network, kn_context *context,
                            const kn_network *atlas, const kn_network *table)
{
    kn__splice s = {.ctx = context, .table = table};
    *network = NULL;
    KN__TRY(kn__arena_new(&s.scratch, context));
    kn_status status = kn__network_new(&s.net, context);
    if (status == KN_OK)
        status = splice(&s, atlas);
    kn_network_free(s.atlas);
    kn__arena_free(s.scratch);
    if (status < 0)
        kn_network_free(s.net);
    else
        *network = s.net;
    return status;
}
