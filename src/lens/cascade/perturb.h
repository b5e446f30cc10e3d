/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_PERTURB_H
#define KN_LENS_CASCADE_PERTURB_H

#include "lens/cascade/denial_net.h"

/* The denial model under uncertain figures (docs/uncertainty.md). A factor is a kind of
   figure; all figures of a kind move together, each as far as its own grade allows. */
typedef enum kn__factor {
    KN__FACTOR_UNSEEN,     /* the part of unseen supply that is the known suppliers' */
    KN__FACTOR_DEPENDENT,  /* dependent shares φ; elasticities where there are none */
    KN__FACTOR_STOCK,      /* days of stock */
    KN__FACTOR_SPARE,      /* spare capacity */
    KN__FACTOR_SUBSTITUTE, /* share of use that can be replaced */
    KN__FACTOR_REROUTE,    /* share that comes through third economies */
    KN__FACTOR_DELAY,      /* days until substitutes, routes and spare capacity answer */
    KN__FACTOR_SERVICE,    /* of tools: dependence on service */
    KN__FACTOR_VALUE,      /* value added of users */
    KN__FACTOR_SUPPLIER,   /* an economy's shares in what all buy; one level for each
                              economy, so that this factor comes last */
    KN__FACTOR_COUNT
} kn__factor;

extern const char *const kn__factor_names[KN__FACTOR_COUNT];

/* Levels are an array: one for each factor up to the last, then that of supplier s at
   [KN__FACTOR_SUPPLIER + s]. Each is a probability in (0, 1); NaN: as the network has it.
   This many for a number of economies. */
int32_t kn__level_count(int32_t economies);

/* The quantile of a triangular distribution on [low, high] with that mode. */
double kn__triangular(double low, double mode, double high, double level);

/* Half the width of the range of a figure of a grade, as a part of the figure. */
double kn__grade_width(char grade);

/* A model of its own whose figures can be moved; shares what never moves. */
typedef struct kn__perturbed {
    const kn_network *net;
    const kn__denial_model *base;
    const char *share_grade; /* [q][s][d], 0: between its bounds; may be shared */
    kn__denial_model model;
    double *ratio; /* [q][s][d]: moved purchases over those of the network */
    double *flow, *stock, *spare, *value, *products[5];
    kn__denial_input *inputs;
    kn__denial_tool *tools;
    kn__denial_ces ces; /* of networks that have one; set by kn__perturb */
} kn__perturbed;

/* By which grade each share moves: that of its link, that of its maker in a table, 0
   between its bounds. NULL when the memory fails. */
char *kn__share_grades(kn_context *ctx, kn__arena *arena, const kn_network *net,
                       const kn__denial_model *base);

/* Errors: KN_ERR_MEMORY. */
kn_status kn__perturbed_new(kn__perturbed *p, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn__denial_model *base,
                            const char *share_grade);

/* Sets all figures to their values at the levels. What a buyer buys of a product stays;
   who sells it moves. */
void kn__perturb(kn__perturbed *p, const double *levels);

/* The value added of producer i, moved as the model's is. */
double kn__perturbed_value(const kn_network *net, int32_t i, double level);

#endif
