/* SPDX-License-Identifier: Apache-2.0 */
#include "read/io_format.h"

#include <string.h>

#include "kernel/text.h"
#include "read/io_raw.h"

/* Takes the folder over. */
static kn_status read_folder(kn__io_raw **raw, kn_context *ctx, kn__folder *folder,
                             kn__io_fill fill)
{
    kn__io_raw *made;
    kn_status status = kn__io_raw_new(&made, ctx);
    if (status >= 0)
        status = fill(made, ctx, folder);
    kn__folder_close(folder);
    if (status < 0)
        kn__io_raw_free(ctx, made);
    else
        *raw = made;
    return status;
}

kn_status kn__io_read(kn__io_raw **raw, kn_context *ctx, const char *path,
                      kn__io_fill fill)
{
    kn__folder *folder;
    *raw = NULL;
    KN__TRY(kn__folder_open(&folder, ctx, path));
    return read_folder(raw, ctx, folder, fill);
}

kn_status kn__io_read_memory(kn__io_raw **raw, kn_context *ctx, const char *const *names,
                             const char *const *blocks, const size_t *lengths,
                             int32_t count, kn__io_fill fill)
{
    kn__folder *folder;
    *raw = NULL;
    KN__TRY(kn__folder_open_memory(&folder, ctx, names, blocks, lengths, count));
    return read_folder(raw, ctx, folder, fill);
}

static bool is_table(const char *name)
{
    static const char *const endings[] = {".csv", ".txt", ".csv.gz", ".tsv"};
    size_t n = strlen(name);
    for (int k = 0; k < 4; k++) {
        size_t m = strlen(endings[k]);
        if (n >= m && kn__text_equal_i(name + n - m, endings[k]) &&
            strncmp(name, "__MACOSX", 8) != 0)
            return true;
    }
    return false;
}

kn_status kn__folder_only_csv(kn__csv **csv, kn_context *ctx, kn__folder *folder)
{
    int32_t count = kn__folder_count(folder), found = -1;
    *csv = NULL;
    if (count == 1)
        found = 0;
    for (int32_t k = 0; k < count && count > 1; k++) {
        if (!is_table(kn__folder_name(folder, k)))
            continue;
        if (found >= 0)
            return kn__fail(ctx, KN_ERR_DATA,
                            "%s: more than one table (%s, %s); give the one to read",
                            kn__folder_path(folder), kn__folder_name(folder, found),
                            kn__folder_name(folder, k));
        found = k;
    }
    if (found < 0)
        return kn__fail(ctx, KN_ERR_NOT_FOUND, "%s: there is no csv in it",
                        kn__folder_path(folder));
    return kn__folder_csv(csv, ctx, folder, found);
}
