/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/text.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel/memory.h"

static char empty[1];

void kn__text_init(kn__text *text, kn_context *ctx, size_t ceiling)
{
    *text =
        (kn__text){.ctx = ctx, .data = empty, .ceiling = ceiling ? ceiling : 256u << 20};
}

void kn__text_release(kn__text *text)
{
    if (text->data != empty)
        kn__release(text->ctx, text->data);
    text->data = empty;
    text->length = text->capacity = 0;
}

static bool reserve(kn__text *text, size_t more)
{
    if (text->status < 0)
        return false;
    if (more > text->ceiling - text->length) {
        text->status =
            kn__fail(text->ctx, KN_ERR_LIMIT,
                     "a text would grow over its limit of %zu bytes", text->ceiling);
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->capacity)
        return true;
    size_t room = text->capacity < 256 ? 256 : text->capacity;
    while (room < need)
        room *= 2;
    char *old = text->data == empty ? NULL : text->data;
    char *data = kn__resize(text->ctx, old, (int64_t)room, 1);
    if (!data) {
        text->status = KN_ERR_MEMORY;
        return false;
    }
    text->data = data;
    text->capacity = room;
    return true;
}

void kn__text_addn(kn__text *text, const char *bytes, size_t length)
{
    if (!length || !reserve(text, length))
        return;
    memcpy(text->data + text->length, bytes, length);
    text->length += length;
    text->data[text->length] = '\0';
}

void kn__text_add(kn__text *text, const char *string)
{
    kn__text_addn(text, string, strlen(string));
}

void kn__text_addf(kn__text *text, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    va_list again;
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (length > 0 && reserve(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    }
    va_end(again);
}

kn_status kn__text_status(const kn__text *text)
{
    return text->status;
}

void kn__text_number(kn__text *text, double value)
{
    char buffer[40];
    int length = kn__format_number(buffer, value);
    kn__text_addn(text, buffer, (size_t)length);
}

/* ---- Numbers: C's own conversions follow the locale only in the decimal point, so the
   point is put right on the way out and checked on the way in. ---- */

static void point_out(char *s)
{
    for (; *s; s++)
        if (!strchr("0123456789+-eEinfa", *s))
            *s = '.';
}

int kn__format_number(char *buffer, double value)
{
    if (value == 0) /* no negative zero in front of a minister */
        return snprintf(buffer, 32, "0");
    if (value == floor(value) && fabs(value) < 1e15)
        return snprintf(buffer, 32, "%.0f", value);
    for (int digits = 15; digits <= 17; digits++) {
        int length = snprintf(buffer, 32, "%.*g", digits, value);
        if (digits == 17 || strtod(buffer, NULL) == value) {
            point_out(buffer);
            return length;
        }
    }
    return 0;
}

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* Clinger's fast path: at most 15 digits and a power of ten up to 22 are exact in double.
 */
static bool fast_path(uint64_t mantissa, int digits, int power, bool negative,
                      double *value)
{
    static const double tens[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                  1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
    if (digits > 15 || power < -22 || power > 22)
        return false;
    double x = (double)mantissa;
    x = power < 0 ? x / tens[-power] : x * tens[power];
    *value = negative ? -x : x;
    return true;
}

static bool slow_path(const char *s, size_t length, double *value)
{
    char copy[512];
    if (length >= sizeof copy)
        return false;
    memcpy(copy, s, length);
    copy[length] = '\0';
    char *end;
    *value = strtod(copy, &end);
    if (end != copy + length) { /* a locale with another point: put its own in place */
        char probe[8];
        snprintf(probe, sizeof probe, "%.1f", 0.5);
        char *point = strchr(copy, '.');
        if (!point || probe[2] != '5')
            return false;
        *point = probe[1];
        *value = strtod(copy, &end);
    }
    return end == copy + length && isfinite(*value);
}

bool kn__parse_number(const char *s, size_t length, double *value)
{
    const char *p = s, *end = s + length;
    bool negative = p < end && *p == '-';
    if (p < end && (*p == '-' || *p == '+'))
        p++;
    uint64_t mantissa = 0;
    int digits = 0, power = 0, seen = 0;
    for (; p < end && digit(*p); p++, seen++) {
        if (digits < 19)
            mantissa = mantissa * 10 + (uint64_t)(*p - '0');
        digits += digits > 0 || *p != '0';
    }
    if (p < end && *p == '.')
        for (p++; p < end && digit(*p); p++, seen++, power--) {
            if (digits < 19)
                mantissa = mantissa * 10 + (uint64_t)(*p - '0');
            digits += digits > 0 || *p != '0';
        }
    if (!seen)
        return false;
    if (p < end && (*p == 'e' || *p == 'E')) {
        bool minus = p + 1 < end && p[1] == '-';
        p += 1 + (p + 1 < end && (p[1] == '-' || p[1] == '+'));
        if (p == end || !digit(*p))
            return false;
        int e = 0;
        for (; p < end && digit(*p); p++)
            e = e < 10000 ? e * 10 + (*p - '0') : e;
        power += minus ? -e : e;
    }
    if (p != end)
        return false;
    return fast_path(mantissa, digits, power, negative, value) ||
           slow_path(s, length, value);
}

bool kn__parse_int(const char *s, size_t length, int64_t *value)
{
    bool negative = length && *s == '-';
    size_t i = length && (*s == '-' || *s == '+');
    if (i == length || length - i > 18)
        return false;
    int64_t x = 0;
    for (; i < length; i++) {
        if (!digit(s[i]))
            return false;
        x = x * 10 + (s[i] - '0');
    }
    *value = negative ? -x : x;
    return true;
}

/* ---- Labels ---- */

static int fold(char c)
{
    return c >= 'A' && c <= 'Z' ? c + ('a' - 'A') : (unsigned char)c;
}

bool kn__text_equal(const char *a, const char *b)
{
    return a == b || (a && b && strcmp(a, b) == 0);
}

bool kn__text_equal_i(const char *a, const char *b)
{
    if (!a || !b)
        return a == b;
    while (*a && fold(*a) == fold(*b))
        a++, b++;
    return fold(*a) == fold(*b);
}

static int least(int a, int b)
{
    return a < b ? a : b;
}

int kn__edit_distance(const char *a, const char *b, int limit)
{
    enum { LONGEST = 63 };
    size_t n = strlen(a), m = strlen(b);
    if (n > LONGEST || m > LONGEST)
        return limit + 1;
    int rows[3][LONGEST + 1];
    for (size_t j = 0; j <= m; j++)
        rows[0][j] = (int)j;
    for (size_t i = 1; i <= n; i++) {
        int *now = rows[i % 3], *before = rows[(i + 2) % 3], *older = rows[(i + 1) % 3];
        now[0] = (int)i;
        for (size_t j = 1; j <= m; j++) {
            int differs = fold(a[i - 1]) != fold(b[j - 1]);
            now[j] = least(least(before[j], now[j - 1]) + 1, before[j - 1] + differs);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                now[j] = least(now[j], older[j - 2] + 1);
        }
    }
    return least(rows[n % 3][m], limit + 1);
}

void kn__text_nearest(kn__text *text, const char *word, const char *const *labels,
                      int64_t count)
{
    const char *best[3] = {NULL, NULL, NULL};
    int distance[3], found = 0, limit = (int)(strlen(word) / 3) + 1;
    for (int64_t i = 0; i < count; i++) {
        int d = kn__edit_distance(word, labels[i], limit);
        if (d > limit)
            continue;
        int at = found;
        while (at > 0 && distance[at - 1] > d)
            at--;
        if (at == 3)
            continue;
        found += found < 3;
        for (int k = found - 1; k > at; k--) {
            best[k] = best[k - 1];
            distance[k] = distance[k - 1];
        }
        best[at] = labels[i];
        distance[at] = d;
    }
    for (int k = 0; k < found; k++)
        kn__text_addf(text, "%s\"%s\"",
                      k == 0           ? "did you mean "
                      : k == found - 1 ? " or "
                                       : ", ",
                      best[k]);
    if (found)
        kn__text_add(text, "?");
}

size_t kn__utf8_valid(const char *bytes, size_t length)
{
    const unsigned char *s = (const unsigned char *)bytes;
    size_t i = 0;
    while (i < length) {
        unsigned c = s[i];
        size_t more = c < 0x80 ? 0 : c < 0xC2 ? 9 : c < 0xE0 ? 1 : c < 0xF0 ? 2 : 3;
        if (more == 9 || c > 0xF4 || more >= length - i)
            return i;
        for (size_t k = 1; k <= more; k++)
            if ((s[i + k] & 0xC0) != 0x80)
                return i;
        if ((c == 0xE0 && s[i + 1] < 0xA0) || (c == 0xED && s[i + 1] > 0x9F) ||
            (c == 0xF0 && s[i + 1] < 0x90) || (c == 0xF4 && s[i + 1] > 0x8F))
            return i;
        i += more + 1;
    }
    return length;
}
