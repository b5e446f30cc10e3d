/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>

#include "lens/trade/trade.h"

static const kn_column columns[] = {
    {"economy", "", KN_COLUMN_TEXT, "ISO 3166 alpha-3 code"},
    {"hhi", "index", KN_COLUMN_NUMBER, "sum of squared sector shares of exports, before"},
    {"hhi_after", "index", KN_COLUMN_NUMBER, "the same after"},
    {"normalised", "index", KN_COLUMN_NUMBER,
     "(hhi - 1/J) / (1 - 1/J) over J sectors, before"},
    {"normalised_after", "index", KN_COLUMN_NUMBER, "the same after"},
};

const kn_table_decl kn__table_concentration = {
    "concentration", "how much exports are concentrated in few sectors", columns,
    sizeof columns / sizeof *columns};

double kn__trade_exports(const kn__trade_run *run, bool after, int32_t j, int32_t n)
{
    const kn__cp *m = &run->model.cp;
    const kn__cp_state *state = after ? &run->after : &run->before;
    const double *tariff = after && run->shock.tariff ? run->shock.tariff : m->tariff;
    int32_t N = m->economies;
    double sum = 0;
    for (int32_t b = 0; b < N; b++) {
        int64_t row = (int64_t)j * N + b, at = row * N + n;
        if (b != n)
            sum += state->share[at] * state->spend[row] / (1 + tariff[at]);
    }
    return sum;
}

double kn__trade_concentration(const kn__trade_run *run, bool after, int32_t n)
{
    double all = 0, squares = 0;
    for (int32_t j = 0; j < run->model.cp.sectors; j++) {
        double sold = kn__trade_exports(run, after, j, n);
        all += sold;
        squares += sold * sold;
    }
    return all > 0 ? squares / (all * all) : NAN;
}

double kn__trade_normalised(double hhi, int32_t sectors)
{
    return sectors > 1 ? (hhi - 1.0 / sectors) / (1 - 1.0 / sectors) : NAN;
}

kn_status kn__trade_add_concentration(const kn__trade_run *run, kn_context *ctx,
                                      const kn_network *net, kn_result *result)
{
    kn_table *table;
    int32_t J = run->model.cp.sectors;
    KN__TRY(kn_result_add(result, ctx, &kn__table_concentration, &table));
    for (int32_t n = 0; n < run->model.cp.economies; n++) {
        double before = kn__trade_concentration(run, false, n);
        double after = kn__trade_concentration(run, true, n);
        kn_cell row[] = {{.text = net->economies[run->model.economy[n]].code},
                         {.number = before},
                         {.number = after},
                         {.number = kn__trade_normalised(before, J)},
                         {.number = kn__trade_normalised(after, J)}};
        KN__TRY(kn_table_append(table, ctx, row));
    }
    return KN_OK;
}
