/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "lens/trade/gravity.h"
#include "lens/trade/trade.h"

extern const kn_lens kn__lens_friends;

typedef struct friends_options {
    double elasticity;
    int32_t horizon;
    bool check;
} friends_options;

static const double difference = 1e-4; /* of log productivity */

static const kn_column columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "whose income and welfare"},
    {"partner", "", KN_COLUMN_TEXT, "whose productivity grows"},
    {"income", "elasticity", KN_COLUMN_NUMBER, "d log income, world income fixed"},
    {"welfare", "elasticity", KN_COLUMN_NUMBER,
     "d log real income; below 0: the partner's growth hurts"},
};
static const kn_table_decl friends_table = {
    "friends", "what the growth of one economy does to another", columns,
    sizeof columns / sizeof *columns};
static const kn_table_decl *const tables[] = {&friends_table};

/* The exact model with productivity of i up and down: the largest deviation of the
   closed form from its central differences. */
static kn_status compare(double worst[2], kn_context *ctx, kn__arena *arena,
                         const kn__friends *f, kn__gravity *model)
{
    int32_t N = model->economies;
    kn__gravity_state at[2];
    double *change = KN__ARRAY(arena, ctx, (int64_t)N * N, double);
    if (!change)
        return KN_ERR_MEMORY;
    for (int k = 0; k < 2; k++)
        KN__TRY(kn__gravity_state_new(&at[k], ctx, arena, N));
    model->change = change;
    for (int32_t i = 0; i < N; i++) {
        KN__TRY(kn__progress(ctx, "differencing the exact model", (double)i / N));
        for (int k = 0; k < 2; k++) {
            double pull = exp((k ? -1 : 1) * model->theta * difference);
            for (int64_t c = 0; c < (int64_t)N * N; c++)
                change[c] = c / N == i ? pull : 1;
            KN__TRY(kn__gravity_solve(&at[k], ctx, model));
        }
        for (int32_t n = 0; n < N; n++) {
            double income = log(at[0].wage[n] / at[1].wage[n]) / (2 * difference);
            double welfare = log(at[0].welfare[n] / at[1].welfare[n]) / (2 * difference);
            worst[0] = fmax(worst[0], fabs(income - f->income[n * N + i]));
            worst[1] = fmax(worst[1], fabs(welfare - f->welfare[n * N + i]));
        }
    }
    return KN_OK;
}

static kn_status add_table(kn_context *ctx, const kn_network *net,
                           const kn__trade_model *model, const kn__friends *f,
                           kn_result *result)
{
    int32_t N = model->cp.economies;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &friends_table, &table));
    for (int32_t n = 0; n < N; n++)
        for (int32_t i = 0; i < N; i++)
            KN__TRY(kn_table_append(
                table, ctx,
                (kn_cell[]){{.text = net->economies[model->economy[n]].code},
                            {.text = net->economies[model->economy[i]].code},
                            {.number = f->income[n * N + i]},
                            {.number = f->welfare[n * N + i]}}));
    return KN_OK;
}

static kn_status run_in(kn__arena *arena, kn_context *ctx, const kn_network *net,
                        const friends_options *options, kn_result *result)
{
    double theta = kn__trade_horizon_elasticity(options->horizon);
    kn__trade_setup setup = {.variant = KN__TRADE_ONE_SECTOR,
                             .elasticity = theta > 0 ? theta : options->elasticity,
                             .scale = 1};
    kn__trade_model labels;
    double *trade, worst[2] = {0};
    kn__friends friends;
    kn__gravity_state base;
    KN__TRY(kn__trade_model_new(&labels, ctx, arena, net, &setup));
    KN__TRY(kn__trade_aggregate(&trade, ctx, arena, net, &labels));
    int32_t N = labels.cp.economies;
    kn__gravity model = {.economies = N,
                         .trade = trade,
                         .theta = labels.cp.elasticity[0],
                         .balanced = true};
    KN__TRY(kn__gravity_state_new(&base, ctx, arena, N));
    kn_status found = kn__gravity_solve(&base, ctx, &model);
    if (found < 0)
        return found;
    model.trade = base.trade;
    KN__TRY(kn__friends_new(&friends, ctx, arena, N));
    KN__TRY(kn__friends_solve(&friends, ctx, N, model.trade, model.theta));
    KN__TRY(add_table(ctx, net, &labels, &friends, result));
    KN__TRY(kn_result_info(result, ctx, "baseline_residual", NULL, base.residual));
    if (options->check) {
        KN__TRY(compare(worst, ctx, arena, &friends, &model));
        KN__TRY(kn_result_info(result, ctx, "deviation_income", NULL, worst[0]));
        KN__TRY(kn_result_info(result, ctx, "deviation_welfare", NULL, worst[1]));
    }
    return found;
}

static kn_status run_friends(kn_context *ctx, const kn_network *net,
                             const kn_scenario *scenario, const void *options,
                             kn_result *result)
{
    kn__arena *arena;
    (void)scenario;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = run_in(arena, ctx, net, options, result);
    kn__arena_free(arena);
    return status;
}

static const kn_option options[] = {
    {.name = "elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "5",
     .unit = "",
     .low = 0.01,
     .high = 100,
     .help = "trade elasticity theta",
     .source = "Kleinman, Liu and Redding 2024",
     .offset = offsetof(friends_options, elasticity)},
    {.name = "horizon",
     .type = KN_OPTION_CHOICE,
     .default_text = "none",
     .unit = "",
     .choices = "none|short|medium|long",
     .help = "the elasticity after a year (0.76), in between (1.23), after 7 to 10 (2)",
     .source = "Boehm, Levchenko and Pandalai-Nayar 2023",
     .offset = offsetof(friends_options, horizon)},
    {.name = "check",
     .type = KN_OPTION_FLAG,
     .default_text = "false",
     .unit = "",
     .help = "difference the exact model and say how far the closed form is from it",
     .source = "",
     .offset = offsetof(friends_options, check)},
};

const kn_lens kn__lens_friends = {
    .name = "friends",
    .summary = "friends and enemies: whose growth helps or hurts whom, to first order",
    .formula =
        "X_ni what n buys from i (domestic sales included, deficits removed first):\n"
        "  S_ni = X_ni / E_n,  T_in = X_ni / Y_i,  M = T S - I\n"
        "  V = (T + theta T S) / (theta + 1) - Q,  rows of Q = shares of world income\n"
        "  income  W = -theta / (theta + 1) (I - V)^-1 M   (d log w = W d log z)\n"
        "  welfare U = (I - S) W + S                       (d log u = U d log z)\n"
        "One sector, balanced trade, z productivity; world income is the numeraire.",
    .source = "Kleinman, Liu and Redding, International friends and enemies, American "
              "Economic Journal: Macroeconomics 16 (2024)",
    .options_size = sizeof(friends_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = 1,
    .run = run_friends,
};
