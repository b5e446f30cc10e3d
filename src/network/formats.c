/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "kernel/text.h"
#include "network/build.h"

/* How a format becomes a network: its reader, then the builder of the shape it gives. */
typedef kn_status (*importer)(kn_network **net, kn_context *ctx, const char *const *paths,
                              int32_t count);

typedef struct format {
    kn_format face;
    int32_t least, most; /* paths */
    importer import;
} format;

typedef kn_status (*io_reader)(kn__io_raw **raw, kn_context *ctx, const char *path);
typedef kn_status (*chain_reader)(kn__chain_raw **raw, kn_context *ctx, const char *path);

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

static kn_status import_baci(kn_network **net, kn_context *ctx, const char *const *paths,
                             int32_t count)
{
    kn__flows_raw *raw;
    KN__TRY(kn__read_baci(&raw, ctx, paths, count));
    kn_status status = kn__network_from_flows(net, ctx, raw);
    kn__flows_raw_free(ctx, raw);
    return status;
}

static kn_status import_comtrade(kn_network **net, kn_context *ctx,
                                 const char *const *paths, int32_t count)
{
    kn__flows_raw *raw;
    KN__TRY(kn__read_comtrade(&raw, ctx, paths, count));
    kn_status status = kn__network_from_flows(net, ctx, raw);
    kn__flows_raw_free(ctx, raw);
    return status;
}

static kn_status import_firms(kn_network **net, kn_context *ctx, const char *const *paths,
                              int32_t count)
{
    kn__firms_raw *raw;
    KN__TRY(kn__read_firms(&raw, ctx, paths, count));
    kn_status status = kn__network_from_firms(net, ctx, raw);
    kn__firms_raw_free(raw);
    return status;
}

#define IMPORT(kind, name)                                                               \
    static kn_status import_##name(kn_network **net, kn_context *ctx,                    \
                                   const char *const *paths, int32_t count)              \
    {                                                                                    \
        (void)count;                                                                     \
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
    {{"atlas", "kaname's own folder of tables: products, shares, recipes, sources",
      "FOLDER"},
     1,
     1,
     import_atlas},
    {{"eto", "ETO semiconductor supply chain data set", "FOLDER"}, 1, 1, import_eto},
    {{"wiod", "WIOD world input-output table, release 2013", "FILE.csv[.gz]"},
     1,
     1,
     import_wiod},
    {{"icio", "OECD inter-country input-output table, editions 2021, 2023, 2025",
      "FILE.csv[.gz]|FILE.zip"},
     1,
     1,
     import_icio},
    {{"figaro", "Eurostat FIGARO, industry by industry, matrix or flat file",
      "FILE.csv|FILE.zip"},
     1,
     1,
     import_figaro},
    {{"exiobase", "EXIOBASE 3, monetary", "FOLDER|FILE.zip"}, 1, 1, import_exiobase},
    {{"pymrio", "a table saved by pymrio as text", "FOLDER|FILE.zip"},
     1,
     1,
     import_pymrio},
    {{"eora26", "Eora26 with its files of labels", "FOLDER|FILE.zip"},
     1,
     1,
     import_eora26},
    {{"bea", "BEA tables of the USA: use, or total requirements", "FILE.csv|FOLDER"},
     1,
     1,
     import_bea},
    {{"baci", "BACI bilateral trade, with the file of country codes",
      "FLOWS.csv [CODES.csv]"},
     1,
     2,
     import_baci},
    {{"comtrade", "UN Comtrade bilateral trade, classic or API csv", "FILE.csv..."},
     1,
     64,
     import_comtrade},
    {{"usgs", "USGS Mineral Commodity Summaries, world production", "FILE.csv"},
     1,
     1,
     import_usgs},
    {{"firms", "firms: edges, nodes, classes of input sectors",
      "EDGES.csv [NODES.csv [CLASSES.csv]]"},
     1,
     3,
     import_firms},
    {{"caliendo-parro", "Caliendo and Parro 2015: 31 economies, 40 sectors, tariffs",
      "FOLDER"},
     1,
     1,
     import_caliendo_parro},
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

kn_status kn_network_import(kn_network **network, kn_context *context,
                            const kn_format *wanted, const char *const *paths,
                            int32_t path_count)
{
    *network = NULL;
    for (int32_t k = 0; k < kn_format_count(); k++) {
        const format *f = &formats[k];
        if (&f->face != wanted)
            continue;
        if (path_count < f->least || path_count > f->most)
            return kn__fail(context, KN_ERR_USAGE, "format %s reads %s: %d given",
                            f->face.name, f->face.paths, (int)path_count);
        return f->import(network, context, paths, path_count);
    }
    return kn__fail(context, KN_ERR_USAGE, "not a format of this library");
}
