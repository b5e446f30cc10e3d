/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "kernel/text.h"
#include "network/build.h"

/* How a format becomes a network: its reader, then the builder of the shape it gives. */
typedef kn_status (*importer)(kn_network **net, kn_context *ctx, const char *const *paths,
                              int32_t count, const kn__hs_list *only);

typedef struct format {
    kn_format face;
    int32_t most; /* paths; the least is one */
    importer import;
    bool goods; /* reads HS codes, and takes a list of them */
} format;

typedef kn_status (*io_reader)(kn__io_raw **raw, kn_context *ctx, const char *path);
typedef kn_status (*chain_reader)(kn__chain_raw **raw, kn_context *ctx, const char *path);
typedef kn_status (*flows_reader)(kn__flows_raw **raw, kn_context *ctx,
                                  const char *const *paths, int32_t count,
                                  const kn__hs_list *only);

static kn_status import_io(kn_network **net, kn_context *ctx, io_reader read,
                           const char *path)
{
    kn__io_raw *raw;
    KN__TRY(read(&raw, ctx, path));
    kn_status status = kn__network_from_io(net, ctx, raw);
    kn__io_raw_free(ctx, raw);
    return status;
}

static kn_status import_chain(kn_network **net, kn_context *ctx, chain_reader read,
                              const char *path)
{
    kn__chain_raw *raw;
    KN__TRY(read(&raw, ctx, path));
    kn_status status = kn__network_from_chain(net, ctx, raw);
    kn__chain_raw_free(raw);
    return status;
}

static kn_status import_flows(kn_network **net, kn_context *ctx, flows_reader read,
                              const char *const *paths, int32_t count,
                              const kn__hs_list *only)
{
    kn__flows_raw *raw;
    KN__TRY(read(&raw, ctx, paths, count, only));
    kn_status status = kn__network_from_flows(net, ctx, raw);
    kn__flows_raw_free(ctx, raw);
    return status;
}

static kn_status import_baci(kn_network **net, kn_context *ctx, const char *const *paths,
                             int32_t count, const kn__hs_list *only)
{
    return import_flows(net, ctx, kn__read_baci, paths, count, only);
}

static kn_status import_comtrade(kn_network **net, kn_context *ctx,
                                 const char *const *paths, int32_t count,
                                 const kn__hs_list *only)
{
    return import_flows(net, ctx, kn__read_comtrade, paths, count, only);
}

static kn_status import_firms(kn_network **net, kn_context *ctx, const char *const *paths,
                              int32_t count, const kn__hs_list *only)
{
    (void)only;
    kn__firms_raw *raw;
    KN__TRY(kn__read_firms(&raw, ctx, paths, count));
    kn_status status = kn__network_from_firms(net, ctx, raw);
    kn__firms_raw_free(raw);
    return status;
}

#define IMPORT(kind, name)                                                               \
    static kn_status import_##name(kn_network **net, kn_context *ctx,                    \
                                   const char *const *paths, int32_t count,              \
                                   const kn__hs_list *only)                              \
    {                                                                                    \
        (void)count;                                                                     \
        (void)only;                                                                      \
        return import_##kind(net, ctx, kn__read_##name, paths[0]);                       \
    }
IMPORT(chain, atlas)
IMPORT(chain, eto)
IMPORT(io, wiod)
IMPORT(io, caliendo_parro)
IMPORT(io, icio)
IMPORT(io, figaro)
IMPORT(io, pymrio)
IMPORT(io, exiobase)
IMPORT(io, eora26)
IMPORT(io, bea)
IMPORT(chain, usgs)

static const format formats[] = {
    {.face = {"atlas",
              "kaname's own folder of tables: products, shares, recipes, sources",
              "FOLDER"},
     .most = 1,
     .import = import_atlas},
    {.face = {"eto", "ETO semiconductor supply chain data set", "FOLDER"},
     .most = 1,
     .import = import_eto},
    {.face = {"wiod", "WIOD world input-output table, release 2013", "FILE.csv[.gz]"},
     .most = 1,
     .import = import_wiod},
    {.face = {"icio", "OECD inter-country input-output table, editions 2021, 2023, 2025",
              "FILE.csv[.gz]|FILE.zip"},
     .most = 1,
     .import = import_icio},
    {.face = {"figaro", "Eurostat FIGARO, industry by industry, matrix or flat file",
              "FILE.csv|FILE.zip"},
     .most = 1,
     .import = import_figaro},
    {.face = {"exiobase", "EXIOBASE 3, monetary", "FOLDER|FILE.zip"},
     .most = 1,
     .import = import_exiobase},
    {.face = {"pymrio", "a table saved by pymrio as text", "FOLDER|FILE.zip"},
     .most = 1,
     .import = import_pymrio},
    {.face = {"eora26", "Eora26 with its files of labels", "FOLDER|FILE.zip"},
     .most = 1,
     .import = import_eora26},
    {.face = {"bea", "BEA tables of the USA: use, or total requirements",
              "FILE.csv|FOLDER"},
     .most = 1,
     .import = import_bea},
    {.face = {"baci", "BACI bilateral trade, with the file of country codes",
              "FLOWS.csv [CODES.csv]"},
     .most = 2,
     .import = import_baci,
     .goods = true},
    {.face = {"comtrade", "UN Comtrade bilateral trade, classic or API csv",
              "FILE.csv..."},
     .most = 64,
     .import = import_comtrade,
     .goods = true},
    {.face = {"usgs", "USGS Mineral Commodity Summaries, world production", "FILE.csv"},
     .most = 1,
     .import = import_usgs},
    {.face = {"firms", "firms: edges, nodes, classes of input sectors",
              "EDGES.csv [NODES.csv [CLASSES.csv]]"},
     .most = 3,
     .import = import_firms},
    {.face = {"caliendo-parro",
              "Caliendo and Parro 2015: 31 economies, 40 sectors, tariffs", "FOLDER"},
     .most = 1,
     .import = import_caliendo_parro},
};

int32_t kn_format_count(void)
{
    return sizeof formats / sizeof *formats;
}

const kn_format *kn_format_at(int32_t index)
{
    return index >= 0 && index < kn_format_count() ? &formats[index].face : NULL;
}

const kn_format *kn_format_find(const char *name)
{
    for (int32_t k = 0; k < kn_format_count(); k++)
        if (kn__text_equal(formats[k].face.name, name))
            return &formats[k].face;
    return NULL;
}

static kn_status import(kn_network **net, kn_context *ctx, const kn_format *wanted,
                        const char *const *paths, int32_t count, const kn__hs_list *only)
{
    for (int32_t k = 0; k < kn_format_count(); k++) {
        const format *f = &formats[k];
        if (&f->face != wanted)
            continue;
        if (only && !f->goods)
            return kn__fail(ctx, KN_ERR_USAGE, "format %s has no HS codes to choose from",
                            f->face.name);
        if (count < 1 || count > f->most)
            return kn__fail(ctx, KN_ERR_USAGE, "format %s reads %s: %d given",
                            f->face.name, f->face.paths, (int)count);
        return f->import(net, ctx, paths, count, only);
    }
    return kn__fail(ctx, KN_ERR_USAGE, "not a format of this library");
}

kn_status kn_network_import(kn_network **network, kn_context *context,
                            const kn_format *wanted, const char *const *paths,
                            int32_t path_count)
{
    *network = NULL;
    return import(network, context, wanted, paths, path_count, NULL);
}

kn_status kn_network_import_goods(kn_network **network, kn_context *context,
                                  const kn_format *wanted, const char *const *paths,
                                  int32_t path_count, const char *hs_codes)
{
    kn__hs_list only = {.each = true};
    kn__arena *arena;
    *network = NULL;
    KN__TRY(kn__arena_new(&arena, context));
    kn_status status = kn__hs_parse(&only, context, arena, hs_codes);
    if (status >= 0)
        status = import(network, context, wanted, paths, path_count, &only);
    kn__arena_free(arena);
    return status;
}
