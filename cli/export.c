/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

kn_status cli__run_export(cli *c)
{
    kn_network *network = NULL;
    const char *folder = c->global[GLOBAL_OUTPUT];
    if (!folder || !strcmp(folder, "-"))
        return cli__fail(KN_ERR_USAGE, "export writes a folder of files: give -o FOLDER");
    kn_status status = cli__open(&network, c, c->word_count ? c->words[0] : NULL);
    if (status >= 0)
        status = kn_network_export_csv(c->ctx, network, folder);
    if (status >= 0)
        cli__say(c, "written to %s", folder);
    kn_network_free(network);
    return status;
}
