/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/random.h"

void kn__philox(uint32_t out[4], const uint32_t counter[4], const uint32_t key[2])
{
    uint32_t c[4] = {counter[0], counter[1], counter[2], counter[3]};
    uint32_t k[2] = {key[0], key[1]};
    for (int round = 0; round < 10; round++) {
        uint64_t a = (uint64_t)0xD2511F53u * c[0], b = (uint64_t)0xCD9E8D57u * c[2];
        uint32_t c1 = c[1], c3 = c[3];
        c[0] = (uint32_t)(b >> 32) ^ c1 ^ k[0];
        c[1] = (uint32_t)b;
        c[2] = (uint32_t)(a >> 32) ^ c3 ^ k[1];
        c[3] = (uint32_t)a;
        k[0] += 0x9E3779B9u;
        k[1] += 0xBB67AE85u;
    }
    for (int i = 0; i < 4; i++)
        out[i] = c[i];
}

uint64_t kn__random_bits(uint64_t seed, uint64_t stream, uint64_t index)
{
    uint32_t counter[4] = {(uint32_t)index, (uint32_t)(index >> 32), (uint32_t)stream,
                           (uint32_t)(stream >> 32)};
    uint32_t key[2] = {(uint32_t)seed, (uint32_t)(seed >> 32)}, out[4];
    kn__philox(out, counter, key);
    return (uint64_t)out[1] << 32 | out[0];
}

double kn__random_uniform(uint64_t seed, uint64_t stream, uint64_t index)
{
    return ((double)(kn__random_bits(seed, stream, index) >> 12) + 0.5) * 0x1p-52;
}

uint64_t kn__random_below(uint64_t seed, uint64_t stream, uint64_t index, uint64_t bound)
{
    return kn__random_bits(seed, stream, index) % bound;
}
