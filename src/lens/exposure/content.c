/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/dense.h"
#include "kernel/solve.h"
#include "kernel/text.h"
#include "lens/exposure/exposure.h"

enum { MOST_DENSE = 12000, MOST_STEPS = 2000 };
static const double TOLERANCE = 1e-13;

bool kn__exposure_wants(const kn_ids *ids, int32_t id)
{
    for (int32_t k = 0; k < ids->count; k++)
        if (ids->id[k] == id)
            return true;
    return ids->count == 0;
}

/* ---- Buyers ---- */

/* The name of the bloc that has exactly these members, or NULL. */
static const char *bloc_of(const kn_network *net, const kn_ids *of)
{
    for (int32_t b = 0; b < net->bloc_count; b++)
        if (net->blocs[b].members.count == of->count &&
            !memcmp(net->blocs[b].members.id, of->id, (size_t)of->count * sizeof *of->id))
            return net->blocs[b].name;
    return NULL;
}

static kn_status join_labels(kn__exposure *e, const kn_ids *of, kn__buyer *buyer)
{
    kn__text text;
    kn__text_init(&text, e->ctx, 0);
    for (int32_t k = 0; k < of->count; k++)
        kn__text_addf(&text, "%s%s", k ? "+" : "", e->net->economies[of->id[k]].code);
    buyer->label = kn__arena_text(e->arena, e->ctx, text.data);
    kn_status status = kn__text_status(&text);
    kn__text_release(&text);
    return status < 0 || buyer->label ? status : KN_ERR_MEMORY;
}

static kn_status one_buyer(kn__exposure *e, kn__buyer *buyer, const int32_t *id,
                           int32_t count)
{
    buyer->members = count;
    buyer->inside = KN__ARRAY(e->arena, e->ctx, e->net->economy_count, unsigned char);
    if (!buyer->inside)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++)
        buyer->inside[id[k]] = 1;
    buyer->label = e->net->economies[id[0]].code;
    return KN_OK;
}

kn_status kn__exposure_buyers(kn__exposure *e, kn__buyer **buyers, int32_t *count)
{
    const kn_ids *of = &e->options->of;
    int32_t most = of->count ? of->count : e->net->economy_count;
    *count = 0;
    *buyers = KN__ARRAY(e->arena, e->ctx, most, kn__buyer);
    if (!*buyers)
        return KN_ERR_MEMORY;
    const char *bloc = of->count > 1 ? bloc_of(e->net, of) : NULL;
    if (bloc || (e->options->together && of->count > 1)) {
        *count = 1;
        KN__TRY(one_buyer(e, *buyers, of->id, of->count));
        (*buyers)->label = bloc;
        return bloc ? KN_OK : join_labels(e, of, *buyers);
    }
    for (int32_t k = 0; k < most; k++) {
        int32_t id = of->count ? of->id[k] : k;
        if (!of->count && id == e->net->zzu)
            continue;
        KN__TRY(one_buyer(e, &(*buyers)[(*count)++], &id, 1));
    }
    return KN_OK;
}

kn_status kn__exposure_purchases(kn__exposure *e, const kn__buyer *buyer, double *b)
{
    const kn_network *net = e->net;
    double *mine = kn__alloc(e->ctx, net->producer_count, sizeof *mine);
    if (!mine)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < net->producer_count; j++)
        mine[j] = buyer->inside[net->producers[j].economy];
    kn__flows_times(&net->flows, mine, b);
    for (int64_t i = 0; i < net->producer_count; i++)
        for (int32_t k = 0; k < net->final_count; k++)
            if (buyer->inside[net->finals[k].economy])
                b[i] += net->final_demand[i * net->final_count + k];
    kn__release(e->ctx, mine);
    return KN_OK;
}

/* ---- Solving with A = Z x^-1 ---- */

typedef struct scaled {
    const kn_network *net;
    double *scratch;
} scaled;

/* y = A u. */
static void forward(void *arg, const double *u, double *y)
{
    scaled *s = arg;
    for (int32_t j = 0; j < s->net->producer_count; j++) {
        double x = s->net->producers[j].output;
        s->scratch[j] = x != 0 ? u[j] / x : 0;
    }
    kn__flows_times(&s->net->flows, s->scratch, y);
}

/* y = A' u. */
static void backward(void *arg, const double *u, double *y)
{
    scaled *s = arg;
    kn__flows_times_transposed(&s->net->flows, u, y);
    for (int32_t j = 0; j < s->net->producer_count; j++) {
        double x = s->net->producers[j].output;
        y[j] = x != 0 ? y[j] / x : 0;
    }
}

static kn_status solve(kn__exposure *e, bool transposed, const double *b, double *x)
{
    int32_t n = e->net->producer_count;
    scaled s = {e->net, kn__alloc(e->ctx, n, sizeof *s.scratch)};
    if (!s.scratch)
        return KN_ERR_MEMORY;
    kn__operator a = transposed ? backward : forward;
    kn_status status = kn__solve_bicgstab(e->ctx, a, &s, n, b, x, TOLERANCE, 200, NULL);
    if (status > 0) /* a breakdown: the plain series is slower and sure */
        status = kn__solve_neumann(e->ctx, a, &s, n, b, x, TOLERANCE, MOST_STEPS, NULL);
    kn__release(e->ctx, s.scratch);
    if (status > 0)
        return kn__fail(e->ctx, KN_ERR_NUMERIC,
                        "the inputs of network %s do not die out over %d rounds: its "
                        "spectral radius is close to 1 or above",
                        e->net->name, (int)MOST_STEPS);
    return status;
}

kn_status kn__exposure_output_for(kn__exposure *e, const double *b, double *x)
{
    return solve(e, false, b, x);
}

kn_status kn__exposure_dense(kn__exposure *e, const double **z, double **made)
{
    const kn__flows *flows = &e->net->flows;
    int64_t n = flows->n;
    *z = flows->dense;
    *made = NULL;
    if (n > MOST_DENSE)
        return kn__fail(e->ctx, KN_ERR_LIMIT,
                        "network %s has %lld producers; this measure needs a full matrix "
                        "and takes at most %d",
                        e->net->name, (long long)n, (int)MOST_DENSE);
    if (flows->is_dense)
        return KN_OK;
    *made = kn__alloc(e->ctx, n * n, sizeof **made);
    if (!*made)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < n; i++)
        for (int64_t k = flows->rows.start[i]; k < flows->rows.start[i + 1]; k++)
            (*made)[i * n + flows->rows.index[k]] = flows->rows.value[k];
    *z = *made;
    return KN_OK;
}

/* ---- Content ---- */

/* All holders at once by one LU of I - A. */
static kn_status content_by_lu(kn__exposure *e, double *content)
{
    const kn_network *net = e->net;
    int64_t n = net->producer_count;
    double *m = kn__alloc(e->ctx, n * n, sizeof *m);
    kn__lu lu;
    if (!m)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        if (net->flows.is_dense)
            memcpy(m + i * n, net->flows.dense + i * n, (size_t)n * sizeof *m);
        else
            for (int64_t k = net->flows.rows.start[i]; k < net->flows.rows.start[i + 1];
                 k++)
                m[i * n + net->flows.rows.index[k]] = net->flows.rows.value[k];
        for (int64_t j = 0; j < n; j++) {
            double x = net->producers[j].output;
            m[i * n + j] = (i == j) - (x != 0 ? m[i * n + j] / x : 0);
        }
    }
    kn_status status = kn__lu_factor(&lu, e->ctx, e->arena, m, (int32_t)n);
    if (status == KN_OK)
        status = kn__lu_solve(&lu, e->ctx, true, content, net->economy_count);
    kn__release(e->ctx, m);
    return status;
}

static kn_status content_by_series(kn__exposure *e, double *content)
{
    int64_t n = e->net->producer_count;
    double *own = kn__alloc(e->ctx, n, sizeof *own);
    kn_status status = own ? KN_OK : KN_ERR_MEMORY;
    for (int32_t h = 0; h < e->net->economy_count && status == KN_OK; h++) {
        memcpy(own, content + h * n, (size_t)n * sizeof *own);
        status = solve(e, true, own, content + h * n);
    }
    kn__release(e->ctx, own);
    return status;
}

kn_status kn__exposure_content(kn__exposure *e, const double *weight, double *content)
{
    const kn_network *net = e->net;
    double n = net->producer_count, g = net->economy_count;
    double entries = net->flows.is_dense ? n * n : (double)net->flows.rows.start[(int)n];
    memset(content, 0, (size_t)n * (size_t)g * sizeof *content);
    for (int64_t i = 0; i < net->producer_count; i++)
        content[net->producers[i].economy * (int64_t)net->producer_count + i] = weight[i];
    /* about 30 products per holder, each at a tenth of the speed of LAPACK */
    double series = 30 * 2 * entries * g * 10, lu = 2 * n * n * n / 3 + 2 * n * n * g;
    return n <= MOST_DENSE && lu < series ? content_by_lu(e, content)
                                          : content_by_series(e, content);
}

/* ---- Bounds ---- */

/* The best (or worst) content among the known makers of each product; NaN: none known. */
static void find_extremes(const kn__exposure *e, const double *c, double *extreme,
                          bool high)
{
    const kn_network *net = e->net;
    for (int32_t q = 0; q < net->product_count; q++)
        extreme[q] = NAN;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *p = &net->producers[i];
        double *best = &extreme[p->product];
        if (p->economy != net->zzu && p->output > 0 &&
            (isnan(*best) || (high ? c[i] > *best : c[i] < *best)))
            *best = c[i];
    }
}

/* One round of value iteration for j, given what its inputs contain. An unseen maker is
   one of the known makers, or makes in the holder (high) or somewhere else (low). */
static double next_content(const kn__exposure *e, int32_t holder, int32_t j,
                           double inputs, double extreme, bool high)
{
    const kn__producer *p = &e->net->producers[j];
    double value = p->output != 0 ? inputs / p->output : 0;
    if (p->economy != e->net->zzu)
        return value + (p->economy == holder ? e->unit_value[j] : 0);
    return high ? fmax(value + e->unit_value[j], extreme) : fmin(value, extreme);
}

/* Value iteration from the centre: a contraction, since what suppliers pass on dies
   out. scratch: producers + products. */
static void iterate_bound(const kn__exposure *e, int32_t holder, double *c,
                          double *scratch, bool high)
{
    const kn_network *net = e->net;
    int32_t n = net->producer_count;
    double *inputs = scratch, *extreme = scratch + n, change = 1;
    for (int step = 0; step < MOST_STEPS && change > 1e-13; step++) {
        change = 0;
        find_extremes(e, c, extreme, high);
        kn__flows_times_transposed(&net->flows, c, inputs);
        for (int32_t j = 0; j < n; j++) {
            double value = next_content(e, holder, j, inputs[j],
                                        extreme[net->producers[j].product], high);
            change = fmax(change, fabs(value - c[j]));
            c[j] = value;
        }
    }
}

void kn__exposure_content_bounds(const kn__exposure *e, int32_t holder,
                                 const double *start, double *low, double *high,
                                 double *scratch)
{
    size_t bytes = (size_t)e->net->producer_count * sizeof *start;
    memcpy(low, start, bytes);
    memcpy(high, start, bytes);
    if (e->net->zzu < 0 || holder == e->net->zzu)
        return;
    iterate_bound(e, holder, low, scratch, false);
    iterate_bound(e, holder, high, scratch, true);
}

/* ---- Dependence in kind ---- */

void kn__exposure_reach(const kn__exposure *e, const kn__pools *pools, int32_t holder,
                        double *reach)
{
    const kn_network *net = e->net;
    int64_t economies = pools->economies;
    memset(reach, 0, (size_t)pools->products * (size_t)economies * sizeof *reach);
    /* from 0 up: each round adds a tier, and none is deeper than there are products */
    for (int32_t round = 0; round <= pools->products; round++) {
        double change = 0;
        for (int64_t q = 0; q < pools->products; q++)
            for (int64_t d = 0; d < economies; d++) {
                double sum = 0, use = pools->use[q * economies + d];
                for (int64_t s = 0; use > 0 && s < economies; s++) {
                    double share = pools->flow[(q * economies + s) * economies + d] / use;
                    double worst = s == holder;
                    for (int32_t k = net->recipe_start[q];
                         share > 0 && worst < 1 && k < net->recipe_start[q + 1]; k++) {
                        const kn__recipe *r = &net->recipes[k];
                        if (r->criticality == KN__ESSENTIAL)
                            worst = fmax(worst, reach[r->input * economies + s]);
                    }
                    sum += share * worst;
                }
                change = fmax(change, sum - reach[q * economies + d]);
                reach[q * economies + d] = sum;
            }
        if (change < 1e-12)
            return;
    }
}
