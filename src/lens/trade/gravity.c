/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/gravity.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "lens/trade/worlds.h"

enum { MOST_STEPS = 20000, MOST_NEWTON = 60, MOST_CUTS = 10 };

static const double tolerance = 1e-14, accept = 1e-11;
static const double longest = 3; /* log wage a step of Newton's may move by */

kn_status kn__gravity_state_new(kn__gravity_state *state, kn_context *ctx,
                                kn__arena *arena, int32_t economies)
{
    int64_t N = economies;
    *state = (kn__gravity_state){
        .wage = KN__ARRAY(arena, ctx, N, double),
        .welfare = KN__ARRAY(arena, ctx, N, double),
        .price = KN__ARRAY(arena, ctx, N, double),
        .trade = KN__ARRAY(arena, ctx, N * N, double),
    };
    return state->wage && state->welfare && state->price && state->trade ? KN_OK
                                                                         : KN_ERR_MEMORY;
}

typedef struct work {
    kn_context *ctx;
    const kn__gravity *model;
    kn__gravity_state *state;
    double *output, *spending, *deficit; /* Y_i, E_j, what is fixed of it */
    double *power, *index, *demand;      /* w^-theta, P_j (the sum), E'_j / P_j */
    double *miss, *move, *trial, *sum;
    double *pull;   /* pi_ij B_ij */
    double *matrix; /* N × N, scratch */
    kn__worlds worlds;
} work;

static kn_status work_new(work *w, kn__arena *arena)
{
    int64_t N = w->model->economies;
    double **const lines[] = {&w->output, &w->spending, &w->deficit, &w->power, &w->index,
                              &w->demand, &w->miss,     &w->move,    &w->trial, &w->sum};
    double *room = KN__ARRAY(arena, w->ctx, (10 + 2 * N) * N, double);
    if (!room)
        return KN_ERR_MEMORY;
    for (int k = 0; k < 10; k++)
        *lines[k] = room + k * N;
    w->pull = room + 10 * N;
    w->matrix = w->pull + N * N;
    return kn__worlds_new(&w->worlds, w->ctx, arena, w->model->economies);
}

/* Shares before, times what changes them. */
static kn_status set_pull(work *w)
{
    const kn__gravity *m = w->model;
    int32_t N = m->economies;
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = 0; j < N; j++) {
            w->output[i] += m->trade[(int64_t)i * N + j];
            w->spending[j] += m->trade[(int64_t)i * N + j];
        }
    for (int32_t i = 0; i < N; i++) {
        double reach = 0;
        if (!(w->output[i] > 0) || !(w->spending[i] > 0))
            return kn__fail(w->ctx, KN_ERR_DATA, "economy %d sells or buys nothing",
                            i + 1);
        for (int32_t k = 0; k < N; k++) {
            int64_t at = (int64_t)k * N + i;
            w->pull[at] = m->trade[at] / w->spending[i] * (m->change ? m->change[at] : 1);
            reach += w->pull[at];
        }
        if (!(reach > 0)) {
            w->state->trouble.lost = i;
            return kn__fail(w->ctx, KN_ERR_DATA,
                            "economy %d is left without any supplier", i + 1);
        }
        w->deficit[i] = m->balanced ? 0 : w->spending[i] - w->output[i];
    }
    return KN_OK;
}

/* Who trades with whom, what bans leave nobody to pay for. */
static kn_status set_worlds(work *w)
{
    int32_t N = w->model->economies;
    double *bought = w->matrix; /* pull by buyer */
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = 0; j < N; j++)
            bought[(int64_t)j * N + i] = w->pull[(int64_t)i * N + j];
    kn__worlds_cut(&w->worlds, bought, w->deficit, N, 1);
    for (int64_t at = 0; at < (int64_t)N * N; at++)
        if (w->worlds.cut[at])
            bought[at] = w->pull[at % N * N + at / N] = 0;
    kn__worlds_group(&w->worlds, bought, N, 1);
    w->state->cuts = w->worlds.cuts;
    if (w->model->multiplicative)
        return KN_OK; /* what is owed grows and shrinks with who owes it */
    return kn__worlds_check(&w->worlds, &w->state->trouble, w->ctx, bought, w->deficit,
                            w->output, N, 1);
}

static double spending_after(const work *w, int32_t j)
{
    double wage = w->state->wage[j];
    return w->model->multiplicative && !w->model->balanced
               ? w->spending[j] * wage
               : w->output[j] * wage + w->deficit[j];
}

/* P and E'/P at the wages in force. */
static void buyers(work *w)
{
    int32_t N = w->model->economies;
    for (int32_t i = 0; i < N; i++)
        w->power[i] = pow(w->state->wage[i], -w->model->theta);
    kn__dense_times_transposed(w->pull, N, N, w->power, w->index);
    for (int32_t j = 0; j < N; j++)
        w->demand[j] = spending_after(w, j) / w->index[j];
}

/* Wages to the unit in which each group's output is worth what it was. */
static void normalise(work *w, double *wage)
{
    int32_t N = w->model->economies;
    for (int32_t g = 0; g < N; g++) {
        double now = 0, before = 0;
        for (int32_t n = g; n < N; n++)
            if (w->worlds.group[n] == g) {
                now += w->output[n] * wage[n];
                before += w->output[n];
            }
        for (int32_t n = g; n < N; n++)
            if (w->worlds.group[n] == g)
                wage[n] *= before / now;
    }
}

/* One step: the wage that clears i's market with all else given. Returns the largest
   relative change. */
static double step(work *w)
{
    const kn__gravity *m = w->model;
    int32_t N = m->economies;
    double *wage = w->state->wage, moved = 0;
    buyers(w);
    kn__dense_times(w->pull, N, N, w->demand, w->power);
    for (int32_t i = 0; i < N; i++)
        w->power[i] = pow(w->power[i] / w->output[i], 1 / (1 + m->theta));
    normalise(w, w->power);
    for (int32_t i = 0; i < N; i++) {
        moved = fmax(moved, fabs(w->power[i] / wage[i] - 1));
        wage[i] = w->power[i];
    }
    return isfinite(moved) ? moved : INFINITY;
}

static void conclude(work *w)
{
    int32_t N = w->model->economies;
    buyers(w);
    for (int32_t j = 0; j < N; j++) {
        double after = spending_after(w, j);
        w->state->price[j] = pow(w->index[j], -1 / w->model->theta);
        w->state->welfare[j] = after / w->spending[j] / w->state->price[j];
        w->trial[j] = after;
        for (int32_t i = 0; i < N; i++)
            w->state->trade[(int64_t)i * N + j] =
                w->pull[(int64_t)i * N + j] * w->power[i] * w->demand[j];
    }
}

/* ---- Newton's method, where steps alone take too long ---- */

/* log(demand / supply) of each economy's goods; of a group as a whole it is 0, which
   deficits that grow with wages need said. Returns the largest. */
static double misses(work *w)
{
    int32_t N = w->model->economies;
    double most = 0;
    buyers(w);
    kn__dense_times(w->pull, N, N, w->demand, w->miss);
    for (int32_t i = 0; i < N; i++)
        w->miss[i] *= w->power[i]; /* sales */
    for (int32_t g = 0; g < N; g++) {
        double sold = 0, made = 0;
        for (int32_t n = g; n < N; n++)
            if (w->worlds.group[n] == g) {
                sold += w->miss[n];
                made += w->output[n] * w->state->wage[n];
            }
        w->sum[g] = sold / made;
    }
    for (int32_t i = 0; i < N; i++) {
        double made = w->output[i] * w->state->wage[i];
        w->miss[i] = log(w->miss[i] / made / w->sum[w->worlds.group[i]]);
        most = fmax(most, fabs(w->miss[i]));
        most = isfinite(w->miss[i]) ? most : INFINITY;
    }
    return most;
}

/* d miss_i / d log w_k, the group's own sum taken out:
     sum_j T_ij (E'_k w_k / E_k [j = k] + theta S_kj) - (1 + theta) [i = k] - o_k,
   T_ij what j has of i's sales, S_kj of j's spending on k, o_k of the group's output. */
static void fill_matrix(work *w)
{
    const kn__gravity *m = w->model;
    int32_t N = m->economies;
    memset(w->matrix, 0, (size_t)N * (size_t)N * sizeof *w->matrix);
    for (int32_t i = 0; i < N; i++) {
        double sales = 0, *row = w->matrix + (int64_t)i * N;
        for (int32_t j = 0; j < N; j++)
            sales += w->pull[(int64_t)i * N + j] * w->demand[j];
        for (int32_t j = 0; j < N; j++) {
            double part = w->pull[(int64_t)i * N + j] * w->demand[j] / sales;
            if (part == 0)
                continue;
            double spent = spending_after(w, j);
            row[j] += part * (spent - (m->multiplicative ? 0 : w->deficit[j])) / spent;
            for (int32_t k = 0; k < N; k++)
                row[k] += part * m->theta * w->pull[(int64_t)k * N + j] * w->power[k] /
                          w->index[j];
        }
        row[i] -= 1 + m->theta;
    }
    for (int32_t g = 0; g < N; g++) {
        double made = 0;
        for (int32_t n = g; n < N; n++)
            made += w->worlds.group[n] == g ? w->output[n] * w->state->wage[n] : 0;
        for (int32_t at = 0; made > 0 && at < N * N; at++)
            if (w->worlds.group[at / N] == g && w->worlds.group[at % N] == g)
                w->matrix[at] -= w->output[at % N] * w->state->wage[at % N] / made;
    }
}

/* One step, shorter where the whole one leads away. */
static kn_status newton_step(work *w, kn__arena *arena, double *size)
{
    int32_t N = w->model->economies;
    double before = *size, length = 1, most = 0, *wage = w->state->wage;
    kn__lu lu;
    fill_matrix(w);
    KN__TRY(kn__lu_factor(&lu, w->ctx, arena, w->matrix, N));
    KN__TRY(kn__lu_solve(&lu, w->ctx, false, w->miss, 1));
    double *move = w->move;
    for (int32_t n = 0; n < N; n++) {
        move[n] = -w->miss[n];
        w->trial[n] = wage[n];
        most = fmax(most, fabs(move[n]));
    }
    length = most > longest ? longest / most : 1;
    for (int k = 0; k < MOST_CUTS; k++, length *= 0.4) {
        for (int32_t n = 0; n < N; n++)
            wage[n] = w->trial[n] * exp(length * move[n]);
        normalise(w, wage);
        *size = misses(w);
        if (*size < before)
            return KN_OK;
    }
    return KN_NOTE_NOT_CONVERGED;
}

static kn_status newton(work *w)
{
    kn__arena *arena;
    double size = misses(w);
    KN__TRY(kn__arena_new(&arena, w->ctx));
    kn_status status = KN_OK;
    for (int k = 0; k < MOST_NEWTON && size > tolerance && status == KN_OK; k++) {
        status = newton_step(w, arena, &size);
        w->state->iterations++;
    }
    if (status == KN_ERR_NUMERIC)
        kn_context_clear(w->ctx);
    kn__arena_free(arena);
    w->state->residual = misses(w);
    kn__trouble_misses(&w->state->trouble, w->miss, w->model->economies);
    return status == KN_ERR_MEMORY ? status : KN_OK;
}

/* Steps while they get on, then Newton's method. */
static kn_status solve(work *w)
{
    kn__gravity_state *state = w->state;
    double before = INFINITY;
    state->residual = 1;
    while (state->residual > tolerance && state->iterations < MOST_STEPS) {
        state->residual = step(w);
        state->iterations++;
        if (!isfinite(state->residual) ||
            (state->residual < 1e-13 && state->residual >= before))
            break;
        before = state->residual;
    }
    return state->residual <= accept ? KN_OK : newton(w);
}

kn_status kn__gravity_solve(kn__gravity_state *state, kn_context *ctx,
                            const kn__gravity *model)
{
    work w = {.ctx = ctx, .model = model, .state = state};
    int32_t N = model->economies;
    kn__arena *arena;
    state->iterations = state->cuts = 0;
    state->residual = INFINITY;
    state->trouble = KN__TROUBLE_NONE;
    state->trouble.factors = true;
    for (int32_t i = 0; i < N; i++)
        state->wage[i] = 1;
    if (!(model->theta > 0))
        return kn__fail(ctx, KN_ERR_DATA, "the trade elasticity is %g, not above 0",
                        model->theta);
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = work_new(&w, arena);
    if (status == KN_OK)
        status = set_pull(&w);
    if (status == KN_OK)
        status = set_worlds(&w);
    if (status == KN_OK)
        status = solve(&w);
    if (status == KN_OK) {
        conclude(&w);
        status = state->residual <= accept ? KN_OK : KN_NOTE_NOT_CONVERGED;
    }
    if (status == KN_OK && kn__trouble_broke(&state->trouble, w.trial, w.deficit, N, 0))
        status = kn__fail(ctx, KN_ERR_DATA, "a surplus is more than an economy earns");
    kn__arena_free(arena);
    return status;
}

/* ---- Friends and enemies ---- */

kn_status kn__friends_new(kn__friends *f, kn_context *ctx, kn__arena *arena,
                          int32_t economies)
{
    int64_t square = (int64_t)economies * economies;
    double **const parts[] = {&f->spending, &f->sales,  &f->cross,
                              &f->feedback, &f->income, &f->welfare};
    double *room = KN__ARRAY(arena, ctx, 6 * square, double);
    for (int k = 0; k < 6; k++)
        *parts[k] = room ? room + k * square : NULL;
    return room ? KN_OK : KN_ERR_MEMORY;
}

/* c = a b for N × N */
static void multiply(const double *a, const double *b, double *c, int32_t N)
{
    for (int32_t i = 0; i < N; i++)
        kn__dense_times_transposed(b, N, N, a + (int64_t)i * N, c + (int64_t)i * N);
}

static kn_status feedback_solve(kn__friends *f, kn_context *ctx, kn__arena *arena,
                                int32_t N, double theta)
{
    double *system = KN__ARRAY(arena, ctx, (int64_t)N * N, double);
    if (!system)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < (int64_t)N * N; k++)
        system[k] = (k % (N + 1) == 0) - f->feedback[k];
    kn__lu lu;
    KN__TRY(kn__lu_factor(&lu, ctx, arena, system, N));
    /* columns of M as right-hand sides: transpose in, transpose out */
    for (int32_t i = 0; i < N; i++)
        for (int32_t n = 0; n < N; n++)
            f->welfare[(int64_t)i * N + n] =
                -theta / (theta + 1) * f->cross[(int64_t)n * N + i];
    KN__TRY(kn__lu_solve(&lu, ctx, false, f->welfare, N));
    for (int32_t i = 0; i < N; i++)
        for (int32_t n = 0; n < N; n++)
            f->income[(int64_t)n * N + i] = f->welfare[(int64_t)i * N + n];
    return KN_OK;
}

kn_status kn__friends_solve(kn__friends *f, kn_context *ctx, int32_t economies,
                            const double *trade, double theta)
{
    int32_t N = economies;
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    double *output = KN__ARRAY(arena, ctx, 2 * (int64_t)N, double), world = 0;
    if (!output) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    double *spending = output + N;
    for (int32_t i = 0; i < N; i++)
        for (int32_t n = 0; n < N; n++) {
            output[i] += trade[(int64_t)i * N + n];
            spending[n] += trade[(int64_t)i * N + n];
            world += trade[(int64_t)i * N + n];
        }
    for (int32_t i = 0; i < N; i++)
        for (int32_t n = 0; n < N; n++) {
            double x = trade[(int64_t)i * N + n];
            f->spending[(int64_t)n * N + i] = spending[n] > 0 ? x / spending[n] : 0;
            f->sales[(int64_t)i * N + n] = output[i] > 0 ? x / output[i] : 0;
        }
    multiply(f->sales, f->spending, f->cross, N); /* T S */
    for (int64_t k = 0; k < (int64_t)N * N; k++) {
        double ts = f->cross[k];
        f->feedback[k] = (f->sales[k] + theta * ts) / (theta + 1) - output[k % N] / world;
        f->cross[k] = ts - (k % (N + 1) == 0);
    }
    kn_status status = feedback_solve(f, ctx, arena, N, theta);
    if (status == KN_OK) {
        multiply(f->spending, f->income, f->welfare, N); /* S W */
        for (int64_t k = 0; k < (int64_t)N * N; k++)
            f->welfare[k] = f->income[k] - f->welfare[k] + f->spending[k];
    }
    kn__arena_free(arena);
    return status;
}

double kn__autarky_welfare(double lambda, double theta, double beta)
{
    return pow(lambda, 1 / (theta * beta));
}

double kn__ces_output(double alpha, double e_hat, double sigma)
{
    if (sigma <= 0)
        return fmin(1, e_hat);
    if (fabs(sigma - 1) < 1e-9)
        return pow(e_hat, alpha);
    double power = (sigma - 1) / sigma;
    if (e_hat <= 0 && power < 0)
        return 0;
    return pow(alpha * pow(e_hat, power) + 1 - alpha, 1 / power);
}

double kn__ces_second_order(double share, double share_change, double d_log)
{
    return share * d_log + 0.5 * share_change * d_log;
}
