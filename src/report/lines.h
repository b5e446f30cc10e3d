/* SPDX-License-Identifier: Apache-2.0 */
#ifndef KN_REPORT_LINES_H
#define KN_REPORT_LINES_H

#include "report/brief.h"

/* Losses over time as lines: one series an economy, product or scenario. */

enum {
    KN__LINES = 6, /* in a picture */
    KN__SPAN = 30, /* days of a column of the heat map */
    KN__COLUMNS = 12,
    KN__SLICES = 400
};

typedef struct kn__series {
    int32_t id;
    double sum, at[KN__SLICES]; /* MUSD lost, in all and in each slice */
    double lowest[KN__COLUMNS]; /* share of normal output that is made */
} kn__series;

typedef const char *(*kn__series_name)(const kn__brief *brief, int32_t id);

typedef struct kn__course {
    const kn__brief *b;
    kn__series_name name;
    kn__series *all;
    int32_t count, slices;   /* series; slices so far */
    int32_t day[KN__SLICES]; /* ends of slices */
} kn__course;

/* `count` series without losses, in the brief's arena. Errors: KN_ERR_MEMORY. */
kn_status kn__course_new(kn__course **course, const kn__brief *brief, int32_t count,
                         kn__series_name name);
/* The slice that ends on a day; days only grow, -1 when there are too many. */
int32_t kn__course_slice(kn__course *course, int32_t day);
/* What is lost up to the end of a slice becomes the loss of that slice; slices come in
   order, -1 is left out. */
void kn__course_up_to(kn__course *course, int32_t series, int32_t slice, double musd);
/* The series with the largest sum first. */
void kn__course_sort(kn__course *course);
/* Draws the first series as far as they lose anything; nothing where none does. */
void kn__course_lines(kn__text *out, const kn__course *course, const char *id,
                      kn__msg title);

#endif
