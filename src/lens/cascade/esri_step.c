/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/cascade/esri_run.h"

static const double EMPTY_MARKET = 1e-10;
/* On the way to the fixed point any order will do: changes below this share of the
   largest one wait until they have grown or the others have shrunk. */
static const double WORTH_PASSING_ON = 0.1;

static void add(kn__firm_list *l, int32_t item)
{
    l->item[l->count++] = item;
}

static void touch(kn__esri_state *r, int32_t firm)
{
    if (!(r->flag[firm] & TOUCHED))
        add(&r->touched, firm);
    r->flag[firm] |= TOUCHED;
}

void kn__esri_see(kn__esri_state *r, kn__firm_list *l, int32_t firm, int flag)
{
    if (r->flag[firm] & flag)
        return;
    touch(r, firm);
    r->flag[firm] |= (unsigned char)flag;
    add(l, firm);
}

/* Changes up to this size wait. */
static double waiting_limit(const kn__esri_state *r, double largest)
{
    return r->m->rule.eps > 0 ? 0 : WORTH_PASSING_ON * largest;
}

/* ---- Downstream ---- */

/* Buyers learn that what i withholds is now `value`. */
static void push_down(kn__esri_state *r, int32_t i, double value)
{
    const kn__esri *m = r->m;
    double change = value - r->acting[i];
    r->acting[i] = value;
    r->flag[i] |= PUSHED;
    r->pushed += m->down_start[i + 1] - m->down_start[i];
    for (int64_t k = m->down_start[i]; k < m->down_start[i + 1]; k++) {
        const kn__esri_edge *edge = &m->down[k];
        double sum = edge->slot < 0 ? edge->weight * value
                                    : (r->slot[edge->slot] += edge->weight * change);
        if (sum > r->worst[edge->firm]) {
            r->worst[edge->firm] = sum;
            kn__esri_see(r, &r->down_seen, edge->firm, IN_DOWN);
        } else if (change < 0)
            kn__esri_see(r, &r->recheck, edge->firm, RECHECK);
    }
}

/* A market that has emptied counts as size 1: shares can fall back then, and with them
   the losses of buyers. */
static void recheck(kn__esri_state *r, int32_t j)
{
    const kn__esri *m = r->m;
    double worst = 0;
    for (int64_t k = m->slot_start[j]; k < m->slot_start[j + 1]; k++)
        worst = r->slot[k] > worst ? r->slot[k] : worst;
    for (int64_t k = m->in_start[j]; k < m->in_start[j + 1]; k++) {
        double part = m->in_weight[k] * r->acting[m->in_firm[k]];
        worst = part > worst ? part : worst;
    }
    r->flag[j] &= (unsigned char)~RECHECK;
    r->worst[j] = worst;
    kn__esri_see(r, &r->down_seen, j, IN_DOWN);
}

/* Σ h_d out, from scratch once little is left, so that empty means empty. */
static double market_capacity(kn__esri_state *r, int32_t market)
{
    const kn__esri *m = r->m;
    if (r->capacity[market] > 1e-6 * m->market_size[market])
        return r->capacity[market];
    double sum = 0;
    for (int64_t k = m->member_start[market]; k < m->member_start[market + 1]; k++)
        sum += (1 - r->down[m->member[k]]) * m->size[m->member[k]];
    r->capacity[market] = sum;
    return sum;
}

/* σ (1 − h_d) of a failing firm: σ goes up as its market shrinks. */
static double acting_of(const kn__esri_state *r, int32_t i, double left)
{
    double share = r->m->size[i] / left;
    return (share < 1 ? share : 1) * r->down[i];
}

static double market_left(kn__esri_state *r, int32_t market)
{
    double left = market_capacity(r, market);
    return left > EMPTY_MARKET ? left : 1;
}

static double largest_in_market(kn__esri_state *r, int32_t market)
{
    double left = market_left(r, market), largest = 0;
    for (int32_t i = r->lossy_first[market]; i >= 0; i = r->lossy_next[i])
        largest = fmax(largest, fabs(acting_of(r, i, left) - r->acting[i]));
    return largest;
}

/* Passes on what exceeds the limit; true when something of the market has to wait. */
static bool push_market(kn__esri_state *r, int32_t market, double limit)
{
    double left = market_left(r, market);
    bool waits = false;
    for (int32_t i = r->lossy_first[market]; i >= 0; i = r->lossy_next[i]) {
        double value = acting_of(r, i, left), change = fabs(value - r->acting[i]);
        if (change > limit)
            push_down(r, i, value);
        else if (change > 0) {
            r->held = fmax(r->held, change);
            waits = true;
        }
    }
    return waits;
}

static void push_markets(kn__esri_state *r)
{
    double largest = 0;
    int32_t waiting = 0;
    for (int32_t k = 0; r->m->rule.eps <= 0 && k < r->markets.count; k++)
        largest = fmax(largest, largest_in_market(r, r->markets.item[k]));
    double limit = waiting_limit(r, largest);
    for (int32_t k = 0; k < r->markets.count; k++) {
        int32_t market = r->markets.item[k];
        r->market_flag[market] = push_market(r, market, limit);
        if (r->market_flag[market])
            r->markets.item[waiting++] = market;
    }
    r->markets.count = waiting;
}

/* The same without markets. */
static void push_firms(kn__esri_state *r)
{
    double largest = 0;
    int32_t waiting = 0;
    for (int32_t k = 0; k < r->down_changed.count; k++) {
        int32_t i = r->down_changed.item[k];
        largest = fmax(largest, r->down[i] - r->acting[i]);
    }
    double limit = waiting_limit(r, largest);
    for (int32_t k = 0; k < r->down_changed.count; k++) {
        int32_t i = r->down_changed.item[k];
        double change = r->down[i] - r->acting[i];
        if (change > limit) {
            r->flag[i] &= (unsigned char)~DOWN_WAITS;
            push_down(r, i, r->down[i]);
            continue;
        }
        r->held = fmax(r->held, change);
        r->down_changed.item[waiting++] = i;
    }
    r->down_changed.count = waiting;
}

void kn__esri_step_down(kn__esri_state *r)
{
    if (r->m->rule.replaceable)
        push_markets(r);
    else
        push_firms(r);
    for (int32_t k = 0; k < r->recheck.count; k++)
        recheck(r, r->recheck.item[k]);
    r->recheck.count = 0;
}

static void set_down(kn__esri_state *r, int32_t i, double loss)
{
    int32_t market = r->m->market[i];
    r->capacity[market] -= (loss - r->down[i]) * r->m->size[i];
    r->down[i] = loss;
    if (!r->m->rule.replaceable) {
        if (!(r->flag[i] & DOWN_WAITS))
            add(&r->down_changed, i);
        r->flag[i] |= DOWN_WAITS;
        return;
    }
    if (!(r->flag[i] & LOSSY)) {
        if (r->lossy_first[market] < 0)
            add(&r->markets_used, market);
        r->flag[i] |= LOSSY;
        r->lossy_next[i] = r->lossy_first[market];
        r->lossy_first[market] = i;
    }
    if (!r->market_flag[market]) {
        r->market_flag[market] = 1;
        add(&r->markets, market);
    }
}

/* ---- Upstream ---- */

/* Of the firms that fell, those whose fall is passed on now; returns their orders. */
static int64_t choose_up(kn__esri_state *r, kn__firm_list *now)
{
    const kn__esri *m = r->m;
    double largest = 0;
    int32_t waiting = 0;
    int64_t orders = 0;
    for (int32_t c = 0; c < r->up_changed.count; c++)
        largest = fmax(largest, r->rise[r->up_changed.item[c]]);
    double limit = waiting_limit(r, largest);
    for (int32_t c = 0; c < r->up_changed.count; c++) {
        int32_t j = r->up_changed.item[c];
        if (r->rise[j] <= limit) {
            r->held = fmax(r->held, r->rise[j]);
            r->up_changed.item[waiting++] = j;
            continue;
        }
        orders += m->up_start[j + 1] - m->up_start[j];
        add(now, j);
    }
    r->up_changed.count = waiting;
    return orders;
}

/* Suppliers lose the orders of the firms that fell. Few orders: the suppliers are noted
   one by one; many: all firms are looked through afterwards. */
void kn__esri_step_up(kn__esri_state *r)
{
    const kn__esri *m = r->m;
    r->up_now.count = 0;
    r->up_all = choose_up(r, &r->up_now) > m->firms / 4;
    for (int32_t c = 0; c < r->up_now.count; c++) {
        int32_t j = r->up_now.item[c];
        double rise = r->rise[j];
        r->rise[j] = 0;
        r->flag[j] &= (unsigned char)~UP_WAITS;
        for (int64_t k = m->up_start[j]; k < m->up_start[j + 1]; k++)
            r->up_sum[m->up_firm[k]] += m->up_weight[k] * rise;
        for (int64_t k = m->up_start[j]; !r->up_all && k < m->up_start[j + 1]; k++)
            kn__esri_see(r, &r->up_seen, m->up_firm[k], IN_UP);
    }
}

/* ---- One step ---- */

static double bounded(double loss, double least)
{
    loss = loss < 1 ? loss : 1;
    return loss > least ? loss : least;
}

/* h_d from the largest input loss; it can rise again, see recheck. */
static void apply_down(kn__esri_state *r)
{
    for (int32_t k = 0; k < r->down_seen.count; k++) {
        int32_t j = r->down_seen.item[k];
        double loss = bounded(r->worst[j], r->psi[j]), rise = loss - r->down[j];
        r->flag[j] &= (unsigned char)~IN_DOWN;
        r->drop = rise > r->drop ? rise : r->drop;
        if (loss != r->down[j])
            set_down(r, j, loss);
    }
    r->down_seen.count = 0;
}

static void set_up(kn__esri_state *r, int32_t i)
{
    double loss = bounded(r->up_sum[i], r->psi[i]), rise = loss - r->up[i];
    if (!(rise > 0))
        return;
    r->drop = rise > r->drop ? rise : r->drop;
    r->up[i] = loss;
    r->rise[i] += rise;
    if (r->flag[i] & UP_WAITS)
        return;
    r->flag[i] |= UP_WAITS;
    add(&r->up_changed, i);
}

static void apply_up(kn__esri_state *r)
{
    for (int32_t i = 0; r->up_all && i < r->m->firms; i++)
        if (r->up_sum[i] > r->up[i]) {
            touch(r, i);
            set_up(r, i);
        }
    for (int32_t k = 0; k < r->up_seen.count; k++) {
        r->flag[r->up_seen.item[k]] &= (unsigned char)~IN_UP;
        set_up(r, r->up_seen.item[k]);
    }
    r->up_seen.count = 0;
}

void kn__esri_apply(kn__esri_state *r)
{
    r->drop = 0;
    apply_down(r);
    apply_up(r);
}
