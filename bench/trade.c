/* SPDX-License-Identifier: Apache-2.0 */
/* Trade equilibria: NAFTA from loaded network to effects against a plain numpy twin,
   tariffs on the world table of 2011 and on a synthetic table of 77 x 45, and the EU
   without Russian goods in the nested network. Processor time, one thread. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "kernel/random.h"
#include "lens/trade/trade.h"
#include "network/build.h"

static const char nafta_folder[] = "../shared/data/caliendo_parro";
static const char table_path[] = "../shared/data/wiod2011/wiot_2011.csv.gz";
static const char python[] = "build/venv/bin/python";
static const char model_path[] = "build/bench_trade.bin";

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

static void check(kn_context *ctx, kn_status status)
{
    if (status >= 0)
        return;
    fprintf(stderr, "%s\n", kn_context_error(ctx));
    exit(1);
}

static int exists(const char *path)
{
    FILE *file = fopen(path, "rb");
    if (file)
        fclose(file);
    else
        printf("skipped: %s is not here\n", path);
    return file != NULL;
}

/* ---- Against numpy ---- */

static void put(FILE *file, const double *x, int64_t count)
{
    if (fwrite(x, sizeof *x, (size_t)count, file) != (size_t)count)
        exit(1);
}

/* The model before its baseline is solved, as bench/trade_twin.py reads it. */
static void write_model(const kn__cp *m, const double *tariff)
{
    FILE *file = fopen(model_path, "wb");
    int64_t N = m->economies, J = m->sectors;
    int32_t shape[2] = {m->economies, m->sectors};
    if (!file || fwrite(shape, sizeof shape, 1, file) != 1)
        exit(1);
    put(file, m->share, J * N * N);
    put(file, m->tariff, J * N * N);
    put(file, m->elasticity, J);
    put(file, m->value_share, N * J);
    put(file, m->input_share, N * J * J);
    put(file, m->final_share, N * J);
    put(file, m->value_added, N);
    put(file, tariff, J * N * N);
    fclose(file);
}

static void twin(const kn__trade_run *run, double mine)
{
    char command[256];
    double time = 0, real, worst = 0;
    int first = 0, second = 0;
    snprintf(command, sizeof command,
             "p=%s; [ -x $p ] || p=python3; OPENBLAS_NUM_THREADS=1 $p "
             "bench/trade_twin.py %s 2>/dev/null",
             python, model_path);
    FILE *pipe = popen(command, "r");
    if (!pipe || fscanf(pipe, "%lf %d %d", &time, &first, &second) != 3) {
        printf("numpy twin: skipped, neither %s nor python3 has numpy\n", python);
        if (pipe)
            pclose(pipe);
        return;
    }
    for (int32_t n = 0; n < run->model.cp.economies; n++)
        if (fscanf(pipe, "%lf", &real) == 1)
            worst = fmax(worst, fabs(real - run->effects.real_income_exact[n]));
    pclose(pipe);
    printf("numpy twin: %.2f s in %d + %d wage steps, %.0f times as long; real income "
           "differs by at most %.1e\n",
           time, first, second, time / mine, worst);
}

static void nafta(kn_context *ctx)
{
    kn__io_raw *raw;
    kn_network *net;
    kn_scenario *scenario;
    kn__trade_run run;
    const kn__trade_options options = {.scale = 1};
    const kn__trade_setup setup = {.scale = 1};
    double best = INFINITY;
    check(ctx, kn__read_caliendo_parro(&raw, ctx, nafta_folder));
    check(ctx, kn__network_from_io(&net, ctx, raw));
    check(ctx, kn_scenario_read(&scenario, ctx, net, "tests/data/trade/nafta.yaml"));
    for (int k = 0; k < 5; k++) {
        kn__arena *arena;
        check(ctx, kn__arena_new(&arena, ctx));
        double start = seconds();
        check(ctx, kn__trade_solve(&run, ctx, arena, net, scenario, &options));
        best = fmin(best, seconds() - start);
        if (k == 4) {
            kn__trade_model fresh;
            printf("NAFTA 31 x 40, network to effects: %.1f ms (baseline %d, "
                   "counterfactual %d evaluations)\n",
                   1e3 * best, run.before.evaluations, run.after.evaluations);
            check(ctx, kn__trade_model_new(&fresh, ctx, arena, net, &setup));
            write_model(&fresh.cp, run.shock.tariff);
            twin(&run, best);
        }
        kn__arena_free(arena);
    }
    kn_scenario_free(scenario);
    kn_network_free(net);
    kn__io_raw_free(ctx, raw);
}

/* ---- Other sizes ---- */

/* A tariff of a quarter on what economy 1 buys from economy 0. */
static double counterfactual(kn_context *ctx, kn__arena *arena, kn__cp *model,
                             kn__cp_state *state, const char *name)
{
    int64_t N = model->economies, cells = model->sectors * N * N;
    double *tariff = KN__ARRAY(arena, ctx, cells, double), best = INFINITY;
    for (int64_t at = 0; at < cells; at++)
        tariff[at] = model->tariff[at] + (at % N == 0 && at / N % N == 1 ? 0.25 : 0);
    for (int k = 0; k < 3; k++) {
        memset(state->wage, 0, (size_t)N * sizeof(double));
        double start = seconds();
        check(ctx, kn__cp_solve(state, ctx, model, &(kn__cp_shock){.tariff = tariff}));
        best = fmin(best, seconds() - start);
    }
    printf("%s: one counterfactual %.0f ms, %d evaluations, residual %.1e\n", name,
           1e3 * best, state->evaluations, state->residual);
    return best;
}

static double draw(uint64_t stream, int64_t index)
{
    return kn__random_uniform(5, stream, (uint64_t)index);
}

/* Shares and technology at random: more at home, half of cost inputs. */
static void fill(kn__cp *m)
{
    int32_t N = m->economies, J = m->sectors;
    for (int64_t row = 0; row < (int64_t)J * N; row++) {
        double sum = 0, *share = m->share + row * N;
        m->traded[row / N] = true;
        m->elasticity[row / N] = 2 + 8 * draw(1, row / N);
        for (int32_t i = 0; i < N; i++)
            sum += share[i] = i == row % N ? N : draw(2, row * N + i);
        for (int32_t i = 0; i < N; i++)
            share[i] /= sum;
    }
    for (int32_t n = 0; n < N; n++) {
        m->value_added[n] = 50 + 100 * draw(3, n);
        for (int32_t j = 0; j < J; j++) {
            m->value_share[n * J + j] = 0.5;
            m->final_share[n * J + j] = 1.0 / J;
            for (int32_t k = 0; k < J; k++)
                m->input_share[((int64_t)n * J + k) * J + j] = 0.5 / J;
        }
    }
}

/* The same tariff in the nested network, factors specific to sectors or mobile. */
static void nested(kn_context *ctx, kn__arena *arena, const kn__cp *model,
                   const kn__cp_state *base)
{
    int64_t N = model->economies, cells = model->sectors * N * N;
    double *tariff = KN__ARRAY(arena, ctx, cells, double);
    for (int64_t at = 0; at < cells; at++)
        tariff[at] = model->tariff[at] + (at % N == 0 && at / N % N == 1 ? 0.25 : 0);
    for (int mobile = 0; mobile < 2; mobile++) {
        kn__nested nest = {.cp = model,
                           .base = base,
                           .value_elasticity = 0.05,
                           .input_elasticity = 0.05,
                           .final_elasticity = 0.9,
                           .mobile = mobile};
        kn__nested_state state;
        double best = INFINITY;
        check(ctx, kn__nested_state_new(&state, ctx, arena, model));
        for (int k = 0; k < 3; k++) {
            memset(state.wage, 0, (size_t)(N * model->sectors) * sizeof(double));
            double start = seconds();
            check(ctx, kn__nested_solve(&state, ctx, &nest,
                                        &(kn__nested_shock){.tariff = tariff}));
            best = fmin(best, seconds() - start);
        }
        printf("  nested network, %s factors: %.0f ms, %d Newton steps, %d products of "
               "the linearised model, residual %.1e\n",
               mobile ? "mobile" : "specific", 1e3 * best, state.steps, state.products,
               state.residual);
    }
}

static void synthetic(kn_context *ctx)
{
    kn__arena *arena;
    kn__cp model;
    kn__cp_state base, after;
    check(ctx, kn__arena_new(&arena, ctx));
    check(ctx, kn__cp_new(&model, ctx, arena, 77, 45));
    fill(&model);
    check(ctx, kn__cp_state_new(&base, ctx, arena, &model));
    check(ctx, kn__cp_state_new(&after, ctx, arena, &model));
    check(ctx, kn__cp_solve(&base, ctx, &model, &(kn__cp_shock){0}));
    kn__cp_rebase(&model, &base, &(kn__cp_shock){0});
    counterfactual(ctx, arena, &model, &after, "synthetic 77 x 45");
    nested(ctx, arena, &model, &base);
    kn__arena_free(arena);
}

/* All trade between two blocs stops, with hardly anything to replace it. */
static void harsh_bans(kn_context *ctx, const kn_network *net)
{
    kn_scenario *scenario;
    kn__trade_run run;
    check(ctx,
          kn_scenario_read(&scenario, ctx, net, "tests/data/trade/two-bloc-ban.yaml"));
    for (int mobile = 0; mobile < 2; mobile++) {
        const kn__trade_options options = {.scale = 1,
                                           .elasticity = 0.2,
                                           .model = KN__TRADE_NETWORK,
                                           .factors = mobile,
                                           .value_elasticity = 0.05,
                                           .input_elasticity = 0.05,
                                           .final_elasticity = 0.9};
        kn__arena *arena;
        check(ctx, kn__arena_new(&arena, ctx));
        double start = seconds();
        check(ctx, kn__trade_solve(&run, ctx, arena, net, scenario, &options));
        printf("two blocs stop all trade, trade elasticity 0.2, nested network, %s "
               "factors: %.2f s, %d Newton steps, residual %.1e\n",
               mobile ? "mobile" : "specific", seconds() - start, run.after.evaluations,
               run.after.residual);
        kn__arena_free(arena);
    }
    kn_scenario_free(scenario);
}

static void world_table(kn_context *ctx)
{
    kn__io_raw *raw;
    kn_network *net;
    kn_scenario *scenario;
    kn__arena *arena;
    kn__trade_run run;
    kn__trade_options options = {.scale = 1};
    check(ctx, kn__read_wiod(&raw, ctx, table_path));
    check(ctx, kn__network_from_io(&net, ctx, raw));
    check(ctx, kn_scenario_read(&scenario, ctx, net,
                                "tests/data/trade/no-russian-goods.yaml"));
    check(ctx, kn__arena_new(&arena, ctx));
    check(ctx, kn__trade_solve(&run, ctx, arena, net, NULL, &options));
    counterfactual(ctx, arena, &run.model.cp, &run.after, "WIOD 2011 41 x 35");
    options.model = KN__TRADE_NETWORK;
    options.value_elasticity = options.input_elasticity = 0.05;
    options.final_elasticity = 0.9;
    options.deficits = KN__DEFICITS_KEEP;
    double start = seconds();
    check(ctx, kn__trade_solve(&run, ctx, arena, net, scenario, &options));
    for (int32_t n = 0; n < run.model.cp.economies; n++)
        if (!strcmp(net->economies[run.model.economy[n]].code, "DEU"))
            printf("the EU without Russian goods, nested network, exactly: %.2f s, %d "
                   "Newton steps, residual %.1e; Germany %.3f %% of real national "
                   "expenditure (published on WIOD 2008, by Euler steps that have not "
                   "converged: -0.2 to -0.3)\n",
                   seconds() - start, run.after.evaluations, run.after.residual,
                   100 * run.effects.real_income_exact[n]);
    kn__arena_free(arena);
    harsh_bans(ctx, net);
    kn_scenario_free(scenario);
    kn_network_free(net);
    kn__io_raw_free(ctx, raw);
}

int main(void)
{
    kn_context *ctx;
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.threads = 1;
    if (kn_context_new(&ctx, &options) < 0)
        return 1;
    if (exists("../shared/data/caliendo_parro/SOURCE.md"))
        nafta(ctx);
    if (exists(table_path))
        world_table(ctx);
    synthetic(ctx);
    kn_context_free(ctx);
    return 0;
}
