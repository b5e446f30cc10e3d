/* SPDX-License-Identifier: Apache-2.0 */
/* The numbers of a measure by the keys they have in the file. */
#include <string.h>

#include "study/measure_read.h"

enum { LONGEST_DAYS = 36500 };

static const char *value_key(const kn__measure *m, double *low, double *high)
{
    const char *key = kn__measure_value(m->op, low, high);
    return m->set ? "set" : key;
}

int32_t kn__measure_numbers(const char *keys[KN__MOST_NUMBERS], const kn__measure *m)
{
    double low, high;
    int32_t count = 0;
    const char *value = value_key(m, &low, &high);
    if (*value)
        keys[count++] = value;
    keys[count++] = "start";
    if (m->op != KN__STOCK_RELEASE) /* there it is the value */
        keys[count++] = "days";
    if (kn__measure_has_slopes(m->op)) {
        keys[count++] = "ramp";
        keys[count++] = "recover";
    }
    return count;
}

bool kn__measure_find(kn__measure_number *number, kn__measure *m, const char *key)
{
    const char *keys[KN__MOST_NUMBERS];
    int32_t count = kn__measure_numbers(keys, m), k = 0;
    *number = (kn__measure_number){.low = 0, .high = LONGEST_DAYS};
    while (k < count && strcmp(keys[k], key) != 0)
        k++;
    if (k == count)
        return false;
    if (!strcmp(key, "start"))
        number->whole = &m->start_day;
    else if (!strcmp(key, "ramp"))
        number->whole = &m->ramp_days;
    else if (!strcmp(key, "recover"))
        number->whole = &m->recover_days;
    else if (!strcmp(key, "days") && m->op != KN__STOCK_RELEASE) {
        number->whole = &m->days;
        number->low = 1;
    } else {
        number->real = &m->value;
        value_key(m, &number->low, &number->high);
    }
    return true;
}
