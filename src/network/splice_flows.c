/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "kernel/ras.h"
#include "network/splice.h"

/* Every pair inside a cell gets at least this part of the product of its margins, so that
   the margins can be met; ten times more as long as they are not met. */
static const double OPEN_PART = 1e-4, OPEN_MOST = 100;
static const double RAS_TOLERANCE = 1e-12;
enum { RAS_ITERATIONS = 500 };

/* One cell of the table, from parent a to parent b: rows are the chains of a and what
   remains of a, columns those of b. */
typedef struct block {
    kn__splice *s;
    int32_t a, b, rows, columns;
    double cell;
    double *flow, *row_sum, *column_sum;
} block;

/* Prior: flows of the atlas between the chains; the rest of each margin goes to what
   remains of the other side. */
static void fill_prior(block *k, double open)
{
    const kn__splice *s = k->s;
    int32_t first_a = s->kid_start[k->a], first_b = s->kid_start[k->b];
    int32_t last_row = k->rows - 1, last_column = k->columns - 1;
    for (int32_t r = 0; r < k->rows; r++)
        for (int32_t c = 0; c < k->columns; c++) {
            double *at = &k->flow[r * k->columns + c];
            *at = open * k->row_sum[r] * k->column_sum[c] / k->cell;
            if (r < last_row && c < last_column)
                *at += s->between[(int64_t)(first_a + r) * s->chain_count + first_b + c];
        }
    double rest = k->cell;
    for (int32_t r = 0; r < last_row; r++) {
        double used = 0;
        for (int32_t c = 0; c < last_column; c++)
            used += k->flow[r * k->columns + c];
        k->flow[r * k->columns + last_column] += fmax(0, k->row_sum[r] - used);
        rest -= k->row_sum[r];
    }
    for (int32_t c = 0; c < last_column; c++) {
        double used = 0;
        for (int32_t r = 0; r < last_row; r++)
            used += k->flow[r * k->columns + c];
        k->flow[last_row * k->columns + c] += fmax(0, k->column_sum[c] - used);
        rest -= fmax(0, k->column_sum[c] - used);
    }
    k->flow[last_row * k->columns + last_column] += fmax(0, rest);
}

/* RAS leaves the columns exact; what rows miss by rounding is spread over them in
   proportion to the columns, which keeps those. */
static void close_rows(block *k)
{
    for (int32_t r = 0; r < k->rows; r++) {
        double *flow = k->flow + (int64_t)r * k->columns, missing = k->row_sum[r];
        for (int32_t c = 0; c < k->columns; c++)
            missing -= flow[c];
        for (int32_t c = 0; c < k->columns; c++)
            flow[c] = fmax(0, flow[c] + missing * k->column_sum[c] / k->cell);
    }
}

/* Both margins of the cell at once. No entry is negative here: then the generalised RAS
   (Junius and Oosterhaven 2003; Lenzen, Wood and Gallego 2007) is RAS itself. */
static kn_status fit_block(block *k)
{
    const kn__splice *s = k->s;
    int32_t first_a = s->kid_start[k->a], first_b = s->kid_start[k->b];
    int64_t width = s->n + s->table->final_count;
    double rest_row = k->cell, rest_column = k->cell;
    for (int32_t r = 0; r + 1 < k->rows; r++)
        rest_row -= k->row_sum[r] = s->sales[(first_a + r) * width + k->b];
    for (int32_t c = 0; c + 1 < k->columns; c++)
        rest_column -= k->column_sum[c] = s->inputs[(int64_t)(first_b + c) * s->n + k->a];
    k->row_sum[k->rows - 1] = rest_row;
    k->column_sum[k->columns - 1] = rest_column;
    kn_status status = KN_NOTE_NOT_CONVERGED;
    for (double open = OPEN_PART; status > 0 && open <= OPEN_MOST; open *= 10) {
        fill_prior(k, open);
        status = kn__ras(s->ctx, k->flow, k->rows, k->columns, k->row_sum, k->column_sum,
                         NULL, RAS_TOLERANCE, RAS_ITERATIONS, NULL);
        KN__TRY(status);
    }
    close_rows(k);
    return KN_OK;
}

/* Writes the block: chain c of the table's producer a is row n + c. */
static void place_block(const block *k)
{
    const kn__splice *s = k->s;
    kn__flows *z = &s->net->flows;
    for (int32_t r = 0; r < k->rows; r++)
        for (int32_t c = 0; c < k->columns; c++) {
            int64_t i = r + 1 < k->rows ? s->n + s->kid_start[k->a] + r : k->a;
            int32_t j = c + 1 < k->columns ? s->n + s->kid_start[k->b] + c : k->b;
            z->dense[i * z->n + j] = k->flow[r * k->columns + c];
        }
}

static kn_status split_cell(block *k)
{
    kn__splice *s = k->s;
    k->rows = s->kid_start[k->a + 1] - s->kid_start[k->a] + 1;
    k->columns = s->kid_start[k->b + 1] - s->kid_start[k->b] + 1;
    /* a negative cell stays with what remains of the industries */
    if (!(k->cell > 0) || (k->rows == 1 && k->columns == 1)) {
        s->net->flows.dense[(int64_t)k->a * s->net->flows.n + k->b] = k->cell;
        return KN_OK;
    }
    KN__TRY(fit_block(k));
    place_block(k);
    return KN_OK;
}

static kn_status split_flows(kn__splice *s)
{
    int32_t most = 1;
    for (int32_t t = 0; t < s->n; t++) {
        int32_t kids = s->kid_start[t + 1] - s->kid_start[t] + 1;
        most = kids > most ? kids : most;
    }
    block k = {.s = s,
               .flow = KN__ARRAY(s->scratch, s->ctx, (int64_t)most * most, double),
               .row_sum = KN__ARRAY(s->scratch, s->ctx, most, double),
               .column_sum = KN__ARRAY(s->scratch, s->ctx, most, double)};
    if (!k.flow || !k.row_sum || !k.column_sum)
        return KN_ERR_MEMORY;
    for (k.a = 0; k.a < s->n; k.a++) {
        KN__TRY(kn__progress(s->ctx, "carving flows", (double)k.a / s->n));
        for (k.b = 0; k.b < s->n; k.b++) {
            k.cell = s->z[(int64_t)k.a * s->n + k.b];
            KN__TRY(split_cell(&k));
        }
    }
    return KN_OK;
}

static void split_final(kn__splice *s)
{
    int64_t F = s->table->final_count;
    double *y = s->net->final_demand;
    for (int64_t at = 0; at < s->n * F; at++)
        y[at] = s->table->final_demand[at];
    for (int32_t c = 0; c < s->chain_count; c++)
        for (int64_t f = 0; f < F; f++) {
            double part = s->sales[c * (s->n + F) + s->n + f];
            y[(s->n + c) * F + f] = part;
            y[s->parent[c] * F + f] -= part;
        }
}

kn_status kn__splice_flows(kn__splice *s)
{
    kn_network *net = s->net;
    int64_t n = net->producer_count;
    net->flows.n = net->producer_count;
    net->flows.is_dense = true;
    net->flows.dense = kn__alloc(s->ctx, n * n, sizeof(double));
    net->final_count = s->table->final_count;
    net->finals = KN__ARRAY(net->arena, s->ctx, net->final_count, kn__final);
    net->final_demand = KN__ARRAY(net->arena, s->ctx, n * net->final_count, double);
    if (!net->flows.dense || !net->finals || !net->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t f = 0; f < net->final_count; f++) {
        const kn__final *from = &s->table->finals[f];
        net->finals[f] = (kn__final){from->economy,
                                     kn__arena_text(net->arena, s->ctx, from->category)};
        if (!net->finals[f].category)
            return KN_ERR_MEMORY;
    }
    KN__TRY(split_flows(s));
    split_final(s);
    return KN_OK;
}
