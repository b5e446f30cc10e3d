/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "lens/cascade/denial_work.h"

void kn__denial_rules(kn__denial_model *model)
{
    model->rule[KN__END_LOW] = (kn__denial_rule){1, 1.5, 1.5, false};
    model->rule[KN__END_MID] = (kn__denial_rule){NAN, 1, 1, false};
    model->rule[KN__END_HIGH] = (kn__denial_rule){0, 0.5, 0.5, true};
}

static kn_status check(const kn__denial_model *m, kn_context *ctx)
{
    if (m->products < 1 || m->economies < 1 || m->slices < 0 || !(m->slice_days > 0))
        return kn__fail(ctx, KN_ERR_DATA, "denial: no products, economies or slices");
    for (int32_t k = 0; k < m->input_count; k++) {
        const kn__denial_input *i = &m->inputs[k];
        if (i->user < 0 || i->user >= m->products || i->input < 0 ||
            i->input >= m->products || (k && m->inputs[k - 1].user > i->user))
            return kn__fail(ctx, KN_ERR_DATA, "denial: recipe row %d is out of order", k);
    }
    for (int32_t k = 0; k < m->tool_count; k++)
        if (m->tools[k].user < 0 || m->tools[k].user >= m->products ||
            m->tools[k].tool < 0 || m->tools[k].tool >= m->products)
            return kn__fail(ctx, KN_ERR_DATA, "denial: equipment row %d is out of range",
                            k);
    for (int e = 0; m->ces && e < KN__END_COUNT; e++)
        if (!(m->ces->start[e] > 0 && m->ces->start[e] < 1 && m->ces->later[e] > 0 &&
              m->ces->later[e] < 1 && m->ces->days > 0))
            return kn__fail(ctx, KN_ERR_DATA, "elasticities must lie between 0 and 1");
    return KN_OK;
}

/* Offsets of recipe rows by user, and for each input the users that list it. */
static void index_inputs(kn__denial_model *m)
{
    memset(m->input_start, 0, (size_t)(m->products + 1) * sizeof *m->input_start);
    memset(m->user_start, 0, (size_t)(m->products + 1) * sizeof *m->user_start);
    for (int32_t k = 0; k < m->input_count; k++) {
        m->input_start[m->inputs[k].user + 1]++;
        m->user_start[m->inputs[k].input + 1]++;
        m->is_input[m->inputs[k].input] = 1;
    }
    for (int32_t q = 0; q < m->products; q++) {
        m->input_start[q + 1] += m->input_start[q];
        m->user_start[q + 1] += m->user_start[q];
    }
    for (int32_t k = m->input_count - 1; k >= 0; k--)
        m->user_of[--m->user_start[m->inputs[k].input + 1]] = m->inputs[k].user;
    /* The fill moved each end to its start: shift back. */
    for (int32_t q = 0; q < m->products; q++)
        m->user_start[q] = m->user_start[q + 1];
    m->user_start[m->products] = m->input_count;
    for (int32_t k = 0; k < m->tool_count; k++)
        m->is_installed[m->tools[k].tool] = 1;
    /* CES: all products of a table; beside recipes those with a cost share somewhere */
    int64_t cells = m->ces ? (int64_t)m->products * m->economies * m->products : 0;
    for (int64_t at = 0; at < cells; at++)
        m->is_input[at % m->products] |= !m->input_count || m->ces->cost_share[at] > 0;
}

kn_status kn__denial_prepare(kn__denial_model *m, kn_context *ctx, kn__arena *arena)
{
    KN__TRY(check(m, ctx));
    int64_t q_count = m->products, e_count = m->economies;
    m->share = KN__ARRAY(arena, ctx, q_count * e_count * e_count, double);
    m->input_start = KN__ARRAY(arena, ctx, q_count + 1, int32_t);
    m->user_start = KN__ARRAY(arena, ctx, q_count + 1, int32_t);
    m->user_of = KN__ARRAY(arena, ctx, m->input_count, int32_t);
    m->is_input = KN__ARRAY(arena, ctx, q_count, unsigned char);
    m->is_installed = KN__ARRAY(arena, ctx, q_count, unsigned char);
    if (!m->share || !m->input_start || !m->user_start || !m->user_of || !m->is_input ||
        !m->is_installed)
        return KN_ERR_MEMORY;
    /* m = f / use */
    for (int64_t q = 0; q < q_count; q++)
        for (int64_t s = 0; s < e_count; s++)
            for (int64_t d = 0; d < e_count; d++) {
                int64_t at = (q * e_count + s) * e_count + d;
                double use = m->use[q * e_count + d];
                m->share[at] = use > 0 ? m->flow[at] / use : 0;
            }
    index_inputs(m);
    return KN_OK;
}

double kn__denial_share(const kn__denial_model *m, int32_t q, const int32_t *holders,
                        int32_t count, int32_t d)
{
    int64_t e = m->economies;
    double sum = 0;
    for (int32_t k = 0; k < count; k++)
        sum += m->share[(q * e + holders[k]) * e + d];
    return m->use[q * e + d] > 0 ? sum : NAN;
}

double kn__denial_ramp(double day, double delay, double slice)
{
    double done = (day - delay) / slice;
    return done > 1 ? 1 : done > 0 ? done : 0;
}

static bool new_set(kn__product_set *set, kn_context *ctx, kn__arena *arena, int32_t n)
{
    set->item = KN__ARRAY(arena, ctx, n, int32_t);
    set->has = KN__ARRAY(arena, ctx, n, unsigned char);
    return set->item && set->has;
}

void kn__set_add(kn__product_set *set, int32_t item)
{
    if (set->has[item])
        return;
    set->has[item] = 1;
    set->item[set->count++] = item;
}

void kn__set_clear(kn__product_set *set)
{
    for (int32_t k = 0; k < set->count; k++)
        set->has[set->item[k]] = 0;
    set->count = 0;
}

kn_status kn__denial_work_new(kn__denial_work **out, kn_context *ctx, kn__arena *arena,
                              const kn__denial_model *m)
{
    *out = NULL;
    kn__denial_work *w = KN__NEW(arena, ctx, kn__denial_work);
    if (!w)
        return KN_ERR_MEMORY;
    w->model = m;
    int64_t q = m->products, e = m->economies, tools = m->tool_count;
    double **of_pairs[] = {&w->output, &w->capacity, &w->gap,  &w->need,   &w->unmet,
                           &w->stock,  &w->begin,    &w->bent, &w->cutoff, &w->reroute};
    double **of_tools[] = {&w->installed, &w->uptime, &w->expansion};
    double **of_economies[] = {&w->lost,  &w->forgone, &w->rate,
                               &w->worst, &w->minor,   &w->bite};
    kn__product_set *sets[] = {&w->dirty, &w->touched, &w->lacking, &w->cut, &w->denied};
    bool ok = true;
    for (size_t k = 0; k < sizeof of_pairs / sizeof *of_pairs; k++)
        ok = (*of_pairs[k] = KN__ARRAY(arena, ctx, q * e, double)) && ok;
    for (size_t k = 0; k < sizeof of_tools / sizeof *of_tools; k++)
        ok = (*of_tools[k] = KN__ARRAY(arena, ctx, tools * e, double)) && ok;
    for (size_t k = 0; k < sizeof of_economies / sizeof *of_economies; k++)
        ok = (*of_economies[k] = KN__ARRAY(arena, ctx, e, double)) && ok;
    for (size_t k = 0; k < sizeof sets / sizeof *sets; k++)
        ok = new_set(sets[k], ctx, arena, m->products) && ok;
    w->pool = KN__ARRAY(arena, ctx, q * e * e, double);
    w->denial = KN__ARRAY(arena, ctx, q * e * e, double);
    w->holder = KN__ARRAY(arena, ctx, q * e, unsigned char);
    w->victim = KN__ARRAY(arena, ctx, q * e, unsigned char);
    w->denied_day = KN__ARRAY(arena, ctx, q, double);
    w->open = KN__ARRAY(arena, ctx, q, bool);
    w->tool_on = KN__ARRAY(arena, ctx, tools, bool);
    if (!ok || !w->pool || !w->denial || !w->holder || !w->victim || !w->denied_day ||
        !w->open || !w->tool_on)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < q * e; i++)
        w->output[i] = w->capacity[i] = 1;
    *out = w;
    return KN_OK;
}
