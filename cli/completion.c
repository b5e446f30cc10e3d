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

/* The option that names a lens, whose options are understood, too; or NULL. */
static const kn_option *lens_option(const command *used)
{
    for (int32_t k = 0; k < used->option_count; k++)
        if (!strcmp(used->options[k].name, "lens"))
            return &used->options[k];
    return NULL;
}

/* Sets $lens of a command that runs one: as the line says, or the default. */
static void put_lens_arm(FILE *out, const command *used)
{
    const kn_option *option = lens_option(used);
    const kn_lens *lens;
    if (!option)
        return;
    fprintf(out, "    %s)\n      lens=%s\n      case \"$line \" in\n", used->name,
            option->default_text);
    for (int32_t k = 0; (lens = kn_lens_at(k)) != NULL; k++)
        if (kn_choice_find(option->choices, lens->name) >= 0)
            fprintf(out, "        *--lens[\\ =]%s\\ *|*--lens\\ =\\ %s\\ *) lens=%s ;;\n",
                    lens->name, lens->name, lens->name);
    fputs("      esac ;;\n", out);
}

static void put_formats(FILE *out)
{
    for (int32_t k = 0; kn_format_at(k); k++)
        fprintf(out, "%s ", kn_format_at(k)->name);
}

/* What can stand behind the name of a command, where it is not a file. */
static void put_first_words(FILE *out, const command *used)
{
    static const char shells[] = "bash|zsh|fish";
    bool formats = !strncmp(used->arguments, "FORMAT", 6);
    bool names = !strcmp(used->arguments, "[COMMAND]");
    bool check = !strncmp(used->arguments, "check ", 6);
    if (!formats && !names && !check && strcmp(used->arguments, shells) != 0)
        return;
    fprintf(out, "    %s) choices=\"", used->name);
    if (formats)
        put_formats(out);
    else if (names)
        put_commands(out);
    else
        put_choices(out, check ? "check" : shells);
    fputs("\" ;;\n", out);
}

/* What bash and zsh share: sets $options and $choices from $command, $previous, $line and
   $place, the number of the word behind the command. */
static void put_cases(FILE *out)
{
    const command *used;
    fputs("  case \"$command\" in\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        put_lens_arm(out, used);
    fputs("  esac\n  for name in $command $lens; do\n    case \"$name\" in\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++) {
        fprintf(out, "    %s) options=\"$options", used->name);
        put_names(out, used->options, used->option_count);
        fputs("\" ;;\n", out);
    }
    fputs("    esac\n    case \"$name $previous\" in\n", out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        put_choice_arms(out, used->name, used->options, used->option_count);
    fputs("    esac\n  done\n  options=\"$options", out);
    put_names(out, cli__global_options, GLOBAL_COUNT);
    fputs("\"\n  [ -n \"$choices\" ] || case \"* $previous\" in\n", out);
    put_choice_arms(out, "*", cli__global_options, GLOBAL_COUNT);
    fputs(
        "  esac\n  [ -n \"$choices\" ] || [ \"$place\" != 1 ] || case \"$command\" in\n",
        out);
    for (int32_t k = 0; (used = cli__command_at(k)) != NULL; k++)
        put_first_words(out, used);
    fputs("  esac\n", out);
}

static void bash(FILE *out)
{
    fputs("# bash completion of kaname\n_kaname() {\n"
          "  local word=\"${COMP_WORDS[COMP_CWORD]}\" "
          "previous=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
          "  local command=\"${COMP_WORDS[1]}\" line=\"${COMP_WORDS[*]}\" name\n"
          "  local place=$((COMP_CWORD - 1)) lens= options= choices=\n"
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
          "  local command=\"$words[2]\" line=\"$words\" name\n"
          "  local place=$((CURRENT - 2)) lens= options= choices=\n"
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

/* The options of the lenses a command can run, each where the line names the lens. */
static void fish_lenses(FILE *out, const command *used)
{
    const kn_option *option = lens_option(used);
    const kn_lens *lens;
    for (int32_t k = 0; option && (lens = kn_lens_at(k)) != NULL; k++) {
        char condition[256];
        if (kn_choice_find(option->choices, lens->name) < 0)
            continue;
        bool usual = !strcmp(option->default_text, lens->name);
        snprintf(condition, sizeof condition,
                 "-n '__fish_seen_subcommand_from %s; and string match -qr -- "
                 "\"%s--lens[= ]%s\" (commandline -p)'",
                 used->name, usual ? "^(?!.*--lens)|" : "", lens->name);
        fish_options(out, condition, lens->options, lens->option_count);
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
        fish_lenses(out, used);
    }
    fish_options(out, "", cli__global_options, GLOBAL_COUNT);
    fputs("complete -c kaname -n '__fish_seen_subcommand_from import' -a '", out);
    put_formats(out);
    fputs(
        "'\ncomplete -c kaname -n '__fish_seen_subcommand_from scenario atlas' -a check\n"
        "complete -c kaname -f -n '__fish_seen_subcommand_from completion' "
        "-a 'bash zsh fish'\n",
        out);
}

kn_status cli__completion(FILE *out, const char *shell)
{
    int32_t which = kn_choice_find("bash|zsh|fish", shell);
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
