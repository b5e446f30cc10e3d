/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "network/splice.h"

static const double NOTEWORTHY = 0.5;

static int32_t parent_of(const kn__splice *s, const kn__producer *p)
{
    const kn_network *table = s->table;
    int32_t industry = s->atlas->products[p->product].industry;
    /* nobody knows where unseen supply is made: it is taken out of the rest of the world,
       so that no known economy loses value added to it */
    int32_t e = p->economy < table->economy_count && p->economy != table->zzu
                    ? p->economy
                    : table->row_economy;
    return table->producer_at[(int64_t)s->to[industry] * table->economy_count + e];
}

static double positive_row(const kn__splice *s, int32_t t)
{
    const kn_network *table = s->table;
    double sum = 0;
    for (int32_t j = 0; j < s->n; j++)
        sum += fmax(0, s->z[(int64_t)t * s->n + j]);
    for (int32_t k = 0; k < table->final_count; k++)
        sum += fmax(0, table->final_demand[(int64_t)t * table->final_count + k]);
    return sum;
}

static double positive_column(const kn__splice *s, int32_t t)
{
    double sum = 0;
    for (int32_t i = 0; i < s->n; i++)
        sum += fmax(0, s->z[(int64_t)i * s->n + t]);
    return sum;
}

/* Chains of one parent in one row, in order of the atlas. */
static kn_status list_chains(kn__splice *s, const int32_t *parent)
{
    int32_t count = s->atlas->producer_count;
    int32_t *fill = KN__ARRAY(s->scratch, s->ctx, (int64_t)s->n + 2, int32_t);
    s->origin = KN__ARRAY(s->scratch, s->ctx, count, int32_t);
    s->parent = KN__ARRAY(s->scratch, s->ctx, count, int32_t);
    if (!fill || !s->origin || !s->parent)
        return KN_ERR_MEMORY;
    s->kid_start = fill;
    fill++; /* counted one further, so that filling moves each start to its place */
    for (int32_t i = 0; i < count; i++)
        if (parent[i] >= 0)
            fill[parent[i] + 1]++;
    for (int32_t t = 0; t < s->n; t++)
        fill[t + 1] += fill[t];
    s->chain_count = fill[s->n];
    for (int32_t i = 0; i < count; i++) {
        s->chain_of[i] = -1;
        if (parent[i] < 0)
            continue;
        int32_t c = fill[parent[i]]++;
        s->chain_of[i] = c;
        s->origin[c] = i;
        s->parent[c] = parent[i];
    }
    return KN_OK;
}

/* Which producers of the atlas find a parent that makes something. */
static kn_status find_parents(kn__splice *s, int32_t *parent)
{
    const kn_network *atlas = s->atlas;
    for (int32_t i = 0; i < atlas->producer_count; i++) {
        const kn__producer *p = &atlas->producers[i];
        parent[i] = -1;
        if (atlas->products[p->product].kind == KN__INDUSTRY || !(p->output > 0))
            continue;
        int32_t t = parent_of(s, p);
        const kn__producer *from = t >= 0 ? &s->table->producers[t] : NULL;
        if (from && from->output > 0 && from->value_added > 0 && positive_row(s, t) > 0 &&
            positive_column(s, t) > 0)
            parent[i] = t;
        else
            KN__TRY(KN__NOTE(
                s->net, s->ctx,
                "%s %s (%.1f MUSD) is left out: the table has no output and value added "
                "of that industry there to carve it out of",
                atlas->economies[p->economy].code, atlas->products[p->product].id,
                p->output));
    }
    return KN_OK;
}

/* Output and value added of the chains of parent t: those of the atlas where they are at
   most 90 % of what the table has, else scaled to that. */
static kn_status carve(kn__splice *s, int32_t t)
{
    kn__producer *rest = &s->net->producers[t];
    double x = 0, v = 0;
    for (int32_t c = s->kid_start[t]; c < s->kid_start[t + 1]; c++) {
        x += s->atlas->producers[s->origin[c]].output;
        v += s->atlas->producers[s->origin[c]].value_added;
    }
    if (!(x > 0))
        return KN_OK;
    double most = KN__SPLICE_MOST * fmin(rest->output, positive_row(s, t));
    double of_x = fmin(1, most / x);
    double of_v = v > 0 ? fmin(of_x, KN__SPLICE_MOST * rest->value_added / v) : 0;
    /* inputs x − v come out of the positive cells of the column */
    double inputs = of_x * x - of_v * v;
    double room = KN__SPLICE_MOST * positive_column(s, t);
    double shrink = inputs > room ? room / inputs : 1;
    of_x *= shrink;
    of_v *= shrink;
    for (int32_t c = s->kid_start[t]; c < s->kid_start[t + 1]; c++) {
        kn__producer *to = &s->net->producers[s->n + c];
        to->output *= of_x;
        to->value_added *= of_v;
        s->output_factor[c] = of_x;
        rest->output -= to->output;
        rest->value_added -= to->value_added;
    }
    const char *code = s->net->economies[rest->economy].code;
    const char *industry = s->net->products[rest->product].id;
    if (of_x < NOTEWORTHY)
        KN__TRY(KN__NOTE(s->net, s->ctx,
                         "chains in %s %s are %.0f MUSD in the atlas, more than "
                         "90 %% of the table allows; scaled by %.3f",
                         code, industry, x, of_x));
    if (of_v < of_x * NOTEWORTHY && v > 0)
        KN__TRY(KN__NOTE(s->net, s->ctx,
                         "value added of chains in %s %s is %.0f MUSD in the "
                         "atlas, more than 90 %% of the table allows; scaled by "
                         "%.3f",
                         code, industry, v, of_v));
    return KN_OK;
}

/* How much was scaled in all. */
static kn_status note_scaled(kn__splice *s)
{
    double atlas = 0, carved = 0, value = 0, carved_value = 0;
    int32_t scaled = 0, parents = 0;
    for (int32_t c = 0; c < s->chain_count; c++) {
        const kn__producer *from = &s->atlas->producers[s->origin[c]];
        atlas += from->output;
        value += from->value_added;
        carved += s->net->producers[s->n + c].output;
        carved_value += s->net->producers[s->n + c].value_added;
    }
    for (int32_t t = 0; t < s->n; t++) {
        int32_t first = s->kid_start[t], end = s->kid_start[t + 1];
        parents += end > first;
        scaled += end > first && s->output_factor[first] < 1;
    }
    return KN__NOTE(
        s->net, s->ctx,
        "%d producers of the atlas are carved out of %d producers of the table: output "
        "%.0f of %.0f MUSD, value added %.0f of %.0f MUSD; in %d industries the chains "
        "are larger than 90 %% of the table and are scaled to that",
        (int)s->chain_count, (int)parents, carved, atlas, carved_value, value,
        (int)scaled);
}

kn_status kn__splice_chains(kn__splice *s)
{
    kn_network *net = s->net;
    const kn_network *table = s->table;
    int32_t count = s->atlas->producer_count;
    int32_t *parent = KN__ARRAY(s->scratch, s->ctx, count, int32_t);
    s->chain_of = KN__ARRAY(s->scratch, s->ctx, count, int32_t);
    s->output_factor = KN__ARRAY(s->scratch, s->ctx, count, double);
    if (!parent || !s->chain_of || !s->output_factor)
        return KN_ERR_MEMORY;
    KN__TRY(find_parents(s, parent));
    KN__TRY(list_chains(s, parent));
    net->producer_count = s->n + s->chain_count;
    net->producers = KN__ARRAY(net->arena, s->ctx, net->producer_count, kn__producer);
    if (!net->producers)
        return KN_ERR_MEMORY;
    for (int32_t t = 0; t < s->n; t++)
        net->producers[t] = table->producers[t];
    for (int32_t c = 0; c < s->chain_count; c++) {
        kn__producer *to = &net->producers[s->n + c];
        *to = s->atlas->producers[s->origin[c]];
        to->product = s->to[to->product];
        to->firm = "";
        to->origin.source += to->origin.source >= 0 ? table->source_count : 0;
    }
    for (int32_t t = 0; t < s->n; t++) {
        net->producers[t].firm = "";
        KN__TRY(carve(s, t));
    }
    return note_scaled(s);
}
