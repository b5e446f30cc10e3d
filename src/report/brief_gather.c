/* SPDX-License-Identifier: Apache-2.0 */
/* Runs the lenses the brief needs. */
#include "kaname/study.h"
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

/* ---- The scenario: each model plays what it understands ---- */

/* A refusal is no error of the brief: its message is kept in *why. */
static kn_status allow(kn_status status, const char **why, kn__brief *b)
{
    if (status != KN_ERR_USAGE && status != KN_ERR_DATA)
        return status;
    *why = kn__arena_text(b->arena, b->ctx, kn_context_error(b->ctx));
    if (!*why)
        return KN_ERR_MEMORY;
    kn_context_clear(b->ctx);
    return KN_OK;
}

static kn_status try(kn_result **result, const char **why, kn__brief *b,
                     const char *lens_name, const kn_setting *settings, int32_t count)
{
    return allow(run(result, b, lens_name, b->network, b->scenario, settings, count), why,
                 b);
}

static kn_status gather_losses(kn__brief *b)
{
    for (int32_t k = 0; k < KN__HORIZONS && !b->no_losses; k++) {
        kn_setting days = {"days", horizon_days[k]};
        KN__TRY(try(&b->cascade[k], &b->no_losses, b, "cascade", &days, 1));
    }
    return KN_OK;
}

static kn_status gather_daily(kn__brief *b)
{
    kn_setting settings[] = {{"model", "kaname"},
                             {"days", horizon_days[KN__HORIZONS - 1]}};
    return try(&b->daily, &b->no_daily, b, "cascade", settings, 2);
}

/* With draws where elasticities have standard errors; first alone, as drawing what has no
   equilibrium takes long. */
static kn_status gather_trade(kn__brief *b)
{
    kn_setting draws = {"draws", "50"};
    const char *unsure = NULL;
    kn_status found = try(&b->trade, &b->no_trade, b, "trade", NULL, 0);
    if (found != KN_OK || b->no_trade)
        return found;
    kn_result *drawn = NULL;
    KN__TRY(try(&drawn, &unsure, b, "trade", &draws, 1));
    if (drawn) {
        kn_result_free(b->trade);
        b->trade = drawn;
    }
    return KN_OK;
}

/* By days where both can be played so, else after trade has adjusted. */
static kn_status gather_sides(kn__brief *b)
{
    kn_setting settings[] = {{"model", "kaname"},
                             {"days", horizon_days[KN__HORIZONS - 1]}};
    const char *why = NULL;
    KN__TRY(allow(kn_compare(&b->sides, b->ctx, kn_lens_find("cascade"), b->network,
                             b->scenario, b->other, settings, 2),
                  &b->no_sides, b));
    if (!b->no_sides)
        return KN_OK;
    return allow(kn_compare(&b->sides, b->ctx, kn_lens_find("trade"), b->network,
                            b->scenario, b->other, NULL, 0),
                 &why, b);
}

/* Three models, of which one at least must play it. */
static kn_status gather_scenario(kn__brief *b)
{
    KN__TRY(gather_losses(b));
    KN__TRY(gather_daily(b));
    kn_status found = gather_trade(b);
    if (found < 0)
        return found;
    if (found > 0) { /* figures that are no equilibrium are not for a brief */
        int32_t notes = kn_result_notes(b->trade);
        b->no_trade = kn__arena_text(b->arena, b->ctx,
                                     notes ? kn_result_note_text(b->trade, notes - 1)
                                           : kn_status_text(found));
        kn_result_free(b->trade);
        b->trade = NULL;
        if (!b->no_trade)
            return KN_ERR_MEMORY;
    }
    if (b->no_losses && b->no_daily && b->no_trade)
        return kn__fail(b->ctx, KN_ERR_USAGE, "%s\n  trade: %s", b->no_losses,
                        b->no_trade);
    return b->other ? gather_sides(b) : KN_OK;
}

/* ---- Sensitivity: the same question under other recipes ---- */

static kn_status ask(kn_result **result, kn__brief *b, const kn_network *network)
{
    if (b->horizon_count) {
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
        kn_result_find(result, b->horizon_count ? "losses" : "chokepoints");
    const char *key = b->horizon_count ? "economy" : "victim";
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
    if (!b->network->has_recipes || (!b->horizon_count && !b->threat_count))
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
    const kn_scenario *scenario = b->horizon_count ? b->scenario : NULL;
    KN__TRY(run(&b->range, b, "uncertainty", b->network, scenario, one, 5));
    kn__brief_likely(b);
    return KN_OK;
}

kn_status kn__brief_gather(kn__brief *b)
{
    kn_setting of = {"of", b->options->economy};
    KN__TRY(run(&b->ranking, b, "chokepoints", b->network, NULL, &of, 1));
    if (kn_lens_find("exposure")) /* only for the unseen share; the rest stands alone */
        KN__TRY(run(&b->dependency, b, "exposure", b->network, NULL, &of, 1));
    if (b->scenario)
        KN__TRY(gather_scenario(b));
    KN__TRY(kn_network_describe(&b->accounts, b->ctx, b->network));
    KN__TRY(kn__brief_digest(b));
    KN__TRY(gather_range(b));
    return gather_cases(b);
}
