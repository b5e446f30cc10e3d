/* SPDX-License-Identifier: Apache-2.0 */
#include "network/atlas_check.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"

static const double MOSTLY_UNSEEN = 0.5; /* share of supply */
static const double ROUNDING = 0.005;    /* of cost shares, of world output */
static const double FAR_OFF = 0.1;       /* share points from a reference */

kn_status kn__atlas_find(kn__atlas_check *c, kn__severity severity, const char *check,
                         const char *where, const char *format, ...)
{
    char what[600];
    va_list arguments;
    va_start(arguments, format);
    vsnprintf(what, sizeof what, format, arguments);
    va_end(arguments);
    c->warnings += severity == KN__WARNING;
    return kn_table_append(c->table, c->ctx,
                           (kn_cell[]){{.text = severity ? "info" : "warning"},
                                       {.text = check},
                                       {.text = where},
                                       {.text = what}});
}

/* ---- Supply ---- */

static double listed(const kn__atlas_check *c, const char *product, const char *economy)
{
    double sum = 0;
    for (int64_t k = 0; k < c->raw->supply_count; k++) {
        const kn__chain_supply *s = &c->raw->supplies[k];
        if (kn__text_equal(s->product, product) &&
            (!economy || kn__text_equal(s->economy, economy)))
            sum += s->share;
    }
    return sum;
}

static kn_status check_unseen(kn__atlas_check *c)
{
    for (int64_t k = 0; k < c->raw->product_count; k++) {
        const kn__chain_product *p = &c->raw->products[k];
        double unseen = 1 - listed(c, p->id, NULL);
        if (!kn__text_equal(p->kind, "industry") && unseen > MOSTLY_UNSEEN)
            KN__TRY(kn__atlas_find(c, KN__INFO, "unseen", p->id,
                                   "no known maker for %.0f %% of supply", 100 * unseen));
    }
    return KN_OK;
}

/* ---- Sources ---- */

typedef struct tally {
    unsigned char *cited; /* by source */
    int64_t grade[4];
    int32_t at; /* the source of the row before: rows of a source stand together */
} tally;

static int32_t find_source(const kn__atlas_check *c, tally *t, const char *source)
{
    const kn__chain_raw *raw = c->raw;
    for (int32_t k = 0; k < raw->source_count; k++) {
        int32_t at = (int32_t)((t->at + k) % raw->source_count);
        if (kn__text_equal(raw->sources[at].id, source))
            return t->at = at;
    }
    return -1;
}

static kn_status see_figure(kn__atlas_check *c, tally *t, const char *file, int32_t line,
                            const char *source, char grade)
{
    int32_t at = find_source(c, t, source);
    if (at >= 0)
        t->cited[at] = 1;
    if (grade >= 'A' && grade <= 'D')
        t->grade[grade - 'A']++;
    if (grade == 'D' || (at >= 0 && !kn__text_equal(source, "assumed")))
        return KN_OK;
    char where[64];
    snprintf(where, sizeof where, "%s:%d", file, (int)line);
    return kn__atlas_find(c, KN__WARNING, "sources", where,
                          "a figure of grade %c without a source", grade);
}

#define SEE_ALL(one, many, file)                                                         \
    for (int64_t k = 0; k < c->raw->one##_count; k++)                                    \
    KN__TRY(see_figure(c, t, file, c->raw->many[k].line, c->raw->many[k].source,         \
                       c->raw->many[k].grade))

static kn_status see_figures(kn__atlas_check *c, tally *t)
{
    SEE_ALL(economy, economies, "economies.csv");
    SEE_ALL(supply, supplies, "supply.csv");
    SEE_ALL(recipe, recipes, "recipes.csv");
    SEE_ALL(equipment, equipments, "equipment.csv");
    SEE_ALL(demand, demands, "demand.csv");
    SEE_ALL(stock, stocks, "stocks.csv");
    SEE_ALL(link, links, "links.csv");
    SEE_ALL(industry, industries, "industries.csv");
    for (int64_t k = 0; k < c->raw->product_count; k++) {
        const kn__chain_product *p = &c->raw->products[k];
        KN__TRY(
            see_figure(c, t, "products.csv", p->line, p->value_source, p->value_grade));
        KN__TRY(
            see_figure(c, t, "products.csv", p->line, p->param_source, p->param_grade));
    }
    return KN_OK;
}

static kn_status check_sources(kn__atlas_check *c, kn__arena *arena)
{
    static const char *const keys[] = {"figures_grade_a", "figures_grade_b",
                                       "figures_grade_c", "figures_grade_d"};
    tally t = {.cited = KN__ARRAY(arena, c->ctx, c->raw->source_count, unsigned char)};
    if (!t.cited)
        return KN_ERR_MEMORY;
    KN__TRY(see_figures(c, &t));
    for (int64_t k = 0; k < c->raw->source_count; k++)
        if (!t.cited[k])
            KN__TRY(kn__atlas_find(c, KN__INFO, "sources", c->raw->sources[k].id,
                                   "no figure cites it"));
    for (int g = 0; g < 4; g++)
        KN__TRY(kn_result_info(c->result, c->ctx, keys[g], NULL, (double)t.grade[g]));
    return KN_OK;
}

/* ---- Recipes and values ---- */

typedef struct uses {
    double *cost;  /* of listed inputs, share of the product's value */
    double *asked; /* what recipes ask for, MUSD of world output */
    unsigned char *made, *used;
} uses;

static void add_uses(const kn_network *net, uses *u)
{
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *r = &net->recipes[k];
        u->cost[r->product] += r->cost_share;
        u->made[r->product] = u->used[r->input] = 1;
        for (int32_t i = 0; i < net->producer_count; i++)
            if (net->producers[i].product == r->product)
                u->asked[r->input] += r->cost_share * net->producers[i].output;
    }
    for (int32_t k = 0; k < net->equipment_count; k++)
        u->used[net->equipment[k].tool] = 1;
}

static kn_status check_product(kn__atlas_check *c, const uses *u, int32_t q)
{
    const kn__product *p = &c->net->products[q];
    double sum = u->cost[q] + p->value_added_share;
    if (p->kind == KN__INDUSTRY)
        return KN_OK;
    if (!u->made[q] && p->kind != KN__MINERAL && p->kind != KN__SERVICE)
        KN__TRY(kn__atlas_find(c, KN__INFO, "recipes", p->id,
                               "made of nothing that is listed"));
    if (!u->used[q] && p->kind != KN__GOOD)
        KN__TRY(kn__atlas_find(c, KN__INFO, "recipes", p->id,
                               "nothing is listed that uses it"));
    if (sum > 1 + ROUNDING)
        KN__TRY(kn__atlas_find(c, KN__WARNING, "values", p->id,
                               "inputs and value added make %.1f %% of its value",
                               100 * sum));
    if (p->kind != KN__EQUIPMENT && u->asked[q] > (1 + ROUNDING) * p->value_musd)
        KN__TRY(kn__atlas_find(c, KN__WARNING, "values", p->id,
                               "recipes ask for %.0f MUSD, %.2f times world output",
                               u->asked[q], u->asked[q] / p->value_musd));
    return KN_OK;
}

static kn_status check_recipes(kn__atlas_check *c, kn__arena *arena)
{
    int32_t n = c->net->product_count;
    uses u = {KN__ARRAY(arena, c->ctx, n, double), KN__ARRAY(arena, c->ctx, n, double),
              KN__ARRAY(arena, c->ctx, n, unsigned char),
              KN__ARRAY(arena, c->ctx, n, unsigned char)};
    if (!u.cost || !u.asked || !u.made || !u.used)
        return KN_ERR_MEMORY;
    add_uses(c->net, &u);
    for (int32_t q = 0; q < n; q++)
        KN__TRY(check_product(c, &u, q));
    return KN_OK;
}

static kn_status check_built(kn__atlas_check *c)
{
    for (int32_t k = 0; k < c->net->notes.count; k++) {
        const char *note = c->net->notes.at[k];
        KN__TRY(kn__atlas_find(c, KN__WARNING,
                               strstr(note, "carved out") ? "carve-out" : "build", "",
                               "%s", note));
    }
    return KN_OK;
}

kn_status kn__atlas_check_figures(kn__atlas_check *c)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, c->ctx));
    kn_status status = check_unseen(c);
    if (status >= 0)
        status = check_sources(c, arena);
    if (status >= 0)
        status = check_recipes(c, arena);
    if (status >= 0)
        status = check_built(c);
    kn__arena_free(arena);
    return status;
}

/* ---- References ---- */

/* What the note of a product says behind "differs: ", or NULL. */
static const char *known_reason(const kn__atlas_check *c, const char *product)
{
    static const char mark[] = "differs: ";
    const char *note = c->net->products[kn__network_product(c->net, product)].note;
    const char *at = strstr(note, mark);
    return at ? at + strlen(mark) : NULL;
}

kn_status kn__atlas_compare_share(kn__atlas_check *c, const char *product,
                                  const char *economy, double share,
                                  const char *reference)
{
    char where[64];
    if (kn__network_product(c->net, product) < 0 ||
        kn__network_economy(c->net, economy) < 0 || !isfinite(share))
        return KN_OK;
    double ours = listed(c, product, economy);
    c->compared++;
    if (fabs(ours - share) <= FAR_OFF)
        return KN_OK;
    snprintf(where, sizeof where, "%s %s", economy, product);
    const char *reason = known_reason(c, product);
    return kn__atlas_find(c, reason ? KN__INFO : KN__WARNING, "compare", where,
                          "%.1f %% here, %.1f %% in %s%s%s", 100 * ours, 100 * share,
                          reference, reason ? ": " : "", reason ? reason : "");
}
