/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stddef.h>

#include "kaname/lens.h"
#include "kernel/threads.h"
#include "lens/cascade/denial_net.h"

/* ---- Declaration ---- */

typedef enum mode { TARGETED, STOP, OUTAGE } mode;

typedef struct choke_options {
    kn_ids of, holder, product;
    int32_t mode, links;
    int64_t days, top;
    double share;
} choke_options;

#define OPTION(name, type, value, unit, choices, low, high, help, field)                 \
    {                                                                                    \
        name, type, value, unit, choices, low, high, help, NULL,                         \
            offsetof(choke_options, field)                                               \
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
    OPTION("mode", KN_OPTION_CHOICE, "targeted", "", "targeted|stop|outage", 0, 0,
           "targeted: holder to one victim, others may pass goods on; stop: all exports "
           "of the holder; outage: its home users too",
           mode),
    OPTION("days", KN_OPTION_INTEGER, "360", "days", NULL, 30, 3600,
           "horizon, in slices of 30 days", days),
    OPTION("share", KN_OPTION_NUMBER, "1", "share", NULL, 0, 1,
           "denied share of the holder's deliveries", share),
    OPTION("top", KN_OPTION_INTEGER, "1000", "", NULL, 0, 1e9,
           "rows printed, largest loss first (0: all)", top),
    OPTION("links", KN_OPTION_CHOICE, "interval", "", "interval|centre", 0, 0,
           "supplier shares that are not known: carry their bounds into the low and high "
           "loss, or take the centre as known",
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
     "day on which the victim's output first falls"},
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

static const kn_table_decl choke_table = {
    "chokepoints", "value added lost if a holder denies a product to a victim",
    choke_columns, sizeof choke_columns / sizeof *choke_columns};
static const kn_table_decl tool_table = {
    "equipment", "what a denial of equipment does to those who use it, at the horizon",
    tool_columns, sizeof tool_columns / sizeof *tool_columns};
static const kn_table_decl *const tables[] = {&choke_table, &tool_table};

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
    "tools    capacity = (1 - s kappa after the service interval)(1 - s (1 - "
    "exp(-t / life))), the scarcest tool counts\n"
    "tables   without recipes a = (1 - sum theta (1 - (1 - u)^((sigma-1)/sigma)))"
    "^(sigma/(sigma-1)), sigma 0.1 at once to 0.5 after a year\n"
    "loss     D(T) = sum_t 30/365 sum_p v (1 - a); loss_share = D / (v T / 365)\n"
    "low      rho 1, stocks and spare capacity x 1.5, low phi, low supplier shares, the "
    "unseen supplier keeps delivering\n"
    "high     rho 0, stocks and spare capacity x 0.5, high phi, high supplier shares, "
    "the unseen supply of q0 is the holder's\n"
    "Losses of single denials must not be added up: a joint denial is its own run "
    "(cascade).";

static const char source[] =
    "Denial loss: docs/lens/chokepoints. Elasticities: Boehm, Flaaen and "
    "Pandalai-Nayar, Review of Economics and Statistics 101 (2019); Atalay, AEJ: "
    "Macroeconomics 9 (2017); Baqaee and Farhi, Econometrica 92 (2024). Criticality "
    "classes after Pichler et al., Journal of Economic Dynamics and Control 144 (2022).";

/* ---- The matrix ---- */

typedef struct choke_row {
    int32_t holder, product, victim;
    double share, bite, loss[KN__END_COUNT], cost;
} choke_row;

/* One run of three ends: rows [first, first + count) are its victims. */
typedef struct task {
    int32_t holder, product;
    int64_t first;
    int32_t count, victim_count;
    const int32_t *victims; /* of the denial; rows may also show the holder itself */
} task;

typedef struct matrix {
    const kn_network *net;
    const choke_options *o;
    kn__denial_model model;
    choke_row *rows;
    task *tasks;
    int64_t row_count, task_count;
    int32_t *ids; /* 0 .. economies-1, single victims point in here */
    kn__denial_work **work;
    double **scratch; /* by worker: loss (slices × economies), sales, bite */
} matrix;

static bool is_holder(const matrix *x, int32_t e)
{
    return e != x->net->zzu && e != x->net->row_economy;
}

static bool in(kn_ids ids, int32_t id, bool when_empty)
{
    for (int32_t k = 0; k < ids.count; k++)
        if (ids.id[k] == id)
            return true;
    return !ids.count && when_empty;
}

static double world_share(const matrix *x, int32_t q, int32_t h)
{
    int64_t e = x->model.economies;
    double own = 0, all = 0;
    for (int64_t s = 0; s < e; s++)
        for (int64_t d = 0; d < e; d++) {
            double f = x->model.flow[(q * e + s) * e + d];
            all += f;
            own += s == h ? f : 0;
        }
    return all > 0 ? own / all : 0;
}

enum { PERCENT_OF_NOTE = 5 };

/* Whether h counts as a holder of q (against d, or with d = -1 against the world). */
static bool holds(const matrix *x, int32_t q, int32_t h, int32_t d, double world)
{
    double least = PERCENT_OF_NOTE / 100.0;
    if (x->o->holder.count)
        return in(x->o->holder, h, false);
    if (!is_holder(x, h))
        return false;
    if (world >= least)
        return true;
    for (int32_t v = 0; v < x->model.economies; v++)
        if ((d < 0 ? v != h && v != x->net->zzu : v == d) &&
            kn__denial_share(&x->model, q, &h, 1, v) >= least)
            return true;
    return false;
}

static bool is_wanted(const matrix *x, int32_t q)
{
    return in(x->o->product, q, true) &&
           (x->model.is_input[q] || x->model.is_installed[q]);
}

static bool is_victim(const matrix *x, int32_t d)
{
    return d != x->net->zzu && in(x->o->of, d, true);
}

/* Calls the builder twice: first to count, then to fill. */
static void add_task(matrix *x, int32_t h, int32_t q, int32_t d, bool fill)
{
    int32_t count = 0;
    for (int32_t v = 0; v < x->model.economies; v++) {
        if (!is_victim(x, v) || (d >= 0 && v != d))
            continue;
        if (fill)
            x->rows[x->row_count + count] =
                (choke_row){.holder = h, .product = q, .victim = v};
        count++;
    }
    if (!count)
        return;
    if (fill)
        x->tasks[x->task_count] = (task){h, q, x->row_count, count, 0, NULL};
    x->row_count += count;
    x->task_count++;
}

static void list_tasks(matrix *x, bool fill)
{
    int32_t economies = x->model.economies;
    x->row_count = x->task_count = 0;
    for (int32_t q = 0; q < x->model.products; q++) {
        if (!is_wanted(x, q))
            continue;
        for (int32_t h = 0; h < economies; h++) {
            double world = world_share(x, q, h);
            if (x->o->mode != TARGETED) {
                if (holds(x, q, h, -1, world))
                    add_task(x, h, q, -1, fill);
                continue;
            }
            for (int32_t d = 0; d < economies; d++)
                if (d != h && is_victim(x, d) &&
                    x->model.use[(int64_t)q * economies + d] > 0 &&
                    holds(x, q, h, d, world))
                    add_task(x, h, q, d, fill);
        }
    }
}

/* Victims of a stop are all but the holder, of an outage all; a targeted one is single.
 */
static kn_status set_victims(matrix *x, kn_context *ctx, kn__arena *arena)
{
    int32_t e = x->model.economies;
    x->ids = KN__ARRAY(arena, ctx, e, int32_t);
    int32_t *others =
        x->o->mode == TARGETED ? NULL : KN__ARRAY(arena, ctx, e * e, int32_t);
    if (!x->ids || (x->o->mode != TARGETED && !others))
        return KN_ERR_MEMORY;
    for (int32_t d = 0; d < e; d++)
        x->ids[d] = d;
    for (int32_t h = 0; others && h < e; h++)
        for (int32_t d = 0, n = 0; d < e; d++)
            if (x->o->mode == OUTAGE || d != h)
                others[(int64_t)h * e + n++] = d;
    for (int64_t k = 0; k < x->task_count; k++) {
        task *t = &x->tasks[k];
        t->victims =
            others ? others + (int64_t)t->holder * e : x->ids + x->rows[t->first].victim;
        t->victim_count = !others ? 1 : x->o->mode == OUTAGE ? e : e - 1;
    }
    return KN_OK;
}

static kn__denial denial_of(const matrix *x, const task *t)
{
    return (kn__denial){.product = t->product,
                        .holders = &t->holder,
                        .holder_count = 1,
                        .victims = t->victims,
                        .victim_count = t->victim_count,
                        .share = x->o->share,
                        .targeted = x->o->mode == TARGETED,
                        .end_day = INFINITY};
}

static void run_task(matrix *x, int worker, const task *t)
{
    const kn__denial_model *m = &x->model;
    int64_t e = m->economies, cells = m->slices * e, last = cells - e;
    double *loss = x->scratch[worker], *sales = loss + cells, *bite = sales + cells;
    kn__denial denial = denial_of(x, t);
    kn__shock shock = {.denials = &denial, .denial_count = 1};
    for (int end = 0; end < KN__END_COUNT; end++) {
        bool mid = end == KN__END_MID;
        kn__denial_run(x->work[worker], &shock, (kn__denial_end)end,
                       &(kn__denial_result){.loss = loss,
                                            .sales = mid ? sales : NULL,
                                            .bite_day = mid ? bite : NULL});
        for (int32_t k = 0; k < t->count; k++) {
            choke_row *row = &x->rows[t->first + k];
            row->loss[end] = loss[last + row->victim];
            if (!mid)
                continue;
            row->bite = bite[row->victim];
            row->cost = sales[last + t->holder];
            row->share =
                row->victim == t->holder
                    ? NAN
                    : kn__denial_share(m, t->product, &t->holder, 1, row->victim);
        }
    }
}

static kn_status run_tasks(void *arg, int worker, int64_t begin, int64_t end)
{
    matrix *x = arg;
    for (int64_t k = begin; k < end; k++)
        run_task(x, worker, &x->tasks[k]);
    return KN_OK;
}

enum { CHUNK = 8 };

static kn_status prepare(matrix *x, kn_context *ctx, kn__arena *arena)
{
    list_tasks(x, false);
    x->rows = KN__ARRAY(arena, ctx, x->row_count, choke_row);
    x->tasks = KN__ARRAY(arena, ctx, x->task_count, task);
    if (!x->rows || !x->tasks)
        return KN_ERR_MEMORY;
    list_tasks(x, true);
    KN__TRY(set_victims(x, ctx, arena));
    int workers = kn__workers(ctx, x->task_count, CHUNK);
    int64_t cells = (int64_t)x->model.slices * x->model.economies;
    x->work = KN__ARRAY(arena, ctx, workers, kn__denial_work *);
    x->scratch = KN__ARRAY(arena, ctx, workers, double *);
    if (!x->work || !x->scratch)
        return KN_ERR_MEMORY;
    for (int k = 0; k < workers; k++) {
        KN__TRY(kn__denial_work_new(&x->work[k], ctx, arena, &x->model));
        x->scratch[k] = KN__ARRAY(arena, ctx, 2 * cells + x->model.economies, double);
        if (!x->scratch[k])
            return KN_ERR_MEMORY;
    }
    return KN_OK;
}

/* ---- Tables ---- */

static const char *const mode_names[] = {"targeted", "stop", "outage"};

/* Low, mid and high bracket each other; what is only reached through others' shares can
   leave the interval by a hair. */
static void bracket(choke_row *row)
{
    double mid = row->loss[KN__END_MID];
    row->loss[KN__END_LOW] = fmin(row->loss[KN__END_LOW], mid);
    row->loss[KN__END_HIGH] = fmax(row->loss[KN__END_HIGH], mid);
}

static kn_status write_rows(matrix *x, kn_context *ctx, kn_result *result)
{
    const kn_network *net = x->net;
    int64_t e = x->model.economies;
    double days = x->model.slices * x->model.slice_days;
    kn_table *table;
    KN__TRY(kn_result_add(result, ctx, &choke_table, &table));
    for (int64_t k = 0; k < x->row_count; k++) {
        choke_row *row = &x->rows[k];
        double value = 0;
        bracket(row);
        if (!(row->share > 0) && !(row->loss[KN__END_HIGH] > 0))
            continue;
        for (int64_t p = 0; p < x->model.products; p++)
            value += x->model.value_added[p * e + row->victim];
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
        KN__TRY(kn_table_append(table, ctx, cells));
    }
    KN__TRY(kn_table_sort_down(table, ctx, kn_table_column(table, "loss_musd")));
    KN__TRY(
        kn_result_info(result, ctx, "chokepoints", NULL, (double)kn_table_rows(table)));
    if (x->o->top > 0)
        kn_table_truncate(table, x->o->top);
    return KN_OK;
}

typedef struct tool_results {
    double *uptime, *replacement, *expansion;
} tool_results;

static kn_status write_tools(matrix *x, kn_context *ctx, kn_table *table, const task *t,
                             const tool_results *r, kn_ids victims)
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

/* The equipment denials once more, at the centre, for their three columns. */
static kn_status write_equipment(matrix *x, kn_context *ctx, kn__arena *arena,
                                 kn_result *result)
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
        const task *t = &x->tasks[k];
        if (!x->model.is_installed[t->product])
            continue;
        kn__denial denial = denial_of(x, t);
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

static kn_status run(kn_context *ctx, const kn_network *net, const kn_scenario *scenario,
                     const void *opts, kn_result *result)
{
    matrix x = {.net = net, .o = opts};
    kn__arena *arena;
    (void)scenario;
    KN__TRY(kn__arena_new(&arena, ctx));
    kn_status status = kn__denial_from_network(&x.model, ctx, arena, net, x.o->links == 0,
                                               (double)x.o->days);
    if (status >= 0)
        status = prepare(&x, ctx, arena);
    if (status >= 0)
        status = kn__denial_describe(ctx, result, &x.model, net);
    if (status >= 0)
        status = kn__parallel_for(ctx, "denials", x.task_count, CHUNK, run_tasks, &x);
    if (status >= 0)
        status = write_rows(&x, ctx, result);
    if (status >= 0)
        status = write_equipment(&x, ctx, arena, result);
    kn__arena_free(arena);
    return status;
}

extern const kn_lens kn__lens_chokepoints;
const kn_lens kn__lens_chokepoints = {
    .name = "chokepoints",
    .summary = "who can cut off whom, and how much value added hangs on it",
    .formula = formula,
    .source = source,
    .options_size = sizeof(choke_options),
    .options = options,
    .option_count = sizeof options / sizeof *options,
    .tables = tables,
    .table_count = sizeof tables / sizeof *tables,
    .run = run,
};
