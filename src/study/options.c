/* SPDX-License-Identifier: Apache-2.0 */
#include "study/options.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"
#include "network/elasticities.h"
#include "network/network.h"

/* ---- Errors ---- */

static kn_status bad_value(kn_context *ctx, const kn_option *option, const char *value,
                           const char *expected)
{
    return kn__fail(ctx, KN_ERR_USAGE, "--%s is \"%.80s\"; expected %s", option->name,
                    value, expected);
}

static kn_status out_of_range(kn_context *ctx, const kn_option *option, const char *value)
{
    kn__text text;
    kn__text_init(&text, ctx, 4096);
    kn__text_add(&text, "a number from ");
    kn__text_number(&text, option->low);
    kn__text_add(&text, " to ");
    kn__text_number(&text, option->high);
    kn_status status = bad_value(ctx, option, value, text.data);
    kn__text_release(&text);
    return status;
}

static kn_status unknown_option(kn_context *ctx, kn__arena *arena, const kn_lens *lens,
                                const char *key)
{
    const char **names = KN__ARRAY(arena, ctx, lens->option_count, const char *);
    if (!names)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < lens->option_count; k++)
        names[k] = lens->options[k].name;
    kn__text near;
    kn__text_init(&near, ctx, 4096);
    kn__text_nearest(&near, key, names, lens->option_count);
    kn_status status = kn__fail(ctx, KN_ERR_USAGE, "%s has no option --%.80s%s%s",
                                lens->name, key, near.length ? "; " : "", near.data);
    kn__text_release(&near);
    return status;
}

/* ---- Values ---- */

int32_t kn_choice_find(const char *choices, const char *word)
{
    size_t length = strlen(word);
    int32_t index = 0;
    for (const char *at = choices; at; index++) {
        size_t span = strcspn(at, "|");
        if (span == length && !strncmp(at, word, length))
            return index;
        at = at[span] ? at + span + 1 : NULL;
    }
    return -1;
}

static bool in_range(const kn_option *option, double value)
{
    return (option->low == 0 && option->high == 0) ||
           (value >= option->low && value <= option->high);
}

static kn_status set_number(double *field, kn_context *ctx, const kn_option *option,
                            const char *value)
{
    size_t length = strlen(value);
    bool percent =
        length > 1 && value[length - 1] == '%' && kn__text_equal(option->unit, "share");
    *field = NAN;
    if (!kn__parse_number(value, length - percent, field))
        return bad_value(ctx, option, value, "a number");
    if (percent)
        *field /= 100;
    return in_range(option, *field) ? KN_OK : out_of_range(ctx, option, value);
}

static kn_status set_integer(int64_t *field, kn_context *ctx, const kn_option *option,
                             const char *value)
{
    if (!kn__parse_int(value, strlen(value), field))
        return bad_value(ctx, option, value, "a whole number");
    return in_range(option, (double)*field) ? KN_OK : out_of_range(ctx, option, value);
}

static kn_status set_flag(bool *field, kn_context *ctx, const kn_option *option,
                          const char *value)
{
    int32_t at = kn_choice_find("|true|yes|on|1|false|no|off|0", value);
    *field = at >= 0 && at <= 4;
    return at < 0 ? bad_value(ctx, option, value, "true or false") : KN_OK;
}

static kn_status set_choice(int32_t *field, kn_context *ctx, const kn_option *option,
                            const char *value)
{
    *field = kn_choice_find(option->choices, value);
    return *field < 0 ? bad_value(ctx, option, value, option->choices) : KN_OK;
}

static kn_status set_labels(kn_ids *field, kn_context *ctx, kn__arena *arena,
                            const kn_option *option, const kn_network *net,
                            const char *value)
{
    kn_status status = option->type == KN_OPTION_ECONOMIES
                           ? kn__network_resolve_economies(field, ctx, arena, net, value)
                           : kn__network_resolve_products(field, ctx, arena, net, value);
    if (status >= 0 || status == KN_ERR_MEMORY)
        return status;
    char message[1024];
    snprintf(message, sizeof message, "%s", kn_context_error(ctx));
    kn_context_clear(ctx);
    return kn__fail(ctx, status, "--%s: %s", option->name, message);
}

static kn_status set(void *options, kn_context *ctx, kn__arena *arena,
                     const kn_option *option, const kn_network *net, const char *value)
{
    char *field = (char *)options + option->offset;
    switch (option->type) {
    case KN_OPTION_NUMBER:
        return set_number((double *)(void *)field, ctx, option, value);
    case KN_OPTION_INTEGER:
        return set_integer((int64_t *)(void *)field, ctx, option, value);
    case KN_OPTION_FLAG:
        return set_flag((bool *)field, ctx, option, value);
    case KN_OPTION_CHOICE:
        return set_choice((int32_t *)(void *)field, ctx, option, value);
    case KN_OPTION_TEXT: {
        const char *copy = kn__arena_text(arena, ctx, value);
        memcpy(field, &copy, sizeof copy);
        return copy ? KN_OK : KN_ERR_MEMORY;
    }
    case KN_OPTION_ECONOMIES:
    case KN_OPTION_PRODUCTS:
        return set_labels((kn_ids *)(void *)field, ctx, arena, option, net, value);
    case KN_OPTION_ELASTICITIES:
        return kn__elasticities_read((kn_elasticities *)(void *)field, ctx, arena, net,
                                     value);
    }
    return kn__fail(ctx, KN_ERR_INTERNAL, "option --%s has no known type", option->name);
}

static void set_absent(void *options, const kn_option *option)
{
    char *field = (char *)options + option->offset;
    if (option->type == KN_OPTION_NUMBER)
        *(double *)(void *)field = NAN;
    else if (option->type == KN_OPTION_INTEGER)
        *(int64_t *)(void *)field = INT64_MIN;
    else if (option->type == KN_OPTION_CHOICE)
        *(int32_t *)(void *)field = -1;
}

static const kn_option *find_option(const kn_lens *lens, const char *key)
{
    for (int32_t k = 0; k < lens->option_count; k++)
        if (!strcmp(lens->options[k].name, key))
            return &lens->options[k];
    return NULL;
}

kn_status kn__options_fill(void *options, kn_context *ctx, kn__arena *arena,
                           const kn_lens *lens, const kn_network *network,
                           const kn_setting *settings, int32_t count)
{
    for (int32_t k = 0; k < lens->option_count; k++) {
        const kn_option *option = &lens->options[k];
        set_absent(options, option);
        if (option->default_text)
            KN__TRY(set(options, ctx, arena, option, network, option->default_text));
    }
    for (int32_t k = 0; k < count; k++) {
        const kn_option *option = find_option(lens, settings[k].key);
        if (!option)
            return unknown_option(ctx, arena, lens, settings[k].key);
        KN__TRY(set(options, ctx, arena, option, network, settings[k].value));
    }
    return KN_OK;
}
