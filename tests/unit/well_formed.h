/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_WELL_FORMED_H
#define KN_TESTS_WELL_FORMED_H

#include <string.h>

#include "support.h"

/* A strict small checker: every tag closes, every attribute is quoted, only known
   entities, no control characters. */

static inline const char *skip_name(const char *s)
{
    while ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
           (*s >= '0' && *s <= '9') || *s == '-')
        s++;
    return s;
}

static inline const char *entity(const char *s)
{
    static const char *const known[] = {"&amp;",  "&lt;",  "&gt;",
                                        "&quot;", "&#39;", "&#160;"};
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (!strncmp(s, known[i], strlen(known[i])))
            return s + strlen(known[i]);
    fail_msg("bare & before \"%.20s\"", s);
    return s + 1;
}

static inline const char *attributes(const char *s)
{
    while (*s == ' ' || *s == '\n') {
        while (*s == ' ' || *s == '\n')
            s++;
        if (*s == '>' || *s == '/')
            break;
        const char *end = skip_name(s);
        if (end == s || end[0] != '=' || end[1] != '"')
            fail_msg("a bad attribute at \"%.40s\"", s);
        for (s = end + 2; *s != '"'; s++) {
            if (!*s || *s == '<')
                fail_msg("an open attribute before \"%.40s\"", s);
            if (*s == '&')
                s = entity(s) - 1;
        }
        s++;
    }
    return s;
}

static inline void assert_well_formed(const char *page)
{
    static const char *const empty[] = {"meta", "br"};
    char stack[64][16];
    int depth = 0;
    const char *s = page;
    assert_int_equal(strncmp(s, "<!DOCTYPE html>", 15), 0);
    for (s += 15; *s;) {
        if (*s == '&') {
            s = entity(s);
            continue;
        }
        assert_true((unsigned char)*s >= 0x20 || *s == '\n');
        if (*s != '<') {
            assert_true(*s != '>' || depth > 1);
            s++;
            continue;
        }
        bool closes = s[1] == '/';
        const char *name = s + 1 + closes, *end = skip_name(name);
        size_t length = (size_t)(end - name);
        assert_true(length > 0 && length < 16 && depth < 63);
        if (closes) {
            assert_true(depth > 0);
            if (strlen(stack[depth - 1]) != length ||
                strncmp(stack[depth - 1], name, length))
                fail_msg("</%.*s> closes <%s>", (int)length, name, stack[depth - 1]);
            depth--;
            assert_int_equal(*end, '>');
            s = end + 1;
            continue;
        }
        s = attributes(end);
        bool none = *s == '/';
        s += none;
        assert_int_equal(*s++, '>');
        for (size_t i = 0; i < 2; i++)
            none =
                none || (strlen(empty[i]) == length && !strncmp(empty[i], name, length));
        if (!none) {
            memcpy(stack[depth], name, length);
            stack[depth++][length] = '\0';
        }
        if (length == 5 && !strncmp(name, "style", 5)) {
            s = strstr(s, "</style>");
            assert_non_null(s);
        }
    }
    assert_int_equal(depth, 0);
}

/* The only addresses are those of links, and nothing else fetches. */
static inline void assert_loads_nothing(const char *page)
{
    static const char *const fetches[] = {"<script", "<link", "<img",   "<iframe",
                                          "@import", " src=", "url(h",  "<object",
                                          "<embed",  "<use",  "onload", "javascript:"};
    for (size_t i = 0; i < sizeof fetches / sizeof *fetches; i++)
        if (strstr(page, fetches[i]))
            fail_msg("the page holds \"%s\"", fetches[i]);
    for (const char *s = page; (s = strstr(s, "http")); s++)
        assert_int_equal(strncmp(s - 9, "<a href=\"", 9), 0);
}

#endif
