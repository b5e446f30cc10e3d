/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_READ_LABELS_H
#define KN_READ_LABELS_H

#include <stdint.h>

/* Names of economies in the three languages of kaname, for formats that carry only codes;
   and the codes that data sets use for the same economy. */
enum { KN__LABEL_LANGUAGES = 3 }; /* en, ja, ko: the order of kn_lang */

/* The alpha-3 code kaname uses ("ROM" → "ROU", "RoW" → "ROW", "CN1" → "CHN"); NULL where
   the code is not known. */
const char *kn__economy_code(const char *code);

/* The same for any label a data set may use: alpha-3, alpha-2 (also EL, UK), an English
   name, an M49 number in digits. NULL where none fits. */
const char *kn__economy_find(const char *label);

/* The code of an M49 number, also of those used only in trade statistics (842, 490);
   NULL. */
const char *kn__economy_of_number(int64_t number);

/* The name of an economy by kaname's code; "" where it is not known. */
const char *kn__economy_name(const char *code, int language);

/* GDP of 2023 in million US dollars (World Bank, rounded; Taiwan: DGBAS); NaN where it is
   not held. */
double kn__economy_gdp_musd(const char *code);

/* All known codes, for "did you mean". */
const char *const *kn__economy_codes(int32_t *count);

#endif
