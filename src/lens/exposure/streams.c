/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "kernel/solve.h"
#include "lens/exposure/exposure.h"
#include "lens/exposure/leontief.h"

/* ---- Upstreamness and downstreamness of producers ---- */

static const kn_column producers_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "where it is made"},
    {"product", "", KN_COLUMN_TEXT, "what is made"},
    {"output", "MUSD", KN_COLUMN_NUMBER, "a year, at base prices"},
    {"value_added", "MUSD", KN_COLUMN_NUMBER, "a year"},
    {"upstreamness", "", KN_COLUMN_NUMBER,
     "steps to final use, weighed; 1: all goes to final use"},
    {"downstreamness", "", KN_COLUMN_NUMBER,
     "steps from primary inputs, weighed; 1: nothing but value added"},
};

const kn_table_decl kn__table_producers = {
    "producers", "every producer with its place in the chain", producers_columns,
    sizeof producers_columns / sizeof *producers_columns};

const kn_table_decl kn__table_upstreamness = {
    "upstreamness", "every producer with its place in the chain", producers_columns,
    sizeof producers_columns / sizeof *producers_columns};

typedef struct stream {
    const kn_network *net;
} stream;

static double per_output(const kn_network *net, int32_t i, double value)
{
    double x = net->producers[i].output;
    return x != 0 ? value / x : 0;
}

/* y = Delta u: Delta_ij = Z_ij / x_i. */
static void sold_on(void *arg, const double *u, double *y)
{
    const stream *s = arg;
    kn__flows_times(&s->net->flows, u, y);
    for (int32_t i = 0; i < s->net->producer_count; i++)
        y[i] = per_output(s->net, i, y[i]);
}

/* y = A' u: A_ij = Z_ij / x_j. */
static void bought_in(void *arg, const double *u, double *y)
{
    const stream *s = arg;
    kn__flows_times_transposed(&s->net->flows, u, y);
    for (int32_t i = 0; i < s->net->producer_count; i++)
        y[i] = per_output(s->net, i, y[i]);
}

kn_status kn__exposure_streams(kn__exposure *e, const kn_table_decl *decl)
{
    const kn_network *net = e->net;
    int32_t n = net->producer_count;
    double *ones = KN__ARRAY(e->arena, e->ctx, n, double);
    double *up = KN__ARRAY(e->arena, e->ctx, n, double);
    double *down = KN__ARRAY(e->arena, e->ctx, n, double);
    stream s = {net};
    kn_table *table;
    if (!ones || !up || !down)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < n; i++)
        ones[i] = 1;
    kn_status found_up =
        kn__solve_bicgstab(e->ctx, sold_on, &s, n, ones, up, 1e-13, 2000, NULL);
    KN__TRY(found_up);
    kn_status found_down =
        kn__solve_bicgstab(e->ctx, bought_in, &s, n, ones, down, 1e-13, 2000, NULL);
    KN__TRY(found_down);
    KN__TRY(kn_result_add(e->result, e->ctx, decl, &table));
    for (int32_t i = 0; i < n; i++) {
        const kn__producer *p = &net->producers[i];
        kn_cell row[] = {{.text = net->economies[p->economy].code},
                         {.text = net->products[p->product].id},
                         {.number = p->output},
                         {.number = p->value_added},
                         {.number = p->output != 0 ? up[i] : NAN},
                         {.number = p->output != 0 ? down[i] : NAN}};
        KN__TRY(kn_table_append(table, e->ctx, row));
    }
    return found_up > 0 ? found_up : found_down;
}

/* ---- Value added in exports ---- */

static const kn_column gvc_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "exporter"},
    {"partner", "", KN_COLUMN_TEXT, "importer; * for all"},
    {"exports", "MUSD", KN_COLUMN_NUMBER, "gross exports"},
    {"dc", "MUSD", KN_COLUMN_NUMBER, "domestic content"},
    {"dva", "MUSD", KN_COLUMN_NUMBER, "domestic value added, counted once"},
    {"fva", "MUSD", KN_COLUMN_NUMBER, "foreign value added, counted once"},
    {"ddc", "MUSD", KN_COLUMN_NUMBER, "domestic content counted again"},
    {"fdc", "MUSD", KN_COLUMN_NUMBER, "foreign content counted again"},
    {"vax", "MUSD", KN_COLUMN_NUMBER, "domestic value added used up abroad"},
    {"ref", "MUSD", KN_COLUMN_NUMBER, "domestic value added that comes home"},
    {"davax", "MUSD", KN_COLUMN_NUMBER, "domestic value added used up by the importer"},
    {"gvc", "MUSD", KN_COLUMN_NUMBER, "exports that cross more than one border"},
};

const kn_table_decl kn__table_gvc = {
    "gvc", "what exports contain, by exporter and importer (source-based)", gvc_columns,
    sizeof gvc_columns / sizeof *gvc_columns};

static const kn_column tiva_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "exporter"},
    {"exports", "MUSD", KN_COLUMN_NUMBER, "gross exports"},
    {"vax_ratio", "share", KN_COLUMN_NUMBER,
     "domestic value added used up abroad over exports (Johnson and Noguera)"},
    {"vs", "share", KN_COLUMN_NUMBER,
     "foreign content of exports (Hummels, Ishii and Yi)"},
    {"vs1", "share", KN_COLUMN_NUMBER,
     "own value added in the exports of others, over own exports"},
    {"gvc_share", "share", KN_COLUMN_NUMBER,
     "exports that cross more than one border over exports"},
};

const kn_table_decl kn__table_tiva = {"tiva", "trade in value added by economy",
                                      tiva_columns,
                                      sizeof tiva_columns / sizeof *tiva_columns};

static kn_status add_pair(kn__exposure *e, kn_table *table, int32_t s,
                          const char *partner, const kn__gvc *g)
{
    kn_cell row[] = {{.text = e->net->economies[s].code},
                     {.text = partner},
                     {.number = g->exports},
                     {.number = g->dc},
                     {.number = g->dva},
                     {.number = g->fva},
                     {.number = g->ddc},
                     {.number = g->fdc},
                     {.number = g->vax},
                     {.number = g->ref},
                     {.number = g->davax},
                     {.number = g->gvc}};
    return kn_table_append(table, e->ctx, row);
}

static kn_status add_gvc(kn__exposure *e, const kn__gvc *pairs)
{
    int32_t groups = e->net->economy_count;
    kn_table *table;
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_gvc, &table));
    for (int32_t s = 0; s < groups; s++) {
        if (!kn__exposure_wants(&e->options->of, s))
            continue;
        KN__TRY(add_pair(e, table, s, "*", &pairs[(int64_t)s * groups + s]));
        for (int32_t r = 0; r < groups; r++)
            if (r != s && kn__exposure_wants(&e->options->to, r))
                KN__TRY(add_pair(e, table, s, e->net->economies[r].code,
                                 &pairs[(int64_t)s * groups + r]));
    }
    return KN_OK;
}

static kn_status add_tiva(kn__exposure *e, const kn__gvc *pairs, const double *forward)
{
    int32_t groups = e->net->economy_count;
    kn_table *table;
    KN__TRY(kn_result_add(e->result, e->ctx, &kn__table_tiva, &table));
    for (int32_t s = 0; s < groups; s++) {
        const kn__gvc *g = &pairs[(int64_t)s * groups + s];
        if (!kn__exposure_wants(&e->options->of, s))
            continue;
        kn_cell row[] = {
            {.text = e->net->economies[s].code}, {.number = g->exports},
            {.number = g->vax / g->exports},     {.number = g->fc / g->exports},
            {.number = forward[s] / g->exports}, {.number = g->gvc / g->exports}};
        KN__TRY(kn_table_append(table, e->ctx, row));
    }
    return KN_OK;
}

/* Accounts of the network with final demand by economy. */
static kn_status fill_accounts(kn__exposure *e, kn__accounts *in)
{
    const kn_network *net = e->net;
    int64_t n = net->producer_count, groups = net->economy_count;
    int32_t *group = KN__ARRAY(e->arena, e->ctx, n, int32_t);
    double *x = KN__ARRAY(e->arena, e->ctx, n, double);
    double *v = KN__ARRAY(e->arena, e->ctx, n, double);
    double *y = KN__ARRAY(e->arena, e->ctx, n * groups, double);
    if (!group || !x || !v || !y)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        group[i] = net->producers[i].economy;
        x[i] = net->producers[i].output;
        v[i] = net->producers[i].value_added;
        for (int32_t k = 0; k < net->final_count; k++)
            y[i * groups + net->finals[k].economy] +=
                net->final_demand[i * net->final_count + k];
    }
    *in = (kn__accounts){.n = (int32_t)n,
                         .groups = (int32_t)groups,
                         .group = group,
                         .x = x,
                         .v = v,
                         .y = y};
    return KN_OK;
}

kn_status kn__exposure_gvc(kn__exposure *e, bool basic)
{
    int64_t groups = e->net->economy_count;
    kn__accounts in;
    double *made, *forward = KN__ARRAY(e->arena, e->ctx, groups, double);
    kn__gvc *pairs = KN__ARRAY(e->arena, e->ctx, groups * groups, kn__gvc);
    if (!forward || !pairs)
        return KN_ERR_MEMORY;
    KN__TRY(fill_accounts(e, &in));
    KN__TRY(kn__exposure_dense(e, &in.z, &made));
    kn_status status =
        kn__value_added_in_exports(pairs, basic ? forward : NULL, e->ctx, &in);
    kn__release(e->ctx, made);
    KN__TRY(status);
    if (e->net->has_recipes)
        KN__TRY(kn_result_note(e->result, e->ctx,
                               "a chain network has inputs that are not in it: domestic "
                               "and foreign content do not add up to exports"));
    return basic ? add_tiva(e, pairs, forward) : add_gvc(e, pairs);
}
