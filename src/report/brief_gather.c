/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the lenses the brief needs. */
#include "report/brief.h"
#include "study/variant.h"

static const char *const horizon_days[KN__HORIZONS] = {"90", "180", "360"};

static kn_status run(kn_result **result, kn__brief *b, const char *lens_name,
                     const kn_network *network, const kn_scenario *scenario,
                     const kn_setting *settings, int32_t count)
{
    const kn_lens *lens = kn_lens_find(lens_name);
    if (!lens)
        return kn__fail(b->ctx, KN_ERR_NOT_FOUND, "the brief needs the lens \"%s\"",
                        lens_name);
    return kn_lens_run(result, b->ctx, lens, network, scenario, settings, count);
}

/* ---- Sensitivity: the same question under other recipes ---- */

static kn_status ask(kn_result **result, kn__brief *b, const kn_network *network)
{
    if (b->scenario) {
        kn_setting days = {"days", horizon_days[KN__HORIZONS - 1]};
        return run(result, b, "cascade", network, b->scenario, &days, 1);
    }
    const kn__threat *worst = &b->threat[0];
    kn_setting one[] = {{"of", b->options->economy},
                        {"holder", network->economies[worst->holder].code},
                        {"product", network->products[worst->product].id}};
    return run(result, b, "chokepoints", network, NULL, one, 3);
}

static void read_case(kn__brief *b, kn__case *c, const kn_result *result)
{
    const kn_table *table =
        kn_result_find(result, b->scenario ? "losses" : "chokepoints");
    const char *key = b->scenario ? "economy" : "victim";
    for (int64_t r = 0; table && r < kn_table_rows(table); r++) {
        if (!kn__text_equal(kn__word(table, r, key), b->options->economy))
            continue;
        c->loss = kn__cell(table, r, "loss_musd");
        c->low = kn__cell(table, r, "loss_low");
        c->high = kn__cell(table, r, "loss_high");
        c->known = true;
        return;
    }
}

static kn_status gather_cases(kn__brief *b)
{
    static const kn__msg labels[KN__CASES] = {
        KN__MSG_SENS_BASE,     KN__MSG_SENS_NO_ESSENTIAL, KN__MSG_SENS_NO_IMPORTANT,
        KN__MSG_SENS_NO_MINOR, KN__MSG_SENS_PHI_LOW,      KN__MSG_SENS_PHI_MID,
        KN__MSG_SENS_PHI_HIGH};
    if (!b->network->has_recipes || (!b->scenario && !b->threat_count))
        return KN_OK;
    for (int32_t k = 0; k < KN__CASES; k++) {
        kn_network changed = *b->network;
        if (k > 0)
            KN__TRY(kn__network_variant(&changed, b->ctx, b->arena, b->network,
                                        (kn__variant)(k - 1)));
        KN__TRY(ask(&b->extra[k], b, &changed));
        b->sensitivity[k] = (kn__case){.label = labels[k]};
        read_case(b, &b->sensitivity[k], b->extra[k]);
        b->case_count = k + 1;
    }
    return KN_OK;
}

/* How sure the first chokepoint is, what drives it, and how sure the scenario is. */
static kn_status gather_range(kn__brief *b)
{
    const kn__threat *worst = &b->threat[0];
    if (!b->network->has_recipes || !b->threat_count)
        return KN_OK;
    kn_setting one[] = {{"of", b->options->economy},
                        {"holder", b->network->economies[worst->holder].code},
                        {"product", b->network->products[worst->product].id},
                        {"top", "1"},
                        {"exposure", "false"}};
    KN__TRY(run(&b->range, b, "uncertainty", b->network, b->scenario, one, 5));
    kn__brief_likely(b);
    return KN_OK;
}

/* The same measures day by day; what that model refuses is no error of the brief. */
static kn_status gather_daily(kn__brief *b)
{
    kn_setting settings[] = {{"model", "kaname"},
                             {"days", horizon_days[KN__HORIZONS - 1]}};
    if (!b->scenario)
        return KN_OK;
    kn_status status = run(&b->daily, b, "cascade", b->network, b->scenario, settings, 2);
    if (status == KN_ERR_USAGE || status == KN_ERR_DATA) {
        kn_context_clear(b->ctx);
        return KN_OK;
    }
    return status;
}

kn_status kn__brief_gather(kn__brief *b)
{
    kn_setting of = {"of", b->options->economy};
    KN__TRY(run(&b->ranking, b, "chokepoints", b->network, NULL, &of, 1));
    if (kn_lens_find("exposure")) /* only for the unseen share; the rest stands alone */
        KN__TRY(run(&b->dependency, b, "exposure", b->network, NULL, &of, 1));
    for (int32_t k = 0; b->scenario && k < KN__HORIZONS; k++) {
        kn_setting days = {"days", horizon_days[k]};
        KN__TRY(run(&b->cascade[k], b, "cascade", b->network, b->scenario, &days, 1));
    }
    KN__TRY(kn_network_describe(&b->accounts, b->ctx, b->network));
    KN__TRY(kn__brief_digest(b));
    KN__TRY(gather_range(b));
    KN__TRY(gather_daily(b));
    return gather_cases(b);
}
