/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/random.h"
#include "lens/cascade/uncertainty.h"

const char *const kn__factor_names[KN__FACTOR_COUNT] = {
    "supplier share",   "unseen supply", "dependent shares", "stocks",
    "spare capacity",   "substitution",  "rerouting",        "delays",
    "service of tools", "value added"};

double kn__grade_width(char grade)
{
    return grade == 'A' ? 0.05 : grade == 'B' ? 0.1 : grade == 'C' ? 0.3 : 0.6;
}

/* F⁻¹(u) = a + √(u (b−a)(c−a)) left of the mode c, b − √((1−u)(b−a)(b−c)) right of it */
double kn__triangular(double low, double mode, double high, double level)
{
    double width = high - low;
    if (!(width > 0))
        return mode;
    if (level * width < mode - low)
        return low + sqrt(level * width * (mode - low));
    return high - sqrt((1 - level) * width * (high - mode));
}

/* A figure x ≥ 0 at a level, on x (1 ± width). */
static double moved(double x, char grade, double level)
{
    double w = kn__grade_width(grade);
    return isnan(level) || !(x > 0) ? x : x * kn__triangular(1 - w, 1, 1 + w, level);
}

/* A share in [0, 1]: the width counts from the nearer end, so that 0.99 stays near. */
static double moved_share(double x, char grade, double level)
{
    double w = kn__grade_width(grade) * fmin(x, 1 - x);
    return isnan(level) || !(w > 0) ? x : kn__triangular(x - w, x, x + w, level);
}

/* ---- Draws ---- */

void kn__latin_hypercube(kn__levels *levels, int32_t *order, int32_t count, uint64_t seed)
{
    for (uint64_t f = 0; f < KN__FACTOR_COUNT; f++) {
        for (int32_t k = 0; k < count; k++)
            order[k] = k;
        for (int32_t k = count - 1; k > 0; k--) { /* Fisher and Yates */
            int32_t j =
                (int32_t)kn__random_below(seed, 2 * f, (uint64_t)k, (uint64_t)k + 1);
            int32_t swap = order[k];
            order[k] = order[j];
            order[j] = swap;
        }
        for (int32_t k = 0; k < count; k++) /* (stratum + u) / N */
            levels[k].at[f] =
                (order[k] + kn__random_uniform(seed, 2 * f + 1, (uint64_t)k)) / count;
    }
}

/* ---- The model ---- */

static double *copy(const double *from, kn_context *ctx, kn__arena *arena, int64_t count)
{
    double *to = KN__ARRAY(arena, ctx, count, double);
    if (to)
        memcpy(to, from, (size_t)count * sizeof *to);
    return to;
}

kn_status kn__perturbed_new(kn__perturbed *p, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn__denial_model *base)
{
    int64_t q = base->products, e = base->economies;
    *p = (kn__perturbed){.net = net, .base = base, .model = *base};
    p->flow = copy(base->flow, ctx, arena, q * e * e);
    p->model.share = copy(base->share, ctx, arena, q * e * e);
    p->stock = KN__ARRAY(arena, ctx, q * e, double);
    p->spare = KN__ARRAY(arena, ctx, q * e, double);
    p->value = KN__ARRAY(arena, ctx, q * e, double);
    p->inputs = KN__ARRAY(arena, ctx, base->input_count, kn__denial_input);
    p->tools = KN__ARRAY(arena, ctx, base->tool_count, kn__denial_tool);
    bool ok = p->flow && p->model.share && p->stock && p->spare && p->value &&
              p->inputs && p->tools;
    for (int k = 0; k < 5; k++)
        ok = (p->products[k] = KN__ARRAY(arena, ctx, q, double)) && ok;
    if (!ok)
        return KN_ERR_MEMORY;
    kn__denial_model *m = &p->model;
    m->flow = p->flow;
    m->stock_days = p->stock;
    m->spare = p->spare;
    m->value_added = p->value;
    m->inputs = p->inputs;
    m->tools = p->tools;
    m->substitute_share = p->products[0];
    m->substitute_days = p->products[1];
    m->reroute_share = p->products[2];
    m->reroute_days = p->products[3];
    m->spare_days = p->products[4];
    return KN_OK;
}

static void perturb_products(kn__perturbed *p, const double *level)
{
    const kn__denial_model *b = p->base;
    for (int32_t q = 0; q < b->products; q++) {
        char grade = p->net->products[q].param_origin.grade;
        double delay = level[KN__FACTOR_DELAY];
        p->products[0][q] =
            moved_share(b->substitute_share[q], grade, level[KN__FACTOR_SUBSTITUTE]);
        p->products[1][q] = moved(b->substitute_days[q], grade, delay);
        p->products[2][q] =
            moved_share(b->reroute_share[q], grade, level[KN__FACTOR_REROUTE]);
        p->products[3][q] = moved(b->reroute_days[q], grade, delay);
        p->products[4][q] = moved(b->spare_days[q], grade, delay);
    }
}

/* The value of an industry is graded by economy, of other products as a whole. */
static char value_grade(const kn_network *net, int64_t q, int64_t at)
{
    int32_t i = net->producer_at[at];
    return net->products[q].kind == KN__INDUSTRY && i >= 0
               ? net->producers[i].origin.grade
               : net->products[q].value_origin.grade;
}

static void perturb_pairs(kn__perturbed *p, const double *level)
{
    const kn__denial_model *b = p->base;
    for (int64_t at = 0; at < (int64_t)b->products * b->economies; at++) {
        p->stock[at] = moved(b->stock_days[at], p->net->stock_origin[at].grade,
                             level[KN__FACTOR_STOCK]);
        p->spare[at] = moved(b->spare[at], 'D', level[KN__FACTOR_SPARE]);
        p->value[at] =
            moved(b->value_added[at], value_grade(p->net, at / b->economies, at),
                  level[KN__FACTOR_VALUE]);
    }
}

static void perturb_recipes(kn__perturbed *p, const double *level)
{
    const kn__denial_model *b = p->base;
    for (int32_t k = 0; k < b->input_count; k++) {
        const double *w = b->inputs[k].weight;
        p->inputs[k] = b->inputs[k];
        if (!isnan(level[KN__FACTOR_DEPENDENT]))
            p->inputs[k].weight[KN__END_MID] = kn__triangular(
                fmin(w[0], w[1]), w[1], fmax(w[1], w[2]), level[KN__FACTOR_DEPENDENT]);
    }
    for (int32_t k = 0; k < b->tool_count; k++) {
        char grade = p->net->equipment[k].origin.grade;
        p->tools[k] = b->tools[k];
        p->tools[k].service_dependence =
            moved_share(b->tools[k].service_dependence, grade, level[KN__FACTOR_SERVICE]);
    }
}

/* Low elasticities are the bad end: the level counts from the high one. */
static void perturb_ces(kn__perturbed *p, double level)
{
    const kn__denial_ces *b = p->base->ces;
    if (!b)
        return;
    p->ces = *b;
    p->model.ces = &p->ces;
    if (isnan(level))
        return;
    p->ces.start[KN__END_MID] = kn__triangular(
        b->start[KN__END_HIGH], b->start[KN__END_MID], b->start[KN__END_LOW], 1 - level);
    p->ces.later[KN__END_MID] = kn__triangular(
        b->later[KN__END_HIGH], b->later[KN__END_MID], b->later[KN__END_LOW], 1 - level);
}

void kn__perturb(kn__perturbed *p, const kn__levels *levels)
{
    perturb_products(p, levels->at);
    perturb_pairs(p, levels->at);
    perturb_recipes(p, levels->at);
    perturb_ces(p, levels->at[KN__FACTOR_DEPENDENT]);
}

/* ---- Shares ---- */

/* The grade of a known link, or 0. */
static char link_grade(const kn_network *net, int32_t q, int32_t h, int32_t d)
{
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *l = &net->links[k];
        if (l->product == q && l->from == h && l->to == d)
            return l->origin.grade;
    }
    return 0;
}

/* A share that is not a known link moves between its bounds; a link, or a share of a
   table, as far as its grade allows. */
static double drawn_share(const kn__perturbed *p, double level, int32_t q, int32_t h,
                          int32_t d)
{
    const kn__denial_model *b = p->base;
    int64_t at = ((int64_t)q * b->economies + h) * b->economies + d;
    int32_t maker = p->net->producer_at[(int64_t)q * b->economies + h];
    double s = b->share[at];
    char grade = link_grade(p->net, q, h, d);
    if (isnan(level))
        return s;
    if (!grade && b->share_low)
        return kn__triangular(fmin(b->share_low[at], s), s, fmax(b->share_high[at], s),
                              level);
    if (!grade && maker >= 0)
        grade = p->net->producers[maker].origin.grade;
    return moved_share(s, grade, level);
}

/* Others give way or fill up in proportion; then the holder's part of what is unseen
   moves over: triangular on [0, 1] with mode 0. */
static void set_column(kn__perturbed *p, const kn__levels *levels, int32_t q, int32_t h,
                       int32_t d)
{
    const kn__denial_model *b = p->base;
    int64_t e = b->economies, at = (int64_t)q * e * e + d;
    double *share = p->model.share, old = b->share[at + h * e];
    double now = drawn_share(p, levels->at[KN__FACTOR_SHARE], q, h, d);
    if (now != old && old < 1)
        for (int64_t s = 0; s < e; s++)
            share[at + s * e] *= s == h ? 0 : (1 - now) / (1 - old);
    if (old < 1)
        share[at + h * e] = now;
    double level = levels->at[KN__FACTOR_UNSEEN];
    if (b->unseen >= 0 && b->unseen != h && !isnan(level)) {
        double *unseen = &share[at + b->unseen * e];
        double part = *unseen * kn__triangular(0, 0, 1, level);
        *unseen -= part;
        share[at + h * e] += part;
    }
    for (int64_t s = 0; s < e; s++)
        p->flow[at + s * e] = share[at + s * e] * b->use[(int64_t)q * e + d];
}

void kn__perturb_shares(kn__perturbed *p, const kn__levels *levels, int32_t q, int32_t h)
{
    const double *level = levels->at;
    if (isnan(level[KN__FACTOR_SHARE]) && isnan(level[KN__FACTOR_UNSEEN]))
        return;
    for (int32_t d = 0; d < p->base->economies; d++)
        if (d != h && p->base->use[(int64_t)q * p->base->economies + d] > 0)
            set_column(p, levels, q, h, d);
}

void kn__restore_shares(kn__perturbed *p, int32_t q)
{
    int64_t block = (int64_t)p->base->economies * p->base->economies;
    size_t bytes = (size_t)block * sizeof(double);
    memcpy(p->model.share + q * block, p->base->share + q * block, bytes);
    memcpy(p->flow + q * block, p->base->flow + q * block, bytes);
}
