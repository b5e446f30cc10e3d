/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "denial_case.h"
#include "kernel/text.h"

/* Economies of the model are the suppliers, and users that are not among them. */
static bool set_economies(bench *b, const json_t *in, const json_t *flows)
{
    rc *r = b->r;
    int32_t users = (int32_t)json_array_size(b->economies);
    const json_t *first = json_array_get(flows, 0);
    int32_t rows = (int32_t)json_array_size(first);
    json_t *names = json_array();
    const json_t *listed = json_object_get(in, "suppliers");
    for (int32_t s = 0; s < rows; s++) {
        const json_t *label = listed      ? json_array_get(listed, (size_t)s)
                              : s < users ? json_array_get(b->economies, (size_t)s)
                                          : NULL;
        json_array_append_new(names,
                              json_string(label ? json_string_value(label) : "ZZU"));
    }
    b->suppliers = names;
    b->users = users;
    b->model.economies = rows;
    b->model.unseen = -1;
    unsigned char *always = KN__ARRAY(r->arena, r->ctx, rows, unsigned char);
    b->user_at = KN__ARRAY(r->arena, r->ctx, rows, int32_t);
    if (!always || !b->user_at)
        return false;
    int32_t found = 0;
    for (int32_t s = 0; s < rows; s++) {
        const char *label = json_string_value(json_array_get(names, (size_t)s));
        b->user_at[s] = -1;
        for (int32_t d = 0; d < users; d++)
            if (kn__text_equal(
                    label, json_string_value(json_array_get(b->economies, (size_t)d))))
                b->user_at[s] = d;
        found += b->user_at[s] >= 0;
        always[s] = b->user_at[s] < 0;
        if (kn__text_equal(label, "ZZU"))
            b->model.unseen = s;
    }
    b->model.always = always;
    if (found != users)
        rc_error(r, "every economy must stand among the suppliers");
    return found == users;
}

/* A [q][economy of the file] table spread to [q][economy of the model]; absent: zero. */
static const double *spread(bench *b, const json_t *in, const char *key)
{
    rc *r = b->r;
    int64_t q = b->model.products, e = b->model.economies, u = b->users;
    double *out = KN__ARRAY(r->arena, r->ctx, q * e, double);
    const json_t *value = json_object_get(in, key);
    if (!value || !out)
        return out;
    const double *from = rc_numbers(r, key, value, q * u);
    for (int64_t i = 0; from && i < q * e; i++)
        if (b->user_at[i % e] >= 0)
            out[i] = from[i / e * u + b->user_at[i % e]];
    return from ? out : NULL;
}

static const double *by_product(bench *b, const json_t *in, const char *key)
{
    const json_t *value = json_object_get(in, key);
    if (!value)
        return KN__ARRAY(b->r->arena, b->r->ctx, b->model.products, double);
    return rc_numbers(b->r, key, value, b->model.products);
}

static bool set_flows(bench *b, const json_t *flows)
{
    rc *r = b->r;
    int64_t q = b->model.products, e = b->model.economies, u = b->users;
    const double *from = rc_numbers(r, "flows_q_s_d", flows, q * e * u);
    double *flow = KN__ARRAY(r->arena, r->ctx, q * e * e, double);
    double *use = KN__ARRAY(r->arena, r->ctx, q * e, double);
    if (!from || !flow || !use)
        return false;
    for (int64_t i = 0; i < q * e; i++)
        for (int64_t d = 0; d < e; d++)
            if (b->user_at[d] >= 0) {
                double f = from[i * u + b->user_at[d]];
                flow[i * e + d] = f;
                use[i / e * e + d] += f;
            }
    b->model.flow = flow;
    b->model.use = use;
    return true;
}

static int by_user(const void *x, const void *y)
{
    const kn__denial_input *a = x, *b = y;
    if (a->user != b->user)
        return a->user < b->user ? -1 : 1;
    return a->input < b->input ? -1 : a->input > b->input;
}

static bool read_class(rc *r, const char *word, kn__denial_class *class)
{
    static const char *const words[] = {[KN__CLASS_ESSENTIAL] = "essential",
                                        [KN__CLASS_IMPORTANT] = "important",
                                        [KN__CLASS_MINOR] = "minor"};
    for (int k = KN__CLASS_ESSENTIAL; k <= KN__CLASS_MINOR; k++)
        if (!strcmp(word, words[k])) {
            *class = (kn__denial_class)k;
            return true;
        }
    rc_error(r, "no such class as \"%s\"", word);
    return false;
}

static bool set_recipe(bench *b, const json_t *in)
{
    static const char *const keys[] = {"user", "input", "cls", "weight", NULL};
    rc *r = b->r;
    const json_t *rows = rc_get(r, in, "recipe"), *bounds = json_object_get(in, "bounds");
    int32_t count = (int32_t)json_array_size(rows);
    kn__denial_input *inputs = KN__ARRAY(r->arena, r->ctx, count, kn__denial_input);
    for (int32_t k = 0; inputs && k < count; k++) {
        const json_t *row = json_array_get(rows, (size_t)k);
        const char *user = rc_text(r, row, "user"), *input = rc_text(r, row, "input");
        const char *class = rc_text(r, row, "cls");
        kn__denial_input *i = &inputs[k];
        if (!user || !input || !class)
            return false;
        i->user = rc_find(r, b->products, user);
        i->input = rc_find(r, b->products, input);
        if (i->user < 0 || i->input < 0 || !rc_known(r, row, keys) ||
            !read_class(r, class, &i->class))
            return false;
        char key[256];
        snprintf(key, sizeof key, "%s<-%s", user, input);
        double mid = rc_number_or(row, "weight", 1);
        i->weight[KN__END_LOW] =
            rc_number_or(json_object_get(bounds, "phi_low"), key, mid);
        i->weight[KN__END_MID] = mid;
        i->weight[KN__END_HIGH] =
            rc_number_or(json_object_get(bounds, "phi_high"), key, mid);
    }
    b->model.inputs = inputs;
    b->model.input_count = count;
    if (inputs)
        qsort(inputs, (size_t)count, sizeof *inputs, by_user);
    return inputs && rows;
}

/* "reroute 1, stocks x1.5, ...": the number after a word, or what the rule has. */
double bench_after(const char *text, const char *word, double otherwise)
{
    const char *at = text ? strstr(text, word) : NULL;
    if (!at)
        return otherwise;
    at += strlen(word);
    size_t length = strspn(at, "0123456789.");
    double value;
    return kn__parse_number(at, length, &value) ? value : otherwise;
}

static void set_rules(bench *b, const json_t *in)
{
    const json_t *bounds = json_object_get(in, "bounds");
    const char *keys[] = {[KN__END_LOW] = "low", [KN__END_HIGH] = "high"};
    kn__denial_rules(&b->model);
    for (int end = KN__END_LOW; end <= KN__END_HIGH; end += KN__END_HIGH - KN__END_LOW) {
        const char *text = json_string_value(json_object_get(bounds, keys[end]));
        kn__denial_rule *rule = &b->model.rule[end];
        rule->reroute = bench_after(text, "reroute ", rule->reroute);
        rule->stock = bench_after(text, "stocks x", rule->stock);
        rule->spare = bench_after(text, "spare x", rule->spare);
    }
}

bool bench_read(bench *b)
{
    rc *r = b->r;
    kn__denial_model *m = &b->model;
    static const char *const keys[] = {"unit",
                                       "economies",
                                       "products",
                                       "suppliers",
                                       "flows_q_s_d",
                                       "output_q_r",
                                       "value_added_q_r",
                                       "recipe",
                                       "stock_days_q_d",
                                       "spare_q_r",
                                       "spare_after_days_q",
                                       "substitute_share_q",
                                       "substitute_after_days_q",
                                       "reroute_share_q",
                                       "reroute_after_days_q",
                                       "slice_days",
                                       "slices",
                                       "depth",
                                       "bounds",
                                       NULL};
    const json_t *in = rc_get(r, r->root, "inputs");
    const json_t *flows = in ? rc_get(r, in, "flows_q_s_d") : NULL;
    b->economies = in ? rc_get(r, in, "economies") : NULL;
    b->products = in ? rc_get(r, in, "products") : NULL;
    if (!flows || !b->economies || !b->products || !rc_known(r, in, keys))
        return false;
    m->products = (int32_t)json_array_size(b->products);
    if (!set_economies(b, in, flows) || !set_flows(b, flows) || !set_recipe(b, in))
        return false;
    b->depth = rc_number_or(in, "depth", 1);
    m->slice_days = rc_number_or(in, "slice_days", 30);
    m->slices = (int32_t)rc_number_or(in, "slices", 12);
    m->output = spread(b, in, "output_q_r");
    m->value_added = spread(b, in, "value_added_q_r");
    m->stock_days = spread(b, in, "stock_days_q_d");
    m->spare = spread(b, in, "spare_q_r");
    m->spare_days = by_product(b, in, "spare_after_days_q");
    m->substitute_share = by_product(b, in, "substitute_share_q");
    m->substitute_days = by_product(b, in, "substitute_after_days_q");
    m->reroute_share = by_product(b, in, "reroute_share_q");
    m->reroute_days = by_product(b, in, "reroute_after_days_q");
    set_rules(b, in);
    if (!m->output || !m->value_added || !m->stock_days || !m->spare || !m->spare_days ||
        !m->substitute_share || !m->substitute_days || !m->reroute_share ||
        !m->reroute_days || !rc_ok(r, kn__denial_prepare(m, r->ctx, r->arena)) ||
        !rc_ok(r, kn__denial_work_new(&b->work, r->ctx, r->arena, m)))
        return false;
    int64_t cells = (int64_t)m->slices * m->economies;
    for (int end = 0; end < KN__END_COUNT; end++)
        b->loss[end] = KN__ARRAY(r->arena, r->ctx, cells, double);
    b->sales = KN__ARRAY(r->arena, r->ctx, cells, double);
    b->bite = KN__ARRAY(r->arena, r->ctx, m->economies, double);
    return b->sales && b->bite && b->loss[KN__END_HIGH];
}
