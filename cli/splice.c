/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

/* What was found and done, on stderr. */
static kn_status summary(const cli *c, const kn_network *network)
{
    kn_result *result;
    cli__say(c, "%s\n%d economies, %d products, %d producers", kn_network_name(network),
             kn_network_economies(network), kn_network_products(network),
             kn_network_producers(network));
    kn_status status = kn_network_describe(&result, c->ctx, network);
    if (status < 0)
        return status;
    for (int32_t k = 0; k < kn_result_notes(result); k++)
        cli__say(c, "note: %s", kn_result_note_text(result, k));
    kn_result_free(result);
    return KN_OK;
}

kn_status cli__run_splice(cli *c)
{
    kn_network *atlas = NULL, *table = NULL, *network = NULL;
    const char *path = c->global[GLOBAL_OUTPUT];
    if (!path || !strcmp(path, "-"))
        return cli__fail(KN_ERR_USAGE, "splice writes a kaname file: give -o FILE");
    kn_status status = cli__open(&atlas, c, c->words[0]);
    if (status >= 0)
        status = cli__open(&table, c, c->words[1]);
    if (status >= 0)
        status = kn_network_splice(&network, c->ctx, atlas, table);
    if (status >= 0)
        status = kn_network_save(c->ctx, network, path);
    if (status >= 0)
        status = summary(c, network);
    if (status >= 0)
        cli__say(c, "written to %s", path);
    kn_network_free(network);
    kn_network_free(table);
    kn_network_free(atlas);
    return status;
}
