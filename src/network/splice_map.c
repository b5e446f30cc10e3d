/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "kernel/text.h"
#include "network/splice.h"

/* The division of ISIC rev. 3 that holds most of an industry of rev. 4 (UN Statistics
   Division, correspondence of ISIC rev. 3.1 and rev. 4), and for a section the division
   that minerals come from. */
static const struct {
    const char *isic;
    int rev4, rev3;
} divisions[] = {{"B", 7, 13},   {"19", 19, 23}, {"20", 20, 24}, {"21", 21, 24},
                 {"22", 22, 25}, {"23", 23, 26}, {"24", 24, 27}, {"25", 25, 28},
                 {"26", 26, 32}, {"27", 27, 31}, {"28", 28, 29}, {"29", 29, 34},
                 {"30", 30, 35}, {"32", 32, 36}, {"35", 35, 40}, {"61", 61, 64},
                 {"62", 62, 72}, {"72", 72, 73}};

/* Sections written as letters: first and last division. */
static const struct {
    char letter;
    int first3, last3, first4, last4;
} sections[] = {{'A', 1, 2, 1, 3},     {'B', 5, 5, 5, 9},     {'C', 10, 14, 10, 33},
                {'D', 15, 37, 35, 35}, {'E', 40, 41, 36, 39}, {'F', 45, 45, 41, 43},
                {'I', 60, 64, 55, 56}, {'J', 65, 67, 58, 63}, {'K', 70, 74, 64, 66},
                {'M', 80, 80, 69, 75}};

static bool section_holds(char letter, bool rev3, int division)
{
    for (size_t k = 0; k < sizeof sections / sizeof *sections; k++)
        if (sections[k].letter == letter)
            return rev3 ? division >= sections[k].first3 && division <= sections[k].last3
                        : division >= sections[k].first4 && division <= sections[k].last4;
    return false;
}

/* Whether a list of codes holds a division: "30-33", "C", "C26", "05T06", "B07_08". A
   letter before digits says nothing more than they do; three digits are a division and
   its group. */
static bool codes_hold(const char *codes, bool rev3, int division)
{
    int first = -1;
    bool range = false;
    for (const char *at = codes; *at;) {
        if (*at >= '0' && *at <= '9') {
            size_t digits = strspn(at, "0123456789");
            int value = *at - '0';
            if (digits > 1)
                value = 10 * value + (at[1] - '0');
            if (value == division ||
                (range && first >= 0 && division > first && division < value))
                return true;
            first = value;
            range = false;
            at += digits;
            continue;
        }
        bool digit_next = at[1] >= '0' && at[1] <= '9';
        range = range || *at == '-' || (*at == 'T' && first >= 0);
        if (*at >= 'A' && *at <= 'Z' && !digit_next && !(at[1] >= 'a' && at[1] <= 'z') &&
            section_holds(*at, rev3, division))
            return true;
        at++;
    }
    return false;
}

int32_t kn__splice_industry(const kn_network *table, const char *isic)
{
    static const char rev3_words[] = "ISIC rev. 3:", rev4_words[] = "ISIC rev. 4:";
    int32_t same = kn__network_product(table, isic);
    int rev3 = -1, rev4 = -1;
    if (same >= 0 || strncmp(isic, "isic:", 5) != 0)
        return same;
    for (size_t k = 0; k < sizeof divisions / sizeof *divisions; k++)
        if (strcmp(divisions[k].isic, isic + 5) == 0) {
            rev3 = divisions[k].rev3;
            rev4 = divisions[k].rev4;
        }
    for (int32_t p = 0; rev4 >= 0 && p < table->product_count; p++) {
        const char *note = table->products[p].note, *codes = table->products[p].id;
        bool old = strncmp(note, rev3_words, sizeof rev3_words - 1) == 0;
        if (old || strncmp(note, rev4_words, sizeof rev4_words - 1) == 0)
            codes = note + sizeof rev3_words - 1;
        else if (strncmp(codes, "isic:", 5) == 0)
            codes += 5;
        if (codes_hold(codes, old, old ? rev3 : rev4))
            return p;
    }
    return -1;
}
