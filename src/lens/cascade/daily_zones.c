/* SPDX-License-Identifier: Apache-2.0 */
/* Who is treated alike by a scenario, and who is served first. */
#include "lens/cascade/daily_measure.h"

static kn_status find_detours(kn__daily_net *d, kn_context *ctx, kn__arena *arena,
                              const kn_scenario *scenario)
{
    d->open_passages = 0;
    d->detour = KN__ARRAY(arena, ctx, scenario->count, const kn__detour *);
    if (!d->detour)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++) {
        const kn__measure *m = &scenario->measures[k];
        kn__detour *detour;
        int64_t pairs;
        if (m->op != KN__ROUTE_CLOSURE)
            continue;
        KN__TRY(kn__detours_of(&detour, &pairs, ctx, arena, d->net, m->name));
        d->detour[k] = detour;
        d->open_passages += pairs == 0;
    }
    return KN_OK;
}

/* Whether a closed passage cuts an economy off from another. */
static bool is_cut_off(const kn__daily_net *d, int32_t measure, int32_t e)
{
    int64_t economies = d->net->economy_count;
    const kn__detour *detour = d->detour[measure];
    for (int32_t s = 0; detour && s < economies; s++)
        if (detour[s * economies + e].cut > 0)
            return true;
    return false;
}

/* Whether a measure stops what others send to `e`, but not what `e` sends to itself. */
static bool is_own_supplier(const kn__daily_net *d, const kn__measure *m, int32_t e)
{
    return kn__ids_has(m->from, e) &&
           (kn__ids_has(m->to, e) ||
            kn__measure_meets_all(m, d->net->economy_count, d->net->zzu));
}

/* Senders that a measure would meet, too, and everybody where it matters who is whose
   ally, stand alone; others go together when the same measures meet them. */
static kn_status make_zones(kn__daily_net *d, kn_context *ctx, kn__arena *arena,
                            const kn_scenario *scenario)
{
    int32_t economies = d->net->economy_count;
    kn__rationing r = d->rule.rationing;
    d->zones = 0;
    d->zone = KN__ARRAY(arena, ctx, economies, int32_t);
    uint64_t *mark = KN__ARRAY(arena, ctx, economies, uint64_t);
    bool *alone = KN__ARRAY(arena, ctx, economies, bool);
    if (!d->zone || !mark || !alone)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < economies; e++) {
        alone[e] = r == KN__RATION_DOMESTIC || r == KN__RATION_ALLIANCE;
        for (int32_t k = 0, bit = 0; k < scenario->count; k++) {
            const kn__measure *m = &scenario->measures[k];
            alone[e] = alone[e] || is_cut_off(d, k, e);
            if (!kn__measure_is_trade(m))
                continue;
            alone[e] = alone[e] || is_own_supplier(d, m, e) || bit >= 64;
            if (bit < 64 && kn__ids_has(m->to, e))
                mark[e] |= (uint64_t)1 << bit;
            bit++;
        }
        d->zone[e] = -1;
        for (int32_t f = 0; f < e && !alone[e]; f++)
            if (!alone[f] && mark[f] == mark[e]) {
                d->zone[e] = d->zone[f];
                break;
            }
        if (d->zone[e] < 0)
            d->zone[e] = d->zones++;
    }
    return KN_OK;
}

static kn_status set_markets(kn__daily_net *d, kn_context *ctx, kn__arena *arena,
                             const kn__daily_options *o)
{
    int32_t economies = d->net->economy_count, markets = 2 * d->zones;
    int32_t *market = KN__ARRAY(arena, ctx, d->n + economies, int32_t);
    if (!market)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < d->n; i++)
        market[i] = d->zone[d->economy[i]];
    for (int32_t e = 0; e < economies; e++)
        market[d->n + e] = d->zones + d->zone[e];
    d->engine.market = market;
    d->engine.markets = markets;
    if (d->rule.rationing == KN__RATION_PROPORTIONAL ||
        d->rule.rationing == KN__RATION_WATER)
        return KN_OK;
    unsigned char *rank = KN__ARRAY(arena, ctx, (int64_t)markets * d->n, unsigned char);
    if (!rank)
        return KN_ERR_MEMORY;
    bool allied = d->rule.rationing == KN__RATION_ALLIANCE;
    for (int32_t e = 0; e < economies; e++)
        for (int32_t i = 0; i < d->n; i++) {
            bool friend = d->economy[i] == e || (allied && kn__ids_has(o->allies, e) &&
                                                 kn__ids_has(o->allies, d->economy[i]));
            int64_t at = (int64_t)d->zone[e] * d->n + i;
            bool firms = d->rule.rationing == KN__RATION_FIRMS;
            rank[at] = firms ? 0 : !friend;
            rank[at + (int64_t)d->zones * d->n] = firms ? 1 : !friend;
        }
    d->engine.rank = rank;
    d->engine.ranks = 2;
    return KN_OK;
}

kn_status kn__daily_rezone(kn__daily_net *d, kn_context *ctx, kn__arena *arena,
                           const kn_scenario *scenario, const kn__daily_options *options)
{
    KN__TRY(find_detours(d, ctx, arena, scenario));
    KN__TRY(make_zones(d, ctx, arena, scenario));
    return set_markets(d, ctx, arena, options);
}
