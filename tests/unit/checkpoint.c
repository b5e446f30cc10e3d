/* SPDX-License-Identifier: Apache-2.0 */
/* The file that an interrupted run leaves: whole or not at all, and only for its run. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kaname/store.h"
#include "kernel/memory.h"
#include "support.h"

static const char key[] = "program 1\nnetwork 2\noptions 3\n";
static const char bytes[] = "state 5\n\0binary";

typedef struct fixture {
    char path[64];
} fixture;

static kn_status put(kn_context *ctx, const void *data, int64_t count)
{
    const kn_cache *c = kn__checkpoint(ctx);
    return c->put(c->user, ctx, NULL, key, data, count);
}

static kn_status get(kn_context *ctx, const char *name, void **data, int64_t *count)
{
    const kn_cache *c = kn__checkpoint(ctx);
    return c->get(c->user, ctx, NULL, name, data, count);
}

static kn_status round_trip(kn_context *ctx, void *arg)
{
    const fixture *f = arg;
    kn_checkpoint *c;
    void *data = NULL;
    int64_t count = 0;
    kn_status status = kn_checkpoint_open(&c, ctx, f->path);
    if (status >= 0)
        status = put(ctx, bytes, sizeof bytes);
    if (status >= 0)
        status = get(ctx, key, &data, &count);
    if (status >= 0) {
        assert_int_equal(count, sizeof bytes);
        assert_memory_equal(data, bytes, sizeof bytes);
    }
    kn__release(ctx, data);
    kn_checkpoint_close(c);
    return status;
}

static void gives_back_what_was_put(void **state)
{
    assert_true(every_allocation_fails(round_trip, *state) > 1);
}

static void refused(kn_context *ctx, const char *name, const char *because)
{
    void *data;
    int64_t count;
    kn_context_clear(ctx);
    assert_int_equal(get(ctx, name, &data, &count), KN_ERR_DATA);
    assert_null(data);
    if (!strstr(kn_context_error(ctx), because))
        fail_msg("%s", kn_context_error(ctx));
}

static void of_another_run(void **state)
{
    const fixture *f = *state;
    kn_context *ctx;
    kn_checkpoint *c;
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    assert_int_equal(round_trip(ctx, *state), KN_OK);
    assert_int_equal(kn_checkpoint_open(&c, ctx, f->path), KN_OK);
    refused(ctx, "program 2\nnetwork 2\noptions 3\n", "its program differs");
    refused(ctx, "program 1\nnetwork 9\noptions 3\n", "its network differs");
    refused(ctx, "program 1\nnetwork 2\noptions 3 4\n", "its options differs");
    refused(ctx, "program 1\n", "its network differs");
    kn_checkpoint_close(c);
    assert_null(kn__checkpoint(ctx));
    kn_context_free(ctx);
}

/* Every byte flipped, and every length. */
static void damaged(void **state)
{
    const fixture *f = *state;
    char whole[1024];
    kn_context *ctx;
    kn_checkpoint *c;
    void *data;
    int64_t count;
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    assert_int_equal(round_trip(ctx, *state), KN_OK);
    assert_int_equal(kn_checkpoint_open(&c, ctx, f->path), KN_OK);
    FILE *file = fopen(f->path, "rb");
    assert_non_null(file);
    size_t length = fread(whole, 1, sizeof whole, file);
    fclose(file);
    for (size_t k = 0; k < 2 * length; k++) {
        bool cut = k >= length;
        file = fopen(f->path, "wb");
        assert_non_null(file);
        whole[k % length] ^= cut ? 0 : 1;
        fwrite(whole, 1, cut ? k - length : length, file);
        fclose(file);
        whole[k % length] ^= cut ? 0 : 1;
        kn_context_clear(ctx);
        assert_int_equal(get(ctx, key, &data, &count), KN_ERR_DATA);
        assert_null(data);
    }
    kn_checkpoint_close(c);
    kn_context_free(ctx);
}

static void goes_when_done(void **state)
{
    const fixture *f = *state;
    kn_context *ctx;
    kn_checkpoint *c;
    void *data;
    int64_t count;
    assert_int_equal(kn_context_new(&ctx, NULL), KN_OK);
    assert_int_equal(round_trip(ctx, *state), KN_OK);
    assert_int_equal(kn_checkpoint_open(&c, ctx, f->path), KN_OK);
    assert_int_equal(access(f->path, F_OK), 0);
    assert_int_equal(put(ctx, NULL, 0), KN_OK);
    assert_int_equal(access(f->path, F_OK), -1);
    assert_int_equal(put(ctx, NULL, 0), KN_OK);
    assert_int_equal(get(ctx, key, &data, &count), KN_OK);
    assert_null(data);
    kn_checkpoint_close(c);
    assert_int_equal(kn_checkpoint_open(&c, ctx, "/nowhere/at/all"), KN_OK);
    assert_int_equal(put(ctx, bytes, sizeof bytes), KN_ERR_IO);
    kn_checkpoint_close(c);
    kn_checkpoint_close(NULL);
    kn_context_free(ctx);
}

static int setup(void **state)
{
    static fixture f;
    snprintf(f.path, sizeof f.path, "/tmp/kaname-checkpoint-%ld", (long)getpid());
    *state = &f;
    return 0;
}

static int teardown(void **state)
{
    unlink(((fixture *)*state)->path);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_back_what_was_put),
        cmocka_unit_test(of_another_run),
        cmocka_unit_test(damaged),
        cmocka_unit_test(goes_when_done),
    };
    return cmocka_run_group_tests(tests, setup, teardown);
}
