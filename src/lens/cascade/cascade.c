/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "kaname/lens.h"
#include "lens/cascade/cascade_denial.h"
#include "lens/cascade/cascade_tables.h"
#include "lens/cascade/daily.h"
#include "lens/cascade/denial_scenario.h"

/* ---- Declaration ---- */

typedef struct cascade_options {
    int32_t model, links;
    kn__daily_options daily; /* its days hold for the denial model, too */
} cascade_options;

#define DAILY(field) offsetof(cascade_options, daily.field)
#define NUMBER(name, value, unit, low, high, help, field)                                \
    {                                                                                    \
        name, KN_OPTION_NUMBER, value, unit, NULL, low, high, help, NULL, DAILY(field)   \
    }
#define CHOICE(name, choices, help, field)                                               \
    {                                                                                    \
        name, KN_OPTION_CHOICE, NULL, "", choices, 0, 0, help, NULL, DAILY(field)        \
    }

static const char *const models[] = {"denial",     "kaname",  "ario",
                                     "inoue-todo", "pichler", "guan"};

static const kn_option options[] = {
    {"model", KN_OPTION_CHOICE, "denial", "",
     "denial|kaname|ario|inoue-todo|pichler|guan", 0, 0,
     "denial: the time slices of the headline measure; the others play out day by day, "
     "with kaname's own choices or as published",
     NULL, offsetof(cascade_options, model)},
    {"days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
     "horizon; of the denial model in slices of 30 days", NULL, DAILY(days)},
    {"links", KN_OPTION_CHOICE, "interval", "", "interval|centre", 0, 0,
     "supplier shares that are not known: carry their bounds into the low and high loss, "
     "or take the centre as known",
     NULL, offsetof(cascade_options, links)},
    {"slice", KN_OPTION_INTEGER, "10", "days", NULL, 1, 360,
     "daily models: rows of path and course stand for so many days", NULL,
     DAILY(slice_days)},
    CHOICE("production",
           "leontief|strongly-critical|half-critical|weakly-critical|linear|ces",
           "daily models: how stocks limit output", production),
    CHOICE("ordering", "none|output|demand|feasible",
           "daily models: what an order repeats besides closing the gap in stocks",
           ordering),
    CHOICE("target", "none|output|demand|feasible",
           "daily models: what the stock target follows; none: normal use", target),
    CHOICE("sourcing", "fixed|capacity|search",
           "daily models: suppliers in fixed shares, by their capacity, or by it after a "
           "search",
           sourcing),
    CHOICE("rationing",
           "proportional|water-filling|firms-first|domestic-first|alliance-first",
           "daily models: who is served when there is not enough", rationing),
    {"allies", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
     "daily models: who serve each other first under alliance-first", NULL,
     DAILY(allies)},
    CHOICE("adaptation", "none|overproduction|hiring|price",
           "daily models: how capacity, or prices, answer", adaptation),
    NUMBER("stock_days", NULL, "days", 0, 3600,
           "daily models: stock target of every input, instead of what is known",
           stock_days),
    NUMBER("restore_days", NULL, "days", 1, 3600,
           "daily models: time in which a gap in stocks is made good", restore_days),
    NUMBER("need", NULL, "share", 0, 1,
           "daily models: of its stock target that full output wants to see; 0: one day "
           "of use",
           need),
    NUMBER("search_days", NULL, "days", 1, 3600,
           "daily models: until new suppliers are qualified", search_days),
    NUMBER("search_share", NULL, "share", 0, 1,
           "daily models: of lost purchases that may be bought elsewhere in the end",
           search_share),
    NUMBER("spare", NULL, "share", 0, 10,
           "daily models: capacity that can be added above normal", spare),
    NUMBER("adapt_days", NULL, "days", 1, 3600,
           "daily models: time constant of adaptation", adapt_days),
    NUMBER("elasticity", NULL, "", 0.001, 0.999,
           "daily models: between inputs, with production ces", elasticity),
    NUMBER("leak", "0", "share", 0, 1,
           "daily models: of a targeted ban that gets round it through third countries",
           leak),
    NUMBER("leak_days", "60", "days", 0, 3600, "daily models: until all of it does",
           leak_days),
    {"checkpoint", KN_OPTION_TEXT, NULL, "FILE", NULL, 0, 0,
     "daily models: a run that is interrupted leaves its state here; the same command "
     "goes on from it, to the same bits",
     NULL, DAILY(checkpoint)},
};

static const char formula[] =
    "model denial: the equations of `chokepoints --explain`, all measures in one run\n"
    "export_ban     den = 1 while it lasts; to \"*\": a stop, else targeted\n"
    "export_quota   den = 1 - keep\n"
    "capacity_loss  a <= 1 - lose while it lasts, then a straight line back\n"
    "stock_release  W += days of normal use on its first day\n"
    "first_out      per producer: the first slice with a < 0.999, day (t-1) 30 + W / n "
    "of "
    "the input that binds\n"
    "\n"
    "daily models, one step a day (S stock by input product, in days of normal use; n "
    "its target; x0 normal output; w weight of an input; o what orders follow)\n"
    "demand      D = orders + final demand\n"
    "capacity    C = x0 (1 - loss) alpha\n"
    "output      x = min(D, C, x0 min_k (1 - w_k + w_k S_k)); linear: x0 sum S U / sum "
    "U; ces: x0 (1 + sum theta (S^rho - 1))^(1/rho) over short inputs, rho = 1 - "
    "1/sigma\n"
    "stock       S <- max(0, S + received / U - x / x0)\n"
    "order       max(0, o/x0 + (n o/x0 - S) / restore) U, split by normal shares times "
    "what suppliers can make\n"
    "capacity    alpha <- alpha + ((most - alpha) (D - x)/D + (1 - alpha) [D = x]) / "
    "adapt\n"
    "price       p <- p (1 + min(1, D/x - 1) / 30), back by 1/30 of the excess a day, at "
    "most 3; buyers lean by 1/p, final users buy less by p^-0.5\n"
    "kaname      w from recipes: class (1, 1/2, cost share) times dependent share, or "
    "ces without recipes; orders follow min(D, C), so that a shortage makes neither "
    "phantom demand nor a death spiral; the stock target stays n (n o/x0 in ario and "
    "inoue-todo), so that orders do not swing up the chain\n"
    "ario        BoARIO 0.6.4: full output wants 0.8 of the stock target; final users "
    "keep their suppliers; a stock above target does not lower the order. Quirks: "
    "differences close to zero everywhere count as none (rtol 1e-5, atol 1e-8), so that "
    "the unit matters; idle_stops: who sells nothing orders once. Not played: destroyed "
    "capital and the demand of rebuilding it\n"
    "inoue-todo  stocks by supplier, pooled in use; orders follow the last output. Its "
    "third rationing is textbook water-filling here\n"
    "pichler     labour is hired and fired within 7 days; a loss acts one day late. "
    "Quirks: returns: an order may fall below 0, goods go back; idle_stops. Not played: "
    "consumption that follows income\n"
    "guan        starts with 4 days of stock, wants 5, orders the whole gap each day. "
    "Quirks: debts: a stock that does not limit output may fall below 0; idle_stops. Not "
    "played: product classes that differ by buyer\n"
    "leak        min(leak, what third countries buy / what is stopped) of a ban, by "
    "leak_days; through third countries by their purchases of the same maker\n"
    "licence     what comes in on the first `wait` days is held and given back in as "
    "many "
    "after the end; a closed passage alike, by extra days of the next sea way\n"
    "equipment   k <- min(1, k + (received - k) / life); capacity uptime (1 - dependent "
    "(1 - k)), uptime 1 - s kappa after the service interval (model kaname)\n"
    "first_out   per producer: the first day with x < 0.999 x0";

static const char source[] =
    "ario: Hallegatte, Risk Analysis 28 (2008) and 34 (2014); inoue-todo: Inoue and "
    "Todo, "
    "Nature Sustainability 2 (2019); pichler: Pichler, Pangallo, del Rio-Chanona, Lafond "
    "and Farmer, Journal of Economic Dynamics and Control 144 (2022); guan: Guan and "
    "others, Nature Human Behaviour 4 (2020); denial and kaname: docs/lenses";

/* ---- Run ---- */

static kn_status run_daily(kn_context *ctx, kn__arena *arena, const kn_network *net,
                           const kn_scenario *scenario, const cascade_options *o,
                           kn_result *result)
{
    kn__daily_options daily = o->daily;
    daily.model = models[o->model];
    return kn__daily_run(ctx, arena, net, scenario, &daily, result);
}

static bool is_given(const kn_option *option, const cascade_options *o)
{
    const void *field = (const char *)o + option->offset;
    switch (option->type) {
    case KN_OPTION_NUMBER:
        return !isnan(*(const double *)field);
    case KN_OPTION_CHOICE:
        return *(const int32_t *)field >= 0;
    case KN_OPTION_ECONOMIES:
        return ((const kn_ids *)field)->count > 0;
    default:
        return *(const char *const *)field != NULL; /* the text of checkpoint */
    }
}

/* The denial model refuses what it has no use for; what has a default cannot tell. */
static kn_status check_denial(kn_context *ctx, const cascade_options *o)
{
    for (size_t k = 0; k < sizeof options / sizeof *options; k++) {
        const kn_option *option = &options[k];
        bool daily = option->offset >= offsetof(cascade_options, daily);
        if (daily && !option->default_text && is_given(option, o))
            return kn__fail(ctx, KN_ERR_USAGE,
                            "--%s is for the daily models (for instance --model kaname); "
                            "the denial model has no use for it",
                            option->name);
    }
    return KN_OK;
}

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    const cascade_options *o = opts;
    if (o->model == 0)
        KN__TRY(check_denial(ctx, o));
    if (!scenario)
        return kn__fail(ctx, KN_ERR_USAGE, "cascade needs a scenario");
    kn__arena *arena;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = o->model == 0
                           ? kn__cascade_denial(ctx, arena, net, scenario, o->links == 0,
                                                o->daily.days, result)
                           : run_daily(ctx, arena, net, scenario, o, result);
    kn__arena_free(arena);
    return status;
}

_Static_assert((KN__DENIAL_OPERATIONS & ~KN__DAILY_OPERATIONS) == 0,
               "the daily models know every operation of the denial model");

extern const kn_lens kn__lens_cascade;
const kn_lens kn__lens_cascade = {
    .name = "cascade",
    .summary = "what stops, where and when, under a scenario",
    .formula = formula,
    .source = source,
    .options_size = sizeof(cascade_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = kn__cascade_list,
    .table_count = KN__CASCADE_TABLES,
    .operations = KN__DAILY_OPERATIONS,
    .run = run,
};
