/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli.h"

enum { MOST_OPTIONS = 128, LONGEST_NAME = 64, HINT = 256 };

static const kn_option *find(const kn_option *options, int32_t count, const char *name,
                             size_t length)
{
    for (int32_t k = 0; k < count; k++)
        if (strlen(options[k].name) == length && !strncmp(options[k].name, name, length))
            return &options[k];
    return NULL;
}

/* Whether the options of the lens come on top of those of the command. */
static bool adds_lens(const cli *c)
{
    return c->lens && c->lens != c->command->lens;
}

/* Writes "--name" of the options behind the first `count`; returns how many there are
   then. */
static int32_t list_options(char names[][LONGEST_NAME], int32_t count,
                            const kn_option *options, int32_t added)
{
    for (int32_t k = 0; k < added && count < MOST_OPTIONS; k++)
        snprintf(names[count++], LONGEST_NAME, "--%s", options[k].name);
    return count;
}

static kn_status unknown_option(const cli *c, const char *name)
{
    char names[MOST_OPTIONS][LONGEST_NAME], word[LONGEST_NAME], hint[HINT];
    const char *labels[MOST_OPTIONS];
    int32_t count = list_options(names, 0, c->command->options, c->command->option_count);
    if (adds_lens(c))
        count = list_options(names, count, c->lens->options, c->lens->option_count);
    count = list_options(names, count, cli__global_options, GLOBAL_COUNT);
    for (int32_t k = 0; k < count; k++)
        labels[k] = names[k];
    snprintf(word, sizeof word, "--%.*s", (int)strcspn(name, "="), name);
    if (kn_nearest(hint, sizeof hint, c->ctx, word, labels, count) < 0)
        return KN_ERR_MEMORY;
    return cli__fail(KN_ERR_USAGE, "%s has no option %s; %s (kaname help %s)",
                     c->command->name, word, *hint ? hint : "see its help",
                     c->command->name);
}

/* 1, 0, or -1 when it is neither. */
static int truth(const char *value)
{
    int32_t at = kn_choice_find("true|yes|on|1|false|no|off|0", value);
    return at < 0 ? -1 : at < 4;
}

static kn_status check_value(const kn_option *option, const char *value)
{
    const char *expected = NULL;
    if (option->type == KN_OPTION_CHOICE && kn_choice_find(option->choices, value) < 0)
        expected = option->choices;
    if (option->type == KN_OPTION_FLAG && truth(value) < 0)
        expected = "true or false";
    return expected ? cli__fail(KN_ERR_USAGE, "--%s is \"%s\"; expected %s", option->name,
                                value, expected)
                    : KN_OK;
}

/* A global value is checked here; those of a command are checked by who uses them. */
static kn_status set_global(cli *c, global which, const char *value)
{
    const kn_option *option = &cli__global_options[which];
    char *end;
    errno = 0;
    if (option->type == KN_OPTION_INTEGER) {
        long long number = strtoll(value, &end, 10);
        if (!*value || *end || errno || (double)number < option->low ||
            (double)number > option->high)
            return cli__fail(KN_ERR_USAGE,
                             "--%s is \"%s\"; expected a whole number from %.0f to %.0f",
                             option->name, value, option->low, option->high);
    }
    bool off = option->type == KN_OPTION_FLAG && truth(value) == 0;
    c->global[which] = off ? NULL : value;
    return KN_OK;
}

static kn_status set_option(cli *c, const kn_option *option, const char *value)
{
    const kn_option *first = cli__global_options;
    const kn_option *own = c->command->options;
    kn_status status = check_value(option, value);
    if (status < 0)
        return status;
    if (option >= first && option < first + GLOBAL_COUNT)
        return set_global(c, (global)(option - first), value);
    if (own && option >= own && option < own + c->command->option_count)
        c->settings[c->setting_count++] = (kn_setting){option->name, value};
    else
        c->lens_settings[c->lens_setting_count++] = (kn_setting){option->name, value};
    return KN_OK;
}

/* --set key=value is another way to write --key value. */
static kn_status set_pair(cli *c, const char *pair)
{
    const char *equals = strchr(pair, '=');
    if (!equals)
        return cli__fail(KN_ERR_USAGE, "--set wants key=value, not \"%s\"", pair);
    const kn_option *option =
        find(c->lens->options, c->lens->option_count, pair, (size_t)(equals - pair));
    if (option)
        return set_option(c, option, equals + 1);
    char key[64];
    snprintf(key, sizeof key, "%.*s", (int)(equals - pair), pair);
    return unknown_option(c, key);
}

/* argv[*at] starts with --; may take the next argument as its value. */
static kn_status take_long(cli *c, int32_t *at)
{
    const char *name = c->argv[*at] + 2, *value = strchr(name, '=');
    size_t length = value ? (size_t)(value - name) : strlen(name);
    bool pair = length == 3 && !strncmp(name, "set", 3) && c->lens;
    const kn_option *option =
        find(c->command->options, c->command->option_count, name, length);
    if (!option && adds_lens(c))
        option = find(c->lens->options, c->lens->option_count, name, length);
    if (!option)
        option = find(cli__global_options, GLOBAL_COUNT, name, length);
    if (!option && !pair)
        return unknown_option(c, name);
    if (value)
        value++;
    else if (option && option->type == KN_OPTION_FLAG)
        value = "true";
    else if (*at + 1 < c->argc)
        value = c->argv[++*at];
    else
        return cli__fail(KN_ERR_USAGE, "%s needs a value", c->argv[*at]);
    return pair && !option ? set_pair(c, value) : set_option(c, option, value);
}

static kn_status take_short(cli *c, int32_t *at)
{
    const char *argument = c->argv[*at];
    if (!strcmp(argument, "-h"))
        return set_global(c, GLOBAL_HELP, "true");
    if (strncmp(argument, "-o", 2) != 0)
        return cli__fail(KN_ERR_USAGE, "there is no option %s (kaname help %s)", argument,
                         c->command->name);
    if (argument[2])
        return set_global(c, GLOBAL_OUTPUT, argument + 2);
    if (*at + 1 >= c->argc)
        return cli__fail(KN_ERR_USAGE, "-o needs the name of a file");
    return set_global(c, GLOBAL_OUTPUT, c->argv[++*at]);
}

static kn_status check_words(const cli *c)
{
    const command *used = c->command;
    if (c->global[GLOBAL_HELP] || c->global[GLOBAL_EXPLAIN])
        return KN_OK;
    if (c->word_count < used->least_words)
        return cli__fail(KN_ERR_USAGE, "usage: kaname %s %s [OPTIONS]", used->name,
                         used->arguments);
    if (c->word_count > used->most_words)
        return cli__fail(KN_ERR_USAGE, "\"%s\" is one too many; usage: kaname %s%s%s",
                         c->words[used->most_words], used->name,
                         *used->arguments ? " " : "", used->arguments);
    return KN_OK;
}

/* The lens whose options are understood: it may be named behind them. */
static const kn_lens *find_lens(const cli *c)
{
    const char *name = c->command->lens ? c->command->lens->name : NULL;
    for (int32_t k = 0; k < c->command->option_count; k++)
        if (!strcmp(c->command->options[k].name, "lens"))
            name = c->command->options[k].default_text;
    for (int32_t k = 2; name && !c->command->lens && k < c->argc; k++) {
        if (!strncmp(c->argv[k], "--lens=", 7))
            name = c->argv[k] + 7;
        else if (!strcmp(c->argv[k], "--lens") && k + 1 < c->argc)
            name = c->argv[++k];
    }
    return name ? kn_lens_find(name) : NULL;
}

/* Nothing that is asked for is passed over. */
static kn_status check_globals(const cli *c)
{
    static const global of_tables[] = {GLOBAL_FORMAT, GLOBAL_TABLE, GLOBAL_FAIL_IF};
    for (size_t k = 0; k < sizeof of_tables / sizeof *of_tables; k++)
        if (c->command->no_tables && c->global[of_tables[k]])
            return cli__fail(KN_ERR_USAGE, "%s writes no table, so --%s says nothing",
                             c->command->name, cli__global_options[of_tables[k]].name);
    return KN_OK;
}

kn_status cli__parse(cli *c)
{
    kn_status status = KN_OK;
    c->lens = find_lens(c);
    bool only_words = false;
    for (int32_t k = 2; k < c->argc && status >= 0; k++) {
        const char *argument = c->argv[k];
        if (only_words || argument[0] != '-' || !argument[1])
            c->words[c->word_count++] = argument;
        else if (!strcmp(argument, "--"))
            only_words = true;
        else if (argument[1] == '-')
            status = take_long(c, &k);
        else
            status = take_short(c, &k);
    }
    if (status >= 0)
        status = check_globals(c);
    return status < 0 ? status : check_words(c);
}

const char *cli__setting(const cli *c, const char *name)
{
    const char *value = NULL;
    for (int32_t k = 0; k < c->command->option_count; k++)
        if (!strcmp(c->command->options[k].name, name))
            value = c->command->options[k].default_text;
    for (int32_t k = 0; k < c->setting_count; k++)
        if (!strcmp(c->settings[k].key, name))
            value = c->settings[k].value;
    return value;
}

bool cli__flag(const cli *c, const char *name)
{
    const char *value = cli__setting(c, name);
    return value && truth(value) == 1;
}
