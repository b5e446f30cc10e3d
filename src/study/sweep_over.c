/* SPDX-License-Identifier: Apache-2.0 */
/* What a sweep moves: KEY=LOW:HIGH. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "study/options.h"
#include "study/sweep.h"

/* ---- Which number ---- */

static bool is_number(const kn_option *option)
{
    return option->type == KN_OPTION_NUMBER || option->type == KN_OPTION_INTEGER;
}

/* "line7" → 7; 0 where it is not of that form. */
static int32_t line_of(const char *text, size_t length)
{
    int64_t line = 0;
    bool fits = length > 4 && !strncmp(text, "line", 4) &&
                kn__parse_int(text + 4, length - 4, &line);
    return fits && line > 0 && line <= INT32_MAX ? (int32_t)line : 0;
}

static bool names(const kn__parameter *p, const kn__measure *m)
{
    return p->line ? p->line == m->line : p->op == m->op;
}

/* Splits OP.NUMBER or lineN.NUMBER; false where it is neither. */
static bool split_key(kn__parameter *p)
{
    const char *dot = strchr(p->key, '.');
    if (!dot)
        return false;
    size_t length = (size_t)(dot - p->key);
    p->number = dot + 1;
    p->line = line_of(p->key, length);
    for (int32_t k = 0; !p->line && k < KN__OP_COUNT; k++) {
        const char *op = kn__op_name((kn__op)k);
        if (strlen(op) == length && !strncmp(op, p->key, length)) {
            p->op = (kn__op)k;
            return true;
        }
    }
    return p->line != 0;
}

/* Finds the measures that have the number; narrows the range to what all of them allow.
 */
static bool find_number(kn__parameter *p, const kn__sweep *s, double *least, double *most)
{
    bool found = false;
    if (!split_key(p))
        return false;
    *least = -INFINITY;
    *most = INFINITY;
    for (int32_t k = 0; k < s->scenario->count; k++) {
        kn__measure m = s->scenario->measures[k];
        kn__measure_number number;
        if (!names(p, &m) || !kn__measure_find(&number, &m, p->number))
            continue;
        found = true;
        p->whole = number.whole != NULL;
        *least = fmax(*least, number.low);
        *most = fmin(*most, number.high);
    }
    return found;
}

/* Adds a label once; NULL is one for which memory was lacking. */
static kn_status add_label(const char **labels, int64_t *count, const char *label)
{
    if (!label)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < *count; k++)
        if (!strcmp(labels[k], label))
            return KN_OK;
    labels[(*count)++] = label;
    return KN_OK;
}

/* Adds "export_quota.keep", "line7.keep" and so on for every number of a measure. */
static kn_status add_labels(const kn__sweep *s, const kn__measure *m, const char **labels,
                            int64_t *count)
{
    const char *numbers[KN__MOST_NUMBERS];
    int32_t n = kn__measure_numbers(numbers, m);
    for (int32_t i = 0; i < n; i++) {
        KN__TRY(add_label(
            labels, count,
            kn__arena_format(s->arena, s->ctx, "%s.%s", kn__op_name(m->op), numbers[i])));
        KN__TRY(add_label(
            labels, count,
            kn__arena_format(s->arena, s->ctx, "line%d.%s", m->line, numbers[i])));
    }
    return KN_OK;
}

/* The numbers of measures that end in .KEY; else what is spelt nearly so. */
static void suggest(kn__text *text, const char *key, const char **labels, int64_t count)
{
    enum { MOST = 3 };
    int32_t found = 0;
    size_t tail = strlen(key);
    for (int64_t k = 0; k < count && found < MOST; k++) {
        size_t length = strlen(labels[k]);
        if (length <= tail || labels[k][length - tail - 1] != '.' ||
            strcmp(labels[k] + length - tail, key) != 0)
            continue;
        kn__text_addf(text, "%s\"%s\"", found++ ? " or " : "did you mean ", labels[k]);
    }
    kn__text_add(text, found ? "?" : "");
    if (!found)
        kn__text_nearest(text, key, labels, count);
}

static kn_status unknown_key(const kn__sweep *s, const char *key)
{
    int64_t count = 0, room = s->lens->option_count +
                              2 * KN__MOST_NUMBERS * (int64_t)s->scenario->count;
    const char **labels = KN__ARRAY(s->arena, s->ctx, room, const char *);
    if (!labels)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->lens->option_count; k++)
        if (is_number(&s->lens->options[k]))
            labels[count++] = s->lens->options[k].name;
    for (int32_t k = 0; k < s->scenario->count; k++)
        KN__TRY(add_labels(s, &s->scenario->measures[k], labels, &count));
    kn__text near;
    kn__text_init(&near, s->ctx, 4096);
    suggest(&near, key, labels, count);
    kn_status status = kn__fail(
        s->ctx, KN_ERR_USAGE,
        "--over %.80s: neither a number among the options of %s nor one of a measure "
        "(such as export_quota.keep, or line7.keep) of %s%s%s",
        key, s->lens->name, s->scenario->path, near.length ? "; " : "", near.data);
    kn__text_release(&near);
    return status;
}

/* ---- Its range ---- */

static bool parse_end(double *value, const char *text, size_t length)
{
    bool percent = length > 1 && text[length - 1] == '%';
    if (!kn__parse_number(text, length - percent, value))
        return false;
    if (percent)
        *value /= 100;
    return true;
}

static kn_status read_range(kn__parameter *p, kn_context *ctx, const char *text)
{
    const char *at = text, *colon;
    p->logarithmic = !strncmp(text, "log:", 4);
    at += p->logarithmic ? 4 : 0;
    colon = strchr(at, ':');
    if (!colon || !parse_end(&p->low, at, (size_t)(colon - at)) ||
        !parse_end(&p->high, colon + 1, strlen(colon + 1)))
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--over %.80s=%.80s: expected LOW:HIGH or log:LOW:HIGH", p->key,
                        text);
    if (p->low > p->high)
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--over %.80s=%.80s: the low end is above the high end", p->key,
                        text);
    if (p->logarithmic && !(p->low > 0))
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--over %.80s=%.80s: a logarithm needs a low end above 0", p->key,
                        text);
    if (p->whole && (floor(p->low) != p->low || floor(p->high) != p->high))
        return kn__fail(ctx, KN_ERR_USAGE,
                        "--over %.80s=%.80s: this is a whole number, so its ends are too",
                        p->key, text);
    return KN_OK;
}

/* Lets the declaration of the option judge both ends. */
static kn_status check_option(const kn__sweep *s, const kn__parameter *p)
{
    char text[KN__NUMBER_TEXT];
    void *options = kn__arena_alloc(s->arena, s->ctx, (int64_t)s->lens->options_size, 1);
    if (!options)
        return KN_ERR_MEMORY;
    for (int end = 0; end < 2; end++) {
        kn__format_number(text, end ? p->high : p->low);
        kn_setting one = {p->option->name, text};
        KN__TRY(kn__options_fill(options, s->ctx, s->arena, s->lens, s->net, &one, 1));
    }
    return KN_OK;
}

static kn_status check_measure(const kn__sweep *s, const kn__parameter *p, double least,
                               double most)
{
    if (p->low >= least && p->high <= most)
        return KN_OK;
    return kn__fail(s->ctx, KN_ERR_USAGE,
                    "--over %.80s: expected ends from %g to %g, not %g to %g", p->key,
                    least, most, p->low, p->high);
}

static kn_status read_parameter(kn__sweep *s, int32_t k)
{
    kn__parameter *p = &s->parameter[k];
    const char *key = s->o->over[k].key, *range = s->o->over[k].value;
    double least = 0, most = 0;
    *p = (kn__parameter){.key = key};
    for (int32_t i = 0; i < k; i++)
        if (!strcmp(s->parameter[i].key, key))
            return kn__fail(s->ctx, KN_ERR_USAGE, "--over %.80s stands twice", key);
    for (int32_t i = 0; i < s->lens->option_count; i++)
        if (!strcmp(s->lens->options[i].name, key) && is_number(&s->lens->options[i]))
            p->option = &s->lens->options[i];
    if (!p->option && !find_number(p, s, &least, &most))
        return unknown_key(s, key);
    if (p->option)
        p->whole = p->option->type == KN_OPTION_INTEGER;
    KN__TRY(read_range(p, s->ctx, range));
    return p->option ? check_option(s, p) : check_measure(s, p, least, most);
}

kn_status kn__sweep_parameters(kn__sweep *s)
{
    if (s->o->over_count < 1)
        return kn__fail(s->ctx, KN_ERR_USAGE,
                        "what shall move? give --over KEY=LOW:HIGH, for instance --over "
                        "days=90:360");
    s->parameter = KN__ARRAY(s->arena, s->ctx, s->o->over_count, kn__parameter);
    if (!s->parameter)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < s->o->over_count; k++)
        KN__TRY(read_parameter(s, k));
    return KN_OK;
}

/* ---- A draw ---- */

/* Whole numbers: each of low … high has its part of the range up to high + 1. */
double kn__parameter_at(const kn__parameter *p, double level)
{
    double high = p->high + (p->whole ? 1 : 0);
    double x = p->logarithmic ? p->low * exp(level * log(high / p->low))
                              : p->low + level * (high - p->low);
    return fmax(p->low, fmin(p->high, p->whole ? floor(x) : x));
}

void kn__parameter_apply(const kn__parameter *p, kn_scenario *scenario, double value)
{
    for (int32_t k = 0; !p->option && k < scenario->count; k++) {
        kn__measure *m = &scenario->measures[k];
        kn__measure_number number;
        if (!names(p, m) || !kn__measure_find(&number, m, p->number))
            continue;
        if (number.whole)
            *number.whole = (int32_t)value;
        else
            *number.real = value;
    }
}
