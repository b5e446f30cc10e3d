/* SPDX-License-Identifier: Apache-2.0 */
#include "read/csv.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"

static bool digit(char c)
{
    return c >= '0' && c <= '9';
}

/* The length of a separator of digit groups at s: comma, space, apostrophe, no-break
   space, narrow no-break space; 0 if none. */
static int group_mark(const char *s)
{
    if (*s == ',' || *s == ' ' || *s == '\'')
        return 1;
    if (strncmp(s, "\xC2\xA0", 2) == 0)
        return 2;
    return strncmp(s, "\xE2\x80\xAF", 3) == 0 ? 3 : 0;
}

/* Is it digits in groups of three, like 1,234 or 1 234.5? `plain` then is the number as
   it should be written. */
static bool grouped(const char *s, char *plain, size_t size)
{
    size_t n = 0;
    int run = 0, marks = 0;
    if (*s == '-')
        plain[n++] = *s++;
    while (*s && *s != '.' && n + 2 < size) {
        int mark = group_mark(s);
        if (mark && (run == 0 || run > 3 || (marks && run != 3)))
            return false;
        if (!mark && !digit(*s))
            return false;
        if (mark) {
            marks++;
            run = 0;
            s += mark;
        } else {
            run++;
            plain[n++] = *s++;
        }
    }
    if (!marks || run != 3)
        return false;
    while (*s && n + 1 < size)
        plain[n++] = *s++;
    plain[n] = '\0';
    return *s == '\0';
}

static kn_status not_a_number(kn__csv *csv, const kn__field *field)
{
    const char *s = field->text, *comma = strchr(s, ',');
    char plain[64];
    double ignored;
    if (field->length < 60 && grouped(s, plain, sizeof plain))
        return kn__csv_fail(
            csv, field, "\"%s\": thousands separators are not read; write %s", s, plain);
    if (field->length < 60 && comma && !strchr(comma + 1, ',') && !strchr(s, '.')) {
        memcpy(plain, s, (size_t)field->length + 1);
        plain[comma - s] = '.';
        if (kn__parse_number(plain, (size_t)field->length, &ignored))
            return kn__csv_fail(
                csv, field, "\"%s\": a comma is not read as a decimal point; write %s", s,
                plain);
    }
    size_t n = (size_t)field->length;
    if (n && (s[0] == ' ' || s[n - 1] == ' ' || s[0] == '\t' || s[n - 1] == '\t'))
        return kn__csv_fail(csv, field,
                            "a number was expected, found \"%s\"; remove the spaces", s);
    if (n && s[n - 1] == '%')
        return kn__csv_fail(csv, field,
                            "a number was expected, found \"%s\"; write the number "
                            "without the percent sign, in the unit of the column",
                            s);
    return kn__csv_fail(csv, field,
                        "a number was expected, found \"%.80s\"; leave the field empty "
                        "where nothing is known",
                        s);
}

/* Digits with at most one point and no more than 15 digits: most cells of every table.
   Both numbers of the division are exact, so the result is the nearest double. */
static inline bool plain_decimal(const char *s, int32_t n, double *value)
{
    static const double tens[] = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                  1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
    int64_t whole = 0;
    int32_t i = 0, decimals = 0;
    for (; i < n && digit(s[i]); i++)
        whole = whole * 10 + (s[i] - '0');
    if (i == 0)
        return false;
    if (i < n && s[i] == '.') {
        int32_t point = i++;
        for (; i < n && digit(s[i]); i++)
            whole = whole * 10 + (s[i] - '0');
        decimals = i - point - 1;
    }
    if (i < n || i > 15 + (decimals > 0))
        return false;
    *value = (double)whole / tens[decimals];
    return true;
}

kn_status kn__csv_number(kn__csv *csv, const kn__field *field, bool allow_empty,
                         double *value)
{
    const char *s = field->text;
    int32_t n = field->length;
    *value = NAN;
    if (n == 0)
        return allow_empty ? KN_OK
                           : kn__csv_fail(csv, field,
                                          "a number was expected, the field is empty");
    if (n <= 16 && plain_decimal(s, n, value))
        return KN_OK;
    return kn__parse_number(s, (size_t)n, value) ? KN_OK : not_a_number(csv, field);
}
