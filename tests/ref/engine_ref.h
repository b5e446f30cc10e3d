/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_ENGINE_REF_H
#define KN_TESTS_ENGINE_REF_H

#include "lens/cascade/engine.h"

/* The daily engine as its equations are printed: every order, delivery and stock an
   amount of its own, one loop each, nothing shared or fused. Two markets (producers,
   final users), no prices. */
typedef struct ref_engine {
    const kn__engine_net *net;
    kn__engine_rule rule;
    int64_t groups, links, steps;
    double *order, *got, *link_stock; /* of each link */
    int64_t *group;                   /* of each link */
    int32_t *user, *from;             /* of each link: buyer, supplier */
    double *use, *stock, *received;   /* of each group */
    double *before;                   /* stocks before they move */
    bool ignores_gaps;                /* in this step */
    double *normal, *output, *demand, *capacity, *limit, *adapted, *choice;
    double *memory; /* [market][producer] */
} ref_engine;

/* 0, or -1 without memory. */
int ref_engine_new(ref_engine *e, const kn__engine_net *net, const kn__engine_rule *rule);
void ref_engine_free(ref_engine *e);
void ref_engine_step(ref_engine *e, const kn__engine_drive *drive);

#endif
