/* SPDX-License-Identifier: Apache-2.0 */
#include "read/io_raw.h"

#include <stdio.h>
#include <string.h>

kn_status kn__io_raw_new(kn__io_raw **raw, kn_context *ctx)
{
    *raw = NULL;
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn__io_raw *r = KN__NEW(arena, ctx, kn__io_raw);
    if (!r) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    r->arena = arena;
    *raw = r;
    return KN_OK;
}

void kn__io_raw_free(kn_context *ctx, kn__io_raw *raw)
{
    if (!raw)
        return;
    kn__release(ctx, raw->z);
    kn__arena_free(raw->arena);
}

int32_t kn__year_in_name(const char *path)
{
    const char *slash = strrchr(path, '/');
    int32_t found = 0, year = 0;
    int digits = 0;
    for (const char *p = slash ? slash + 1 : path;; p++) {
        if (*p >= '0' && *p <= '9') {
            year = digits < 4 ? year * 10 + (*p - '0') : year;
            digits++;
            continue;
        }
        if (digits == 4 && year >= 1900 && year <= 2099)
            found = year;
        if (!*p)
            return found;
        digits = 0;
        year = 0;
    }
}
