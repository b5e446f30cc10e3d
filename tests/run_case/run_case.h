/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CASE_H
#define RUN_CASE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

#include "kernel/memory.h"

/* One case file while it is evaluated. A family reads `root`, computes with the library
   and compares: rc_begin, any number of comparisons, rc_end, for each case in the file. A
   new family is one function, named in the list of main.c. Memory comes from the arena
   and lasts as long as the file. */
typedef struct rc {
    const char *file;
    const json_t *root;
    kn_context *ctx;
    kn__arena *arena;
    double tolerance; /* of the file; a family may change it between cases */
    bool points;      /* the tolerance is in units of the values, as percentage points */

    const char *name; /* of the case that is open, else NULL */
    int64_t compared;
    double largest; /* deviation */
    bool broken;    /* an error was reported in the open case */
    int32_t cases, failures;
} rc;

/* Opens a case (printf style name; blanks become '_'), and prints its line. Nothing
   compared, a deviation above the tolerance or an rc_error make it FAIL. */
void rc_begin(rc *r, const char *format, ...) __attribute__((format(printf, 2, 3)));
void rc_end(rc *r);

/* Marks the open case (or the file, outside a case) as failed and says why on stderr. */
void rc_error(rc *r, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* True when the library call went well; otherwise rc_error with the context's message. */
bool rc_ok(rc *r, kn_status status);

/* Compares one series: the largest |got - expected| over the largest |expected| (over 1
   when all expected values are 0, or r->points is set). NaN is "undefined" and equals
   only NaN. */
void rc_compare(rc *r, const char *what, const double *got, const double *expected,
                int64_t count);
/* The same against JSON: a number, a flag, null or arrays of these, of `count` values. */
void rc_compare_json(rc *r, const char *what, const double *got, int64_t count,
                     const json_t *expected);

/* All numbers of a JSON value in order, arrays in arrays flattened; null → NaN, flags →
   0 and 1, numbers in text are read. NULL (reported) when there is other stuff, or, with
   count >= 0, when there are not `count` of them. */
double *rc_numbers(rc *r, const char *what, const json_t *value, int64_t count);
int64_t rc_count(const json_t *value);
/* The most rows any of the named members has. */
int64_t rc_rows(const json_t *object, const char *const *keys);
/* The same for whole numbers from least to most; others are reported. */
int32_t *rc_whole(rc *r, const char *what, const json_t *value, int64_t count,
                  int64_t least, int64_t most);
/* A code from 0 to *kinds - 1 for each item of a list: equal items, equal codes. */
int32_t *rc_codes(rc *r, const char *what, const json_t *value, int64_t count,
                  int32_t *kinds);

/* False (reported) when the object has a member that is not in `keys`, a list that ends
   with NULL. What every case may have is known (rc_tolerance), and remarks are passed
   over: sentences, and members that hold nothing but null. */
bool rc_known(rc *r, const json_t *object, const char *const *keys);
/* Reads `tolerance` or `tolerance_pp`; 1e-9 when the file states none. */
bool rc_tolerance(rc *r);

/* Member of an object; NULL (reported) when absent. */
const json_t *rc_get(rc *r, const json_t *object, const char *key);
double rc_number_or(const json_t *object, const char *key, double otherwise);
/* The text of a member, or NULL (reported). */
const char *rc_text(rc *r, const json_t *object, const char *key);
/* The index of a text in an array of texts, or -1 (reported). */
int32_t rc_find(rc *r, const json_t *texts, const char *label);

/* Families, one file each. */
void rc_denial(rc *r);
void rc_esri(rc *r);
void rc_ario(rc *r);
void rc_guan(rc *r);
void rc_inoue_todo(rc *r);
void rc_pichler(rc *r);
void rc_caliendo_parro(rc *r);
void rc_gravity(rc *r);
void rc_leontief(rc *r);
void rc_formulas(rc *r); /* measures of exposure and of trade */

/* One formula of a file of family formulas; false when the key is not of that lens. */
bool rc_exposure_formula(rc *r, const char *key, const json_t *item);
bool rc_trade_formula(rc *r, const char *key, const json_t *item);

#endif
