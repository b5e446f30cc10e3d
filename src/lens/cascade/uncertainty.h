/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_UNCERTAINTY_H
#define KN_LENS_CASCADE_UNCERTAINTY_H

#include "lens/cascade/denial_matrix.h"

/* Denial losses under uncertain figures (docs/uncertainty.md). A factor is a kind of
   figure; all figures of a kind move together, each as far as its own grade allows. */
typedef enum kn__factor {
    KN__FACTOR_SHARE,      /* the holder's share of what victims buy */
    KN__FACTOR_UNSEEN,     /* the part of unseen supply that is the holder's */
    KN__FACTOR_DEPENDENT,  /* dependent shares φ; elasticities where there are none */
    KN__FACTOR_STOCK,      /* days of stock */
    KN__FACTOR_SPARE,      /* spare capacity */
    KN__FACTOR_SUBSTITUTE, /* share of use that can be replaced */
    KN__FACTOR_REROUTE,    /* share that comes through third economies */
    KN__FACTOR_DELAY,      /* days until substitutes, routes and spare capacity answer */
    KN__FACTOR_SERVICE,    /* of tools: dependence on service */
    KN__FACTOR_VALUE,      /* value added of users */
    KN__FACTOR_COUNT
} kn__factor;

extern const char *const kn__factor_names[KN__FACTOR_COUNT];

/* The level of each factor, a probability in (0, 1); NaN: as the network has it. */
typedef struct kn__levels {
    double at[KN__FACTOR_COUNT];
} kn__levels;

/* The quantile of a triangular distribution on [low, high] with that mode. */
double kn__triangular(double low, double mode, double high, double level);

/* Half the width of the range of a figure of a grade, as a part of the figure. */
double kn__grade_width(char grade);

/* Latin hypercube (McKay, Beckman and Conover 1979): in each factor every one of `count`
   strata of equal probability is hit once. levels[count]; order[count] is scratch. */
void kn__latin_hypercube(kn__levels *levels, int32_t *order, int32_t count,
                         uint64_t seed);

/* A model of its own whose figures can be moved; shares what never moves. */
typedef struct kn__perturbed {
    const kn_network *net;
    const kn__denial_model *base;
    kn__denial_model model;
    double *flow, *stock, *spare, *value, *products[5];
    kn__denial_input *inputs;
    kn__denial_tool *tools;
    kn__denial_ces ces; /* of networks that have one; set by kn__perturb */
} kn__perturbed;

kn_status kn__perturbed_new(kn__perturbed *p, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn__denial_model *base);

/* Sets all figures but shares to their values at the levels. */
void kn__perturb(kn__perturbed *p, const kn__levels *levels);
/* Sets the shares of holder h in product q; kn__restore_shares undoes it. */
void kn__perturb_shares(kn__perturbed *p, const kn__levels *levels, int32_t q, int32_t h);
void kn__restore_shares(kn__perturbed *p, int32_t q);

#endif
