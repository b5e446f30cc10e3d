/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_SUPPORT_H
#define KN_TESTS_SUPPORT_H

/* What tests share: cmocka with its headers, a context, an allocator whose k-th call
   fails, seeded numbers, comparison. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kaname/context.h"
#include "kernel/random.h"

/* Counts live blocks and fails the allocation number `fail_at` (1-based; 0: none). */
typedef struct faults {
    int64_t calls, fail_at, live;
} faults;

static inline int faults_hit(faults *f)
{
    return ++f->calls == f->fail_at;
}

static inline void *faults_alloc(void *user, size_t bytes)
{
    faults *f = user;
    void *block = faults_hit(f) ? NULL : malloc(bytes);
    f->live += block != NULL;
    return block;
}

static inline void *faults_resize(void *user, void *block, size_t bytes)
{
    faults *f = user;
    void *moved = faults_hit(f) ? NULL : realloc(block, bytes);
    f->live += moved && !block;
    return moved;
}

static inline void faults_release(void *user, void *block)
{
    faults *f = user;
    f->live -= block != NULL;
    free(block);
}

static inline kn_context *faults_context(faults *f, int threads)
{
    kn_context_options options = KN_CONTEXT_OPTIONS_INIT;
    options.allocator = (kn_allocator){faults_alloc, faults_resize, faults_release, f};
    options.threads = threads;
    kn_context *ctx = NULL;
    kn_context_new(&ctx, &options);
    return ctx;
}

/* The allocation to fail after the k-th: the next; where KANAME_SAMPLE_FAULTS is set,
   which it is for coverage, every hundredth part further once 200 have failed. */
static inline int64_t next_fault(int64_t k)
{
    return getenv("KANAME_SAMPLE_FAULTS") && k > 200 ? k + k / 100 : k + 1;
}

/* Runs `work` with the k-th allocation failing, for k = 1, 2, … until it succeeds; every
   failure must be KN_ERR_MEMORY with a message, and nothing may leak. Returns how many
   allocations the work makes. */
static inline int64_t
every_allocation_fails(kn_status (*work)(kn_context *ctx, void *arg), void *arg)
{
    for (int64_t k = 1; k < 1000000; k = next_fault(k)) {
        faults f = {.fail_at = 0};
        kn_context *ctx = faults_context(&f, 1);
        assert_non_null(ctx);
        f.calls = 0;
        f.fail_at = k;
        kn_status status = work(ctx, arg);
        int64_t calls = f.calls;
        if (status < 0) {
            assert_int_equal(status, KN_ERR_MEMORY);
            assert_true(kn_context_error(ctx)[0] != '\0');
        }
        kn_context_free(ctx);
        assert_int_equal(f.live, 0);
        if (status >= 0) {
            assert_true(calls < k);
            return calls;
        }
    }
    fail_msg("work never succeeded");
    return 0;
}

/* Setup and teardown for tests that want one context in *state. */
static inline int context_setup(void **state)
{
    kn_context *ctx = NULL;
    kn_context_new(&ctx, NULL);
    *state = ctx;
    return ctx ? 0 : -1;
}

static inline int context_teardown(void **state)
{
    kn_context_free(*state);
    return 0;
}

/* ---- What must go well, and what must be refused ---- */

static inline void must(kn_context *ctx, kn_status status)
{
    if (status < 0)
        fail_msg("%s: %s", kn_status_name(status), kn_context_error(ctx));
}

static inline void assert_has(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" does not contain \"%s\"", text, part);
}

/* The work ended with this error and says this; the context is then clear again. */
static inline void assert_refused(kn_context *ctx, kn_status status, kn_status expected,
                                  const char *message)
{
    if (status != expected)
        fail_msg("%s: %s", kn_status_name(status), kn_context_error(ctx));
    assert_has(kn_context_error(ctx), message);
    kn_context_clear(ctx);
}

/* The text with the first `from`, which must be there, turned into `to`. */
static inline void changed_text(char *changed, size_t size, const char *text,
                                const char *from, const char *to)
{
    const char *at = strstr(text, from);
    assert_non_null(at);
    int length = snprintf(changed, size, "%.*s%s%s", (int)(at - text), text, to,
                          at + strlen(from));
    assert_in_range(length, 0, size - 1);
}

static inline void assert_close(double a, double b, double relative)
{
    double scale = fmax(fabs(a), fabs(b));
    if (!(fabs(a - b) <= relative * scale) && a != b)
        fail_msg("%.17g and %.17g differ by %.3g, more than %.3g relative", a, b,
                 fabs(a - b), relative);
}

/* Nonzero where the shared real data are there; else says "skipped: …". */
static inline int shared_exists(const char *path)
{
    FILE *f = fopen(path, "rb");
    if (!f) {
        printf("skipped: %s is not here\n", path);
        return 0;
    }
    fclose(f);
    return 1;
}

#endif
