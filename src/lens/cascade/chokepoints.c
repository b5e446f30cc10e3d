/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "kaname/lens.h"
#include "lens/cascade/denial_matrix.h"

/* ---- Declaration ---- */

#define OPTION(name, type, value, unit, choices, low, high, help, field)                 \
    {                                                                                    \
        name, type, value, unit, choices, low, high, help, NULL,                         \
            offsetof(kn__choke_options, field)                                           \
    }

static const kn_option options[] = {
    OPTION("of", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "victims, each for itself (default: all economies)", of),
    OPTION("holder", KN_OPTION_ECONOMIES, NULL, "", NULL, 0, 0,
           "holders, each for itself (default: all with 5 % of a product's world supply "
           "or of a victim's purchases)",
           holder),
    OPTION("product", KN_OPTION_PRODUCTS, NULL, "", NULL, 0, 0,
           "denied products (default: all that something is made of or with)", product),
    OPTION("model", KN_OPTION_CHOICE, "denial", "", "denial|kaname", 0, 0,
           "denial: time slices of the headline measure; kaname: each denial day by day, "
           "as cascade --model kaname plays it",
           model),
    OPTION("screen", KN_OPTION_INTEGER, "500", "", NULL, 0, 1e9,
           "model kaname: play only so many denials, those with the largest loss in the "
           "denial model, then the largest upper one (0: all)",
           screen),
    OPTION("mode", KN_OPTION_CHOICE, "targeted", "", "targeted|stop|outage", 0, 0,
           "targeted: holder to one victim, others may pass goods on; stop: all exports "
           "of the holder; outage: its home users too",
           mode),
    OPTION("days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
           "horizon; of the denial model in slices of 30 days", days),
    OPTION("share", KN_OPTION_NUMBER, "1", "share", NULL, 0, 1,
           "denied share of the holder's deliveries", share),
    OPTION("top", KN_OPTION_INTEGER, "1000", "", NULL, 0, 1e9,
           "rows printed, largest loss first (0: all)", top),
    OPTION("links", KN_OPTION_CHOICE, "interval", "", "interval|centre", 0, 0,
           "supplier shares that are not known: carry their bounds into the low and high "
           "loss, or take the centre as known (model denial)",
           links),
};

static const kn_column choke_columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "economy that denies"},
    {"product", "", KN_COLUMN_TEXT, "what it denies"},
    {"victim", "", KN_COLUMN_TEXT, "economy that loses"},
    {"mode", "", KN_COLUMN_TEXT, "targeted, stop or outage"},
    {"horizon_days", "days", KN_COLUMN_INTEGER, "losses are summed up to this day"},
    {"share", "share", KN_COLUMN_NUMBER, "of the victim's purchases that the holder has"},
    {"bite_day", "days", KN_COLUMN_NUMBER,
     "day from which a lack of inputs or capacity holds output of the victim down; by "
     "days "
     "0.1 % of a producer's or more"},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, "value added the victim loses"},
    {"loss_low", "MUSD", KN_COLUMN_NUMBER, "the same, everything uncertain at its best"},
    {"loss_high", "MUSD", KN_COLUMN_NUMBER,
     "the same, everything uncertain at its worst"},
    {"loss_share", "share", KN_COLUMN_NUMBER, "loss over the victim's value added"},
    {"sender_cost_musd", "MUSD", KN_COLUMN_NUMBER,
     "value added in the sales the holder forgoes"},
};

static const kn_column tool_columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "economy that denies"},
    {"product", "", KN_COLUMN_TEXT, "what the tool makes"},
    {"tool", "", KN_COLUMN_TEXT, "denied equipment"},
    {"victim", "", KN_COLUMN_TEXT, "economy that loses"},
    {"uptime", "share", KN_COLUMN_NUMBER, "1 - s k after the service interval"},
    {"replacement", "share", KN_COLUMN_NUMBER,
     "installed capacity left, 1 - s (1 - exp(-t/life))"},
    {"expansion", "share", KN_COLUMN_NUMBER, "capacity growth forgone, growth s t"},
};

static const kn_column recapture_columns[] = {
    {"holder", "", KN_COLUMN_TEXT, "economy that denies"},
    {"product", "", KN_COLUMN_TEXT, "what it denies"},
    {"victim", "", KN_COLUMN_TEXT, "economy that loses"},
    {"recaptured_musd", "MUSD", KN_COLUMN_NUMBER, "value added made later above normal"},
    {"net_musd", "MUSD", KN_COLUMN_NUMBER, "loss less what is made up"},
};

static const kn_table_decl choke_table = {
    "chokepoints", "value added lost if a holder denies a product to a victim",
    choke_columns, sizeof choke_columns / sizeof *choke_columns};
static const kn_table_decl tool_table = {
    "equipment", "what a denial of equipment does to those who use it, at the horizon",
    tool_columns, sizeof tool_columns / sizeof *tool_columns};
static const kn_table_decl recapture_table = {
    "recapture", "output made up later (model kaname)", recapture_columns,
    sizeof recapture_columns / sizeof *recapture_columns};
static const kn_table_decl *const tables[] = {&choke_table, &tool_table,
                                              &recapture_table};

static const char formula[] =
    "D(h, q0 -> V; T) over slices t of 30 days; f purchases, m = f / use, a(0) = 1\n"
    "gap      g_qd = sum_s m_qsd (1 - (1 - den_qsd) a_qs(t-1)), den = share for "
    "(q0, h, d in V)\n"
    "reroute  r_d = rho den m min(1, R / denied sales), R = what others sell to others "
    "(targeted only)\n"
    "short    n = max(0, g - ramp(t, tau_r) r - ramp(t, tau_z) z)\n"
    "spare    n <- n max(0, 1 - ramp(t, tau_e) sum_s x max(0, e - (1 - a)) / sum_d n "
    "use)\n"
    "stock    draw = min(n 30, W); W -= draw; unmet u = n - draw / 30\n"
    "output   a = max(0, 1 - max(max_essential phi u, max_important phi u / 2, "
    "sum_minor theta u)), at most the capacity left\n"
    "tools    uptime = 1 - s kappa after the service interval, replacement = 1 - s (1 - "
    "exp(-t / life)); capacity = uptime replacement, the scarcest tool counts; of a "
    "whole "
    "industry only the part kappa hangs on replacement\n"
    "tables   without recipes a = (1 - sum theta (1 - (1 - u)^((sigma-1)/sigma)))"
    "^(sigma/(sigma-1)), sigma 0.1 at once to 0.5 after a year; spliced networks: so for "
    "industry inputs outside recipes, and the worse of both\n"
    "loss     D(T) = sum_t 30/365 sum_p v (1 - a); loss_share = D / (v T / 365)\n"
    "low      rho 1, stocks and spare capacity x 1.5, low phi, low supplier shares, the "
    "unseen supplier keeps delivering\n"
    "high     rho 0, stocks and spare capacity x 0.5, high phi, high supplier shares, "
    "the unseen supply of q0 is the holder's\n"
    "kaname   each denial is the run of `cascade --model kaname` of its one measure, to "
    "the last bit: a ban or quota of the holder on the victim (stop: on \"*\"; outage: "
    "capacity_loss) from day 0 on; loss = value added lost up to the horizon, sender "
    "cost "
    "the holder's own loss, bite_day the first day on which stocks or capacity, not "
    "buyers, hold a producer of the victim down by 0.1 % or more\n"
    "The whole matrix, once computed, and each denial that was played day by day are "
    "kept "
    "in the network's file (atlas: the user's cache folder) and used by the same build "
    "on "
    "the same content; --no-cache does without.\n"
    "Losses of single denials must not be added up: a joint denial is its own run "
    "(cascade).";

static const char source[] =
    "Denial loss: docs/lens/chokepoints. Elasticities: Boehm, Flaaen and "
    "Pandalai-Nayar, Review of Economics and Statistics 101 (2019); Atalay, AEJ: "
    "Macroeconomics 9 (2017); Baqaee and Farhi, Econometrica 92 (2024). Criticality "
    "classes after Pichler et al., Journal of Economic Dynamics and Control 144 (2022).";

/* ---- Tables ---- */

static const char *const mode_names[] = {"targeted", "stop", "outage"};

/* Low, mid and high bracket each other; what is only reached through others' shares can
   leave the interval by a hair. */
static void bracket(kn__choke_row *row)
{
    double mid = row->loss[KN__END_MID];
    row->loss[KN__END_LOW] = fmin(row->loss[KN__END_LOW], mid);
    row->loss[KN__END_HIGH] = fmax(row->loss[KN__END_HIGH], mid);
}

/* Largest loss first, equal ones by their upper end. *least: the last loss printed. */
static kn_status rank_rows(const kn__denial_matrix *x, kn_context *ctx, kn_result *result,
                           kn_table *table, double *least)
{
    int64_t found = kn_table_rows(table), top = x->o->top;
    KN__TRY(kn_table_sort_down(table, ctx, kn_table_column(table, "loss_high")));
    KN__TRY(kn_table_sort_down(table, ctx, kn_table_column(table, "loss_musd")));
    KN__TRY(kn_result_info(result, ctx, "chokepoints", NULL, (double)found));
    if (top <= 0 || found <= top)
        return KN_OK;
    *least = kn_table_number(table, top - 1, kn_table_column(table, "loss_musd"));
    kn_table_truncate(table, top);
    return kn_result_note(result, ctx,
                          "The %lld largest of %lld chokepoints; --top 0 prints all.",
                          (long long)top, (long long)found);
}

static kn_status write_row(const kn__denial_matrix *x, kn_context *ctx, kn_table *table,
                           const kn__choke_row *row)
{
    const kn_network *net = x->net;
    const kn__denial_model *m = &x->model;
    double value = 0, days = x->o->model == KN__BY_DAYS ? (double)x->o->days
                                                        : m->slices * m->slice_days;
    for (int64_t p = 0; p < m->products; p++)
        value += m->value_added[p * m->economies + row->victim];
    kn_cell cells[] = {
        {.text = net->economies[row->holder].code},
        {.text = net->products[row->product].id},
        {.text = net->economies[row->victim].code},
        {.text = mode_names[x->o->mode]},
        {.number = days},
        {.number = row->share},
        {.number = row->bite},
        {.number = row->loss[KN__END_MID]},
        {.number = row->loss[KN__END_LOW]},
        {.number = row->loss[KN__END_HIGH]},
        {.number = value > 0 ? row->loss[KN__END_MID] / (value * days / 365) : NAN},
        {.number = row->cost}};
    return kn_table_append(table, ctx, cells);
}

static kn_status write_rows(kn__denial_matrix *x, kn_context *ctx, kn_result *result,
                            double *least)
{
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &choke_table, &table));
    for (int64_t k = 0; k < x->task_count; k++) {
        const kn__choke_task *t = &x->tasks[k];
        for (int32_t v = 0; t->done && !t->out && v < t->count; v++) {
            kn__choke_row *row = &x->rows[t->first + v];
            bracket(row);
            if (row->share > 0 || row->loss[KN__END_HIGH] > 0)
                KN__TRY(write_row(x, ctx, table, row));
        }
    }
    return rank_rows(x, ctx, result, table, least);
}

/* Of the denials that are printed, where something is made up. */
static kn_status write_recapture(const kn__denial_matrix *x, kn_context *ctx,
                                 kn_result *result, double least)
{
    const kn_network *net = x->net;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &recapture_table, &table));
    for (int64_t k = 0; k < x->task_count; k++) {
        const kn__choke_task *t = &x->tasks[k];
        for (int32_t v = 0; t->done && !t->out && v < t->count; v++) {
            const kn__choke_row *row = &x->rows[t->first + v];
            double loss = row->loss[KN__END_MID];
            kn_cell cells[] = {{.text = net->economies[row->holder].code},
                               {.text = net->products[row->product].id},
                               {.text = net->economies[row->victim].code},
                               {.number = row->made_up},
                               {.number = loss - row->made_up}};
            if (row->made_up > 0 && loss >= least)
                KN__TRY(kn_table_append(table, ctx, cells));
        }
    }
    return kn_table_sort_down(table, ctx, kn_table_column(table, "recaptured_musd"));
}

typedef struct tool_results {
    double *uptime, *replacement, *expansion;
} tool_results;

static kn_status write_tools(kn__denial_matrix *x, kn_context *ctx, kn_table *table,
                             const kn__choke_task *t, const tool_results *r,
                             kn_ids victims)
{
    const kn_network *net = x->net;
    for (int32_t k = 0; k < x->model.tool_count; k++) {
        const kn__denial_tool *tool = &x->model.tools[k];
        if (tool->tool != t->product)
            continue;
        for (int32_t i = 0; i < victims.count; i++) {
            int32_t d = victims.id[i];
            int64_t at = (int64_t)k * x->model.economies + d;
            if (!x->model.makes[(int64_t)tool->user * x->model.economies + d] ||
                !(r->replacement[at] < 1 || r->uptime[at] < 1))
                continue;
            kn_cell cells[] = {{.text = net->economies[t->holder].code},
                               {.text = net->products[tool->user].id},
                               {.text = net->products[tool->tool].id},
                               {.text = net->economies[d].code},
                               {.number = r->uptime[at]},
                               {.number = r->replacement[at]},
                               {.number = r->expansion[at]}};
            KN__TRY(kn_table_append(table, ctx, cells));
        }
    }
    return KN_OK;
}

static bool reaches(const kn__denial_matrix *x, const kn__choke_task *t, double least)
{
    for (int32_t k = 0; k < t->count; k++)
        if (x->rows[t->first + k].loss[KN__END_MID] >= least)
            return true;
    return false;
}

/* The equipment denials that are printed once more, at the centre, for their three
   columns. */
static kn_status write_equipment(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                                 kn_result *result, double least)
{
    int64_t cells = (int64_t)x->model.tool_count * x->model.economies;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &tool_table, &table));
    tool_results r = {KN__ARRAY(arena, ctx, cells, double),
                      KN__ARRAY(arena, ctx, cells, double),
                      KN__ARRAY(arena, ctx, cells, double)};
    int32_t *victims = KN__ARRAY(arena, ctx, x->model.economies, int32_t);
    if (!r.uptime || !r.replacement || !r.expansion || !victims)
        return KN_ERR_MEMORY;
    for (int64_t k = 0; k < x->task_count; k++) {
        const kn__choke_task *t = &x->tasks[k];
        if (!t->done || !x->model.is_installed[t->product] || !reaches(x, t, least))
            continue;
        kn__denial denial = kn__matrix_denial(x, t);
        kn__denial_run(x->work[0], &(kn__shock){.denials = &denial, .denial_count = 1},
                       KN__END_MID,
                       &(kn__denial_result){.uptime = r.uptime,
                                            .replacement = r.replacement,
                                            .expansion = r.expansion});
        for (int32_t i = 0; i < t->count; i++)
            victims[i] = x->rows[t->first + i].victim;
        KN__TRY(write_tools(x, ctx, table, t, &r, (kn_ids){victims, t->count}));
    }
    return KN_OK;
}

/* What is done so far counts. */
static kn_status note_stop(const kn__denial_matrix *x, kn_context *ctx, kn_result *result)
{
    int64_t done = 0;
    for (int64_t k = 0; k < x->task_count; k++)
        done += x->tasks[k].done;
    kn_context_clear(ctx);
    return kn_result_note(result, ctx, "Interrupted after %lld of %lld denials.",
                          (long long)done, (long long)x->task_count);
}

static kn_status describe(const kn__denial_matrix *x, kn_context *ctx, kn_result *result)
{
    if (x->o->model != KN__BY_DAYS)
        return kn__denial_describe(ctx, result, &x->model, x->net);
    KN__TRY(kn_result_info(result, ctx, "model", "kaname", 0));
    KN__TRY(kn_result_info(result, ctx, "null_shock", "exactly zero", 0));
    return kn_result_info(result, ctx, "horizon_days", NULL, (double)x->o->days);
}

/* Only the denials that matter most in the slices are played day by day. */
static kn_status screen(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                        kn_result *result)
{
    kn__choke_options same = *x->o;
    kn__denial_matrix slices = {.net = x->net, .o = &same, .model = x->model};
    same.model = KN__BY_SLICES;
    if (x->o->screen <= 0 || x->task_count <= x->o->screen)
        return KN_OK;
    KN__TRY(kn__matrix_prepare(&slices, ctx, arena));
    KN__TRY(kn__matrix_recall(&slices, ctx, arena));
    KN__TRY(kn__matrix_run(&slices, ctx));
    KN__TRY(kn__matrix_keep(&slices, ctx, arena));
    KN__TRY(kn__matrix_screen(x, ctx, arena, &slices, x->o->screen));
    return kn_result_note(result, ctx,
                          "Played day by day: the %lld of %lld denials with the largest "
                          "loss in the denial model; --screen 0 plays all.",
                          (long long)x->o->screen, (long long)x->task_count);
}

/* Rows that are kept, then those that are due. *stopped: the caller wanted no more. */
static kn_status fill(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                      kn_result *result, bool *stopped)
{
    KN__TRY(kn__matrix_prepare(x, ctx, arena));
    KN__TRY(describe(x, ctx, result));
    KN__TRY(kn__matrix_recall(x, ctx, arena));
    if (x->o->model == KN__BY_DAYS)
        KN__TRY(screen(x, ctx, arena, result));
    kn_status status = kn__matrix_run(x, ctx);
    *stopped = status == KN_ERR_CANCELLED;
    if (*stopped)
        status = note_stop(x, ctx, result);
    KN__TRY(status);
    return kn__matrix_keep(x, ctx, arena);
}

static kn_status write(kn__denial_matrix *x, kn_context *ctx, kn__arena *arena,
                       kn_result *result)
{
    double least = 0;
    KN__TRY(write_rows(x, ctx, result, &least));
    return x->o->model == KN__BY_DAYS ? write_recapture(x, ctx, result, least)
                                      : write_equipment(x, ctx, arena, result, least);
}

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    kn__denial_matrix x = {.net = net, .o = opts};
    kn__arena *arena;
    bool stopped = false;
    (void)scenario;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__denial_from_network(&x.model, ctx, arena, net, x.o->links == 0,
                                               (double)x.o->days);
    if (status >= 0)
        status = fill(&x, ctx, arena, result, &stopped);
    if (status >= 0)
        status = write(&x, ctx, arena, result);
    kn__arena_free(arena);
    return status >= 0 && stopped ? KN_NOTE_INTERRUPTED : status;
}

extern const kn_lens kn__lens_chokepoints;
const kn_lens kn__lens_chokepoints = {
    .name = "chokepoints",
    .summary = "who can cut off whom, and how much value added hangs on it",
    .formula = formula,
    .source = source,
    .options_size = sizeof(kn__choke_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .run = run,
};
