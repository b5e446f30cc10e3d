/* SPDX-License-Identifier: Apache-2.0 */
/* scenario check, atlas check: read it, say what is wrong, or that nothing is. */
#include <stdlib.h>
#include <string.h>

#include "cli.h"

static kn_status only_check(const cli *c)
{
    if (!strcmp(c->words[0], "check"))
        return KN_OK;
    return cli__fail(KN_ERR_USAGE, "\"%s %s\" is not known; usage: kaname %s %s",
                     c->command->name, c->words[0], c->command->name,
                     c->command->arguments);
}

static kn_status write_findings(const cli *c, const kn_scenario *scenario,
                                const kn_network *network)
{
    static const kn_column columns[] = {
        {"scenario", "", KN_COLUMN_TEXT, "title"},
        {"network", "", KN_COLUMN_TEXT, "network its labels were found in"},
        {"measures", "", KN_COLUMN_INTEGER, "measures understood"}};
    static const kn_table_decl decl = {"findings", "what was checked", columns, 3};
    kn_result *result;
    kn_table *table;
    kn_status status = kn_result_new(&result, c->ctx);
    if (status >= 0)
        status = kn_result_add(result, c->ctx, &decl, &table);
    const kn_cell row[] = {{.text = kn_scenario_title(scenario)},
                           {.text = kn_network_name(network)},
                           {.number = kn_scenario_measures(scenario)}};
    if (status >= 0)
        status = kn_table_append(table, c->ctx, row);
    if (status >= 0)
        status = kn_scenario_check(result, c->ctx, scenario, network);
    if (status >= 0)
        status = cli__write_result(c, result, network);
    kn_result_free(result);
    return status;
}

kn_status cli__run_scenario(cli *c)
{
    kn_network *network = NULL;
    kn_scenario *scenario = NULL;
    char name[4096] = "";
    const char *path = cli__input(c->words[1]);
    kn_status status = only_check(c);
    if (status >= 0)
        status = cli__check_output(c);
    if (status >= 0 && c->word_count < 3)
        status = cli__scenario_network(name, sizeof name, c, path);
    if (status >= 0)
        status = cli__open(&network, c, c->word_count < 3 ? name : c->words[2]);
    if (status >= 0)
        status = kn_scenario_read(&scenario, c->ctx, network, path);
    if (status >= 0)
        status = write_findings(c, scenario, network);
    kn_scenario_free(scenario);
    kn_network_free(network);
    return status;
}

static const char page_head[] =
    "# What the atlas covers\n\n"
    "Written by `kaname atlas check --docs`. Grades: A measured, B derived from measured "
    "figures, C estimated by experts in a publication, D assumed by us. A chain is what "
    "its first products are made of and with, up to the first products of another chain; "
    "a product may be in several. The weakest figures are those on which the most value "
    "added hangs for how little is known of them: value added of direct users × "
    "dependent share × how far off the figure may be (half the range of a dependent "
    "share; of a share of supply 2, 5, 15 or 40 % of itself for grades A to D, our "
    "assumption).\n\n";

/* The page docs/atlas.md. */
static kn_status write_page(const cli *c, const kn_result *result)
{
    kn_output_options options = KN_OUTPUT_OPTIONS_INIT;
    char *text, *page = NULL;
    int64_t length;
    options.format = KN_OUTPUT_MARKDOWN;
    kn_status status = kn_output_write(&text, &length, c->ctx, result, NULL, &options);
    if (status < 0)
        return status;
    int64_t head = (int64_t)strlen(page_head);
    if ((page = malloc((size_t)(head + length))) != NULL) {
        memcpy(page, page_head, (size_t)head);
        memcpy(page + head, text, (size_t)length);
        status = cli__write(c, page, head + length);
    }
    kn_output_free(c->ctx, text);
    free(page);
    return page ? status : cli__fail(KN_ERR_MEMORY, "out of memory");
}

kn_status cli__run_atlas(cli *c)
{
    kn_result *result = NULL;
    const char *folder = c->word_count > 1 ? c->words[1] : "data/atlas";
    kn_status status = only_check(c);
    if (status >= 0)
        status = cli__check_output(c);
    bool docs = cli__flag(c, "docs");
    if (status >= 0)
        status = docs ? kn_atlas_figures(&result, c->ctx, folder)
                      : kn_atlas_check(&result, c->ctx, folder, cli__setting(c, "data"));
    if (status >= 0)
        status = docs ? write_page(c, result) : cli__write_result(c, result, NULL);
    kn_result_free(result);
    return status;
}
