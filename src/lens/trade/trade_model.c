/* SPDX-License-Identifier: Apache-2.0 */
#include "lens/trade/trade_model.h"

#include <math.h>
#include <string.h>

enum { SERVICES = 5 };

static const double smallest_value_share = 1e-3, rounding = 1e-5;

/* ISIC revision 3 and revision 4 divisions, first to last, with the elasticity. */
static const struct {
    int first[2], last[2];
    double theta;
} defaults[] = {
    {{1, 1}, {5, 3}, 8.11},      {{10, 5}, {14, 9}, 15.72},   {{15, 10}, {16, 12}, 2.55},
    {{17, 13}, {19, 15}, 5.56},  {{20, 16}, {20, 16}, 10.83}, {{21, 17}, {22, 18}, 9.07},
    {{23, 19}, {23, 19}, 51.08}, {{24, 20}, {24, 21}, 4.75},  {{25, 22}, {25, 22}, 1.66},
    {{26, 23}, {26, 23}, 2.76},  {{27, 24}, {28, 25}, 7.99},  {{29, 28}, {29, 28}, 1.52},
    {{30, 26}, {33, 27}, 10.6},  {{34, 29}, {35, 30}, 0.37}};

/* The first division named in "ISIC rev. 3: 30-33" or "isic:26"; *revision 0 (3) or 1
 * (4). */
static int division(const kn__product *product, int *revision)
{
    const char *at = strstr(product->note, "rev. 3:");
    *revision = at ? 0 : 1;
    if (!at)
        at = strstr(product->note, "rev. 4:");
    at = at ? at + 7 : strncmp(product->id, "isic:", 5) == 0 ? product->id + 5 : "";
    int number = 0;
    while (*at == ' ')
        at++;
    if (*at == 'B')
        return 5;
    while (*at >= '0' && *at <= '9' && number < 1000)
        number = number * 10 + (*at++ - '0');
    return number;
}

double kn__trade_default_elasticity(const kn__product *product)
{
    int revision, number = division(product, &revision);
    for (size_t k = 0; k < sizeof defaults / sizeof *defaults; k++)
        if (number >= defaults[k].first[revision] && number <= defaults[k].last[revision])
            return defaults[k].theta;
    return SERVICES;
}

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
    int64_t E = b->net->economy_count;
    if (b->net->tariff_count == 0)
        return 0;
    return b->net->tariffs[0]
        .rate[(j * E + b->model->economy[n]) * E + b->model->economy[i]];
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
            "table (kaname import wiod, or splice)",
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

/* Variants change what inputs are before shares are taken. */
static void restrict_inputs(build *b)
{
    for (int32_t n = 0; n < b->N; n++)
        for (int32_t j = 0; j < b->J; j++) {
            double all = 0, *column = b->input + (int64_t)n * b->J * b->J + j;
            for (int32_t k = 0; k < b->J; k++) {
                all += column[(int64_t)k * b->J];
                if (b->setup->variant != KN__TRADE_FULL)
                    column[(int64_t)k * b->J] = 0;
            }
            if (b->setup->variant == KN__TRADE_NO_IO)
                column[(int64_t)j * b->J] = all;
            if (b->setup->variant == KN__TRADE_NO_MATERIALS)
                b->value[n * b->J + j] = b->output[n * b->J + j];
        }
}

/* All sectors into one: elasticity weighted by trade. */
static void join_sectors(build *b, double *theta)
{
    double weighted = 0, traded = 0;
    int64_t square = (int64_t)b->N * b->N;
    for (int32_t j = 0; j < b->J; j++)
        for (int64_t c = 0; c < square; c++) {
            double m = c % (b->N + 1) ? fmax(0, b->imports[j * square + c]) : 0;
            weighted += m * theta[j];
            traded += m;
            if (j)
                b->imports[c] += b->imports[j * square + c];
        }
    for (int32_t n = 0; n < b->N; n++) {
        double input = 0, output = 0, value = 0;
        for (int64_t c = 0; c < (int64_t)b->J * b->J; c++)
            input += b->input[(int64_t)n * b->J * b->J + c];
        for (int32_t j = 0; j < b->J; j++) {
            output += b->output[n * b->J + j];
            value += b->value[n * b->J + j];
        }
        b->input[n] = input;
        b->output[n] = output;
        b->value[n] = value;
    }
    theta[0] = traded > 0 ? weighted / traded : theta[0];
    b->J = 1;
    b->model->product[0] = -1;
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
        double rate = b->model->product[0] < 0 ? 0 : tariff(b, j, n, i);
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
    for (int32_t j = 0; j < J; j++) {
        double own = net->products[j].trade_elasticity;
        theta[j] = setup->elasticity > 0 ? setup->elasticity
                   : own > 0             ? own
                             : kn__trade_default_elasticity(&net->products[j]);
        theta[j] *= setup->scale;
    }
    if (setup->variant == KN__TRADE_ONE_SECTOR)
        join_sectors(&b, theta);
    else
        restrict_inputs(&b);
    return shares(&b, arena, theta);
}
