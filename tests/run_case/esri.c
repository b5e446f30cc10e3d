/* SPDX-License-Identifier: Apache-2.0 */
/* Family esri: a matrix with shocks and results by setting, or a list of edges with the
   index of every firm. */
#include "lens/cascade/esri.h"

#include <string.h>

#include "kernel/text.h"
#include "run_case.h"

typedef struct net {
    rc *r;
    kn__esri_input in;
    int32_t *supplier, *buyer, *sector;
    double *weight;
    unsigned char *edge_class;
} net;

static bool net_new(net *n, rc *r, int64_t firms, int64_t edges)
{
    n->r = r;
    n->supplier = KN__ARRAY(r->arena, r->ctx, edges, int32_t);
    n->buyer = KN__ARRAY(r->arena, r->ctx, edges, int32_t);
    n->sector = KN__ARRAY(r->arena, r->ctx, firms, int32_t);
    n->weight = KN__ARRAY(r->arena, r->ctx, edges, double);
    n->edge_class = KN__ARRAY(r->arena, r->ctx, edges, unsigned char);
    n->in = (kn__esri_input){.firms = (int32_t)firms,
                             .supplier = n->supplier,
                             .buyer = n->buyer,
                             .weight = n->weight,
                             .edge_class = n->edge_class,
                             .sector = n->sector};
    return n->supplier && n->buyer && n->sector && n->weight && n->edge_class;
}

static void add_edge(net *n, int32_t i, int32_t j, double weight, unsigned char class)
{
    int64_t k = n->in.edges++;
    n->supplier[k] = i;
    n->buyer[k] = j;
    n->weight[k] = weight;
    n->edge_class[k] = class;
}

/* ---- W, sector, ess, psi, results ---- */

static bool read_matrix(net *n, rc *r)
{
    int64_t firms = (int64_t)json_array_size(json_object_get(r->root, "W"));
    double *w = rc_numbers(r, "W", rc_get(r, r->root, "W"), firms * firms);
    const json_t *ess = rc_get(r, r->root, "ess");
    int32_t sectors = (int32_t)json_array_size(ess);
    int32_t *class = rc_whole(r, "ess", ess, (int64_t)sectors * sectors, KN__EDGE_NONE,
                              KN__EDGE_ESSENTIAL);
    int32_t *sector =
        rc_whole(r, "sector", rc_get(r, r->root, "sector"), firms, 0, sectors - 1);
    if (!w || !sector || !class || !net_new(n, r, firms, firms * firms))
        return false;
    n->in.sectors = sectors;
    memcpy(n->sector, sector, (size_t)firms * sizeof *sector);
    for (int64_t k = 0; k < firms * firms; k++)
        if (w[k] > 0)
            add_edge(
                n, (int32_t)(k / firms), (int32_t)(k % firms), w[k],
                (unsigned char)class[sector[k / firms] * sectors + sector[k % firms]]);
    return true;
}

/* Optional keys of one number for each firm. */
static bool read_options(net *n)
{
    rc *r = n->r;
    const json_t *market = json_object_get(r->root, "market");
    const json_t *revenue = json_object_get(r->root, "revenue");
    const json_t *costs = json_object_get(r->root, "costs");
    int64_t firms = n->in.firms;
    if (revenue && !(n->in.revenue = rc_numbers(r, "revenue", revenue, firms)))
        return false;
    if (costs && !(n->in.cost = rc_numbers(r, "costs", costs, firms)))
        return false;
    if (!market)
        return true;
    int32_t kinds;
    n->in.market = rc_codes(r, "market", market, firms, &kinds);
    if (kinds > n->in.sectors)
        n->in.sectors = kinds;
    return n->in.market;
}

/* psi[firm][scenario]; absent: every firm fails alone. */
static bool read_shocks(const net *n, kn__esri_shocks *shocks)
{
    rc *r = n->r;
    const json_t *value = json_object_get(r->root, "psi");
    int64_t firms = n->in.firms;
    if (!value)
        return rc_ok(r, kn__esri_each(shocks, r->ctx, r->arena, n->in.firms));
    int64_t count = (int64_t)json_array_size(json_array_get(value, 0));
    double *psi = rc_numbers(r, "psi", value, firms * count);
    int64_t *start = KN__ARRAY(r->arena, r->ctx, count + 1, int64_t);
    int32_t *firm = KN__ARRAY(r->arena, r->ctx, firms * count, int32_t);
    double *loss = KN__ARRAY(r->arena, r->ctx, firms * count, double);
    if (!psi || !start || !firm || !loss)
        return false;
    for (int64_t s = 0, at = 0; s < count; s++) {
        for (int64_t i = 0; i < firms; i++)
            if (psi[i * count + s] > 0) {
                firm[at] = (int32_t)i;
                loss[at++] = psi[i * count + s];
            }
        start[s + 1] = at;
    }
    *shocks = (kn__esri_shocks){count, start, firm, loss};
    return true;
}

static void compare_setting(const net *n, const kn__esri_shocks *shocks,
                            const json_t *setting)
{
    static const char *const keys[] = {"market_share_replaceability",
                                       "eps",
                                       "start_full",
                                       "ESRI",
                                       "ESRI_down",
                                       "ESRI_up",
                                       "iterations",
                                       "loss_down_per_firm",
                                       "loss_up_per_firm",
                                       NULL};
    rc *r = n->r;
    const json_t *market = json_object_get(setting, "market_share_replaceability");
    kn__esri_rule rule = {.replaceable = json_is_true(market),
                          .start_full =
                              json_is_true(json_object_get(setting, "start_full")),
                          .eps = rc_number_or(setting, "eps", 0),
                          .most_steps = 1000000};
    int64_t count = shocks->count, cells = count * n->in.firms;
    kn__esri *esri;
    kn__esri_result got = {KN__ARRAY(r->arena, r->ctx, count, double),
                           KN__ARRAY(r->arena, r->ctx, count, double),
                           KN__ARRAY(r->arena, r->ctx, count, double),
                           KN__ARRAY(r->arena, r->ctx, count, int32_t),
                           KN__ARRAY(r->arena, r->ctx, cells, double),
                           KN__ARRAY(r->arena, r->ctx, cells, double)};
    double *steps = KN__ARRAY(r->arena, r->ctx, count, double);
    if (!rc_known(r, setting, keys) || !got.total || !got.down || !got.up || !got.steps ||
        !got.loss_down || !got.loss_up || !steps ||
        !rc_ok(r, kn__esri_new(&esri, r->ctx, r->arena, &n->in, &rule)) ||
        !rc_ok(r, kn__esri_run(esri, r->ctx, shocks, &got)))
        return;
    for (int64_t k = 0; k < count; k++)
        steps[k] = got.steps[k];
    const struct {
        const char *key;
        const double *values;
        int64_t count;
    } series[] = {{"ESRI", got.total, count},
                  {"ESRI_down", got.down, count},
                  {"ESRI_up", got.up, count},
                  {"iterations", steps, count},
                  {"loss_down_per_firm", got.loss_down, cells},
                  {"loss_up_per_firm", got.loss_up, cells}};
    for (size_t k = 0; k < sizeof series / sizeof *series; k++) {
        const json_t *expected = json_object_get(setting, series[k].key);
        if (expected)
            rc_compare_json(r, series[k].key, series[k].values, series[k].count,
                            expected);
    }
}

static void compare_matrix(rc *r)
{
    net n = {0};
    kn__esri_shocks shocks;
    static const char *const keys[] = {"W",          "sector",  "ess",   "psi",
                                       "market",     "revenue", "costs", "results",
                                       "convention", NULL};
    const json_t *results = rc_get(r, r->root, "results");
    if (!results || !rc_known(r, r->root, keys) || !read_matrix(&n, r) ||
        !read_options(&n) || !read_shocks(&n, &shocks))
        return;
    for (size_t k = 0; k < json_array_size(results); k++) {
        const json_t *setting = json_array_get(results, k);
        bool market =
            json_is_true(json_object_get(setting, "market_share_replaceability"));
        rc_begin(r, "market_%s/eps_%g", market ? "on" : "off",
                 rc_number_or(setting, "eps", 0));
        compare_setting(&n, &shocks, setting);
        rc_end(r);
    }
}

/* ---- Edges with sector codes and classes ---- */

/* The place of a label in a list; added when new. */
static int32_t label_at(json_t *labels, const char *label)
{
    size_t k = 0;
    while (k < json_array_size(labels) &&
           strcmp(json_string_value(json_array_get(labels, k)), label))
        k++;
    if (k == json_array_size(labels))
        json_array_append_new(labels, json_string(label));
    return (int32_t)k;
}

static bool read_edges(net *n, rc *r, json_t *firms, json_t *sectors)
{
    static const char *const ends[2][2] = {{"supplier", "supplierNACE"},
                                           {"customer", "customerNACE"}};
    const json_t *edges = rc_get(r, r->root, "edges");
    int64_t count = (int64_t)json_array_size(edges);
    if (!edges || !net_new(n, r, 2 * count, count))
        return false;
    for (int64_t k = 0; k < count; k++) {
        const json_t *edge = json_array_get(edges, (size_t)k);
        int32_t id[2];
        for (int e = 0; e < 2; e++) {
            const char *firm = rc_text(r, edge, ends[e][0]);
            const char *sector = rc_text(r, edge, ends[e][1]);
            if (!firm || !sector)
                return false;
            id[e] = label_at(firms, firm);
            n->sector[id[e]] = label_at(sectors, sector);
        }
        double *weight = rc_numbers(r, "weight", json_object_get(edge, "weight"), 1);
        int32_t *class = rc_whole(r, "type", json_object_get(edge, "type"), 1,
                                  KN__EDGE_NONE, KN__EDGE_ESSENTIAL);
        if (!weight || !class)
            return false;
        add_edge(n, id[0], id[1], *weight, (unsigned char)*class);
    }
    n->in.firms = (int32_t)json_array_size(firms);
    n->in.sectors = (int32_t)json_array_size(sectors);
    return true;
}

static void compare_edges(net *n, rc *r, json_t *firms)
{
    /* As the published program: start h = 1, stop at 1e-2, markets are sectors. */
    kn__esri_rule rule = {true, true, rc_number_or(r->root, "eps", 1e-2), 1000000};
    kn__esri_shocks shocks;
    kn__esri *esri;
    json_t *expected = json_object_get(r->root, "expected"), *value;
    size_t count = json_object_size(expected), k = 0;
    double *total = KN__ARRAY(r->arena, r->ctx, n->in.firms, double);
    double *got = KN__ARRAY(r->arena, r->ctx, (int64_t)count, double);
    double *wanted = KN__ARRAY(r->arena, r->ctx, (int64_t)count, double);
    const char *firm;
    if (!total || !got || !wanted ||
        !rc_ok(r, kn__esri_each(&shocks, r->ctx, r->arena, n->in.firms)) ||
        !rc_ok(r, kn__esri_new(&esri, r->ctx, r->arena, &n->in, &rule)) ||
        !rc_ok(r,
               kn__esri_run(esri, r->ctx, &shocks, &(kn__esri_result){.total = total})))
        return;
    json_object_foreach(expected, firm, value)
    {
        int32_t at = rc_find(r, firms, firm);
        if (at < 0)
            return;
        got[k] = total[at];
        wanted[k++] = json_number_value(value);
    }
    rc_compare(r, "ESRI", got, wanted, (int64_t)count);
}

void rc_esri(rc *r)
{
    if (json_object_get(r->root, "W")) {
        compare_matrix(r);
        return;
    }
    static const char *const keys[] = {"edges", "expected", "eps", "convention", NULL};
    net n = {0};
    json_t *firms = json_array(), *sectors = json_array();
    rc_begin(r, "edges");
    if (rc_known(r, r->root, keys) && read_edges(&n, r, firms, sectors))
        compare_edges(&n, r, firms);
    rc_end(r);
    json_decref(firms);
    json_decref(sectors);
}
