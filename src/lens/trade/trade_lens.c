/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/trade/trade.h"

#define FRACTION "fraction"

static const kn_column economies_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"real_income_exact", FRACTION, KN_COLUMN_NUMBER, "(I'/I) / prod P^alpha - 1"},
    {"welfare_first_order", FRACTION, KN_COLUMN_NUMBER,
     "the paper's first-order formula: terms of trade + volume of trade"},
    {"terms_of_trade", FRACTION, KN_COLUMN_NUMBER, "of the first-order formula"},
    {"volume_of_trade", FRACTION, KN_COLUMN_NUMBER, "of the first-order formula"},
    {"real_wage", FRACTION, KN_COLUMN_NUMBER, "w / prod P^alpha - 1"},
    {"price_index", FRACTION, KN_COLUMN_NUMBER, "prod P^alpha - 1 in the numeraire"},
    {"exports_change", FRACTION, KN_COLUMN_NUMBER, "value of exports, net of tariffs"},
    {"imports_change", FRACTION, KN_COLUMN_NUMBER, "value of imports, net of tariffs"},
};
static const kn_column sectors_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"product", "", KN_COLUMN_TEXT,
     "sector; traded or not-traded in the one-sector variant"},
    {"terms_of_trade", FRACTION, KN_COLUMN_NUMBER, "contribution to the economy's"},
    {"volume_of_trade", FRACTION, KN_COLUMN_NUMBER, "contribution to the economy's"},
    {"price_change", FRACTION, KN_COLUMN_NUMBER,
     "of the sector's composite, in the numeraire"},
    {"export_share", "share", KN_COLUMN_NUMBER, "of the economy's exports, before"},
    {"export_share_after", "share", KN_COLUMN_NUMBER, "of the economy's exports, after"},
};
static const kn_column flows_columns[] = {
    {"importer", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"exporter", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"imports_change", FRACTION, KN_COLUMN_NUMBER, "value, net of tariffs"},
    {"terms_of_trade", FRACTION, KN_COLUMN_NUMBER, "contribution to the importer's"},
    {"volume_of_trade", FRACTION, KN_COLUMN_NUMBER, "contribution to the importer's"},
};
static const kn_table_decl economies_table = {
    "economies", "what remains for each economy when everything has adjusted",
    economies_columns, sizeof economies_columns / sizeof *economies_columns};
static const kn_table_decl sectors_table = {
    "sectors", "the same by sector", sectors_columns,
    sizeof sectors_columns / sizeof *sectors_columns};
static const kn_table_decl flows_table = {"flows", "the same by partner", flows_columns,
                                          sizeof flows_columns / sizeof *flows_columns};
static const kn_table_decl *const tables[] = {
    &economies_table,      &sectors_table,           &flows_table,
    &kn__table_wedges,     &kn__table_concentration, &kn__table_elasticities,
    &kn__table_sensitivity};

static const char *code(const kn__trade_run *run, const kn_network *net, int32_t n)
{
    return net->economies[run->model.economy[n]].code;
}

static kn_status add_economies(const kn__trade_run *run, kn_context *ctx,
                               const kn_network *net, kn_result *result)
{
    const kn__cp_effects *e = &run->effects;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &economies_table, &table));
    for (int32_t n = 0; n < run->model.cp.economies; n++)
        KN__TRY(kn_table_append(table, ctx,
                                (kn_cell[]){{.text = code(run, net, n)},
                                            {.number = e->real_income_exact[n]},
                                            {.number = e->welfare_first_order[n]},
                                            {.number = e->terms_of_trade[n]},
                                            {.number = e->volume_of_trade[n]},
                                            {.number = e->real_wage[n]},
                                            {.number = e->price_index[n]},
                                            {.number = e->exports_change[n]},
                                            {.number = e->imports_change[n]}}));
    return KN_OK;
}

static kn_status add_sectors(const kn__trade_run *run, kn_context *ctx,
                             const kn_network *net, kn_result *result)
{
    const kn__cp *cp = &run->model.cp;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &sectors_table, &table));
    for (int32_t n = 0; n < cp->economies; n++) {
        double before = 0, after = 0;
        for (int32_t j = 0; j < cp->sectors; j++) {
            before += kn__trade_exports(run, false, j, n);
            after += kn__trade_exports(run, true, j, n);
        }
        for (int32_t j = 0; j < cp->sectors; j++) {
            int64_t at = (int64_t)j * cp->economies + n;
            kn_cell row[] = {
                {.text = code(run, net, n)},
                {.text = kn__trade_sector(&run->model, net, j)},
                {.number = run->effects.terms_by_sector[n * cp->sectors + j]},
                {.number = run->effects.volume_by_sector[n * cp->sectors + j]},
                {.number = run->after.price[at] / run->before.price[at] - 1},
                {.number = kn__trade_exports(run, false, j, n) / before},
                {.number = kn__trade_exports(run, true, j, n) / after}};
            KN__TRY(kn_table_append(table, ctx, row));
        }
    }
    return KN_OK;
}

static kn_status add_flows(const kn__trade_run *run, kn_context *ctx,
                           const kn_network *net, kn_result *result)
{
    const kn__cp_effects *e = &run->effects;
    int32_t N = run->model.cp.economies;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &flows_table, &table));
    for (int32_t n = 0; n < N; n++)
        for (int32_t i = 0; i < N; i++)
            if (i != n)
                KN__TRY(kn_table_append(
                    table, ctx,
                    (kn_cell[]){{.text = code(run, net, n)},
                                {.text = code(run, net, i)},
                                {.number = e->imports_by_partner[n * N + i]},
                                {.number = e->terms_by_partner[n * N + i]},
                                {.number = e->volume_by_partner[n * N + i]}}));
    return KN_OK;
}

static kn_status add_infos(const kn__trade_run *run, kn_context *ctx, kn_result *result)
{
    KN__TRY(kn_result_info(result, ctx, "numeraire",
                           "world value added of the baseline stays what it was", 0));
    KN__TRY(kn_result_info(result, ctx, "residual", NULL, run->after.residual));
    KN__TRY(
        kn_result_info(result, ctx, "baseline_residual", NULL, run->baseline_residual));
    KN__TRY(kn_result_info(result, ctx, "walras", NULL, run->after.walras));
    if (run->policy.keep || run->policy.push) {
        KN__TRY(kn_result_info(result, ctx, "rounds", NULL, run->charges.rounds));
        KN__TRY(
            kn_result_info(result, ctx, "quota_residual", NULL, run->charges.residual));
    }
    if (run->after.cuts)
        KN__TRY(
            kn_result_note(result, ctx,
                           "%d pairs of economies stop trading though only one way is "
                           "banned: who sells nothing to the rest cannot pay for "
                           "anything from it (see --deficits)",
                           (int)run->after.cuts));
    if (!run->after.price) {
        if (run->shock.tariff)
            KN__TRY(kn_result_note(result, ctx,
                                   "one-sector gravity has no tariff revenue: tariffs "
                                   "count as trade costs"));
        return KN_OK;
    }
    if (run->model.clipped_final)
        KN__TRY(
            kn_result_note(result, ctx,
                           "%d cells of final demand by economy and sector are negative "
                           "and were set to 0; the baseline was solved again",
                           (int)run->model.clipped_final));
    if (run->model.clipped_input)
        KN__TRY(
            kn_result_note(result, ctx,
                           "%d inputs by economy and sector are negative and were set "
                           "to 0, which the nests need",
                           (int)run->model.clipped_input));
    if (run->model.clipped_value)
        KN__TRY(kn_result_note(result, ctx,
                               "value added over output was outside of (0, 1] in %d "
                               "economy-sector pairs and was put to the limit",
                               (int)run->model.clipped_value));
    return KN_OK;
}

static kn_status solve(kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                       const kn_network *net, const kn_scenario *scenario,
                       const kn__trade_options *options)
{
    if (options->model == KN__TRADE_GRAVITY)
        return kn__trade_solve_gravity(run, ctx, arena, net, scenario, options);
    return kn__trade_solve(run, ctx, arena, net, scenario, options);
}

/* Where prices cannot be finite, whatever factors cost. */
static kn_status note_feedback(const kn__trade_run *run, kn_context *ctx,
                               const kn_network *net, kn_result *result)
{
    const kn__trouble *t = &run->after.trouble;
    int32_t N = run->model.cp.economies;
    const char *who = code(run, net, (int32_t)(t->highest % N));
    return kn_result_note(
        result, ctx,
        "no equilibrium: beyond %.4g of the shock prices cannot be finite, whatever "
        "factors cost. Over all its inputs, first of all %s, %s %s would need more of "
        "its "
        "own product than it makes. Deny a part, or raise --elasticity, "
        "--input-elasticity or --value-elasticity",
        t->reached, kn__trade_sector(&run->model, net, t->through), who,
        kn__trade_sector(&run->model, net, (int32_t)(t->highest / N)));
}

/* The markets furthest from clearing where the way ended. */
static kn_status note_markets(const kn__trade_run *run, kn_context *ctx,
                              const kn_network *net, kn_result *result)
{
    const kn__trouble *t = &run->after.trouble;
    int32_t N = run->model.cp.economies;
    for (int32_t k = 0; k < t->misses; k++)
        KN__TRY(kn_result_note(
            result, ctx, "furthest from clearing: %s %s, demand over supply %.4g",
            code(run, net, (int32_t)(t->market[k] % N)),
            t->factors ? "factors"
                       : kn__trade_sector(&run->model, net, (int32_t)(t->market[k] / N)),
            exp(t->miss[k])));
    return KN_OK;
}

/* Why there is no equilibrium at the shock itself, as far as that is known. */
static kn_status note_way(const kn__trade_run *run, kn_context *ctx,
                          const kn_network *net, kn_result *result)
{
    const kn__trouble *t = &run->after.trouble;
    if (t->highest >= 0)
        return note_feedback(run, ctx, net, result);
    if (t->reached < 1 && run->after.price) /* with sectors there is a way */
        KN__TRY(
            kn_result_note(result, ctx, "solved up to %.4g of the shock", t->reached));
    if (t->unpaid == KN__UNPAID_INCOME)
        KN__TRY(kn_result_note(
            result, ctx,
            "there %s has next to nothing left to spend: its trade surplus of %.4g, "
            "which is kept, is almost all it earns (--deficits remove)",
            code(run, net, t->debtor), t->debt));
    return note_markets(run, ctx, net, result);
}

/* How far from an equilibrium the last step was. */
static kn_status note_misses(const kn__trade_run *run, kn_context *ctx,
                             const kn_network *net, kn_result *result)
{
    KN__TRY(note_way(run, ctx, net, result));
    if (run->charges.residual > 1e-10)
        KN__TRY(kn_result_note(
            result, ctx,
            "not converged: after %d rounds the charges of quotas are still off by "
            "%.3g (log), or transfers by that share of world income",
            (int)run->charges.rounds, run->charges.residual));
    if (!isfinite(run->after.residual))
        return kn_result_note(result, ctx, "no equilibrium was found: no figures");
    return kn_result_note(result, ctx,
                          "not converged: excess demand is still %.3g of supply%s",
                          run->after.residual,
                          isnan(run->effects.real_income_exact[0]) ? ": no figures" : "");
}

/* What only models with sectors have. */
static kn_status add_more(const kn__trade_run *run, kn_context *ctx, kn__arena *arena,
                          const kn_network *net, const kn_scenario *scenario,
                          const kn__trade_options *options, kn_result *result)
{
    KN__TRY(kn__trade_add_wedges(run, ctx, net, result));
    KN__TRY(kn__trade_add_concentration(run, ctx, net, result));
    KN__TRY(kn__trade_add_elasticities(run, ctx, net, options, result));
    if (options->draws == 0 || kn__policy_is_null(&run->policy))
        return KN_OK;
    return kn__trade_add_draws(run, ctx, arena, net, scenario, options, result);
}

static kn_status run_trade(kn_context *ctx, const kn_network *net,
                           const kn_scenario *scenario, const void *options,
                           kn_result *result)
{
    kn__arena *arena;
    kn__trade_run run;
    KN__TRY(kn__arena_new(&arena, ctx));
    const kn__trade_options *chosen = options;
    bool gravity = chosen->model == KN__TRADE_GRAVITY;
    kn_status found = solve(&run, ctx, arena, net, scenario, chosen);
    kn_status status = found < 0 ? found : add_economies(&run, ctx, net, result);
    if (status >= 0 && !gravity)
        status = add_sectors(&run, ctx, net, result);
    if (status >= 0)
        status = add_flows(&run, ctx, net, result);
    if (status >= 0 && !gravity)
        status = add_more(&run, ctx, arena, net, scenario, chosen, result);
    if (status >= 0)
        status = add_infos(&run, ctx, result);
    if (status >= 0 && found > 0)
        status = note_misses(&run, ctx, net, result);
    kn__arena_free(arena);
    return status < 0 ? status : found;
}

static const kn_option options[] = {
    {.name = "model",
     .type = KN_OPTION_CHOICE,
     .default_text = "caliendo-parro",
     .unit = "",
     .choices = "caliendo-parro|gravity|network",
     .help = "sectors with inputs; one sector without inputs or tariff revenue; sectors "
             "with inputs that replace each other by nested CES",
     .source = "Caliendo and Parro 2015; Dekle, Eaton and Kortum 2007; Baqaee and Farhi "
               "2024",
     .offset = offsetof(kn__trade_options, model)},
    {.name = "factors",
     .type = KN_OPTION_CHOICE,
     .default_text = "specific",
     .unit = "",
     .choices = "specific|mobile",
     .help = "network: value added stays in its sector (short run), or moves between the "
             "sectors of an economy",
     .source = "Baqaee and Farhi 2024",
     .offset = offsetof(kn__trade_options, factors)},
    {.name = "value-elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0.05",
     .unit = "",
     .low = 0,
     .high = 100,
     .help = "network: between value added and intermediates",
     .source = "Bachmann et al. 2024",
     .offset = offsetof(kn__trade_options, value_elasticity)},
    {.name = "input-elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0.05",
     .unit = "",
     .low = 0,
     .high = 100,
     .help = "network: among intermediates of different sectors",
     .source = "Bachmann et al. 2024",
     .offset = offsetof(kn__trade_options, input_elasticity)},
    {.name = "final-elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0.9",
     .unit = "",
     .low = 0,
     .high = 100,
     .help = "network: among sectors in final demand",
     .source = "Bachmann et al. 2024",
     .offset = offsetof(kn__trade_options, final_elasticity)},
    {.name = "variant",
     .type = KN_OPTION_CHOICE,
     .default_text = "full",
     .unit = "",
     .choices = "full|no-io|no-materials|one-sector",
     .help = "inputs as in the table; from the own sector only; none; all traded sectors "
             "in one (tariffs: medians; elasticity 4.55)",
     .source = "Caliendo and Parro 2015, section 5.3",
     .offset = offsetof(kn__trade_options, variant)},
    {.name = "deficits",
     .type = KN_OPTION_CHOICE,
     .default_text = "remove",
     .unit = "",
     .choices = "remove|keep|scale",
     .help = "trade deficits of the baseline: removed in both equilibria, kept in both, "
             "or growing with income (gravity)",
     .source = "Caliendo and Parro 2015, section 5",
     .offset = offsetof(kn__trade_options, deficits)},
    {.name = "elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0",
     .unit = "",
     .low = 0,
     .high = 100,
     .help =
         "one trade elasticity for all sectors; 0: by sector (gravity: 5, one sector: "
         "4.55)",
     .source =
         "by sector: the network's own, else Caliendo and Parro 2015 by ISIC (table "
         "elasticities)",
     .offset = offsetof(kn__trade_options, elasticity)},
    {.name = "horizon",
     .type = KN_OPTION_CHOICE,
     .default_text = "sectors",
     .unit = "",
     .choices = "sectors|short|medium|long",
     .help = "elasticities by sector; or one for all: after a year (0.76), in between "
             "(1.23), after 7 to 10 years (2)",
     .source = "Boehm, Levchenko and Pandalai-Nayar 2023; in between: geometric mean",
     .offset = offsetof(kn__trade_options, horizon)},
    {.name = "elasticities",
     .type = KN_OPTION_ELASTICITIES,
     .unit = "",
     .help = "csv of product, theta and, if known, error and source: trade elasticities "
             "by sector before all others; product is an id, isic:26, isic3:24 or "
             "isic4:26-27",
     .source = "",
     .offset = offsetof(kn__trade_options, elasticities)},
    {.name = "draws",
     .type = KN_OPTION_INTEGER,
     .default_text = "0",
     .unit = "",
     .low = 0,
     .high = 100000,
     .help = "draws of the elasticities by their standard errors (table sensitivity)",
     .source = "standard errors: Caliendo and Parro 2015, table 1, or --elasticities",
     .offset = offsetof(kn__trade_options, draws)},
    {.name = "seed",
     .type = KN_OPTION_INTEGER,
     .default_text = "20260101",
     .unit = "",
     .low = 0,
     .high = 9e15,
     .help = "seed of the draws; the same seed gives the same numbers",
     .source = "",
     .offset = offsetof(kn__trade_options, seed)},
    {.name = "elasticity-scale",
     .type = KN_OPTION_NUMBER,
     .default_text = "1",
     .unit = "",
     .low = 0.01,
     .high = 100,
     .help = "multiplies the elasticities: below 1 for the short run",
     .source =
         "Boehm, Levchenko and Pandalai-Nayar 2023: 0.76 after a year, 2 after 7 to 10",
     .offset = offsetof(kn__trade_options, scale)},
};

const kn_lens kn__lens_trade = {
    .name = "trade",
    .summary =
        "what remains of tariffs, bans and trade costs when everything has adjusted",
    .formula =
        "n importer, i exporter, j sector; hats are counterfactual over solved "
        "baseline:\n"
        "  c_jn = w_n^g_nj prod_k P_kn^g_n,kj\n"
        "  P_jn = [sum_i pi_jni (kappa_jni c_ji)^-theta_j]^(-1/theta_j)\n"
        "  pi'_jni = pi_jni (kappa_jni c_ji / P_jn)^-theta_j,  kappa = (1+t')/(1+t) x "
        "iceberg\n"
        "  X'_kn = sum_j g_n,kj sum_m pi'_jmn X'_jm / (1+t'_jmn) + alpha_kn I'_n\n"
        "  I'_n = w_n VA_n + tariff revenue + D_n;  exports - imports = -D_n\n"
        "  numeraire: sum_n w_n VA_n stays what it was\n"
        "exact real income (I'/I) / prod_j P_j^alpha_j; first order (the paper's "
        "welfare):\n"
        "  [sum_ji (E_nij (c_nj - 1) - M_nij (c_ij - 1)) + sum_ji t_nij (M'_nij - M_nij "
        "c_ij)] / I_n\n"
        "A ban is kappa without limit: the share goes to 0 and the others take over.\n"
        "export_quota: a charge e >= 0 on the exporter's cost with\n"
        "  q' = pi' X' / ((1+t')(1+e) c') <= keep q,  = where e > 0;  rent e c' q' to "
        "the exporter's\n"
        "  budget, or with rent: importer to the importer's, as a tariff\n"
        "overcapacity: price over cost (1+push)^(-1/(1+theta)), its budget pays the "
        "rest\n"
        "demand_change: alpha' = alpha (1+change) / sum alpha (1+change)\n"
        "--model network, all nests CES (theta value added and inputs, epsilon among "
        "inputs, sigma final\n"
        "demand, sigma_s = 1 + trade elasticity among origins); in changes of cost "
        "shares:\n"
        "  dlog O_ri = (1-sigma_s)(p_i + t_ri - P_rs) + (1-epsilon)(P_rs - P_rM) + "
        "(1-theta)(P_rM - P_r)\n"
        "  solved exactly; real income is national expenditure over the CES price index\n"
        "--model gravity, one sector, B = kappa^-theta:\n"
        "  w_i^(1+theta) = sum_j pi_ij B_ij (E'_j / P_j) / Y_i\n"
        "  P_j = sum_i pi_ij B_ij w_i^-theta;  real income (E'_j / E_j) P_j^(1/theta)\n"
        "  E'_j = Y_j w_j + D_j (keep), (Y_j + D_j) w_j (scale), Y_j w_j (remove)",
    .source =
        "Caliendo and Parro, Review of Economic Studies 82 (2015), equations 2 to 7, 24",
    .options_size = sizeof(kn__trade_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .operations = KN__TRADE_OPERATIONS,
    .null_checked = true,
    .run = run_trade,
};
