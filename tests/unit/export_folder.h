/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_EXPORT_FOLDER_H
#define KN_TESTS_EXPORT_FOLDER_H

/* What the tests of exports share: a small table, a folder of their own, looking into
   files. */
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <zip.h>

#include "kaname/store.h"
#include "network/build.h"

/* Two economies, two industries; numbers that need all their digits. */
static const char TABLE[] =
    "row,JPN_c1,JPN_c14,KOR_c1,KOR_c14,JPN_F1,KOR_F5,output\n"
    "JPN_c1,0.1,2.3333333333333335,3,4.7,5,-0.30000000000000004,14.833333333333332\n"
    "JPN_c14,0,1e-7,0,2,3,4,9.0000001\n"
    "KOR_c1,5,0,1,0,2,2,10\n"
    "KOR_c14,0,0,0,0,0,0,0\n";

static inline kn_network *small(kn_context *ctx)
{
    kn__io_raw *raw;
    kn_network *net;
    assert_int_equal(
        kn__read_wiod_bytes(&raw, ctx, "wiot_2011.csv", TABLE, strlen(TABLE)), KN_OK);
    assert_int_equal(kn__network_from_io(&net, ctx, raw), KN_OK);
    kn__io_raw_free(ctx, raw);
    return net;
}

/* ---- A folder of our own ---- */

static char folder[64];

static inline int make_folder(void **state)
{
    strcpy(folder, "/tmp/kaname-export-XXXXXX");
    return mkdtemp(folder) ? context_setup(state) : -1;
}

static inline int remove_folder(void **state)
{
    char command[128];
    snprintf(command, sizeof command, "rm -rf %s", folder);
    int removed = system(command);
    return context_teardown(state) + removed;
}

static inline char *at(const char *name)
{
    static char path[2][256];
    static int turn;
    turn = !turn;
    snprintf(path[turn], sizeof path[turn], "%s/%s", folder, name);
    return path[turn];
}

static inline char *content(const char *name, size_t *length)
{
    FILE *file = fopen(at(name), "rb");
    assert_non_null(file);
    fseek(file, 0, SEEK_END);
    size_t size = (size_t)ftell(file);
    rewind(file);
    char *text = malloc(size + 1);
    assert_non_null(text);
    assert_int_equal(fread(text, 1, size, file), size);
    fclose(file);
    text[size] = '\0';
    if (length)
        *length = size;
    return text;
}

static inline void holds(const char *name, const char *expected)
{
    char *text = content(name, NULL);
    if (strcmp(text, expected) != 0)
        fail_msg("%s is\n%s\nand not\n%s", name, text, expected);
    free(text);
}

static inline kn_export_options options_for(kn_export_format format)
{
    static const char *const command[] = {"kaname", "export", "a \"b\""};
    kn_export_options options = KN_EXPORT_OPTIONS_INIT;
    options.format = format;
    options.command = command;
    options.command_count = 3;
    return options;
}

static inline void export_to(kn_context *ctx, const kn_network *net,
                             kn_export_format format, const char *name)
{
    kn_export_options options = options_for(format);
    kn_status status = kn_network_export(ctx, net, at(name), &options);
    if (status != KN_OK)
        fail_msg("%s", kn_context_error(ctx));
}

static inline char *zipped(const char *name, const char *part)
{
    int error;
    zip_stat_t about;
    zip_t *zip = zip_open(at(name), ZIP_RDONLY, &error);
    assert_non_null(zip);
    assert_int_equal(zip_stat(zip, part, 0, &about), 0);
    char *text = malloc(about.size + 1);
    zip_file_t *file = zip_fopen(zip, part, 0);
    assert_true(text && file);
    assert_int_equal(zip_fread(file, text, about.size), about.size);
    text[about.size] = '\0';
    zip_fclose(file);
    zip_discard(zip);
    return text;
}

static inline void contains(const char *text, const char *part)
{
    if (!strstr(text, part))
        fail_msg("\"%s\" is not in\n%s", part, text);
}

#endif
