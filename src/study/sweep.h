/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_SWEEP_H
#define KN_STUDY_SWEEP_H

#include "kaname/study.h"
#include "kernel/memory.h"
#include "network/measure.h"
#include "study/measure_read.h"
#include "study/rows.h"

/* The parts of kn_sweep. */

enum { KN__NUMBER_TEXT = 32 };

/* What one --over moves. */
typedef struct kn__parameter {
    const char *key;         /* as typed */
    const kn_option *option; /* of the lens; NULL: a number of measures */
    const char *number;      /* of a measure: "keep", "start" … */
    kn__op op;               /* which measures: of this operation, … */
    int32_t line;            /* … or, when not 0, those that begin in this line */
    double low, high;
    bool logarithmic, whole;
} kn__parameter;

/* A worker runs one sample at a time in a context of its own. */
typedef struct kn__sweeper {
    kn_context *ctx;
    kn_scenario scenario; /* a copy whose measures can be moved */
    kn_setting *settings; /* those given, then those that move */
    char (*text)[KN__NUMBER_TEXT];
    int64_t failed; /* the sample that did not run, or -1 */
} kn__sweeper;

typedef struct kn__sweep {
    kn_context *ctx;
    kn__arena *arena;
    const kn_lens *lens;
    const kn_network *net;
    const kn_scenario *scenario;
    const kn_sweep_options *o;
    uint64_t seed;
    kn__parameter *parameter; /* o->over_count */
    double *drawn;            /* [sample][parameter] */
    kn_result *centre;        /* the run with nothing moved */
    const kn_table *table;    /* its first table, and how that is read */
    const kn_table_decl *decl;
    int32_t keys;
    kn__row *rows; /* by key */
    int64_t row_count;
    int32_t *column, number_count; /* columns that are numbers */
    double *value;                 /* [sample][row of table][number] */
    unsigned char *done;           /* [sample]: 0, 1, or 2 when it did not converge */
    unsigned char *saved;          /* [sample]: it stands in the checkpoint */
    kn__sweeper *worker;
    int workers;
    int64_t first; /* of the samples that run now */
} kn__sweep;

/* Reads o->over. Errors: KN_ERR_USAGE, KN_ERR_MEMORY. */
kn_status kn__sweep_parameters(kn__sweep *s);
/* The value of a parameter at a level in (0, 1). */
double kn__parameter_at(const kn__parameter *parameter, double level);
/* Moves a number of every measure of `scenario` that the parameter names. */
void kn__parameter_apply(const kn__parameter *parameter, kn_scenario *scenario,
                         double value);

/* The numbers of a sample: [row][number]. */
double *kn__sweep_values(const kn__sweep *s, int64_t sample);

/* Takes over the samples in a checkpoint file, if there is one. Errors: KN_ERR_IO;
   KN_ERR_DATA for the file of another run or a damaged one. */
kn_status kn__sweep_load(kn__sweep *s);
/* Adds samples [first, end) that are done to the file. */
kn_status kn__sweep_save(kn__sweep *s, int64_t first, int64_t end);

/* Tables quantiles, correlations and samples of the samples that are done. */
kn_status kn__sweep_write(kn__sweep *s, kn_result *result);

#endif
