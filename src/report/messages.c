/* SPDX-License-Identifier: Apache-2.0 */
#include "report/messages.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "report/write.h"

static const char *const texts[KN__MSG_COUNT][KN_LANG_COUNT] = {
#define X(id, en, ja, ko) [KN__MSG_##id] = {en, ja, ko},
#include "report/messages.inc"
#include "report/messages_more.inc"
#undef X
};

const char *kn__message(kn_lang lang, kn__msg id)
{
    return texts[id][lang];
}

const char *kn__lang_tag(kn_lang lang)
{
    static const char *const tags[KN_LANG_COUNT] = {"en", "ja", "ko"};
    return tags[lang];
}

void kn__say(kn__text *out, kn_lang lang, kn__msg id, int count, ...)
{
    enum { MOST = 9 };
    const char *values[MOST] = {NULL};
    va_list args;
    va_start(args, count);
    for (int i = 0; i < count && i < MOST; i++)
        values[i] = va_arg(args, const char *);
    va_end(args);
    const char *s = kn__message(lang, id);
    while (*s) {
        const char *open = strchr(s, '{');
        size_t plain = open ? (size_t)(open - s) : strlen(s);
        kn__text_addn(out, s, plain); /* our own words hold nothing to escape */
        s += plain;
        if (!open)
            break;
        int k = open[1] - '1';
        if (k >= 0 && k < MOST && values[k])
            kn__write_html(out, values[k]);
        s += 3;
    }
}

/* ---- Values ---- */

int kn__words_digits(double value, double low, double high)
{
    return high - low < 0.1 * fabs(value) ? 3 : 2;
}

/* The value rounded to so many significant digits; *decimals is what shows them. */
static double rounded(double value, int digits, int *decimals)
{
    double power = value != 0 ? floor(log10(fabs(value))) + 1 - digits : 0;
    double step = pow(10, fabs(power)); /* a whole power of ten, exact */
    *decimals = power >= 0 ? 0 : power < -9 ? 9 : (int)-power;
    return power >= 0 ? round(value / step) * step : round(value * step) / step;
}

static int significant(char *buffer, double value, int digits)
{
    int decimals;
    double x = rounded(value, digits, &decimals);
    rounded(x, digits, &decimals); /* 0.9997 has become 1.0, not 1.00 */
    return kn__write_fixed(buffer, x, decimals);
}

typedef struct money_unit {
    double musd; /* one unit in MUSD; used for anything at least this large */
    const char *before, *mark, *after;
} money_unit;

/* The last of each fits everything. */
static const money_unit units[KN_LANG_COUNT][3] = {
    {{1e6, "US$ ", "", " trillion"},
     {1e3, "US$ ", "", " billion"},
     {1, "US$ ", "", " million"}},
    {{1e6, "", "兆", "ドル"}, {1e2, "", "億", "ドル"}, {1, "", "", "百万米ドル"}},
    {{1e6, "", "조", " 달러"}, {1e2, "", "억", " 달러"}, {1, "", "", "백만 달러"}},
};

/* Chosen after rounding, so that 999.7 million is 1.0 billion. */
static const money_unit *unit_for(kn_lang lang, double musd, int digits)
{
    int decimals;
    double size = fabs(rounded(musd, digits, &decimals));
    const money_unit *u = units[lang];
    while (u < &units[lang][2] && size < u->musd)
        u++;
    return u;
}

void kn__words_money(char *buffer, kn_lang lang, double musd, int digits)
{
    char number[64];
    if (!isfinite(musd)) {
        snprintf(buffer, KN__WORDS, "–");
        return;
    }
    const money_unit *u = unit_for(lang, musd, digits);
    significant(number, musd / u->musd, digits);
    snprintf(buffer, KN__WORDS, "%s%s%s%s", u->before, number, u->mark, u->after);
}

static const char *dash(kn_lang lang)
{
    return lang == KN_LANG_EN ? "–" : lang == KN_LANG_JA ? "～" : "~";
}

void kn__words_money_range(char *buffer, kn_lang lang, double low, double high)
{
    char a[64], b[64], end[KN__WORDS];
    if (!isfinite(low) || !isfinite(high)) {
        snprintf(buffer, KN__WORDS, "–");
        return;
    }
    const money_unit *u = unit_for(lang, high, 2);
    if (low > 0 && low < 0.1 * u->musd) { /* too far apart for one unit */
        kn__words_money(buffer, lang, low, 2);
        kn__words_money(end, lang, high, 2);
        size_t length = strlen(buffer);
        snprintf(buffer + length, KN__WORDS - length, " %s %s", dash(lang), end);
        return;
    }
    significant(a, low / u->musd, 2);
    significant(b, high / u->musd, 2);
    snprintf(buffer, KN__WORDS, "%s%s%s%s%s%s%s", u->before, a, low != 0 ? u->mark : "",
             dash(lang), b, u->mark, u->after);
}

void kn__words_percent(char *buffer, kn_lang lang, double share, int digits)
{
    char number[64];
    if (!isfinite(share)) {
        snprintf(buffer, KN__WORDS, "–");
        return;
    }
    bool tiny = share != 0 && fabs(share) < 1e-6;
    if (tiny)
        snprintf(number, sizeof number, "<0.0001");
    else
        significant(number, share * 100, digits);
    snprintf(buffer, KN__WORDS, "%s%s", number, lang == KN_LANG_EN ? " %" : "%");
}

void kn__words_percent_range(char *buffer, kn_lang lang, double low, double high)
{
    char a[64], b[64];
    if (!isfinite(low) || !isfinite(high)) {
        snprintf(buffer, KN__WORDS, "–");
        return;
    }
    significant(a, low * 100, 2);
    significant(b, high * 100, 2);
    snprintf(buffer, KN__WORDS, "%s%s%s%s", a, dash(lang), b,
             lang == KN_LANG_EN ? " %" : "%");
}
