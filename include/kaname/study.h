/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_STUDY_H
#define KANAME_STUDY_H

#include "kaname/lens.h"

/* Several runs of one lens. Each of them checks first that without measures nothing
   happens, as kn_lens_run does. */

/* Runs a lens under two scenarios with the same settings and puts the tables that both
   runs have side by side. A row is known by its leading columns (an optional `day`, then
   texts); every other column X becomes X_1, X_2 and, unless it is text, flag or integer,
   X_difference = second less first. Where only one run has a row, losses and changes of
   the other count as 0 and everything else is undefined. Tables over time run by day; the
   others show the largest difference of their first number first. Key figures that are
   numbers are set side by side, too. Errors: those of kn_lens_run; KN_ERR_USAGE for a
   lens without scenarios; KN_ERR_CANCELLED where a run is interrupted, even if it had
   something to tell. Returns the note of a run that has one (not converged). */
kn_status kn_compare(kn_result **result, kn_context *context, const kn_lens *lens,
                     const kn_network *network, const kn_scenario *first,
                     const kn_scenario *second, const kn_setting *settings,
                     int32_t setting_count);

typedef struct kn_sweep_options {
    int version;                /* 1 */
    const kn_setting *settings; /* of the lens, the same in every run */
    int32_t setting_count;
    /* What moves: an option of the lens that is a number ("restore_days"), a number of
       the scenario's measures of one operation ("export_quota.keep"), or of those that
       begin in one line of its file ("line7.keep"); a measure's numbers are its value,
       start, days, ramp and recover. The value is LOW:HIGH, or log:LOW:HIGH for draws
       even in the logarithm. Whole numbers are rounded. */
    const kn_setting *over;
    int32_t over_count;
    int64_t samples;        /* draws of the Latin hypercube, at least 2 */
    int64_t seed;           /* negative: the scenario's */
    const char *checkpoint; /* file of the draws done, or NULL */
    bool keep_samples;      /* table samples, too */
} kn_sweep_options;

#define KN_SWEEP_OPTIONS_INIT                                                            \
    {                                                                                    \
        .version = 1, .samples = 200, .seed = -1                                         \
    }

/* Runs a lens at draws of some of its numbers and says how its headline figures move, the
   numbers of the lens's first table (losses of cascade, economies of trade). Tables:
   quantiles:    metric, key columns of that table, unit, centre (nothing moved), q05 to
                 q95; money is also summed, in rows with * for the keys. Rows in which
                 every draw is 0 are left out, but for the sums
   correlations: metric, key columns, parameter and Spearman's rank correlation, the
                 strongest first
   samples:      when asked for: sample, the parameters, then the lens's first table
   Draws are a function of seed, parameter and sample: results are the same for any number
   of threads. Runs go on `threads` threads of the context, each with a context of its
   own, so a caller's allocator must stand calls from several threads. Interrupted, it
   gives what the draws done say and KN_NOTE_INTERRUPTED. With a checkpoint file the draws
   in it are not run again and new ones are added. Errors: KN_ERR_USAGE (a key that is not
   there with the nearest, low > high, a value the lens refuses), KN_ERR_DATA (a
   checkpoint of another run), KN_ERR_IO, those of kn_lens_run. */
kn_status kn_sweep(kn_result **result, kn_context *context, const kn_lens *lens,
                   const kn_network *network, const kn_scenario *scenario,
                   const kn_sweep_options *options);

#endif
