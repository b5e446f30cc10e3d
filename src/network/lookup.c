/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "network/build.h"

/* ---- Sorted labels ---- */

typedef struct labelled {
    const char *label;
    int32_t id;
} labelled;

static int by_label(const void *a, const void *b)
{
    return strcmp(((const labelled *)a)->label, ((const labelled *)b)->label);
}

static kn_status sort_labels(int32_t **order, kn_context *ctx, kn_network *net,
                             labelled *room, int32_t count, const char *what)
{
    *order = KN__ARRAY(net->arena, ctx, count, int32_t);
    if (!*order)
        return KN_ERR_MEMORY;
    if (count)
        qsort(room, (size_t)count, sizeof *room, by_label);
    for (int32_t k = 0; k < count; k++) {
        if (k && strcmp(room[k - 1].label, room[k].label) == 0)
            return kn__fail(ctx, KN_ERR_DATA, "network %s: %s %s stands twice", net->name,
                            what, room[k].label);
        (*order)[k] = room[k].id;
    }
    return KN_OK;
}

kn_status kn__network_index(kn_network *net, kn_context *ctx)
{
    int32_t most =
        net->economy_count > net->product_count ? net->economy_count : net->product_count;
    labelled *room = kn__alloc(ctx, most, sizeof *room);
    if (!room)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < net->economy_count; e++)
        room[e] = (labelled){net->economies[e].code, e};
    kn_status status =
        sort_labels(&net->economy_order, ctx, net, room, net->economy_count, "economy");
    for (int32_t p = 0; p < net->product_count; p++)
        room[p] = (labelled){net->products[p].id, p};
    if (status == KN_OK)
        status = sort_labels(&net->product_order, ctx, net, room, net->product_count,
                             "product");
    kn__release(ctx, room);
    return status;
}

int32_t kn__network_economy(const kn_network *net, const char *code)
{
    for (int32_t low = 0, high = net->economy_count - 1; low <= high;) {
        int32_t middle = low + (high - low) / 2, id = net->economy_order[middle];
        int order = strcmp(code, net->economies[id].code);
        if (order == 0)
            return id;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

int32_t kn__network_product(const kn_network *net, const char *id)
{
    for (int32_t low = 0, high = net->product_count - 1; low <= high;) {
        int32_t middle = low + (high - low) / 2, at = net->product_order[middle];
        int order = strcmp(id, net->products[at].id);
        if (order == 0)
            return at;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

/* ---- What is not there ---- */

static kn_status not_found(kn_context *ctx, const kn_network *net, const char *word,
                           bool product, bool blocs)
{
    int32_t own = product ? net->product_count : net->economy_count, count = own;
    if (blocs)
        count += net->bloc_count;
    const char **labels = kn__alloc(ctx, count, sizeof *labels);
    if (!labels)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < own; k++)
        labels[k] = product ? net->products[k].id : net->economies[k].code;
    for (int32_t k = own; k < count; k++)
        labels[k] = net->blocs[k - own].name;
    kn__text hint;
    kn__text_init(&hint, ctx, 0);
    kn__text_nearest(&hint, word, labels, count);
    kn_status status = kn__text_status(&hint);
    if (status == KN_OK)
        status = kn__fail(ctx, KN_ERR_NOT_FOUND, "no %s \"%.80s\" in network %s%s%s",
                          product ? "product"
                          : blocs ? "economy or bloc"
                                  : "economy",
                          word, net->name, hint.length ? "; " : "",
                          hint.length ? hint.data : "");
    kn__text_release(&hint);
    kn__release(ctx, labels);
    return status;
}

kn_status kn_network_find_economy(int32_t *id, kn_context *context,
                                  const kn_network *network, const char *code)
{
    *id = kn__network_economy(network, code);
    return *id >= 0 ? KN_OK : not_found(context, network, code, false, false);
}

kn_status kn_network_find_product(int32_t *id, kn_context *context,
                                  const kn_network *network, const char *product)
{
    *id = kn__network_product(network, product);
    return *id >= 0 ? KN_OK : not_found(context, network, product, true, false);
}

/* ---- Lists ---- */

/* Marks what one word of a list means; false when nothing has that name. */
typedef bool (*marker)(const kn_network *net, const char *word, unsigned char *mark);

static bool mark_economies(const kn_network *net, const char *word, unsigned char *mark)
{
    int32_t id = kn__network_economy(net, word);
    if (id >= 0) {
        mark[id] = 1;
        return true;
    }
    if (strcmp(word, "*") == 0) {
        for (int32_t e = 0; e < net->economy_count; e++)
            mark[e] |= e != net->zzu;
        return true;
    }
    for (int32_t b = 0; b < net->bloc_count; b++) {
        const kn_ids *members = &net->blocs[b].members;
        if (strcmp(net->blocs[b].name, word) != 0)
            continue;
        for (int32_t k = 0; k < members->count; k++)
            mark[members->id[k]] = 1;
        return true;
    }
    return false;
}

static bool mark_products(const kn_network *net, const char *word, unsigned char *mark)
{
    int32_t id = kn__network_product(net, word);
    bool all = id < 0 && strcmp(word, "*") == 0;
    for (int32_t p = 0; p < net->product_count; p++)
        mark[p] |= all || p == id || (id >= 0 && net->products[p].industry == id);
    return all || id >= 0;
}

/* Walks over the words of "A, B"; each is cut in place. */
static kn_status mark_list(kn_context *ctx, const kn_network *net, char *list,
                           bool product, unsigned char *mark)
{
    marker one = product ? mark_products : mark_economies;
    for (char *word = list; word;) {
        char *comma = strchr(word, ','), *next = comma ? comma + 1 : NULL;
        if (comma)
            *comma = '\0';
        word += strspn(word, " ");
        for (size_t n = strlen(word); n && word[n - 1] == ' ';)
            word[--n] = '\0';
        if (!*word)
            return kn__fail(ctx, KN_ERR_USAGE, "an empty name in a list of %s",
                            product ? "products" : "economies");
        if (!one(net, word, mark))
            return not_found(ctx, net, word, product, !product);
        word = next;
    }
    return KN_OK;
}

static kn_status collect(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                         const unsigned char *mark, int32_t count)
{
    int32_t *id = KN__ARRAY(arena, ctx, count, int32_t), found = 0;
    if (!id)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < count; k++)
        if (mark[k])
            id[found++] = k;
    *ids = (kn_ids){id, found};
    return KN_OK;
}

static kn_status resolve(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                         const kn_network *net, const char *list, bool product)
{
    int32_t count = product ? net->product_count : net->economy_count;
    *ids = (kn_ids){NULL, 0};
    unsigned char *mark = kn__alloc(ctx, count, 1);
    size_t length = strlen(list) + 1;
    char *copy = kn__alloc(ctx, (int64_t)length, 1);
    kn_status status = mark && copy ? KN_OK : KN_ERR_MEMORY;
    if (status == KN_OK) {
        memcpy(copy, list, length);
        status = mark_list(ctx, net, copy, product, mark);
    }
    if (status == KN_OK)
        status = collect(ids, ctx, arena, mark, count);
    kn__release(ctx, mark);
    kn__release(ctx, copy);
    return status;
}

kn_status kn__network_resolve_economies(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                                        const kn_network *net, const char *list)
{
    return resolve(ids, ctx, arena, net, list, false);
}

kn_status kn__network_resolve_products(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                                       const kn_network *net, const char *list)
{
    return resolve(ids, ctx, arena, net, list, true);
}
