/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_MATRIX_H
#define KN_LENS_CASCADE_DENIAL_MATRIX_H

#include "lens/cascade/denial_net.h"

/* The time slices of the headline measure, or the daily engine with kaname's choices. */
typedef enum kn__choke_model { KN__BY_SLICES, KN__BY_DAYS } kn__choke_model;

/* To one victim; to all but the holder; to all, its home users too. */
typedef enum kn__denial_mode { KN__TARGETED, KN__STOP, KN__OUTAGE } kn__denial_mode;

typedef struct kn__choke_options {
    kn_ids of, holder, product;
    int32_t model, mode, links;
    int64_t days, top, screen;
    double share;
} kn__choke_options;

/* One row of the table chokepoints. */
typedef struct kn__choke_row {
    int32_t holder, product, victim;
    double share, bite, loss[KN__END_COUNT], cost;
    double made_up; /* later, above normal; by days only */
} kn__choke_row;

/* One run of three ends: rows [first, first + count) are its victims. */
typedef struct kn__choke_task {
    int32_t holder, product;
    int64_t first;
    int32_t count, victim_count;
    bool done, out;         /* out: not asked for after all */
    const int32_t *victims; /* of the denial; rows may also show the holder itself */
} kn__choke_task;

/* All denials that are asked for: every holder of note of every product against every
   victim. net, o and model are set by the caller. */
typedef struct kn__denial_matrix {
    const kn_network *net;
    const kn__choke_options *o;
    kn__denial_model model;
    kn__choke_row *rows;
    kn__choke_task *tasks;
    int64_t row_count, task_count;
    int64_t *due, due_count; /* tasks that are not done */
    double *world;           /* shares of one product's supply, by economy */
    int32_t *ids;            /* 0 .. economies-1, single victims point in here */
    kn__denial_work **work;
    double **scratch; /* by worker: loss (slices × economies), sales, bite */
} kn__denial_matrix;

/* Lists rows and tasks and allocates what the run needs. Errors: KN_ERR_USAGE when a
   holder is not one (ROW, ZZU), KN_ERR_MEMORY. */
kn_status kn__matrix_prepare(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena);

/* Runs the tasks that are not done at three ends, threads over tasks, and fills their
   rows. After KN_ERR_CANCELLED those that are done hold. */
kn_status kn__matrix_run(kn__denial_matrix *x, kn_context *ctx);

/* The same by the daily engine: the tasks in `due`. Errors: KN_ERR_MEMORY,
   KN_ERR_CANCELLED, KN_ERR_INTERNAL (the run without a denial is not zero). */
kn_status kn__matrix_run_daily(kn__denial_matrix *x, kn_context *ctx);

/* Leaves out all but the `most` tasks with the largest loss in `by`, a matrix that was
   prepared for the same denials and has been run; where losses are the same, with the
   largest high one. The high loss alone says little: holders of small shares have it as
   large as those of large ones. Errors: KN_ERR_MEMORY. */
kn_status kn__matrix_screen(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                            const kn__denial_matrix *by, int64_t most);

/* Takes rows from the context's cache: of the same network, model, mode, horizon and
   share, whatever economies and products are asked for. Errors: KN_ERR_MEMORY. */
kn_status kn__matrix_recall(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena);

/* Gives the rows that are done to the cache, beside those it has, unless all of them came
   from there; by slices, which are soon made, only when nothing was left out. Errors:
   KN_ERR_MEMORY. */
kn_status kn__matrix_keep(const kn__denial_matrix *x, kn_context *ctx, kn__arena *arena);

/* The denial of a task. */
kn__denial kn__matrix_denial(const kn__denial_matrix *x, const kn__choke_task *t);

#endif
