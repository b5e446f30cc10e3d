/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine_kernel.h"

#include <math.h>
#include <stddef.h>

/* Rows of the next tile that `load` asks memory for; `spread` asks for the others, so
   that memory is busy all the time. */
enum { LANES = KN__LANES, FETCHED = 4 };

#define INLINE static inline __attribute__((always_inline))
#define SHUFFLE __builtin_shufflevector

/* Eight numbers; wherever they stand in memory; eight times yes (-1) or no (0). */
typedef double v8 __attribute__((vector_size(64)));
typedef double loose __attribute__((vector_size(64), aligned(8), may_alias));
typedef int64_t m8 __attribute__((vector_size(64)));

#define AT(p) (*(const loose *)(p))
#define PUT(p) (*(loose *)(p))
#define ALL(x)                                                                           \
    {                                                                                    \
        (x), (x), (x), (x), (x), (x), (x), (x)                                           \
    }
#define PICK(mask, yes, no) ((v8)(((m8)(yes) & (mask)) | ((m8)(no) & ~(mask))))

/* ---- One group ---- */

INLINE double add_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

INLINE double any_dot(const double *restrict z, const double *restrict v, int64_t count)
{
    double lane[LANES] = {0};
    int64_t k = 0;
    for (; k + LANES <= count; k += LANES)
        for (int l = 0; l < LANES; l++)
            lane[l] += z[k + l] * v[k + l];
    for (int l = 0; k < count; k++, l++)
        lane[l] += z[k] * v[k];
    return add_lanes(lane);
}

INLINE void any_send(double *restrict to, const double *restrict z, double scale,
                     int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        to[k] += scale * z[k];
}

/* ---- Tiles ---- */

INLINE void any_load(double *restrict tile, const double *const *rows, int64_t count,
                     const double *const *ahead)
{
    int64_t padded = kn__padded(count);
    m8 tail = {0};
    for (int l = 0; l < LANES; l++)
        tail[l] = padded - LANES + l < count ? -1 : 0;
    for (int u = 0; u < LANES; u++) {
        double *to = tile + u * padded;
        int64_t k = 0;
        for (; k < padded - LANES; k += LANES) {
            if (u < FETCHED)
                __builtin_prefetch(ahead[u] + k);
            PUT(to + k) = AT(rows[u] + k);
        }
        if (u < FETCHED)
            __builtin_prefetch(ahead[u] + k);
        PUT(to + k) = (v8)((m8)AT(rows[u] + k) & tail);
    }
}

/* Adds the lanes of eight sums as add_lanes does. */
INLINE void add_eight(double *sums, const v8 *lane)
{
    v8 four[4], two[2];
    for (int p = 0; p < 4; p++) {
        v8 a = lane[2 * p], b = lane[2 * p + 1];
        four[p] = SHUFFLE(a, b, 0, 1, 2, 3, 8, 9, 10, 11) +
                  SHUFFLE(a, b, 4, 5, 6, 7, 12, 13, 14, 15);
    }
    for (int p = 0; p < 2; p++) {
        v8 a = four[2 * p], b = four[2 * p + 1];
        two[p] = SHUFFLE(a, b, 0, 1, 4, 5, 8, 9, 12, 13) +
                 SHUFFLE(a, b, 2, 3, 6, 7, 10, 11, 14, 15);
    }
    PUT(sums) = SHUFFLE(two[0], two[1], 0, 2, 4, 6, 8, 10, 12, 14) +
                SHUFFLE(two[0], two[1], 1, 3, 5, 7, 9, 11, 13, 15);
}

/* `wide` columns at a time, at most two, `tall` users at a time. */
INLINE void weigh_some(double *sums, const double *tile, int64_t padded,
                       const double *columns, const int32_t *shocks, int wide, int tall)
{
    v8 lane[2][LANES];
    for (int u = 0; u < LANES; u += tall) {
        for (int c = 0; c < wide; c++)
            for (int r = 0; r < tall; r++)
                lane[c][u + r] = (v8)ALL(0.0);
        for (int64_t k = 0; k < padded; k += LANES) {
            v8 v[2];
            for (int c = 0; c < wide; c++)
                v[c] = AT(columns + shocks[c] * padded + k);
            for (int r = 0; r < tall; r++) {
                v8 z = AT(tile + (u + r) * padded + k);
                for (int c = 0; c < wide; c++)
                    lane[c][u + r] += z * v[c];
            }
        }
    }
    for (int c = 0; c < wide; c++)
        add_eight(sums + (int64_t)LANES * shocks[c], lane[c]);
}

INLINE void any_weigh(double *sums, const double *tile, int64_t padded,
                      const double *columns, const int32_t *shocks, int count, int wide,
                      int tall)
{
    int c = 0;
    for (; wide == 2 && c + 2 <= count; c += 2)
        weigh_some(sums, tile, padded, columns, shocks + c, 2, tall);
    for (; c < count; c++)
        weigh_some(sums, tile, padded, columns, shocks + c, 1, tall);
}

INLINE void spread_some(double *columns, const double *tile, int64_t padded,
                        const double *excess, const int32_t *shocks, int wide,
                        const double *const *ahead)
{
    v8 times[2][LANES];
    for (int c = 0; c < wide; c++)
        for (int u = 0; u < LANES; u++)
            times[c][u] = (v8)ALL(excess[LANES * shocks[c] + u]);
    for (int64_t k = 0; k < padded; k += LANES) {
        v8 to[2];
        for (int c = 0; c < wide; c++)
            to[c] = AT(columns + shocks[c] * padded + k);
        for (int u = 0; u < LANES; u++) {
            v8 z = AT(tile + u * padded + k);
            for (int c = 0; c < wide; c++)
                to[c] += times[c][u] * z;
            if (ahead && u >= FETCHED)
                __builtin_prefetch(ahead[u] + k);
        }
        for (int c = 0; c < wide; c++)
            PUT(columns + shocks[c] * padded + k) = to[c];
    }
}

INLINE void any_spread(double *columns, const double *tile, int64_t padded,
                       const double *excess, const int32_t *shocks, int count, int wide,
                       const double *const *ahead)
{
    int c = count % 2 || wide == 1;
    if (c && count)
        spread_some(columns, tile, padded, excess, shocks, 1, ahead);
    for (; wide == 2 && c < count; c += 2)
        spread_some(columns, tile, padded, excess, shocks + c, 2, c ? NULL : ahead);
    for (; c < count; c++)
        spread_some(columns, tile, padded, excess, shocks + c, 1, NULL);
}

/* ---- Cells ---- */

/* Limit of an input: (1 - w) + w q, q the stock over what full output wants. */
INLINE void limit_cells(const kn__engine_cells *c, int64_t at)
{
    v8 one = ALL(1.0), row = ALL(c->row), w = AT(c->weight);
    v8 q = AT(c->stock + at) / AT(c->need), share = one - w * (one - q);
    share = PICK(w == one, q, share) + AT(c->free);
    v8 least = AT(c->least + at);
    m8 less = share < least;
    PUT(c->least + at) = PICK(less, share, least);
    PUT(c->binding + at) = PICK(less, row, AT(c->binding + at));
}

INLINE void any_turn(const kn__engine_cells *cells)
{
    const kn__engine_cells own = *cells, *c = &own; /* no number written changes it */
    const v8 zero = ALL(0.0), one = ALL(1.0), restore = ALL(c->restore);
    const v8 least_gap = ALL(c->least_gap), least_order = ALL(c->least_order);
    v8 use = AT(c->use), target = AT(c->target);
    v8 used = PICK(use > zero, use, one), floor = zero;
    if (c->debts)
        floor = -AT(c->free);
    for (int s = 0; s < c->shocks; s++) {
        int64_t at = (int64_t)LANES * s;
        __builtin_prefetch(c->stock + at + c->ahead, 1);
        __builtin_prefetch(c->scale + at + c->ahead, 1);
        __builtin_prefetch(c->received + at + c->ahead, 1);
        v8 scale = AT(c->scale + at), before = AT(c->stock + at);
        /* What arrives, and the stock after use. */
        v8 in = scale * AT(c->arrives + at), moves = AT(c->moves + at);
        v8 after = before + moves * (in / used - AT(c->share + at));
        after = PICK(after > floor, after, floor);
        after = PICK(use > zero, after, before);
        PUT(c->stock + at) = after;
        PUT(c->received + at) = in;
        PUT(c->delivered + at) = AT(c->delivered + at) + (in - use);
        PUT(c->laid_up + at) = AT(c->laid_up + at) + use * (after - before);
        limit_cells(c, at);
        /* The order: flow + (target - stock) / restore, over what is counted on. */
        v8 gap = (target * AT(c->aim + at) - after) / restore;
        gap = PICK(gap < least_gap, least_gap, gap);
        v8 wish = AT(c->flow + at) + AT(c->closes + at) * gap, base = AT(c->base + at);
        wish = use * PICK(wish > least_order, wish, least_order);
        scale = wish / PICK(base > zero, base, one);
        scale = PICK(base > zero, scale, zero);
        PUT(c->scale + at) = scale;
        PUT(c->excess + at) = PICK(use > zero, scale - one, zero);
    }
}

/* ---- Variants ---- */

/* wide and tall: what fits into the registers. */
#define KERNEL(name, attribute, wide, tall)                                              \
    attribute static double name##_dot(const double *z, const double *v, int64_t count)  \
    {                                                                                    \
        return any_dot(z, v, count);                                                     \
    }                                                                                    \
    attribute static void name##_send(double *to, const double *z, double scale,         \
                                      int64_t count)                                     \
    {                                                                                    \
        any_send(to, z, scale, count);                                                   \
    }                                                                                    \
    attribute static void name##_load(double *tile, const double *const *rows,           \
                                      int64_t count, const double *const *ahead)         \
    {                                                                                    \
        any_load(tile, rows, count, ahead);                                              \
    }                                                                                    \
    attribute static void name##_weigh(double *sums, const double *tile, int64_t padded, \
                                       const double *columns, const int32_t *shocks,     \
                                       int count)                                        \
    {                                                                                    \
        any_weigh(sums, tile, padded, columns, shocks, count, wide, tall);               \
    }                                                                                    \
    attribute static void name##_spread(                                                 \
        double *columns, const double *tile, int64_t padded, const double *excess,       \
        const int32_t *shocks, int count, const double *const *ahead)                    \
    {                                                                                    \
        any_spread(columns, tile, padded, excess, shocks, count, wide, ahead);           \
    }                                                                                    \
    attribute static void name##_turn(const kn__engine_cells *cells)                     \
    {                                                                                    \
        any_turn(cells);                                                                 \
    }                                                                                    \
    static const kn__engine_kernel name = {#name,       name##_dot,   name##_send,       \
                                           name##_load, name##_weigh, name##_spread,     \
                                           name##_turn};

KERNEL(plain, , 1, 4)
#if defined(__x86_64__)
KERNEL(avx2, __attribute__((target("avx2"))), 1, 4)
KERNEL(avx512, __attribute__((target("avx512f,avx512dq"))), 2, 8)
#endif

const kn__engine_kernel *kn__engine_kernel_at(int k)
{
#if defined(__x86_64__)
    if (k == 1)
        return __builtin_cpu_supports("avx2") ? &avx2 : NULL;
    if (k == 2)
        return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq")
                   ? &avx512
                   : NULL;
#endif
    return k == 0 ? &plain : NULL;
}

const kn__engine_kernel *kn__engine_kernel_best(void)
{
    int k = KN__ENGINE_KERNELS - 1;
    while (!kn__engine_kernel_at(k))
        k--;
    return kn__engine_kernel_at(k);
}
