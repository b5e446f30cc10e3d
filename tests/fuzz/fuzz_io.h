/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_FUZZ_IO_H
#define KN_TESTS_FUZZ_IO_H

#include "fuzz/fuzz.h"

#include "network/build.h"
#include "read/io_format.h"

/* Files cut at "=== NAME", or one file (also a zip), through a reader of input-output
   tables and the builder. */
static inline int fuzz_io(const uint8_t *data, size_t size, kn__io_fill fill)
{
    fuzz_files files;
    fuzz_split(&files, data, size);
    if (files.count == 0) {
        files.count = 1;
        files.name[0] = "table_2019.csv";
        files.bytes[0] = (const char *)data;
        files.length[0] = size;
    }
    kn_context *ctx = fuzz_context();
    kn__io_raw *raw;
    kn_network *net = NULL;
    kn_status status = kn__io_read_memory(&raw, ctx, files.name, files.bytes,
                                          files.length, files.count, fill);
    if (status >= 0)
        status = kn__network_from_io(&net, ctx, raw);
    kn_network_free(net);
    kn__io_raw_free(ctx, raw);
    fuzz_finish(ctx, status);
    return 0;
}

#endif
