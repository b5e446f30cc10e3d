/* SPDX-License-Identifier: Apache-2.0 */
/* Assumptions, parameters, checks, reproduction. */
#include <math.h>
#include <stdio.h>

#include "kaname.h"
#include "report/brief.h"

/* ---- Assumptions and parameters ---- */

static void graded(kn__text *out, double value, int decimals, char grade)
{
    char buffer[64];
    kn__write_fixed(buffer, value, decimals);
    kn__text_addf(out, "<td class=\"n\">%s", buffer);
    if (isfinite(value) && grade >= 'A' && grade <= 'D')
        kn__text_addf(out, " <span class=\"unit\">(%c)</span>", grade);
    kn__text_add(out, "</td>");
}

/* Whether an earlier threat already showed this product. */
static bool repeated(const kn__brief *b, int32_t i)
{
    for (int32_t k = 0; k < i; k++)
        if (b->threat[k].product == b->threat[i].product)
            return true;
    return false;
}

static void parameters(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_PRODUCT, KN__MSG_COUNT, false},
        {KN__MSG_COL_STOCK, KN__MSG_COUNT, true},
        {KN__MSG_COL_SUBSTITUTE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_SUBSTITUTE_DAYS, KN__MSG_COUNT, true},
        {KN__MSG_COL_REROUTE, KN__MSG_UNIT_PERCENT, true},
        {KN__MSG_COL_REROUTE_DAYS, KN__MSG_COUNT, true},
        {KN__MSG_COL_SPARE_DAYS, KN__MSG_COUNT, true},
        {KN__MSG_COL_WORLD_VALUE, KN__MSG_UNIT_MUSD, true},
    };
    const kn_network *net = b->network;
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_PARAM_CAPTION);
    for (int32_t i = 0; i < b->threat_count; i++) {
        if (repeated(b, i))
            continue;
        int32_t q = b->threat[i].product;
        const kn__product *p = &net->products[q];
        int64_t at = (int64_t)q * net->economy_count + b->economy;
        char grade = p->param_origin.grade;
        kn__html_row(out);
        kn__html_row_head(out, b->threat[i].product_name);
        graded(out, net->stock_days ? net->stock_days[at] : NAN, 0,
               net->stock_origin ? net->stock_origin[at].grade : 0);
        graded(out, 100 * p->substitute_share, 0, grade);
        graded(out, p->substitute_days, 0, grade);
        graded(out, 100 * p->reroute_share, 0, grade);
        graded(out, p->reroute_days, 0, grade);
        graded(out, p->spare_days, 0, grade);
        graded(out, p->value_musd, 0, p->value_origin.grade);
        kn__html_row_end(out);
    }
    kn__html_table_end(out);
}

void kn__brief_assumptions(kn__text *out, const kn__brief *b)
{
    static const kn__msg chain[] = {KN__MSG_ASSUME_1, KN__MSG_ASSUME_2, KN__MSG_ASSUME_3,
                                    KN__MSG_ASSUME_4, KN__MSG_ASSUME_5, KN__MSG_ASSUME_6,
                                    KN__MSG_ASSUME_7};
    static const kn__msg table[] = {
        KN__MSG_ASSUME_1,          KN__MSG_ASSUME_2, KN__MSG_ASSUME_TABLE_INPUTS,
        KN__MSG_ASSUME_TABLE_ONCE, KN__MSG_ASSUME_5, KN__MSG_ASSUME_6};
    bool recipes = b->network->has_recipes;
    const kn__msg *said = recipes ? chain : table;
    size_t count = recipes ? sizeof chain / sizeof *chain : sizeof table / sizeof *table;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_ASSUME_HEAD);
    kn__text_add(out, "<ul class=\"plain\">\n");
    for (size_t i = 0; i < count; i++)
        kn__html_line(out, b, "li", said[i]);
    char covered[KN__WORDS], share[KN__WORDS];
    kn__words_money(covered, b->lang, b->covered, 2);
    kn__words_percent(share, b->lang, b->covered / b->gdp, 2);
    kn__text_add(out, "<li>");
    kn__say(out, b->lang, KN__MSG_ASSUME_COVER, 3, covered, b->inside, share);
    kn__text_add(out, "</li>\n</ul>\n");
    if (b->threat_count) {
        kn__html_line(out, b, "h3", KN__MSG_PARAM_HEAD);
        kn__text_add(out, "<p>");
        kn__say(out, b->lang, KN__MSG_PARAM_TEXT, 1, b->inside);
        kn__text_add(out, "</p>\n");
        parameters(out, b);
    }
    kn__text_add(out, "</section>\n");
}

/* ---- Checks ---- */

static void check(kn__text *out, const kn__brief *b, kn__msg what, bool holds)
{
    kn__html_row(out);
    kn__html_row_head(out, kn__message(b->lang, what));
    kn__text_add(out, "<td class=\"n\">");
    kn__say(out, b->lang, holds ? KN__MSG_YES : KN__MSG_NO, 0);
    kn__text_add(out, "</td><td></td>");
    kn__html_row_end(out);
}

static bool ordered(double low, double value, double high)
{
    return !(low > value) && !(value > high);
}

static void own_checks(kn__text *out, const kn__brief *b)
{
    bool inside = true, grows = true;
    for (int32_t i = 0; i < b->threat_count; i++)
        inside =
            inside && ordered(b->threat[i].low, b->threat[i].loss, b->threat[i].high);
    for (int32_t k = 0; k < b->horizon_count; k++) {
        const kn__horizon *h = &b->horizon[k];
        inside = inside && ordered(h->low, h->loss, h->high);
        grows = grows && (k == 0 || !(h->loss < b->horizon[k - 1].loss));
    }
    check(out, b, KN__MSG_CHECK_INTERVAL, inside);
    if (b->horizon_count)
        check(out, b, KN__MSG_CHECK_GROWS, grows);
}

static void value_cell(kn__text *out, const char *text, double number)
{
    char buffer[64];
    if (text) {
        kn__text_add(out, "<td class=\"n\">");
        kn__write_html(out, text);
        kn__text_add(out, "</td>");
        return;
    }
    double size = fabs(number);
    if (isfinite(number) && size > 0 && (size < 1e-3 || size >= 1e15)) {
        int power = (int)floor(log10(size));
        kn__write_fixed(buffer, number / pow(10, power), 1);
        kn__text_addf(out, "<td class=\"n\">%s × 10<sup>%d</sup></td>", buffer, power);
        return;
    }
    bool whole = number == floor(number);
    kn__html_number(out, number, whole ? 0 : kn__decimals_for(number, 4));
}

/* What the run itself found for a scenario without measures. */
static void null_check(kn__text *out, const kn__brief *b, const kn_result *result)
{
    for (int32_t i = 0; result && i < kn_result_infos(result); i++) {
        if (!kn__text_equal(kn_result_info_key(result, i), "null_shock"))
            continue;
        const char *text = kn_result_info_text(result, i);
        if (kn__text_equal(text, "exactly zero"))
            text = kn__message(b->lang, KN__MSG_EXACT_ZERO);
        kn__html_row(out);
        kn__html_row_head(out, kn__message(b->lang, KN__MSG_CHECK_NULL));
        value_cell(out, text, kn_result_info_number(result, i));
        kn__html_text(out, "");
        kn__html_row_end(out);
        return;
    }
}

/* Figures of table `network` that say whether its accounts hold. */
static const struct {
    const char *figure;
    kn__msg label;
    bool percent;
} figures[] = {
    {"output", KN__MSG_FIG_OUTPUT, false},
    {"value_added", KN__MSG_FIG_VALUE_ADDED, false},
    {"row_imbalance", KN__MSG_FIG_ROWS, true},
    {"largest_row_imbalance", KN__MSG_FIG_ROW_MOST, false},
    {"column_imbalance", KN__MSG_FIG_COLUMNS, true},
    {"largest_column_imbalance", KN__MSG_FIG_COLUMN_MOST, false},
    {"negative_final_demand", KN__MSG_FIG_NEGATIVE, false},
    {"producers_without_output", KN__MSG_FIG_IDLE, false},
    {"largest_column_sum_of_a", KN__MSG_FIG_COLUMN_SUM, false},
    {"spectral_radius_of_a", KN__MSG_FIG_RADIUS, false},
    {"unseen", KN__MSG_FIG_UNSEEN, true},
    {"grade_a", KN__MSG_FIG_GRADE_A, false},
    {"grade_b", KN__MSG_FIG_GRADE_B, false},
    {"grade_c", KN__MSG_FIG_GRADE_C, false},
    {"grade_d", KN__MSG_FIG_GRADE_D, false},
};

static void accounts(kn__text *out, const kn__brief *b)
{
    const kn_table *table = b->accounts ? kn_result_find(b->accounts, "network") : NULL;
    for (size_t k = 0; table && k < sizeof figures / sizeof *figures; k++)
        for (int64_t r = 0; r < kn_table_rows(table); r++) {
            if (!kn__text_equal(kn__word(table, r, "figure"), figures[k].figure))
                continue;
            double value = kn__cell(table, r, "value");
            kn__html_row(out);
            kn__html_row_head(out, kn__message(b->lang, figures[k].label));
            value_cell(out, NULL, figures[k].percent ? 100 * value : value);
            kn__html_text(out, kn__word(table, r, "where"));
            kn__html_row_end(out);
        }
}

static void findings(kn__text *out, const kn_result *result)
{
    for (int32_t i = 0; result && i < kn_result_notes(result); i++) {
        kn__text_add(out, "<li lang=\"en\">");
        kn__write_html(out, kn_result_note_text(result, i));
        kn__text_add(out, "</li>\n");
    }
}

void kn__brief_checks(kn__text *out, const kn__brief *b)
{
    static const kn__head heads[] = {
        {KN__MSG_COL_CHECK, KN__MSG_COUNT, false},
        {KN__MSG_COL_RESULT, KN__MSG_COUNT, true},
        {KN__MSG_COL_WHERE, KN__MSG_COUNT, false},
    };
    const kn_result *last = b->horizon_count ? b->cascade[b->horizon_count - 1] : NULL;
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_CHECK_HEAD);
    kn__html_table(out, b, heads, sizeof heads / sizeof *heads, KN__MSG_CHECK_TEXT);
    null_check(out, b, last ? last : b->ranking);
    own_checks(out, b);
    accounts(out, b);
    kn__html_table_end(out);
    int32_t notes = (last ? kn_result_notes(last) : 0) +
                    (b->ranking ? kn_result_notes(b->ranking) : 0);
    if (notes) {
        kn__html_line(out, b, "h3", KN__MSG_FINDINGS);
        kn__text_add(out, "<ul class=\"plain\">\n");
        findings(out, b->ranking);
        findings(out, last);
        kn__text_add(out, "</ul>\n");
    }
    kn__text_add(out, "</section>\n");
}

/* ---- Reproduction ---- */

static void fact(kn__text *out, const kn__brief *b, kn__msg what, const char *value)
{
    kn__text_add(out, "<dt>");
    kn__say(out, b->lang, what, 0);
    kn__text_add(out, "</dt><dd><code>");
    kn__write_html(out, value);
    kn__text_add(out, "</code></dd>\n");
}

/* An argument as a shell would need it. */
static void argument(kn__text *out, const char *arg)
{
    bool plain = *arg != '\0';
    for (const char *s = arg; *s; s++)
        plain = plain && ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z') ||
                          (*s >= '0' && *s <= '9') || *s == '-' || *s == '_' ||
                          *s == '.' || *s == '/' || *s == '=' || *s == ',' || *s == ':');
    kn__text quoted;
    kn__text_init(&quoted, out->ctx, 0);
    for (const char *s = arg; *s; s++)
        kn__text_addn(&quoted, *s == '\'' ? "'\\''" : s, *s == '\'' ? 4 : 1);
    kn__text_add(out, plain ? "" : "&#39;");
    kn__write_html(out, quoted.data);
    kn__text_add(out, plain ? "" : "&#39;");
    if (kn__text_status(&quoted) < 0)
        out->status = kn__text_status(&quoted);
    kn__text_release(&quoted);
}

void kn__brief_reproduce(kn__text *out, const kn__brief *b)
{
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_REPRO_HEAD);
    kn__html_line(out, b, "p", KN__MSG_REPRO_TEXT);
    if (b->options->command_count) {
        kn__text_add(out, "<pre><code>");
        for (int32_t i = 0; i < b->options->command_count; i++) {
            kn__text_add(out, i ? " " : "");
            argument(out, b->options->command[i]);
        }
        kn__text_add(out, "</code></pre>\n");
    }
    kn__text_add(out, "<dl class=\"facts\">\n");
    fact(out, b, KN__MSG_PROGRAM, "kaname " KN_VERSION);
    fact(out, b, KN__MSG_DATA,
         b->network->edition[0] ? b->network->edition : b->network->name);
    fact(out, b, KN__MSG_HASH, b->network->sha256);
    if (b->scenario)
        fact(out, b, KN__MSG_SCENARIO_HASH, b->scenario->sha256);
    kn__text_add(out, "</dl>\n</section>\n");
}
