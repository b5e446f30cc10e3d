/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KANAME_CLI_H
#define KANAME_CLI_H

#include <stdio.h>

#include "kaname.h"

/* The options every command has, in the order of cli__global_options. */
typedef enum global {
    GLOBAL_FORMAT,
    GLOBAL_OUTPUT,
    GLOBAL_TABLE,
    GLOBAL_LABELS,
    GLOBAL_BOM,
    GLOBAL_FAIL_IF,
    GLOBAL_THREADS,
    GLOBAL_SEED,
    GLOBAL_NO_CACHE,
    GLOBAL_EXPLAIN,
    GLOBAL_QUIET,
    GLOBAL_HELP,
    GLOBAL_COUNT
} global;

/* The choices of export --to, in the order of kn_export_format. */
#define CLI__EXPORTS "csv|pymrio|xlsx|zip"

typedef struct cli cli;

/* A command declares itself once; parsing, help, manual and completion read this. */
typedef struct command {
    const char *name;
    const char *arguments; /* "[NETWORK] SCENARIO" */
    const char *summary;
    const char *details; /* paragraphs parted by an empty line */
    const char *example; /* command lines, one a line, without "kaname" */
    const kn_option *options;
    int32_t option_count;
    int32_t least_words, most_words;
    kn_status (*run)(cli *c);
    const kn_lens *lens; /* of a command that runs a lens */
    bool no_tables;      /* it writes no table, so none has a format or a threshold */
} command;

/* One call of the command line. */
struct cli {
    kn_context *ctx;
    const command *command;
    const char *const *argv; /* with "kaname" in front */
    int32_t argc;
    const char **words; /* what is not an option */
    int32_t word_count;
    kn_setting *settings; /* options of the command itself, in order */
    int32_t setting_count;
    const kn_lens *lens;       /* of the command, or the one --lens names, or NULL */
    kn_setting *lens_settings; /* options of the lens --lens names, in order */
    int32_t lens_setting_count;
    const char *global[GLOBAL_COUNT]; /* as typed, or NULL */
};

extern const kn_option cli__global_options[GLOBAL_COUNT];

/* ---- commands.c: command k of all, those of the lenses included, or NULL. ---- */
const command *cli__command_at(int32_t index);
const command *cli__command_find(const char *name);

/* ---- args.c ---- */

/* Sorts argv into words, settings and globals; says what is wrong on stderr. */
kn_status cli__parse(cli *c);
/* The last value of an option of the command, its default, or NULL. */
const char *cli__setting(const cli *c, const char *name);
/* Whether a flag of the command is set. */
bool cli__flag(const cli *c, const char *name);

/* ---- output.c ---- */

/* Says `kaname: …` on stderr and returns the status. */
kn_status cli__fail(kn_status status, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Says what a network holds and what does not balance in it, on stderr; edition may be
   NULL. */
kn_status cli__summary(const cli *c, const kn_network *network, const char *edition);
/* Says something on stderr unless --quiet. */
void cli__say(const cli *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* Writes text to --output, or to stdout. */
kn_status cli__write(const cli *c, const char *text, int64_t length);
/* Writes a result as --format and --output ask, then looks at --fail-if. */
kn_status cli__write_result(const cli *c, const kn_result *result,
                            const kn_network *network);
/* The same for what a run gave back: its note is said and returned, a failure only
   returned. Frees the result. */
kn_status cli__report(const cli *c, kn_status found, kn_result *result,
                      const kn_network *network);
/* Refuses to put a network in the place of a file that is none, such as its source. */
kn_status cli__check_target(const char *path);
/* Checks --format, --labels and --output before any work is done. */
kn_status cli__check_output(const cli *c);

/* ---- help.c, manual.c, completion.c ---- */
void cli__help(FILE *out, const command *command);
void cli__overview(FILE *out);
void cli__explain(FILE *out, const cli *c);
/* Wraps paragraphs at 80 columns behind an indent; second lines hang deeper. */
void cli__wrap(FILE *out, int indent, int hang, const char *text);
/* Example lines with "kaname" in front. */
void cli__examples(FILE *out, const char *indent, const char *example);
/* "number, default 360 days, from 1 to 3600" */
void cli__option_facts(char *buffer, size_t size, const kn_option *option);
/* The placeholder of an option's value ("FILE"), "" for a flag. */
const char *cli__value_name(const kn_option *option);
kn_status cli__write_install(const char *folder);
kn_status cli__write_docs(const char *folder);
kn_status cli__completion(FILE *out, const char *shell);

/* ---- one file per command ---- */
kn_status cli__run_atlas(cli *c);
kn_status cli__run_brief(cli *c);
kn_status cli__run_compare(cli *c);
kn_status cli__run_completion(cli *c);
kn_status cli__run_doctor(cli *c);
kn_status cli__run_export(cli *c);
kn_status cli__run_help(cli *c);
kn_status cli__run_import(cli *c);
kn_status cli__run_info(cli *c);
kn_status cli__run_lens(cli *c);
kn_status cli__run_scenario(cli *c);
kn_status cli__run_splice(cli *c);
kn_status cli__run_sweep(cli *c);
kn_status cli__run_version(cli *c);

/* Opens the network of `word` ("atlas" when NULL). */
kn_status cli__open(kn_network **network, const cli *c, const char *word);
/* Opens the cache of that network for the context unless --no-cache; *cache is due to
   kn_file_cache_close. */
kn_status cli__cache(kn_file_cache **cache, const cli *c, const kn_network *network,
                     const char *word);
/* The path of an input; "-" is stdin. */
const char *cli__input(const char *path);
/* Opens the network a scenario names; where there is none, says who asks for it. */
kn_status cli__open_named(kn_network **network, const cli *c, const char *name,
                          const char *scenario);
/* Opens the network of `word`, or, when that is NULL, the one the scenario asks for. */
kn_status cli__open_for(kn_network **network, const cli *c, const char *word,
                        const char *scenario);
/* The name of the network a scenario asks for, "atlas" when it names none; a path is seen
   from the scenario's own folder. */
kn_status cli__scenario_network(char *name, size_t size, const cli *c,
                                const char *scenario);

/* ---- signals.c: what the context calls ---- */
void cli__catch_interrupt(void);
int cli__interrupted(void *user);
void cli__show_progress(void *user, const char *work, double share);
void cli__show_warning(void *user, kn_log_level level, const char *message);
void cli__clear_progress(void);

#endif
