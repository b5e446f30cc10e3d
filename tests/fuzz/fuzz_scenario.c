/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "kaname/scenario.h"
#include "network/build.h"

/* libfyaml 0.7.12 loses a buffer of 4 KiB on some broken quoted texts; our own code must
   lose nothing. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libfyaml";
}

static const char TABLE[] = "row,JPN_c1,CHN_c1,JPN_F1,CHN_F1,output\n"
                            "JPN_c1,1,2,3,4,10\n"
                            "CHN_c1,5,6,7,8,26\n";

static kn_status small_network(kn_network **net, kn_context *ctx)
{
    kn__io_raw *raw;
    *net = NULL;
    KN__TRY(kn__read_wiod_bytes(&raw, ctx, "wiot.csv", TABLE, sizeof TABLE - 1));
    kn_status status = kn__network_from_io(net, ctx, raw);
    kn__io_raw_free(ctx, raw);
    return status;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    char path[64];
    int fd = fuzz_open(path, data, size);
    kn_network *net;
    kn_scenario *scenario = NULL;
    kn_status status = small_network(&net, ctx);
    if (status >= 0)
        status = kn_scenario_read(&scenario, ctx, net, path);
    kn_scenario_free(scenario);
    kn_network_free(net);
    close(fd);
    fuzz_finish(ctx, status);
    return 0;
}
