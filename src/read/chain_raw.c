/* SPDX-License-Identifier: Apache-2.0 */
#include "read/raw.h"

void kn__chain_raw_free(kn__chain_raw *raw)
{
    if (raw)
        kn__arena_free(raw->arena);
}

void kn__firms_raw_free(kn__firms_raw *raw)
{
    if (raw)
        kn__arena_free(raw->arena);
}
