/* SPDX-License-Identifier: Apache-2.0 */
#include "study/moved.h"

#include <math.h>
#include <string.h>

#include "lens/exposure/exposure.h"

kn_status kn__moved_new(kn__moved *moved, kn_context *ctx, kn__arena *arena,
                        const kn_network *base)
{
    const kn__flows *z = &base->flows;
    int64_t n = base->producer_count, entries = z->is_dense ? 0 : z->rows.start[n];
    *moved = (kn__moved){.net = *base, .base = base};
    moved->producers = KN__ARRAY(arena, ctx, n, kn__producer);
    moved->rows = KN__ARRAY(arena, ctx, entries, double);
    moved->columns = KN__ARRAY(arena, ctx, entries, double);
    moved->dense = KN__ARRAY(arena, ctx, z->is_dense ? n * n : 0, double);
    moved->final_demand = KN__ARRAY(arena, ctx, n * base->final_count, double);
    if (!moved->producers || !moved->rows || !moved->columns || !moved->dense ||
        !moved->final_demand)
        return KN_ERR_MEMORY;
    if (n)
        memcpy(moved->producers, base->producers, (size_t)n * sizeof *base->producers);
    moved->net.producers = moved->producers;
    moved->net.final_demand = moved->final_demand;
    if (z->is_dense)
        moved->net.flows.dense = moved->dense;
    moved->net.flows.rows.value = moved->rows;
    moved->net.flows.columns.value = moved->columns;
    return KN_OK;
}

/* How what economy d buys of producer i moves. */
static const double *ratios(const kn__moved *moved, const kn__perturbed *p, int64_t i)
{
    const kn__producer *maker = &moved->base->producers[i];
    int64_t e = moved->base->economy_count;
    return p->ratio + (maker->product * e + maker->economy) * e;
}

static void set_flows(kn__moved *moved, const kn__perturbed *p)
{
    const kn_network *net = moved->base;
    const kn__flows *z = &net->flows;
    int64_t n = net->producer_count;
    for (int64_t i = 0; i < n; i++) {
        const double *ratio = ratios(moved, p, i);
        for (int64_t j = 0; z->is_dense && j < n; j++)
            moved->dense[i * n + j] =
                z->dense[i * n + j] * ratio[net->producers[j].economy];
        for (int64_t k = z->is_dense ? 0 : z->rows.start[i];
             !z->is_dense && k < z->rows.start[i + 1]; k++)
            moved->rows[k] =
                z->rows.value[k] * ratio[net->producers[z->rows.index[k]].economy];
        for (int64_t k = z->is_dense ? 0 : z->columns.start[i];
             !z->is_dense && k < z->columns.start[i + 1]; k++)
            moved->columns[k] =
                z->columns.value[k] *
                ratios(moved, p, z->columns.index[k])[net->producers[i].economy];
    }
}

void kn__moved_set(kn__moved *moved, const kn__perturbed *p, double value_level)
{
    const kn_network *net = moved->base;
    set_flows(moved, p);
    for (int32_t i = 0; i < net->producer_count; i++) {
        const double *ratio = ratios(moved, p, i);
        moved->producers[i].value_added = kn__perturbed_value(net, i, value_level);
        for (int64_t c = 0; c < net->final_count; c++) {
            int64_t at = (int64_t)i * net->final_count + c;
            double y = net->final_demand[at];
            moved->final_demand[at] = y > 0 ? y * ratio[net->finals[c].economy] : y;
        }
    }
}

/* What d buys of the makers of q. */
static void purchases(const kn_network *net, int32_t q, int32_t d, double *b, double *x)
{
    for (int32_t j = 0; j < net->producer_count; j++)
        x[j] = net->producers[j].economy == d;
    kn__flows_times(&net->flows, x, b);
    for (int64_t i = 0; i < net->producer_count; i++) {
        for (int64_t c = 0; c < net->final_count; c++)
            if (net->finals[c].economy == d)
                b[i] += net->final_demand[i * net->final_count + c];
        if (net->producers[i].product != q)
            b[i] = 0;
    }
}

/* through_h = Σ_{i∈h} V_i (L b)_i / Σ_i V_i (L b)_i, V = v / x */
kn_status kn__moved_through(double *share, kn_context *ctx, const kn__moved *moved,
                            int32_t h, int32_t q, int32_t d, double *b, double *x)
{
    const kn_network *net = &moved->net;
    kn__exposure exposure = {.ctx = ctx, .net = net};
    double own = 0, all = 0;
    *share = NAN;
    purchases(net, q, d, b, x);
    KN__TRY(kn__exposure_output_for(&exposure, b, x));
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        double value = p->output != 0 ? p->value_added / p->output * x[i] : 0;
        own += p->economy == h ? value : 0;
        all += value;
    }
    *share = all > 0 ? own / all : NAN;
    return KN_OK;
}
