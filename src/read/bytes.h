/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_BYTES_H
#define KN_READ_BYTES_H

#include <stdbool.h>

#include "kernel/memory.h"

/* A stream of bytes from a file or from memory; gzip (also several members in a row) is
   recognised by its first bytes and unpacked on the way. */
typedef struct kn__bytes kn__bytes;

/* Errors: KN_ERR_NOT_FOUND (no such file), KN_ERR_IO (a folder, no permission),
   KN_ERR_MEMORY. */
kn_status kn__bytes_open(kn__bytes **bytes, kn_context *ctx, const char *path);
/* The block must outlive the stream; name is for messages. */
kn_status kn__bytes_open_memory(kn__bytes **bytes, kn_context *ctx, const char *name,
                                const void *block, size_t length);
/* A source that is pulled: up to `room` bytes into `to`, *got 0 at the end. close is
   called once, also when opening fails. */
typedef struct kn__bytes_source {
    kn_status (*read)(void *user, char *to, size_t room, size_t *got);
    void (*close)(void *user);
    void *user;
} kn__bytes_source;

kn_status kn__bytes_open_source(kn__bytes **bytes, kn_context *ctx, const char *name,
                                kn__bytes_source source);
void kn__bytes_close(kn__bytes *bytes);

/* Up to `room` bytes; *got is 0 only at the end. Errors: KN_ERR_IO; KN_ERR_DATA for gzip
   data that are damaged, cut off or followed by something else. */
kn_status kn__bytes_read(kn__bytes *bytes, char *to, size_t room, size_t *got);

const char *kn__bytes_name(const kn__bytes *bytes);

#endif
