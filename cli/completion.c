/* SPDX-License-Identifier: Apache-2.0 */
/* Completion scripts of three shells, made from the declarations. */
#include <string.h>

#include "cli.h"

/* Prints a|b|c with the separator in place of the bar. */
static void put_choices(FILE *out, const char *choices)
{
    for (; *choices; choices++)
        fputc(*choices == '|' ? ' ' : *choices, out);
}

static void put_names(FILE *out, const kn_option *options, int32_t count)
{
    for (int32_t k = 0; k < count; k++)
        fprintf(out, "--%s ", options[k].name);
}

static void put_commands(FILE *out)
{
    const command *used;
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        fprintf(out, "%s ", used->name);
}

/* One `case` arm for each option that has choices: "COMMAND --option) …". */
static void put_choice_arms(FILE *out, const char *name, const kn_option *options,
                            int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        if (options[k].type != KN_OPTION_CHOICE)
            continue;
        fprintf(out, "    \"%s --%s\") choices=\"", name, options[k].name);
        put_choices(out, options[k].choices);
        fputs("\" ;;\n", out);
    }
}

/* What bash and zsh share: sets $options and $choices from $command and $previous. */
static void put_cases(FILE *out)
{
    const command *used;
    fputs("  case \"$command\" in\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++) {
        fprintf(out, "    %s) options=\"", used->name);
        put_names(out, used->options, used->option_count);
        fputs("\" ;;\n", out);
    }
    fputs("  esac\n  options=\"$options", out);
    put_names(out, cli__global_options, GLOBAL_COUNT);
    fputs("\"\n  case \"$command $previous\" in\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        put_choice_arms(out, used->name, used->options, used->option_count);
    fputs("  esac\n  [ -n \"$choices\" ] || case \"* $previous\" in\n", out);
    put_choice_arms(out, "*", cli__global_options, GLOBAL_COUNT);
    fputs("  esac\n", out);
}

static void bash(FILE *out)
{
    fputs("# bash completion of kaname\n_kaname() {\n"
          "  local word=\"${COMP_WORDS[COMP_CWORD]}\" "
          "previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "  local command=\"${COMP_WORDS[1]}\" options= choices=\n"
          "  if [ \"$COMP_CWORD\" = 1 ]; then\n    COMPREPLY=($(compgen -W \"",
          out);
    put_commands(out);
    fputs("\" -- \"$word\"))\n    return\n  fi\n", out);
    put_cases(out);
    fputs("  if [ -n \"$choices\" ]; then\n"
          "    COMPREPLY=($(compgen -W \"$choices\" -- \"$word\"))\n"
          "  elif [ \"${word#-}\" != \"$word\" ]; then\n"
          "    COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n"
          "  else\n"
          "    COMPREPLY=($(compgen -f -- \"$word\") $(compgen -W atlas -- \"$word\"))\n"
          "  fi\n}\ncomplete -o filenames -F _kaname kaname\n",
          out);
}

static void zsh(FILE *out)
{
    fputs("#compdef kaname\n_kaname() {\n"
          "  local word=\"$words[CURRENT]\" previous=\"$words[CURRENT-1]\"\n"
          "  local command=\"$words[2]\" options= choices=\n"
          "  if (( CURRENT == 2 )); then\n    compadd -- ",
          out);
    put_commands(out);
    fputs("\n    return\n  fi\n", out);
    put_cases(out);
    fputs("  if [ -n \"$choices\" ]; then\n    compadd -- ${=choices}\n"
          "  elif [[ \"$word\" == -* ]]; then\n    compadd -- ${=options}\n"
          "  else\n    compadd -- atlas\n    _files\n  fi\n}\n_kaname \"$@\"\n",
          out);
}

static void quoted(FILE *out, const char *text)
{
    fputc('\'', out);
    for (; text && *text; text++) {
        if (*text == '\'' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('\'', out);
}

static void fish_options(FILE *out, const char *condition, const kn_option *options,
                         int32_t count)
{
    for (int32_t k = 0; k < count; k++) {
        fprintf(out, "complete -c kaname %s -l %s", condition, options[k].name);
        if (options[k].type == KN_OPTION_CHOICE) {
            fputs(" -x -a '", out);
            put_choices(out, options[k].choices);
            fputc('\'', out);
        } else if (options[k].type != KN_OPTION_FLAG) {
            fputs(" -r", out);
        }
        fputs(" -d ", out);
        quoted(out, options[k].help);
        fputc('\n', out);
    }
}

static void fish(FILE *out)
{
    const command *used;
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++) {
        char condition[128];
        fprintf(out, "complete -c kaname -f -n __fish_use_subcommand -a %s -d ",
                used->name);
        quoted(out, used->summary);
        fputc('\n', out);
        snprintf(condition, sizeof condition, "-n '__fish_seen_subcommand_from %s'",
                 used->name);
        fish_options(out, condition, used->options, used->option_count);
    }
    fish_options(out, "", cli__global_options, GLOBAL_COUNT);
}

kn_status cli__completion(FILE *out, const char *shell)
{
    int32_t which = cli__choice("bash|zsh|fish", shell);
    if (which < 0)
        return cli__fail(KN_ERR_USAGE,
                         "no completion for \"%s\"; expected bash, zsh "
                         "or fish",
                         shell);
    (which == 0 ? bash : which == 1 ? zsh : fish)(out);
    return KN_OK;
}

kn_status cli__run_completion(cli *c)
{
    return cli__completion(stdout, c->words[0]);
}
