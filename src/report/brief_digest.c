/* SPDX-License-Identifier: Apache-2.0 */
/* Reads the headline figures out of the tables of the lenses. */
#include <math.h>
#include <stdlib.h>

#include "report/brief.h"

enum { HEADLINE_DAYS = 360 };
static const int32_t horizon_numbers[KN__HORIZONS] = {90, 180, 360};

double kn__cell(const kn_table *table, int64_t row, const char *column)
{
    int32_t c = kn_table_column(table, column);
    return c < 0 ? NAN : kn_table_number(table, row, c);
}

const char *kn__word(const kn_table *table, int64_t row, const char *column)
{
    int32_t c = kn_table_column(table, column);
    return c < 0 ? "" : kn_table_text(table, row, c);
}

int64_t kn__row_of(const kn_table *table, const char *economy)
{
    for (int64_t r = 0; table && r < kn_table_rows(table); r++)
        if (kn__text_equal(kn__word(table, r, "economy"), economy))
            return r;
    return -1;
}

static void read_threats(kn__brief *b)
{
    const kn_table *table = b->ranking ? kn_result_find(b->ranking, "chokepoints") : NULL;
    b->threat_count = 0;
    b->likely[0] = b->likely[1] = NAN;
    for (int64_t r = 0; table && r < kn_table_rows(table); r++) {
        if (b->threat_count == KN__TOP)
            break;
        kn__threat t = {
            .holder = kn__labels_economy(&b->labels, kn__word(table, r, "holder")),
            .product = kn__labels_product(&b->labels, kn__word(table, r, "product")),
            .share = kn__cell(table, r, "share"),
            .bite_day = kn__cell(table, r, "bite_day"),
            .loss = kn__cell(table, r, "loss_musd"),
            .low = kn__cell(table, r, "loss_low"),
            .high = kn__cell(table, r, "loss_high"),
            .loss_share = kn__cell(table, r, "loss_share"),
            .sender_cost = kn__cell(table, r, "sender_cost_musd"),
        };
        bool ours = kn__text_equal(kn__word(table, r, "victim"), b->options->economy);
        if (!ours || !(t.loss > 0) || t.holder < 0 || t.product < 0)
            continue;
        t.holder_name = kn__brief_economy(b, t.holder);
        t.product_name = kn__brief_product(b, t.product);
        t.short_name = b->short_name[t.product];
        b->threat[b->threat_count++] = t;
    }
}

static void read_horizon(kn__brief *b, int32_t k)
{
    const kn_result *result = b->cascade[k];
    kn__horizon *h = &b->horizon[k];
    *h = (kn__horizon){.days = horizon_numbers[k],
                       .loss = NAN,
                       .low = NAN,
                       .high = NAN,
                       .loss_share = NAN,
                       .likely = {NAN, NAN}};
    h->losses = result ? kn_result_find(result, "losses") : NULL;
    h->first_out = result ? kn_result_find(result, "first_out") : NULL;
    for (int64_t r = 0; h->losses && r < kn_table_rows(h->losses); r++) {
        if (!kn__text_equal(kn__word(h->losses, r, "economy"), b->options->economy))
            continue;
        h->loss = kn__cell(h->losses, r, "loss_musd");
        h->low = kn__cell(h->losses, r, "loss_low");
        h->high = kn__cell(h->losses, r, "loss_high");
        h->loss_share = kn__cell(h->losses, r, "loss_share");
    }
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static bool ranked(const kn__brief *b, const char *product)
{
    for (int32_t i = 0; i < b->threat_count; i++)
        if (kn__text_equal(b->network->products[b->threat[i].product].id, product))
            return true;
    return false;
}

static void read_unseen(kn__brief *b)
{
    const kn_table *table =
        b->dependency ? kn_result_find(b->dependency, "dependency") : NULL;
    double unseen[KN__TOP];
    int32_t count = 0;
    b->unseen = b->unseen_low = b->unseen_high = NAN;
    for (int64_t r = 0; table && r < kn_table_rows(table) && count < KN__TOP; r++) {
        double u = kn__cell(table, r, "unseen");
        if (isfinite(u) && ranked(b, kn__word(table, r, "product")) &&
            kn__text_equal(kn__word(table, r, "of"), b->options->economy))
            unseen[count++] = u;
    }
    if (!count)
        return;
    qsort(unseen, (size_t)count, sizeof *unseen, by_size);
    b->unseen_low = unseen[0];
    b->unseen_high = unseen[count - 1];
    b->unseen = (unseen[(count - 1) / 2] + unseen[count / 2]) / 2;
}

static void read_gdp(kn__brief *b)
{
    double gdp = b->network->economies[b->economy].gdp_musd, value_added = 0;
    for (int32_t i = 0; i < b->network->producer_count; i++)
        if (b->network->producers[i].economy == b->economy)
            value_added += b->network->producers[i].value_added;
    b->covered = value_added;
    b->gdp = gdp > 0 ? gdp : value_added > 0 ? value_added : NAN;
}

kn_status kn__brief_digest(kn__brief *b)
{
    b->days = HEADLINE_DAYS;
    KN__TRY(kn__brief_shorten(b));
    b->inside = kn__brief_the(b, b->economy);
    read_threats(b);
    for (int32_t i = 0; i < b->threat_count; i++) {
        b->threat[i].holder_inside = kn__brief_the(b, b->threat[i].holder);
        if (!b->threat[i].holder_inside)
            return KN_ERR_MEMORY;
    }
    if (!b->inside)
        return KN_ERR_MEMORY;
    b->horizon_count = b->scenario && !b->no_losses ? KN__HORIZONS : 0;
    for (int32_t k = 0; k < b->horizon_count; k++)
        read_horizon(b, k);
    read_unseen(b);
    read_gdp(b);
    return KN_OK;
}

void kn__brief_likely(kn__brief *b)
{
    const kn_table *threats = b->range ? kn_result_find(b->range, "quantiles") : NULL;
    const kn_table *days = b->range ? kn_result_find(b->range, "scenario") : NULL;
    if (threats && kn_table_rows(threats)) {
        b->likely[0] = kn__cell(threats, 0, "q05");
        b->likely[1] = kn__cell(threats, 0, "q95");
    }
    for (int64_t r = 0; days && r < kn_table_rows(days); r++)
        for (int32_t k = 0; k < b->horizon_count; k++)
            if (kn__cell(days, r, "day") == b->horizon[k].days &&
                kn__text_equal(kn__word(days, r, "economy"), b->options->economy)) {
                b->horizon[k].likely[0] = kn__cell(days, r, "q05");
                b->horizon[k].likely[1] = kn__cell(days, r, "q95");
            }
}

bool kn__brief_income(double income[4], const kn__brief *b)
{
    const char *own = b->options->economy;
    const kn_table *changes = b->trade ? kn_result_find(b->trade, "economies") : NULL;
    const kn_table *draws = b->trade ? kn_result_find(b->trade, "sensitivity") : NULL;
    int64_t row = kn__row_of(changes, own), drawn = kn__row_of(draws, own);
    if (row < 0)
        return false;
    income[0] = kn__cell(changes, row, "real_income_exact");
    income[1] = kn__cell(changes, row, "welfare_first_order");
    income[2] = drawn < 0 ? NAN : kn__cell(draws, drawn, "p05");
    income[3] = drawn < 0 ? NAN : kn__cell(draws, drawn, "p95");
    return true;
}

void kn__brief_release(kn__brief *b)
{
    kn_result_free(b->ranking);
    kn_result_free(b->dependency);
    kn_result_free(b->accounts);
    kn_result_free(b->range);
    kn_result_free(b->daily);
    kn_result_free(b->trade);
    kn_result_free(b->sides);
    for (int32_t k = 0; k < KN__HORIZONS; k++)
        kn_result_free(b->cascade[k]);
    for (int32_t k = 0; k < KN__CASES; k++)
        kn_result_free(b->extra[k]);
}
