/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "kernel/text.h"
#include "lens/trade/war.h"

extern const kn_lens kn__lens_tariff_war;

typedef struct war_options {
    kn__trade_options trade;
    kn_ids of, against, product;
    bool alone, by_sector;
    int32_t model; /* 0 Caliendo and Parro, 1 network */
} war_options;

#define FRACTION "fraction"

static const kn_column war_columns[] = {
    {"player", "", KN_COLUMN_TEXT, "economy or bloc that chooses a tariff"},
    {"against", "", KN_COLUMN_TEXT, "whose goods it is on"},
    {"rate_before", FRACTION, KN_COLUMN_NUMBER,
     "tariff in force, weighted by trade at the baseline"},
    {"rate_alone", FRACTION, KN_COLUMN_NUMBER,
     "best tariff while the other keeps the tariffs in force"},
    {"real_income_alone", FRACTION, KN_COLUMN_NUMBER, "the player's change with it"},
    {"rate_nash", FRACTION, KN_COLUMN_NUMBER,
     "tariff from which neither gains by moving alone"},
    {"real_income_nash", FRACTION, KN_COLUMN_NUMBER, "the player's change there"},
    {"real_income_free", FRACTION, KN_COLUMN_NUMBER,
     "the player's change where neither charges the other anything"},
};
static const kn_column outcomes_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"player", "", KN_COLUMN_TEXT, "the player it belongs to, if any"},
    {"real_income_alone", FRACTION, KN_COLUMN_NUMBER,
     "change when only the first player sets its best tariff"},
    {"real_income_nash", FRACTION, KN_COLUMN_NUMBER, "change in the tariff war"},
    {"real_income_free", FRACTION, KN_COLUMN_NUMBER,
     "change where neither player charges the other anything"},
};
static const kn_table_decl war_table = {"war", "what each player would do", war_columns,
                                        sizeof war_columns / sizeof *war_columns};
static const kn_table_decl outcomes_table = {
    "outcomes", "what it means for everybody", outcomes_columns,
    sizeof outcomes_columns / sizeof *outcomes_columns};
static const kn_column tariffs_columns[] = {
    {"player", "", KN_COLUMN_TEXT, "economy or bloc that chooses the tariffs"},
    {"against", "", KN_COLUMN_TEXT, "whose goods they are on"},
    {"product", "", KN_COLUMN_TEXT, "sector"},
    {"rate_alone", FRACTION, KN_COLUMN_NUMBER, "best tariff where all sectors have one"},
    {"rate_by_sector", FRACTION, KN_COLUMN_NUMBER,
     "best tariff where each sector has its own"},
};
static const kn_table_decl tariffs_table = {
    "tariffs", "the best tariffs by sector, with --by-sector", tariffs_columns,
    sizeof tariffs_columns / sizeof *tariffs_columns};
static const kn_table_decl *const tables[] = {&war_table, &outcomes_table,
                                              &tariffs_table};

enum { ALONE, NASH, FREE, STATES };

typedef struct game {
    kn_context *ctx;
    kn__arena *arena;
    const kn_network *net;
    const war_options *options;
    kn__trade_run run;
    kn__war war;
    const char *name[2];
    double rate[2][STATES], worth[2][STATES];
    double *outcome[STATES]; /* [n] */
    int32_t rounds;
    double by_sector; /* real income of the first player with its best rates by sector */
} game;

/* ---- Players ---- */

/* Economies of the network as economies of the model; all others for an empty list. */
static kn_status set_members(game *g, int p, const kn_ids *chosen, const bool *taken)
{
    const kn__trade_model *m = &g->run.model;
    int32_t N = m->cp.economies, count = 0;
    int32_t *id = KN__ARRAY(g->arena, g->ctx, N, int32_t);
    if (!id)
        return KN_ERR_MEMORY;
    for (int32_t n = 0; n < N; n++) {
        bool in = chosen->count == 0 && !taken[n];
        for (int32_t k = 0; k < chosen->count; k++)
            in |= chosen->id[k] == m->economy[n];
        if (in && taken[n])
            return kn__fail(g->ctx, KN_ERR_USAGE, "%s is on both sides of the tariff war",
                            g->net->economies[m->economy[n]].code);
        if (in)
            id[count++] = n;
    }
    if (count == 0 && chosen->count == 0)
        return kn__fail(g->ctx, KN_ERR_USAGE,
                        "--of takes everybody in %s: nobody is left to answer",
                        g->net->name);
    if (count == 0)
        return kn__fail(g->ctx, KN_ERR_USAGE, "nobody in --%s produces anything in %s",
                        p ? "against" : "of", g->net->name);
    g->war.player[p] = (kn__player){.members = {id, count}, .rate = NAN};
    return KN_OK;
}

/* "USA", "CAN+MEX+USA", or "*" for all others. */
static kn_status set_name(game *g, int p)
{
    const kn_ids *members = &g->war.player[p].members;
    kn__text text;
    g->name[p] = "*";
    if (p == 1 && g->options->against.count == 0)
        return KN_OK;
    kn__text_init(&text, g->ctx, 0);
    for (int32_t k = 0; k < members->count; k++)
        kn__text_addf(&text, "%s%s", k ? "+" : "",
                      g->net->economies[g->run.model.economy[members->id[k]]].code);
    kn_status status = kn__text_status(&text);
    g->name[p] = status < 0 ? NULL : kn__arena_text(g->arena, g->ctx, text.data);
    kn__text_release(&text);
    return status < 0 ? status : g->name[p] ? KN_OK : KN_ERR_MEMORY;
}

static kn_status set_players(game *g)
{
    const war_options *o = g->options;
    bool *taken = KN__ARRAY(g->arena, g->ctx, g->run.model.cp.economies, bool);
    if (!taken)
        return KN_ERR_MEMORY;
    if (o->of.count == 0)
        return kn__fail(g->ctx, KN_ERR_USAGE,
                        "whose tariff? --of ECONOMY, several or a bloc");
    KN__TRY(set_members(g, 0, &o->of, taken));
    for (int32_t k = 0; k < g->war.player[0].members.count; k++)
        taken[g->war.player[0].members.id[k]] = true;
    KN__TRY(set_members(g, 1, &o->against, taken));
    KN__TRY(set_name(g, 0));
    return set_name(g, 1);
}

/* The sectors the tariffs are on: traded ones, of --product where it is given. */
static kn_status set_taxed(game *g)
{
    const kn__trade_model *m = &g->run.model;
    const kn_ids *chosen = &g->options->product;
    bool *taxed = KN__ARRAY(g->arena, g->ctx, m->cp.sectors, bool), any = false;
    if (!taxed)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < m->cp.sectors; j++) {
        bool in = chosen->count == 0;
        for (int32_t k = 0; k < chosen->count; k++)
            in |= chosen->id[k] == m->product[j];
        taxed[j] = in && m->cp.traded[j];
        any |= taxed[j];
    }
    g->war.taxed = taxed;
    return any ? KN_OK
               : kn__fail(g->ctx, KN_ERR_USAGE,
                          "none of the sectors in --product is traded%s",
                          m->product[0] < 0 ? "; this variant has one sector" : "");
}

/* ---- The game ---- */

/* Keeps what holds now: rates, worth, everybody's real income. */
static void keep(game *g, int state)
{
    for (int p = 0; p < 2; p++)
        g->worth[p][state] = g->war.player[p].worth - 1;
    for (int32_t n = 0; n < g->run.model.cp.economies; n++)
        g->outcome[state][n] = g->run.effects.real_income_exact[n];
}

/* Each player's best tariff while the other's stay in force. */
static kn_status alone(game *g, int p)
{
    g->war.player[p].rate = g->war.player[1 - p].rate = NAN;
    kn_status status = kn__war_respond(&g->war, g->ctx, p);
    g->rate[p][ALONE] = g->war.player[p].rate;
    g->worth[p][ALONE] = g->war.player[p].worth - 1;
    return status;
}

/* The first player's best rates by sector, from its best common rate. */
static kn_status by_sector(game *g)
{
    kn__player *player = &g->war.player[0];
    int32_t J = g->run.model.cp.sectors;
    player->rate = g->rate[0][ALONE];
    player->rates = KN__ARRAY(g->arena, g->ctx, J, double);
    if (!player->rates)
        return KN_ERR_MEMORY;
    for (int32_t j = 0; j < J; j++)
        player->rates[j] = player->rate;
    kn_status status = kn__war_respond_by_sector(&g->war, g->ctx, 0);
    g->by_sector = player->worth - 1;
    return status;
}

static kn_status play(game *g)
{
    kn_status status = KN_OK;
    for (int state = 0; state < STATES; state++)
        for (int p = 0; p < 2; p++)
            g->rate[p][state] = g->worth[p][state] = NAN;
    status = g->options->alone ? KN_OK : alone(g, 1);
    if (status == KN_OK)
        status = alone(g, 0);
    if (status < 0)
        return status;
    double second = g->worth[1][ALONE];
    keep(g, ALONE);
    g->worth[1][ALONE] = second;
    if (status == KN_OK && g->options->by_sector)
        return by_sector(g);
    if (status != KN_OK || g->options->alone)
        return status;
    for (int p = 0; p < 2; p++)
        g->war.player[p].rate = g->rate[p][ALONE];
    status = kn__war_settle(&g->war, g->ctx, &g->rounds);
    if (status < 0)
        return status;
    keep(g, NASH);
    for (int p = 0; p < 2; p++) {
        g->rate[p][NASH] = g->war.player[p].rate;
        g->war.player[p].rate = 0;
    }
    kn_status free_status = kn__war_play(&g->war, g->ctx);
    if (free_status >= 0)
        keep(g, FREE);
    return status != KN_OK ? status : free_status;
}

/* ---- Tables ---- */

static kn_status add_war(const game *g, kn_result *result)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, g->ctx, &war_table, &table));
    for (int p = 0; p < (g->options->alone ? 1 : 2); p++) {
        kn_cell row[] = {{.text = g->name[p]},
                         {.text = g->name[1 - p]},
                         {.number = kn__war_rate_before(&g->war, p)},
                         {.number = g->rate[p][ALONE]},
                         {.number = g->worth[p][ALONE]},
                         {.number = g->rate[p][NASH]},
                         {.number = g->worth[p][NASH]},
                         {.number = g->worth[p][FREE]}};
        KN__TRY(kn_table_append(table, g->ctx, row));
    }
    return KN_OK;
}

static bool is_member(const kn__player *player, int32_t n)
{
    for (int32_t k = 0; k < player->members.count; k++)
        if (player->members.id[k] == n)
            return true;
    return false;
}

static kn_status add_outcomes(const game *g, kn_result *result)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, g->ctx, &outcomes_table, &table));
    for (int32_t n = 0; n < g->run.model.cp.economies; n++) {
        const char *player = is_member(&g->war.player[0], n)   ? g->name[0]
                             : is_member(&g->war.player[1], n) ? g->name[1]
                                                               : "";
        kn_cell row[] = {{.text = g->net->economies[g->run.model.economy[n]].code},
                         {.text = player},
                         {.number = g->outcome[ALONE][n]},
                         {.number = g->outcome[NASH][n]},
                         {.number = g->outcome[FREE][n]}};
        KN__TRY(kn_table_append(table, g->ctx, row));
    }
    return KN_OK;
}

static kn_status add_tariffs(const game *g, kn_result *result)
{
    const double *rates = g->war.player[0].rates;
    kn_table *table;
    if (!rates)
        return KN_OK;
    KN__TRY(kn_result_info(result, g->ctx, "real_income_by_sector", NULL, g->by_sector));
    KN__TRY(kn_result_add(result, g->ctx, &tariffs_table, &table));
    for (int32_t j = 0; j < g->run.model.cp.sectors; j++) {
        kn_cell row[] = {{.text = g->name[0]},
                         {.text = g->name[1]},
                         {.text = kn__trade_sector(&g->run.model, g->net, j)},
                         {.number = g->rate[0][ALONE]},
                         {.number = rates[j]}};
        if (kn__war_buys(&g->war, 0, j))
            KN__TRY(kn_table_append(table, g->ctx, row));
    }
    return KN_OK;
}

static kn_status add_result(const game *g, kn_result *result, kn_status found)
{
    KN__TRY(add_war(g, result));
    KN__TRY(add_outcomes(g, result));
    KN__TRY(add_tariffs(g, result));
    KN__TRY(kn_result_info(result, g->ctx, "equilibria", NULL, g->war.equilibria));
    KN__TRY(kn_result_info(result, g->ctx, "residual", NULL, g->run.after.residual));
    KN__TRY(kn_result_info(result, g->ctx, "walras", NULL, g->run.after.walras));
    if (!g->options->alone)
        KN__TRY(kn_result_info(result, g->ctx, "rounds", NULL, g->rounds));
    if (found == KN_OK)
        return KN_OK;
    return kn_result_note(
        result, g->ctx, "not converged: %s; the last rates were %.4g and %.4g",
        g->run.after.residual > 1e-9 ? "an equilibrium on the way was not found"
                                     : "no best tariff between -50 % and 1000 %",
        g->war.player[0].rate, g->war.player[1].rate);
}

static kn_status run_in(game *g, kn_result *result)
{
    kn__trade_options trade = g->options->trade;
    trade.model = g->options->model ? KN__TRADE_NETWORK : KN__TRADE_CALIENDO_PARRO;
    trade.value_elasticity = trade.input_elasticity = 0.05;
    trade.final_elasticity = 0.9;
    kn_status found = kn__trade_prepare(&g->run, g->ctx, g->arena, g->net, NULL, &trade);
    if (found < 0)
        return found;
    int64_t N = g->run.model.cp.economies;
    double *room = KN__ARRAY(g->arena, g->ctx, STATES * N, double);
    if (!room)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < STATES * N; k++)
        room[k] = NAN;
    for (int state = 0; state < STATES; state++)
        g->outcome[state] = room + state * N;
    g->war.run = &g->run;
    g->war.net = g->net;
    if (g->options->by_sector && !g->options->alone)
        return kn__fail(g->ctx, KN_ERR_USAGE,
                        "--by-sector needs --alone: best answers by sector in turn are "
                        "not looked for");
    KN__TRY(set_players(g));
    KN__TRY(set_taxed(g));
    if (found == KN_OK)
        found = play(g);
    if (found < 0)
        return found;
    KN__TRY(add_result(g, result, found));
    return found;
}

static kn_status run_war(kn_context *ctx, const kn_network *net,
                         const kn_scenario *scenario, const void *options,
                         kn_result *result)
{
    game g = {.ctx = ctx, .net = net, .options = options};
    (void)scenario;
    KN__TRY(kn__arena_new(&g.arena, ctx));
    kn_status status = run_in(&g, result);
    kn__arena_free(g.arena);
    return status;
}

#define AT(field) offsetof(war_options, field)

static const kn_option options[] = {
    {.name = "of",
     .type = KN_OPTION_ECONOMIES,
     .help = "the player: an economy, several, or a bloc",
     .offset = AT(of)},
    {.name = "against",
     .type = KN_OPTION_ECONOMIES,
     .help = "the other player; without it all other economies together",
     .offset = AT(against)},
    {.name = "product",
     .type = KN_OPTION_PRODUCTS,
     .help = "put the tariffs on these products only",
     .offset = AT(product)},
    {.name = "alone",
     .type = KN_OPTION_FLAG,
     .default_text = "false",
     .help = "only the best tariff of --of; the other does not answer",
     .offset = AT(alone)},
    {.name = "by-sector",
     .type = KN_OPTION_FLAG,
     .default_text = "false",
     .help = "with --alone: also the best tariffs with a rate for each sector",
     .source = "Ossa 2014",
     .offset = AT(by_sector)},
    {.name = "model",
     .type = KN_OPTION_CHOICE,
     .default_text = "caliendo-parro",
     .choices = "caliendo-parro|network",
     .help =
         "as in trade, the network with the nests' elasticities that are the defaults "
         "there",
     .offset = AT(model)},
    {.name = "variant",
     .type = KN_OPTION_CHOICE,
     .default_text = "full",
     .choices = "full|no-io|no-materials|one-sector",
     .help = "as in trade",
     .source = "Caliendo and Parro 2015, section 5.3",
     .offset = AT(trade.variant)},
    {.name = "deficits",
     .type = KN_OPTION_CHOICE,
     .default_text = "remove",
     .choices = "remove|keep",
     .help = "trade deficits of the baseline",
     .offset = AT(trade.deficits)},
    {.name = "elasticity",
     .type = KN_OPTION_NUMBER,
     .default_text = "0",
     .low = 0,
     .high = 100,
     .help = "one trade elasticity for all sectors; 0: by sector",
     .offset = AT(trade.elasticity)},
    {.name = "elasticity-scale",
     .type = KN_OPTION_NUMBER,
     .default_text = "1",
     .low = 0.01,
     .high = 100,
     .help = "multiplies the elasticities: below 1 for the short run",
     .offset = AT(trade.scale)},
};

const kn_lens kn__lens_tariff_war = {
    .name = "tariff-war",
    .summary = "the tariff that is best for one economy or bloc, the answer of another, "
               "and where it ends",
    .formula =
        "Two players p set one rate t_p on what they buy from each other; all other "
        "tariffs stay.\n"
        "  W_p(t) = sum_n in p I_n (I'_n / I_n / P_n) / sum_n in p I_n, equilibrium of "
        "lens trade\n"
        "  alone: t_p = argmax W_p, the other's tariffs in force; by sector: t_pj\n"
        "  war:   t_p = argmax W_p(., t_q) for both (Nash), by best responses in turn\n"
        "One sector without inputs: a small economy's best tariff is 1/theta, a larger "
        "one's\n"
        "1/(theta lambda), lambda the share of the partner's spending on its own goods.",
    .source = "Ossa, American Economic Review 104 (2014); Costinot and Rodriguez-Clare, "
              "Handbook of International Economics 4 (2014), section 4.2",
    .options_size = sizeof(war_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .run = run_war,
};
