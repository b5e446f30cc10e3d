/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_KERNEL_HASH_H
#define KN_KERNEL_HASH_H

#include <stddef.h>
#include <stdint.h>

/* SHA-256 (FIPS 180-4), fed in pieces. */
typedef struct kn__sha256 {
    uint32_t state[8];
    uint64_t length; /* bytes so far */
    unsigned char block[64];
} kn__sha256;

void kn__sha256_init(kn__sha256 *hash);
void kn__sha256_add(kn__sha256 *hash, const void *bytes, size_t length);
/* Writes 64 hex digits and a terminator. */
void kn__sha256_finish(kn__sha256 *hash, char hex[65]);

/* All at once. */
void kn__sha256_hex(char hex[65], const void *bytes, size_t length);

#endif
