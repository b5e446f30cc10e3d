/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "network/chain.h"
#include "network/schema.h"

kn_status kn__chain_fail(kn__chain_build *b, const char *file, int32_t line,
                         const char *format, ...)
{
    char message[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(message, sizeof message, format, args);
    va_end(args);
    return kn__fail(b->ctx, KN_ERR_DATA, "%s%s:%d: %s", b->raw->file_prefix, file,
                    (int)line, message);
}

/* ---- Names ---- */

static int by_label(const void *a, const void *b)
{
    const kn__name *x = a, *y = b;
    int order = strcmp(x->label, y->label);
    return order ? order : (x->line > y->line) - (x->line < y->line);
}

static kn_status sort_names(kn__chain_build *b, kn__names *names)
{
    if (names->count)
        qsort(names->at, (size_t)names->count, sizeof *names->at, by_label);
    for (int32_t k = 1; k < names->count; k++)
        if (strcmp(names->at[k - 1].label, names->at[k].label) == 0)
            return kn__chain_fail(b, names->file, names->at[k].line,
                                  "%s %s stands already in line %d", names->what,
                                  names->at[k].label, (int)names->at[k - 1].line);
    return KN_OK;
}

static int32_t find_name(const kn__names *names, const char *label)
{
    for (int32_t low = 0, high = names->count - 1; low <= high;) {
        int32_t middle = low + (high - low) / 2;
        int order = strcmp(label, names->at[middle].label);
        if (order == 0)
            return names->at[middle].id;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

kn_status kn__chain_lookup(int32_t *id, kn__chain_build *b, const kn__names *names,
                           const char *label, const char *file, int32_t line)
{
    *id = find_name(names, label);
    if (*id >= 0)
        return KN_OK;
    const char **labels = KN__ARRAY(b->scratch, b->ctx, names->count, const char *);
    if (!labels)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < names->count; k++)
        labels[k] = names->at[k].label;
    kn__text hint;
    kn__text_init(&hint, b->ctx, 0);
    kn__text_nearest(&hint, label, labels, names->count);
    kn_status status = kn__text_status(&hint);
    if (status == KN_OK)
        status = kn__chain_fail(b, file, line, "%s \"%.80s\" is not in %s%s%s",
                                names->what, label, names->file, hint.length ? "; " : "",
                                hint.length ? hint.data : "");
    kn__text_release(&hint);
    return status;
}

kn_status kn__chain_origin(kn__origin *origin, kn__chain_build *b, const char *source,
                           char grade, int32_t year, const char *file, int32_t line)
{
    *origin = (kn__origin){.source = -1, .grade = grade, .year = (int16_t)year};
    return *source ? kn__chain_lookup(&origin->source, b, &b->sources, source, file, line)
                   : KN_OK;
}

/* A copy of a text in the network's own arena; NULL (reported) on failure. */
static const char *keep(kn__chain_build *b, const char *text)
{
    return text && *text ? kn__arena_text(b->net->arena, b->ctx, text) : "";
}

/* ---- Sources and economies ---- */

static kn_status add_sources(kn__chain_build *b)
{
    kn_network *net = b->net;
    int64_t count = b->raw->source_count;
    net->source_count = (int32_t)count;
    net->sources = KN__ARRAY(net->arena, b->ctx, count, kn__source);
    b->sources = (kn__names){KN__ARRAY(b->scratch, b->ctx, count, kn__name),
                             (int32_t)count, "sources.csv", "source"};
    if (!net->sources || !b->sources.at)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++) {
        const kn__chain_source *s = &b->raw->sources[k];
        net->sources[k] =
            (kn__source){keep(b, s->id),  keep(b, s->title),   keep(b, s->publisher),
                         keep(b, s->url), keep(b, s->licence), s->year};
        const kn__source *kept = &net->sources[k];
        if (!kept->id || !kept->title || !kept->publisher || !kept->url || !kept->licence)
            return KN_ERR_MEMORY;
        b->sources.at[k] = (kn__name){kept->id, k, s->line};
    }
    return sort_names(b, &b->sources);
}

static kn_status add_economy(kn__chain_build *b, const kn__chain_economy *e)
{
    int32_t id = b->net->economy_count++;
    kn__economy *to = &b->net->economies[id];
    to->code = keep(b, e->code);
    to->name[KN_LANG_EN] = keep(b, e->name_en);
    to->name[KN_LANG_JA] = keep(b, e->name_ja);
    to->name[KN_LANG_KO] = keep(b, e->name_ko);
    to->latitude = e->latitude;
    to->longitude = e->longitude;
    to->gdp_musd = e->gdp_musd;
    if (!to->code || !to->name[KN_LANG_EN] || !to->name[KN_LANG_JA] ||
        !to->name[KN_LANG_KO])
        return KN_ERR_MEMORY;
    b->economies.at[b->economies.count++] = (kn__name){to->code, id, e->line};
    return kn__chain_origin(&to->origin, b, e->source, e->grade, e->gdp_year,
                            "economies.csv", e->line);
}

/* The unseen supplier is always there. */
static kn_status add_economies(kn__chain_build *b)
{
    static const kn__chain_economy unseen = {.code = "ZZU",
                                             .name_en = "Unseen supplier",
                                             .name_ja = "不明（未把握）供給者",
                                             .name_ko = "미확인 공급자",
                                             .source = "",
                                             .latitude = NAN,
                                             .longitude = NAN,
                                             .gdp_musd = NAN,
                                             .grade = 'D'};
    int64_t room = b->raw->economy_count + 1;
    b->net->economies = KN__ARRAY(b->net->arena, b->ctx, room, kn__economy);
    b->economies = (kn__names){KN__ARRAY(b->scratch, b->ctx, room, kn__name), 0,
                               "economies.csv", "economy"};
    if (!b->net->economies || !b->economies.at)
        return KN_ERR_MEMORY;
    bool has_unseen = false;
    for (int64_t k = 0; k < b->raw->economy_count; k++) {
        has_unseen |= kn__text_equal(b->raw->economies[k].code, "ZZU");
        KN__TRY(add_economy(b, &b->raw->economies[k]));
    }
    if (!has_unseen)
        KN__TRY(add_economy(b, &unseen));
    return sort_names(b, &b->economies);
}

/* ---- Products ---- */

static kn_status add_product(kn__chain_build *b, int32_t id)
{
    const kn__chain_product *p = &b->raw->products[id];
    kn__product *to = &b->net->products[id];
    *to = (kn__product){
        .id = keep(b, p->id),
        .name = {keep(b, p->name_en), keep(b, p->name_ja), keep(b, p->name_ko)},
        .hs = keep(b, p->hs),
        .unit = keep(b, p->unit),
        .note = keep(b, p->note),
        .industry = -1,
        .value_musd = p->value_musd,
        .value_added_share = p->value_added_share,
        .substitute_share = p->substitute_share,
        .substitute_days = p->substitute_days,
        .reroute_share = p->reroute_share,
        .reroute_days = p->reroute_days,
        .spare_days = p->spare_days};
    if (!to->id || !to->name[0] || !to->name[1] || !to->name[2] || !to->hs || !to->unit ||
        !to->note)
        return KN_ERR_MEMORY;
    int32_t kind = kn__word_find(kn__kind_words, KN__KIND_COUNT, p->kind);
    if (kind < 0)
        return kn__chain_fail(b, "products.csv", p->line, "\"%.40s\" is not a kind",
                              p->kind);
    to->kind = (kn__kind)kind;
    b->products.at[id] = (kn__name){to->id, id, p->line};
    KN__TRY(kn__chain_origin(&to->value_origin, b, p->value_source, p->value_grade,
                             p->value_year, "products.csv", p->line));
    return kn__chain_origin(&to->param_origin, b, p->param_source, p->param_grade, 0,
                            "products.csv", p->line);
}

/* Each product belongs to an industry; an industry to itself. */
static kn_status join_industries(kn__chain_build *b)
{
    for (int32_t p = 0; p < b->net->product_count; p++) {
        const kn__chain_product *from = &b->raw->products[p];
        kn__product *to = &b->net->products[p];
        if (to->kind == KN__INDUSTRY)
            to->industry = p;
        else if (*from->isic)
            KN__TRY(kn__chain_lookup(&to->industry, b, &b->products, from->isic,
                                     "products.csv", from->line));
        if (to->industry >= 0 && b->net->products[to->industry].kind != KN__INDUSTRY)
            return kn__chain_fail(b, "products.csv", from->line,
                                  "%s is not of kind industry", from->isic);
    }
    return KN_OK;
}

static kn_status add_products(kn__chain_build *b)
{
    int64_t count = b->raw->product_count;
    b->net->product_count = (int32_t)count;
    b->net->products = KN__ARRAY(b->net->arena, b->ctx, count, kn__product);
    b->products = (kn__names){KN__ARRAY(b->scratch, b->ctx, count, kn__name),
                              (int32_t)count, "products.csv", "product"};
    if (!b->net->products || !b->products.at)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < count; p++)
        KN__TRY(add_product(b, p));
    KN__TRY(sort_names(b, &b->products));
    return join_industries(b);
}

kn_status kn__chain_labels(kn__chain_build *b)
{
    KN__TRY(add_sources(b));
    KN__TRY(add_economies(b));
    KN__TRY(add_products(b));
    b->net->name = keep(b, b->raw->name);
    b->net->edition = keep(b, b->raw->edition);
    if (!b->net->name || !b->net->edition)
        return KN_ERR_MEMORY;
    return kn__notes_copy(&b->net->notes, b->ctx, b->net->arena, &b->raw->notes);
}

kn_status kn__network_from_chain(kn_network **net, kn_context *ctx,
                                 const kn__chain_raw *raw)
{
    kn__chain_build b = {.ctx = ctx, .raw = raw};
    *net = NULL;
    KN__TRY(kn__arena_new(&b.scratch, ctx));
    kn_status status = kn__network_new(&b.net, ctx);
    if (status == KN_OK)
        status = kn__chain_labels(&b);
    if (status == KN_OK)
        status = kn__chain_records(&b);
    if (status == KN_OK)
        status = kn__chain_producers(&b);
    if (status == KN_OK)
        status = kn__chain_flows(&b);
    if (status == KN_OK)
        status = kn__network_finish(b.net, ctx);
    kn__release(ctx, b.z);
    kn__arena_free(b.scratch);
    if (status < 0)
        kn_network_free(b.net);
    else
        *net = b.net;
    return status;
}
