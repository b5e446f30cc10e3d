/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_MESSAGES_H
#define KN_REPORT_MESSAGES_H

#include "kaname/network.h"
#include "kernel/text.h"

/* Every word the brief says, by id; the texts stand in messages.inc and
   messages_more.inc. */
typedef enum kn__msg {
#define X(id, en, ja, ko) KN__MSG_##id,
#include "report/messages.inc"
#include "report/messages_more.inc"
#undef X
    KN__MSG_COUNT
} kn__msg;

/* The text with its {1}, {2}, … left as they are. Never NULL. */
const char *kn__message(kn_lang lang, kn__msg id);

/* Appends the text, escaped for HTML, with {1}… replaced by the `count` texts given. */
void kn__say(kn__text *out, kn_lang lang, kn__msg id, int count, ...);

/* ---- Values in words. Buffers hold at least KN__WORDS bytes. ---- */
enum { KN__WORDS = 160 };

/* "US$ 12 billion", 「120億ドル」, "120억 달러"; digits: significant digits, 2 or 3. */
void kn__words_money(char *buffer, kn_lang lang, double musd, int digits);
/* Both ends in one unit: "US$ 10–15 billion", 「100億～150億ドル」. */
void kn__words_money_range(char *buffer, kn_lang lang, double low, double high);
/* A share as percent with `digits` significant digits: "0.12 %". */
void kn__words_percent(char *buffer, kn_lang lang, double share, int digits);
void kn__words_percent_range(char *buffer, kn_lang lang, double low, double high);
/* How many significant digits an interval supports: 3 when it is narrower than a tenth
   of the figure, else 2. */
int kn__words_digits(double value, double low, double high);

/* The BCP 47 tag of a language: "ja". */
const char *kn__lang_tag(kn_lang lang);

#endif
