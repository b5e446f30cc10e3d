/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/text.h"
#include "read/flows_raw.h"
#include "read/io_labels.h"
#include "read/labels.h"

/* A network of firms: edges (supplier, buyer, weight), nodes (firm, sector, economy), the
   class of input sectors for using sectors (0 none, 1 not essential, 2 essential).
   Files with or without a header; without one columns stand in this order, and a nodes
   file of one column gives the sectors of firms 1, 2, 3 … */
enum { MOST_FIRMS = 20000000, MOST_SECTORS = 5000 };

typedef struct reader {
    kn_context *ctx;
    kn__firms_raw *raw;
    kn__intern firms, sectors;
    int64_t firm_room, edge_room;
    int32_t *sector;      /* of each firm, -1: none yet; by kn__alloc */
    const char **economy; /* of each firm, NULL: none */
    kn__flow_row *edges;  /* from, to, value_musd */
    int64_t edge_count;
    bool closed; /* firms must be listed in the nodes file */
} reader;

static bool is_number(const kn__field *f)
{
    double value;
    return kn__parse_number(f->text, (size_t)f->length, &value);
}

static kn_status firm_of(reader *r, kn__csv *csv, const kn__field *field, int32_t *id)
{
    int32_t before = r->firms.count;
    if (!field->length || field->length > 200)
        return kn__csv_fail(csv, field, "the name of a firm was expected");
    KN__TRY(kn__intern_add(&r->firms, r->ctx, r->raw->arena, field->text, id));
    if (*id < before)
        return KN_OK;
    if (r->closed)
        return kn__csv_fail(csv, field, "firm \"%.60s\" is not in the file of nodes",
                            field->text);
    if (r->firms.count > MOST_FIRMS)
        return kn__csv_fail(csv, field, "more than %d firms", MOST_FIRMS);
    int64_t room = r->firm_room;
    void *sector = r->sector, *economy = r->economy;
    KN__TRY(kn__grow(r->ctx, &sector, &room, r->firms.count, sizeof *r->sector));
    r->sector = sector;
    KN__TRY(
        kn__grow(r->ctx, &economy, &r->firm_room, r->firms.count, sizeof *r->economy));
    r->economy = economy;
    r->sector[*id] = -1;
    r->economy[*id] = NULL;
    return KN_OK;
}

/* ---- Nodes ---- */

static kn_status add_node(reader *r, kn__csv *csv, const kn__field *firm,
                          const kn__field *sector, const kn__field *economy)
{
    int32_t id;
    KN__TRY(firm_of(r, csv, firm, &id));
    if (r->sector[id] >= 0)
        return kn__csv_fail(csv, firm, "firm \"%.60s\" stands twice", firm->text);
    if (!sector->length || sector->length > 80)
        return kn__csv_fail(csv, sector, "a sector was expected");
    KN__TRY(
        kn__intern_add(&r->sectors, r->ctx, r->raw->arena, sector->text, &r->sector[id]));
    if (r->sectors.count > MOST_SECTORS)
        return kn__csv_fail(csv, sector, "more than %d sectors", MOST_SECTORS);
    if (!economy || !economy->length)
        return KN_OK;
    r->economy[id] = kn__economy_find(economy->text);
    return r->economy[id] ? KN_OK : kn__unknown_economy(csv, economy, economy->text);
}

static kn_status numbered_node(reader *r, kn__csv *csv, const kn__field *sector)
{
    char name[24];
    int n = kn__format_number(name, (double)r->firms.count + 1);
    const kn__field firm = {name, n, 1, 0};
    return add_node(r, csv, &firm, sector, NULL);
}

static kn_status read_nodes(reader *r, kn__csv *csv)
{
    static const char *const firm[] = {"firm", "id", "node", "name", NULL},
                             *const sector[] = {"sector", "industry", "nace", NULL},
                             *const economy[] = {"economy", "country", NULL};
    const kn__field *f;
    int32_t count, at[3] = {0, 1, 2};
    KN__TRY(kn__csv_next(csv, &f, &count));
    bool header = kn__column_of(f, count, sector) >= 0;
    if (header) {
        at[0] = kn__column_of(f, count, firm);
        at[1] = kn__column_of(f, count, sector);
        at[2] = kn__column_of(f, count, economy);
        if (at[0] < 0 && count > 1)
            return kn__csv_fail(csv, NULL, "column \"firm\" is missing");
    }
    kn__csv_expect(csv, count);
    for (bool first = !header; count; first = false) {
        if (!first)
            KN__TRY(kn__csv_next(csv, &f, &count));
        if (count == 1)
            KN__TRY(numbered_node(r, csv, &f[0]));
        else if (count)
            KN__TRY(add_node(r, csv, &f[at[0]], &f[at[1]],
                             at[2] >= 0 && at[2] < count ? &f[at[2]] : NULL));
    }
    r->closed = true;
    return r->firms.count ? KN_OK : kn__csv_fail(csv, NULL, "there is no firm");
}

/* ---- Edges ---- */

static kn_status add_edge(reader *r, kn__csv *csv, const kn__field *supplier,
                          const kn__field *buyer, const kn__field *weight)
{
    kn__flow_row e = {.line = (int32_t)kn__csv_line(csv)};
    KN__TRY(firm_of(r, csv, supplier, &e.from));
    KN__TRY(firm_of(r, csv, buyer, &e.to));
    KN__TRY(kn__csv_number(csv, weight, false, &e.value_musd));
    if (e.value_musd < 0)
        return kn__csv_fail(csv, weight, "a weight cannot be negative: %s", weight->text);
    void *edges = r->edges;
    KN__TRY(kn__grow(r->ctx, &edges, &r->edge_room, r->edge_count + 1, sizeof e));
    r->edges = edges;
    r->edges[r->edge_count++] = e;
    return KN_OK;
}

static kn_status read_edges(reader *r, kn__csv *csv)
{
    static const char *const supplier[] = {"supplier", "from", "source", "i", NULL},
                             *const buyer[] = {"buyer", "to", "target", "j", NULL},
                             *const weight[] = {"weight", "value", "w", NULL};
    const kn__field *f;
    int32_t count, at[3] = {0, 1, 2};
    KN__TRY(kn__csv_next(csv, &f, &count));
    if (count < 3)
        return kn__csv_fail(csv, NULL, "supplier, buyer and weight were expected");
    bool header = !is_number(&f[2]) || kn__column_of(f, count, supplier) >= 0;
    if (header) {
        at[0] = kn__column_of(f, count, supplier);
        at[1] = kn__column_of(f, count, buyer);
        at[2] = kn__column_of(f, count, weight);
        if (at[0] < 0 || at[1] < 0 || at[2] < 0)
            return kn__csv_fail(csv, NULL, "column \"%s\" is missing",
                                at[0] < 0   ? "supplier"
                                : at[1] < 0 ? "buyer"
                                            : "weight");
    }
    kn__csv_expect(csv, count);
    for (bool first = !header; count; first = false) {
        if (!first)
            KN__TRY(kn__csv_next(csv, &f, &count));
        if (count)
            KN__TRY(add_edge(r, csv, &f[at[0]], &f[at[1]], &f[at[2]]));
    }
    return r->edge_count ? KN_OK : kn__csv_fail(csv, NULL, "there is no edge");
}

/* ---- Classes of inputs ---- */

/* The sector a label of the class table stands for: its name, or, where sectors are
   called 1, 2, 3 …, its place; -1: no firm is in it. */
static int32_t sector_at(const reader *r, const char *label, int32_t place, bool by_place)
{
    char number[24];
    if (by_place) {
        kn__format_number(number, (double)place + 1);
        label = number;
    }
    for (int32_t s = 0; s < r->sectors.count; s++)
        if (strcmp(r->sectors.texts[s], label) == 0)
            return s;
    return -1;
}

/* No sector bears a label of the table, and all are whole numbers within it. */
static bool sectors_are_places(const reader *r, const kn__field *f, int32_t count)
{
    for (int32_t s = 0; s < r->sectors.count; s++) {
        int64_t number;
        const char *name = r->sectors.texts[s];
        if (!kn__parse_int(name, strlen(name), &number) || number < 1 ||
            number > count - 1)
            return false;
        for (int32_t c = 1; c < count; c++)
            if (strcmp(f[c].text, name) == 0)
                return false;
    }
    return true;
}

static kn_status class_row(reader *r, kn__csv *csv, const kn__field *f, int32_t count,
                           int32_t input, const int32_t *user)
{
    for (int32_t c = 1; c < count; c++) {
        const char *s = f[c].text;
        if (f[c].length != 1 || *s < '0' || *s > '2')
            return kn__csv_fail(csv, &f[c],
                                "a class was expected (0 none, 1 not essential, 2 "
                                "essential), found \"%.20s\"",
                                s);
        if (input >= 0 && user[c] >= 0)
            r->raw->essential[(int64_t)input * r->sectors.count + user[c]] =
                (unsigned char)(*s - '0');
    }
    return KN_OK;
}

static kn_status all_found(reader *r, kn__csv *csv, const int32_t *user, int32_t count)
{
    for (int32_t s = 0; s < r->sectors.count; s++) {
        bool found = false;
        for (int32_t c = 1; c < count; c++)
            found |= user[c] == s;
        if (!found)
            return kn__csv_fail(csv, NULL, "sector \"%.60s\" of the firms has no column",
                                r->sectors.texts[s]);
    }
    return KN_OK;
}

static kn_status read_classes(reader *r, kn__csv *csv)
{
    kn__firms_raw *raw = r->raw;
    const kn__field *f;
    int32_t count, S = r->sectors.count;
    KN__TRY(kn__csv_next(csv, &f, &count));
    if (count < 2 || count > MOST_SECTORS)
        return kn__csv_fail(csv, NULL, "a header row of sectors was expected");
    bool by_place = sectors_are_places(r, f, count);
    int32_t *user = KN__ARRAY(raw->arena, r->ctx, count, int32_t), rows = 0;
    raw->essential = KN__ARRAY(raw->arena, r->ctx, (int64_t)S * S, unsigned char);
    if (!user || !raw->essential)
        return KN_ERR_MEMORY;
    for (int32_t c = 1; c < count; c++)
        user[c] = sector_at(r, f[c].text, c - 1, by_place);
    kn__csv_expect(csv, count);
    KN__TRY(all_found(r, csv, user, count));
    for (int32_t width = count;; rows++) {
        KN__TRY(kn__csv_next(csv, &f, &count));
        if (!count)
            return rows == width - 1
                       ? KN_OK
                       : kn__csv_fail(csv, NULL, "%d rows, but %d columns of sectors",
                                      (int)rows, (int)width - 1);
        if (rows < width - 1)
            KN__TRY(class_row(r, csv, f, width, sector_at(r, f[0].text, rows, by_place),
                              user));
    }
}

/* ---- Entry ---- */

static kn_status fill_raw(reader *r)
{
    kn__firms_raw *raw = r->raw;
    int64_t n = r->firms.count, m = r->edge_count;
    if (!r->sectors.count) {
        int32_t all;
        KN__TRY(kn__intern_add(&r->sectors, r->ctx, raw->arena, "firms", &all));
        for (int64_t i = 0; i < n; i++)
            r->sector[i] = all;
    }
    raw->firm_count = r->firms.count;
    raw->sector_count = r->sectors.count;
    raw->firms = r->firms.texts;
    raw->sectors = r->sectors.texts;
    raw->edge_count = m;
    raw->sector = KN__ARRAY(raw->arena, r->ctx, n, int32_t);
    raw->firm_economy = KN__ARRAY(raw->arena, r->ctx, n, const char *);
    raw->supplier = KN__ARRAY(raw->arena, r->ctx, m, int32_t);
    raw->buyer = KN__ARRAY(raw->arena, r->ctx, m, int32_t);
    raw->weight = KN__ARRAY(raw->arena, r->ctx, m, double);
    if (!raw->sector || !raw->firm_economy || !raw->supplier || !raw->buyer ||
        !raw->weight)
        return KN_ERR_MEMORY;
    for (int64_t i = 0; i < n; i++) {
        raw->sector[i] = r->sector[i];
        raw->firm_economy[i] = r->economy[i] ? r->economy[i] : "";
    }
    for (int64_t e = 0; e < m; e++) {
        raw->supplier[e] = r->edges[e].from;
        raw->buyer[e] = r->edges[e].to;
        raw->weight[e] = r->edges[e].value_musd;
    }
    raw->name = "firms";
    raw->edition = kn__arena_format(raw->arena, r->ctx,
                                    "firms: %lld nodes, %lld edges, %d sectors%s",
                                    (long long)n, (long long)m, (int)raw->sector_count,
                                    raw->essential ? ", classes of inputs" : "");
    return raw->edition ? KN_OK : KN_ERR_MEMORY;
}

static kn_status read_all(reader *r, kn__csv *const *files, int32_t count)
{
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, r->ctx));
    r->raw = KN__NEW(arena, r->ctx, kn__firms_raw);
    if (!r->raw) {
        kn__arena_free(arena);
        return KN_ERR_MEMORY;
    }
    r->raw->arena = arena;
    if (count > 1)
        KN__TRY(read_nodes(r, files[1]));
    KN__TRY(read_edges(r, files[0]));
    if (count > 2)
        KN__TRY(read_classes(r, files[2]));
    return fill_raw(r);
}

kn_status kn__read_firms_csv(kn__firms_raw **raw, kn_context *ctx, kn__csv *const *files,
                             int32_t count)
{
    reader r = {.ctx = ctx};
    *raw = NULL;
    kn_status status = read_all(&r, files, count);
    kn__release(ctx, r.sector);
    kn__release(ctx, r.economy);
    kn__release(ctx, r.edges);
    if (status < 0)
        kn__firms_raw_free(r.raw);
    else
        *raw = r.raw;
    return status;
}

kn_status kn__read_firms(kn__firms_raw **raw, kn_context *ctx, const char *const *paths,
                         int32_t count)
{
    kn__csv *files[3] = {NULL, NULL, NULL};
    kn_status status = KN_OK;
    *raw = NULL;
    for (int32_t k = 0; k < count && k < 3 && status >= 0; k++)
        status = kn__csv_open(&files[k], ctx, paths[k]);
    if (status >= 0)
        status = kn__read_firms_csv(raw, ctx, files, count < 3 ? count : 3);
    for (int k = 0; k < 3; k++)
        kn__csv_close(files[k]);
    return status;
}
