/* SPDX-License-Identifier: Apache-2.0 */
/* What is not exactly at rest, and whom it wakes. */
#include "lens/cascade/engine_dense.h"

/* A pass over some costs at most this share of the units; beyond it a pass over all,
   which reads memory in order, is cheaper. */
enum { SHARE = 8 };

static int64_t words_of(int64_t bits)
{
    return (bits + 63) / 64;
}

int64_t kn__engine_awake_count(const kn__engine *e)
{
    const kn__engine_awake *awake = &e->awake;
    int64_t count = 0;
    for (int64_t w = 0; w < awake->words; w++) {
        uint64_t bits = kn__engine_bits(awake->slots, 64 * w);
        count += bits ? __builtin_popcountll(bits) : 0; /* mostly none */
    }
    return count;
}

/* ---- New ---- */

static kn_status make_room(kn__engine *e, kn_context *ctx)
{
    kn__engine_awake *a = &e->awake;
    const kn__engine_block *last = e->blocks + e->block_count - 1;
    a->words = e->block_count ? words_of(last->slot + last->end - last->begin) : 0;
    a->most = e->units / SHARE;
    a->buyer_start = KN__ARRAY(e->arena, ctx, e->n + 1, int64_t);
    a->buyer = KN__ARRAY(e->arena, ctx, e->links, int32_t);
    a->slot = KN__ARRAY(e->arena, ctx, e->units, int32_t);
    a->producers = KN__ARRAY(e->arena, ctx, words_of(e->n), _Atomic uint64_t);
    a->slots = KN__ARRAY(e->arena, ctx, a->words, _Atomic uint64_t);
    a->chunk_spread = KN__ARRAY(e->arena, ctx, e->n / KN__ENGINE_CHUNK + 1, int64_t);
    if (!a->buyer_start || !a->buyer || !a->slot || !a->producers || !a->slots ||
        !a->chunk_spread)
        return KN_ERR_MEMORY;
    e->bytes += (int64_t)sizeof *a->buyer * e->links +
                (int64_t)sizeof *a->buyer_start * e->n +
                (int64_t)sizeof *a->slot * e->units + 8 * (words_of(e->n) + a->words);
    return KN_OK;
}

static void name_slots(kn__engine *e)
{
    for (int32_t b = 0; b < e->block_count; b++) {
        const kn__engine_block *block = &e->blocks[b];
        for (int64_t m = block->begin; m < block->end; m++)
            e->awake.slot[e->member[m]] = (int32_t)(block->slot + m - block->begin);
    }
}

/* Buyers of each supplier, in the order of units. */
static void list_buyers(kn__engine *e)
{
    const kn__engine_net *net = e->net;
    kn__engine_awake *a = &e->awake;
    int64_t *start = a->buyer_start;
    for (int64_t k = 0; k < e->links; k++)
        start[net->supplier[k]]++;
    for (int32_t i = 0; i < e->n; i++)
        start[i + 1] += start[i];
    /* start[i] is now where the list of i ends; filling it from the end puts it right. */
    for (int32_t u = (int32_t)e->units - 1; u >= 0; u--) {
        int64_t end = net->link_start[kn__engine_first_group(e, u + 1)];
        for (int64_t k = net->link_start[kn__engine_first_group(e, u)]; k < end; k++)
            a->buyer[--start[net->supplier[k]]] = a->slot[u];
    }
    start[e->n] = e->links;
}

kn_status kn__engine_awake_new(kn__engine *e, kn_context *ctx)
{
    e->awake.all = true;
    /* Shared out in rounds, a supplier may be short whose demand is met. */
    if (!e->net->supplier || e->rule.in_rounds)
        return KN_OK;
    KN__TRY(make_room(e, ctx));
    name_slots(e);
    list_buyers(e);
    return KN_OK;
}

/* ---- Who is woken ---- */

static void wake_producers(kn__engine *e, const kn__engine_drive *drive)
{
    for (int32_t k = 0; k < drive->held_count && drive->held; k++)
        kn__engine_wake_bit(e->awake.producers, drive->held[k]);
    if (drive->held)
        return;
    for (int32_t i = 0; i < e->n && drive->capacity; i++)
        if (drive->capacity[i] != 1)
            kn__engine_wake_bit(e->awake.producers, i);
    for (int32_t i = 0; i < e->n && drive->extra; i++)
        if (drive->extra[i] != 0)
            kn__engine_wake_bit(e->awake.producers, i);
    for (int64_t k = 0; k < (int64_t)e->markets * e->n && drive->open; k++)
        if (drive->open[k] != 1)
            kn__engine_wake_bit(e->awake.producers, k % e->n);
}

static void wake_finals(kn__engine *e, const kn__engine_drive *drive)
{
    const int32_t *slot = e->awake.slot + e->n;
    int64_t count = e->groups - e->final_group;
    for (int32_t k = 0; k < drive->asked_count && drive->asked; k++)
        kn__engine_wake_bit(e->awake.slots, slot[drive->asked[k]]);
    for (int64_t g = 0; g < count && drive->wanted && !drive->asked; g++)
        if (drive->wanted[g] != 1)
            kn__engine_wake_bit(e->awake.slots, slot[g]);
}

void kn__engine_wake_driven(kn__engine *e, const kn__engine_drive *drive)
{
    if (!e->awake.slots)
        return;
    wake_producers(e, drive);
    wake_finals(e, drive);
}

void kn__engine_wake_suppliers(kn__engine *e, int64_t g)
{
    for (int64_t k = e->net->link_start[g]; k < e->net->link_start[g + 1]; k++)
        kn__engine_wake_bit(e->awake.producers, e->net->supplier[k]);
}

void kn__engine_wake(kn__engine *e, int32_t producer)
{
    if (!e->awake.slots)
        return;
    kn__engine_wake_bit(e->awake.producers, producer);
    kn__engine_wake_bit(e->awake.slots, e->awake.slot[producer]);
}

void kn__engine_renew(kn__engine *e, int32_t producer, int64_t group)
{
    if (e->dense)
        kn__dense_outdate(e->dense, producer, group);
    kn__engine_wake(e, producer);
}

bool kn__engine_deviates(const kn__engine *e, int32_t i)
{
    if (e->choice[i] != 1 || e->price[i] != 1)
        return true;
    for (int64_t m = 0; m < e->markets; m++) {
        int64_t at = m * e->n + i;
        if (e->deliver[at] != 1 || e->lean[at] != 1 || e->open[at] != 1)
            return true;
    }
    return false;
}

static void wake_buyers_of(kn__engine *e, int32_t i)
{
    const kn__engine_awake *a = &e->awake;
    for (int64_t k = a->buyer_start[i]; k < a->buyer_start[i + 1]; k++)
        kn__engine_wake_bit(a->slots, a->buyer[k]);
}

void kn__engine_wake_buyers(kn__engine *e)
{
    kn__engine_awake *a = &e->awake;
    int64_t spread = 0;
    a->all = true;
    /* Adaptation begins in the third step: until then rest may not last. */
    if (!a->slots || e->steps < 2)
        return;
    for (int64_t c = 0; c * KN__ENGINE_CHUNK < e->n; c++)
        spread += a->chunk_spread[c];
    if (spread / SHARE > a->most)
        return;
    for (int64_t w = 0; w < e->n; w += 64)
        for (uint64_t bits = kn__engine_bits(a->producers, w); bits; bits &= bits - 1) {
            int32_t i = (int32_t)w + __builtin_ctzll(bits);
            if (kn__engine_deviates(e, i))
                wake_buyers_of(e, i);
        }
    a->all = kn__engine_awake_count(e) > a->most;
}

/* ---- View ---- */

int32_t kn__engine_next(const kn__engine *e, int32_t after)
{
    int64_t at = (int64_t)after + 1;
    if (!e->awake.slots || at >= e->n)
        return (int32_t)at;
    uint64_t bits = kn__engine_bits(e->awake.producers, at) >> (at & 63) << (at & 63);
    for (at &= ~(int64_t)63; !bits && (at += 64) < e->n;)
        bits = kn__engine_bits(e->awake.producers, at);
    return bits ? (int32_t)at + __builtin_ctzll(bits) : e->n;
}
