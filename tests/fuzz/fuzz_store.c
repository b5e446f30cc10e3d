/* SPDX-License-Identifier: Apache-2.0 */
/* A kaname file is too large and too regular to be found by chance: the input is a list
   of edits to a good one, or, when its first byte is odd, the file itself. */
#include "fuzz/fuzz.h"

#include "kaname/store.h"
#include "network/build.h"

int LLVMFuzzerInitialize(int *count, char ***words);

static const char TABLE[] = "row,JPN_c1,CHN_c1,JPN_F1,CHN_F1,output\n"
                            "JPN_c1,1,2,3,4,10\n"
                            "CHN_c1,5,6,7,8,26\n";

static uint8_t *good; /* written once, before the first input */
static size_t good_size;
static char folder[] = "/tmp/kaname-fuzz-XXXXXX", path[64];

/* SQLite follows links, so the file must have a real name. */
static void clean_up(void)
{
    remove(path);
    rmdir(folder);
}

int LLVMFuzzerInitialize(int *count, char ***words)
{
    (void)count;
    (void)words;
    kn_context *ctx = fuzz_context();
    kn__io_raw *raw;
    kn_network *net;
    if (!mkdtemp(folder))
        abort();
    snprintf(path, sizeof path, "%s/good.kaname", folder);
    if (kn__read_wiod_bytes(&raw, ctx, "wiot.csv", TABLE, sizeof TABLE - 1) < 0 ||
        kn__network_from_io(&net, ctx, raw) < 0 || kn_network_save(ctx, net, path) < 0)
        abort();
    kn__io_raw_free(ctx, raw);
    kn_network_free(net);
    kn_context_free(ctx);
    FILE *file = fopen(path, "rb");
    good = malloc(1 << 22);
    if (!file || !good)
        abort();
    good_size = fread(good, 1, 1 << 22, file);
    fclose(file);
    atexit(clean_up);
    return 0;
}

/* Edits of four bytes: where (three), what; the last one may cut the file. */
static size_t edit(uint8_t *file, const uint8_t *data, size_t size)
{
    for (size_t k = 1; k + 4 <= size; k += 4) {
        size_t at = data[k] | (size_t)data[k + 1] << 8 | (size_t)data[k + 2] << 16;
        file[at % good_size] = data[k + 3];
    }
    bool cut = size > 3 && data[0] & 2;
    return cut ? (data[1] | (size_t)data[2] << 8 | (size_t)data[3] << 16) % good_size
               : good_size;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    kn_context *ctx = fuzz_context();
    uint8_t *copy = malloc(good_size);
    bool edits = size && !(data[0] & 1);
    if (!copy)
        abort();
    memcpy(copy, good, good_size);
    size_t length = edits ? edit(copy, data, size) : size;
    FILE *file = fopen(path, "wb");
    if (!file || fwrite(edits ? copy : data, 1, length, file) != length)
        abort();
    fclose(file);
    kn_network *net;
    kn_status status = kn_network_load(&net, ctx, path);
    kn_network_free(net);
    free(copy);
    fuzz_finish(ctx, status);
    return 0;
}
