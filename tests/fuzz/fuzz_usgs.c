/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "network/build.h"
#include "read/usgs.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    kn__chain_raw *raw;
    kn_network *net = NULL;
    kn_status status = kn__read_usgs_bytes(&raw, ctx, "usgs.csv", data, size);
    if (status >= 0)
        status = kn__network_from_chain(&net, ctx, raw);
    kn_network_free(net);
    kn__chain_raw_free(raw);
    fuzz_finish(ctx, status);
    return 0;
}
