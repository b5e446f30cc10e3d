/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/policy.h"

#include <math.h>
#include <string.h>

#include "kernel/anderson.h"

enum { MOST_ROUNDS = 300, PATIENCE = 60 };

static const double tolerance = 1e-12, accept = 1e-10;
static const double highest = 40; /* log wedge: nothing is left long before */

/* The fixed point around the model: x holds the log wedge of each quota, then the
   transfer to each economy over world value added. */
typedef struct outer {
    kn_context *ctx;
    const kn__market *market;
    const kn__policy *policy;
    kn__charges *charges;
    kn__cp shifted; /* the model with the final shares after */
    int32_t N, J;
    int64_t cells;
    int64_t *cell; /* of each quota */
    int32_t quotas;
    double *x, *g;
    double *charged, *deficit; /* what the model is told; NULL: nothing new */
    double world;
    kn__anderson mix;
} outer;

bool kn__policy_is_null(const kn__policy *p)
{
    return !p->tariff && !p->iceberg && !p->capacity && !p->demand && !p->keep &&
           !p->push;
}

/* ---- One equilibrium ---- */

/* The nested equilibrium as a state of the sector model. */
static void copy_nested(const kn__market *market, const kn__nested_state *s)
{
    kn__cp_state *after = market->after;
    size_t N = (size_t)market->cp->economies, cells = N * (size_t)market->cp->sectors;
    memcpy(after->cost, s->cost, cells * sizeof(double));
    memcpy(after->price, s->price, cells * sizeof(double));
    memcpy(after->spend, s->spend, cells * sizeof(double));
    memcpy(after->share, s->share, cells * N * sizeof(double));
    memcpy(after->income, s->income, N * sizeof(double));
    for (size_t n = 0; n < N; n++) {
        double now = 0;
        for (size_t at = n; at < cells; at += N)
            now += s->value_share[at] * s->revenue[at];
        after->wage[n] = now / market->cp->value_added[n];
    }
    after->residual = s->residual;
    after->walras = s->walras;
    after->evaluations = s->steps;
    after->cuts = s->cuts;
}

/* Caliendo and Parro's model as the nested one that it is, every elasticity but those
   between origins 1 and factors mobile: Newton's method gets where Broyden's stalls. */
static kn_status solve_as_nests(const outer *o, kn__arena *arena,
                                const kn__cp_shock *shock)
{
    const kn__market *market = o->market;
    kn__nested model = {.cp = market->cp,
                        .base = market->before,
                        .value_elasticity = 1,
                        .input_elasticity = 1,
                        .final_elasticity = 1,
                        .mobile = true};
    kn__nested_shock same = {.tariff = shock->tariff,
                             .iceberg = shock->iceberg,
                             .deficit = shock->deficit,
                             .demand = o->policy->demand};
    kn__nested_state state;
    double *capacity = KN__ARRAY(arena, o->ctx, (int64_t)o->N * o->J, double);
    KN__TRY(kn__nested_state_new(&state, o->ctx, arena, market->cp));
    if (!capacity)
        return KN_ERR_MEMORY;
    for (int64_t at = 0; shock->capacity && at < (int64_t)o->N * o->J; at++)
        capacity[at] = shock->capacity[at / o->J];
    same.capacity = shock->capacity ? capacity : NULL;
    kn_status status = kn__nested_solve(&state, o->ctx, &model, &same);
    if (status != KN_OK)
        return status;
    copy_nested(market, &state);
    market->after->trouble = state.trouble;
    return KN_OK;
}

static kn_status solve_sectors(const outer *o)
{
    kn__cp_shock shock = {.tariff = o->charged,
                          .iceberg = o->policy->iceberg,
                          .deficit = o->deficit,
                          .capacity = o->policy->capacity};
    kn__arena *arena;
    kn_status status = kn__cp_solve(o->market->after, o->ctx, &o->shifted, &shock);
    if (status <= 0)
        return status;
    KN__TRY(kn__arena_new(&arena, o->ctx));
    kn_status second = solve_as_nests(o, arena, &shock);
    kn__arena_free(arena);
    if (second == KN_ERR_DATA) /* shares that do not add up exactly, as nests need */
        kn_context_clear(o->ctx);
    return second == KN_ERR_DATA || second > 0 ? status : second;
}

static kn_status solve_model(const outer *o)
{
    const kn__market *market = o->market;
    const kn__policy *p = o->policy;
    if (!market->nested)
        return solve_sectors(o);
    kn__nested_shock shock = {.tariff = o->charged,
                              .iceberg = p->iceberg,
                              .deficit = o->deficit,
                              .capacity = p->capacity,
                              .demand = p->demand};
    kn_status status =
        kn__nested_solve(market->nested_after, o->ctx, market->nested, &shock);
    market->after->trouble = market->nested_after->trouble;
    if (status >= 0)
        copy_nested(market, market->nested_after);
    return status;
}

/* ---- Charges ---- */

/* The charges that x means: rents of importers are tariffs, those of exporters levies on
   top of the push. */
static void set_charges(outer *o)
{
    const kn__policy *p = o->policy;
    const double *statutory = p->tariff ? p->tariff : o->market->cp->tariff;
    kn__charges *c = o->charges;
    memcpy(c->tariff, statutory, (size_t)o->cells * sizeof(double));
    for (int64_t at = 0; c->levy && at < o->cells; at++)
        c->levy[at] =
            p->push ? p->push[at / ((int64_t)o->N * o->N) * o->N + at % o->N] : 0;
    for (int32_t k = 0; k < o->quotas; k++) {
        int64_t at = o->cell[k];
        c->quota[at] = o->x[k];
        if (p->to_importer[at])
            c->tariff[at] = (1 + c->tariff[at]) * exp(o->x[k]) - 1;
        else
            c->levy[at] += o->x[k];
    }
    for (int64_t at = 0; o->charged && at < o->cells; at++)
        o->charged[at] = c->levy && c->levy[at] != 0
                             ? (1 + c->tariff[at]) * exp(c->levy[at]) - 1
                             : c->tariff[at];
    for (int32_t n = 0; o->deficit && n < o->N; n++)
        o->deficit[n] = o->market->cp->deficit[n] + o->world * o->x[o->quotas + n];
}

double kn__quantity_hat(const kn__market *market, const kn__charges *charges, int64_t at)
{
    int32_t N = market->cp->economies;
    int64_t row = at / N, seller = row / N * N + at % N;
    double before = market->before->share[at] * market->before->spend[row] /
                    (1 + market->cp->tariff[at]);
    double now = market->after->share[at] * market->after->spend[row] /
                 (1 + charges->tariff[at]) / market->after->cost[seller];
    if (charges->levy)
        now *= exp(-charges->levy[at]);
    return before > 0 ? now / before : NAN;
}

/* What levies bring their exporters' budgets, paid by buyers abroad: over world value
   added. */
static void transfers(const outer *o, double *paid)
{
    const kn__cp_state *s = o->market->after;
    const kn__charges *c = o->charges;
    memset(paid, 0, (size_t)o->N * sizeof *paid);
    for (int64_t at = 0; c->levy && at < o->cells; at++) {
        int64_t row = at / o->N, n = row % o->N, i = at % o->N;
        if (n == i || c->levy[at] == 0)
            continue;
        double border = s->share[at] * s->spend[row] / (1 + c->tariff[at]);
        double rent = border * -expm1(-c->levy[at]) / o->world;
        paid[i] += rent;
        paid[n] -= rent;
    }
}

/* g(x), each wedge by the elasticity of its own quantity at given prices of the others;
   the largest move is the residual. */
static double respond(outer *o)
{
    double most = 0;
    for (int32_t k = 0; k < o->quotas; k++) {
        int64_t at = o->cell[k], j = at / ((int64_t)o->N * o->N);
        double theta = o->market->cp->elasticity[j];
        double excess =
            log(kn__quantity_hat(o->market, o->charges, at) / o->policy->keep[at]);
        double own = 1 + theta * (1 - o->market->after->share[at]);
        o->g[k] = fmax(0, o->x[k] + excess / fmax(own, 0.1));
    }
    transfers(o, o->g + o->quotas);
    for (int32_t k = 0; k < o->quotas + o->N; k++)
        most = fmax(most, fabs(o->g[k] - o->x[k]));
    return most;
}

/* ---- The loop ---- */

/* The wedge that would do if neither prices nor spending moved. */
static void guess(outer *o)
{
    for (int32_t k = 0; k < o->quotas; k++) {
        int64_t at = o->cell[k], j = at / ((int64_t)o->N * o->N);
        o->x[k] = fmax(0, -log(o->policy->keep[at])) / (1 + o->market->cp->elasticity[j]);
    }
}

static kn_status iterate(outer *o)
{
    double best = INFINITY;
    int32_t since = 0;
    guess(o);
    for (o->charges->rounds = 1; o->charges->rounds <= MOST_ROUNDS;
         o->charges->rounds++) {
        set_charges(o);
        kn_status status = solve_model(o);
        /* an equilibrium missed by little still tells where the next one is */
        if (status < 0 || !(o->market->after->residual < 1e-3))
            return status;
        double miss = o->charges->residual = respond(o);
        if (!isfinite(miss))
            return KN_NOTE_NOT_CONVERGED;
        since = miss < best ? 0 : since + 1;
        if (miss <= tolerance || (miss <= accept && since >= 3))
            return status;
        if (since >= PATIENCE)
            return KN_NOTE_NOT_CONVERGED;
        if (miss > 10 * best)
            kn__anderson_forget(&o->mix);
        best = fmin(best, miss);
        kn__anderson_step(&o->mix, o->x, o->g);
        for (int32_t k = 0; k < o->quotas; k++)
            o->x[k] = fmin(fmax(0, o->x[k]), highest);
    }
    return KN_NOTE_NOT_CONVERGED;
}

/* ---- Memory ---- */

static void find_quotas(outer *o)
{
    const kn__cp_state *before = o->market->before;
    for (int64_t at = 0; o->policy->keep && at < o->cells; at++)
        if (isfinite(o->policy->keep[at]) && before->share[at] > 0 &&
            before->spend[at / o->N] > 0)
            o->cell[o->quotas++] = at;
}

static bool any_levy(const outer *o)
{
    bool levied = o->policy->push != NULL;
    for (int32_t k = 0; k < o->quotas; k++)
        levied |= !o->policy->to_importer[o->cell[k]];
    return levied;
}

static kn_status outer_new(outer *o, kn__arena *scratch, kn__arena *arena)
{
    kn_context *ctx = o->ctx;
    const kn__policy *p = o->policy;
    kn__charges *c = o->charges;
    o->cell = KN__ARRAY(scratch, ctx, p->keep ? o->cells : 0, int64_t);
    if (!o->cell)
        return KN_ERR_MEMORY;
    find_quotas(o);
    int64_t size = o->quotas + o->N;
    bool levied = any_levy(o), charged = p->tariff || p->push || o->quotas;
    c->tariff = KN__ARRAY(arena, ctx, o->cells, double);
    c->levy = levied ? KN__ARRAY(arena, ctx, o->cells, double) : NULL;
    c->quota = p->keep ? KN__ARRAY(arena, ctx, o->cells, double) : NULL;
    o->charged = charged ? KN__ARRAY(scratch, ctx, o->cells, double) : NULL;
    o->deficit = levied ? KN__ARRAY(scratch, ctx, o->N, double) : NULL;
    o->x = KN__ARRAY(scratch, ctx, size, double);
    o->g = KN__ARRAY(scratch, ctx, size, double);
    if (!c->tariff || (levied && !c->levy) || (p->keep && !c->quota) ||
        (charged && !o->charged) || (levied && !o->deficit) || !o->x || !o->g)
        return KN_ERR_MEMORY;
    return kn__anderson_new(&o->mix, ctx, scratch, (int32_t)size);
}

/* Final shares after, alpha d / sum alpha d; the nested network does it itself. */
static kn_status shift_demand(outer *o, kn__arena *arena)
{
    const kn__cp *m = o->market->cp;
    o->shifted = *m;
    if (!o->policy->demand || o->market->nested)
        return KN_OK;
    double *shares = KN__ARRAY(arena, o->ctx, (int64_t)o->N * o->J, double);
    if (!shares)
        return KN_ERR_MEMORY;
    for (int32_t n = 0; n < o->N; n++) {
        double sum = 0, *to = shares + (int64_t)n * o->J;
        for (int32_t k = 0; k < o->J; k++) {
            to[k] = m->final_share[n * o->J + k] * o->policy->demand[n * o->J + k];
            sum += to[k];
        }
        for (int32_t k = 0; k < o->J; k++)
            to[k] /= sum;
    }
    o->shifted.final_share = o->charges->final_share = shares;
    return KN_OK;
}

kn_status kn__policy_solve(kn__charges *charges, kn_context *ctx, kn__arena *arena,
                           const kn__market *market, const kn__policy *policy)
{
    const kn__cp *m = market->cp;
    outer o = {.ctx = ctx,
               .market = market,
               .policy = policy,
               .charges = charges,
               .N = m->economies,
               .J = m->sectors,
               .cells = (int64_t)m->sectors * m->economies * m->economies};
    kn__arena *scratch;
    *charges = (kn__charges){0};
    if (kn__policy_is_null(policy))
        return KN_OK;
    KN__TRY(kn__arena_new(&scratch, ctx));
    kn_status status = outer_new(&o, scratch, arena);
    for (int32_t n = 0; n < o.N; n++)
        o.world += m->value_added[n];
    if (status >= 0)
        status = shift_demand(&o, arena);
    if (status >= 0)
        status = iterate(&o);
    kn__arena_free(scratch);
    return status;
}
