/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/nested.h"

#include <math.h>
#include <string.h>

#include "lens/trade/nested_market.h"

enum { MOST_STEPS = 60, MOST_POINTS = 200, LOOK_EVERY = 4 };

static const double tolerance = 1e-12, accept = 1e-9, accept_underway = 1e-6;
static const double nearly_all = 0.05; /* of an economy's surplus is what it has left */
static const double shortest = 1e-4, patient = 1e-2; /* steps on the way to the shock */

double kn__denied_price(double lambda, double sigma)
{
    if (lambda <= 0)
        return 1;
    return sigma > 1 ? pow(1 - lambda, 1 / (1 - sigma)) : INFINITY;
}

kn_status kn__nested_state_new(kn__nested_state *state, kn_context *ctx, kn__arena *arena,
                               const kn__cp *cp)
{
    int64_t N = cp->economies, J = cp->sectors, cells = N * J;
    double *room =
        KN__ARRAY(arena, ctx, 6 * cells + cells * N + cells * J + 4 * N, double);
    *state = (kn__nested_state){.trouble = KN__TROUBLE_NONE};
    if (!room)
        return KN_ERR_MEMORY;
    double **const tables[] = {&state->wage,    &state->cost,  &state->price,
                               &state->revenue, &state->spend, &state->value_share};
    for (int k = 0; k < 6; k++)
        *tables[k] = room + k * cells;
    state->share = room + 6 * cells;
    state->input_share = state->share + cells * N;
    state->income = state->input_share + cells * J;
    state->income_before = state->income + N;
    state->price_index = state->income_before + N;
    state->real = state->price_index + N;
    return KN_OK;
}

/* ---- Checks ---- */

static kn_status check_elasticity(kn_context *ctx, const char *what, double value)
{
    if (value >= 0 && isfinite(value))
        return KN_OK;
    return kn__fail(ctx, KN_ERR_DATA, "the elasticity %s is %g; it must not be below 0",
                    what, value);
}

static kn_status check_costs(const kn__nested_work *w)
{
    const kn__cp *m = w->model->cp;
    for (int32_t n = 0; n < w->N; n++)
        for (int32_t j = 0; j < w->J; j++) {
            double sum = m->value_share[n * w->J + j];
            for (int32_t k = 0; k < w->J; k++)
                sum += m->input_share[((int64_t)n * w->J + k) * w->J + j];
            if (fabs(sum - 1) > 1e-9)
                return kn__fail(w->ctx, KN_ERR_DATA,
                                "cost shares of economy %d, sector %d add up to %.12g, "
                                "not to 1",
                                n + 1, j + 1, sum);
        }
    return KN_OK;
}

static kn_status check_origins(const kn__nested_work *w)
{
    const double *iceberg = w->shock->iceberg;
    int64_t square = (int64_t)w->N * w->N;
    for (int32_t j = 0; j < w->J; j++) {
        double theta = w->theta[j];
        if (!(theta > -1) || fabs(theta) < 1e-6 || !isfinite(theta))
            return kn__fail(w->ctx, KN_ERR_DATA,
                            "the elasticity between origins of sector %d is %g; it must "
                            "be above 0 and not 1",
                            j + 1, theta + 1);
        for (int64_t at = j * square; iceberg && theta < 0 && at < (j + 1) * square; at++)
            if (isinf(iceberg[at]) && w->model->cp->share[at] > 0)
                return kn__fail(
                    w->ctx, KN_ERR_DATA,
                    "a ban in sector %d has no finite price: its elasticity between "
                    "origins is %g, not above 1; deny a part instead, by trade costs",
                    j + 1, theta + 1);
    }
    return KN_OK;
}

static kn_status check_suppliers(kn__nested_work *w)
{
    for (int64_t row = 0; row < (int64_t)w->N * w->J; row++) {
        double sum = 0;
        for (int32_t i = 0; i < w->N; i++)
            sum += w->pull[row * w->N + i];
        if (sum > 0)
            continue;
        w->state->trouble.lost = row;
        return kn__fail(w->ctx, KN_ERR_DATA, "a ban leaves a buyer without any supplier");
    }
    return KN_OK;
}

static kn_status check(kn__nested_work *w)
{
    const kn__nested *m = w->model;
    KN__TRY(check_elasticity(w->ctx, "between value added and intermediates",
                             m->value_elasticity));
    KN__TRY(check_elasticity(w->ctx, "among intermediates", m->input_elasticity));
    KN__TRY(check_elasticity(w->ctx, "of consumption", m->final_elasticity));
    KN__TRY(check_costs(w));
    KN__TRY(check_origins(w));
    kn__nested_cut_worlds(w);
    kn__nested_set_point(w, 1);
    KN__TRY(check_suppliers(w));
    double *income = w->keep; /* scratch here */
    for (int32_t n = 0; n < w->N; n++) {
        income[n] = 0;
        for (int32_t j = 0; j < w->J; j++)
            income[n] += w->supply[(int64_t)j * w->N + n];
    }
    return kn__worlds_check(&w->worlds, &w->state->trouble, w->ctx, w->pull, w->deficit,
                            income, w->N, w->J);
}

/* ---- Newton ---- */

typedef struct newton {
    double *u, *f, *trial_u, *trial_f, *step, *good, *last; /* by unknown */
    double *right, *solution;                               /* of the linearised model */
} newton;

static kn_status newton_new(newton *x, const kn__nested_work *w, kn__arena *arena)
{
    int64_t n = w->unknowns;
    double **const lines[] = {&x->u,    &x->f,    &x->trial_u, &x->trial_f,
                              &x->step, &x->good, &x->last};
    double *room = KN__ARRAY(arena, w->ctx, 7 * n + 2 * (int64_t)w->linear, double);
    if (!room)
        return KN_ERR_MEMORY;
    for (int k = 0; k < 7; k++)
        *lines[k] = room + k * n;
    x->right = room + 7 * n;
    x->solution = x->right + w->linear;
    return KN_OK;
}

static double largest(const double *x, int64_t n)
{
    double most = 0;
    for (int64_t k = 0; k < n; k++)
        most = fmax(most, fabs(x[k]));
    return most;
}

/* In each group of economies that trade, factor income stays what it was. */
static void normalise(const kn__nested_work *w, double *u)
{
    int64_t cells = (int64_t)w->N * w->J;
    bool mobile = w->model->mobile;
    for (int32_t g = 0; g < w->N; g++) {
        double now = 0, fixed = 0;
        for (int64_t at = 0; at < cells; at++)
            if (w->worlds.group[at % w->N] == g) {
                now += exp(u[mobile ? at % w->N : at]) * w->supply[at];
                fixed += w->value[at];
            }
        for (int64_t k = 0; now > 0 && k < w->unknowns; k++)
            if (w->worlds.group[k % w->N] == g)
                u[k] += log(fixed / now);
    }
    for (int64_t at = 0; !mobile && at < w->unknowns; at++)
        u[at] = w->value[at] > 0 ? u[at] : 0;
}

/* How exactly a step is solved for: the nearer, the better. */
static double forcing(double size)
{
    return fmax(1e-8, fmin(1e-2, 0.1 * size));
}

/* Steps of falling length along the Newton direction until the residual falls. */
static kn_status step_along(newton *x, kn__nested_work *w, double *size)
{
    int64_t n = w->unknowns;
    double before = *size, length = 1;
    double *excess = x->right + (w->model->mobile ? w->linear - n : 0);
    for (int64_t k = 0; k < n; k++)
        excess[k] = -x->f[k];
    kn_status solved = kn__nested_solve_linear(w, x->right, x->solution, forcing(before));
    if (solved < 0)
        return solved;
    KN__TRY(kn__nested_step(w, x->solution, x->step, &length));
    if (!isfinite(length * largest(x->step, n)))
        return KN_NOTE_NOT_CONVERGED;
    for (int attempt = 0; attempt < 7; attempt++, length *= 0.4) {
        for (int64_t k = 0; k < n; k++)
            x->trial_u[k] = x->u[k] + length * x->step[k];
        normalise(w, x->trial_u);
        kn_status status = kn__nested_residual(w, x->trial_u, x->trial_f);
        if (status < 0)
            return status;
        *size = status == KN_OK ? largest(x->trial_f, n) : INFINITY;
        if (*size < before)
            break;
    }
    if (!(*size < before))
        return KN_NOTE_NOT_CONVERGED;
    memcpy(x->u, x->trial_u, (size_t)n * sizeof *x->u);
    memcpy(x->f, x->trial_f, (size_t)n * sizeof *x->f);
    return KN_OK;
}

/* Prices at one point of the way; in haste it is given up where steps do not get on. */
static kn_status newton_point(newton *x, kn__nested_work *w, bool hasty)
{
    w->state->residual = INFINITY;
    normalise(w, x->u);
    kn_status status = kn__nested_residual(w, x->u, x->f);
    if (status != KN_OK)
        return status;
    double size = largest(x->f, w->unknowns), mark = INFINITY;
    double goal = w->s < 1 ? accept_underway : tolerance;
    for (int k = 0; k < MOST_STEPS && size > goal; k++) {
        double before = size;
        if (hasty && k % LOOK_EVERY == 0) {
            if (size > mark / 2)
                break;
            mark = size;
        }
        w->state->steps++;

        status = step_along(x, w, &size);
        if (status == KN_ERR_NUMERIC)
            kn_context_clear(w->ctx);
        else if (status < 0)
            return status;
        if (status != KN_OK) {
            size = before;
            KN__TRY(kn__nested_residual(w, x->u, x->f));
            break;
        }
    }
    w->state->residual = size;
    return size <= (w->s < 1 ? accept_underway : accept) ? KN_OK : KN_NOTE_NOT_CONVERGED;
}

/* First guess at `target`: the line through the last two points, where there are two. */
static void predict(newton *x, const kn__nested_work *w, const double at[2],
                    double target)
{
    double ahead = at[1] > at[0] ? (target - at[1]) / (at[1] - at[0]) : 0;
    for (int64_t k = 0; k < w->unknowns; k++)
        x->u[k] = x->good[k] + fmin(ahead, 1) * (x->good[k] - x->last[k]);
}

/* A solved point of the way; not an equilibrium where somebody has nothing to spend. */
static kn_status keep_point(newton *x, kn__nested_work *w, double at[2])
{
    size_t bytes = (size_t)w->unknowns * sizeof(double);
    kn__trouble *trouble = &w->state->trouble;
    if (kn__trouble_broke(trouble, w->state->income, w->deficit, w->N, 0))
        return kn__fail(w->ctx, KN_ERR_DATA, "a surplus is more than an economy earns");
    memcpy(x->last, x->good, bytes);
    memcpy(x->good, x->u, bytes);
    at[0] = at[1];
    trouble->reached = at[1] = w->s;
    return KN_OK;
}

/* Where the way ends: what missed beyond, and the last equilibrium found. */
static kn_status stop_short(newton *x, kn__nested_work *w)
{
    kn__trouble *trouble = &w->state->trouble;
    double residual = w->state->residual;
    if (isfinite(residual))
        kn__trouble_misses(trouble, x->f, w->unknowns);
    kn__nested_set_point(w, trouble->reached);
    kn_status status = kn__nested_residual(w, x->good, x->f);
    if (status < 0)
        return status;
    kn__trouble_broke(trouble, w->state->income, w->deficit, w->N, nearly_all);
    w->state->residual = residual;
    return KN_NOTE_NOT_CONVERGED;
}

/* The last solution in w->state, where there is one, else the baseline. */
static void first_guess(newton *x, const kn__nested_work *w)
{
    for (int64_t k = 0; k < w->unknowns; k++) {
        double wage = w->state->wage[k];
        x->u[k] = wage > 0 && isfinite(wage) ? log(wage) : 0;
    }
}

/* Straight at the shock first; where that fails, in steps that shrink and grow. */
static kn_status follow(newton *x, kn__nested_work *w)
{
    size_t cells = (size_t)w->N * (size_t)w->J;
    double at[2] = {0, 0}, stride = 1;
    w->state->trouble.factors = w->model->mobile;
    for (int32_t k = 0; k < MOST_POINTS && stride >= shortest; k++) {
        double target = fmin(1, at[1] + stride);
        kn__nested_set_point(w, target);
        if (k > 0)
            predict(x, w, at, target);
        else
            first_guess(x, w);
        kn_status status = newton_point(x, w, stride > patient);
        if (status == KN_OK)
            status = keep_point(x, w, at);
        if (status < 0 || at[1] == 1)
            return status;
        stride = status == KN_OK ? 2 * stride : (target - at[1]) / 4;
        if (status != KN_OK)
            memset(w->price, 0, cells * sizeof(double));
    }
    return stop_short(x, w);
}

static void finish(kn__nested_work *w)
{
    const kn__cp *m = w->model->cp;
    kn__nested_state *state = w->state;
    double world = 0, off = 0;
    for (int32_t n = 0; n < w->N; n++) {
        double balance = w->deficit[n], before = m->deficit[n];
        for (int32_t j = 0; j < w->J; j++) {
            int64_t at = (int64_t)j * w->N + n;
            double net = 0;
            balance += w->revenue[at] - state->spend[at] * w->net_sum[at];
            world += w->value[at];
            for (int32_t i = 0; i < w->N; i++)
                net += m->share[at * w->N + i] / (1 + m->tariff[at * w->N + i]);
            before += w->value[at] + w->model->base->spend[at] * (1 - net);
        }
        state->income_before[n] = before;
        state->real[n] = state->income[n] / before / state->price_index[n];
        off = fmax(off, fabs(balance));
    }
    state->walras = off / world;
    for (int64_t at = 0; at < (int64_t)w->N * w->J; at++) {
        state->wage[at] = exp(w->wage[at]);
        state->cost[at] = exp(w->cost[at]);
        state->price[at] = exp(w->price[at]);
        state->revenue[at] = w->revenue[at];
    }
}

kn_status kn__nested_solve(kn__nested_state *state, kn_context *ctx,
                           const kn__nested *model, const kn__nested_shock *shock)
{
    kn__nested_work w = {.ctx = ctx, .model = model, .shock = shock, .state = state};
    newton x = {0};
    kn__arena *arena;
    state->steps = state->products = 0;
    state->residual = INFINITY;
    state->trouble = KN__TROUBLE_NONE;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__nested_work_new(&w, arena);
    if (status == KN_OK)
        status = check(&w);
    if (status == KN_OK)
        status = newton_new(&x, &w, arena);
    if (status == KN_OK)
        status = kn__nested_is_finite(&w) ? follow(&x, &w) : KN_NOTE_NOT_CONVERGED;
    if (status >= 0)
        finish(&w);
    kn__arena_free(arena);
    return status;
}

kn_status kn__nested_at_rest(double *residual, kn__nested_state *state, kn_context *ctx,
                             const kn__nested *model)
{
    const kn__nested_shock none = {0};
    kn__nested_work w = {.ctx = ctx, .model = model, .shock = &none, .state = state};
    newton x = {0};
    kn__arena *arena;
    *residual = INFINITY;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__nested_work_new(&w, arena);
    if (status == KN_OK)
        status = newton_new(&x, &w, arena);
    if (status == KN_OK) {
        kn__nested_set_point(&w, 0);
        status = kn__nested_residual(&w, x.u, x.f);
    }
    if (status == KN_OK)
        *residual = largest(x.f, w.unknowns);
    kn__arena_free(arena);
    return status < 0 ? status : KN_OK;
}
