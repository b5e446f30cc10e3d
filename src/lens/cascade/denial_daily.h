/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_DAILY_H
#define KN_LENS_CASCADE_DENIAL_DAILY_H

#include "lens/cascade/daily_tables.h"
#include "lens/cascade/denial_matrix.h"
#include "lens/cascade/engine_batch.h"
#include "lens/cascade/engine_panel.h"

/* The denial matrix by the daily engine, between its files: denial_daily.c cuts it into
   lots, denial_panel.c and denial_batch.c play one. */

/* Denials of a lot, at most; 6 MB each for 77 economies x 45 products that are played in
   a batch, on every thread. */
enum { KN__LOT_MOST = 32 };

/* Places first, first + 1, ... of the matrix's list `due`: denials that share zones and
   are played together. */
typedef struct kn__lot {
    int64_t first;
    int32_t count, alike;
} kn__lot;

/* Engines for one end, which so many shocks share. */
typedef struct kn__crew {
    kn__arena *arena;
    kn__engine_batch *batch;
    int32_t count;
} kn__crew;

/* What a thread has of its own. */
typedef struct kn__hand {
    kn_context *ctx;
    kn__arena *arena; /* of zones, weights and the panel */
    kn__daily_net net;
    kn__crew crew[KN__DAILY_ENDS];
    kn__panel *panel; /* where the matrix is played by panels */
    kn__panel_model model;
    int32_t alike; /* whom the zones are for */
} kn__hand;

typedef struct kn__daily_matrix {
    kn__denial_matrix *x;
    kn__daily_options options;
    kn__daily_net net;
    kn_ids everybody;
    bool ordered; /* weights: low <= mid <= high; then ends are the same where none binds
                   */
    bool panels;  /* played by panels, not in batches */
    kn__hand *hands;
    kn__lot *lots;
    int64_t lot_count;
} kn__daily_matrix;

/* One denial of a lot, as a scenario of its one measure. It stays where it is: the
   scenario points into it. */
typedef struct kn__lot_denial {
    kn__choke_task *task;
    kn__measure measure;
    kn_scenario scenario;
} kn__lot_denial;

/* The k-th of a lot. */
void kn__lot_denial_set(kn__lot_denial *denial, const kn__daily_matrix *m,
                        const kn__lot *lot, int32_t k);

/* Fill the rows of a lot's tasks, whose zones the hand has, in scratch memory of the
   arena; tasks that are done are done also where a later one fails. Errors:
   KN_ERR_MEMORY, KN_ERR_CANCELLED, KN_ERR_INTERNAL. */
kn_status kn__lot_play_panels(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                              const kn__lot *lot);
kn_status kn__lot_play_batch(const kn__daily_matrix *m, kn__hand *w, kn__arena *arena,
                             const kn__lot *lot);

#endif
