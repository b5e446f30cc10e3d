/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_RANDOM_H
#define KN_KERNEL_RANDOM_H

#include <stdint.h>

/* Counter-based random numbers: Philox 4x32-10 (Salmon, Moraes, Dror and Shaw, "Parallel
   random numbers: as easy as 1, 2, 3", SC 2011). The number at (seed, stream, index) is a
   pure function, so samples do not depend on who draws them, in which order or on how
   many threads. */
uint64_t kn__random_bits(uint64_t seed, uint64_t stream, uint64_t index);

/* Uniform on the open interval (0, 1), 52 bits. */
double kn__random_uniform(uint64_t seed, uint64_t stream, uint64_t index);

/* Uniform on 0 .. bound - 1 (bound > 0); bias below bound / 2^64. */
uint64_t kn__random_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t bound);

/* The Philox block itself, for tests against the published vectors. */
void kn__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2]);

#endif
