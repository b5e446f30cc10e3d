/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_LENS_CASCADE_ENGINE_KERNEL_H
#define KN_LENS_CASCADE_ENGINE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

/* The inner loops over flows that stand together. Sums run in a fixed order and products
   are never fused with sums, so that every set of vector instructions gives the same
   bits, for one shock and for many.

   A row is what eight users buy from the same suppliers: z[supplier][8], zeros where a
   user buys nothing. For one shock a column is a number for each of these suppliers; a
   panel holds eight shocks: [supplier][8]. Numbers by user are [shock][8]. All are
   fastest at addresses divisible by 64. */
enum { KN__LANES = 8 };

static inline int64_t kn__padded(int64_t count)
{
    return (count + KN__LANES - 1) / KN__LANES * KN__LANES;
}

/* Numbers of eight producers and one input each, one after the other. */
enum {
    KN__CELL_USE,    /* in the normal state */
    KN__CELL_TARGET, /* steps of use that orders aim at */
    KN__CELL_NEED,   /* steps of use that full output wants to see */
    KN__CELL_WEIGHT, /* of the input */
    KN__CELL_FIXED   /* how many there are */
};

/* The same for each shock. */
enum { KN__CELL_STOCK, KN__CELL_SCALE, KN__CELL_RECEIVED, KN__CELL_MOVING };

/* Numbers of eight producers for each shock. */
enum {
    KN__UNIT_FLOW,  /* what orders follow */
    KN__UNIT_AIM,   /* stock target over that of the normal state */
    KN__UNIT_SHARE, /* output over normal */
    /* The smallest limit so far, and the row that set it. */
    KN__UNIT_LEAST,
    KN__UNIT_BINDING,
    KN__UNIT_NUMBERS
};

/* Sums over rows for each shock, in eight lanes: received over use, growth of stocks. */
enum { KN__SUM_DELIVERED, KN__SUM_LAID_UP, KN__SUM_NUMBERS };

/* What a turn works on: stocks move by what arrives and what is used, orders follow. */
typedef struct kn__engine_cells {
    int shocks;
    const double *fixed;  /* [KN__CELL_FIXED][8] */
    double *moving;       /* [shock][KN__CELL_MOVING][8] */
    double *unit;         /* [shock][KN__UNIT_NUMBERS][8] */
    double *sums;         /* [shock][KN__SUM_NUMBERS][8] */
    const double *active; /* [8]: 0 for who buys and makes nothing */
    /* By shock: 1, or 0: stocks stay; share of a gap that an order closes. */
    double moves[KN__LANES], rate[KN__LANES];
    const double *arrives, *base; /* flows times what is delivered, counted on */
    double *excess;               /* written: orders over the normal state */
    double row;                   /* tells the inputs apart */
    double least_gap; /* 0: a stock above its target does not lower the order */
    double least_order;
    bool debts; /* stocks of inputs without a limit may fall below 0 */
} kn__engine_cells;

typedef struct kn__engine_kernel {
    const char *name;
    double (*dot)(const double *z, const double *v, int64_t count);
    /* to += scale z */
    void (*send)(double *to, const double *z, double scale, int64_t count);
    /* sums[user] = sum over suppliers of row times column; of two columns, or of one
       where b is NULL. Suppliers of even and of odd places are added up apart. */
    void (*weigh)(double *sums_a, double *sums_b, const double *z, int64_t count,
                  const double *a, const double *b);
    void (*weigh_eight)(double *sums, const double *z, int64_t count,
                        const double *panel);
    /* column[supplier] += sum over users of excess times row, in a tree. Reads up to
       seven suppliers past the end, and adds to as many numbers. */
    void (*spread)(double *column, const double *z, int64_t count, const double *excess);
    void (*spread_eight)(double *panel, const double *z, int64_t count,
                         const double *excess);
    /* Whether any excess is not 0. */
    bool (*turn)(const kn__engine_cells *cells);
} kn__engine_kernel;

/* The fastest that this machine can run. */
const kn__engine_kernel *kn__engine_kernel_best(void);

/* All there are, slowest first: NULL for one this machine cannot run. */
enum { KN__ENGINE_KERNELS = 3 };
const kn__engine_kernel *kn__engine_kernel_at(int k);

#endif
