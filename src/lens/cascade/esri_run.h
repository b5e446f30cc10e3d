/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ESRI_RUN_H
#define KN_LENS_CASCADE_ESRI_RUN_H

#include "lens/cascade/esri_model.h"

/* Flags of a firm. */
enum {
    IN_DOWN = 1,
    IN_UP = 2,
    TOUCHED = 4,
    LOSSY = 8,
    RECHECK = 16,
    PUSHED = 32,
    DOWN_WAITS = 64,
    UP_WAITS = 128
};

typedef struct kn__firm_list {
    int32_t *item, count;
} kn__firm_list;

/* The state of one shock. Losses are 1 − h; only firms in `touched` differ from zero. */
typedef struct kn__esri_state {
    const kn__esri *m;
    double *down, *up, *psi;
    double *rise;          /* of `up` in the last step */
    double *worst;         /* largest of a buyer's input losses */
    double *acting;        /* σ (1 − h_d) as its buyers know it */
    double *slot, *up_sum; /* Σ σ Λd (1 − h_d) of a slot, Σ Λu (1 − h_u) */
    double *capacity;      /* of a market: Σ h_d out */
    unsigned char *flag, *market_flag;
    int32_t *lossy_next, *lossy_first; /* firms with a loss, by market */
    kn__firm_list touched, down_changed, up_changed, down_seen, up_seen, up_now, recheck,
        markets, markets_used;
    int64_t pushed;    /* edges so far, to choose how to clean up */
    bool up_all;       /* this step, any firm may have lost orders */
    double drop, held; /* largest fall of h; largest change that waits */
} kn__esri_state;

/* Notes a firm in a list, once for each flag. */
void kn__esri_see(kn__esri_state *r, kn__firm_list *l, int32_t firm, int flag);

/* Buyers (suppliers) learn what failing firms withhold (no longer order). */
void kn__esri_step_down(kn__esri_state *r);
void kn__esri_step_up(kn__esri_state *r);

/* All right-hand sides are known: the new losses, and the largest fall of h. */
void kn__esri_apply(kn__esri_state *r);

/* Whether a network is so dense that sweeps over all edges find fixed points sooner. */
bool kn__esri_is_dense(const kn__esri *esri);
/* kn__esri_run by such sweeps; for rules with eps 0 that start from h = 1 - psi. Scratch
   comes from the arena. */
kn_status kn__esri_sweep(const kn__esri *esri, kn_context *ctx, kn__arena *arena,
                         const kn__esri_shocks *shocks, const kn__esri_result *result);

#endif
