/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/hash.h"

#include <string.h>

/* The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
static const uint32_t constants[64] = {
    0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4,
    0xab1c5ed5, 0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe,
    0x9bdc06a7, 0xc19bf174, 0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f,
    0x4a7484aa, 0x5cb0a9dc, 0x76f988da, 0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7,
    0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967, 0x27b70a85, 0x2e1b2138, 0x4d2c6dfc,
    0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85, 0xa2bfe8a1, 0xa81a664b,
    0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070, 0x19a4c116,
    0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
    0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7,
    0xc67178f2};

static uint32_t turn(uint32_t x, int by)
{
    return x >> by | x << (32 - by);
}

/* One round; `a` is where the first of the eight words stands, the others follow. */
static inline void step(uint32_t s[8], int a, uint32_t add)
{
    uint32_t e = s[(a + 4) & 7], first = s[a & 7], *last = &s[(a + 7) & 7];
    uint32_t one = *last + (turn(e, 6) ^ turn(e, 11) ^ turn(e, 25)) +
                   ((e & s[(a + 5) & 7]) ^ (~e & s[(a + 6) & 7])) + add;
    uint32_t b = s[(a + 1) & 7], c = s[(a + 2) & 7];
    s[(a + 3) & 7] += one;
    *last = one + (turn(first, 2) ^ turn(first, 13) ^ turn(first, 22)) +
            ((first & b) ^ (first & c) ^ (b & c));
}

/* Section 6.2.2: one block of 64 bytes. */
static void compress(uint32_t state[8], const unsigned char *block)
{
    uint32_t w[64], s[8];
    for (int t = 0; t < 16; t++)
        w[t] = (uint32_t)block[4 * t] << 24 | (uint32_t)block[4 * t + 1] << 16 |
               (uint32_t)block[4 * t + 2] << 8 | block[4 * t + 3];
    for (int t = 16; t < 64; t++) {
        uint32_t a = w[t - 15], b = w[t - 2];
        w[t] = (turn(b, 17) ^ turn(b, 19) ^ b >> 10) + w[t - 7] +
               (turn(a, 7) ^ turn(a, 18) ^ a >> 3) + w[t - 16];
    }
    memcpy(s, state, sizeof s);
    for (int t = 0; t < 64; t += 8)
        for (int k = 0; k < 8; k++) /* the eight words change places by counting down */
            step(s, 8 - k, constants[t + k] + w[t + k]);
    for (int k = 0; k < 8; k++)
        state[k] += s[k];
}

void kn__sha256_init(kn__sha256 *hash)
{
    /* Of the square roots of the first 8 primes. */
    *hash = (kn__sha256){.state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                   0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19}};
}

void kn__sha256_add(kn__sha256 *hash, const void *bytes, size_t length)
{
    const unsigned char *at = bytes;
    while (length) {
        size_t used = hash->length % 64;
        if (used == 0 && length >= 64) {
            compress(hash->state, at);
            hash->length += 64;
            at += 64;
            length -= 64;
            continue;
        }
        size_t take = length < 64 - used ? length : 64 - used;
        memcpy(hash->block + used, at, take);
        hash->length += take;
        at += take;
        length -= take;
        if (hash->length % 64 == 0)
            compress(hash->state, hash->block);
    }
}

void kn__sha256_finish(kn__sha256 *hash, char hex[65])
{
    static const unsigned char padding[64] = {0x80};
    uint64_t bits = hash->length * 8;
    unsigned char size[8];
    for (int k = 0; k < 8; k++)
        size[k] = (unsigned char)(bits >> (56 - 8 * k));
    kn__sha256_add(hash, padding, 1 + (119 - hash->length % 64) % 64);
    kn__sha256_add(hash, size, sizeof size);
    for (int k = 0; k < 64; k++)
        hex[k] = "0123456789abcdef"[hash->state[k / 8] >> (28 - 4 * (k % 8)) & 15];
    hex[64] = '\0';
}

void kn__sha256_hex(char hex[65], const void *bytes, size_t length)
{
    kn__sha256 hash;
    kn__sha256_init(&hash);
    kn__sha256_add(&hash, bytes, length);
    kn__sha256_finish(&hash, hex);
}
