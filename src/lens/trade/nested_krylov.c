/* SPDX-License-Identifier: Apache-2.0 */
/* Newton steps: the linearised model solved for a vector without its matrix. */
#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "kernel/gmres.h"
#include "lens/trade/nested_market.h"

enum { MOST_PRODUCTS = 500 };

typedef struct system {
    kn__nested_linear line;
    kn__lu *block;    /* by sector */
    kn_status status; /* of the blocks' solutions */
} system;

static void product(void *arg, const double *x, double *y)
{
    system *s = arg;
    kn__nested_product(&s->line, x, y);
}

/* ---- Preconditioner: sector by sector, spending given ---- */

/* d log(revenue) by d log(unknown) of the producer itself. */
static double own_revenue(const kn__nested_work *w, int64_t at)
{
    double theta = w->model->value_elasticity, beta = w->state->value_share[at];
    if (kn__nested_vanished(w, at))
        return theta + (1 - theta) * beta;
    return theta / beta + 1 - theta;
}

/* How spending on sector k in n answers to its own price: X' = shift dP. */
static double price_shift(const kn__nested_work *w, int64_t at)
{
    const kn__nested *m = w->model;
    int64_t n = at % w->N, k = at / w->N;
    double alpha = w->final_share[n * w->J + k];
    return w->theta[k] * w->state->spend[at] + (1 - m->input_elasticity) * w->bought[at] +
           (1 - m->final_elasticity) * alpha * (1 - alpha) * w->state->income[n];
}

/* d log sales_i = sum_n net_ni shift_n pi_nl dc_l / sales_i - theta dc_i */
static void fill_block(const kn__nested_work *w, int32_t j, double *block)
{
    int32_t N = w->N;
    int64_t first = (int64_t)j * N;
    memset(block, 0, (size_t)N * (size_t)N * sizeof *block);
    for (int32_t n = 0; n < N; n++) {
        const double *share = w->state->share + (first + n) * N;
        const double *net = w->net + (first + n) * N;
        double shift = price_shift(w, first + n);
        for (int32_t i = 0; i < N; i++) {
            double part = net[i] > 0 ? net[i] * shift / w->sales[first + i] : 0;
            for (int32_t l = 0; l < N && part != 0; l++)
                block[(int64_t)i * N + l] += part * share[l];
        }
    }
    for (int32_t i = 0; i < N; i++) {
        double *row = block + (int64_t)i * N, beta = w->state->value_share[first + i];
        bool made = w->value[first + i] > 0;
        for (int32_t l = 0; l < N; l++) {
            int64_t at = first + l;
            row[l] -= l == i ? w->theta[j] : 0;
            row[l] *= kn__nested_vanished(w, at) ? w->state->value_share[at] : 1;
            row[l] = made ? row[l] : 0;
        }
        if (made)
            row[i] -= own_revenue(w, first + i);
        else
            row[i] = kn__nested_vanished(w, first + i) ? 1 : 1 / beta;
    }
}

static kn_status blocks_new(system *s, const kn__nested_work *w, kn__arena *arena)
{
    int64_t square = (int64_t)w->N * w->N;
    double *room = KN__ARRAY(arena, w->ctx, square * w->J, double);
    s->block = KN__ARRAY(arena, w->ctx, w->J, kn__lu);
    if (!room || !s->block)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < w->J; j++) {
        fill_block(w, j, room + j * square);
        KN__TRY(kn__lu_factor(&s->block[j], w->ctx, arena, room + j * square, w->N));
    }
    return KN_OK;
}

/* Blocks for costs or factor prices; costs that are unknowns follow these. */
static void precondition(void *arg, const double *x, double *y)
{
    system *s = arg;
    const kn__nested_work *w = s->line.w;
    int64_t cells = (int64_t)w->N * w->J;
    memcpy(y, x, 2 * (size_t)cells * sizeof *y);
    for (int32_t j = 0; j < w->J && s->status == KN_OK; j++)
        s->status = kn__lu_solve(&s->block[j], w->ctx, false, y + (int64_t)j * w->N, 1);
    for (int64_t at = 0; at < cells; at++)
        if (kn__nested_vanished(w, at))
            y[cells + at] += w->state->value_share[at] * y[at];
}

static kn_status solve_products(kn__nested_work *w, kn__arena *arena, const double *right,
                                double *x, double tolerance)
{
    int64_t cells = (int64_t)w->N * w->J;
    system s = {.line = {w, KN__ARRAY(arena, w->ctx, KN__NESTED_ROOM * cells, double)}};
    kn__solve_info info;
    if (!s.line.room)
        return KN_ERR_MEMORY;
    if (!w->model->mobile)
        KN__TRY(blocks_new(&s, w, arena));
    kn__gmres gmres = {w->linear, product, w->model->mobile ? NULL : precondition, &s};
    kn_status status =
        kn__solve_gmres(w->ctx, &gmres, right, x, tolerance, MOST_PRODUCTS, &info);
    if (status >= 0)
        w->state->products += info.iterations;
    return s.status < 0 ? s.status : status;
}

kn_status kn__nested_solve_linear(kn__nested_work *w, const double *right, double *x,
                                  double tolerance)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, w->ctx));
    kn_status status = solve_products(w, arena, right, x, tolerance);
    kn__arena_free(arena);
    return status;
}
