/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DAILY_TABLES_H
#define KN_LENS_CASCADE_DAILY_TABLES_H

#include "kernel/state.h"
#include "lens/cascade/daily.h"
#include "lens/cascade/first_out.h"

/* What is kept of a run. */
typedef struct kn__daily_story {
    const kn__daily_net *net;
    int64_t days, done, slice_days, slices;
    double *lost[KN__DAILY_ENDS]; /* [slice][economy] value added, MUSD */
    double *made_up;              /* [economy] made later above normal, MUSD */
    double *peak, *peak_day;      /* [economy] largest loss of a day, MUSD */
    double *pair_made, *pair_normal, *pair_lost; /* [product][economy], of this slice */
    kn__first *first;                            /* [producer] */
    double *bite;  /* [economy]: see kn__daily_bites; NaN never */
    double *today; /* [economy] */
} kn__daily_story;

/* Whether stocks or capacity, not buyers, hold a producer visibly down: 0.1 % or more. */
static inline bool kn__daily_bites(double cut, double limit, double capacity,
                                   double demand)
{
    return cut >= 1e-3 && (limit <= demand || capacity <= demand);
}

kn_status kn__daily_story_new(kn__daily_story *story, kn_context *ctx, kn__arena *arena,
                              const kn__daily_net *net, const kn__daily_options *options);
/* Takes in day t of an end; path rows, unless path is NULL, come with the last day of a
   slice. */
kn_status kn__daily_take(kn__daily_story *story, kn_context *ctx, kn_table *path, int end,
                         int64_t t, const kn__engine_view *view);
void kn__daily_story_state(kn__daily_story *story, kn__state *state);
/* Value added an economy lost up to the horizon, MUSD. */
double kn__daily_loss(const kn__daily_story *story, int end, int32_t economy);
kn_status kn__daily_write(const kn__daily_story *story, kn_context *ctx, kn__arena *arena,
                          bool ends, kn_table *losses, kn_result *result);

#endif
