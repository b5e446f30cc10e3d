/* SPDX-License-Identifier: Apache-2.0 */
#include "read/io_labels.h"

#include <string.h>

#include "kernel/text.h"
#include "read/labels.h"

enum { MOST_ECONOMIES = 1000, MOST_INDUSTRIES = 20000, MOST_PRODUCERS = 60000 };

void kn__io_labels_init(kn__io_labels *labels, kn_context *ctx, kn__io_raw *raw)
{
    *labels =
        (kn__io_labels){.ctx = ctx, .raw = raw, .last_economy = -1, .last_industry = -1};
}

/* Twice the room of an array of the arena, its items moved over. */
static kn_status wider(kn__io_labels *l, void *items, int64_t count, int64_t room,
                       size_t size)
{
    void *moved = kn__arena_alloc(l->raw->arena, l->ctx, room, size), *old;
    if (!moved)
        return KN_ERR_MEMORY;
    memcpy(&old, items, sizeof old);
    if (count)
        memcpy(moved, old, (size_t)count * size);
    memcpy(items, &moved, sizeof moved);
    return KN_OK;
}

static int64_t next_room(int64_t room)
{
    return room ? 2 * room : 64;
}

/* ---- Economies ---- */

kn_status kn__unknown_economy(kn__csv *csv, const kn__field *field, const char *label)
{
    enum { MOST_NAMES = 512 };
    const char *names[MOST_NAMES];
    int32_t count;
    const char *const *codes = kn__economy_codes(&count);
    bool code = strlen(label) <= 3;
    count = count < MOST_NAMES ? count : MOST_NAMES;
    for (int32_t k = 0; k < count; k++)
        names[k] = code ? codes[k] : kn__economy_name(codes[k], 0);
    kn__text hint;
    kn__text_init(&hint, kn__csv_context(csv), 0);
    kn__text_nearest(&hint, label, names, count);
    kn_status status = kn__text_status(&hint);
    if (status == KN_OK)
        status = kn__csv_fail(csv, field, "unknown economy \"%.40s\"%s%s", label,
                              hint.length ? "; " : "", hint.length ? hint.data : "");
    kn__text_release(&hint);
    return status;
}

kn_status kn__io_economy(kn__io_labels *l, kn__csv *csv, const kn__field *field,
                         const char *label, bool any, int32_t *id)
{
    kn__io_raw *raw = l->raw;
    const char *code = kn__economy_find(label);
    if (!code && (!any || !*label))
        return kn__unknown_economy(csv, field, label);
    if (!code)
        code = label;
    if (l->last_economy >= 0 && strcmp(raw->economies[l->last_economy], code) == 0) {
        *id = l->last_economy;
        return KN_OK;
    }
    for (*id = 0; *id < raw->economy_count; ++*id)
        if (strcmp(raw->economies[*id], code) == 0)
            break;
    l->last_economy = *id;
    if (*id < raw->economy_count)
        return KN_OK;
    if (raw->economy_count == MOST_ECONOMIES)
        return kn__csv_fail(csv, field, "more than %d economies", MOST_ECONOMIES);
    if (raw->economy_count == l->economy_room) {
        KN__TRY(wider(l, &raw->economies, raw->economy_count, next_room(l->economy_room),
                      sizeof *raw->economies));
        l->economy_room = next_room(l->economy_room);
    }
    raw->economies[*id] = kn__arena_text(raw->arena, l->ctx, code);
    if (!raw->economies[*id])
        return KN_ERR_MEMORY;
    raw->economy_count++;
    return KN_OK;
}

/* ---- Industries ---- */

static kn_status widen_industries(kn__io_labels *l)
{
    kn__io_raw *raw = l->raw;
    int64_t count = raw->industry_count, room = next_room(l->industry_room);
    KN__TRY(wider(l, &raw->industries, count, room, sizeof *raw->industries));
    KN__TRY(wider(l, &raw->industry_names, count, room, sizeof *raw->industry_names));
    KN__TRY(wider(l, &raw->industry_codes, count, room, sizeof *raw->industry_codes));
    l->industry_room = room;
    return KN_OK;
}

kn_status kn__io_industry(kn__io_labels *l, const char *id, const char *name,
                          const char *code, int32_t *index)
{
    kn__io_raw *raw = l->raw;
    int32_t n = raw->industry_count, next = l->last_industry + 1;
    if (next < n && strcmp(raw->industries[next], id) == 0) {
        *index = l->last_industry = next;
        return KN_OK;
    }
    for (*index = 0; *index < n; ++*index)
        if (strcmp(raw->industries[*index], id) == 0)
            break;
    l->last_industry = *index;
    if (*index < n)
        return KN_OK;
    if (n == MOST_INDUSTRIES)
        return kn__fail(l->ctx, KN_ERR_LIMIT, "more than %d industries", MOST_INDUSTRIES);
    if (n == l->industry_room)
        KN__TRY(widen_industries(l));
    raw->industries[n] = kn__arena_text(raw->arena, l->ctx, id);
    raw->industry_names[n][0] = kn__arena_text(raw->arena, l->ctx, name);
    raw->industry_names[n][1] = raw->industry_names[n][2] = "";
    raw->industry_codes[n] = kn__arena_text(raw->arena, l->ctx, code);
    if (!raw->industries[n] || !raw->industry_names[n][0] || !raw->industry_codes[n])
        return KN_ERR_MEMORY;
    raw->industry_count++;
    return KN_OK;
}

const char *kn__io_slug(kn__io_labels *l, const char *text)
{
    char slug[96];
    size_t n = 0;
    for (const char *p = text; *p && n < 90; p++) {
        char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
        bool keep = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
        if (keep)
            slug[n++] = c;
        else if (n && slug[n - 1] != '-')
            slug[n++] = '-';
    }
    while (n && slug[n - 1] == '-')
        n--;
    slug[n] = '\0';
    return kn__arena_text(l->raw->arena, l->ctx, n ? slug : "x");
}

/* ---- Producers ---- */

static int64_t slot_of(const kn__io_labels *l, int32_t economy, int32_t industry)
{
    uint64_t key = (uint64_t)(uint32_t)economy << 32 | (uint32_t)industry;
    uint64_t mixed = key * UINT64_C(0x9E3779B97F4A7C15);
    int64_t at = (int64_t)((mixed >> 20) % (uint64_t)l->slots);
    for (; l->slot[at]; at = (at + 1) % l->slots) {
        int32_t i = l->slot[at] - 1;
        if (l->raw->economy[i] == economy && l->raw->industry[i] == industry)
            break;
    }
    return at;
}

static kn_status widen_producers(kn__io_labels *l)
{
    kn__io_raw *raw = l->raw;
    int64_t count = raw->producer_count, room = next_room(l->producer_room);
    KN__TRY(wider(l, &raw->economy, count, room, sizeof *raw->economy));
    KN__TRY(wider(l, &raw->industry, count, room, sizeof *raw->industry));
    l->slot = KN__ARRAY(raw->arena, l->ctx, 2 * room, int32_t);
    if (!l->slot)
        return KN_ERR_MEMORY;
    l->slots = 2 * room;
    for (int32_t i = 0; i < count; i++)
        l->slot[slot_of(l, raw->economy[i], raw->industry[i])] = i + 1;
    l->producer_room = room;
    return KN_OK;
}

int32_t kn__io_producer_at(const kn__io_labels *l, int32_t economy, int32_t industry)
{
    return l->slots ? l->slot[slot_of(l, economy, industry)] - 1 : -1;
}

kn_status kn__io_producer(kn__io_labels *l, int32_t economy, int32_t industry,
                          int32_t *id, bool *is_new)
{
    kn__io_raw *raw = l->raw;
    *id = kn__io_producer_at(l, economy, industry);
    *is_new = *id < 0;
    if (*id >= 0)
        return KN_OK;
    if (raw->producer_count == MOST_PRODUCERS)
        return kn__fail(l->ctx, KN_ERR_LIMIT, "more than %d producers", MOST_PRODUCERS);
    if (raw->producer_count == l->producer_room)
        KN__TRY(widen_producers(l));
    *id = raw->producer_count++;
    l->slot[slot_of(l, economy, industry)] = *id + 1;
    raw->economy[*id] = economy;
    raw->industry[*id] = industry;
    return KN_OK;
}

/* ---- Final demand ---- */

kn_status kn__io_final(kn__io_labels *l, int32_t economy, const char *category,
                       int32_t *id)
{
    kn__io_raw *raw = l->raw;
    int64_t n = raw->final_count;
    for (*id = 0; *id < n; ++*id)
        if (raw->final_economy[*id] == economy &&
            strcmp(raw->final_category[*id], category) == 0)
            return KN_OK;
    if (n == l->final_room) {
        int64_t room = next_room(l->final_room);
        KN__TRY(wider(l, &raw->final_economy, n, room, sizeof *raw->final_economy));
        KN__TRY(wider(l, &raw->final_category, n, room, sizeof *raw->final_category));
        l->final_room = room;
    }
    raw->final_economy[n] = economy;
    raw->final_category[n] = kn__arena_text(raw->arena, l->ctx, category);
    if (!raw->final_category[n])
        return KN_ERR_MEMORY;
    raw->final_count++;
    return KN_OK;
}

double kn__usd_per_eur(int32_t year)
{
    static const double rates[] = {
        1.3080, 1.2698, 1.1340, 1.1211, 1.0658, 0.9236, 0.8956, 0.9456, 1.1312, 1.2439,
        1.2441, 1.2556, 1.3705, 1.4708, 1.3948, 1.3257, 1.3920, 1.2848, 1.3281, 1.3285,
        1.1095, 1.1069, 1.1297, 1.1810, 1.1195, 1.1422, 1.1827, 1.0530, 1.0813, 1.0824};
    int32_t k = year - 1995;
    return k >= 0 && k < (int32_t)(sizeof rates / sizeof *rates) ? rates[k] : 0;
}
