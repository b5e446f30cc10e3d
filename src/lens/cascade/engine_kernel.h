/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_KERNEL_H
#define KN_LENS_CASCADE_ENGINE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* The inner loops over flows that stand together. Sums run in eight fixed lanes and
   products are never fused with sums, so that every set of vector instructions gives the
   same bits.

   A tile is eight users and the flows each of them buys from the same suppliers:
   tile[user][supplier], padded with zeros to whole lanes. A column is a number for each
   of these suppliers, padded with zeros as well; columns of several shocks stand one
   after the other. Numbers by user are [shock][8]. Tiles, columns and numbers are
   fastest at addresses divisible by 64. */
enum { KN__LANES = 8 };

static inline int64_t kn__padded(int64_t count)
{
    return (count + KN__LANES - 1) / KN__LANES * KN__LANES;
}

/* The cells of eight producers and one input each: stocks move by what arrives and what
   is used, orders follow. `shocks` of them; what has no shock of its own is the same in
   all. */
typedef struct kn__engine_cells {
    int shocks;
    /* [8]: normal use; stock target; stock that full output wants;
       weight of the input; 0, or infinite where the input sets no limit. */
    const double *use, *target, *need, *weight, *free;
    double restore;   /* steps to close a gap */
    double least_gap; /* 0: a stock above its target does not lower the order */
    double least_order;
    bool debts;                   /* stocks of inputs without a limit may fall below 0 */
    double row;                   /* tells the inputs apart */
    const double *arrives, *base; /* flows times what is delivered, counted on */
    const double *flow, *aim, *share; /* what orders follow, output over normal */
    const double *moves, *closes;     /* 1, or 0: the stock stays, no gap is closed */
    double *stock, *scale, *received, *excess; /* excess = scale - 1 */
    double *delivered, *laid_up; /* sums: received over use, growth of stocks */
    int64_t ahead;               /* cells from here to those of the next turn */
    double *least, *binding;     /* smallest limit so far, and its row */
} kn__engine_cells;

typedef struct kn__engine_kernel {
    const char *name;
    double (*dot)(const double *z, const double *v, int64_t count);
    /* to += scale z */
    void (*send)(double *to, const double *z, double scale, int64_t count);
    /* Fills a tile from eight rows of `count` flows; reads up to seven flows past the end
       of a row. Asks memory for one half of the rows of `ahead`. */
    void (*load)(double *tile, const double *const *rows, int64_t count,
                 const double *const *ahead);
    /* sums[s][user] = sum over suppliers of tile times column, for the shocks listed. */
    void (*weigh)(double *sums, const double *tile, int64_t padded, const double *columns,
                  const int32_t *shocks, int count);
    /* column += excess[s][user] times tile, user by user, for the shocks listed. Asks
       memory for the other half of `ahead`. */
    void (*spread)(double *columns, const double *tile, int64_t padded,
                   const double *excess, const int32_t *shocks, int count,
                   const double *const *ahead);
    void (*turn)(const kn__engine_cells *cells);
} kn__engine_kernel;

/* The fastest that this machine can run. */
const kn__engine_kernel *kn__engine_kernel_best(void);

/* All there are, slowest first: NULL for one this machine cannot run. */
enum { KN__ENGINE_KERNELS = 3 };
const kn__engine_kernel *kn__engine_kernel_at(int k);

#endif
