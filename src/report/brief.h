/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_BRIEF_H
#define KN_REPORT_BRIEF_H

#include "network/measure.h"
#include "network/network.h"
#include "report/messages.h"
#include "report/write.h"

/* The brief in two steps: gather runs the lenses, write turns what they found into one
   page. Nothing is calculated while writing except sums and ratios of table cells. */

enum { KN__TOP = 12, KN__HORIZONS = 3, KN__CASES = 7 };

/* One row of table chokepoints. */
typedef struct kn__threat {
    int32_t holder, product; /* ids; -1 when the network does not know the code */
    const char *holder_name, *product_name, *short_name; /* in the language */
    const char *holder_inside;                           /* within a sentence */
    double share, bite_day, loss, low, high, loss_share, sender_cost;
} kn__threat;

/* The victim's row of table losses at one horizon. */
typedef struct kn__horizon {
    int32_t days;
    const kn_table *losses, *first_out;
    double loss, low, high, loss_share; /* of the brief's economy */
    double likely[2];                   /* 5 and 95 % of draws; NaN unknown */
} kn__horizon;

typedef struct kn__case {
    kn__msg label;
    double loss, low, high;
    bool known;
} kn__case;

typedef struct kn__brief {
    kn_context *ctx;
    kn__arena *arena;
    const kn_network *network;
    const kn_brief_options *options;
    const kn_scenario *scenario; /* or NULL */
    const kn_scenario *other;    /* that it is compared with, or NULL */
    kn_lang lang;
    kn__labels labels;
    int32_t economy;
    const char *name;        /* of the economy */
    const char *inside;      /* its name within a sentence: "the Netherlands" */
    const char **short_name; /* of products, for pictures and sentences */
    int32_t days;            /* of the headline figures */
    /* results, owned; any may be NULL */
    kn_result *ranking, *dependency, *accounts;
    kn_result *cascade[KN__HORIZONS];
    kn_result *extra[KN__CASES];
    kn_result *range; /* draws of the first threat and of the scenario */
    kn_result *daily; /* the scenario day by day */
    kn_result *trade; /* what remains of it; NULL also where no equilibrium was found */
    kn_result *sides; /* both scenarios side by side, day by day or adjusted */
    /* Why a model does not play the scenario, in English; NULL: it does. */
    const char *no_losses, *no_daily, *no_trade, *no_sides;
    /* read out of them */
    kn__threat threat[KN__TOP];
    int32_t threat_count;
    double likely[2]; /* 5 and 95 % of draws of the first threat's loss; NaN unknown */
    kn__horizon horizon[KN__HORIZONS];
    int32_t horizon_count;
    kn__case sensitivity[KN__CASES];
    int32_t case_count;
    double unseen, unseen_low, unseen_high; /* NaN unknown */
    double gdp;                             /* NaN unknown */
    double covered;                         /* value added a year in the network */
} kn__brief;

/* Runs the lenses for an economy and fills the brief. Everything in it is released by
   kn__brief_release, also after a failure. */
kn_status kn__brief_gather(kn__brief *brief);
void kn__brief_release(kn__brief *brief);
/* Reads threats, horizons and the unseen share out of the results already there. */
kn_status kn__brief_digest(kn__brief *brief);

/* Reads out of `range` how sure losses are. */
void kn__brief_likely(kn__brief *brief);

/* The brief's economy in table economies of `trade`: exact change of real income, first
   order, 5 and 95 % of draws (NaN without draws). False where it does not stand there. */
bool kn__brief_income(double income[4], const kn__brief *brief);

/* The whole page. */
kn_status kn__brief_page(kn__text *out, const kn__brief *brief);

/* ---- Sections, in order ---- */
void kn__brief_head(kn__text *out, const kn__brief *brief);
void kn__brief_ranking(kn__text *out, const kn__brief *brief);
kn_status kn__brief_chain(kn__text *out, const kn__brief *brief);
kn_status kn__brief_map(kn__text *out, const kn__brief *brief);
void kn__brief_scenario(kn__text *out, const kn__brief *brief);
kn_status kn__brief_daily(kn__text *out, const kn__brief *brief);
/* What stops first as a tree, of a table first_out; NULL: nothing. */
void kn__brief_first_out(kn__text *out, const kn__brief *brief, const kn_table *table);
kn_status kn__brief_trade(kn__text *out, const kn__brief *brief);
kn_status kn__brief_sides(kn__text *out, const kn__brief *brief);
void kn__brief_sensitivity(kn__text *out, const kn__brief *brief);
void kn__brief_drivers(kn__text *out, const kn__brief *brief);
void kn__brief_assumptions(kn__text *out, const kn__brief *brief);
kn_status kn__brief_sources(kn__text *out, const kn__brief *brief);
void kn__brief_checks(kn__text *out, const kn__brief *brief);
void kn__brief_reproduce(kn__text *out, const kn__brief *brief);

/* ---- Parts ---- */

/* What the scenario is called: its title in English; in other languages, which its file
   does not speak, its first measure in words. */
void kn__brief_scenario_name(kn__text *out, const kn__brief *brief);
void kn__brief_measures(kn__text *out, const kn__brief *brief);

/* Why a model does not play the scenario: "line 5: trade does not understand …". */
void kn__brief_refusal(kn__text *out, const kn__brief *brief, kn__msg what,
                       const char *reason);
/* The colour of a change, as the letters of "#B35806": blue up, orange down, paler
   towards 0; `most` is full. */
void kn__brief_tint(char colour[8], double change, double most);
/* A change as percent with its sign: "+0.11 %". */
void kn__brief_change(char *buffer, kn_lang lang, double change);

/* <h2>, <p>, <figcaption> … around one message without values. */
void kn__html_line(kn__text *out, const kn__brief *brief, const char *tag, kn__msg id);

/* The head of a table column. */
typedef struct kn__head {
    kn__msg head;
    kn__msg unit; /* KN__MSG_COUNT: none */
    bool number;
} kn__head;

/* Opens a table with its caption (KN__MSG_COUNT: none) and heads; then row, cells,
 * row_end, …, table_end. */
void kn__html_table(kn__text *out, const kn__brief *brief, const kn__head *heads,
                    int32_t count, kn__msg caption);
void kn__html_table_end(kn__text *out);
void kn__html_row(kn__text *out);
void kn__html_row_end(kn__text *out);
void kn__html_text(kn__text *out, const char *cell);
void kn__html_row_head(kn__text *out, const char *cell);
void kn__html_number(kn__text *out, double value, int decimals);
void kn__html_percent(kn__text *out, double share); /* two decimals, without the sign */

/* A cell by the name of its column: NaN or "" where there is no such column. */
double kn__cell(const kn_table *table, int64_t row, const char *column);
const char *kn__word(const kn_table *table, int64_t row, const char *column);

/* The row of an economy, or -1: it does not stand there, or there is no table. */
int64_t kn__row_of(const kn_table *table, const char *economy);

/* Names in the brief's language; the code where there is no name. */
const char *kn__brief_economy(const kn__brief *brief, int32_t economy);
const char *kn__brief_product(const kn__brief *brief, int32_t product);

/* The same by code; kind as kn__labels_name. */
const char *kn__brief_named(const kn__brief *brief, char kind, const char *code);

/* The name of an economy within a sentence: English puts "the" before some. NULL when the
   memory fails. */
const char *kn__brief_the(kn__brief *brief, int32_t economy);
/* Fills short_name: names without what stands in brackets at their end, where they stay
   different from one another. Errors: KN_ERR_MEMORY. */
kn_status kn__brief_shorten(kn__brief *brief);
/* A short name as it stands within a sentence: in English without the capital of an
   ordinary word. Buffers hold KN__WORDS bytes. */
const char *kn__brief_inside(char *buffer, const kn__brief *brief, int32_t product);

/* A text of a picture, which on narrow screens is cut to so many columns; cuts `words`.
 */
void kn__brief_fit(kn__text *out, kn__text *words, int x, int y, int32_t columns);

#endif
