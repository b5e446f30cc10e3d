/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "network/network.h"
#include "report/write.h"

static int by_code(const void *a, const void *b)
{
    return strcmp(((const kn__label *)a)->code, ((const kn__label *)b)->code);
}

kn_status kn__labels_new(kn__labels *labels, kn_context *ctx, kn__arena *arena,
                         const kn_network *network)
{
    *labels = (kn__labels){.network = network};
    if (!network)
        return KN_OK;
    int32_t e = network->economy_count, p = network->product_count;
    labels->economies = KN__ARRAY(arena, ctx, e, kn__label);
    labels->products = KN__ARRAY(arena, ctx, p, kn__label);
    if (!labels->economies || !labels->products)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < e; i++)
        labels->economies[i] = (kn__label){network->economies[i].code, i};
    for (int32_t i = 0; i < p; i++)
        labels->products[i] = (kn__label){network->products[i].id, i};
    qsort(labels->economies, (size_t)e, sizeof(kn__label), by_code);
    qsort(labels->products, (size_t)p, sizeof(kn__label), by_code);
    labels->economy_count = e;
    labels->product_count = p;
    return KN_OK;
}

static int32_t look(const kn__label *labels, int32_t count, const char *code)
{
    kn__label key = {code, 0};
    const kn__label *found =
        count ? bsearch(&key, labels, (size_t)count, sizeof *labels, by_code) : NULL;
    return found ? found->id : -1;
}

int32_t kn__labels_economy(const kn__labels *labels, const char *code)
{
    return look(labels->economies, labels->economy_count, code);
}

int32_t kn__labels_product(const kn__labels *labels, const char *id)
{
    return look(labels->products, labels->product_count, id);
}

char kn__labels_kind(const char *column)
{
    static const char *const economies[] = {"economy",  "holder",  "victim", "of",
                                            "partner",  "from",    "to",     "buyer",
                                            "importer", "exporter"};
    static const char *const products[] = {"product",  "input", "tool",
                                           "industry", "cause", "largest"};
    for (size_t i = 0; i < sizeof economies / sizeof *economies; i++)
        if (kn__text_equal(column, economies[i]))
            return 'e';
    for (size_t i = 0; i < sizeof products / sizeof *products; i++)
        if (kn__text_equal(column, products[i]))
            return 'p';
    return 0;
}

const char *kn__labels_name(const kn__labels *labels, char kind, const char *code,
                            kn_lang lang)
{
    int32_t id = kind == 'e'   ? kn__labels_economy(labels, code)
                 : kind == 'p' ? kn__labels_product(labels, code)
                               : -1;
    if (id < 0)
        return "";
    const char *const *name = kind == 'e' ? labels->network->economies[id].name
                                          : labels->network->products[id].name;
    return name[lang][0] ? name[lang] : name[KN_LANG_EN];
}
