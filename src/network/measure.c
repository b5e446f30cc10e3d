/* SPDX-License-Identifier: Apache-2.0 */
#include "network/measure.h"

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
