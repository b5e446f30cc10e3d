/* SPDX-License-Identifier: Apache-2.0 */
#include "study/retaliate.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"

typedef struct answer {
    const kn__yaml_file *file;
    const kn__yaml *node;
    const kn__measure *tariff;
    const kn_network *net;
    kn_ids by, products;
    double rate;         /* of `rate`, or of the tariff itself */
    double proportional; /* NaN: the rate is given */
} answer;

/* A number or a percentage from 0 to 100. */
static kn_status read_share(double *value, const kn__yaml_file *file, const kn__yaml *map,
                            const char *key)
{
    const char *text;
    KN__TRY(kn__yaml_text(&text, file, map, key));
    size_t digits = strcspn(text, " %");
    const char *unit = text + digits + strspn(text + digits, " ");
    bool percent = !strcmp(unit, "%");
    if (!kn__parse_number(text, digits, value) || (*unit && !percent) || *value < 0 ||
        *value > 100)
        return kn__yaml_fail(file, kn__yaml_get(map, key), KN_ERR_DATA,
                             "%s is \"%.40s\"; expected a share from 0 to 100", key,
                             text);
    if (percent)
        *value /= 100;
    return KN_OK;
}

static kn_status read_answer(answer *a)
{
    static const char *const keys[] = {"rate", "proportional", "product", "by"};
    const kn__yaml_file *file = a->file;
    const kn__yaml *node = a->node;
    if (node->kind == KN__YAML_SCALAR && !strcmp(node->text, "in-kind"))
        return KN_OK;
    if (node->kind != KN__YAML_MAP)
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "retaliate is in-kind, or a map with rate or proportional");
    KN__TRY(kn__yaml_only(file, node, "retaliate", keys, 4));
    bool rate = kn__yaml_get(node, "rate") != NULL;
    if (rate == (kn__yaml_get(node, "proportional") != NULL))
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "retaliate needs \"rate\" or \"proportional\", one of them");
    if (!rate && a->tariff->set)
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "a proportional answer needs a tariff with \"rate\": with "
                             "\"set\" the duty that is added is not known");
    const kn__yaml *products = kn__yaml_get(node, "product");
    const kn__yaml *by = kn__yaml_get(node, "by");
    if (products)
        KN__TRY(kn__yaml_products(&a->products, file, products, a->net));
    if (by)
        KN__TRY(kn__yaml_economies(&a->by, file, by, a->net));
    return rate ? read_share(&a->rate, file, node, "rate")
                : read_share(&a->proportional, file, node, "proportional");
}

/* What `buyers` buy of `products` from `sellers`, MUSD a year, trade at home left out. */
static double trade(const kn__pools *pools, kn_ids products, kn_ids sellers,
                    kn_ids buyers)
{
    int64_t E = pools->economies;
    double sum = 0;
    for (int32_t p = 0; p < products.count; p++)
        for (int32_t s = 0; s < sellers.count; s++)
            for (int32_t b = 0; b < buyers.count; b++)
                if (sellers.id[s] != buyers.id[b])
                    sum += pools->flow[(products.id[p] * E + sellers.id[s]) * E +
                                       buyers.id[b]];
    return sum;
}

/* One answer for each economy that charges the tariff. */
static kn_status make_answers(const answer *a, const kn__pools *pools,
                              kn__measure *answers, int32_t *count)
{
    const kn__measure *t = a->tariff;
    for (int32_t k = 0; k < t->to.count; k++) {
        kn_ids target = {&t->to.id[k], 1};
        double rate = a->rate;
        if (!isnan(a->proportional)) {
            double hit = trade(pools, a->products, target, a->by);
            double duty = t->value * trade(pools, t->products, t->from, target);
            if (!(hit > 0) && duty > 0)
                return kn__yaml_fail(
                    a->file, a->node, KN_ERR_DATA,
                    "nothing of these products is bought from %s, so that no tariff on "
                    "them can answer",
                    a->net->economies[target.id[0]].code);
            rate = hit > 0 ? a->proportional * duty / hit : 0;
        }
        answers[*count] = *t;
        answers[*count].from = target;
        answers[*count].to = a->by;
        answers[*count].products = a->products;
        answers[*count].value = rate;
        ++*count;
    }
    return KN_OK;
}

kn_status kn__retaliation_read(kn__measure **answers, int32_t *count,
                               const kn__yaml_file *file, const kn__yaml *map,
                               const kn__measure *tariff, const kn_network *net)
{
    answer a = {.file = file,
                .node = kn__yaml_get(map, "retaliate"),
                .tariff = tariff,
                .net = net,
                .by = tariff->from,
                .products = tariff->products,
                .rate = tariff->value,
                .proportional = NAN};
    kn__arena *scratch;
    kn__pools pools;
    *answers = NULL;
    *count = 0;
    if (!a.node)
        return KN_OK;
    KN__TRY(read_answer(&a));
    *answers = KN__ARRAY(file->arena, file->ctx, tariff->to.count, kn__measure);
    if (!*answers)
        return KN_ERR_MEMORY;
    KN__TRY(kn__arena_new(&scratch, file->ctx));
    kn_status status = kn__pools_new(&pools, file->ctx, scratch, net);
    if (status >= 0)
        status = make_answers(&a, &pools, *answers, count);
    kn__arena_free(scratch);
    return status;
}
