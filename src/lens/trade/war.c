/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/war.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 40, MOST_ROUNDS = 60, SCANNED = 9 };

static const double spacing = 0.005; /* of log(1 + rate) between equilibria */
static const double lowest = -0.5, highest = 10, longest = 0.5;
static const double step_accept = 1e-7, rate_accept = 1e-6, worth_accept = 1e-9;

/* Tariffs in force, with the players' rates on each other in place of theirs; no policy
   where that changes nothing. */
static kn_status set_tariffs(kn__war *war, kn_context *ctx, kn__arena *arena)
{
    const kn__cp *m = war->run->market.cp;
    int64_t N = m->economies, cells = m->sectors * N * N;
    double *tariff = KN__ARRAY(arena, ctx, cells, double);
    if (!tariff)
        return KN_ERR_MEMORY;
    memcpy(tariff, m->tariff, (size_t)cells * sizeof *tariff);
    for (int p = 0; p < 2; p++) {
        const kn_ids *buyers = &war->player[p].members;
        const kn_ids *sellers = &war->player[1 - p].members;
        if (isnan(war->player[p].rate))
            continue;
        const double *rates = war->player[p].rates;
        for (int64_t j = 0; j < m->sectors; j++)
            for (int32_t b = 0; war->taxed[j] && b < buyers->count; b++)
                for (int32_t s = 0; s < sellers->count; s++)
                    tariff[(j * N + buyers->id[b]) * N + sellers->id[s]] =
                        rates ? rates[j] : war->player[p].rate;
    }
    bool same = memcmp(tariff, m->tariff, (size_t)cells * sizeof *tariff) == 0;
    war->run->policy = (kn__policy){.tariff = same ? NULL : tariff};
    return KN_OK;
}

static double worth(const kn__war *war, const kn_ids *members)
{
    double now = 0, before = 0;
    for (int32_t k = 0; k < members->count; k++) {
        double income = war->run->before.income[members->id[k]];
        now += income * (1 + war->run->effects.real_income_exact[members->id[k]]);
        before += income;
    }
    return now / before;
}

static kn_status solve(kn__war *war, kn_context *ctx, kn__arena *arena)
{
    KN__TRY(set_tariffs(war, ctx, arena));
    if (!kn__policy_is_null(&war->run->policy))
        return kn__trade_counterfactual(war->run, ctx, arena, war->net);
    memset(war->run->effects.real_income_exact, 0,
           (size_t)war->run->market.cp->economies * sizeof(double));
    return KN_OK;
}

kn_status kn__war_play(kn__war *war, kn_context *ctx)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = solve(war, ctx, arena);
    for (int p = 0; status >= 0 && p < 2; p++)
        war->player[p].worth = worth(war, &war->player[p].members);
    war->equilibria++;
    war->run->policy = (kn__policy){0};
    war->run->charges = (kn__charges){0};
    war->run->shock = (kn__cp_shock){0};
    kn__arena_free(arena);
    return status;
}

/* First and second derivative of p's worth with respect to log(1 + rate), exact to the
   fourth order in the spacing. */
static kn_status slopes(kn__war *war, kn_context *ctx, int p, double u, double d[2])
{
    double f[5];
    for (int k = 0; k < 5; k++) {
        war->player[p].rate = expm1(u + (k - 2) * spacing);
        kn_status status = kn__war_play(war, ctx);
        if (status != KN_OK)
            return status;
        f[k] = war->player[p].worth;
    }
    d[0] = (f[0] - 8 * f[1] + 8 * f[3] - f[4]) / (12 * spacing);
    d[1] = (-f[0] + 16 * f[1] - 30 * f[2] + 16 * f[3] - f[4]) / (12 * spacing * spacing);
    return KN_OK;
}

/* Newton's step where the worth is concave, else uphill. */
static double step(const double d[2])
{
    double length = d[1] < 0 ? -d[0] / d[1] : d[0] > 0 ? longest : -longest;
    return fmax(-longest, fmin(longest, length));
}

/* The best start for p: the rate it has, or the best of a coarse scan of all rates; its
   worth is left in `best`. Rates without an equilibrium are passed over. */
static kn_status scan(kn__war *war, kn_context *ctx, int p, double *u, double *best)
{
    kn_status status = kn__war_play(war, ctx);
    if (status != KN_OK)
        return status;
    *best = war->player[p].worth;
    for (int k = 0; k < SCANNED; k++) {
        double at =
            log1p(lowest) + (log1p(highest) - log1p(lowest)) * k / (double)(SCANNED - 1);
        war->player[p].rate = expm1(at);
        status = kn__war_play(war, ctx);
        if (status == KN_ERR_DATA) /* nobody could pay for it */
            kn_context_clear(ctx);
        else if (status < 0)
            return status;
        if (status == KN_OK && war->player[p].worth > *best) {
            *best = war->player[p].worth;
            *u = at;
        }
    }
    return KN_OK;
}

/* From u uphill; leaves the rate and its worth. */
static kn_status climb(kn__war *war, kn_context *ctx, int p, double u)
{
    kn_status found = KN_NOTE_NOT_CONVERGED;
    double d[2];
    for (int k = 0; k < MOST_STEPS && found != KN_OK; k++) {
        kn_status status = slopes(war, ctx, p, u, d);
        if (status != KN_OK)
            return status;
        double next = fmax(log1p(lowest), fmin(log1p(highest), u + step(d)));
        if (d[1] < 0 && fabs(step(d)) <= step_accept)
            found = KN_OK;
        else if (next == u) /* at the end of the range, and still uphill */
            break;
        u = next;
    }
    war->player[p].rate = expm1(u);
    kn_status status = kn__war_play(war, ctx);
    return status != KN_OK ? status : found;
}

kn_status kn__war_respond(kn__war *war, kn_context *ctx, int p)
{
    double rate = war->player[p].rate, best;
    double u = log1p(isnan(rate) ? kn__war_rate_before(war, p) : rate);
    KN__TRY(kn__progress(ctx, "best response", -1));
    kn_status status = scan(war, ctx, p, &u, &best);
    if (status == KN_OK)
        status = climb(war, ctx, p, u);
    if (status == KN_OK && war->player[p].worth < best - worth_accept)
        return KN_NOTE_NOT_CONVERGED; /* a better rate is known */
    return status;
}

kn_status kn__war_settle(kn__war *war, kn_context *ctx, int32_t *rounds)
{
    for (*rounds = 1; *rounds <= MOST_ROUNDS; ++*rounds) {
        double moved = 0;
        for (int p = 0; p < 2; p++) {
            double before = war->player[p].rate;
            kn_status status = kn__war_respond(war, ctx, p);
            if (status != KN_OK)
                return status;
            moved = fmax(moved, isnan(before) ? 1 : fabs(war->player[p].rate - before));
        }
        if (moved <= rate_accept)
            return KN_OK;
    }
    return KN_NOTE_NOT_CONVERGED;
}

double kn__war_rate_before(const kn__war *war, int p)
{
    const kn__cp *m = war->run->market.cp;
    const kn_ids *buyers = &war->player[p].members;
    const kn_ids *sellers = &war->player[1 - p].members;
    int64_t N = m->economies;
    double duty = 0, value = 0;
    for (int64_t j = 0; j < m->sectors; j++)
        for (int32_t b = 0; war->taxed[j] && b < buyers->count; b++)
            for (int32_t s = 0; s < sellers->count; s++) {
                int64_t row = j * N + buyers->id[b], at = row * N + sellers->id[s];
                double net = war->run->before.share[at] * war->run->before.spend[row] /
                             (1 + m->tariff[at]);
                duty += net * m->tariff[at];
                value += net;
            }
    return value > 0 ? duty / value : 0;
}
