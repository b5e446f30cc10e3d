/* SPDX-License-Identifier: Apache-2.0 */
#ifndef RUN_CASE_ARIO_H
#define RUN_CASE_ARIO_H

#include "dynamic.h"

/* ---- Parameters: members of an object ---- */

/* A number, where there is one; false (reported) for anything else but null. */
bool ario_number(rc *r, const json_t *object, const char *key, double *to);
/* One number for each sector: all alike, a list, or an object in the order of its keys,
   as the program sorts them. False (reported) for anything else. */
bool ario_by_sector(rc *r, const char *what, const json_t *value, int32_t sectors,
                    double *to);

/* ---- Events ---- */

typedef enum ario_kind {
    ARIO_RECOVERY, /* capital is lost and comes back in time */
    ARIO_REBUILD,  /* capital is lost and asked for, of those who rebuild */
    ARIO_ARBITRARY /* capacity is lost */
} ario_kind;

typedef struct ario_event {
    ario_kind kind;
    double begin, length, tau;
    int recovery;    /* which function */
    double unit;     /* amounts of capital are rounded to 1 / unit */
    double *loss;    /* of each industry: amount of capital, or share of capacity */
    double *capital; /* rebuilding: what is still lost */
    double *demand;  /* rebuilding: what is asked of i for j, [i n + j]; n = industries */
    double *asked;   /* rebuilding: a step of it, of each i; what is left of the last
                        step's when all is rebuilt */
    double factor;
    bool over;
} ario_event;

typedef struct ario_events {
    rc *r;
    int32_t n, sectors, count;
    double step;                  /* time it takes */
    const double *flow, *capital; /* of each industry */
    ario_event *event;
    double *lost;              /* room: capital */
    double *left;              /* of each industry: share of capacity */
    double *extra, *extra_met; /* asked of each industry for rebuilding; NULL without */
} ario_events;

/* Reads `event` (one or a list) or `events`. digits: to which capital is rounded; tau: of
   rebuilding where an event has none. */
bool ario_events_read(ario_events *all, double digits, double tau);
/* What holds in the step that begins at t: fills left and extra. */
void ario_events_begin(ario_events *all, double t);
/* After a step: what was rebuilt. */
void ario_events_end(ario_events *all, double t);

#endif
