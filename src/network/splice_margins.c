/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "network/splice.h"

/* One parent and its chains; "width" cells: of its row the buyers and final columns, of
   its column the suppliers. */
typedef struct carving {
    kn__splice *s;
    int32_t parent, first, end; /* its chains */
    int32_t width;
    double *take;          /* [kid * width + cell]: what the kid takes */
    double *room;          /* [cell]: what may still be taken */
    double *loose;         /* [kid * economies + e]: goes anywhere in e */
    double *rest;          /* [kid]: goes anywhere */
    const int32_t *abroad; /* [cell]: economy at the other end */
    double asked, lost, worst;
    int32_t worst_cell;
} carving;

static int32_t economies(const carving *k)
{
    return k->s->net->economy_count;
}

static double *row(carving *k, int32_t kid)
{
    return k->take + (int64_t)kid * k->width;
}

/* A recipe flow above its cell is scaled; what does not fit stays in the economy at the
   other end, in other cells, as far as there is room. */
static void fit_cells(carving *k, bool keep_economy)
{
    int32_t kids = k->end - k->first;
    for (int32_t cell = 0; cell < k->width; cell++) {
        double sum = 0;
        for (int32_t c = 0; c < kids; c++)
            sum += row(k, c)[cell];
        double factor = sum > k->room[cell] ? k->room[cell] / sum : 1;
        k->asked += sum;
        k->lost += sum * (1 - factor);
        if (sum * (1 - factor) > k->worst) {
            k->worst = sum * (1 - factor);
            k->worst_cell = cell;
        }
        for (int32_t c = 0; factor < 1 && c < kids; c++) {
            double excess = row(k, c)[cell] * (1 - factor);
            row(k, c)[cell] *= factor;
            if (keep_economy)
                k->loose[c * economies(k) + k->abroad[cell]] += excess;
            else
                k->rest[c] += excess;
        }
        k->room[cell] = factor < 1 ? 0 : k->room[cell] - sum;
    }
}

/* Spreads amount[kid * step] over the cells of economy e (-1: all) by their room. Returns
   the part that found room. */
static double spread(carving *k, double *amount, int32_t step, int32_t e)
{
    int32_t kids = k->end - k->first;
    double wanted = 0, room = 0;
    for (int32_t c = 0; c < kids; c++)
        wanted += amount[c * step];
    for (int32_t cell = 0; cell < k->width; cell++)
        if (e < 0 || k->abroad[cell] == e)
            room += k->room[cell];
    if (!(wanted > 0) || !(room > 0))
        return wanted > 0 ? 0 : 1;
    double part = wanted > room ? room / wanted : 1;
    for (int32_t cell = 0; cell < k->width; cell++) {
        if (e >= 0 && k->abroad[cell] != e)
            continue;
        double share = k->room[cell] / room * part;
        for (int32_t c = 0; c < kids; c++)
            row(k, c)[cell] += amount[c * step] * share;
        k->room[cell] = fmax(0, k->room[cell] - wanted * share);
    }
    return part;
}

static void spread_all(carving *k)
{
    int32_t kids = k->end - k->first, e_count = economies(k);
    for (int32_t e = 0; e < e_count; e++) {
        double part = spread(k, k->loose + e, e_count, e);
        for (int32_t c = 0; c < kids; c++)
            k->rest[c] += k->loose[c * e_count + e] * (1 - part);
    }
    spread(k, k->rest, 1, -1);
}

/* Scales what a kid asks for to `goal`; without an excess the difference goes anywhere
   when `fill`. */
static void scale_kid(carving *k, int32_t kid, double goal)
{
    double sum = 0;
    for (int32_t cell = 0; cell < k->width; cell++)
        sum += row(k, kid)[cell];
    for (int32_t e = 0; e < economies(k); e++)
        sum += k->loose[kid * economies(k) + e];
    double factor = sum > goal ? goal / sum : 1;
    for (int32_t cell = 0; factor < 1 && cell < k->width; cell++)
        row(k, kid)[cell] *= factor;
    for (int32_t e = 0; factor < 1 && e < economies(k); e++)
        k->loose[kid * economies(k) + e] *= factor;
    k->rest[kid] = fmax(0, goal - sum * factor);
}

/* ---- Sales ---- */

/* Where producer j of the atlas sits in the table, or -1. */
static int32_t seat(const kn__splice *s, int32_t j)
{
    const kn__producer *p = &s->atlas->producers[j];
    if (s->chain_of[j] >= 0)
        return s->parent[s->chain_of[j]];
    int32_t k = s->to[p->product];
    bool known = p->economy < s->table->economy_count && k < s->table->product_count;
    return known
               ? s->table->producer_at[(int64_t)k * s->table->economy_count + p->economy]
               : -1;
}

/* Economy of the table for one of the atlas: the unseen buyer sits in ROW's cells. */
static int32_t buyer_economy(const kn__splice *s, int32_t e)
{
    return e < s->table->economy_count ? e : s->table->row_economy;
}

static void ask_investment(carving *k, int32_t kid, int32_t e, double value)
{
    kn__splice *s = k->s;
    double sum = 0;
    for (int32_t cell = s->n; cell < k->width; cell++)
        sum += k->abroad[cell] == e ? k->room[cell] : 0;
    if (!(sum > 0))
        k->loose[kid * economies(k) + e] += value;
    for (int32_t cell = s->n; sum > 0 && cell < k->width; cell++)
        if (k->abroad[cell] == e)
            row(k, kid)[cell] += value * k->room[cell] / sum;
}

/* Sales of the atlas: to users in their cells; tools to final demand; what no recipe asks
   for to any buyer in the economy that uses it. */
static void ask_sales(carving *k, int32_t kid)
{
    kn__splice *s = k->s;
    const kn_network *atlas = s->atlas;
    int32_t c = k->first + kid, i = s->origin[c];
    double factor = s->output_factor[c];
    const kn__csr *rows = &atlas->flows.rows;
    for (int64_t at = rows->start[i]; at < rows->start[i + 1]; at++) {
        int32_t j = rows->index[at], cell = seat(s, j);
        double value = rows->value[at] * factor;
        int32_t e = buyer_economy(s, atlas->producers[j].economy);
        if (cell >= 0)
            row(k, kid)[cell] += value;
        else
            k->loose[kid * economies(k) + e] += value;
        if (s->chain_of[j] >= 0) {
            double other = s->output_factor[s->chain_of[j]];
            s->between[(int64_t)c * s->chain_count + s->chain_of[j]] =
                rows->value[at] * fmin(factor, other);
        }
    }
    for (int32_t f = 0; f < atlas->final_count; f++) {
        double value = atlas->final_demand[(int64_t)i * atlas->final_count + f] * factor;
        int32_t e = buyer_economy(s, atlas->finals[f].economy);
        bool tool = atlas->products[atlas->producers[i].product].kind == KN__EQUIPMENT;
        if (value > 0 && tool)
            ask_investment(k, kid, e, value);
        else if (value > 0)
            k->loose[kid * economies(k) + e] += value;
    }
    scale_kid(k, kid, s->net->producers[s->n + c].output);
}

/* ---- Inputs ---- */

static void ask_inputs(carving *k, int32_t kid)
{
    kn__splice *s = k->s;
    int32_t c = k->first + kid, j = s->origin[c];
    const kn__csr *columns = &s->atlas->flows.columns;
    for (int64_t at = columns->start[j]; at < columns->start[j + 1]; at++) {
        int32_t cell = seat(s, columns->index[at]);
        if (cell >= 0)
            row(k, kid)[cell] += columns->value[at] * s->output_factor[c];
    }
    const kn__producer *p = &s->net->producers[s->n + c];
    scale_kid(k, kid, p->output - p->value_added);
}

/* ---- Both sides ---- */

static void set_room(carving *k, bool sales)
{
    const kn__splice *s = k->s;
    const kn_network *table = s->table;
    for (int64_t cell = 0; cell < k->width; cell++) {
        double value = !sales ? s->z[cell * s->n + k->parent]
                       : cell < s->n
                           ? s->z[(int64_t)k->parent * s->n + cell]
                           : table->final_demand[(int64_t)k->parent * table->final_count +
                                                 cell - s->n];
        k->room[cell] = value > 0 ? KN__SPLICE_MOST * value : 0;
    }
}

static kn_status note_fit(const carving *sales, const carving *inputs)
{
    static const char *const words[] = {"sales", "inputs"};
    const carving *both[] = {sales, inputs};
    kn__splice *s = sales->s;
    for (int side = 0; side < 2; side++) {
        const carving *k = both[side];
        const kn__producer *producers = s->net->producers;
        if (!(k->lost > 0) || !producers)
            continue;
        int32_t i = side == 0 ? k->parent : k->worst_cell;
        int32_t j = side == 0 ? k->worst_cell : k->parent;
        const kn__producer *from = &producers[i];
        const kn__producer *to = j < s->n ? &producers[j] : NULL;
        int32_t e = to ? to->economy : s->table->finals[j - s->n].economy;
        KN__TRY(KN__NOTE(
            s->net, s->ctx,
            "recipe flows above 90 %% of their cells (%s): %.0f of %.0f MUSD asked for "
            "moved to other cells, most of all %s %s to %s %s (%.0f MUSD)",
            words[side], k->lost, k->asked, s->net->economies[from->economy].code,
            s->net->products[from->product].id, s->net->economies[e].code,
            to ? s->net->products[to->product].id : "final demand", k->worst));
    }
    return KN_OK;
}

/* Takes over the worst cell of one parent when it is the worst of all. */
static void keep_worst(carving *all, const carving *k)
{
    all->asked += k->asked;
    all->lost += k->lost;
    if (k->worst > all->worst) {
        all->worst = k->worst;
        all->worst_cell = k->worst_cell;
        all->parent = k->parent;
    }
}

static void carve_side(carving *k, bool sales)
{
    set_room(k, sales);
    for (int32_t kid = 0; kid < k->end - k->first; kid++)
        if (sales)
            ask_sales(k, kid);
        else
            ask_inputs(k, kid);
    fit_cells(k, sales);
    spread_all(k);
}

static void clear(carving *k)
{
    for (int64_t at = 0; at < (int64_t)(k->end - k->first) * economies(k); at++)
        k->loose[at] = 0;
    for (int32_t kid = 0; kid < k->end - k->first; kid++)
        k->rest[kid] = 0;
    k->asked = k->lost = k->worst = 0;
}

kn_status kn__splice_margins(kn__splice *s)
{
    int32_t width = s->n + s->table->final_count;
    int64_t C = s->chain_count;
    carving all[2] = {{.s = s}, {.s = s}};
    carving k = {.s = s,
                 .room = KN__ARRAY(s->scratch, s->ctx, width, double),
                 .loose =
                     KN__ARRAY(s->scratch, s->ctx, C * s->net->economy_count, double),
                 .rest = KN__ARRAY(s->scratch, s->ctx, C, double)};
    int32_t *abroad = KN__ARRAY(s->scratch, s->ctx, width, int32_t);
    s->sales = KN__ARRAY(s->scratch, s->ctx, C * width, double);
    s->inputs = KN__ARRAY(s->scratch, s->ctx, C * s->n, double);
    s->between = KN__ARRAY(s->scratch, s->ctx, C * C, double);
    if (!k.room || !k.loose || !k.rest || !abroad || !s->sales || !s->inputs ||
        !s->between)
        return KN_ERR_MEMORY;
    for (int32_t cell = 0; cell < width; cell++)
        abroad[cell] = cell < s->n ? s->table->producers[cell].economy
                                   : s->table->finals[cell - s->n].economy;
    k.abroad = abroad;
    for (int32_t t = 0; t < s->n; t++)
        for (int side = 0; side < 2; side++) {
            k.parent = t;
            k.first = s->kid_start[t];
            k.end = s->kid_start[t + 1];
            k.width = side == 0 ? width : s->n;
            k.take = (side == 0 ? s->sales : s->inputs) + (int64_t)k.first * k.width;
            clear(&k);
            if (k.end > k.first)
                carve_side(&k, side == 0);
            keep_worst(&all[side], &k);
        }
    return note_fit(&all[0], &all[1]);
}
