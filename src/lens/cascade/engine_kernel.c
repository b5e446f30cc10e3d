/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine_kernel.h"

#include <math.h>
#include <stddef.h>

/* Lines of memory that a row is asked for ahead. */
enum { LANES = KN__LANES, AHEAD = 128 };

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

/* ---- Rows ---- */

INLINE void weigh_two(double *sums_a, double *sums_b, const double *z, int64_t count,
                      const double *a, const double *b)
{
    v8 even_a = ALL(0.0), odd_a = ALL(0.0), even_b = ALL(0.0), odd_b = ALL(0.0);
    int64_t k = 0;
    for (; k + 2 <= count; k += 2, z += 2 * LANES) {
        v8 even = AT(z), odd = AT(z + LANES);
        __builtin_prefetch(z + (int64_t)LANES * AHEAD);
        __builtin_prefetch(z + (int64_t)LANES * (AHEAD + 1));
        even_a += even * a[k];
        odd_a += odd * a[k + 1];
        even_b += even * b[k];
        odd_b += odd * b[k + 1];
    }
    if (k < count) {
        even_a += AT(z) * a[k];
        even_b += AT(z) * b[k];
    }
    PUT(sums_a) = even_a + odd_a;
    PUT(sums_b) = even_b + odd_b;
}

INLINE void weigh_one(double *sums, const double *z, int64_t count, const double *a)
{
    v8 even = ALL(0.0), odd = ALL(0.0);
    int64_t k = 0;
    for (; k + 2 <= count; k += 2, z += 2 * LANES) {
        __builtin_prefetch(z + (int64_t)LANES * AHEAD);
        __builtin_prefetch(z + (int64_t)LANES * (AHEAD + 1));
        even += AT(z) * a[k];
        odd += AT(z + LANES) * a[k + 1];
    }
    if (k < count)
        even += AT(z) * a[k];
    PUT(sums) = even + odd;
}

INLINE void any_weigh(double *sums_a, double *sums_b, const double *z, int64_t count,
                      const double *a, const double *b)
{
    if (b)
        weigh_two(sums_a, sums_b, z, count, a, b);
    else
        weigh_one(sums_a, z, count, a);
}

/* `some` shocks of a panel at a time. */
INLINE void any_weigh_eight(double *sums, const double *z, int64_t count,
                            const double *panel, int some)
{
    for (int s = 0; s < LANES; s += some) {
        v8 even[LANES], odd[LANES];
        const double *row = z, *v = panel + s;
        int64_t k = 0;
        for (int c = 0; c < some; c++)
            even[c] = odd[c] = (v8)ALL(0.0);
        for (; k + 2 <= count; k += 2, row += 2 * LANES, v += 2 * LANES)
            for (int c = 0; c < some; c++) {
                even[c] += AT(row) * v[c];
                odd[c] += AT(row + LANES) * v[LANES + c];
            }
        for (int c = 0; k < count && c < some; c++)
            even[c] += AT(row) * v[c];
        for (int c = 0; c < some; c++)
            PUT(sums + (int64_t)LANES * (s + c)) = even[c] + odd[c];
    }
}

/* Halves of the lanes of a and b: whole[0] takes the lower ones, whole[1] the upper. */
INLINE void split_four(v8 *whole, const v8 *a, const v8 *b)
{
    whole[0] = SHUFFLE(*a, *b, 0, 1, 2, 3, 8, 9, 10, 11);
    whole[1] = SHUFFLE(*a, *b, 4, 5, 6, 7, 12, 13, 14, 15);
}

INLINE void split_two(v8 *whole, const v8 *a, const v8 *b)
{
    whole[0] = SHUFFLE(*a, *b, 0, 1, 4, 5, 8, 9, 12, 13);
    whole[1] = SHUFFLE(*a, *b, 2, 3, 6, 7, 10, 11, 14, 15);
}

INLINE void split_one(v8 *whole, const v8 *a, const v8 *b)
{
    whole[0] = SHUFFLE(*a, *b, 0, 2, 4, 6, 8, 10, 12, 14);
    whole[1] = SHUFFLE(*a, *b, 1, 3, 5, 7, 9, 11, 13, 15);
}

/* Adds the lanes of each of eight vectors as add_lanes does. */
INLINE void add_eight(v8 *sums, const v8 *lane)
{
    v8 four[4], two[2], half[2];
    for (int p = 0; p < 4; p++) {
        split_four(half, lane + 2 * p, lane + 2 * p + 1);
        four[p] = half[0] + half[1];
    }
    for (int p = 0; p < 2; p++) {
        split_two(half, four + 2 * p, four + 2 * p + 1);
        two[p] = half[0] + half[1];
    }
    split_one(half, two, two + 1);
    *sums = half[0] + half[1];
}

INLINE void any_spread(double *column, const double *z, int64_t count,
                       const double *excess)
{
    const v8 times = AT(excess);
    for (int64_t k = 0; k < count; k += LANES, z += LANES * LANES) {
        v8 lane[LANES], sums;
        for (int l = 0; l < LANES; l++)
            lane[l] = AT(z + LANES * l) * times;
        add_eight(&sums, lane);
        PUT(column + k) = AT(column + k) + sums;
    }
}

/* [8][8] the other way round. */
INLINE void turn_over(v8 *to, const double *from)
{
    v8 four[4][2], two[2][2][2];
    v8 row[LANES];
    for (int s = 0; s < LANES; s++)
        row[s] = AT(from + LANES * s);
    for (int p = 0; p < 4; p++)
        split_four(four[p], row + 2 * p, row + 2 * p + 1);
    for (int q = 0; q < 2; q++)
        for (int h = 0; h < 2; h++)
            split_two(two[q][h], &four[2 * q][h], &four[2 * q + 1][h]);
    for (int h = 0; h < 2; h++)
        for (int g = 0; g < 2; g++)
            split_one(to + 4 * h + 2 * g, &two[0][h][g], &two[1][h][g]);
}

INLINE void any_spread_eight(double *panel, const double *z, int64_t count,
                             const double *excess)
{
    v8 times[LANES];
    turn_over(times, excess);
    for (int64_t k = 0; k < count; k++, z += LANES, panel += LANES) {
        v8 p[LANES];
        for (int u = 0; u < LANES; u++)
            p[u] = times[u] * z[u];
        PUT(panel) = AT(panel) +
                     (((p[0] + p[4]) + (p[2] + p[6])) + ((p[1] + p[5]) + (p[3] + p[7])));
    }
}

/* ---- Cells ---- */

#define FIXED(c, name) AT((c)->fixed + LANES * KN__CELL_##name)
#define MOVING(c, s, name)                                                               \
    ((c)->moving + (int64_t)LANES * (KN__CELL_MOVING * (s) + KN__CELL_##name))
#define UNIT(c, s, name)                                                                 \
    ((c)->unit + (int64_t)LANES * (KN__UNIT_NUMBERS * (s) + KN__UNIT_##name))

#define SUM(c, s, name)                                                                  \
    ((c)->sums + (int64_t)LANES * (KN__SUM_NUMBERS * (s) + KN__SUM_##name))

/* Limit of an input: (1 - w) + w q, q the stock over what full output wants. */
INLINE void limit_cells(const kn__engine_cells *c, int s, const v8 *stock, const v8 *need,
                        const v8 *free)
{
    const v8 one = ALL(1.0), row = ALL(c->row);
    v8 q = *stock / *need, w = FIXED(c, WEIGHT), share = one - w * (one - q);
    share = PICK(w == one, q, share) + *free;
    v8 least = AT(UNIT(c, s, LEAST));
    m8 less = share < least;
    PUT(UNIT(c, s, LEAST)) = PICK(less, share, least);
    PUT(UNIT(c, s, BINDING)) = PICK(less, row, AT(UNIT(c, s, BINDING)));
}

INLINE bool any_turn(const kn__engine_cells *cells)
{
    const kn__engine_cells own = *cells, *c = &own; /* no number written changes it */
    const v8 zero = ALL(0.0), one = ALL(1.0), infinite = ALL((double)INFINITY);
    const v8 least_gap = ALL(c->least_gap), least_order = ALL(c->least_order);
    v8 use = FIXED(c, USE), target = FIXED(c, TARGET), floor = zero;
    /* 1 where the input is used at all; one choice a mask, or gcc takes lanes apart. */
    v8 uses = PICK(use > zero, one, zero), used = use + (one - uses);
    v8 need = FIXED(c, NEED);
    v8 free = PICK(use * FIXED(c, WEIGHT) > zero, zero, infinite);
    v8 active = AT(c->active), movable = uses * active;
    m8 any = {0};
    if (c->debts)
        floor = -free;
    for (int s = 0; s < c->shocks; s++) {
        v8 scale = AT(MOVING(c, s, SCALE)), before = AT(MOVING(c, s, STOCK));
        /* What arrives, and the stock after use. */
        v8 in = scale * AT(c->arrives + LANES * s);
        v8 after = before + movable * c->moves[s] * (in / used - AT(UNIT(c, s, SHARE)));
        after = PICK(after > floor, after, floor);
        PUT(MOVING(c, s, STOCK)) = after;
        PUT(MOVING(c, s, RECEIVED)) = in;
        PUT(SUM(c, s, DELIVERED)) = AT(SUM(c, s, DELIVERED)) + (in - use);
        PUT(SUM(c, s, LAID_UP)) = AT(SUM(c, s, LAID_UP)) + use * (after - before);
        limit_cells(c, s, &after, &need, &free);
        /* The order: flow + (target - stock) / restore, over what is counted on. */
        v8 gap = target * AT(UNIT(c, s, AIM)) - after, base = AT(c->base + LANES * s);
        gap = PICK(gap < least_gap, least_gap, gap) * (active * c->rate[s]);
        v8 wish = AT(UNIT(c, s, FLOW)) + gap;
        wish = use * PICK(wish > least_order, wish, least_order);
        scale = wish / PICK(base > zero, base, infinite);
        PUT(MOVING(c, s, SCALE)) = scale;
        v8 excess = uses * (scale - one);
        PUT(c->excess + LANES * s) = excess;
        any |= excess != zero;
    }
    int64_t all = 0;
    for (int l = 0; l < LANES; l++)
        all |= any[l];
    return all;
}

/* ---- Variants ---- */

/* some: what fits into the registers. */
#define KERNEL(name, attribute, some)                                                    \
    attribute static double name##_dot(const double *z, const double *v, int64_t count)  \
    {                                                                                    \
        return any_dot(z, v, count);                                                     \
    }                                                                                    \
    attribute static void name##_send(double *to, const double *z, double scale,         \
                                      int64_t count)                                     \
    {                                                                                    \
        any_send(to, z, scale, count);                                                   \
    }                                                                                    \
    attribute static void name##_weigh(double *sums_a, double *sums_b, const double *z,  \
                                       int64_t count, const double *a, const double *b)  \
    {                                                                                    \
        any_weigh(sums_a, sums_b, z, count, a, b);                                       \
    }                                                                                    \
    attribute static void name##_weigh_eight(double *sums, const double *z,              \
                                             int64_t count, const double *panel)         \
    {                                                                                    \
        any_weigh_eight(sums, z, count, panel, some);                                    \
    }                                                                                    \
    attribute static void name##_spread(double *column, const double *z, int64_t count,  \
                                        const double *excess)                            \
    {                                                                                    \
        any_spread(column, z, count, excess);                                            \
    }                                                                                    \
    attribute static void name##_spread_eight(double *panel, const double *z,            \
                                              int64_t count, const double *excess)       \
    {                                                                                    \
        any_spread_eight(panel, z, count, excess);                                       \
    }                                                                                    \
    attribute static bool name##_turn(const kn__engine_cells *cells)                     \
    {                                                                                    \
        return any_turn(cells);                                                          \
    }                                                                                    \
    static const kn__engine_kernel name = {#name,                                        \
                                           name##_dot,                                   \
                                           name##_send,                                  \
                                           name##_weigh,                                 \
                                           name##_weigh_eight,                           \
                                           name##_spread,                                \
                                           name##_spread_eight,                          \
                                           name##_turn};

KERNEL(plain, , 1)
#if defined(__x86_64__)
KERNEL(avx2, __attribute__((target("avx2"))), 2)
KERNEL(avx512, __attribute__((target("avx512f,avx512dq"))), 8)
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
