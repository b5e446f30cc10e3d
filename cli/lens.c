/* SPDX-License-Identifier: Apache-2.0 */
/* Every lens is run here, from its declaration alone. */
#include <string.h>
#include <unistd.h>

#include "cli.h"

enum { PATH_SIZE = 4096 };

kn_status cli__open(kn_network **network, const cli *c, const char *word)
{
    *network = NULL;
    if (word && !strcmp(word, "-"))
        return cli__fail(KN_ERR_USAGE,
                         "a network does not come through a pipe: give the kaname file");
    return kn_network_open(network, c->ctx, word ? word : "atlas");
}

const char *cli__input(const char *path)
{
    return path && !strcmp(path, "-") ? "/dev/stdin" : path;
}

kn_status cli__scenario_network(char *name, size_t size, const cli *c,
                                const char *scenario)
{
    char named[PATH_SIZE] = "";
    /* What comes through a pipe can be read only once. */
    kn_status status = strcmp(scenario, "/dev/stdin") != 0
                           ? kn_scenario_network_name(named, PATH_SIZE, c->ctx, scenario)
                           : KN_OK;
    const char *slash = strrchr(scenario, '/');
    bool plain = !slash || !*named || named[0] == '/' || !strcmp(named, "atlas");
    int folder = plain ? 0 : (int)(slash - scenario) + 1;
    snprintf(name, size, "%.*s%s", folder, scenario, *named ? named : "atlas");
    return status;
}

kn_status cli__open_named(kn_network **network, const cli *c, const char *name,
                          const char *scenario)
{
    kn_status status = cli__open(network, c, name);
    if (status == KN_ERR_NOT_FOUND)
        cli__say(c, "%s asks for the network %s", scenario, name);
    return status;
}

kn_status cli__open_for(kn_network **network, const cli *c, const char *word,
                        const char *scenario)
{
    char named[PATH_SIZE];
    kn_status status =
        word ? KN_OK : cli__scenario_network(named, sizeof named, c, scenario);
    if (status < 0)
        return status;
    return word ? cli__open(network, c, word)
                : cli__open_named(network, c, named, scenario);
}

kn_status cli__cache(kn_file_cache **cache, const cli *c, const kn_network *network,
                     const char *word)
{
    *cache = NULL;
    return c->global[GLOBAL_NO_CACHE]
               ? KN_OK
               : kn_file_cache_open(cache, c->ctx, network, word ? word : "atlas");
}

static kn_status run(const cli *c, const kn_network *network, const char *word,
                     const kn_scenario *scenario)
{
    kn_result *result = NULL;
    kn_file_cache *cache;
    kn_checkpoint *checkpoint = NULL;
    const char *file = cli__setting(c, "checkpoint");
    kn_status found = cli__cache(&cache, c, network, word);
    if (found >= 0 && file)
        found = kn_checkpoint_open(&checkpoint, c->ctx, file);
    if (found >= 0)
        found = kn_lens_run(&result, c->ctx, c->command->lens, network, scenario,
                            c->settings, c->setting_count);
    kn_checkpoint_close(checkpoint);
    kn_file_cache_close(cache);
    return cli__report(c, found, result, network);
}

static bool ends_in(const char *word, const char *ending)
{
    size_t length = strlen(word), tail = strlen(ending);
    return length > tail && !strcmp(word + length - tail, ending);
}

/* The word that is the scenario, or NULL: the last one; where the lens can do without,
   a lone word only when it looks like the file of a scenario. */
static const char *scenario_word(const cli *c)
{
    const char *last = c->word_count ? c->words[c->word_count - 1] : NULL;
    bool lone = c->word_count == 1, optional = c->command->lens->scenario_optional;
    if (!c->command->lens->operations || !last)
        return NULL;
    if (optional && lone && strcmp(last, "-") != 0 && !ends_in(last, ".yaml") &&
        !ends_in(last, ".yml"))
        return NULL;
    return cli__input(last);
}

kn_status cli__run_lens(cli *c)
{
    kn_network *network = NULL;
    kn_scenario *scenario = NULL;
    char named[PATH_SIZE];
    const char *path = scenario_word(c), *word = c->word_count ? c->words[0] : NULL;
    kn_status status = cli__check_output(c);
    if (status >= 0 && path && c->word_count == 1) {
        status = cli__scenario_network(named, sizeof named, c, path);
        word = named;
    }
    if (status >= 0)
        status = word == named ? cli__open_named(&network, c, word, path)
                               : cli__open(&network, c, word);
    if (status >= 0 && path)
        status = kn_scenario_read(&scenario, c->ctx, network, path);
    if (status >= 0)
        status = run(c, network, word, scenario);
    kn_scenario_free(scenario);
    kn_network_free(network);
    return status;
}
