/* SPDX-License-Identifier: Apache-2.0 */
/* Two scenarios side by side. */
#include <math.h>
#include <stdio.h>

#include "report/lines.h"

enum { ROWS = 12 };

static const char *title(const kn__brief *b, int32_t id)
{
    return kn_scenario_title(id ? b->other : b->scenario);
}

static void read_paths(kn__course *c, const kn_table *table)
{
    static const char *const columns[] = {"loss_musd_1", "loss_musd_2"};
    for (int64_t r = 0; r < kn_table_rows(table); r++) {
        if (!kn__text_equal(kn__word(table, r, "economy"), c->b->options->economy))
            continue;
        int32_t k = kn__course_slice(c, (int32_t)kn__cell(table, r, "day"));
        for (int32_t s = 0; s < 2; s++)
            kn__course_up_to(c, s, k, kn__cell(table, r, columns[s]));
    }
}

static kn_status picture(kn__text *out, const kn__brief *b)
{
    const kn_table *table = kn_result_find(b->sides, "course");
    kn__course *paths;
    if (!table)
        return KN_OK;
    KN__TRY(kn__course_new(&paths, b, 2, title));
    read_paths(paths, table);
    kn__course_sort(paths);
    kn__course_lines(out, paths, "sides-p", KN__MSG_SIDES_PICTURE);
    return KN_OK;
}

static void row(kn__text *out, const kn__brief *b, const kn_table *table, int64_t r,
                const char *figure)
{
    static const char *const sides[] = {"_1", "_2", "_difference"};
    const char *code = kn__word(table, r, "economy");
    bool money = kn__text_equal(figure, "loss_musd");
    kn__html_row(out);
    kn__html_row_head(out, kn__brief_named(b, 'e', code));
    for (int k = 0; k < 3; k++) {
        char column[64];
        snprintf(column, sizeof column, "%s%s", figure, sides[k]);
        double value = kn__cell(table, r, column);
        if (money)
            kn__html_number(out, value, 1);
        else
            kn__html_percent(out, value);
    }
    kn__html_row_end(out);
}

/* The own economy first, then those whose figures differ most, as the table has them. */
static void both(kn__text *out, const kn__brief *b, const kn_table *table,
                 const char *figure, kn__msg unit)
{
    const kn__head heads[] = {{KN__MSG_COL_ECONOMY, KN__MSG_COUNT, false},
                              {KN__MSG_COL_FIRST, unit, true},
                              {KN__MSG_COL_SECOND, unit, true},
                              {KN__MSG_COL_DIFFERENCE, unit, true}};
    int64_t rows = kn_table_rows(table), shown = 0;
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_NUMBERS);
    for (int others = 0; others < 2; others++)
        for (int64_t r = 0; r < rows && shown < ROWS; r++) {
            bool own = kn__text_equal(kn__word(table, r, "economy"), b->options->economy);
            if (own == (others > 0))
                continue;
            row(out, b, table, r, figure);
            shown++;
        }
    kn__html_table_end(out);
}

kn_status kn__brief_sides(kn__text *out, const kn__brief *b)
{
    if (!b->other)
        return KN_OK;
    const kn_table *losses = b->sides ? kn_result_find(b->sides, "losses") : NULL;
    const kn_table *changes = b->sides ? kn_result_find(b->sides, "economies") : NULL;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_SIDES_HEAD);
    if (!losses && !changes) {
        kn__brief_refusal(out, b, KN__MSG_SIDES_NOT, b->no_sides);
    } else {
        kn__text_add(out, "<p>");
        kn__say(out, b->lang, losses ? KN__MSG_SIDES_DAILY : KN__MSG_SIDES_TRADE, 2,
                title(b, 0), title(b, 1));
        kn__text_add(out, "</p>\n");
        KN__TRY(picture(out, b));
        if (losses)
            both(out, b, losses, "loss_musd", KN__MSG_UNIT_MUSD);
        else
            both(out, b, changes, "real_income_exact", KN__MSG_UNIT_PERCENT);
    }
    kn__text_add(out, "</section>\n");
    return kn__text_status(out);
}
