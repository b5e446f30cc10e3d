/* SPDX-License-Identifier: Apache-2.0 */
#include "read/intern.h"

#include <string.h>

static uint64_t hash_of(const char *text)
{
    uint64_t h = UINT64_C(0xCBF29CE484222325); /* FNV-1a */
    for (; *text; text++)
        h = (h ^ (unsigned char)*text) * UINT64_C(0x100000001B3);
    return h ^ h >> 29;
}

static int64_t slot_of(const kn__intern *t, const char *text)
{
    int64_t at = (int64_t)(hash_of(text) % (uint64_t)t->slots);
    while (t->slot[at] && strcmp(t->texts[t->slot[at] - 1], text) != 0)
        at = (at + 1) % t->slots;
    return at;
}

static kn_status widen(kn__intern *t, kn_context *ctx, kn__arena *arena)
{
    int64_t room = t->room ? 2 * t->room : 64;
    const char **texts = KN__ARRAY(arena, ctx, room, const char *);
    int32_t *slot = KN__ARRAY(arena, ctx, 2 * room, int32_t);
    if (!texts || !slot)
        return KN_ERR_MEMORY;
    if (t->count)
        memcpy(texts, t->texts, (size_t)t->count * sizeof *texts);
    t->texts = texts;
    t->slot = slot;
    t->room = room;
    t->slots = 2 * room;
    for (int32_t k = 0; k < t->count; k++)
        slot[slot_of(t, texts[k])] = k + 1;
    return KN_OK;
}

kn_status kn__intern_add(kn__intern *t, kn_context *ctx, kn__arena *arena,
                         const char *text, int32_t *id)
{
    if (t->count == t->room)
        KN__TRY(widen(t, ctx, arena));
    int64_t at = slot_of(t, text);
    if (t->slot[at]) {
        *id = t->slot[at] - 1;
        return KN_OK;
    }
    const char *copy = kn__arena_text(arena, ctx, text);
    if (!copy)
        return KN_ERR_MEMORY;
    *id = t->count;
    t->texts[t->count++] = copy;
    t->slot[at] = t->count;
    return KN_OK;
}
