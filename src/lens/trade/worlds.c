/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/worlds.h"

#include <math.h>
#include <string.h>

kn_status kn__worlds_new(kn__worlds *worlds, kn_context *ctx, kn__arena *arena,
                         int32_t economies)
{
    int64_t N = economies;
    *worlds = (kn__worlds){.group = KN__ARRAY(arena, ctx, N, int32_t),
                           .cut = KN__ARRAY(arena, ctx, N * N, bool)};
    return worlds->group && worlds->cut ? KN_OK : KN_ERR_MEMORY;
}

/* reach[n N + i]: goods of i get to n, over any chain of partners (Warshall). */
static void close_chains(bool *reach, int32_t N)
{
    for (int32_t k = 0; k < N; k++)
        for (int32_t n = 0; n < N; n++)
            for (int32_t i = 0; reach[n * N + k] && i < N; i++)
                reach[n * N + i] |= reach[k * N + i];
}

void kn__worlds_cut(kn__worlds *w, const double *pull, const double *deficit,
                    int32_t economies, int32_t sectors)
{
    int32_t N = economies, square = N * N;
    bool *reach = w->cut;
    memset(reach, 0, (size_t)square * sizeof *reach);
    w->cuts = 0;
    for (int32_t n = 0; n < N; n++)
        if (deficit[n] != 0)
            return;
    for (int64_t at = 0; at < (int64_t)sectors * square; at++)
        reach[at % square] |= pull[at] > 0;
    close_chains(reach, N);
    /* one way only is cut; both ways and no way are not */
    for (int32_t n = 0; n < N; n++)
        for (int32_t i = 0; i < n; i++) {
            bool *there = &reach[n * N + i], *back = &reach[i * N + n];
            bool both = *there && *back;
            *there = both ? false : *there;
            *back = both ? false : *back;
            w->cuts += *there + *back;
        }
    for (int32_t n = 0; n < N; n++)
        reach[n * N + n] = false;
}

static int32_t root(int32_t *group, int32_t n)
{
    while (group[n] != n)
        n = group[n] = group[group[n]];
    return n;
}

void kn__worlds_group(kn__worlds *w, const double *pull, int32_t economies,
                      int32_t sectors)
{
    int32_t N = economies;
    for (int32_t n = 0; n < N; n++)
        w->group[n] = n;
    for (int64_t at = 0; at < (int64_t)sectors * N * N; at++) {
        if (!(pull[at] > 0))
            continue;
        int32_t a = root(w->group, (int32_t)(at / N % N));
        int32_t b = root(w->group, (int32_t)(at % N));
        w->group[a > b ? a : b] = a > b ? b : a;
    }
    for (int32_t n = 0; n < N; n++)
        w->group[n] = root(w->group, n);
}

static const double nothing = 1e-9; /* of income */

/* What the deficits of n's group add up to; 0 where others of it pay for them. */
static double group_debt(const kn__worlds *w, const double *deficit, const double *income,
                         int32_t group, int32_t N)
{
    double deficits = 0, earned = 0;
    for (int32_t n = group; n < N; n++) {
        deficits += w->group[n] == group ? deficit[n] : 0;
        earned += w->group[n] == group ? income[n] : 0;
    }
    return fabs(deficits) <= nothing * earned ? 0 : deficits;
}

/* Of a group, the one whose deficit weighs most in its sum. */
static int32_t largest_debtor(const kn__worlds *w, const double *deficit, double sum,
                              int32_t group, int32_t N)
{
    int32_t debtor = group;
    for (int32_t n = group; n < N; n++)
        if (w->group[n] == group && deficit[n] * sum > deficit[debtor] * sum)
            debtor = n;
    return debtor;
}

/* Whether n sells, or buys, anything abroad. */
static bool trades(const double *pull, int32_t n, bool sells, int32_t N, int32_t sectors)
{
    for (int64_t row = sells ? 0 : n; row < (int64_t)sectors * N; row += sells ? 1 : N)
        for (int32_t i = 0; i < N; i++)
            if (pull[row * N + i] > 0 && row % N != i && (sells ? i == n : true))
                return true;
    return false;
}

static kn_status unpaid(kn__trouble *trouble, kn_context *ctx, kn__unpaid how,
                        int32_t debtor, double debt)
{
    trouble->unpaid = how;
    trouble->debtor = debtor;
    trouble->debt = debt;
    return kn__fail(ctx, KN_ERR_DATA,
                    "nobody can pay for trade deficits of %.4g where economy %d trades",
                    debt, debtor + 1);
}

kn_status kn__worlds_check(const kn__worlds *w, kn__trouble *trouble, kn_context *ctx,
                           const double *pull, const double *deficit,
                           const double *income, int32_t economies, int32_t sectors)
{
    for (int32_t n = 0; n < economies; n++) {
        double debt = group_debt(w, deficit, income, n, economies);
        if (debt != 0)
            return unpaid(trouble, ctx, KN__UNPAID_GROUP,
                          largest_debtor(w, deficit, debt, n, economies), debt);
        bool sells = deficit[n] < 0;
        if (fabs(deficit[n]) > nothing * income[n] &&
            !trades(pull, n, sells, economies, sectors))
            return unpaid(trouble, ctx, sells ? KN__UNPAID_SELLER : KN__UNPAID_BUYER, n,
                          fabs(deficit[n]));
    }
    return KN_OK;
}
