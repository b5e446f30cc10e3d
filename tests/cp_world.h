/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_CP_WORLD_H
#define KN_TESTS_CP_WORLD_H

/* A made-up trading world for the tests of trade equilibria. */
#include <string.h>

#include "kernel/memory.h"
#include "lens/trade/caliendo_parro.h"
#include "support.h"

typedef struct world {
    kn_context *ctx;
    kn__arena *arena;
    kn__cp model;
    kn__cp_state before, after;
    kn__cp_effects effects;
} world;

static inline double draw(uint64_t stream, int64_t index)
{
    return kn__random_uniform(7, stream, (uint64_t)index);
}

/* Random shares and technology; sectors from theta_low to theta_high; a third of the
   pairs do not trade, and nobody imports the last sector. */
static inline void random_model(kn__cp *m, uint64_t seed, double theta_low,
                                double theta_high)
{
    int32_t N = m->economies, J = m->sectors;
    for (int32_t j = 0; j < J; j++) {
        m->traded[j] = j < J - 1;
        m->elasticity[j] = theta_low * pow(theta_high / theta_low, j / fmax(1, J - 1.0));
        for (int32_t n = 0; n < N; n++) {
            double sum = 0, *share = m->share + ((int64_t)j * N + n) * N;
            for (int32_t i = 0; i < N; i++) {
                double u = draw(seed, ((int64_t)j * N + n) * N + i);
                share[i] = i == n ? 2 + u : m->traded[j] && u > 0.33 ? u : 0;
                m->tariff[((int64_t)j * N + n) * N + i] = i == n ? 0 : 0.1 * u;
                sum += share[i];
            }
            for (int32_t i = 0; i < N; i++)
                share[i] /= sum;
        }
    }
    for (int32_t n = 0; n < N; n++) {
        double alpha = 0;
        m->value_added[n] = 50 + 100 * draw(seed + 1, n);
        m->deficit[n] = 0;
        for (int32_t j = 0; j < J; j++) {
            double sum = 0;
            m->value_share[n * J + j] = 0.3 + 0.4 * draw(seed + 2, n * J + j);
            m->final_share[n * J + j] = draw(seed + 3, n * J + j);
            alpha += m->final_share[n * J + j];
            for (int32_t k = 0; k < J; k++)
                sum += draw(seed + 4, ((int64_t)n * J + k) * J + j);
            for (int32_t k = 0; k < J; k++)
                m->input_share[((int64_t)n * J + k) * J + j] =
                    draw(seed + 4, ((int64_t)n * J + k) * J + j) / sum *
                    (1 - m->value_share[n * J + j]);
        }
        for (int32_t j = 0; j < J; j++)
            m->final_share[n * J + j] /= alpha;
    }
}

static inline void world_new(world *w, int32_t N, int32_t J)
{
    assert_int_equal(kn_context_new(&w->ctx, NULL), KN_OK);
    assert_int_equal(kn__arena_new(&w->arena, w->ctx), KN_OK);
    assert_int_equal(kn__cp_new(&w->model, w->ctx, w->arena, N, J), KN_OK);
    assert_int_equal(kn__cp_state_new(&w->before, w->ctx, w->arena, &w->model), KN_OK);
    assert_int_equal(kn__cp_state_new(&w->after, w->ctx, w->arena, &w->model), KN_OK);
    assert_int_equal(kn__cp_effects_new(&w->effects, w->ctx, w->arena, &w->model), KN_OK);
}

static inline void world_free(world *w)
{
    kn__arena_free(w->arena);
    kn_context_free(w->ctx);
}

/* Solves the baseline and takes it as the base. */
static inline void settle(world *w)
{
    kn__cp_shock none = {0};
    assert_int_equal(kn__cp_check(&w->model, w->ctx), KN_OK);
    assert_int_equal(kn__cp_solve(&w->before, w->ctx, &w->model, &none), KN_OK);
    kn__cp_rebase(&w->model, &w->before, &none);
    memcpy(w->after.spend, w->before.spend,
           sizeof(double) * (size_t)(w->model.economies * w->model.sectors));
    assert_int_equal(kn__cp_solve(&w->before, w->ctx, &w->model, &none), KN_OK);
}

static inline double *filled(world *w, double value)
{
    int64_t cells = (int64_t)w->model.sectors * w->model.economies * w->model.economies;
    double *x = KN__ARRAY(w->arena, w->ctx, cells, double);
    assert_non_null(x);
    for (int64_t k = 0; k < cells; k++)
        x[k] = value;
    return x;
}

/* Tariffs of `rate` on everything imported. */
static inline double *world_tariff(world *w, double rate)
{
    int32_t N = w->model.economies;
    double *tariff = filled(w, rate);
    for (int64_t row = 0; row < (int64_t)w->model.sectors * N; row++)
        tariff[row * N + row % N] = 0;
    return tariff;
}

#endif
