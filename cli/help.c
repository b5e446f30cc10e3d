/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

enum { WIDTH = 80, INDENT = 6 };

/* Columns of UTF-8 text, one for each character. */
static int columns(const char *text, size_t length)
{
    int count = 0;
    for (size_t k = 0; k < length; k++)
        count += ((unsigned char)text[k] & 0xC0) != 0x80;
    return count;
}

/* Lines that start with a space are kept as they are: equations. */
static const char *wrap_line(FILE *out, int indent, int hang, const char *text)
{
    size_t line = strcspn(text, "\n"), at = 0;
    bool kept = text[0] == ' ';
    int used = indent;
    fprintf(out, "%*s", line ? indent : 0, "");
    while (!kept && at < line) {
        size_t word = strcspn(text + at, " \n");
        int wide = columns(text + at, word);
        if (used > indent && used + 1 + wide > WIDTH) {
            fprintf(out, "\n%*s", indent + hang, "");
            used = indent = indent + hang;
            hang = 0;
        }
        used += fprintf(out, "%s", used > indent ? " " : "") + wide;
        fprintf(out, "%.*s", (int)word, text + at);
        at += word;
        at += strspn(text + at, " ");
    }
    if (kept)
        fprintf(out, "%.*s", (int)line, text);
    fputc('\n', out);
    return text[line] ? text + line + 1 : text + line;
}

void cli__wrap(FILE *out, int indent, int hang, const char *text)
{
    while (*text)
        text = wrap_line(out, indent, hang, text);
}

const char *cli__value_name(const kn_option *option)
{
    switch (option->type) {
    case KN_OPTION_FLAG:
        return "";
    case KN_OPTION_CHOICE:
        return option->choices;
    case KN_OPTION_ECONOMIES:
        return "ECONOMY,...";
    case KN_OPTION_PRODUCTS:
        return "PRODUCT,...";
    case KN_OPTION_ELASTICITIES:
        return "FILE";
    case KN_OPTION_TEXT:
        return option->unit && *option->unit ? option->unit : "TEXT";
    case KN_OPTION_NUMBER:
    case KN_OPTION_INTEGER:
        return option->unit && *option->unit ? option->unit : "NUMBER";
    }
    return "";
}

void cli__option_facts(char *buffer, size_t size, const kn_option *option)
{
    size_t used = 0;
    buffer[0] = '\0';
    if (option->default_text && *option->default_text)
        used += (size_t)snprintf(buffer, size, "default %s", option->default_text);
    if ((option->low != 0 || option->high != 0) && option->high < 1e15 && used < size)
        used += (size_t)snprintf(buffer + used, size - used, "%s%g to %g",
                                 used ? "; " : "", option->low, option->high);
    if (option->source && *option->source && used < size)
        snprintf(buffer + used, size - used, "%ssource: %s", used ? "; " : "",
                 option->source);
}

static void put_option(FILE *out, const kn_option *option, const char *letter)
{
    char facts[512], line[2048];
    const char *value = cli__value_name(option);
    fprintf(out, "  %s--%s%s%s\n", letter, option->name, *value ? " " : "", value);
    cli__option_facts(facts, sizeof facts, option);
    snprintf(line, sizeof line, "%s%s%s%s", option->help ? option->help : "",
             *facts ? " (" : "", facts, *facts ? ")" : "");
    cli__wrap(out, INDENT, 0, line);
}

static void put_options(FILE *out, const char *title, const kn_option *options,
                        int32_t count)
{
    if (count)
        fprintf(out, "\n%s\n", title);
    for (int32_t k = 0; k < count; k++) {
        bool shared = options == cli__global_options;
        put_option(out, &options[k],
                   shared && k == GLOBAL_OUTPUT ? "-o, "
                   : shared && k == GLOBAL_HELP ? "-h, "
                                                : "");
    }
}

static void put_tables(FILE *out, const kn_lens *lens)
{
    for (int32_t t = 0; t < lens->table_count; t++) {
        const kn_table_decl *decl = lens->tables[t];
        fprintf(out, "\nTable %s: %s\n", decl->name, decl->help ? decl->help : "");
        for (int32_t k = 0; k < decl->column_count; k++) {
            const kn_column *column = &decl->columns[k];
            bool unit = column->unit && *column->unit;
            char line[512];
            snprintf(line, sizeof line, "%s%s%s%s: %s", column->name, unit ? " (" : "",
                     unit ? column->unit : "", unit ? ")" : "",
                     column->help ? column->help : "");
            cli__wrap(out, 2, 4, line);
        }
    }
}

void cli__examples(FILE *out, const char *indent, const char *example)
{
    while (*example) {
        size_t line = strcspn(example, "\n");
        fprintf(out, "%skaname %.*s\n", indent, (int)line, example);
        example += line + (example[line] == '\n');
    }
}

void cli__help(FILE *out, const command *used)
{
    static const kn_option pair = {.name = "set",
                                   .type = KN_OPTION_TEXT,
                                   .unit = "KEY=VALUE",
                                   .help = "another way to write --KEY VALUE"};
    fprintf(out, "kaname %s%s%s [OPTIONS]\n\n", used->name, *used->arguments ? " " : "",
            used->arguments);
    cli__wrap(out, 0, 0, used->summary);
    if (used->details)
        fputc('\n', out), cli__wrap(out, 0, 0, used->details);
    if (!strncmp(used->arguments, "[NETWORK]", 9))
        fputs("\nNETWORK is a kaname file, or atlas (the default).\n", out);
    put_options(out, "Options", used->options, used->option_count);
    if (used->lens) {
        put_option(out, &pair, "");
        put_tables(out, used->lens);
    }
    if (used->example) {
        fputs("\nExamples\n", out);
        cli__examples(out, "  ", used->example);
    }
    put_options(out, "Options of every command", cli__global_options, GLOBAL_COUNT);
}

void cli__overview(FILE *out)
{
    const command *used;
    fputs("kaname COMMAND [NETWORK] [ARGUMENTS] [OPTIONS]\n\n"
          "Who can cut off whom, how much value added hangs on it, how sure that is.\n"
          "NETWORK is a kaname file, or atlas (the default).\n\nCommands\n",
          out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        fprintf(out, "  %-12s %s\n", used->name, used->summary);
    put_options(out, "Options of every command", cli__global_options, GLOBAL_COUNT);
    fputs("\nExit status: 0 ok, 1 failure, 2 wrong use, 3 bad data, 4 not converged or\n"
          "no feasible plan, 5 not found, 10 --fail-if met, 130 interrupted.\n\n"
          "kaname help COMMAND tells more; --explain prints formulas and sources.\n",
          out);
}

/* ---- --explain ---- */

/* What an option of the lens is set to: its last value, or its default. */
static const char *value_of(const cli *c, const kn_option *option)
{
    const char *value = option->default_text;
    for (int32_t k = 0; k < c->setting_count; k++)
        if (!strcmp(c->settings[k].key, option->name))
            value = c->settings[k].value;
    for (int32_t k = 0; k < c->lens_setting_count; k++)
        if (!strcmp(c->lens_settings[k].key, option->name))
            value = c->lens_settings[k].value;
    return value;
}

static void explain_lens(FILE *out, const cli *c, const kn_lens *lens)
{
    fputs("\nFormula\n", out);
    cli__wrap(out, 2, 4, lens->formula ? lens->formula : "");
    fputs("\nParameters\n", out);
    for (int32_t k = 0; k < lens->option_count; k++) {
        const kn_option *option = &lens->options[k];
        const char *value = value_of(c, option);
        const char *unit = option->unit ? option->unit : "";
        bool cited = option->source && *option->source;
        char line[2048];
        snprintf(line, sizeof line, "%s = %s%s%s: %s%s%s", option->name,
                 value ? value : "(not given)", *unit && value ? " " : "",
                 value ? unit : "", option->help ? option->help : "",
                 cited ? "; source: " : "", cited ? option->source : "");
        cli__wrap(out, 2, 4, line);
    }
    put_tables(out, lens);
    fputs("\nSource\n", out);
    cli__wrap(out, 2, 4, lens->source ? lens->source : "");
}

void cli__explain(FILE *out, const cli *c)
{
    fprintf(out, "kaname %s: ", c->command->name);
    cli__wrap(out, 0, 0, c->command->summary);
    if (c->command->details)
        fputc('\n', out), cli__wrap(out, 0, 0, c->command->details);
    if (c->lens && c->lens != c->command->lens)
        fprintf(out, "\nEach run is one of kaname %s.\n", c->lens->name);
    if (c->lens)
        explain_lens(out, c, c->lens);
}
