/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_EXPOSURE_MEASURES_H
#define KN_LENS_EXPOSURE_MEASURES_H

#include <stdbool.h>

#include "kernel/memory.h"

/* The formulas of the exposure lens on plain arrays. Matrices are row-major. Undefined
   results (0/0) are NaN. */

/* ---- Concentration ---- */

/* Herfindahl-Hirschman index sum (a_i / sum a)^2 of amounts >= 0; 1/HHI is the number of
   effective suppliers. NaN when the amounts sum to 0. */
double kn__hhi(const double *amount, int32_t count);

/* The interval of the HHI when a share u of the whole comes from unseen suppliers: low
   when they are many and small, high when they are the largest known one (DESIGN,
   section 2). amount: known suppliers, unseen: what comes from elsewhere. */
void kn__hhi_bounds(const double *amount, int32_t count, double unseen, double *low,
                    double *high);

/* European Commission, SWD(2021) 352: foreign dependency in a product. */
typedef struct kn__cdi {
    double hhi;           /* CDI 1: of imports from outside the bloc; above 0.4 */
    double extra_share;   /* CDI 2: outside share of all imports; above 0.5 */
    double import_export; /* CDI 3: outside imports over exports; above 1 */
    bool dependent;       /* all three; infinite import_export counts as above */
} kn__cdi;

kn__cdi kn__ec_cdi(const double *extra_imports, int32_t count, double intra_imports,
                   double exports);

/* CEPII GeoDep: a year is flagged when the import HHI and the HHI of world exports are
   above 0.4 and imports over exports (9999 where there are no exports) above 1; dependent
   when at least two of three years are (in general: two thirds). */
void kn__geodep(int32_t years, const double *import_hhi, const double *world_export_hhi,
                const double *import_export, bool *flags, bool *dependent);

/* ---- Fragility of a product's trade network ---- */

typedef struct kn__fragility {
    double deviation;        /* population sd of exporters' shares: central players */
    double world_export_hhi; /* of exporters' shares */
    double clustering;       /* mean local clustering, unweighted and undirected */
} kn__fragility;

/* trade: exporter × importer, n × n. share (n, may be NULL) gets the exporters' shares.
 */
kn_status kn__trade_fragility(kn__fragility *out, kn_context *ctx, const double *trade,
                              int32_t n, double *share);

/* ---- Economic complexity (Hidalgo and Hausmann 2009; Tacchella et al. 2012) ---- */

typedef struct kn__complexity {
    int32_t economies, products;
    double *rca; /* economies × products; NaN where nothing is exported */
    double *m;   /* 1 where rca >= 1 */
    double *diversity, *ubiquity;
    double *eci, *pci;    /* mean 0, population sd 1; NaN where diversity or ubiquity 0 */
    double eigenvalue[2]; /* the largest (must be 1) and the second */
    double *fitness;      /* economies, mean 1 */
} kn__complexity;

/* exports: economies × products. iterations of the fitness algorithm: 200. All arrays of
 *out live in the arena. */
kn_status kn__economic_complexity(kn__complexity *out, kn_context *ctx, kn__arena *arena,
                                  const double *exports, int32_t economies,
                                  int32_t products, int32_t iterations);

#endif
