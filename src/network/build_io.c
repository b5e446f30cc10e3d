/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "network/build.h"
#include "read/io_raw.h"

/* A product of Z with a vector costs the same dense and compressed at a fill of 0.35
   (n = 500 and 1,435; 0.5 at n = 4,000), so denser tables are kept dense. */
static const double DENSE_FILL = 0.35;
static const double OFF = 0.01; /* rows further out of balance than this are counted */
static const double ROUNDING = 5e-6; /* of all output: less reads as 0.000 % */

typedef struct io_builder {
    kn_context *ctx;
    kn_network *net;
    kn__io_raw *raw;
    double *row_sum, *column_sum; /* of Z; row_sum later with final demand */
} io_builder;

/* ---- Labels ---- */

static kn_status add_product(io_builder *b, int32_t p)
{
    const kn__io_raw *raw = b->raw;
    kn__arena *arena = b->net->arena;
    kn__product *product = &b->net->products[p];
    *product = kn__network_product_of(KN__INDUSTRY, "MUSD", p);
    product->value_origin = (kn__origin){0, 'B', (int16_t)raw->source_year};
    product->trade_elasticity = raw->elasticity ? raw->elasticity[p] : 0;
    product->id = kn__arena_text(arena, b->ctx, raw->industries[p]);
    product->note = kn__arena_text(arena, b->ctx, raw->industry_codes[p]);
    bool all = product->id && product->note;
    for (int l = 0; l < KN_LANG_COUNT; l++) {
        product->name[l] = kn__arena_text(arena, b->ctx, raw->industry_names[p][l]);
        all = all && product->name[l];
    }
    return all ? KN_OK : KN_ERR_MEMORY;
}

static kn_status add_source(io_builder *b)
{
    kn_network *net = b->net;
    net->source_count = 1;
    net->sources = KN__NEW(net->arena, b->ctx, kn__source);
    if (!net->sources)
        return KN_ERR_MEMORY;
    *net->sources =
        (kn__source){.id = "table", .publisher = "", .url = "", .licence = ""};
    net->sources->title = kn__arena_text(net->arena, b->ctx, b->raw->source_title);
    net->sources->year = b->raw->source_year;
    return net->sources->title ? KN_OK : KN_ERR_MEMORY;
}

static kn_status add_labels(io_builder *b)
{
    kn_network *net = b->net;
    net->name = kn__arena_text(net->arena, b->ctx, b->raw->name);
    net->edition = kn__arena_text(net->arena, b->ctx, b->raw->edition);
    net->product_count = b->raw->industry_count;
    net->products = KN__ARRAY(net->arena, b->ctx, net->product_count, kn__product);
    if (!net->name || !net->edition || !net->products)
        return KN_ERR_MEMORY;
    KN__TRY(
        kn__network_economies(b->net, b->ctx, b->raw->economies, b->raw->economy_count));
    for (int32_t p = 0; p < net->product_count; p++)
        KN__TRY(add_product(b, p));
    return add_source(b);
}

/* ---- Accounts ---- */

/* Sums of the rows and the columns of Z, and how many cells are not zero. */
static int64_t sum_flows(io_builder *b)
{
    int32_t n = b->raw->producer_count;
    int64_t filled = 0;
    for (int32_t i = 0; i < n; i++) {
        const double *z = b->raw->z + (int64_t)i * n;
        double sum = 0;
        for (int32_t j = 0; j < n; j++) {
            sum += z[j];
            b->column_sum[j] += z[j];
            filled += z[j] != 0;
        }
        b->row_sum[i] = sum;
    }
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < b->raw->final_count; k++)
            b->row_sum[i] += b->raw->final_demand[(int64_t)i * b->raw->final_count + k];
    return filled;
}

/* x is the printed column where there is one, else what is sold; v is printed or what
   output leaves after inputs. */
static kn_status add_producers(io_builder *b)
{
    kn_network *net = b->net;
    const kn__io_raw *raw = b->raw;
    net->producer_count = raw->producer_count;
    net->producers = KN__ARRAY(net->arena, b->ctx, net->producer_count, kn__producer);
    if (!net->producers)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < net->producer_count; i++) {
        double x = raw->output ? raw->output[i] : b->row_sum[i];
        double v = raw->value_added ? raw->value_added[i] : x - b->column_sum[i];
        net->producers[i] = (kn__producer){.economy = raw->economy[i],
                                           .product = raw->industry[i],
                                           .firm = "",
                                           .output = x,
                                           .value_added = v,
                                           .spare = NAN,
                                           .origin = {0, 'B', (int16_t)raw->source_year}};
        net->products[raw->industry[i]].value_musd += x;
        net->products[raw->industry[i]].value_added_share += v;
    }
    for (int32_t p = 0; p < net->product_count; p++)
        net->products[p].value_added_share =
            net->products[p].value_musd > 0
                ? net->products[p].value_added_share / net->products[p].value_musd
                : NAN;
    return KN_OK;
}

static kn_status add_final_demand(io_builder *b)
{
    kn_network *net = b->net;
    const kn__io_raw *raw = b->raw;
    int64_t cells = (int64_t)raw->producer_count * raw->final_count;
    net->final_count = raw->final_count;
    net->finals = KN__ARRAY(net->arena, b->ctx, net->final_count, kn__final);
    net->final_demand = KN__ARRAY(net->arena, b->ctx, cells, double);
    if (!net->finals || !net->final_demand)
        return KN_ERR_MEMORY;
    if (cells)
        memcpy(net->final_demand, raw->final_demand,
               (size_t)cells * sizeof *raw->final_demand);
    for (int32_t k = 0; k < net->final_count; k++) {
        net->finals[k].economy = raw->final_economy[k];
        net->finals[k].category =
            kn__arena_text(net->arena, b->ctx, raw->final_category[k]);
        if (!net->finals[k].category)
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

static kn_status add_stocks(io_builder *b)
{
    kn_network *net = b->net;
    int64_t cells = (int64_t)net->product_count * net->economy_count;
    net->stock_days = KN__ARRAY(net->arena, b->ctx, cells, double);
    net->stock_origin = KN__ARRAY(net->arena, b->ctx, cells, kn__origin);
    if (!net->stock_days || !net->stock_origin)
        return KN_ERR_MEMORY;
    for (int64_t c = 0; c < cells; c++) {
        net->stock_days[c] = NAN;
        net->stock_origin[c] = KN__NO_ORIGIN;
    }
    return KN_OK;
}

static kn_status add_tariffs(io_builder *b)
{
    kn_network *net = b->net;
    const kn__io_raw *raw = b->raw;
    int64_t E = net->economy_count, cells = net->product_count * E * E;
    net->tariff_count = raw->tariff_count;
    net->tariffs = KN__ARRAY(net->arena, b->ctx, net->tariff_count, kn__tariff);
    if (!net->tariffs)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->tariff_count; k++) {
        double *rate = KN__ARRAY(net->arena, b->ctx, cells, double);
        net->tariffs[k].name = kn__arena_text(net->arena, b->ctx, raw->tariffs[k].name);
        net->tariffs[k].rate = rate;
        if (!rate || !net->tariffs[k].name)
            return KN_ERR_MEMORY;
        memcpy(rate, raw->tariffs[k].rate, (size_t)cells * sizeof *rate);
    }
    return KN_OK;
}

/* ---- Flows ---- */

static kn_status compress(io_builder *b, int64_t filled)
{
    kn__flows *flows = &b->net->flows;
    int32_t n = flows->n;
    kn__csr *rows = &flows->rows;
    kn__arena *arena = b->net->arena;
    *rows = (kn__csr){.rows = n, .columns = n};
    rows->start = KN__ARRAY(arena, b->ctx, (int64_t)n + 1, int64_t);
    rows->index = KN__ARRAY(arena, b->ctx, filled, int32_t);
    rows->value = KN__ARRAY(arena, b->ctx, filled, double);
    if (!rows->start || !rows->index || !rows->value)
        return KN_ERR_MEMORY;
    int64_t at = 0;
    for (int32_t i = 0; i < n; i++) {
        const double *z = b->raw->z + (int64_t)i * n;
        for (int32_t j = 0; j < n; j++)
            if (z[j] != 0) {
                rows->index[at] = j;
                rows->value[at++] = z[j];
            }
        rows->start[i + 1] = at;
    }
    return kn__csr_transpose(&flows->columns, b->ctx, arena, rows);
}

static kn_status add_flows(io_builder *b, int64_t filled)
{
    kn__flows *flows = &b->net->flows;
    flows->n = b->raw->producer_count;
    flows->is_dense = (double)filled > DENSE_FILL * flows->n * flows->n;
    if (!flows->is_dense)
        return compress(b, filled);
    flows->dense = b->raw->z;
    b->raw->z = NULL;
    return KN_OK;
}

/* ---- What is worth saying ---- */

/* "COUNT WHAT, for example AAA c1, BBB c2, CCC c3" over the producers that are marked. */
static kn_status note_producers(io_builder *b, const char *what,
                                const unsigned char *mark)
{
    const kn__io_raw *raw = b->raw;
    int32_t count = 0;
    kn__text list;
    kn__text_init(&list, b->ctx, 0);
    for (int32_t i = 0; i < raw->producer_count; i++) {
        if (!mark[i] || count++ >= 3)
            continue;
        kn__text_addf(&list, "%s%s %s", list.length ? ", " : "",
                      raw->economies[raw->economy[i]], raw->industries[raw->industry[i]]);
    }
    kn_status status = kn__text_status(&list);
    if (status == KN_OK && count)
        status = KN__NOTE(b->raw, b->ctx, "%d %s, for example %s", (int)count, what,
                          list.data);
    kn__text_release(&list);
    return status;
}

static kn_status note_balance(io_builder *b)
{
    const kn_network *net = b->net;
    double total = 0, off = 0, off_output = 0;
    int32_t rows = 0;
    for (int32_t i = 0; i < net->producer_count; i++) {
        double x = net->producers[i].output, gap = fabs(b->row_sum[i] - x);
        total += x;
        off += gap;
        if (gap > OFF * x) {
            rows++;
            off_output += x;
        }
    }
    if (total <= 0 || (!rows && off < ROUNDING * total))
        return KN_OK;
    return KN__NOTE(
        b->raw, b->ctx,
        "sales (flows and final demand) and output differ by %.3f %% of output in all; "
        "%d rows, %.1f %% of output, are off by more than 1 %%; output is taken as "
        "printed",
        100 * off / total, (int)rows, 100 * off_output / total);
}

static kn_status note_negative_final(io_builder *b)
{
    int64_t cells = (int64_t)b->raw->producer_count * b->raw->final_count, count = 0;
    for (int64_t c = 0; c < cells; c++)
        count += b->raw->final_demand[c] < 0;
    return count ? KN__NOTE(b->raw, b->ctx,
                            "%lld cells of final demand are negative (goods taken "
                            "out of stock); they are kept",
                            (long long)count)
                 : KN_OK;
}

static kn_status add_notes(io_builder *b)
{
    kn_network *net = b->net;
    int32_t n = net->producer_count;
    unsigned char *idle = KN__ARRAY(net->arena, b->ctx, n, unsigned char);
    unsigned char *loss = KN__ARRAY(net->arena, b->ctx, n, unsigned char);
    if (!idle || !loss)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < n; i++) {
        idle[i] = net->producers[i].output == 0;
        loss[i] = net->producers[i].value_added < 0;
    }
    if (b->raw->output)
        KN__TRY(note_balance(b));
    KN__TRY(note_negative_final(b));
    KN__TRY(note_producers(b, "producers have no output", idle));
    KN__TRY(note_producers(b, "producers have negative value added", loss));
    return kn__notes_copy(&net->notes, b->ctx, net->arena, &b->raw->notes);
}

static kn_status fill(io_builder *b)
{
    kn_network *net = b->net;
    b->row_sum = KN__ARRAY(net->arena, b->ctx, b->raw->producer_count, double);
    b->column_sum = KN__ARRAY(net->arena, b->ctx, b->raw->producer_count, double);
    if (!b->row_sum || !b->column_sum)
        return KN_ERR_MEMORY;
    net->has_recipes = false;
    KN__TRY(add_labels(b));
    int64_t filled = sum_flows(b);
    KN__TRY(add_producers(b));
    KN__TRY(add_final_demand(b));
    KN__TRY(add_stocks(b));
    KN__TRY(add_tariffs(b));
    KN__TRY(add_notes(b));
    KN__TRY(add_flows(b, filled));
    return kn__network_finish(net, b->ctx);
}

kn_status kn__network_from_io(kn_network **net, kn_context *ctx, kn__io_raw *raw)
{
    kn_network *made;
    *net = NULL;
    KN__TRY(kn__network_new(&made, ctx));
    io_builder b = {.ctx = ctx, .net = made, .raw = raw};
    kn_status status = fill(&b);
    if (status < 0)
        kn_network_free(made);
    else
        *net = made;
    return status;
}
