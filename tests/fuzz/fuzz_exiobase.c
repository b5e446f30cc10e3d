/* SPDX-License-Identifier: Apache-2.0 */
#include "fuzz/fuzz_io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    return fuzz_io(data, size, kn__exiobase_fill);
}
