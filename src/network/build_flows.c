/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "network/build.h"

/* Bilateral trade as a network: a producer for each exporter of a product, its output
   what it exports, final demand what each economy buys. There are no flows between
   producers; trade says nothing about what is made and used at home. */
static const int64_t MOST_CELLS = 100000000;

typedef struct flow_builder {
    kn_context *ctx;
    kn_network *net;
    const kn__flows_raw *raw;
    int32_t *producer_of; /* of each row of the latest year, or -1 */
} flow_builder;

static kn_status add_economies(flow_builder *b)
{
    kn_network *net = b->net;
    KN__TRY(kn__network_economies(net, b->ctx, b->raw->economies, b->raw->economy_count));
    net->final_count = net->economy_count;
    net->finals = KN__ARRAY(net->arena, b->ctx, net->final_count, kn__final);
    if (!net->finals)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < net->economy_count; e++)
        net->finals[e] = (kn__final){e, "imports"};
    return KN_OK;
}

static kn_status add_products(flow_builder *b)
{
    kn_network *net = b->net;
    net->product_count = b->raw->product_count;
    net->products = KN__ARRAY(net->arena, b->ctx, net->product_count, kn__product);
    if (!net->products)
        return KN_ERR_MEMORY;
    for (int32_t p = 0; p < net->product_count; p++) {
        kn__product *product = &net->products[p];
        const char *code = b->raw->products[p];
        *product = kn__network_product_of(KN__GOOD, "MUSD", -1);
        product->value_added_share = NAN;
        product->value_origin = (kn__origin){0, 'B', (int16_t)b->raw->source_year};
        product->hs = kn__arena_text(net->arena, b->ctx, code);
        product->id = kn__arena_format(net->arena, b->ctx, "hs:%s", code);
        product->name[0] = kn__arena_format(net->arena, b->ctx, "HS %s", code);
        product->name[1] = product->name[2] = product->name[0];
        if (!product->hs || !product->id || !product->name[0])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

/* Rows are sorted by product, then exporter: each change starts a producer. */
static kn_status add_producers(flow_builder *b)
{
    kn_network *net = b->net;
    const kn__flow_row *last = NULL;
    int32_t count = 0;
    for (int64_t k = 0; k < b->raw->row_count; k++) {
        const kn__flow_row *r = &b->raw->rows[k];
        b->producer_of[k] = -1;
        if (r->year != b->raw->source_year)
            continue;
        count += !last || last->product != r->product || last->from != r->from;
        b->producer_of[k] = count - 1;
        last = r;
    }
    int64_t cells = (int64_t)count * net->final_count;
    if (cells > MOST_CELLS)
        return kn__fail(b->ctx, KN_ERR_LIMIT,
                        "%s: %d exporters of products and %d buyers are too many cells; "
                        "read only the goods you need: import --only 81,8542",
                        b->raw->name, (int)count, (int)net->final_count);
    net->producer_count = count;
    net->producers = KN__ARRAY(net->arena, b->ctx, count, kn__producer);
    net->final_demand = KN__ARRAY(net->arena, b->ctx, cells, double);
    if (!net->producers || !net->final_demand)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < b->raw->row_count; k++) {
        const kn__flow_row *r = &b->raw->rows[k];
        int32_t i = b->producer_of[k];
        if (i < 0)
            continue;
        kn__producer *producer = &net->producers[i];
        double output = producer->output + r->value_musd;
        *producer = (kn__producer){.economy = r->from,
                                   .product = r->product,
                                   .firm = "",
                                   .output = output,
                                   .value_added = output,
                                   .spare = NAN,
                                   .origin = {0, 'B', (int16_t)r->year}};
        net->final_demand[(int64_t)i * net->final_count + r->to] += r->value_musd;
        net->products[r->product].value_musd += r->value_musd;
    }
    return KN_OK;
}

static kn_status add_rest(flow_builder *b)
{
    kn_network *net = b->net;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    int64_t n = net->producer_count;
    net->stock_days = KN__ARRAY(net->arena, b->ctx, pairs, double);
    net->stock_origin = KN__ARRAY(net->arena, b->ctx, pairs, kn__origin);
    net->flows.n = net->producer_count;
    kn__csr *views[] = {&net->flows.rows, &net->flows.columns};
    for (int k = 0; k < 2; k++) {
        *views[k] = (kn__csr){.rows = (int32_t)n, .columns = (int32_t)n};
        views[k]->start = KN__ARRAY(net->arena, b->ctx, n + 1, int64_t);
        views[k]->index = KN__ARRAY(net->arena, b->ctx, 0, int32_t);
        views[k]->value = KN__ARRAY(net->arena, b->ctx, 0, double);
        if (!views[k]->start || !views[k]->index || !views[k]->value)
            return KN_ERR_MEMORY;
    }
    net->source_count = 1;
    net->sources = KN__NEW(net->arena, b->ctx, kn__source);
    if (!net->stock_days || !net->stock_origin || !net->sources)
        return KN_ERR_MEMORY;
    for (int64_t c = 0; c < pairs; c++) {
        net->stock_days[c] = NAN;
        net->stock_origin[c] = KN__NO_ORIGIN;
    }
    *net->sources =
        (kn__source){.id = "table", .publisher = "", .url = "", .licence = ""};
    net->sources->title = kn__arena_text(net->arena, b->ctx, b->raw->source_title);
    net->sources->year = b->raw->source_year;
    net->name = kn__arena_text(net->arena, b->ctx, b->raw->name);
    net->edition = kn__arena_text(net->arena, b->ctx, b->raw->edition);
    return net->sources->title && net->name && net->edition ? KN_OK : KN_ERR_MEMORY;
}

static kn_status add_notes(flow_builder *b)
{
    kn_network *net = b->net;
    KN__TRY(KN__NOTE(net, b->ctx,
                     "trade only: what is made and used at home is not in the data, so "
                     "shares are of imports, and output is exports"));
    return kn__notes_copy(&net->notes, b->ctx, net->arena, &b->raw->notes);
}

static kn_status fill(flow_builder *b)
{
    KN__TRY(add_economies(b));
    KN__TRY(add_products(b));
    KN__TRY(add_producers(b));
    KN__TRY(add_rest(b));
    KN__TRY(add_notes(b));
    return kn__network_finish(b->net, b->ctx);
}

kn_status kn__network_from_flows(kn_network **net, kn_context *ctx,
                                 const kn__flows_raw *raw)
{
    kn_network *made;
    *net = NULL;
    KN__TRY(kn__network_new(&made, ctx));
    flow_builder b = {.ctx = ctx, .net = made, .raw = raw};
    b.producer_of = kn__alloc(ctx, raw->row_count, sizeof *b.producer_of);
    kn_status status = b.producer_of ? fill(&b) : KN_ERR_MEMORY;
    kn__release(ctx, b.producer_of);
    if (status < 0)
        kn_network_free(made);
    else
        *net = made;
    return status;
}
