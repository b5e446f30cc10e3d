/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/notes.h"

#include <stdio.h>
#include <string.h>

static kn_status make_room(kn__notes *notes, kn_context *ctx, kn__arena *arena)
{
    int32_t room = notes->room ? 2 * notes->room : 16;
    const char **more = KN__ARRAY(arena, ctx, room, const char *);
    if (!more)
        return KN_ERR_MEMORY;
    if (notes->count)
        memcpy(more, notes->at, (size_t)notes->count * sizeof *more);
    notes->at = more;
    notes->room = room;
    return KN_OK;
}

kn_status kn__notes_add(kn__notes *notes, kn_context *ctx, kn__arena *arena,
                        const char *format, ...)
{
    char line[1024];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    if (notes->count == notes->room)
        KN__TRY(make_room(notes, ctx, arena));
    const char *copy = kn__arena_text(arena, ctx, line);
    if (!copy)
        return KN_ERR_MEMORY;
    notes->at[notes->count++] = copy;
    return KN_OK;
}

kn_status kn__notes_copy(kn__notes *notes, kn_context *ctx, kn__arena *arena,
                         const kn__notes *from)
{
    for (int32_t k = 0; k < from->count; k++)
        KN__TRY(kn__notes_add(notes, ctx, arena, "%s", from->at[k]));
    return KN_OK;
}
