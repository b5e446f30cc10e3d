/* SPDX-License-Identifier: Apache-2.0 */
#include "study/measure_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "kernel/text.h"

enum { LONGEST_DAYS = 36500, MOST_KEYS = 10 };

/* What a measure acts on, and so which labels it has. */
typedef enum acts_on {
    ON_TRADE,    /* from, to, product */
    ON_PLACE,    /* economy, product */
    ON_FIRM,     /* firm, to, product */
    ON_SCHEDULE, /* schedule, from, to, product */
    ON_ROUTE     /* passage, product */
} acts_on;

static const struct rule {
    const char *key; /* of its value; "" has none */
    acts_on on;
    double low, high;
    const char *unit;
} rules[KN__OP_COUNT] = {
    [KN__EXPORT_BAN] = {"", ON_TRADE, 0, 0, ""},
    [KN__EXPORT_QUOTA] = {"keep", ON_TRADE, 0, 1, "share"},
    [KN__EXPORT_LICENCE] = {"wait", ON_TRADE, 0, LONGEST_DAYS, "days"},
    [KN__TARIFF] = {"rate", ON_TRADE, -0.99, 100, "share"},
    [KN__TARIFF_SCHEDULE] = {"", ON_SCHEDULE, 0, 0, ""},
    [KN__TRADE_COST] = {"factor", ON_TRADE, 1, 1000, "factor"},
    [KN__CAPACITY_LOSS] = {"lose", ON_PLACE, 0, 1, "share"},
    [KN__CAPACITY_GAIN] = {"add", ON_PLACE, 0, 100, "share"},
    [KN__DEMAND_CHANGE] = {"change", ON_PLACE, -1, 100, "share"},
    [KN__STOCK_RELEASE] = {"days", ON_PLACE, 0, LONGEST_DAYS, "days"},
    [KN__ENTITY_DENIAL] = {"", ON_FIRM, 0, 0, ""},
    [KN__ROUTE_CLOSURE] = {"", ON_ROUTE, 0, 0, ""},
    [KN__OVERCAPACITY] = {"push", ON_PLACE, 0, 100, "share"},
};

const char *kn__measure_value(kn__op op, double *low, double *high)
{
    *low = rules[op].low;
    *high = rules[op].high;
    return rules[op].key;
}

/* ---- Scalars ---- */

static kn_status scalar(const kn__yaml **node, const kn__yaml_file *file,
                        const kn__yaml *map, const char *key, const char *what)
{
    *node = kn__yaml_get(map, key);
    if (*node && ((*node)->kind != KN__YAML_SCALAR || !*(*node)->text))
        return kn__yaml_fail(file, *node, KN_ERR_DATA, "%s needs %s", key, what);
    return KN_OK;
}

kn_status kn__yaml_text(const char **text, const kn__yaml_file *file, const kn__yaml *map,
                        const char *key)
{
    const kn__yaml *node;
    *text = "";
    KN__TRY(scalar(&node, file, map, key, "a text"));
    if (node)
        *text = node->text;
    return KN_OK;
}

kn_status kn__yaml_integer(int64_t *value, const kn__yaml_file *file, const kn__yaml *map,
                           const char *key, int64_t absent, int64_t low, int64_t high)
{
    const kn__yaml *node;
    *value = absent;
    KN__TRY(scalar(&node, file, map, key, "a whole number"));
    if (node && (!kn__parse_int(node->text, strlen(node->text), value) || *value < low ||
                 *value > high))
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "%s is \"%.80s\"; expected a whole number from %lld to %lld",
                             key, node->text, (long long)low, (long long)high);
    return KN_OK;
}

/* ---- Labels ---- */

typedef kn_status (*resolver)(kn_ids *ids, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const char *list);

/* Puts the place in front of what the network says about a label. */
static kn_status resolve_one(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                             const kn_network *net, resolver resolve)
{
    if (node->kind != KN__YAML_SCALAR || !*node->text)
        return kn__yaml_fail(file, node, KN_ERR_DATA, "expected a label");
    kn_status status = resolve(ids, file->ctx, file->arena, net, node->text);
    if (status >= 0 || status == KN_ERR_MEMORY)
        return status;
    char message[1024];
    snprintf(message, sizeof message, "%s", kn_context_error(file->ctx));
    kn_context_clear(file->ctx);
    return kn__yaml_fail(file, node, status, "%s", message);
}

/* One label or a list of labels → ids, ascending, each once. */
static kn_status resolve(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                         const kn_network *net, resolver one, int32_t universe)
{
    if (node->kind == KN__YAML_SCALAR)
        return resolve_one(ids, file, node, net, one);
    if (node->kind != KN__YAML_LIST || node->count == 0)
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "expected a label or a list of them");
    bool *in = KN__ARRAY(file->arena, file->ctx, universe, bool);
    int32_t *id = KN__ARRAY(file->arena, file->ctx, universe, int32_t);
    if (!in || !id)
        return KN_ERR_MEMORY;
    for (const kn__yaml *item = node->first; item; item = item->next) {
        kn_ids some = {NULL, 0};
        KN__TRY(resolve_one(&some, file, item, net, one));
        for (int32_t k = 0; k < some.count; k++)
            in[some.id[k]] = true;
    }
    *ids = (kn_ids){.id = id};
    for (int32_t k = 0; k < universe; k++)
        if (in[k])
            id[ids->count++] = k;
    return KN_OK;
}

kn_status kn__yaml_economies(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                             const kn_network *net)
{
    return resolve(ids, file, node, net, kn__network_resolve_economies,
                   net->economy_count);
}

kn_status kn__yaml_products(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                            const kn_network *net)
{
    return resolve(ids, file, node, net, kn__network_resolve_products,
                   net->product_count);
}

/* The labels under `key`; all where the key is absent and may be. */
static kn_status labels(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *map,
                        const char *key, bool required, const kn_network *net)
{
    bool product = !strcmp(key, "product");
    resolver one = product ? kn__network_resolve_products : kn__network_resolve_economies;
    int32_t universe = product ? net->product_count : net->economy_count;
    const kn__yaml *node = kn__yaml_get(map, key);
    if (!node && required)
        return kn__yaml_fail(file, map, KN_ERR_DATA, "this measure needs \"%s\"", key);
    if (!node)
        return one(ids, file->ctx, file->arena, net, "*");
    return resolve(ids, file, node, net, one, universe);
}

/* ---- The value ---- */

/* What an absolute amount is a share of, MUSD a year: the flows of a quota, the output of
   a place, the use of a place for a change of demand. */
static kn_status base_musd(double *base, const kn__measure *m, kn_context *ctx,
                           const kn_network *net)
{
    kn__arena *arena = NULL;
    kn__pools pools;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__pools_new(&pools, ctx, arena, net);
    *base = 0;
    for (int32_t p = 0; status >= 0 && p < m->products.count; p++)
        for (int32_t f = 0; f < m->from.count; f++) {
            int64_t at = (int64_t)m->products.id[p] * pools.economies;
            int32_t from = m->from.id[f];
            if (m->op == KN__EXPORT_QUOTA)
                for (int32_t t = 0; t < m->to.count; t++)
                    *base += pools.flow[(at + from) * pools.economies + m->to.id[t]];
            else if (m->op == KN__DEMAND_CHANGE)
                *base += pools.use[at + from];
            else
                *base += pools.output[at + from];
        }
    kn__arena_free(arena);
    return status;
}

/* A number, a percentage ("40 %"), or an amount with its unit ("500 MUSD"). */
static kn_status amount(double *value, kn__measure *m, const kn__yaml_file *file,
                        const kn__yaml *node, const kn_network *net)
{
    const struct rule *rule = &rules[m->op];
    bool share = !strcmp(rule->unit, "share");
    size_t digits =
        strcspn(node->text, " %ABCDFGHIJKLMNOPQRSTUVWXYZabcdfghijklmnopqrstuvwxyz");
    const char *unit = node->text + digits + strspn(node->text + digits, " ");
    if (!kn__parse_number(node->text, digits, value))
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "%s is \"%.80s\"; expected a number (%s)", node->key,
                             node->text, rule->unit);
    if (share && !strcmp(unit, "%")) {
        *value /= 100;
    } else if (share && m->op != KN__TARIFF && !strcmp(unit, "MUSD")) {
        double base;
        KN__TRY(base_musd(&base, m, file->ctx, net));
        if (!(base > 0))
            return kn__yaml_fail(file, node, KN_ERR_DATA,
                                 "%s is an amount, but there is nothing it is a share of",
                                 node->key);
        *value /= base;
    } else if (*unit && strcmp(unit, rule->unit) != 0) {
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "%s has the unit \"%.40s\"; expected %s%s", node->key, unit,
                             rule->unit, share ? ", % or MUSD a year" : "");
    }
    if (*value >= rule->low && *value <= rule->high)
        return KN_OK;
    return kn__yaml_fail(file, node, KN_ERR_DATA,
                         "%s is %.80s; expected %s from %g to %g%s", node->key,
                         node->text, rule->unit, rule->low, rule->high,
                         share && !*unit && *value > rule->high && m->op != KN__TARIFF
                             ? "; an absolute amount needs its unit, MUSD"
                             : "");
}

static kn_status read_value(kn__measure *m, const kn__yaml_file *file,
                            const kn__yaml *map, const kn_network *net)
{
    const struct rule *rule = &rules[m->op];
    if (!*rule->key)
        return KN_OK;
    const kn__yaml *node, *set = NULL;
    KN__TRY(scalar(&node, file, map, rule->key, "a number"));
    if (m->op == KN__TARIFF)
        KN__TRY(scalar(&set, file, map, "set", "a number"));
    if (node && set)
        return kn__yaml_fail(file, set, KN_ERR_DATA,
                             "give \"rate\" (added) or \"set\" (replaces), not both");
    m->set = set != NULL;
    if (!node && !set)
        return kn__yaml_fail(file, map, KN_ERR_DATA, "%s needs \"%s\"%s",
                             kn__op_name(m->op), rule->key,
                             m->op == KN__TARIFF ? " or \"set\"" : "");
    return amount(&m->value, m, file, node ? node : set, net);
}

/* Who is paid for the scarcity a quota makes: exporter (also when absent) or importer. */
static kn_status read_rent(kn__measure *m, const kn__yaml_file *file, const kn__yaml *map)
{
    const kn__yaml *node;
    KN__TRY(scalar(&node, file, map, "rent", "exporter or importer"));
    m->to_importer = node && !strcmp(node->text, "importer");
    if (!node || m->to_importer || !strcmp(node->text, "exporter"))
        return KN_OK;
    return kn__yaml_fail(file, node, KN_ERR_DATA,
                         "rent is \"%.80s\"; expected exporter or importer", node->text);
}

/* ---- Firms and passages ---- */

/* A short list is told whole where no name of it is near. */
static void add_known(kn__text *text, const char *const *names, int32_t count)
{
    enum { SHORT_LIST = 20 };
    kn__text_add(text, count ? "" : "the network has none");
    for (int32_t k = 0; k < count && count <= SHORT_LIST; k++)
        kn__text_addf(text, "%s%s", k ? ", " : "known are ", names[k]);
}

static kn_status unknown_name(const kn__yaml_file *file, const kn__yaml *node,
                              kn_status status, const char *what,
                              const char *const *names, int32_t count)
{
    kn__text near;
    kn__text_init(&near, file->ctx, 4096);
    kn__text_nearest(&near, node->text, names, count);
    if (!near.length)
        add_known(&near, names, count);
    kn__yaml_fail(file, node, status, "there is no %s \"%.80s\"%s%s", what, node->text,
                  near.length ? "; " : "", near.data);
    kn__text_release(&near);
    return status;
}

static kn_status find_firm(kn__measure *m, const kn__yaml_file *file,
                           const kn__yaml *node, const kn_network *net)
{
    const char **names =
        KN__ARRAY(file->arena, file->ctx, net->producer_count, const char *);
    int32_t *home = KN__ARRAY(file->arena, file->ctx, 1, int32_t);
    int32_t count = 0;
    if (!names || !home)
        return KN_ERR_MEMORY;
    for (int32_t i = 0; i < net->producer_count; i++) {
        const kn__producer *producer = &net->producers[i];
        if (kn__text_equal(producer->firm, node->text)) {
            home[0] = producer->economy;
            m->from = (kn_ids){.id = home, .count = 1};
            return KN_OK;
        }
        if (*producer->firm)
            names[count++] = producer->firm;
    }
    return unknown_name(file, node, KN_ERR_NOT_FOUND, "firm", names, count);
}

static kn_status find_schedule(const kn__yaml_file *file, const kn__yaml *node,
                               const kn_network *net)
{
    const char **names =
        KN__ARRAY(file->arena, file->ctx, net->tariff_count, const char *);
    if (!names)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->tariff_count; k++) {
        names[k] = net->tariffs[k].name;
        if (kn__text_equal(names[k], node->text))
            return KN_OK;
    }
    return unknown_name(file, node, KN_ERR_NOT_FOUND, "tariff schedule", names,
                        net->tariff_count);
}

static kn_status read_name(kn__measure *m, const kn__yaml_file *file, const kn__yaml *map,
                           const char *key, const kn_network *net)
{
    const kn__yaml *node;
    KN__TRY(scalar(&node, file, map, key, "a name"));
    if (!node)
        return kn__yaml_fail(file, map, KN_ERR_DATA, "%s needs \"%s\"",
                             kn__op_name(m->op), key);
    m->name = node->text;
    if (rules[m->op].on == ON_FIRM)
        return find_firm(m, file, node, net);
    if (rules[m->op].on == ON_SCHEDULE)
        return find_schedule(file, node, net);
    for (int32_t k = 0; k < kn__passage_count; k++)
        if (!strcmp(kn__passages[k], node->text))
            return KN_OK;
    return unknown_name(file, node, KN_ERR_NOT_FOUND, "passage", kn__passages,
                        kn__passage_count);
}

/* ---- The whole measure ---- */

static kn_status find_op(kn__op *op, const kn__yaml_file *file, const kn__yaml *map)
{
    const char *names[KN__OP_COUNT];
    const kn__yaml *node;
    KN__TRY(scalar(&node, file, map, "op", "the name of an operation"));
    if (!node)
        return kn__yaml_fail(file, map, KN_ERR_DATA, "a measure needs \"op\"");
    for (int32_t k = 0; k < KN__OP_COUNT; k++) {
        names[k] = kn__op_name((kn__op)k);
        if (!strcmp(names[k], node->text)) {
            *op = (kn__op)k;
            return KN_OK;
        }
    }
    return unknown_name(file, node, KN_ERR_DATA, "operation", names, KN__OP_COUNT);
}

bool kn__measure_has_slopes(kn__op op)
{
    return op == KN__EXPORT_BAN || op == KN__EXPORT_QUOTA || op == KN__CAPACITY_LOSS ||
           op == KN__CAPACITY_GAIN || op == KN__DEMAND_CHANGE;
}

static kn_status check_keys(const kn__measure *m, const kn__yaml_file *file,
                            const kn__yaml *map)
{
    static const char *const own[][5] = {
        [ON_TRADE] = {"from", "to", "product"},
        [ON_PLACE] = {"economy", "product"},
        [ON_FIRM] = {"firm", "to", "product"},
        [ON_SCHEDULE] = {"schedule", "from", "to", "product"},
        [ON_ROUTE] = {"passage", "product"}};
    const char *keys[MOST_KEYS] = {"op", "start", "days"};
    int32_t count = 3;
    for (int32_t k = 0; own[rules[m->op].on][k]; k++)
        keys[count++] = own[rules[m->op].on][k];
    if (*rules[m->op].key)
        keys[count++] = rules[m->op].key;
    if (m->op == KN__TARIFF) {
        keys[count++] = "set";
        keys[count++] = "retaliate";
    }
    if (kn__measure_has_slopes(m->op)) {
        keys[count++] = "ramp";
        keys[count++] = "recover";
    }
    if (m->op == KN__EXPORT_QUOTA)
        keys[count++] = "rent";
    return kn__yaml_only(file, map, kn__op_name(m->op), keys, count);
}

static kn_status read_labels(kn__measure *m, const kn__yaml_file *file,
                             const kn__yaml *map, const kn_network *net)
{
    acts_on on = rules[m->op].on;
    KN__TRY(labels(&m->to, file, map, "to", false, net));
    KN__TRY(labels(&m->products, file, map, "product", false, net));
    if (on == ON_FIRM)
        return read_name(m, file, map, "firm", net);
    if (on == ON_SCHEDULE) {
        KN__TRY(labels(&m->from, file, map, "from", false, net));
        return read_name(m, file, map, "schedule", net);
    }
    if (on == ON_ROUTE) {
        KN__TRY(labels(&m->from, file, map, "from", false, net));
        return read_name(m, file, map, "passage", net);
    }
    return labels(&m->from, file, map, on == ON_TRADE ? "from" : "economy", true, net);
}

kn_status kn__measure_read(kn__measure *m, const kn__yaml_file *file,
                           const kn__yaml *node, const kn_network *net)
{
    *m = (kn__measure){.line = node->line, .name = ""};
    if (node->kind != KN__YAML_MAP)
        return kn__yaml_fail(file, node, KN_ERR_DATA,
                             "a measure looks like {op: export_ban, from: CHN, to: JPN}");
    KN__TRY(find_op(&m->op, file, node));
    KN__TRY(check_keys(m, file, node));
    KN__TRY(read_labels(m, file, node, net));
    KN__TRY(read_value(m, file, node, net));
    KN__TRY(read_rent(m, file, node));
    int64_t start, days, ramp, recover;
    KN__TRY(kn__yaml_integer(&start, file, node, "start", 0, 0, LONGEST_DAYS));
    KN__TRY(kn__yaml_integer(&ramp, file, node, "ramp", 0, 0, LONGEST_DAYS));
    KN__TRY(kn__yaml_integer(&recover, file, node, "recover", 0, 0, LONGEST_DAYS));
    days = -1;
    if (m->op != KN__STOCK_RELEASE) /* there it is the amount */
        KN__TRY(kn__yaml_integer(&days, file, node, "days", -1, 1, LONGEST_DAYS));
    m->start_day = (int32_t)start;
    m->days = (int32_t)days;
    m->ramp_days = (int32_t)ramp;
    m->recover_days = (int32_t)recover;
    return KN_OK;
}
