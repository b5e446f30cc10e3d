/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "network/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    kn__io_raw *raw;
    kn_network *net = NULL;
    kn_status status = kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", data, size);
    if (status >= 0)
        status = kn__network_from_io(&net, ctx, raw);
    kn_network_free(net);
    kn__io_raw_free(ctx, raw);
    fuzz_finish(ctx, status);
    return 0;
}
