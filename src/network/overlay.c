/* SPDX-License-Identifier: Apache-2.0 */
#include "network/overlay.h"

#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "read/hs.h"

/* HS codes that hold much besides what the atlas files under them ("other", "n.e.s.",
   several metals or several kinds of machines in one number). */
static const char *const baskets[] = {
    "253090", "280429", "280530", "281290", "282690", "283329", "284190", "284690",
    "284990", "285390", "293339", "293359", "293499", "294190", "370590", "370790",
    "380190", "381800", "382499", "390290", "391190", "391400", "392020", "392099",
    "392190", "392690", "701400", "701963", "741999", "811292", "842129", "848620",
    "848640", "850440", "853710", "854239", "854290", "854330", "854370", "854449",
    "900190", "900290", "901320", "901510", "903082", "903141"};

/* A code that several products name is taken for one that is this much of their value. */
static const double ALMOST_ALL = 0.9;
/* Where more than this share of imports is resold, the flows do not tell who makes. */
static const double MOST_RESOLD = 0.5;

typedef struct overlay {
    kn_context *ctx;
    kn__chain_raw *raw;
    const kn__flows_raw *flows;
    kn__arena *scratch;
    int64_t economies;
    int64_t *row_start;  /* rows of code k: [row_start[k], row_start[k + 1]) */
    int64_t *economy_of; /* of the flows' economy in the chain, or -1 */
    int64_t row;         /* ROW of the chain, or -1 */
    double *trade;       /* economies²: [seller * economies + buyer], MUSD */
    double *imports, *exports, *made; /* of an economy, MUSD */
    const char *source;
    int64_t products, unmatched;
} overlay;

/* ---- Codes ---- */

/* The next of "811292;282590"; false after the last. */
static bool next_code(const char **list, char code[KN__HS_LONGEST + 1])
{
    size_t length = strcspn(*list, ";");
    size_t kept = length < KN__HS_LONGEST ? length : KN__HS_LONGEST;
    memcpy(code, *list, kept);
    code[kept] = '\0';
    *list += length + ((*list)[length] == ';');
    return kept > 0;
}

/* Is one of two codes the other, or a heading above it? */
static bool overlaps(const char *a, const char *b)
{
    size_t m = strlen(a), n = strlen(b);
    return strncmp(a, b, m < n ? m : n) == 0;
}

static bool names_code(const char *list, const char *wanted)
{
    char code[KN__HS_LONGEST + 1];
    while (next_code(&list, code))
        if (overlaps(code, wanted))
            return true;
    return false;
}

static bool is_industry(const kn__chain_product *p)
{
    return kn__text_equal(p->kind, "industry");
}

/* A code of the list, or one that p shares with products of more than a tenth of the
   value. */
static bool is_basket(const overlay *o, const kn__chain_product *p, const char *code)
{
    double all = 0;
    for (size_t k = 0; k < sizeof baskets / sizeof *baskets; k++)
        if (overlaps(code, baskets[k]))
            return true;
    for (int64_t k = 0; k < o->raw->product_count; k++) {
        const kn__chain_product *other = &o->raw->products[k];
        if (!is_industry(other) && names_code(other->hs, code))
            all += other->value_musd;
    }
    return p->value_musd < ALMOST_ALL * all;
}

/* Adds the flows of a code; false when there are none. */
static bool add_trade(overlay *o, const char *code)
{
    const kn__flows_raw *flows = o->flows;
    bool found = false;
    size_t length = strlen(code);
    for (int32_t k = 0; k < flows->product_count; k++) {
        if (strncmp(flows->products[k], code, length) != 0)
            continue;
        for (int64_t at = o->row_start[k]; at < o->row_start[k + 1]; at++) {
            const kn__flow_row *r = &flows->rows[at];
            int64_t s = o->economy_of[r->from], d = o->economy_of[r->to];
            if (r->year != flows->source_year)
                continue;
            found = true;
            if (s >= 0)
                o->exports[s] += r->value_musd;
            if (d >= 0)
                o->imports[d] += r->value_musd;
            if (s >= 0 && d >= 0)
                o->trade[s * o->economies + d] += r->value_musd;
        }
    }
    return found;
}

/* Gathers the trade of a product; *usable when all its codes are there and clean. */
static kn_status gather(overlay *o, const kn__chain_product *p, bool *usable)
{
    char code[KN__HS_LONGEST + 1],
        basket[KN__HS_LONGEST + 1] = "", missing[KN__HS_LONGEST + 1] = "";
    const char *list = p->hs;
    size_t n = (size_t)o->economies;
    int32_t found = 0;
    memset(o->trade, 0, n * n * sizeof *o->trade);
    memset(o->imports, 0, n * sizeof *o->imports);
    memset(o->exports, 0, n * sizeof *o->exports);
    *usable = false;
    while (next_code(&list, code)) {
        bool there = add_trade(o, code);
        found += there;
        if (!there)
            memcpy(missing, code, sizeof code);
        else if (is_basket(o, p, code))
            memcpy(basket, code, sizeof code);
    }
    o->unmatched += !found;
    *usable = found && !*missing && !*basket;
    if (found && *basket)
        return KN__NOTE(o->raw, o->ctx,
                        "trade of %s is not used: HS %s holds other goods too", p->id,
                        basket);
    if (found && *missing)
        return KN__NOTE(o->raw, o->ctx, "trade of %s is not used: the file lacks HS %s",
                        p->id, missing);
    return KN_OK;
}

/* ---- Links ---- */

static kn_status add_link(overlay *o, const kn__chain_link *link)
{
    kn__chain_raw *raw = o->raw;
    if (raw->link_count == raw->link_capacity) {
        int64_t room = raw->link_capacity + raw->link_capacity / 2 + 256;
        kn__chain_link *more = KN__ARRAY(raw->arena, o->ctx, room, kn__chain_link);
        if (!more)
            return KN_ERR_MEMORY;
        if (raw->link_count)
            memcpy(more, raw->links, (size_t)raw->link_count * sizeof *more);
        raw->links = more;
        raw->link_capacity = room;
    }
    raw->links[raw->link_count++] = *link;
    return KN_OK;
}

/* Takes out the links of a product to a buyer; how many there were. */
static int64_t drop_links(overlay *o, const char *product, const char *buyer)
{
    kn__chain_raw *raw = o->raw;
    int64_t kept = 0, count = raw->link_count;
    for (int64_t k = 0; k < count; k++) {
        const kn__chain_link *l = &raw->links[k];
        if (!kn__text_equal(l->product, product) || !kn__text_equal(l->to, buyer))
            raw->links[kept++] = *l;
    }
    raw->link_count = kept;
    return count - kept;
}

/* made = share of supply times value of the world */
static void find_made(overlay *o, const kn__chain_product *p)
{
    memset(o->made, 0, (size_t)o->economies * sizeof *o->made);
    for (int64_t k = 0; k < o->raw->supply_count; k++) {
        const kn__chain_supply *s = &o->raw->supplies[k];
        if (!kn__text_equal(s->product, p->id))
            continue;
        for (int64_t e = 0; e < o->economies; e++)
            if (kn__text_equal(o->raw->economies[e].code, s->economy))
                o->made[e] += s->share * p->value_musd;
    }
}

/* Links of one buyer; how many is added to *added. */
static kn_status link_buyer(overlay *o, const kn__chain_product *p, int64_t d,
                            int64_t *added)
{
    const kn__chain_economy *economies = o->raw->economies;
    double home = fmax(0, o->made[d] - o->exports[d]);
    for (int64_t s = 0; s < o->economies; s++) {
        double bought = o->trade[s * o->economies + d];
        if (s == d || !(o->made[s] > 0) || !(bought > 0))
            continue;
        /* (m / I) (1 - home / (I + home)) = m / (I + home) */
        kn__chain_link link = {.product = p->id,
                               .from = economies[s].code,
                               .to = economies[d].code,
                               .source = o->source,
                               .share = bought / (o->imports[d] + home),
                               .year = o->flows->source_year,
                               .grade = 'B'};
        KN__TRY(add_link(o, &link));
        ++*added;
    }
    return KN_OK;
}

static bool is_place(const overlay *o, int64_t e)
{
    return e != o->row && !kn__text_equal(o->raw->economies[e].code, "ZZU");
}

/* What a buyer imports from economies that make the product. */
static double from_makers(const overlay *o, int64_t d)
{
    double sum = 0;
    for (int64_t s = 0; s < o->economies; s++)
        sum += s != d && o->made[s] > 0 ? o->trade[s * o->economies + d] : 0;
    return sum;
}

/* The share of imports of all buyers that comes from economies that make none. */
static double resold_share(const overlay *o)
{
    double all = 0, known = 0;
    for (int64_t d = 0; d < o->economies; d++)
        if (is_place(o, d)) {
            all += o->imports[d];
            known += from_makers(o, d);
        }
    return all > 0 ? 1 - known / all : 1;
}

static kn_status link_product(overlay *o, const kn__chain_product *p)
{
    bool usable;
    int64_t buyers = 0, added = 0, dropped = 0;
    KN__TRY(gather(o, p, &usable));
    if (!usable)
        return KN_OK;
    find_made(o, p);
    double resold = resold_share(o);
    if (resold > MOST_RESOLD)
        return KN__NOTE(o->raw, o->ctx,
                        "trade of %s is not used: %.1f %% of imports come from economies "
                        "that make none",
                        p->id, 100 * resold);
    for (int64_t d = 0; d < o->economies; d++) {
        if (!is_place(o, d) || !(from_makers(o, d) > 0))
            continue;
        dropped += drop_links(o, p->id, o->raw->economies[d].code);
        KN__TRY(link_buyer(o, p, d, &added));
        buyers++;
    }
    o->products++;
    return KN__NOTE(
        o->raw, o->ctx,
        "trade of %s: %d links to %d buyers from %s, in place of %d; %.1f %% of "
        "imports come from economies that make none and stay open",
        p->id, (int)added, (int)buyers, o->flows->name, (int)dropped, 100 * resold);
}

/* ---- Entry ---- */

static int64_t find_economy(const kn__chain_raw *raw, const char *code)
{
    for (int64_t e = 0; e < raw->economy_count; e++)
        if (kn__text_equal(raw->economies[e].code, code))
            return e;
    return -1;
}

static kn_status allocate(overlay *o)
{
    int64_t n = o->economies = o->raw->economy_count;
    const kn__flows_raw *flows = o->flows;
    o->row_start = KN__ARRAY(o->scratch, o->ctx, flows->product_count + 1, int64_t);
    o->economy_of = KN__ARRAY(o->scratch, o->ctx, flows->economy_count, int64_t);
    o->trade = KN__ARRAY(o->scratch, o->ctx, n * n, double);
    o->imports = KN__ARRAY(o->scratch, o->ctx, n, double);
    o->exports = KN__ARRAY(o->scratch, o->ctx, n, double);
    o->made = KN__ARRAY(o->scratch, o->ctx, n, double);
    if (!o->row_start || !o->economy_of || !o->trade || !o->imports || !o->exports ||
        !o->made)
        return KN_ERR_MEMORY;
    o->row = find_economy(o->raw, "ROW");
    for (int32_t e = 0; e < flows->economy_count; e++) {
        int64_t at = find_economy(o->raw, flows->economies[e]);
        o->economy_of[e] = at >= 0 ? at : o->row;
    }
    for (int64_t k = 0; k < flows->row_count; k++)
        o->row_start[flows->rows[k].product + 1]++;
    for (int32_t p = 0; p < flows->product_count; p++)
        o->row_start[p + 1] += o->row_start[p];
    return KN_OK;
}

static kn_status add_source(overlay *o)
{
    kn__chain_raw *raw = o->raw;
    int64_t count = raw->source_count;
    kn__chain_source *more = KN__ARRAY(raw->arena, o->ctx, count + 1, kn__chain_source);
    const char *title = kn__arena_text(raw->arena, o->ctx, o->flows->source_title);
    if (!more || !title)
        return KN_ERR_MEMORY;
    if (count)
        memcpy(more, raw->sources, (size_t)count * sizeof *more);
    more[count] = (kn__chain_source){.id = "trade-overlay",
                                     .title = title,
                                     .publisher = "",
                                     .url = "",
                                     .licence = "",
                                     .year = o->flows->source_year};
    raw->sources = more;
    raw->source_count = raw->source_capacity = count + 1;
    o->source = more[count].id;
    return KN_OK;
}

static kn_status run(overlay *o)
{
    KN__TRY(allocate(o));
    KN__TRY(add_source(o));
    for (int64_t k = 0; k < o->raw->product_count; k++) {
        const kn__chain_product *p = &o->raw->products[k];
        if (!is_industry(p) && *p->hs)
            KN__TRY(link_product(o, p));
    }
    if (!o->products)
        return kn__fail(o->ctx, KN_ERR_DATA,
                        "%s: no product of %s can be told from its HS codes in this "
                        "file: all its codes must be there, and none be a basket",
                        o->flows->name, o->raw->name);
    return KN__NOTE(o->raw, o->ctx,
                    "%s: links of %d products; %d products have no HS code in the file",
                    o->flows->edition, (int)o->products, (int)o->unmatched);
}

kn_status kn__chain_overlay(kn__chain_raw *raw, kn_context *ctx,
                            const kn__flows_raw *flows)
{
    overlay o = {.ctx = ctx, .raw = raw, .flows = flows};
    KN__TRY(kn__arena_new(&o.scratch, ctx));
    kn_status status = run(&o);
    kn__arena_free(o.scratch);
    return status;
}
