/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli.h"

kn_status cli__run_version(cli *c)
{
    (void)c;
    puts("kaname " KN_VERSION);
    return KN_OK;
}

static kn_status unknown_command(const cli *c, const char *word)
{
    const char *names[64];
    char hint[256];
    int32_t count = 0;
    const command *used;
    while (count < 64 && (used = cli__command_at(count)) != NULL)
        names[count++] = used->name;
    if (kn_nearest(hint, sizeof hint, c->ctx, word, names, count) < 0)
        return KN_ERR_MEMORY;
    return cli__fail(KN_ERR_USAGE, "there is no command \"%s\"; %s", word,
                     *hint ? hint : "kaname help lists them");
}

kn_status cli__run_help(cli *c)
{
    const char *docs = cli__setting(c, "write-docs");
    const char *install = cli__setting(c, "write-install");
    if (docs || install) {
        kn_status status = docs ? cli__write_docs(docs) : KN_OK;
        return status < 0 || !install ? status : cli__write_install(install);
    }
    if (!c->word_count) {
        cli__overview(stdout);
        return KN_OK;
    }
    const command *used = cli__command_find(c->words[0]);
    if (!used)
        return unknown_command(c, c->words[0]);
    cli__help(stdout, used);
    return KN_OK;
}

static kn_status new_context(cli *c)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.cancel = cli__interrupted;
    if (isatty(STDERR_FILENO) && !c->global[GLOBAL_QUIET])
        options.progress = cli__show_progress;
    if (!c->global[GLOBAL_QUIET])
        options.log = cli__show_warning;
    if (c->global[GLOBAL_THREADS])
        options.threads = atoi(c->global[GLOBAL_THREADS]);
    return kn_context_new(&c->ctx, &options);
}

static kn_status run_command(cli *c)
{
    kn_context *parsing = c->ctx;
    kn_status status = cli__parse(c);
    if (status < 0)
        return status;
    if (c->global[GLOBAL_HELP]) {
        cli__help(stdout, c->command);
        return KN_OK;
    }
    if (c->global[GLOBAL_EXPLAIN]) {
        cli__explain(stdout, c);
        return KN_OK;
    }
    /* Threads and progress are known only now. */
    status = new_context(c);
    kn_context_free(parsing);
    if (status < 0)
        return status;
    cli__catch_interrupt();
    status = c->command->run(c);
    cli__clear_progress();
    return status;
}

static kn_status dispatch(cli *c)
{
    const char *word = c->argc > 1 ? c->argv[1] : "help";
    if (!strcmp(word, "--help") || !strcmp(word, "-h"))
        word = "help";
    if (!strcmp(word, "--version"))
        word = "version";
    c->command = cli__command_find(word);
    return c->command ? run_command(c) : unknown_command(c, word);
}

int main(int argc, char **argv)
{
    size_t room = (size_t)argc + 1;
    cli c = {.argc = argc};
    const char **words = calloc(room, sizeof *words);
    const char **copy = calloc(room, sizeof *copy);
    kn_setting *settings = calloc(room, sizeof *settings);
    kn_setting *lens_settings = calloc(room, sizeof *lens_settings);
    kn_status status = words && copy && settings && lens_settings ? KN_OK : KN_ERR_MEMORY;
    if (status >= 0)
        status = kn_context_new(&c.ctx, NULL);
    if (status >= 0) {
        for (int k = 0; k < argc; k++)
            copy[k] = k ? argv[k] : "kaname";
        c.argv = copy;
        c.words = words;
        c.settings = settings;
        c.lens_settings = lens_settings;
        status = dispatch(&c);
    }
    if (c.ctx && kn_context_error(c.ctx)[0])
        cli__fail(status, "%s", kn_context_error(c.ctx));
    else if (status == KN_ERR_MEMORY)
        cli__fail(status, "out of memory");
    if (status >= 0 && (fflush(stdout) != 0 || ferror(stdout)))
        status = cli__fail(KN_ERR_IO, "stdout: %s", strerror(errno));
    kn_context_free(c.ctx);
    free(words);
    free(copy);
    free(settings);
    free(lens_settings);
    return kn_status_exit(status);
}
