/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "report/write.h"

/* Calls `put` for every stretch that needs no escape and for every single byte that does.
   A byte that is no UTF-8 is written as the replacement character. */
typedef void (*put_special)(kn__text *out, unsigned char c);

static void each(kn__text *out, const char *s, const char *special, put_special put)
{
    size_t left = strlen(s);
    while (left) {
        size_t valid = kn__utf8_valid(s, left), done = 0;
        while (done < valid) {
            size_t plain = done;
            while (plain < valid && (unsigned char)s[plain] >= 0x20 && s[plain] != 0x7F &&
                   !strchr(special, s[plain]))
                plain++;
            kn__text_addn(out, s + done, plain - done);
            if (plain < valid)
                put(out, (unsigned char)s[plain++]);
            done = plain;
        }
        s += valid;
        left -= valid;
        if (left) {
            kn__text_add(out, "\xEF\xBF\xBD");
            s++;
            left--;
        }
    }
}

static void put_html(kn__text *out, unsigned char c)
{
    switch (c) {
    case '&':
        kn__text_add(out, "&amp;");
        return;
    case '<':
        kn__text_add(out, "&lt;");
        return;
    case '>':
        kn__text_add(out, "&gt;");
        return;
    case '"':
        kn__text_add(out, "&quot;");
        return;
    case '\'':
        kn__text_add(out, "&#39;");
        return;
    default:
        kn__text_add(out, " "); /* a control character has no place in XML */
    }
}

void kn__write_html(kn__text *out, const char *s)
{
    each(out, s, "&<>\"'", put_html);
}

static void put_json(kn__text *out, unsigned char c)
{
    if (c == '"' || c == '\\')
        kn__text_addf(out, "\\%c", c);
    else if (c == '\n')
        kn__text_add(out, "\\n");
    else if (c == '\t')
        kn__text_add(out, "\\t");
    else
        kn__text_addf(out, "\\u%04x", c);
}

void kn__write_json(kn__text *out, const char *s)
{
    kn__text_add(out, "\"");
    each(out, s, "\"\\", put_json);
    kn__text_add(out, "\"");
}

static void put_csv(kn__text *out, unsigned char c)
{
    char twice[3] = {'"', '"', '\0'}, once[2] = {(char)c, '\0'};
    kn__text_add(out, c == '"' ? twice : once);
}

void kn__write_csv(kn__text *out, const char *s)
{
    size_t length = strlen(s);
    bool quote =
        strpbrk(s, ",\"\r\n;\t") || (length && (s[0] == ' ' || s[length - 1] == ' '));
    if (quote)
        kn__text_add(out, "\"");
    each(out, s, "\"", put_csv);
    if (quote)
        kn__text_add(out, "\"");
}

static void put_markdown(kn__text *out, unsigned char c)
{
    if (c < 0x20 || c == 0x7F)
        kn__text_add(out, " ");
    else if (c == '<')
        kn__text_add(out, "&lt;");
    else
        kn__text_addf(out, "\\%c", c);
}

void kn__write_markdown(kn__text *out, const char *s)
{
    each(out, s, "|\\`*_[]<", put_markdown);
}

static void put_plain(kn__text *out, unsigned char c)
{
    kn__text_add(out, c == '\t' ? " " : "?");
}

void kn__write_plain(kn__text *out, const char *s)
{
    each(out, s, "", put_plain);
}

kn_status kn__write_take(kn__text *out, char **text, int64_t *length)
{
    kn__text_addn(out, "", 1); /* makes sure there is a block of its own */
    if (kn__text_status(out) < 0) {
        kn__text_release(out);
        return kn__text_status(out);
    }
    *text = out->data;
    *length = (int64_t)out->length - 1;
    return KN_OK;
}
