/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/perturb.h"

#include <math.h>
#include <string.h>

const char *const kn__factor_names[KN__FACTOR_COUNT] = {
    "unseen supply", "dependent shares", "stocks", "spare capacity",
    "substitution",  "rerouting",        "delays", "service of tools",
    "value added",   "supplier share"};

int32_t kn__level_count(int32_t economies)
{
    return KN__FACTOR_SUPPLIER + economies;
}

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

/* ---- The model ---- */

static double *copy(const double *from, kn_context *ctx, kn__arena *arena, int64_t count)
{
    double *to = KN__ARRAY(arena, ctx, count, double);
    if (to)
        memcpy(to, from, (size_t)count * sizeof *to);
    return to;
}

kn_status kn__perturbed_new(kn__perturbed *p, kn_context *ctx, kn__arena *arena,
                            const kn_network *net, const kn__denial_model *base,
                            const char *share_grade)
{
    int64_t q = base->products, e = base->economies;
    *p = (kn__perturbed){
        .net = net, .base = base, .share_grade = share_grade, .model = *base};
    p->ratio = KN__ARRAY(arena, ctx, q * e * e, double);
    p->flow = copy(base->flow, ctx, arena, q * e * e);
    p->model.share = copy(base->share, ctx, arena, q * e * e);
    p->stock = KN__ARRAY(arena, ctx, q * e, double);
    p->spare = KN__ARRAY(arena, ctx, q * e, double);
    p->value = KN__ARRAY(arena, ctx, q * e, double);
    p->inputs = KN__ARRAY(arena, ctx, base->input_count, kn__denial_input);
    p->tools = KN__ARRAY(arena, ctx, base->tool_count, kn__denial_tool);
    bool ok = p->ratio && p->flow && p->model.share && p->stock && p->spare && p->value &&
              p->inputs && p->tools;
    for (int k = 0; k < 5; k++)
        ok = (p->products[k] = KN__ARRAY(arena, ctx, q, double)) && ok;
    if (!ok)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < q * e * e; k++)
        p->ratio[k] = 1;
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
static char value_grade(const kn_network *net, int32_t q, int32_t i)
{
    return net->products[q].kind == KN__INDUSTRY && i >= 0
               ? net->producers[i].origin.grade
               : net->products[q].value_origin.grade;
}

double kn__perturbed_value(const kn_network *net, int32_t i, double level)
{
    int32_t q = net->producers[i].product;
    int64_t at = (int64_t)q * net->economy_count + net->producers[i].economy;
    return moved(net->producers[i].value_added, value_grade(net, q, net->producer_at[at]),
                 level);
}

static void perturb_pairs(kn__perturbed *p, const double *level)
{
    const kn__denial_model *b = p->base;
    for (int64_t at = 0; at < (int64_t)b->products * b->economies; at++) {
        p->stock[at] = moved(b->stock_days[at], p->net->stock_origin[at].grade,
                             level[KN__FACTOR_STOCK]);
        p->spare[at] = moved(b->spare[at], 'D', level[KN__FACTOR_SPARE]);
        p->value[at] = moved(
            b->value_added[at],
            value_grade(p->net, (int32_t)(at / b->economies), p->net->producer_at[at]),
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

/* ---- Shares ---- */

char *kn__share_grades(kn_context *ctx, kn__arena *arena, const kn_network *net,
                       const kn__denial_model *base)
{
    int64_t e = base->economies, pairs = base->products * e;
    char *grade = KN__ARRAY(arena, ctx, pairs * e, char);
    if (!grade)
        return NULL;
    for (int64_t at = 0; !base->share_low && at < pairs; at++) {
        int32_t maker = net->producer_at[at];
        memset(grade + at * e, maker >= 0 ? net->producers[maker].origin.grade : 'D',
               (size_t)e);
    }
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *l = &net->links[k];
        grade[(l->product * e + l->from) * e + l->to] = l->origin.grade;
    }
    return grade;
}

/* A share that is not a known link moves between its bounds, and so that its mean is the
   fitted share: else many small suppliers, who can only gain, would take a large one's
   place. A link, or a share of a table, moves as far as its grade allows. */
static double drawn_share(const kn__perturbed *p, int64_t at, double level)
{
    const kn__denial_model *b = p->base;
    double s = b->share[at];
    if (isnan(level) || !(s > 0))
        return s;
    if (p->share_grade[at] || !b->share_low)
        return moved_share(s, p->share_grade[at], level);
    double low = fmin(b->share_low[at], s), high = fmax(b->share_high[at], s);
    return kn__triangular(low, s, high, level) * s / ((low + s + high) / 3);
}

/* Who sells product q to d: every share is drawn, of the unseen one a part goes away,
   then all are scaled to the sum they had. */
static void perturb_column(kn__perturbed *p, const double *level, int64_t q, int64_t d)
{
    const kn__denial_model *b = p->base;
    int64_t e = b->economies, at = q * e * e + d;
    double before = 0, after = 0, unseen = level[KN__FACTOR_UNSEEN];
    for (int64_t s = 0; s < e; s++) {
        double share = b->share[at + s * e], now = share;
        if (s != b->unseen)
            now = drawn_share(p, at + s * e, level[KN__FACTOR_SUPPLIER + s]);
        else if (!isnan(unseen)) /* triangular on [0, 1] with mode 0 */
            now = share * (1 - kn__triangular(0, 0, 1, unseen));
        p->ratio[at + s * e] = share > 0 ? now / share : 1;
        before += share;
        after += share > 0 ? now : 0;
    }
    for (int64_t s = 0; s < e; s++) {
        double *ratio = &p->ratio[at + s * e];
        if (after > 0 && after != before)
            *ratio *= before / after;
        p->model.share[at + s * e] = b->share[at + s * e] * *ratio;
        p->flow[at + s * e] = b->flow[at + s * e] * *ratio;
    }
}

static void perturb_shares(kn__perturbed *p, const double *level)
{
    const kn__denial_model *b = p->base;
    for (int64_t q = 0; q < b->products; q++)
        for (int64_t d = 0; d < b->economies; d++)
            if (b->use[q * b->economies + d] > 0)
                perturb_column(p, level, q, d);
}

void kn__perturb(kn__perturbed *p, const double *levels)
{
    perturb_products(p, levels);
    perturb_pairs(p, levels);
    perturb_recipes(p, levels);
    perturb_ces(p, levels[KN__FACTOR_DEPENDENT]);
    perturb_shares(p, levels);
}
