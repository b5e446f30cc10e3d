/* SPDX-License-Identifier: Apache-2.0 */
/* Families gravity and the trade part of formulas. */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "lens/trade/caliendo_parro.h"
#include "lens/trade/gravity.h"
#include "read/csv.h"
#include "run_case.h"

/* ---- formulas ---- */

static const json_t *part(rc *r, const json_t *item, const char *side, const char *key)
{
    const json_t *object = rc_get(r, item, side);
    return object ? rc_get(r, object, key) : NULL;
}

static double *input(rc *r, const json_t *item, const char *key, int64_t count)
{
    const json_t *value = part(r, item, "inputs", key);
    return value ? rc_numbers(r, key, value, count) : NULL;
}

static void output(rc *r, const json_t *item, const char *key, const double *got,
                   int64_t count)
{
    const json_t *expected = json_object_get(json_object_get(item, "outputs"), key);
    if (expected)
        rc_compare_json(r, key, got, count, expected);
}

static double number(rc *r, const json_t *item, const char *group, const char *key)
{
    const json_t *object = part(r, item, "inputs", group);
    return object ? rc_number_or(object, key, NAN) : NAN;
}

static void bachmann(rc *r, const json_t *item)
{
    double energy = kn__ces_output(number(r, item, "energy", "alpha"),
                                   number(r, item, "energy", "e_hat"),
                                   number(r, item, "energy", "sigma")) -
                    1;
    double gas =
        kn__ces_output(number(r, item, "gas", "alpha"), number(r, item, "gas", "e_hat"),
                       number(r, item, "gas", "sigma")) -
        1;
    double d_log = number(r, item, "suffstat", "dlogE");
    double statistic = kn__ces_second_order(number(r, item, "suffstat", "share"),
                                            number(r, item, "suffstat", "dshare"), d_log);
    output(r, item, "energy_dY", &energy, 1);
    output(r, item, "gas_dY", &gas, 1);
    output(r, item, "suffstat_A8", &statistic, 1);
}

static void gains(rc *r, const json_t *item)
{
    const json_t *in = rc_get(r, item, "inputs");
    double lambda = rc_number_or(in, "lambda_nn", NAN),
           theta = rc_number_or(in, "theta", NAN);
    double autarky = kn__autarky_welfare(lambda, theta, 1);
    double inputs =
        kn__autarky_welfare(lambda, theta, 1 - rc_number_or(in, "interm_share", 0));
    double gain = 100 * (1 / autarky - 1), loss = 100 * (1 - autarky);
    double with = 100 * (1 - inputs);
    output(r, item, "GT_pct", &gain, 1);
    output(r, item, "loss_from_autarky_pct", &loss, 1);
    output(r, item, "loss_with_intermediates_pct", &with, 1);
}

/* A one-sector model without inputs: shares S[n N + i], factor income, theta. */
static bool plain_model(rc *r, kn__cp *m, int32_t N, const double *shares,
                        const double *income, double theta)
{
    if (!shares || !income || !rc_ok(r, kn__cp_new(m, r->ctx, r->arena, N, 1)))
        return false;
    memcpy(m->share, shares, sizeof(double) * (size_t)N * (size_t)N);
    memcpy(m->value_added, income, sizeof(double) * (size_t)N);
    m->elasticity[0] = theta;
    m->traded[0] = true;
    for (int32_t n = 0; n < N; n++)
        m->value_share[n] = m->final_share[n] = 1;
    return true;
}

static bool solve(rc *r, kn__cp *m, const kn__cp_shock *shock, kn__cp_state *state)
{
    if (!rc_ok(r, kn__cp_state_new(state, r->ctx, r->arena, m)))
        return false;
    kn_status status = kn__cp_solve(state, r->ctx, m, shock);
    if (status > 0)
        rc_error(r, "not converged: residual %g", state->residual);
    return status == KN_OK || (status < 0 && rc_ok(r, status));
}

/* exact_10pct_prod_country3_dlnu: productivity of which economy rises by how much, and
   what the linear answer is called. */
typedef struct rise {
    int percent, economy;
    char exact[64], linear[32];
} rise;

static rise which_rise(const json_t *item, int32_t N)
{
    rise up = {10, N < 3 ? N : 3, "", ""};
    const char *key;
    json_t *value;
    json_object_foreach(json_object_get(item, "outputs"), key, value)
    {
        int percent, who, end = 0;
        sscanf(key, "exact_%dpct_prod_country%d_dlnu%n", &percent, &who, &end);
        if (end > 0 && !key[end] && who >= 1 && who <= N)
            up = (rise){percent, who, "", ""};
    }
    snprintf(up.exact, sizeof up.exact, "exact_%dpct_prod_country%d_dlnu", up.percent,
             up.economy);
    snprintf(up.linear, sizeof up.linear, "linear_%dpct", up.percent);
    up.economy--;
    return up;
}

/* Exact and linear answers to the rise: delivery costs of that economy's goods fall. */
static void compare_rise(rc *r, const json_t *item, const kn__friends *f,
                         const double *income, int32_t N, double theta)
{
    rise up = which_rise(item, N);
    const char *const keys[] = {"S",         "T",      "M",       "V", "W_income",
                                "U_welfare", up.exact, up.linear, NULL};
    double factor = 1 + up.percent / 100.0;
    double *iceberg = KN__ARRAY(r->arena, r->ctx, (int64_t)N * N, double);
    double *exact = KN__ARRAY(r->arena, r->ctx, 2 * (int64_t)N, double);
    kn__cp m;
    kn__cp_state after;
    if (!rc_known(r, json_object_get(item, "outputs"), keys) || !iceberg || !exact)
        return;
    double *linear = exact + N;
    for (int32_t n = 0; n < N; n++)
        for (int32_t i = 0; i < N; i++)
            iceberg[n * N + i] = i == up.economy ? 1 / factor : 1;
    if (!plain_model(r, &m, N, f->spending, income, theta) ||
        !solve(r, &m, &(kn__cp_shock){.iceberg = iceberg}, &after))
        return;
    for (int32_t n = 0; n < N; n++) {
        exact[n] = log(after.wage[n] / after.price[n]);
        linear[n] = f->welfare[n * N + up.economy] * log(factor);
    }
    output(r, item, up.exact, exact, N);
    output(r, item, up.linear, linear, N);
}

static void friends(rc *r, const json_t *item)
{
    const json_t *trade = part(r, item, "inputs", "trade_matrix_exporter_rows_balanced");
    if (!trade)
        return;
    int32_t N = (int32_t)json_array_size(trade);
    double *x = rc_numbers(r, "trade", trade, (int64_t)N * N);
    double theta = rc_number_or(json_object_get(item, "inputs"), "theta", NAN);
    kn__friends f;
    if (!x || !rc_ok(r, kn__friends_new(&f, r->ctx, r->arena, N)) ||
        !rc_ok(r, kn__friends_solve(&f, r->ctx, N, x, theta)))
        return;
    output(r, item, "S", f.spending, (int64_t)N * N);
    output(r, item, "T", f.sales, (int64_t)N * N);
    output(r, item, "M", f.cross, (int64_t)N * N);
    output(r, item, "V", f.feedback, (int64_t)N * N);
    output(r, item, "W_income", f.income, (int64_t)N * N);
    output(r, item, "U_welfare", f.welfare, (int64_t)N * N);
    double *income = KN__ARRAY(r->arena, r->ctx, N, double);
    for (int32_t k = 0; income && k < N * N; k++)
        income[k / N] += x[k];
    if (income)
        compare_rise(r, item, &f, income, N, theta);
}

static void tariff_war(rc *r, const json_t *item)
{
    const json_t *shares = part(r, item, "inputs", "S_importer_rows");
    int32_t N = (int32_t)json_array_size(shares);
    int64_t square = (int64_t)N * N;
    double *s = input(r, item, "S_importer_rows", square);
    double *income = input(r, item, "wage_income", N);
    double *before = input(r, item, "tariff0", square);
    double *now = input(r, item, "tariff1", square);
    kn__cp m;
    kn__cp_state base, after;
    double theta = rc_number_or(json_object_get(item, "inputs"), "theta", NAN);
    if (!before || !now || !plain_model(r, &m, N, s, income, theta))
        return;
    memcpy(m.tariff, before, sizeof(double) * (size_t)square);
    if (!solve(r, &m, &(kn__cp_shock){0}, &base))
        return;
    kn__cp_rebase(&m, &base, &(kn__cp_shock){0});
    if (!solve(r, &m, &(kn__cp_shock){.tariff = now}, &after))
        return;
    double *real = KN__ARRAY(r->arena, r->ctx, N, double);
    for (int32_t n = 0; real && n < N; n++)
        real[n] = after.income[n] / base.income[n] / after.price[n];
    output(r, item, "w_hat", after.wage, N);
    output(r, item, "P_hat", after.price, N);
    output(r, item, "real_income_hat", real, N);
    output(r, item, "new_shares", after.share, square);
}

static bool toy_model(rc *r, const json_t *item, kn__cp *m)
{
    const json_t *shares = part(r, item, "inputs", "pi_sector_importer_exporter");
    int32_t J = (int32_t)json_array_size(shares);
    int32_t N = (int32_t)json_array_size(json_array_get(shares, 0));
    double *pi = input(r, item, "pi_sector_importer_exporter", (int64_t)J * N * N);
    double *beta = input(r, item, "beta_VA_sector_country", (int64_t)J * N);
    double *gamma = input(r, item, "gamma_country_input_output", (int64_t)J * J * N);
    double *alpha = input(r, item, "alpha_sector_country", (int64_t)J * N);
    double *theta = input(r, item, "theta", J), *income = input(r, item, "VA", N);
    double *tariff = input(r, item, "tau0", (int64_t)J * N * N);
    if (!pi || !beta || !gamma || !alpha || !theta || !income || !tariff ||
        !rc_ok(r, kn__cp_new(m, r->ctx, r->arena, N, J)))
        return false;
    memcpy(m->share, pi, sizeof(double) * (size_t)J * (size_t)N * (size_t)N);
    memcpy(m->tariff, tariff, sizeof(double) * (size_t)J * (size_t)N * (size_t)N);
    memcpy(m->elasticity, theta, sizeof(double) * (size_t)J);
    memcpy(m->value_added, income, sizeof(double) * (size_t)N);
    for (int32_t n = 0; n < N; n++)
        for (int32_t j = 0; j < J; j++) {
            m->traded[j] = true;
            m->value_share[n * J + j] = beta[j * N + n];
            m->final_share[n * J + j] = alpha[j * N + n];
            for (int32_t k = 0; k < J; k++)
                m->input_share[((int64_t)n * J + k) * J + j] =
                    (1 - beta[j * N + n]) * gamma[((int64_t)n * J + k) * J + j];
        }
    return true;
}

static void toy(rc *r, const json_t *item)
{
    kn__cp m;
    kn__cp_state base, before, after;
    kn__cp_effects effects;
    kn__cp_shock none = {0};
    if (!toy_model(r, item, &m) || !solve(r, &m, &none, &base))
        return;
    int32_t N = m.economies, J = m.sectors;
    double *tariff = input(r, item, "tau1", (int64_t)J * N * N);
    kn__cp_rebase(&m, &base, &none);
    if (!tariff || !solve(r, &m, &none, &before) ||
        !solve(r, &m, &(kn__cp_shock){.tariff = tariff}, &after) ||
        !rc_ok(r, kn__cp_effects_new(&effects, r->ctx, r->arena, &m)))
        return;
    kn__cp_effects_of(&effects, &m, &before, &after, &(kn__cp_shock){.tariff = tariff});
    double *lines = KN__ARRAY(r->arena, r->ctx, 5 * (int64_t)N, double);
    for (int32_t n = 0; lines && n < N; n++) {
        lines[n] = base.wage[n] / base.wage[0];
        lines[N + n] = after.wage[n] / after.wage[0];
        lines[2 * N + n] = (1 + effects.price_index[n]) / after.wage[0];
        lines[3 * N + n] = 1 + effects.real_income_exact[n];
        lines[4 * N + n] = 1 + effects.real_wage[n];
    }
    output(r, item, "baseline_w", lines, N);
    output(r, item, "w_hat_rel_country1", lines + N, N);
    output(r, item, "P_hat_rel", lines + 2 * N, N);
    output(r, item, "real_income_hat", lines + 3 * N, N);
    output(r, item, "real_wage_hat", lines + 4 * N, N);
}

bool rc_trade_formula(rc *r, const char *key, const json_t *item)
{
    static const struct {
        const char *key;
        void (*evaluate)(rc *r, const json_t *item);
        const char *outputs[8]; /* none: it looks after them itself */
    } known[] = {{"klr_friend_enemy", friends, {NULL}},
                 {"bachmann_ces", bachmann, {"energy_dY", "gas_dY", "suffstat_A8"}},
                 {"acr_gains",
                  gains,
                  {"GT_pct", "loss_from_autarky_pct", "loss_with_intermediates_pct"}},
                 {"dek_tariff_war",
                  tariff_war,
                  {"w_hat", "P_hat", "real_income_hat", "new_shares"}},
                 {"cp_toy_3x2",
                  toy,
                  {"baseline_w", "w_hat_rel_country1", "P_hat_rel", "real_income_hat",
                   "real_wage_hat"}}};
    for (size_t k = 0; k < sizeof known / sizeof *known; k++)
        if (!strcmp(key, known[k].key)) {
            rc_begin(r, "%s", key);
            if (!known[k].outputs[0] ||
                rc_known(r, json_object_get(item, "outputs"), known[k].outputs))
                known[k].evaluate(r, item);
            rc_end(r);
            return true;
        }
    return false;
}

/* ---- gravity ---- */

enum { MOST = 512 };

typedef struct panel {
    int32_t economies;
    const char *names[MOST];
    double *trade, *change, *welfare[2], *flows[2]; /* additive, multiplicative */
} panel;

enum { EXPORTER, IMPORTER, TRADE, EFFECT, W_EU, X_EU, W_MULT, X_MULT, YEAR, COLUMNS };

static int32_t economy_of(panel *p, const char *name)
{
    int32_t k = 0;
    while (k < p->economies && strcmp(p->names[k], name))
        k++;
    if (k == p->economies && k < MOST)
        p->names[p->economies++] = name;
    return k;
}

static bool panel_row(rc *r, kn__csv *csv, const kn__field *fields, const int32_t *at,
                      panel *p)
{
    double values[COLUMNS] = {0};
    int32_t who[2];
    for (int k = EXPORTER; k <= IMPORTER; k++) {
        const char *name = kn__arena_text(r->arena, r->ctx, fields[at[k]].text);
        who[k] = name ? economy_of(p, name) : MOST;
        if (who[k] == MOST) {
            rc_error(r, "there are more than %d economies", MOST);
            return false;
        }
    }
    for (int k = TRADE; k < COLUMNS; k++) {
        const kn__field *f = &fields[at[k] >= 0 ? at[k] : 0];
        if (at[k] < 0 || !strcmp(f->text, "NA"))
            values[k] = NAN;
        else if (!rc_ok(r, kn__csv_number(csv, f, true, &values[k])))
            return false;
    }
    int64_t cell = (int64_t)who[0] * MOST + who[1];
    p->trade[cell] = values[TRADE];
    p->change[cell] = isnan(values[EFFECT]) || who[0] == who[1] ? 1 : exp(values[EFFECT]);
    p->flows[0][cell] = values[X_EU];
    p->flows[1][cell] = values[X_MULT];
    p->welfare[0][who[0]] = values[W_EU];
    p->welfare[1][who[0]] = values[W_MULT];
    return true;
}

/* Columns by name, in the order of the enumeration; those of one closure and, where no
   year is asked for, of the year may be absent: -1. */
static bool panel_header(rc *r, kn__csv *csv, bool years, int32_t *at)
{
    static const char *const columns[COLUMNS] = {"exporter",  "importer", "trade",
                                                 "eu_effect", "w_eu",     "X_eu",
                                                 "w_mult",    "X_mult",   "year"};
    const kn__field *fields;
    int32_t count;
    if (!rc_ok(r, kn__csv_next(csv, &fields, &count)))
        return false;
    for (int k = 0; k < COLUMNS; k++) {
        for (at[k] = 0; at[k] < count && strcmp(fields[at[k]].text, columns[k]); at[k]++)
            ;
        if (at[k] == count && k >= W_EU && (k <= X_MULT || !years)) {
            at[k] = -1;
        } else if (at[k] == count) {
            rc_error(r, "no column %s", columns[k]);
            return false;
        }
    }
    return true;
}

static bool panel_new(rc *r, panel *p)
{
    double **const squares[] = {&p->trade, &p->change, &p->flows[0], &p->flows[1]};
    bool ok = true;
    for (int k = 0; k < 4; k++)
        ok &= (*squares[k] = KN__ARRAY(r->arena, r->ctx, MOST * MOST, double)) != NULL;
    for (int k = 0; k < 2; k++)
        ok &= (p->welfare[k] = KN__ARRAY(r->arena, r->ctx, MOST, double)) != NULL;
    return ok;
}

/* Reads the rows of one year (NaN: of all); the squares are N × N at the end. */
static bool read_panel(rc *r, const char *path, double year, panel *p)
{
    kn__csv *csv = NULL;
    const kn__field *fields;
    int32_t count = 0, at[COLUMNS];
    bool ok = panel_new(r, p) && rc_ok(r, kn__csv_open(&csv, r->ctx, path)) &&
              panel_header(r, csv, !isnan(year), at);
    while (ok && (ok = rc_ok(r, kn__csv_next(csv, &fields, &count))) && count) {
        double row_year = year;
        ok = isnan(year) ||
             rc_ok(r, kn__csv_number(csv, &fields[at[YEAR]], false, &row_year));
        if (ok && (isnan(year) || row_year == year))
            ok = panel_row(r, csv, fields, at, p);
    }
    kn__csv_close(csv);
    double *const squares[] = {p->trade, p->change, p->flows[0], p->flows[1]};
    for (int k = 0; ok && k < 4; k++)
        for (int32_t i = 0; i < p->economies; i++)
            memmove(squares[k] + (int64_t)i * p->economies,
                    squares[k] + (int64_t)i * MOST,
                    sizeof(double) * (size_t)p->economies);
    return ok && p->economies > 0;
}

/* The largest relative deviation cell by cell, as a series of its own. */
static void compare_each(rc *r, const char *what, const double *got,
                         const double *expected, int64_t count)
{
    for (int64_t k = 0; k < count; k++)
        if (!isnan(expected[k]))
            rc_compare(r, what, &got[k], &expected[k], 1);
}

/* A tolerance of its own, else that of the file, else what its equations say. */
static double within(const rc *r, const char *key, double otherwise)
{
    return rc_number_or(r->root, key, rc_number_or(r->root, "tolerance", otherwise));
}

void rc_gravity(rc *r)
{
    static const char *const keys[] = {
        "file", "year", "tolerance_welfare", "theta", "tolerance_trade", NULL};
    panel p = {0};
    char path[4096];
    const char *file = rc_text(r, r->root, "file"), *slash = strrchr(r->file, '/');
    if (!file || !rc_known(r, r->root, keys))
        return;
    snprintf(path, sizeof path, "%.*s%s", slash ? (int)(slash - r->file) + 1 : 0, r->file,
             file);
    if (!read_panel(r, path, rc_number_or(r->root, "year", NAN), &p))
        return;
    for (int way = 0; way < 2; way++) {
        kn__gravity model = {.economies = p.economies,
                             .trade = p.trade,
                             .change = p.change,
                             .theta = rc_number_or(r->root, "theta", NAN),
                             .multiplicative = way == 1};
        kn__gravity_state state;
        if (!rc_ok(r, kn__gravity_state_new(&state, r->ctx, r->arena, p.economies)) ||
            !rc_ok(r, kn__gravity_solve(&state, r->ctx, &model)))
            return;
        const char *name = way ? "multiplicative" : "additive";
        if (isnan(p.welfare[way][0]))
            continue; /* the file expects nothing of this closure */
        r->tolerance = within(r, "tolerance_welfare", 1e-7);
        rc_begin(r, "welfare_%s", name);
        rc_compare(r, "welfare", state.welfare, p.welfare[way], p.economies);
        rc_end(r);
        r->tolerance = within(r, "tolerance_trade", 2e-7);
        rc_begin(r, "trade_%s", name);
        compare_each(r, "trade", state.trade, p.flows[way],
                     (int64_t)p.economies * p.economies);
        rc_end(r);
    }
}
