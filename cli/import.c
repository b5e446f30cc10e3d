/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli.h"

static kn_status unknown_format(const cli *c, const char *word)
{
    const char *names[64];
    char hint[256], known[1024] = "";
    int32_t count = 0;
    for (; count < 64 && kn_format_at(count); count++) {
        size_t used = strlen(known);
        names[count] = kn_format_at(count)->name;
        snprintf(known + used, sizeof known - used, "%s%s", count ? ", " : "",
                 names[count]);
    }
    if (kn_nearest(hint, sizeof hint, c->ctx, word, names, count) < 0)
        return KN_ERR_MEMORY;
    return cli__fail(KN_ERR_USAGE, "there is no format \"%s\"%s%s; known: %s", word,
                     *hint ? "; " : "", hint, known);
}

/* Reads the sources; no folder, or the word "atlas", is the atlas kaname carries. */
static kn_status read_sources(kn_network **network, const cli *c, const kn_format *format)
{
    const char *trade = cli__setting(c, "trade"), *only = cli__setting(c, "only");
    bool atlas = !strcmp(format->name, "atlas");
    int32_t count = c->word_count - 1;
    *network = NULL;
    if (trade && !atlas)
        return cli__fail(KN_ERR_USAGE, "--trade goes with format atlas, not %s",
                         format->name);
    if (only)
        return kn_network_import_goods(network, c->ctx, format, c->words + 1, count,
                                       only);
    if (!atlas || count > 1)
        return kn_network_import(network, c->ctx, format, c->words + 1, count);
    const char *folder = count && strcmp(c->words[1], "atlas") != 0 ? c->words[1] : NULL;
    return kn_network_atlas_trade(network, c->ctx, folder, trade);
}

kn_status cli__run_import(cli *c)
{
    kn_network *network = NULL;
    const char *path = c->global[GLOBAL_OUTPUT];
    const kn_format *format = kn_format_find(c->words[0]);
    if (!format)
        return unknown_format(c, c->words[0]);
    for (int32_t k = 1; k < c->word_count; k++)
        c->words[k] = cli__input(c->words[k]);
    if (!path || !strcmp(path, "-"))
        return cli__fail(KN_ERR_USAGE, "import writes a kaname file: give -o FILE");
    kn_status status = cli__check_target(path);
    if (status >= 0)
        status = read_sources(&network, c, format);
    if (status >= 0)
        status = kn_network_save(c->ctx, network, path);
    if (status >= 0)
        status = cli__summary(c, network, kn_network_edition(network));
    if (status >= 0)
        cli__say(c, "written to %s", path);
    kn_network_free(network);
    return status;
}
