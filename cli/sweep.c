/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

/* --over KEY=RANGE, as often as it stands there. `over` and `copies` have room for all
   settings. */
static kn_status split_over(const cli *c, kn_setting *over, char **copies, int32_t *count)
{
    *count = 0;
    for (int32_t k = 0; k < c->setting_count; k++) {
        if (strcmp(c->settings[k].key, "over") != 0)
            continue;
        char *copy = strdup(c->settings[k].value), *equals = NULL;
        if (!copy)
            return cli__fail(KN_ERR_MEMORY, "out of memory");
        copies[*count] = copy;
        equals = strchr(copy, '=');
        over[(*count)++] = (kn_setting){copy, equals ? equals + 1 : ""};
        if (!equals || equals == copy)
            return cli__fail(KN_ERR_USAGE,
                             "--over is \"%s\"; expected KEY=LOW:HIGH, for instance "
                             "days=90:360",
                             c->settings[k].value);
        *equals = '\0';
    }
    return KN_OK;
}

static kn_status set_samples(const cli *c, int64_t *samples)
{
    const char *text = cli__setting(c, "samples");
    char *end;
    long long number = strtoll(text, &end, 10);
    *samples = number;
    if (!*text || *end || number < 2 || number > 1000000)
        return cli__fail(KN_ERR_USAGE,
                         "--samples is \"%s\"; expected a whole number from 2 to 1000000",
                         text);
    return KN_OK;
}

static kn_status run(const cli *c, const kn_network *network, const kn_scenario *scenario,
                     const kn_setting *over, int32_t count)
{
    kn_result *result = NULL;
    kn_sweep_options options = KN_SWEEP_OPTIONS_INIT;
    kn_status status = set_samples(c, &options.samples);
    if (status < 0)
        return status;
    options.settings = c->lens_settings;
    options.setting_count = c->lens_setting_count;
    options.over = over;
    options.over_count = count;
    options.checkpoint = cli__setting(c, "checkpoint");
    options.keep_samples =
        c->global[GLOBAL_TABLE] && !strcmp(c->global[GLOBAL_TABLE], "samples");
    if (c->global[GLOBAL_SEED])
        options.seed = strtoll(c->global[GLOBAL_SEED], NULL, 10);
    status = kn_sweep(&result, c->ctx, c->lens, network, scenario, &options);
    return cli__report(c, status, result, network);
}

kn_status cli__run_sweep(cli *c)
{
    kn_network *network = NULL;
    kn_scenario *scenario = NULL;
    const char *path = cli__input(c->words[c->word_count - 1]);
    const char *word = c->word_count > 1 ? c->words[0] : NULL;
    size_t room = (size_t)c->setting_count + 1;
    kn_setting *over = calloc(room, sizeof *over);
    char **copies = calloc(room, sizeof *copies);
    int32_t count = 0;
    if (!over || !copies) {
        free(over);
        free(copies);
        return cli__fail(KN_ERR_MEMORY, "out of memory");
    }
    kn_status status = cli__check_output(c);
    if (status >= 0)
        status = split_over(c, over, copies, &count);
    if (status >= 0)
        status = cli__open_for(&network, c, word, path);
    if (status >= 0)
        status = kn_scenario_read(&scenario, c->ctx, network, path);
    if (status >= 0)
        status = run(c, network, scenario, over, count);
    for (int32_t k = 0; k < count; k++)
        free(copies[k]);
    free(over);
    free(copies);
    kn_scenario_free(scenario);
    kn_network_free(network);
    return status;
}
