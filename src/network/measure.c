/* SPDX-License-Identifier: Apache-2.0 */
#include "network/measure.h"

#include <math.h>

const char *const kn__passages[] = {
    "bab-el-mandeb", "bosporus", "danish-straits", "dover",  "gibraltar",
    "good-hope",     "hormuz",   "korea-strait",   "lombok", "luzon-strait",
    "magellan",      "malacca",  "panama",         "suez",   "sunda",
    "taiwan-strait", "torres",   "tsugaru"};
const int32_t kn__passage_count = sizeof kn__passages / sizeof *kn__passages;

const char *kn__op_name(kn__op op)
{
    static const char *const names[] = {
#define NAME(code, name, key, unit) name,
        KN__OP_LIST(NAME)
#undef NAME
    };
    return op >= 0 && op < KN__OP_COUNT ? names[op] : "?";
}

bool kn__ids_has(kn_ids ids, int32_t id)
{
    for (int32_t k = 0; k < ids.count; k++)
        if (ids.id[k] == id)
            return true;
    return false;
}

double kn__measure_end(const kn__measure *m)
{
    return m->days < 0 ? INFINITY : (double)m->start_day + m->days;
}

bool kn__measure_meets_all(const kn__measure *m, int32_t economies, int32_t unseen)
{
    for (int32_t d = 0; d < economies; d++)
        if (d != unseen && !kn__ids_has(m->from, d) && !kn__ids_has(m->to, d))
            return false;
    return true;
}
