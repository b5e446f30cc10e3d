/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_DENIAL_WORK_H
#define KN_LENS_CASCADE_DENIAL_WORK_H

#include "lens/cascade/denial.h"

/* A set of products as a list and flags. */
typedef struct kn__product_set {
    int32_t *item, count;
    unsigned char *has;
} kn__product_set;

/* The state of one run. Only rows of products in `dirty` differ from the start; so a run
   costs what it touches. Matrices are [product][economy] unless said. */
struct kn__denial_work {
    const kn__denial_model *model;
    const kn__shock *shock;
    kn__denial_rule rule;
    kn__denial_end end;
    bool timed;       /* some denial does not last for the whole run */
    double first_day; /* on which anything happens */

    double *output, *capacity;                    /* 1 at the start */
    double *gap, *need, *unmet;                   /* 0 at the start */
    double *stock, *begin;                        /* days; set when first touched */
    double *bent;                                 /* CES: 1 − (1 − u)^((σ−1)/σ) */
    kn__product_set dirty, touched, lacking, cut; /* cut: some output below 1 */

    /* Of denied products only. */
    kn__product_set denied;
    double *pool;          /* m[q][s][d] of this run */
    double *denial;        /* den[q][s][d] in this slice */
    double *cutoff;        /* [q][d] sum over s of den m */
    double *reroute;       /* [q][d] r */
    unsigned char *holder; /* [q][s] */
    unsigned char *victim; /* [q][d] */
    double *denied_day;    /* [q] first day of its denials */
    bool *open;            /* [q] targeted: goods can be passed on */

    double *installed, *uptime, *expansion; /* [tool][economy] */
    bool *tool_on;
    double *lost, *forgone, *rate, *worst, *minor; /* [economy] */
    double *bite;
};

void kn__set_add(kn__product_set *set, int32_t item);
void kn__set_clear(kn__product_set *set);

/* Puts row q into the run (its stock is set to the start). */
void kn__denial_touch(kn__denial_work *w, int32_t q);

/* Shares of the denied products' pools at this end, holders, victims, first days. */
void kn__shock_begin(kn__denial_work *w);
/* den, cutoff and r in slice t. */
void kn__shock_slice(kn__denial_work *w, int32_t t);
/* What the senders forgo in slice t, added to w->forgone. */
void kn__shock_sales(kn__denial_work *w, int32_t t);
/* Stock releases that fall into slice t. */
void kn__shock_release(kn__denial_work *w, int32_t t);
/* Capacity in slice t after capacity losses and missing equipment. */
void kn__shock_capacity(kn__denial_work *w, int32_t t);

#endif
