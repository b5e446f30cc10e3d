/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trade_model.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double smallest_value_share = 1e-3, rounding = 1e-5;

typedef struct build {
    kn_context *ctx;
    const kn_network *net;
    const kn__trade_setup *setup;
    kn__trade_model *model;
    int32_t N, J;           /* economies of the model, sectors of the network */
    double *imports;        /* [(j N + n) N + i], net of tariff */
    double *input;          /* [(n J + k) J + j]: inputs with tariffs, MUSD */
    double *output, *value; /* [n J + j] */
} build;

static double tariff(const build *b, int32_t j, int32_t n, int32_t i)
{
    if (b->net->tariff_count == 0 || n == i)
        return 0;
    return kn__trade_rate(b->model, b->net, b->net->tariffs[0].rate, j, n, i);
}

/* Economies that produce value take part; ZZU's sales and purchases are left out. */
static kn_status choose(build *b, kn__arena *arena)
{
    const kn_network *net = b->net;
    kn__trade_model *m = b->model;
    double *value = KN__ARRAY(arena, b->ctx, net->economy_count, double);
    m->economy = KN__ARRAY(arena, b->ctx, net->economy_count, int32_t);
    m->economy_at = KN__ARRAY(arena, b->ctx, net->economy_count, int32_t);
    m->product = KN__ARRAY(arena, b->ctx, net->product_count, int32_t);
    if (!value || !m->economy || !m->economy_at || !m->product)
        return KN_ERR_MEMORY;
    if (net->has_recipes)
        return kn__fail(
            b->ctx, KN_ERR_DATA,
            "%s has recipes, not balanced accounts; trade needs an input-output "
            "table as it is imported (kaname import wiod ...), not spliced",
            net->name);
    for (int32_t p = 0; p < net->producer_count; p++)
        value[net->producers[p].economy] += net->producers[p].value_added;
    for (int32_t e = 0; e < net->economy_count; e++) {
        m->economy_at[e] = value[e] > 0 && e != net->zzu ? b->N : -1;
        if (m->economy_at[e] >= 0)
            m->economy[b->N++] = e;
    }
    b->J = net->product_count;
    for (int32_t j = 0; j < b->J; j++)
        m->product[j] = j;
    if (b->N < 2)
        return kn__fail(b->ctx, KN_ERR_DATA, "%s: trade needs two economies that produce",
                        net->name);
    if (b->J > KN__CP_SECTORS)
        return kn__fail(b->ctx, KN_ERR_DATA, "%s has %d sectors; trade takes %d at most",
                        net->name, b->J, KN__CP_SECTORS);
    return KN_OK;
}

static void add_flow(build *b, int32_t seller, int32_t buyer, double flow)
{
    const kn__producer *s = &b->net->producers[seller], *u = &b->net->producers[buyer];
    int32_t i = b->model->economy_at[s->economy], n = b->model->economy_at[u->economy];
    if (i < 0 || n < 0 || flow == 0)
        return;
    int32_t k = s->product, j = u->product;
    b->imports[((int64_t)k * b->N + n) * b->N + i] += flow;
    b->input[((int64_t)n * b->J + k) * b->J + j] += flow * (1 + tariff(b, k, n, i));
}

static void add_flows(build *b)
{
    const kn__flows *z = &b->net->flows;
    for (int32_t s = 0; s < z->n; s++) {
        if (z->is_dense)
            for (int32_t u = 0; u < z->n; u++)
                add_flow(b, s, u, z->dense[(int64_t)s * z->n + u]);
        else
            for (int64_t e = z->rows.start[s]; e < z->rows.start[s + 1]; e++)
                add_flow(b, s, z->rows.index[e], z->rows.value[e]);
    }
    for (int32_t s = 0; s < b->net->producer_count; s++) {
        const kn__producer *p = &b->net->producers[s];
        int32_t i = b->model->economy_at[p->economy];
        if (i < 0)
            continue;
        b->output[i * b->J + p->product] += p->output;
        b->value[i * b->J + p->product] += p->value_added;
        for (int32_t c = 0; c < b->net->final_count; c++) {
            int32_t n = b->model->economy_at[b->net->finals[c].economy];
            if (n >= 0)
                b->imports[((int64_t)p->product * b->N + n) * b->N + i] +=
                    b->net->final_demand[(int64_t)s * b->net->final_count + c];
        }
    }
}

/* All inputs of a cell of output x: what value added v leaves of it where that is their
   sum but for rounding, so that shares of it are those of the data. */
static double all_inputs(double sum, double x, double v)
{
    return x > v && fabs(sum / (x - v) - 1) < rounding ? x - v : sum;
}

/* Models of the paper without materials, or with materials of the own sector only: there
   the own sector's part of all inputs is the materials' part of output, value added is
   the rest. */
static void restrict_inputs(build *b)
{
    bool own_only = b->setup->variant == KN__TRADE_NO_IO;
    int64_t J = b->J;
    for (int64_t n = 0; n < b->N && b->setup->variant != KN__TRADE_FULL; n++)
        for (int64_t j = 0; j < J; j++) {
            double all = 0, *column = b->input + n * J * J + j, *own = column + j * J;
            for (int64_t k = 0; k < J; k++)
                all += column[k * J];
            all = all_inputs(all, b->output[n * J + j], b->value[n * J + j]);
            double part = own_only && all > 0 ? *own / all : 0;
            for (int64_t k = 0; k < J; k++)
                column[k * J] = 0;
            *own = part * b->output[n * J + j];
            b->value[n * J + j] = b->output[n * J + j] - *own;
        }
}

static int ascending(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Sorts x. */
static double median(double *x, int32_t count)
{
    qsort(x, (size_t)count, sizeof *x, ascending);
    return (x[(count - 1) / 2] + x[count / 2]) / 2;
}

double kn__trade_rate(const kn__trade_model *model, const kn_network *net,
                      const double *rate, int32_t j, int32_t n, int32_t i)
{
    int64_t E = net->economy_count, cell = model->economy[n] * E + model->economy[i];
    double rates[KN__CP_SECTORS] = {0};
    int32_t count = 0;
    if (!model->side)
        return rate[model->product[j] * E * E + cell];
    for (int32_t p = 0; p < net->product_count; p++)
        if (model->side[p] == j)
            rates[count++] = rate[p * E * E + cell];
    return median(rates, count);
}

const char *kn__trade_sector(const kn__trade_model *model, const kn_network *net,
                             int32_t j)
{
    if (!model->side)
        return net->products[model->product[j]].id;
    return j == 0 ? "traded" : "not-traded";
}

/* Which sectors somebody imports: side 0, the others 1. Returns how many sides there
 * are. */
static int32_t set_sides(build *b)
{
    int64_t square = (int64_t)b->N * b->N;
    int32_t others = 0;
    for (int64_t j = 0; j < b->J; j++) {
        double traded = 0;
        for (int64_t c = 0; c < square; c++)
            traded += c % (b->N + 1) ? fmax(0, b->imports[j * square + c]) : 0;
        b->model->side[j] = traded <= 0;
        others += traded <= 0;
    }
    if (others == b->J) /* nothing is traded at all */
        memset(b->model->side, 0, (size_t)b->J * sizeof *b->model->side);
    return others == 0 || others == b->J ? 1 : 2;
}

/* The accounts of one side of economy n: output is the sum, the value-added share the
   median, the inputs' shares the mean over its sectors. from = [k J + j] and to =
   [k sides + side] are n's inputs. */
static void join_accounts(const build *b, int32_t n, int32_t side, int32_t sides,
                          const double *from, double *to, double *output, double *value)
{
    const int32_t *of = b->model->side;
    int32_t count = 0;
    double betas[KN__CP_SECTORS] = {0}, sum[2] = {0};
    *output = 0;
    for (int32_t j = 0; j < b->J; j++) {
        double x = b->output[n * b->J + j], all = 0;
        if (of[j] != side)
            continue;
        *output += x;
        betas[count++] = x > 0 ? b->value[n * b->J + j] / x : 1;
        for (int32_t k = 0; k < b->J; k++)
            all += from[k * b->J + j];
        all = all_inputs(all, x, b->value[n * b->J + j]);
        for (int32_t k = 0; k < b->J && all > 0; k++)
            sum[of[k]] += from[k * b->J + j] / all;
    }
    *value = median(betas, count) * *output;
    double weight[2] = {0}, both = 0;
    for (int32_t k = 0; k < b->J; k++)
        weight[of[k]]++;
    for (int32_t k = 0; k < sides; k++)
        both += sum[k] / weight[k];
    for (int32_t k = 0; k < sides; k++)
        to[k * sides + side] =
            both > 0 ? sum[k] / weight[k] / both * (*output - *value) : 0;
}

/* All traded sectors into one and all others into another, the paper's one-sector model.
   What is joined is written over what it comes from: sides come before their sectors. */
static void join_sectors(build *b)
{
    int64_t square = (int64_t)b->N * b->N, J = b->J;
    int32_t sides = set_sides(b);
    for (int64_t c = 0; c < square; c++) {
        double sum[2] = {0};
        for (int64_t j = 0; j < J; j++)
            sum[b->model->side[j]] += b->imports[j * square + c];
        for (int64_t side = 0; side < sides; side++)
            b->imports[side * square + c] = sum[side];
    }
    for (int32_t n = 0; n < b->N; n++) {
        double input[4] = {0}, output[2] = {0}, value[2] = {0};
        for (int32_t side = 0; side < sides; side++)
            join_accounts(b, n, side, sides, b->input + n * J * J, input, &output[side],
                          &value[side]);
        memcpy(b->input + (int64_t)n * sides * sides, input,
               (size_t)(sides * sides) * sizeof *input);
        memcpy(b->output + (int64_t)n * sides, output, (size_t)sides * sizeof *output);
        memcpy(b->value + (int64_t)n * sides, value, (size_t)sides * sizeof *value);
    }
    b->J = sides;
    for (int32_t side = 0; side < sides; side++)
        b->model->product[side] = -1 - side;
}

/* pi and tau; a sector nobody imports is not traded. Returns spending with tariffs. */
static double trade_shares(build *b, int32_t j, int32_t n)
{
    kn__cp *m = &b->model->cp;
    int32_t N = b->N;
    int64_t row = ((int64_t)j * N + n) * N;
    double spend = 0;
    for (int32_t i = 0; i < N; i++) {
        double flow = fmax(0, b->imports[row + i]);
        double rate = tariff(b, j, n, i);
        m->tariff[row + i] = rate;
        m->share[row + i] = flow * (1 + rate);
        m->traded[j] |= i != n && flow > 0;
        spend += flow * (1 + rate);
    }
    for (int32_t i = 0; i < N; i++)
        m->share[row + i] = spend > 0 ? m->share[row + i] / spend : i == n;
    return spend;
}

/* gamma: value-added share and inputs over output. What neither of them explains (taxes
   on products) is spread over the inputs; sums that miss 1 by rounding stay as the data
   say. */
static void cost_shares(build *b, int32_t n, int32_t j)
{
    kn__cp *m = &b->model->cp;
    int32_t J = b->J;
    double x = b->output[n * J + j], inputs = 0, *beta = &m->value_share[n * J + j];
    for (int32_t k = 0; k < J; k++)
        inputs += b->input[((int64_t)n * J + k) * J + j];
    *beta = x > 0 && inputs > 0 ? b->value[n * J + j] / x : 1;
    if (*beta > 1 || *beta < smallest_value_share) {
        b->model->clipped_value++;
        *beta = *beta > 1 ? 1 : smallest_value_share;
    }
    double scale = inputs > 0 ? (1 - *beta) / inputs : 0;
    if (x > 0 && fabs(scale * x - 1) < rounding)
        scale = 1 / x;
    for (int32_t k = 0; k < J; k++)
        m->input_share[((int64_t)n * J + k) * J + j] =
            scale * b->input[((int64_t)n * J + k) * J + j];
}

/* alpha from the identity: what is spent on k less what users need of it. */
static kn_status final_shares(build *b, int32_t n, const double *spend)
{
    kn__cp *m = &b->model->cp;
    int32_t J = b->J;
    double total = 0, *alpha = m->final_share + (int64_t)n * J;
    for (int32_t k = 0; k < J; k++) {
        alpha[k] = spend[k * b->N + n];
        for (int32_t j = 0; j < J; j++)
            alpha[k] -=
                m->input_share[((int64_t)n * J + k) * J + j] * b->output[n * J + j];
        b->model->clipped_final += alpha[k] < 0;
        alpha[k] = fmax(0, alpha[k]);
        total += alpha[k];
    }
    if (!(total > 0))
        return kn__fail(b->ctx, KN_ERR_DATA, "%s has no final demand",
                        b->net->economies[b->model->economy[n]].code);
    for (int32_t k = 0; k < J; k++)
        alpha[k] /= total;
    return KN_OK;
}

static kn_status shares(build *b, kn__arena *arena, const double *theta)
{
    kn__cp *m = &b->model->cp;
    int32_t N = b->N, J = b->J;
    KN__TRY(kn__cp_new(m, b->ctx, arena, N, J));
    double *spend = KN__ARRAY(arena, b->ctx, (int64_t)N * J, double);
    if (!spend)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < J; j++) {
        m->elasticity[j] = theta[j];
        for (int32_t n = 0; n < N; n++)
            spend[j * N + n] = trade_shares(b, j, n);
    }
    for (int32_t n = 0; n < N; n++) {
        for (int32_t j = 0; j < J; j++) {
            cost_shares(b, n, j);
            m->value_added[n] += m->value_share[n * J + j] * b->output[n * J + j];
            for (int32_t i = 0; i < N; i++)
                m->deficit[n] +=
                    i == n ? 0
                           : fmax(0, b->imports[((int64_t)j * N + n) * N + i]) -
                                 fmax(0, b->imports[((int64_t)j * N + i) * N + n]);
        }
        KN__TRY(final_shares(b, n, spend));
    }
    return kn__cp_check(m, b->ctx);
}

kn__elasticity kn__trade_elasticity(const kn_network *net, const kn__trade_setup *setup,
                                    int32_t product)
{
    const kn_elasticities *given = setup->given;
    if (setup->drawn)
        return (kn__elasticity){setup->drawn[product], 0, "a draw"};
    if (given && given->count && !isnan(given->theta[product]))
        return (kn__elasticity){given->theta[product], given->error[product],
                                given->source[product]};
    if (setup->elasticity > 0)
        return (kn__elasticity){setup->elasticity, 0, "--elasticity or --horizon"};
    return setup->variant == KN__TRADE_ONE_SECTOR
               ? kn__elasticity_of_all()
               : kn__elasticity_of(&net->products[product]);
}

kn_status kn__trade_model_new(kn__trade_model *model, kn_context *ctx, kn__arena *arena,
                              const kn_network *net, const kn__trade_setup *setup)
{
    *model = (kn__trade_model){0};
    build b = {.ctx = ctx, .net = net, .setup = setup, .model = model};
    KN__TRY(choose(&b, arena));
    int64_t N = b.N, J = b.J;
    double *theta = KN__ARRAY(arena, ctx, J, double);
    b.imports = KN__ARRAY(arena, ctx, J * N * N, double);
    b.input = KN__ARRAY(arena, ctx, N * J * J, double);
    b.output = KN__ARRAY(arena, ctx, N * J, double);
    b.value = KN__ARRAY(arena, ctx, N * J, double);
    if (!theta || !b.imports || !b.input || !b.output || !b.value)
        return KN_ERR_MEMORY;
    add_flows(&b);
    bool one = setup->variant == KN__TRADE_ONE_SECTOR;
    for (int32_t j = 0; j < J; j++)
        theta[j] = kn__trade_elasticity(net, setup, j).theta * setup->scale;
    if (one) {
        model->side = KN__ARRAY(arena, ctx, J, int32_t);
        if (!model->side)
            return KN_ERR_MEMORY;
        join_sectors(&b);
    } else {
        restrict_inputs(&b);
    }
    return shares(&b, arena, theta);
}
