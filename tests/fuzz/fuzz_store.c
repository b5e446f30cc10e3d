/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "kaname/store.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    char path[64];
    int fd = fuzz_open(path, data, size);
    kn_network *net;
    kn_status status = kn_network_load(&net, ctx, path);
    kn_network_free(net);
    close(fd);
    fuzz_finish(ctx, status);
    return 0;
}
