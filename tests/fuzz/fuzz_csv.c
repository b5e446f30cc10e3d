/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz.h"

#include "read/csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    kn__csv *csv;
    kn_status status = kn__csv_open_bytes(&csv, ctx, "fuzz.csv", data, size);
    const kn__field *f;
    int32_t count = 1;
    while (status == KN_OK && count) {
        status = kn__csv_next(csv, &f, &count);
        for (int32_t i = 0; i < count && status == KN_OK; i++) {
            double value;
            if (strlen(f[i].text) != (size_t)f[i].length || f[i].column < 1)
                abort();
            kn__csv_number(csv, &f[i], true, &value);
            kn_context_clear(ctx);
        }
    }
    kn__csv_close(csv);
    fuzz_finish(ctx, status);
    return 0;
}
