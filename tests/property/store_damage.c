/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>

#include "kaname/store.h"
#include "mini.h"

/* A damaged kaname file is refused with a reason, or gives exactly the network that was
   saved; nothing in between, and no crash. */
typedef struct victim {
    kn_context *ctx;
    char folder[64], path[96], sha256[65];
    unsigned char *bytes;
    int64_t length;
    int fd;
    int64_t refused, identical;
} victim;

static victim victim_new(kn_context *ctx)
{
    victim v = {.ctx = ctx};
    kn_network *net = mini_make(ctx);
    snprintf(v.folder, sizeof v.folder, "/tmp/kaname-damage-XXXXXX");
    assert_non_null(mkdtemp(v.folder));
    snprintf(v.path, sizeof v.path, "%s/mini.kaname", v.folder);
    assert_int_equal(kn_network_save(ctx, net, v.path), KN_OK);
    memcpy(v.sha256, kn_network_sha256(net), sizeof v.sha256);
    kn_network_free(net);
    v.fd = open(v.path, O_RDWR);
    assert_true(v.fd >= 0);
    v.length = lseek(v.fd, 0, SEEK_END);
    v.bytes = malloc((size_t)v.length);
    assert_non_null(v.bytes);
    assert_int_equal(pread(v.fd, v.bytes, (size_t)v.length, 0), v.length);
    return v;
}

static void victim_free(victim *v)
{
    close(v->fd);
    free(v->bytes);
    unlink(v->path);
    rmdir(v->folder);
}

static void look(victim *v, const char *what, int64_t at)
{
    kn_network *net;
    kn_context_clear(v->ctx);
    kn_status status = kn_network_load(&net, v->ctx, v->path);
    if (status < 0) {
        assert_null(net);
        assert_true(kn_context_error(v->ctx)[0] != '\0');
        assert_true(status == KN_ERR_DATA || status == KN_ERR_LIMIT);
        v->refused++;
    } else if (strcmp(kn_network_sha256(net), v->sha256) != 0) {
        fail_msg("%s at %lld gave another network", what, (long long)at);
    } else {
        v->identical++;
    }
    kn_network_free(net);
}

/* Changed bytes: all kinds of places, most of them where something is written. */
static void flipped_bytes(void **state)
{
    static const unsigned char change[] = {0x01, 0x80, 0xff, 0x10};
    victim v = victim_new(*state);
    int64_t seen = 0;
    for (int64_t at = 0; at < v.length; at++) {
        bool written = v.bytes[at] != 0;
        seen += written;
        if (written ? seen % 5 : at % 997)
            continue;
        unsigned char changed = v.bytes[at] ^ change[(at + seen) % 4];
        assert_int_equal(pwrite(v.fd, &changed, 1, at), 1);
        look(&v, "a changed byte", at);
        assert_int_equal(pwrite(v.fd, &v.bytes[at], 1, at), 1);
    }
    assert_true(v.refused > 1000);
    victim_free(&v);
}

/* Random runs of bytes, drawn from the file itself or from noise. */
static void overwritten_runs(void **state)
{
    victim v = victim_new(*state);
    for (uint64_t k = 0; k < 400; k++) {
        int64_t size = 1 + (int64_t)kn__random_below(7, 0, k, 400);
        int64_t at = (int64_t)kn__random_below(7, 1, k, (uint64_t)(v.length - size));
        int64_t from = (int64_t)kn__random_below(7, 2, k, (uint64_t)(v.length - size));
        assert_int_equal(pwrite(v.fd, v.bytes + from, (size_t)size, at), size);
        look(&v, "an overwritten run", at);
        assert_int_equal(pwrite(v.fd, v.bytes + at, (size_t)size, at), size);
    }
    assert_true(v.refused > 0);
    victim_free(&v);
}

static void cut_off(void **state)
{
    victim v = victim_new(*state);
    for (int64_t length = 0; length < v.length; length += 1 + length / 37) {
        assert_int_equal(ftruncate(v.fd, length), 0);
        look(&v, "a cut", length);
        assert_int_equal(pwrite(v.fd, v.bytes, (size_t)v.length, 0), v.length);
    }
    assert_int_equal(v.identical, 0);
    victim_free(&v);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, context_setup, context_teardown)
    const struct CMUnitTest tests[] = {TEST(flipped_bytes), TEST(overwritten_runs),
                                       TEST(cut_off)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
