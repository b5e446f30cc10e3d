/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "run_case.h"

void rc_begin(rc *r, const char *format, ...)
{
    char name[256];
    va_list args;
    va_start(args, format);
    vsnprintf(name, sizeof name, format, args);
    va_end(args);
    for (char *c = name; *c; c++)
        if (*c == ' ')
            *c = '_';
    r->name = kn__arena_text(r->arena, r->ctx, name);
    r->compared = 0;
    r->largest = 0;
    r->broken = false;
}

void rc_end(rc *r)
{
    bool ok = r->compared && !r->broken && r->largest <= r->tolerance;
    char deviation[40], tolerance[40];
    kn__format_number(tolerance, r->tolerance);
    if (isinf(r->largest))
        strcpy(deviation, "inf");
    else
        kn__format_number(deviation, r->largest);
    printf("%s %s %lld %s %s %s\n", r->file, r->name ? r->name : "-",
           (long long)r->compared, deviation, tolerance, ok ? "ok" : "FAIL");
    r->cases++;
    r->failures += !ok;
    r->name = NULL;
    r->broken = false;
    r->compared = 0;
    r->largest = 0;
}

void rc_error(rc *r, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fprintf(stderr, "%s: ", r->file);
    if (r->name)
        fprintf(stderr, "%s: ", r->name);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    r->broken = true;
}

bool rc_ok(rc *r, kn_status status)
{
    if (status >= 0)
        return true;
    rc_error(r, "%s: %s", kn_status_text(status), kn_context_error(r->ctx));
    kn_context_clear(r->ctx);
    return false;
}

void rc_compare(rc *r, const char *what, const double *got, const double *expected,
                int64_t count)
{
    enum { SHOWN = 8 };
    double scale = 0, worst = 0;
    int64_t off = 0;
    for (int64_t i = 0; i < count; i++)
        if (fabs(expected[i]) > scale)
            scale = fabs(expected[i]);
    if (!(scale > 0) || r->points)
        scale = 1;
    for (int64_t i = 0; i < count; i++) {
        double deviation = fabs(got[i] - expected[i]) / scale;
        if (isnan(got[i]) && isnan(expected[i]))
            deviation = 0;
        if (isnan(deviation))
            deviation = INFINITY;
        if (deviation > worst)
            worst = deviation;
        if (deviation > r->tolerance && off++ < SHOWN)
            fprintf(stderr, "%s: %s: %s[%lld] is %.17g, expected %.17g\n", r->file,
                    r->name, what, (long long)i, got[i], expected[i]);
    }
    if (off > SHOWN)
        fprintf(stderr, "%s: %s: %s: %lld of %lld are off\n", r->file, r->name, what,
                (long long)off, (long long)count);
    r->compared += count;
    if (worst > r->largest)
        r->largest = worst;
}

void rc_compare_json(rc *r, const char *what, const double *got, int64_t count,
                     const json_t *expected)
{
    double *values = rc_numbers(r, what, expected, count);
    if (values)
        rc_compare(r, what, got, values, count);
}

int64_t rc_count(const json_t *value)
{
    if (!json_is_array(value))
        return 1;
    int64_t count = 0;
    for (size_t i = 0; i < json_array_size(value); i++)
        count += rc_count(json_array_get(value, i));
    return count;
}

int64_t rc_rows(const json_t *object, const char *const *keys)
{
    size_t most = 0;
    for (; *keys; keys++) {
        size_t rows = json_array_size(json_object_get(object, *keys));
        most = rows > most ? rows : most;
    }
    return (int64_t)most;
}

static bool fill(const json_t *value, double **out)
{
    bool ok = true;
    if (json_is_array(value)) {
        for (size_t i = 0; ok && i < json_array_size(value); i++)
            ok = fill(json_array_get(value, i), out);
        return ok;
    }
    double number = NAN;
    if (json_is_number(value))
        number = json_number_value(value);
    else if (json_is_boolean(value))
        number = json_is_true(value);
    else if (json_is_string(value))
        ok = kn__parse_number(json_string_value(value), json_string_length(value),
                              &number);
    else
        ok = json_is_null(value);
    *(*out)++ = number;
    return ok;
}

double *rc_numbers(rc *r, const char *what, const json_t *value, int64_t count)
{
    if (!value) {
        rc_error(r, "%s is missing", what);
        return NULL;
    }
    int64_t have = rc_count(value);
    if (count >= 0 && have != count) {
        rc_error(r, "%s holds %lld values, expected %lld", what, (long long)have,
                 (long long)count);
        return NULL;
    }
    double *numbers = KN__ARRAY(r->arena, r->ctx, have, double);
    double *end = numbers;
    if (!numbers || !fill(value, &end)) {
        rc_error(r, "%s holds something that is not a number", what);
        return NULL;
    }
    return numbers;
}

int32_t *rc_whole(rc *r, const char *what, const json_t *value, int64_t count,
                  int64_t least, int64_t most)
{
    double *numbers = rc_numbers(r, what, value, count);
    int64_t have = numbers ? rc_count(value) : 0;
    int32_t *whole = KN__ARRAY(r->arena, r->ctx, have, int32_t);
    if (!numbers || !whole)
        return NULL;
    for (int64_t k = 0; k < have; k++) {
        if (!(numbers[k] >= (double)least && numbers[k] <= (double)most) ||
            numbers[k] != floor(numbers[k])) {
            rc_error(r, "%s holds %g, expected whole numbers from %lld to %lld", what,
                     numbers[k], (long long)least, (long long)most);
            return NULL;
        }
        whole[k] = (int32_t)numbers[k];
    }
    return whole;
}

int32_t *rc_codes(rc *r, const char *what, const json_t *value, int64_t count,
                  int32_t *kinds)
{
    int32_t *code = KN__ARRAY(r->arena, r->ctx, count, int32_t);
    const json_t **seen = KN__ARRAY(r->arena, r->ctx, count, const json_t *);
    *kinds = 0;
    if (!code || !seen || !json_is_array(value) ||
        (int64_t)json_array_size(value) != count) {
        rc_error(r, "%s must be a list of %lld", what, (long long)count);
        return NULL;
    }
    for (int64_t k = 0; k < count; k++) {
        const json_t *item = json_array_get(value, (size_t)k);
        while (code[k] < *kinds && !json_equal(seen[code[k]], item))
            code[k]++;
        if (code[k] == *kinds)
            seen[(*kinds)++] = item;
    }
    return code;
}

/* ---- Members ---- */

static bool holds_nothing(const json_t *value)
{
    bool nothing = true;
    for (size_t k = 0; nothing && k < json_array_size(value); k++)
        nothing = holds_nothing(json_array_get(value, k));
    return nothing && (json_is_array(value) || json_is_null(value));
}

/* A sentence says something about a case, a word may ask for something. */
static bool is_remark(const json_t *value)
{
    const char *text = json_string_value(value);
    return text ? !*text || strchr(text, ' ') : holds_nothing(value);
}

static bool listed(const char *const *keys, const char *key)
{
    while (*keys && strcmp(*keys, key))
        keys++;
    return *keys;
}

bool rc_known(rc *r, const json_t *object, const char *const *keys)
{
    static const char *const always[] = {"family", "tolerance", "tolerance_pp", "id",
                                         "name",   "title",     "note",         "notes",
                                         "source", "cite",      "unit",         NULL};
    const char *key;
    json_t *value;
    bool known = true;
    json_object_foreach((json_t *)(uintptr_t)object, key, value)
    {
        if (listed(keys, key) || listed(always, key) || is_remark(value))
            continue;
        rc_error(r, "nothing is known about \"%s\"", key);
        known = false;
    }
    return known;
}

bool rc_tolerance(rc *r)
{
    const json_t *relative = json_object_get(r->root, "tolerance");
    const json_t *points = json_object_get(r->root, "tolerance_pp");
    r->points = json_is_number(points) && !json_is_number(relative);
    const json_t *stated = r->points ? points : relative;
    r->tolerance = json_is_number(stated) ? json_number_value(stated) : 1e-9;
    if (json_is_number(stated) || !stated || json_is_null(stated))
        return true;
    rc_error(r, "the tolerance is not a number");
    return false;
}

const json_t *rc_get(rc *r, const json_t *object, const char *key)
{
    const json_t *value = json_object_get(object, key);
    if (!value)
        rc_error(r, "key \"%s\" is missing", key);
    return value;
}

double rc_number_or(const json_t *object, const char *key, double otherwise)
{
    const json_t *value = json_object_get(object, key);
    return json_is_number(value) ? json_number_value(value) : otherwise;
}

const char *rc_text(rc *r, const json_t *object, const char *key)
{
    const char *text = json_string_value(json_object_get(object, key));
    if (!text)
        rc_error(r, "text \"%s\" is missing", key);
    return text;
}

int32_t rc_find(rc *r, const json_t *texts, const char *label)
{
    for (size_t i = 0; label && i < json_array_size(texts); i++)
        if (kn__text_equal(json_string_value(json_array_get(texts, i)), label))
            return (int32_t)i;
    rc_error(r, "unknown label \"%s\"", label ? label : "");
    return -1;
}
