/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "kernel/text.h"
#include "network/build.h"
#include "network/overlay.h"
#include "read/recognise.h"

/* The files of data/atlas as the build turns them into arrays. */
#define ATLAS_FILES(X)                                                                   \
    X(blocs)                                                                             \
    X(demand)                                                                            \
    X(economies)                                                                         \
    X(equipment)                                                                         \
    X(industries)                                                                        \
    X(links)                                                                             \
    X(products)                                                                          \
    X(recipes)                                                                           \
    X(sources)                                                                           \
    X(stocks)                                                                            \
    X(supply)

#define DECLARE(file)                                                                    \
    extern const unsigned char kn__atlas_##file##_csv[];                                 \
    extern const unsigned long kn__atlas_##file##_csv_size;
ATLAS_FILES(DECLARE)

static kn_status read_embedded(kn__chain_raw **raw, kn_context *ctx)
{
#define NAME(file) #file ".csv",
#define BYTES(file) (const char *)kn__atlas_##file##_csv,
#define SIZE(file) kn__atlas_##file##_csv_size,
    const char *const names[] = {ATLAS_FILES(NAME)};
    const char *const files[] = {ATLAS_FILES(BYTES)};
    const size_t sizes[] = {ATLAS_FILES(SIZE)};
    return kn__read_atlas_bytes(raw, ctx, names, files, sizes,
                                sizeof names / sizeof *names);
}

static kn_status read_trade(kn__flows_raw **flows, kn_context *ctx, const char *path,
                            const kn__hs_list *only)
{
    const char *format, *encoding;
    *flows = NULL;
    KN__TRY(kn__recognise(&format, &encoding, ctx, path));
    if (kn__text_equal(format, "baci"))
        return kn__read_baci(flows, ctx, &path, 1, only);
    if (kn__text_equal(format, "comtrade"))
        return kn__read_comtrade(flows, ctx, &path, 1, only);
    return kn__fail(ctx, KN_ERR_DATA,
                    "%s: this is not bilateral trade; a csv of BACI (i, j, v or i, j, "
                    "cmd) or of UN Comtrade was expected%s%s",
                    path, format ? ", found " : "", format ? format : "");
}

/* A year of trade is some ten million rows, of which a chain needs a few in a hundred. */
static kn_status find_goods(kn__hs_list *goods, kn_context *ctx, const kn__chain_raw *raw,
                            kn__arena *arena)
{
    kn__text all;
    kn__text_init(&all, ctx, 0);
    for (int64_t k = 0; k < raw->product_count; k++)
        if (*raw->products[k].hs)
            kn__text_addf(&all, "%s%s", all.length ? ";" : "", raw->products[k].hs);
    kn_status status = kn__text_status(&all);
    if (status >= 0 && all.length)
        status = kn__hs_parse(goods, ctx, arena, all.data);
    kn__text_release(&all);
    return status;
}

static kn_status overlay_trade(kn__chain_raw *raw, kn_context *ctx, const char *path)
{
    kn__flows_raw *flows = NULL;
    kn__hs_list goods = {0};
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = find_goods(&goods, ctx, raw, arena);
    if (status >= 0)
        status = read_trade(&flows, ctx, path, &goods);
    kn__arena_free(arena);
    if (status >= 0)
        status = kn__chain_overlay(raw, ctx, flows);
    kn__flows_raw_free(ctx, flows);
    return status;
}

kn_status kn_network_atlas_trade(kn_network **network, kn_context *context,
                                 const char *folder, const char *trade)
{
    kn__chain_raw *raw;
    *network = NULL;
    KN__TRY(folder ? kn__read_atlas(&raw, context, folder)
                   : read_embedded(&raw, context));
    kn_status status = trade ? overlay_trade(raw, context, trade) : KN_OK;
    if (status >= 0)
        status = kn__network_from_chain(network, context, raw);
    kn__chain_raw_free(raw);
    return status;
}

kn_status kn_network_atlas(kn_network **network, kn_context *context)
{
    return kn_network_atlas_trade(network, context, NULL, NULL);
}
