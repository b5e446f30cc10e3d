/* SPDX-License-Identifier: Apache-2.0 */
/* Whether there are finite prices at all. Costs with factors for nothing,
     G(c) = (1 - beta)^(1 / (1 - theta)) P_M(P(c)),   theta < 1,
   grow one for one with costs. With c = G(c) + something of factors a finite c is there
   exactly if no set S of producers has a c with G(c on S, 0 elsewhere) >= c on S: what
   S buys of itself to make one unit would be worth more than one. Factor prices play no
   part in that. */
#include <math.h>
#include <string.h>

#include "lens/trade/nested_market.h"

enum { MOST_ROUNDS = 1000, LOOK_EVERY = 10, HALVINGS = 14 };

static const double nothing = -1e4; /* log of a cost that does not count */
static const double margin = 1e-9;

/* w->cost = log G of the costs in w->guess. */
static void feed_back(kn__nested_work *w)
{
    double d = 1 - w->model->value_elasticity;
    kn__nested_inputs(w);
    for (int64_t at = 0; at < (int64_t)w->N * w->J; at++)
        w->cost[at] = w->beta[at] < 1
                          ? fmax(nothing, w->inputs[at] + log1p(-w->beta[at]) / d)
                          : nothing;
}

/* A set S as above, where the costs in w->guess show one: the costs of its members are
   left in w->guess, those of others count as nothing. */
static bool feeds_itself(kn__nested_work *w)
{
    int64_t cells = (int64_t)w->N * w->J, left = 1, dropped = 1;
    while (left > 0 && dropped > 0) {
        left = dropped = 0;
        feed_back(w);
        for (int64_t at = 0; at < cells; at++) {
            bool in = w->guess[at] > nothing,
                 stays = in && w->cost[at] >= w->guess[at] + margin;
            left += stays;
            dropped += in && !stays;
            w->guess[at] = stays ? w->guess[at] : nothing;
        }
    }
    return left > 0;
}

/* The next costs of a power iteration: half way to G, the highest at 0. Returns by how
   much the costs that count grow at most. */
static double iterate(kn__nested_work *w)
{
    int64_t cells = (int64_t)w->N * w->J;
    double growth = -INFINITY, top = -INFINITY;
    feed_back(w);
    for (int64_t at = 0; at < cells; at++) {
        if (w->guess[at] > nothing)
            growth = fmax(growth, w->cost[at] - w->guess[at]);
        w->guess[at] = fmax(nothing, (w->guess[at] + w->cost[at]) / 2);
        top = fmax(top, w->guess[at]);
    }
    for (int64_t at = 0; at < cells; at++)
        w->guess[at] = fmax(nothing, w->guess[at] - top);
    return growth;
}

/* Whether prices are finite at the point; if not, w->guess has the costs that show it. */
static bool finite_prices(kn__nested_work *w)
{
    size_t bytes = (size_t)w->N * (size_t)w->J * sizeof *w->guess;
    memset(w->guess, 0, bytes);
    for (int32_t k = 1; k <= MOST_ROUNDS; k++) {
        if (iterate(w) < 0)
            return true;
        if (k % LOOK_EVERY)
            continue;
        memcpy(w->step, w->guess, bytes);
        if (feeds_itself(w))
            return false;
        memcpy(w->guess, w->step, bytes);
    }
    return true; /* too near to tell: the solver may try */
}

/* The producer that feeds itself most, and what it buys for it. */
static void name_highest(kn__nested_work *w)
{
    kn__trouble *trouble = &w->state->trouble;
    int32_t N = w->N, J = w->J;
    double most = -INFINITY;
    for (int64_t at = 0; at < (int64_t)N * J; at++)
        if (w->guess[at] > most) {
            most = w->guess[at];
            trouble->highest = at;
        }
    feed_back(w);
    int64_t n = trouble->highest % N, j = trouble->highest / N;
    double e = 1 - w->model->input_elasticity;
    most = -INFINITY;
    for (int32_t k = 0; k < J; k++) {
        double part = w->model->cp->input_share[(n * J + k) * J + j];
        double weight = part > 0 ? log(part) + e * w->price[(int64_t)k * N + n] : most;
        if (weight > most) {
            most = weight;
            trouble->through = k;
        }
    }
}

bool kn__nested_is_finite(kn__nested_work *w)
{
    double low = 0, high = 1;
    if (!(w->model->value_elasticity < 1) || finite_prices(w))
        return true;
    name_highest(w);
    for (int k = 0; k < HALVINGS; k++) {
        double middle = (low + high) / 2;
        kn__nested_set_point(w, middle);
        if (finite_prices(w))
            low = middle;
        else
            high = middle;
    }
    w->state->trouble.reached = low;
    w->state->residual = INFINITY;
    return false;
}
