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

kn_status kn__io_raw_note(kn__io_raw *raw, kn_context *ctx, const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (raw->note_count == raw->note_capacity) {
        int32_t room = raw->note_capacity ? 2 * raw->note_capacity : 8;
        const char **notes = KN__ARRAY(raw->arena, ctx, room, const char *);
        if (!notes)
            return KN_ERR_MEMORY;
        if (raw->note_count)
            memcpy(notes, raw->notes, (size_t)raw->note_count * sizeof *notes);
        raw->notes = notes;
        raw->note_capacity = room;
    }
    const char *copy = kn__arena_text(raw->arena, ctx, line);
    if (!copy)
        return KN_ERR_MEMORY;
    raw->notes[raw->note_count++] = copy;
    return KN_OK;
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
