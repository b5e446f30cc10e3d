/* SPDX-License-Identifier: Apache-2.0 */
/* What the atlas covers: grade and age of its figures by chain, and the figures on which
   the most value added hangs for how little is known of them. */
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "network/atlas_check.h"

enum { HEADS = 6, WEAKEST = 20, FIRST_YEAR = 1980, YEARS = 80 };

/* A chain is what its heads are made of and with, as far as the heads of another chain;
   inputs that are only a cost are left out. */
static const struct chain {
    const char *name, *heads[HEADS + 1];
} chains[] = {
    {"chips",
     {"logic-leading-edge", "logic-mature", "dram", "hbm", "nand", "analog-power"}},
    {"computing", {"ai-accelerators", "servers", "optical-transceivers"}},
    {"telecom", {"base-stations", "rf-gan-gaas", "optical-fibre"}},
    {"displays", {"display-oled"}},
    {"power chips", {"power-sic"}},
    {"batteries", {"battery-packs"}},
    {"solar", {"pv-module", "pv-inverters"}},
    {"motors and robots", {"motors-pm", "industrial-robots", "machine-tools"}},
    {"wind and grid", {"wind-turbines", "power-transformers", "gas-turbines"}},
    {"hydrogen", {"electrolysers"}},
    {"quantum", {"quantum-computers"}},
    {"fusion", {"lithium-6", "tritium", "hts-tape"}},
    {"space", {"space-launch", "satellites"}},
    {"aircraft", {"aircraft-commercial", "drones"}},
    {"ships", {"shipbuilding", "lng-carriers-membrane"}},
    {"medicine",
     {"insulin", "api-general", "api-antibiotics", "bioprocess-media", "mo-99",
      "medical-imaging-mri"}},
    {"fertiliser", {"fertiliser-potash", "phosphate-rock", "ammonia"}},
};

enum { CHAINS = sizeof chains / sizeof *chains };

static const kn_column coverage_columns[] = {
    {"chain", "", KN_COLUMN_TEXT, "what its heads are made of and with"},
    {"products", "", KN_COLUMN_INTEGER, "in the chain; a product may be in several"},
    {"figures", "", KN_COLUMN_INTEGER, "values, shares, recipes, links, stocks"},
    {"grade_a", "share", KN_COLUMN_NUMBER, "of figures: measured"},
    {"grade_b", "share", KN_COLUMN_NUMBER, "derived from measured ones"},
    {"grade_c", "share", KN_COLUMN_NUMBER, "estimated by experts"},
    {"grade_d", "share", KN_COLUMN_NUMBER, "assumed"},
    {"median_year", "", KN_COLUMN_TEXT, "of figures that have one"},
    {"unseen", "share", KN_COLUMN_NUMBER, "of supply by value, no known maker"}};
static const kn_table_decl coverage = {"coverage", "Grade and age of figures by chain",
                                       coverage_columns, 9};

static const kn_column weakest_columns[] = {
    {"figure", "", KN_COLUMN_TEXT, "share of supply, or dependent share of a recipe"},
    {"value", "share", KN_COLUMN_NUMBER, "as it stands"},
    {"grade", "", KN_COLUMN_TEXT, "A to D"},
    {"source", "", KN_COLUMN_TEXT, "where it is from"},
    {"hangs_on_it_musd", "MUSD", KN_COLUMN_NUMBER,
     "value added of direct users times their dependent share"},
    {"uncertain_musd", "MUSD", KN_COLUMN_NUMBER,
     "that, times how far off the figure may be"}};
static const kn_table_decl weakest = {"weakest", "The twenty weakest figures",
                                      weakest_columns, 6};

/* ---- Coverage ---- */

typedef struct tally {
    int64_t figures, grade[4], years[YEARS], dated;
} tally;

static int32_t chain_of_head(const char *product)
{
    for (int32_t c = 0; c < CHAINS; c++)
        for (int k = 0; chains[c].heads[k]; k++)
            if (kn__text_equal(chains[c].heads[k], product))
                return c;
    return -1;
}

static bool add_member(const kn_network *net, unsigned char *in, int32_t q, int32_t chain)
{
    int32_t head = chain_of_head(net->products[q].id);
    if (in[q] || (head >= 0 && head != chain))
        return false;
    in[q] = 1;
    return true;
}

/* Heads, then inputs of members until nothing is added. */
static void find_members(const kn_network *net, unsigned char *in, int32_t chain)
{
    bool grew = true;
    for (int32_t q = 0; q < net->product_count; q++)
        in[q] = chain < 0 ? net->products[q].kind != KN__INDUSTRY
                          : chain_of_head(net->products[q].id) == chain;
    while (grew && chain >= 0) {
        grew = false;
        for (int32_t k = 0; k < net->recipe_count; k++) {
            const kn__recipe *r = &net->recipes[k];
            if (in[r->product] && r->criticality != KN__MINOR)
                grew |= add_member(net, in, r->input, chain);
        }
        for (int32_t k = 0; k < net->equipment_count; k++)
            if (in[net->equipment[k].product])
                grew |= add_member(net, in, net->equipment[k].tool, chain);
    }
}

static void see(tally *t, const kn_network *net, const unsigned char *in,
                const char *product, char grade, int32_t year)
{
    int32_t q = kn__network_product(net, product);
    if (q < 0 || !in[q])
        return;
    t->figures++;
    t->grade[grade >= 'A' && grade <= 'D' ? grade - 'A' : 3]++;
    if (year >= FIRST_YEAR && year < FIRST_YEAR + YEARS) {
        t->years[year - FIRST_YEAR]++;
        t->dated++;
    }
}

static void see_figures(tally *t, const kn__atlas_check *c, const unsigned char *in)
{
    const kn__chain_raw *raw = c->raw;
#define SEE(one, many, when)                                                             \
    for (int64_t k = 0; k < raw->one##_count; k++)                                       \
    see(t, c->net, in, raw->many[k].product, raw->many[k].grade, when)
    SEE(supply, supplies, raw->supplies[k].year);
    SEE(recipe, recipes, 0);
    SEE(equipment, equipments, 0);
    SEE(demand, demands, raw->demands[k].year);
    SEE(stock, stocks, 0);
    SEE(link, links, raw->links[k].year);
#undef SEE
    for (int64_t k = 0; k < raw->product_count; k++) {
        const kn__chain_product *p = &raw->products[k];
        see(t, c->net, in, p->id, p->value_grade, p->value_year);
        see(t, c->net, in, p->id, p->param_grade, 0);
    }
}

static void median_year(char year[16], const tally *t)
{
    int64_t below = t->years[0];
    int k = 0;
    while (k < YEARS - 1 && 2 * below < t->dated)
        below += t->years[++k];
    year[0] = '\0';
    if (t->dated)
        snprintf(year, 16, "%d", FIRST_YEAR + k);
}

static kn_status add_chain(kn__atlas_check *c, kn_table *table, unsigned char *in,
                           int32_t chain)
{
    const kn_network *net = c->net;
    tally t = {0};
    char year[16];
    double all = 0, unseen = 0, count = 0;
    find_members(net, in, chain);
    for (int32_t q = 0; q < net->product_count; q++)
        count += in[q];
    if (count == 0)
        return KN_OK;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        all += in[p->product] ? p->output : 0;
        unseen += in[p->product] && p->economy == net->zzu ? p->output : 0;
    }
    see_figures(&t, c, in);
    median_year(year, &t);
    double n = (double)t.figures;
    return kn_table_append(table, c->ctx,
                           (kn_cell[]){{.text = chain < 0 ? "all" : chains[chain].name},
                                       {.number = count},
                                       {.number = n},
                                       {.number = (double)t.grade[0] / n},
                                       {.number = (double)t.grade[1] / n},
                                       {.number = (double)t.grade[2] / n},
                                       {.number = (double)t.grade[3] / n},
                                       {.text = year},
                                       {.number = unseen / all}});
}

/* ---- The weakest figures ---- */

/* How far off a share of each grade may be, as a part of itself: our assumption
   (docs/uncertainty.md). */
static double spread_of(char grade)
{
    static const double spread[] = {0.02, 0.05, 0.15, 0.4};
    return spread[grade >= 'A' && grade <= 'D' ? grade - 'A' : 3];
}

static double weight_of(kn__criticality criticality)
{
    return criticality == KN__ESSENTIAL ? 1 : criticality == KN__IMPORTANT ? 0.5 : 0;
}

static const char *source_of(const kn_network *net, const kn__origin *origin)
{
    return origin->source >= 0 ? net->sources[origin->source].id : "";
}

static kn_status add_weak(kn__atlas_check *c, kn_table *table, const char *figure,
                          double value, const kn__origin *origin, double hangs,
                          double uncertain)
{
    char grade[2] = {origin->grade, '\0'};
    if (!(uncertain > 0))
        return KN_OK;
    return kn_table_append(table, c->ctx,
                           (kn_cell[]){{.text = figure},
                                       {.number = value},
                                       {.text = grade},
                                       {.text = source_of(c->net, origin)},
                                       {.number = hangs},
                                       {.number = uncertain}});
}

static kn_status add_weak_figures(kn__atlas_check *c, kn_table *table, double *value,
                                  double *hangs)
{
    const kn_network *net = c->net;
    char figure[200];
    for (int32_t i = 0; i < net->producer_count; i++)
        value[net->producers[i].product] += net->producers[i].value_added;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *r = &net->recipes[k];
        double weight = weight_of(r->criticality) * value[r->product];
        hangs[r->input] += weight * r->dependent[1];
        snprintf(figure, sizeof figure, "%s needs %s", net->products[r->product].id,
                 net->products[r->input].id);
        KN__TRY(add_weak(c, table, figure, r->dependent[1], &r->origin,
                         weight * r->dependent[1],
                         weight * (r->dependent[2] - r->dependent[0]) / 2));
    }
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        const kn__product *q = &net->products[p->product];
        if (q->kind == KN__INDUSTRY || p->economy == net->zzu)
            continue;
        double share = p->output / q->value_musd, hung = share * hangs[p->product];
        snprintf(figure, sizeof figure, "%s makes %s", net->economies[p->economy].code,
                 q->id);
        KN__TRY(add_weak(c, table, figure, share, &p->origin, hung,
                         hung * spread_of(p->origin.grade)));
    }
    return KN_OK;
}

kn_status kn__atlas_figures(kn__atlas_check *c)
{
    kn__arena *arena;
    kn_table *table;
    int32_t n = c->net->product_count;
    KN__TRY(kn__arena_new(&arena, c->ctx));
    unsigned char *in = KN__ARRAY(arena, c->ctx, n, unsigned char);
    double *value = KN__ARRAY(arena, c->ctx, n, double);
    double *hangs = KN__ARRAY(arena, c->ctx, n, double);
    kn_status status = in && value && hangs ? KN_OK : KN_ERR_MEMORY;
    if (status >= 0)
        status = kn_result_add(c->result, c->ctx, &coverage, &table);
    for (int32_t k = -1; status >= 0 && k < CHAINS; k++)
        status = add_chain(c, table, in, k);
    if (status >= 0)
        status = kn_result_add(c->result, c->ctx, &weakest, &table);
    if (status >= 0)
        status = add_weak_figures(c, table, value, hangs);
    if (status >= 0)
        status =
            kn_table_sort_down(table, c->ctx, kn_table_column(table, "uncertain_musd"));
    if (status >= 0)
        kn_table_truncate(table, WEAKEST);
    kn__arena_free(arena);
    return status;
}
