/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine_kernel.h"

enum { LANES = 8, AHEAD = 512 };

#define INLINE static inline __attribute__((always_inline))

INLINE double add_lanes(const double *lane)
{
    return ((lane[0] + lane[4]) + (lane[2] + lane[6])) +
           ((lane[1] + lane[5]) + (lane[3] + lane[7]));
}

INLINE double any_dot(const double *restrict z, const double *restrict v, int64_t count)
{
    double lane[LANES] = {0}, even = 0, odd = 0;
    int64_t k = 0;
    for (; k + LANES <= count; k += LANES) {
        __builtin_prefetch(z + k + AHEAD);
        for (int l = 0; l < LANES; l++)
            lane[l] += z[k + l] * v[k + l];
    }
    /* What is left is added apart: it need not wait for the lanes. */
    for (; k + 2 <= count; k += 2) {
        even += z[k] * v[k];
        odd += z[k + 1] * v[k + 1];
    }
    if (k < count)
        even += z[k] * v[k];
    return add_lanes(lane) + (even + odd);
}

INLINE void any_send(double *restrict to, const double *restrict z, double scale,
                     int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        to[k] += scale * z[k];
}

#define KERNEL(name, attribute)                                                          \
    attribute static double name##_dot(const double *z, const double *v, int64_t count)  \
    {                                                                                    \
        return any_dot(z, v, count);                                                     \
    }                                                                                    \
    attribute static void name##_send(double *to, const double *z, double scale,         \
                                      int64_t count)                                     \
    {                                                                                    \
        any_send(to, z, scale, count);                                                   \
    }                                                                                    \
    static const kn__engine_kernel name = {name##_dot, name##_send};

KERNEL(plain, )
#if defined(__x86_64__)
KERNEL(wide, __attribute__((target("avx2"))))
#endif

const kn__engine_kernel *kn__engine_kernel_best(void)
{
#if defined(__x86_64__)
    if (__builtin_cpu_supports("avx2"))
        return &wide;
#endif
    return &plain;
}
