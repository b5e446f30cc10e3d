/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

kn_status cli__run_splice(cli *c)
{
    kn_network *atlas = NULL, *table = NULL, *network = NULL;
    const char *path = c->global[GLOBAL_OUTPUT];
    if (!path || !strcmp(path, "-"))
        return cli__fail(KN_ERR_USAGE, "splice writes a kaname file: give -o FILE");
    kn_status status = cli__check_target(path);
    if (status >= 0)
        status = cli__open(&atlas, c, c->words[0]);
    if (status >= 0)
        status = cli__open(&table, c, c->words[1]);
    if (status >= 0)
        status = kn_network_splice(&network, c->ctx, atlas, table);
    if (status >= 0)
        status = kn_network_save(c->ctx, network, path);
    if (status >= 0)
        status = cli__summary(c, network, NULL);
    if (status >= 0)
        cli__say(c, "written to %s", path);
    kn_network_free(network);
    kn_network_free(table);
    kn_network_free(atlas);
    return status;
}
