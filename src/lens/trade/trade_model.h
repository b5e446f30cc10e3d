/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_TRADE_TRADE_MODEL_H
#define KN_LENS_TRADE_TRADE_MODEL_H

#include "lens/trade/caliendo_parro.h"
#include "network/elasticities.h"
#include "network/network.h"

/* How a network becomes a trade model. */
typedef enum kn__trade_variant {
    KN__TRADE_FULL,         /* inputs from every sector, as in the table */
    KN__TRADE_NO_IO,        /* inputs only from the own sector: its part of all inputs is
                               their part of output */
    KN__TRADE_NO_MATERIALS, /* no inputs: value added is all of output */
    KN__TRADE_ONE_SECTOR    /* one traded sector, and one of what nobody imports if any:
                               trade and output are sums, tariffs and value-added shares
                               medians, input shares means (as the paper's) */
} kn__trade_variant;

typedef struct kn__trade_setup {
    kn__trade_variant variant;
    double elasticity;            /* of every sector not in `given` when > 0; else
                                     kn__elasticity_of, or kn__elasticity_of_all for one sector */
    double scale;                 /* multiplies all elasticities; 1: as they are */
    const kn_elasticities *given; /* by product, before all others; NULL: none */
    const double *drawn;          /* by product, before even these; NULL: none */
} kn__trade_setup;

/* A model with the labels it came from: economy[n] and product[j] are ids of the network;
   for the one-sector variant product holds -1 (traded) and -2 (not traded). */
typedef struct kn__trade_model {
    kn__cp cp;
    int32_t *economy, *product;
    int32_t *economy_at;   /* network economy → n, or -1 */
    int32_t *side;         /* one sector: network product → j; else NULL */
    int32_t clipped_input; /* network: inputs below 0, put to 0 */
    int32_t clipped_final,
        clipped_value; /* cells of final demand below 0, and value-added
                          shares outside of (0, 1], put to the limit */
} kn__trade_model;

/* Shares, cost shares, final demand and deficits of Caliendo and Parro from the accounts:
   imports net of tariff are Z plus final demand by product and pair of economies; the
   expenditure share follows from the accounting identity, negative cells set to 0. What
   the accounts miss is closed by solving the baseline (kn__cp_solve). Errors: KN_ERR_DATA
   for a network without balanced accounts (recipes), with fewer than two economies that
   produce. */
kn_status kn__trade_model_new(kn__trade_model *model, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn__trade_setup *setup);

/* A rate kept by the network ([(product E + importer) E + exporter] over its economies)
   for sector j of the model: the product's own, or the median over joined products. */
double kn__trade_rate(const kn__trade_model *model, const kn_network *net,
                      const double *rate, int32_t j, int32_t n, int32_t i);

/* The product's id, or "traded" and "not-traded" in the one-sector variant. */
const char *kn__trade_sector(const kn__trade_model *model, const kn_network *net,
                             int32_t j);

/* The trade elasticity of a product before it is scaled: `given`, else the one for all,
   else the network's own or that of its ISIC division; of one sector that of all goods.
 */
kn__elasticity kn__trade_elasticity(const kn_network *net, const kn__trade_setup *setup,
                                    int32_t product);

#endif
