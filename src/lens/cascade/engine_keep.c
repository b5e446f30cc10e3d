/* SPDX-License-Identifier: Apache-2.0 */
/* The engine between two steps as bytes. What follows from net and rule alone is left
   out: kn__engine_start has made it. */
#include "lens/cascade/engine_keep.h"

#include "lens/cascade/engine_dense.h"

static void keep_sizes(const kn__engine *e, kn__state *state)
{
    const int64_t sizes[] = {e->n,      e->markets, e->block_count,
                             e->groups, e->links,   e->final_group};
    for (size_t k = 0; k < sizeof sizes / sizeof *sizes; k++)
        kn__state_expect(state, sizes[k]);
}

static void keep_groups(kn__engine *e, kn__state *state)
{
    for (int64_t g = 0; g < e->groups; g++) {
        int64_t cell = kn__engine_cell(e, g);
        KN__STATE(state, e->stock + cell, 1);
        KN__STATE(state, e->received + cell, 1);
        KN__STATE(state, e->scale + cell, 1);
    }
}

/* What was sent and is to be made in the next step. */
static void keep_orders(kn__engine *e, kn__state *state)
{
    kn__dense *d = e->dense;
    if (d)
        KN__STATE(state, d->sent, e->block_count * d->plan->width * d->shocks);
    else
        KN__STATE(state, e->sent, e->n * (int64_t)e->block_count);
    KN__STATE(state, e->link_order, e->by_link ? e->links : 0);
}

/* Looks at everything in the next step; what is at rest goes back to sleep. */
static void wake_all(kn__engine *e)
{
    e->awake.all = true;
    for (int32_t i = 0; i < e->n && e->awake.slots; i++)
        kn__engine_wake_bit(e->awake.producers, i);
    for (int64_t u = 0; u < e->units && e->awake.slots; u++)
        kn__engine_wake_bit(e->awake.slots, e->awake.slot[u]);
}

void kn__engine_keep(kn__engine *e, kn__state *state)
{
    int64_t n = e->n, cells = n * e->markets, finals = e->groups - e->final_group;
    double *const by_producer[] = {e->output, e->demand, e->capacity, e->limit,
                                   e->price,  e->choice, e->adapted};
    double *const by_market[] = {e->open, e->deliver, e->memory, e->lean};
    keep_sizes(e, state);
    KN__STATE(state, &e->steps, 1);
    KN__STATE(state, &e->doors, 1);
    KN__STATE(state, &e->stocks, 1);
    keep_groups(e, state);
    keep_orders(e, state);
    for (size_t k = 0; k < sizeof by_producer / sizeof *by_producer; k++)
        KN__STATE(state, by_producer[k], n);
    for (size_t k = 0; k < sizeof by_market / sizeof *by_market; k++)
        KN__STATE(state, by_market[k], cells);
    KN__STATE(state, e->binding, n);
    KN__STATE(state, e->met, finals);
    KN__STATE(state, e->wanted, finals);
    KN__STATE(state, e->link_stock, e->link_stock ? e->links : 0);
    KN__STATE(state, e->level, e->level ? n : 0);
    if (!state->loads)
        return;
    wake_all(e);
    if (!e->dense)
        return;
    kn__dense_listen(e->dense, 0);
    kn__dense_outdate_all(e->dense);
}
