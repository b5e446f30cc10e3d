/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli.h"

kn_status cli__run_brief(cli *c)
{
    kn_network *network = NULL;
    char name[4096] = "atlas";
    char *html = NULL;
    kn_file_cache *cache = NULL;
    int64_t length;
    kn_brief_options options = KN_BRIEF_OPTIONS_INIT;
    options.economy = cli__setting(c, "for");
    options.scenario = cli__input(cli__setting(c, "scenario"));
    options.against = cli__input(cli__setting(c, "against"));
    options.lang = (kn_lang)kn_choice_find("en|ja|ko", cli__setting(c, "lang"));
    options.command = c->argv;
    options.command_count = c->argc;
    if (!options.economy)
        return cli__fail(KN_ERR_USAGE, "whose brief? give --for ECONOMY (for instance "
                                       "--for JPN)");
    if (!c->global[GLOBAL_OUTPUT] && isatty(STDOUT_FILENO))
        return cli__fail(KN_ERR_USAGE, "a brief is a page: give -o FILE.html");
    kn_status status = KN_OK;
    if (!c->word_count && options.scenario)
        status = cli__scenario_network(name, sizeof name, c, options.scenario);
    if (status >= 0)
        status = cli__open(&network, c, c->word_count ? c->words[0] : name);
    if (status >= 0)
        status = cli__cache(&cache, c, network, c->word_count ? c->words[0] : name);
    if (status >= 0)
        status = kn_brief_write(&html, &length, c->ctx, network, &options);
    if (status >= 0)
        status = cli__write(c, html, length);
    kn_output_free(c->ctx, html);
    kn_file_cache_close(cache);
    kn_network_free(network);
    return status;
}
