/* SPDX-License-Identifier: Apache-2.0 */
#include "read/labels.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#include "kernel/text.h"
#include "read/economies.h"

static const char *const codes[] = {
#define CODE(code, two, number, en, ja, ko) code,
    KN__ECONOMY_LIST(CODE)
#undef CODE
};

static const char *const names[][KN__LABEL_LANGUAGES] = {
#define NAMES(code, two, number, en, ja, ko) {en, ja, ko},
    KN__ECONOMY_LIST(NAMES)
#undef NAMES
};

static const struct {
    const char *two;
    int32_t number;
} short_codes[] = {
#define SHORT(code, two, number, en, ja, ko) {two, number},
    KN__ECONOMY_LIST(SHORT)
#undef SHORT
};

enum { COUNT = sizeof codes / sizeof *codes };

/* What editions call an economy; the first column is kaname's code. */
static const char *const aliases[][2] = {
    {"ROU", "ROM"}, {"ROW", "RoW"}, {"ROW", "WLD"}, {"ROW", "RWD"}, {"CHN", "CN1"},
    {"CHN", "CN2"}, {"MEX", "MX1"}, {"MEX", "MX2"}, {"COD", "ZAR"}, {"SRB", "YUG"},
    {"SSD", "SDS"}, {"SDN", "SUD"}, {"PSE", "GAZ"}, {"TWN", "S19"},
};

/* Two-letter codes and names beside those of ISO 3166; the names as USGS and the UN write
   them. */
static const char *const other_labels[][2] = {
    {"GRC", "EL"},
    {"GBR", "UK"},
    {"ROW", "FIGW1"},
    {"ROW", "WWW"},
    {"XAS", "WA"},
    {"XAM", "WL"},
    {"XEU", "WE"},
    {"XME", "WM"},
    {"KOR", "Korea, Republic of"},
    {"KOR", "Korea, South"},
    {"KOR", "South Korea"},
    {"KOR", "Rep. of Korea"},
    {"PRK", "Korea, North"},
    {"PRK", "Dem. People's Rep. of Korea"},
    {"COD", "Congo (Kinshasa)"},
    {"COD", "Dem. Rep. of the Congo"},
    {"COG", "Congo (Brazzaville)"},
    {"MMR", "Burma"},
    {"TUR", "Turkey"},
    {"CZE", "Czech Republic"},
    {"RUS", "Russian Federation"},
    {"VNM", "Vietnam"},
    {"CIV", "Côte d’Ivoire"},
    {"MKD", "Macedonia"},
    {"SWZ", "Swaziland"},
    {"BIH", "Bosnia Herzegovina"},
    {"USA", "United States of America"},
    {"USA", "USA, Puerto Rico and US Virgin Islands"},
    {"GBR", "Great Britain"},
    {"HKG", "China, Hong Kong SAR"},
    {"MAC", "China, Macao SAR"},
    {"TWN", "Other Asia, nes"},
    {"CHE", "Switzerland, Liechtenstein"},
    {"FRA", "France, Monaco"},
    {"NOR", "Norway, Svalbard and Jan Mayen"},
    {"IRN", "Iran (Islamic Republic of)"},
    {"TZA", "United Rep. of Tanzania"},
    {"BOL", "Bolivia (Plurinational State of)"},
    {"VEN", "Venezuela (Bolivarian Republic of)"},
    {"LAO", "Lao People's Dem. Rep."},
};

/* M49 numbers of trade statistics beside those of ISO 3166: customs unions and codes that
   were changed. */
static const struct {
    const char *code;
    int32_t number;
} other_numbers[] = {
    {"CHE", 757}, {"FRA", 251}, {"IND", 699}, {"ITA", 381}, {"NOR", 579}, {"TWN", 490},
    {"USA", 842}, {"USA", 841}, {"DEU", 280}, {"SDN", 736}, {"SRB", 891}, {"SRB", 890},
    {"BEL", 58},  {"LUX", 442}, {"ZAF", 711}, {"ETH", 230}, {"PAN", 590}, {"VNM", 868},
};

/* GDP of 2023 at current prices, thousand million US dollars, World Bank, rounded. */
static const struct {
    const char *code;
    double gdp;
} sizes[] = {
    {"ARE", 514},   {"ARG", 646},  {"AUS", 1730}, {"AUT", 512},   {"BEL", 645},
    {"BLR", 72},    {"BRA", 2170}, {"CAN", 2140}, {"CHE", 885},   {"CHL", 336},
    {"CHN", 17790}, {"CZE", 343},  {"DEU", 4530}, {"DNK", 407},   {"ESP", 1620},
    {"FIN", 296},   {"FRA", 3050}, {"GBR", 3380}, {"GRC", 243},   {"HKG", 381},
    {"HUN", 212},   {"IDN", 1370}, {"IND", 3570}, {"IRL", 551},   {"ISR", 514},
    {"ITA", 2300},  {"JPN", 4200}, {"KOR", 1840}, {"LUX", 86},    {"MEX", 1790},
    {"MLT", 22},    {"MYS", 400},  {"NLD", 1150}, {"NOR", 485},   {"NZL", 253},
    {"PHL", 437},   {"POL", 810},  {"PRT", 289},  {"ROU", 350},   {"RUS", 2020},
    {"SAU", 1070},  {"SGP", 501},  {"SVK", 133},  {"SWE", 585},   {"THA", 515},
    {"TUR", 1120},  {"TWN", 756},  {"UKR", 179},  {"USA", 27700}, {"VNM", 430},
    {"ZAF", 381},
};

static int32_t place(const char *code)
{
    int32_t low = 0, high = COUNT - 1;
    while (low <= high) {
        int32_t middle = (low + high) / 2;
        int order = strcmp(code, codes[middle]);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle - 1;
        else
            low = middle + 1;
    }
    return -1;
}

const char *kn__economy_code(const char *code)
{
    int32_t at = place(code);
    if (at >= 0)
        return codes[at];
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (strcmp(code, aliases[i][1]) == 0)
            return aliases[i][0];
    return NULL;
}

const char *kn__economy_of_number(int64_t number)
{
    for (int32_t k = 0; k < COUNT; k++)
        if (number > 0 && short_codes[k].number == number)
            return codes[k];
    for (size_t i = 0; i < sizeof other_numbers / sizeof *other_numbers; i++)
        if (other_numbers[i].number == number)
            return other_numbers[i].code;
    return NULL;
}

const char *kn__economy_find(const char *label)
{
    int64_t number;
    const char *code = kn__economy_code(label);
    if (code || !*label)
        return code;
    for (int32_t k = 0; k < COUNT; k++)
        if (strcmp(label, short_codes[k].two) == 0 ||
            kn__text_equal_i(label, names[k][0]))
            return codes[k];
    for (size_t i = 0; i < sizeof other_labels / sizeof *other_labels; i++)
        if (kn__text_equal_i(label, other_labels[i][1]))
            return other_labels[i][0];
    return kn__parse_int(label, strlen(label), &number) ? kn__economy_of_number(number)
                                                        : NULL;
}

const char *kn__economy_name(const char *code, int language)
{
    int32_t at = place(code);
    return at >= 0 && language >= 0 && language < KN__LABEL_LANGUAGES
               ? names[at][language]
               : "";
}

const char *const *kn__economy_codes(int32_t *count)
{
    *count = COUNT;
    return codes;
}

double kn__economy_gdp_musd(const char *code)
{
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++)
        if (strcmp(code, sizes[i].code) == 0)
            return 1000 * sizes[i].gdp;
    return NAN;
}
