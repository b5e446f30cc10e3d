/* SPDX-License-Identifier: Apache-2.0 */
/* A lens by its declaration; it stands here because it looks through several. */
#include "study/uncertainty.h"

#include <stdlib.h>

#include "kaname/lens.h"

/* ---- Declaration ---- */

#define OPTION(name, type, value, unit, choices, low, high, help, field)                 \
    {                                                                                    \
        name, type, value, unit, choices, low, high, help, NULL,                         \
            offsetof(kn__uncertainty_options, field)                                     \
    }

static const kn_option options[] = {
    OPTION("of", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "victims, each for itself (default: all economies)", of),
    OPTION("holder", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "holders, each for itself (default: as for chokepoints)", holder),
    OPTION("product", KN_OPTION_PRODUCTS, NULL, "", NULL, 0, 0,
           "denied products (default: all)", product),
    OPTION("mode", KN_OPTION_CHOICE, "targeted", "", "targeted|stop|outage", 0, 0,
           "as for chokepoints", mode),
    OPTION("days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
           "horizon, in slices of 30 days", days),
    OPTION("share", KN_OPTION_NUMBER, "1", "share", NULL, 0, 1,
           "denied share of the holder's deliveries", share),
    OPTION("samples", KN_OPTION_INTEGER, "200", "", NULL, 10, 100000,
           "draws of the Latin hypercube", samples),
    OPTION("seed", KN_OPTION_INTEGER, "20260101", "", NULL, 0, 9e15,
           "seed of the draws; the same seed gives the same numbers", seed),
    OPTION("top", KN_OPTION_INTEGER, "10", "", NULL, 1, 1000,
           "chokepoints looked at, largest loss first", top),
    OPTION("exposure", KN_OPTION_FLAG, "true", "", NULL, 0, 0,
           "follow the holder's share through all tiers, too", exposure),
};

static const kn_table_decl *const tables[] = {&kn__table_quantiles, &kn__table_drivers,
                                              &kn__table_scenario};

static const char formula[] =
    "Chokepoints, exposure and, with a scenario, its losses by the denial model, run at "
    "the same draws of ten factors: supplier shares, unseen supply, dependent shares, "
    "stocks, spare capacity, substitution, rerouting, delays, service of tools, value "
    "added. All figures of a kind move together, each over its own range; of supplier "
    "shares all those of one economy do:\n"
    "amounts x      triangular on x (1 - w), x, x (1 + w); w = 0.05, 0.1, 0.3, 0.6 for "
    "grade A, B, C, D\n"
    "shares s       the same with w min(s, 1 - s)\n"
    "supplier share of all products and tiers; between its bounds where it is not a "
    "known link; then a buyer's shares are scaled to their sum\n"
    "unseen supply  a part of it is the known suppliers', as they share the rest: "
    "triangular on 0, 0, 1\n"
    "dependent      triangular on low, mid, high of the recipe, or of the elasticities "
    "where there is none\n"
    "Latin hypercube (McKay, Beckman and Conover 1979), numbers by Philox from the "
    "seed;\nquantiles by linear interpolation of the sorted draws. drivers: one factor "
    "at its 5 and\n95 % level, the others as the network has them; of supplier shares "
    "the holder's.\n";

/* ---- Work ---- */

static int by_loss(const void *a, const void *b)
{
    const kn__choke_row *x = *(kn__choke_row *const *)a, *y = *(kn__choke_row *const *)b;
    double p = x->loss[KN__END_MID], q = y->loss[KN__END_MID];
    return p > q ? -1 : p < q ? 1 : x < y ? -1 : x > y;
}

/* The rows with the largest loss, and the task of each. */
static kn_status choose(kn__uncertain *x)
{
    kn__denial_matrix *m = &x->matrix;
    kn__choke_row **all = KN__ARRAY(x->arena, x->ctx, m->row_count, kn__choke_row *);
    if (!all)
        return KN_ERR_MEMORY;
    int64_t found = 0;
    for (int64_t k = 0; k < m->row_count; k++)
        if (m->rows[k].loss[KN__END_MID] > 0)
            all[found++] = &m->rows[k];
    if (found)
        qsort(all, (size_t)found, sizeof *all, by_loss);
    x->rows = all;
    x->row_count = (int32_t)(found < x->o->top ? found : x->o->top);
    x->tasks = KN__ARRAY(x->arena, x->ctx, x->row_count, kn__choke_task *);
    if (!x->tasks)
        return KN_ERR_MEMORY;
    for (int32_t r = 0; r < x->row_count; r++)
        for (int64_t t = 0; t < m->task_count; t++) {
            int64_t at = x->rows[r] - m->rows - m->tasks[t].first;
            if (at >= 0 && at < m->tasks[t].count)
                x->tasks[r] = &m->tasks[t];
        }
    return KN_OK;
}

static kn_status read_scenario(kn__uncertain *u, const kn_scenario *scenario)
{
    if (!scenario)
        return KN_OK;
    kn__shock *shock = KN__NEW(u->arena, u->ctx, kn__shock);
    if (!shock)
        return KN_ERR_MEMORY;
    u->shock = shock;
    return kn__shock_from_scenario(shock, u->ctx, u->arena, &u->matrix.model, scenario);
}

static kn_status measure(kn__uncertain *u, const kn_scenario *scenario, kn_result *result)
{
    kn__denial_matrix *m = &u->matrix;
    KN__TRY(kn__denial_from_network(&m->model, u->ctx, u->arena, u->net, true,
                                    (double)u->o->days));
    KN__TRY(read_scenario(u, scenario));
    KN__TRY(kn__matrix_prepare(m, u->ctx, u->arena));
    KN__TRY(kn__denial_describe(u->ctx, result, &m->model, u->net));
    KN__TRY(kn__matrix_run(m, u->ctx));
    KN__TRY(choose(u));
    KN__TRY(kn__uncertain_prepare(u));
    KN__TRY(kn__uncertain_run(u));
    return kn__uncertain_write(u, result);
}

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    const kn__uncertainty_options *o = opts;
    kn__choke_options choke = {.of = o->of,
                               .holder = o->holder,
                               .product = o->product,
                               .mode = o->mode,
                               .days = o->days,
                               .share = o->share};
    kn__uncertain u = {
        .ctx = ctx, .matrix = {.net = net, .o = &choke}, .net = net, .o = o};
    KN__TRY(kn__arena_new(&u.arena, ctx));
    kn_status status = measure(&u, scenario, result);
    for (int k = 0; k < u.drawers; k++)
        kn_context_free(u.drawer[k].ctx);
    kn__arena_free(u.arena);
    return status;
}

extern const kn_lens kn__lens_uncertainty;
const kn_lens kn__lens_uncertainty = {
    .name = "uncertainty",
    .summary = "how sure chokepoints, exposures and a scenario are, and what drives them",
    .formula = formula,
    .source = "McKay, Beckman and Conover 1979 (Technometrics 21); ranges by grade: "
              "assumption of kaname, docs/uncertainty.md",
    .options_size = sizeof(kn__uncertainty_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .operations = KN__DENIAL_OPERATIONS,
    .scenario_optional = true,
    .run = run,
};
