/* SPDX-License-Identifier: Apache-2.0 */
#include "cli.h"

/* The table of producers with their place in the chain is the exposure lens's. */
static kn_status producers(kn_result **result, const cli *c, const kn_network *network)
{
    const kn_setting measure = {"measure", "producers"};
    const kn_lens *lens = kn_lens_find("exposure");
    if (!lens)
        return cli__fail(KN_ERR_INTERNAL, "the exposure lens is missing");
    return kn_lens_run(result, c->ctx, lens, network, NULL, &measure, 1);
}

kn_status cli__run_info(cli *c)
{
    kn_network *network = NULL;
    kn_result *result = NULL;
    kn_status status = cli__check_output(c);
    if (status >= 0)
        status = cli__open(&network, c, c->word_count ? c->words[0] : NULL);
    if (status >= 0)
        status = cli__flag(c, "producers")
                     ? producers(&result, c, network)
                     : kn_network_describe(&result, c->ctx, network);
    if (status >= 0)
        status = cli__write_result(c, result, network);
    kn_result_free(result);
    kn_network_free(network);
    return status;
}
