/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CASE_DYNAMIC_H
#define RUN_CASE_DYNAMIC_H

#include "lens/cascade/engine.h"
#include "run_case.h"

/* A network of a case: n producers, final users with one group for each producer. */
typedef struct dynamic {
    rc *r;
    int32_t n, finals, classes;
    kn__engine_net net;
    kn__engine_rule rule;
    kn__engine *engine;
    int32_t *class_of;       /* of each group of a producer */
    double *weight, *target; /* of each group */
} dynamic;

double *dynamic_room(dynamic *d, int64_t count);

/* flow[i n + j]: what j buys from i, class[i n + j] its input class for j; final[i finals
   + c]. False (reported) without memory. */
bool dynamic_build(dynamic *d, const double *flow, const int32_t *class_of,
                   const double *final);
/* The engine at rest. */
bool dynamic_start(dynamic *d);
bool dynamic_step(dynamic *d, const kn__engine_drive *drive);
/* Column sums: what each producer buys. */
double *dynamic_purchases(dynamic *d, const double *flow);

#endif
