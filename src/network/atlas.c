/* SPDX-License-Identifier: Apache-2.0 */
#include "kaname/read.h"
#include "network/build.h"

/* The files of data/atlas as the build turns them into arrays. */
#define ATLAS_FILES(X)                                                                   \
    X(blocs)                                                                             \
    X(demand)                                                                            \
    X(economies)                                                                         \
    X(equipment)                                                                         \
    X(industries)                                                                        \
    X(links)                                                                             \
    X(products)                                                                          \
    X(recipes)                                                                           \
    X(sources)                                                                           \
    X(stocks)                                                                            \
    X(supply)

#define DECLARE(file)                                                                    \
    extern const unsigned char kn__atlas_##file##_csv[];                                 \
    extern const unsigned long kn__atlas_##file##_csv_size;
ATLAS_FILES(DECLARE)

kn_status kn_network_atlas(kn_network **network, kn_context *context)
{
#define NAME(file) #file ".csv",
#define BYTES(file) (const char *)kn__atlas_##file##_csv,
#define SIZE(file) kn__atlas_##file##_csv_size,
    const char *const names[] = {ATLAS_FILES(NAME)};
    const char *const files[] = {ATLAS_FILES(BYTES)};
    const size_t sizes[] = {ATLAS_FILES(SIZE)};
    kn__chain_raw *raw;
    *network = NULL;
    KN__TRY(kn__read_atlas_bytes(&raw, context, names, files, sizes,
                                 sizeof names / sizeof *names));
    kn_status status = kn__network_from_chain(network, context, raw);
    kn__chain_raw_free(raw);
    return status;
}
