/* SPDX-License-Identifier: Apache-2.0 */
#ifndef DENIAL_CASE_H
#define DENIAL_CASE_H

#include "lens/cascade/denial.h"
#include "run_case.h"

/* A denial case: its model and the results of the last run. */
typedef struct bench {
    rc *r;
    kn__denial_model model;
    kn__denial_work *work;
    const json_t *economies, *products, *suppliers;
    int32_t users;    /* economies of the file; the model may add the unseen ones */
    int32_t *user_at; /* economy of the model → place among the file's users, or -1 */
    double depth, *loss[KN__END_COUNT], *sales, *bite;
} bench;

/* Builds the model from `inputs`; false (reported) when it cannot. */
bool bench_read(bench *b);

/* The number that follows a word in a text, or `otherwise`. */
double bench_after(const char *text, const char *word, double otherwise);

#endif
