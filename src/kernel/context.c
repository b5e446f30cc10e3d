/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/context.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel/memory.h"

enum { MESSAGE_SIZE = 2048 };

struct kn_context {
    kn_context_options options;
    int threads;
    const kn_cache *cache, *checkpoint;
    kn_status status;
    char message[MESSAGE_SIZE];
};

static void *default_alloc(void *user, size_t bytes)
{
    (void)user;
    return malloc(bytes);
}

static void *default_resize(void *user, void *block, size_t bytes)
{
    (void)user;
    return realloc(block, bytes);
}

static void default_release(void *user, void *block)
{
    (void)user;
    free(block);
}

static int processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    return count < 1 ? 1 : count > 1024 ? 1024 : (int)count;
}

kn_status kn_context_new(kn_context **context, const kn_context_options *options)
{
    static const kn_context_options defaults = KN_CONTEXT_OPTIONS_INIT;
    *context = NULL;
    kn_context_options used = options ? *options : defaults;
    kn_allocator *a = &used.allocator;
    int functions = (a->alloc != NULL) + (a->resize != NULL) + (a->release != NULL);
    if (used.version != 1 || used.threads < 0 || (functions != 0 && functions != 3))
        return KN_ERR_USAGE;
    if (functions == 0)
        *a = (kn_allocator){default_alloc, default_resize, default_release, NULL};
    kn_context *ctx = a->alloc(a->user, sizeof *ctx);
    if (!ctx)
        return KN_ERR_MEMORY;
    memset(ctx, 0, sizeof *ctx);
    ctx->options = used;
    ctx->threads = used.threads ? used.threads : processors();
    *context = ctx;
    return KN_OK;
}

kn_status kn__context_worker(kn_context **worker, const kn_context *ctx)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.allocator = ctx->options.allocator;
    options.cancel = ctx->options.cancel;
    options.cancel_user = ctx->options.cancel_user;
    options.threads = 1;
    return kn_context_new(worker, &options);
}

kn_status kn__context_steady(kn_context **steady, const kn_context *ctx)
{
    kn_context_options options = ctx->options;
    options.cancel = NULL;
    options.progress = NULL;
    return kn_context_new(steady, &options);
}

void kn_context_free(kn_context *context)
{
    if (!context)
        return;
    kn_allocator a = context->options.allocator;
    a.release(a.user, context);
}

const char *kn_context_error(const kn_context *context)
{
    return context->message;
}

kn_status kn_context_error_status(const kn_context *context)
{
    return context->status;
}

void kn_context_clear(kn_context *context)
{
    context->status = KN_OK;
    context->message[0] = '\0';
}

int kn_context_threads(const kn_context *context)
{
    return context->threads;
}

void kn_context_set_cache(kn_context *context, const kn_cache *cache)
{
    context->cache = cache;
}

const kn_cache *kn__cache(const kn_context *ctx)
{
    return ctx->cache;
}

void kn_context_set_checkpoint(kn_context *context, const kn_cache *checkpoint)
{
    context->checkpoint = checkpoint;
}

const kn_cache *kn__checkpoint(const kn_context *ctx)
{
    return ctx->checkpoint;
}

const kn_allocator *kn__allocator(const kn_context *ctx)
{
    return &ctx->options.allocator;
}

kn_status kn__failv(kn_context *ctx, kn_status status, const char *format, va_list args)
{
    if (ctx->status < 0)
        return status;
    ctx->status = status;
    vsnprintf(ctx->message, sizeof ctx->message, format, args);
    return status;
}

kn_status kn__fail(kn_context *ctx, kn_status status, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    kn__failv(ctx, status, format, args);
    va_end(args);
    return status;
}

void kn__log(kn_context *ctx, kn_log_level level, const char *format, ...)
{
    if (!ctx->options.log)
        return;
    char line[MESSAGE_SIZE];
    va_list args;
    va_start(args, format);
    vsnprintf(line, sizeof line, format, args);
    va_end(args);
    ctx->options.log(ctx->options.log_user, level, line);
}

kn_status kn__progress(kn_context *ctx, const char *work, double share)
{
    if (ctx->options.progress)
        ctx->options.progress(ctx->options.progress_user, work, share);
    if (kn__cancelled(ctx))
        return kn__fail(ctx, KN_ERR_CANCELLED, "interrupted while %s", work);
    return KN_OK;
}

int kn__cancelled(const kn_context *ctx)
{
    return ctx->options.cancel ? ctx->options.cancel(ctx->options.cancel_user) : 0;
}
