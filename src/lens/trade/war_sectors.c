/* SPDX-License-Identifier: Apache-2.0 */
/* The best tariffs of one player, a rate by sector (Ossa 2014). */
#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "lens/trade/war.h"

enum { MOST_STEPS = 60, MOST_CUTS = 12 };

static const double spacing = 0.005; /* of log(1 + rate) between equilibria */
static const double lowest = -0.5, highest = 10, longest = 0.5;
static const double step_accept = 1e-4, gain_accept = 1e-11;

/* A climb: u are log(1 + rate) of the n taxed sectors. */
typedef struct hill {
    kn__war *war;
    kn_context *ctx;
    int p;
    int32_t n;
    int32_t *sector;
    double *u, *slope, *next, *next_slope, *move, *turn, *scratch;
    double *inverse; /* n × n: of minus the second derivatives, by BFGS */
    double height;   /* worth at u */
} hill;

bool kn__war_buys(const kn__war *war, int p, int32_t j)
{
    const kn_ids *buyers = &war->player[p].members,
                 *sellers = &war->player[1 - p].members;
    int64_t N = war->run->market.cp->economies;
    for (int32_t b = 0; war->taxed[j] && b < buyers->count; b++)
        for (int32_t s = 0; s < sellers->count; s++) {
            int64_t row = j * N + buyers->id[b];
            if (war->run->before.share[row * N + sellers->id[s]] > 0 &&
                war->run->before.spend[row] > 0)
                return true;
        }
    return false;
}

static kn_status hill_new(hill *h, kn__arena *arena)
{
    int32_t J = h->war->run->market.cp->sectors;
    h->sector = KN__ARRAY(arena, h->ctx, J, int32_t);
    for (int32_t j = 0; h->sector && j < J; j++)
        if (kn__war_buys(h->war, h->p, j))
            h->sector[h->n++] = j;
    double **const lines[] = {&h->u,    &h->slope, &h->next,   &h->next_slope,
                              &h->move, &h->turn,  &h->scratch};
    double *room = KN__ARRAY(arena, h->ctx, (7 + (int64_t)h->n) * h->n, double);
    if (!h->sector || !room)
        return KN_ERR_MEMORY;
    for (int k = 0; k < 7; k++)
        *lines[k] = room + k * h->n;
    h->inverse = room + 7 * h->n;
    return KN_OK;
}

static kn_status height_at(hill *h, const double *u, double *height)
{
    kn__player *player = &h->war->player[h->p];
    for (int32_t k = 0; k < h->n; k++)
        player->rates[h->sector[k]] = expm1(u[k]);
    kn_status status = kn__war_play(h->war, h->ctx);
    *height = player->worth;
    return status;
}

/* d worth / d u by central differences; on the first call also 1 / |second derivative| on
   the diagonal of the inverse. */
static kn_status slopes(hill *h, double *u, double *slope, bool curvature)
{
    for (int32_t k = 0; k < h->n; k++) {
        double at = u[k], f[2];
        for (int side = 0; side < 2; side++) {
            u[k] = at + (side ? spacing : -spacing);
            kn_status status = height_at(h, u, &f[side]);
            if (status != KN_OK)
                return status;
        }
        u[k] = at;
        slope[k] = (f[1] - f[0]) / (2 * spacing);
        double bend = (2 * h->height - f[0] - f[1]) / (spacing * spacing);
        if (curvature)
            h->inverse[(int64_t)k * h->n + k] = 1 / fmax(bend, 1e-6);
    }
    return KN_OK;
}

/* H += (1 + y'H y / s'y) s s' / s'y - (H y s' + s y'H) / s'y, s the move and y the fall
   of the slope; left as it is where the hill is not round that way. */
static void bfgs(hill *h)
{
    int32_t n = h->n;
    double along = 0, bend = 0, *hy = h->scratch;
    kn__dense_times(h->inverse, n, n, h->turn, hy);
    for (int32_t k = 0; k < n; k++) {
        along += h->move[k] * h->turn[k];
        bend += h->turn[k] * hy[k];
    }
    if (!(along > 0))
        return;
    for (int32_t i = 0; i < n; i++)
        for (int32_t k = 0; k < n; k++)
            h->inverse[(int64_t)i * n + k] +=
                ((1 + bend / along) * h->move[i] * h->move[k] - hy[i] * h->move[k] -
                 h->move[i] * hy[k]) /
                along;
}

/* Steps of falling length along H slope until it is higher; *moved is the largest. */
static kn_status step_up(hill *h, double *moved)
{
    double most = 0, length = 1, height;
    kn__dense_times(h->inverse, h->n, h->n, h->slope, h->scratch);
    for (int32_t k = 0; k < h->n; k++)
        most = fmax(most, fabs(h->scratch[k]));
    length = most > longest ? longest / most : 1;
    for (int cut = 0; cut < MOST_CUTS; cut++, length *= 0.4) {
        *moved = 0;
        for (int32_t k = 0; k < h->n; k++) {
            double to = h->u[k] + length * h->scratch[k];
            h->next[k] = fmax(log1p(lowest), fmin(log1p(highest), to));
            *moved = fmax(*moved, fabs(h->next[k] - h->u[k]));
        }
        kn_status status = height_at(h, h->next, &height);
        if (status < 0)
            return status;
        if (status == KN_OK && height > h->height) {
            h->height = height;
            return KN_OK;
        }
        if (*moved <= step_accept)
            break;
    }
    memcpy(h->next, h->u, (size_t)h->n * sizeof *h->u);
    return KN_OK;
}

static bool inside(const hill *h)
{
    for (int32_t k = 0; k < h->n; k++)
        if (h->u[k] <= log1p(lowest) || h->u[k] >= log1p(highest))
            return false;
    return true;
}

static kn_status climb(hill *h)
{
    double moved = INFINITY, before = -INFINITY;
    kn_status status = slopes(h, h->u, h->slope, true);
    for (int step = 0; status == KN_OK && step < MOST_STEPS; step++) {
        KN__TRY(kn__progress(h->ctx, "best tariffs by sector", -1));
        if (moved <= step_accept || h->height - before <= gain_accept)
            return inside(h) ? KN_OK : KN_NOTE_NOT_CONVERGED;
        before = h->height;
        status = step_up(h, &moved);
        if (status == KN_OK)
            status = slopes(h, h->next, h->next_slope, false);
        for (int32_t k = 0; k < h->n; k++) {
            h->move[k] = h->next[k] - h->u[k];
            h->turn[k] = h->slope[k] - h->next_slope[k];
            h->u[k] = h->next[k];
            h->slope[k] = h->next_slope[k];
        }
        bfgs(h);
    }
    return status != KN_OK ? status : KN_NOTE_NOT_CONVERGED;
}

kn_status kn__war_respond_by_sector(kn__war *war, kn_context *ctx, int p)
{
    hill h = {.war = war, .ctx = ctx, .p = p};
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = hill_new(&h, arena);
    for (int32_t k = 0; status == KN_OK && k < h.n; k++)
        h.u[k] = log1p(war->player[p].rates[h.sector[k]]);
    if (status == KN_OK)
        status = height_at(&h, h.u, &h.height);
    if (status == KN_OK)
        status = climb(&h);
    if (status >= 0) {
        kn_status last = height_at(&h, h.u, &h.height);
        status = last != KN_OK ? last : status;
    }
    kn__arena_free(arena);
    return status;
}
