/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "read/labels.h"
#include "read/usgs.h"

/* Each series of world production becomes a mineral: shares of the latest year with
   figures, over the world total as printed; what is withheld or belongs to "other
   countries" stays unseen. Spare capacity where a series of capacity fits. The release
   gives no world values: they are taken as 1000 MUSD, grade D. */
static const double DEFAULT_MUSD = 1000, VALUE_ADDED_SHARE = 0.4, WAIT_DAYS = 180;

typedef struct work {
    kn__usgs *u;
    kn__chain_raw *raw;
    const char **slug; /* of series, NULL: not a product */
    int32_t *joined;   /* the series it is counted with */
    int32_t *year;     /* latest with figures; 0: none */
    int32_t *capacity; /* of production series: the capacity series, or -1 */
    double *total;     /* world total of that year */
    double *amount;    /* series × economies, that year */
    int32_t *line;     /* the row of amount */
    int32_t scaled, dropped;
} work;

static int64_t cell(const work *w, int64_t series, int64_t economy)
{
    return series * (w->u->code_count + 1) + economy;
}

/* "mine production: processed" is a remark on one country: it goes with "mine
   production" when only that has a world total. */
static int32_t join(const kn__usgs *u, int32_t k)
{
    const kn__usgs_series *s = &u->series[k];
    const char *colon = strchr(s->detail, ':');
    size_t n = colon ? (size_t)(colon - s->detail) : 0;
    for (int32_t j = 0; n && !s->has_total && j < u->series_count; j++) {
        const kn__usgs_series *t = &u->series[j];
        if (t->has_total && t->is_capacity == s->is_capacity && strlen(t->detail) == n &&
            strncmp(t->detail, s->detail, n) == 0 &&
            strcmp(t->commodity, s->commodity) == 0)
            return j;
    }
    return k;
}

/* Sums figures of each series in the latest year that has any for an economy. */
static void collect(work *w)
{
    const kn__usgs *u = w->u;
    for (int64_t k = 0; k < u->figure_count; k++) {
        const kn__usgs_figure *f = &u->figures[k];
        int32_t s = w->joined[f->series];
        if (f->economy >= 0 && f->value > 0 && f->year > w->year[s])
            w->year[s] = f->year;
    }
    for (int64_t k = 0; k < u->figure_count; k++) {
        const kn__usgs_figure *f = &u->figures[k];
        int32_t s = w->joined[f->series];
        if (f->year != w->year[s] || isnan(f->value))
            continue;
        if (f->economy == KN__USGS_TOTAL) {
            w->total[s] = fmax(w->total[s], f->value);
            continue;
        }
        int64_t at = cell(w, s, f->economy >= 0 ? f->economy : u->code_count);
        w->amount[at] += f->value;
        w->line[at] = f->line;
    }
}

/* The capacity series whose first word is that of the production series ("smelter"), or
   any of "production" or "yearend" capacity when the commodity has one production. */
static int32_t find_capacity(const work *w, int32_t production)
{
    const kn__usgs *u = w->u;
    const kn__usgs_series *p = &u->series[production];
    size_t n = strcspn(p->detail, " ");
    int32_t same = 0, general = -1;
    for (int32_t k = 0; k < u->series_count; k++) {
        const kn__usgs_series *s = &u->series[k];
        if (w->joined[k] != k || strcmp(s->commodity, p->commodity) != 0)
            continue;
        same += !s->is_capacity && w->year[k] > 0;
        if (!s->is_capacity)
            continue;
        if (strncmp(s->detail, p->detail, n) == 0 && s->detail[n] == ' ')
            return k;
        if (strncmp(s->detail, "production", 10) == 0 ||
            strncmp(s->detail, "yearend", 7) == 0)
            general = k;
    }
    return same == 1 ? general : -1;
}

/* "rare-earths-mine": commodity and detail without "production". */
static const char *make_slug(const work *w, const kn__usgs_series *s)
{
    char slug[200] = "";
    const char *parts[] = {s->commodity, s->detail};
    size_t n = 0;
    for (int k = 0; k < 2; k++) {
        if (n && slug[n - 1] != '-')
            slug[n++] = '-';
        for (const char *p = parts[k]; *p && n < 190; p++) {
            if (k == 1 && strncmp(p, "production", 10) == 0) {
                p += 9;
                continue;
            }
            char c = *p >= 'A' && *p <= 'Z' ? (char)(*p - 'A' + 'a') : *p;
            if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'))
                slug[n++] = c;
            else if (n && slug[n - 1] != '-')
                slug[n++] = '-';
        }
    }
    while (n && slug[n - 1] == '-')
        n--;
    slug[n] = '\0';
    return kn__arena_text(w->raw->arena, w->u->ctx, n ? slug : "mineral");
}

/* Ids of products, each once: a number goes behind a second one. */
static kn_status name_products(work *w, int32_t *count)
{
    const kn__usgs *u = w->u;
    *count = 0;
    for (int32_t k = 0; k < u->series_count; k++) {
        const kn__usgs_series *s = &u->series[k];
        if (s->is_capacity || w->joined[k] != k)
            continue;
        if (!w->year[k] || !s->has_total) {
            w->dropped++;
            continue;
        }
        w->slug[k] = make_slug(w, s);
        for (int32_t j = 0; w->slug[k] && j < k; j++)
            if (w->slug[j] && strcmp(w->slug[j], w->slug[k]) == 0)
                w->slug[k] =
                    kn__arena_format(w->raw->arena, u->ctx, "%s-%d", w->slug[k], (int)k);
        if (!w->slug[k])
            return KN_ERR_MEMORY;
        w->capacity[k] = find_capacity(w, k);
        ++*count;
    }
    return KN_OK;
}

static kn_status add_product(work *w, int32_t k, double total)
{
    const kn__usgs_series *s = &w->u->series[k];
    kn__chain_raw *raw = w->raw;
    kn__chain_product *p = &raw->products[raw->product_count++];
    kn__text note;
    *p = (kn__chain_product){.id = w->slug[k],
                             .kind = "mineral",
                             .name_ja = "",
                             .name_ko = "",
                             .hs = "",
                             .isic = "",
                             .unit = "MUSD",
                             .value_source = "assumed",
                             .param_source = "assumed",
                             .value_musd = DEFAULT_MUSD,
                             .value_added_share = VALUE_ADDED_SHARE,
                             .substitute_days = WAIT_DAYS,
                             .reroute_days = WAIT_DAYS,
                             .spare_days = WAIT_DAYS,
                             .line = s->line,
                             .value_grade = 'D',
                             .param_grade = 'D'};
    p->name_en =
        kn__arena_format(raw->arena, w->u->ctx, "%s, %s", s->commodity, s->detail);
    kn__text_init(&note, w->u->ctx, 0);
    kn__text_addf(&note, "world %s %d: ", s->detail, (int)w->year[k]);
    kn__text_number(&note, total);
    kn__text_addf(&note, " %s", s->unit);
    p->note = kn__text_status(&note) < 0
                  ? NULL
                  : kn__arena_text(raw->arena, w->u->ctx, note.data);
    kn__text_release(&note);
    return p->name_en && p->note ? KN_OK : KN_ERR_MEMORY;
}

static double spare_of(const work *w, int32_t k, int32_t economy)
{
    int32_t c = w->capacity[k];
    double made = w->amount[cell(w, k, economy)];
    double room = c >= 0 ? w->amount[cell(w, c, economy)] : 0;
    return room > 0 ? fmax(0, room / made - 1) : NAN;
}

static kn_status add_series(work *w, int32_t k)
{
    kn__chain_raw *raw = w->raw;
    const kn__usgs *u = w->u;
    double sum = 0;
    for (int64_t e = 0; e <= u->code_count; e++)
        sum += w->amount[cell(w, k, e)];
    double total = fmax(sum, w->total[k]);
    w->scaled += sum > w->total[k] * 1.0001 && w->total[k] > 0;
    KN__TRY(add_product(w, k, total));
    for (int32_t e = 0; e < u->code_count; e++) {
        double amount = w->amount[cell(w, k, e)];
        if (amount <= 0)
            continue;
        double spare = spare_of(w, k, e);
        raw->supplies[raw->supply_count++] =
            (kn__chain_supply){.product = w->slug[k],
                               .economy = u->codes[e],
                               .firm = "",
                               .source = "usgs-mcs",
                               .share = amount / total,
                               .spare = spare,
                               .year = w->year[k],
                               .line = w->line[cell(w, k, e)],
                               .grade = 'B',
                               .spare_grade = isnan(spare) ? 'D' : 'B'};
    }
    return KN_OK;
}

static void add_frame(work *w)
{
    static const kn__chain_source own = {.id = "usgs-mcs",
                                         .title =
                                             "Mineral Commodity Summaries, data release",
                                         .publisher = "US Geological Survey",
                                         .url = "",
                                         .licence = "public domain"};
    kn__chain_frame(w->raw, w->u->codes, w->u->code_count, &own);
}

static kn_status add_notes(work *w, const char *name, int32_t latest)
{
    kn__chain_raw *raw = w->raw;
    kn_context *ctx = w->u->ctx;
    raw->name = "USGS minerals";
    raw->edition = kn__arena_format(raw->arena, ctx,
                                    "USGS Mineral Commodity Summaries, production to %d",
                                    (int)latest);
    if (!raw->edition)
        return KN_ERR_MEMORY;
    KN__TRY(
        KN__NOTE(raw, ctx,
                 "world values, use, stocks and recipes are not in the data set: each "
                 "mineral is taken as 1000 MUSD, grade D"));
    if (w->u->withheld)
        KN__TRY(KN__NOTE(raw, ctx,
                         "%d figures are withheld or not known (W, NA); they and \"other "
                         "countries\" count as unseen (ZZU)",
                         (int)w->u->withheld));
    if (w->scaled)
        KN__TRY(KN__NOTE(raw, ctx,
                         "%d minerals sum to more than their rounded world total; shares "
                         "are of the sum",
                         (int)w->scaled));
    return w->dropped ? KN__NOTE(raw, ctx,
                                 "%d series without a world total or without figures in "
                                 "%s are left out",
                                 (int)w->dropped, name)
                      : KN_OK;
}

static kn_status build(work *w, const char *name)
{
    const kn__usgs *u = w->u;
    kn__chain_raw *raw = w->raw;
    int32_t products, latest = 0;
    for (int32_t k = 0; k < u->series_count; k++)
        w->joined[k] = join(u, k);
    collect(w);
    KN__TRY(name_products(w, &products));
    if (!products)
        return kn__fail(u->ctx, KN_ERR_DATA,
                        "%s: no series of world production with figures and a total",
                        name);
    raw->economies = KN__ARRAY(raw->arena, u->ctx, u->code_count + 1, kn__chain_economy);
    raw->products = KN__ARRAY(raw->arena, u->ctx, products, kn__chain_product);
    raw->supplies =
        KN__ARRAY(raw->arena, u->ctx, products * u->code_count, kn__chain_supply);
    raw->sources = KN__ARRAY(raw->arena, u->ctx, 3, kn__chain_source);
    if (!raw->economies || !raw->products || !raw->supplies || !raw->sources)
        return KN_ERR_MEMORY;
    add_frame(w);
    for (int32_t k = 0; k < u->series_count; k++) {
        if (!w->slug[k])
            continue;
        KN__TRY(add_series(w, k));
        latest = w->year[k] > latest ? w->year[k] : latest;
    }
    return add_notes(w, name, latest);
}

kn_status kn__usgs_chain(kn__usgs *u, kn__chain_raw *raw, const char *name)
{
    work w = {.u = u, .raw = raw};
    int64_t n = u->series_count, cells = n * (u->code_count + 1);
    w.slug = KN__ARRAY(raw->arena, u->ctx, n, const char *);
    w.joined = KN__ARRAY(raw->arena, u->ctx, n, int32_t);
    w.year = KN__ARRAY(raw->arena, u->ctx, n, int32_t);
    w.capacity = KN__ARRAY(raw->arena, u->ctx, n, int32_t);
    w.total = KN__ARRAY(raw->arena, u->ctx, n, double);
    w.amount = KN__ARRAY(raw->arena, u->ctx, cells, double);
    w.line = KN__ARRAY(raw->arena, u->ctx, cells, int32_t);
    return w.slug && w.joined && w.year && w.capacity && w.total && w.amount && w.line
               ? build(&w, name)
               : KN_ERR_MEMORY;
}
