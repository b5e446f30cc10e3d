/* SPDX-License-Identifier: Apache-2.0 */
#include "network/power.h"

#include <math.h>

double kn__power(int32_t sectors, const double *share, const double *held,
                 const double *sigma, double rho)
{
    double rest = 1, sum = 0, logs = 0;
    for (int32_t j = 0; j < sectors; j++) {
        rest -= share[j];
        if (share[j] <= 0 || held[j] <= 0)
            sum += share[j];
        else if (rho == 1)
            logs -= share[j] / (sigma[j] - 1) * log1p(-held[j]);
        else
            sum += share[j] * pow(1 - held[j], (rho - 1) / (sigma[j] - 1));
    }
    return rho == 1 ? logs : log(sum + rest) / (1 - rho);
}

kn_status kn__purchases_new(kn__purchases *p, kn_context *ctx, kn__arena *arena,
                            const kn_network *net)
{
    int64_t products = net->product_count;
    *p = (kn__purchases){.net = net};
    double *room = KN__ARRAY(arena, ctx, (1 + KN__HELD_COUNT) * products, double);
    p->product = KN__ARRAY(arena, ctx, products, int32_t);
    if (!room || !p->product)
        return KN_ERR_MEMORY;
    p->share = room;
    for (int k = 0; k < KN__HELD_COUNT; k++)
        p->held[k] = room + (k + 1) * products;
    return kn__pools_new(&p->pools, ctx, arena, net);
}

static bool wanted(kn_ids list, int32_t id)
{
    for (int32_t k = 0; k < list.count; k++)
        if (list.id[k] == id)
            return true;
    return list.count == 0;
}

void kn__purchases_of(kn__purchases *p, int32_t buyer, kn_ids products)
{
    p->products = 0;
    p->total_musd = 0;
    for (int32_t q = 0; q < p->net->product_count; q++) {
        double use = p->pools.use[(int64_t)q * p->pools.economies + buyer];
        if (!(use > 0) || !wanted(products, q))
            continue;
        p->product[p->products] = q;
        p->share[p->products++] = use;
        p->total_musd += use;
    }
    for (int32_t k = 0; k < p->products; k++)
        p->share[k] /= p->total_musd;
}

void kn__purchases_held(kn__purchases *p, int32_t buyer, kn_ids holders)
{
    const kn__pools *pools = &p->pools;
    int64_t economies = pools->economies;
    for (int32_t k = 0; k < p->products; k++) {
        int64_t q = p->product[k];
        double use = pools->use[q * economies + buyer], sum[KN__HELD_COUNT] = {0};
        bool maker = false;
        for (int32_t h = 0; h < holders.count; h++) {
            int32_t s = holders.id[h];
            double low, high;
            kn__pools_share_bounds(pools, p->net, (int32_t)q, s, buyer, &low, &high);
            sum[KN__HELD_CENTRE] += pools->flow[(q * economies + s) * economies + buyer];
            sum[KN__HELD_LOW] += low;
            sum[KN__HELD_HIGH] += high;
            maker |= pools->output[q * economies + s] > 0;
        }
        if (maker && p->net->zzu >= 0)
            sum[KN__HELD_HIGH] +=
                pools->flow[(q * economies + p->net->zzu) * economies + buyer] / use;
        p->held[KN__HELD_CENTRE][k] = fmin(1, sum[KN__HELD_CENTRE] / use);
        p->held[KN__HELD_LOW][k] = sum[KN__HELD_LOW];
        p->held[KN__HELD_HIGH][k] = fmin(1, sum[KN__HELD_HIGH]);
    }
}

int32_t kn__purchases_monopoly(const kn__purchases *purchases)
{
    for (int32_t k = 0; k < purchases->products; k++)
        if (purchases->held[KN__HELD_CENTRE][k] >= 1)
            return purchases->product[k];
    return -1;
}

static int64_t undefined_rows(const kn_table *table, const char *column)
{
    int32_t at = kn_table_column(table, column);
    int64_t count = 0;
    for (int64_t r = 0; r < kn_table_rows(table); r++)
        count += !isfinite(kn_table_number(table, r, at));
    return count;
}

kn_status kn__power_note(kn_result *result, kn_context *ctx, const kn_table *table,
                         const char *monopoly)
{
    int64_t centre = undefined_rows(table, "power");
    int64_t high = undefined_rows(table, "power_high");
    if (centre)
        KN__TRY(kn_result_note(
            result, ctx,
            "power is infinite (undefined) in %lld row%s: the holder is the only "
            "supplier "
            "of something the target buys%s%s, and no price makes up for its withdrawal",
            (long long)centre, centre == 1 ? "" : "s", *monopoly ? ", such as " : "",
            monopoly));
    if (high > centre)
        KN__TRY(kn_result_note(
            result, ctx,
            "power_high is infinite (undefined) in %lld more: with unseen supply, "
            "or at the ends of what is known, the holder may be the only supplier",
            (long long)(high - centre)));
    return KN_OK;
}
