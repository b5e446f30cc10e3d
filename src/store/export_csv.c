/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "kaname/store.h"
#include "kernel/text.h"
#include "network/network.h"

typedef struct sheet {
    FILE *out;
    bool first; /* the next cell starts a row */
} sheet;

/* ---- Cells ---- */

static void text(sheet *s, const char *value)
{
    if (!s->first)
        fputc(',', s->out);
    s->first = false;
    if (!value[strcspn(value, ",\"\r\n")]) {
        fputs(value, s->out);
        return;
    }
    fputc('"', s->out);
    for (; *value; value++) {
        if (*value == '"')
            fputc('"', s->out);
        fputc(*value, s->out);
    }
    fputc('"', s->out);
}

static void number(sheet *s, double value)
{
    char buffer[40] = "";
    if (isfinite(value))
        kn__format_number(buffer, value);
    text(s, buffer);
}

static void end_row(sheet *s)
{
    fputc('\n', s->out);
    s->first = true;
}

static void origin(sheet *s, const kn_network *net, const kn__origin *from)
{
    char grade[2] = {from->grade, '\0'};
    text(s, from->source >= 0 && from->source < net->source_count
                ? net->sources[from->source].id
                : "");
    number(s, from->year ? from->year : NAN);
    text(s, grade);
}

/* economy, product and firm of a producer */
static void producer(sheet *s, const kn_network *net, int32_t i)
{
    text(s, net->economies[net->producers[i].economy].code);
    text(s, net->products[net->producers[i].product].id);
    text(s, net->producers[i].firm);
}

/* ---- Tables ---- */

static kn_status economies(sheet *s, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t e = 0; e < net->economy_count; e++) {
        const kn__economy *economy = &net->economies[e];
        text(s, economy->code);
        for (int lang = 0; lang < KN_LANG_COUNT; lang++)
            text(s, economy->name[lang]);
        number(s, economy->latitude);
        number(s, economy->longitude);
        number(s, economy->gdp_musd);
        origin(s, net, &economy->origin);
        end_row(s);
    }
    return KN_OK;
}

static kn_status products(sheet *s, kn_context *ctx, const kn_network *net)
{
    static const char *const kinds[KN__KIND_COUNT] = {
        "mineral", "material", "component", "equipment", "service", "good", "industry"};
    (void)ctx;
    for (int32_t p = 0; p < net->product_count; p++) {
        const kn__product *product = &net->products[p];
        text(s, product->id);
        text(s, kinds[product->kind]);
        for (int lang = 0; lang < KN_LANG_COUNT; lang++)
            text(s, product->name[lang]);
        text(s, product->hs);
        text(s, product->industry >= 0 ? net->products[product->industry].id : "");
        text(s, product->unit);
        number(s, product->value_musd);
        number(s, product->value_added_share);
        number(s, product->substitute_share);
        number(s, product->substitute_days);
        number(s, product->reroute_share);
        number(s, product->reroute_days);
        number(s, product->spare_days);
        origin(s, net, &product->value_origin);
        end_row(s);
    }
    return KN_OK;
}

static kn_status producers(sheet *s, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t i = 0; i < net->producer_count; i++) {
        producer(s, net, i);
        number(s, net->producers[i].output);
        number(s, net->producers[i].value_added);
        number(s, net->producers[i].spare);
        origin(s, net, &net->producers[i].origin);
        end_row(s);
    }
    return KN_OK;
}

static void flow(sheet *s, const kn_network *net, int32_t i, int32_t j, double value)
{
    if (value == 0)
        return;
    producer(s, net, i);
    producer(s, net, j);
    number(s, value);
    end_row(s);
}

static kn_status flows(sheet *s, kn_context *ctx, const kn_network *net)
{
    const kn__flows *z = &net->flows;
    for (int32_t i = 0; i < z->n; i++) {
        KN__TRY(kn__progress(ctx, "writing flows", (double)i / z->n));
        if (z->is_dense)
            for (int32_t j = 0; j < z->n; j++)
                flow(s, net, i, j, z->dense[(int64_t)i * z->n + j]);
        else
            for (int64_t k = z->rows.start[i]; k < z->rows.start[i + 1]; k++)
                flow(s, net, i, z->rows.index[k], z->rows.value[k]);
    }
    return KN_OK;
}

static kn_status final(sheet *s, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t i = 0; i < net->producer_count; i++)
        for (int32_t k = 0; k < net->final_count; k++) {
            double value = net->final_demand[(int64_t)i * net->final_count + k];
            if (value == 0)
                continue;
            producer(s, net, i);
            text(s, net->economies[net->finals[k].economy].code);
            text(s, net->finals[k].category);
            number(s, value);
            end_row(s);
        }
    return KN_OK;
}

static kn_status recipes(sheet *s, kn_context *ctx, const kn_network *net)
{
    static const char *const classes[] = {"essential", "important", "minor"};
    (void)ctx;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *recipe = &net->recipes[k];
        text(s, net->products[recipe->product].id);
        text(s, net->products[recipe->input].id);
        number(s, recipe->cost_share);
        text(s, classes[recipe->criticality]);
        for (int end = 0; end < 3; end++)
            number(s, recipe->dependent[end]);
        origin(s, net, &recipe->origin);
        end_row(s);
    }
    return KN_OK;
}

static kn_status sources(sheet *s, kn_context *ctx, const kn_network *net)
{
    (void)ctx;
    for (int32_t k = 0; k < net->source_count; k++) {
        const kn__source *source = &net->sources[k];
        text(s, source->id);
        text(s, source->title);
        text(s, source->publisher);
        number(s, source->year ? source->year : NAN);
        text(s, source->url);
        text(s, source->licence);
        end_row(s);
    }
    return KN_OK;
}

#define ORIGIN ",source,year,grade\n"
#define NAMES "name_en,name_ja,name_ko"

static const struct file {
    const char *name, *header;
    kn_status (*write)(sheet *s, kn_context *ctx, const kn_network *net);
} files[] = {
    {"economies", "economy," NAMES ",latitude,longitude,gdp_musd" ORIGIN, economies},
    {"products",
     "product,kind," NAMES ",hs,industry,unit,value_musd,value_added_share,"
     "substitute_share,substitute_days,reroute_share,reroute_days,spare_days" ORIGIN,
     products},
    {"producers", "economy,product,firm,output_musd,value_added_musd,spare" ORIGIN,
     producers},
    {"flows",
     "from_economy,from_product,from_firm,to_economy,to_product,to_firm,value_musd\n",
     flows},
    {"final", "economy,product,firm,to_economy,category,value_musd\n", final},
    {"recipes",
     "product,input,cost_share,criticality,dependent_low,dependent_mid,"
     "dependent_high" ORIGIN,
     recipes},
    {"sources", "source,title,publisher,year,url,licence\n", sources},
};

static kn_status write_file(kn_context *ctx, const kn_network *net, const char *folder,
                            const struct file *file)
{
    char path[4096];
    int length = snprintf(path, sizeof path, "%s/%s.csv", folder, file->name);
    sheet s = {.first = true};
    if (length < 0 || (size_t)length >= sizeof path)
        return kn__fail(ctx, KN_ERR_LIMIT, "the name of the folder is too long");
    s.out = fopen(path, "wb");
    if (!s.out)
        return kn__fail(ctx, KN_ERR_IO, "%s: %s", path, strerror(errno));
    fputs(file->header, s.out);
    kn_status status = file->write(&s, ctx, net);
    bool bad = ferror(s.out) != 0;
    bad |= fclose(s.out) != 0;
    if (status >= 0 && bad)
        return kn__fail(ctx, KN_ERR_IO, "%s: could not be written: %s", path,
                        strerror(errno));
    return status;
}

kn_status kn_network_export_csv(kn_context *context, const kn_network *network,
                                const char *folder)
{
    if (mkdir(folder, 0777) != 0 && errno != EEXIST)
        return kn__fail(context, KN_ERR_IO, "%s: %s", folder, strerror(errno));
    for (size_t k = 0; k < sizeof files / sizeof *files; k++)
        KN__TRY(write_file(context, network, folder, &files[k]));
    return KN_OK;
}
