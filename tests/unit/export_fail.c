/* SPDX-License-Identifier: Apache-2.0 */
/* Exports that cannot be done: what is said, what is left behind. */
#include "support.h"

#include "export_folder.h"
#include "tiny_network.h"

static void says_where_it_failed(void **state)
{
    static const kn_export_format formats[] = {KN_EXPORT_CSV, KN_EXPORT_PYMRIO,
                                               KN_EXPORT_XLSX, KN_EXPORT_ZIP};
    static const char *const paths[] = {"no/a", "no/a", "no/a.xlsx", "no/a.zip"};
    kn_network *net = small(*state);
    for (size_t k = 0; k < sizeof formats / sizeof *formats; k++) {
        kn_export_options options = options_for(formats[k]);
        assert_int_equal(kn_network_export(*state, net, at(paths[k]), &options),
                         KN_ERR_IO);
        contains(kn_context_error(*state), at(paths[k]));
        contains(kn_context_error(*state), "No such file or directory");
        kn_context_clear(*state);
    }
    kn_export_options options = options_for(KN_EXPORT_CSV);
    options.version = 7;
    assert_int_equal(kn_network_export(*state, net, at("v"), &options), KN_ERR_USAGE);
    kn_context_clear(*state);
    kn_network_free(net);
}

static int now(void *user)
{
    (void)user;
    return 1;
}

static void stops_when_asked(void **state)
{
    kn_context_options wanted = KN_CONTEXT_OPTIONS_INIT;
    kn_context *ctx;
    wanted.cancel = now;
    assert_int_equal(kn_context_new(&ctx, &wanted), KN_OK);
    kn_network *net = small(*state);
    kn_export_options options = options_for(KN_EXPORT_ZIP);
    assert_int_equal(kn_network_export(ctx, net, at("stopped.zip"), &options),
                     KN_ERR_CANCELLED);
    char command[128];
    snprintf(command, sizeof command, "ls %s | grep -q '^stopped'", folder);
    assert_int_not_equal(system(command), 0); /* no file, no folder of parts */
    kn_network_free(net);
    kn_context_free(ctx);
}

/* Files that lead to a full device. */
static void a_full_disk_is_reported(void **state)
{
    static const char *const files[] = {"full/flows.csv", "full/Z.txt",
                                        "full/value_added/F.txt", "full/metadata.json"};
    static const kn_export_format formats[] = {KN_EXPORT_CSV, KN_EXPORT_PYMRIO,
                                               KN_EXPORT_PYMRIO, KN_EXPORT_CSV};
    kn_network *net = small(*state);
    assert_int_equal(mkdir(at("full"), 0777) | mkdir(at("full/value_added"), 0777), 0);
    for (size_t k = 0; k < sizeof files / sizeof *files; k++) {
        kn_export_options options = options_for(formats[k]);
        unlink(at(files[k]));
        assert_int_equal(symlink("/dev/full", at(files[k])), 0);
        assert_int_equal(kn_network_export(*state, net, at("full"), &options), KN_ERR_IO);
        contains(kn_context_error(*state), at(files[k]));
        contains(kn_context_error(*state), "No space left on device");
        kn_context_clear(*state);
        unlink(at(files[k]));
    }
    kn_network_free(net);
}

static kn_status one_export(kn_context *ctx, void *arg)
{
    kn_export_format *format = arg;
    kn_export_options options = options_for(*format);
    kn_network *net;
    kn_status status = tiny_network(&net, ctx);
    if (status >= 0)
        status = kn_network_export(
            ctx, net, at(*format == KN_EXPORT_ZIP ? "faults.zip" : "faults"), &options);
    kn_network_free(net);
    return status;
}

static void no_leak_when_memory_ends(void **state)
{
    (void)state;
    for (int format = KN_EXPORT_CSV; format <= KN_EXPORT_ZIP; format++) {
        kn_export_format asked = (kn_export_format)format;
        assert_true(every_allocation_fails(one_export, &asked) > 0);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(says_where_it_failed),
        cmocka_unit_test(a_full_disk_is_reported),
        cmocka_unit_test(stops_when_asked),
        cmocka_unit_test(no_leak_when_memory_ends),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
