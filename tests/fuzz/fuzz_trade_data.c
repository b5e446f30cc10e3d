/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "network/build.h"
#include "read/flows_raw.h"

/* The first byte picks the format; a second file of the input is BACI's country codes. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    kn__csv *csv[2] = {NULL, NULL};
    kn__flows_raw *raw = NULL;
    kn_network *net = NULL;
    fuzz_files files;
    bool comtrade = size && data[0] == 'C';
    size_t skip = size && (data[0] == 'C' || data[0] == 'B');
    kn_status status = KN_OK;
    fuzz_split(&files, data + skip, size - skip);
    int32_t count = files.count > 2 ? 2 : files.count;
    for (int32_t k = 0; k < count && status >= 0; k++)
        status = kn__csv_open_bytes(&csv[k], ctx, "flows_2020.csv", files.bytes[k],
                                    files.length[k]);
    if (count && status >= 0)
        status = comtrade ? kn__read_comtrade_csv(&raw, ctx, csv, count, NULL)
                          : kn__read_baci_csv(&raw, ctx, csv[0], csv[1], NULL);
    if (raw)
        status = kn__network_from_flows(&net, ctx, raw);
    kn_network_free(net);
    kn__flows_raw_free(ctx, raw);
    kn__csv_close(csv[0]);
    kn__csv_close(csv[1]);
    fuzz_finish(ctx, status);
    return 0;
}
