/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/gravity.h"

#include <math.h>
#include <string.h>

#include "kernel/dense.h"

enum { MOST_STEPS = 20000 };

static const double tolerance = 1e-14, accept = 1e-11;

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
    const kn__gravity *model;
    kn__gravity_state *state;
    double *output, *spending;      /* Y_i, E_j */
    double *power, *index, *demand; /* w^-theta, P_j (the sum), E'_j / P_j */
    double *pull;                   /* pi_ij B_ij */
    double world;
} work;

static kn_status prepare(work *w, kn_context *ctx)
{
    const kn__gravity *m = w->model;
    int32_t N = m->economies;
    if (!(m->theta > 0))
        return kn__fail(ctx, KN_ERR_DATA, "the trade elasticity is %g, not above 0",
                        m->theta);
    for (int32_t i = 0; i < N; i++)
        for (int32_t j = 0; j < N; j++) {
            w->output[i] += m->trade[(int64_t)i * N + j];
            w->spending[j] += m->trade[(int64_t)i * N + j];
        }
    for (int32_t i = 0; i < N; i++) {
        double reach = 0;
        if (!(w->output[i] > 0) || !(w->spending[i] > 0))
            return kn__fail(ctx, KN_ERR_DATA, "economy %d sells or buys nothing", i + 1);
        for (int32_t k = 0; k < N; k++) {
            int64_t at = (int64_t)k * N + i;
            w->pull[at] = m->trade[at] / w->spending[i] * (m->change ? m->change[at] : 1);
            reach += w->pull[at];
        }
        if (!(reach > 0))
            return kn__fail(ctx, KN_ERR_DATA, "economy %d is left without any supplier",
                            i + 1);
        w->world += w->output[i];
    }
    return KN_OK;
}

static double spending_after(const work *w, int32_t j)
{
    double deficit = w->spending[j] - w->output[j], wage = w->state->wage[j];
    if (w->model->balanced)
        return w->output[j] * wage;
    return w->model->multiplicative ? w->spending[j] * wage
                                    : w->output[j] * wage + deficit;
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

/* One step: the wage that clears i's market with all else given. Returns the largest
   relative change. */
static double step(work *w)
{
    const kn__gravity *m = w->model;
    int32_t N = m->economies;
    double *wage = w->state->wage, income = 0, moved = 0;
    buyers(w);
    kn__dense_times(w->pull, N, N, w->demand, w->power);
    for (int32_t i = 0; i < N; i++) {
        w->power[i] = pow(w->power[i] / w->output[i], 1 / (1 + m->theta));
        income += w->output[i] * w->power[i];
    }
    for (int32_t i = 0; i < N; i++) {
        double next = w->power[i] * (w->world / income);
        moved = fmax(moved, fabs(next / wage[i] - 1));
        wage[i] = next;
    }
    return moved;
}

static void conclude(work *w)
{
    int32_t N = w->model->economies;
    buyers(w);
    for (int32_t j = 0; j < N; j++) {
        double after = spending_after(w, j);
        w->state->price[j] = pow(w->index[j], -1 / w->model->theta);
        w->state->welfare[j] = after / w->spending[j] / w->state->price[j];
        for (int32_t i = 0; i < N; i++)
            w->state->trade[(int64_t)i * N + j] =
                w->pull[(int64_t)i * N + j] * w->power[i] * w->demand[j];
    }
}

kn_status kn__gravity_solve(kn__gravity_state *state, kn_context *ctx,
                            const kn__gravity *model)
{
    int64_t N = model->economies;
    work w = {.model = model, .state = state};
    double *room = kn__alloc(ctx, N * (5 + N), sizeof *room);
    if (!room)
        return KN_ERR_MEMORY;
    w.output = room;
    w.spending = room + N;
    w.power = room + 2 * N;
    w.index = room + 3 * N;
    w.demand = room + 4 * N;
    w.pull = room + 5 * N;
    kn_status status = prepare(&w, ctx);
    double moved = 1, before = INFINITY;
    state->iterations = 0;
    for (int64_t i = 0; i < N; i++)
        state->wage[i] = 1;
    while (status == KN_OK && moved > tolerance && state->iterations < MOST_STEPS) {
        moved = step(&w);
        state->iterations++;
        if (!isfinite(moved) || (moved < 1e-13 && moved >= before))
            break;
        before = moved;
    }
    state->residual = moved;
    if (status == KN_OK) {
        conclude(&w);
        status = moved <= accept ? KN_OK : KN_NOTE_NOT_CONVERGED;
    }
    kn__release(ctx, room);
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
