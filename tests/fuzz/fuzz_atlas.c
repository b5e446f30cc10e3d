/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "network/build.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    fuzz_files files;
    kn__chain_raw *raw;
    kn_network *net = NULL;
    fuzz_split(&files, data, size);
    kn_status status = kn__read_atlas_bytes(&raw, ctx, files.name, files.bytes,
                                            files.length, files.count);
    if (status >= 0)
        status = kn__network_from_chain(&net, ctx, raw);
    kn_network_free(net);
    kn__chain_raw_free(raw);
    fuzz_finish(ctx, status);
    return 0;
}
