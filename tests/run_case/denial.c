/* SPDX-License-Identifier: Apache-2.0 */
/* Family denial: each expected row is a run of the model. */
#include <math.h>
#include <string.h>

#include "denial_case.h"

typedef struct denial_text {
    const char *mode;
    int32_t holder, product;
    int32_t *victims, victim_count;
    double share;
} denial_text;

/* In mode stop the victims are all but the holder, in outage all. */
static void everyone(bench *b, denial_text *d)
{
    bool outage = !strcmp(d->mode, "outage");
    d->victim_count = 0;
    for (int32_t v = 0; v < b->model.economies; v++)
        if (b->user_at[v] >= 0 && (outage || v != d->holder))
            d->victims[d->victim_count++] = v;
}

static void run_all(bench *b, const denial_text *texts, int32_t count)
{
    rc *r = b->r;
    kn__denial *denials = KN__ARRAY(r->arena, r->ctx, count, kn__denial);
    for (int32_t k = 0; denials && k < count; k++)
        denials[k] = (kn__denial){.product = texts[k].product,
                                  .holders = &texts[k].holder,
                                  .holder_count = 1,
                                  .victims = texts[k].victims,
                                  .victim_count = texts[k].victim_count,
                                  .share = texts[k].share,
                                  .targeted = !strcmp(texts[k].mode, "targeted"),
                                  .end_day = INFINITY};
    kn__shock shock = {.denials = denials, .denial_count = denials ? count : 0};
    for (int end = 0; end < KN__END_COUNT; end++) {
        kn__denial_result result = {.loss = b->loss[end]};
        if (end == KN__END_MID) {
            result.sales = b->sales;
            result.bite_day = b->bite;
        }
        kn__denial_run(b->work, &shock, (kn__denial_end)end, &result);
    }
}

static double at_day(const bench *b, const double *sums, double day, int32_t economy)
{
    int32_t slices = (int32_t)(day / b->model.slice_days + 1e-9);
    slices = slices > b->model.slices ? b->model.slices : slices;
    return slices > 0 ? sums[(int64_t)(slices - 1) * b->model.economies + economy] : 0;
}

static double value_added_of(const bench *b, int32_t economy)
{
    double sum = 0;
    for (int64_t p = 0; p < b->model.products; p++)
        sum += b->model.value_added[p * b->model.economies + economy];
    return sum;
}

/* What a row's key asks for: share, bite_day, loss_N, loss_share_N, low_N, high_N, ... */
static bool answer(bench *b, const denial_text *d, const json_t *row, const char *key,
                   int32_t v, double *value)
{
    const char *role = json_string_value(json_object_get(row, "role"));
    const char *tail = strrchr(key, '_');
    double day = tail ? bench_after(tail, "_", NAN) : NAN;
    size_t stem = tail ? (size_t)(tail - key) : 0;
    bool is_sender = role && !strncmp(role, "sender", 6);
    if (!strcmp(key, "share"))
        *value =
            is_sender ? NAN : kn__denial_share(&b->model, d->product, &d->holder, 1, v);
    else if (!strcmp(key, "bite_day"))
        *value = b->bite[v];
    else if (isnan(day))
        return false;
    else if (stem == 4 && !strncmp(key, "loss", stem))
        *value = at_day(b, b->loss[KN__END_MID], day, v);
    else if (stem == 3 && !strncmp(key, "low", stem))
        *value = at_day(b, b->loss[KN__END_LOW], day, v);
    else if (stem == 4 && !strncmp(key, "high", stem))
        *value = at_day(b, b->loss[KN__END_HIGH], day, v);
    else if (stem == 10 && !strncmp(key, "loss_share", stem))
        *value =
            at_day(b, b->loss[KN__END_MID], day, v) / (value_added_of(b, v) * day / 365);
    else if (stem == 27 && !strncmp(key, "crosscheck_denied_purchases", stem)) {
        int64_t e = b->model.economies;
        *value = is_sender ? NAN
                           : d->share * day / 365 *
                                 b->model.flow[(d->product * e + d->holder) * e + v];
    } else
        return false;
    return true;
}

/* Series under one key over the rows of a list: collected, then compared as one. */
typedef struct series {
    const char *key;
    double *got, *expected;
    int64_t count;
} series;

static void collect(bench *b, series *all, size_t *used, size_t room, const char *key,
                    const json_t *expected, double got, size_t rows)
{
    size_t k = 0;
    while (k < *used && strcmp(all[k].key, key))
        k++;
    if (k == room)
        return;
    if (k == *used) {
        all[k].key = key;
        all[k].got = KN__ARRAY(b->r->arena, b->r->ctx, (int64_t)rows, double);
        all[k].expected = KN__ARRAY(b->r->arena, b->r->ctx, (int64_t)rows, double);
        (*used)++;
    }
    if (!all[k].got || !all[k].expected)
        return;
    all[k].got[all[k].count] = got;
    all[k].expected[all[k].count++] =
        json_is_number(expected) ? json_number_value(expected) : NAN;
}

static bool read_row(bench *b, const json_t *row, denial_text *d)
{
    rc *r = b->r;
    const char *holder = rc_text(r, row, "holder"), *product = rc_text(r, row, "product");
    const char *mode = json_string_value(json_object_get(row, "mode"));
    d->mode = mode ? mode : "targeted";
    d->share = rc_number_or(row, "delta", rc_number_or(row, "depth", b->depth));
    d->victims = KN__ARRAY(r->arena, r->ctx, b->model.economies, int32_t);
    d->victim_count = 0;
    d->holder = holder ? rc_find(r, b->suppliers, holder) : -1;
    d->product = product ? rc_find(r, b->products, product) : -1;
    if (d->holder < 0 || d->product < 0 || !d->victims)
        return false;
    if (strcmp(d->mode, "targeted"))
        everyone(b, d);
    return true;
}

static bool add_victim(bench *b, denial_text *d, const char *label)
{
    int32_t v = rc_find(b->r, b->suppliers, label);
    for (int32_t k = 0; k < d->victim_count; k++)
        if (d->victims[k] == v)
            return true;
    if (v >= 0)
        d->victims[d->victim_count++] = v;
    return v >= 0;
}

enum { MOST_KEYS = 24 };

/* Members of a row that say what is denied, and what others make of it. */
static bool says_what(const char *key)
{
    static const char *const keys[] = {"mode",    "holder", "product", "victim",
                                       "victims", "role",   "delta",   "depth"};
    for (size_t k = 0; k < sizeof keys / sizeof *keys; k++)
        if (!strcmp(key, keys[k]))
            return true;
    return !strncmp(key, "crosscheck_", 11);
}

static void compare_row(bench *b, const denial_text *d, const json_t *row, series *all,
                        size_t *used, size_t rows)
{
    const char *victim = json_string_value(json_object_get(row, "victim"));
    int32_t v = rc_find(b->r, b->suppliers, victim);
    const char *key;
    json_t *value;
    if (v < 0)
        return;
    json_object_foreach((json_t *)row, key, value)
    {
        double got;
        if (answer(b, d, row, key, v, &got))
            collect(b, all, used, MOST_KEYS, key, value, got, rows);
        else if (!says_what(key))
            rc_error(b->r, "nothing is known about \"%s\"", key);
    }
}

static void finish(bench *b, const series *all, size_t used)
{
    for (size_t k = 0; k < used; k++)
        if (all[k].got && all[k].expected)
            rc_compare(b->r, all[k].key, all[k].got, all[k].expected, all[k].count);
}

/* One run for each row. */
static void compare_single(bench *b, const json_t *rows)
{
    series all[MOST_KEYS] = {{0}};
    size_t used = 0, count = json_array_size(rows);
    for (size_t k = 0; k < count; k++) {
        const json_t *row = json_array_get(rows, k);
        denial_text d;
        if (!read_row(b, row, &d))
            return;
        if (!strcmp(d.mode, "targeted") &&
            !add_victim(b, &d, json_string_value(json_object_get(row, "victim"))))
            return;
        run_all(b, &d, 1);
        compare_row(b, &d, row, all, &used, count);
    }
    finish(b, all, used);
}

/* All rows are one run: every (holder, product, mode) against all victims named. */
static void compare_joint(bench *b, const json_t *rows)
{
    series all[MOST_KEYS] = {{0}};
    size_t used = 0, count = json_array_size(rows);
    rc *r = b->r;
    denial_text *texts = KN__ARRAY(r->arena, r->ctx, (int64_t)count, denial_text);
    int32_t *text_of = KN__ARRAY(r->arena, r->ctx, (int64_t)count, int32_t), n = 0;
    for (size_t k = 0; texts && text_of && k < count; k++) {
        const json_t *row = json_array_get(rows, k);
        denial_text d;
        if (!read_row(b, row, &d))
            return;
        int32_t i = 0;
        while (i < n && (texts[i].holder != d.holder || texts[i].product != d.product ||
                         strcmp(texts[i].mode, d.mode)))
            i++;
        if (i == n)
            texts[n++] = d;
        text_of[k] = i;
        if (!strcmp(d.mode, "targeted") &&
            !add_victim(b, &texts[i], json_string_value(json_object_get(row, "victim"))))
            return;
    }
    if (!texts || !text_of)
        return;
    run_all(b, texts, n);
    for (size_t k = 0; k < count; k++)
        compare_row(b, &texts[text_of[k]], json_array_get(rows, k), all, &used, count);
    finish(b, all, used);
}

static void compare_senders(bench *b, const json_t *rows)
{
    series all[MOST_KEYS] = {{0}};
    size_t used = 0, count = json_array_size(rows);
    for (size_t k = 0; k < count; k++) {
        json_t *row = json_array_get(rows, k), *value;
        const json_t *victims = json_object_get(row, "victims");
        const char *key;
        denial_text d;
        if (!read_row(b, row, &d))
            return;
        for (size_t i = 0; i < json_array_size(victims); i++)
            if (!add_victim(b, &d, json_string_value(json_array_get(victims, i))))
                return;
        run_all(b, &d, 1);
        json_object_foreach(row, key, value)
        {
            double day = bench_after(strrchr(key, '_'), "_", NAN), got = 0;
            if (!strncmp(key, "sender_sales_cost_", 18))
                got = at_day(b, b->sales, day, d.holder);
            else if (!strncmp(key, "total_loss_victims_", 19))
                for (int32_t i = 0; i < d.victim_count; i++)
                    got += at_day(b, b->loss[KN__END_MID], day, d.victims[i]);
            else
                continue;
            collect(b, all, &used, MOST_KEYS, key, value, got, count);
        }
    }
    finish(b, all, used);
}

/* ---- Cases whose denial stands in the key: CHN_GA_JPN, CHN_GA_to_JPN_targeted ---- */

/* Cuts the longest label of the list (and a '_' after it) off the front of *text. */
static int32_t take(const json_t *labels, const char **text)
{
    int32_t best = -1;
    size_t longest = 0;
    for (size_t k = 0; k < json_array_size(labels); k++) {
        const char *label = json_string_value(json_array_get(labels, k));
        size_t n = label ? strlen(label) : 0;
        if (n > longest && !strncmp(*text, label, n) &&
            ((*text)[n] == '_' || !(*text)[n])) {
            best = (int32_t)k;
            longest = n;
        }
    }
    *text += longest;
    *text += best >= 0 && **text == '_';
    return best;
}

static bool read_key(bench *b, const char *text, denial_text *d)
{
    rc *r = b->r;
    d->share = b->depth;
    d->victim_count = 0;
    d->victims = KN__ARRAY(r->arena, r->ctx, b->model.economies, int32_t);
    d->holder = take(b->suppliers, &text);
    d->product = take(b->products, &text);
    text += strncmp(text, "to_", 3) ? 0 : 3;
    for (int32_t v; d->victims && (v = take(b->suppliers, &text)) >= 0;)
        d->victims[d->victim_count++] = v;
    d->mode = *text ? text : "targeted";
    if (d->holder < 0 || d->product < 0 || !d->victims) {
        rc_error(r, "cannot read which denial \"%s\" means", text);
        return false;
    }
    if (strcmp(d->mode, "targeted"))
        everyone(b, d);
    return true;
}

static void compare_curve(bench *b, const json_t *rows, const char *key)
{
    series all[MOST_KEYS] = {{0}};
    size_t used = 0, count = json_array_size(rows);
    denial_text d;
    if (!read_key(b, key + strlen("partial_denial_"), &d))
        return;
    for (size_t k = 0; k < count; k++) {
        json_t *row = json_array_get(rows, k), *value;
        const char *name;
        d.share = rc_number_or(row, "delta", NAN);
        run_all(b, &d, 1);
        json_object_foreach(row, name, value)
        {
            double day = bench_after(strrchr(name, '_'), "_", NAN), got = 0;
            int end = !strncmp(name, "loss_", 5)   ? KN__END_MID
                      : !strncmp(name, "low_", 4)  ? KN__END_LOW
                      : !strncmp(name, "high_", 5) ? KN__END_HIGH
                                                   : -1;
            if (end < 0 || isnan(day))
                continue;
            for (int32_t i = 0; i < d.victim_count; i++)
                got += at_day(b, b->loss[end], day, d.victims[i]);
            collect(b, all, &used, MOST_KEYS, name, value, got, count);
        }
    }
    finish(b, all, used);
}

typedef struct path_check {
    bench *b;
    const json_t *rows;
} path_check;

static void check_slice(void *arg, const kn__denial_view *view)
{
    static const struct {
        const char *key;
        double (*read)(const kn__denial_view *, int32_t, int32_t);
    } parts[] = {{"gap", kn__denial_gap},
                 {"after_flows", kn__denial_need},
                 {"stock_end", kn__denial_stock},
                 {"unmet", kn__denial_unmet},
                 {"a", kn__denial_output}};
    path_check *check = arg;
    bench *b = check->b;
    int64_t q_count = b->model.products, u = b->users;
    for (size_t k = 0; k < json_array_size(check->rows); k++) {
        const json_t *row = json_array_get(check->rows, k);
        if ((int32_t)rc_number_or(row, "slice", 0) != view->slice)
            continue;
        for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
            const json_t *expected = json_object_get(row, parts[i].key);
            double *got = KN__ARRAY(b->r->arena, b->r->ctx, q_count * u, double);
            for (int64_t at = 0; got && at < q_count * b->model.economies; at++) {
                int32_t q = (int32_t)(at / b->model.economies);
                int32_t d = (int32_t)(at % b->model.economies);
                if (b->user_at[d] >= 0)
                    got[q * u + b->user_at[d]] = parts[i].read(view, q, d);
            }
            if (expected && got)
                rc_compare_json(b->r, parts[i].key, got, q_count * u, expected);
        }
    }
}

static void compare_path(bench *b, const json_t *rows, const char *key)
{
    denial_text d;
    if (!read_key(b, key + strlen("path_"), &d))
        return;
    kn__denial denial = {d.product,
                         &d.holder,
                         d.victims,
                         1,
                         d.victim_count,
                         d.share,
                         !strcmp(d.mode, "targeted"),
                         0,
                         INFINITY};
    path_check check = {b, rows};
    kn__denial_run(b->work, &(kn__shock){.denials = &denial, .denial_count = 1},
                   KN__END_MID,
                   &(kn__denial_result){.observe = check_slice, .arg = &check});
}

static void compare_part(bench *b, const char *key, const json_t *rows)
{
    if (!strncmp(key, "partial_denial_", 15))
        compare_curve(b, rows, key);
    else if (!strncmp(key, "path_", 5))
        compare_path(b, rows, key);
    else if (!strncmp(key, "joint", 5))
        compare_joint(b, rows);
    else if (!strncmp(key, "sender", 6))
        compare_senders(b, rows);
    else if (json_object_get(json_array_get(rows, 0), "victim"))
        compare_single(b, rows);
    else
        rc_error(b->r, "nothing is known about \"%s\"", key);
}

void rc_denial(rc *r)
{
    static const char *const keys[] = {"inputs", "formulas", "expected", NULL};
    bench b = {.r = r};
    const json_t *expected = rc_get(r, r->root, "expected");
    const char *key, *id = json_string_value(json_object_get(r->root, "id"));
    json_t *rows;
    if (expected && rc_known(r, r->root, keys) && bench_read(&b))
        json_object_foreach((json_t *)(uintptr_t)expected, key, rows)
        {
            rc_begin(r, "%s/%s", id ? id : "denial", key);
            compare_part(&b, key, rows);
            rc_end(r);
        }
    json_decref((json_t *)(uintptr_t)b.suppliers);
}
