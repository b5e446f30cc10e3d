/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <sys/stat.h>

#include "cli.h"

/* Without --to the ending of the name decides. */
static kn_export_format format_of(const cli *c, const char *path)
{
    const char *to = cli__setting(c, "to"), *dot = strrchr(path, '.');
    if (!to && dot && (!strcmp(dot, ".xlsx") || !strcmp(dot, ".zip")))
        to = dot + 1;
    return (kn_export_format)kn_choice_find(CLI__EXPORTS, to ? to : "csv");
}

static bool wants_folder(kn_export_format format)
{
    return format == KN_EXPORT_CSV || format == KN_EXPORT_PYMRIO;
}

static bool is_file(const char *path)
{
    struct stat info;
    return stat(path, &info) == 0 && !S_ISDIR(info.st_mode);
}

kn_status cli__run_export(cli *c)
{
    kn_network *network = NULL;
    const char *path = c->global[GLOBAL_OUTPUT], *labels = c->global[GLOBAL_LABELS];
    kn_export_options options = KN_EXPORT_OPTIONS_INIT;
    options.labels = labels != NULL;
    options.lang = labels ? (kn_lang)kn_choice_find("en|ja|ko", labels) : KN_LANG_EN;
    options.bom = c->global[GLOBAL_BOM] != NULL;
    options.command = c->argv;
    options.command_count = c->argc;
    if (!path || !strcmp(path, "-"))
        return cli__fail(KN_ERR_USAGE, "export writes files: give -o FOLDER (or -o "
                                       "FILE.xlsx, FILE.zip)");
    options.format = format_of(c, path);
    if (wants_folder(options.format) && is_file(path))
        return cli__fail(KN_ERR_USAGE, "%s is a file; csv and pymrio are folders", path);
    kn_status status = cli__open(&network, c, c->word_count ? c->words[0] : NULL);
    if (status >= 0)
        status = kn_network_export(c->ctx, network, path, &options);
    if (status >= 0)
        cli__say(c, "written to %s", path);
    kn_network_free(network);
    return status;
}
