/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/trade/caliendo_parro.h"

kn_status kn__cp_new(kn__cp *model, kn_context *ctx, kn__arena *arena, int32_t economies,
                     int32_t sectors)
{
    int64_t N = economies, J = sectors;
    *model = (kn__cp){
        .economies = economies,
        .sectors = sectors,
        .share = KN__ARRAY(arena, ctx, J * N * N, double),
        .tariff = KN__ARRAY(arena, ctx, J * N * N, double),
        .elasticity = KN__ARRAY(arena, ctx, J, double),
        .value_share = KN__ARRAY(arena, ctx, N * J, double),
        .input_share = KN__ARRAY(arena, ctx, N * J * J, double),
        .final_share = KN__ARRAY(arena, ctx, N * J, double),
        .value_added = KN__ARRAY(arena, ctx, N, double),
        .deficit = KN__ARRAY(arena, ctx, N, double),
        .traded = KN__ARRAY(arena, ctx, J, bool),
    };
    bool ok = model->share && model->tariff && model->elasticity && model->value_share &&
              model->input_share && model->final_share && model->value_added &&
              model->deficit && model->traded;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

kn_status kn__cp_state_new(kn__cp_state *state, kn_context *ctx, kn__arena *arena,
                           const kn__cp *model)
{
    int64_t N = model->economies, J = model->sectors;
    *state = (kn__cp_state){
        .wage = KN__ARRAY(arena, ctx, N, double),
        .cost = KN__ARRAY(arena, ctx, J * N, double),
        .price = KN__ARRAY(arena, ctx, J * N, double),
        .share = KN__ARRAY(arena, ctx, J * N * N, double),
        .spend = KN__ARRAY(arena, ctx, J * N, double),
        .income = KN__ARRAY(arena, ctx, N, double),
    };
    bool ok = state->wage && state->cost && state->price && state->share &&
              state->spend && state->income;
    return ok ? KN_OK : KN_ERR_MEMORY;
}

static kn_status check_sum(kn_context *ctx, const char *what, int32_t n, int32_t j,
                           double sum)
{
    if (fabs(sum - 1) <= 1e-5)
        return KN_OK;
    return kn__fail(ctx, KN_ERR_DATA,
                    "%s of economy %d, sector %d add up to %.12g, not to 1", what, n + 1,
                    j + 1, sum);
}

kn_status kn__cp_check(const kn__cp *m, kn_context *ctx)
{
    int32_t N = m->economies, J = m->sectors;
    double world = 0, deficits = 0;
    if (N < 2 || J < 1 || J > KN__CP_SECTORS)
        return kn__fail(
            ctx, KN_ERR_DATA,
            "trade needs two economies or more and 1 to %d sectors; there are %d "
            "and %d",
            KN__CP_SECTORS, N, J);
    for (int32_t j = 0; j < J; j++) {
        if (!(m->elasticity[j] > 0) || !isfinite(m->elasticity[j]))
            return kn__fail(ctx, KN_ERR_DATA, "the trade elasticity of sector %d is %g",
                            j + 1, m->elasticity[j]);
        for (int32_t n = 0; n < N; n++) {
            double shares = 0, inputs = m->value_share[n * J + j];
            if (!(inputs > 0))
                return kn__fail(ctx, KN_ERR_DATA,
                                "value added is %g of output in economy %d, sector %d",
                                inputs, n + 1, j + 1);
            for (int32_t i = 0; i < N; i++)
                shares += m->share[((int64_t)j * N + n) * N + i];
            for (int32_t k = 0; k < J; k++)
                inputs += m->input_share[((int64_t)n * J + k) * J + j];
            KN__TRY(check_sum(ctx, "trade shares", n, j, shares));
            KN__TRY(check_sum(ctx, "cost shares", n, j, inputs));
        }
    }
    for (int32_t n = 0; n < N; n++) {
        double sum = 0;
        for (int32_t k = 0; k < J; k++)
            sum += m->final_share[n * J + k];
        KN__TRY(check_sum(ctx, "final demand shares", n, 0, sum));
        if (!(m->value_added[n] > 0))
            return kn__fail(ctx, KN_ERR_DATA, "value added of economy %d is %g", n + 1,
                            m->value_added[n]);
        world += m->value_added[n];
        deficits += m->deficit[n];
    }
    if (fabs(deficits) > 1e-9 * world)
        return kn__fail(ctx, KN_ERR_DATA, "trade deficits add up to %g, not to 0",
                        deficits);
    return KN_OK;
}

void kn__cp_rebase(kn__cp *model, const kn__cp_state *state, const kn__cp_shock *shock)
{
    size_t N = (size_t)model->economies, cells = (size_t)model->sectors * N * N;
    memcpy(model->share, state->share, cells * sizeof *model->share);
    if (shock->tariff)
        memcpy(model->tariff, shock->tariff, cells * sizeof *model->tariff);
    for (size_t n = 0; n < N; n++) {
        model->value_added[n] *=
            state->wage[n] * (shock->capacity ? shock->capacity[n] : 1);
        if (shock->deficit)
            model->deficit[n] = shock->deficit[n];
    }
}

kn_status kn__cp_effects_new(kn__cp_effects *e, kn_context *ctx, kn__arena *arena,
                             const kn__cp *model)
{
    int64_t N = model->economies, J = model->sectors;
    double *room = KN__ARRAY(arena, ctx, N * (8 + 3 * N + 2 * J), double);
    if (!room)
        return KN_ERR_MEMORY;
    double **const lines[] = {&e->real_income_exact, &e->welfare_first_order,
                              &e->terms_of_trade,    &e->volume_of_trade,
                              &e->real_wage,         &e->price_index,
                              &e->exports_change,    &e->imports_change};
    for (int k = 0; k < 8; k++)
        *lines[k] = room + k * N;
    e->terms_by_partner = room + 8 * N;
    e->volume_by_partner = e->terms_by_partner + N * N;
    e->imports_by_partner = e->volume_by_partner + N * N;
    e->terms_by_sector = e->imports_by_partner + N * N;
    e->volume_by_sector = e->terms_by_sector + N * J;
    return KN_OK;
}

/* What n pays seller i for j, net of tariff. */
static double import(const kn__cp_state *state, const double *tariff, int32_t N,
                     int32_t j, int32_t n, int32_t i)
{
    int64_t at = (int64_t)j * N + n;
    return state->share[at * N + i] * state->spend[at] / (1 + tariff[at * N + i]);
}

/* n's terms of trade with i in sector j: what its exports gain less what its imports
 * cost. */
static void split(kn__cp_effects *e, const kn__cp *m, const kn__cp_state *before,
                  const kn__cp_state *after, const double *tariff, int32_t n, int32_t i,
                  double flows[4])
{
    int32_t N = m->economies, J = m->sectors;
    for (int32_t j = 0; j < J; j++) {
        int64_t at = (int64_t)j * N;
        double cost_n = after->cost[at + n] / before->cost[at + n];
        double cost_i = after->cost[at + i] / before->cost[at + i];
        double bought = import(before, m->tariff, N, j, n, i);
        double sold = import(before, m->tariff, N, j, i, n);
        double bought_after = import(after, tariff, N, j, n, i);
        double terms = sold * (cost_n - 1) - bought * (cost_i - 1);
        double volume = m->tariff[(at + n) * N + i] * (bought_after - bought * cost_i);
        e->terms_by_partner[n * N + i] += terms / before->income[n];
        e->volume_by_partner[n * N + i] += volume / before->income[n];
        e->terms_by_sector[n * J + j] += terms / before->income[n];
        e->volume_by_sector[n * J + j] += volume / before->income[n];
        flows[0] += bought;
        flows[1] += bought_after;
        flows[2] += sold;
        flows[3] += import(after, tariff, N, j, i, n);
    }
}

void kn__cp_effects_of(kn__cp_effects *e, const kn__cp *m, const kn__cp_state *before,
                       const kn__cp_state *after, const kn__cp_shock *shock)
{
    int32_t N = m->economies, J = m->sectors;
    const double *tariff = shock->tariff ? shock->tariff : m->tariff;
    for (int32_t n = 0; n < N; n++) {
        double log_index = 0, trade[4] = {0}, terms = 0, volume = 0;
        for (int32_t j = 0; j < J; j++)
            log_index +=
                m->final_share[n * J + j] *
                log(after->price[(int64_t)j * N + n] / before->price[(int64_t)j * N + n]);
        for (int32_t i = 0; i < N; i++) {
            double flows[4] = {0};
            if (i == n)
                continue;
            split(e, m, before, after, tariff, n, i, flows);
            e->imports_by_partner[n * N + i] =
                flows[0] > 0 ? flows[1] / flows[0] - 1 : NAN;
            terms += e->terms_by_partner[n * N + i];
            volume += e->volume_by_partner[n * N + i];
            for (int k = 0; k < 4; k++)
                trade[k] += flows[k];
        }
        e->terms_of_trade[n] = terms;
        e->volume_of_trade[n] = volume;
        e->welfare_first_order[n] = terms + volume;
        e->price_index[n] = expm1(log_index);
        e->real_wage[n] = after->wage[n] / before->wage[n] / exp(log_index) - 1;
        e->real_income_exact[n] =
            after->income[n] / before->income[n] / exp(log_index) - 1;
        e->imports_change[n] = trade[0] > 0 ? trade[1] / trade[0] - 1 : NAN;
        e->exports_change[n] = trade[2] > 0 ? trade[3] / trade[2] - 1 : NAN;
    }
}
