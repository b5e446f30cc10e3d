/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/report.h"

#include <string.h>

#include "report/brief.h"

static kn_status prepare(kn__brief *b, const kn_brief_options *options)
{
    if (options->version != 1)
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "brief options of version %d, this library knows version 1",
                        options->version);
    if (!options->economy)
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "a brief needs an economy, for instance JPN");
    if ((unsigned)options->lang >= KN_LANG_COUNT)
        return kn__fail(b->ctx, KN_ERR_USAGE, "unknown language %d", (int)options->lang);
    if (strchr(options->economy, ','))
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "a brief is for one economy, not for \"%s\"", options->economy);
    if (options->against && !options->scenario)
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "a scenario to compare with needs one to be compared");
    KN__TRY(kn_network_find_economy(&b->economy, b->ctx, b->network, options->economy));
    KN__TRY(kn__labels_new(&b->labels, b->ctx, b->arena, b->network));
    b->name = kn__brief_economy(b, b->economy);
    return KN_OK;
}

kn_status kn_brief_write(char **html, int64_t *length, kn_context *context,
                         const kn_network *network, const kn_brief_options *options)
{
    *html = NULL;
    *length = 0;
    kn__brief b = {
        .ctx = context, .network = network, .options = options, .lang = options->lang};
    kn_scenario *scenario = NULL, *other = NULL;
    kn__text out;
    kn__text_init(&out, context, 0);
    kn_status status = kn__arena_new(&b.arena, context);
    if (status >= 0)
        status = prepare(&b, options);
    if (status >= 0 && options->scenario)
        status = kn_scenario_read(&scenario, context, network, options->scenario);
    if (status >= 0 && options->against)
        status = kn_scenario_read(&other, context, network, options->against);
    b.scenario = scenario;
    b.other = other;
    if (status >= 0)
        status = kn__brief_gather(&b);
    if (status >= 0)
        status = kn__brief_page(&out, &b);
    if (status >= 0)
        status = kn__write_take(&out, html, length);
    else
        kn__text_release(&out);
    kn__brief_release(&b);
    kn_scenario_free(scenario);
    kn_scenario_free(other);
    kn__arena_free(b.arena);
    return status;
}
