/* SPDX-License-Identifier: Apache-2.0 */
/* The denial matrix between runs: its rows as bytes, in the order of products, holders
   and victims. A matrix that was interrupted is kept as far as it went; of denials that
   are played day by day each is kept, whatever was asked for. */
#include <string.h>

#include "kernel/text.h"
#include "lens/cascade/denial_matrix.h"

enum { NUMBERS = 7 };

/* A row without padding: the bytes are the same on every run. */
typedef struct kept_row {
    int32_t holder, product, victim, unused;
    double number[NUMBERS];
} kept_row;

/* Everything a row depends on, but for the economies and products asked for. */
static char *make_key(const kn__denial_matrix *x, kn_context *ctx, kn__arena *arena)
{
    char share[40];
    kn__format_number(share, x->o->share);
    return kn__arena_format(arena, ctx,
                            "denial matrix, build %s, network %s, model %d, mode %d, "
                            "links %d, days %lld, share %s",
                            kn__build_id, x->net->sha256, (int)x->o->model,
                            (int)x->o->mode, (int)x->o->links, (long long)x->o->days,
                            share);
}

static void unpack(kn__choke_row *row, const kept_row *kept)
{
    const double *n = kept->number;
    row->share = n[0];
    row->bite = n[1];
    for (int end = 0; end < KN__END_COUNT; end++)
        row->loss[end] = n[2 + end];
    row->cost = n[5];
    row->made_up = n[6];
}

static void pack(kept_row *kept, const kn__choke_row *row)
{
    *kept =
        (kept_row){row->holder,
                   row->product,
                   row->victim,
                   0,
                   {row->share, row->bite, row->loss[KN__END_LOW], row->loss[KN__END_MID],
                    row->loss[KN__END_HIGH], row->cost, row->made_up}};
}

static int compare(const kept_row *kept, const kn__choke_row *row)
{
    const int32_t a[] = {kept->product, kept->holder, kept->victim};
    const int32_t b[] = {row->product, row->holder, row->victim};
    for (int k = 0; k < 3; k++)
        if (a[k] != b[k])
            return a[k] < b[k] ? -1 : 1;
    return 0;
}

/* Both lists have the same order, so that one walk meets all. */
static void take(kn__denial_matrix *x, const kept_row *kept, int64_t count)
{
    int64_t at = 0;
    for (int64_t k = 0; k < x->task_count; k++) {
        kn__choke_task *t = &x->tasks[k];
        int32_t found = 0;
        for (int32_t v = 0; v < t->count; v++) {
            kn__choke_row *row = &x->rows[t->first + v];
            while (at < count && compare(&kept[at], row) < 0)
                at++;
            if (at < count && compare(&kept[at], row) == 0) {
                unpack(row, &kept[at++]);
                found++;
            }
        }
        t->done = found == t->count;
    }
}

/* What is kept; *kept NULL: nothing. The block is the caller's. */
static kn_status get_rows(const kn__denial_matrix *x, kn_context *ctx, const char *key,
                          kept_row **kept, int64_t *count)
{
    const kn_cache *cache = kn__cache(ctx);
    void *bytes;
    int64_t size;
    *kept = NULL;
    *count = 0;
    KN__TRY(cache->get(cache->user, ctx, x->net, key, &bytes, &size));
    if (bytes && size % (int64_t)sizeof **kept == 0) {
        *kept = bytes;
        *count = size / (int64_t)sizeof **kept;
    } else {
        kn__release(ctx, bytes);
    }
    return KN_OK;
}

kn_status kn__matrix_recall(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena)
{
    kept_row *kept;
    int64_t count;
    if (!kn__cache(ctx))
        return KN_OK;
    char *key = make_key(x, ctx, arena);
    if (!key)
        return KN_ERR_MEMORY;
    KN__TRY(get_rows(x, ctx, key, &kept, &count));
    take(x, kept, count);
    kn__release(ctx, kept);
    return KN_OK;
}

/* What was kept and the rows that are done, in one order; returns how many. */
static int64_t merge(const kn__denial_matrix *x, const kept_row *was, int64_t count,
                     kept_row *all)
{
    int64_t at = 0, made = 0;
    for (int64_t k = 0; k < x->task_count; k++) {
        const kn__choke_task *t = &x->tasks[k];
        for (int32_t v = 0; t->done && v < t->count; v++) {
            const kn__choke_row *row = &x->rows[t->first + v];
            while (at < count && compare(&was[at], row) < 0)
                all[made++] = was[at++];
            at += at < count && compare(&was[at], row) == 0;
            pack(&all[made++], row);
        }
    }
    while (at < count)
        all[made++] = was[at++];
    return made;
}

/* A run that was interrupted keeps what it has done, too. */
static kn_status put_rows(const kn__denial_matrix *x, kn_context *ctx, const char *key,
                          const kept_row *all, int64_t count)
{
    const kn_cache *cache = kn__cache(ctx);
    kn_context *steady;
    if (kn__context_steady(&steady, ctx) < 0)
        return kn__fail(ctx, KN_ERR_MEMORY, "out of memory");
    kn_status status =
        cache->put(cache->user, steady, x->net, key, all, count * (int64_t)sizeof *all);
    if (status < 0)
        status = kn__fail(ctx, status, "%s", kn_context_error(steady));
    kn_context_free(steady);
    return status;
}

kn_status kn__matrix_keep(const kn__denial_matrix *x, kn_context *ctx, kn__arena *arena)
{
    const kn__choke_options *o = x->o;
    bool part = o->of.count || o->holder.count || o->product.count;
    kept_row *was;
    int64_t count;
    if (!kn__cache(ctx) || !x->due_count || (part && o->model != KN__BY_DAYS))
        return KN_OK;
    char *key = make_key(x, ctx, arena);
    if (!key)
        return KN_ERR_MEMORY;
    KN__TRY(get_rows(x, ctx, key, &was, &count));
    kept_row *all = KN__ARRAY(arena, ctx, x->row_count + count, kept_row);
    kn_status status = all ? KN_OK : KN_ERR_MEMORY;
    if (all)
        status = put_rows(x, ctx, key, all, merge(x, was, count, all));
    kn__release(ctx, was);
    return status;
}
