/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/cascade/engine_batch.h"

#include "kernel/threads.h"
#include "lens/cascade/engine_dense.h"

enum { CHUNK = KN__ENGINE_CHUNK };

struct kn__engine_batch {
    kn__engine *engines[KN__BATCH_MOST];
    kn__engine *model; /* whose plan they share */
    kn__dense *dense;  /* NULL: one by one */
    int32_t shocks;
};

typedef struct step {
    kn__engine_batch *batch;
    const kn__engine_drive *drives;
    int stages, final_stages; /* of blocks of producers, of final users */
} step;

/* ---- New ---- */

static kn_status make_shared(kn__engine_batch *b, kn_context *ctx)
{
    for (int32_t s = 0; s < b->shocks; s++)
        KN__TRY(kn__engine_copy(&b->engines[s], ctx, b->model));
    KN__TRY(kn__dense_new(b->model->dense->plan, ctx, b->engines, b->shocks));
    b->dense = b->engines[0]->dense;
    return kn__engine_batch_start(b, ctx, NULL);
}

kn_status kn__engine_batch_new(kn__engine_batch **batch, kn_context *ctx,
                               kn__arena *arena, const kn__engine_net *net,
                               const kn__engine_rule *rule, int32_t shocks)
{
    *batch = NULL;
    if (shocks < 1 || shocks > KN__BATCH_MOST)
        return kn__fail(ctx, KN_ERR_USAGE, "a batch takes 1 to %d shocks",
                        (int)KN__BATCH_MOST);
    kn__engine_batch *b = KN__NEW(arena, ctx, kn__engine_batch);
    if (!b)
        return KN_ERR_MEMORY;
    b->shocks = shocks;
    KN__TRY(kn__engine_new(&b->model, ctx, arena, net, rule));
    if (b->model->dense) {
        KN__TRY(make_shared(b, ctx));
    } else {
        b->engines[0] = b->model;
        for (int32_t s = 1; s < shocks; s++)
            KN__TRY(kn__engine_new(&b->engines[s], ctx, arena, net, rule));
    }
    *batch = b;
    return KN_OK;
}

/* ---- Steps ---- */

/* As kn__engine_step looks, shock by shock. */
static bool differs(const kn__engine *e, bool gap)
{
    for (int32_t b = 0; b < e->block_count; b++)
        if (kn__engine_differs(e, b, gap))
            return true;
    return false;
}

static kn_status listen_some(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    (void)worker;
    for (int64_t k = begin; k < end; k++)
        kn__dense_listen(s->batch->dense, (int32_t)k);
    return KN_OK;
}

static kn_status look_some(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    (void)worker;
    for (int64_t k = begin; k < end; k++) {
        kn__engine *e = s->batch->engines[k];
        e->holds = !differs(e, false);
        e->ignores_gaps = !differs(e, true);
    }
    return KN_OK;
}

static kn_status pass_some(void *arg, int worker, int64_t begin, int64_t end)
{
    step *s = arg;
    const kn__engine_block *blocks = s->batch->model->blocks;
    (void)worker;
    for (int64_t b = begin; b < end; b++) {
        int stages = blocks[b].is_final ? s->final_stages : s->stages;
        if (stages)
            kn__dense_pass(s->batch->dense, (int32_t)b, stages);
    }
    return KN_OK;
}

static kn_status pass_all(step *s, kn_context *ctx, int stages, int final_stages)
{
    s->stages = stages;
    s->final_stages = final_stages;
    return kn__parallel_for(ctx, NULL, s->batch->model->block_count, 1, pass_some, s);
}

static int64_t chunks_of(const kn__engine *e)
{
    return (e->n + CHUNK - 1) / CHUNK;
}

/* A chunk of producers for the shocks of a panel. */
static void produce_panel(const step *s, int32_t panel, int64_t chunk)
{
    const kn__engine_batch *b = s->batch;
    int32_t begin = panel * b->dense->wide, end = begin + b->dense->wide;
    kn__dense_gather(b->dense, panel, chunk * CHUNK, (chunk + 1) * CHUNK);
    for (int32_t k = begin; k < end && k < b->shocks; k++)
        kn__engine_produce(b->engines[k], &s->drives[k], chunk);
}

static kn_status produce_some(void *arg, int worker, int64_t begin, int64_t end)
{
    const step *s = arg;
    int64_t chunks = chunks_of(s->batch->model);
    (void)worker;
    for (int64_t k = begin; k < end; k++)
        produce_panel(s, (int32_t)(k / chunks), k % chunks);
    return KN_OK;
}

static kn_status step_together(step *s, kn_context *ctx)
{
    kn__engine_batch *b = s->batch;
    for (int32_t k = 0; k < b->shocks; k++)
        kn__engine_begin(b->engines[k], &s->drives[k]);
    KN__TRY(pass_all(s, ctx, 0, KN__STAGE_ORDER));
    KN__TRY(kn__parallel_for(ctx, NULL, b->dense->panels * chunks_of(b->model), 1,
                             produce_some, s));
    KN__TRY(kn__parallel_for(ctx, NULL, b->dense->panels, 1, listen_some, s));
    if (b->model->rule.boario_tolerance)
        KN__TRY(kn__parallel_for(ctx, NULL, b->shocks, 1, look_some, s));
    KN__TRY(pass_all(s, ctx, KN__STAGE_RECEIVE | KN__STAGE_MOVE | KN__STAGE_ORDER,
                     KN__STAGE_RECEIVE));
    for (int32_t k = 0; k < b->shocks; k++)
        kn__engine_end(b->engines[k]);
    return KN_OK;
}

kn_status kn__engine_batch_step(kn__engine_batch *b, kn_context *ctx,
                                const kn__engine_drive *drives)
{
    step s = {.batch = b, .drives = drives};
    if (b->dense)
        return step_together(&s, ctx);
    for (int32_t k = 0; k < b->shocks; k++)
        KN__TRY(kn__engine_step(b->engines[k], ctx, &drives[k]));
    return KN_OK;
}

kn_status kn__engine_batch_start(kn__engine_batch *b, kn_context *ctx,
                                 const double *const *open)
{
    step s = {.batch = b};
    for (int32_t k = 0; k < b->shocks && !b->dense; k++)
        KN__TRY(kn__engine_start(b->engines[k], ctx, open ? open[k] : NULL));
    if (!b->dense)
        return KN_OK;
    kn__dense_forget(b->dense);
    for (int32_t k = 0; k < b->shocks; k++)
        kn__engine_rest(b->engines[k], open ? open[k] : NULL);
    for (int32_t k = 0; k < b->dense->panels; k++)
        kn__dense_listen(b->dense, k);
    KN__TRY(pass_all(&s, ctx, KN__STAGE_ORDER, 0));
    for (int32_t k = 0; k < b->shocks; k++)
        kn__engine_limits(b->engines[k]);
    return KN_OK;
}

/* ---- Looking ---- */

kn__engine *kn__engine_batch_at(const kn__engine_batch *b, int32_t shock)
{
    return b->engines[shock];
}

bool kn__engine_batch_shares(const kn__engine_batch *b)
{
    return b->dense != NULL;
}

int64_t kn__engine_batch_bytes(const kn__engine_batch *b)
{
    int64_t bytes = b->dense ? b->model->bytes : 0;
    for (int32_t k = 0; k < b->shocks; k++)
        bytes += b->engines[k]->bytes;
    return bytes;
}
