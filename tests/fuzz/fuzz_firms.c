/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "network/build.h"
#include "read/flows_raw.h"

/* Files of the input: edges, nodes, classes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    kn__csv *csv[3] = {NULL, NULL, NULL};
    kn__firms_raw *raw = NULL;
    kn_network *net = NULL;
    fuzz_files files;
    kn_status status = KN_OK;
    fuzz_split(&files, data, size);
    int32_t count = files.count > 3 ? 3 : files.count;
    for (int32_t k = 0; k < count && status >= 0; k++)
        status = kn__csv_open_bytes(&csv[k], ctx, files.name[k], files.bytes[k],
                                    files.length[k]);
    if (count && status >= 0)
        status = kn__read_firms_csv(&raw, ctx, csv, count);
    if (raw)
        status = kn__network_from_firms(&net, ctx, raw);
    kn_network_free(net);
    kn__firms_raw_free(raw);
    for (int k = 0; k < 3; k++)
        kn__csv_close(csv[k]);
    fuzz_finish(ctx, status);
    return 0;
}
