/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

/* Two runs do not go into one file, nor two scenarios through one pipe. */
static kn_status check_settings(const cli *c)
{
    for (int32_t k = 0; k < c->lens_setting_count; k++)
        if (!strcmp(c->lens_settings[k].key, "checkpoint"))
            return cli__fail(KN_ERR_USAGE,
                             "compare makes two runs and keeps no checkpoint of them; "
                             "--checkpoint is for cascade and sweep");
    if (!strcmp(c->words[c->word_count - 1], "-") &&
        !strcmp(c->words[c->word_count - 2], "-"))
        return cli__fail(KN_ERR_USAGE, "only one of the scenarios can come from stdin");
    return cli__check_output(c);
}

kn_status cli__run_compare(cli *c)
{
    kn_network *network = NULL;
    kn_scenario *first = NULL, *second = NULL;
    kn_result *result = NULL;
    const char *word = c->word_count > 2 ? c->words[0] : NULL;
    const char *one = cli__input(c->words[c->word_count - 2]);
    const char *two = cli__input(c->words[c->word_count - 1]);
    kn_status status = check_settings(c);
    if (status >= 0)
        status = cli__open_for(&network, c, word, one);
    if (status >= 0)
        status = kn_scenario_read(&first, c->ctx, network, one);
    if (status >= 0)
        status = kn_scenario_read(&second, c->ctx, network, two);
    if (status >= 0) {
        status = kn_compare(&result, c->ctx, c->lens, network, first, second,
                            c->lens_settings, c->lens_setting_count);
        status = cli__report(c, status, result, network);
    }
    kn_scenario_free(first);
    kn_scenario_free(second);
    kn_network_free(network);
    return status;
}
