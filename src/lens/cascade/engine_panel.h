/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_PANEL_H
#define KN_LENS_CASCADE_ENGINE_PANEL_H

#include "lens/cascade/engine.h"

/* Eight shocks to one network whose links name their suppliers, step by step together:
   numbers of the eight stand side by side, [producer][8], so that a flow is read once and
   each instruction works for all. Every shock's path is the same, to the last bit, as
   that of an engine that runs alone. The rule is that of kaname's own model with any
   weights, see kn__panel_takes; doors stay as they are at the start.

   What is normal all over is left out: a group all of whose suppliers deliver in full and
   are leant to as ever receives its normal use, and final users of it who want as much as
   ever are passed over.

   Memory, besides that of an engine: 64 (8 + 6 m) bytes a producer and 128 a group of m
   markets. */
typedef struct kn__panel kn__panel;

enum { KN__PANEL_SHOCKS = 8, KN__PANEL_WEIGHTS = 3 };

typedef struct kn__panel_model {
    const kn__engine_net *net; /* but for its weights, and with nothing on the way */
    const kn__engine_rule *rule;
    /* Producers of a kind stand together and a group buys of one. */
    int32_t kinds;
    const int32_t *kind_start;   /* kinds + 1 */
    const int32_t *kind;         /* of each group */
    const double *const *weight; /* sets of weights of producers' groups */
} kn__panel_model;

/* Numbers of the normal state by producer, of shocks [producer][8] or, of final users,
   [group][8], counted from their first. */
typedef struct kn__panel_view {
    const double *normal, *output, *demand, *capacity, *limit;
    const double *final_met, *final_wanted;
} kn__panel_view;

/* Whether a panel can play a network by a rule. */
bool kn__panel_takes(const kn__engine_net *net, const kn__engine_rule *rule);

/* Errors: as kn__engine_new. The panel lives in the arena; the model must outlive it. */
kn_status kn__panel_new(kn__panel **panel, kn_context *ctx, kn__arena *arena,
                        const kn__panel_model *model);

/* Back to the normal state. Of each shock: which set of weights it has, and its doors,
   [market][producer], or NULL: all are open. */
void kn__panel_start(kn__panel *panel, const int *weights, const double *const *open);
/* What inputs of a kind weigh to a shock, over their weight: 1 after a start. */
void kn__panel_set_factor(kn__panel *panel, int shock, int32_t kind, double factor);
/* After the start, once the factors of the first step are set. */
void kn__panel_begin(kn__panel *panel);
/* One step; drives[shock] may be NULL. Of a drive count its lists, and what they name of
   capacity and wanted. Errors: KN_ERR_INTERNAL when what is made is not what is
   delivered. */
kn_status kn__panel_step(kn__panel *panel, kn_context *ctx,
                         const kn__engine_drive *const *drives);
kn__panel_view kn__panel_look(const kn__panel *panel);

#endif
