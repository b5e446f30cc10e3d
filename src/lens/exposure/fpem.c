/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "lens/exposure/exposure.h"
#include "lens/exposure/leontief.h"

static const kn_column fpem_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where the buying producer is"},
    {"product", "", KN_COLUMN_TEXT, "what it makes"},
    {"holder", "", KN_COLUMN_TEXT, "where its inputs are made"},
    {"fpem", "share", KN_COLUMN_NUMBER,
     "of all output its production needs, itself included, over all tiers"},
    {"face_value", "share", KN_COLUMN_NUMBER, "the part of it seen in direct purchases"},
    {"hidden", "share", KN_COLUMN_NUMBER, "the rest"},
};

const kn_table_decl kn__table_fpem = {
    "fpem", "foreign production exposure, import side, of every producer", fpem_columns,
    sizeof fpem_columns / sizeof *fpem_columns};

/* face[h * n + j] = sum over makers i in h of (I + A)_ij. */
static void face_value(const kn_network *net, double *face)
{
    int64_t n = net->producer_count;
    memset(face, 0, (size_t)n * (size_t)net->economy_count * sizeof *face);
    for (int64_t i = 0; i < n; i++) {
        double *row = face + net->producers[i].economy * n;
        const kn__flows *z = &net->flows;
        row[i] += 1;
        int64_t from = z->is_dense ? 0 : z->rows.start[i];
        int64_t to = z->is_dense ? n : z->rows.start[i + 1];
        for (int64_t k = from; k < to; k++) {
            int64_t j = z->is_dense ? k : z->rows.index[k];
            double x = net->producers[j].output;
            if (x != 0)
                row[j] += (z->is_dense ? z->dense[i * n + k] : z->rows.value[k]) / x;
        }
    }
}

static kn_status add_rows(kn__exposure *e, const double *deep, const double *face)
{
    const kn_network *net = e->net;
    int64_t n = net->producer_count;
    kn_table *table;
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_fpem, &table));
    for (int32_t j = 0; j < n; j++) {
        const kn__producer *p = &net->producers[j];
        if (!kn__exposure_wants(&e->options->of, p->economy) ||
            !kn__exposure_wants(&e->options->product, p->product))
            continue;
        for (int32_t h = 0; h < net->economy_count; h++) {
            if (!kn__exposure_wants(&e->options->to, h))
                continue;
            double f = deep[h * n + j], seen = face[h * n + j];
            kn_cell row[] = {{.text = net->economies[p->economy].code},
                             {.text = net->products[p->product].id},
                             {.text = net->economies[h].code},
                             {.number = f},
                             {.number = seen},
                             {.number = f - seen}};
            KN__TRY(kn_table_append(table, e->ctx, row));
        }
    }
    return KN_OK;
}

/* FPEM_hj = sum_{i in h} L_ij / sum_i L_ij: rows of L summed by economy are solutions of
   (I - A') u = 1 on h, so that no inverse is formed. */
kn_status kn__exposure_fpem_shares(kn__exposure *e, double *deep, double *face)
{
    int32_t n = e->net->producer_count, economies = e->net->economy_count;
    double *ones = KN__ARRAY(e->arena, e->ctx, n, double);
    if (!ones)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < n; i++)
        ones[i] = 1;
    KN__TRY(kn__exposure_content(e, ones, deep));
    face_value(e->net, face);
    kn__divide_by_column_sums(face, economies, deep, economies, n);
    kn__divide_by_column_sums(deep, economies, deep, economies, n);
    return KN_OK;
}

kn_status kn__exposure_fpem(kn__exposure *e)
{
    int64_t cells = (int64_t)e->net->producer_count * e->net->economy_count;
    double *deep = kn__alloc(e->ctx, cells, sizeof *deep);
    double *face = kn__alloc(e->ctx, cells, sizeof *face);
    kn_status status = deep && face ? KN_OK : KN_ERR_MEMORY;
    if (status == KN_OK)
        status = kn__exposure_fpem_shares(e, deep, face);
    if (status == KN_OK)
        status = add_rows(e, deep, face);
    kn__release(e->ctx, deep);
    kn__release(e->ctx, face);
    return status;
}

/* ---- The selling side ---- */

static const kn_column fpex_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where the selling producer is"},
    {"product", "", KN_COLUMN_TEXT, "what it makes"},
    {"buyer", "", KN_COLUMN_TEXT, "whose production for final use takes it in"},
    {"fpex", "share", KN_COLUMN_NUMBER, "of its output, over all tiers"},
};

const kn_table_decl kn__table_fpex = {
    "fpex", "foreign production exposure, export side, of every producer", fpex_columns,
    sizeof fpex_columns / sizeof *fpex_columns};

/* Output that the final sales of the producers in economy g need: (I - A) x = F on g. */
static kn_status output_of_buyer(kn__exposure *e, int32_t g, double *final, double *x)
{
    const kn_network *net = e->net;
    for (int64_t j = 0; j < net->producer_count; j++) {
        final[j] = 0;
        for (int32_t k = 0; net->producers[j].economy == g && k < net->final_count; k++)
            final[j] += net->final_demand[j * net->final_count + k];
    }
    return kn__exposure_output_for(e, final, x);
}

kn_status kn__exposure_fpex(kn__exposure *e)
{
    const kn_network *net = e->net;
    int64_t n = net->producer_count, economies = net->economy_count;
    double *final = KN__ARRAY(e->arena, e->ctx, n, double);
    double *x = KN__ARRAY(e->arena, e->ctx, n * economies, double);
    kn_table *table;
    if (!final || !x)
        return KN_ERR_MEMORY;
    for (int32_t g = 0; g < economies; g++)
        if (kn__exposure_wants(&e->options->to, g))
            KN__TRY(output_of_buyer(e, g, final, x + g * n));
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_fpex, &table));
    for (int64_t i = 0; i < n; i++) {
        const kn__producer *p = &net->producers[i];
        if (!kn__exposure_wants(&e->options->of, p->economy) ||
            !kn__exposure_wants(&e->options->product, p->product))
            continue;
        for (int32_t g = 0; g < economies; g++) {
            if (!kn__exposure_wants(&e->options->to, g))
                continue;
            kn_cell row[] = {{.text = net->economies[p->economy].code},
                             {.text = net->products[p->product].id},
                             {.text = net->economies[g].code},
                             {.number = x[g * n + i] / p->output}};
            KN__TRY(kn_table_append(table, e->ctx, row));
        }
    }
    return KN_OK;
}
