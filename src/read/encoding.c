/* SPDX-License-Identifier: Apache-2.0 */
#include "read/encoding.h"

#include <errno.h>
#include <iconv.h>
#include <string.h>

struct kn__decoder {
    kn_context *ctx;
    const char *name;
    iconv_t handle;
    char *buffer;
    int64_t room;
};

/* Kana and the first kanji of CP932 have lead bytes below 0xA0, Hangul of CP949 from 0xB0
   to 0xC8 with a second byte from 0xA1. */
const char *kn__encoding_guess(const char *bytes, size_t length)
{
    const unsigned char *p = (const unsigned char *)bytes, *end = p + length;
    size_t japanese = 0, korean = 0;
    for (; p + 1 < end; p++) {
        if (*p < 0x81)
            continue;
        bool lead_932 = *p <= 0x9F || (*p >= 0xE0 && *p <= 0xFC);
        bool hangul = *p >= 0xB0 && *p <= 0xC8 && p[1] >= 0xA1 && p[1] < 0xFF;
        japanese += lead_932 && p[1] >= 0x40 && p[1] != 0x7F;
        korean += hangul;
        p += lead_932 || hangul || p[1] >= 0xA1;
    }
    if (!japanese && !korean)
        return NULL;
    return korean > japanese ? "CP949" : "CP932";
}

kn_status kn__decoder_open(kn__decoder **out, kn_context *ctx, const char *encoding)
{
    *out = NULL;
    kn__decoder *d = kn__alloc(ctx, 1, sizeof *d);
    if (!d)
        return KN_ERR_MEMORY;
    d->ctx = ctx;
    d->name = encoding;
    d->handle = iconv_open("UTF-8", encoding);
    if (d->handle == (iconv_t)-1) {
        kn__release(ctx, d);
        return errno == ENOMEM
                   ? kn__fail(ctx, KN_ERR_MEMORY, "out of memory: reading %s", encoding)
                   : kn__fail(ctx, KN_ERR_USAGE, "the encoding %s is not known here",
                              encoding);
    }
    *out = d;
    return KN_OK;
}

void kn__decoder_close(kn__decoder *d)
{
    if (!d)
        return;
    iconv_close(d->handle);
    kn__release(d->ctx, d->buffer);
    kn__release(d->ctx, d);
}

kn_status kn__decoder_line(kn__decoder *d, const char *line, size_t length, char **out,
                           size_t *out_length, size_t *bad)
{
    void *buffer = d->buffer;
    /* No character of these encodings takes more than three bytes in UTF-8. */
    KN__TRY(kn__grow(d->ctx, &buffer, &d->room, 3 * (int64_t)length + 1, 1));
    d->buffer = buffer;
    char *from = (char *)(uintptr_t)line, *to = d->buffer;
    size_t left = length, room = (size_t)d->room - 1;
    iconv(d->handle, NULL, NULL, NULL, NULL);
    iconv(d->handle, &from, &left, &to, &room);
    *to = '\0';
    *out = d->buffer;
    *out_length = (size_t)(to - d->buffer);
    *bad = length - left;
    return KN_OK;
}

const char *kn__decoder_name(const kn__decoder *d)
{
    return d->name;
}
