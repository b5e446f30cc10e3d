/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_MINI_H
#define KN_TESTS_MINI_H

/* The small made-up atlas of tests/data/atlas-mini in memory, so that a test can change
   one file before it is read. */
#include <string.h>

#include "network/build.h"
#include "support.h"

enum { MINI_FILES = 11 };

typedef struct mini {
    const char *name[MINI_FILES];
    char *bytes[MINI_FILES];
    size_t length[MINI_FILES];
} mini;

static inline mini mini_load(void)
{
    mini m = {.name = {"blocs.csv", "demand.csv", "economies.csv", "equipment.csv",
                       "industries.csv", "links.csv", "products.csv", "recipes.csv",
                       "sources.csv", "stocks.csv", "supply.csv"}};
    for (int k = 0; k < MINI_FILES; k++) {
        char path[256];
        snprintf(path, sizeof path, "tests/data/atlas-mini/%s", m.name[k]);
        FILE *f = fopen(path, "rb");
        assert_non_null(f);
        m.bytes[k] = calloc(1, 65536);
        assert_non_null(m.bytes[k]);
        m.length[k] = fread(m.bytes[k], 1, 65535, f);
        fclose(f);
    }
    return m;
}

static inline void mini_free(mini *m)
{
    for (int k = 0; k < MINI_FILES; k++)
        free(m->bytes[k]);
}

/* Replaces the first `from` in a file by `to`; it must be there. */
static inline void mini_edit(mini *m, const char *file, const char *from, const char *to)
{
    for (int k = 0; k < MINI_FILES; k++) {
        if (strcmp(m->name[k], file) != 0)
            continue;
        char *at = strstr(m->bytes[k], from);
        if (!at)
            fail_msg("%s has no \"%s\"", file, from);
        size_t cut = strlen(from), add = strlen(to);
        memmove(at + add, at + cut, strlen(at + cut) + 1);
        memcpy(at, to, add);
        m->length[k] = m->length[k] + add - cut;
    }
}

static inline kn_status mini_network(kn_network **net, kn_context *ctx, const mini *m)
{
    kn__chain_raw *raw;
    *net = NULL;
    KN__TRY(kn__read_atlas_bytes(&raw, ctx, m->name, (const char *const *)m->bytes,
                                 m->length, MINI_FILES));
    kn_status status = kn__network_from_chain(net, ctx, raw);
    kn__chain_raw_free(raw);
    return status;
}

/* The network of the files as they are. */
static inline kn_network *mini_make(kn_context *ctx)
{
    mini m = mini_load();
    kn_network *net;
    kn_status status = mini_network(&net, ctx, &m);
    if (status < 0)
        fail_msg("%s", kn_context_error(ctx));
    mini_free(&m);
    return net;
}

#endif
