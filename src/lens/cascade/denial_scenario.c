/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/denial_scenario.h"

typedef struct builder {
    kn_context *ctx;
    kn__arena *arena;
    const kn__denial_model *model;
    const char *path; /* of the scenario, for messages */
    kn__denial *denials;
    kn__capacity_loss *losses;
    kn__stock_release *releases;
    kn__shock shock;
} builder;

static kn_status add_denials(builder *b, const kn__measure *m)
{
    bool stop = kn__measure_meets_all(m, b->model->economies, b->model->unseen);
    double share = m->op == KN__EXPORT_BAN ? 1 : 1 - m->value;
    for (int32_t h = 0; h < m->from.count; h++) {
        int32_t holder = m->from.id[h], count = 0;
        int32_t *victims = KN__ARRAY(b->arena, b->ctx, b->model->economies, int32_t);
        if (!victims)
            return KN_ERR_MEMORY;
        for (int32_t d = 0; d < b->model->economies; d++)
            if (stop ? !kn__ids_has(m->from, d) : d != holder && kn__ids_has(m->to, d))
                victims[count++] = d;
        for (int32_t k = 0; k < m->products.count; k++)
            b->denials[b->shock.denial_count++] =
                (kn__denial){.product = m->products.id[k],
                             .holders = &m->from.id[h],
                             .holder_count = 1,
                             .victims = victims,
                             .victim_count = count,
                             .share = share,
                             .targeted = !stop,
                             .start_day = m->start_day,
                             .end_day = kn__measure_end(m)};
    }
    return KN_OK;
}

static void add_losses(builder *b, const kn__measure *m)
{
    for (int32_t k = 0; k < m->products.count; k++)
        for (int32_t e = 0; e < m->from.count; e++)
            b->losses[b->shock.loss_count++] =
                (kn__capacity_loss){.product = m->products.id[k],
                                    .economy = m->from.id[e],
                                    .share = m->value,
                                    .start_day = m->start_day,
                                    .end_day = kn__measure_end(m),
                                    .recover_days = m->recover_days};
}

static void add_releases(builder *b, const kn__measure *m)
{
    for (int32_t k = 0; k < m->products.count; k++)
        for (int32_t e = 0; e < m->from.count; e++)
            b->releases[b->shock.release_count++] =
                (kn__stock_release){.product = m->products.id[k],
                                    .economy = m->from.id[e],
                                    .days = m->value,
                                    .start_day = m->start_day};
}

static kn_status add_measure(builder *b, const kn__measure *m)
{
    bool slopes = m->ramp_days > 0 || (m->recover_days > 0 && m->op != KN__CAPACITY_LOSS);
    if (slopes)
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "%s:%d: the denial model does not understand ramp or recover of "
                        "%s; the daily models do (--model kaname)",
                        b->path, m->line, kn__op_name(m->op));
    switch (m->op) {
    case KN__EXPORT_BAN:
    case KN__EXPORT_QUOTA:
        return add_denials(b, m);
    case KN__CAPACITY_LOSS:
        add_losses(b, m);
        return KN_OK;
    case KN__STOCK_RELEASE:
        add_releases(b, m);
        return KN_OK;
    default:
        return kn__fail(b->ctx, KN_ERR_USAGE,
                        "%s:%d: the denial model does not understand the operation %s; "
                        "the daily models do (--model kaname)",
                        b->path, m->line, kn__op_name(m->op));
    }
}

kn_status kn__shock_from_scenario(kn__shock *shock, kn_context *ctx, kn__arena *arena,
                                  const kn__denial_model *model,
                                  const kn_scenario *scenario)
{
    builder b = {.ctx = ctx, .arena = arena, .model = model, .path = scenario->path};
    int64_t pairs = 0;
    for (int32_t k = 0; k < scenario->count; k++)
        pairs += (int64_t)scenario->measures[k].from.count *
                 scenario->measures[k].products.count;
    b.denials = KN__ARRAY(arena, ctx, pairs, kn__denial);
    b.losses = KN__ARRAY(arena, ctx, pairs, kn__capacity_loss);
    b.releases = KN__ARRAY(arena, ctx, pairs, kn__stock_release);
    if (!b.denials || !b.losses || !b.releases)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < scenario->count; k++)
        KN__TRY(add_measure(&b, &scenario->measures[k]));
    b.shock.denials = b.denials;
    b.shock.losses = b.losses;
    b.shock.releases = b.releases;
    *shock = b.shock;
    return KN_OK;
}
