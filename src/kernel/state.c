/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/state.h"

#include <string.h>

void kn__state_save(kn__state *s, kn_context *ctx)
{
    *s = (kn__state){.ctx = ctx};
}

void kn__state_load(kn__state *s, kn_context *ctx, const void *bytes, int64_t count)
{
    /* Only read from while it loads. */
    *s = (kn__state){.ctx = ctx,
                     .loads = true,
                     .byte = (unsigned char *)(uintptr_t)bytes,
                     .count = count};
}

void kn__state_release(kn__state *s)
{
    if (!s->loads)
        kn__release(s->ctx, s->byte);
    s->byte = NULL;
}

static void fail(kn__state *s)
{
    s->status = kn__fail(s->ctx, KN_ERR_DATA,
                         "the saved state does not fit this run, or is damaged");
}

static bool make_room(kn__state *s, int64_t more)
{
    if (s->count + more <= s->room)
        return true;
    int64_t room = 2 * (s->count + more) + 4096;
    void *moved = kn__resize(s->ctx, s->byte, room, 1);
    if (!moved) {
        s->status = KN_ERR_MEMORY;
        return false;
    }
    s->byte = moved;
    s->room = room;
    return true;
}

void kn__state_field(kn__state *s, void *data, int64_t count, size_t size)
{
    int64_t bytes = count * (int64_t)size;
    if (s->status < 0 || bytes == 0)
        return;
    if (s->loads) {
        if (bytes > s->count - s->at) {
            fail(s);
            return;
        }
        memcpy(data, s->byte + s->at, (size_t)bytes);
        s->at += bytes;
    } else if (make_room(s, bytes)) {
        memcpy(s->byte + s->count, data, (size_t)bytes);
        s->count += bytes;
    }
}

void kn__state_expect(kn__state *s, int64_t value)
{
    int64_t found = value;
    KN__STATE(s, &found, 1);
    if (s->status >= 0 && found != value)
        fail(s);
}

void kn__state_text(kn__state *s, char *text, int32_t room)
{
    int32_t length = s->loads ? 0 : (int32_t)strlen(text);
    KN__STATE(s, &length, 1);
    if (s->status >= 0 && (length < 0 || length >= room))
        fail(s);
    if (s->status < 0)
        return;
    KN__STATE(s, text, length);
    text[length] = '\0';
}

void kn__state_end(kn__state *s)
{
    if (s->status >= 0 && s->loads && s->at != s->count)
        fail(s);
}
