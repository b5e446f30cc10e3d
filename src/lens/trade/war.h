/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_WAR_H
#define KN_LENS_TRADE_WAR_H

#include "lens/trade/trade.h"

/* Two players, economies or blocs, choose one tariff each on what they buy from the
   other; tariffs among members and with everybody else stay in force. A player wants real
   income: sum_n I_n (I'_n / I_n / P_n) / sum_n I_n over its members, a hat, I_n at the
   solved baseline. */
typedef struct kn__player {
    kn_ids members; /* economies of the model */
    double rate;    /* on all it buys from the other; NaN: the tariffs in force */
    double worth;   /* real income of the last kn__war_play, a hat */
    double *rates;  /* by sector of the model in place of `rate`; NULL */
} kn__player;

typedef struct kn__war {
    kn__trade_run *run; /* prepared; its policy and equilibrium are the game's */
    const kn_network *net;
    const bool *taxed; /* sectors of the model the tariffs are on */
    kn__player player[2];
    int32_t equilibria; /* solved so far */
} kn__war;

/* The equilibrium at the players' rates → worth of both. Errors: those of
   kn__trade_counterfactual. */
kn_status kn__war_play(kn__war *war, kn_context *ctx);

/* The rate of player p that is best for it while the other's stays: Newton's method in
   log(1 + rate) with derivatives from five equilibria around it, to 1e-7, from the rate
   it has or from a better one of a coarse scan. Leaves rate and worth.
   KN_NOTE_NOT_CONVERGED: no optimum between -50 % and 1000 %, or an equilibrium was not
   found. */
kn_status kn__war_respond(kn__war *war, kn_context *ctx, int p);

/* Best responses in turn until no rate moves by 1e-6: Nash's equilibrium. */
kn_status kn__war_settle(kn__war *war, kn_context *ctx, int32_t *rounds);

/* Whether p buys anything of sector j from the other that tariffs may be on. */
bool kn__war_buys(const kn__war *war, int p, int32_t j);

/* The rates by sector, in player[p].rates, that are best for p while the other's stay:
   from those it has, by BFGS in log(1 + rate) with derivatives from two equilibria a
   sector, until no rate moves by 1e-4. Leaves them and the worth. KN_NOTE_NOT_CONVERGED
   as above. */
kn_status kn__war_respond_by_sector(kn__war *war, kn_context *ctx, int p);

/* What p charges the other at the baseline, weighted by trade; 0 without trade. */
double kn__war_rate_before(const kn__war *war, int p);

#endif
