/* SPDX-License-Identifier: Apache-2.0 */
/* Title, three numbers, three sentences. */
#include <math.h>
#include <stdio.h>

#include "report/brief.h"

static void fact(kn__text *out, const kn__brief *b, kn__msg what, const char *value)
{
    kn__text_add(out, "<dt>");
    kn__say(out, b->lang, what, 0);
    kn__text_add(out, "</dt><dd>");
    kn__write_html(out, value);
    kn__text_add(out, "</dd>\n");
}

static void title(kn__text *out, const kn__brief *b)
{
    kn__text_add(out, "<header>\n<p class=\"kicker\">");
    kn__say(out, b->lang, KN__MSG_KICKER, 0);
    kn__text_add(out, "</p>\n<h1>");
    kn__say(out, b->lang, KN__MSG_TITLE, 1, b->name);
    kn__text_add(out, "</h1>\n<dl class=\"facts\">\n");
    fact(out, b, KN__MSG_FOR, b->name);
    kn__text_add(out, "<dt>");
    kn__say(out, b->lang, KN__MSG_SCENARIO, 0);
    kn__text_add(out, "</dt><dd>");
    if (b->scenario)
        kn__brief_scenario_name(out, b);
    else
        kn__say(out, b->lang, KN__MSG_NO_SCENARIO, 0);
    kn__text_add(out, "</dd>\n");
    fact(out, b, KN__MSG_DATA,
         b->network->edition[0] ? b->network->edition : b->network->name);
    kn__text_add(out, "</dl>\n</header>\n");
}

/* One number: what it is, the number, its range and a remark. */
static void tile(kn__text *out, const kn__brief *b, const char *big, const char *range)
{
    kn__text_add(out, "</p>\n<p class=\"big\">");
    kn__write_html(out, big);
    kn__text_add(out, "</p>\n<p class=\"sub\">");
    kn__say(out, b->lang, KN__MSG_RANGE, 1, range);
    kn__text_add(out, "<br>");
}

static void tile_open(kn__text *out)
{
    kn__text_add(out, "<div class=\"tile\"><p class=\"what\">");
}

static void tile_close(kn__text *out)
{
    kn__text_add(out, "</p></div>\n");
}

enum { RANGES = 2 * KN__WORDS }; /* holds both ranges of a loss */

/* A loss, its ends and, where draws were made, what nine of ten of them lie between. */
static void money(char big[KN__WORDS], char range[RANGES], const kn__brief *b,
                  double loss, double low, double high, const double likely[2])
{
    char ends[KN__WORDS], draws[KN__WORDS] = "";
    bool known = isfinite(likely[0]) && isfinite(likely[1]);
    kn__words_money(big, b->lang, loss, kn__words_digits(loss, low, high));
    kn__words_money_range(ends, b->lang, low, high);
    if (known)
        kn__words_money_range(draws, b->lang, likely[0], likely[1]);
    snprintf(range, RANGES, "%s%s%s", ends,
             known ? kn__message(b->lang, KN__MSG_LIKELY) : "", draws);
}

static void tile_worst(kn__text *out, const kn__brief *b, const char *days)
{
    char big[KN__WORDS], range[RANGES];
    const kn__threat *t = &b->threat[0];
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_WORST, 1, days);
    money(big, range, b, t->loss, t->low, t->high, b->likely);
    tile(out, b, big, range);
    kn__say(out, b->lang, KN__MSG_PAIR, 2, t->holder_name, t->short_name);
    tile_close(out);
}

static void tile_joint(kn__text *out, const kn__brief *b, const char *days)
{
    char big[KN__WORDS], range[RANGES], share[KN__WORDS];
    const kn__horizon *h = &b->horizon[b->horizon_count - 1];
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_JOINT, 1, days);
    money(big, range, b, h->loss, h->low, h->high, h->likely);
    tile(out, b, big, range);
    kn__words_percent(share, b->lang, h->loss / b->gdp,
                      kn__words_digits(h->loss, h->low, h->high));
    kn__say(out, b->lang, KN__MSG_TILE_JOINT_SUB, 1, share);
    tile_close(out);
}

/* What the brief's economy loses in the daily model, MUSD; NaN unknown. */
static double daily_loss(const kn__brief *b)
{
    const kn_table *losses = b->daily ? kn_result_find(b->daily, "losses") : NULL;
    int64_t row = kn__row_of(losses, b->options->economy);
    return row < 0 ? NAN : kn__cell(losses, row, "loss_musd");
}

static void daily_words(char loss[KN__WORDS], char share[KN__WORDS], const kn__brief *b)
{
    double value = daily_loss(b);
    kn__words_money(loss, b->lang, value, 2);
    kn__words_percent(share, b->lang, value / b->gdp, 2);
}

static void tile_daily(kn__text *out, const kn__brief *b, const char *days)
{
    char loss[KN__WORDS], share[KN__WORDS];
    daily_words(loss, share, b);
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_JOINT, 1, days);
    kn__text_add(out, "</p>\n<p class=\"big\">");
    kn__write_html(out, loss);
    kn__text_add(out, "</p>\n<p class=\"sub\">");
    kn__say(out, b->lang, KN__MSG_TILE_JOINT_SUB, 1, share);
    kn__text_add(out, "<br>");
    kn__say(out, b->lang, KN__MSG_DAILY_HEAD, 0);
    tile_close(out);
}

static void say_daily(kn__text *out, const kn__brief *b, const char *days)
{
    char loss[KN__WORDS], share[KN__WORDS];
    daily_words(loss, share, b);
    kn__text_add(out, "<li>");
    kn__say(out, b->lang, KN__MSG_SAY_DAILY, 4, b->inside, loss, days, share);
    kn__text_add(out, "</li>\n");
}

static void tile_trade(kn__text *out, const kn__brief *b, const double income[4])
{
    char exact[KN__WORDS], first[KN__WORDS], low[KN__WORDS], high[KN__WORDS];
    kn__brief_change(exact, b->lang, income[0]);
    kn__brief_change(first, b->lang, income[1]);
    kn__brief_change(low, b->lang, income[2]);
    kn__brief_change(high, b->lang, income[3]);
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_TRADE, 1, b->name);
    kn__text_add(out, "</p>\n<p class=\"big\">");
    kn__write_html(out, exact);
    kn__text_add(out, "</p>\n<p class=\"sub\">");
    kn__say(out, b->lang, KN__MSG_TILE_TRADE_SUB, 1, first);
    if (isfinite(income[2])) {
        kn__text_add(out, "<br>");
        kn__say(out, b->lang, KN__MSG_TILE_TRADE_DRAWS, 2, low, high);
    }
    tile_close(out);
}

static void say_trade(kn__text *out, const kn__brief *b, const double income[4])
{
    char exact[KN__WORDS], first[KN__WORDS];
    kn__brief_change(exact, b->lang, income[0]);
    kn__brief_change(first, b->lang, income[1]);
    kn__text_add(out, "<li>");
    kn__say(out, b->lang, KN__MSG_SAY_TRADE, 3, b->inside, exact, first);
    kn__text_add(out, "</li>\n");
}

/* The ranked threat that bites first, or -1; *last is the latest bite day of all. */
static int32_t earliest(const kn__brief *b, double *last)
{
    int32_t first = -1;
    *last = NAN;
    for (int32_t i = 0; i < b->threat_count; i++) {
        double day = b->threat[i].bite_day;
        if (!isfinite(day))
            continue;
        if (first < 0 || day < b->threat[first].bite_day)
            first = i;
        if (!(day <= *last))
            *last = day;
    }
    return first;
}

static void day_text(char *buffer, double day)
{
    kn__write_fixed(buffer, floor(day), 0);
}

static void tile_first(kn__text *out, const kn__brief *b)
{
    char day[64], late[64], range[KN__WORDS];
    double last;
    int32_t first = earliest(b, &last);
    if (first < 0)
        return;
    const kn__threat *t = &b->threat[first];
    day_text(day, t->bite_day);
    day_text(late, last);
    snprintf(range, sizeof range, "%.40s–%.40s", day, late);
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_FIRST, 0);
    kn__text_add(out, "</p>\n<p class=\"big\">");
    kn__say(out, b->lang, KN__MSG_TILE_FIRST_VALUE, 1, day);
    kn__text_add(out, "</p>\n<p class=\"sub\">");
    kn__say(out, b->lang, KN__MSG_TILE_FIRST_RANGE, 1, range);
    kn__text_add(out, "<br>");
    kn__say(out, b->lang, KN__MSG_PAIR, 2, t->holder_name, t->short_name);
    tile_close(out);
}

/* A tenth of a percent is the least that shares of supply are known to. */
static void unseen_words(char *buffer, const kn__brief *b)
{
    if (b->unseen > 0 && b->unseen < 0.001)
        snprintf(buffer, KN__WORDS, "%s", kn__message(b->lang, KN__MSG_UNDER_TENTH));
    else
        kn__words_percent(buffer, b->lang, b->unseen, 2);
}

static void tile_unseen(kn__text *out, const kn__brief *b)
{
    char big[KN__WORDS], range[KN__WORDS];
    tile_open(out);
    kn__say(out, b->lang, KN__MSG_TILE_UNSEEN, 0);
    unseen_words(big, b);
    kn__words_percent_range(range, b->lang, b->unseen_low, b->unseen_high);
    tile(out, b, big, range);
    kn__say(out, b->lang, KN__MSG_TILE_UNSEEN_SUB, 0);
    tile_close(out);
}

/* Who holds the most of the ranked, and how many; the first of equals. */
static const char *holds_most(const kn__brief *b, int32_t *most)
{
    const char *name = "";
    *most = 0;
    for (int32_t i = 0; i < b->threat_count; i++) {
        int32_t held = 0;
        for (int32_t k = 0; k < b->threat_count; k++)
            held += b->threat[k].holder == b->threat[i].holder;
        if (held > *most) {
            *most = held;
            name = b->threat[i].holder_inside;
        }
    }
    return name;
}

static void say_worst(kn__text *out, const kn__brief *b, const char *days)
{
    char loss[KN__WORDS], range[RANGES], share[KN__WORDS], name[KN__WORDS];
    char day[64], k[16], n[16];
    if (!b->threat_count) {
        kn__say(out, b->lang, KN__MSG_SAY_NONE, 2, b->inside, days);
        return;
    }
    const kn__threat *t = &b->threat[0];
    money(loss, range, b, t->loss, t->low, t->high, b->likely);
    kn__words_percent(share, b->lang, t->loss / b->gdp,
                      kn__words_digits(t->loss, t->low, t->high));
    kn__say(out, b->lang, KN__MSG_SAY_WORST, 7, t->holder_inside, b->inside,
            kn__brief_inside(name, b, t->product), loss, days, range, share);
    const char *space = b->lang == KN_LANG_JA ? "" : " ";
    if (isfinite(t->bite_day)) {
        day_text(day, t->bite_day);
        kn__text_add(out, space);
        kn__say(out, b->lang, KN__MSG_SAY_BITE, 1, day);
    }
    int32_t held;
    const char *most = holds_most(b, &held);
    if (b->threat_count < 3 || held < 2)
        return;
    snprintf(k, sizeof k, "%d", (int)held);
    snprintf(n, sizeof n, "%d", (int)b->threat_count);
    kn__text_add(out, space);
    kn__say(out, b->lang, KN__MSG_SAY_HELD, 3, most, k, n);
}

static void say_joint(kn__text *out, const kn__brief *b, const char *days)
{
    char loss[KN__WORDS], range[RANGES], share[KN__WORDS], early[KN__WORDS], ninety[16];
    const kn__horizon *h = &b->horizon[b->horizon_count - 1], *first = &b->horizon[0];
    int digits = kn__words_digits(h->loss, h->low, h->high);
    money(loss, range, b, h->loss, h->low, h->high, h->likely);
    kn__words_percent(share, b->lang, h->loss / b->gdp, digits);
    kn__words_money(early, b->lang, first->loss,
                    kn__words_digits(first->loss, first->low, first->high));
    snprintf(ninety, sizeof ninety, "%d", (int)first->days);
    kn__text_add(out, "<li>");
    kn__say(out, b->lang, KN__MSG_SAY_JOINT, 7, b->inside, loss, days, range, share,
            early, ninety);
    kn__text_add(out, "</li>\n");
}

static void say_earliest(kn__text *out, const kn__brief *b)
{
    char day[64], name[KN__WORDS];
    double last;
    int32_t first = earliest(b, &last);
    if (first < 0)
        return;
    const kn__threat *t = &b->threat[first];
    day_text(day, t->bite_day);
    kn__text_add(out, "<li>");
    kn__say(out, b->lang, KN__MSG_SAY_EARLIEST, 3, day,
            kn__brief_inside(name, b, t->product), t->holder_inside);
    kn__text_add(out, "</li>\n");
}

static void say_unseen(kn__text *out, const kn__brief *b)
{
    char share[KN__WORDS], range[KN__WORDS];
    if (!isfinite(b->unseen)) {
        kn__say(out, b->lang, KN__MSG_SAY_NO_UNSEEN, 0);
        return;
    }
    unseen_words(share, b);
    kn__words_percent_range(range, b->lang, b->unseen_low, b->unseen_high);
    kn__say(out, b->lang, KN__MSG_SAY_UNSEEN, 2, share, range);
}

void kn__brief_head(kn__text *out, const kn__brief *b)
{
    char days[16];
    double income[4];
    bool adjusted = kn__brief_income(income, b);
    snprintf(days, sizeof days, "%d", (int)b->days);
    title(out, b);
    kn__text_add(out, "<section>\n");
    kn__html_line(out, b, "h2", KN__MSG_GLANCE);
    kn__text_add(out, "<div class=\"tiles\">\n");
    if (b->threat_count)
        tile_worst(out, b, days);
    if (b->horizon_count)
        tile_joint(out, b, days);
    else if (isfinite(daily_loss(b)))
        tile_daily(out, b, days);
    else if (adjusted)
        tile_trade(out, b, income);
    else
        tile_first(out, b);
    tile_unseen(out, b);
    kn__text_add(out, "</div>\n<ol class=\"say\">\n<li>");
    say_worst(out, b, days);
    kn__text_add(out, "</li>\n");
    if (b->horizon_count)
        say_joint(out, b, days);
    else if (isfinite(daily_loss(b)))
        say_daily(out, b, days);
    else
        say_earliest(out, b);
    if (adjusted)
        say_trade(out, b, income);
    kn__text_add(out, "<li>");
    say_unseen(out, b);
    kn__text_add(out, "</li>\n</ol>\n</section>\n");
}
