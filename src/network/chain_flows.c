/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "kernel/ras.h"
#include "network/chain.h"

static const double ROUNDING = 1e-6;
static const double RAS_TOLERANCE = 1e-12;
static const double RAS_CLOSE_ENOUGH = 1e-9;
static const double OPEN_PART = 0.01;
/* Buyers prefer what is made at home: exp(1.96), the mean coefficient of "home" in 279
   gravity estimates (Head and Mayer, Handbook of International Economics 4, 2014, table
   4). Without it China's aluminium, which stays in China, would be Japan's too. */
static const double HOME_BIAS = 7.1;
enum { RAS_ITERATIONS = 2000 };

/* Categories of final demand: two columns for each economy. */
enum { FINAL, INVESTMENT, CATEGORIES };

/* ---- Use ---- */

static double *row_of(const kn__chain_build *b, double *matrix, int64_t product)
{
    return matrix + product * b->net->economy_count;
}

static kn_status index_recipes(kn__chain_build *b)
{
    kn_network *net = b->net;
    b->by_input = KN__ARRAY(b->scratch, b->ctx, net->recipe_count, int32_t);
    b->input_start =
        KN__ARRAY(b->scratch, b->ctx, (int64_t)net->product_count + 2, int32_t);
    if (!b->by_input || !b->input_start)
        return KN_ERR_MEMORY;
    /* counted one further, so that filling moves each start to its place */
    int32_t *fill = b->input_start + 1;
    for (int32_t k = 0; k < net->recipe_count; k++)
        fill[net->recipes[k].input + 1]++;
    for (int32_t p = 0; p < net->product_count; p++)
        fill[p + 1] += fill[p];
    for (int32_t k = 0; k < net->recipe_count; k++)
        b->by_input[fill[net->recipes[k].input]++] = k;
    return KN_OK;
}

/* wanted[q, d] = Σ_p θ(p, q) x(p, d) */
static void add_wanted(kn__chain_build *b)
{
    const kn_network *net = b->net;
    for (int32_t k = 0; k < net->recipe_count; k++) {
        const kn__recipe *r = &net->recipes[k];
        double *to = row_of(b, b->wanted, r->input);
        const double *x = row_of(b, b->output, r->product);
        for (int32_t d = 0; d < net->economy_count; d++)
            to[d] += r->cost_share * x[d];
    }
}

/* How the use of q that is not listed spreads: by what recipes ask for, for tools by the
   output of the products made with them, else by GDP. */
static bool spread_by(kn__chain_build *b, int32_t q, int rule,
                      const unsigned char *listed, double *weight)
{
    const kn_network *net = b->net;
    double sum = 0;
    memset(weight, 0, (size_t)net->economy_count * sizeof *weight);
    for (int32_t d = 0; rule == 0 && d < net->economy_count; d++)
        weight[d] = row_of(b, b->wanted, q)[d];
    for (int32_t k = 0; rule == 1 && k < net->equipment_count; k++)
        for (int32_t d = 0; net->equipment[k].tool == q && d < net->economy_count; d++)
            weight[d] += row_of(b, b->output, net->equipment[k].product)[d];
    for (int32_t d = 0; rule == 2 && d < net->economy_count; d++)
        weight[d] = isnan(net->economies[d].gdp_musd) ? 0 : net->economies[d].gdp_musd;
    for (int32_t d = 0; d < net->economy_count; d++) {
        if (listed[d])
            weight[d] = 0;
        sum += weight[d];
    }
    for (int32_t d = 0; sum > 0 && d < net->economy_count; d++)
        weight[d] /= sum;
    return sum > 0;
}

/* use[q, ·] = listed shares, and the rest spread over the others; when there are no
   others the listed shares are scaled to all of it. */
static kn_status spread_use(kn__chain_build *b, int32_t q, const double *share,
                            const unsigned char *listed, double *weight)
{
    const kn_network *net = b->net;
    double total = 0, named = 0, *use = row_of(b, b->use, q);
    for (int32_t e = 0; e < net->economy_count; e++) {
        total += row_of(b, b->output, q)[e];
        named += listed[e] ? share[e] : 0;
    }
    double rest = named < 1 - ROUNDING ? 1 - named : 0;
    int rule = 0;
    while (rest > 0 && rule < 3 && !spread_by(b, q, rule, listed, weight))
        rule++;
    bool scale = rest == 0 || rule == 3;
    if (scale && named <= 0 && total > 0)
        return kn__fail(b->ctx, KN_ERR_DATA,
                        "%s: nobody uses %s: no recipe, no row in demand.csv and no GDP "
                        "to spread it by",
                        b->raw->name, net->products[q].id);
    for (int32_t d = 0; d < net->economy_count; d++) {
        double part = listed[d] ? (scale ? share[d] / named : share[d])
                      : scale   ? 0
                                : rest * weight[d];
        use[d] = total > 0 ? part * total : 0;
    }
    return KN_OK;
}

static kn_status add_use(kn__chain_build *b)
{
    static const char file[] = "demand.csv";
    const kn_network *net = b->net;
    int64_t E = net->economy_count, pairs = net->product_count * E;
    double *share = KN__ARRAY(b->scratch, b->ctx, pairs, double);
    double *weight = KN__ARRAY(b->scratch, b->ctx, E, double);
    double *sum = KN__ARRAY(b->scratch, b->ctx, net->product_count, double);
    unsigned char *listed = KN__ARRAY(b->scratch, b->ctx, pairs, unsigned char);
    if (!share || !weight || !sum || !listed)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < b->raw->demand_count; k++) {
        const kn__chain_demand *r = &b->raw->demands[k];
        int32_t q, d;
        kn__origin origin;
        KN__TRY(kn__chain_lookup(&q, b, &b->products, r->product, file, r->line));
        KN__TRY(kn__chain_lookup(&d, b, &b->economies, r->economy, file, r->line));
        KN__TRY(
            kn__chain_origin(&origin, b, r->source, r->grade, r->year, file, r->line));
        if (listed[q * E + d])
            return kn__chain_fail(b, file, r->line, "%s in %s stands twice", r->product,
                                  r->economy);
        listed[q * E + d] = 1;
        share[q * E + d] = r->share;
        sum[q] += r->share;
        if (sum[q] > 1 + ROUNDING)
            return kn__chain_fail(b, file, r->line,
                                  "the shares of %s sum to %.6f with this row, above 1",
                                  r->product, sum[q]);
    }
    for (int32_t q = 0; q < net->product_count; q++)
        KN__TRY(spread_use(b, q, share + q * E, listed + q * E, weight));
    return KN_OK;
}

/* ---- Bilateral flows of one product ---- */

typedef struct pool {
    int32_t product;
    int32_t first_link, last_link; /* its links, in order */
    double *flow;                  /* E × E */
    unsigned char *known;
    double *supply, *use; /* what links leave */
} pool;

/* Fixes f = share · use for known links. */
static void fix_links(kn__chain_build *b, pool *p)
{
    int64_t E = b->net->economy_count;
    const double *use = row_of(b, b->use, p->product);
    for (int32_t k = p->first_link; k < p->last_link; k++) {
        const kn__link *l = &b->net->links[k];
        p->known[l->from * E + l->to] = 1;
        p->flow[l->from * E + l->to] = l->share * use[l->to];
    }
}

/* What links leave of supply and use; false when an economy's known sales are more than
   it makes. */
static bool take_known(kn__chain_build *b, pool *p)
{
    int64_t E = b->net->economy_count;
    const double *made = row_of(b, b->output, p->product);
    const double *used = row_of(b, b->use, p->product);
    bool fits = true;
    memcpy(p->supply, made, (size_t)E * sizeof *made);
    memcpy(p->use, used, (size_t)E * sizeof *used);
    for (int64_t s = 0; s < E; s++)
        for (int64_t d = 0; d < E; d++)
            if (p->known[s * E + d]) {
                p->supply[s] -= p->flow[s * E + d];
                p->use[d] -= p->flow[s * E + d];
            }
    for (int64_t e = 0; e < E; e++) {
        fits = fits && p->supply[e] >= -ROUNDING * made[e];
        /* what is left by rounding alone is nothing */
        p->supply[e] = p->supply[e] > 1e-12 * made[e] ? p->supply[e] : 0;
        p->use[e] = p->use[e] > 1e-12 * used[e] ? p->use[e] : 0;
    }
    return fits;
}

/* Inside ROW and ZZU trade crosses borders too: they have no home. */
static double home_bias(const kn_network *net, int64_t s, int64_t d)
{
    return s == d && s != net->zzu && s != net->row_economy ? HOME_BIAS : 1;
}

/* The prior S M / W, with the home bias, in the cells that are not known. */
static void fill_prior(kn__chain_build *b, pool *p)
{
    int64_t E = b->net->economy_count;
    double left = 0;
    for (int64_t s = 0; s < E; s++)
        left += p->supply[s];
    for (int64_t s = 0; s < E; s++)
        for (int64_t d = 0; d < E; d++)
            if (!p->known[s * E + d])
                p->flow[s * E + d] =
                    left > 0 ? home_bias(b->net, s, d) * p->supply[s] * p->use[d] / left
                             : 0;
}

/* The link that bent most: its share now less the share given. */
static kn_status note_bent(kn__chain_build *b, const pool *p)
{
    const kn_network *net = b->net;
    const kn__link *worst = NULL;
    double most = -1, now = 0;
    for (int32_t k = p->first_link; k < p->last_link; k++) {
        const kn__link *l = &net->links[k];
        double use = row_of(b, b->use, p->product)[l->to];
        double share =
            use > 0 ? p->flow[l->from * net->economy_count + l->to] / use : l->share;
        if (fabs(share - l->share) * use > most) {
            most = fabs(share - l->share) * use;
            worst = l;
            now = share;
        }
    }
    if (!worst)
        return KN_OK;
    return KN__NOTE(b->net, b->ctx,
                    "the links of %s do not fit its supply and demand; they were "
                    "bent to fit, most of all %s to %s: %.4g instead of %.4g",
                    net->products[p->product].id, net->economies[worst->from].code,
                    net->economies[worst->to].code, now, worst->share);
}

/* Where links contradict the margins, shares of supply and demand stand and the links
   give way: they are the prior of a fit with all cells open. Every buyer may then turn
   to suppliers that its links leave out, for a small part at first. */
static kn_status bend_links(kn__chain_build *b, pool *p)
{
    int64_t E = b->net->economy_count;
    const double *made = row_of(b, b->output, p->product);
    const double *used = row_of(b, b->use, p->product);
    double world = 0;
    for (int64_t s = 0; s < E; s++)
        world += made[s];
    fix_links(b, p);
    for (int64_t s = 0; s < E; s++)
        for (int64_t d = 0; d < E; d++)
            if (!p->known[s * E + d])
                p->flow[s * E + d] = home_bias(b->net, s, d) * made[s] / world *
                                     fmax(p->use[d], OPEN_PART * used[d]);
    kn__solve_info info;
    kn_status status = kn__ras(b->ctx, p->flow, (int32_t)E, (int32_t)E, made, used, NULL,
                               RAS_TOLERANCE, RAS_ITERATIONS, &info);
    if (status == KN_NOTE_NOT_CONVERGED && info.residual > RAS_CLOSE_ENOUGH)
        return kn__chain_fail(b, "links.csv", b->raw->links[0].line,
                              "the links of %s leave no flows that fit its supply and "
                              "demand",
                              b->net->products[p->product].id);
    KN__TRY(status);
    return note_bent(b, p);
}

/* Links as they are known, the rest from the prior with both margins kept. */
static kn_status fit_pool(kn__chain_build *b, pool *p)
{
    int64_t E = b->net->economy_count;
    fix_links(b, p);
    bool fits = take_known(b, p);
    fill_prior(b, p);
    kn__solve_info info = {0, 0};
    kn_status status = KN_OK;
    if (fits)
        status = kn__ras(b->ctx, p->flow, (int32_t)E, (int32_t)E, p->supply, p->use,
                         p->known, RAS_TOLERANCE, RAS_ITERATIONS, &info);
    KN__TRY(status);
    return fits && info.residual <= RAS_CLOSE_ENOUGH ? KN_OK : bend_links(b, p);
}

/* ---- From pools to producers ---- */

static kn_status add_z(kn__chain_build *b, int32_t i, int32_t j, double value)
{
    if (!(value > 0))
        return KN_OK;
    void *grown = b->z;
    KN__TRY(kn__grow(b->ctx, &grown, &b->z_room, b->z_count + 1, sizeof *b->z));
    b->z = grown;
    b->z[b->z_count++] = (kn__triplet){i, j, value};
    return KN_OK;
}

/* What maker i sells of q in d goes to the users there by θ x; the rest is final. */
static kn_status split_sales(kn__chain_build *b, int32_t q, int32_t i, int32_t d,
                             double sales)
{
    kn_network *net = b->net;
    double use = row_of(b, b->use, q)[d], wanted = row_of(b, b->wanted, q)[d];
    double base = wanted > use ? wanted : use;
    for (int32_t k = b->input_start[q]; k < b->input_start[q + 1]; k++) {
        const kn__recipe *r = &net->recipes[b->by_input[k]];
        int64_t at = (int64_t)r->product * net->economy_count + d;
        for (int32_t j = b->pair_start[at]; j < b->pair_start[at + 1]; j++)
            KN__TRY(add_z(b, i, j,
                          sales * (r->cost_share * net->producers[j].output / base)));
    }
    int category = net->products[q].kind == KN__EQUIPMENT ? INVESTMENT : FINAL;
    if (wanted < use)
        net->final_demand[(int64_t)i * net->final_count + CATEGORIES * d + category] +=
            sales * (1 - wanted / use);
    return KN_OK;
}

static kn_status split_pool(kn__chain_build *b, const pool *p)
{
    const kn_network *net = b->net;
    int64_t E = net->economy_count;
    for (int32_t s = 0; s < E; s++) {
        int64_t at = p->product * E + s;
        if (!(b->output[at] > 0))
            continue;
        for (int32_t i = b->pair_start[at]; i < b->pair_start[at + 1]; i++)
            for (int32_t d = 0; d < E; d++) {
                double sales =
                    p->flow[s * E + d] * (net->producers[i].output / b->output[at]);
                if (sales > 0)
                    KN__TRY(split_sales(b, p->product, i, d, sales));
            }
    }
    return KN_OK;
}

/* ---- All products ---- */

static kn_status check_link_sums(kn__chain_build *b)
{
    const kn_network *net = b->net;
    int64_t E = net->economy_count;
    double *sum = KN__ARRAY(b->scratch, b->ctx, net->product_count * E, double);
    if (!sum)
        return KN_ERR_MEMORY;
    for (int32_t k = 0; k < net->link_count; k++) {
        const kn__link *l = &net->links[k]; /* still in the file's order */
        double *of = &sum[l->product * E + l->to];
        *of += l->share;
        if (*of > 1 + ROUNDING)
            return kn__chain_fail(b, "links.csv", b->raw->links[k].line,
                                  "the links of %s to %s sum to %.4f with this row, "
                                  "above 1",
                                  b->raw->links[k].product, b->raw->links[k].to, *of);
    }
    return KN_OK;
}

static kn_status note_excess(kn__chain_build *b, int32_t q)
{
    const kn_network *net = b->net;
    double wanted = 0, made = 0;
    for (int32_t e = 0; e < net->economy_count; e++) {
        wanted += row_of(b, b->wanted, q)[e];
        made += row_of(b, b->output, q)[e];
    }
    if (wanted <= made * 1.001 || made <= 0)
        return KN_OK;
    return KN__NOTE(b->net, b->ctx,
                    "recipes ask for %.0f MUSD of %s, %.0f MUSD are made: users get "
                    "shares of what there is",
                    wanted, net->products[q].id, made);
}

/* One product after the other; links are in order of product by now. */
static kn_status add_flows(kn__chain_build *b)
{
    const kn_network *net = b->net;
    int64_t E = net->economy_count;
    pool p = {.flow = KN__ARRAY(b->scratch, b->ctx, E * E, double),
              .known = KN__ARRAY(b->scratch, b->ctx, E * E, unsigned char),
              .supply = KN__ARRAY(b->scratch, b->ctx, E, double),
              .use = KN__ARRAY(b->scratch, b->ctx, E, double)};
    if (!p.flow || !p.known || !p.supply || !p.use)
        return KN_ERR_MEMORY;
    for (p.product = 0; p.product < net->product_count; p.product++) {
        memset(p.flow, 0, (size_t)(E * E) * sizeof *p.flow);
        memset(p.known, 0, (size_t)(E * E));
        p.first_link = p.last_link;
        while (p.last_link < net->link_count &&
               net->links[p.last_link].product == p.product)
            p.last_link++;
        KN__TRY(note_excess(b, p.product));
        KN__TRY(fit_pool(b, &p));
        KN__TRY(split_pool(b, &p));
    }
    return KN_OK;
}

static kn_status make_finals(kn__chain_build *b)
{
    kn_network *net = b->net;
    net->final_count = CATEGORIES * net->economy_count;
    net->finals = KN__ARRAY(net->arena, b->ctx, net->final_count, kn__final);
    net->final_demand = KN__ARRAY(
        net->arena, b->ctx, (int64_t)net->producer_count * net->final_count, double);
    if (!net->finals || !net->final_demand)
        return KN_ERR_MEMORY;
    for (int32_t e = 0; e < net->economy_count; e++) {
        net->finals[CATEGORIES * e + FINAL] = (kn__final){e, "final"};
        net->finals[CATEGORIES * e + INVESTMENT] = (kn__final){e, "investment"};
    }
    return KN_OK;
}

kn_status kn__chain_flows(kn__chain_build *b)
{
    kn_network *net = b->net;
    int64_t pairs = (int64_t)net->product_count * net->economy_count;
    b->use = KN__ARRAY(b->scratch, b->ctx, pairs, double);
    b->wanted = KN__ARRAY(b->scratch, b->ctx, pairs, double);
    if (!b->use || !b->wanted)
        return KN_ERR_MEMORY;
    KN__TRY(check_link_sums(b));
    KN__TRY(kn__network_sort(net, b->ctx));
    KN__TRY(index_recipes(b));
    add_wanted(b);
    KN__TRY(add_use(b));
    KN__TRY(make_finals(b));
    KN__TRY(add_flows(b));
    net->has_recipes = true;
    net->flows.n = net->producer_count;
    KN__TRY(kn__csr_from_triplets(&net->flows.rows, b->ctx, net->arena,
                                  net->producer_count, net->producer_count, b->z,
                                  b->z_count));
    return kn__csr_transpose(&net->flows.columns, b->ctx, net->arena, &net->flows.rows);
}
