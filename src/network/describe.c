/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>

#include "kernel/solve.h"
#include "network/schema.h"

static const double OFF = 0.01; /* out of balance by more than this share: counted */
static const double RADIUS_TOLERANCE = 1e-6;
enum { RADIUS_ITERATIONS = 500 };

static const kn_column columns[] = {
    {"figure", "", KN_COLUMN_TEXT, "what"},
    {"value", NULL, KN_COLUMN_NUMBER, "how much"},
    {"unit", "", KN_COLUMN_TEXT, "in which unit"},
    {"where", "", KN_COLUMN_TEXT, "the economy and product where it is so"}};
static const kn_table_decl declaration = {"network", "Key figures of a network", columns,
                                          4};

typedef struct accounts {
    kn_context *ctx;
    const kn_network *net;
    kn_result *result;
    kn_table *table;
    double *sales, *inputs; /* row sums of Z and Y; column sums of Z */
    double *scaled;         /* work of the power iteration */
    int64_t cells, negative_final;
    double output, value_added, final_demand;
} accounts;

/* Producer i as people know it. */
static const char *label(char buffer[200], const kn_network *net, int32_t i)
{
    buffer[0] = '\0';
    if (i >= 0) {
        const kn__producer *p = &net->producers[i];
        snprintf(buffer, 200, "%s %s%s%s", net->economies[p->economy].code,
                 net->products[p->product].id, *p->firm ? " " : "", p->firm);
    }
    return buffer;
}

static kn_status add(accounts *a, const char *figure, double value, const char *unit,
                     int32_t at)
{
    char where[200];
    const kn_cell cells[] = {{.text = figure},
                             {.number = value},
                             {.text = unit},
                             {.text = label(where, a->net, at)}};
    return kn_table_append(a->table, a->ctx, cells);
}

/* A figure that tells whether the accounts hold is a key figure too. */
static kn_status add_check(accounts *a, const char *figure, double value,
                           const char *unit, int32_t at)
{
    KN__TRY(kn_result_info(a->result, a->ctx, figure, NULL, value));
    return add(a, figure, value, unit, at);
}

/* ---- Sums ---- */

static void add_flow(accounts *a, int32_t i, int32_t j, double z)
{
    a->sales[i] += z;
    a->inputs[j] += z;
    a->cells += z != 0;
}

static void sum_up(accounts *a)
{
    const kn_network *net = a->net;
    const kn__flows *z = &net->flows;
    for (int32_t i = 0; i < z->n; i++) {
        if (z->is_dense)
            for (int32_t j = 0; j < z->n; j++)
                add_flow(a, i, j, z->dense[(int64_t)i * z->n + j]);
        else
            for (int64_t k = z->rows.start[i]; k < z->rows.start[i + 1]; k++)
                add_flow(a, i, z->rows.index[k], z->rows.value[k]);
        for (int32_t c = 0; c < net->final_count; c++) {
            double y = net->final_demand[(int64_t)i * net->final_count + c];
            a->sales[i] += y;
            a->final_demand += y;
            a->negative_final += y < 0;
        }
        a->output += net->producers[i].output;
        a->value_added += net->producers[i].value_added;
    }
}

/* ---- Size ---- */

static kn_status add_size(accounts *a)
{
    const kn_network *net = a->net;
    double n = net->producer_count;
    KN__TRY(add(a, "economies", net->economy_count, "", -1));
    KN__TRY(add(a, "products", net->product_count, "", -1));
    KN__TRY(add(a, "producers", n, "", -1));
    KN__TRY(add(a, "recipes", net->recipe_count, "", -1));
    KN__TRY(add(a, "known_links", net->link_count, "", -1));
    KN__TRY(add(a, "flows", (double)a->cells, "cells", -1));
    KN__TRY(
        add(a, "flows_filled", n > 0 ? (double)a->cells / (n * n) : NAN, "share", -1));
    KN__TRY(add(a, "output", a->output, "MUSD", -1));
    KN__TRY(add(a, "value_added", a->value_added, "MUSD", -1));
    return add(a, "final_demand", a->final_demand, "MUSD", -1);
}

/* ---- Balance ---- */

typedef struct imbalance {
    double sum, largest, off_output;
    int32_t where, off;
} imbalance;

static void see_gap(imbalance *b, int32_t i, double gap, double output)
{
    b->sum += fabs(gap);
    if (fabs(gap) > fabs(b->largest)) {
        b->largest = gap;
        b->where = i;
    }
    if (fabs(gap) > OFF * output) {
        b->off++;
        b->off_output += output;
    }
}

static kn_status add_balance(accounts *a)
{
    const kn_network *net = a->net;
    imbalance row = {.where = -1}, column = {.where = -1};
    int32_t idle = 0;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        see_gap(&row, i, a->sales[i] - p->output, p->output);
        see_gap(&column, i, p->output - a->inputs[i] - p->value_added, p->output);
        idle += p->output == 0;
    }
    double total = a->output > 0 ? a->output : NAN;
    KN__TRY(add_check(a, "row_imbalance", row.sum / total, "share of output", -1));
    KN__TRY(add_check(a, "largest_row_imbalance", row.largest, "MUSD", row.where));
    KN__TRY(add_check(a, "rows_off_by_1_percent", row.off, "rows", -1));
    KN__TRY(add(a, "rows_off_output", row.off_output / total, "share of output", -1));
    KN__TRY(add_check(a, "column_imbalance", column.sum / total, "share of output", -1));
    KN__TRY(
        add_check(a, "largest_column_imbalance", column.largest, "MUSD", column.where));
    KN__TRY(add(a, "columns_off_by_1_percent", column.off, "columns", -1));
    KN__TRY(
        add_check(a, "negative_final_demand", (double)a->negative_final, "cells", -1));
    KN__TRY(add_check(a, "producers_without_output", idle, "producers", -1));
    if (!net->has_recipes || !(column.sum > OFF * total))
        return KN_OK;
    return kn_result_note(
        a->result, a->ctx,
        "listed inputs and value added leave %.1f %% of output unexplained: inputs that "
        "no recipe lists, and in industries also what is carved out of them as products",
        100 * column.sum / total);
}

/* ---- The matrix A = Z x̂⁻¹ ---- */

static void times_a(void *arg, const double *x, double *y)
{
    accounts *a = arg;
    const kn_network *net = a->net;
    for (int32_t j = 0; j < net->producer_count; j++) {
        double output = net->producers[j].output;
        a->scaled[j] = output > 0 ? x[j] / output : 0;
    }
    kn__flows_times(&net->flows, a->scaled, y);
}

static kn_status add_matrix(accounts *a)
{
    const kn_network *net = a->net;
    double most = 0, radius = 0;
    int32_t where = -1;
    for (int32_t j = 0; j < net->producer_count; j++) {
        double output = net->producers[j].output;
        double sum = output > 0 ? a->inputs[j] / output : 0;
        if (sum > most) {
            most = sum;
            where = j;
        }
    }
    kn_status status = kn__spectral_radius(&radius, a->ctx, times_a, a, net->flows.n,
                                           RADIUS_TOLERANCE, RADIUS_ITERATIONS);
    KN__TRY(status);
    KN__TRY(add(a, "largest_column_sum_of_a", most, "", where));
    KN__TRY(add_check(a, "spectral_radius_of_a", radius, "", -1));
    return status == KN_NOTE_NOT_CONVERGED
               ? kn_result_note(a->result, a->ctx,
                                "the spectral radius is what %d power iterations reached",
                                (int)RADIUS_ITERATIONS)
               : KN_OK;
}

/* ---- Sources ---- */

static kn_status add_unseen(accounts *a)
{
    const kn_network *net = a->net;
    double unseen = 0, made = 0;
    if (net->zzu < 0)
        return KN_OK;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        bool industry = net->products[p->product].kind == KN__INDUSTRY;
        made += industry ? 0 : p->output;
        unseen += industry || p->economy != net->zzu ? 0 : p->output;
    }
    return add(a, "unseen", made > 0 ? unseen / made : NAN, "share of output of products",
               -1);
}

static kn_status add_sources(accounts *a)
{
    const kn_network *net = a->net;
    double grades[4] = {0};
    for (int table = 0; table < KN__RECORDS_COUNT; table++) {
        const kn__record_table *t = &kn__record_tables[table];
        const char *record = kn__record_first(net, (kn__records)table);
        int32_t count = kn__record_count(net, (kn__records)table);
        for (int32_t k = 0; k < count; k++, record += t->record_size)
            for (int32_t f = 0; f < t->field_count; f++)
                if (t->fields[f].type == KN__FIELD_GRADE)
                    grades[record[t->fields[f].offset] - 'A']++;
    }
    int64_t at = 0;
    kn__stock stock;
    while (kn__stock_next(net, &at, &stock))
        grades[stock.origin.grade - 'A']++;
    KN__TRY(add(a, "sources", net->source_count, "", -1));
    KN__TRY(add(a, "grade_a", grades[0], "figures measured", -1));
    KN__TRY(add(a, "grade_b", grades[1], "figures derived from measured ones", -1));
    KN__TRY(add(a, "grade_c", grades[2], "figures by experts", -1));
    return add(a, "grade_d", grades[3], "figures assumed", -1);
}

/* ---- Entry ---- */

static kn_status describe(accounts *a, kn__arena *scratch)
{
    int64_t n = a->net->producer_count;
    a->sales = KN__ARRAY(scratch, a->ctx, n, double);
    a->inputs = KN__ARRAY(scratch, a->ctx, n, double);
    a->scaled = KN__ARRAY(scratch, a->ctx, n, double);
    if (!a->sales || !a->inputs || !a->scaled)
        return KN_ERR_MEMORY;
    KN__TRY(kn_result_add(a->result, a->ctx, &declaration, &a->table));
    sum_up(a);
    KN__TRY(add_size(a));
    KN__TRY(add_balance(a));
    KN__TRY(add_matrix(a));
    KN__TRY(add_unseen(a));
    KN__TRY(add_sources(a));
    for (int32_t k = 0; k < a->net->notes.count; k++)
        KN__TRY(kn_result_note(a->result, a->ctx, "%s", a->net->notes.at[k]));
    return KN_OK;
}

kn_status kn_network_describe(kn_result **result, kn_context *context,
                              const kn_network *network)
{
    accounts a = {.ctx = context, .net = network};
    kn__arena *scratch;
    *result = NULL;
    KN__TRY(kn__arena_new(&scratch, context));
    kn_status status = kn_result_new(&a.result, context);
    if (status == KN_OK)
        status = describe(&a, scratch);
    kn__arena_free(scratch);
    if (status < 0)
        kn_result_free(a.result);
    else
        *result = a.result;
    return status < 0 ? status : KN_OK;
}
