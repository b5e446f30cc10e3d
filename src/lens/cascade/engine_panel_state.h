/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_PANEL_STATE_H
#define KN_LENS_CASCADE_ENGINE_PANEL_STATE_H

#include "lens/cascade/engine_panel.h"
#include "lens/cascade/engine_state.h"

/* Arrays of doubles hold eight numbers for each index. */
struct kn__panel {
    const kn__panel_model *model;
    const kn__engine *engine; /* the normal state, blocks of users */
    int64_t steps;
    /* Of each set of weights, which shocks have it: 1, or 0. */
    double chosen[KN__PANEL_WEIGHTS][KN__PANEL_SHOCKS];

    /* By producer. */
    double *available, *output, *demand, *capacity, *limit, *adapted, *choice;
    double *stock, *scale; /* by group, as in an engine */
    /* By group of final users: what they ask for over normal and whether that is not 1;
       what they want and get, as amounts; whether their last orders were as ever. */
    double *asked, *wanted, *met;
    bool *asks, *plain;
    double *factor; /* by kind: over the weights */

    /* Markets whose doors are the same share a column: [column][producer]. Where no door
       is shut, open is the choice and memory 1. */
    int32_t columns, *column; /* of each market */
    bool *shut, *rests;       /* [column][producer]; [column][kind]: all deliver and are
                                 leant to as ever */
    double *door, *open, *memory, *deliver, *lean;
    double *moved; /* by column: squares of what differs from normal, of a kind */

    /* Orders above the normal state: of the block at work by producer, and which kinds it
       sends to; added up [market][producer], [market][kind]. */
    double *sent, *total;
    bool *sends, *ordered;

    double made[KN__PANEL_SHOCKS], delivered[KN__PANEL_SHOCKS];
};

/* What is done to all of a block, or of all producers. */
typedef enum kn__panel_stage {
    KN__PANEL_OPEN,    /* the doors of the start */
    KN__PANEL_PRODUCE, /* outputs, deliveries, whom buyers lean to */
    KN__PANEL_BEGIN,   /* producers order as in the normal state, stocks set limits */
    KN__PANEL_TURN,    /* producers receive, use, and order again */
    KN__PANEL_ORDER,   /* final users order */
    KN__PANEL_RECEIVE  /* and receive */
} kn__panel_stage;

void kn__panel_work(kn__panel *panel, kn__panel_stage stage, int32_t block);

#endif
