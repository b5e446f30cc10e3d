/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_TESTS_LINEAR_LENS_H
#define KN_TESTS_LINEAR_LENS_H

/* A lens whose losses are linear in its options and in the measures, so that what a sweep
   or a comparison must say is known. */
#include <string.h>

#include "kaname/lens.h"
#include "network/measure.h"
#include "support.h"
#include "unit/tiny_network.h"

typedef struct linear {
    double gain, limit;
    int64_t steps;
    int32_t mode;
} linear;

static const kn_option linear_options[] = {
    {"gain", KN_OPTION_NUMBER, "1", "share", NULL, 0, 10, "", "", offsetof(linear, gain)},
    {"steps", KN_OPTION_INTEGER, "3", "", NULL, 1, 100, "", "", offsetof(linear, steps)},
    {"limit", KN_OPTION_NUMBER, "100", "", NULL, 0, 100, "", "", offsetof(linear, limit)},
    {"mode", KN_OPTION_CHOICE, "plain", "", "plain|loose|stopped", 0, 0, "", "",
     offsetof(linear, mode)},
};

static const kn_column linear_columns[] = {
    {"economy", "", KN_COLUMN_TEXT, ""},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""},
    {"peak_day", "days", KN_COLUMN_NUMBER, ""},
    {"cause", "", KN_COLUMN_TEXT, ""},
};
static const kn_column linear_path_columns[] = {
    {"day", "days", KN_COLUMN_NUMBER, ""},
    {"economy", "", KN_COLUMN_TEXT, ""},
    {"output_share", "share", KN_COLUMN_NUMBER, ""},
    {"loss_musd", "MUSD", KN_COLUMN_NUMBER, ""},
};
static const kn_table_decl linear_losses = {"losses", "who loses", linear_columns, 4};
static const kn_table_decl linear_path = {"path", "when", linear_path_columns, 4};
static const kn_table_decl *const linear_tables[] = {&linear_losses, &linear_path};

/* JPN loses gain × Σ value, KOR steps × measures, each from its day on; who loses more
   stands first. The path has only days on which something is lost. */
static kn_status linear_run(kn_context *ctx, const kn_network *net,
                            const kn_scenario *scenario, const void *given,
                            kn_result *result)
{
    const linear *o = given;
    kn_table *losses, *path;
    double loss[2] = {0, (double)o->steps * scenario->count};
    (void)net;
    for (int32_t k = 0; k < scenario->count; k++)
        loss[0] += o->gain * scenario->measures[k].value;
    if (o->gain > o->limit)
        return kn__fail(ctx, KN_ERR_NUMERIC, "too much");
    KN__TRY(kn_result_add(result, ctx, &linear_losses, &losses));
    KN__TRY(kn_result_add(result, ctx, &linear_path, &path));
    for (int k = 0; k < 2; k++) {
        const char *who[] = {"JPN", "KOR"};
        int at = loss[1] > loss[0] ? 1 - k : k;
        double day = loss[at] > 0 ? scenario->measures[0].start_day : NAN;
        kn_cell row[] = {{.text = who[at]},
                         {.number = loss[at]},
                         {.number = day},
                         {.text = loss[at] > 0 ? "measures" : ""}};
        kn_cell step[] = {
            {.number = day}, {.text = who[at]}, {.number = 0.5}, {.number = loss[at]}};
        KN__TRY(kn_table_append(losses, ctx, row));
        if (loss[at] > 0)
            KN__TRY(kn_table_append(path, ctx, step));
    }
    KN__TRY(kn_result_info(result, ctx, "loss_musd", NULL, loss[0] + loss[1]));
    KN__TRY(kn_result_info(result, ctx, "version", NULL, 1));
    KN__TRY(kn_result_note(result, ctx, "Everything is linear."));
    static const kn_status ends[] = {KN_OK, KN_NOTE_NOT_CONVERGED, KN_NOTE_INTERRUPTED};
    return ends[o->mode];
}

static const kn_lens linear_lens = {
    .name = "linear",
    .options_size = sizeof(linear),
    .options = linear_options,
    .option_count = sizeof linear_options / sizeof *linear_options,
    .tables = linear_tables,
    .table_count = 2,
    .operations = 1u << KN__EXPORT_QUOTA | 1u << KN__CAPACITY_LOSS,
    .run = linear_run};

/* A quota that keeps 0.4 (line 5) and a loss of 0.2 of capacity (line 6). */
typedef struct linear_world {
    kn_network *net;
    kn__measure measures[2];
    kn_scenario scenario;
} linear_world;

static inline void linear_make(linear_world *w, kn_context *ctx)
{
    assert_int_equal(tiny_network(&w->net, ctx), KN_OK);
    w->measures[0] = (kn__measure){.op = KN__EXPORT_QUOTA,
                                   .value = 0.4,
                                   .start_day = 30,
                                   .days = 90,
                                   .line = 5,
                                   .name = ""};
    w->measures[1] = (kn__measure){
        .op = KN__CAPACITY_LOSS, .value = 0.2, .days = -1, .line = 6, .name = ""};
    w->scenario = (kn_scenario){.title = "linear",
                                .path = "linear.yaml",
                                .seed = 11,
                                .measures = w->measures,
                                .count = 2};
    memset(w->scenario.sha256, 'a', 64);
}

static inline double linear_cell(const kn_result *result, const char *table, int64_t row,
                                 const char *column)
{
    const kn_table *t = kn_result_find(result, table);
    assert_non_null(t);
    int32_t c = kn_table_column(t, column);
    if (c < 0)
        fail_msg("%s has no column %s", table, column);
    assert_true(row < kn_table_rows(t));
    return kn_table_number(t, row, c);
}

static inline const char *linear_text(const kn_result *result, const char *table,
                                      int64_t row, const char *column)
{
    const kn_table *t = kn_result_find(result, table);
    assert_non_null(t);
    assert_true(row < kn_table_rows(t));
    return kn_table_text(t, row, kn_table_column(t, column));
}

#endif
