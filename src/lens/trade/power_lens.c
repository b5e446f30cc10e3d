/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "kernel/text.h"
#include "lens/trade/trade_model.h"
#include "network/power.h"

#include "kaname/lens.h"

extern const kn_lens kn__lens_power;

typedef struct power_options {
    kn_ids of, holder, product;
    bool together;
    double elasticity, spread, rho;
} power_options;

static const kn_column columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "who withdraws, members of a coalition parted by +"},
    {"target", "", KN_COLUMN_TEXT, "who loses its goods"},
    {"power", "", KN_COLUMN_NUMBER, "log rise of the price of all that the target buys"},
    {"power_low", "", KN_COLUMN_NUMBER,
     "at the lowest shares that can be and the highest elasticities"},
    {"power_high", "", KN_COLUMN_NUMBER,
     "at the highest shares that can be, with unseen supply, and the lowest "
     "elasticities"},
    {"apart", "", KN_COLUMN_NUMBER,
     "sum of what each member could do by itself; power above it is what standing "
     "together adds"},
    {"purchases_musd", "MUSD", KN_COLUMN_NUMBER,
     "what the target buys a year of the products looked at"},
};
static const kn_table_decl power_table = {
    "power", "what holders and coalitions could do to whom by withdrawing", columns,
    sizeof columns / sizeof *columns};
static const kn_table_decl *const tables[] = {&power_table};

/* Elasticities of substitution between origins, by product of the buyer. */
typedef struct powers {
    kn_context *ctx;
    kn__arena *arena;
    const power_options *options;
    kn__purchases purchases;
    double *sigma[KN__HELD_COUNT]; /* in use; for the low and the high end */
    kn_table *table;
    int32_t monopoly; /* a product without which power is infinite, or -1 */
} powers;

static void set_sigma(powers *p)
{
    const power_options *o = p->options;
    const kn_network *net = p->purchases.net;
    for (int32_t k = 0; k < p->purchases.products; k++) {
        const kn__product *product = &net->products[p->purchases.product[k]];
        double theta =
            o->elasticity > 0 ? o->elasticity : kn__elasticity_of(product).theta;
        p->sigma[KN__HELD_CENTRE][k] = 1 + theta;
        p->sigma[KN__HELD_LOW][k] = 1 + theta * o->spread;
        p->sigma[KN__HELD_HIGH][k] = 1 + theta / o->spread;
    }
}

static double level(const powers *p, int end)
{
    return kn__power(p->purchases.products, p->purchases.share, p->purchases.held[end],
                     p->sigma[end], p->options->rho);
}

static kn_status name_of(kn__text *name, const kn_network *net, kn_ids holders)
{
    for (int32_t k = 0; k < holders.count; k++)
        kn__text_addf(name, "%s%s", k ? "+" : "", net->economies[holders.id[k]].code);
    return kn__text_status(name);
}

static kn_status add_row(powers *p, kn_ids holders, int32_t target)
{
    const kn_network *net = p->purchases.net;
    double apart = 0, power[KN__HELD_COUNT];
    for (int32_t k = 0; k < holders.count; k++) {
        kn__purchases_held(&p->purchases, target, (kn_ids){&holders.id[k], 1});
        apart += level(p, KN__HELD_CENTRE);
    }
    kn__purchases_held(&p->purchases, target, holders);
    for (int end = 0; end < KN__HELD_COUNT; end++)
        power[end] = level(p, end);
    if (power[KN__HELD_HIGH] == 0)
        return KN_OK;
    if (p->monopoly < 0)
        p->monopoly = kn__purchases_monopoly(&p->purchases);
    kn__text name;
    kn__text_init(&name, p->ctx, 0);
    kn_status status = name_of(&name, net, holders);
    if (status >= 0)
        status = kn_table_append(
            p->table, p->ctx,
            (kn_cell[]){{.text = name.data},
                        {.text = net->economies[target].code},
                        {.number = power[KN__HELD_CENTRE]},
                        {.number = fmin(power[KN__HELD_CENTRE], power[KN__HELD_LOW])},
                        {.number = fmax(power[KN__HELD_CENTRE], power[KN__HELD_HIGH])},
                        {.number = apart},
                        {.number = p->purchases.total_musd}});
    kn__text_release(&name);
    return status;
}

static bool is_in(kn_ids list, int32_t id)
{
    for (int32_t k = 0; k < list.count; k++)
        if (list.id[k] == id)
            return true;
    return false;
}

/* The rows of one target: every holder by itself, or the coalition. Members do not
   withdraw from each other. */
static kn_status add_target(powers *p, int32_t target)
{
    const power_options *o = p->options;
    const kn_network *net = p->purchases.net;
    kn__purchases_of(&p->purchases, target, o->product);
    set_sigma(p);
    if (o->together)
        return is_in(o->holder, target) ? KN_OK : add_row(p, o->holder, target);
    for (int32_t h = 0; h < net->economy_count; h++) {
        bool chosen = o->holder.count == 0 ? h != net->zzu : is_in(o->holder, h);
        if (chosen && h != target)
            KN__TRY(add_row(p, (kn_ids){&h, 1}, target));
    }
    return KN_OK;
}

static kn_status run_in(powers *p, const kn_network *net, kn_result *result)
{
    const power_options *o = p->options;
    if (o->together && o->holder.count == 0)
        return kn__fail(p->ctx, KN_ERR_USAGE,
                        "--together needs --holder, the economies that stand together");
    KN__TRY(kn__purchases_new(&p->purchases, p->ctx, p->arena, net));
    for (int end = 0; end < KN__HELD_COUNT; end++) {
        p->sigma[end] = KN__ARRAY(p->arena, p->ctx, net->product_count, double);
        if (!p->sigma[end])
            return KN_ERR_MEMORY;
    }
    KN__TRY(kn_result_add(result, p->ctx, &power_table, &p->table));
    for (int32_t d = 0; d < net->economy_count; d++)
        if (d != net->zzu && (o->of.count == 0 || is_in(o->of, d)))
            KN__TRY(add_target(p, d));
    KN__TRY(kn_table_sort_down(p->table, p->ctx, 2));
    return kn__power_note(result, p->ctx, p->table,
                          p->monopoly < 0 ? "" : net->products[p->monopoly].id);
}

static kn_status run_power(kn_context *ctx, const kn_network *net,
                           const kn_scenario *scenario, const void *options,
                           kn_result *result)
{
    powers p = {.ctx = ctx, .options = options, .monopoly = -1};
    (void)scenario;
    KN__TRY(kn__arena_new(&p.arena, ctx));
    kn_status status = run_in(&p, net, result);
    kn__arena_free(p.arena);
    return status;
}

#define AT(field) offsetof(power_options, field)

static const kn_option options[] = {
    {.name = "of",
     .type = KN_OPTION_ECONOMIES,
     .help = "targets; default: everybody",
     .offset = AT(of)},
    {.name = "holder",
     .type = KN_OPTION_ECONOMIES,
     .help = "who withdraws; default: everybody, one by one",
     .offset = AT(holder)},
    {.name = "together",
     .type = KN_OPTION_FLAG,
     .default_text = "false",
     .help = "the holders withdraw as one coalition",
     .offset = AT(together)},
    {.name = "product",
     .type = KN_OPTION_PRODUCTS,
     .help = "only what is bought of these; default: everything",
     .offset = AT(product)},
    {.name = "elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0",
     .low = 0,
     .high = 100,
     .help = "one trade elasticity theta for all; 0: by sector, as in trade",
     .source = "by sector: the network's own, else Costinot and Rodriguez-Clare 2014",
     .offset = AT(elasticity)},
    {.name = "spread",
     .type = KN_OPTION_NUMBER,
     .default_text = "2",
     .low = 1,
     .high = 100,
     .help = "the ends of power take the elasticities times and over this",
     .source = "assumed; Boehm, Levchenko and Pandalai-Nayar 2023 find 0.76 after a year "
               "and 2 after 7 to 10",
     .offset = AT(spread)},
    {.name = "rho",
     .type = KN_OPTION_NUMBER,
     .default_text = "1",
     .low = 0,
     .high = 100,
     .help = "elasticity of substitution between products; 1: Cobb-Douglas",
     .source = "Clayton, Maggiori and Schreger 2024",
     .offset = AT(rho)},
};

const kn_lens kn__lens_power = {
    .name = "power",
    .summary = "what holders and coalitions could do to others by withdrawing, to the "
               "prices they pay",
    .formula =
        "Nested CES: J products, O_J share of the target's purchases, w_J the holders' "
        "share in it\n"
        "(final and intermediate, domestic supply included), sigma_J = 1 + theta_J:\n"
        "  power = 1/(1-rho) log sum_J O_J (1-w_J)^((rho-1)/(sigma_J-1))\n"
        "  rho = 1: sum_J O_J/(sigma_J-1) log 1/(1-w_J)\n"
        "low:  the least w_J that margins and known links allow, theta times spread\n"
        "high: the most, with the unseen supply of what a holder makes, theta over "
        "spread\n"
        "A coalition's w_J are sums over its members. Infinite where nobody else "
        "supplies.",
    .source = "Clayton, Maggiori and Schreger, A framework for geoeconomics (2024)",
    .options_size = sizeof(power_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = 1,
    .run = run_power,
};
