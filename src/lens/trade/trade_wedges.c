/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/trade/trade.h"

static const kn_column columns[] = {
    {"measure", "", KN_COLUMN_TEXT, "export_quota or overcapacity"},
    {"exporter", "", KN_COLUMN_TEXT, "who sells"},
    {"importer", "", KN_COLUMN_TEXT, "who buys; *: everybody, the exporter included"},
    {"product", "", KN_COLUMN_TEXT,
     "sector; traded or not-traded in the one-sector variant"},
    {"rate", "fraction", KN_COLUMN_NUMBER,
     "price over the exporter's cost - 1; 0: the quota does not bind"},
    {"quantity_change", "fraction", KN_COLUMN_NUMBER, "of what is sold"},
    {"revenue_musd", "MUSD", KN_COLUMN_NUMBER,
     "a year: rent of the quota; below 0: what the push costs the budget"},
    {"paid_to", "", KN_COLUMN_TEXT, "whose budget gets it, or pays"},
};

const kn_table_decl kn__table_wedges = {
    "wedges", "what quotas and overcapacity put between price and cost", columns,
    sizeof columns / sizeof *columns};

static const char *code(const kn__trade_run *run, const kn_network *net, int64_t n)
{
    return net->economies[run->model.economy[n]].code;
}

/* Value at the price that the exporter gets, before (all cells) and after; net of the
   quota's rent whoever gets it. */
static double gate_value(const kn__trade_run *run, int64_t at, bool after)
{
    const kn__cp *m = &run->model.cp;
    const kn__charges *c = &run->charges;
    int64_t row = at / m->economies;
    const kn__cp_state *s = after ? &run->after : &run->before;
    double border =
        s->share[at] * s->spend[row] / (1 + (after ? c->tariff : m->tariff)[at]);
    if (after && c->quota && !run->policy.to_importer[at])
        border *= exp(-c->quota[at]);
    return border;
}

static kn_status add_quota(kn_table *table, const kn__trade_run *run, kn_context *ctx,
                           const kn_network *net, int64_t at)
{
    int64_t N = run->model.cp.economies, row = at / N, n = row % N, i = at % N;
    double rate = expm1(run->charges.quota[at]);
    kn_cell cells[] = {{.text = "export_quota"},
                       {.text = code(run, net, i)},
                       {.text = code(run, net, n)},
                       {.text = kn__trade_sector(&run->model, net, (int32_t)(row / N))},
                       {.number = rate},
                       {.number = kn__quantity_hat(&run->market, &run->charges, at) - 1},
                       {.number = rate * gate_value(run, at, true)},
                       {.text = code(run, net, run->policy.to_importer[at] ? n : i)}};
    return kn_table_append(table, ctx, cells);
}

/* All that i makes of j, wherever it is sold. */
static kn_status add_push(kn_table *table, const kn__trade_run *run, kn_context *ctx,
                          const kn_network *net, int64_t j, int64_t i)
{
    int64_t N = run->model.cp.economies;
    double before = 0, paid = 0, push = run->policy.push[j * N + i];
    for (int64_t n = 0; n < N; n++) {
        before += gate_value(run, (j * N + n) * N + i, false);
        paid += gate_value(run, (j * N + n) * N + i, true);
    }
    double cost = paid * exp(-push);
    kn_cell cells[] = {{.text = "overcapacity"},
                       {.text = code(run, net, i)},
                       {.text = "*"},
                       {.text = kn__trade_sector(&run->model, net, (int32_t)j)},
                       {.number = expm1(push)},
                       {.number = cost / run->after.cost[j * N + i] / before - 1},
                       {.number = paid - cost},
                       {.text = code(run, net, i)}};
    return before > 0 ? kn_table_append(table, ctx, cells) : KN_OK;
}

kn_status kn__trade_add_wedges(const kn__trade_run *run, kn_context *ctx,
                               const kn_network *net, kn_result *result)
{
    const kn__policy *p = &run->policy;
    int64_t places = (int64_t)run->model.cp.sectors * run->model.cp.economies;
    int64_t N = run->model.cp.economies;
    kn_table *table;
    if (!p->keep && !p->push)
        return KN_OK;
    KN__TRY(kn_result_add(result, ctx, &kn__table_wedges, &table));
    for (int64_t at = 0; p->keep && at < places * N; at++)
        if (isfinite(p->keep[at]) && gate_value(run, at, false) > 0)
            KN__TRY(add_quota(table, run, ctx, net, at));
    for (int64_t k = 0; p->push && k < places; k++)
        if (p->push[k] != 0)
            KN__TRY(add_push(table, run, ctx, net, k / N, k % N));
    return KN_OK;
}
