/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/threads.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "kernel/memory.h"

enum { MOST_WORKERS = 256 };

typedef struct loop {
    kn_context *ctx;
    kn__body body;
    void *arg;
    int64_t count, chunk, chunks;
    atomic_int_fast64_t next;
    atomic_int_fast64_t failed_chunk; /* the lowest that failed, or chunks */
    atomic_bool cancelled;
    const char *work;
} loop;

typedef struct seat {
    loop *run;
    int worker;
    int64_t failed_chunk;
    kn_status status;
    pthread_t thread;
} seat;

/* Failures below a chunk that already failed still matter: the lowest one is reported. */
static void note_failure(seat *own, int64_t chunk, kn_status status)
{
    own->failed_chunk = chunk;
    own->status = status;
    int_fast64_t lowest = atomic_load(&own->run->failed_chunk);
    while (chunk < lowest &&
           !atomic_compare_exchange_weak(&own->run->failed_chunk, &lowest, chunk))
        ;
}

static void *work_on(void *arg)
{
    seat *own = arg;
    loop *run = own->run;
    for (;;) {
        int64_t chunk = atomic_fetch_add(&run->next, 1);
        if (chunk >= run->chunks || chunk > atomic_load(&run->failed_chunk))
            return NULL;
        if (kn__cancelled(run->ctx)) {
            atomic_store(&run->cancelled, true);
            return NULL;
        }
        int64_t begin = chunk * run->chunk, end = begin + run->chunk;
        kn_status status =
            run->body(run->arg, own->worker, begin, end < run->count ? end : run->count);
        if (status < 0) {
            note_failure(own, chunk, status);
            return NULL;
        }
        if (own->worker == 0 && run->work)
            kn__progress(run->ctx, run->work, (double)(chunk + 1) / (double)run->chunks);
    }
}

int kn__workers(const kn_context *ctx, int64_t count, int64_t chunk)
{
    int64_t chunks = chunk > 0 ? (count + chunk - 1) / chunk : 0;
    int64_t most = kn_context_threads(ctx);
    most = most > MOST_WORKERS ? MOST_WORKERS : most;
    return (int)(chunks < 1 ? 1 : chunks < most ? chunks : most);
}

kn_status kn__parallel_for(kn_context *ctx, const char *work, int64_t count,
                           int64_t chunk, kn__body body, void *arg)
{
    if (count <= 0)
        return KN_OK;
    loop run = {.ctx = ctx,
                .body = body,
                .arg = arg,
                .count = count,
                .chunk = chunk,
                .chunks = (count + chunk - 1) / chunk,
                .work = work};
    atomic_init(&run.failed_chunk, run.chunks);
    seat seats[MOST_WORKERS] = {{.run = &run, .failed_chunk = run.chunks}};
    int workers = kn__workers(ctx, count, chunk), started = 1;
    for (int i = 1; i < workers; i++)
        seats[i] = (seat){.run = &run, .worker = i, .failed_chunk = run.chunks};
    while (started < workers &&
           pthread_create(&seats[started].thread, NULL, work_on, &seats[started]) == 0)
        started++;
    work_on(&seats[0]);
    for (int i = 1; i < started; i++)
        pthread_join(seats[i].thread, NULL);
    for (int i = 0; i < started; i++)
        if (seats[i].status < 0 &&
            seats[i].failed_chunk == atomic_load(&run.failed_chunk))
            return kn__fail(ctx, seats[i].status, "%s: %s", work ? work : "parallel work",
                            kn_status_text(seats[i].status));
    if (atomic_load(&run.cancelled))
        return kn__fail(ctx, KN_ERR_CANCELLED, "interrupted%s%s", work ? " while " : "",
                        work ? work : "");
    return KN_OK;
}
