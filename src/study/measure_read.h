/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_STUDY_MEASURE_READ_H
#define KN_STUDY_MEASURE_READ_H

#include "network/measure.h"
#include "study/yaml.h"

/* One entry of `measures`, its labels resolved against the network; what it points to
   lies in file->arena. Errors: KN_ERR_DATA and KN_ERR_NOT_FOUND with the place. */
kn_status kn__measure_read(kn__measure *measure, const kn__yaml_file *file,
                           const kn__yaml *node, const kn_network *net);

/* The key of the value of an operation, "" where it has none, and its range. */
const char *kn__measure_value(kn__op op, double *low, double *high);

/* Whether measures of an operation may come and go in straight lines. */
bool kn__measure_has_slopes(kn__op op);

/* A number of a measure that may be moved, and from where to where; one of the two
   pointers is set. */
typedef struct kn__measure_number {
    double *real;
    int32_t *whole;
    double low, high;
} kn__measure_number;

/* Finds it by its key in the file: the value, start, days, ramp, recover. False where the
   operation has no such number. */
bool kn__measure_find(kn__measure_number *number, kn__measure *measure, const char *key);

/* The keys of all numbers of a measure; returns how many. */
enum { KN__MOST_NUMBERS = 5 };
int32_t kn__measure_numbers(const char *keys[KN__MOST_NUMBERS], const kn__measure *m);

/* Scalars of a map: a text ("" when absent), a whole number (`absent` when absent). */
kn_status kn__yaml_text(const char **text, const kn__yaml_file *file, const kn__yaml *map,
                        const char *key);
kn_status kn__yaml_integer(int64_t *value, const kn__yaml_file *file, const kn__yaml *map,
                           const char *key, int64_t absent, int64_t low, int64_t high);

/* A label or a list of labels → ids, ascending, each once. Errors: KN_ERR_DATA and
   KN_ERR_NOT_FOUND with the place. */
kn_status kn__yaml_economies(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                             const kn_network *net);
kn_status kn__yaml_products(kn_ids *ids, const kn__yaml_file *file, const kn__yaml *node,
                            const kn_network *net);

#endif
