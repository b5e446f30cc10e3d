/* SPDX-License-Identifier: Apache-2.0 */
#include "kernel/memory.h"

#include <stdalign.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>

static bool byte_count(int64_t count, size_t size, size_t *bytes)
{
    if (count < 0 || (size && (uint64_t)count > (SIZE_MAX / 4) / size))
        return false;
    *bytes = (size_t)count * size;
    return true;
}

static void *no_memory(kn_context *ctx, int64_t count, size_t size)
{
    kn__fail(ctx, KN_ERR_MEMORY, "out of memory: %lld items of %zu bytes",
             (long long)count, size);
    return NULL;
}

void *kn__alloc(kn_context *ctx, int64_t count, size_t size)
{
    const kn_allocator *a = kn__allocator(ctx);
    size_t bytes;
    if (!byte_count(count, size, &bytes))
        return no_memory(ctx, count, size);
    void *block = a->alloc(a->user, bytes ? bytes : 1);
    if (!block)
        return no_memory(ctx, count, size);
    return memset(block, 0, bytes ? bytes : 1);
}

void *kn__resize(kn_context *ctx, void *block, int64_t count, size_t size)
{
    const kn_allocator *a = kn__allocator(ctx);
    size_t bytes;
    if (!byte_count(count, size, &bytes))
        return no_memory(ctx, count, size);
    void *moved = a->resize(a->user, block, bytes ? bytes : 1);
    return moved ? moved : no_memory(ctx, count, size);
}

void kn__release(kn_context *ctx, void *block)
{
    const kn_allocator *a = kn__allocator(ctx);
    if (block)
        a->release(a->user, block);
}

kn_status kn__grow(kn_context *ctx, void **items, int64_t *capacity, int64_t need,
                   size_t size)
{
    if (need <= *capacity)
        return KN_OK;
    int64_t room = *capacity > 8 ? *capacity : 8;
    while (room < need)
        room += room / 2 + 1;
    void *moved = kn__resize(ctx, *items, room, size);
    if (!moved)
        return KN_ERR_MEMORY;
    *items = moved;
    *capacity = room;
    return KN_OK;
}

/* ---- Arena ---- */

typedef struct block {
    struct block *next;
    size_t used, size;
} block;

struct kn__arena {
    kn_allocator allocator;
    block *head;
    size_t block_size;
    int64_t used;
};

/* With 0, as in coverage builds, everything has a block of its own: then tests can let
   any single request fail. */
#ifndef KN__ARENA_BLOCK
#define KN__ARENA_BLOCK 4096
#endif
enum { FIRST_BLOCK = KN__ARENA_BLOCK, LARGEST_BLOCK = 256 * KN__ARENA_BLOCK, LINE = 64 };

kn_status kn__arena_new(kn__arena **arena, kn_context *ctx)
{
    *arena = kn__alloc(ctx, 1, sizeof **arena);
    if (!*arena)
        return KN_ERR_MEMORY;
    (*arena)->allocator = *kn__allocator(ctx);
    (*arena)->block_size = FIRST_BLOCK;
    return KN_OK;
}

void kn__arena_free(kn__arena *arena)
{
    if (!arena)
        return;
    kn_allocator a = arena->allocator;
    for (block *b = arena->head; b;) {
        block *next = b->next;
        a.release(a.user, b);
        b = next;
    }
    a.release(a.user, arena);
}

/* The place in a block where `bytes` fit at `align`, or NULL. */
static void *fit(block *b, size_t bytes, size_t align)
{
    uintptr_t base = (uintptr_t)(b + 1);
    uintptr_t at = (base + b->used + align - 1) & ~(uintptr_t)(align - 1);
    if (at - base > b->size || bytes > b->size - (at - base))
        return NULL;
    b->used = at - base + bytes;
    return (char *)(b + 1) + (at - base);
}

void *kn__arena_alloc(kn__arena *arena, kn_context *ctx, int64_t count, size_t size)
{
    size_t bytes;
    if (!byte_count(count, size, &bytes))
        return no_memory(ctx, count, size);
    size_t align = bytes > 256 ? LINE : alignof(max_align_t);
    void *found = arena->head ? fit(arena->head, bytes, align) : NULL;
    if (!found) {
        size_t room = bytes + LINE > arena->block_size ? bytes + LINE : arena->block_size;
        block *b = arena->allocator.alloc(arena->allocator.user, sizeof *b + room);
        if (!b)
            return no_memory(ctx, count, size);
        *b = (block){.next = arena->head, .size = room};
        found = fit(b, bytes, align);
        arena->head = b;
        if (arena->block_size != LARGEST_BLOCK)
            arena->block_size *= 2;
    }
    arena->used += (int64_t)bytes;
    return memset(found, 0, bytes);
}

char *kn__arena_textn(kn__arena *arena, kn_context *ctx, const char *text, size_t length)
{
    char *copy = kn__arena_alloc(arena, ctx, (int64_t)length + 1, 1);
    if (copy && length)
        memcpy(copy, text, length);
    return copy;
}

char *kn__arena_text(kn__arena *arena, kn_context *ctx, const char *text)
{
    return kn__arena_textn(arena, ctx, text ? text : "", text ? strlen(text) : 0);
}

char *kn__arena_format(kn__arena *arena, kn_context *ctx, const char *format, ...)
{
    va_list args, again;
    va_start(args, format);
    va_copy(again, args);
    int length = vsnprintf(NULL, 0, format, args);
    va_end(args);
    char *text = kn__arena_alloc(arena, ctx, length < 0 ? -1 : (int64_t)length + 1, 1);
    if (text)
        vsnprintf(text, (size_t)length + 1, format, again);
    va_end(again);
    return text;
}

int64_t kn__arena_used(const kn__arena *arena)
{
    return arena->used;
}
