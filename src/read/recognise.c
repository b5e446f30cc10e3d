/* SPDX-License-Identifier: Apache-2.0 */
#include "read/recognise.h"

#include <string.h>

#include "kernel/text.h"
#include "read/flows_raw.h"
#include "read/io_format.h"

/* Files of a folder that tell its format; the first that are all there win. */
static const struct {
    const char *format, *files[3];
} folders[] = {
    {"atlas", {"products.csv", "supply.csv", "recipes.csv"}},
    {"eto", {"inputs.csv", "sequence.csv", "provision.csv"}},
    {"eora26", {"labels_T.txt", "labels_FD.txt", NULL}},
    {"pymrio", {"Z.txt", "Y.txt", NULL}},
    {"pymrio", {"A.txt", "Y.txt", "x.txt"}},
    {"pymrio", {"Z.csv", "Y.csv", NULL}},
    {"bea", {"cxc_total_requirements.csv", NULL, NULL}},
};

/* Columns of a header that tell the format of one csv. */
static const struct {
    const char *format, *columns[3];
} headers[] = {
    {"wiod", {"row", "output", NULL}},
    {"figaro", {"rowLabels", NULL, NULL}},
    {"figaro", {"refArea", "counterpartArea", "obsValue"}},
    {"bea", {"bea_code", NULL, NULL}},
    {"baci", {"i", "j", "v"}},
    {"baci", {"i", "j", "cmd"}},
    {"comtrade", {"Trade Value (US$)", "Trade Flow", NULL}},
    {"comtrade", {"primaryValue", "flowCode", NULL}},
    {"usgs", {"MCS chapter", "Statistics_detail", NULL}},
    {"usgs", {"commodity", "statistic", "value_raw"}},
    {"usgs", {"COMMODITY", "COUNTRY", "UNIT_MEAS"}},
    {"usgs", {"Commodity", "Statistics", "Statistics_detail"}},
    {"firms", {"supplier", "buyer", "weight"}},
};

static bool has_column(const kn__field *f, int32_t count, const char *name)
{
    const char *names[] = {name, NULL};
    return kn__column_of(f, count, names) >= 0;
}

/* Some column is ECONOMY_HFCE or so, as only ICIO writes. */
static bool looks_like_icio(const kn__field *f, int32_t count)
{
    for (int32_t c = 1; c < count; c++)
        if (f[c].length > 5 && f[c].text[3] == '_' &&
            (strcmp(f[c].text + 4, "HFCE") == 0 || strcmp(f[c].text + 4, "GFCF") == 0))
            return true;
    return false;
}

static const char *format_of_header(const kn__field *f, int32_t count)
{
    for (size_t k = 0; k < sizeof headers / sizeof *headers; k++) {
        bool all = true;
        for (int c = 0; c < 3 && headers[k].columns[c]; c++)
            all = all && has_column(f, count, headers[k].columns[c]);
        if (all)
            return headers[k].format;
    }
    return looks_like_icio(f, count) ? "icio" : NULL;
}

static const char *format_of_folder(const kn__folder *folder)
{
    for (size_t k = 0; k < sizeof folders / sizeof *folders; k++) {
        bool all = true;
        for (int c = 0; c < 3 && folders[k].files[c]; c++)
            all = all && kn__folder_find(folder, folders[k].files[c]) >= 0;
        if (!all)
            continue;
        bool exiobase = strstr(kn__folder_path(folder), "IOT_") ||
                        strstr(kn__folder_path(folder), "exiobase") ||
                        strstr(kn__folder_name(folder, 0), "IOT_");
        return strcmp(folders[k].format, "pymrio") == 0 && exiobase ? "exiobase"
                                                                    : folders[k].format;
    }
    return NULL;
}

/* Reads a csv to its end; what is wrong in it is the reader's business. */
static kn_status read_csv(const char **format, const char **encoding, kn_context *ctx,
                          kn__csv *csv)
{
    const kn__field *f;
    int32_t count;
    kn_status status = kn__csv_next(csv, &f, &count);
    if (status >= 0)
        *format = format_of_header(f, count);
    if (status >= 0 && *format && strcmp(*format, "usgs") == 0)
        kn__csv_fallback(csv, "CP1252");
    while (status >= 0 && count)
        status = kn__csv_next(csv, &f, &count);
    if (status >= 0)
        *encoding = kn__csv_encoding(csv);
    if (status != KN_ERR_DATA && status != KN_ERR_LIMIT)
        return status;
    kn_context_clear(ctx);
    return KN_OK;
}

static kn_status is_kaname_file(bool *yes, kn_context *ctx, kn__folder *folder)
{
    kn__bytes *bytes;
    char head[16] = "";
    size_t got = 0;
    KN__TRY(kn__folder_bytes(&bytes, ctx, folder, 0));
    kn_status status = kn__bytes_read(bytes, head, sizeof head, &got);
    kn__bytes_close(bytes);
    *yes = got == sizeof head && memcmp(head, "SQLite format 3", 16) == 0;
    return status;
}

static kn_status recognise(const char **format, const char **encoding, kn_context *ctx,
                           kn__folder *folder)
{
    kn__csv *csv;
    bool kaname = false;
    if (kn__folder_count(folder) > 1)
        *format = format_of_folder(folder);
    if (*format || kn__folder_count(folder) != 1)
        return KN_OK;
    KN__TRY(is_kaname_file(&kaname, ctx, folder));
    if (kaname) {
        *format = "kaname";
        return KN_OK;
    }
    kn_status status = kn__folder_csv(&csv, ctx, folder, 0);
    if (status == KN_ERR_DATA) {
        kn_context_clear(ctx);
        return KN_OK;
    }
    if (status >= 0)
        status = read_csv(format, encoding, ctx, csv);
    kn__csv_close(csv);
    return status;
}

kn_status kn__recognise(const char **format, const char **encoding, kn_context *ctx,
                        const char *path)
{
    kn__folder *folder;
    *format = NULL;
    *encoding = "";
    KN__TRY(kn__folder_open(&folder, ctx, path));
    kn_status status = recognise(format, encoding, ctx, folder);
    kn__folder_close(folder);
    return status;
}
