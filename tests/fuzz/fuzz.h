/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_FUZZ_H
#define KN_TESTS_FUZZ_H

/* What the fuzz targets share. Each target feeds bytes to a reader, which must take or
   refuse them with a message, and free all it took. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "kaname/context.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static inline kn_context *fuzz_context(void)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx = NULL;
    options.threads = 1;
    if (kn_context_new(&ctx, &options) < 0)
        abort();
    return ctx;
}

/* A failure without words is a finding. */
static inline void fuzz_finish(kn_context *ctx, kn_status status)
{
    if (status < 0 && !kn_context_error(ctx)[0])
        abort();
    kn_context_free(ctx);
}

/* Cuts the input at lines "=== NAME" into files; returns how many. */
typedef struct fuzz_files {
    const char *name[16], *bytes[16];
    size_t length[16];
    char names[16][32];
    int32_t count;
} fuzz_files;

static inline void fuzz_split(fuzz_files *files, const uint8_t *data, size_t size)
{
    const char *at = (const char *)data, *end = at + size;
    files->count = 0;
    while (at < end && files->count < 16) {
        const char *lf = memchr(at, '\n', (size_t)(end - at));
        if (!lf || lf - at < 5 || lf - at > 35 || memcmp(at, "=== ", 4) != 0)
            return;
        int32_t k = files->count++;
        size_t n = (size_t)(lf - at) - 4;
        memcpy(files->names[k], at + 4, n);
        files->names[k][n] = '\0';
        const char *next = memmem(lf, (size_t)(end - lf), "\n=== ", 5);
        at = lf + 1;
        files->name[k] = files->names[k];
        files->bytes[k] = at;
        files->length[k] = next ? (size_t)(next + 1 - at) : (size_t)(end - at);
        at = next ? next + 1 : end;
    }
}

/* The bytes as a file in memory; path is valid until fuzz_close. */
static inline int fuzz_open(char path[64], const uint8_t *data, size_t size)
{
    int fd = memfd_create("fuzz", 0);
    if (fd < 0 || write(fd, data, size) != (ssize_t)size)
        abort();
    snprintf(path, 64, "/proc/self/fd/%d", fd);
    return fd;
}

#endif
